//! What the registry says beside its log: notices, alerts of a day, the reconciliation with other registers, certificates. Only
//! the registry behind HTTP has them, so the pure law passes these steps by.
//!
//! | verb | words |
//! | --- | --- |
//! | `noticed NAME` | a question as of `check pledge`, or with `kind:` of `check right`; `codes:3007,...` what is noticed beside the answer, `codes:-` nothing |
//! | `told RECORD` | `on:` day; `alerts:KIND,KIND/CODE,...` all alerts of a pledge, a right or a party, in their order; `parties:NAME,...` whom each of them concerns |
//! | | `amounts:N,...` what is missing, of each alert that says an amount |
//! | `heard PARTY` | `on:` day; `alerts:RECORD=KIND,...` all alerts that concern a party, in their order |
//! | `sent PARTY` | `entry:yes` or `entry:no`: whether its event stream tells the last command |
//! | `streamed PARTY` | `alerts:KIND,...` the kinds of alerts that its event stream begins with, by name |
//! | `reconciled PLEDGE` | `on:` day; `rows:REGISTER=STANDING/CODE,...`, `-` for no register |
//! | `certified RIGHT` | a search certificate: `effect:CLASS`, `claims:CODE=TEXT,...`, `external:P1=REGISTER/STATUS,...` (`/over` behind it where the term is over), `missing:P1=REGISTER,...` (`/receipt` where it holds the units); all verifiers must take it |

use std::collections::BTreeSet;

use greenlien::domain::command::Body;
use greenlien::domain::facts::StateKey;
use greenlien::domain::wire::question_json;
use greenlien::primitives::id::PartyId;
use serde_json::{Value, json};

use super::parser::Words;
use super::players::Names;
use crate::second_verifier::{Both, Reader};
use crate::support::feed::{Event, Feed, NO_ID, ids_now};
use crate::support::house::House;

/// Compares what is noticed beside the answer to a question.
pub(super) fn noticed(place: &str, house: &House, org: PartyId, body: &Body, codes: &[String]) {
    let question = question_json(org, body).to_canonical();
    let reply = house.client().post("/v1/check", &question).unwrap();
    assert_eq!(reply.status, 200, "{place}: {}", reply.text);
    let found = list(&reply.json["notices"], |notice| text(&notice["code"]));
    assert_eq!(found, codes, "{place}: {}", reply.text);
}

/// Compares the alerts of a record on a day.
pub(super) fn told(place: &str, house: &House, key: &StateKey, words: &mut Words, names: &Names) {
    let name = key.name();
    let narrowed = match key {
        StateKey::Right(_) => format!("&right={name}"),
        StateKey::Party(_) => format!("&party={name}"),
        StateKey::Pledge(_) => format!("&pledge={name}"),
        _ => String::new(),
    };
    let day = words.value("on").unwrap();
    let reply = house.get(&format!("/v1/alerts?day={day}&limit=200{narrowed}"));
    let own = |alert: &&Value| alert["record"] == json!(name);
    let items = reply.json["items"].as_array().unwrap();
    if words.peek("parties").is_some() {
        let parties = given(words, "parties").into_iter();
        let wanted: BTreeSet<String> = parties.map(|it| names.party(&it).to_string()).collect();
        for alert in items.iter().filter(own) {
            let named: BTreeSet<String> = list(&alert["parties"], text).into_iter().collect();
            assert_eq!(named, wanted, "{place}: {}", reply.text);
        }
    }
    if words.peek("amounts").is_some() {
        let of_alert = |alert: &Value| alert.get("amount").map(text);
        let amounts = items.iter().filter(own).filter_map(of_alert);
        let wanted = given(words, "amounts");
        assert_eq!(
            amounts.collect::<Vec<_>>(),
            wanted,
            "{place}: {}",
            reply.text
        );
    }
    let alerts = items.iter().filter(own).map(|alert| {
        let code = alert.get("code").map(|code| format!("/{}", text(code)));
        format!("{}{}", text(&alert["kind"]), code.unwrap_or_default())
    });
    assert_eq!(
        alerts.collect::<Vec<_>>(),
        given(words, "alerts"),
        "{place}: {}",
        reply.text
    );
}

/// Compares all alerts of a day that concern a party.
pub(super) fn heard(
    place: &str,
    house: &House,
    party: &StateKey,
    words: &mut Words,
    names: &Names,
) {
    let (day, name) = (words.value("on").unwrap(), party.name());
    let reply = house.get(&format!("/v1/alerts?day={day}&limit=200&party={name}"));
    let told = list(&reply.json["items"], |alert| {
        format!("{}={}", text(&alert["record"]), text(&alert["kind"]))
    });
    let wanted = given(words, "alerts").into_iter().map(|item| {
        let (record, kind) = item.split_once('=').expect("RECORD=KIND");
        format!("{}={kind}", names.key(record).name())
    });
    assert_eq!(told, wanted.collect::<Vec<_>>(), "{place}: {}", reply.text);
}

