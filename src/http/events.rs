//! The event stream: notices of decided commands as server-sent events, from any position on.
//!
//! A stream holds a place in the log and no queue: what it sends next is read when its client has taken what was sent before.
//! So a slow client costs a task and a chunk; one that takes nothing at all is cut off by its connection (`server`), and goes
//! on later from the last id that it has seen.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::http::alerts::alert_json;
use crate::http::answer::read;
use crate::http::extract::Params;
use crate::http::gate::Visitor;
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{QuotaProblems, ReadProblems};
use crate::http::server::Ending;
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, parse_index};
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::alerts::{Alert, AlertWatch};
use crate::service::feed::{Decision, Reader, Watch};
use crate::service::sessions::Carrier;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells a proxy to pass each event on at once.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What a client waits before it comes back, in milliseconds.
const RETRY: &str = "retry: 2000\n\n";
const HEARTBEAT: Duration = Duration::from_secs(limits::EVENT_HEARTBEAT_SECONDS);
const ALERT_LOOK: Duration = Duration::from_secs(limits::ALERT_LOOK_SECONDS);
/// Seconds after which a client that found every place taken may ask again.
const FULL_SECONDS: u64 = 5;

/// What all streams share.
#[derive(Clone)]
pub(crate) struct Streams {
    /// The size of the signed log.
    size: watch::Receiver<u64>,
    scans: Arc<Semaphore>,
    /// How many are open, by address.
    open: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Streams {
    pub(crate) fn of(registry: &Registry) -> Self {
        let (tell, size) = watch::channel(0);
        registry.observe(Box::new(move |size| {
            tell.send_replace(size);
        }));
        Self {
            size,
            scans: Arc::new(Semaphore::new(limits::EVENT_SCANS_MAX)),
            open: Arc::default(),
        }
    }

    /// Takes a place for an address.
    fn enter(&self, address: &str) -> Result<Place, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let own = open.get(address).copied().unwrap_or_default();
        if all >= limits::EVENT_STREAMS_MAX || own >= limits::EVENT_STREAMS_PER_ADDRESS_MAX {
            return Err(Problem::of(Kind::TooManyRequests).retry_after(FULL_SECONDS));
        }
        open.insert(address.to_owned(), own.saturating_add(1));
        Ok(Place {
            open: Arc::clone(&self.open),
            address: address.to_owned(),
        })
    }
}

/// The place of one stream, free again when it is dropped.
struct Place {
    open: Arc<Mutex<BTreeMap<String, usize>>>,
    address: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                open.remove(&self.address);
            }
        }
    }
}

