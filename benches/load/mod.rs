//! A closed-loop load on the real binary: signed commands made beforehand, one keep-alive connection per client.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use greenlien::domain::command::{
    AdmitParty, Body, Command, Expected, ExtentRequest, GroundRequest, IssueRight, LineRequest,
    OfferedKey, QuantityRequest, RegisterPledge, Signer, SignerRole,
};
use greenlien::domain::envelope::{Envelope, EnvelopeSignature};
use greenlien::domain::genesis::{Genesis, REGISTRAR};
use greenlien::domain::geometry::{BoundingBox, Point};
use greenlien::domain::party::{Party, Role};
use greenlien::domain::pledge::Form;
use greenlien::domain::right::Identity;
use greenlien::domain::wire::command_json;
use greenlien::ledger::note::NoteKey;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::{CommandId, PartyId, PledgeId, RightId};
use greenlien::primitives::quantity::{Quantity, Scale};
use greenlien::primitives::time::{Clock as _, Day, Span, SystemClock};
use greenlien::service::{Receipt, Registry};

const ORIGIN: &str = "bench.example/greenlien/500113";
/// Rights that the pledges are spread over; each carries a dozen lines at a time.
const RIGHTS: usize = 1_000;

/// One series: what every command of it does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// `register_pledge`, two signatures.
    Register,
    /// `release_pledge`, one signature.
    Release,
}

impl Phase {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Register => "register_pledge",
            Self::Release => "release_pledge",
        }
    }
}

/// What one series measured.
pub(crate) struct Run {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) server_us: f64,
}

/// Evidence as a client got it, and what that took.
pub(crate) struct Shown {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) server_us: f64,
    pub(crate) file: String,
    pub(crate) log_vkey: String,
}

/// A registry with rights, served by the real binary.
pub(crate) struct Bench {
    server: Child,
    address: String,
    aud: String,
    bank: (PartyId, SecretKey),
    holder: (PartyId, SecretKey),
    rights: Vec<RightId>,
    pledges: Vec<PledgeId>,
    count: usize,
    folder: tempfile::TempDir,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

fn seed(name: &str) -> SecretKey {
    SecretKey::from_seed(Hash::of(&[b"greenlien bench ", name.as_bytes()]).as_bytes())
}

fn body_text(
    aud: &str,
    org: PartyId,
    body: Body,
    expect: Vec<(Expected, u64)>,
    keys: &[(PartyId, SignerRole, &SecretKey)],
) -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let n = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let id = Hash::of(&[b"cmd", &n.to_be_bytes()]);
    let now = SystemClock::default().now();
    let mut signers: Vec<Signer> = keys
        .iter()
        .map(|(org, role, _)| Signer {
            org: *org,
            role: *role,
        })
        .collect();
    signers.sort();
    let command = Command {
        aud: aud.to_owned(),
        org,
        cmd: CommandId(id.as_bytes()[..16].try_into().unwrap()),
        signers,
        attested: Vec::new(),
        expect,
        seen: None,
        iat: now,
        exp: now.plus_seconds(6 * 86_400),
        body,
    };
    let payload = command_json(&command).to_canonical().into_bytes();
    let signatures = keys
        .iter()
        .map(|(_, role, key)| EnvelopeSignature::sign(&payload, *role, key))
        .collect();
    let envelope = Envelope::new(payload, signatures).unwrap();
    Json::object([("command", envelope.to_json())]).to_canonical()
}

fn party(role: Role) -> AdmitParty {
    AdmitParty {
        name: Some(format!("bench {}", role.name())),
        credit_code: None,
        region: None,
        roles: vec![role],
        duties: if role == Role::Authority {
            vec!["carbon".to_owned()]
        } else {
            Vec::new()
        },
        keys: Vec::new(),
        threshold: if role == Role::Authority { 2 } else { 1 },
        hidden: Vec::new(),
    }
}

fn submit(registry: &Registry, text: &str) -> Receipt {
    let json = Json::parse(text.as_bytes()).unwrap();
    let Json::Object(mut members) = json else {
        panic!("an object")
    };
    let verified = registry
        .verify(members.remove("command").unwrap(), Vec::new())
        .unwrap();
    registry.submit_and_wait(verified).unwrap()
}

const CODES: [(&str, Role); 3] = [
    ("91500113MA5UBK0AXF", Role::Bank),
    ("91500113MA5UPAP147", Role::Holder),
    ("91500113MA5UGRT17P", Role::Authority),
];

impl Bench {
    /// Makes the registry in this process, then serves it with the binary; the pledges are spread over its rights.
    pub(crate) fn start(count: usize) -> Self {
        Self::over(RIGHTS, count)
    }

