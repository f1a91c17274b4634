//! A replay on the disk, so that a restart goes on from it: lines, and under them the auditor's own seal.
//!
//! The file is put in place in one step and believed only if the seal is genuine, every line can be read, and what the lines
//! give is what the auditor's copy of the log says (`verify::saved`). On any doubt it is thrown away and the log is replayed
//! from its first entry; so the file can save time and nothing else.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::primitives::crypto::Hash;
use crate::verify::replay::Replay;
use crate::verify::saved::{Restoring, digest_after, lines};
use crate::witness::book::{BookFault, put};
use crate::witness::cosigner::Cosigner;
use crate::witness::transcript::Transcript;

const STATE_NAME: &str = "state";
/// How the last line begins; the signature follows.
const SEAL: &str = "seal ";
/// The longest line: a record of a log entry's size, escaped, with its history.
const LINE_BYTES_MAX: u64 = 1 << 20;
const BUFFER_BYTES: usize = 1 << 20;

/// What is sealed: the purpose, the log, and every line.
fn sealed_text(origin: &str, digest: &Hash) -> String {
    format!("greenlien/audited-state/v1\n{origin}\n{digest}\n")
}

fn path(folder: &Path) -> PathBuf {
    folder.join(STATE_NAME)
}

/// Writes a replay that stands after a state entry; one that does not is not written.
pub(crate) fn keep(
    folder: &Path,
    origin: &str,
    replay: &Replay,
    cosigner: &Cosigner,
) -> Result<(), BookFault> {
    let Some(lines) = lines(replay) else {
        return Ok(());
    };
    let path = path(folder);
    let written = put(&path, |file| {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut digest = Hash::of(&[]);
        for line in lines {
            digest = digest_after(&digest, &line);
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        let seal = cosigner.seal(&sealed_text(origin, &digest));
        writeln!(out, "{SEAL}{seal}")?;
        out.flush()
    });
    written.map_err(|cause| BookFault::Disk(path, cause))
}

/// Reads the replay back, if there is one to go on from.
pub(crate) fn go_on(
    transcript: &Transcript,
    origin: &str,
    cosigner: &Cosigner,
) -> Result<Option<Replay>, BookFault> {
    let path = path(transcript.folder());
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(BookFault::Disk(path, cause)),
    };
    match read(file, transcript, origin, cosigner) {
        Ok(replay) => Ok(Some(replay)),
        Err(doubt) => {
            let shown = path.display();
            tracing::warn!(
                "{shown}: {doubt}; it is thrown away, and the log is replayed from entry 0"
            );
            std::fs::remove_file(&path).map_err(|cause| BookFault::Disk(path, cause))?;
            Ok(None)
        }
    }
}

fn read(
    file: File,
    transcript: &Transcript,
    origin: &str,
    cosigner: &Cosigner,
) -> Result<Replay, String> {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let (mut restoring, mut digest) = (Restoring::default(), Hash::of(&[]));
    let mut line = String::new();
    let seal = loop {
        line.clear();
        let mut limited = io::Read::take(&mut reader, LINE_BYTES_MAX);
        let read = limited.read_line(&mut line);
        read.map_err(|cause| cause.to_string())?;
        let text = line.strip_suffix('\n').ok_or("it ends without a seal")?;
        if let Some(seal) = text.strip_prefix(SEAL) {
            break seal.to_owned();
        }
        restoring.take(text).map_err(|doubt| doubt.to_string())?;
        digest = digest_after(&digest, text);
    };
    let rest = reader.fill_buf().map_err(|cause| cause.to_string())?;
    if !rest.is_empty() || !cosigner.has_sealed(&sealed_text(origin, &digest), &seal) {
        return Err("the seal is not genuine".to_owned());
    }
    restoring
        .finish(transcript)
        .map_err(|doubt| doubt.to_string())
}
