//! A part of a right that goes to somebody, or turns into something, with the lines that go along (docs/FORMATS.md 6.8): made
//! again from the right as it stood.
//!
//! Where the history of the right is shown, the law needs nothing else: what the burdens say is what the lines said. Of a pledge
//! without history only the numbers are taken from the event, and nobody may have had them before.

use std::sync::Arc;

use crate::domain::change::{Change, Row};
use crate::domain::event::Event;
use crate::domain::facts::{Fact, Facts, Record, StateKey};
use crate::domain::finding::Code;
use crate::domain::genesis::Genesis;
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::{BurdenId, Extent, Right};
use crate::domain::rules;
use crate::primitives::id::{PledgeId, RightId};
use crate::verify::binding::Signed;
use crate::verify::binding::known::{Was, line_of, was};
use crate::verify::binding::lines::{Lines, lines_of};
use crate::verify::past::Past;

/// What refuses such an act and rests on the right and the policies alone.
const REFUSES: [Code; 20] = [
    Code::NotApplicable,
    Code::Succeeded,
    Code::RightRevoked,
    Code::KindUnknown,
    Code::UnitMismatch,
    Code::ZeroQuantity,
    Code::ExceedsRight,
    Code::BeyondRightEnd,
    Code::ClosedPledge,
    Code::ExceedsPledge,
    Code::DoublePledgeStock,
    Code::DoublePledgeFlow,
    Code::DoublePledgeLand,
    Code::FrozenPart,
    Code::GetsNothing,
    Code::Shrinks,
    Code::SpanPast,
    Code::DayToCome,
    Code::Disputed,
    Code::TransferBlocked,
];

/// Checks that the event is what the law makes of the right before it.
pub(super) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &Past,
    right: RightId,
) -> Result<(), String> {
    let before = past.right(right);
    let before = before.ok_or_else(|| format!("{right} did not exist"))?;
    let Event::Changed { changes, rows, .. } = event else {
        return Err("another form of event".to_owned());
    };
    let mut facts = past.facts().clone();
    put(
        &mut facts,
        StateKey::Right(right),
        Record::Right(before.clone()),
    );
    let lines = lines_of(rows)?;
    for pledge in pledges_of(&lines) {
        let record = pledge_before(pledge, (right, before), signed.at.index, &lines, past)?;
        put(&mut facts, StateKey::Pledge(pledge), Record::Pledge(record));
    }
    for source in sources_of(changes, rows) {
        let is_new = changes
            .iter()
            .any(|change| change.of == source && change.new);
        facts.insert(source.clone(), None);
        if !is_new {
            // Who else draws from it is not shown; the event adds one item and says nothing of the others.
            put(&mut facts, source, Record::Source(Vec::new()));
        }
    }
    let Signed {
        law, command, at, ..
    } = signed;
    let (made, refused) = rules::remake(*law, genesis, &facts, command, *at);
    let kind = command.body.type_name();
    if let Some(code) = refused.iter().find(|code| REFUSES.contains(code)) {
        let title = code.check().title_en;
        return Err(format!("the law refuses this {kind}: {title}"));
    }
    if made.as_ref() == Some(event) {
        return Ok(());
    }
    Err(format!("the law makes another event of the signed {kind}"))
}

fn put(facts: &mut Facts, key: StateKey, record: Record) {
    facts.insert(key, Some(Arc::new(Fact { record, version: 0 })));
}

fn pledges_of(lines: &Lines) -> Vec<PledgeId> {
    let mut pledges: Vec<PledgeId> = lines.keys().map(|(pledge, _)| *pledge).collect();
    pledges.dedup();
    pledges
}

fn sources_of(changes: &[Change], rows: &[Row]) -> Vec<StateKey> {
    let named = changes.iter().map(|change| &change.of);
    let named = named.chain(rows.iter().map(|row| &row.of));
    let is_source = |key: &&StateKey| matches!(key, StateKey::Source(_));
    named.filter(is_source).cloned().collect()
}

/// A pledge as the entry found it, or as far as the law asks: the lines on the right, and how many it had.
fn pledge_before(
    pledge: PledgeId,
    (right, before): (RightId, &Right),
    index: u64,
    lines: &Lines,
    past: &Past,
) -> Result<Pledge, String> {
    if past.shows(&StateKey::Pledge(pledge)) {
        let stood = past.pledge(pledge).cloned();
        return stood.ok_or_else(|| format!("{pledge} did not exist"));
    }
    let record = past.facts().pledge(pledge).cloned();
    let record = record.ok_or_else(|| format!("the record of {pledge} is missing"))?;
    let further = lines
        .iter()
        .filter(|((of, _), line)| *of == pledge && line.right.0 == index);
    let further: Vec<u16> = further.map(|((_, number), _)| *number).collect();
    let count = further.first().copied().unwrap_or_default();
    let is_known = |number: u16| !matches!(was(past, pledge, number), Was::Unknown);
    let last = further.last().map_or(0, |number| usize::from(*number));
    let all = u16::try_from(record.lines.len()).unwrap_or(u16::MAX);
    if last >= record.lines.len() || (count..all).any(is_known) {
        return Err(format!(
            "{pledge} gets lines with other numbers than the next"
        ));
    }
    let unknown = Line {
        right,
        extent: Extent::Whole,
        behind: Vec::new(),
        released: true,
        expires: None,
    };
    let stood = |number: u16| {
        let burden = before.burden(BurdenId::Line(pledge, number));
        burden.map_or_else(|| unknown.clone(), |burden| line_of(right, burden))
    };
    let mut joint = record.more.joint.clone();
    joint.retain(|joint| joint.entry < index);
    let mut before = Pledge {
        lines: (0..count).map(stood).collect(),
        ..record
    };
    before.more.joint = joint;
    Ok(before)
}
