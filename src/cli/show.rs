//! `show`: reads a record, its history, or the name of the registry.

use clap::Args;
use serde_json::Value;

use crate::cli::client::Reply;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::init::print_registry;
use crate::cli::output;
use crate::cli::remote::{self, ServerArgs, percent_encode};
use crate::domain::entry::Entry;
use crate::domain::facts::CREDIT_CODE_SCHEME;
use crate::ledger::tree::leaf_hash;
use crate::primitives::limits;
use crate::verify::machine::audience;

/// The name under which the registry itself is shown.
const REGISTRY: &str = "registry";

/// Show a right, a pledge, a reservation or a party
///
/// By id (R41, P57, V58, M3), or by identity. "registry" shows the registry's own name and keys. What is shown is what the
/// registry says; to prove it, ask for evidence.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ShowArgs {
    /// The id of the record, or "registry"
    #[arg(required_unless_present = "identity", conflicts_with = "identity")]
    record: Option<String>,
    /// Find the record by scheme:value, such as credit-code:91500113QUPMKFL32C
    #[arg(long, value_name = "SCHEME:VALUE", conflicts_with = "history")]
    identity: Option<String>,
    /// Show the entries that touched it, newest first
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON, one line a page
    #[arg(long)]
    json: bool,
}

/// Reads and prints.
pub fn run(args: &ShowArgs) -> Result<Exit, Failure> {
    match (&args.record, &args.identity) {
        (Some(record), _) if record == REGISTRY => show_registry(args),
        (Some(record), _) => {
            let path = path(record)?;
            if args.history {
                return show_history(args, &path);
            }
            remote::print_reply(&args.server.get_as(&path, args.json)?, args.json)
        }
        (None, Some(identity)) => show_identity(args, identity),
        (None, None) => Err(Failure::usage("name a record or --identity")),
    }
}

/// Returns the path of a record.
fn path(record: &str) -> Result<String, Failure> {
    let space = match record.as_bytes().first() {
        Some(b'R') => "rights",
        Some(b'P' | b'V') => "pledges",
        Some(b'M') => "parties",
        _ => {
            let failure = Failure::usage(format!("{record:?} is not the id of a record"));
            return Err(failure.hint("write an id such as R41, P57, V58 or M3"));
        }
    };
    Ok(format!("/v1/{space}/{}", percent_encode(record)))
}

fn show_identity(args: &ShowArgs, identity: &str) -> Result<Exit, Failure> {
    let path = match identity.split_once(':') {
        Some((CREDIT_CODE_SCHEME, code)) => {
            format!("/v1/parties?credit_code={}", percent_encode(code))
        }
        Some(_) => format!("/v1/rights?identity={}", percent_encode(identity)),
        None => {
            let failure = Failure::usage(format!("{identity:?} is not an identity"));
            return Err(failure.hint("write scheme:value, such as credit-code:91500113QUPMKFL32C"));
        }
    };
    let reply = args.server.get_as(&path, args.json)?;
    let found = reply.json.pointer("/items/0");
    match found {
        Some(_) if args.json => remote::print_reply(&reply, true),
        Some(record) => {
            output::line(&output::outline(record))?;
            Ok(Exit::Done)
        }
        None => Err(
            Failure::refused(format!("nothing is registered under {identity}"))
                .hint("`greenlien evidence --absence` proves that"),
        ),
    }
}

fn show_history(args: &ShowArgs, path: &str) -> Result<Exit, Failure> {
    let mut before = String::new();
    loop {
        let rows = limits::PAGE_ROWS_MAX;
        let page = format!("{path}/history?limit={rows}{before}");
        let reply = args.server.get_as(&page, args.json)?;
        if args.json {
            output::line(reply.text.trim_end())?;
        } else {
            print_history(&reply)?;
        }
        match reply.json.get("next").and_then(Value::as_str) {
            Some(next) => before = format!("&before={}", percent_encode(next)),
            None => return Ok(Exit::Done),
        }
    }
}

fn print_history(page: &Reply) -> Result<(), Failure> {
    let items = page.json.get("items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        let entry = item
            .get("entry")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let entry: Value = serde_json::from_str(entry).unwrap_or_default();
        let at = |pointer: &str| entry.pointer(pointer).map(output::outline);
        let what = at("/outcome/accepted/event/type")
            .or_else(|| at("/kind"))
            .unwrap_or_default();
        let (index, time) = (
            at("/index").unwrap_or_default(),
            at("/time").unwrap_or_default(),
        );
        output::line(&format!("{index:>8}  {time}  {what}"))?;
    }
    Ok(())
}

/// Shows what a client must know of the registry: what entry 0 says, and the keys with which the log signs now.
fn show_registry(args: &ShowArgs) -> Result<Exit, Failure> {
    let reply = args.server.get("/v1/entries/0")?;
    let bytes = reply.text.as_bytes();
    let genesis = match Entry::parse(bytes) {
        Ok(Entry::Genesis { genesis, .. }) => genesis,
        Ok(Entry::Command { .. } | Entry::State(_)) | Err(_) => {
            let failure = Failure::refused("entry 0 of the registry is not a genesis");
            return Err(failure.hint("check the address; this may be another service"));
        }
    };
    let leaf = leaf_hash(bytes);
    let log = args.server.get("/v1/log")?;
    let keys = log.json.get("keys").and_then(Value::as_array);
    let keys: Option<Vec<String>> = keys.and_then(|keys| {
        keys.iter()
            .map(|key| key.as_str().map(str::to_owned))
            .collect()
    });
    // A registry of an older version does not say; it has the key of entry 0 alone.
    let keys = keys.unwrap_or_else(|| vec![genesis.log_vkey.clone()]);
    print_registry(
        &genesis,
        &audience(&genesis.origin, &leaf),
        &leaf,
        &keys,
        args.json,
    )
}
