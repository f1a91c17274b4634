//! Decisions and their repeats: one command is decided once, its answer stays what it was, and every answer proves itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greenlien::client;
use greenlien::domain::command::{Command, SignerRole};
use greenlien::ledger::proof::verify_inclusion;
use greenlien::ledger::tree::leaf_hash;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::time::Timestamp;
use serde_json::Value;

use super::{BATCH, CHECK, COMMANDS, Raw, Stage, payload_of};
use crate::support::papers::instant;
use crate::support::witness::open_checkpoint;

/// Checks that a receipt's entry is in the checkpoint beside it, and returns the entry.
fn proven(receipt: &Value) -> Value {
    let text = |name: &str| receipt[name].as_str().unwrap();
    let head = open_checkpoint(text("checkpoint"));
    assert_eq!(receipt["size"], head.size);
    let proof: Vec<Hash> = receipt["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hash| Hash::from_hex(hash.as_str().unwrap()).unwrap())
        .collect();
    let leaf = leaf_hash(text("entry").as_bytes());
    let index = receipt["index"].as_u64().unwrap();
    verify_inclusion(leaf, index, head.size, &proof, head.root).unwrap();
    // The same entry does not stand anywhere else.
    assert!(verify_inclusion(leaf, index + 1, head.size, &proof, head.root).is_err());
    let entry: Value = serde_json::from_str(text("entry")).unwrap();
    assert_eq!(
        (&entry["index"], &entry["time"]),
        (&receipt["index"], &receipt["time"])
    );
    entry
}

/// Checks that an answer is the one to a repeat, with this decision at this index.
fn repeated(raw: &Raw, decision: &str, index: &Value) -> Value {
    assert_eq!(raw.status, 200, "{}", raw.text());
    let receipt = raw.json();
    assert_eq!(receipt["repeated"], true);
    assert_eq!(
        (&receipt["decision"], &receipt["index"]),
        (&decision.into(), index)
    );
    proven(&receipt);
    receipt
}

fn with_alg_eddsa(stage: &Stage, command: &Command) -> String {
    let payload = payload_of(command);
    let encoded = URL_SAFE_NO_PAD.encode(&payload);
    let signatures = super::keys(&[&stage.bank, &stage.mill]).into_iter().map(|(role, key)| {
        assert_eq!(role, SignerRole::Maker);
        let kid = key.public().id();
        let header = format!(
            "{{\"alg\":\"EdDSA\",\"kid\":\"{kid}\",\"role\":\"maker\",\"typ\":\"greenlien-cmd+jws\"}}"
        );
        let protected = URL_SAFE_NO_PAD.encode(header);
        let signature = key.sign(format!("{protected}.{encoded}").as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.0);
        format!("{{\"protected\":\"{protected}\",\"signature\":\"{signature}\"}}")
    });
    let signatures: Vec<String> = signatures.collect();
    format!(
        "{{\"command\":{{\"payload\":\"{encoded}\",\"signatures\":[{}]}}}}",
        signatures.join(",")
    )
}

#[test]
fn a_repeat_gets_the_original_decision_and_writes_nothing() {
    let mut stage = Stage::new();
    let (good, bad) = (stage.pledge_command("80"), stage.pledge_command("50"));
    let (accepted, refused) = (
        stage.signed(payload_of(&good)),
        stage.signed(payload_of(&bad)),
    );
    let first = stage.wire.post(COMMANDS, &accepted);
    assert_eq!(first.status, 201);
    let first = first.json();
    assert_eq!(
        (&first["repeated"], &first["decision"]),
        (&false.into(), &"accepted".into())
    );
    let entry = proven(&first);
    assert!(entry["outcome"]["accepted"]["event"].is_object(), "{entry}");
    let second = stage.wire.post(COMMANDS, &refused);
    assert_eq!(second.status, 409);
    let second = second.json();

    let size = stage.wire.head().size;
    for _ in 0..2 {
        let again = repeated(
            &stage.wire.post(COMMANDS, &accepted),
            "accepted",
            &first["index"],
        );
        assert_eq!(
            (&again["entry"], &again["created"]),
            (&first["entry"], &first["created"])
        );
        let again = repeated(
            &stage.wire.post(COMMANDS, &refused),
            "refused",
            &second["index"],
        );
        assert_eq!(again["findings"], second["findings"]);
        assert_eq!(again["entry"], second["receipt"]["entry"]);
    }
    // The payload is the command; other valid signatures over it make no other one.
    let resigned = with_alg_eddsa(&stage, &good);
    let again = repeated(
        &stage.wire.post(COMMANDS, resigned),
        "accepted",
        &first["index"],
    );
    assert_eq!(again["entry"], first["entry"]);
    // Long after the end of the command its client may still ask.
    stage
        .house
        .set_server_clock(good.exp.plus_seconds(30 * 86_400));
    repeated(
        &stage.wire.post(COMMANDS, &accepted),
        "accepted",
        &first["index"],
    );
    repeated(
        &stage.wire.post(COMMANDS, &refused),
        "refused",
        &second["index"],
    );
    let mut other = good.clone();
    other.cmd.0[0] ^= 1;
    stage.refuse(stage.signed(payload_of(&other)), "exp");
    assert_eq!(stage.wire.head().size, size);
    stage.house.close();
}

#[test]
fn an_id_belongs_to_the_first_command_that_bears_it() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("80");
    let first = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&command)))
        .json();
    let mut other = command.clone();
    other.body = stage.pledge("10");
    let size = stage.wire.head().size;
    let problem = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&other)))
        .fault(409, "cmd");
    assert_eq!(problem["type"], "/problems/id-consumed");
    assert_eq!(problem["index"], first["index"]);
    assert_eq!(problem.get("receipt"), None);
    assert_eq!(stage.wire.head().size, size);
    // A refusal consumes its id as well.
    let mut refused = stage.pledge_command("500");
    let second = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&refused)));
    assert_eq!(second.status, 409);
    refused.body = stage.pledge("1");
    let problem = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&refused)))
        .fault(409, "cmd");
    assert_eq!(problem["index"], second.json()["index"]);
    // The id of one party says nothing about the same id of another.
    let mut bureau = stage.bureau.clone();
    std::mem::swap(&mut bureau, &mut stage.bank);
    let mut foreign = stage.pledge_command("1");
    foreign.cmd = command.cmd;
    let raw = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&foreign)));
    assert_eq!((raw.status, &raw.json()["code"]), (409, &1008.into()));
    stage.house.close();
}

