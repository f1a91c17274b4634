//! A whole registry in this process: a store on a folder of its own, both threads of the service, the real HTTP server on a
//! loopback port, and a clock that the test turns.
//!
//! [`House`] is the [`Play`] of everything between a client's bytes and the disk. What a test does through it goes over HTTP
//! as an institution's program would do it; only the clock is reached from inside. It must decide nothing and must not look
//! into the store: what HTTP does not show, a test of the house cannot see.
//!
//! ```text
//! let mut house = House::new();
//! let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
//! let right = house.issue(&bureau, papers::emission(&mill, "COD", "120", span));   // POST /v1/commands
//! let answer = house.ask(bank.party, &papers::pledge(&mill, lines));               // POST /v1/check
//! house.check_ledger();                                                            // after every step
//! let verdict = house.verify(&house.evidence(&StateKey::Right(right)));            // offline
//! house.close();                                                                   // audits the folder
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use greenlien::cli::import::child::reader;
use greenlien::client::{Client, Reply, question};
use greenlien::domain::command::Body;
use greenlien::domain::entry::{Entry, Outcome};
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::finding::Finding;
use greenlien::domain::genesis::Genesis;
use greenlien::domain::wire::{read_event, read_finding, read_record};
use greenlien::ledger::note::NoteKey;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::field::{FieldFault, Fields};
use greenlien::primitives::id::{CommandId, PartyId};
use greenlien::primitives::site::Site;
use greenlien::primitives::time::{FixedClock, Timestamp};
use greenlien::service::feed::Watch;
use greenlien::service::options::Options;
use greenlien::service::webhooks::{Webhook, WebhookOptions};
use greenlien::service::{Registry, audit};
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::verdict::Verdict;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::as_read;
use super::cast::{self, ORIGIN};
use super::papers::instant;
use super::play::{Answer, Play};
use super::witness::{Witness, check_receipt, open_checkpoint};
use crate::api;
use crate::second_verifier::Reader;

/// When a house's registry begins; the same instant as that of a `World`, so that both write the same log.
const BEGIN: &str = "2026-12-01T02:00:00Z";

/// What the words of the catalogue add to a finding in an answer for people.
const WORDS: [&str; 5] = ["fix", "name", "severity", "title_en", "title_zh"];

/// A webhook of the party that is the sixth entry; nobody delivers it here.
fn webhooks() -> WebhookOptions {
    let webhook = Webhook {
        name: "bank-a".to_owned(),
        member: PartyId(6),
        url: "https://bank-a.example/hooks/greenlien".to_owned(),
        watch: Watch::default(),
        from: Some(0),
    };
    WebhookOptions {
        webhooks: vec![webhook],
        key: cast::webhook_key().public(),
    }
}

/// A registry with its server.
pub(crate) struct House {
    client: Client,
    clock: Arc<FixedClock>,
    time: Timestamp,
    aud: String,
    commands: u128,
    witness: Witness,
    registry: Arc<Registry>,
    shutdown: oneshot::Sender<()>,
    runtime: Runtime,
    folder: TempDir,
}

impl House {
    /// Creates a registry with the genesis of the cast in a new folder and serves it.
    pub(crate) fn new() -> Self {
        Self::at_site(None)
    }

    /// The same, of an operator who says where people open its pages.
    pub(crate) fn at_site(site: Option<Site>) -> Self {
        Self::begun_with(cast::genesis(), site)
    }

    /// The same, with a genesis of its own.
    pub(crate) fn begun_with(genesis: Genesis, site: Option<Site>) -> Self {
        let time = instant(BEGIN);
        let clock = Arc::new(FixedClock::new(time));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry");
        let clock_of_registry: Arc<FixedClock> = Arc::clone(&clock);
        let options = Options {
            further_log_keys: vec![Arc::new(cast::next_log_key())],
            openings_key: Some(Arc::new(cast::openings_key())),
            webhooks: Some(webhooks()),
            towns: [("500113104".to_owned(), "示例镇".to_owned())].into(),
            site,
            ..Options::TEST
        };
        let key = cast::log_key();
        let registry =
            Registry::create_with(&path, genesis, key, clock_of_registry, options).unwrap();
        let registry = Arc::new(registry);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(TcpListener::bind(any_port)).unwrap();
        let client = Client::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (shutdown, stopped) = oneshot::channel();
        let served = greenlien::http::serve(
            listener,
            Arc::clone(&registry),
            greenlien::web::router(reader(env!("CARGO_BIN_EXE_greenlien").into())),
            async move {
                stopped.await.unwrap_or_default();
            },
        );
        runtime.spawn(served);
        let mut house = Self {
            client,
            clock,
            time,
            aud: registry.aud().to_owned(),
            commands: 0,
            witness: Witness::new(),
            registry,
            shutdown,
            runtime,
            folder,
        };
        house.check_ledger();
        house
    }

