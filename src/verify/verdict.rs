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

/// The outcome of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// The checks in the order they were made; it ends at the first that failed.
    pub checks: Vec<NamedCheck>,
    /// What the file shows, in sentences; empty unless every check passed.
    pub statements: Vec<String>,
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
