//! `verify`: checks an evidence file, or a proof file with its entry, offline: with nothing but the files, a trust policy and
//! what the reader kept.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::environment::ClockArgs;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{files, fraud, output};
use crate::ledger::note::NOTE_BYTES_MAX;
use crate::ledger::policy_file::{TRUST_FILE_BYTES_MAX, TrustPolicy};
use crate::ledger::proof_file::{PROOF_FILE_BYTES_MAX, PROOF_FILE_LINE};
use crate::primitives::canonical::Json;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::verify::certificate::attachment::{attachment, is_pdf};
use crate::verify::certificate::{is_certificate, verify_certificate};
use crate::verify::checks::{Trust, verify};
use crate::verify::fraud::is_fraud_file;
use crate::verify::inclusion::verify_inclusion_file;
use crate::verify::verdict::{Finish, NamedCheck, Verdict};

/// The check that the pages of a certificate are those of the file in it.
const PAGES: &str = "pages";

/// What is said where the pages are others.
const DIFFER: &str = "are not those that this version makes of the attached file: somebody changed them, or another version made them; believe the attached file, not the pages";

/// The word for the machine's clock.
const PRESENT: &str = "now";

/// Verify an evidence file, or a proof file with its entry, offline
///
/// Prints every check by name, what the file shows and what it does not cover. Nothing is read but the files named here.
/// A search certificate is verified with all the evidence in it; of a PDF, the attached certificate is, and the pages are made
/// again and compared: pages that differ are no certificate, whatever file they carry. A fraud file, as an auditor writes it, shows that the log is false; exit code 0 then means that the fraud is proven.
/// A proof file (C2SP tlog-proof) shows that one entry is in the log, so the entry is named with --entry.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct VerifyArgs {
    /// The evidence file, the certificate (PDF or JSON), the proof file or the fraud file
    file: PathBuf,
    /// The entry that a proof file is about
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["old", "now", "max_age"])]
    entry: Option<PathBuf>,
    /// The trust policy (C2SP tlog-policy): the keys of the logs and witnesses you believe
    #[arg(long, value_name = "TRUST")]
    policy: PathBuf,
    /// An older checkpoint of the same log that you kept; without one, a fork does not show
    #[arg(long, value_name = "CHECKPOINT")]
    old: Option<PathBuf>,
    /// Your time, such as 2026-12-01T02:03:04Z, or "now" for the machine's clock
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// The greatest age of the state that you accept, in seconds
    #[arg(long, value_name = "SECONDS", requires = "now")]
    max_age: Option<u64>,
    /// Of a PDF, judge the attached certificate alone, whatever its pages say, such as those that another version made
    #[arg(long)]
    file_only: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    clock: ClockArgs,
}

/// Verifies the file and prints the verdict.
pub fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let trust = trust(args)?;
    let verdict = if let Some(entry) = &args.entry {
        let file = files::read(&args.file, PROOF_FILE_BYTES_MAX)?;
        let entry = files::read(entry, limits::ENTRY_BYTES_MAX)?;
        verify_inclusion_file(&file, &entry, &trust.policy)
    } else {
        let bytes = files::read(&args.file, limits::EVIDENCE_BYTES_MAX)?;
        if bytes.starts_with(PROOF_FILE_LINE.as_bytes()) {
            let failure = Failure::usage("is a proof file: name its entry with --entry");
            return Err(failure.of(args.file.display()));
        }
        if is_fraud_file(&bytes) {
            return fraud::run(&bytes, &trust.policy.log_keys(), args.json);
        }
        verify_file(&bytes, &trust, args)?
    };
    if args.json {
        output::json(&verdict_json(&verdict))?;
    } else {
        output::line(&verdict_text(&verdict))?;
    }
    Ok(if verdict.level.is_some() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// Reads a trust policy.
pub(crate) fn read_policy(path: &Path) -> Result<TrustPolicy, Failure> {
    let octets = files::read(path, TRUST_FILE_BYTES_MAX)?;
    TrustPolicy::parse_octets(&octets).map_err(|fault| {
        Failure::refused(fault.to_string())
            .of(path.display())
            .hint("the shortest policy is two lines: `log <vkey>` and `quorum none`")
    })
}

/// Verifies an evidence file, a certificate, or the certificate that a PDF carries.
fn verify_file(bytes: &[u8], trust: &Trust, args: &VerifyArgs) -> Result<Verdict, Failure> {
    if is_pdf(bytes) {
        let file = attachment(bytes)
            .map_err(|why| Failure::refused(format!("the PDF {why}")).of(args.file.display()))?;
        let mut verdict = verify_certificate(file, trust);
        if args.file_only {
            let what = "were not looked at: believe the attached file, not the pages";
            verdict.not_covered(PAGES, what);
        } else if verdict.holds() {
            compare_pages(bytes, file, &mut verdict);
        }
        return Ok(verdict);
    }
    if is_certificate(bytes) {
        return Ok(verify_certificate(bytes, trust));
    }
    Ok(verify(bytes, trust))
}

/// Makes the PDF again from the file in it: only then do the pages say what the file says.
#[cfg(feature = "server")]
fn compare_pages(pdf: &[u8], file: &[u8], verdict: &mut Verdict) {
    use crate::documents::certificate;
    use crate::verify::certificate::Certificate;

    let made = Certificate::parse(file)
        .map_err(|fault| fault.to_string())
        .and_then(|file| certificate::pdf(&file).map_err(|fault| fault.to_string()));
    match made {
        Ok(made) if made == pdf => {
            verdict.pass(PAGES, "made again from the attached file, byte for byte");
        }
        Ok(_) => verdict.fail(PAGES, DIFFER),
        Err(fault) => verdict.fail(PAGES, format!("cannot be made again: {fault}")),
    }
}

/// Says that the pages cannot be made again here.
#[cfg(not(feature = "server"))]
fn compare_pages(_pdf: &[u8], _file: &[u8], verdict: &mut Verdict) {
    let what = "cannot be made again by this build: believe the attached file, not the pages (--file-only judges it alone)";
    verdict.fail(PAGES, what);
}

fn trust(args: &VerifyArgs) -> Result<Trust, Failure> {
    let policy = read_policy(&args.policy)?;
    let old = args
        .old
        .as_ref()
        .map(|path| files::read_text(path, NOTE_BYTES_MAX))
        .transpose()?;
    let now = match args.now.as_deref() {
        None => None,
        Some(PRESENT) => Some(args.clock.now()),
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            Failure::usage(format!("--now {text} is not a time"))
                .hint("write it in UTC, such as 2026-12-01T02:03:04Z, or write now")
        })?),
    };
    Ok(Trust {
        policy,
        old,
        now,
        age_seconds_max: args.max_age,
    })
}

