//! What a registry offers to an institution: its name, its time, and a door for signed commands.

use greenlien::domain::command::{Body, Command, Expected, IssueRight, Signer, SignerRole};
use greenlien::domain::entry::Outcome;
use greenlien::domain::envelope::{Envelope, EnvelopeSignature, Opening};
use greenlien::domain::event::Event;
use greenlien::domain::finding::{Code, Finding};
use greenlien::domain::party::Role;
use greenlien::domain::wire::command_json;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::field::FieldFault;
use greenlien::primitives::id::{
    CommandId, EntryIndex, FreezeId, PartyId, PledgeId, ReservationId, RightId,
};
use greenlien::primitives::time::Timestamp;

use super::cast::Actor;

/// What came back for a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Refused at the door: nothing was written.
    Faulty(FieldFault),
    /// Decided; the decision is the entry at this index.
    Decided {
        /// The index of the entry.
        index: EntryIndex,
        /// What was decided.
        outcome: Outcome,
    },
}

impl Answer {
    /// Returns what happened; stops the test, with the reasons, where it did not happen.
    pub(crate) fn event(&self) -> &Event {
        match self {
            Self::Decided {
                outcome: Outcome::Accepted { event, .. },
                ..
            } => event,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// Returns the index of the entry; stops the test where none was written.
    pub(crate) fn index(&self) -> EntryIndex {
        match self {
            Self::Decided { index, .. } => *index,
            Self::Faulty(fault) => panic!("refused at the door: {fault}"),
        }
    }

    /// Says whether it happened.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(
            self,
            Self::Decided {
                outcome: Outcome::Accepted { .. },
                ..
            }
        )
    }

    /// Returns the findings: reasons of a refusal, warnings of an acceptance, none from the door.
    pub(crate) fn findings(&self) -> &[Finding] {
        match self {
            Self::Faulty(_) => &[],
            Self::Decided { outcome, .. } => match outcome {
                Outcome::Accepted { warnings, .. } => warnings,
                Outcome::Refused(findings) => findings,
            },
        }
    }

    /// Returns the numbers of the reasons for which it was refused, in order of precedence, each once; none where it
    /// happened. A fault at the door counts with its number, or with 0.
    pub(crate) fn refusals(&self) -> Vec<u16> {
        if let Self::Faulty(fault) = self {
            return vec![fault.code.unwrap_or(0)];
        }
        let refusing = self.findings().iter().filter(|finding| finding.refuses());
        let mut codes: Vec<u16> = refusing.map(|finding| finding.code.number()).collect();
        codes.dedup();
        codes
    }

    /// Returns the first finding of this check; stops the test where there is none.
    pub(crate) fn finding(&self, code: Code) -> &Finding {
        let found = self.findings().iter().find(|finding| finding.code == code);
        found.unwrap_or_else(|| panic!("{code:?} is not among {self:?}"))
    }

    /// Returns the id of the right that was issued.
    pub(crate) fn right(&self) -> RightId {
        match self.event() {
            Event::RightIssued { right, .. } => *right,
            other => panic!("no right was issued: {other:?}"),
        }
    }

    /// Returns the id of the pledge that was registered.
    pub(crate) fn pledge(&self) -> PledgeId {
        match self.event() {
            Event::PledgeRegistered { pledge, .. } => *pledge,
            other => panic!("no pledge was registered: {other:?}"),
        }
    }

    /// Returns the id of the reservation that was made.
    pub(crate) fn reservation(&self) -> ReservationId {
        match self.event() {
            Event::Reserved { reservation, .. } => *reservation,
            other => panic!("nothing was reserved: {other:?}"),
        }
    }

    /// Returns the id of the freeze that was ordered.
    pub(crate) fn freeze(&self) -> FreezeId {
        match self.event() {
            Event::Frozen { .. } => FreezeId(self.index()),
            other => panic!("nothing was frozen: {other:?}"),
        }
    }
}

/// A registry at which a story is played. `submit` is `draft`, `seal` and `deliver`; a test that wants a signature to be
/// missing, foreign or stale calls the three itself.
pub(crate) trait Play {
    /// The audience that commands must name.
    fn audience(&self) -> String;

    /// The registry's time.
    fn now(&self) -> Timestamp;

    /// The state entry that its clients name in their commands, with its root; as a rule they name none.
    fn seen(&self) -> Option<(EntryIndex, Hash)> {
        None
    }

    /// An id that no command had before.
    fn next_command(&mut self) -> CommandId;

    /// Gives a sealed command to the registry, with the openings of its hidden members.
    fn deliver(&mut self, envelope: Envelope, openings: &[Opening]) -> Answer;

    /// Writes a command that lives for an hour from now.
    fn draft(
        &mut self,
        org: PartyId,
        body: Body,
        signers: &[(PartyId, SignerRole)],
        expect: &[(Expected, u64)],
    ) -> Command {
        let signer = |(org, role): &(PartyId, SignerRole)| Signer {
            org: *org,
            role: *role,
        };
        let mut signers: Vec<Signer> = signers.iter().map(signer).collect();
        signers.sort_unstable();
        let mut expect = expect.to_vec();
        expect.sort_unstable();
        Command {
            aud: self.audience(),
            org,
            cmd: self.next_command(),
            signers,
            attested: Vec::new(),
            expect,
            seen: self.seen(),
            iat: self.now(),
            exp: self.now().plus_seconds(3_600),
            body,
        }
    }

    /// Signs and delivers a command of `giver` to which `consents` agree, each by its own signing policy.
    fn submit(
        &mut self,
        giver: &Actor,
        body: Body,
        consents: &[&Actor],
        expect: &[(Expected, u64)],
    ) -> Answer {
        let mut keys = giver.signers();
        keys.extend(consents.iter().flat_map(|actor| actor.signers()));
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.draft(giver.party, body, &signers, expect);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        self.deliver(seal(&command, &keys), &[])
    }

    /// Has the registrar admit a party with the keys of two persons (a court has none).
    fn admit(&mut self, name: &str, roles: &[Role], duties: &[&str]) -> Actor {
        let mut actor = Actor::new(name, roles);
        let admission = actor.admission(&self.audience(), roles, duties);
        let registrar = super::cast::registrar();
        let answer = self.submit(&registrar, Body::AdmitParty(admission), &[], &[]);
        match answer.event() {
            Event::PartyAdmitted { party, .. } => actor.party = *party,
            other => panic!("no party was admitted: {other:?}"),
        }
        actor
    }

    /// Issues a right that must be accepted.
    fn issue(&mut self, issuer: &Actor, right: IssueRight) -> RightId {
        let body = Body::IssueRight(Box::new(right));
        self.submit(issuer, body, &[], &[]).right()
    }
}

/// Puts a command into an envelope signed with these keys.
pub(crate) fn seal(command: &Command, keys: &[(SignerRole, &SecretKey)]) -> Envelope {
    let payload = command_json(command).to_canonical().into_bytes();
    let sign =
        |(role, key): &(SignerRole, &SecretKey)| EnvelopeSignature::sign(&payload, *role, key);
    let signatures = keys.iter().map(sign).collect();
    Envelope::new(payload, signatures).unwrap()
}
