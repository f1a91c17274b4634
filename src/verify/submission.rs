//! A signed command whose signatures have been verified; only verification can make one.

use crate::domain::authority::VerifiedSignature;
use crate::domain::command::Command;
use crate::domain::envelope::{Envelope, check_signer_list};
use crate::domain::wire::parse_command;
use crate::primitives::crypto::{KeyId, PublicKey};
use crate::primitives::field::FieldFault;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;

/// A verified command. Whether its keys count at its position is the law's question.
#[derive(Clone, Debug)]
pub struct Submission {
    envelope: Envelope,
    command: Command,
    signatures: Vec<VerifiedSignature>,
}

impl Submission {
    /// Parses the payload and verifies every signature under the keys that `owner_of` knows.
    pub fn open(
        envelope: Envelope,
        owner_of: impl Fn(KeyId) -> Option<(PartyId, PublicKey)>,
    ) -> Result<Self, FieldFault> {
        let command = parse_command(&envelope.payload)?;
        let signatures = envelope.verify_all(|kid| owner_of(kid).map(|(_, key)| key))?;
        check_signer_list(&command, &signatures, |kid| {
            owner_of(kid).map(|(party, _)| party)
        })?;
        Ok(Self {
            envelope,
            command,
            signatures,
        })
    }

    /// Returns the envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Returns the command.
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// Returns the signatures.
    pub fn signatures(&self) -> &[VerifiedSignature] {
        &self.signatures
    }

    /// Checks that the command is meant for this registry and for this time.
    pub fn check_door(&self, aud: &str, now: Timestamp) -> Result<(), FieldFault> {
        check_door(&self.command, aud, now)
    }
}

/// Checks that a command is meant for this registry and for this time, whoever has signed it.
pub fn check_door(command: &Command, aud: &str, now: Timestamp) -> Result<(), FieldFault> {
    if command.aud != aud {
        let reason = format!("names another registry; this one is {aud:?}");
        return Err(FieldFault::new("aud", reason));
    }
    if command.exp <= now {
        return Err(FieldFault::new(
            "exp",
            format!("has passed; registry time is {now}"),
        ));
    }
    if command.iat > now.plus_seconds(limits::COMMAND_FUTURE_SECONDS_MAX) {
        return Err(FieldFault::new(
            "iat",
            format!("is in the future; registry time is {now}"),
        ));
    }
    Ok(())
}
