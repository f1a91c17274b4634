//! What could be had instead, where the page "May I pledge?" says no: other days, a smaller quantity, a shorter term of the claim.
//!
//! Separate from `finding`, which says what each reason alone would leave. What is offered here was asked of the law whole, so that
//! nobody who takes an offer is refused again; the law decides, and nothing is decided here.

use crate::domain::command::{Body, ExtentRequest, RegisterPledge};
use crate::domain::entry::Outcome;
use crate::domain::finding::{Code, Finding};
use crate::domain::flow::{Flow, Segment, least_free};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Extent, Right};
use crate::domain::stock;
use crate::primitives::id::PartyId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};
use crate::service::query::Considered;
use crate::service::{Registry, ServiceFault};
use crate::web::ask::Conclusion;
use crate::web::asked;
use crate::web::finding::is_of_term;
use crate::web::shell::{Fault, Visit};
use crate::web::show;

/// Offers that an answer makes, and questions that are asked of the law to find them.
const OFFERS_MAX: usize = 3;
const ASKED_MAX: usize = 6;

/// Another question, to which the law says yes.
pub(crate) struct Instead {
    /// What is offered, as the first sentence says it.
    pub(crate) what: String,
    /// What the button says that asks it.
    pub(crate) button: &'static str,
    /// The page with the offer filled in.
    pub(crate) address: String,
}

/// How an offer differs from what was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Differs {
    /// In the days or years.
    Days,
    /// In the quantity.
    Amount,
    /// In both.
    Both,
    /// In the term of the claim alone.
    Term,
}

#[derive(Clone, Copy)]
struct Offer {
    differs: Differs,
    extent: Extent,
}

/// The fields of a form that asks for one line of a pledge.
pub(crate) struct Fields {
    path: &'static str,
    /// What ends the names of the fields of the line.
    row: String,
}

impl Fields {
    /// Those of the page "May I pledge?".
    pub(crate) fn of_check() -> Self {
        Self {
            path: "/check",
            row: String::new(),
        }
    }

    /// Those of the form that prepares a pledge, for its row `at`.
    pub(crate) fn of_act(at: usize) -> Self {
        Self {
            path: "/acts/register_pledge",
            row: at.to_string(),
        }
    }
}

/// Says no and, where something else could be had, names that first; what each reason alone would leave is shown only where it says
/// more than that.
pub(crate) fn offer(
    conclusion: &mut Conclusion,
    registry: &Registry,
    visit: &Visit,
    fields: &Fields,
    (org, body, considered): (PartyId, &Body, &Considered),
    (right, policy): (&Right, &KindPolicy),
) -> Result<(), Fault> {
    let (Outcome::Refused(findings), Body::RegisterPledge(register)) = (&considered.outcome, body)
    else {
        return Ok(());
    };
    let now = considered.time;
    let found = (findings.as_slice(), now);
    let instead = instead(
        (registry, visit, fields),
        (org, register),
        found,
        (right, policy),
    )?;
    let lang = visit.lang;
    let is_over = asked::over(register, now.day(), lang);
    let first = instead.first().map(|one| one.what.clone());
    let said = [Some(lang.words().check_no.to_owned()), is_over, first];
    let said = said.into_iter().flatten().collect::<Vec<_>>();
    conclusion.sentence = said.join(lang.pick("。", ". "));
    for finding in &mut conclusion.findings {
        if instead.is_empty() || finding.at_most.len() == 1 {
            finding.at_most.clear();
        }
    }
    conclusion.instead = instead;
    Ok(())
}

