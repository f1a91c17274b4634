//! The pages in a real browser: chromium, driven by the scripts in `tests/browser`, against a registry of this process or a
//! demonstration's.
//!
//! Ignored, since not every machine has a chromium: `make browser` finds or installs one and runs them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use greenlien::cli::keyfile::write_key;
use greenlien::documents::certificate::pdf;
use greenlien::domain::command::{Body, PledgeAct};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::right::Identity;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::site::Site;
use greenlien::verify::certificate::Certificate;
use serde_json::{Value, json};

use crate::full_town::full_town;
use crate::lending_books::Lender;
use crate::pages::{Town, town};
use crate::support::play::Play as _;
use crate::support::{papers, run_in_node};

/// Writes what a person would have in a folder: evidence files, a trust policy, a checkpoint.
fn papers_of(town: &Town, folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let reader = town.house.reader();
    let right = town.house.evidence(&StateKey::Right(town.permit));
    write("right.json", &right);
    let pledge = town.house.evidence(&StateKey::Pledge(town.pledge));
    write("pledge.json", &pledge);
    let nobody = StateKey::Identity(Identity {
        scheme: "discharge-permit".to_owned(),
        value: "91500113PP7QNGFH31009R|SO2".to_owned(),
    });
    write("absent.json", &town.house.evidence(&nobody));
    write("trust.txt", &reader.policy);
    write("checkpoint.txt", reader.old.as_deref().unwrap());
    // One digit of a quantity, in an entry or a record.
    let changed = right.replacen(
        "\\\"quantity\\\":\\\"80\\\"",
        "\\\"quantity\\\":\\\"90\\\"",
        1,
    );
    assert_ne!(changed, right);
    write("changed.json", &changed);
    let certificate = certificate_of(town);
    let text = certificate.to_text().unwrap();
    write("certificate.json", &text);
    write(
        "forged.json",
        &text.replacen("\"registrar\":\"", "\"registrar\":\"X", 1),
    );
    std::fs::write(folder.join("certificate.pdf"), pdf(&certificate).unwrap()).unwrap();
    write("other.json", &certificate_of(town).to_text().unwrap());
}

/// Writes evidence of the right and of the pledge after somebody has objected and the right was cut.
fn clouded(town: &mut Town, folder: &Path) {
    let (bureau, other) = (town.bureau.clone(), town.other.clone());
    let document = Hash::of(&[b"order"]);
    let cut = Body::AdjustRight {
        right: town.permit,
        from: papers::day("2027-01-01"),
        amount: (papers::quantity("60"), "t/a".to_owned()),
        document,
    };
    assert!(town.house.submit(&bureau, cut, &[], &[]).is_accepted());
    let object = Body::OfPledge(Box::new(PledgeAct::Object {
        pledge: town.pledge,
        document,
        suit: None,
    }));
    assert!(town.house.submit(&other, object, &[], &[]).is_accepted());
    for (name, key) in [
        ("clouded-right.json", StateKey::Right(town.permit)),
        ("clouded-pledge.json", StateKey::Pledge(town.pledge)),
    ] {
        std::fs::write(folder.join(name), town.house.evidence(&key)).unwrap();
    }
}

/// A certificate about the right of the town, as the registry issues it.
fn certificate_of(town: &Town) -> Certificate {
    let asked = json!({"reader": {"name": "示例银行"}, "right": town.permit.to_string()});
    let reply = town
        .house
        .client()
        .post("/v1/certificates", &asked.to_string())
        .unwrap();
    assert_eq!(reply.status, 201, "{}", reply.text);
    Certificate::parse(reply.text.as_bytes()).unwrap()
}

/// What the QR code on a certificate says.
fn code_of(certificate: &Certificate) -> String {
    let said = certificate.statement().unwrap();
    format!(
        "GREENLIEN-CERTIFICATE/1 {} {} {} {}",
        certificate.code, said.size, said.root, said.origin
    )
}

/// Runs one of the scripts with what it needs to know, and fails with what it says.
fn run(script: &str, config: &Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    run_in_node(&folder.join(script), config.to_string().as_ref());
}

