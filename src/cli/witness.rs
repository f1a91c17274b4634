//! `witness`: cosigns the checkpoints of the logs it watches, as a process of its own beside no registry.
//!
//! A bank runs it with its own key. It keeps one small file per log and nothing else.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::cli::environment::{self, ClockArgs};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{files, keyfile, listen};
use crate::client::Client;
use crate::http::witness::{Post, witness_router};
use crate::ledger::policy_file::TRUST_FILE_BYTES_MAX;
use crate::primitives::crypto::SecretKey;
use crate::primitives::id::PartyId;
use crate::witness::auditor::{self, Auditor};
use crate::witness::book::{self, BookFault, WITNESS_FOLDER};
use crate::witness::cosigner::{Cosigner, CosignerFault};
use crate::witness::fetch::{LogReader, SignIn};
use crate::witness::logs::{Logs, LogsFault};

const LISTEN_DEFAULT: &str = "127.0.0.1:8471";
/// What to do where a book is gone or damaged.
const LOST: &str = "put back the newest file, if the disk still has it, and no backup: with an older one this key could cosign a second history. If it is lost, make a new key and a new folder, and withdraw the old key (docs/OPERATING.md)";
/// What to do where a book is older than what its key has cosigned.
const BEHIND: &str = "find the newer folder and start with it. If there is none, or the key is used elsewhere, never use this key again: make a new one and a new folder, and withdraw the old one (docs/OPERATING.md)";
/// Cosign one history of each log, and never two (C2SP tlog-witness)
///
/// Prints "listening on http://..." when it takes checkpoints at /add-checkpoint. The newest cosigned checkpoint of a log is at
/// /<hex SHA-256 of its origin>/checkpoint. `greenlien keygen --key FILE --cosigner NAME` prints the verifier key that belongs
/// into trust policies.
///
/// The data folder and the key belong together: never start the key with an older copy of its folder or with another one,
/// and never with two processes, for then it could cosign two histories. If the folder is lost, make a new key. So the first
/// start of a log in a folder says --begin, and no later one does.
///
/// Environment: GREENLIEN_LISTEN, GREENLIEN_LOG, GREENLIEN_PASSPHRASE, each overridden by its flag.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct WitnessArgs {
    /// The folder of the witness; made by --begin
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
    #[command(flatten)]
    words: StartWords,
    /// Also audit: replay every entry of the logs, and cosign under a second name and key that the state is right
    #[arg(long, requires_all = ["registry", "audit_key"])]
    audit: bool,
    /// Where an audited log is read: a URL, or ORIGIN=URL where several logs are watched
    #[arg(long, value_name = "URL", requires = "audit")]
    registry: Vec<String>,
    /// The key that cosigns for the auditor; it must not be that of the witness
    #[arg(long, value_name = "FILE", requires = "audit")]
    audit_key: Option<PathBuf>,
    /// The name of the auditor; the name of the witness and /auditor, if absent
    #[arg(long, value_name = "NAME", requires = "audit")]
    audit_name: Option<String>,
    /// The member as whom the auditor reads a registry that is not public; PARTY, or ORIGIN=PARTY where several logs are watched
    #[arg(long, value_name = "PARTY", requires_all = ["audit", "member_key"])]
    member: Vec<String>,
    /// A key of the member, best one that it uses for nothing else
    #[arg(long, value_name = "FILE", requires = "member")]
    member_key: Option<PathBuf>,
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

/// What an operator says to one start and not to the next.
#[derive(Args, Clone, Copy, Debug)]
struct StartWords {
    /// Begin the logs of which nothing is in the folder yet: for the first start with a new folder, a further log or --audit. A
    /// folder that has lost what it cosigned is refused all the same
    #[arg(long)]
    begin: bool,
    /// Acknowledge that the clock is right, though it is more than five minutes ahead of the last cosignature, as after a rest
    #[arg(long)]
    accept_time_step: bool,
}

