//! What is fuzzed: for each format that a stranger can hand to us, what must hold for any bytes whatever.
//!
//! Each function panics when a promise is broken and else says whether the bytes were read. The tests run them over the kept
//! inputs, and the crate in `fuzz/` over whatever libFuzzer makes of these; so this file must use nothing but the library and
//! `base64`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::domain::entry::Entry;
use greenlien::domain::envelope::Envelope;
use greenlien::domain::policy::KindPolicy;
use greenlien::domain::wire::{command_json, parse_command, parse_polygon, polygon_text};
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, NoteKey, SignedNote, sign_line};
use greenlien::ledger::policy_file::{Quorum, TrustPolicy};
use greenlien::ledger::proof_file::ProofFile;
use greenlien::ledger::tile::{TILE_WIDTH, TileId, append_bundle, parse_bundle};
use greenlien::ledger::tree::leaf_hash;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::evidence::Evidence;
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::fraud::{Fraud, is_fraud_file};
use greenlien::verify::inclusion::verify_inclusion_file;
use greenlien::verify::submission::Submission;
use greenlien::witness::logs::Logs;
use greenlien::witness::request::{PROOF_LINES_MAX, Submitted};

/// The origin of the log in the examples of `docs/FORMATS.md`; its key is made of the byte 1.
const ORIGIN: &str = "registry.example/greenlien/500113";

/// One thing that is fuzzed.
pub(crate) type Target = fn(&[u8]) -> bool;

/// Every target under the name of its folder in `fuzz/corpus`.
pub(crate) const TARGETS: [(&str, Target); 16] = [
    ("add_checkpoint", add_checkpoint),
    ("bundle", bundle),
    ("canonical_json", canonical_json),
    ("checkpoint", checkpoint),
    ("command", command),
    ("entry", entry),
    ("envelope", envelope),
    ("evidence", evidence),
    ("fraud", fraud),
    ("kind_policy", kind_policy),
    ("note", note),
    ("polygon", polygon),
    ("tile_path", tile_path),
    ("tlog_proof", tlog_proof),
    ("trust_policy", trust_policy),
    ("verifier_key", verifier_key),
];

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn log_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

pub(super) fn note_key() -> NoteKey {
    NoteKey::new(ORIGIN, log_key().public()).unwrap_or_else(|fault| panic!("{fault}"))
}

