//! Entries of a law that this verifier does not know: they are in the log, but what they say cannot be judged here.
//!
//! A verifier of an older release must not call such a file false, and never true: every check that rests on the meaning of
//! the entries is not covered.

use crate::domain::law::Law;
use crate::primitives::canonical::Json;
use crate::primitives::field::Fields;
use crate::verify::evidence::Evidence;

/// Names the first entry of the file that was decided under a law that is not known here.
pub(super) fn entry_of_unknown_law(evidence: &Evidence) -> Option<(u64, u64)> {
    let mut entries = evidence.entries.iter();
    entries.find_map(|entry| {
        let law = law_of(&entry.text).filter(|law| *law > Law::LATEST.number())?;
        Some((entry.index, law))
    })
}

/// Returns the law that an entry says it was decided under, whatever else it says.
pub(super) fn law_of(text: &str) -> Option<u64> {
    let json = Json::parse_canonical(text.as_bytes()).ok()?;
    Fields::open("", json).ok()?.count("law").ok()
}

/// Returns the position that an entry of an unknown law says it has.
pub(super) fn index_of(text: &str) -> Option<u64> {
    let json = Json::parse_canonical(text.as_bytes()).ok()?;
    Fields::open("", json).ok()?.count("index").ok()
}
