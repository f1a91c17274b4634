//! Trust files (C2SP tlog-policy): which logs a verifier believes and how many witnesses must have cosigned.
//!
//! The language is a public one, so that a guarantor can give the same file to this program and to others. Parsing is
//! separate from use: a `TrustPolicy` says what is enough, and the caller says what has been verified.

use std::collections::BTreeSet;
use std::fmt;

use super::checkpoint::decimal;
use super::note::{NoteFault, NoteKey, SignedNote};
use super::octets::{has_stand_in, text_of};
use super::witness_key::WitnessKey;

/// Bytes of a trust file: 64 logs, 64 witnesses and 64 groups of 300 bytes each, and comments.
pub const TRUST_FILE_BYTES_MAX: usize = 65_536;

/// The name that stands for no witness at all.
const NONE: &str = "none";

/// A log that the verifier believes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustedLog {
    /// The key; its name is the origin of the log.
    pub key: NoteKey,
    /// Where the log is served, if the file says so; not checked.
    pub url: Option<String>,
}

/// A witness that may count toward the quorum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The name within this file, which need not be the name of the key.
    pub name: String,
    /// The key with which it cosigns.
    pub key: WitnessKey,
    /// Where it takes checkpoints, if the file says so; not checked.
    pub url: Option<String>,
}

/// A group, which counts as having witnessed when enough of its members have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The name within this file.
    pub name: String,
    /// How many members it takes, from 1 to their number.
    pub threshold: usize,
    /// The names of witnesses and of groups defined before this one.
    pub members: Vec<String>,
}

/// What must have witnessed a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Quorum {
    /// Nothing: the log's own signature is enough.
    None,
    /// The witness or the group of this name.
    Named(String),
}

/// A parsed trust file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustPolicy {
    /// The logs, in the order of the file; each one is believed.
    pub logs: Vec<TrustedLog>,
    /// The witnesses, in the order of the file.
    pub witnesses: Vec<Witness>,
    /// The groups, in the order of the file: members before the groups they are in.
    pub groups: Vec<Group>,
    /// The quorum.
    pub quorum: Quorum,
}

/// Why a trust file is refused, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyFault {
    /// The line, counted from 1; the last one when something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub kind: PolicyFaultKind,
}

/// What is wrong with a line of a trust file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PolicyFaultKind {
    /// The file is longer than [`TRUST_FILE_BYTES_MAX`].
    TooLong,
    /// The last line does not end with a line feed.
    Unterminated,
    /// A control character other than the tab and the line feed occurs.
    ControlCharacter,
    /// The first word is none of `log`, `witness`, `group`, `quorum`.
    UnknownWord,
    /// There are too few or too many words.
    WordCount,
    /// The key is malformed or of the wrong type.
    Key(NoteFault),
    /// The same public key was given before, under whatever name.
    KeyRepeated,
    /// `none` is defined as a name or used as a member.
    NameReserved,
    /// The name was defined before.
    NameRepeated,
    /// The name has not been defined before.
    NameUndefined,
    /// The name is already a member of a group.
    MemberRepeated,
    /// The number of members needed is not a decimal from 1 to their number.
    Threshold,
    /// There was a quorum before.
    QuorumRepeated,
    /// There is no quorum.
    QuorumMissing,
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl std::error::Error for PolicyFault {}

impl fmt::Display for PolicyFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(fault) => return fmt::Display::fmt(fault, f),
            Self::TooLong => "the trust file is too long",
            Self::Unterminated => "the line does not end with a line feed",
            Self::ControlCharacter => "the line has a control character",
            Self::UnknownWord => "the line is not a log, a witness, a group or a quorum",
            Self::WordCount => "the line has too few or too many words",
            Self::KeyRepeated => "the key was given before",
            Self::NameReserved => "the name none is reserved",
            Self::NameRepeated => "the name was defined before",
            Self::NameUndefined => "the name is not defined before this line",
            Self::MemberRepeated => "the name is already a member of a group",
            Self::Threshold => "the number is not from 1 to the number of members",
            Self::QuorumRepeated => "the quorum was given before",
            Self::QuorumMissing => "the quorum is missing",
        })
    }
}

