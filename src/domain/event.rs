//! What happened: the accepted outcome of one command, with every resulting line in full.
//!
//! An event alone says which records it touches, and folding it into a record needs nothing but that record: so a reader who
//! holds one right's entries can compute the state of that right (`fold`).

use crate::domain::cell::Cell;
use crate::domain::change::{Change, Row};
use crate::domain::facts::StateKey;
use crate::domain::party::Party;
use crate::domain::pledge::{Form, Line, PledgeMore};
use crate::domain::right::{Burden, BurdenId, Capacity, Overhang, Right};
use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// The overhang of one burden on one right after the event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OverhangChange {
    /// The right.
    pub right: RightId,
    /// The burden.
    pub burden: BurdenId,
    /// What is left without a right beneath it now; none where it is covered again.
    pub overhang: Option<Overhang>,
}

/// An overlap with a neighbor that was tolerated when a right was issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tolerated {
    /// The neighbor.
    pub right: RightId,
    /// Twice the common area in squared units, rounded up.
    pub area2: i128,
}

/// A pledge's line that follows a right to its successor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MovedLine {
    /// The right it leaves.
    pub from: RightId,
    /// The burden.
    pub burden: BurdenId,
}

/// A reservation that a registration takes over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenOver {
    /// The reservation.
    pub id: ReservationId,
    /// The rights that it stood on.
    pub rights: Vec<RightId>,
    /// Lines stand where the reserved ones stood that they fit into (law 2).
    pub in_place: bool,
}

/// What a line of a pledge became.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineResult {
    /// The number of the line.
    pub number: u16,
    /// The line in full.
    pub line: Line,
}

