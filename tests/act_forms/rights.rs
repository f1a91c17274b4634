//! Acts on rights: transfer, conversion, surrender, correction, ranks.

use std::collections::BTreeMap;

use greenlien::documents::books::columns::{Known, template_of};
use greenlien::domain::command::{Body, LineRequest};
use greenlien::domain::party::Role;
use greenlien::domain::policy::KindPolicy;
use greenlien::domain::right::BurdenId;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::{PledgeId, RightId};
use serde_json::json;
use ureq::http::Method;

use crate::act_forms::done;
use crate::act_forms::parties::posted;
use crate::act_pages::{DIGEST, command_in, orgs, page, prepared};
use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::cast::{self, Actor};
use crate::support::papers;
use crate::support::play::Play as _;

/// A balance of 1000 t of the mill, 400 of it pledged to the bank.
fn balance(town: &mut Town) -> (RightId, PledgeId) {
    let days = papers::span("2026-12-01", "2031-01-01");
    let (bureau, mill, bank) = (town.bureau.clone(), town.mill.clone(), town.bank.clone());
    let right = papers::carbon(&mill, "10000001", 2026, "1000", days);
    let right = town.house.issue(&bureau, right);
    let line = papers::line(right, papers::stock("400", "tCO2e"));
    let answer = town
        .house
        .submit(&bank, papers::pledge(&mill, vec![line]), &[&mill], &[]);
    (right, answer.pledge())
}

fn form(name: &str, right: RightId, fields: &str) -> String {
    format!("/acts/{name}?record={right}&go=1&document={DIGEST}{fields}")
}

fn ids(actors: &[&Actor]) -> Vec<String> {
    let mut parties: Vec<_> = actors.iter().map(|actor| actor.party).collect();
    parties.sort_unstable();
    parties.iter().map(ToString::to_string).collect()
}

#[test]
fn a_right_is_transferred_whole_with_whoever_must_consent_among_the_signers() {
    let mut town = town();
    let (right, pledge) = balance(&mut town);
    let works = town.house.admit("works", &[Role::Holder], &[]);
    let (bureau, mill, bank) = (town.bureau.clone(), town.mill.clone(), town.bank.clone());
    let links = page(&town, &format!("/rights/{right}"));
    for name in ["transfer_right", "transfer_right-part", "surrender_right"] {
        assert!(
            links.contains(&format!("/acts/{name}?record={right}\"")),
            "{name}"
        );
    }
    let path = form(
        "transfer_right",
        right,
        &format!("&to={}", works.credit_code),
    );
    let command = done(&mut town, &path, &[&bureau, &mill, &bank, &works]);
    assert_eq!(command["type"], "transfer_right");
    assert_eq!(
        command["body"]["consenting"],
        json!(ids(&[&mill, &bank, &works]))
    );
    assert_eq!(orgs(&command).len(), 4);
    assert!(page(&town, &format!("/rights/{right}")).contains("works"));
    // The pledge grows with the consent of whoever holds the right now, whom the form names.
    let more = format!("/acts/amend_pledge?record={pledge}&go=1&lines_quantity0=450");
    let amended = done(&mut town, &more, &[&mill, &bank, &works]);
    assert_eq!(amended["body"]["consenting"], json!(ids(&[&works])));
    // What the register does not know is no succession, and an unknown holder is a fault of its field, with what was typed.
    let path = form(
        "transfer_right",
        right,
        &format!("&to={}&succession=1", mill.party),
    );
    let no = page(&town, &path);
    assert!(
        no.contains("conclusion no") && no.contains("/findings/1012"),
        "{no}"
    );
    let wrong = page(&town, &form("transfer_right", right, "&to=M999"));
    assert!(
        wrong.contains("href=\"#to\">受让人 (信用代码或编号): 「M999」"),
        "{wrong}"
    );
    town.house.close();
}

#[test]
fn a_part_of_a_balance_is_transferred_with_its_share_of_a_pledge() {
    let mut town = town();
    let (right, pledge) = balance(&mut town);
    let works = town.house.admit("works", &[Role::Holder], &[]);
    let (bureau, mill, bank) = (town.bureau.clone(), town.mill.clone(), town.bank.clone());
    let line = BurdenId::Line(pledge, 0);
    let fields = format!(
        "&to={}&quantity=500&identities_0_0=CEA&identities_0_1=10000002&identities_0_2=2026&lines_quantity{line}=100",
        works.party
    );
    let command = done(
        &mut town,
        &form("transfer_right-part", right, &fields),
        &[&bureau, &mill, &bank, &works],
    );
    assert_eq!(command["type"], "transfer_right");
    assert_eq!(
        command["body"]["lines"],
        json!([{"line": line.to_string(), "quantity": "100"}])
    );
    assert_eq!(
        command["body"]["identities"][0]["value"],
        "CEA|10000002|2026"
    );
    // What is wrong in a part of an identity is said beside that part, and what is missing too.
    let fields = format!(
        "&to={}&quantity=500&identities_0_0=CEA&identities_0_1=12&lines_joint{line}=1&lang=en",
        works.party
    );
    let wrong = page(&town, &form("transfer_right-part", right, &fields));
    assert!(
        wrong.contains("href=\"#identities_0_1\">account: “12”: 8 to 20 digits"),
        "{wrong}"
    );
    assert!(
        wrong.contains("href=\"#identities_0_2\">vintage: Please fill this in"),
        "{wrong}"
    );
    town.house.close();
}

