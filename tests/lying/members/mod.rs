//! Every member of every entry and of every record that a genuine file shows, changed in turn by a registry that holds all keys:
//! it folds the whole log anew and signs what comes of it. All verifiers refuse the file, at the same check, or the member stands
//! in the table of what no file shows.
//!
//! Other tests of lies say what a lie is about; this one looks for those that nobody has thought of.

mod change;
mod limits;

use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::entry::{Entry, StateEntry};
use greenlien::domain::facts::StateKey;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::evidence::Evidence;
use greenlien::verify::verdict::{Level, Verdict};
use serde_json::{Value, json};

use self::change::{Change, changes, ids};
use super::acts::canonical;
use super::retold::{event_of, touch};
use super::told::{self, Line, Shown, fold_all};
use super::{ORIGIN, cosigned};
use crate::formats::file;
use crate::scenario::runner::play;
use crate::scenarios;
use crate::second_verifier::{Both, Reader};
use crate::support::cast;
use crate::support::house::House;

/// About what a file is, by the name in its scenario.
#[derive(Clone, Copy)]
enum About {
    Right(&'static str),
    Pledge(&'static str),
    /// An identity that nobody has.
    Absence(&'static str),
}

impl About {
    /// The word in the table.
    fn word(self) -> &'static str {
        match self {
            Self::Right(_) => "right",
            Self::Pledge(_) => "pledge",
            Self::Absence(_) => "absence",
        }
    }
}

/// The files: rights of each model, pledges with the acts of their lives, and what is not there.
const FILES: [(&str, &[About]); 18] = [
    (
        "reservations",
        &[
            About::Right("R10"),
            About::Pledge("P11"),
            About::Right("R9"),
        ],
    ),
    (
        "s15_subrogation",
        &[About::Right("R1"), About::Pledge("P1")],
    ),
    ("s13_maximum_amount", &[About::Pledge("P1")]),
    ("s09_court_freeze", &[About::Right("R1")]),
    ("s09_disposal", &[About::Right("R1"), About::Pledge("P2")]),
    ("parts_of_a_claim", &[About::Pledge("P1")]),
    ("syndicate", &[About::Pledge("P1")]),
    (
        "four_cells",
        &[About::Right("A"), About::Right("K"), About::Pledge("P1")],
    ),
    (
        "conversions",
        &[
            About::Right("R1"),
            About::Right("U1"),
            About::Right("K1"),
            About::Pledge("P7"),
            About::Absence("sink-project:500113-NONE"),
        ],
    ),
    (
        "s12_second_rank",
        &[
            About::Right("A8"),
            About::Right("A9"),
            About::Pledge("C2"),
            About::Pledge("P2"),
        ],
    ),
    (
        "s07_disputed_ground",
        &[About::Right("A2"), About::Right("B"), About::Pledge("P1")],
    ),
    ("s07_by_number", &[About::Right("K5")]),
    ("objections", &[About::Pledge("P1")]),
    ("key_recovery", &[About::Right("R1"), About::Pledge("P2")]),
    ("s16_registrar_error", &[About::Right("R1")]),
    ("transfers", &[About::Right("C2"), About::Pledge("P2")]),
    ("renewals", &[About::Right("A3"), About::Right("K2")]),
    (
        "lapse",
        &[
            About::Right("R1"),
            About::Right("R3"),
            About::Pledge("P1"),
            About::Pledge("P11"),
        ],
    ),
];

/// Every lie where the program is optimized, as `make test` builds it; unoptimized, a file takes twenty times as long.
const STEP: usize = if cfg!(debug_assertions) { 23 } else { 1 };

/// What is told otherwise than it was.
enum Told {
    Nothing,
    Entry(u64, String),
    State(StateKey, Option<String>),
    LastEntry(String),
}

/// A lie: where it stands in the table, its name, and what is told.
struct Lie {
    place: (String, String),
    name: String,
    told: Told,
}

impl Lie {
    /// Says whether it has not been told before: parties and policies are shown alike in every file of a scenario, and all
    /// scenarios begin alike.
    fn is_new(&self, told: &mut BTreeSet<String>) -> bool {
        let carrier = self.place.0.as_str();
        let is_alike = self.name.starts_with("entry 0,")
            || ["party_admitted", "key_added", "policy_adopted"].contains(&carrier)
            || ["whole party", "whole policy"].contains(&carrier);
        !is_alike || told.insert(self.name.clone())
    }
}

/// A registry with all keys that begins with a genuine file.
struct Forge {
    lines: Vec<Line>,
    last: StateEntry,
    genuine: Evidence,
    about: &'static str,
}

impl Forge {
    fn new(house: &House, subject: &StateKey, about: &'static str) -> Self {
        let genuine = Evidence::parse(house.evidence(subject).as_bytes()).unwrap();
        let Entry::State(last) = Entry::parse(genuine.state_entry.text.as_bytes()).unwrap() else {
            panic!("{subject}: no state entry");
        };
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        let before = &house.entries()[..usize::try_from(last.index).unwrap()];
        let lines = before.iter().map(|bytes| Line::read(text(bytes)).unwrap());
        Self {
            lines: lines.collect(),
            last,
            genuine,
            about,
        }
    }

    /// The file that shows the same records, each with the history that it has now.
    fn tell(&self, told: &Told) -> Evidence {
        let changed = match told {
            Told::Entry(index, text) => Some(self.line(*index).told(text)),
            Told::Nothing | Told::State(..) | Told::LastEntry(_) => None,
        };
        let is_changed = |line: &Line| changed.as_ref().filter(|other| other.is_at(line));
        let lines: Vec<&Line> = self
            .lines
            .iter()
            .map(|line| is_changed(line).unwrap_or(line))
            .collect();
        let records = self.genuine.records.iter();
        let shown = Shown {
            subject: &self.genuine.subject,
            records: records
                .map(|record| (record.key.clone(), record.history.is_some()))
                .collect(),
            also: changed.as_ref().map(|line| line.stamp.index),
        };
        let keys: BTreeSet<&StateKey> = shown.records.iter().map(|(key, _)| key).collect();
        let folded = fold_all(lines.iter().copied(), |key| keys.contains(key));
        let state = |key: &StateKey, text: String| match told {
            Told::State(other, value) if other == key => value.clone(),
            Told::Nothing | Told::State(..) | Told::Entry(..) | Told::LastEntry(_) => Some(text),
        };
        let last = match told {
            Told::LastEntry(text) => Some(text.as_str()),
            Told::Nothing | Told::State(..) | Told::Entry(..) => None,
        };
        let sign =
            |head: &Checkpoint, state: &StateEntry| cosigned(head, &cast::log_key(), state, 1);
        told::file(&lines, &folded, &shown, &state, (self.last, last), &sign)
    }

    fn line(&self, index: u64) -> &Line {
        &self.lines[usize::try_from(index).unwrap()]
    }

    /// Trusts the log and the witnesses and auditors whom the liar has with it.
    fn reader(&self) -> Reader {
        let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
        let audited = file("trust-audited");
        let (_, cosigners) = audited.split_once('\n').unwrap();
        Reader {
            policy: format!("log {}\n{cosigners}", key.vkey()),
            old: None,
            now: Some(self.last.time.plus_seconds(30)),
            age_seconds_max: Some(600),
        }
    }

    /// Every lie about one member of what the file shows.
    fn lies(&self) -> Vec<Lie> {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let entries: Vec<(u64, Value)> = self
            .genuine
            .entries
            .iter()
            .map(|entry| (entry.index, parse(&entry.text)))
            .collect();
        let known = entries.iter().flat_map(|(_, entry)| ids(entry)).collect();
        let mut lies = Vec::new();
        for (index, entry) in &entries {
            let changed = changes(entry, &known).into_iter().chain(refused(entry));
            lies.extend(changed.map(|change| self.entry_lie(*index, change)));
        }
        for record in &self.genuine.records {
            let Some(text) = &record.value else { continue };
            let is_whole = record.history.is_some();
            lies.extend(changed_values(&record.key, is_whole, &parse(text), &known));
        }
        let last = changes(&parse(&self.tell(&Told::Nothing).state_entry.text), &known);
        lies.extend(last.into_iter().map(|change| Lie {
            place: ("the state entry".to_owned(), change.path.clone()),
            name: format!("the state entry {}: {}", change.path, change.what),
            told: Told::LastEntry(canonical(&change.value)),
        }));
        lies
    }

    fn entry_lie(&self, index: u64, change: Change) -> Lie {
        let Change {
            path,
            what,
            mut value,
        } = change;
        let prefix = "outcome.accepted.event";
        let genuine: Value = serde_json::from_str(&self.line(index).text).unwrap();
        let kind = event_of(&genuine).map_or("entry", |event| event["type"].as_str().unwrap());
        if path.starts_with(prefix) {
            touch(&mut value);
        }
        let place = match path.strip_prefix(prefix) {
            Some(member) => (kind.to_owned(), member.trim_start_matches('.').to_owned()),
            None => ("entry".to_owned(), within_warnings(path)),
        };
        Lie {
            name: format!("entry {index}, {} {}: {what}", place.0, place.1),
            place,
            told: Told::Entry(index, canonical(&value)),
        }
    }
}

/// Warnings are one place, whatever is in them.
fn within_warnings(path: String) -> String {
    let warnings = "outcome.accepted.warnings";
    if path.starts_with(warnings) {
        warnings.to_owned()
    } else {
        path
    }
}

/// The command is refused after all.
fn refused(entry: &Value) -> Option<Change> {
    event_of(entry)?;
    let mut value = entry.clone();
    value["outcome"] = json!({"refused": [{"code": 3004, "field": "body"}]});
    value["touches"] = json!([]);
    Some(Change {
        path: "outcome".to_owned(),
        what: "refused".to_owned(),
        value,
    })
}

/// Every change of a record in the state, and that it is not there.
fn changed_values(
    key: &StateKey,
    is_whole: bool,
    value: &Value,
    known: &BTreeSet<String>,
) -> Vec<Lie> {
    let carrier = if is_whole { "whole " } else { "shown " };
    let lie = |path: String, what: &str, text: Option<String>| Lie {
        place: (format!("{carrier}{}", key.space()), member_of(&path)),
        name: format!("{carrier}{key} {path}: {what}"),
        told: Told::State(key.clone(), text),
    };
    let changed = changes(value, known).into_iter().map(|change| {
        let text = canonical(&change.value);
        lie(change.path, &change.what, Some(text))
    });
    changed
        .chain([lie(String::new(), "absent", None)])
        .collect()
}

/// The member of the record in which a place is: `record.lines` of `record.lines[].quantity`.
fn member_of(path: &str) -> String {
    let names: Vec<&str> = path.split('.').take(2).collect();
    names.join(".").replace("[]", "")
}

/// Where a file is refused: the check; none where it is believed.
fn refused_at(verdict: &Verdict) -> Option<&'static str> {
    match verdict.failure() {
        Some(check) => Some(check.name),
        None if verdict.level.is_none() => Some("no verdict"),
        None => None,
    }
}

/// Judges every lie, on all processors; says of each where it is refused.
fn judge(forge: &Forge, lies: &[Lie], trust: &Trust) -> Vec<Option<&'static str>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = lies.len().div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        let spawn = |part| scope.spawn(move || judge_part(forge, part, trust));
        let running: Vec<_> = lies.chunks(share).map(spawn).collect();
        running
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}

