//! What pages show beside the answer: an entry taken apart, how a certificate is verified without a program, what stands behind
//! what, and every word in the language of the page.

use greenlien::domain::command::{Body, ExternalReport, ExternalStatus, GroundRequest, PledgeAct};
use greenlien::domain::order::Terms;
use greenlien::primitives::crypto::Hash;
use greenlien::web::finding_examples;

use ureq::http::Method;

use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

/// The part of a page behind an id, as far as the end of its section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or("");
    from.split("</section>").next().unwrap()
}

#[test]
fn an_entry_leads_to_its_records_and_shows_the_command_that_was_signed() {
    let mut town = town();
    let page = town.page(&format!("/log/{}", town.pledge.0));
    let records = section(&page, "records");
    let of = [
        format!("/pledges/{}", town.pledge),
        format!("/rights/{}", town.permit),
        format!("/parties/{}", town.bank.party),
        format!("/parties/{}", town.mill.party),
    ];
    for path in &of {
        assert!(records.contains(&format!("href=\"{path}\"")), "{records}");
    }
    assert!(records.contains("bank-a") && records.contains("mill"));
    let command = section(&page, "command");
    let right = format!("<a href=\"{}\">{}</a>", of[1], town.permit);
    assert!(
        command.contains("register_pledge") && command.contains(&right),
        "{command}"
    );
    // The act in words first, with last days included, as everywhere for people.
    let plain = page
        .replace("<span class=\"nb\">", "")
        .replace("</span>", "");
    let said = format!(
        "登记担保: <a href=\"/rights/{0}\">{0}</a> 排污权 {1}001W | COD: 80.000 t/a, 2026-12-01 至 2028-02-29; 出质人 / 抵押人 mill (<a href=\"/parties/{2}\">{2}</a>)",
        town.permit, town.mill.credit_code, town.mill.party
    );
    assert!(plain.contains(&said), "{said}: {plain}");
    assert!(command.contains("不含的次日"), "{command}");
    // What is hashed stays, and is what it was.
    assert!(
        page.contains("id=\"raw\"") && page.contains("payload"),
        "{page}"
    );
    let genesis = town.page("/log/0");
    assert!(!genesis.contains("id=\"command\"") && genesis.contains("id=\"raw\""));
    // A refused command made no record, and leads to those that it named.
    let days = papers::span("2027-01-01", "2027-06-01");
    let line = papers::line(town.permit, papers::flow("50", "t/a", days));
    let body = papers::pledge(&town.mill, vec![line]);
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert_eq!(answer.refusals(), [3_002]);
    let page = town.page(&format!("/log/{}", answer.index()));
    assert!(page.contains("/findings/3002"), "{page}");
    let records = section(&page, "records");
    assert!(
        records.contains(&format!("href=\"{}\"", of[1])) && !records.contains(&of[0]),
        "{records}"
    );
    town.house.close();
}

#[test]
fn a_certificate_is_verified_without_a_program_and_found_by_its_code() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let issued = person.form("/certificates", &format!("right={}", town.permit));
    assert_eq!(issued.status, 303, "{}", issued.text());
    let page = town.page(issued.header("location"));
    let code = issued.header("location").rsplit('/').next().unwrap();
    for link in [
        format!("/verify#code={code}"),
        "/verify/offline.html".to_owned(),
    ] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
    }
    // It can be compared with paper: what stands on the right, what that is in law, and how it is registered elsewhere.
    let burdens = section(&page, "burdens");
    for told in [
        format!("{}.0", town.pledge),
        format!("bank-a ({})", town.bank.party),
        "80.000 t/a".to_owned(),
        "第 1 项登记".to_owned(),
        "中登网: 未记载".to_owned(),
    ] {
        assert!(burdens.contains(&told), "{told}: {burdens}");
    }
    assert!(page.contains("登记的法律效力"), "{page}");
    // Its number can be guessed, so it opens nothing and leads to the code.
    let number = town.page("/search?q=500113-C-000001");
    assert!(
        number.contains("查询证明凭核验码查看") && !number.contains("bank-a"),
        "{number}"
    );
    let verify = town.page("/verify");
    let form = verify.split("<form").nth(1).unwrap_or("");
    let form = verify
        .split("<form")
        .find(|form| form.contains("name=\"q\""))
        .unwrap_or(form);
    assert!(form.contains("action=\"/search\""), "{verify}");
    let found = town.house.get(&format!("/search?q={code}"));
    assert_eq!(found.status, 303, "{}", found.text);
    town.house.close();
}

