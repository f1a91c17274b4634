//! Signing in, and what only members see.

use crate::client::answers::sessions::{Challenge, OpeningRead, Openings, PersonOpenings, Session};
use crate::client::answers::{Answer, Page, Paging};
use crate::client::fault::ClientFault;
use crate::client::operations::succeeded;
use crate::client::transport::{Client, query_of};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{KeyId, SecretKey};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{PartyId, PledgeId};

/// How a challenge begins; a key signs nothing else here.
const CHALLENGE: &str = "greenlien/session/v1|";
const CHALLENGES: &str = "/v1/sessions/challenge";
const SESSIONS: &str = "/v1/sessions";

impl Client {
    /// Asks for a text to sign.
    pub fn make_challenge(
        &self,
        org: PartyId,
        kid: KeyId,
    ) -> Result<Answer<Challenge>, ClientFault> {
        let ask = Json::object([
            ("kid", Json::Text(kid.to_string())),
            ("org", Json::Text(org.to_string())),
        ]);
        self.send(CHALLENGES, &ask.to_canonical(), Challenge::read)
    }

    /// Signs in with a key: asks for a challenge, looks at what it says, and signs it. With an audience, the challenge must
    /// name it; without one, what the registry says is taken.
    pub fn open_session(
        &self,
        org: PartyId,
        key: &SecretKey,
        aud: Option<&str>,
    ) -> Result<Answer<Session>, ClientFault> {
        let kid = key.public().id();
        let text = self.make_challenge(org, kid)?.value.challenge;
        let named = format!("|{org}|{kid}|");
        let begin = format!("{CHALLENGE}{}", aud.unwrap_or_default());
        if !text.starts_with(&begin) || !text.contains(&named) {
            let why = "is not for this party, key and registry; nothing was signed";
            let fault = FieldFault::new("challenge", why);
            return Err(self.misunderstood(CHALLENGES, fault));
        }
        let signature = hex::encode(key.sign(text.as_bytes()).0);
        let answer = Json::object([
            ("challenge", Json::Text(text)),
            ("signature", Json::Text(signature)),
        ]);
        self.send(SESSIONS, &answer.to_canonical(), Session::read)
    }

    /// Reads the session of the token.
    pub fn get_session(&self) -> Result<Answer<Session>, ClientFault> {
        self.read(SESSIONS, Session::read)
    }

    /// Signs out.
    pub fn end_session(&self) -> Result<(), ClientFault> {
        succeeded(self.delete(SESSIONS)?).map(drop)
    }

    /// Reads the hidden values of a pledge.
    pub fn get_openings(&self, pledge: PledgeId) -> Result<Answer<Openings>, ClientFault> {
        self.read(&format!("/v1/pledges/{pledge}/openings"), Openings::read)
    }

    /// Lists who has read them, newest first.
    pub fn list_opening_reads(
        &self,
        pledge: PledgeId,
        paging: &Paging,
    ) -> Result<Answer<Page<OpeningRead>>, ClientFault> {
        self.list(
            &reads_of(&format!("pledges/{pledge}"), paging),
            OpeningRead::read,
        )
    }

    /// Reads the hidden values of a natural person.
    pub fn get_person_openings(
        &self,
        person: PartyId,
    ) -> Result<Answer<PersonOpenings>, ClientFault> {
        let path = format!("/v1/parties/{person}/openings");
        self.read(&path, PersonOpenings::read)
    }

    /// Lists who has read them, newest first.
    pub fn list_person_opening_reads(
        &self,
        person: PartyId,
        paging: &Paging,
    ) -> Result<Answer<Page<OpeningRead>>, ClientFault> {
        self.list(
            &reads_of(&format!("parties/{person}"), paging),
            OpeningRead::read,
        )
    }
}

/// The path of the accesses to the openings of a record, a page of them.
fn reads_of(record: &str, paging: &Paging) -> String {
    let query = query_of([
        ("before", paging.after.clone()),
        ("limit", paging.limit.map(|limit| limit.to_string())),
    ]);
    format!("/v1/{record}/openings/reads{query}")
}
