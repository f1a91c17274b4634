//! Lies about parts of rights and conversions: what is left, which lines go along, how much of them, and what becomes of it.
//!
//! A file about the old right contradicts all of them. One about the new right, or about a pledge, shows neither the burdens nor
//! the balance of before (docs/FORMATS.md 7.6).

use serde_json::{Value, json};

use super::{About, Lie, PLEDGE, RIGHT, Tale};

/// The right that the entry makes.
const MADE: About = ("R", 1);

fn change<'v>(event: &'v mut Value, of: &str, nth: usize) -> &'v mut Value {
    let mut changes = event["changes"].as_array_mut().unwrap().iter_mut();
    let of_space = |change: &&mut Value| change["of"].as_str().unwrap().starts_with(of);
    changes.by_ref().filter(of_space).nth(nth).unwrap()
}

/// The rows of a list, of the old right or the new one, of pledges by the right that they name.
fn rows<'v>(event: &'v mut Value, list: &str) -> Vec<&'v mut Value> {
    let rows = event["rows"].as_array_mut().unwrap().iter_mut();
    rows.filter(|row| row["list"] == list).collect()
}

/// Gives a line and its burden another quantity.
fn weigh(event: &mut Value, nth: usize, quantity: &str) {
    rows(event, "lines")[nth]["quantity"] = json!(quantity);
    let number = rows(event, "lines")[nth]["line"].clone();
    let pledge = rows(event, "lines")[nth]["of"]
        .as_str()
        .unwrap()
        .replace("pledge|", "");
    let id = json!(format!("{pledge}.{number}"));
    for burden in rows(event, "burdens") {
        if burden["id"] == id {
            burden["quantity"] = json!(quantity);
        }
    }
}

/// The old right comes first, the one that the entry makes second.
fn set(event: &mut Value, nth: usize, member: &str, value: Value) {
    change(event, "right|", nth)[member] = value;
}

fn split(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s03_split", ("transfer_right", 0), lie)
}

fn joint(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s03_split", ("transfer_right", 1), lie)
}

/// A conversion of what a split left undivided.
fn kept_together(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s03_split", ("convert_right", 0), lie)
}

/// A part of it that goes with an allocation.
fn allocated(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s03_split", ("transfer_right", 5), lie)
}

/// The notes of before stay; that of this entry is the last.
fn without_its_note(event: &mut Value) {
    let rows = event["rows"].as_array_mut().unwrap();
    let last = rows.iter().rposition(|row| row["list"] == "joint");
    drop(rows.remove(last.unwrap()));
}

fn two_lines(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s03_split", ("transfer_right", 2), lie)
}

fn carried_over(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "s04_carry_over", ("convert_right", 0), lie)
}

fn of_years(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "sink_units", ("convert_right", 0), lie)
}

