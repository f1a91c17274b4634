//! Acts on parties and keys, the rules of a kind, the key of the log, and the issue of a right.

use greenlien::domain::command::{OfferedKey, PartyAct};
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::SecretKey;
use serde_json::json;
use ureq::http::Method;

use crate::act_forms::{carried, done};
use crate::act_pages::{DIGEST, command_in, orgs, page, prepared};
use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::cast;
use crate::support::papers;
use crate::support::play::Play as _;

/// Posts a form, as a browser does.
pub(super) fn posted(town: &Town, path: &str, fields: &str) -> String {
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let wire = Wire::new(town.house.client().base());
    let raw = wire.send(Method::POST, path, &kind, fields.as_bytes());
    assert_eq!(raw.status, 200, "{path}: {}", raw.text());
    raw.text().to_owned()
}

/// The fields of a key that is offered, under the beginning of their names.
fn offered(town: &Town, stem: &str, seed: u8, person: &str) -> (String, SecretKey) {
    let key = SecretKey::from_seed(&[seed; 32]);
    let message = OfferedKey::proof_message(&town.house.audience(), &key.public(), person);
    let (public, proof) = (key.public().to_bytes(), key.sign(&message).0);
    let (public, proof) = (hex::encode(public), hex::encode(proof));
    let fields = format!("&{stem}key={public}&{stem}person={person}&{stem}proof={proof}");
    (fields, key)
}

#[test]
fn the_registrar_admits_renames_merges_and_splits_parties() {
    let mut town = town();
    let registrar = cast::registrar();
    let (keys, _) = offered(&town, "keys0.", 0x31, "c-01");
    let code = cast::credit_code("works");
    let form = format!(
        "/acts/admit_party?go=1&name=Works&credit_code={code}&roles_holder=1&roles_bank=1{keys}&threshold=1"
    );
    let command = done(&mut town, &form, &[&registrar]);
    assert_eq!(command["body"]["roles"], json!(["bank", "holder"]));
    assert_eq!(command["body"]["keys"][0]["person"], "c-01");
    let wrong = page(&town, &form.replace("keys0.proof=", "keys0.proof=z"));
    assert!(
        wrong.contains("href=\"#keys0.proof\">1 · 持有证明: 「z"),
        "{wrong}"
    );

    // What is wrong is told at once, of what it is about, and with what to do.
    let bare = form.replace("&roles_holder=1&roles_bank=1", "");
    let mistyped = format!("{}X", &code[..17]);
    let slips = page(&town, &bare.replace(&code, &mistyped));
    for told in [
        ">身份: 请至少选一项<".to_owned(),
        format!(">统一社会信用代码: 「{mistyped}」: "),
    ] {
        assert!(slips.contains(&told), "{told}: {slips}");
    }
    let none = page(
        &town,
        &format!(
            "/acts/set_signing_policy?record={}&go=1&threshold=0",
            town.mill.party
        ),
    );
    assert!(
        none.contains("「0」: 须为 1 至 5") && !none.contains("技术说明"),
        "{none}"
    );

    let person = "/acts/admit_party-person?go=1&roles_holder=1&threshold=1";
    let command = prepared(&town, person);
    assert_eq!(command["hide"], json!(["name", "resident_id"]));

    let (mill, bank, other) = (town.mill.clone(), town.bank.clone(), town.other.clone());
    let form = format!(
        "/acts/change_party?record={}&go=1&name=Mill%202&document={DIGEST}",
        mill.party
    );
    let command = done(&mut town, &form, &[&registrar, &mill]);
    assert_eq!(command["body"]["party"], mill.party.to_string());
    assert!(page(&town, &format!("/parties/{}", mill.party)).contains("Mill 2"));

    let form = format!(
        "/acts/split_party?record={}&go=1&successors={}&document={DIGEST}",
        mill.party, other.party
    );
    let answer = page(&town, &form);
    assert!(answer.contains("class=\"conclusion"), "{answer}");
    let form = format!(
        "/acts/merge_parties?record={}&go=1&absorbed={}&document={DIGEST}",
        bank.party, other.credit_code
    );
    let command = done(&mut town, &form, &[&registrar, &bank, &other]);
    assert_eq!(command["body"]["into"], bank.party.to_string());
    assert_eq!(
        command["body"]["absorbed"],
        json!([other.party.to_string()])
    );
    town.house.close();
}

