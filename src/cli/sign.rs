//! `sign`: adds a signature to a draft, or makes the draft of a new command and signs it. Works without a registry.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::describe::describe;
use crate::cli::draft::{self, DRAFT_BYTES_MAX};
use crate::cli::environment::{self, ClockArgs};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{files, keyfile, output, verification};
use crate::domain::authority::attest::{Attestation, ConsentClass};
use crate::domain::command::{Body, Command, Expected, Signer, SignerRole};
use crate::domain::envelope::{Draft, Opening};
use crate::domain::wire::parse_question;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId};
use crate::primitives::id::{CommandId, PartyId, PledgeId, RightId, parse_index};
use crate::primitives::time::Timestamp;

const SECONDS_PER_DAY: u64 = 86_400;

/// Sign a command, or add a signature to a draft
///
/// A draft is a file with a payload and the signatures it has so far; it goes from signer to signer until it is complete, and
/// then to `submit`; where the signers sit at different machines, `drafts` brings it through the registry. What will be signed is said in plain words on standard error. Without --out, a draft that was read is
/// replaced, and a new one is printed. With --json, what was signed is printed as one line, and the draft needs a file.
///
/// A new command is made from a JSON file: either {"org","type","body"}, or the body alone with --org and --type.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct SignArgs {
    /// The draft to sign
    #[arg(required_unless_present = "new", conflicts_with = "new")]
    draft: Option<PathBuf>,
    /// Sign with this key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Sign as maker or as checker
    #[arg(long, value_parser = parse_role, value_name = "ROLE")]
    role: SignerRole,
    /// Write the draft here
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Take the passphrase of the key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one line of JSON: who has signed, and who is still to sign
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    new: NewArgs,
    #[command(flatten)]
    clock: ClockArgs,
}

/// What a new command is made of.
#[derive(Args, Debug)]
#[command(next_help_heading = "A new command")]
struct NewArgs {
    /// Make a new command from this JSON file
    #[arg(long, value_name = "FILE", requires = "aud")]
    new: Option<PathBuf>,
    /// The registry it is meant for, as `init` prints it: origin, #, hash of entry 0
    #[arg(long, value_parser = parse_aud, requires = "new")]
    aud: Option<String>,
    /// The party that gives it
    #[arg(long, value_name = "PARTY", requires_all = ["new", "type_name"])]
    org: Option<String>,
    /// Its type, such as register_pledge
    #[arg(long = "type", id = "type_name", value_name = "TYPE", requires_all = ["new", "org"])]
    type_name: Option<String>,
    /// Who signs, such as M3:maker; repeat for each. The giver as maker, if absent
    #[arg(long, value_name = "PARTY:ROLE", value_parser = parse_signer, requires = "new")]
    signer: Vec<Signer>,
    /// Attest the consent of a party without keys: party, paper or video, digest of the document; repeat for each
    #[arg(long, value_name = "PARTY:CLASS:DIGEST", value_parser = parse_attestation, requires = "new")]
    attest: Vec<Attestation>,
    /// Decide only if the record is still at this version, such as P57=3; repeat for each
    #[arg(long, value_name = "RECORD=VERSION", value_parser = parse_expected, requires = "new")]
    expect: Vec<(Expected, u64)>,
    /// Hide a value: only its salted digest is signed, such as contract_no=A-17; repeat for each
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_pair, requires = "new")]
    hide: Vec<(String, String)>,
    /// Take right, question, answer and checkpoint of a record_verification from this evidence file
    #[arg(long, value_name = "FILE", requires = "new")]
    evidence: Option<PathBuf>,
    /// How many days it may be signed and submitted
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=7))]
    days: u64,
}

/// Signs, and writes the draft.
pub fn run(args: &SignArgs) -> Result<Exit, Failure> {
    let out = args.out.as_deref().or(args.draft.as_deref());
    let out = out.filter(|path| *path != Path::new("-"));
    if args.json && out.is_none() {
        let failure = Failure::usage("--json and the draft cannot both go to standard output");
        return Err(failure.hint("name a file for the draft with --out"));
    }
    let mut draft = match &args.draft {
        Some(path) => draft::read(path)?,
        None => new_draft(&args.new, args.clock.now())?,
    };
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let key = keyfile::read_key(&args.key, passphrase.as_deref().map(String::as_str))?;
    for line in describe(&draft.command, &draft.openings) {
        output::note(&line);
    }
    draft::sign(&mut draft, args.role, &key)?;
    let text = draft.to_text();
    match out {
        Some(path) => files::replace(path, text.as_bytes())?,
        None => output::line(text.trim_end())?,
    }
    let kid = key.public().id();
    if args.json {
        output::json(&signed_json(&draft, args.role, kid))?;
    } else {
        say_signed(&draft, args.role, kid);
    }
    Ok(Exit::Done)
}

