//! Pages for people, made on the server in Chinese and English.
//!
//! Separate from `http`, whose answers are for programs. A page reads what `service` gives, says it in words and decides
//! nothing; it never says more than the record does. Every page works without scripts; signing and offline verification,
//! which need one, are pages of their own.

mod act;
mod alerted;
mod amounts;
mod ask;
mod asked;
mod assets;
mod barred;
mod capacity;
mod certificate;
mod certificate_ask;
mod chart;
mod chosen;
mod door_words;
mod ended;
mod feeds;
mod finding;
pub mod finding_examples;
pub mod finding_words;
mod flags;
mod flow_chart;
mod freeze;
mod freezes;
mod frozen;
mod ground;
mod history;
mod home;
pub mod import;
mod inbox;
mod instead;
mod items;
mod lang;
mod lines;
mod linked;
mod listed;
mod listing;
mod log;
mod look;
mod map;
mod map_labels;
mod misnamed;
mod mistyped;
mod monthly_columns;
mod notes;
mod noticed_words;
mod offered;
mod openings;
mod order;
mod own;
mod party;
mod periods;
mod picture;
mod pledge;
mod proof;
mod reached;
mod reference;
mod registrar;
mod right;
mod rules_of;
mod script;
mod shell;
mod show;
mod sign_in;
mod signing;
mod stacked;
mod supervisor;
mod taken;
mod tally;
mod terms;
mod typed;
mod unbroken;
mod upload;
mod verifier;
mod vintages;
mod vocabulary;
mod watched;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};

use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::service::Registry;
use crate::service::certificates::Asker;
use crate::web::home::Searched;
use crate::web::import::{ReadTable, Reader};
use crate::web::listing::Of;
use crate::web::shell::{Fault, Visit, answer};

type Reg = State<Arc<Registry>>;

/// Every page, on one page; `read` reads the tables that are uploaded.
pub fn router(read: ReadTable) -> Router<Arc<Registry>> {
    let reader = Reader::new(read);
    let receive = move |registry: Reg, visit: Visit, headers: HeaderMap, body: Body| {
        import::receive(reader, registry, visit, headers, body)
    };
    Router::new()
        .route("/", get(show_home))
        .route("/search", get(search))
        .route("/check", get(show_check))
        .route("/acts", get(list_acts))
        .route("/acts/{name}", get(show_act).post(ask_act))
        .route("/rights", get(list_rights))
        .route("/rights/{id}", get(show_right))
        .route("/pledges", get(list_pledges))
        .route("/pledges/{id}", get(show_pledge))
        .route("/pledges/{id}/openings", get(show_openings))
        .route("/parties", get(list_parties))
        .route("/parties/{id}", get(show_party))
        .route("/parties/{id}/openings", get(show_person))
        .route(
            "/certificates",
            get(ask_certificate).post(issue_certificate),
        )
        .route("/certificates/{code}", get(show_certificate))
        .route("/freezes", get(list_freezes))
        .route("/freezes/{id}", get(show_freeze))
        .route("/feeds", get(show_feeds))
        .route("/feeds/{name}/replay", post(replay_feed))
        .route("/feeds/{name}/watch", post(watch_feed))
        .route("/findings", get(list_findings))
        .route("/findings/{code}", get(show_finding))
        .route("/log", get(show_log))
        .route("/log/{index}", get(show_entry))
        .route("/work", get(show_work).post(show_amounts_of_work))
        .route(
            "/statistics",
            get(show_statistics).post(show_amounts_of_table),
        )
        .route(
            "/statistics/lines",
            get(show_statistics_lines).post(show_amounts_of_lines),
        )
        .route("/import", get(show_import).post(receive))
        .route("/import/template/{name}", get(import::get_template))
        .route("/import/report", post(import::report::receive))
        .route("/registrar", get(show_registrar))
        .route("/registrar/policies/{kind}", get(show_rules))
        .route(
            "/docs",
            get(async |visit: Visit| visit.lead_to("/reference")),
        )
        .route("/reference", get(reference::show_index))
        .route("/reference/shapes/{name}", get(reference::show_shape))
        .route("/reference/{id}", get(reference::show_operation))
        .route("/sign", get(show_signing).post(sign_posted))
        .route("/sign/key.svg", get(offered::get_code))
        .route("/sign-in", get(show_sign_in))
        .route("/sign-out", post(end_session))
        .route("/verify", get(show_verify))
        .route("/verify/offline.html", get(verifier::get_offline))
        .route("/assets/{name}", get(assets::get_asset))
        .fallback(show_nothing)
}

