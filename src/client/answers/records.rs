//! Records as of the published checkpoint, and their histories.

use crate::domain::entry::Entry;
use crate::domain::facts::{Record, StateKey};
use crate::domain::party::Party;
use crate::domain::pledge::{Pledge, Reservation};
use crate::domain::right::Right;
use crate::domain::wire::read_record;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};

/// A record with its place in the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held<K, T> {
    /// Its id.
    pub id: K,
    /// How many entries touched it; what a command that changes it names.
    pub version: u64,
    /// The last of them.
    pub last_index: EntryIndex,
    /// The root over all of them.
    pub history_root: Hash,
    /// The record.
    pub record: T,
}

/// The id of a pledge or of a reservation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SecuredId {
    /// A pledge.
    Pledge(PledgeId),
    /// A reservation.
    Reservation(ReservationId),
}

impl std::fmt::Display for SecuredId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pledge(id) => id.fmt(f),
            Self::Reservation(id) => id.fmt(f),
        }
    }
}

/// A pledge or a reservation: one listing has both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Secured {
    /// A pledge.
    Pledge(Box<Pledge>),
    /// A reservation.
    Reservation(Reservation),
}

/// A right.
pub type HeldRight = Held<RightId, Right>;
/// A pledge or a reservation.
pub type HeldSecured = Held<SecuredId, Secured>;
/// A party.
pub type HeldParty = Held<PartyId, Party>;

impl HeldRight {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let held = take(fields, "right", "an id such as R41")?;
        match (held.id, held.record) {
            (StateKey::Right(id), Record::Right(record)) => Ok(Self {
                id,
                version: held.version,
                last_index: held.last_index,
                history_root: held.history_root,
                record,
            }),
            _ => Err(fields.fault("record", "is not a right")),
        }
    }
}

impl HeldSecured {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let held = take(fields, "pledge", "an id such as P57 or V58")?;
        let (id, record) = match (held.id, held.record) {
            (StateKey::Pledge(id), Record::Pledge(pledge)) => {
                (SecuredId::Pledge(id), Secured::Pledge(Box::new(pledge)))
            }
            (StateKey::Reservation(id), Record::Reservation(reservation)) => (
                SecuredId::Reservation(id),
                Secured::Reservation(reservation),
            ),
            _ => return Err(fields.fault("record", "is neither a pledge nor a reservation")),
        };
        Ok(Self {
            id,
            version: held.version,
            last_index: held.last_index,
            history_root: held.history_root,
            record,
        })
    }
}

impl HeldParty {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let held = take(fields, "party", "an id such as M9")?;
        match (held.id, held.record) {
            (StateKey::Party(id), Record::Party(record)) => Ok(Self {
                id,
                version: held.version,
                last_index: held.last_index,
                history_root: held.history_root,
                record,
            }),
            _ => Err(fields.fault("record", "is not a party")),
        }
    }
}

/// Takes a record of a space, strictly, as it is hashed.
fn take(
    fields: &mut Fields,
    space: &str,
    what: &str,
) -> Result<Held<StateKey, Record>, FieldFault> {
    let key = fields.parsed("id", what, |id| StateKey::parse(space, id))?;
    let record = fields.required("record")?;
    Ok(Held {
        version: fields.count("version")?,
        last_index: fields.count("last_index")?,
        history_root: fields.hash("history_root")?,
        record: read_record(&key, &fields.at("record"), record)?,
        id: key,
    })
}

/// One entry of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touched {
    /// The position in the log.
    pub index: EntryIndex,
    /// The bytes of the entry.
    pub text: String,
}

impl Touched {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            index: fields.count("index")?,
            text: fields.text("entry")?,
        })
    }

    /// Reads the entry.
    pub fn entry(&self) -> Result<Entry, FieldFault> {
        Entry::parse(self.text.as_bytes())
    }
}
