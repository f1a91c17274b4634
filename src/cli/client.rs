//! Talks to a registry over HTTP, and signs commands on this side of the line.
//!
//! Separate because private keys of institutions live here and nowhere in the server. Nothing is decided here: an answer with
//! a status of failure is an answer, and its reader says what it means. Requests may be repeated safely, because a command's
//! id is consumed once: who sends it again is told the original decision.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::thread::sleep;
use std::time::Duration;

use ureq::typestate::WithoutBody;
use ureq::{Agent, RequestBuilder};

use crate::cli::exit::Failure;
use crate::domain::command::{Body, Command, Expected, Signer, SignerRole};
use crate::domain::envelope::{Envelope, EnvelopeSignature, Opening};
use crate::domain::wire::command_json;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, PartyId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;

/// How often a request is sent when the server says that it is busy or the connection breaks.
const ATTEMPTS_MAX: u32 = 8;
/// The wait before the second attempt; it doubles with each further one, 6.35 seconds in all.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest that one request may take.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(2 * limits::REQUEST_SECONDS_MAX);
/// The largest answer that is read: the largest evidence file.
const ANSWER_BYTES_MAX: u64 = limits::EVIDENCE_BYTES_MAX as u64;
/// The status of a server that asks for patience.
const BUSY: u16 = 503;

/// Why there is no answer; the text says what to do next.
#[derive(Debug)]
pub enum ClientFault {
    /// The address is not one of a server.
    Address(String),
    /// The server does not answer, or not as its description promises.
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the connection said.
        cause: String,
    },
    /// The operating system gave no random bytes.
    NoRandomness(getrandom::Error),
    /// The signatures do not make an envelope.
    Envelope(FieldFault),
}

impl fmt::Display for ClientFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(base) => write!(
                f,
                "{base:?} is not the address of a server; write it as http://HOST:PORT"
            ),
            Self::Unreachable { url, cause } => write!(
                f,
                "{url} gives no answer: {cause}; check that a registry of this version runs at this address"
            ),
            Self::NoRandomness(cause) => write!(f, "no random bytes: {cause}; try another machine"),
            Self::Envelope(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for ClientFault {}

impl From<ClientFault> for Failure {
    fn from(fault: ClientFault) -> Self {
        let text = fault.to_string();
        let of = match fault {
            ClientFault::Address(_) => Self::usage,
            ClientFault::Unreachable { .. } => Self::try_later,
            ClientFault::NoRandomness(_) => Self::internal,
            ClientFault::Envelope(_) => Self::refused,
        };
        // The text of the fault carries the next step after its last semicolon.
        match text.rsplit_once("; ") {
            Some((message, hint)) => of(message.to_owned()).hint(hint),
            None => of(text),
        }
    }
}

/// An answer of the server, of whatever status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The body as JSON; null where it is another text.
    pub json: serde_json::Value,
    /// The body; empty for one result of a batch, which is in `json`.
    pub text: String,
}

impl Reply {
    /// Makes an answer of its status and text.
    pub fn new(status: u16, text: String) -> Self {
        let json = if text.starts_with(['{', '[']) {
            serde_json::from_str(&text).unwrap_or_default()
        } else {
            serde_json::Value::Null
        };
        Self { status, json, text }
    }

    /// Says whether the server did what was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns what became of a command: `accepted`, the name of the first finding, or what went wrong.
    pub fn outcome(&self) -> String {
        if let Some(name) = self.first_finding().and_then(|finding| finding.get("name")) {
            return name.as_str().unwrap_or_default().to_owned();
        }
        if self.is_success() {
            return "accepted".to_owned();
        }
        self.complaint()
    }

    /// Returns the finding that names the outcome of a refusal.
    pub fn first_finding(&self) -> Option<&serde_json::Value> {
        self.json.get("findings")?.get(0)
    }

    /// Returns a member that is a text.
    pub fn text_member(&self, name: &str) -> Option<&str> {
        self.json.get(name).and_then(serde_json::Value::as_str)
    }

