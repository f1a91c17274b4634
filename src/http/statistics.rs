//! Tables by position: the same position gives the same table, and every cell links to the lines behind it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::LINK;
use axum::response::Response;

use crate::http::answer::{encoded, header, json, read};
use crate::http::disclosed::{kept_asked, read_disclosed};
use crate::http::extract::{CommandBody, JsonBody, Params};
use crate::http::gate::Visitor;
use crate::http::problem::Problem;
use crate::http::schema::{
    BodyProblems, Presented, QuotaProblems, ReadProblems, Statistics, StatisticsLines,
};
use crate::primitives::canonical::Json;
use crate::primitives::id::PledgeId;
use crate::service::Registry;
use crate::service::sessions::Session;
use crate::service::statistics::{
    Cell, Dimension, Disclosed, LineFact, LineState, Selection, check_disclosed, decimal, lines,
    tabulate,
};

/// The path of the lines behind a table.
const LINES: &str = "/v1/statistics/lines";

/// A table of the pledges as of a position
///
/// The position counts entries; the same position gives the same table for ever. Every cell links to its lines.
#[utoipa::path(
    get, path = "/v1/statistics", tag = "statistics",
    params(
        ("at" = Option<u64>, Query, description = "the position, in entries; the published size if absent"),
        ("by" = Option<String>, Query, description = "what to group by: `pledgee`, `kind`, `month`, `town`, `form`, `item`, `green`, separated by commas; the first four if absent"),
        ("pledgee" = Option<String>, Query, description = "only lines of this bank or guarantor"),
        ("kind" = Option<String>, Query, description = "only lines over this kind"),
        ("month" = Option<String>, Query, description = "only lines registered in this month", example = "2026-12"),
        ("town" = Option<String>, Query, description = "only lines of this town"),
        ("openings" = Option<String>, Query, description = "`kept`: for a member, with the principals that the registry keeps and the member may see; each pledge is an access that is written down"),
        ("form" = Option<String>, Query, description = "only lines of this form of security", example = "质押"),
        ("item" = Option<String>, Query, description = "only lines whose quantity is of this, such as a pollutant", example = "COD"),
        ("green" = Option<String>, Query, description = "only lines of loans of this green category", example = "GIC2019:1.5.1"),
    ),
    responses((status = 200, description = "the table", body = Statistics), QuotaProblems, ReadProblems)
)]
pub(crate) async fn get_statistics(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    mut params: Params,
) -> Result<Response, Problem> {
    let kept = kept_asked(&mut params, &visitor)?;
    table(registry, params, Vec::new(), kept).await
}

/// A table with the loan amounts that the reader may see
///
/// Whoever presents the opening of a hidden principal may see it; it is compared with its digest in the log and kept nowhere.
#[utoipa::path(
    post, path = "/v1/statistics", tag = "statistics", request_body = Presented,
    params(
        ("at" = Option<u64>, Query, description = "the position, in entries; the published size if absent"),
        ("by" = Option<String>, Query, description = "what to group by: `pledgee`, `kind`, `month`, `town`, `form`, `item`, `green`, separated by commas; the first four if absent"),
        ("pledgee" = Option<String>, Query, description = "only lines of this bank or guarantor"),
        ("kind" = Option<String>, Query, description = "only lines over this kind"),
        ("month" = Option<String>, Query, description = "only lines registered in this month", example = "2026-12"),
        ("town" = Option<String>, Query, description = "only lines of this town"),
        ("form" = Option<String>, Query, description = "only lines of this form of security", example = "质押"),
        ("item" = Option<String>, Query, description = "only lines whose quantity is of this, such as a pollutant", example = "COD"),
        ("green" = Option<String>, Query, description = "only lines of loans of this green category", example = "GIC2019:1.5.1"),
    ),
    responses((status = 200, description = "the table", body = Statistics), BodyProblems)
)]
pub(crate) async fn ask_statistics(
    State(registry): State<Arc<Registry>>,
    params: Params,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    table(registry, params, read_disclosed(body)?, None).await
}

