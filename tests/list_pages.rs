//! Lists that begin with a sentence and can be narrowed, the registrar's view of rules and quotas, and proofs one step away.

use greenlien::domain::command::{Body, Expected, PledgeAct};
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;

use crate::act_pages::{DIGEST, page, prepared};
use crate::pages::town;
use crate::support::person::Person;
use crate::support::play::Play as _;
use crate::support::{cast, papers};

#[test]
fn a_list_begins_with_a_sentence_and_is_narrowed_by_name_code_or_id() {
    let town = town();
    let all = page(&town, "/pledges");
    assert!(
        all.contains("<p class=\"answer\">共 1 项担保: 在登 1</p>"),
        "{all}"
    );
    let code = &town.bank.credit_code;
    for typed in ["bank-a", code, &town.bank.party.to_string()] {
        let own = page(&town, &format!("/pledges?pledgee={typed}&lang=en"));
        assert!(own.contains("bank-a: 1 pledges in all: open 1"), "{own}");
        let link = format!("/v1/exports/pledges.xlsx?pledgee={}", town.bank.party);
        assert!(own.contains(&link), "{own}");
    }
    let none = page(&town, &format!("/pledges?pledgor={}", town.bank.party));
    assert!(none.contains("bank-a: 共 0 项担保"), "{none}");
    // Two banks have this in their names: nobody is guessed at.
    let many = page(&town, "/pledges?pledgee=bank");
    assert!(
        many.contains("名称相符的主体不止一个") && many.contains("value=\"bank\""),
        "{many}"
    );
    let named = page(&town, "/parties?name=bank");
    assert!(
        named.contains("bank: 共 2 个主体") && !named.contains(">mill<"),
        "{named}"
    );
    let findings = page(&town, "/findings?q=3002");
    assert!(
        findings.contains("1 项校验: 1 项拒绝, 0 项提示"),
        "{findings}"
    );
    let lines = page(&town, "/statistics/lines?kind=emission&state=open&lang=en");
    assert!(
        lines.contains("pollutant-discharge right · open: 1 lines"),
        "{lines}"
    );
    assert!(
        lines.contains("<option value=\"emission\" selected>"),
        "{lines}"
    );
    town.house.close();
}

#[test]
fn lists_are_narrowed_by_kind_state_and_last_day_and_leave_so_as_spreadsheets() {
    let mut town = town();
    let taken = papers::span("2027-01-01", "2027-07-01");
    let line = papers::line(town.permit, papers::flow("1", "t/a", taken));
    let mut pledge = papers::register(&town.mill, vec![line]);
    pledge.term = Some(papers::span("2026-12-01", "2027-07-01"));
    let body = Body::RegisterPledge(Box::new(pledge));
    let (bank, mill) = (town.other.clone(), town.mill.clone());
    let answer = town.house.submit(&bank, body, &[&mill], &[]);
    assert!(answer.is_accepted(), "{answer:?}");

    let rights = page(&town, "/rights?kind=emission&lang=en");
    assert!(
        rights.contains("pollutant-discharge right: 1 rights in all"),
        "{rights}"
    );
    assert!(
        rights.contains("<option value=\"emission\" selected>"),
        "{rights}"
    );
    // What is shown is counted whole, narrowed by how it stands, and leaves so.
    let partly = page(&town, "/rights?status=partly");
    for said in [
        "部分已担保: 共 1 项权益</p>",
        "第 1–1 行, 共 1 行",
        "<option value=\"partly\" selected>",
        "120.000 t/a",
        "/v1/exports/rights.xlsx?status=partly",
    ] {
        assert!(partly.contains(said), "{said}: {partly}");
    }
    let free = page(&town, "/rights?status=free&lang=en");
    assert!(
        free.contains("no burden found: 1 rights in all</p>"),
        "{free}"
    );
    let pledges = page(&town, "/pledges");
    let first = pledges.split("<tbody>").nth(1).unwrap();
    for said in ["<td>排污权</td>", "80.000 t/a", "1.000 t/a"] {
        assert!(first.contains(said), "{said}: {first}");
    }
    let none = page(&town, "/rights?kind=water_use");
    assert!(none.contains("没有这一权益种类: water_use"), "{none}");
    let day = "ends_by=2027-06-30";
    let ending = page(&town, &format!("/pledges?state=open&{day}&lang=en"));
    assert!(ending.contains("1 pledges in all: open 1"), "{ending}");
    assert!(
        ending.contains(&format!("/v1/exports/pledges.xlsx?state=open&#38;{day}")),
        "{ending}"
    );
    let before = page(&town, "/pledges?ends_by=2027-06-29");
    assert!(before.contains("共 0 项担保"), "{before}");
    let closed = page(&town, "/pledges?state=closed");
    assert!(closed.contains("共 0 项担保"), "{closed}");
    let wrong = page(&town, "/pledges?ends_by=2027-13-01");
    let label = "<p class=\"notice warn\" role=\"alert\">债务履行期限至迟止于 (含): ";
    assert!(wrong.contains(label), "{wrong}");
    // The front page leads to those that it counts.
    let front = page(&town, "/");
    assert!(
        front.contains("href=\"/pledges?since=2026-12-01\">2<"),
        "{front}"
    );
    let since = page(&town, "/pledges?since=2026-12-01");
    assert!(
        since.contains("登记日不早于 2026-12-01: 共 2 项担保"),
        "{since}"
    );
    let later = page(&town, "/pledges?since=2026-12-02");
    assert!(
        later.contains("登记日不早于 2026-12-02: 共 0 项担保"),
        "{later}"
    );

    let rows = |query: &str| {
        let table = town
            .house
            .client()
            .get(&format!("/v1/exports/{query}"))
            .unwrap();
        assert_eq!(table.status, 200, "{}", table.text);
        table.text.lines().count() - 1
    };
    assert_eq!(rows("pledges.csv"), 2);
    assert_eq!(rows(&format!("pledges.csv?state=open&{day}")), 1);
    assert_eq!(rows("pledges.csv?state=closed"), 0);
    assert_eq!(rows("pledges.csv?since=2026-12-01"), 2);
    assert_eq!(rows("pledges.csv?since=2026-12-02"), 0);
    assert_eq!(rows("rights.csv?kind=water_use"), 0);
    assert_eq!(rows("rights.csv?status=free"), 1);
    assert_eq!(rows("rights.csv?status=partly"), 1);
    let table = town
        .house
        .client()
        .get("/v1/exports/rights.csv?kind=emission&columns=quantity,unencumbered,unencumbered_through,status")
        .unwrap();
    let row = table.text.lines().nth(1).unwrap();
    assert_eq!(row, "120,40,2026-12-31,部分已担保 partly pledged");
    town.house.close();
}

