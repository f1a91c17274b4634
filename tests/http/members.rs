//! Members of bodies whose values cannot be right: quantities, units, codes, days, keys.

use greenlien::client;
use greenlien::domain::command::{Body, OfferedKey};
use greenlien::domain::party::Role;
use greenlien::domain::wire::command_json;
use greenlien::primitives::crypto::SecretKey;

use super::{CHECK, COMMANDS, Stage, changed, draft, payload_of, replaced, signed_by};
use crate::support::papers::{self, span};
use crate::support::{Actor, Play as _, cast};

/// Public keys in hexadecimal digits that no signature may rest on: the eight points of low order, their other encodings, and
/// bytes that are no point.
const BAD_KEYS: [(&str, &str); 15] = [
    (
        "order 1",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order 2",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "order 4",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order 4",
        "0000000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "order 8",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ),
    (
        "order 8",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ),
    (
        "order 8",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ),
    (
        "order 8",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ),
    (
        "y = p",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "y = p with a sign",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    (
        "y = p + 1",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "y = p + 1 with a sign",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    (
        "x = 0 with a sign",
        "0100000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "x = 0 with a sign, order 2",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    (
        "no point",
        "0200000000000000000000000000000000000000000000000000000000000000",
    ),
];

/// The payload with which the registrar admits a new firm, and that firm.
fn admission(stage: &mut Stage, name: &str) -> (String, Actor) {
    let firm = Actor::new(name, &[Role::Holder]);
    let aud = stage.house.audience();
    let body = Body::AdmitParty(firm.admission(&aud, &[Role::Holder], &[]));
    let command = draft(&mut stage.house, &cast::registrar(), body, &[]);
    (payload_of(&command), firm)
}

fn question(stage: &Stage, body: &Body) -> String {
    client::question(stage.bank.party, body)
}

#[test]
fn a_line_must_be_in_the_unit_and_the_scale_of_its_kind() {
    let mut stage = Stage::new();
    let payload = payload_of(&stage.pledge_command("10"));
    let asked = question(&stage, &stage.pledge("10"));
    let quantity = "body.lines[0].quantity";
    for (from, to, field, code) in [
        ("\"t/a\"", "\"kg/a\"", "body.lines[0].unit", 3003),
        ("\"t/a\"", "\"T/A\"", "body.lines[0].unit", 3003),
        ("\"t/a\"", "\"吨/年\"", "body.lines[0].unit", 3003),
        ("\"10\"", "\"10.0000001\"", quantity, 3003),
        ("\"10\"", "\"-10\"", quantity, 3003),
        ("\"10\"", "\"+10\"", quantity, 3003),
        ("\"10\"", "\"010\"", quantity, 3003),
        ("\"10\"", "\"10.\"", quantity, 3003),
        ("\"10\"", "\"1e1\"", quantity, 3003),
        ("\"10\"", "\"NaN\"", quantity, 3003),
        ("\"10\"", "\"99999999999999999999999999\"", quantity, 3003),
        ("\"10\"", "\"\"", quantity, 3003),
        ("\"2028-01-01\"", "\"2027-01-01\"", "body.lines[0].to", 4001),
        ("\"from\":\"2027-01-01\",", "", "body.lines[0].from", 4001),
    ] {
        for (path, body) in [
            (COMMANDS, stage.signed(changed(&payload, from, to))),
            (CHECK, changed(&asked, from, to)),
        ] {
            let problem = stage.refuse_at(path, body, field);
            assert_eq!(problem["code"], code, "{to}: {problem}");
            assert_eq!(problem["type"], format!("/findings/{code}"));
            assert_eq!(problem["findings"][0]["code"], code);
        }
    }
    for (from, to, field) in [
        ("\"10\"", "10", quantity),
        ("\"10\"", "[\"10\"]", quantity),
        ("\"2027-01-01\"", "\"2027-02-29\"", "body.lines[0].from"),
        ("\"2027-01-01\"", "\"2027-1-1\"", "body.lines[0].from"),
        ("\"right\":\"R", "\"right\":\"P", "body.lines[0].right"),
        ("\"right\":\"R", "\"right\":\"R0", "body.lines[0].right"),
        ("\"lines\":[{", "\"lines\":[7,{", "body.lines[0]"),
        ("\"质押\"", "\"pledge\"", "body.form"),
        ("\"pledgor\":\"M", "\"pledgor\":\"m", "body.pledgor"),
    ] {
        let body = stage.signed(changed(&payload, from, to));
        assert_eq!(stage.refuse(body, field)["type"], "/problems/invalid-field");
        stage.refuse_at(CHECK, changed(&asked, from, to), field);
    }
    // The emission kind counts to the last digit there is; allowances are whole tonnes.
    let (bureau, mill) = (stage.bureau.clone(), stage.mill.clone());
    let days = span("2026-01-01", "2031-01-01");
    let stock = papers::carbon(&mill, "5001130001", 2026, "900", days);
    let stock = stage.house.issue(&bureau, stock);
    let lines = vec![papers::line(stock, papers::stock("10.5", "tCO2e"))];
    let body = papers::pledge(&mill, lines);
    let asked = question(&stage, &body);
    let bank = stage.bank.clone();
    let command = draft(&mut stage.house, &bank, body, &[&mill]);
    let problem = stage.refuse(stage.signed(payload_of(&command)), quantity);
    assert_eq!(problem["code"], 3003);
    assert_eq!(stage.refuse_at(CHECK, asked, quantity)["code"], 3003);
    let mut json = command_json(&stage.pledge_command("10")).to_canonical();
    let (head, rest) = json.split_once("\"lines\":[").unwrap();
    let (lines, tail) = rest.split_once(']').unwrap();
    let many = vec![lines; 65].join(",");
    json = format!("{head}\"lines\":[{many}]{tail}");
    stage.refuse(stage.signed(json), "body.lines");
    stage.house.close();
}

#[test]
fn a_wrong_check_digit_is_1002_and_a_wrong_form_1001() {
    let mut stage = Stage::new();
    let (payload, firm) = admission(&mut stage, "paper-works");
    let code = &firm.credit_code;
    let (head, last) = code.split_at(code.len() - 1);
    let other = if last == "0" { "1" } else { "0" };
    for (to, number) in [
        (format!("{head}{other}"), 1002),
        (head.to_owned(), 1001),
        (format!("{head}I"), 1001),
        (code.to_lowercase(), 1001),
        (format!(" {code}"), 1001),
        (String::new(), 1001),
    ] {
        let body = Stage::registrars(changed(&payload, code, &to));
        let problem = stage.refuse(body, "body.credit_code");
        assert_eq!(problem["code"], number, "{to}: {problem}");
        let title = problem["findings"][0]["title_zh"].as_str().unwrap();
        assert!(title.contains("统一社会信用代码"), "{title}");
    }
    // The permit of a discharge right begins with the code of its site's owner.
    let days = span("2026-01-01", "2031-01-01");
    let (bureau, mill) = (stage.bureau.clone(), stage.mill.clone());
    let body = Body::IssueRight(Box::new(papers::emission(&mill, "NH3-N", "5", days)));
    let command = draft(&mut stage.house, &bureau, body, &[]);
    let (head, last) = mill.credit_code.split_at(17);
    let other = if last == "0" { "1" } else { "0" };
    let payload = changed(
        &payload_of(&command),
        &mill.credit_code,
        &format!("{head}{other}"),
    );
    let body = signed_by(payload, &[&bureau]);
    assert_eq!(stage.refuse(body, "body.identities[0].value")["code"], 1002);
    stage.house.close();
}

#[test]
fn a_party_is_admitted_only_in_order() {
    let mut stage = Stage::new();
    let (payload, firm) = admission(&mut stage, "paper-works");
    let name = format!("\"name\":\"{}\"", firm.name);
    for (from, to, field) in [
        (&*name, "\"name\":\"\"", "body.name"),
        (&*name, "\"name\":\"a\\u0000b\"", "body.name"),
        (&*name, "\"name\":7", "body.name"),
        ("\"roles\":[\"holder\"]", "\"roles\":[]", "body.roles"),
        (
            "\"roles\":[\"holder\"]",
            "\"roles\":[\"king\"]",
            "body.roles[0]",
        ),
        (
            "\"roles\":[\"holder\"]",
            "\"roles\":[\"holder\",\"holder\"]",
            "body.roles",
        ),
        ("\"duties\":[]", "\"duties\":[\"x\",\"a\"]", "body.duties"),
        ("\"region\":\"500113\"", "\"region\":\"50\"", "body.region"),
        ("\"threshold\":1", "\"threshold\":0", "body.threshold"),
        ("\"threshold\":1", "\"threshold\":6", "body.threshold"),
        ("\"threshold\":1", "\"threshold\":-1", "body.threshold"),
        ("\"person\":\"", "\"person\":\"A B ", "body.keys[0].person"),
    ] {
        stage.refuse(Stage::registrars(changed(&payload, from, to)), field);
    }
    stage.house.close();
}

#[test]
fn keys_of_low_order_or_in_another_encoding_are_refused() {
    let mut stage = Stage::new();
    let (payload, firm) = admission(&mut stage, "paper-works");
    let offered = hex::encode(firm.maker.public().to_bytes());
    let bank = stage.bank.clone();
    let key = SecretKey::from_seed(&[7; 32]);
    let added = Body::AddKey(OfferedKey {
        key: key.public(),
        person: "bank-teller".to_owned(),
        proof: key.sign(b"not read"),
    });
    let command = draft(&mut stage.house, &bank, added, &[]);
    let addition = payload_of(&command);
    for (what, bad) in BAD_KEYS {
        let body = Stage::registrars(replaced(&payload, &offered, bad));
        let problem = stage.refuse(body, "body.keys[0].key");
        let detail = problem["detail"].as_str().unwrap();
        let is_named = ["low order", "canonical", "point"]
            .iter()
            .any(|word| detail.contains(word));
        assert!(is_named, "{what}: {detail}");
        let changed = replaced(&addition, &hex::encode(key.public().to_bytes()), bad);
        stage.refuse(signed_by(changed, &[&bank]), "body.key");
    }
    for bad in ["", "00", &offered.to_uppercase(), &format!("{offered}00")] {
        let body = Stage::registrars(replaced(&payload, &offered, bad));
        stage.refuse(body, "body.keys[0].key");
    }
    stage.house.close();
}

#[test]
fn a_wrong_proof_of_possession_is_refused_with_5010() {
    let mut stage = Stage::new();
    let (payload, firm) = admission(&mut stage, "paper-works");
    let aud = stage.house.audience();
    let proof = |aud: &str, person: &str, key: &SecretKey| {
        let message = OfferedKey::proof_message(aud, &firm.maker.public(), person);
        hex::encode(key.sign(&message).0)
    };
    let person = format!("{}-maker", firm.name);
    let right = proof(&aud, &person, &firm.maker);
    for wrong in [
        proof(&aud, &person, &firm.checker),
        proof(&aud, "somebody", &firm.maker),
        proof("registry.example/other", &person, &firm.maker),
        "00".repeat(64),
    ] {
        // Each is a command of its own, since a refusal is an entry and consumes the id.
        let (payload, _) = admission(&mut stage, "paper-works");
        let body = Stage::registrars(replaced(&payload, &right, &wrong));
        let raw = stage.wire.post(COMMANDS, body);
        assert_eq!(raw.status, 409, "{}", raw.text());
        let problem = raw.json();
        assert_eq!(
            (&problem["code"], &problem["type"]),
            (&5010.into(), &"/findings/5010".into())
        );
        assert_eq!(problem["receipt"]["decision"], "refused");
    }
    stage.refuse(
        Stage::registrars(replaced(&payload, &right, "00")),
        "body.keys[0].proof",
    );
    assert_eq!(
        stage
            .wire
            .post(COMMANDS, Stage::registrars(&payload))
            .status,
        201
    );
    stage.house.close();
}
