//! The signed form of a command: a JWS in General JSON serialization (RFC 7515 section 7.2.1) in one fixed form.
//!
//! The payload bytes are kept as they were signed and never written anew. Protected headers hold exactly `alg`, `kid`, `role`
//! and `typ`, so `crit`, `b64`, `jku`, `jwk` and `x5u` are refused like any other unknown member: a key comes from the
//! register, never from the message. This file must not ask whether a key was valid; that is `authority` at the position in
//! the log.

mod draft;
mod opening;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::authority::VerifiedSignature;
use crate::domain::command::{Command, Signer, SignerRole};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, SecretKey, Signature};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;

pub use draft::{Draft, Place, SignFault};
pub use opening::{Opening, check_openings};

/// The media type in every protected header.
const TYPE: &str = "greenlien-cmd+jws";
/// Bytes of a protected header: its four members take 160.
const PROTECTED_BYTES_MAX: usize = 256;
/// How a header names the one algorithm there is, Ed25519 with strict verification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// `Ed25519` (RFC 9864).
    Ed25519,
    /// `EdDSA` (RFC 8037), which many libraries still write.
    EdDsa,
}

impl Algorithm {
    /// Returns the word in the header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Ed25519, Self::EdDsa]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// A protected header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The algorithm.
    pub alg: Algorithm,
    /// The key.
    pub kid: KeyId,
    /// The part the signature plays for its party.
    pub role: SignerRole,
}

impl Header {
    fn to_json(self) -> Json {
        Json::object([
            ("alg", Json::text(self.alg.name())),
            ("kid", Json::Text(self.kid.to_string())),
            ("role", Json::text(self.role.name())),
            ("typ", Json::text(TYPE)),
        ])
    }

    fn parse(path: &str, bytes: &[u8]) -> Result<Self, FieldFault> {
        let json = Json::parse_canonical(bytes)
            .map_err(|fault| FieldFault::new(path, fault.to_string()))?;
        let mut fields = Fields::open(path, json)?;
        let header = Self {
            alg: fields.parsed("alg", "Ed25519", Algorithm::parse)?,
            kid: KeyId(fields.hash("kid")?),
            role: fields.parsed("role", "maker or checker", SignerRole::parse)?,
        };
        fields.parsed("typ", TYPE, |text| (text == TYPE).then_some(()))?;
        fields.finish()?;
        Ok(header)
    }
}

/// One signature of an envelope, not yet verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvelopeSignature {
    /// The protected header as it was signed, in base64url.
    pub protected_b64: String,
    /// What it says.
    pub header: Header,
    /// The signature over the signing input.
    pub signature: Signature,
}

impl EnvelopeSignature {
    /// Signs the payload bytes of a command.
    pub fn sign(payload: &[u8], role: SignerRole, key: &SecretKey) -> Self {
        let header = Header {
            alg: Algorithm::Ed25519,
            kid: key.public().id(),
            role,
        };
        let protected_b64 = URL_SAFE_NO_PAD.encode(header.to_json().to_canonical());
        let input = signing_input(&protected_b64, &URL_SAFE_NO_PAD.encode(payload));
        Self {
            signature: key.sign(&input),
            protected_b64,
            header,
        }
    }

    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let (protected_b64, bytes) = read_base64(fields, "protected", PROTECTED_BYTES_MAX)?;
        let header = Header::parse(&fields.at("protected"), &bytes)?;
        let (_, bytes) = read_base64(fields, "signature", 64)?;
        let bytes = bytes
            .try_into()
            .map_err(|_| fields.fault("signature", "must be 64 bytes in base64url"))?;
        Ok(Self {
            protected_b64,
            header,
            signature: Signature(bytes),
        })
    }

    fn to_json(&self) -> Json {
        Json::object([
            ("protected", Json::text(&*self.protected_b64)),
            (
                "signature",
                Json::Text(URL_SAFE_NO_PAD.encode(self.signature.0)),
            ),
        ])
    }
}

