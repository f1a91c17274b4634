//! `drafts`: the inbox of drafts of a registry, where a command that lacks signatures waits for its signers.
//!
//! Separate from `sign`, which needs no network: a draft is fetched here, signed there, and put back here.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::describe::describe;
use crate::cli::draft;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, answered};
use crate::cli::{files, output};
use crate::client::answers::drafts::DraftView;
use crate::client::answers::sessions::OpeningRead;
use crate::client::{Client, Paging};
use crate::primitives::crypto::Hash;

/// Digits by which a draft may be named where no other begins with them.
const NAME_DIGITS_MIN: usize = 8;

/// List the drafts in the inbox, show or fetch one, put one there, decline one or take it back
///
/// Signed in by GREENLIEN_TOKEN (see `login`). A draft is named by the hash of its payload, or the first 8 digits or more. It is
/// fetched with --out, signed with `sign`, and put back with --put; who puts the last signature sends it with `submit`. The
/// registry neither signs nor submits. Where a draft hides values, each fetching is written down by the registry.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct DraftsArgs {
    /// Show this draft: what it says, and who is still to sign
    #[arg(value_name = "DRAFT")]
    draft: Option<String>,
    /// Put this draft, or the signatures in it, into the inbox
    #[arg(long, value_name = "FILE", conflicts_with = "draft")]
    put: Option<PathBuf>,
    /// Save the draft here, to be signed
    #[arg(long, value_name = "FILE", requires = "draft")]
    out: Option<PathBuf>,
    /// Say that one will not sign it, and why
    #[arg(long, value_name = "REASON", requires = "draft", conflicts_with_all = ["out", "withdraw", "reads"])]
    decline: Option<String>,
    /// Take it back, for the party that put it there
    #[arg(long, requires = "draft", conflicts_with_all = ["out", "reads"])]
    withdraw: bool,
    /// Show who has seen its hidden values instead
    #[arg(long, requires = "draft", conflicts_with = "out")]
    reads: bool,
    #[command(flatten)]
    server: ServerArgs,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Asks and prints.
pub fn run(args: &DraftsArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let (text, lines) = match (&args.put, &args.draft) {
        (Some(path), _) => {
            let answer = client.add_draft(&draft::read(path)?);
            let answer = answered(answer, args.json)?;
            (answer.text, told(&answer.value))
        }
        (None, None) => list(&client, args.json)?,
        (None, Some(name)) => one(args, &client, &find(&client, name)?)?,
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

fn list(client: &Client, as_json: bool) -> Result<(String, Vec<String>), Failure> {
    let answer = answered(client.list_drafts(&Paging::whole()), as_json)?;
    let page = &answer.value;
    let mut lines: Vec<String> = page.items.iter().map(row).collect();
    lines.extend(
        page.next
            .as_ref()
            .map(|_| "there are more; --json has the first of them too".to_owned()),
    );
    Ok((answer.text, lines))
}

/// Does with one draft what is asked.
fn one(args: &DraftsArgs, client: &Client, draft: &Hash) -> Result<(String, Vec<String>), Failure> {
    if let Some(reason) = &args.decline {
        let answer = answered(client.add_draft_decline(draft, reason), args.json)?;
        return Ok((answer.text, told(&answer.value)));
    }
    if args.withdraw {
        client.end_draft(draft)?;
        let text = format!("{{\"draft\":\"{draft}\",\"withdrawn\":true}}");
        return Ok((text, vec![format!("{draft}  taken back")]));
    }
    if args.reads {
        let answer = answered(client.list_draft_reads(draft, &Paging::whole()), args.json)?;
        return Ok((answer.text, answer.value.items.iter().map(read).collect()));
    }
    let answer = answered(client.get_draft(draft), args.json)?;
    let whole = &answer.value;
    let file = whole.file.to_text();
    match args.out.as_deref() {
        // What goes to a pipe is the draft alone.
        Some(path) if path == Path::new("-") => {
            return Ok((file.clone(), vec![file.trim_end().to_owned()]));
        }
        Some(path) => files::replace(path, file.as_bytes())?,
        None => {}
    }
    let said = describe(&whole.file.command, &whole.file.openings);
    Ok((answer.text, [said, told(&whole.view)].concat()))
}

/// Finds the draft whose name begins so.
fn find(client: &Client, name: &str) -> Result<Hash, Failure> {
    if let Some(hash) = Hash::from_hex(name) {
        return Ok(hash);
    }
    if name.len() < NAME_DIGITS_MIN {
        return Err(Failure::usage(format!(
            "{name:?} is no draft: name it by the hash of its payload, or its first {NAME_DIGITS_MIN} digits"
        )));
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = client.list_drafts(&Paging::whole().after(after))?.value;
        let names = page.items.iter().map(|view| view.draft);
        found.extend(names.filter(|draft| draft.to_string().starts_with(name)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match found[..] {
        [draft] => Ok(draft),
        [] => Err(
            Failure::refused(format!("the inbox has no draft {name} for you"))
                .hint("`greenlien drafts` lists them"),
        ),
        [..] => Err(
            Failure::refused(format!("several drafts begin with {name}")).hint("name more digits"),
        ),
    }
}

fn row(view: &DraftView) -> String {
    let draft = view.draft.to_string();
    let short: String = draft.chars().take(16).collect();
    let declined = match view.declined.len() {
        0 => String::new(),
        count => format!(", {count} declined"),
    };
    format!(
        "{short}  {} by {}, {} missing{declined}, until {}",
        view.command, view.org, view.missing, view.exp
    )
}

/// What the inbox says of a draft.
fn told(view: &DraftView) -> Vec<String> {
    let mut lines = vec![
        format!("draft      {}", view.draft),
        format!(
            "put by     {} ({}) at {}",
            view.depositor, view.person, view.deposited
        ),
    ];
    for place in &view.signers {
        let (org, role) = (place.signer.org, place.signer.role.name());
        lines.push(match place.kid {
            Some(kid) => format!("signed     {org} as {role}, with the key {kid}"),
            None => format!("to sign    {org} as {role}"),
        });
    }
    for declined in &view.declined {
        lines.push(format!(
            "declined   {} ({}) at {}: {}",
            declined.org, declined.person, declined.time, declined.reason
        ));
    }
    if view.missing == 0 {
        lines.push("complete: send it with `greenlien submit`".to_owned());
    }
    lines
}

fn read(read: &OpeningRead) -> String {
    format!(
        "{}  {} ({}): {}",
        read.time,
        read.org,
        read.person,
        read.claims.join(", ")
    )
}
