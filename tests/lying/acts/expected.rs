//! Commands that their signers gave for other versions of the records: kept back, and applied when they had changed.

use serde_json::{Value, json};

use super::{Act, BANK, HOLDER, assign, assigned, true_act};

fn expecting(name: &'static str, expect: Value) -> Act {
    Act {
        expect: Some(expect),
        ..assign(name, &[HOLDER, BANK], assigned(|_| {}))
    }
}

pub(super) fn acts() -> Vec<Act> {
    vec![
        true_act(expecting(
            "the versions that the pledge and its right have",
            json!({"P5": 1, "R4": 2}),
        )),
        expecting("a version of before the pledge", json!({"P5": 0})),
        expecting("a version that the pledge never had", json!({"P5": 7})),
        expecting("no version at all", json!({})),
        expecting("the version of the right alone", json!({"R4": 2})),
        expecting(
            "a version that the right had before",
            json!({"P5": 1, "R4": 1}),
        ),
    ]
}
