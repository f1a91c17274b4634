//! Payloads that the door refuses whatever they ask for: another spelling, unknown members, another registry, another time.

use greenlien::primitives::limits;
use greenlien::primitives::time::Timestamp;

use super::{BATCH, CHECK, COMMANDS, Stage, changed, draft, payload_of, replaced};
use crate::support::Play as _;

#[test]
fn a_payload_in_another_spelling_is_refused() {
    let mut stage = Stage::new();
    let payload = payload_of(&stage.pledge_command("10"));
    let (first, rest) = payload.trim_matches(['{', '}']).split_once(',').unwrap();
    let spellings = [
        replaced(&payload, ":", ": "),
        format!("{payload}\n"),
        format!(" {payload}"),
        format!("{{{rest},{first}}}"),
        replaced(&payload, "\"aud\"", "\"\\u0061ud\""),
        replaced(&payload, "{\"aud\"", "{\"aud\":\"x\",\"aud\""),
        replaced(&payload, "\"quantity\":\"10\"", "\"quantity\":10.0"),
        replaced(&payload, "\"quantity\":\"10\"", "\"quantity\":1e1"),
        replaced(&payload, "\"quantity\":\"10\"", "\"quantity\":null"),
        replaced(&payload, "\"quantity\":\"10\"", "\"quantity\":[[[[[[]]]]]]"),
        replaced(&payload, "\"quantity\":\"10\"", "\"quantity\":\"10"),
        "null".to_owned(),
        String::new(),
    ];
    for spelling in spellings {
        let problem = stage.refuse(stage.signed(&spelling), "payload");
        assert!(
            problem["detail"].as_str().unwrap().contains(" at byte "),
            "{problem}"
        );
    }
    stage.refuse(stage.signed("[]"), "$");
    stage.refuse(stage.signed("{}"), "org");
    stage.house.close();
}

#[test]
fn a_member_nobody_knows_is_refused_at_every_level() {
    let mut stage = Stage::new();
    let payload = payload_of(&stage.pledge_command("10"));
    let body = stage.signed(&payload);
    for (from, member) in [
        ("{\"command\":{", "remark"),
        ("\"command\":{", "remark"),
        ("\"signatures\":[{", "signatures[0].remark"),
    ] {
        let to = format!("{from}\"remark\":\"x\",");
        stage.refuse(replaced(&body, from, &to), member);
    }
    let opening = "\"openings\":[{\"claim\":\"a\",\"remark\":1,\"salt\":\"";
    let opening = format!("{opening}{}\",\"value\":\"b\"}}]", "5a".repeat(16));
    stage.refuse(
        replaced(&body, "\"openings\":[]", &opening),
        "openings[0].remark",
    );
    for (from, member) in [
        ("{\"aud\"", "remark"),
        ("\"body\":{", "body.remark"),
        ("\"lines\":[{", "body.lines[0].remark"),
        ("\"signers\":[{", "signers[0].remark"),
    ] {
        let at = from.find('{').unwrap() + 1;
        let to = format!("{}\"remark\":\"x\",{}", &from[..at], &from[at..]);
        stage.refuse(stage.signed(changed(&payload, from, &to)), member);
    }
    let question = "{\"body\":{},\"org\":\"M2\",\"signers\":[],\"type\":\"release_pledge\"}";
    stage.refuse_at(CHECK, question, "body.pledge");
    let question = replaced(question, "{}", "{\"pledge\":\"P9\"}");
    stage.refuse_at(CHECK, question, "signers");
    stage.refuse_at(
        BATCH,
        format!("{{\"commands\":[{body}],\"remark\":1}}"),
        "remark",
    );
    stage.house.close();
}

