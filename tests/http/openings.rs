//! Hidden values are shown to the parties of a pledge and to its supervisors, and every access stands in a list.

use greenlien::domain::command::{Body, Hiding, PartyAct, PledgeAct, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::PledgeId;
use serde_json::{Value, json};
use ureq::http::Method;

use super::Stage;
use crate::support::papers::{flow, line, register, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _, cast};

const PRINCIPAL: &str = "73194682.55";

fn hidden() -> [Opening; 2] {
    let opening = |claim: &str, salt, value: &str| Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    };
    [
        opening("contract_no", 0xa1, "2027-031905"),
        opening("principal_cny", 0xa2, PRINCIPAL),
    ]
}

impl Stage {
    fn hiding_pledge(&mut self) -> PledgeId {
        let openings = hidden();
        let days = span("2027-01-01", "2028-01-01");
        let lines = vec![line(self.right, flow("10", "t/a", days))];
        let body = Body::RegisterPledge(Box::new(RegisterPledge {
            hidden: openings
                .iter()
                .map(|one| (one.claim.clone(), one.digest()))
                .collect(),
            ..register(&self.mill, lines)
        }));
        let (bank, mill) = (self.bank.clone(), self.mill.clone());
        self.give(&bank, &mill, body, &openings).pledge()
    }

