//! The inbox of drafts: commands that wait for signatures, for those whom their payloads name.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::domain::envelope::Place;
use crate::http::answer::{json, json_with, page, read};
use crate::http::extract::{CommandBody, JsonBody, Named, Params};
use crate::http::gate::Member;
use crate::http::openings::read_json;
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    BodyProblems, DeclineRequest, Draft, DraftPage, DraftProblems, DraftView, DraftWhole,
    MemberProblems, OpeningReadPage, QuotaProblems, ReadProblems, UnknownProblems,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::Fields;
use crate::primitives::id::parse_index;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::drafts::{Declined, DraftFault, KeptDraft, Put};

impl From<DraftFault> for Problem {
    fn from(fault: DraftFault) -> Self {
        match fault {
            DraftFault::Door(fault) => fault.into(),
            DraftFault::NotYours(why) => Self::of(Kind::Forbidden).because(why),
            DraftFault::Absent(hash) => {
                let why = format!("the inbox has no draft {hash} for you");
                Self::of(Kind::NotFound).because(why)
            }
            DraftFault::Decided(index) => Self::decided(index),
            DraftFault::Full(whose) => {
                let why = format!("it has {whose}; withdraw some, or wait until they end");
                Self::of(Kind::InboxFull).because(why)
            }
            DraftFault::TooMany(seconds) => Self::of(Kind::TooManyRequests).retry_after(seconds),
            DraftFault::Service(fault) => fault.into(),
        }
    }
}

/// Put a draft, or more signatures to it, into the inbox
///
/// The body is a draft as `greenlien sign` and the page `/sign` write it; it may lack signatures. For a party that gives the
/// command or signs it. Every signature that is there is checked. A draft with the same payload is the same draft: the one in
/// the inbox gets the signatures that it lacks. Nothing is submitted; whoever has the last signature does that.
#[utoipa::path(
    post, path = "/v1/drafts", tag = "drafts", request_body = Draft,
    responses(
        (status = 201, description = "it is in the inbox", body = DraftView),
        (status = 200, description = "it was there; it has the signatures of both now", body = DraftView),
        DraftProblems,
        BodyProblems,
    )
)]
pub(crate) async fn add_draft(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    read(registry, move |registry| {
        let (kept, put) = registry.put_draft(&session, body)?;
        let status = match put {
            Put::New => StatusCode::CREATED,
            Put::Joined => StatusCode::OK,
        };
        Ok(json_with(status, view(&kept).to_canonical()))
    })
    .await
}

/// The drafts that one may sign, or has put here
///
/// Without their hidden values.
#[utoipa::path(
    get, path = "/v1/drafts", tag = "drafts",
    params(
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, in the order in which they came", body = DraftPage), ReadProblems)
)]
pub(crate) async fn list_drafts(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    mut params: Params,
) -> Result<Response, Problem> {
    let (after, limit) = after_and_limit(&mut params)?;
    params.finish()?;
    let rows = read(registry, move |registry| {
        Ok(registry.drafts_of(session.org, after, limit.saturating_add(1))?)
    });
    let mut rows = rows.await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|last| last.number);
    let next = next.map(|next| (next, format!("/v1/drafts?after={next}&limit={limit}")));
    Ok(page(rows.iter().map(view).collect(), next))
}

/// A draft with its signatures and hidden values
///
/// For those whom its payload names as signers, and for its depositor. `file` is the draft to be signed and put back. Where it
/// hides values, the access is written down before the answer is given.
#[utoipa::path(
    get, path = "/v1/drafts/{draft}", tag = "drafts",
    params(("draft" = String, Path, description = "the SHA-256 of its payload")),
    responses((status = 200, description = "the draft", body = DraftWhole), UnknownProblems, MemberProblems, QuotaProblems, ReadProblems)
)]
pub(crate) async fn get_draft(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(draft): Named<String>,
) -> Result<Response, Problem> {
    let hash = parse(&draft)?;
    read(registry, move |registry| {
        let kept = registry.show_draft(&session, hash)?;
        let whole = view(&kept).with("file", Some(kept.draft.to_json()));
        Ok(json(whole.to_canonical()))
    })
    .await
}

/// Take a draft back
///
/// For the party that put it into the inbox. The signatures that it has stay valid: what was signed can be submitted until its
/// `exp` by whoever has it.
#[utoipa::path(
    delete, path = "/v1/drafts/{draft}", tag = "drafts",
    params(("draft" = String, Path, description = "the SHA-256 of its payload")),
    responses((status = 204, description = "it is gone"), UnknownProblems, MemberProblems, QuotaProblems, ReadProblems)
)]
pub(crate) async fn end_draft(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(draft): Named<String>,
) -> Result<Response, Problem> {
    let hash = parse(&draft)?;
    read(registry, move |registry| {
        registry.withdraw_draft(&session, hash)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    })
    .await
}

