//! A reader of the event stream that shares no code with the program: lines, blank lines, and the last id.

use std::io::{BufRead as _, BufReader, Read};
use std::time::Duration;

use serde_json::Value;

/// Nothing for so long is a stream that hangs: a heartbeat comes every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(40);

/// The id of an event that has none.
pub(crate) const NO_ID: u64 = u64::MAX;

/// One event as it came.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) text: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// An open stream.
pub(crate) struct Feed {
    lines: BufReader<Box<dyn Read + Send>>,
    /// The last id that was seen, with an event or without.
    pub(crate) last: Option<u64>,
    /// Comments that were seen.
    pub(crate) comments: Vec<String>,
}

/// What came for a request.
pub(crate) enum Opened {
    Feed(Feed),
    /// Another status, with its body.
    Answer(u16, String),
}

impl Feed {
    /// Asks for a stream; nothing if nobody listens there.
    pub(crate) fn ask(base: &str, query: &str, headers: &[(&str, &str)]) -> Option<Opened> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_per_read(Some(SILENCE_MAX))
            .build()
            .into();
        let mut request = agent.get(format!("{base}/v1/events{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().ok()?;
        let status = response.status().as_u16();
        if status != 200 {
            let body = response.body_mut().read_to_string().unwrap();
            return Some(Opened::Answer(status, body));
        }
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream");
        assert!(header("cache-control").contains("no-store"));
        let body: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        Some(Opened::Feed(Self {
            lines: BufReader::new(body),
            last: None,
            comments: Vec::new(),
        }))
    }

    /// Opens a stream that must be there.
    pub(crate) fn open(base: &str, query: &str, headers: &[(&str, &str)]) -> Self {
        match Self::ask(base, query, headers).unwrap() {
            Opened::Feed(feed) => feed,
            Opened::Answer(status, body) => panic!("{query}: {status} {body}"),
        }
    }

    /// Returns the next event; nothing at the end of the stream, however it ended.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let (mut id, mut data) = (None, None);
        loop {
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) if !line.ends_with('\n') => return None,
                Ok(_) => {}
                Err(fault) => {
                    assert_ne!(
                        fault.kind(),
                        std::io::ErrorKind::TimedOut,
                        "the stream hangs"
                    );
                    return None;
                }
            }
            let line = line.trim_end_matches('\n');
            if line.is_empty() {
                self.last = id.or(self.last);
                let text = data.take();
                // An alert has no place in the log, and so no id.
                if let (Some(id), Some(text)) = (id.or(text.as_ref().map(|_| NO_ID)), text) {
                    return Some(Event { id, text });
                }
            } else if let Some(comment) = line.strip_prefix(':') {
                self.comments.push(comment.trim().to_owned());
            } else {
                match line.split_once(": ").unwrap() {
                    ("id", value) => id = Some(value.parse().unwrap()),
                    ("data", value) => data = Some(value.to_owned()),
                    ("retry", "2000") => {}
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    /// Returns everything until the stream ends.
    pub(crate) fn rest(mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// Returns the ids of everything that is there now under a query, which begins with `?`.
pub(crate) fn ids_now(base: &str, query: &str, size: u64) -> Vec<u64> {
    let events = Feed::open(base, &format!("{query}&from=0&until={size}"), &[]).rest();
    events.iter().map(|event| event.id).collect()
}
