//! The authority matrix: each command once, with who gives it, whose consent it needs and what it does to ranks.
//!
//! The law, the door, the offline verifier and the page `docs/LAW.md` all read this one table.

/// Who may give a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Giver {
    /// The registrar.
    Registrar,
    /// An authority with the duty of the kind.
    Authority,
    /// The authority that issued the right.
    Issuer,
    /// The issuer of the right; the registrar for a line that it entered wrongly.
    Corrector,
    /// The registrar for a court, or the issuer by itself.
    CourtOrIssuer,
    /// A party that the policy of the kind lets take pledges.
    Lender,
    /// The pledgee of record, of the pledge or of the reservation.
    Pledgee,
    /// A pledgee with a line in the stack.
    Ranked,
    /// The pledgee of record, or the registrar for a court.
    PledgeeOrCourt,
    /// A guarantor.
    Guarantor,
    /// Any party of the register, which then answers for it.
    Anyone,
    /// The party that the command is about.
    Itself,
    /// The party that the command is about, or who acts in its place.
    Heir,
    /// Any member of the policy quorum.
    Member,
}

impl Giver {
    /// Returns the words in Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Registrar => ("登记机构", "registrar"),
            Self::Authority => ("该类权益的主管机关", "authority with the duty of the kind"),
            Self::Issuer => ("核发机关", "issuer of the right"),
            Self::Corrector => (
                "核发机关; 登记机构(更正自己的录入错误)",
                "issuer of the right; registrar for a line it entered wrongly",
            ),
            Self::CourtOrIssuer => (
                "登记机构(代录法院文书)或核发机关",
                "registrar for a court, or the issuer",
            ),
            Self::Lender => ("拟任担保权人", "party that takes the pledge"),
            Self::Pledgee => ("登记的担保权人", "pledgee of record"),
            Self::Ranked => ("该顺位链中的担保权人", "pledgee with a line in the stack"),
            Self::PledgeeOrCourt => (
                "登记的担保权人或登记机构(代录法院文书)",
                "pledgee of record, or the registrar for a court",
            ),
            Self::Guarantor => ("担保机构", "guarantor"),
            Self::Anyone => ("任一登记主体", "any party of the register"),
            Self::Itself => ("本主体", "the party itself"),
            Self::Heir => (
                "本主体或其承继者",
                "the party itself, or who acts in its place",
            ),
            Self::Member => ("规则法定同意成员", "member of the policy quorum"),
        }
    }
}

/// Whose consent a command needs, unless the giver is that party itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Consent {
    /// Who gives the collateral.
    Pledgor,
    /// Who gives the collateral that is sold by agreement; nobody where a court sells.
    Seller,
    /// The pledgee of record.
    Pledgee,
    /// The pledgee of record of a pledge that hides the values, while it is not closed.
    Keeper,
    /// Who becomes pledgee.
    NewPledgee,
    /// The pledgee of every line that a new line stands behind, where the policy asks for it.
    Seniors,
    /// The pledgee of every line that then stands behind one that it did not stand behind before.
    Harmed,
    /// Those who hold parts of the claim and have ever held keys; of ranks, parts of the claims whose line gets worse.
    Parts,
    /// The parties that the act is about and that have ever held keys.
    Subject,
    /// Those that the payload names; the law refuses one that leaves out a holder, or a creditor who loses.
    Named,
    /// So many of each role as genesis fixes; the circle of signers is open.
    Quorum,
}

impl Consent {
    /// Returns the words in Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pledgor => ("出质人/抵押人", "pledgor"),
            Self::Seller => (
                "出质人/抵押人(协议处置时)",
                "pledgor, where it is sold by agreement",
            ),
            Self::Pledgee => ("登记的担保权人", "pledgee of record"),
            Self::Keeper => (
                "隐藏值所属登记未注销时, 其登记的担保权人",
                "pledgee of record, while the pledge whose values they are is open",
            ),
            Self::NewPledgee => ("受让人", "the new pledgee"),
            Self::Seniors => (
                "所列前顺位担保权人(规则要求时)",
                "pledgees of the lines stood behind, where the policy asks",
            ),
            Self::Harmed => ("顺位受不利影响的担保权人", "pledgees whose line gets worse"),
            Self::Parts => (
                "曾持有密钥的部分债权受让人",
                "holders of parts of the claim that have ever held keys",
            ),
            Self::Subject => (
                "曾持有密钥的所涉主体",
                "the parties concerned that have ever held keys",
            ),
            Self::Named => (
                "持有人、受让人及受影响的担保权人",
                "holder, acquirer, and the creditors who lose",
            ),
            Self::Quorum => ("创世条目所定法定人数", "the quorum of genesis"),
        }
    }
}

/// What a command does to the ranks on a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rank {
    /// Nothing.
    None,
    /// What it adds stands at the position of its entry.
    New,
    /// What was there keeps its position.
    Keeps,
    /// What was there keeps its position, what is added stands at the position of its entry.
    Splits,
    /// As the command says.
    Explicit,
    /// It ends here; what stood behind it moves up.
    Ends,
}

impl Rank {
    /// Returns the words in Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("无", "none"),
            Self::New => ("自本条目起新顺位", "new position at this entry"),
            Self::Keeps => ("顺位不变", "position kept"),
            Self::Splits => (
                "原有部分顺位不变, 增加部分自本条目起",
                "old part keeps its position, the addition is placed at this entry",
            ),
            Self::Explicit => ("依命令所列", "as the command lists"),
            Self::Ends => ("终止, 后顺位递升", "ends; those behind move up"),
        }
    }
}