/// A payload with its signatures, sorted by key id, each key once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// The decoded payload.
    pub payload: Vec<u8>,
    /// The payload as it was signed, in base64url.
    pub payload_b64: String,
    /// The signatures.
    pub signatures: Vec<EnvelopeSignature>,
}

impl Envelope {
    /// Puts signatures around the payload that they were made over.
    pub fn new(payload: Vec<u8>, signatures: Vec<EnvelopeSignature>) -> Result<Self, FieldFault> {
        let payload_b64 = URL_SAFE_NO_PAD.encode(&payload);
        Ok(Self {
            payload,
            payload_b64,
            signatures: sorted("signatures", signatures)?,
        })
    }

    /// Parses an envelope in any order of signatures.
    pub fn parse(value: Json) -> Result<Self, FieldFault> {
        Self::read("", value)
    }

    /// Reads an envelope that stands at `path`.
    pub(in crate::domain) fn read(path: &str, value: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open(path, value)?;
        let (payload_b64, payload) =
            read_base64(&mut fields, "payload", limits::PAYLOAD_BYTES_MAX)?;
        let mut signatures = Vec::new();
        for mut fields in fields.objects("signatures", limits::SIGNATURES_MAX)? {
            signatures.push(EnvelopeSignature::read(&mut fields)?);
            fields.finish()?;
        }
        let signatures = sorted(&fields.at("signatures"), signatures)?;
        fields.finish()?;
        Ok(Self {
            payload,
            payload_b64,
            signatures,
        })
    }

    /// Returns the one form in which an envelope is logged.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("payload", Json::text(&*self.payload_b64)),
            (
                "signatures",
                Json::list(self.signatures.iter().map(EnvelopeSignature::to_json)),
            ),
        ])
    }

    /// Returns the SHA-256 of the decoded payload; two submissions with one hash are one command.
    pub fn payload_hash(&self) -> Hash {
        Hash::of(&[&self.payload])
    }

    /// Returns the bytes that a signature covers: protected header, `.`, payload, both in base64url.
    pub fn signing_input(&self, signature: &EnvelopeSignature) -> Vec<u8> {
        signing_input(&signature.protected_b64, &self.payload_b64)
    }

    /// Verifies every signature; `key_of` returns the public key of a key id that the register knows.
    pub fn verify_all(
        &self,
        key_of: impl Fn(KeyId) -> Option<PublicKey>,
    ) -> Result<Vec<VerifiedSignature>, FieldFault> {
        let verify = |(n, signature): (usize, &EnvelopeSignature)| {
            let Header { alg: _, kid, role } = signature.header;
            let key = key_of(kid).ok_or_else(|| {
                let reason = format!("names the key {kid}, which the register does not know");
                FieldFault::new(format!("signatures[{n}].protected"), reason)
            })?;
            if key.verifies(&self.signing_input(signature), &signature.signature) {
                return Ok(VerifiedSignature { kid, role });
            }
            let reason = format!("is not a valid signature by the key {kid}");
            Err(FieldFault::new(
                format!("signatures[{n}].signature"),
                reason,
            ))
        };
        self.signatures.iter().enumerate().map(verify).collect()
    }
}

/// Checks that an envelope carries exactly the signatures that its payload lists: a missing or an extra one is refused before
/// anything is decided.
pub fn check_signer_list(
    command: &Command,
    verified: &[VerifiedSignature],
    party_of: impl Fn(KeyId) -> Option<PartyId>,
) -> Result<(), FieldFault> {
    let open = take_signers(command, verified, party_of)?;
    match open.into_iter().find(|(_, count)| *count > 0) {
        None => Ok(()),
        Some((signer, _)) => {
            let reason = format!("lack the one of {} as {}", signer.org, signer.role.name());
            Err(FieldFault::new("signatures", reason))
        }
    }
}

