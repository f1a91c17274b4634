//! The gate before every request: who asks, and whether the registry's rules let that be answered.
//!
//! A program shows its session as a bearer token, a browser as a cookie. A browser sends the cookie along with whatever
//! another site makes it send, so a request that changes something must come from this site and carry the form token too.
//! In a registry that is not public everything but a short list of paths is for members: a path that is added later is closed
//! until somebody opens it here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, ORIGIN,
    WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::http::answer::read;
use crate::http::extract::drain;
use crate::http::form_token;
use crate::http::person;
use crate::http::problem::{Kind, Problem, SIGN_IN_SCHEME};
use crate::http::server::Peer;
use crate::service::Registry;
use crate::service::certificates::Asker;
use crate::service::sessions::{
    Carrier, PLAIN_COOKIE, SECURE_COOKIE, Session, SignedIn, form_token as token_of,
};

/// What a script sends beside the cookie.
const FORM_TOKEN: HeaderName = HeaderName::from_static("x-form-token");
/// Paths of programs, which send headers: no field of a body counts there.
const PROGRAM_PATHS: &str = "/v1/";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How the client came to a proxy: `http` or `https`.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Paths that are open in every registry: what proves the log without its content, what carries its own authority, what operators
/// ask, and what checks a file or explains a number without looking anything up.
const OPEN_PATHS: [&str; 17] = [
    "/checkpoint",
    "/docs",
    "/findings",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/sign-in",
    "/reference",
    "/v1/checkpoints/consistency",
    "/v1/commands",
    "/v1/commands:batch",
    "/v1/log",
    "/v1/sessions",
    "/v1/sessions/challenge",
    "/verify",
    "/verify/offline.html",
];
/// Beginnings of such paths.
const OPEN_BEGINNINGS: [&str; 4] = [ASSETS, "/findings/", "/reference/", "/tile/"];
/// What pages are drawn with, the same for everybody.
const ASSETS: &str = "/assets/";
/// Beginnings of the paths of certificates, behind which a code stands.
const CODE_BEGINNINGS: [&str; 2] = ["/certificates/", "/v1/certificates/"];
/// What begins like one and holds entries.
const CLOSED_BEGINNING: &str = "/tile/entries/";

/// What the gate must know.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) registry: Arc<Registry>,
    /// Proxies whose word about the address of a client is taken.
    pub(crate) proxies: Arc<[IpAddr]>,
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visitor {
    /// The session and its token, if there is one.
    pub(crate) session: Option<(Session, String)>,
    /// Where the request comes from, for quotas: an IPv4 address, or the network of an IPv6 one.
    pub(crate) address: String,
    /// How it came.
    pub(crate) transport: Transport,
}

impl Visitor {
    /// Whose share of what is there for everybody the request takes.
    fn asker(&self) -> Asker {
        match &self.session {
            Some((session, _)) => Asker::Member(session.org),
            None => Asker::Visitor(self.address.clone()),
        }
    }
}

/// How a browser came to the site.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Transport {
    /// Under https.
    Secure,
    /// Under plain http, or nothing says how.
    #[default]
    Plain,
}

impl Transport {
    /// Returns the cookie that a browser may show that came so: under https never the one that anybody on the network can set.
    pub(crate) fn cookie(self) -> Carrier {
        match self {
            Self::Secure => Carrier::SecureCookie,
            Self::Plain => Carrier::PlainCookie,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        // The gate stands before every route; without it there is nobody.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// A visitor who is signed in.
pub(crate) struct Member(pub(crate) Session);

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let session = visitor.session.map(|(session, _)| session);
        session.map(Self).ok_or_else(sign_in_first)
    }
}

/// The answer to who is not signed in.
pub(crate) fn sign_in_first() -> Problem {
    Problem::of(Kind::SignInRequired)
        .because("sign a challenge first: POST /v1/sessions/challenge, then POST /v1/sessions")
}

/// Lets a request pass, or answers it.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (in_form, mut request) = if is_form(&request) {
        form_token::taken(request).await
    } else {
        (None, request)
    };
    let shown = match Shown::of(&gate, &request, in_form) {
        Ok(shown) => shown,
        Err(problem) => return refused(problem, request).await,
    };
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let visitor = match gate.visitor(shown, &method, &headers).await {
        Ok(visitor) => visitor,
        Err(problem) => return refused(problem, request).await,
    };
    let is_private = !gate.registry.genesis().public && !is_open(request.uri().path());
    let asker = visitor.asker();
    if is_private && visitor.session.is_none() {
        let shown = if is_by_code(&method, request.uri().path()) {
            let taken = gate.registry.take_lookup(&asker);
            taken.map_err(|seconds| Problem::of(Kind::TooManyRequests).retry_after(seconds))
        } else {
            Err(sign_in_first())
        };
        if let Err(problem) = shown {
            return refused(problem, request).await;
        }
    }
    request.extensions_mut().insert(asker);
    let is_personal = is_private || (visitor.session.is_some() && !is_asset(request.uri().path()));
    if let Some((session, token)) = visitor.session.clone() {
        request.extensions_mut().insert(SignedIn { session, token });
    }
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    if is_personal {
        let kept = HeaderValue::from_static("private, no-store");
        response.headers_mut().insert(CACHE_CONTROL, kept);
    }
    response
}

