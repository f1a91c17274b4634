//! Notices of decided commands as they come, and webhooks.

use std::fmt;
use std::io::{BufRead as _, Read as _};
use std::time::Duration;

use crate::client::answers::feeds::{Delivery, NoticeQuery, Told, Watched, WebhookView, Webhooks};
use crate::client::answers::{Answer, Page, Paging, read_with};
use crate::client::fault::ClientFault;
use crate::client::operations::refused;
use crate::client::transport::{Client, Stream, percent_encode, query_of};
use crate::primitives::canonical::Json;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;

/// A stream that says nothing for so long is dead: it speaks every 15 seconds.
const SILENCE: Duration = Duration::from_secs(3 * limits::EVENT_HEARTBEAT_SECONDS);
/// Bytes of one line of a stream: a notice names what a command of one entry names.
const LINE_BYTES_MAX: u64 = 4 * limits::ENTRY_BYTES_MAX as u64;
/// The status of a stream that has nothing more to say.
const NOTHING_MORE: u16 = 204;

impl Client {
    /// Reads notices as they come; none if there is nothing before `until`, and so nothing to come back for. Whoever has seen
    /// some gives the last id, which counts more than `from`, and misses nothing.
    pub fn stream_events(
        &self,
        query: &NoticeQuery,
        last: Option<EntryIndex>,
    ) -> Result<Option<Notices>, ClientFault> {
        let count = |count: Option<u64>| count.map(|count| count.to_string());
        let query = query_of([
            ("from", count(query.from)),
            ("until", count(query.until)),
            ("right", query.right.clone()),
            ("pledge", query.pledge.clone()),
            ("party", query.party.clone()),
            ("type", query.command.clone()),
            ("decision", query.decision.clone()),
            ("alerts", query.alerts.then(|| "true".to_owned())),
        ]);
        let path = format!("/v1/events{query}");
        match self.stream(&path, last, SILENCE)? {
            Ok(lines) => Ok(Some(Notices {
                url: self.url(&path),
                lines,
                last,
                id: None,
                data: None,
                has_ended: false,
            })),
            Err(reply) if reply.status == NOTHING_MORE => Ok(None),
            Err(reply) => Err(refused(&reply)),
        }
    }

    /// Lists the webhooks of the member that has signed in; of the registrar, all.
    pub fn list_webhooks(&self) -> Result<Answer<Webhooks>, ClientFault> {
        self.read("/v1/webhooks", Webhooks::read)
    }

    /// Lists what became of the last deliveries, newest first.
    pub fn list_deliveries(
        &self,
        webhook: &str,
        paging: &Paging,
    ) -> Result<Answer<Page<Delivery>>, ClientFault> {
        let query = query_of([
            ("before", paging.after.clone()),
            ("limit", paging.limit.map(|limit| limit.to_string())),
        ]);
        let name = percent_encode(webhook);
        self.list(
            &format!("/v1/webhooks/{name}/deliveries{query}"),
            Delivery::read,
        )
    }

    /// Has a webhook send again from an entry on, or go on after it was suspended.
    pub fn replay_webhook(
        &self,
        webhook: &str,
        from: EntryIndex,
    ) -> Result<Answer<WebhookView>, ClientFault> {
        let path = format!("/v1/webhooks/{}/replay", percent_encode(webhook));
        let order = Json::object([("from", Json::count(from))]);
        self.send(&path, &order.to_canonical(), WebhookView::read)
    }

    /// Chooses what a webhook watches; nothing named goes back to what the operator has entered.
    pub fn post_watch(
        &self,
        webhook: &str,
        watched: &Watched,
    ) -> Result<Answer<WebhookView>, ClientFault> {
        let path = format!("/v1/webhooks/{}/watch", percent_encode(webhook));
        self.send(&path, &watched.to_json().to_canonical(), WebhookView::read)
    }
}

/// Notices of one stream, until it ends or its connection breaks.
pub struct Notices {
    url: String,
    lines: Stream,
    last: Option<EntryIndex>,
    /// What the event that is being read has said so far.
    id: Option<EntryIndex>,
    data: Option<String>,
    has_ended: bool,
}

impl Notices {
    /// Returns the last id that was seen, also of what passed by untold: where to go on.
    pub fn last_seen(&self) -> Option<EntryIndex> {
        self.last
    }

    /// Reads one line without its end; nothing at the end of the stream.
    fn line(&mut self) -> Result<Option<String>, ClientFault> {
        let fault = |cause: String| ClientFault::Unreachable {
            url: self.url.clone(),
            cause,
        };
        let mut line = String::new();
        let mut limited = self.lines.by_ref().take(LINE_BYTES_MAX);
        limited
            .read_line(&mut line)
            .map_err(|cause| fault(cause.to_string()))?;
        match line.strip_suffix('\n') {
            Some(line) => Ok(Some(line.to_owned())),
            None if limited.limit() == 0 => Err(fault("a line without an end".to_owned())),
            // What is cut off in the middle of a line comes again.
            None => Ok(None),
        }
    }

    fn advance(&mut self) -> Result<Option<Answer<Told>>, ClientFault> {
        while let Some(line) = self.line()? {
            if let Some(value) = line.strip_prefix("id: ") {
                self.id = value.parse().ok();
            } else if let Some(value) = line.strip_prefix("data: ") {
                self.data = Some(value.to_owned());
            } else if line.is_empty() {
                self.last = self.id.or(self.last);
                if let Some(text) = self.data.take() {
                    return self.notice(text).map(Some);
                }
            }
        }
        Ok(None)
    }

    fn notice(&self, text: String) -> Result<Answer<Told>, ClientFault> {
        match read_with(&text, Told::read) {
            Ok(value) => Ok(Answer { text, value }),
            Err(fault) => Err(ClientFault::Misunderstood {
                url: self.url.clone(),
                fault,
            }),
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices")
            .field("url", &self.url)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl Iterator for Notices {
    type Item = Result<Answer<Told>, ClientFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let next = self.advance().transpose();
        self.has_ended = !matches!(next, Some(Ok(_)));
        next
    }
}
