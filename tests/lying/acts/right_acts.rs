//! Lies about acts on rights, and about hidden values that are erased.

use serde_json::{Value, json};

use super::{Act, BANK, CHECKER, HOLDER, MAKER, ZEROS, example, true_act};
use crate::lying::{Liar, reader};
use crate::second_verifier::Both;

const OFFICE: [u8; 2] = [MAKER, CHECKER];

fn act(name: &'static str, kind: &'static str, keys: &[u8], body: &Value, mut event: Value) -> Act {
    event["type"] = json!(kind);
    Act {
        name,
        found_at: Some("authority"),
        org: "M0",
        kind,
        body: body.clone(),
        keys: keys.to_vec(),
        event,
        expect: None,
        law: 2,
    }
}

/// An event that changes members of the right alone.
fn of_right(members: &Value) -> Value {
    let mut change = members.clone();
    change["of"] = json!("right|R4");
    json!({"changes": [change]})
}

/// The kind of the example log is not used up, so nothing is surrendered of it.
fn surrendered() -> Vec<Act> {
    let body = json!({
        "right": "R4", "quantity": "100", "unit": "tCO2e", "document": ZEROS, "consenting": ["M2"],
    });
    let made = of_right(&json!({"balance": "900"}));
    let keys = [MAKER, CHECKER, HOLDER];
    vec![act(
        "a surrender of a kind that is not used up",
        "surrender_right",
        &keys,
        &body,
        made,
    )]
}

fn corrected() -> Vec<Act> {
    let told = |name, body: Value, event| {
        let mut body = body;
        body["right"] = json!("R4");
        body["document"] = json!(ZEROS);
        act(name, "correct_right", &OFFICE, &body, event)
    };
    let class = || json!({"class": "CEA"});
    let amount = || json!({"quantity": "1100", "unit": "tCO2e"});
    vec![
        true_act(told("a class", class(), of_right(&class()))),
        told(
            "another class",
            class(),
            of_right(&json!({"class": "CCER"})),
        ),
        told(
            "a class and a holder",
            class(),
            of_right(&json!({"class": "CEA", "holder": "M3"})),
        ),
        true_act(told(
            "a quantity",
            amount(),
            of_right(&json!({"balance": "1100"})),
        )),
        told(
            "another quantity",
            amount(),
            of_right(&json!({"balance": "1200"})),
        ),
        told(
            "a quantity and a class",
            amount(),
            of_right(&json!({"balance": "1100", "class": "CEA"})),
        ),
        told(
            "a resolution of what nobody disputed",
            json!({"resolution": true}),
            of_right(&json!({"resolution": ZEROS})),
        ),
    ]
}

/// Units of a stock change with the entry that says so.
fn adjusted() -> Vec<Act> {
    let told = |name, day: &str| {
        let body = json!({
            "right": "R4", "from": day, "quantity": "1100", "unit": "tCO2e", "document": ZEROS,
        });
        let event = json!({
            "type": "right_adjusted", "right": "R4", "from": day, "quantity": "1100",
        });
        Act {
            event,
            ..act(name, "adjust_right", &OFFICE, &body, json!({}))
        }
    };
    vec![
        true_act(told("an adjustment from today", "2026-12-01")),
        told("an adjustment from a day to come", "2026-12-02"),
    ]
}

/// What another register says was looked up by the day of the entry.
fn looked_up() -> Vec<Act> {
    let told = |name, day: &str| {
        let report = json!({
            "register": "zhongdeng", "number": "1", "status": "registered", "checked": day,
        });
        let (mut body, mut row) = (report.clone(), report);
        body["pledge"] = json!("P5");
        row["of"] = json!("pledge|P5");
        row["list"] = json!("external");
        let event = json!({"changes": [{"of": "pledge|P5", "external": []}], "rows": [row]});
        Act {
            org: "M3",
            ..act(name, "record_external_registration", &[BANK], &body, event)
        }
    };
    vec![
        true_act(told("another register today", "2026-12-01")),
        told("another register tomorrow", "2026-12-02"),
    ]
}

/// The claim of the pledge runs to 2027-12-01.
fn extended() -> Vec<Act> {
    let told = |name, end: &str| {
        let term = json!({"from": "2026-12-01", "to": end});
        let body = json!({"pledge": "P5", "term": term});
        let event = json!({"type": "pledge_extended", "pledge": "P5", "term": term});
        Act {
            org: "M3",
            event,
            ..act(name, "extend_pledge", &[HOLDER, BANK], &body, json!({}))
        }
    };
    vec![
        true_act(told("a longer claim", "2027-12-02")),
        true_act(told("a claim of the same end", "2027-12-01")),
        told("a claim that is cut short", "2027-11-30"),
    ]
}