impl TrustPolicy {
    /// Parses a trust file; refuses everything that the specification does not allow.
    ///
    /// Stricter than the specification in one thing: a key may not be that of a log and of a witness at once, since a log
    /// that witnesses itself adds nothing.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        Self::parse_octets(text.as_bytes())
    }

    /// Parses a trust file as it lies on the disk; octets above 0x7f need not be UTF-8, and are compared as they are.
    pub fn parse_octets(octets: &[u8]) -> Result<Self, PolicyFault> {
        let text = text_of(octets);
        let last = text.lines().count().max(1);
        if octets.len() > TRUST_FILE_BYTES_MAX {
            return Err(PolicyFault {
                line: last,
                kind: PolicyFaultKind::TooLong,
            });
        }
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(PolicyFault {
                line: last,
                kind: PolicyFaultKind::Unterminated,
            });
        }
        let mut draft = Draft::default();
        // Not `lines`, which would take away a carriage return.
        for (index, line) in text.split('\n').enumerate() {
            draft.read_line(line).map_err(|kind| PolicyFault {
                line: index + 1,
                kind,
            })?;
        }
        let missing = PolicyFault {
            line: last,
            kind: PolicyFaultKind::QuorumMissing,
        };
        let quorum = draft.quorum.ok_or(missing)?;
        let Draft {
            logs,
            witnesses,
            groups,
            ..
        } = draft;
        Ok(Self {
            logs,
            witnesses,
            groups,
            quorum,
        })
    }

    /// Returns the keys of the logs, for `Checkpoint::open`.
    pub fn log_keys(&self) -> Vec<NoteKey> {
        self.logs.iter().map(|log| log.key.clone()).collect()
    }

    /// Returns the name of each witness that cosigned `note`, with the time in seconds since 1970; once for each line of it.
    ///
    /// A false cosignature under the name and id of a listed witness makes the whole note refused.
    pub fn cosigned_by(&self, note: &SignedNote<'_>) -> Result<Vec<(&str, u64)>, NoteFault> {
        let mut found = Vec::new();
        for witness in &self.witnesses {
            let times = witness.key.times(note)?.into_iter();
            found.extend(times.map(|time| (witness.name.as_str(), time)));
        }
        Ok(found)
    }
}

/// What has been read of a file, and what of it must not come again.
#[derive(Default)]
struct Draft {
    logs: Vec<TrustedLog>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Quorum>,
    keys: BTreeSet<Vec<u8>>,
    names: BTreeSet<String>,
    members: BTreeSet<String>,
}

