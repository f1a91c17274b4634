//! The commands that a person can prepare on a page: what each is about, who gives it, and what it asks, in both languages.
//!
//! Data, so that a further command is a row here. Names of fields are those of the payload (docs/FORMATS.md 2.6).

mod bank;
mod bureau;
mod interested;
mod parties;
mod rights;
mod rules;

/// Chinese and English.
pub(crate) type Words = (&'static str, &'static str);

/// What a command is about; the page asks for it first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum On {
    /// Rights that are named line by line.
    Rights,
    /// A pledge that is registered.
    Pledge,
    /// A reservation.
    Reservation,
    /// One right.
    Right,
    /// A party, which the body names by this member; by none where the giver is meant.
    Party(&'static str),
    /// A pledge or a party that hides values.
    Hiding,
    /// What does not stand in the register yet.
    Nothing,
}

/// Who gives a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum By {
    /// The pledgee of record.
    Pledgee,
    /// The issuer of the right.
    Issuer,
    /// The issuer where the order is its own, else the registrar for the court or authority behind it.
    Court,
    /// The party that the command is about.
    Itself,
    /// The registrar, on proof.
    Registrar,
    /// The party that the form names.
    Typed(Words),
}

/// Who has most use of a command, for the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Desk {
    /// Banks.
    Bank,
    /// Everybody with an interest in a pledge.
    Interested,
    /// Issuers and the registrar.
    Bureau,
    /// Whoever keeps parties and keys.
    Parties,
    /// The members of the quorum.
    Rules,
}

/// What is changed of a line that stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// Its quantity, as a new total.
    Total,
    /// Its last day.
    End,
    /// Given back, whole or in part; nothing named is all of it.
    Part,
    /// Given back, whole or in part; something must be named.
    Drop,
}

/// What is chosen among the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Among {
    /// The freezes of the right.
    Freezes,
    /// The objections to the pledge.
    Objections,
    /// The lines of the pledge.
    Lines,
    /// The lines of pledges on the right.
    Burdens,
    /// The keys of the party that sign now.
    Keys,
    /// Its keys that ended.
    RevokedKeys,
    /// Its disputes that are not decided.
    Disputes,
    /// Words that the law fixes: the value, Chinese, English.
    Fixed(&'static [(&'static str, &'static str, &'static str)]),
}

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// A party, by credit code or id.
    Party,
    /// A sum in yuan.
    Yuan,
    /// Yuan for one unit.
    Price,
    /// A share in percent, kept in hundredths.
    Percent,
    /// A small number.
    Number,
    /// Words.
    Text,
    /// The class of a right, one of those that the rules of its kind name or another.
    Class,
    /// The id of a pledge or of a reservation.
    Id,
    /// A day, the first one.
    From,
    /// The last day, which is written as the day after it.
    Through,
    /// First and last day of a span; the first is today where none is typed.
    Span,
    /// Yes, or nothing.
    Mark,
    /// The SHA-256 of a document, which stays where it is.
    Digest,
    /// A quantity in the unit of the right.
    Amount,
    /// As much of a right as the kind allows: quantity, days, years, or the whole.
    Extent,
    /// One of several.
    Choice(Among),
    /// A change of lines that stand.
    Changes(Change),
    /// Lines to come.
    Lines,
    /// What the form itself says.
    Stated,
    /// A credit code.
    Code,
    /// So many bytes in hexadecimal digits.
    Hex(usize),
    /// Days, written as seconds.
    Days,
    /// The boundary of a parcel: GeoJSON of the office, or the text that a command has.
    Ground,
    /// The text of the rules of a kind, which names the kind.
    Policy,
    /// What has several inputs of its own.
    Many(Many),
    /// A list, or another member of several inputs, about parties, keys and hidden values.
    Listed(Listed),
}

/// A field with several inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Many {
    /// A kind of right; the fields behind it follow from its rules, so the page asks for it first.
    Kind(Kinds),
    /// The identities of a right, by the schemes of its kind.
    Identities,
    /// Attributes of a right: those that it has, and one more.
    Attributes,
    /// Certificates that others relied on.
    Reliance,
    /// What of each line goes with a part of the right.
    Allocations,
    /// A new order of the lines that share the room of one right.
    Order,
    /// Which part of a right is turned into another: years of land, else a quantity.
    Converted,
}

