//! The service over real HTTP, from outside: every bad input is a clear 4xx that names the member at fault and writes nothing;
//! every good answer proves itself.
//!
//! [`Wire`] sends bytes as no client of ours would. [`Stage`] is a registry with a bureau, a mill, a bank and one right, on which
//! the cases of the modules below play.

mod answers;
mod bodies;
mod certificate_notes;
mod certificate_reading;
mod certificate_sites;
mod certificates;
mod compressed;
mod decisions;
mod drafts;
mod envelopes;
mod events;
mod hidden;
mod kept;
mod keys;
mod listings;
mod members;
mod members_only;
mod metrics;
mod openings;
mod payloads;
mod sessions;
mod slow;
mod tiles;

use std::collections::BTreeMap;
use std::io::Read as _;

use greenlien::domain::command::{Body, Command, SignerRole};
use greenlien::domain::envelope::{Envelope, EnvelopeSignature};
use greenlien::domain::party::Role;
use greenlien::domain::wire::command_json;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::{PartyId, RightId};
use serde_json::Value;
use ureq::http::{Method, Request};

use crate::api;
use crate::support::house::{House, submission};
use crate::support::papers::{self, flow, line, span};
use crate::support::witness::open_checkpoint;
use crate::support::{Actor, Play as _, cast};

/// The media type of every failure (RFC 9457).
pub(crate) const PROBLEM: &str = "application/problem+json";
/// The media type of every body.
pub(crate) const JSON: &str = "application/json";
/// Where commands are submitted.
const COMMANDS: &str = "/v1/commands";
/// Where many are submitted at once.
const BATCH: &str = "/v1/commands:batch";
/// Where it is asked what would be decided.
const CHECK: &str = "/v1/check";

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) bytes: Vec<u8>,
}

impl Raw {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// Checks that this is a problem of this status at this field, and returns it.
    fn fault(&self, status: u16, field: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), PROBLEM, "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["field"], field, "{problem}");
        for member in ["type", "title", "detail"] {
            let is_there = problem[member]
                .as_str()
                .is_some_and(|text| !text.is_empty());
            assert!(
                is_there || (member == "detail" && status == 415),
                "{problem}"
            );
        }
        problem
    }
}

/// Requests of every shape, to one server.
pub(crate) struct Wire {
    agent: ureq::Agent,
    base: String,
}

