//! Plays the registrar and the bureaus: parties, every right of the books, and the registrations that must be refused.
//!
//! What does not depend on an answer goes in batches; within a batch the order of the books stays.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::import::parties::{PartyRow, role_of};
use crate::cli::progress::begin_step;
use crate::client::{Client, ClientFault, Reply, Signatory, Unsigned, random_command_id, sign_all};
use crate::documents::books::geojson::Grounds;
use crate::documents::books::rows::{Context, issue_of};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::command::{Body, IssueRight, QuantityRequest};
use crate::domain::finding::Code;
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::Role;
use crate::domain::policy::KindPolicy;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Clock as _, Span, SystemClock};

use super::cast::{Candidate, Cast};
use super::script::{PARTY_KIND, Registration, Script};
use super::stage::Stage;
use super::table::{Act, Table};

/// Commands in one batch.
const BATCH: usize = 100;
/// Bytes of commands in one batch; the server takes 4 MiB.
const BATCH_BYTES: usize = 3 << 20;
/// Seconds that a command may wait for its decision.
const LIFE_SECONDS: u64 = 600;
/// The outcome of what should be a sliver and was not noted as one.
const NO_SLIVER: &str = "accepted, no warning";
const ACCEPTED: &str = "accepted";

/// A registered right, as its issuer remembers it.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    /// Its id.
    pub id: RightId,
    /// Its kind.
    pub kind: String,
    /// How much of it there is.
    pub quantity: Option<Quantity>,
    /// Its days.
    pub span: Span,
}

/// The district at work.
pub(super) struct Play<'a> {
    /// The registry.
    pub client: Client,
    /// The audience of commands.
    pub aud: String,
    /// The key that signs checkpoints.
    pub log_key: NoteKey,
    /// The registry's clock, which clients share.
    pub clock: SystemClock,
    /// What is played.
    pub script: &'a Script,
    /// Who plays.
    pub cast: Cast,
    /// What came of it.
    pub table: Table,
    /// Registered rights in the order of the books.
    pub issued: Vec<Issued>,
    /// Kind and identity to the place in `issued`; every tail of an identity's parts is a name of it.
    names: BTreeMap<(String, String), usize>,
}

/// A command that is signed and waits to be sent, with what belongs to it.
pub(super) struct Waiting<T> {
    /// The text of the submission.
    pub text: String,
    /// What belongs to it.
    pub item: T,
}

impl<'a> Play<'a> {
    /// Begins with the registrar.
    pub(super) fn begin(
        stage: &Stage,
        offset_micros: i64,
        script: &'a Script,
        cast: Cast,
    ) -> Result<Self, Failure> {
        let log_key = NoteKey::parse_vkey(&stage.log_vkey)
            .map_err(|fault| Failure::internal(format!("log key: {fault}")))?;
        Ok(Self {
            client: Client::new(&stage.address)?,
            aud: stage.aud.clone(),
            log_key,
            clock: SystemClock { offset_micros },
            script,
            cast,
            table: Table::default(),
            issued: Vec::new(),
            names: BTreeMap::new(),
        })
    }

    /// Returns who signs for a party, which has keys unless it is a court.
    pub(super) fn signatory(&self, party: PartyId) -> Result<&Signatory, Failure> {
        self.cast
            .signatory(party)
            .ok_or_else(|| Failure::refused(format!("{party} has no keys, so it cannot sign")))
    }

