//! Checkpoints (C2SP tlog-checkpoint v1.0.0): the signed statement that a log has so many entries and this root.
//!
//! Separate from `note` because the text of a note can be anything and this is the one text the registry signs. The
//! specification allows further lines in a checkpoint; they are refused here, since what a cosigner signs without
//! reading it is not worth signing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::primitives::crypto::{Hash, SecretKey};

use super::note::{NoteFault, NoteKey, SignedNote, decode_base64, sign_line};

/// The size and the root of a log at some moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The name of the log; ours is the name of its key too, a URL without its scheme.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why a text is not a checkpoint of the log that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CheckpointFault {
    /// The note around the checkpoint is refused.
    Note(NoteFault),
    /// There are fewer than three lines, or the third does not end with a line feed.
    Incomplete,
    /// There are lines after the third.
    Extended,
    /// The first line is empty or has a control character.
    Origin,
    /// The second line is not a decimal number below 2^64 in its shortest form.
    Size,
    /// The third line is not base64 of 32 bytes.
    Root,
    /// The checkpoint is of another log, whose origin this is.
    OtherLog(String),
}

impl fmt::Display for CheckpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(fault) => fmt::Display::fmt(fault, f),
            Self::Incomplete => f.write_str("the checkpoint has fewer than three lines"),
            Self::Extended => f.write_str("the checkpoint has more than three lines"),
            Self::Origin => {
                f.write_str("the origin of the checkpoint is empty or has a control character")
            }
            Self::Size => f.write_str("the size in the checkpoint is not a plain decimal number"),
            Self::Root => f.write_str("the root in the checkpoint is not base64 of 32 bytes"),
            Self::OtherLog(origin) => write!(f, "the checkpoint is of another log, {origin}"),
        }
    }
}

impl std::error::Error for CheckpointFault {}

impl From<NoteFault> for CheckpointFault {
    fn from(fault: NoteFault) -> Self {
        Self::Note(fault)
    }
}

impl Checkpoint {
    /// Returns the three lines that are signed.
    pub fn to_text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        )
    }

    /// Parses exactly what [`Self::to_text`] writes.
    ///
    /// The origin can be any line: the specification recommends the form of a URL and forbids readers to rely on it.
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let mut lines = text.splitn(4, '\n');
        let (Some(origin), Some(size), Some(root), Some(rest)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointFault::Incomplete);
        };
        if !rest.is_empty() {
            return Err(CheckpointFault::Extended);
        }
        if origin.is_empty() || origin.bytes().any(|b| b < b' ') {
            return Err(CheckpointFault::Origin);
        }
        let size = decimal(size).ok_or(CheckpointFault::Size)?;
        let root = decode_base64(root).and_then(|bytes| bytes.try_into().ok());
        let root = Hash(root.ok_or(CheckpointFault::Root)?);
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Returns the whole note, signed under the name of the origin.
    ///
    /// The origin must be one that [`NoteKey::new`] accepts. Signatures of further keys and cosignatures are lines that can
    /// be put at the end.
    pub fn sign(&self, key: &SecretKey) -> String {
        self.sign_all(&[key])
    }

    /// Returns the whole note, signed by several keys under the name of the origin; a log that changes its key has two.
    pub fn sign_all(&self, keys: &[&SecretKey]) -> String {
        let text = self.to_text();
        let line = |key: &&SecretKey| sign_line(&text, &self.origin, key);
        let lines: String = keys.iter().map(line).collect();
        format!("{text}\n{lines}")
    }

    /// Opens a signed checkpoint of the log `origin`.
    ///
    /// Of `keys` only those named `origin` count: a key that is trusted for one log must not speak for another. Several of
    /// them may, while a log changes its key.
    pub fn open(note: &str, keys: &[NoteKey], origin: &str) -> Result<Self, CheckpointFault> {
        let note = SignedNote::parse(note)?;
        // The fault to report for a checkpoint of another log is that, not that its signature is unknown.
        let claimed = Self::parse(note.text())?;
        if claimed.origin != origin {
            return Err(CheckpointFault::OtherLog(claimed.origin));
        }
        let keys: Vec<NoteKey> = keys
            .iter()
            .filter(|key| key.name() == origin)
            .cloned()
            .collect();
        note.verify(&keys)?;
        Ok(claimed)
    }
}

