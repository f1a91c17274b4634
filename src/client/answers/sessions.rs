//! Sessions, and the hidden values that members read.

use crate::client::answers::{objects, optional_count, optional_parsed, texts};
use crate::primitives::crypto::{Hash, KeyId};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::time::Timestamp;

/// A text to sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// The text.
    pub challenge: String,
    /// When it ends.
    pub ends: Timestamp,
}

impl Challenge {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            challenge: fields.text("challenge")?,
            ends: fields.parsed("ends", "an instant", Timestamp::parse)?,
        })
    }
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The party.
    pub org: PartyId,
    /// The key that signed in.
    pub kid: KeyId,
    /// The pseudonym of the person who holds the key.
    pub person: String,
    /// When it ends by itself.
    pub ends: Timestamp,
    /// What shows it, for [`crate::client::Client::with_token`]; given once.
    pub token: Option<String>,
}

impl Session {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            org: fields.parsed("org", "an id such as M9", PartyId::parse)?,
            kid: KeyId(fields.hash("kid")?),
            person: fields.text("person")?,
            ends: fields.parsed("ends", "an instant", Timestamp::parse)?,
            token: fields.optional_text("token")?,
        })
    }
}

/// What a registry has of a hidden value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// The salt in hexadecimal digits and the value.
    Open {
        /// The salt.
        salt: String,
        /// The value.
        value: String,
    },
    /// Its opening was destroyed by the order of this entry.
    Erased(u64),
    /// The registry keeps no opening though none was erased.
    Lost,
}

/// A hidden value of a pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShownOpening {
    /// Its name.
    pub claim: String,
    /// The digest in the record.
    pub digest: Hash,
    /// What there is of it.
    pub kept: Kept,
}

impl ShownOpening {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let (salt, value) = (
            fields.optional_text("salt")?,
            fields.optional_text("value")?,
        );
        let kept = match (salt, value, optional_count(fields, "erased")?) {
            (Some(salt), Some(value), None) => Kept::Open { salt, value },
            (None, None, Some(entry)) => Kept::Erased(entry),
            (None, None, None) => Kept::Lost,
            _ => return Err(fields.fault("value", "must stand with its salt, or be erased")),
        };
        Ok(Self {
            claim: fields.text("claim")?,
            digest: fields.hash("digest")?,
            kept,
        })
    }
}

/// The hidden values of a pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Openings {
    /// The pledge.
    pub pledge: PledgeId,
    /// In which capacity the reader sees them.
    pub capacity: String,
    /// The values.
    pub items: Vec<ShownOpening>,
}

impl Openings {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            pledge: fields.parsed("pledge", "an id such as P57", PledgeId::parse)?,
            capacity: fields.text("as")?,
            items: objects(fields, "items", ShownOpening::read)?,
        })
    }
}

/// The hidden values of a natural person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonOpenings {
    /// The person.
    pub party: PartyId,
    /// In which capacity the reader sees them.
    pub capacity: String,
    /// The values.
    pub items: Vec<ShownOpening>,
}

impl PersonOpenings {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            party: fields.parsed("party", "an id such as M12", PartyId::parse)?,
            capacity: fields.text("as")?,
            items: objects(fields, "items", ShownOpening::read)?,
        })
    }
}

/// One access to the openings of a pledge or a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpeningRead {
    /// Its number among the accesses of the record, from 0.
    pub number: u64,
    /// When, by the clock of the server.
    pub time: Timestamp,
    /// The party.
    pub org: PartyId,
    /// The pseudonym of the person who holds the key.
    pub person: String,
    /// The key that had signed in.
    pub kid: Option<KeyId>,
    /// In which capacity.
    pub capacity: String,
    /// What was shown.
    pub claims: Vec<String>,
}

impl OpeningRead {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let kid = |text: &str| Hash::from_hex(text).map(KeyId);
        let any = |text: &str| Some(text.to_owned());
        Ok(Self {
            number: fields.count("number")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
            org: fields.parsed("org", "an id such as M9", PartyId::parse)?,
            person: fields.text("person")?,
            kid: optional_parsed(fields, "kid", "a key id", kid)?,
            capacity: fields.text("as")?,
            claims: texts(fields, "claims", "a name", any)?,
        })
    }
}
