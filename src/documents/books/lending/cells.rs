//! Cells that both of a lender's books have: quantities, money, days, texts; each fault names its column and what to do.

use std::fmt;

use crate::documents::books::lending::UNIT;
use crate::documents::books::rows::{self, day_of};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::policy::KindPolicy;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Span;

/// Bytes of a value that a pledge hides.
const HIDDEN_BYTES_MAX: usize = 1_024;
pub(super) const WITH_CONTRACT: (&str, &str) = ("请与合同核对", "compare with the contract");

/// Checks a unit that is written.
pub(super) fn check_unit(row: &TableRow, policy: &KindPolicy) -> Result<(), RowFault> {
    match row.cell(UNIT).map(str::trim) {
        Some(unit) => rows::check_unit(row, UNIT, unit, policy),
        None => Ok(()),
    }
}

/// Reads a quantity in the unit of the kind.
pub(super) fn quantity_of(
    row: &TableRow,
    header: &str,
    policy: &KindPolicy,
) -> Result<Quantity, RowFault> {
    let text = row.required(header)?.trim();
    Quantity::parse(text, policy.scale)
        .map_err(|fault| not_a_number(row, header, policy.scale, fault))
}

fn not_a_number(row: &TableRow, header: &str, scale: Scale, fault: impl fmt::Display) -> RowFault {
    let (text, digits) = (row.cell(header).unwrap_or_default(), scale.digits());
    let reason = (
        format!("「{text}」不是合格的数"),
        format!("{text:?} {fault}"),
    );
    let fix = (
        format!("填写普通十进制数, 不带千分位, 小数至多 {digits} 位"),
        format!(
            "write a plain decimal without separators, at most {digits} digits after the point"
        ),
    );
    row.fault(header, reason, fix)
}

pub(super) fn optional_yuan(row: &TableRow, header: &str) -> Result<Option<Quantity>, RowFault> {
    let (Some(text), Some(fen)) = (row.cell(header).map(str::trim), Scale::new(2)) else {
        return Ok(None);
    };
    let yuan = Quantity::parse(text, fen).map_err(|fault| not_a_number(row, header, fen, fault))?;
    if yuan.is_zero() {
        return Err(not_a_number(row, header, fen, "is 0"));
    }
    Ok(Some(yuan))
}

pub(super) fn days_of(row: &TableRow, from: &str, through: &str) -> Result<Span, RowFault> {
    let (first, last) = (day_of(row, from)?, day_of(row, through)?);
    Span::new(first, last.next()).ok_or_else(|| {
        let reason = (
            format!("末日 {last} 早于首日 {first}"),
            format!("the last day {last} is before the first, {first}"),
        );
        row.fault(through, reason, WITH_CONTRACT)
    })
}

pub(super) fn optional_days(
    row: &TableRow,
    from: &str,
    through: &str,
) -> Result<Option<Span>, RowFault> {
    if row.cell(from).is_none() && row.cell(through).is_none() {
        return Ok(None);
    }
    days_of(row, from, through).map(Some)
}

/// A text that is registered as a digest alone.
pub(super) fn hidden_value<'a>(
    row: &'a TableRow,
    header: &str,
) -> Result<Option<&'a str>, RowFault> {
    let Some(text) = row.cell(header).map(str::trim).filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    if text.len() <= HIDDEN_BYTES_MAX && !text.chars().any(char::is_control) {
        return Ok(Some(text));
    }
    let reason = (
        format!("超过 {HIDDEN_BYTES_MAX} 字节, 或含换行等控制字符"),
        format!(
            "has more than {HIDDEN_BYTES_MAX} bytes, or control characters such as a line break"
        ),
    );
    Err(row.fault(header, reason, ("请缩短为一行", "shorten it to one line")))
}
