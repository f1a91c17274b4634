//! The payload of a command: the bytes that institutions sign.
//!
//! Reading judges everything that needs no facts, and names the faulty member with its path (`body.lines[2].to`). A payload
//! must be canonical, because its hash decides whether two submissions are the same command.

use crate::domain::authority::check_signers;
use crate::domain::command::{Body, Command, Expected, Signer, SignerRole};
use crate::domain::wire::attested::{attestations_json, read_attestations};
use crate::domain::wire::body::read_body;
use crate::domain::wire::body_json::body_json;
use crate::domain::wire::list::{each, read_each_member, refuse_empty, required_objects};
use crate::domain::wire::shape::{read_count, read_time, word};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::limits;

/// Bytes of `aud`: an origin and the hash of entry 0.
const AUDIENCE_BYTES_MAX: usize = 256;

/// Writes the payload of a command.
pub fn command_json(command: &Command) -> Json {
    let seen = |(index, root): &(EntryIndex, Hash)| {
        Json::object([("index", Json::count(*index)), ("root", word(root))])
    };
    Json::object([
        ("aud", word(&command.aud)),
        ("body", body_json(&command.body)),
        ("cmd", word(command.cmd)),
        ("exp", word(command.exp)),
        ("iat", word(command.iat)),
        ("org", word(command.org)),
        (
            "signers",
            Json::list(command.signers.iter().map(signer_json)),
        ),
        ("type", Json::text(command.body.type_name())),
    ])
    .with("attested", attestations_json(&command.attested))
    .with("expect", expect_json(&command.expect))
    .with("seen", command.seen.as_ref().map(seen))
}

fn signer_json(signer: &Signer) -> Json {
    Json::object([
        ("org", word(signer.org)),
        ("role", Json::text(signer.role.name())),
    ])
}

fn expect_json(expect: &[(Expected, u64)]) -> Option<Json> {
    let member = |(record, version): &(Expected, u64)| {
        let name = match record {
            Expected::Right(right) => right.to_string(),
            Expected::Pledge(pledge) => pledge.to_string(),
        };
        (name, Json::count(*version))
    };
    (!expect.is_empty()).then(|| Json::Object(expect.iter().map(member).collect()))
}

/// Parses the decoded payload of a command. Versions in `expect` come back sorted by record.
pub fn parse_command(payload: &[u8]) -> Result<Command, FieldFault> {
    if payload.len() > limits::PAYLOAD_BYTES_MAX {
        let max = limits::PAYLOAD_BYTES_MAX;
        let reason = format!("has {} bytes, at most {max} are allowed", payload.len());
        return Err(FieldFault::new("payload", reason));
    }
    let json = Json::parse_canonical(payload)
        .map_err(|fault| FieldFault::new("payload", fault.to_string()))?;
    let mut fields = Fields::open("", json)?;
    let org = PartyId::take(&mut fields, "org")?;
    let command = Command {
        aud: fields.parsed("aud", "an origin and the hash of entry 0", |text| {
            let fits = (1..=AUDIENCE_BYTES_MAX).contains(&text.len());
            (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| text.to_owned())
        })?,
        org,
        cmd: CommandId(fields.hex("cmd")?),
        signers: read_signers(&mut fields, org)?,
        attested: read_attestations(&mut fields)?,
        expect: read_expect(&mut fields)?,
        seen: fields.optional_object("seen")?.map(read_seen).transpose()?,
        iat: read_time(&mut fields, "iat")?,
        exp: read_time(&mut fields, "exp")?,
        body: read_typed_body(&mut fields)?,
    };
    check_life(&fields, &command)?;
    fields.finish()?;
    Ok(command)
}

/// Parses a question, `{"body","org","type"}`: a command without the members that only a signature needs.
pub fn parse_question(value: Json) -> Result<(PartyId, Body), FieldFault> {
    let mut fields = Fields::open("", value)?;
    let question = (
        PartyId::take(&mut fields, "org")?,
        read_typed_body(&mut fields)?,
    );
    fields.finish()?;
    Ok(question)
}

/// Writes a question.
pub fn question_json(org: PartyId, body: &Body) -> Json {
    Json::object([
        ("body", body_json(body)),
        ("org", word(org)),
        ("type", Json::text(body.type_name())),
    ])
}

fn read_typed_body(fields: &mut Fields) -> Result<Body, FieldFault> {
    let kind = fields.text("type")?;
    let mut inner = fields.object("body")?;
    let body = read_body(&kind, &mut inner)
        .ok_or_else(|| fields.fault("type", format!("{kind:?} is not a type of command")))??;
    inner.finish()?;
    Ok(body)
}

