//! `doctor`: compares a data folder with everything outside it that remembers, and says what to do.

use std::path::PathBuf;

use clap::Args;

use crate::cli::environment::{self, ClockArgs, setting};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::progress::{Progress, ProgressArgs, Unit};
use crate::cli::{feeding, keyfile, output};
use crate::primitives::canonical::Json;
use crate::primitives::time::Timestamp;
use crate::service::doctor::{Diagnosis, Doctor, Outside, Standing};
use crate::service::openings::sealing::OpeningsKey;
use crate::store::HighWater;

/// The comparison that --accept-time-step answers.
const TIME: &str = "time";

/// Say whether a folder may be served, and what to do if not
///
/// Makes every comparison that a start makes: entries, records and checkpoints in the folder, the high-water file, what the
/// witnesses last saw, and the clock. Exits with 0 if `serve` would start, else with 1. Changes nothing unless a flag says so.
/// The server must be stopped.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct DoctorArgs {
    /// The data folder
    folder: PathBuf,
    /// The high-water file that the server is run with
    #[arg(long, value_name = "FILE")]
    high_water: Option<PathBuf>,
    /// The file that names the witnesses, as for `serve`
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,
    #[command(flatten)]
    without: feeding::WithoutArgs,
    /// The openings key that the server is run with
    #[arg(long, value_name = "FILE")]
    openings_key: Option<PathBuf>,
    /// Take the passphrase of the openings key from the first line of this file
    #[arg(long, value_name = "FILE", requires = "openings_key")]
    passphrase_file: Option<PathBuf>,
    /// Acknowledge that the clock is right, so that registry time may step forward to it; start within five minutes
    #[arg(long)]
    accept_time_step: bool,
    /// Write the high-water file for the first time, from what this folder holds
    #[arg(long, requires = "high_water")]
    begin_high_water: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    progress: ProgressArgs,
    #[command(flatten)]
    clock: ClockArgs,
}

/// Examines the folder, and does what was acknowledged if nothing else stands against it.
pub fn run(args: &DoctorArgs) -> Result<Exit, Failure> {
    let doctor = Doctor::open(&args.folder)?;
    let outside = outside(args, doctor.origin())?;
    let now = args.clock.now();
    let mut found = examine(args, &doctor, now, &outside)?;
    let mark = outside.high_water.as_ref();
    let mark_name = mark.map(|mark| format!("high-water file {}", mark.path().display()));
    let acknowledged = |one: &Diagnosis| {
        (args.accept_time_step && one.name == TIME)
            || (args.begin_high_water && Some(&one.name) == mark_name.as_ref() && is_missing(mark))
    };
    let refused = |one: &&Diagnosis| one.standing == Standing::Refused;
    let stands_against = found.iter().filter(refused).find(|one| !acknowledged(one));
    let is_to_act = args.accept_time_step || args.begin_high_water;
    if let (None, true) = (stands_against, is_to_act) {
        if args.accept_time_step {
            doctor.accept_time_step(now)?;
        }
        if let Some(mark) = mark.filter(|mark| args.begin_high_water && is_missing(Some(mark))) {
            doctor.begin_high_water(mark)?;
        }
        found = examine(args, &doctor, now, &outside)?;
    }
    print(&found, args.json)?;
    let Some(first) = found.iter().find(|one| one.standing == Standing::Refused) else {
        return Ok(Exit::Done);
    };
    let mut failure = Failure::refused(format!("`serve` would not start: {}", first.name));
    if is_to_act {
        failure = Failure::refused(format!(
            "nothing was acknowledged, because of: {}",
            first.name
        ));
    }
    Err(failure.hint("do what stands beside it above"))
}

fn examine(
    args: &DoctorArgs,
    doctor: &Doctor,
    now: Timestamp,
    outside: &Outside,
) -> Result<Vec<Diagnosis>, Failure> {
    let progress = Progress::begin("doctor", Unit::Records, None, args.progress);
    let found = doctor.examine_showing(now, outside, &mut |read| progress.set(read, None))?;
    progress.end();
    Ok(found)
}

fn is_missing(mark: Option<&HighWater>) -> bool {
    mark.is_some_and(|mark| matches!(mark.read(), Ok(None)))
}

/// Asks everything outside the folder.
fn outside(args: &DoctorArgs, origin: &str) -> Result<Outside, Failure> {
    let mark = args.high_water.as_deref();
    let high_water = mark
        .map(|path| HighWater::outside(path, &args.folder))
        .transpose()?;
    let openings_key = openings_key(args)?;
    let required = args.without.required();
    let Some(file) = &args.witnesses else {
        return Ok(Outside {
            high_water,
            required,
            openings_key,
            ..Outside::default()
        });
    };
    let policy = feeding::read_policy(file)?;
    let (seen, unanswered) = feeding::ask(&policy, origin)?;
    Ok(Outside {
        high_water,
        witnesses: Some(policy),
        seen,
        unanswered,
        required,
        openings_key,
    })
}

/// Reads the openings key; a test key too, since nothing is served.
fn openings_key(args: &DoctorArgs) -> Result<Option<OpeningsKey>, Failure> {
    let file = args.openings_key.clone();
    let file = file.or_else(|| setting("GREENLIEN_OPENINGS_KEY").map(PathBuf::from));
    let Some(path) = file else { return Ok(None) };
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let key = keyfile::read_key(&path, passphrase.as_deref().map(String::as_str))?;
    Ok(Some(OpeningsKey::new(&key)))
}

fn print(found: &[Diagnosis], as_json: bool) -> Result<(), Failure> {
    if as_json {
        let all = found.iter().map(|one| {
            Json::object([
                ("found", Json::text(&one.found)),
                ("name", Json::text(&one.name)),
                ("standing", Json::text(one.standing.name())),
            ])
            .with("advice", one.advice.map(Json::text))
        });
        let starts = found.iter().all(|one| one.standing != Standing::Refused);
        let answer = Json::object([("checks", Json::list(all)), ("starts", Json::Bool(starts))]);
        return output::json(&answer);
    }
    for one in found {
        output::line(&format!(
            "{:<8} {}: {}",
            one.standing.name(),
            one.name,
            one.found
        ))?;
        if let Some(advice) = one.advice {
            output::line(&format!("         to do: {advice}"))?;
        }
    }
    Ok(())
}