#[test]
fn a_balance_is_converted_used_up_and_corrected() {
    let mut town = town();
    let (right, _) = balance(&mut town);
    let (bureau, bank, mill) = (town.bureau.clone(), town.bank.clone(), town.mill.clone());
    let fields = format!(
        "&org={}&quantity=200&into.quantity=200&into.identities_0_0=CEA&into.identities_0_1=10000003&into.identities_0_2=2027&into.span_from=2026-12-01&into.span=2030-12-31&into.class={}",
        bureau.party, "%E7%BB%93%E8%BD%AC"
    );
    let command = done(
        &mut town,
        &form("convert_right", right, &fields),
        &[&bureau],
    );
    let into = &command["body"]["into"];
    assert_eq!(
        (&into["kind"], &into["unit"]),
        (&json!("carbon"), &json!("tCO2e"))
    );
    assert_eq!(
        into["span"],
        json!({"from": "2026-12-01", "to": "2031-01-01"})
    );
    assert_eq!(into["class"], "结转");

    let path = form("surrender_right", right, "&quantity=100");
    let command = done(&mut town, &path, &[&bureau, &mill]);
    assert_eq!(
        command["body"]["consenting"],
        json!([mill.party.to_string()])
    );
    let path = form("surrender_right", right, "&quantity=600&carve_out=consent");
    let command = prepared(&town, &path);
    assert_eq!(command["body"]["carve_out"], "consent");
    assert_eq!(command["body"]["consenting"], json!(ids(&[&mill, &bank])));

    let path = form("correct_right-quantity", right, "&quantity=900");
    let command = done(&mut town, &path, &[&bureau]);
    assert_eq!(command["type"], "correct_right");
    let path = form(
        "correct_right-particulars",
        right,
        "&attribute_name=external_claim&attribute_value=%E5%B7%B2%E6%A0%B8%E9%94%80",
    );
    let command = done(&mut town, &path, &[&bureau]);
    assert_eq!(
        command["body"]["attributes"],
        json!({"external_claim": "已核销"})
    );
    let again = page(
        &town,
        &format!("/acts/correct_right-particulars?record={right}"),
    );
    assert!(
        again.contains("name=\"attribute_is_external_claim\"") && again.contains("现为: 已核销")
    );
    town.house.close();
}

#[test]
fn the_registrar_corrects_its_own_line_and_an_issuer_ends_a_dispute() {
    let mut town = town();
    let (right, pledge) = balance(&mut town);
    let (bureau, bank, registrar) = (town.bureau.clone(), town.bank.clone(), cast::registrar());
    let fields = format!("&line={}&quantity=300", BurdenId::Line(pledge, 0));
    let path = form("correct_right-line", right, &fields);
    let command = done(&mut town, &path, &[&registrar, &bank]);
    assert_eq!(command["org"], "M0");
    let fields = format!(
        "&line={}&quantity=310&relied_position0={}&relied_number0=GL-1",
        BurdenId::Line(pledge, 0),
        pledge.0 + 1
    );
    let path = form("correct_right-line", right, &fields);
    let command = prepared(&town, &path);
    assert_eq!(
        command["body"]["relied"],
        json!([{"number": "GL-1", "position": pledge.0 + 1}])
    );

    // Ground that overlaps a registered parcel under a judgment is in dispute until the issuer says how it was decided, which it
    // does once the ground is one's.
    let days = papers::span("2026-12-01", "2031-01-01");
    let ground = papers::rectangle(80_000, 0, 4_000, 3_000);
    let unit = papers::unit_number(3);
    let earlier = papers::forest(&town.mill, &unit, "商品林", ground.clone(), days);
    let earlier = town.house.issue(&bureau, earlier);
    let mut parcel = papers::forest(&town.mill, &papers::unit_number(2), "商品林", ground, days);
    parcel.adjudication = Some(Hash::of(&[b"judgment"]));
    let parcel = town.house.issue(&bureau, parcel);
    assert!(page(&town, &format!("/rights/{parcel}")).contains("/acts/correct_right-resolution"));
    let path = form("correct_right-resolution", parcel, "");
    assert!(page(&town, &path).contains("/findings/7013"));
    let revoke = Body::RevokeRight {
        right: earlier,
        from: days.from(),
        document: Hash::of(&[b"judgment"]),
    };
    let answer = town.house.submit(&bureau, revoke, &[], &[]);
    assert!(answer.is_accepted());
    let command = done(&mut town, &path, &[&bureau]);
    assert_eq!(command["body"]["resolution"], true);
    assert!(!page(&town, &format!("/rights/{parcel}")).contains("/acts/correct_right-resolution"));
    town.house.close();
}