/// Says who has signed and who is still to sign.
fn say_signed(draft: &Draft, role: SignerRole, kid: KeyId) {
    output::note("");
    output::note(&format!("signed as {} with the key {kid}", role.name()));
    let (makers, checkers) = (
        draft.missing(SignerRole::Maker),
        draft.missing(SignerRole::Checker),
    );
    output::note(&match (makers, checkers) {
        (0, 0) => "complete: send it with `greenlien submit`".to_owned(),
        _ => format!("still to sign: {makers} as maker, {checkers} as checker"),
    });
}

fn signed_json(draft: &Draft, role: SignerRole, kid: KeyId) -> Json {
    let missing = |role| u64::try_from(draft.missing(role)).unwrap_or(u64::MAX);
    let (makers, checkers) = (missing(SignerRole::Maker), missing(SignerRole::Checker));
    Json::object([
        ("cmd", Json::Text(draft.command.cmd.to_string())),
        ("complete", Json::Bool(makers == 0 && checkers == 0)),
        ("kid", Json::Text(kid.to_string())),
        ("missing_checkers", Json::count(checkers)),
        ("missing_makers", Json::count(makers)),
        ("role", Json::text(role.name())),
        ("type", Json::text(draft.command.body.type_name())),
    ])
}

fn new_draft(args: &NewArgs, now: Timestamp) -> Result<Draft, Failure> {
    let (Some(path), Some(aud)) = (&args.new, &args.aud) else {
        return Err(Failure::usage("name a draft, or --new FILE with --aud AUD"));
    };
    let openings = args
        .hide
        .iter()
        .map(|(name, value)| opening(name, value))
        .collect::<Result<Vec<_>, _>>()?;
    let (org, body) = read_body(path, args, &openings)?;
    let mut signers = args.signer.clone();
    if signers.is_empty() {
        let role = SignerRole::Maker;
        signers.push(Signer { org, role });
    }
    signers.sort_unstable();
    let mut attested = args.attest.clone();
    attested.sort_unstable();
    let mut cmd = [0; 16];
    getrandom::fill(&mut cmd)
        .map_err(|fault| Failure::internal(format!("no random bytes: {fault}")))?;
    let command = Command {
        aud: aud.clone(),
        org,
        cmd: CommandId(cmd),
        signers,
        attested,
        expect: args.expect.clone(),
        seen: None,
        iat: now,
        exp: now.plus_seconds(args.days * SECONDS_PER_DAY),
        body,
    };
    Ok(Draft::new(&command, openings)?)
}

/// Reads the file of a new command; hidden values become digests in its body.
fn read_body(
    path: &Path,
    args: &NewArgs,
    openings: &[Opening],
) -> Result<(PartyId, Body), Failure> {
    let json = files::read_json(path, DRAFT_BYTES_MAX)?;
    let question = match (&args.org, &args.type_name) {
        (Some(org), Some(type_name)) => Json::object([
            ("org", Json::text(org)),
            ("type", Json::text(type_name)),
            ("body", json),
        ]),
        _ => json,
    };
    let mut question = hide(question, openings);
    if let (Some(evidence), Json::Object(members)) = (&args.evidence, &mut question)
        && let Some(Json::Object(body)) = members.get_mut("body")
    {
        verification::fill(body, evidence)?;
    }
    parse_question(question).map_err(|fault| {
        Failure::from(fault).of(path.display()).hint(
            "docs/API.md shows the body of every type; give --org and --type with a body alone",
        )
    })
}

