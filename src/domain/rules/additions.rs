//! What an amendment or an extension adds, under law 2: a line of its own, at the position of its entry. What was there keeps
//! its place, so nobody who came in between gets behind anything new.

use crate::domain::command::LineChange;
use crate::domain::event::Event;
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::pledge::{Cap, Line, Pledge};
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::domain::rules::amendments::{open_line, own_pledge};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::pledges::{check_pledgee, check_term, known};
use crate::domain::rules::ranks::{self, Place};
use crate::domain::rules::{Case, Findings, consents, lapses, maxima};
use crate::primitives::id::{EntryIndex, PledgeId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// What an amendment sets of the claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted<'a> {
    /// The new cap, in yuan.
    pub(super) cap_cny: Option<Quantity>,
    /// The new category of the loan.
    pub(super) green: Option<&'a String>,
}

impl<'a> Noted<'a> {
    pub(super) fn of(cap_cny: Option<Quantity>, green: Option<&'a String>) -> Self {
        Self { cap_cny, green }
    }

    fn is_any(self) -> bool {
        self.cap_cny.is_some() || self.green.is_some()
    }
}

/// Says whether an amendment adds something: a larger quantity, a cap or a category of the loan.
pub(super) fn splits_amendment(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    notes: Noted<'_>,
) -> bool {
    if !case.law.splits_additions() {
        return false;
    }
    let Some(pledge) = case.facts.pledge(id) else {
        return notes.is_any();
    };
    let adds = |change: &LineChange| {
        let line = open(case, pledge, change.line);
        let present = line.and_then(|line| quantity_of(line.extent));
        let asked = change.amount.as_ref().map(|(quantity, _)| *quantity);
        !change.behind.is_empty() || present.zip(asked).is_some_and(|(now, asked)| asked > now)
    };
    // What was attested is a note of the record, which the event of law 1 has no room for.
    !case.command.attested.is_empty() || notes.is_any() || changes.iter().any(adds)
}

/// Says whether an extension adds days that somebody else has come to share, or that are to stand behind somebody, moves the end
/// of lines that lapse, or sets a determination period.
pub(super) fn splits_extension(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    (term, maximum): (Option<Span>, Option<Span>),
) -> bool {
    if !case.law.splits_additions() {
        return false;
    }
    let Some(pledge) = case.facts.pledge(id) else {
        return false;
    };
    let is_noted = maximum.is_some() || !case.command.attested.is_empty();
    if is_noted || lapses::are_moved(case, id, term) {
        return true;
    }
    changes.iter().any(|change| {
        let Some(line) = open(case, pledge, change.line) else {
            return false;
        };
        let right = case.facts.right(line.right);
        right.is_some_and(|right| {
            let name = BurdenId::Line(id, change.line);
            change.adds_own_line() || is_overtaken(right, name, line, change.to, case.stamp.time)
        })
    })
}

/// Says whether on the added days a line would go before somebody who came later, or meet somebody that it stands before or
/// behind: nobody has agreed to that rank on these days.
pub(crate) fn is_overtaken(
    right: &Right,
    name: BurdenId,
    line: &Line,
    to: Option<Day>,
    now: Timestamp,
) -> bool {
    let Some(added) = added_days(line.extent, to) else {
        return false;
    };
    let mut later = false;
    for burden in right.burdens.iter().filter(|b| b.counts_at(now)) {
        if burden.id == name {
            later = true;
            continue;
        }
        let met = ranks::common(added, burden.extent, right, now).is_some();
        let ranked = line.behind.contains(&burden.id) || burden.behind.contains(&name);
        if met && (later || ranked) {
            return true;
        }
    }
    false
}

fn open<'p>(case: &Case<'_>, pledge: &'p Pledge, number: u16) -> Option<&'p Line> {
    let line = pledge.lines.get(usize::from(number));
    line.filter(|line| line.is_open_at(case.stamp.time))
}

fn quantity_of(extent: Extent) -> Option<Quantity> {
    match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
        Extent::Whole | Extent::Years(_) => None,
    }
}

fn with_quantity(extent: Extent, quantity: Quantity) -> Extent {
    match extent {
        Extent::Stock(_) => Extent::Stock(quantity),
        Extent::Flow(_, span) => Extent::Flow(quantity, span),
        Extent::Whole | Extent::Years(_) => extent,
    }
}

