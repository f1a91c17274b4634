//! The pages for people, over HTTP: both languages, the answer first, headers that browsers obey, and no outside request.
//!
//! Read as text; what a browser makes of them is a test of its own.

use greenlien::domain::command::Body;
use greenlien::domain::finding::Code;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::{PledgeId, RightId};

use crate::support::cast::{self, Actor};
use crate::support::house::House;
use crate::support::papers;
use crate::support::play::Play as _;

pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) bank: Actor,
    pub(crate) other: Actor,
    pub(crate) bureau: Actor,
    pub(crate) mill: Actor,
    pub(crate) permit: RightId,
    pub(crate) pledge: PledgeId,
}

/// A mill with 120 t/a, 80 of them pledged for a while; a parcel with a sink; a balance.
pub(crate) fn town() -> Town {
    let mut house = House::new();
    let bureau = house.admit(
        "bureau",
        &[Role::Authority],
        &["carbon", "emission", "forest"],
    );
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let bank = house.admit("bank-a", &[Role::Bank], &[]);
    let other = house.admit("bank-b", &[Role::Bank], &[]);
    let days = papers::span("2026-12-01", "2031-01-01");
    let mut right = papers::emission(&mill, "COD", "120", days);
    right
        .attributes
        .insert("outfall".to_owned(), "<b>mill & co</b>".to_owned());
    let permit = house.issue(&bureau, right);
    let taken = papers::span("2026-12-01", "2028-03-01");
    let line = papers::line(permit, papers::flow("80", "t/a", taken));
    let pledge = house
        .submit(&bank, papers::pledge(&mill, vec![line]), &[&mill], &[])
        .pledge();
    let ground = papers::rectangle(0, 0, 4_000, 3_000);
    let unit = papers::unit_number(1);
    house.issue(
        &bureau,
        papers::forest(&mill, &unit, "商品林", ground, days),
    );
    Town {
        house,
        bank,
        other,
        bureau,
        mill,
        permit,
        pledge,
    }
}

impl Town {
    /// The address of every page, and of some of the many that are like others.
    pub(crate) fn paths(&self) -> Vec<String> {
        vec![
            "/".to_owned(),
            "/search?q=R4".to_owned(),
            "/search?q=nothing-of-that-name".to_owned(),
            "/check".to_owned(),
            format!("/check?right={}", self.permit),
            format!("/check?right={}&quantity=7", self.permit),
            "/acts".to_owned(),
            "/acts/register_pledge".to_owned(),
            "/acts/issue_right?kind=forest".to_owned(),
            format!("/acts/reserve?right0={}", self.permit),
            format!("/acts/amend_pledge?record={}", self.pledge),
            format!("/acts/substitute_collateral?record={}", self.pledge),
            format!("/acts/freeze?record={}", self.permit),
            "/acts/assign_pledge?record=nothing".to_owned(),
            format!("/acts/transfer_right?record={}", self.permit),
            format!("/acts/correct_right-particulars?record={}", self.permit),
            format!("/acts/change_rank?record={}", self.permit),
            "/acts/issue_right".to_owned(),
            "/acts/admit_party".to_owned(),
            format!("/acts/rotate_key?record={}", self.bank.party),
            format!("/acts/set_signing_rules?record={}", self.bank.party),
            format!("/acts/erase?record={}", self.pledge),
            "/acts/adopt_policy".to_owned(),
            "/acts/rotate_log_key".to_owned(),
            "/rights".to_owned(),
            format!("/rights?holder={}", self.mill.party),
            format!("/rights/{}", self.permit),
            "/pledges".to_owned(),
            format!("/pledges?pledgee={}", self.bank.party),
            format!("/pledges/{}", self.pledge),
            "/parties".to_owned(),
            format!("/parties/{}", self.mill.party),
            "/freezes".to_owned(),
            "/findings".to_owned(),
            "/findings/3002".to_owned(),
            "/log".to_owned(),
            "/log/0".to_owned(),
            "/log/1".to_owned(),
            "/reference".to_owned(),
            "/reference/submit_command".to_owned(),
            "/reference/list_rights".to_owned(),
            "/reference/shapes/Right".to_owned(),
            "/reference/shapes/Event".to_owned(),
            "/verify".to_owned(),
            "/work".to_owned(),
            format!("/work?party={}", self.bank.party),
            "/statistics".to_owned(),
            "/statistics?by=kind,month".to_owned(),
            "/statistics/lines?kind=emission&state=open".to_owned(),
            "/registrar".to_owned(),
            "/feeds".to_owned(),
            "/import".to_owned(),
            "/sign-in".to_owned(),
            "/sign-in?next=/import".to_owned(),
            format!("/pledges/{}/openings", self.pledge),
            "/sign".to_owned(),
            format!("/sign?act=release&pledge={}", self.pledge),
            format!("/sign?act=record_verification&right={}", self.permit),
            format!("/acts/record_disposal-court?record={}", self.pledge),
            "/registrar/policies/emission".to_owned(),
            "/pledges?pledgee=nobody".to_owned(),
        ]
    }