    /// Moves on to a time, for the server and for its clients.
    pub(crate) fn at(&mut self, time: Timestamp) {
        assert!(self.time <= time, "{time} is before {}", self.time);
        self.time = time;
        self.clock.set(time);
    }

    /// Sets the server's clock alone, backward too; clients keep the right time until the next `at`.
    pub(crate) fn set_server_clock(&mut self, time: Timestamp) {
        self.clock.set(time);
    }

    /// Returns a client of the server; clones of it may be used by several threads.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the registry itself, to do what no request does.
    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Reads what is at a path.
    pub(crate) fn get(&self, path: &str) -> Reply {
        let mut reply = self.client.get(path).unwrap();
        api::heard("get", path, reply.status, None, reply.text.as_bytes());
        reply.text = as_read(&reply.text);
        reply
    }

    /// Asks what the registry would decide; nothing is written. The index of the answer is that of the next entry.
    pub(crate) fn ask(&self, org: PartyId, body: &Body) -> Answer {
        let reply = self.client.post("/v1/check", &question(org, body)).unwrap();
        api::heard(
            "post",
            "/v1/check",
            reply.status,
            None,
            reply.text.as_bytes(),
        );
        if reply.status != 200 {
            return Answer::Faulty(fault_of(&reply));
        }
        let mut fields = open(&reply.text);
        let mut as_of = fields.object("as_of").unwrap();
        let index = as_of.count("size").unwrap();
        let outcome = if fields.flag("admissible").unwrap() {
            let event = fields.required("event").unwrap();
            Outcome::Accepted {
                event: read_event("event", event).unwrap(),
                warnings: findings_of(&mut fields, "warnings"),
            }
        } else {
            Outcome::Refused(findings_of(&mut fields, "findings"))
        };
        Answer::Decided { index, outcome }
    }

    /// Reads a right, a pledge, a reservation or a party with its version; none where there is no such record.
    pub(crate) fn record(&self, key: &StateKey) -> Option<(Record, u64)> {
        let space = match key {
            StateKey::Right(_) => "rights",
            StateKey::Pledge(_) | StateKey::Reservation(_) => "pledges",
            StateKey::Party(_) => "parties",
            other => panic!("{other} has no path of its own"),
        };
        let reply = self.get(&format!("/v1/{space}/{}", key.name()));
        if reply.status == 404 {
            return None;
        }
        assert_eq!(reply.status, 200, "{}", reply.text);
        let mut fields = open(&reply.text);
        let record = fields.required("record").unwrap();
        let version = fields.count("version").unwrap();
        Some((read_record(key, "record", record).unwrap(), version))
    }

    /// Returns the evidence file about a right or a pledge, or about an identity that nobody has, with the proof that the
    /// log goes on from its first checkpoint.
    pub(crate) fn evidence(&self, subject: &StateKey) -> String {
        let old = open_checkpoint(self.witness.first()).size;
        let path = match subject {
            StateKey::Right(id) => format!("/v1/evidence/rights/{id}?old={old}"),
            StateKey::Pledge(id) => format!("/v1/evidence/pledges/{id}?old={old}"),
            StateKey::Identity(identity) => {
                let name = identity.to_string().replace('|', "%7C");
                format!("/v1/evidence/absence?identity={name}&old={old}")
            }
            other => panic!("there is no evidence about {other}"),
        };
        let reply = self.get(&path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }

    /// Verifies a file offline, trusting the key of the log and the first checkpoint, and nothing else.
    pub(crate) fn verify(&self, evidence: &str) -> Verdict {
        verify(evidence.as_bytes(), &self.trust())
    }

    /// Returns what a reader trusts who has the key of the log and kept its first checkpoint.
    pub(crate) fn trust(&self) -> Trust {
        self.reader().trust()
    }

    /// Returns that reader, for both verifiers.
    pub(crate) fn reader(&self) -> Reader {
        let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
        Reader {
            policy: format!("log {}\nquorum none\n", key.vkey()),
            old: Some(self.witness.first().to_owned()),
            now: Some(self.time),
            age_seconds_max: None,
        }
    }

    /// Checks what the log has become since the last look: the checkpoint opens, its root is that of the entries, the tree
    /// before is a prefix of it, and time has not gone back.
    pub(crate) fn check_ledger(&mut self) {
        self.witness.look(&self.client);
    }

    /// Returns the bytes of every entry that [`Self::check_ledger`] has seen.
    pub(crate) fn entries(&self) -> &[Vec<u8>] {
        self.witness.entries()
    }

    /// Reads the log once more, ends the server, and audits the folder: every entry must come out of a replay as it stands there.
    pub(crate) fn close(mut self) {
        self.check_ledger();
        self.witness.read_again(&self.client);
        let size = self.witness.size();
        drop(self.client);
        self.shutdown.send(()).unwrap_or_default();
        drop(self.runtime);
        self.registry.stop();
        drop(self.registry);
        let path = self.folder.path().join("registry");
        let audited = audit::audit(&path, &mut |_, _| {}).unwrap().unwrap();
        assert_eq!(audited.size, size);
    }
}

impl Play for House {
    fn audience(&self) -> String {
        self.aud.clone()
    }

