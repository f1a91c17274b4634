//! Freezes that are renewed, and of which less stays frozen.

use serde_json::{Value, json};

use super::scene::{act, document};
use super::{Tale, but, court_on_office, first, first_burden, lie, own, row, second, told};
use crate::lying::acts::{Act, BANK, MAKER, OFFICE};

fn longer() -> Act {
    let body =
        json!({"right": "R4", "freeze": "F11", "until": "2028-06-01", "document": document()});
    let row = row(
        "R4",
        &first_burden(),
        &json!({"expires": "2028-05-31T16:00:00.000000Z"}),
    );
    let event = json!({"type": "change_freeze", "changes": [], "rows": [row]});
    act("M0", "change_freeze", body, event)
}

fn less() -> Act {
    let body = json!({
        "right": "R4", "freeze": "F11", "quantity": "100", "unit": "tCO2e", "limit_cny": "7999.5", "document": document(),
    });
    let row = row(
        "R4",
        &first_burden(),
        &json!({"quantity": "100", "limit_cny": "7999.5"}),
    );
    let event = json!({"type": "change_freeze", "changes": [], "rows": [row]});
    act("M0", "change_freeze", body, event)
}

#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
pub(super) fn changing() -> Vec<Tale> {
    let null = Value::Null;
    let after = |act: Act| (vec![first()], act);
    let on_row = |name, act: Act, member: &str, value: Value| {
        let pointer = format!("/rows/0/{member}");
        after(lie(name, but(act, &[], &[(&pointer, value)])))
    };
    let until = |day: &str, expires: &str| {
        but(
            longer(),
            &[("/until", json!(day))],
            &[("/rows/0/expires", json!(expires))],
        )
    };
    let kept = |quantity: &str| {
        but(
            less(),
            &[("/quantity", json!(quantity))],
            &[("/rows/0/quantity", json!(quantity))],
        )
    };
    let other = json!({"of": "right|R4", "list": "burdens", "id": "P5.0", "quantity": "500"});
    let gone = json!([{"of": "right|R4", "list": "burdens", "id": "F11", "drop": true}]);
    vec![
        after(told("a longer term", longer())),
        on_row(
            "longer than was asked",
            longer(),
            "expires",
            json!("2029-05-31T16:00:00.000000Z"),
        ),
        on_row("for ever from now on", longer(), "expires", null.clone()),
        on_row("longer and more", longer(), "quantity", json!("400")),
        on_row("longer and of another order", longer(), "order", json!("x")),
        on_row("longer and for another", longer(), "authority", json!("M6")),
        on_row(
            "longer and at another price",
            longer(),
            "price_cny",
            json!("90"),
        ),
        after(lie(
            "no longer",
            until("2027-06-01", "2027-05-31T16:00:00.000000Z"),
        )),
        after(lie(
            "shorter",
            until("2027-01-01", "2026-12-31T16:00:00.000000Z"),
        )),
        after(lie(
            "longer and a line changed",
            but(longer(), &[], &[("/rows/-", other)]),
        )),
        after(lie(
            "longer and the balance changed",
            but(
                longer(),
                &[],
                &[("/changes", json!([{"of": "right|R4", "balance": "2000"}]))],
            ),
        )),
        after(lie(
            "longer and gone",
            but(longer(), &[], &[("/rows", gone)]),
        )),
        after(lie(
            "longer and nothing happens",
            but(
                longer(),
                &[],
                &[
                    ("/rows", null.clone()),
                    ("/changes", json!([{"of": "right|R4"}])),
                ],
            ),
        )),
        after(lie(
            "under another word",
            but(longer(), &[], &[("/type", json!("execute_freeze"))]),
        )),
        after(lie(
            "longer by a bank",
            Act {
                org: "M3",
                keys: vec![BANK],
                ..longer()
            },
        )),
        after(lie(
            "longer by one person",
            Act {
                keys: vec![MAKER],
                ..longer()
            },
        )),
        after(lie(
            "longer by another authority",
            Act {
                org: "M6",
                keys: OFFICE.to_vec(),
                ..longer()
            },
        )),
        (
            vec![],
            Act {
                law: 1,
                found_at: Some("signatures"),
                ..lie("longer under law 1", longer())
            },
        ),
        after(Act {
            law: 1,
            found_at: Some("inclusion"),
            ..lie("longer under law 1, after law 2", longer())
        }),
        (vec![], lie("a freeze that is not there", longer())),
        after(told("less", less())),
        on_row("less than was asked", less(), "quantity", json!("99")),
        on_row(
            "less and the old limit",
            less(),
            "limit_cny",
            json!("24000"),
        ),
        on_row("less and no limit", less(), "limit_cny", null.clone()),
        on_row("less and sold", less(), "executed", json!("200")),
        after(lie("another quantity than the limit gives", kept("101"))),
        after(lie(
            "not less",
            but(
                kept("300"),
                &[("/limit_cny", json!("24000"))],
                &[("/rows/0/limit_cny", json!("24000"))],
            ),
        )),
        after(lie(
            "more",
            but(
                kept("400"),
                &[("/limit_cny", json!("32000"))],
                &[("/rows/0/limit_cny", json!("32000"))],
            ),
        )),
        after(lie(
            "less without a limit",
            but(
                less(),
                &[("/limit_cny", null.clone())],
                &[("/rows/0/limit_cny", json!("24000"))],
            ),
        )),
        after(lie(
            "less in another unit",
            but(less(), &[("/unit", json!("t"))], &[]),
        )),
        after(lie(
            "less and a line hangs",
            but(
                less(),
                &[],
                &[(
                    "/overhangs",
                    json!([{"right": "R4", "burden": "P5.0", "overhang": "whole"}]),
                )],
            ),
        )),
        after(lie(
            "less and another right hangs",
            but(
                less(),
                &[],
                &[(
                    "/overhangs",
                    json!([{"right": "R8", "burden": "P5.0", "overhang": "whole"}]),
                )],
            ),
        )),
    ]
}

