//! `Prefer: wait=cosigned` (RFC 7240): whoever submits a command may wait until a quorum of witnesses has cosigned it.
//!
//! A preference is never an error: what cannot be met, or is not understood, is answered as if it had not been said, and the
//! answer says which it was.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use tokio::time::{Instant, sleep};

use crate::http::answer::header;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::Registry;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// How often it is looked whether the quorum is met; a round takes about as long.
const LOOK: Duration = Duration::from_millis(50);

/// What a request prefers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Preference {
    /// An answer at once.
    None,
    /// An answer with a cosigned checkpoint, if that is soon.
    Cosigned,
}

impl Preference {
    /// Reads the preferences of a request; of several `wait`, the first counts (RFC 7240 section 2).
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(PREFER).iter();
        let all = lines.filter_map(|line| line.to_str().ok());
        let mut waits = all.flat_map(|line| line.split(',')).filter_map(|one| {
            // Parameters after a semicolon mean nothing here.
            let (name, value) = one.split(';').next()?.split_once('=')?;
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("wait").then_some(value)
        });
        match waits.next() {
            Some("cosigned") => Self::Cosigned,
            Some(_) | None => Self::None,
        }
    }

    /// Waits as is preferred, and says whether the entry is under a cosigned checkpoint by then.
    pub(crate) async fn wait(self, registry: &Arc<Registry>, index: EntryIndex) -> bool {
        let patience = Duration::from_secs(limits::COSIGNED_WAIT_SECONDS_MAX);
        let end = Instant::now() + patience;
        loop {
            match self {
                Self::None => return false,
                Self::Cosigned if registry.cosigned_size() > index => return true,
                Self::Cosigned => {}
            }
            if !registry.has_witnesses() || registry.is_stopped() || Instant::now() >= end {
                return false;
            }
            sleep(LOOK).await;
        }
    }
}

/// Says in an answer that the preference was met.
pub(crate) fn applied(response: Response) -> Response {
    header(response, PREFERENCE_APPLIED, "wait=cosigned")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(lines: &[&'static str]) -> Preference {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(PREFER, HeaderValue::from_static(line));
        }
        Preference::of(&headers)
    }

    #[test]
    fn a_preference_is_read_as_rfc_7240_writes_it() {
        for lines in [
            &["wait=cosigned"][..],
            &["Wait = \"cosigned\""],
            &["respond-async, wait=cosigned; foo=bar"],
            &["return=minimal", "wait=cosigned"],
            &["wait=cosigned, wait=10"],
        ] {
            assert_eq!(of(lines), Preference::Cosigned, "{lines:?}");
        }
        for lines in [
            &[][..],
            &["wait=10"],
            &["wait"],
            &["cosigned"],
            &["wait=10, wait=cosigned"],
            &["await=cosigned"],
            &["wait=cosigned2"],
            &["wait=Cosigned"],
        ] {
            assert_eq!(of(lines), Preference::None, "{lines:?}");
        }
    }
}
