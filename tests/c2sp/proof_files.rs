//! tlog-proof: every rule of the file broken once, and what a proof is worth to whom.

use greenlien::ledger::accepted::Unaccepted;
use greenlien::ledger::checkpoint::CheckpointFault;
use greenlien::ledger::note::{CosignatureKey, NoteFault, NoteKey, cosign_line};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::ledger::proof::ProofFault;
use greenlien::ledger::proof_file::{
    EXTRA_BYTES_MAX, PROOF_FILE_BYTES_MAX, PROOF_HASHES_MAX, ProofFile, ProofFileFault, Unproven,
};
use greenlien::ledger::tree::leaf_hash;
use greenlien::verify::inclusion::verify_inclusion_file;

use super::{check_rules, secret, with};
use crate::formats::{block, file};
use crate::second_verifier::{Both, Reader};

/// The first hash of the example, 32 bytes in base64.
const HASH: &str = "zO7sBY1fma9a294mvEc8kj+Sttat8YPuTCo1rrvSvHc=";

fn good() -> String {
    file("proof-file")
}

fn entry() -> &'static [u8] {
    block("entry-5").as_bytes()
}

/// A policy that believes the log of the examples, with more lines.
fn policy(more: &str) -> TrustPolicy {
    let text = format!("log {}\n{more}", block("vkey"));
    TrustPolicy::parse(&text).unwrap()
}

#[test]
fn the_example_of_the_formats_is_a_proof_of_its_entry() {
    let parsed = ProofFile::parse(&good()).unwrap();
    assert_eq!(parsed.to_text(), good());
    assert_eq!(parsed.index(), 5);
    let policy = policy("quorum none\n");
    let accepted = parsed.verify(leaf_hash(entry()), &policy).unwrap();
    assert_eq!((accepted.checkpoint.size, accepted.cosigned.len()), (7, 0));
    let verdict = verify_inclusion_file(good().as_bytes(), entry(), &policy);
    assert!(verdict.holds(), "{verdict:?}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one row for each rule")]
fn every_rule_of_the_file_is_kept() {
    use ProofFileFault::{
        Checkpoint, Extra, FirstLine, Hash, Index, TooLong, TooManyHashes, Undivided,
    };
    let good = good();
    let index = |line: &str| with(&good, "index 5\n", line);
    let hash = |line: &str| with(&good, &format!("{HASH}\n"), line);
    let extra = |line: &str| with(&good, "index", &format!("{line}\nindex"));
    let note = |fault: NoteFault| Checkpoint(CheckpointFault::Note(fault));
    let zeros = |bytes: usize| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(vec![0; bytes])
    };
    let broken = [
        (
            "the name of the format",
            with(&good, "@v1", "@v2"),
            FirstLine,
        ),
        ("its case", with(&good, "c2sp", "C2SP"), FirstLine),
        (
            "no space after it",
            with(&good, "@v1\n", "@v1 \n"),
            FirstLine,
        ),
        ("nothing before it", format!("\u{feff}{good}"), FirstLine),
        (
            "lines end with LF alone",
            good.replace('\n', "\r\n"),
            Undivided,
        ),
        (
            "LF alone after the first",
            with(&good, "@v1\n", "@v1\r\n"),
            FirstLine,
        ),
        ("the index is there", index(""), Index),
        ("the word index", index("Index 5\n"), Index),
        ("one space before the number", index("index  5\n"), Index),
        ("a space, not a tab", index("index\t5\n"), Index),
        ("a number", index("index \n"), Index),
        ("no leading zero", index("index 05\n"), Index),
        ("no plus sign", index("index +5\n"), Index),
        ("no minus sign", index("index -5\n"), Index),
        ("no space after the number", index("index 5 \n"), Index),
        ("no CR after the number", index("index 5\r\n"), Index),
        ("ASCII digits", index("index ５\n"), Index),
        ("below 2^64", index("index 18446744073709551616\n"), Index),
        ("one index", index("index 5\nindex 5\n"), Hash(1)),
        (
            "extra comes before the index",
            index("index 5\nextra c2FsdA==\n"),
            Hash(1),
        ),
        ("one extra", extra("extra c2FsdA==\nextra c2FsdA=="), Index),
        ("extra is not empty", extra("extra "), Extra),
        ("extra has data", extra("extra"), Index),
        ("extra is base64", extra("extra salt!"), Extra),
        ("extra is padded", extra("extra c2FsdA"), Extra),
        ("no unused bit in extra", extra("extra c2FsdB=="), Extra),
        (
            "one space before extra data",
            extra("extra  c2FsdA=="),
            Extra,
        ),
        (
            "extra of a size",
            extra(&format!("extra {}", zeros(EXTRA_BYTES_MAX + 1))),
            Extra,
        ),
        (
            "a hash has 32 bytes, not 31",
            hash(&format!("{}\n", zeros(31))),
            Hash(1),
        ),
        ("not 33", hash(&format!("{}\n", zeros(33))), Hash(1)),
        (
            "a hash is base64, not hexadecimal",
            hash(&format!("{}\n", "00".repeat(32))),
            Hash(1),
        ),
        (
            "of the standard alphabet",
            hash(&format!("{}\n", HASH.replace('+', "-"))),
            Hash(1),
        ),
        (
            "padded",
            hash(&format!("{}\n", HASH.trim_end_matches('='))),
            Hash(1),
        ),
        (
            "without unused bits",
            hash(&format!("{}\n", HASH.replace("c=", "d="))),
            Hash(1),
        ),
        ("one hash a line", hash(&format!("{HASH}{HASH}\n")), Hash(1)),
        (
            "no space after a hash",
            hash(&format!("{HASH} \n")),
            Hash(1),
        ),
        (
            "as many hashes as a tree is high",
            hash(&format!("{HASH}\n").repeat(PROOF_HASHES_MAX)),
            TooManyHashes,
        ),
        (
            "an empty line before the checkpoint",
            with(&good, "\n\n", "\n"),
            Hash(4),
        ),
        (
            "one empty line",
            with(&good, "\n\n", "\n\n\n"),
            Checkpoint(CheckpointFault::Extended),
        ),
        (
            "a checkpoint",
            good.split("\n\n").next().unwrap().to_owned(),
            Undivided,
        ),
        (
            "that is not empty",
            good.split_inclusive("\n\n").next().unwrap().to_owned(),
            note(NoteFault::Unterminated),
        ),
        (
            "that is signed",
            good.rsplit_once("\n\n").unwrap().0.to_owned() + "\n",
            note(NoteFault::Undivided),
        ),
        (
            "that ends with LF",
            good.trim_end().to_owned(),
            note(NoteFault::Unterminated),
        ),
        (
            "and nothing after it",
            format!("{good}\n"),
            note(NoteFault::Unsigned),
        ),
        (
            "not too long",
            format!("{good}{}", "x".repeat(PROOF_FILE_BYTES_MAX)),
            TooLong,
        ),
        ("not nothing", String::new(), Undivided),
    ];
    check_rules(ProofFile::parse, &good, &broken);
}