/// What a person sees who mistyped an address.
async fn show_nothing(State(registry): Reg, visit: Visit) -> Response {
    refuse(registry, visit, Fault::NotFound).await
}

async fn show_home(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, home::page).await
}

async fn search(State(registry): Reg, visit: Visit) -> Response {
    if let Some(code) = visit.param("q").and_then(home::code) {
        return visit.lead_to(&format!("/certificates/{code}"));
    }
    let asked = Arc::clone(&registry);
    let again = visit.clone();
    let found = tokio::task::spawn_blocking(move || home::search(&asked, &again)).await;
    match found {
        Ok(Ok(Searched::Place(place))) => visit.lead_to(&place.path()),
        Ok(Ok(Searched::Freeze(path))) => visit.lead_to(&path),
        Ok(Ok(Searched::Entry(index))) => visit.lead_to(&format!("/log/{index}")),
        Ok(Ok(Searched::Page(page))) => answer(registry, visit, move |_, _| Ok(*page)).await,
        Ok(Err(fault)) => refuse(registry, visit, fault).await,
        Err(fault) => refuse(registry, visit, Fault::Internal(fault.to_string())).await,
    }
}

/// Answers with the page of a fault.
async fn refuse(registry: Arc<Registry>, visit: Visit, fault: Fault) -> Response {
    answer(
        registry,
        visit,
        move |_, _| -> Result<home::HomePage, Fault> { Err(fault) },
    )
    .await
}

async fn show_check(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, ask::page).await
}

async fn list_acts(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        Ok(act::index(registry, visit))
    })
    .await
}

async fn show_act(State(registry): Reg, Path(name): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        act::page(registry, visit, &name)
    })
    .await
}

async fn ask_act(
    State(registry): Reg,
    Path(name): Path<String>,
    visit: Visit,
    body: Body,
) -> Response {
    let visit = visit.with_posted(&act::posted(body).await.unwrap_or_default());
    answer(registry, visit, move |registry, visit| {
        act::page(registry, visit, &name)
    })
    .await
}

async fn list_rights(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        listing::page(registry, visit, Of::Rights)
    })
    .await
}

async fn list_pledges(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        listing::page(registry, visit, Of::Pledges)
    })
    .await
}

async fn list_parties(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        listing::page(registry, visit, Of::Parties)
    })
    .await
}

async fn show_right(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let id = RightId::parse(&id).ok_or(Fault::NotFound)?;
        right::page(registry, visit, id)
    })
    .await
}

async fn show_pledge(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        if let Some(id) = ReservationId::parse(&id) {
            return pledge::reservation_page(registry, visit, id);
        }
        let id = PledgeId::parse(&id).ok_or(Fault::NotFound)?;
        pledge::page(registry, visit, id)
    })
    .await
}

async fn show_party(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let id = PartyId::parse(&id).ok_or(Fault::NotFound)?;
        party::page(registry, visit, id)
    })
    .await
}

async fn ask_certificate(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        Ok(certificate_ask::ask(registry, visit))
    })
    .await
}

async fn issue_certificate(
    State(registry): Reg,
    Extension(visitor): Extension<Asker>,
    visit: Visit,
    body: Body,
) -> Response {
    let form = certificate_ask::form(body).await.unwrap_or_default();
    let visit = visit.with_form(&form);
    let (asked, again) = (Arc::clone(&registry), visit.clone());
    let issued =
        tokio::task::spawn_blocking(move || certificate_ask::issue(&asked, &again, &visitor)).await;
    match issued {
        Ok(Ok(certificate_ask::Answer::Issued(path))) => visit.lead_to(&path),
        Ok(Ok(certificate_ask::Answer::Again(page))) => {
            answer(registry, visit, move |_, _| Ok(*page)).await
        }
        Ok(Err(fault)) => refuse(registry, visit, fault).await,
        Err(fault) => refuse(registry, visit, Fault::Internal(fault.to_string())).await,
    }
}

async fn show_certificate(
    State(registry): Reg,
    Path(code): Path<String>,
    visit: Visit,
) -> Response {
    answer(registry, visit, move |registry, visit| {
        certificate::page(registry, visit, &code)
    })
    .await
}

