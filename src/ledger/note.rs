//! Signed notes (C2SP signed-note v1.0.0) and Ed25519 cosignatures on them (C2SP tlog-cosignature, type 0x04).
//!
//! A note is a text, an empty line, and signature lines `— <name> <base64>`. This file parses and verifies; it does not
//! know what a text says (see `checkpoint`) and whom to trust (see `policy_file`). It supports Ed25519 alone: signatures
//! of other types come from keys that nobody here knows, and such signatures are ignored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::primitives::crypto::{Hash, KeyFault, PublicKey, SecretKey, Signature, lower_hex};

/// Signature lines in one note; the specification asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 64;

/// Bytes of one note: 64 lines with a post-quantum signature of nearly 5 kB each, in base64, and the text.
pub const NOTE_BYTES_MAX: usize = 524_288;

/// The type of a plain Ed25519 signature over the text.
const ED25519: u8 = 0x01;

/// The type of a timestamped Ed25519 cosignature.
const ED25519_COSIGNATURE: u8 = 0x04;

/// Why a note or a key of a note is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoteFault {
    /// The note is longer than [`NOTE_BYTES_MAX`].
    TooLong,
    /// A control character other than the line feed occurs in the note.
    ControlCharacter,
    /// The note does not end with a line feed.
    Unterminated,
    /// No empty line divides the text from the signatures.
    Undivided,
    /// No signature line follows the last empty line.
    Unsigned,
    /// There are more than [`NOTE_SIGNATURES_MAX`] signature lines.
    TooManySignatures,
    /// A line after the last empty line, counted from 1, is not a signature line.
    SignatureLine(usize),
    /// A signature line has the name and the id of a known key, but the key did not make this signature.
    FalseSignature(String),
    /// None of the signatures is of a known key.
    NoKnownSignature,
    /// A key is not of the form `name+id+key`.
    KeyForm,
    /// The name of a key is empty or has a space, a plus or a control character.
    KeyName,
    /// A key is of another type than the one wanted here.
    KeyType,
    /// The id in a key is not the one that follows from the name and the key.
    KeyId,
    /// The public key itself is refused.
    Key(KeyFault),
}

impl fmt::Display for NoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the note is longer than {NOTE_BYTES_MAX} bytes"),
            Self::ControlCharacter => f.write_str("the note has a control character"),
            Self::Unterminated => f.write_str("the note does not end with a line feed"),
            Self::Undivided => f.write_str("the note has no empty line before its signatures"),
            Self::Unsigned => f.write_str("the note has no signature"),
            Self::TooManySignatures => {
                write!(f, "the note has more than {NOTE_SIGNATURES_MAX} signatures")
            }
            Self::SignatureLine(number) => write!(f, "signature line {number} is malformed"),
            Self::FalseSignature(name) => write!(f, "the signature of {name} is false"),
            Self::NoKnownSignature => f.write_str("the note is not signed by a known key"),
            Self::KeyForm => f.write_str("the key is not of the form name+id+key"),
            Self::KeyName => f.write_str("the name of the key is empty or has a space or a plus"),
            Self::KeyType => f.write_str("the key is not of the type wanted here"),
            Self::KeyId => f.write_str("the id of the key does not fit its name and its bytes"),
            Self::Key(fault) => write!(f, "the key {fault}"),
        }
    }
}

impl std::error::Error for NoteFault {}

/// A key that signs notes: a name and an Ed25519 key, for signatures of type 0x01 over the text.
pub type NoteKey = VerifierKey<ED25519>;

/// A key that cosigns notes with the time, for signatures of type 0x04.
///
/// A cosignature does not commit to the cosigner's name: each role of a cosigner must have a key of its own.
pub type CosignatureKey = VerifierKey<ED25519_COSIGNATURE>;

/// A named Ed25519 key for signatures of the type `KIND`; the type is part of the id, so keys of two kinds never mix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey<const KIND: u8> {
    name: String,
    id: [u8; 4],
    key: PublicKey,
}

