//! The number of the law: which behavior decides a command. Every entry states the number it was decided by.
//!
//! A past law stays executable byte for byte. What a later law does otherwise is asked here by name, so that a difference
//! has one place and one word; a rule never compares numbers.

use crate::primitives::limits;

/// A law that this program knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Law(u64);

impl Law {
    /// The law of the first release.
    pub const FIRST: Self = Self(1);
    /// Ranks, and all registration types beyond those of the first release.
    pub const SECOND: Self = Self(2);
    /// The law by which this program decides now.
    pub const LATEST: Self = Self::SECOND;

    /// Returns the law of a number, where this program knows it.
    pub fn from_number(number: u64) -> Option<Self> {
        (1..=Self::LATEST.0)
            .contains(&number)
            .then_some(Self(number))
    }

    /// Returns the number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Says whether a line may stand behind others, where the policy of the kind opens ranks.
    pub fn opens_ranks(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a rank that a later policy opens needs the consent of who stood under an earlier one. Under law 1 nobody stood behind
    /// another.
    pub fn keeps_older_rules(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether what an amendment or an extension adds is a line of its own, at the position of its entry.
    pub fn splits_additions(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a line that takes a reserved one over stands where the reserved one stood. Under law 1 it stood at the position of
    /// its own entry.
    pub fn keeps_reserved_places(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a pledge may grow on a right that has changed hands, with the consent of who holds it now. Under law 1 a right kept
    /// its holder.
    pub fn asks_present_holders(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a finding names only burdens that are registered. Law 1 also names the earlier lines of the refused command
    /// by the ids that they would have got.
    pub fn names_registered_burdens_only(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a party with several roles takes one seat of a quorum only. Under law 1 it counted for each of its roles.
    pub fn seats_a_party_once(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether ground that two predecessors of a right have pledged to different creditors bars the succession. Law 1 moved
    /// the lines all the same.
    pub fn bars_lines_that_collide(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a policy text may have members that came after the first release.
    pub fn reads_later_policies(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a right draws on its source only while nothing succeeds it and it is not revoked. Under law 1 it did for the
    /// days that it was issued for, whatever became of it.
    pub fn frees_sources(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a right may be issued with parcels and a polygon that are compared with each other.
    pub fn compares_grounds(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a refusal names the record that it rests on wherever there is one. Law 1 left a few out.
    pub fn names_every_record(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether the refusal of a right that stands on the ground or draws on the source of another one offers what is left, and
    /// that of a line beyond its right what is free of it. Law 1 offered all that the right ever had.
    pub fn offers_remainders(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a right that takes the place of others must keep the source, the ground and the days of what stands on them.
    pub fn keeps_collateral(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether grounds of several parcels are compared parcel by parcel, and one parcel without a polygon leaves the whole
    /// unknown. Law 1 took all parcels of a right for one.
    pub fn looks_at_each_parcel(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether rights that name one parcel without a polygon stand on the same ground. Law 1 did not compare them.
    pub fn finds_parcels_by_number(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a right may have an identity of one that it succeeds. Under law 1 an identity belonged to its first right for
    /// ever.
    pub fn hands_identities_on(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a line is told of disputed rights on its ground.
    pub fn warns_of_disputes(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether ground that is revoked ends there for what is drawn on it, and a line is told of ground that ends before it.
    pub fn looks_beneath(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether an adjustment tells that it drops later steps.
    pub fn warns_of_later_steps(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether a policy that is in use keeps its source and its schemes of identities.
    pub fn keeps_schemes(self) -> bool {
        self >= Self::SECOND
    }

    /// Says whether the lines on a right take as much room as the names that they stand behind ask for, so that every act on all of
    /// them fits one entry. Law 1 counted lines alone, and had no ranks.
    pub fn counts_places(self) -> bool {
        self >= Self::SECOND
    }

    /// Returns how many rights of the cells of a ground it looks at, to learn which of them stand. Law 1 looked at no more than may stand.
    pub fn cell_rights_max(self) -> usize {
        if self >= Self::SECOND {
            limits::CELL_RIGHTS_MAX
        } else {
            limits::NEIGHBORS_MAX
        }
    }

    /// Says whether the commands that came with law 2 exist.
    pub fn has_acts(self) -> bool {
        self >= Self::SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_numbers_are_laws() {
        assert_eq!(Law::from_number(1), Some(Law::FIRST));
        assert_eq!(Law::from_number(2), Some(Law::SECOND));
        for unknown in [0, 3, u64::MAX] {
            assert_eq!(Law::from_number(unknown), None);
        }
        assert!(!Law::FIRST.has_acts() && Law::SECOND.has_acts());
        assert!(!Law::FIRST.names_registered_burdens_only());
    }
}
