//! A guarantor's way from a question to the log: it asks and keeps the evidence file, records it with the program, and years
//! later the evidence about the right shows what it asked and what it was told.

use greenlien::cli::keyfile::write_key;
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::party::Role;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::RightId;
use greenlien::primitives::time::{Clock as _, SystemClock, Timestamp};
use greenlien::verify::evidence::{Evidence, Verification};
use serde_json::{Value, json};

use crate::cli::{Folder, program};
use crate::second_verifier::Both;
use crate::support::house::House;
use crate::support::papers::{self, flow, line, span};
use crate::support::witness::open_checkpoint;
use crate::support::{Actor, Play as _};

/// A flow of which a bank has 80 of 120, and a guarantor that is to back another loan.
fn story() -> (House, [Actor; 3], RightId) {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let guarantor = house.admit("guarantor", &[Role::Guarantor], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = house.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    let taken = flow("80", "t/a", span("2027-01-01", "2029-01-01"));
    let body = papers::pledge(&mill, vec![line(right, taken)]);
    house.submit(&bank, body, &[&mill], &[]).pledge();
    (house, [mill, bank, guarantor], right)
}

fn question(bank: &Actor, mill: &Actor, right: RightId, amount: &str) -> String {
    let asked = json!({
        "org": bank.party.to_string(),
        "type": "register_pledge",
        "body": {
            "pledgor": mill.party.to_string(),
            "form": "质押",
            "lines": [{
                "right": right.to_string(), "quantity": amount, "unit": "t/a",
                "from": "2027-01-01", "to": "2029-01-01",
            }],
        },
    });
    asked.to_string()
}

#[test]
fn what_a_guarantor_was_told_is_read_from_the_log() {
    let (mut house, [mill, bank, guarantor], right) = story();
    let folder = Folder::new();
    let key = folder.path("guarantor.key");
    write_key(std::path::Path::new(&key), &guarantor.maker, None).unwrap();
    let consent = Hash::of(&[b"consent of the mill"]);
    let body = folder.file(
        "body.json",
        json!({"document": consent.to_string()}).to_string(),
    );
    let server = house.client().base().to_owned();
    let (aud, org) = (house.audience(), guarantor.party.to_string());
    let mut kept = Vec::new();
    for (number, amount) in ["40", "40.50"].into_iter().enumerate() {
        let asked = question(&bank, &mill, right, amount);
        let reply = house.client().post("/v1/evidence/answers", &asked).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text);
        let file = folder.file(&format!("answer-{number}.json"), &reply.text);
        let draft = folder.path(&format!("draft-{number}.json"));
        let offset = format!("--clock-offset={}", seconds_to(house.now()));
        let words = [
            "sign",
            "--new",
            &body,
            "--org",
            &org,
            "--type",
            "record_verification",
            "--evidence",
            &file,
            "--aud",
            &aud,
            "--key",
            &key,
            "--role",
            "maker",
            "--out",
            &draft,
            &offset,
        ];
        let run = program(&words);
        assert_eq!(run.code, 0, "{}", run.err);
        let word = ["answered: yes", "answered: no, findings 3002"][number];
        assert!(run.err.contains(word), "{}", run.err);
        let run = program(&["submit", &draft, "--server", &server]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        house.check_ledger();
        kept.push(Evidence::parse(reply.text.as_bytes()).unwrap());
    }
    let subject = StateKey::Right(right);
    let Some((Record::Right(record), _)) = house.record(&subject) else {
        panic!("{right} is gone")
    };
    let file = house.evidence(&subject);
    let mut both = Both::new();
    let verdict = both.verify("the right", file.as_bytes(), &house.reader());
    assert!(verdict.holds(), "{:?}", verdict.failure());
    both.agree();
    let recorded = recorded(&file);
    assert_eq!(recorded.len(), kept.len());
    for ((told, noted), payload) in kept.iter().zip(&record.verifications).zip(recorded) {
        let Some(Verification { question, answer }) = &told.verification else {
            panic!("nothing was asked")
        };
        let digest = |text: &str| Hash::of(&[text.as_bytes()]);
        assert_eq!(noted.guarantor, guarantor.party);
        assert_eq!(
            (noted.question, noted.answer),
            (digest(question), digest(answer))
        );
        let checkpoint = open_checkpoint(&told.checkpoint);
        assert_eq!((noted.size, noted.root), (checkpoint.size, checkpoint.root));
        // A court that has the log alone reads both in full.
        let body = &payload["body"];
        assert_eq!(body["answer"], json!(answer));
        assert_eq!(
            body["question"],
            serde_json::from_str::<Value>(question).unwrap()
        );
        assert_eq!(payload["org"], json!(org));
    }
    house.close();
}

/// How far the machine's clock must be moved to tell this time.
fn seconds_to(time: Timestamp) -> i64 {
    let now = SystemClock::default().now();
    i64::try_from(time.seconds()).unwrap() - i64::try_from(now.seconds()).unwrap()
}

/// The payloads of recorded verifications in an evidence file.
fn recorded(file: &str) -> Vec<Value> {
    use base64::Engine as _;
    let evidence = Evidence::parse(file.as_bytes()).unwrap();
    let payload = |text: &str| {
        let entry: Value = serde_json::from_str(text).unwrap();
        let payload = entry["command"]["payload"].as_str()?.to_owned();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
        let payload: Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
        (payload["type"] == "record_verification").then_some(payload)
    };
    let entries = evidence.entries.iter();
    entries.filter_map(|entry| payload(&entry.text)).collect()
}

#[test]
fn a_question_is_signed_as_it_was_asked_or_not_at_all() {
    let (mut house, [mill, bank, guarantor], right) = story();
    let asked = question(&bank, &mill, right, "40");
    let reply = house.client().post("/v1/evidence/answers", &asked).unwrap();
    let told = Evidence::parse(reply.text.as_bytes()).unwrap();
    let Some(Verification { question, answer }) = told.verification else {
        panic!("nothing was asked")
    };
    let question: Value = serde_json::from_str(&question).unwrap();
    let hash = "0".repeat(64);
    let whole = json!({
        "right": right.to_string(), "question": question, "answer": answer, "size": 1, "root": hash, "document": hash,
    });
    let fault = |change: &dyn Fn(&mut Value)| {
        let mut body = whole.clone();
        change(&mut body);
        let asked = json!({"org": guarantor.party.to_string(), "type": "record_verification", "body": body});
        let asked = Json::parse(asked.to_string().as_bytes()).unwrap();
        let read = greenlien::domain::wire::parse_question(asked);
        read.map_or_else(|fault| fault.field, |_| "read".to_owned())
    };
    assert_eq!(fault(&|_| ()), "read");
    let line = "/question/body/lines/0";
    let set = |pointer: String, value: Value| {
        fault(&move |body: &mut Value| *body.pointer_mut(&pointer).unwrap() = value.clone())
    };
    let quantity = set(format!("{line}/quantity"), json!("40.0"));
    assert_eq!(
        quantity, "body.question",
        "another spelling of what was asked"
    );
    assert_eq!(set(format!("{line}/right"), json!("R1")), "body.question");
    assert_eq!(
        set("/question/type".to_owned(), json!("reserve")),
        "body.question.body.days"
    );
    assert_eq!(set("/answer".to_owned(), json!("yes")), "body.answer");
    assert_eq!(
        set(
            "/answer".to_owned(),
            json!(r#"{"admissible":true,"findings":[]}"#)
        ),
        "body.answer.law"
    );
    assert_eq!(set("/size".to_owned(), json!("1")), "body.size");
    house.check_ledger();
    house.close();
}
