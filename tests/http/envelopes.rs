//! Envelopes that are not the one form of a JWS that the registry takes: headers, signatures, base64, signer lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greenlien::domain::command::{Command, SignerRole};
use greenlien::domain::envelope::{Envelope, EnvelopeSignature};
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::limits;

use super::{Stage, changed, keys, payload_of, replaced, sign};
use crate::support::cast;
use crate::support::house::submission;

/// A submission of a payload under headers written by hand; each signature is valid over its own header.
fn with_headers(payload: &str, signatures: &[(String, &SecretKey)]) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let signature = |(header, key): &(String, &SecretKey)| {
        let protected = URL_SAFE_NO_PAD.encode(header);
        let signature = key.sign(format!("{protected}.{payload}").as_bytes());
        Json::object([
            ("protected", Json::Text(protected)),
            ("signature", Json::Text(URL_SAFE_NO_PAD.encode(signature.0))),
        ])
    };
    let command = Json::object([
        ("payload", Json::text(&*payload)),
        ("signatures", Json::list(signatures.iter().map(signature))),
    ]);
    Json::object([("command", command)]).to_canonical()
}

/// The header of a signature as the registry wants it.
fn header(role: SignerRole, key: &SecretKey) -> String {
    let made = EnvelopeSignature::sign(b"", role, key);
    String::from_utf8(URL_SAFE_NO_PAD.decode(made.protected_b64).unwrap()).unwrap()
}

/// Submits a good command whose first header is changed by `change`.
fn with_first_header(stage: &mut Stage, change: impl FnOnce(&str) -> String) -> String {
    let payload = payload_of(&stage.pledge_command("10"));
    let keys = keys(&[&stage.bank, &stage.mill]);
    let mut signatures: Vec<_> = keys
        .iter()
        .map(|(role, key)| (header(*role, key), *key))
        .collect();
    signatures[0].0 = change(&signatures[0].0);
    with_headers(&payload, &signatures)
}

/// A submission of a command signed by these keys, whatever it asks for.
fn signed_with(command: &Command, keys: &[(SignerRole, &SecretKey)]) -> String {
    let payload = payload_of(command).into_bytes();
    let signatures = sign(&payload, keys);
    submission(&Envelope::new(payload, signatures).unwrap(), &[])
}

#[test]
fn a_header_has_exactly_its_four_members() {
    let mut stage = Stage::new();
    let at = "signatures[0].protected";
    let added = [
        ("b64", "false"),
        ("crit", "[\"b64\"]"),
        ("cty", "\"json\""),
        ("jku", "\"https://keys.example/jwks\""),
        ("jwk", "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"AA\"}"),
        ("x5c", "[\"MIIB\"]"),
        ("x5u", "\"https://keys.example/chain.pem\""),
    ];
    for (name, value) in added {
        let member = format!("{{\"{name}\":{value},");
        let body = with_first_header(&mut stage, |header| changed(header, "{", &member));
        stage.refuse(body, &format!("{at}.{name}"));
    }
    for alg in ["none", "None", "HS256", "ES256", "RS256", "ed25519"] {
        let body = with_first_header(&mut stage, |header| replaced(header, "Ed25519", alg));
        stage.refuse(body, &format!("{at}.alg"));
    }
    for (from, to, member) in [
        ("greenlien-cmd+jws", "JWT", "typ"),
        ("\"maker\"", "\"owner\"", "role"),
        ("\"role\":\"maker\"", "\"role\":1", "role"),
        ("\"kid\":\"", "\"kid\":\"0", "kid"),
        ("\"alg\":\"Ed25519\",", "", "alg"),
        (",\"typ\":\"greenlien-cmd+jws\"", "", "typ"),
    ] {
        let body = with_first_header(&mut stage, |header| replaced(header, from, to));
        stage.refuse(body, &format!("{at}.{member}"));
    }
    stage.house.close();
}

#[test]
fn a_header_in_another_spelling_is_refused() {
    let mut stage = Stage::new();
    let reversed = |header: &str| {
        let members: Vec<&str> = header.trim_matches(['{', '}']).split(',').collect();
        format!(
            "{{{}}}",
            members.into_iter().rev().collect::<Vec<_>>().join(",")
        )
    };
    let spellings: [fn(&str) -> String; 6] = [
        |header| replaced(header, ":", ": "),
        |header| format!("{header}\n"),
        |header| replaced(header, "Ed25519", "\\u0045d25519"),
        |header| replaced(header, "{", "{\"alg\":\"none\","),
        |header| replaced(header, "\"Ed25519\"", "null"),
        |header| format!("[{header}]"),
    ];
    for spelling in spellings {
        let body = with_first_header(&mut stage, spelling);
        stage.refuse(body, "signatures[0].protected");
    }
    let body = with_first_header(&mut stage, reversed);
    stage.refuse(body, "signatures[0].protected");
    let body = with_first_header(&mut stage, |_| String::new());
    stage.refuse(body, "signatures[0].protected");
    let body = with_first_header(&mut stage, |header| format!("{header}{}", " ".repeat(256)));
    stage.refuse(body, "signatures[0].protected");
    // The control: the headers as they are, written by the same hand.
    let body = with_first_header(&mut stage, str::to_owned);
    assert_eq!(stage.wire.post(super::COMMANDS, body).status, 201);
    stage.house.close();
}

