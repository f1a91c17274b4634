//! The log as C2SP tlog-tiles serve it, single entries with their proofs, and consistency proofs.
//!
//! Tiles and entries are fixed for ever, so caches may keep them; the checkpoint, and what rests on it, changes with every
//! group.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::http::answer::{gzip, header, immutable, json, read, takes_gzip};
use crate::http::extract::{Named, Params};
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    Consistency, Entry, LogState, ReadProblems, ServiceProblems, UnknownProblems,
};
use crate::ledger::tile::{TileId, TileLevel};
use crate::primitives::canonical::Json;
use crate::primitives::id::{EntryIndex, INDEX_FORM, parse_index};
use crate::primitives::time::Timestamp;
use crate::service::cosign::WitnessState;
use crate::service::{Published, Registry};

/// A cache may hold the checkpoint for so long: a reader sees a new group within two seconds.
const CHECKPOINT_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=2");

/// The media type of notes and of the proofs that carry one.
const NOTE_TYPE: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The media type of tiles and bundles.
const TILE_TYPE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The signed checkpoint
///
/// With witnesses, the newest one that their quorum has cosigned, with their lines; until the first, and without witnesses,
/// the newest one under the signature of the log alone.
#[utoipa::path(
    get, path = "/checkpoint", tag = "log",
    responses(
        (status = 200, description = "a C2SP signed note", body = String, content_type = "text/plain; charset=utf-8"),
        ServiceProblems,
    )
)]
pub(crate) async fn get_checkpoint(
    State(registry): State<Arc<Registry>>,
) -> Result<Response, Problem> {
    let note = read(registry, |registry| {
        let cosigned = registry.cosigned();
        Ok(cosigned.unwrap_or_else(|| registry.published()).checkpoint)
    })
    .await?;
    Ok(note_answer(note.to_string()))
}

/// Answers with a text that the next checkpoint replaces.
fn note_answer(text: String) -> Response {
    let headers = [(CONTENT_TYPE, NOTE_TYPE), (CACHE_CONTROL, CHECKPOINT_CACHE)];
    (headers, text).into_response()
}

/// Where the log stands
///
/// The newest signed checkpoint, the newest cosigned one, and what the witnesses last did. A head that is signed and not yet
/// cosigned stands here and in receipts; `/checkpoint` waits for the quorum.
#[utoipa::path(
    get, path = "/v1/log", tag = "log",
    responses((status = 200, description = "heads and witnesses", body = LogState), ServiceProblems)
)]
pub(crate) async fn get_log(State(registry): State<Arc<Registry>>) -> Result<Response, Problem> {
    let answer = read(registry, |registry| {
        let cosigned = registry.cosigned();
        let witnesses = registry.witnesses();
        let keys = registry.signing_vkeys();
        let late = registry.no_quorum_since();
        let adopted = registry.adopted_policies(registry.now())?;
        let adopted = adopted.into_iter().map(Json::count);
        Ok(Json::object([
            ("keys", Json::list(keys.into_iter().map(Json::Text))),
            ("origin", Json::text(registry.origin())),
            ("signed", head_json(&registry.published())),
        ])
        .with("cosigned", cosigned.as_ref().map(head_json))
        .with(
            "no_quorum_since",
            late.map(|since| Json::Text(since.to_string())),
        )
        .with("policies", (adopted.len() > 0).then(|| Json::list(adopted)))
        .with(
            "witnesses",
            registry
                .has_witnesses()
                .then(|| Json::list(witnesses.iter().map(witness_json))),
        ))
    })
    .await?;
    let response = json(answer.to_canonical());
    Ok(header(response, CACHE_CONTROL, "no-store"))
}

fn head_json(head: &Published) -> Json {
    Json::object([
        ("checkpoint", Json::text(&*head.checkpoint)),
        ("root", Json::Text(head.root.to_string())),
        ("size", Json::count(head.size)),
        ("time", Json::Text(head.time.to_string())),
    ])
}

fn witness_json((name, state): &(String, WitnessState)) -> Json {
    let instant = |seconds: u64| Timestamp::from_micros(0).plus_seconds(seconds).to_string();
    let (cosigned, fault) = (state.cosigned.as_ref(), state.fault.as_ref());
    Json::object([("name", Json::text(name))])
        .with("size", cosigned.map(|(size, _)| Json::count(*size)))
        .with(
            "cosigned_at",
            cosigned.map(|(_, seconds)| Json::Text(instant(*seconds))),
        )
        .with("fault", fault.map(|(why, _)| Json::text(why)))
        .with("fault_at", fault.map(|(_, at)| Json::Text(at.to_string())))
}