impl Wire {
    pub(crate) fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0);
        Self {
            agent: config.build().into(),
            base: base.to_owned(),
        }
    }

    /// Sends a request with these headers and this body. Whatever it is, the answer has a number and may not be guessed at.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers name a constant; a reference would only be noise"
    )]
    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Raw {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", self.base));
        // What a person is told in a browser is no part of the interface for programs.
        let is_person = headers
            .iter()
            .any(|(name, value)| *name == "accept" && value.contains("text/html"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self
            .agent
            .run(request.body(body.to_vec()).unwrap())
            .unwrap();
        let headers: BTreeMap<String, String> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let mut bytes = Vec::new();
        response
            .body_mut()
            .as_reader()
            .read_to_end(&mut bytes)
            .unwrap();
        let raw = Raw {
            status: response.status().as_u16(),
            headers,
            bytes,
        };
        assert!(raw.status < 500, "{path}: {}", raw.text());
        assert!(!raw.header("x-request-id").is_empty(), "{path}");
        assert_eq!(raw.header("x-content-type-options"), "nosniff", "{path}");
        if !is_person || raw.status < 400 {
            api::heard(
                method.as_str(),
                path,
                raw.status,
                Some(&raw.headers),
                &raw.bytes,
            );
        }
        raw
    }

    fn get(&self, path: &str) -> Raw {
        self.send(Method::GET, path, &[], &[])
    }

    /// Reads what must be there.
    fn read(&self, path: &str) -> Raw {
        let raw = self.get(path);
        assert_eq!(raw.status, 200, "{path}: {}", raw.text());
        raw
    }

    fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Raw {
        self.send(Method::POST, path, &[("content-type", JSON)], body.as_ref())
    }

    /// Returns the published checkpoint.
    fn head(&self) -> Checkpoint {
        open_checkpoint(self.read("/checkpoint").text())
    }
}

/// A registry with the parties of one pledge.
struct Stage {
    house: House,
    wire: Wire,
    bureau: Actor,
    mill: Actor,
    bank: Actor,
    right: RightId,
}

impl Stage {
    fn new() -> Self {
        let mut house = House::new();
        let wire = Wire::new(house.client().base());
        let duties = ["carbon", "emission", "forest"];
        let bureau = house.admit("bureau", &[Role::Authority], &duties);
        let mill = house.admit("mill", &[Role::Holder], &[]);
        let bank = house.admit("bank", &[Role::Bank], &[]);
        let days = span("2026-01-01", "2031-01-01");
        let right = house.issue(&bureau, papers::emission(&mill, "COD", "120", days));
        Self {
            house,
            wire,
            bureau,
            mill,
            bank,
            right,
        }
    }

    /// A pledge of this many t/a of the right.
    fn pledge(&self, amount: &str) -> Body {
        let extent = flow(amount, "t/a", span("2027-01-01", "2028-01-01"));
        papers::pledge(&self.mill, vec![line(self.right, extent)])
    }

    /// The bank's command to register such a pledge, to be signed by [`Self::signed`].
    fn pledge_command(&mut self, amount: &str) -> Command {
        let body = self.pledge(amount);
        let (bank, mill) = (self.bank.clone(), self.mill.clone());
        draft(&mut self.house, &bank, body, &[&mill])
    }

    /// A submission of this payload, signed by bank and mill.
    fn signed(&self, payload: impl AsRef<[u8]>) -> String {
        signed_by(payload, &[&self.bank, &self.mill])
    }

    /// A submission of this payload, signed by the registrar.
    fn registrars(payload: impl AsRef<[u8]>) -> String {
        signed_by(payload, &[&cast::registrar()])
    }

    /// Submits what the door must refuse at this field; nothing may be written.
    fn refuse(&self, body: impl AsRef<[u8]>, field: &str) -> Value {
        self.refuse_at(COMMANDS, body, field)
    }

    /// Sends to a path what must be refused with status 400 at this field; nothing may be written.
    fn refuse_at(&self, path: &str, body: impl AsRef<[u8]>, field: &str) -> Value {
        let before = self.wire.head().size;
        let problem = self.wire.post(path, body).fault(400, field);
        assert_eq!(self.wire.head().size, before, "{problem}");
        problem
    }
}

/// Writes a command of `giver` to which `consents` agree.
fn draft(house: &mut House, giver: &Actor, body: Body, consents: &[&Actor]) -> Command {
    let actors: Vec<&Actor> = std::iter::once(giver)
        .chain(consents.iter().copied())
        .collect();
    let signers: Vec<(PartyId, SignerRole)> = actors
        .iter()
        .flat_map(|actor| actor.signers())
        .map(|(party, role, _)| (party, role))
        .collect();
    house.draft(giver.party, body, &signers, &[])
}

/// The keys with which these parties satisfy their own signing policies.
fn keys<'a>(actors: &[&'a Actor]) -> Vec<(SignerRole, &'a SecretKey)> {
    let keys = actors.iter().flat_map(|actor| actor.signers());
    keys.map(|(_, role, key)| (role, key)).collect()
}

fn sign(payload: &[u8], keys: &[(SignerRole, &SecretKey)]) -> Vec<EnvelopeSignature> {
    let sign =
        |(role, key): &(SignerRole, &SecretKey)| EnvelopeSignature::sign(payload, *role, key);
    keys.iter().map(sign).collect()
}

/// A submission of this payload, signed by these parties, without openings.
fn signed_by(payload: impl AsRef<[u8]>, actors: &[&Actor]) -> String {
    let payload = payload.as_ref().to_vec();
    let signatures = sign(&payload, &keys(actors));
    submission(&Envelope::new(payload, signatures).unwrap(), &[])
}

fn payload_of(command: &Command) -> String {
    command_json(command).to_canonical()
}

/// Replaces a part of a text that must be there.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1)
}

/// Replaces a part of a JSON text and writes the result in canonical form.
fn changed(text: &str, from: &str, to: &str) -> String {
    let text = replaced(text, from, to);
    Json::parse(text.as_bytes()).unwrap().to_canonical()
}