/// Writes the verdict for people; the demonstration prints the same.
pub fn verdict_text(verdict: &Verdict) -> String {
    let is_covered = |check: &&NamedCheck| !matches!(check.finish, Finish::NotCovered(_));
    let mut lines: Vec<String> = verdict
        .checks
        .iter()
        .filter(is_covered)
        .map(ToString::to_string)
        .collect();
    if !verdict.statements.is_empty() {
        lines.push("\nThe file shows:".to_owned());
        lines.extend(
            verdict
                .statements
                .iter()
                .map(|statement| format!("  {statement}")),
        );
    }
    let open: Vec<String> = verdict
        .checks
        .iter()
        .filter_map(|check| match &check.finish {
            Finish::NotCovered(what) => Some(format!("  {}: {what}", check.name)),
            Finish::Pass(_) | Finish::Fail(_) => None,
        })
        .collect();
    if !open.is_empty() {
        lines.push("\nThe file does not cover:".to_owned());
        lines.extend(open);
    }
    lines.push(match (verdict.failure(), verdict.level) {
        (Some(check), _) if check.name == PAGES => pages_text(check),
        (Some(check), _) => format!("\nINVALID: failed at \"{}\"", check.name),
        (None, Some(level)) => format!("\nVALID: {}", level.name()),
        (None, None) => "\nNO VERDICT: this release does not know the law of the file".to_owned(),
    });
    lines.join("\n")
}

/// What comes last where the attached file is good and the pages are not confirmed: a reader of the last line alone must not
/// rely on what is printed.
fn pages_text(check: &NamedCheck) -> String {
    let said = if check.finish == Finish::Fail(DIFFER.to_owned()) {
        "PAGES DIFFER: do not rely on what is printed"
    } else {
        "PAGES NOT CHECKED: do not rely on what is printed"
    };
    format!("\nEVIDENCE VALID, {said}; --file-only judges the attached file alone")
}

pub(crate) fn verdict_json(verdict: &Verdict) -> Json {
    let check = |check: &NamedCheck| {
        let (result, text) = match &check.finish {
            Finish::Pass(text) => ("pass", text),
            Finish::Fail(text) => ("fail", text),
            Finish::NotCovered(text) => ("not covered", text),
        };
        Json::object([
            ("name", Json::text(check.name)),
            ("result", Json::text(result)),
            ("text", Json::text(text)),
        ])
    };
    Json::object([
        ("checks", Json::list(verdict.checks.iter().map(check))),
        (
            "statements",
            Json::list(verdict.statements.iter().map(Json::text)),
        ),
        ("valid", Json::Bool(verdict.holds())),
    ])
    .with(
        "verdict",
        verdict.level.map(|level| Json::text(level.name())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_differ_are_the_last_word() {
        let of = |why: &str| {
            let mut verdict = Verdict::default();
            verdict.pass("certificate", "read");
            verdict.settle();
            verdict.fail(PAGES, why);
            assert!(!verdict.holds() && verdict.level.is_none());
            verdict_text(&verdict)
        };
        assert!(of(DIFFER).contains("\nEVIDENCE VALID, PAGES DIFFER: "));
        assert!(of("cannot be made again").contains("\nEVIDENCE VALID, PAGES NOT CHECKED: "));
    }

    #[test]
    fn what_is_not_covered_stands_apart_from_what_failed() {
        let mut verdict = Verdict::default();
        verdict.pass("format", "read");
        verdict.not_covered("witnesses", "none");
        assert!(verdict_text(&verdict).contains("\nNO VERDICT: "));
        verdict.settle();
        assert!(verdict_text(&verdict).ends_with("\nVALID: recorded"));
        verdict.fail("inclusion", "entry 3");
        let text = verdict_text(&verdict);
        assert!(
            text.contains("\nThe file does not cover:\n  witnesses: none\n"),
            "{text}"
        );
        assert!(text.ends_with("INVALID: failed at \"inclusion\""), "{text}");
        assert!(
            verdict_json(&verdict)
                .to_canonical()
                .contains("\"valid\":false")
        );
    }
}