/// The pixels of a PGM file: width, height, and one byte for each.
fn pixels_of(file: &Path) -> (usize, usize, Vec<u8>) {
    let bytes = std::fs::read(file).unwrap();
    let mut lines = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap();
    assert_eq!(line(), b"P5");
    let size = String::from_utf8(line().to_vec()).unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    assert_eq!(line(), b"255");
    (
        width.parse().unwrap(),
        height.parse().unwrap(),
        line().to_vec(),
    )
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn the_code_on_a_certificate_drawn_by_the_browser_is_read_by_another_program() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    let mut certificate = certificate_of(&town);
    let plain = code_of(&certificate);
    check_drawn(&certificate, &plain, folder.path());
    // With the longest address, in the letters that fill it most.
    let site = format!("https://{}", "w".repeat(72));
    certificate.site = Site::parse(&site);
    let page = page_of(&certificate, &site);
    check_drawn(&certificate, &page, folder.path());
    town.house.close();
}

/// The page of a certificate, with what is on its paper.
fn page_of(certificate: &Certificate, site: &str) -> String {
    let said = certificate.statement().unwrap();
    let (code, size, root, origin) = (&certificate.code, said.size, said.root, said.origin);
    format!("{site}/certificates/{code}#{size}/{root}/{origin}")
}

/// Has the browser draw a certificate, and another program read its code.
fn check_drawn(certificate: &Certificate, code: &str, folder: &Path) {
    let (file, drawn) = (folder.join("c.pdf"), folder.join("c.pgm"));
    std::fs::write(&file, pdf(certificate).unwrap()).unwrap();
    run("render.mjs", &json!({"pdf": file, "out": drawn}));
    let (width, height, pixels) = pixels_of(&drawn);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get(y * width + x).copied().unwrap_or(255)
    });
    let read: Vec<String> = image
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect();
    assert!(read.iter().any(|text| text == code), "{read:?}");
}

