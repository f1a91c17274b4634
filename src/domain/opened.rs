//! What a later version of a policy opens, and for which lines that stand.
//!
//! A creditor has lent by the rules that it found: a change of the policy never loosens them for its line (ARCHITECTURE
//! section 3). What a version opens touches an older line with the consent of its own creditor alone, and never by the vote
//! of others. A rule that is closed now is closed for everybody, whatever it was.

use crate::domain::facts::{Facts, PolicyVersion};
use crate::domain::fold::Stamp;
use crate::domain::policy::KindPolicy;
use crate::domain::right::BurdenId;
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;

/// Says whether a rule of the kind has been open ever since a burden was registered, so that its creditor had to reckon with
/// it. Of a line that was added to its pledge later, the entry of the pledge counts.
pub fn is_open_to(
    burden: BurdenId,
    kind: &str,
    facts: &Facts,
    at: Stamp,
    is_open: impl Fn(&KindPolicy) -> bool,
) -> bool {
    let versions = facts.policy_versions(kind);
    in_force_since(versions, burden.entry(), at.time).all(|version| {
        let policy = facts.policies.get(&version.digest);
        policy.is_some_and(&is_open)
    })
}

/// The versions that have been in force by `now`, but for those that another one, adopted before the entry, had followed.
fn in_force_since(
    versions: &[PolicyVersion],
    entry: EntryIndex,
    now: Timestamp,
) -> impl Iterator<Item = &PolicyVersion> {
    let known = versions.partition_point(|version| version.entry < entry);
    let first = known.saturating_sub(1);
    let since = versions.iter().skip(first);
    since.filter(move |version| version.active_from <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::crypto::Hash;

    #[test]
    fn a_line_keeps_the_rules_since_the_last_that_was_adopted_before_it() {
        let version = |entry: EntryIndex, from: u64| PolicyVersion {
            digest: Hash::of(&[]),
            entry,
            active_from: Timestamp::from_micros(from),
        };
        let versions = [version(0, 0), version(5, 50), version(9, 90)];
        let since = |entry, now| {
            let since = in_force_since(&versions, entry, Timestamp::from_micros(now));
            since.map(|version| version.entry).collect::<Vec<_>>()
        };
        assert_eq!(since(3, 40), [0]);
        assert_eq!(since(3, 95), [0, 5, 9]);
        assert_eq!(since(5, 60), [0, 5]);
        assert_eq!(since(6, 60), [5]);
        assert_eq!(since(6, 95), [5, 9]);
        // Adopted before it and not yet in force: whoever came then knew what would come.
        assert_eq!(since(6, 40), Vec::<EntryIndex>::new());
        assert_eq!(since(20, 95), [9]);
    }
}
