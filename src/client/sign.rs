//! Signing on this side of the line: payloads, envelopes, questions, hidden values.
//!
//! Separate from everything that travels, because private keys of institutions are used here and nowhere in the server.

use crate::client::fault::ClientFault;
use crate::domain::command::{Body, Command, Expected, Signer, SignerRole};
use crate::domain::envelope::{Envelope, EnvelopeSignature, Opening};
use crate::domain::wire::{command_json, question_json};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::SecretKey;
use crate::primitives::id::{CommandId, PartyId};
use crate::primitives::time::Timestamp;

/// A party that can sign: its id and the keys of the persons who act for it.
#[derive(Debug)]
pub struct Signatory {
    /// The party.
    pub party: PartyId,
    /// The key of the maker.
    pub maker: SecretKey,
    /// The key of the checker, where two persons sign.
    pub checker: Option<SecretKey>,
}

impl Signatory {
    /// Returns the keys with the parts they play.
    pub fn keys(&self) -> impl Iterator<Item = (&SecretKey, SignerRole)> {
        let checker = self.checker.as_ref().map(|key| (key, SignerRole::Checker));
        std::iter::once((&self.maker, SignerRole::Maker)).chain(checker)
    }

    /// Returns the signatures that a command of this party lists.
    pub fn signers(&self) -> impl Iterator<Item = Signer> {
        let org = self.party;
        self.keys().map(move |(_, role)| Signer { org, role })
    }
}

/// What goes into a command beside its body and its id.
#[derive(Clone, Debug)]
pub struct Unsigned<'a> {
    /// The audience: origin and hash of entry 0.
    pub aud: &'a str,
    /// The party that gives the command.
    pub org: PartyId,
    /// Every signature it will carry, in any order.
    pub signers: Vec<Signer>,
    /// Versions of records that must still hold.
    pub expect: Vec<(Expected, u64)>,
    /// The client's time.
    pub now: Timestamp,
    /// How long it may be decided.
    pub life_seconds: u64,
}

impl Unsigned<'_> {
    /// Returns the bytes that the signers sign.
    pub fn payload(mut self, cmd: CommandId, body: Body) -> Vec<u8> {
        self.signers.sort_unstable();
        self.expect.sort_unstable();
        let command = Command {
            aud: self.aud.to_owned(),
            org: self.org,
            cmd,
            signers: self.signers,
            attested: Vec::new(),
            expect: self.expect,
            seen: None,
            iat: self.now,
            exp: self.now.plus_seconds(self.life_seconds),
            body,
        };
        command_json(&command).to_canonical().into_bytes()
    }
}

/// Returns the text of a question for `POST /v1/check`: a command without the members that only a signature needs.
pub fn question(org: PartyId, body: &Body) -> String {
    question_json(org, body).to_canonical()
}

/// Makes an id that nobody else makes.
pub fn random_command_id() -> Result<CommandId, ClientFault> {
    random().map(CommandId)
}

/// Hides a value: makes its opening with a fresh salt.
pub fn hide(claim: &str, value: &str) -> Result<Opening, ClientFault> {
    let salt: [u8; 16] = random()?;
    Ok(Opening {
        claim: claim.to_owned(),
        salt: salt.to_vec(),
        value: value.to_owned(),
    })
}

fn random<const N: usize>() -> Result<[u8; N], ClientFault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(ClientFault::NoRandomness)?;
    Ok(bytes)
}

/// Signs a payload with every key and returns what `POST /v1/commands` takes: `{"command","openings"}`.
pub fn sign_all<'a>(
    payload: Vec<u8>,
    openings: &[Opening],
    keys: impl IntoIterator<Item = (&'a SecretKey, SignerRole)>,
) -> Result<String, ClientFault> {
    let signatures = keys
        .into_iter()
        .map(|(key, role)| EnvelopeSignature::sign(&payload, role, key))
        .collect();
    let envelope = Envelope::new(payload, signatures).map_err(ClientFault::Envelope)?;
    let submission = Json::object([
        ("command", envelope.to_json()),
        (
            "openings",
            Json::list(openings.iter().map(Opening::to_json)),
        ),
    ]);
    Ok(submission.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::{parse_command, parse_question};

    #[test]
    fn a_signed_command_is_what_the_door_reads() {
        let party = PartyId(5);
        let maker = SecretKey::from_seed(&[1; 32]);
        let checker = Some(SecretKey::from_seed(&[2; 32]));
        let signatory = Signatory {
            party,
            maker,
            checker,
        };
        let unsigned = Unsigned {
            aud: "registry.example/greenlien/500113",
            org: party,
            signers: signatory.signers().collect(),
            expect: Vec::new(),
            now: Timestamp::from_micros(1_000_000),
            life_seconds: 600,
        };
        let payload = unsigned.payload(CommandId([7; 16]), Body::SetSigningPolicy(2));
        let command = parse_command(&payload).unwrap();
        assert_eq!(command.signers.len(), 2);
        let text = sign_all(payload.clone(), &[], signatory.keys()).unwrap();
        let Json::Object(mut members) = Json::parse(text.as_bytes()).unwrap() else {
            unreachable!()
        };
        let envelope = Envelope::parse(members.remove("command").unwrap()).unwrap();
        assert_eq!(envelope.payload, payload);
        assert_eq!(envelope.signatures.len(), 2);
        let question = question(party, &Body::SetSigningPolicy(2));
        assert!(parse_question(Json::parse(question.as_bytes()).unwrap()).is_ok());
    }
}
