//! Alerts of a day, and the prices they rest on.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::LINK;
use axum::response::Response;

use crate::domain::facts::StateKey;
use crate::http::answer::{header, json, read};
use crate::http::disclosed::{kept_asked, read_disclosed};
use crate::http::extract::{CommandBody, JsonBody, Params, PriceBody};
use crate::http::gate::Visitor;
use crate::http::problem::Problem;
use crate::http::schema::{
    Alerts, BodyProblems, Presented, PriceList, PricesAdded, QuotaProblems, ReadProblems,
};
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::alerts::{Alert, AlertFilter, AlertKind, AlertPage, PriceLine, Valued};
use crate::service::lending::Lent;
use crate::service::prices::{Price, SignedPrices};
use crate::service::sessions::Session;
use crate::service::statistics::{Disclosed, decimal};

/// What should be looked at on a day
///
/// Computed from the records and the imported prices; no alert changes the law. Pledges come first, then reservations, rights
/// and parties. A page looks at 2,000 records at most, so it may be short, even empty, and still have a `next`.
#[utoipa::path(
    get, path = "/v1/alerts", tag = "alerts",
    params(
        ("party" = Option<String>, Query, description = "only alerts that concern this party", example = "M12"),
        ("right" = Option<String>, Query, description = "only alerts about this right", example = "R41"),
        ("pledge" = Option<String>, Query, description = "only alerts about this pledge", example = "P57"),
        ("kind" = Option<String>, Query, description = "only alerts of this kind", example = "lapse"),
        ("day" = Option<String>, Query, description = "the day (UTC+8); today if absent", example = "2027-01-31"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "records with alerts of the page, 1 to 200; 50 if absent"),
        ("openings" = Option<String>, Query, description = "`kept`: for a member, with the amounts that the registry keeps and the member may see; each pledge is an access that is written down"),
    ),
    responses((status = 200, description = "a page", body = Alerts), QuotaProblems, ReadProblems)
)]
pub(crate) async fn list_alerts(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    mut params: Params,
) -> Result<Response, Problem> {
    let kept = kept_asked(&mut params, &visitor)?;
    page(registry, params, Vec::new(), kept).await
}

/// The same with the loan amounts that the reader may see
///
/// Whoever presents the opening of a hidden principal may see it; loan-to-value is computed from it and the imported prices,
/// and the opening is kept nowhere.
#[utoipa::path(
    post, path = "/v1/alerts", tag = "alerts", request_body = Presented,
    params(
        ("party" = Option<String>, Query, description = "only alerts that concern this party", example = "M12"),
        ("right" = Option<String>, Query, description = "only alerts about this right", example = "R41"),
        ("pledge" = Option<String>, Query, description = "only alerts about this pledge", example = "P57"),
        ("kind" = Option<String>, Query, description = "only alerts of this kind", example = "price_line"),
        ("day" = Option<String>, Query, description = "the day (UTC+8); today if absent", example = "2027-01-31"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "records with alerts of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page", body = Alerts), BodyProblems)
)]
pub(crate) async fn ask_alerts(
    State(registry): State<Arc<Registry>>,
    params: Params,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    page(registry, params, read_disclosed(body)?, None).await
}

/// Add prices that the registrar signed
///
/// `list` is the canonical text of `{"prices":[{"cny","day","kind","parts","source"}]}`; `signature` is that of a key of the
/// registrar over `greenlien/prices/v1|<audience>|<sha256 of list>`. Prices lie outside every hash and no decision reads them.
#[utoipa::path(
    post, path = "/v1/prices", tag = "alerts", request_body = PriceList,
    responses((status = 200, description = "they were added", body = PricesAdded), BodyProblems)
)]
pub(crate) async fn add_prices(
    State(registry): State<Arc<Registry>>,
    JsonBody(body): PriceBody,
) -> Result<Response, Problem> {
    let signed = SignedPrices::parse(body)?;
    let count = read(registry, move |registry| {
        let prices: Vec<Price> = registry.verify_prices(&signed)?;
        registry.add_prices(&prices)?;
        Ok(prices.len())
    })
    .await?;
    let added = Json::count(u64::try_from(count).unwrap_or(u64::MAX));
    Ok(json(Json::object([("added", added)]).to_canonical()))
}

