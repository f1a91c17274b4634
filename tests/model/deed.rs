//! What may be asked, in the words of the model: who signs, and the deed.

use super::asked::{
    Admission, Ask, Carving, Conversion, Expects, Hiding, Inquiry, Issue, Mistake, Offer, Part,
    Registration, Rules, Signature, Terms, Transfer,
};
use super::{Amount, DayNumber, Name};

/// Stands for a party, a right, a pledge, a reservation or a freeze that nobody knows.
pub(crate) const NOBODY: usize = usize::MAX;

/// A line that is to get longer, all of it or a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Longer {
    pub(crate) line: u16,
    pub(crate) to: DayNumber,
    pub(crate) part: Option<Amount>,
    pub(crate) behind: Vec<Name>,
}

/// A command.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) giver: usize,
    pub(crate) signatures: Vec<Signature>,
    /// Whose consent the giver attests, and whether on video.
    pub(crate) attested: Vec<(usize, bool)>,
    pub(crate) expects: Expects,
    pub(crate) deed: Deed,
}

/// The commands that the model knows.
pub(crate) const WORDS: [&str; 46] = [
    "admit_party",
    "add_key",
    "revoke_key",
    "set_signing_policy",
    "adopt_policy",
    "issue_right",
    "adjust_right",
    "revoke_right",
    "extend_right",
    "correct_right",
    "transfer_right",
    "convert_right",
    "surrender_right",
    "freeze",
    "change_freeze",
    "execute_freeze",
    "unfreeze",
    "reserve",
    "cancel_reservation",
    "register_pledge",
    "amend_pledge",
    "extend_pledge",
    "release_pledge",
    "change_rank",
    "substitute_collateral",
    "assign_pledge",
    "determine_claim",
    "record_disposal",
    "object",
    "withdraw_objection",
    "register_guarantee",
    "register_buyout_commitment",
    "record_verification",
    "record_external_registration",
    "erase",
    "change_party",
    "merge_parties",
    "split_party",
    "rotate_key",
    "set_signing_rules",
    "dispute_entries",
    "resolve_dispute",
    "recover_party",
    "veto_recovery",
    "complete_recovery",
    "rotate_log_key",
];

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    Admit(Admission),
    AddKey(Offer),
    RevokeKey(u64),
    SetThreshold(usize),
    /// New rules of a kind; the second member is false where the text is none.
    Adopt(Rules, bool),
    Adjust {
        right: usize,
        from: DayNumber,
        quantity: Amount,
    },
    Revoke {
        right: usize,
        from: DayNumber,
    },
    ExtendRight {
        right: usize,
        to: DayNumber,
    },
    Issue(Box<Issue>),
    Transfer(Transfer),
    Convert(Box<Conversion>),
    Surrender {
        right: usize,
        quantity: Amount,
        carve: Option<Carving>,
        consenting: Vec<usize>,
    },
    Correct {
        right: usize,
        mistake: Mistake,
        consenting: Vec<usize>,
    },
    Freeze {
        authority: usize,
        ask: Ask,
        terms: Terms,
    },
    /// Renew a freeze, or leave less of it, with the sum of money that is left.
    ChangeFreeze {
        freeze: usize,
        until: Option<DayNumber>,
        keeps: Option<Amount>,
        limit: Option<Amount>,
    },
    /// Sell what is frozen: so much, or ground to a buyer.
    ExecuteFreeze {
        freeze: usize,
        quantity: Option<Amount>,
        proceeds: Amount,
        buyer: Option<usize>,
    },
    Unfreeze {
        freeze: usize,
    },
    Reserve {
        pledgor: usize,
        lines: Vec<Ask>,
        days: u64,
    },
    Cancel {
        hold: usize,
    },
    Register(Registration),
    Amend {
        pledge: usize,
        lines: Vec<(u16, Amount, Vec<Name>)>,
        cap: Option<Amount>,
        green: Option<&'static str>,
        consenting: Vec<usize>,
    },
    Extend {
        pledge: usize,
        lines: Vec<Longer>,
        term: Option<(DayNumber, DayNumber)>,
        /// A longer determination period of a maximum amount.
        maximum: Option<(DayNumber, DayNumber)>,
        consenting: Vec<usize>,
    },
    /// The whole pledge where no lines are named, a whole line where no quantity is.
    Release {
        pledge: usize,
        lines: Vec<(u16, Option<Amount>)>,
        court: Option<usize>,
    },
    ChangeRank {
        right: usize,
        from: Vec<Name>,
        to: Vec<Name>,
    },
    Substitute {
        pledge: usize,
        drop: Vec<(u16, Option<Amount>)>,
        add: Vec<Ask>,
    },
    Assign {
        pledge: usize,
        to: usize,
        paid: bool,
        part: Option<Amount>,
        court: Option<usize>,
    },
    Determine {
        pledge: usize,
        court: Option<usize>,
    },
    Dispose {
        pledge: usize,
        line: u16,
        quantity: Option<Amount>,
        court: Option<usize>,
        buyer: Option<usize>,
    },
    Object {
        pledge: usize,
        document: u64,
        suit: bool,
    },
    Withdraw {
        pledge: usize,
        entry: u64,
        court: Option<usize>,
    },
    Guarantee {
        pledge: usize,
        /// Hundredths of a percent.
        share: u64,
        /// The guarantor whose share it is, where it is not the giver's.
        of: Option<usize>,
        counter: Option<usize>,
    },
    Buyout {
        pledge: usize,
    },
    External {
        pledge: usize,
        number: u64,
    },
    Verify(Box<Inquiry>),
    Erase {
        of: Hiding,
        claims: Vec<&'static str>,
    },
    Rename {
        party: usize,
        name: String,
    },
    Merge {
        absorbed: Vec<usize>,
        into: usize,
    },
    Split {
        party: usize,
        successors: Vec<usize>,
        residual: Option<usize>,
        kinds: Vec<(&'static str, usize)>,
    },
    Rotate {
        party: usize,
        old: u64,
        new: Offer,
    },
    SetRules {
        party: usize,
        rules: Vec<(&'static str, usize)>,
        parts: Vec<(u64, Part)>,
    },
    Dispute {
        party: usize,
        key: u64,
        from: u64,
    },
    Resolve {
        party: usize,
        entry: u64,
    },
    Recover {
        party: usize,
        keys: Vec<Offer>,
    },
    Veto {
        party: usize,
    },
    Complete {
        party: usize,
    },
    RotateLogKey {
        key: u64,
        hours: u64,
        proven: bool,
    },
}

impl Deed {
    /// The word of the command, as the matrix of the law has it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Admit(_) => "admit_party",
            Self::AddKey(_) => "add_key",
            Self::RevokeKey(_) => "revoke_key",
            Self::SetThreshold(_) => "set_signing_policy",
            Self::Adopt(..) => "adopt_policy",
            Self::Adjust { .. } => "adjust_right",
            Self::Revoke { .. } => "revoke_right",
            Self::ExtendRight { .. } => "extend_right",
            Self::Issue(_) => "issue_right",
            Self::Transfer(_) => "transfer_right",
            Self::Convert(_) => "convert_right",
            Self::Surrender { .. } => "surrender_right",
            Self::Correct { .. } => "correct_right",
            Self::Freeze { .. } => "freeze",
            Self::ChangeFreeze { .. } => "change_freeze",
            Self::ExecuteFreeze { .. } => "execute_freeze",
            Self::Unfreeze { .. } => "unfreeze",
            Self::Reserve { .. } => "reserve",
            Self::Cancel { .. } => "cancel_reservation",
            Self::Register(_) => "register_pledge",
            Self::Amend { .. } => "amend_pledge",
            Self::Extend { .. } => "extend_pledge",
            Self::Release { .. } => "release_pledge",
            Self::ChangeRank { .. } => "change_rank",
            Self::Substitute { .. } => "substitute_collateral",
            Self::Assign { .. } => "assign_pledge",
            Self::Determine { .. } => "determine_claim",
            Self::Dispose { .. } => "record_disposal",
            Self::Object { .. } => "object",
            Self::Withdraw { .. } => "withdraw_objection",
            Self::Guarantee { .. } => "register_guarantee",
            Self::Buyout { .. } => "register_buyout_commitment",
            Self::External { .. } => "record_external_registration",
            Self::Verify(_) => "record_verification",
            Self::Erase { .. } => "erase",
            Self::Rename { .. } => "change_party",
            Self::Merge { .. } => "merge_parties",
            Self::Split { .. } => "split_party",
            Self::Rotate { .. } => "rotate_key",
            Self::SetRules { .. } => "set_signing_rules",
            Self::Dispute { .. } => "dispute_entries",
            Self::Resolve { .. } => "resolve_dispute",
            Self::Recover { .. } => "recover_party",
            Self::Veto { .. } => "veto_recovery",
            Self::Complete { .. } => "complete_recovery",
            Self::RotateLogKey { .. } => "rotate_log_key",
        }
    }

    /// The pledge that is changed.
    pub(crate) fn pledge(&self) -> Option<usize> {
        match self {
            Self::Amend { pledge, .. }
            | Self::Extend { pledge, .. }
            | Self::Release { pledge, .. }
            | Self::Substitute { pledge, .. }
            | Self::Assign { pledge, .. }
            | Self::Determine { pledge, .. }
            | Self::Dispose { pledge, .. }
            | Self::Object { pledge, .. }
            | Self::Withdraw { pledge, .. }
            | Self::Guarantee { pledge, .. }
            | Self::Buyout { pledge }
            | Self::External { pledge, .. }
            | Self::Erase {
                of: Hiding::Pledge(pledge),
                ..
            } => Some(*pledge),
            _ => None,
        }
    }

    /// The right that is changed, where the command names it.
    pub(crate) fn right(&self) -> Option<usize> {
        match self {
            Self::Adjust { right, .. }
            | Self::Revoke { right, .. }
            | Self::ExtendRight { right, .. }
            | Self::Surrender { right, .. }
            | Self::Correct { right, .. }
            | Self::ChangeRank { right, .. } => Some(*right),
            Self::Transfer(transfer) => Some(transfer.right),
            Self::Convert(conversion) => Some(conversion.right),
            Self::Verify(inquiry) => Some(inquiry.right),
            Self::Freeze { ask, .. } => Some(ask.right),
            _ => None,
        }
    }

    /// The parties that the payload of an act on rights names as consenting.
    pub(crate) fn consenting(&self) -> &[usize] {
        match self {
            Self::Surrender { consenting, .. }
            | Self::Correct { consenting, .. }
            | Self::Amend { consenting, .. }
            | Self::Extend { consenting, .. } => consenting,
            Self::Transfer(transfer) => &transfer.consenting,
            Self::Convert(conversion) => &conversion.consenting,
            _ => &[],
        }
    }

    /// Whether the command must name the version of the record that it changes.
    pub(crate) fn must_expect(&self) -> bool {
        let words = [
            "amend_pledge",
            "extend_pledge",
            "release_pledge",
            "change_rank",
            "substitute_collateral",
            "assign_pledge",
            "record_disposal",
        ];
        words.contains(&self.word())
    }
}
