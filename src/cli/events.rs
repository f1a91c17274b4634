//! `events`: prints the notices of decided commands, those that are there or as they come.

use std::thread::sleep;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::output;
use crate::cli::remote::ServerArgs;
use crate::client::answers::feeds::{AlertNotice, Notice, NoticeQuery, Told};
use crate::client::{Client, ClientFault};

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
    let size = client.get_log()?.value.signed.size;
    let until = (!args.follow).then_some(size);
    let begin = if args.follow { size } else { 0 };
    let query = NoticeQuery {
        from: Some(args.from.unwrap_or(begin)),
        until,
        right: args.right.clone(),
        pledge: args.pledge.clone(),
        party: args.party.clone(),
        command: args.command.clone(),
        decision: args.decision.clone(),
        alerts: args.alerts,
    };
    let mut last = None;
    loop {
        match read_on(&client, &query, &mut last, args.json) {
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
    query: &NoticeQuery,
    last: &mut Option<u64>,
    as_json: bool,
) -> Result<Ended, Failure> {
    let mut notices = match client.stream_events(query, *last) {
        Ok(Some(notices)) => notices,
        Ok(None) => return Ok(Ended::Finally),
        Err(ClientFault::Refused(problem)) if PASSING.contains(&problem.status) => {
            return Err(Failure::try_later(problem.complaint().to_owned()));
        }
        Err(fault) => return Err(fault.into()),
    };
    while let Some(notice) = notices.next() {
        *last = notices.last_seen();
        let told = notice?;
        if as_json {
            output::line(&told.text)?;
            continue;
        }
        let line = match &told.value {
            Told::Decided(notice) => text(notice),
            Told::Alert(notice) => alert_text(notice),
        };
        output::line(line.trim_end())?;
    }
    *last = notices.last_seen();
    Ok(Ended::ForNow)
}

/// Writes a notice as one line: position, time, what and how, by whom, which records.
fn text(notice: &Notice) -> String {
    let codes: Vec<String> = notice.findings.iter().map(u64::to_string).collect();
    format!(
        "{:>8}  {}  {} {}  {}  {}  {}",
        notice.index,
        notice.time,
        notice.command,
        notice.decision,
        notice.org,
        notice.records.join(" "),
        codes.join(" "),
    )
}

/// Writes an alert as one line: the day of the look, the kind, the record, the day that it is about, how many days are left.
fn alert_text(notice: &AlertNotice) -> String {
    let alert = &notice.alert;
    let on = alert.on.map_or("-".to_owned(), |on| on.to_string());
    let left = alert.days_left.map(|days| format!("  {days} days"));
    format!(
        "   alert  {}  {}  {}  {on}{}",
        notice.day,
        alert.kind,
        alert.record,
        left.unwrap_or_default()
    )
}