    /// Makes a registry of so many rights.
    pub(crate) fn over(rights: usize, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log_key = seed("log");
        let vkey = NoteKey::new(ORIGIN, log_key.public()).unwrap().vkey();
        let registrar = [seed("maker"), seed("checker")];
        let key_of = |key: &SecretKey, n: usize| (key.public(), format!("p{n}"));
        let carbon = include_str!("../../fixtures/policy/carbon.toml");
        let corner = |lon, lat| Point { lon, lat };
        let genesis = Genesis {
            origin: ORIGIN.to_owned(),
            log_vkey: vkey,
            region: "500113".to_owned(),
            county: BoundingBox::new(
                corner(1_063_500_000, 289_500_000),
                corner(1_071_000_000, 298_000_000),
            )
            .unwrap(),
            registrar: Party {
                name: Some("bench registrar".to_owned()),
                credit_code: Some("91500113MA5UCHEM46".to_owned()),
                region: None,
                roles: vec![Role::Registrar],
                duties: Vec::new(),
                keys: Vec::new(),
                threshold: 2,
                hidden: Vec::new(),
                more: greenlien::domain::party::PartyMore::default(),
            },
            keys: registrar
                .iter()
                .enumerate()
                .map(|(n, key)| key_of(key, n))
                .collect(),
            quorum: BTreeMap::from([(Role::Registrar, 1)]),
            policy_delay_seconds: 0,
            policies: vec![("carbon".to_owned(), carbon.to_owned())],
            public: true,
        };
        let data = folder.path().join("data");
        let clock = Arc::new(SystemClock::default());
        let registry = Registry::create(&data, genesis, seed("log"), clock).unwrap();
        let aud = registry.aud().to_owned();
        let mut parties = Vec::new();
        for (code, role) in CODES {
            let keys = [seed(code), seed(&format!("{code} checker"))];
            let used = if role == Role::Authority { 2 } else { 1 };
            let offered = keys[..used].iter().enumerate().map(|(n, key)| {
                let person = format!("p{n}");
                let proof = key.sign(&OfferedKey::proof_message(&aud, &key.public(), &person));
                OfferedKey {
                    key: key.public(),
                    person,
                    proof,
                }
            });
            let mut admit = party(role);
            admit.credit_code = Some(code.to_owned());
            admit.keys = offered.collect();
            let text = body_text(
                &aud,
                REGISTRAR,
                Body::AdmitParty(admit),
                Vec::new(),
                &[
                    (REGISTRAR, SignerRole::Maker, &registrar[0]),
                    (REGISTRAR, SignerRole::Checker, &registrar[1]),
                ],
            );
            parties.push(PartyId(submit(&registry, &text).index));
        }
        let [bank, holder, issuer] = parties[..] else {
            panic!("three parties")
        };
        let code = CODES[2].0;
        let issuer_keys = [seed(code), seed(&format!("{code} checker"))];
        let rights = (0..rights)
            .map(|n| {
                let body = Body::IssueRight(Box::new(right(holder, n)));
                let text = body_text(
                    &aud,
                    issuer,
                    body,
                    Vec::new(),
                    &[
                        (issuer, SignerRole::Maker, &issuer_keys[0]),
                        (issuer, SignerRole::Checker, &issuer_keys[1]),
                    ],
                );
                RightId(submit(&registry, &text).index)
            })
            .collect();
        drop(registry);
        let key_file = folder.path().join("log.test.key");
        greenlien::cli::keyfile::write_key(&key_file, &log_key, None).unwrap();
        let mut server = Process::new(env!("CARGO_BIN_EXE_greenlien"))
            .args([
                "serve",
                data.to_str().unwrap(),
                "--listen",
                "127.0.0.1:0",
                "--allow-test-keys",
            ])
            .args(["--log-key", key_file.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self {
            server,
            address,
            aud,
            bank: (bank, seed(CODES[0].0)),
            holder: (holder, seed(CODES[1].0)),
            rights,
            pledges: Vec::new(),
            count,
            folder,
        }
    }

    /// Ends the server in order; returns its folder, which goes with the bench.
    pub(crate) fn stop(&mut self) -> std::path::PathBuf {
        let id = self.server.id().to_string();
        assert!(Process::new("kill").arg(&id).status().unwrap().success());
        assert!(self.server.wait().unwrap().success());
        self.folder.path().join("data")
    }

    fn bodies(&self, phase: Phase) -> Vec<String> {
        let (bank, bank_key) = &self.bank;
        let (holder, holder_key) = &self.holder;
        let one = Quantity::parse("1", Scale::new(0).unwrap()).unwrap();
        match phase {
            Phase::Register => (0..self.count)
                .map(|n| {
                    let extent = ExtentRequest {
                        amount: Some((one, "tCO2e".to_owned())),
                        ..ExtentRequest::default()
                    };
                    let right = self.rights[n % self.rights.len()];
                    let body = Body::RegisterPledge(Box::new(RegisterPledge {
                        pledgor: *holder,
                        debtor: None,
                        form: Form::Pledge,
                        lines: vec![LineRequest {
                            right,
                            extent,
                            behind: Vec::new(),
                        }],
                        term: None,
                        reservation: None,
                        cap_cny: None,
                        maximum: None,
                        syndicate: Vec::new(),
                        green: None,
                        hidden: Vec::new(),
                    }));
                    body_text(
                        &self.aud,
                        *bank,
                        body,
                        Vec::new(),
                        &[
                            (*bank, SignerRole::Maker, bank_key),
                            (*holder, SignerRole::Maker, holder_key),
                        ],
                    )
                })
                .collect(),
            Phase::Release => self
                .pledges
                .iter()
                .map(|pledge| {
                    let body = Body::ReleasePledge {
                        pledge: *pledge,
                        changes: Vec::new(),
                        order: None,
                    };
                    let expect = vec![(Expected::Pledge(*pledge), 1)];
                    let keys = [(*bank, SignerRole::Maker, bank_key)];
                    body_text(&self.aud, *bank, body, expect, &keys)
                })
                .collect(),
        }
    }

    /// Runs one series and returns what it measured.
    pub(crate) fn run(&mut self, phase: Phase, clients: usize, batch: usize) -> Run {
        let bodies = self.bodies(phase);
        let (path, requests) = if batch == 1 {
            ("/v1/commands", bodies)
        } else {
            let join = |chunk: &[String]| format!("{{\"commands\":[{}]}}", chunk.join(","));
            (
                "/v1/commands:batch",
                bodies.chunks(batch).map(join).collect(),
            )
        };
        let total = self.count as f64;
        let work = Mutex::new(requests.into_iter());
        let results = Mutex::new((Vec::new(), Vec::new()));
        let cpu = self.server_cpu_us();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| {
                    let mut client = Client::connect(&self.address);
                    loop {
                        let Some(body) = work.lock().unwrap().next() else {
                            return;
                        };
                        let sent = Instant::now();
                        let answer = client.post(path, &body);
                        let took = sent.elapsed().as_secs_f64() * 1_000.0;
                        let created = created(&answer);
                        assert!(
                            phase == Phase::Release || created.len() == batch,
                            "refused: {}",
                            &answer[..answer.len().min(600)]
                        );
                        assert!(!answer.contains("\"refused\""), "refused: {answer}");
                        let mut results = results.lock().unwrap();
                        results.0.push(took);
                        results.1.extend(created);
                    }
                });
            }
        });
        let seconds = start.elapsed().as_secs_f64();
        let server_us = (self.server_cpu_us() - cpu) / total;
        let (mut times, created) = results.into_inner().unwrap();
        times.sort_by(f64::total_cmp);
        self.pledges = created;
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        Run {
            per_second: total / seconds,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            server_us,
        }
    }

    /// Asks so many times for the evidence about the first right, one request after another.
    pub(crate) fn evidence(&self, times: usize) -> Shown {
        let path = format!("/v1/evidence/rights/{}", self.rights[0]);
        let mut client = Client::connect(&self.address);
        let file = client.get(&path);
        let cpu = self.server_cpu_us();
        let mut took: Vec<f64> = (0..times)
            .map(|_| {
                let sent = Instant::now();
                assert_eq!(client.get(&path).len(), file.len());
                sent.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        Shown {
            p50_ms: took[took.len() / 2],
            p99_ms: took[(took.len() - 1) * 99 / 100],
            server_us: (self.server_cpu_us() - cpu) / times as f64,
            file,
            log_vkey: NoteKey::new(ORIGIN, seed("log").public()).unwrap().vkey(),
        }
    }

    /// CPU of every thread of the server in microseconds.
    fn server_cpu_us(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.server.id())).unwrap();
        tasks
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
            .filter_map(|text| text.split(' ').next()?.parse::<f64>().ok())
            .sum::<f64>()
            / 1_000.0
    }
}

