//! Positions that are kept between two questions, so that a question folds what is new and not the whole log.
//!
//! They are made by the same fold of the same entries as any other, live in memory alone, and are gone with the process: nothing
//! here is a second truth. However long the log is, one question folds a bounded number of entries; a position that is further
//! away is reached by asking again, since what was folded is kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::primitives::limits;
use crate::service::ServiceFault;
use crate::service::statistics::Position;

/// What folds a position on to another.
pub(super) type Fold<'a> = &'a dyn Fn(&mut Position, u64) -> Result<(), ServiceFault>;

/// The kept positions of a registry.
pub(crate) struct Kept {
    /// Entries that one question folds.
    most: u64,
    /// The furthest position; replaced whole, so that a fold that fails leaves the last good one.
    newest: Mutex<Arc<Position>>,
    /// Held while an older position is folded: a questioner of old ones takes one core, and never keeps the newest from anybody.
    folding: Mutex<()>,
    shelf: Mutex<Shelf>,
}

/// Older positions.
struct Shelf {
    /// Entries between two marks.
    stride: u64,
    /// Positions at even distances, so that every older one is near to one of them.
    marks: BTreeMap<u64, Arc<Position>>,
    /// Those that were asked for last, the last first: the links of a table name its position.
    recent: VecDeque<Arc<Position>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self::new(limits::STATISTICS_ENTRIES_MAX)
    }
}

impl Kept {
    /// Keeps nothing yet.
    pub(super) fn new(most: u64) -> Self {
        let shelf = Shelf {
            stride: most,
            marks: BTreeMap::new(),
            recent: VecDeque::new(),
        };
        Self {
            most,
            newest: Mutex::default(),
            folding: Mutex::default(),
            shelf: Mutex::new(shelf),
        }
    }

    /// Returns a position, folded on from the nearest kept one before it.
    pub(super) fn position(&self, at: u64, fold: Fold<'_>) -> Result<Arc<Position>, ServiceFault> {
        {
            let mut newest = lock(&self.newest);
            if newest.at <= at {
                self.advance(&mut newest, at, fold)?;
                return reached(&newest, at);
            }
        }
        let _one_at_a_time = lock(&self.folding);
        let base = lock(&self.shelf).before(at);
        let end = at.min(base.at.saturating_add(self.most));
        let found = if base.at == at {
            base
        } else {
            folded(&base, end, fold)?
        };
        lock(&self.shelf).put(&found);
        reached(&found, at)
    }

    /// Returns the furthest position if it is as far as `at` after folding no more than `most` entries; what was folded is kept.
    pub(super) fn near(
        &self,
        at: u64,
        most: u64,
        fold: Fold<'_>,
    ) -> Result<Option<Arc<Position>>, ServiceFault> {
        let mut newest = lock(&self.newest);
        if newest.at < at {
            let end = at.min(newest.at.saturating_add(most));
            self.advance(&mut newest, end, fold)?;
        }
        Ok((newest.at >= at).then(|| Arc::clone(&newest)))
    }

    /// Folds the newest position on, and keeps those at even distances that it passes.
    fn advance(
        &self,
        newest: &mut Arc<Position>,
        at: u64,
        fold: Fold<'_>,
    ) -> Result<(), ServiceFault> {
        let end = at.min(newest.at.saturating_add(self.most));
        if newest.at < end {
            lock(&self.shelf).put(newest);
        }
        while newest.at < end {
            let mark = lock(&self.shelf).mark_after(newest.at);
            *newest = folded(newest, end.min(mark), fold)?;
            if newest.at == mark {
                lock(&self.shelf).mark(newest);
            }
        }
        Ok(())
    }
}

impl Shelf {
    /// Returns the nearest kept position that is not after another; the beginning of the log if there is none.
    fn before(&self, at: u64) -> Arc<Position> {
        let mark = self.marks.range(..=at).next_back().map(|(_, mark)| mark);
        let kept = self.recent.iter().filter(|position| position.at <= at);
        let nearest = kept.chain(mark).max_by_key(|position| position.at);
        nearest.map(Arc::clone).unwrap_or_default()
    }

