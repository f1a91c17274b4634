//! `submit`: sends a signed draft and shows the decision.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::client::Reply;
use crate::cli::draft::Draft;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{self, ServerArgs};
use crate::cli::{files, output};
use crate::domain::command::SignerRole;

/// Submit a signed command
///
/// Waits for the decision, which is durable when it comes. The same file may be submitted again at any time: the answer is
/// the original decision.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct SubmitArgs {
    /// The signed draft
    file: PathBuf,
    #[command(flatten)]
    server: ServerArgs,
    /// Save the receipt here
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the registry's answer as JSON
    #[arg(long)]
    json: bool,
}

/// Sends the draft and prints the decision.
pub fn run(args: &SubmitArgs) -> Result<Exit, Failure> {
    let draft = Draft::read(&args.file)?;
    let missing = draft.missing(SignerRole::Maker) + draft.missing(SignerRole::Checker);
    if missing > 0 {
        let failure = Failure::refused(format!(
            "the draft is incomplete, signatures missing: {missing}"
        ));
        return Err(failure
            .of(args.file.display())
            .hint("add them with `greenlien sign`"));
    }
    let reply = args
        .server
        .client()?
        .post("/v1/commands", &draft.to_submission().to_canonical())?;
    let receipt = receipt(&reply, args.json)?;
    if let Some(path) = &args.out {
        files::replace(path, format!("{receipt}\n").as_bytes())?;
    }
    if args.json {
        output::line(reply.text.trim_end())?;
    } else {
        print_receipt(&receipt)?;
    }
    let is_accepted = receipt.get("decision").and_then(Value::as_str) == Some("accepted");
    Ok(if is_accepted {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// Returns the receipt of a decision; whatever was not decided is a failure.
fn receipt(reply: &Reply, as_json: bool) -> Result<Value, Failure> {
    match reply.json.get("receipt") {
        Some(receipt) => Ok(receipt.clone()),
        None => Ok(remote::answered(reply.clone(), as_json)?.json),
    }
}

fn print_receipt(receipt: &Value) -> Result<(), Failure> {
    let text = |name: &str| receipt.get(name).map(output::outline).unwrap_or_default();
    let repeated = receipt.get("repeated").and_then(Value::as_bool) == Some(true);
    let decision = text("decision");
    let decision = if repeated {
        format!("{decision} (decided before)")
    } else {
        decision
    };
    let mut rows = vec![("decision", decision)];
    if receipt.get("created").is_some() {
        rows.push(("created", text("created")));
    }
    rows.push(("entry", text("index")));
    rows.push(("time", text("time")));
    rows.push((
        "proven in",
        format!("the checkpoint of size {}", text("size")),
    ));
    output::facts(&rows)?;
    for name in ["findings", "warnings"] {
        if let Some(findings) = receipt.get(name) {
            remote::print_findings(findings)?;
        }
    }
    Ok(())
}