#[test]
fn a_divided_authority_hands_kinds_of_right_to_its_successors() {
    let mut town = town();
    let (bureau, registrar) = (town.bureau.clone(), cast::registrar());
    let office = town
        .house
        .admit("office", &[Role::Authority], &["emission"]);
    let freeze = format!(
        "/acts/freeze?record={}&go=1&authority={}&quantity=5&from=2027-01-01&through=2027-12-31&document={DIGEST}",
        town.permit, bureau.party
    );
    done(&mut town, &freeze, &[&bureau]);
    let blank = |party| page(&town, &format!("/acts/split_party?record={party}"));
    assert!(blank(bureau.party).contains("name=\"kinds_emission\""));
    // A holder has none.
    assert!(!blank(town.mill.party).contains("kinds_emission"));
    let form = format!(
        "/acts/split_party?record={}&go=1&successors={}&kinds_emission={}&document={DIGEST}",
        bureau.party, office.party, office.credit_code
    );
    let command = done(&mut town, &form, &[&registrar, &bureau, &office]);
    assert_eq!(
        command["body"]["kinds"],
        json!([{"kind": "emission", "party": office.party.to_string()}])
    );
    let said = page(&town, &format!("/parties/{}", bureau.party));
    assert!(said.contains("移交的权益种类"), "{said}");
    // The office gives what the issuer gave.
    let form = format!(
        "/acts/adjust_right?record={}&go=1&from=2027-01-01&quantity=110&document={DIGEST}",
        town.permit
    );
    let command = done(&mut town, &form, &[&office]);
    assert_eq!(command["org"], office.party.to_string());
    let stands = page(&town, &format!("/acts/unfreeze?record={}", town.permit));
    let freeze = stands.split("<option value=\"F").nth(1).unwrap();
    let freeze = freeze.split('"').next().unwrap();
    let form = format!(
        "/acts/unfreeze?record={}&go=1&freeze=F{freeze}&document={DIGEST}",
        town.permit
    );
    let command = done(&mut town, &form, &[&office]);
    assert_eq!(command["org"], office.party.to_string());
    town.house.close();
}

#[test]
fn a_party_adds_rotates_revokes_and_disputes_its_keys() {
    let mut town = town();
    let (bank, registrar) = (town.bank.clone(), cast::registrar());
    let links = page(&town, &format!("/parties/{}", bank.party));
    assert!(links.contains("/acts/add_key?record=") && !links.contains("/acts/dispute_entries"));
    let on = |act: &str, fields: &str| format!("/acts/{act}?record={}&go=1{fields}", bank.party);

    let (key, spare) = offered(&town, "", 0x32, "b-03");
    let command = done(&mut town, &on("add_key", &key), &[&bank]);
    assert_eq!(command["body"].get("party"), None);
    let kid = spare.public().id();
    let rules = format!("&rules_command0=release_pledge&rules_threshold0=2&parts_{kid}=checker");
    let command = done(&mut town, &on("set_signing_rules", &rules), &[&bank]);
    assert_eq!(
        command["body"]["rules"],
        json!([{"command": "release_pledge", "threshold": 2}])
    );
    // What stands is filled in, and the sign page asks for as many as the strictest rule.
    let stands = page(
        &town,
        &format!("/acts/set_signing_rules?record={}", bank.party),
    );
    assert!(
        stands.contains("<option value=\"release_pledge\" selected"),
        "{stands}"
    );
    let mut both = bank.clone();
    both.threshold = 2;
    let command = done(&mut town, &on("set_signing_rules", ""), &[&both]);
    assert_eq!(command["body"], json!({"party": bank.party.to_string()}));

    let (key, _) = offered(&town, "new.", 0x33, "bank-a-maker");
    let rotate = on(
        "rotate_key",
        &format!("&old={}{key}", bank.maker.public().id()),
    );
    let command = prepared(&town, &rotate);
    assert_eq!(command["body"]["new"]["person"], "bank-a-maker");
    let command = done(
        &mut town,
        &on("revoke_key", &format!("&kid={kid}")),
        &[&bank],
    );
    assert_eq!(command["body"], json!({"kid": kid.to_string()}));
    let policy = on("set_signing_policy", "&threshold=2");
    assert_eq!(prepared(&town, &policy)["body"], json!({"threshold": 2}));

    let links = page(&town, &format!("/parties/{}", bank.party));
    assert!(links.contains("/acts/dispute_entries?record="), "{links}");
    let form = page(
        &town,
        &format!("/acts/dispute_entries?record={}", bank.party),
    );
    assert!(form.contains(&format!("<option value=\"{kid}\"")), "{form}");
    let record = town.house.record(&StateKey::Party(bank.party));
    let Some((Record::Party(party), _)) = record else {
        panic!("{} is gone", bank.party);
    };
    let revoked = party.key(kid).and_then(|key| key.revoked).unwrap();
    let fields = format!("&kid={kid}&from={revoked}&document={DIGEST}");
    let command = done(&mut town, &on("dispute_entries", &fields), &[&bank]);
    assert_eq!(command["body"]["kid"], kid.to_string());
    let form = page(
        &town,
        &format!("/acts/resolve_dispute?record={}", bank.party),
    );
    let entry = form.split("<option value=\"").nth(1).unwrap();
    let entry = entry.split('"').next().unwrap();
    let fields = format!("&dispute={entry}&document={DIGEST}");
    let command = done(&mut town, &on("resolve_dispute", &fields), &[&registrar]);
    assert_eq!(command["org"], "M0");
    town.house.close();
}

