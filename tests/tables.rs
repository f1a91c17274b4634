//! How lines end in the statistics: a table tells a release from the ends that nobody signed, and counts once what is secured once.

use greenlien::domain::command::{
    Allocation, Body, Conversion, Converted, Expected, LineChange, PartyAct, RightAct, TransferPart,
};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::right::{BurdenId, Identity};
use greenlien::primitives::id::{PledgeId, RightId};
use serde_json::Value;

use crate::support::cast::registrar;
use crate::support::house::House;
use crate::support::papers::{
    carbon, document, emission, flow, forest, instant, line, pledge, quantity, rectangle, register,
    release, sink, span, stock, unit_number, whole, years,
};
use crate::support::{Actor, Play as _};

/// What a cell shows of each state: its lines and their sum.
const SUMS: [&str; 7] = [
    "open", "impaired", "ended", "lapsed", "moved", "disposed", "released",
];

struct County {
    house: House,
    bureau: Actor,
    mill: Actor,
    newco: Actor,
    banks: [Actor; 2],
}

fn county() -> County {
    let mut house = House::new();
    let duties = ["carbon", "carbon_sink", "emission", "forest"];
    let bureau = house.admit("bureau", &[Role::Authority], &duties);
    let [mill, newco] = ["mill", "newco"].map(|name| house.admit(name, &[Role::Holder], &[]));
    let banks = ["bank-a", "bank-b"].map(|name| house.admit(name, &[Role::Bank], &[]));
    County {
        house,
        bureau,
        mill,
        newco,
        banks,
    }
}

fn account(value: &str) -> Identity {
    Identity {
        scheme: "allowance-account".to_owned(),
        value: value.to_owned(),
    }
}

impl County {
    fn pledge(&mut self, bank: usize, right: RightId, extent: Extent) -> PledgeId {
        let body = pledge(&self.mill, vec![line(right, extent)]);
        let (bank, mill) = (self.banks[bank].clone(), self.mill.clone());
        let answer = self.house.submit(&bank, body, &[&mill], &[]);
        answer.pledge()
    }

    /// Returns the id of the right that the entry makes, if it makes one.
    fn act(&mut self, giver: &Actor, body: Body, with: &[&Actor]) -> RightId {
        let answer = self.house.submit(giver, body, with, &[]);
        assert!(answer.is_accepted(), "{answer:?}");
        RightId(answer.index())
    }

