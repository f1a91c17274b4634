//! Says when a trouble that lasts is named in the log: at once, and then once in a while, not with every attempt.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::primitives::limits;

/// What was last said of each log, and when.
#[derive(Debug, Default)]
pub(crate) struct Complaints(BTreeMap<String, (String, Instant)>);

impl Complaints {
    /// Says whether `what` is to be said of a log at `now`, and remembers that it was.
    pub(crate) fn is_due(&mut self, origin: &str, what: &str, now: Instant) -> bool {
        let is_due = self.0.get(origin).is_none_or(|(said, at)| {
            let seconds = if said == what {
                limits::COMPLAINT_SECONDS
            } else {
                limits::OTHER_COMPLAINT_SECONDS
            };
            now.saturating_duration_since(*at) >= Duration::from_secs(seconds)
        });
        if is_due {
            self.0.insert(origin.to_owned(), (what.to_owned(), now));
        }
        is_due
    }

    /// Forgets what was said of a log; says whether there was anything.
    pub(crate) fn end(&mut self, origin: &str) -> bool {
        self.0.remove(origin).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_named_at_once_and_again_when_it_lasts_or_changes() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut said = Complaints::default();
        assert!(said.is_due("a", "no answer", begun));
        assert!(said.is_due("b", "no answer", begun), "each log for itself");
        assert!(!said.is_due("a", "no answer", after(599)));
        assert!(said.is_due("a", "no answer", after(600)));
        assert!(!said.is_due("a", "garbage", after(659)));
        assert!(said.is_due("a", "garbage", after(660)));
        assert!(said.end("a") && !said.end("a"));
        assert!(said.is_due("a", "garbage", after(661)));
    }
}
