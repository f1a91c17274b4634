//! `export`: fetches a list or the statistics as a spreadsheet.

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::progress::{ProgressArgs, watched};
use crate::cli::remote::ServerArgs;
use crate::cli::{files, output};

/// Write a list or the statistics as a spreadsheet
///
/// As .xlsx with real numbers and dates, or as .csv in UTF-8. Ids, codes and quantities with more digits than a spreadsheet
/// keeps are texts.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ExportArgs {
    /// What to write
    #[arg(value_parser = ["rights", "pledges", "parties", "alerts", "reconciliation", "statistics", "lines", "monthly"])]
    list: String,
    /// Write it here; the name ends with .xlsx or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only rights that this party holds
    #[arg(long, value_name = "PARTY")]
    holder: Option<String>,
    /// Only pledges, or lines, that this party has taken
    #[arg(long, value_name = "PARTY")]
    pledgee: Option<String>,
    /// The day of the alerts or of the reconciliation; today, if absent
    #[arg(long, value_name = "DAY")]
    day: Option<String>,
    /// The position of the statistics or lines, the newest, if absent; of `monthly`, a position in the month
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
    /// The month of `monthly`, such as 2026-12, which must be over where `--at` is absent; of `lines`, that of registration
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// Only lines over this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only lines that are open, impaired, ended, moved, disposed or released
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    progress: ProgressArgs,
}

/// Fetches and writes.
pub fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    let ending = args.out.extension().and_then(|ending| ending.to_str());
    let Some(ending @ ("xlsx" | "csv")) = ending else {
        let failure = Failure::usage(format!(
            "{} ends with neither .xlsx nor .csv",
            args.out.display()
        ));
        return Err(failure.hint("the ending says which spreadsheet is written"));
    };
    let filters = [
        ("holder", args.holder.clone()),
        ("pledgee", args.pledgee.clone()),
        ("day", args.day.clone()),
        ("at", args.at.map(|at| at.to_string())),
        ("month", args.month.clone()),
        ("kind", args.kind.clone()),
        ("state", args.state.clone()),
    ];
    let file = format!("{}.{ending}", args.list);
    let (client, progress) = watched(args.server.client()?, "export", args.progress);
    let bytes = client.get_export(&file, &filters)?;
    progress.end();
    files::replace(&args.out, &bytes)?;
    output::note(&format!("wrote {}", args.out.display()));
    Ok(Exit::Done)
}
