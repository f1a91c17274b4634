//! What the page "May I pledge?" answers, and what a person is told who typed something else than was meant.

use greenlien::domain::command::{Body, Expected, RegisterPledge};
use greenlien::domain::party::Role;
use greenlien::domain::pledge::Form;
use greenlien::primitives::time::Timestamp;
use ureq::http::Method;

use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::play::Play as _;

/// A page without the marks that keep its days on one line.
fn plain(page: &str) -> String {
    let mut parts = page.split("<span class=\"nb\">");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        whole + &part.replacen("</span>", "", 1)
    })
}

/// The part of the page that answers.
fn conclusion(town: &Town, question: &str) -> String {
    let page = town.page(&format!("/check?{question}"));
    let answer = page.split("<section class=\"conclusion").nth(1);
    let answer = answer.unwrap_or_else(|| panic!("no answer: {page}"));
    plain(answer.split("</section>").next().unwrap())
}

fn ask(town: &Town, rest: &str) -> String {
    let (right, bank) = (town.permit, town.bank.party);
    conclusion(town, &format!("right={right}&pledgee={bank}&{rest}"))
}

#[test]
fn a_term_beyond_the_right_and_a_span_beyond_it_are_told_apart() {
    let town = town();
    let days = "quantity=1&from=2026-12-01&through=2027-09-15";
    let days = &format!("{days}&term_from=2026-12-01");
    let term = ask(&town, &format!("{days}&term=2031-06-30"));
    for said in [
        "债务履行期限的末日晚于权益的末日",
        "债务履行期限最长: 2026-12-01 至 2030-12-31",
        "请把债务履行期限缩短",
    ] {
        assert!(term.contains(said), "{said}: {term}");
    }
    assert!(
        !term.contains("请把担保期间缩短") && !term.contains("最多:"),
        "{term}"
    );
    let span = ask(&town, "quantity=1&from=2026-12-01&through=2031-09-15");
    for said in [
        "原因: 担保期间超出权益的有效期",
        "以下期间可以: 1.000 t/a, 2026-12-01 至 2030-12-31",
        "请把担保期间缩短",
    ] {
        assert!(span.contains(said), "{said}: {span}");
    }
    assert!(!span.contains("债务履行期限最长"), "{span}");
    // What is offered begins today, and names the quantity beside the days.
    let old = ask(&town, "quantity=1&from=2020-01-01&through=2027-06-30");
    assert!(
        old.contains("不可以。以下期间可以: 1.000 t/a, 2026-12-01 至 2027-06-30")
            && !old.contains("最多: 2026"),
        "{old}"
    );
    let english = ask(&town, &format!("{days}&term=2031-06-30&lang=en"));
    let said = "the term of the claim ends after the right";
    assert!(english.contains(said), "{english}");
    town.house.close();
}

#[test]
fn a_term_is_both_days_of_the_contract_or_none_and_no_day_is_signed_that_nobody_typed() {
    let town = town();
    let signed = |rest: &str| {
        let (right, bank) = (town.permit, town.bank.party);
        let days = "quantity=1&from=2027-01-01&through=2027-06-30";
        let page = format!("/sign?act=register&right={right}&pledgee={bank}&{days}{rest}");
        let page = town.page(&page);
        let (_, command) = page.split_once("data-command=\"")?;
        Some(command.split('"').next().unwrap().to_owned())
    };
    let none = signed("").unwrap();
    assert!(!none.contains("term"), "{none}");
    let both = signed("&term_from=2026-03-15&term=2027-06-15").unwrap();
    for day in ["2026-03-15", "2027-06-16"] {
        assert!(both.contains(day), "{day}: {both}");
    }
    // With one of them nothing is answered and nothing can be signed.
    for (rest, zh, en) in [
        (
            "&term=2027-06-15",
            "请填写债务履行期限的起始日",
            "fill in the first day of the term of the claim",
        ),
        (
            "&term_from=2026-03-15",
            "请填写债务履行期限的截止日",
            "fill in the last day of the term of the claim",
        ),
    ] {
        assert_eq!(signed(rest), None, "{rest}");
        let (right, bank) = (town.permit, town.bank.party);
        let days = "quantity=1&from=2027-01-01&through=2027-06-30";
        let ask = format!("/check?right={right}&pledgee={bank}&{days}{rest}");
        let page = town.page(&ask);
        assert!(
            page.contains(zh) && !page.contains("class=\"answer\""),
            "{page}"
        );
        let page = town.page(&format!("{ask}&lang=en"));
        assert!(page.contains(en), "{page}");
    }
    town.house.close();
}