    /// Returns what went wrong in one line: the detail of the problem, or its title, or the status.
    pub fn complaint(&self) -> String {
        self.text_member("detail")
            .or_else(|| self.text_member("title"))
            .map_or_else(|| format!("status {}", self.status), str::to_owned)
    }
}

/// A blocking client of one server; connections are kept open and shared by its clones.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    /// The value of the header that shows a session.
    token: Option<String>,
}

impl Client {
    /// Makes a client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Result<Self, ClientFault> {
        let base = base.trim_end_matches('/');
        let host = base
            .strip_prefix("http://")
            .or_else(|| base.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', ' ', '?', '#'])) {
            return Err(ClientFault::Address(base.to_owned()));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(REQUEST_TIME_MAX))
            .user_agent(concat!("greenlien/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            base: base.to_owned(),
            token: None,
        })
    }

    /// Returns the address of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Shows the token of a session with every request.
    #[must_use]
    pub fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token.map(|token| format!("Bearer {token}"));
        self
    }

    /// Reads what is at a path, which begins with a slash.
    pub fn get(&self, path: &str) -> Result<Reply, ClientFault> {
        let url = format!("{}{path}", self.base);
        Self::patiently(&url, || self.asking(&url).call())
    }

    /// A request that shows the session, if there is one.
    fn asking(&self, url: &str) -> RequestBuilder<WithoutBody> {
        let request = self.agent.get(url);
        match &self.token {
            Some(token) => request.header("authorization", token),
            None => request,
        }
    }

    /// Opens an answer without an end, which must bring something within `silence` each time; `last` is the last event that
    /// was seen. An answer of failure is handed back as it is.
    pub fn stream(
        &self,
        path: &str,
        last: Option<u64>,
        silence: Duration,
    ) -> Result<Result<impl BufRead + use<>, Reply>, ClientFault> {
        let url = format!("{}{path}", self.base);
        let fault = |cause: ureq::Error| self.no_answer(path, cause.to_string());
        let request = match last {
            Some(last) => self.asking(&url).header("last-event-id", last.to_string()),
            None => self.asking(&url),
        };
        let request = request.config().timeout_global(None);
        let request = request.timeout_per_read(Some(silence)).build();
        let mut response = request.call().map_err(fault)?;
        let status = response.status().as_u16();
        if status == 200 {
            return Ok(Ok(BufReader::new(response.into_body().into_reader())));
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        Ok(Err(Reply::new(
            status,
            body.read_to_string().map_err(fault)?,
        )))
    }

    /// Reads the bytes at a path, which begins with a slash; an answer of failure is handed back as it is.
    pub fn get_bytes(&self, path: &str) -> Result<Result<Vec<u8>, Reply>, ClientFault> {
        let url = format!("{}{path}", self.base);
        let fault = |cause: ureq::Error| self.no_answer(path, cause.to_string());
        let mut response = self.asking(&url).call().map_err(fault)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        let bytes = body.read_to_vec().map_err(fault)?;
        if (200..300).contains(&status) {
            return Ok(Ok(bytes));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Err(Reply::new(status, text)))
    }

    /// Sends a JSON text to a path, which begins with a slash.
    pub fn post(&self, path: &str, body: &str) -> Result<Reply, ClientFault> {
        let url = format!("{}{path}", self.base);
        Self::patiently(&url, || {
            let request = self.agent.post(&url);
            let request = request.header("content-type", "application/json");
            match &self.token {
                Some(token) => request.header("authorization", token),
                None => request,
            }
            .send(body)
        })
    }

    /// Submits signed commands in one request, in order; returns one answer for each.
    ///
    /// What the server turns away because it is busy is sent again, so that the order stays.
    pub fn submit_batch(&self, submissions: &[String]) -> Result<Vec<Reply>, ClientFault> {
        const PATH: &str = "/v1/commands:batch";
        let mut replies: Vec<Reply> = Vec::with_capacity(submissions.len());
        for attempt in 1..=ATTEMPTS_MAX {
            let waiting = submissions.get(replies.len()..).unwrap_or_default();
            if waiting.is_empty() {
                break;
            }
            let body = format!("{{\"commands\":[{}]}}", waiting.join(","));
            let answer = self.post(PATH, &body)?;
            let Some(results) = answer.json.get("results").and_then(|r| r.as_array()) else {
                return Err(self.no_answer(PATH, answer.complaint()));
            };
            let results = results.iter().map(result_reply);
            let last = attempt == ATTEMPTS_MAX;
            replies.extend(results.take_while(|reply| reply.status != BUSY || last));
        }
        if replies.len() == submissions.len() {
            return Ok(replies);
        }
        let cause = format!("{} results for {}", replies.len(), submissions.len());
        Err(self.no_answer(PATH, cause))
    }

    /// Makes the fault of an answer that is not what was asked for.
    pub fn no_answer(&self, path: &str, cause: String) -> ClientFault {
        let url = format!("{}{path}", self.base);
        ClientFault::Unreachable { url, cause }
    }

    /// Sends a request until it is answered by something else than "busy", or patience ends.
    fn patiently(
        url: &str,
        send: impl Fn() -> Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Reply, ClientFault> {
        let mut wait = FIRST_WAIT;
        let mut attempt = 1;
        loop {
            let answer = send().and_then(|mut response| {
                let status = response.status().as_u16();
                let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
                Ok(Reply::new(status, body.read_to_string()?))
            });
            let last = attempt == ATTEMPTS_MAX;
            match answer {
                Ok(reply) if reply.status != BUSY || last => return Ok(reply),
                Err(cause) if last => {
                    return Err(ClientFault::Unreachable {
                        url: url.to_owned(),
                        cause: cause.to_string(),
                    });
                }
                Ok(_) | Err(_) => {}
            }
            sleep(wait);
            wait *= 2;
            attempt += 1;
        }
    }
}

/// Turns one result of a batch into the answer that the command alone would have had.
fn result_reply(result: &serde_json::Value) -> Reply {
    let status = result.get("status").and_then(serde_json::Value::as_u64);
    let body = result.get("receipt").or_else(|| result.get("problem"));
    Reply {
        status: status
            .and_then(|s| u16::try_from(s).ok())
            .unwrap_or_default(),
        json: body.cloned().unwrap_or_default(),
        text: String::new(),
    }
}

/// A party that can sign: its id and the keys of the persons who act for it.
#[derive(Debug)]
pub struct Signatory {
    /// The party.
    pub party: PartyId,
    /// The key of the maker.
    pub maker: SecretKey,
    /// The key of the checker, where two persons sign.
    pub checker: Option<SecretKey>,
}

impl Signatory {
    /// Returns the keys with the parts they play.
    pub fn keys(&self) -> impl Iterator<Item = (&SecretKey, SignerRole)> {
        let checker = self.checker.as_ref().map(|key| (key, SignerRole::Checker));
        std::iter::once((&self.maker, SignerRole::Maker)).chain(checker)
    }

    /// Returns the signatures that a command of this party lists.
    pub fn signers(&self) -> impl Iterator<Item = Signer> {
        let org = self.party;
        self.keys().map(move |(_, role)| Signer { org, role })
    }
}

/// What goes into a command beside its body and its id.
#[derive(Clone, Debug)]
pub struct Unsigned<'a> {
    /// The audience: origin and hash of entry 0.
    pub aud: &'a str,
    /// The party that gives the command.
    pub org: PartyId,
    /// Every signature it will carry, in any order.
    pub signers: Vec<Signer>,
    /// Versions of records that must still hold.
    pub expect: Vec<(Expected, u64)>,
    /// The client's time.
    pub now: Timestamp,
    /// How long it may be decided.
    pub life_seconds: u64,
}