#[test]
fn a_refusal_says_why_in_both_languages_and_what_to_do() {
    let mut stage = Stage::new();
    let first = stage.pledge_command("80");
    let first = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&first)))
        .json();
    let command = stage.pledge_command("50");
    let before = stage.wire.head().size;
    let raw = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&command)));
    assert_eq!(
        (raw.status, raw.header("content-type")),
        (409, super::PROBLEM)
    );
    let problem = raw.json();
    assert_eq!(problem["type"], "/findings/3002");
    assert_eq!(
        (&problem["status"], &problem["code"]),
        (&409.into(), &3002.into())
    );
    let finding = &problem["findings"][0];
    for (name, part) in [
        ("title_zh", "重复担保"),
        ("title_en", "double pledge"),
        ("fix", "admissible quantity"),
        ("name", "double_pledge"),
        ("severity", "refuse"),
    ] {
        assert!(
            finding[name].as_str().unwrap().contains(part),
            "{name}: {finding}"
        );
    }
    let pledge = first["created"].as_str().unwrap();
    assert_eq!(finding["conflicts"][0], format!("{pledge}.0"));
    assert_eq!(finding["alternative"]["quantity"], "40");
    assert_eq!(finding["at"], "2027-01-01");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(pledge) && detail.contains("40"), "{detail}");
    // The refusal is an entry like any decision.
    let receipt = &problem["receipt"];
    assert_eq!(
        (&receipt["decision"], &receipt["index"]),
        (&"refused".into(), &problem["index"])
    );
    let entry = proven(receipt);
    let noted = entry["outcome"]["refused"][0].as_object().unwrap();
    assert_eq!(noted["code"], 3002);
    assert!(
        !noted.contains_key("title_zh"),
        "words in an entry: {noted:?}"
    );
    assert!(stage.wire.head().size > before);
    // What it advises is accepted.
    let command = stage.pledge_command("40");
    assert_eq!(
        stage
            .wire
            .post(COMMANDS, stage.signed(payload_of(&command)))
            .status,
        201
    );
    stage.house.close();
}