/// What has several inputs, about parties, keys and hidden values, and is one member of the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Listed {
    /// Several parties.
    Parties,
    /// What a party may do.
    Roles,
    /// The duties under which an authority issues.
    Duties,
    /// A key with the proof that its owner holds it.
    Offered,
    /// Several of them.
    Keys,
    /// Name and number of a natural person, which are typed where the command is signed.
    Person,
    /// How many sign which commands.
    Rules,
    /// Which keys only make or only check.
    Parts,
    /// Parties, each with its share of a claim in percent.
    Shares,
    /// The names of hidden values of the record.
    Claims,
    /// Rights, by any of their names.
    Rights,
    /// Units of ground, by their numbers.
    Units,
    /// Kinds of right, each with the party under which its rights go on.
    Handed,
}

/// Kinds of right that a form offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kinds {
    /// Those that the right may turn into.
    Next,
    /// All.
    All,
}

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// The member of the body.
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) label: Words,
    pub(crate) hint: Words,
    pub(crate) required: bool,
}

/// A command as a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    /// The name of the form: the type of its command, and where that has several forms a hyphen and a word.
    pub(crate) name: &'static str,
    pub(crate) desk: Desk,
    pub(crate) on: On,
    pub(crate) by: By,
    pub(crate) title: Words,
    pub(crate) lead: Words,
    pub(crate) fields: &'static [Field],
}

impl Act {
    /// Returns the type of the command.
    pub(crate) fn command(&self) -> &'static str {
        let word = self.name.split_once('-');
        word.map_or(self.name, |(command, _)| command)
    }

    /// Says whether what it asks is too long for an address.
    pub(crate) fn is_long(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| matches!(field.takes, Takes::Ground | Takes::Policy))
    }

    /// Returns the field of the kind that decides which further fields there are.
    pub(crate) fn kind(&self) -> Option<(&'static str, Kinds)> {
        let mut fields = self.fields.iter();
        fields.find_map(|field| {
            let Takes::Many(Many::Kind(kinds)) = field.takes else {
                return None;
            };
            Some((field.name, kinds))
        })
    }
}

const NO_HINT: Words = ("", "");

const fn must(name: &'static str, takes: Takes, label: Words) -> Field {
    Field {
        name,
        takes,
        label,
        hint: NO_HINT,
        required: true,
    }
}

const fn may(name: &'static str, takes: Takes, label: Words, hint: Words) -> Field {
    Field {
        name,
        takes,
        label,
        hint,
        required: false,
    }
}

const fn document(label: Words) -> Field {
    must("document", Takes::Digest, label)
}

const CONTRACT: Field = document(("合同或证明文件", "The contract or proof"));

/// Every command with a form.
pub(crate) fn all() -> impl Iterator<Item = &'static Act> {
    [
        bank::ACTS,
        bureau::ACTS,
        rights::ACTS,
        interested::ACTS,
        parties::ACTS,
        rules::ACTS,
    ]
    .into_iter()
    .flatten()
}

/// Commands without a form, each with the reason.
#[cfg(test)]
const WITHOUT: &[(&str, &str)] = &[(
    "record_verification",
    "its answer is the one of an evidence file that the guarantor keeps and has verified: the page that signs reads the file itself",
)];

/// Returns the form of this name.
pub(crate) fn find(name: &str) -> Option<&'static Act> {
    all().find(|act| act.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::authority::matrix;

    #[test]
    fn every_form_is_of_a_command_of_the_law_and_has_both_languages() {
        for act in all() {
            assert!(matrix::row(act.command()).is_some(), "{}", act.name);
            let mut texts = vec![act.title, act.lead];
            texts.extend(act.fields.iter().map(|field| field.label));
            for (zh, en) in texts {
                assert!(!zh.is_ascii() && !en.is_empty() && en != zh, "{zh} {en}");
            }
            let hints = act.fields.iter().map(|field| field.hint);
            assert!(
                hints
                    .into_iter()
                    .all(|(zh, en)| zh.is_empty() == en.is_empty())
            );
        }
    }

    #[test]
    fn every_command_of_the_law_has_a_form_or_a_reason_for_having_none() {
        for row in matrix::MATRIX {
            let forms = all().filter(|act| act.command() == row.command).count();
            let mut without = WITHOUT.iter();
            let reason = without.find(|(command, _)| *command == row.command);
            match reason {
                None => assert!(forms > 0, "{} has no form", row.command),
                Some((_, reason)) => assert!(forms == 0 && reason.len() > 20, "{reason}"),
            }
        }
        for (command, _) in WITHOUT {
            assert!(matrix::row(command).is_some(), "{command}");
        }
    }

    #[test]
    fn no_two_forms_have_one_name() {
        let mut names: Vec<&str> = all().map(|act| act.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
    }
}
