//! `alerts`: what should be looked at on a day. `import-prices`: the prices that alerts rest on.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::import::read_table;
use crate::cli::remote::{ServerArgs, succeeded};
use crate::cli::statistics::{aligned, ask, query_of};
use crate::cli::{environment, keyfile, output};
use crate::domain::entry::Entry;
use crate::ledger::tree::leaf_hash;
use crate::primitives::canonical::Json;
use crate::service::prices::SignedPrices;
use crate::verify::machine::audience;

/// The columns of a price list: kind of right, parts of its identity (`type=CEA;vintage=2025`, or empty), day, yuan for one
/// unit, and who says so.
const COLUMNS: [(&str, &str); 5] = [
    ("kind", "权益种类"),
    ("parts", "标识部分"),
    ("day", "日期"),
    ("cny", "单价(元)"),
    ("source", "来源"),
];

/// Show what should be looked at
///
/// Ends that come near, reductions, freezes, holders that changed, price lines that were crossed, other rights on the same
/// ground. Loan-to-value is computed only from openings that you present; they are kept nowhere.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct AlertsArgs {
    /// Only alerts that concern this party
    #[arg(long, value_name = "PARTY")]
    party: Option<String>,
    /// Only alerts about this right
    #[arg(long, value_name = "RIGHT")]
    right: Option<String>,
    /// Only alerts about this pledge
    #[arg(long, value_name = "PLEDGE")]
    pledge: Option<String>,
    /// Only alerts of this kind, such as lapse or price_line
    #[arg(long)]
    kind: Option<String>,
    /// The day, such as 2027-01-31; today, if absent
    #[arg(long)]
    day: Option<String>,
    /// Present the openings of this file, {"openings":[{"pledge","claim","salt","value"}]}
    #[arg(long, value_name = "FILE")]
    openings: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON, one line a page
    #[arg(long)]
    json: bool,
}

/// Reads every page and prints.
pub fn run(args: &AlertsArgs) -> Result<Exit, Failure> {
    let mut after: Option<String> = None;
    let mut rows = vec![
        ["kind", "record", "right", "on", "days", "what"]
            .map(str::to_owned)
            .to_vec(),
    ];
    loop {
        let query = query_of([
            ("party", args.party.as_deref()),
            ("right", args.right.as_deref()),
            ("pledge", args.pledge.as_deref()),
            ("kind", args.kind.as_deref()),
            ("day", args.day.as_deref()),
            ("after", after.as_deref()),
        ]);
        let reply = ask(
            &args.server,
            &format!("/v1/alerts{query}"),
            args.openings.as_ref(),
        )?;
        if args.json {
            output::line(reply.text.trim_end())?;
        }
        let items = reply.json.get("items").and_then(Value::as_array);
        rows.extend(items.into_iter().flatten().map(row));
        match reply.json.get("next").and_then(Value::as_str) {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    if args.json {
        return Ok(Exit::Done);
    }
    for line in aligned(&rows) {
        output::line(&line)?;
    }
    output::note(&format!("{} alerts", rows.len().saturating_sub(1)));
    Ok(Exit::Done)
}

fn row(alert: &Value) -> Vec<String> {
    let at = |pointer: &str| {
        alert
            .pointer(pointer)
            .map(output::outline)
            .unwrap_or_default()
    };
    let record = match alert.get("line") {
        Some(line) => format!("{}.{}", at("/record"), output::outline(line)),
        None => at("/record"),
    };
    let mut what = vec![at("/what"), at("/amount"), at("/price/line")];
    if let Some(ltv) = alert.pointer("/price/ltv_ppm").and_then(Value::as_u64) {
        what.push(format!("LTV {}.{:02} %", ltv / 10_000, ltv % 10_000 / 100));
    }
    let records = alert.get("records").and_then(Value::as_array);
    what.extend(records.into_iter().flatten().map(output::outline));
    what.retain(|part| !part.is_empty());
    vec![
        at("/kind"),
        record,
        at("/right"),
        at("/on"),
        at("/days_left"),
        what.join(" "),
    ]
}

/// Import prices for alerts
///
/// A CSV file (UTF-8) with the columns 权益种类, 标识部分, 日期, 单价(元), 来源. The registrar's key signs the list. Prices lie
/// outside every hash; no decision reads them.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ImportPricesArgs {
    /// The price list
    file: PathBuf,
    /// A private key of the registrar
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Take the passphrase of the key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads the list, signs it and sends it.
pub fn run_import(args: &ImportPricesArgs) -> Result<Exit, Failure> {
    let refused = |fault: &dyn std::fmt::Display| Failure::refused(fault.to_string());
    let headers = COLUMNS.map(|(_, header)| header);
    let table = read_table(&args.file, &headers).map_err(|fault| refused(&fault))?;
    let table = table.into_iter().collect::<Result<Vec<_>, _>>();
    let table = table.map_err(|fault| refused(&fault))?;
    let mut prices = Vec::new();
    for row in &table {
        let mut price = Json::object([]);
        for (name, header) in COLUMNS {
            let cell = match name {
                "parts" => row.cell(header).unwrap_or_default(),
                _ => row.required(header).map_err(|fault| refused(&fault))?,
            };
            price = price.with(name, Some(Json::text(cell)));
        }
        prices.push(price);
    }
    let list = Json::object([("prices", Json::list(prices))]).to_canonical();
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let key = keyfile::read_key(&args.key, passphrase.as_deref().map(String::as_str))?;
    let signed = SignedPrices::sign(&registry_audience(&args.server)?, list, &key);
    let client = args.server.client()?;
    let reply = succeeded(client.post("/v1/prices", &signed.to_json().to_canonical())?)?;
    if args.json {
        output::line(reply.text.trim_end())?;
    } else {
        output::line(&format!("{} prices added", table.len()))?;
    }
    Ok(Exit::Done)
}

/// Returns the audience of the registry: it follows from entry 0.
fn registry_audience(server: &ServerArgs) -> Result<String, Failure> {
    let reply = server.get("/v1/entries/0")?;
    let bytes = reply.text.as_bytes();
    match Entry::parse(bytes) {
        Ok(Entry::Genesis { genesis, .. }) => Ok(audience(&genesis.origin, &leaf_hash(bytes))),
        Ok(Entry::Command { .. } | Entry::State(_)) | Err(_) => {
            let failure = Failure::refused("entry 0 of the registry is not a genesis");
            Err(failure.hint("check the address; this may be another service"))
        }
    }
}
