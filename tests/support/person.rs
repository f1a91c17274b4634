//! A person at a browser: signed in with a cookie, sending forms as a page of the registry would.
//!
//! It signs as the page does, but without one; what a real browser makes of the pages is a test of its own.

use greenlien::primitives::canonical::Json;
use ureq::http::Method;

use super::as_read;
use super::cast::Actor;
use super::house::House;
use crate::http::{JSON, Raw, Wire};

const BOUNDARY: &str = "----greenlien";

/// A browser with the session of somebody's.
pub(crate) struct Person {
    wire: Wire,
    base: String,
    cookie: String,
    pub(crate) form_token: String,
}

impl Person {
    /// Signs the maker of a party in.
    pub(crate) fn sign_in(house: &House, actor: &Actor) -> Self {
        let base = house.client().base().to_owned();
        let mut person = Self {
            wire: Wire::new(&base),
            base,
            cookie: String::new(),
            form_token: String::new(),
        };
        let key = &actor.maker;
        let ask = Json::object([
            ("kid", Json::Text(key.public().id().to_string())),
            ("org", Json::Text(actor.party.to_string())),
        ]);
        let raw = person.send(
            "/v1/sessions/challenge",
            JSON,
            ask.to_canonical().as_bytes(),
        );
        assert_eq!(raw.status, 200, "{}", raw.text());
        let text = raw.json()["challenge"].as_str().unwrap().to_owned();
        let answer = Json::object([
            ("challenge", Json::text(&*text)),
            (
                "signature",
                Json::Text(hex::encode(key.sign(text.as_bytes()).0)),
            ),
        ]);
        let raw = person.send("/v1/sessions", JSON, answer.to_canonical().as_bytes());
        assert_eq!(raw.status, 201, "{}", raw.text());
        let cookie = raw.header("set-cookie").split(';').next().unwrap();
        cookie.clone_into(&mut person.cookie);
        let session = raw.json();
        let form_token = session["form_token"].as_str().unwrap();
        form_token.clone_into(&mut person.form_token);
        person
    }

    /// Returns what its browser shows of the session.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Reads a page.
    pub(crate) fn get(&self, path: &str) -> Raw {
        let headers = [("cookie", &*self.cookie), ("accept", "text/html")];
        read(self.wire.send(Method::GET, path, &headers, &[]))
    }

    /// Reads a page that must be there.
    pub(crate) fn page(&self, path: &str) -> String {
        let raw = self.get(path);
        assert_eq!(raw.status, 200, "{path}: {}", raw.text());
        raw.text().to_owned()
    }

    /// Sends a body as a page of this site would.
    pub(crate) fn send(&self, path: &str, media_type: &str, body: &[u8]) -> Raw {
        let headers = [
            ("cookie", &*self.cookie),
            ("origin", &*self.base),
            ("content-type", media_type),
        ];
        read(self.wire.send(Method::POST, path, &headers, body))
    }

    /// Sends a form; its first field is the form token.
    pub(crate) fn form(&self, path: &str, fields: &str) -> Raw {
        let fields = format!("form_token={}&{fields}", self.form_token);
        self.send(path, "application/x-www-form-urlencoded", fields.as_bytes())
    }

    /// Sends a form with a file.
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Raw {
        let mut body = Vec::new();
        let token = ("form_token", &*self.form_token);
        for (name, value) in [token].iter().chain(fields) {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(head.as_bytes());
        }
        let (name, bytes) = file;
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send(
            path,
            &format!("multipart/form-data; boundary={BOUNDARY}"),
            &body,
        )
    }
}

/// An answer as a person reads it.
fn read(mut raw: Raw) -> Raw {
    if let Ok(text) = std::str::from_utf8(&raw.bytes) {
        raw.bytes = as_read(text).into_bytes();
    }
    raw
}
