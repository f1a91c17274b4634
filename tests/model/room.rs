//! What gives way where a pledge has no room for one more note.

use super::Model;
use super::deed::Order;
use super::pledge::Pledge;

/// How many notes of one sort a pledge has room for, before the first gives way.
const ROOM: usize = 16;

/// How many disposals, where none of them gives way.
const DISPOSALS: usize = 128;

impl Model {
    /// Notes the consents that a command about a pledge attests; the last sixteen stay.
    pub(super) fn note_attested(&mut self, order: &Order) {
        let more = self.noted(order);
        let nth = order.deed.pledge();
        if let Some(pledge) = nth.and_then(|nth| self.pledges.get_mut(nth)) {
            for consent in more {
                pledge.attested.push(consent);
                if pledge.attested.len() > ROOM {
                    pledge.attested.remove(0);
                }
            }
        }
    }

    /// The consents that a command attests, as a pledge notes them.
    pub(super) fn noted(&self, order: &Order) -> Vec<(usize, bool, u64)> {
        let attested = order.attested.iter();
        attested
            .map(|(party, video)| (*party, *video, self.index))
            .collect()
    }
}

impl Pledge {
    /// Notes that something of a line was disposed of, and says whether there was room.
    pub(super) fn note_disposal(&mut self, line: u16) -> bool {
        if self.disposals.len() >= ROOM {
            // What was sold of lines that belong together is counted for good.
            for (place, old) in self.disposals.iter().enumerate() {
                if self.joint.iter().all(|(a, b, _)| a != old && b != old) {
                    self.disposals.remove(place);
                    break;
                }
            }
        }
        self.disposals.push(line);
        self.disposals.len() <= DISPOSALS
    }

    /// Forgets the first correction that added no line which stands, and says whether there is room for one more.
    pub(super) fn forget_a_correction(&mut self) -> bool {
        if self.corrections.len() < ROOM {
            return true;
        }
        for (place, (_, _, further)) in self.corrections.iter().enumerate() {
            if further.is_none_or(|further| !self.lines[usize::from(further)].open) {
                self.corrections.remove(place);
                return true;
            }
        }
        false
    }
}

/// Forgets the first share of a guarantor that has said another since, where there are too many; says whether there is room.
pub(super) fn forget_a_share(guarantors: &mut Vec<(usize, u64)>) -> bool {
    if guarantors.len() <= ROOM {
        return true;
    }
    for (place, (who, _)) in guarantors.iter().enumerate() {
        if guarantors[place + 1..]
            .iter()
            .any(|(later, _)| later == who)
        {
            guarantors.remove(place);
            return true;
        }
    }
    false
}