fn added_days(extent: Extent, to: Option<Day>) -> Option<Extent> {
    match (extent, to) {
        (Extent::Flow(quantity, span), Some(to)) => {
            Span::new(span.to(), to).map(|added| Extent::Flow(quantity, added))
        }
        (Extent::Flow(..) | Extent::Stock(_) | Extent::Whole | Extent::Years(_), _) => None,
    }
}

/// Amends: smaller quantities in place, what is added as lines and tranches of their own.
pub(super) fn amend(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    notes: Noted<'_>,
    found: &mut Findings,
) -> Option<Event> {
    let pledge = own_pledge(case, id, found)?;
    let mut draft = Draft::new(case);
    let mut growing = Vec::new();
    for change in changes {
        let Some(line) = open_line(case, (id, pledge), change.line, found) else {
            continue;
        };
        let (Some((asked, _)), Some(present)) = (&change.amount, quantity_of(line.extent)) else {
            found.add(Finding::of(Code::NotApplicable).on_line(change.line));
            continue;
        };
        if asked.is_zero() {
            found.add(Finding::of(Code::ZeroQuantity).on_line(change.line));
        }
        match asked.checked_sub(present).filter(|added| !added.is_zero()) {
            Some(added) => growing.push((change, line, present, added)),
            None if !change.behind.is_empty() => {
                found.add(Finding::of(Code::NotApplicable).on_line(change.line));
            }
            None => set_extent(
                &mut draft,
                id,
                change.line,
                with_quantity(line.extent, *asked),
            ),
        }
    }
    // What the command gives back is free for its other lines, and each of these sees those before it.
    for (change, line, present, added) in growing {
        let addition = Addition {
            of: change.line,
            right: line.right,
            extent: with_quantity(line.extent, added),
            behind: &change.behind,
            present,
            expires: line.expires,
            replaces: None,
        };
        add_line(case, (id, pledge), &addition, &mut draft, found);
    }
    if let Some(cap) = notes.cap_cny {
        maxima::check_cap(case, (id, pledge), cap, found);
    }
    if let Some(pledge) = draft.pledge(id) {
        if let Some(cap) = notes.cap_cny {
            set_cap(&mut pledge.more.caps, cap, (id, case.stamp.index));
            if pledge.more.caps.len() > limits::PLEDGE_NOTES_MAX {
                found.add(Finding::of(Code::TooManyNotes).with(id));
            }
        }
        if let Some(green) = notes.green {
            pledge.more.green = Some(green.clone());
        }
    }
    note_attested(case, id, &mut draft);
    (!found.refuses()).then(|| draft.finish())
}

/// Extends: in place where nobody has come in between, else the added days are a line of their own.
pub(super) fn extend(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    (term, maximum): (Option<Span>, Option<Span>),
    found: &mut Findings,
) -> Option<Event> {
    let pledge = own_pledge(case, id, found)?;
    let mut draft = Draft::new(case);
    for change in changes {
        let Some(line) = open_line(case, (id, pledge), change.line, found) else {
            continue;
        };
        let Extent::Flow(quantity, span) = line.extent else {
            found.add(Finding::of(Code::NotApplicable).on_line(change.line));
            continue;
        };
        let Some(extent) = added_days(line.extent, change.to) else {
            let mut finding = Finding::of(Code::NotLonger).on_line(change.line).with(id);
            finding.at = Some(span.to().next());
            found.add(finding);
            continue;
        };
        let Some(extent) = extended_part(id, change, extent, quantity, found) else {
            continue;
        };
        let addition = Addition {
            of: change.line,
            right: line.right,
            extent,
            behind: &change.behind,
            present: Quantity::ZERO,
            expires: line.expires,
            replaces: None,
        };
        let longer = change.to.and_then(|to| Span::new(span.from(), to));
        let name = BurdenId::Line(id, change.line);
        let right = case.facts.right(line.right);
        let splits = change.adds_own_line()
            || right
                .is_some_and(|right| is_overtaken(right, name, line, change.to, case.stamp.time));
        match longer.filter(|_| !splits) {
            Some(longer) => {
                let replaces = Some(name);
                let in_place = Addition {
                    replaces,
                    ..addition
                };
                judge_line(case, (id, pledge), &in_place, &draft, found);
                let longer = Extent::Flow(quantity, longer);
                set_extent(&mut draft, id, change.line, longer);
            }
            None => add_line(case, (id, pledge), &addition, &mut draft, found),
        }
    }
    lapses::check_later(case, (id, pledge), term, found);
    // A claim that is extended runs since it began.
    let since = pledge.term.map(Span::from);
    for (number, line) in (0_u16..)
        .zip(&pledge.lines)
        .filter(|(_, line)| !line.released)
    {
        check_term(case, number, line.right, (term, since), found);
    }
    if let Some(pledge) = draft.pledge(id) {
        pledge.term = term.or(pledge.term);
    }
    if let Some(term) = term {
        lapses::move_all(case, id, term, &mut draft, found);
    }
    if let Some(period) = maximum {
        maxima::extend(case, (id, pledge), period, &mut draft, found);
    }
    note_attested(case, id, &mut draft);
    (!found.refuses()).then(|| draft.finish())
}

