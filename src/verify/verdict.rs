//! What a verification says: named checks, each passed, failed with its place, or not covered by the file.

use std::fmt;

/// How one check ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finish {
    /// It holds; what was established.
    Pass(String),
    /// It does not hold; where and why.
    Fail(String),
    /// The file cannot show it; what would.
    NotCovered(String),
}

/// One named check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedCheck {
    /// The name, as in `docs/FORMATS.md`.
    pub name: &'static str,
    /// How it ended.
    pub finish: Finish,
}

/// What a file is good for when no check failed and none was left out for want of knowledge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// The log's key signed a log with these entries, and they give this state.
    Recorded,
    /// Also: the quorum saw it at its time, it is young enough for the reader, and auditors replayed the whole log.
    CurrentAndComplete,
}

impl Level {
    /// Returns the words of `docs/FORMATS.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::CurrentAndComplete => "current and complete",
        }
    }
}

/// The outcome of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// The checks in the order they were made; it ends at the first that failed.
    pub checks: Vec<NamedCheck>,
    /// What the file shows, in sentences; empty unless every check passed.
    pub statements: Vec<String>,
    /// What the file is good for; nothing if a check failed or the file speaks of a law that this verifier does not know.
    pub level: Option<Level>,
}

impl Verdict {
    /// Adds a check that holds.
    pub fn pass(&mut self, name: &'static str, what: impl Into<String>) {
        self.checks.push(NamedCheck {
            name,
            finish: Finish::Pass(what.into()),
        });
    }

    /// Adds a check that the file cannot show.
    pub fn not_covered(&mut self, name: &'static str, what: impl Into<String>) {
        self.checks.push(NamedCheck {
            name,
            finish: Finish::NotCovered(what.into()),
        });
    }

    /// Adds a check that does not hold.
    pub fn fail(&mut self, name: &'static str, why: impl Into<String>) {
        self.checks.push(NamedCheck {
            name,
            finish: Finish::Fail(why.into()),
        });
        self.level = None;
    }

    /// Gives the level that the checks add up to.
    pub fn settle(&mut self) {
        let needed = ["witnesses", "age", "auditors"];
        let current = needed.into_iter().all(|name| self.has_passed(name));
        self.level = self.holds().then_some(if current {
            Level::CurrentAndComplete
        } else {
            Level::Recorded
        });
    }

    /// Says whether the check of this name was made and holds.
    pub fn has_passed(&self, name: &str) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| check.name == name && matches!(check.finish, Finish::Pass(_)))
    }

    /// Returns the check that failed.
    pub fn failure(&self) -> Option<&NamedCheck> {
        self.checks
            .iter()
            .find(|check| matches!(check.finish, Finish::Fail(_)))
    }

    /// Says whether nothing failed.
    pub fn holds(&self) -> bool {
        self.failure().is_none()
    }
}

impl fmt::Display for NamedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.finish {
            Finish::Pass(what) => write!(f, "pass         {:<22} {what}", self.name),
            Finish::Fail(why) => write!(f, "FAIL         {:<22} {why}", self.name),
            Finish::NotCovered(what) => write!(f, "not covered  {:<22} {what}", self.name),
        }
    }
}

/// Says how many of something there are.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