impl Unsigned<'_> {
    /// Returns the bytes that the signers sign.
    pub fn payload(mut self, cmd: CommandId, body: Body) -> Vec<u8> {
        self.signers.sort_unstable();
        self.expect.sort_unstable();
        let command = Command {
            aud: self.aud.to_owned(),
            org: self.org,
            cmd,
            signers: self.signers,
            attested: Vec::new(),
            expect: self.expect,
            seen: None,
            iat: self.now,
            exp: self.now.plus_seconds(self.life_seconds),
            body,
        };
        command_json(&command).to_canonical().into_bytes()
    }
}

/// Returns the text of a question for `POST /v1/check`: a command without the members that only a signature needs.
pub fn question(org: PartyId, body: Body) -> String {
    let zero = Timestamp::from_micros(0);
    let command = Command {
        aud: String::new(),
        org,
        cmd: CommandId([0; 16]),
        signers: Vec::new(),
        attested: Vec::new(),
        expect: Vec::new(),
        seen: None,
        iat: zero,
        exp: zero,
        body,
    };
    let mut json = command_json(&command);
    if let Json::Object(members) = &mut json {
        members.retain(|name, _| matches!(name.as_str(), "body" | "org" | "type"));
    }
    json.to_canonical()
}

/// Makes an id that nobody else makes.
pub fn random_command_id() -> Result<CommandId, ClientFault> {
    random().map(CommandId)
}