/// Notices of decided commands, as they come
///
/// Server-sent events; each has the index of its entry as `id` and a CloudEvent as `data` (FORMATS section 12). Without `from`
/// the stream begins with what comes next. Who comes back sends the last id as `Last-Event-ID`, which counts more than `from`,
/// and misses nothing. A stream that is silent says every 15 seconds where it is. With `alerts=true` the alerts of what is
/// watched come too, without an id: those of today first, then whatever is new with an entry or a day (FORMATS 12.2).
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    params(
        ("from" = Option<u64>, Query, description = "the index of the first entry that counts; what comes next if absent"),
        ("until" = Option<u64>, Query, description = "the stream ends before this index; it goes on for ever if absent"),
        ("right" = Option<String>, Query, description = "only what touches one of these rights, separated by commas", example = "R41,R42"),
        ("pledge" = Option<String>, Query, description = "or one of these pledges and reservations", example = "P57"),
        ("party" = Option<String>, Query, description = "or concerns one of these parties", example = "M12"),
        ("type" = Option<String>, Query, description = "only these types of command", example = "register_pledge,release_pledge"),
        ("decision" = Option<String>, Query, description = "only `accepted` or only `refused`"),
        ("alerts" = Option<String>, Query, description = "`true`: alerts of these rights, pledges and parties too", example = "true"),
        ("Last-Event-ID" = Option<u64>, Header, description = "the last id that the client has seen"),
    ),
    responses(
        (status = 200, description = "the stream", body = String, content_type = "text/event-stream"),
        (status = 204, description = "there is nothing before `until`; do not come back"),
        QuotaProblems, ReadProblems,
    )
)]
pub(crate) async fn stream_events(
    State(registry): State<Arc<Registry>>,
    Extension(streams): Extension<Streams>,
    ending: Option<Extension<Ending>>,
    visitor: Visitor,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let watch = watch_of(&mut params)?;
    let alerts = alerts_of(&mut params, &watch)?;
    let (from, until) = (params.count("from")?, params.count("until")?);
    params.finish()?;
    let size = registry.signed_size();
    let from = match last_seen(&headers)? {
        Some(last) => beyond(last.saturating_add(1), size, "Last-Event-ID")?,
        None => beyond(from.unwrap_or(size), size, "from")?,
    };
    if until.is_some_and(|until| from >= until) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let place = streams.enter(&visitor.address)?;
    let made = move |registry: &Registry| Ok(Reader::new(registry, watch, from)?);
    let reader = read(Arc::clone(&registry), made).await?;
    // One chunk waits while the next is read; a client that takes none stops both.
    let (sender, receiver) = mpsc::channel(1);
    let session = visitor.session.filter(|_| !registry.genesis().public);
    let stream = Stream {
        registry,
        streams,
        ending: ending.map(|Extension(ending)| ending),
        token: session.map(|(session, token)| (token, session.carrier)),
        until: until.unwrap_or(u64::MAX),
        alerts,
        sender,
        _place: place,
    };
    tokio::spawn(stream.run(reader));
    let fixed = HeaderValue::from_static;
    let headers = [
        (CONTENT_TYPE, fixed("text/event-stream")),
        (CACHE_CONTROL, fixed("no-store")),
        (ACCEL_BUFFERING, fixed("no")),
    ];
    Ok((headers, Body::new(Chunks(receiver))).into_response())
}

/// Reads what a stream is asked to watch.
fn watch_of(params: &mut Params) -> Result<Watch, Problem> {
    let mut watch = Watch {
        decision: params.parsed("decision", "accepted or refused", Decision::parse)?,
        ..Watch::default()
    };
    let what = "rights such as R41, separated by commas";
    let rights = params.parsed("right", what, |text| several(text, Watch::right))?;
    let what = "pledges or reservations such as P57, separated by commas";
    let pledges = params.parsed("pledge", what, |text| several(text, Watch::pledge))?;
    let what = "parties such as M12, separated by commas";
    let parties = params.parsed("party", what, |text| several(text, PartyId::parse))?;
    let what = "types of command such as register_pledge, separated by commas";
    let commands = params.parsed("type", what, |text| several(text, Watch::command))?;
    let records = rights.into_iter().chain(pledges);
    watch.records.extend(records.flatten());
    watch.parties.extend(parties.into_iter().flatten());
    watch.commands.extend(commands.into_iter().flatten());
    Ok(watch)
}

/// Reads whether alerts are wanted too; the stream is then of somebody.
fn alerts_of(params: &mut Params, watch: &Watch) -> Result<Option<Alerts>, Problem> {
    let wanted = params.parsed("alerts", "true", |text| (text == "true").then_some(()))?;
    if wanted.is_none() {
        return Ok(None);
    }
    let watch = AlertWatch::of(watch).ok_or_else(|| {
        Problem::field(
            "alerts",
            "needs a right, a pledge or a party that is watched",
        )
    })?;
    Ok(Some(Alerts {
        watch,
        due: Instant::now(),
        size: None,
    }))
}

fn several<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<T> = text.split(',').map(parse).collect::<Option<_>>()?;
    (items.len() <= limits::WATCHED_MAX).then_some(items)
}

fn last_seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let index = value.to_str().ok().and_then(parse_index);
    let wrong = || Problem::field("Last-Event-ID", "must be the index of an entry");
    index.map(Some).ok_or_else(wrong)
}

