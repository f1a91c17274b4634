//! Freezes that are ordered, and that are lifted.

use serde_json::{Value, json};

use super::scene::act;
use super::{Tale, but, first, flow, lie, lifted, own, second, told};
use crate::lying::acts::{Act, BANK, CHECKER, HOLDER, MAKER, OFFICE};

#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
pub(super) fn ordered() -> Vec<Act> {
    let (fine, null) = (first, Value::Null);
    let on_event = |name, pointer, value| lie(name, but(fine(), &[], &[(pointer, value)]));
    let on_both = |name, member: &str, value: &Value| {
        let (body, event) = (format!("/{member}"), format!("/burden/{member}"));
        let changes = [(&*body, value.clone()), (&*event, value.clone())];
        lie(name, but(fine(), &changes[..1], &changes[1..]))
    };
    let hangs = json!([{"right": "R4", "burden": "P5.0", "overhang": "600"}]);
    vec![
        told("a court's freeze", fine()),
        on_event("more is frozen", "/burden/quantity", json!("301")),
        on_event("for another authority", "/burden/authority", json!("M0")),
        on_event("for nobody", "/burden/authority", null.clone()),
        on_event(
            "for longer",
            "/burden/expires",
            json!("2027-06-30T16:00:00.000000Z"),
        ),
        on_event("for ever", "/burden/expires", null.clone()),
        on_event("with another limit", "/burden/limit_cny", json!("24001")),
        on_event("at another price", "/burden/price_cny", json!("80.5")),
        on_event("without its number", "/burden/order", null.clone()),
        on_event("under another id", "/burden/id", json!("F10")),
        on_event("as a line", "/burden/id", json!("P11.0")),
        on_event("behind a line", "/burden/behind", json!(["P5.0"])),
        on_event("sold in part at once", "/burden/executed", json!("1")),
        on_event("paid at once", "/burden/proceeds_cny", json!("1")),
        lie(
            "for some days of a stock",
            but(
                fine(),
                &[],
                &[
                    ("/burden/from", json!("2026-01-01")),
                    ("/burden/to", json!("2027-01-01")),
                ],
            ),
        ),
        on_event("of another right", "/right", json!("R8")),
        on_event("and a line hangs", "/overhangs", hangs),
        on_both(
            "a quantity that the limit does not give",
            "quantity",
            &json!("301"),
        ),
        on_both("a limit without a price", "price_cny", &null),
        on_both("a price without a limit", "limit_cny", &null),
        on_both("for a bank", "authority", &json!("M3")),
        on_both("for the issuer, by another", "authority", &json!("M6")),
        lie(
            "by one person of two",
            Act {
                keys: vec![MAKER],
                ..fine()
            },
        ),
        lie(
            "with a signature that nobody asked for",
            Act {
                keys: vec![MAKER, CHECKER, HOLDER],
                ..fine()
            },
        ),
        lie(
            "by a bank",
            Act {
                org: "M3",
                keys: vec![BANK],
                ..fine()
            },
        ),
        lie(
            "by another authority",
            Act {
                org: "M6",
                keys: OFFICE.to_vec(),
                ..fine()
            },
        ),
        lie(
            "until a day that is over",
            but(
                fine(),
                &[("/until", json!("2026-12-01"))],
                &[("/burden/expires", json!("2026-11-30T16:00:00.000000Z"))],
            ),
        ),
        lie(
            "in another unit",
            but(fine(), &[("/unit", json!("t"))], &[]),
        ),
        Act {
            found_at: Some("signatures"),
            ..lie(
                "at no price",
                but(fine(), &[("/price_cny", json!("0"))], &[]),
            )
        },
        Act {
            found_at: Some("signatures"),
            law: 1,
            ..lie("with a term under law 1", fine())
        },
    ]
}

