//! The page of every finding, `docs/FINDINGS.md`, is generated from the table in `domain::finding`, so the two cannot drift.
//!
//! With `GREENLIEN_UPDATE=1` the test writes the page; without it, a page that differs fails.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use greenlien::domain::finding::{Check, Code, Severity};
use greenlien::service::notices::Noticed;
use greenlien::web::finding_examples::{self, Example};
use greenlien::web::finding_words;

use crate::scenario::parser::Step;
use crate::scenarios::steps;

/// The thousands of a code, and what they are about.
const GROUPS: &[(u16, &str, &str)] = &[
    (1, "主体与标识码", "Parties and their codes"),
    (2, "权益", "Rights"),
    (3, "数量", "Quantity"),
    (4, "期间", "Time"),
    (5, "权限与签名", "Authority and signatures"),
    (6, "登记与顺位", "Pledges and rank"),
    (7, "空间", "Space"),
    (8, "其他登记系统", "Other registers"),
    (9, "冻结", "Freezes"),
];

/// The checks of the design's catalogue (DOMAIN section 2.10), by group.
const DESIGNED: &[(u16, u16)] = &[
    (1_001, 1_008),
    (2_001, 2_010),
    (3_001, 3_007),
    (4_001, 4_006),
    (5_001, 5_007),
    (6_001, 6_006),
    (7_001, 7_008),
    (8_001, 8_005),
    (9_001, 9_004),
];

/// Checks of the design that stand elsewhere here: their number there, what they are, the numbers here, and why.
const ELSEWHERE: &[(u16, &str, &[u16], &str)] = &[
    (
        1_007,
        "name differs from the register",
        &[1_010, 1_005],
        "commands name parties by id and no name is typed; a second party of one credit code is refused, whatever its name",
    ),
    (
        2_004,
        "unit or pollutant not in the right",
        &[2_001, 3_003],
        "each pollutant of a permit is a right of its own, and a unit belongs to the kind",
    ),
    (
        4_001,
        "from is not before to",
        &[],
        "a span that ends before it begins is no span: refused at the door, status 400, naming the member. 4001 here: the span is missing or out of place",
    ),
    (
        4_005,
        "clock regression",
        &[],
        "registry time never steps back, whatever the clock says; rank is the position in the log (S10). A reader refuses a log whose times go back",
    ),
    (
        4_006,
        "back-dated contract",
        &[],
        "the date of a contract is hidden or absent and moves no rank, so nothing compares it. 4006 here: the land term ends before the crediting years",
    ),
    (
        5_001,
        "signature invalid",
        &[],
        "refused at the door, status 400 naming `signatures`; nothing is decided, because nobody is known to have asked",
    ),
    (
        5_006,
        "replay",
        &[],
        "the same command again is answered with its first decision, status 200; other bytes under its id are 409",
    ),
    (
        6_001,
        "same rank twice",
        &[6_009, 3_001, 3_002, 3_009],
        "a rank is the list of lines that a line stands behind; who leaves out one of a stack is refused. 6001 here: a second rank is not open",
    ),
    (
        6_003,
        "maximum amount below what is drawn",
        &[6_012],
        "drawings are not registered, only the cap that they may never pass, and it is clear",
    ),
    (
        6_005,
        "a pending event exists",
        &[6_007],
        "nothing is pending in a log; a command names the version that it was made for. 6005 here: the pledge is not registered",
    ),
];

const HEAD: &str = "\
# Findings

<!-- Made by tests/findings.rs from src/domain/finding.rs and src/web/finding_examples. Change the tables, then run: GREENLIEN_UPDATE=1 make test -->

Each check of the registry has a number that never changes its meaning. A finding in the log carries the number and machine \
fields (line, records in the way, first day, share, largest admissible alternative); the words stand here and in the answers \
over HTTP, where the `type` of a refusal is `/findings/<code>`.

- **refuse** (拒绝): the command is refused. The refusal is an entry of the log, unless the fault was found at the door (a \
malformed member, status 400), in which case nothing is written.
- **warn** (提示): the command is accepted and the finding stands beside the event.