fn config_of(town: &Town, folder: &Path) -> Value {
    json!({
        "address": town.house.client().base(), "folder": folder, "now": "2026-12-02T02:00:00Z", "paths": town.paths(),
        "right": "R10", "pledgee": "M6",
    })
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn an_evidence_file_is_verified_as_served_and_from_a_disk_with_the_network_off() {
    let (mut town, folder) = (town(), tempfile::tempdir().unwrap());
    papers_of(&town, folder.path());
    clouded(&mut town, folder.path());
    let text = std::fs::read(folder.path().join("certificate.json")).unwrap();
    let certificate = Certificate::parse(&text).unwrap();
    let mut config = config_of(&town, folder.path());
    config["code"] = json!(certificate.code.grouped().to_lowercase());
    config["qr"] = json!(code_of(&certificate));
    config["scanned"] = json!(page_of(&certificate, "https://registry.example"));
    config["origin"] = json!(certificate.statement().unwrap().origin);
    run("verify.mjs", &config);
    town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn every_page_meets_the_rules_of_axe_and_of_the_keyboard_and_nothing_complains() {
    let (full, folder) = (full_town(), tempfile::tempdir().unwrap());
    let town = &full.town;
    let mut config = config_of(town, folder.path());
    let (right, code) = (town.permit, certificate_of(town).code);
    config["right"] = json!(right.to_string());
    let paths = config["paths"].as_array_mut().unwrap();
    for path in [
        format!("/check?right={right}&quantity=50&from=2027-01-01&through=2027-06-30"),
        format!("/check?right={right}&quantity=5&from=2027-01-01&through=2027-06-30"),
        format!("/certificates?right={right}"),
        format!("/certificates/{code}"),
    ] {
        paths.push(json!(path));
    }
    paths.extend(full.paths().into_iter().map(|path| json!(path)));
    run("pages.mjs", &config);
    full.town.house.close();
}

/// Writes the key files of the persons who sign.
fn keys_of(town: &Town, folder: &Path) {
    let write = |name: &str, key: &SecretKey, passphrase: Option<&str>| {
        write_key(&folder.join(name), key, passphrase).unwrap();
    };
    write("bank-maker.key", &town.bank.maker, Some("correct horse"));
    write("bank-checker.key", &town.bank.checker, None);
    write("mill-maker.key", &town.mill.maker, None);
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn a_pledge_is_registered_and_released_by_persons_who_sign_in_their_browsers() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    keys_of(&town, folder.path());
    write_key(&folder.path().join("stranger.key"), &town.other.maker, None).unwrap();
    let question = format!(
        "right={}&pledgee={}&quantity=10&from=2027-01-01&through=2027-12-31",
        town.permit, town.bank.party
    );
    run(
        "sign.mjs",
        &json!({
            "address": town.house.client().base(), "folder": folder.path(), "now": town.house.now().to_string(),
            "question": question, "bank": town.bank.party.to_string(),
        }),
    );
    town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn a_pledge_is_registered_by_keyboard_alone() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    keys_of(&town, folder.path());
    run(
        "keyboard.mjs",
        &json!({
            "address": town.house.client().base(), "folder": folder.path(), "now": town.house.now().to_string(),
            "right": town.permit.to_string(), "bank": town.bank.party.to_string(),
        }),
    );
    town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn signing_in_signing_and_verifying_go_on_where_the_browser_has_no_cryptography_of_its_own() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    papers_of(&town, folder.path());
    keys_of(&town, folder.path());
    let question = format!(
        "right={}&pledgee={}&quantity=10&from=2027-01-01&through=2027-12-31",
        town.permit, town.bank.party
    );
    // A name that is not the machine's own makes the context insecure; the browser finds it at the loopback address.
    let port = town.house.client().base().rsplit_once(':').unwrap().1;
    run(
        "plain.mjs",
        &json!({
            "address": format!("http://intranet.example:{port}"), "folder": folder.path(), "now": town.house.now().to_string(),
            "question": question, "bank": town.bank.party.to_string(),
        }),
    );
    town.house.close();
}

/// Writes what a clerk of the bureau and its checker have: key files, and a book of three rights.
fn book_of(town: &Town, folder: &Path) {
    let key = |name: &str, key: &SecretKey| write_key(&folder.join(name), key, None).unwrap();
    key("bureau-maker.key", &town.bureau.maker);
    key("bureau-checker.key", &town.bureau.checker);
    key("bank-maker.key", &town.bank.maker);
    let code = &town.mill.credit_code;
    let head =
        "排污许可证编号,污染物,污染物代码,持证单位统一社会信用代码,核定量,单位,有效期起,有效期止";
    let row = |(name, letters): (&str, &str)| {
        format!("{code}001W,{name},{letters},{code},12.5,吨/年,2027-01-01,2030-12-31\n")
    };
    let rows: String = [("氮氧化物", "NOx"), ("二氧化硫", "SO2"), ("总磷", "TP")]
        .map(row)
        .concat();
    std::fs::write(folder.join("book.csv"), format!("{head}\n{rows}")).unwrap();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn a_book_is_imported_by_two_persons_who_are_signed_in_and_sign_in_their_browsers() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    book_of(&town, folder.path());
    run(
        "import.mjs",
        &json!({
            "address": town.house.client().base(), "folder": folder.path(), "now": town.house.now().to_string(),
            "bureau": town.bureau.party.to_string(), "code": town.bureau.credit_code,
            "bank": town.bank.party.to_string(), "out": std::env::var_os("GREENLIEN_LOOKS").map(PathBuf::from),
        }),
    );
    town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn a_book_of_pledges_is_signed_by_the_bank_and_then_by_the_pledgor_in_their_browsers() {
    let mut lender = Lender::new();
    let (farmer, parcel) = lender.farmer();
    let town = &lender.town;
    let (code, holder, digest) = (&farmer.credit_code, &town.mill.credit_code, "ab".repeat(32));
    let mixed = format!(
        "合同编号,权益,出质人,担保数量,担保起始日,担保截止日,consent,同意形式\n\
         林-1,{parcel},{code},,,,{digest},纸质\n甲-9,{},{holder},1,2029-01-01,2029-12-31,,\n",
        town.permit
    );
    lender.folder.file("mixed.csv", mixed);
    lender.folder.file("pledges.csv", lender.pledges());
    lender.folder.file("releases.csv", lender.releases());
    run(
        "lending.mjs",
        &json!({
            "address": town.house.client().base(), "folder": lender.folder.path(""), "now": town.house.now().to_string(),
            "bank": town.bank.party.to_string(), "mill": town.mill.party.to_string(),
            "out": std::env::var_os("GREENLIEN_LOOKS").map(PathBuf::from),
        }),
    );
    lender.town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn commands_are_prepared_on_forms_handed_on_as_a_bundle_and_signed_by_two_persons() {
    let (mut town, folder) = (town(), tempfile::tempdir().unwrap());
    let guarantor = town.house.admit("guarantor", &[Role::Guarantor], &[]);
    let two = Body::SetSigningPolicy(2);
    assert!(town.house.submit(&guarantor, two, &[], &[]).is_accepted());
    keys_of(&town, folder.path());
    let write = |name: &str, key: &SecretKey| {
        write_key(&folder.path().join(name), key, None).unwrap();
    };
    write("bureau-maker.key", &town.bureau.maker);
    write("bureau-checker.key", &town.bureau.checker);
    write("other-maker.key", &town.other.maker);
    write("guarantor-maker.key", &guarantor.maker);
    write("guarantor-checker.key", &guarantor.checker);
    std::fs::remove_file(folder.path().join("bank-maker.key")).unwrap();
    write("bank-maker.key", &town.bank.maker);
    run(
        "acts.mjs",
        &json!({
            "address": town.house.client().base(), "folder": folder.path(), "now": town.house.now().to_string(),
            "right": town.permit.to_string(), "pledge": town.pledge.to_string(),
            "bureau": town.bureau.party.to_string(), "other": town.other.party.to_string(),
            "guarantor": guarantor.party.to_string(),
            "out": std::env::var_os("GREENLIEN_LOOKS").map(PathBuf::from),
        }),
    );
    town.house.close();
}

#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn drafts_go_through_the_inbox_to_signers_at_other_machines() {
    let (town, folder) = (town(), tempfile::tempdir().unwrap());
    let write = |name: &str, key: &SecretKey| {
        write_key(&folder.path().join(name), key, None).unwrap();
    };
    write("bureau-maker.key", &town.bureau.maker);
    write("bureau-checker.key", &town.bureau.checker);
    write("bank-maker.key", &town.bank.maker);
    write("bank-checker.key", &town.bank.checker);
    write("mill-maker.key", &town.mill.maker);
    let question = format!(
        "right={}&pledgee={}&quantity=10&from=2027-01-01&through=2027-12-31",
        town.permit, town.bank.party
    );
    run(
        "inbox.mjs",
        &json!({
            "address": town.house.client().base(), "folder": folder.path(), "now": town.house.now().to_string(),
            "question": question, "right": town.permit.to_string(), "bureau": town.bureau.party.to_string(),
            "bank": town.bank.party.to_string(), "mill": town.mill.party.to_string(),
            "out": std::env::var_os("GREENLIEN_LOOKS").map(PathBuf::from),
        }),
    );
    town.house.close();
}

/// With `GREENLIEN_SCREENSHOTS` (`make screenshots`), the pictures of the READMEs are made again.
#[test]
#[ignore = "needs chromium; `make browser` runs it"]
fn the_main_pages_of_a_demonstration_can_be_pictured() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(["demo", "--keep", "--json", "--folder"])
        .arg(&data)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let mut line = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(line()["ok"], true);
    let place = line();
    let out = std::env::var_os("GREENLIEN_SCREENSHOTS").map(PathBuf::from);
    run(
        "screenshots.mjs",
        &json!({
            "address": place["address"], "folder": folder.path(), "trust": data.join("trust.policy"), "keys": data.join("keys"),
            "out": out.as_deref().unwrap_or(folder.path()),
            "permit": "91500113HKFGY7BF6Y002U|SO2", "unit": "500113006013JE00001L00000001",
        }),
    );
    demo.kill().unwrap();
    demo.wait().unwrap();
}
