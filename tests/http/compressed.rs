//! Pages and what they are drawn with, compressed: the same bytes for whoever takes them so, never beside what is one person's
//! own, and kept for good only under the name of what they are.

use super::Stage;
use super::tiles::{Sent, exchange};
use crate::support::person::Person;

/// For how long a browser may keep what is named by its hash.
const FIXED: &str = "public, max-age=31536000, immutable";

/// Returns the addresses of styles and scripts in a page.
fn assets_of(page: &str) -> Vec<String> {
    let parts = page.split('"').filter(|part| part.starts_with("/assets/"));
    parts.map(|part| part.replace("&amp;", "&")).collect()
}

#[test]
fn pages_and_scripts_are_compressed_for_who_takes_gzip_and_stay_the_same() {
    let stage = Stage::new();
    let base = stage.house.client().base();
    let read = |path: &str, accepted: &str| exchange(base, path, &[("accept-encoding", accepted)]);
    let mut paths = vec!["/verify".to_owned(), "/verify/offline.html".to_owned()];
    for page in ["/verify", "/sign-in"] {
        let page = String::from_utf8(read(page, "identity").body).unwrap();
        let named = assets_of(&page).into_iter();
        paths.extend(named.filter(|path| path.contains("?v=")));
    }
    assert!(paths.len() >= 8, "{paths:?}");
    // Asked for twice, because what never changes is compressed once.
    for path in paths.iter().chain(&paths) {
        let (plain, packed) = (read(path, "identity"), read(path, "gzip, br"));
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        for sent in [&plain, &packed] {
            assert!(sent.header("vary").contains("accept-encoding"), "{path}");
            let length = sent.body.len().to_string();
            assert_eq!(sent.header("content-length"), length, "{path}");
        }
        assert_eq!(packed.unpacked(), plain.body, "{path}");
        assert!(packed.body.len() < plain.body.len(), "{path}");
        let is_long = plain.body.len() > 100_000;
        assert!(
            !is_long || packed.body.len() * 2 < plain.body.len(),
            "{path}"
        );
    }
    // Answers for programs are what they are.
    for path in ["/v1/rights", "/openapi.json"] {
        let encoding = read(path, "gzip").header("content-encoding");
        assert_eq!(encoding, "", "{path}");
    }
    stage.house.close();
}

#[test]
fn a_page_of_somebody_who_is_signed_in_is_not_compressed_and_its_scripts_are() {
    let stage = Stage::new();
    let person = Person::sign_in(&stage.house, &stage.bank);
    let base = stage.house.client().base();
    let read = |path: &str| {
        let headers = [("accept-encoding", "gzip"), ("cookie", person.cookie())];
        exchange(base, path, &headers)
    };
    let page = read("/sign");
    assert_eq!(page.header("content-encoding"), "");
    assert!(page.header("cache-control").contains("no-store"));
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains(&person.form_token), "{text}");
    let named = assets_of(&text);
    let script = named.iter().find(|path| path.contains("signing.js"));
    let script = read(script.unwrap());
    assert_eq!(script.header("content-encoding"), "gzip");
    assert_eq!(script.header("cache-control"), FIXED);
    stage.house.close();
}

#[test]
fn only_what_is_named_by_its_hash_is_kept_for_good() {
    let stage = Stage::new();
    let base = stage.house.client().base();
    let kept = |path: &str| -> String {
        let sent: Sent = exchange(base, path, &[]);
        sent.header("cache-control")
    };
    let page = String::from_utf8(exchange(base, "/verify", &[]).body).unwrap();
    let named = assets_of(&page).into_iter();
    for path in named.filter(|path| path.contains("?v=")) {
        assert_eq!(kept(&path), FIXED, "{path}");
        let (bare, _) = path.split_once('?').unwrap();
        for other in [
            bare.to_owned(),
            format!("{bare}?v="),
            format!("{bare}?v=0123"),
        ] {
            assert_eq!(kept(&other), "public, max-age=86400", "{other}");
        }
    }
    let foot = "/assets/foot.css?size=1&root=ab&name=x&v=";
    assert_eq!(kept(foot), "public, max-age=86400");
    stage.house.close();
}
