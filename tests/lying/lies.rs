//! Lies of a registry that holds the log key, each with the check that finds it.

use greenlien::domain::entry::StateEntry;
use greenlien::domain::facts::StateKey;
use greenlien::primitives::time::Timestamp;
use greenlien::verify::verdict::Level;

use super::{BANK, HOLDER, Liar, reader};
use crate::formats::{block, entries, state_key};
use crate::second_verifier::{Both, Reader};

/// The payload of the second pledge, with a change.
fn payload(from: &str, to: &str) -> String {
    let payload = block("payload").replacen(&"5".repeat(32), &"6".repeat(32), 1);
    assert!(payload.contains(from), "{from}");
    payload.replacen(from, to, 1)
}

/// The payload of a second pledge of 100, which expects a version of a record.
fn expecting(name: &str, version: u64) -> String {
    let expect = format!(",\"expect\":{{\"{name}\":{version}}},\"iat\"");
    payload("\"600\"", "\"100\"").replacen(",\"iat\"", &expect, 1)
}

/// The event of a pledge at entry 6.
fn pledged(quantity: &str) -> String {
    let text = entries()[5];
    let at = text.find("{\"form\"").unwrap();
    let event = &text[at..text.find(",\"warnings\"").unwrap()];
    let event = event.replacen("\"P5\"", "\"P6\"", 1);
    event.replacen("\"600\"", &format!("{quantity:?}"), 1)
}

/// Every lie, with the check that finds it.
#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
fn lies() -> Vec<(&'static str, &'static str, Liar)> {
    let bank_signs = [HOLDER, BANK];
    let with_state = |state: Box<dyn Fn(&StateKey, String) -> String>| Liar {
        state,
        ..Liar::new()
    };
    let with_last = |last: Box<dyn Fn(&mut StateEntry)>| Liar {
        last,
        ..Liar::new()
    };
    let of = |space: &'static str, from: &'static str, to: &'static str| {
        with_state(Box::new(move |key, text| {
            if key.space() == space {
                text.replace(from, to)
            } else {
                text
            }
        }))
    };
    vec![
        (
            "an event that nobody asked for",
            "authority",
            Liar::new().replace(
                5,
                "[{\"quantity\":\"600\",\"right\":\"R4\"}]",
                "[{\"quantity\":\"60\",\"right\":\"R4\"}]",
            ),
        ),
        (
            "an entry that hides what it touches",
            "touched records",
            Liar::new().replace(
                5,
                "\"89a0f2e4f95b6488bbb67a5efda47062bfcfdc82995dedb6fd72eae0aa250b99\",",
                "",
            ),
        ),
        (
            "a state that no entry made",
            "history gives state",
            of("right", "\"1000\"", "\"2000\""),
        ),
        (
            "a value in a second spelling",
            "state proofs",
            of("right", "\"1000\"", "\"1000.0\""),
        ),
        (
            "a value with a member more",
            "state proofs",
            of("right", "{\"balance\"", "{\"Balance\":\"1\",\"balance\""),
        ),
        (
            "an identity that leads elsewhere",
            "history gives state",
            of("identity", "\"R4\"", "\"R7\""),
        ),
        (
            "more pledged than there is",
            "no over-commitment",
            Liar::new().command(&payload("600", "500"), &bank_signs, &pledged("500")),
        ),
        (
            "a command decided twice",
            "signatures",
            Liar::new().command(block("payload"), &bank_signs, &pledged("600")),
        ),
        (
            "a command for another register",
            "signatures",
            Liar::new().command(
                &payload("500113#0d", "500113#0e"),
                &bank_signs,
                &pledged("600"),
            ),
        ),
        (
            "a command that had expired",
            "signatures",
            Liar::new().command(
                &payload("02:09:00", "02:00:03"),
                &bank_signs,
                &pledged("600"),
            ),
        ),
        (
            "a command of the future",
            "signatures",
            Liar::new().command(
                &payload("01:59:00", "02:05:59"),
                &bank_signs,
                &pledged("600"),
            ),
        ),
        (
            "a version that the right had before",
            "authority",
            Liar::new().command(&expecting("R4", 1), &bank_signs, &pledged("100")),
        ),
        (
            "a version of a record that does not exist",
            "authority",
            Liar {
                also: vec![state_key("pledge", "P9")],
                ..Liar::new()
            }
            .command(&expecting("P9", 1), &bank_signs, &pledged("100")),
        ),
        (
            "an entry as late as the one before",
            "inclusion",
            Liar::new().replace(5, "02:00:00.000003Z", "02:00:00.000002Z"),
        ),
        (
            "an entry before the genesis",
            "inclusion",
            Liar::new().replace(
                5,
                "2026-12-01T02:00:00.000003Z",
                "2026-12-01T00:59:59.000000Z",
            ),
        ),
        (
            "an entry after the state",
            "inclusion",
            Liar::new().replace(5, "02:00:00.000003Z", "02:00:30.000000Z"),
        ),
        (
            "an earlier law after a later one",
            "inclusion",
            Liar::new().replace(4, "\"law\":1", "\"law\":2"),
        ),
        (
            "a signature by somebody else",
            "signatures",
            Liar::new().command(&payload("600", "100"), &[2, BANK], &pledged("100")),
        ),
        (
            "a consent that is missing",
            "authority",
            Liar::new().command(
                &payload("{\"org\":\"M2\",\"role\":\"maker\"},", ""),
                &[BANK],
                &pledged("600"),
            ),
        ),
        (
            "a state entry in another place",
            "state entry",
            with_last(Box::new(|state| state.n -= 1)),
        ),
        (
            "another root before the state entry",
            "state entry",
            with_last(Box::new(|state| state.root_n = state.state_root)),
        ),
        (
            "a state from before the cosignatures",
            "age",
            Liar {
                cosigned_after: 121,
                ..Liar::new()
            },
        ),
        (
            "a state after the cosignatures",
            "age",
            Liar {
                cosigned_after: -121,
                ..Liar::new()
            },
        ),
        (
            "a state that is too old",
            "age",
            with_last(Box::new(|state| {
                state.time = Timestamp::parse("2026-12-01T01:50:59Z").unwrap();
            })),
        ),
        (
            "a state of the future",
            "age",
            with_last(Box::new(|state| {
                state.time = Timestamp::parse("2026-12-01T02:06:01Z").unwrap();
            })),
        ),
        (
            "an entry with a member more",
            "inclusion",
            Liar::new().replace(2, "{\"command\"", "{\"Command\":1,\"command\""),
        ),
        (
            "an entry that is not canonical",
            "inclusion",
            Liar::new().replace(2, "\"index\":2", "\"index\": 2"),
        ),
        (
            "another beginning",
            "older checkpoint",
            Liar::new().replace(0, "\"public\":true", "\"public\":false"),
        ),
        (
            "another key of the log",
            "checkpoint",
            Liar {
                log_key: 9,
                ..Liar::new()
            },
        ),
    ]
}