#[test]
fn an_answer_says_what_was_asked_and_how_much_more_it_would_allow() {
    let mut town = town();
    let days = "from=2027-01-01&through=2027-06-30&term_from=2026-03-15&term=2028-03-31";
    let yes = ask(&town, &format!("quantity=20&{days}"));
    // The answer first, then what was asked.
    let (_, answer) = yes.split_once("class=\"answer\"").unwrap();
    let (answer, asked) = answer.split_once("</p>").unwrap();
    for said in [
        format!("({})</a>", town.permit),
        format!("mill ({})", town.mill.party),
        format!("bank-a ({})", town.bank.party),
        "20.000 t/a".to_owned(),
        "2027-01-01 至 2027-06-30".to_owned(),
        "2026-03-15 至 2028-03-31".to_owned(),
    ] {
        assert!(asked.contains(&said), "{said}: {asked}");
    }
    let said = "可以质押: 20.000 t/a, 2027-01-01 至 2027-06-30; 担保权人 bank-a; 这一期间最多 40.000 t/a; 20.000 t/a 最长可至 2030-12-31 (含)";
    assert!(answer.contains(said), "{answer}");
    assert!(!answer.contains("早于今日"), "{answer}");
    // What is refused says what was asked as well.
    let no = ask(&town, &format!("quantity=50&{days}"));
    let (_, answer) = no.split_once("class=\"answer\"").unwrap();
    assert!(answer.contains("50.000 t/a"), "{answer}");
    assert!(answer.contains("在先登记: "), "{answer}");
    // In spring more is free, and days before today do not count.
    town.house
        .at(Timestamp::parse("2028-06-01T02:00:00Z").unwrap());
    let later = ask(&town, "quantity=90&from=2027-01-01&through=2029-06-30");
    assert!(later.contains("这一期间最多 120.000 t/a"), "{later}");
    assert!(
        later.contains("起始日 2027-01-01 早于今日 2028-06-01"),
        "{later}"
    );
    town.house.close();
}

#[test]
fn a_party_that_may_not_be_pledgee_is_a_record_concerned_and_none_in_the_way() {
    let town = town();
    let (right, mill) = (town.permit, town.mill.party);
    let days = "quantity=1&from=2027-01-01&through=2027-06-30";
    let no = conclusion(&town, &format!("right={right}&pledgee={mill}&{days}"));
    assert!(
        no.contains("/findings/1008") && no.contains("涉及记录: "),
        "{no}"
    );
    assert!(!no.contains("在先登记"), "{no}");
    town.house.close();
}

#[test]
fn a_number_of_several_rights_leads_to_each_with_the_question_kept() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let other = papers::emission(&town.mill, "NH3-N", "7", days);
    let other = town.house.issue(&town.bureau, other);
    let rest = "quantity=2&from=2027-01-01&through=2027-06-30";
    let code = town.mill.credit_code.clone();
    for typed in [format!("{code}001W"), code] {
        let page = town.page(&format!("/check?right={typed}&pledgee=bank-a&{rest}"));
        assert!(!page.contains("未见以此为标识"), "{page}");
        for right in [town.permit, other] {
            let with = format!("href=\"/check?right={right}&#38;");
            let link = page.split(&with).nth(1).unwrap_or_else(|| panic!("{page}"));
            let link = link.split('"').next().unwrap();
            for kept in ["pledgee=bank-a", "quantity=2", "from=2027-01-01"] {
                assert!(link.contains(kept), "{link}");
            }
        }
    }
    // A pledge has one right, and a name is of one party.
    let of_pledge = format!("right={}&pledgee=bank-a&{rest}", town.pledge);
    let answer = conclusion(&town, &of_pledge);
    assert!(answer.contains("可以质押: 2.000 t/a"), "{answer}");
    let many = town.page(&format!("/check?right={}&pledgee=bank&{rest}", town.permit));
    assert!(many.contains("担保权人「bank」: "), "{many}");
    town.house.close();
}

