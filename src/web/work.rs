//! What should be looked at: alerts of today, of the whole register or of one party; and what else is on the party's desk.
//!
//! A member sees its own desk first, and everybody's with `party=all`.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::alerts::{Alert, AlertFilter, AlertKind, Lapsing, PriceLine, Valued, said};
use crate::web::act;
use crate::web::alerted::{self, Alerted};
use crate::web::amounts::{self, Offer};
use crate::web::finding::{self, Conflict};
use crate::web::inbox::{self, Inbox};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::own::{self, Lists};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::supervisor::yuan;

/// Alike alerts that are folded into one line.
const ALIKE_MIN: usize = 4;
/// What ends soon, as far as one page lists it; every kind of alert has its own page.
const EXPIRING_MAX: usize = 200;

/// Rows of a list that the desk shows at once; the others are a click away, and on paper only where somebody opened them.
const OPEN_MAX: usize = 10;

/// The rows that are shown at once.
fn open_rows<T>(rows: &[T]) -> &[T] {
    rows.get(..OPEN_MAX).unwrap_or(rows)
}

/// The rows behind them.
fn folded_rows<T>(rows: &[T]) -> &[T] {
    rows.get(OPEN_MAX..).unwrap_or_default()
}

/// One alert as a row.
pub(crate) struct Row {
    pub(crate) tag: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) what: String,
    /// Further records that it rests on: the rights on the same ground, the freeze.
    pub(crate) beside: Vec<Conflict>,
    pub(crate) record: String,
    pub(crate) path: String,
    pub(crate) right: Option<String>,
    /// The kind and the identity of the right.
    pub(crate) of: String,
    pub(crate) on: String,
    pub(crate) left: String,
    /// Its number in the catalogue of checks, where what to do is said.
    pub(crate) code: Option<u16>,
    /// The form that mends it.
    pub(crate) form: Option<String>,
}

/// A pledge with its loan and what secures it.
pub(crate) struct ValuedRow {
    tag: &'static str,
    sign: &'static str,
    pledge: String,
    principal: String,
    value: String,
    ltv: String,
    lines: String,
}

#[derive(Template)]
#[template(path = "work.html")]
pub(crate) struct WorkPage {
    shell: Shell,
    typed: String,
    /// Kinds of alert, with their words, and whether one is chosen.
    kinds: Vec<(&'static str, &'static str, bool)>,
    problem: Option<String>,
    party: Option<(String, String)>,
    day: String,
    /// What is lost or on its way; only the first page lists it.
    urgent: Vec<Row>,
    urgent_count: usize,
    /// What ends soon; only the first page lists it.
    expiring: Vec<Row>,
    /// How much ends soon on all pages.
    expiring_count: String,
    /// What else should be looked at.
    rows: Vec<Row>,
    /// Pledges of which nobody has said how they stand in other registers, which are many and alike: one line, and the rest on a click.
    alike: Vec<Row>,
    /// Whether they are what was asked for.
    opens_alike: bool,
    /// What they have in common.
    alike_word: &'static str,
    /// How much else there is on all pages.
    rows_count: String,
    /// Whether there is neither.
    is_clear: bool,
    /// The first page, where this is another.
    first: Option<String>,
    next: Option<String>,
    /// Drafts that wait for signatures, on the member's own desk.
    inbox: Option<Inbox>,
    /// The lists of the party.
    lists: Option<Lists>,
    /// Pledges with loan and value, where they were asked for.
    valued: Option<Vec<ValuedRow>>,
    notice: Option<&'static str>,
    /// The same page with amounts, for a member who sees its own desk.
    offer: Option<Offer>,
    entries: u64,
    /// What narrows the spreadsheet to what is shown.
    export: String,
}

