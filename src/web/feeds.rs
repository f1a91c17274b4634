//! What leaves the register by itself: the monthly table for green-finance platforms, the lists as workbooks, the stream of
//! events, and the webhooks of who is signed in, with what became of their deliveries.
//!
//! Who is told of what by a webhook stands in a file of the operator's; here a member sees it, may have it told again, and
//! chooses what it watches (`watched`).

use askama::Template;

use crate::domain::entry::Entry;
use crate::primitives::canonical::Json;
use crate::primitives::time::{Day, Timestamp};
use crate::service::sessions::Session;
use crate::service::webhooks::{Standing, Webhook, WebhookState};
use crate::service::{Registry, ServiceFault};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::monthly_columns::columns;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::watched::{self, Watched};

/// Months that are offered; any other is asked for by its address.
const MONTHS: usize = 12;
/// Deliveries of each webhook that the page lists.
const DELIVERIES: usize = 10;

/// A month that is over, or the present one as of a position.
struct MonthLink {
    name: String,
    csv: String,
    xlsx: String,
}

/// A delivery of a webhook.
struct Delivery {
    time: String,
    entry: String,
    what: String,
    tag: &'static str,
    sign: &'static str,
}

/// A webhook.
struct Hook {
    name: String,
    member: look::Named,
    url: String,
    tag: &'static str,
    sign: &'static str,
    state: &'static str,
    next: String,
    behind: u64,
    deliveries: Vec<Delivery>,
    watched: Watched,
}

