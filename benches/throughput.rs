//! `make bench`: G of docs/PERFORMANCE.md, latencies, and the cost of the state tree.
//!
//! G = server CPU per durable receipt / (signatures in the command x CPU of one bare `verify_strict` of the same run). The
//! server is the real binary in its own process; its CPU is read from the kernel's accounting, so that the load generator on
//! the same cores does not count. Closed loop: every client waits for its answer before it sends again.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::match_same_arms,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a bench stops at the first surprise and prints ratios"
)]

mod load;

use std::time::Instant;

use greenlien::ledger::state_tree::StateTree;
use greenlien::primitives::crypto::{Hash, SecretKey};

use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::verify::checks::{Trust, verify};
use load::{Bench, Phase};

/// Events of the right whose evidence is asked for, its issue not counted.
const EVENTS: usize = 100;

/// Pledges registered, then released, in every series.
const PLEDGES: usize = 12_000;

/// Pledges in the log that is audited, each registered and released.
const AUDIT_PLEDGES: usize = 60_000;

fn main() {
    let filter: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let wanted = |name: &str| filter.is_empty() || filter.iter().any(|part| name.contains(part));
    let mut report = String::new();
    let mut say = |line: String| {
        println!("{line}");
        report.push_str(&line);
        report.push('\n');
    };
    let verify_us = bare_verify_us();
    say(format!(
        "bare verify_strict (949-byte message): {verify_us:.1} us CPU"
    ));
    if wanted("throughput") {
        say(String::new());
        say("| series | clients | per request | commands/s | p50 ms | p99 ms | server CPU us | G | budget |".to_owned());
        say("| --- | --- | --- | --- | --- | --- | --- | --- | --- |".to_owned());
        let shapes = [(64, 1), (256, 1), (4, 100)];
        for (clients, batch) in shapes {
            let mut bench = Bench::start(PLEDGES);
            for phase in [Phase::Register, Phase::Release] {
                let run = bench.run(phase, clients, batch);
                let signatures = if phase == Phase::Register { 2.0 } else { 1.0 };
                let g = run.server_us / (signatures * verify_us);
                let budget = budget(phase, clients, batch);
                say(format!(
                    "| {} | {clients} | {batch} | {:.0} | {:.1} | {:.1} | {:.0} | {g:.2} | {budget} |",
                    phase.name(),
                    run.per_second,
                    run.p50_ms,
                    run.p99_ms,
                    run.server_us,
                ));
            }
        }
    }
    if wanted("evidence") {
        say(String::new());
        say(evidence());
    }
    if wanted("state_tree") {
        say(String::new());
        let (key_us, proof_bytes, prove_us) = state_tree();
        say(format!(
            "state tree, 1 M keys, batches of 100, a snapshot kept: {key_us:.1} us CPU per key (budget 10)"
        ));
        say(format!(
            "state proof at 1 M keys: {proof_bytes} bytes mean (budget 800), {prove_us:.1} us to make"
        ));
    }
    let mut audit_report = String::new();
    if wanted("audit") {
        audit_report = format!("bare verify_strict: {verify_us:.1} us CPU\n\n");
        audit_report += &audit(verify_us);
        println!("\n{audit_report}");
    }
    if let Ok(path) = std::env::var("GREENLIEN_BENCH_DOC") {
        let is_audit_alone = filter.iter().all(|part| part == "audit") && !filter.is_empty();
        if !is_audit_alone {
            write_between_marks(&path, "make bench", &report);
        }
        if !audit_report.is_empty() {
            write_between_marks(&path, "make bench ARGS=audit", &audit_report);
        }
    }
}

/// Evidence for a right with a hundred events beside its issue, in one request, and its verification by a reader.
fn evidence() -> String {
    let mut bench = Bench::over(1, EVENTS / 2);
    for phase in [Phase::Register, Phase::Release] {
        bench.run(phase, 4, 1);
    }
    let shown = bench.evidence(300);
    let policy = format!("log {}\nquorum none\n", shown.log_vkey);
    let trust = Trust {
        policy: TrustPolicy::parse(&policy).unwrap(),
        old: None,
        now: None,
        age_seconds_max: None,
    };
    let verdict = verify(shown.file.as_bytes(), &trust);
    assert!(verdict.holds(), "{:?}", verdict.failure());
    let start = thread_cpu_us();
    for _ in 0..20 {
        assert!(verify(shown.file.as_bytes(), &trust).holds());
    }
    let verify_ms = (thread_cpu_us() - start) / 20_000.0;
    format!(
        "evidence of a right with {EVENTS} events, one request: {} bytes, p50 {:.1} ms (budget 20), p99 {:.1} ms, {:.0} us server CPU; {verify_ms:.1} ms CPU to verify",
        shown.file.len(),
        shown.p50_ms,
        shown.p99_ms,
        shown.server_us,
    )
}

