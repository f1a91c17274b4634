//! Turns one row of an office's book into a right to be issued, as the kind's policy says.
//!
//! There is no branch on a kind: headers, units, spans and identities come from the policy's `book` section. The one
//! conversion of inclusive last days to half-open spans is here ([`Day::next`]). A row that cannot be read becomes a report
//! that names file, line and column; it is never guessed at. What needs the register's records the registry judges.

use std::collections::BTreeMap;

use crate::documents::books::geojson::Grounds;
use crate::documents::books::{RowFault, TableRow};
use crate::documents::workbook::text::{Lines, decode};
use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::policy::{Book, Ground, IdentityScheme, KindPolicy};
use crate::domain::right::Identity;
use crate::primitives::id::PartyId;
use crate::primitives::identifier::{CreditCode, Shape};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// What separates several values in one cell.
pub const SEPARATOR: char = ';';
/// Characters of a cell that a fault shows.
const CELL_SHOWN_CHARS_MAX: usize = 40;
/// What to do about a file that is no table.
const SAVE_AGAIN: (&str, &str) = ("请另存为「CSV UTF-8」", "save it as \"CSV UTF-8\"");
/// What to do about a wrong head.
pub(super) const NAME_ONCE: (&str, &str) = (
    "首行中每个列名写一次",
    "name each column once in the first line",
);
const WITH_LICENSE: (&str, &str) = ("请与营业执照核对", "compare with the business licence");
const WITH_CERTIFICATE: (&str, &str) = ("请与权证核对", "compare with the certificate");

/// The rows of a table; one that is broken does not keep the others from being read.
pub type Rows = Vec<Result<TableRow, RowFault>>;

/// Reads the bytes of a table; other columns than `headers` are kept and mean nothing here.
pub fn parse_table(file: &str, bytes: &[u8], headers: &[&str]) -> Result<Rows, RowFault> {
    let text = decode(bytes).map_err(|fault| {
        RowFault::of_file(
            file,
            ("文件既非 UTF-8 也非 GB18030", fault.reason),
            (SAVE_AGAIN.0, fault.fix),
        )
    })?;
    let text: &str = &text;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let malformed = |cause: csv::Error| {
        RowFault::of_file(file, (format!("不是表格: {cause}"), &cause), SAVE_AGAIN)
    };
    let found = reader.headers().map_err(malformed)?.clone();
    for wanted in headers {
        let missing = match found.iter().filter(|header| header == wanted).count() {
            1 => continue,
            0 => (
                format!("缺少列「{wanted}」"),
                format!("the column {wanted} is missing"),
            ),
            _ => (
                format!("列「{wanted}」出现两次"),
                format!("the column {wanted} stands twice"),
            ),
        };
        let mut fault = RowFault::of_file(file, missing, NAME_ONCE);
        fault.line = 1;
        return Err(fault);
    }
    let mut lines = Lines::of(text);
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, |at| lines.line_at(at.byte()));
        if record.len() != found.len() {
            let counts = [record.len(), found.len()];
            return Err(of_count(
                file,
                line,
                counts,
                record.get(0).unwrap_or_default(),
            ));
        }
        let cells = found.iter().zip(record.iter());
        Ok(TableRow {
            file: file.to_owned(),
            line,
            cells: cells
                .map(|(header, cell)| (header.to_owned(), cell.to_owned()))
                .collect(),
        })
    };
    Ok(reader.records().map(row).collect())
}

/// The fault of a line of a text file that has another number of cells than the first: its own, and that of the first. What its
/// first cell says tells a person which right it is.
pub(super) fn of_count(file: &str, line: u64, [own, first]: [usize; 2], begins: &str) -> RowFault {
    let begins: String = begins.chars().take(CELL_SHOWN_CHARS_MAX).collect();
    let reason = (
        format!("有 {own} 格, 首行有 {first} 格 (首格为「{begins}」)"),
        format!("has {own} cells, the first line {first} (it begins with “{begins}”)"),
    );
    let fix = (
        "各行的格数须与首行相同",
        "give the line as many cells as the first",
    );
    let fault = RowFault::of_file(file, reason, fix);
    RowFault { line, ..fault }
}

