//! What the commands that talk to a registry share: its address, and what its answers mean for the exit code.

use clap::Args;

use crate::cli::environment;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use crate::client::answers::finding::Finding;
use crate::client::{Answer, Client, ClientFault, Problem};
use crate::domain::finding::Alternative;
use crate::primitives::time::Span;

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
}

impl From<ClientFault> for Failure {
    fn from(fault: ClientFault) -> Self {
        let text = fault.to_string();
        let of = match fault {
            ClientFault::Refused(problem) => return refusal(&problem),
            ClientFault::Address(_) => Self::usage,
            ClientFault::Unreachable { .. } => Self::try_later,
            ClientFault::NoRandomness(_) => Self::internal,
            ClientFault::Misunderstood { .. } | ClientFault::Envelope(_) => Self::refused,
        };
        // The text of the fault carries the next step after its last semicolon.
        match text.rsplit_once("; ") {
            Some((message, hint)) => of(message.to_owned()).hint(hint),
            None => of(text),
        }
    }
}

/// For a command that prints JSON: a refusal's own words are a result then, so its problem is printed too.
pub fn answered<T>(answer: Result<T, ClientFault>, as_json: bool) -> Result<T, Failure> {
    if as_json
        && let Err(ClientFault::Refused(problem)) = &answer
        && problem.text.starts_with('{')
    {
        output::line(problem.text.trim_end())?;
    }
    Ok(answer?)
}

/// Turns what a registry says against something into the failure of the command.
pub fn refusal(problem: &Problem) -> Failure {
    let complaint = problem.complaint();
    match problem.status {
        BUSY => Failure::try_later(complaint).hint("try again in a moment"),
        404 => Failure::refused(complaint).hint(
            "check the id; `greenlien show --identity SCHEME:VALUE` finds a record by identity",
        ),
        401 => Failure::refused(complaint)
            .hint("sign in with `greenlien login` and put the token into GREENLIEN_TOKEN"),
        400..=499 => {
            let hint = match (problem.fix(), &problem.field) {
                (Some(fix), _) => fix.to_owned(),
                (None, Some(field)) => {
                    format!("correct {field} and send it again; docs/API.md shows every member")
                }
                (None, None) => "docs/API.md shows what the registry takes".to_owned(),
            };
            Failure::refused(complaint).hint(hint)
        }
        status => Failure::internal(format!("the registry answered {status}: {complaint}"))
            .hint("its log names the cause"),
    }
}

/// Prints findings with their words, each with what stands in the way and what would be admissible.
pub fn print_findings(findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        output::line(&finding_text(finding))?;
    }
    Ok(())
}

fn finding_text(finding: &Finding) -> String {
    let line = finding.line.map(|line| format!(" (line {line})"));
    let mut lines = vec![format!(
        "{}  {} / {}{}",
        finding.code,
        finding.title_zh,
        finding.title_en,
        line.unwrap_or_default()
    )];
    let conflicts = &finding.conflicts;
    let details = [
        (
            "in the way",
            (!conflicts.is_empty()).then(|| conflicts.join(", ")),
        ),
        ("first on", finding.at.map(|day| day.to_string())),
        (
            "overlap in millionths",
            finding.share_ppm.map(|share| share.to_string()),
        ),
        (
            "admissible",
            finding.alternative.as_ref().map(alternative_text),
        ),
        ("to do", Some(finding.fix.clone())),
    ];
    for (label, detail) in details {
        lines.extend(detail.map(|detail| format!("      {label}: {detail}")));
    }
    lines.join("\n")
}

/// Says what would be admissible: a quantity over the whole span, one for each part of it, or whole spans.
fn alternative_text(alternative: &Alternative) -> String {
    let days = |span: &Span| format!("from {} until {}", span.from(), span.to());
    let whole = alternative.quantity.iter();
    let mut parts: Vec<String> = whole
        .map(|quantity| format!("at most {quantity} throughout"))
        .collect();
    let segments = alternative.segments.iter();
    parts.extend(segments.map(|(span, quantity)| format!("{quantity} {}", days(span))));
    let spans = alternative.spans.iter();
    parts.extend(spans.map(|span| format!("free {}", days(span))));
    parts.join("; ")
}

/// Prints an answer as it came, or as an outline.
pub fn print_answer<T>(answer: &Answer<T>, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::line(answer.text.trim_end())?;
    } else {
        let json = serde_json::from_str(&answer.text).unwrap_or_default();
        output::line(&output::outline(&json))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Reply;
    use crate::domain::finding::Severity;
    use crate::primitives::quantity::{Quantity, Scale};
    use crate::primitives::time::Day;

    #[test]
    fn a_status_decides_the_exit_code() {
        let text = |status| {
            format!(
                "{{\"detail\":\"why\",\"status\":{status},\"title\":\"x\",\"type\":\"/problems/x\"}}"
            )
        };
        let exit = |status| refusal(&Problem::of(&Reply::new(status, text(status)))).exit;
        assert_eq!(exit(400), Exit::Refused);
        assert_eq!(exit(409), Exit::Refused);
        assert_eq!(exit(500), Exit::Internal);
        assert_eq!(exit(503), Exit::TryLater);
    }

    #[test]
    fn a_finding_is_shown_with_what_would_be_admissible() {
        let forty = Quantity::parse("40", Scale::MAX).ok();
        let day = |text| Day::parse(text).unwrap();
        let year = Span::new(day("2027-01-01"), day("2028-01-01")).unwrap();
        let finding = Finding {
            code: 3002,
            name: "double_pledge".to_owned(),
            severity: Severity::Refuse,
            title_zh: "重复担保".to_owned(),
            title_en: "double pledge".to_owned(),
            fix: "Ask for less.".to_owned(),
            line: Some(0),
            conflicts: vec!["P41.0".to_owned()],
            at: None,
            share_ppm: None,
            alternative: Some(Alternative {
                quantity: forty,
                segments: vec![(year, forty.unwrap())],
                spans: Vec::new(),
            }),
        };
        let expected = "\
3002  重复担保 / double pledge (line 0)
      in the way: P41.0
      admissible: at most 40 throughout; 40 from 2027-01-01 until 2028-01-01
      to do: Ask for less.";
        assert_eq!(finding_text(&finding), expected);
    }
}
