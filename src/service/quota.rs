//! Quotas: how much of something one party or one address may have in a time, counted in memory and outside the log.
//!
//! A bucket of `burst` tokens that fills by one each `refill_seconds`. The table of buckets is bounded: a full bucket is
//! forgotten, since a new one is full too; where it is full of others, the oldest goes, which only ever gives tokens back.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::primitives::time::Timestamp;

const MICROS: u64 = 1_000_000;

/// How much is given, and how fast it comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// How many at once.
    pub burst: u64,
    /// Seconds until one more.
    pub refill_seconds: u64,
}

/// Buckets by name.
#[derive(Debug)]
pub struct Quota<K> {
    allowance: Allowance,
    keys_max: usize,
    /// When each bucket will be full again, in microseconds: that alone says how much is in it.
    full_at: Mutex<BTreeMap<K, u64>>,
}

impl<K: Ord + Clone> Quota<K> {
    /// Begins with every bucket full.
    pub fn new(allowance: Allowance, keys_max: usize) -> Self {
        Self {
            allowance,
            keys_max,
            full_at: Mutex::new(BTreeMap::new()),
        }
    }

    /// Takes one; else says after how many seconds there is one.
    pub fn take(&self, key: &K, now: Timestamp) -> Result<(), u64> {
        self.use_one(key, now, true)
    }

    /// Says whether there is one, without taking it; else after how many seconds.
    pub fn look(&self, key: &K, now: Timestamp) -> Result<(), u64> {
        self.use_one(key, now, false)
    }

    /// Returns how much is given, and how fast it comes back.
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Returns who has less than all of it left, and how much.
    pub fn left(&self, now: Timestamp) -> Vec<(K, u64)> {
        let now = now.micros();
        let step = micros(self.allowance.refill_seconds).max(1);
        let buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let lacking = buckets.iter().filter(|(_, full_at)| **full_at > now);
        let left = |(key, full_at): (&K, &u64)| {
            let used = full_at.saturating_sub(now).div_ceil(step);
            (key.clone(), self.allowance.burst.saturating_sub(used))
        };
        lacking.map(left).collect()
    }

    fn use_one(&self, key: &K, now: Timestamp, takes: bool) -> Result<(), u64> {
        let now = now.micros();
        let step = micros(self.allowance.refill_seconds);
        let most = step.saturating_mul(self.allowance.burst);
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back leaves no bucket emptier than empty.
        let full_at = buckets.get(key).copied().unwrap_or(now);
        let full_at = full_at.clamp(now, now.saturating_add(most));
        let after = full_at.saturating_add(step);
        let lacking = after.saturating_sub(now.saturating_add(most));
        if lacking > 0 {
            return Err(lacking.div_ceil(MICROS));
        }
        if takes {
            if buckets.len() >= self.keys_max && !buckets.contains_key(key) {
                make_room(&mut buckets, now);
            }
            buckets.insert(key.clone(), after);
        }
        Ok(())
    }
}

fn micros(seconds: u64) -> u64 {
    seconds.saturating_mul(MICROS)
}

/// Forgets full buckets, and if there is none, the one that is full first.
fn make_room<K: Ord + Clone>(buckets: &mut BTreeMap<K, u64>, now: u64) {
    let before = buckets.len();
    buckets.retain(|_, full_at| *full_at > now);
    if buckets.len() < before {
        return;
    }
    let first = buckets.iter().min_by_key(|(_, full_at)| **full_at);
    if let Some(key) = first.map(|(key, _)| key.clone()) {
        buckets.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        let start = Timestamp::parse("2026-12-01T02:00:00Z").unwrap();
        start.plus_seconds(second)
    }

    fn quota() -> Quota<u8> {
        let allowance = Allowance {
            burst: 3,
            refill_seconds: 10,
        };
        Quota::new(allowance, 4)
    }

    #[test]
    fn a_burst_is_given_and_comes_back_one_by_one() {
        let quota = quota();
        for _ in 0..3 {
            assert_eq!(quota.take(&1, at(0)), Ok(()));
        }
        assert_eq!(quota.take(&1, at(0)), Err(10));
        assert_eq!(quota.look(&1, at(4)), Err(6));
        assert_eq!(quota.take(&2, at(4)), Ok(()), "another has its own");
        assert_eq!(quota.look(&1, at(10)), Ok(()));
        assert_eq!(quota.take(&1, at(10)), Ok(()));
        assert_eq!(quota.take(&1, at(10)), Err(10));
        // After a long rest there is a burst, and no more.
        for _ in 0..3 {
            assert_eq!(quota.take(&1, at(9_000)), Ok(()));
        }
        assert!(quota.take(&1, at(9_000)).is_err());
        // A clock that goes back waits no longer than an empty bucket.
        assert_eq!(quota.take(&1, at(0)), Err(10));
    }

    #[test]
    fn what_is_left_is_told_of_those_who_have_used_some() {
        let quota = quota();
        assert_eq!(quota.left(at(0)), []);
        quota.take(&1, at(0)).unwrap();
        quota.take(&1, at(0)).unwrap();
        quota.take(&2, at(0)).unwrap();
        assert_eq!(quota.left(at(0)), [(1, 1), (2, 2)]);
        assert_eq!(
            quota.left(at(5)),
            [(1, 1), (2, 2)],
            "one comes back as a whole"
        );
        assert_eq!(quota.left(at(10)), [(1, 2)]);
        assert_eq!(quota.left(at(20)), []);
    }

    #[test]
    fn the_table_is_bounded_and_forgets_nobody_who_is_over() {
        let quota = quota();
        for _ in 0..3 {
            quota.take(&0, at(0)).unwrap();
        }
        for key in 1..=200 {
            quota.take(&key, at(1)).unwrap();
        }
        assert!(quota.full_at.lock().unwrap().len() <= 4);
        assert!(quota.take(&0, at(1)).is_err());
    }
}
