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
/// keeps are texts. `reads`, `drafts`, `webhooks` and `deliveries` are for a member that has signed in (GREENLIEN_TOKEN, of
/// `greenlien login`), as the lists are.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ExportArgs {
    /// What to write
    #[arg(value_parser = ["rights", "pledges", "reservations", "freezes", "parties", "log", "alerts", "reconciliation", "statistics", "lines", "monthly", "burdens", "keys", "policies", "reads", "drafts", "webhooks", "deliveries"])]
    list: String,
    /// Write it here; the name ends with .xlsx or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    progress: ProgressArgs,
}

/// What narrows a list; each takes what its page takes.
#[derive(Args, Debug)]
struct Filters {
    /// Only rights that this party holds
    #[arg(long, value_name = "PARTY")]
    holder: Option<String>,
    /// Only pledges, lines or rows of the reconciliation of what this party has taken
    #[arg(long, value_name = "PARTY")]
    pledgee: Option<String>,
    /// Only pledges that this party has given
    #[arg(long, value_name = "PARTY")]
    pledgor: Option<String>,
    /// Only alerts, commands of the log or reservations that concern this party; only keys of this party; only freezes that it ordered
    #[arg(long, value_name = "PARTY")]
    party: Option<String>,
    /// Only parties, or keys of parties, with this in their registered names; the webhook of the deliveries
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only rights, lines over rights, or policies of this kind; only alerts of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only rights that stand so: free, partly, fully, frozen, overhang, disputed, barred, ended or succeeded
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only pledges or reservations that are open or closed; only lines that are open, impaired, ended, lapsed, moved, disposed or released; only freezes that are in_force, in_part, waits, expired, lifted, executed or gone
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only pledges whose claim ends on this day or before
    #[arg(long, value_name = "DAY")]
    ends_by: Option<String>,
    /// Only pledges that were registered on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Of the log, only what was accepted, or refused
    #[arg(long, value_parser = ["accepted", "refused"])]
    decision: Option<String>,
    /// Of the log, only commands of this type, such as register_pledge
    #[arg(long = "type", value_name = "TYPE")]
    command: Option<String>,
    /// Of the log, only what touches this right, pledge, reservation or party; the right of the burdens; the pledge, person or draft of the reads
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// The day of the alerts or of the reconciliation; today, if absent
    #[arg(long, value_name = "DAY")]
    day: Option<String>,
    /// The position of the statistics or lines, the newest, if absent; of `monthly`, a position in the month
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
    /// The month of `monthly`, such as 2026-12, which must be over where `--at` is absent; of `lines`, that of registration
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// What the statistics are grouped by, such as kind,month; by everything, if absent
    #[arg(long, value_name = "WORDS")]
    by: Option<String>,
    /// Only lines of this town
    #[arg(long, value_name = "TOWN")]
    town: Option<String>,
    /// Only lines of this form of security, such as 质押
    #[arg(long, value_name = "FORM")]
    form: Option<String>,
    /// Only lines whose quantity is of this, such as COD
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// Only lines of loans of this green category
    #[arg(long, value_name = "CODE")]
    green: Option<String>,
    /// Only these columns, by the English words of their heads with _ between, such as id,kind
    #[arg(long, value_name = "NAMES")]
    columns: Option<String>,
    /// A part of the list, of so many records, 1 to 20,000; it says where the next begins
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,
    /// A part that begins behind this record
    #[arg(long, value_name = "ID")]
    after: Option<String>,
}

impl Filters {
    /// The query, which the server judges.
    fn query(&self) -> [(&'static str, Option<String>); 24] {
        let number = |value: Option<u64>| value.map(|number| number.to_string());
        [
            ("holder", self.holder.clone()),
            ("pledgee", self.pledgee.clone()),
            ("pledgor", self.pledgor.clone()),
            ("party", self.party.clone()),
            ("name", self.name.clone()),
            ("kind", self.kind.clone()),
            ("status", self.status.clone()),
            ("state", self.state.clone()),
            ("ends_by", self.ends_by.clone()),
            ("since", self.since.clone()),
            ("decision", self.decision.clone()),
            ("type", self.command.clone()),
            ("record", self.record.clone()),
            ("day", self.day.clone()),
            ("at", number(self.at)),
            ("month", self.month.clone()),
            ("by", self.by.clone()),
            ("town", self.town.clone()),
            ("form", self.form.clone()),
            ("item", self.item.clone()),
            ("green", self.green.clone()),
            ("columns", self.columns.clone()),
            ("limit", number(self.limit)),
            ("after", self.after.clone()),
        ]
    }
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
    let file = format!("{}.{ending}", args.list);
    let (client, progress) = watched(args.server.client()?, "export", args.progress);
    let (bytes, next) = client.get_export_part(&file, &args.filters.query())?;
    progress.end();
    files::replace(&args.out, &bytes)?;
    output::note(&format!("wrote {}", args.out.display()));
    if let Some(next) = next {
        output::note(&format!("the list goes on: --after {next}"));
    }
    Ok(Exit::Done)
}
