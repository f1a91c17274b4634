//! How a draft is kept: its row in the store, with the openings sealed, and what becomes of it under another openings key.
//!
//! ```text
//! row = length of JSON u32 || JSON || length of wrapped key u16 || wrapped key || sealed openings
//! ```
//!
//! The last two are empty where the draft hides nothing. The JSON holds the payload and the signatures, which the log will show
//! to everybody who reads it, and who put them here.

use crate::domain::command::{Signer, SignerRole};
use crate::domain::envelope::{Draft, Opening, Place};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::ServiceFault;
use crate::service::openings::sealing::{DataKey, OpeningsKey};
use crate::store::{Store, StoreFault};

/// A signer that will not sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declined {
    /// The party.
    pub org: PartyId,
    /// The person whose key had signed in.
    pub person: String,
    /// Why.
    pub reason: String,
    /// When, by the clock of the server.
    pub time: Timestamp,
}

/// What a draft asks of a party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// To sign its own command as maker.
    Sign,
    /// To check its own command.
    Check,
    /// To consent to the command of another.
    Consent,
    /// To take its own back, or to agree anew about it: somebody will not sign it.
    ToChange,
    /// Nothing, or nothing any more.
    Nothing,
}

/// A draft in the inbox, with or without its openings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptDraft {
    /// The hash of its payload, which names it.
    pub hash: Hash,
    /// Its place among the drafts.
    pub number: u64,
    /// The command and its signatures.
    pub draft: Draft,
    /// The signatures that it asks for, each with the key that has made it.
    pub places: Vec<Place>,
    /// The party that put it here.
    pub depositor: PartyId,
    /// The person of that party.
    pub person: String,
    /// When.
    pub deposited: Timestamp,
    /// Who will not sign.
    pub declined: Vec<Declined>,
}

impl KeptDraft {
    /// Returns how many values it hides.
    pub fn hides(&self) -> usize {
        self.draft.command.body.hidden().len()
    }

    /// Returns how many signatures are still to come.
    pub fn missing(&self) -> usize {
        self.places
            .iter()
            .filter(|place| place.kid.is_none())
            .count()
    }

    /// Returns the parts in which a party is still to sign.
    pub fn asked_of(&self, org: PartyId) -> Vec<SignerRole> {
        let open = self.places.iter().filter(|place| place.kid.is_none());
        open.map(|place| place.signer)
            .filter(|signer: &Signer| signer.org == org)
            .map(|signer| signer.role)
            .collect()
    }

    /// Returns what it asks of a party.
    pub fn asks(&self, org: PartyId) -> Asks {
        let roles = self.asked_of(org);
        let has_declined = self.declined.iter().any(|declined| declined.org == org);
        let is_own = self.depositor == org || self.draft.command.org == org;
        let is_given = self.draft.command.org == org;
        if is_own && (is_given || !has_declined) && !self.declined.is_empty() {
            return Asks::ToChange;
        }
        if roles.is_empty() || has_declined {
            return Asks::Nothing;
        }
        if self.draft.command.org != org {
            return Asks::Consent;
        }
        if roles.contains(&SignerRole::Maker) {
            Asks::Sign
        } else {
            Asks::Check
        }
    }
}

/// The row of a draft, taken apart.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) draft: Draft,
    pub(super) depositor: PartyId,
    pub(super) person: String,
    pub(super) deposited: Timestamp,
    pub(super) declined: Vec<Declined>,
    /// The wrapped data key and the sealed openings.
    sealed: Option<(Vec<u8>, Vec<u8>)>,
}

