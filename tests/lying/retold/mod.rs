//! Scenarios retold by a registry that lies about one entry: commands and signatures are the true ones, one event is not, and
//! the state is what the events give. Each lie is told as evidence about a right and as evidence about a pledge, because the
//! one shows the history of the right alone, and the other that of the pledge.

mod lapses;
mod lines;
mod notes;
mod orders;
mod parties;
mod parts;
mod refused;
mod rights;

use greenlien::domain::entry::{Entry, Mode, Outcome, StateEntry, touches_of};
use greenlien::domain::event::Event;
use greenlien::domain::facts::StateKey;
use greenlien::domain::wire::read_event;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::Hash;
use greenlien::verify::evidence::Evidence;
use serde_json::{Value, json};

use super::acts::canonical;
use super::told::{self, Line, Shown, fold_all};
use crate::scenarios;
use crate::second_verifier::{Both, Reader};
use crate::support::cast;

/// What a lie does to an event.
type Lie = fn(&mut Value);

/// Which event of a log: its type, and how many of the type come before it.
type Which = (&'static str, usize);

/// About what the evidence is: the letter of an id, and how many of it the entry touches before it.
type About = (&'static str, usize);

/// About the right, and about the pledge, that the entry touches first.
const RIGHT: About = ("R", 0);
const PLEDGE: About = ("P", 0);

/// A scenario up to one entry, about which the registry lies.
struct Tale {
    name: &'static str,
    scenario: &'static str,
    event: Which,
    lie: Lie,
    /// The time that the entry is said to have, where that is another.
    time: Option<&'static str>,
    /// What it makes of the text of a state value besides.
    state: fn(&StateKey, String) -> String,
    /// The files in which it is found, with the check.
    found: Vec<(About, &'static str)>,
    /// The files in which nothing contradicts it: they show neither history.
    unseen: Vec<About>,
}

impl Tale {
    /// A lie that every file about the entry contradicts at `authority`.
    fn new(name: &'static str, scenario: &'static str, event: Which, lie: Lie) -> Self {
        let found = [RIGHT, PLEDGE].map(|about| (about, "authority"));
        Self {
            name,
            scenario,
            event,
            lie,
            time: None,
            state: |_, text| text,
            found: found.to_vec(),
            unseen: Vec::new(),
        }
    }

    /// A lie that another file contradicts too, at another check.
    fn found_in(mut self, about: About, check: &'static str) -> Self {
        self.found.push((about, check));
        self
    }

    /// A lie that only these files contradict.
    fn seen_by(mut self, seen: &[About], unseen: &[About]) -> Self {
        self.found = seen.iter().map(|about| (*about, "authority")).collect();
        self.unseen = unseen.to_vec();
        self
    }
}

/// The accepted event of an entry, with its type; none of other entries.
pub(super) fn event_of(entry: &Value) -> Option<&Value> {
    entry.pointer("/outcome/accepted/event")
}

/// The log of a tale up to its entry, and the touched keys of that entry.
fn retold(tale: &Tale) -> (Vec<String>, Vec<StateKey>) {
    let mut entries: Vec<String> = Vec::new();
    let mut earlier = 0;
    for bytes in scenarios::log(tale.scenario) {
        let text = String::from_utf8(bytes).unwrap();
        let mut entry: Value = serde_json::from_str(&text).unwrap();
        let is_of = event_of(&entry).is_some_and(|event| event["type"] == tale.event.0);
        if !is_of || earlier < tale.event.1 {
            earlier += usize::from(is_of);
            entries.push(text);
            continue;
        }
        let event = entry.pointer_mut("/outcome/accepted/event").unwrap();
        (tale.lie)(event);
        let event = touch(&mut entry).unwrap();
        if let Some(time) = tale.time {
            entry["time"] = json!(time);
        }
        entries.push(canonical(&entry));
        let mut touched = event.touches();
        if !touched.iter().any(has_files) {
            // Files about parties there are none; those about what was registered before show their histories.
            touched = registered(&entries);
        }
        return (entries, touched);
    }
    panic!("{}: no such event", tale.name);
}

fn has_files(key: &StateKey) -> bool {
    matches!(key, StateKey::Right(_) | StateKey::Pledge(_))
}

/// The rights and pledges of a log, in the order of their entries.
fn registered(entries: &[String]) -> Vec<StateKey> {
    let mut keys = Vec::new();
    for text in entries {
        if let Ok(Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        }) = Entry::parse(text.as_bytes())
        {
            keys.extend(event.touches().into_iter().filter(has_files));
        }
    }
    keys
}

/// Makes the `touches` of an entry those of its event; none where the event cannot be read.
pub(super) fn touch(entry: &mut Value) -> Option<Event> {
    let text = canonical(event_of(entry)?);
    let event = read_event("event", Json::parse(text.as_bytes()).ok()?).ok()?;
    let touched = touches_of(std::slice::from_ref(&event));
    let touched = touched.iter().map(|hash| json!(hash.to_string()));
    entry["touches"] = touched.collect();
    Some(event)
}

/// The subject of the file.
fn subject((letter, nth): About, touched: &[StateKey]) -> Option<StateKey> {
    let is_asked = |key: &&StateKey| match key {
        StateKey::Right(_) | StateKey::Pledge(_) => key.name().starts_with(letter),
        _ => false,
    };
    touched.iter().filter(is_asked).nth(nth).cloned()
}

/// The evidence that the registry writes of its state after these entries.
fn evidence(
    entries: &[String],
    subject: &StateKey,
    state: fn(&StateKey, String) -> String,
) -> Evidence {
    let read = |text: &String| Line::read(text.clone()).unwrap();
    let lines: Vec<Line> = entries.iter().map(read).collect();
    let lines: Vec<&Line> = lines.iter().collect();
    let records = fold_all(lines.iter().copied(), |_| true);
    let is_whole =
        |key: &StateKey| key == subject || matches!(key, StateKey::Party(_) | StateKey::Policy(_));
    let keys = records.keys().map(|key| (key.clone(), is_whole(key)));
    let shown = Shown {
        subject,
        records: keys.collect(),
        also: None,
    };
    let changed = |key: &StateKey, text| Some(state(key, text));
    let sign = |head: &Checkpoint, _: &StateEntry| head.sign(&cast::log_key());
    told::file(
        &lines,
        &records,
        &shown,
        &changed,
        (state_entry(entries), None),
        &sign,
    )
}

/// The state entry after these; its place and its roots come later.
fn state_entry(entries: &[String]) -> StateEntry {
    let (time, previous) = entries
        .iter()
        .rev()
        .fold((None, None), |(time, previous), text| {
            let entry = Entry::parse(text.as_bytes()).unwrap();
            match entry {
                Entry::State(state) => (time, previous.or(Some(state.index))),
                Entry::Command { time: at, .. } => (time.or(Some(at)), previous),
                Entry::Genesis { .. } => (time, previous),
            }
        });
    let nothing = Hash::of(&[]);
    StateEntry {
        index: 0,
        n: 0,
        root_n: nothing,
        state_root: nothing,
        previous_state_index: previous,
        mode: Mode::Group,
        prev: nothing,
        time: time.unwrap().plus_seconds(1),
    }
}

/// A reader who trusts the key of the log and knows nothing else.
fn reader() -> Reader {
    let key = NoteKey::new(cast::ORIGIN, cast::log_key().public()).unwrap();
    Reader {
        policy: format!("log {}\nquorum none\n", key.vkey()),
        old: None,
        now: None,
        age_seconds_max: None,
    }
}

/// Says where a file is found otherwise than the tale says.
fn check(both: &mut Both, tale: &Tale) -> Vec<String> {
    let mut differ = Vec::new();
    let (entries, touched) = retold(tale);
    let found = tale
        .found
        .iter()
        .map(|(about, check)| (*about, Some(*check)));
    let unseen = tale.unseen.iter().map(|about| (*about, None));
    for (about, found_at) in found.chain(unseen) {
        let subject = subject(about, &touched).expect(tale.name);
        let name = format!("{} ({subject})", tale.name);
        let file = evidence(&entries, &subject, tale.state).to_text();
        let verdict = both.verify(&name, file.as_bytes(), &reader());
        let failure = verdict.failure();
        if failure.map(|check| check.name) != found_at {
            differ.push(format!("{name}: {failure:?}"));
        }
    }
    differ
}

/// What is told before the lies are true: the same file without the lie holds.
fn check_truth(both: &mut Both, tale: &Tale) -> Vec<String> {
    let (_, touched) = retold(&Tale {
        lie: |_| {},
        found: Vec::new(),
        unseen: Vec::new(),
        ..*tale
    });
    let abouts = tale.found.iter().map(|(about, _)| *about);
    let truth = Tale {
        name: tale.scenario,
        lie: |_| {},
        time: None,
        state: |_, text| text,
        found: Vec::new(),
        // What the lie touches besides has no part in the truth.
        unseen: abouts
            .filter(|about| subject(*about, &touched).is_some())
            .collect(),
        ..*tale
    };
    check(both, &truth)
}

#[test]
fn every_lie_about_lines_is_found_by_all_verifiers() {
    let mut both = Both::new();
    let tales = lines::tales().into_iter().chain(orders::tales());
    let mut differ = Vec::new();
    for tale in tales
        .chain(notes::tales())
        .chain(rights::tales())
        .chain(parties::tales())
        .chain(parts::tales())
        .chain(lapses::tales())
    {
        differ.extend(check_truth(&mut both, &tale));
        differ.extend(check(&mut both, &tale));
    }
    assert!(differ.is_empty(), "\n{}", differ.join("\n"));
    both.agree();
}