/// A policy that believes the log of the examples.
fn policy() -> TrustPolicy {
    let text = format!("log {}\nquorum none\n", note_key().vkey());
    TrustPolicy::parse(&text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Whatever is asked of a witness is refused with a status of the specification, or is a checkpoint that its log has signed,
/// with a proof of at most 63 hashes; a witness that knows nothing takes it from size 0 only.
fn add_checkpoint(bytes: &[u8]) -> bool {
    let mut logs = Logs::default();
    assert_eq!(logs.add(note_key()), Ok(()));
    let submitted = match Submitted::open(bytes, &logs) {
        Ok(submitted) => submitted,
        Err(refusal) => {
            assert!(matches!(refusal.status(), 400 | 403 | 404), "{refusal}");
            assert!(refusal.body().ends_with('\n'));
            return false;
        }
    };
    assert!(submitted.proof.len() <= PROOF_LINES_MAX && submitted.old <= submitted.checkpoint.size);
    // What the witness would keep, and cosign, is the same checkpoint under the log's own signatures alone.
    let kept = Checkpoint::open(&submitted.note, &[note_key()], ORIGIN);
    assert_eq!(kept.as_ref(), Ok(&submitted.checkpoint));
    let lines = submitted
        .proof
        .iter()
        .map(|hash| STANDARD.encode(hash.as_bytes()) + "\n");
    let again = format!(
        "old {}\n{}\n{}",
        submitted.old,
        lines.collect::<String>(),
        submitted.note
    );
    let mut bare = submitted.clone();
    bare.shown.clone_from(&submitted.note);
    assert_eq!(Submitted::open(again.as_bytes(), &logs), Ok(bare));
    match submitted.follows(None) {
        Ok(()) => assert!(submitted.old == 0 && submitted.proof.is_empty()),
        Err(refusal) => assert!(matches!(refusal.status(), 409 | 422), "{refusal}"),
    }
    true
}

/// A bundle holds its entries and nothing else; the first byte is their number less one.
fn bundle(bytes: &[u8]) -> bool {
    let Some((count, bundle)) = bytes.split_first() else {
        return false;
    };
    let count = u16::from(*count) + 1;
    let Some(entries) = parse_bundle(bundle, count) else {
        return false;
    };
    assert_eq!(entries.len(), usize::from(count));
    let mut again = Vec::new();
    for entry in &entries {
        assert!(append_bundle(&mut again, entry).is_some());
    }
    assert_eq!(again, bundle);
    true
}

/// Canonical JSON is its own emission; any other JSON has one canonical form.
fn canonical_json(bytes: &[u8]) -> bool {
    let Ok(value) = Json::parse(bytes) else {
        assert!(Json::parse_canonical(bytes).is_err());
        return false;
    };
    let canonical = value.to_canonical();
    let again = Json::parse_canonical(canonical.as_bytes());
    assert_eq!(again.as_ref(), Ok(&value), "{canonical}");
    let is_canonical = Json::parse_canonical(bytes).is_ok();
    assert_eq!(is_canonical, canonical.as_bytes() == bytes);
    true
}

/// A checkpoint has one text.
fn checkpoint(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let Ok(checkpoint) = Checkpoint::parse(text) else {
        return false;
    };
    assert_eq!(checkpoint.to_text(), text);
    true
}

/// What a payload says survives being written and read.
fn command(bytes: &[u8]) -> bool {
    let Ok(command) = parse_command(bytes) else {
        return false;
    };
    let written = command_json(&command).to_canonical();
    let again = parse_command(written.as_bytes());
    assert_eq!(again.as_ref(), Ok(&command), "{written}");
    true
}

/// An entry has one text.
fn entry(bytes: &[u8]) -> bool {
    let Ok(entry) = Entry::parse(bytes) else {
        return false;
    };
    assert_eq!(entry.to_bytes(), bytes);
    true
}

/// An envelope is logged in one form, and nobody is believed without a key.
fn envelope(bytes: &[u8]) -> bool {
    let Ok(json) = Json::parse(bytes) else {
        return false;
    };
    let Ok(envelope) = Envelope::parse(json) else {
        return false;
    };
    let logged = envelope.to_json();
    let again = Envelope::parse(logged.clone());
    assert_eq!(again.as_ref().map(Envelope::to_json), Ok(logged));
    assert!(Submission::open(envelope, |_| None).is_err());
    true
}

/// An evidence file has one text, and verifying it ends in a verdict.
fn evidence(bytes: &[u8]) -> bool {
    let trust = Trust {
        policy: policy(),
        old: None,
        now: None,
        age_seconds_max: None,
    };
    let verdict = verify(bytes, &trust);
    let Ok(evidence) = Evidence::parse(bytes) else {
        assert!(!verdict.holds() && verdict.statements.is_empty());
        return false;
    };
    assert_eq!(evidence.to_text().as_bytes(), bytes);
    true
}

/// A fraud file has one text, and nothing that it says is a fraud unless every check of it passes.
fn fraud(bytes: &[u8]) -> bool {
    let verdict = verify_fraud(bytes, &[note_key()]);
    assert_eq!(verdict.holds(), !verdict.statements.is_empty());
    // Who trusts no log accuses none.
    assert!(!verify_fraud(bytes, &[]).holds());
    let Ok(fraud) = Fraud::parse(bytes) else {
        assert!(!verdict.holds());
        return false;
    };
    assert_eq!(fraud.to_text().as_bytes(), bytes);
    assert!(is_fraud_file(bytes));
    true
}

/// The text of a kind's policy is read or refused.
fn kind_policy(bytes: &[u8]) -> bool {
    text(bytes).is_some_and(|text| KindPolicy::parse(text).is_ok())
}

/// A note is exactly its text and lines of one spelling; what verifies was signed by the key.
fn note(bytes: &[u8]) -> bool {
    let Some(note) = text(bytes) else {
        return false;
    };
    let Ok(parsed) = SignedNote::parse(note) else {
        return false;
    };
    let signed = parsed.text();
    let lines = note
        .strip_prefix(signed)
        .and_then(|rest| rest.strip_prefix('\n'));
    let lines = lines.unwrap_or_else(|| panic!("the text does not begin the note"));
    assert!(signed.ends_with('\n') && lines.ends_with('\n'));
    for line in lines.lines() {
        let (name, base64) = line
            .strip_prefix("\u{2014} ")
            .and_then(|line| line.split_once(' '))
            .unwrap_or_else(|| panic!("{line} is no signature line"));
        let blob = STANDARD.decode(base64);
        let blob = blob.unwrap_or_else(|fault| panic!("{line}: {fault}"));
        assert!(blob.len() > 4 && !name.is_empty());
        let again = STANDARD.encode(blob);
        assert_eq!(format!("\u{2014} {name} {again}"), line);
    }
    if parsed.verify(&[note_key()]).is_ok() {
        // Ed25519 signs a text in one way, so the line must be the one that the key makes.
        assert!(lines.contains(&sign_line(signed, ORIGIN, &log_key())));
    }
    true
}

/// A polygon has one text.
fn polygon(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let Some(parts) = parse_polygon(text) else {
        return false;
    };
    assert_eq!(polygon_text(&parts), text);
    true
}

/// A tile has one name, and never more than 256 hashes.
fn tile_path(bytes: &[u8]) -> bool {
    let Some(path) = text(bytes) else {
        return false;
    };
    let Some(tile) = TileId::parse(path) else {
        return false;
    };
    assert_eq!(tile.to_string(), path);
    assert!((1..=TILE_WIDTH).contains(&tile.width));
    assert!(tile.nodes().len() <= usize::from(TILE_WIDTH));
    true
}

/// A proof file has one text, and proves nothing of an entry that is not there.
fn tlog_proof(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let stranger = b"no entry of any log";
    assert!(!verify_inclusion_file(bytes, stranger, &policy()).holds());
    let Ok(file) = ProofFile::parse(text) else {
        return false;
    };
    assert_eq!(file.to_text(), text);
    assert!(file.verify(leaf_hash(stranger), &policy()).is_err());
    true
}

/// All witnesses of a policy are always enough, and none only where none is asked for.
fn trust_policy(bytes: &[u8]) -> bool {
    let Ok(policy) = TrustPolicy::parse_octets(bytes) else {
        return false;
    };
    let names = policy.witnesses.iter().map(|witness| witness.name.as_str());
    let names: Vec<&str> = names.collect();
    assert!(policy.quorum_met(&names));
    assert_eq!(policy.quorum_met(&[]), policy.quorum == Quorum::None);
    true
}

/// A verifier key has one text, and is of one kind.
fn verifier_key(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match (NoteKey::parse_vkey(text), CosignatureKey::parse_vkey(text)) {
        (Ok(key), Err(_)) => assert_eq!(key.vkey(), text),
        (Err(_), Ok(key)) => assert_eq!(key.vkey(), text),
        (Err(_), Err(_)) => return false,
        (Ok(_), Ok(_)) => panic!("{text} is of two kinds"),
    }
    true
}
