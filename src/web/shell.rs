//! The frame of every page: language, head and foot, error pages, and the headers that browsers are told.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Query};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, REFERRER_POLICY, SET_COOKIE,
    X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::primitives::id::PartyId;
use crate::service::sessions::SignedIn;
use crate::service::{Registry, ServiceFault};
use crate::web::assets;
use crate::web::lang::{Lang, Words};
use crate::web::show;
use crate::web::stacked::stacked;
use crate::web::unbroken::unbroken;

/// What a page may do in a browser: nothing but show itself, send its forms here and run the scripts of this register.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The longest query that a page reads; a search is never longer.
const QUERY_BYTES_MAX: usize = 2_048;

/// What a form begins with, for the gate.
const FORM_TOKEN: &str = "form_token";

/// A person's visit: the language, and what the address says.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The language of the page.
    pub(crate) lang: Lang,
    /// Whether the address chose it, so that it is to be remembered.
    chosen: bool,
    path: String,
    params: BTreeMap<String, String>,
    /// Fields of a form that was posted because it is too long for an address; no link has them.
    posted: BTreeMap<String, String>,
    /// Whether the address says more than a page reads.
    pub(crate) is_too_long: bool,
    /// Who is signed in.
    pub(crate) signed_in: Option<SignedIn>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let short = parts
            .uri
            .query()
            .is_none_or(|query| query.len() <= QUERY_BYTES_MAX);
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let params: BTreeMap<String, String> = match pairs {
            Ok(Query(pairs)) if short => pairs.into_iter().collect(),
            Ok(_) | Err(_) => BTreeMap::new(),
        };
        let chosen = params.get("lang").and_then(|lang| Lang::parse(lang));
        let remembered = || {
            let cookies = parts.headers.get(COOKIE)?.to_str().ok()?;
            let lang = |cookie: &str| Lang::parse(cookie.trim().strip_prefix("lang=")?);
            cookies.split(';').find_map(lang)
        };
        Ok(Self {
            lang: chosen.or_else(remembered).unwrap_or(Lang::Zh),
            chosen: chosen.is_some(),
            path: parts.uri.path().to_owned(),
            params,
            posted: BTreeMap::new(),
            is_too_long: !short,
            signed_in: parts.extensions.get::<SignedIn>().cloned(),
        })
    }
}

impl Visit {
    /// Returns a parameter of the address, without spaces around it; an empty one is absent.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let value = self.params.get(name).or_else(|| self.posted.get(name));
        let value = value.map(|value| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// Keeps the fields of a form that was posted, for this answer alone.
    pub(crate) fn with_posted(mut self, form: &str) -> Self {
        let before = std::mem::take(&mut self.params);
        let mut visit = self.with_form(form);
        visit.posted = std::mem::replace(&mut visit.params, before);
        visit
    }

    /// Returns a field of a form that was posted; nothing of the address.
    pub(crate) fn posted(&self, name: &str) -> Option<&str> {
        self.posted.get(name).map(String::as_str)
    }

    /// Returns the names of the fields that were posted and begin with `stem`, without it.
    pub(crate) fn marked(&self, stem: &str) -> Vec<&str> {
        let names = self.posted.keys();
        names.filter_map(|name| name.strip_prefix(stem)).collect()
    }

    /// Returns the fields that were posted, to do `act` with them.
    pub(crate) fn carried(&self, act: &str) -> Vec<(String, String)> {
        let mut fields = vec![("act".to_owned(), act.to_owned())];
        let kept = self.posted.iter().filter(|(name, _)| *name != "act");
        fields.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
        fields
    }

    /// Adds the fields of a form that was sent; a field of the address stands before one of the form.
    pub(crate) fn with_form(mut self, form: &str) -> Self {
        let address = format!("/?{form}").parse::<axum::http::Uri>();
        let pairs = address
            .ok()
            .and_then(|address| Query::<Vec<(String, String)>>::try_from_uri(&address).ok());
        let pairs = pairs.into_iter().flat_map(|Query(pairs)| pairs);
        // The token was looked at by the gate, and must not get into links.
        for (name, value) in pairs.filter(|(name, _)| name != FORM_TOKEN) {
            self.params.entry(name).or_insert(value);
        }
        self
    }

    /// Leads to another page, in the language that the address chose, if it did.
    pub(crate) fn lead_to(&self, path: &str) -> Response {
        if !self.chosen {
            return Redirect::to(path).into_response();
        }
        let (page, place) = match path.split_once('#') {
            Some((page, place)) => (page, format!("#{place}")),
            None => (path, String::new()),
        };
        let join = if page.contains('?') { '&' } else { '?' };
        Redirect::to(&format!("{page}{join}lang={}{place}", self.lang.name())).into_response()
    }

    /// Returns this page as the one to come back to after signing in.
    fn back(&self) -> String {
        let kept = self.params.iter().filter(|(name, _)| *name != "lang");
        let query: Vec<String> = kept
            .map(|(name, value)| format!("{}={}", show::escaped(name), show::escaped(value)))
            .collect();
        let page = if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        };
        show::escaped(&page)
    }