/// Finds what could be had instead of what was refused; nothing where the law offers nothing.
fn instead(
    (registry, visit, fields): (&Registry, &Visit, &Fields),
    (org, register): (PartyId, &RegisterPledge),
    (findings, now): (&[Finding], Timestamp),
    (right, policy): (&Right, &KindPolicy),
) -> Result<Vec<Instead>, Fault> {
    let ([line], Some(asked)) = (register.lines.as_slice(), wanted(register)) else {
        return Ok(Vec::new());
    };
    let term = term(findings).or(register.term);
    let same = (term != register.term).then_some(Offer {
        differs: Differs::Term,
        extent: asked,
    });
    let others = others(asked, right, now);
    let mut made: Vec<Instead> = Vec::new();
    for offer in same.into_iter().chain(others).take(ASKED_MAX) {
        let mut line = line.clone();
        line.extent = request(offer.extent, policy);
        let body = Body::RegisterPledge(Box::new(RegisterPledge {
            lines: vec![line],
            term,
            ..register.clone()
        }));
        match registry.consider(org, body) {
            Ok(considered) if matches!(considered.outcome, Outcome::Accepted { .. }) => {
                let shorter = term.filter(|term| register.term != Some(*term));
                made.push(said((visit, fields), offer, shorter, (asked, policy)));
            }
            Ok(_) | Err(ServiceFault::Input(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
        if made.len() == OFFERS_MAX {
            break;
        }
    }
    Ok(made)
}

/// The term that the reasons leave, where they are of the term.
fn term(findings: &[Finding]) -> Option<Span> {
    let of_term = |one: &&Finding| one.code == Code::TermTooLong || is_of_term(one);
    let spans = findings.iter().filter(of_term).filter_map(|finding| {
        let spans = &finding.alternative.as_ref()?.spans;
        spans.first().copied()
    });
    spans.reduce(|a, b| a.intersection(b).unwrap_or(a))
}

/// What a command asks of its one line.
fn wanted(register: &RegisterPledge) -> Option<Extent> {
    let extent = &register.lines.first()?.extent;
    let amount = extent.amount.as_ref().map(|(quantity, _)| *quantity);
    Some(match (amount, extent.span, extent.years) {
        (Some(quantity), Some(span), _) => Extent::Flow(quantity, span),
        (Some(quantity), None, _) => Extent::Stock(quantity),
        (None, _, Some((first, last))) => Extent::Years(Span::of_years(first, last)?),
        (None, _, None) => Extent::Whole,
    })
}

fn request(extent: Extent, policy: &KindPolicy) -> ExtentRequest {
    let amount = |quantity| Some((quantity, policy.unit.clone()));
    match extent {
        Extent::Stock(quantity) => ExtentRequest {
            amount: amount(quantity),
            ..ExtentRequest::default()
        },
        Extent::Flow(quantity, span) => ExtentRequest {
            amount: amount(quantity),
            span: Some(span),
            ..ExtentRequest::default()
        },
        Extent::Years(span) => ExtentRequest {
            years: Some((span.from().date().0, show::last_day(span).date().0)),
            ..ExtentRequest::default()
        },
        Extent::Whole => ExtentRequest::default(),
    }
}

/// What else could be asked of the right, the best first: all of it on other days, then less.
fn others(asked: Extent, right: &Right, now: Timestamp) -> Vec<Offer> {
    match (asked, &right.capacity) {
        (Extent::Stock(quantity), Capacity::Stock(balance)) => {
            let free = stock::free(*balance, &right.burdens, now, &|_| false);
            let less = Some(free).filter(|free| !free.is_zero() && *free < quantity);
            let offer = |free| Offer {
                differs: Differs::Amount,
                extent: Extent::Stock(free),
            };
            less.map(offer).into_iter().collect()
        }
        (Extent::Flow(quantity, span), Capacity::Flow(steps)) => {
            let flow = Flow {
                steps,
                live: right.live_span(),
                burdens: &right.burdens,
                now,
            };
            let live = right.live_span();
            let all = live.map(|live| flow.profile(live, &|_| false));
            of_flow(quantity, span, &all.unwrap_or_default())
        }
        (Extent::Years(span), Capacity::Land { .. }) => {
            // Whole years are asked for, and the present one is not over.
            let from = Day::of(now.day().date().0, 1, 1);
            let live = right.live_span().zip(from);
            let live = live.and_then(|(live, from)| live.since(from));
            let free = live.map(|live| land::free_spans(right, live, now, &|_| false));
            let free = free.unwrap_or_default();
            let years: Vec<Span> = free.into_iter().filter_map(whole_years).collect();
            let offer = |span| Offer {
                differs: Differs::Days,
                extent: Extent::Years(span),
            };
            nearest(span, &years).into_iter().map(offer).collect()
        }
        (Extent::Whole | Extent::Stock(_) | Extent::Flow(..) | Extent::Years(_), _) => Vec::new(),
    }
}

/// Of runs of days, the parts that were asked for; where none was, all of them.
fn nearest(asked: Span, runs: &[Span]) -> Vec<Span> {
    let common = runs.iter().filter_map(|run| run.intersection(asked));
    let common: Vec<Span> = common.collect();
    if common.is_empty() {
        return runs.to_vec();
    }
    common
}

fn of_flow(quantity: Quantity, asked: Span, all: &[Segment]) -> Vec<Offer> {
    let mut runs: Vec<Span> = Vec::new();
    for part in all.iter().filter(|part| part.free >= quantity) {
        match runs.last_mut() {
            Some(run) if run.to() == part.span.from() => {
                *run = Span::new(run.from(), part.span.to()).unwrap_or(*run);
            }
            Some(_) | None => runs.push(part.span),
        }
    }
    let on_days = nearest(asked, &runs).into_iter().map(|span| Offer {
        differs: Differs::Days,
        extent: Extent::Flow(quantity, span),
    });
    let mut offers: Vec<Offer> = on_days.take(OFFERS_MAX - 1).collect();
    let within = |part: &Segment| {
        let span = part.span.intersection(asked)?;
        Some(Segment { span, ..*part })
    };
    let within: Vec<Segment> = all.iter().filter_map(within).collect();
    let (Some(first), Some(last)) = (within.first(), within.last()) else {
        return offers;
    };
    let common = least_free(&within);
    // Where nothing is free on some of the days, the part of them with the most.
    let most = within.iter().max_by_key(|part| (part.free, part.span));
    let offered = if common.is_zero() {
        most.map(|part| (part.free, part.span))
    } else {
        Span::new(first.span.from(), last.span.to()).map(|span| (common, span))
    };
    let offered = offered.filter(|(free, _)| !free.is_zero() && *free < quantity);
    offers.extend(offered.map(|(free, span)| Offer {
        differs: if span == asked {
            Differs::Amount
        } else {
            Differs::Both
        },
        extent: Extent::Flow(free, span),
    }));
    offers
}

/// The whole years of a span.
fn whole_years(span: Span) -> Option<Span> {
    let (first, end) = (span.from().date().0, span.to().date().0);
    let begins = Day::of(first, 1, 1).is_some_and(|day| day == span.from());
    let first = if begins { first } else { first + 1 };
    Span::of_years(first, end - 1)
}

/// Says whether an offer has a day of those that were asked for.
fn meets(offered: Extent, asked: Span) -> bool {
    match offered {
        Extent::Flow(_, days) | Extent::Years(days) => {
            days.from() < asked.to() && asked.from() < days.to()
        }
        Extent::Stock(_) | Extent::Whole => true,
    }
}

/// Puts an offer into words, and the same question with it into an address.
fn said(
    (visit, fields): (&Visit, &Fields),
    offer: Offer,
    shorter: Option<Span>,
    (asked, policy): (Extent, &KindPolicy),
) -> Instead {
    let (lang, words) = (visit.lang, visit.lang.words());
    let unit = show::unit(&policy.unit, lang);
    let much = match (offer.differs, offer.extent) {
        (Differs::Amount, Extent::Flow(quantity, _)) => format!(
            "{} ({})",
            show::amount(quantity, policy.scale, unit),
            words.check_whole_span
        ),
        (Differs::Amount | Differs::Days | Differs::Both | Differs::Term, extent) => {
            show::extent(extent, policy.scale, unit, words)
        }
    };
    let lead = match (offer.differs, asked) {
        (Differs::Days, Extent::Years(_)) => lang.pick("以下年度可以", "These years are possible"),
        (Differs::Days, Extent::Flow(_, days)) if !meets(offer.extent, days) => lang.pick(
            "所问期间以外可以",
            "On other days than those asked for it is possible",
        ),
        (Differs::Days, Extent::Flow(..) | Extent::Stock(_) | Extent::Whole) => {
            lang.pick("以下期间可以", "On these days it is possible")
        }
        (Differs::Amount | Differs::Both, _) => words.check_at_most,
        (Differs::Term, _) => "",
    };
    let term =
        shorter.map(|term| format!("{}: {}", words.check_term_at_most, show::days(term, words)));
    let extent = (offer.differs != Differs::Term).then(|| format!("{lead}: {much}"));
    let what = extent.into_iter().chain(term).collect::<Vec<_>>();
    Instead {
        what: what.join("; "),
        button: match offer.differs {
            Differs::Days if matches!(asked, Extent::Years(_)) => {
                lang.pick("按这些年度再查", "Ask again for these years")
            }
            Differs::Days => lang.pick("按此期间再查", "Ask again for these days"),
            Differs::Amount => lang.pick("按此数量再查", "Ask again for this quantity"),
            Differs::Both => lang.pick(
                "按此数量和期间再查",
                "Ask again for this quantity and these days",
            ),
            Differs::Term => lang.pick("按此期限再查", "Ask again with this term"),
        },
        address: address(visit, fields, offer.extent, shorter),
    }
}

/// The same question with other values in the fields that an offer changes.
fn address(visit: &Visit, fields: &Fields, extent: Extent, shorter: Option<Span>) -> String {
    let of_row = |name: &str| format!("{name}{}", fields.row);
    let mut values: Vec<(String, String)> = Vec::new();
    let mut days = |from: String, through: String, span: Span| {
        values.push((from, span.from().to_string()));
        values.push((through, show::last_day(span).to_string()));
    };
    if let Some(term) = shorter {
        days("term_from".to_owned(), "term".to_owned(), term);
    }
    if let Extent::Flow(_, span) = extent {
        days(of_row("from"), of_row("through"), span);
    }
    match extent {
        Extent::Flow(quantity, _) | Extent::Stock(quantity) => {
            values.push((of_row("quantity"), quantity.to_string()));
        }
        Extent::Years(span) => {
            values.push((of_row("first"), span.from().date().0.to_string()));
            values.push((of_row("last"), show::last_day(span).date().0.to_string()));
        }
        Extent::Whole => {}
    }
    visit.with_each(fields.path, &values)
}
