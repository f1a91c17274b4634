//! The page of the authority matrix, `docs/LAW.md`, is generated from the table in `domain::authority::matrix`.
//!
//! With `GREENLIEN_UPDATE=1` the test writes the page; without it, a page that differs fails.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use greenlien::domain::authority::matrix::{Consent, MATRIX, Reach, Row};

const HEAD: &str = "\
# The authority matrix

<!-- Made by tests/law_page.rs from src/domain/authority/matrix.rs. Change the table, then run: GREENLIEN_UPDATE=1 make test -->

Every command: the first law that knows it, who gives it, whose consent it needs (unless the giver is that party itself), and \
what it does to ranks. The law, the door and the offline verifier read the same table. 每一命令: 自第几号规则起, 由谁作出, 需谁同意, 对顺位的影响。

An act of law 2 changes the records that its payload names and those that its entry creates. Some reach further:

| word | 含义 | what else the act may change |
| --- | --- | --- |
| `burdens` | 所列登记在各权益上的负担 | burdens of the named or created pledges and reservations, on any right |
| `lines` | 所列权益上的担保物明细 | lines on the named or created rights, in any pledge or reservation |
| `identities` | 标识与密钥的归属 | owners of identities and keys, added once and for ever |
| `places` | 来源与网格 | sources and grid cells of the named or created rights |
| `overlaps` | 相邻权益上记载的细微重叠 | slivers that rights on the same ground note (`tolerated_area2`) |
| `sold` | 所处置的数量, 或权益的持有人 | what was sold goes: `balance`, `steps` or `holder` of the rights of the named pledge |

## Commands · 命令

| command | law | given by | consent | rank | reach |
| --- | --- | --- | --- | --- | --- |
";

fn reach_word(reach: Reach) -> &'static str {
    match reach {
        Reach::Burdens => "`burdens`",
        Reach::Lines => "`lines`",
        Reach::Identities => "`identities`",
        Reach::Places => "`places`",
        Reach::Overlaps => "`overlaps`",
        Reach::Sold => "`sold`",
    }
}

fn both((zh, en): (&str, &str)) -> String {
    format!("{en} · {zh}")
}

fn line(row: &Row) -> String {
    let consents: Vec<String> = row
        .consents
        .iter()
        .map(|c| both(Consent::words(*c)))
        .collect();
    let reach: Vec<&str> = row.reach.iter().map(|reach| reach_word(*reach)).collect();
    format!(
        "| `{}` | {} | {} | {} | {} | {} |",
        row.command,
        row.law,
        both(row.giver.words()),
        consents.join("; "),
        both(row.rank.words()),
        reach.join(", ")
    )
}

#[test]
fn the_page_of_the_matrix_is_the_table_of_the_law() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/LAW.md");
    let mut page = HEAD.to_owned();
    for row in MATRIX {
        writeln!(page, "{}", line(row)).unwrap();
    }
    if std::env::var_os("GREENLIEN_UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == page,
        "docs/LAW.md is not what src/domain/authority/matrix.rs says; run: GREENLIEN_UPDATE=1 make test"
    );
}