    fn now(&self) -> Timestamp {
        self.time
    }

    fn next_command(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(self.commands.to_be_bytes())
    }

    fn deliver(&mut self, envelope: Envelope, openings: &[Opening]) -> Answer {
        let reply = self
            .client
            .post("/v1/commands", &submission(&envelope, openings))
            .unwrap();
        api::heard(
            "post",
            "/v1/commands",
            reply.status,
            None,
            reply.text.as_bytes(),
        );
        let answer = answer_of(&reply);
        if let (Some(time), 201 | 409) = (time_of(&reply), reply.status) {
            // A second passes, as in a `World`.
            let server_is_right = self.registry.now() == self.time;
            self.time = self.time.max(time).plus_seconds(1);
            if server_is_right {
                self.clock.set(self.time);
            }
        }
        answer
    }
}

/// Returns the body of `POST /v1/commands`.
pub(crate) fn submission(envelope: &Envelope, openings: &[Opening]) -> String {
    let openings = Json::list(openings.iter().map(Opening::to_json));
    Json::object([("command", envelope.to_json()), ("openings", openings)]).to_canonical()
}

/// Reads an answer to a command: a receipt, a refusal that holds one, or a fault at the door. A receipt's entry must be in
/// the checkpoint beside it, and the status must be that of the outcome.
pub(crate) fn answer_of(reply: &Reply) -> Answer {
    let Some(mut receipt) = receipt_of(reply) else {
        return Answer::Faulty(fault_of(reply));
    };
    let entry = receipt.text("entry").unwrap();
    let index = receipt.count("index").unwrap();
    check_receipt(&mut receipt, index, entry.as_bytes());
    let Entry::Command { outcome, .. } = Entry::parse(entry.as_bytes()).unwrap() else {
        panic!("entry {index} holds no command: {entry}");
    };
    let status = match &outcome {
        _ if receipt.flag("repeated").unwrap() => 200,
        Outcome::Accepted { .. } => 201,
        Outcome::Refused(findings) => {
            let first = findings.first().map(|finding| finding.code.number());
            assert_eq!(reply.json["code"].as_u64(), first.map(u64::from));
            409
        }
    };
    assert_eq!(reply.status, status, "{}", reply.text);
    Answer::Decided { index, outcome }
}

/// Returns the receipt in an answer, where there is one.
fn receipt_of(reply: &Reply) -> Option<Fields> {
    let mut fields = open(&reply.text);
    if fields.has("receipt") {
        return Some(fields.object("receipt").unwrap());
    }
    fields.has("entry").then_some(fields)
}

/// Returns the registry time of the decision in an answer.
fn time_of(reply: &Reply) -> Option<Timestamp> {
    receipt_of(reply).map(|mut receipt| instant(&receipt.text("time").unwrap()))
}

/// Reads a fault of the door back from its problem document.
fn fault_of(reply: &Reply) -> FieldFault {
    assert!((400..500).contains(&reply.status), "{}", reply.text);
    let text = |name: &str| reply.json[name].as_str().unwrap_or_default();
    let (field, detail) = (text("field"), text("detail"));
    assert!(!field.is_empty(), "no field is named: {}", reply.text);
    let reason = detail
        .strip_prefix(field)
        .map_or(detail, |reason| reason.trim_start());
    FieldFault {
        field: field.to_owned(),
        reason: reason.to_owned(),
        code: reply.json["code"]
            .as_u64()
            .and_then(|code| u16::try_from(code).ok()),
    }
}

fn findings_of(fields: &mut Fields, name: &str) -> Vec<Finding> {
    let plain = |view: Json| match view {
        Json::Object(mut members) => {
            members.retain(|name, _| !WORDS.contains(&name.as_str()));
            read_finding(name, Json::Object(members)).unwrap()
        }
        other => panic!("not a finding: {other:?}"),
    };
    fields.list(name).unwrap().into_iter().map(plain).collect()
}

fn open(text: &str) -> Fields {
    Fields::open("", Json::parse(text.as_bytes()).unwrap()).unwrap()
}
