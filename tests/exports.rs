//! Spreadsheets hold what the list shows under which they stand, no more and no less, and long lists go on; what was refused is
//! in a list with pages.

use std::collections::BTreeSet;

use greenlien::domain::command::{Body, PartyAct};
use greenlien::domain::order::Terms;

use crate::act_pages::page;
use crate::pages::{Town, town};
use crate::support::cast;
use crate::support::papers;
use crate::support::play::Play as _;

/// The rows of a spreadsheet, without its head.
fn rows(town: &Town, path: &str) -> Vec<String> {
    let table = town.house.get(path);
    assert_eq!(table.status, 200, "{path}: {}", table.text);
    table.text.lines().skip(1).map(str::to_owned).collect()
}

/// The spreadsheet that a page links to, as CSV.
pub(crate) fn linked(page: &str, list: &str) -> String {
    let begin = format!("href=\"/v1/exports/{list}.xlsx");
    let link = page.split(&begin).nth(1);
    let link = link.unwrap_or_else(|| panic!("no {list}: {page}"));
    let query = link.split('"').next().unwrap().replace("&#38;", "&");
    format!("/v1/exports/{list}.csv{}", query.replace("&amp;", "&"))
}

/// Has the other bank ask for more than there is, so many times.
fn refuse(town: &mut Town, count: usize) {
    let days = papers::span("2027-01-01", "2027-06-01");
    let (other, mill) = (town.other.clone(), town.mill.clone());
    for _ in 0..count {
        let line = papers::line(town.permit, papers::flow("90", "t/a", days));
        let body = papers::pledge(&mill, vec![line]);
        let answer = town.house.submit(&other, body, &[&mill], &[]);
        assert!(!answer.is_accepted(), "{answer:?}");
    }
}

#[test]
fn the_spreadsheet_of_a_desk_has_the_alerts_of_the_desk() {
    let town = town();
    let bank = town.bank.party;
    let mut sizes = BTreeSet::new();
    for path in [
        "/work".to_owned(),
        format!("/work?party={bank}"),
        format!("/work?party={}", town.other.party),
        "/work?kind=external_unrecorded".to_owned(),
    ] {
        let desk = page(&town, &path);
        let shown = desk.matches("<td class=\"what\">").count();
        sizes.insert(shown);
        if shown == 0 {
            assert!(!desk.contains("/v1/exports/alerts"), "{path}: {desk}");
            continue;
        }
        let table = rows(&town, &linked(&desk, "alerts"));
        assert_eq!(table.len(), shown, "{path}: {table:?}");
    }
    assert!(sizes.len() > 1, "{sizes:?}");
    let of_bank = rows(&town, &format!("/v1/exports/alerts.csv?party={bank}"));
    let is_own = |row: &String| row.contains(&format!("({bank})"));
    assert!(!of_bank.is_empty() && of_bank.iter().all(is_own));
    // What it is about is told in both languages, with its code beside it.
    let words =
        "未记载外部登记 No registration in the other register is recorded,external_unrecorded";
    let named = |row: &&String| row.starts_with(words);
    let unrecorded: Vec<_> = of_bank.iter().filter(named).collect();
    assert!(!unrecorded.is_empty(), "{of_bank:?}");
    let zhongdeng = |row: &&String| row.ends_with("中登网 Zhongdeng");
    assert!(unrecorded.iter().all(zhongdeng), "{unrecorded:?}");
    let reconciled = rows(
        &town,
        &format!("/v1/exports/reconciliation.csv?pledgee={bank}"),
    );
    assert!(reconciled[0].contains("中登网 Zhongdeng"), "{reconciled:?}");
    let other = town.other.party;
    let none = rows(
        &town,
        &format!("/v1/exports/reconciliation.csv?pledgee={other}"),
    );
    assert!(none.is_empty(), "{none:?}");
    let lines = town.house.get("/v1/exports/lines.csv").text;
    assert!(lines.contains(",乡镇名 town name,"), "{lines}");
    assert!(lines.contains(",在登 open,"), "{lines}");
    // The same by a program, and a kind that there is not is told.
    let wrong = town.house.get("/v1/exports/alerts.csv?kind=emission");
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    town.house.close();
}