fn read_signers(fields: &mut Fields, org: PartyId) -> Result<Vec<Signer>, FieldFault> {
    let objects = required_objects(fields, "signers", limits::SIGNATURES_MAX)?;
    let signers = each(objects, |fields| {
        Ok(Signer {
            org: PartyId::take(fields, "org")?,
            role: fields.parsed("role", "maker or checker", SignerRole::parse)?,
        })
    })?;
    check_signers(org, &signers).map_err(|reason| fields.fault("signers", reason))?;
    Ok(signers)
}

fn read_expect(fields: &mut Fields) -> Result<Vec<(Expected, u64)>, FieldFault> {
    if !fields.has("expect") {
        return Ok(Vec::new());
    }
    let mut expect = read_each_member(fields, "expect", |fields, name| {
        let record = RightId::parse(name)
            .map(Expected::Right)
            .or_else(|| PledgeId::parse(name).map(Expected::Pledge))
            .ok_or_else(|| fields.fault(name, "is not the id of a right or a pledge"))?;
        Ok((record, read_count(fields, name)?))
    })?;
    refuse_empty(fields, "expect", true, expect.len())?;
    expect.sort_unstable();
    Ok(expect)
}

fn read_seen(mut fields: Fields) -> Result<(EntryIndex, Hash), FieldFault> {
    let seen = (fields.count("index")?, fields.hash("root")?);
    fields.finish()?;
    Ok(seen)
}