/// Who makes up the quorum of the tests, as a form names them, and with the registrar.
fn quorum(town: &Town) -> (String, Vec<cast::Actor>) {
    let beside = format!("{},{}", town.bureau.party, town.bank.credit_code);
    (
        beside,
        vec![cast::registrar(), town.bureau.clone(), town.bank.clone()],
    )
}

#[test]
fn a_party_that_lost_its_keys_is_recovered_by_the_quorum_unless_it_objects() {
    let mut town = town();
    let (beside, actors) = quorum(&town);
    let (mill, actors) = (town.mill.clone(), actors.iter().collect::<Vec<_>>());
    let (keys, _) = offered(&town, "keys0.", 0x34, "m-01");
    let form = format!(
        "/acts/recover_party?record={}&go=1{keys}&document={DIGEST}",
        mill.party
    );
    let none = page(&town, &form);
    assert!(
        none.contains("href=\"#beside\"") && none.contains("未达法定人数"),
        "{none}"
    );
    let command = done(&mut town, &format!("{form}&beside={beside}"), &actors);
    assert_eq!(command["org"], "M0");
    assert_eq!(orgs(&command).len(), actors.len());
    let links = page(&town, &format!("/parties/{}", mill.party));
    assert!(links.contains("/acts/veto_recovery") && links.contains("/acts/complete_recovery"));
    let early = page(
        &town,
        &format!("/acts/complete_recovery?record={}&go=1", mill.party),
    );
    assert!(early.contains("conclusion no"), "{early}");
    let veto = format!("/acts/veto_recovery?record={}&go=1", mill.party);
    assert_eq!(
        done(&mut town, &veto, &[&mill])["org"],
        mill.party.to_string()
    );
    town.house.close();
}

