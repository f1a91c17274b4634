//! Prices and what they do to a loan. Only the registry behind HTTP has them: no price is an entry, and no decision reads one.

use greenlien::domain::envelope::Opening;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::PledgeId;
use greenlien::service::prices::SignedPrices;
use serde_json::{Value, json};

use super::parser::{Step, Words};
use super::stage::Stage;
use crate::support::house::House;
use crate::support::{Play as _, cast};

/// `price KIND`: the registrar signs a price and sends it.
pub(crate) fn import<S: Stage>(kind: &str, step: &mut Step, stage: &S) {
    let place = step.place.clone();
    let words = only(step);
    let mut take = |name: &str| words.value(name).unwrap();
    let price = json!({
        "kind": kind, "cny": take("cny"), "day": take("on"), "parts": take("parts"), "source": take("source"),
    });
    words.finish(&place);
    if let Some(house) = stage.served() {
        let list = json!({ "prices": [price] }).to_string();
        let list = Json::parse(list.as_bytes()).unwrap().to_canonical();
        let signed = SignedPrices::sign(&house.audience(), list, &cast::registrar().maker);
        let body = signed.to_json().to_canonical();
        let reply = house.client().post("/v1/prices", &body).unwrap();
        assert_eq!(reply.json, json!({"added": 1}), "{place}");
    }
}

/// `alerts PLEDGE`: the value of the collateral on a day, and the line that the loan has crossed.
pub(crate) fn look<S: Stage>(pledge: PledgeId, openings: &[Opening], step: &mut Step, stage: &S) {
    let place = step.place.clone();
    let words = only(step);
    let day = words.value("on").unwrap();
    let unopened = words.has("unopened");
    let expected = ["value", "ltv", "line"].map(|name| words.value(name));
    words.finish(&place);
    let Some(house) = stage.served() else { return };
    let openings = if unopened { &[] } else { openings };
    let page = ask(house, pledge, openings, &day);
    let crossed = &page["items"][0]["price"]["line"];
    if unopened {
        assert_eq!(
            (crossed, page.get("valued")),
            (&Value::Null, None),
            "{place}"
        );
        return;
    }
    let valued = &page["valued"][0];
    assert_eq!(
        valued["pledge"],
        json!(pledge.to_string()),
        "{place}: {page}"
    );
    // The alert says the same as the valuation, and there is none where no line is crossed.
    assert_eq!(
        valued.get("line"),
        Some(crossed).filter(|line| !line.is_null()),
        "{place}"
    );
    let line = crossed.as_str().unwrap_or("-").to_owned();
    // Of nothing there is no share.
    let ltv = valued["ltv_ppm"].as_u64().map_or("-".to_owned(), |ppm| {
        let hundredths = (ppm + 50) / 100;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    });
    let value = valued["value_cny"].as_str().unwrap().to_owned();
    assert_eq!([value, ltv, line].map(Some), expected, "{place}");
}

fn ask(house: &House, pledge: PledgeId, openings: &[Opening], day: &str) -> Value {
    let presented = openings.iter().map(|opening| {
        let salt = hex::encode(&opening.salt);
        json!({"pledge": pledge.to_string(), "claim": opening.claim, "value": opening.value, "salt": salt})
    });
    let body = json!({ "openings": presented.collect::<Vec<_>>() }).to_string();
    let path = format!("/v1/alerts?day={day}&kind=price_line&pledge={pledge}");
    let reply = house.client().post(&path, &body).unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json
}

fn only(step: &mut Step) -> &mut Words {
    let [words] = step.parts.as_mut_slice() else {
        panic!("{}: one at a time", step.place);
    };
    words
}
