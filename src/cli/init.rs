//! `init`: creates a registry, that is, entry 0 with everything it fixes for ever.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::environment::{self, ClockArgs};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::trust::trust_text;
use crate::cli::{files, keyfile, output};
use crate::domain::genesis::Genesis;
use crate::domain::geometry::{BoundingBox, Point};
use crate::domain::party::{Party, Role};
use crate::domain::policy::KindPolicy;
use crate::domain::wire::{genesis_json, read_genesis};
use crate::ledger::note::{CosignatureKey, NoteKey};
use crate::ledger::policy_file::TrustPolicy;
use crate::ledger::tree::leaf_hash;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, PublicKey, SecretKey, lower_hex};
use crate::primitives::identifier::{CreditCode, normal_form};
use crate::primitives::limits;
use crate::service::Registry;

/// Decimals of a degree in the box.
const DEGREE_DECIMALS: usize = 7;
/// Bytes of an origin: an audience of 256 bytes, less `#` and the hash of entry 0.
const ORIGIN_BYTES_MAX: usize = 256 - 1 - 64;

/// Create a registry
///
/// Writes entry 0, its state entry and the first checkpoint into a new folder. What is given here can never be changed. The
/// log key stays outside the folder; `serve` needs it again.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct InitArgs {
    /// The data folder to create
    folder: PathBuf,
    /// The name of the log: a URL without its scheme, such as registry.example/greenlien/500113
    #[arg(long)]
    origin: String,
    /// The six digits of the region
    #[arg(long)]
    region: String,
    /// The box in which all land lies: west, south, east, north in degrees (CGCS2000)
    #[arg(long = "box", value_name = "LON1,LAT1,LON2,LAT2", value_parser = parse_box, allow_hyphen_values = true)]
    county: BoundingBox,
    /// The registered name of the registrar
    #[arg(long, value_name = "NAME")]
    registrar_name: String,
    /// The unified social credit code of the registrar
    #[arg(long, value_name = "CODE")]
    registrar_code: String,
    /// A key of the registrar and the person who holds it; two persons at least
    #[arg(long, value_name = "HEX:PERSON", value_parser = parse_key, required = true)]
    registrar_key: Vec<(PublicKey, String)>,
    /// How many parties of each role must sign a policy change
    #[arg(long, value_name = "ROLE=N,...", value_parser = parse_quorum)]
    quorum: Quorum,
    /// Seconds between the adoption of a policy and its effect
    #[arg(long, value_name = "SECONDS")]
    policy_delay: u64,
    /// The folder of the first policies, one TOML file a kind
    #[arg(long, value_name = "DIR")]
    policies: PathBuf,
    /// The key that signs checkpoints
    #[arg(long, value_name = "FILE")]
    log_key: PathBuf,
    /// Take the passphrase of the log key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Let only members read entries and records; checkpoints and the hashes of the log stay open to everybody
    #[arg(long)]
    private: bool,
    /// Write the trust policy for `verify` here
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// The verifier key of a witness, for the trust policy
    #[arg(long, value_name = "VKEY", value_parser = parse_cosigner, requires = "trust")]
    witness: Vec<CosignatureKey>,
    /// The verifier key of an auditor, a witness that also replays every entry, for the trust policy
    #[arg(long, value_name = "VKEY", value_parser = parse_cosigner, requires = "trust")]
    auditor: Vec<CosignatureKey>,
    /// Accept a log key named *.test.key, on a test system
    #[arg(long)]
    allow_test_keys: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    clock: ClockArgs,
}

/// The parties of each role that must sign a policy change.
#[derive(Clone, Debug)]
struct Quorum(BTreeMap<Role, u64>);

/// Creates the registry and prints what its clients must know.
pub fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let log_key = keyfile::read_key_checked(&args.log_key, passphrase, args.allow_test_keys)?;
    let genesis = genesis(args, &log_key)?;
    if let Some(path) = args.trust.as_ref().filter(|path| path.exists()) {
        let failure = Failure::refused("exists already").of(path.display());
        return Err(failure.hint("name another file with --trust, or move the old one away first"));
    }
    // What cannot be read back must not be written first.
    let trust = trust_text(&genesis.log_vkey, &args.witness, &args.auditor);
    TrustPolicy::parse(&trust).map_err(|fault| {
        let failure = Failure::usage(format!("--witness, --auditor: {fault}"));
        failure.hint("each role of a cosigner has a name and a key of its own")
    })?;
    read_genesis("", genesis_json(&genesis))?;
    let registry = Registry::create(&args.folder, genesis, log_key, args.clock.clock())?;
    let leaf = leaf_hash(&registry.entry(0)?);
    let (aud, genesis) = (registry.aud().to_owned(), registry.genesis().clone());
    registry.stop();
    if let Some(path) = &args.trust {
        files::write_new(path, trust.as_bytes())?;
    }
    let vkeys = [genesis.log_vkey.clone()];
    print_registry(&genesis, &aud, &leaf, &vkeys, args.json)
}