impl<const KIND: u8> VerifierKey<KIND> {
    /// Makes the key; refuses a name that cannot stand on a signature line.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteFault> {
        if !is_key_name(name) {
            return Err(NoteFault::KeyName);
        }
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, KIND, &key),
            key,
        })
    }

    /// Parses `name+id+key`: the id as eight lowercase hexadecimal digits, the key as base64 of its type and 32 bytes.
    pub fn parse_vkey(vkey: &str) -> Result<Self, NoteFault> {
        // A name has no plus, base64 may have some.
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::KeyForm);
        };
        let id = lower_hex::<4>(id).ok_or(NoteFault::KeyForm)?;
        let bytes = decode_base64(key).ok_or(NoteFault::KeyForm)?;
        let (kind, key) = bytes.split_first().ok_or(NoteFault::KeyForm)?;
        if *kind != KIND {
            return Err(NoteFault::KeyType);
        }
        let key: &[u8; 32] = key.try_into().map_err(|_| NoteFault::KeyForm)?;
        let parsed = Self::new(name, PublicKey::from_bytes(key).map_err(NoteFault::Key)?)?;
        if parsed.id == id {
            Ok(parsed)
        } else {
            Err(NoteFault::KeyId)
        }
    }

    /// Returns the text that [`Self::parse_vkey`] reads.
    pub fn vkey(&self) -> String {
        let id = u32::from_be_bytes(self.id);
        let mut bytes = vec![KIND];
        bytes.extend(self.key.to_bytes());
        format!("{}+{id:08x}+{}", self.name, STANDARD.encode(bytes))
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    fn is_named_by(&self, line: &SignatureLine<'_>) -> bool {
        line.name == self.name && line.id == self.id
    }
}

impl CosignatureKey {
    /// Returns the latest time, in seconds since 1970, at which this key cosigned the note; nothing if it did not.
    ///
    /// A line that claims to be of this key and is not, or that bears a time above 2^63 - 1, is a
    /// [`NoteFault::FalseSignature`].
    pub fn verify(&self, note: &SignedNote<'_>) -> Result<Option<u64>, NoteFault> {
        Ok(self.times(note)?.into_iter().max())
    }

    /// Returns the time of each line of this key on the note; the same faults as [`Self::verify`].
    pub fn times(&self, note: &SignedNote<'_>) -> Result<Vec<u64>, NoteFault> {
        let lines = note.signatures.iter().filter(|line| self.is_named_by(line));
        let times = lines.map(|line| {
            let time = self.time_of(note.text, &line.signature);
            time.ok_or_else(|| NoteFault::FalseSignature(line.name.to_owned()))
        });
        times.collect()
    }

    fn time_of(&self, text: &str, signature: &[u8]) -> Option<u64> {
        let (time, signature) = signature.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        i64::try_from(time).ok()?;
        let signature = Signature(signature.try_into().ok()?);
        self.key
            .verifies(&cosigned_message(text, time), &signature)
            .then_some(time)
    }
}

/// Says whether `name` can name a key: not empty, without Unicode spaces, plus signs and characters below U+0020.
///
/// Other control characters are allowed, as in signed-note: a line under a name that nobody knows must not spoil a note.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

fn key_id(name: &str, kind: u8, key: &PublicKey) -> [u8; 4] {
    let Hash([a, b, c, d, ..]) = Hash::of(&[name.as_bytes(), b"\n", &[kind], &key.to_bytes()]);
    [a, b, c, d]
}

/// Decodes base64 of the standard alphabet: padded, unused bits zero, nothing else in between.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Returns the signature line, line feed included, of `key` under `name` over `text`.
///
/// `text` must end with a line feed and `name` be one that [`NoteKey::new`] accepts.
pub fn sign_line(text: &str, name: &str, key: &SecretKey) -> String {
    let id = key_id(name, ED25519, &key.public());
    signature_line(name, id, &key.sign(text.as_bytes()).0)
}

/// Returns the cosignature line, line feed included, of `key` under `name` over `text` at `time`.
///
/// `time` is in seconds since 1970, at most 2^63 - 1. `text` must end with a line feed and `name` be one that
/// [`CosignatureKey::new`] accepts.
pub fn cosign_line(text: &str, name: &str, key: &SecretKey, time: u64) -> String {
    let id = key_id(name, ED25519_COSIGNATURE, &key.public());
    let mut signature = time.to_be_bytes().to_vec();
    signature.extend(key.sign(&cosigned_message(text, time)).0);
    signature_line(name, id, &signature)
}

fn cosigned_message(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

fn signature_line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    let mut bytes = id.to_vec();
    bytes.extend(signature);
    format!("\u{2014} {name} {}\n", STANDARD.encode(bytes))
}

/// A note taken apart, its signatures not yet verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedNote<'a> {
    text: &'a str,
    signatures: Vec<SignatureLine<'a>>,
}

/// One signature line.
#[derive(Clone, PartialEq, Eq, Debug)]
struct SignatureLine<'a> {
    name: &'a str,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A note of which at least one known key signed the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened<'a> {
    /// The text, its last line feed included.
    pub text: &'a str,
    /// The names of the known keys that signed, each once, in the order of the lines.
    pub verified: Vec<&'a str>,
}

