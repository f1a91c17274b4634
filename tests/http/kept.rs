//! Openings that the registry keeps: natural persons are known to who relies on them, tables and alerts count the amounts that
//! the reader may see, and every access stands in a list before anything is answered.

use greenlien::domain::command::{AdmitParty, Body, Expected, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::id::{PartyId, PledgeId};
use greenlien::service::prices::SignedPrices;
use serde_json::{Value, json};

use super::Wire;
use crate::pages::{Town, town};
use crate::support::person::Person;
use crate::support::play::seal;
use crate::support::{Actor, Answer, Play as _, cast, papers};

const NAME: &str = "示例农户甲";
const RESIDENT_ID: &str = "500113198001010019";
const PRINCIPAL: &str = "4550000";
const OTHERS: &str = "7319468.25";

fn opening(claim: &str, salt: u8, value: &str) -> Opening {
    Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    }
}

fn digests(openings: &[Opening]) -> Vec<(String, greenlien::primitives::crypto::Hash)> {
    let pair = |one: &Opening| (one.claim.clone(), one.digest());
    openings.iter().map(pair).collect()
}

impl Town {
    fn give(&mut self, by: &[&Actor], body: Body, openings: &[Opening]) -> Answer {
        let keys: Vec<_> = by.iter().flat_map(|one| one.signers()).collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(by[0].party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        self.house.deliver(seal(&command, &keys), openings)
    }

    /// Admits a natural person, who is known by digests alone.
    fn admit_person(&mut self) -> Actor {
        let hidden = [
            opening("name", 0xb1, NAME),
            opening("resident_id", 0xb2, RESIDENT_ID),
        ];
        let mut person = Actor::new("person", &[Role::Holder]);
        let aud = self.house.audience();
        let body = Body::AdmitParty(AdmitParty {
            name: None,
            credit_code: None,
            region: None,
            hidden: digests(&hidden),
            ..person.admission(&aud, &[Role::Holder], &[])
        });
        let answer = self.give(&[&cast::registrar()], body, &hidden);
        assert!(answer.is_accepted(), "{answer:?}");
        person.party = PartyId(answer.index());
        person
    }

    fn stock(&mut self, holder: &Actor, account: &str) -> greenlien::primitives::id::RightId {
        let days = papers::span("2026-01-01", "2031-01-01");
        let bureau = self.bureau.clone();
        let right = papers::carbon(holder, account, 2026, "200000", days);
        self.house.issue(&bureau, right)
    }

    fn hiding(&mut self, lender: &Actor, account: &str, principal: &str) -> PledgeId {
        let mill = self.mill.clone();
        let right = self.stock(&mill, account);
        let hidden = [opening("principal_cny", 7, principal)];
        let lines = vec![papers::line(right, papers::stock("100000", "tCO2e"))];
        let body = Body::RegisterPledge(Box::new(RegisterPledge {
            hidden: digests(&hidden),
            ..papers::register(&mill, lines)
        }));
        self.give(&[lender, &mill], body, &hidden).pledge()
    }

    fn reads(&self, reader: &Actor, pledge: PledgeId) -> Vec<Value> {
        let wire = Wire::new(self.house.client().base());
        let token = wire.sign_in(reader);
        let page = wire.get_as(&token, &format!("/v1/pledges/{pledge}/openings/reads"));
        let page = page.json();
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| json!([item["org"], item["as"], item["claims"]]))
            .collect()
    }
}

