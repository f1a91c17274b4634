//! S18 over HTTP: pledges beside what other registers say of them, the alerts of their ends, and the same as a spreadsheet.

use greenlien::domain::command::{Body, ExternalReport, ExternalStatus, PledgeAct};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::primitives::id::PledgeId;
use serde_json::Value;

use crate::support::house::House;
use crate::support::papers::{self, day, emission, flow, line, register, span};
use crate::support::{Actor, Play as _};

struct Town {
    house: House,
    mill: Actor,
    bank: Actor,
    pledges: Vec<PledgeId>,
    /// The day of the last report.
    looked: Option<String>,
}

/// Three pledges of a bank, the claims of which end in the middle of 2028.
fn town() -> Town {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = house.issue(&bureau, emission(&mill, "COD", "120", days));
    let mut pledges = Vec::new();
    for _ in 0..3 {
        let lines = vec![line(
            right,
            flow("20", "t/a", span("2027-01-01", "2029-01-01")),
        )];
        let pledge = greenlien::domain::command::RegisterPledge {
            term: Some(span("2026-12-01", "2028-07-01")),
            ..register(&mill, lines)
        };
        let body = Body::RegisterPledge(Box::new(pledge));
        pledges.push(house.submit(&bank, body, &[&mill], &[]).pledge());
    }
    Town {
        house,
        mill,
        bank,
        pledges,
        looked: None,
    }
}