/// Asks for the whole register where somebody is signed in.
const ALL: &str = "all";

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<WorkPage, Fault> {
    let words = visit.lang.words();
    let day = registry.now().max(registry.published().time).day();
    let own = visit
        .signed_in
        .as_ref()
        .map(|signed_in| signed_in.session.org.to_string());
    let typed = visit
        .param("party")
        .or(own.as_deref())
        .filter(|typed| *typed != ALL);
    let mut filter = AlertFilter {
        kind: visit.param("kind").and_then(AlertKind::parse),
        ..AlertFilter::default()
    };
    let mut page = blank(registry, visit, typed, filter.kind);
    if let Some(typed) = typed {
        let Some(id) = look::find_party(registry, typed)? else {
            let (named, has_more) = look::namesakes(registry, typed)?;
            page.problem = Some(if named.is_empty() {
                words.list_nobody.to_owned()
            } else {
                look::several(&named, has_more, visit.lang)
            });
            return Ok(page);
        };
        filter.party = Some(id);
        page.party = Some((id.to_string(), look::party(registry, id, words)?.name));
        page.lists = Some(own::lists(registry, id, visit.lang)?);
        page.inbox = inbox::own(registry, visit, id)?;
    }
    let after = visit.param("after").and_then(cursor);
    let amounts = amounts::of(
        visit,
        "/work".to_owned(),
        |session| registry.accesses_for_alerts(session, &filter),
        |session| registry.kept_for_alerts(session, &filter),
    )?;
    let disclosed = amounts.kept.as_deref().unwrap_or_default();
    let found = alerted::read(registry, &filter, disclosed, day, after.as_ref())?;
    page.notice = amounts.notice;
    let is_own = own.is_some() && page.party.as_ref().map(|(id, _)| id) == own.as_ref();
    page.valued = amounts.kept.is_some().then(|| {
        let valued = found.valued.iter();
        valued
            .map(|(id, one)| valued_row(*id, one, visit.lang))
            .collect()
    });
    fill(&mut page, registry, visit, &found, after.as_ref())?;
    let has_pledges = |lists: &Lists| !lists.taken.rows.is_empty() || !lists.given.rows.is_empty();
    let has_any = !page.is_clear || page.lists.as_ref().is_some_and(has_pledges);
    page.offer = amounts.offer.filter(|_| is_own && has_any);
    page.export = export(&filter, &page.day);
    page.first = after.map(|_| address(&filter, None));
    page.next = found.next.map(|next| address(&filter, Some(&next)));
    Ok(page)
}

/// Puts what the desk is told into its sections; what comes first stands on the first page alone.
fn fill(
    page: &mut WorkPage,
    registry: &Registry,
    visit: &Visit,
    found: &Alerted,
    after: Option<&StateKey>,
) -> Result<(), Fault> {
    let count = |count: usize| format!("{count}{}", if found.is_part { "+" } else { "" });
    let is_empty = found.soon.is_empty() && found.urgent.is_empty() && found.rest_count == 0;
    page.is_clear = is_empty && !found.is_part;
    page.urgent_count = found.urgent.len();
    page.expiring_count = count(found.soon.len());
    page.rows_count = count(found.rest_count);
    let row = |alert: &Alert| told(registry, visit, alert);
    let urgent = found.urgent.iter().filter(|_| after.is_none());
    page.urgent = urgent.map(row).collect::<Result<_, _>>()?;
    let soon = found.soon.iter().take(EXPIRING_MAX);
    let soon = soon.filter(|_| after.is_none());
    page.expiring = soon.map(row).collect::<Result<_, _>>()?;
    let is_alike = |alert: &&Alert| alert.kind == AlertKind::ExternalUnrecorded;
    let alike: Vec<&Alert> = found.rest.iter().filter(is_alike).collect();
    let folds = alike.len() >= ALIKE_MIN;
    let rest = found.rest.iter().filter(|one| !(folds && is_alike(one)));
    page.rows = rest.map(row).collect::<Result<_, _>>()?;
    let alike = alike.into_iter().filter(|_| folds);
    page.alike = alike.map(row).collect::<Result<_, _>>()?;
    Ok(())
}

/// An alert as a row, with the records that it rests on.
pub(crate) fn told(registry: &Registry, visit: &Visit, alert: &Alert) -> Result<Row, Fault> {
    let (right, of) = concerned(registry, visit, alert)?;
    let what = sentence(registry, alert, right, visit.lang)?;
    let named = alert.records.iter();
    let named = named.filter(|id| look::page_of(look::without_line(id)).is_some());
    let beside = named.map(|id| finding::conflict(registry, id, visit.lang));
    let beside = beside.collect::<Result<_, _>>()?;
    Ok(row(alert, (right, of), (what, beside), visit.lang))
}

/// The page before anything was looked up.
fn blank(
    registry: &Registry,
    visit: &Visit,
    typed: Option<&str>,
    chosen: Option<AlertKind>,
) -> WorkPage {
    let day = registry.now().max(registry.published().time).day();
    let kinds = AlertKind::ALL.iter().map(|kind| {
        let word = word(*kind, None, visit.lang);
        (kind.name(), word, chosen == Some(*kind))
    });
    WorkPage {
        shell: Shell::new(registry, visit, visit.lang.words().nav_work),
        typed: typed.unwrap_or_default().to_owned(),
        kinds: kinds.collect(),
        problem: None,
        party: None,
        day: day.to_string(),
        urgent: Vec::new(),
        urgent_count: 0,
        expiring: Vec::new(),
        expiring_count: String::new(),
        rows: Vec::new(),
        alike: Vec::new(),
        opens_alike: chosen == Some(AlertKind::ExternalUnrecorded),
        alike_word: word(AlertKind::ExternalUnrecorded, None, visit.lang),
        rows_count: String::new(),
        is_clear: false,
        first: None,
        next: None,
        inbox: None,
        lists: None,
        valued: None,
        notice: None,
        offer: None,
        entries: limits::LOG_LOOK_ENTRIES_MAX,
        export: String::new(),
    }
}

