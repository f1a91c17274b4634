//! Alerts about what clouds a pledge though its lines stand, and whom the feed tells of disowned signatures.

use greenlien::domain::command::{Body, Correction, PartyAct, RightAct, SignerRole};
use greenlien::primitives::id::RightId;
use serde_json::{Value, json};

use crate::alerts::{Town, town};
use crate::support::feed::ids_now;
use crate::support::papers::{
    day, document, emission, flow, forest, line, pledge, rectangle, sink, span, unit_number, years,
};
use crate::support::play::seal;
use crate::support::{Actor, Answer, Play as _};

impl Town {
    fn act(&mut self, giver: &Actor, body: Body, with: &[&Actor]) -> Answer {
        let answer = self.house.submit(giver, body, with, &[]);
        assert!(answer.is_accepted(), "{answer:?}");
        answer
    }

    /// The mill signs with the key that is left to it.
    fn with_the_other_key(&mut self, body: Body) -> Answer {
        let mill = self.mill.clone();
        let signer = [(mill.party, SignerRole::Maker)];
        let command = self.house.draft(mill.party, body, &signer, &[]);
        let sealed = seal(&command, &[(SignerRole::Maker, &mill.checker)]);
        let answer = self.house.deliver(sealed, &[]);
        assert!(answer.is_accepted(), "{answer:?}");
        answer
    }

    fn alerts_of(&self, kind: &str) -> Vec<Value> {
        let reply = self
            .house
            .get(&format!("/v1/alerts?kind={kind}&day=2026-12-01"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json["items"].as_array().unwrap().clone()
    }
}

#[test]
fn whoever_is_secured_is_told_that_a_consent_is_disowned() {
    let mut t = town();
    let [bank, mill, bureau] = [&t.bank, &t.mill, &t.bureau].map(Clone::clone);
    let days = span("2026-01-01", "2031-01-01");
    let right = t.house.issue(&bureau, emission(&mill, "COD", "120", days));
    let loan = span("2027-01-01", "2029-01-01");
    let body = pledge(&mill, vec![line(right, flow("20", "t/a", loan))]);
    t.act(&bank, body, &[&mill]);
    let body = pledge(&mill, vec![line(right, flow("80", "t/a", loan))]);
    let second = t.act(&bank, body, &[&mill]);
    let (pledge, from) = (second.pledge(), second.index());
    let kid = mill.maker.public().id();
    t.with_the_other_key(Body::RevokeKey(kid));
    assert_eq!(t.alerts_of("signature_disputed"), Vec::<Value>::new());
    let dispute = PartyAct::DisputeEntries {
        party: mill.party,
        kid,
        from,
        document: document(),
    };
    let said = t
        .with_the_other_key(Body::OfParty(Box::new(dispute)))
        .index();
    // Of the two pledges the one that the key signed from then on.
    let told = t.alerts_of("signature_disputed");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["record"], pledge.to_string());
    let names = json!([
        mill.party.to_string(),
        format!("entry:{said}"),
        format!("entry:{from}")
    ]);
    assert_eq!(told[0]["records"], names);
    let parties = told[0]["parties"].as_array().unwrap();
    assert!(parties.contains(&json!(bank.party.to_string())), "{told:?}");
    // The feed of the bank has the statement, which it did not sign and that touches no record of its own.
    let base = t.house.client().base().to_owned();
    let ids = ids_now(&base, &format!("?party={}", bank.party), said + 1);
    assert!(ids.contains(&said), "{ids:?}");
    let ids = ids_now(&base, &format!("?party={}", bureau.party), said + 1);
    assert!(!ids.contains(&said), "{ids:?}");
    let resolve = PartyAct::ResolveDispute {
        party: mill.party,
        dispute: said,
        document: document(),
    };
    let registrar = crate::support::cast::registrar();
    t.act(&registrar, Body::OfParty(Box::new(resolve)), &[]);
    assert_eq!(t.alerts_of("signature_disputed"), Vec::<Value>::new());
    t.house.close();
}

/// A sink over two parcels, pledged to the bank for 2028 to 2030.
fn pledged_sink(t: &mut Town) -> [RightId; 2] {
    let [bank, mill, bureau] = [&t.bank, &t.mill, &t.bureau].map(Clone::clone);
    let days = span("2020-01-01", "2050-01-01");
    let units = [1, 2].map(unit_number);
    let mut parcels = Vec::new();
    for (unit, east) in units.iter().zip([0, 1_000]) {
        let ground = rectangle(east, 0, 300, 300);
        let wood = forest(&mill, unit, "商品林", ground, days);
        parcels.push(t.house.issue(&bureau, wood));
    }
    let units: Vec<&str> = units.iter().map(String::as_str).collect();
    let project = sink(&mill, "K-1", &units, (2027, 2036));
    let project = t.house.issue(&bureau, project);
    let body = pledge(&mill, vec![line(project, years(2028, 2030))]);
    t.act(&bank, body, &[&mill]);
    parcels.try_into().unwrap()
}

#[test]
fn ground_of_a_pledged_sink_that_goes_is_told() {
    let mut t = town();
    let [first, second] = pledged_sink(&mut t);
    assert_eq!(t.alerts_of("ground_lost"), Vec::<Value>::new());
    let bureau = t.bureau.clone();
    // After the years of the pledge: nothing of them is lost.
    let late = Body::RevokeRight {
        right: second,
        from: day("2033-01-01"),
        document: document(),
    };
    t.act(&bureau, late, &[]);
    assert_eq!(t.alerts_of("ground_lost"), Vec::<Value>::new());
    let revoke = Body::RevokeRight {
        right: first,
        from: day("2029-01-01"),
        document: document(),
    };
    t.act(&bureau, revoke, &[]);
    let told = t.alerts_of("ground_lost");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["records"], json!([first.to_string()]));
    assert_eq!(told[0]["on"], "2029-01-01");
    assert_eq!(told[0]["line"], 0);
    t.house.close();
}

#[test]
fn what_would_bar_a_new_pledge_is_told_of_those_that_stand() {
    let mut t = town();
    let [bank, mill, bureau] = [&t.bank, &t.mill, &t.bureau].map(Clone::clone);
    let days = span("2026-01-01", "2031-01-01");
    let right = t.house.issue(&bureau, emission(&mill, "COD", "120", days));
    let loan = span("2027-01-01", "2029-01-01");
    let body = pledge(&mill, vec![line(right, flow("80", "t/a", loan))]);
    t.act(&bank, body, &[&mill]);
    assert_eq!(t.alerts_of("barred"), Vec::<Value>::new());
    let attributes = [("fee", "未缴"), ("take_back", "进行中")];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let correct = RightAct::CorrectRight {
        right,
        correction: Correction::Particulars {
            class: None,
            attributes: attributes.into_iter().collect(),
        },
        consenting: Vec::new(),
        document: document(),
    };
    t.act(&bureau, Body::OfRight(Box::new(correct)), &[]);
    let told = t.alerts_of("barred");
    let says = |alert: &Value| format!("{} {}", alert["code"], alert["records"][0]);
    let told: Vec<String> = told.iter().map(says).collect();
    assert_eq!(told, ["2006 \"fee:未缴\"", "9004 \"take_back:进行中\""]);
    t.house.close();
}
