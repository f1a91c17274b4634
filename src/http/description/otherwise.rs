//! What is answered to a request that is for no operation: at a path that is nobody's, with a method that the path does not take,
//! or before there is a request at all.
//!
//! OpenAPI has no place for it, so it stands in a member of its own, `x-otherwise`, by status.

use serde_json::{Map, Value, json};

use crate::http::description::problems::Shared;
use crate::http::failures::KINDS;
use crate::http::problem::Kind;
use crate::http::schema::worded;

/// What the gate and the routes answer.
const ANSWERED: [Kind; 4] = [
    Kind::SignInRequired,
    Kind::Forbidden,
    Kind::NotFound,
    Kind::MethodNotAllowed,
];

/// What the connection answers before anybody has read a request: status, and why, in Chinese and English.
const BY_CONNECTION: [(&str, &str, &str); 3] = [
    (
        "400",
        "不是 HTTP/1.1 请求; 答复无内容, 连接随即关闭",
        "It is no request of HTTP/1.1. The answer is empty, and the connection is closed.",
    ),
    (
        "414",
        "地址超过 65,534 字节; 答复无内容, 连接随即关闭",
        "The address has more than 65,534 bytes. The answer is empty, and the connection is closed.",
    ),
    (
        "431",
        "首部超过 100 个或约 400 kB; 答复无内容, 连接随即关闭",
        "There are more than 100 headers, or more than about 400 kB of them. The answer is empty, and the connection is closed.",
    ),
];

/// Returns these answers by status; failures that operations have too stand with theirs.
pub(super) fn answers(shared: &mut Shared) -> Value {
    let mut all = Map::new();
    for kind in ANSWERED {
        let mut response = json!({(KINDS): [kind.name()]});
        shared.hoist(kind.status().as_str(), &mut response);
        all.insert(kind.status().as_str().to_owned(), response);
    }
    for (status, zh, en) in BY_CONNECTION {
        all.insert(status.to_owned(), worded(json!({}), zh, en));
    }
    all.into()
}
