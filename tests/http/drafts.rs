//! The inbox of drafts over HTTP: who sees what, that signatures come together and are never forged or lost, and how drafts end.

use std::sync::Barrier;

use greenlien::client::{ClientFault, Paging};
use greenlien::domain::command::{Body, Command, RegisterPledge, SignerRole};
use greenlien::domain::envelope::{Draft, Opening};
use greenlien::domain::party::Role;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::limits;
use serde_json::{Value, json};
use ureq::http::Method;

use super::{COMMANDS, JSON, Raw, Stage, Wire, draft};
use crate::support::papers::{flow, line, register, span};
use crate::support::{Actor, Play as _};

const DRAFTS: &str = "/v1/drafts";
const PRINCIPAL: &str = "73194682.55";

impl Wire {
    fn as_member(&self, method: Method, token: &str, path: &str, body: Option<&str>) -> Raw {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("authorization", &*bearer)];
        headers.extend(body.map(|_| ("content-type", JSON)));
        let body = body.unwrap_or_default().as_bytes();
        self.send(method, path, &headers, body)
    }

    fn put(&self, token: &str, draft: &Draft) -> Raw {
        self.as_member(Method::POST, token, DRAFTS, Some(&draft.to_text()))
    }
}

/// A stage whose bank asks the mill for a pledge that hides its principal.
struct Desk {
    stage: Stage,
    bank: String,
    mill: String,
    draft: Draft,
}

fn opening() -> Opening {
    Opening {
        claim: "principal_cny".to_owned(),
        salt: vec![0xa2; 16],
        value: PRINCIPAL.to_owned(),
    }
}

impl Desk {
    fn new() -> Self {
        let mut stage = Stage::new();
        let command = Self::command(&mut stage, "10");
        Self {
            bank: stage.wire.sign_in(&stage.bank),
            mill: stage.wire.sign_in(&stage.mill),
            draft: Draft::new(&command, vec![opening()]).unwrap(),
            stage,
        }
    }

    fn command(stage: &mut Stage, amount: &str) -> Command {
        let days = span("2027-01-01", "2028-01-01");
        let lines = vec![line(stage.right, flow(amount, "t/a", days))];
        let one = opening();
        let body = Body::RegisterPledge(Box::new(RegisterPledge {
            hidden: vec![(one.claim.clone(), one.digest())],
            ..register(&stage.mill, lines)
        }));
        let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
        draft(&mut stage.house, &bank, body, &[&mill])
    }

    fn signed(&self, role: SignerRole, key: &SecretKey) -> Draft {
        let mut draft = self.draft.clone();
        draft.sign(role, key).unwrap();
        draft
    }

    fn by_bank(&self) -> Draft {
        self.signed(SignerRole::Maker, &self.stage.bank.maker)
    }

    fn path(&self) -> String {
        format!("{DRAFTS}/{}", self.draft.payload_hash())
    }

    fn get(&self, token: &str) -> Raw {
        self.stage.wire.get_as(token, &self.path())
    }

    fn listed(&self, token: &str) -> Vec<Value> {
        let raw = self.stage.wire.get_as(token, DRAFTS);
        assert_eq!(raw.status, 200, "{}", raw.text());
        raw.json()["items"].as_array().unwrap().clone()
    }

    fn reads(&self, token: &str) -> Vec<Value> {
        let path = format!("{}/reads?limit=200", self.path());
        let raw = self.stage.wire.get_as(token, &path);
        assert_eq!(raw.status, 200, "{}", raw.text());
        raw.json()["items"].as_array().unwrap().clone()
    }

    fn submit(&self, file: &Value) -> Raw {
        let file = Json::parse(file.to_string().as_bytes()).unwrap();
        let submission = Draft::parse(file).unwrap().to_submission();
        self.stage.wire.post(COMMANDS, submission.to_canonical())
    }
}

