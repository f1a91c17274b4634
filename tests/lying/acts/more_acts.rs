//! Events that do more, or less, or something else beside what their signed payload asks for.

use serde_json::{Value, json};

use super::{Act, BANK, CHECKER, HOLDER, MAKER, ZEROS, assign, assigned, extend, extended};
use super::{object, objected, true_act};

fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[member] = value;
    event
}

fn and_row(mut event: Value, row: Value) -> Value {
    event["rows"].as_array_mut().unwrap().push(row);
    event
}

/// The claim, and the end of the right.
fn of_one_record() -> Vec<Act> {
    let both = [HOLDER, BANK];
    let registrar = [MAKER, CHECKER];
    let plain = || assigned(|_| {});
    let longer = || extended("2029-01-01");
    let of_right =
        |name, pointer, value| extend(name, "M0", &registrar, with(longer(), pointer, value));
    let objects = |name, pointer, value| object(name, with(objected(ZEROS), pointer, value));
    let same_line =
        json!({"of": "pledge|P5", "list": "lines", "line": 0, "quantity": "600", "right": "R4"});
    let touched = assigned(|event| {
        let changes = event["changes"].as_array_mut().unwrap();
        changes.insert(0, json!({"of": "right|R4"}));
    });
    vec![
        assign(
            "assigned under another form",
            &both,
            with(plain(), "/changes/0/form", json!("抵押")),
        ),
        assign("assigned and a right touched", &both, touched),
        assign(
            "assigned and a line put as it is",
            &both,
            and_row(plain(), same_line),
        ),
        Act {
            law: 1,
            found_at: Some("signatures"),
            ..assign("assigned under a law that has no such act", &both, plain())
        },
        Act {
            kind: "gift_pledge",
            found_at: Some("signatures"),
            ..assign(
                "a command of a type that no law has",
                &both,
                assigned(|event| event["type"] = json!("gift_pledge")),
            )
        },
        of_right(
            "a longer right of another holder",
            "/changes/0/holder",
            json!("M3"),
        ),
        of_right(
            "a longer right from another day",
            "/changes/0/span/from",
            json!("2025-01-01"),
        ),
        of_right(
            "a longer right without its source",
            "/changes/0/clear",
            json!(["source"]),
        ),
        Act {
            body: json!({"right": "R4", "to": "2027-01-01", "document": ZEROS}),
            ..extend(
                "a right that gets shorter",
                "M0",
                &registrar,
                extended("2027-01-01"),
            )
        },
        objects(
            "objected for longer",
            "/rows/0/until",
            json!("2027-12-31T02:00:06.000000Z"),
        ),
        objects("objected for another", "/rows/0/party", json!("M3")),
        objects("objected at another entry", "/rows/0/entry", json!(5)),
    ]
}

fn line(number: u64, quantity: &str) -> Value {
    json!({"of": "pledge|P5", "list": "lines", "line": number, "quantity": quantity, "right": "R4"})
}

fn burden(number: u64, quantity: &str) -> Value {
    json!({"of": "right|R4", "list": "burdens", "id": format!("P5.{number}"), "quantity": quantity})
}

fn sold(line: &Value, burden: &Value) -> Value {
    let note = json!({
        "of": "pledge|P5", "list": "disposals", "document": ZEROS, "entry": 6, "line": 0,
        "proceeds": "100", "quantity": "200",
    });
    json!({
        "type": "record_disposal",
        "changes": [{"of": "right|R4", "balance": "800"}, {"of": "pledge|P5", "disposals": []}],
        "rows": [burden, note, line],
    })
}

fn sale(name: &'static str, event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org: "M3",
        kind: "record_disposal",
        body: json!({
            "pledge": "P5", "line": 0, "document": ZEROS, "proceeds_cny": "100",
            "quantity": "200", "unit": "tCO2e",
        }),
        keys: vec![HOLDER, BANK],
        event,
        expect: None,
        law: 2,
    }
}

fn amended(rows: &[Value]) -> Value {
    json!({"type": "amend_pledge", "changes": [], "rows": rows})
}

