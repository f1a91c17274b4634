//! `/metrics` for the operator's tools: numbers in the text format of Prometheus, and no private data.
//!
//! Every number is of the log, whose size is public anyway, of its witnesses, or a count of answers by class. No party, record,
//! path or address is ever a label. Written by hand: thirty lines of text need no crate.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::http::schema::ServiceProblems;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::webhooks::WebhookState;

/// The media type of the text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Classes of answers, by the first digit of the status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Answers since the program began.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    by_class: [AtomicU64; CLASSES.len()],
    /// How long they took together, in microseconds.
    micros: AtomicU64,
    /// Requests that were refused because a queue or a quota was full (429, 503).
    turned_away: AtomicU64,
}

impl Answers {
    /// Counts an answer.
    pub(crate) fn count(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(counter) = self.by_class.get(class) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        if matches!(status, 429 | 503) {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Numbers for the operator's tools
///
/// The text format of Prometheus: sizes and ages of the log, its witnesses and webhooks, and answers by class; nothing private.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses(
        (status = 200, description = "the numbers of now", body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
        ServiceProblems,
    )
)]
pub(crate) async fn get_metrics(
    State(registry): State<Arc<Registry>>,
    Extension(answers): Extension<Arc<Answers>>,
) -> Response {
    let mut text = Metrics::default();
    of_the_log(&registry, &mut text);
    of_the_witnesses(&registry, &mut text);
    of_the_webhooks(&registry, &mut text);
    of_the_answers(&answers, &mut text);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(TEXT)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text.0).into_response()
}

/// The text as it grows.
#[derive(Default)]
struct Metrics(String);

impl Metrics {
    /// Adds a metric with its values, each with its labels.
    fn add(&mut self, name: &str, kind: &str, help: &str, values: &[(String, String)]) {
        // Writing to a text cannot fail.
        let _ = write!(
            self.0,
            "# HELP greenlien_{name} {help}\n# TYPE greenlien_{name} {kind}\n"
        );
        for (labels, value) in values {
            let _ = writeln!(self.0, "greenlien_{name}{labels} {value}");
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.add(name, "gauge", help, &[(String::new(), value.to_string())]);
    }
}

/// Whole seconds from an instant until now; none if it is ahead.
fn seconds_since(registry: &Registry, then: Timestamp) -> u64 {
    registry.now().seconds().saturating_sub(then.seconds())
}

fn of_the_log(registry: &Registry, text: &mut Metrics) {
    let published = registry.published();
    text.gauge(
        "log_entries",
        "Entries of the signed log.",
        registry.signed_size(),
    );
    text.gauge(
        "checkpoint_entries",
        "Entries of the published checkpoint.",
        published.size,
    );
    text.gauge(
        "checkpoint_age_seconds",
        "Seconds since the registry time of the published checkpoint; an idle log writes a heartbeat at least every 5 minutes.",
        seconds_since(registry, published.time),
    );
    let takes = !registry.is_stopped() && !registry.is_waiting() && !registry.is_clock_behind();
    text.gauge(
        "takes_commands",
        "1 while the registry takes commands, else 0; as /readyz says.",
        u64::from(takes),
    );
}

fn of_the_witnesses(registry: &Registry, text: &mut Metrics) {
    let witnesses = registry.witnesses();
    if witnesses.is_empty() {
        return;
    }
    let size = registry.signed_size();
    text.gauge(
        "cosigned_entries",
        "Entries of the newest checkpoint that a quorum of the witnesses has cosigned.",
        registry.cosigned_size(),
    );
    let label = |name: &str| format!("{{witness=\"{}\"}}", escaped(name));
    let behind: Vec<(String, String)> = witnesses
        .iter()
        .map(|(name, state)| {
            let seen = state.cosigned.map_or(0, |(seen, _)| seen);
            (label(name), size.saturating_sub(seen).to_string())
        })
        .collect();
    text.add(
        "witness_behind_entries",
        "gauge",
        "Entries that a witness has not cosigned yet.",
        &behind,
    );
    let faults: Vec<(String, String)> = witnesses
        .iter()
        .map(|(name, state)| (label(name), u64::from(state.fault.is_some()).to_string()))
        .collect();
    text.add(
        "witness_fault",
        "gauge",
        "1 where the last answer of a witness was of no use.",
        &faults,
    );
}

fn of_the_webhooks(registry: &Registry, text: &mut Metrics) {
    let webhooks = registry.webhooks();
    if webhooks.is_empty() {
        return;
    }
    let size = registry.signed_size();
    // Names of webhooks are of members; the operator reads them in the registry.
    let active = |state: WebhookState| match state {
        WebhookState::Active => true,
        WebhookState::Gone | WebhookState::Suspended => false,
    };
    let behind = webhooks
        .iter()
        .filter(|(_, standing)| active(standing.state))
        .map(|(_, standing)| size.saturating_sub(standing.next))
        .max();
    text.gauge(
        "webhooks_behind_entries",
        "Entries that the slowest active webhook was not told of yet.",
        behind.unwrap_or_default(),
    );
    let silent = webhooks
        .iter()
        .filter(|(_, standing)| !active(standing.state));
    text.gauge(
        "webhooks_silent",
        "Webhooks that are not sent to any more: suspended, or given up by their receivers.",
        u64::try_from(silent.count()).unwrap_or(u64::MAX),
    );
}

fn of_the_answers(answers: &Answers, text: &mut Metrics) {
    let counts: Vec<(String, String)> = CLASSES
        .iter()
        .zip(&answers.by_class)
        .map(|(class, counter)| {
            let count = counter.load(Ordering::Relaxed);
            (format!("{{class=\"{class}\"}}"), count.to_string())
        })
        .collect();
    text.add(
        "http_answers_total",
        "counter",
        "Answers since the program began, by class of status.",
        &counts,
    );
    let turned_away = answers.turned_away.load(Ordering::Relaxed);
    text.add(
        "http_turned_away_total",
        "counter",
        "Answers 429 and 503: a quota or a queue was full, or nothing is taken.",
        &[(String::new(), turned_away.to_string())],
    );
    let micros = answers.micros.load(Ordering::Relaxed);
    let seconds = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.add(
        "http_answer_seconds_total",
        "counter",
        "Seconds from the head of a request to the head of its answer, of all answers together.",
        &[(String::new(), seconds)],
    );
}

/// A text as the value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class_and_written_one_to_a_line() {
        let answers = Answers::default();
        for status in [200, 201, 404, 429, 503, 999] {
            answers.count(status, Duration::from_micros(500_001));
        }
        let mut text = Metrics::default();
        of_the_answers(&answers, &mut text);
        for line in [
            "# TYPE greenlien_http_answers_total counter",
            "greenlien_http_answers_total{class=\"2xx\"} 2",
            "greenlien_http_answers_total{class=\"4xx\"} 2",
            "greenlien_http_answers_total{class=\"5xx\"} 1",
            "greenlien_http_turned_away_total 2",
            "greenlien_http_answer_seconds_total 3.000006",
        ] {
            assert!(
                text.0.lines().any(|found| found == line),
                "{line}: {}",
                text.0
            );
        }
    }

    #[test]
    fn no_name_breaks_out_of_its_label() {
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