/// Hides a value: makes its opening with a fresh salt.
pub fn hide(claim: &str, value: &str) -> Result<Opening, ClientFault> {
    let salt: [u8; 16] = random()?;
    Ok(Opening {
        claim: claim.to_owned(),
        salt: salt.to_vec(),
        value: value.to_owned(),
    })
}

fn random<const N: usize>() -> Result<[u8; N], ClientFault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(ClientFault::NoRandomness)?;
    Ok(bytes)
}

/// Signs a payload with every key and returns what `POST /v1/commands` takes: `{"command","openings"}`.
pub fn sign_all<'a>(
    payload: Vec<u8>,
    openings: &[Opening],
    keys: impl IntoIterator<Item = (&'a SecretKey, SignerRole)>,
) -> Result<String, ClientFault> {
    let signatures = keys
        .into_iter()
        .map(|(key, role)| EnvelopeSignature::sign(&payload, role, key))
        .collect();
    let envelope = Envelope::new(payload, signatures).map_err(ClientFault::Envelope)?;
    let submission = Json::object([
        ("command", envelope.to_json()),
        (
            "openings",
            Json::list(openings.iter().map(Opening::to_json)),
        ),
    ]);
    Ok(submission.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::{parse_command, parse_question};

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        assert_eq!(
            Client::new("http://127.0.0.1:80/").unwrap().base(),
            "http://127.0.0.1:80"
        );
        for other in [
            "",
            "127.0.0.1:80",
            "ftp://a",
            "http://",
            "http://a/b",
            "http://a b",
        ] {
            assert!(Client::new(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_signed_command_is_what_the_door_reads() {
        let party = PartyId(5);
        let maker = SecretKey::from_seed(&[1; 32]);
        let checker = Some(SecretKey::from_seed(&[2; 32]));
        let signatory = Signatory {
            party,
            maker,
            checker,
        };
        let unsigned = Unsigned {
            aud: "registry.example/greenlien/500113",
            org: party,
            signers: signatory.signers().collect(),
            expect: Vec::new(),
            now: Timestamp::from_micros(1_000_000),
            life_seconds: 600,
        };
        let payload = unsigned.payload(CommandId([7; 16]), Body::SetSigningPolicy(2));
        let command = parse_command(&payload).unwrap();
        assert_eq!(command.signers.len(), 2);
        let text = sign_all(payload.clone(), &[], signatory.keys()).unwrap();
        let Json::Object(mut members) = Json::parse(text.as_bytes()).unwrap() else {
            unreachable!()
        };
        let envelope = Envelope::parse(members.remove("command").unwrap()).unwrap();
        assert_eq!(envelope.payload, payload);
        assert_eq!(envelope.signatures.len(), 2);
        let question = question(party, Body::SetSigningPolicy(2));
        assert!(parse_question(Json::parse(question.as_bytes()).unwrap()).is_ok());
    }

    #[test]
    fn a_complaint_is_the_most_exact_text_there_is() {
        let reply = Reply::new(
            400,
            "{\"detail\":\"aud is wrong\",\"title\":\"a member\"}".into(),
        );
        assert_eq!(reply.complaint(), "aud is wrong");
        assert_eq!(Reply::new(502, "<html>".into()).complaint(), "status 502");
    }
}
