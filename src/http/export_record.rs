//! Lists on the page of one record, or of the registrar's, as spreadsheets: the burdens on a right, the keys of parties, and the
//! versions of policies.

use std::fmt;

use crate::documents::certificate::{in_order, register, status};
use crate::documents::say::{last_day, local_time, years};
use crate::documents::workbook::lists::{quantity_and_days, table, text};
use crate::documents::workbook::sheet_out::{Table, Value};
use crate::domain::command::ExternalReport;
use crate::domain::facts::{PolicyVersion, Record, StateKey, active_version};
use crate::domain::land;
use crate::domain::order::{Force, InForce, in_force};
use crate::domain::party::Party;
use crate::domain::right::{Burden, BurdenId, Overhang, Right};
use crate::domain::rules::burdens::lost_now;
use crate::domain::rules::burdens::reached_now;
use crate::http::exports::Known;
use crate::http::problem::{Kind, Problem};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::time::{Span, Timestamp};
use crate::service::Registry;

/// The burdens that count on a right, in the order of registration, as its page shows them.
pub(super) fn burdens(registry: &Registry, id: Option<RightId>) -> Result<Table, Problem> {
    let Some(id) = id else {
        return Ok(Table::default());
    };
    let found = registry.record(&StateKey::Right(id))?;
    let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
        return Err(absent(&id));
    };
    let known = Known::read(registry)?;
    let now = registry.now().max(registry.published().time);
    let queue = in_force(&right, now);
    let counting = right.burdens.iter();
    let counting = counting.filter(|burden| burden.counts_at(now));
    let mut rows = Vec::new();
    for (burden, place) in counting.zip(1..) {
        let mut row = vec![text(burden.id)];
        row.extend(whose(registry, burden, &known)?);
        row.extend(quantity_and_days(burden.extent, &known.kind(&right.kind).1));
        row.extend(ranked(burden, place));
        row.extend(hanging(&right, burden, &queue, now));
        rows.push(row);
    }
    let head = [
        "编号 id",
        "负担 burden",
        "权利人或机关 party",
        "权利人或机关编号 party id",
        "外部登记 elsewhere",
        "数量 quantity",
        "单位 unit",
        "期间起 from",
        "期间止 through",
        "登记顺序 order",
        "在其后 behind",
        "失效时间 expires",
        "文号 order number",
        "限额(元) limited to yuan",
        "其中悬空 overhang",
        "其中被后来的冻结及于 reached by a later freeze",
        "其中轮候 waits",
    ];
    Ok(table("负担 burdens", &head, rows))
}

fn absent(id: &impl fmt::Display) -> Problem {
    let problem = Problem::of(Kind::NotFound).because(format!("{id} is not found"));
    problem.because_zh("没有这个编号的登记")
}

/// What a burden is, whose it is, and how it stands in other registers.
fn whose(registry: &Registry, burden: &Burden, known: &Known) -> Result<[Value; 4], Problem> {
    let (what, key) = match burden.id {
        BurdenId::Line(pledge, _) => ("担保 pledge", Some(StateKey::Pledge(pledge))),
        BurdenId::Hold(hold, _) => ("预登记 reservation", Some(StateKey::Reservation(hold))),
        BurdenId::Freeze(_) => ("冻结 freeze", None),
    };
    let record = match &key {
        Some(key) => registry.record(key)?.map(|found| found.value.record),
        None => None,
    };
    let (party, elsewhere) = match &record {
        Some(Record::Pledge(pledge)) => (Some(pledge.pledgee), said(&pledge.more.external)),
        Some(Record::Reservation(hold)) => (Some(hold.pledgee), Value::Empty),
        Some(_) | None => (burden.authority, Value::Empty),
    };
    let name = party.map(|party| text(known.party(party)));
    Ok([
        text(what),
        name.unwrap_or(Value::Empty),
        party.map_or(Value::Empty, text),
        elsewhere,
    ])
}

/// What other registers say of a pledge.
fn said(reports: &[ExternalReport]) -> Value {
    let one = |report: &ExternalReport| {
        let (place, state) = (register(&report.register), status(report.status));
        format!("{} {}: {} {}", place.zh, place.en, state.zh, state.en)
    };
    let all: Vec<String> = reports.iter().map(one).collect();
    text(all.join("; "))
}

/// The place of a burden, what it stands behind, when it ends by itself, and the order that it rests on.
fn ranked(burden: &Burden, place: usize) -> [Value; 5] {
    let seniors: Vec<String> = burden.behind.iter().map(ToString::to_string).collect();
    let order = burden.order.as_ref();
    let (number, limit) = (
        order.and_then(|order| order.number.clone()),
        order.and_then(|order| order.limit_cny),
    );
    let order = in_order(place);
    [
        text(format!("{} {}", order.zh, order.en)),
        text(seniors.join(", ")),
        burden
            .expires
            .map_or(Value::Empty, |time| text(local_time(time))),
        number.map_or(Value::Empty, text),
        limit.map_or(Value::Empty, |sum| Value::Number(sum.to_string())),
    ]
}