/// Say that one will not sign
///
/// For a party that the payload names as a signer. The draft stays, with the reason, until its depositor takes it back or it
/// ends; who signs it after all takes the refusal back.
#[utoipa::path(
    post, path = "/v1/drafts/{draft}/decline", tag = "drafts", request_body = DeclineRequest,
    params(("draft" = String, Path, description = "the SHA-256 of its payload")),
    responses((status = 200, description = "the draft", body = DraftView), UnknownProblems, QuotaProblems, BodyProblems)
)]
pub(crate) async fn add_draft_decline(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(draft): Named<String>,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    let hash = parse(&draft)?;
    let mut fields = Fields::open("", body)?;
    let reason = fields.parsed("reason", REASON_FORM, parse_reason)?;
    fields.finish()?;
    read(registry, move |registry| {
        let kept = registry.decline_draft(&session, hash, &reason)?;
        Ok(json(view(&kept).to_canonical()))
    })
    .await
}

/// Who has seen the hidden values of a draft
///
/// For those who see the draft. When an entry registers what it hides, the list goes on with that of the record.
#[utoipa::path(
    get, path = "/v1/drafts/{draft}/reads", tag = "drafts",
    params(
        ("draft" = String, Path, description = "the SHA-256 of its payload"),
        ("after" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, oldest first", body = OpeningReadPage), UnknownProblems, ReadProblems)
)]
pub(crate) async fn list_draft_reads(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(draft): Named<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let hash = parse(&draft)?;
    let (after, limit) = after_and_limit(&mut params)?;
    params.finish()?;
    let rows = read(registry, move |registry| {
        Ok(registry.draft_reads(&session, hash, after, limit.saturating_add(1))?)
    });
    let mut rows = rows.await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|last| last.number);
    let next = next.map(|next| {
        let path = format!("/v1/drafts/{hash}/reads?after={next}&limit={limit}");
        (next, path)
    });
    Ok(page(rows.iter().map(read_json).collect(), next))
}

/// What a reason may be; completes "must be ...".
const REASON_FORM: &str = "one printable line of 1 to 200 characters";

fn parse_reason(text: &str) -> Option<String> {
    let length = text.chars().count();
    let is_printable = !text.chars().any(char::is_control) && text.trim() == text;
    let is_short = (1..=limits::DRAFT_REASON_CHARS_MAX).contains(&length);
    (is_printable && is_short).then(|| text.to_owned())
}

fn after_and_limit(params: &mut Params) -> Result<(Option<u64>, usize), Problem> {
    let after = params.parsed("after", "the cursor of the page before", parse_index)?;
    Ok((after, params.limit()?))
}

fn parse(draft: &str) -> Result<Hash, Problem> {
    let form = "must be the SHA-256 of a payload in 64 lowercase hexadecimal digits";
    Hash::from_hex(draft).ok_or_else(|| Problem::field("draft", form))
}

fn view(kept: &KeptDraft) -> Json {
    let command = &kept.draft.command;
    let count = |count: usize| Json::count(u64::try_from(count).unwrap_or(u64::MAX));
    Json::object([
        ("cmd", Json::Text(command.cmd.to_string())),
        ("declined", Json::list(kept.declined.iter().map(declined))),
        ("deposited", Json::Text(kept.deposited.to_string())),
        ("depositor", Json::Text(kept.depositor.to_string())),
        ("draft", Json::Text(kept.hash.to_string())),
        ("exp", Json::Text(command.exp.to_string())),
        ("hides", count(kept.hides())),
        ("missing", count(kept.missing())),
        ("number", Json::count(kept.number)),
        ("org", Json::Text(command.org.to_string())),
        ("person", Json::text(&*kept.person)),
        ("signers", Json::list(kept.places.iter().map(place))),
        ("type", Json::text(command.body.type_name())),
    ])
}

fn place(place: &Place) -> Json {
    Json::object([
        ("org", Json::Text(place.signer.org.to_string())),
        ("role", Json::text(place.signer.role.name())),
    ])
    .with("kid", place.kid.map(|kid| Json::Text(kid.to_string())))
}

fn declined(declined: &Declined) -> Json {
    Json::object([
        ("org", Json::Text(declined.org.to_string())),
        ("person", Json::text(&*declined.person)),
        ("reason", Json::text(&*declined.reason)),
        ("time", Json::Text(declined.time.to_string())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_printable_line() {
        let most = "因".repeat(limits::DRAFT_REASON_CHARS_MAX);
        for good in ["x", "数量与合同不符", most.as_str()] {
            assert_eq!(parse_reason(good).as_deref(), Some(good));
        }
        let longer = format!("{most}因");
        for bad in ["", " x", "a\nb", longer.as_str()] {
            assert_eq!(parse_reason(bad), None, "{bad}");
        }
        assert!(REASON_FORM.contains(&limits::DRAFT_REASON_CHARS_MAX.to_string()));
    }
}