/// A place behind the end of the log is a mistake, or the log is not the one that it was.
fn beyond(from: u64, size: u64, field: &str) -> Result<u64, Problem> {
    if from <= size {
        return Ok(from);
    }
    let why = format!(
        "is beyond the log, which has {size} entries; was it another log, or is this an old copy of it?"
    );
    Err(Problem::field(field, why))
}

/// The alerts of a stream.
struct Alerts {
    watch: AlertWatch,
    /// When the next look may be.
    due: Instant,
    /// The size of the log at the last one.
    size: Option<u64>,
}

/// One open stream.
struct Stream {
    registry: Arc<Registry>,
    streams: Streams,
    ending: Option<Ending>,
    /// The token of the session without which this registry shows nothing.
    token: Option<(String, Carrier)>,
    until: u64,
    alerts: Option<Alerts>,
    sender: mpsc::Sender<Bytes>,
    _place: Place,
}

impl Stream {
    /// Sends until the client is gone, its session has ended, the server ends, or everything was sent.
    async fn run(mut self, mut reader: Reader) {
        let mut size = self.streams.size.clone();
        let mut text = RETRY.to_owned();
        let mut spoken = Instant::now();
        loop {
            size.borrow_and_update();
            let Some((back, more)) = self.read(reader).await else {
                return;
            };
            reader = back;
            text.push_str(&more);
            if reader.next() >= self.until.min(*size.borrow()) {
                let Some(more) = self.look(reader.next()).await else {
                    return;
                };
                text.push_str(&more);
            }
            if text.is_empty() && spoken.elapsed() >= HEARTBEAT {
                text = heartbeat(reader.next());
            }
            if !text.is_empty() {
                let chunk = Bytes::from(std::mem::take(&mut text));
                if self.sender.send(chunk).await.is_err() {
                    return;
                }
                spoken = Instant::now();
            }
            if reader.next() >= self.until {
                // Who watches for little learns that this is the end, and not a connection that broke.
                let end = Bytes::from(heartbeat(reader.next()));
                return drop(self.sender.send(end).await);
            }
            if reader.next() < *size.borrow() {
                continue;
            }
            let wake = self.wakes(reader.next(), spoken + HEARTBEAT);
            tokio::select! {
                grown = size.changed() => if grown.is_err() { return },
                () = sleep_until(wake) => {}
                () = self.sender.closed() => return,
                () = ended(&mut self.ending) => return,
            }
        }
    }

    /// When to look again though nothing comes: an entry may have brought an alert since the last look.
    fn wakes(&self, next: u64, at: Instant) -> Instant {
        let waiting = self.alerts.as_ref().filter(|it| it.size != Some(next));
        waiting.map_or(at, |alerts| at.min(alerts.due))
    }

    /// Returns the alerts that are new as text, where it is time to look; nothing where the stream must end.
    async fn look(&mut self, next: u64) -> Option<String> {
        let Some(Alerts { mut watch, .. }) =
            self.alerts.take_if(|alerts| alerts.due <= Instant::now())
        else {
            return Some(String::new());
        };
        let _turn = self.streams.scans.acquire().await.ok()?;
        let work = move |registry: &Registry| {
            let (day, alerts) = watch.look(registry)?;
            let mut text = String::new();
            for (name, alert) in &alerts {
                let cloud = alert_event(registry.aud(), name, alert, day);
                // Writing to a string cannot fail.
                let _ = write!(text, "data: {}\n\n", cloud.to_canonical());
            }
            Ok((watch, text))
        };
        match read(Arc::clone(&self.registry), work).await {
            Ok((watch, text)) => {
                self.alerts = Some(Alerts {
                    watch,
                    due: Instant::now() + ALERT_LOOK,
                    size: Some(next),
                });
                Some(text)
            }
            Err(problem) => {
                log_end(&problem);
                None
            }
        }
    }

