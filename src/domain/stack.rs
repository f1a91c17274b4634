//! Ranks: which burdens of one right share its room, and how much the room of all of them is.
//!
//! A line that stands behind others draws on the same units as they do, after them. So burdens form stacks, and a stack takes
//! as much of a right as its largest open line (ARCHITECTURE section 3). On any one day the lines of a stack are a chain:
//! of any two, one stands behind the other. A line whose senior is gone moves up without an entry, because only burdens that
//! still stand count here.

use crate::domain::right::{Burden, BurdenId};
use crate::primitives::quantity::Quantity;

/// What one burden takes on one day.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// Its name.
    pub id: BurdenId,
    /// How much.
    pub quantity: Quantity,
    /// The burdens it stands behind.
    pub behind: &'a [BurdenId],
}

/// Says whether one of the two stands behind the other.
pub fn related(a: &Burden, b: &Burden) -> bool {
    a.behind.contains(&b.id) || b.behind.contains(&a.id)
}

/// Returns the burdens that share their room with one of the list, itself included, in the order of the list.
pub fn around(burdens: &[Burden], one: BurdenId) -> Vec<&Burden> {
    let mut found: Vec<&Burden> = burdens.iter().filter(|burden| burden.id == one).collect();
    let mut looked_at = 0;
    while let Some(burden) = found.get(looked_at).copied() {
        looked_at += 1;
        for other in burdens {
            let is_known = found.iter().any(|known| known.id == other.id);
            if !is_known && related(burden, other) {
                found.push(other);
            }
        }
    }
    let place = |burden: &&Burden| burdens.iter().position(|other| other.id == burden.id);
    found.sort_by_key(place);
    found
}

/// The stacks of one day.
#[derive(Debug)]
pub struct Stacks {
    /// For each burden, the number of its stack.
    member: Vec<usize>,
    /// The largest quantity in each stack.
    largest: Vec<Quantity>,
}

