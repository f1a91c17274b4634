//! Lies about another order of ranks.

use serde_json::{Value, json};

use super::{PLEDGE, RIGHT, Tale};

/// Removes the rows of a line and its burden: the n-th line that the event puts.
fn forget(event: &mut Value, nth: usize) {
    let rows = event["rows"].as_array_mut().unwrap();
    let lines: Vec<Value> = rows
        .iter()
        .filter(|row| row["list"] == "lines")
        .cloned()
        .collect();
    let (of, number) = (lines[nth]["of"].clone(), lines[nth]["line"].clone());
    let pledge = of.as_str().unwrap().replace("pledge|", "");
    let burden = json!(format!("{pledge}.{number}"));
    rows.retain(|row| row["id"] != burden && !(row["of"] == of && row["line"] == number));
    let change = json!({ "of": of });
    let changes = event["changes"].as_array_mut().unwrap();
    changes.push(change);
    changes.sort_by_key(|change| change["of"].as_str().unwrap().to_owned());
}

/// Sets a member of the n-th line that the event puts, and of its burden.
fn set(event: &mut Value, nth: usize, member: &str, value: &Value) {
    let rows = event["rows"].as_array_mut().unwrap();
    for list in ["burdens", "lines"] {
        let mut of_list = rows.iter_mut().filter(|row| row["list"] == list);
        of_list.nth(nth).unwrap()[member] = value.clone();
    }
}

/// The burden names of the event, in its order.
fn names(event: &Value) -> Vec<Value> {
    let rows = event["rows"].as_array().unwrap().iter();
    let burdens = rows.filter(|row| row["list"] == "burdens");
    burdens.map(|row| row["id"].clone()).collect()
}

pub(super) fn tales() -> Vec<Tale> {
    let story = "s12_second_rank";
    let order = ("change_rank", 0);
    let second = ("P", 1);
    let third = ("P", 2);
    vec![
        // The pledge shows its right as it stands, where two lines share days and neither stands behind the other.
        Tale::new("the first stays where it was", story, order, |event| {
            forget(event, 0);
        })
        .seen_by(&[RIGHT, second], &[])
        .found_in(PLEDGE, "no over-commitment"),
        Tale::new("the second stays where it was", story, order, |event| {
            forget(event, 1);
        })
        .seen_by(&[RIGHT, PLEDGE, second], &[]),
        Tale::new("the third stays where it was", story, order, |event| {
            forget(event, 2);
        })
        .seen_by(&[RIGHT, third], &[PLEDGE]),
        Tale::new(
            "the first stands behind the third too",
            story,
            order,
            |event| {
                let names = names(event);
                set(event, 0, "behind", &json!([names[1], names[2]]));
            },
        ),
        Tale::new("the third stands behind one", story, order, |event| {
            let names = names(event);
            set(event, 2, "behind", &json!([names[1]]));
        })
        .seen_by(&[RIGHT, third], &[])
        .found_in(PLEDGE, "no over-commitment"),
        Tale::new("in another order of names", story, order, |event| {
            let names = names(event);
            set(event, 2, "behind", &json!([names[0], names[1]]));
        })
        .seen_by(&[RIGHT, PLEDGE, third], &[]),
        Tale::new(
            "with another quantity",
            "ranks_on_new_days",
            order,
            |event| {
                set(event, 0, "quantity", &json!("60"));
            },
        )
        .seen_by(&[RIGHT, PLEDGE], &[second]),
        Tale::new("for other days", "ranks_on_new_days", order, |event| {
            set(event, 0, "to", &json!("2030-01-01"));
        })
        .seen_by(&[RIGHT, PLEDGE], &[second]),
    ]
}