    fn give(
        &mut self,
        giver: &Actor,
        consent: &Actor,
        body: Body,
        openings: &[Opening],
    ) -> crate::support::Answer {
        let keys: Vec<_> = [giver, consent]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(giver.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        self.house.deliver(seal(&command, &keys), openings)
    }

    fn openings_as(&self, actor: &Actor, pledge: PledgeId) -> super::Raw {
        let token = self.wire.sign_in(actor);
        self.wire
            .get_as(&token, &format!("/v1/pledges/{pledge}/openings"))
    }
}

fn values(answer: &Value) -> Vec<(&str, &str)> {
    let items = answer["items"].as_array().unwrap();
    let pair = |item| {
        let text = |name: &str| -> &str {
            let item: &Value = item;
            item[name].as_str().unwrap_or("-")
        };
        (text("claim"), text("value"))
    };
    items.iter().map(pair).collect()
}

#[test]
fn parties_of_a_pledge_and_supervisors_see_its_hidden_values_and_nobody_else() {
    let mut stage = Stage::new();
    let other_bank = stage.house.admit("other-bank", &[Role::Bank], &[]);
    let guarantor = stage.house.admit("guarantor", &[Role::Guarantor], &[]);
    let forester = stage
        .house
        .admit("forester", &[Role::Authority], &["forest"]);
    let pledge = stage.hiding_pledge();
    let path = format!("/v1/pledges/{pledge}/openings");
    assert_eq!(stage.wire.get(&path).status, 401);
    let expected = [("contract_no", "2027-031905"), ("principal_cny", PRINCIPAL)];
    for (actor, capacity) in [
        (stage.bank.clone(), "pledgee"),
        (stage.mill.clone(), "pledgor"),
        (stage.bureau.clone(), "supervisor"),
    ] {
        let raw = stage.openings_as(&actor, pledge);
        assert_eq!(raw.status, 200, "{capacity}: {}", raw.text());
        assert_eq!(raw.header("cache-control"), "private, no-store");
        let answer = raw.json();
        assert_eq!(answer["as"], capacity);
        assert_eq!(values(&answer), expected);
        assert_eq!(answer["items"][0]["salt"], "a1".repeat(16));
        assert_eq!(
            answer["items"][0]["digest"],
            hidden()[0].digest().to_string()
        );
    }
    for actor in [&other_bank, &guarantor, &forester, &cast::registrar()] {
        let raw = stage.openings_as(actor, pledge);
        assert_eq!(raw.status, 403, "{}: {}", actor.name, raw.text());
        assert!(!raw.text().contains(PRINCIPAL));
    }
    // A guarantor sees the values of the pledge that it guarantees, from then on.
    let guarantee = Body::OfPledge(Box::new(PledgeAct::RegisterGuarantee {
        pledge,
        share_bp: 4_000,
        of: None,
        counter: None,
        document: Hash::of(&[b"contract"]),
    }));
    let bank = stage.bank.clone();
    let answer = stage.give(&guarantor, &bank, guarantee, &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let raw = stage.openings_as(&guarantor, pledge);
    assert_eq!(raw.json()["as"], "guarantor", "{}", raw.text());
    // No other read shows them.
    for path in [
        format!("/v1/pledges/{pledge}"),
        format!("/pledges/{pledge}"),
        "/v1/alerts".to_owned(),
    ] {
        let token = stage.wire.sign_in(&bank);
        let raw = stage.wire.get_as(&token, &path);
        assert!(!raw.text().contains(PRINCIPAL), "{path}");
    }
    let token = stage.wire.sign_in(&bank);
    let absent = stage.wire.get_as(&token, "/v1/pledges/P99999/openings");
    assert_eq!(absent.status, 404);
    stage.house.close();
}

#[test]
fn every_access_stands_in_a_list_that_the_parties_and_the_registrar_read() {
    let mut stage = Stage::new();
    let pledge = stage.hiding_pledge();
    let (bank, mill, bureau) = (stage.bank.clone(), stage.mill.clone(), stage.bureau.clone());
    assert_eq!(stage.openings_as(&bureau, pledge).status, 200);
    assert_eq!(stage.openings_as(&bank, pledge).status, 200);
    assert_eq!(stage.openings_as(&cast::registrar(), pledge).status, 403);
    let reads = format!("/v1/pledges/{pledge}/openings/reads");
    assert_eq!(stage.wire.get(&reads).status, 401);
    for actor in [&bank, &mill, &cast::registrar()] {
        let token = stage.wire.sign_in(actor);
        let page = stage.wire.get_as(&token, &reads).json();
        let items = page["items"].as_array().unwrap();
        let seen: Vec<Value> = items
            .iter()
            .map(|item| json!([item["org"], item["person"], item["as"], item["claims"]]))
            .collect();
        let claims = json!(["contract_no", "principal_cny"]);
        let expected = [
            json!([bank.party.to_string(), "bank-maker", "pledgee", claims]),
            json!([
                bureau.party.to_string(),
                "bureau-maker",
                "supervisor",
                claims
            ]),
        ];
        assert_eq!(
            seen, expected,
            "newest first, and no access that was refused"
        );
        let first = stage
            .wire
            .get_as(&token, &format!("{reads}?limit=1"))
            .json();
        assert_eq!(first["items"].as_array().unwrap().len(), 1);
        let next = first["next"].as_str().unwrap();
        let second = stage
            .wire
            .get_as(&token, &format!("{reads}?limit=1&before={next}"))
            .json();
        assert_eq!(second["items"][0], page["items"][1]);
    }
    let token = stage.wire.sign_in(&bureau);
    assert_eq!(stage.wire.get_as(&token, &reads).status, 403);
    stage.house.close();
}

#[test]
fn an_erased_value_is_named_with_its_entry_and_shown_to_nobody() {
    let mut stage = Stage::new();
    let pledge = stage.hiding_pledge();
    let order = Body::OfParty(Box::new(PartyAct::Erase {
        of: Hiding::Pledge(pledge),
        claims: vec!["principal_cny".to_owned()],
        document: Hash::of(&[b"request"]),
    }));
    let bank = stage.bank.clone();
    let answer = stage.give(&cast::registrar(), &bank, order, &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let shown = stage.openings_as(&bank, pledge).json();
    assert_eq!(
        values(&shown),
        [("contract_no", "2027-031905"), ("principal_cny", "-")]
    );
    assert_eq!(shown["items"][1]["erased"], answer.index());
    let record = stage.wire.read(&format!("/v1/pledges/{pledge}")).json();
    assert_eq!(record["record"]["erased"][0]["entry"], answer.index());
    stage.house.close();
}

#[test]
fn answers_carry_headers_that_keep_browsers_from_mischief() {
    let stage = Stage::new();
    for path in [
        "/checkpoint",
        "/v1/rights",
        "/nowhere",
        "/",
        "/openapi.json",
        "/tile/0/000",
    ] {
        let raw = stage.wire.send(Method::GET, path, &[], &[]);
        let policy = raw.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(raw.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(raw.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(raw.header("x-frame-options"), "DENY", "{path}");
    }
    stage.house.close();
}
