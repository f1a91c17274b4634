//! Hidden members: the door recomputes every digest, and what was opened never leaves again.

use greenlien::domain::command::{AdmitParty, Body, OfferedKey, RegisterPledge};
use greenlien::domain::entry::Entry;
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::PledgeId;

use super::{BATCH, COMMANDS, Stage, draft, keys, payload_of, replaced, sign};
use crate::support::house::submission;
use crate::support::papers::{flow, line, register, span};
use crate::support::{Actor, Play as _, cast};

/// Values that must never be seen again, long enough not to occur by chance.
const PRINCIPAL: &str = "73194682.55";
const CONTRACT: &str = "巴南借字2027第031905号";
const NAME: &str = "欧阳静怡";
const RESIDENT_ID: &str = "500113198502287040";

fn opening(claim: &str, salt: u8, value: &str) -> Opening {
    Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    }
}

fn digests(openings: &[Opening]) -> Vec<(String, Hash)> {
    openings
        .iter()
        .map(|opening| (opening.claim.clone(), opening.digest()))
        .collect()
}

/// The bank's command to register a pledge whose members in `openings` are hidden.
fn hidden_pledge(stage: &mut Stage, openings: &[Opening]) -> Envelope {
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let days = span("2027-01-01", "2028-01-01");
    let body = Body::RegisterPledge(Box::new(RegisterPledge {
        hidden: digests(openings),
        ..register(&mill, vec![line(stage.right, flow("10", "t/a", days))])
    }));
    let payload = payload_of(&draft(&mut stage.house, &bank, body, &[&mill])).into_bytes();
    let signatures = sign(&payload, &keys(&[&bank, &mill]));
    Envelope::new(payload, signatures).unwrap()
}

#[test]
fn every_digest_has_exactly_one_opening_that_opens_it() {
    let mut stage = Stage::new();
    let good = [
        opening("contract_no", 0xa1, CONTRACT),
        opening("principal_cny", 0xa2, PRINCIPAL),
    ];
    let envelope = hidden_pledge(&mut stage, &good);
    let [contract, principal] = good.clone();
    let submit = |openings: &[&Opening]| {
        let openings: Vec<Opening> = openings.iter().map(|opening| (*opening).clone()).collect();
        submission(&envelope, &openings)
    };
    stage.refuse(submit(&[]), "openings");
    stage.refuse(submit(&[&contract]), "openings");
    stage.refuse(submit(&[&contract, &principal, &principal]), "openings[2]");
    stage.refuse(
        submit(&[&contract, &principal, &opening("phone", 1, "1")]),
        "openings[2]",
    );
    for wrong in [
        opening("principal_cny", 0xa2, "73194682.56"),
        opening("principal_cny", 0xa3, PRINCIPAL),
        Opening {
            salt: vec![0xa2; 17],
            ..principal.clone()
        },
    ] {
        let problem = stage.refuse(submit(&[&contract, &wrong]), "openings[1]");
        assert!(!problem.to_string().contains("73194682"), "{problem}");
    }
    let whole = submit(&[&contract, &principal]);
    let salt = "a1".repeat(16);
    for bad in [
        "a1".repeat(15),
        "a1".repeat(65),
        "A1".repeat(16),
        "a1".repeat(16) + "a",
        String::new(),
    ] {
        stage.refuse(replaced(&whole, &salt, &bad), "openings[0].salt");
    }
    stage.refuse(replaced(&whole, CONTRACT, ""), "openings[0].value");
    stage.refuse(
        replaced(&whole, CONTRACT, &"x".repeat(1_025)),
        "openings[0].value",
    );
    stage.refuse(
        replaced(&whole, "\"claim\":\"contract_no\",", ""),
        "openings[0].claim",
    );
    stage.refuse(
        replaced(&whole, &format!("\"{CONTRACT}\""), "7"),
        "openings[0].value",
    );
    stage.refuse(
        replaced(&whole, "\"openings\":[", "\"openings\":[1,"),
        "openings[0]",
    );
    // A value in another normal form would open nothing a person could write again.
    stage.refuse(replaced(&whole, CONTRACT, "e\\u0301"), "$");
    assert_eq!(stage.wire.post(COMMANDS, &whole).status, 201);
    // A repeat is answered only to who can open what it hides.
    stage.refuse(submit(&[]), "openings");
    assert_eq!(stage.wire.post(COMMANDS, whole).status, 200);
    stage.house.close();
}

#[test]
fn a_digest_must_be_a_digest_and_an_opening_needs_one() {
    let mut stage = Stage::new();
    let envelope = hidden_pledge(&mut stage, &[]);
    let stray = submission(&envelope, &[opening("principal_cny", 1, PRINCIPAL)]);
    stage.refuse(stray, "openings[0]");
    let hidden = [opening("principal_cny", 1, PRINCIPAL)];
    let envelope = hidden_pledge(&mut stage, &hidden);
    let payload = String::from_utf8(envelope.payload).unwrap();
    let digest = hidden[0].digest().to_string();
    for bad in [
        PRINCIPAL.to_owned(),
        digest.to_uppercase(),
        digest[2..].to_owned(),
    ] {
        let body = stage.signed(replaced(&payload, &digest, &bad));
        stage.refuse(body, "body.hidden.principal_cny");
    }
    stage.house.close();
}

