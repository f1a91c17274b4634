//! Reading and writing the files a user names, with limits, and with failures that name the file.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::primitives::canonical::Json;

/// Reads a file of at most `bytes_max` bytes; `-` is standard input.
pub fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let fault = |fault: io::Error| {
        Failure::refused(fault.to_string())
            .of(path.display())
            .hint("check the path and who may read it")
    };
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(fault)?;
    } else {
        File::open(path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(fault)?;
    }
    if bytes.len() > bytes_max {
        let message = format!("is larger than {bytes_max} bytes");
        return Err(Failure::refused(message)
            .of(path.display())
            .hint("check that it is the file you mean"));
    }
    Ok(bytes)
}

/// Reads a text file of at most `bytes_max` bytes.
pub fn read_text(path: &Path, bytes_max: usize) -> Result<String, Failure> {
    String::from_utf8(read(path, bytes_max)?).map_err(|_| {
        let failure = Failure::refused("is not UTF-8 text").of(path.display());
        failure.hint("check that it is the file you mean, or save it as UTF-8")
    })
}

/// Reads a JSON file of the registry's profile, of at most `bytes_max` bytes.
pub fn read_json(path: &Path, bytes_max: usize) -> Result<Json, Failure> {
    Json::parse(&read(path, bytes_max)?).map_err(|fault| {
        Failure::refused(fault.to_string())
            .of(path.display())
            .hint("numbers are integers, quantities are strings such as \"80.5\", nothing is null")
    })
}

/// Writes a file that is not there yet.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|fault| not_written(path, &fault))
}

/// Writes a file in one step: whoever reads it sees the old bytes or the new ones, never a part.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = beside(path);
    let written = File::create(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|fault| {
        // What is left of the new file is of no use; that removing fails too adds nothing to the first cause.
        drop(fs::remove_file(&beside));
        not_written(path, &fault)
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn not_written(path: &Path, fault: &io::Error) -> Failure {
    let failure = Failure::refused(format!("not written: {fault}")).of(path.display());
    match fault.kind() {
        io::ErrorKind::AlreadyExists => {
            failure.hint("name another file, or move the old one away first")
        }
        _ => failure.hint("check that its folder exists, is yours and has room"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_new_one_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("draft.json");
        write_new(&path, b"1").unwrap();
        assert!(write_new(&path, b"2").is_err());
        replace(&path, b"[3]").unwrap();
        assert_eq!(read(&path, 3).unwrap(), b"[3]");
        assert!(
            read(&path, 2)
                .unwrap_err()
                .message
                .ends_with("is larger than 2 bytes")
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
