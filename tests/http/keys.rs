//! Keys over time at the door: a signature counts by the position of its entry, never by the date it claims (S8), and a
//! command is its payload, however its envelope is spelled.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greenlien::domain::command::{Body, Command, Expected, OfferedKey, SignerRole};
use greenlien::domain::entry::{Entry, Outcome};
use greenlien::domain::facts::StateKey;
use greenlien::domain::finding::Code;
use greenlien::ledger::proof::verify_inclusion;
use greenlien::ledger::tree::leaf_hash;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::PledgeId;

use super::{COMMANDS, Raw, Stage, payload_of};
use crate::support::Play as _;
use crate::support::play::seal;
use crate::support::witness::open_checkpoint;

/// The bank's release of its whole pledge.
fn release(stage: &mut Stage, pledge: PledgeId, version: u64) -> Command {
    let body = Body::ReleasePledge {
        pledge,
        changes: Vec::new(),
        order: None,
    };
    let signers = [(stage.bank.party, SignerRole::Maker)];
    let expect = [(Expected::Pledge(pledge), version)];
    let bank = stage.bank.party;
    stage.house.draft(bank, body, &signers, &expect)
}

/// Registers a pledge, gives the bank a third key, and revokes that key again; returns the pledge and the key.
fn revoked(stage: &mut Stage) -> (PledgeId, SecretKey) {
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let body = stage.pledge("80");
    let pledge = stage.house.submit(&bank, body, &[&mill], &[]).pledge();
    let former = SecretKey::from_seed(&[42; 32]);
    let person = "bank-former-teller".to_owned();
    let aud = stage.house.audience();
    let proof = former.sign(&OfferedKey::proof_message(&aud, &former.public(), &person));
    let added = Body::AddKey(OfferedKey {
        key: former.public(),
        person,
        proof,
    });
    assert!(stage.house.submit(&bank, added, &[], &[]).is_accepted());
    let gone = Body::RevokeKey(former.public().id());
    assert!(stage.house.submit(&bank, gone, &[], &[]).is_accepted());
    (pledge, former)
}

