//! Bodies that are not JSON of the profile, too large or wrongly announced, and paths and methods that nobody serves.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::primitives::limits;
use ureq::http::Method;

use super::{BATCH, CHECK, COMMANDS, JSON, Stage};

/// One hostile text: why the strict reader refuses it, and its bytes.
struct Hostile {
    reason: String,
    bytes: Vec<u8>,
}

/// Reads `fixtures/hostile/json.txt`: a reason, a tab, the text in base64.
fn hostile_texts() -> Vec<Hostile> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile/json.txt");
    let file = fs::read_to_string(path).unwrap();
    let hostile = |row: &str| {
        let (reason, text) = row.split_once('\t').unwrap();
        Hostile {
            reason: reason.to_owned(),
            bytes: STANDARD.decode(text).unwrap(),
        }
    };
    file.lines().map(hostile).collect()
}

#[test]
fn a_body_that_is_not_json_of_the_profile_is_refused() {
    let stage = Stage::new();
    let deep = format!("{}{}", "[".repeat(9), "]".repeat(9));
    let texts: [&[u8]; 16] = [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"nul",
        b"null",
        b"{\"command\":null}",
        b"{\"command\":{},\"command\":{}}",
        b"{\"command\":{\"a\":1,\"a\":2}}",
        b"{\"a\":1.5}",
        b"{\"a\":1e3}",
        b"{\"a\":9007199254740992}",
        b"\"\\ud800\"",
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"\xff\"}",
        deep.as_bytes(),
    ];
    for path in [COMMANDS, BATCH, CHECK] {
        for text in texts {
            let problem = stage.refuse_at(path, text, "$");
            assert_eq!(problem["type"], "/problems/malformed-json");
            assert!(
                problem["detail"].as_str().unwrap().contains(" at byte "),
                "{problem}"
            );
        }
        for text in ["[]", "1", "\"x\"", "true"] {
            assert_eq!(
                stage.refuse_at(path, text, "$")["type"],
                "/problems/invalid-field"
            );
        }
    }
    stage.house.close();
}

#[test]
fn hostile_texts_are_refused_as_a_body_and_as_a_payload() {
    let stage = Stage::new();
    let texts = hostile_texts();
    assert!(texts.len() > 100);
    let before = stage.wire.head().size;
    for Hostile { reason, bytes } in texts {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let raw = stage.wire.post(COMMANDS, &bytes);
        assert!([400, 413].contains(&raw.status), "{shown}: {}", raw.text());
        let detail = raw.json()["detail"].as_str().unwrap_or_default().to_owned();
        // A body need not be canonical; a payload must be.
        let is_refused_for_it =
            detail.starts_with(&reason) || raw.status == 413 || reason == "not in canonical form";
        assert!(is_refused_for_it, "{shown}: {reason}: {detail}");
        let raw = stage.wire.post(COMMANDS, stage.signed(&bytes));
        if bytes.len() < limits::PAYLOAD_BYTES_MAX {
            let problem = raw.fault(400, "payload");
            assert!(
                problem["detail"].as_str().unwrap().contains(&reason),
                "{shown}: {problem}"
            );
        } else {
            assert!([400, 413].contains(&raw.status), "{shown}: {}", raw.text());
        }
    }
    assert_eq!(stage.wire.head().size, before);
    stage.house.close();
}

#[test]
fn a_body_that_is_not_announced_as_json_is_415() {
    let stage = Stage::new();
    let post = |headers: &[(&str, &str)]| stage.wire.send(Method::POST, CHECK, headers, b"{}");
    for media_type in [
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/json+x",
        "",
    ] {
        post(&[("content-type", media_type)]).fault(415, "Content-Type");
    }
    post(&[]).fault(415, "Content-Type");
    for media_type in [JSON, "Application/JSON; charset=utf-8"] {
        post(&[("content-type", media_type)]).fault(400, "org");
    }
    stage.house.close();
}

#[test]
fn a_body_beyond_the_limit_is_413() {
    let stage = Stage::new();
    let spaces = |bytes: usize| format!("{{{}}}", " ".repeat(bytes - 2));
    for path in [COMMANDS, CHECK] {
        let largest = stage.wire.post(path, spaces(limits::COMMAND_BYTES_MAX));
        assert_eq!(largest.status, 400);
        let problem = stage
            .wire
            .post(path, spaces(limits::COMMAND_BYTES_MAX + 1))
            .fault(413, "$");
        assert_eq!(problem["detail"], "the body may have 65536 bytes");
    }
    stage
        .wire
        .post(BATCH, spaces(limits::BATCH_BYTES_MAX + 1))
        .fault(413, "$");
    stage
        .wire
        .post(BATCH, spaces(limits::COMMAND_BYTES_MAX + 1))
        .fault(400, "commands");
    stage.house.close();
}

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_405() {
    let stage = Stage::new();
    for path in [
        "/v1",
        "/v1/",
        "/v2/commands",
        "/v1/commands/",
        "/V1/check",
        "/v1/rights/R4/x",
    ] {
        let raw = stage.wire.get(path);
        assert_eq!(raw.status, 404, "{path}");
        assert_eq!(raw.json()["type"], "/problems/not-found");
        assert_eq!(stage.wire.post(path, "{}").status, 404, "{path}");
    }
    for (method, path, allowed) in [
        (Method::GET, COMMANDS, "POST"),
        (Method::GET, BATCH, "POST"),
        (Method::GET, CHECK, "POST"),
        (Method::POST, "/healthz", "GET,HEAD"),
        (Method::PUT, "/v1/rights/R4", "GET,HEAD"),
        (Method::PATCH, "/checkpoint", "GET,HEAD"),
        (Method::POST, "/tile/0/000", "GET,HEAD"),
    ] {
        let raw = stage.wire.send(method.clone(), path, &[], &[]);
        assert_eq!(raw.status, 405, "{method} {path}");
        assert_eq!(raw.json()["type"], "/problems/method-not-allowed");
        assert_eq!(raw.header("allow"), allowed, "{method} {path}");
    }
    stage.house.close();
}

#[test]
fn a_batch_is_a_list_of_1_to_200_submissions() {
    let stage = Stage::new();
    let batch = |items: &str| format!("{{\"commands\":[{items}]}}");
    stage.refuse_at(BATCH, "{}", "commands");
    stage.refuse_at(BATCH, batch(""), "commands");
    stage.refuse_at(BATCH, "{\"commands\":{}}", "commands");
    stage.refuse_at(BATCH, batch("{},1"), "commands[1]");
    stage.refuse_at(BATCH, "{\"commands\":[{}],\"atomic\":true}", "atomic");
    let many = vec!["{}"; limits::BATCH_COMMANDS_MAX + 1].join(",");
    stage.refuse_at(BATCH, batch(&many), "commands");
    let raw = stage.wire.post(BATCH, batch(&many[3..]));
    assert_eq!(raw.status, 200);
    let results = raw.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), limits::BATCH_COMMANDS_MAX);
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result["status"], 400);
        assert_eq!(result["problem"]["field"], format!("commands[{n}].command"));
    }
    stage.house.close();
}