/// Cosigns until a signal or a storage error.
pub fn run(args: &WitnessArgs) -> Result<Exit, Failure> {
    let address: SocketAddr = listen::address(args.listen.as_deref(), LISTEN_DEFAULT)?;
    let filter = listen::filter(args.log_lines.as_deref())?;
    let logs = logs(&args.log)?;
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let read = |path: &Path| keyfile::read_key_checked(path, passphrase, args.allow_test_keys);
    let key = read(&args.key)?;
    let audit_key = args.audit_key.as_deref().map(read).transpose()?;
    let member_key = args.member_key.as_deref().map(read).transpose()?;
    let taken = [
        ("--key", Some(&key)),
        ("--audit-key", audit_key.as_ref()),
        ("--member-key", member_key.as_ref()),
    ];
    check_names_and_keys(args, &logs, &taken)?;
    listen::start_log(filter, args.json_logs);
    let servers = servers(args, &logs, member_key)?;
    if args.words.begin {
        begin(args, &logs, &servers)?;
    }
    let auditor = match audit_key {
        None => None,
        Some(audit_key) => Some(Arc::new(auditor(args, &logs, servers, audit_key)?)),
    };
    let folder = args.data.join(WITNESS_FOLDER);
    let witness = Cosigner::open(&folder, &args.name, key, logs, args.clock.clock())?;
    let witness = Arc::new(witness);
    for cosigner in std::iter::once(&*witness).chain(auditor.as_deref().map(Auditor::cosigner)) {
        say_watched(cosigner);
        if args.words.accept_time_step {
            cosigner.accept_clock();
        }
        cosigner.look_at_clock().map_err(|step| {
            Failure::refused(step.to_string()).hint(
                "look at the clock and set it right if it is wrong; if it is right, as after a rest of more than five minutes, start with --accept-time-step",
            )
        })?;
    }
    let post = Post { witness, auditor };
    serve(address, &post)?;
    if post.is_stopped() {
        return Err(
            Failure::internal("a storage error has stopped the witness").hint(
                "look at the log for its cause, then start again: what was cosigned is on the disk",
            ),
        );
    }
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Says of each log where its book stands, so that an operator who sees a smaller size than before can stop at once.
fn say_watched(cosigner: &Cosigner) {
    let key = cosigner.key().vkey();
    for origin in cosigner.logs().origins() {
        let stands = cosigner.size(origin).map_or_else(
            || "nothing of this log was cosigned yet".to_owned(),
            |size| format!("the last cosigned checkpoint is of size {size}"),
        );
        tracing::info!(ledger.origin = origin, witness.key = %key, "watching; {stands}");
    }
}

/// Begins every log that has left nothing in the folder, for the witness and for the auditor.
fn begin(
    args: &WitnessArgs,
    logs: &Logs,
    servers: &BTreeMap<String, LogReader>,
) -> Result<(), Failure> {
    let of_auditor = |origin: &str| auditor::traces(&args.data, origin);
    let mut begun = book::begin(&args.data.join(WITNESS_FOLDER), logs, of_auditor)?;
    if args.audit {
        begun.extend(auditor::begin(&args.data, logs, servers.keys())?);
    }
    if begun.is_empty() {
        return Err(
            Failure::usage("--begin: every log was begun in this folder before")
                .hint("start without --begin; with it in a script, a folder that is lost or not mounted would be begun again"),
        );
    }
    for origin in begun {
        tracing::info!(ledger.origin = origin, "begun");
    }
    Ok(())
}

/// Refuses keys and names that would make one voice count as two: those of the log, of the witness and of the auditor differ;
/// and a key that cosigns signs nothing else.
fn check_names_and_keys(
    args: &WitnessArgs,
    logs: &Logs,
    keys: &[(&str, Option<&SecretKey>); 3],
) -> Result<(), Failure> {
    let second_key =
        "a cosignature does not say its role; make a second key with `greenlien keygen`";
    let public = keys.map(|(flag, key)| (flag, key.map(SecretKey::public)));
    let [(_, witness), (_, auditor), (_, member)] = &public;
    if auditor.is_some() && auditor == witness {
        return Err(Failure::usage("--audit-key is the key of the witness").hint(second_key));
    }
    if member.is_some() && (member == witness || member == auditor) {
        return Err(Failure::usage("--member-key is a key that cosigns")
            .hint("name a key of the member; one key does one job"));
    }
    if args.audit_name.as_ref() == Some(&args.name) {
        return Err(Failure::usage("--audit-name is the name of the witness")
            .hint("readers tell the two apart by their names; leave it out, or choose another"));
    }
    let of_logs = || {
        logs.origins()
            .filter_map(|origin| logs.keys(origin))
            .flatten()
    };
    for (flag, public) in &public {
        if of_logs().any(|log| Some(log.key()) == public.as_ref()) {
            return Err(
                Failure::usage(format!("{flag} is the key of a log that it watches")).hint(
                    "a log that cosigns itself adds nothing; make a key with `greenlien keygen`",
                ),
            );
        }
    }
    Ok(())
}

/// Serves, and lets the auditor follow its logs meanwhile.
fn serve(address: SocketAddr, post: &Post) -> Result<(), Failure> {
    let is_ending = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if let Some(auditor) = &post.auditor {
            let is_ending = &is_ending;
            scope.spawn(move || auditor.follow(|| is_ending.load(Ordering::Acquire)));
        }
        let watched = post.clone();
        let served = listen::serve(address, witness_router(post.clone()), None, move || {
            watched.is_stopped()
        });
        is_ending.store(true, Ordering::Release);
        served
    })
}