fn amendment(name: &'static str, event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org: "M3",
        kind: "amend_pledge",
        body: json!({"pledge": "P5", "lines": [{"line": 0, "quantity": "700", "unit": "tCO2e"}]}),
        keys: vec![HOLDER, BANK],
        event,
        expect: None,
        law: 2,
    }
}

fn capped(name: &'static str, entry: u64) -> Act {
    let row = json!({"of": "pledge|P5", "list": "caps", "amount": "1000", "entry": entry});
    let event = with(
        amended(&[row]),
        "/changes",
        json!([{"of": "pledge|P5", "caps": []}]),
    );
    Act {
        body: json!({"pledge": "P5", "cap_cny": "1000"}),
        ..amendment(name, event)
    }
}

/// Lines and the burdens that say the same.
fn of_lines() -> Vec<Act> {
    let gone = json!({"of": "right|R4", "list": "burdens", "id": "P5.0", "drop": true});
    let plain = || sold(&line(0, "400"), &burden(0, "400"));
    let more = || [burden(1, "100"), line(1, "100")];
    let released = with(
        json!({"line": line(0, "600")}),
        "/line/released",
        json!(true),
    );
    let behind = json!(["P5.0"]);
    let ranked = with(amended(&more()), "/rows/0/behind", behind.clone());
    let behind_itself = json!({
        "pledge": "P5", "lines": [{"behind": ["P5.0"], "line": 0, "quantity": "700", "unit": "tCO2e"}],
    });
    vec![
        true_act(sale("a disposal", plain())),
        sale(
            "sold, and the right has it still",
            with(
                plain(),
                "/changes",
                json!([{"of": "pledge|P5", "disposals": []}]),
            ),
        ),
        Act {
            keys: vec![BANK],
            ..sale("sold without the holder", plain())
        },
        sale("more is sold", sold(&line(0, "300"), &burden(0, "300"))),
        sale(
            "sold and the burden is another",
            sold(&line(0, "400"), &burden(0, "300")),
        ),
        sale(
            "sold for less",
            with(plain(), "/rows/1/proceeds", json!("50")),
        ),
        sale("sold and the burden gone", sold(&line(0, "400"), &gone)),
        sale("sold and all released", sold(&released["line"], &gone)),
        true_act(amendment("an amendment", amended(&more()))),
        amendment(
            "more is added",
            amended(&[burden(1, "200"), line(1, "200")]),
        ),
        amendment(
            "a line is raised in its place",
            amended(&[burden(0, "700"), line(0, "700")]),
        ),
        Act {
            body: behind_itself,
            ..amendment(
                "added behind itself, as was asked",
                with(ranked.clone(), "/rows/1/behind", behind.clone()),
            )
        },
        amendment(
            "added behind others",
            with(ranked, "/rows/1/behind", behind),
        ),
        true_act(capped("a first cap, where the pledge stands", 5)),
        capped("a first cap of a later entry", 6),
    ]
}

/// A release that the registrar enters, as it says for a court.
fn cancelled(name: &'static str, keys: &[u8], org: &'static str, court: Option<&str>) -> Act {
    let mut body = json!({"pledge": "P5"});
    if let Some(court) = court {
        body["authority"] = json!(court);
        body["document"] = json!(ZEROS);
    }
    let line = json!({"line": 0, "quantity": "600", "released": true, "right": "R4"});
    Act {
        name,
        found_at: Some("authority"),
        org,
        kind: "release_pledge",
        body,
        keys: keys.to_vec(),
        event: json!({"type": "pledge_released", "pledge": "P5", "lines": [line]}),
        expect: None,
        law: 2,
    }
}

/// Who has a pledge cancelled, and for whom.
fn of_courts() -> Vec<Act> {
    let registrar = [MAKER, CHECKER];
    vec![
        true_act(cancelled("a release", &[BANK], "M3", None)),
        cancelled("released by the registrar", &registrar, "M0", None),
        cancelled(
            "released for what is no court",
            &registrar,
            "M0",
            Some("M2"),
        ),
        cancelled(
            "released by the pledgee for another",
            &[BANK],
            "M3",
            Some("M2"),
        ),
    ]
}

pub(super) fn acts() -> Vec<Act> {
    let mut acts = of_one_record();
    acts.extend(of_courts());
    acts.extend(of_lines());
    acts
}
