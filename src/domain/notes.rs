//! Room for what a pledge notes. Where a list is full, an older note gives way to a further one, as far as no rule reads it: the
//! history of the pledge keeps it, and no act of a court and no sale is refused because others came before it.
//!
//! Notes that rules read stay: sales of lines that a split left undivided, corrections whose further line stands, the last word of
//! each guarantor, and all former pledgees, by whom signatures of the past are judged.

use crate::domain::pledge::{Attested, Disposal, Guarantee, LineCorrection, Pledge, PledgeMore};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;

impl PledgeMore {
    /// Adds attested consents.
    pub fn note_attested(&mut self, attested: impl IntoIterator<Item = Attested>) {
        for one in attested {
            make_room(&mut self.attested, |_| true);
            self.attested.push(one);
        }
    }

    /// Adds a disposal, and says whether there was room.
    #[must_use]
    pub fn note_disposal(&mut self, disposal: Disposal) -> bool {
        let joint = &self.joint;
        let is_joint = |line| {
            let mut notes = joint.iter();
            notes.any(|note| [note.first, note.second].contains(&line))
        };
        make_room(&mut self.disposals, |old| !is_joint(old.line));
        self.disposals.push(disposal);
        self.disposals.len() <= limits::PLEDGE_DISPOSALS_MAX
    }

    /// Adds a guarantee, and says whether there was room.
    #[must_use]
    pub fn note_guarantee(&mut self, guarantee: Guarantee) -> bool {
        self.guarantees.push(guarantee);
        if self.guarantees.len() <= limits::PLEDGE_NOTES_MAX {
            return true;
        }
        let all = self.guarantees.iter().map(|it| it.guarantor).enumerate();
        let all: Vec<_> = all.collect();
        let is_old = |(place, who): &(usize, _)| all.iter().any(|(at, of)| at > place && of == who);
        let Some((place, _)) = all.iter().find(|it| is_old(it)) else {
            return false;
        };
        self.guarantees.remove(*place);
        true
    }
}

impl Pledge {
    /// Adds the correction of a line, and says whether there was room.
    #[must_use]
    pub fn note_correction(&mut self, correction: LineCorrection, now: Timestamp) -> bool {
        if let Some(place) = self.old_correction(now) {
            self.more.corrections.remove(place);
        }
        self.more.corrections.push(correction);
        self.more.corrections.len() <= limits::PLEDGE_NOTES_MAX
    }

    /// Returns the place of the correction that gives way to a further one, where there is no room: the first without a further line
    /// that stands.
    pub fn old_correction(&self, now: Timestamp) -> Option<usize> {
        let stands = |further: u16| {
            let line = self.lines.get(usize::from(further));
            line.is_some_and(|line| line.is_open_at(now))
        };
        let notes = &self.more.corrections;
        let mut all = notes.iter();
        let old = all.position(|note| !note.further.is_some_and(stands));
        old.filter(|_| notes.len() >= limits::PLEDGE_NOTES_MAX)
    }
}

/// Takes the first of those that may give way out of a list that is full.
fn make_room<T>(notes: &mut Vec<T>, gives_way: impl Fn(&T) -> bool) {
    if notes.len() >= limits::PLEDGE_NOTES_MAX
        && let Some(place) = notes.iter().position(gives_way)
    {
        notes.remove(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pledge::Joint;
    use crate::primitives::crypto::Hash;
    use crate::primitives::id::PartyId;
    use crate::primitives::quantity::Quantity;

    fn sold(line: u16, entry: u64) -> Disposal {
        Disposal {
            line,
            quantity: None,
            proceeds: Quantity::ZERO,
            authority: None,
            buyer: None,
            document: Hash::of(&[b"sale"]),
            entry,
        }
    }

    #[test]
    fn a_sale_of_an_undivided_line_stays_and_others_give_way() {
        let mut more = PledgeMore::default();
        for entry in 0..16 {
            assert!(more.note_disposal(sold(u16::from(entry < 2), entry)));
        }
        assert!(more.note_disposal(sold(0, 16)));
        let first = |more: &PledgeMore| more.disposals.first().map(|it| it.entry);
        assert_eq!((more.disposals.len(), first(&more)), (16, Some(1)));
        more.joint.push(Joint {
            first: 1,
            second: 2,
            quantity: Quantity::ZERO,
            entry: 17,
        });
        for entry in 18..33 {
            assert!(more.note_disposal(sold(2, entry)));
        }
        let of_others = more.disposals.iter().filter(|it| it.line == 0).count();
        assert_eq!((more.disposals.len(), first(&more)), (16, Some(1)));
        assert_eq!(of_others, 0, "all but the sale of line 1 gave way");
        for entry in 33..145 {
            assert!(more.note_disposal(sold(2, entry)), "{entry}");
        }
        assert_eq!(more.disposals.len(), limits::PLEDGE_DISPOSALS_MAX);
        assert!(!more.note_disposal(sold(2, 145)));
    }

    #[test]
    fn the_last_word_of_each_guarantor_stays() {
        let guarantee = |guarantor, entry| Guarantee {
            guarantor: PartyId(guarantor),
            share_bp: 100,
            counter: None,
            document: Hash::of(&[b"guarantee"]),
            entry,
        };
        let mut more = PledgeMore::default();
        for entry in 0..16 {
            assert!(more.note_guarantee(guarantee(entry, entry)));
        }
        assert!(more.note_guarantee(guarantee(7, 16)));
        let all: Vec<u64> = more.guarantees.iter().map(|it| it.entry).collect();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        assert!(!more.note_guarantee(guarantee(99, 17)));
    }
}
