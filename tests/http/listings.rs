//! Listings by cursor, records, histories, and the values in paths and queries that are refused.

use std::collections::BTreeSet;

use greenlien::domain::command::Body;
use greenlien::primitives::id::RightId;
use ureq::http::Method;

use super::{BATCH, COMMANDS, Stage, draft, payload_of};
use crate::support::house::submission;
use crate::support::papers::{self, span};
use crate::support::play::seal;

/// Rights beyond one page of the largest size.
const RIGHTS: u32 = 230;

/// Paths that cannot be right, and the part that the answer names.
const REFUSED: [(&str, &str); 49] = [
    ("/v1/rights/X", "id"),
    ("/v1/rights/P4", "id"),
    ("/v1/rights/R04", "id"),
    ("/v1/rights/R-1", "id"),
    ("/v1/rights/R9007199254740992", "id"),
    ("/v1/rights/R18446744073709551616", "id"),
    ("/v1/rights/%ff", "path"),
    ("/v1/rights/R4%00", "id"),
    ("/v1/rights/X/history", "id"),
    ("/v1/pledges/R4", "id"),
    ("/v1/parties/R4", "id"),
    ("/v1/rights?color=red", "color"),
    ("/v1/rights?limit=0", "limit"),
    ("/v1/rights?limit=201", "limit"),
    ("/v1/rights?limit=-1", "limit"),
    ("/v1/rights?limit=1e1", "limit"),
    ("/v1/rights?limit=1&limit=1", "limit"),
    ("/v1/rights?after=R4", "after"),
    ("/v1/rights?after=01", "after"),
    ("/v1/rights?holder=mill", "holder"),
    ("/v1/rights?holder=%ff", "query"),
    ("/v1/rights?%ff=M4", "query"),
    ("/v1/rights?identity=a:%ff", "query"),
    ("/v1/rights?identity=nothing", "identity"),
    ("/v1/rights?identity=:x", "identity"),
    ("/v1/rights?identity=a:%EF%BC%A1", "identity"),
    ("/v1/rights?identity=a:b&limit=1", "limit"),
    ("/v1/rights?identity=a:b&holder=M4", "holder"),
    ("/v1/rights/R4/history?after=1", "after"),
    ("/v1/rights/R4/history?before=x", "before"),
    ("/v1/parties?credit_code=9150", "credit_code"),
    ("/v1/entries/x", "index"),
    ("/v1/entries/-1", "index"),
    ("/v1/entries/01", "index"),
    ("/v1/entries/18446744073709551616", "index"),
    ("/v1/entries/01/proof", "index"),
    ("/v1/entries/x/proof", "index"),
    ("/v1/checkpoints/consistency", "old"),
    ("/v1/checkpoints/consistency?old=0", "old"),
    ("/v1/checkpoints/consistency?old=x", "old"),
    ("/v1/checkpoints/consistency?old=3&new=2", "old"),
    ("/v1/checkpoints/consistency?old=1&new=99999", "new"),
    ("/v1/checkpoints/consistency?old=99999", "old"),
    ("/v1/evidence/rights/P4", "id"),
    ("/v1/evidence/rights/R4?old=x", "old"),
    ("/v1/evidence/rights/R4?new=1", "new"),
    ("/v1/evidence/pledges/M4", "id"),
    ("/v1/evidence/absence", "identity"),
    ("/v1/evidence/absence?identity=x", "identity"),
];

/// Issues many rights of the mill in few requests.
pub(super) fn issue_many(stage: &mut Stage, count: u32) {
    let days = span("2026-01-01", "2031-01-01");
    let (bureau, mill) = (stage.bureau.clone(), stage.mill.clone());
    let mut bodies = Vec::new();
    for number in 0..count {
        let right = papers::carbon(&mill, &format!("50011300{number:04}"), 2026, "900", days);
        let body = Body::IssueRight(Box::new(right));
        let command = draft(&mut stage.house, &bureau, body, &[]);
        bodies.push(submission(&seal(&command, &super::keys(&[&bureau])), &[]));
    }
    for part in bodies.chunks(150) {
        let raw = stage
            .wire
            .post(BATCH, format!("{{\"commands\":[{}]}}", part.join(",")));
        for result in raw.json()["results"].as_array().unwrap() {
            assert_eq!(result["status"], 201, "{result}");
        }
    }
}

