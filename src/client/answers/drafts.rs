//! The inbox of drafts.

use crate::client::answers::{objects, optional_parsed};
use crate::domain::command::{Signer, SignerRole};
use crate::domain::envelope::{Draft, Place};
use crate::primitives::crypto::{Hash, KeyId, lower_hex};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, PartyId};
use crate::primitives::time::Timestamp;

/// A draft in the inbox, without its hidden values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftView {
    /// Its name: the hash of its payload.
    pub draft: Hash,
    /// The party that gives the command.
    pub org: PartyId,
    /// The id of the command.
    pub cmd: CommandId,
    /// Its type.
    pub command: String,
    /// The party that put it into the inbox.
    pub depositor: PartyId,
    /// The pseudonym of the person who did.
    pub person: String,
    /// When.
    pub deposited: Timestamp,
    /// Until when it may be decided.
    pub exp: Timestamp,
    /// How many values it hides.
    pub hides: u64,
    /// How many signatures it lacks.
    pub missing: u64,
    /// The signatures that it asks for, each with the key that has made it.
    pub signers: Vec<Place>,
    /// Who will not sign.
    pub declined: Vec<DraftDeclined>,
}

impl DraftView {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let party = "an id such as M9";
        Ok(Self {
            draft: fields.hash("draft")?,
            org: fields.parsed("org", party, PartyId::parse)?,
            cmd: fields.parsed("cmd", "a command id", |text| lower_hex(text).map(CommandId))?,
            command: fields.text("type")?,
            depositor: fields.parsed("depositor", party, PartyId::parse)?,
            person: fields.text("person")?,
            deposited: fields.parsed("deposited", "an instant", Timestamp::parse)?,
            exp: fields.parsed("exp", "an instant", Timestamp::parse)?,
            hides: fields.count("hides")?,
            missing: fields.count("missing")?,
            signers: objects(fields, "signers", place)?,
            declined: objects(fields, "declined", DraftDeclined::read)?,
        })
    }
}

fn place(fields: &mut Fields) -> Result<Place, FieldFault> {
    let kid = |text: &str| Hash::from_hex(text).map(KeyId);
    Ok(Place {
        signer: Signer {
            org: fields.parsed("org", "an id such as M9", PartyId::parse)?,
            role: fields.parsed("role", "maker or checker", SignerRole::parse)?,
        },
        kid: optional_parsed(fields, "kid", "a key id", kid)?,
    })
}

/// A signer that will not sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftDeclined {
    /// The party.
    pub org: PartyId,
    /// The pseudonym of the person who had signed in.
    pub person: String,
    /// Why.
    pub reason: String,
    /// When.
    pub time: Timestamp,
}

impl DraftDeclined {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            org: fields.parsed("org", "an id such as M9", PartyId::parse)?,
            person: fields.text("person")?,
            reason: fields.text("reason")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
        })
    }
}

/// A draft in the inbox with its hidden values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftWhole {
    /// What the inbox says of it.
    pub view: DraftView,
    /// The draft, to be signed and put back, or submitted when it is complete.
    pub file: Draft,
}

impl DraftWhole {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let file = Draft::parse(fields.required("file")?)?;
        let view = DraftView::read(fields)?;
        if file.payload_hash() != view.draft {
            return Err(fields.fault("file", "is another draft than the one that was asked for"));
        }
        Ok(Self { view, file })
    }
}