/// A tile of hashes, or a bundle of entries
///
/// `tile/<L>/<N>` and `tile/entries/<N>`, with `.p/<W>` where the tile is partial (C2SP tlog-tiles). A bundle is compressed for
/// who takes gzip; hashes do not compress.
#[utoipa::path(
    get, path = "/tile/{*path}", tag = "log",
    params(("path" = String, Path, description = "`<L>/<N>` or `entries/<N>`, with or without `.p/<W>`", example = "0/000")),
    responses(
        (status = 200, description = "the bytes; they never change", body = Vec<u8>, content_type = "application/octet-stream"),
        UnknownProblems,
        ServiceProblems,
    )
)]
pub(crate) async fn get_tile(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    // The path as it was sent: a percent-encoded spelling or a query would be a second name of the tile.
    let name = uri.path_and_query().map_or("", |sent| sent.as_str());
    let tile = TileId::parse(name.strip_prefix('/').unwrap_or_default()).ok_or_else(|| {
        Problem::of(Kind::NotFound).because("this is not the name of a tile (C2SP tlog-tiles)")
    })?;
    let is_bundle = tile.level == TileLevel::Entries;
    let compress = is_bundle && headers.get(ACCEPT_ENCODING).is_some_and(takes_gzip);
    let bytes = read(registry, move |registry| {
        let absent = || Problem::of(Kind::NotFound).because(format!("the log has no {tile}"));
        let bytes = registry.tile(tile)?.ok_or_else(absent)?;
        if compress {
            gzip(&bytes).map_err(|fault| Problem::internal(&fault))
        } else {
            Ok(bytes)
        }
    })
    .await?;
    let mut response = ([(CONTENT_TYPE, TILE_TYPE)], bytes).into_response();
    if is_bundle {
        response = header(response, VARY, ACCEPT_ENCODING.as_str());
    }
    if compress {
        response = header(response, CONTENT_ENCODING, "gzip");
    }
    Ok(immutable(response))
}

/// The bytes of one entry
#[utoipa::path(
    get, path = "/v1/entries/{index}", tag = "log",
    params(("index" = u64, Path, description = "the position in the log, from 0")),
    responses(
        (status = 200, description = "the canonical JSON of the entry, exactly as it was hashed", body = Entry),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_entry(
    State(registry): State<Arc<Registry>>,
    Named(index): Named<String>,
) -> Result<Response, Problem> {
    let index = entry_index(&index)?;
    let bytes = read(registry, move |registry| {
        // An entry may be stored a moment before its checkpoint is signed; until then it is not there.
        if index >= registry.published().size {
            return Err(Problem::of(Kind::NotFound).because(format!("entry {index} is not found")));
        }
        Ok(registry.entry(index)?)
    })
    .await?;
    let media_type = HeaderValue::from_static("application/json");
    Ok(immutable(
        ([(CONTENT_TYPE, media_type)], bytes).into_response(),
    ))
}

fn entry_index(text: &str) -> Result<EntryIndex, Problem> {
    parse_index(text).ok_or_else(|| Problem::field("index", format!("must be {INDEX_FORM}")))
}

/// The proof that an entry is in the log
///
/// A C2SP tlog-proof: the place, the inclusion proof and the newest checkpoint. `greenlien verify` checks it with the entry.
#[utoipa::path(
    get, path = "/v1/entries/{index}/proof", tag = "log",
    params(("index" = u64, Path, description = "the position in the log, from 0")),
    responses(
        (status = 200, description = "the proof file", body = String, content_type = "text/plain; charset=utf-8"),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_entry_proof(
    State(registry): State<Arc<Registry>>,
    Named(index): Named<String>,
) -> Result<Response, Problem> {
    let index = entry_index(&index)?;
    let text = read(registry, move |registry| Ok(registry.proof_file(index)?)).await?;
    let disposition = format!("attachment; filename=\"entry-{index}.tlog-proof\"");
    Ok(header(note_answer(text), CONTENT_DISPOSITION, &disposition))
}

/// The proof that an older log is a prefix of a newer one
#[utoipa::path(
    get, path = "/v1/checkpoints/consistency", tag = "log",
    params(
        ("old" = u64, Query, description = "the older size, from 1"),
        ("new" = Option<u64>, Query, description = "the newer size; the published one if absent"),
    ),
    responses((status = 200, description = "the proof (RFC 6962 section 2.1.2)", body = Consistency), ReadProblems)
)]
pub(crate) async fn get_consistency(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    let old = params
        .count("old")?
        .ok_or_else(|| Problem::field("old", "is missing"))?;
    let new = params.count("new")?;
    params.finish()?;
    let answer = read(registry, move |registry| {
        let size = registry.published().size;
        let new = new.unwrap_or(size);
        if new > size {
            let reason = format!("must be within the published log of {size} entries");
            return Err(Problem::field("new", reason));
        }
        let proof = registry.consistency(old, new)?;
        Ok(Json::object([
            ("old", Json::count(old)),
            ("new", Json::count(new)),
            (
                "proof",
                Json::list(proof.iter().map(|hash| Json::Text(hash.to_string()))),
            ),
        ]))
    })
    .await?;
    let mut response = json(answer.to_canonical());
    response
        .headers_mut()
        .insert(CACHE_CONTROL, CHECKPOINT_CACHE);
    Ok(response)
}