/// Returns the columns that a book must have: without one of them no row can be read.
pub fn headers_of(policy: &KindPolicy, book: &Book) -> Vec<String> {
    let first = policy.identities.first();
    let parts = first.iter().flat_map(|scheme| &scheme.parts);
    let identity = parts.filter_map(|(part, _)| book.parts.get(part).cloned());
    let optional = [&book.unit, &book.from, &book.through, &book.first_year];
    [&book.holder, &book.quantity]
        .into_iter()
        .chain(optional.into_iter().flatten())
        .chain(book.last_year.iter().chain(&book.units))
        .cloned()
        .chain(identity)
        .collect()
}

/// What a row needs beside its own cells.
pub struct Context<'a> {
    /// The rules of the kind.
    pub policy: &'a KindPolicy,
    /// Where the polygons are.
    pub grounds: &'a Grounds,
    /// Finds a registered party by its credit code.
    pub party: &'a dyn Fn(&str) -> Option<PartyId>,
}

/// Reads the right that a row describes.
pub fn issue_of(row: &TableRow, context: &Context<'_>) -> Result<IssueRight, RowFault> {
    let policy = context.policy;
    let Some(book) = &policy.book else {
        let kind = &policy.kind;
        let reason = (
            format!("种类 {kind} 的政策没有描述台账"),
            format!("the policy of the kind {kind:?} describes no book"),
        );
        let fix = (
            "在政策中增加 [book] 一节",
            "add a [book] section to the policy",
        );
        return Err(RowFault::of_file(&row.file, reason, fix));
    };
    let identities = identities_of(row, policy, book)?;
    Ok(IssueRight {
        kind: policy.kind.clone(),
        holder: holder_of(row, book, context)?,
        span: span_of(row, book)?,
        quantity: QuantityRequest::Level(quantity_of(row, policy, book)?),
        unit: policy.unit.clone(),
        class: book
            .class
            .as_ref()
            .and_then(|header| row.cell(header))
            .map(str::to_owned),
        attributes: attributes_of(row, book),
        ground: ground_of(row, policy, book, &identities, context.grounds)?,
        identities,
        succeeds: Vec::new(),
        additional: false,
        adjudication: None,
    })
}

fn holder_of(row: &TableRow, book: &Book, context: &Context<'_>) -> Result<PartyId, RowFault> {
    let code = row.required(&book.holder)?;
    CreditCode::parse(code).map_err(|fault| {
        row.fault(
            &book.holder,
            (format!("统一社会信用代码 {code} 不正确"), fault),
            WITH_LICENSE,
        )
    })?;
    (context.party)(code).ok_or_else(|| {
        let reason = (
            format!("信用代码为 {code} 的主体尚未登记"),
            format!("no party with the credit code {code} is registered"),
        );
        let fix = (
            "请登记机构先接纳该持有人",
            "have the registrar admit the holder first",
        );
        row.fault(&book.holder, reason, fix)
    })
}

/// Checks that a unit is one of the kind's.
pub(super) fn check_unit(
    row: &TableRow,
    header: &str,
    unit: &str,
    policy: &KindPolicy,
) -> Result<(), RowFault> {
    let known = || std::iter::once(&policy.unit).chain(&policy.unit_aliases);
    if known().any(|it| it == unit) {
        return Ok(());
    }
    let known: Vec<&str> = known().map(String::as_str).collect();
    let known = known.join(", ");
    let reason = (
        format!("单位「{unit}」不是 {known} 之一"),
        format!("the unit {unit:?} is not one of {known}"),
    );
    let fix = (
        "把数量换算为该种类的单位",
        "convert the quantity to the unit of the kind",
    );
    Err(row.fault(header, reason, fix))
}

fn quantity_of(row: &TableRow, policy: &KindPolicy, book: &Book) -> Result<Quantity, RowFault> {
    if let Some(header) = &book.unit {
        check_unit(row, header, row.required(header)?, policy)?;
    }
    let text = row.required(&book.quantity)?;
    Quantity::parse(text, policy.scale).map_err(|fault| {
        let digits = policy.scale.digits();
        let reason = (
            format!("「{text}」不是合格的数量"),
            format!("{text:?} {fault}"),
        );
        let fix = (
            format!("填写普通十进制数, 小数至多 {digits} 位"),
            format!("write a plain decimal with at most {digits} digits after the point"),
        );
        row.fault(&book.quantity, reason, fix)
    })
}