/// Puts the digests of the openings into `body.hidden`.
fn hide(mut question: Json, openings: &[Opening]) -> Json {
    if openings.is_empty() {
        return question;
    }
    if let Json::Object(members) = &mut question
        && let Some(Json::Object(body)) = members.get_mut("body")
    {
        let hidden = body
            .entry("hidden".to_owned())
            .or_insert(Json::Object(BTreeMap::new()));
        if let Json::Object(hidden) = hidden {
            let digest =
                |open: &Opening| (open.claim.clone(), Json::Text(open.digest().to_string()));
            hidden.extend(openings.iter().map(digest));
        }
    }
    question
}

/// Makes the opening of a hidden value under a fresh salt.
fn opening(name: &str, value: &str) -> Result<Opening, Failure> {
    let mut salt = vec![0; 16];
    getrandom::fill(&mut salt)
        .map_err(|fault| Failure::internal(format!("no random bytes: {fault}")))?;
    Ok(Opening {
        claim: name.to_owned(),
        salt,
        value: value.to_owned(),
    })
}

/// A mistake in the audience would show only when every signer has signed in vain.
fn parse_aud(text: &str) -> Result<String, String> {
    let is_audience = text.split_once('#').is_some_and(|(origin, hash)| {
        !origin.is_empty() && !origin.contains(' ') && Hash::from_hex(hash).is_some()
    });
    is_audience.then(|| text.to_owned()).ok_or_else(|| {
        "must be an origin, # and 64 digits; `greenlien show registry` prints it".to_owned()
    })
}

fn parse_role(text: &str) -> Result<SignerRole, String> {
    SignerRole::parse(text).ok_or_else(|| "must be maker or checker".to_owned())
}

fn parse_signer(text: &str) -> Result<Signer, String> {
    let parse = || {
        let (org, role) = text.split_once(':')?;
        Some(Signer {
            org: PartyId::parse(org)?,
            role: SignerRole::parse(role)?,
        })
    };
    parse().ok_or_else(|| "must be a party and a role, such as M3:maker".to_owned())
}

fn parse_attestation(text: &str) -> Result<Attestation, String> {
    let parse = || {
        let (party, rest) = text.split_once(':')?;
        let (class, document) = rest.split_once(':')?;
        Some(Attestation {
            party: PartyId::parse(party)?,
            class: ConsentClass::parse(class)?,
            document: Hash::from_hex(document)?,
        })
    };
    parse().ok_or_else(|| {
        "must be a party, paper or video, and the SHA-256 of the document, such as M9:paper:3f…"
            .to_owned()
    })
}

fn parse_expected(text: &str) -> Result<(Expected, u64), String> {
    let parse = || {
        let (record, version) = text.split_once('=')?;
        let record = RightId::parse(record)
            .map(Expected::Right)
            .or_else(|| PledgeId::parse(record).map(Expected::Pledge))?;
        Some((record, parse_index(version)?))
    };
    parse().ok_or_else(|| "must be a record and its version, such as P57=3".to_owned())
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err("must be a name and a value, such as contract_no=A-17".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signers_versions_and_hidden_values_are_read() {
        let signer = parse_signer("M3:checker").unwrap();
        assert_eq!((signer.org, signer.role), (PartyId(3), SignerRole::Checker));
        assert_eq!(
            parse_expected("P57=3"),
            Ok((Expected::Pledge(PledgeId(57)), 3))
        );
        assert_eq!(parse_pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(parse_signer("M3").is_err() && parse_expected("V5=1").is_err());
        assert!(parse_pair("a=").is_err());
        let document = "3f".repeat(32);
        let attested = parse_attestation(&format!("M9:video:{document}")).unwrap();
        assert_eq!(
            (attested.party, attested.class),
            (PartyId(9), ConsentClass::Video)
        );
        for other in ["M9", "M9:paper", "M9:voice:00", "M9:paper:3f"] {
            assert!(parse_attestation(other).is_err(), "{other}");
        }
        let hash = "0".repeat(64);
        assert!(parse_aud(&format!("log.example/a#{hash}")).is_ok());
        for other in ["", "log.example/a", "log.example/a#12", &format!("#{hash}")] {
            assert!(parse_aud(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_hidden_value_leaves_only_its_digest_in_the_body() {
        let opening = opening("contract_no", "A-17").unwrap();
        let question = Json::object([("body", Json::object([("pledgor", Json::text("M9"))]))]);
        let hidden = hide(question, std::slice::from_ref(&opening)).to_canonical();
        assert!(hidden.contains(&opening.digest().to_string()) && !hidden.contains("A-17"));
    }
}
