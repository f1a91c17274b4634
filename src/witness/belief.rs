//! How far a cosigner believes its clock.
//!
//! The time of a cosignature never goes back. So a clock that shows the year 2099 for a second, once cosigned, would date every
//! later cosignature to 2099, where it counts for nobody. Time is therefore believed as far as it follows from a time that was
//! believed before and from what has passed since by the machine's own count; a further step needs the word of an operator.

use std::fmt;
use std::time::{Duration, Instant};

use crate::primitives::limits;

/// A time that was believed, and when that was by the machine's own count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Belief {
    seconds: u64,
    at: Instant,
}

/// A clock that is further ahead than is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockStep {
    /// What the clock shows, in seconds since 1970.
    pub now: u64,
    /// What would have been expected.
    pub expected: u64,
}

impl ClockStep {
    /// Returns the seconds between the two.
    pub fn seconds(self) -> u64 {
        self.now.saturating_sub(self.expected)
    }
}

impl fmt::Display for ClockStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the clock is {} seconds ahead of the last cosignature and of what has passed since",
            self.seconds()
        )
    }
}

impl Belief {
    /// Begins at a start: with the clock, unless it is further ahead of the last cosignature than is believed.
    pub(crate) fn at_start(last: Option<u64>, now: u64, at: Instant) -> Self {
        let seconds = match last {
            Some(last) if now > last.saturating_add(limits::TIME_STEP_SECONDS_MAX) => last,
            Some(last) => last.max(now),
            None => now,
        };
        Self { seconds, at }
    }

    /// Compares the clock with what would be expected at `at`.
    pub(crate) fn check(&self, now: u64, at: Instant) -> Result<(), ClockStep> {
        let passed: Duration = at.saturating_duration_since(self.at);
        let expected = self.seconds.saturating_add(passed.as_secs());
        if now <= expected.saturating_add(limits::TIME_STEP_SECONDS_MAX) {
            return Ok(());
        }
        Err(ClockStep { now, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_as_far_as_it_follows_from_what_was_believed() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        for (last, now, check, passed, is_believed) in [
            (None, 1_000, 1_000, 0, true),
            (None, 1_000, 1_300, 0, true),
            (None, 1_000, 1_301, 0, false),
            (None, 1_000, 1_301, 1, true),
            (None, 1_000, 9_000, 8_000, true),
            (None, 1_000, 10, 8_000, true),
            (Some(1_000), 1_300, 1_600, 0, true),
            (Some(1_000), 1_300, 1_601, 0, false),
            // A rest of more than five minutes is for the operator to acknowledge.
            (Some(1_000), 1_301, 1_301, 0, false),
            (Some(1_000), 1_301, 1_301, 1, true),
            // A clock that stood back at the start may come up to the last cosignature.
            (Some(1_000), 10, 1_000, 0, true),
        ] {
            let belief = Belief::at_start(last, now, begun);
            let found = belief.check(check, after(passed));
            assert_eq!(
                found.is_ok(),
                is_believed,
                "{last:?} {now} {check} {passed}"
            );
        }
        let belief = Belief::at_start(Some(1_000), 2_000, begun);
        let step = belief.check(2_000, after(100)).unwrap_err();
        assert_eq!(step.seconds(), 900);
    }
}
