//! What is no JSON of an answer: files, the stream of events, and the notices that webhooks receive.

use serde_json::{Map, Value, json};

use crate::http::schema::reference;

/// Says of files what they are, and of the stream what each of its events holds.
pub(super) fn complete(response: &mut Value) {
    let contents = response.get_mut("content").and_then(Value::as_object_mut);
    let contents = contents.into_iter().flatten();
    for (media_type, content) in contents {
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
