//! Lists as tables: one row for each right, line of a pledge, party, alert or cell of the statistics, with heads in Chinese and
//! English. Last days are inclusive, as people count them.

use std::fmt;

use crate::documents::identities::shown;
use crate::documents::say::local_time;
use crate::documents::workbook::sheet_out::{Table, Value};
use crate::domain::party::Party;
use crate::domain::pledge::{Line, Pledge, Reservation, ReservationEnd};
use crate::domain::right::{Extent, Right};
use crate::primitives::id::{PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};

/// Looks up what a table names beside the records themselves.
pub struct Names<'a> {
    /// The registered name of a party; empty where it is hidden.
    pub party: &'a dyn Fn(PartyId) -> String,
    /// The title of a kind, and its unit.
    pub kind: &'a dyn Fn(&str) -> (String, String),
    /// The kind of a right, and its identities in one text.
    pub right: &'a dyn Fn(RightId) -> (String, String),
}

/// Makes a table of its name, its head and its rows.
pub fn table(name: &str, head: &[&str], rows: Vec<Vec<Value>>) -> Table {
    Table {
        name: name.to_owned(),
        head: head.iter().map(|word| (*word).to_owned()).collect(),
        rows,
    }
}

/// Words in both languages for one cell; what is written alike in both stands once.
pub fn both((zh, en): (&str, &str)) -> String {
    if zh == en {
        return zh.to_owned();
    }
    format!("{zh} {en}")
}

/// A text.
pub fn text(value: impl fmt::Display) -> Value {
    Value::Text(value.to_string())
}

fn number(quantity: Quantity) -> Value {
    Value::Number(quantity.to_string())
}

/// The first and the last day of a span.
fn days(span: Option<Span>) -> [Value; 2] {
    match span {
        Some(span) => [Value::Day(span.from()), Value::Day(span.to().previous())],
        None => [Value::Empty, Value::Empty],
    }
}

/// The identities of a right in one text, as its page shows them.
pub fn identities(right: &Right) -> String {
    let identities = right.identities.iter().map(|one| shown(&one.value));
    identities.collect::<Vec<_>>().join("; ")
}

/// The same with their schemes, as programs ask for them.
fn identity_codes(right: &Right) -> String {
    let identities: Vec<String> = right.identities.iter().map(ToString::to_string).collect();
    identities.join("; ")
}

/// How a right stands, as its page says it.
pub struct Stands {
    /// The status in Chinese and English.
    pub status: String,
    /// What is not encumbered: a quantity, now where it changes, or the whole or the years of land.
    pub free: Value,
    /// The last day on which as much is not encumbered.
    pub through: Value,
}

/// Rights, one row each.
pub fn rights(
    rows: &[(RightId, Right)],
    names: &Names<'_>,
    stands: &dyn Fn(&Right) -> Stands,
) -> Table {
    let row = |(id, right): &(RightId, Right)| {
        let Stands {
            status,
            free,
            through,
        } = stands(right);
        let (title, unit) = (names.kind)(&right.kind);
        let [from, to] = days(Some(right.span));
        vec![
            text(id),
            text(title),
            text(identities(right)),
            text((names.party)(right.holder)),
            text(right.holder),
            text((names.party)(right.issuer)),
            from,
            to,
            number(right.most()),
            text(unit),
            free,
            through,
            text(status),
            right.class.as_ref().map_or(Value::Empty, text),
            Value::Number(right.burdens.len().to_string()),
            right.revoked_from.map_or(Value::Empty, Value::Day),
            right.succeeded_by.map_or(Value::Empty, text),
            text(identity_codes(right)),
        ]
    };
    let head = [
        "编号 id",
        "种类 kind",
        "权证标识 identities",
        "持有人 holder",
        "持有人编号 holder id",
        "核发机关 issuer",
        "有效期起 from",
        "有效期止 through",
        "数量 quantity",
        "单位 unit",
        "未登记负担 unencumbered",
        "未登记负担至 unencumbered through",
        "状态 status",
        "类别 class",
        "负担登记数 burdens on record",
        "撤销起始日 revoked from",
        "由其承接 succeeded by",
        "标识代码 identity codes",
    ];
    table("权益 rights", &head, rows.iter().map(row).collect())
}

/// How much something takes: quantity, unit and both days.
pub fn quantity_and_days(extent: Extent, unit: &str) -> [Value; 4] {
    // A whole and a number of years are no quantity that could have a unit.
    let (quantity, unit, span) = match extent {
        Extent::Stock(quantity) => (number(quantity), text(unit), None),
        Extent::Flow(quantity, span) => (number(quantity), text(unit), Some(span)),
        Extent::Whole => (text("全部 whole"), Value::Empty, None),
        Extent::Years(span) => (Value::Empty, Value::Empty, Some(span)),
    };
    let [from, to] = days(span);
    [quantity, unit, from, to]
}

