//! Pages say what a party or a pledge has become, and a party is found by its names.

use greenlien::domain::command::{AdmitParty, Body, Expected, PartyAct, PledgeAct};
use greenlien::domain::envelope::Opening;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;

use ureq::http::Method;

use crate::http::Wire;
use crate::support::cast::registrar;
use crate::support::house::House;
use crate::support::papers::{document, emission, flow, line, pledge, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _};

struct Town {
    house: House,
    mill: Actor,
    newco: Actor,
    banks: [Actor; 2],
}

/// `mill` was renamed and merged into `newco`, `bank-b` into `bank-a`; a pledge of `mill` to `bank-b` stands.
fn town() -> (Town, String) {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
    let [mill, newco] = ["mill", "newco"].map(|name| house.admit(name, &[Role::Holder], &[]));
    let banks = ["bank-a", "bank-b"].map(|name| house.admit(name, &[Role::Bank], &[]));
    let days = span("2026-01-01", "2031-01-01");
    let right = house.issue(&bureau, emission(&mill, "COD", "120", days));
    let loan = span("2027-01-01", "2029-01-01");
    let body = pledge(&mill, vec![line(right, flow("80", "t/a", loan))]);
    let answer = house.submit(&banks[1], body, &[&mill], &[]);
    let pledge = answer.pledge().to_string();
    let mut t = Town {
        house,
        mill,
        newco,
        banks,
    };
    let renamed = PartyAct::ChangeParty {
        party: t.mill.party,
        name: "花溪纸业有限公司".to_owned(),
        document: document(),
    };
    let [mill, newco] = [t.mill.clone(), t.newco.clone()];
    let [stays, ends] = t.banks.clone();
    t.act(renamed, &[&mill]);
    t.merge(&mill, &newco);
    t.merge(&ends, &stays);
    (t, pledge)
}