/// What of a line is extended: all that it has, or the part that the command names, which is not more than that.
fn extended_part(
    id: PledgeId,
    change: &LineChange,
    days: Extent,
    has: Quantity,
    found: &mut Findings,
) -> Option<Extent> {
    let Some((part, _)) = &change.amount else {
        return Some(days);
    };
    if part.is_zero() {
        found.add(Finding::of(Code::ZeroQuantity).on_line(change.line));
        return None;
    }
    if *part > has {
        let mut finding = Finding::of(Code::ExceedsPledge).on_line(change.line);
        finding = finding.with(BurdenId::Line(id, change.line));
        finding.alternative = Some(Alternative {
            quantity: Some(has),
            ..Alternative::default()
        });
        found.add(finding);
        return None;
    }
    Some(with_quantity(days, *part))
}

fn note_attested(case: &Case<'_>, id: PledgeId, draft: &mut Draft<'_>) {
    if let Some(pledge) = draft.pledge(id) {
        consents::note(case, &mut pledge.more);
    }
}

/// What a command adds to a line.
struct Addition<'a> {
    /// The number of the line in the command.
    of: u16,
    /// The right.
    right: crate::primitives::id::RightId,
    /// The added part.
    extent: Extent,
    /// The burdens it wants to stand behind.
    behind: &'a [BurdenId],
    /// What the line has already, which the largest admissible quantity includes.
    present: Quantity,
    /// When the line lapses; what is added to it lapses with it.
    expires: Option<Timestamp>,
    /// The line itself, where it only gets longer: it needs no further place.
    replaces: Option<BurdenId>,
}

fn set_extent(draft: &mut Draft<'_>, id: PledgeId, number: u16, extent: Extent) {
    let line = draft
        .pledge(id)
        .and_then(|pledge| pledge.lines.get_mut(usize::from(number)));
    let Some(line) = line else { return };
    line.extent = extent;
    let on = line.right;
    let name = BurdenId::Line(id, number);
    let burdens = draft.right(on).map(|right| right.burdens.iter_mut());
    if let Some(burden) = burdens.and_then(|mut b| b.find(|burden| burden.id == name)) {
        burden.extent = extent;
    }
}

/// Judges an addition and puts it at the end of the pledge and of its right's burdens.
fn add_line(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    addition: &Addition<'_>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    judge_line(case, (id, pledge), addition, draft, found);
    if let Some((_, policy)) = known(case, addition.of, addition.right, found) {
        check_pledgee(
            case,
            addition.of,
            case.acting(pledge.pledgee),
            policy,
            found,
        );
    }
    let lines = draft.pledge(id).map_or(0, |pledge| pledge.lines.len());
    let Some(number) = u16::try_from(lines)
        .ok()
        .filter(|_| lines < limits::PLEDGE_LINES_MAX)
    else {
        found.add(Finding::of(Code::TooManyLines).with(id));
        return;
    };
    if let Some(pledge) = draft.pledge(id) {
        pledge.lines.push(Line {
            right: addition.right,
            extent: addition.extent,
            behind: addition.behind.to_vec(),
            released: false,
            expires: addition.expires,
        });
    }
    if let Some(right) = draft.right(addition.right) {
        right.burdens.push(Burden {
            id: BurdenId::Line(id, number),
            extent: addition.extent,
            expires: addition.expires,
            authority: None,
            behind: addition.behind.to_vec(),
            overhang: None,
            order: None,
        });
    }
}

