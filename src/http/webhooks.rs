//! Webhooks for the members whose they are: how far each has come, what became of deliveries, sending again, and what is
//! watched.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::http::answer::{json, page, read};
use crate::http::extract::{CommandBody, JsonBody, Named, Params};
use crate::http::gate::Member;
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    BodyProblems, DeliveryPage, ReadProblems, ReplayRequest, ServiceProblems, UnknownProblems,
    Watched, WebhookList, WebhookView,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::Fields;
use crate::service::feed::Watch;
use crate::service::sessions::Session;
use crate::service::webhooks::{Standing, Webhook};
use crate::service::{Registry, ServiceFault};

/// The webhooks of the member that has signed in
///
/// The registrar sees all of them. `key` is what receivers verify signatures with.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "events",
    responses((status = 200, description = "the webhooks, in the order of the operator's file", body = WebhookList), ServiceProblems)
)]
pub(crate) async fn list_webhooks(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
) -> Result<Response, Problem> {
    let size = registry.signed_size();
    let all = registry.webhooks();
    let own = all.iter().filter(|(webhook, _)| webhook.is_of(session.org));
    let own = own.map(|(webhook, standing)| view(webhook, standing, size));
    let key = registry.webhook_key().map(|key| {
        Json::object([
            ("keyid", Json::Text(key.id().to_string())),
            ("public_key", Json::Text(Hash(key.to_bytes()).to_string())),
        ])
    });
    let list = Json::object([("items", Json::list(own))]).with("key", key);
    Ok(json(list.to_canonical()))
}

/// The last deliveries of a webhook
///
/// Every attempt, the ones that failed too; the last 1,000 are kept.
#[utoipa::path(
    get, path = "/v1/webhooks/{name}/deliveries", tag = "events",
    params(
        ("name" = String, Path, description = "the name of the webhook", example = "bank-a"),
        ("before" = Option<u64>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = DeliveryPage), UnknownProblems, ReadProblems)
)]
pub(crate) async fn list_deliveries(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(name): Named<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (before, limit) = (params.count("before")?, params.limit()?);
    params.finish()?;
    own_webhook(&registry, &session, &name)?;
    let path = format!("/v1/webhooks/{name}/deliveries");
    let (items, next) = read(registry, move |registry| {
        // One look further, so that the last page never links to an empty one.
        let mut rows = registry.webhook_deliveries(&name, before, limit.saturating_add(1))?;
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(|(number, _)| *number);
        let items = rows.into_iter();
        let items = items.map(|(number, json)| json.with("number", Some(Json::count(number))));
        Ok((items.collect::<Vec<_>>(), next))
    })
    .await?;
    let next = next.map(|next| (next, format!("{path}?before={next}&limit={limit}")));
    Ok(page(items, next))
}

/// Send again from a position, or go on after a suspension
///
/// What was delivered before is delivered again, under the same ids.
#[utoipa::path(
    post, path = "/v1/webhooks/{name}/replay", tag = "events", request_body = ReplayRequest,
    params(("name" = String, Path, description = "the name of the webhook", example = "bank-a")),
    responses((status = 200, description = "the webhook", body = WebhookView), UnknownProblems, BodyProblems)
)]
pub(crate) async fn replay_webhook(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(name): Named<String>,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::open("", body)?;
    let from = fields.count("from")?;
    fields.finish()?;
    ordered(registry, &session, name, move |registry, name| {
        registry.replay_webhook(name, from)
    })
    .await
}

/// Choose which rights, pledges and parties a webhook watches
///
/// From where it stands on. `{}` goes back to what the operator has entered. The address stays the operator's.
#[utoipa::path(
    post, path = "/v1/webhooks/{name}/watch", tag = "events", request_body = Watched,
    params(("name" = String, Path, description = "the name of the webhook", example = "bank-a")),
    responses((status = 200, description = "the webhook", body = WebhookView), UnknownProblems, BodyProblems)
)]
pub(crate) async fn post_watch(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(name): Named<String>,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::open("", body)?;
    let watch = Watch::read(&mut fields)?;
    fields.finish()?;
    ordered(registry, &session, name, move |registry, name| {
        registry.watch_webhook(name, watch)
    })
    .await
}

/// Does what its member orders of a webhook, and shows it as it stands then.
async fn ordered(
    registry: Arc<Registry>,
    session: &Session,
    name: String,
    order: impl FnOnce(&Registry, &str) -> Result<Standing, ServiceFault> + Send + 'static,
) -> Result<Response, Problem> {
    let webhook = own_webhook(&registry, session, &name)?;
    let size = registry.signed_size();
    let work = move |registry: &Registry| Ok(order(registry, &name)?);
    let standing = read(registry, work).await?;
    Ok(json(view(&webhook, &standing, size).to_canonical()))
}

/// Finds a webhook of the member; that of another is as good as none.
pub(super) fn own_webhook(
    registry: &Registry,
    session: &Session,
    name: &str,
) -> Result<Webhook, Problem> {
    let all = registry.webhooks().into_iter().map(|(webhook, _)| webhook);
    let mut own = all.filter(|webhook| webhook.is_of(session.org));
    let found = own.find(|webhook| webhook.name == name);
    found.ok_or_else(|| {
        let why = format!("{} has no webhook of this name", session.org);
        Problem::of(Kind::NotFound).because(why)
    })
}

fn view(webhook: &Webhook, standing: &Standing, size: u64) -> Json {
    let since = standing.failing_since;
    Json::object([
        ("behind", Json::count(size.saturating_sub(standing.next))),
        ("failures", Json::count(standing.failures)),
        ("member", Json::Text(webhook.member.to_string())),
        ("name", Json::text(&*webhook.name)),
        ("next", Json::count(standing.next)),
        ("state", Json::text(standing.state.name())),
        ("url", Json::text(&*webhook.url)),
        ("watch", standing.watched(webhook).to_json()),
        ("watch_chosen", Json::Bool(standing.chosen.is_some())),
    ])
    .with(
        "failing_since",
        since.map(|time| Json::Text(time.to_string())),
    )
}
