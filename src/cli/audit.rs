//! `audit` and `rebuild`: replay the whole log of a data folder, to judge it or to make its derived columns again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::output;
use crate::cli::progress::{Progress, ProgressArgs, Unit};
use crate::cli::verify::read_policy;
use crate::domain::entry::Entry;
use crate::ledger::proof::root_at;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::service::audit::audit_under;
use crate::service::rebuild::Rebuilding;
use crate::store::Store;
use crate::verify::replay::BadEntry;

/// Replay the log and name the first bad entry
///
/// Makes every entry again from its command, by the law and with every signature verified, and compares the bytes; and
/// compares every checkpoint in the folder, signed or cosigned, with the entries. The server must be stopped.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct AuditArgs {
    /// The data folder
    folder: PathBuf,
    /// Also verify the cosignatures of the witnesses in this trust policy, and count the checkpoints that have its quorum
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    progress: ProgressArgs,
}

/// Make every derived column again from the entries
///
/// The result is the same, byte for byte. The log is judged first: if an entry is bad, nothing is touched. A rebuild that was
/// interrupted must be run again before the folder opens; it goes on where it stopped. The server must be stopped.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct RebuildArgs {
    /// The data folder
    folder: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    progress: ProgressArgs,
}

/// What a replay established.
struct Replayed {
    size: u64,
    root: Hash,
    state_root: Hash,
    /// Signatures, cosigned checkpoints, and those with a quorum, where they were counted.
    counts: Option<(u64, u64, Option<u64>)>,
    duration: Duration,
}

/// Audits a folder.
pub fn run_audit(args: &AuditArgs) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    let progress = Progress::begin("audit", Unit::Entries, Some(0), args.progress);
    let mut show = |done, all| progress.set(done, Some(all));
    let audited = audit_under(&args.folder, policy.as_ref(), &mut show)?;
    progress.end();
    let replayed = audited.map(|audited| Replayed {
        size: audited.size,
        root: audited.root,
        state_root: audited.state_root,
        counts: Some((audited.signatures, audited.cosigned, audited.quorums)),
        duration: begun.elapsed(),
    });
    conclude(&replayed, "every entry is as the law makes it", args.json)
}

/// Rebuilds a folder.
pub fn run_rebuild(args: &RebuildArgs) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let rebuilding = Rebuilding::open(&args.folder)?;
    let written = rebuilding.written();
    match written {
        None => {}
        Some(0) => {
            output::note("an earlier rebuild was interrupted; this one begins again with entry 0");
        }
        Some(at) => output::note(&format!(
            "an earlier rebuild was interrupted; this one goes on with entry {at}"
        )),
    }
    let stage = |label| Progress::begin(label, Unit::Entries, Some(0), args.progress);
    let writing = || stage("rebuild, writing");
    let (mut current, mut is_writing) = match written {
        None | Some(0) => (stage("rebuild, judging the log"), false),
        Some(at) => (writing().behind(at), true),
    };
    let rebuilt = rebuilding.run(&mut |done, all| {
        // The log is replayed twice, and counted twice.
        let size = all / 2;
        if done > size && !is_writing {
            current.end();
            (current, is_writing) = (writing(), true);
        }
        let done = if is_writing { done - size } else { done };
        current.set(done, Some(size));
    })?;
    current.end();
    let replayed = match rebuilt {
        Err(bad) => Err(bad),
        Ok(_) => Ok(read_back(&args.folder, begun)?),
    };
    conclude(&replayed, "every derived column was made again", args.json)
}

/// Reads the roots from what was written.
fn read_back(folder: &Path, begun: Instant) -> Result<Replayed, Failure> {
    let store = Store::open(folder)?;
    let size = store.size();
    let last = store.entry(size.saturating_sub(1))?.unwrap_or_default();
    let Ok(Entry::State(state)) = Entry::parse(&last) else {
        return Err(Failure::refused("the last entry is not a state entry")
            .hint("restore the folder from a copy; a server that was killed never leaves this"));
    };
    Ok(Replayed {
        size,
        root: root_at(size, &store)?,
        state_root: state.state_root,
        counts: None,
        duration: begun.elapsed(),
    })
}

fn conclude(
    replayed: &Result<Replayed, BadEntry>,
    holds: &str,
    as_json: bool,
) -> Result<Exit, Failure> {
    match replayed {
        Ok(replayed) if as_json => output::json(&replayed_json(replayed))?,
        Ok(replayed) => {
            let seconds = format!(
                "{}.{:03}",
                replayed.duration.as_secs(),
                replayed.duration.subsec_millis()
            );
            let mut rows = vec![
                ("result", holds.to_owned()),
                ("entries", replayed.size.to_string()),
                ("root", replayed.root.to_string()),
                ("state root", replayed.state_root.to_string()),
            ];
            if let Some((signatures, cosigned, quorums)) = replayed.counts {
                rows.push(("signatures", format!("{signatures} verified")));
                let quorums = quorums.map_or_else(String::new, |count| {
                    format!(", {count} with the quorum of the policy")
                });
                rows.push(("cosigned", format!("{cosigned} checkpoints{quorums}")));
            }
            rows.push(("seconds", seconds));
            output::facts(&rows)?;
        }
        Err(bad) => {
            if as_json {
                output::json(&Json::object([
                    ("bad_entry", Json::count(bad.index)),
                    ("reason", Json::text(&bad.reason)),
                    ("valid", Json::Bool(false)),
                ]))?;
            } else {
                output::facts(&[
                    ("result", "the log is bad from here on".to_owned()),
                    ("bad entry", bad.to_string()),
                ])?;
            }
            return Err(Failure::refused(format!("the first bad entry is {}", bad.index))
                .hint("keep the folder as it is; whoever holds an older copy can show when this happened"));
        }
    }
    Ok(Exit::Done)
}

fn replayed_json(replayed: &Replayed) -> Json {
    let millis = u64::try_from(replayed.duration.as_millis()).unwrap_or(u64::MAX);
    Json::object([
        ("duration_ms", Json::count(millis)),
        ("entries", Json::count(replayed.size)),
        ("root", Json::Text(replayed.root.to_string())),
        ("state_root", Json::Text(replayed.state_root.to_string())),
        ("valid", Json::Bool(true)),
    ])
    .with(
        "cosigned",
        replayed.counts.map(|(_, count, _)| Json::count(count)),
    )
    .with(
        "quorums",
        replayed
            .counts
            .and_then(|(.., count)| count)
            .map(Json::count),
    )
    .with(
        "signatures",
        replayed.counts.map(|(count, ..)| Json::count(count)),
    )
}