#[test]
fn every_member_of_the_frame_is_checked() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("10");
    let payload = payload_of(&command);
    let (iat, exp) = (command.iat.to_string(), command.exp.to_string());
    let late = command
        .iat
        .plus_seconds(limits::COMMAND_LIFE_SECONDS_MAX + 1)
        .to_string();
    let bank = stage.bank.party;
    let cmd = command.cmd.to_string();
    for (from, to, field) in [
        (
            &*format!("\"org\":\"{bank}\",\"signers\""),
            "\"org\":\"M0x\",\"signers\"",
            "org",
        ),
        (
            &*format!("\"org\":\"{bank}\",\"signers\""),
            "\"signers\"",
            "org",
        ),
        (
            &*format!("\"org\":\"{bank}\",\"signers\""),
            "\"org\":7,\"signers\"",
            "org",
        ),
        (
            &*format!("\"org\":\"{bank}\",\"signers\""),
            "\"org\":\"M99\",\"signers\"",
            "signers",
        ),
        (&*cmd, "00", "cmd"),
        (&*cmd, "0000000000000000000000000000000G", "cmd"),
        (&*iat, "2026-13-01T00:00:00.000000Z", "iat"),
        (&*iat, "yesterday", "iat"),
        (&*exp, &*iat, "exp"),
        (&*exp, &*late, "exp"),
        ("\"role\":\"maker\"", "\"role\":\"king\"", "signers[0].role"),
        (
            "\"type\":\"register_pledge\"",
            "\"type\":\"register\"",
            "type",
        ),
        ("\"type\":\"register_pledge\"", "\"type\":true", "type"),
        (
            "\"type\":\"register_pledge\"",
            "\"expect\":{},\"type\":\"register_pledge\"",
            "expect",
        ),
        (
            "\"type\":\"register_pledge\"",
            "\"expect\":{\"X1\":1},\"type\":\"register_pledge\"",
            "expect.X1",
        ),
        (
            "\"type\":\"register_pledge\"",
            "\"expect\":{\"R1\":-1},\"type\":\"register_pledge\"",
            "expect.R1",
        ),
        (
            "\"type\":\"register_pledge\"",
            "\"seen\":{\"index\":1},\"type\":\"register_pledge\"",
            "seen.root",
        ),
        (",\"type\":\"register_pledge\"", "", "type"),
    ] {
        stage.refuse(stage.signed(changed(&payload, from, to)), field);
    }
    stage.house.close();
}

#[test]
fn a_command_for_another_registry_is_refused() {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let body = stage.pledge("10");
    let command = draft(&mut stage.house, &bank, body, &[&mill]);
    for aud in [
        "registry.example/greenlien/500114".to_owned(),
        command.aud.replace("500113", "500112"),
        format!("{}0", command.aud),
    ] {
        let mut other = command.clone();
        other.aud = aud;
        stage.refuse(stage.signed(payload_of(&other)), "aud");
    }
    stage.house.close();
}

#[test]
fn a_command_is_taken_between_its_beginning_and_its_end() {
    let mut stage = Stage::new();
    let now = stage.house.now();
    let lived = |stage: &mut Stage, iat: Timestamp, exp: Timestamp| {
        let mut command = stage.pledge_command("0.001");
        (command.iat, command.exp) = (iat, exp);
        stage.signed(payload_of(&command))
    };
    let hour = 3_600;
    let past = Timestamp::from_micros(now.micros() - 2 * hour * 1_000_000);
    let before = Timestamp::from_micros(now.micros() - 1);
    let after = Timestamp::from_micros(now.micros() + 1);
    let ahead = limits::COMMAND_FUTURE_SECONDS_MAX;
    let later = now.plus_seconds(4 * ahead);
    for (iat, exp, field) in [
        (past, before, "exp"),
        (past, now, "exp"),
        (after.plus_seconds(ahead), later, "iat"),
        (now.plus_seconds(2 * ahead), later, "iat"),
    ] {
        let body = lived(&mut stage, iat, exp);
        let problem = stage.refuse(body, field);
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("registry time is"),
            "{problem}"
        );
    }
    for (iat, exp) in [(past, after), (now.plus_seconds(ahead), later)] {
        let body = lived(&mut stage, iat, exp);
        let raw = stage.wire.post(COMMANDS, body);
        assert_eq!(raw.status, 201, "{}", raw.text());
    }
    stage.house.close();
}