#[derive(Template)]
#[template(path = "feeds.html")]
pub(crate) struct FeedsPage {
    shell: Shell,
    months: Vec<MonthLink>,
    /// The columns of the monthly table, and what they say.
    columns: Vec<(&'static str, &'static str)>,
    /// The stream of what concerns the party that is signed in.
    own_stream: Option<String>,
    hooks: Option<Vec<Hook>>,
    /// What was wrong with a position that was typed.
    fault: Option<String>,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<FeedsPage, Fault> {
    let words = visit.lang.words();
    let session = visit.signed_in.as_ref().map(|signed_in| &signed_in.session);
    let own_stream = session.map(|session| format!("/v1/events?party={}", session.org));
    let hooks = match session {
        Some(session) => Some(hooks(registry, session, visit)?),
        None => None,
    };
    let is_place = |fault: &&str| *fault == "from";
    let fault = visit.param("fault").filter(is_place);
    let fault = fault.map(|_| words.feeds_fault.to_owned());
    Ok(FeedsPage {
        shell: Shell::new(registry, visit, words.feeds_title),
        months: months(registry, visit.lang)?,
        columns: columns(visit.lang),
        own_stream,
        hooks,
        fault,
    })
}

/// The months that are over since the register began, newest first, up to a year: their names and last days.
pub(crate) fn months_over(registry: &Registry) -> Result<Vec<(String, Day)>, Fault> {
    let today = registry.now().max(registry.published().time).day();
    let genesis = Entry::parse(&registry.entry(0)?);
    let began = genesis.map_err(|fault| Fault::Internal(fault.to_string()))?;
    let began = began.time().day();
    let mut months = Vec::new();
    let mut first = first_of_month(today);
    while months.len() < MONTHS {
        let last = first.previous();
        first = first_of_month(last);
        if first < first_of_month(began) {
            break;
        }
        months.push((month_of(last), last));
    }
    Ok(months)
}

/// The name of the month of a day.
pub(crate) fn month_of(day: Day) -> String {
    let (year, month, _) = day.date();
    format!("{year:04}-{month:02}")
}

/// The monthly table of each month that is over, behind that of the present month as of the published position.
fn months(registry: &Registry, lang: Lang) -> Result<Vec<MonthLink>, Fault> {
    let (at, time) = {
        let published = registry.published();
        (published.size, published.time)
    };
    let link = |name: String, query: String| MonthLink {
        csv: format!("/v1/exports/monthly.csv?{query}"),
        xlsx: format!("/v1/exports/monthly.xlsx?{query}"),
        name,
    };
    let month = month_of(time.day());
    let so_far = match lang {
        Lang::Zh => format!("{month} (至账页位置 {at})"),
        Lang::En => format!("{month} (up to position {at})"),
    };
    let mut months = vec![link(so_far, format!("month={month}&at={at}"))];
    let over = months_over(registry)?.into_iter();
    months.extend(over.filter(|(name, _)| *name != month).map(|(name, _)| {
        let query = format!("month={name}");
        link(name, query)
    }));
    Ok(months)
}

fn first_of_month(day: Day) -> Day {
    let (year, month, _) = day.date();
    Day::of(year, month, 1).unwrap_or(day)
}

fn hooks(registry: &Registry, session: &Session, visit: &Visit) -> Result<Vec<Hook>, Fault> {
    let size = registry.signed_size();
    let mut hooks = Vec::new();
    for (webhook, standing) in registry.webhooks() {
        if webhook.is_of(session.org) {
            hooks.push(hook(registry, visit, &webhook, &standing, size)?);
        }
    }
    Ok(hooks)
}

fn hook(
    registry: &Registry,
    visit: &Visit,
    webhook: &Webhook,
    standing: &Standing,
    size: u64,
) -> Result<Hook, Fault> {
    let lang = visit.lang;
    let (tag, sign, state) = match standing.state {
        WebhookState::Active if standing.failures > 0 => {
            ("warn", "◔", lang.pick("重试中", "trying again"))
        }
        WebhookState::Active => ("yes", "✓", lang.pick("正常", "well")),
        WebhookState::Gone => (
            "refuse",
            "■",
            lang.pick("对方已取消", "given up by its receiver"),
        ),
        WebhookState::Suspended => ("refuse", "▲", lang.pick("已中止", "suspended")),
    };
    let deliveries = registry.webhook_deliveries(&webhook.name, None, DELIVERIES)?;
    let deliveries = deliveries.iter().map(|(_, attempt)| delivery(attempt));
    Ok(Hook {
        name: webhook.name.clone(),
        member: look::party(registry, webhook.member, lang.words())?,
        url: webhook.url.clone(),
        tag,
        sign,
        state,
        next: standing.next.to_string(),
        behind: size.saturating_sub(standing.next),
        deliveries: deliveries.collect(),
        watched: watched::shown(registry, visit, webhook, standing)?,
    })
}

fn delivery(attempt: &Json) -> Delivery {
    let member = |name: &str| match attempt {
        Json::Object(members) => members.get(name),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => None,
    };
    let text = |name: &str| match member(name) {
        Some(Json::Text(text)) => text.clone(),
        Some(Json::Int(number)) => number.to_string(),
        Some(Json::Bool(_) | Json::List(_) | Json::Object(_)) | None => String::new(),
    };
    let is_fault = member("fault").is_some();
    let time = Timestamp::parse(&text("time"));
    Delivery {
        time: time.map(show::local_time).unwrap_or_default(),
        entry: text("index"),
        // A receiver's refusal is told as `status 500`, which is the status once more.
        what: match (text("status"), text("fault")) {
            (status, fault) if fault.is_empty() || fault == format!("status {status}") => status,
            (status, fault) if status.is_empty() => fault,
            (status, fault) => format!("{status} {fault}"),
        },
        tag: if is_fault { "refuse" } else { "yes" },
        sign: if is_fault { "✕" } else { "✓" },
    }
}

/// Refuses whoever has no webhook of this name.
fn require_own(registry: &Registry, visit: &Visit, name: &str) -> Result<(), Fault> {
    let session = visit.signed_in.as_ref().map(|signed_in| &signed_in.session);
    let own = |(webhook, _): &(Webhook, Standing)| {
        webhook.name == name && session.is_some_and(|session| webhook.is_of(session.org))
    };
    let is_own = registry.webhooks().iter().any(own);
    is_own.then_some(()).ok_or(Fault::NotFound)
}

/// Has a webhook of the member watch what a form names, and returns where the page is; what is wrong changes nothing.
pub(crate) fn watch(registry: &Registry, visit: &Visit, name: &str) -> Result<String, Fault> {
    require_own(registry, visit, name)?;
    let typed = watched::Typed::of(visit);
    let done = typed
        .read()
        .map(|watch| registry.watch_webhook(name, watch));
    Ok(match done {
        Ok(Ok(_)) => "/feeds#hooks".to_owned(),
        Err(_) | Ok(Err(ServiceFault::Input(_))) => typed.again(name),
        Ok(Err(fault)) => return Err(fault.into()),
    })
}

/// Has a webhook of the member told again from a position, and returns where the page is; strangers and bad positions change
/// nothing.
pub(crate) fn replay(registry: &Registry, visit: &Visit, name: &str) -> Result<String, Fault> {
    require_own(registry, visit, name)?;
    let from = visit.param("from").and_then(|text| text.parse().ok());
    let done = from.map(|from| registry.replay_webhook(name, from));
    Ok(match done {
        Some(Ok(_)) => "/feeds#hooks".to_owned(),
        Some(Err(_)) | None => "/feeds?fault=from#hooks".to_owned(),
    })
}
