//! Search certificates from outside: what is issued verifies offline as JSON and as PDF, is found by its code, and says no more
//! than its evidence.

use greenlien::client::Reply;
use greenlien::documents::certificate::pdf;
use greenlien::domain::command::{Body, ExternalReport, ExternalStatus, PledgeAct};
use greenlien::domain::facts::StateKey;
use greenlien::domain::right::Identity;
use greenlien::primitives::id::PledgeId;
use greenlien::verify::certificate::attachment::attachment;
use greenlien::verify::certificate::statement::Found;
use greenlien::verify::certificate::{Certificate, verify_certificate};
use greenlien::verify::checks::Trust;
use greenlien::verify::verdict::{Finish, Level};
use ureq::http::Method;

use super::{JSON, Raw, Stage};
use crate::cli::{Folder, program};
use crate::second_verifier::{Both, Reader};
use crate::support::papers;
use crate::support::papers::{day, flow, line, span};
use crate::support::play::Play as _;

/// The path of certificates.
const CERTIFICATES: &str = "/v1/certificates";

/// A stage with a pledge, a second one behind it, and a report from another register.
pub(super) fn burdened() -> (Stage, PledgeId) {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let body = stage.pledge("80");
    let first = stage.house.submit(&bank, body, &[&mill], &[]).pledge();
    let extent = flow("40", "t/a", span("2027-06-01", "2029-01-01"));
    let body = papers::pledge(&mill, vec![line(stage.right, extent)]);
    stage.house.submit(&bank, body, &[&mill], &[]).pledge();
    let report = ExternalReport {
        register: "zhongdeng".to_owned(),
        number: "30112233000123456789".to_owned(),
        status: ExternalStatus::Registered,
        term: Some(span("2026-12-01", "2031-12-01")),
        checked: day("2026-12-01"),
    };
    let act = PledgeAct::RecordExternalRegistration {
        pledge: first,
        report,
    };
    let answer = stage
        .house
        .submit(&bank, Body::OfPledge(Box::new(act)), &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    (stage, first)
}

pub(super) fn issue(stage: &Stage, body: &str) -> (Certificate, Raw) {
    let raw = stage.wire.post(CERTIFICATES, body);
    assert_eq!(raw.status, 201, "{}", raw.text());
    let certificate = Certificate::parse(&raw.bytes).unwrap();
    assert_eq!(
        raw.header("location"),
        format!("{CERTIFICATES}/{}", certificate.code)
    );
    (certificate, raw)
}

/// A reader who kept no older checkpoint.
fn trust(stage: &Stage) -> Trust {
    Trust {
        old: None,
        ..stage.house.trust()
    }
}

/// The same reader, whom all verifiers serve.
pub(super) fn reader(stage: &Stage) -> Reader {
    Reader {
        old: None,
        ..stage.house.reader()
    }
}

pub(super) fn pdf_of(stage: &Stage, certificate: &Certificate) -> Vec<u8> {
    let path = format!("{CERTIFICATES}/{}", certificate.code);
    let raw = stage
        .wire
        .send(Method::GET, &path, &[("accept", "application/pdf")], &[]);
    assert_eq!(
        (raw.status, raw.header("content-type")),
        (200, "application/pdf")
    );
    raw.bytes
}

#[test]
fn a_certificate_is_numbered_found_by_its_code_and_verifies() {
    let (stage, first) = burdened();
    let body = format!(
        r#"{{"reader":{{"name":"示例银行","purpose":"贷前调查"}},"right":"{}"}}"#,
        stage.right
    );
    let (certificate, raw) = issue(&stage, &body);
    assert_eq!(certificate.number, 1);
    assert_eq!(
        certificate.provisional.as_deref(),
        Some("no witness is configured")
    );
    let (next, _) = issue(&stage, &body);
    assert_eq!(next.number, 2);
    assert_ne!(next.code, certificate.code);

    let verdict = verify_certificate(&raw.bytes, &trust(&stage));
    assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
    // Who kept the first checkpoint asks with its size, and then learns that nothing before was rewritten.
    let kept = stage.house.trust();
    assert!(!verify_certificate(&raw.bytes, &kept).holds());
    let old = stage.wire.post(&format!("{CERTIFICATES}?old=2"), &body);
    let verdict = verify_certificate(&old.bytes, &kept);
    assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
    let typed = certificate.code.grouped().to_lowercase();
    let again = stage.wire.read(&format!("{CERTIFICATES}/{typed}"));
    assert_eq!(again.bytes, raw.bytes);
    assert_eq!(again.header("cache-control"), "private, no-store");

    let said = certificate.statement().unwrap();
    let Found::Right(found) = &said.found[0] else {
        panic!("{said:?}");
    };
    assert_eq!(found.burdens.len(), 2);
    assert_eq!(found.burdens[0].burden.id.pledge(), Some(first));
    assert_eq!(
        found.burdens[0].external[0].report.number,
        "30112233000123456789"
    );
    assert_eq!(found.holder.id, stage.mill.party);
    assert!(found.holder.name.is_some() && found.issuer.name.is_some());
    let acts: Vec<&str> = found.acts.iter().map(|act| act.act.as_str()).collect();
    assert_eq!(acts, ["issue_right", "register_pledge", "register_pledge"]);
    stage.house.close();
}

#[test]
fn identities_are_answered_by_their_right_or_by_its_absence() {
    let (stage, _) = burdened();
    let (found, _) = stage.house.record(&StateKey::Right(stage.right)).unwrap();
    let greenlien::domain::facts::Record::Right(right) = found else {
        panic!("{found:?}");
    };
    let known = right.identities[0].to_string();
    let nobody = "sink-project:500113-NONE";
    let (certificate, raw) = issue(
        &stage,
        &format!(r#"{{"identities":["{nobody}","{known}"]}}"#),
    );
    let said = certificate.statement().unwrap();
    assert_eq!(
        said.found[0],
        Found::Nothing(Identity {
            scheme: "sink-project".to_owned(),
            value: "500113-NONE".to_owned()
        })
    );
    assert!(matches!(&said.found[1], Found::Right(found) if found.id == stage.right));
    let verdict = verify_certificate(&raw.bytes, &trust(&stage));
    assert!(verdict.holds() && verdict.level.is_some(), "{verdict:?}");
    stage.house.close();
}

#[test]
fn a_certificate_that_says_something_else_than_its_evidence_is_refused() {
    let (stage, _) = burdened();
    let (_, raw) = issue(&stage, &format!(r#"{{"right":"{}"}}"#, stage.right));
    let (reader, mut both) = (reader(&stage), Both::new());
    let good = raw.text().to_owned();
    for (from, to) in [
        // The statement alone.
        (r#""result":"record""#, r#""result":"record!""#),
        (r#""status":"registered","#, r#""status":"lapsed","#),
        (r#""registrar":""#, r#""registrar":"X"#),
        // What was asked.
        (r#""asked":{"right":"R"#, r#""asked":{"right":"R1"#),
        // The evidence alone, and the member that says which format it is.
        (r#"\"quantity\":\"80\""#, r#"\"quantity\":\"70\""#),
        (
            r#""format":"greenlien-certificate/v1""#,
            r#""format":"greenlien-certificate/v2""#,
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let verdict = both.certify(from, good.replacen(from, to, 1).as_bytes(), &reader);
        assert!(!verdict.holds(), "{from}: {verdict:?}");
        assert_eq!(
            (verdict.level, verdict.statements.len()),
            (None, 0),
            "{from}"
        );
    }
    let mut twice = Certificate::parse(&raw.bytes).unwrap();
    twice.evidence.push(twice.evidence[0].clone());
    let verdict = both.certify("twice", twice.to_text().unwrap().as_bytes(), &reader);
    assert_eq!(verdict.failure().map(|check| check.name), Some("asked"));
    let mut without = Certificate::parse(&raw.bytes).unwrap();
    without.evidence.clear();
    assert!(without.to_text().is_err());
    both.agree();
    stage.house.close();
}

#[test]
fn the_verifier_for_browsers_agrees_on_certificates_and_on_their_pdf() {
    let (stage, _) = burdened();
    let (found, _) = stage.house.record(&StateKey::Right(stage.right)).unwrap();
    let greenlien::domain::facts::Record::Right(right) = found else {
        panic!("{found:?}");
    };
    let known = &right.identities[0];
    let (reader, mut both) = (reader(&stage), Both::new());
    for body in [
        format!(
            r#"{{"reader":{{"name":"示例银行"}},"right":"{}"}}"#,
            stage.right
        ),
        format!(r#"{{"identities":["sink-project:500113-NONE","{known}"]}}"#),
    ] {
        let (certificate, raw) = issue(&stage, &body);
        let verdict = both.certify(&body, &raw.bytes, &reader);
        assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
        let pdf = pdf_of(&stage, &certificate);
        let verdict = both.certify("its PDF", &pdf, &reader);
        assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
        let code = certificate.code.as_str();
        let slip = if code.starts_with('0') { "1" } else { "0" };
        let wrong = raw
            .text()
            .replacen(code, &format!("{slip}{}", &code[1..]), 1);
        let verdict = both.certify("a slip of the code", wrong.as_bytes(), &reader);
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, Some("certificate"));
    }
    both.agree();
    stage.house.close();
}

#[test]
fn the_pdf_carries_the_certificate_and_is_the_same_whoever_makes_it() {
    let (stage, _) = burdened();
    let body = format!(
        r#"{{"reader":{{"purpose":"/Type/EmbeddedFile 𠮷"}},"right":"{}"}}"#,
        stage.right
    );
    let (certificate, raw) = issue(&stage, &body);
    let bytes = pdf_of(&stage, &certificate);
    assert_eq!(bytes, pdf(&certificate).unwrap());
    assert_eq!(
        bytes,
        stage
            .wire
            .read(&format!("{CERTIFICATES}/{}.pdf", certificate.code))
            .bytes
    );
    assert_eq!(attachment(&bytes).unwrap(), raw.bytes);
    assert!(
        bytes.len() < raw.bytes.len() + 200_000,
        "{} bytes",
        bytes.len()
    );

    // The same words in letters that stand in the PDF as they are.
    let body = body.replace(" 𠮷", "");
    let (plain, text) = issue(&stage, &body);
    assert_eq!(attachment(&pdf_of(&stage, &plain)).unwrap(), text.bytes);

    let folder = Folder::new();
    let trust = folder.file("trust", crate::cli::trust());
    let whole = folder.file("whole.pdf", &bytes);
    let run = program(&["verify", &whole, "--policy", &trust]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("made again from the attached file"),
        "{}",
        run.out
    );

    // Pages that say something else, around an honest file of the same length.
    let mut other = certificate.clone();
    let purpose = other.reader.purpose.as_mut().unwrap();
    *purpose = purpose.replace("Embedded", "embedded");
    let other = pdf(&other).unwrap();
    let from = attachment(&other).unwrap();
    assert_eq!(from.len(), raw.bytes.len());
    let at = other
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    let mut forged = other.clone();
    forged.splice(at..at + from.len(), raw.bytes.iter().copied());
    let forged = folder.file("forged.pdf", &forged);
    check_pages_differ(&forged, &trust);
    // One byte of a page, and one behind everything that a reader of PDF looks at.
    let end = bytes.len() - 1;
    for at in [400, end] {
        let mut touched = bytes.clone();
        touched[at] ^= 1;
        check_pages_differ(&folder.file("touched.pdf", &touched), &trust);
    }

    // A changed file in it.
    let mut broken = bytes.clone();
    let word = br#""status":"registered","#;
    let at = broken
        .windows(word.len())
        .position(|window| window == word)
        .unwrap();
    broken[at + 11] = b'R';
    let broken = folder.file("broken.pdf", &broken);
    assert_eq!(program(&["verify", &broken, "--policy", &trust]).code, 1);
    stage.house.close();
}

/// A PDF whose pages are others is not valid, though the attached file is, and both are said last.
fn check_pages_differ(file: &str, trust: &str) {
    let run = program(&["verify", file, "--policy", trust]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let last = run.out.trim_end().lines().last().unwrap_or_default();
    assert!(last.starts_with("EVIDENCE VALID, PAGES DIFFER"), "{last}");
    let run = program(&["verify", file, "--policy", trust, "--json"]);
    assert!(run.code == 1 && run.out.contains(r#""valid":false"#));
    let run = program(&["verify", file, "--policy", trust, "--file-only"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("pages: were not looked at"), "{}", run.out);
}

#[test]
fn an_address_has_its_share_of_certificates_and_a_member_has_another() {
    use greenlien::primitives::limits::CERTIFICATES_PER_ASKER;

    let stage = Stage::new();
    let body = format!(r#"{{"right":"{}"}}"#, stage.right);
    for _ in 0..CERTIFICATES_PER_ASKER {
        issue(&stage, &body);
    }
    let raw = stage.wire.post(CERTIFICATES, &body);
    assert_eq!(raw.status, 429, "{}", raw.text());
    assert_eq!(raw.header("retry-after"), "60");
    assert_eq!(raw.json()["type"], "/problems/too-many-requests");
    // A bank behind the same address, signed in, is not kept out by that.
    let token = stage.wire.sign_in(&stage.bank);
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", &*bearer),
        ("content-type", "application/json"),
    ];
    let raw = stage
        .wire
        .send(Method::POST, CERTIFICATES, &headers, body.as_bytes());
    assert_eq!(raw.status, 201, "{}", raw.text());
    stage.house.close();
}

#[test]
fn a_request_that_cannot_be_answered_names_what_is_wrong() {
    let stage = Stage::new();
    let party = stage.bank.party;
    let code = stage.house.record(&StateKey::Party(party)).unwrap().0;
    let greenlien::domain::facts::Record::Party(bank) = code else {
        panic!("{code:?}");
    };
    let of_party = format!(
        r#"{{"identities":["credit-code:{}"]}}"#,
        bank.credit_code.unwrap()
    );
    for (body, field) in [
        ("{}", "identities"),
        (r#"{"identities":[]}"#, "identities"),
        (r#"{"identities":["nothing"]}"#, "identities[0]"),
        (
            r#"{"identities":["sink-project:A","sink-project:A"]}"#,
            "identities[1]",
        ),
        (r#"{"identities":["no-scheme:A"]}"#, "identity"),
        (r#"{"right":"P4"}"#, "right"),
        (r#"{"right":"R4","identities":[]}"#, "identities"),
        (r#"{"right":"R4","rights":[]}"#, "rights"),
        (r#"{"right":"R4","reader":{"name":""}}"#, "reader.name"),
        (
            r#"{"right":"R4","reader":{"purpose":"a\nb"}}"#,
            "reader.purpose",
        ),
        (r#"{"right":"R4","reader":{"phone":"1"}}"#, "reader.phone"),
        (
            "{\"right\":\"R4\",\"reader\":{\"name\":\"\u{202e}行银\"}}",
            "reader.name",
        ),
        (
            "{\"right\":\"R4\",\"reader\":{\"purpose\":\"a\u{200b}b\"}}",
            "reader.purpose",
        ),
        (of_party.as_str(), "identities[0]"),
    ] {
        stage.wire.post(CERTIFICATES, body).fault(400, field);
    }
    let absent = stage.wire.post(CERTIFICATES, r#"{"right":"R999"}"#);
    assert_eq!(absent.status, 404);
    let get = |path: &str| stage.wire.get(&format!("{CERTIFICATES}/{path}"));
    get("0000000000000001").fault(400, "code");
    get("0000000000000000").fault(404, "code");
    get("0000000000000000.pdf").fault(404, "code");
    get("0000000000000000?x=1").fault(400, "x");
    let raw = stage.wire.send(
        Method::POST,
        CERTIFICATES,
        &[("content-type", "text/plain")],
        b"{}",
    );
    assert_eq!((raw.status, JSON), (415, "application/json"));
    stage.house.close();
}

#[test]
fn the_command_line_asks_writes_and_fetches_again() {
    let (stage, _) = burdened();
    let server = stage.house.client().base().to_owned();
    let folder = Folder::new();
    let file = folder.path("c.pdf");
    let right = stage.right.to_string();
    let run = program(&[
        "certificate",
        &right,
        "--reader",
        "示例担保",
        "--out",
        &file,
        "--server",
        &server,
        "--json",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let certificate = Certificate::parse(run.out.as_bytes()).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), pdf(&certificate).unwrap());
    let code = certificate.code.grouped();
    let again = folder.path("c.json");
    let run = program(&[
        "certificate",
        "--code",
        &code,
        "--out",
        &again,
        "--server",
        &server,
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out.contains("排污权, 化学需氧量 (COD), 登记的持有人 ")
            && run.out.contains("Not burdened in this register"),
        "{}",
        run.out
    );
    assert_eq!(
        std::fs::read_to_string(&again).unwrap(),
        certificate.to_text().unwrap()
    );
    assert_eq!(
        program(&[
            "certificate",
            "--code",
            "0000000000000001",
            "--server",
            &server
        ])
        .code,
        2
    );
    stage.house.close();
}

#[test]
fn the_page_issues_and_shows_a_certificate_in_both_languages() {
    let (stage, _) = burdened();
    let page = |path: &str| -> Reply { stage.house.get(path) };
    let ask = page(&format!("/certificates?right={}", stage.right));
    assert!(
        ask.text.contains("出具查询证明")
            && ask.text.contains(&format!("value=\"{}\"", stage.right))
    );
    let form = format!(
        "right={}&name=%E7%A4%BA%E4%BE%8B&purpose=%3Cb%3E",
        stage.right
    );
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let raw = stage
        .wire
        .send(Method::POST, "/certificates", &kind, form.as_bytes());
    assert_eq!(raw.status, 303, "{}", raw.text());
    let path = raw.header("location").to_owned();
    let code = path.rsplit('/').next().unwrap().to_owned();
    for (lang, words) in [
        ("zh", "在登负担 2 项"),
        ("en", "2 burdens on it are on record"),
    ] {
        let shown = page(&format!("{path}?lang={lang}")).text;
        assert!(shown.contains(words) && shown.contains("示例"), "{shown}");
        assert!(shown.contains(&format!("/v1/certificates/{code}.pdf")));
        assert!(!shown.contains("<b>"));
    }
    let found = stage
        .wire
        .send(Method::GET, &format!("/search?q={code}"), &[], &[]);
    assert_eq!(
        (found.status, found.header("location")),
        (303, path.as_str())
    );
    assert_eq!(page("/certificates/0000000000000000").status, 404);
    let wrong = stage
        .wire
        .send(Method::POST, "/certificates", &kind, b"right=P4");
    // No certificate: the form again, with what was typed and why not.
    let again = wrong.text();
    assert!(
        wrong.header("location").is_empty()
            && again.contains("href=\"#right\"")
            && again.contains("权益「P4」: ")
            && again.contains("value=\"P4\""),
        "{again}"
    );
    stage.house.close();
}

#[test]
fn a_certificate_outlives_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut local = crate::support::Local::create(&path);
    let bureau = local.admit(
        "bureau",
        &[greenlien::domain::party::Role::Authority],
        &["emission"],
    );
    let mill = local.admit("mill", &[greenlien::domain::party::Role::Holder], &[]);
    let right = local.issue(
        &bureau,
        papers::emission(&mill, "COD", "120", span("2026-01-01", "2031-01-01")),
    );
    let asked = greenlien::verify::certificate::Asked::Right(right);
    let issued = local.registry.issue_certificate(
        &greenlien::service::certificates::Asker::Visitor(String::new()),
        asked,
        greenlien::verify::certificate::Reader::default(),
        None,
    );
    let greenlien::service::certificates::Issued::Kept { certificate, text } = issued.unwrap()
    else {
        panic!("too many");
    };
    drop(local);
    greenlien::service::rebuild::rebuild(&path, &mut |_, _| {})
        .unwrap()
        .unwrap();
    let local = crate::support::Local::open(&path);
    assert_eq!(
        local.registry.certificate(&certificate.code).unwrap(),
        Some(text)
    );
    let trust = crate::evidence::trust(&local);
    let again = local
        .registry
        .certificate(&certificate.code)
        .unwrap()
        .unwrap();
    let verdict = verify_certificate(again.as_bytes(), &trust);
    let uncovered = verdict
        .checks
        .iter()
        .filter(|check| matches!(check.finish, Finish::NotCovered(_)));
    let mut names = uncovered.map(|check| check.name);
    assert!(names.any(|name| name == "number and code"), "{verdict:?}");
}
