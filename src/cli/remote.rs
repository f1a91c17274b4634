//! What the commands that talk to a registry share: its address, and what its answers mean for the exit code.

use clap::Args;
use serde_json::Value;

use crate::cli::client::{Client, Reply};
use crate::cli::environment;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output;

/// The environment variable that names the registry.
const SERVER_VARIABLE: &str = "GREENLIEN_SERVER";
/// The environment variable with the token of a session, as `login` prints it.
const TOKEN_VARIABLE: &str = "GREENLIEN_TOKEN";
/// The registry that `serve` makes without further words.
const SERVER_DEFAULT: &str = "http://127.0.0.1:8470";
/// The status of a server that has no time.
const BUSY: u16 = 503;

/// Which registry is asked.
#[derive(Args, Clone, Debug)]
pub struct ServerArgs {
    /// The address of the registry; GREENLIEN_SERVER, if absent, or http://127.0.0.1:8470
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl ServerArgs {
    /// Returns a client of the registry.
    pub fn client(&self) -> Result<Client, Failure> {
        let named = self
            .server
            .clone()
            .or_else(|| environment::setting(SERVER_VARIABLE));
        let client = Client::new(named.as_deref().unwrap_or(SERVER_DEFAULT))?;
        Ok(client.with_token(environment::setting(TOKEN_VARIABLE)))
    }

    /// Reads what is at a path; everything but success is a failure.
    pub fn get(&self, path: &str) -> Result<Reply, Failure> {
        succeeded(self.client()?.get(path)?)
    }

    /// Reads what is at a path; see [`answered`].
    pub fn get_as(&self, path: &str, as_json: bool) -> Result<Reply, Failure> {
        answered(self.client()?.get(path)?, as_json)
    }
}

/// Returns the answer if the registry did what was asked, else the failure that it tells.
pub fn succeeded(reply: Reply) -> Result<Reply, Failure> {
    if reply.is_success() {
        Ok(reply)
    } else {
        Err(refusal(&reply))
    }
}

/// The same, for a command that prints JSON: a failure's own words are a result then, so its problem is printed too.
pub fn answered(reply: Reply, as_json: bool) -> Result<Reply, Failure> {
    if as_json && !reply.is_success() && reply.json.is_object() {
        output::line(reply.text.trim_end())?;
    }
    succeeded(reply)
}

/// Turns an answer of failure into the failure of the command.
pub fn refusal(reply: &Reply) -> Failure {
    let complaint = reply.complaint();
    match reply.status {
        BUSY => Failure::try_later(complaint).hint("try again in a moment"),
        404 => Failure::refused(complaint).hint(
            "check the id; `greenlien show --identity SCHEME:VALUE` finds a record by identity",
        ),
        401 => Failure::refused(complaint)
            .hint("sign in with `greenlien login` and put the token into GREENLIEN_TOKEN"),
        400..=499 => {
            let hint = fix(&reply.json).unwrap_or_else(|| match reply.text_member("field") {
                Some(field) => {
                    format!("correct {field} and send it again; docs/API.md shows every member")
                }
                None => "docs/API.md shows what the registry takes".to_owned(),
            });
            Failure::refused(complaint).hint(hint)
        }
        status => Failure::internal(format!("the registry answered {status}: {complaint}"))
            .hint("its log names the cause"),
    }
}

/// Returns what the first finding of a problem advises.
fn fix(problem: &Value) -> Option<String> {
    let fix = problem.pointer("/findings/0/fix")?.as_str()?;
    Some(fix.to_owned())
}

/// Prints findings with their words, each with what stands in the way and what would be admissible.
pub fn print_findings(findings: &Value) -> Result<(), Failure> {
    for finding in findings.as_array().into_iter().flatten() {
        output::line(&finding_text(finding))?;
    }
    Ok(())
}

fn finding_text(finding: &Value) -> String {
    let text = |name: &str| finding.get(name).map(output::outline);
    let word = |name: &str| text(name).unwrap_or_default();
    let line = text("line").map_or(String::new(), |line| format!(" (line {line})"));
    let mut lines = vec![format!(
        "{}  {} / {}{line}",
        word("code"),
        word("title_zh"),
        word("title_en")
    )];
    let conflicts = finding.get("conflicts").map(|ids| texts(ids).join(", "));
    let details = [
        ("in the way", conflicts),
        ("first on", text("at")),
        ("overlap in millionths", text("share_ppm")),
        (
            "admissible",
            finding.get("alternative").map(alternative_text),
        ),
        ("to do", text("fix")),
    ];
    for (label, detail) in details {
        lines.extend(detail.map(|detail| format!("      {label}: {detail}")));
    }
    lines.join("\n")
}

/// Says what would be admissible: a quantity over the whole span, one for each part of it, or whole spans.
fn alternative_text(alternative: &Value) -> String {
    let mut parts = Vec::new();
    if let Some(quantity) = alternative.get("quantity") {
        parts.push(format!("at most {} throughout", output::outline(quantity)));
    }
    for name in ["segments", "spans"] {
        for part in alternative
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let member = |name: &str| part.get(name).map(output::outline).unwrap_or_default();
            let much = part
                .get("quantity")
                .map_or("free".to_owned(), output::outline);
            parts.push(format!(
                "{much} from {} until {}",
                member("from"),
                member("to")
            ));
        }
    }
    parts.join("; ")
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(output::outline)
        .collect()
}

/// Encodes a value for the query of an address (RFC 3986 section 2.1).
pub fn percent_encode(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

/// Prints the body of an answer as it came, or as an outline.
pub fn print_reply(reply: &Reply, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::line(reply.text.trim_end())?;
    } else {
        output::line(&output::outline(&reply.json))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_decides_the_exit_code() {
        let exit = |status| refusal(&Reply::new(status, "{\"detail\":\"why\"}".to_owned())).exit;
        assert_eq!(exit(400), Exit::Refused);
        assert_eq!(exit(409), Exit::Refused);
        assert_eq!(exit(500), Exit::Internal);
        assert_eq!(exit(503), Exit::TryLater);
    }

    #[test]
    fn a_finding_is_shown_with_what_would_be_admissible() {
        let finding = r#"{"code":3002,"title_zh":"重复担保","title_en":"double pledge","line":0,
            "conflicts":["P41.0"],"alternative":{"quantity":"40","segments":[{"from":"2027-01-01","quantity":"40","to":"2028-01-01"}]},"fix":"Ask for less."}"#;
        let expected = "\
3002  重复担保 / double pledge (line 0)
      in the way: P41.0
      admissible: at most 40 throughout; 40 from 2027-01-01 until 2028-01-01
      to do: Ask for less.";
        assert_eq!(
            finding_text(&serde_json::from_str(finding).unwrap()),
            expected
        );
    }

    #[test]
    fn what_an_address_cannot_hold_is_encoded() {
        assert_eq!(percent_encode("permit:渝|1"), "permit%3A%E6%B8%9D%7C1");
    }
}
