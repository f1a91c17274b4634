//! `login` and `openings`: what a member asks with its key instead of a command: a session, and the hidden values of a pledge.

use std::path::PathBuf;

use clap::Args;

use crate::cli::environment;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, answered};
use crate::cli::{keyfile, output};
use crate::client::Paging;
use crate::client::answers::sessions::{Kept, OpeningRead, ShownOpening};
use crate::primitives::id::{PartyId, PledgeId};

/// Sign in to a registry with a key, and print the token of the session
///
/// The key signs a challenge of the registry, never a command. The token is good for half an hour; every command that asks a
/// registry takes it from GREENLIEN_TOKEN: export GREENLIEN_TOKEN=$(greenlien login --org M12 --key bank.key)
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct LoginArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// The party
    #[arg(long, value_name = "PARTY", value_parser = parse_party)]
    org: PartyId,
    /// A key of the party
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The audience of the registry, to be compared with what is signed; without it, what the registry says is taken
    #[arg(long, value_name = "AUD")]
    aud: Option<String>,
    /// Take the passphrase of the key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Show the hidden values of a pledge or of a natural person, or who has seen them
///
/// For the parties of the pledge, its guarantors and its supervisors, or for who relies on the person, signed in by
/// GREENLIEN_TOKEN (see `login`). Every access is written down by the registry, where those concerned see it.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct OpeningsArgs {
    /// The pledge, such as P57, or the person, such as M12
    #[arg(value_name = "RECORD", value_parser = parse_hiding)]
    record: Hiding,
    #[command(flatten)]
    server: ServerArgs,
    /// Show who has seen the values instead
    #[arg(long)]
    reads: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

fn parse_party(text: &str) -> Result<PartyId, String> {
    PartyId::parse(text).ok_or_else(|| "must be a party such as M12".to_owned())
}

/// A record that may hide values.
#[derive(Clone, Copy, Debug)]
enum Hiding {
    Pledge(PledgeId),
    Person(PartyId),
}

fn parse_hiding(text: &str) -> Result<Hiding, String> {
    let pledge = PledgeId::parse(text).map(Hiding::Pledge);
    pledge
        .or_else(|| PartyId::parse(text).map(Hiding::Person))
        .ok_or_else(|| "must be a pledge such as P57, or a person such as M12".to_owned())
}

/// Signs in and prints the token.
pub fn run_login(args: &LoginArgs) -> Result<Exit, Failure> {
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let key = keyfile::read_key(&args.key, passphrase.as_deref().map(String::as_str))?;
    let client = args.server.client()?;
    let session = client.open_session(args.org, &key, args.aud.as_deref())?;
    if args.json {
        output::line(session.text.trim_end())?;
    } else {
        output::line(session.value.token.as_deref().unwrap_or_default())?;
    }
    Ok(Exit::Done)
}

/// Prints the hidden values of a record, or who has seen them.
pub fn run_openings(args: &OpeningsArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let (text, lines): (String, Vec<String>) = if args.reads {
        let first = Paging::default();
        let page = match args.record {
            Hiding::Pledge(pledge) => client.list_opening_reads(pledge, &first),
            Hiding::Person(person) => client.list_person_opening_reads(person, &first),
        };
        let page = answered(page, args.json)?;
        (page.text, page.value.items.iter().map(read_text).collect())
    } else {
        let (text, items) = match args.record {
            Hiding::Pledge(pledge) => {
                let openings = answered(client.get_openings(pledge), args.json)?;
                (openings.text, openings.value.items)
            }
            Hiding::Person(person) => {
                let openings = answered(client.get_person_openings(person), args.json)?;
                (openings.text, openings.value.items)
            }
        };
        (text, items.iter().map(opening_text).collect())
    };
    if args.json {
        output::line(text.trim_end())?;
        return Ok(Exit::Done);
    }
    for line in lines {
        output::line(&line)?;
    }
    Ok(Exit::Done)
}

fn read_text(read: &OpeningRead) -> String {
    format!(
        "{}  {} ({}), as {}: {}",
        read.time,
        read.org,
        read.person,
        read.capacity,
        read.claims.join(", ")
    )
}

fn opening_text(opening: &ShownOpening) -> String {
    let claim = &opening.claim;
    match &opening.kept {
        Kept::Open { value, .. } => format!("{claim}: {value}"),
        Kept::Erased(entry) => format!("{claim}: erased at entry {entry}"),
        Kept::Lost => format!("{claim}: the registry has lost its opening"),
    }
}
