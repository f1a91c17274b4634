//! What the commands that talk to a registry share: its address, and what its answers mean for the exit code.

use clap::Args;
use serde_json::Value;

use crate::cli::client::{Client, Reply};
use crate::cli::environment;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output;

/// The environment variable that names the registry.
const SERVER_VARIABLE: &str = "GREENLIEN_SERVER";
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
        Ok(Client::new(named.as_deref().unwrap_or(SERVER_DEFAULT))?)
    }

    /// Reads what is at a path; everything but success is a failure.
    pub fn get(&self, path: &str) -> Result<Reply, Failure> {
        succeeded(self.client()?.get(path)?)
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

/// Turns an answer of failure into the failure of the command.
pub fn refusal(reply: &Reply) -> Failure {
    let complaint = reply.complaint();
    match reply.status {
        BUSY => Failure::try_later(complaint).hint("try again in a moment"),
        400..=499 => {
            let failure = Failure::refused(complaint);
            match fix(&reply.json) {
                Some(fix) => failure.hint(fix),
                None => failure,
            }
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
    let word = |name: &str| {
        finding
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let code = finding
        .get("code")
        .map(Value::to_string)
        .unwrap_or_default();
    let mut text = format!("{code}  {} / {}", word("title_zh"), word("title_en"));
    if let Some(line) = finding.get("line") {
        text.push_str(&format!(" (line {line})"));
    }
    let shown = [
        ("conflicts", "in the way"),
        ("at", "first on"),
        ("share_ppm", "overlap in millionths"),
        ("alternative", "admissible"),
        ("fix", "to do"),
    ];
    for (name, label) in shown {
        if let Some(value) = finding.get(name) {
            let outline = output::outline(value);
            let value = match value {
                Value::Array(_) => outline.replace("- ", "").replace('\n', ", "),
                _ if outline.contains('\n') => {
                    format!("\n          {}", outline.replace('\n', "\n          "))
                }
                _ => outline,
            };
            text.push_str(&format!("\n      {label}: {value}"));
        }
    }
    text
}

/// Encodes a value for the query of an address (RFC 3986 section 2.1).
pub fn percent_encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
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
            "conflicts":["P41.0"],"alternative":{"quantity":"40"},"fix":"Ask for less."}"#;
        let expected = "3002  重复担保 / double pledge (line 0)\n      in the way: P41.0\n      admissible: quantity: 40\n      to do: Ask for less.";
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
