//! Signing in: only by the signature of a present key over a challenge that serves once, and only for a short time.

use greenlien::domain::command::Body;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::limits;
use greenlien::primitives::time::Timestamp;
use serde_json::Value;
use ureq::http::Method;

use super::{JSON, Raw, Stage, Wire};
use crate::support::{Actor, Play as _};

const CHALLENGE: &str = "/v1/sessions/challenge";
const SESSIONS: &str = "/v1/sessions";

impl Wire {
    fn challenge(&self, org: &str, kid: &str) -> Raw {
        let ask = Json::object([("kid", Json::text(kid)), ("org", Json::text(org))]);
        self.post(CHALLENGE, ask.to_canonical())
    }

    /// A challenge for an actor and one of its keys.
    fn challenge_of(&self, actor: &Actor, key: &SecretKey) -> String {
        let kid = key.public().id().to_string();
        let raw = self.challenge(&actor.party.to_string(), &kid);
        assert_eq!(raw.status, 200, "{}", raw.text());
        raw.json()["challenge"].as_str().unwrap().to_owned()
    }

    /// Answers a challenge as a program or, with headers, as a browser.
    fn answer(&self, text: &str, key: &SecretKey, headers: &[(&str, &str)]) -> Raw {
        self.present(text, &hex::encode(key.sign(text.as_bytes()).0), headers)
    }

    fn present(&self, text: &str, signature: &str, headers: &[(&str, &str)]) -> Raw {
        let answer = Json::object([
            ("challenge", Json::text(text)),
            ("signature", Json::text(signature)),
        ]);
        let headers = [headers, &[("content-type", JSON)]].concat();
        self.send(
            Method::POST,
            SESSIONS,
            &headers,
            answer.to_canonical().as_bytes(),
        )
    }

    /// Signs an actor in as a program; returns its token.
    pub(super) fn sign_in(&self, actor: &Actor) -> String {
        let text = self.challenge_of(actor, &actor.maker);
        let raw = self.answer(&text, &actor.maker, &[]);
        assert_eq!(raw.status, 201, "{}", raw.text());
        raw.json()["token"].as_str().unwrap().to_owned()
    }

    /// Reads as who has a token.
    pub(super) fn get_as(&self, token: &str, path: &str) -> Raw {
        let bearer = format!("Bearer {token}");
        self.send(Method::GET, path, &[("authorization", &bearer)], &[])
    }

    fn host(&self) -> &str {
        self.base.strip_prefix("http://").unwrap()
    }
}

fn denied(raw: &Raw) {
    assert_eq!(raw.status, 403, "{}", raw.text());
    assert_eq!(raw.json()["type"], "/problems/sign-in-denied");
}

fn over(raw: &Raw) {
    assert_eq!(raw.status, 401, "{}", raw.text());
    assert_eq!(raw.header("www-authenticate"), "Bearer realm=\"greenlien\"");
}

fn later(stage: &mut Stage, seconds: u64) -> Timestamp {
    let time = stage.house.now().plus_seconds(seconds);
    stage.house.set_server_clock(time);
    time
}

#[test]
fn a_program_signs_in_with_a_key_and_shows_its_token() {
    let stage = Stage::new();
    let text = stage.wire.challenge_of(&stage.bank, &stage.bank.maker);
    let aud = stage.house.audience();
    assert!(text.starts_with(&format!("greenlien/session/v1|{aud}|{}|", stage.bank.party)));
    let raw = stage.wire.answer(&text, &stage.bank.maker, &[]);
    assert_eq!(raw.status, 201, "{}", raw.text());
    assert_eq!(raw.header("set-cookie"), "", "a program gets no cookie");
    assert_eq!(raw.header("cache-control"), "no-store");
    let token = raw.json()["token"].as_str().unwrap().to_owned();
    let own: Value = stage.wire.get_as(&token, SESSIONS).json();
    assert_eq!(own["org"], stage.bank.party.to_string());
    assert_eq!(own["person"], "bank-maker");
    assert_eq!(own["kid"], stage.bank.maker.public().id().to_string());
    assert_eq!(own.get("token"), None, "a token is told once");
    over(&stage.wire.get(SESSIONS));
    over(&stage.wire.get_as("0", SESSIONS));
    over(&stage.wire.get_as(&token.to_uppercase(), SESSIONS));
    let basic = [("authorization", "Basic YTpi")];
    over(&stage.wire.send(Method::GET, "/v1/rights", &basic, &[]));
    // A session of one party is no signature of it: commands carry their own authority.
    let out = [("authorization", &*format!("Bearer {token}"))];
    assert_eq!(
        stage.wire.send(Method::DELETE, SESSIONS, &out, &[]).status,
        204
    );
    over(&stage.wire.get_as(&token, SESSIONS));
    stage.house.close();
}

