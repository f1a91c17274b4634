//! `submit`: sends a signed draft and shows the decision.

use std::path::PathBuf;

use clap::Args;

use crate::cli::draft;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{self, ServerArgs};
use crate::cli::{files, output};
use crate::client::{Decision, Receipt};
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
    let draft = draft::read(&args.file)?;
    let missing = draft.missing(SignerRole::Maker) + draft.missing(SignerRole::Checker);
    if missing > 0 {
        let failure = Failure::refused(format!(
            "the draft is incomplete, signatures missing: {missing}"
        ));
        return Err(failure
            .of(args.file.display())
            .hint("add them with `greenlien sign`"));
    }
    let submission = draft.to_submission().to_canonical();
    let answer = args.server.client()?.submit_command(&submission);
    let answer = remote::answered(answer, args.json)?;
    let receipt = &answer.value;
    if let Some(path) = &args.out {
        files::replace(path, format!("{}\n", receipt.text).as_bytes())?;
    }
    if args.json {
        output::line(answer.text.trim_end())?;
    } else {
        print_receipt(receipt)?;
    }
    Ok(if receipt.is_accepted() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn print_receipt(receipt: &Receipt) -> Result<(), Failure> {
    let (decision, created, findings) = match &receipt.decision {
        Decision::Accepted {
            created, warnings, ..
        } => ("accepted", created.clone(), warnings),
        Decision::Refused(findings) => ("refused", None, findings),
    };
    let decision = if receipt.repeated {
        format!("{decision} (decided before)")
    } else {
        decision.to_owned()
    };
    let mut rows = vec![("decision", decision)];
    rows.extend(created.map(|id| ("created", id)));
    rows.push(("entry", receipt.index.to_string()));
    rows.push(("time", receipt.time.to_string()));
    rows.push((
        "proven in",
        format!("the checkpoint of size {}", receipt.size),
    ));
    output::facts(&rows)?;
    remote::print_findings(findings)
}