#[test]
fn a_natural_person_is_known_to_who_relies_on_it_while_it_does() {
    let mut town = town();
    let person = town.admit_person();
    let path = format!("/parties/{}/openings", person.party);
    let bank = town.bank.clone();
    let right = town.stock(&person, "5001130009");
    // Before there is a pledge, no bank has a reason to look.
    let before = Person::sign_in(&town.house, &bank).page(&path);
    assert!(!before.contains(NAME), "{before}");
    let lines = vec![papers::line(right, papers::stock("5", "tCO2e"))];
    let answer = town.give(&[&bank, &person], papers::pledge(&person, lines), &[]);
    let pledge = answer.pledge();

    let stranger = town.house.get(&path).text;
    assert!(!stranger.contains(NAME) && stranger.contains("/sign-in"));
    let own = town.house.get(&format!("/parties/{}", person.party)).text;
    assert!(own.contains(&path) && !own.contains(NAME), "{own}");
    let forester = town
        .house
        .admit("forester", &[Role::Authority], &["forest"]);
    for actor in [&town.other.clone(), &town.mill.clone(), &forester] {
        let page = Person::sign_in(&town.house, actor).page(&path);
        assert!(!page.contains(NAME) && !page.contains(RESIDENT_ID));
        assert!(!page.contains("bank-a-maker"), "{page}");
    }
    let page = Person::sign_in(&town.house, &bank).page(&path);
    assert!(page.contains(NAME) && page.contains(RESIDENT_ID), "{page}");
    assert!(page.contains("以担保权人身份查看"), "{page}");
    let bureau = town.bureau.clone();
    let page = Person::sign_in(&town.house, &bureau).page(&path);
    assert!(page.contains(NAME) && page.contains("以主管机关身份查看"));
    // The registrar reads who has looked, and no value; the person reads both.
    let page = Person::sign_in(&town.house, &cast::registrar()).page(&path);
    assert!(!page.contains(NAME) && page.contains("bank-a-maker"));
    assert!(page.contains("bureau-maker"), "{page}");
    let page = Person::sign_in(&town.house, &person).page(&path);
    assert!(page.contains(NAME) && page.contains("bank-a-maker"));

    // Programs are told the same as people.
    let wire = Wire::new(town.house.client().base());
    let api = format!("/v1{path}");
    assert_eq!(wire.get(&api).status, 401);
    for (actor, told, listed) in [
        (&bank, 200, 200),
        (&person, 200, 200),
        (&bureau, 200, 403),
        (&cast::registrar(), 403, 200),
        (&town.mill.clone(), 403, 403),
    ] {
        let token = wire.sign_in(actor);
        let raw = wire.get_as(&token, &api);
        assert_eq!(raw.status, told, "{}", raw.text());
        assert_eq!(raw.text().contains(NAME), told == 200, "{}", raw.text());
        let reads = wire.get_as(&token, &format!("{api}/reads?limit=2"));
        assert_eq!(reads.status, listed, "{}", reads.text());
        let export = format!("/v1/exports/reads.csv?record={}", person.party);
        let table = wire.get_as(&token, &export);
        assert_eq!(table.status, listed, "{}", table.text());
        assert_eq!(table.text().contains("姓名 name"), listed == 200);
        assert!(!table.text().contains(NAME), "{}", table.text());
        if told == 200 {
            assert_eq!(raw.json()["party"], person.party.to_string());
        }
    }
    let token = wire.sign_in(&person);
    let raw = wire.get_as(&token, &api);
    assert_eq!(raw.json()["as"], "itself");
    let reads = wire.get_as(&token, &format!("{api}/reads?limit=1"));
    assert_eq!(reads.json()["items"][0]["as"], "itself");
    let next = reads.json()["next"].as_str().unwrap().to_owned();
    let reads = wire.get_as(&token, &format!("{api}/reads?before={next}"));
    assert_eq!(reads.status, 200, "{}", reads.text());
    let none = format!("/v1/parties/{}/openings", town.mill.party);
    assert_eq!(wire.get_as(&token, &none).status, 404);

    // Once the pledge is released, so is the reason.
    let release = Body::ReleasePledge {
        pledge,
        changes: Vec::new(),
        order: None,
    };
    let expect = [(Expected::Pledge(pledge), 1)];
    let answer = town.house.submit(&bank, release, &[], &expect);
    assert!(answer.is_accepted(), "{answer:?}");
    let page = Person::sign_in(&town.house, &bank).page(&path);
    assert!(!page.contains(NAME), "{page}");
    let institution = format!("/parties/{}/openings", town.mill.party);
    assert_eq!(town.house.get(&institution).status, 404);
    town.house.close();
}

