//! What pages print is found again as it is printed; who and what is not found is told apart from what several have; a freeze is
//! said first and never as a loss; and of a number with a slip of the pen nobody gets a paper that says it is not registered.

use greenlien::domain::command::Body;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::identifier::RegistrationNumber;

use crate::pages::town;
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

/// A verification code with its check characters, of no certificate here.
const CODE: &str = "0000000000000000";

fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
}

#[test]
fn what_pages_print_is_found_by_the_search_as_it_is_printed() {
    let town = town();
    let number = RegistrationNumber::new("500113", "PLEDGE", town.pledge.0).unwrap();
    let pledge = format!("/pledges/{}", town.pledge);
    let person = Person::sign_in(&town.house, &town.bank);
    for (typed, place) in [
        (format!("{}.0", town.pledge), pledge.clone()),
        (
            format!(" {} .0", town.pledge).to_lowercase(),
            pledge.clone(),
        ),
        (format!("{number}.0"), pledge.clone()),
        (number.to_string().replace('-', " "), pledge.clone()),
        (
            format!("{}.0", town.permit),
            format!("/rights/{}", town.permit),
        ),
        ("账页 3".to_owned(), "/log/3".to_owned()),
        ("3".to_owned(), "/log/3".to_owned()),
        ("F3".to_owned(), "/log/3".to_owned()),
        (
            format!("GREENLIEN-CERTIFICATE/1 {CODE} 43 0a8a registry.example/x"),
            "/certificates/".to_owned(),
        ),
        (
            format!("https://registry.example/certificates/{CODE}#43/0a8a/registry.example/x"),
            "/certificates/".to_owned(),
        ),
    ] {
        let raw = person.get(&format!("/search?q={}", escaped(&typed)));
        assert_eq!(raw.status, 303, "{typed}: {}", raw.text());
        assert!(
            raw.header("location").starts_with(&place),
            "{typed}: {raw:?}"
        );
    }
    // An entry that is not there is nothing, and neither is a line of no record.
    for typed in ["999999", "F999999", "P999999.0", "3.x"] {
        let page = town.page(&format!("/search?q={}", escaped(typed)));
        assert!(page.contains("未见以此为标识"), "{typed}: {page}");
    }
    town.house.close();
}

#[test]
fn a_name_that_several_have_is_told_with_all_of_them_and_counts_nothing() {
    let town = town();
    // bank-a and bank-b
    let question = format!("/check?right={}&pledgee=bank&quantity=5", town.permit);
    let both = [&town.bank, &town.other].map(|actor| format!("{} ({})", actor.name, actor.party));
    for path in [
        &*question,
        "/rights?holder=bank",
        "/pledges?pledgee=bank",
        "/work?party=bank",
    ] {
        let page = town.page(path);
        assert!(page.contains("名称相符的主体不止一个"), "{path}: {page}");
        assert!(
            both.iter().all(|named| page.contains(named)),
            "{path}: {page}"
        );
        assert!(
            !page.contains("未见此主体") && !page.contains("共 0 项"),
            "{path}"
        );
    }
    let none = town.page(&question.replace("=bank&", "=nobody&"));
    assert!(none.contains("本登记系统内未见此主体"), "{none}");
    town.house.close();
}

