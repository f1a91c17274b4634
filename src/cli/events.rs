//! `events`: prints the notices of decided commands, those that are there or as they come.

use std::io::BufRead;
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::cli::client::{Client, ClientFault};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::output;
use crate::cli::remote::{ServerArgs, percent_encode, refusal};
use crate::primitives::limits;

/// A stream that says nothing for so long is dead: it speaks every 15 seconds.
const SILENCE: Duration = Duration::from_secs(3 * limits::EVENT_HEARTBEAT_SECONDS);
/// The pause before a stream that has ended is opened again.
const PAUSE: Duration = Duration::from_secs(2);
/// Statuses after which the same request may be answered later.
const PASSING: [u16; 2] = [429, 503];

/// Print what was decided: one line for each command
///
/// Without --follow, what is there now, and it ends. With --follow, what comes next, for ever: a connection that ends is made
/// again, and nothing is lost or told twice. Several names are separated by commas.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct EventsArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Go on for ever
    #[arg(long)]
    follow: bool,
    /// Begin with this entry; 0, if absent, or what comes next with --follow
    #[arg(long, value_name = "INDEX")]
    from: Option<u64>,
    /// Only what touches these rights
    #[arg(long, value_name = "RIGHTS")]
    right: Option<String>,
    /// Or these pledges
    #[arg(long, value_name = "PLEDGES")]
    pledge: Option<String>,
    /// Or concerns these parties
    #[arg(long, value_name = "PARTIES")]
    party: Option<String>,
    /// Only these types of command, such as register_pledge
    #[arg(long = "type", value_name = "TYPES")]
    command: Option<String>,
    /// Only what was accepted, or only what was refused
    #[arg(long, value_parser = ["accepted", "refused"])]
    decision: Option<String>,
    /// Alerts of these rights, pledges and parties too, with --follow
    #[arg(long, requires = "follow")]
    alerts: bool,
    /// Print CloudEvents, one line each
    #[arg(long)]
    json: bool,
}

/// Prints until there is no more, or for ever.
pub fn run(args: &EventsArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let size = size_of(args)?;
    let mut until = None;
    let from = if args.follow {
        args.from.unwrap_or(size)
    } else {
        until = Some(size);
        args.from.unwrap_or(0)
    };
    let path = path_of(args, from, until);
    let mut last = None;
    loop {
        match read_on(&client, &path, &mut last, args.json) {
            Ok(Ended::Finally) => return Ok(Exit::Done),
            Ok(Ended::ForNow)
                if until.is_some_and(|until| last.is_some_and(|last| last + 1 >= until)) =>
            {
                return Ok(Exit::Done);
            }
            Ok(Ended::ForNow) => {}
            Err(failure) if args.follow && failure.exit == Exit::TryLater => {
                output::note(&format!("waiting: {failure}"));
            }
            Err(failure) => return Err(failure),
        }
        sleep(PAUSE);
    }
}

fn size_of(args: &EventsArgs) -> Result<u64, Failure> {
    let log = args.server.get("/v1/log")?;
    let size = log.json.pointer("/signed/size").and_then(Value::as_u64);
    size.ok_or_else(|| Failure::internal("the registry does not say how large its log is"))
}

fn path_of(args: &EventsArgs, from: u64, until: Option<u64>) -> String {
    let mut path = format!("/v1/events?from={from}");
    if let Some(until) = until {
        path = format!("{path}&until={until}");
    }
    for (name, value) in [
        ("right", &args.right),
        ("pledge", &args.pledge),
        ("party", &args.party),
        ("type", &args.command),
        ("decision", &args.decision),
    ] {
        if let Some(value) = value {
            path = format!("{path}&{name}={}", percent_encode(value));
        }
    }
    if args.alerts {
        path.push_str("&alerts=true");
    }
    path
}

/// How a stream ended.
enum Ended {
    /// The registry ends, or has said everything that was asked for.
    ForNow,
    /// There is nothing more to come back for.
    Finally,
}

/// Reads one stream to its end, however it comes.
fn read_on(
    client: &Client,
    path: &str,
    last: &mut Option<u64>,
    as_json: bool,
) -> Result<Ended, Failure> {
    let lines = match client.stream(path, *last, SILENCE)? {
        Ok(lines) => lines,
        Err(reply) if reply.status == 204 => return Ok(Ended::Finally),
        Err(reply) if PASSING.contains(&reply.status) => {
            return Err(Failure::try_later(reply.complaint()));
        }
        Err(reply) => return Err(refusal(&reply)),
    };
    let (mut id, mut data) = (None, None::<String>);
    for line in lines.lines() {
        let line = line.map_err(|fault| cut_off(client, path, &fault))?;
        if line.is_empty() {
            if let Some(text) = data.take() {
                print(&text, as_json)?;
            }
            *last = id.or(*last);
        } else if let Some(value) = line.strip_prefix("id: ") {
            id = value.parse().ok();
        } else if let Some(value) = line.strip_prefix("data: ") {
            data = Some(value.to_owned());
        }
    }
    Ok(Ended::ForNow)
}

fn cut_off(client: &Client, path: &str, fault: &std::io::Error) -> ClientFault {
    client.no_answer(path, fault.to_string())
}

/// Prints one event: position, time, what and how, by whom, which records.
fn print(text: &str, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::line(text);
    }
    let event: Value = serde_json::from_str(text)
        .map_err(|fault| Failure::internal(format!("an event is not JSON: {fault}")))?;
    let word = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or("-");
    let list = |path: &str| {
        let items = event.pointer(path).and_then(Value::as_array);
        let items = items.into_iter().flatten().map(output::outline);
        items.collect::<Vec<_>>().join(" ")
    };
    let name = word("/type");
    if let Some(kind) = name.strip_prefix("greenlien.alert.") {
        let left = event.pointer("/data/days_left").and_then(Value::as_i64);
        let left = left.map_or_else(String::new, |days| format!("  {days} days"));
        let line = format!(
            "   alert  {}  {kind}  {}  {}{left}",
            word("/data/day"),
            word("/subject"),
            word("/data/on"),
        );
        return output::line(line.trim_end());
    }
    let line = format!(
        "{:>8}  {}  {} {}  {}  {}  {}",
        word("/id"),
        word("/time"),
        word("/data/command"),
        word("/data/decision"),
        word("/data/org"),
        list("/data/records"),
        list("/data/findings"),
    );
    output::line(line.trim_end())
}
