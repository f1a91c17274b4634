//! The wire forms: what commands, events, findings, records and the genesis look like as canonical JSON, and back.
//!
//! Domain types never derive `Serialize`: their shape may change freely, the shape of the log may not. Writing is total, so
//! every value of the domain has one text; reading is strict, so a member nobody knows, a second spelling of a value or a
//! member that is there only to say "nothing" is refused with its path. This room must not decide anything: what can be
//! judged without facts is judged here, everything else in `door` and `rules`.
//!
//! Forms that all of them share:
//!
//! | value | form |
//! | --- | --- |
//! | id of a record | `"R41"` (`primitives::id`) |
//! | burden | `"P57.0"`, `"V58.0"`, `"F60"` |
//! | hash, key id, public key, signature | lowercase hexadecimal digits |
//! | day | `"2026-12-01"` |
//! | span | `{"from","to"}`, half-open; inside a line its members stand in the line |
//! | instant | `"2026-12-01T02:03:04.123456Z"` |
//! | quantity | decimal string, such as `"80.5"` |
//! | area | decimal string of an integer |
//! | extent | `quantity` a stock; `quantity`, `from`, `to` a flow; `from`, `to` years of land; none of them the whole |
//! | overhang | `"whole"`, or the quantity |
//! | polygon | one string, see [`parse_polygon`] |
//! | hidden digests | `{"principal_cny":"<hex>"}` |
//!
//! An optional member is absent, never null. Lists and maps follow one rule each:
//!
//! | always written, empty or not | absent when empty |
//! | --- | --- |
//! | `burdens`, `duties`, `identities`, `keys`, `lines` (1), `policies`, `quorum`, `refused`, `rights`, `roles`, `signers`, `steps`, `succeeds`, `touches`, `units`, `versions`, `warnings` | `attributes`, `behind`, `cells`, `conflicts`, `expect`, `hidden`, `lines` of `extend_pledge` and `release_pledge` and of `pledge_extended`, `moved`, `overhangs`, `segments`, `spans`, `tolerated` |
//!
//! (1) in `reserve`, `register_pledge`, `amend_pledge` and their events and records. `units` is there exactly when the ground
//! is that of other rights. `additional` and `released` are `true` or absent; `tolerated_area2` is absent when zero.

mod act;
mod attested;
mod body;
mod body_json;
mod changed;
mod command;
mod event;
pub(in crate::domain) mod finding;
mod genesis;
pub(in crate::domain) mod list;
mod more;
mod polygon;
mod question;
mod record;
mod right;
pub(in crate::domain) mod shape;
mod state_value;

#[cfg(test)]
pub(in crate::domain) mod samples;

pub use body_json::body_json;
pub use changed::{read_burden_row, read_line_row};
pub use command::{command_json, parse_command, parse_question, question_json};
pub use event::{event_json, read_event};
pub use finding::{finding_json, read_finding};
pub use genesis::{genesis_json, read_genesis};
pub use polygon::{parse_polygon, polygon_text};
pub use question::{answer_json, parse_answer};
pub use record::{read_record, record_json};
pub use state_value::{StateValue, history_leaf, value_hash};

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use crate::primitives::canonical::Json;

    /// One text a line: the reason why it is not canonical, a tab, its bytes in base64. The same file is run in every language
    /// that verifies.
    const HOSTILE: &str = include_str!("../../../fixtures/hostile/json.txt");

    #[test]
    fn hostile_texts_are_refused_for_their_reason() {
        let mut count = 0;
        for line in HOSTILE.lines() {
            let (reason, bytes) = line.split_once('\t').unwrap();
            let bytes = STANDARD.decode(bytes).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let fault = Json::parse_canonical(&bytes).expect_err(&text);
            assert_eq!(fault.reason, reason, "{text:?}");
            count += 1;
        }
        assert!(count >= 60, "only {count} texts");
    }
}
