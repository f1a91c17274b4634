//! Who of the witnesses is enough: the quorum of a trust file, and the group of its auditors.
//!
//! Kept apart from the reading of the file, because this is the only place that counts.

use std::collections::BTreeSet;

use super::policy_file::{Quorum, TrustPolicy};

/// The name of the group whose members are auditors: cosigners whose cosignature also says that they replayed every entry
/// and that the state root is right. Any other name would make the file one that other C2SP tools read differently.
pub const AUDITORS: &str = "auditors";

impl TrustPolicy {
    /// Says whether the witnesses named `cosigned` are enough; names of anything but witnesses count for nothing.
    pub fn quorum_met(&self, cosigned: &[&str]) -> bool {
        match &self.quorum {
            Quorum::None => true,
            Quorum::Named(quorum) => self.present(cosigned).contains(quorum.as_str()),
        }
    }

    /// Says whether enough members of the group [`AUDITORS`] are among those named `cosigned`; nothing if the file has no
    /// such group.
    pub fn auditors_met(&self, cosigned: &[&str]) -> Option<bool> {
        let known = self.groups.iter().any(|group| group.name == AUDITORS);
        known.then(|| self.present(cosigned).contains(AUDITORS))
    }

    /// Returns the names of the witnesses that are auditors: members of the group, or of groups in it.
    pub fn auditors(&self) -> Vec<&str> {
        let mut names = BTreeSet::from([AUDITORS]);
        // Members stand before their groups, so one pass backward opens groups of groups.
        for group in self.groups.iter().rev() {
            if names.contains(group.name.as_str()) {
                names.extend(group.members.iter().map(String::as_str));
            }
        }
        let witnesses = self.witnesses.iter().map(|witness| witness.name.as_str());
        witnesses.filter(|name| names.contains(name)).collect()
    }

    /// The witnesses and groups that count as having cosigned.
    fn present(&self, cosigned: &[&str]) -> BTreeSet<&str> {
        let names = self.witnesses.iter().map(|witness| witness.name.as_str());
        let mut present: BTreeSet<&str> = names.filter(|name| cosigned.contains(name)).collect();
        // Members stand before their groups, so one pass settles groups of groups.
        for group in &self.groups {
            let counted = group
                .members
                .iter()
                .filter(|name| present.contains(name.as_str()));
            if counted.count() >= group.threshold {
                present.insert(&group.name);
            }
        }
        present
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::CosignatureKey;
    use crate::primitives::crypto::SecretKey;

    fn policy(groups: &str) -> TrustPolicy {
        let names = ["w1", "w2", "a1", "a2", "a3"];
        let line = |(seed, name): (u8, &str)| {
            let key = SecretKey::from_seed(&[seed; 32]).public();
            let vkey = CosignatureKey::new(name, key).unwrap().vkey();
            format!("witness {name} {vkey}\n")
        };
        let witnesses: String = (1_u8..).zip(names).map(line).collect();
        TrustPolicy::parse(&format!("{witnesses}{groups}\nquorum none\n")).unwrap()
    }

    #[test]
    fn auditors_are_the_members_of_their_group() {
        let policy = policy("group auditors 2 a1 a2 a3");
        assert_eq!(policy.auditors(), ["a1", "a2", "a3"]);
        assert_eq!(policy.auditors_met(&["a1", "a3"]), Some(true));
        assert_eq!(policy.auditors_met(&["a1", "w1", "w2"]), Some(false));
        assert_eq!(policy.auditors_met(&["auditors"]), Some(false));
    }

    #[test]
    fn auditors_may_be_groups_of_houses() {
        let policy = policy("group house any a1 a2\ngroup auditors all house a3");
        assert_eq!(policy.auditors(), ["a1", "a2", "a3"]);
        assert_eq!(policy.auditors_met(&["a2", "a3"]), Some(true));
        assert_eq!(policy.auditors_met(&["a1", "a2"]), Some(false));
    }

    #[test]
    fn a_file_without_the_group_has_no_auditors() {
        let policy = policy("group others any a1 a2");
        assert_eq!(policy.auditors(), [""; 0]);
        assert_eq!(policy.auditors_met(&["a1", "a2"]), None);
    }
}
