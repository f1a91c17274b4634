//! Rights, pledges and parties: one record, listings, histories.
//!
//! A record is shown as the state tree holds it, with its version: spans and facts, never a word like "active", which a reader
//! derives for the day it asks about.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::domain::facts::{CREDIT_CODE_SCHEME, Owner, Record, StateKey};
use crate::domain::right::Identity;
use crate::domain::wire::record_json;
use crate::http::answer::{encoded, header, json, page, read};
use crate::http::extract::{Named, Params};
use crate::http::problem::Problem;
use crate::http::schema::{
    HistoryPage, PartyPage, PartyView, PledgePage, ReadProblems, RightPage, RightView, SecuredView,
    UnknownProblems,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::FieldFault;
use crate::primitives::id::PartyId;
use crate::primitives::identifier::{CreditCode, IdentifierFault, require_normal};
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::query::{Found, Listing};

/// Which records a path is about.
#[derive(Clone, Copy)]
enum Space {
    Rights,
    Pledges,
    Parties,
}

impl Space {
    fn path(self) -> &'static str {
        match self {
            Self::Rights => "/v1/rights",
            Self::Pledges => "/v1/pledges",
            Self::Parties => "/v1/parties",
        }
    }

    fn key(self, id: &str) -> Result<StateKey, Problem> {
        let (space, example) = match self {
            Self::Rights => ("right", "R41"),
            Self::Pledges => ("pledge", "P57"),
            Self::Parties => ("party", "M9"),
        };
        StateKey::parse(space, id)
            .ok_or_else(|| Problem::field("id", format!("must be an id such as {example}")))
    }
}

/// One right
#[utoipa::path(
    get, path = "/v1/rights/{id}", tag = "rights",
    params(
        ("id" = String, Path, description = "the id of the right", example = "R41"),
        ("If-None-Match" = Option<String>, Header, description = "the version that the client has"),
    ),
    responses(
        (status = 200, description = "the right; its ETag is the version", body = RightView),
        (status = 304, description = "the version is the one in If-None-Match"),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_right(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    record(registry, Space::Rights, &id, &headers).await
}

/// Rights, by identity, by holder, or all
#[utoipa::path(
    get, path = "/v1/rights", tag = "rights",
    params(
        ("identity" = Option<String>, Query, description = "`<scheme>:<value>` in normal form; excludes `holder`"),
        ("holder" = Option<String>, Query, description = "the party that holds them", example = "M9"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, ascending by id", body = RightPage), ReadProblems)
)]
pub(crate) async fn list_rights(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (identity, holder) = (identity(&mut params)?, party(&mut params, "holder")?);
    if let Some(identity) = identity {
        if holder.is_some() {
            return Err(Problem::field("holder", "excludes `identity`"));
        }
        params.finish()?;
        let find = move |registry: &Registry| by_owner(registry, &identity, Space::Rights);
        return Ok(page(read(registry, find).await?, None));
    }
    let listing = holder.map_or(Listing::Rights, Listing::RightsOf);
    let filter = holder.map(|holder| format!("holder={holder}&"));
    list(registry, Space::Rights, listing, filter, params).await
}

/// The entries that touched a right
#[utoipa::path(
    get, path = "/v1/rights/{id}/history", tag = "rights",
    params(
        ("id" = String, Path, description = "the id of the right", example = "R41"),
        ("before" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = HistoryPage), UnknownProblems, ReadProblems)
)]
pub(crate) async fn list_right_history(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    params: Params,
) -> Result<Response, Problem> {
    history(registry, Space::Rights, &id, params).await
}

/// One pledge or reservation
#[utoipa::path(
    get, path = "/v1/pledges/{id}", tag = "pledges",
    params(
        ("id" = String, Path, description = "the id of the pledge, or of a reservation", example = "P57"),
        ("If-None-Match" = Option<String>, Header, description = "the version that the client has"),
    ),
    responses(
        (status = 200, description = "the record; its ETag is the version", body = SecuredView),
        (status = 304, description = "the version is the one in If-None-Match"),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_pledge(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    record(registry, Space::Pledges, &id, &headers).await
}

/// Pledges, by pledgee, by pledgor, or all
#[utoipa::path(
    get, path = "/v1/pledges", tag = "pledges",
    params(
        ("pledgee" = Option<String>, Query, description = "who is secured; excludes `pledgor`", example = "M12"),
        ("pledgor" = Option<String>, Query, description = "who gives the collateral", example = "M9"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, ascending by id", body = PledgePage), ReadProblems)
)]
pub(crate) async fn list_pledges(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (listing, filter) = match (
        party(&mut params, "pledgee")?,
        party(&mut params, "pledgor")?,
    ) {
        (None, None) => (Listing::Pledges, None),
        (Some(id), None) => (Listing::PledgesOf(id), Some(format!("pledgee={id}&"))),
        (None, Some(id)) => (Listing::PledgedBy(id), Some(format!("pledgor={id}&"))),
        (Some(_), Some(_)) => return Err(Problem::field("pledgor", "excludes `pledgee`")),
    };
    list(registry, Space::Pledges, listing, filter, params).await
}

/// The entries that touched a pledge
#[utoipa::path(
    get, path = "/v1/pledges/{id}/history", tag = "pledges",
    params(
        ("id" = String, Path, description = "the id of the pledge, or of a reservation", example = "P57"),
        ("before" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = HistoryPage), UnknownProblems, ReadProblems)
)]
pub(crate) async fn list_pledge_history(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    params: Params,
) -> Result<Response, Problem> {
    history(registry, Space::Pledges, &id, params).await
}

