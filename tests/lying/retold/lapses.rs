//! Lies about lines that lapse with the term of their claim: an end that no policy gives, one that an act forgets or moves
//! elsewhere, and what has lapsed told as if it stood, or what stands as if it had lapsed.

use serde_json::{Value, json};

use super::{PLEDGE, RIGHT, Tale};

const STORY: &str = "lapse";

/// Takes the end out of every line and burden of the event that has this number.
fn forget(event: &mut Value, number: u64) {
    let name = format!(".{number}");
    for row in event["rows"].as_array_mut().unwrap() {
        let is_burden = row["id"].as_str().is_some_and(|id| id.ends_with(&name));
        if row["line"] == json!(number) || is_burden {
            row.as_object_mut().unwrap().remove("expires").unwrap();
        }
    }
}

fn registered() -> Vec<Tale> {
    vec![
        Tale::new(
            "registered without its end",
            STORY,
            ("pledge_registered", 1),
            |event| {
                let line = event["lines"][0].as_object_mut().unwrap();
                line.remove("expires").unwrap();
            },
        ),
        Tale::new(
            "registered with an early end",
            STORY,
            ("pledge_registered", 1),
            |event| event["lines"][0]["expires"] = json!("2027-01-30T16:00:00.000000Z"),
        ),
        Tale::new(
            "registered with an end that no policy gives",
            STORY,
            ("pledge_registered", 0),
            |event| event["lines"][0]["expires"] = json!("2027-02-28T16:00:00.000000Z"),
        ),
        Tale::new(
            "reserved with an end of its own",
            STORY,
            ("reserved", 0),
            |event| event["lines"][0]["expires"] = json!("2027-02-28T16:00:00.000000Z"),
        )
        .seen_by(&[RIGHT], &[]),
    ]
}

fn changed() -> Vec<Tale> {
    vec![
        Tale::new(
            "added without its end",
            STORY,
            ("amend_pledge", 0),
            |event| {
                forget(event, 1);
            },
        ),
        Tale::new(
            "extended and a line left behind",
            STORY,
            ("extend_pledge", 0),
            |event| {
                let rows = event["rows"].as_array_mut().unwrap();
                rows.retain(|row| {
                    let is_burden = row["id"].as_str().is_some_and(|id| id.ends_with(".1"));
                    row["line"] != json!(1) && !is_burden
                });
            },
        ),
        Tale::new(
            "extended to another end",
            STORY,
            ("extend_pledge", 0),
            |event| {
                for row in event["rows"].as_array_mut().unwrap() {
                    row["expires"] = json!("2029-03-31T16:00:00.000000Z");
                }
            },
        ),
        Tale::new(
            "extended for fewer lines and in place",
            STORY,
            ("extend_pledge", 0),
            |event| {
                let pledge = event["changes"][0]["of"].as_str().unwrap();
                let pledge = pledge.replace("pledge|", "");
                let term = event["changes"][0]["term"].clone();
                *event = json!({"type": "pledge_extended", "pledge": pledge, "term": term});
            },
        )
        .seen_by(&[PLEDGE], &[]),
        // The term that the claim had then is in the history of the pledge alone.
        Tale::new(
            "substituted without its end",
            STORY,
            ("substitute_collateral", 0),
            |event| forget(event, 3),
        )
        .seen_by(&[PLEDGE], &[RIGHT]),
        Tale::new(
            "corrected without its end",
            STORY,
            ("correct_right", 0),
            |event| forget(event, 2),
        ),
        Tale::new(
            "carried along without its end",
            STORY,
            ("transfer_right", 0),
            |event| forget(event, 1),
        )
        .seen_by(&[RIGHT], &[]),
    ]
}

/// After the end, and before it.
fn over() -> Vec<Tale> {
    vec![
        Tale::new(
            "released when it had lapsed",
            STORY,
            ("pledge_released", 1),
            |event| {
                let mut gone = event["lines"][0].clone();
                gone["line"] = json!(0);
                event["lines"].as_array_mut().unwrap().insert(0, gone);
            },
        )
        .seen_by(&[PLEDGE], &[]),
        Tale::new(
            "taken over when it had lapsed",
            STORY,
            ("right_issued", 6),
            |event| {
                let from = event["succeeds"][0].clone();
                event["burdens"] = json!([{
                    "id": "P70.1", "quantity": "30", "expires": "2027-02-28T16:00:00.000000Z"
                }]);
                event["moved"] = json!([{"from": from, "burden": "P70.1"}]);
            },
        )
        .seen_by(&[RIGHT], &[]),
        Tale::new(
            "left behind before it lapses",
            STORY,
            ("right_issued", 4),
            |event| {
                event["burdens"] = json!([]);
                event.as_object_mut().unwrap().remove("moved").unwrap();
            },
        )
        .seen_by(&[RIGHT], &[]),
        Tale::new(
            "unfrozen and hanging beside what lapsed",
            STORY,
            ("unfrozen", 0),
            |event| {
                event.as_object_mut().unwrap().remove("overhangs").unwrap();
            },
        )
        .seen_by(&[RIGHT], &[]),
    ]
}

pub(super) fn tales() -> Vec<Tale> {
    [registered(), changed(), over()]
        .into_iter()
        .flatten()
        .collect()
}
