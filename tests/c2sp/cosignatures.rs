//! tlog-cosignature, the Ed25519 form: published cosignatures, and every way in which one can be false.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{
    CosignatureKey, NoteFault, NoteKey, SignedNote, cosign_line, open, sign_line,
};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::crypto::Hash;

use super::{ORIGIN, secret, vector, with};

/// When the witnesses of the published checkpoint cosigned it.
const PUBLISHED_TIME: u64 = 1_779_573_024;

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 9,
        root: Hash([9; 32]),
    }
}

fn key(name: &str, seed: u8) -> CosignatureKey {
    CosignatureKey::new(name, secret(seed).public()).unwrap()
}

/// The signed checkpoint with further lines.
fn note(lines: &str) -> String {
    checkpoint().sign(&secret(1)) + lines
}

/// What is done to the bytes of a cosignature.
type Change = fn(&mut Vec<u8>);

/// The line of a cosignature whose bytes after the key id are changed.
fn altered(change: impl Fn(&mut Vec<u8>)) -> String {
    let line = cosign_line(&checkpoint().to_text(), "w.example", &secret(2), 77);
    let mut bytes = STANDARD
        .decode(line.trim_end().rsplit_once(' ').unwrap().1)
        .unwrap();
    let mut after = bytes.split_off(4);
    change(&mut after);
    bytes.extend(after);
    format!("\u{2014} w.example {}\n", STANDARD.encode(bytes))
}

#[test]
fn a_published_checkpoint_is_accepted_with_the_cosignatures_of_public_witnesses() {
    let policy = TrustPolicy::parse(&vector("public.policy")).unwrap();
    let note = vector("arche2025h1.note");
    let accepted = policy.accept(&note).unwrap();
    assert_eq!(accepted.checkpoint.size, 1_432_088_532);
    let names = ["remora", "stagemole", "little-garden", "smartit"];
    let expected = names.map(|name| (name, PUBLISHED_TIME));
    assert_eq!(accepted.cosigned, expected);
    // Without the one witness that the quorum cannot miss; with another size.
    let start = note.find("\u{2014} transparency.dev/DEV").unwrap();
    let end = start + note[start..].find('\n').unwrap() + 1;
    let missed = format!("{}{}", &note[..start], &note[end..]);
    assert!(policy.accept(&missed).is_err());
    assert!(
        policy
            .accept(&with(&note, "1432088532", "1432088533"))
            .is_err()
    );
}

#[test]
fn the_example_of_the_specification_has_the_form_that_it_describes() {
    let note = vector("behind-the-sofa.note");
    let parsed = SignedNote::parse(&note).unwrap();
    assert_eq!(Checkpoint::parse(parsed.text()).unwrap().size, 20_852_163);
    let blob = note.trim_end().rsplit_once(' ').unwrap().1;
    let bytes = STANDARD.decode(blob).unwrap();
    assert_eq!(bytes.len(), 4 + 8 + 64);
    // The specification writes the signed message out, with this time.
    assert_eq!(bytes[4..12], 1_679_315_147_u64.to_be_bytes());
    let ours = cosign_line(
        parsed.text(),
        "witness.example.com/w1",
        &secret(2),
        1_679_315_147,
    );
    assert_eq!(ours.len(), note.lines().last().unwrap().len() + 1);
}

#[test]
fn every_altered_cosignature_is_false_and_refuses_the_note() {
    let known = key("w.example", 2);
    let verify = |line: &str| known.verify(&SignedNote::parse(&note(line)).unwrap());
    assert_eq!(verify(&altered(|_| {})), Ok(Some(77)));
    let refused = Err(NoteFault::FalseSignature("w.example".to_owned()));
    let cases: [(&str, Change); 8] = [
        ("another time", |bytes| bytes[7] ^= 1),
        ("a time of 2^63", |bytes| bytes[0] |= 0x80),
        ("a time in little endian", |bytes| bytes[..8].reverse()),
        ("no time", |bytes| *bytes = bytes.split_off(8)),
        ("a byte less", |bytes| bytes.truncate(71)),
        ("a byte more", |bytes| bytes.push(0)),
        ("another signature", |bytes| bytes[20] ^= 1),
        ("only a time", |bytes| bytes.truncate(8)),
    ];
    for (case, change) in cases {
        assert_eq!(verify(&altered(change)), refused, "{case}");
    }
    for bit in 0..72 * 8 {
        let line = altered(|bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        assert_eq!(verify(&line), refused, "bit {bit}");
    }
    // What another checkpoint was cosigned with does not count here.
    let other = Checkpoint {
        size: 10,
        ..checkpoint()
    };
    let line = cosign_line(&other.to_text(), "w.example", &secret(2), 77);
    assert_eq!(verify(&line), refused);
}

#[test]
fn lines_of_others_and_of_other_types_are_ignored() {
    let known = key("w.example", 2);
    let text = checkpoint().to_text();
    let verify = |line: &str| known.verify(&SignedNote::parse(&note(line)).unwrap());
    let other_name = cosign_line(&text, "v.example", &secret(2), 77);
    let other_key = cosign_line(&text, "w.example", &secret(3), 77);
    let plain = sign_line(&text, "w.example", &secret(2));
    // An ML-DSA-44 cosignature: another id, 2,420 bytes after the time.
    let post_quantum = format!(
        "\u{2014} w.example {}\n",
        STANDARD.encode([6; 4 + 8 + 2_420])
    );
    for line in [other_name, other_key, plain, post_quantum] {
        assert_eq!(verify(&line), Ok(None), "{line:.60}");
    }
    // The reverse: a cosignature is no signature of a log.
    let log = NoteKey::new("w.example", secret(2).public()).unwrap();
    let lines = cosign_line(&text, "w.example", &secret(2), 77);
    assert_eq!(
        open(&note(&lines), &[log]),
        Err(NoteFault::NoKnownSignature)
    );
}

#[test]
fn the_signed_message_does_not_name_the_cosigner() {
    // One key under two names: the signature is the same, which is why each role of a cosigner needs a key of its own.
    let text = checkpoint().to_text();
    let blob = |name| {
        let line = cosign_line(&text, name, &secret(2), 77);
        let blob = line.trim_end().rsplit_once(' ').unwrap().1.to_owned();
        STANDARD.decode(blob).unwrap().split_off(4)
    };
    assert_eq!(blob("w.example"), blob("v.example"));
    assert_ne!(key("w.example", 2).vkey(), key("v.example", 2).vkey());
}

#[test]
fn times_are_seconds_from_zero_to_the_largest_signed_number() {
    let known = key("w.example", 2);
    let text = checkpoint().to_text();
    let largest = i64::MAX.unsigned_abs();
    for time in [0, 1, PUBLISHED_TIME, largest] {
        let line = cosign_line(&text, "w.example", &secret(2), time);
        let note = note(&line);
        let parsed = SignedNote::parse(&note).unwrap();
        assert_eq!(known.verify(&parsed), Ok(Some(time)));
    }
    // Signed correctly, and refused all the same.
    let line = cosign_line(&text, "w.example", &secret(2), largest + 1);
    let note = note(&line);
    let parsed = SignedNote::parse(&note).unwrap();
    assert!(known.verify(&parsed).is_err());
}