    fn put(&mut self, position: &Arc<Position>) {
        self.recent.retain(|kept| kept.at != position.at);
        self.recent.push_front(Arc::clone(position));
        self.recent.truncate(limits::STATISTICS_RECENT_MAX);
    }

    fn mark_after(&self, at: u64) -> u64 {
        (at / self.stride)
            .saturating_add(1)
            .saturating_mul(self.stride)
    }

    /// Keeps a position at an even distance; where they become too many, every other one goes.
    fn mark(&mut self, position: &Arc<Position>) {
        self.marks.insert(position.at, Arc::clone(position));
        if self.marks.len() > limits::STATISTICS_MARKS_MAX {
            self.stride = self.stride.saturating_mul(2);
            let stride = self.stride;
            self.marks.retain(|at, _| at.is_multiple_of(stride));
        }
    }
}

fn folded(base: &Position, to: u64, fold: Fold<'_>) -> Result<Arc<Position>, ServiceFault> {
    let mut position = base.clone();
    fold(&mut position, to)?;
    Ok(Arc::new(position))
}

fn reached(position: &Arc<Position>, at: u64) -> Result<Arc<Position>, ServiceFault> {
    if position.at < at {
        return Err(ServiceFault::Counting {
            folded: position.at,
            of: at,
        });
    }
    Ok(Arc::clone(position))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Asks for a position and says how many entries were folded for it.
    fn ask(kept: &Kept, at: u64) -> (Result<u64, ServiceFault>, u64) {
        let count = Cell::new(0);
        let fold = |position: &mut Position, to: u64| {
            count.set(count.get() + to - position.at);
            position.at = to;
            Ok(())
        };
        let found = kept.position(at, &fold).map(|position| position.at);
        (found, count.get())
    }

    #[test]
    fn every_position_of_a_log_of_any_length_is_reached_and_no_question_folds_more_than_its_share()
    {
        let kept = Kept::new(10);
        let size = 10 * 40 + 7;
        for at in [size, 1, 399, 255, 6, size - 1] {
            let mut asked = 0;
            loop {
                let (found, folded) = ask(&kept, at);
                assert!(folded <= 10, "{folded} entries for {at}");
                asked += 1;
                match found {
                    Ok(found) => break assert_eq!(found, at),
                    Err(fault) => {
                        let told = |folded: u64, of: u64| folded < of && of == at;
                        let goes_on = matches!(&fault, ServiceFault::Counting { folded, of } if told(*folded, *of));
                        assert!(goes_on, "{fault}");
                    }
                }
            }
            // The first way goes from the beginning; later ones begin at a mark.
            assert!(asked <= if at == size { 41 } else { 8 }, "{asked} for {at}");
        }
        assert!(lock(&kept.shelf).marks.len() <= limits::STATISTICS_MARKS_MAX);
    }

    #[test]
    fn what_was_asked_for_is_not_folded_again() {
        let kept = Kept::new(100);
        assert_eq!(ask(&kept, 60).1, 60);
        assert_eq!(ask(&kept, 65).1, 5, "only what is new");
        assert_eq!(ask(&kept, 65).1, 0);
        assert_eq!(ask(&kept, 60).1, 0, "the table before is still looked at");
        assert_eq!(ask(&kept, 61).1, 1, "one entry after it");
    }

    #[test]
    fn who_will_not_wait_is_told_nothing_until_it_is_near() {
        let kept = Kept::new(100);
        let count = Cell::new(0);
        let fold = |position: &mut Position, to: u64| {
            count.set(count.get() + to - position.at);
            position.at = to;
            Ok(())
        };
        for (wanted, folded) in [(None, 5), (None, 10), (Some(12), 12), (Some(12), 12)] {
            let found = kept.near(12, 5, &fold).unwrap();
            assert_eq!(found.map(|position| position.at), wanted);
            assert_eq!(count.get(), folded);
        }
    }

    #[test]
    fn a_fold_that_fails_leaves_the_last_good_position() {
        let kept = Kept::new(100);
        assert_eq!(ask(&kept, 60).1, 60);
        let fails = |position: &mut Position, _: u64| {
            position.at = 63;
            Err(ServiceFault::Doubt("entry 63 is missing".to_owned()))
        };
        assert!(kept.position(65, &fails).is_err());
        assert_eq!(ask(&kept, 65).1, 5);
    }
}