    /// Reads the next notices as text; nothing where the stream must end.
    async fn read(&self, mut reader: Reader) -> Option<(Reader, String)> {
        if self.ending.as_ref().is_some_and(Ending::has_come) {
            return None;
        }
        let _turn = self.streams.scans.acquire().await.ok()?;
        let (token, until) = (self.token.clone(), self.until);
        let work = move |registry: &Registry| {
            let is_member = match &token {
                Some((token, carrier)) => registry.session(token, *carrier)?.is_some(),
                None => true,
            };
            if !is_member {
                return Ok(None);
            }
            let mut text = String::new();
            for notice in reader.read(registry, until)? {
                // Writing to a string cannot fail.
                let _ = write!(text, "id: {}\ndata: {}\n\n", notice.index, notice.text);
            }
            Ok(Some((reader, text)))
        };
        match read(Arc::clone(&self.registry), work).await {
            Ok(read) => read,
            Err(problem) => {
                log_end(&problem);
                None
            }
        }
    }
}

fn log_end(problem: &Problem) {
    let cause = problem.cause().unwrap_or("no cause");
    tracing::error!(error.kind = "storage", "an event stream has ended: {cause}");
}

/// Makes the CloudEvent of an alert (FORMATS 12.2).
fn alert_event(aud: &str, name: &str, alert: &Alert, day: Day) -> Json {
    let data = alert_json(alert).with("day", Some(Json::Text(day.to_string())));
    Json::object([
        ("data", data),
        ("datacontenttype", Json::text("application/json")),
        ("id", Json::Text(format!("alert/{name}"))),
        ("source", Json::Text(format!("//{aud}"))),
        ("specversion", Json::text("1.0")),
        ("subject", Json::Text(alert.record.name())),
        (
            "type",
            Json::Text(format!("greenlien.alert.{}", alert.kind.name())),
        ),
    ])
}

/// Says where the stream is. A client takes the id over without an event (HTML, "dispatch the event"), so that who watches for
/// little need not be read again everything when it comes back.
fn heartbeat(next: u64) -> String {
    match next.checked_sub(1) {
        Some(last) => format!(": at {next}\nid: {last}\n\n"),
        None => ": at 0\n\n".to_owned(),
    }
}

async fn ended(ending: &mut Option<Ending>) {
    match ending {
        Some(ending) => ending.wait().await,
        None => std::future::pending().await,
    }
}

/// The chunks of a stream as a body.
struct Chunks(mpsc::Receiver<Bytes>);

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.0.poll_recv(context);
        chunk.map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_stream_ends() {
        let (_tell, size) = watch::channel(0);
        let streams = Streams {
            size,
            scans: Arc::new(Semaphore::new(1)),
            open: Arc::default(),
        };
        let most = limits::EVENT_STREAMS_PER_ADDRESS_MAX;
        let mut places: Vec<Place> = (0..most).map(|_| streams.enter("a").unwrap()).collect();
        assert!(streams.enter("a").is_err());
        assert!(streams.enter("b").is_ok(), "another address has its own");
        places.pop();
        places.push(streams.enter("a").unwrap());
        assert!(streams.enter("a").is_err());
        let mut others = Vec::new();
        for n in 0.. {
            let Ok(place) = streams.enter(&format!("c{}", n / most)) else {
                break;
            };
            others.push(place);
        }
        assert_eq!(others.len() + places.len(), limits::EVENT_STREAMS_MAX);
        drop((others, places));
        assert!(streams.open.lock().unwrap().is_empty());
    }

    #[test]
    fn lists_are_separated_by_commas_and_bounded() {
        assert_eq!(several("M1,M2", PartyId::parse).unwrap().len(), 2);
        for text in ["", "M1,", "M1, M2", "M1;M2", "R1"] {
            assert!(several(text, PartyId::parse).is_none(), "{text:?}");
        }
        let many = vec!["M1"; limits::WATCHED_MAX + 1].join(",");
        assert!(several(&many, PartyId::parse).is_none());
    }

    #[test]
    fn a_heartbeat_says_where_the_stream_is() {
        assert_eq!(heartbeat(58), ": at 58\nid: 57\n\n");
        assert_eq!(heartbeat(0), ": at 0\n\n");
    }
}