impl Town {
    fn report(
        &mut self,
        nth: usize,
        number: &str,
        status: ExternalStatus,
        term: Option<[&str; 2]>,
        checked: &str,
    ) {
        // Nobody looks at a day to come.
        if self.looked.as_deref().is_none_or(|looked| looked < checked) {
            let time = papers::instant(&format!("{checked}T02:00:00Z"));
            self.house.at(time);
            self.looked = Some(checked.to_owned());
        }
        let act = PledgeAct::RecordExternalRegistration {
            pledge: self.pledges[nth],
            report: ExternalReport {
                register: "zhongdeng".to_owned(),
                number: number.to_owned(),
                status,
                term: term.map(|[from, to]| span(from, to)),
                checked: day(checked),
            },
        };
        let answer = self
            .house
            .submit(&self.bank, Body::OfPledge(Box::new(act)), &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    /// The rows as `pledge standing number days_left`.
    fn rows(&self, query: &str) -> Vec<String> {
        let reply = self.house.get(&format!("/v1/reconciliation?{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let row = |row: &Value| {
            let place = self
                .pledges
                .iter()
                .position(|id| row["pledge"] == id.to_string());
            let number = row["number"].as_str().unwrap_or("-");
            let left = row["days_left"]
                .as_i64()
                .map_or("-".to_owned(), |days| days.to_string());
            let standing = row["standing"].as_str().unwrap();
            format!("{} {standing} {number} {left}", place.unwrap())
        };
        reply.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(row)
            .collect()
    }

    fn alerts(&self, query: &str) -> Vec<String> {
        let reply = self.house.get(&format!("/v1/alerts?{query}"));
        let alert = |alert: &Value| {
            let word = |name: &str| alert[name].as_str().unwrap_or("-").to_owned();
            let records: Vec<&str> = alert["records"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            format!(
                "{} {} {} {}",
                word("kind"),
                word("what"),
                word("on"),
                records.join(",")
            )
        };
        reply.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(alert)
            .collect()
    }
}

#[test]
fn every_way_to_stand_apart_has_its_word() {
    use ExternalStatus::{Absent, Cancelled, Lapsed, Registered};
    let mut t = town();
    assert_eq!(
        t.rows("day=2027-03-01"),
        ["0 unrecorded - -", "1 unrecorded - -", "2 unrecorded - -"]
    );
    t.report(
        0,
        "1",
        Registered,
        Some(["2027-03-01", "2028-03-01"]),
        "2027-03-01",
    );
    t.report(1, "2", Registered, None, "2027-03-01");
    t.report(
        1,
        "3",
        Registered,
        Some(["2027-03-01", "2029-03-01"]),
        "2027-03-01",
    );
    for (today, expected) in [
        // Its year there ends before the claim does.
        (
            "2027-03-02",
            [
                "0 ends_before_claim 1 365",
                "1 agrees 2 -",
                "1 agrees 3 730",
            ],
        ),
        (
            "2027-04-01",
            [
                "0 ends_before_claim 1 335",
                "1 agrees 2 -",
                "1 agrees 3 700",
            ],
        ),
        (
            "2027-04-02",
            [
                "0 not_seen_lately 1 334",
                "1 not_seen_lately 2 -",
                "1 not_seen_lately 3 699",
            ],
        ),
        (
            "2028-01-01",
            [
                "0 ends_soon 1 60",
                "1 not_seen_lately 2 -",
                "1 not_seen_lately 3 425",
            ],
        ),
        (
            "2028-03-01",
            [
                "0 lapsed 1 0",
                "1 not_seen_lately 2 -",
                "1 not_seen_lately 3 365",
            ],
        ),
    ] {
        let rows = t.rows(&format!("day={today}"));
        assert_eq!(rows[..3], expected, "{today}");
        assert_eq!(rows[3..], ["2 unrecorded - -"]);
    }
    // What the other register says itself goes before what the days say.
    for (status, word) in [
        (Lapsed, "lapsed"),
        (Cancelled, "cancelled"),
        (Absent, "absent"),
    ] {
        t.report(2, "4", status, None, "2028-03-01");
        assert_eq!(
            t.rows("day=2028-03-02").last().unwrap(),
            &format!("2 {word} 4 -")
        );
    }
    assert_eq!(t.rows("day=2028-03-02&standing=absent"), ["2 absent 4 -"]);
    let own = format!("day=2028-03-02&standing=absent&pledgee={}", t.mill.party);
    assert_eq!(t.rows(&own), Vec::<String>::new());
    // A pledge that has ended here and stands there.
    let body = papers::release(t.pledges[1], Vec::new());
    let key = greenlien::domain::command::Expected::Pledge(t.pledges[1]);
    let (_, version) = t.house.record(&StateKey::Pledge(t.pledges[1])).unwrap();
    assert!(
        t.house
            .submit(&t.bank, body, &[], &[(key, version)])
            .is_accepted()
    );
    assert_eq!(
        t.rows("day=2028-03-02&standing=still_there"),
        ["1 still_there 2 -", "1 still_there 3 364"]
    );
    assert_eq!(
        t.rows("day=2029-03-01&standing=still_there"),
        ["1 still_there 2 -"]
    );
    t.house.close();
}

#[test]
fn ends_in_another_register_are_told_ahead_and_afterwards() {
    let mut t = town();
    let term = Some(["2027-03-01", "2028-03-01"]);
    t.report(0, "1", ExternalStatus::Registered, term, "2027-03-01");
    let of = |kind: &str, day: &str| format!("pledge={}&kind={kind}&day={day}", t.pledges[0]);
    assert_eq!(t.alerts(&of("lapse", "2027-12-31")), Vec::<String>::new());
    assert_eq!(
        t.alerts(&of("lapse", "2028-01-01")),
        ["lapse external 2028-03-01 zhongdeng:1"]
    );
    let lapsed = t.alerts(&of("external_registration", "2028-03-01"));
    assert_eq!(
        lapsed,
        ["external_registration external 2028-03-01 zhongdeng:1"]
    );
    // As soon as a report says so, whatever its term.
    t.report(0, "1", ExternalStatus::Cancelled, term, "2027-06-01");
    let cancelled = t.alerts(&format!(
        "pledge={}&kind=external_registration&day=2027-06-02",
        t.pledges[0]
    ));
    assert_eq!(
        cancelled,
        ["external_registration - 2027-06-01 zhongdeng:1"]
    );
    t.house.close();
}

#[test]
fn the_report_is_paged_and_can_be_had_as_a_spreadsheet() {
    let t = town();
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        seen.extend(t.rows(&query));
        let reply = t.house.get(&format!("/v1/reconciliation?{query}"));
        match reply.json["next"].as_str() {
            Some(next) => query = format!("limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(
        seen,
        ["0 unrecorded - -", "1 unrecorded - -", "2 unrecorded - -"]
    );
    let csv = t
        .house
        .get("/v1/exports/reconciliation.csv?day=2027-03-01")
        .text;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("未记载外部登记 unrecorded"), "{csv}");
    t.house.close();
}

#[test]
fn a_merged_pledgor_is_told_to_its_creditor() {
    let mut t = town();
    assert_eq!(t.alerts("kind=party_succeeded"), Vec::<String>::new());
    let newco = t.house.admit("newco", &[Role::Holder], &[]);
    let act = greenlien::domain::command::PartyAct::MergeParties {
        absorbed: vec![t.mill.party],
        into: newco.party,
        document: papers::document(),
    };
    let registrar = crate::support::cast::registrar();
    let body = Body::OfParty(Box::new(act));
    let answer = t.house.submit(&registrar, body, &[&t.mill, &newco], &[]);
    assert!(answer.is_accepted(), "{answer:?}");
    let expected = format!("party_succeeded - - {},{}", t.mill.party, newco.party);
    assert_eq!(t.alerts("kind=party_succeeded"), vec![expected.clone(); 3]);
    // The successor finds it under its own name too.
    let own = t.alerts(&format!("kind=party_succeeded&party={}", newco.party));
    assert_eq!(own, vec![expected; 3]);
    t.house.close();
}
