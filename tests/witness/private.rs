//! A registry that is not public: its auditor signs in as a member, and a member's file is current and complete.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use greenlien::client::Client;
use greenlien::domain::party::Role;
use greenlien::ledger::note::CosignatureKey;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::time::{Clock as _, SystemClock};
use greenlien::witness::fetch::LogReader;

use super::audits::AUDITOR;
use super::crash::Running;
use super::liar::log_key;
use super::{NAME, Served, secret, witness_secret};
use crate::cli::program;
use crate::crash::Server;
use crate::support::local::Local;
use crate::support::{Play as _, cast};

#[test]
fn an_auditor_signs_in_to_a_private_registry_and_files_of_it_are_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let data = path("data");
    let mut local = Local::create_private(&data);
    let bank = local.admit("bank", &[Role::Bank], &[]);
    local.registry.stop();
    drop(local);
    let key = |name: &str, key: &SecretKey| -> PathBuf {
        let path = path(name);
        greenlien::cli::keyfile::write_key(&path, key, None).unwrap();
        path
    };
    let word = |path: PathBuf| path.to_str().unwrap().to_owned();
    // Each of the two must know the other's address before it starts.
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    drop(port);
    let (vkey, base) = (log_key().vkey(), format!("http://{address}"));
    let audit_key = word(key("a.test.key", &secret(91)));
    let member_key = word(key("m.test.key", &bank.maker));
    let member = bank.party.to_string();
    let more = [
        &["--log", &vkey, "--audit", "--audit-key", &audit_key][..],
        &["--registry", &base, "--member", &member],
        &["--member-key", &member_key],
    ];
    let witness_key = key("w.test.key", &witness_secret());
    let witness = Running::start_watching(&path("witness"), &witness_key, &more.concat());
    let line = |name: &str, key: &str, secret: &SecretKey, url: &str| {
        let key = CosignatureKey::new(key, secret.public()).unwrap().vkey();
        format!("witness {name} {key} {url}\n")
    };
    let policy = [
        format!("log {vkey}\n"),
        line("w", NAME, &witness_secret(), &witness.base),
        line(
            "a",
            AUDITOR,
            &secret(91),
            &format!("{}/audit", witness.base),
        ),
        "group auditors all a\ngroup both all w auditors\nquorum both\n".to_owned(),
    ];
    let trust = path("trust.policy");
    std::fs::write(&trust, policy.concat()).unwrap();
    let trust = word(trust);
    let flags = [
        "--listen",
        &address,
        "--witnesses",
        &trust,
        "--heartbeat",
        "2",
    ];
    let server = Server::start_with(&data, &key("log.test.key", &cast::log_key()), &flags);

    let client = Client::new(&base).unwrap();
    let session = client.open_session(bank.party, &bank.maker, None).unwrap();
    let token = format!("Bearer {}", session.value.token.unwrap());
    let asked = format!("{base}/v1/evidence/absence?identity=sink-project:500113-NONE");
    let file = word(path("none.json"));
    let end = Instant::now() + Duration::from_secs(90);
    let mut said = String::new();
    while !said.contains("VALID: current and complete") {
        assert!(Instant::now() < end, "{said}");
        std::thread::sleep(Duration::from_millis(500));
        let sent = ureq::get(&asked).header("authorization", &token).call();
        let mut answer = match sent {
            Ok(answer) => answer,
            Err(fault) => {
                said = fault.to_string();
                continue;
            }
        };
        std::fs::write(&file, answer.body_mut().read_to_vec().unwrap()).unwrap();
        let now = SystemClock::default().now().to_string();
        let checked = ["--policy", &trust, "--now", &now, "--max-age", "600"];
        let run = program(&[&["verify", &file][..], &checked].concat());
        said = run.out + &run.err;
    }
    witness.kill();
    server.kill();
}

/// A server that shows its checkpoint to one session after the other, to each for two questions.
fn for_members(questions: Arc<AtomicU64>) -> Router {
    let checkpoint = move |headers: HeaderMap| {
        let asked = questions.fetch_add(1, Ordering::SeqCst);
        let token = headers
            .get("authorization")
            .map(|value| value.to_str().unwrap());
        let is_open = token == Some(&format!("Bearer {}", asked / 3));
        async move {
            if is_open {
                (StatusCode::OK, "shown")
            } else {
                (StatusCode::UNAUTHORIZED, "members")
            }
        }
    };
    Router::new().route("/checkpoint", get(checkpoint))
}

#[test]
fn a_reader_signs_in_again_when_its_session_has_ended_and_not_again_and_again() {
    let questions = Arc::new(AtomicU64::new(0));
    let served = Served::new(for_members(Arc::clone(&questions)));
    let reader = LogReader::new(&served.base).unwrap();
    let fault = reader.checkpoint().unwrap_err().to_string();
    assert!(fault.contains("--member-key"), "{fault}");

    // Question 0 went without a session; from now on each third one finds it ended.
    questions.store(3, Ordering::SeqCst);
    let sessions = Arc::new(AtomicU64::new(0));
    let opened = Arc::clone(&sessions);
    let signing = reader.clone().signing_in(Box::new(move || {
        Ok((opened.fetch_add(1, Ordering::SeqCst) + 1).to_string())
    }));
    for session in 1..5 {
        for _ in 0..2 {
            assert_eq!(signing.checkpoint().unwrap(), "shown");
            assert_eq!(sessions.load(Ordering::SeqCst), session);
        }
    }
    let tries = Arc::new(AtomicU64::new(0));
    let tried = Arc::clone(&tries);
    let refused = reader.signing_in(Box::new(move || {
        tried.fetch_add(1, Ordering::SeqCst);
        Err("the key was revoked".to_owned())
    }));
    for _ in 0..5 {
        let fault = refused.checkpoint().unwrap_err().to_string();
        assert!(fault.contains("the key was revoked"), "{fault}");
    }
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}