/// Takes each signature off the list of the payload, which must name it; returns how many of each signer are still open.
fn take_signers(
    command: &Command,
    verified: &[VerifiedSignature],
    party_of: impl Fn(KeyId) -> Option<PartyId>,
) -> Result<BTreeMap<Signer, usize>, FieldFault> {
    let mut open: BTreeMap<Signer, usize> = BTreeMap::new();
    for signer in &command.signers {
        *open.entry(*signer).or_default() += 1;
    }
    for (n, signature) in verified.iter().enumerate() {
        let Some(org) = party_of(signature.kid) else {
            let reason = format!("names the key {}, which belongs to no party", signature.kid);
            return Err(FieldFault::new(
                format!("signatures[{n}].protected"),
                reason,
            ));
        };
        let signer = Signer {
            org,
            role: signature.role,
        };
        let Some(count) = open.get_mut(&signer).filter(|count| **count > 0) else {
            let reason = format!(
                "is by {} as {}, which `signers` does not name",
                org,
                signer.role.name()
            );
            return Err(FieldFault::new(format!("signatures[{n}]"), reason));
        };
        *count -= 1;
    }
    Ok(open)
}

fn signing_input(protected_b64: &str, payload_b64: &str) -> Vec<u8> {
    [protected_b64.as_bytes(), b".", payload_b64.as_bytes()].concat()
}

fn sorted(
    path: &str,
    mut signatures: Vec<EnvelopeSignature>,
) -> Result<Vec<EnvelopeSignature>, FieldFault> {
    if signatures.is_empty() || signatures.len() > limits::SIGNATURES_MAX {
        let reason = format!(
            "must be 1 to {}, not {}",
            limits::SIGNATURES_MAX,
            signatures.len()
        );
        return Err(FieldFault::new(path, reason));
    }
    let mut kids = BTreeSet::new();
    for (n, signature) in signatures.iter().enumerate() {
        let kid = signature.header.kid;
        if !kids.insert(kid) {
            let reason = format!("is the second by the key {kid}");
            return Err(FieldFault::new(format!("{path}[{n}]"), reason));
        }
    }
    signatures.sort_by_key(|signature| signature.header.kid);
    Ok(signatures)
}

