//! `login` and `openings`: what a member asks with its key instead of a command: a session, and the hidden values of a pledge.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::client::Client;
use crate::cli::environment;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, succeeded};
use crate::cli::{keyfile, output};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;
use crate::primitives::id::{PartyId, PledgeId};

/// How a challenge begins; a key signs nothing else here.
const CHALLENGE: &str = "greenlien/session/v1|";

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

/// Show the hidden values of a pledge, or who has seen them
///
/// For the parties of the pledge, its guarantors and its supervisors, signed in by GREENLIEN_TOKEN (see `login`). Every access
/// is written down by the registry, where the parties of the pledge see it.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct OpeningsArgs {
    /// The pledge
    #[arg(value_name = "PLEDGE", value_parser = parse_pledge)]
    pledge: PledgeId,
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

fn parse_pledge(text: &str) -> Result<PledgeId, String> {
    PledgeId::parse(text).ok_or_else(|| "must be a pledge such as P57".to_owned())
}

/// Signs in and prints the token.
pub fn run_login(args: &LoginArgs) -> Result<Exit, Failure> {
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let key = keyfile::read_key(&args.key, passphrase.as_deref().map(String::as_str))?;
    let session = sign_in(
        &args.server.client()?,
        (args.org, &key),
        args.aud.as_deref(),
    )?;
    if args.json {
        output::line(&session.to_string())?;
    } else {
        output::line(
            session
                .get("token")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        )?;
    }
    Ok(Exit::Done)
}

/// Asks for a challenge, looks at what it says, and signs it.
fn sign_in(
    client: &Client,
    (org, key): (PartyId, &SecretKey),
    aud: Option<&str>,
) -> Result<Value, Failure> {
    let kid = key.public().id();
    let ask = Json::object([
        ("kid", Json::Text(kid.to_string())),
        ("org", Json::Text(org.to_string())),
    ]);
    let asked = succeeded(client.post("/v1/sessions/challenge", &ask.to_canonical())?)?;
    let text = asked
        .text_member("challenge")
        .unwrap_or_default()
        .to_owned();
    let named = format!("|{org}|{kid}|");
    let begin = format!("{CHALLENGE}{}", aud.unwrap_or_default());
    if !text.starts_with(&begin) || !text.contains(&named) {
        return Err(Failure::refused(
            "the challenge of the registry is not for this party and key",
        )
        .hint("check --server and --aud; nothing was signed"));
    }
    let signature = hex::encode(key.sign(text.as_bytes()).0);
    let answer = Json::object([
        ("challenge", Json::Text(text)),
        ("signature", Json::Text(signature)),
    ]);
    let session = succeeded(client.post("/v1/sessions", &answer.to_canonical())?)?;
    Ok(session.json)
}

/// Prints the hidden values of a pledge.
pub fn run_openings(args: &OpeningsArgs) -> Result<Exit, Failure> {
    let what = if args.reads {
        "openings/reads"
    } else {
        "openings"
    };
    let path = format!("/v1/pledges/{}/{what}", args.pledge);
    let reply = args.server.get_as(&path, args.json)?;
    if args.json {
        output::line(reply.text.trim_end())?;
        return Ok(Exit::Done);
    }
    let items = reply.json.get("items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        let word = |name: &str| item.get(name).map(output::outline).unwrap_or_default();
        let line = if args.reads {
            let claims = item.get("claims").map(output::outline).unwrap_or_default();
            format!(
                "{}  {} ({}), as {}: {claims}",
                word("time"),
                word("org"),
                word("person"),
                word("as")
            )
        } else if item.get("erased").is_some() {
            format!("{}: erased at entry {}", word("claim"), word("erased"))
        } else if item.get("lost").is_some() {
            format!("{}: the registry has lost its opening", word("claim"))
        } else {
            format!("{}: {}", word("claim"), word("value"))
        };
        output::line(&line)?;
    }
    Ok(Exit::Done)
}
