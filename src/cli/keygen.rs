//! `keygen`: makes a key file, or shows what others need of one: public key, key id, verifier key, proof of possession.

use std::path::PathBuf;

use clap::Args;

use crate::cli::environment;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{keyfile, output};
use crate::domain::command::{OfferedKey, PartyAct};
use crate::ledger::note::{CosignatureKey, NoteKey};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;

/// Make a key file, or show the public side of one
///
/// The file is PKCS#8 PEM, which OpenSSL 3.0 and later read. It is encrypted with the passphrase in the first line of
/// --passphrase-file, or in GREENLIEN_PASSPHRASE, unless --plain is given. The private key is never printed, and an existing
/// file is never overwritten.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct KeygenArgs {
    /// Make a new key and write it to this file
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "key",
        conflicts_with = "key"
    )]
    out: Option<PathBuf>,
    /// Show the public side of this key file instead of making one
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    key: Option<PathBuf>,
    /// Write the new key without a passphrase
    #[arg(long, conflicts_with = "passphrase_file")]
    plain: bool,
    /// Take the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Name whom the key belongs to, for the line that introduces it
    #[arg(long, value_name = "TEXT", default_value = "")]
    label: String,
    /// Print the verifier key under this name too, for a log key: the origin of the log
    #[arg(long, value_name = "NAME")]
    vkey: Option<String>,
    /// Print the verifier key under this name too, for the key of a witness or auditor
    #[arg(long, value_name = "NAME")]
    cosigner: Option<String>,
    /// Print the proof that the key is yours, for `admit_party` and `add_key`
    #[arg(long, num_args = 2, value_names = ["AUD", "PERSON"])]
    proof: Option<Vec<String>>,
    /// Print the proof that the key is yours, for `rotate_log_key`
    #[arg(long, value_name = "AUD")]
    log_proof: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Makes or reads the key and prints its public side.
pub fn run(args: &KeygenArgs) -> Result<Exit, Failure> {
    let key = key(args)?;
    let public = key.public();
    let mut rows = vec![
        ("public_key", hex::encode(public.to_bytes())),
        ("kid", public.id().to_string()),
        (
            "line",
            keyfile::public_line(&public, &args.label)
                .trim_end()
                .to_owned(),
        ),
    ];
    if let Some(name) = &args.vkey {
        let note_key = NoteKey::new(name, public.clone()).map_err(|fault| {
            Failure::usage(format!("--vkey: {fault}")).hint(
                "the name is a URL without its scheme, such as registry.example/greenlien/500113",
            )
        })?;
        rows.push(("vkey", note_key.vkey()));
    }
    if let Some(name) = &args.cosigner {
        let cosignature_key = CosignatureKey::new(name, public.clone()).map_err(|fault| {
            Failure::usage(format!("--cosigner: {fault}"))
                .hint("the name is a URL without its scheme, such as bank.example/witness")
        })?;
        rows.push(("cosigner_vkey", cosignature_key.vkey()));
    }
    if let Some([aud, person]) = args.proof.as_deref() {
        let message = OfferedKey::proof_message(aud, &public, person);
        rows.push(("proof", hex::encode(key.sign(&message).0)));
    }
    if let Some(aud) = &args.log_proof {
        let message = PartyAct::log_key_message(aud, &public);
        rows.push(("log_proof", hex::encode(key.sign(&message).0)));
    }
    if args.json {
        let members = rows
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Json::Text(value)));
        output::json(&Json::Object(members.collect()))?;
    } else {
        output::facts(&rows)?;
    }
    Ok(Exit::Done)
}

fn key(args: &KeygenArgs) -> Result<SecretKey, Failure> {
    let passphrase = if args.plain {
        None
    } else {
        environment::passphrase(args.passphrase_file.as_deref())?
    };
    let passphrase = passphrase.as_deref().map(String::as_str);
    match (&args.key, &args.out) {
        (Some(path), _) => Ok(keyfile::read_key(path, passphrase)?),
        (None, Some(path)) => {
            if passphrase.is_none() && !args.plain {
                let failure = Failure::usage("no passphrase to encrypt the key with");
                return Err(failure.hint(
                    "pass --passphrase-file FILE or set GREENLIEN_PASSPHRASE, or pass --plain",
                ));
            }
            let key = keyfile::generate();
            keyfile::write_key(path, &key, passphrase)?;
            output::note(&format!("wrote {}", path.display()));
            Ok(key)
        }
        (None, None) => Err(Failure::usage("name a file with --out or --key")),
    }
}