    fn release(&mut self, pledge: PledgeId, part: &str) {
        let change = LineChange {
            line: 0,
            amount: Some((quantity(part), "tCO2e".to_owned())),
            to: None,
            behind: Vec::new(),
        };
        let version = self.house.record(&StateKey::Pledge(pledge)).unwrap().1;
        let expect = [(Expected::Pledge(pledge), version)];
        let bank = self.banks[0].clone();
        let body = release(pledge, vec![change]);
        let answer = self.house.submit(&bank, body, &[], &expect);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    /// Gives 25,000 t of a right to the new firm, with the pledge on both parts.
    fn split(&mut self, right: RightId, pledge: PledgeId) -> RightId {
        let (bureau, mill) = (self.bureau.clone(), self.mill.clone());
        let (newco, bank) = (self.newco.clone(), self.banks[0].clone());
        let mut consenting = vec![mill.party, newco.party, bank.party];
        consenting.sort_unstable();
        let split = RightAct::TransferRight {
            right,
            to: newco.party,
            succession: false,
            part: Some(Box::new(TransferPart {
                amount: (quantity("25000"), "tCO2e".to_owned()),
                identities: vec![account("CEA|5001130091|2025")],
                allocations: vec![Allocation {
                    line: BurdenId::Line(pledge, 0),
                    quantity: None,
                }],
            })),
            consenting,
            document: document(),
        };
        let body = Body::OfRight(Box::new(split));
        self.act(&bureau, body, &[&mill, &newco, &bank])
    }

    /// Lets allowances of a right go on in those of another account or year.
    fn carry(&mut self, right: RightId, tonnes: &str, into: &str) {
        let carry = RightAct::ConvertRight {
            right,
            part: Converted::Amount((quantity(tonnes), "tCO2e".to_owned())),
            into: Box::new(Conversion {
                kind: "carbon".to_owned(),
                identities: vec![account(into)],
                amount: (quantity(tonnes), "tCO2e".to_owned()),
                span: span("2026-01-01", "2031-01-01"),
                class: None,
            }),
            consenting: Vec::new(),
            document: document(),
        };
        let bureau = self.bureau.clone();
        self.act(&bureau, Body::OfRight(Box::new(carry)), &[]);
    }

    /// What the cells show: `unit open/impaired/ended/lapsed/moved/disposed/released`, each state as lines and their sum.
    fn cells(&self, query: &str) -> Vec<String> {
        let reply = self.house.get(&format!("/v1/statistics?by=kind{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let of = |cell: &Value| {
            let sums = SUMS.map(|state| {
                let sum = &cell[state];
                self.is_behind(sum);
                match sum["quantity"].as_str() {
                    Some(quantity) => format!("{}:{quantity}", sum["lines"]),
                    None => sum["lines"].to_string(),
                }
            });
            format!(
                "{} {}",
                cell["unit"].as_str().unwrap_or("-"),
                sums.join("/")
            )
        };
        reply.json["cells"]
            .as_array()
            .unwrap()
            .iter()
            .map(of)
            .collect()
    }

    /// The lines behind a sum are as many, and add up to it.
    fn is_behind(&self, sum: &Value) {
        let path = sum["records"].as_str().unwrap();
        let items = self.house.get(path).json["items"].clone();
        let items = items.as_array().unwrap();
        assert_eq!(
            u64::try_from(items.len()).ok(),
            sum["lines"].as_u64(),
            "{path}"
        );
        let state = path.rsplit_once("state=").unwrap().1;
        let raw = |value: &Value| {
            let text = value.as_str().unwrap_or("0");
            u128::try_from(quantity(text).raw()).unwrap()
        };
        let part = |item: &Value| {
            let whole = if item["state"] == state {
                raw(&item["quantity"])
            } else {
                0
            };
            whole + raw(&item[state])
        };
        let all: u128 = items.iter().map(part).sum();
        assert_eq!(all, raw(&sum["quantity"]), "{path}");
    }
}

type Extent = greenlien::domain::command::ExtentRequest;

#[test]
fn what_a_split_left_undivided_counts_once_and_a_conversion_is_no_release() {
    let mut c = county();
    let days = span("2026-01-01", "2031-01-01");
    let right = carbon(&c.mill, "5001130001", 2025, "60000", days);
    let right = c.house.issue(&c.bureau, right);
    let pledge = c.pledge(0, right, stock("45000", "tCO2e"));
    assert_eq!(c.cells(""), ["tCO2e 1:45000/0/0/0/0/0/0"]);
    c.split(right, pledge);
    // 35,000 and 25,000 secure together what 45,000 did.
    assert_eq!(c.cells(""), ["tCO2e 2:45000/0/0/0/0/0/0"]);
    c.release(pledge, "15000");
    assert_eq!(c.cells(""), ["tCO2e 2:45000/0/0/0/0/0/1:15000"]);
    // What is left of the first right goes on in allowances of a later year.
    c.carry(right, "35000", "CEA|5001130001|2026");
    let [cell] = c.cells("").try_into().unwrap();
    assert!(cell.starts_with("tCO2e 2:45000/0/0/0/1:"), "{cell}");
    assert!(cell.ends_with("/0/1:15000"), "{cell}");
    c.house.close();
}

#[test]
fn what_a_split_left_undivided_counts_once_after_conversions_too() {
    let mut c = county();
    let days = span("2026-01-01", "2031-01-01");
    let right = carbon(&c.mill, "5001130001", 2025, "60000", days);
    let right = c.house.issue(&c.bureau, right);
    let pledge = c.pledge(0, right, stock("45000", "tCO2e"));
    let part = c.split(right, pledge);
    c.carry(part, "10000", "CEA|5001130091|2026");
    assert_eq!(c.cells(""), ["tCO2e 3:45000/0/0/0/0/0/0"]);
    c.carry(part, "15000", "CEA|5001130091|2027");
    let [cell] = c.cells("").try_into().unwrap();
    assert!(cell.starts_with("tCO2e 3:45000/0/0/0/1:"), "{cell}");
    c.house.close();
}

#[test]
fn lines_end_with_their_days_by_the_time_of_the_position() {
    let mut c = county();
    let days = span("2026-01-01", "2031-01-01");
    let right = emission(&c.mill, "COD", "120", days);
    let right = c.house.issue(&c.bureau, right);
    c.pledge(
        0,
        right,
        flow("80", "t/a", span("2026-12-01", "2027-02-01")),
    );
    c.pledge(
        0,
        right,
        flow("20", "t/a", span("2026-12-01", "2027-06-01")),
    );
    let short = emission(&c.mill, "NOx", "30", span("2026-01-01", "2027-01-10"));
    let short = c.house.issue(&c.bureau, short);
    c.pledge(
        1,
        short,
        flow("10", "t/a", span("2026-12-01", "2027-01-10")),
    );
    let before = c.house.get("/v1/statistics").json;
    assert_eq!(c.cells("&item=COD"), ["t/a 2:100/0/0/0/0/0/0"]);
    c.house.at(instant("2027-02-01T02:00:00Z"));
    let right = emission(&c.mill, "NH3-N", "9", days);
    c.house.issue(&c.bureau, right);
    assert_eq!(c.cells("&item=COD"), ["t/a 1:20/0/1:80/0/0/0/0"]);
    assert_eq!(c.cells("&item=NOx"), ["t/a 0/0/1:10/0/0/0/0"]);
    let again = c.house.get(&format!("/v1/statistics?at={}", before["at"]));
    assert_eq!(again.json, before);
    c.house.close();
}

#[test]
fn ground_is_summed_in_mu_and_years_in_tonnes() {
    let mut c = county();
    let days = span("2020-01-01", "2050-01-01");
    let unit = unit_number(1);
    let ground = rectangle(0, 0, 300, 300);
    let wood = forest(&c.mill, &unit, "商品林", ground, days);
    let wood = c.house.issue(&c.bureau, wood);
    let project = sink(&c.mill, "K-1", &[&unit], (2027, 2036));
    let project = c.house.issue(&c.bureau, project);
    c.pledge(0, wood, whole());
    c.pledge(0, project, years(2028, 2030));
    assert_eq!(
        c.cells(""),
        ["tCO2e 1:18951/0/0/0/0/0/0", "mu 1:312.4/0/0/0/0/0/0"]
    );
    c.house.close();
}

#[test]
fn pledges_of_a_merged_bank_stand_under_its_successor_and_are_found_by_either() {
    let mut c = county();
    let days = span("2026-01-01", "2031-01-01");
    let right = emission(&c.mill, "COD", "120", days);
    let right = c.house.issue(&c.bureau, right);
    let loan = span("2027-01-01", "2029-01-01");
    c.pledge(0, right, flow("80", "t/a", loan));
    c.pledge(1, right, flow("30", "t/a", loan));
    let [stays, ends] = c.banks.clone();
    let merger = PartyAct::MergeParties {
        absorbed: vec![ends.party],
        into: stays.party,
        document: document(),
    };
    c.act(
        &registrar(),
        Body::OfParty(Box::new(merger)),
        &[&ends, &stays],
    );
    let table = c.house.get("/v1/statistics?by=pledgee").json;
    let cells = table["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1, "{table}");
    assert_eq!(cells[0]["pledgee"], stays.party.to_string());
    assert_eq!(cells[0]["open"]["quantity"], "110");
    assert_eq!(
        c.cells(&format!("&pledgee={}", stays.party)),
        ["t/a 2:110/0/0/0/0/0/0"]
    );
    assert_eq!(
        c.cells(&format!("&pledgee={}", ends.party)),
        ["t/a 1:30/0/0/0/0/0/0"]
    );
    let lines = c
        .house
        .get(&format!("/v1/statistics/lines?pledgee={}", ends.party))
        .json;
    assert_eq!(lines["items"][0]["pledgee"], stays.party.to_string());
    assert_eq!(lines["items"][0]["of_record"], ends.party.to_string());
    c.house.close();
}

/// A kind whose policy ends lines with their claims: one has lapsed and is no release, the other has no term.
#[test]
fn a_line_that_lapsed_with_its_claim_is_told_as_such() {
    let mut c = county();
    let text = include_str!("../fixtures/policy/carbon.toml");
    let text = text.replacen("version = 2", "version = 3", 1);
    let body = Body::AdoptPolicy {
        kind: "carbon".to_owned(),
        text: format!("{text}\n[lapse]\nat_end = \"ends\"\ncites = \"x\"\n"),
    };
    let (bureau, mill, bank) = (c.bureau.clone(), c.mill.clone(), c.banks[0].clone());
    c.act(&bureau, body, &[&bank]);
    c.house.at(instant("2026-12-03T02:00:00Z"));
    let days = span("2026-01-01", "2031-01-01");
    let right = carbon(&mill, "5001130001", 2025, "100", days);
    let right = c.house.issue(&bureau, right);
    let mut paper = register(&mill, vec![line(right, stock("60", "tCO2e"))]);
    paper.term = Some(span("2026-12-01", "2027-02-01"));
    let body = Body::RegisterPledge(Box::new(paper));
    let pledge = c.house.submit(&bank, body, &[&mill], &[]).pledge();
    c.pledge(1, right, stock("10", "tCO2e"));
    assert_eq!(c.cells(""), ["tCO2e 2:70/0/0/0/0/0/0"]);
    let page = |c: &County, path: &str| c.house.get(path).text;
    let path = format!("/pledges/{pledge}?lang=en");
    let told = page(&c, &path);
    assert!(
        told.contains("lapses with the term of the claim, on 2027-02-01"),
        "{told}"
    );
    c.house.at(instant("2027-02-01T02:00:00Z"));
    // Registry time comes with the next entry.
    let other = carbon(&mill, "5001130002", 2025, "1", days);
    c.house.issue(&bureau, other);
    assert_eq!(c.cells(""), ["tCO2e 1:10/0/0/1:60/0/0/0"]);
    let told = page(&c, &path);
    assert!(
        told.contains("it lapsed with the term of the claim"),
        "{told}"
    );
    let told = page(&c, "/v1/exports/pledges.csv");
    assert!(told.contains("期限届满失效 lapsed"), "{told}");
    c.house.close();
}
