//! Acts of law 2 on the lines of pledges (docs/FORMATS.md 6.7): every burden says what its line says, nothing changes but what
//! the payload gives, and each line becomes what the payload asks of the line before, where the file shows it.

use std::collections::BTreeMap;

use crate::domain::change::{Change, Members, Row};
use crate::domain::command::{Body, LineChange, PledgeAct};
use crate::domain::facts::StateKey;
use crate::domain::wire::{body_json, record_json};
use crate::primitives::canonical::Json;
use crate::primitives::id::PledgeId;
use crate::primitives::quantity::{Quantity, Scale};
use crate::verify::binding::Signed;
use crate::verify::past::Past;

/// The lines that an act puts, by pledge and number.
type Lines = BTreeMap<(StateKey, u64), Members>;

/// Checks an act on lines; other acts pass.
pub(super) fn check(
    signed: &Signed,
    changes: &[Change],
    rows: &[Row],
    past: &Past,
) -> Result<(), String> {
    let Some((pledge, allowed)) = may_set(&signed.command.body) else {
        return Ok(());
    };
    let lines = lines_of(rows);
    agree(&lines, rows)?;
    changes_only(changes, rows, allowed)?;
    let Some(pledge) = pledge.map(StateKey::Pledge) else {
        return Ok(());
    };
    let before = match past.before(&pledge).map(record_json) {
        Some(Json::Object(members)) => Some(members),
        _ => None,
    };
    let old = before.as_ref().map(|before| list(before, "lines"));
    match &signed.command.body {
        Body::AmendPledge { changes, .. } => {
            amended(changes, &lines, old.as_deref())?;
            tranches(signed, rows, &pledge, before.as_ref())
        }
        Body::OfPledge(act) => {
            gives_back(act, &lines, &pledge, old.as_deref())?;
            match (&**act, body_json(&signed.command.body)) {
                (PledgeAct::RecordDisposal { .. }, Json::Object(asked)) => {
                    disposal(signed, &asked, rows, &pledge, before.as_ref())
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The pledge that an act on lines names, and the members of it that it may set; none of another act.
fn may_set(body: &Body) -> Option<(Option<PledgeId>, &'static [&'static str])> {
    match body {
        Body::AmendPledge { pledge, .. } => Some((Some(*pledge), &["caps", "attested"])),
        Body::ExtendPledge { pledge, .. } => Some((Some(*pledge), &["term", "attested"])),
        Body::OfPledge(act) => match &**act {
            PledgeAct::SubstituteCollateral { pledge, .. } => Some((Some(*pledge), &["attested"])),
            PledgeAct::RecordDisposal { pledge, .. } => Some((Some(*pledge), &["disposals"])),
            PledgeAct::ChangeRank { .. } => Some((None, &[])),
            _ => None,
        },
        _ => None,
    }
}

/// The lines that an act sells or gives back have what is left.
fn gives_back(
    act: &PledgeAct,
    lines: &Lines,
    pledge: &StateKey,
    old: Option<&[Members]>,
) -> Result<(), String> {
    let left = |number: u16| lines.get(&(pledge.clone(), u64::from(number)));
    match act {
        PledgeAct::RecordDisposal { line, amount, .. } => {
            let asked = amount.as_ref().map(|(quantity, _)| *quantity);
            dropped(u64::from(*line), asked, left(*line), old)
        }
        PledgeAct::SubstituteCollateral { drop, .. } => drop.iter().try_for_each(|change| {
            let asked = change.amount.as_ref().map(|(quantity, _)| *quantity);
            dropped(u64::from(change.line), asked, left(change.line), old)
        }),
        _ => Ok(()),
    }
}

fn lines_of(rows: &[Row]) -> Lines {
    let of_lines = rows.iter().filter(|row| row.list == "lines" && !row.drop);
    let line = |row: &Row| {
        let mut item = row.item.clone();
        let Some(Json::Int(number)) = item.remove("line") else {
            return None;
        };
        Some(((row.of.clone(), u64::try_from(number).ok()?), item))
    };
    of_lines.filter_map(line).collect()
}

/// Every changed line stands on its right as it says, and nothing else changes there.
fn agree(lines: &Lines, rows: &[Row]) -> Result<(), String> {
    let mut standing = BTreeMap::new();
    for ((pledge, number), line) in lines {
        let right = text(line, "right");
        let mut burden = line.clone();
        burden.remove("right");
        let id = format!("{}.{number}", pledge.name());
        burden.insert("id".to_owned(), Json::Text(id.clone()));
        let burden = (!line.contains_key("released")).then_some(burden);
        standing.insert((right, id), burden);
    }
    for row in rows.iter().filter(|row| row.list == "burdens") {
        let Some(id) = text(&row.item, "id") else {
            return Err("a burden without a name".to_owned());
        };
        let right = Some(row.of.name().clone());
        let Some(burden) = standing.remove(&(right, id.clone())) else {
            return Err(format!("the burden {id} changes without its line"));
        };
        let mut item = row.item.clone();
        item.remove("overhang");
        if burden != (!row.drop).then_some(item) {
            return Err(format!("the burden {id} differs from its line"));
        }
    }
    match standing.keys().next() {
        Some((_, id)) => Err(format!("{id} changes and its burden does not")),
        None => Ok(()),
    }
}

/// No record is made and no member set but those that the act may set of a pledge.
fn changes_only(changes: &[Change], rows: &[Row], allowed: &[&str]) -> Result<(), String> {
    for change in changes {
        let is_pledge = matches!(change.of, StateKey::Pledge(_));
        let mut set = change.set.keys();
        let fits = set.all(|member| is_pledge && allowed.contains(&&**member));
        if change.new || !change.clear.is_empty() || !fits {
            return Err(format!("{} changes otherwise", change.of.name()));
        }
    }
    let other = rows
        .iter()
        .find(|row| !["lines", "burdens"].contains(&&*row.list) && !allowed.contains(&&*row.list));
    match other {
        Some(row) => Err(format!("{} of {} changes", row.list, row.of.name())),
        None => Ok(()),
    }
}

/// Smaller: the line itself. Larger: a line of its own with the difference, behind what the payload says.
fn amended(changes: &[LineChange], lines: &Lines, old: Option<&[Members]>) -> Result<(), String> {
    let mut rest: Vec<(u64, &Members)> = lines
        .iter()
        .map(|((_, number), line)| (*number, line))
        .collect();
    for change in changes {
        let number = u64::from(change.line);
        let fails = || format!("line {number} does not become what was asked");
        let asked = change.amount.as_ref().map(|(quantity, _)| *quantity);
        let asked = asked.ok_or_else(fails)?;
        let was = old
            .map(|old| at(old, number).ok_or_else(fails))
            .transpose()?;
        let own = rest.iter().position(|(at, _)| *at == number);
        if let Some(own) = own {
            let (_, line) = rest.remove(own);
            let is_less = was.is_none_or(|was| {
                amount(was).is_some_and(|old| asked <= old) && with_amount(was, asked) == *line
            });
            if line.contains_key("released") || amount(line) != Some(asked) || !is_less {
                return Err(fails());
            }
            continue;
        }
        if was.is_some_and(|was| amount(was) == Some(asked)) {
            continue;
        }
        let behind: Vec<Json> = change
            .behind
            .iter()
            .map(|id| Json::Text(id.to_string()))
            .collect();
        let fits = |line: &Members| {
            if let Some(was) = was {
                further(was, asked, &behind).as_ref() == Some(line)
            } else {
                let more = amount(line);
                more.is_some_and(|more| Quantity::ZERO < more && more <= asked)
                    && !line.contains_key("released")
                    && line.get("behind") == list_of(&behind).as_ref()
            }
        };
        let found = rest
            .iter()
            .position(|(_, line)| fits(line))
            .ok_or_else(fails)?;
        rest.remove(found);
    }
    match rest.first() {
        Some((number, _)) => Err(format!("nobody asked for line {number}")),
        None => Ok(()),
    }
}

fn further(was: &Members, asked: Quantity, behind: &[Json]) -> Option<Members> {
    let more = asked.checked_sub(amount(was)?)?;
    let mut line = with_amount(was, more);
    line.remove("behind");
    line.extend(list_of(behind).map(|behind| ("behind".to_owned(), behind)));
    Some(line)
}

fn list_of(behind: &[Json]) -> Option<Json> {
    (!behind.is_empty()).then(|| Json::List(behind.to_vec()))
}

/// A cap that is raised gets a tranche of this entry; one that is lowered loses its last tranches.
fn tranches(
    signed: &Signed,
    rows: &[Row],
    pledge: &StateKey,
    before: Option<&Members>,
) -> Result<(), String> {
    let (Body::AmendPledge { cap_cny, .. }, Some(before)) = (&signed.command.body, before) else {
        return Ok(());
    };
    let noted = notes(rows, pledge, "caps");
    let old = list(before, "caps");
    let Some(mut left) = *cap_cny else {
        let why = "a cap that nobody asked for".to_owned();
        return if noted.is_empty() { Ok(()) } else { Err(why) };
    };
    let mut wanted = Vec::new();
    let tranche = |amount: Quantity, entry: Json| {
        let amount = Json::Text(amount.to_string());
        Members::from([("amount".to_owned(), amount), ("entry".to_owned(), entry)])
    };
    for cap in &old {
        let part = quantity(cap, "amount").map_or(left, |amount| amount.min(left));
        left = left.saturating_sub(part);
        if let Some(entry) = cap.get("entry").filter(|_| part > Quantity::ZERO) {
            wanted.push(tranche(part, entry.clone()));
        }
    }
    if left > Quantity::ZERO {
        wanted.push(tranche(left, Json::count(signed.at.index)));
    }
    if noted == wanted || (noted.is_empty() && wanted == old) {
        Ok(())
    } else {
        Err("the tranches of the cap are others".to_owned())
    }
}

/// What is given back or sold of a line: all of it, or a part.
fn dropped(
    number: u64,
    asked: Option<Quantity>,
    left: Option<&Members>,
    old: Option<&[Members]>,
) -> Result<(), String> {
    let fails = || format!("line {number} is not what was asked");
    let left = left.ok_or_else(fails)?;
    let is_whole = asked.is_none();
    if is_whole && !left.contains_key("released") {
        return Err(fails());
    }
    let Some(old) = old else { return Ok(()) };
    let was = at(old, number).ok_or_else(fails)?;
    let mut wanted = was.clone();
    match asked.filter(|asked| Some(*asked) != amount(was)) {
        None => drop(wanted.insert("released".to_owned(), Json::Bool(true))),
        Some(asked) => {
            let rest = amount(was).and_then(|was| was.checked_sub(asked));
            wanted = with_amount(was, rest.ok_or_else(fails)?);
        }
    }
    if *left == wanted && !was.contains_key("released") {
        Ok(())
    } else {
        Err(fails())
    }
}

/// The disposal is noted as the payload says it, after those of before.
fn disposal(
    signed: &Signed,
    asked: &Members,
    rows: &[Row],
    pledge: &StateKey,
    before: Option<&Members>,
) -> Result<(), String> {
    let mut item = asked.clone();
    for member in ["pledge", "unit", "proceeds_cny"] {
        item.remove(member);
    }
    let proceeds = quantity(asked, "proceeds_cny").map(|proceeds| proceeds.to_string());
    item.extend(proceeds.map(|proceeds| ("proceeds".to_owned(), Json::Text(proceeds))));
    item.insert("entry".to_owned(), Json::count(signed.at.index));
    let noted = notes(rows, pledge, "disposals");
    let is_after = match noted.split_last() {
        Some((last, earlier)) => {
            *last == item && before.is_none_or(|before| list(before, "disposals") == earlier)
        }
        None => false,
    };
    if is_after {
        Ok(())
    } else {
        Err("the disposal is not noted as it was asked".to_owned())
    }
}

fn notes(rows: &[Row], of: &StateKey, name: &str) -> Vec<Members> {
    let of_list = rows.iter().filter(|row| row.of == *of && row.list == name);
    of_list.map(|row| row.item.clone()).collect()
}

fn list(members: &Members, name: &str) -> Vec<Members> {
    let Some(Json::List(items)) = members.get(name) else {
        return Vec::new();
    };
    let object = |item: &Json| match item {
        Json::Object(members) => Some(members.clone()),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => None,
    };
    items.iter().filter_map(object).collect()
}

fn at(lines: &[Members], number: u64) -> Option<&Members> {
    lines.get(usize::try_from(number).ok()?)
}

fn amount(members: &Members) -> Option<Quantity> {
    quantity(members, "quantity")
}

fn text(members: &Members, name: &str) -> Option<String> {
    match members.get(name)? {
        Json::Text(text) => Some(text.clone()),
        Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn quantity(members: &Members, name: &str) -> Option<Quantity> {
    match members.get(name)? {
        Json::Text(text) => Quantity::parse(text, Scale::MAX).ok(),
        Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn with_amount(line: &Members, amount: Quantity) -> Members {
    let mut line = line.clone();
    line.insert("quantity".to_owned(), Json::Text(amount.to_string()));
    line
}