/// One party
#[utoipa::path(
    get, path = "/v1/parties/{id}", tag = "parties",
    params(
        ("id" = String, Path, description = "the id of the party", example = "M9"),
        ("If-None-Match" = Option<String>, Header, description = "the version that the client has"),
    ),
    responses(
        (status = 200, description = "the party; its ETag is the version", body = PartyView),
        (status = 304, description = "the version is the one in If-None-Match"),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_party(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    record(registry, Space::Parties, &id, &headers).await
}

/// Parties, by credit code, by name, or all
///
/// A name is found by any part of it, present or former; natural persons are not, since their names are hidden values.
#[utoipa::path(
    get, path = "/v1/parties", tag = "parties",
    params(
        ("credit_code" = Option<String>, Query, description = "the unified social credit code"),
        ("name" = Option<String>, Query, description = "a part of a registered name, present or former; excludes `credit_code`", example = "银行"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, ascending by id", body = PartyPage), ReadProblems)
)]
pub(crate) async fn list_parties(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    if let Some(code) = params.text("credit_code")? {
        params.finish()?;
        let code = CreditCode::parse(&code).map_err(|fault| credit_code_fault(&fault))?;
        let value = code.as_str().to_owned();
        let identity = Identity {
            scheme: CREDIT_CODE_SCHEME.to_owned(),
            value,
        };
        let find = move |registry: &Registry| by_owner(registry, &identity, Space::Parties);
        return Ok(page(read(registry, find).await?, None));
    }
    if let Some(name) = params.text("name")? {
        return list_named(registry, name, params).await;
    }
    list(registry, Space::Parties, Listing::Parties, None, params).await
}

/// Lists the parties with a name.
async fn list_named(
    registry: Arc<Registry>,
    name: String,
    mut params: Params,
) -> Result<Response, Problem> {
    let (after, limit) = (params.count("after")?, params.limit()?);
    params.finish()?;
    if name.trim().is_empty() || name.chars().count() > limits::NAME_CHARS_MAX {
        let most = limits::NAME_CHARS_MAX;
        let why = format!("must be 1 to {most} characters of a registered name");
        return Err(Problem::field("name", why));
    }
    let shown = encoded(&name);
    let (items, next) = read(registry, move |registry| {
        let (found, next) = registry.parties_named(&name, after, limit)?;
        Ok((found.iter().map(record_view).collect(), next))
    })
    .await?;
    let link = |next| {
        let path = format!("/v1/parties?name={shown}&after={next}&limit={limit}");
        (next, path)
    };
    Ok(page(items, next.map(link)))
}

/// The entries that touched a party
#[utoipa::path(
    get, path = "/v1/parties/{id}/history", tag = "parties",
    params(
        ("id" = String, Path, description = "the id of the party", example = "M9"),
        ("before" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = HistoryPage), UnknownProblems, ReadProblems)
)]
pub(crate) async fn list_party_history(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    params: Params,
) -> Result<Response, Problem> {
    history(registry, Space::Parties, &id, params).await
}

/// Takes the parameter `identity`: `<scheme>:<value>`, refused with its normal form where it is written otherwise.
pub(crate) fn identity(params: &mut Params) -> Result<Option<Identity>, Problem> {
    let identity = params.parsed("identity", "`<scheme>:<value>`", |text| {
        let (scheme, value) = text.split_once(':')?;
        let is_whole = !scheme.is_empty() && !value.is_empty();
        is_whole.then(|| Identity {
            scheme: scheme.to_owned(),
            value: value.to_owned(),
        })
    })?;
    if let Some(identity) = &identity {
        require_normal(&identity.value)
            .map_err(|fault| Problem::field("identity", format!("is refused: {fault}")))?;
    }
    Ok(identity)
}

fn party(params: &mut Params, name: &str) -> Result<Option<PartyId>, Problem> {
    params.parsed(name, "an id such as M9", PartyId::parse)
}

