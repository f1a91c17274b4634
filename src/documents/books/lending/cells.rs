//! Cells that both of a lender's books have: quantities, money, days, texts; each fault names its column and what to do.

use crate::documents::books::lending::UNIT;
use crate::documents::books::rows::{self, days_of, not_a_number};
use crate::documents::books::{Faults, RowFault, TableRow};
use crate::documents::typed;
use crate::domain::policy::KindPolicy;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Span;

/// Bytes of a value that a pledge hides.
const HIDDEN_BYTES_MAX: usize = 1_024;
pub(super) const WITH_CONTRACT: (&str, &str) = ("请与合同核对", "compare with the contract");

/// Checks a unit that is written.
pub(super) fn check_unit(row: &TableRow, policy: &KindPolicy) -> Result<(), RowFault> {
    match row.cell(UNIT) {
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
    let text = typed::number(row.required(header)?);
    Quantity::parse(&text, policy.scale)
        .map_err(|fault| not_a_number(row, header, policy.scale, &fault))
}

pub(super) fn optional_yuan(row: &TableRow, header: &str) -> Result<Option<Quantity>, RowFault> {
    let (Some(text), Some(fen)) = (row.cell(header), Scale::new(2)) else {
        return Ok(None);
    };
    let yuan = Quantity::parse(&typed::number(text), fen);
    let yuan = yuan.map_err(|fault| not_a_number(row, header, fen, &fault))?;
    if yuan.is_zero() {
        return Err(not_a_number(row, header, fen, &"is 0"));
    }
    Ok(Some(yuan))
}

pub(super) fn optional_days(
    row: &TableRow,
    from: &str,
    through: &str,
    faults: &mut Faults,
) -> Option<Span> {
    if row.cell(from).is_none() && row.cell(through).is_none() {
        return None;
    }
    days_of(row, (from, through), WITH_CONTRACT, faults)
}

/// A text that is registered as a digest alone.
pub(super) fn hidden_value<'a>(
    row: &'a TableRow,
    header: &str,
) -> Result<Option<&'a str>, RowFault> {
    let Some(text) = row.cell(header) else {
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