/// Has the bureau freeze so much of the permit for as long as it runs.
pub(crate) fn freeze(town: &mut Town, much: &str) {
    let days = papers::span("2026-12-01", "2031-01-01");
    let body = Body::Freeze {
        right: town.permit,
        authority: town.bureau.party,
        extent: papers::flow(much, "t/a", days),
        document: papers::document(),
        terms: Terms {
            number: Some(format!("(2026)渝0113执保{much}号")),
            ..Terms::default()
        },
    };
    let bureau = town.bureau.clone();
    let answer = town.house.submit(&bureau, body, &[], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
}

#[test]
fn an_amount_of_an_alert_has_its_unit_beside_it() {
    let mut town = town();
    freeze(&mut town, "50");
    let table = rows(&town, "/v1/exports/alerts.csv?columns=amount,unit");
    assert!(table.contains(&"10,t/a".to_owned()), "{table:?}");
    let has_both = |row: &String| row == "," || row.ends_with(",t/a");
    assert!(table.iter().all(has_both) && table.len() > 1, "{table:?}");
    town.house.close();
}

#[test]
fn the_spreadsheet_of_parties_has_those_that_are_found_by_name() {
    let town = town();
    for path in ["/parties?name=bank", "/registrar?name=bank"] {
        let found = page(&town, path);
        let link = linked(&found, "parties");
        assert!(link.ends_with("?name=bank"), "{path}: {link}");
        let table = rows(&town, &link);
        assert_eq!(table.len(), 2, "{path}: {table:?}");
        assert!(table.iter().all(|row| row.contains("bank-")), "{table:?}");
    }
    let all = rows(&town, &linked(&page(&town, "/parties"), "parties"));
    assert!(all.len() > 2, "{all:?}");
    // Nobody is no list, and no spreadsheet of everybody.
    let nobody = page(&town, "/pledges?pledgee=nobody");
    assert!(!nobody.contains("/v1/exports/pledges"), "{nobody}");
    town.house.close();
}

#[test]
fn what_was_refused_is_a_list_with_pages_for_whom_it_concerns_and_for_a_supervisor() {
    let mut town = town();
    refuse(&mut town, 27);
    let other = town.other.party;
    let desk = page(&town, &format!("/work?party={other}"));
    let whole = format!("href=\"/log?decision=refused&#38;party={other}\"");
    assert!(desk.contains(&whole) && desk.contains("(25+)"), "{desk}");
    for path in ["/work", "/statistics"] {
        let supervisor = page(&town, path);
        assert!(
            supervisor.contains("href=\"/log?decision=refused\""),
            "{supervisor}"
        );
    }
    let size = page(&town, "/checkpoint");
    let size = size.lines().nth(1).unwrap().to_owned();
    // The issuer and the holder of the right are concerned as well; who has a pledge on it is not.
    let (bureau, mill, bank) = (town.bureau.party, town.mill.party, town.bank.party);
    for (party, count) in [(other, 27), (bureau, 27), (mill, 27), (bank, 0)] {
        let mut next = format!("/log?decision=refused&party={party}");
        let mut seen = BTreeSet::new();
        for _ in 0..4 {
            let log = page(&town, &next);
            assert!(log.contains("<h1>被拒的申请</h1>"), "{log}");
            assert!(log.contains("value=\"refused\" selected"), "{log}");
            let entries = log.split("class=\"entry\" href=\"/log/").skip(1);
            let indexes = entries.map(|rest| rest.split('"').next().unwrap().to_owned());
            let indexes: Vec<String> = indexes.collect();
            assert_eq!(log.matches("<li class=\"refused\">").count(), indexes.len());
            let before = seen.len();
            seen.extend(indexes.iter().cloned());
            assert_eq!(seen.len(), before + indexes.len(), "a row comes twice");
            let older = log.split("rel=\"next\"").next().unwrap();
            if older.len() == log.len() {
                break;
            }
            let link = older.rsplit("href=\"").next().unwrap();
            let link = link.split('"').next().unwrap().replace("&#38;", "&");
            next = link.split('#').next().unwrap().to_owned();
        }
        assert_eq!(seen.len(), count, "{party}");
        let query = format!("decision=refused&party={party}");
        let table = rows(&town, &format!("/v1/exports/log.csv?{query}"));
        assert_eq!(table.len(), count, "{table:?}");
        let events = town
            .house
            .get(&format!("/v1/events?from=0&until={size}&{query}"));
        let told = events.text.lines().filter(|line| line.starts_with("data:"));
        assert_eq!(told.count(), count, "{}", events.text);
    }
    let english = page(
        &town,
        &format!("/log?decision=refused&party={other}&lang=en"),
    );
    assert!(
        english.contains("Refused attempts that concern bank-b: 25 in entries"),
        "{english}"
    );
    let nobody = page(&town, "/log?party=nobody");
    assert!(nobody.contains("role=\"alert\""), "{nobody}");
    town.house.close();
}

#[test]
fn the_log_and_reservations_leave_as_spreadsheets_with_words() {
    let mut town = town();
    refuse(&mut town, 1);
    let days = papers::span("2027-01-01", "2027-06-01");
    let line = papers::line(town.permit, papers::flow("5", "t/a", days));
    let body = papers::reserve(&town.mill, vec![line], 30);
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let held = town.house.submit(&bank, body, &[&mill], &[]).reservation();

    let log = rows(&town, "/v1/exports/log.csv");
    let size = page(&town, "/checkpoint");
    let size = size.lines().nth(1).unwrap().to_owned();
    let events = town.house.get(&format!("/v1/events?from=0&until={size}"));
    let told = events.text.lines().filter(|line| line.starts_with("data:"));
    assert_eq!(log.len(), told.count());
    let refused = log.iter().find(|row| row.contains("被拒绝 refused"));
    let refused = refused.unwrap_or_else(|| panic!("{log:?}"));
    for said in ["登记担保 register_pledge", "3002", "2026-12-01", "bank-b"] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    // What touched a record is its history.
    let of_pledge = format!("record={}&decision=accepted", town.pledge);
    let history = rows(&town, &format!("/v1/exports/log.csv?{of_pledge}"));
    assert_eq!(history.len(), 1, "{history:?}");
    assert!(
        history[0].ends_with(&town.pledge.to_string()),
        "{history:?}"
    );
    let its_page = page(&town, &format!("/pledges/{}", town.pledge));
    assert!(linked(&its_page, "log").ends_with(&format!("?{of_pledge}")));
    let kinds = rows(&town, "/v1/exports/log.csv?type=issue_right");
    assert_eq!(kinds.len(), 2, "{kinds:?}");

    let desk = page(&town, &format!("/work?party={}", bank.party));
    let table = rows(&town, &linked(&desk, "reservations"));
    assert_eq!(table.len(), 1, "{table:?}");
    for said in [
        &*held.to_string(),
        "有效 stands",
        "t/a",
        "mill",
        "2027-05-31",
    ] {
        assert!(table[0].contains(said), "{said}: {table:?}");
    }
    let nobody = rows(
        &town,
        &format!("/v1/exports/reservations.csv?party={}", town.other.party),
    );
    assert!(nobody.is_empty(), "{nobody:?}");
    let closed = rows(&town, "/v1/exports/reservations.csv?state=closed");
    assert!(closed.is_empty(), "{closed:?}");

    // Who took the bank over has its reservations on its desk, and in its spreadsheet.
    let heir = town.other.clone();
    let merger = PartyAct::MergeParties {
        absorbed: vec![bank.party],
        into: heir.party,
        document: papers::document(),
    };
    let body = Body::OfParty(Box::new(merger));
    let merged = town
        .house
        .submit(&cast::registrar(), body, &[&bank, &heir], &[]);
    assert!(merged.is_accepted(), "{merged:?}");
    let desk = page(&town, &format!("/work?party={}", heir.party));
    assert!(desk.contains(&held.to_string()), "{desk}");
    let table = rows(&town, &linked(&desk, "reservations"));
    assert_eq!(table.len(), 1, "{table:?}");
    town.house.close();
}

#[test]
fn a_list_that_is_taken_in_parts_is_the_whole_list() {
    let mut town = town();
    refuse(&mut town, 2);
    for list in [
        "rights.csv?",
        "parties.csv?",
        "pledges.csv?state=open&",
        "log.csv?",
        "log.csv?decision=refused&",
        "alerts.csv?",
        "reconciliation.csv?",
    ] {
        let whole = rows(&town, &format!("/v1/exports/{list}"));
        let mut parts = Vec::new();
        let mut after = None;
        for _ in 0..=whole.len() {
            let (file, query) = list.split_once('?').unwrap();
            let mut filters: Vec<(&'static str, Option<String>)> =
                vec![("limit", Some("1".to_owned())), ("after", after.clone())];
            if query.contains("state=open") {
                filters.push(("state", Some("open".to_owned())));
            }
            if query.contains("decision=refused") {
                filters.push(("decision", Some("refused".to_owned())));
            }
            let (bytes, next) = town.house.client().get_export_part(file, &filters).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            parts.extend(text.lines().skip(1).map(str::to_owned));
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert!(after.is_none(), "{list}");
        assert_eq!(parts, whole, "{list}");
        assert!(!whole.is_empty(), "{list}");
    }
    // A part begins behind the id of the last row as well.
    let rights = rows(&town, "/v1/exports/rights.csv?columns=id");
    let rest = format!("/v1/exports/rights.csv?columns=id&after={}", rights[0]);
    assert_eq!(rows(&town, &rest), rights[1..]);
    for wrong in [
        "alerts.csv?after=41",
        "rights.csv?limit=0",
        "rights.csv?limit=20001",
        "rights.csv?after=x",
        "statistics.csv?after=1",
    ] {
        let reply = town.house.get(&format!("/v1/exports/{wrong}"));
        assert_eq!(reply.status, 400, "{wrong}");
    }
    town.house.close();
}
