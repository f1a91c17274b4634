//! When a line lapses (docs/FORMATS.md 6.7): as the policy of its right says with the term of the claim, wherever it is registered
//! anew; and with a later term, where an extension gives one.

use crate::domain::event::Event;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::BurdenId;
use crate::domain::rules::lapses::{end_of, end_under, is_cut_short};
use crate::primitives::id::PledgeId;
use crate::primitives::time::{Span, Timestamp};
use crate::verify::binding::Signed;
use crate::verify::binding::known::{Was, was};
use crate::verify::binding::lines::{LineAct, Lines};
use crate::verify::past::Past;

/// What is known of the term of a claim.
#[derive(Clone, Copy)]
pub(super) enum Term {
    /// This one, or none.
    Known(Option<Span>),
    /// The file does not show it.
    Unknown,
}

impl Term {
    /// The term that a pledge had before the entry that was moved on to.
    pub(super) fn before(pledge: PledgeId, past: &Past) -> Self {
        match past.before(&StateKey::Pledge(pledge)) {
            Some(Record::Pledge(pledge)) => Self::Known(pledge.term),
            Some(_) | None => Self::Unknown,
        }
    }
}

/// Checks the ends of the lines that a registration or a reservation makes.
pub(super) fn registered(event: &Event, at: Stamp, facts: &Facts) -> Result<(), String> {
    match event {
        Event::PledgeRegistered { lines, term, .. } => {
            let lines: Vec<&Line> = lines.iter().collect();
            are_made(&lines, Term::Known(*term), at.time, facts)
        }
        Event::Reserved { lines, .. } if lines.iter().any(|line| line.expires.is_some()) => {
            Err("a reserved line lapses otherwise than its reservation".to_owned())
        }
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => Ok(()),
    }
}

/// Checks the ends of lines that are registered now for a claim of this term.
pub(super) fn are_made(
    lines: &[&Line],
    term: Term,
    now: Timestamp,
    facts: &Facts,
) -> Result<(), String> {
    let wrong = lines.iter().find(|line| !is_made(line, term, now, facts));
    match wrong {
        Some(line) => Err(format!("a line on {} lapses otherwise", line.right)),
        None => Ok(()),
    }
}

fn is_made(line: &Line, term: Term, now: Timestamp, facts: &Facts) -> bool {
    let right = facts.right(line.right);
    let policy = right.and_then(|right| facts.policy(&right.kind, now));
    let has_ended = line.expires.is_some_and(|end| end <= now);
    let fits = match (policy, term) {
        (Some(policy), Term::Known(term)) => line.expires == end_under(policy, term),
        (Some(policy), Term::Unknown) => policy.switches.lapses || line.expires.is_none(),
        (None, Term::Known(term)) => line.expires.is_none() || line.expires == term.map(end_of),
        (None, Term::Unknown) => true,
    };
    fits && !has_ended
}

/// What a correction adds to a line lapses with it, where the file shows when that is.
pub(super) fn corrected(line: BurdenId, lines: &Lines, past: &Past) -> Result<(), String> {
    let BurdenId::Line(pledge, number) = line else {
        return Ok(());
    };
    let Was::Open(was) = was(past, pledge, number) else {
        return Ok(());
    };
    if lines.values().all(|line| line.expires == was.expires) {
        return Ok(());
    }
    Err(format!("what is corrected of {line} lapses otherwise"))
}

/// Says whether an extension moves the end of a line, as far as the file shows one that lapses: such an event is an act.
pub(super) fn moves(pledge: PledgeId, term: Option<Span>, past: &Past) -> bool {
    let lines = 0..u16::try_from(crate::primitives::limits::PLEDGE_LINES_MAX).unwrap_or(u16::MAX);
    let mut known = lines.map(|number| was(past, pledge, number));
    let lapses = |line: Was| matches!(line, Was::Open(line) if line.expires.is_some());
    term.is_some() && known.any(lapses)
}

/// The line as an extension leaves its end.
pub(super) fn extended_end(line: Line, term: Option<Span>) -> Line {
    let expires = match (line.expires, term) {
        (Some(_), Some(term)) => Some(end_of(term)),
        (expires, _) => expires,
    };
    Line { expires, ..line }
}

/// A claim is extended, never cut short (law 2).
pub(super) fn is_later(
    signed: &Signed,
    pledge: PledgeId,
    term: Option<Span>,
    past: &Past,
) -> Result<(), String> {
    let had = past.pledge(pledge).and_then(|pledge| pledge.term);
    let is_known = past.shows(&StateKey::Pledge(pledge));
    if signed.law.has_acts() && is_known && is_cut_short(had, term) {
        return Err("the claim is cut short".to_owned());
    }
    Ok(())
}

impl LineAct<'_> {
    /// Says whether a new term moves the end of a line: of one that the event puts or the file shows, or of one that is not shown.
    pub(super) fn may_move(&self, term: Option<Span>) -> bool {
        let is_shown = self.past.shows(&StateKey::Pledge(self.pledge));
        let puts = self.lines.values().any(|line| line.expires.is_some());
        term.is_some() && (!is_shown || puts || moves(self.pledge, term, self.past))
    }

    /// Says whether a line that the payload does not name gets the new end, and nothing else.
    pub(super) fn is_moved(&self, number: u16, line: &Line, term: Option<Span>) -> bool {
        let ends = term.is_some_and(|term| line.expires == Some(end_of(term)));
        let is_later = line.expires.is_some_and(|end| self.signed.at.time < end);
        let same = match was(self.past, self.pledge, number) {
            Was::Open(was) => was != *line && extended_end(was, term) == *line,
            Was::Gone => false,
            Was::Unknown => !self.past.shows(&StateKey::Right(line.right)) && !line.released,
        };
        ends && is_later && same
    }

    /// Every line of which it is known that it lapses gets the new end.
    pub(super) fn moves_all(&self, term: Option<Span>) -> Result<(), String> {
        let Some(term) = term else { return Ok(()) };
        let lines =
            0..u16::try_from(crate::primitives::limits::PLEDGE_LINES_MAX).unwrap_or(u16::MAX);
        for number in lines {
            let Was::Open(was) = was(self.past, self.pledge, number) else {
                continue;
            };
            let is_put = self.lines.contains_key(&(self.pledge, number));
            let moves = was.expires.is_some_and(|end| end != end_of(term));
            if moves && !is_put {
                return Err(format!("line {number} keeps its end"));
            }
        }
        let ended = |line: &&Line| line.expires.is_some_and(|end| end <= self.signed.at.time);
        match self.lines.values().find(ended) {
            Some(line) => Err(format!("a line on {} ends at once", line.right)),
            None => Ok(()),
        }
    }
}

/// The lines of a pledge that lapse and have not lapsed go by its term, and only a claim with a term has such lines.
pub(super) fn goes_by_term(id: PledgeId, pledge: &Pledge, now: Timestamp) -> Result<(), String> {
    let end = pledge.term.map(end_of);
    let open = pledge.lines.iter().filter(|line| line.is_open_at(now));
    let mut ends = open.filter_map(|line| line.expires);
    if ends.all(|expires| Some(expires) == end) {
        return Ok(());
    }
    Err(format!("{id} has lines that do not lapse with its term"))
}
