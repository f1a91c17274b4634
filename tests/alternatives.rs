//! Every refusal of every scenario names what is in the way and the largest that would be admissible; and what it offers is true:
//! asked for instead it is accepted, and one smallest unit more is refused again.

use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::command::{Body, Converted, FreezeAct, PledgeAct, RightAct};
use greenlien::domain::entry::Outcome;
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::finding::{Alternative, Code, Finding};
use greenlien::domain::wire::parse_command;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::{CommandId, EntryIndex, PartyId};
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::{Span, Timestamp};

use crate::scenario::runner::play;
use crate::scenario::stage::Stage;
use crate::scenarios::{names, steps};
use crate::support::house::House;
use crate::support::{Answer, Play, World};

/// Checks of a command in itself: no record is in the way.
const OF_THE_COMMAND: [Code; 13] = [
    Code::BadPolygon,
    Code::CapMissing,
    Code::LimitMismatch,
    Code::LogKeyOverlaps,
    Code::NotApplicable,
    Code::OutsideCounty,
    Code::PolicyInvalid,
    Code::QuorumUnmet,
    Code::ThresholdTooLow,
    Code::TooManyNeighbors,
    Code::UnitMismatch,
    Code::ZeroQuantity,
    Code::PartyUnknown,
];

/// Checks of a quantity or of days: less, or other days, would do.
const OF_A_MEASURE: [Code; 14] = [
    Code::DoublePledgeStock,
    Code::DoublePledgeFlow,
    Code::DoublePledgeLand,
    Code::ExceedsRight,
    Code::ExceedsPledge,
    Code::ExceedsFreeze,
    Code::TakesPledged,
    Code::BeyondRightEnd,
    Code::SpanPast,
    Code::FrozenPart,
    Code::SourceDrawn,
    Code::ParcelOverlap,
    Code::VintageOverlap,
    Code::ReservationUnusable,
];

/// A registry that asks again for what it is offered.
struct Offers {
    world: World,
    counts: BTreeMap<String, usize>,
    complaints: Vec<String>,
}

impl Offers {
    fn look(&mut self, org: PartyId, body: &Body) {
        let Answer::Decided {
            outcome: Outcome::Refused(findings),
            ..
        } = self.world.ask(org, body.clone())
        else {
            return;
        };
        for finding in &findings {
            if let Err(why) = self.judge(org, body, finding, &findings) {
                self.complaints
                    .push(format!("{why}: {finding:?} of {body:?}"));
            }
        }
    }

    fn judge(
        &mut self,
        org: PartyId,
        body: &Body,
        finding: &Finding,
        all: &[Finding],
    ) -> Result<(), &'static str> {
        let code = finding.code;
        // Two lines of one command may stand in each other's way.
        let is_own = code == Code::DoublePledgeFlow && finding.alternative.is_some();
        // The end of an order is a member of the command.
        let is_own = is_own || code == Code::SpanPast && !of_a_line(body);
        if finding.conflicts.is_empty() && !OF_THE_COMMAND.contains(&code) && !is_own {
            return Err("names nothing");
        }
        if !OF_A_MEASURE.contains(&code) {
            return Ok(());
        }
        let Some(alternative) = &finding.alternative else {
            let is_over = claim_is_over(body, self.world.now());
            return has_reason(body, finding, all, is_over);
        };
        let others: BTreeSet<Code> = all.iter().map(|other| other.code).collect();
        let is_alone = others.iter().all(|other| OF_A_MEASURE.contains(other)) && all.len() == 1
            || code != Code::FrozenPart
                && all.len() == 2
                && others.contains(&Code::FrozenPart)
                && finding.line.is_some();
        for offered in offered(body, finding, alternative) {
            *self.counts.entry(format!("{code:?} offered")).or_default() += 1;
            match self.follow(org, &offered) {
                Answer::Decided {
                    outcome: Outcome::Refused(found),
                    ..
                } if is_alone || found.iter().any(|it| same(it, finding)) => {
                    return Err("what it offers is refused");
                }
                Answer::Decided { .. } => {}
                Answer::Faulty(_) => return Err("what it offers does not come in at the door"),
            }
        }
        if let Some(more) = more(body, finding, alternative) {
            *self.counts.entry(format!("{code:?} exceeded")).or_default() += 1;
            let Answer::Decided {
                outcome: Outcome::Refused(_),
                ..
            } = self.world.ask(org, more)
            else {
                return Err("more than it offers is accepted");
            };
        }
        Ok(())
    }

    /// Asks for what is offered. Where a second check limits the same quantity further, it is met only now, and what it offers
    /// must do.
    fn follow(&self, org: PartyId, offered: &Body) -> Answer {
        let answer = self.world.ask(org, offered.clone());
        let Answer::Decided {
            outcome: Outcome::Refused(found),
            ..
        } = &answer
        else {
            return answer;
        };
        let [second] = found.as_slice() else {
            return answer;
        };
        let quantity = second.alternative.as_ref().and_then(|it| it.quantity);
        match quantity.and_then(|quantity| with_quantity(offered, second, quantity)) {
            Some(next) if OF_A_MEASURE.contains(&second.code) => self.world.ask(org, next),
            Some(_) | None => answer,
        }
    }
}

