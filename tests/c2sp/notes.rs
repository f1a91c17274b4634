//! signed-note: every rule of notes and of verifier keys broken once, published notes, and `signed_note` as the second
//! opinion.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::ledger::note::{
    CosignatureKey, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, NoteFault, NoteKey, SignedNote,
    cosign_line, open, sign_line,
};
use greenlien::primitives::crypto::{KeyFault, SecretKey};
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, Verifier, VerifierList};

use super::{check_rules, secret, vector, with};

/// The verifier key of the example in the specification.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// The text of the notes below; it has an empty line.
const TEXT: &str = "first\n\nsecond\n";

fn known(name: &str, seed: u8) -> NoteKey {
    NoteKey::new(name, secret(seed).public()).unwrap()
}

fn signed(lines: &str) -> String {
    format!("{TEXT}\n{lines}")
}

fn good() -> String {
    signed(&sign_line(TEXT, "a.example", &secret(1)))
}

/// A signature line of somebody unknown, with a signature of this many bytes.
fn stranger(number: usize, bytes: usize) -> String {
    let blob = STANDARD.encode(vec![1; 4 + bytes]);
    format!("\u{2014} stranger.example/{number} {blob}\n")
}

/// Every rule of a note with a text that breaks it.
#[expect(clippy::too_many_lines, reason = "a table: one row for each rule")]
fn broken_notes() -> Vec<(&'static str, String, NoteFault)> {
    use NoteFault::{
        ControlCharacter, SignatureLine, TooLong, TooManySignatures, Undivided, Unsigned,
        Unterminated,
    };
    let good = good();
    let blob = good.trim_end().rsplit_once(' ').unwrap().1.to_owned();
    let line = |line: &str| signed(line);
    let mut cases = vec![
        ("a note is something", String::new(), Unterminated),
        (
            "the text ends with LF",
            with(&good, "second\n\n", "second\n"),
            SignatureLine(1),
        ),
        (
            "an empty line divides",
            TEXT.replace("\n\n", "\n") + good.rsplit_once("\n\n").unwrap().1,
            Undivided,
        ),
        (
            "there is a text",
            good.rsplit_once("\n\n").unwrap().1.to_owned(),
            Undivided,
        ),
        ("there is a signature", TEXT.to_owned() + "\n", Unsigned),
        ("after the empty line", format!("{TEXT}\n\n"), Unsigned),
        (
            "lines end with LF alone",
            good.replace('\n', "\r\n"),
            ControlCharacter,
        ),
        (
            "the last line ends with LF",
            good.trim_end().to_owned(),
            Unterminated,
        ),
        ("and nothing stands after it", format!("{good}\n"), Unsigned),
        ("not even a space", format!("{good} "), Unterminated),
        (
            "the sign is an em dash, not a hyphen",
            with(&good, "\u{2014}", "-"),
            SignatureLine(1),
        ),
        ("nor two", with(&good, "\u{2014}", "--"), SignatureLine(1)),
        (
            "nor an en dash",
            with(&good, "\u{2014}", "\u{2013}"),
            SignatureLine(1),
        ),
        (
            "nor a horizontal bar",
            with(&good, "\u{2014}", "\u{2015}"),
            SignatureLine(1),
        ),
        (
            "nor two em dashes",
            with(&good, "\u{2014}", "\u{2014}\u{2014}"),
            SignatureLine(1),
        ),
        (
            "it comes first",
            with(&good, "\u{2014}", " \u{2014}"),
            SignatureLine(1),
        ),
        (
            "a space after it",
            with(&good, "\u{2014} ", "\u{2014}"),
            SignatureLine(1),
        ),
        (
            "one space",
            with(&good, "\u{2014} ", "\u{2014}  "),
            SignatureLine(1),
        ),
        (
            "no other space",
            with(&good, "\u{2014} ", "\u{2014}\u{a0}"),
            SignatureLine(1),
        ),
        (
            "one space after the name",
            with(&good, "a.example ", "a.example  "),
            SignatureLine(1),
        ),
        ("a name", with(&good, "a.example ", ""), SignatureLine(1)),
        (
            "that is not empty",
            with(&good, "a.example ", " "),
            SignatureLine(1),
        ),
        (
            "without a plus sign",
            with(&good, "a.example", "a+example"),
            SignatureLine(1),
        ),
        (
            "a signature",
            line("\u{2014} a.example\n"),
            SignatureLine(1),
        ),
        (
            "that is not empty",
            line("\u{2014} a.example \n"),
            SignatureLine(1),
        ),
        (
            "more than a key id",
            line("\u{2014} a.example AAAAAA==\n"),
            SignatureLine(1),
        ),
        (
            "a whole key id",
            line("\u{2014} a.example AAAA\n"),
            SignatureLine(1),
        ),
        (
            "in base64",
            line("\u{2014} a.example !!!!!!!!\n"),
            SignatureLine(1),
        ),
        (
            "of the standard alphabet",
            line("\u{2014} a.example AAAA-_A=\n"),
            SignatureLine(1),
        ),
        (
            "padded",
            line(&format!(
                "\u{2014} a.example {}\n",
                blob.trim_end_matches('=')
            )),
            SignatureLine(1),
        ),
        (
            "once",
            line(&format!("\u{2014} a.example {blob}=\n")),
            SignatureLine(1),
        ),
        (
            "without unused bits",
            line("\u{2014} a.example AAAAAAB=\n"),
            SignatureLine(1),
        ),
        (
            "and nothing after it",
            with(&good, &blob, &format!("{blob} ")),
            SignatureLine(1),
        ),
        (
            "the second line as well",
            format!("{good}stray\n"),
            SignatureLine(2),
        ),
        (
            "so many lines",
            signed(
                &(0..=NOTE_SIGNATURES_MAX)
                    .map(|n| stranger(n, 64))
                    .collect::<String>(),
            ),
            TooManySignatures,
        ),
        ("so many bytes", "x".repeat(NOTE_BYTES_MAX) + &good, TooLong),
    ];
    for control in (0..b' ').filter(|control| *control != b'\n') {
        let text = with(&good, "first", &format!("fi{}rst", char::from(control)));
        cases.push(("no control character in the text", text, ControlCharacter));
        let text = with(&good, "a.example", &format!("a{}", char::from(control)));
        cases.push(("nor in a signature", text, ControlCharacter));
    }
    for space in [
        '\u{85}', '\u{a0}', '\u{1680}', '\u{2003}', '\u{2028}', '\u{202f}', '\u{205f}', '\u{3000}',
    ] {
        let text = with(&good, "a.example", &format!("a{space}example"));
        cases.push(("no Unicode space in a name", text, SignatureLine(1)));
    }
    cases
}