/// What of a burden has no right beneath it, what only a later freeze reaches, and what of a freeze waits.
fn hanging(right: &Right, burden: &Burden, queue: &[InForce], now: Timestamp) -> [Value; 3] {
    let gone = land::gone_in_part(right, burden.extent);
    let much = |over| match over {
        Overhang::Whole if !gone.is_empty() => {
            let spans: Vec<String> = gone.iter().map(|span| said_span(*span)).collect();
            text(spans.join("; "))
        }
        Overhang::Whole => text("全部 whole"),
        Overhang::Amount(quantity) => Value::Number(quantity.to_string()),
    };
    let queued = queue
        .iter()
        .find(|queued| BurdenId::Freeze(queued.freeze) == burden.id);
    [
        lost_now(right, burden.id, now).map_or(Value::Empty, much),
        reached_now(right, burden.id, now).map_or(Value::Empty, much),
        queued.map_or(Value::Empty, waiting),
    ]
}

/// What of a freeze waits: a quantity where it is the same on all days, else part by part.
pub(super) fn waiting(queued: &InForce) -> Value {
    let parts = queued.parts.iter().filter_map(|part| {
        let much = match part.force {
            Force::Amount { waits, .. } if waits.is_zero() => return None,
            Force::Amount { waits, .. } => Value::Number(waits.to_string()),
            Force::Whole => return None,
            Force::Waits => text("全部 whole"),
        };
        Some((much, part.days))
    });
    let parts: Vec<(Value, Option<Span>)> = parts.collect();
    match parts.as_slice() {
        [] => Value::Empty,
        [(much, _)] if queued.parts.len() == 1 => much.clone(),
        parts => {
            let told = parts.iter().map(|(much, days)| match days {
                Some(days) => format!("{} ({})", much.text(), said_span(*days)),
                None => much.text(),
            });
            text(told.collect::<Vec<_>>().join("; "))
        }
    }
}

/// Years, or both days where a span is no whole years.
fn said_span(span: Span) -> String {
    match years(span) {
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
        None => format!("{} / {}", span.from(), last_day(span)),
    }
}

/// The keys of parties, one row each, those that were revoked too.
pub(super) fn keys(parties: &[(PartyId, Party)]) -> Table {
    let mut rows = Vec::new();
    for (id, party) in parties {
        for key in &party.keys {
            let number = |entry: u64| Value::Number(entry.to_string());
            rows.push(vec![
                text(id),
                party.name.as_ref().map_or(Value::Empty, text),
                text(key.key.id()),
                text(&key.person),
                number(key.added),
                key.revoked.map_or(Value::Empty, number),
            ]);
        }
    }
    let head = [
        "主体编号 party id",
        "主体 party",
        "密钥 key",
        "人员代号 person",
        "起始账页 added at entry",
        "吊销账页 revoked at entry",
    ];
    table("密钥 keys", &head, rows)
}

/// The keys of one party.
pub(super) fn keys_of(registry: &Registry, id: PartyId) -> Result<Table, Problem> {
    let found = registry.record(&StateKey::Party(id))?;
    match found.map(|found| found.value.record) {
        Some(Record::Party(party)) => Ok(keys(&[(id, party)])),
        Some(_) | None => Err(absent(&id)),
    }
}

/// The versions of the policies of all kinds, or of one, those that are replaced too.
pub(super) fn policies(registry: &Registry, kind: Option<&str>) -> Result<Table, Problem> {
    let known = Known::read(registry)?;
    let now = registry.now().max(registry.published().time);
    let mut rows = Vec::new();
    let policies = registry.active_policies(now)?;
    if let Some(kind) = kind.filter(|kind| policies.iter().all(|policy| policy.kind != *kind)) {
        return Err(absent(&kind));
    }
    for policy in policies {
        if kind.is_some_and(|kind| kind != policy.kind) {
            continue;
        }
        let found = registry.record(&StateKey::Policy(policy.kind.clone()))?;
        let Some(Record::Policy(versions)) = found.map(|found| found.value.record) else {
            continue;
        };
        let active = active_version(&versions, now).map(|version| version.entry);
        for (version, nth) in versions.iter().zip(1_u64..) {
            let title = (policy.kind.as_str(), known.kind(&policy.kind).0);
            rows.push(version_row(title, (version, nth), active, now));
        }
    }
    let head = [
        "种类代号 kind",
        "种类 title",
        "第几版 version",
        "状态 state",
        "生效日 in force since",
        "生效时间 in force since time",
        "账页 entry",
        "文本摘要 digest",
    ];
    Ok(table("规则 policies", &head, rows))
}

fn version_row(
    (kind, title): (&str, String),
    (version, nth): (&PolicyVersion, u64),
    active: Option<u64>,
    now: Timestamp,
) -> Vec<Value> {
    let state = if active == Some(version.entry) {
        "现行 in force"
    } else if version.active_from > now {
        "将生效 to come"
    } else {
        "已被替代 replaced"
    };
    vec![
        text(kind),
        text(title),
        Value::Number(nth.to_string()),
        text(state),
        Value::Day(version.active_from.day()),
        text(local_time(version.active_from)),
        Value::Number(version.entry.to_string()),
        text(version.digest),
    ]
}
