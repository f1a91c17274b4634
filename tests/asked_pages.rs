//! What people ask of the pages and how they ask it: by half of a number, with a slip of the pen, for a certificate, for how much
//! and not only how many; and what is said first, wherever in the log it stands.

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::party::Role;
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::identifier::RegistrationNumber;

use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

/// A text as it stands in an address.
fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
}

fn pledge_of(town: &mut Town, amount: &str, term: Option<(&str, &str)>) -> PledgeId {
    let taken = papers::span("2026-12-01", "2028-03-01");
    let line = papers::line(town.permit, papers::flow(amount, "t/a", taken));
    let register = RegisterPledge {
        term: term.map(|(from, to)| papers::span(from, to)),
        ..papers::register(&town.mill, vec![line])
    };
    let body = Body::RegisterPledge(Box::new(register));
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    answer.pledge()
}

#[test]
fn the_desk_says_first_what_ends_soon_wherever_it_stands_in_the_log() {
    let mut town = town();
    for _ in 0..51 {
        pledge_of(&mut town, "0.5", None);
    }
    let soon = pledge_of(&mut town, "0.5", Some(("2026-12-01", "2027-01-11")));
    let desk = format!("/work?party={}", town.bank.party);
    let first = town.page(&desk);
    // Each pledge may be registered elsewhere too, which nobody has said of any.
    let said = "将到期 (60、30、7 天): 1 · 需要留意: 53";
    assert!(first.contains(said), "{first}");
    let expiring = first.split("id=\"expiring\"").nth(1).unwrap();
    let expiring = expiring.split("</section>").next().unwrap();
    assert!(expiring.contains(&format!("/pledges/{soon}")), "{expiring}");
    let record = "/acts/record_external_registration?record=";
    assert_eq!(first.matches(record).count(), 50);
    assert!(first.contains("50 / 53"), "{first}");
    // What is alike is one line to open, each with its right and who gave it; what is empty comes last.
    let alike = first
        .split("<details id=\"alike\"><summary>")
        .nth(1)
        .unwrap();
    let alike = alike.split("</details>").next().unwrap();
    assert!(alike.starts_with("未记载外部登记: 50<"), "{alike}");
    assert_eq!(alike.matches(" · mill</td>").count(), 50, "{alike}");
    let place = |id: &str| first.find(&format!("id=\"{id}\"")).unwrap();
    assert!(place("alerts") < place("taken") && place("taken") < place("given"));
    let open = town.page(&format!("{desk}&kind=external_unrecorded"));
    assert!(open.contains("<details id=\"alike\" open>"), "{open}");
    let next = first
        .split('"')
        .find(|text| text.starts_with("/work?") && text.contains("after="));
    let second = town.page(&next.unwrap().replace("&#38;", "&"));
    assert_eq!(second.matches(record).count(), 3);
    assert!(
        second.contains(said) && !second.contains("rel=\"next\""),
        "{second}"
    );
    // What ends soon is one step away there, and not said to be none.
    let expiring = second.split("id=\"expiring\"").nth(1).unwrap();
    let expiring = expiring.split("</section>").next().unwrap();
    assert!(
        expiring.contains("#expiring\">第一页</a>: 1") && !expiring.contains("没有记录"),
        "{expiring}"
    );
    town.house.close();
}

#[test]
fn a_permit_or_an_account_alone_finds_its_rights() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let other = papers::emission(&town.mill, "NH3-N", "7", days);
    let other = town.house.issue(&town.bureau, other);
    let account = papers::carbon(&town.mill, "50011313423133", 2026, "100", days);
    let account = town.house.issue(&town.bureau, account);
    let permit = format!("{}001W", town.mill.credit_code);
    for typed in [permit.clone(), format!(" {} ", permit.to_lowercase())] {
        let page = town.page(&format!("/search?q={}", escaped(&typed)));
        for right in [town.permit, other] {
            assert!(
                page.contains(&format!("href=\"/rights/{right}\"")),
                "{page}"
            );
        }
        assert!(!page.contains("未见以此为标识"), "{page}");
    }
    let reply = town.house.get("/search?q=50011313423133");
    assert_eq!(reply.status, 303, "{}", reply.text);
    let question = town.page("/search?q=COD");
    assert!(question.contains("未见以此为标识"), "{question}");
    let english = town.page(&format!("/search?q={permit}&lang=en"));
    assert!(english.contains("as a part of their identity"), "{english}");
    assert_eq!(town.house.get(&format!("/rights/{account}")).status, 200);
    town.house.close();
}