/// Reads bytes in base64url: without padding, without other characters, unused bits zero. Returns the text too.
fn read_base64(
    fields: &mut Fields,
    name: &str,
    max: usize,
) -> Result<(String, Vec<u8>), FieldFault> {
    let text = fields.text(name)?;
    if text.len() > max.div_ceil(3) * 4 {
        return Err(fields.fault(name, format!("is longer than {max} bytes")));
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(&text)
        .map_err(|_| fields.fault(name, "must be base64url without padding or stray bits"))?;
    if bytes.len() > max {
        return Err(fields.fault(name, format!("is longer than {max} bytes")));
    }
    Ok((text, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::{command_json, samples};

    fn command() -> Command {
        samples::command(samples::bodies().pop().unwrap())
    }

    fn envelope() -> Envelope {
        let payload = command_json(&command()).to_canonical().into_bytes();
        let sign = |(key, verified, _): &(SecretKey, VerifiedSignature, PartyId)| {
            EnvelopeSignature::sign(&payload, verified.role, key)
        };
        let signatures = samples::signed().iter().map(sign).collect();
        Envelope::new(payload, signatures).unwrap()
    }

    fn key_of(kid: KeyId) -> Option<PublicKey> {
        let keys = samples::signed().into_iter().map(|(key, ..)| key.public());
        keys.into_iter().find(|key| key.id() == kid)
    }

    fn party_of(kid: KeyId) -> Option<PartyId> {
        samples::signed()
            .into_iter()
            .find(|(_, known, _)| known.kid == kid)
            .map(|(.., org)| org)
    }

    /// The fault of an envelope whose only signature has this protected header.
    fn header_fault(header: &str) -> String {
        let signature = Json::object([
            ("protected", Json::Text(URL_SAFE_NO_PAD.encode(header))),
            ("signature", Json::Text(URL_SAFE_NO_PAD.encode([0; 64]))),
        ]);
        let envelope = Json::object([
            ("payload", Json::text("e30")),
            ("signatures", Json::list([signature])),
        ]);
        match Envelope::parse(envelope) {
            Ok(_) => "accepted".to_owned(),
            Err(fault) => fault.to_string(),
        }
    }

    fn header() -> String {
        let kid = KeyId(samples::hash("kid"));
        let header = Header {
            alg: Algorithm::Ed25519,
            kid,
            role: SignerRole::Maker,
        };
        header.to_json().to_canonical()
    }

    #[test]
    fn an_envelope_survives_and_its_signatures_are_sorted_by_key() {
        let envelope = envelope();
        assert_eq!(Envelope::parse(envelope.to_json()), Ok(envelope.clone()));
        let Json::Object(mut members) = envelope.to_json() else {
            unreachable!()
        };
        if let Some(Json::List(signatures)) = members.get_mut("signatures") {
            signatures.reverse();
        }
        let reversed = Json::Object(members);
        assert_ne!(reversed, envelope.to_json());
        assert_eq!(Envelope::parse(reversed), Ok(envelope));
    }

    #[test]
    fn every_signature_is_verified_under_its_key() {
        let envelope = envelope();
        let verified = envelope.verify_all(key_of).unwrap();
        check_signer_list(&command(), &verified, party_of).unwrap();
        let unknown = envelope.verify_all(|_| None).unwrap_err();
        let kid = envelope.signatures.first().unwrap().header.kid;
        let reason = format!(
            "signatures[0].protected: names the key {kid}, which the register does not know"
        );
        assert_eq!(unknown.to_string(), reason);
        let mut other = envelope.clone();
        other.payload_b64 = URL_SAFE_NO_PAD.encode("{}");
        assert_eq!(
            other.verify_all(key_of).unwrap_err().field,
            "signatures[0].signature"
        );
        let mut swapped = envelope;
        let protected = swapped
            .signatures
            .first()
            .unwrap()
            .protected_b64
            .replace("bWFrZXI", "Y2hlY2tlcg");
        swapped.signatures.last_mut().unwrap().protected_b64 = protected;
        assert_eq!(
            swapped.verify_all(key_of).unwrap_err().field,
            "signatures[2].signature"
        );
    }

    #[test]
    fn the_header_has_exactly_its_four_members() {
        assert_eq!(header_fault(&header()), "accepted");
        assert_eq!(
            header_fault(&header().replace("\"Ed25519\"", "\"EdDSA\"")),
            "accepted"
        );
        for (name, value) in [
            ("crit", "[\"exp\"]"),
            ("b64", "false"),
            ("jku", "\"https://example.org/keys\""),
            ("jwk", "{}"),
            ("x5u", "\"https://example.org/chain\""),
            ("x5c", "[]"),
            ("nonce", "\"1\""),
        ] {
            let text = header().replacen('{', &format!("{{\"{name}\":{value},"), 1);
            let canonical = Json::parse(text.as_bytes()).unwrap().to_canonical();
            let expected = format!("signatures[0].protected.{name}: is not a known member");
            assert_eq!(header_fault(&canonical), expected);
        }
        let at = "signatures[0].protected";
        for alg in ["none", "None", "ES256", "HS256", "ed25519", ""] {
            let text = header().replace("\"Ed25519\"", &format!("\"{alg}\""));
            assert_eq!(
                header_fault(&text),
                format!("{at}.alg: must be Ed25519, not {alg:?}")
            );
        }
        let typ = header().replace(TYPE, "JWT");
        assert_eq!(
            header_fault(&typ),
            format!("{at}.typ: must be {TYPE}, not \"JWT\"")
        );
        let role = header().replace("maker", "owner");
        assert_eq!(
            header_fault(&role),
            format!("{at}.role: must be maker or checker, not \"owner\"")
        );
        let spaced = header().replace(":\"Ed", ": \"Ed");
        assert_eq!(
            header_fault(&spaced),
            format!("{at}: not in canonical form at byte 7")
        );
        let double = header().replacen('{', "{\"alg\":\"none\",", 1);
        assert_eq!(
            header_fault(&double),
            format!("{at}: duplicate member at byte 14")
        );
    }

    #[test]
    fn base64_has_one_text() {
        let with_payload = |payload: &str| {
            let Json::Object(mut members) = envelope().to_json() else {
                unreachable!()
            };
            members.insert("payload".to_owned(), Json::text(payload));
            Envelope::parse(Json::Object(members)).map(|envelope| envelope.payload)
        };
        assert_eq!(with_payload("e30"), Ok(b"{}".to_vec()));
        // "e31" has stray bits after the last byte, "e30=" padding; "+" and "/" are of the other alphabet.
        for other in ["e31", "e30=", "e30 ", "e3 0", "e30\n", "e", "+/+/", "é"] {
            assert_eq!(
                with_payload(other).unwrap_err().field,
                "payload",
                "{other:?}"
            );
        }
        let long = URL_SAFE_NO_PAD.encode(vec![0; limits::PAYLOAD_BYTES_MAX + 1]);
        assert_eq!(
            with_payload(&long).unwrap_err().reason,
            "is longer than 24576 bytes"
        );
    }

    #[test]
    fn other_members_and_second_signatures_are_refused() {
        let faults = |change: fn(&mut BTreeMap<String, Json>)| {
            let Json::Object(mut members) = envelope().to_json() else {
                unreachable!()
            };
            change(&mut members);
            Envelope::parse(Json::Object(members))
                .unwrap_err()
                .to_string()
        };
        let header = faults(|members| drop(members.insert("header".to_owned(), Json::object([]))));
        assert_eq!(header, "header: is not a known member");
        let unprotected = faults(|members| {
            if let Some(Json::List(signatures)) = members.get_mut("signatures") {
                let first = signatures.remove(0);
                signatures.insert(0, first.with("header", Some(Json::object([]))));
            }
        });
        assert_eq!(unprotected, "signatures[0].header: is not a known member");
        let none = faults(|members| drop(members.insert("signatures".to_owned(), Json::list([]))));
        assert_eq!(none, "signatures: must be 1 to 32, not 0");
        let twice = faults(|members| {
            if let Some(Json::List(signatures)) = members.get_mut("signatures") {
                signatures.extend(signatures.first().cloned());
            }
        });
        assert!(
            twice.starts_with("signatures[3]: is the second by the key "),
            "{twice}"
        );
    }

    #[test]
    fn the_signatures_are_those_that_the_payload_lists() {
        let verified: Vec<_> = samples::signed()
            .into_iter()
            .map(|(_, verified, _)| verified)
            .collect();
        let check = |verified: &[VerifiedSignature]| {
            check_signer_list(&command(), verified, party_of).map_err(|fault| fault.to_string())
        };
        assert_eq!(check(&verified), Ok(()));
        let (last, rest) = verified.split_last().unwrap();
        assert_eq!(
            check(rest),
            Err("signatures: lack the one of M3 as checker".to_owned())
        );
        let extra = [verified.as_slice(), &[*last]].concat();
        let reason = "signatures[3]: is by M3 as checker, which `signers` does not name";
        assert_eq!(check(&extra), Err(reason.to_owned()));
        let other = VerifiedSignature {
            role: SignerRole::Maker,
            ..*last
        };
        let reason = "signatures[2]: is by M3 as maker, which `signers` does not name";
        assert_eq!(check(&[rest, &[other]].concat()), Err(reason.to_owned()));
    }
}