fn reported(town: &mut Town) {
    let report = ExternalReport {
        register: "zhongdeng".to_owned(),
        number: "30112233000123456789".to_owned(),
        status: ExternalStatus::Registered,
        term: None,
        checked: papers::day("2026-12-01"),
    };
    let act = PledgeAct::RecordExternalRegistration {
        pledge: town.pledge,
        report,
    };
    let body = Body::OfPledge(Box::new(act));
    let answer = town.house.submit(&town.bank, body, &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
}

#[test]
fn the_burdens_of_a_right_have_rank_and_other_registers_and_their_numbers_in_the_picture() {
    let mut town = town();
    let path = format!("/rights/{}", town.permit);
    let page = town.page(&path);
    for told in [
        ">登记次序</th>",
        "<td>在登",
        ">外部登记</th>",
        "<td>第 1 项登记</td><td>未报告</td>",
        "<text class=\"part\"",
        &format!(">{}.0</text>", town.pledge),
        &format!("href=\"/acts/register_pledge?right0={}\"", town.permit),
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    reported(&mut town);
    let page = town.page(&format!("{path}?lang=en"));
    let told = "<td>number 1 in order of registration</td><td>zhongdeng ";
    assert!(page.contains(told), "{page}");
    town.house.close();
}

#[test]
fn a_history_says_which_record_and_how_much() {
    let town = town();
    let plain = |page: String| {
        let page = page.replace("<span class=\"nb\">", "");
        page.replace("</span>", "")
    };
    let (right, pledge, mill) = (town.permit, town.pledge, &town.mill);
    let named = format!(
        "<strong>登记担保</strong> <a class=\"id\" href=\"/pledges/{pledge}\">{pledge}</a> 担保 · bank-a"
    );
    let extent = "80.000 t/a, 2026-12-01 至 2028-02-29";
    // On the right's own page its number is not said again; the log says it.
    let page = plain(town.page(&format!("/rights/{right}")));
    let history = section(&page, "history");
    assert!(
        history.contains(&format!("{named}: {extent}\n")),
        "{named}: {history}"
    );
    assert!(
        history.contains("<strong>核发</strong>: 120.000 t/a; "),
        "{history}"
    );
    let page = plain(town.page("/log"));
    let of = format!(
        "{named}: {right} 排污权 {}001W | COD {extent}",
        mill.credit_code
    );
    assert!(page.contains(&of), "{of}: {page}");
    // And the pledge's own page names the right alone.
    let page = plain(town.page(&format!("/pledges/{pledge}?lang=en")));
    let history = section(&page, "history");
    let of = format!(
        "<strong>pledge registered</strong> <a class=\"id\" href=\"/rights/{right}\">{right}</a> "
    );
    assert!(history.contains(&of), "{history}");
    town.house.close();
}

#[test]
fn a_right_that_no_rule_lets_be_pledged_is_shown_so_everywhere() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let at = |east| papers::rectangle(east, 0, 4_000, 3_000);
    // A slip of the pen is a class that the rules name nowhere.
    let slipped = papers::forest(
        &town.mill,
        &papers::unit_number(3),
        "商品林木",
        at(90_000),
        days,
    );
    let slipped = town.house.issue(&town.bureau, slipped);
    let unit = papers::unit_number(4);
    let unknown = papers::forest(&town.mill, &unit, "商品林", GroundRequest::Absent, days);
    let unknown = town.house.issue(&town.bureau, unknown);
    for (right, why) in [
        (
            slipped,
            "现不得设立担保: 类别为商品林木, 该类权益不得设立担保 (2010); 该类权益可以设立担保的类别: 商品林",
        ),
        (unknown, "现不得设立担保: 宗地位置不明, 不得设立担保 (7010)"),
    ] {
        let page = town.page(&format!("/rights/{right}"));
        assert!(page.contains(why), "{page}");
        assert!(
            !page.contains(&format!("/acts/register_pledge?right0={right}")),
            "{page}"
        );
        let list = town.page(&format!("/rights?holder={}&status=barred", town.mill.party));
        assert!(list.contains(&format!("/rights/{right}\"")), "{list}");
    }
    let asked = town.page(&format!(
        "/check?right={slipped}&pledgee={}",
        town.bank.party
    ));
    assert!(asked.contains("可以设立担保的类别: 商品林"), "{asked}");
    town.house.close();
}

#[test]
fn a_right_of_a_class_that_is_never_pledged_says_so_first() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let ground = papers::rectangle(90_000, 0, 4_000, 3_000);
    let unit = papers::unit_number(2);
    let right = papers::forest(&town.mill, &unit, "公益林", ground, days);
    let right = town.house.issue(&town.bureau, right);
    let page = town.page(&format!("/rights/{right}"));
    let first = page.split("class=\"answer\">").nth(1).unwrap();
    assert!(first.starts_with("现不得设立担保: 类别为公益林"), "{page}");
    assert!(
        page.contains("✕</span> 现不得设立担保") && !page.contains("/acts/register_pledge?"),
        "{page}"
    );
    let asked = format!("/check?right={right}&pledgee={}", town.bank.party);
    let asked = town.page(&asked);
    assert!(
        asked.contains("/findings/2010") && asked.contains("类别为公益林"),
        "{asked}"
    );
    town.house.close();
}

