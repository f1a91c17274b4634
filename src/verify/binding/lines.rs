//! Acts of law 2 on the lines of pledges (docs/FORMATS.md 6.7): every burden says what its line says, nothing changes but what
//! the payload gives, and each line becomes what the payload asks of the line before, where the file shows it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::authority::matrix::{self, Reach};
use crate::domain::change::{Change, Row};
use crate::domain::command::{Body, LineChange, LineRequest, PledgeAct};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::domain::genesis::Genesis;
use crate::domain::pledge::Line;
use crate::domain::right::{Burden, BurdenId};
use crate::domain::wire::{read_burden_row, read_line_row};
use crate::primitives::id::PledgeId;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::verify::binding::acts::text;
use crate::verify::binding::known::{Was, becomes, was, without};
use crate::verify::binding::lapse::{self, Term};
use crate::verify::binding::{
    Signed, are_lines, attested, form, maxima, notes, ranks, results, sold,
};
use crate::verify::past::Past;

/// The lines that an act puts, by pledge and number.
pub(super) type Lines = BTreeMap<(PledgeId, u16), Line>;

/// An act on the lines of one pledge, taken apart.
pub(super) struct LineAct<'a> {
    pub(super) signed: &'a Signed,
    pub(super) pledge: PledgeId,
    pub(super) lines: &'a Lines,
    pub(super) changes: &'a [Change],
    pub(super) rows: &'a [Row],
    pub(super) past: &'a Past,
}

/// Checks what an event makes of lines; events that change none pass.
pub(super) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &Past,
) -> Result<(), String> {
    let Event::Changed { changes, rows, .. } = event else {
        return results::check(signed, event, past);
    };
    let Some((pledge, allowed)) = may_set(&signed.command.body) else {
        return Ok(());
    };
    form::check(changes, rows)?;
    let lines = lines_of(rows)?;
    agree(&lines, rows, past)?;
    changes_only(changes, rows, allowed, of_rights(&signed.command.body))?;
    let Some(pledge) = pledge else {
        return ranks::check(signed, event, genesis, &lines, past);
    };
    let act = LineAct {
        signed,
        pledge,
        lines: &lines,
        changes,
        rows,
        past,
    };
    act.touches_only()?;
    attested::check(&act)?;
    match &signed.command.body {
        Body::AmendPledge {
            changes,
            cap_cny,
            green,
            ..
        } => {
            let adds = act.amends(changes)?;
            notes::tranches(&act, *cap_cny)?;
            maxima::raised(&act, *cap_cny)?;
            notes::as_asked(&act, "green")?;
            act.needs_room(adds || cap_cny.is_some() || green.is_some())
        }
        Body::ExtendPledge {
            changes,
            term,
            maximum,
            ..
        } => {
            lapse::is_later(signed, act.pledge, *term, past)?;
            let adds = act.extends(changes, *term)?;
            notes::as_asked(&act, "term")?;
            notes::as_asked(&act, "maximum")?;
            maxima::extended(&act, *maximum)?;
            act.moves_all(*term)?;
            act.needs_room(adds || maximum.is_some() || act.may_move(*term))
        }
        Body::OfPledge(of) => act.exchanges(of),
        _ => Ok(()),
    }
}

/// The pledge that an act on lines names, and the members of it that it may set; none of another act.
fn may_set(body: &Body) -> Option<(Option<PledgeId>, &'static [&'static str])> {
    match body {
        Body::AmendPledge { pledge, .. } => Some((Some(*pledge), &["caps", "green", "attested"])),
        Body::ExtendPledge { pledge, .. } => {
            Some((Some(*pledge), &["term", "maximum", "attested"]))
        }
        Body::OfPledge(act) => match &**act {
            PledgeAct::SubstituteCollateral { pledge, .. } => Some((Some(*pledge), &["attested"])),
            PledgeAct::RecordDisposal { pledge, .. } => {
                Some((Some(*pledge), &["disposals", "attested"]))
            }
            PledgeAct::ChangeRank { .. } => Some((None, &[])),
            _ => None,
        },
        _ => None,
    }
}

/// The members of rights that an act on lines may set.
fn of_rights(body: &Body) -> &'static [&'static str] {
    let row = matrix::row(body.type_name());
    let sells = row.is_some_and(|row| row.reach.contains(&Reach::Sold));
    if sells { &sold::MEMBERS } else { &[] }
}

pub(super) fn lines_of(rows: &[Row]) -> Result<Lines, String> {
    let mut lines = Lines::new();
    for row in rows.iter().filter(|row| row.list == "lines") {
        let (StateKey::Pledge(pledge), false) = (&row.of, row.drop) else {
            return Err(format!("a line of {} changes", row.of.name()));
        };
        let (number, line) = read_line_row(&row.item).map_err(|fault| fault.to_string())?;
        if lines.insert((*pledge, number), line).is_some() {
            return Err(format!("the line {pledge}.{number} stands twice"));
        }
    }
    Ok(lines)
}