    /// A sink of 6,317 tonnes a year over 2027 to 2030, on the parcel of the town.
    pub(crate) fn sink(&mut self) -> RightId {
        let sinks = self
            .house
            .admit("sinks", &[Role::Authority], &["carbon_sink"]);
        let unit = papers::unit_number(1);
        let sink = papers::sink(&self.mill, "500113-LYTH-2026-001", &[&unit], (2027, 2030));
        self.house.issue(&sinks, sink)
    }

    pub(crate) fn page(&self, path: &str) -> String {
        let reply = self.house.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }
}

/// Checks that pages are there in both languages, are small, and ask nobody else.
pub(crate) fn check_pages(town: &Town, paths: impl IntoIterator<Item = String>) {
    for path in paths {
        let join = if path.contains('?') { '&' } else { '?' };
        let zh = town.page(&format!("{path}{join}lang=zh"));
        let en = town.page(&format!("{path}{join}lang=en"));
        assert!(zh.contains("<html lang=\"zh-CN\">"), "{path}");
        assert!(en.contains("<html lang=\"en\">"), "{path}");
        assert_ne!(zh, en, "{path}");
        for page in [&zh, &en] {
            assert!(page.len() < 100_000, "{path}: {} bytes", page.len());
            for outside in [
                "src=\"http",
                "href=\"http",
                "@import",
                "<script>",
                "style=\"",
                "onclick",
            ] {
                assert!(!page.contains(outside), "{path}: {outside}");
            }
            // What is registered is shown as it is, and is no markup.
            assert!(!page.contains("<b>mill"), "{path}");
        }
    }
}

#[test]
fn every_page_is_there_in_both_languages_and_asks_nobody_else() {
    let town = town();
    let paths = town
        .paths()
        .into_iter()
        .filter(|path| !path.starts_with("/search"));
    check_pages(&town, paths);
    town.house.close();
}

#[test]
fn the_supervisor_goes_from_a_number_to_its_lines_and_sees_any_position_again() {
    let town = town();
    let page = town.page("/statistics?by=kind");
    let link = page
        .split('"')
        .find(|text| text.starts_with("/statistics/lines?") && text.ends_with("state=open"));
    let page = town.page(&link.unwrap().replace("&#38;", "&"));
    assert!(
        page.contains(&format!("href=\"/pledges/{}\"", town.pledge)),
        "{page}"
    );
    // Before the pledge there was none.
    let early = town.page("/statistics?at=1");
    assert!(!early.contains("/statistics/lines"), "{early}");
    town.house.close();
}

#[test]
fn the_work_list_of_a_bank_names_what_ends_before_its_claim() {
    let town = town();
    let page = town.page(&format!("/work?party={}", town.other.party));
    assert!(page.contains("没有需要留意的事项"), "{page}");
    let missing = town.page("/work?party=nobody");
    assert!(missing.contains("role=\"alert\""), "{missing}");
    town.house.close();
}

