//! Statistics over HTTP: a position gives the same table for ever, and every cell leads to its lines.

use greenlien::domain::command::{Body, CarveOut, RegisterPledge, RightAct};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::id::PledgeId;
use serde_json::Value;

use crate::support::house::House;
use crate::support::papers::{
    amend, carbon, document, emission, flow, forest, instant, line, quantity, rectangle, register,
    release, sink, span, stock, to_quantity, unit_number, whole, years,
};
use crate::support::play::seal;
use crate::support::{Actor, Answer, Play as _};

pub(crate) struct District {
    pub(crate) house: House,
    bureau: Actor,
    mill: Actor,
    banks: [Actor; 2],
}

pub(crate) fn district() -> District {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["carbon", "emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let banks = ["bank-a", "bank-b"].map(|name| house.admit(name, &[Role::Bank], &[]));
    District {
        house,
        bureau,
        mill,
        banks,
    }
}

impl District {
    /// Registers a pledge whose principal is hidden.
    fn pledge(&mut self, bank: usize, lines: RegisterPledge, principal: &Opening) -> PledgeId {
        let hidden = vec![(principal.claim.clone(), principal.digest())];
        let body = Body::RegisterPledge(Box::new(RegisterPledge { hidden, ..lines }));
        let bank = self.banks[bank].clone();
        let keys: Vec<_> = [&bank, &self.mill]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(bank.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let sealed = seal(&command, &keys);
        let answer: Answer = self.house.deliver(sealed, std::slice::from_ref(principal));
        answer.pledge()
    }

    fn change(&mut self, bank: usize, pledge: PledgeId, body: Body, consents: bool) {
        use greenlien::domain::command::Expected;
        use greenlien::domain::facts::StateKey;
        let version = self.house.record(&StateKey::Pledge(pledge)).unwrap().1;
        let (bank, mill) = (self.banks[bank].clone(), self.mill.clone());
        let consents: Vec<&Actor> = consents.then_some(&mill).into_iter().collect();
        let expect = [(Expected::Pledge(pledge), version)];
        let answer = self.house.submit(&bank, body, &consents, &expect);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    /// Releases a part of the second pledge of the story, which is of 20 t/a.
    pub(crate) fn release_part(&mut self, much: &str) {
        let pledges = self.house.get("/v1/statistics/lines?state=open").json["items"].clone();
        let (second, _) = pledges[0]["line"]
            .as_str()
            .unwrap()
            .split_once('.')
            .unwrap();
        let second = PledgeId::parse(second).unwrap();
        let less = release(second, vec![to_quantity(0, much, "t/a")]);
        self.change(1, second, less, false);
    }

    fn table(&self, query: &str) -> Value {
        let reply = self.house.get(&format!("/v1/statistics{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json
    }
}

fn principal(salt: u8, value: &str) -> Opening {
    Opening {
        claim: "principal_cny".to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    }
}

/// Two months of pledges, amendments, a cut and releases; returns the table of every size that was published on the way.
pub(crate) fn story(d: &mut District) -> Vec<(u64, Value)> {
    let days = span("2026-01-01", "2031-01-01");
    let cod = d
        .house
        .issue(&d.bureau, emission(&d.mill, "COD", "120", days));
    let cea = carbon(&d.mill, "5001130001", 2026, "60000", days);
    let cea = d.house.issue(&d.bureau, cea);
    let mut tables = Vec::new();
    let mut note = |d: &District| {
        let table = d.table("");
        tables.push((table["at"].as_u64().unwrap(), table));
    };
    note(d);
    let loan = span("2027-01-01", "2029-01-01");
    let lines = vec![
        line(cod, flow("80", "t/a", loan)),
        line(cea, stock("45000", "tCO2e")),
    ];
    let first = register(&d.mill, lines);
    let first = d.pledge(0, first, &principal(1, "2000000"));
    note(d);
    d.house.at(instant("2027-01-20T02:00:00Z"));
    let second = register(&d.mill, vec![line(cod, flow("40", "t/a", loan))]);
    let second = d.pledge(1, second, &principal(2, "1500000.50"));
    note(d);
    let cut = Body::AdjustRight {
        right: cod,
        from: span("2027-06-01", "2028-01-01").from(),
        amount: (crate::support::papers::quantity("100"), "t/a".to_owned()),
        document: document(),
    };
    assert!(d.house.submit(&d.bureau, cut, &[], &[]).is_accepted());
    note(d);
    let less = amend(second, vec![to_quantity(0, "20", "t/a")]);
    d.change(1, second, less, true);
    note(d);
    d.change(0, first, release(first, Vec::new()), false);
    note(d);
    tables
}

#[test]
fn a_position_gives_the_same_table_for_ever() {
    let mut d = district();
    let tables = story(&mut d);
    for (at, then) in &tables {
        assert_eq!(d.table(&format!("?at={at}")), *then, "at {at}");
    }
    let states = |at: usize| {
        let cells = tables[at].1["cells"].as_array().unwrap();
        let sum = |state: &str| -> u64 {
            let lines = cells
                .iter()
                .map(|cell| cell[state]["lines"].as_u64().unwrap());
            lines.sum()
        };
        [sum("open"), sum("impaired"), sum("released")]
    };
    // Nothing; one pledge of two lines; the second bank; the cut that hangs over it; the amendment; the release.
    let expected = [
        [0, 0, 0],
        [2, 0, 0],
        [3, 0, 0],
        [2, 1, 0],
        [3, 0, 0],
        [1, 0, 2],
    ];
    assert_eq!([0, 1, 2, 3, 4, 5].map(states), expected);
    d.house.close();
}

#[test]
fn every_cell_leads_to_its_lines() {
    let mut d = district();
    let tables = story(&mut d);
    for (_, table) in &tables {
        for cell in table["cells"].as_array().unwrap() {
            let whole = d.house.get(cell["records"].as_str().unwrap());
            let all = ["open", "impaired", "released"].map(|state| &cell[state]["lines"]);
            let all: u64 = all.iter().map(|lines| lines.as_u64().unwrap()).sum();
            let items = whole.json["items"].as_array().unwrap();
            assert_eq!(u64::try_from(items.len()).unwrap(), all, "{cell}");
            for state in ["open", "impaired", "released"] {
                let path = cell[state]["records"].as_str().unwrap();
                let page = d.house.get(path);
                assert_eq!(page.status, 200, "{path}");
                let items = page.json["items"].as_array().unwrap();
                let lines = cell[state]["lines"].as_u64().unwrap();
                assert_eq!(u64::try_from(items.len()).unwrap(), lines, "{path}");
                for item in items {
                    for name in ["pledgee", "kind", "month", "town"] {
                        assert_eq!(item[name], cell[name], "{path}");
                    }
                    assert_eq!(item["state"], state, "{path}");
                }
            }
        }
    }
    // One row a page, by the cursor.
    let mut path = "/v1/statistics/lines?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = d.house.get(&path);
        let items = page.json["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|item| item["line"].as_str().unwrap().to_owned()),
        );
        match page.json["next"].as_str() {
            Some(next) => path = format!("/v1/statistics/lines?limit=1&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    d.house.close();
}

#[test]
fn principals_are_summed_only_from_openings_that_the_reader_presents() {
    let mut d = district();
    story(&mut d);
    let table = d.table("?by=kind");
    assert!(!table.to_string().contains("principal"), "{table}");
    let pledges = d.house.get("/v1/pledges");
    let ids: Vec<String> = pledges.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    let item = |id: &str, salt: &str, value: &str| {
        format!(
            r#"{{"pledge":"{id}","claim":"principal_cny","salt":"{}","value":"{value}"}}"#,
            salt.repeat(16)
        )
    };
    let ask = |items: &[String]| {
        let body = format!(r#"{{"openings":[{}]}}"#, items.join(","));
        let client = d.house.client().clone();
        client.post("/v1/statistics?by=pledgee", &body).unwrap()
    };
    let own = ask(&[item(&ids[1], "02", "1500000.50")]);
    assert_eq!(own.status, 200, "{}", own.text);
    let shown: Vec<&Value> = own.json["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|cell| cell.get("principal_cny"))
        .collect();
    assert_eq!(shown, ["1500000.5"]);
    for wrong in [
        item(&ids[1], "02", "1500000.51"),
        item(&ids[0], "02", "1500000.50"),
        item("P999", "02", "1500000.50"),
    ] {
        let reply = ask(&[wrong]);
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert_eq!(reply.json["field"], "openings[0]");
    }
    d.house.close();
}

#[test]
fn tonnes_of_two_pollutants_are_no_sum_and_a_cap_counts_once() {
    let mut d = district();
    let days = span("2026-01-01", "2031-01-01");
    let [cod, nh3] = ["COD", "NH3-N"].map(|pollutant| {
        let right = emission(&d.mill, pollutant, "120", days);
        d.house.issue(&d.bureau, right)
    });
    let loan = span("2027-01-01", "2029-01-01");
    let lines = vec![
        line(cod, flow("80", "t/a", loan)),
        line(nh3, flow("5", "t/a", loan)),
    ];
    let capped = RegisterPledge {
        cap_cny: Some(quantity("4000000")),
        green: Some("GIC2019:1.5.1".to_owned()),
        ..register(&d.mill, lines)
    };
    let capped = d.pledge(0, capped, &principal(1, "2000000"));
    let plain = register(&d.mill, vec![line(cod, flow("10", "t/a", loan))]);
    d.pledge(1, plain, &principal(2, "1000000"));
    let cells = |query: &str, names: &str| -> Vec<String> {
        let table = d.table(query);
        let of = |cell: &Value| {
            let value = |path: &str| match cell.pointer(path) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => "-".to_owned(),
            };
            names.split(' ').map(value).collect::<Vec<_>>().join(" ")
        };
        table["cells"].as_array().unwrap().iter().map(of).collect()
    };
    let sums = "/pledges /open/lines /open/quantity /unit /cap_cny /cap_pledges";
    assert_eq!(cells("?by=kind", sums), ["2 3 - - 4000000 1"]);
    assert_eq!(
        cells("?by=item", &format!("/item {sums}")),
        ["COD 2 2 90 t/a 4000000 1", "NH3-N 1 1 5 t/a - -"]
    );
    assert_eq!(cells("?by=kind&item=COD", sums), ["2 2 90 t/a 4000000 1"]);
    assert_eq!(cells("?by=form", "/form /pledges"), ["质押 2"]);
    assert_eq!(
        cells("?by=form&form=%E6%8A%B5%E6%8A%BC", "/form"),
        Vec::<String>::new()
    );
    // The lender's category of the loan groups pledges too, and those without one stand together.
    assert_eq!(
        cells("?by=green", &format!("/green {sums}")),
        [" 1 1 10 t/a - -", "GIC2019:1.5.1 1 2 - - 4000000 1"]
    );
    let green = d.house.get("/v1/statistics/lines?green=GIC2019:1.5.1");
    assert_eq!(green.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(green.json["items"][0]["green"], "GIC2019:1.5.1");
    let month = d.house.get("/statistics?by=green");
    assert!(month.text.contains("GIC2019:1.5.1") && month.text.contains("未标识"));
    let lines = d.house.get("/v1/statistics/lines?item=NH3-N");
    assert_eq!(lines.json["items"][0]["item"], "NH3-N", "{}", lines.text);
    assert_eq!(lines.json["items"].as_array().unwrap().len(), 1);
    // Its first line is released, the pledge stands: its cap still counts, with the line that is left.
    let change = greenlien::domain::command::LineChange {
        line: 0,
        amount: None,
        to: None,
        behind: Vec::new(),
    };
    d.change(0, capped, release(capped, vec![change]), false);
    let table = d.table("?by=item");
    let caps: Vec<&Value> = table["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| &cell["cap_cny"])
        .collect();
    assert_eq!(caps, [&Value::Null, &Value::from("4000000")]);
    d.house.close();
}

#[test]
fn what_a_later_freeze_reaches_is_open_and_what_a_cut_takes_hangs() {
    let mut d = district();
    let court = d.house.admit("court", &[Role::Court], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let cea = carbon(&d.mill, "5001130001", 2026, "60000", days);
    let cea = d.house.issue(&d.bureau, cea);
    let lines = register(&d.mill, vec![line(cea, stock("45000", "tCO2e"))]);
    d.pledge(0, lines, &principal(1, "2000000"));
    let shown = |d: &District| {
        let table = d.table("?by=kind");
        let row = d.house.get("/v1/statistics/lines").json["items"][0].clone();
        let parts = |of: &Value| {
            let of = ["quantity", "overhang", "frozen"].map(|name| of[name].as_str());
            of.map(|text| text.unwrap_or("-").to_owned()).join(" ")
        };
        let cell = &table["cells"][0];
        let states = ["open", "impaired"].map(|state| parts(&cell[state]));
        [states[0].clone(), states[1].clone(), parts(&row)]
    };
    assert_eq!(shown(&d), ["45000 - -", "- - -", "45000 - -"]);
    let freeze = Body::Freeze {
        right: cea,
        authority: court.party,
        extent: stock("30000", "tCO2e"),
        document: document(),
        terms: greenlien::domain::order::Terms::default(),
    };
    let registrar = crate::support::cast::registrar();
    assert!(d.house.submit(&registrar, freeze, &[], &[]).is_accepted());
    assert_eq!(shown(&d), ["45000 - 15000", "- - -", "45000 - 15000"]);
    let cut = Body::AdjustRight {
        right: cea,
        from: span("2026-12-01", "2028-01-01").from(),
        amount: (quantity("40000"), "tCO2e".to_owned()),
        document: document(),
    };
    assert!(d.house.submit(&d.bureau, cut, &[], &[]).is_accepted());
    let all = "45000 5000 30000";
    assert_eq!(shown(&d), ["- - -", all, all]);
    d.house.close();
}

/// On land an order leaves no overhang, and the table says all the same what it reaches.
#[test]
fn a_frozen_parcel_and_frozen_years_are_open_lines() {
    let mut d = district();
    let duties = ["carbon_sink", "forest"];
    let office = d.house.admit("office", &[Role::Authority], &duties);
    let court = d.house.admit("court", &[Role::Court], &[]);
    let days = span("2026-01-01", "2046-01-01");
    let number = unit_number(1);
    let ground = rectangle(0, 0, 60_000, 50_000);
    let land = forest(&d.mill, &number, "商品林", ground, days);
    let land = d.house.issue(&office, land);
    let project = sink(&d.mill, "CCER-1", &[&number], (2027, 2032));
    let project = d.house.issue(&office, project);
    for (nth, lines) in [
        (1, line(land, whole())),
        (2, line(project, years(2028, 2030))),
    ] {
        d.pledge(0, register(&d.mill, vec![lines]), &principal(nth, "1"));
    }
    let registrar = crate::support::cast::registrar();
    for (right, extent) in [(land, whole()), (project, years(2030, 2031))] {
        let freeze = Body::Freeze {
            right,
            authority: court.party,
            extent,
            document: document(),
            terms: greenlien::domain::order::Terms::default(),
        };
        assert!(d.house.submit(&registrar, freeze, &[], &[]).is_accepted());
    }
    let rows = d.house.get("/v1/statistics/lines").json["items"].clone();
    let told = |row: &Value| {
        let of = ["state", "quantity", "frozen"].map(|name| row[name].as_str());
        of.map(|text| text.unwrap_or("-").to_owned()).join(" ")
    };
    let told: Vec<String> = rows.as_array().unwrap().iter().map(told).collect();
    // One of the three pledged years is frozen.
    assert_eq!(told, ["open 312.4 312.4", "open 18951 6317"]);
    // The last year is revoked, and what was frozen of it is not there any more; the two before it are untouched.
    let revoke = Body::RevokeRight {
        right: project,
        from: greenlien::primitives::time::Day::parse("2030-07-01").unwrap(),
        document: document(),
    };
    assert!(d.house.submit(&office, revoke, &[], &[]).is_accepted());
    let rows = d.house.get("/v1/statistics/lines").json["items"].clone();
    let told = ["state", "quantity", "overhang", "frozen"].map(|name| rows[1][name].as_str());
    assert_eq!(told, [Some("impaired"), Some("18951"), Some("6317"), None]);
    d.house.close();
}

#[test]
fn what_a_fire_took_hangs_and_is_taken_off_once() {
    let mut d = district();
    let duties = ["carbon_sink", "forest"];
    let office = d.house.admit("office", &[Role::Authority], &duties);
    let days = span("2026-01-01", "2046-01-01");
    let number = unit_number(1);
    let ground = rectangle(0, 0, 60_000, 50_000);
    let land = forest(&d.mill, &number, "商品林", ground, days);
    let land = d.house.issue(&office, land);
    let project = sink(&d.mill, "CCER-1", &[&number], (2027, 2032));
    let project = d.house.issue(&office, project);
    for (nth, lines) in [
        (1, line(land, whole())),
        (2, line(project, years(2028, 2030))),
    ] {
        d.pledge(0, register(&d.mill, vec![lines]), &principal(nth, "1"));
    }
    for (right, lost, unit) in [(land, "12.4", "mu"), (project, "317", "tCO2e/a")] {
        let body = Body::OfRight(Box::new(RightAct::SurrenderRight {
            right,
            amount: (quantity(lost), unit.to_owned()),
            carve_out: Some(CarveOut::Order),
            document: document(),
            consenting: Vec::new(),
        }));
        let answer = d.house.submit(&office, body, &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }
    let rows = d.house.get("/v1/statistics/lines").json["items"].clone();
    let told = |row: &Value| {
        let of = ["state", "quantity", "overhang"].map(|name| row[name].as_str());
        of.map(|text| text.unwrap_or("-").to_owned()).join(" ")
    };
    let told: Vec<String> = rows.as_array().unwrap().iter().map(told).collect();
    // Of 312.4 mu 300 are left, and of 6,317 t 6,000 in each of three years.
    assert_eq!(told, ["impaired 312.4 12.4", "impaired 18951 951"]);
    d.house.close();
}

#[test]
fn a_question_that_cannot_be_right_names_its_member() {
    let d = district();
    for (query, field) in [
        ("?at=0", "at"),
        ("?at=9999", "at"),
        ("?at=x", "at"),
        ("?by=color", "by"),
        ("?by=kind,kind", "by"),
        ("?color=red", "color"),
        ("/lines?state=gone", "state"),
        ("/lines?after=P57", "after"),
        ("/lines?limit=0", "limit"),
    ] {
        let reply = d.house.get(&format!("/v1/statistics{query}"));
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
        assert_eq!(reply.json["field"], field, "{query}");
    }
    d.house.close();
}

/// The rows of a month, each a map from column to value; no value here has a comma or a quote.
pub(crate) fn rows_of(csv: &str) -> Vec<std::collections::BTreeMap<&str, &str>> {
    assert!(!csv.contains('"'), "{csv}");
    let mut lines = csv.strip_prefix('\u{feff}').unwrap().lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            assert_eq!(line.split(',').count(), columns.len(), "{line}");
            columns.iter().copied().zip(line.split(',')).collect()
        })
        .collect()
}

#[test]
fn a_month_that_is_over_is_exported_with_what_it_brought_and_stays_as_it_is() {
    let mut d = district();
    let december = "/v1/exports/monthly.csv?month=2026-12";
    let january = "/v1/exports/monthly.csv?month=2027-01";
    let reply = d.house.get(december);
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert!(reply.text.contains("is not over"), "{}", reply.text);
    let tables = story(&mut d);
    // Of the two lines of December one position has the sums; the first month that is over cannot change any more.
    let first = d.house.get(december);
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(d.house.get(january).status, 400);
    d.house.at(instant("2027-02-01T02:00:00Z"));
    let days = span("2026-01-01", "2031-01-01");
    d.house
        .issue(&d.bureau, emission(&d.mill, "NOx", "9", days));
    assert_eq!(d.house.get(december).text, first.text);
    let columns = |row: &std::collections::BTreeMap<&str, &str>, names: &str| {
        let values = names.split(' ').map(|name| row[name].to_owned());
        values.collect::<Vec<_>>().join("|")
    };
    let shown = "month line change state kind quantity unit from through";
    let rows = rows_of(&first.text);
    let values: Vec<String> = rows.iter().map(|row| columns(row, shown)).collect();
    assert_eq!(
        values,
        [
            "2026-12|0|new|open|emission|80|t/a|2027-01-01|2028-12-31",
            "2026-12|1|new|open|carbon|45000|tCO2e||",
        ]
    );
    let (bank, mill) = (&d.banks[0], &d.mill);
    assert_eq!([rows[0]["item"], rows[1]["item"]], ["COD", "CEA"]);
    let parties = columns(
        &rows[0],
        "pledgee pledgee_code pledgee_name pledgor pledgor_code registered",
    );
    let expected = [
        &*bank.party.to_string(),
        &bank.credit_code,
        "bank-a",
        &mill.party.to_string(),
        &mill.credit_code,
        "2026-12-01",
    ];
    assert_eq!(parties, expected.join("|"));
    // The position of the month is one of the statistics, with the same lines.
    let table = d.table(&format!("?at={}", rows[0]["position"]));
    assert_eq!(table["cells"], tables[1].1["cells"]);
    let second = d.house.get(january);
    let rows = rows_of(&second.text);
    let values: Vec<String> = rows.iter().map(|row| columns(row, shown)).collect();
    assert_eq!(
        values,
        [
            "2027-01|0|released|released|emission|80|t/a|2027-01-01|2028-12-31",
            "2027-01|1|released|released|carbon|45000|tCO2e||",
            "2027-01|0|new|open|emission|20|t/a|2027-01-01|2028-12-31",
        ]
    );
    assert_eq!(rows[2]["pledgee_name"], "bank-b");
    // What was released before a month is not in it.
    d.house.at(instant("2027-03-01T02:00:00Z"));
    d.house
        .issue(&d.bureau, emission(&d.mill, "NH3-N", "9", days));
    let third = d.house.get("/v1/exports/monthly.csv?month=2027-02");
    let rows = rows_of(&third.text);
    let values: Vec<String> = rows.iter().map(|row| columns(row, shown)).collect();
    assert_eq!(
        values,
        ["2027-02|0||open|emission|20|t/a|2027-01-01|2028-12-31"]
    );
    d.house.close();
}

#[test]
fn a_month_that_is_asked_for_wrongly_names_what_is_wrong() {
    let mut d = district();
    story(&mut d);
    d.house.at(instant("2027-02-01T02:00:00Z"));
    for (query, says) in [
        ("", "month is missing"),
        ("?month=2026-13", "month must be"),
        ("?month=2026-11", "before the register began"),
        (
            "?month=2026-12&at=99999",
            "at must be a position of the month",
        ),
        ("?month=2026-12&on=3", "on"),
    ] {
        let reply = d.house.get(&format!("/v1/exports/monthly.csv{query}"));
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.text.contains(says), "{query}: {}", reply.text);
    }
    d.house.close();
}