/// Every changed line stands on its right as it says, and nothing else changes there.
pub(super) fn agree(lines: &Lines, rows: &[Row], past: &Past) -> Result<(), String> {
    let mut standing: BTreeMap<(StateKey, String), (BurdenId, &Line)> = BTreeMap::new();
    for ((pledge, number), line) in lines {
        let id = BurdenId::Line(*pledge, *number);
        let place = (StateKey::Right(line.right), id.to_string());
        standing.insert(place, (id, line));
    }
    for row in rows.iter().filter(|row| row.list == "burdens") {
        let name = text(&row.item, "id").unwrap_or_default().to_owned();
        let Some((id, line)) = standing.remove(&(row.of.clone(), name.clone())) else {
            return Err(format!("the burden {name} changes without its line"));
        };
        let same = if row.drop {
            line.released && row.item.len() == 1
        } else {
            !line.released && stands_as(row, id, line, past)?
        };
        if !same {
            return Err(format!("the burden {name} differs from its line"));
        }
    }
    match standing.keys().next() {
        Some((_, id)) => Err(format!("{id} changes and its burden does not")),
        None => Ok(()),
    }
}

/// Says whether a burden has the members of its line, and the overhang that it had.
fn stands_as(row: &Row, id: BurdenId, line: &Line, past: &Past) -> Result<bool, String> {
    let burden = read_burden_row(&row.item).map_err(|fault| fault.to_string())?;
    let before = past.right(line.right).and_then(|right| right.burden(id));
    let kept = if past.shows(&row.of) {
        before.and_then(|burden| burden.overhang)
    } else {
        burden.overhang
    };
    let wanted = Burden {
        id,
        extent: line.extent,
        expires: line.expires,
        authority: None,
        behind: line.behind.clone(),
        overhang: kept,
        order: None,
    };
    Ok(burden == wanted)
}

/// No record is made and no member set but those that the act may set of a pledge.
fn changes_only(
    changes: &[Change],
    rows: &[Row],
    allowed: &[&str],
    of_rights: &[&str],
) -> Result<(), String> {
    for change in changes {
        let allowed = match change.of {
            StateKey::Pledge(_) => allowed,
            StateKey::Right(_) => of_rights,
            StateKey::Reservation(_)
            | StateKey::Party(_)
            | StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => &[],
        };
        let mut set = change.set.keys();
        let fits = set.all(|member| allowed.contains(&&**member));
        if change.new || !change.clear.is_empty() || !fits {
            return Err(format!("{} changes otherwise", change.of.name()));
        }
    }
    let other = rows.iter().find(|row| {
        let list = &&*row.list;
        let is_of_right = matches!(row.of, StateKey::Right(_)) && of_rights.contains(list);
        !["lines", "burdens"].contains(list) && !allowed.contains(list) && !is_of_right
    });
    match other {
        Some(row) => Err(format!("{} of {} changes", row.list, row.of.name())),
        None => Ok(()),
    }
}