#[test]
fn the_quorum_adopts_rules_and_changes_the_key_of_the_log() {
    let mut town = town();
    let (beside, actors) = quorum(&town);
    let actors: Vec<&cast::Actor> = actors.iter().collect();
    let text =
        include_str!("../../fixtures/policy/carbon.toml").replace("version = 2", "version = 3");
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<Vec<String>>()
            .concat()
    };
    let fields = format!(
        "go=1&org={}&beside={beside}&text={}",
        town.bank.party,
        escape(&text.replace('\n', "\r\n"))
    );
    let said = posted(&town, "/acts/adopt_policy", &fields);
    assert!(
        said.contains("class=\"conclusion yes\"") && said.len() < 100_000,
        "{said}"
    );
    assert!(
        said.contains("name=\"act\" value=\"adopt_policy\""),
        "{said}"
    );
    let signing = posted(&town, "/sign", &format!("act=adopt_policy&{fields}"));
    let command = command_in(&signing);
    assert_eq!(command["body"]["kind"], "carbon");
    assert_eq!(command["body"]["text"], text);
    let answer = carried(&mut town, &command, &actors);
    assert!(answer.is_accepted(), "{answer:?}");
    let wrong = posted(
        &town,
        "/acts/adopt_policy",
        &fields.replace("&text=", "&text=x"),
    );
    assert!(
        wrong.contains("href=\"#text\">规则全文: 规则全文有误"),
        "{wrong}"
    );

    let same = text
        .replacen("scale = 0", "scale = 2", 1)
        .replacen("version = 3", "version = 2", 1);
    let fields = fields.split("&text=").next().unwrap();
    let refused = posted(
        &town,
        "/acts/adopt_policy",
        &format!("{fields}&text={}", escape(&same)),
    );
    for told in [
        "conclusion no",
        "version = 2: 须大于上一版本的 3",
        "unit.scale = 2: 使用中的种类不得改变, 须为 0",
    ] {
        assert!(refused.contains(told), "{told}: {refused}");
    }

    let next = cast::next_log_key();
    let proof = next.sign(&PartyAct::log_key_message(
        &town.house.audience(),
        &next.public(),
    ));
    let form = format!(
        "/acts/rotate_log_key?go=1&key={}&overlap_seconds=30&proof={}&beside={beside}",
        hex::encode(next.public().to_bytes()),
        hex::encode(proof.0)
    );
    let command = done(&mut town, &form, &actors);
    assert_eq!(command["body"]["overlap_seconds"], 2_592_000);
    town.house.close();
}

#[test]
fn an_authority_issues_a_right_of_the_kind_that_was_chosen_first() {
    let mut town = town();
    let bureau = town.bureau.clone();
    let first = page(&town, "/acts/issue_right");
    assert!(first.contains("<option value=\"carbon\"") && !first.contains("name=\"holder\""));
    let fields = format!(
        "go=1&kind=carbon&org={}&holder={}&identities_0_0=CEA&identities_0_1=10000044&identities_0_2=2026&quantity=250&span_from=2026-12-01&span=2030-12-31",
        bureau.party, town.mill.credit_code
    );
    let second = posted(&town, "/acts/issue_right", "kind=carbon");
    assert!(
        second.contains("name=\"identities_0_1\"") && second.contains("tCO2e"),
        "{second}"
    );
    let signing = posted(&town, "/sign", &format!("act=issue_right&{fields}"));
    let command = command_in(&signing);
    assert_eq!(command["body"]["unit"], "tCO2e");
    assert_eq!(command["body"]["holder"], town.mill.party.to_string());
    let answer = carried(&mut town, &command, &[&bureau]);
    assert!(answer.is_accepted(), "{answer:?}");
    town.house.close();
}

/// Every character escaped, as a form sends it.
fn escaped(text: &str) -> String {
    let bytes = text.bytes();
    bytes.fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
}

#[test]
fn the_form_of_a_right_asks_for_what_its_kind_means_and_no_more() {
    let town = town();
    let form = |kind: &str| posted(&town, "/acts/issue_right", &format!("kind={kind}"));
    let (emission, forest, carbon) = (form("emission"), form("forest"), form("carbon"));
    // What has no ground is asked for none, and a code is chosen from a list with what it is called.
    for (page, kind) in [(&emission, "emission"), (&carbon, "carbon")] {
        for name in ["units", "polygon", "adjudication", "class"] {
            assert!(
                !page.contains(&format!("name=\"{name}\"")),
                "{kind}: {name}"
            );
        }
    }
    assert!(
        emission.contains("<select id=\"identities_0_1\" name=\"identities_0_1\" required>")
            && emission.contains("<option value=\"COD\">化学需氧量 (COD)</option>"),
        "{emission}"
    );
    assert!(
        carbon.contains("<option value=\"CEA\">CEA</option>"),
        "{carbon}"
    );
    // Forest is asked for the columns of its office's book, under their names, and for a boundary.
    for asked in [
        "<label for=\"attribute_is_tenure\">权利类型",
        "<label for=\"attribute_is_species\">主要树种",
        "<label for=\"attribute_is_town\">乡镇街道代码",
        "<textarea id=\"polygon\" name=\"polygon\" rows=\"4\" spellcheck=\"false\" autocomplete=\"off\" data-ground",
    ] {
        assert!(forest.contains(asked), "{asked}: {forest}");
    }
    assert!(!forest.contains("name=\"units\"") && !forest.contains("name=\"additional\""));
    // What the rules read, and any other, may be typed too, and is not in the way.
    let closed = |page: &str| {
        page.split("<details>")
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    };
    assert!(closed(&emission).contains("<label for=\"attribute_is_fee\">有偿使用费"));
    for page in [&emission, &forest] {
        assert!(closed(page).contains("name=\"attribute_name\""), "{page}");
    }
    town.house.close();
}

