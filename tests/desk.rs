//! Whole days at a desk with the real program and nothing else: the demonstration, an office's import, and a registry begun
//! from nothing. What one subcommand writes the next one reads.

use std::fs;
use std::path::Path;

use greenlien::cli::demo::POLICIES;
use greenlien::primitives::time::{Clock as _, SystemClock};
use serde_json::Value;

use crate::cli::{Folder, Run, failed, program};
use crate::crash::Server;
use crate::support::papers::instant;

/// The bureaus of the district, by credit code.
const BUREAUS: [&str; 3] = [
    "11500113H6YNKPX22K",
    "11500113U6HM4CKN17",
    "115001131261C6UMXM",
];
/// The rights in its books.
const RIGHTS: u64 = 84 + 30 + 17 + 80 + 13;

fn banan() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/banan");
    path.to_str().unwrap().to_owned()
}

/// Runs the program, which must end with 0.
fn done(words: &[&str]) -> Run {
    let run = program(words);
    assert_eq!(run.code, 0, "{words:?}: {}{}", run.out, run.err);
    run
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// The seconds by which the clock must be moved to show this instant now.
pub(crate) fn offset(to: &str) -> String {
    let seconds = |micros: u64| i64::try_from(micros / 1_000_000).unwrap();
    let now = SystemClock::default().now();
    (seconds(instant(to).micros()) - seconds(now.micros())).to_string()
}

/// The last line of a run: the sums of an import.
fn sums(run: &Run) -> Value {
    json(run.out.lines().last().unwrap())["sums"].clone()
}

fn checkpoint(address: &str) -> String {
    let url = format!("http://{address}/checkpoint");
    ureq::get(&url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap()
}

#[test]
fn the_demonstration_comes_out_and_its_books_are_imported_once() {
    let folder = Folder::new();
    let data = folder.path("data");
    // The clock of the demonstration, which begins on this day at 10:00 (UTC+8): time must not step far when it is served again.
    let clock = format!("--clock-offset={}", offset("2026-12-01T02:00:00Z"));
    let demo = done(&["demo", "--data", &banan(), "--folder", &data, "--json"]);
    let [line] = demo.out.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", demo.out);
    };
    let table = json(line);
    assert_eq!(table["ok"], true);
    let keys = Path::new(&data).join("keys");
    let names = fs::read_dir(&keys).unwrap();
    let mut names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert!(names.all(|name| name.ends_with(".test.key")));
    let log_key = keys.join("log.test.key");
    let log_key = log_key.to_str().unwrap();
    failed(
        &["serve", &data, "--log-key", log_key],
        1,
        "--allow-test-keys",
    );

    // What the demonstration hid is sealed under its openings key.
    let offset = &*clock;
    failed(
        &[
            "serve",
            &data,
            "--log-key",
            log_key,
            "--allow-test-keys",
            offset,
        ],
        1,
        "--openings-key",
    );
    let openings_key = keys.join("openings.test.key");
    let flags = ["--openings-key", openings_key.to_str().unwrap(), offset];
    let server = Server::start_with(Path::new(&data), Path::new(log_key), &flags);
    let address = format!("http://{}", server.address);
    let import_at = |books: &str, clock: &str| {
        let mut words = vec!["import", books, "--server", &address, "--json", clock];
        let files: Vec<String> = BUREAUS
            .iter()
            .flat_map(|code| [("maker", code), ("checker", code)])
            .map(|(role, code)| format!("{data}/keys/{code}-{role}.test.key"))
            .collect();
        words.extend(files.iter().flat_map(|file| ["--key", file.as_str()]));
        program(&words)
    };
    let import = |books: &str| import_at(books, &clock);
    let before = checkpoint(&server.address);
    // A clock of last month signs what has expired: said once, not row by row.
    let late = format!("--clock-offset={}", self::offset("2026-11-01T02:00:00Z"));
    let late = import_at(&banan(), &late);
    assert!(late.code == 1 && late.out.is_empty(), "{}", late.out);
    assert!(late.err.contains("clock is"), "{}", late.err);
    let same = import(&banan());
    assert_eq!(same.code, 0, "{}", same.err);
    assert_eq!(sums(&same)["registered before"], RIGHTS);
    assert_eq!(checkpoint(&server.address), before, "nothing changes");

    // One right more, one row that is broken, one that says something else now, one that the registry refuses.
    let books = folder.path("books");
    fs::create_dir(&books).unwrap();
    for file in fs::read_dir(banan()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), Path::new(&books).join(file.file_name())).unwrap();
    }
    let path = Path::new(&books).join("energy_use_rights.csv");
    let book = fs::read_to_string(&path).unwrap();
    let row = book.lines().nth(1).unwrap();
    let changed = row.replace("62442.88", "62442.89");
    let (more, refused) = (row.replace("0001", "9001"), row.replace("0001", "9002"));
    let refused = refused.replace("62442.88", "0");
    let book = book.replace(row, &changed);
    fs::write(&path, format!("{book}{more}\nbroken\n{refused}\n")).unwrap();
    for registered in ["registered", "registered before"] {
        let run = import(&books);
        assert_eq!(run.code, 1, "{}", run.out);
        let sums = sums(&run);
        let count = |name: &str| sums[name].as_u64().unwrap_or(0);
        assert_eq!(
            count("registered") + count("registered before"),
            RIGHTS,
            "{sums}"
        );
        assert_eq!(
            (
                count("not readable"),
                count("refused"),
                count("differs from the register")
            ),
            (1, 1, 1),
            "{sums}"
        );
        let rows = run.out.lines().map(json);
        let file = "energy_use_rights.csv";
        let mut rows = rows.filter(|row| row["file"] == file && row["line"] == 19);
        assert_eq!(rows.next().unwrap()["outcome"], registered);
    }
    assert_eq!(server.end(), 0);
    for words in [["audit", &data, "--json"], ["rebuild", &data, "--json"]] {
        let run = json(&done(&words).out);
        assert_eq!(run["valid"], true);
        assert!(run["entries"].as_u64().unwrap() > 900, "{run}");
    }
}