/// Prints what clients and verifiers must know of a registry.
///
/// `vkeys` are the keys with which the log signs now; the one of entry 0 is named too, where it is not among them.
pub fn print_registry(
    genesis: &Genesis,
    aud: &str,
    leaf: &Hash,
    vkeys: &[String],
    as_json: bool,
) -> Result<Exit, Failure> {
    let mut rows = vec![
        ("origin", genesis.origin.clone()),
        ("audience", aud.to_owned()),
    ];
    if as_json {
        let first = vkeys.last().unwrap_or(&genesis.log_vkey);
        rows.push(("log_vkey", first.clone()));
    } else {
        rows.extend(vkeys.iter().map(|vkey| ("log_vkey", vkey.clone())));
    }
    if !vkeys.contains(&genesis.log_vkey) {
        rows.push(("genesis_vkey", genesis.log_vkey.clone()));
    }
    rows.push(("genesis_hash", leaf.to_string()));
    if as_json {
        let members = rows.into_iter();
        let members = members.map(|(name, value)| (name.to_owned(), Json::Text(value)));
        let vkeys = Json::list(vkeys.iter().map(Json::text));
        let shown = Json::Object(members.collect()).with("log_vkeys", Some(vkeys));
        output::json(&shown)?;
    } else {
        output::facts(&rows)?;
    }
    Ok(Exit::Done)
}

fn genesis(args: &InitArgs, log_key: &SecretKey) -> Result<Genesis, Failure> {
    check_origin(&args.origin)?;
    let note_key = NoteKey::new(&args.origin, log_key.public()).map_err(|fault| {
        Failure::usage(format!("--origin: {fault}"))
            .hint("write a URL without its scheme, such as registry.example/greenlien/500113")
    })?;
    CreditCode::parse(&args.registrar_code)
        .map_err(|fault| Failure::refused(format!("--registrar-code: {fault}")))?;
    let threshold = Party::least_threshold(&[Role::Registrar]);
    check_persons(&args.registrar_key, threshold)?;
    Ok(Genesis {
        origin: args.origin.clone(),
        log_vkey: note_key.vkey(),
        region: args.region.clone(),
        county: args.county,
        registrar: Party {
            name: Some(normal_form(&args.registrar_name)),
            credit_code: Some(args.registrar_code.clone()),
            region: Some(args.region.clone()),
            roles: vec![Role::Registrar],
            duties: Vec::new(),
            keys: Vec::new(),
            threshold,
            hidden: Vec::new(),
            more: crate::domain::party::PartyMore::default(),
        },
        keys: args.registrar_key.clone(),
        quorum: args.quorum.0.clone(),
        policy_delay_seconds: args.policy_delay,
        policies: read_policies(&args.policies)?,
        public: !args.private,
    })
}

/// The origin is a part of the audience of every command, which is short and ASCII.
fn check_origin(origin: &str) -> Result<(), Failure> {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if origin.len() <= ORIGIN_BYTES_MAX && origin.bytes().all(fits) {
        return Ok(());
    }
    let message =
        format!("--origin: must be ASCII without spaces and #, at most {ORIGIN_BYTES_MAX} bytes");
    Err(Failure::usage(message).hint("such as registry.example/greenlien/500113"))
}

/// A registrar that its persons cannot sign for could never do anything.
fn check_persons(keys: &[(PublicKey, String)], threshold: u64) -> Result<(), Failure> {
    let mut persons: Vec<&str> = keys.iter().map(|(_, person)| person.as_str()).collect();
    persons.sort_unstable();
    persons.dedup();
    let mut kids: Vec<_> = keys.iter().map(|(key, _)| key.id()).collect();
    kids.sort_unstable();
    kids.dedup();
    if kids.len() < keys.len() {
        return Err(Failure::usage(
            "--registrar-key: the same key is given twice",
        ));
    }
    if u64::try_from(persons.len()).unwrap_or(u64::MAX) < threshold {
        let failure = Failure::usage(format!(
            "--registrar-key: {threshold} different persons must hold keys"
        ));
        return Err(failure.hint(
            "maker and checker are two persons; make a key for each with `greenlien keygen`",
        ));
    }
    Ok(())
}

