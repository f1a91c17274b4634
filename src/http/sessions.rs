//! Signing in and out: a challenge, its signature, and a session that is a token for a program and a cookie for a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::http::answer::{header, json, json_with, read};
use crate::http::extract::{CommandBody, JsonBody};
use crate::http::gate::{Visitor, is_same_site, sign_in_first};
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    BodyProblems, Challenge, ChallengeRequest, MemberProblems, QuotaProblems, ServiceProblems,
    SessionView, SignInProblems, SignInRequest,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{KeyId, Signature};
use crate::primitives::field::Fields;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::sessions::{Carrier, Session, SignInFault, cookie, form_token};

/// No cache keeps what belongs to one session.
const NO_STORE: &str = "no-store";

impl From<SignInFault> for Problem {
    fn from(fault: SignInFault) -> Self {
        match fault {
            SignInFault::Denied => Self::of(Kind::SignInDenied)
                .because("the challenge is not ours, has ended or was used, or its signature is not by a present key of the party"),
            SignInFault::TooMany(seconds) => Self::of(Kind::TooManyRequests).retry_after(seconds),
            SignInFault::Service(fault) => fault.into(),
        }
    }
}

/// A text to sign
///
/// Whether party and key exist is told only to who can sign. Sign the text as it is, with Ed25519; before, look that it begins
/// with `greenlien/session/v1|` and names your registry, your party and your key.
#[utoipa::path(
    post, path = "/v1/sessions/challenge", tag = "sessions", request_body = ChallengeRequest,
    responses((status = 200, description = "the text, and when it ends", body = Challenge), BodyProblems, QuotaProblems)
)]
pub(crate) async fn make_challenge(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    registry.count_sign_in(&visitor.address)?;
    let mut fields = Fields::open("", body)?;
    let org = fields.parsed("org", "a party such as M9", PartyId::parse)?;
    let kid = KeyId(fields.hash("kid")?);
    fields.finish()?;
    let (challenge, ends) = registry.challenge(org, kid)?;
    let answer = Json::object([
        ("challenge", Json::Text(challenge)),
        ("ends", Json::Text(ends.to_string())),
    ]);
    Ok(header(json(answer.to_canonical()), CACHE_CONTROL, NO_STORE))
}

/// Sign in
///
/// A program gets a token, for `Authorization: Bearer`. A browser, which says where its page is from, gets a cookie that no
/// script can read, and the form token that its pages send along; the token itself is not shown to it. Every sign-in makes a
/// new session, and ends the one that the request came with.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "sessions", request_body = SignInRequest,
    responses((status = 201, description = "the session", body = SessionView), BodyProblems, SignInProblems)
)]
pub(crate) async fn open_session(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    headers: HeaderMap,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    registry.count_sign_in(&visitor.address)?;
    let from_browser = is_same_site(&headers);
    if from_browser == Some(false) {
        // Another site must not sign a person in as somebody else.
        let why = "a browser signs in from a page of this site";
        return Err(Problem::of(Kind::Forbidden).because(why));
    }
    let mut fields = Fields::open("", body)?;
    let challenge = fields.text("challenge")?;
    let signature = Signature(fields.hex("signature")?);
    fields.finish()?;
    let carrier = match from_browser {
        None => Carrier::Token,
        Some(_) => visitor.transport.cookie(),
    };
    let work = move |registry: &Registry| Ok(registry.sign_in(&challenge, &signature, carrier)?);
    let (token, session) = read(Arc::clone(&registry), work).await?;
    if let Some((_, earlier)) = visitor.session {
        registry.sign_out(&earlier);
    }
    let view = view(&session, &token);
    let answer = if let Some(cookie) = cookie(&token, limits::SESSION_SECONDS, carrier) {
        let answer = json_with(StatusCode::CREATED, view.to_canonical());
        header(answer, SET_COOKIE, &cookie)
    } else {
        let view = view.with("token", Some(Json::Text(token)));
        json_with(StatusCode::CREATED, view.to_canonical())
    };
    Ok(header(answer, CACHE_CONTROL, NO_STORE))
}

/// The session of the request
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions",
    responses((status = 200, description = "the session", body = SessionView), ServiceProblems)
)]
pub(crate) async fn get_session(visitor: Visitor) -> Result<Response, Problem> {
    let (session, token) = visitor.session.ok_or_else(sign_in_first)?;
    Ok(json(view(&session, &token).to_canonical()))
}

/// Sign out
#[utoipa::path(
    delete, path = "/v1/sessions", tag = "sessions",
    responses((status = 204, description = "the session has ended"), MemberProblems, ServiceProblems)
)]
pub(crate) async fn end_session(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let (_, token) = visitor.session.ok_or_else(sign_in_first)?;
    registry.sign_out(&token);
    let mut answer = StatusCode::NO_CONTENT.into_response();
    for carrier in [Carrier::SecureCookie, Carrier::PlainCookie] {
        let gone = cookie("", 0, carrier).and_then(|gone| gone.parse().ok());
        if let Some(gone) = gone {
            answer.headers_mut().append(SET_COOKIE, gone);
        }
    }
    Ok(answer)
}

fn view(session: &Session, token: &str) -> Json {
    Json::object([
        ("ends", Json::Text(session.ends.to_string())),
        ("form_token", Json::Text(form_token(token))),
        ("kid", Json::Text(session.kid.to_string())),
        ("org", Json::Text(session.org.to_string())),
        ("person", Json::text(&*session.person)),
    ])
}
