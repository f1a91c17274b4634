//! Answers for people who came to an address of programs with a browser, such as a link to a spreadsheet: what went wrong, as a
//! page in Chinese and English. The pages proper are of `web`, which this room does not know.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use crate::http::failures::title_zh;
use crate::http::problem::Problem;

/// What that page may load and who may frame it: nothing and nobody.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Says whether a browser asks that shows what it gets to a person.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Answers with a page that says what went wrong.
pub(crate) fn page(problem: Problem) -> Response {
    let text = text_of(&problem);
    let mut response = problem.into_response();
    *response.body_mut() = Body::from(text);
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(CONTENT_TYPE, fixed("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, fixed(POLICY));
    response
}

fn text_of(problem: &Problem) -> String {
    let title_zh = problem.kind().map_or("未能答复", title_zh);
    let detail_zh = problem
        .words_zh()
        .unwrap_or("请返回上一页, 核对所选的条件。");
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>greenlien</title><h1>{}</h1><p>{}</p><p><a href=\"/\">返回首页</a></p>\
<h1 lang=\"en\">{}</h1><p lang=\"en\">{}</p><p lang=\"en\"><a href=\"/?lang=en\">First page</a></p></html>",
        escaped(title_zh),
        escaped(detail_zh),
        escaped(problem.title()),
        escaped(problem.words()),
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::Kind;

    #[test]
    fn a_page_says_what_went_wrong_in_both_languages_and_runs_nothing() {
        let problem = Problem::field("file", "is <script>").because_zh("没有这个列表");
        let text = text_of(&problem);
        for said in [
            "<h1>成员或参数不合要求</h1><p>没有这个列表</p>",
            "file is &lt;script&gt;",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let response = page(Problem::of(Kind::Busy));
        assert_eq!(response.status(), Kind::Busy.status());
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(response.headers().contains_key("retry-after"));
    }
}
