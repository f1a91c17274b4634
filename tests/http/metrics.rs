//! Numbers for the operator's tools: right, in a form that Prometheus reads, and of nobody.

use std::collections::BTreeMap;

use super::{Stage, Wire};

fn numbers(wire: &Wire) -> BTreeMap<String, String> {
    let raw = wire.get("/metrics");
    assert_eq!(raw.status, 200);
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(raw.header("content-type"), media_type);
    assert_eq!(raw.header("cache-control"), "no-store");
    let mut told = Vec::new();
    let mut numbers = BTreeMap::new();
    for line in raw.text().lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(matches!(kind, "gauge" | "counter"), "{line}");
            assert!(!told.contains(&name.to_owned()), "{line}");
            told.push(name.to_owned());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let family = name.split('{').next().unwrap().to_owned();
            assert_eq!(told.last(), Some(&family), "{line}");
            assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
            assert!(numbers.insert(name.to_owned(), value.to_owned()).is_none());
        }
    }
    numbers
}

#[test]
fn metrics_follow_the_log_and_the_answers_and_name_nobody() {
    let stage = Stage::new();
    let before = numbers(&stage.wire);
    let head = stage.wire.head();
    assert_eq!(
        before["greenlien_checkpoint_entries"],
        head.size.to_string()
    );
    assert_eq!(before["greenlien_log_entries"], head.size.to_string());
    assert_eq!(before["greenlien_takes_commands"], "1");
    assert_eq!(stage.wire.get("/nowhere").status, 404);
    assert_eq!(stage.wire.get("/v1/rights").status, 200);
    let after = numbers(&stage.wire);
    let grown = |name: &str| {
        let count = |numbers: &BTreeMap<String, String>| numbers[name].parse::<u64>().unwrap();
        count(&after) - count(&before)
    };
    assert_eq!(grown("greenlien_http_answers_total{class=\"4xx\"}"), 1);
    // The checkpoint that was read, the rights, and the numbers before.
    assert!(grown("greenlien_http_answers_total{class=\"2xx\"}") >= 2);
    let text = stage.wire.get("/metrics").text().to_owned();
    for name in [&stage.bank, &stage.mill, &stage.bureau] {
        for private in [&name.name, &name.credit_code, &name.party.to_string()] {
            assert!(!text.contains(private.as_str()), "{private}: {text}");
        }
    }
    assert!(
        !text.contains("127.0.0.1") && !text.contains("/v1/"),
        "{text}"
    );
    stage.house.close();
}