#[test]
fn a_right_leads_with_what_is_free_and_until_when() {
    let town = town();
    let page = town.page(&format!("/rights/{}", town.permit));
    let answer = "未登记负担: 40.000 t/a 至 2028-02-29 (含); 此后 120.000 t/a 至 2030-12-31 (含)";
    assert!(page.contains(answer), "{page}");
    assert!(page.contains("部分已担保"));
    assert!(
        page.contains(&format!("{}.0", town.pledge)) && page.contains("<svg class=\"chart wide\"")
    );
    // The picture says its unit, what each color in it means, and has the same numbers as a table.
    for told in [
        "(单位: t/a)</figcaption>",
        ">t/a</text>",
        "class=\"unburdened\"",
        "<span class=\"swatch unburdened\" aria-hidden=\"true\"></span>未登记负担",
        "<span class=\"swatch pledged\" aria-hidden=\"true\"></span>已担保",
        "<th scope=\"col\" class=\"number\">预登记</th>",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // What it is drawn from is no code of a program.
    assert!(
        !page.contains("emission |") && !page.contains("emission|"),
        "{page}"
    );
    assert!(page.contains(&format!("/v1/evidence/rights/{}", town.permit)));
    // It never says more than the record.
    for claim in ["无担保登记", "区块链", "free of encumbrance.\""] {
        assert!(!page.contains(claim), "{claim}");
    }
    let english = town.page(&format!("/rights/{}?lang=en", town.permit));
    let answer = "Not encumbered in this register: 40.000 t/a until 2028-02-29 (inclusive)";
    assert!(english.contains(answer), "{english}");
    town.house.close();
}

#[test]
fn a_freeze_shows_its_order_and_what_of_it_waits() {
    let mut town = town();
    let court = town.house.admit("court", &[Role::Court], &[]);
    let registrar = cast::registrar();
    let mut order = |amount: &str, terms: Terms| {
        let body = Body::Freeze {
            right: town.permit,
            authority: court.party,
            extent: papers::flow(amount, "t/a", papers::span("2027-01-01", "2031-01-01")),
            document: Hash::of(&[b"order"]),
            terms,
        };
        let answer = town.house.submit(&registrar, body, &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    };
    let yuan = |text: &str| Some(papers::quantity(text));
    order(
        "90",
        Terms {
            number: Some("(2026)渝0113执保12号".to_owned()),
            until: None,
            limit_cny: yuan("122400"),
            price_cny: yuan("1360"),
        },
    );
    order("50", Terms::default());
    let page = town.page(&format!("/rights/{}", town.permit));
    let said = "(2026)渝0113执保12号; 限额: 122,400.00 元; 单价: 1,360.00 元 / t/a";
    assert!(page.contains(said), "{page}");
    let waits = "轮候: 20.000 t/a, 2027-01-01 至 2030-12-31";
    assert!(page.contains(waits), "{page}");
    town.house.close();
}

#[test]
fn the_question_is_answered_yes_no_or_at_most() {
    let town = town();
    let ask = |quantity: &str, through: &str| {
        let (right, bank) = (town.permit, town.other.party);
        town.page(&format!(
            "/check?lang=en&right={right}&pledgee={bank}&quantity={quantity}&from=2027-01-01&through={through}"
        ))
    };
    assert!(ask("40", "2027-12-31").contains("conclusion yes"));
    let no = ask("50", "2029-12-31");
    assert!(
        no.contains("conclusion no") && no.contains("At most: 40.000 t/a"),
        "{no}"
    );
    assert!(no.contains("/findings/3002") && no.contains(&format!("/pledges/{}", town.pledge)));
    for (quantity, through, field) in [
        ("", "2027-12-31", "#quantity"),
        ("1e3", "2027-12-31", "#quantity"),
        ("40", "2027-02-30", "#through"),
        ("40", "2026-01-01", "#through"),
    ] {
        let page = ask(quantity, through);
        assert!(
            page.contains("role=\"alert\"") && page.contains(field),
            "{quantity} {through}"
        );
        assert!(!page.contains("class=\"conclusion"), "{quantity} {through}");
    }
    let unknown = town.page("/check?right=nothing&pledgee=M1");
    assert!(unknown.contains("role=\"alert\""));
    town.house.close();
}

#[test]
fn a_question_that_cannot_be_asked_names_the_field_and_what_was_typed() {
    let town = town();
    let asked = |rest: &str| town.page(&format!("/check?right={}&{rest}", town.permit));
    let days = "from=2028-03-01&through=2028-12-31";
    let page = asked(&format!("quantity=3&{days}"));
    assert!(page.contains("请填写担保权人"), "{page}");
    assert!(!page.contains("未见以此为标识"), "{page}");
    let bank = town.bank.party;
    let page = asked(&format!("quantity=abc&pledgee={bank}&{days}"));
    assert!(page.contains("数量「abc」"), "{page}");
    let back = "from=2028-03-01&through=2028-02-01";
    let page = asked(&format!("quantity=3&pledgee={bank}&{back}"));
    assert!(page.contains("截止日「2028-02-01」"), "{page}");
    let page = asked(&format!("quantity=3&pledgee=M999&{days}&lang=en"));
    assert!(page.contains("pledgee “M999”"), "{page}");
    town.house.close();
}

#[test]
fn an_authority_is_shown_with_the_names_of_the_kinds_that_it_issues() {
    let town = town();
    let page = town.page(&format!("/parties/{}", town.bureau.party));
    assert!(page.contains("碳排放配额, 排污权"), "{page}");
    town.house.close();
}

#[test]
fn a_search_finds_by_id_code_and_certificate_and_says_when_it_finds_nothing() {
    let town = town();
    let leads_to = |typed: &str, page: &str| {
        let typed: Vec<String> = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let typed = typed.concat();
        let reply = town.house.get(&format!("/search?q={typed}"));
        assert_eq!(reply.status, 303, "{typed}: {}", reply.text);
        // The client follows nothing, so the page is looked up by its address.
        assert_eq!(town.house.get(page).status, 200);
    };
    let right = format!("/rights/{}", town.permit);
    leads_to(&town.permit.to_string(), &right);
    leads_to(&town.permit.to_string().to_lowercase(), &right);
    leads_to(
        &town.pledge.to_string(),
        &format!("/pledges/{}", town.pledge),
    );
    let unit = papers::unit_number(1);
    leads_to(&unit, "/rights");
    leads_to(&format!("{} {}", &unit[..6], &unit[6..]), "/rights");
    // A table begins with what a person would say of it, and an alert leads to what is to be done.
    assert!(
        town.page("/statistics")
            .contains("在登担保物 1 项, 其中悬空 0 项。")
    );
    let form = format!("/acts/record_external_registration?record={}", town.pledge);
    assert!(town.page("/work").contains(&form));
    // One letter of a verification code is wrong: that is said, and nothing of permits.
    let code = town.page("/search?q=CUEA-P2X1-KRU7-LMJC");
    assert!(
        code.contains("没有以此为核验码的查询证明") && !code.contains("许可证编号|污染物代码」")
    );
    let none = town.page("/search?q=500113&lang=en");
    assert!(none.contains("No record with this identity is found in this register"));
    assert!(town.page("/search?q=").contains("role=\"alert\""));
    town.house.close();
}

#[test]
fn what_is_not_there_is_a_page_that_says_so() {
    let town = town();
    for path in [
        "/rights/R999999",
        "/rights/P1",
        "/rights/%3Cscript%3E",
        "/pledges/V9",
        "/parties/M77777",
        "/findings/1",
        "/findings/x",
        "/log/99999999",
        "/log/-1",
        "/assets/none.css",
    ] {
        let reply = town.house.get(path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text.contains("<script>"), "{path}");
    }
    let nobody = town.page("/rights?holder=x");
    // A count of nobody's rights would be an answer.
    assert!(
        nobody.contains("没有这一主体") && !nobody.contains("共 0 项"),
        "{nobody}"
    );
    let kind = town.page("/rights?kind=nope");
    assert!(
        kind.contains("没有这一权益种类: nope") && !kind.contains("共 0 项"),
        "{kind}"
    );
    town.house.close();
}

#[test]
fn every_finding_has_a_page() {
    let town = town();
    for code in Code::ALL {
        let check = code.check();
        let page = town.page(&format!("/findings/{}", check.code));
        assert!(page.contains(check.title_zh), "{}", check.code);
        let page = town.page(&format!("/findings/{}?lang=en", check.code));
        let title = check.title_en.replace('\'', "&#39;");
        assert!(page.contains(&title), "{}", check.code);
    }
    town.house.close();
}
