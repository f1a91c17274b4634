//! Spreadsheets hold what the list shows under which they stand, no more and no less, and long lists go on; what was refused is
//! in a list with pages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use flate2::read::DeflateDecoder;
use greenlien::domain::command::{Body, PartyAct};
use greenlien::domain::order::Terms;

use crate::act_pages::page;
use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::cast;
use crate::support::papers;
use crate::support::play::Play as _;
use crate::support::witness::open_checkpoint;

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
    // The log of everybody would be taken for theirs.
    let shows = ["class=\"entry\"", "/v1/exports/log"];
    assert!(shows.iter().all(|one| !nobody.contains(one)), "{nobody}");
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

/// What the second sheet of a workbook says, by the heads of its rows.
fn about(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 2, "{names:?}");
    let sheet = book.worksheet_range("说明 about").unwrap();
    let text = |cell: Option<&Data>| cell.map(ToString::to_string).unwrap_or_default();
    let rows = sheet.rows().skip(1);
    rows.map(|row| (text(row.first()), text(row.get(1))))
        .collect()
}

/// A part of a workbook, unpacked.
fn unpacked(bytes: &[u8], name: &str) -> String {
    let begins = |at: &usize| {
        bytes[*at..].starts_with(b"PK\x03\x04") && bytes[at + 30..].starts_with(name.as_bytes())
    };
    let at = (0..bytes.len() - 30).find(begins).unwrap();
    let extra = usize::from(u16::from_le_bytes([bytes[at + 28], bytes[at + 29]]));
    let packed = &bytes[at + 30 + name.len() + extra..];
    let mut text = String::new();
    let mut reader = DeflateDecoder::new(packed);
    reader.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_is_of_the_hour_of_its_checkpoint_and_says_as_of_when_on_each_printed_page() {
    let mut town = town();
    let wire = Wire::new(town.house.client().base());
    let made = || {
        let path = "/v1/exports/rights.xlsx";
        let raw = wire.send(ureq::http::Method::GET, path, &[], &[]);
        let said = about(&raw.bytes)["截至 as of"].clone();
        let sheet = unpacked(&raw.bytes, "xl/worksheets/sheet1.xml");
        let foot = format!("截至 as of {said} · 账页位置 position ");
        assert!(sheet.contains(&foot), "{foot}: {}", sheet.len());
        let properties = unpacked(&raw.bytes, "docProps/core.xml");
        let rest = properties.split("xsi:type=\"dcterms:W3CDTF\">").nth(1);
        let created = rest.unwrap().split('<').next().unwrap().to_owned();
        (said, created)
    };
    for hour in [2, 5] {
        town.house
            .at(papers::instant(&format!("2027-01-15T0{hour}:30:07Z")));
        freeze(&mut town, &format!("{hour}"));
        let (said, created) = made();
        let local = hour + 8;
        assert!(
            said.starts_with(&format!("2027-01-15 {local:02}:30:")),
            "{said}"
        );
        assert!(
            created.starts_with(&format!("2027-01-15T0{hour}:30:")),
            "{created}"
        );
    }
    town.house.close();
}

#[test]
fn a_workbook_says_from_which_register_it_is_and_as_of_when_and_so_does_its_name() {
    let town = town();
    let wire = Wire::new(town.house.client().base());
    let get = |path: &str| {
        let raw = wire.send(ureq::http::Method::GET, path, &[], &[]);
        assert_eq!(raw.status, 200, "{path}: {:?}", raw.headers);
        raw
    };
    let head = open_checkpoint(&town.house.get("/checkpoint").text);
    let (size, origin) = (head.size.to_string(), head.origin);
    let keeper = town.house.get("/v1/parties/M0").json["record"]["name"].clone();
    let named = |raw: &crate::http::Raw| {
        let name = raw.header("content-disposition").to_owned();
        let name = name.strip_prefix("attachment; filename=\"").unwrap();
        name.strip_suffix('"').unwrap().to_owned()
    };
    for (path, narrowed) in [
        ("rights.xlsx?status=free", "status = free"),
        ("pledges.xlsx", "全部 everything"),
        ("freezes.xlsx?state=waits", "state = waits"),
        ("alerts.xlsx?kind=lapse", "kind = lapse"),
        ("parties.xlsx?name=bank&columns=id,name", "name = bank"),
        ("log.xlsx", "全部 everything"),
        ("statistics.xlsx", "全部 everything"),
    ] {
        let path = format!("/v1/exports/{path}");
        let raw = get(&path);
        let said = about(&raw.bytes);
        assert_eq!(said["登记簿 register"], origin, "{path}: {said:?}");
        assert_eq!(
            said["登记机构 registrar"],
            *keeper.as_str().unwrap(),
            "{path}: {said:?}"
        );
        assert_eq!(said["账页位置 position"], size, "{path}: {said:?}");
        assert_eq!(said["范围 narrowed by"], narrowed, "{path}: {said:?}");
        let (day, time) = said["截至 as of"].split_once(' ').unwrap();
        assert!(time.ends_with(" +08:00"), "{path}: {said:?}");
        let list = path.rsplit('/').next().unwrap().split('.').next().unwrap();
        let name = format!("greenlien-500113-{list}-{day}-at-{size}.xlsx");
        assert_eq!(named(&raw), name, "{path}");
        // At the same position it is the same file.
        assert!(get(&path).bytes == raw.bytes, "{path}");
        assert!(
            !said.contains_key("只是一部分 only a part"),
            "{path}: {said:?}"
        );
    }
    // Quantities change from day to day without an entry.
    let rights = about(&get("/v1/exports/rights.xlsx").bytes);
    assert!(rights.contains_key("数量与状态按此日 quantities and states of the day"));
    // What is as of another position says that one.
    let past = get("/v1/exports/lines.xlsx?at=9");
    assert_eq!(about(&past.bytes)["账页位置 position"], "9");
    assert!(named(&past).ends_with("-at-9.xlsx"), "{}", named(&past));
    // A part says that it is one, and is no other part.
    let part = get("/v1/exports/parties.xlsx?limit=1&after=M1");
    let said = about(&part.bytes)["只是一部分 only a part"].clone();
    assert!(
        said.contains("begins behind M1") && said.contains("goes on behind"),
        "{said}"
    );
    assert!(named(&part).contains("-after-M1.") || named(&part).contains("-after-1."));
    // CSV is the table alone.
    let csv = get("/v1/exports/parties.csv");
    assert!(csv.text().starts_with("\u{feff}编号 id,"), "{}", csv.text());
    let csv_name = named(&csv);
    assert!(csv_name.ends_with(&format!("-at-{size}.csv")), "{csv_name}");
    town.house.close();
}
