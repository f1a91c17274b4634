//! The high-water file: the newest signed checkpoint, kept at a place that is not restored together with the data folder.
//!
//! Separate from the database because being elsewhere is its whole purpose. It holds one signed note, so it names the log, its
//! size and its root, and cannot be mistaken for that of another log.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::ledger::note::NOTE_BYTES_MAX;
use crate::store::StoreFault;
use crate::store::replaced::{refuse_inside, replace};

/// A high-water file, which may not be there yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HighWater {
    path: PathBuf,
}

impl HighWater {
    /// Names the file; refuses a place inside the data folder, where a restored copy would bring its own along.
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

    /// Reads the checkpoint; nothing where there is no file.
    pub fn read(&self) -> Result<Option<String>, StoreFault> {
        let limit = u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX);
        let mut text = String::new();
        let read = File::open(&self.path)
            .and_then(|file| file.take(limit.saturating_add(1)).read_to_string(&mut text));
        match read {
            Ok(_) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::IsADirectory
                ) =>
            {
                Err(StoreFault::HighWater(self.path.clone()))
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// Replaces the checkpoint; returns when the new one is on the disk. After a loss of power the old one or the new one is
    /// there, whole.
    pub fn write(&self, note: &str) -> Result<(), StoreFault> {
        replace(&self.path, |mut file| file.write_all(note.as_bytes()))
    }

    fn fault(&self, error: &io::Error) -> StoreFault {
        StoreFault::Storage(format!("{}: {error}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_file_is_replaced_whole_and_may_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let mark = HighWater::outside(&path, &folder.path().join("data")).unwrap();
        assert_eq!(mark.read().unwrap(), None);
        for note in ["one\n", "two, and longer\n", "3\n"] {
            mark.write(note).unwrap();
            assert_eq!(mark.read().unwrap().as_deref(), Some(note));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_inside_the_data_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("deep")).unwrap();
        for inside in ["mark", "deep/mark", "deep/../mark"] {
            let fault = HighWater::outside(&data.join(inside), &data).unwrap_err();
            assert!(matches!(fault, StoreFault::Misplaced(_)), "{fault}");
        }
        assert!(HighWater::outside(&data.join("../mark"), &data).is_ok());
    }

    #[test]
    fn a_place_that_is_not_there_is_a_fault_and_not_an_absence() {
        let folder = tempfile::tempdir().unwrap();
        let mark = HighWater::outside(
            &folder.path().join("mark"),
            folder.path().join("x").as_path(),
        );
        let mark = mark.unwrap();
        drop(folder);
        assert!(mark.write("note\n").is_err());
    }
}