    /// Returns the text to put back into a form's field.
    pub(crate) fn typed(&self, name: &str) -> String {
        self.param(name).unwrap_or_default().to_owned()
    }

    /// Returns the address of another page with the fields of this one, to do `act` with them.
    pub(crate) fn again(&self, path: &str, act: &str) -> String {
        let kept = self.params.iter().filter(|(name, _)| *name != "lang");
        let fields =
            kept.map(|(name, value)| format!("&{}={}", show::escaped(name), show::escaped(value)));
        format!("{path}?act={act}{}", fields.collect::<String>())
    }

    /// Returns the address of a page with the fields of this one, and another value for one of them.
    pub(crate) fn with(&self, path: &str, field: &str, value: &str) -> String {
        let kept = self.params.iter();
        let kept = kept.filter(|(name, _)| *name != "lang" && *name != field);
        let fields =
            kept.map(|(name, value)| format!("&{}={}", show::escaped(name), show::escaped(value)));
        let fields: String = fields.collect();
        format!("{path}?{field}={}{fields}", show::escaped(value))
    }

    /// Returns the address of a page with the fields of this one, and other values for some of them.
    pub(crate) fn with_each(&self, path: &str, fields: &[(String, String)]) -> String {
        let is_kept = |name: &str| name != "lang" && fields.iter().all(|(field, _)| field != name);
        let kept = self.params.iter().filter(|(name, _)| is_kept(name));
        let kept = kept.map(|(name, value)| (name.as_str(), value));
        let new = fields.iter().map(|(name, value)| (name.as_str(), value));
        let pairs = kept
            .chain(new)
            .map(|(name, value)| format!("{}={}", show::escaped(name), show::escaped(value)));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// Returns the address of a form with what the address of this page says for it.
    pub(crate) fn to(&self, path: &str) -> String {
        let apart = ["lang", "act"];
        let kept = self
            .params
            .iter()
            .filter(|(name, _)| !apart.contains(&&***name));
        let query: Vec<String> = kept
            .map(|(name, value)| format!("{}={}", show::escaped(name), show::escaped(value)))
            .collect();
        if query.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", query.join("&"))
    }

    /// Returns the address of this page in the other language.
    fn other(&self) -> String {
        let other = match self.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        };
        let kept = self.params.iter().filter(|(name, _)| *name != "lang");
        let mut query: Vec<String> = kept
            .map(|(name, value)| format!("{}={}", show::escaped(name), show::escaped(value)))
            .collect();
        query.push(format!("lang={}", other.name()));
        format!("{}?{}", self.path, query.join("&"))
    }
}

/// What head and foot of every page show.
#[derive(Clone)]
pub(crate) struct Shell {
    /// The words of the language.
    pub(crate) w: &'static Words,
    /// The tag of the language.
    pub(crate) lang: &'static str,
    /// The title of the page.
    pub(crate) title: String,
    /// The same page in the other language.
    pub(crate) other: String,
    /// Who keeps the register.
    pub(crate) registrar: String,
    /// The origin of the log.
    pub(crate) origin: String,
    /// The size of the checkpoint that the page rests on.
    pub(crate) size: String,
    /// Its registry time.
    pub(crate) time: String,
    /// The root of the log at that size.
    pub(crate) root: String,
    /// The hash of style sheet and script, so that a browser never keeps old ones.
    pub(crate) version: &'static str,
    /// Who is signed in.
    pub(crate) who: Option<Who>,
    /// Where a visitor signs in, to come back to this page.
    pub(crate) sign_in: String,
}

/// Who is signed in, as the head of a page says it.
#[derive(Clone)]
pub(crate) struct Who {
    /// The party.
    pub(crate) org: String,
    /// Its name.
    pub(crate) name: String,
    /// The pseudonym of the person.
    pub(crate) person: String,
    /// What forms carry.
    pub(crate) form_token: String,
}

/// The name of a party, where it has one.
fn name_of(registry: &Registry, party: PartyId) -> Option<String> {
    let found = registry.record(&StateKey::Party(party)).ok().flatten();
    match found.map(|found| found.value.record) {
        Some(Record::Party(party)) => party.name,
        Some(_) | None => None,
    }
}

impl Who {
    fn of(registry: &Registry, visit: &Visit) -> Option<Self> {
        let signed_in = visit.signed_in.as_ref()?;
        let org = signed_in.session.org;
        // Whoever cannot be named now is shown by the id.
        let name = name_of(registry, org);
        Some(Self {
            org: org.to_string(),
            name: name.unwrap_or_else(|| org.to_string()),
            person: signed_in.session.person.clone(),
            form_token: signed_in.form_token(),
        })
    }
}

