//! Turns one row of an office's book into a right to be issued, as the kind's policy says.
//!
//! There is no branch on a kind: headers, units, spans and identities come from the policy's `book` section. The one
//! conversion of inclusive last days to half-open spans is here ([`Day::next`]). A row that cannot be read becomes a report
//! that names file, line and column; it is never guessed at. What needs the register's records the registry judges.

use std::collections::BTreeMap;
use std::fmt;

use crate::documents::books::geojson::Grounds;
use crate::documents::books::ids::{CREDIT_CODE, UNIT_NUMBERS, refuse_ids};
use crate::documents::books::named::{OF_THE_LIST, contradiction, unlisted};
use crate::documents::books::{Faults, RowFault, TableRow};
use crate::documents::typed;
use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::policy::{Book, Ground, IdentityScheme, KindPolicy};
use crate::domain::right::Identity;
use crate::primitives::id::PartyId;
use crate::primitives::identifier::{CreditCode, Shape, normal_form};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span};

/// What separates several values in one cell.
pub const SEPARATOR: char = ';';
const WITH_LICENSE: (&str, &str) = ("请与营业执照核对", "compare with the business licence");
const WITH_CERTIFICATE: (&str, &str) = ("请与权证核对", "compare with the certificate");

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

/// Reads the right that a row describes; where it cannot, says all that is wrong with the row.
pub fn issue_of(row: &TableRow, context: &Context<'_>) -> Result<IssueRight, Vec<RowFault>> {
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
        return Err(vec![RowFault::of_file(&row.file, reason, fix)]);
    };
    let mut faults = Faults::of(row);
    let identities = identities_of(row, policy, book, &mut faults);
    let holder = faults.take(holder_of(row, book, context));
    let unit = faults.take(unit_of(row, policy, book));
    let quantity = faults.take(quantity_of(row, policy, book));
    let span = span_of(row, book, &mut faults);
    let ground = faults.take(ground_of(row, policy, book, &identities, context.grounds));
    let (Some(holder), Some(()), Some(quantity), Some(span), Some(ground)) =
        (holder, unit, quantity, span, ground)
    else {
        return faults.conclude(None);
    };
    faults.conclude(Some(IssueRight {
        kind: policy.kind.clone(),
        holder,
        span,
        quantity: QuantityRequest::Level(quantity),
        unit: policy.unit.clone(),
        class: book
            .class
            .as_ref()
            .and_then(|header| row.cell(header))
            .map(str::to_owned),
        attributes: attributes_of(row, book),
        ground,
        identities,
        succeeds: Vec::new(),
        additional: false,
        adjudication: None,
    }))
}

