//! tlog-policy: every rule broken once, the sizes that must be supported, and a published set of keys.

use greenlien::ledger::note::{CosignatureKey, NoteFault, NoteKey, SignedNote, cosign_line};
use greenlien::ledger::policy_file::{PolicyFaultKind, Quorum, TRUST_FILE_BYTES_MAX, TrustPolicy};

use greenlien::verify::evidence::Evidence;
use greenlien::verify::verdict::Level;

use super::{post_quantum_key, secret, vector, with};
use crate::examples::evidence_about_the_right;
use crate::formats::file;
use crate::lying::reader;
use crate::second_verifier::{Both, Reader};

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

/// The word 信任 in GBK, which is not UTF-8.
const GBK: &[u8] = b"\xd0\xc5\xc8\xce";

/// Replaces a part of octets that must be there.
fn with_octets(octets: &[u8], from: &str, to: &[u8]) -> Vec<u8> {
    let from = from.as_bytes();
    let at = octets.windows(from.len()).position(|part| part == from);
    let at = at.unwrap();
    [&octets[..at], to, &octets[at + from.len()..]].concat()
}

#[test]
fn octets_that_are_not_utf8_are_opaque_in_comments_names_and_addresses() {
    let text = format!(
        "# NAME\nwitness NAME {} https://w.example/NAME\nquorum NAME\n",
        witness_key(1)
    );
    let mut octets = text.into_bytes();
    for _ in 0..4 {
        octets = with_octets(&octets, "NAME", GBK);
    }
    let policy = TrustPolicy::parse_octets(&octets).unwrap();
    let name = policy.witnesses[0].name.as_str();
    assert!(policy.quorum_met(&[name]) && !policy.quorum_met(&[]));
    // Another octet is another name, and so is what the octets could be taken for.
    for other in [
        &b"\xd0\xc5\xc8\xcf"[..],
        "信任".as_bytes(),
        "\u{fffd}".as_bytes(),
    ] {
        let text = format!("witness W {}\nquorum NAME\n", witness_key(1));
        let text = with_octets(
            &with_octets(text.as_bytes(), "W ", &[GBK, b" "].concat()),
            "NAME",
            other,
        );
        let fault = TrustPolicy::parse_octets(&text).unwrap_err();
        assert_eq!(
            (fault.line, fault.kind),
            (2, PolicyFaultKind::NameUndefined)
        );
    }
    // The name of a key is UTF-8.
    let key = with_octets(witness_key(1).as_bytes(), "w.example", GBK);
    let text = [b"witness W ", &key[..], b"\nquorum W\n"].concat();
    let fault = TrustPolicy::parse_octets(&text).unwrap_err();
    assert_eq!(
        (fault.line, fault.kind),
        (1, PolicyFaultKind::Key(NoteFault::KeyName))
    );
    let commented = |octets: usize| {
        let comment = vec![0xff; octets];
        [b"#", &comment[..], b"\nquorum none\n"].concat()
    };
    let longest = commented(TRUST_FILE_BYTES_MAX - 14);
    assert_eq!(longest.len(), TRUST_FILE_BYTES_MAX);
    assert!(TrustPolicy::parse_octets(&longest).is_ok());
    let fault = TrustPolicy::parse_octets(&commented(TRUST_FILE_BYTES_MAX - 13)).unwrap_err();
    assert_eq!(fault.kind, PolicyFaultKind::TooLong);
}

#[test]
fn a_post_quantum_witness_is_read_and_never_counts() {
    let unverified = post_quantum_key("pq.example");
    let needed = format!("witness W {unverified}\nquorum W\n");
    let policy = TrustPolicy::parse(&needed).unwrap();
    let note = format!(
        "text\n\n{}",
        cosign_line("text\n", "pq.example", &secret(1), 1)
    );
    let note = SignedNote::parse(&note).unwrap();
    assert_eq!(policy.cosigned_by(&note), Ok(Vec::new()));
    let twice = format!("witness V {unverified}\n{needed}");
    assert_eq!(fault(&twice), Some((2, PolicyFaultKind::KeyRepeated)));
    let of_log = format!("log {unverified}\nquorum none\n");
    let wanted = PolicyFaultKind::Key(NoteFault::KeyType);
    assert_eq!(fault(&of_log), Some((1, wanted)));
}

#[test]
fn all_verifiers_read_such_files_alike() {
    let evidence = |checkpoint: &str| {
        let checkpoint = checkpoint.to_owned();
        let evidence = evidence_about_the_right();
        Evidence {
            checkpoint,
            ..evidence
        }
        .to_text()
    };
    let (cosigned, audited) = (file("checkpoint-cosigned"), file("trust-audited"));
    let good = evidence(&cosigned);
    let group = "group witnesses 2 ";
    let unverified = post_quantum_key("pq.example");
    let unverified = |threshold: &str| {
        let line = format!("witness pq {unverified}\ngroup witnesses {threshold} pq ");
        with_octets(audited.as_bytes(), group, line.as_bytes())
    };
    let named = with_octets(
        audited.as_bytes(),
        "witness bank-c.example/witness ",
        &[b"witness ", GBK, b" "].concat(),
    );
    let named = with_octets(
        &named,
        " bank-c.example/witness\n",
        &[b" ", GBK, b"\n"].concat(),
    );
    let mut both = Both::new();
    let complete = Some(Level::CurrentAndComplete);
    for (policy, level) in [
        (
            (
                "a comment in GBK",
                [b"# ", GBK, b"\n", audited.as_bytes()].concat(),
            ),
            complete,
        ),
        (("a name in GBK", named), complete),
        (
            (
                "one of C1",
                with_octets(audited.as_bytes(), "log ", "# \u{85}\nlog ".as_bytes()),
            ),
            complete,
        ),
        (("a post-quantum witness", unverified("2")), complete),
        (
            ("a post-quantum witness that is needed", unverified("all")),
            None,
        ),
    ] {
        let (name, octets) = policy;
        let verdict = both.verify_under((name, &octets), good.as_bytes(), &reader());
        assert_eq!(verdict.level, level, "{name}: {:?}", verdict.failure());
    }
    // A witness may cosign the same head again; that it saw it in time stays true.
    let text = cosigned.split_inclusive("\n\n").next().unwrap();
    let late = cosign_line(
        &text[..text.len() - 1],
        "bank-a.example/witness",
        &secret(0x11),
        1_800_000_000,
    );
    let verdict = both.verify(
        "again",
        evidence(&format!("{cosigned}{late}")).as_bytes(),
        &reader(),
    );
    assert_eq!(verdict.level, complete, "{:?}", verdict.failure());
    let first = cosigned
        .lines()
        .find(|line| line.contains("bank-a.example/witness"))
        .unwrap();
    let only_late = evidence(&cosigned.replace(&format!("{first}\n"), &late));
    for now in [reader().now, None] {
        let reader = Reader { now, ..reader() };
        let verdict = both.verify("late", only_late.as_bytes(), &reader);
        assert_eq!(verdict.failure().unwrap().name, "age");
    }
    both.agree();
}
