//! Files outside the data folder that are replaced whole: the old bytes or the new ones are there, whatever happens.
//!
//! Separate from the database because being elsewhere is their purpose.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::primitives::crypto::Hash;
use crate::store::StoreFault;

/// How the last line of a file of lines begins; a number that stands for all others follows.
const END: &str = "end ";
/// The longest line, its end included: a record of a log entry's size, escaped, with its history.
const LINE_BYTES_MAX: u64 = 1 << 20;
const BUFFER_BYTES: usize = 1 << 20;

/// Refuses a place inside the data folder, where a restored copy would bring its own file along.
pub(super) fn refuse_inside(path: &Path, folder: &Path) -> Result<(), StoreFault> {
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    };
    let real = |path: &Path| {
        fs::canonicalize(path)
            .map_err(|error| StoreFault::Storage(format!("{}: {error}", path.display())))
    };
    if fs::exists(folder).unwrap_or(false) && real(parent)?.starts_with(real(folder)?) {
        return Err(StoreFault::Misplaced(path.to_owned()));
    }
    Ok(())
}

/// Writes a file beside another, syncs it and puts it in its place; returns when the new one is on the disk.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&File) -> io::Result<()>,
) -> Result<(), StoreFault> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = File::create(&beside)
        .and_then(|file| {
            write(&file)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| match path.parent() {
            // The new name must be on the disk too, not only the bytes.
            Some(parent) if parent != Path::new("") => File::open(parent)?.sync_all(),
            Some(_) | None => File::open(".")?.sync_all(),
        });
    written.map_err(|error| StoreFault::Storage(format!("{}: {error}", path.display())))
}

/// A file of lines, which may not be there yet. Its last line shows damage of any other; it proves nothing about who wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineFile {
    path: PathBuf,
}

/// Why a file of lines was not read.
#[derive(Debug)]
pub enum LineFault {
    /// The disk refused.
    Disk(io::Error),
    /// It is not as it was written; why.
    Damaged(&'static str),
}

impl LineFile {
    /// Names the file; refuses a place inside the data folder.
    pub fn outside(path: &Path, folder: &Path) -> Result<Self, StoreFault> {
        refuse_inside(path, folder)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the file; returns when the new one is on the disk.
    pub fn write(&self, lines: impl Iterator<Item = String>) -> Result<(), StoreFault> {
        replace(&self.path, |file| {
            let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
            let mut digest = Hash::of(&[]);
            for line in lines {
                digest = digest_after(&digest, &line);
                out.write_all(line.as_bytes())?;
                out.write_all(b"\n")?;
            }
            writeln!(out, "{END}{digest}")?;
            out.flush()
        })
    }

    /// Gives every line but the last to `take`, after all of them were found as they were written; says whether there is a file.
    pub fn read<E: From<LineFault>>(
        &self,
        take: &mut dyn FnMut(&str) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(cause) => return Err(LineFault::Disk(cause).into()),
        };
        let mut digest = Hash::of(&[]);
        let end = walk::<LineFault>(&file, &mut |line| {
            digest = digest_after(&digest, line);
            Ok(())
        })?;
        if end != digest.to_string() {
            return Err(LineFault::Damaged("its last line does not belong to the others").into());
        }
        let begin = file.rewind();
        begin.map_err(LineFault::Disk)?;
        walk(&file, take)?;
        Ok(true)
    }
}

/// Reads line by line, and returns what the last one says of the others.
fn walk<E: From<LineFault>>(
    file: &File,
    take: &mut dyn FnMut(&str) -> Result<(), E>,
) -> Result<String, E> {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut line = String::new();
    let end = loop {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_line(&mut line);
        read.map_err(|cause| match cause.kind() {
            io::ErrorKind::InvalidData => LineFault::Damaged("it is not text"),
            _ => LineFault::Disk(cause),
        })?;
        let cut = LineFault::Damaged("it is cut off");
        let text = line.strip_suffix('\n').ok_or(cut)?;
        if let Some(end) = text.strip_prefix(END) {
            break end.to_owned();
        }
        take(text)?;
    };
    let rest = reader.fill_buf().map_err(LineFault::Disk)?;
    if rest.is_empty() {
        Ok(end)
    } else {
        Err(LineFault::Damaged("something stands behind its end").into())
    }
}

fn digest_after(before: &Hash, line: &str) -> Hash {
    Hash::of(&[before.as_bytes(), line.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_and_no_byte_of_the_file_can_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let file = LineFile::outside(&path, &folder.path().join("data")).unwrap();
        let read = || {
            let mut lines = Vec::new();
            file.read::<LineFault>(&mut |line| {
                lines.push(line.to_owned());
                Ok(())
            })
            .map(|is_there| is_there.then_some(lines))
        };
        assert_eq!(read().unwrap(), None);
        let lines = ["one", "", "three"].map(str::to_owned);
        file.write(lines.iter().cloned()).unwrap();
        assert_eq!(read().unwrap().unwrap(), lines);
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(matches!(read(), Err(LineFault::Damaged(_))), "{at}");
            fs::write(&path, &bytes[..at]).unwrap();
            assert!(matches!(read(), Err(LineFault::Damaged(_))), "cut at {at}");
        }
        fs::write(&path, [bytes.as_slice(), b"x"].concat()).unwrap();
        assert!(matches!(read(), Err(LineFault::Damaged(_))));
        file.write(lines.iter().take(1).cloned()).unwrap();
        assert_eq!(read().unwrap().unwrap(), ["one"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