/// The lines behind a table
///
/// What a pledge secures at most, and what it is lent where the reader may see that, stands on its first line that stands.
#[utoipa::path(
    get, path = "/v1/statistics/lines", tag = "statistics",
    params(
        ("at" = Option<u64>, Query, description = "the position, in entries; the published size if absent"),
        ("pledgee" = Option<String>, Query, description = "only lines of this bank or guarantor"),
        ("kind" = Option<String>, Query, description = "only lines over this kind"),
        ("month" = Option<String>, Query, description = "only lines registered in this month", example = "2026-12"),
        ("town" = Option<String>, Query, description = "only lines of this town"),
        ("form" = Option<String>, Query, description = "only lines of this form of security", example = "质押"),
        ("item" = Option<String>, Query, description = "only lines whose quantity is of this, such as a pollutant", example = "COD"),
        ("green" = Option<String>, Query, description = "only lines of loans of this green category", example = "GIC2019:1.5.1"),
        ("state" = Option<String>, Query, description = "`open`, `impaired`, `ended`, `lapsed`, `moved`, `disposed` or `released`"),
        ("openings" = Option<String>, Query, description = "`kept`: for a member, with the principals that the registry keeps and the member may see; each pledge is an access that is written down"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before", example = "P57.0"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, ascending by pledge and line", body = StatisticsLines), QuotaProblems, ReadProblems)
)]
pub(crate) async fn list_statistics_lines(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    mut params: Params,
) -> Result<Response, Problem> {
    let kept = kept_asked(&mut params, &visitor)?;
    let is_kept = kept.is_some();
    let at = params.count("at")?;
    let mut selection = selection(&mut params)?;
    selection.state = params.parsed("state", LineState::WORDS, LineState::parse)?;
    let after = params.parsed("after", "a line such as P57.0", parse_line)?;
    let limit = params.limit()?;
    params.finish()?;
    let (at, mut page) = read(registry, move |registry| {
        let position = registry.position(at)?;
        let disclosed = match &kept {
            Some(session) => registry.kept_for_table(session, &position, &selection)?,
            None => Vec::new(),
        };
        let taken = lines(&position, &disclosed).into_iter().filter(|line| {
            selection.takes(line) && after.is_none_or(|after| (line.pledge, line.number) > after)
        });
        // One look further, so that the last page never links to an empty one.
        let page: Vec<LineFact> = taken.take(limit.saturating_add(1)).collect();
        Ok(((position.at, selection), page))
    })
    .await?;
    let more = page.len() > limit;
    page.truncate(limit);
    let last = page.last().filter(|_| more).map(name_of);
    let response = json(
        Json::object([("items", Json::list(page.iter().map(line_json)))])
            .with("next", last.clone().map(Json::Text))
            .to_canonical(),
    );
    let (at, selection) = at;
    Ok(match last {
        Some(last) => {
            let path = format!(
                "{}&after={last}&limit={limit}{}",
                path_of(at, &selection.values, selection.state),
                if is_kept { "&openings=kept" } else { "" }
            );
            header(response, LINK, &format!("<{path}>; rel=\"next\""))
        }
        None => response,
    })
}

fn parse_line(text: &str) -> Option<(PledgeId, u16)> {
    let (pledge, number) = text.split_once('.')?;
    let number = crate::primitives::id::parse_index(number)?;
    Some((PledgeId::parse(pledge)?, u16::try_from(number).ok()?))
}

pub(super) fn selection(params: &mut Params) -> Result<Selection, Problem> {
    let mut selection = Selection::default();
    for dimension in Dimension::ALL {
        if let Some(value) = params.text(dimension.name())? {
            selection.values.insert(dimension, value);
        }
    }
    Ok(selection)
}

/// What a table may be grouped by.
pub(super) const BY: &str =
    "different names out of pledgee, kind, month, town, form, item and green";

/// Reads names of what a table is grouped by.
pub(super) fn dimensions(text: &str) -> Option<Vec<Dimension>> {
    let mut by = text
        .split(',')
        .map(Dimension::parse)
        .collect::<Option<Vec<_>>>()?;
    let count = by.len();
    by.sort_unstable();
    by.dedup();
    (by.len() == count).then_some(by)
}

async fn table(
    registry: Arc<Registry>,
    mut params: Params,
    mut disclosed: Vec<Disclosed>,
    kept: Option<Session>,
) -> Result<Response, Problem> {
    let at = params.count("at")?;
    let by = params.parsed("by", BY, dimensions)?;
    let by = by.unwrap_or_else(|| Dimension::USUAL.to_vec());
    let selection = selection(&mut params)?;
    params.finish()?;
    let text = read(registry, move |registry| {
        let position = registry.position(at)?;
        check_disclosed(&position, &disclosed)?;
        if let Some(session) = &kept {
            disclosed.extend(registry.kept_for_table(session, &position, &selection)?);
        }
        let facts = lines(&position, &disclosed);
        let cells = tabulate(&facts, &by, &selection);
        let cell = |cell: &Cell| cell_json(position.at, cell, &selection);
        let time = position.time.map(|time| Json::Text(time.to_string()));
        let table = Json::object([
            ("at", Json::count(position.at)),
            ("by", Json::list(by.iter().map(|by| Json::text(by.name())))),
            ("cells", Json::list(cells.iter().map(cell))),
        ]);
        Ok(table.with("time", time).to_canonical())
    })
    .await?;
    Ok(json(text))
}

