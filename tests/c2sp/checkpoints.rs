//! tlog-checkpoint: every rule broken once, and `tlog_tiles` as the second opinion.

use greenlien::ledger::checkpoint::{Checkpoint, CheckpointFault};
use greenlien::ledger::note::{NoteFault, NoteKey, sign_line};
use greenlien::ledger::tree::empty_root;
use greenlien::primitives::crypto::Hash;

use super::{ORIGIN, check_rules, secret, vector, with};

const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn good() -> String {
    format!("{ORIGIN}\n1234067\n{ROOT}\n")
}

/// Every rule of the text with one that breaks it.
fn broken() -> Vec<(&'static str, String, CheckpointFault)> {
    use CheckpointFault::{Extended, Incomplete, Origin, Root, Size};
    let good = good();
    let origin = |origin: &str| with(&good, ORIGIN, origin);
    let size = |size: &str| with(&good, "1234067", size);
    let root = |root: &str| with(&good, ROOT, root);
    vec![
        ("three lines", String::new(), Incomplete),
        ("not one", format!("{ORIGIN}\n"), Incomplete),
        ("not two", format!("{ORIGIN}\n1\n"), Incomplete),
        (
            "the third ends with LF",
            good.trim_end().to_owned(),
            Incomplete,
        ),
        ("no extension line", format!("{good}more\n"), Extended),
        ("not several", format!("{good}more\nand more\n"), Extended),
        ("no empty line", format!("{good}\n"), Extended),
        ("no rest of a line", format!("{good}more"), Extended),
        ("no empty line first", format!("\n{good}"), Extended),
        ("LF alone", good.replace('\n', "\r\n"), Origin),
        ("an origin", origin(""), Origin),
        ("without control characters", origin("a\tb"), Origin),
        ("a size", size(""), Size),
        ("in decimal", size("0x10"), Size),
        ("without leading zeros", size("01234067"), Size),
        ("not even for none", size("00"), Size),
        ("without a plus sign", size("+1234067"), Size),
        ("without a minus sign", size("-0"), Size),
        ("without a space before", size(" 1234067"), Size),
        ("or after", size("1234067 "), Size),
        ("without separators", size("1_234_067"), Size),
        ("commas neither", size("1,234,067"), Size),
        ("nor a fraction", size("1234067.0"), Size),
        ("nor an exponent", size("1e6"), Size),
        ("in ASCII", size("１２"), Size),
        ("below 2^64", size("18446744073709551616"), Size),
        ("a root", root(""), Root),
        (
            "of 32 bytes, not 31",
            root("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
            Root,
        ),
        (
            "not 33",
            root("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            Root,
        ),
        ("in base64, not hexadecimal", root(&"00".repeat(32)), Root),
        (
            "of the standard alphabet",
            root(&ROOT.replace('+', "-").replace('/', "_")),
            Root,
        ),
        ("padded", root(ROOT.trim_end_matches('=')), Root),
        ("once", root(&format!("{ROOT}=")), Root),
        ("without unused bits", root(&ROOT.replace("U=", "V=")), Root),
        ("without a space after", root(&format!("{ROOT} ")), Root),
    ]
}

#[test]
fn every_rule_of_a_checkpoint_is_kept() {
    check_rules(Checkpoint::parse, &good(), &broken());
}

#[test]
fn the_other_implementation_reads_what_we_write_and_refuses_what_is_malformed() {
    let sizes = (0..300).chain([9_999, 70_000, u64::from(u32::MAX), u64::MAX - 1, u64::MAX]);
    for size in sizes {
        let ours = Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: Hash::of(&[&size.to_be_bytes()]),
        };
        let text = ours.to_text();
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        assert_eq!((theirs.origin(), theirs.size()), (ORIGIN, size));
        assert_eq!(theirs.hash().0, *ours.root.as_bytes());
        assert_eq!(theirs.to_bytes(), text.into_bytes());
    }
    for (rule, text, fault) in broken() {
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes());
        // Extension lines are allowed by the specification, and refused by us; what they must not be is empty.
        let ours_alone = fault == CheckpointFault::Extended && text.ends_with("more\n")
            || rule == "without control characters";
        assert_eq!(theirs.is_err(), !ours_alone, "{rule}: {text:?}");
    }
}

#[test]
fn the_published_checkpoints_are_read() {
    for (name, size) in [
        ("behind-the-sofa.note", 20_852_163),
        ("sigsum-tree.note", 10),
        ("arche2025h1.note", 1_432_088_532),
    ] {
        let note = vector(name);
        let text = note.rsplit_once("\n\n").unwrap().0.to_owned() + "\n";
        let parsed = Checkpoint::parse(&text).unwrap();
        assert_eq!((parsed.size, parsed.to_text()), (size, text));
    }
}

#[test]
fn a_log_says_its_own_name_and_changes_its_key_with_both_signatures() {
    let origin = |name: &str, size| Checkpoint {
        origin: name.to_owned(),
        size,
        root: empty_root(),
    };
    let key = |name: &str, seed| NoteKey::new(name, secret(seed).public()).unwrap();
    let (old, new) = (key(ORIGIN, 1), key(ORIGIN, 2));
    let text = origin(ORIGIN, 0).to_text();
    let note = origin(ORIGIN, 0).sign(&secret(1)) + &sign_line(&text, ORIGIN, &secret(2));
    for keys in [vec![old.clone()], vec![new.clone()], vec![old.clone(), new]] {
        assert_eq!(Checkpoint::open(&note, &keys, ORIGIN).unwrap().size, 0);
    }
    // Who knows both is not satisfied with one true and one false signature.
    let half = with(&note, &text, &origin(ORIGIN, 1).to_text());
    let half = half.rsplit_once("\n\n").unwrap().0.to_owned()
        + "\n\n"
        + &sign_line(&origin(ORIGIN, 1).to_text(), ORIGIN, &secret(1))
        + note.trim_end().rsplit_once('\n').unwrap().1
        + "\n";
    assert!(Checkpoint::open(&half, std::slice::from_ref(&old), ORIGIN).is_ok());
    let false_fault = NoteFault::FalseSignature(ORIGIN.to_owned());
    let both = [old, key(ORIGIN, 2)];
    assert_eq!(
        Checkpoint::open(&half, &both, ORIGIN),
        Err(false_fault.into())
    );
    // The key of another log does not speak for this one.
    let stranger = [key("other.example", 1)];
    let unknown = NoteFault::NoKnownSignature;
    assert_eq!(
        Checkpoint::open(&note, &stranger, ORIGIN),
        Err(unknown.into())
    );
    let other = CheckpointFault::OtherLog(ORIGIN.to_owned());
    assert_eq!(
        Checkpoint::open(&note, &stranger, "other.example"),
        Err(other)
    );
}
