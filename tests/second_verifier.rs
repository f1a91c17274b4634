//! The verifiers in Python (`docs/verifier`) and in JavaScript (`web/verifier`), given the same files as the one in Rust: all
//! must agree on every verdict, and on how every check ends.
//!
//! One process of each reads a list of files, because starting it takes longer than most files.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::policy::KindPolicy;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::id::RightId;
use greenlien::primitives::time::Timestamp;
use greenlien::verify::certificate::attachment::{attachment, is_pdf};
use greenlien::verify::certificate::verify_certificate;
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::inclusion::verify_inclusion_file;
use greenlien::verify::verdict::{Finish, NamedCheck, Verdict};
use serde_json::{Value, json};

use crate::support::cast;
use crate::support::house::House;
use crate::support::witness::open_checkpoint;

/// A reader: the texts of a trust policy and of an older checkpoint, a time and an age.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) policy: String,
    pub(crate) old: Option<String>,
    pub(crate) now: Option<Timestamp>,
    pub(crate) age_seconds_max: Option<u64>,
}

impl Reader {
    /// Returns what the Rust verifier takes.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            policy: TrustPolicy::parse(&self.policy).unwrap(),
            old: self.old.clone(),
            now: self.now,
            age_seconds_max: self.age_seconds_max,
        }
    }
}

/// Files that all verifiers read.
pub(crate) struct Both {
    folder: tempfile::TempDir,
    jobs: Vec<Job>,
    expected: Vec<Expected>,
}

/// A file, and what to do with it.
struct Job {
    asked: Value,
    /// Python reads no certificates.
    is_certificate: bool,
}

/// What the Rust verifier says about a file.
struct Expected {
    name: String,
    said: Value,
    /// How each check ended; nothing where only the first failure counts.
    checks: Option<Vec<String>>,
    is_certificate: bool,
}

