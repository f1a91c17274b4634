//! What the verifiers say of a line of which only a part is gone: the years, the quantity, the lines that stand, and never "all".
//!
//! The verifier of the command line and the one for browsers read the same real files; pages and certificates are compared elsewhere.

use std::path::Path;
use std::process::Command;

use greenlien::domain::command::{Body, Expected, LineChange};
use greenlien::domain::facts::StateKey;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::id::{PledgeId, RightId};
use serde_json::Value;

use crate::support::cast::registrar;
use crate::support::house::House;
use crate::support::papers::{
    carbon, day, document, forest, line, pledge, quantity, rectangle, release, sink, span, stock,
    unit_number, years,
};
use crate::support::{Actor, Play as _};

/// A sink of which three years are pledged, with units of another right.
struct Village {
    house: House,
    issuer: Actor,
    court: Actor,
    bank: Actor,
    sink: RightId,
    units: RightId,
    pledge: PledgeId,
}

fn village() -> Village {
    let mut house = House::new();
    let duties = ["carbon", "carbon_sink", "forest"];
    let office = house.admit("office", &[Role::Authority], &duties);
    let court = house.admit("court", &[Role::Court], &[]);
    let farm = house.admit("farm", &[Role::Holder], &[]);
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let number = unit_number(1);
    let ground = rectangle(0, 0, 60_000, 50_000);
    let days = span("2026-01-01", "2046-01-01");
    house.issue(&office, forest(&farm, &number, "商品林", ground, days));
    let sink = house.issue(&office, sink(&farm, "CCER-1", &[&number], (2027, 2032)));
    let days = span("2026-01-01", "2031-01-01");
    let units = house.issue(&office, carbon(&farm, "5001130001", 2026, "60000", days));
    let lines = vec![
        line(sink, years(2028, 2030)),
        line(units, stock("45000", "tCO2e")),
    ];
    let body = pledge(&farm, lines);
    let pledge = house.submit(&bank, body, &[&farm], &[]).pledge();
    Village {
        house,
        issuer: office,
        court,
        bank,
        sink,
        units,
        pledge,
    }
}

