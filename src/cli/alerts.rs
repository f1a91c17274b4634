//! `alerts`: what should be looked at on a day. `import-prices`: the prices that alerts rest on.

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::import::read_table;
use crate::cli::remote::ServerArgs;
use crate::cli::statistics::{aligned, presented};
use crate::cli::{environment, keyfile, output};
use crate::client::Paging;
use crate::client::answers::alerts::{Alert, AlertQuery};
use crate::primitives::canonical::Json;
use crate::service::prices::SignedPrices;

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
/// ground. Loan-to-value is computed only from openings that you present, which are kept nowhere, or that the registry keeps for
/// you (--kept).
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
    /// Count the loan amounts that the registry keeps and that you may see, signed in by GREENLIEN_TOKEN (see `login`); each
    /// pledge is an access that is written down
    #[arg(long, conflicts_with = "openings")]
    kept: bool,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON, one line a page
    #[arg(long)]
    json: bool,
}

/// Reads every page and prints.
pub fn run(args: &AlertsArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let presented = match &args.openings {
        Some(file) => Some(presented(file)?),
        None => None,
    };
    let query = AlertQuery {
        party: args.party.clone(),
        right: args.right.clone(),
        pledge: args.pledge.clone(),
        kind: args.kind.clone(),
        day: args.day.clone(),
        kept: args.kept,
    };
    let mut paging = Paging::default();
    let mut rows = vec![
        ["kind", "record", "right", "on", "days", "what"]
            .map(str::to_owned)
            .to_vec(),
    ];
    loop {
        let answer = match &presented {
            None => client.list_alerts(&query, &paging)?,
            Some(presented) => client.ask_alerts(&query, &paging, presented)?,
        };
        if args.json {
            output::line(answer.text.trim_end())?;
        }
        let page = answer.value.page;
        rows.extend(page.items.iter().map(row));
        if page.next.is_none() {
            break;
        }
        paging = paging.after(page.next);
    }
    if args.json {
        return Ok(Exit::Done);
    }
    for line in aligned(&rows) {
        output::line(&line)?;
    }
    match rows.len().saturating_sub(1) {
        1 => output::note("1 alert"),
        count => output::note(&format!("{count} alerts")),
    }
    Ok(Exit::Done)
}

fn row(alert: &Alert) -> Vec<String> {
    let record = match alert.line {
        Some(line) => format!("{}.{line}", alert.record),
        None => alert.record.clone(),
    };
    let mut what: Vec<String> = alert.what.iter().cloned().collect();
    what.extend(alert.amount.map(|amount| amount.to_string()));
    if let Some(price) = &alert.price {
        what.extend(price.line.clone());
        what.push(price.ltv_ppm.map_or_else(
            || "value 0".to_owned(),
            |ltv| format!("LTV {}.{:02} %", ltv / 10_000, ltv % 10_000 / 100),
        ));
    }
    what.extend(alert.records.iter().cloned());
    vec![
        alert.kind.clone(),
        record,
        alert.right.map(|id| id.to_string()).unwrap_or_default(),
        alert.on.map(|day| day.to_string()).unwrap_or_default(),
        alert
            .days_left
            .map(|days| days.to_string())
            .unwrap_or_default(),
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
    let client = args.server.client()?;
    let signed = SignedPrices::sign(&client.identity()?.value.aud, list, &key);
    let added = client.add_prices(&signed.to_json().to_canonical())?;
    if args.json {
        output::line(added.text.trim_end())?;
    } else {
        output::line(&format!("{} prices added", added.value))?;
    }
    Ok(Exit::Done)
}