fn cell_json(at: u64, cell: &Cell, selection: &Selection) -> Json {
    // What was asked for is the same as the cell's, or finds less: the lines of one of several that were merged.
    let mut values = cell.values.clone();
    values.extend(selection.values.clone());
    // A sum over two kinds, or over two pollutants of one, would be no quantity.
    let only = cell.items.first().filter(|_| cell.items.len() == 1);
    let unit = only.map(|of| &of.unit).filter(|unit| !unit.is_empty());
    let mut members = Json::object([
        ("pledges", Json::count(cell.pledges)),
        ("records", Json::Text(path_of(at, &values, None))),
    ]);
    for (dimension, value) in &cell.values {
        members = members.with(dimension.name(), Some(Json::text(&**value)));
    }
    for state in LineState::ALL {
        let sum = cell.states.get(&state).copied().unwrap_or_default();
        let quantity = unit.filter(|_| sum.quantity > 0);
        let member = Json::object([
            ("lines", Json::count(sum.lines)),
            ("records", Json::Text(path_of(at, &values, Some(state)))),
        ]);
        let member = member.with(
            "quantity",
            quantity.map(|_| Json::Text(decimal(sum.quantity))),
        );
        let part = |raw: u128| {
            quantity
                .filter(|_| raw > 0)
                .map(|_| Json::Text(decimal(raw)))
        };
        let member = member
            .with("frozen", part(sum.reached.frozen))
            .with("overhang", part(sum.reached.lost));
        members = members.with(state.name(), Some(member));
    }
    let seen = (cell.principal_pledges > 0).then_some(cell);
    let capped = (cell.cap_pledges > 0).then_some(cell);
    members
        .with("cap_cny", capped.map(|cell| Json::Text(decimal(cell.cap))))
        .with(
            "cap_pledges",
            capped.map(|cell| Json::count(cell.cap_pledges)),
        )
        .with("unit", unit.map(|unit| Json::text(&**unit)))
        .with(
            "principal_cny",
            seen.map(|cell| Json::Text(decimal(cell.principal))),
        )
        .with(
            "principal_pledges",
            seen.map(|cell| Json::count(cell.principal_pledges)),
        )
}

/// Returns the path of the lines behind a sum.
#[expect(
    clippy::format_push_string,
    reason = "a path is short; writing would hide an error that cannot be"
)]
fn path_of(at: u64, values: &BTreeMap<Dimension, String>, state: Option<LineState>) -> String {
    let mut path = format!("{LINES}?at={at}");
    for (dimension, value) in values {
        path.push_str(&format!("&{}={}", dimension.name(), encoded(value)));
    }
    if let Some(state) = state {
        path.push_str(&format!("&state={}", state.name()));
    }
    path
}

fn name_of(line: &LineFact) -> String {
    format!("{}.{}", line.pledge, line.number)
}

fn line_json(line: &LineFact) -> Json {
    let named = |text: &String| (!text.is_empty()).then(|| Json::text(&**text));
    let sum = |raw: u128| (raw > 0).then(|| Json::Text(decimal(raw)));
    let part = |state| line.parts.get(&state).copied().and_then(sum);
    let former = line.pledgees.first().filter(|id| **id != line.pledgee);
    Json::object([
        ("line", Json::Text(name_of(line))),
        ("right", Json::Text(line.right.to_string())),
        ("pledgee", Json::Text(line.pledgee.to_string())),
        ("kind", Json::text(&*line.kind)),
        ("month", Json::text(&*line.month)),
        ("town", Json::text(&*line.town)),
        ("form", Json::text(line.form)),
        ("state", Json::text(line.state.name())),
    ])
    .with("item", named(&line.item))
    .with("cap_cny", line.cap.map(|cap| Json::Text(cap.to_string())))
    .with(
        "principal_cny",
        line.principal.map(|sum| Json::Text(sum.to_string())),
    )
    .with("green", named(&line.green))
    .with("quantity", sum(line.quantity))
    .with("unit", named(&line.unit))
    .with("frozen", sum(line.reached.frozen))
    .with("overhang", sum(line.reached.lost))
    .with("disposed", part(LineState::Disposed))
    .with("released", part(LineState::Released))
    .with("of_record", former.map(|id| Json::Text(id.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_are_named_once_each() {
        assert_eq!(
            dimensions("month,kind"),
            Some(vec![Dimension::Kind, Dimension::Month])
        );
        for text in ["", "kind,kind", "bank", "kind,"] {
            assert_eq!(dimensions(text), None, "{text}");
        }
    }

    #[test]
    fn the_path_behind_a_sum_carries_its_filters() {
        let values = BTreeMap::from([(Dimension::Town, "花溪".to_owned())]);
        assert_eq!(
            path_of(12, &values, Some(LineState::Open)),
            "/v1/statistics/lines?at=12&town=%E8%8A%B1%E6%BA%AA&state=open"
        );
    }
}