fn right(holder: PartyId, n: usize) -> IssueRight {
    IssueRight {
        kind: "carbon".to_owned(),
        holder,
        identities: vec![Identity {
            scheme: "allowance-account".to_owned(),
            value: format!("CEA|{}|2025", 50_011_300_000_000_usize + n),
        }],
        span: Span::new(
            Day::parse("2025-01-01").unwrap(),
            Day::parse("2039-01-01").unwrap(),
        )
        .unwrap(),
        quantity: QuantityRequest::Level(
            Quantity::parse("1000000", Scale::new(0).unwrap()).unwrap(),
        ),
        unit: "tCO2e".to_owned(),
        class: None,
        attributes: BTreeMap::new(),
        ground: GroundRequest::Absent,
        succeeds: Vec::new(),
        additional: false,
        adjudication: None,
    }
}

/// Every `"created":"P…"` of an answer.
fn created(answer: &str) -> Vec<PledgeId> {
    let after = answer.split("\"created\":\"").skip(1);
    after
        .filter_map(|rest| PledgeId::parse(rest.split('"').next()?))
        .collect()
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::with_capacity(65_536, stream),
        }
    }

    fn get(&mut self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n").as_bytes())
    }

    fn post(&mut self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body.as_bytes()].concat())
    }

    fn send(&mut self, request: &[u8]) -> String {
        self.stream.get_mut().write_all(request).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}