impl<'a> SignedNote<'a> {
    /// Takes a note apart; refuses every deviation from the format.
    pub fn parse(note: &'a str) -> Result<Self, NoteFault> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteFault::TooLong);
        }
        if note.bytes().any(|b| b < b' ' && b != b'\n') {
            return Err(NoteFault::ControlCharacter);
        }
        let lines = note.strip_suffix('\n').ok_or(NoteFault::Unterminated)?;
        // Nothing after the empty line leaves the note without the second of these two line feeds.
        let divide = note.rfind("\n\n").ok_or(NoteFault::Undivided)?;
        let (text, lines) = (
            &note[..=divide],
            lines.get(divide + 2..).unwrap_or_default(),
        );
        if lines.is_empty() {
            return Err(NoteFault::Unsigned);
        }
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == NOTE_SIGNATURES_MAX {
                return Err(NoteFault::TooManySignatures);
            }
            let parsed = SignatureLine::parse(line).ok_or(NoteFault::SignatureLine(index + 1))?;
            signatures.push(parsed);
        }
        Ok(Self { text, signatures })
    }

    /// Returns the text that is signed, its last line feed included; not to be believed before a signature is verified.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the names on the signature lines, each once, in their order; nobody has verified them.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for line in &self.signatures {
            if !names.contains(&line.name) {
                names.push(line.name);
            }
        }
        names
    }

    /// Verifies the signatures of `keys`.
    ///
    /// Lines of other keys are ignored. A line of a known key that does not verify makes the whole note refused, and so
    /// does the absence of any line of a known key.
    pub fn verify(&self, keys: &[NoteKey]) -> Result<Opened<'a>, NoteFault> {
        let mut verified = Vec::new();
        for line in &self.signatures {
            let mut claimed = keys.iter().filter(|key| key.is_named_by(line)).peekable();
            if claimed.peek().is_none() {
                continue;
            }
            // Two known keys can share a name and an id by a collision; one of them must have signed.
            if !claimed.any(|key| line.is_by(key.key(), self.text)) {
                return Err(NoteFault::FalseSignature(line.name.to_owned()));
            }
            if !verified.contains(&line.name) {
                verified.push(line.name);
            }
        }
        if verified.is_empty() {
            return Err(NoteFault::NoKnownSignature);
        }
        Ok(Opened {
            text: self.text,
            verified,
        })
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = decode_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        let well_formed = is_key_name(name) && !signature.is_empty();
        well_formed.then(|| Self {
            name,
            id: *id,
            signature: signature.to_vec(),
        })
    }

    fn is_by(&self, key: &PublicKey, text: &str) -> bool {
        let signature = self.signature.as_slice().try_into().map(Signature);
        signature.is_ok_and(|signature| key.verifies(text.as_bytes(), &signature))
    }
}

