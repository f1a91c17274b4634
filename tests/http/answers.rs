//! What readers and operators fetch: evidence files, the checkpoint, health, the description of the service.

use greenlien::domain::facts::StateKey;
use greenlien::domain::right::Identity;
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::time::Timestamp;
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::verdict::{Finish, NamedCheck, Verdict};
use serde_json::{Value, json};
use ureq::http::Method;

use super::{COMMANDS, Stage, payload_of};
use crate::support::Play as _;

#[test]
fn evidence_is_a_file_that_verifies_offline() {
    let mut stage = Stage::new();
    let old = stage.wire.read("/checkpoint").text().to_owned();
    let size = stage.wire.head().size;
    let command = stage.pledge_command("80");
    let receipt = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&command)))
        .json();
    let pledge = PledgeId::parse(receipt["created"].as_str().unwrap()).unwrap();
    let nobody = Identity {
        scheme: "sink-project".to_owned(),
        value: "500113-NONE".to_owned(),
    };
    for (subject, name) in [
        (StateKey::Right(stage.right), stage.right.to_string()),
        (StateKey::Pledge(pledge), pledge.to_string()),
        (StateKey::Identity(nobody), "absence".to_owned()),
    ] {
        let path = match &subject {
            StateKey::Right(id) => format!("/v1/evidence/rights/{id}?old={size}"),
            StateKey::Pledge(id) => format!("/v1/evidence/pledges/{id}?old={size}"),
            other => format!(
                "/v1/evidence/absence?identity={}&old={size}",
                identity_of(other)
            ),
        };
        let raw = stage.wire.read(&path);
        let file = format!("attachment; filename=\"evidence-{name}.json\"");
        assert_eq!(raw.header("content-disposition"), file);
        assert_eq!(raw.header("content-type"), "application/json");
        let mut trust = stage.house.trust();
        trust.old = Some(old.clone());
        let verdict = verify(&raw.bytes, &trust);
        assert!(verdict.holds(), "{subject}: {:#?}", verdict.checks);
        // Without the proof the older checkpoint cannot be joined.
        let (bare, _) = path.rsplit_once("old=").unwrap();
        let bare = stage.wire.read(bare.trim_end_matches(['?', '&']));
        let alone = Trust {
            old: None,
            ..trust.clone()
        };
        assert!(verify(&bare.bytes, &alone).holds(), "{subject}");
        assert!(is_joined(&verdict), "{subject}: {:#?}", verdict.checks);
        assert!(
            !verify(&bare.bytes, &trust).holds(),
            "{subject}: the proof was left out"
        );
    }
    // An identity that is registered has no evidence of absence.
    let permit = format!("discharge-permit:{}001W%7CCOD", stage.mill.credit_code);
    stage
        .wire
        .get(&format!("/v1/evidence/absence?identity={permit}"))
        .fault(400, "identity");
    for path in [
        format!("/v1/evidence/rights/{}?old=0", stage.right),
        format!("/v1/evidence/rights/{}?old=99999", stage.right),
    ] {
        stage.wire.get(&path).fault(400, "old");
    }
    stage.house.close();
}

/// The question whether this much could be pledged.
fn question(stage: &mut Stage, quantity: &str) -> Value {
    let command: Value =
        serde_json::from_str(&payload_of(&stage.pledge_command(quantity))).unwrap();
    json!({"org": command["org"], "type": command["type"], "body": command["body"]})
}

#[test]
fn the_answer_to_a_question_can_be_carried_away() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("80");
    let receipt = stage
        .wire
        .post(COMMANDS, stage.signed(payload_of(&command)))
        .json();
    assert_eq!(receipt["decision"], "accepted");
    for (quantity, admissible) in [("41", false), ("40", true)] {
        let asked = question(&mut stage, quantity);
        let raw = stage
            .wire
            .post("/v1/evidence/answers?old=2", asked.to_string());
        let verdict = verify(raw.text().as_bytes(), &stage.house.trust());
        assert!(verdict.holds(), "{:#?}", verdict.checks);
        let said = verdict.statements.last().unwrap();
        assert_eq!(
            said.ends_with("it would be accepted."),
            admissible,
            "{said}"
        );
        assert_eq!(said.contains("3002 double_pledge"), !admissible, "{said}");
    }
    let mut other = question(&mut stage, "1");
    other["type"] = "release_pledge".into();
    other["body"] = json!({"pledge": receipt["created"]});
    stage
        .wire
        .post("/v1/evidence/answers", other.to_string())
        .fault(400, "type");
    stage.house.close();
}

