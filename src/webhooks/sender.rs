//! One request to a receiver, within a time, to an address that may be called, without following anybody elsewhere.

use std::time::Duration;

use ureq::Agent;
use ureq::http::header::RETRY_AFTER;
use ureq::unversioned::transport::DefaultConnector;

use crate::primitives::crypto::SecretKey;
use crate::webhooks::address::{Guard, Reach};
use crate::webhooks::signature::{CONTENT_TYPE, sign};

/// Bytes of an answer that are read, so that the connection can be used again; what it says is of no interest.
const ANSWER_BYTES_MAX: u64 = 4_096;
/// The receiver wants nothing, for ever.
const GONE: u16 = 410;

/// What a receiver has said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It has taken the notice.
    Taken(u16),
    /// It wants nothing more.
    Gone,
    /// It has not taken it.
    Failed {
        /// The status, if it has answered.
        status: Option<u16>,
        /// Why this does not count.
        fault: String,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
}

/// A sender to one address.
#[derive(Debug)]
pub struct Sender {
    agent: Agent,
    url: String,
}

impl Sender {
    /// Makes a sender to an address in its one spelling; a whole request takes at most `time`.
    pub fn new(url: &str, reach: Reach, time: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(time))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy would look the name up itself.
            .proxy(None)
            .user_agent(concat!("greenlien/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), Guard { reach }),
            url: url.to_owned(),
        }
    }

    /// Sends a notice, signed at an instant in seconds since 1970.
    pub fn send(&self, key: &SecretKey, notice: &str, created: u64) -> Answer {
        let signed = sign(key, &self.url, notice.as_bytes(), created);
        let sent = self
            .agent
            .post(&self.url)
            .header("content-type", CONTENT_TYPE)
            .header("content-digest", &signed.content_digest)
            .header("signature-input", &signed.signature_input)
            .header("signature", &signed.signature)
            .send(notice);
        let mut response = match sent {
            Ok(response) => response,
            Err(fault) => {
                return Answer::Failed {
                    status: None,
                    fault: fault.to_string(),
                    retry_after: None,
                };
            }
        };
        let status = response.status().as_u16();
        let wait = response.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|value| value.to_str().ok()?.parse().ok());
        // An answer that is too long only costs the connection.
        drop(
            response
                .body_mut()
                .with_config()
                .limit(ANSWER_BYTES_MAX)
                .read_to_vec(),
        );
        judge(status, wait.map(Duration::from_secs))
    }
}

fn judge(status: u16, retry_after: Option<Duration>) -> Answer {
    let fault = match status {
        200..=299 => return Answer::Taken(status),
        GONE => return Answer::Gone,
        300..=399 => {
            format!("status {status}: it points elsewhere, and nobody is followed; correct the url")
        }
        _ => format!("status {status}"),
    };
    Answer::Failed {
        status: Some(status),
        fault,
        retry_after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_takes_a_notice_and_only_410_ends_it() {
        assert_eq!(judge(200, None), Answer::Taken(200));
        assert_eq!(judge(204, None), Answer::Taken(204));
        assert_eq!(judge(410, None), Answer::Gone);
        for status in [101, 301, 307, 400, 404, 429, 500, 503] {
            let wait = Some(Duration::from_secs(9));
            let Answer::Failed {
                status: said,
                retry_after,
                ..
            } = judge(status, wait)
            else {
                unreachable!("{status}");
            };
            assert_eq!((said, retry_after), (Some(status), wait));
        }
    }
}