fn judge_part(forge: &Forge, lies: &[Lie], trust: &Trust) -> Vec<Option<&'static str>> {
    let judged = |lie: &Lie| {
        let text = forge.tell(&lie.told).to_text();
        refused_at(&verify(text.as_bytes(), trust))
    };
    lies.iter().map(judged).collect()
}

/// A place in the table: about what the file is, what is changed, and which member of it.
type Place = (&'static str, String, String);

/// What has come of all lies.
#[derive(Default)]
struct Found {
    /// What nobody refuses, with the first lie of each place.
    believed: BTreeMap<Place, String>,
    /// Where the verifiers differ.
    differ: Vec<String>,
    /// Lies about what every file of a scenario shows alike, or every file at all.
    told: BTreeSet<String>,
    count: usize,
}

/// Tells every lie to the verifier here, and every `step`-th to the others too.
fn tell_all(step: usize) -> Found {
    let mut found = Found::default();
    for (scenario, abouts) in FILES {
        let mut house = House::new();
        let told = play(&mut house, &scenarios::steps(scenario));
        found.told.retain(|lie| lie.starts_with("entry 0,"));
        house.check_ledger();
        for about in abouts {
            let subject = match about {
                About::Right(name) => StateKey::Right(told.names.right(name).0),
                About::Pledge(name) => StateKey::Pledge(told.names.pledge(name).0),
                About::Absence(name) => StateKey::parse("identity", name).unwrap(),
            };
            let forge = Forge::new(&house, &subject, about.word());
            let name = format!("{scenario} {subject}");
            found.add(&forge, &name, step);
        }
        house.close();
    }
    found
}

impl Found {
    /// Tells the lies of one file.
    fn add(&mut self, forge: &Forge, name: &str, step: usize) {
        let reader = forge.reader();
        let truth = forge.tell(&Told::Nothing);
        let mut both = Both::new();
        let verdict = both.verify(name, truth.to_text().as_bytes(), &reader);
        assert_eq!(
            verdict.level,
            Some(Level::CurrentAndComplete),
            "{name}: {verdict:?}"
        );
        let values = |file: &Evidence| -> Vec<Option<String>> {
            file.records.iter().map(|one| one.value.clone()).collect()
        };
        assert!(values(&truth) == values(&forge.genuine), "{name}");
        let mut lies = forge.lies();
        lies.retain(|lie| lie.is_new(&mut self.told));
        self.count += lies.len();
        let lies: Vec<Lie> = lies.into_iter().step_by(STEP).collect();
        let judged = judge(forge, &lies, &reader.trust());
        for (number, (lie, found)) in lies.iter().zip(judged).enumerate() {
            if number.is_multiple_of(step) {
                let file = forge.tell(&lie.told).to_text();
                both.verify(&format!("{name}: {}", lie.name), file.as_bytes(), &reader);
            }
            if found.is_none() {
                let (carrier, path) = lie.place.clone();
                let place = (forge.about, carrier, path);
                let first = self.believed.entry(place);
                first.or_insert_with(|| format!("{name}: {}", lie.name));
            }
        }
        self.differ.extend(both.faults());
    }

    /// Compares what is believed with the table: nothing else, and nothing in the table that is refused by now.
    fn compare(mut self) {
        let table = limits::table();
        for (place, name) in &self.believed {
            if !table.contains(place) {
                self.differ
                    .push(format!("believed: {place:?} as in {name}"));
            }
        }
        let refused = table
            .iter()
            .filter(|place| !self.believed.contains_key(place));
        for place in refused.filter(|_| STEP == 1) {
            self.differ
                .push(format!("refused, and yet in the table: {place:?}"));
        }
        let (count, differ) = (self.count, self.differ);
        assert!(differ.is_empty(), "of {count} lies\n{}", differ.join("\n"));
    }
}

#[test]
fn every_changed_member_is_refused_or_stands_in_the_table() {
    tell_all(97).compare();
}

#[test]
#[ignore = "an hour of Python; `make verify-all` runs it"]
fn every_changed_member_is_judged_alike_by_all_verifiers() {
    tell_all(1).compare();
}

#[test]
fn the_specification_says_what_stands_in_the_table() {
    let formats = include_str!("../../../docs/FORMATS.md");
    let (_, after) = formats.split_once("### 7.6 ").unwrap();
    let (section, _) = after.split_once("### 7.7 ").unwrap();
    for limit in limits::LIMITS {
        assert!(section.contains(limit.says), "{}", limit.says);
    }
}