#[test]
fn every_rule_of_a_note_is_kept() {
    check_rules(SignedNote::parse, &good(), &broken_notes());
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one row for each rule")]
fn every_rule_of_a_verifier_key_is_kept() {
    use NoteFault::{Key, KeyForm, KeyId, KeyName, KeyType};
    let good = known("a.example", 1).vkey();
    let [name, id, key]: [&str; 3] = good.splitn(3, '+').collect::<Vec<_>>().try_into().unwrap();
    let vkey = |name: &str, id: &str, key: &str| format!("{name}+{id}+{key}");
    let typed = |kind: u8, bytes: &[u8]| STANDARD.encode([&[kind], bytes].concat());
    let raw = secret(1).public().to_bytes();
    let mut negative_zero = [0; 32];
    (negative_zero[0], negative_zero[31]) = (1, 0x80);
    let broken = [
        ("three parts", format!("{name}+{id}"), KeyForm),
        ("something", String::new(), KeyForm),
        ("a name", vkey("", id, key), KeyName),
        ("without spaces", vkey("a example", id, key), KeyName),
        ("of any kind", vkey("a\u{3000}example", id, key), KeyName),
        (
            "and control characters",
            vkey("a\texample", id, key),
            KeyName,
        ),
        (
            "an id of 8 digits, not 7",
            vkey(name, &id[1..], key),
            KeyForm,
        ),
        ("not 9", vkey(name, &format!("0{id}"), key), KeyForm),
        ("in hexadecimal", vkey(name, "zzzzzzzz", key), KeyForm),
        ("in lower case", vkey(name, "ABCDEF01", key), KeyForm),
        ("without a sign", vkey(name, "+1234567", key), KeyForm),
        ("that follows from name", vkey("b.example", id, key), KeyId),
        (
            "and key",
            vkey(name, id, &typed(1, &secret(2).public().to_bytes())),
            KeyId,
        ),
        ("a key", vkey(name, id, ""), KeyForm),
        ("in base64", vkey(name, id, &key.replace('A', "!")), KeyForm),
        (
            "that is padded",
            vkey(name, id, &typed(1, &raw[..31]).replace('=', "")),
            KeyForm,
        ),
        (
            "of 32 bytes, not 31",
            vkey(name, id, &typed(1, &raw[..31])),
            KeyForm,
        ),
        (
            "not 33",
            vkey(name, id, &typed(1, &[&raw[..], &[0]].concat())),
            KeyForm,
        ),
        (
            "of the type of the key",
            vkey(name, id, &typed(4, &raw)),
            KeyType,
        ),
        ("a known type", vkey(name, id, &typed(0xff, &raw)), KeyType),
        ("no ECDSA", vkey(name, id, &typed(2, &raw)), KeyType),
        ("no ML-DSA", vkey(name, id, &typed(6, &[0; 1312])), KeyType),
        (
            "a point of the curve",
            vkey(name, id, &typed(1, &[2; 32])),
            Key(KeyFault::NotAPoint),
        ),
        (
            "not of low order",
            vkey(name, id, &typed(1, &[0; 32])),
            Key(KeyFault::LowOrder),
        ),
        (
            "in its canonical encoding",
            vkey(name, id, &typed(1, &negative_zero)),
            Key(KeyFault::NotCanonical),
        ),
        ("and nothing after it", format!("{good}\n"), KeyForm),
        ("nor before it", format!(" {good}"), KeyName),
    ];
    check_rules(NoteKey::parse_vkey, &good, &broken);
    assert_eq!(CosignatureKey::parse_vkey(&good), Err(KeyType));
}

#[test]
fn the_published_notes_are_read_and_verified() {
    let key = NoteKey::parse_vkey(EXAMPLE_KEY).unwrap();
    assert_eq!(
        (key.name(), key.vkey().as_str()),
        ("example.com/foo", EXAMPLE_KEY)
    );
    let note = vector("signed-note-example.note");
    let opened = open(&note, std::slice::from_ref(&key)).unwrap();
    assert_eq!(opened.text, "This is an example message.\n");
    let changed = with(&note, "message.", "message!");
    let refused = NoteFault::FalseSignature("example.com/foo".to_owned());
    assert_eq!(open(&changed, &[key]), Err(refused));

    // Its text has an empty line; nobody here knows its key.
    let note = vector("quasimodo.note");
    let parsed = SignedNote::parse(&note).unwrap();
    assert!(parsed.text().ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!(parsed.verify(&[]), Err(NoteFault::NoKnownSignature));
}

#[test]
fn the_checkpoint_for_cross_validation_is_made_again() {
    let note = vector("sigsum-tree.note");
    let name = note.lines().next().unwrap();
    let mut seed = [0; 32];
    seed[0] = 0x11;
    let key = SecretKey::from_seed(&seed);
    let public = "66e0b858e462a609e66fe71370c816d8846ff103d5499a22a7fec37fdbc424a7";
    assert_eq!(hex::encode(key.public().to_bytes()), public);
    let known = NoteKey::new(name, key.public()).unwrap();
    assert!(known.vkey().starts_with(&format!("{name}+809da1a3+")));
    let opened = open(&note, std::slice::from_ref(&known)).unwrap();
    let text = opened.text;
    assert_eq!(format!("{text}\n{}", sign_line(text, name, &key)), note);
    // The first posting of the thread had another key id, so its signature is that of a stranger.
    let first = with(&note, "gJ2ho0", "pOZUn0");
    assert_eq!(open(&first, &[known]), Err(NoteFault::NoKnownSignature));
}

#[test]
fn sixteen_signatures_are_taken_even_if_all_others_are_post_quantum() {
    // ML-DSA-44 signs with 2,420 bytes and a time; the specification reckons with nearly 5 kB.
    for bytes in [64, 2_428, 5_000] {
        for count in [1, 16, NOTE_SIGNATURES_MAX] {
            let strangers: String = (1..count).map(|number| stranger(number, bytes)).collect();
            let note = signed(&(strangers + &sign_line(TEXT, "a.example", &secret(1))));
            let opened = open(&note, &[known("a.example", 1)]).unwrap();
            assert_eq!(opened.verified, ["a.example"], "{count} of {bytes} bytes");
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one row for each case")]
fn who_is_known_decides_what_a_line_means() {
    let (one, two) = (known("a.example", 1), known("b.example", 2));
    let by_one = sign_line(TEXT, "a.example", &secret(1));
    let by_two = sign_line(TEXT, "b.example", &secret(2));
    let false_one = sign_line("another\n", "a.example", &secret(1));
    let id_of_one = by_one.replace("a.example", "b.example");
    let false_fault = Err(NoteFault::FalseSignature("a.example".to_owned()));
    let unknown = Err(NoteFault::NoKnownSignature);
    let verified = |lines: &str, keys: &[NoteKey]| {
        let note = signed(lines);
        open(&note, keys).map(|opened| opened.verified.join(" "))
    };
    let both = [one.clone(), two.clone()];
    let cases = [
        (
            "both",
            format!("{by_one}{by_two}"),
            &both[..],
            Ok("a.example b.example".to_owned()),
        ),
        (
            "one twice",
            format!("{by_one}{by_one}"),
            &both,
            Ok("a.example".to_owned()),
        ),
        (
            "an unknown one beside",
            format!("{by_one}{by_two}"),
            &both[..1],
            Ok("a.example".to_owned()),
        ),
        (
            "the id of one, the name of another",
            format!("{id_of_one}{by_two}"),
            &both,
            Ok("b.example".to_owned()),
        ),
        (
            "a name with an unknown id",
            sign_line(TEXT, "a.example", &secret(3)) + &by_two,
            &both,
            Ok("b.example".to_owned()),
        ),
        (
            "a false one first",
            format!("{false_one}{by_two}"),
            &both,
            false_fault.clone(),
        ),
        (
            "a false one last",
            format!("{by_two}{false_one}"),
            &both,
            false_fault.clone(),
        ),
        (
            "a true and a false one of one key",
            format!("{by_one}{false_one}"),
            &both,
            false_fault,
        ),
        (
            "a false one of an unknown key",
            format!("{false_one}{by_two}"),
            &both[1..],
            Ok("b.example".to_owned()),
        ),
        ("nobody known", by_one.clone(), &[], unknown.clone()),
        (
            "a cosignature in place of a signature",
            cosign_line(TEXT, "a.example", &secret(1), 7),
            &both,
            unknown,
        ),
    ];
    for (case, lines, keys, expected) in cases {
        assert_eq!(verified(&lines, keys), expected, "{case}");
    }
}

/// The signer of `signed_note` with the key of this byte.
fn their_signer(name: &str, seed: u8) -> StandardSigner {
    let vkey = known(name, seed).vkey();
    let id = vkey.split('+').nth(1).unwrap();
    let key = STANDARD.encode([&[1], &[seed; 32][..]].concat());
    StandardSigner::new(&format!("PRIVATE+KEY+{name}+{id}+{key}")).unwrap()
}

#[test]
fn notes_open_with_the_other_implementation_and_its_notes_with_ours() {
    for (seed, name) in [
        (1, "a.example"),
        (2, "例.example/注册"),
        (3, "x"),
        (4, "a-b_c/d:e;f="),
    ] {
        let ours = known(name, seed);
        let theirs = StandardVerifier::new(&ours.vkey()).unwrap();
        let id = ours.vkey().split('+').nth(1).unwrap().to_owned();
        assert_eq!(format!("{:08x}", theirs.key_id()), id);
        for text in ["x\n", "\n", TEXT, "例\n\n\nnote\n", "\u{2014} a AAAAAAA=\n"] {
            let line = sign_line(text, name, &secret(seed));
            let note = format!("{text}\n{line}");
            let parsed = Note::from_bytes(note.as_bytes()).unwrap();
            let list = VerifierList::new(vec![Box::new(theirs.clone())]);
            assert_eq!(parsed.verify(&list).unwrap().0.len(), 1);
            assert_eq!(
                (parsed.text(), parsed.to_bytes()),
                (text.as_bytes(), note.clone().into_bytes())
            );

            let mut made = Note::new(text.as_bytes(), &[]).unwrap();
            let signer = their_signer(name, seed);
            made.add_sigs(&[&signer as &dyn Signer]).unwrap();
            let made = String::from_utf8(made.to_bytes()).unwrap();
            assert_eq!(made, note, "Ed25519 has one signature for a text");
            assert_eq!(open(&made, std::slice::from_ref(&ours)).unwrap().text, text);
        }
    }
}

#[test]
fn what_we_refuse_as_malformed_the_other_implementation_refuses_too() {
    let limits = [NoteFault::TooLong, NoteFault::TooManySignatures];
    for (rule, note, fault) in broken_notes() {
        let theirs = Note::from_bytes(note.as_bytes());
        assert_eq!(theirs.is_err(), !limits.contains(&fault), "{rule}");
    }
}