    /// Signs a command of the first party with the keys of all of them.
    pub(super) fn sign(
        &self,
        body: Body,
        parties: &[PartyId],
        mut fill: impl FnMut(&mut Unsigned<'_>),
        openings: &[crate::domain::envelope::Opening],
    ) -> Result<String, Failure> {
        let mut signatories = Vec::new();
        for party in parties {
            signatories.push(self.signatory(*party)?);
        }
        let mut unsigned = Unsigned {
            aud: &self.aud,
            org: parties.first().copied().unwrap_or(REGISTRAR),
            signers: signatories.iter().flat_map(|s| s.signers()).collect(),
            expect: Vec::new(),
            now: self.clock.now(),
            life_seconds: LIFE_SECONDS,
        };
        fill(&mut unsigned);
        let payload = unsigned.payload(random_command_id()?, body);
        Ok(sign_all(
            payload,
            openings,
            signatories.iter().flat_map(|s| s.keys()),
        )?)
    }

    /// Sends what waits, in batches, and hands each answer on with what belongs to it.
    pub(super) fn send<T>(
        client: &Client,
        waiting: Vec<Waiting<T>>,
        mut answered: impl FnMut(T, Reply),
    ) -> Result<(), ClientFault> {
        let mut rest = waiting.into_iter().peekable();
        while rest.peek().is_some() {
            let (mut texts, mut items, mut bytes) = (Vec::new(), Vec::new(), 0);
            while let Some(next) = rest.next_if(|next| {
                texts.is_empty() || (texts.len() < BATCH && bytes + next.text.len() <= BATCH_BYTES)
            }) {
                bytes += next.text.len();
                texts.push(next.text);
                items.push(next.item);
            }
            let replies = client.submit_batch(&texts)?;
            for (item, reply) in items.into_iter().zip(replies) {
                answered(item, reply);
            }
        }
        Ok(())
    }

    /// Lets the registrar admit every party of the book but itself.
    pub(super) fn admit_parties(&mut self) -> Result<(), Failure> {
        let script = self.script;
        let rows: Vec<&PartyRow> = script
            .parties
            .iter()
            .filter(|row| self.cast.party(&row.credit_code).is_none())
            .collect();
        let progress = begin_step("admitting parties", rows.len());
        for rows in rows.chunks(BATCH) {
            let mut waiting = Vec::new();
            for row in rows {
                let candidate = Candidate::new(row, &self.aud);
                let body = Body::AdmitParty(candidate.admission.clone());
                let text = self.sign(body, &[REGISTRAR], |_| {}, &[])?;
                waiting.push(Waiting {
                    text,
                    item: (*row, candidate),
                });
            }
            let mut admitted = Vec::new();
            let table = &mut self.table;
            Self::send(&self.client, waiting, |(row, candidate), reply| {
                let kind = row.role.name();
                let what = || format!("line {} of the parties", row.line);
                table.count(Act::Admit, kind, ACCEPTED, &reply.outcome(), what);
                if let Some(id) = reply.text_member("created").and_then(PartyId::parse) {
                    admitted.push((row, candidate, id));
                }
            })?;
            for (row, candidate, id) in admitted {
                self.cast.add(row, candidate, id);
            }
            progress.add(rows.len());
        }
        progress.end_step();
        Ok(())
    }

    /// Lets the bureaus register every right of the books.
    pub(super) fn issue_books(&mut self, folder: &Path) -> Result<(), Failure> {
        let script = self.script;
        for book in script.books(folder) {
            let policy = book.policy;
            let rows = book
                .rows
                .and_then(|rows| rows.into_iter().collect::<Result<Vec<_>, _>>())
                .map_err(|fault| Failure::refused(fault.to_string()))?;
            let progress = begin_step(&format!("issuing {}", policy.kind), rows.len());
            for rows in rows.chunks(BATCH) {
                let jobs = rows.iter().map(|row| Job {
                    act: Act::Issue,
                    policy,
                    row: row.clone(),
                    expect: ACCEPTED,
                });
                self.issue(jobs.collect(), &script.grounds)?;
                progress.add(rows.len());
            }
            progress.end_step();
        }
        Ok(())
    }

    /// Signs and sends registrations of rights, and counts what came of them.
    fn issue(&mut self, jobs: Vec<Job<'_>>, grounds: &Grounds) -> Result<(), Failure> {
        let mut waiting = Vec::new();
        for job in jobs {
            let issue = self.read(&job.row, job.policy, grounds);
            let issuer = self.cast.issuer(&job.policy.issuer_duty);
            let (issue, issuer) = match (issue, issuer) {
                (Ok(issue), Some(issuer)) => (issue, issuer),
                (Ok(_), None) => {
                    let duty = &job.policy.issuer_duty;
                    let outcome = format!("no party has the duty {duty}");
                    job.count(&mut self.table, &outcome);
                    continue;
                }
                (Err(faults), _) => {
                    let told: Vec<String> = faults.iter().map(RowFault::to_string).collect();
                    let outcome = format!("unreadable: {}", told.join("; "));
                    job.count(&mut self.table, &outcome);
                    continue;
                }
            };
            let body = Body::IssueRight(Box::new(issue.clone()));
            let text = self.sign(body, &[issuer], |_| {}, &[])?;
            waiting.push(Waiting {
                text,
                item: (job, issue),
            });
        }
        let (table, mut issued) = (&mut self.table, Vec::new());
        Self::send(&self.client, waiting, |(job, issue), reply| {
            job.count(table, &job.outcome(&reply));
            if let Some(id) = reply.text_member("created").and_then(RightId::parse) {
                issued.push((id, issue));
            }
        })?;
        for (id, issue) in issued {
            self.remember(id, &issue);
        }
        Ok(())
    }

    fn read(
        &self,
        row: &TableRow,
        policy: &KindPolicy,
        grounds: &Grounds,
    ) -> Result<IssueRight, Vec<RowFault>> {
        let context = Context {
            policy,
            grounds,
            party: &|code| self.cast.party(code),
        };
        issue_of(row, &context)
    }

    fn remember(&mut self, id: RightId, issue: &IssueRight) {
        let place = self.issued.len();
        if let Some(identity) = issue.identities.first() {
            let mut tail = identity.value.as_str();
            loop {
                let name = (issue.kind.clone(), tail.to_owned());
                self.names.entry(name).or_insert(place);
                match tail.split_once('|') {
                    Some((_, rest)) => tail = rest,
                    None => break,
                }
            }
        }
        self.issued.push(Issued {
            id,
            kind: issue.kind.clone(),
            quantity: match &issue.quantity {
                QuantityRequest::Level(quantity) => Some(*quantity),
                QuantityRequest::Steps(_) => None,
            },
            span: issue.span,
        });
    }

    /// Finds a right by kind and the parts of its identity, of which leading ones may be missing.
    pub(super) fn find(&self, kind: &str, parts: &[String]) -> Option<&Issued> {
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|p| !p.is_empty())
            .collect();
        let place = self.names.get(&(kind.to_owned(), parts.join("|")))?;
        self.issued.get(*place)
    }