#[test]
fn the_front_page_counts_rights_and_pledges() {
    let mut town = town();
    let counted = |town: &crate::pages::Town| {
        let front = page(town, "/");
        let counts = front.split("<dl class=\"vitals counts\">").nth(1).unwrap();
        let counts = counts.split("</dl>").next().unwrap();
        let numbers = counts.split("<a href=").skip(1);
        let number = |part: &str| {
            part.split('>')
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap()
                .to_owned()
        };
        numbers.map(number).collect::<Vec<_>>()
    };
    let rights = counted(&town)[0].clone();
    assert_eq!(counted(&town)[1], "1");
    let (bank, pledge) = (town.bank.clone(), town.pledge);
    let body = papers::release(pledge, Vec::new());
    let released = town
        .house
        .submit(&bank, body, &[], &[(Expected::Pledge(pledge), 1)]);
    assert!(released.is_accepted(), "{released:?}");
    assert_eq!(counted(&town)[..2], [rights, "0".to_owned()]);
    town.house.close();
}

#[test]
fn the_registrar_sees_every_version_of_the_rules_with_what_it_changed_and_who_has_used_a_quota() {
    let mut town = town();
    let text = include_str!("../fixtures/policy/emission.toml");
    let later = text.replacen("version = 2", "version = 3", 1).replacen(
        "title_en = \"pollutant-discharge right\"",
        "title_en = \"discharge right\"",
        1,
    );
    let body = Body::AdoptPolicy {
        kind: "emission".to_owned(),
        text: later,
    };
    let (bank, bureau) = (town.bank.clone(), town.bureau.clone());
    let registrar = cast::registrar();
    let adopted = town.house.submit(&bank, body, &[&bureau], &[]);
    assert!(adopted.is_accepted(), "{adopted:?}");
    let rules = page(&town, "/registrar/policies/emission?lang=en");
    for told in [
        "have 2 versions here, 1 to come",
        "<del>version = 2</del>",
        "<ins>version = 3</ins>",
        "<ins>title_en = &#34;discharge right&#34;</ins>",
        "The first version",
    ] {
        assert!(rules.contains(told), "{told}: {rules}");
    }
    assert_eq!(town.house.get("/registrar/policies/nothing").status, 404);
    let view = page(&town, "/registrar");
    assert!(
        view.contains("1 类将变更") && view.contains("/registrar/policies/emission"),
        "{view}"
    );
    // What others have used only the registrar sees.
    let at_bank = Person::sign_in(&town.house, &bank);
    let _at_bureau = Person::sign_in(&town.house, &bureau);
    let at_registrar = Person::sign_in(&town.house, &registrar);
    let quotas = |text: &str| {
        text.split("id=\"quotas\"")
            .nth(1)
            .unwrap()
            .split("</section>")
            .next()
            .unwrap()
            .to_owned()
    };
    let (own, all) = (
        quotas(&at_bank.page("/registrar")),
        quotas(&at_registrar.page("/registrar")),
    );
    assert!(
        own.contains(">bank-a</a>: 尚余 59") && !own.contains(">bureau</a>"),
        "{own}"
    );
    assert!(
        all.contains(">bank-a</a>: 尚余 59") && all.contains(">bureau</a>"),
        "{all}"
    );
    assert!(!quotas(&page(&town, "/registrar")).contains("尚余"));
    town.house.close();
}