/// A finding of a measure that offers nothing needs a reason.
fn has_reason(
    body: &Body,
    finding: &Finding,
    all: &[Finding],
    is_over: bool,
) -> Result<(), &'static str> {
    let beside = |code: Code| {
        all.iter()
            .any(|other| other.code == code && other.line == finding.line)
    };
    let is_said = match finding.code {
        // The shortage beside it says how much is left.
        Code::FrozenPart => {
            beside(Code::DoublePledgeStock)
                || beside(Code::DoublePledgeFlow)
                || beside(Code::DoublePledgeLand)
                // A frozen right changes hands whole or not at all.
                || matches!(body, Body::OfRight(act) if matches!(**act, RightAct::TransferRight { part: None, .. }))
        }
        // Frozen ground is sold as it is frozen, or not at all.
        Code::ExceedsFreeze => {
            matches!(body, Body::OfRight(act) if matches!(&**act, RightAct::OfFreeze(act) if act.amount().is_none()))
        }
        // The day from which a right is adjusted is no measure of it, and a claim that begins after the right has no days.
        // A reservation that cannot be taken over at all.
        Code::ReservationUnusable => finding.line.is_none(),
        Code::BeyondRightEnd => matches!(body, Body::AdjustRight { .. }) || finding.at.is_none(),
        // Only a line can be asked for on other days; until when a claim runs its parties alone can say.
        Code::SpanPast => !of_a_line(body) || is_over,
        _ => false,
    };
    if is_said {
        Ok(())
    } else {
        Err("offers nothing")
    }
}

/// Says whether the claim that a pledge would secure is over: lines that lapse with it would never stand.
fn claim_is_over(body: &Body, now: Timestamp) -> bool {
    matches!(body, Body::RegisterPledge(act) if act.term.is_some_and(|term| term.to().begins() <= now))
}

/// Says whether a command asks for lines; what it offers is asked for in their place.
fn of_a_line(body: &Body) -> bool {
    matches!(body, Body::RegisterPledge(_) | Body::Reserve { .. })
}

fn same(a: &Finding, b: &Finding) -> bool {
    (a.code, a.line, a.at.is_some()) == (b.code, b.line, b.at.is_some())
}

/// The command with what is offered in the place of what was asked: the quantity, or each span of days.
fn offered(body: &Body, finding: &Finding, alternative: &Alternative) -> Vec<Body> {
    let mut bodies = Vec::new();
    if let Some(quantity) = alternative.quantity.filter(|it| !it.is_zero()) {
        bodies.extend(with_quantity(body, finding, quantity));
    }
    for span in &alternative.spans {
        bodies.extend(with_span(body, finding, *span));
    }
    bodies
}

/// The command with a little more than what is offered.
fn more(body: &Body, finding: &Finding, alternative: &Alternative) -> Option<Body> {
    // One unit; every kind counts in ones or in parts of them.
    let one = Quantity::from_raw(1_000_000)?;
    let quantity = alternative.quantity?.checked_add(one)?;
    with_quantity(body, finding, quantity)
}