#[test]
fn the_lines_of_one_stack_change_places() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let (bureau, mill) = (town.bureau.clone(), town.mill.clone());
    let (bank, other) = (town.bank.clone(), town.other.clone());
    let right = papers::carbon(&mill, "10000009", 2026, "1000", days);
    let right = town.house.issue(&bureau, right);
    let mut first = papers::register(
        &mill,
        vec![papers::line(right, papers::stock("400", "tCO2e"))],
    );
    first.cap_cny = Some(papers::quantity("1000000"));
    let body = Body::RegisterPledge(Box::new(first));
    let senior = town.house.submit(&bank, body, &[&mill], &[]).pledge();
    let senior = BurdenId::Line(senior, 0);
    let behind = LineRequest {
        behind: vec![senior],
        ..papers::line(right, papers::stock("300", "tCO2e"))
    };
    let mut second = papers::register(&mill, vec![behind]);
    second.cap_cny = Some(papers::quantity("500000"));
    let body = Body::RegisterPledge(Box::new(second));
    let junior = town
        .house
        .submit(&other, body, &[&mill, &bank], &[])
        .pledge();
    let junior = BurdenId::Line(junior, 0);

    let path = format!("/acts/change_rank?record={right}&go=1&org={}", other.party);
    let same = page(&town, &path);
    assert!(same.contains("没有改动任何顺位"), "{same}");
    let twice = page(&town, &format!("{path}&to_{junior}=1"));
    assert!(twice.contains("「1」: 同一顺位填了两次"), "{twice}");
    let path = format!("{path}&to_{junior}=1&to_{senior}=2");
    let command = done(&mut town, &path, &[&other, &bank]);
    assert_eq!(
        command["body"]["from"],
        json!([senior.to_string(), junior.to_string()])
    );
    assert_eq!(
        command["body"]["to"],
        json!([junior.to_string(), senior.to_string()])
    );
    assert_eq!(command["expect"][right.to_string()], 3);
    town.house.close();
}

#[test]
fn forms_and_templates_suggest_what_is_known_and_take_anything() {
    let mut town = town();
    let form = posted(&town, "/acts/issue_right", "kind=forest");
    for told in [
        "name=\"attribute_is_town\" value=\"\" maxlength=\"200\" spellcheck=\"false\" autocomplete=\"off\" list=\"attribute_is_town-list\"",
        "<datalist id=\"attribute_is_town-list\"><option value=\"500113104\">示例镇</option></datalist>",
        "<datalist id=\"class-list\"><option value=\"商品林\"></option>",
        "name=\"attribute_is_species\"",
    ] {
        assert!(form.contains(told), "{told}: {form}");
    }
    // Nobody has named a kind of tree or a method yet.
    assert!(!form.contains("attribute_is_species-list"), "{form}");
    let sinks = town
        .house
        .admit("sinks", &[Role::Authority], &["carbon_sink"]);
    let form = posted(&town, "/acts/issue_right", "kind=carbon_sink");
    assert!(form.contains("name=\"attribute_is_methodology\"") && !form.contains("<datalist"));
    let unit = papers::unit_number(1);
    let mut sink = papers::sink(&town.mill, "500113-LYTH-2026-001", &[&unit], (2027, 2030));
    let method = "CCER-14-001-V01 造林碳汇".to_owned();
    sink.attributes
        .insert("methodology".to_owned(), method.clone());
    town.house.issue(&sinks, sink);
    let form = posted(&town, "/acts/issue_right", "kind=carbon_sink");
    let list = format!(
        "<datalist id=\"attribute_is_methodology-list\"><option value=\"{method}\"></option></datalist>"
    );
    assert!(form.contains(&list), "{form}");
    // Another is recorded as it is.
    let fields = format!(
        "go=1&kind=carbon_sink&org={}&holder={}&identities_0_0=500113-LYTH-2026-002&quantity=250&span_from=2031-01-01&span=2032-12-31&units={unit}&attribute_is_methodology=CM-2",
        sinks.party, town.mill.credit_code
    );
    let signing = posted(&town, "/sign", &format!("act=issue_right&{fields}"));
    let command = command_in(&signing);
    assert_eq!(
        command["body"]["attributes"],
        json!({"methodology": "CM-2"})
    );
    let towns = Known {
        values: vec!["500113104".to_owned()],
        called: [("500113104".to_owned(), "示例镇".to_owned())].into(),
    };
    let methods = Known {
        values: vec![method],
        ..Known::default()
    };
    let wire = Wire::new(town.house.client().base());
    for (kind, known) in [
        ("forest", [("town".to_owned(), towns)].into()),
        ("carbon_sink", [("methodology".to_owned(), methods)].into()),
    ] {
        let policies = cast::genesis().policies.into_iter();
        let mut policies = policies.map(|(_, text)| KindPolicy::parse(&text).unwrap());
        let policy = policies.find(|policy| policy.kind == kind).unwrap();
        let path = format!("/import/template/{kind}.xlsx");
        let raw = wire.send(Method::GET, &path, &[], &[]);
        assert_eq!(
            raw.bytes,
            template_of(&policy, &known).unwrap().unwrap(),
            "{kind}"
        );
        assert_ne!(
            raw.bytes,
            template_of(&policy, &BTreeMap::new()).unwrap().unwrap()
        );
    }
    town.house.close();
}