/// An accepted outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A party is in the register, with its first keys (`added` is the entry's index).
    PartyAdmitted {
        /// Its id.
        party: PartyId,
        /// All its members, without keys.
        record: Box<Party>,
        /// Its first keys, with the persons who hold them.
        keys: Vec<(PublicKey, String)>,
    },
    /// A key was added.
    KeyAdded {
        /// The party.
        party: PartyId,
        /// The key.
        key: PublicKey,
        /// The person.
        person: String,
    },
    /// A key was revoked.
    KeyRevoked {
        /// The party.
        party: PartyId,
        /// The key.
        kid: KeyId,
    },
    /// A signing threshold was set.
    SigningPolicySet {
        /// The party.
        party: PartyId,
        /// The threshold.
        threshold: u64,
    },
    /// A policy text was adopted.
    PolicyAdopted {
        /// The kind.
        kind: String,
        /// The digest of the text; the text is in the command.
        digest: Hash,
        /// When it becomes active.
        active_from: Timestamp,
    },
    /// A right was issued, with the burdens of its predecessors.
    RightIssued {
        /// Its id.
        right: RightId,
        /// All its members, burdens included.
        record: Box<Right>,
        /// Overlaps that were tolerated.
        tolerated: Vec<Tolerated>,
        /// Burdens that came from predecessors.
        moved: Vec<MovedLine>,
    },
    /// A quantity was set.
    RightAdjusted {
        /// The right.
        right: RightId,
        /// The first day (flows).
        from: Day,
        /// The quantity.
        quantity: Quantity,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// A right was revoked.
    RightRevoked {
        /// The right.
        right: RightId,
        /// The first day without it.
        from: Day,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// A part was frozen.
    Frozen {
        /// The right.
        right: RightId,
        /// The freeze as a burden.
        burden: Burden,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// A freeze was lifted.
    Unfrozen {
        /// The right.
        right: RightId,
        /// The freeze.
        freeze: FreezeId,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// Capacity was reserved.
    Reserved {
        /// Its id.
        reservation: ReservationId,
        /// Who may register on it.
        pledgee: PartyId,
        /// Who consented.
        pledgor: PartyId,
        /// The lines.
        lines: Vec<Line>,
        /// When it ends by itself.
        expires: Timestamp,
    },
    /// A reservation was given up.
    ReservationCancelled {
        /// The reservation.
        reservation: ReservationId,
        /// The rights it stood on.
        rights: Vec<RightId>,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// A pledge was registered.
    PledgeRegistered {
        /// Its id.
        pledge: PledgeId,
        /// Who is secured.
        pledgee: PartyId,
        /// Who gives the collateral.
        pledgor: PartyId,
        /// Who owes, where it is not the pledgor.
        debtor: Option<PartyId>,
        /// 质押 or 抵押.
        form: Form,
        /// The lines.
        lines: Vec<Line>,
        /// The term of the claim.
        term: Option<Span>,
        /// Digests of hidden members.
        hidden: Vec<(String, Hash)>,
        /// The reservation that it takes over.
        reservation: Option<TakenOver>,
        /// Its members that came with law 2.
        more: Box<PledgeMore>,
    },
    /// Lines got new quantities.
    PledgeAmended {
        /// The pledge.
        pledge: PledgeId,
        /// The lines that changed.
        lines: Vec<LineResult>,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// Lines got later ends, or the claim a new term.
    PledgeExtended {
        /// The pledge.
        pledge: PledgeId,
        /// The lines that changed.
        lines: Vec<LineResult>,
        /// The term of the claim, where it changed.
        term: Option<Span>,
    },
    /// An act of law 2 changed records.
    Changed {
        /// The word of the act, which is that of the command.
        act: String,
        /// Records with members that are different now.
        changes: Vec<Change>,
        /// Items of their lists that were put or dropped.
        rows: Vec<Row>,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
    /// A pledge was released, whole or in part.
    PledgeReleased {
        /// The pledge.
        pledge: PledgeId,
        /// The lines that changed; a line released whole says so and keeps its last extent.
        lines: Vec<LineResult>,
        /// Burdens whose overhang changed.
        overhangs: Vec<OverhangChange>,
    },
}

impl Event {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::PartyAdmitted { .. } => "party_admitted",
            Self::KeyAdded { .. } => "key_added",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::SigningPolicySet { .. } => "signing_policy_set",
            Self::PolicyAdopted { .. } => "policy_adopted",
            Self::RightIssued { .. } => "right_issued",
            Self::RightAdjusted { .. } => "right_adjusted",
            Self::RightRevoked { .. } => "right_revoked",
            Self::Frozen { .. } => "frozen",
            Self::Unfrozen { .. } => "unfrozen",
            Self::Reserved { .. } => "reserved",
            Self::ReservationCancelled { .. } => "reservation_cancelled",
            Self::PledgeRegistered { .. } => "pledge_registered",
            Self::PledgeAmended { .. } => "pledge_amended",
            Self::PledgeExtended { .. } => "pledge_extended",
            Self::PledgeReleased { .. } => "pledge_released",
            Self::Changed { act, .. } => act,
        }
    }

    /// Returns the id of the numbered record or of the freeze that the event creates.
    pub fn created(&self) -> Option<String> {
        match self {
            Self::PartyAdmitted { party, .. } => Some(party.to_string()),
            Self::RightIssued { right, .. } => Some(right.to_string()),
            Self::Frozen { burden, .. } => Some(burden.id.to_string()),
            Self::Reserved { reservation, .. } => Some(reservation.to_string()),
            Self::PledgeRegistered { pledge, .. } => Some(pledge.to_string()),
            Self::KeyAdded { .. }
            | Self::KeyRevoked { .. }
            | Self::SigningPolicySet { .. }
            | Self::PolicyAdopted { .. }
            | Self::RightAdjusted { .. }
            | Self::RightRevoked { .. }
            | Self::Unfrozen { .. }
            | Self::ReservationCancelled { .. }
            | Self::PledgeAmended { .. }
            | Self::PledgeExtended { .. }
            | Self::PledgeReleased { .. } => None,
            Self::Changed { changes, .. } => {
                let mut new = changes.iter().filter(|change| change.new);
                let numbered = new.find(|change| change.of.is_numbered());
                numbered.map(|change| change.of.name())
            }
        }
    }

    /// Returns the overhangs that the event changed.
    pub fn overhangs(&self) -> &[OverhangChange] {
        match self {
            Self::RightAdjusted { overhangs, .. }
            | Self::RightRevoked { overhangs, .. }
            | Self::Frozen { overhangs, .. }
            | Self::Unfrozen { overhangs, .. }
            | Self::ReservationCancelled { overhangs, .. }
            | Self::PledgeAmended { overhangs, .. }
            | Self::Changed { overhangs, .. }
            | Self::PledgeReleased { overhangs, .. } => overhangs,
            Self::PartyAdmitted { .. }
            | Self::KeyAdded { .. }
            | Self::KeyRevoked { .. }
            | Self::SigningPolicySet { .. }
            | Self::PolicyAdopted { .. }
            | Self::RightIssued { .. }
            | Self::Reserved { .. }
            | Self::PledgeRegistered { .. }
            | Self::PledgeExtended { .. } => &[],
        }
    }

    /// Returns the event as it is before the law has asked what it leaves hanging.
    #[must_use]
    pub fn without_overhangs(&self) -> Self {
        let mut event = self.clone();
        match &mut event {
            Self::RightAdjusted { overhangs, .. }
            | Self::RightRevoked { overhangs, .. }
            | Self::Frozen { overhangs, .. }
            | Self::Unfrozen { overhangs, .. }
            | Self::ReservationCancelled { overhangs, .. }
            | Self::PledgeAmended { overhangs, .. }
            | Self::Changed { overhangs, .. }
            | Self::PledgeReleased { overhangs, .. } => overhangs.clear(),
            Self::PartyAdmitted { .. }
            | Self::KeyAdded { .. }
            | Self::KeyRevoked { .. }
            | Self::SigningPolicySet { .. }
            | Self::PolicyAdopted { .. }
            | Self::RightIssued { .. }
            | Self::Reserved { .. }
            | Self::PledgeRegistered { .. }
            | Self::PledgeExtended { .. } => {}
        }
        event
    }

    /// Returns the keys of all records that the event touches, sorted, each once.
    #[expect(
        clippy::too_many_lines,
        reason = "one short arm for each type of event"
    )]
    pub fn touches(&self) -> Vec<StateKey> {
        let mut keys = match self {
            Self::PartyAdmitted {
                party,
                record,
                keys,
            } => admitted_keys(*party, record, keys),
            Self::KeyAdded { party, key, .. } => {
                vec![StateKey::Party(*party), StateKey::public_key(key.id())]
            }
            Self::KeyRevoked { party, .. } | Self::SigningPolicySet { party, .. } => {
                vec![StateKey::Party(*party)]
            }
            Self::PolicyAdopted { kind, .. } => vec![StateKey::Policy(kind.clone())],
            Self::RightIssued {
                right,
                record,
                tolerated,
                moved,
            } => issued_keys(*right, record, tolerated, moved),
            Self::RightAdjusted { right, .. }
            | Self::RightRevoked { right, .. }
            | Self::Frozen { right, .. }
            | Self::Unfrozen { right, .. } => vec![StateKey::Right(*right)],
            Self::Reserved {
                reservation, lines, ..
            } => {
                let mut keys = vec![StateKey::Reservation(*reservation)];
                keys.extend(lines.iter().map(|line| StateKey::Right(line.right)));
                keys
            }
            Self::ReservationCancelled {
                reservation,
                rights,
                ..
            } => {
                let mut keys = vec![StateKey::Reservation(*reservation)];
                keys.extend(rights.iter().map(|right| StateKey::Right(*right)));
                keys
            }
            Self::PledgeRegistered {
                pledge,
                lines,
                reservation,
                ..
            } => {
                let mut keys = vec![StateKey::Pledge(*pledge)];
                keys.extend(lines.iter().map(|line| StateKey::Right(line.right)));
                if let Some(taken) = reservation {
                    keys.push(StateKey::Reservation(taken.id));
                    keys.extend(taken.rights.iter().map(|right| StateKey::Right(*right)));
                }
                keys
            }
            Self::Changed { changes, rows, .. } => {
                let changed = changes.iter().map(|change| change.of.clone());
                changed
                    .chain(rows.iter().map(|row| row.of.clone()))
                    .collect()
            }
            Self::PledgeAmended { pledge, lines, .. }
            | Self::PledgeExtended { pledge, lines, .. }
            | Self::PledgeReleased { pledge, lines, .. } => {
                let mut keys = vec![StateKey::Pledge(*pledge)];
                keys.extend(lines.iter().map(|line| StateKey::Right(line.line.right)));
                keys
            }
        };
        keys.extend(
            self.overhangs()
                .iter()
                .map(|change| StateKey::Right(change.right)),
        );
        keys.sort();
        keys.dedup();
        keys
    }
}

fn admitted_keys(party: PartyId, record: &Party, keys: &[(PublicKey, String)]) -> Vec<StateKey> {
    let mut touched = vec![StateKey::Party(party)];
    touched.extend(
        record
            .credit_code
            .iter()
            .map(|code| StateKey::credit_code(code)),
    );
    touched.extend(keys.iter().map(|(key, _)| StateKey::public_key(key.id())));
    touched
}

fn issued_keys(
    right: RightId,
    record: &Right,
    tolerated: &[Tolerated],
    moved: &[MovedLine],
) -> Vec<StateKey> {
    let mut keys = vec![StateKey::Right(right)];
    keys.extend(record.identities.iter().map(StateKey::identity));
    keys.extend(
        record
            .source
            .iter()
            .map(|source| StateKey::Source(source.clone())),
    );
    keys.extend(cells_of(record).iter().map(|cell| StateKey::Cell(*cell)));
    keys.extend(record.succeeds.iter().map(|right| StateKey::Right(*right)));
    keys.extend(
        tolerated
            .iter()
            .map(|tolerated| StateKey::Right(tolerated.right)),
    );
    for line in moved {
        keys.push(StateKey::Right(line.from));
        match line.burden {
            BurdenId::Line(pledge, _) => keys.push(StateKey::Pledge(pledge)),
            BurdenId::Hold(reservation, _) => keys.push(StateKey::Reservation(reservation)),
            BurdenId::Freeze(_) => {}
        }
    }
    keys
}

/// Returns the cells in which a right lies.
pub fn cells_of(right: &Right) -> &[Cell] {
    match &right.capacity {
        Capacity::Land { cells, .. } => cells,
        Capacity::Stock(_) | Capacity::Flow(_) => &[],
    }
}
