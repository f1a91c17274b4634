//! What only members have as spreadsheets: who has seen hidden values, the inbox, and webhooks with what became of their
//! deliveries. Who may not see a list is told the same here as by the list; no file holds a hidden value.

use crate::documents::acts;
use crate::documents::say::{claim, local_time};
use crate::documents::workbook::lists::{both, table, text};
use crate::documents::workbook::sheet_out::Value;
use crate::domain::facts::StateKey;
use crate::http::export_asked::{Asked, Part};
use crate::http::exports::{Known, Made};
use crate::http::gate::sign_in_first;
use crate::http::openings::{known_to, seen_by};
use crate::http::problem::Problem;
use crate::http::webhooks::own_webhook;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::drafts::{Asks, KeptDraft};
use crate::service::openings::reading::{Capacity, OpeningRead};
use crate::service::sessions::Session;
use crate::service::webhooks::{Standing, Webhook, WebhookState};

/// A list that only members have.
pub(super) enum OfMember {
    /// Who has seen the hidden values of something.
    Reads(Hiding),
    /// The inbox.
    Drafts,
    /// The webhooks.
    Webhooks,
    /// What became of the deliveries of the webhook of this name.
    Deliveries(String),
}

/// What hides values.
#[derive(Clone, Copy)]
pub(super) enum Hiding {
    Pledge(PledgeId),
    Person(PartyId),
    Draft(Hash),
}

impl Hiding {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let pledge = PledgeId::parse(text).map(Self::Pledge);
        let person = || PartyId::parse(text).map(Self::Person);
        let draft = || Hash::from_hex(text).map(Self::Draft);
        pledge.or_else(person).or_else(draft)
    }
}

/// A list that was asked for by a member.
pub(super) fn of_member(registry: &Registry, asked: &Asked) -> Result<Made, Problem> {
    let Some((session, list)) = &asked.of_member else {
        return Err(sign_in_first());
    };
    match list {
        OfMember::Reads(hiding) => reads(registry, session, *hiding, &asked.part),
        OfMember::Drafts => drafts(registry, session, &asked.part),
        OfMember::Webhooks => webhooks(registry, session),
        OfMember::Deliveries(name) => deliveries(registry, (session, name), &asked.part),
    }
}

/// Reads a list page by page, each from behind the last number of the one before, and says behind which one it goes on.
fn paged<T>(
    part: &Part,
    number: impl Fn(&T) -> u64,
    page: impl Fn(Option<u64>, usize) -> Result<Vec<T>, Problem>,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let (mut all, mut last) = (Vec::new(), part.after);
    loop {
        let room = part.room(all.len())?;
        if room == 0 {
            return Ok((all, last.map(|last| last.to_string())));
        }
        // One look further, so that no part leads to an empty one. A page has one less for it: that is all a list gives.
        let most = room.min(limits::PAGE_ROWS_MAX.saturating_sub(1));
        let mut rows = page(last, most.saturating_add(1))?;
        let is_more = rows.len() > most;
        rows.truncate(most);
        last = rows.last().map(&number).or(last);
        all.extend(rows);
        if !is_more {
            return Ok((all, None));
        }
    }
}

/// The accesses to hidden values, in the order of their list: those of a record newest first, of a draft oldest first.
fn reads(
    registry: &Registry,
    session: &Session,
    hiding: Hiding,
    part: &Part,
) -> Result<Made, Problem> {
    let entry = match hiding {
        Hiding::Pledge(id) => {
            seen_by(registry, id, session, Capacity::lists_reads)?;
            Ok(id.0)
        }
        Hiding::Person(id) => {
            known_to(registry, id, session, Capacity::lists_reads)?;
            Ok(id.0)
        }
        Hiding::Draft(hash) => Err(hash),
    };
    let number = |read: &OpeningRead| read.number;
    let (reads, next) = paged(part, number, |last, most| {
        Ok(match entry {
            Ok(entry) => registry.opening_reads(entry, last, most)?,
            Err(draft) => registry.draft_reads(session, draft, last, most)?,
        })
    })?;
    let known = Known::read(registry)?;
    let row = |read: &OpeningRead| {
        let claims = read.claims.iter().map(|name| both(claim(name)));
        let claims: Vec<String> = claims.collect();
        vec![
            Value::Number(read.number.to_string()),
            Value::Day(read.time.day()),
            text(local_time(read.time)),
            text(known.party(read.org)),
            text(read.org),
            text(&read.person),
            text(read.kid),
            text(Capacity::parse(&read.capacity).map_or_else(
                || read.capacity.clone(),
                |capacity| format!("{} {}", capacity.name_zh(), capacity.name()),
            )),
            text(claims.join("; ")),
        ]
    };
    let head = [
        "序号 number",
        "日期 day",
        "时间 time",
        "查看单位 party",
        "查看单位编号 party id",
        "人员代号 person",
        "密钥 key",
        "身份 capacity",
        "所看事项 values",
    ];
    let rows = reads.iter().map(row).collect();
    Ok(Made {
        table: table("查看记录 reads", &head, rows),
        next,
    })
}