#[test]
fn a_proof_is_that_of_the_record_or_of_the_entry() {
    let town = town();
    let (right, pledge) = (town.permit, town.pledge);
    let own = page(&town, &format!("/rights/{right}"));
    for link in [
        format!("href=\"/v1/evidence/rights/{right}\" download=\"{right}.json\""),
        format!("href=\"/v1/entries/{}/proof\"", pledge.0),
    ] {
        assert!(own.contains(&link), "{link}: {own}");
    }
    let taken = page(&town, &format!("/pledges/{pledge}"));
    assert!(
        taken.contains(&format!("href=\"/v1/evidence/pledges/{pledge}\"")),
        "{taken}"
    );
    let entry = page(&town, "/log/3");
    assert!(
        entry.contains("href=\"/v1/entries/3/proof\"") && entry.contains("href=\"/v1/entries/3\""),
        "{entry}"
    );
    let foot = town.house.get("/assets/foot.css?size=41%3Bx&root=0a1b%7Dz");
    assert!(
        foot.text.contains("position 41 ") && foot.text.contains("checkpoint 0a1b\""),
        "{}",
        foot.text
    );
    town.house.close();
}

#[test]
fn a_guarantor_is_led_from_the_answer_to_the_page_that_reads_the_evidence_file() {
    let mut town = town();
    let guarantor = town.house.admit("guarantor", &[Role::Guarantor], &[]);
    let question = format!(
        "right={}&pledgee={}&quantity=7&from=2027-01-01&through=2027-06-30",
        town.permit, town.bank.party
    );
    let answer = page(&town, &format!("/check?{question}"));
    assert!(answer.contains("把这次核验记入账簿"), "{answer}");
    let signing = page(&town, &format!("/sign?act=record_verification&{question}"));
    let asked = signing.split("data-verification=\"").nth(1).unwrap();
    let asked = asked.split('"').next().unwrap().replace("&#34;", "\"");
    let file = town
        .house
        .client()
        .post("/v1/evidence/answers", &asked)
        .unwrap();
    assert_eq!(file.status, 200, "{}", file.text);
    assert!(
        !signing.contains("data-command"),
        "the register fills nothing in: {signing}"
    );
    // Without a question the page reads a file alone; forms and rights lead there.
    let alone = page(
        &town,
        &format!("/sign?act=record_verification&right={}", town.permit),
    );
    assert!(alone.contains("data-verification=\"\""), "{alone}");
    assert!(page(&town, "/acts").contains("href=\"/sign?act=record_verification\""));
    assert!(page(&town, &format!("/rights/{}", town.permit)).contains("记载核验"));
    assert!(!guarantor.credit_code.is_empty());
    town.house.close();
}

#[test]
fn the_form_for_an_assignment_says_first_what_stands_against_the_pledge() {
    let mut town = town();
    let (pledge, other, bureau) = (town.pledge, town.other.clone(), town.bureau.clone());
    let assign = format!(
        "/acts/assign_pledge?record={pledge}&go=1&to={}&document={DIGEST}",
        other.party
    );
    assert!(!page(&town, &assign).contains("这一担保上现有"));
    let object = Body::OfPledge(Box::new(PledgeAct::Object {
        pledge,
        document: Hash::of(&[b"objection"]),
        suit: None,
    }));
    assert!(town.house.submit(&other, object, &[], &[]).is_accepted());
    let cut = Body::AdjustRight {
        right: town.permit,
        from: papers::day("2027-01-01"),
        amount: (papers::quantity("60"), "t/a".to_owned()),
        document: Hash::of(&[b"cut"]),
    };
    assert!(town.house.submit(&bureau, cut, &[], &[]).is_accepted());
    let told = page(&town, &assign);
    for one in ["这一担保上现有", "bank-b提出异议, 至 ", "悬空: 20.000 t/a"] {
        assert!(told.contains(one), "{one}: {told}");
    }
    town.house.close();
}