/// Reads the policies of a folder, sorted by kind.
fn read_policies(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let fault = |fault: std::io::Error| {
        Failure::refused(fault.to_string())
            .of(folder.display())
            .hint("name the folder of the policy files")
    };
    let mut policies = BTreeMap::new();
    for file in fs::read_dir(folder).map_err(fault)? {
        let path = file.map_err(fault)?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = files::read_text(&path, limits::POLICY_BYTES_MAX)?;
        let policy = KindPolicy::parse(&text).map_err(|fault| {
            let failure = Failure::refused(fault.to_string()).of(path.display());
            failure.hint("correct the policy; those in `fixtures/policy` show every member")
        })?;
        if policies.insert(policy.kind.clone(), text).is_some() {
            let failure = Failure::refused(format!(
                "there is a second policy of the kind {}",
                policy.kind
            ));
            return Err(failure
                .of(path.display())
                .hint("leave one file for each kind"));
        }
    }
    if policies.is_empty() {
        let failure = Failure::refused("there is no policy file (*.toml)").of(folder.display());
        return Err(failure.hint("`fixtures/policy` has those of ten kinds"));
    }
    Ok(policies.into_iter().collect())
}

fn parse_cosigner(text: &str) -> Result<CosignatureKey, String> {
    CosignatureKey::parse_vkey(text).map_err(|fault| fault.to_string())
}

fn parse_key(text: &str) -> Result<(PublicKey, String), String> {
    let Some((hex, person)) = text.split_once(':') else {
        return Err("must be a public key in hexadecimal digits, a colon, and a person".to_owned());
    };
    let bytes = lower_hex(hex).ok_or("the key must be 64 lowercase hexadecimal digits")?;
    let key = PublicKey::from_bytes(&bytes).map_err(|fault| format!("the key {fault}"))?;
    Ok((key, person.to_owned()))
}

fn parse_quorum(text: &str) -> Result<Quorum, String> {
    let mut quorum = BTreeMap::new();
    for part in text.split(',') {
        let parse = || {
            let (role, count) = part.split_once('=')?;
            Some((
                Role::parse(role)?,
                count.parse().ok().filter(|count| *count > 0)?,
            ))
        };
        let (role, count) = parse()
            .ok_or_else(|| format!("{part:?} must be a role and a number, such as bank=1"))?;
        if quorum.insert(role, count).is_some() {
            return Err(format!("the role {} is given twice", role.name()));
        }
    }
    Ok(Quorum(quorum))
}

fn parse_box(text: &str) -> Result<BoundingBox, String> {
    let degrees: Vec<i32> = text
        .split(',')
        .map(parse_degrees)
        .collect::<Option<_>>()
        .ok_or_else(|| {
            format!("must be decimal degrees with at most {DEGREE_DECIMALS} decimals")
        })?;
    let [west, south, east, north] = degrees[..] else {
        return Err("must be four numbers: west, south, east, north".to_owned());
    };
    let point = |lon, lat| Point { lon, lat };
    BoundingBox::new(point(west, south), point(east, north)).map_err(|fault| fault.to_string())
}

/// Parses decimal degrees into units of 1e-7 degree, without a float.
fn parse_degrees(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || decimals.len() > DEGREE_DECIMALS
        || !is_digits(whole)
        || !is_digits(decimals)
    {
        return None;
    }
    let units: i32 = format!("{whole}{decimals:0<DEGREE_DECIMALS$}")
        .parse()
        .ok()?;
    (units <= 1_800_000_000).then_some(sign * units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_read_exactly() {
        let county = parse_box("106.2,29.1234567,107,-1").map(|_| ());
        assert!(county.unwrap_err().contains("29.1234567"));
        let county = parse_box("106.2, 29.1234567, 107, 30").unwrap();
        assert_eq!(
            county.min(),
            Point {
                lon: 1_062_000_000,
                lat: 291_234_567
            }
        );
        assert_eq!(
            county.max(),
            Point {
                lon: 1_070_000_000,
                lat: 300_000_000
            }
        );
        for other in [
            "106.2,29,107",
            "106.12345678,29,107,30",
            "106,29,107,1e1",
            "181,29,182,30",
            ".5,0,1,1",
        ] {
            assert!(parse_box(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_quorum_names_roles_once() {
        let quorum = parse_quorum("registrar=1,bank=2").unwrap().0;
        assert_eq!(quorum.get(&Role::Bank), Some(&2));
        for other in ["", "bank", "bank=0", "bank=1,bank=2", "king=1"] {
            assert!(parse_quorum(other).is_err(), "{other}");
        }
    }

    #[test]
    fn two_persons_hold_the_registrars_keys() {
        let key = |seed: u8| SecretKey::from_seed(&[seed; 32]).public();
        let held = |seed, person: &str| (key(seed), person.to_owned());
        assert!(check_persons(&[held(1, "a"), held(2, "b")], 2).is_ok());
        assert!(check_persons(&[held(1, "a"), held(2, "a")], 2).is_err());
        assert!(check_persons(&[held(1, "a"), held(1, "b")], 2).is_err());
    }
}
