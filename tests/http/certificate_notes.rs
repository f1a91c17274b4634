//! What a certificate says of the pledges behind the burdens, beyond their lines.

use greenlien::documents::certificate::{left_out, remarks};
use greenlien::domain::authority::attest::{Attestation, ConsentClass};
use greenlien::domain::command::{Body, Expected, PledgeAct, RegisterPledge};
use greenlien::domain::event::Event;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::pledge::Form;
use greenlien::verify::certificate::Certificate;
use greenlien::verify::certificate::statement::Found;
use greenlien::verify::verdict::Level;

use super::Stage;
use super::certificates::{issue, reader};
use crate::second_verifier::Both;
use crate::support::papers::{self, line, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _};

#[test]
fn a_certificate_says_whose_consent_was_attested_and_who_was_secured_before() {
    let mut stage = Stage::new();
    let aud = stage.house.audience();
    let mut farmer = Actor::new("farmer", &[Role::Holder]);
    let mut admission = farmer.admission(&aud, &[Role::Holder], &[]);
    admission.keys = Vec::new();
    admission.threshold = 1;
    let registrar = crate::support::cast::registrar();
    let admitted = Body::AdmitParty(admission);
    let answer = stage.house.submit(&registrar, admitted, &[], &[]);
    let Event::PartyAdmitted { party, .. } = answer.event() else {
        panic!("{answer:?}");
    };
    farmer.party = *party;
    let unit = papers::unit_number(1);
    let ground = papers::rectangle(0, 0, 300, 300);
    let days = span("2020-01-01", "2050-01-01");
    let wood = papers::forest(&farmer, &unit, "商品林", ground, days);
    let wood = stage.house.issue(&stage.bureau, wood);
    let body = RegisterPledge {
        form: Form::Mortgage,
        cap_cny: Some(papers::quantity("500000")),
        maximum: Some(span("2027-01-01", "2030-01-01")),
        ..papers::register(&farmer, vec![line(wood, papers::whole())])
    };
    let bank = stage.bank.clone();
    let keys = bank.signers();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let body = Body::RegisterPledge(Box::new(body));
    let mut command = stage.house.draft(bank.party, body, &signers, &[]);
    command.attested = vec![Attestation {
        party: farmer.party,
        class: ConsentClass::Paper,
        document: papers::document(),
    }];
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let pledge = stage.house.deliver(seal(&command, &keys), &[]).pledge();
    let other = stage.house.admit("bank-b", &[Role::Bank], &[]);
    let assign = PledgeAct::AssignPledge {
        pledge,
        to: other.party,
        subrogation: false,
        part_cny: None,
        authority: None,
        document: papers::document(),
    };
    let body = Body::OfPledge(Box::new(assign));
    let version = stage.house.record(&StateKey::Pledge(pledge)).unwrap().1;
    let expect = [(Expected::Pledge(pledge), version)];
    let answer = stage.house.submit(&bank, body, &[&other], &expect);
    assert!(answer.is_accepted(), "{answer:?}");

    let (certificate, raw) = issue(&stage, &format!(r#"{{"right":"{wood}"}}"#));
    let found = &raw.json()["statement"]["found"][0];
    let notes = found["pledge_notes"].as_array().unwrap();
    let about: Vec<&str> = notes
        .iter()
        .map(|note| note["about"].as_str().unwrap())
        .collect();
    assert_eq!(about, ["maximum", "former", "attested"]);
    assert_eq!(notes[0]["to"], "2030-01-01");
    assert_eq!(notes[1]["party"]["id"], bank.party.to_string());
    assert_eq!(notes[1]["until"], answer.index());
    assert_eq!(notes[2]["party"]["id"], farmer.party.to_string());
    assert_eq!(notes[2]["class"], "paper");
    let acts = found["acts"].as_array().unwrap();
    let consent = format!("{} paper", farmer.party);
    assert_eq!(acts[1]["attested"], serde_json::json!([consent]));
    assert_eq!(acts[0].get("attested"), None);
    let mut both = Both::new();
    // The verifier of the page makes the same statement of the same evidence.
    let verdict = both.certify("attested", &raw.bytes, &reader(&stage));
    assert_eq!(verdict.level, Some(Level::Recorded), "{verdict:?}");
    let lie = raw
        .text()
        .replacen(r#""class":"paper""#, r#""class":"video""#, 1);
    assert_ne!(lie, raw.text());
    let verdict = both.certify("another class", lie.as_bytes(), &reader(&stage));
    assert!(!verdict.holds(), "{verdict:?}");
    both.agree();
    let shown = sentences_of(&certificate);
    for says in [
        "由担保权人声明 (纸质文件",
        "的担保权人: bank",
        "最高额担保, 债权确定期间 2027-01-01 至 2029-12-31",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    stage.house.close();
}

#[test]
fn a_certificate_follows_each_pledge_entry_by_entry_or_says_how_much_it_leaves_out() {
    let mut stage = Stage::new();
    let (mill, bank) = (stage.mill.clone(), stage.bank.clone());
    let body = stage.pledge("80");
    let pledge = stage.house.submit(&bank, body, &[&mill], &[]).pledge();
    let of = |act| Body::OfPledge(Box::new(act));
    let document = papers::document();
    let object = PledgeAct::Object {
        pledge,
        document,
        suit: None,
    };
    let objection = stage.house.submit(&mill, of(object), &[], &[]);
    assert!(objection.is_accepted(), "{objection:?}");
    let withdraw = PledgeAct::WithdrawObjection {
        pledge,
        objection: objection.index(),
        order: None,
    };
    let withdrawal = stage.house.submit(&mill, of(withdraw), &[], &[]);
    assert!(withdrawal.is_accepted(), "{withdrawal:?}");
    let release = Body::ReleasePledge {
        pledge,
        changes: Vec::new(),
        order: None,
    };
    let version = stage.house.record(&StateKey::Pledge(pledge)).unwrap().1;
    let release = stage
        .house
        .submit(&bank, release, &[], &[(Expected::Pledge(pledge), version)]);
    assert!(release.is_accepted(), "{release:?}");

    let (mut certificate, raw) = issue(&stage, &format!(r#"{{"right":"{}"}}"#, stage.right));
    let found = &raw.json()["statement"]["found"][0];
    let acts = found["pledge_acts"].as_array().unwrap();
    let told: Vec<_> = acts
        .iter()
        .filter(|act| act["pledge"] == pledge.to_string())
        .map(|act| {
            (
                act["act"].as_str().unwrap(),
                act["entry"].as_u64().unwrap(),
                act["org"]["name"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("register_pledge", pledge.0, "bank"),
            ("object", objection.index(), "mill"),
            ("withdraw_objection", withdrawal.index(), "mill"),
            ("release_pledge", release.index(), "bank"),
        ]
    );
    assert_eq!(found["pledges_left_out"], serde_json::json!([]));
    assert!(
        found["burdens"].as_array().unwrap().is_empty(),
        "it is released, and its history is told all the same"
    );
    let page = stage
        .house
        .client()
        .get(&format!("/certificates/{}", certificate.code))
        .unwrap()
        .text;
    assert!(
        page.contains("撤回异议") && page.contains(&format!("/pledges/{pledge}")),
        "{page}"
    );

    let mut both = Both::new();
    assert!(
        both.certify("followed", &raw.bytes, &reader(&stage))
            .holds()
    );
    // A file may leave the history of a pledge out, and then the certificate counts it.
    let records = &mut certificate.evidence[0].records;
    let record = records
        .iter_mut()
        .find(|record| record.key == StateKey::Pledge(pledge))
        .unwrap();
    record.history = None;
    let apart = [objection.index(), withdrawal.index()];
    certificate.evidence[0]
        .entries
        .retain(|entry| !apart.contains(&entry.index));
    let text = certificate.to_text().unwrap();
    assert!(
        text.contains(&format!(
            r#""pledges_left_out":[{{"entries":4,"pledge":"{pledge}"}}]"#
        )),
        "{text}"
    );
    let verdict = both.certify("left out", text.as_bytes(), &reader(&stage));
    assert!(verdict.holds(), "{verdict:?}");
    let said = certificate.statement().unwrap();
    let Found::Right(right) = &said.found[0] else {
        panic!("{said:?}");
    };
    let cut = left_out(&right.pledge_histories).unwrap();
    assert!(
        cut.zh.contains("1 项担保登记共 4 页未列") && cut.en.contains("4 entries of 1 pledges"),
        "{cut:?}"
    );
    let lie = raw
        .text()
        .replacen(r#""act":"withdraw_objection""#, r#""act":"object""#, 1);
    assert_ne!(lie, raw.text());
    assert!(
        !both
            .certify("another act", lie.as_bytes(), &reader(&stage))
            .holds()
    );
    both.agree();
    stage.house.close();
}

/// What the remarks of the burdens say in Chinese.
fn sentences_of(certificate: &Certificate) -> String {
    let said = certificate.statement().unwrap();
    let Found::Right(found) = &said.found[0] else {
        panic!("{said:?}");
    };
    let rows = found.burdens.iter().enumerate();
    let said = rows.flat_map(|(n, burden)| remarks(burden, found, n + 1));
    said.map(|remark| remark.zh).collect::<Vec<_>>().join("; ")
}
