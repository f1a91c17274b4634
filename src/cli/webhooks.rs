//! `webhooks`: how far the webhooks of a member have come, what became of deliveries, and sending again.

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::output;
use crate::cli::remote::{ServerArgs, answered};
use crate::client::answers::feeds::{Delivery, WebhookView};
use crate::client::{Client, Paging};

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
    let (text, lines) = match (&args.name, args.replay_from) {
        (None, _) => all(&client, args.json)?,
        (Some(name), None) => {
            let answer = client.list_deliveries(name, &Paging::default());
            let answer = answered(answer, args.json)?;
            let lines = answer.value.items.iter().map(delivery).collect();
            (answer.text, lines)
        }
        (Some(name), Some(from)) => {
            let answer = answered(client.replay_webhook(name, from), args.json)?;
            (answer.text, vec![webhook(&answer.value)])
        }
    };
    if args.json {
        output::line(text.trim_end())?;
        return Ok(Exit::Done);
    }
    for line in &lines {
        output::line(line)?;
    }
    Ok(Exit::Done)
}

/// Asks for every webhook; returns the answer and its lines.
fn all(client: &Client, as_json: bool) -> Result<(String, Vec<String>), Failure> {
    let answer = answered(client.list_webhooks(), as_json)?;
    let key = answer.value.key.iter();
    let key = key.map(|key| format!("signed by {} ({})", key.public_key, key.keyid));
    let webhooks = answer.value.items.iter().map(webhook);
    let lines = key.chain(webhooks).collect();
    Ok((answer.text, lines))
}

fn webhook(webhook: &WebhookView) -> String {
    let failing = match webhook.failing_since {
        Some(since) => format!(", {} failures since {since}", webhook.failures),
        None => String::new(),
    };
    format!(
        "{}  {}  at {}, {} behind{failing}  {}  {}",
        webhook.name, webhook.state, webhook.next, webhook.behind, webhook.member, webhook.url
    )
}

fn delivery(delivery: &Delivery) -> String {
    let became = match (&delivery.fault, delivery.status) {
        (Some(fault), _) => fault.clone(),
        (None, Some(status)) => format!("taken ({status})"),
        (None, None) => "taken".to_owned(),
    };
    format!(
        "{}  entry {}  {} ms  {became}",
        delivery.time, delivery.index, delivery.millis
    )
}