/// A line of the pledge that the registrar entered too large.
fn corrected_line() -> Vec<Act> {
    let body = json!({
        "right": "R4", "line": "P5.0", "quantity": "500", "unit": "tCO2e", "document": ZEROS, "consenting": ["M3"],
    });
    let keys = [MAKER, CHECKER, BANK];
    let event = |burden: &str, line: &str, note: &str| {
        json!({
            "changes": [{"of": "pledge|P5", "corrections": []}],
            "rows": [
                {"of": "right|R4", "list": "burdens", "id": "P5.0", "quantity": burden},
                {"of": "pledge|P5", "list": "corrections", "document": ZEROS, "entry": 6, "line": 0, "quantity": note},
                {"of": "pledge|P5", "list": "lines", "line": 0, "quantity": line, "right": "R4"},
            ],
        })
    };
    let told = |name, burden, line, note| {
        act(
            name,
            "correct_right",
            &keys,
            &body,
            event(burden, line, note),
        )
    };
    let mut moved = event("500", "500", "500");
    moved["changes"][0]["pledgee"] = json!("M2");
    vec![
        true_act(told("a smaller line", "500", "500", "500")),
        act(
            "a line of another pledgee",
            "correct_right",
            &keys,
            &body,
            moved,
        ),
        act(
            "a smaller line with a stranger",
            "correct_right",
            &[MAKER, CHECKER, HOLDER, BANK],
            &body,
            event("500", "500", "500"),
        ),
        told("a line of another quantity", "400", "400", "500"),
        told("a note of another quantity", "500", "500", "400"),
        act(
            "a smaller line without its pledgee",
            "correct_right",
            &OFFICE,
            &body,
            event("500", "500", "500"),
        ),
    ]
}

fn transferred() -> Vec<Act> {
    let body = json!({
        "right": "R4", "to": "M3", "document": ZEROS, "consenting": ["M2", "M3"],
    });
    let keys = [MAKER, CHECKER, HOLDER, BANK];
    let told = |name, event| act(name, "transfer_right", &keys, &body, event);
    vec![
        true_act(told(
            "another holder",
            of_right(&json!({"holder": "M3", "acquired": 6})),
        )),
        told(
            "a third holder",
            of_right(&json!({"holder": "M0", "acquired": 6})),
        ),
        told(
            "another holder since ever",
            of_right(&json!({"holder": "M3"})),
        ),
        told(
            "another holder since before",
            of_right(&json!({"holder": "M3", "acquired": 5})),
        ),
        told(
            "another holder of more",
            of_right(&json!({"holder": "M3", "acquired": 6, "balance": "2000"})),
        ),
        act(
            "another holder without the old one",
            "transfer_right",
            &[MAKER, CHECKER, BANK],
            &body,
            of_right(&json!({"holder": "M3", "acquired": 6})),
        ),
    ]
}

fn erased() -> Vec<Act> {
    let body = json!({"of": "P5", "claims": ["contract_no"], "document": ZEROS});
    let keys = [MAKER, CHECKER, BANK];
    let event = |claim: &str, entry: u64| {
        json!({
            "changes": [{"of": "pledge|P5", "erased": []}],
            "rows": [{"of": "pledge|P5", "list": "erased", "claim": claim, "entry": entry}],
        })
    };
    let told = |name, event| act(name, "erase", &keys, &body, event);
    let mut unhidden = event("contract_no", 6);
    unhidden["changes"][0]["clear"] = json!(["hidden"]);
    vec![
        true_act(told("an erasure", event("contract_no", 6))),
        told("an erasure of another value", event("principal_cny", 6)),
        told("an erasure by another entry", event("contract_no", 5)),
        told("an erasure of every digest", unhidden),
        act(
            "an erasure without the pledgee",
            "erase",
            &OFFICE,
            &body,
            event("contract_no", 6),
        ),
    ]
}

pub(super) fn acts() -> Vec<Act> {
    [
        surrendered(),
        corrected(),
        adjusted(),
        extended(),
        looked_up(),
        corrected_line(),
        transferred(),
        erased(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A line that was entered too small, corrected in this entry: what is added is a line of its own.
fn larger_line(entry: u64, number: u64, (to, added): (&str, &str)) -> Act {
    let body = json!({
        "right": "R4", "line": "P5.0", "quantity": to, "unit": "tCO2e", "document": ZEROS,
        "consenting": ["M2", "M3"],
    });
    let note = json!({
        "of": "pledge|P5", "list": "corrections", "document": ZEROS, "entry": entry, "further": number,
        "line": 0, "quantity": to,
    });
    let event = json!({
        "changes": [{"of": "pledge|P5", "corrections": []}],
        "rows": [
            {"of": "right|R4", "list": "burdens", "id": format!("P5.{number}"), "quantity": added},
            note,
            {"of": "pledge|P5", "list": "lines", "line": number, "quantity": added, "right": "R4"},
        ],
    });
    let keys = [MAKER, CHECKER, HOLDER, BANK];
    act("a larger line", "correct_right", &keys, &body, event)
}

#[test]
fn what_a_correction_added_is_not_added_again() {
    let mut both = Both::new();
    let once = || larger_line(6, 1, ("700", "100")).told(example());
    let file = |log: Liar| log.evidence().to_text();
    let verdict = both.verify("once", file(once()).as_bytes(), &reader());
    assert_eq!(verdict.failure().map(|check| check.name), None);
    let twice = larger_line(7, 2, ("800", "200")).told(once());
    let verdict = both.verify("twice", file(twice).as_bytes(), &reader());
    let failure = verdict.failure();
    assert_eq!(
        failure.map(|check| check.name),
        Some("authority"),
        "{failure:?}"
    );
    both.agree();
}