impl Row {
    pub(super) fn new(
        number: u64,
        draft: Draft,
        (depositor, person): (PartyId, String),
        deposited: Timestamp,
        key: Option<&OpeningsKey>,
    ) -> Result<Self, StoreFault> {
        let sealed = match key {
            Some(key) if !draft.openings.is_empty() => Some(seal(key, &draft)?),
            Some(_) | None => None,
        };
        Ok(Self {
            number,
            draft,
            depositor,
            person,
            deposited,
            declined: Vec::new(),
            sealed,
        })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let json = Json::object([
            (
                "declined",
                Json::list(self.declined.iter().map(declined_json)),
            ),
            ("deposited", Json::Text(self.deposited.to_string())),
            ("depositor", Json::Text(self.depositor.to_string())),
            ("draft", self.draft.command_json()),
            ("number", Json::count(self.number)),
            ("person", Json::text(&*self.person)),
        ]);
        let json = json.to_canonical();
        let (wrapped, sealed) = self.sealed.clone().unwrap_or_default();
        // A row is a few times as long as a command may be, and a wrapped key has 61 bytes.
        let json_length = u32::try_from(json.len()).unwrap_or(u32::MAX);
        let key_length = u16::try_from(wrapped.len()).unwrap_or(u16::MAX);
        [
            json_length.to_be_bytes().as_slice(),
            json.as_bytes(),
            &key_length.to_be_bytes(),
            &wrapped,
            &sealed,
        ]
        .concat()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ServiceFault> {
        let split = || {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (json, rest) = rest.split_at_checked(length)?;
            let (length, rest) = rest.split_first_chunk::<2>()?;
            let (wrapped, sealed) =
                rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            Some((json, wrapped, sealed))
        };
        let (json, wrapped, sealed) = split().ok_or_else(|| damaged("its row is too short"))?;
        let json = Json::parse(json).map_err(|fault| damaged(&fault.to_string()))?;
        let sealed = (!sealed.is_empty()).then(|| (wrapped.to_vec(), sealed.to_vec()));
        Self::read(json, sealed).map_err(|fault| damaged(&fault.to_string()))
    }

    fn read(json: Json, sealed: Option<(Vec<u8>, Vec<u8>)>) -> Result<Self, FieldFault> {
        let mut fields = Fields::open("", json)?;
        let mut declined = Vec::new();
        for mut fields in fields.objects("declined", limits::SIGNATURES_MAX)? {
            declined.push(Declined {
                org: fields.parsed("org", "a party", PartyId::parse)?,
                person: fields.text("person")?,
                reason: fields.text("reason")?,
                time: fields.parsed("time", "an instant", Timestamp::parse)?,
            });
        }
        Ok(Self {
            number: fields.count("number")?,
            draft: Draft::parse_closed(fields.required("draft")?)?,
            depositor: fields.parsed("depositor", "a party", PartyId::parse)?,
            person: fields.text("person")?,
            deposited: fields.parsed("deposited", "an instant", Timestamp::parse)?,
            declined,
            sealed,
        })
    }

    /// Puts the openings back to the draft.
    pub(super) fn open(&mut self, key: Option<&OpeningsKey>) -> Result<(), ServiceFault> {
        let Some((wrapped, sealed)) = &self.sealed else {
            return Ok(());
        };
        let hash = self.draft.payload_hash();
        let data = key.and_then(|key| key.unwrap_draft(&hash, wrapped));
        let text = data.and_then(|data| data.open_draft(&hash, sealed));
        let text = text.ok_or_else(|| damaged("its openings do not open with the openings key"))?;
        let Ok(Json::List(openings)) = Json::parse(text.as_bytes()) else {
            return Err(damaged("its openings are no list"));
        };
        let draft = self.draft.clone().with_openings(openings);
        self.draft = draft.map_err(|fault| damaged(&fault.to_string()))?;
        Ok(())
    }

    pub(super) fn into_kept(self, places: Vec<Place>) -> KeptDraft {
        KeptDraft {
            hash: self.draft.payload_hash(),
            number: self.number,
            draft: self.draft,
            places,
            depositor: self.depositor,
            person: self.person,
            deposited: self.deposited,
            declined: self.declined,
        }
    }
}

fn damaged(why: &str) -> ServiceFault {
    ServiceFault::Doubt(format!("a draft in the inbox cannot be read: {why}"))
}

fn declined_json(declined: &Declined) -> Json {
    Json::object([
        ("org", Json::Text(declined.org.to_string())),
        ("person", Json::text(&*declined.person)),
        ("reason", Json::text(&*declined.reason)),
        ("time", Json::Text(declined.time.to_string())),
    ])
}

fn seal(key: &OpeningsKey, draft: &Draft) -> Result<(Vec<u8>, Vec<u8>), StoreFault> {
    let hash = draft.payload_hash();
    let data = DataKey::fresh()?;
    let openings = Json::list(draft.openings.iter().map(Opening::to_json));
    let text = zeroize::Zeroizing::new(openings.to_canonical());
    let wrapped = key.wrap_draft(&hash, &data)?;
    Ok((wrapped, data.seal_draft(&hash, &text)?))
}

/// Returns every draft that hides something with its data key wrapped under another openings key.
pub(in crate::service) fn wrapped_again(
    store: &Store,
    from: &OpeningsKey,
    to: &OpeningsKey,
) -> Result<Vec<(Hash, Vec<u8>)>, ServiceFault> {
    let mut again = Vec::new();
    for (hash, bytes) in store.drafts()? {
        let mut row = Row::parse(&bytes)?;
        let Some((wrapped, _)) = &mut row.sealed else {
            continue;
        };
        let data = from.unwrap_draft(&hash, wrapped);
        let why = || damaged("its data key does not open with the openings key until now");
        *wrapped = to
            .wrap_draft(&hash, &data.ok_or_else(why)?)
            .map_err(StoreFault::from)?;
        again.push((hash, row.to_bytes()));
    }
    Ok(again)
}
