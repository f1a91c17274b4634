//! The reconciliation of pledges with what other registers say of them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::LINK;
use axum::response::Response;

use crate::http::answer::{header, json, read};
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::schema::{ReadProblems, Reconciliation as ReconciliationView};
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::reconciliation::{Reconciled, Reconciliation, Standing};

/// How pledges stand to their registrations elsewhere
///
/// One row for each registration that a pledgee has recorded, one for each register that the policy of the kind names and
/// no report does, and one for an open pledge without any. What another register says frees nothing here; a row is for whoever
/// must have it set right there.
#[utoipa::path(
    get, path = "/v1/reconciliation", tag = "alerts",
    params(
        ("pledgee" = Option<String>, Query, description = "only pledges that this party has taken", example = "M12"),
        ("standing" = Option<String>, Query, description = "only rows that stand so", example = "lapsed"),
        ("day" = Option<String>, Query, description = "the day (UTC+8); today if absent", example = "2028-03-02"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "pledges of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page", body = ReconciliationView), ReadProblems)
)]
pub(crate) async fn list_reconciliation(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    let pledgee = params.parsed("pledgee", "an id such as M9", PartyId::parse)?;
    let standing = params.parsed("standing", "a standing such as lapsed", Standing::parse)?;
    let day = params.parsed("day", "a day such as 2028-03-02", Day::parse)?;
    let after = params.parsed("after", "the cursor of the page before", PledgeId::parse)?;
    let limit = params.limit()?;
    params.finish()?;
    let (day, page) = read(registry, move |registry| {
        let day = day.unwrap_or_else(|| registry.now().day());
        Ok((
            day,
            registry.reconciliation(pledgee, standing, day, after, limit)?,
        ))
    })
    .await?;
    let response = json(page_json(&page, day).to_canonical());
    let Some(next) = page.next else {
        return Ok(response);
    };
    let pledgee = pledgee.map_or(String::new(), |pledgee| format!("&pledgee={pledgee}"));
    let standing = standing.map_or(String::new(), |word| format!("&standing={}", word.name()));
    let path =
        format!("/v1/reconciliation?day={day}{pledgee}{standing}&after={next}&limit={limit}");
    Ok(header(response, LINK, &format!("<{path}>; rel=\"next\"")))
}

fn page_json(page: &Reconciliation, day: Day) -> Json {
    Json::object([
        ("day", Json::Text(day.to_string())),
        ("items", Json::list(page.rows.iter().map(row_json))),
        ("size", Json::count(page.size)),
    ])
    .with("next", page.next.map(|next| Json::Text(next.to_string())))
}

fn row_json(row: &Reconciled) -> Json {
    let text = |value: &dyn ToString| Some(Json::Text(value.to_string()));
    let json = Json::object([
        ("pledge", Json::Text(row.pledge.to_string())),
        ("pledgee", Json::Text(row.pledgee.to_string())),
        ("standing", Json::text(row.standing.name())),
        ("standing_zh", Json::text(row.standing.name_zh())),
    ]);
    let noticed = row.standing.noticed();
    let code = noticed.map(|noticed| Json::count(noticed.code().into()));
    let json = json
        .with("code", code)
        .with("register", row.register.as_ref().map(Json::text));
    let Some(report) = &row.report else {
        return json;
    };
    json.with("number", text(&report.number))
        .with("status", Some(Json::text(report.status.name())))
        .with("checked", text(&report.checked))
        .with("ends", report.term.and_then(|term| text(&term.to())))
        .with(
            "days_left",
            row.days_left.map(|days| Json::Int(i64::from(days))),
        )
}
