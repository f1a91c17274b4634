//! Commands that the law refused, told as accepted. Commands and signatures are the true ones, so a reader has to know who was to
//! sign, and what stood.

use greenlien::domain::entry::{Entry, Outcome};
use greenlien::domain::finding::Code;
use greenlien::verify::verdict::Verdict;
use serde_json::{Value, json};

use super::{About, PLEDGE, RIGHT, canonical, event_of, evidence, reader, subject, touch};
use crate::scenarios;
use crate::second_verifier::Both;

/// A log, and the place of one of its refusals.
struct Refused {
    entries: Vec<Value>,
    at: usize,
}

impl Refused {
    /// The n-th refusal of a scenario for a reason.
    fn new(scenario: &str, code: Code, nth: usize) -> Self {
        let log = scenarios::log(scenario);
        let is_for_it = |bytes: &[u8]| match Entry::parse(bytes).unwrap() {
            Entry::Command {
                outcome: Outcome::Refused(findings),
                ..
            } => findings.iter().any(|it| it.code == code),
            Entry::Command { .. } | Entry::Genesis { .. } | Entry::State(_) => false,
        };
        let mut places = (0..log.len()).filter(|at| is_for_it(&log[*at]));
        let at = places.nth(nth).unwrap();
        let read = |bytes: &Vec<u8>| -> Value { serde_json::from_slice(bytes).unwrap() };
        let entries = log.iter().map(read).collect();
        Self { entries, at }
    }

    /// The place of what was accepted next.
    fn accepted_next(&self) -> usize {
        let mut later = self.at..self.entries.len();
        later
            .find(|at| event_of(&self.entries[*at]).is_some())
            .unwrap()
    }

    /// The log up to it, told as accepted with this outcome.
    fn told(&self, outcome: Value) -> Vec<Value> {
        let mut entries = self.entries[..=self.at].to_vec();
        entries[self.at]["outcome"] = outcome;
        entries
    }

    /// The same with the event that the same words had once who was missing had signed too.
    fn told_as_next(&self) -> Vec<Value> {
        let (at, next) = (self.at, self.accepted_next());
        let accepted = self.entries[next]["outcome"].to_string();
        let named = accepted.replace(&format!("\"P{next}"), &format!("\"P{at}"));
        self.told(serde_json::from_str(&named).unwrap())
    }

    /// The log up to what was accepted next, as it is.
    fn truth(&self) -> Vec<Value> {
        self.entries[..=self.accepted_next()].to_vec()
    }

    /// The record that the refusal names first.
    fn named(&self) -> &str {
        let outcome = &self.entries[self.at]["outcome"];
        outcome["refused"][0]["conflicts"][0].as_str().unwrap()
    }
}

/// Where a file about the last entry is found to be false.
fn found_at(both: &mut Both, name: &str, about: About, entries: Vec<Value>) -> Option<String> {
    let verdict = judged(both, name, about, entries);
    verdict.failure().map(|check| check.name.to_string())
}

/// The same, with why.
fn why_false(both: &mut Both, name: &str, about: About, entries: Vec<Value>) -> Option<String> {
    let verdict = judged(both, name, about, entries);
    verdict.failure().map(ToString::to_string)
}

fn judged(both: &mut Both, name: &str, about: About, mut entries: Vec<Value>) -> Verdict {
    let event = touch(entries.last_mut().unwrap()).unwrap();
    let subject = subject(about, &event.touches()).unwrap();
    let entries: Vec<String> = entries.iter().map(canonical).collect();
    let file = evidence(&entries, &subject, |_, text| text).to_text();
    both.verify(&format!("{name} ({subject})"), file.as_bytes(), &reader())
}