/// The path in a `Link` header of relation "next".
fn next_of(link: &str) -> Option<String> {
    let path = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    Some(path.to_owned())
}

/// Follows the links from a path to the last page; returns the ids of every page.
fn pages(stage: &Stage, path: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let raw = stage.wire.read(&path);
        let page = raw.json();
        let id = |item: &serde_json::Value| {
            let id = item.get("id").or_else(|| item.get("index")).unwrap();
            id.as_str().map_or_else(|| id.to_string(), str::to_owned)
        };
        pages.push(page["items"].as_array().unwrap().iter().map(id).collect());
        next = next_of(raw.header("link"));
        match (&next, page["next"].as_str()) {
            (Some(path), Some(cursor)) => assert!(path.contains(&format!("={cursor}&")), "{path}"),
            (None, None) => {}
            (link, cursor) => panic!("{link:?} and {cursor:?} disagree"),
        }
        assert!(pages.len() < 1_000, "a circle of pages");
    }
    pages
}

#[test]
fn a_listing_is_read_page_by_page_without_gap_or_repeat() {
    let mut stage = Stage::new();
    issue_many(&mut stage, RIGHTS);
    let total = RIGHTS as usize + 1;
    let sizes = |pages: &[Vec<String>]| pages.iter().map(Vec::len).collect::<Vec<_>>();
    let whole = pages(&stage, "/v1/rights?limit=200");
    assert_eq!(sizes(&whole), [200, total - 200]);
    let ids = whole.concat();
    let indexes: Vec<u64> = ids.iter().map(|id| RightId::parse(id).unwrap().0).collect();
    assert!(indexes.is_sorted_by(|a, b| a < b));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), total);

    let by_default = pages(&stage, "/v1/rights");
    assert_eq!(sizes(&by_default), [50, 50, 50, 50, 31]);
    assert_eq!(by_default.concat(), ids);
    let holder = stage.mill.party;
    let of_holder = pages(&stage, &format!("/v1/rights?holder={holder}&limit=33"));
    assert_eq!(sizes(&of_holder), [33; 7]);
    assert_eq!(of_holder.concat(), ids);
    assert_eq!(
        pages(&stage, &format!("/v1/rights?holder={}", stage.bank.party)),
        [[""; 0]]
    );

    let parties = pages(&stage, "/v1/parties?limit=1");
    assert_eq!(
        parties.concat(),
        [
            "M0",
            &stage.bureau.party.to_string(),
            &holder.to_string(),
            &stage.bank.party.to_string()
        ]
    );
    // A cursor of a right that is not there goes on behind its place.
    let behind = stage
        .wire
        .read(&format!("/v1/rights?after={}&limit=1", indexes[3] + 1))
        .json();
    assert_eq!(
        behind["items"][0]["id"],
        *ids.iter()
            .find(|id| RightId::parse(id).unwrap().0 > indexes[3] + 1)
            .unwrap()
    );
    stage.house.close();
}

