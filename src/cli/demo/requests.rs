//! Plays the banks: every pledge request in its order, with the figures that the answers must state.
//!
//! Requests go in runs. A run is a stretch of consecutive requests over different rights, so that what one of them is told
//! does not depend on another, and the server decides a run in its order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cli::exit::Failure;
use crate::cli::progress::{Progress, begin_step};
use crate::client::{Reply, hide, question};
use crate::domain::command::{
    Body, Expected, ExtentRequest, LineChange, LineRequest, RegisterPledge,
};
use crate::domain::envelope::Opening;
use crate::domain::pledge::Form;
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

use super::play::{Issued, Play, Waiting};
use super::script::{Action, Request};
use super::table::Act;

/// Requests in one run.
const RUN_MAX: usize = 100;
/// The line of a pledge over one right.
const ONLY_LINE: u16 = 0;
/// The number beside an accepted registration.
const FREE_BEFORE: &str = "free_before";
/// The number beside a refusal.
const LARGEST_ADMISSIBLE: &str = "largest_admissible";

/// A registered pledge, as its pledgee remembers it.
#[derive(Clone, Debug)]
struct Held {
    id: PledgeId,
    /// Entries that have touched it; the next command must name this number.
    version: u64,
    right: RightId,
    kind: String,
    pledgor: PartyId,
}

/// A request made ready.
struct Ready<'a> {
    request: &'a Request,
    kind: String,
    right: RightId,
    pledgor: PartyId,
    /// The question whose refusal states what is free.
    question: Option<String>,
}

/// The state of the playing.
struct Requests<'p, 'a> {
    play: &'p mut Play<'a>,
    held: BTreeMap<u64, Held>,
    run: Vec<Waiting<Ready<'a>>>,
    touched: BTreeSet<RightId>,
    progress: Progress,
}

/// Plays every request.
pub(super) fn play(play: &mut Play<'_>) -> Result<(), Failure> {
    let script = play.script;
    let progress = begin_step("pledge requests", script.requests.len());
    let mut requests = Requests {
        play,
        held: BTreeMap::new(),
        run: Vec::new(),
        touched: BTreeSet::new(),
        progress,
    };
    for request in &script.requests {
        requests.add(request)?;
    }
    requests.flush()?;
    requests.progress.end_step();
    Ok(())
}