#[test]
fn the_registrar_enters_what_a_court_has_sold_and_fixed() {
    let mut town = town();
    let court = town.house.admit("court", &[Role::Court], &[]);
    let signing = prepared(
        &town,
        &format!(
            "/acts/record_disposal-court?record={}&go=1&authority={}&line=0&quantity=10&proceeds_cny=5000&document={DIGEST}",
            town.pledge, court.party
        ),
    );
    assert_eq!(signing["type"], "record_disposal");
    assert_eq!(signing["org"], "M0");
    assert_eq!(
        signing["body"]["authority"],
        court.party.to_string().as_str()
    );
    town.house.close();
}

#[test]
fn a_balance_is_shown_beside_the_other_vintages_of_its_holder_with_the_day_of_surrender() {
    let mut town = town();
    let (bureau, mill, bank) = (town.bureau.clone(), town.mill.clone(), town.bank.clone());
    let days = papers::span("2026-12-01", "2031-01-01");
    let alone = town.house.issue(
        &bureau,
        papers::carbon(&mill, "10000001", 2026, "1000", days),
    );
    assert!(!page(&town, &format!("/rights/{alone}")).contains("按年度"));
    let mut older = papers::carbon(&mill, "10000001", 2025, "500", days);
    older
        .attributes
        .insert("surrender_due".to_owned(), "400".to_owned());
    older
        .attributes
        .insert("surrender_by".to_owned(), "2027-12-31".to_owned());
    let older = town.house.issue(&bureau, older);
    let line = papers::line(older, papers::stock("200", "tCO2e"));
    town.house
        .submit(&bank, papers::pledge(&mill, vec![line]), &[&mill], &[])
        .pledge();
    for right in [alone, older] {
        let shown = page(&town, &format!("/rights/{right}"));
        for told in [
            "同一持有人在本登记系统内的同种余额, 按年度 (单位: tCO2e)",
            "清缴截止 2027-12-31</text>",
            // The axis has numbers and a unit; the line of the day is drawn, once on each canvas.
            ">0</text>",
            ">200</text>",
            ">1,000</text>",
            ">tCO2e</text>",
            ">年度</text>",
            "<span class=\"swatch deadline\" aria-hidden=\"true\"></span>清缴截止",
            "<th scope=\"col\" class=\"number\">应清缴</th>",
            "<td class=\"number\">400 tCO2e</td><td class=\"number\">2027-12-31</td>",
            "<title>2025: 200</title>",
            "<title>2025: 300</title>",
            "<title>2026: 1,000</title>",
            "<th scope=\"row\">2025</th><td class=\"number\">500 tCO2e</td>",
        ] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        assert_eq!(shown.matches("<path class=\"today\"").count(), 2);
    }
    // Where no day is recorded, none is drawn or named.
    let plant = town.house.admit("plant", &[Role::Holder], &[]);
    let mut issue = |year| {
        let right = papers::carbon(&plant, "20000002", year, "7", days);
        town.house.issue(&bureau, right)
    };
    let (_older, newer) = (issue(2025), issue(2026));
    let shown = page(&town, &format!("/rights/{newer}"));
    assert!(
        shown.contains(">年度</text>") && shown.contains(">6</text>"),
        "{shown}"
    );
    assert!(
        !shown.contains("清缴截止") && !shown.contains("<path class=\"today\""),
        "{shown}"
    );
    // What is no stock has no vintages.
    assert!(!page(&town, &format!("/rights/{}", town.permit)).contains("按年度"));
    town.house.close();
}

#[test]
fn a_list_says_which_rows_it_shows_and_leads_back() {
    let mut town = town();
    // Parties more than one page has.
    for number in 0..50 {
        town.house
            .admit(&format!("mill-{number}"), &[Role::Holder], &[]);
    }
    let link = |page: &str, rel: &str| {
        let end = format!("\" rel=\"{rel}\"");
        let (before, _) = page.split_once(&end)?;
        let (_, href) = before.rsplit_once("href=\"")?;
        Some(href.replace("&#38;", "&"))
    };
    let first = page(&town, "/parties?name=mill");
    assert!(
        first.contains("共 51 个主体") && first.contains("第 1–25 行, 共 51 行"),
        "{first}"
    );
    assert_eq!(link(&first, "prev"), None);
    let second = page(&town, &link(&first, "next").unwrap());
    assert!(second.contains("第 26–50 行, 共 51 行"), "{second}");
    let third = page(&town, &link(&second, "next").unwrap());
    assert!(third.contains("第 51–51 行, 共 51 行"), "{third}");
    assert_eq!(link(&third, "next"), None);
    let rows = |page: &str| {
        let body = page.split("<tbody>").nth(1).unwrap();
        body.split("</tbody>").next().unwrap().to_owned()
    };
    let back = page(&town, &link(&third, "prev").unwrap());
    assert_eq!(rows(&back), rows(&second));
    let back = page(&town, &link(&back, "prev").unwrap());
    assert_eq!(rows(&back), rows(&first));
    town.house.close();
}