#[test]
fn a_history_goes_back_page_by_page_to_the_first_entry() {
    let mut stage = Stage::new();
    let mut touched = vec![stage.right.0];
    for _ in 0..12 {
        let command = stage.pledge_command("1");
        let raw = stage
            .wire
            .post(COMMANDS, stage.signed(payload_of(&command)));
        touched.push(raw.json()["index"].as_u64().unwrap());
    }
    touched.reverse();
    let right = stage.right;
    let record = stage.wire.read(&format!("/v1/rights/{right}")).json();
    assert_eq!(record["version"], 13);
    assert_eq!(record["last_index"], touched[0]);
    let expected: Vec<String> = touched.iter().map(u64::to_string).collect();
    for (limit, sizes) in [
        (5, vec![5, 5, 3]),
        (13, vec![13]),
        (1, vec![1; 13]),
        (200, vec![13]),
    ] {
        let pages = pages(&stage, &format!("/v1/rights/{right}/history?limit={limit}"));
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        assert_eq!(pages.concat(), expected);
    }
    let first = stage
        .wire
        .read(&format!("/v1/rights/{right}/history?limit=1"))
        .json();
    let entry = stage.wire.read(&format!("/v1/entries/{}", touched[0]));
    assert_eq!(first["items"][0]["entry"], entry.text());
    // Pledges of the bank and by the mill are the same twelve.
    let of_bank = pages(
        &stage,
        &format!("/v1/pledges?pledgee={}&limit=5", stage.bank.party),
    );
    let by_mill = pages(
        &stage,
        &format!("/v1/pledges?pledgor={}&limit=7", stage.mill.party),
    );
    assert_eq!(of_bank.concat(), by_mill.concat());
    assert_eq!(of_bank.concat(), pages(&stage, "/v1/pledges").concat());
    assert_eq!(of_bank.concat().len(), 12);
    stage.house.close();
}

#[test]
fn a_record_is_found_by_what_names_it() {
    let stage = Stage::new();
    let (right, mill) = (stage.right, &stage.mill);
    let permit = format!("discharge-permit:{}001W%7CCOD", mill.credit_code);
    let found = stage
        .wire
        .read(&format!("/v1/rights?identity={permit}"))
        .json();
    assert_eq!(found["items"][0]["id"], right.to_string());
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let none = stage
        .wire
        .read("/v1/rights?identity=sink-project:500113-NONE")
        .json();
    assert_eq!(none["items"], serde_json::json!([]));
    let found = stage
        .wire
        .read(&format!("/v1/parties?credit_code={}", mill.credit_code))
        .json();
    assert_eq!(found["items"][0]["record"]["credit_code"], mill.credit_code);
    // A version that the reader has is not sent again.
    let path = format!("/v1/rights/{right}");
    let raw = stage.wire.read(&path);
    assert_eq!(raw.header("etag"), "\"1\"");
    let again = stage
        .wire
        .send(Method::GET, &path, &[("if-none-match", "\"1\"")], &[]);
    assert_eq!(
        (again.status, again.bytes.len(), again.header("etag")),
        (304, 0, "\"1\"")
    );
    let other = stage
        .wire
        .send(Method::GET, &path, &[("if-none-match", "\"2\"")], &[]);
    assert_eq!(other.status, 200);
    let head = stage.wire.send(Method::HEAD, &path, &[], &[]);
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    stage.house.close();
}

#[test]
fn ids_and_parameters_that_cannot_be_right_are_named() {
    let stage = Stage::new();
    let party = stage.bank.party;
    for (path, field) in REFUSED {
        stage.wire.get(path).fault(400, field);
    }
    let both = format!("/v1/pledges?pledgee={party}&pledgor={party}");
    stage.wire.get(&both).fault(400, "pledgor");
    let problem = stage
        .wire
        .get("/v1/parties?credit_code=91500113MA5U2BX0X1")
        .fault(400, "credit_code");
    assert!(
        [1001, 1002]
            .map(serde_json::Value::from)
            .contains(&problem["code"])
    );
    for path in [
        "/v1/rights/R99999",
        "/v1/rights/R9007199254740991",
        "/v1/rights/R99999/history",
        "/v1/pledges/P99999",
        "/v1/pledges/V99999",
        "/v1/parties/M99999",
        "/v1/entries/99999",
        "/v1/entries/9007199254740991",
        "/v1/evidence/rights/R99999",
        "/v1/evidence/pledges/P99999",
        "/tile/0/000",
        "/tile/0/001",
        "/tile/0/000.p/255",
        "/tile/5/000.p/1",
        "/tile/entries/x999/999.p/1",
    ] {
        let raw = stage.wire.get(path);
        assert_eq!(raw.status, 404, "{path}: {}", raw.text());
        assert_eq!(raw.json()["type"], "/problems/not-found");
    }
    stage.house.close();
}