#[test]
fn a_freeze_is_said_first_and_takes_nothing_from_who_was_registered_before_it() {
    let mut town = town();
    let bureau = town.bureau.clone();
    let form = format!(
        "/acts/freeze?record={}&go=1&authority={}&quantity=100&from=2027-01-01&through=2027-12-31&document={}&until=2028-06-30",
        town.permit,
        bureau.party,
        "0".repeat(64)
    );
    let asked = town.page(&form);
    // The answer says what would be registered.
    let plain = asked
        .replace("<span class=\"nb\">", "")
        .replace("</span>", "");
    let said = format!("可以冻结 / 查封: {} 排污权", town.permit);
    assert!(plain.contains(&said), "{said}: {plain}");
    assert!(
        plain.contains(": 100.000 t/a, 2027-01-01 至 2027-12-31; 决定机关 bureau"),
        "{plain}"
    );
    // What may be left empty is marked, and what must be there is not.
    let marked = |label: &str| plain.contains(&format!(">{label} <span class=\"hint\">(可不填)"));
    assert!(marked("文号") && !marked("决定机关"), "{plain}");
    assert!(
        asked.contains("冻结将触及下列登记在先的担保") && !asked.contains("失去依托"),
        "{asked}"
    );
    let freeze = Body::Freeze {
        right: town.permit,
        authority: bureau.party,
        extent: papers::flow("100", "t/a", papers::span("2027-01-01", "2028-01-01")),
        document: Hash::of(&[b"order"]),
        terms: Terms::default(),
    };
    let frozen = town.house.submit(&bureau, freeze, &[], &[]).freeze();
    // Its id leads to its page, from wherever it is printed, and the page says who ordered it.
    let person = Person::sign_in(&town.house, &town.bank);
    let at = format!("/freezes/{frozen}");
    let raw = person.get(&format!("/search?q={frozen}"));
    assert_eq!((raw.status, raw.header("location")), (303, &*at));
    let page = town.page(&at);
    assert!(page.contains("bureau冻结"), "{page}");
    assert_eq!(town.house.get("/freezes/F3").status, 404);
    let ask = format!(
        "/check?right={}&pledgee={}&quantity=60&from=2027-01-01&through=2027-06-30",
        town.permit, town.bank.party
    );
    let no = town.page(&ask);
    let link = format!("<a class=\"id\" href=\"/freezes/{frozen}\">{frozen}</a>");
    assert!(no.contains(&link) && no.contains("冻结 · bureau"), "{no}");
    // Nothing is no offer, whatever the number of reasons: what is said first are days that are free.
    let (_, answer) = no.split_once("class=\"answer\"").unwrap();
    let answer = answer.split("</section>").next().unwrap();
    assert!(
        answer.contains("不可以。所问期间以外可以: 60.000 t/a, ") && !answer.contains(" 0.000 t/a"),
        "{answer}"
    );
    let page = town.page(&format!("/rights/{}", town.permit));
    assert!(page.contains(&format!("<tr id=\"{frozen}\">")), "{page}");
    let answer = page.split("<p class=\"answer\">").nth(1).unwrap();
    assert!(
        answer.starts_with(&format!(
            "冻结: <a href=\"/freezes/{frozen}\">{frozen}</a> 100.000 t/a"
        )),
        "{answer}"
    );
    assert!(
        page.contains("<p class=\"status frozen\">") || page.contains("有查封冻结"),
        "{page}"
    );
    let reached = format!(
        "后来的冻结所及 (登记在冻结之前): <a href=\"/pledges/{0}\">{0}.0</a> 60.000 t/a",
        town.pledge
    );
    assert!(page.contains(&reached), "{reached}: {page}");
    for wrong in ["其下已无权益", "担保悬空", "悬空: "] {
        assert!(!page.contains(wrong), "{wrong}: {page}");
    }
    let pledge = town.page(&format!("/pledges/{}", town.pledge));
    assert!(
        pledge.contains("后来的冻结所及") && !pledge.contains("悬空: "),
        "{pledge}"
    );
    // What a cut takes hangs still, and is told as that.
    let cut = Body::AdjustRight {
        right: town.permit,
        from: papers::day("2027-01-01"),
        amount: (papers::quantity("70"), "t/a".to_owned()),
        document: Hash::of(&[b"cut"]),
    };
    assert!(town.house.submit(&bureau, cut, &[], &[]).is_accepted());
    let page = town.page(&format!("/rights/{}", town.permit));
    assert!(
        page.contains(&format!(
            "悬空 (其下已无权益): <a href=\"/pledges/{0}\">{0}.0</a> 10.000 t/a",
            town.pledge
        )),
        "{page}"
    );
    town.house.close();
}

#[test]
fn less_is_offered_only_where_less_would_help() {
    let mut town = town();
    let court = town.house.admit("court", &[Role::Court], &[]);
    let days = "quantity=500&from=2027-01-01&through=2027-06-30";
    let ask = |pledgee: &dyn std::fmt::Display| {
        town.page(&format!(
            "/check?right={}&pledgee={pledgee}&{days}",
            town.permit
        ))
    };
    let bank = ask(&town.bank.party);
    assert!(bank.contains("最多: 40.000 t/a"), "{bank}");
    // A court is no pledgee of anything.
    let no = ask(&court.party);
    assert!(no.contains("不可以") && !no.contains("最多: "), "{no}");
    // The answer stands before what was asked.
    let answer = bank.split("class=\"conclusion").nth(1).unwrap();
    let place = |text: &str| answer.find(text).unwrap();
    assert!(place("不可以") < place("<dl class=\"facts\">"), "{answer}");
    town.house.close();
}