/// What a request shows of who sends it.
struct Shown {
    /// The token of a session, and how it came.
    token: Option<(String, Carrier)>,
    /// The form token that it carries.
    carried: Option<String>,
    address: String,
    transport: Transport,
}

impl Shown {
    fn of(gate: &Gate, request: &Request, in_form: Option<String>) -> Result<Self, Problem> {
        let headers = request.headers();
        let by_script = headers.get(FORM_TOKEN).map(|value| value.to_str());
        let by_script = by_script.and_then(|value| value.ok().map(str::to_owned));
        let by_program = bearer(headers)?.map(|token| (token, Carrier::Token));
        let transport = gate.transport(request);
        Ok(Self {
            token: by_program.or_else(|| cookie(headers, transport)),
            carried: by_script.or(in_form),
            address: gate.address(request),
            transport,
        })
    }
}

impl Gate {
    async fn visitor(
        &self,
        Shown {
            token,
            carried,
            address,
            transport,
        }: Shown,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Visitor, Problem> {
        let Some((token, carrier)) = token else {
            return Ok(Visitor {
                session: None,
                address,
                transport,
            });
        };
        let asked = token.clone();
        let find = move |registry: &Registry| Ok(registry.session(&asked, carrier)?);
        let session = read(Arc::clone(&self.registry), find).await?;
        let by_cookie = carrier != Carrier::Token;
        if session.is_none() && !by_cookie {
            // A program must learn that its session has ended; a browser is a visitor again.
            return Err(sign_in_first());
        }
        if session.is_some() && by_cookie {
            check_site(
                method,
                headers,
                carried.is_some_and(|sent| sent == token_of(&token)),
            )?;
        }
        Ok(Visitor {
            session: session.map(|session| (session, token)),
            address,
            transport,
        })
    }

    /// How the browser came: what a proxy of ours says of its client, or what the browser's own headers show.
    fn transport(&self, request: &Request) -> Transport {
        let (headers, peer) = (request.headers(), request.extensions().get::<Peer>());
        let by_proxy = peer.is_some_and(|Peer(peer)| self.is_proxy(peer.ip().to_canonical()))
            && headers
                .get(FORWARDED_PROTO)
                .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        if by_proxy || is_secure(headers) {
            Transport::Secure
        } else {
            Transport::Plain
        }
    }

    fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxies.contains(&peer)
    }

    /// The address of the client: the peer's, or what a proxy of ours has added last. What stands before it is the client's
    /// own word.
    fn address(&self, request: &Request) -> String {
        let peer = request.extensions().get::<Peer>();
        let Some(peer) = peer.map(|Peer(peer)| peer.ip().to_canonical()) else {
            return String::new();
        };
        let forwarded = request.headers().get_all(FORWARDED_FOR).iter().next_back();
        let last = forwarded
            .filter(|_| self.is_proxy(peer))
            .and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        match last.unwrap_or(peer) {
            IpAddr::V4(address) => address.to_string(),
            // One household or office has a whole network of 64 bits.
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Says whether a path is that of something which pages are drawn with: whoever asks gets the same, and may keep it.
pub(crate) fn is_asset(path: &str) -> bool {
    path.starts_with(ASSETS)
}

/// Says whether a path is open in every registry.
fn is_open(path: &str) -> bool {
    OPEN_PATHS.contains(&path)
        || (OPEN_BEGINNINGS.iter().any(|begin| path.starts_with(begin))
            && !path.starts_with(CLOSED_BEGINNING))
}

/// Says whether a certificate is asked for by its code: who was handed one, such as a court, may compare it with the register's
/// own, whoever else may read the register. Nothing else is found without a code, and no code is found by trying.
fn is_by_code(method: &Method, path: &str) -> bool {
    let code = CODE_BEGINNINGS
        .iter()
        .find_map(|begin| path.strip_prefix(begin));
    let is_named = code.is_some_and(|code| !code.is_empty() && !code.contains('/'));
    is_named && matches!(*method, Method::GET | Method::HEAD)
}

/// Reads `Authorization: Bearer <token>`; another scheme is a mistake that must not pass for no session.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let token = text.split_once(' ').and_then(|(scheme, token)| {
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.trim())
    });
    token.map(|token| Some(token.to_owned())).ok_or_else(|| {
        sign_in_first().because("the header must be `Authorization: Bearer` and a token")
    })
}