#[test]
fn a_challenge_serves_once_and_only_as_it_was_given() {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let wire = &stage.wire;
    let text = wire.challenge_of(&bank, &bank.maker);
    denied(&wire.answer(&text, &mill.maker, &[]));
    denied(&wire.answer(&text, &bank.checker, &[]));
    denied(&wire.present(&text, &"00".repeat(64), &[]));
    for (from, to) in [
        (bank.party.to_string(), mill.party.to_string()),
        (
            bank.maker.public().id().to_string(),
            bank.checker.public().id().to_string(),
        ),
        ("2026-12-01T".to_owned(), "2036-12-01T".to_owned()),
        (
            "greenlien/session/v1".to_owned(),
            "greenlien/session/v2".to_owned(),
        ),
    ] {
        let changed = text.replacen(&format!("|{from}"), &format!("|{to}"), 1);
        let changed = if changed == text {
            text.replacen(&from, &to, 1)
        } else {
            changed
        };
        assert_ne!(changed, text);
        for key in [&bank.maker, &bank.checker, &mill.maker] {
            denied(&wire.answer(&changed, key, &[]));
        }
    }
    denied(&wire.answer("", &bank.maker, &[]));
    denied(&wire.answer(&format!("{text}|"), &bank.maker, &[]));
    assert_eq!(wire.answer(&text, &bank.maker, &[]).status, 201);
    denied(&wire.answer(&text, &bank.maker, &[]));
    later(&mut stage, 3_600);
    // Whether a party and a key exist is told to who can sign, and to nobody else.
    let nobody = stage.wire.challenge("M999", &"0".repeat(64));
    assert_eq!(nobody.status, 200);
    let nobody = nobody.json()["challenge"].as_str().unwrap().to_owned();
    denied(&stage.wire.answer(&nobody, &bank.maker, &[]));
    let text = stage.wire.challenge_of(&bank, &bank.maker);
    later(&mut stage, 3_600 + limits::CHALLENGE_SECONDS);
    denied(&stage.wire.answer(&text, &bank.maker, &[]));
    stage.wire.challenge("bank", "0").fault(400, "org");
    stage.wire.challenge("M1", "0").fault(400, "kid");
    stage.wire.present(&text, "zz", &[]).fault(400, "signature");
    let now = stage.house.now();
    stage.house.set_server_clock(now);
    stage.house.close();
}

