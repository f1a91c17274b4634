//! The page of every finding, `docs/FINDINGS.md`, is generated from the table in `domain::finding`, so the two cannot drift.
//!
//! With `GREENLIEN_UPDATE=1` the test writes the page; without it, a page that differs fails.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use greenlien::domain::finding::{Check, Code, Severity};
use greenlien::service::notices::Noticed;

/// The thousands of a code, and what they are about.
const GROUPS: &[(u16, &str, &str)] = &[
    (1, "主体与标识码", "Parties and their codes"),
    (2, "权益", "Rights"),
    (3, "数量", "Quantity"),
    (4, "期间", "Time"),
    (5, "权限与签名", "Authority and signatures"),
    (6, "登记与顺位", "Pledges and rank"),
    (7, "空间", "Space"),
    (9, "冻结", "Freezes"),
];

const HEAD: &str = "\
# Findings

<!-- Made by tests/findings.rs from src/domain/finding.rs. Change the table, then run: GREENLIEN_UPDATE=1 make test -->

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

What the service notices and the law does not: it rests on measures that are no law, stands as `notices` in receipts of \
`issue_right` and in answers to `/v1/check`, and never in an entry.
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
        }
    }
    page.push_str(BESIDE);
    for noticed in Noticed::ALL {
        let words = noticed.words();
        writeln!(page, "\n### {}\n", words.code).unwrap();
        writeln!(page, "**{}** · {}\n", words.title_zh, words.title_en).unwrap();
        writeln!(page, "- Cause: {}\n- Fix: {}", words.cause, words.fix).unwrap();
    }
    page
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