/// Admits a natural person, who is known by digests alone.
fn admit_person(stage: &mut Stage, openings: &[Opening]) -> String {
    let person = Actor::new("person", &[Role::Holder]);
    let aud = stage.house.audience();
    let key = SecretKey::from_seed(&[0x51; 32]);
    let message = OfferedKey::proof_message(&aud, &key.public(), "self");
    let body = Body::AdmitParty(AdmitParty {
        name: None,
        credit_code: None,
        region: None,
        keys: vec![OfferedKey {
            key: key.public(),
            person: "self".to_owned(),
            proof: key.sign(&message),
        }],
        hidden: digests(openings),
        ..person.admission(&aud, &[Role::Holder], &[])
    });
    let registrar = cast::registrar();
    let payload = payload_of(&draft(&mut stage.house, &registrar, body, &[])).into_bytes();
    let signatures = sign(&payload, &keys(&[&registrar]));
    submission(&Envelope::new(payload, signatures).unwrap(), openings)
}

/// Every text that the service gives away about this person, this pledge and the log.
fn everything_readable(stage: &Stage, person: &str, pledge: &str) -> Vec<String> {
    let right = stage.right;
    let size = stage.wire.head().size;
    let paths = [
        format!("/v1/parties/{person}"),
        format!("/v1/parties/{person}/history"),
        format!("/v1/pledges/{pledge}"),
        format!("/v1/pledges/{pledge}/history"),
        format!("/v1/rights/{right}"),
        format!("/v1/rights/{right}/history"),
        format!("/v1/evidence/rights/{right}"),
        format!("/v1/evidence/pledges/{pledge}"),
        format!("/tile/entries/000.p/{size}"),
        format!("/v1/exports/burdens.csv?record={right}"),
        "/v1/exports/keys.csv".to_owned(),
        "/v1/parties".to_owned(),
        "/v1/pledges".to_owned(),
        "/v1/rights".to_owned(),
    ];
    let read = |path: &String| String::from_utf8_lossy(&stage.wire.read(path).bytes).into_owned();
    let mut texts: Vec<String> = paths.iter().map(read).collect();
    for index in 0..size {
        let entry = stage.wire.read(&format!("/v1/entries/{index}"));
        texts.push(entry.text().to_owned());
        if let Entry::Command { envelope, .. } = Entry::parse(&entry.bytes).unwrap() {
            texts.push(String::from_utf8(envelope.payload).unwrap());
        }
    }
    texts
}

#[test]
fn what_was_opened_is_in_no_entry_and_no_answer() {
    let mut stage = Stage::new();
    let person = [
        opening("name", 0xb1, NAME),
        opening("resident_id", 0xb2, RESIDENT_ID),
    ];
    let loan = [
        opening("contract_no", 0xb3, CONTRACT),
        opening("principal_cny", 0xb4, PRINCIPAL),
    ];
    let admission = admit_person(&mut stage, &person);
    let pledge = submission(&hidden_pledge(&mut stage, &loan), &loan);
    let second = submission(&hidden_pledge(&mut stage, &loan[1..]), &loan[1..]);
    let second_again = second.clone();
    let mut answers: Vec<String> = Vec::new();
    for (path, body) in [
        (COMMANDS, admission.clone()),
        (COMMANDS, pledge.clone()),
        (COMMANDS, second),
        (COMMANDS, pledge.clone()),
        (COMMANDS, replaced(&pledge, PRINCIPAL, "1")),
        (COMMANDS, replaced(&pledge, &"b3".repeat(16), "b3")),
        (
            BATCH,
            format!("{{\"commands\":[{pledge},{admission},{second_again},{{}}]}}"),
        ),
    ] {
        answers.push(stage.wire.post(path, body).text().to_owned());
    }
    let created = |answer: &str| {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        answer["created"].as_str().unwrap().to_owned()
    };
    let (person_id, pledge_id) = (created(&answers[0]), created(&answers[1]));
    answers.extend(everything_readable(&stage, &person_id, &pledge_id));
    for secret in [PRINCIPAL, CONTRACT, NAME, RESIDENT_ID] {
        let seen = answers.iter().find(|answer| answer.contains(secret));
        assert_eq!(seen, None, "{secret}");
    }
    for salt in [0xb1_u8, 0xb2, 0xb3, 0xb4] {
        let salt = hex::encode([salt; 16]);
        assert!(
            answers.iter().all(|answer| !answer.contains(&salt)),
            "{salt}"
        );
    }
    // The digests are there: what is hidden is still bound.
    let digest = loan[1].digest().to_string();
    assert!(answers.iter().any(|answer| answer.contains(&digest)));
    let id = PledgeId::parse(&pledge_id).unwrap();
    let verdict = stage
        .house
        .verify(&stage.house.evidence(&StateKey::Pledge(id)));
    assert!(verdict.holds(), "{:#?}", verdict.checks);
    stage.house.close();
}
