//! The draft file: a command on its way from signer to signer, with the openings of its hidden members.
//!
//! `{"openings":[...],"payload":"<base64url>","signatures":[...]}`, with `openings` absent when there are none. It is an
//! envelope that may still lack signatures; nothing here knows which keys exist.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cli::exit::Failure;
use crate::cli::files;
use crate::domain::command::{Command, SignerRole};
use crate::domain::envelope::{Envelope, EnvelopeSignature, Opening, check_openings};
use crate::domain::wire::{command_json, parse_command};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;

/// Bytes of a draft file: a signed command as it is sent, with white space.
pub const DRAFT_BYTES_MAX: usize = 2 * limits::COMMAND_BYTES_MAX;

/// A command with the signatures it has so far.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the payload says.
    pub command: Command,
    /// The openings of its hidden members.
    pub openings: Vec<Opening>,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

impl Draft {
    /// Makes a draft without signatures; refuses a command that the door would refuse.
    pub fn new(command: &Command, openings: Vec<Opening>) -> Result<Self, FieldFault> {
        let payload = command_json(command).to_canonical().into_bytes();
        Self::of(payload, Vec::new(), openings)
    }

    /// Reads a draft file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let json = files::read_json(path, DRAFT_BYTES_MAX)?;
        Self::parse(json).map_err(|fault| {
            Failure::from(fault)
                .of(path.display())
                .hint("a draft is made with `greenlien sign --new`")
        })
    }

    fn parse(json: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open("", json)?;
        let openings = fields.optional_list("openings")?.into_iter().enumerate();
        let openings = openings
            .map(|(n, json)| Opening::parse(&format!("openings[{n}]"), json))
            .collect::<Result<Vec<_>, _>>()?;
        let payload = fields.text("payload")?;
        let signatures = fields.list("signatures")?;
        fields.finish()?;
        if signatures.is_empty() {
            let bytes = URL_SAFE_NO_PAD
                .decode(&payload)
                .map_err(|_| FieldFault::new("payload", "must be base64url without padding"))?;
            return Self::of(bytes, Vec::new(), openings);
        }
        let envelope = Envelope::parse(Json::object([
            ("payload", Json::Text(payload)),
            ("signatures", Json::List(signatures)),
        ]))?;
        Self::of(envelope.payload, envelope.signatures, openings)
    }

    fn of(
        payload: Vec<u8>,
        signatures: Vec<EnvelopeSignature>,
        openings: Vec<Opening>,
    ) -> Result<Self, FieldFault> {
        let command = parse_command(&payload)?;
        check_openings(command.body.hidden(), &openings)?;
        Ok(Self {
            command,
            openings,
            payload,
            signatures,
        })
    }

    /// Adds a signature; refuses a part that the command does not ask for, or no longer, and a key that has signed.
    pub fn sign(&mut self, role: SignerRole, key: &SecretKey) -> Result<(), Failure> {
        let kid = key.public().id();
        if self
            .signatures
            .iter()
            .any(|signature| signature.header.kid == kid)
        {
            let failure = Failure::refused(format!("the key {kid} has signed this draft already"));
            return Err(failure.hint("another person must sign now, with another key"));
        }
        if self.missing(role) == 0 {
            let role = role.name();
            let failure =
                Failure::refused(format!("the draft takes no further signature as {role}"));
            return Err(
                failure.hint("`signers` of the payload says who signs; choose the other role")
            );
        }
        self.signatures
            .push(EnvelopeSignature::sign(&self.payload, role, key));
        self.signatures
            .sort_by_key(|signature| signature.header.kid);
        Ok(())
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

    /// Returns the text of the draft file.
    pub fn to_text(&self) -> String {
        let mut text = self
            .command_json()
            .with("openings", self.openings_json())
            .to_canonical();
        text.push('\n');
        text
    }

    /// Returns what is sent to the registry: `{"command","openings"}`.
    pub fn to_submission(&self) -> Json {
        Json::object([("command", self.command_json())]).with("openings", self.openings_json())
    }

    fn command_json(&self) -> Json {
        let envelope = Envelope {
            payload: Vec::new(),
            payload_b64: URL_SAFE_NO_PAD.encode(&self.payload),
            signatures: self.signatures.clone(),
        };
        envelope.to_json()
    }

    fn openings_json(&self) -> Option<Json> {
        let openings = self.openings.iter().map(Opening::to_json);
        (!self.openings.is_empty()).then(|| Json::list(openings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::{Body, Signer};
    use crate::primitives::id::{CommandId, PartyId};
    use crate::primitives::time::Timestamp;

    fn draft() -> Draft {
        let iat = Timestamp::parse("2026-12-01T02:03:04Z").unwrap();
        let signer = |role| Signer {
            org: PartyId(3),
            role,
        };
        let command = Command {
            aud: "registry.example#00".to_owned(),
            org: PartyId(3),
            cmd: CommandId([1; 16]),
            signers: vec![signer(SignerRole::Maker), signer(SignerRole::Checker)],
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

    #[test]
    fn a_draft_survives_its_file_with_and_without_signatures() {
        let mut draft = draft();
        for role in [SignerRole::Maker, SignerRole::Checker] {
            let text = draft.to_text();
            let again = Draft::parse(Json::parse(text.as_bytes()).unwrap()).unwrap();
            assert_eq!(again.to_text(), text);
            assert_eq!(draft.missing(role), 1);
            let seed = if role == SignerRole::Maker { 1 } else { 2 };
            draft.sign(role, &key(seed)).unwrap();
            assert_eq!(draft.missing(role), 0);
        }
    }

    #[test]
    fn a_second_maker_and_a_second_signature_of_one_key_are_refused() {
        let mut draft = draft();
        draft.sign(SignerRole::Maker, &key(1)).unwrap();
        let again = draft.sign(SignerRole::Checker, &key(1)).unwrap_err();
        assert!(again.message.contains("has signed this draft already"));
        let maker = draft.sign(SignerRole::Maker, &key(2)).unwrap_err();
        assert!(maker.message.ends_with("no further signature as maker"));
    }
}