/// An audit of a whole log with the real program, and one that goes on where it stood; both read the same entries.
fn audit(verify_us: f64) -> String {
    let mut bench = Bench::over(4_000, AUDIT_PLEDGES);
    for phase in [Phase::Register, Phase::Release] {
        bench.run(phase, 4, 200);
    }
    let data = bench.stop();
    let state = data.with_extension("state");
    let whole = audited(&data, &state);
    let resumed = audited(&data, &state);
    assert_eq!((whole.began_at, resumed.began_at), (0, whole.entries));
    let (entries, ratio) = (whole.entries as f64, whole.wall / resumed.wall);
    let kept = std::fs::metadata(&state).unwrap().len();
    let bare = whole.cpu * 1e6 / whole.signatures as f64 / verify_us;
    let ten_million = |wall: f64| wall / entries * 1e7 / 60.0;
    let lines = [
        "| audit | entries | wall s | CPU s | entries/s | us CPU per entry |".to_owned(),
        "| --- | --- | --- | --- | --- | --- |".to_owned(),
        whole.row("from entry 0"),
        resumed.row("that goes on at the end"),
        String::new(),
        format!(
            "from 0 : goes on = {ratio:.1} (wall); {bare:.2} x bare verify_strict of CPU per signature from 0 ({} signatures); the file: {:.1} MB, {:.0} bytes an entry",
            whole.signatures,
            kept as f64 / 1e6,
            kept as f64 / entries,
        ),
        format!(
            "ten million entries, by arithmetic and not measured: {:.0} minutes from 0, {:.1} minutes to go on at the end",
            ten_million(whole.wall),
            ten_million(resumed.wall),
        ),
    ];
    lines.join("\n") + "\n"
}

/// What one audit took and said.
struct Audited {
    entries: u64,
    began_at: u64,
    signatures: u64,
    wall: f64,
    cpu: f64,
}

impl Audited {
    fn row(&self, name: &str) -> String {
        let entries = self.entries as f64;
        format!(
            "| {name} | {} | {:.1} | {:.1} | {:.0} | {:.1} |",
            self.entries,
            self.wall,
            self.cpu,
            entries / self.wall,
            self.cpu * 1e6 / entries,
        )
    }
}

fn audited(data: &std::path::Path, state: &std::path::Path) -> Audited {
    let before = children_cpu_s();
    let begun = Instant::now();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .arg("audit")
        .arg(data)
        .args(["--json", "--quiet", "--state"])
        .arg(state)
        .output()
        .unwrap();
    let wall = begun.elapsed().as_secs_f64();
    assert!(run.status.success(), "{run:?}");
    let text = String::from_utf8(run.stdout).unwrap();
    let number = |name: &str| {
        let (_, rest) = text.split_once(&format!("\"{name}\":")).unwrap();
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        digits.unwrap().parse().unwrap()
    };
    Audited {
        entries: number("entries"),
        began_at: number("began_at"),
        signatures: number("signatures"),
        wall,
        cpu: children_cpu_s() - before,
    }
}

/// CPU of ended child processes in seconds: the kernel counts hundredths.
fn children_cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(13).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

/// Replaces what an earlier run wrote into the document; the audit has a place of its own.
fn write_between_marks(path: &str, what: &str, report: &str) {
    let (begin, end) = (
        format!("<!-- written by {what} -->\n"),
        format!("<!-- end of {what} -->\n"),
    );
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    std::fs::write(path, format!("{before}{begin}{report}{end}{after}")).unwrap();
}

fn budget(phase: Phase, clients: usize, batch: usize) -> &'static str {
    match (phase, clients, batch) {
        (Phase::Release, 256, 1) => "G 4.5, p99 25 ms",
        (Phase::Release, 64, 1) => "p99 10 ms",
        (Phase::Release, _, _) => "G 3.2",
        (Phase::Register, 256, 1) => "G 3.2, p99 25 ms",
        (Phase::Register, 64, 1) => "p99 10 ms",
        (Phase::Register, _, _) => "G 2.4",
    }
}

/// CPU of this thread in microseconds, from the scheduler's accounting.
fn thread_cpu_us() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1_000.0
}

fn bare_verify_us() -> f64 {
    let key = SecretKey::from_seed(&[7; 32]);
    let message = [42; 949];
    let signature = key.sign(&message);
    let public = key.public();
    let mut best = f64::MAX;
    for _ in 0..9 {
        let start = thread_cpu_us();
        for _ in 0..4_000 {
            assert!(std::hint::black_box(public.verifies(&message, &signature)));
        }
        best = best.min((thread_cpu_us() - start) / 4_000.0);
    }
    best
}

fn state_tree() -> (f64, usize, f64) {
    let key = |n: u64| Hash::of(&[b"bench", &n.to_be_bytes()]);
    let mut tree = StateTree::default();
    for n in 0..1_000_000 {
        tree.insert(key(n), key(n + 7));
    }
    let _ = tree.root();
    let (mut snapshot, mut n) = (tree.clone(), 0_u64);
    let wall = Instant::now();
    let start = thread_cpu_us();
    let batches = 500_u64;
    for batch in 0..batches {
        for _ in 0..50 {
            n = n
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            tree.insert(key(n % 1_000_000), key(n));
            tree.insert(key(2_000_000 + batch * 50 + n % 50), key(n));
        }
        let _ = tree.root();
        snapshot = tree.clone();
    }
    let key_us = (thread_cpu_us() - start) / (batches as f64 * 100.0);
    assert!(wall.elapsed().as_secs() < 600);
    let start = thread_cpu_us();
    let mut bytes = 0;
    for n in 0..2_000_u64 {
        let proof = snapshot.prove(&key(n * 37));
        bytes += proof.siblings.len() * 32 + 64;
    }
    (key_us, bytes / 2_000, (thread_cpu_us() - start) / 2_000.0)
}