fn transfers() -> Vec<Tale> {
    let unseen = [MADE, PLEDGE];
    vec![
        split("more is left of the right", |event| {
            set(event, 0, "balance", json!("60000"));
        })
        .seen_by(&[RIGHT], &unseen),
        split("more of a line stays", |event| weigh(event, 0, "11000")).seen_by(&[RIGHT], &unseen),
        split("the part has other days", |event| {
            set(
                event,
                1,
                "span",
                json!({"from": "2026-01-01", "to": "2039-01-01"}),
            );
        })
        .seen_by(&[RIGHT], &[]),
        split("the part has a class", |event| {
            set(event, 1, "class", json!("CCER"));
        })
        .seen_by(&[RIGHT], &[]),
        split("the part is in no source", |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            rows.retain(|row| row["list"] != "rights");
            let changes = event["changes"].as_array_mut().unwrap();
            changes.retain(|change| !change["of"].as_str().unwrap().starts_with("source|"));
            drop(
                change(event, "right|", 1)
                    .as_object_mut()
                    .unwrap()
                    .remove("source"),
            );
        })
        .seen_by(&[RIGHT], &[]),
        joint("an undivided line secures more", |event| {
            rows(event, "joint")[0]["quantity"] = json!("99999");
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        joint("an undivided line is not noted", |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            rows.retain(|row| row["list"] != "joint");
            let changes = event["changes"].as_array_mut().unwrap();
            changes.retain(|change| !change["of"].as_str().unwrap().starts_with("pledge|"));
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        joint("an undivided line is less there", |event| {
            weigh(event, 1, "1");
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        two_lines("the later line comes first", |event| {
            let mut burdens = rows(event, "burdens");
            let last = burdens.len() - 1;
            let later = burdens[last].clone();
            *burdens[last] = burdens[last - 1].clone();
            *burdens[last - 1] = later;
        })
        .seen_by(&[RIGHT], &[MADE]),
    ]
}

/// A part of a flow, with a part of a line on it.
fn of_flow(name: &'static str, lie: Lie) -> Tale {
    Tale::new(name, "flow_parts", ("transfer_right", 1), lie)
}

/// Lets the part of a flow begin on another day: its span, its step and its place at the source.
fn begin(event: &mut Value, day: &str) {
    change(event, "right|", 1)["span"]["from"] = json!(day);
    rows(event, "steps").pop().unwrap()["from"] = json!(day);
    rows(event, "rights").pop().unwrap()["from"] = json!(day);
}

fn flows() -> Vec<Tale> {
    let every = [RIGHT, MADE, PLEDGE];
    vec![
        of_flow("more is left of a flow", |event| {
            rows(event, "steps")[1]["quantity"] = json!("60");
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        of_flow("the part of a flow is larger", |event| {
            rows(event, "steps").pop().unwrap()["quantity"] = json!("31");
        })
        .seen_by(&every, &[]),
        of_flow("the part of a flow begins before", |event| {
            begin(event, "2026-01-01");
        })
        .seen_by(&every, &[]),
        of_flow("the part of a flow begins later", |event| {
            begin(event, "2027-01-01");
        })
        .seen_by(&every, &[]),
        of_flow("more of a line on a flow goes", |event| {
            weigh(event, 1, "31");
        })
        .seen_by(&every, &[]),
        of_flow("more of a line on a flow stays", |event| {
            weigh(event, 0, "31");
        })
        .seen_by(&[RIGHT], &[MADE])
        .found_in(PLEDGE, "no over-commitment"),
        of_flow("a line on a flow goes for more days", |event| {
            rows(event, "lines")[1]["to"] = json!("2031-01-01");
            rows(event, "burdens")[1]["to"] = json!("2031-01-01");
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
    ]
}

fn conversions() -> Vec<Tale> {
    vec![
        carried_over("more is left after a conversion", |event| {
            set(event, 0, "balance", json!("30000"));
        })
        .seen_by(&[RIGHT], &[]),
        carried_over("a line gets less of what was made", |event| {
            weigh(event, 1, "1");
        })
        .seen_by(&[RIGHT], &[]),
        carried_over("what was made has attributes", |event| {
            set(event, 1, "attributes", json!({"pilot": "no"}));
        })
        .seen_by(&[RIGHT], &[]),
        of_years("other years are converted", |event| {
            set(event, 0, "converted", json!(["2026-2028"]));
        })
        .seen_by(&[RIGHT], &[]),
        of_years("a line over the years gets less", |event| {
            weigh(event, 1, "1");
        })
        .seen_by(&[RIGHT], &[]),
    ]
}

/// Parts of what was undivided before.
fn parts_of_parts() -> Vec<Tale> {
    vec![
        kept_together(
            "a conversion takes a part out of what is undivided",
            without_its_note,
        )
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        kept_together("a conversion lets an undivided part secure more", |event| {
            rows(event, "joint").pop().unwrap()["quantity"] = json!("99999");
        })
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
        allocated(
            "an allocation takes a part out of what is undivided",
            without_its_note,
        )
        .seen_by(&[RIGHT], &[MADE, PLEDGE]),
    ]
}

pub(super) fn tales() -> Vec<Tale> {
    let of_rights = transfers().into_iter().chain(flows()).chain(conversions());
    of_rights.chain(parts_of_parts()).collect()
}
