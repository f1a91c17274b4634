//! A draft: a command on its way from signer to signer, with the openings of its hidden members.
//!
//! `{"openings":[...],"payload":"<base64url>","signatures":[...]}`, with `openings` absent when there are none. It is an
//! envelope that may still lack signatures. Like the envelope it does not ask whether a key counts; whoever keeps drafts
//! checks the signatures that are there against the keys that it knows.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::command::{Command, Signer, SignerRole};
use crate::domain::envelope::{
    Envelope, EnvelopeSignature, Opening, check_openings, read_base64, take_signers,
};
use crate::domain::wire::{command_json, parse_command};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, SecretKey};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;

/// A command with the signatures it has so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// What the payload says.
    pub command: Command,
    /// The openings of its hidden members.
    pub openings: Vec<Opening>,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

/// Why a draft takes no signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignFault {
    /// This key has signed it.
    HasSigned(KeyId),
    /// It asks for no further signature in this part.
    NotAsked(SignerRole),
}

/// A signature that a draft asks for, and the key that has made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Who is asked, and in which part.
    pub signer: Signer,
    /// The key that has signed; nothing while it is still to sign.
    pub kid: Option<KeyId>,
}

impl Draft {
    /// Makes a draft without signatures; refuses a command that the door would refuse.
    pub fn new(command: &Command, openings: Vec<Opening>) -> Result<Self, FieldFault> {
        let payload = command_json(command).to_canonical().into_bytes();
        let command = parse_command(&payload)?;
        check_openings(command.body.hidden(), &openings)?;
        Ok(Self {
            command,
            openings,
            payload,
            signatures: Vec::new(),
        })
    }

    /// Reads a draft.
    pub fn parse(json: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open("", json)?;
        let openings = fields.optional_list("openings")?;
        Self::read(fields)?.with_openings(openings)
    }

    /// Reads a draft whose openings lie elsewhere: what it hides stays hidden.
    pub fn parse_closed(json: Json) -> Result<Self, FieldFault> {
        Self::read(Fields::open("", json)?)
    }

    /// Puts the openings to a draft that was read without them; there must be exactly one for every hidden member.
    pub fn with_openings(mut self, openings: Vec<Json>) -> Result<Self, FieldFault> {
        let openings = openings.into_iter().enumerate();
        self.openings = openings
            .map(|(n, json)| Opening::parse(&format!("openings[{n}]"), json))
            .collect::<Result<Vec<_>, _>>()?;
        check_openings(self.command.body.hidden(), &self.openings)?;
        Ok(self)
    }

    fn read(mut fields: Fields) -> Result<Self, FieldFault> {
        fields.required_list("signatures")?;
        let (_, payload) = read_base64(&mut fields, "payload", limits::PAYLOAD_BYTES_MAX)?;
        let mut signatures = Vec::new();
        for mut fields in fields.objects("signatures", limits::SIGNATURES_MAX)? {
            signatures.push(EnvelopeSignature::read(&mut fields)?);
            fields.finish()?;
        }
        fields.finish()?;
        if !signatures.is_empty() {
            signatures = super::sorted("signatures", signatures)?;
        }
        Ok(Self {
            command: parse_command(&payload)?,
            openings: Vec::new(),
            payload,
            signatures,
        })
    }

    /// Returns the SHA-256 of the payload, by which a draft is the same draft however many have signed it.
    pub fn payload_hash(&self) -> Hash {
        Hash::of(&[&self.payload])
    }

