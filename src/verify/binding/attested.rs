//! Consents that were attested instead of signed (docs/FORMATS.md 2.4) are noted with their entry, after those of before.

use crate::domain::authority::attest::Attestation;
use crate::domain::change::Members;
use crate::primitives::canonical::Json;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::verify::binding::lines::LineAct;

/// The list of a pledge that holds them.
pub(super) const LIST: &str = "attested";

/// Checks the consents that an act on lines notes: those of before, then those that the command attests, and of all these the last
/// for which there is room.
pub(super) fn check(act: &LineAct<'_>) -> Result<(), String> {
    let asked = &act.signed.command.attested;
    let index = act.signed.at.index;
    let fails = |what: &str| Err(format!("the attested consents are not {what}"));
    let noted = match act.noted(LIST) {
        None if asked.is_empty() => return Ok(()),
        Some(noted) if !asked.is_empty() => noted,
        Some(_) | None => return fails("those of the command"),
    };
    let Some((earlier, own)) = noted
        .len()
        .checked_sub(asked.len())
        .map(|at| noted.split_at(at))
    else {
        return fails("those of the command");
    };
    let wanted: Vec<Members> = asked.iter().map(|one| item(one, index)).collect();
    if !own.iter().copied().eq(&wanted) {
        return fails("those of the command");
    }
    let is_of_before = if let Some(before) = act.before(LIST) {
        let all: Vec<&Members> = before.iter().chain(&wanted).collect();
        let gone = all.len().saturating_sub(limits::PLEDGE_NOTES_MAX);
        noted.iter().eq(all.iter().skip(gone))
    } else {
        let of = |item: &&Members| entry_of(item);
        let entries: Option<Vec<EntryIndex>> = earlier.iter().map(of).collect();
        let passed = |item: &&&Members| act.past.notes().has_passed(item);
        let shown: Vec<&Members> = earlier.iter().filter(passed).copied().collect();
        let of = act.past.notes().of(act.pledge, LIST);
        // Where the list is full, the first may have given way.
        let is_full = noted.len() >= limits::PLEDGE_NOTES_MAX;
        let gone = of.len().saturating_sub(shown.len());
        entries.is_some_and(|entries| {
            let before = |entry: &EntryIndex| (act.pledge.0..index).contains(entry);
            entries.is_sorted() && entries.iter().all(before)
        }) && (is_full || gone == 0)
            && shown.iter().copied().eq(of.iter().skip(gone))
    };
    if is_of_before {
        Ok(())
    } else {
        fails("those of the entries before")
    }
}

/// The note of a consent.
fn item(attestation: &Attestation, entry: EntryIndex) -> Members {
    let Attestation {
        party,
        class,
        document,
    } = attestation;
    [
        ("class", Json::text(class.name())),
        ("document", Json::text(document.to_string())),
        ("entry", Json::count(entry)),
        ("party", Json::text(party.to_string())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The entry that made a note.
pub(super) fn entry_of(item: &Members) -> Option<EntryIndex> {
    match item.get("entry")? {
        Json::Int(entry) => u64::try_from(*entry).ok(),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    }
}
