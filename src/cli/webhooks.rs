//! `webhooks`: how far the webhooks of a member have come, what became of deliveries, and sending again.

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::output;
use crate::cli::remote::{ServerArgs, answered, percent_encode};
use crate::primitives::canonical::Json;

/// Show the webhooks of a member, or the last deliveries of one
///
/// Signed in by GREENLIEN_TOKEN (see `login`); the registrar sees all. The operator names webhooks in the file of `serve
/// --webhooks`. With --replay-from, a webhook sends again from that entry on, or goes on after it was suspended.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct WebhooksArgs {
    /// Show the last deliveries of this webhook
    name: Option<String>,
    /// Have it send again from this entry on
    #[arg(long, value_name = "INDEX", requires = "name")]
    replay_from: Option<u64>,
    #[command(flatten)]
    server: ServerArgs,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Asks and prints.
pub fn run(args: &WebhooksArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let reply = match (&args.name, args.replay_from) {
        (None, _) => client.get("/v1/webhooks")?,
        (Some(name), None) => {
            client.get(&format!("/v1/webhooks/{}/deliveries", percent_encode(name)))?
        }
        (Some(name), Some(from)) => {
            let path = format!("/v1/webhooks/{}/replay", percent_encode(name));
            let order = Json::object([("from", Json::count(from))]);
            client.post(&path, &order.to_canonical())?
        }
    };
    let reply = answered(reply, args.json)?;
    if args.json {
        output::line(reply.text.trim_end())?;
        return Ok(Exit::Done);
    }
    match (&args.name, args.replay_from) {
        (Some(_), Some(_)) => output::line(&webhook(&reply.json))?,
        (Some(_), None) => each(&reply.json, delivery)?,
        (None, _) => {
            if let Some(key) = reply.json.get("key") {
                output::line(&format!(
                    "signed by {} ({})",
                    word(key, "public_key"),
                    word(key, "keyid")
                ))?;
            }
            each(&reply.json, webhook)?;
        }
    }
    Ok(Exit::Done)
}

fn each(json: &Value, text: fn(&Value) -> String) -> Result<(), Failure> {
    let items = json.get("items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        output::line(&text(item))?;
    }
    Ok(())
}

fn word(item: &Value, name: &str) -> String {
    item.get(name).map(output::outline).unwrap_or_default()
}

fn webhook(item: &Value) -> String {
    let failing = match item.get("failing_since") {
        Some(since) => format!(
            ", {} failures since {}",
            word(item, "failures"),
            output::outline(since)
        ),
        None => String::new(),
    };
    format!(
        "{}  {}  at {}, {} behind{failing}  {}  {}",
        word(item, "name"),
        word(item, "state"),
        word(item, "next"),
        word(item, "behind"),
        word(item, "member"),
        word(item, "url")
    )
}

fn delivery(item: &Value) -> String {
    let became = match item.get("fault") {
        Some(fault) => output::outline(fault),
        None => format!("taken ({})", word(item, "status")),
    };
    format!(
        "{}  entry {}  {} ms  {became}",
        word(item, "time"),
        word(item, "index"),
        word(item, "millis")
    )
}