/// Freezes that follow others, freezes of the issuer, freezes of a flow.
pub(super) fn further() -> Vec<Tale> {
    let null = Value::Null;
    let after = |act: Act| (vec![first()], act);
    let alone = |act: Act| (vec![], act);
    let half = |quantity: &str| json!([("/quantity"), quantity])[1].clone();
    let whole = but(
        flow(),
        &[("/from", null.clone()), ("/to", null.clone())],
        &[],
    );
    vec![
        after(told("a second freeze", second())),
        after(lie(
            "and no line hangs",
            but(second(), &[], &[("/overhangs", null.clone())]),
        )),
        after(lie(
            "and a line hangs less",
            but(second(), &[], &[("/overhangs/0/overhang", json!("100"))]),
        )),
        after(lie(
            "and a line hangs whole",
            but(second(), &[], &[("/overhangs/0/overhang", json!("whole"))]),
        )),
        alone(told("an authority's own", own())),
        alone(lie(
            "an authority's own for a court",
            but(
                own(),
                &[("/authority", json!("M7"))],
                &[("/burden/authority", json!("M7"))],
            ),
        )),
        alone(lie(
            "nothing is frozen",
            but(
                own(),
                &[("/quantity", half("0"))],
                &[("/burden/quantity", half("0"))],
            ),
        )),
        alone(lie(
            "more digits than the kind has",
            but(
                own(),
                &[("/quantity", half("0.5"))],
                &[("/burden/quantity", half("0.5"))],
            ),
        )),
        alone(told("a flow", flow())),
        alone(lie(
            "other days",
            but(flow(), &[], &[("/burden/to", json!("2028-06-01"))]),
        )),
        alone(lie(
            "days of a flow that are over",
            but(
                flow(),
                &[("/from", json!("2026-01-01")), ("/to", json!("2026-12-01"))],
                &[
                    ("/burden/from", json!("2026-01-01")),
                    ("/burden/to", json!("2026-12-01")),
                ],
            ),
        )),
        alone(told(
            "a flow with one day to come",
            but(
                flow(),
                &[("/from", json!("2026-01-01")), ("/to", json!("2026-12-02"))],
                &[
                    ("/burden/from", json!("2026-01-01")),
                    ("/burden/to", json!("2026-12-02")),
                ],
            ),
        )),
        alone(lie(
            "no days of a flow",
            but(
                whole,
                &[],
                &[("/burden/from", null.clone()), ("/burden/to", null)],
            ),
        )),
    ]
}

/// More is pledged than there is, and then a freeze says that it hangs: an overhang excuses no registration.
pub(super) fn laundering() -> Vec<Tale> {
    let body = json!({
        "pledgor": "M2", "form": "质押", "lines": [{"right": "R4", "quantity": "500", "unit": "tCO2e"}],
    });
    let event = json!({
        "type": "pledge_registered", "pledge": "P11", "pledgee": "M3", "pledgor": "M2", "form": "质押",
        "lines": [{"right": "R4", "quantity": "500"}],
    });
    let pledge = Act {
        keys: vec![HOLDER, BANK],
        ..act("M3", "register_pledge", body, event)
    };
    let hangs = |burden: &str, overhang: &str| json!({"right": "R4", "burden": burden, "overhang": overhang});
    let both = json!([hangs("P5.0", "400"), hangs("P11.0", "500")]);
    let freeze = but(
        second(),
        &[],
        &[("/burden/id", json!("F12")), ("/overhangs", both)],
    );
    let found = |name| Act {
        found_at: Some("no over-commitment"),
        ..told(name, freeze)
    };
    vec![(vec![pledge], found("twice pledged, and then it hangs"))]
}

pub(super) fn lifting() -> Vec<Tale> {
    let none = json!({});
    let ends = json!({"overhangs": [{"right": "R4", "burden": "P5.0"}]});
    let after = |act: Act| (vec![first()], act);
    let after_both = |act: Act| (vec![first(), second()], act);
    let of_own = |act: Act| (vec![own()], act);
    let by = |org: &'static str, lifted: Act| Act {
        org,
        ..act(org, "unfreeze", lifted.body, lifted.event)
    };
    vec![
        after(told("lifted", lifted("R4", "F11", &none))),
        after(lie(
            "lifted by a bank",
            by("M3", lifted("R4", "F11", &none)),
        )),
        after(lie(
            "another is lifted",
            but(
                lifted("R4", "F11", &none),
                &[],
                &[("/freeze", json!("F12"))],
            ),
        )),
        after(lie(
            "lifted on another right",
            but(lifted("R4", "F11", &none), &[], &[("/right", json!("R8"))]),
        )),
        after(lie("none is there to lift", lifted("R4", "F10", &none))),
        after(lie(
            "lifted and a line hangs",
            lifted(
                "R4",
                "F11",
                &json!({"overhangs": [{"right": "R4", "burden": "P5.0", "overhang": "5"}]}),
            ),
        )),
        after_both(told("the second is lifted", lifted("R4", "F12", &ends))),
        after_both(lie(
            "lifted and a line still hangs",
            lifted("R4", "F12", &none),
        )),
        of_own(told(
            "an authority lifts its own",
            by("M6", lifted("R8", "F11", &none)),
        )),
        of_own(lie(
            "the registrar lifts an authority's",
            lifted("R8", "F11", &none),
        )),
    ]
}
