//! Lies about what becomes of parties: who keeps the rights of a divided authority. A file about one of its rights shows its history.

use serde_json::{Value, json};

use super::{Lie, RIGHT, Tale};

fn handed(event: &mut Value) -> &mut Value {
    let mut rows = event["rows"].as_array_mut().unwrap().iter_mut();
    rows.find(|row| row["list"] == "handed").unwrap()
}

fn divided(name: &'static str, nth: usize, lie: Lie) -> Tale {
    Tale::new(name, "bureau_splits", ("split_party", nth), lie).seen_by(&[RIGHT], &[])
}

pub(super) fn tales() -> Vec<Tale> {
    vec![
        divided("another kind is handed over", 0, |event| {
            handed(event)["kind"] = json!("emission");
        }),
        divided("a kind is handed over since another entry", 0, |event| {
            handed(event)["entry"] = json!(1);
        }),
        divided("a kind goes to another successor", 1, |event| {
            let rows = event["rows"].as_array_mut().unwrap();
            let handed: Vec<usize> = (0..rows.len())
                .filter(|nth| rows[*nth]["list"] == "handed")
                .collect();
            rows[handed[1]]["party"] = rows[handed[0]]["party"].clone();
        }),
    ]
}