/// Says whether an older checkpoint was found to be a prefix.
fn is_joined(verdict: &Verdict) -> bool {
    let passed = |check: &NamedCheck| {
        check.name == "older checkpoint" && matches!(check.finish, Finish::Pass(_))
    };
    verdict.checks.iter().any(passed)
}

fn identity_of(key: &StateKey) -> String {
    match key {
        StateKey::Identity(identity) => format!("{}:{}", identity.scheme, identity.value),
        other => panic!("{other} is no identity"),
    }
}

#[test]
fn caches_keep_what_is_fixed_and_ask_again_for_what_is_not() {
    let stage = Stage::new();
    let checkpoint = stage.wire.read("/checkpoint");
    assert_eq!(
        checkpoint.header("content-type"),
        "text/plain; charset=utf-8"
    );
    assert_eq!(checkpoint.header("cache-control"), "public, max-age=2");
    let proof = stage.wire.read("/v1/checkpoints/consistency?old=2");
    assert_eq!(proof.header("cache-control"), "public, max-age=2");
    let fixed = "public, max-age=31536000, immutable";
    assert_eq!(
        stage.wire.read("/v1/entries/0").header("cache-control"),
        fixed
    );
    assert_eq!(
        stage.wire.read("/tile/0/000.p/1").header("cache-control"),
        fixed
    );
    assert_eq!(
        stage
            .wire
            .read("/tile/entries/000.p/1")
            .header("cache-control"),
        fixed
    );
    // What changes, and what is not there yet, is never fixed.
    for path in [
        format!("/v1/rights/{}", stage.right),
        "/v1/rights".to_owned(),
        "/v1/entries/99999".to_owned(),
        "/tile/0/000".to_owned(),
        "/v1/entries/0/proof".to_owned(),
        format!("/v1/evidence/rights/{}", stage.right),
    ] {
        let raw = stage.wire.get(&path);
        assert!(!raw.header("cache-control").contains("immutable"), "{path}");
        // A cache may guess how long an answer of 404 holds (RFC 9111 section 4.2.2), so it is told.
        if raw.status != 200 {
            assert_eq!(raw.header("cache-control"), "no-store", "{path}");
        }
    }
    stage.house.close();
}

#[test]
fn operators_are_told_that_it_runs_and_takes_commands() {
    let mut stage = Stage::new();
    assert_eq!(stage.wire.read("/healthz").json()["status"], "ok");
    assert_eq!(stage.wire.read("/readyz").json()["status"], "ready");
    let now = stage.house.now();
    for (seconds, status) in [(300, 200), (301, 503), (0, 200)] {
        let behind = Timestamp::from_micros(now.micros() - seconds * 1_000_000);
        stage.house.set_server_clock(behind);
        let reply = stage.house.get("/readyz");
        assert_eq!(reply.status, status, "{seconds}: {}", reply.text);
        let is_named = reply.text.contains("/problems/clock-behind");
        assert_eq!(is_named, status == 503, "{}", reply.text);
    }
    let described = stage.wire.read("/openapi.json");
    assert_eq!(described.text(), greenlien::http::openapi().to_string());
    assert!(
        described.json()["openapi"]
            .as_str()
            .unwrap()
            .starts_with("3.1")
    );
    stage.house.close();
}

#[test]
fn every_path_that_is_described_is_served() {
    let stage = Stage::new();
    let api = stage.wire.read("/openapi.json").json();
    let mut count = 0;
    for (path, methods) in api["paths"].as_object().unwrap() {
        let path = path
            .replace("{id}", "R99999")
            .replace("{org}", "M0")
            .replace("{cmd}", &"0".repeat(32))
            .replace("{index}", "0")
            .replace("{name}", "none")
            // It has no end of its own.
            .replace("/v1/events", "/v1/events?from=0&until=1")
            .replace("{path}", "0/000.p/1");
        for method in methods.as_object().unwrap().keys() {
            let raw = match method.as_str() {
                "get" => stage.wire.get(&path),
                "post" => stage.wire.post(&path, "{}"),
                "delete" => stage.wire.send(Method::DELETE, &path, &[], &[]),
                other => panic!("{other} {path}"),
            };
            assert_ne!(raw.status, 405, "{method} {path}");
            assert!(
                !String::from_utf8_lossy(&raw.bytes).contains("no such path"),
                "{path}"
            );
            count += 1;
        }
    }
    assert!(count >= 24);
    stage.house.close();
}