async fn list_freezes(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, freezes::page).await
}

async fn show_freeze(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let id = FreezeId::parse(&id).ok_or(Fault::NotFound)?;
        freeze::page(registry, visit, id)
    })
    .await
}

async fn show_feeds(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, feeds::page).await
}

async fn replay_feed(
    State(registry): Reg,
    Path(name): Path<String>,
    visit: Visit,
    body: Body,
) -> Response {
    order_feed(registry, name, visit, body, feeds::replay).await
}

async fn watch_feed(
    State(registry): Reg,
    Path(name): Path<String>,
    visit: Visit,
    body: Body,
) -> Response {
    order_feed(registry, name, visit, body, feeds::watch).await
}

/// Does what a form asks of a webhook, and leads to where that is seen.
async fn order_feed(
    registry: Arc<Registry>,
    name: String,
    visit: Visit,
    body: Body,
    order: fn(&Registry, &Visit, &str) -> Result<String, Fault>,
) -> Response {
    let form = certificate_ask::form(body).await.unwrap_or_default();
    let visit = visit.with_form(&form);
    let (asked, again) = (Arc::clone(&registry), visit.clone());
    let done = tokio::task::spawn_blocking(move || order(&asked, &again, &name)).await;
    match done {
        Ok(Ok(path)) => visit.lead_to(&path),
        Ok(Err(fault)) => refuse(registry, visit, fault).await,
        Err(fault) => refuse(registry, visit, Fault::Internal(fault.to_string())).await,
    }
}

async fn list_findings(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        Ok(finding::catalogue(registry, visit))
    })
    .await
}

async fn show_finding(State(registry): Reg, Path(code): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let code = code.parse().map_err(|_| Fault::NotFound)?;
        finding::page(registry, visit, code)
    })
    .await
}

async fn show_work(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, work::page).await
}

async fn show_amounts_of_work(State(registry): Reg, visit: Visit, body: Body) -> Response {
    let visit = visit.with_posted(&act::posted(body).await.unwrap_or_default());
    answer(registry, visit, work::page).await
}

async fn show_amounts_of_table(State(registry): Reg, visit: Visit, body: Body) -> Response {
    let visit = visit.with_posted(&act::posted(body).await.unwrap_or_default());
    answer(registry, visit, supervisor::page).await
}

async fn show_amounts_of_lines(State(registry): Reg, visit: Visit, body: Body) -> Response {
    let visit = visit.with_posted(&act::posted(body).await.unwrap_or_default());
    answer(registry, visit, lines::page).await
}

async fn show_statistics(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, supervisor::page).await
}

async fn show_statistics_lines(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, lines::page).await
}

async fn show_signing(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, signing::page).await
}

async fn sign_posted(State(registry): Reg, visit: Visit, body: Body) -> Response {
    let visit = visit.with_posted(&act::posted(body).await.unwrap_or_default());
    answer(registry, visit, signing::page).await
}

async fn show_import(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, import::page).await
}

async fn show_registrar(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, registrar::page).await
}

async fn show_rules(State(registry): Reg, Path(kind): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        rules_of::page(registry, visit, &kind)
    })
    .await
}

async fn show_openings(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let id = PledgeId::parse(&id).ok_or(Fault::NotFound)?;
        openings::page(registry, visit, id)
    })
    .await
}

async fn show_person(State(registry): Reg, Path(id): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let id = PartyId::parse(&id).ok_or(Fault::NotFound)?;
        openings::person_page(registry, visit, id)
    })
    .await
}

async fn show_sign_in(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        Ok(sign_in::page(registry, visit))
    })
    .await
}

async fn end_session(State(registry): Reg, visit: Visit) -> Response {
    sign_in::end(&registry, &visit)
}

async fn show_verify(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, |registry, visit| {
        Ok(verifier::page(registry, visit))
    })
    .await
}

async fn show_log(State(registry): Reg, visit: Visit) -> Response {
    answer(registry, visit, log::page).await
}

async fn show_entry(State(registry): Reg, Path(index): Path<String>, visit: Visit) -> Response {
    answer(registry, visit, move |registry, visit| {
        let index = crate::primitives::id::parse_index(&index).ok_or(Fault::NotFound)?;
        log::entry(registry, visit, index)
    })
    .await
}