#[test]
fn a_file_may_have_no_hashes_and_as_many_as_a_tree_is_high() {
    let head = file("checkpoint");
    let none = format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{head}");
    assert_eq!(ProofFile::parse(&none).unwrap().to_text(), none);
    let most = format!("{HASH}\n").repeat(PROOF_HASHES_MAX);
    let most = format!("c2sp.org/tlog-proof@v1\nindex {}\n{most}\n{head}", u64::MAX);
    let parsed = ProofFile::parse(&most).unwrap();
    assert_eq!((parsed.index(), parsed.to_text()), (u64::MAX, most));
    // As many hashes, and none of them can be right: the index lies beyond the tree.
    let policy = policy("quorum none\n");
    let verified = parsed.verify(leaf_hash(entry()), &policy);
    let beyond = Unproven::Inclusion(ProofFault::IndexBeyondTree);
    assert_eq!(verified.err(), Some(beyond));
}

#[test]
fn a_proof_counts_with_a_quorum_and_under_a_listed_log() {
    let witness = |seed: u8| {
        let key = CosignatureKey::new("w.example", secret(seed).public()).unwrap();
        format!("witness W{seed} {}\n", key.vkey())
    };
    let lines = format!(
        "{}{}group G all W11 W12\nquorum G\n",
        witness(11),
        witness(12)
    );
    let policy = policy(&lines);
    let text = format!("{}\n", file("checkpoint").split("\n\n").next().unwrap());
    let cosigned = |seeds: &[u8]| {
        let lines = seeds
            .iter()
            .map(|seed| cosign_line(&text, "w.example", &secret(*seed), 7));
        ProofFile::parse(&(good() + &lines.collect::<String>())).unwrap()
    };
    let leaf = leaf_hash(entry());
    let accepted = cosigned(&[12, 13, 11]);
    let accepted = accepted.verify(leaf, &policy).unwrap();
    assert_eq!(accepted.cosigned, [("W11", 7), ("W12", 7)]);
    for (seeds, count) in [(&[][..], 0), (&[11, 11], 1), (&[13, 14], 0)] {
        let missed = Unproven::Checkpoint(Unaccepted::QuorumMissed(count));
        assert_eq!(cosigned(seeds).verify(leaf, &policy), Err(missed));
    }
    let other = NoteKey::new("other.example", secret(1).public()).unwrap();
    let other = TrustPolicy::parse(&format!("log {}\nquorum none\n", other.vkey())).unwrap();
    let unlisted = cosigned(&[]).verify(leaf, &other);
    assert!(
        matches!(
            unlisted,
            Err(Unproven::Checkpoint(Unaccepted::UnlistedLog(_)))
        ),
        "{unlisted:?}"
    );
}