#[test]
fn a_browser_gets_a_cookie_that_no_script_reads_and_never_the_token() {
    let stage = Stage::new();
    let (wire, bank) = (&stage.wire, &stage.bank);
    let origin = format!("http://{}", wire.host());
    let text = wire.challenge_of(bank, &bank.maker);
    let foreign = [("origin", "http://evil.example")];
    assert_eq!(wire.answer(&text, &bank.maker, &foreign).status, 403);
    let cross = [("origin", &*origin), ("sec-fetch-site", "cross-site")];
    assert_eq!(wire.answer(&text, &bank.maker, &cross).status, 403);
    // A cookie that somebody has planted is not taken over.
    let planted = [
        ("origin", &*origin),
        ("cookie", "greenlien-session=planted"),
    ];
    let raw = wire.answer(&text, &bank.maker, &planted);
    assert_eq!(raw.status, 201, "{}", raw.text());
    assert_eq!(raw.json().get("token"), None);
    let cookie = raw.header("set-cookie").to_owned();
    assert!(cookie.starts_with("greenlien-session="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
    assert!(!cookie.contains("planted"));
    let pair = cookie.split(';').next().unwrap().to_owned();
    let get = |pair: &str| wire.send(Method::GET, SESSIONS, &[("cookie", pair)], &[]);
    assert_eq!(get(&pair).status, 200);
    over(&get("greenlien-session=planted"));

    // Signing in again makes a new session and ends the one before.
    let text = wire.challenge_of(bank, &bank.maker);
    let again = [("origin", &*origin), ("cookie", &*pair)];
    assert_eq!(
        wire.answer(&text, &bank.maker, &again).status,
        403,
        "no form token"
    );
    let form = get(&pair).json()["form_token"].as_str().unwrap().to_owned();
    let again = [again.as_slice(), &[("x-form-token", &*form)]].concat();
    assert_eq!(wire.answer(&text, &bank.maker, &again).status, 201);
    over(&get(&pair));
    stage.house.close();
}

/// What somebody on the network can plant under https is a plain cookie: it must never be a session there.
#[test]
fn a_session_counts_only_as_it_was_given() {
    let stage = Stage::new();
    let (wire, bank) = (&stage.wire, &stage.bank);
    let (plain, secure) = (
        format!("http://{}", wire.host()),
        format!("https://{}", wire.host()),
    );
    let open = |origin: &str| {
        let text = wire.challenge_of(bank, &bank.maker);
        let raw = wire.answer(&text, &bank.maker, &[("origin", origin)]);
        assert_eq!(raw.status, 201, "{}", raw.text());
        let cookie = raw.header("set-cookie").to_owned();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), cookie.clone())
    };
    let get = |headers: &[(&str, &str)]| wire.send(Method::GET, SESSIONS, headers, &[]);
    let as_cookie = |name: &str, value: &str| get(&[("cookie", &*format!("{name}={value}"))]);

    let (name, own, whole) = open(&secure);
    assert_eq!(name, "__Host-greenlien");
    assert!(whole.ends_with("; SameSite=Strict; Secure"), "{whole}");
    assert!(!whole.contains("Domain"), "{whole}");
    assert_eq!(as_cookie(&name, &own).status, 200);
    over(&as_cookie("greenlien-session", &own));
    over(&wire.get_as(&own, SESSIONS));

    let (name, planted, _) = open(&plain);
    assert_eq!(name, "greenlien-session");
    assert_eq!(as_cookie(&name, &planted).status, 200);
    over(&as_cookie("__Host-greenlien", &planted));
    over(&wire.get_as(&planted, SESSIONS));
    // A browser that shows that it is under https is a visitor with it, and signs in as if it were not there.
    let planted = format!("greenlien-session={planted}");
    over(&get(&[("cookie", &*planted), ("origin", &*secure)]));
    let fetch = [
        ("sec-fetch-site", "same-origin"),
        ("host", "registry.example"),
    ];
    over(&get(&[fetch.as_slice(), &[("cookie", &*planted)]].concat()));
    let text = wire.challenge_of(bank, &bank.maker);
    let there = [("origin", &*secure), ("cookie", &*planted)];
    assert_eq!(wire.answer(&text, &bank.maker, &there).status, 201);

    let token = wire.sign_in(bank);
    assert_eq!(wire.get_as(&token, SESSIONS).status, 200);
    for name in ["greenlien-session", "__Host-greenlien"] {
        over(&as_cookie(name, &token));
    }
    stage.house.close();
}

#[test]
fn what_another_site_makes_a_browser_send_changes_nothing() {
    let stage = Stage::new();
    let (wire, bank) = (&stage.wire, &stage.bank);
    let origin = format!("http://{}", wire.host());
    let text = wire.challenge_of(bank, &bank.maker);
    let raw = wire.answer(&text, &bank.maker, &[("origin", &*origin)]);
    let pair = raw
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let form = raw.json()["form_token"].as_str().unwrap().to_owned();
    let own = [("cookie", &*pair), ("content-type", JSON)];
    let post = |path: &str, more: &[(&str, &str)]| {
        wire.send(Method::POST, path, &[&own, more].concat(), b"{}")
            .status
    };
    let same = ("origin", &*origin);
    let token = ("x-form-token", &*form);
    for path in ["/v1/check", "/v1/commands", "/v1/statistics", "/v1/nowhere"] {
        assert_eq!(post(path, &[]), 403, "{path}");
        assert_eq!(
            post(path, &[token]),
            403,
            "{path}: nobody says where it is from"
        );
        assert_eq!(post(path, &[same]), 403, "{path}");
        assert_eq!(post(path, &[same, ("x-form-token", "0")]), 403, "{path}");
        let other = ("origin", "http://evil.example");
        assert_eq!(post(path, &[other, token]), 403, "{path}");
        assert_ne!(post(path, &[same, token]), 403, "{path}");
    }
    // Reads go through, since what they answer stays with the browser.
    assert_eq!(wire.send(Method::GET, "/v1/rights", &own, &[]).status, 200);
    assert_eq!(wire.send(Method::DELETE, SESSIONS, &own, &[]).status, 403);
    let out = [own.as_slice(), &[same, token]].concat();
    let raw = wire.send(Method::DELETE, SESSIONS, &out, &[]);
    assert_eq!(raw.status, 204);
    assert!(raw.header("set-cookie").contains("Max-Age=0"), "{raw:?}");
    over(&wire.send(Method::GET, SESSIONS, &own, &[]));
    stage.house.close();
}