/// What becomes of an authority's own freeze, of the second in the queue, and of a flow.
pub(super) fn changing_others() -> Vec<Tale> {
    let own_burden = json!({"id": "F11", "authority": "M6", "quantity": "40"});
    let of_own = |org: &'static str, limit: Option<&str>| {
        let mut body = json!({"right": "R8", "freeze": "F11", "quantity": "40", "unit": "tCO2e", "document": document()});
        let mut burden = own_burden.clone();
        if let Some(limit) = limit {
            body["limit_cny"] = json!(limit);
            burden["limit_cny"] = json!(limit);
        }
        let event = json!({"type": "change_freeze", "changes": [], "rows": [row("R8", &burden, &json!({}))]});
        act(org, "change_freeze", body, event)
    };
    let of_court = || {
        let mut act = of_own("M6", None);
        act.event["rows"][0]["authority"] = json!("M7");
        act
    };
    let of_second = |quantity: &str, overhang: Option<&str>| {
        let body = json!({"right": "R4", "freeze": "F12", "quantity": quantity, "unit": "tCO2e", "document": document()});
        let burden = json!({"id": "F12", "authority": "M7", "quantity": quantity});
        let mut item = json!({"right": "R4", "burden": "P5.0"});
        if let Some(overhang) = overhang {
            item["overhang"] = json!(overhang);
        }
        let rows = [row("R4", &burden, &json!({}))];
        let event =
            json!({"type": "change_freeze", "changes": [], "rows": rows, "overhangs": [item]});
        act("M0", "change_freeze", body, event)
    };
    let queue = |act: Act| (vec![first(), second()], act);
    vec![
        (
            vec![own()],
            told("an authority's own gets smaller", of_own("M6", None)),
        ),
        (
            vec![own()],
            lie("the registrar changes an authority's", of_own("M0", None)),
        ),
        (
            vec![own()],
            lie("a limit that the order has not", of_own("M6", Some("3200"))),
        ),
        (
            vec![court_on_office()],
            lie("an issuer changes a court's", of_court()),
        ),
        queue(told(
            "the second gets smaller",
            of_second("200", Some("100")),
        )),
        queue(told("the second reaches no line", of_second("100", None))),
        queue(lie("the second still hangs", of_second("100", Some("100")))),
    ]
}