#[test]
fn a_draft_goes_through_the_inbox_to_its_last_signer_who_submits_it() {
    let desk = Desk::new();
    let wire = &desk.stage.wire;
    let before = wire.head().size;
    let raw = wire.put(&desk.bank, &desk.by_bank());
    assert_eq!(raw.status, 201, "{}", raw.text());
    assert_eq!(raw.header("cache-control"), "private, no-store");
    let put = raw.json();
    assert_eq!(put["draft"], desk.draft.payload_hash().to_string());
    assert_eq!((&put["missing"], &put["hides"]), (&json!(1), &json!(1)));
    assert_eq!(put["type"], "register_pledge");
    assert_eq!(put["depositor"], desk.stage.bank.party.to_string());
    assert!(!raw.text().contains(PRINCIPAL));
    // The mill finds it, sees exactly what it will sign, signs it and submits.
    let listed = desk.listed(&desk.mill);
    assert_eq!(listed, [put]);
    let raw = desk.get(&desk.mill);
    let file = &raw.json()["file"];
    assert_eq!(file["openings"][0]["value"], PRINCIPAL);
    let mut draft = Draft::parse(Json::parse(file.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(draft.to_json(), desk.by_bank().to_json());
    draft
        .sign(SignerRole::Maker, &desk.stage.mill.maker)
        .unwrap();
    let raw = wire.put(&desk.mill, &draft);
    assert_eq!((raw.status, &raw.json()["missing"]), (200, &json!(0)));
    assert_eq!(wire.head().size, before, "the registry submits nothing");
    let whole = desk.get(&desk.bank).json();
    let raw = desk.submit(&whole["file"]);
    assert_eq!(raw.status, 201, "{}", raw.text());
    let receipt = raw.json();
    // What is decided is in the inbox no more, and is not taken again.
    assert!(desk.listed(&desk.bank).is_empty() && desk.listed(&desk.mill).is_empty());
    assert_eq!(desk.get(&desk.mill).status, 404);
    let again = wire.put(&desk.bank, &desk.by_bank());
    assert_eq!(again.status, 409, "{}", again.text());
    assert_eq!(again.json()["type"], "/problems/decided");
    assert_eq!(again.json()["index"], receipt["index"]);
    // Who saw the values before there was a pledge stands in the list of the pledge.
    let pledge = receipt["created"].as_str().unwrap();
    let raw = wire.get_as(&desk.mill, &format!("/v1/pledges/{pledge}/openings/reads"));
    let reads = raw.json();
    let orgs: Vec<&Value> = reads["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|read| {
            assert_eq!(read["as"], "signer");
            &read["org"]
        })
        .collect();
    let expected = [&desk.stage.bank, &desk.stage.mill].map(|actor| actor.party.to_string());
    assert_eq!(orgs, [&json!(expected[0]), &json!(expected[1])]);
    desk.stage.house.close();
}

#[test]
fn nobody_but_its_signers_and_its_depositor_sees_a_draft() {
    let mut desk = Desk::new();
    let other = desk.stage.house.admit("other-bank", &[Role::Bank], &[]);
    let other = desk.stage.wire.sign_in(&other);
    let bureau = desk.stage.wire.sign_in(&desk.stage.bureau);
    let registrar = desk.stage.wire.sign_in(&crate::support::cast::registrar());
    let wire = &desk.stage.wire;
    let put = wire.put(&desk.bank, &desk.draft);
    assert_eq!(put.status, 201, "without a signature too: {}", put.text());
    let path = desk.path();
    let decline = format!("{path}/decline");
    let reason = json!({"reason": "x"}).to_string();
    for token in [&other, &bureau, &registrar] {
        assert!(desk.listed(token).is_empty());
        for (method, path, body) in [
            (Method::GET, &path, None),
            (Method::DELETE, &path, None),
            (Method::GET, &format!("{path}/reads"), None),
            (Method::POST, &decline, Some(reason.as_str())),
        ] {
            let raw = wire.as_member(method, token, path, body);
            assert_eq!(raw.status, 404, "{path}: {}", raw.text());
        }
        let raw = wire.put(token, &desk.by_bank());
        assert_eq!(raw.status, 403, "{}", raw.text());
        assert!(!raw.text().contains(PRINCIPAL));
    }
    for (method, path) in [
        (Method::GET, DRAFTS),
        (Method::GET, &*path),
        (Method::DELETE, &*path),
    ] {
        assert_eq!(wire.send(method, path, &[], &[]).status, 401, "{path}");
    }
    let raw = wire.post(DRAFTS, desk.draft.to_text());
    assert_eq!(raw.status, 401, "{}", raw.text());
    // Nobody tried to read the values with success.
    assert!(desk.reads(&desk.bank).is_empty());
    assert_eq!(desk.get(&desk.mill).status, 200);
    let reads = desk.reads(&desk.bank);
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0]["claims"], json!(["principal_cny"]));
    desk.stage.house.close();
}