    /// Plays the registrations outside the books: those that must be refused, then the slivers.
    pub(super) fn issue_others(&mut self) -> Result<(), Failure> {
        let script = self.script;
        let acts = [
            (Act::IssueRefused, &script.refused),
            (Act::IssueSliver, &script.slivers),
        ];
        let count = script.refused.len() + script.slivers.len();
        let progress = begin_step("trying other registrations", count);
        for (act, registrations) in acts {
            for (line, registration) in (1..).zip(registrations) {
                self.issue_other(act, line, registration)?;
                progress.add(1);
            }
        }
        progress.end_step();
        Ok(())
    }

    fn issue_other(
        &mut self,
        act: Act,
        line: u64,
        registration: &Registration,
    ) -> Result<(), Failure> {
        if registration.kind == PARTY_KIND {
            return self.try_party(registration);
        }
        let script = self.script;
        let known = script.policy(&registration.kind);
        let Some((policy, book)) = known.and_then(|p| p.book.as_ref().map(|book| (p, book))) else {
            let message = format!("registration {line}: {:?} is no kind", registration.kind);
            return Err(Failure::refused(message));
        };
        let job = Job {
            act,
            policy,
            row: registration.to_row(book, line),
            expect: &registration.expect,
        };
        self.issue(vec![job], &script.other_grounds)
    }

    /// Tries to admit a party that the door must turn away: nothing may be written.
    fn try_party(&mut self, registration: &Registration) -> Result<(), Failure> {
        let text = |name: &str| registration.text(name).unwrap_or_default();
        let row = PartyRow {
            line: 0,
            name: text("name"),
            credit_code: text("uscc"),
            region: None,
            role: role_of(&text("kind")).unwrap_or(Role::Holder),
            duties: Vec::new(),
        };
        let candidate = Candidate::new(&row, &self.aud);
        let body = Body::AdmitParty(candidate.admission);
        let submission = self.sign(body, &[REGISTRAR], |_| {}, &[])?;
        let before = self.log_size()?;
        let reply = self.client.post("/v1/commands", &submission)?;
        let mut outcome = reply.outcome();
        if !reply.is_success() && self.log_size()? != before {
            outcome.push_str(", yet something was written");
        }
        let expect = &registration.expect;
        let what = || format!("admission of {}", row.name);
        self.table
            .count(Act::IssueRefused, PARTY_KIND, expect, &outcome, what);
        Ok(())
    }

    /// Returns the published checkpoint, as a signed note and as what it says.
    pub(super) fn checkpoint(&self) -> Result<(String, Checkpoint), Failure> {
        const PATH: &str = "/checkpoint";
        let note = self.client.get(PATH)?.text;
        let key = std::slice::from_ref(&self.log_key);
        match Checkpoint::open(&note, key, self.log_key.name()) {
            Ok(head) => Ok((note, head)),
            Err(fault) => Err(self.client.no_answer(PATH, fault.to_string()).into()),
        }
    }

    fn log_size(&self) -> Result<u64, Failure> {
        Ok(self.checkpoint()?.1.size)
    }
}

/// A right to be registered, and the outcome that it must have.
struct Job<'a> {
    act: Act,
    policy: &'a KindPolicy,
    row: TableRow,
    expect: &'a str,
}

impl Job<'_> {
    fn outcome(&self, reply: &Reply) -> String {
        let outcome = reply.outcome();
        let sliver = u64::from(Code::Sliver.number());
        let warnings = reply.json.get("warnings").and_then(|list| list.as_array());
        let codes = warnings
            .into_iter()
            .flatten()
            .filter_map(|warning| warning.get("code"));
        let is_noted = codes
            .filter_map(serde_json::Value::as_u64)
            .any(|code| code == sliver);
        if self.act == Act::IssueSliver && outcome == ACCEPTED && !is_noted {
            return NO_SLIVER.to_owned();
        }
        outcome
    }

    fn count(&self, table: &mut Table, outcome: &str) {
        let what = || format!("{} line {}", self.row.file, self.row.line);
        table.count(self.act, &self.policy.kind, self.expect, outcome, what);
    }
}