#[test]
fn no_line_before_another_is_passed_over_because_a_later_policy_asks_nobody() {
    let mut both = Both::new();
    let scenario = "policies_that_open";
    // The second line; the third, of which the second came under the later policy; and one after a policy that closed in between.
    for nth in [0, 1, 7] {
        let refused = Refused::new(scenario, Code::MissingConsent, nth);
        for about in [RIGHT, PLEDGE] {
            let name = format!("{scenario}, refusal {nth}");
            let at = found_at(&mut both, &name, about, refused.told_as_next());
            assert_eq!(at.as_deref(), Some("authority"), "{name}");
            assert_eq!(found_at(&mut both, &name, about, refused.truth()), None);
        }
    }
    both.agree();
}

#[test]
fn of_what_a_split_left_undivided_no_more_is_sold_than_it_secures() {
    let mut both = Both::new();
    let scenario = "s03_split";
    // One tonne more than the lines secure together.
    let refused = Refused::new(scenario, Code::ExceedsPledge, 1);
    let mut lie = refused.told_as_next();
    let outcome = &mut lie.last_mut().unwrap()["outcome"];
    let more = outcome.to_string().replace("\"10000\"", "\"10001\"");
    *outcome = serde_json::from_str(&more.replace("\"5000\"", "\"4999\"")).unwrap();
    for about in [RIGHT, PLEDGE] {
        let at = found_at(&mut both, scenario, about, lie.clone());
        assert_eq!(at.as_deref(), Some("authority"), "{about:?}");
        assert_eq!(found_at(&mut both, scenario, about, refused.truth()), None);
    }
    both.agree();
}

/// The outcome of an extension or amendment that sets this of a pledge.
fn accepted(kind: &str, set: &Value, rows: Option<Value>) -> Value {
    let mut event = json!({"type": kind, "changes": [set]});
    if let Some(rows) = rows {
        event["rows"] = rows;
    }
    json!({"accepted": {"event": event, "warnings": []}})
}

#[test]
fn who_stands_behind_a_maximum_amount_is_not_passed_over() {
    let mut both = Both::new();
    // The file about the right shows who stands behind; that about the pledge does not.
    let refused = Refused::new("determination_period", Code::MissingConsent, 1);
    let at = |both: &mut Both, about, entries| found_at(both, "a longer period", about, entries);
    let lie = at(&mut both, RIGHT, refused.told_as_next());
    assert_eq!(lie.as_deref(), Some("authority"));
    assert_eq!(at(&mut both, PLEDGE, refused.told_as_next()), None);
    assert_eq!(at(&mut both, RIGHT, refused.truth()), None);
    both.agree();
}

#[test]
fn nothing_grows_after_the_claims_are_determined() {
    let mut both = Both::new();
    let period = |to: &str| json!({"from": "2026-01-01", "to": to});
    // Of an ordinary pledge, after the claims were determined, and after the days for them were over.
    for (nth, to) in [(0, "2032-01-01"), (1, "2033-01-01"), (3, "2027-12-04")] {
        let refused = Refused::new("determination_period", Code::NotOpenMaximum, nth);
        let of = format!("pledge|{}", refused.named());
        let outcome = accepted(
            "extend_pledge",
            &json!({"of": of, "maximum": period(to)}),
            None,
        );
        let at = found_at(&mut both, &of, PLEDGE, refused.told(outcome));
        assert_eq!(at.as_deref(), Some("authority"), "{of}");
    }
    let refused = Refused::new("determination_period", Code::NotOpenMaximum, 4);
    let of = format!("pledge|{}", refused.named());
    let made: usize = refused.named()[1..].parse().unwrap();
    let tranche = |amount: &str, entry: usize| json!({"of": of, "list": "caps", "amount": amount, "entry": entry});
    let rows = json!([tranche("1000000", made), tranche("1", refused.at)]);
    let outcome = accepted("amend_pledge", &json!({"of": of, "caps": []}), Some(rows));
    let at = found_at(&mut both, &of, PLEDGE, refused.told(outcome));
    assert_eq!(at.as_deref(), Some("authority"), "{of}");
    both.agree();
}

