//! Consents that were attested instead of signed (docs/FORMATS.md 2.4) are noted with their entry, after those of before.

use crate::domain::authority::attest::Attestation;
use crate::domain::change::Members;
use crate::primitives::canonical::Json;
use crate::primitives::id::EntryIndex;
use crate::verify::binding::lines::LineAct;

/// The list of a pledge that holds them.
pub(super) const LIST: &str = "attested";

/// Checks the consents that an act on lines notes: those of before, then those that the command attests.
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
        earlier.iter().copied().eq(&before)
    } else {
        let of = |item: &&Members| entry_of(item);
        let entries: Option<Vec<EntryIndex>> = earlier.iter().map(of).collect();
        let passed = |item: &&&Members| act.past.notes().has_passed(item);
        let shown = earlier.iter().filter(passed).copied();
        entries.is_some_and(|entries| {
            let before = |entry: &EntryIndex| (act.pledge.0..index).contains(entry);
            entries.is_sorted() && entries.iter().all(before)
        }) && shown.eq(act.past.notes().of(act.pledge, LIST))
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
