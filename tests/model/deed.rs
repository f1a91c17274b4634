//! What may be asked, in the words of the model: who signs, and the deed.

use super::{Amount, DayNumber, Name};

/// Stands for a party, a right, a pledge, a reservation or a freeze that nobody knows.
pub(crate) const NOBODY: usize = usize::MAX;

/// The part that a signature plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    /// Prepared.
    Maker,
    /// Checked.
    Checker,
}

/// A signature for a party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signature {
    pub(crate) party: usize,
    /// The number of the key.
    pub(crate) key: u64,
    pub(crate) part: Part,
}

/// Which version a command names of the record that it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expects {
    /// The present one.
    Present,
    /// One that is not the present one.
    Stale,
    /// None.
    Nothing,
}

/// A command.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) giver: usize,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) expects: Expects,
    pub(crate) deed: Deed,
}

/// What is asked of a right; stocks and forests have no days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ask {
    pub(crate) right: usize,
    pub(crate) quantity: Amount,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    /// What the line is to stand behind.
    pub(crate) behind: Vec<Name>,
}

/// A key that is offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Offer {
    pub(crate) key: u64,
    pub(crate) person: u64,
    pub(crate) proven: bool,
}

/// What a party may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Registrar,
    Authority,
    Bank,
    Guarantor,
    Court,
    Holder,
}

/// A party to be admitted; its name says its credit code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Admission {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) duties: Vec<&'static str>,
    pub(crate) keys: Vec<Offer>,
    pub(crate) threshold: usize,
}

/// The commands that the model knows.
pub(crate) const WORDS: [&str; 37] = [
    "admit_party",
    "add_key",
    "revoke_key",
    "set_signing_policy",
    "adopt_policy",
    "adjust_right",
    "revoke_right",
    "extend_right",
    "freeze",
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
    "record_external_registration",
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

/// Whether somebody may stand behind another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ranks {
    /// Never.
    Exclusive,
    /// Behind the lines that are named.
    Open,
    /// With the consent of their pledgees.
    WithConsent,
}

/// The rules of a kind, as far as they are ever changed here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rules {
    pub(crate) kind: &'static str,
    /// For pledges and for mortgages.
    pub(crate) ranks: [Ranks; 2],
    /// A text that cites no law for its ranks keeps them closed.
    pub(crate) cites: bool,
    /// Whether guarantors may take pledges, beside banks.
    pub(crate) guarantors: bool,
    /// Whether a term beyond the end of the right is refused.
    pub(crate) strict: bool,
}

/// A pledge to be registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Registration {
    pub(crate) pledgor: usize,
    pub(crate) debtor: Option<usize>,
    pub(crate) mortgage: bool,
    pub(crate) lines: Vec<Ask>,
    pub(crate) term: Option<(DayNumber, DayNumber)>,
    /// The reservation that it takes over.
    pub(crate) hold: Option<usize>,
    pub(crate) cap: Option<Amount>,
    /// The determination period of a maximum amount.
    pub(crate) maximum: Option<(DayNumber, DayNumber)>,
}

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
    Freeze {
        authority: usize,
        ask: Ask,
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
    },
    Extend {
        pledge: usize,
        lines: Vec<(u16, DayNumber, Vec<Name>)>,
        term: Option<(DayNumber, DayNumber)>,
    },
    /// The whole pledge where no lines are named, a whole line where no quantity is.
    Release {
        pledge: usize,
        lines: Vec<(u16, Option<Amount>)>,
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
    },
    Determine {
        pledge: usize,
    },
    Dispose {
        pledge: usize,
        line: u16,
        quantity: Option<Amount>,
    },
    Object {
        pledge: usize,
        document: u64,
        suit: bool,
    },
    Withdraw {
        pledge: usize,
        entry: u64,
    },
    Guarantee {
        pledge: usize,
        counter: Option<usize>,
    },
    Buyout {
        pledge: usize,
    },
    External {
        pledge: usize,
        number: u64,
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
            Self::Freeze { .. } => "freeze",
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
            | Self::Determine { pledge }
            | Self::Dispose { pledge, .. }
            | Self::Object { pledge, .. }
            | Self::Withdraw { pledge, .. }
            | Self::Guarantee { pledge, .. }
            | Self::Buyout { pledge }
            | Self::External { pledge, .. } => Some(*pledge),
            _ => None,
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
