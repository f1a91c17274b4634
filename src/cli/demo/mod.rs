//! `demo`: plays a district's ledger through a real server, compares every outcome, and tells a guarantor's story.
//!
//! Everything goes over HTTP as the institutions would send it, each signing with its own keys; nothing here reaches into the
//! registry. The folder of the data says what must come out (`script`); `table` says whether it did.

mod cast;
mod play;
mod requests;
mod script;
mod stage;
mod story;
mod table;
mod teller;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::files::write_new;
use crate::cli::keyfile::generate;
use crate::cli::output;
use crate::cli::trust::trust_text;
use crate::domain::party::Role;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;
use crate::service::openings::sealing::OpeningsKey;

use self::cast::{Candidate, Cast};
use self::play::Play;
use self::script::Script;
use self::stage::Stage;
use self::story::Told;
use self::teller::Teller;

pub use self::script::POLICIES;

/// The data that come with the program, in a checkout.
const DATA_DEFAULT: &str = "fixtures/banan";

/// Play a district's ledger through a real server and check every outcome
///
/// Creates a registry in a new folder, serves it on a free port of this machine, and plays parties, rights and pledge requests
/// through it over HTTP. Ends with 0 only if every outcome is the expected one.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct DemoArgs {
    /// The folder of the ledger to play; fixtures/banan, if absent
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Leave the server running, until SIGINT or SIGTERM
    #[arg(long)]
    keep: bool,
    /// Print the table as one line of JSON, and with --keep a second line that says where the server is
    #[arg(long)]
    json: bool,
    /// Create the registry here and leave it, with the keys of the demonstration; must not be there yet
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Runs the demonstration; returns the exit code.
pub fn run(args: &DemoArgs) -> u8 {
    crate::cli::conclude(perform(args))
}

fn perform(args: &DemoArgs) -> Result<Exit, Failure> {
    let data = args
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
    let script = Script::read(&data)?;
    let folder = Folder::choose(args)?;
    let (log_key, openings_key) = (generate(), generate());
    let offset = stage::clock_offset(script.as_of);
    let (mut stage, cast) = open(
        &script,
        &folder,
        (&log_key, &openings_key),
        offset,
        args.keep,
    )?;
    write_new(
        &stage.folder.join("trust.policy"),
        trust_text(&stage.log_vkey, &[], &[]).as_bytes(),
    )?;
    let mut play = Play::begin(&stage, offset, &script, cast)?;
    play.admit_parties()?;
    play.issue_books(&data)?;
    play.issue_others()?;
    requests::play(&mut play)?;
    if folder.stays {
        let keys = [("log", &log_key), ("openings", &openings_key)];
        play.cast.write_keys(&stage.folder.join("keys"), &keys)?;
    }
    if !args.json {
        print_table(&play)?;
    }
    let say = |line: &str| {
        if args.json {
            output::note(line);
        } else {
            // A closed pipe ends nothing; any other fault of the output shows at the next result.
            drop(output::line(line));
        }
    };
    let told = story::tell(&play, &mut stage, args.keep, Teller::new(&say))?;
    for slip in play.table.slips() {
        output::note(&slip);
    }
    let ok = play.table.holds() && told.went_well;
    if args.json {
        output::line(&table_json(&play, &told, ok).to_canonical())?;
    } else if ok {
        output::line("\nEvery outcome is the expected one, and the story went as told.")?;
    } else {
        output::line(
            "\nNOT everything went as expected; the differences are listed on standard error.",
        )?;
    }
    if args.keep {
        say_where(&stage, offset, args.json)?;
        stage.wait()?;
    }
    Ok(if ok { Exit::Done } else { Exit::Refused })
}

/// Creates the registry with the registrar's genesis, and serves it.
fn open(
    script: &Script,
    folder: &Folder,
    (log_key, openings_key): (&SecretKey, &SecretKey),
    offset_micros: i64,
    until_signal: bool,
) -> Result<(Stage, Cast), Failure> {
    let registrar = script
        .parties
        .iter()
        .find(|row| row.role == Role::Registrar);
    let registrar = registrar.ok_or_else(|| Failure::refused("the parties have no 登记机构"))?;
    // Keys of the genesis carry no proofs: entry 0 itself is what its registrar publishes.
    let candidate = Candidate::new(registrar, "");
    let genesis = stage::genesis(script, registrar, &candidate, log_key)?;
    let key = SecretKey::from_seed(&log_key.seed());
    let openings_key = Arc::new(OpeningsKey::new(openings_key));
    let keys = (key, openings_key);
    let towns = script.towns.clone();
    let stage = Stage::open(
        &folder.path,
        genesis,
        keys,
        towns,
        offset_micros,
        until_signal,
    )?;
    Ok((stage, Cast::begin(registrar, candidate)))
}

fn print_table(play: &Play<'_>) -> Result<(), Failure> {
    let (note, head) = play.checkpoint()?;
    output::line("")?;
    for line in play.table.to_lines() {
        output::line(&line)?;
    }
    output::line(&format!(
        "\nlog size  {}\nroot      {}\ncheckpoint",
        head.size, head.root
    ))?;
    for line in note.lines() {
        output::line(&format!("  {line}"))?;
    }
    Ok(())
}

fn table_json(play: &Play<'_>, told: &Told, ok: bool) -> Json {
    Json::object([
        ("table", play.table.to_json()),
        ("log_size", Json::count(told.head.size)),
        ("root", Json::text(told.head.root.to_string())),
        ("checkpoint", Json::text(&*told.note)),
        ("ok", Json::Bool(ok)),
    ])
}

fn say_where(stage: &Stage, offset_micros: i64, as_json: bool) -> Result<(), Failure> {
    let folder = stage.folder.display().to_string();
    if as_json {
        let json = Json::object([
            ("address", Json::text(&*stage.address)),
            ("log_vkey", Json::text(&*stage.log_vkey)),
            ("data_dir", Json::text(&*folder)),
        ]);
        return output::line(&json.to_canonical());
    }
    let seconds = offset_micros / 1_000_000;
    output::line(&format!(
        "The server goes on at {}, until SIGINT or SIGTERM; its folder is {folder}.\n\
         Its pages are for a browser: /statistics has the numbers, their lines and the monthly table for platforms.\n\
         Its clock is moved: sign with --clock-offset {seconds}, and with the keys in {folder}/keys.",
        stage.address
    ))
}

/// The folder of the registry; one that nobody asked for goes when the demonstration ends.
struct Folder {
    path: PathBuf,
    stays: bool,
}

impl Folder {
    fn choose(args: &DemoArgs) -> Result<Self, Failure> {
        if let Some(path) = &args.folder {
            return Ok(Self {
                path: absolute(path),
                stays: true,
            });
        }
        let id = crate::client::random_command_id()?;
        let path = std::env::temp_dir().join(format!("greenlien-demo-{id}"));
        Ok(Self {
            path,
            stays: args.keep,
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.stays {
            // What cannot be removed lies in the folder for temporary files, which the system empties.
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