#[test]
fn the_first_sentence_of_a_pledge_says_who_what_and_when_and_nothing_of_the_law() {
    let town = town();
    let page = town.page(&format!("/pledges/{}", town.pledge));
    let said = format!(
        "登记: 出质人 mill, 担保权人 bank-a; 在登 1 项 (共 1 项): {} 排污权 ",
        town.permit
    );
    assert!(page.contains(&said), "{page}");
    assert!(
        page.contains("80.000 t/a, 2026-12-01 至 2028-02-29") && page.contains("截至 "),
        "{page}"
    );
    assert!(
        page.contains("登记的法律效力") && !page.contains("设立的担保"),
        "{page}"
    );
    let english = town.page(&format!("/pledges/{}?lang=en", town.pledge));
    assert!(
        english.contains("On record: pledgor mill, pledgee bank-a; its one line is open: "),
        "{english}"
    );
    town.house.close();
}

#[test]
fn columns_are_chosen_without_a_script_and_the_spreadsheet_follows() {
    let town = town();
    let all = town.page("/rights");
    assert!(all.contains("href=\"/v1/exports/rights.xlsx?\""), "{all}");
    assert!(all.contains("<th scope=\"col\">持有人</th>"), "{all}");
    // As the boxes of the form send it, and as links say it.
    for query in [
        "choose=1&show_kind=1&show_validity=1",
        "columns=kind,validity",
    ] {
        let page = town.page(&format!("/rights?{query}"));
        let head = page
            .split("<thead>")
            .nth(1)
            .unwrap()
            .split("</thead>")
            .next()
            .unwrap();
        assert!(
            head.contains("权益种类") && head.contains("有效期"),
            "{head}"
        );
        assert!(!head.contains("持有人") && !head.contains("状态"), "{head}");
        let body = page
            .split("<tbody>")
            .nth(1)
            .unwrap()
            .split("</tbody>")
            .next()
            .unwrap();
        assert!(!body.contains("mill"), "{body}");
        let export = "/v1/exports/rights.csv?columns=id,kind,from,through";
        assert!(page.contains(&format!("href=\"{export}\"")), "{page}");
        let csv = town.house.get(export);
        let first = csv.text.lines().next().unwrap();
        assert_eq!(
            first.trim_start_matches('\u{feff}'),
            "编号 id,种类 kind,有效期起 from,有效期止 through"
        );
    }
    // None at all is a slip: then all are shown.
    assert!(
        town.page("/rights?choose=1")
            .contains("<th scope=\"col\">持有人</th>")
    );
    let wrong = town.house.get("/v1/exports/rights.csv?columns=id,color");
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    assert!(
        wrong.text.contains("color") && wrong.text.contains("holder_id"),
        "{}",
        wrong.text
    );
    town.house.close();
}

#[test]
fn no_paper_says_that_a_number_with_a_slip_is_not_registered() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let mut unit = papers::unit_number(1);
    unit.pop();
    for typed in [unit, format!("{}.0", town.pledge), "F3".to_owned()] {
        let fields = format!("right={}&name=x&absent=1", escaped(&typed));
        let raw = person.form("/certificates", &fields);
        assert_eq!(raw.status, 200, "{typed}: {raw:?}");
        assert!(
            raw.text().contains("role=\"alert\""),
            "{typed}: {}",
            raw.text()
        );
    }
    town.house.close();
}

#[test]
fn what_may_not_be_pledged_does_not_look_free_in_a_list() {
    let mut town = town();
    let (bureau, mill) = (town.bureau.clone(), town.mill.clone());
    let days = papers::span("2026-12-01", "2031-01-01");
    let ground = papers::rectangle(9_000, 0, 12_000, 3_000);
    let unit = papers::unit_number(2);
    let right = town.house.issue(
        &bureau,
        papers::forest(&mill, &unit, "公益林", ground, days),
    );
    let list = town.page("/rights?kind=forest");
    let row = list
        .split(&format!("href=\"/rights/{right}\""))
        .nth(1)
        .unwrap();
    let row = row.split("</tr>").next().unwrap();
    assert!(
        row.contains("现不得设立担保") && !row.contains("未见负担"),
        "{row}"
    );
    town.house.close();
}