#[test]
fn base64_has_one_text() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("10");
    let body = stage.signed(payload_of(&command));
    let change = |name: &str, spell: &dyn Fn(&str) -> String| {
        let member = format!("\"{name}\":\"");
        let (before, rest) = body.split_once(&member).unwrap();
        let (value, after) = rest.split_once('"').unwrap();
        format!("{before}{member}{}\"{after}", spell(value))
    };
    let last_bits = |text: &str| {
        // The next letter differs in the lowest bit, which stands for nothing where the bytes do not fill the text.
        let last = text.chars().next_back().unwrap();
        let next = char::from(u8::try_from(last).unwrap() + 1);
        format!("{}{next}", &text[..text.len() - 1])
    };
    for (name, field) in [
        ("protected", "signatures[0].protected"),
        ("signature", "signatures[0].signature"),
        ("payload", "payload"),
    ] {
        stage.refuse(change(name, &|text| format!("{text}=")), field);
        stage.refuse(change(name, &|text| format!("{text}\\n")), field);
        stage.refuse(change(name, &|text| format!(" {text}")), field);
        stage.refuse(change(name, &|text| format!("+/{text}")), field);
        stage.refuse(change(name, &|text| format!("{text}A")), field);
        stage.refuse(change(name, &|_| String::new()), field);
    }
    stage.refuse(change("signature", &last_bits), "signatures[0].signature");
    stage.refuse(
        change("signature", &|text| text[..84].to_owned()),
        "signatures[0].signature",
    );
    let long = URL_SAFE_NO_PAD.encode(vec![b' '; limits::PAYLOAD_BYTES_MAX + 1]);
    stage.refuse(change("payload", &|_| long.clone()), "payload");
    stage.house.close();
}

#[test]
fn a_signature_must_be_by_a_known_key_over_these_bytes() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("10");
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let (maker, consent) = (SignerRole::Maker, (SignerRole::Maker, &*mill.maker));
    let by = |key: &SecretKey| signed_with(&command, &[(maker, key), consent]);
    let fault_of = |body: String| {
        let before = stage.wire.head().size;
        let raw = stage.wire.post(super::COMMANDS, body);
        let field = raw.json()["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!(stage.wire.head().size, before);
        let problem = raw.fault(400, &field);
        (field, problem["detail"].as_str().unwrap().to_owned())
    };
    let stranger = SecretKey::from_seed(&[9; 32]);
    let (field, detail) = fault_of(by(&stranger));
    assert!(field.ends_with("].protected"), "{field}");
    assert!(
        detail.contains("which the register does not know"),
        "{detail}"
    );
    // A key of the log signs checkpoints, not commands.
    assert!(fault_of(by(&cast::log_key())).0.ends_with("].protected"));

    // The stranger claims the key of the bank.
    let header = header(maker, &bank.maker);
    let payload = payload_of(&command);
    let forged = with_headers(&payload, &[(header.clone(), &stranger)]);
    assert_eq!(fault_of(forged).0, "signatures[0].signature");
    // A signature over another payload.
    let other = payload_of(&under_another_id(&command, 1));
    let moved = replaced(
        &with_headers(&payload, &[(header, &bank.maker)]),
        &URL_SAFE_NO_PAD.encode(&payload),
        &URL_SAFE_NO_PAD.encode(other),
    );
    assert_eq!(fault_of(moved).0, "signatures[0].signature");
    stage.house.close();
}

/// The same command with another id.
fn under_another_id(command: &Command, last: u8) -> Command {
    let mut other = command.clone();
    other.cmd.0[0] = last;
    other
}

#[test]
fn the_signatures_are_exactly_those_that_the_payload_lists() {
    let mut stage = Stage::new();
    let command = stage.pledge_command("10");
    let (bank, mill, bureau) = (stage.bank.clone(), stage.mill.clone(), stage.bureau.clone());
    let maker = SignerRole::Maker;
    let (of_bank, of_mill) = ((maker, &*bank.maker), (maker, &*mill.maker));
    let mut complete = keys(&[&bank, &mill]);
    let lacking = complete.split_off(complete.len() - 1);
    let problem = stage.refuse(signed_with(&command, &complete), "signatures");
    let lacks = format!("signatures lack the one of {} as maker", mill.party);
    assert_eq!(problem["detail"], lacks.as_str());

    complete.extend(lacking);
    let refused = |extra: (SignerRole, &SecretKey)| {
        let mut keys = keys(&[&bank, &mill]);
        keys.push(extra);
        let before = stage.wire.head().size;
        let raw = stage
            .wire
            .post(super::COMMANDS, signed_with(&command, &keys));
        assert_eq!((raw.status, stage.wire.head().size), (400, before));
        raw.json()["detail"].as_str().unwrap().to_owned()
    };
    for extra in [
        (maker, &*bureau.maker),
        (SignerRole::Checker, &*mill.checker),
    ] {
        let detail = refused(extra);
        assert!(detail.contains("which `signers` does not name"), "{detail}");
    }
    // The same key twice, and nobody at all.
    let body = signed_with(&command, &[of_bank, of_mill]);
    let json = Json::parse(body.as_bytes()).unwrap().to_canonical();
    let (head, rest) = json.split_once("\"signatures\":[").unwrap();
    let (first, _) = rest.split_once("},{").unwrap();
    let twice = format!("{head}\"signatures\":[{first}}},{rest}");
    stage.refuse(twice, "signatures[1]");
    stage.refuse(format!("{head}\"signatures\":[]}}}}"), "signatures");
    let many = vec![format!("{first}}}"); 33].join(",");
    stage.refuse(format!("{head}\"signatures\":[{many}]}}}}"), "signatures");
    stage.house.close();
}