/// Compares the kinds of alerts that the event stream of a party begins with today.
pub(super) fn streamed(place: &str, house: &House, party: &StateKey, words: &mut Words) {
    let log = house.client().get("/v1/log").unwrap();
    let size = log.json["signed"]["size"].as_u64().unwrap();
    let query = format!(
        "?party={}&alerts=true&from={}&until={size}",
        party.name(),
        size - 1
    );
    let events = Feed::open(house.client().base(), &query, &[]).rest();
    let alerts: Vec<Value> = events
        .iter()
        .filter(|event| event.id == NO_ID)
        .map(Event::json)
        .collect();
    let names: BTreeSet<String> = alerts.iter().map(|alert| text(&alert["id"])).collect();
    assert_eq!(
        names.len(),
        alerts.len(),
        "{place}: each under its own name"
    );
    let kind = |alert: &Value| {
        let kind = text(&alert["data"]["kind"]);
        assert_eq!(alert["type"], format!("greenlien.alert.{kind}"), "{place}");
        assert_eq!(alert["subject"], alert["data"]["record"], "{place}");
        kind
    };
    let kinds: BTreeSet<String> = alerts.iter().map(kind).collect();
    let expected: BTreeSet<String> = given(words, "alerts").into_iter().collect();
    assert_eq!(kinds, expected, "{place}");
}

/// Compares whether the event stream of a party tells the last command.
pub(super) fn sent(place: &str, house: &House, party: &StateKey, words: &mut Words) {
    let log = house.client().get("/v1/log").unwrap();
    let size = log.json["signed"]["size"].as_u64().unwrap();
    // The last entry closes the group of the command before it.
    let last = size - 2;
    let query = format!("?party={}", party.name());
    let ids = ids_now(house.client().base(), &query, size);
    let is_told = if ids.contains(&last) { "yes" } else { "no" };
    assert_eq!(words.value("entry").as_deref(), Some(is_told), "{place}");
}

/// Compares how a pledge stands to its registrations elsewhere on a day.
pub(super) fn reconciled(place: &str, house: &House, key: &StateKey, words: &mut Words) {
    let day = words.value("on").unwrap();
    let reply = house.get(&format!("/v1/reconciliation?day={day}&limit=200"));
    let items = reply.json["items"].as_array().unwrap();
    let own = items
        .iter()
        .filter(|row| row["pledge"] == json!(key.name()));
    let rows = own.map(|row| {
        let register = row.get("register").map_or("-".to_owned(), text);
        let code = row.get("code").map(|code| format!("/{}", text(code)));
        let standing = text(&row["standing"]);
        format!("{register}={standing}{}", code.unwrap_or_default())
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        given(words, "rows"),
        "{place}: {}",
        reply.text
    );
}

/// Issues a certificate, has all verifiers read it, and compares what its statement says.
pub(super) fn certified(
    place: &str,
    house: &House,
    key: &StateKey,
    words: &mut Words,
    names: &Names,
) {
    let asked = json!({ "right": key.name() }).to_string();
    let reply = house.client().post("/v1/certificates", &asked).unwrap();
    assert_eq!(reply.status, 201, "{place}: {}", reply.text);
    let mut both = Both::new();
    let reader = Reader {
        old: None,
        ..house.reader()
    };
    let verdict = both.certify(place, reply.text.as_bytes(), &reader);
    assert!(verdict.holds(), "{place}: {:?}", verdict.failure());
    both.agree();
    let found = &reply.json["statement"]["found"][0];
    let burden = |item: &Value| {
        let id = text(&item["burden"]);
        let (pledge, _) = id.split_once('.').unwrap();
        names.record_called(pledge)
    };
    let marked = |item: &Value, mark: &str| {
        let marked = item.get(mark).map(|_| format!("/{mark}"));
        marked.unwrap_or_default()
    };
    if let Some(class) = words.value("effect") {
        assert_eq!(text(&found["effect"]["class"]), class, "{place}");
    }
    let claims = list(&found["claims"], |item| {
        format!("{}={}", text(&item["finding"]), text(&item["text"]))
    });
    let external = list(&found["external"], |item| {
        let (register, status) = (text(&item["register"]), text(&item["status"]));
        let over = marked(item, "over");
        format!("{}={register}/{status}{over}", burden(item))
    });
    let missing = list(&found["missing"], |item| {
        let (register, receipt) = (text(&item["register"]), marked(item, "receipt"));
        format!("{}={register}{receipt}", burden(item))
    });
    for (name, found) in [
        ("claims", claims),
        ("external", external),
        ("missing", missing),
    ] {
        assert_eq!(found, given(words, name), "{place}: {name}");
    }
}

/// The items that a step names; `-` and nothing stand for none.
pub(super) fn given(words: &mut Words, name: &str) -> Vec<String> {
    let mut items = words.list(name);
    items.retain(|item| item != "-");
    items
}

fn text(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

fn list(items: &Value, of: impl Fn(&Value) -> String) -> Vec<String> {
    items.as_array().into_iter().flatten().map(of).collect()
}