#[test]
fn the_years_of_a_sink_are_asked_for_by_name() {
    let mut town = town();
    let sink = town.sink();
    let of = format!("/check?right={sink}&pledgee=bank-a&quantity=1");
    let none = town.page(&of);
    for said in ["href=\"#first\">请填写首年<", "href=\"#last\">请填写末年<"] {
        assert!(none.contains(said), "{said}: {none}");
    }
    let wrong = town.page(&format!("{of}&first=2029&last=2028"));
    assert!(wrong.contains("末年「2028」: 不得早于首年 2029"), "{wrong}");
    let yes = conclusion(
        &town,
        &format!("right={sink}&pledgee=bank-a&quantity=1&first=2028&last=2029"),
    );
    assert!(yes.contains("最长可至 2030-12-31 (含)"), "{yes}");
    // Years that are over are nobody's to pledge; what is drawn is said of picture and table.
    town.house
        .at(Timestamp::parse("2029-03-01T02:00:00Z").unwrap());
    let page = town.page(&format!("/rights/{sink}"));
    assert!(
        page.contains("未登记负担: 2029–2030 年, 每年 6,317 tCO2e<"),
        "{page}"
    );
    assert!(
        page.contains("<figcaption>宗地与相邻宗地") && page.contains("<figcaption>计入年度"),
        "{page}"
    );
    assert!(page.contains(": 计入年度</summary>"), "{page}");
    town.house.close();
}

#[test]
fn years_of_a_sink_are_told_with_how_much_each_of_them_has() {
    let mut town = town();
    let sink = town.sink();
    let line = papers::line(sink, papers::years(2028, 2029));
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let pledge = papers::pledge(&mill, vec![line]);
    town.house.submit(&bank, pledge, &[&mill], &[]).pledge();
    let path = format!("/rights/{sink}");
    for (path, free, taken) in [
        (
            path.clone(),
            "未登记负担: 2027 年、2030 年, 每年 6,317 tCO2e<",
            ">2028–2029 年, 每年 6,317 tCO2e<",
        ),
        (
            format!("{path}?lang=en"),
            ": 6,317 tCO2e a year, in 2027, 2030<",
            ">2028–2029, 6,317 tCO2e a year<",
        ),
    ] {
        let page = town.page(&path);
        assert!(page.contains(free) && page.contains(taken), "{page}");
    }
    town.house.close();
}

#[test]
fn a_mistyped_address_is_told_in_the_language_of_the_reader_and_a_program_gets_a_problem() {
    let town = town();
    let wire = Wire::new(town.house.client().base());
    let of = |path: &str, accept: &str| {
        let raw = wire.send(Method::GET, path, &[("accept", accept)], &[]);
        assert_eq!(raw.status, 404, "{path}: {}", raw.text());
        (raw.header("content-type").to_owned(), raw.text().to_owned())
    };
    for path in ["/nope", "/alerts", "/rights/R1/nope"] {
        let (kind, page) = of(path, "text/html,application/xhtml+xml");
        assert_eq!(kind, "text/html; charset=utf-8", "{path}");
        assert!(page.contains("<html lang=\"zh-CN\">"), "{page}");
        let (_, page) = of(&format!("{path}?lang=en"), "text/html");
        assert!(page.contains("<html lang=\"en\">"), "{page}");
        let (kind, _) = of(path, "*/*");
        assert_eq!(kind, "application/problem+json", "{path}");
    }
    let (kind, _) = of("/v1/nope", "text/html");
    assert_eq!(kind, "application/problem+json");
    let long = town.page(&format!("/search?q={}", "9".repeat(5_000)));
    assert!(
        long.contains("输入过长") && !long.contains("请输入要查询的号码"),
        "{long}"
    );
    town.house.close();
}

#[test]
fn a_right_of_which_nothing_is_left_says_to_whom_it_is_pledged_and_until_when() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2041-01-01");
    let ground = papers::rectangle(90_000, 0, 4_000, 3_000);
    let right = papers::forest(&town.mill, &papers::unit_number(2), "商品林", ground, days);
    let right = town.house.issue(&town.bureau, right);
    let line = papers::line(right, papers::whole());
    let register = RegisterPledge {
        form: Form::Mortgage,
        term: Some(papers::span("2026-12-01", "2029-07-01")),
        ..papers::register(&town.mill, vec![line])
    };
    let body = Body::RegisterPledge(Box::new(register));
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let page = plain(&town.page(&format!("/rights/{right}")));
    let told = format!(
        "担保权人: bank-a (<a href=\"/pledges/{0}\">{0}</a>, 债务履行期限至 2029-06-30)",
        answer.pledge()
    );
    assert!(page.contains(&told), "{page}");
    town.house.close();
}

