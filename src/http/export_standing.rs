//! What a spreadsheet says of rights beside their records: how one stands and what of it is not encumbered, and which ones pledges
//! are over.

use std::collections::{BTreeMap, BTreeSet};

use crate::documents::say::{last_day, years};
use crate::documents::workbook::lists::{self, Stands, text};
use crate::documents::workbook::sheet_out::Value;
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Line;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::http::problem::Problem;
use crate::primitives::id::RightId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::standing::{self, Unburdened};

/// How a right stands, and what of it is not encumbered.
pub(super) fn stands(policy: Option<&KindPolicy>, right: &Right, now: Timestamp) -> Stands {
    let nothing = |status| Stands {
        status,
        free: Value::Empty,
        through: Value::Empty,
    };
    let Some(policy) = policy else {
        return nothing(String::new());
    };
    let status = standing::status_of(right, policy, now);
    let (zh, en) = status.words();
    let word = format!("{zh} {en}");
    if !status.may_be_free() {
        return nothing(word);
    }
    let number = |much: Quantity| Value::Number(much.to_string());
    let (free, through) = match standing::unburdened(right, policy, now) {
        Unburdened::Stock(free) => (number(free), Value::Empty),
        Unburdened::Flow(parts) => match parts.first() {
            Some((free, span)) => (number(*free), Value::Day(last_day(*span))),
            None => (Value::Empty, Value::Empty),
        },
        Unburdened::Whole(true) => (text("全部 whole"), Value::Empty),
        Unburdened::Whole(false) => (text("无 none"), Value::Empty),
        Unburdened::Years(free) => {
            let years = free.iter().map(|span| match years(*span) {
                Some((first, last)) if first == last => first.to_string(),
                Some((first, last)) => format!("{first}-{last}"),
                None => format!("{} / {}", span.from(), last_day(*span)),
            });
            let years: Vec<String> = years.collect();
            (text(years.join("; ")), Value::Empty)
        }
    };
    Stands {
        status: word,
        free,
        through,
    }
}

/// Reads what the rights are that lines are over: their kind and their identities.
pub(super) fn rights_of<'a>(
    registry: &Registry,
    lines: impl Iterator<Item = &'a Line>,
) -> Result<BTreeMap<RightId, (String, String)>, Problem> {
    let ids: BTreeSet<RightId> = lines.map(|line| line.right).collect();
    let mut rights = BTreeMap::new();
    for id in ids {
        let found = registry.record(&StateKey::Right(id))?;
        if let Some(Record::Right(right)) = found.map(|found| found.value.record) {
            rights.insert(id, (right.kind.clone(), lists::identities(&right)));
        }
    }
    Ok(rights)
}