fn holder_of(row: &TableRow, book: &Book, context: &Context<'_>) -> Result<PartyId, RowFault> {
    let code = typed::credit_code(row.required(&book.holder)?);
    refuse_ids(row, &book.holder, [&code], &CREDIT_CODE)?;
    CreditCode::parse(&code).map_err(|fault| {
        row.fault(
            &book.holder,
            (format!("统一社会信用代码 {code} 不正确"), fault),
            WITH_LICENSE,
        )
    })?;
    (context.party)(&code).ok_or_else(|| {
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
    let normal = normal_form(unit);
    if known().any(|it| normal_form(it) == normal) {
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

fn unit_of(row: &TableRow, policy: &KindPolicy, book: &Book) -> Result<(), RowFault> {
    match &book.unit {
        Some(header) => check_unit(row, header, row.required(header)?, policy),
        None => Ok(()),
    }
}

fn quantity_of(row: &TableRow, policy: &KindPolicy, book: &Book) -> Result<Quantity, RowFault> {
    let text = row.required(&book.quantity)?;
    Quantity::parse(&typed::number(text), policy.scale)
        .map_err(|fault| not_a_number(row, &book.quantity, policy.scale, &fault))
}

/// The fault of a cell that is no number of this scale.
pub(super) fn not_a_number(
    row: &TableRow,
    header: &str,
    scale: Scale,
    fault: &dyn fmt::Display,
) -> RowFault {
    let (text, digits) = (row.cell(header).unwrap_or_default(), scale.digits());
    let reason = (
        format!("「{text}」不是合格的数量"),
        format!("{text:?} {fault}"),
    );
    let fix = (
        format!("写 10533.5 或 10,533.5 这样的数, 不写单位, 小数至多 {digits} 位"),
        format!(
            "write a number such as 10533.5 or 10,533.5, without a unit, with at most {digits} digits after the point"
        ),
    );
    row.fault(header, reason, fix)
}

/// Reads the days: first and last day, or first and last year, the last inclusive in both.
fn span_of(row: &TableRow, book: &Book, faults: &mut Faults) -> Option<Span> {
    if let (Some(from), Some(through)) = (&book.from, &book.through) {
        return days_of(row, (from, through), WITH_CERTIFICATE, faults);
    }
    if let (Some(first), Some(last)) = (&book.first_year, &book.last_year) {
        let fix = (
            "请与项目备案核对",
            "compare with the project's registration",
        );
        let (from, through) = years_of(row, (first, last), fix, faults)?;
        return Span::of_years(from, through);
    }
    let reason = (
        "该种类的台账既无日期列也无年份列",
        "the policy's book names neither days nor years",
    );
    let fix = (
        "在政策中写明 from 与 through, 或 first_year 与 last_year",
        "name `from` and `through`, or `first_year` and `last_year`, in the policy",
    );
    faults.add(RowFault::of_file(&row.file, reason, fix));
    None
}

/// Reads a first and a last day, the last inclusive; `fix` says what to do where they are reversed.
pub(super) fn days_of(
    row: &TableRow,
    (from, through): (&str, &str),
    fix: (&str, &str),
    faults: &mut Faults,
) -> Option<Span> {
    let read = [from, through].map(|header| faults.take(day_of(row, header)));
    let [Some(first), Some(last)] = read else {
        return None;
    };
    let span = Span::new(first, last.next());
    if span.is_none() {
        let reason = (
            format!("末日 {last} 早于首日 {first}"),
            format!("the last day {last} is before the first, {first}"),
        );
        faults.add(row.fault(through, reason, fix));
    }
    span
}

/// Reads a first and a last year; `fix` says what to do where they are reversed.
pub(super) fn years_of(
    row: &TableRow,
    (first, last): (&str, &str),
    fix: (&str, &str),
    faults: &mut Faults,
) -> Option<(i32, i32)> {
    let read = [first, last].map(|header| faults.take(year_of(row, header)));
    let [Some(from), Some(through)] = read else {
        return None;
    };
    if Span::of_years(from, through).is_none() {
        let reason = (
            format!("末年 {through} 早于首年 {from}"),
            format!("the last year {through} is before the first, {from}"),
        );
        faults.add(row.fault(last, reason, fix));
        return None;
    }
    Some((from, through))
}

fn day_of(row: &TableRow, header: &str) -> Result<Day, RowFault> {
    let text = row.required(header)?;
    typed::day(text).ok_or_else(|| {
        let reason = match typed::parts_of_day(text) {
            Some(_) => (
                format!("没有「{text}」这一天"),
                format!("there is no such day as {text:?}"),
            ),
            None => (
                format!("「{text}」不是日期"),
                format!("{text:?} is not a day"),
            ),
        };
        let fix = (
            "日期写作 2026-12-31 (也可写 2026/12/31、2026.12.31 或 2026年12月31日)",
            "write the day as 2026-12-31 (2026/12/31, 2026.12.31 and 2026年12月31日 are read too)",
        );
        row.fault(header, reason, fix)
    })
}

fn year_of(row: &TableRow, header: &str) -> Result<i32, RowFault> {
    let text = row.required(header)?;
    let year = typed::number(text);
    let year = year.strip_suffix('年').unwrap_or(&year).trim();
    let year = Day::parse(&format!("{year}-01-01")).map(|day| day.date().0);
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
    faults: &mut Faults,
) -> Vec<Identity> {
    let has = |(part, _): &(String, Shape)| book.parts.get(part).and_then(|it| row.cell(it));
    let mut alone = policy.identities.iter().filter(|it| it.stands_alone);
    let has_another = alone.any(|scheme| scheme.parts.iter().all(|part| has(part).is_some()));
    let schemes = policy.identities.iter().enumerate();
    let read =
        schemes.map(|(n, scheme)| identity_of(row, scheme, book, (n == 0 && !has_another, faults)));
    read.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Reads one identity; of a required one every part that is missing or wrong is told.
fn identity_of(
    row: &TableRow,
    scheme: &IdentityScheme,
    book: &Book,
    (required, faults): (bool, &mut Faults),
) -> Option<Identity> {
    let mut values = Vec::new();
    for (name, shape) in &scheme.parts {
        let Some(header) = book.parts.get(name) else {
            if required {
                let reason = (
                    format!("该种类的台账没有标识组成部分 {name} 的列"),
                    format!("the policy's book has no column for the part {name:?}"),
                );
                let fix = ("在政策的 book.parts 中写明", "name it under `book.parts`");
                faults.add(RowFault::of_file(&row.file, reason, fix));
            }
            return None;
        };
        let value = match row.cell(header) {
            Some(value) => typed::part(value, shape),
            None if required => {
                faults.take(row.required(header));
                continue;
            }
            None => return None,
        };
        if let Err(fault) = shape.check(&value) {
            faults.add(match shape {
                Shape::OneOf(codes) => row.fault(header, unlisted(&value, codes), OF_THE_LIST),
                Shape::CreditCode
                | Shape::Permit
                | Shape::UnitNumber
                | Shape::Year
                | Shape::Digits { .. }
                | Shape::Text { .. }
                | Shape::Code { .. }
                | Shape::FileNumber { .. } => {
                    let reason = (format!("「{value}」不合该标识的写法"), fault);
                    row.fault(header, reason, WITH_CERTIFICATE)
                }
            });
            continue;
        }
        if let Some(fault) = contradiction(row, header, &value) {
            faults.add(fault);
            continue;
        }
        values.push(value);
    }
    (values.len() == scheme.parts.len()).then(|| Identity {
        scheme: scheme.scheme.clone(),
        value: values.join("|"),
    })
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
            let units = row.required(header)?.split([SEPARATOR, '；', '、']);
            let units = units.map(|unit| typed::part(unit, &Shape::UnitNumber));
            let units: Vec<String> = units.filter(|unit| !unit.is_empty()).collect();
            refuse_ids(row, header, &units, &UNIT_NUMBERS)?;
            Ok(GroundRequest::Units(units))
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
    use crate::documents::books::head::parse_table;

    const EMISSION: &str = include_str!("../../../fixtures/policy/emission.toml");
    const SINK: &str = include_str!("../../../fixtures/policy/carbon_sink.toml");
    const EMISSION_BOOK: &str = "\u{feff}排污许可证编号,污染物,污染物代码,持证单位统一社会信用代码,核定量,单位,有效期起,有效期止\n\
        91500113QNUTHCM504001W,总磷,TP,91500113QNUTHCM504,0.554,吨/年,2022-07-01,2027-06-30\n";

    fn read(policy: &str, book: &str) -> Result<IssueRight, Vec<RowFault>> {
        let policy = KindPolicy::parse(policy).unwrap();
        let headers = headers_of(&policy, policy.book.as_ref().unwrap());
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let rows =
            parse_table("book.csv", book.as_bytes(), &headers).map_err(|fault| vec![fault])?;
        let context = Context {
            policy: &policy,
            grounds: &Grounds::default(),
            party: &|code| code.starts_with('9').then_some(PartyId(9)),
        };
        let row = rows[0].as_ref().map_err(|fault| vec![fault.clone()])?;
        issue_of(row, &context)
    }

    fn fault(from: &str, to: &str) -> String {
        let book = EMISSION_BOOK.replace(from, to);
        assert_ne!(book, EMISSION_BOOK, "{from}");
        let faults = read(EMISSION, &book).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].to_string()
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
        let faults = read(SINK, &book.replace("A;B", "A;R41")).unwrap_err();
        assert!(
            faults[0]
                .to_string()
                .contains("\"R41\" is the id of a right")
        );
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
        assert!(fault(",TP,", ",TPP,").contains("污染物代码"));
        assert!(fault("2027-06-30", "2027-06-31").contains("no such day"));
        assert!(fault(",0.554,", ",,").contains("the cell is empty"));
        assert!(
            fault("核定量", "数量").starts_with("book.csv line 1: the column 核定量 is missing")
        );
    }

    #[test]
    fn a_pollutant_and_a_code_that_contradict_each_other_are_a_fault_that_names_both() {
        let text = fault("总磷,TP,", "总磷,COD,");
        let wanted = "污染物代码: “总磷” (total phosphorus, TP) contradicts the code COD (chemical oxygen demand)";
        assert!(text.contains(wanted), "{text}");
        let faults = read(
            EMISSION,
            &EMISSION_BOOK.replace("总磷,TP,", "二氧化硫,NOx,"),
        );
        let zh = &faults.unwrap_err()[0].zh.0;
        assert_eq!(zh, "「二氧化硫」(SO2) 与代码 NOx (氮氧化物) 不符");
        // The column of names may be called so, and a name that is not known is not judged.
        let named = EMISSION_BOOK.replace("污染物,", "污染物名称,");
        assert!(read(EMISSION, &named.replace(",TP,", ",TN,")).is_err());
        for fine in ["总磷 (以P计),TP,", "tp,TP,", "某污染物,TP,", ",TP,"] {
            let book = EMISSION_BOOK.replace("总磷,TP,", fine);
            assert!(read(EMISSION, &book).is_ok(), "{fine}");
        }
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
    fn cells_are_read_as_a_sheet_or_a_page_gives_them_when_copied() {
        let plain = read(EMISSION, EMISSION_BOOK).unwrap();
        for (from, to) in [
            ("0.554", "０．５５４"),
            (",TP,", ",\u{a0} tp ,"),
            ("吨/年", "吨／年"),
            ("2027-06-30", "２０２７／６／３０"),
            (
                ",91500113QNUTHCM504,",
                ",９１５００１１３ＱＮＵＴＨＣＭ５０４,",
            ),
            (",91500113QNUTHCM504,", ", 91500113qnuthcm504\u{200b},"),
            ("91500113QNUTHCM504001W", " 91500113 qnuthcm504 001w"),
            ("有效期止", " 有效期止\u{a0}"),
        ] {
            let book = EMISSION_BOOK.replace(from, to);
            assert_ne!(book, EMISSION_BOOK, "{from}");
            let issue = read(EMISSION, &book).map(|issue| IssueRight {
                identities: plain.identities.clone(),
                ..issue
            });
            assert_eq!(issue.as_ref(), Ok(&plain), "{to}");
        }
        let book = EMISSION_BOOK.replace("0.554", "\"1,234.5\"");
        let issue = read(EMISSION, &book).unwrap();
        let amount = Quantity::parse("1234.5", Scale::MAX).unwrap();
        assert_eq!(issue.quantity, QuantityRequest::Level(amount));
        // What could mean two numbers is read as none.
        let book = EMISSION_BOOK.replace("0.554", "\"1,5\"");
        assert_eq!(read(EMISSION, &book).unwrap_err().len(), 1);
    }

    #[test]
    fn every_fault_of_a_row_is_told_at_once() {
        let book = "排污许可证编号,污染物,污染物代码,持证单位统一社会信用代码,核定量,单位,有效期起,有效期止\n\
            91500113QNUTHCM50A001W,总磷,,91500113QNUTHCM50A,一吨,kg/a,2022-02-30,soon\n";
        let faults = read(EMISSION, book).unwrap_err();
        let columns: Vec<&str> = faults
            .iter()
            .filter_map(|it| it.column.as_deref())
            .collect();
        assert_eq!(
            columns,
            [
                "排污许可证编号",
                "污染物代码",
                "持证单位统一社会信用代码",
                "单位",
                "核定量",
                "有效期起",
                "有效期止"
            ]
        );
        assert!(faults.iter().all(|fault| fault.line == 2), "{faults:?}");
    }
}