#[test]
fn every_word_is_of_the_language_of_the_page() {
    let town = town();
    let search = format!("/search?q={}", papers::unit_number(1));
    let raw = Wire::new(town.house.client().base()).send(Method::GET, &search, &[], &[]);
    let path = raw.header("location").to_owned();
    let page = town.page(&path);
    assert!(
        page.contains("312.40 亩") && !page.contains(" mu<"),
        "{page}"
    );
    let page = town.page(&format!("{path}?lang=en"));
    assert!(page.contains("312.40 mu") && !page.contains('亩'), "{page}");
    let finding = town.page("/findings/3002?lang=zh");
    assert!(!finding.contains("exceeds"), "{finding}");
    let pledge = town.page(&format!("/pledges/{}?lang=en", town.pledge));
    assert!(pledge.contains("<dd>pledge</dd>"), "{pledge}");
    let permit = town.page(&format!("/rights/{}?lang=zh", town.permit));
    assert!(
        permit.contains("<h1>化学需氧量 (COD) · mill</h1>"),
        "{permit}"
    );
    let home = town.page("/?lang=zh");
    assert!(!home.contains("<title>绿押 · 绿押</title>"), "{home}");
    town.house.close();
}

#[test]
fn what_was_typed_is_named_with_its_field_and_a_form_is_one_step_away() {
    let town = town();
    let none = town.page("/check?right=R99999");
    assert!(none.contains("权益「R99999」: 本登记系统内未见"), "{none}");
    let ask = format!("/check?right={}&pledgee={}", town.permit, town.bank.party);
    let less = town.page(&format!("{ask}&quantity=-5"));
    assert!(
        less.contains("数量「-5」: 不是合格的数量: 写大于 0 的数"),
        "{less}"
    );
    let lacking = town.page("/sign?act=register&right=R1");
    assert!(lacking.contains("href=\"/check?right=R1\""), "{lacking}");
    let lacking = town.page("/sign?act=amend_pledge&record=P1");
    let form = "href=\"/acts/amend_pledge?record=P1\"";
    assert!(lacking.contains(form), "{lacking}");
    let person = Person::sign_in(&town.house, &town.bank);
    let page = person.page(&format!("/check?right={}", town.permit));
    let own = format!("value=\"{}\"", town.bank.party);
    assert!(
        page.contains(&own) && !page.contains("class=\"conclusion"),
        "{page}"
    );
    town.house.close();
}

#[test]
fn a_style_sheet_is_named_by_what_is_in_it() {
    let town = town();
    let page = town.page("/");
    let named = page.split("/assets/style.css?v=").nth(1).unwrap();
    let version = named.split('"').next().unwrap();
    assert!(
        version.len() == 16 && version.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{version}"
    );
    town.house.close();
}

#[test]
fn every_number_has_its_page_with_an_example_in_both_languages() {
    let town = town();
    for example in finding_examples::all() {
        for (lang, case) in [("zh", example.zh), ("en", example.en)] {
            let page = town.page(&format!("/findings/{}?lang={lang}", example.code));
            let case = case.replace('\'', "&#39;");
            assert!(page.contains(&case), "{} {lang}: {page}", example.code);
        }
    }
    let catalogue = town.page("/findings?lang=zh");
    let link = "href=\"/findings/8001\"";
    assert!(catalogue.contains(link) && catalogue.contains("提醒, 不入账"));
    // An example is found by its words.
    let found = town.page(&format!("/findings?lang=zh&q={}", "CODcr"));
    assert!(found.contains("/findings/2007"), "{found}");
    town.house.close();
}

#[test]
fn a_certificate_tells_a_freeze_from_a_right_that_is_gone() {
    let mut town = town();
    let bureau = town.bureau.clone();
    // 80 of 120 are pledged; the bureau freezes 60 of its own right, which reach 20 of those.
    let body = Body::Freeze {
        right: town.permit,
        authority: bureau.party,
        extent: papers::flow("60", "t/a", papers::span("2027-01-01", "2028-01-01")),
        document: Hash::of(&[b"order"]),
        terms: Terms::default(),
    };
    let answer = town.house.submit(&bureau, body, &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let person = Person::sign_in(&town.house, &town.bank);
    let issued = person.form("/certificates", &format!("right={}", town.permit));
    let path = issued.header("location").to_owned();
    let page = town.page(&path);
    let reached = format!("其后的冻结及于: {}.0 20.000 t/a。", town.pledge);
    for told in [
        &*reached,
        "在登负担 2 项, 其中冻结 1 项",
        "冻结 (由该机关签署)",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("其下已无权益"), "{page}");
    // A cut of the right takes what was beneath the pledge.
    let body = Body::AdjustRight {
        right: town.permit,
        from: papers::day("2027-01-01"),
        amount: (papers::quantity("70"), "t/a".to_owned()),
        document: Hash::of(&[b"cut"]),
    };
    let answer = town.house.submit(&bureau, body, &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let issued = person.form("/certificates", &format!("right={}", town.permit));
    let page = town.page(&format!("{}?lang=en", issued.header("location")));
    let lost = format!("with no right beneath it: {}.0 10.000 t/a.", town.pledge);
    let reached = format!("Reached by a later freeze: {}.0 60.000 t/a.", town.pledge);
    assert!(page.contains(&lost) && page.contains(&reached), "{page}");
    town.house.close();
}
