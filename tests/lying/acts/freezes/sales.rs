//! Freezes of which a part is sold.

use serde_json::{Value, json};

use super::scene::{act, document};
use super::{
    Tale, but, court_on_office, first, first_burden, flow, lie, lifted, own, row, second, told,
};
use crate::lying::acts::{Act, BANK, HOLDER, MAKER};

fn sale(freeze: &str, quantity: &str, changes: &Value, rows: &[Value]) -> Act {
    let body = json!({
        "right": "R4", "freeze": freeze, "quantity": quantity, "unit": "tCO2e", "proceeds_cny": "9600", "document": document(),
    });
    let event = json!({"type": "execute_freeze", "changes": changes, "rows": rows});
    act("M0", "execute_freeze", body, event)
}

fn sold() -> Act {
    let left = json!({"quantity": "180", "executed": "120", "proceeds_cny": "9600"});
    let rows = [row("R4", &first_burden(), &left)];
    sale(
        "F11",
        "120",
        &json!([{"of": "right|R4", "balance": "880"}]),
        &rows,
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
pub(super) fn selling() -> Vec<Tale> {
    let null = Value::Null;
    let after = |act: Act| (vec![first()], act);
    let on_row = |name, member: &str, value: Value| {
        let pointer = format!("/rows/0/{member}");
        after(lie(name, but(sold(), &[], &[(&pointer, value)])))
    };
    let gone = |freeze: &str| {
        vec![json!({"of": "right|R4", "list": "burdens", "id": freeze, "drop": true})]
    };
    let balance = |left: &str| json!([{"of": "right|R4", "balance": left}]);
    let all = || sale("F11", "300", &balance("700"), &gone("F11"));
    let zero = json!({"quantity": "0", "executed": "300", "proceeds_cny": "9600"});
    let again = || {
        let left = json!({"quantity": "60", "executed": "240", "proceeds_cny": "19200"});
        let rows = [row("R4", &first_burden(), &left)];
        (
            vec![first(), sold()],
            sale("F11", "120", &balance("760"), &rows),
        )
    };
    let line = json!({"of": "right|R4", "list": "burdens", "id": "P5.0", "quantity": "480"});
    vec![
        after(told("a part is sold", sold())),
        on_row("less stays than is left", "quantity", json!("170")),
        on_row("all stays", "quantity", json!("300")),
        on_row("another part is noted", "executed", json!("100")),
        on_row("nothing is noted", "executed", null.clone()),
        on_row("for another sum", "proceeds_cny", json!("96")),
        on_row("for no sum", "proceeds_cny", null.clone()),
        on_row("and another limit", "limit_cny", json!("14400")),
        after(lie(
            "more leaves the right",
            but(sold(), &[], &[("/changes/0/balance", json!("800"))]),
        )),
        after(lie(
            "nothing leaves the right",
            but(sold(), &[], &[("/changes", json!([]))]),
        )),
        after(lie(
            "sold and gone",
            but(sold(), &[], &[("/rows", json!(gone("F11")))]),
        )),
        after(lie(
            "sold and a line changed",
            but(sold(), &[], &[("/rows/-", line)]),
        )),
        after(lie(
            "sold to a new holder",
            but(sold(), &[], &[("/changes/0/holder", json!("M3"))]),
        )),
        after(lie(
            "sold by a bank",
            Act {
                org: "M3",
                keys: vec![BANK],
                ..sold()
            },
        )),
        after(lie(
            "sold by one person",
            Act {
                keys: vec![MAKER],
                ..sold()
            },
        )),
        after(lie(
            "sold in another unit",
            but(sold(), &[("/unit", json!("t"))], &[]),
        )),
        after(lie(
            "sold and a line hangs",
            but(
                sold(),
                &[],
                &[(
                    "/overhangs",
                    json!([{"right": "R4", "burden": "P5.0", "overhang": "120"}]),
                )],
            ),
        )),
        (
            vec![],
            Act {
                law: 1,
                found_at: Some("signatures"),
                ..lie("sold under law 1", sold())
            },
        ),
        (vec![], lie("of no freeze", sold())),
        after(told("all is sold", all())),
        after(lie(
            "all is sold and nothing stays frozen",
            but(
                all(),
                &[],
                &[("/rows", json!([row("R4", &first_burden(), &zero)]))],
            ),
        )),
        (again().0, told("sold again", again().1)),
        (
            again().0,
            lie(
                "sold again and summed up wrongly",
                but(again().1, &[], &[("/rows/0/executed", json!("120"))]),
            ),
        ),
    ]
}

/// Sales of what waits, of what nobody froze so, and of a flow.
pub(super) fn selling_others() -> Vec<Tale> {
    let queue = |act: Act| (vec![first(), second()], act);
    let of_second = |part: u64| {
        let burden = json!({
            "id": "F12", "authority": "M7", "quantity": (800 - part).to_string(), "executed": part.to_string(), "proceeds_cny": "9600",
        });
        let changes = json!([{"of": "right|R4", "balance": (1000 - part).to_string()}]);
        sale(
            "F12",
            &part.to_string(),
            &changes,
            &[row("R4", &burden, &json!({}))],
        )
    };
    let nothing = || {
        let left = json!({"proceeds_cny": "9600"});
        let rows = [row("R4", &first_burden(), &left)];
        sale("F11", "0", &json!([]), &rows)
    };
    let of_flow = || {
        let burden = json!({
            "id": "F11", "authority": "M7", "quantity": "50", "from": "2027-01-01", "to": "2028-01-01",
            "executed": "10", "proceeds_cny": "9600",
        });
        let body = json!({
            "right": "R10", "freeze": "F11", "quantity": "10", "unit": "t/a", "proceeds_cny": "9600", "document": document(),
        });
        let steps =
            [json!({"of": "right|R10", "list": "steps", "from": "2026-01-01", "quantity": "90"})];
        let rows = [row("R10", &burden, &json!({})), steps[0].clone()];
        let event = json!({"type": "execute_freeze", "changes": [{"of": "right|R10", "steps": []}], "rows": rows});
        act("M0", "execute_freeze", body, event)
    };
    let of_own = |org: &'static str| {
        let burden = json!({"id": "F11", "authority": "M6", "quantity": "90", "executed": "10", "proceeds_cny": "9600"});
        let body = json!({
            "right": "R8", "freeze": "F11", "quantity": "10", "unit": "tCO2e", "proceeds_cny": "9600", "document": document(),
        });
        let rows = [row("R8", &burden, &json!({}))];
        let event = json!({"type": "execute_freeze", "changes": [{"of": "right|R8", "balance": "490"}], "rows": rows});
        act(org, "execute_freeze", body, event)
    };
    vec![
        queue(told("what the others leave of the second", of_second(100))),
        queue(lie("what an earlier line holds", of_second(101))),
        (vec![first()], lie("nothing is sold", nothing())),
        (vec![flow()], lie("a flow is sold", of_flow())),
        (
            vec![own()],
            told("an authority sells of its own", of_own("M6")),
        ),
        (
            vec![own()],
            lie("the registrar sells of an authority's", of_own("M0")),
        ),
        (
            vec![court_on_office()],
            lie(
                "an issuer lifts a court's",
                act(
                    "M6",
                    "unfreeze",
                    lifted("R8", "F11", &json!({})).body,
                    lifted("R8", "F11", &json!({})).event,
                ),
            ),
        ),
    ]
}

/// A junior line, which stands behind the 600 of R4 that are pledged, with a sale of it by agreement.
pub(super) fn selling_by_agreement() -> Vec<Tale> {
    let behind = json!(["P5.0"]);
    let lines = |quantity: &str| json!([{"right": "R4", "quantity": quantity, "behind": behind}]);
    let junior = || {
        let mut asked = lines("600");
        asked[0]["unit"] = json!("tCO2e");
        let body = json!({"pledgor": "M2", "form": "质押", "lines": asked, "cap_cny": "1000"});
        let event = json!({
            "type": "pledge_registered", "pledge": "P11", "pledgee": "M3", "pledgor": "M2", "form": "质押",
            "lines": lines("600"), "caps": [{"amount": "1000", "entry": 11}],
        });
        Act {
            keys: vec![HOLDER, BANK],
            ..act("M3", "register_pledge", body, event)
        }
    };
    let sold = |part: u64| {
        let left = (600 - part).to_string();
        let body = json!({
            "pledge": "P11", "line": 0, "document": document(), "proceeds_cny": "100",
            "quantity": part.to_string(), "unit": "tCO2e",
        });
        let note = json!({
            "of": "pledge|P11", "list": "disposals", "document": document(), "entry": 12, "line": 0,
            "proceeds": "100", "quantity": part.to_string(),
        });
        let line = json!({
            "of": "pledge|P11", "list": "lines", "line": 0, "quantity": left, "right": "R4", "behind": behind,
        });
        let burden = json!({"id": "P11.0", "quantity": left, "behind": behind});
        let event = json!({
            "type": "record_disposal",
            "changes": [
                {"of": "right|R4", "balance": (1000 - part).to_string()},
                {"of": "pledge|P11", "disposals": []},
            ],
            "rows": [row("R4", &burden, &json!({})), note, line],
        });
        Act {
            keys: vec![HOLDER, BANK],
            ..act("M3", "record_disposal", body, event)
        }
    };
    vec![
        (
            vec![junior()],
            told("a junior sells what is left", sold(400)),
        ),
        (
            vec![junior()],
            lie("a junior sells what the senior holds", sold(401)),
        ),
    ]
}