fn with_quantity(body: &Body, finding: &Finding, quantity: Quantity) -> Option<Body> {
    let mut body = body.clone();
    let line = finding.line.map(usize::from);
    let amount = match &mut body {
        Body::RegisterPledge(pledge) => pledge
            .lines
            .get_mut(line?)?
            .extent
            .amount
            .as_mut()
            .map(|it| &mut it.0),
        Body::Reserve { lines, .. } => lines
            .get_mut(line?)?
            .extent
            .amount
            .as_mut()
            .map(|it| &mut it.0),
        Body::AmendPledge { changes, .. } | Body::ReleasePledge { changes, .. } => {
            let of_line = changes
                .iter_mut()
                .find(|it| Some(usize::from(it.line)) == line);
            of_line?.amount.as_mut().map(|it| &mut it.0)
        }
        Body::OfPledge(act) => match &mut **act {
            PledgeAct::SubstituteCollateral { add, .. } => add
                .get_mut(line?)?
                .extent
                .amount
                .as_mut()
                .map(|it| &mut it.0),
            _ => None,
        },
        Body::OfRight(act) => match &mut **act {
            RightAct::SurrenderRight { amount, .. } => Some(&mut amount.0),
            RightAct::OfFreeze(FreezeAct::ExecuteFreeze { amount, .. }) => {
                amount.as_mut().map(|amount| &mut amount.0)
            }
            RightAct::ConvertRight {
                part: Converted::Amount(amount),
                into,
                ..
            } => {
                // What it turns into shrinks with it.
                into.amount.0 = into.amount.0.min(quantity);
                Some(&mut amount.0)
            }
            RightAct::TransferRight {
                part: Some(part), ..
            } if finding.code != Code::ExceedsPledge => Some(&mut part.amount.0),
            _ => None,
        },
        _ => None,
    };
    *amount? = quantity;
    Some(body)
}

fn with_span(body: &Body, finding: &Finding, span: Span) -> Option<Body> {
    let mut body = body.clone();
    let line = finding.line.map(usize::from);
    let years = (span.from().date().0, span.to().previous().date().0);
    // What names no day is about the term of the claim.
    let is_of_term = finding.code == Code::BeyondRightEnd && finding.at.is_none();
    match &mut body {
        Body::RegisterPledge(pledge) if is_of_term => pledge.term = Some(span),
        Body::RegisterPledge(pledge) => {
            let extent = &mut pledge.lines.get_mut(line?)?.extent;
            if extent.years.is_some() {
                extent.years = Some(years);
            } else {
                extent.span = Some(span);
            }
        }
        Body::IssueRight(issue) => {
            issue.span = span;
        }
        Body::OfRight(act) => match &mut **act {
            RightAct::ExtendRight { to, .. } => *to = span.to(),
            RightAct::ConvertRight {
                part: Converted::Years(first, last),
                ..
            } => (*first, *last) = years,
            _ => return None,
        },
        _ => return None,
    }
    Some(body)
}

impl Play for Offers {
    fn audience(&self) -> String {
        self.world.audience()
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }

    fn seen(&self) -> Option<(EntryIndex, Hash)> {
        self.world.seen()
    }

    fn next_command(&mut self) -> CommandId {
        self.world.next_command()
    }

    fn deliver(&mut self, envelope: Envelope, openings: &[Opening]) -> Answer {
        let command = parse_command(&envelope.payload);
        let answer = self.world.deliver(envelope, openings);
        if let (Ok(command), false) = (command, answer.is_accepted()) {
            self.look(command.org, &command.body);
        }
        answer
    }
}

impl Stage for Offers {
    const REMEMBERS: bool = false;

    fn turn_to(&mut self, time: Timestamp) {
        Stage::turn_to(&mut self.world, time);
    }

    fn set_server_clock(&mut self, _time: Timestamp) {}

    fn ask(&self, org: PartyId, body: Body) -> Answer {
        self.world.ask(org, body)
    }

    fn asked(&mut self, org: PartyId, body: &Body) {
        self.look(org, body);
    }

    fn record(&self, key: &StateKey) -> Option<(Record, u64)> {
        self.world.record(key)
    }

    fn served(&self) -> Option<&House> {
        None
    }

    fn check_ledger(&mut self) {}
}

#[test]
fn every_refusal_says_what_is_in_the_way_and_what_would_be_admissible() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut complaints = Vec::new();
    for name in names() {
        let mut offers = Offers {
            world: World::new(),
            counts: BTreeMap::new(),
            complaints: Vec::new(),
        };
        play(&mut offers, &steps(name));
        for (what, count) in offers.counts {
            *counts.entry(what).or_default() += count;
        }
        complaints.extend(offers.complaints.iter().map(|why| format!("{name}: {why}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let missing: Vec<&&str> = SEEN
        .iter()
        .filter(|what| !counts.contains_key(**what))
        .collect();
    assert!(
        missing.is_empty(),
        "never asked for: {missing:?} of {counts:#?}"
    );
}

/// What must have been tried, so that the test says something.
const SEEN: [&str; 11] = [
    "DoublePledgeStock offered",
    "DoublePledgeStock exceeded",
    "DoublePledgeFlow offered",
    "DoublePledgeFlow exceeded",
    "DoublePledgeLand offered",
    "ExceedsRight offered",
    "ExceedsRight exceeded",
    "TakesPledged exceeded",
    "BeyondRightEnd offered",
    "SpanPast offered",
    "SourceDrawn offered",
];