impl LineAct<'_> {
    /// The act touches its pledge, and the rights of the lines that it changes or names.
    fn touches_only(&self) -> Result<(), String> {
        let named = numbers_of(&self.signed.command.body);
        let mut rights: BTreeSet<StateKey> = BTreeSet::new();
        rights.extend(self.lines.values().map(|line| StateKey::Right(line.right)));
        let mut is_known = true;
        for number in named {
            match was(self.past, self.pledge, number) {
                Was::Open(line) => drop(rights.insert(StateKey::Right(line.right))),
                Was::Gone => return Err(format!("line {number} does not stand")),
                // What the event makes of it says where it lies; where it changes nothing, its right is touched all the same.
                Was::Unknown => is_known &= self.lines.contains_key(&(self.pledge, number)),
            }
        }
        let keys = self.changes.iter().map(|change| &change.of);
        let keys: BTreeSet<&StateKey> = keys.chain(self.rows.iter().map(|row| &row.of)).collect();
        for key in &keys {
            let fits = match key {
                StateKey::Pledge(pledge) => *pledge == self.pledge,
                StateKey::Right(_) => !is_known || rights.contains(*key),
                StateKey::Reservation(_)
                | StateKey::Party(_)
                | StateKey::Identity(_)
                | StateKey::Source(_)
                | StateKey::Cell(_)
                | StateKey::Policy(_) => false,
            };
            if !fits {
                return Err(format!("{} changes, and nobody asked for it", key.name()));
            }
        }
        let pledge = StateKey::Pledge(self.pledge);
        match rights
            .iter()
            .chain([&pledge])
            .find(|key| !keys.contains(*key))
        {
            Some(key) => Err(format!("{} is not touched", key.name())),
            None => Ok(()),
        }
    }

    /// The lines whose number the payload does not name.
    pub(super) fn others(&self) -> Vec<(u16, &Line)> {
        let named = numbers_of(&self.signed.command.body);
        let lines = self.lines.iter().map(|((_, number), line)| (*number, line));
        lines
            .filter(|(number, _)| !named.contains(number))
            .collect()
    }

    /// The lines that the act adds: those that the payload does not name. They follow the lines of the pledge.
    pub(super) fn added(&self) -> Result<Vec<&Line>, String> {
        self.follow(&self.others())
    }

    /// Lines that are added, if their numbers are the next of the pledge.
    pub(super) fn follow<'l>(&self, added: &[(u16, &'l Line)]) -> Result<Vec<&'l Line>, String> {
        let is_next = |pair: &[(u16, &Line)]| match pair {
            [(a, _), (b, _)] => a.checked_add(1) == Some(*b),
            _ => true,
        };
        let follows = match (added.first(), added.last()) {
            (Some((first, _)), Some((last, _))) => {
                self.is_first_free(*first) && self.is_known_later(*last)
            }
            (_, _) => true,
        };
        if !follows || !added.windows(2).all(is_next) || added.iter().any(|(_, l)| l.released) {
            return Err("lines are added with other numbers than the next".to_owned());
        }
        Ok(added.iter().map(|(_, line)| *line).collect())
    }

    /// Says whether a number is the first that the pledge has not given; where its history is not shown, whether no line with
    /// it, or with a later one, is known to stand.
    fn is_first_free(&self, number: u16) -> bool {
        let key = StateKey::Pledge(self.pledge);
        if self.past.shows(&key) {
            let lines = self
                .past
                .pledge(self.pledge)
                .map(|pledge| pledge.lines.len());
            return lines == Some(usize::from(number));
        }
        let mut later = (number..).take(limits::PLEDGE_LINES_MAX);
        later.all(|number| matches!(was(self.past, self.pledge, number), Was::Unknown))
    }

    /// Lines are never taken away, so the pledge has them still.
    fn is_known_later(&self, number: u16) -> bool {
        let shown = self.past.facts().pledge(self.pledge);
        shown.is_none_or(|pledge| usize::from(number) < pledge.lines.len())
    }

    /// An event of law 1 has no room for lines, caps and notes; where there are none, it is the one that the law writes.
    fn needs_room(&self, adds: bool) -> Result<(), String> {
        if adds || !self.signed.command.attested.is_empty() {
            return Ok(());
        }
        Err("the law writes another event where nothing is added".to_owned())
    }

    /// Checks what is given back or sold, and what is taken instead.
    fn exchanges(&self, act: &PledgeAct) -> Result<(), String> {
        match act {
            PledgeAct::RecordDisposal { line, amount, .. } => {
                self.gives_back(*line, amount.as_ref().map(|(quantity, _)| *quantity))?;
                self.takes(&[])?;
                sold::check(self, act)?;
                notes::disposal(self)
            }
            PledgeAct::SubstituteCollateral { drop, add, .. } => {
                for change in drop {
                    let part = change.amount.as_ref().map(|(quantity, _)| *quantity);
                    self.gives_back(change.line, part)?;
                }
                self.takes(add)
            }
            _ => Ok(()),
        }
    }

    /// All of a line, or a part.
    fn gives_back(&self, number: u16, part: Option<Quantity>) -> Result<(), String> {
        let left = self.lines.get(&(self.pledge, number));
        let made = |was: &Line| without(was, part);
        let within = |left: &Line| part.is_some() || left.released;
        let fits = |left| becomes(self.past, (self.pledge, number), left, made, within);
        if left.is_some_and(fits) {
            return Ok(());
        }
        Err(format!("line {number} is not what was asked"))
    }

    /// Exactly the lines that the payload asks for, as it asks for them.
    fn takes(&self, add: &[LineRequest]) -> Result<(), String> {
        let added = self.added()?;
        let term = Term::before(self.pledge, self.past);
        lapse::are_made(&added, term, self.signed.at.time, self.past.facts())?;
        let added: Vec<Line> = added.into_iter().cloned().collect();
        if are_lines(add, &added) {
            return Ok(());
        }
        Err("the added lines are not those that were asked".to_owned())
    }
}

/// The numbers of the lines that the payload names.
fn numbers_of(body: &Body) -> Vec<u16> {
    let of = |changes: &[LineChange]| changes.iter().map(|change| change.line).collect();
    match body {
        Body::AmendPledge { changes, .. } | Body::ExtendPledge { changes, .. } => of(changes),
        Body::OfPledge(act) => match &**act {
            PledgeAct::SubstituteCollateral { drop, .. } => of(drop),
            PledgeAct::RecordDisposal { line, .. } => vec![*line],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
