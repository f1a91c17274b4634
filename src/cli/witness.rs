//! `witness`: cosigns the checkpoints of the logs it watches, as a process of its own beside no registry.
//!
//! A bank runs it with its own key. It keeps one small file per log and nothing else.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::cli::environment::{self, ClockArgs};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{files, keyfile, listen};
use crate::http::witness::witness_router;
use crate::ledger::policy_file::TRUST_FILE_BYTES_MAX;
use crate::witness::book::BookFault;
use crate::witness::cosigner::{Cosigner, CosignerFault};
use crate::witness::logs::{Logs, LogsFault};

const LISTEN_DEFAULT: &str = "127.0.0.1:8471";
/// The part of the data folder that the witness writes.
const WITNESS_FOLDER: &str = "witness";

/// Cosign one history of each log, and never two (C2SP tlog-witness)
///
/// Prints "listening on http://..." when it takes checkpoints at /add-checkpoint. The newest cosigned checkpoint of a log is at
/// /<hex SHA-256 of its origin>/checkpoint. `greenlien keygen --key FILE --cosigner NAME` prints the verifier key that belongs
/// into trust policies.
///
/// The data folder and the key belong together: never start the key with an older copy of its folder or with another one,
/// and never with two processes, for then it could cosign two histories. If the folder is lost, make a new key.
///
/// Environment: GREENLIEN_LISTEN, GREENLIEN_LOG, GREENLIEN_PASSPHRASE, each overridden by its flag.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct WitnessArgs {
    /// The folder of the witness; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The key that cosigns; it must serve no other purpose
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name that stands before the cosignatures, a URL without its scheme such as bank.example/witness
    #[arg(long, value_name = "NAME")]
    name: String,
    /// A log to watch: its verifier key, or a trust policy that names logs; a log with two keys is given twice
    #[arg(long, value_name = "VKEY|FILE", required = true)]
    log: Vec<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Accept keys named *.test.key, on a test system
    #[arg(long)]
    allow_test_keys: bool,
    /// Take the passphrase of the key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Which log lines to write, such as info or greenlien=debug
    #[arg(long, value_name = "FILTER")]
    log_lines: Option<String>,
    /// Write log lines as JSON
    #[arg(long)]
    json_logs: bool,
    #[command(flatten)]
    clock: ClockArgs,
}

/// Cosigns until a signal or a storage error.
pub fn run(args: &WitnessArgs) -> Result<Exit, Failure> {
    let address: SocketAddr = listen::address(args.listen.as_deref(), LISTEN_DEFAULT)?;
    let filter = listen::filter(args.log_lines.as_deref())?;
    let logs = logs(&args.log)?;
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let key = keyfile::read_key_checked(&args.key, passphrase, args.allow_test_keys)?;
    listen::start_log(filter, args.json_logs);
    let folder = args.data.join(WITNESS_FOLDER);
    let cosigner = Arc::new(Cosigner::open(
        &folder,
        &args.name,
        key,
        logs,
        args.clock.clock(),
    )?);
    for origin in cosigner.logs().origins() {
        tracing::info!(ledger.origin = origin, witness.key = %cosigner.key().vkey(), "watching");
    }
    let watched = Arc::clone(&cosigner);
    let routes = witness_router(Arc::clone(&cosigner));
    listen::serve(address, routes, move || watched.is_stopped())?;
    if cosigner.is_stopped() {
        return Err(
            Failure::internal("a storage error has stopped the witness").hint(
                "look at the log for its cause, then start again: what was cosigned is on the disk",
            ),
        );
    }
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Reads the logs to watch: verifier keys and trust policies. A key has two plus signs, and no file that is there is taken for one.
fn logs(given: &[String]) -> Result<Logs, Failure> {
    let mut logs = Logs::default();
    for log in given {
        let path = Path::new(log);
        let read = if path.is_file() {
            logs.add_policy(&files::read_text(path, TRUST_FILE_BYTES_MAX)?)
        } else {
            logs.add_vkey(log)
        };
        read.map_err(|fault| refused(&fault, log))?;
    }
    Ok(logs)
}

fn refused(fault: &LogsFault, log: &str) -> Failure {
    let failure = Failure::refused(fault.to_string()).of(log);
    match fault {
        LogsFault::Key(_) => failure.hint(
            "give the verifier key of the log, name+id+key, or a file that is there; the registry's operator hands it out",
        ),
        LogsFault::Policy(_) | LogsFault::NoLog => {
            failure.hint("the shortest policy is two lines: `log <vkey>` and `quorum none`")
        }
        LogsFault::TooMany => failure.hint("run a second witness, with its own key and folder"),
    }
}

impl From<CosignerFault> for Failure {
    fn from(fault: CosignerFault) -> Self {
        let text = fault.to_string();
        match fault {
            CosignerFault::Name(_) => {
                Self::usage(text).hint("write --name as bank.example/witness")
            }
            CosignerFault::Book(BookFault::Busy(_)) => {
                Self::try_later(text).hint("stop the other witness of this folder")
            }
            CosignerFault::Book(BookFault::Disk(..)) => Self::internal(text)
                .hint("check that the disk has room and that the folder is yours"),
            CosignerFault::Book(BookFault::Doubt(..)) => Self::refused(text).hint(
                "use the key and the name that wrote the folder; for a new key, name a new folder",
            ),
        }
    }
}
