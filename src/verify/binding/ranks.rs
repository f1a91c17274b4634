//! Another order of ranks (docs/FORMATS.md 6.7). Where the history of the right is shown, the law makes the event again; where
//! only a pledge shows its own, its lines are held against what they stood behind.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::command::{Body, PledgeAct};
use crate::domain::event::Event;
use crate::domain::facts::{Fact, Facts, Record, StateKey};
use crate::domain::finding::Code;
use crate::domain::genesis::Genesis;
use crate::domain::pledge::Line;
use crate::domain::right::{BurdenId, Right};
use crate::domain::rules;
use crate::primitives::id::{PledgeId, RightId};
use crate::verify::binding::Signed;
use crate::verify::binding::known::{Was, line_of, was};
use crate::verify::binding::lines::Lines;
use crate::verify::past::Past;

/// What refuses a new order and rests on nothing but the right.
const OF_THE_RIGHT: [Code; 2] = [Code::SeniorUnknown, Code::StackIncomplete];

/// Checks a new order as far as its lines are known.
pub(super) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    lines: &Lines,
    past: &Past,
) -> Result<(), String> {
    let Body::OfPledge(act) = &signed.command.body else {
        return Ok(());
    };
    let PledgeAct::ChangeRank { right, from, to } = &**act else {
        return Ok(());
    };
    if past.shows(&StateKey::Right(*right)) {
        return is_made(signed, event, genesis, *right, past);
    }
    let order = Order {
        right: *right,
        from,
        to,
        lines,
        past,
    };
    order.touches_only(event)?;
    order.lines_are_of_the_right()?;
    to.iter().try_for_each(|name| order.is_placed(*name))
}

/// The law makes the event again from the right and from the lines on it.
fn is_made(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    id: RightId,
    past: &Past,
) -> Result<(), String> {
    let right = past
        .right(id)
        .ok_or_else(|| format!("{id} did not exist"))?;
    let mut facts = Facts::new(Arc::clone(&past.facts().policies));
    let fact = |record| Some(Arc::new(Fact { record, version: 0 }));
    facts.insert(StateKey::Right(id), fact(Record::Right(right.clone())));
    for pledge in pledges_of(signed) {
        let record = with_lines_on(pledge, id, right, past)?;
        facts.insert(StateKey::Pledge(pledge), fact(record));
    }
    let Signed {
        law, command, at, ..
    } = signed;
    let (made, refused) = rules::remake(*law, genesis, &facts, command, *at);
    if let Some(code) = refused.iter().find(|code| OF_THE_RIGHT.contains(code)) {
        return Err(format!(
            "the law refuses this order: {}",
            code.check().title_en
        ));
    }
    if made.as_ref() == Some(event) {
        return Ok(());
    }
    Err("the law makes another event of the signed change_rank".to_owned())
}

fn pledges_of(signed: &Signed) -> BTreeSet<PledgeId> {
    match &signed.command.body {
        Body::OfPledge(act) => match &**act {
            PledgeAct::ChangeRank { to, .. } => to.iter().filter_map(|id| id.pledge()).collect(),
            _ => BTreeSet::new(),
        },
        _ => BTreeSet::new(),
    }
}

/// A pledge with its lines on the right as they stood; an act that changes these alone says nothing of the others.
fn with_lines_on(id: PledgeId, on: RightId, right: &Right, past: &Past) -> Result<Record, String> {
    let known = past.pledge(id).or_else(|| past.facts().pledge(id));
    let mut pledge = known
        .cloned()
        .ok_or_else(|| format!("the record of {id} is missing"))?;
    for burden in &right.burdens {
        let BurdenId::Line(of, number) = burden.id else {
            continue;
        };
        if of != id {
            continue;
        }
        let line = pledge.lines.get_mut(usize::from(number));
        let line = line.ok_or_else(|| format!("{id} has no line {number}"))?;
        *line = line_of(on, burden);
    }
    Ok(Record::Pledge(pledge))
}

/// A new order on a right whose history is not shown.
struct Order<'a> {
    right: RightId,
    from: &'a [BurdenId],
    to: &'a [BurdenId],
    lines: &'a Lines,
    past: &'a Past,
}

