//! What is no JSON of an answer: files, the stream of events, and the notices that webhooks receive; and which answers have no
//! example.

use serde_json::{Map, Value, json};

use crate::http::schema::reference;

/// The member that says why an answer has no example; its words in Chinese stand beside it.
const NO_EXAMPLE: &str = "x-no-example";

/// Answers without an example: operation, media type, and why, in Chinese and English. A test demands an example of all others.
const UNSHOWN: [(&str, &str, &str, &str); 7] = [
    (
        "get_certificate",
        "application/pdf",
        "字节, 不是文本; 所附文件同 JSON",
        "Bytes, no text; the file attached to it is the JSON.",
    ),
    (
        "get_export",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "字节, 不是文本; 各列同 CSV",
        "Bytes, no text; its columns are those of the CSV.",
    ),
    (
        "get_openapi",
        "application/json",
        "即本描述自身",
        "It is this description.",
    ),
    (
        "get_pledge_evidence",
        "application/json",
        "数十 kB; 同样形式而较短的见 get_absence_evidence",
        "Tens of kilobytes; `get_absence_evidence` shows a shorter one of the same form.",
    ),
    (
        "get_right_evidence",
        "application/json",
        "数十 kB; 同样形式而较短的见 get_absence_evidence",
        "Tens of kilobytes; `get_absence_evidence` shows a shorter one of the same form.",
    ),
    (
        "get_tile",
        "application/octet-stream",
        "字节, 不是文本: 每个哈希 32 字节; 账页之前各有两字节的长度",
        "Bytes, no text: 32 for each hash; each entry after two bytes with its length.",
    ),
    (
        "post_answer_evidence",
        "application/json",
        "数十 kB; 同样形式而较短的见 get_absence_evidence",
        "Tens of kilobytes; `get_absence_evidence` shows a shorter one of the same form.",
    ),
];

/// Says of files what they are, of the stream what each of its events holds, and of what has no example why.
pub(super) fn complete(id: &str, response: &mut Value) {
    let contents = response.get_mut("content").and_then(Value::as_object_mut);
    let contents = contents.into_iter().flatten();
    for (media_type, content) in contents {
        let unshown = UNSHOWN
            .iter()
            .find(|(of, unshown, ..)| *of == id && unshown == media_type);
        if let Some((_, _, zh, en)) = unshown {
            content[NO_EXAMPLE] = json!(en);
            content["x-zh"] = json!(zh);
        }
        // How a handler says bytes.
        if content["schema"]["items"]["format"] == "int32" {
            content["schema"] = json!({"type": "string", "contentMediaType": media_type});
        }
        if media_type == "text/event-stream" {
            content["schema"]["x-data"] = reference("CloudEvent");
        }
    }
}

/// The requests that the service sends to a webhook.
pub(super) fn webhooks() -> Value {
    let header = |name: &str, english: &str, zh: &str| {
        json!({
            "name": name, "in": "header", "required": true, "schema": {"type": "string"},
            "description": english, "x-zh": zh,
        })
    };
    let answer = |english: &str, zh: &str| json!({"description": english, "x-zh": zh});
    let mut content = Map::new();
    content.insert(
        "application/cloudevents+json".to_owned(),
        json!({"schema": reference("CloudEvent")}),
    );
    json!({"notice": {"post": {
        "operationId": "receive_notice",
        "tags": ["events"],
        "summary": "A notice, as a webhook receives it",
        "description": "Sent to the address that the operator entered, one notice in each request, in the order of the log. Verify \
            the digest, then the signature (RFC 9421, `ed25519`) with a key of `GET /v1/webhooks`, then `created` and `expires`, \
            and drop what comes again under its `source` and `id`. FORMATS section 12.1 has the signature base.",
        "x-zh": {
            "summary": "回调收到的通知",
            "description": "发往运行者所登记的地址, 每次请求一条, 依账页次序。先核对摘要, 再以 GET /v1/webhooks 的公钥核验签名 (RFC 9421, ed25519), \
                再看 created 与 expires; source 与 id 相同的再来时不必再办。签名基文见 FORMATS 第 12.1 节。",
        },
        "parameters": [
            header("Content-Digest", "`sha-256` of the body in base64 (RFC 9530)", "正文的 sha-256, base64 (RFC 9530)"),
            header("Signature-Input", "what is signed, `created`, `expires`, `keyid`, and the tag `greenlien-webhook`",
                "所签各项、created、expires、keyid 和标签 greenlien-webhook"),
            header("Signature", "the signature, with the label `sig1`", "签名, 标签 sig1"),
        ],
        "requestBody": {"required": true, "content": content},
        "responses": {
            "2XX": answer("received; the next notice follows", "已收到; 继续下一条"),
            "410": answer("not wanted any more; nothing is sent again", "不再需要; 不再发送"),
            "default": answer("sent again later, ever more slowly, and suspended after days of failures",
                "稍后重发, 间隔渐长; 连日失败即中止"),
        },
    }}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_that_are_there_are_said_to_have_no_example() {
        let api = crate::http::openapi();
        let text = api["paths"].to_string();
        assert_eq!(text.matches(NO_EXAMPLE).count(), UNSHOWN.len());
    }
}
