//! Receipts over HTTP: at once under the log's signature, and cosigned for who waits or comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use greenlien::domain::command::Body;
use greenlien::domain::party::Role;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::SignedNote;
use greenlien::ledger::proof::verify_inclusion;
use greenlien::ledger::tree::leaf_hash;
use greenlien::primitives::crypto::Hash;
use greenlien::service::Registry;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use super::until;
use super::witnesses::Fed;
use crate::support::cosigner::{Cosigner, Manner};
use crate::support::house::submission;
use crate::support::play::seal;
use crate::support::{Actor, Local, Play as _, cast};

/// A registry behind the real server.
pub(super) struct Served {
    pub(super) base: String,
    _runtime: Runtime,
}

impl Served {
    pub(super) fn start(registry: &Arc<Registry>) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = greenlien::http::serve(
            listener,
            registry.clone(),
            greenlien::web::router(greenlien::cli::import::child::reader(
                env!("CARGO_BIN_EXE_greenlien").into(),
            )),
            std::future::pending(),
        );
        runtime.spawn(served);
        Self {
            base,
            _runtime: runtime,
        }
    }
}

/// An answer: status, whether the preference was applied, the body.
pub(super) type Reply = (u16, bool, serde_json::Value);

pub(super) fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
    let mut reply = sent.unwrap();
    let applied = reply.headers().get("preference-applied");
    let applied = applied.map(|value| value.to_str().unwrap().to_owned());
    assert!(applied.is_none() || applied.as_deref() == Some("wait=cosigned"));
    let text = reply.body_mut().read_to_string().unwrap();
    let json = serde_json::from_str(&text).unwrap();
    (reply.status().as_u16(), applied.is_some(), json)
}

pub(super) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    ureq::Agent::new_with_config(config.build())
}

/// The admission of a party, signed; its id and its body.
pub(super) fn admission(play: &mut Local, name: &str) -> (String, String) {
    let actor = Actor::new(name, &[Role::Bank]);
    let body = Body::AdmitParty(actor.admission(&play.audience(), &[Role::Bank], &[]));
    let registrar = cast::registrar();
    let keys = registrar.signers();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = play.draft(registrar.party, body, &signers, &[]);
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    (
        command.cmd.to_string(),
        submission(&seal(&command, &keys), &[]),
    )
}

pub(super) fn submit(served: &Served, body: &str, prefer: Option<&str>) -> Reply {
    let mut request = agent()
        .post(format!("{}/v1/commands", served.base))
        .header("content-type", "application/json");
    if let Some(prefer) = prefer {
        request = request.header("prefer", prefer);
    }
    read(request.send(body))
}

fn receipt(served: &Served, cmd: &str) -> serde_json::Value {
    let url = format!("{}/v1/receipts/{cmd}?org=M0", served.base);
    let (status, _, json) = read(agent().get(url).call());
    assert_eq!(status, 200, "{json}");
    json
}