impl Order<'_> {
    /// The act touches the right and the pledges of all named lines.
    fn touches_only(&self, event: &Event) -> Result<(), String> {
        let pledges = self.to.iter().filter_map(|name| name.pledge());
        let mut wanted: BTreeSet<StateKey> = pledges.map(StateKey::Pledge).collect();
        wanted.insert(StateKey::Right(self.right));
        let touched: BTreeSet<StateKey> = event.touches().into_iter().collect();
        if touched == wanted {
            return Ok(());
        }
        Err(
            "the event touches other records than the right and the pledges of its lines"
                .to_owned(),
        )
    }

    /// Only named lines change, and nothing of them but what they stand behind.
    fn lines_are_of_the_right(&self) -> Result<(), String> {
        for ((pledge, number), line) in self.lines {
            let name = BurdenId::Line(*pledge, *number);
            let kept = self.was(name).is_none_or(|was| {
                let same = Line {
                    behind: line.behind.clone(),
                    ..was.clone()
                };
                same == *line && was.behind != line.behind
            });
            if !self.to.contains(&name) || line.right != self.right || line.released || !kept {
                return Err(format!("{name} changes otherwise"));
            }
        }
        Ok(())
    }

    /// The line as it stood, where its pledge shows it.
    fn was(&self, name: BurdenId) -> Option<Line> {
        let BurdenId::Line(pledge, number) = name else {
            return None;
        };
        match was(self.past, pledge, number) {
            Was::Open(line) => Some(line),
            Was::Gone | Was::Unknown => None,
        }
    }

    /// What the line stands behind from now on, where the file shows it.
    fn behind(&self, name: BurdenId) -> Option<Vec<BurdenId>> {
        match self.put(name) {
            Some(line) => Some(line.behind.clone()),
            None => self.was(name).map(|line| line.behind),
        }
    }

    fn put(&self, name: BurdenId) -> Option<&Line> {
        match name {
            BurdenId::Line(pledge, number) => self.lines.get(&(pledge, number)),
            BurdenId::Hold(..) | BurdenId::Freeze(_) => None,
        }
    }

    fn place(order: &[BurdenId], name: BurdenId) -> Option<usize> {
        order.iter().position(|other| *other == name)
    }

    /// Says whether one of two lines stood behind the other, where the later one in the order of before is known.
    fn were_ranked(&self, a: BurdenId, b: BurdenId) -> Option<bool> {
        let (first, later) = if Self::place(self.from, a) < Self::place(self.from, b) {
            (a, b)
        } else {
            (b, a)
        };
        Some(self.was(later)?.behind.contains(&first))
    }

    /// A line stands behind exactly those before it in the new order with which it was ranked, in that order.
    fn is_placed(&self, name: BurdenId) -> Result<(), String> {
        let fails = |why: &str| Err(format!("{name} {why}"));
        let BurdenId::Line(pledge, number) = name else {
            return fails("is no line of a pledge");
        };
        if matches!(was(self.past, pledge, number), Was::Gone) {
            return fails("does not stand");
        }
        let juniors = self.from.iter().skip_while(|other| **other != name).skip(1);
        if let Some(was) = self.was(name)
            && juniors
                .into_iter()
                .any(|junior| was.behind.contains(junior))
        {
            return fails("stood behind a line that the order of before puts after it");
        }
        let ahead: Vec<BurdenId> = self
            .to
            .iter()
            .take_while(|x| **x != name)
            .copied()
            .collect();
        let Some(behind) = self.behind(name) else {
            // It is not shown and did not change: it was ranked with no line that has come before it.
            let comes = |other: &BurdenId| self.came_before(*other, name) == Some(true);
            return match ahead.iter().find(|other| comes(other)) {
                Some(_) => fails("is not put behind a line that comes before it"),
                None => Ok(()),
            };
        };
        let in_order = behind.iter().map(|other| Self::place(&ahead, *other));
        let places: Vec<Option<usize>> = in_order.collect();
        if places.contains(&None) || !places.is_sorted_by(|a, b| a < b) {
            return fails("stands behind others than those before it");
        }
        for other in ahead {
            let is_behind = behind.contains(&other);
            let fits = match self.were_ranked(other, name) {
                Some(ranked) => ranked == is_behind,
                // Whoever came before it stood before it, and does not any more.
                None => !is_behind || !self.moved(other, name) || self.put(other).is_some(),
            };
            if !fits {
                return fails("does not stand behind exactly those that it is ranked with");
            }
        }
        Ok(())
    }

    /// Says whether a line has come from behind another to before it.
    fn moved(&self, other: BurdenId, name: BurdenId) -> bool {
        Self::place(self.from, other) > Self::place(self.from, name)
    }

    /// Says whether a line has come before another that it stood behind, where that is known.
    fn came_before(&self, other: BurdenId, name: BurdenId) -> Option<bool> {
        Some(self.moved(other, name) && self.were_ranked(other, name)?)
    }
}