#[test]
fn every_bit_of_the_proof_counts() {
    let policy = policy("quorum none\n");
    let good = good();
    let is_proof = |bytes: &[u8]| verify_inclusion_file(bytes, entry(), &policy).holds();
    assert!(is_proof(good.as_bytes()));
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut flipped = good.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(!is_proof(&flipped), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn an_entry_that_says_another_place_is_refused() {
    // The log of the examples once more, with entry 5 twice: the second copy is in the tree, at a place that it does not claim.
    use greenlien::ledger::checkpoint::Checkpoint;
    use greenlien::ledger::proof::inclusion_proof;
    use greenlien::ledger::tree::{Frontier, Tail};
    let mut tail = Tail::new(Frontier::new());
    for _ in 0..7 {
        tail.append(leaf_hash(entry()));
    }
    let origin = NoteKey::parse_vkey(block("vkey"))
        .unwrap()
        .name()
        .to_owned();
    let head = Checkpoint {
        origin,
        size: 7,
        root: tail.root(),
    };
    let proof = |index| {
        let hashes = inclusion_proof(index, 7, &tail).unwrap();
        ProofFile::new(index, hashes, head.sign(&secret(1))).unwrap()
    };
    let policy = policy("quorum none\n");
    let verdict =
        |index| verify_inclusion_file(proof(index).to_text().as_bytes(), entry(), &policy);
    assert!(verdict(5).holds());
    assert_eq!(verdict(6).failure().unwrap().name, "entry");
    assert!(verdict(6).statements.is_empty());
}

#[test]
fn bytes_of_another_kind_are_shown_to_be_in_the_log_and_no_more() {
    use greenlien::ledger::checkpoint::Checkpoint;
    let leaf = leaf_hash(b"an artifact");
    let head = Checkpoint {
        origin: "other.example".to_owned(),
        size: 1,
        root: leaf,
    };
    let key = NoteKey::new("other.example", secret(20).public()).unwrap();
    let policy = TrustPolicy::parse(&format!("log {}\nquorum none\n", key.vkey())).unwrap();
    let text = ProofFile::new(0, vec![], head.sign(&secret(20)))
        .unwrap()
        .to_text();
    let verdict = verify_inclusion_file(text.as_bytes(), b"an artifact", &policy);
    assert!(verdict.holds());
    assert_eq!(
        verdict.statements,
        ["these bytes are entry 0 of other.example"]
    );
    assert!(!verify_inclusion_file(text.as_bytes(), b"another", &policy).holds());
}

#[test]
fn both_verifiers_agree_on_proof_files_and_on_every_changed_one() {
    let mut both = Both::new();
    let reader = |policy: &str| Reader {
        policy: policy.to_owned(),
        old: None,
        now: None,
        age_seconds_max: None,
    };
    let plain = reader(&format!("log {}\nquorum none\n", block("vkey")));
    let audited = reader(&file("trust-audited"));
    let good = good();
    let cosigned = format!(
        "{}\n\n{}",
        good.split("\n\n").next().unwrap(),
        file("checkpoint-cosigned")
    );
    let with_extra = with(&good, "index 5", "extra c2FsdA==\nindex 5");
    for text in [&good, &cosigned, &with_extra] {
        for reader in [&plain, &audited] {
            both.include(text, entry(), reader, &[]);
            both.include(text, b"other bytes", reader, &[]);
        }
        let ascii = text.char_indices().filter(|(_, c)| c.is_ascii());
        let places: Vec<(usize, u8)> = ascii.map(|(at, _)| (at, 1)).collect();
        both.include(text, entry(), &plain, &places);
    }
    for bytes in [block("entry-4").as_bytes(), b"", &[0xff, 0xfe]] {
        both.include(&good, bytes, &plain, &[]);
    }
    // A byte that makes it no UTF-8 is a fault of the file like any other.
    let mut latin = good.clone().into_bytes();
    latin[30] ^= 0x80;
    let verdict = verify_inclusion_file(&latin, entry(), &plain.trust().policy);
    assert_eq!(verdict.failure().unwrap().name, "format");
    both.include(&good, entry(), &plain, &[(30, 0x80)]);
    both.agree();
}