/// Reads the cookie of a session. One that anybody on the network can set counts only under plain http; one that nobody else
/// can set stands before it.
fn cookie(headers: &HeaderMap, transport: Transport) -> Option<(String, Carrier)> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs: Vec<(&str, &str)> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .collect();
    let value = |name: &str, carrier: Carrier| {
        let (_, value) = pairs.iter().find(|(known, _)| *known == name)?;
        Some(((*value).to_owned(), carrier))
    };
    value(SECURE_COOKIE, Carrier::SecureCookie).or_else(|| match transport {
        Transport::Secure => None,
        Transport::Plain => value(PLAIN_COOKIE, Carrier::PlainCookie),
    })
}

/// Says whether a request may be a form of a page, which begins with its token because it has no headers.
fn is_form(request: &Request) -> bool {
    let (headers, path) = (request.headers(), request.uri().path());
    *request.method() == Method::POST
        && headers.contains_key(COOKIE)
        && !headers.contains_key(FORM_TOKEN)
        && !path.starts_with(PROGRAM_PATHS)
}

/// Checks that a request under a cookie that may change something was meant: sent by a page of this site, with the token
/// that only such a page can read.
fn check_site(method: &Method, headers: &HeaderMap, is_carried: bool) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if is_same_site(headers) == Some(true) && is_carried {
        return Ok(());
    }
    let why = "under a cookie, a request that changes something must come from a page of this site, with its X-Form-Token";
    Err(Problem::of(Kind::Forbidden).because(why))
}

/// Says whether a browser says that a page of this site has sent the request; nothing if no browser says anything.
pub(crate) fn is_same_site(headers: &HeaderMap) -> Option<bool> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let by_fetch = text(&SEC_FETCH_SITE).map(|site| site == "same-origin");
    let by_origin = text(&ORIGIN).map(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && host == text(&HOST)
    });
    match (by_fetch, by_origin) {
        (None, None) => None,
        (fetch, origin) => Some(fetch != Some(false) && origin != Some(false)),
    }
}

/// Says whether a browser shows that it came under https: by the origin of its page, or because it says where the page is from
/// at all, which browsers do under https and for their own machine alone (Fetch Metadata section 2).
fn is_secure(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(&ORIGIN).and_then(|origin| origin.split_once("://")) {
        Some((scheme, _)) => scheme == "https",
        None => headers.contains_key(SEC_FETCH_SITE) && !text(&HOST).is_some_and(is_own_machine),
    }
}

/// Says whether a host is the machine itself, which browsers trust without https.
fn is_own_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let by_name = name == "localhost" || name.ends_with(".localhost");
    by_name
        || name
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// What that page may load and who may frame it: nothing and nobody.
const PAGE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What a person is told who opens a page of a registry that is for members.
const MEMBERS_ONLY: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>greenlien</title>\
<h1>本登记簿仅对成员开放</h1><p><a href=\"/sign-in\">请以成员密钥登录后查询。</a></p>\
<h1 lang=\"en\">This register is for its members</h1><p lang=\"en\"><a href=\"/sign-in?lang=en\">Sign in with a key of a member to read it.</a></p></html>";