/// The renewal that was accepted next, told of one that was refused, with this done to its event.
fn renewed(refused: &Refused, lie: impl Fn(&mut Value)) -> Vec<Value> {
    let (at, next) = (refused.at, refused.accepted_next());
    let said = refused.entries[next]["outcome"].to_string();
    let said = said.replace(&format!("\"R{next}\""), &format!("\"R{at}\""));
    let mut outcome: Value = serde_json::from_str(&said).unwrap();
    lie(&mut outcome["accepted"]["event"]);
    refused.told(outcome)
}

#[test]
fn a_renewal_that_leaves_source_days_or_ground_beneath_a_line_is_found() {
    let mut both = Both::new();
    // The file about the old right shows how it stood; the others of these show it without its history.
    let check = |both: &mut Both, name: &str, entries: &[Value]| {
        for (about, is_seen) in [(RIGHT, true), (("R", 1), false), (PLEDGE, false)] {
            let why = why_false(both, name, about, entries.to_vec());
            let said = why
                .as_deref()
                .map(|why| why.contains("beneath the burdens"));
            assert_eq!(said, is_seen.then_some(true), "{name}, {about:?}: {why:?}");
        }
    };
    let of = |code, nth| Refused::new("renewals", code, nth);
    let refused = of(Code::SourceLost, 0);
    let other = renewed(&refused, |event| {
        let said = event.to_string().replace("020Q|COD", "021P|SO2");
        *event = serde_json::from_str(&said.replace("020|COD", "021|SO2")).unwrap();
        event["steps"][0]["quantity"] = json!("100");
        event["burdens"][0]
            .as_object_mut()
            .unwrap()
            .remove("overhang");
    });
    check(&mut both, "another source", &other);
    let fewer = renewed(&of(Code::GroundLost, 0), |event| {
        event["span"]["to"] = json!("2028-06-01");
        event["burdens"][0]["overhang"] = json!("100");
    });
    check(&mut both, "fewer days", &fewer);
    let less = renewed(&of(Code::GroundLost, 1), |event| {
        let polygon = event["polygon"].as_str().unwrap().replace("59800", "6000");
        event["polygon"] = json!(polygon);
        event["measure"] = json!("30");
    });
    check(&mut both, "less ground", &less);
    for about in [RIGHT, PLEDGE] {
        assert_eq!(
            found_at(&mut both, "renewals", about, refused.truth()),
            None
        );
    }
    both.agree();
}

#[test]
fn a_dispute_is_not_decided_while_both_have_the_ground() {
    let mut both = Both::new();
    let refused = Refused::new("s07_disputed_ground", Code::StillCovered, 0);
    let is_decided =
        |entry: &&Value| event_of(entry).is_some_and(|event| event["type"] == "correct_right");
    let decided = refused.entries.iter().find(is_decided).unwrap();
    let lie = refused.told(decided["outcome"].clone());
    let at = found_at(&mut both, "both decided", RIGHT, lie);
    assert_eq!(at.as_deref(), Some("no over-commitment"));
    both.agree();
}

#[test]
fn nobody_changes_the_share_of_a_guarantor_for_which_it_does_not_act() {
    let mut both = Both::new();
    let scenario = "after_a_merger";
    // Of one that another took over, and of one that has guaranteed nothing.
    for nth in [0, 1] {
        let refused = Refused::new(scenario, Code::NotApplicable, nth);
        let mut lie = refused.told_as_next();
        let (last, named) = (lie.last_mut().unwrap(), refused.named());
        let rows = &mut last["outcome"]["accepted"]["event"]["rows"];
        let row = rows.as_array_mut().unwrap().last_mut().unwrap();
        row["entry"] = json!(refused.at);
        row["guarantor"] = json!(named);
        row["share_bp"] = json!(100);
        let at = found_at(&mut both, named, PLEDGE, lie);
        assert_eq!(at.as_deref(), Some("authority"), "{named}");
        assert_eq!(found_at(&mut both, named, PLEDGE, refused.truth()), None);
    }
    both.agree();
}
