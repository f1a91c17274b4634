//! What acts on lines note in their pledge besides: tranches of a cap, a term, a disposal.

use crate::domain::change::{Members, Row};
use crate::domain::command::{Body, PledgeAct};
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Cap, Disposal};
use crate::domain::wire::{body_json, record_json};
use crate::primitives::canonical::Json;
use crate::primitives::id::PledgeId;
use crate::primitives::quantity::{Quantity, Scale};
use crate::verify::binding::lines::LineAct;

impl LineAct<'_> {
    fn key(&self) -> StateKey {
        StateKey::Pledge(self.pledge)
    }

    /// The items that the event gives a list of the pledge; nothing where it leaves the list as it was.
    pub(super) fn noted(&self, list: &str) -> Option<Vec<&Members>> {
        let key = self.key();
        let change = self.changes.iter().find(|change| change.of == key)?;
        change.set.get(list)?;
        Some(items_of(self.rows, self.pledge, list))
    }

    /// The items of a list of the pledge before the entry, where its history is shown.
    pub(super) fn before(&self, list: &str) -> Option<Vec<Members>> {
        let record = self.past.before(&self.key())?;
        Some(list_of(&record_json(record), list))
    }
}

/// The items that an event puts into a list of a pledge.
pub(super) fn items_of<'r>(rows: &'r [Row], pledge: PledgeId, list: &str) -> Vec<&'r Members> {
    let of = StateKey::Pledge(pledge);
    let rows = rows.iter().filter(|row| row.of == of && row.list == list);
    rows.map(|row| &row.item).collect()
}

/// The objects of a list of a record.
pub(super) fn list_of(record: &Json, list: &str) -> Vec<Members> {
    let Json::Object(members) = record else {
        return Vec::new();
    };
    let Some(Json::List(items)) = members.get(list) else {
        return Vec::new();
    };
    let object = |item: &Json| match item {
        Json::Object(members) => Some(members.clone()),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => None,
    };
    items.iter().filter_map(object).collect()
}

/// A cap that is raised gets a tranche of this entry; one that is lowered loses its last tranches.
pub(super) fn tranches(act: &LineAct<'_>, cap_cny: Option<Quantity>) -> Result<(), String> {
    let noted = act.noted("caps");
    let Some(asked) = cap_cny else {
        let why = "a cap that nobody asked for".to_owned();
        return noted.is_none().then_some(()).ok_or(why);
    };
    let fails = || "the tranches of the cap are others".to_owned();
    let old = act.past.pledge(act.pledge).map(|pledge| &*pledge.more.caps);
    let fits = match (noted, old) {
        (noted, Some(old)) => {
            let (is, wanted) = (noted.map(|items| caps_of(&items)), left_of(old, asked, act));
            match is {
                Some(is) => is == Some(wanted.clone()) && wanted != old,
                None => wanted == old,
            }
        }
        // The cap of before is not known; the tranches must give the asked one.
        (None, None) => true,
        (Some(items), None) => caps_of(&items).is_some_and(|caps| {
            let add = |sum: Quantity, cap: &Cap| sum.saturating_add(cap.amount);
            let sum = caps.iter().fold(Quantity::ZERO, add);
            let ascend = caps.is_sorted_by(|a, b| a.entry < b.entry);
            sum == asked
                && ascend
                && caps
                    .last()
                    .is_some_and(|cap| cap.entry <= act.signed.at.index)
        }),
    };
    fits.then_some(()).ok_or_else(fails)
}

fn left_of(old: &[Cap], asked: Quantity, act: &LineAct<'_>) -> Vec<Cap> {
    let (mut caps, mut left) = (Vec::new(), asked);
    for cap in old {
        let amount = cap.amount.min(left);
        left = left.saturating_sub(amount);
        caps.extend((!amount.is_zero()).then_some(Cap { amount, ..*cap }));
    }
    // The first cap stands where the pledge does.
    let entry = if old.is_empty() {
        act.pledge.0
    } else {
        act.signed.at.index
    };
    caps.extend((!left.is_zero()).then_some(Cap {
        amount: left,
        entry,
    }));
    caps
}

fn caps_of(items: &[&Members]) -> Option<Vec<Cap>> {
    let cap = |item: &&Members| {
        let (Json::Text(amount), Json::Int(entry)) = (item.get("amount")?, item.get("entry")?)
        else {
            return None;
        };
        let cap = Cap {
            amount: Quantity::parse(amount, Scale::MAX).ok()?,
            entry: u64::try_from(*entry).ok()?,
        };
        let is_written = item.len() == 2 && cap.amount.to_string() == *amount;
        (is_written && !cap.amount.is_zero()).then_some(cap)
    };
    items.iter().map(cap).collect()
}

/// A member that an act may set, such as `term`, is what was asked, and set only where it was not so before.
pub(super) fn as_asked(act: &LineAct<'_>, member: &str) -> Result<(), String> {
    let asked = asked_of(&act.signed.command.body);
    let asked = asked.get(member);
    let key = act.key();
    let change = act.changes.iter().find(|change| change.of == key);
    let set = change.and_then(|change| change.set.get(member));
    let fits = match act.past.before(&key).map(record_json) {
        Some(Json::Object(before)) => {
            set == asked.filter(|asked| before.get(member) != Some(asked))
        }
        _ => set.is_none() || set == asked,
    };
    let fails = || format!("{member} is not what was asked");
    fits.then_some(()).ok_or_else(fails)
}

/// The disposal is noted as the payload says it, after those of before, of which one may have given way.
pub(super) fn disposal(act: &LineAct<'_>) -> Result<(), String> {
    let asked = asked_of(&act.signed.command.body);
    let mut item = asked.clone();
    for member in ["pledge", "unit", "proceeds_cny"] {
        item.remove(member);
    }
    let proceeds = match asked.get("proceeds_cny") {
        Some(Json::Text(text)) => Quantity::parse(text, Scale::MAX).ok(),
        _ => None,
    };
    item.extend(proceeds.map(|sum| ("proceeds".to_owned(), Json::text(sum.to_string()))));
    item.insert("entry".to_owned(), Json::count(act.signed.at.index));
    let noted = act.noted("disposals").unwrap_or_default();
    let is_last = noted.last() == Some(&&item);
    let is_after = match (act.past.before(&act.key()), disposal_of(act)) {
        (Some(Record::Pledge(before)), Some(disposal)) => {
            let mut after = before.clone();
            let has_room = after.more.note_disposal(disposal);
            let wanted = list_of(&record_json(&Record::Pledge(after)), "disposals");
            has_room && noted.iter().copied().eq(&wanted)
        }
        (Some(_) | None, _) => true,
    };
    let fails = || "the disposal is not noted as it was asked".to_owned();
    (is_last && is_after).then_some(()).ok_or_else(fails)
}

fn disposal_of(act: &LineAct<'_>) -> Option<Disposal> {
    let Body::OfPledge(of) = &act.signed.command.body else {
        return None;
    };
    let PledgeAct::RecordDisposal {
        line,
        amount,
        proceeds_cny,
        authority,
        buyer,
        document,
        ..
    } = &**of
    else {
        return None;
    };
    Some(Disposal {
        line: *line,
        quantity: amount.as_ref().map(|(quantity, _)| *quantity),
        proceeds: *proceeds_cny,
        authority: *authority,
        buyer: *buyer,
        document: *document,
        entry: act.signed.at.index,
    })
}

fn asked_of(body: &Body) -> Members {
    match body_json(body) {
        Json::Object(asked) => asked,
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => Members::new(),
    }
}