impl Stacks {
    /// Sorts the burdens of one day into stacks.
    pub fn of(taken: &[Taken<'_>]) -> Self {
        let mut stacks = Self {
            member: Vec::with_capacity(taken.len()),
            largest: Vec::with_capacity(taken.len()),
        };
        let ranked = taken.iter().any(|burden| !burden.behind.is_empty());
        for (nth, burden) in taken.iter().enumerate() {
            let stack = stacks.largest.len();
            stacks.member.push(stack);
            stacks.largest.push(burden.quantity);
            if !ranked {
                continue;
            }
            for (other, earlier) in taken.iter().enumerate().take(nth) {
                let related =
                    burden.behind.contains(&earlier.id) || earlier.behind.contains(&burden.id);
                if related {
                    stacks.join(other, nth);
                }
            }
        }
        stacks
    }

    fn join(&mut self, a: usize, b: usize) {
        let (Some(&kept), Some(&gone)) = (self.member.get(a), self.member.get(b)) else {
            return;
        };
        if kept == gone {
            return;
        }
        for stack in &mut self.member {
            if *stack == gone {
                *stack = kept;
            }
        }
        let larger = self.largest(gone).max(self.largest(kept));
        self.set(kept, larger);
        self.set(gone, Quantity::ZERO);
    }

    fn largest(&self, stack: usize) -> Quantity {
        self.largest.get(stack).copied().unwrap_or_default()
    }

    fn set(&mut self, stack: usize, quantity: Quantity) {
        if let Some(largest) = self.largest.get_mut(stack) {
            *largest = quantity;
        }
    }

    /// Returns how much all stacks take together.
    pub fn used(&self) -> Quantity {
        let add = |sum: Quantity, largest: &Quantity| sum.saturating_add(*largest);
        self.largest.iter().fold(Quantity::ZERO, add)
    }

    /// Returns how much of each burden hangs where the right has only `there_is`.
    ///
    /// What lacks falls on what was registered last: from the end of the list, each burden gives up what it added to its
    /// stack. A burden hangs with what exceeds the room that its stack has left. Freezes give up nothing.
    pub fn hanging(&self, taken: &[Taken<'_>], there_is: Quantity) -> Vec<Quantity> {
        let mut lack = self.used().saturating_sub(there_is);
        let mut before = vec![Quantity::ZERO; self.largest.len()];
        let mut added = Vec::with_capacity(taken.len());
        for (burden, stack) in taken.iter().zip(&self.member) {
            let largest = before.get(*stack).copied().unwrap_or_default();
            added.push(burden.quantity.saturating_sub(largest));
            if let Some(largest) = before.get_mut(*stack) {
                *largest = burden.quantity.max(*largest);
            }
        }
        let mut room = self.largest.clone();
        for ((burden, stack), added) in taken.iter().zip(&self.member).zip(&added).rev() {
            if let Some(room) = room.get_mut(*stack).filter(|_| !burden.id.is_freeze()) {
                let part = lack.min(*added);
                lack = lack.saturating_sub(part);
                *room = room.saturating_sub(part);
            }
        }
        let hangs = |(burden, stack): (&Taken<'_>, &usize)| {
            let room = room.get(*stack).copied().unwrap_or_default();
            if burden.id.is_freeze() {
                Quantity::ZERO
            } else {
                burden.quantity.saturating_sub(room)
            }
        };
        taken.iter().zip(&self.member).map(hangs).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::id::{FreezeId, PledgeId};
    use crate::primitives::quantity::Scale;

    fn quantity(number: u64) -> Quantity {
        Quantity::parse(&number.to_string(), Scale::MAX).unwrap()
    }

    fn line(number: u64) -> BurdenId {
        BurdenId::Line(PledgeId(number), 0)
    }

    fn taken(id: u64, amount: u64, behind: &[BurdenId]) -> Taken<'_> {
        Taken {
            id: line(id),
            quantity: quantity(amount),
            behind,
        }
    }

    #[test]
    fn a_stack_takes_as_much_as_its_largest_line() {
        let (first, both) = ([line(1)], [line(1), line(2)]);
        let lines = [
            taken(1, 80, &[]),
            taken(2, 30, &first),
            taken(3, 100, &both),
            taken(4, 10, &[]),
        ];
        assert_eq!(Stacks::of(&lines).used(), quantity(110));
        // The first is released: the two that stood behind it are still one stack.
        assert_eq!(Stacks::of(&lines[1..]).used(), quantity(110));
        // A name that no longer stands counts for nothing.
        assert_eq!(Stacks::of(&lines[1..2]).used(), quantity(30));
    }

    #[test]
    fn without_ranks_it_is_a_plain_sum() {
        let lines = [taken(1, 80, &[]), taken(2, 30, &[]), taken(3, 10, &[])];
        let stacks = Stacks::of(&lines);
        assert_eq!(stacks.used(), quantity(120));
        let hanging = stacks.hanging(&lines, quantity(75));
        assert_eq!(hanging, [5, 30, 10].map(quantity));
    }

    #[test]
    fn what_lacks_falls_on_what_was_registered_last_and_shows_in_every_line_above_the_room() {
        let first = [line(1)];
        let lines = [taken(1, 80, &[]), taken(2, 20, &[]), taken(3, 100, &first)];
        let stacks = Stacks::of(&lines);
        assert_eq!(stacks.used(), quantity(120));
        // 20 lack: the third had added just these to the room of the first.
        assert_eq!(
            stacks.hanging(&lines, quantity(100)),
            [0, 0, 20].map(quantity)
        );
        assert_eq!(
            stacks.hanging(&lines, quantity(70)),
            [10, 20, 30].map(quantity)
        );
    }

    #[test]
    fn an_order_gives_up_nothing() {
        let freeze = Taken {
            id: BurdenId::Freeze(FreezeId(9)),
            quantity: quantity(50),
            behind: &[],
        };
        let lines = [taken(1, 80, &[]), freeze];
        let stacks = Stacks::of(&lines);
        assert_eq!(stacks.hanging(&lines, quantity(100)), [30, 0].map(quantity));
    }
}
