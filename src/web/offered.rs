//! The QR code of a key that is offered to the register: its public half, the person and the proof of possession, as the page
//! 签署 makes them in the browser.
//!
//! Separate from the assets, since each code is of a key. Draws nothing but what has the form of an offered key (FORMATS 2.3):
//! nobody can have another text drawn in the name of this register. The key itself is never sent.

use axum::extract::Query;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;

use crate::documents::qr;
use crate::primitives::canonical::Json;

/// Digits of a public key and of a proof, and letters of a pseudonym.
const KEY_DIGITS: usize = 64;
const PROOF_DIGITS: usize = 128;
const PERSON_CHARS_MAX: usize = 32;

/// Answers with the code of an offered key.
pub(crate) async fn get_code(Query(query): Query<BTreeMap<String, String>>) -> Response {
    let Some(drawn) = offered(&query).and_then(|text| qr::drawing(&text).ok()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, drawn).into_response()
}

/// The text of an offered key, as the file beside the code has it; nothing where the address has none.
fn offered(query: &BTreeMap<String, String>) -> Option<String> {
    let digits = |name: &str, count: usize| {
        let value = query.get(name)?;
        let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        (value.len() == count && value.chars().all(is_digit)).then(|| Json::text(&**value))
    };
    let person = query.get("person")?;
    let is_part = |c: char| matches!(c, '0'..='9' | 'a'..='z' | '-');
    let fits = (1..=PERSON_CHARS_MAX).contains(&person.len()) && person.chars().all(is_part);
    let offered = Json::object([
        ("key", digits("key", KEY_DIGITS)?),
        ("person", Json::text(&**person)),
        ("proof", digits("proof", PROOF_DIGITS)?),
    ]);
    fits.then(|| offered.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str, person: &str, proof: &str) -> Option<String> {
        let pairs = [("key", key), ("person", person), ("proof", proof)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        offered(&pairs.into_iter().collect())
    }

    #[test]
    fn only_what_has_the_form_of_an_offered_key_is_drawn() {
        let (key, proof) = ("0f".repeat(32), "a1".repeat(64));
        assert_eq!(
            of(&key, "checker-01", &proof).unwrap(),
            format!("{{\"key\":\"{key}\",\"person\":\"checker-01\",\"proof\":\"{proof}\"}}")
        );
        let upper = key.to_uppercase();
        for (key, person, proof) in [
            (&*key, "复核 01", &*proof),
            (&*key, "", &*proof),
            (&*key, "http://example", &*proof),
            (&*key, "a", &*key),
            (&*proof, "a", &*proof),
            (&*upper, "a", &*proof),
        ] {
            assert_eq!(of(key, person, proof), None, "{key} {person} {proof}");
        }
        assert_eq!(of(&key, &"a".repeat(33), &proof), None);
        assert!(of(&key, &"a".repeat(32), &proof).is_some());
    }
}