impl Both {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            jobs: Vec::new(),
            expected: Vec::new(),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        if !path.exists() {
            std::fs::write(&path, bytes).unwrap();
        }
        path
    }

    fn job(&self, reader: &Reader, file: &[u8]) -> Value {
        let number = self.jobs.len();
        let digest = |text: &str| greenlien::primitives::crypto::Hash::of(&[text.as_bytes()]);
        let policy = format!("policy-{}", digest(&reader.policy));
        let mut job = json!({
            "file": self.write(&format!("file-{number}"), file),
            "policy": self.write(&policy, reader.policy.as_bytes()),
        });
        if let Some(old) = &reader.old {
            job["old"] = json!(self.write(&format!("old-{}", digest(old)), old.as_bytes()));
        }
        if let Some(now) = reader.now {
            job["now"] = json!(now.to_string());
        }
        if let Some(age) = reader.age_seconds_max {
            job["max_age"] = json!(age);
        }
        job
    }

    /// Verifies a file here, keeps it for the other verifiers, and returns the verdict.
    pub(crate) fn verify(&mut self, name: &str, file: &[u8], reader: &Reader) -> Verdict {
        let job = self.job(reader, file);
        self.judge(name, file, &reader.trust(), job)
    }

    /// Verifies a file under a trust policy whose octets need not be UTF-8, in place of that of the reader.
    pub(crate) fn verify_under(
        &mut self,
        (name, octets): (&str, &[u8]),
        file: &[u8],
        reader: &Reader,
    ) -> Verdict {
        let mut job = self.job(reader, file);
        let number = self.jobs.len();
        job["policy"] = json!(self.write(&format!("octets-{number}"), octets));
        let trust = Trust {
            policy: TrustPolicy::parse_octets(octets).unwrap(),
            ..reader.trust()
        };
        self.judge(name, file, &trust, job)
    }

    fn judge(&mut self, name: &str, file: &[u8], trust: &Trust, job: Value) -> Verdict {
        let verdict = verify(file, trust);
        self.ask(job);
        self.expected.push(Expected {
            name: name.to_owned(),
            said: said(&verdict),
            checks: Some(verdict.checks.iter().map(check).collect()),
            is_certificate: false,
        });
        verdict
    }

    /// Flips bits of one file, one at a time: each must be refused by all verifiers at the same check.
    pub(crate) fn flip(&mut self, file: &[u8], reader: &Reader, places: &[(usize, u8)]) {
        let (job, trust) = (self.job(reader, file), reader.trust());
        self.flip_job(job, file, places, |flipped| said(&verify(flipped, &trust)));
    }

    /// Verifies a certificate, JSON or PDF, here and in JavaScript.
    pub(crate) fn certify(&mut self, name: &str, file: &[u8], reader: &Reader) -> Verdict {
        let is_pdf = is_pdf(file);
        let inside = if is_pdf {
            attachment(file).unwrap()
        } else {
            file
        };
        let mut verdict = verify_certificate(inside, &reader.trust());
        if is_pdf && verdict.holds() {
            verdict.not_covered("pages", "the one in JavaScript makes no pages");
        }
        let job = self.job(reader, file);
        self.jobs.push(Job {
            asked: job,
            is_certificate: true,
        });
        self.expected.push(Expected {
            name: name.to_owned(),
            said: said(&verdict),
            checks: Some(verdict.checks.iter().map(check).collect()),
            is_certificate: true,
        });
        verdict
    }

    fn flip_job(
        &mut self,
        mut job: Value,
        file: &[u8],
        places: &[(usize, u8)],
        judge: impl Fn(&[u8]) -> Value,
    ) {
        job["flips"] = json!(places);
        self.ask(job);
        let mut flipped = file.to_vec();
        for (at, bit) in places {
            flipped[*at] ^= bit;
            let name = format!("byte {at} ^ {bit}");
            self.expect(name, judge(&flipped));
            flipped[*at] ^= bit;
        }
    }

    /// Judges a fraud file here, keeps it for the other verifier, and returns the verdict.
    pub(crate) fn accuse(&mut self, name: &str, file: &[u8], key: &NoteKey) -> Verdict {
        let verdict = verify_fraud(file, std::slice::from_ref(key));
        self.ask(self.job(&reader_of(key), file));
        self.expect(name.to_owned(), said_of_fraud(&verdict));
        verdict
    }

    /// Flips bits of one fraud file, one at a time.
    pub(crate) fn flip_fraud(&mut self, file: &[u8], key: &NoteKey, places: &[(usize, u8)]) {
        let job = self.job(&reader_of(key), file);
        self.flip_job(job, file, places, |flipped| {
            said_of_fraud(&verify_fraud(flipped, std::slice::from_ref(key)))
        });
    }

    /// Flips bits of a proof file, one at a time; none flips nothing.
    pub(crate) fn include(
        &mut self,
        file: &str,
        entry: &[u8],
        reader: &Reader,
        places: &[(usize, u8)],
    ) {
        let policy = reader.trust().policy;
        let judge = |bytes: &[u8]| said(&verify_inclusion_file(bytes, entry, &policy));
        let mut job = self.job(reader, file.as_bytes());
        let number = self.jobs.len();
        job["entry"] = json!(self.write(&format!("entry-{number}"), entry));
        if places.is_empty() {
            self.ask(job);
            self.expect(file.to_owned(), judge(file.as_bytes()));
        } else {
            self.flip_job(job, file.as_bytes(), places, judge);
        }
    }

    fn ask(&mut self, asked: Value) {
        self.jobs.push(Job {
            asked,
            is_certificate: false,
        });
    }

    /// Expects the verdict alone, since of a file that is bad only the first failure counts.
    fn expect(&mut self, name: String, said: Value) {
        self.expected.push(Expected {
            name,
            said,
            checks: None,
            is_certificate: false,
        });
    }

    /// Runs the other verifiers over everything and compares.
    pub(crate) fn agree(self) {
        let faults = self.faults();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Runs the other verifiers over everything; says where they differ.
    pub(crate) fn faults(self) -> Vec<String> {
        let jobs = |wanted: &dyn Fn(&Job) -> bool| -> String {
            let jobs = self.jobs.iter().filter(|job| wanted(job));
            jobs.map(|job| job.asked.to_string() + "\n").collect()
        };
        let (all, plain) = (jobs(&|_| true), jobs(&|job| !job.is_certificate));
        let (python, node) = std::thread::scope(|scope| {
            let python = scope.spawn(|| batch(&PYTHON, &plain));
            let node = batch(&NODE, &all);
            (python.join().unwrap(), node)
        });
        let mut faults = Vec::new();
        for (program, output) in [(PYTHON, python), (NODE, node)] {
            let mut lines = output.lines();
            let is_read = |one: &&Expected| !one.is_certificate || program.name == NODE.name;
            for expected in self.expected.iter().filter(is_read) {
                let line = lines
                    .next()
                    .unwrap_or_else(|| panic!("{}: nothing about {}", program.name, expected.name));
                let answer = serde_json::from_str(line).unwrap();
                faults.extend(expected.fault(program.name, &answer));
                if program.name == NODE.name {
                    faults.extend(untold(&expected.name, &answer));
                }
            }
            assert_eq!(lines.next(), None, "{}", program.name);
        }
        faults
    }
}

impl Expected {
    /// Compares with what another verifier answers; says where it differs.
    fn fault(&self, program: &str, answer: &Value) -> Option<String> {
        let name = &self.name;
        let mut said = self.said.as_object().unwrap().iter();
        if let Some((member, said)) = said.find(|(member, said)| answer[member.as_str()] != **said)
        {
            let theirs = &answer[member.as_str()];
            return Some(format!(
                "{name}: {member}: {program} says {theirs}, not {said}"
            ));
        }
        let checks = self.checks.as_ref()?;
        let theirs = &answer["checks"];
        (json!(checks) != *theirs)
            .then(|| format!("{name}: {program} says {theirs}, not {}", json!(checks)))
    }
}

