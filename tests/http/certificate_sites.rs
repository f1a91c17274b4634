//! Where a certificate leads who has the paper alone: the address of the pages, as the operator states it, in the file, on the
//! pages and in the QR code, read and refused alike by both verifiers.

use greenlien::documents::certificate::{pdf, qr_text};
use greenlien::primitives::site::Site;
use greenlien::verify::certificate::Certificate;
use greenlien::verify::verdict::Level;

use super::certificates::{burdened, issue, reader};
use crate::cli::{Folder, program, trust};
use crate::second_verifier::Both;
use crate::support::house::House;

const SITE: &str = "https://registry.example";

#[test]
fn a_certificate_names_the_address_of_the_operator_and_its_code_opens_there() {
    let house = House::at_site(Site::parse(SITE));
    let asked = r#"{"identities":["sink-project:500113-NONE"]}"#;
    let reply = house.client().post("/v1/certificates", asked).unwrap();
    assert_eq!(reply.status, 201, "{}", reply.text);
    assert!(reply.text.contains(r#""site":"https://registry.example""#));
    let certificate = Certificate::parse(reply.text.as_bytes()).unwrap();
    let said = certificate.statement().unwrap();
    let (code, size, root, origin) = (&certificate.code, said.size, said.root, &said.origin);
    let text = qr_text(&certificate, &said);
    assert_eq!(
        text,
        format!("{SITE}/certificates/{code}#{size}/{root}/{origin}")
    );
    // What a phone opens is the page of the certificate, and what is scanned leads there from the search too.
    let path = text.strip_prefix(SITE).unwrap().split('#').next().unwrap();
    let page = house.get(path);
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.text.contains(&certificate.code.grouped()),
        "{}",
        page.text
    );
    house.close();
}

#[test]
fn the_address_is_printed_and_the_pages_are_made_again_with_it() {
    let (stage, _) = burdened();
    let (plain, raw) = issue(&stage, &format!(r#"{{"right":"{}"}}"#, stage.right));
    assert_eq!(plain.site, None, "the operator has named none");
    let said = plain.statement().unwrap();
    assert!(qr_text(&plain, &said).starts_with("GREENLIEN-CERTIFICATE/1 "));
    let mut named = plain.clone();
    named.site = Site::parse(SITE);
    let text = named.to_text().unwrap();
    let (reader, mut both) = (reader(&stage), Both::new());
    let verdict = both.certify("with an address", text.as_bytes(), &reader);
    assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
    let pages = pdf(&named).unwrap();
    let verdict = both.certify("its PDF", &pages, &reader);
    assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
    let folder = Folder::new();
    let trust = folder.file("trust", trust());
    let file = folder.file("named.pdf", &pages);
    let run = program(&["verify", &file, "--policy", &trust]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_ne!(pages.len(), pdf(&plain).unwrap().len());
    // Whatever else stands there is no address.
    let longest = format!("https://{}", "a".repeat(72));
    for (site, holds) in [
        ("http://10.0.0.7:8470", true),
        (&*longest, true),
        (&*format!("{longest}a"), false),
        ("https://registry.example/", false),
        ("https://registry.example/x", false),
        ("https://Registry.example", false),
        ("https://a..b", false),
        ("https://-a", false),
        ("https://a:65536", false),
        ("https://a:0", false),
        ("javascript:alert(1)", false),
        ("", false),
    ] {
        let changed = text.replace(SITE, site);
        let verdict = both.certify(site, changed.as_bytes(), &reader);
        assert_eq!(verdict.holds(), holds, "{site}: {verdict:?}");
    }
    let twice = raw
        .text()
        .replacen("\"statement\":", "\"site\":1,\"statement\":", 1);
    let verdict = both.certify("a number", twice.as_bytes(), &reader);
    assert!(!verdict.holds());
    both.agree();
    stage.house.close();
}