#[test]
fn a_batch_is_decided_in_order_each_for_itself() {
    let mut stage = Stage::new();
    let old = stage.pledge_command("20");
    let old = stage.signed(payload_of(&old));
    let first = stage.wire.post(COMMANDS, &old).json();
    let mut bodies: Vec<String> = Vec::new();
    for amount in ["60", "70", "40", "1"] {
        let command = stage.pledge_command(amount);
        bodies.push(stage.signed(payload_of(&command)));
    }
    let expired = {
        let mut command = stage.pledge_command("1");
        (command.iat, command.exp) = (first_instant(), first_instant().plus_seconds(60));
        stage.signed(payload_of(&command))
    };
    let [big, second, rest, late] = [&bodies[0], &bodies[1], &bodies[2], &bodies[3]];
    let items = [big, "{}", second, &old, rest, &expired, late, big].join(",");
    let raw = stage
        .wire
        .post(BATCH, format!("{{\"commands\":[{items}]}}"));
    assert_eq!(raw.status, 200);
    let answer = raw.json();
    let results = answer["results"].as_array().unwrap();
    let statuses: Vec<u64> = results
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 400, 409, 200, 201, 400, 409, 200]);
    for result in results {
        let is_receipt = matches!(result["status"].as_u64(), Some(200 | 201));
        assert_eq!(result.get("receipt").is_some(), is_receipt);
        assert_eq!(result.get("problem").is_some(), !is_receipt);
        let decided = result
            .get("receipt")
            .or_else(|| result["problem"].get("receipt"));
        if let Some(receipt) = decided {
            proven(receipt);
        }
    }
    assert_eq!(results[1]["problem"]["field"], "commands[1].command");
    assert_eq!(results[5]["problem"]["field"], "exp");
    assert_eq!(results[3]["receipt"]["index"], first["index"]);
    assert_eq!(
        results[7]["receipt"]["index"],
        results[0]["receipt"]["index"]
    );
    assert_eq!(results[2]["problem"]["code"], 3002);
    let indexes = [
        &results[0]["receipt"]["index"],
        &results[2]["problem"]["index"],
        &results[4]["receipt"]["index"],
        &results[6]["problem"]["index"],
    ];
    assert!(
        indexes.is_sorted_by(|a, b| a.as_u64() < b.as_u64()),
        "{indexes:?}"
    );
    stage.house.close();
}

/// An instant before the registry began.
fn first_instant() -> Timestamp {
    instant("2026-01-01T00:00:00Z")
}

#[test]
fn a_receipt_can_be_asked_for_again_by_party_and_id() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("80");
    let made = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&command)))
        .json();
    let path = format!("/v1/receipts/{}?org={}", command.cmd, command.org);
    let later = stage.pledge_command("1");
    stage.wire.post(COMMANDS, stage.signed(payload_of(&later)));
    let receipt = stage.wire.read(&path).json();
    assert_eq!(receipt["entry"], made["entry"]);
    assert_eq!(receipt["cosigned"], false, "no witness is configured");
    assert!(receipt["size"].as_u64() > made["size"].as_u64());
    proven(&receipt);
    let unknown = format!("/v1/receipts/{}?org={}", "f".repeat(32), command.org);
    assert_eq!(stage.wire.get(&unknown).status, 404);
    let (org, cmd) = (command.org, command.cmd);
    for (path, field) in [
        (format!("/v1/receipts/{cmd}?org=R1"), "org"),
        (format!("/v1/receipts/{cmd}"), "org"),
        (format!("/v1/receipts/{cmd}?org={org}&x=1"), "x"),
        (format!("/v1/receipts/{}?org={org}", "F".repeat(32)), "cmd"),
        (format!("/v1/receipts/1?org={org}"), "cmd"),
    ] {
        stage.wire.get(&path).fault(400, field);
    }
    stage.house.close();
}

#[test]
fn a_question_writes_nothing_and_consumes_no_id() {
    let mut stage = Stage::new();
    let ask = |stage: &Stage, amount: &str| {
        let question = client::question(stage.bank.party, &stage.pledge(amount));
        let raw = stage.wire.post(CHECK, question);
        assert_eq!(raw.status, 200, "{}", raw.text());
        raw.json()
    };
    let head = stage.wire.read("/checkpoint").bytes;
    let answer = ask(&stage, "120");
    assert_eq!(
        (&answer["admissible"], &answer["findings"]),
        (&true.into(), &serde_json::json!([]))
    );
    assert!(answer["event"].is_object());
    let answer = ask(&stage, "121");
    assert_eq!(
        (&answer["admissible"], answer.get("event")),
        (&false.into(), None)
    );
    assert_eq!(answer["findings"][0]["code"], 3008);
    assert!(answer["findings"][0]["title_zh"].is_string());
    assert_eq!(answer["as_of"]["size"], stage.wire.head().size);
    assert_eq!(stage.wire.read("/checkpoint").bytes, head);
    // What was admissible is decided so, and then no longer admissible.
    let command = stage.pledge_command("80");
    assert_eq!(
        stage
            .wire
            .post(COMMANDS, stage.signed(payload_of(&command)))
            .status,
        201
    );
    let answer = ask(&stage, "41");
    assert_eq!(answer["findings"][0]["alternative"]["quantity"], "40");
    for (body, field) in [
        ("{}", "org"),
        ("{\"org\":\"M2\"}", "type"),
        ("{\"org\":\"M2\",\"type\":\"x\",\"body\":{}}", "type"),
        ("{\"org\":\"M2\",\"type\":\"reserve\"}", "body"),
        ("{\"org\":\"M2\",\"type\":\"reserve\",\"body\":[]}", "body"),
        (
            "{\"org\":\"M2\",\"type\":\"reserve\",\"body\":{}}",
            "body.days",
        ),
    ] {
        stage.refuse_at(CHECK, body, field);
    }
    stage.house.close();
}