/// Says whether any row has a day, so that the columns of days are worth their room.
fn has_days(rows: &[Row]) -> bool {
    let has_day = |row: &Row| !row.on.is_empty() || !row.left.is_empty();
    rows.iter().any(has_day)
}

/// The record after which a page begins.
fn cursor(text: &str) -> Option<StateKey> {
    let spaces = ["pledge", "right", "party"];
    spaces.iter().find_map(|space| StateKey::parse(space, text))
}

fn address(filter: &AlertFilter, after: Option<&StateKey>) -> String {
    let party = filter.party;
    let party = party.map_or_else(|| ALL.to_owned(), |party| party.to_string());
    let kind = filter.kind.map(|kind| format!("&kind={}", kind.name()));
    let kind = kind.unwrap_or_default();
    let after = after.map(|after| format!("&after={}", after.name()));
    format!("/work?party={party}{kind}{}", after.unwrap_or_default())
}

/// The query of the spreadsheet of what a desk shows.
fn export(filter: &AlertFilter, day: &str) -> String {
    let party = filter.party.map(|party| format!("&party={party}"));
    let kind = filter.kind.map(|kind| format!("&kind={}", kind.name()));
    let [party, kind] = [party, kind].map(Option::unwrap_or_default);
    format!("day={day}{party}{kind}")
}

fn valued_row(id: PledgeId, valued: &Valued, lang: Lang) -> ValuedRow {
    let words = lang.words();
    let (tag, sign) = match valued.crossed() {
        Some(PriceLine::CloseOut) => ("refuse", "▲"),
        Some(PriceLine::Warning) => ("warn", "▲"),
        None => ("yes", "●"),
    };
    ValuedRow {
        tag,
        sign,
        pledge: id.to_string(),
        principal: yuan(valued.principal, words),
        value: yuan(valued.value, words),
        ltv: valued.ltv_ppm.map_or_else(|| "–".to_owned(), percent),
        lines: format!(
            "{} / {}",
            percent(valued.warning_ppm),
            percent(valued.close_out_ppm)
        ),
    }
}