#[test]
fn of_signatures_that_come_at_once_none_is_lost() {
    let mut stage = Stage::new();
    let banks: Vec<Actor> = (0..8)
        .map(|n| stage.house.admit(&format!("bank-{n}"), &[Role::Bank], &[]))
        .collect();
    let body = stage.pledge("10");
    let mill = stage.mill.clone();
    let others: Vec<&Actor> = banks.iter().chain([&mill]).collect();
    let bank = stage.bank.clone();
    let command = draft(&mut stage.house, &bank, body, &others);
    let plain = Draft::new(&command, Vec::new()).unwrap();
    let start = Barrier::new(others.len());
    let base = stage.house.client();
    std::thread::scope(|scope| {
        for actor in &others {
            let (plain, start) = (&plain, &start);
            scope.spawn(move || {
                let session = base.open_session(actor.party, &actor.maker, None).unwrap();
                let client = base.clone().with_token(session.value.token);
                let mut own = plain.clone();
                own.sign(SignerRole::Maker, &actor.maker).unwrap();
                start.wait();
                client.add_draft(&own).unwrap();
            });
        }
    });
    let session = base.open_session(bank.party, &bank.maker, None).unwrap();
    let client = base.clone().with_token(session.value.token);
    let page = client.list_drafts(&Paging::default()).unwrap().value;
    let [view] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(view.missing, 1, "the bank's own: {view:?}");
    let whole = client.get_draft(&view.draft).unwrap().value;
    assert_eq!(whole.file.signatures().len(), others.len());
    let declined = client.add_draft_decline(&view.draft, "not today").unwrap();
    assert_eq!(declined.value.declined[0].reason, "not today");
    assert!(
        client
            .list_draft_reads(&view.draft, &Paging::default())
            .is_ok()
    );
    let refused = client.end_draft(&view.draft).unwrap_err();
    assert!(matches!(refused, ClientFault::Refused(problem) if problem.status == 403));
    stage.house.close();
}

#[test]
fn what_is_no_draft_of_this_registry_or_has_a_bad_signature_is_refused() {
    let mut desk = Desk::new();
    let (mill_key, bank_key) = (
        desk.stage.mill.maker.clone(),
        desk.stage.bank.checker.clone(),
    );
    let other = Desk::command(&mut desk.stage, "11");
    let mut other = Draft::new(&other, vec![opening()]).unwrap();
    other.sign(SignerRole::Maker, &mill_key).unwrap();
    let wire = &desk.stage.wire;
    let text = desk.by_bank().to_text();
    let signature = |draft: &Draft| -> String {
        let json: Value = serde_json::from_str(&draft.to_text()).unwrap();
        let one = json["signatures"][0]["signature"].as_str().unwrap();
        one.to_owned()
    };
    let refused = |text: &str, field: &str| {
        let raw = wire.as_member(Method::POST, &desk.bank, DRAFTS, Some(text));
        raw.fault(400, field);
    };
    let forged = text.replace(&signature(&desk.by_bank()), &signature(&other));
    refused(&forged, "signatures[0].signature");
    let stranger = SecretKey::from_seed(&[9; 32]);
    let strangers = desk.signed(SignerRole::Maker, &stranger);
    refused(&strangers.to_text(), "signatures[0].protected");
    // A second maker of the bank takes no place that another party has.
    let mut two = desk.by_bank();
    two.sign(SignerRole::Maker, &bank_key).unwrap();
    let raw = wire.put(&desk.bank, &two);
    assert_eq!(raw.status, 400, "{}", raw.text());
    refused(&text.replace("a2a2", "a3a3"), "openings[0]");
    refused(&text.replace("\"signatures\"", "\"signed\""), "signatures");
    refused("[]", "$");
    assert_eq!(
        wire.as_member(Method::POST, &desk.bank, DRAFTS, Some("{"))
            .status,
        400
    );
    let mut elsewhere = other.command.clone();
    elsewhere.aud = "other.example#00".to_owned();
    let elsewhere = Draft::new(&elsewhere, vec![opening()]).unwrap();
    refused(&elsewhere.to_text(), "aud");
    let mut late = other.command.clone();
    late.exp = late.iat;
    let late = Draft::new(&late, vec![opening()]);
    if let Ok(late) = late {
        refused(&late.to_text(), "exp");
    }
    let long = format!("{}{}", " ".repeat(limits::COMMAND_BYTES_MAX), text);
    let raw = wire.as_member(Method::POST, &desk.bank, DRAFTS, Some(&long));
    assert_eq!(raw.status, 413, "{}", raw.text());
    assert!(desk.listed(&desk.bank).is_empty(), "nothing was kept");
    // One key for two places is no second person, and a valid copy later keeps what was first.
    assert_eq!(wire.put(&desk.bank, &desk.by_bank()).status, 201);
    let rival = desk.signed(SignerRole::Maker, &bank_key);
    let raw = wire.put(&desk.bank, &rival);
    assert_eq!(raw.status, 200, "{}", raw.text());
    let kid = desk.stage.bank.maker.public().id().to_string();
    let signers = raw.json()["signers"].clone();
    let of_bank = signers.as_array().unwrap().iter();
    let of_bank: Vec<&Value> = of_bank.filter_map(|place| place.get("kid")).collect();
    assert_eq!(of_bank, [&json!(kid)]);
    desk.stage.house.close();
}