Findings are sorted by precedence, which is the order of the table in `src/domain/finding.rs`; the first gives the answer its \
type.
";

const BESIDE: &str = "
## Beside the law · 规则之外

What the service notices and the law does not: it rests on measures, days and other registers that are no law, and never \
stands in an entry.
";

const DESIGN: &str = "
## The design's catalogue · 设计目录对照

The catalogue of the design (DOMAIN 2.10) has 61 checks. Those that are not in this table have their number here too.

| there | what | here | why |
| --- | --- | --- | --- |
";

fn severity(check: &Check) -> &'static str {
    match check.severity {
        Severity::Refuse => "refuse",
        Severity::Warn => "warn",
    }
}

/// Returns every check in the order of its number.
fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = Code::ALL.iter().map(|code| code.check()).collect();
    checks.sort_by_key(|check| check.code);
    checks
}

/// The lines of an example, and where it is played.
fn example(code: u16) -> String {
    let Some(Example {
        scenario, zh, en, ..
    }) = finding_examples::of(code)
    else {
        return String::new();
    };
    let link = format!("[{scenario}](../fixtures/scenarios/{scenario}.txt)");
    format!("- Example: {en}\n- 举例: {zh} ({link})\n")
}

/// Makes the page.
fn page() -> String {
    let checks = checks();
    let mut page = HEAD.to_owned();
    for (thousand, zh, en) in GROUPS {
        let of_group = || checks.iter().filter(|check| check.code / 1000 == *thousand);
        writeln!(page, "\n## {thousand}xxx {en} · {zh}\n").unwrap();
        page.push_str(
            "| code | name | severity | 中文 | English |\n| --- | --- | --- | --- | --- |\n",
        );
        for check in of_group() {
            let (code, name, zh, en) = (check.code, check.name, check.title_zh, check.title_en);
            let link = format!("[{code}](#{code})");
            writeln!(
                page,
                "| {link} | `{name}` | {} | {zh} | {en} |",
                severity(check)
            )
            .unwrap();
        }
        for check in of_group() {
            writeln!(page, "\n### {}\n", check.code).unwrap();
            writeln!(page, "**{}** · {}\n", check.title_zh, check.title_en).unwrap();
            writeln!(page, "- Cause: {}\n- Fix: {}", check.cause, check.fix).unwrap();
            let (cause, fix) = finding_words::of(check.code).unwrap();
            writeln!(page, "- 原因: {cause}\n- 处理: {fix}").unwrap();
            page.push_str(&example(check.code));
        }
    }
    page.push_str(BESIDE);
    for noticed in Noticed::ALL {
        let words = noticed.words();
        writeln!(page, "\n### {}\n", words.code).unwrap();
        writeln!(page, "**{}** · {}\n", words.title_zh, words.title_en).unwrap();
        writeln!(page, "- Cause: {}\n- Fix: {}", words.cause, words.fix).unwrap();
        writeln!(page, "- Said in: {}", words.place).unwrap();
        page.push_str(&example(words.code));
    }
    page.push_str(DESIGN);
    for (there, what, here, why) in ELSEWHERE {
        let link = |code: &u16| format!("[{code}](#{code})");
        let here: Vec<String> = here.iter().map(link).collect();
        let here = if here.is_empty() {
            "no number".to_owned()
        } else {
            here.join(", ")
        };
        writeln!(page, "| {there} | {what} | {here} | {why} |").unwrap();
    }
    page
}

/// Every number that the law or the service knows.
fn numbers() -> BTreeSet<u16> {
    let law = checks().into_iter().map(|check| check.code);
    let noticed = Noticed::ALL.into_iter().map(Noticed::code);
    law.chain(noticed).collect()
}