/// Reads the days: first and last day, or first and last year, the last inclusive in both.
fn span_of(row: &TableRow, book: &Book) -> Result<Span, RowFault> {
    if let (Some(from), Some(through)) = (&book.from, &book.through) {
        let (first, last) = (day_of(row, from)?, day_of(row, through)?);
        return Span::new(first, last.next()).ok_or_else(|| {
            let reason = (
                format!("末日 {last} 早于首日 {first}"),
                format!("the last day {last} is before the first, {first}"),
            );
            row.fault(through, reason, WITH_CERTIFICATE)
        });
    }
    if let (Some(first), Some(last)) = (&book.first_year, &book.last_year) {
        let (from, through) = (year_of(row, first)?, year_of(row, last)?);
        return Span::of_years(from, through).ok_or_else(|| {
            let reason = (
                format!("末年 {through} 早于首年 {from}"),
                format!("the last year {through} is before the first, {from}"),
            );
            let fix = (
                "请与项目备案核对",
                "compare with the project's registration",
            );
            row.fault(last, reason, fix)
        });
    }
    let reason = (
        "该种类的台账既无日期列也无年份列",
        "the policy's book names neither days nor years",
    );
    let fix = (
        "在政策中写明 from 与 through, 或 first_year 与 last_year",
        "name `from` and `through`, or `first_year` and `last_year`, in the policy",
    );
    Err(RowFault::of_file(&row.file, reason, fix))
}

pub(super) fn day_of(row: &TableRow, header: &str) -> Result<Day, RowFault> {
    let text = row.required(header)?;
    day_typed(text).ok_or_else(|| {
        let reason = (
            format!("「{text}」不是日期"),
            format!("{text:?} is not a day"),
        );
        let fix = (
            "日期写作 2026-12-31 (也可写 2026/12/31、2026.12.31 或 2026年12月31日)",
            "write the day as 2026-12-31 (2026/12/31, 2026.12.31 and 2026年12月31日 are read too)",
        );
        row.fault(header, reason, fix)
    })
}