/// Asks the registry whether a right may be pledged, in several ways, and gives each answer's file to both verifiers.
pub(crate) fn ask(both: &mut Both, house: &House, id: RightId) {
    let Some((Record::Right(right), _)) = house.record(&StateKey::Right(id)) else {
        panic!("{id} is not there")
    };
    let policies = cast::genesis().policies.into_iter();
    let mut policies = policies.map(|(_, text)| KindPolicy::parse(&text).unwrap());
    let policy = policies.find(|policy| policy.kind == right.kind);
    let unit = policy.map_or_else(String::new, |policy| policy.unit);
    let (from, to) = (right.span.from(), right.span.to());
    let years = [from.date().0, to.previous().date().0];
    let lines = [
        json!({"quantity": "1", "unit": unit}),
        json!({"quantity": "999999", "unit": unit}),
        json!({"quantity": "7", "unit": unit, "from": from.to_string(), "to": to.to_string()}),
        json!({"quantity": "100", "unit": unit, "from": "2028-01-01", "to": "2029-07-01"}),
        json!({"years": years}),
        json!({"years": [2027, 2029]}),
        json!({}),
    ];
    let old = open_checkpoint(house.reader().old.as_deref().unwrap()).size;
    for (number, mut line) in lines.into_iter().enumerate() {
        line["right"] = json!(id.to_string());
        let twice = [line.clone(), line.clone()];
        let lines = if number % 3 == 1 {
            json!(twice)
        } else {
            json!([line])
        };
        let body = json!({
            "form": "质押", "lines": lines, "pledgor": right.holder.to_string(),
            "term": {"from": "2026-12-01", "to": "2032-01-01"},
        });
        let org = ["M2", "M3", "M4", "M5"][number % 4];
        let asked = json!({"org": org, "type": "register_pledge", "body": body});
        let path = format!("/v1/evidence/answers?old={old}");
        let reply = house.client().post(&path, &asked.to_string()).unwrap();
        // What does not fit the kind is refused at the door and has no answer.
        if reply.status == 400 {
            continue;
        }
        assert_eq!(reply.status, 200, "{}", reply.text);
        let name = format!("{asked}");
        let verdict = both.verify(&name, reply.text.as_bytes(), &house.reader());
        assert!(verdict.holds(), "{name}: {:?}", verdict.failure());
    }
}

/// Says whether the page would leave a reader with a technical message alone: a failed check needs a sentence in Chinese, and
/// one in English without any.
fn untold(name: &str, answer: &Value) -> Option<String> {
    if answer["failure"].is_null() {
        return None;
    }
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let told = |at: usize| answer["told"][at].as_str().unwrap_or_default();
    let holds = told(0).contains(is_han) && told(0).ends_with('。') && told(1).ends_with('.');
    (!holds).then(|| format!("{name}: no plain sentence for {}", answer["message"]))
}

/// What a verdict says, in the form of the batch.
fn said(verdict: &Verdict) -> Value {
    json!({
        "failure": verdict.failure().map(|check| check.name),
        "verdict": verdict.level.map(greenlien::verify::verdict::Level::name),
    })
}

/// What a verdict on a fraud file says. The Python verifier does not replay the law: where that decides, it proves nothing.
fn said_of_fraud(verdict: &Verdict) -> Value {
    if verdict.checks.iter().any(|check| check.name == "replay") {
        return json!({"failure": null, "fraud_proven": null, "verdict": null});
    }
    json!({
        "failure": verdict.failure().map(|check| check.name),
        "fraud_proven": verdict.holds(),
        "verdict": null,
    })
}

/// A reader who trusts one log and nobody else.
fn reader_of(key: &NoteKey) -> Reader {
    Reader {
        policy: format!("log {}\nquorum none\n", key.vkey()),
        old: None,
        now: None,
        age_seconds_max: None,
    }
}

/// How a check ended, in the form of the batch.
fn check(check: &NamedCheck) -> String {
    let finish = match check.finish {
        Finish::Pass(_) => "pass",
        Finish::Fail(_) => "fail",
        Finish::NotCovered(_) => "not covered",
    };
    format!("{}: {finish}", check.name)
}

/// A verifier in another language.
#[derive(Clone, Copy)]
struct Program {
    name: &'static str,
    /// Names the interpreter, where it is not the first one in the path.
    variable: &'static str,
    interpreter: &'static str,
    file: &'static str,
    advice: &'static str,
}

const PYTHON: Program = Program {
    name: "Python",
    variable: "GREENLIEN_PYTHON",
    interpreter: "python3",
    file: "docs/verifier/greenlien_verify.py",
    advice: "`make python` installs Python 3.11 and the package cryptography",
};

const NODE: Program = Program {
    name: "JavaScript",
    variable: "GREENLIEN_NODE",
    interpreter: "node",
    file: "web/verifier/node.mjs",
    advice: "`make node` installs node 20",
};

/// Runs the batch of a verifier.
fn batch(program: &Program, jobs: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(program.file);
    let interpreter =
        std::env::var(program.variable).unwrap_or_else(|_| program.interpreter.to_owned());
    let mut child = Command::new(&interpreter)
        .arg(file)
        .arg("--batch")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{interpreter}: {fault}; {}", program.advice));
    let mut stdin = child.stdin.take().unwrap();
    let jobs = jobs.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(jobs.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let written = writer.join().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && written.is_ok(),
        "{interpreter}: {complaint}\n{}",
        program.advice
    );
    String::from_utf8(output.stdout).unwrap()
}
