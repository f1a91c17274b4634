//! What the service notices beside the law: areas that differ from the certificate's, and sinks that promise too much.

use greenlien::domain::command::{
    Body, Conversion, Converted, IssueRight, QuantityRequest, RightAct,
};
use greenlien::domain::party::Role;
use greenlien::domain::right::Identity;
use greenlien::primitives::id::RightId;
use serde_json::Value;

use crate::support::house::{House, submission};
use crate::support::papers::{
    document, forest, line, pledge, quantity, rectangle, sink, span, unit_number, whole, years,
};
use crate::support::play::seal;
use crate::support::{Actor, Play as _};

struct Town {
    house: House,
    bureau: Actor,
    company: Actor,
    bank: Actor,
}

fn town() -> Town {
    let mut house = House::new();
    Town {
        bureau: house.admit(
            "bureau",
            &[Role::Authority],
            &["carbon", "carbon_sink", "forest"],
        ),
        company: house.admit("company", &[Role::Holder], &[]),
        bank: house.admit("bank", &[Role::Bank], &[]),
        house,
    }
}

impl Town {
    /// Issues a right; returns its id and the receipt.
    fn issue(&mut self, right: IssueRight) -> (RightId, Value) {
        let bureau = self.bureau.clone();
        let body = Body::IssueRight(Box::new(right));
        let reply = self.give(body, std::slice::from_ref(&bureau));
        let id = RightId::parse(reply["created"].as_str().unwrap()).unwrap();
        (id, reply)
    }

    /// Issues units for years of a sink; returns the receipt.
    fn convert(&mut self, right: RightId, (first, last): (i32, i32), tonnes: &str) -> Value {
        let identity = Identity {
            scheme: "allowance-account".to_owned(),
            value: format!("CCER|5001139001|{last}"),
        };
        let into = Conversion {
            kind: "carbon".to_owned(),
            identities: vec![identity],
            amount: (quantity(tonnes), "tCO2e".to_owned()),
            span: span("2026-01-01", "2031-01-01"),
            class: None,
        };
        let act = RightAct::ConvertRight {
            right,
            part: Converted::Years(first, last),
            into: Box::new(into),
            consenting: vec![self.company.party],
            document: document(),
        };
        let signing = [self.bureau.clone(), self.company.clone()];
        self.give(Body::OfRight(Box::new(act)), &signing)
    }

    /// Gives a command of the bureau that these sign; returns the receipt.
    fn give(&mut self, body: Body, signing: &[Actor]) -> Value {
        let keys: Vec<_> = signing.iter().flat_map(Actor::signers).collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(self.bureau.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let sent = submission(&seal(&command, &keys), &[]);
        let reply = self.house.client().post("/v1/commands", &sent).unwrap();
        assert_eq!(reply.status, 201, "{}", reply.text);
        self.house.check_ledger();
        reply.json
    }

    fn forest(&mut self, unit: u32, east: i32, mu: &str) -> (RightId, Value) {
        let days = span("2026-01-01", "2051-01-01");
        let ground = rectangle(east, 0, 78_100, 40_000);
        let right = forest(&self.company, &unit_number(unit), "商品林", ground, days);
        self.issue(of(right, mu))
    }
}

fn of(right: IssueRight, amount: &str) -> IssueRight {
    IssueRight {
        quantity: QuantityRequest::Level(quantity(amount)),
        ..right
    }
}

fn noticed(answer: &Value) -> Vec<(u64, String, String, String)> {
    let notices = answer["notices"].as_array().cloned().unwrap_or_default();
    let text = |notice: &Value, name: &str| notice[name].as_str().unwrap().to_owned();
    let notice = |notice: &Value| {
        let [right, stated, ground] =
            ["right", "stated", "ground_mu"].map(|name| text(notice, name));
        (notice["code"].as_u64().unwrap(), right, stated, ground)
    };
    notices.iter().map(notice).collect()
}

#[test]
fn a_certificate_of_another_area_is_noticed_and_decides_nothing() {
    let mut t = town();
    let (right, receipt) = t.forest(1, 0, "312.4");
    let found = (
        7006,
        right.to_string(),
        "312.4".to_owned(),
        "504.62".to_owned(),
    );
    assert_eq!(noticed(&receipt), std::slice::from_ref(&found));
    assert_eq!(
        receipt["warnings"],
        Value::Array(Vec::new()),
        "no part of the law"
    );
    assert!(
        !receipt["entry"].as_str().unwrap().contains("7006"),
        "in no entry"
    );
    // Within five percent of the ground nothing is said.
    let (near, receipt) = t.forest(2, 80_000, "529.8");
    assert_eq!(noticed(&receipt), []);
    let (_, receipt) = t.forest(3, 160_000, "529.9");
    assert_eq!(noticed(&receipt).len(), 1);
    // Who asks whether it may be pledged is told, and may pledge it.
    let ask = |right: RightId| {
        let body = pledge(&t.company, vec![line(right, whole())]);
        let asked = greenlien::domain::wire::question_json(t.bank.party, &body).to_canonical();
        t.house.client().post("/v1/check", &asked).unwrap().json
    };
    let answer = ask(right);
    assert_eq!(answer["admissible"], Value::Bool(true));
    assert_eq!(noticed(&answer), [found]);
    assert_eq!(noticed(&ask(near)), []);
    t.house.close();
}

#[test]
fn a_sink_that_promises_too_much_or_too_little_is_noticed() {
    let mut t = town();
    t.forest(1, 0, "504.6");
    // 504.62 mu take up 75.7 to 756.9 t a year.
    for (nth, tonnes, is_noticed) in [
        (0, "75", true),
        (1, "76", false),
        (2, "756", false),
        (3, "757", true),
    ] {
        let first = 2027 + 5 * nth;
        let right = sink(
            &t.company,
            &format!("K-{nth}"),
            &[&unit_number(1)],
            (first, first + 1),
        );
        let (id, receipt) = t.issue(of(right, tonnes));
        let expected = (3007, id.to_string(), tonnes.to_owned(), "504.62".to_owned());
        let expected = if is_noticed {
            vec![expected]
        } else {
            Vec::new()
        };
        assert_eq!(noticed(&receipt), expected, "{tonnes}");
        let body = pledge(&t.company, vec![line(id, years(first, first))]);
        let asked = greenlien::domain::wire::question_json(t.bank.party, &body).to_canonical();
        let answer = t.house.client().post("/v1/check", &asked).unwrap().json;
        assert_eq!(noticed(&answer), expected, "{tonnes}");
    }
    t.house.close();
}

#[test]
fn units_that_are_more_or_fewer_than_the_ground_yields_are_noticed() {
    let mut t = town();
    t.forest(1, 0, "504.6");
    let right = sink(&t.company, "K-1", &[&unit_number(1)], (2020, 2040));
    let (id, _) = t.issue(of(right, "500"));
    let found = |tonnes: &str| (3007, id.to_string(), tonnes.to_owned(), "504.62".to_owned());
    assert_eq!(noticed(&t.convert(id, (2020, 2021), "1513")), []);
    assert_eq!(
        noticed(&t.convert(id, (2022, 2023), "1514")),
        [found("757")]
    );
    assert_eq!(
        noticed(&t.convert(id, (2024, 2024), "5000000")),
        [found("5000000")]
    );
    assert_eq!(noticed(&t.convert(id, (2025, 2025), "75")), [found("75")]);
    t.house.close();
}