/// The office's file of parcels, as it is given to the form: the parcel of the typed number is taken from it.
#[test]
fn a_parcel_is_issued_with_its_boundary_from_geojson_and_with_what_its_book_has() {
    let mut town = town();
    let bureau = town.bureau.clone();
    let unit = "500113006013JE00001L00000001";
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/banan/parcels.geojson")).unwrap();
    let mut features = file["features"].as_array().unwrap().iter();
    let own = features.find(|one| one["id"] == unit).unwrap();
    let two = json!({"type": "FeatureCollection", "features": [file["features"][1], own]});
    let fields = |ground: &str| {
        format!(
            "kind=forest&org={}&holder={}&identities_0_0={unit}&quantity=325.41&span_from=2026-12-01&span=2065-12-31&class={}&attribute_is_town=500113006&attribute_is_species={}&polygon={}",
            bureau.party,
            town.mill.credit_code,
            escaped("商品林"),
            escaped("柏木"),
            escaped(ground)
        )
    };
    // Nothing to take it from, in words and not as a fault of the reader of commands.
    let none = json!({"type": "FeatureCollection", "features": []}).to_string();
    let wrong = posted(
        &town,
        "/acts/issue_right",
        &format!("go=1&{}", fields(&none)),
    );
    assert!(
        wrong.contains("<a href=\"#polygon\">宗地边界: GeoJSON 中没有可用的界址"),
        "{wrong}"
    );
    let sent = fields(&two.to_string());
    let answer = posted(&town, "/acts/issue_right", &format!("go=1&{sent}"));
    assert!(answer.contains("conclusion yes"), "{answer}");
    let command = command_in(&posted(&town, "/sign", &format!("act=issue_right&{sent}")));
    let polygon = command["body"]["polygon"].as_str().unwrap();
    assert!(polygon.contains("1065786139"), "{polygon}");
    assert_eq!(
        command["body"]["attributes"],
        json!({"species": "柏木", "town": "500113006"})
    );
    let answer = carried(&mut town, &command, &[&bureau]);
    assert!(answer.is_accepted(), "{answer:?}");
    town.house.close();
}

#[test]
fn the_form_of_a_right_lists_the_classes_of_its_kind_and_tells_one_that_it_does_not_name() {
    let town = town();
    let form = posted(&town, "/acts/issue_right", "kind=forest");
    for class in ["商品林", "公益林"] {
        assert!(
            form.contains(&format!("<option value=\"{class}\">")),
            "{form}"
        );
    }
    assert!(form.contains(">林种 <span class=\"hint\">"), "{form}");
    let fields = |class: &str| {
        let class = escaped(class);
        format!(
            "go=1&kind=forest&org={}&holder={}&identities_0_0={}&quantity=20&span_from=2026-12-01&span=2030-12-31&class={class}",
            town.bureau.party,
            town.mill.credit_code,
            papers::unit_number(75)
        )
    };
    let answer = posted(&town, "/acts/issue_right", &fields("商品林木"));
    assert!(answer.contains("conclusion yes"), "{answer}");
    // What was understood: the kind and the class with the rest.
    assert!(
        answer.contains("林权; ") && answer.contains("; 类别 商品林木"),
        "{answer}"
    );
    assert!(
        answer.contains("类别「商品林木」不在规则所列 (商品林、公益林) 之内"),
        "{answer}"
    );
    let answer = posted(&town, "/acts/issue_right", &fields("商品林"));
    assert!(
        answer.contains("; 类别 商品林") && !answer.contains("不在规则所列"),
        "{answer}"
    );
    town.house.close();
}