#[test]
fn every_lie_is_found_at_its_check_by_both_verifiers() {
    let mut both = Both::new();
    let truth = Liar::new().evidence().to_text();
    let verdict = both.verify("the truth", truth.as_bytes(), &reader());
    assert_eq!(
        verdict.level,
        Some(Level::CurrentAndComplete),
        "{verdict:?}"
    );
    for (name, check, liar) in lies() {
        let verdict = both.verify(name, liar.evidence().to_text().as_bytes(), &reader());
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, Some(check), "{name}: {:?}", verdict.failure());
    }
    both.agree();
}

/// Versions of a record whose history is not shown are at most what the record has; of one that is not shown nothing is known.
#[test]
fn a_version_is_compared_as_far_as_the_file_shows_it() {
    let mut both = Both::new();
    for (name, version, found) in [
        ("R4", 2, None),
        ("P5", 1, None),
        ("P5", 2, Some("authority")),
        ("P9", 0, None),
        ("R8", 3, None),
    ] {
        let mut file = Liar {
            also: ["P5", "P9"].map(|name| state_key("pledge", name)).to_vec(),
            ..Liar::new()
        }
        .command(&expecting(name, version), &[HOLDER, BANK], &pledged("100"))
        .evidence();
        for record in &mut file.records {
            if record.key == state_key("pledge", "P5") {
                record.history = None;
            }
        }
        let name = format!("{name} {version}");
        let verdict = both.verify(&name, file.to_text().as_bytes(), &reader());
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, found, "{name}: {:?}", verdict.failure());
    }
    both.agree();
}

/// A name may have any character that signed-note allows, or a line of a stranger would spoil the note for one verifier alone.
#[test]
fn a_line_of_a_stranger_of_any_name_is_ignored() {
    let mut both = Both::new();
    let truth = Liar::new().evidence();
    let names = [
        "\u{7f}", "\u{80}", "\u{9f}", "\u{ad}", "\u{200b}", "\u{feff}", "重",
    ];
    let refused = ["\u{85}", "\u{a0}", "\u{3000}", "+", "\u{1f}"];
    let all = names.map(|name| (name, None)).into_iter();
    for (name, found) in all.chain(refused.map(|name| (name, Some("checkpoint")))) {
        let mut file = truth.clone();
        file.checkpoint += &format!("\u{2014} s{name}1.example AQEBAQEBAQE=\n");
        let verdict = both.verify(name, file.to_text().as_bytes(), &reader());
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, found, "{name:?}: {:?}", verdict.failure());
    }
    both.agree();
}

/// What no single file shows is what auditors are for: an entry that the state's history leaves out.
#[test]
fn a_hidden_pledge_is_never_more_than_recorded() {
    let mut both = Both::new();
    let liar = Liar {
        hidden: Some(5),
        ..Liar::new()
    };
    let policy = format!("log {}\nquorum none\n", block("vkey"));
    let unaudited = Reader { policy, ..reader() };
    let verdict = both.verify(
        "unaudited",
        liar.evidence().to_text().as_bytes(),
        &unaudited,
    );
    assert_eq!(verdict.level, Some(Level::Recorded));
    both.agree();
}

/// A file of a law that nobody here knows is neither true nor false.
#[test]
fn a_law_that_is_not_known_gives_no_verdict() {
    let mut both = Both::new();
    let liar = Liar::new().replace(5, "\"law\":1", "\"law\":99");
    let verdict = both.verify("law 99", liar.evidence().to_text().as_bytes(), &reader());
    assert!(verdict.holds() && verdict.level.is_none(), "{verdict:?}");
    let mut damaged = liar.evidence();
    damaged.entries[4].text = damaged.entries[4].text.replace("\"600\"", "\"601\"");
    let verdict = both.verify("damaged", damaged.to_text().as_bytes(), &reader());
    assert_eq!(verdict.failure().map(|check| check.name), Some("inclusion"));
    both.agree();
}