/// Judges what is added against the right as the draft has it; findings count from what the line has already.
fn judge_line(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    addition: &Addition<'_>,
    draft: &Draft<'_>,
    found: &mut Findings,
) {
    let Some(right) = draft.right_now(addition.right) else {
        found.add(Finding::of(Code::RightUnknown).on_line(addition.of));
        return;
    };
    let Some(policy) = case.facts.policy(&right.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).on_line(addition.of));
        return;
    };
    let place = Place {
        number: addition.of,
        right,
        policy,
        extent: addition.extent,
        behind: addition.behind,
        skip: &|_| false,
    };
    let mut judged = Findings::default();
    let before = ranks::judge(case, &place, &mut judged);
    if !addition.behind.is_empty() && pledge.more.caps.is_empty() {
        judged.add(Finding::of(Code::CapMissing).on_line(addition.of));
    }
    let skip = |burden: BurdenId| before.contains(&burden);
    let wish = Wish {
        number: addition.of,
        id: addition.right,
        right,
        policy,
        extent: addition.extent,
        skip: &skip,
        behind: addition.behind.len(),
        replaces: &|burden| Some(burden) == addition.replaces,
    };
    let giver = consents::giver_of_more(case, right, pledge, &mut judged);
    lines::check_right(case, &wish, giver, &mut judged);
    let total = quantity_of(addition.extent).map(|q| q.saturating_add(addition.present));
    if total.is_some_and(|total| total > right.most()) {
        lines::exceeds(case, &wish, addition.present, &mut judged);
    } else {
        lines::check_extent(case, &wish, &mut judged);
    }
    let own = BurdenId::Line(id, addition.of).to_string();
    for mut finding in judged.take() {
        if let Some(alternative) = &mut finding.alternative
            && finding.code != Code::ExceedsRight
        {
            raise(alternative, addition.present);
        }
        // The line itself is not in its own way; what it takes counts. It may be named as what stands behind itself.
        let named = finding.conflicts.len();
        if finding.code != Code::NotApplicable {
            finding.conflicts.retain(|conflict| *conflict != own);
        }
        if finding.conflicts.is_empty() && named > 0 {
            finding = finding.with(addition.right);
        }
        found.add(finding);
    }
}

fn raise(alternative: &mut Alternative, present: Quantity) {
    if let Some(quantity) = &mut alternative.quantity {
        *quantity = quantity.saturating_add(present);
    }
    for (_, quantity) in &mut alternative.segments {
        *quantity = quantity.saturating_add(present);
    }
}

/// A higher cap is a tranche at this position; a lower one gives up the latest first. The first cap bounds a claim that stood without
/// one: it adds nothing, and stands where the pledge does.
fn set_cap(caps: &mut Vec<Cap>, cap: Quantity, (pledge, entry): (PledgeId, EntryIndex)) {
    let entry = if caps.is_empty() { pledge.0 } else { entry };
    let add = |sum: Quantity, cap: &Cap| sum.saturating_add(cap.amount);
    let present = caps.iter().fold(Quantity::ZERO, add);
    if let Some(amount) = cap.checked_sub(present).filter(|more| !more.is_zero()) {
        caps.push(Cap { amount, entry });
        return;
    }
    let mut left = cap;
    for tranche in caps.iter_mut() {
        tranche.amount = tranche.amount.min(left);
        left = left.saturating_sub(tranche.amount);
    }
    caps.retain(|tranche| !tranche.amount.is_zero());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::quantity::Scale;

    fn yuan(amount: u64) -> Quantity {
        Quantity::parse(&amount.to_string(), Scale::MAX).unwrap()
    }

    #[test]
    fn a_raised_cap_ranks_anew_and_a_lowered_one_gives_up_the_latest() {
        let caps = |list: &[(u64, u64)]| -> Vec<Cap> {
            let cap = |(amount, entry): &(u64, u64)| Cap {
                amount: yuan(*amount),
                entry: *entry,
            };
            list.iter().map(cap).collect()
        };
        let mut present = Vec::new();
        set_cap(&mut present, yuan(400), (PledgeId(10), 10));
        set_cap(&mut present, yuan(460), (PledgeId(10), 30));
        assert_eq!(present, caps(&[(400, 10), (60, 30)]));
        set_cap(&mut present, yuan(420), (PledgeId(10), 40));
        assert_eq!(present, caps(&[(400, 10), (20, 30)]));
        set_cap(&mut present, yuan(300), (PledgeId(10), 50));
        assert_eq!(present, caps(&[(300, 10)]));
        set_cap(&mut present, yuan(300), (PledgeId(10), 60));
        assert_eq!(present, caps(&[(300, 10)]));
        let mut none = Vec::new();
        set_cap(&mut none, yuan(500), (PledgeId(10), 70));
        assert_eq!(none, caps(&[(500, 10)]));
    }
}