/// What bars a right is said before anybody fills in a question about it.
#[test]
fn what_bars_a_right_is_said_before_the_question() {
    let mut town = town();
    let ground = papers::rectangle(9_000, 9_000, 2_000, 2_000);
    let days = papers::span("2026-12-01", "2031-01-01");
    let forest = papers::forest(&town.mill, &papers::unit_number(9), "公益林", ground, days);
    let right = town.house.issue(&town.bureau.clone(), forest);
    let page = town.page(&format!("/check?right={right}"));
    let about = page.split("<div class=\"about\">").nth(1).unwrap();
    let about = about.split("</div>").next().unwrap();
    let (barred, free) = (about.find("现不得设立担保"), about.find("未见负担"));
    assert!(barred.is_some() && barred < free, "{about}");
    assert!(about.contains("公益林"), "{about}");
    assert!(!page.contains("请填写担保权人"), "{page}");
    // The form of the question is sent as it is: it says what is missing.
    let sent = town.page(&format!("/check?right={right}&asked=1"));
    assert!(sent.contains("href=\"#pledgee\">请填写担保权人"), "{sent}");
    assert!(
        page.contains("<input type=\"hidden\" name=\"asked\" value=\"1\">"),
        "{page}"
    );
    town.house.close();
}

#[test]
fn a_holder_is_found_by_its_name_and_may_not_be_its_own_creditor() {
    let mut town = town();
    let rights = town.page("/check?right=mill");
    assert!(
        rights.contains("「mill」是一个主体的名称, 不是权益"),
        "{rights}"
    );
    assert!(
        rights.contains(&format!("/check?right={}", town.permit)),
        "{rights}"
    );
    // A name that several have is told with each of them.
    let several = town.page("/check?right=bank");
    assert!(
        several.contains("bank-a (") && several.contains("bank-b ("),
        "{several}"
    );
    let none = town.page("/check?right=nobody");
    assert!(none.contains("权益「nobody」"), "{none}");
    // Who would secure a claim against itself reads so.
    let both = town.house.admit("both", &[Role::Bank, Role::Holder], &[]);
    let days = papers::span("2026-12-01", "2031-01-01");
    let balance = papers::carbon(&both, "10000077", 2026, "1000", days);
    let right = town.house.issue(&town.bureau.clone(), balance);
    let of = format!("right={right}&pledgee={}&quantity=1", both.party);
    let why = format!("担保权人就是出质人 / 抵押人本身 ({})", both.party);
    for path in [
        format!("/check?{of}"),
        format!(
            "/acts/register_pledge?go=1&seen0=1&right0={right}&org={}&quantity0=1",
            both.party
        ),
    ] {
        let page = town.page(&path);
        assert!(page.contains(&why), "{path}: {page}");
    }
    let other = town.page(&format!("/check?right={right}&pledgee=bank-a&quantity=1"));
    assert!(!other.contains("就是出质人"), "{other}");
    town.house.close();
}

#[test]
fn a_slip_of_the_pen_is_told_by_the_check_digits() {
    let town = town();
    let number = RegistrationNumber::new("500113", "EMISSION", town.permit.0).unwrap();
    let mut number = number.to_string();
    let last = number.pop().unwrap();
    number.push(if last == '7' { '8' } else { '7' });
    let mut code = town.mill.credit_code.clone();
    let last = code.pop().unwrap();
    code.push(if last == '7' { '8' } else { '7' });
    let cases = [
        (number, "登记编号末两位校验位与前文不符"),
        (code.clone(), "统一社会信用代码的校验码与前文不符"),
        ("91500113H40GU29BXO".to_owned(), "且不含字母 I、O、S、V、Z"),
        ("91500113H40GU29BX".to_owned(), "统一社会信用代码须为 18 位"),
        (format!("{code}001W"), "排污许可证编号前 18 位的校验码不符"),
        (
            format!("{code}001W|COD"),
            "排污许可证编号前 18 位的校验码不符",
        ),
        ("KN002H2CHMLF8E60".to_owned(), "没有以此为核验码的查询证明"),
    ];
    for (typed, said) in cases {
        let page = town.page(&format!("/search?q={}", escaped(&typed)));
        assert!(page.contains(said), "{typed}: {page}");
        assert!(!page.contains("未见以此为标识"), "{typed}");
    }
    // Sixteen digits are an account, and no code.
    let page = town.page("/search?q=1234567890123456");
    assert!(page.contains("未见以此为标识"), "{page}");
    town.house.close();
}

#[test]
fn a_certificate_is_asked_for_by_any_number_and_nothing_typed_is_lost() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let permit = format!("{}001W", town.mill.credit_code);
    for typed in [
        town.permit.to_string(),
        permit.clone(),
        format!("{permit}|COD"),
    ] {
        let issued = person.form("/certificates", &format!("right={}", escaped(&typed)));
        assert_eq!(issued.status, 303, "{typed}: {}", issued.text());
    }
    let wrong = person.form(
        "/certificates",
        &format!("right=R99999&name={}&purpose=loan", escaped("某银行")),
    );
    let page = wrong.text();
    assert!(
        page.contains("href=\"#right\"") && page.contains("权益「R99999」: "),
        "{page}"
    );
    for kept in ["value=\"R99999\"", "value=\"某银行\"", "value=\"loan\""] {
        assert!(page.contains(kept), "{page}");
    }
    let party = format!("right={}", town.mill.party);
    let party = person.form("/certificates", &party);
    assert!(party.text().contains("这不是权益"), "{}", party.text());
    for count in [121, 500] {
        let name = escaped(&"某".repeat(count));
        let long = person.form(
            "/certificates",
            &format!("right={}&name={name}&lang=zh", town.permit),
        );
        let page = long.text();
        let said = format!("查询人: 须为一行普通文字, 至多 120 个字 (现有 {count} 个)");
        assert!(
            page.contains(&said) && page.contains("href=\"#name\"") && !page.contains("#right"),
            "{page}"
        );
        assert!(
            page.contains(&format!("value=\"{}\"", town.permit)),
            "{page}"
        );
    }
    town.house.close();
}