/// The public half of a new key in this file.
fn key(folder: &Folder, name: &str) -> (String, String) {
    let path = folder.path(name);
    let made = done(&["keygen", "--out", &path, "--plain", "--json"]);
    let public = json(&made.out)["public_key"].as_str().unwrap().to_owned();
    (path, public)
}

#[test]
fn a_registry_begins_from_nothing_and_admits_a_bank() {
    let folder = Folder::new();
    for (n, text) in POLICIES.iter().enumerate() {
        folder.file(&format!("{n}.toml"), text);
    }
    let (data, trust) = (folder.path("data"), folder.path("trust.policy"));
    let (log_key, _) = key(&folder, "log.key");
    let (maker, first) = key(&folder, "maker.key");
    let (checker, second) = key(&folder, "checker.key");
    let (teller, public) = key(&folder, "teller.key");
    let policies = Path::new(&data).parent().unwrap().to_str().unwrap();
    let (first, second) = (format!("{first}:p-1"), format!("{second}:p-2"));
    let made = done(&[
        "init",
        &data,
        "--origin",
        "registry.example/greenlien/500113",
        "--region",
        "500113",
        "--box",
        "106.35,28.95,107.1,29.8",
        "--registrar-name",
        "示例登记中心",
        "--registrar-code",
        "12500113AF23QG3A0P",
        "--registrar-key",
        &first,
        "--registrar-key",
        &second,
        "--quorum",
        "registrar=1,authority=1,bank=1",
        "--policy-delay",
        "604800",
        "--policies",
        policies,
        "--log-key",
        &log_key,
        "--trust",
        &trust,
        "--json",
    ]);
    let made = json(&made.out);
    let aud = made["audience"].as_str().unwrap();
    failed(&["init", &data], 2, "--origin");

    let server = Server::start_with(Path::new(&data), Path::new(&log_key), &[]);
    let address = format!("http://{}", server.address);
    let shown = json(&done(&["show", "registry", "--server", &address, "--json"]).out);
    assert_eq!(shown, made);

    let proof = done(&["keygen", "--key", &teller, "--proof", aud, "p-9", "--json"]);
    let proof = json(&proof.out)["proof"].as_str().unwrap().to_owned();
    let code = "91500113QUPMKFL32C";
    let admission = format!(
        r#"{{"org":"M0","type":"admit_party","body":{{"name":"示例银行","credit_code":"{code}","region":"500113",
            "roles":["bank"],"duties":[],"threshold":1,
            "keys":[{{"key":"{public}","person":"p-9","proof":"{proof}"}}]}}}}"#
    );
    let admission = folder.file("admit.json", admission);
    let draft = folder.path("draft.json");
    done(&["check", &admission, "--server", &address]);
    let signed = done(&[
        "sign",
        "--new",
        &admission,
        "--aud",
        aud,
        "--signer",
        "M0:maker",
        "--signer",
        "M0:checker",
        "--key",
        &maker,
        "--role",
        "maker",
        "--out",
        &draft,
        "--json",
    ]);
    let signed = json(&signed.out);
    assert_eq!(
        (&signed["complete"], &signed["missing_checkers"]),
        (&Value::Bool(false), &1.into())
    );
    failed(
        &["submit", &draft, "--server", &address],
        1,
        "signatures missing: 1",
    );
    let sign = [
        "sign", &draft, "--key", &checker, "--role", "checker", "--json",
    ];
    assert_eq!(json(&done(&sign).out)["complete"], true);
    failed(&sign, 1, "has signed this draft already");
    let receipt = json(&done(&["submit", &draft, "--server", &address, "--json"]).out);
    assert_eq!(
        (&receipt["decision"], &receipt["repeated"]),
        (&"accepted".into(), &false.into())
    );
    let again = json(&done(&["submit", &draft, "--server", &address, "--json"]).out);
    assert_eq!(again["repeated"], true);
    let asked = program(&["check", &admission, "--server", &address, "--json"]);
    assert_eq!(asked.code, 1);
    assert_eq!(json(&asked.out)["findings"][0]["code"], 1_010);

    // What fails says so as JSON too, where JSON was asked for.
    let absent = failed(&["show", "M99", "--server", &address, "--json"], 1, "hint:");
    assert_eq!(json(&absent.out)["type"], "/problems/not-found");
    let wrong = ["show", "--identity", "a:Ａ", "--server", &address, "--json"];
    let wrong = failed(&wrong, 1, "hint: correct identity");
    assert_eq!(json(&wrong.out)["field"], "identity");

    let file = folder.path("none.json");
    let nobody = "energy-certificate:渝用能(2099)001号";
    done(&[
        "evidence",
        "--absence",
        nobody,
        "--out",
        &file,
        "--server",
        &address,
    ]);
    assert_eq!(server.end(), 0);
    let verdict = json(&done(&["verify", &file, "--policy", &trust, "--json"]).out);
    assert_eq!(verdict["valid"], true);
    assert_eq!(json(&done(&["audit", &data, "--json"]).out)["entries"], 4);
}
