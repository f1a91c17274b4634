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
use crate::primitives::limits;
use crate::service::audit::{Stage, audit_keeping};
use crate::service::audit_state::{AuditFault, Keeping, StateDoubt};
use crate::service::rebuild::Rebuilding;
use crate::store::Store;
use crate::verify::replay::BadEntry;

/// Replay the log and name the first bad entry
///
/// Makes every entry again from its command, by the law and with every signature verified, and compares the bytes; and
/// compares every checkpoint in the folder, signed or cosigned, with the entries. The server must be stopped.
///
/// With --state it keeps what it has replayed, and the next audit goes on from there: every entry before that place is hashed
/// and compared with what was audited, and only those behind it are replayed. Whoever can write the file can make an audit say
/// anything: it is the auditor's own, lies where the registry's operator cannot write, and is not taken from anyone else.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct AuditArgs {
    /// The data folder
    folder: PathBuf,
    /// Also verify the cosignatures of the witnesses in this trust policy, and count the checkpoints that have its quorum
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The auditor's own file of what was replayed: go on from it if it is there, and write it, outside the data folder
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write the file again after so many entries, and at the end
    #[arg(
        long,
        value_name = "ENTRIES",
        requires = "state",
        default_value_t = limits::AUDIT_KEPT_ENTRIES,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    state_every: u64,
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
    /// The entry with which the replay began, where an audit may go on from an earlier one.
    began_at: Option<u64>,
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
    let keeping = args.state.as_ref().map(|file| Keeping {
        file: file.clone(),
        every: args.state_every,
    });
    let mut shown = Shown::begin(args, keeping.as_ref());
    let audited = audit_keeping(
        &args.folder,
        policy.as_ref(),
        keeping.as_ref(),
        &mut |stage| shown.show(stage),
    );
    let began_at = shown.end();
    let audited = audited.map_err(|fault| not_audited(fault, args))?;
    let replayed = audited.map(|audited| Replayed {
        size: audited.size,
        began_at: keeping.is_some().then_some(audited.began_at),
        root: audited.root,
        state_root: audited.state_root,
        counts: Some((audited.signatures, audited.cosigned, audited.quorums)),
        duration: begun.elapsed(),
    });
    let concluded = conclude(&replayed, "every entry is as the law makes it", args.json);
    concluded.map_err(|failure| match (&args.state, began_at) {
        (Some(file), 1..) if replayed.is_err() => failure.hint(format!(
            "this audit went on with entry {began_at} from {}; audit once more without --state before you accuse anyone, and keep the folder as it is",
            file.display()
        )),
        (Some(_) | None, _) => failure,
    })
}

/// The progress of an audit.
struct Shown<'a> {
    args: &'a AuditArgs,
    current: Progress,
    is_comparing: bool,
    began_at: u64,
}

impl<'a> Shown<'a> {
    fn begin(args: &'a AuditArgs, keeping: Option<&Keeping>) -> Self {
        let is_comparing = keeping.is_some();
        let label = if is_comparing {
            "audit, comparing what was audited before"
        } else {
            "audit"
        };
        Self {
            args,
            current: Progress::begin(label, Unit::Entries, Some(0), args.progress),
            is_comparing,
            began_at: 0,
        }
    }

    fn show(&mut self, stage: Stage) {
        match stage {
            Stage::Compared(done, all) | Stage::Replayed(done, all) => {
                self.current.set(done, Some(all));
            }
            Stage::Began(at) => {
                self.began_at = at;
                let Some(file) = self.args.state.as_ref().filter(|_| self.is_comparing) else {
                    return;
                };
                self.current.end();
                self.is_comparing = false;
                let file = file.display();
                output::note(&match at {
                    0 => format!("{file} is not there yet; the audit begins with entry 0"),
                    at => format!(
                        "the entries before {at} are those that were audited ({file}); the audit goes on with entry {at}"
                    ),
                });
                let label = "audit, replaying";
                let next = Progress::begin(label, Unit::Entries, Some(0), self.args.progress);
                self.current = next.behind(at);
            }
        }
    }

    /// Ends it; returns the entry with which the replay began.
    fn end(self) -> u64 {
        self.current.end();
        self.began_at
    }
}

/// Says what to do when an audit does not go on.
fn not_audited(fault: AuditFault, args: &AuditArgs) -> Failure {
    let fault = match fault {
        AuditFault::Service(fault) => return fault.into(),
        AuditFault::State(fault) => fault,
    };
    if args.json
        && let StateDoubt::Rewritten { from, to } = fault.doubt
    {
        let json = Json::object([
            ("reason", Json::text(fault.to_string())),
            ("rewritten_from", Json::count(from)),
            ("rewritten_to", Json::count(to)),
            ("valid", Json::Bool(false)),
        ]);
        if let Err(failure) = output::json(&json) {
            return failure;
        }
    }
    let again = "or move it away: the audit then begins with entry 0";
    let hint = match fault.doubt {
        StateDoubt::Disk(_) => "check the path and who may read it".to_owned(),
        StateDoubt::Damaged(_) => format!("take a copy of the file that you kept, {again}"),
        StateDoubt::Unknown(_) => format!("use the version of greenlien that wrote it, {again}"),
        StateDoubt::OtherLog { .. } => {
            "name the file of this log; if the operator says that it is the same log, it was begun again, and nothing of what was audited is in it".to_owned()
        }
        StateDoubt::Ahead { .. } => {
            "the folder is an older copy, or entries were taken away: get the newest one, and compare its size with a checkpoint that a witness or a member holds. Audit this one without --state".to_owned()
        }
        StateDoubt::Rewritten { .. } => {
            "keep the folder and the file as they are; an older copy of the folder shows what was there, and a checkpoint that was signed over it proves the fraud (`greenlien accuse`)".to_owned()
        }
    };
    Failure::refused(fault.to_string()).hint(hint)
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
        began_at: None,
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
            if let Some(at) = replayed.began_at {
                rows.push(("replayed", format!("from entry {at} on")));
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
    .with("began_at", replayed.began_at.map(Json::count))
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
