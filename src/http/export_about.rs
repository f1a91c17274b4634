//! What a spreadsheet says of itself: as of which position of the log and of which time it is, what narrows it, and whether it is a
//! part; the name under which it is saved says when, too.

use crate::documents::workbook::about::About;
use crate::documents::workbook::lists::text;
use crate::documents::workbook::sheet_out::Value;
use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::Party;
use crate::http::export_asked::{Asked, List};
use crate::http::monthly;
use crate::http::problem::Problem;
use crate::primitives::limits;
use crate::primitives::time::{Day, Timestamp};
use crate::service::Registry;

/// What is asked of a list that does not narrow it.
const NO_NARROWING: [&str; 5] = ["columns", "limit", "after", "at", "day"];

/// Says what a list is of: its own position where it has one, else the published one, before anything of it is read.
pub(super) fn about(
    registry: &Registry,
    list: List,
    asked: &Asked,
    pairs: &[(String, String)],
) -> Result<About, Problem> {
    let (position, time) = position(registry, list, asked)?;
    let mut more = Vec::new();
    let keeper = registry.record(&StateKey::Party(REGISTRAR))?;
    if let Some(Record::Party(Party {
        name: Some(name), ..
    })) = keeper.map(|found| found.value.record)
    {
        more.push(("登记机构 registrar".to_owned(), text(name)));
    }
    if let Some(day) = counted(registry, list, asked) {
        let head = "数量与状态按此日 quantities and states of the day";
        more.push((head.to_owned(), Value::Day(day)));
    }
    let narrows = pairs
        .iter()
        .filter(|(name, _)| !NO_NARROWING.contains(&name.as_str()))
        // The monthly table is of a month; lines are narrowed to one.
        .filter(|(name, _)| name != "month" || !matches!(list, List::Monthly));
    let narrowed: Vec<String> = narrows
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let narrowed = if narrowed.is_empty() {
        "全部 everything".to_owned()
    } else {
        narrowed.join("; ")
    };
    more.push(("范围 narrowed by".to_owned(), text(narrowed)));
    let size = registry.published().size;
    if matches!(list, List::Freezes) && size > limits::EXPORT_ENTRIES_MAX {
        let from = size - limits::EXPORT_ENTRIES_MAX;
        let told = format!(
            "账页 {from} 起裁定或结束的 those that entries from {from} on ordered or ended"
        );
        more.push(("已结束的冻结 freezes that are over".to_owned(), text(told)));
    }
    if let Some((_, columns)) = pairs.iter().find(|(name, _)| name == "columns") {
        more.push(("所选列 columns".to_owned(), text(columns)));
    }
    let genesis = registry.genesis();
    Ok(About {
        origin: genesis.origin.clone(),
        region: genesis.region.clone(),
        time,
        position,
        more,
    })
}

/// Says that a workbook has a part of its list.
pub(super) fn part(about: &mut About, after: Option<&str>, next: Option<&str>) {
    let begins = after.map(|after| format!("在 {after} 之后开始 begins behind {after}"));
    let goes_on = next.map(|next| format!("在 {next} 之后还有 goes on behind {next}"));
    let told: Vec<String> = begins.into_iter().chain(goes_on).collect();
    if !told.is_empty() {
        let head = "只是一部分 only a part".to_owned();
        about.more.push((head, text(told.join("; "))));
    }
}

fn position(registry: &Registry, list: List, asked: &Asked) -> Result<(u64, Timestamp), Problem> {
    let newest = {
        let published = registry.published();
        (published.size, published.time)
    };
    let at = match list {
        List::Statistics | List::Lines => asked.at,
        List::Monthly => match (asked.at, asked.month) {
            (Some(at), _) => Some(at),
            (None, Some(month)) => Some(registry.position_at_end_of(month.last())?),
            (None, None) => None,
        },
        List::Rights
        | List::Pledges
        | List::Reservations
        | List::Freezes
        | List::Parties
        | List::Log
        | List::Alerts
        | List::Reconciliation
        | List::Burdens
        | List::Keys
        | List::Policies
        | List::OfMember(_) => None,
    };
    // A position that there is not is told by the list that it is asked of.
    let at = at.filter(|at| (1..newest.0).contains(at));
    let Some(at) = at else { return Ok(newest) };
    let position = registry.position(Some(at))?;
    Ok((position.at, position.time.unwrap_or(newest.1)))
}

/// The day whose quantities and states a list has, where they change without an entry.
fn counted(registry: &Registry, list: List, asked: &Asked) -> Option<Day> {
    let now = registry.now().max(registry.published().time);
    match list {
        List::Rights | List::Pledges | List::Reservations | List::Freezes | List::Burdens => {
            Some(now.day())
        }
        List::Alerts | List::Reconciliation => Some(asked.day.unwrap_or_else(|| now.day())),
        List::Parties
        | List::Log
        | List::Statistics
        | List::Lines
        | List::Monthly
        | List::Keys
        | List::Policies
        | List::OfMember(_) => None,
    }
}

/// The name of the file: whose register, which list, and as of when; of a month, which one.
pub(super) fn saved_as(
    registry: &Registry,
    (name, ending): (&str, &str),
    asked: &Asked,
    about: &About,
) -> String {
    if let Some(month) = asked.month {
        return monthly::file_name(registry, month, asked.at, ending);
    }
    let About {
        region,
        time,
        position,
        ..
    } = about;
    let after = asked.part.named_after();
    let after = after.map_or_else(String::new, |after| format!("-after-{after}"));
    let day = time.day();
    format!("greenlien-{region}-{name}-{day}-at-{position}{after}.{ending}")
}