/// Takes `ORIGIN=VALUE` apart; the origin may be left out where one log is watched.
fn of_log<'a>(given: &'a str, logs: &'a Logs) -> Result<(&'a str, &'a str), &'static str> {
    let (origin, value) = match given.split_once('=') {
        Some((origin, value)) => (Some(origin), value),
        None => (None, given),
    };
    let mut origins = logs.origins();
    let origin = match (origin, origins.next(), origins.next()) {
        (Some(origin), ..) => origin,
        (None, Some(only), None) => only,
        (None, ..) => return Err("does not say of which log"),
    };
    if logs.keys(origin).is_none() {
        return Err("no --log is of this origin");
    }
    Ok((origin, value))
}

/// Reads where each audited log is read, and as whom.
fn servers(
    args: &WitnessArgs,
    logs: &Logs,
    member_key: Option<SecretKey>,
) -> Result<BTreeMap<String, LogReader>, Failure> {
    let mut members = BTreeMap::new();
    for given in &args.member {
        let wrong = |what: &str| {
            Failure::usage(format!("--member {given}: {what}"))
                .hint("write it as M12, or ORIGIN=M12 where several logs are watched")
        };
        let (origin, party) = of_log(given, logs).map_err(wrong)?;
        let party = PartyId::parse(party).ok_or_else(|| wrong("is no party"))?;
        members.insert(origin, party);
    }
    let member_key = member_key.map(Arc::new);
    let mut servers = BTreeMap::new();
    for given in &args.registry {
        let wrong = |what: &str| {
            Failure::usage(format!("--registry {given}: {what}"))
                .hint("write it as https://registry.example, or ORIGIN=https://registry.example")
        };
        let (origin, url) = of_log(given, logs).map_err(wrong)?;
        let mut server = LogReader::new(url).ok_or_else(|| wrong("is no address of a server"))?;
        if let (Some(member), Some(key)) = (members.get(origin), &member_key) {
            server = server.signing_in(sign_in(url, origin, *member, Arc::clone(key))?);
        }
        servers.insert(origin.to_owned(), server);
    }
    Ok(servers)
}

/// Makes what signs in as a member; nothing but a challenge of the registry of this log is ever signed.
fn sign_in(
    url: &str,
    origin: &str,
    member: PartyId,
    key: Arc<SecretKey>,
) -> Result<Box<SignIn>, Failure> {
    let client = Client::new(url)?;
    // The audience of a registry is its origin, a number sign and the hash of its genesis.
    let audience = format!("{origin}#");
    Ok(Box::new(move || {
        let session = client.open_session(member, &key, Some(&audience));
        let session = session.map_err(|fault| fault.to_string())?.value;
        session.token.ok_or_else(|| "no token came".to_owned())
    }))
}

/// Opens the auditor of the logs whose servers are named.
fn auditor(
    args: &WitnessArgs,
    logs: &Logs,
    servers: BTreeMap<String, LogReader>,
    key: SecretKey,
) -> Result<Auditor, Failure> {
    let name = args
        .audit_name
        .clone()
        .unwrap_or_else(|| format!("{}/auditor", args.name));
    Ok(Auditor::open(
        &args.data,
        &name,
        key,
        logs,
        servers,
        args.clock.clock(),
    )?)
}

/// Reads the logs to watch: verifier keys and trust policies. A key has two plus signs, and no file that is there is taken for one.
fn logs(given: &[String]) -> Result<Logs, Failure> {
    let mut logs = Logs::default();
    for log in given {
        let path = Path::new(log);
        let read = if path.is_file() {
            logs.add_policy(files::read(path, TRUST_FILE_BYTES_MAX)?)
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
            CosignerFault::Book(fault) => Self::from(fault),
        }
    }
}

impl From<BookFault> for Failure {
    fn from(fault: BookFault) -> Self {
        let text = fault.to_string();
        match fault {
            BookFault::Busy(_) => {
                Self::try_later(text).hint("stop the other witness of this folder")
            }
            BookFault::Disk(..) => Self::internal(text)
                .hint("check that the disk has room and that the folder is yours"),
            BookFault::OtherKey(..) => Self::refused(text).hint(
                "use the key and the name that wrote the folder; for a new key, name a new folder",
            ),
            BookFault::Unbegun(..) => Self::refused(text).hint(
                "is this the first start with this log? Then add --begin, once. If this key has cosigned the log before, this is the wrong folder, or it is not mounted: name the right one; if it is lost, make a new key",
            ),
            BookFault::Lost { .. } | BookFault::Doubt(..) => Self::refused(text).hint(LOST),
            BookFault::Behind(..) => Self::refused(text).hint(BEHIND),
        }
    }
}