impl Draft {
    fn read_line(&mut self, line: &str) -> Result<(), PolicyFaultKind> {
        if line.bytes().any(|b| (b < b' ' && b != b'\t') || b == 0x7f) {
            return Err(PolicyFaultKind::ControlCharacter);
        }
        let words: Vec<&str> = line
            .split([' ', '\t'])
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            // A key name is UTF-8 (signed-note); other words may be what they like.
            ["log", vkey, ..] | ["witness", _, vkey, ..] if has_stand_in(vkey) => {
                Err(PolicyFaultKind::Key(NoteFault::KeyName))
            }
            ["log", vkey] => self.log(vkey, None),
            ["log", vkey, url] => self.log(vkey, Some(url)),
            ["witness", name, vkey] => self.witness(name, vkey, None),
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url)),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            ["log" | "witness" | "group" | "quorum", ..] => Err(PolicyFaultKind::WordCount),
            [..] => Err(PolicyFaultKind::UnknownWord),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&str>) -> Result<(), PolicyFaultKind> {
        let key = NoteKey::parse_vkey(vkey).map_err(PolicyFaultKind::Key)?;
        self.take_key(key.key().to_bytes().to_vec())?;
        self.logs.push(TrustedLog {
            key,
            url: url.map(str::to_owned),
        });
        Ok(())
    }

    fn witness(
        &mut self,
        name: &str,
        vkey: &str,
        url: Option<&str>,
    ) -> Result<(), PolicyFaultKind> {
        let key = WitnessKey::parse_vkey(vkey).map_err(PolicyFaultKind::Key)?;
        self.take_key(key.to_bytes())?;
        self.define(name)?;
        self.witnesses.push(Witness {
            name: name.to_owned(),
            key,
            url: url.map(str::to_owned),
        });
        Ok(())
    }

    fn group(
        &mut self,
        name: &str,
        threshold: &str,
        members: &[&str],
    ) -> Result<(), PolicyFaultKind> {
        if members.is_empty() {
            return Err(PolicyFaultKind::WordCount);
        }
        for member in members {
            self.require_defined(member)?;
            if !self.members.insert((*member).to_owned()) {
                return Err(PolicyFaultKind::MemberRepeated);
            }
        }
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => {
                let number = decimal(number).and_then(|number| usize::try_from(number).ok());
                let number = number.filter(|number| (1..=members.len()).contains(number));
                number.ok_or(PolicyFaultKind::Threshold)?
            }
        };
        // Only now, so that a group cannot be a member of itself.
        self.define(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(Group {
            name: name.to_owned(),
            threshold,
            members,
        });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyFaultKind> {
        if self.quorum.is_some() {
            return Err(PolicyFaultKind::QuorumRepeated);
        }
        self.quorum = Some(if name == NONE {
            Quorum::None
        } else {
            self.require_defined(name)?;
            Quorum::Named(name.to_owned())
        });
        Ok(())
    }

    fn take_key(&mut self, key: Vec<u8>) -> Result<(), PolicyFaultKind> {
        if self.keys.insert(key) {
            Ok(())
        } else {
            Err(PolicyFaultKind::KeyRepeated)
        }
    }

    fn define(&mut self, name: &str) -> Result<(), PolicyFaultKind> {
        if name == NONE {
            return Err(PolicyFaultKind::NameReserved);
        }
        let new = self.names.insert(name.to_owned());
        if new {
            Ok(())
        } else {
            Err(PolicyFaultKind::NameRepeated)
        }
    }

    fn require_defined(&self, name: &str) -> Result<(), PolicyFaultKind> {
        if name == NONE {
            return Err(PolicyFaultKind::NameReserved);
        }
        let known = self.names.contains(name);
        if known {
            Ok(())
        } else {
            Err(PolicyFaultKind::NameUndefined)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::note::{CosignatureKey, cosign_line};
    use crate::primitives::crypto::{Hash, SecretKey};

    fn secret(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn log(seed: u8) -> String {
        NoteKey::new("log.example", secret(seed).public())
            .unwrap()
            .vkey()
    }

    fn witness(seed: u8) -> String {
        CosignatureKey::new("w.example", secret(seed).public())
            .unwrap()
            .vkey()
    }

    /// Two levels of groups, as in the example of the specification.
    fn two_levels() -> String {
        let names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"];
        let line = |(n, name)| format!("witness {name} {}\n", witness(n));
        let witnesses = (1..).zip(names).map(line).collect::<Vec<_>>().concat();
        format!(
            "# trusted\n\n log\t{} https://log.example/ \n{witnesses}group X 2 X1 X2 X3\n\
             group Y any Y1 Y2 Y3\n  # both\ngroup XY all X Y\nquorum XY\n",
            log(9)
        )
    }

    fn fault(text: &str) -> (usize, PolicyFaultKind) {
        let fault = TrustPolicy::parse(text).unwrap_err();
        (fault.line, fault.kind)
    }

    #[test]
    fn groups_of_groups_are_counted() {
        let policy = TrustPolicy::parse(&two_levels()).unwrap();
        assert_eq!(policy.logs.len(), 1);
        assert_eq!(policy.logs[0].url.as_deref(), Some("https://log.example/"));
        assert_eq!(policy.witnesses.len(), 6);
        assert!(policy.quorum_met(&["X1", "X3", "Y2"]));
        assert!(policy.quorum_met(&["X1", "X2", "X3", "Y1", "Y2", "Y3"]));
        assert!(!policy.quorum_met(&["X1", "X2", "X3"]));
        assert!(!policy.quorum_met(&["X1", "Y1", "Y2"]));
        assert!(!policy.quorum_met(&[]));
    }

    #[test]
    fn neither_repetition_nor_the_name_of_a_group_counts() {
        let policy = TrustPolicy::parse(&two_levels()).unwrap();
        assert!(!policy.quorum_met(&["X1", "X1", "Y1"]));
        assert!(!policy.quorum_met(&["XY"]));
        assert!(!policy.quorum_met(&["X", "Y"]));
        assert!(!policy.quorum_met(&["stranger", "none"]));
    }

    #[test]
    fn a_quorum_of_one_witness_and_of_none() {
        let one = format!("witness W {}\nquorum W\n", witness(1));
        let policy = TrustPolicy::parse(&one).unwrap();
        assert!(policy.quorum_met(&["W"]) && !policy.quorum_met(&["V"]));
        let policy = TrustPolicy::parse("quorum none\n").unwrap();
        assert!(policy.quorum_met(&[]) && policy.quorum == Quorum::None);
    }

    #[test]
    fn exactly_one_quorum_is_required() {
        assert_eq!(fault(""), (1, PolicyFaultKind::QuorumMissing));
        assert_eq!(fault("# nothing\n"), (1, PolicyFaultKind::QuorumMissing));
        assert_eq!(
            fault("quorum none\nquorum none\n"),
            (2, PolicyFaultKind::QuorumRepeated)
        );
        assert_eq!(fault("quorum W\n"), (1, PolicyFaultKind::NameUndefined));
        let later = format!("quorum W\nwitness W {}\n", witness(1));
        assert_eq!(fault(&later), (1, PolicyFaultKind::NameUndefined));
    }

    #[test]
    fn members_are_defined_before_and_used_once() {
        let two = format!("witness A {}\nwitness B {}\n", witness(1), witness(2));
        let fault_after = |line: &str| fault(&format!("{two}{line}\nquorum none\n")).1;
        assert_eq!(
            fault_after("group G all A C"),
            PolicyFaultKind::NameUndefined
        );
        assert_eq!(
            fault_after("group G all A G"),
            PolicyFaultKind::NameUndefined
        );
        assert_eq!(
            fault_after("group G all A A"),
            PolicyFaultKind::MemberRepeated
        );
        assert_eq!(
            fault_after("group G all A none"),
            PolicyFaultKind::NameReserved
        );
        assert_eq!(
            fault_after("group none all A B"),
            PolicyFaultKind::NameReserved
        );
        assert_eq!(fault_after("group A all B"), PolicyFaultKind::NameRepeated);
        assert_eq!(fault_after("group G all"), PolicyFaultKind::WordCount);
        assert_eq!(
            fault_after("group G any A\ngroup H any A"),
            PolicyFaultKind::MemberRepeated
        );
    }

    #[test]
    fn a_threshold_is_a_plain_decimal_from_one_to_the_number_of_members() {
        let two = format!("witness A {}\nwitness B {}\n", witness(1), witness(2));
        for threshold in [
            "0",
            "3",
            "01",
            "+1",
            "-1",
            "1.0",
            "ALL",
            "99999999999999999999",
        ] {
            let text = format!("{two}group G {threshold} A B\nquorum G\n");
            assert_eq!(fault(&text), (3, PolicyFaultKind::Threshold), "{threshold}");
        }
        let text = format!("{two}group G 2 A B\nquorum G\n");
        assert!(TrustPolicy::parse(&text).is_ok());
    }

    #[test]
    fn a_key_comes_once_whatever_its_name_and_role() {
        let again = format!(
            "witness A {w}\nwitness B {w}\nquorum none\n",
            w = witness(1)
        );
        assert_eq!(fault(&again), (2, PolicyFaultKind::KeyRepeated));
        let other_name = CosignatureKey::new("other.example", secret(1).public()).unwrap();
        let renamed = format!(
            "witness A {}\nwitness B {}\n",
            witness(1),
            other_name.vkey()
        );
        assert_eq!(fault(&renamed), (2, PolicyFaultKind::KeyRepeated));
        let self_witness = format!("log {}\nwitness A {}\n", log(1), witness(1));
        assert_eq!(fault(&self_witness), (2, PolicyFaultKind::KeyRepeated));
    }

    #[test]
    fn keys_are_of_the_type_of_their_role() {
        let wrong = (1, PolicyFaultKind::Key(NoteFault::KeyType));
        assert_eq!(fault(&format!("log {}\nquorum none\n", witness(1))), wrong);
        assert_eq!(
            fault(&format!("witness A {}\nquorum none\n", log(1))),
            wrong
        );
    }

    #[test]
    fn stray_words_and_characters_are_refused() {
        assert_eq!(fault("quorum none none\n"), (1, PolicyFaultKind::WordCount));
        assert_eq!(fault("\nlog\n"), (2, PolicyFaultKind::WordCount));
        assert_eq!(fault("Quorum none\n"), (1, PolicyFaultKind::UnknownWord));
        assert_eq!(
            fault("quorum none # why\n"),
            (1, PolicyFaultKind::WordCount)
        );
        assert_eq!(
            fault("quorum none\r\n"),
            (1, PolicyFaultKind::ControlCharacter)
        );
        assert_eq!(
            fault("# \u{7f}\nquorum none\n"),
            (1, PolicyFaultKind::ControlCharacter)
        );
        assert_eq!(
            fault("# a\nquorum none"),
            (2, PolicyFaultKind::Unterminated)
        );
        // Only the space and the tab divide words; other Unicode spaces belong to them.
        assert_eq!(
            fault("quorum\u{a0}none\n"),
            (1, PolicyFaultKind::UnknownWord)
        );
        let long = "#\n".repeat(TRUST_FILE_BYTES_MAX);
        assert_eq!(fault(&long).1, PolicyFaultKind::TooLong);
    }

    #[test]
    fn cosignatures_are_found_by_the_keys_of_the_file() {
        let policy = TrustPolicy::parse(&two_levels()).unwrap();
        let root = Hash::of(&[b"root"]);
        let checkpoint = Checkpoint {
            origin: "log.example".to_owned(),
            size: 3,
            root,
        };
        let mut note = checkpoint.sign(&secret(9));
        let text = checkpoint.to_text();
        for (seed, time) in [(2, 20), (50, 7), (4, 40), (2, 19)] {
            note.push_str(&cosign_line(&text, "w.example", &secret(seed), time));
        }
        let keys = policy.log_keys();
        assert_eq!(
            Checkpoint::open(&note, &keys, "log.example"),
            Ok(checkpoint)
        );
        let parsed = SignedNote::parse(&note).unwrap();
        // One that cosigned again is named with each of its times: one of them may be that of the state.
        assert_eq!(
            policy.cosigned_by(&parsed),
            Ok(vec![("X2", 20), ("X2", 19), ("Y1", 40)])
        );
        note.push_str(&cosign_line("other\n", "w.example", &secret(6), 1));
        let parsed = SignedNote::parse(&note).unwrap();
        let refused = Err(NoteFault::FalseSignature("w.example".to_owned()));
        assert_eq!(policy.cosigned_by(&parsed), refused);
    }
}