#[test]
fn a_signer_declines_with_a_reason_and_the_depositor_takes_the_draft_back() {
    let desk = Desk::new();
    let wire = &desk.stage.wire;
    assert_eq!(wire.put(&desk.bank, &desk.by_bank()).status, 201);
    let decline = format!("{}/decline", desk.path());
    let say = |token: &str, reason: &str| {
        let body = json!({"reason": reason}).to_string();
        wire.as_member(Method::POST, token, &decline, Some(&body))
    };
    say(&desk.mill, "").fault(400, "reason");
    say(&desk.mill, "a\nb").fault(400, "reason");
    say(&desk.mill, &"因".repeat(201)).fault(400, "reason");
    assert_eq!(say(&desk.mill, "先看合同").status, 200);
    let raw = say(&desk.mill, "数量与合同不符");
    assert_eq!(raw.status, 200, "{}", raw.text());
    let seen = desk.listed(&desk.bank);
    let declined = seen[0]["declined"].as_array().unwrap();
    assert_eq!(declined.len(), 1, "{declined:?}");
    assert_eq!(declined[0]["org"], desk.stage.mill.party.to_string());
    assert_eq!(declined[0]["person"], "mill-maker");
    assert_eq!(declined[0]["reason"], "数量与合同不符");
    // Who signs after all has taken the refusal back.
    let signed = desk.signed(SignerRole::Maker, &desk.stage.mill.maker);
    let raw = wire.put(&desk.mill, &signed);
    assert_eq!(raw.json()["declined"], json!([]), "{}", raw.text());
    let delete = |token: &str| wire.as_member(Method::DELETE, token, &desk.path(), None);
    assert_eq!(delete(&desk.mill).status, 403);
    assert_eq!(delete(&desk.bank).status, 204);
    assert_eq!(delete(&desk.bank).status, 404);
    assert!(desk.listed(&desk.mill).is_empty());
    let unknown = format!("{DRAFTS}/XY");
    wire.get_as(&desk.bank, &unknown).fault(400, "draft");
    desk.stage.house.close();
}

#[test]
fn a_draft_ends_with_its_time_and_a_party_has_so_many() {
    let mut desk = Desk::new();
    let mut texts = Vec::new();
    for _ in 0..=limits::DRAFTS_PER_PARTY_MAX {
        let command = Desk::command(&mut desk.stage, "1");
        texts.push(Draft::new(&command, vec![opening()]).unwrap());
    }
    let wire = &desk.stage.wire;
    let (last, kept) = texts.split_last().unwrap();
    for draft in kept {
        assert_eq!(wire.put(&desk.bank, draft).status, 201);
    }
    let full = wire.put(&desk.bank, last);
    assert_eq!(full.status, 409, "{}", full.text());
    assert_eq!(full.json()["type"], "/problems/inbox-full");
    // More signatures are always taken, and the other party has room of its own.
    let mut signed = kept[0].clone();
    signed
        .sign(SignerRole::Maker, &desk.stage.bank.maker)
        .unwrap();
    assert_eq!(wire.put(&desk.bank, &signed).status, 200);
    assert_eq!(wire.put(&desk.mill, last).status, 201);
    let raw = wire.get_as(&desk.mill, &format!("{DRAFTS}?limit=150"));
    let first = raw.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 150);
    let next = first["next"].as_str().unwrap();
    assert!(raw.header("link").contains(&format!("after={next}")));
    let raw = wire.get_as(&desk.mill, &format!("{DRAFTS}?limit=150&after={next}"));
    let second = raw.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 51);
    assert_eq!(second.get("next"), None);
    // Writing has its pace too.
    let mut status = 200;
    for _ in 0..limits::DRAFT_WRITES_PER_PARTY {
        status = wire.put(&desk.bank, &signed).status;
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
    // An hour later nothing is left of what lived for an hour.
    let later = desk.stage.house.now().plus_seconds(3_601);
    desk.stage.house.set_server_clock(later);
    let mill = desk.stage.wire.sign_in(&desk.stage.mill);
    assert!(desk.listed(&mill).is_empty());
    desk.stage.house.close();
}
