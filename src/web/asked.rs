//! What was asked on the page "May I pledge?", as the answer says it: the rights to choose from where a number names several, the
//! question in full, and how much more the answer would allow.
//!
//! Separate from `ask`, which reads the form and has the law decide; nothing is decided here.

use crate::domain::command::{Body, RegisterPledge};
use crate::domain::finding::Code;
use crate::domain::flow::Flow;
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Extent, Right};
use crate::domain::stock;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::time::{Day, Span, Timestamp};
use crate::service::Registry;
use crate::service::query::Listing;
use crate::web::ask::Conclusion;
use crate::web::lang::Lang;
use crate::web::look::{self, Place};
use crate::web::misnamed;
use crate::web::right::Fact;
use crate::web::shell::{Fault, Visit};
use crate::web::show;

/// Rights that are named to choose from.
const CHOICES_MAX: usize = 20;

/// A right that may have been meant.
pub(crate) struct Choice {
    /// The same question about it.
    pub(crate) address: String,
    pub(crate) id: String,
    pub(crate) what: String,
}

/// What the field of the right names.
pub(crate) enum Meant {
    /// One right.
    Right(RightId),
    /// One of these, and whether there are more.
    OneOf(Vec<RightId>, bool),
}

/// Finds the rights that a person means: one by an id or a whole identity, those of a permit, of a holder or of a pledge.
pub(crate) fn meant(registry: &Registry, typed: &str) -> Result<Meant, Fault> {
    let (found, more) = match look::find(registry, typed)? {
        Some(Place::Right(id)) => return Ok(Meant::Right(id)),
        Some(Place::Pledge(_) | Place::Reservation(_)) => {
            (misnamed::stands_on(registry, typed)?, false)
        }
        Some(Place::Party(id)) => held(registry, id)?,
        None if look::freeze(typed).is_some() => (misnamed::stands_on(registry, typed)?, false),
        None => match look::with_part(registry, typed, CHOICES_MAX)? {
            (none, _) if none.is_empty() => match misnamed::holder(registry, typed)? {
                Some(id) => held(registry, id)?,
                None => (none, false),
            },
            found => found,
        },
    };
    Ok(match (found.as_slice(), more) {
        ([only], false) => Meant::Right(*only),
        (_, _) => Meant::OneOf(found, more),
    })
}

/// Names the rights to choose from, each with the address of the same question about it.
pub(crate) fn choices(
    registry: &Registry,
    visit: &Visit,
    (path, field): (&str, &str),
    rights: &[RightId],
) -> Result<Vec<Choice>, Fault> {
    let choice = |right: &RightId| {
        let id = right.to_string();
        Ok(Choice {
            address: visit.with(path, field, &id),
            what: look::words_of(registry, &id, visit.lang)?,
            id,
        })
    };
    rights.iter().map(choice).collect()
}

/// The first rights of a holder, and whether there are more.
fn held(registry: &Registry, holder: PartyId) -> Result<(Vec<RightId>, bool), Fault> {
    let found = registry.list(Listing::RightsOf(holder), None, CHOICES_MAX + 1)?;
    let more = found.len() > CHOICES_MAX;
    let rights = found.iter().filter_map(|found| found.value.key.right());
    Ok((rights.take(CHOICES_MAX).collect(), more))
}

/// Says in words that a party would secure a claim against itself, where that is what the law refuses.
pub(crate) fn told_same(conclusion: &mut Conclusion, (org, body): (PartyId, &Body), lang: Lang) {
    let is_same = matches!(body, Body::RegisterPledge(register) if register.pledgor == org);
    let of = Code::NotApplicable.number();
    let mut findings = conclusion.findings.iter_mut();
    if let Some(finding) = findings.find(|finding| is_same && finding.code == of) {
        let why = match lang {
            Lang::Zh => {
                format!("担保权人就是出质人 / 抵押人本身 ({org}): 不能向自己设立担保, 请填写债权人")
            }
            Lang::En => format!(
                "the pledgee is the pledgor itself ({org}): nobody secures a claim against itself; name the creditor"
            ),
        };
        finding.why.push(why);
    }
}

