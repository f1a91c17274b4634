//! Registry time against the machine's clock: when an idle log speaks, and which steps forward are not believed.
//!
//! Separate from the sequencer so that the rules can be tried without threads: every instant is an argument.

use std::fmt;

use crate::primitives::limits;
use crate::primitives::time::Timestamp;

/// Entries of a log that nothing rests on yet: entry 0 and its state entry.
pub(crate) const NEW_LOG_ENTRIES: u64 = 2;

/// Which steps of registry time are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeSteps {
    /// Any step: the clock is that of a test or a demonstration.
    #[default]
    Free,
    /// At most [`limits::TIME_STEP_SECONDS_MAX`] forward, unless an operator has acknowledged more.
    Limited,
}

/// A step forward that was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeStep {
    /// The time of the last entry.
    pub last: Timestamp,
    /// What the machine's clock shows.
    pub now: Timestamp,
}

impl TimeStep {
    /// Returns the length of the step in whole seconds.
    pub fn seconds(self) -> u64 {
        self.now.seconds().saturating_sub(self.last.seconds())
    }
}

impl fmt::Display for TimeStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, most) = (self.seconds(), limits::TIME_STEP_SECONDS_MAX);
        write!(
            f,
            "the clock shows {}, {seconds} s after the last entry ({}); registry time steps forward by at most {most} s",
            self.now, self.last
        )
    }
}

/// What a running registry knows about time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// Seconds after which an idle log writes a state entry; none where it stays silent.
    pub(crate) heartbeat_seconds: Option<u64>,
    pub(crate) steps: TimeSteps,
    /// The instant up to which an operator has acknowledged a step.
    pub(crate) accepted: Option<Timestamp>,
}

impl Timing {
    /// Checks the step from the last of `size` entries to the clock's `now`; a clock that went back is no step.
    pub(crate) fn check_step(
        &self,
        size: u64,
        last: Timestamp,
        now: Timestamp,
    ) -> Result<(), TimeStep> {
        if self.steps == TimeSteps::Free || size <= NEW_LOG_ENTRIES {
            return Ok(());
        }
        let believed = self.accepted.map_or(last, |accepted| last.max(accepted));
        if now <= believed.plus_seconds(limits::TIME_STEP_SECONDS_MAX) {
            Ok(())
        } else {
            Err(TimeStep { last, now })
        }
    }

    /// Says whether the log has been silent for so long that it must say that it is alive.
    pub(crate) fn is_heartbeat_due(&self, last: Timestamp, now: Timestamp) -> bool {
        self.heartbeat_seconds
            .is_some_and(|seconds| now >= last.plus_seconds(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED: Timing = Timing {
        heartbeat_seconds: Some(240),
        steps: TimeSteps::Limited,
        accepted: None,
    };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_000_000 * (1_700_000_000 + seconds))
    }

    #[test]
    fn five_minutes_forward_are_believed_and_not_a_moment_more() {
        assert_eq!(LIMITED.check_step(40, at(0), at(300)), Ok(()));
        let late = Timestamp::from_micros(at(300).micros() + 1);
        let step = LIMITED.check_step(40, at(0), late).unwrap_err();
        assert_eq!((step.last, step.now, step.seconds()), (at(0), late, 300));
        assert_eq!(LIMITED.check_step(40, at(9_000), at(0)), Ok(()));
    }

    #[test]
    fn an_acknowledged_instant_carries_one_step_and_no_other() {
        let accepted = Timing {
            accepted: Some(at(7_200)),
            ..LIMITED
        };
        assert_eq!(accepted.check_step(40, at(0), at(7_500)), Ok(()));
        assert!(accepted.check_step(40, at(0), at(7_501)).is_err());
        // Once entries stand behind the acknowledged instant, it says nothing any more.
        assert!(accepted.check_step(40, at(9_000), at(9_301)).is_err());
    }

    #[test]
    fn a_new_log_and_a_free_clock_may_step_anywhere() {
        assert_eq!(LIMITED.check_step(2, at(0), at(90_000)), Ok(()));
        assert!(LIMITED.check_step(3, at(0), at(90_000)).is_err());
        assert_eq!(Timing::default().check_step(40, at(0), at(90_000)), Ok(()));
    }

    #[test]
    fn a_heartbeat_is_due_when_the_log_was_silent_for_its_interval() {
        assert!(!LIMITED.is_heartbeat_due(at(0), at(239)));
        assert!(LIMITED.is_heartbeat_due(at(0), at(240)));
        // A clock that went back is silent until it has caught up.
        assert!(!LIMITED.is_heartbeat_due(at(500), at(0)));
        assert!(!Timing::default().is_heartbeat_due(at(0), at(90_000)));
    }
}