/// Parses `note` and verifies it: [`SignedNote::parse`] and then [`SignedNote::verify`].
pub fn open<'a>(note: &'a str, keys: &[NoteKey]) -> Result<Opened<'a>, NoteFault> {
    SignedNote::parse(note)?.verify(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the documentation of Go's package golang.org/x/mod/sumdb/note.
    const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf\
        qdngotpRZb6KE6RyyBwJnAM=\n";

    const TEXT: &str = "a text\n\nof two paragraphs\n";

    fn secret(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn known(name: &str, seed: u8) -> NoteKey {
        NoteKey::new(name, secret(seed).public()).unwrap()
    }

    fn line(name: &str, seed: u8) -> String {
        sign_line(TEXT, name, &secret(seed))
    }

    #[test]
    fn the_note_of_the_go_documentation_opens_and_is_made_again() {
        let key = NoteKey::parse_vkey(GO_VKEY).unwrap();
        assert_eq!(key.vkey(), GO_VKEY);
        let opened = open(GO_NOTE, std::slice::from_ref(&key)).unwrap();
        assert_eq!(opened.verified, ["PeterNeumann"]);
        let seed = decode_base64(GO_SECRET).unwrap();
        let seed: &[u8; 32] = seed[1..].try_into().unwrap();
        let line = sign_line(opened.text, "PeterNeumann", &SecretKey::from_seed(seed));
        assert_eq!(format!("{}\n{line}", opened.text), GO_NOTE);
    }

    #[test]
    fn keys_in_use_elsewhere_parse_and_print_the_same() {
        for vkey in [
            "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
            "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        ] {
            assert_eq!(NoteKey::parse_vkey(vkey).unwrap().vkey(), vkey);
            assert_eq!(CosignatureKey::parse_vkey(vkey), Err(NoteFault::KeyType));
        }
        let vkey = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
        assert_eq!(CosignatureKey::parse_vkey(vkey).unwrap().vkey(), vkey);
        assert_eq!(NoteKey::parse_vkey(vkey), Err(NoteFault::KeyType));
    }

    #[test]
    fn malformed_keys_are_refused() {
        let key = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let identity = STANDARD.encode([&[1, 1][..], &[0; 31]].concat());
        let cases = [
            (String::new(), NoteFault::KeyForm),
            ("name+c74f20a3".to_owned(), NoteFault::KeyForm),
            (format!("PeterNeumann+C74F20A3+{key}"), NoteFault::KeyForm),
            (format!("PeterNeumann+c74f20a+{key}"), NoteFault::KeyForm),
            (format!("PeterNeumann+c74f20a3+{key}="), NoteFault::KeyForm),
            (format!("PeterNeumann+c74f20a3+{key}\n"), NoteFault::KeyForm),
            (
                format!("PeterNeumann+c74f20a3+{}", &key[..40]),
                NoteFault::KeyForm,
            ),
            ("PeterNeumann+c74f20a3+".to_owned(), NoteFault::KeyForm),
            (format!("PeterNeumann+c74f20a4+{key}"), NoteFault::KeyId),
            (format!("Peter+c74f20a3+{key}"), NoteFault::KeyId),
            (format!("+c74f20a3+{key}"), NoteFault::KeyName),
            (format!("Peter Neumann+c74f20a3+{key}"), NoteFault::KeyName),
            (format!("Peter\u{2003}N+c74f20a3+{key}"), NoteFault::KeyName),
            (
                format!("a+00000000+{identity}"),
                NoteFault::Key(KeyFault::LowOrder),
            ),
        ];
        for (vkey, fault) in cases {
            assert_eq!(NoteKey::parse_vkey(&vkey), Err(fault), "{vkey:?}");
        }
    }

    #[test]
    fn the_text_ends_at_the_last_empty_line() {
        let note = format!("{TEXT}\n{}", line("a", 1));
        assert_eq!(open(&note, &[known("a", 1)]).unwrap().text, TEXT);
    }

    #[test]
    fn unknown_keys_are_ignored_even_when_they_share_a_name_or_an_id() {
        let id_of_a = &line("a", 1)["\u{2014} a ".len()..];
        let shared_id = format!("\u{2014} b {id_of_a}");
        let note = format!("{TEXT}\n{}{shared_id}{}", line("a", 2), line("a", 1));
        let opened = open(&note, &[known("a", 1), known("b", 1)]).unwrap();
        assert_eq!(opened.verified, ["a"]);
        assert_eq!(
            open(&note, &[known("c", 1)]),
            Err(NoteFault::NoKnownSignature)
        );
        assert_eq!(open(&note, &[]), Err(NoteFault::NoKnownSignature));
    }

    #[test]
    fn a_false_signature_of_a_known_key_refuses_the_whole_note() {
        let other = sign_line("another text\n", "b", &secret(2));
        let note = format!("{TEXT}\n{}{other}", line("a", 1));
        let refused = Err(NoteFault::FalseSignature("b".to_owned()));
        assert_eq!(open(&note, &[known("a", 1), known("b", 2)]), refused);
        assert!(open(&note, &[known("a", 1)]).is_ok());
        // A known name and id with a signature of another length is false as well.
        let id = known("a", 1).id;
        for length in [1, 63, 65, 72] {
            let odd = signature_line("a", id, &vec![0; length]);
            let note = format!("{TEXT}\n{odd}{}", line("a", 1));
            let refused = Err(NoteFault::FalseSignature("a".to_owned()));
            assert_eq!(open(&note, &[known("a", 1)]), refused);
        }
    }

    #[test]
    fn up_to_64_signatures_are_read_and_a_key_counts_once() {
        let note = |count: u8| {
            let strangers: String = (0..count - 2).map(|n| line("s", 100 + n)).collect();
            format!("{TEXT}\n{strangers}{}{}", line("a", 1), line("a", 1))
        };
        for count in [2, 16, 17, 64] {
            assert_eq!(
                open(&note(count), &[known("a", 1)]).unwrap().verified,
                ["a"]
            );
        }
        assert_eq!(
            open(&note(65), &[known("a", 1)]),
            Err(NoteFault::TooManySignatures)
        );
    }

    #[test]
    fn deviations_from_the_format_are_refused() {
        let good = line("a", 1);
        let signature = good["\u{2014} a ".len()..].trim_end();
        let long = format!("{}\n\n{good}", "x".repeat(NOTE_BYTES_MAX));
        let cases = [
            (String::new(), NoteFault::Unterminated),
            ("\n".to_owned(), NoteFault::Undivided),
            (format!("\n{good}"), NoteFault::Undivided),
            (format!("{good}{good}"), NoteFault::Undivided),
            ("text\n\n".to_owned(), NoteFault::Unsigned),
            ("text\n\n\n".to_owned(), NoteFault::Unsigned),
            (format!("text\n\n{good}\n"), NoteFault::Unsigned),
            (
                format!("text\n\n{}", good.trim_end()),
                NoteFault::Unterminated,
            ),
            (format!("text\r\n\n{good}"), NoteFault::ControlCharacter),
            (format!("te\txt\n\n{good}"), NoteFault::ControlCharacter),
            (format!("text\0\n\n{good}"), NoteFault::ControlCharacter),
            (long, NoteFault::TooLong),
        ];
        for (note, fault) in cases {
            assert_eq!(SignedNote::parse(&note), Err(fault), "{note:.80?}");
        }
        for bad in [
            format!("- a {signature}"),
            format!("\u{2014}  a {signature}"),
            format!("\u{2014} a  {signature}"),
            format!("\u{2014} a {signature} "),
            format!("\u{2014} a+b {signature}"),
            format!("\u{2014} a\u{2003}b {signature}"),
            format!("\u{2014} {signature}"),
            "\u{2014} a".to_owned(),
            "\u{2014} a ".to_owned(),
            "\u{2014} a AAAAAA==".to_owned(),
            format!("\u{2014} a {}", signature.trim_end_matches('=')),
            "\u{2014} a AAAAAAB=".to_owned(),
            "stray".to_owned(),
        ] {
            let note = format!("text\n\n{good}{bad}\n");
            assert_eq!(
                SignedNote::parse(&note),
                Err(NoteFault::SignatureLine(2)),
                "{bad}"
            );
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(decode_base64("AAAAAAA="), Some(vec![0; 5]));
        for other in [
            "AAAAAAA",
            "AAAAAAB=",
            "AAAAAAA==",
            "AAAA AAA=",
            "AAAAAAA=\n",
            "AAAA-_A=",
        ] {
            assert_eq!(decode_base64(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_cosignature_gives_its_time_and_the_latest_of_several() {
        let key = CosignatureKey::new("w", secret(4).public()).unwrap();
        let cosigned = |times: &[u64]| {
            let lines: String = times
                .iter()
                .map(|time| cosign_line(TEXT, "w", &secret(4), *time))
                .collect();
            format!("{TEXT}\n{}{lines}", line("w", 4))
        };
        let time_in = |note: &str| key.verify(&SignedNote::parse(note).unwrap());
        assert_eq!(time_in(&cosigned(&[])), Ok(None));
        assert_eq!(
            time_in(&cosigned(&[1_727_964_367])),
            Ok(Some(1_727_964_367))
        );
        assert_eq!(time_in(&cosigned(&[7, 9, 8])), Ok(Some(9)));
        let greatest = i64::MAX.unsigned_abs();
        assert_eq!(time_in(&cosigned(&[greatest])), Ok(Some(greatest)));
        let refused = Err(NoteFault::FalseSignature("w".to_owned()));
        assert_eq!(time_in(&cosigned(&[7, greatest + 1])), refused);
        assert_eq!(time_in(&cosigned(&[7]).replace("two", "too")), refused);
    }

    #[test]
    fn a_cosignature_line_is_76_bytes_and_signs_the_time_as_text() {
        let line = cosign_line(TEXT, "w", &secret(4), 1_679_315_147);
        let bytes = decode_base64(line["\u{2014} w ".len()..].trim_end()).unwrap();
        assert_eq!(bytes.len(), 76);
        assert_eq!(bytes[4..12], 1_679_315_147_u64.to_be_bytes());
        let message = format!("cosignature/v1\ntime 1679315147\n{TEXT}");
        let signature = Signature(bytes[12..].try_into().unwrap());
        assert!(secret(4).public().verifies(message.as_bytes(), &signature));
        // A plain signature of the same key is of another id and no cosignature.
        let plain = NoteKey::new("w", secret(4).public()).unwrap();
        assert_ne!(bytes[..4], plain.id);
    }
}