/// Returns the refusal's receipt, read by somebody who has the checkpoint's key and nothing else.
fn kept(raw: &Raw) -> Entry {
    let problem = raw.json();
    let receipt = &problem["receipt"];
    let text = |name: &str| receipt[name].as_str().unwrap();
    let head = open_checkpoint(text("checkpoint"));
    let hash = |value: &serde_json::Value| Hash::from_hex(value.as_str().unwrap()).unwrap();
    let proof: Vec<Hash> = receipt["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(hash)
        .collect();
    let leaf = leaf_hash(text("entry").as_bytes());
    let index = receipt["index"].as_u64().unwrap();
    verify_inclusion(leaf, index, head.size, &proof, head.root).unwrap();
    Entry::parse(text("entry").as_bytes()).unwrap()
}

#[test]
fn a_revoked_key_signs_nothing_whatever_date_it_claims_and_the_attempt_is_kept() {
    let mut stage = Stage::new();
    let (pledge, former) = revoked(&mut stage);
    let honest = release(&mut stage, pledge, 1);
    // Made, it says, before the key was revoked; a command may live for seven days.
    let mut backdated = release(&mut stage, pledge, 1);
    backdated.iat = stage.house.now().plus_seconds(0);
    backdated.exp = backdated.iat.plus_seconds(6 * 86_400);
    stage.house.at(stage.house.now().plus_seconds(86_400));
    let mut later = honest.clone();
    later.exp = stage.house.now().plus_seconds(3_600);
    for command in [later, backdated] {
        let envelope = seal(&command, &[(SignerRole::Maker, &former)]);
        let body = crate::support::house::submission(&envelope, &[]);
        let raw = stage.wire.post(COMMANDS, &body);
        assert_eq!((raw.status, &raw.json()["code"]), (409, &5002.into()));
        let Entry::Command {
            index,
            envelope: logged,
            touches,
            outcome: Outcome::Refused(findings),
            ..
        } = kept(&raw)
        else {
            panic!("{}", raw.text());
        };
        assert_eq!(findings.first().unwrap().code, Code::KeyRevoked);
        // The entry holds the signature itself, which its maker cannot deny, and changes no record.
        assert_eq!((logged, touches), (envelope.clone(), Vec::new()));
        let verified = envelope.verify_all(|kid| {
            let key = former.public();
            (key.id() == kid).then_some(key)
        });
        assert_eq!(verified.unwrap().len(), 1);
        let path = format!("/v1/entries/{index}");
        assert_eq!(
            stage.wire.read(&path).text(),
            raw.json()["receipt"]["entry"]
        );
        // The same attempt again is the same entry.
        let again = stage.wire.post(COMMANDS, &body);
        assert_eq!((again.status, &again.json()["index"]), (200, &index.into()));
    }
    // Offline: the pledge is as it was, and its history does not know the attempts.
    let evidence = stage.house.evidence(&StateKey::Pledge(pledge));
    let verdict = stage.house.verify(&evidence);
    assert!(verdict.holds(), "{:#?}", verdict.checks);
    let (record, version) = stage.house.record(&StateKey::Pledge(pledge)).unwrap();
    assert_eq!(version, 1, "{record:?}");
    // Closing replays every entry, the refused ones among them, and must come to the same decisions.
    stage.house.close();
}

#[test]
fn a_key_that_is_revoked_beside_a_valid_one_spoils_the_command() {
    let mut stage = Stage::new();
    let (pledge, former) = revoked(&mut stage);
    let bank = stage.bank.clone();
    let mut command = release(&mut stage, pledge, 1);
    command.signers = vec![
        greenlien::domain::command::Signer {
            org: bank.party,
            role: SignerRole::Maker,
        },
        greenlien::domain::command::Signer {
            org: bank.party,
            role: SignerRole::Checker,
        },
    ];
    let keys = [
        (SignerRole::Maker, &*bank.maker),
        (SignerRole::Checker, &former),
    ];
    let body = crate::support::house::submission(&seal(&command, &keys), &[]);
    let raw = stage.wire.post(COMMANDS, &body);
    assert_eq!((raw.status, &raw.json()["code"]), (409, &5002.into()));
    // Without it the release is made.
    let command = release(&mut stage, pledge, 1);
    let envelope = seal(&command, &[(SignerRole::Maker, &*bank.maker)]);
    let body = crate::support::house::submission(&envelope, &[]);
    assert_eq!(stage.wire.post(COMMANDS, &body).status, 201);
    stage.house.close();
}

/// The envelope of the bank's and the mill's command in another spelling: `EdDSA` in the headers, the signatures turned
/// round, the members of each object in another order.
fn respelled(stage: &Stage, payload: &str) -> String {
    let encoded = URL_SAFE_NO_PAD.encode(payload);
    let mut signatures: Vec<String> = super::keys(&[&stage.bank, &stage.mill])
        .into_iter()
        .map(|(role, key)| {
            let (kid, role) = (key.public().id(), role.name());
            let header = format!(
                "{{\"alg\":\"EdDSA\",\"kid\":\"{kid}\",\"role\":\"{role}\",\"typ\":\"greenlien-cmd+jws\"}}"
            );
            let protected = URL_SAFE_NO_PAD.encode(header);
            let signature = key.sign(format!("{protected}.{encoded}").as_bytes());
            let signature = URL_SAFE_NO_PAD.encode(signature.0);
            format!("{{ \"signature\": \"{signature}\",\n \"protected\":\"{protected}\" }}")
        })
        .collect();
    signatures.reverse();
    let signatures = signatures.join(" , ");
    format!(
        "{{\"openings\":[],\"command\":{{\"signatures\":[{signatures}],\"payload\":\"{encoded}\"}}}}"
    )
}

#[test]
fn a_command_is_its_payload_and_not_the_spelling_of_its_envelope() {
    let mut stage = Stage::new();
    for (amount, status) in [("80", 201), ("50", 409)] {
        let command = stage.pledge_command(amount);
        let payload = payload_of(&command);
        let raw = stage.wire.post(COMMANDS, stage.signed(&payload));
        assert_eq!(raw.status, status, "{}", raw.text());
        let first = raw.json();
        let size = stage.wire.head().size;
        let again = stage.wire.post(COMMANDS, respelled(&stage, &payload));
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.json()["index"], first["index"]);
        // One byte of the payload more or less is another command, whose id is taken.
        let mut other = command.clone();
        other.exp = other.exp.plus_seconds(1);
        let other = stage
            .wire
            .post(COMMANDS, respelled(&stage, &payload_of(&other)));
        assert_eq!(other.fault(409, "cmd")["index"], first["index"]);
        assert_eq!(stage.wire.head().size, size);
    }
    // `EdDSA` alone decides nothing: the key of the register does.
    let command = stage.pledge_command("1");
    let raw = stage
        .wire
        .post(COMMANDS, respelled(&stage, &payload_of(&command)));
    assert_eq!(raw.status, 201, "{}", raw.text());
    stage.house.close();
}
