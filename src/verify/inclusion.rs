//! The checklist for a proof file: that one entry, given beside the file, stands in a log that the reader trusts.
//!
//! Separate from `checks` because it says less than evidence: that something was decided and where, not what holds now.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::wire::parse_command;
use crate::ledger::policy_file::TrustPolicy;
use crate::ledger::proof_file::{ProofFile, Unproven};
use crate::ledger::tree::leaf_hash;
use crate::verify::verdict::Verdict;

/// Verifies the bytes of a proof file and those of its entry; the verdict ends at the first check that fails.
pub fn verify_inclusion_file(file: &[u8], entry: &[u8], policy: &TrustPolicy) -> Verdict {
    let mut verdict = Verdict::default();
    let Ok(text) = std::str::from_utf8(file) else {
        verdict.fail("format", "is not UTF-8 text".to_owned());
        return verdict;
    };
    let file = match ProofFile::parse(text) {
        Ok(file) => file,
        Err(fault) => {
            verdict.fail("format", fault.to_string());
            return verdict;
        }
    };
    verdict.pass("format", format!("tlog-proof of entry {}", file.index()));
    let accepted = match file.verify(leaf_hash(entry), policy) {
        Ok(accepted) => accepted,
        Err(Unproven::Checkpoint(fault)) => {
            verdict.fail("checkpoint", fault.to_string());
            return verdict;
        }
        Err(fault @ Unproven::Inclusion(_)) => {
            verdict.fail("inclusion", format!("entry {}: {fault}", file.index()));
            return verdict;
        }
    };
    let head = &accepted.checkpoint;
    verdict.pass(
        "checkpoint",
        format!(
            "signed by {}, {} entries, root {}",
            head.origin, head.size, head.root
        ),
    );
    let times = accepted.cosigned.iter();
    let times: Vec<String> = times
        .map(|(name, time)| format!("{name} at {time} seconds after 1970"))
        .collect();
    if times.is_empty() {
        verdict.not_covered(
            "witnesses",
            "no witness cosigned: the log may show others another tree",
        );
    } else {
        verdict.pass("witnesses", format!("cosigned by {}", times.join(", ")));
    }
    verdict.pass(
        "inclusion",
        format!("entry {} is in this log", file.index()),
    );
    check_entry(&file, entry, &head.origin, &mut verdict);
    verdict.settle();
    verdict
}

/// Says what the entry is. Bytes that this program cannot read are in the log all the same.
fn check_entry(file: &ProofFile, bytes: &[u8], origin: &str, verdict: &mut Verdict) {
    let name = "entry";
    let index = file.index();
    let Ok(entry) = Entry::parse(bytes) else {
        verdict.not_covered(
            name,
            "its bytes are no entry that this version knows: what they mean is not checked",
        );
        verdict
            .statements
            .push(format!("these bytes are entry {index} of {origin}"));
        return;
    };
    if entry.index() != index {
        let what = format!("it says that it is entry {}, not {index}", entry.index());
        return verdict.fail(name, what);
    }
    let what = words(&entry);
    verdict.pass(name, what.clone());
    verdict.not_covered(
        "signatures",
        "the keys of the signers: evidence of a record holds them",
    );
    verdict.not_covered(
        "present",
        "whether it still holds: ask for evidence of the record",
    );
    let time = entry.time();
    verdict
        .statements
        .push(format!("entry {index} of {origin}, {time}: {what}"));
}

fn words(entry: &Entry) -> String {
    match entry {
        Entry::Genesis { .. } => "the genesis".to_owned(),
        Entry::State(_) => "a state entry".to_owned(),
        Entry::Command {
            envelope, outcome, ..
        } => {
            let decision = match outcome {
                Outcome::Accepted { .. } => "accepted",
                Outcome::Refused(_) => "refused",
            };
            match parse_command(&envelope.payload) {
                Ok(command) => {
                    let name = command.body.type_name();
                    format!("{name} by {}, {decision}", command.org)
                }
                Err(_) => format!("a command, {decision}"),
            }
        }
    }
}