#[test]
fn every_check_of_the_design_is_here_or_says_where() {
    let designed: BTreeSet<u16> = DESIGNED.iter().flat_map(|(from, to)| *from..=*to).collect();
    assert_eq!(designed.len(), 61);
    let elsewhere: BTreeSet<u16> = ELSEWHERE.iter().map(|(code, ..)| *code).collect();
    assert_eq!(elsewhere.len(), ELSEWHERE.len(), "each once");
    let here = numbers();
    let missing: Vec<&u16> = designed
        .iter()
        .filter(|code| !here.contains(code) && !elsewhere.contains(code))
        .collect();
    assert!(
        missing.is_empty(),
        "neither here nor elsewhere: {missing:?}"
    );
    for (there, _, stands, why) in ELSEWHERE {
        assert!(designed.contains(there), "{there} is not of the design");
        let unknown: Vec<&u16> = stands.iter().filter(|code| !here.contains(code)).collect();
        assert!(unknown.is_empty(), "{there}: {unknown:?}");
        // A number that means something else here must say so.
        let says = format!("{there} here:");
        assert_eq!(here.contains(there), why.contains(&says), "{there}");
    }
}

#[test]
fn every_finding_belongs_to_a_group_of_the_page() {
    for check in checks() {
        let is_known = GROUPS
            .iter()
            .any(|(thousand, ..)| check.code / 1000 == *thousand);
        assert!(is_known, "{} has no group in tests/findings.rs", check.code);
    }
}

#[test]
fn the_page_of_findings_is_the_table_of_the_law() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FINDINGS.md");
    let page = page();
    if std::env::var_os("GREENLIEN_UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == page,
        "docs/FINDINGS.md is not what src/domain/finding.rs says; run: GREENLIEN_UPDATE=1 make test"
    );
}

/// The other verifiers read the same numbers in entries.
#[test]
fn the_verifiers_know_every_finding() {
    let known = [
        include_str!("../docs/verifier/codes.py"),
        include_str!("../web/verifier/findings.js"),
    ];
    let here: Vec<String> = checks()
        .iter()
        .map(|check| check.code.to_string())
        .collect();
    for text in known {
        let (_, list) = text
            .split_once("([\n")
            .or(text.split_once("(\n    (\n"))
            .unwrap();
        let (list, _) = list.split_once(')').unwrap();
        let mut numbers: Vec<String> = list
            .trim_end_matches(']')
            .split(',')
            .map(|number| number.trim().to_owned())
            .filter(|number| !number.is_empty())
            .collect();
        let mut here = here.clone();
        numbers.sort();
        here.sort();
        assert_eq!(numbers, here);
    }
}

/// Every example is a step of a scenario that comes to its number, and its quantities are those of the scenario up to there.
#[test]
fn every_example_is_a_step_that_comes_to_its_number() {
    for example in finding_examples::all() {
        let (code, scenario) = (example.code, example.scenario);
        let steps = steps(scenario);
        let shows = |step: &Step| {
            let written = step.text.split("->").next().unwrap_or_default();
            let said = [step.outcome.codes(), step.codes_beside()].concat();
            written.trim() == example.step && said.contains(&code)
        };
        let shown = steps.iter().position(shows);
        let shown = shown.unwrap_or_else(|| panic!("{code}: no step of {scenario} shows it"));
        let told: Vec<&str> = steps[..=shown]
            .iter()
            .map(|step| step.text.as_str())
            .collect();
        let told: BTreeSet<String> = numbers_in(&told.join(" ")).into_iter().collect();
        for quantity in quantities_in(example.en) {
            assert!(
                told.contains(&quantity),
                "{code}: {quantity} is not in {scenario}"
            );
        }
    }
}

/// The numbers of a text, without the separators of thousands.
fn numbers_in(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The numbers of an example that have a unit of a right behind them.
fn quantities_in(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let units = ["t/a", "tCO2e", "tCO2e/a", "tce/a", "m3/a"];
    let is_quantity = |pair: &&[&str]| {
        let unit = pair[1].trim_end_matches([',', '.', ';', ':']);
        units.contains(&unit) && pair[0].starts_with(|c: char| c.is_ascii_digit())
    };
    let quantities = words.windows(2).filter(is_quantity);
    quantities.map(|pair| pair[0].replace(',', "")).collect()
}
