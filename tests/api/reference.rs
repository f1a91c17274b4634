//! The reference for people: every operation and every shape has a page in both languages, made of the document, that leads
//! nowhere else, and whose command lines are those of the examples.

use super::{DOCUMENT, operations, resolved};
use crate::support::house::House;

/// Every address on this site that a page links to.
fn links(page: &str) -> Vec<&str> {
    let parts = page.split("href=\"").skip(1);
    let links = parts.map(|part| part.split(['"', '#', '?']).next().unwrap());
    links
        .filter(|link| link.starts_with("/reference"))
        .collect()
}

fn page(house: &House, path: &str, lang: &str) -> String {
    let reply = house.get(&format!("{path}?lang={lang}"));
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    assert!(
        reply.text.len() < 100_000,
        "{path}: {} bytes",
        reply.text.len()
    );
    for outside in ["src=\"http", "href=\"http", "<script", "style=\""] {
        assert!(!reply.text.contains(outside), "{path}: {outside}");
    }
    reply.text
}

/// A text as it stands in a page.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;");
    let text = text.replace('"', "&#34;").replace('\'', "&#39;");
    let parts = text.split('`').enumerate().map(|(n, part)| match n % 2 {
        0 => part.to_owned(),
        _ => format!("<code class=\"id\">{part}</code>"),
    });
    parts.collect()
}

#[test]
fn the_reference_has_a_page_for_everything_that_the_document_has() {
    let house = House::new();
    let index = page(&house, "/reference", "en");
    let chinese = page(&house, "/reference", "zh");
    for operation in operations() {
        let (id, of) = (operation.id(), operation.of);
        let link = format!("/reference/{id}");
        assert!(links(&index).contains(&link.as_str()), "{id}");
        let (english, zh) = (page(&house, &link, "en"), page(&house, &link, "zh"));
        assert!(
            english.contains(&escaped(of["summary"].as_str().unwrap())),
            "{id}"
        );
        assert!(
            zh.contains(&escaped(of["x-zh"]["summary"].as_str().unwrap())),
            "{id}"
        );
        assert!(english.contains("curl -s"), "{id}");
        for status in of["responses"].as_object().unwrap().keys() {
            assert!(english.contains(&format!(">{status}<")), "{id} {status}");
            // A failure is shown, by a request of the operation or as other operations have it.
            let shown = format!("&#34;status&#34;: {status},");
            let is_failure = status.starts_with(['4', '5']);
            assert!(!is_failure || zh.contains(&shown), "{id} {status}");
        }
        for parameter in of
            .get("parameters")
            .and_then(serde_json::Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().unwrap();
            assert!(english.contains(&format!(">{name}<")), "{id} {name}");
        }
    }
    // What the service sends is described beside what it answers.
    let notice = page(&house, "/reference/receive_notice", "en");
    for part in [
        "Content-Digest",
        "/reference/shapes/CloudEvent",
        "greenlien-webhook",
    ] {
        assert!(notice.contains(part), "{notice}");
    }
    assert!(links(&index).contains(&"/reference/receive_notice"));
    let stream = page(&house, "/reference/stream_events", "zh");
    assert!(stream.contains("/reference/shapes/CloudEvent"), "{stream}");
    let export = page(&house, "/reference/get_export", "zh");
    assert!(!export.contains("整数 0–"), "{export}");
    assert!(export.contains("无示例: 字节, 不是文本"), "{export}");
    for (status, response) in DOCUMENT["x-otherwise"].as_object().unwrap() {
        let about = resolved(&DOCUMENT, response)["description"].as_str();
        let row = format!(">{status}</dt><dd>{}", escaped(about.unwrap()));
        assert!(index.contains(&row), "{row}");
    }
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        let link = format!("/reference/shapes/{name}");
        assert!(links(&index).contains(&link.as_str()) && links(&chinese).contains(&link.as_str()));
        let shown = page(&house, &link, "en");
        assert!(
            shown.contains(&escaped(schema["description"].as_str().unwrap())),
            "{name}"
        );
        for link in links(&shown) {
            let of = link.strip_prefix("/reference/shapes/").unwrap_or_default();
            let is_there = DOCUMENT["components"]["schemas"].get(of).is_some();
            assert!(is_there || link == "/reference", "{name}: {link}");
        }
    }
    for missing in ["/reference/get_nothing", "/reference/shapes/Nothing"] {
        assert_eq!(house.get(missing).status, 404, "{missing}");
    }
    house.close();
}
