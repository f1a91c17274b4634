//! Lies about what pledges note: consents that were attested by earlier entries, and records that a file shows as they stand.

use greenlien::domain::facts::StateKey;
use serde_json::{Value, json};

use super::{PLEDGE, RIGHT, Tale};

/// The attested consents that the event notes, oldest first.
fn attested(event: &mut Value) -> Vec<&mut Value> {
    let rows = event["rows"].as_array_mut().unwrap().iter_mut();
    rows.filter(|row| row["list"] == "attested").collect()
}

fn consents() -> Vec<Tale> {
    let story = "attested_consents";
    let exchange = ("substitute_collateral", 0);
    let taken = ("R", 1);
    // The file about the right that is taken does not show the entry that attested the first consent.
    let of_before =
        |name, lie| Tale::new(name, story, exchange, lie).seen_by(&[RIGHT, PLEDGE], &[taken]);
    vec![
        of_before("another earlier consent", |event| {
            attested(event)[0]["class"] = json!("video");
        }),
        of_before("an earlier consent forgotten", |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            let first = rows.iter().position(|row| row["list"] == "attested");
            rows.remove(first.unwrap());
        }),
        of_before("an earlier consent twice", |event| {
            let first = attested(event)[0].clone();
            let rows = event["rows"].as_array_mut().unwrap();
            let at = rows.iter().position(|row| row["list"] == "attested");
            rows.insert(at.unwrap(), first);
        }),
        Tale::new("a consent of a later entry", story, exchange, |event| {
            attested(event)[0]["entry"] = json!(900);
        })
        .seen_by(&[RIGHT, taken, PLEDGE], &[]),
        Tale::new("notes beside those of before", story, exchange, |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            let first = rows.iter().position(|row| row["list"] == "attested");
            rows.remove(first.unwrap());
            for change in event["changes"].as_array_mut().unwrap() {
                change.as_object_mut().unwrap().remove("attested");
            }
            let changes = event["changes"].as_array_mut().unwrap();
            changes.retain(|change| change.as_object().unwrap().len() > 1);
        })
        .seen_by(&[RIGHT, taken, PLEDGE], &[]),
    ]
}

/// Pledges that a file about a right shows as they stand: held to their entries where it has all of them, else to what those
/// that it has noted.
fn standing() -> Vec<Tale> {
    let as_it_stands = |name, scenario, event, state| Tale {
        state,
        found: vec![(RIGHT, "history gives state")],
        ..Tale::new(name, scenario, event, |_| {})
    };
    vec![
        Tale {
            found: vec![(RIGHT, "authority")],
            ..as_it_stands(
                "a pledge in another form that others have taken over",
                "s15_subrogation",
                ("pledge_amended", 0),
                // The pledge behind the guarantee has no entry that the file does not show.
                |key, text| match &*key.name() {
                    "P14" => in_pledge(key, text, "质押", "抵押"),
                    _ => text,
                },
            )
        },
        as_it_stands(
            "a pledge of another line",
            "s01_partial_pledge",
            ("pledge_released", 0),
            |key, text| in_pledge(key, text, "\"quantity\":\"50\"", "\"quantity\":\"70\""),
        ),
        as_it_stands(
            "a pledge in another form",
            "s01_partial_pledge",
            ("pledge_released", 0),
            |key, text| in_pledge(key, text, "质押", "抵押"),
        ),
        as_it_stands(
            "a pledge without its sale",
            "s09_disposal",
            ("record_disposal", 0),
            |key, text| {
                in_pledge(
                    key,
                    text,
                    "\"proceeds\":\"404400\"",
                    "\"proceeds\":\"4044\"",
                )
            },
        ),
        as_it_stands(
            "a pledge of another consent",
            "attested_consents",
            ("substitute_collateral", 0),
            |key, text| in_pledge(key, text, "\"class\":\"paper\"", "\"class\":\"video\""),
        ),
    ]
}

fn in_pledge(key: &StateKey, text: String, from: &str, to: &str) -> String {
    match key {
        StateKey::Pledge(_) => text.replacen(from, to, 1),
        _ => text,
    }
}

/// Takes the first note out of a list that an event writes.
fn forget(event: &mut Value, list: &str) {
    let rows = event["rows"].as_array_mut().unwrap();
    let first = rows.iter().position(|row| row["list"] == list);
    rows.remove(first.unwrap());
}

/// Lies about which note gives way where there is no room.
fn full() -> Vec<Tale> {
    let story = "notes_give_way";
    let of_pledge = |name, event, lie| Tale::new(name, story, event, lie).seen_by(&[PLEDGE], &[]);
    vec![
        Tale::new(
            "a kept sale told anew",
            story,
            ("record_disposal", 17),
            |event| {
                let rows = event["rows"].as_array_mut().unwrap().iter_mut();
                let mut sales = rows.filter(|row| row["list"] == "disposals");
                sales.next().unwrap()["proceeds"] = json!("1");
            },
        ),
        Tale::new(
            "a sale of an undivided line gives way",
            story,
            ("record_disposal", 34),
            |event| forget(event, "disposals"),
        )
        .seen_by(&[PLEDGE], &[RIGHT]),
        Tale::new(
            "a correction gives way whose line stands",
            story,
            ("correct_right", 18),
            |event| forget(event, "corrections"),
        ),
        of_pledge(
            "the last word of a guarantor gives way",
            ("register_guarantee", 17),
            |event| forget(event, "guarantees"),
        ),
        of_pledge("a kept consent told anew", ("amend_pledge", 16), |event| {
            let first = attested(event).swap_remove(0);
            first["document"] = json!("00".repeat(32));
        }),
    ]
}

/// Lies about the period in which claims of a maximum amount may arise; the extension changes the pledge alone.
fn periods() -> Vec<Tale> {
    let story = "determination_period";
    let extended =
        |name, lie| Tale::new(name, story, ("extend_pledge", 0), lie).seen_by(&[PLEDGE], &[]);
    vec![
        extended("more days for claims than was asked", |event| {
            event["changes"][0]["maximum"]["to"] = json!("2031-01-01");
        }),
        extended("fewer days for claims than there were", |event| {
            event["changes"][0]["maximum"]["to"] = json!("2027-01-01");
        }),
        // The file about the right shows the pledge as it stands, beside its registration.
        Tale {
            state: |key, text| match key {
                StateKey::Pledge(_) => text.replace(
                    "\"maximum\":{\"from\":\"2026-01-01\"",
                    "\"maximum\":{\"from\":\"2026-02-01\"",
                ),
                _ => text,
            },
            found: vec![(RIGHT, "authority")],
            ..Tale::new(
                "a pledge with fewer days for claims",
                story,
                ("extend_pledge", 2),
                |_| {},
            )
        },
    ]
}

/// Lies about the share of a guarantor that was merged, which its successor changes.
fn shares() -> Vec<Tale> {
    let changed = |name, lie| {
        Tale::new(name, "after_a_merger", ("register_guarantee", 2), lie).seen_by(&[PLEDGE], &[])
    };
    vec![
        changed("a share under the name of another", |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            rows.last_mut().unwrap()["guarantor"] = json!("M1");
        }),
        changed("another share", |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            rows.last_mut().unwrap()["share_bp"] = json!(1_999);
        }),
    ]
}

pub(super) fn tales() -> Vec<Tale> {
    let mut tales = consents();
    tales.extend(shares());
    tales.extend(standing());
    tales.extend(periods());
    tales.extend(full());
    tales
}
