//! A freeze has a page of its own from the entry that orders it on: who, what, how much is in force, what was sold, and how it ended.

use greenlien::domain::command::{Body, FreezeAct, RightAct};
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::id::{FreezeId, PledgeId, RightId};
use greenlien::primitives::time::Day;
use greenlien::service::freezes::{FreezeFilter, FreezeState, Reach};

use crate::support::cast::registrar;
use crate::support::house::House;
use crate::support::papers::{carbon, document, line, pledge, quantity, span, stock};
use crate::support::{Actor, Play as _};

struct District {
    house: House,
    bureau: Actor,
    court: Actor,
    bank: Actor,
    mill: Actor,
    right: RightId,
    pledge: PledgeId,
}

/// A balance of 60,000 of which 45,000 are pledged.
fn district() -> District {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["carbon", "emission"]);
    let court = house.admit("court", &[Role::Court], &[]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = house.issue(&bureau, carbon(&mill, "5001130001", 2026, "60000", days));
    let body = pledge(&mill, vec![line(right, stock("45000", "tCO2e"))]);
    let pledge = house.submit(&bank, body, &[&mill], &[]).pledge();
    District {
        house,
        bureau,
        court,
        bank,
        mill,
        right,
        pledge,
    }
}

#[test]
fn a_freeze_that_takes_what_is_pledged_stands_first_on_the_desk_and_on_the_page_of_the_pledge() {
    let mut district = district();
    let pledge = district.pledge;
    let desk = format!("/work?party={}", district.bank.party);
    let path = format!("/pledges/{pledge}");
    assert!(!district.page(&desk).contains("id=\"urgent\""));
    assert!(!district.page(&path).contains("class=\"alert\""));
    let freeze = district.freeze("30000", Terms::default());
    let page = district.page(&desk);
    let (before, urgent) = page.split_once("<section id=\"urgent\">").unwrap();
    assert!(before.contains("请先看: 1"), "{before}");
    let urgent = urgent.split("</section>").next().unwrap();
    let link = format!("href=\"/freezes/{freeze}\"");
    assert!(
        urgent.contains("权益被冻结") && urgent.contains(&link),
        "{urgent}"
    );
    // No alert of these has a day, and so the table has no column of days; what is urgent is told once.
    assert!(
        !urgent.contains("剩余") && page.matches("权益被冻结").count() == 1 + KIND,
        "{page}"
    );
    let page = district.page(&path);
    let alert = page.split("class=\"alert\"").nth(1).unwrap();
    let alert = alert.split("</p>").next().unwrap();
    assert!(
        alert.contains("权益被冻结") && alert.contains(&link),
        "{alert}"
    );
    district.house.close();
}

#[test]
fn a_freeze_on_a_right_beyond_those_that_are_looked_at_stands_as_it_does() {
    let mut district = district();
    // The right that is frozen is the second; one is looked at, and the entry that orders the freeze.
    let days = span("2026-01-01", "2031-01-01");
    let bureau = district.bureau.clone();
    let second = carbon(&district.mill, "5001130002", 2026, "500", days);
    district.right = district.house.issue(&bureau, second);
    let freeze = district.freeze("300", Terms::default());
    let found = |reach: Reach| {
        let registry = district.house.registry();
        let found = registry.freezes(FreezeFilter::default(), reach).unwrap();
        let rows = found.rows.into_iter().map(|one| (one.id, one.state));
        rows.collect::<Vec<_>>()
    };
    let short = Reach {
        rights: 1,
        ..Reach::PAGE
    };
    assert_eq!(found(short), [(freeze, FreezeState::InForce)]);
    assert_eq!(found(short), found(Reach::PAGE));
    district.house.close();
}

/// The choice of a kind of alert names each kind once.
const KIND: usize = 1;

impl District {
    fn freeze(&mut self, much: &str, terms: Terms) -> FreezeId {
        let freeze = Body::Freeze {
            right: self.right,
            authority: self.court.party,
            extent: stock(much, "tCO2e"),
            document: document(),
            terms,
        };
        self.house.submit(&registrar(), freeze, &[], &[]).freeze()
    }

