//! `show`: reads a record, its history, or the name of the registry.

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::init::print_registry;
use crate::cli::output;
use crate::cli::remote::{self, ServerArgs, answered};
use crate::client::answers::records::{SecuredId, Touched};
use crate::client::{Answer, Client, Page, Paging, Rights};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::CREDIT_CODE_SCHEME;
use crate::domain::right::Identity;
use crate::primitives::id::{PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::time::Day;

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
    let client = args.server.client()?;
    match (&args.record, &args.identity) {
        (Some(record), _) if record == REGISTRY => show_registry(args, &client),
        (Some(record), _) => {
            let record = Named::parse(record)?;
            if args.history {
                return show_history(args, &client, record);
            }
            show_record(args, &client, record)
        }
        (None, Some(identity)) => show_identity(args, &client, identity),
        (None, None) => Err(Failure::usage("name a record or --identity")),
    }
}

/// A record that has a path of its own.
#[derive(Clone, Copy)]
enum Named {
    Right(RightId),
    Secured(SecuredId),
    Party(PartyId),
}

impl Named {
    fn parse(text: &str) -> Result<Self, Failure> {
        let right = RightId::parse(text).map(Self::Right);
        let pledge = || PledgeId::parse(text).map(SecuredId::Pledge);
        let reservation = || ReservationId::parse(text).map(SecuredId::Reservation);
        right
            .or_else(|| pledge().or_else(reservation).map(Self::Secured))
            .or_else(|| PartyId::parse(text).map(Self::Party))
            .ok_or_else(|| {
                let failure = Failure::usage(format!("{text:?} is not the id of a record"));
                failure.hint("write an id such as R41, P57, V58 or M3")
            })
    }
}

fn show_record(args: &ShowArgs, client: &Client, record: Named) -> Result<Exit, Failure> {
    let as_json = args.json;
    match record {
        Named::Right(id) => print_record(&answered(client.get_right(id), as_json)?, as_json),
        Named::Secured(id) => print_record(&answered(client.get_pledge(id), as_json)?, as_json),
        Named::Party(id) => print_record(&answered(client.get_party(id), as_json)?, as_json),
    }
}

fn print_record<T>(answer: &Answer<T>, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        return remote::print_answer(answer, true);
    }
    let mut json: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    tell(&mut json);
    output::line(&output::outline(&json))?;
    Ok(Exit::Done)
}

/// Members of a right that are quantities in its unit.
const QUANTITIES: [&str; 5] = ["balance", "executed", "measure", "overhang", "quantity"];

/// Turns the view of a record into what people read: quantities with their unit, and the last day instead of the one after.
fn tell(view: &mut Value) {
    let unit = view.get("unit").and_then(Value::as_str).map(str::to_owned);
    if let Some(record) = view.get_mut("record") {
        tell_members(record, unit.as_deref());
    }
}

fn tell_members(value: &mut Value, unit: Option<&str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match (unit, &*value) {
                    (Some(unit), Value::String(text))
                        if QUANTITIES.contains(&name.as_str())
                            && text.starts_with(|c: char| c.is_ascii_digit()) =>
                    {
                        *value = Value::String(format!("{text} {unit}"));
                    }
                    _ => tell_members(value, unit),
                }
            }
            let end = members.get("to").and_then(Value::as_str);
            if let Some(end) = end.and_then(Day::parse) {
                members.remove("to");
                let last = end.previous().to_string();
                members.insert("through".to_owned(), Value::String(last));
            }
        }
        Value::Array(values) => {
            for value in values {
                tell_members(value, unit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn show_identity(args: &ShowArgs, client: &Client, identity: &str) -> Result<Exit, Failure> {
    let Some((scheme, value)) = identity.split_once(':') else {
        let failure = Failure::usage(format!("{identity:?} is not an identity"));
        return Err(failure.hint("write scheme:value, such as credit-code:91500113QUPMKFL32C"));
    };
    let first = Paging::default();
    if scheme == CREDIT_CODE_SCHEME {
        let page = answered(client.list_parties(Some(value), &first), args.json)?;
        return show_found(args, identity, &page);
    }
    let which = Rights::With(Identity {
        scheme: scheme.to_owned(),
        value: value.to_owned(),
    });
    let page = answered(client.list_rights(&which, &first), args.json)?;
    show_found(args, identity, &page)
}

/// Prints the one record of a page.
fn show_found<T>(args: &ShowArgs, identity: &str, page: &Answer<Page<T>>) -> Result<Exit, Failure> {
    if page.value.items.is_empty() {
        let failure = Failure::refused(format!("nothing is registered under {identity}"));
        return Err(failure.hint("`greenlien evidence --absence` proves that"));
    }
    if args.json {
        return remote::print_answer(page, true);
    }
    let json: Value = serde_json::from_str(&page.text).unwrap_or_default();
    let mut found = json.pointer("/items/0").cloned().unwrap_or_default();
    tell(&mut found);
    output::line(&output::outline(&found))?;
    Ok(Exit::Done)
}

fn show_history(args: &ShowArgs, client: &Client, record: Named) -> Result<Exit, Failure> {
    let mut paging = Paging::whole();
    loop {
        let page = match record {
            Named::Right(id) => client.list_right_history(id, &paging),
            Named::Secured(id) => client.list_pledge_history(id, &paging),
            Named::Party(id) => client.list_party_history(id, &paging),
        };
        let page = answered(page, args.json)?;
        if args.json {
            output::line(page.text.trim_end())?;
        } else {
            for touched in &page.value.items {
                output::line(&touched_text(touched)?)?;
            }
        }
        if page.value.next.is_none() {
            return Ok(Exit::Done);
        }
        paging = paging.after(page.value.next);
    }
}

fn touched_text(touched: &Touched) -> Result<String, Failure> {
    let entry = touched.entry()?;
    let what = match &entry {
        Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        } => event.type_name(),
        Entry::Command { .. } => "command",
        Entry::Genesis { .. } => "genesis",
        Entry::State(_) => "state",
    };
    Ok(format!("{:>8}  {}  {what}", touched.index, entry.time()))
}

/// Shows what a client must know of the registry: what entry 0 says, and the keys with which the log signs now.
fn show_registry(args: &ShowArgs, client: &Client) -> Result<Exit, Failure> {
    let registry = client.identity()?.value;
    let mut keys = client.get_log()?.value.keys;
    // A registry of an older version does not say; it has the key of entry 0 alone.
    if keys.is_empty() {
        keys.push(registry.genesis.log_vkey.clone());
    }
    print_registry(
        &registry.genesis,
        &registry.aud,
        &registry.leaf,
        &keys,
        args.json,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_told_with_units_and_last_days() {
        let mut view = serde_json::json!({"id": "R142", "unit": "t/a", "record": {
            "burdens": [{"id": "P989.0", "from": "2027-01-01", "to": "2027-07-01", "quantity": "20", "overhang": "5"},
                {"id": "F9", "overhang": "whole"}],
            "span": {"from": "2026-01-01", "to": "2031-01-01"}}});
        tell(&mut view);
        let text = output::outline(&view);
        for told in [
            "from 2027-01-01, id P989.0, overhang 5 t/a, quantity 20 t/a, through 2027-06-30",
            "id F9, overhang whole",
            "span: from 2026-01-01, through 2030-12-31",
        ] {
            assert!(text.contains(told), "{text}");
        }
        // Without a unit nothing is added.
        let mut view = serde_json::json!({"record": {"quantity": "20"}});
        tell(&mut view);
        assert_eq!(output::outline(&view), "record: quantity 20");
    }
}
