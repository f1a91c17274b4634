//! What is for no operation is answered as the description says: a path that is nobody's, another method, what is no request.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use ureq::http::Method;

use super::DOCUMENT;
use crate::http::{JSON, Wire};
use crate::support::cast;
use crate::support::house::House;

/// Sends bytes on a connection of their own and reads until it is closed; returns the status and the body.
fn answer_to(base: &str, request: &str) -> (String, String) {
    let address = base.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(20));
    connection.set_read_timeout(patience).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A connection that is closed while bytes are under way is reset, after its answer.
    drop(connection.read_to_end(&mut bytes));
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.to_owned(), body.to_owned())
}

/// Signs the registrar in as a browser does; returns the cookie.
fn cookie(house: &House, wire: &Wire) -> String {
    let key = &cast::registrar().maker;
    let who = json!({"org": "M0", "kid": key.public().id().to_string()});
    let asked = house
        .client()
        .post("/v1/sessions/challenge", &who.to_string());
    let challenge = asked.unwrap().json["challenge"]
        .as_str()
        .unwrap()
        .to_owned();
    let signature = hex::encode(key.sign(challenge.as_bytes()).0);
    let body = json!({"challenge": challenge, "signature": signature}).to_string();
    let headers = [("content-type", JSON), ("origin", house.client().base())];
    let raw = wire.send(Method::POST, "/v1/sessions", &headers, body.as_bytes());
    let cookie = raw.header("set-cookie");
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn what_is_for_no_operation_is_answered_as_described() {
    let house = House::new();
    let base = house.client().base().to_owned();
    let wire = Wire::new(&base);
    let mut met = BTreeSet::new();
    // The wire holds these answers against the document.
    for (method, path, headers) in [
        (Method::GET, "/v1/nothing", &[][..]),
        (Method::POST, "/v1/rights", &[]),
        (Method::GET, "/v1/nothing", &[("authorization", "Bearer x")]),
    ] {
        met.insert(wire.send(method, path, headers, &[]).status.to_string());
    }
    let address = |bytes: usize| {
        format!(
            "GET /{} HTTP/1.1\r\nhost: here\r\n\r\n",
            "a".repeat(bytes - 1)
        )
    };
    let headers =
        |count: usize| format!("GET /healthz HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
    for (request, status) in [
        ("HELLO\r\n\r\n".to_owned(), "400"),
        (address(65_535), "414"),
        (headers(101), "431"),
    ] {
        let (found, body) = answer_to(&base, &request);
        assert_eq!((&*found, &*body), (status, ""));
        met.insert(found);
    }
    // The limits are those of the words.
    for (request, status) in [(address(65_534), "404"), (headers(100), "200")] {
        let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        let request = request.replacen("a: b\r\n", "", 1);
        assert_eq!(answer_to(&base, &request).0, status);
    }
    let cookie = cookie(&house, &wire);
    let by_cookie = [("cookie", &*cookie)];
    let raw = wire.send(Method::POST, "/v1/nothing", &by_cookie, &[]);
    met.insert(raw.status.to_string());
    let described = DOCUMENT["x-otherwise"].as_object().unwrap();
    let described: BTreeSet<String> = described.keys().cloned().collect();
    assert_eq!(met, described);
    house.close();
}