    fn execute(&mut self, freeze: FreezeId, much: &str, proceeds: &str) {
        let act = FreezeAct::ExecuteFreeze {
            right: self.right,
            freeze,
            amount: Some((quantity(much), "tCO2e".to_owned())),
            proceeds_cny: quantity(proceeds),
            buyer: None,
            document: document(),
        };
        let body = Body::OfRight(Box::new(RightAct::OfFreeze(act)));
        let answer = self.house.submit(&registrar(), body, &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn lift(&mut self, freeze: FreezeId) {
        let body = Body::Unfreeze {
            right: self.right,
            freeze,
            document: document(),
        };
        let answer = self.house.submit(&registrar(), body, &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn page(&self, path: &str) -> String {
        let reply = self.house.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }
}

fn has(page: &str, told: &[&str]) {
    for told in told {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[test]
fn the_page_of_a_freeze_says_who_froze_what_how_much_waits_and_what_was_sold() {
    let mut d = district();
    let terms = Terms {
        number: Some("(2026)渝0113执保12号".to_owned()),
        limit_cny: Some(quantity("1600000")),
        price_cny: Some(quantity("80")),
        ..Terms::default()
    };
    let first = d.freeze("20000", terms);
    let second = d.freeze("50000", Terms::default());
    d.execute(first, "5000", "400000");
    let (right, pledged) = (d.right.to_string(), "15,000 tCO2e");
    let page = d.page(&format!("/freezes/{first}?lang=zh"));
    has(
        &page,
        &[
            &format!("court冻结 <a href=\"/rights/{right}\">{right}</a>"),
            &format!("): {pledged}。"),
            "全部生效",
            "登记在先的担保与预登记, 顺位在冻结之前: <a href=\"/pledges/P",
            "20,000 tCO2e",
            "5,000 tCO2e, 所得 400,000.00 元",
            "1,600,000.00 元",
            "80.00 元 / tCO2e",
            "(2026)渝0113执保12号",
            "未记载期限",
            &format!("<a class=\"id\" href=\"/freezes/{second}\">{second}</a>"),
            &format!("/v1/evidence/rights/{right}"),
            &format!("/v1/entries/{}/proof", first.0),
            &format!("/acts/unfreeze?record={right}&#38;freeze={first}"),
            &format!("href=\"/log/{}\"", first.0),
            "registrar · ",
        ],
    );
    let page = d.page(&format!("/freezes/{second}?lang=en"));
    // 55,000 are left, of which the first freeze holds 15,000.
    has(
        &page,
        &[
            "Frozen by court of ",
            "waiting: 10,000 tCO2e",
            &format!("Earlier freezes on the same days: <a href=\"/freezes/{first}\">{first}</a>"),
            "in force in part",
            "<td class=\"number\">40,000 tCO2e</td>",
        ],
    );
    // It is a link on the page of its right, in the sentence and in the table, and in the entry that changes it.
    let page = d.page(&format!("/rights/{right}"));
    assert!(
        page.matches(&format!("href=\"/freezes/{first}\"")).count() >= 2,
        "{page}"
    );
    let size = d.house.get("/v1/log").json["signed"]["size"]
        .as_u64()
        .unwrap();
    let entry = (0..size).rev().find_map(|index| {
        let page = d.house.get(&format!("/log/{index}?lang=zh")).text;
        page.contains("execute_freeze").then_some(page)
    });
    let link = format!("冻结 <a href=\"/freezes/{first}\">{first}</a>");
    has(&entry.unwrap(), &[&link]);
    d.house.close();
}

#[test]
fn a_freeze_that_is_over_says_how_it_ended_and_offers_no_forms() {
    let mut d = district();
    let lifted = d.freeze("2000", Terms::default());
    let sold = d.freeze("3000", Terms::default());
    let until = Terms {
        until: Day::parse("2027-01-01"),
        ..Terms::default()
    };
    let over = d.freeze("1000", until);
    d.lift(lifted);
    d.execute(sold, "3000", "240000");
    d.house
        .at(crate::support::papers::instant("2027-01-02T02:00:00Z"));
    for (freeze, zh, en) in [
        (lifted, "已解除, 2026-", "lifted, 2026-"),
        (sold, "已执行完毕, 2026-", "executed, 2026-"),
        (over, "已期满, 2027-01-01", "over with its term, 2027-01-01"),
    ] {
        for (lang, told) in [("zh", zh), ("en", en)] {
            let page = d.page(&format!("/freezes/{freeze}?lang={lang}"));
            has(&page, &[told]);
            assert!(!page.contains("/acts/unfreeze"), "{freeze}: {page}");
            assert!(!page.contains("id=\"queue\""), "{freeze}: {page}");
        }
    }
    for none in ["F0", "F9999", "F1x", "P1"] {
        assert_eq!(
            d.house.get(&format!("/freezes/{none}")).status,
            404,
            "{none}"
        );
    }
    d.house.close();
}

#[test]
fn a_refusal_with_a_freeze_in_the_way_does_not_call_it_a_double_pledge() {
    let mut d = district();
    let freeze = d.freeze("10000", Terms::default());
    let ask = format!(
        "/check?right={}&pledgee={}&quantity=30000",
        d.right, d.bank.party
    );
    // More than is left without the freeze: pledges and the freeze are in the way.
    let page = d.page(&format!("{ask}&lang=zh"));
    has(
        &page,
        &[
            "在先有court的冻结, 并有其他登记, 余下的不足",
            "冻结 · court",
            &format!("href=\"/freezes/{freeze}\""),
        ],
    );
    assert!(!page.contains("重复担保"), "{page}");
    let page = d.page(&format!("{ask}&lang=en"));
    has(&page, &["a freeze by court and other registrations"]);
    // The log says it alike, of what was refused.
    let body = pledge(
        &d.mill.clone(),
        vec![line(d.right, stock("30000", "tCO2e"))],
    );
    let answer = d
        .house
        .submit(&d.bank.clone(), body, &[&d.mill.clone()], &[]);
    assert!(!answer.is_accepted());
    let page = d.page(&format!("/log/{}?lang=zh", answer.index()));
    has(&page, &["在先有court的冻结, 并有其他登记, 余下的不足"]);
    d.house.close();
}

/// The ids of the rows of the list, as the page shows them.
fn listed(page: &str) -> Vec<String> {
    let links = page.split("<td><a class=\"id\" href=\"/freezes/").skip(1);
    links
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_list_of_freezes_has_what_stands_waits_was_sold_and_was_lifted() {
    let mut d = district();
    let sold = d.freeze("1000", Terms::default());
    d.execute(sold, "1000", "80000");
    let terms = Terms {
        number: Some("(2026)渝0113执保12号".to_owned()),
        ..Terms::default()
    };
    let first = d.freeze("20000", terms);
    let second = d.freeze("50000", Terms::default());
    let third = d.freeze("10000", Terms::default());
    let lifted = d.freeze("5000", Terms::default());
    d.lift(lifted);
    let right = d.right.to_string();
    let ids = |all: &[FreezeId]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let page = d.page("/freezes?lang=zh");
    assert_eq!(listed(&page), ids(&[lifted, third, second, first, sold]));
    // 59,000 are left, and the first freeze holds 20,000 of them.
    has(
        &page,
        &[
            "共 5 项冻结: 生效 1; 部分生效, 部分轮候 1; 轮候 1; 已解除 1; 已执行完毕 1",
            &format!("href=\"/rights/{right}\""),
            "(2026)渝0113执保12号",
            "轮候: 11,000 tCO2e",
            "20,000 tCO2e",
            ">court<",
            "第 1–5 行, 共 5 行",
        ],
    );
    let page = d.page("/freezes?lang=en");
    has(
        &page,
        &["5 freezes in all: in force 1; ", "lifted 1; executed 1"],
    );
    // What is narrowed is narrowed in the file, too.
    let court = d.court.party;
    let bank = d.bank.party;
    for (query, expected) in [
        ("state=lifted".to_owned(), ids(&[lifted])),
        ("state=waits".to_owned(), ids(&[third])),
        (
            format!("party={court}"),
            ids(&[lifted, third, second, first, sold]),
        ),
        (format!("party={court}&state=executed"), ids(&[sold])),
        (format!("party={bank}"), Vec::new()),
    ] {
        let page = d.page(&format!("/freezes?{query}&lang=zh"));
        assert_eq!(listed(&page), expected, "{query}");
        let count = format!("共 {} 项冻结", expected.len());
        has(&page, &[&count]);
        let table = d.page(&crate::exports::linked(&page, "freezes"));
        let rows: Vec<&str> = table.lines().skip(1).collect();
        let first = |row: &&str| row.split(',').next().unwrap().to_owned();
        assert_eq!(rows.iter().map(first).collect::<Vec<_>>(), expected);
    }
    let table = d.page("/v1/exports/freezes.csv");
    has(
        &table,
        &[
            &format!("{second},\"部分生效, 部分轮候 in force in part, the rest waits\",{right},"),
            ",court,",
            ",50000,tCO2e,,,11000,",
            "(2026)渝0113执保12号",
        ],
    );
    let wrong = d.house.get("/v1/exports/freezes.csv?state=open");
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    let nobody = d.page("/freezes?party=nobody");
    assert!(nobody.contains("role=\"alert\"") && !nobody.contains("/v1/exports/freezes"));
    // It is found from the menu, the frozen rights and the statistics.
    for (from, count) in [("/", 1), ("/rights?status=frozen", 2), ("/statistics", 2)] {
        let page = d.page(from);
        assert_eq!(page.matches("href=\"/freezes\"").count(), count, "{from}");
    }
    d.house.close();
}

#[test]
fn a_long_list_of_freezes_goes_on_and_back() {
    let mut d = district();
    let mut all: Vec<String> = (0..27)
        .map(|_| d.freeze("10", Terms::default()).to_string())
        .collect();
    all.reverse();
    let first = d.page("/freezes?state=in_force&lang=zh");
    assert_eq!(listed(&first), all[..25]);
    has(&first, &["生效: 共 27 项冻结", "第 1–25 行, 共 27 行"]);
    let link = |page: &str, rel: &str| {
        let (before, _) = page.split_once(&format!("\" rel=\"{rel}\""))?;
        let (_, link) = before.rsplit_once("href=\"")?;
        Some(link.replace("&#38;", "&").replace("&amp;", "&"))
    };
    assert!(link(&first, "prev").is_none());
    let next = d.page(&link(&first, "next").unwrap());
    assert_eq!(listed(&next), all[25..]);
    assert!(next.contains("第 26–27 行, 共 27 行") && link(&next, "next").is_none());
    let back = d.page(&link(&next, "prev").unwrap());
    assert_eq!(listed(&back), all[..25]);
    d.house.close();
}

#[test]
fn a_freeze_of_a_flow_whose_days_are_over_is_neither_in_force_nor_waiting() {
    let mut d = district();
    let bureau = d.house.admit("office", &[Role::Authority], &["emission"]);
    let days = span("2026-01-01", "2031-01-01");
    let mill = d.mill.clone();
    let flow = crate::support::papers::emission(&mill, "COD", "100", days);
    let right = d.house.issue(&bureau, flow);
    let freeze = Body::Freeze {
        right,
        authority: d.court.party,
        extent: crate::support::papers::flow("5", "t/a", span("2026-12-01", "2027-01-01")),
        document: document(),
        terms: Terms::default(),
    };
    let freeze = d.house.submit(&registrar(), freeze, &[], &[]).freeze();
    has(&d.page("/freezes?state=in_force"), &[&freeze.to_string()]);
    d.house
        .at(crate::support::papers::instant("2027-02-01T02:00:00Z"));
    let over = d.page("/freezes?state=expired&lang=zh");
    assert_eq!(listed(&over), [freeze.to_string()]);
    let page = d.page(&format!("/freezes/{freeze}?lang=zh"));
    has(&page, &["已期满", "其期间已过。"]);
    assert!(!page.contains("全部生效"), "{page}");
    d.house.close();
}
