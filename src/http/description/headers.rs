//! The headers of answers: each once under `components`, and which answer has which.

use serde_json::{Map, Value, json};

use crate::http::description::{id_of, responses};
use crate::http::schema::worded;

/// A header of answers.
struct Header {
    name: &'static str,
    /// Whether every answer that names it has it.
    always: bool,
    pattern: &'static str,
    example: &'static str,
    zh: &'static str,
    en: &'static str,
}

macro_rules! headers {
    ($($name:literal $always:literal $pattern:literal $example:literal, $zh:literal, $en:literal;)*) => {
        const HEADERS: &[Header] = &[$(Header {
            name: $name, always: $always, pattern: $pattern, example: $example, zh: $zh, en: $en,
        }),*];
    };
}

headers! {
    "X-Request-Id" true "^[0-9]+$" "41", "日志中指称本次请求的编号", "The number under which the log of the service names this request.";
    "Cache-Control" true "^.+$" "no-store", "可否缓存", "Whether, and how long, the answer may be kept.";
    "Retry-After" true "^[0-9]+$" "1", "多少秒后可再试", "Seconds after which to try again.";
    "WWW-Authenticate" true "^Bearer realm=\"greenlien\"$" "Bearer realm=\"greenlien\"", "如何登录", "How to sign in (RFC 9110).";
    "Set-Cookie" false "^(__Host-greenlien|greenlien-session)=.*$" "greenlien-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict", "会话的 Cookie; 仅对浏览器", "The cookie of the session; for browsers alone.";
    "ETag" true "^\"[0-9]+\"$" "\"3\"", "记录的版本", "The version of the record.";
    "Link" false "^</[^>]+>; rel=\"next\"$" "</v1/rights?after=41&limit=50>; rel=\"next\"", "下一页; 最后一页没有", "The next page (RFC 8288); absent on the last one.";
    "Location" true "^/.+$" "/v1/certificates/7KQ4M2TX9RNBH5CY", "所创建内容的路径", "The path of what was made.";
    "Content-Disposition" true "^(attachment|inline); filename=\"[^\"]+\"$" "attachment; filename=\"evidence-R41.json\"", "建议的文件名", "The name for a file.";
    "Greenlien-Checkpoint" true "^(cosigned|signed; .+)$" "cosigned", "cosigned: 检查点已获见证签署; signed: 未获, 及原因", "`cosigned`, or `signed` and why the checkpoint of the file is not cosigned.";
    "X-Accel-Buffering" true "^no$" "no", "请代理立即转发", "Tells a proxy to pass each event on at once.";
    "Preference-Applied" false "^wait=cosigned$" "wait=cosigned", "已按要求等到见证签署", "The preference was met: every receipt is cosigned (RFC 7240).";
    "Vary" false "^.+$" "accept", "答复随之不同的请求首部", "The header of the request that the answer depends on.";
    "Content-Encoding" false "^gzip$" "gzip", "已压缩; 仅对接受 gzip 者", "Compressed, for who takes gzip.";
}

/// Headers of answers with one of these ids and statuses, beside the number of the request.
const OF_ANSWERS: &[(&[&str], &str, &[&str])] = &[
    (&["get_right", "get_pledge", "get_party"], "200", &["ETag"]),
    (&["get_right", "get_pledge", "get_party"], "304", &["ETag"]),
    (
        &[
            "list_rights",
            "list_pledges",
            "list_parties",
            "list_right_history",
            "list_pledge_history",
            "list_party_history",
            "list_alerts",
            "ask_alerts",
            "list_reconciliation",
            "list_statistics_lines",
        ],
        "200",
        &["Link"],
    ),
    (
        &[
            "get_right_evidence",
            "get_pledge_evidence",
            "get_absence_evidence",
            "post_answer_evidence",
        ],
        "200",
        &["Content-Disposition", "Greenlien-Checkpoint"],
    ),
    (&["submit_command"], "201", &["Preference-Applied"]),
    (
        &["submit_command", "submit_command_batch"],
        "200",
        &["Preference-Applied"],
    ),
    (&["make_challenge"], "200", &["Cache-Control"]),
    (&["open_session"], "201", &["Cache-Control", "Set-Cookie"]),
    (&["end_session"], "204", &["Set-Cookie"]),
    (
        &[
            "list_drafts",
            "list_draft_reads",
            "list_opening_reads",
            "list_person_opening_reads",
            "list_deliveries",
        ],
        "200",
        &["Link"],
    ),
    (&["get_metrics"], "200", &["Cache-Control"]),
    (
        &["stream_events"],
        "200",
        &["Cache-Control", "X-Accel-Buffering"],
    ),
    (&["issue_certificate"], "201", &["Location"]),
    (
        &["get_certificate"],
        "200",
        &["Cache-Control", "Content-Disposition", "Vary"],
    ),
    (&["get_export"], "200", &["Content-Disposition", "Link"]),
    (
        &["get_entry_proof"],
        "200",
        &["Cache-Control", "Content-Disposition"],
    ),
    (
        &["get_checkpoint", "get_log", "get_entry"],
        "200",
        &["Cache-Control"],
    ),
    (
        &["get_tile"],
        "200",
        &["Cache-Control", "Content-Encoding", "Vary"],
    ),
];

/// Adds the headers of an operation's answers; those of failures stand in the responses that are shared.
pub(super) fn add(operation: &mut Map<String, Value>) {
    let id = id_of(operation).to_owned();
    for (status, response) in responses(operation) {
        if response.get("$ref").is_some() {
            continue;
        }
        let mut named = vec!["X-Request-Id"];
        let rows = OF_ANSWERS
            .iter()
            .filter(|(ids, of, _)| ids.contains(&id.as_str()) && *of == status);
        named.extend(rows.flat_map(|(_, _, headers)| headers.iter().copied()));
        response["headers"] = references(&named);
    }
}

/// Returns references to headers, by name.
pub(super) fn references(names: &[&str]) -> Value {
    let reference = |name: &&str| {
        let path = format!("#/components/headers/{name}");
        ((*name).to_owned(), json!({"$ref": path}))
    };
    names.iter().map(reference).collect::<Map<_, _>>().into()
}

/// Returns the headers for `components`.
pub(super) fn components() -> Map<String, Value> {
    let described = |header: &Header| {
        let schema = json!({"type": "string", "pattern": header.pattern});
        let made = json!({"required": header.always, "schema": schema, "example": header.example});
        (header.name.to_owned(), worded(made, header.zh, header.en))
    };
    HEADERS.iter().map(described).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_that_an_answer_has_is_described() {
        let components = components();
        for (_, _, headers) in OF_ANSWERS {
            for header in *headers {
                assert!(components.contains_key(*header), "{header}");
            }
        }
    }
}