fn check_life(fields: &Fields, command: &Command) -> Result<(), FieldFault> {
    if command.exp <= command.iat {
        return Err(fields.fault("exp", "must be after `iat`"));
    }
    if command.exp > command.iat.plus_seconds(limits::COMMAND_LIFE_SECONDS_MAX) {
        let days = limits::COMMAND_LIFE_SECONDS_MAX / 86_400;
        return Err(fields.fault("exp", format!("must be within {days} days of `iat`")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::wire::samples;

    /// A payload of every type, as text.
    fn payload(kind: &str) -> String {
        // The last sample of a type has the most members.
        let body = samples::bodies()
            .into_iter()
            .rfind(|body| body.type_name() == kind);
        command_json(&samples::command(body.unwrap())).to_canonical()
    }

    /// The fault of a payload of this type after one part of its text is replaced.
    fn fault(kind: &str, from: &str, to: &str) -> (String, Option<u16>) {
        let text = samples::replace(&payload(kind), from, to);
        let json = Json::parse(text.as_bytes()).unwrap().to_canonical();
        let fault = parse_command(json.as_bytes()).unwrap_err();
        (fault.to_string(), fault.code)
    }

    fn plain_fault(kind: &str, from: &str, to: &str) -> String {
        fault(kind, from, to).0
    }

    #[test]
    fn every_command_survives() {
        let mut types = BTreeSet::new();
        for body in samples::bodies() {
            types.insert(body.type_name());
            let command = samples::command(body);
            let text = command_json(&command).to_canonical();
            assert_eq!(parse_command(text.as_bytes()), Ok(command), "{text}");
        }
        assert_eq!(
            types.len(),
            crate::domain::authority::matrix::MATRIX.len(),
            "a type of command has no sample: {types:?}"
        );
    }

    #[test]
    fn members_that_may_be_absent_are_absent() {
        let body = samples::bodies().swap_remove(0);
        let bare = Command {
            expect: Vec::new(),
            seen: None,
            ..samples::command(body)
        };
        let text = command_json(&bare).to_canonical();
        assert!(!text.contains("expect") && !text.contains("seen"), "{text}");
        assert_eq!(parse_command(text.as_bytes()), Ok(bare));
    }

    #[test]
    fn a_member_nobody_knows_is_refused_in_every_body() {
        for body in samples::bodies() {
            let text = command_json(&samples::command(body)).to_canonical();
            let text = samples::replace(&text, "\"body\":{", "\"body\":{\"Remark\":\"x\",");
            let json = Json::parse(text.as_bytes()).unwrap().to_canonical();
            let fault = parse_command(json.as_bytes()).unwrap_err();
            assert_eq!(fault.to_string(), "body.Remark: is not a known member");
        }
        let line = plain_fault(
            "reserve",
            "\"right\":\"R41\"",
            "\"right\":\"R41\",\"price\":1",
        );
        assert_eq!(line, "body.lines[0].price: is not a known member");
        let top = plain_fault("reserve", "\"aud\":", "\"admin\":true,\"aud\":");
        assert_eq!(top, "admin: is not a known member");
    }

    #[test]
    fn a_payload_in_another_spelling_is_refused() {
        let text = payload("release_pledge");
        let spaced = text.replace("\":\"", "\": \"");
        let fault = parse_command(spaced.as_bytes()).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "payload: not in canonical form at byte 22"
        );
        let long = vec![b' '; limits::PAYLOAD_BYTES_MAX + 1];
        assert_eq!(parse_command(&long).unwrap_err().field, "payload");
    }

    #[test]
    fn the_frame_of_a_command_is_checked() {
        let check = |from: &str, to: &str, expected: &str| {
            assert_eq!(plain_fault("unfreeze", from, to), expected);
        };
        check(
            "\"type\":\"unfreeze\"",
            "\"type\":\"thaw\"",
            "type: \"thaw\" is not a type of command",
        );
        check(
            "02:13:04.123456Z",
            "02:03:04.123456Z",
            "exp: must be after `iat`",
        );
        check(
            "2026-12-01T02:13",
            "2026-12-08T02:13",
            "exp: must be within 7 days of `iat`",
        );
        check(
            "\"cmd\":\"ab",
            "\"cmd\":\"AB",
            "cmd: must be 32 lowercase hexadecimal digits",
        );
        check(
            "\"org\":\"M3\",\"seen\"",
            "\"org\":\"M5\",\"seen\"",
            "signers: must name the party that gives the command",
        );
        check(
            "\"role\":\"checker\"",
            "\"role\":\"boss\"",
            "signers[2].role: must be maker or checker, not \"boss\"",
        );
        check(
            "\"P57\":3",
            "\"V57\":3",
            "expect.V57: is not the id of a right or a pledge",
        );
        check(
            "{\"P57\":3,\"R9\":1}",
            "{}",
            "expect: must be left out where there is none",
        );
        check(
            "\"seen\":{",
            "\"seen\":{\"age\":1,",
            "seen.age: is not a known member",
        );
        let audience = plain_fault("unfreeze", "registry.example/", "registry example/");
        assert!(
            audience.starts_with("aud: must be an origin and the hash of entry 0"),
            "{audience}"
        );
    }

    #[test]
    fn a_party_is_refused_with_the_number_of_its_finding() {
        let admit = |from: &str, to: &str| {
            let body = samples::bodies().swap_remove(0);
            let text = command_json(&samples::command(body)).to_canonical();
            let text = samples::replace(&text, from, to);
            let json = Json::parse(text.as_bytes()).unwrap().to_canonical();
            let fault = parse_command(json.as_bytes()).unwrap_err();
            (fault.field, fault.code)
        };
        let code = "91350100M000100Y43";
        assert_eq!(
            admit(code, "91350100M000100Y44"),
            ("body.credit_code".to_owned(), Some(1_002))
        );
        assert_eq!(
            admit(code, "91350100M000100Y4"),
            ("body.credit_code".to_owned(), Some(1_001))
        );
        assert_eq!(
            admit("\"registrar\",", "\"holder\","),
            ("body.roles".to_owned(), None)
        );
        assert_eq!(
            admit("\"carbon\",\"forest\"", "\"forest\",\"carbon\""),
            ("body.duties".to_owned(), None)
        );
        assert_eq!(
            admit("\"threshold\":2", "\"threshold\":6"),
            ("body.threshold".to_owned(), None)
        );
        assert_eq!(
            admit("\"person\":\"p-1\"", "\"person\":\"P 1\""),
            ("body.keys[0].person".to_owned(), None)
        );
        assert_eq!(
            admit("某某", "某\u{200b}某"),
            ("body.name".to_owned(), None)
        );
        assert_eq!(
            admit("\"credit_code\":\"91350100M000100Y43\",", ""),
            ("body.name".to_owned(), None)
        );
        let identity_point = format!("\"key\":\"01{}\"", "00".repeat(31));
        let key = format!(
            "\"key\":\"{}\"",
            hex::encode(samples::secret(1).public().to_bytes())
        );
        assert_eq!(
            admit(&key, &identity_point),
            ("body.keys[0].key".to_owned(), None)
        );
        let second = format!(
            "\"key\":\"{}\"",
            hex::encode(samples::secret(2).public().to_bytes())
        );
        assert_eq!(admit(&key, &second), ("body.keys[1]".to_owned(), None));
        let weak = fault("add_key", &key, &identity_point).0;
        assert_eq!(weak, "body.key: is a key of low order");
    }

    #[test]
    fn a_person_is_known_by_hidden_digests_alone() {
        let check = |from: &str, to: &str, expected: &str| {
            assert_eq!(plain_fault("admit_party", from, to), expected);
        };
        check(
            "\"resident_id\"",
            "\"phone\"",
            "body.hidden.resident_id: is missing for a party without a credit code",
        );
        check(
            "\"keys\"",
            "\"name\":\"张三\",\"keys\"",
            "body.name: of a party without a credit code must be hidden",
        );
        check(
            "\"hidden\":{\"name\"",
            "\"hidden\":{\"Name\"",
            "body.hidden.Name: must have a name of 1 to 32 characters of a-z, 0-9 and _",
        );
    }

    #[test]
    fn lines_are_refused_with_their_number() {
        let span = fault("reserve", "\"to\":\"2028-03-01\"", "\"to\":\"2026-12-01\"");
        assert_eq!(
            span,
            (
                "body.lines[2].to: must be after `from`".to_owned(),
                Some(4_001)
            )
        );
        let half = fault("reserve", ",\"to\":\"2028-03-01\"", "");
        assert_eq!(
            half,
            ("body.lines[2].to: is missing".to_owned(), Some(4_001))
        );
        let years = fault("reserve", "[2026,2030]", "[2030,2026]");
        assert_eq!(years.1, Some(4_001));
        let quantity = fault("reserve", "\"80.5\"", "\"-80.5\"");
        let reason = "body.lines[1].quantity: is not a plain decimal number such as 80.5";
        assert_eq!(quantity, (reason.to_owned(), Some(3_003)));
        let unit = fault("reserve", ",\"unit\":\"t/a\"", "");
        assert_eq!(
            unit,
            ("body.lines[1].unit: is missing".to_owned(), Some(3_003))
        );
        assert_eq!(
            plain_fault("reserve", "\"days\":30", "\"days\":31"),
            "body.days: must be 1 to 30, not 31"
        );
        let twice = plain_fault("release_pledge", "\"line\":1", "\"line\":0");
        assert_eq!(twice, "body.lines[1]: is named twice");
        let number = plain_fault("release_pledge", "\"line\":1", "\"line\":64");
        assert_eq!(
            number,
            "body.lines[1].line: must be the number of a line, 0 to 63"
        );
        let none = plain_fault(
            "extend_pledge",
            ",\"term\":{\"from\":\"2026-12-01\",\"to\":\"2027-12-01\"}",
            "",
        );
        assert_eq!(
            none,
            "body.lines: is missing, and so are `term` and `maximum`"
        );
    }

    #[test]
    fn steps_begin_with_the_span_and_ascend_within_it() {
        let steps = |from: &str, to: &str| {
            let body = samples::bodies()
                .into_iter()
                .find(|body| matches!(body, Body::IssueRight(issue) if issue.additional));
            let text = command_json(&samples::command(body.unwrap())).to_canonical();
            let text = samples::replace(&text, from, to);
            let json = Json::parse(text.as_bytes()).unwrap().to_canonical();
            parse_command(json.as_bytes()).unwrap_err().to_string()
        };
        let first = r#"[{"from":"2026-01-01""#;
        assert_eq!(
            steps(first, r#"[{"from":"2026-01-02""#),
            "body.steps: must begin with a step from 2026-01-01"
        );
        let second = r#"{"from":"2028-03-01""#;
        assert_eq!(
            steps(second, r#"{"from":"2026-01-01""#),
            "body.steps[1].from: must be after the step before it"
        );
        assert_eq!(
            steps(second, r#"{"from":"2031-01-01""#),
            "body.steps[1].from: must be within [2026-01-01, 2031-01-01)"
        );
        assert_eq!(
            steps("\"steps\":", "\"quantity\":\"1\",\"steps\":"),
            "body.steps: must not stand beside `quantity`"
        );
        assert_eq!(
            steps("\"polygon\":", "\"units\":[\"a\",\"a\"],\"polygon\":"),
            "body.units[1]: is named twice"
        );
        assert_eq!(
            steps("\"R9\",\"R7\"", "\"R9\",\"R9\""),
            "body.succeeds[1]: is named twice"
        );
    }

    #[test]
    fn a_question_needs_no_signature() {
        for body in samples::bodies() {
            let question = Json::object([
                ("org", Json::text("M3")),
                ("type", Json::text(body.type_name())),
                ("body", body_json(&body)),
            ]);
            assert_eq!(parse_question(question.clone()), Ok((PartyId(3), body)));
            let signed = question.with("signers", Some(Json::list([])));
            assert_eq!(parse_question(signed).unwrap_err().field, "signers");
        }
    }
}