/// Reads a day with the year first, as tables in China write it; with the year last nobody knows which number is the month.
fn day_typed(text: &str) -> Option<Day> {
    if let Some(day) = Day::parse(text) {
        return Some(day);
    }
    let parts: Vec<&str> = match text.strip_suffix('日') {
        Some(text) => {
            let (year, rest) = text.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day]
        }
        None => ['/', '.', '-']
            .into_iter()
            .map(|sign| text.split(sign).collect::<Vec<_>>())
            .find(|parts| parts.len() > 1)?,
    };
    let is_number = |part: &&str, most| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let &[year, month, day] = parts.as_slice() else {
        return None;
    };
    if year.len() != 4 || !is_number(&year, 4) || !is_number(&month, 2) || !is_number(&day, 2) {
        return None;
    }
    Day::of(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

pub(super) fn year_of(row: &TableRow, header: &str) -> Result<i32, RowFault> {
    let text = row.required(header)?;
    let year = Day::parse(&format!("{text}-01-01")).map(|day| day.date().0);
    year.ok_or_else(|| {
        let reason = (
            format!("「{text}」不是年份"),
            format!("{text:?} is not a year"),
        );
        row.fault(header, reason, ("年份写作 2026", "write the year as 2026"))
    })
}

/// Reads the identities: the first scheme must be whole, a further one counts where all its cells are filled.
fn identities_of(
    row: &TableRow,
    policy: &KindPolicy,
    book: &Book,
) -> Result<Vec<Identity>, RowFault> {
    let mut identities = Vec::new();
    let has = |(part, _): &(String, Shape)| book.parts.get(part).and_then(|it| row.cell(it));
    let mut alone = policy.identities.iter().filter(|it| it.stands_alone);
    let has_another = alone.any(|scheme| scheme.parts.iter().all(|part| has(part).is_some()));
    for (n, scheme) in policy.identities.iter().enumerate() {
        identities.extend(identity_of(row, scheme, book, n == 0 && !has_another)?);
    }
    Ok(identities)
}

fn identity_of(
    row: &TableRow,
    scheme: &IdentityScheme,
    book: &Book,
    required: bool,
) -> Result<Option<Identity>, RowFault> {
    let mut values = Vec::new();
    for (name, shape) in &scheme.parts {
        let Some(header) = book.parts.get(name) else {
            if required {
                let reason = (
                    format!("该种类的台账没有标识组成部分 {name} 的列"),
                    format!("the policy's book has no column for the part {name:?}"),
                );
                let fix = ("在政策的 book.parts 中写明", "name it under `book.parts`");
                return Err(RowFault::of_file(&row.file, reason, fix));
            }
            return Ok(None);
        };
        let value = match row.cell(header) {
            Some(value) => value,
            None if required => row.required(header)?,
            None => return Ok(None),
        };
        shape.check(value).map_err(|fault| {
            row.fault(
                header,
                (format!("「{value}」不合该标识的写法"), fault),
                WITH_CERTIFICATE,
            )
        })?;
        values.push(value);
    }
    Ok(Some(Identity {
        scheme: scheme.scheme.clone(),
        value: values.join("|"),
    }))
}

fn attributes_of(row: &TableRow, book: &Book) -> BTreeMap<String, String> {
    let filled = |(name, header): (&String, &String)| {
        let value = row.cell(header)?;
        Some((name.clone(), value.to_owned()))
    };
    book.attributes.iter().filter_map(filled).collect()
}

fn ground_of(
    row: &TableRow,
    policy: &KindPolicy,
    book: &Book,
    identities: &[Identity],
    grounds: &Grounds,
) -> Result<GroundRequest, RowFault> {
    match policy.land.as_ref().map(|land| &land.ground) {
        None => Ok(GroundRequest::Absent),
        Some(Ground::Units { .. }) => {
            let Some(header) = &book.units else {
                let reason = (
                    "该种类的台账没有宗地列",
                    "the policy's book has no column for the parcels",
                );
                let fix = ("在政策的 book.units 中写明", "name it under `book.units`");
                return Err(RowFault::of_file(&row.file, reason, fix));
            };
            let units = row.required(header)?.split(SEPARATOR).map(str::to_owned);
            Ok(GroundRequest::Units(units.collect()))
        }
        Some(Ground::Polygon { .. }) => {
            let id = identities.first().map_or("", |identity| &identity.value);
            match grounds.get(id) {
                // Registered as "ground unknown": accepted with a warning, and cannot be pledged.
                None => Ok(GroundRequest::Absent),
                Some(Ok(parts)) => Ok(GroundRequest::Polygon(parts.clone())),
                Some(Err(reason)) => {
                    let parts = &policy.identities;
                    let first = parts.first().and_then(|scheme| scheme.parts.first());
                    let header = first.and_then(|(name, _)| book.parts.get(name));
                    let reason = ("界址不可用", format!("its polygon {reason}"));
                    let header = header.map_or("", String::as_str);
                    let fix = ("请重新提供界址", "deliver the polygon again");
                    Err(row.fault(header, reason, fix))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMISSION: &str = include_str!("../../../fixtures/policy/emission.toml");
    const SINK: &str = include_str!("../../../fixtures/policy/carbon_sink.toml");
    const EMISSION_BOOK: &str = "\u{feff}排污许可证编号,污染物,污染物代码,持证单位统一社会信用代码,核定量,单位,有效期起,有效期止\n\
        91500113QNUTHCM504001W,总磷,TP,91500113QNUTHCM504,0.554,吨/年,2022-07-01,2027-06-30\n";

    fn read(policy: &str, book: &str) -> Result<IssueRight, RowFault> {
        let policy = KindPolicy::parse(policy).unwrap();
        let headers = headers_of(&policy, policy.book.as_ref().unwrap());
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let rows = parse_table("book.csv", book.as_bytes(), &headers)?;
        let context = Context {
            policy: &policy,
            grounds: &Grounds::default(),
            party: &|code| code.starts_with('9').then_some(PartyId(9)),
        };
        issue_of(rows[0].as_ref().map_err(RowFault::clone)?, &context)
    }

    fn fault(from: &str, to: &str) -> String {
        let book = EMISSION_BOOK.replace(from, to);
        assert_ne!(book, EMISSION_BOOK, "{from}");
        read(EMISSION, &book).unwrap_err().to_string()
    }

    #[test]
    fn the_last_day_of_a_book_is_inclusive_and_its_unit_may_be_an_alias() {
        let issue = read(EMISSION, EMISSION_BOOK).unwrap();
        assert_eq!(issue.span.to_string(), "[2022-07-01, 2027-07-01)");
        assert_eq!(issue.unit, "t/a");
        assert_eq!(
            issue.identities[0].to_string(),
            "discharge-permit:91500113QNUTHCM504001W|TP"
        );
        assert_eq!(issue.holder, PartyId(9));
    }

    #[test]
    fn years_and_parcels_are_read_as_the_policy_says() {
        let book = "项目编号,方法学,项目业主统一社会信用代码,关联不动产单元号,计入期首年,计入期末年,预期年减排量(tCO2e)\n\
            500113-LYTH-2022-001,CCER-14-001-V01 造林碳汇,935001135PPA7JBJ8H,A;B,2022,2041,268\n";
        let issue = read(SINK, book).unwrap();
        assert_eq!(issue.span, Span::of_years(2022, 2041).unwrap());
        assert_eq!(
            issue.ground,
            GroundRequest::Units(vec!["A".into(), "B".into()])
        );
        assert_eq!(issue.attributes["methodology"], "CCER-14-001-V01 造林碳汇");
    }

    #[test]
    fn a_fault_names_file_line_and_column() {
        let text = fault("0.554", "0,5");
        assert!(text.contains("line 2") && text.contains("cells"), "{text}");
        assert!(fault("0.554", "5e-1").starts_with("book.csv line 2, 核定量: \"5e-1\""));
        assert!(fault("吨/年", "kg/a").contains("not one of t/a, 吨/年, t/年"));
        for wrong in [
            "2027/13/30",
            "30/06/2027",
            "2027/6",
            "27.6.30",
            "2027/6.30",
            "2027年6月",
        ] {
            assert!(fault("2027-06-30", wrong).contains("write the day as"));
        }
        assert!(fault("2027-06-30", "2021-06-30").contains("before the first"));
        assert!(fault(",91500113QNUTHCM504,", ",91500113QNUTHCM50A,").contains("licence"));
        assert!(fault(",TP,", ", TP,").contains("污染物代码"));
        assert!(fault(",0.554,", ",,").contains("the cell is empty"));
        assert!(
            fault("核定量", "数量").starts_with("book.csv line 1: the column 核定量 is missing")
        );
    }

    #[test]
    fn days_are_read_as_tables_in_china_write_them() {
        for typed in [
            "2027/6/30",
            "2027/06/30",
            "2027.6.30",
            "2027-6-30",
            "2027年6月30日",
        ] {
            let book = EMISSION_BOOK.replace("2027-06-30", typed);
            let issue = read(EMISSION, &book).unwrap();
            assert_eq!(
                issue.span.to_string(),
                "[2022-07-01, 2027-07-01)",
                "{typed}"
            );
        }
    }

    #[test]
    fn lines_behind_blank_ones_have_the_numbers_that_an_editor_shows() {
        for (text, wanted) in [
            ("a,b\n\n\n\n1,2\n3,4\n", [5, 6]),
            ("a,b\r\n\r\n\r\n1,2\r\n\r\n3,4\r\n", [4, 6]),
            ("a,b\n\"1\n\n\",2\n\n3,4\n", [2, 6]),
        ] {
            let rows = parse_table("book.csv", text.as_bytes(), &["a"]).unwrap();
            let lines: Vec<u64> = rows.iter().flatten().map(|row| row.line).collect();
            assert_eq!(lines, wanted, "{text:?}");
        }
        let rows = parse_table("book.csv", b"a,b\n\n\n\n1\n", &["a"]).unwrap();
        assert_eq!(rows[0].as_ref().unwrap_err().line, 5);
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for text in [
            "a,b\r\n1,2\r\n3,4\r\n",
            "a,b\n1,2\n3,4",
            "a,b\n\"1\",2\r\n3,4\n",
        ] {
            let rows = parse_table("book.csv", text.as_bytes(), &["a"]).unwrap();
            let lines: Vec<u64> = rows.iter().flatten().map(|row| row.line).collect();
            assert_eq!(lines, [2, 3], "{text:?}");
        }
    }

    #[test]
    fn a_broken_row_does_not_keep_the_others_from_being_read() {
        let rows = parse_table("book.csv", b"a,b\n1\n2,3\n4,5,6\n7,8\n", &["a"]).unwrap();
        let lines: Vec<(u64, bool)> = rows
            .iter()
            .map(|row| match row {
                Ok(row) => (row.line, true),
                Err(fault) => (fault.line, false),
            })
            .collect();
        assert_eq!(lines, [(2, false), (3, true), (4, false), (5, true)]);
        let fault = rows[2].as_ref().unwrap_err();
        assert!(fault.reason.contains("begins with “4”"), "{fault}");
    }

    #[test]
    fn another_encoding_is_refused_with_what_to_do() {
        let gb18030 = [0xc5, 0xc5, 0xce, 0xdb];
        assert!(parse_table("book.csv", &gb18030, &[]).is_ok());
        let neither = [0xc5, 0xc5, 0xff, 0xff];
        let fault = parse_table("book.csv", &neither, &[]).unwrap_err();
        assert!(fault.to_string().contains("CSV UTF-8"), "{fault}");
    }
}