/// What a line is over: its right, the kind and the identities of it, quantity, unit and both days.
fn collateral(line: &Line, names: &Names<'_>) -> [Value; 7] {
    let (kind, identities) = (names.right)(line.right);
    let (title, unit) = (names.kind)(&kind);
    let [quantity, unit, from, to] = quantity_and_days(line.extent, &unit);
    let (title, identities) = (text(title), text(identities));
    [
        text(line.right),
        title,
        identities,
        quantity,
        unit,
        from,
        to,
    ]
}

/// Pledges, one row for each line.
pub fn pledges(rows: &[(PledgeId, Pledge)], names: &Names<'_>, now: Timestamp) -> Table {
    let mut lines = Vec::new();
    for (id, pledge) in rows {
        for (n, line) in pledge.lines.iter().enumerate() {
            let [begin, end] = days(pledge.term);
            let mut row = vec![
                text(id),
                Value::Number(n.to_string()),
                text(pledge.form.name()),
                text((names.party)(pledge.pledgee)),
                text(pledge.pledgee),
                text((names.party)(pledge.pledgor)),
                text(pledge.pledgor),
            ];
            row.extend(collateral(line, names));
            row.extend([
                text(if line.released {
                    "已解除 released"
                } else if line.has_lapsed_at(now) {
                    "期限届满失效 lapsed"
                } else {
                    "在登 on record"
                }),
                begin,
                end,
                pledge.cap().map_or(Value::Empty, number),
            ]);
            lines.push(row);
        }
    }
    let head = [
        "编号 id",
        "行 line",
        "形式 form",
        "担保权人 pledgee",
        "担保权人编号 pledgee id",
        "出质人 pledgor",
        "出质人编号 pledgor id",
        "权益 right",
        "权益种类 kind",
        "权证标识 identities",
        "数量 quantity",
        "单位 unit",
        "担保期间起 from",
        "担保期间止 through",
        "状态 state",
        "主债权期限起 term from",
        "主债权期限止 term through",
        "最高额(元) cap in yuan",
    ];
    table("担保 pledges", &head, lines)
}

/// Reservations, one row for each line.
pub fn reservations(
    rows: &[(ReservationId, Reservation)],
    names: &Names<'_>,
    now: Timestamp,
) -> Table {
    let mut lines = Vec::new();
    for (id, held) in rows {
        let (state, taken) = match held.ended {
            Some(ReservationEnd::Taken(pledge)) => ("已转为担保登记 taken", text(pledge)),
            Some(ReservationEnd::Cancelled) => ("已取消 cancelled", Value::Empty),
            None if held.stands_at(now) => ("有效 stands", Value::Empty),
            None => ("已失效 lapsed", Value::Empty),
        };
        for (n, line) in held.lines.iter().enumerate() {
            let mut row = vec![
                text(id),
                Value::Number(n.to_string()),
                text((names.party)(held.pledgee)),
                text(held.pledgee),
                text((names.party)(held.pledgor)),
                text(held.pledgor),
            ];
            row.extend(collateral(line, names));
            row.extend([text(state), text(local_time(held.expires)), taken.clone()]);
            lines.push(row);
        }
    }
    let head = [
        "编号 id",
        "行 line",
        "担保权人 pledgee",
        "担保权人编号 pledgee id",
        "出质人 pledgor",
        "出质人编号 pledgor id",
        "权益 right",
        "权益种类 kind",
        "权证标识 identities",
        "数量 quantity",
        "单位 unit",
        "担保期间起 from",
        "担保期间止 through",
        "状态 state",
        "失效时间 expires",
        "转为 taken over by",
    ];
    table("预登记 reservations", &head, lines)
}

/// Parties, one row each.
pub fn parties(rows: &[(PartyId, Party)]) -> Table {
    let row = |(id, party): &(PartyId, Party)| {
        let roles: Vec<&str> = party.roles.iter().map(|role| role.name()).collect();
        let valid = party
            .keys
            .iter()
            .filter(|key| key.revoked.is_none())
            .count();
        vec![
            text(id),
            party.name.as_ref().map_or(Value::Empty, text),
            party.credit_code.as_ref().map_or(Value::Empty, text),
            party.region.as_ref().map_or(Value::Empty, text),
            text(roles.join(", ")),
            text(party.duties.join(", ")),
            Value::Number(valid.to_string()),
            party
                .more
                .ended
                .map_or(Value::Empty, |(_, next)| text(next)),
        ]
    };
    let head = [
        "编号 id",
        "名称 name",
        "统一社会信用代码 credit code",
        "地区 region",
        "角色 roles",
        "职责 duties",
        "有效密钥数 valid keys",
        "由其承接 succeeded by",
    ];
    table("主体 parties", &head, rows.iter().map(row).collect())
}