/// Checks a receipt as its holder does: the proof leads to the checkpoint in it. Returns how many witnesses cosigned that.
fn check(fed: &Fed, receipt: &serde_json::Value) -> usize {
    let note = receipt["checkpoint"].as_str().unwrap();
    let head = Checkpoint::open(note, &fed.policy.log_keys(), cast::ORIGIN).unwrap();
    assert_eq!(receipt["size"].as_u64(), Some(head.size));
    let proof: Vec<Hash> = receipt["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hash| Hash::from_hex(hash.as_str().unwrap()).unwrap())
        .collect();
    let leaf = leaf_hash(receipt["entry"].as_str().unwrap().as_bytes());
    let index = receipt["index"].as_u64().unwrap();
    verify_inclusion(leaf, index, head.size, &proof, head.root).unwrap();
    let parsed = SignedNote::parse(note).unwrap();
    let cosigned = fed.policy.cosigned_by(&parsed).unwrap().len();
    assert_eq!(receipt["cosigned"].as_bool(), Some(cosigned > 0));
    cosigned
}

#[test]
fn who_prefers_it_gets_the_receipt_when_the_quorum_has_cosigned() {
    let w = Cosigner::start("w", Manner::Honest, super::after(0).seconds());
    let fed = Fed::start(&[&w], 1);
    let served = Served::start(&fed.registry);
    let mut play = fed.play();
    let (cmd, body) = admission(&mut play, "bank-a");
    let (status, applied, json) = submit(&served, &body, Some("wait=cosigned"));
    assert_eq!((status, applied), (201, true), "{json}");
    assert_eq!(check(&fed, &json), 1);
    assert_eq!(json["repeated"], false);
    // The same command again is the original decision, cosigned as well for who waits.
    let (status, applied, again) = submit(&served, &body, Some("wait=cosigned"));
    assert_eq!((status, applied), (200, true));
    assert_eq!((check(&fed, &again), &again["entry"]), (1, &json["entry"]));
    assert_eq!(again["repeated"], true);
    assert_eq!(check(&fed, &receipt(&served, &cmd)), 1);
    // A refusal is a decision too: a second party under one credit code.
    let (_, body) = admission(&mut play, "bank-a");
    let (status, applied, json) = submit(&served, &body, Some("wait=cosigned"));
    assert_eq!((status, applied), (409, true), "{json}");
    assert_eq!(check(&fed, &json["receipt"]), 1);
}

#[test]
fn who_does_not_prefer_it_is_answered_at_once_and_may_come_back_even_after_a_restart() {
    let w = Cosigner::start("w", Manner::HangsUp, super::after(0).seconds());
    let mut fed = Fed::start(&[&w], 1);
    let served = Served::start(&fed.registry);
    let (cmd, body) = admission(&mut fed.play(), "bank-a");
    let (status, applied, json) = submit(&served, &body, None);
    assert_eq!((status, applied, check(&fed, &json)), (201, false, 0));
    assert_eq!(check(&fed, &receipt(&served, &cmd)), 0);
    w.behave(Manner::Honest);
    until("the receipt is cosigned", || {
        check(&fed, &receipt(&served, &cmd)) == 1
    });
    drop(served);
    fed.restart(false);
    let served = Served::start(&fed.registry);
    let late = receipt(&served, &cmd);
    assert_eq!(check(&fed, &late), 1);
    assert_eq!(
        (&late["entry"], &late["repeated"]),
        (&json["entry"], &serde_json::json!(true))
    );
}

#[test]
fn without_a_quorum_the_wait_ends_and_the_receipt_says_so() {
    let w = Cosigner::start("w", Manner::Status(503), super::after(0).seconds());
    let fed = Fed::start(&[&w], 1);
    let served = Served::start(&fed.registry);
    let (_, body) = admission(&mut fed.play(), "bank-a");
    let begun = Instant::now();
    let (status, applied, json) = submit(&served, &body, Some("wait=cosigned"));
    let waited = begun.elapsed();
    assert_eq!((status, applied, check(&fed, &json)), (201, false, 0));
    assert!(waited >= Duration::from_secs(10), "{waited:?}");
    assert!(waited < Duration::from_secs(25), "{waited:?}");
}

#[test]
fn a_batch_waits_once_for_all_its_receipts_or_says_that_it_did_not() {
    let w = Cosigner::start("w", Manner::Honest, super::after(0).seconds());
    let fed = Fed::start(&[&w], 1);
    let served = Served::start(&fed.registry);
    let mut play = fed.play();
    let send = |bodies: &[&str], prefer: Option<&str>| {
        let mut request = agent()
            .post(format!("{}/v1/commands:batch", served.base))
            .header("content-type", "application/json");
        if let Some(prefer) = prefer {
            request = request.header("prefer", prefer);
        }
        read(request.send(format!("{{\"commands\":[{}]}}", bodies.join(","))))
    };
    let bodies: Vec<String> = ["bank-a", "bank-b", "bank-a"]
        .iter()
        .map(|name| admission(&mut play, name).1)
        .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    // The third is refused by the law, and the fourth, which is not a command, at the door.
    let all = [bodies[0], bodies[1], bodies[2], "{}"];
    let (status, applied, json) = send(&all, Some("wait=cosigned"));
    assert_eq!((status, applied), (200, true), "{json}");
    let statuses = |json: &serde_json::Value| -> Vec<u64> {
        let results = json["results"].as_array().unwrap().iter();
        results.map(|one| one["status"].as_u64().unwrap()).collect()
    };
    assert_eq!(statuses(&json), [201, 201, 409, 400]);
    let receipts = |json: &serde_json::Value| {
        let result = |n: usize| json["results"][n].clone();
        let refused = result(2)["problem"]["receipt"].clone();
        [
            result(0)["receipt"].clone(),
            result(1)["receipt"].clone(),
            refused,
        ]
    };
    assert_eq!(receipts(&json).map(|receipt| check(&fed, &receipt)), [1; 3]);
    let (_, applied, again) = send(&all[..3], Some("wait=cosigned"));
    assert_eq!((statuses(&again), applied), (vec![200, 200, 200], true));
    // Where there is nothing to wait for, or nobody asked, nothing is said of it.
    assert!(!send(&["{}"], Some("wait=cosigned")).1);
    assert!(!send(&all, None).1);
    w.behave(Manner::Status(503));
    let (_, late) = admission(&mut play, "bank-c");
    let begun = Instant::now();
    let (_, applied, json) = send(&[bodies[0], &late], Some("wait=cosigned"));
    let waited = begun.elapsed();
    assert_eq!(
        (applied, check(&fed, &json["results"][1]["receipt"])),
        (false, 0)
    );
    assert!(
        waited >= Duration::from_secs(10) && waited < Duration::from_secs(25),
        "{waited:?}"
    );
}