impl Village {
    fn act(&mut self, by: &Actor, body: Body) {
        let answer = self.house.submit(by, body, &[], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn release(&mut self, changes: Vec<LineChange>) {
        let version = self.house.record(&StateKey::Pledge(self.pledge)).unwrap().1;
        let expect = [(Expected::Pledge(self.pledge), version)];
        let body = release(self.pledge, changes);
        let answer = self.house.submit(&self.bank, body, &[], &expect);
        assert!(answer.is_accepted(), "{answer:?}");
    }

    fn revoke(&mut self, from: &str) {
        let body = Body::RevokeRight {
            right: self.sink,
            from: day(from),
            document: document(),
        };
        self.act(&self.issuer.clone(), body);
    }

    /// What the verifiers say of a record: the command line, and the browser in Chinese and in English.
    fn said(&self, of: &StateKey) -> [String; 3] {
        let file = self.house.evidence(of);
        let verdict = self.house.verify(&file);
        assert!(verdict.holds(), "{:?}", verdict.failure());
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file.json"), &file).unwrap();
        std::fs::write(path("trust.policy"), self.house.reader().policy).unwrap();
        let node = std::env::var("GREENLIEN_NODE").unwrap_or_else(|_| "node".to_owned());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/verifier/node.mjs");
        let output = Command::new(node)
            .arg(script)
            .arg("--policy")
            .arg(path("trust.policy"))
            .args(["--json".into(), path("file.json")])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{output:?}"));
        let [zh, en] = [0, 1].map(|at| answer["sentences"][at].as_str().unwrap().to_owned());
        [verdict.statements.join("\n"), zh, en]
    }

    /// Says whether the verifiers tell these words of a record.
    fn tells(&self, of: &StateKey, words: [&str; 3]) {
        let said = self.said(of);
        for (said, words) in said.iter().zip(words) {
            assert!(said.contains(words), "{words}\nnot in\n{said}");
        }
    }
}

#[test]
fn the_years_of_a_line_that_are_gone_are_named_and_the_others_stand() {
    let o = village();
    let (sink, pledge) = (StateKey::Right(o.sink), StateKey::Pledge(o.pledge));
    let name = format!("{}.0", o.pledge);
    let none = o.said(&sink);
    for (said, word) in none.iter().zip(["overhang", "悬空", "overhang"]) {
        assert!(!said.contains(word), "{said}");
    }
    o.house.close();
    for (from, [plain, gone]) in [
        ("2030-01-01", ["the year 2030", "2030"]),
        ("2029-01-01", ["the years 2029 through 2030", "2029–2030"]),
    ] {
        let mut o = village();
        o.revoke(from);
        o.tells(
            &sink,
            [
                &format!("{name} takes the years 2028 through 2030, an overhang: {plain}\n"),
                &format!("悬空 (其下已无权益): {name} (担保登记 · bank (M"),
                &format!("overhang, with no right beneath it: {name} (Pledge · bank (M"),
            ],
        );
        let [_, zh, en] = o.said(&sink);
        let end = format!(")) {gone}");
        assert!(zh.ends_with(&end) && en.ends_with(&end), "{zh}\n{en}");
        let line = format!("line 0 on {}: takes the years 2028 through 2030", o.sink);
        o.tells(
            &pledge,
            [
                &format!("{line}, an overhang: {plain}\n"),
                &format!("悬空 (其下已无权益): {name} {gone}"),
                &format!("overhang, with no right beneath it: {name} {gone}"),
            ],
        );
        o.tells(&pledge, ["", " 2028–2030", " 2028–2030"]);
        o.house.close();
    }
    let mut o = village();
    o.revoke("2028-01-01");
    o.tells(
        &pledge,
        [
            "an overhang: all of it\n",
            &format!("悬空 (其下已无权益): {name} 全部"),
            &format!("overhang, with no right beneath it: {name} all of it"),
        ],
    );
    o.house.close();
}

#[test]
fn what_a_freeze_reaches_is_not_said_to_be_gone() {
    let mut o = village();
    let (units, pledge) = (StateKey::Right(o.units), StateKey::Pledge(o.pledge));
    let freeze = Body::Freeze {
        right: o.units,
        authority: o.court.party,
        extent: stock("30000", "tCO2e"),
        document: document(),
        terms: Terms::default(),
    };
    o.act(&registrar(), freeze);
    let reached = ", reached by a later freeze: 15000 tCO2e";
    for of in [&units, &pledge] {
        let said = o.said(of);
        assert!(said[0].contains(reached), "{}", said[0]);
        assert!(!said[0].contains("overhang") && !said[1].contains("悬空"));
        assert!(said[1].contains("后来的冻结所及 (登记在冻结之前): P"));
        assert!(said[2].contains("reached by a later freeze, before which it is registered: P"));
        assert!(said[2].contains("15,000 tCO2e"), "{}", said[2]);
    }
    let cut = Body::AdjustRight {
        right: o.units,
        from: day("2026-12-01"),
        amount: (quantity("40000"), "tCO2e".to_owned()),
        document: document(),
    };
    o.act(&o.issuer.clone(), cut);
    let name = format!("{}.1", o.pledge);
    o.tells(&pledge,
        [
            ", an overhang: 5000 tCO2e, reached by a later freeze: 30000 tCO2e",
            &format!("悬空 (其下已无权益): {name} 5,000 tCO2e; 后来的冻结所及 (登记在冻结之前): {name} 30,000 tCO2e"),
            &format!("{name} 5,000 tCO2e; reached by a later freeze, before which it is registered: {name} 30,000 tCO2e"),
        ],
    );
    o.house.close();
}

#[test]
fn a_pledge_of_which_some_lines_are_released_says_which_stand() {
    let mut o = village();
    let pledge = StateKey::Pledge(o.pledge);
    o.tells(
        &pledge,
        [
            "2 of 2 lines open",
            "在登 2 项 (共 2 项)",
            "2 of 2 lines open",
        ],
    );
    let one = LineChange {
        line: 0,
        amount: None,
        to: None,
        behind: Vec::new(),
    };
    o.release(vec![one]);
    let units = format!("({}) 45,000 tCO2e", o.units);
    o.tells(
        &pledge,
        [
            "1 of 2 lines open",
            "在登 1 项 (共 2 项): ",
            "1 of 2 lines open: ",
        ],
    );
    o.tells(&pledge, ["line 0 on R", &units, &units]);
    for said in &o.said(&pledge)[1..] {
        assert!(!said.contains("2028"), "{said}");
    }
    o.release(Vec::new());
    o.tells(&pledge, ["0 of 2 lines open", ": 已注销", ": released"]);
    o.house.close();
}
