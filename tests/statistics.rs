//! Statistics over HTTP: a position gives the same table for ever, and every cell leads to its lines.

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::id::PledgeId;
use serde_json::Value;

use crate::support::house::House;
use crate::support::papers::{
    amend, carbon, document, emission, flow, instant, line, register, release, span, stock,
    to_quantity,
};
use crate::support::play::seal;
use crate::support::{Actor, Answer, Play as _};

struct District {
    house: House,
    bureau: Actor,
    mill: Actor,
    banks: [Actor; 2],
}

fn district() -> District {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["carbon", "emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let banks = ["bank-a", "bank-b"].map(|name| house.admit(name, &[Role::Bank], &[]));
    District {
        house,
        bureau,
        mill,
        banks,
    }
}

impl District {
    /// Registers a pledge whose principal is hidden.
    fn pledge(&mut self, bank: usize, lines: RegisterPledge, principal: &Opening) -> PledgeId {
        let hidden = vec![(principal.claim.clone(), principal.digest())];
        let body = Body::RegisterPledge(Box::new(RegisterPledge { hidden, ..lines }));
        let bank = self.banks[bank].clone();
        let keys: Vec<_> = [&bank, &self.mill]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(bank.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let sealed = seal(&command, &keys);
        let answer: Answer = self.house.deliver(sealed, std::slice::from_ref(principal));
        answer.pledge()
    }

    fn change(&mut self, bank: usize, pledge: PledgeId, body: Body, consents: bool) {
        use greenlien::domain::command::Expected;
        use greenlien::domain::facts::StateKey;
        let version = self.house.record(&StateKey::Pledge(pledge)).unwrap().1;
        let (bank, mill) = (self.banks[bank].clone(), self.mill.clone());
        let consents: Vec<&Actor> = consents.then_some(&mill).into_iter().collect();
        let expect = [(Expected::Pledge(pledge), version)];
        let answer = self.house.submit(&bank, body, &consents, &expect);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn table(&self, query: &str) -> Value {
        let reply = self.house.get(&format!("/v1/statistics{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json
    }
}

fn principal(salt: u8, value: &str) -> Opening {
    Opening {
        claim: "principal_cny".to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    }
}

/// Two months of pledges, amendments, a cut and releases; returns the table of every size that was published on the way.
fn story(d: &mut District) -> Vec<(u64, Value)> {
    let days = span("2026-01-01", "2031-01-01");
    let cod = d
        .house
        .issue(&d.bureau, emission(&d.mill, "COD", "120", days));
    let cea = carbon(&d.mill, "5001130001", 2026, "60000", days);
    let cea = d.house.issue(&d.bureau, cea);
    let mut tables = Vec::new();
    let mut note = |d: &District| {
        let table = d.table("");
        tables.push((table["at"].as_u64().unwrap(), table));
    };
    note(d);
    let loan = span("2027-01-01", "2029-01-01");
    let lines = vec![
        line(cod, flow("80", "t/a", loan)),
        line(cea, stock("45000", "tCO2e")),
    ];
    let first = register(&d.mill, lines);
    let first = d.pledge(0, first, &principal(1, "2000000"));
    note(d);
    d.house.at(instant("2027-01-20T02:00:00Z"));
    let second = register(&d.mill, vec![line(cod, flow("40", "t/a", loan))]);
    let second = d.pledge(1, second, &principal(2, "1500000.50"));
    note(d);
    let cut = Body::AdjustRight {
        right: cod,
        from: span("2027-06-01", "2028-01-01").from(),
        amount: (crate::support::papers::quantity("100"), "t/a".to_owned()),
        document: document(),
    };
    assert!(d.house.submit(&d.bureau, cut, &[], &[]).is_accepted());
    note(d);
    let less = amend(second, vec![to_quantity(0, "20", "t/a")]);
    d.change(1, second, less, true);
    note(d);
    d.change(0, first, release(first, Vec::new()), false);
    note(d);
    tables
}

#[test]
fn a_position_gives_the_same_table_for_ever() {
    let mut d = district();
    let tables = story(&mut d);
    for (at, then) in &tables {
        assert_eq!(d.table(&format!("?at={at}")), *then, "at {at}");
    }
    let states = |at: usize| {
        let cells = tables[at].1["cells"].as_array().unwrap();
        let sum = |state: &str| -> u64 {
            let lines = cells
                .iter()
                .map(|cell| cell[state]["lines"].as_u64().unwrap());
            lines.sum()
        };
        [sum("open"), sum("impaired"), sum("released")]
    };
    // Nothing; one pledge of two lines; the second bank; the cut that hangs over it; the amendment; the release.
    let expected = [
        [0, 0, 0],
        [2, 0, 0],
        [3, 0, 0],
        [2, 1, 0],
        [3, 0, 0],
        [1, 0, 2],
    ];
    assert_eq!([0, 1, 2, 3, 4, 5].map(states), expected);
    d.house.close();
}

#[test]
fn every_cell_leads_to_its_lines() {
    let mut d = district();
    let tables = story(&mut d);
    for (_, table) in &tables {
        for cell in table["cells"].as_array().unwrap() {
            for state in ["open", "impaired", "released"] {
                let path = cell[state]["records"].as_str().unwrap();
                let page = d.house.get(path);
                assert_eq!(page.status, 200, "{path}");
                let items = page.json["items"].as_array().unwrap();
                let lines = cell[state]["lines"].as_u64().unwrap();
                assert_eq!(u64::try_from(items.len()).unwrap(), lines, "{path}");
                for item in items {
                    for name in ["pledgee", "kind", "month", "town"] {
                        assert_eq!(item[name], cell[name], "{path}");
                    }
                    assert_eq!(item["state"], state, "{path}");
                }
            }
        }
    }
    // One row a page, by the cursor.
    let mut path = "/v1/statistics/lines?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = d.house.get(&path);
        let items = page.json["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|item| item["line"].as_str().unwrap().to_owned()),
        );
        match page.json["next"].as_str() {
            Some(next) => path = format!("/v1/statistics/lines?limit=1&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    d.house.close();
}

#[test]
fn principals_are_summed_only_from_openings_that_the_reader_presents() {
    let mut d = district();
    story(&mut d);
    let table = d.table("?by=kind");
    assert!(!table.to_string().contains("principal"), "{table}");
    let pledges = d.house.get("/v1/pledges");
    let ids: Vec<String> = pledges.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    let item = |id: &str, salt: &str, value: &str| {
        format!(
            r#"{{"pledge":"{id}","claim":"principal_cny","salt":"{}","value":"{value}"}}"#,
            salt.repeat(16)
        )
    };
    let ask = |items: &[String]| {
        let body = format!(r#"{{"openings":[{}]}}"#, items.join(","));
        let client = d.house.client().clone();
        client.post("/v1/statistics?by=pledgee", &body).unwrap()
    };
    let own = ask(&[item(&ids[1], "02", "1500000.50")]);
    assert_eq!(own.status, 200, "{}", own.text);
    let shown: Vec<&Value> = own.json["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|cell| cell.get("principal_cny"))
        .collect();
    assert_eq!(shown, ["1500000.5"]);
    for wrong in [
        item(&ids[1], "02", "1500000.51"),
        item(&ids[0], "02", "1500000.50"),
        item("P999", "02", "1500000.50"),
    ] {
        let reply = ask(&[wrong]);
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert_eq!(reply.json["field"], "openings[0]");
    }
    d.house.close();
}

#[test]
fn a_question_that_cannot_be_right_names_its_member() {
    let d = district();
    for (query, field) in [
        ("?at=0", "at"),
        ("?at=9999", "at"),
        ("?at=x", "at"),
        ("?by=color", "by"),
        ("?by=kind,kind", "by"),
        ("?color=red", "color"),
        ("/lines?state=gone", "state"),
        ("/lines?after=P57", "after"),
        ("/lines?limit=0", "limit"),
    ] {
        let reply = d.house.get(&format!("/v1/statistics{query}"));
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
        assert_eq!(reply.json["field"], field, "{query}");
    }
    d.house.close();
}