/// Numbers the fault of a credit code as the door does: 1001 its form, 1002 its check digit.
fn credit_code_fault(fault: &IdentifierFault) -> Problem {
    let code = match fault {
        IdentifierFault::NotNormal(_) | IdentifierFault::Shape { .. } => 1001,
        IdentifierFault::CheckDigit { .. } => 1002,
    };
    FieldFault::new("credit_code", format!("is refused: {fault}"))
        .with_code(code)
        .into()
}

fn record_view(found: &Found) -> Json {
    let value = &found.value;
    Json::object([
        ("id", Json::Text(value.key.name())),
        ("version", Json::count(value.history_size)),
        ("last_index", Json::count(found.last_index)),
        ("history_root", Json::Text(value.history_root.to_string())),
        ("record", record_json(&value.record)),
    ])
}

/// The view of one record, where it is a right with the unit of its quantities.
fn measured_view(registry: &Registry, found: &Found) -> Result<Json, Problem> {
    let view = record_view(found);
    let Record::Right(right) = &found.value.record else {
        return Ok(view);
    };
    let now = registry.now().max(registry.published().time);
    let policy = registry.active_policy(&right.kind, now)?;
    Ok(view.with("unit", policy.map(|policy| Json::text(&*policy.unit))))
}

async fn record(
    registry: Arc<Registry>,
    space: Space,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let key = space.key(id)?;
    let (found, view) = read(registry, move |registry| {
        let found = registry.record(&key)?;
        let found = found.ok_or_else(|| crate::service::ServiceFault::Absent(key.name()))?;
        let view = measured_view(registry, &found)?;
        Ok((found, view))
    })
    .await?;
    let tag = format!("\"{}\"", found.value.history_size);
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let response = if known == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(view.to_canonical())
    };
    Ok(header(response, ETAG, &tag))
}

/// Returns the record that an identity belongs to, where it is of this space.
fn by_owner(registry: &Registry, identity: &Identity, space: Space) -> Result<Vec<Json>, Problem> {
    let key = match (registry.owner(identity)?, space) {
        (Some(Owner::Right(id)), Space::Rights) => StateKey::Right(id),
        (Some(Owner::Party(id)), Space::Parties) => StateKey::Party(id),
        (Some(Owner::Right(_) | Owner::Party(_)) | None, _) => return Ok(Vec::new()),
    };
    let found = registry.record(&key)?;
    let views = found.iter().map(|found| measured_view(registry, found));
    views.collect()
}

async fn list(
    registry: Arc<Registry>,
    space: Space,
    listing: Listing,
    filter: Option<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (after, limit) = (params.count("after")?, params.limit()?);
    params.finish()?;
    let (items, next) = read(registry, move |registry| {
        let found = registry.list(listing, after, limit)?;
        let last = found
            .last()
            .filter(|_| found.len() >= limit)
            .and_then(|found| found.value.key.entry());
        // One look further, so that the last page never links to an empty one.
        let next = match last {
            Some(last) if !registry.list(listing, Some(last), 1)?.is_empty() => Some(last),
            Some(_) | None => None,
        };
        Ok((found.iter().map(record_view).collect(), next))
    })
    .await?;
    let filter = filter.unwrap_or_default();
    let link = |next| {
        (
            next,
            format!("{}?{filter}after={next}&limit={limit}", space.path()),
        )
    };
    Ok(page(items, next.map(link)))
}

async fn history(
    registry: Arc<Registry>,
    space: Space,
    id: &str,
    mut params: Params,
) -> Result<Response, Problem> {
    let key = space.key(id)?;
    let (before, limit) = (params.count("before")?, params.limit()?);
    params.finish()?;
    let (items, next) = read(registry, move |registry| {
        let entries = registry.history(&key, before, limit)?;
        let last = entries
            .last()
            .filter(|_| entries.len() >= limit)
            .map(|(index, _)| *index);
        let next = match last {
            Some(last) if !registry.history(&key, Some(last), 1)?.is_empty() => Some(last),
            Some(_) | None => None,
        };
        let items: Result<Vec<Json>, Problem> = entries.into_iter().map(history_item).collect();
        Ok((items?, next))
    })
    .await?;
    let link = |next| {
        (
            next,
            format!("{}/{id}/history?before={next}&limit={limit}", space.path()),
        )
    };
    Ok(page(items, next.map(link)))
}

fn history_item((index, bytes): (u64, Vec<u8>)) -> Result<Json, Problem> {
    let entry = String::from_utf8(bytes)
        .map_err(|_| Problem::internal(&format!("entry {index} is not UTF-8")))?;
    Ok(Json::object([
        ("entry", Json::Text(entry)),
        ("index", Json::count(index)),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_space_is_refused() {
        assert!(Space::Rights.key("R41").is_ok());
        assert!(Space::Pledges.key("V58").is_ok());
        for id in ["P41", "R041", "R", "r41", "R41 "] {
            assert!(Space::Rights.key(id).is_err(), "{id}");
        }
    }
}
