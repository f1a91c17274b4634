//! The forms for commands, over HTTP: what they ask, what they answer before anything is signed, and what the page that signs is
//! given. That a person can sign it is a test in a browser.

use greenlien::domain::command::{Body, Expected};
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::ReservationId;
use serde_json::{Value, json};

use crate::pages::{Town, town};
use crate::support::cast;
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

pub(crate) const DIGEST: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

pub(crate) fn page(town: &Town, path: &str) -> String {
    let reply = town.house.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply.text
}

/// Asks a form, must be told yes, and follows to the page that signs: returns what that page is given.
pub(crate) fn prepared(town: &Town, path: &str) -> Value {
    let said = page(town, path);
    assert!(said.contains("class=\"conclusion yes\""), "{path}: {said}");
    let link = said
        .split('"')
        .find(|text| text.starts_with("/sign?act="))
        .unwrap();
    command_in(&page(town, &link.replace("&#38;", "&")))
}

/// Returns what the page that signs is given.
pub(crate) fn command_in(signing: &str) -> Value {
    let text = signing.split("data-command=\"").nth(1).unwrap();
    let text = text.split('"').next().unwrap();
    let escapes = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    let text = escapes
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn orgs(command: &Value) -> Vec<&str> {
    let signers = command["signers"].as_array().unwrap();
    signers
        .iter()
        .map(|one| one["org"].as_str().unwrap())
        .collect()
}

#[test]
fn a_pledge_over_several_rights_is_prepared_line_by_line() {
    let town = town();
    let (permit, bank) = (town.permit, town.bank.party);
    // The first step asks for the right alone, the second for what its kind asks; a line more is no fault.
    let first = page(&town, "/acts/register_pledge");
    assert!(first.contains("name=\"right0\"") && !first.contains("name=\"quantity0\""));
    let second = page(&town, &format!("/acts/register_pledge?right0={permit}"));
    assert!(second.contains("name=\"quantity0\"") && second.contains("value=\"2030-12-31\""));
    assert!(!second.contains("role=\"alert\"") && second.contains("name=\"right1\""));
    let filled = format!(
        "/acts/register_pledge?go=1&seen0=1&org={bank}&right0={permit}&quantity0=10&from0=2027-01-01&through0=2027-12-31&term_from=2026-03-15&term=2028-01-31"
    );
    let more = page(&town, &format!("{filled}&right1={permit}"));
    assert!(!more.contains("role=\"alert\"") && !more.contains("class=\"conclusion"));
    let command = prepared(
        &town,
        &format!(
            "{filled}&seen1=1&right1={permit}&quantity1=5&from1=2028-01-01&through1=2028-06-30"
        ),
    );
    assert_eq!(command["type"], "register_pledge");
    assert_eq!(
        orgs(&command),
        [bank.to_string(), town.mill.party.to_string()]
    );
    let body = &command["body"];
    assert_eq!(body["lines"][0]["to"], "2028-01-01");
    assert_eq!(body["lines"][1]["quantity"], "5");
    assert_eq!(
        body["term"],
        json!({"from": "2026-03-15", "to": "2028-02-01"})
    );
    // One day of the term without the other is asked for, never made up.
    let half = filled.replace("term_from=2026-03-15&", "");
    let half = page(&town, &half);
    assert!(
        half.contains("<a href=\"#term_from\">") && !half.contains("class=\"conclusion"),
        "{half}"
    );
    assert_eq!(
        command["hide"],
        json!(["contract_no", "principal_cny", "purpose"])
    );
    // Who else has a share of the claim, in the order of their ids, and the category of the loan.
    let other = town.other.party;
    let shared =
        format!("{filled}&syndicate0.party={other}&syndicate0.share_bp=30.5&green=GIC2019:1.5.1");
    let body = &prepared(&town, &shared)["body"];
    assert_eq!(
        body["syndicate"],
        json!([{"party": other.to_string(), "share_bp": 3_050}])
    );
    assert_eq!(body["green"], "GIC2019:1.5.1");
    let twice = page(
        &town,
        &format!("{shared}&syndicate1.party={other}&syndicate1.share_bp=1"),
    );
    assert!(twice.contains("同一主体填了两次"), "{twice}");
    let own = page(
        &town,
        &shared.replace(&format!("={other}"), &format!("={bank}")),
    );
    assert!(
        own.contains("/findings/2014") && own.contains("担保权人自己列在了银团"),
        "{own}"
    );
    town.house.close();
}

#[test]
fn what_the_reader_of_commands_refuses_is_said_in_plain_words_with_the_label_of_its_field() {
    let town = town();
    let (permit, bank) = (town.permit, town.bank.party);
    let ask = |fields: &str| {
        let path = format!(
            "/acts/register_pledge?go=1&seen0=1&org={bank}&right0={permit}&from0=2027-01-01&through0=2027-12-31&term_from=2026-12-01&term=2028-01-31{fields}"
        );
        page(&town, &path)
    };
    let wrong = ask("&quantity0=10&behind0=P456");
    assert!(
        wrong.contains("排在哪些担保之后: 「P456」: 须写到担保的某一行, 如 P57.0"),
        "{wrong}"
    );
    let wrong = ask("&quantity0=10&green=%3Cb%3E");
    assert!(
        wrong.contains("须为 1 至 32 个字符的代码") && wrong.contains("href=\"#green\""),
        "{wrong}"
    );
    for raw in ["must be", "lines[0]"] {
        assert!(!wrong.contains(raw), "{wrong}");
    }
    // Quantities as the register itself writes them; what is too large is told apart.
    for spelling in ["1,0", "10%20t"] {
        assert!(ask(&format!("&quantity0={spelling}")).contains("不是合格的数量"));
    }
    let large = ask("&quantity0=1,000,000,000,000");
    assert!(large.contains("数太大"), "{large}");
    let full = ask("&quantity0=%EF%BC%91%EF%BC%90");
    assert!(full.contains("conclusion yes"), "{full}");
    let grouped = ask("&quantity0=1,000");
    assert!(grouped.contains("conclusion no"), "{grouped}");
    let asked = format!(
        "/check?right={permit}&pledgee={bank}&quantity=%EF%BC%91,000&from=2027-01-01&through=2027-12-31"
    );
    assert!(page(&town, &asked).contains("conclusion no"));
    town.house.close();
}

#[test]
fn what_is_wrong_is_said_beside_its_field_in_the_language_of_the_page() {
    let town = town();
    let ask = |fields: &str| {
        let path = format!("/acts/amend_pledge?record={}&go=1{fields}", town.pledge);
        page(&town, &path)
    };
    let wrong = ask("&lines_quantity0=1e3");
    assert!(wrong.contains("href=\"#lines_quantity0\"") && wrong.contains("不是合格的数量"));
    let wrong = ask("&cap_cny=much&lines_quantity0=70");
    assert!(
        wrong.contains("href=\"#cap_cny\"") && wrong.contains("须为金额"),
        "{wrong}"
    );
    assert!(ask("").contains("role=\"alert\""), "nothing to change");
    let no = ask("&lines_quantity0=130");
    assert!(
        no.contains("conclusion no") && no.contains("/findings/3008"),
        "{no}"
    );
    let freeze = format!(
        "/acts/freeze?record={}&go=1&authority=M999&quantity=5&from=2027-01-01&through=2027-12-31&document=12&lang=en",
        town.permit
    );
    let wrong = page(&town, &freeze);
    for field in ["#authority", "#document"] {
        assert!(wrong.contains(&format!("href=\"{field}\"")), "{wrong}");
    }
    assert_eq!(town.house.get("/acts/no_such_act").status, 404);
    let none = page(&town, "/acts/freeze?record=nothing");
    assert!(none.contains("role=\"alert\""));
    town.house.close();
}

#[test]
fn the_acts_on_a_pledge_are_prepared_with_who_signs_and_the_version_that_they_rest_on() {
    let mut town = town();
    let (bank, mill, other) = (town.bank.party, town.mill.party, town.other.party);
    let pledge = town.pledge;
    let on = |act: &str, fields: &str| format!("/acts/{act}?record={pledge}&go=1{fields}");

    let amend = prepared(
        &town,
        &on("amend_pledge", "&lines_quantity0=70&cap_cny=5,000,000"),
    );
    assert_eq!(
        amend["body"]["lines"][0],
        json!({"line": 0, "quantity": "70", "unit": "t/a"})
    );
    assert_eq!(amend["body"]["cap_cny"], "5000000");
    assert_eq!(orgs(&amend), [bank.to_string(), mill.to_string()]);
    assert_eq!(amend["expect"][pledge.to_string()], 1);

    let extend = prepared(&town, &on("extend_pledge", "&lines_through0=2028-12-31"));
    assert_eq!(extend["body"]["lines"][0]["to"], "2029-01-01");

    let whole = prepared(&town, &on("release_pledge", ""));
    assert_eq!(whole["body"], json!({"pledge": pledge.to_string()}));
    assert_eq!(orgs(&whole), [bank.to_string()]);
    let part = prepared(&town, &on("release_pledge", "&lines_quantity0=30"));
    assert_eq!(part["body"]["lines"][0]["quantity"], "30");

    let fields = format!(
        "&drop_whole0=1&right0={}&seen0=1&quantity0=90&from0=2026-12-05&through0=2027-12-31",
        town.permit
    );
    let swap = prepared(&town, &on("substitute_collateral", &fields));
    assert_eq!(swap["body"]["drop"], json!([{"line": 0}]));
    assert_eq!(swap["body"]["add"][0]["quantity"], "90");

    let fields = format!("&to={}&document={DIGEST}", town.other.credit_code);
    let assign = prepared(&town, &on("assign_pledge", &fields));
    assert_eq!(assign["body"]["to"], other.to_string());
    assert_eq!(orgs(&assign), [bank.to_string(), other.to_string()]);

    let fields = format!("&org={other}&document={DIGEST}");
    let object = prepared(&town, &on("object", &fields));
    assert_eq!(object["org"], other.to_string());
    assert_eq!(object["signers"].as_array().unwrap().len(), 1);
    // Whoever is signed in need not say who it is.
    let person = Person::sign_in(&town.house, &town.other);
    let form = person.page(&format!("/acts/object?record={pledge}"));
    assert!(
        form.contains(&format!("name=\"org\" value=\"{other}\"")),
        "{form}"
    );

    let external = "&register=zhongdeng&number=0123&status=registered&checked=2026-12-01";
    let external = prepared(&town, &on("record_external_registration", external));
    assert_eq!(external["body"]["register"], "zhongdeng");

    // A pledge that is released has no forms any more.
    let release = Body::ReleasePledge {
        pledge,
        changes: Vec::new(),
        order: None,
    };
    let bank = town.bank.clone();
    let expect = [(Expected::Pledge(pledge), 1)];
    let answer = town.house.submit(&bank, release, &[], &expect);
    assert!(answer.is_accepted(), "{answer:?}");
    assert!(!page(&town, &format!("/pledges/{pledge}")).contains("/acts/amend_pledge"));
    town.house.close();
}

#[test]
fn a_reservation_is_prepared_taken_over_and_given_up() {
    let mut town = town();
    let (permit, bank) = (town.permit, town.bank.party);
    let fields = format!(
        "go=1&seen0=1&org={bank}&right0={permit}&quantity0=10&from0=2027-01-01&through0=2027-12-31"
    );
    let reserve = prepared(&town, &format!("/acts/reserve?{fields}&days=7"));
    assert_eq!(reserve["body"]["days"], 7);
    assert_eq!(reserve["body"]["pledgor"], town.mill.party.to_string());
    let line = papers::line(
        permit,
        papers::flow("10", "t/a", papers::span("2027-01-01", "2028-01-01")),
    );
    let body = Body::Reserve {
        pledgor: town.mill.party,
        lines: vec![line],
        days: 7,
    };
    let (giver, mill) = (town.bank.clone(), town.mill.clone());
    let answer = town.house.submit(&giver, body, &[&mill], &[]);
    let created: ReservationId = ReservationId(answer.index());
    let held = page(&town, &format!("/pledges/{created}"));
    assert!(
        held.contains(&format!("/acts/cancel_reservation?record={created}")),
        "{held}"
    );
    // What lapses soon is on the desk, with the right that it holds.
    let desk = page(&town, &format!("/work?party={bank}"));
    let (_, row) = desk.split_once("预登记将失效").unwrap();
    let row = row.split("</tr>").next().unwrap();
    assert!(
        row.contains(&format!("href=\"/rights/{permit}\"")) && row.contains("mill"),
        "{row}"
    );
    let taken = format!("/acts/register_pledge?{fields}&reservation={created}");
    assert_eq!(
        prepared(&town, &taken)["body"]["reservation"],
        created.to_string()
    );
    let gone = format!("/acts/cancel_reservation?record={created}&go=1");
    assert_eq!(
        prepared(&town, &gone)["body"]["reservation"],
        created.to_string()
    );
    town.house.close();
}

#[test]
fn an_order_is_given_by_the_issuer_itself_and_entered_by_the_registrar_for_a_court() {
    let mut town = town();
    let court = town.house.admit("court", &[Role::Court], &[]);
    let registrar = cast::registrar();
    let freeze = |authority: &str| {
        format!(
            "/acts/freeze?record={}&go=1&authority={authority}&quantity=50&from=2027-01-01&through=2027-12-31&until=2028-06-30&document={DIGEST}",
            town.permit
        )
    };
    let own = prepared(&town, &freeze(&town.bureau.party.to_string()));
    assert_eq!(own["org"], town.bureau.party.to_string());
    assert_eq!(own["signers"][0]["checkers"], 1);
    assert_eq!(own["body"]["until"], "2028-07-01");
    let entered = prepared(&town, &freeze(&court.party.to_string()));
    assert_eq!(entered["org"], "M0");

    let body = Body::Freeze {
        right: town.permit,
        authority: court.party,
        extent: papers::flow("50", "t/a", papers::span("2027-01-01", "2028-01-01")),
        document: Hash::of(&[b"order"]),
        terms: Terms::default(),
    };
    let answer = town.house.submit(&registrar, body, &[], &[]);
    let freeze = format!("F{}", answer.index());
    let form = page(&town, &format!("/acts/unfreeze?record={}", town.permit));
    assert!(
        form.contains(&format!("<option value=\"{freeze}\"")),
        "{form}"
    );
    for (act, more) in [("unfreeze", ""), ("change_freeze", "&quantity=20")] {
        let path = format!(
            "/acts/{act}?record={}&go=1&freeze={freeze}&document={DIGEST}{more}",
            town.permit
        );
        let command = prepared(&town, &path);
        assert_eq!(command["org"], "M0", "{act}");
        assert_eq!(command["body"]["freeze"], freeze, "{act}");
    }
    // What the law does not have for a kind is said before anybody signs it.
    let path = format!(
        "/acts/execute_freeze?record={}&go=1&freeze={freeze}&document={DIGEST}&quantity=9999&proceeds_cny=1000",
        town.permit
    );
    let no = page(&town, &path);
    assert!(
        no.contains("conclusion no") && no.contains("/findings/3014"),
        "{no}"
    );
    let path = format!(
        "/acts/adjust_right?record={}&go=1&from=2027-01-01&quantity=100&document={DIGEST}",
        town.permit
    );
    let adjust = prepared(&town, &path);
    assert_eq!(adjust["org"], town.bureau.party.to_string());
    town.house.close();
}

#[test]
fn whoever_cuts_a_right_is_told_what_is_left_hanging_and_the_pages_say_so_after() {
    let mut town = town();
    let (permit, pledge) = (town.permit, town.pledge);
    let cut = |quantity: &str| {
        format!(
            "/acts/adjust_right?record={permit}&go=1&from=2027-01-01&quantity={quantity}&document={DIGEST}&lang=en"
        )
    };
    let hangs = format!("{pledge}.0 pledge · bank-a: Overhang: 20.000 t/a");
    assert!(!page(&town, &cut("90")).contains("Overhang"));
    let told = page(&town, &cut("60"));
    assert!(
        told.contains("conclusion yes") && told.contains(&hangs),
        "{told}"
    );
    let pledge_page = |town: &Town| page(town, &format!("/pledges/{pledge}?lang=en"));
    assert!(!pledge_page(&town).contains("Overhang"));
    let body = Body::AdjustRight {
        right: permit,
        from: papers::day("2027-01-01"),
        amount: (papers::quantity("60"), "t/a".to_owned()),
        document: Hash::of(&[b"order"]),
    };
    let bureau = town.bureau.clone();
    town.house.submit(&bureau, body, &[], &[]);
    let right_page = page(&town, &format!("/rights/{permit}?lang=en"));
    assert!(right_page.contains("pledge overhanging"), "{right_page}");
    assert!(pledge_page(&town).contains("Overhang: 20.000 t/a"));
    // On the desk of the bank with its unit, and no page speaks of codes where it means records.
    let desk = page(&town, &format!("/work?party={}&lang=en", town.bank.party));
    assert!(
        desk.contains("a part of the line hangs over: 20.000 t/a<"),
        "{desk}"
    );
    assert!(
        desk.contains("<th scope=\"col\">Record</th>") && !desk.contains(">Code<"),
        "{desk}"
    );
    // The bank named no term; what it has is told with its quantity and its days.
    assert!(
        desk.contains(">not given</td>") && desk.contains("80.000 t/a, "),
        "{desk}"
    );
    let body = Body::Freeze {
        right: permit,
        authority: bureau.party,
        extent: papers::flow("5", "t/a", papers::span("2029-01-01", "2030-01-01")),
        document: Hash::of(&[b"order"]),
        terms: Terms::default(),
    };
    town.house.submit(&bureau, body, &[], &[]);
    let frozen = pledge_page(&town);
    assert!(frozen.contains("has frozen some of the right"), "{frozen}");
    town.house.close();
}

#[test]
fn an_answer_names_the_years_that_an_act_would_take_of_a_line() {
    let mut town = town();
    let sink = town.sink();
    let lines = vec![papers::line(sink, papers::years(2027, 2029))];
    let bank = town.bank.clone();
    let register = papers::register(&town.mill, lines);
    let body = Body::RegisterPledge(Box::new(register));
    let consents = town.mill.clone();
    let pledge = town.house.submit(&bank, body, &[&consents], &[]).pledge();
    let cut = |from: &str| {
        let asked = format!("record={sink}&go=1&from={from}&document={DIGEST}&lang=en");
        page(&town, &format!("/acts/revoke_right?{asked}"))
    };
    for (from, gone) in [
        ("2029-01-01", "2029"),
        ("2028-01-01", "2028–2029"),
        ("2027-01-01", "all of it"),
    ] {
        let told = cut(from);
        let said = format!("{pledge}.0 pledge · bank-a: Overhang: {gone}<");
        assert!(told.contains(&said), "{said}: {told}");
    }
    assert!(!cut("2030-01-01").contains("Overhang"));
    town.house.close();
}