/// Parses a decimal number without sign and without leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let shortest = text == "0" || !text.starts_with('0');
    if digits && shortest {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::cosign_line;
    use crate::ledger::tree::empty_root;

    const ORIGIN: &str = "log.example/rights";
    const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.to_owned(),
            size: 1_234_067,
            root: empty_root(),
        }
    }

    fn key(name: &str, seed: u8) -> (SecretKey, NoteKey) {
        let secret = SecretKey::from_seed(&[seed; 32]);
        let key = NoteKey::new(name, secret.public()).unwrap();
        (secret, key)
    }

    #[test]
    fn the_text_is_three_lines_and_parses_back() {
        let text = checkpoint().to_text();
        assert_eq!(text, format!("{ORIGIN}\n1234067\n{ROOT}\n"));
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint()));
        let largest = Checkpoint {
            size: u64::MAX,
            ..checkpoint()
        };
        assert_eq!(Checkpoint::parse(&largest.to_text()), Ok(largest));
    }

    #[test]
    fn sizes_have_one_spelling() {
        for size in [
            "",
            "01",
            "00",
            "+1",
            "-0",
            "1 ",
            " 1",
            "0x1",
            "1_000",
            "18446744073709551616",
            "１",
        ] {
            let text = format!("{ORIGIN}\n{size}\n{ROOT}\n");
            assert_eq!(
                Checkpoint::parse(&text),
                Err(CheckpointFault::Size),
                "{size:?}"
            );
        }
        assert_eq!(
            Checkpoint::parse(&format!("{ORIGIN}\n0\n{ROOT}\n"))
                .unwrap()
                .size,
            0
        );
    }

    #[test]
    fn roots_are_padded_base64_of_32_bytes_with_one_spelling() {
        let unpadded = ROOT.trim_end_matches('=');
        // The same 32 bytes with an unused bit set.
        let loose = ROOT.replace("U=", "V=");
        let short = STANDARD.encode([0; 31]);
        let long = STANDARD.encode([0; 33]);
        let url_safe = ROOT.replace('+', "-").replace('/', "_");
        for root in [
            "",
            unpadded,
            &loose,
            &short,
            &long,
            &url_safe,
            &format!("{ROOT} "),
        ] {
            let text = format!("{ORIGIN}\n1\n{root}\n");
            assert_eq!(
                Checkpoint::parse(&text),
                Err(CheckpointFault::Root),
                "{root:?}"
            );
        }
    }

    #[test]
    fn more_and_fewer_lines_are_refused() {
        let text = checkpoint().to_text();
        for more in ["extension\n", "\n", "x"] {
            let extended = format!("{text}{more}");
            assert_eq!(Checkpoint::parse(&extended), Err(CheckpointFault::Extended));
        }
        for fewer in ["", "\n", ORIGIN, "a\n1\n", text.trim_end()] {
            assert_eq!(
                Checkpoint::parse(fewer),
                Err(CheckpointFault::Incomplete),
                "{fewer:?}"
            );
        }
    }

    #[test]
    fn an_origin_is_any_line_without_control_characters() {
        let text = |origin: &str| format!("{origin}\n1\n{ROOT}\n");
        for origin in ["", "a\r", "\t", "a\0"] {
            let refused = Err(CheckpointFault::Origin);
            assert_eq!(Checkpoint::parse(&text(origin)), refused, "{origin:?}");
        }
        // The checksum database of Go has such a name; its key has another.
        for origin in ["go.sum database tree", "a+b", "a\u{a0}b"] {
            let parsed = Checkpoint::parse(&text(origin)).unwrap();
            assert_eq!(parsed.to_text(), text(origin));
        }
    }

    #[test]
    fn a_signed_checkpoint_opens_with_its_key_and_with_cosignatures() {
        let (secret, known) = key(ORIGIN, 1);
        let mut note = checkpoint().sign(&secret);
        note.push_str(&cosign_line(
            &checkpoint().to_text(),
            "w.example",
            &secret,
            5,
        ));
        let keys = [known];
        assert_eq!(Checkpoint::open(&note, &keys, ORIGIN), Ok(checkpoint()));
        let forged = note.replace("1234067", "1234068");
        let refused = Err(NoteFault::FalseSignature(ORIGIN.to_owned()).into());
        assert_eq!(Checkpoint::open(&forged, &keys, ORIGIN), refused);
    }

    #[test]
    fn old_and_new_key_open_alike_while_a_log_changes_its_key() {
        let ((old_secret, old), (new_secret, new)) = (key(ORIGIN, 1), key(ORIGIN, 2));
        let mut note = checkpoint().sign(&old_secret);
        note.push_str(&sign_line(&checkpoint().to_text(), ORIGIN, &new_secret));
        for keys in [vec![old.clone()], vec![new.clone()], vec![new, old]] {
            assert_eq!(Checkpoint::open(&note, &keys, ORIGIN), Ok(checkpoint()));
        }
    }

    #[test]
    fn another_log_is_refused_and_its_key_does_not_speak_for_this_one() {
        let (other_secret, other) = key("other.example", 3);
        let note = checkpoint().sign(&other_secret);
        let text = checkpoint().to_text();
        let named = format!(
            "{text}\n{}",
            sign_line(&text, "other.example", &other_secret)
        );
        let unknown = Err(CheckpointFault::Note(NoteFault::NoKnownSignature));
        let keys = [other];
        assert_eq!(Checkpoint::open(&note, &keys, ORIGIN), unknown);
        assert_eq!(Checkpoint::open(&named, &keys, ORIGIN), unknown);
        let fault = CheckpointFault::OtherLog(ORIGIN.to_owned());
        assert_eq!(Checkpoint::open(&named, &keys, "other.example"), Err(fault));
    }
}