impl<'a> Requests<'_, 'a> {
    fn add(&mut self, request: &'a Request) -> Result<(), Failure> {
        // A pledge that is not known yet may be registered by this very run.
        let unknown = request
            .pledge
            .is_some_and(|no| !self.held.contains_key(&no));
        let right = self.right_of(request);
        if unknown || self.run.len() >= RUN_MAX || right.is_some_and(|r| self.touched.contains(&r))
        {
            self.flush()?;
        }
        match self.ready(request) {
            Ok(waiting) => {
                self.touched.insert(waiting.item.right);
                self.run.push(waiting);
            }
            Err(fault) => {
                let act = act_of(request.action);
                let what = || format!("request {}", request.no);
                let table = &mut self.play.table;
                table.count(
                    act,
                    "?",
                    &request.expect,
                    &format!("not sent: {fault}"),
                    what,
                );
                self.progress.add(1);
            }
        }
        Ok(())
    }

    fn right_of(&self, request: &Request) -> Option<RightId> {
        if let Some(no) = request.pledge {
            return self.held.get(&no).map(|held| held.right);
        }
        let (kind, parts) = request.right.as_ref()?.split_first()?;
        self.play.find(kind, parts).map(|issued| issued.id)
    }

    fn party(&self, code: Option<&String>) -> Result<PartyId, Failure> {
        let code = code.ok_or_else(|| Failure::refused("names no party"))?;
        let party = self.play.cast.party(code);
        party.ok_or_else(|| Failure::refused(format!("{code} is not a party")))
    }

    fn policy(&self, kind: &str) -> Result<&'a KindPolicy, Failure> {
        let policy = self.play.script.policy(kind);
        policy.ok_or_else(|| Failure::refused(format!("{kind:?} is no kind")))
    }

    fn ready(&self, request: &'a Request) -> Result<Waiting<Ready<'a>>, Failure> {
        match request.action {
            Action::Register => self.ready_registration(request),
            Action::Amend | Action::Release => self.ready_change(request),
        }
    }

    fn ready_registration(&self, request: &'a Request) -> Result<Waiting<Ready<'a>>, Failure> {
        let named = request.right.as_ref().and_then(|right| right.split_first());
        let (kind, parts) = named.ok_or_else(|| Failure::refused("names no right"))?;
        let policy = self.policy(kind)?;
        let issued = self.play.find(kind, parts);
        let issued = issued.ok_or_else(|| {
            Failure::refused(format!("{kind} {} is not registered", parts.join("|")))
        })?;
        let pledgee = self.party(request.pledgee.as_ref())?;
        let pledgor = self.party(request.pledgor.as_ref())?;
        let extent = extent_of(request, issued, policy)?;
        let openings = openings_of(request)?;
        let body = |extent: ExtentRequest, openings: &[Opening]| {
            registration(issued.id, pledgor, policy, extent, openings)
        };
        let question = match &request.free_before {
            Some(free) => {
                let more = one_more(parse_quantity(free, policy)?, policy);
                let extent = ExtentRequest {
                    amount: Some((more, policy.unit.clone())),
                    ..extent.clone()
                };
                Some(question(pledgee, &body(extent, &[])?))
            }
            None => None,
        };
        let body = body(extent, &openings)?;
        let text = self
            .play
            .sign(body, &[pledgee, pledgor], |_| {}, &openings)?;
        let item = Ready {
            request,
            kind: kind.clone(),
            right: issued.id,
            pledgor,
            question,
        };
        Ok(Waiting { text, item })
    }

    fn ready_change(&self, request: &'a Request) -> Result<Waiting<Ready<'a>>, Failure> {
        let no = request.pledge.unwrap_or_default();
        let held = self.held.get(&no);
        let held =
            held.ok_or_else(|| Failure::refused(format!("request {no} registered no pledge")))?;
        let policy = self.policy(&held.kind)?;
        let by = self.party(request.by.as_ref())?;
        let quantity = request.quantity.as_deref();
        let quantity = quantity
            .map(|text| parse_quantity(text, policy))
            .transpose()?;
        let pledge = held.id;
        let changes = match quantity {
            None => Vec::new(),
            Some(quantity) => {
                let open = self.open_lines(pledge, policy)?;
                let shares = match request.action {
                    Action::Amend => amended(&open, quantity),
                    Action::Register | Action::Release => released(&open, quantity),
                };
                let change = |(line, quantity)| LineChange {
                    line,
                    amount: Some((quantity, policy.unit.clone())),
                    to: None,
                    behind: Vec::new(),
                };
                shares.into_iter().map(change).collect()
            }
        };
        let (body, parties) = match request.action {
            Action::Amend => (
                Body::AmendPledge {
                    pledge,
                    changes,
                    cap_cny: None,
                    green: None,
                    consenting: Vec::new(),
                },
                vec![by, held.pledgor],
            ),
            Action::Register | Action::Release => {
                let order = None;
                let body = Body::ReleasePledge {
                    pledge,
                    changes,
                    order,
                };
                (body, vec![by])
            }
        };
        let version = held.version;
        let expect = |unsigned: &mut crate::client::Unsigned<'_>| {
            unsigned.expect.push((Expected::Pledge(pledge), version));
        };
        let item = Ready {
            request,
            kind: held.kind.clone(),
            right: held.right,
            pledgor: held.pledgor,
            question: None,
        };
        let text = self.play.sign(body, &parties, expect, &[])?;
        Ok(Waiting { text, item })
    }

    /// Reads the lines of a pledge that stand: an amendment that asked for more has added one (law 2).
    fn open_lines(
        &self,
        pledge: PledgeId,
        policy: &KindPolicy,
    ) -> Result<Vec<(u16, Quantity)>, Failure> {
        let reply = self.play.client.get(&format!("/v1/pledges/{pledge}"))?;
        let lines = reply.json["record"]["lines"].as_array();
        let mut open = Vec::new();
        for (number, line) in (0_u16..).zip(lines.into_iter().flatten()) {
            if line["released"].as_bool() != Some(true)
                && let Some(text) = line["quantity"].as_str()
            {
                open.push((number, parse_quantity(text, policy)?));
            }
        }
        Ok(open)
    }

    /// Sends the run and judges what came.
    fn flush(&mut self) -> Result<(), Failure> {
        let run = std::mem::take(&mut self.run);
        self.touched.clear();
        for waiting in &run {
            let Ready {
                request,
                question: Some(question),
                kind,
                ..
            } = &waiting.item
            else {
                continue;
            };
            let reply = self.play.client.post("/v1/check", question)?;
            let policy = self.policy(kind)?;
            self.count_figure(
                FREE_BEFORE,
                request,
                request.free_before.as_deref(),
                &reply,
                policy,
            );
        }
        let count = run.len();
        let mut answers = Vec::with_capacity(count);
        Play::send(&self.play.client, run, |ready, reply| {
            answers.push((ready, reply));
        })?;
        for (ready, reply) in answers {
            self.judge(&ready, &reply)?;
        }
        self.progress.add(count);
        Ok(())
    }

    fn judge(&mut self, ready: &Ready<'_>, reply: &Reply) -> Result<(), Failure> {
        let request = ready.request;
        let outcome = reply.outcome();
        let what = || format!("request {}", request.no);
        let act = act_of(request.action);
        self.play
            .table
            .count(act, &ready.kind, &request.expect, &outcome, what);
        if request.largest_admissible.is_some() {
            let policy = self.policy(&ready.kind)?;
            let largest = request.largest_admissible.as_deref();
            self.count_figure(LARGEST_ADMISSIBLE, request, largest, reply, policy);
        }
        if !reply.is_success() {
            return Ok(());
        }
        match (request.action, request.pledge) {
            (Action::Register, _) => {
                if let Some(id) = reply.text_member("created").and_then(PledgeId::parse) {
                    let held = Held {
                        id,
                        version: 1,
                        right: ready.right,
                        kind: ready.kind.clone(),
                        pledgor: ready.pledgor,
                    };
                    self.held.insert(request.no, held);
                }
            }
            (Action::Amend | Action::Release, Some(no)) => {
                if let Some(held) = self.held.get_mut(&no) {
                    held.version += 1;
                }
            }
            (Action::Amend | Action::Release, None) => {}
        }
        Ok(())
    }

    /// Compares a figure with what the first finding of an answer states as the largest admissible quantity.
    fn count_figure(
        &mut self,
        name: &str,
        request: &Request,
        expected: Option<&str>,
        reply: &Reply,
        policy: &KindPolicy,
    ) {
        const RIGHT: &str = "as expected";
        let finding = reply.first_finding();
        let stated = finding
            .and_then(|f| f.pointer("/alternative/quantity"))
            .and_then(Value::as_str);
        let parse = |text: &str| Quantity::parse(text, policy.scale).ok();
        let is_right = stated.and_then(parse) == expected.and_then(parse) && stated.is_some();
        let actual = if is_right { RIGHT } else { "another number" };
        let what = || {
            let expected = expected.unwrap_or("none");
            format!(
                "request {}: {name} {expected}, stated {stated:?}",
                request.no
            )
        };
        self.play
            .table
            .count(Act::Figure, name, RIGHT, actual, what);
    }
}

/// What each line gives back of a quantity: the latest first, and what is too much stays with the first.
fn released(open: &[(u16, Quantity)], quantity: Quantity) -> Vec<(u16, Quantity)> {
    let mut rest = quantity;
    let mut shares = Vec::new();
    for (number, held) in open.iter().skip(1).rev() {
        let share = rest.min(*held);
        rest = rest.saturating_sub(share);
        if !share.is_zero() {
            shares.push((*number, share));
        }
    }
    if !rest.is_zero() || shares.is_empty() {
        let first = open.first().map_or(ONLY_LINE, |(number, _)| *number);
        shares.push((first, rest));
    }
    shares.sort_unstable();
    shares
}

/// Which line a new total changes, and to what: the first takes what the later ones do not hold.
fn amended(open: &[(u16, Quantity)], total: Quantity) -> Vec<(u16, Quantity)> {
    let first = open.first().map_or(ONLY_LINE, |(number, _)| *number);
    let others = open.iter().skip(1).map(|(_, held)| *held);
    let others = others.fold(Quantity::ZERO, Quantity::saturating_add);
    match total.checked_sub(others) {
        Some(rest) if !rest.is_zero() => vec![(first, rest)],
        Some(_) | None => vec![(first, total)],
    }
}

fn act_of(action: Action) -> Act {
    match action {
        Action::Register => Act::Register,
        Action::Amend => Act::Amend,
        Action::Release => Act::Release,
    }
}

/// Makes the body of a registration over one line.
pub(super) fn registration(
    right: RightId,
    pledgor: PartyId,
    policy: &KindPolicy,
    extent: ExtentRequest,
    openings: &[Opening],
) -> Result<Body, Failure> {
    let form = Form::parse(&policy.form);
    let form = form.ok_or_else(|| Failure::internal(format!("{:?} is no form", policy.form)))?;
    let mut hidden: Vec<_> = openings
        .iter()
        .map(|opening| (opening.claim.clone(), opening.digest()))
        .collect();
    hidden.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(Body::RegisterPledge(Box::new(RegisterPledge {
        pledgor,
        debtor: None,
        form,
        lines: vec![LineRequest {
            right,
            extent,
            behind: Vec::new(),
        }],
        term: None,
        reservation: None,
        cap_cny: None,
        maximum: None,
        syndicate: Vec::new(),
        green: None,
        hidden,
    })))
}

fn openings_of(request: &Request) -> Result<Vec<Opening>, Failure> {
    let claims = [
        ("contract_no", &request.contract_no),
        ("principal_cny", &request.principal_cny),
    ];
    let mut openings = Vec::new();
    for (claim, value) in claims {
        if let Some(value) = value {
            openings.push(hide(claim, value)?);
        }
    }
    Ok(openings)
}

/// Returns the members of a line that the kind's rule asks for; where the request names no quantity, it is the whole.
fn extent_of(
    request: &Request,
    issued: &Issued,
    policy: &KindPolicy,
) -> Result<ExtentRequest, Failure> {
    let mut extent = ExtentRequest::default();
    match policy.extent {
        ExtentRule::Amount => {
            let quantity = match &request.quantity {
                Some(text) => parse_quantity(text, policy)?,
                None => issued
                    .quantity
                    .ok_or_else(|| Failure::refused("names no quantity"))?,
            };
            extent.amount = Some((quantity, policy.unit.clone()));
        }
        ExtentRule::Whole => {}
        ExtentRule::Years => extent.years = request.years,
    }
    if policy.model == Model::Flow {
        let day = |text: &Option<String>, default: Day| match text {
            Some(text) => {
                Day::parse(text).ok_or_else(|| Failure::refused(format!("{text} is no day")))
            }
            None => Ok(default),
        };
        let from = day(&request.from, issued.span.from())?;
        let to = day(&request.to, issued.span.to())?;
        let span = Span::new(from, to).ok_or_else(|| Failure::refused("has an empty span"))?;
        extent.span = Some(span);
    }
    Ok(extent)
}

fn parse_quantity(text: &str, policy: &KindPolicy) -> Result<Quantity, Failure> {
    Quantity::parse(text, policy.scale)
        .map_err(|fault| Failure::refused(format!("quantity {text:?} {fault}")))
}

/// Returns the quantity and one of the least units of the kind.
fn one_more(quantity: Quantity, policy: &KindPolicy) -> Quantity {
    let digits = usize::from(policy.scale.digits());
    let least = match digits {
        0 => "1".to_owned(),
        digits => format!("0.{:0>digits$}", 1),
    };
    let least = Quantity::parse(&least, policy.scale).unwrap_or_default();
    quantity.saturating_add(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::script::POLICIES;

    #[test]
    fn one_more_is_one_of_the_least_units_of_the_kind() {
        let more = |text: &str, from: &str| {
            let policy = KindPolicy::parse(text).unwrap();
            one_more(Quantity::parse(from, policy.scale).unwrap(), &policy).to_string()
        };
        assert_eq!(more(POLICIES[0], "12"), "13");
        assert_eq!(more(POLICIES[2], "1.5"), "1.500001");
        assert_eq!(more(POLICIES[3], "1.5"), "1.51");
    }

    #[test]
    fn a_release_takes_the_latest_lines_first_and_an_amendment_the_first() {
        let quantity = |raw| Quantity::from_raw(raw).unwrap();
        let open = [(0, quantity(40)), (1, quantity(20))];
        let release = |raw| released(&open, quantity(raw));
        assert_eq!(release(15), [(1, quantity(15))]);
        assert_eq!(release(50), [(0, quantity(30)), (1, quantity(20))]);
        assert_eq!(release(70), [(0, quantity(50)), (1, quantity(20))]);
        assert_eq!(amended(&open, quantity(75)), [(0, quantity(55))]);
        assert_eq!(amended(&open, quantity(5)), [(0, quantity(5))]);
        assert_eq!(amended(&open[..1], quantity(5)), [(0, quantity(5))]);
    }
}