impl Town {
    fn act(&mut self, act: PartyAct, with: &[&Actor]) {
        let body = Body::OfParty(Box::new(act));
        let answer = self.house.submit(&registrar(), body, with, &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn merge(&mut self, absorbed: &Actor, into: &Actor) {
        let act = PartyAct::MergeParties {
            absorbed: vec![absorbed.party],
            into: into.party,
            document: document(),
        };
        self.act(act, &[absorbed, into]);
    }

    fn page(&self, path: &str) -> String {
        let reply = self.house.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }

    /// The ids that a name finds.
    fn named(&self, name: &str) -> Vec<String> {
        let reply = self.house.get(&format!("/v1/parties?name={name}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let items = reply.json["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn the_page_of_a_merged_party_says_so_and_leads_to_who_acts_now() {
    let (t, _) = town();
    let [mill, newco] = [&t.mill, &t.newco].map(|actor| actor.party.to_string());
    let page = t.page(&format!("/parties/{mill}"));
    assert!(page.contains("本主体已于账页"), "{page}");
    assert!(page.contains("现由newco"), "{page}");
    assert!(
        page.contains(&format!("href=\"/parties/{newco}\"")),
        "{page}"
    );
    assert!(
        page.contains("曾用名") && page.contains("mill, 用至"),
        "{page}"
    );
    let page = t.page(&format!("/parties/{newco}?lang=en"));
    assert!(!page.contains("The party ended"), "{page}");
    assert!(page.contains("Stands in the place of"), "{page}");
    assert!(
        page.contains(&format!("href=\"/parties/{mill}\"")),
        "{page}"
    );
    t.house.close();
}

#[test]
fn the_page_of_a_pledge_says_what_acts_have_noted() {
    let (mut t, pledge) = town();
    let id = greenlien::primitives::id::PledgeId::parse(&pledge).unwrap();
    let guarantor = t.house.admit("guarantor", &[Role::Guarantor], &[]);
    let guarantee = PledgeAct::RegisterGuarantee {
        pledge: id,
        share_bp: 2_050,
        of: None,
        counter: None,
        document: document(),
    };
    let [bank, _] = t.banks.clone();
    let body = Body::OfPledge(Box::new(guarantee));
    let answer = t.house.submit(&guarantor, body, &[&bank], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let other = t.house.admit("bank-c", &[Role::Bank], &[]);
    let assign = PledgeAct::AssignPledge {
        pledge: id,
        to: other.party,
        subrogation: false,
        part_cny: None,
        authority: None,
        document: document(),
    };
    let body = Body::OfPledge(Box::new(assign));
    let version = t.house.record(&StateKey::Pledge(id)).unwrap().1;
    let expect = [(Expected::Pledge(id), version)];
    let answer = t.house.submit(&bank, body, &[&other], &expect);
    assert!(answer.is_accepted(), "{answer:?}");
    let page = t.page(&format!("/pledges/{pledge}"));
    for says in ["原担保权人", "保证人", "承担损失的 20.5%"] {
        assert!(page.contains(says), "{says}: {page}");
    }
    t.house.close();
}

#[test]
fn a_party_is_found_by_any_of_its_names() {
    let (t, _) = town();
    let [mill, newco] = [&t.mill, &t.newco].map(|actor| actor.party.to_string());
    assert_eq!(t.named("MILL"), std::slice::from_ref(&mill));
    assert_eq!(
        t.named("%E8%8A%B1%E6%BA%AA%E7%BA%B8%E4%B8%9A"),
        std::slice::from_ref(&mill)
    );
    assert_eq!(
        t.named("bank-"),
        t.banks.clone().map(|bank| bank.party.to_string())
    );
    assert_eq!(t.named("nobody"), Vec::<String>::new());
    // One at a time, by the link.
    let first = t.house.get("/v1/parties?name=bank-&limit=1").json;
    let path = format!(
        "/v1/parties?name=bank-&limit=1&after={}",
        first["next"].as_str().unwrap()
    );
    let second = t.house.get(&path).json;
    assert_eq!(second["items"][0]["id"], t.banks[1].party.to_string());
    for query in ["name=", "name=%20", "name=a&color=red"] {
        assert_eq!(
            t.house.get(&format!("/v1/parties?{query}")).status,
            400,
            "{query}"
        );
    }
    // The search leads to the one party, or names several.
    let raw = Wire::new(t.house.client().base()).send(Method::GET, "/search?q=mill", &[], &[]);
    assert_eq!(
        (raw.status, raw.header("location")),
        (303, &*format!("/parties/{mill}"))
    );
    let several = t.page("/search?q=bank-");
    assert!(several.contains("名称相符的主体"), "{several}");
    for bank in &t.banks {
        assert!(
            several.contains(&format!("/parties/{}", bank.party)),
            "{several}"
        );
    }
    assert!(t.page("/search?q=nobody").contains("未见"));
    assert_ne!(t.named("newco"), [mill]);
    assert_eq!(t.named("newco"), [newco]);
    t.house.close();
}

#[test]
fn nobody_is_found_by_a_hidden_name() {
    let mut house = House::new();
    let farmer = Actor::new("farmer", &[Role::Holder]);
    let hidden = [("name", "farmer"), ("resident_id", "500113198001010019")];
    let opening = |(claim, value): (&str, &str)| Opening {
        claim: claim.to_owned(),
        salt: vec![7; 16],
        value: value.to_owned(),
    };
    let openings = hidden.map(opening);
    let digest = |opening: &Opening| (opening.claim.clone(), opening.digest());
    let aud = house.audience();
    let admission = AdmitParty {
        name: None,
        credit_code: None,
        hidden: openings.iter().map(digest).collect(),
        ..farmer.admission(&aud, &[Role::Holder], &[])
    };
    let giver = registrar();
    let keys = giver.signers();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = house.draft(giver.party, Body::AdmitParty(admission), &signers, &[]);
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let answer = house.deliver(seal(&command, &keys), &openings);
    assert!(answer.is_accepted(), "{answer:?}");
    let reply = house.get("/v1/parties?name=farmer");
    assert_eq!(reply.json["items"], serde_json::json!([]), "{}", reply.text);
    let page = house.get("/search?q=farmer").text;
    assert!(page.contains("未见"), "{page}");
    house.close();
}