async fn refused(problem: Problem, request: Request) -> Response {
    let (head, body) = request.into_parts();
    drain(body).await;
    let status = problem.status();
    if !person::wants_page(&head.headers) {
        return problem.into_response();
    }
    if status != StatusCode::UNAUTHORIZED {
        return person::page(problem);
    }
    let fixed = HeaderValue::from_static;
    let headers = [
        (CONTENT_TYPE, fixed("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, fixed(PAGE_POLICY)),
        (CACHE_CONTROL, fixed("no-store")),
        (WWW_AUTHENTICATE, SIGN_IN_SCHEME),
    ];
    (status, headers, MEMBERS_ONLY).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_shows_no_content_is_open_everywhere() {
        for path in [
            "/checkpoint",
            "/tile/0/000",
            "/tile/0/x001/000.p/3",
            "/assets/style.css",
            "/findings/3001",
            "/verify",
            "/verify/offline.html",
        ] {
            assert!(is_open(path), "{path}");
        }
        for path in [
            "/",
            "/tile/entries/000",
            "/v1/entries/0",
            "/v1/rights",
            "/v1/sessions/",
            "/v1/logs",
            "/checkpoint/",
            "/v1/receipts/00",
            "/v1/check",
            "/certificates/AAAA-0000",
            "/verify/",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }

    #[test]
    fn a_certificate_is_read_by_its_code_and_nothing_is_asked_for_without_one() {
        for path in [
            "/certificates/AAAA-0000-0000-0000",
            "/v1/certificates/AAAA000000000000",
            "/v1/certificates/AAAA000000000000.pdf",
        ] {
            assert!(is_by_code(&Method::GET, path), "{path}");
            assert!(!is_by_code(&Method::POST, path), "{path}");
        }
        for path in [
            "/certificates",
            "/certificates/",
            "/v1/certificates",
            "/v1/certificates/",
            "/v1/certificates/a/b",
            "/rights/R1",
        ] {
            assert!(!is_by_code(&Method::GET, path), "{path}");
        }
    }

    fn headers(lines: &[(&HeaderName, &'static str)]) -> HeaderMap {
        let line = |(name, value): &(&HeaderName, &'static str)| {
            ((*name).clone(), HeaderValue::from_static(value))
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_browser_says_which_site_sends() {
        let same = |lines: &[(&HeaderName, &'static str)]| is_same_site(&headers(lines));
        let host = (&HOST, "registry.example");
        assert_eq!(same(&[host]), None);
        assert_eq!(same(&[host, (&SEC_FETCH_SITE, "same-origin")]), Some(true));
        assert_eq!(same(&[host, (&SEC_FETCH_SITE, "same-site")]), Some(false));
        assert_eq!(
            same(&[host, (&ORIGIN, "https://registry.example")]),
            Some(true)
        );
        assert_eq!(
            same(&[host, (&ORIGIN, "https://registry.example:8443")]),
            Some(false)
        );
        assert_eq!(same(&[host, (&ORIGIN, "null")]), Some(false));
        let both = [
            host,
            (&SEC_FETCH_SITE, "same-origin"),
            (&ORIGIN, "https://evil.example"),
        ];
        assert_eq!(same(&both), Some(false));
    }

    #[test]
    fn the_cookie_that_nobody_else_can_set_counts_first_and_alone_under_https() {
        let found = |line, transport| cookie(&headers(&[(&COOKIE, line)]), transport);
        let (plain, secure) = (Transport::Plain, Transport::Secure);
        assert_eq!(found("lang=zh", plain), None);
        let own = Some(("a".to_owned(), Carrier::PlainCookie));
        assert_eq!(found("greenlien-session=a", plain), own);
        assert_eq!(found("greenlien-session=a", secure), None);
        let both = "greenlien-session=planted; __Host-greenlien=own";
        let own = Some(("own".to_owned(), Carrier::SecureCookie));
        assert_eq!(found(both, plain), own);
        assert_eq!(found(both, secure), own);
    }

    #[test]
    fn a_browser_shows_that_it_came_under_https() {
        let secure = |lines: &[(&HeaderName, &'static str)]| is_secure(&headers(lines));
        let host = (&HOST, "registry.example");
        let fetch = (&SEC_FETCH_SITE, "same-origin");
        assert!(!secure(&[host]));
        assert!(secure(&[host, fetch]));
        assert!(secure(&[host, (&ORIGIN, "https://registry.example")]));
        assert!(!secure(&[host, (&ORIGIN, "http://registry.example")]));
        for own in ["127.0.0.1:8080", "localhost", "[::1]:8080", "a.localhost:1"] {
            assert!(!secure(&[(&HOST, own), fetch]), "{own}");
        }
        assert!(secure(&[(&HOST, "localhost.example"), fetch]));
    }
}