#[test]
fn a_table_counts_the_principals_that_its_reader_may_see_and_each_is_an_access() {
    let mut town = town();
    let (bank, other, bureau) = (town.bank.clone(), town.other.clone(), town.bureau.clone());
    let own = town.hiding(&bank, "5001130001", PRINCIPAL);
    let others = town.hiding(&other, "5001130002", OTHERS);
    let wire = Wire::new(town.house.client().base());
    let path = "/v1/statistics?by=kind&kind=carbon&openings=kept";
    assert_eq!(wire.get(path).status, 401);
    assert_eq!(wire.get("/v1/statistics?openings=all").status, 400);
    let table = |actor: &Actor| {
        let token = wire.sign_in(actor);
        let raw = wire.get_as(&token, path);
        assert_eq!(raw.status, 200, "{}", raw.text());
        assert_eq!(raw.header("cache-control"), "private, no-store");
        let cell = raw.json()["cells"][0].clone();
        (
            cell["principal_cny"].clone(),
            cell["principal_pledges"].clone(),
        )
    };
    assert_eq!(table(&bank), (json!(PRINCIPAL), json!(1)));
    assert_eq!(table(&other), (json!(OTHERS), json!(1)));
    assert_eq!(table(&bureau), (json!("11869468.25"), json!(2)));
    assert_eq!(table(&cast::registrar()), (Value::Null, Value::Null));
    // Without the word nothing is counted and nothing is read.
    let token = wire.sign_in(&bank);
    let plain = wire
        .get_as(&token, "/v1/statistics?by=kind&kind=carbon")
        .json();
    assert_eq!(plain["cells"][0]["principal_cny"], Value::Null);
    let read = |actor: &Actor, capacity: &str| {
        json!([actor.party.to_string(), capacity, ["principal_cny"]])
    };
    assert_eq!(
        town.reads(&bank, own),
        [read(&bureau, "supervisor"), read(&bank, "pledgee")]
    );
    assert_eq!(
        town.reads(&other, others),
        [read(&bureau, "supervisor"), read(&other, "pledgee")]
    );

    // The page: offered to a member, and shown on demand only.
    let visitor = town.house.get("/statistics?by=kind&openings=kept").text;
    assert!(visitor.contains("须先登录") && !visitor.contains("4,550,000"));
    let person = Person::sign_in(&town.house, &bank);
    let page = person.page("/statistics?by=kind");
    assert!(page.contains("openings=ask") && !page.contains("4,550,000"));
    // The number of accesses is said first, and no address shows an amount.
    for asks in ["ask", "kept"] {
        let page = person.page(&format!("/statistics?by=kind&openings={asks}"));
        assert!(page.contains("将记录 1 次查看"), "{page}");
        assert!(!page.contains("4,550,000"), "{page}");
    }
    let page = person.page("/statistics?by=kind&openings=ask&lang=en");
    assert!(page.contains("1 access will be written down"), "{page}");
    assert_eq!(town.reads(&bank, own).len(), 2, "nothing was read");
    let raw = person.form("/statistics?by=kind", "openings=kept");
    let page = raw.text();
    assert!(page.contains("4,550,000.00 元 (1)"), "{page}");
    assert!(!page.contains("7,319,468"), "{page}");
    assert_eq!(town.reads(&bank, own).len(), 3);
    town.house.close();
}

#[test]
fn alerts_value_the_pledges_whose_amounts_their_reader_may_see() {
    let mut town = town();
    let (bank, other) = (town.bank.clone(), town.other.clone());
    let own = town.hiding(&bank, "5001130001", PRINCIPAL);
    let others = town.hiding(&other, "5001130002", OTHERS);
    let list = json!({"prices": [{
        "kind": "carbon", "parts": "type=CEA", "day": "2026-12-01", "cny": "53", "source": "全国碳市场收盘价",
    }]});
    let list = greenlien::primitives::canonical::Json::parse(list.to_string().as_bytes()).unwrap();
    let registrar = cast::registrar();
    let signed = SignedPrices::sign(
        &town.house.audience(),
        list.to_canonical(),
        &registrar.maker,
    );
    let client = town.house.client().clone();
    let added = client.post("/v1/prices", &signed.to_json().to_canonical());
    assert_eq!(added.unwrap().status, 200);

    let wire = Wire::new(town.house.client().base());
    let path = "/v1/alerts?kind=price_line&openings=kept";
    assert_eq!(wire.get(path).status, 401);
    let token = wire.sign_in(&bank);
    let page = wire.get_as(&token, path).json();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{page}");
    assert_eq!(items[0]["price"]["line"], "close_out");
    assert_eq!(items[0]["price"]["ltv_ppm"], 858_491);
    assert_eq!(town.reads(&bank, own).len(), 1);
    assert_eq!(town.reads(&other, others), Vec::<Value>::new());
    // Asking about the pledge of another bank shows nothing and is no access.
    let asked = format!("/v1/alerts?pledge={others}&openings=kept");
    let page = wire.get_as(&token, &asked).json();
    assert_eq!(page["valued"], Value::Null, "{page}");
    assert_eq!(town.reads(&other, others), Vec::<Value>::new());

    let person = Person::sign_in(&town.house, &bank);
    let desk = person.page("/work");
    assert!(desk.contains("openings=ask") && !desk.contains("4,550,000"));
    let desk = person.page("/work?openings=ask");
    assert!(desk.contains("将记录 1 次查看") && !desk.contains("4,550,000"));
    assert_eq!(town.reads(&bank, own).len(), 1, "nothing was read");
    let raw = person.form("/work", "openings=kept");
    let desk = raw.text();
    assert!(
        desk.contains("4,550,000.00 元") && desk.contains("85.85 %"),
        "{desk}"
    );
    assert!(!desk.contains("7,319,468"), "{desk}");
    town.house.close();
}