/// Millionths as a percentage with two digits, rounded up as the alert is.
fn percent(millionths: u128) -> String {
    let hundredths = millionths.div_ceil(100);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// Says whether an alert is about a day that comes.
pub(crate) fn ends_soon(alert: &Alert) -> bool {
    match alert.kind {
        AlertKind::Lapse | AlertKind::InsuranceLapse | AlertKind::ExpiryBeforeMaturity => true,
        AlertKind::RightReduced
        | AlertKind::RightRevoked
        | AlertKind::Frozen
        | AlertKind::FreezeSatisfied
        | AlertKind::HolderChanged
        | AlertKind::PriceLine
        | AlertKind::SameGround
        | AlertKind::ExternalRegistration
        | AlertKind::PartySucceeded
        | AlertKind::AreaDiffers
        | AlertKind::ExternalClaim
        | AlertKind::ExternalUnrecorded
        | AlertKind::ReceiptMissing
        | AlertKind::Objection
        | AlertKind::Disposal
        | AlertKind::Recovery
        | AlertKind::SignatureDisputed
        | AlertKind::GroundLost
        | AlertKind::Barred
        | AlertKind::AboveMaxLtv
        | AlertKind::ComplianceGap => false,
    }
}

/// The right that an alert is about and what it is; of a pledge as a whole its first right, and who gave it.
fn concerned(
    registry: &Registry,
    visit: &Visit,
    alert: &Alert,
) -> Result<(Option<RightId>, String), Fault> {
    if let Some(right) = alert.right {
        return Ok((Some(right), act::text_of(registry, visit, right)?));
    }
    let found = registry.record(&alert.record)?;
    let (lines, pledgor) = match found.map(|found| found.value.record) {
        Some(Record::Pledge(pledge)) => (pledge.lines, pledge.pledgor),
        Some(Record::Reservation(held)) => (held.lines, held.pledgor),
        Some(_) | None => {
            let of = look::words_of(registry, &alert.record.name(), visit.lang)?;
            return Ok((None, of));
        }
    };
    let right = lines.first().map(|line| line.right);
    let what = right.map_or_else(|| Ok(String::new()), |id| act::text_of(registry, visit, id))?;
    let pledgor = look::party(registry, pledgor, visit.lang.words())?.name;
    let more = match (lines.len().saturating_sub(1), visit.lang) {
        (0, Lang::Zh | Lang::En) => String::new(),
        (more, Lang::Zh) => format!(" 等 {} 项", more + 1),
        (more, Lang::En) => format!(" and {more} more"),
    };
    Ok((right, format!("{what}{more} · {pledgor}")))
}

fn row(
    alert: &Alert,
    (right, of): (Option<RightId>, String),
    (what, beside): (String, Vec<Conflict>),
    lang: Lang,
) -> Row {
    let name = alert.record.name();
    let space = match alert.record {
        StateKey::Right(_) => "rights",
        StateKey::Party(_) => "parties",
        StateKey::Pledge(_)
        | StateKey::Reservation(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => "pledges",
    };
    let line = alert.line.map(|line| format!(".{line}"));
    let (tag, sign) = if is_urgent(alert) {
        ("frozen", "▲")
    } else {
        ("reserved", "●")
    };
    let left = alert.days_left.map(|days| {
        if days < 0 {
            lang.pick("已过", "passed").to_owned()
        } else {
            format!("{days} {}", lang.pick("天", "days"))
        }
    });
    let is_elsewhere = matches!(
        alert.kind,
        AlertKind::ExternalUnrecorded | AlertKind::ExternalRegistration | AlertKind::ReceiptMissing
    );
    let form = alert.record.pledge().filter(|_| is_elsewhere);
    let form = form.map(|pledge| format!("/acts/record_external_registration?record={pledge}"));
    Row {
        tag,
        sign,
        code: alert.code,
        form,
        what,
        beside,
        path: format!("/{space}/{name}"),
        record: format!("{name}{}", line.unwrap_or_default()),
        right: right
            .map(|right| right.to_string())
            .filter(|right| *right != name),
        of,
        on: alert.on.map(|day| day.to_string()).unwrap_or_default(),
        left: left.unwrap_or_default(),
    }
}

/// Says whether something is lost already, or will be within a week.
pub(crate) fn is_urgent(alert: &Alert) -> bool {
    match alert.kind {
        AlertKind::RightReduced
        | AlertKind::RightRevoked
        | AlertKind::Frozen
        | AlertKind::HolderChanged
        | AlertKind::PriceLine
        | AlertKind::ExternalRegistration
        | AlertKind::ExternalClaim
        | AlertKind::Objection
        | AlertKind::Disposal
        | AlertKind::Recovery
        | AlertKind::SignatureDisputed
        | AlertKind::GroundLost
        | AlertKind::Barred
        | AlertKind::ComplianceGap => true,
        AlertKind::ExpiryBeforeMaturity
        | AlertKind::FreezeSatisfied
        | AlertKind::SameGround
        | AlertKind::PartySucceeded
        | AlertKind::ExternalUnrecorded
        | AlertKind::ReceiptMissing
        | AlertKind::AboveMaxLtv
        | AlertKind::AreaDiffers => false,
        AlertKind::Lapse | AlertKind::InsuranceLapse => {
            alert.days_left.is_some_and(|days| days <= 7)
        }
    }
}

/// What an alert says, with how much is missing in the unit of the right.
fn sentence(
    registry: &Registry,
    alert: &Alert,
    right: Option<RightId>,
    lang: Lang,
) -> Result<String, Fault> {
    let text = word(alert.kind, alert.what, lang);
    let Some(amount) = alert.amount else {
        return Ok(text.to_owned());
    };
    let right = right.map(StateKey::Right);
    let right = right.map(|key| registry.record(&key)).transpose()?;
    let policy = match right.flatten().map(|found| found.value.record) {
        Some(Record::Right(right)) => {
            let now = registry.now().max(registry.published().time);
            Some(look::policy(registry, &right.kind, now)?)
        }
        Some(_) | None => None,
    };
    Ok(match policy {
        Some(policy) => {
            let unit = show::unit(&policy.unit, lang);
            format!("{text}: {}", show::amount(amount, policy.scale, unit))
        }
        None => format!("{text}: {amount}"),
    })
}

/// What an alert says, and a list of them is narrowed by.
fn word(kind: AlertKind, what: Option<Lapsing>, lang: Lang) -> &'static str {
    let (zh, en) = said(kind, what);
    lang.pick(zh, en)
}