#[test]
fn a_session_ends_by_time_by_its_key_and_by_too_many_others() {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let begun = stage.house.now();
    let token = stage.wire.sign_in(&bank);
    later(&mut stage, limits::SESSION_SECONDS - 1);
    assert_eq!(stage.wire.get_as(&token, SESSIONS).status, 200);
    later(&mut stage, limits::SESSION_SECONDS);
    over(&stage.wire.get_as(&token, SESSIONS));
    stage.house.set_server_clock(begun);
    over(&stage.wire.get_as(&token, SESSIONS));

    // Whoever loses a key ends its sessions with it.
    let token = stage.wire.sign_in(&bank);
    let gone = Body::RevokeKey(bank.maker.public().id());
    let by_checker = Actor {
        maker: std::sync::Arc::clone(&bank.checker),
        ..bank.clone()
    };
    let answer = stage.house.submit(&by_checker, gone, &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    over(&stage.wire.get_as(&token, SESSIONS));
    let text = stage.wire.challenge_of(&bank, &bank.maker);
    denied(&stage.wire.answer(&text, &bank.maker, &[]));

    let first = stage.wire.sign_in(&mill);
    let mut time = stage.house.now();
    for _ in 0..limits::SESSIONS_PER_PARTY_MAX {
        time = time.plus_seconds(limits::SIGN_IN_PARTY_SECONDS);
        stage.house.set_server_clock(time);
        stage.wire.sign_in(&mill);
    }
    over(&stage.wire.get_as(&first, SESSIONS));
    stage.house.at(time);
    stage.house.close();
}

#[test]
fn an_address_and_a_party_have_so_many_sign_ins() {
    let mut stage = Stage::new();
    let kid = "0".repeat(64);
    for _ in 0..limits::SIGN_INS_PER_ADDRESS {
        assert_eq!(stage.wire.challenge("M1", &kid).status, 200);
    }
    let raw = stage.wire.challenge("M1", &kid);
    assert_eq!(raw.status, 429, "{}", raw.text());
    assert_eq!(
        raw.header("retry-after"),
        limits::SIGN_IN_ADDRESS_SECONDS.to_string()
    );
    // What a client says about itself is nobody's word.
    let ask = format!("{{\"kid\":\"{kid}\",\"org\":\"M1\"}}");
    let forged = [("content-type", JSON), ("x-forwarded-for", "192.0.2.7")];
    let raw = stage
        .wire
        .send(Method::POST, CHALLENGE, &forged, ask.as_bytes());
    assert_eq!(raw.status, 429);
    let begun = stage.house.now();
    stage
        .house
        .set_server_clock(begun.plus_seconds(limits::SIGN_IN_ADDRESS_SECONDS));
    assert_eq!(stage.wire.challenge("M1", &kid).status, 200);
    assert_eq!(stage.wire.challenge("M1", &kid).status, 429);

    // The quota of a party counts what its own keys have signed.
    let mut time = begun.plus_seconds(3_600);
    let bank = stage.bank.clone();
    let mut taken = 0;
    let full = loop {
        // Twice as fast as it comes back, and slow enough for the address.
        time = time.plus_seconds(2 * limits::SIGN_IN_ADDRESS_SECONDS);
        stage.house.set_server_clock(time);
        let text = stage.wire.challenge_of(&bank, &bank.maker);
        let raw = stage.wire.answer(&text, &bank.maker, &[]);
        if raw.status != 201 {
            break raw;
        }
        taken += 1;
        assert!(taken < 1_000, "there is no end");
    };
    assert_eq!(full.status, 429, "{}", full.text());
    assert!(!full.header("retry-after").is_empty());
    assert!(taken >= limits::SIGN_INS_PER_PARTY, "{taken}");
    let mill = stage.mill.clone();
    stage.house.set_server_clock(time.plus_seconds(60));
    stage.wire.sign_in(&mill);
    stage.house.at(time.plus_seconds(60));
    stage.house.close();
}
