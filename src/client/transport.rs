//! Requests and answers as they travel: one connection pool, one session, patience with a server that is busy.
//!
//! Nothing is decided here: an answer with a status of failure is an answer, and its reader says what it means. Requests may be
//! repeated safely, because a command's id is consumed once: who sends it again is told the original decision.

use std::fmt;
use std::io::{BufReader, Error, ErrorKind, Read as _};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use ureq::http::Response;
use ureq::typestate::WithoutBody;
use ureq::{Agent, BodyReader, RequestBuilder};

use crate::client::fault::ClientFault;
use crate::primitives::limits;

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
/// The header that shows a session.
const AUTHORIZATION: &str = "authorization";
/// The header that says where a list goes on.
const LINK: &str = "link";

/// The bytes of a file, and its link.
pub(super) type Linked = (Vec<u8>, Option<String>);

/// An answer without an end.
pub(super) type Stream = BufReader<BodyReader<'static>>;

/// The bytes of an answer that are read between two words on how far it has come.
const WATCH_BYTES: u64 = 65_536;

/// Who is told how an answer comes in: how many bytes are there, and how many there will be, where the server has said so.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl Watch {
    /// Makes one that calls a function.
    pub fn new(watch: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(watch))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// An answer of the server, of whatever status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The body as JSON; null where it is another text.
    pub json: serde_json::Value,
    /// The body; of one result of a batch, that of the command alone.
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
    watch: Option<Watch>,
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
            watch: None,
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

    /// Tells somebody how answers come in.
    #[must_use]
    pub fn with_watch(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Reads what is at a path, which begins with a slash.
    pub fn get(&self, path: &str) -> Result<Reply, ClientFault> {
        let url = self.url(path);
        self.patiently(&url, || self.asking(&url).call())
    }

    /// A request that shows the session, if there is one.
    fn asking(&self, url: &str) -> RequestBuilder<WithoutBody> {
        let request = self.agent.get(url);
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, token),
            None => request,
        }
    }

    /// Opens an answer without an end, which must bring something within `silence` each time; `last` is the last event that
    /// was seen. An answer of failure is handed back as it is.
    pub(super) fn stream(
        &self,
        path: &str,
        last: Option<u64>,
        silence: Duration,
    ) -> Result<Result<Stream, Reply>, ClientFault> {
        let url = self.url(path);
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
        let got = self.get_linked(path)?;
        Ok(got.map(|(bytes, _)| bytes))
    }

    /// Reads a file as bytes, with its `Link`; the other reply is a refusal.
    pub(super) fn get_linked(&self, path: &str) -> Result<Result<Linked, Reply>, ClientFault> {
        let url = self.url(path);
        let fault = |cause: ureq::Error| self.no_answer(path, cause.to_string());
        let mut response = self.asking(&url).call().map_err(fault)?;
        let status = response.status().as_u16();
        let link = response.headers().get(LINK);
        let link = link
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let bytes = self.read_body(&mut response).map_err(fault)?;
        if (200..300).contains(&status) {
            return Ok(Ok((bytes, link)));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Err(Reply::new(status, text)))
    }

    /// Sends a JSON text to a path, which begins with a slash.
    pub fn post(&self, path: &str, body: &str) -> Result<Reply, ClientFault> {
        let url = self.url(path);
        self.patiently(&url, || {
            let request = self.agent.post(&url);
            let request = request.header("content-type", "application/json");
            match &self.token {
                Some(token) => request.header(AUTHORIZATION, token),
                None => request,
            }
            .send(body)
        })
    }

    /// Ends what is at a path, which begins with a slash.
    pub fn delete(&self, path: &str) -> Result<Reply, ClientFault> {
        let url = self.url(path);
        self.patiently(&url, || {
            let request = self.agent.delete(&url);
            match &self.token {
                Some(token) => request.header(AUTHORIZATION, token),
                None => request,
            }
            .call()
        })
    }

    /// Reads a body, of any answer, and tells how it comes in.
    fn read_body(&self, response: &mut Response<ureq::Body>) -> Result<Vec<u8>, ureq::Error> {
        let all = response.body().content_length();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        let Some(Watch(watch)) = &self.watch else {
            return body.read_to_vec();
        };
        let (mut reader, mut bytes) = (body.reader(), Vec::new());
        while reader.by_ref().take(WATCH_BYTES).read_to_end(&mut bytes)? > 0 {
            let come = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            watch(come, all);
        }
        Ok(bytes)
    }

    /// Returns the address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
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
        let url = self.url(path);
        ClientFault::Unreachable { url, cause }
    }

    /// Sends a request until it is answered by something else than "busy", or patience ends.
    fn patiently(
        &self,
        url: &str,
        send: impl Fn() -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Reply, ClientFault> {
        let mut wait = FIRST_WAIT;
        let mut attempt = 1;
        loop {
            let answer = send().and_then(|mut response| {
                let status = response.status().as_u16();
                let bytes = self.read_body(&mut response)?;
                let text = String::from_utf8(bytes)
                    .map_err(|fault| Error::new(ErrorKind::InvalidData, fault))?;
                Ok(Reply::new(status, text))
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
    let json = body.cloned().unwrap_or_default();
    Reply {
        status: status
            .and_then(|s| u16::try_from(s).ok())
            .unwrap_or_default(),
        text: json.to_string(),
        json,
    }
}

/// Encodes a value for the path or the query of an address (RFC 3986 section 2.1).
pub fn percent_encode(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

/// Returns a query of the values that are given.
pub(super) fn query_of<'a>(values: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let given = values
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", percent_encode(&value?))));
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        String::new()
    } else {
        format!("?{}", given.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_complaint_is_the_most_exact_text_there_is() {
        let reply = Reply::new(
            400,
            "{\"detail\":\"aud is wrong\",\"title\":\"a member\"}".into(),
        );
        assert_eq!(reply.complaint(), "aud is wrong");
        assert_eq!(Reply::new(502, "<html>".into()).complaint(), "status 502");
    }

    #[test]
    fn what_an_address_cannot_hold_is_encoded() {
        assert_eq!(percent_encode("permit:渝|1"), "permit%3A%E6%B8%9D%7C1");
    }

    #[test]
    fn a_query_has_what_is_given() {
        assert_eq!(query_of([("a", None)]), "");
        let values = [("a", Some("1")), ("b", None), ("c", Some("x y"))];
        let values = values.map(|(name, value)| (name, value.map(str::to_owned)));
        assert_eq!(query_of(values), "?a=1&c=x%20y");
    }
}