impl Shell {
    /// Makes the frame of a page.
    pub(crate) fn new(registry: &Registry, visit: &Visit, title: impl Into<String>) -> Self {
        let published = registry.published();
        Self {
            w: visit.lang.words(),
            lang: visit.lang.tag(),
            title: title.into(),
            other: visit.other(),
            registrar: name_of(registry, REGISTRAR).unwrap_or_default(),
            origin: registry.origin().to_owned(),
            size: published.size.to_string(),
            time: show::local_time(published.time),
            root: show::short(&published.root.to_string()),
            version: assets::version(),
            who: Who::of(registry, visit),
            sign_in: format!("/sign-in?next={}", visit.back()),
        }
    }

    /// The name of who keeps the register, as a part of an address.
    pub(crate) fn registrar_escaped(&self) -> String {
        show::escaped(&self.registrar)
    }
}

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nothing is there.
    NotFound,
    /// The address makes no sense, for this reason.
    Bad(String),
    /// Statistics are not folded as far as the position; the same address gets further.
    Counting {
        /// Entries that are folded.
        folded: u64,
        /// Entries of the position.
        of: u64,
    },
    /// The register cannot answer now.
    Internal(String),
}

impl From<ServiceFault> for Fault {
    fn from(fault: ServiceFault) -> Self {
        match fault {
            ServiceFault::Absent(_) => Self::NotFound,
            ServiceFault::Input(fault) => Self::Bad(fault.to_string()),
            ServiceFault::Counting { folded, of } => Self::Counting { folded, of },
            ServiceFault::Store(_)
            | ServiceFault::Doubt(_)
            | ServiceFault::LogKey(_)
            | ServiceFault::Witnesses(_)
            | ServiceFault::History(_)
            | ServiceFault::Openings(_)
            | ServiceFault::Forgotten(_)
            | ServiceFault::Unasked(_)
            | ServiceFault::TimeStep(_)
            | ServiceFault::Stopped => Self::Internal(fault.to_string()),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    reason: String,
    fix: &'static str,
}

/// Answers with a page, made away from the threads that serve connections.
pub(crate) async fn answer<T: Template + Send + 'static>(
    registry: Arc<Registry>,
    visit: Visit,
    work: impl FnOnce(&Registry, &Visit) -> Result<T, Fault> + Send + 'static,
) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let page = work(&registry, &visit);
        let rendered = match page {
            Ok(page) => page
                .render()
                .map(|html| (StatusCode::OK, html))
                .map_err(|fault| fault.to_string()),
            Err(fault) => error_page(&registry, &visit, fault),
        };
        (rendered, visit)
    });
    let (rendered, visit) = match made.await {
        Ok(made) => made,
        Err(fault) => {
            tracing::error!("no page: {fault}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    match rendered {
        Ok((status, html)) => with_headers(status, unbroken(&stacked(&html)), &visit),
        Err(fault) => {
            tracing::error!("no page: {fault}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn error_page(
    registry: &Registry,
    visit: &Visit,
    fault: Fault,
) -> Result<(StatusCode, String), String> {
    let words = visit.lang.words();
    let (status, title, reason, fix) = match fault {
        Fault::NotFound => (
            StatusCode::NOT_FOUND,
            words.not_found,
            // As it stands in the address, where nothing is markup.
            visit.path.clone(),
            words.not_found_fix,
        ),
        Fault::Bad(reason) => (
            StatusCode::BAD_REQUEST,
            words.bad_request,
            reason,
            words.not_found_fix,
        ),
        Fault::Counting { folded, of } => (
            StatusCode::SERVICE_UNAVAILABLE,
            words.internal,
            match visit.lang {
                Lang::Zh => format!("统计已汇总至第 {folded} 条, 共 {of} 条。"),
                Lang::En => format!("{folded} of {of} entries are counted so far."),
            },
            visit.lang.pick("请重新打开本页。", "Open this page again."),
        ),
        Fault::Internal(reason) => {
            tracing::error!("no page: {reason}");
            let (title, fix) = (words.internal, words.internal_fix);
            (StatusCode::INTERNAL_SERVER_ERROR, title, String::new(), fix)
        }
    };
    let page = ErrorPage {
        shell: Shell::new(registry, visit, title),
        reason,
        fix,
    };
    let html = page.render().map_err(|fault| fault.to_string())?;
    Ok((status, html))
}

fn with_headers(status: StatusCode, html: String, visit: &Visit) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Without any referrer a browser hides where a form comes from (`Origin: null`), and the gate must know.
    let referrer = match visit.signed_in {
        Some(_) => "same-origin",
        None => "no-referrer",
    };
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if visit.chosen {
        let cookie = match visit.lang {
            Lang::Zh => "lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            Lang::En => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        };
        headers.insert(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    response
}
