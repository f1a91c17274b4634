//! `rewrap`: seals the data keys of openings under another openings key, so that the one before can be destroyed.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::environment;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{keyfile, output};
use crate::primitives::canonical::Json;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::openings::start::rewrap;
use crate::store::Store;

/// Change the openings key of a folder
///
/// Every data key is wrapped under the new openings key, in one write; the openings themselves stay as they are. Afterwards
/// `serve` takes the new key alone. Copies of the folder made before open with the old key alone: destroying it, after a new
/// copy was made, erases in them too what has been erased since. The server must be stopped.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct RewrapArgs {
    /// The data folder
    folder: PathBuf,
    /// The openings key until now
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The openings key from now on, made by `keygen`
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Take the passphrase of both keys from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Accept keys named *.test.key, on a test system
    #[arg(long)]
    allow_test_keys: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Changes the key and says how many data keys there are.
pub fn run(args: &RewrapArgs) -> Result<Exit, Failure> {
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let read = |path: &Path| -> Result<OpeningsKey, Failure> {
        let key = keyfile::read_key_checked(path, passphrase, args.allow_test_keys)?;
        Ok(OpeningsKey::new(&key))
    };
    let (from, to) = (read(&args.from)?, read(&args.to)?);
    if from.id() == to.id() {
        let failure = Failure::usage("--from and --to are the same key");
        return Err(failure.hint("make the new one with `greenlien keygen --out FILE`"));
    }
    let store = Store::open(&args.folder)?;
    let wrapped = rewrap(&store, &from, &to)?;
    let (before, after) = (from.id().to_string(), to.id().to_string());
    if args.json {
        output::json(&Json::object([
            ("data_keys", Json::count(wrapped)),
            ("from", Json::text(before)),
            ("to", Json::text(after)),
        ]))?;
    } else {
        output::facts(&[
            ("data_keys", wrapped.to_string()),
            ("from", before),
            ("to", after),
        ])?;
    }
    Ok(Exit::Done)
}
