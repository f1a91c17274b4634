//! Lies about lines: other quantities and days than were asked, added where they stay or left where they are added.

use serde_json::{Value, json};

use super::{PLEDGE, RIGHT, Tale};

/// Sets a member of every line and burden of the event that has this number.
fn set(event: &mut Value, number: u64, member: &str, value: &Value) {
    let name = format!(".{number}");
    let rows = event["rows"].as_array_mut().unwrap();
    for row in rows {
        let is_line = row["line"] == json!(number);
        let is_burden = row["id"].as_str().is_some_and(|id| id.ends_with(&name));
        if is_line || is_burden {
            row[member] = value.clone();
        }
    }
}

/// The line that an act puts under this number.
fn line(event: &Value, number: u64) -> Value {
    let rows = event["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["line"] == json!(number));
    found.unwrap().clone()
}

/// The event of law 1 that puts a line in its place.
fn in_place(event: &mut Value, kind: &str, mut line: Value, changes: &Value) {
    let pledge = line["of"].as_str().unwrap().replace("pledge|", "");
    let members = line.as_object_mut().unwrap();
    members.retain(|name, _| name != "of" && name != "list");
    members.extend(changes.as_object().unwrap().clone());
    *event = json!({"type": kind, "pledge": pledge, "lines": [line]});
}

fn results() -> Vec<Tale> {
    let released = ("pledge_released", 0);
    let story = "s01_partial_pledge";
    vec![
        Tale::new("more is released", story, released, |event| {
            event["lines"][0]["quantity"] = json!("20");
        }),
        Tale::new("released for fewer days", story, released, |event| {
            event["lines"][0]["to"] = json!("2027-03-01");
        }),
        Tale::new("all is released", story, released, |event| {
            event["lines"][0]["quantity"] = json!("80");
            event["lines"][0]["released"] = json!(true);
        }),
        Tale::new("released behind others", story, released, |event| {
            event["lines"][0]["behind"] = json!(["P9.0"]);
        }),
        Tale::new(
            "amended for other days",
            "collateral_added",
            ("pledge_amended", 0),
            |event| event["lines"][0]["to"] = json!("2030-01-01"),
        ),
        Tale::new("added in place", story, ("amend_pledge", 0), |event| {
            let added = line(event, 1);
            in_place(
                event,
                "pledge_amended",
                added,
                &json!({"line": 0, "quantity": "60"}),
            );
        }),
        Tale::new(
            "extended with less",
            story,
            ("pledge_extended", 0),
            |event| {
                event["lines"][0]["quantity"] = json!("10");
            },
        ),
        // Who has come to share the added days stands in the history of the right alone.
        Tale::new(
            "extended over others",
            story,
            ("extend_pledge", 0),
            |event| {
                let added = line(event, 2);
                let changes = json!({"line": 0, "from": "2026-03-01"});
                in_place(event, "pledge_extended", added, &changes);
            },
        )
        .seen_by(&[RIGHT], &[PLEDGE]),
        Tale::new(
            "all but one is released",
            "several_rights",
            ("pledge_released", 3),
            |event| {
                event["lines"].as_array_mut().unwrap().pop();
            },
        )
        .seen_by(&[RIGHT, PLEDGE], &[]),
    ]
}

fn additions() -> Vec<Tale> {
    let story = "s01_partial_pledge";
    let (amends, extends) = (("amend_pledge", 0), ("extend_pledge", 0));
    vec![
        Tale::new("less is added", story, amends, |event| {
            set(event, 1, "quantity", &json!("15"));
        }),
        Tale::new("added for other days", story, amends, |event| {
            set(event, 1, "to", &json!("2029-01-01"));
        }),
        Tale::new("added behind nobody asked", story, amends, |event| {
            set(event, 1, "behind", &json!(["P9.0"]));
        }),
        Tale::new("more days are added", story, extends, |event| {
            set(event, 2, "from", &json!("2028-01-01"));
        }),
        Tale::new("days are added with more", story, extends, |event| {
            set(event, 2, "quantity", &json!("60"));
        }),
        Tale::new("days are added to the line", story, extends, |event| {
            let added = line(event, 2);
            let (from, to) = (json!("2026-03-01"), added["to"].clone());
            set(event, 2, "from", &from);
            set(event, 2, "to", &to);
            let rows = event["rows"].as_array_mut().unwrap();
            for row in rows {
                if row["list"] == "lines" {
                    row["line"] = json!(0);
                } else {
                    let id = row["id"].as_str().unwrap().replace(".2", ".0");
                    row["id"] = json!(id);
                }
            }
        }),
        Tale::new(
            "added although nobody came",
            story,
            ("pledge_extended", 0),
            |event| {
                let (pledge, mut added) = (event["pledge"].clone(), event["lines"][0].clone());
                added["from"] = json!("2029-03-01");
                added["line"] = json!(3);
                let (name, right) = (pledge.as_str().unwrap(), added["right"].as_str().unwrap());
                let mut burden = json!({"of": format!("right|{right}"), "list": "burdens"});
                burden["id"] = json!(format!("{name}.3"));
                for member in ["quantity", "from", "to"] {
                    burden[member] = added[member].clone();
                }
                added["of"] = json!(format!("pledge|{name}"));
                added["list"] = json!("lines");
                let change = json!({"of": format!("pledge|{name}"), "term": event["term"]});
                *event = json!({
                    "type": "extend_pledge", "changes": [change], "rows": [burden, added],
                });
            },
        )
        .seen_by(&[RIGHT], &[PLEDGE]),
        Tale::new("extended with another term", story, extends, |event| {
            let of = line(event, 2)["of"].clone();
            let term = json!({"from": "2026-03-01", "to": "2039-01-01"});
            event["changes"]
                .as_array_mut()
                .unwrap()
                .push(json!({"of": of, "term": term}));
        }),
    ]
}

/// Of a part that is extended.
fn extended_parts() -> Vec<Tale> {
    let (story, extends) = ("extended_part", ("extend_pledge", 0));
    vec![
        Tale::new("another part is extended", story, extends, |event| {
            set(event, 1, "quantity", &json!("9"));
        }),
        Tale::new("all is extended in place", story, extends, |event| {
            let added = line(event, 1);
            let days = json!({
                "line": 0, "quantity": "20", "from": "2027-01-01", "to": added["to"],
            });
            in_place(event, "pledge_extended", added, &days);
        }),
    ]
}

/// Of what a court sells for a later creditor.
fn court_sales() -> Vec<Tale> {
    let story = "no_way_round";
    vec![
        Tale::new(
            "more is sold than was asked",
            story,
            ("record_disposal", 0),
            |event| set(event, 0, "quantity", &json!("20")),
        ),
        // Those before it leave nothing, so nothing leaves the right.
        Tale::new(
            "what others hold is sold",
            story,
            ("record_disposal", 1),
            |event| {
                let rows = event["rows"].as_array().unwrap();
                let burden = rows.iter().find(|row| row["list"] == "burdens").unwrap();
                let change = json!({"of": burden["of"], "balance": "30"});
                event["changes"].as_array_mut().unwrap().insert(0, change);
            },
        )
        .seen_by(&[RIGHT], &[])
        .found_in(PLEDGE, "no over-commitment"),
    ]
}

fn exchanges() -> Vec<Tale> {
    let story = "s09_disposal";
    let exchange = ("substitute_collateral", 0);
    let both = [RIGHT, ("R", 1), PLEDGE];
    let tale = |name, lie| Tale::new(name, story, exchange, lie).seen_by(&both, &[]);
    vec![
        tale("more is taken instead", |event| {
            set(event, 1, "quantity", &json!("30000"));
        }),
        tale("taken instead behind others", |event| {
            set(event, 1, "behind", &json!(["P9.0"]));
        }),
        tale("less is given back", |event| {
            set(event, 0, "quantity", &json!("25000"));
        })
        .seen_by(&[RIGHT, PLEDGE], &[("R", 1)]),
        Tale::new("less is sold", story, ("record_disposal", 0), |event| {
            set(event, 0, "quantity", &json!("5000"));
        }),
        // The right that was registered next.
        Tale::new(
            "a right is touched besides",
            story,
            ("record_disposal", 0),
            |event| {
                let own = event["rows"][0]["of"]
                    .as_str()
                    .unwrap()
                    .replace("right|R", "");
                let next = own.parse::<u64>().unwrap() + 2;
                let right = json!({"of": format!("right|R{next}")});
                event["changes"].as_array_mut().unwrap().insert(0, right);
            },
        )
        .seen_by(&both, &[]),
    ]
}

pub(super) fn tales() -> Vec<Tale> {
    let mut tales = results();
    tales.extend(additions());
    tales.extend(extended_parts());
    tales.extend(court_sales());
    tales.extend(exchanges());
    tales
}
