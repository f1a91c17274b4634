//! What a screen reader goes by in the PDF of a certificate: the tree of its elements, read out of the bytes as a viewer does.

use std::collections::BTreeMap;

use super::certificates::{burdened, issue, pdf_of};

/// The dictionaries of the elements that a screen reader goes by, in the order of the tree.
fn read_aloud(pdf: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(pdf);
    let mut objects = BTreeMap::new();
    for part in text.split("endobj") {
        let mut lines = part.trim_start().splitn(2, " 0 obj");
        if let (Some(number), Some(body)) = (lines.next(), lines.next()) {
            objects.insert(
                number.rsplit('\n').next().unwrap().to_owned(),
                body.to_owned(),
            );
        }
    }
    let root = objects
        .values()
        .find(|body| body.contains("/Type/StructTreeRoot"));
    let mut waiting: Vec<String> = vec![root.unwrap().clone()];
    let mut elements = Vec::new();
    while let Some(body) = waiting.pop() {
        let body = body.replace(['\n', '\r'], " ");
        if let Some(kids) = body.split("/K").nth(1) {
            let kids = kids.trim_start();
            let end = if kids.starts_with('[') {
                kids.find(']')
            } else {
                kids.find('R')
            };
            let words: Vec<&str> = kids[..end.unwrap_or(0)]
                .trim_matches('[')
                .split_whitespace()
                .collect();
            let named = words
                .windows(2)
                .filter(|pair| pair[1] == "0")
                .map(|pair| pair[0]);
            let named: Vec<String> = named.filter_map(|id| objects.get(id).cloned()).collect();
            let kids = named.into_iter().filter(|kid| kid.contains("/StructElem"));
            waiting.extend(kids.collect::<Vec<_>>().into_iter().rev());
        }
        elements.push(body);
    }
    elements
}

#[test]
fn the_pdf_is_read_aloud_in_its_order_with_languages_and_what_the_code_says() {
    let (stage, _) = burdened();
    let (certificate, _) = issue(&stage, &format!(r#"{{"right":"{}"}}"#, stage.right));
    let bytes = pdf_of(&stage, &certificate);
    let whole = String::from_utf8_lossy(&bytes);
    // Both standards are told in the metadata, and pages say that they are marked.
    for told in [
        "pdfuaid:part",
        "pdfaid:part",
        "/MarkInfo",
        "/Marked true",
        "/Lang(zh-CN)",
        "/Outlines",
    ] {
        assert!(whole.contains(told), "{told}");
    }
    let elements = read_aloud(&bytes);
    let is = |element: &String, kind: &str| {
        let kind = format!("/S/{kind}");
        element
            .replace(' ', "")
            .split(&kind)
            .skip(1)
            .any(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let count = |kind: &str| elements.iter().filter(|element| is(element, kind)).count();
    let first = |kind: &str| {
        elements
            .iter()
            .position(|element| is(element, kind))
            .unwrap()
    };
    assert_eq!(count("Document"), 1);
    assert_eq!((count("H1"), count("Figure")), (1, 1));
    assert!(count("H2") >= 5, "{}", count("H2"));
    assert!(
        first("Figure") < first("H1") && first("H1") < first("H2") && first("H1") < first("Table")
    );
    // Every table has a body, every row cells, and columns or rows have titles.
    assert_eq!(count("Table"), count("TBody"));
    assert!(count("THead") >= 2 && count("TH") > count("Table"));
    assert!(count("TD") > count("TR"), "{} {}", count("TD"), count("TR"));
    let figure = &elements[first("Figure")];
    assert!(
        figure.contains("/Alt") && figure.contains("/BBox"),
        "{figure}"
    );
    let english = elements
        .iter()
        .filter(|element| element.contains("/Lang(en)"));
    let chinese = elements
        .iter()
        .filter(|element| element.contains("/Lang(zh-CN)"));
    assert!(english.count() > 5 && chinese.count() > 5);
    stage.house.close();
}