async fn page(
    registry: Arc<Registry>,
    mut params: Params,
    mut disclosed: Vec<Disclosed>,
    kept: Option<Session>,
) -> Result<Response, Problem> {
    let filter = AlertFilter {
        party: params.parsed("party", "an id such as M9", PartyId::parse)?,
        right: params.parsed("right", "an id such as R41", RightId::parse)?,
        pledge: params.parsed("pledge", "an id such as P57", PledgeId::parse)?,
        kind: params.parsed("kind", "a kind of alert such as lapse", AlertKind::parse)?,
    };
    let day = params.parsed("day", "a day such as 2027-01-31", Day::parse)?;
    let after = params.parsed("after", "the cursor of the page before", parse_cursor)?;
    let limit = params.limit()?;
    params.finish()?;
    let shown = filter.clone();
    let is_kept = kept.is_some();
    let (day, page) = read(registry, move |registry| {
        let day = day.unwrap_or_else(|| registry.now().day());
        if let Some(session) = &kept {
            disclosed.extend(registry.kept_for_alerts(session, &filter)?);
        }
        let page = registry.alerts(&filter, &disclosed, day, after.as_ref(), limit)?;
        Ok((day, page))
    })
    .await?;
    let next = page.next.as_ref().map(StateKey::name);
    let response = json(page_json(&page, day, next.as_deref()).to_canonical());
    Ok(match next {
        Some(next) => {
            let path = format!(
                "/v1/alerts?day={day}{}&after={next}&limit={limit}{}",
                filter_query(&shown),
                if is_kept { "&openings=kept" } else { "" }
            );
            header(response, LINK, &format!("<{path}>; rel=\"next\""))
        }
        None => response,
    })
}

fn parse_cursor(text: &str) -> Option<StateKey> {
    let spaces = ["pledge", "right", "party"];
    spaces.iter().find_map(|space| StateKey::parse(space, text))
}

fn filter_query(filter: &AlertFilter) -> String {
    let values = [
        ("party", filter.party.map(|id| id.to_string())),
        ("right", filter.right.map(|id| id.to_string())),
        ("pledge", filter.pledge.map(|id| id.to_string())),
        ("kind", filter.kind.map(|kind| kind.name().to_owned())),
    ];
    let given = values
        .into_iter()
        .filter_map(|(name, value)| Some(format!("&{name}={}", value?)));
    given.collect()
}

fn page_json(page: &AlertPage, day: Day, next: Option<&str>) -> Json {
    Json::object([
        ("day", Json::Text(day.to_string())),
        ("items", Json::list(page.alerts.iter().map(alert_json))),
        ("size", Json::count(page.size)),
    ])
    .with("next", next.map(Json::text))
    .with(
        "valued",
        (!page.valued.is_empty()).then(|| Json::list(page.valued.iter().map(valued_json))),
    )
}

fn valued_json((pledge, valued): &(PledgeId, Valued)) -> Json {
    Json::object([
        ("pledge", Json::Text(pledge.to_string())),
        ("principal_cny", Json::Text(decimal(valued.principal))),
        ("value_cny", Json::Text(decimal(valued.value))),
        (
            "prices",
            Json::list(valued.prices.iter().map(Price::to_json)),
        ),
    ])
    .with("line", valued.crossed().map(|line| Json::text(line.name())))
    .with("ltv_ppm", valued.ltv_ppm.map(ppm))
}

fn ppm(value: u128) -> Json {
    Json::count(u64::try_from(value).unwrap_or(u64::MAX))
}

/// Writes one alert.
pub(crate) fn alert_json(alert: &Alert) -> Json {
    let number = |value: i32| Json::Int(i64::from(value));
    let names = |names: &[String]| Json::list(names.iter().map(|name| Json::text(&**name)));
    let parties = alert.parties.iter().map(|id| Json::Text(id.to_string()));
    Json::object([
        ("kind", Json::text(alert.kind.name())),
        ("parties", Json::list(parties)),
        ("record", Json::Text(alert.record.name())),
    ])
    .with("line", alert.line.map(|line| Json::count(line.into())))
    .with("right", alert.right.map(|id| Json::Text(id.to_string())))
    .with("what", alert.what.map(|what| Json::text(what.name())))
    .with("on", alert.on.map(|on| Json::Text(on.to_string())))
    .with("days_left", alert.days_left.map(number))
    .with("stage", alert.stage.map(number))
    .with("code", alert.code.map(|code| Json::count(code.into())))
    .with(
        "amount",
        alert.amount.map(|amount| Json::Text(amount.to_string())),
    )
    .with(
        "records",
        (!alert.records.is_empty()).then(|| names(&alert.records)),
    )
    .with(
        "price",
        alert
            .price
            .as_ref()
            .map(|(line, valued)| price_json(*line, valued)),
    )
    .with("lending", alert.lending.as_ref().map(Lent::to_json))
}

fn price_json(line: PriceLine, valued: &Valued) -> Json {
    Json::object([
        ("line", Json::text(line.name())),
        (
            "line_ppm",
            ppm(match line {
                PriceLine::Warning => valued.warning_ppm,
                PriceLine::CloseOut => valued.close_out_ppm,
            }),
        ),
        ("principal_cny", Json::Text(decimal(valued.principal))),
        ("value_cny", Json::Text(decimal(valued.value))),
        (
            "prices",
            Json::list(valued.prices.iter().map(Price::to_json)),
        ),
    ])
    .with("ltv_ppm", valued.ltv_ppm.map(ppm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_record_that_pages_go_by() {
        for text in ["P57", "V58", "R41", "M9"] {
            assert_eq!(
                parse_cursor(text).map(|key| key.name()).as_deref(),
                Some(text)
            );
        }
        for text in ["K9", "F60", "57", ""] {
            assert_eq!(parse_cursor(text), None, "{text}");
        }
    }
}