/// Records beyond those the payload names, and beyond those the entry creates, that an act of law 2 may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Burdens of the named or created pledges and reservations, on any right.
    Burdens,
    /// Lines on the named or created rights, in any pledge or reservation.
    Lines,
    /// Owners of identities and keys, of the named or created records.
    Identities,
    /// Sources and grid cells of the named or created rights.
    Places,
    /// Slivers that rights on the same ground note.
    Overlaps,
    /// What a right has, or who holds it: of the rights of the named pledge, what was sold goes.
    Sold,
}

/// One row of the matrix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The type of command.
    pub command: &'static str,
    /// The first law that knows it.
    pub law: u64,
    /// Who gives it.
    pub giver: Giver,
    /// Whose consent it needs.
    pub consents: &'static [Consent],
    /// What it does to ranks.
    pub rank: Rank,
    /// What it may change beyond the records that it names; acts of law 2 only.
    pub reach: &'static [Reach],
}

macro_rules! matrix {
    ($($command:literal $law:literal $giver:ident [$($consent:ident),*] $rank:ident [$($reach:ident),*];)*) => {
        /// The matrix, in the order of the documentation.
        pub const MATRIX: &[Row] = &[$(Row {
            command: $command,
            law: $law,
            giver: Giver::$giver,
            consents: &[$(Consent::$consent),*],
            rank: Rank::$rank,
            reach: &[$(Reach::$reach),*],
        }),*];
    };
}

matrix! {
    "admit_party" 1 Registrar [] None [];
    "add_key" 1 Itself [] None [];
    "revoke_key" 1 Itself [] None [];
    "set_signing_policy" 1 Itself [] None [];
    "rotate_key" 2 Itself [] None [Identities];
    "set_signing_rules" 2 Itself [] None [];
    "dispute_entries" 2 Heir [] None [];
    "resolve_dispute" 2 Registrar [] None [];
    "recover_party" 2 Registrar [Quorum] None [];
    "veto_recovery" 2 Itself [] None [];
    "complete_recovery" 2 Registrar [] None [Identities];
    "rotate_log_key" 2 Registrar [Quorum] None [Identities];
    "erase" 2 Registrar [Keeper] None [];
    "change_party" 2 Registrar [Subject] None [];
    "merge_parties" 2 Registrar [Subject] Keeps [];
    "split_party" 2 Registrar [Subject] Keeps [];
    "adopt_policy" 1 Member [Quorum] None [];
    "issue_right" 1 Authority [] Keeps [];
    "adjust_right" 1 Issuer [] Keeps [];
    "extend_right" 2 Issuer [] Keeps [Places, Overlaps];
    "correct_right" 2 Corrector [Named] Splits [];
    "transfer_right" 2 Issuer [Named] Keeps [Identities, Places];
    "convert_right" 2 Authority [Named] Keeps [Lines, Identities, Places];
    "surrender_right" 2 Issuer [Named] Keeps [];
    "revoke_right" 1 Issuer [] Keeps [];
    "freeze" 1 CourtOrIssuer [] New [];
    "change_freeze" 2 CourtOrIssuer [] Keeps [];
    "execute_freeze" 2 CourtOrIssuer [] Keeps [];
    "unfreeze" 1 CourtOrIssuer [] Ends [];
    "reserve" 1 Lender [Pledgor, Seniors] New [];
    "cancel_reservation" 1 Pledgee [] Ends [];
    "register_pledge" 1 Lender [Pledgor, Seniors] New [];
    "amend_pledge" 1 Pledgee [Pledgor, Seniors, Named, Parts] Splits [Burdens];
    "extend_pledge" 1 Pledgee [Pledgor, Seniors, Named] Splits [Burdens];
    "release_pledge" 1 PledgeeOrCourt [Parts] Ends [];
    "change_rank" 2 Ranked [Harmed, Parts] Explicit [];
    "substitute_collateral" 2 Pledgee [Pledgor, Seniors, Parts] Splits [Burdens];
    "assign_pledge" 2 PledgeeOrCourt [NewPledgee, Parts] Keeps [];
    "determine_claim" 2 PledgeeOrCourt [] Keeps [];
    "record_disposal" 2 PledgeeOrCourt [Seller, Parts] Ends [Burdens, Sold];
    "object" 2 Anyone [] None [];
    "withdraw_objection" 2 Anyone [] None [];
    "register_guarantee" 2 Guarantor [Pledgee] None [];
    "register_buyout_commitment" 2 Guarantor [Pledgee] None [];
    "record_verification" 2 Guarantor [] None [];
    "record_external_registration" 2 Pledgee [] None [];
}

/// Returns the row of a type of command.
pub fn row(command: &str) -> Option<&'static Row> {
    MATRIX.iter().find(|row| row.command == command)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::wire::samples;

    #[test]
    fn every_command_has_one_row_and_every_row_a_command() {
        let rows: Vec<&str> = MATRIX.iter().map(|row| row.command).collect();
        let once: BTreeSet<&str> = rows.iter().copied().collect();
        assert_eq!(rows.len(), once.len());
        let bodies = samples::bodies();
        let types: BTreeSet<&str> = bodies
            .iter()
            .map(crate::domain::command::Body::type_name)
            .collect();
        assert_eq!(types, once);
        for body in &bodies {
            let row = row(body.type_name()).unwrap();
            assert_eq!(row.law > 1, body.is_act(), "{}", row.command);
        }
    }
}
