//! tlog-policy: every rule broken once, the sizes that must be supported, and a published set of keys.

use greenlien::ledger::note::{CosignatureKey, NoteFault, NoteKey};
use greenlien::ledger::policy_file::{PolicyFaultKind, Quorum, TRUST_FILE_BYTES_MAX, TrustPolicy};

use super::{secret, vector, with};

/// The key of the log of this number.
fn log_key(number: u8) -> String {
    NoteKey::new("log.example", secret(number).public())
        .unwrap()
        .vkey()
}

/// The key of the witness of this number.
fn witness_key(number: u8) -> String {
    CosignatureKey::new("w.example", secret(number).public())
        .unwrap()
        .vkey()
}

/// One log, three witnesses, two levels of groups.
fn good() -> String {
    let witness = |number| format!("witness W{number} {}\n", witness_key(number));
    format!(
        "log {}\n{}group pair 2 W1 W2\ngroup both all pair W3\nquorum both\n",
        log_key(9),
        [1, 2, 3].map(witness).concat()
    )
}

fn fault(text: &str) -> Option<(usize, PolicyFaultKind)> {
    let fault = TrustPolicy::parse(text).err()?;
    Some((fault.line, fault.kind))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one row for each rule")]
fn every_rule_of_a_policy_is_kept() {
    use PolicyFaultKind::{
        ControlCharacter, Key, KeyRepeated, MemberRepeated, NameRepeated, NameReserved,
        NameUndefined, QuorumMissing, QuorumRepeated, Threshold, TooLong, UnknownWord,
        Unterminated, WordCount,
    };
    let good = good();
    let replace = |from: &str, to: &str| with(&good, from, to);
    let pair = |line: &str| with(&good, "group pair 2 W1 W2", line);
    let quorum = |line: &str| with(&good, "quorum both", line);
    let (log, first) = (log_key(9), witness_key(1));
    let renamed = CosignatureKey::new("other.example", secret(1).public()).unwrap();
    let renamed = renamed.vkey();
    let cases = [
        (
            "a line ends with LF",
            good.trim_end().to_owned(),
            7,
            Unterminated,
        ),
        ("alone", good.replace('\n', "\r\n"), 1, ControlCharacter),
        (
            "no vertical tab",
            replace("log ", "log\u{b}"),
            1,
            ControlCharacter,
        ),
        (
            "no form feed",
            replace("log ", "log\u{c}"),
            1,
            ControlCharacter,
        ),
        ("no zero", replace("both", "bo\0th"), 6, ControlCharacter),
        (
            "no delete",
            replace("both", "bo\u{7f}th"),
            6,
            ControlCharacter,
        ),
        (
            "none in comments",
            format!("# \u{1b}[31m\n{good}"),
            1,
            ControlCharacter,
        ),
        ("a known word", replace("log", "logs"), 1, UnknownWord),
        ("in lower case", replace("log", "LOG"), 1, UnknownWord),
        (
            "divided by spaces or tabs alone",
            replace("log ", "log\u{a0}"),
            1,
            UnknownWord,
        ),
        (
            "no comment after a line",
            quorum("quorum both # why"),
            7,
            WordCount,
        ),
        (
            "a key of a log",
            replace(&format!("log {log}"), "log"),
            1,
            WordCount,
        ),
        (
            "one address of a log",
            replace(&log, &format!("{log} a b")),
            1,
            WordCount,
        ),
        (
            "a key of type 0x01 for a log",
            replace(&log, &witness_key(9)),
            1,
            Key(NoteFault::KeyType),
        ),
        (
            "with its own id",
            replace(&log, &with(&log, "log.example", "other.example")),
            1,
            Key(NoteFault::KeyId),
        ),
        (
            "whole",
            replace(&log, log.split('+').next().unwrap()),
            1,
            Key(NoteFault::KeyForm),
        ),
        (
            "a name and a key of a witness",
            replace(&format!(" {first}"), ""),
            2,
            WordCount,
        ),
        (
            "one address of a witness",
            replace(&first, &format!("{first} a b")),
            2,
            WordCount,
        ),
        (
            "a key of type 0x04 for a witness",
            replace(&first, &log_key(1)),
            2,
            Key(NoteFault::KeyType),
        ),
        ("no log twice", format!("log {log}\n{good}"), 2, KeyRepeated),
        (
            "no witness twice",
            replace(&witness_key(2), &first),
            3,
            KeyRepeated,
        ),
        (
            "under another name of the key neither",
            replace(&witness_key(2), &renamed),
            3,
            KeyRepeated,
        ),
        (
            "no log as its own witness",
            replace(&witness_key(2), &witness_key(9)),
            3,
            KeyRepeated,
        ),
        (
            "a name once for two witnesses",
            replace("witness W2", "witness W1"),
            3,
            NameRepeated,
        ),
        (
            "a name once for two groups",
            replace("group both", "group pair"),
            6,
            NameRepeated,
        ),
        (
            "a name once for a group and a witness",
            pair("group W3 2 W1 W2"),
            5,
            NameRepeated,
        ),
        (
            "none is no witness",
            replace("witness W1", "witness none"),
            2,
            NameReserved,
        ),
        (
            "none is no group",
            pair("group none 2 W1 W2"),
            5,
            NameReserved,
        ),
        (
            "none is no member",
            pair("group pair 2 W1 none"),
            5,
            NameReserved,
        ),
        ("a group has a threshold", pair("group pair"), 5, WordCount),
        ("and members", pair("group pair 2"), 5, WordCount),
        (
            "that are defined",
            pair("group pair 2 W1 W4"),
            5,
            NameUndefined,
        ),
        ("before it", pair("group pair 2 W1 both"), 5, NameUndefined),
        ("not itself", pair("group pair 2 W1 pair"), 5, NameUndefined),
        (
            "names differ by case",
            pair("group pair 2 W1 w2"),
            5,
            NameUndefined,
        ),
        (
            "each once in a group",
            pair("group pair 2 W1 W1"),
            5,
            MemberRepeated,
        ),
        (
            "each in one group",
            replace("all pair W3", "all pair W1"),
            6,
            MemberRepeated,
        ),
        (
            "a threshold from 1",
            pair("group pair 0 W1 W2"),
            5,
            Threshold,
        ),
        (
            "to the number of members",
            pair("group pair 3 W1 W2"),
            5,
            Threshold,
        ),
        ("in decimal", pair("group pair 0x2 W1 W2"), 5, Threshold),
        (
            "without leading zeros",
            pair("group pair 02 W1 W2"),
            5,
            Threshold,
        ),
        (
            "without a plus sign",
            pair("group pair +2 W1 W2"),
            5,
            Threshold,
        ),
        (
            "without a minus sign",
            pair("group pair -1 W1 W2"),
            5,
            Threshold,
        ),
        (
            "of a size that counts",
            pair("group pair 18446744073709551618 W1 W2"),
            5,
            Threshold,
        ),
        (
            "all and any in lower case",
            pair("group pair Any W1 W2"),
            5,
            Threshold,
        ),
        (
            "a quorum",
            good.replace("quorum both\n", ""),
            6,
            QuorumMissing,
        ),
        (
            "one quorum",
            format!("{good}quorum none\n"),
            8,
            QuorumRepeated,
        ),
        ("with a name", quorum("quorum"), 7, WordCount),
        ("one name", quorum("quorum both W3"), 7, WordCount),
        ("that is defined", quorum("quorum other"), 7, NameUndefined),
        (
            "before it",
            format!("quorum both\n{good}"),
            1,
            NameUndefined,
        ),
        (
            "not the name of a key",
            quorum("quorum w.example"),
            7,
            NameUndefined,
        ),
        ("something", String::new(), 1, QuorumMissing),
        (
            "more than comments",
            "# nothing\n\n".to_owned(),
            2,
            QuorumMissing,
        ),
        (
            "not too long",
            format!("{}{good}", "#\n".repeat(TRUST_FILE_BYTES_MAX / 2)),
            TRUST_FILE_BYTES_MAX / 2 + 7,
            TooLong,
        ),
    ];
    assert_eq!(fault(&good), None);
    for (rule, text, line, kind) in cases {
        assert_eq!(fault(&text), Some((line, kind)), "{rule}: {text:.300}");
    }
}

#[test]
fn spaces_comments_addresses_and_other_alphabets_are_allowed() {
    let text = format!(
        "\u{9}# 信任 \u{e9}\n\n \t \n  log\t\t{}   https://log.example/例 \n\
         witness 见证 {}\thttps://w.example/\n#quorum none\n\tquorum  见证  \n",
        log_key(9),
        witness_key(1)
    );
    let policy = TrustPolicy::parse(&text).unwrap();
    assert_eq!(
        policy.logs[0].url.as_deref(),
        Some("https://log.example/例")
    );
    assert_eq!(
        policy.witnesses[0].url.as_deref(),
        Some("https://w.example/")
    );
    assert_eq!(policy.quorum, Quorum::Named("见证".to_owned()));
    assert!(policy.quorum_met(&["见证"]) && !policy.quorum_met(&[]));
    // A name is its bytes: the Kelvin sign is not the letter K.
    let kelvin = format!("witness K {}\nquorum \u{212a}\n", witness_key(1));
    assert_eq!(fault(&kelvin), Some((2, PolicyFaultKind::NameUndefined)));
}

#[test]
fn thirty_two_logs_witnesses_and_groups_are_supported_and_more() {
    for count in [32_u8, 64] {
        let logs = (0..count).map(|number| format!("log {}\n", log_key(100 + number)));
        let witnesses =
            (0..count).map(|number| format!("witness w{number} {}\n", witness_key(1 + number)));
        // A chain of groups: each needs its witness and the group before.
        let groups = (0..count).map(|number| match number {
            0 => "group g0 all w0\n".to_owned(),
            _ => format!("group g{number} all g{} w{number}\n", number - 1),
        });
        let text: String = logs
            .chain(witnesses)
            .chain(groups)
            .chain([format!("quorum g{}\n", count - 1)])
            .collect();
        let policy = TrustPolicy::parse(&text).unwrap();
        let sizes = [
            policy.logs.len(),
            policy.witnesses.len(),
            policy.groups.len(),
        ];
        assert_eq!(sizes, [usize::from(count); 3]);
        let names: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(policy.quorum_met(&names));
        for missing in 0..names.len() {
            let some: Vec<&str> = [&names[..missing], &names[missing + 1..]].concat();
            assert!(!policy.quorum_met(&some), "without {missing}");
        }
    }
}

/// What the quorum of [`good`] is, said in another way.
fn is_enough(set: u8) -> bool {
    set & 0b111 == 0b111
}

#[test]
fn a_quorum_is_met_by_exactly_the_sets_that_meet_it() {
    let names = ["W1", "W2", "W3"];
    let policy = TrustPolicy::parse(&good()).unwrap();
    // The published policy: two of four, and the one that none can replace.
    let public = TrustPolicy::parse(&vector("public.policy")).unwrap();
    let public_names = ["remora", "stagemole", "smartit", "navigli", "little-garden"];
    let of = |names: &[&'static str], set: u8| -> Vec<&'static str> {
        let members = names.iter().enumerate();
        let members = members.filter(|(at, _)| set >> at & 1 == 1);
        members.map(|(_, name)| *name).collect()
    };
    for set in 0..8 {
        assert_eq!(
            policy.quorum_met(&of(&names, set)),
            is_enough(set),
            "{set:b}"
        );
    }
    for set in 0..32_u8 {
        let enough = (set & 0b1111).count_ones() >= 2 && set & 0b1_0000 != 0;
        let met = public.quorum_met(&of(&public_names, set));
        assert_eq!(met, enough, "{set:b}");
    }
    assert!(!public.quorum_met(&["european", "all-of-them", "little-garden"]));
    // `any` is one of them, `all` is each of them, a number is so many.
    for (threshold, least) in [("any", 1), ("1", 1), ("2", 2), ("3", 3), ("all", 3)] {
        let text = with(
            &good(),
            "group pair 2 W1 W2\ngroup both all pair W3",
            &format!("group both {threshold} W1 W2 W3"),
        );
        let policy = TrustPolicy::parse(&text).unwrap();
        for set in 0..8_u8 {
            let met = policy.quorum_met(&of(&names, set));
            assert_eq!(met, set.count_ones() >= least, "{threshold}: {set:b}");
        }
    }
}
