//! A command that the law refused, told as accepted: with the event that the same words had once who was missing had signed too, or
//! once less was asked for. The signatures are the true ones, so a reader has to know who was to sign, and how much there was.

use greenlien::domain::entry::{Entry, Outcome};
use greenlien::domain::finding::Code;
use serde_json::Value;

use super::{About, PLEDGE, RIGHT, canonical, event_of, evidence, reader, subject, touch};
use crate::scenarios;
use crate::second_verifier::Both;

/// The log up to the n-th refusal by a code, with the outcome of what was accepted next, and the log up to that.
fn refused(scenario: &str, (code, nth): (Code, usize)) -> (Vec<Value>, Vec<Value>) {
    let log = scenarios::log(scenario);
    let is_refused = |bytes: &[u8]| match Entry::parse(bytes).unwrap() {
        Entry::Command {
            outcome: Outcome::Refused(findings),
            ..
        } => findings.iter().any(|it| it.code == code),
        Entry::Command { .. } | Entry::Genesis { .. } | Entry::State(_) => false,
    };
    let mut places = (0..log.len()).filter(|at| is_refused(&log[*at]));
    let from = places.nth(nth).unwrap();
    let read = |bytes: &Vec<u8>| -> Value { serde_json::from_slice(bytes).unwrap() };
    let mut entries: Vec<Value> = log.iter().map(read).collect();
    let mut later = (from..log.len()).filter(|at| event_of(&entries[*at]).is_some());
    let to = later.next().unwrap();
    entries.truncate(to + 1);
    let truth = entries.clone();
    entries.truncate(from + 1);
    let accepted = truth[to]["outcome"].to_string();
    let named = accepted.replace(&format!("\"P{to}"), &format!("\"P{from}"));
    entries[from]["outcome"] = serde_json::from_str(&named).unwrap();
    (entries, truth)
}

/// Where a file about the last entry is found to be false.
fn found_at(both: &mut Both, name: &str, about: About, mut entries: Vec<Value>) -> Option<String> {
    let event = touch(entries.last_mut().unwrap()).unwrap();
    let subject = subject(about, &event.touches()).unwrap();
    let entries: Vec<String> = entries.iter().map(canonical).collect();
    let file = evidence(&entries, &subject, |_, text| text).to_text();
    let verdict = both.verify(&format!("{name} ({subject})"), file.as_bytes(), &reader());
    verdict.failure().map(|check| check.name.to_string())
}

#[test]
fn no_line_before_another_is_passed_over_because_a_later_policy_asks_nobody() {
    let mut both = Both::new();
    let scenario = "policies_that_open";
    // The second line; the third, of which the second came under the later policy; and one after a policy that closed in between.
    for nth in [0, 1, 7] {
        let (lie, truth) = refused(scenario, (Code::MissingConsent, nth));
        for about in [RIGHT, PLEDGE] {
            let name = format!("{scenario}, refusal {nth}");
            let at = found_at(&mut both, &name, about, lie.clone());
            assert_eq!(at.as_deref(), Some("authority"), "{name}");
            assert_eq!(found_at(&mut both, &name, about, truth.clone()), None);
        }
    }
    both.agree();
}

#[test]
fn of_what_a_split_left_undivided_no_more_is_sold_than_it_secures() {
    let mut both = Both::new();
    let scenario = "s03_split";
    // One tonne more than the two lines secure together: of the line of a pledge that the file shows, and of its right.
    let (mut lie, truth) = refused(scenario, (Code::ExceedsPledge, 1));
    let outcome = &mut lie.last_mut().unwrap()["outcome"];
    let more = outcome.to_string().replace("\"10000\"", "\"10001\"");
    *outcome = serde_json::from_str(&more.replace("\"5000\"", "\"4999\"")).unwrap();
    for about in [RIGHT, PLEDGE] {
        let at = found_at(&mut both, scenario, about, lie.clone());
        assert_eq!(at.as_deref(), Some("authority"), "{about:?}");
        assert_eq!(found_at(&mut both, scenario, about, truth.clone()), None);
    }
    both.agree();
}
