//! Whether enough parties of each role signed (a policy change, a recovery). A seat of the quorum needs a party of its own.

use std::collections::BTreeMap;

use crate::domain::party::{Party, Role};

/// Says whether the parties can take all seats, each party one of them; `quorum` is the number of seats of each role.
pub fn is_met(quorum: &BTreeMap<Role, u64>, parties: &[&Party]) -> bool {
    let seats: u64 = quorum
        .values()
        .fold(0, |sum, seats| sum.saturating_add(*seats));
    if u64::try_from(parties.len()).unwrap_or(u64::MAX) < seats {
        return false;
    }
    // No more seats than parties are left here, so the list is short.
    let of_role = |(role, seats): (&Role, &u64)| (0..*seats).map(|_| *role).collect::<Vec<_>>();
    let seats: Vec<Role> = quorum.iter().flat_map(of_role).collect();
    let mut table = Table {
        seats: &seats,
        parties,
        taken: vec![None; parties.len()],
    };
    (0..seats.len()).all(|seat| table.seat(seat, &mut vec![false; parties.len()]))
}

/// Who sits where so far.
struct Table<'a> {
    seats: &'a [Role],
    parties: &'a [&'a Party],
    /// For each party, the seat that it takes.
    taken: Vec<Option<usize>>,
}

impl Table<'_> {
    /// Finds a party for a seat; one that sits elsewhere may move to another seat for it (augmenting paths, Kuhn).
    fn seat(&mut self, seat: usize, asked: &mut Vec<bool>) -> bool {
        let Some(role) = self.seats.get(seat).copied() else {
            return false;
        };
        for (number, party) in self.parties.iter().enumerate() {
            let was_asked = asked.get(number).copied().unwrap_or(true);
            if was_asked || !party.has_role(role) {
                continue;
            }
            if let Some(asked) = asked.get_mut(number) {
                *asked = true;
            }
            let sits = self.taken.get(number).copied().flatten();
            if sits.is_none_or(|other| self.seat(other, asked)) {
                if let Some(taken) = self.taken.get_mut(number) {
                    *taken = Some(seat);
                }
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::party::PartyMore;

    fn party(roles: &[Role]) -> Party {
        Party {
            name: None,
            credit_code: None,
            region: None,
            roles: roles.to_vec(),
            duties: Vec::new(),
            keys: Vec::new(),
            threshold: 1,
            hidden: Vec::new(),
            more: PartyMore::default(),
        }
    }

    fn met(seats: &[(Role, u64)], parties: &[&[Role]]) -> bool {
        let parties: Vec<Party> = parties.iter().map(|roles| party(roles)).collect();
        is_met(
            &seats.iter().copied().collect(),
            &parties.iter().collect::<Vec<_>>(),
        )
    }

    #[test]
    fn a_party_of_two_roles_takes_one_seat() {
        let quorum = [(Role::Authority, 1), (Role::Bank, 1)];
        let both: &[Role] = &[Role::Authority, Role::Bank];
        assert!(!met(&quorum, &[both]));
        assert!(met(&quorum, &[both, both]));
        assert!(met(&quorum, &[both, &[Role::Bank]]));
        assert!(met(&quorum, &[&[Role::Authority], both]));
        assert!(!met(&quorum, &[both, &[Role::Holder]]));
    }

    #[test]
    fn a_party_leaves_its_seat_to_one_that_has_no_other() {
        let quorum = [(Role::Authority, 1), (Role::Bank, 2), (Role::Guarantor, 1)];
        let (authority, bank, guarantor) = (Role::Authority, Role::Bank, Role::Guarantor);
        let parties: [&[Role]; 4] = [
            &[authority, bank],
            &[bank, guarantor],
            &[bank, guarantor],
            &[authority],
        ];
        assert!(met(&quorum, &parties));
        assert!(!met(&quorum, &parties[..3]));
        let no_guarantor: [&[Role]; 4] = [&[authority], &[bank], &[bank], &[bank]];
        assert!(!met(&quorum, &no_guarantor));
    }

    #[test]
    fn no_seats_are_always_taken_and_very_many_never() {
        assert!(met(&[], &[]));
        assert!(!met(
            &[(Role::Bank, u64::MAX), (Role::Authority, 1)],
            &[&[Role::Bank]]
        ));
    }
}