#[test]
fn the_pages_of_findings_that_need_a_case_have_one() {
    let town = town();
    for code in [2014, 3002] {
        let page = town.page(&format!("/findings/{code}"));
        assert!(page.contains("<dt>举例</dt>"), "{page}");
        let page = town.page(&format!("/findings/{code}?lang=en"));
        assert!(page.contains("<dt>Example</dt>"), "{page}");
    }
    town.house.close();
}

/// The address of the first button that asks again, and what it is called.
fn offered(answer: &str) -> Option<(String, String)> {
    let (_, list) = answer.split_once("<ul class=\"instead\">")?;
    let (_, link) = list.split_once("href=\"")?;
    let (address, rest) = link.split_once("\">")?;
    let text = rest.split('<').next()?;
    Some((
        address.replace("&#38;", "&").replace("&amp;", "&"),
        text.to_owned(),
    ))
}

#[test]
fn a_no_names_first_what_could_be_had_and_a_button_asks_for_it() {
    let mut town = town();
    // Too much on some days, and days that the right has not: one answer, to which the law says yes.
    let mixed = ask(&town, "quantity=50&from=2027-01-01&through=2031-12-31");
    let said = "不可以。以下期间可以: 50.000 t/a, 2028-03-01 至 2030-12-31</p>";
    assert!(mixed.contains(said), "{mixed}");
    let (address, button) = offered(&mixed).unwrap();
    assert_eq!(button, "按此期间再查");
    for field in ["quantity=50", "from=2028-03-01", "through=2030-12-31"] {
        assert!(address.contains(field), "{field}: {address}");
    }
    let again = town.page(&address);
    assert!(
        again.contains("conclusion yes") && again.contains("value=\"2028-03-01\""),
        "{again}"
    );
    // Less on the days that were asked for comes second.
    assert!(
        mixed.contains("最多: 40.000 t/a, 2027-01-01 至 2030-12-31"),
        "{mixed}"
    );
    // Where nothing is left of the days that were asked for, nothing is never offered.
    let days = papers::span("2026-12-01", "2031-01-01");
    let line = papers::line(town.permit, papers::flow("40", "t/a", days));
    let (bank, mill) = (town.other.clone(), town.mill.clone());
    let body = papers::pledge(&mill, vec![line]);
    town.house.submit(&bank, body, &[&mill], &[]);
    let none = ask(&town, "quantity=5&from=2027-01-01&through=2027-06-30");
    let said = "不可以。所问期间以外可以: 5.000 t/a, 2028-03-01 至 2030-12-31</p>";
    assert!(
        none.contains(said) && !none.contains("0.000 t/a ("),
        "{none}"
    );
    assert!(
        !none.contains("最多") && !none.contains(" 0.000 t/a"),
        "{none}"
    );
    // More than there ever is: the most there is, and where nothing else could be had a plain no.
    let much = ask(
        &town,
        "quantity=500&from=2029-01-01&through=2029-12-31&lang=en",
    );
    assert!(
        much.contains("No. At most: 80.000 t/a (over all that was asked)</p>"),
        "{much}"
    );
    assert_eq!(offered(&much).unwrap().1, "Ask again for this quantity");
    let court = town.house.admit("court", &[Role::Court], &[]);
    let asked = format!("right={}&pledgee={}", town.permit, court.party);
    let no = conclusion(
        &town,
        &format!("{asked}&quantity=500&from=2029-01-01&through=2029-12-31"),
    );
    assert!(
        no.contains("</span> 不可以</p>") && offered(&no).is_none(),
        "{no}"
    );
    town.house.close();
}