    /// Returns the signatures that it has, sorted by key id.
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }

    /// Adds a signature; refuses a part that the command does not ask for, or no longer, and a key that has signed.
    pub fn sign(&mut self, role: SignerRole, key: &SecretKey) -> Result<(), SignFault> {
        let kid = key.public().id();
        if self.has_signed(kid) {
            return Err(SignFault::HasSigned(kid));
        }
        if self.missing(role) == 0 {
            return Err(SignFault::NotAsked(role));
        }
        let made = EnvelopeSignature::sign(&self.payload, role, key);
        self.insert(made);
        Ok(())
    }

    /// Takes over what another copy of the same draft has and this one lacks; a place that is taken stays with who took it
    /// first. Returns whether anything was added. Both copies must have been checked with [`Draft::check`].
    pub fn take_signatures(
        &mut self,
        other: &Self,
        owner_of: impl Fn(KeyId) -> Option<(PartyId, PublicKey)>,
    ) -> bool {
        let before = self.signatures.len();
        for made in &other.signatures {
            let kid = made.header.kid;
            let Some((org, _)) = owner_of(kid) else {
                continue;
            };
            let role = made.header.role;
            let asked = Signer { org, role };
            let is_open = self
                .places(&owner_of)
                .iter()
                .any(|place| place.signer == asked && place.kid.is_none());
            if is_open && !self.has_signed(kid) {
                self.insert(made.clone());
            }
        }
        self.signatures.len() > before
    }

    fn insert(&mut self, made: EnvelopeSignature) {
        self.signatures.push(made);
        self.signatures
            .sort_by_key(|signature| signature.header.kid);
    }

    fn has_signed(&self, kid: KeyId) -> bool {
        self.signatures
            .iter()
            .any(|signature| signature.header.kid == kid)
    }

    /// Returns how many signatures in this part are still to come.
    pub fn missing(&self, role: SignerRole) -> usize {
        let asked = self
            .command
            .signers
            .iter()
            .filter(|signer| signer.role == role)
            .count();
        let there = self
            .signatures
            .iter()
            .filter(|made| made.header.role == role)
            .count();
        asked.saturating_sub(there)
    }

    /// Checks every signature that is there: a key that `owner_of` knows, a place that the payload has for it, and valid.
    pub fn check(
        &self,
        owner_of: impl Fn(KeyId) -> Option<(PartyId, PublicKey)>,
    ) -> Result<(), FieldFault> {
        let verified = self
            .envelope()
            .verify_all(|kid| owner_of(kid).map(|(_, key)| key))?;
        take_signers(&self.command, &verified, |kid| {
            owner_of(kid).map(|(party, _)| party)
        })?;
        Ok(())
    }

    /// Returns the signatures that the payload asks for, in its order, each with the key that has made it.
    pub fn places(&self, owner_of: impl Fn(KeyId) -> Option<(PartyId, PublicKey)>) -> Vec<Place> {
        let mut made: BTreeMap<Signer, Vec<KeyId>> = BTreeMap::new();
        for signature in self.signatures.iter().rev() {
            let (kid, role) = (signature.header.kid, signature.header.role);
            if let Some((org, _)) = owner_of(kid) {
                made.entry(Signer { org, role }).or_default().push(kid);
            }
        }
        let place = |signer: &Signer| Place {
            signer: *signer,
            kid: made.get_mut(signer).and_then(Vec::pop),
        };
        self.command.signers.iter().map(place).collect()
    }

    fn envelope(&self) -> Envelope {
        Envelope {
            payload: self.payload.clone(),
            payload_b64: URL_SAFE_NO_PAD.encode(&self.payload),
            signatures: self.signatures.clone(),
        }
    }

    /// Returns what [`Draft::parse_closed`] reads: payload and signatures, without the openings.
    pub fn command_json(&self) -> Json {
        self.envelope().to_json()
    }

    /// Returns the draft as [`Draft::parse`] reads it.
    pub fn to_json(&self) -> Json {
        self.command_json().with("openings", self.openings_json())
    }

    /// Returns the text of the draft file.
    pub fn to_text(&self) -> String {
        let mut text = self.to_json().to_canonical();
        text.push('\n');
        text
    }

    /// Returns what is sent to the registry: `{"command","openings"}`.
    pub fn to_submission(&self) -> Json {
        Json::object([("command", self.command_json())]).with("openings", self.openings_json())
    }

    fn openings_json(&self) -> Option<Json> {
        let openings = self.openings.iter().map(Opening::to_json);
        (!self.openings.is_empty()).then(|| Json::list(openings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Body;
    use crate::primitives::id::CommandId;
    use crate::primitives::time::Timestamp;

    fn draft() -> Draft {
        let iat = Timestamp::parse("2026-12-01T02:03:04Z").unwrap();
        let signer = |org, role| Signer {
            org: PartyId(org),
            role,
        };
        let command = Command {
            aud: "registry.example#00".to_owned(),
            org: PartyId(3),
            cmd: CommandId([1; 16]),
            signers: vec![
                signer(3, SignerRole::Maker),
                signer(3, SignerRole::Checker),
                signer(4, SignerRole::Maker),
            ],
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat,
            exp: iat.plus_seconds(600),
            body: Body::SetSigningPolicy(2),
        };
        Draft::new(&command, Vec::new()).unwrap()
    }

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    /// Keys 1 and 2 are of M3, key 4 and 5 of M4.
    fn owner_of(kid: KeyId) -> Option<(PartyId, PublicKey)> {
        [(1, 3), (2, 3), (4, 4), (5, 4)]
            .into_iter()
            .map(|(seed, org)| (PartyId(org), key(seed).public()))
            .find(|(_, key)| key.id() == kid)
    }

    #[test]
    fn a_draft_survives_its_file_with_and_without_signatures() {
        let mut draft = draft();
        for (role, seed) in [(SignerRole::Maker, 1), (SignerRole::Checker, 2)] {
            let text = draft.to_text();
            let again = Draft::parse(Json::parse(text.as_bytes()).unwrap()).unwrap();
            assert_eq!(again.to_text(), text);
            let missing = draft.missing(role);
            draft.sign(role, &key(seed)).unwrap();
            assert_eq!(draft.missing(role), missing - 1);
        }
        let text = draft.to_text().replace("\"signatures\"", "\"signed\"");
        let fault = Draft::parse(Json::parse(text.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(fault.field, "signatures");
    }

    #[test]
    fn a_third_maker_and_a_second_signature_of_one_key_are_refused() {
        let mut draft = draft();
        draft.sign(SignerRole::Maker, &key(1)).unwrap();
        let again = draft.sign(SignerRole::Checker, &key(1));
        assert_eq!(again, Err(SignFault::HasSigned(key(1).public().id())));
        draft.sign(SignerRole::Maker, &key(4)).unwrap();
        let maker = draft.sign(SignerRole::Maker, &key(2));
        assert_eq!(maker, Err(SignFault::NotAsked(SignerRole::Maker)));
    }

    #[test]
    fn signatures_that_are_there_are_checked_and_others_may_still_lack() {
        let mut draft = draft();
        draft.check(owner_of).unwrap();
        draft.sign(SignerRole::Maker, &key(1)).unwrap();
        draft.check(owner_of).unwrap();
        let signed: Vec<bool> = draft
            .places(owner_of)
            .iter()
            .map(|place| place.kid.is_some())
            .collect();
        assert_eq!(signed, [true, false, false]);
        let mut forged = draft.clone();
        forged.signatures[0].signature = crate::primitives::crypto::Signature([7; 64]);
        let fault = forged.check(owner_of).unwrap_err();
        assert_eq!(fault.field, "signatures[0].signature");
        // A stranger's key, and a second maker of one party, though another party's place is open.
        let mut stranger = self::draft();
        stranger.sign(SignerRole::Maker, &key(9)).unwrap();
        assert!(stranger.check(owner_of).is_err());
        draft.sign(SignerRole::Maker, &key(2)).unwrap();
        let fault = draft.check(owner_of).unwrap_err();
        assert!(fault.field.starts_with("signatures["), "{fault}");
    }

    #[test]
    fn copies_of_one_draft_come_together_and_lose_no_signature() {
        let signed = |role, seed| {
            let mut one = draft();
            one.sign(role, &key(seed)).unwrap();
            one
        };
        let mut kept = signed(SignerRole::Maker, 1);
        assert!(kept.take_signatures(&signed(SignerRole::Maker, 4), owner_of));
        assert!(kept.take_signatures(&signed(SignerRole::Checker, 2), owner_of));
        assert_eq!(kept.signatures().len(), 3);
        // What is there already, and a second for a place that is taken, change nothing.
        assert!(!kept.take_signatures(&signed(SignerRole::Maker, 1), owner_of));
        assert!(!kept.take_signatures(&signed(SignerRole::Maker, 5), owner_of));
        kept.check(owner_of).unwrap();
        assert!(
            kept.places(owner_of)
                .iter()
                .all(|place| place.kid.is_some())
        );
    }
}
