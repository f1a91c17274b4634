//! How a command of the program ends: the exit codes, and failures that say what to do next.
//!
//! The only place that knows which exit code a fault has. Nothing is printed here; that is `output`.

use std::fmt;

use crate::cli::keyfile::KeyFileFault;
use crate::primitives::field::FieldFault;
#[cfg(feature = "server")]
use crate::service::ServiceFault;
#[cfg(feature = "server")]
use crate::store::StoreFault;

/// The exit codes, as printed at the end of every long help.
pub const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   refused by the registry, or not valid
  2   the command line is wrong
  3   internal fault
  75  try again later: busy, or not reachable";

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done.
    Done,
    /// The registry refused, or what was given is not valid.
    Refused,
    /// The command line is wrong.
    Usage,
    /// A fault of this machine or of this program.
    Internal,
    /// The same may work later; `EX_TEMPFAIL` of sysexits.h.
    TryLater,
}

impl Exit {
    /// Returns the exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Internal => 3,
            Self::TryLater => 75,
        }
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What was wrong.
    pub message: String,
    /// What to do next, where the message does not say it.
    pub hint: Option<String>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
        }
    }

    /// Makes the failure of something refused or not valid.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// Makes the failure of a wrong command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Makes the failure of this machine or program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Exit::Internal, message)
    }

    /// Makes the failure of something that may work later.
    pub fn try_later(message: impl Into<String>) -> Self {
        Self::new(Exit::TryLater, message)
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts words before the message, for instance the name of a file.
    #[must_use]
    pub fn of(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<KeyFileFault> for Failure {
    fn from(fault: KeyFileFault) -> Self {
        let exit = match fault {
            KeyFileFault::NoRandomness(_) | KeyFileFault::NotEncoded(_) => Exit::Internal,
            _ => Exit::Refused,
        };
        // The text of the fault carries the next step after a semicolon.
        let text = fault.to_string();
        match text.split_once("; ") {
            Some((message, hint)) => Self::new(exit, message).hint(hint),
            None => Self::new(exit, text),
        }
    }
}

impl From<FieldFault> for Failure {
    fn from(fault: FieldFault) -> Self {
        Self::refused(fault.to_string())
    }
}

#[cfg(feature = "server")]
impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        let text = fault.to_string();
        match fault {
            StoreFault::Busy(_) => Self::try_later(text)
                .hint("stop the server (or the other command) that has the folder open"),
            StoreFault::Exists(_) => {
                Self::refused(text).hint("name a folder that is not there yet")
            }
            StoreFault::Absent(_) => {
                Self::refused(text).hint("make a registry with `greenlien init`")
            }
            StoreFault::Format { .. } => {
                Self::refused(text).hint("use the version of greenlien that wrote the folder")
            }
            StoreFault::Misplaced(_) => {
                Self::usage(text).hint("name a place outside it, best on another disk")
            }
            StoreFault::Unfinished(_) | StoreFault::Outgrown { .. } => {
                Self::refused(text).hint("run `greenlien rebuild` to its end")
            }
            StoreFault::Missing { .. }
            | StoreFault::Corrupt { .. }
            | StoreFault::OutOfOrder { .. } => {
                Self::refused(text).hint("run `greenlien audit`, then `greenlien rebuild`")
            }
            StoreFault::Damaged(_) => Self::internal(text).hint(
                "keep the folder as it is. Work on a copy of it: if `greenlien audit COPY` reads every entry, `greenlien rebuild COPY` makes the rest again. If not, take the newest backup through the steps of \"Restore, with caution\" in docs/OPERATING.md, beginning with `greenlien doctor BACKUP`",
            ),
            StoreFault::HighWater(_) => Self::refused(text).hint(
                "put the newest checkpoint in its place that a witness or a member shows; move the file away and run `greenlien doctor --begin-high-water` only if the witnesses agree with the folder",
            ),
            StoreFault::Storage(_) => Self::internal(text)
                .hint("check that the disk has room and that the folder is yours"),
        }
    }
}

#[cfg(feature = "server")]
impl From<ServiceFault> for Failure {
    fn from(fault: ServiceFault) -> Self {
        match fault {
            ServiceFault::Store(fault) => fault.into(),
            ServiceFault::Input(fault) => fault.into(),
            fault @ (ServiceFault::Doubt(_)
            | ServiceFault::LogKey(_)
            | ServiceFault::Absent(_)
            | ServiceFault::Witnesses(_)
            | ServiceFault::History(_)
            | ServiceFault::Openings(_)
            | ServiceFault::Forgotten(_)
            | ServiceFault::TimeStep(_)) => Self::refused(fault.to_string()),
            fault @ (ServiceFault::Unasked(_) | ServiceFault::Counting { .. }) => {
                Self::try_later(fault.to_string())
            }
            fault @ ServiceFault::Stopped => Self::internal(fault.to_string())
                .hint("look at the log for the cause, then start the server again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_codes_are_those_of_the_help() {
        let exits = [
            Exit::Done,
            Exit::Refused,
            Exit::Usage,
            Exit::Internal,
            Exit::TryLater,
        ];
        let lines = EXIT_CODES.lines().skip(1);
        let shown: Vec<&str> = lines
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(shown, exits.map(|exit| exit.code().to_string()));
    }

    #[test]
    fn a_fault_of_a_key_file_says_what_to_do_next() {
        let failure = Failure::from(KeyFileFault::PassphraseEmpty);
        assert_eq!(failure.exit, Exit::Refused);
        assert_eq!(failure.message, "the passphrase is empty");
        assert!(failure.hint.unwrap().contains("GREENLIEN_PASSPHRASE"));
    }
}