#[test]
fn that_no_record_is_found_is_certified_after_it_was_said() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let fields = format!("right={}&name=x", papers::unit_number(77));
    let asked = person.form("/certificates", &fields);
    assert_eq!(asked.status, 200, "{}", asked.text());
    let page = asked.text();
    assert!(
        page.contains("未见以此为标识") && page.contains("name=\"absent\""),
        "{page}"
    );
    // It has a form of its own, so it is asked for as a unit and as no free text besides.
    let notice = page.split("role=\"alert\"").nth(1).unwrap();
    let notice = notice.split("</p>").next().unwrap();
    assert_eq!(
        notice.matches(&papers::unit_number(77)).count(),
        1,
        "{notice}"
    );
    let issued = person.form("/certificates", &format!("{fields}&absent=1"));
    assert_eq!(issued.status, 303, "{}", issued.text());
    let page = person.page(issued.header("location")).replace(' ', "");
    assert!(page.contains(&papers::unit_number(77)), "{page}");
    // A slip of the pen is not certified to be absent: that would say nothing of the right that was meant.
    let mut slip = format!("{}001W|COD", town.mill.credit_code);
    let wrong = if slip.as_bytes()[17] == b'7' {
        "8"
    } else {
        "7"
    };
    slip.replace_range(17..18, wrong);
    for wrong in ["GL-1-2", &*slip, "R99999"] {
        let fields = format!("right={}&absent=1", escaped(wrong));
        let again = person.form("/certificates", &fields);
        assert_eq!(again.status, 200, "{wrong}: {}", again.text());
        assert!(again.text().contains("href=\"#right\""), "{}", again.text());
    }
    town.house.close();
}

#[test]
fn the_supervisor_sees_how_much_and_not_only_how_many() {
    let mut town = town();
    let page = town.page("/statistics?by=kind");
    assert!(page.contains(">1</a><br>80.000 t/a</td>"), "{page}");
    // The groups of the table and the months, each drawn for two widths.
    assert_eq!(page.matches("<svg class=\"chart").count(), 4, "{page}");
    let months = town.page("/statistics?by=month");
    assert!(
        months.contains("<figcaption>担保物明细, 按权益种类"),
        "{months}"
    );
    let days = papers::span("2026-12-01", "2031-01-01");
    let other = papers::emission(&town.mill, "NH3-N", "7", days);
    let other = town.house.issue(&town.bureau, other);
    let taken = papers::span("2026-12-01", "2028-03-01");
    let line = papers::line(other, papers::flow("5", "t/a", taken));
    let body = papers::pledge(&town.mill, vec![line]);
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    // Of two pollutants there is no sum.
    let page = town.page("/statistics?by=kind");
    assert!(page.contains(">2</a></td>"), "{page}");
    let page = town.page("/statistics?by=kind,item");
    for sum in [">1</a><br>80.000 t/a</td>", ">1</a><br>5.000 t/a</td>"] {
        assert!(page.contains(sum), "{page}");
    }
    town.house.close();
}

#[test]
fn a_town_is_called_by_its_name_where_the_operator_has_said_it() {
    let mut town = town();
    let days = papers::span("2026-12-01", "2031-01-01");
    let mut right = papers::emission(&town.mill, "NH3-N", "7", days);
    right
        .attributes
        .insert("town".to_owned(), "500113104".to_owned());
    let right = town.house.issue(&town.bureau, right);
    let taken = papers::span("2026-12-01", "2028-03-01");
    let line = papers::line(right, papers::flow("5", "t/a", taken));
    let body = papers::pledge(&town.mill, vec![line]);
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let table = town.page("/statistics?by=town");
    assert!(table.contains("<td>示例镇 500113104</td>"), "{table}");
    // A code that has no name is shown as it is, and the name narrows nothing.
    assert!(table.contains("<td>500113</td>"), "{table}");
    let lines = town.page("/statistics/lines?town=500113104");
    assert!(lines.contains("示例镇 500113104: 共 1 项担保物"), "{lines}");
    town.house.close();
}

#[test]
fn a_position_that_is_not_is_said_in_the_language_of_the_page() {
    let town = town();
    for path in ["/statistics", "/statistics/lines"] {
        for at in ["0", "99999", "abc", "2025-01-01"] {
            let page = town.page(&format!("{path}?at={at}"));
            assert!(
                page.contains("role=\"alert\"") && page.contains(&format!("「{at}」: 须为 1 至")),
                "{page}"
            );
            let page = town.page(&format!("{path}?at={at}&lang=en"));
            assert!(page.contains(&format!("“{at}”: must be")), "{page}");
        }
    }
    town.house.close();
}