/// The question in full, so that a printed answer says what it answers.
pub(crate) fn question(
    registry: &Registry,
    org: PartyId,
    body: &Body,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Vec<Fact>, Fault> {
    let Body::RegisterPledge(register) = body else {
        return Ok(Vec::new());
    };
    let words = lang.words();
    let mut facts = Vec::new();
    for line in &register.lines {
        let id = line.right.to_string();
        let what = look::words_of(registry, &id, lang)?;
        facts.push(Fact {
            link: Some(format!("/rights/{id}")),
            ..Fact::plain(lang.pick("权益", "Right"), format!("{what} ({id})"))
        });
    }
    let party = |id| look::party(registry, id, words);
    facts.push(Fact::party(words.holder, &party(register.pledgor)?));
    facts.push(Fact::party(words.pledgee, &party(org)?));
    facts.extend(extents(register, policy, lang));
    let term = register.term.map_or_else(
        || lang.pick("未填写", "not given").to_owned(),
        |term| show::days(term, words),
    );
    facts.push(Fact::plain(words.check_term, term));
    Ok(facts)
}

/// Says that all the days that were asked about are over.
pub(crate) fn over(register: &RegisterPledge, today: Day, lang: Lang) -> Option<String> {
    let (extent, words) = (&register.lines.first()?.extent, lang.words());
    let is_over = |span: &Span| span.to() <= today;
    let years = extent
        .years
        .and_then(|(first, last)| Span::of_years(first, last));
    let years = years.filter(is_over).map(|span| show::years(span, words));
    let days = extent.span.filter(is_over);
    let days = days.map(|span| show::days(span, words)).or(years)?;
    Some(match lang {
        Lang::Zh => format!("所问期间 {days} 已全部过去 (今日 {today}), 过去的日子不能再担保"),
        Lang::En => format!(
            "All of {days} is over (today is {today}), and days that are over cannot be pledged any more"
        ),
    })
}

/// How much of the right is asked for, and of which days.
fn extents(register: &RegisterPledge, policy: &KindPolicy, lang: Lang) -> Vec<Fact> {
    let words = lang.words();
    let unit = show::unit(&policy.unit, lang);
    let mut facts = Vec::new();
    for line in &register.lines {
        if let Some((quantity, _)) = &line.extent.amount {
            let amount = show::amount(*quantity, policy.scale, unit);
            facts.push(Fact::plain(words.check_quantity, amount));
        }
        if let Some(span) = line.extent.span {
            facts.push(Fact::plain(words.period, show::days(span, words)));
        }
        if let Some((first, last)) = line.extent.years {
            let name = lang.pick("年度", "Years");
            facts.push(Fact::plain(name, format!("{first}–{last}")));
        }
    }
    facts
}

/// How much more the same answer would allow: the most over these days, and how long as much is free.
pub(crate) fn most(
    right: &Right,
    policy: &KindPolicy,
    asked: Extent,
    now: Timestamp,
    lang: Lang,
) -> Vec<String> {
    let words = lang.words();
    let unit = show::unit(&policy.unit, lang);
    let amount = |quantity| show::amount(quantity, policy.scale, unit);
    let until = |day: Day| {
        let as_long = lang.pick("最长可至", "as long as until");
        format!("{as_long} {day} {}", words.days_inclusive)
    };
    match (asked, &right.capacity) {
        (Extent::Flow(quantity, span), Capacity::Flow(steps)) => {
            let flow = Flow {
                steps,
                live: right.live_span(),
                burdens: &right.burdens,
                now,
            };
            let over = flow.profile(span, &|_| false);
            let least = over.iter().map(|part| part.free).min();
            let word = lang.pick("这一期间最多", "over these days at most");
            let rest = right.live_span().and_then(|live| live.since(span.from()));
            let rest = rest.map(|rest| flow.profile(rest, &|_| false));
            let rest = rest.unwrap_or_default();
            let enough = rest.iter().take_while(|part| part.free >= quantity);
            let end = enough.last().map(|part| show::last_day(part.span));
            let much = least.map(|least| format!("{word} {}", amount(least)));
            let end = end.map(|day| format!("{} {}", amount(quantity), until(day)));
            much.into_iter().chain(end).collect()
        }
        (Extent::Stock(_), Capacity::Stock(balance)) => {
            let used = stock::used(&right.burdens, now, &|_| false);
            let free = amount(balance.saturating_sub(used));
            vec![format!("{} {free}", lang.pick("最多", "at most"))]
        }
        (Extent::Years(span), Capacity::Land { .. }) => {
            let from = Span::new(span.from(), right.span.to());
            let free = from.map(|from| land::free_spans(right, from, now, &|_| false));
            let free = free.unwrap_or_default();
            let around = free.into_iter().find(|free| free.covers(span));
            let last = around.map(|free| until(show::last_day(free)));
            last.into_iter().collect()
        }
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => Vec::new(),
    }
}

/// Says that days which are over count for nothing, where the question begins with them.
pub(crate) fn begun(asked: Extent, today: Day, lang: Lang) -> Option<String> {
    let (Extent::Flow(_, span) | Extent::Years(span)) = asked else {
        return None;
    };
    let from = span.from();
    (from < today).then(|| match lang {
        Lang::Zh => format!("起始日 {from} 早于今日 {today}: 已过的日子不计, 答复只就今日起的日子而言。"),
        Lang::En => format!(
            "The first day, {from}, is before today, {today}: days that are over do not count, and the answer is of the days from today on."
        ),
    })
}
