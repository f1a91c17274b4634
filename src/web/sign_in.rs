//! Signing in and out in a browser: the script of `web/signing` signs the challenge with a key that never leaves the page.
//!
//! The session itself is made by the API (`POST /v1/sessions`), which sets the cookie; here is only the page, and the form that
//! ends a session without a script.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::service::Registry;
use crate::service::sessions::{Carrier, cookie};
use crate::web::shell::{Shell, Visit};
use crate::web::signing;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    shell: Shell,
    aud: String,
    /// Whether a party may be named by its credit code: only where everybody may look parties up.
    is_public: bool,
    next: String,
    script: &'static str,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> SignInPage {
    let next = visit.param("next").filter(|path| is_own(path));
    SignInPage {
        shell: Shell::new(registry, visit, visit.lang.words().sign_in_title),
        aud: registry.aud().to_owned(),
        is_public: registry.genesis().public,
        next: next.unwrap_or("/work").to_owned(),
        script: signing::hash(),
    }
}

/// Says whether an address is a path of this site and leads nowhere else (`//host`, `/\\host`).
fn is_own(path: &str) -> bool {
    let mut letters = path.chars();
    letters.next() == Some('/')
        && !matches!(letters.next(), Some('/' | '\\'))
        && !path.contains(|c: char| c.is_control())
}

/// Ends the session of a visit and leads to the front page.
pub(crate) fn end(registry: &Registry, visit: &Visit) -> Response {
    if let Some(signed_in) = &visit.signed_in {
        registry.sign_out(&signed_in.token);
    }
    let mut response = Redirect::to("/").into_response();
    for carrier in [Carrier::SecureCookie, Carrier::PlainCookie] {
        let gone = cookie("", 0, carrier).and_then(|gone| HeaderValue::from_str(&gone).ok());
        if let Some(gone) = gone {
            response.headers_mut().append(SET_COOKIE, gone);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_after_signing_in() {
        for path in ["/", "/work", "/pledges/P5?before=7"] {
            assert!(is_own(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\n/evil.example",
            "work",
        ] {
            assert!(!is_own(path), "{path:?}");
        }
    }
}