/// The drafts that the member may sign, or has put into the inbox, in the order in which they came.
fn drafts(registry: &Registry, session: &Session, part: &Part) -> Result<Made, Problem> {
    let number = |kept: &KeptDraft| kept.number;
    let (drafts, next) = paged(part, number, |last, most| {
        Ok(registry.drafts_of(session.org, last, most)?)
    })?;
    let known = Known::read(registry)?;
    let head = [
        "序号 number",
        "草稿 draft",
        "待办 asked",
        "指令 command",
        "相关登记 records",
        "发出者 giver",
        "发出者编号 giver id",
        "放入者 depositor",
        "放入者编号 depositor id",
        "放入人员 person",
        "放入日期 day",
        "放入时间 time",
        "截止日期 ends on",
        "截止时间 ends",
        "尚缺签名 signatures missing",
        "保密事项数 hidden values",
        "不签者 declined",
    ];
    let rows = drafts.iter().map(|kept| draft_row(kept, session, &known));
    Ok(Made {
        table: table("待签箱 drafts", &head, rows.collect()),
        next,
    })
}

fn draft_row(kept: &KeptDraft, session: &Session, known: &Known) -> Vec<Value> {
    let command = &kept.draft.command;
    let asked = match kept.asks(session.org) {
        Asks::Sign => "待经办签署 to sign",
        Asks::Check => "待复核 to check",
        Asks::Consent => "请本单位同意 to consent",
        Asks::ToChange => "有人不签, 待改后重办 declined",
        Asks::Nothing => "等待他方 waits for others",
    };
    let kind = command.body.type_name();
    let records = command.body.names().into_iter();
    let records = records.filter(StateKey::is_numbered);
    let records: Vec<String> = records.map(|key| key.name()).collect();
    let declined = kept.declined.iter();
    let declined =
        declined.map(|one| format!("{} ({}): {}", known.party(one.org), one.org, one.reason));
    let declined: Vec<String> = declined.collect();
    vec![
        Value::Number(kept.number.to_string()),
        text(kept.hash),
        text(asked),
        text(format!("{} {kind}", acts::words(kind).0)),
        text(records.join(", ")),
        text(known.party(command.org)),
        text(command.org),
        text(known.party(kept.depositor)),
        text(kept.depositor),
        text(&kept.person),
        Value::Day(kept.deposited.day()),
        text(local_time(kept.deposited)),
        Value::Day(command.exp.day()),
        text(local_time(command.exp)),
        Value::Number(kept.missing().to_string()),
        Value::Number(kept.hides().to_string()),
        text(declined.join("; ")),
    ]
}

/// The webhooks of the member, all of them for the registrar.
fn webhooks(registry: &Registry, session: &Session) -> Result<Made, Problem> {
    let known = Known::read(registry)?;
    let size = registry.signed_size();
    let row = |(webhook, standing): &(Webhook, Standing)| {
        let state = match standing.state {
            WebhookState::Active if standing.failures > 0 => "重试中 trying again",
            WebhookState::Active => "正常 active",
            WebhookState::Gone => "对方已取消 gone",
            WebhookState::Suspended => "已中止 suspended",
        };
        let since = standing.failing_since;
        vec![
            text(&webhook.name),
            text(known.party(webhook.member)),
            text(webhook.member),
            text(&webhook.url),
            text(state),
            Value::Number(standing.next.to_string()),
            Value::Number(size.saturating_sub(standing.next).to_string()),
            Value::Number(standing.failures.to_string()),
            since.map_or(Value::Empty, |time| Value::Day(time.day())),
            since.map_or(Value::Empty, |time| text(local_time(time))),
        ]
    };
    let head = [
        "名称 name",
        "成员 member",
        "成员编号 member id",
        "地址 address",
        "状态 state",
        "下一账页 next entry",
        "落后页数 entries behind",
        "连续失败次数 failures",
        "失败起始日 failing since",
        "失败起始时间 failing since time",
    ];
    let all = registry.webhooks();
    let own = all.iter().filter(|(webhook, _)| webhook.is_of(session.org));
    Ok(table("回调 webhooks", &head, own.map(row).collect()).into())
}

/// What became of the last deliveries of a webhook of the member, newest first.
fn deliveries(
    registry: &Registry,
    (session, name): (&Session, &str),
    part: &Part,
) -> Result<Made, Problem> {
    own_webhook(registry, session, name)?;
    let number = |(number, _): &(u64, Json)| *number;
    let (attempts, next) = paged(part, number, |last, most| {
        Ok(registry.webhook_deliveries(name, last, most)?)
    })?;
    let head = [
        "序号 number",
        "账页 entry",
        "日期 day",
        "时间 time",
        "结果 result",
        "应答状态 status",
        "原因 fault",
        "毫秒 milliseconds",
    ];
    let rows = attempts.iter();
    let rows = rows.map(|(number, attempt)| delivery_row(*number, attempt));
    Ok(Made {
        table: table("投递 deliveries", &head, rows.collect()),
        next,
    })
}

fn delivery_row(number: u64, attempt: &Json) -> Vec<Value> {
    let member = |name: &str| match attempt {
        Json::Object(members) => members.get(name),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => None,
    };
    let count = |name: &str| match member(name) {
        Some(Json::Int(count)) => Value::Number(count.to_string()),
        Some(Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) | None => {
            Value::Empty
        }
    };
    let said = |name: &str| match member(name) {
        Some(Json::Text(said)) => Some(said.clone()),
        Some(Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_)) | None => None,
    };
    let time = said("time").and_then(|time| Timestamp::parse(&time));
    let fault = said("fault");
    vec![
        Value::Number(number.to_string()),
        count("index"),
        time.map_or(Value::Empty, |time| Value::Day(time.day())),
        time.map_or(Value::Empty, |time| text(local_time(time))),
        text(if fault.is_some() {
            "未送达 failed"
        } else {
            "已送达 delivered"
        }),
        count("status"),
        fault.map_or(Value::Empty, text),
        count("millis"),
    ]
}
