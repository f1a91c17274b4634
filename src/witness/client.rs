//! Speaks C2SP tlog-witness as a client: brings checkpoints to a witness, and asks what it has seen.
//!
//! Nothing that a witness says is believed here: an answer is text within limits, and whoever asked judges it. A request has a
//! time limit for the whole of it, so that a witness that sends one byte a second is as good as silent.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::Agent;

use crate::ledger::note::NOTE_BYTES_MAX;
use crate::primitives::crypto::Hash;
use crate::primitives::limits;

/// Characters of a witness's own words that are kept for a log line.
const WORDS_KEPT: usize = 160;

/// What came back for a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Status 200: the body, which should be cosignature lines.
    Cosigned(String),
    /// Status 409: the size that it says it has cosigned last, where it says one.
    Conflict(Option<u64>),
    /// Any other status, with the beginning of the body.
    Refused {
        /// The status code.
        status: u16,
        /// The first words of the body.
        why: String,
    },
    /// No answer that can be read: no connection, too slow, too large, not text.
    Silent(String),
}

/// A client of one witness.
#[derive(Clone, Debug)]
pub struct WitnessClient {
    agent: Agent,
    url: String,
}

/// Returns the body of `add-checkpoint`: the old size, the proof, an empty line, the signed checkpoint.
pub fn add_checkpoint_body(old: u64, proof: &[Hash], note: &str) -> String {
    let mut body = format!("old {old}\n");
    for hash in proof {
        body.push_str(&STANDARD.encode(hash.as_bytes()));
        body.push('\n');
    }
    body.push('\n');
    body.push_str(note);
    body
}

/// Returns the path at which a witness shows what it has cosigned last of the log `origin`.
pub fn monitoring_path(origin: &str) -> String {
    let digest = Hash::of(&[origin.as_bytes()]);
    format!("/{digest}/checkpoint")
}

/// Parses the body of a conflict: a decimal number without leading zeros, with or without its line feed.
pub fn conflict_size(body: &str) -> Option<u64> {
    let digits = body.strip_suffix('\n').unwrap_or(body);
    let shortest = digits == "0" || !digits.starts_with('0');
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (plain && shortest).then(|| digits.parse().ok()).flatten()
}

impl WitnessClient {
    /// Makes a client of the witness at `url`, the prefix before `add-checkpoint`; a whole request takes at most `time`.
    ///
    /// Only `http` and `https` are spoken; the text says what is wrong with another address.
    pub fn new(url: &str, time: Duration) -> Result<Self, String> {
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Err(format!(
                "{url:?} is not the address of a witness; write it as https://HOST/PREFIX"
            ));
        }
        let config = Agent::config_builder()
            .timeout_global(Some(time))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Brings a checkpoint, with the proof from the size that the witness has cosigned last.
    pub fn add_checkpoint(&self, old: u64, proof: &[Hash], note: &str) -> Answer {
        let sent = self
            .agent
            .post(format!("{}/add-checkpoint", self.url))
            .header("content-type", "text/plain; charset=utf-8")
            .send(add_checkpoint_body(old, proof, note));
        let (status, body) = match text_of(sent, limits::COSIGNATURES_BYTES_MAX) {
            Ok(answer) => answer,
            Err(fault) => return Answer::Silent(fault),
        };
        match status {
            200 => Answer::Cosigned(body),
            409 => Answer::Conflict(conflict_size(&body)),
            status => Answer::Refused {
                status,
                why: words(&body),
            },
        }
    }

    /// Returns the note that the witness shows as the last it has cosigned of the log; nothing if it never cosigned one.
    ///
    /// The text says why there is no answer.
    pub fn last_seen(&self, origin: &str) -> Result<Option<String>, String> {
        let sent = self
            .agent
            .get(format!("{}{}", self.url, monitoring_path(origin)))
            .call();
        match text_of(sent, NOTE_BYTES_MAX)? {
            (200, body) => Ok(Some(body)),
            (404, _) => Ok(None),
            (status, body) => Err(format!("status {status}: {}", words(&body))),
        }
    }
}

/// Reads the status and at most `bytes_max` bytes of text.
fn text_of(
    sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    bytes_max: usize,
) -> Result<(u16, String), String> {
    let mut response = sent.map_err(|fault| fault.to_string())?;
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let body = response
        .body_mut()
        .with_config()
        .limit(limit)
        .read_to_vec()
        .map_err(|fault| fault.to_string())?;
    let text = String::from_utf8(body).map_err(|_| "the answer is not text".to_owned())?;
    Ok((response.status().as_u16(), text))
}

/// Returns the beginning of what a stranger wrote, without anything that could disturb a log or a terminal.
fn words(body: &str) -> String {
    let line = body.lines().next().unwrap_or_default();
    let mut kept = String::new();
    for c in line.chars().filter(|c| !c.is_control()).take(WORDS_KEPT) {
        // Writing to a string cannot fail.
        let _ = kept.write_char(c);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_add_checkpoint_is_that_of_the_specification() {
        let proof = [Hash([0; 32]), Hash([255; 32])];
        assert_eq!(
            add_checkpoint_body(20_852_163, &proof, "example.com/log\n1\nr\n\n— x y\n"),
            "old 20852163\n\
             AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
             //////////////////////////////////////////8=\n\
             \n\
             example.com/log\n1\nr\n\n— x y\n"
        );
        assert_eq!(add_checkpoint_body(0, &[], "n\n"), "old 0\n\nn\n");
    }

    #[test]
    fn the_monitoring_path_is_the_hash_of_the_origin() {
        assert_eq!(
            monitoring_path("example.com/log"),
            format!("/{}/checkpoint", Hash::of(&[b"example.com/log"]))
        );
        assert!(
            monitoring_path("a")
                .starts_with("/ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb/")
        );
    }

    #[test]
    fn the_size_in_a_conflict_is_read_strictly() {
        assert_eq!(conflict_size("0\n"), Some(0));
        assert_eq!(conflict_size("70000"), Some(70_000));
        for other in [
            "",
            "\n",
            "07\n",
            "+7\n",
            "-1\n",
            " 7\n",
            "7 \n",
            "7\n\n",
            "18446744073709551616\n",
            "seven\n",
        ] {
            assert_eq!(conflict_size(other), None, "{other:?}");
        }
    }

    #[test]
    fn an_address_is_one_of_http() {
        let second = Duration::from_secs(1);
        assert!(WitnessClient::new("https://witness.example/greenlien/", second).is_ok());
        for other in [
            "witness.example",
            "ftp://witness.example",
            "http://",
            "https:///x",
            "",
        ] {
            assert!(WitnessClient::new(other, second).is_err(), "{other}");
        }
    }

    #[test]
    fn what_a_stranger_writes_is_cut_and_made_harmless() {
        assert_eq!(words("a\u{1b}[31mb\nsecond"), "a[31mb");
        assert_eq!(words(&"x".repeat(1_000)).len(), WORDS_KEPT);
    }
}