#[test]
fn a_term_that_is_too_long_is_offered_shorter_with_what_else_must_differ() {
    let town = town();
    let days = "quantity=1&from=2026-12-01&through=2027-09-15&term_from=2026-12-01";
    let term = ask(&town, &format!("{days}&term=2031-06-30"));
    let (address, button) = offered(&term).unwrap();
    assert_eq!(button, "按此期限再查");
    assert!(address.contains("term=2030-12-31"), "{address}");
    assert!(town.page(&address).contains("conclusion yes"), "{address}");
    town.house.close();
}

#[test]
fn days_that_are_all_over_are_told_and_none_of_them_is_offered() {
    let town = town();
    let past = ask(&town, "quantity=1&from=2020-01-01&through=2021-12-31");
    let said = "不可以。所问期间 2020-01-01 至 2021-12-31 已全部过去 (今日 2026-12-01), 过去的日子不能再担保。所问期间以外可以: 1.000 t/a, 2026-12-01 至 2030-12-31</p>";
    assert!(past.contains(said), "{past}");
    let english = ask(
        &town,
        "quantity=1&from=2020-01-01&through=2021-12-31&lang=en",
    );
    assert!(
        english.contains("All of 2020-01-01 through 2021-12-31 is over"),
        "{english}"
    );
    town.house.close();
}

#[test]
fn days_are_shown_again_as_they_were_meant_or_as_they_were_typed() {
    let town = town();
    let right = town.permit;
    let page = town.page(&format!(
        "/check?right={right}&quantity=1&from=2027/1/1&through=2027%E5%B9%B46%E6%9C%8830%E6%97%A5&term=2027-02-30"
    ));
    for field in [
        "name=\"from\" type=\"date\" value=\"2027-01-01\"",
        "name=\"through\" type=\"date\" value=\"2027-06-30\"",
        "name=\"term\" type=\"text\" value=\"2027-02-30\"",
        "name=\"term_from\" type=\"date\" value=\"\"",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }
    town.house.close();
}

#[test]
fn a_line_that_is_typed_as_a_right_is_told_as_what_it_is_with_its_right() {
    let mut town = town();
    let (right, pledge) = (town.permit, town.pledge);
    let typed = format!("{pledge}.0");
    let said = format!("「{typed}」是一项担保登记的明细, 不是权益; 它所在的权益: {right}");
    let page = town.page(&format!("/check?right={typed}"));
    let link = format!("<a href=\"/rights/{right}\">");
    assert!(page.contains(&said) && page.contains(&link), "{page}");
    let page = town.page(&format!("/acts/register_pledge?right0={typed}"));
    let fill = format!("href=\"/acts/register_pledge?right0={right}\"");
    assert!(page.contains(&said) && page.contains(&fill), "{page}");
    assert!(!page.contains("未见以此为标识"), "{page}");
    let page = town.page(&format!("/acts/freeze?record={typed}&lang=en"));
    let english = format!("“{typed}” is a line of a pledge, not a right; it stands on {right}");
    let fill = format!("href=\"/acts/freeze?record={right}\"");
    assert!(page.contains(&english) && page.contains(&fill), "{page}");
    // The other way round, a right where a pledge is wanted.
    let page = town.page(&format!("/acts/amend_pledge?record={right}"));
    let said = format!("「{right}」是一项权益; 此处须填担保登记");
    assert!(page.contains(&said), "{page}");
    let bank = town.bank.clone();
    let release = papers::release(pledge, Vec::new());
    let expect = [(Expected::Pledge(pledge), 1)];
    let answer = town.house.submit(&bank, release, &[], &expect);
    assert!(answer.is_accepted(), "{answer:?}");
    let ended = plain(&town.page(&format!("/sign?act=release&pledge={typed}")));
    let said = format!("担保登记 {pledge} 已于 2026-12-01 ");
    assert!(
        ended.contains(&said) && ended.contains("没有可再解除的"),
        "{ended}"
    );
    assert!(
        ended.contains(&format!("href=\"/pledges/{pledge}\"")),
        "{ended}"
    );
    for (typed, said) in [
        (
            "P99999",
            "本登记系统内没有编号为「P99999」的担保登记".to_owned(),
        ),
        (
            &*right.to_string(),
            format!("「{right}」是一项权益; 此处须填担保登记的编号"),
        ),
    ] {
        let page = town.page(&format!("/sign?act=release&pledge={typed}"));
        assert!(page.contains(&said), "{said}: {page}");
    }
    town.house.close();
}
