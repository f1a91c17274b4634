//! Lies about rights: overhangs that the event does not leave, and acts that change something else of the right.

use serde_json::{Value, json};

use super::{PLEDGE, RIGHT, Tale};

fn hang(event: &mut Value, burden: &str, overhang: &str) {
    let right = event["rows"][0]["of"]
        .as_str()
        .unwrap()
        .replace("right|", "");
    event["overhangs"] = json!([{"right": right, "burden": burden, "overhang": overhang}]);
}

pub(super) fn tales() -> Vec<Tale> {
    let of_right =
        |name, scenario, event, lie| Tale::new(name, scenario, event, lie).seen_by(&[RIGHT], &[]);
    let (surrender, story) = (("surrender_right", 0), "s05_surrender");
    vec![
        // What hangs follows from the right, whose history the file about the pledge does not show.
        Tale::new(
            "added and a line hangs",
            "s01_partial_pledge",
            ("amend_pledge", 0),
            |event| {
                let line = event["rows"][0]["id"].as_str().unwrap().to_owned();
                hang(event, &line, "whole");
            },
        )
        .seen_by(&[RIGHT], &[PLEDGE]),
        of_right("surrendered and more hangs", story, surrender, |event| {
            event["overhangs"][0]["overhang"] = json!("whole");
        }),
        of_right("less is surrendered", story, surrender, |event| {
            event["changes"][0]["balance"] = json!("9500");
        }),
        of_right(
            "cut and more hangs",
            "s12_second_rank",
            ("right_adjusted", 0),
            |event| {
                event["overhangs"][0]["overhang"] = json!("whole");
            },
        ),
        of_right(
            "cut and the later one spared",
            "s12_second_rank",
            ("right_adjusted", 0),
            |event| {
                event["overhangs"].as_array_mut().unwrap().reverse();
            },
        ),
        of_right(
            "reserved for longer",
            "reservations",
            ("reserved", 0),
            |event| {
                event["expires"] = json!("2027-12-01T02:00:00.000000Z");
            },
        ),
    ]
}
