//! Lies about rights: overhangs that the event does not leave, and acts that change something else of the right.

use greenlien::domain::facts::StateKey;
use serde_json::{Value, json};

use super::{Lie, PLEDGE, RIGHT, Tale};

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
    .into_iter()
    .chain(issued())
    .chain(renewed())
    .chain(cells())
    .chain(numbers())
    .chain(used_years())
    .collect()
}

/// The policy whose text the file shows says the layer and the source of a right, and the event the sum of its overlaps.
fn issued() -> Vec<Tale> {
    let of_right = |name, scenario, nth, lie: Lie| {
        Tale::new(name, scenario, ("right_issued", nth), lie).seen_by(&[RIGHT], &[])
    };
    let (stock, land) = ("s01_partial_pledge", "four_cells");
    vec![
        of_right("issued from no source", stock, 0, |event| {
            event.as_object_mut().unwrap().remove("source").unwrap();
        }),
        of_right("issued from another source", stock, 0, |event| {
            let source = event["source"].as_str().unwrap();
            event["source"] = json!(format!("{source}x"));
        }),
        of_right("land from a source", land, 0, |event| {
            event["source"] = json!("forest|x");
        }),
        of_right("issued in another layer", land, 0, |event| {
            event["layer"] = json!("xx");
        }),
        of_right("issued with more tolerated", land, 0, |event| {
            event["tolerated_area2"] = json!("5");
        }),
        of_right(
            "issued with nothing tolerated",
            "s06_forest_parcels",
            1,
            |event| {
                event
                    .as_object_mut()
                    .unwrap()
                    .remove("tolerated_area2")
                    .unwrap();
            },
        ),
    ]
}

/// A right that takes the place of another, with a line that hangs by 20 t/a since.
fn renewed() -> Vec<Tale> {
    let of_right = |name, lie: Lie| Tale::new(name, "renewals", ("right_issued", 1), lie);
    let told = |name, lie: Lie| of_right(name, lie).seen_by(&[RIGHT, PLEDGE], &[]);
    vec![
        of_right("a line is left behind", |event| {
            event["burdens"] = json!([]);
            event.as_object_mut().unwrap().remove("moved").unwrap();
        })
        .seen_by(&[RIGHT], &[]),
        told("a line gets smaller on the way", |event| {
            event["burdens"][0]["quantity"] = json!("80");
            event["burdens"][0]
                .as_object_mut()
                .unwrap()
                .remove("overhang");
        }),
        told("a line hangs by less", |event| {
            event["burdens"][0]["overhang"] = json!("19");
        }),
        told("a line comes twice", |event| {
            let more = event["moved"][0].clone();
            event["moved"].as_array_mut().unwrap().push(more);
        }),
    ]
}

/// A cell, and the layers in it as the state has them.
fn relayered(key: &StateKey, text: String, cells: &[&str], from: &str, to: &str) -> String {
    if matches!(key, StateKey::Cell(_)) && cells.contains(&&*key.name()) {
        text.replace(&format!("{from:?}"), &format!("{to:?}"))
    } else {
        text
    }
}

const CELLS: [&str; 4] = ["x10650y2930", "x10650y2931", "x10651y2930", "x10651y2931"];

/// The state hides a right from whoever looks for neighbors in some of its cells, or shows another right there.
fn cells() -> Vec<Tale> {
    let told = |name, nth, state: fn(&StateKey, String) -> String| Tale {
        state,
        // The first file has every entry about its cells; a later right may share them with others.
        found: vec![if nth == 0 {
            (RIGHT, "history gives state")
        } else {
            (RIGHT, "no over-commitment")
        }],
        ..Tale::new(name, "four_cells", ("right_issued", nth), |_| {})
    };
    vec![
        told("the ground stands in three of its cells", 0, |key, text| {
            relayered(key, text, &CELLS[3..], "forest", "xx")
        }),
        told("the ground stands in one of its cells", 0, |key, text| {
            relayered(key, text, &CELLS[..3], "forest", "xx")
        }),
        told("the ground stands in none of its cells", 0, |key, text| {
            relayered(key, text, &CELLS, "forest", "xx")
        }),
        told("a double in the first cell alone", 1, |key, text| {
            relayered(key, text, &CELLS[..1], "forest", "sink")
        }),
        told("a double in the last cell alone", 1, |key, text| {
            relayered(key, text, &CELLS[3..], "forest", "sink")
        }),
    ]
}

/// A sink is issued on years that became units, or that a court sold, of one that was revoked; and a court sells years that the right
/// no longer has.
fn used_years() -> Vec<Tale> {
    let told = |name, nth, state: fn(&StateKey, String) -> String| Tale {
        state,
        found: vec![(RIGHT, "no over-commitment")],
        ..Tale::new(name, "used_years", ("right_issued", nth), |_| {})
    };
    vec![
        told(
            "a year that became units is issued again",
            3,
            |key, text| used(key, text, "2026-2027", "2026-2028"),
        ),
        told("a year that was sold is issued again", 3, |key, text| {
            used(key, text, "2031-2033", "2030-2033")
        }),
        // A second before midnight at UTC+8.
        Tale {
            time: Some("2027-12-31T15:59:59.000000Z"),
            ..Tale::new(
                "units are issued for a year that is not over",
                "sink_units",
                ("convert_right", 0),
                |_| {},
            )
            .seen_by(&[RIGHT], &[PLEDGE])
        },
        Tale::new(
            "revoked years are sold",
            "used_years",
            ("record_disposal", 1),
            |event| {
                let changes = event["changes"].as_array_mut().unwrap().iter_mut();
                for change in changes.filter(|change| change.get("converted").is_some()) {
                    change["converted"] = json!(["2030-2034"]);
                }
            },
        )
        .seen_by(&[RIGHT], &[PLEDGE]),
    ]
}

/// A right that has used up other years.
fn used(key: &StateKey, text: String, from: &str, to: &str) -> String {
    if matches!(key, StateKey::Right(_)) {
        text.replace(from, to)
    } else {
        text
    }
}

/// The registry hides a sink from whoever names its parcel, which has no polygon, or the one before it.
fn numbers() -> Vec<Tale> {
    let told = |name, nth, lie: Lie| Tale {
        found: vec![(RIGHT, "no over-commitment")],
        ..Tale::new(name, "s07_by_number", ("right_issued", nth), lie)
    };
    vec![
        told("a sink stands on no parcel", 3, |event| {
            event.as_object_mut().unwrap().remove("cells").unwrap();
        }),
        told("a sink stands on the new parcel alone", 7, |event| {
            event["cells"].as_array_mut().unwrap().remove(0);
        }),
        told("a sink stands on the old parcel alone", 7, |event| {
            event["cells"].as_array_mut().unwrap().pop().unwrap();
        }),
        Tale {
            // Of the new parcel the file has every entry; on the old one others stand.
            state: |key, text| {
                let is_old = matches!(key, StateKey::Cell(_)) && text.matches("sink").count() > 1;
                let hidden = || text.replace("sink", "xx");
                if is_old { hidden() } else { text }
            },
            ..told("a sink is not listed on the old parcel", 7, |_| {})
        },
    ]
}
