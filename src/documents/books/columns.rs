//! The columns of a kind's book, with notes and choices, for a workbook to be filled in.

use std::collections::BTreeMap;

use crate::documents::DocumentFault;
use crate::documents::books::noted::classes;
use crate::documents::books::rows::{SEPARATOR, headers_of};
use crate::documents::identities;
use crate::documents::workbook::sheet_out::{CODES_SHEET, Column, Others, template};
use crate::domain::policy::{Book, KindPolicy};
use crate::primitives::identifier::Shape;

/// What a column of a kind's book is called: its header, and in English what it means behind it, since the file has the header.
pub fn heading(policy: &KindPolicy, header: &str) -> (String, String) {
    let meaning = policy
        .book
        .as_ref()
        .and_then(|book| meaning(policy, book, header));
    let english = meaning.map_or_else(
        || header.to_owned(),
        |meaning| format!("{header} ({meaning})"),
    );
    (header.to_owned(), english)
}

fn meaning(policy: &KindPolicy, book: &Book, header: &str) -> Option<String> {
    let own = [
        (Some(&book.holder), "credit code of the holder"),
        (Some(&book.quantity), "quantity"),
        (book.unit.as_ref(), "unit"),
        (book.from.as_ref(), "first day"),
        (book.through.as_ref(), "last day"),
        (book.first_year.as_ref(), "first year"),
        (book.last_year.as_ref(), "last year"),
        (book.class.as_ref(), "class"),
        (book.units.as_ref(), "units of ground"),
    ];
    let mut own = own.into_iter();
    if let Some((_, meaning)) = own.find(|(column, _)| column.is_some_and(|it| it == header)) {
        return Some(meaning.to_owned());
    }
    let mut parts = book.parts.iter();
    if let Some((name, _)) = parts.find(|(_, column)| *column == header) {
        return Some(identities::part(policy, name).1);
    }
    let mut attributes = book.attributes.iter();
    let (name, _) = attributes.find(|(_, column)| *column == header)?;
    Some(identities::attribute(std::slice::from_ref(policy), name).1)
}

/// Values of an attribute that a register knows; others are as good.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// The values.
    pub values: Vec<String>,
    /// What they are called, where the operator has said so: then whoever types another is asked whether it is meant.
    pub called: BTreeMap<String, String>,
}

/// Makes the workbook to be filled in, with what is known of attributes as lists; nothing where the policy describes no book.
pub fn template_of(
    policy: &KindPolicy,
    known: &BTreeMap<String, Known>,
) -> Option<Result<Vec<u8>, DocumentFault>> {
    let book = policy.book.as_ref()?;
    let title = format!("{} {}", policy.title_zh, policy.title_en);
    let mut columns = columns(policy, book);
    for (name, known) in known.iter().filter(|(_, known)| !known.values.is_empty()) {
        let header = book.attributes.get(name);
        let column = columns
            .iter_mut()
            .find(|column| Some(&column.header) == header);
        let Some(column) = column.filter(|column| column.choices.is_empty()) else {
            continue;
        };
        column.choices.clone_from(&known.values);
        column.called.clone_from(&known.called);
        column.others = if known.called.is_empty() {
            Others::Taken
        } else {
            Others::Asked
        };
        LISTED.clone_into(&mut column.note);
    }
    Some(template(&title, &columns))
}

/// What is said of an attribute with a list.
const LISTED: &str = "其他登记事项, 可空; 列表为已知的值, 也可填写别的 recorded as it is, may be empty; the list has what is known, and another may be written";

/// The columns of a kind, required ones first.
fn columns(policy: &KindPolicy, book: &Book) -> Vec<Column> {
    let required = headers_of(policy, book);
    let mut headers = required.clone();
    let optional = book
        .class
        .iter()
        .chain(book.parts.values())
        .chain(book.attributes.values());
    for header in optional {
        if !headers.contains(header) {
            headers.push(header.clone());
        }
    }
    let column = |header: String| Column {
        note: note(&header, policy, book),
        choices: choices(&header, policy, book),
        called: BTreeMap::new(),
        others: others(&header, policy, book),
        is_required: required.contains(&header),
        header,
    };
    headers.into_iter().map(column).collect()
}

fn choices(header: &str, policy: &KindPolicy, book: &Book) -> Vec<String> {
    if book.unit.as_deref() == Some(header) {
        let units = std::iter::once(&policy.unit).chain(&policy.unit_aliases);
        return units.cloned().collect();
    }
    if book.class.as_deref() == Some(header) {
        return classes(policy).cloned().collect();
    }
    codes(header, policy, book).unwrap_or_default().to_vec()
}

/// A class that the policy does not name is recorded as it is; where only some may be pledged, it is likely a slip.
fn others(header: &str, policy: &KindPolicy, book: &Book) -> Others {
    if book.class.as_deref() != Some(header) {
        return Others::Refused;
    }
    match policy.allowed_classes {
        Some(_) => Others::Asked,
        None => Others::Taken,
    }
}

/// The codes that the policy lists for the part of an identity that stands in a column.
fn codes<'a>(header: &str, policy: &'a KindPolicy, book: &Book) -> Option<&'a [String]> {
    let (named, _) = book.parts.iter().find(|(_, column)| *column == header)?;
    let mut parts = policy.identities.iter().flat_map(|scheme| &scheme.parts);
    match parts.find(|(name, _)| name == named)? {
        (_, Shape::OneOf(codes)) => Some(codes),
        (_, _) => None,
    }
}

fn note(header: &str, policy: &KindPolicy, book: &Book) -> String {
    let is = |column: &Option<String>| column.as_deref() == Some(header);
    if header == book.holder {
        return "持有人统一社会信用代码, 18 位, 须已登记为主体 credit code of the holder, who must be a registered party".to_owned();
    }
    if header == book.quantity {
        let (digits, unit) = (policy.scale.digits(), &policy.unit);
        return format!(
            "十进制数, 至多 {digits} 位小数, 不带千分位 plain decimal, at most {digits} digits after the point; {unit}"
        );
    }
    if is(&book.unit) {
        return "从列表选择 choose from the list".to_owned();
    }
    if is(&book.from) || is(&book.through) {
        return "YYYY-MM-DD, 如 2026-12-01; 首尾日均含 first and last day, both inclusive"
            .to_owned();
    }
    if is(&book.first_year) || is(&book.last_year) {
        return "年份四位, 首尾年均含 year of four digits, both inclusive".to_owned();
    }
    if is(&book.units) {
        return format!(
            "已登记单元号, 多个以 {SEPARATOR} 分隔 registered unit numbers, separated by {SEPARATOR}"
        );
    }
    if is(&book.class) {
        let barred = policy.barred_classes.join(", ");
        let barred =
            format!("类别, 可空; 不得质押的类别 class, may be empty; not pledgeable: {barred}");
        return match &policy.allowed_classes {
            Some(allowed) => {
                format!(
                    "{barred}; 仅此类别可质押 only these are: {}",
                    allowed.join(", ")
                )
            }
            None => barred,
        };
    }
    if codes(header, policy, book).is_some() {
        return format!(
            "权证标识的一部分, 从列表选择; 各代码的名称见工作表「{CODES_SHEET}」 part of the identity, choose from the list; the sheet {CODES_SHEET} names the codes"
        );
    }
    let part = book.parts.iter().find(|(_, column)| *column == header);
    if let Some((part, _)) = part {
        return format!(
            "权证标识的一部分, 按权证原样填写 part of the identity ({part}), exactly as on the certificate"
        );
    }
    "其他登记事项, 可空 recorded as it is, may be empty".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_every_header_that_the_import_needs() {
        let text = include_str!("../../../fixtures/policy/emission.toml");
        let policy = KindPolicy::parse(text).unwrap();
        let book = policy.book.as_ref().unwrap();
        let columns = columns(&policy, book);
        for header in headers_of(&policy, book) {
            let found = columns
                .iter()
                .find(|column| column.header == header)
                .unwrap();
            assert!(found.is_required && !found.note.is_empty(), "{header}");
        }
        let unit = columns
            .iter()
            .find(|column| Some(&column.header) == book.unit.as_ref());
        assert_eq!(unit.unwrap().choices, ["t/a", "吨/年", "t/年"]);
        let found = columns.iter().find(|column| column.header == "污染物代码");
        let pollutant = found.unwrap();
        let codes = ["COD", "NH3-N", "TN", "TP", "SO2", "NOx", "VOCs"];
        assert_eq!(pollutant.choices, codes);
        assert!(pollutant.note.contains(CODES_SHEET), "{}", pollutant.note);
        // A part that may be anything has no list.
        let permit = columns
            .iter()
            .find(|column| column.header == "排污许可证编号");
        assert!(permit.unwrap().choices.is_empty());
    }

    #[test]
    fn what_a_register_knows_of_an_attribute_is_a_list_and_another_value_may_be_typed() {
        use crate::documents::workbook::table::read;
        let text = include_str!("../../../fixtures/policy/forest.toml");
        let policy = KindPolicy::parse(text).unwrap();
        let towns = Known {
            values: vec!["500113103".to_owned()],
            called: BTreeMap::from([("500113103".to_owned(), "示例镇".to_owned())]),
        };
        let species = Known {
            values: vec!["马尾松".to_owned()],
            ..Known::default()
        };
        let known = BTreeMap::from([
            ("town".to_owned(), towns),
            ("species".to_owned(), species),
            ("tenure".to_owned(), Known::default()),
            ("no_attribute".to_owned(), Known::default()),
        ]);
        let of = |known| template_of(&policy, known).unwrap().unwrap();
        let (with, without) = (of(&known), of(&BTreeMap::new()));
        assert_ne!(with, without);
        let heads = |book: &[u8]| read(book).unwrap()[0].cells.clone();
        assert_eq!(heads(&with), heads(&without));
    }

    #[test]
    fn every_column_of_a_book_is_called_by_its_header_and_in_english_by_what_it_means_too() {
        for (text, header, english) in [
            (
                include_str!("../../../fixtures/policy/emission.toml"),
                "核定量",
                "核定量 (quantity)",
            ),
            (
                include_str!("../../../fixtures/policy/emission.toml"),
                "污染物代码",
                "污染物代码 (pollutant)",
            ),
            (
                include_str!("../../../fixtures/policy/forest.toml"),
                "林种",
                "林种 (class)",
            ),
            (
                include_str!("../../../fixtures/policy/forest.toml"),
                "主要树种",
                "主要树种 (main species)",
            ),
            (
                include_str!("../../../fixtures/policy/forest.toml"),
                "GeoJSON",
                "GeoJSON",
            ),
        ] {
            let policy = KindPolicy::parse(text).unwrap();
            let wanted = (header.to_owned(), english.to_owned());
            assert_eq!(heading(&policy, header), wanted);
        }
    }

    #[test]
    fn every_column_whose_values_the_policy_names_has_them_as_a_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/policy");
        let mut listed = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let policy = KindPolicy::parse(&text).unwrap();
            let Some(book) = &policy.book else { continue };
            let of_class = policy.allowed_classes.iter().flatten();
            let of_class = of_class.chain(&policy.barred_classes).count();
            for column in columns(&policy, book) {
                let header = Some(&column.header);
                let wanted = if header == book.unit.as_ref() {
                    1 + policy.unit_aliases.len()
                } else if header == book.class.as_ref() {
                    of_class
                } else {
                    codes(&column.header, &policy, book).map_or(0, <[String]>::len)
                };
                assert_eq!(
                    column.choices.len(),
                    wanted,
                    "{}: {}",
                    policy.kind,
                    column.header
                );
                if wanted > 0 && header != book.unit.as_ref() {
                    listed.push((policy.kind.clone(), column.header, column.others));
                }
            }
        }
        for (kind, header, others) in [
            ("emission", "污染物代码", Others::Refused),
            ("forest", "林种", Others::Asked),
        ] {
            let column = (kind.to_owned(), header.to_owned(), others);
            assert!(listed.contains(&column), "{listed:?}");
        }
        let barred_alone = listed.iter().filter(|(kind, ..)| kind == "mining");
        let others: Vec<Others> = barred_alone.map(|(.., others)| *others).collect();
        assert_eq!(others, [Others::Taken], "{listed:?}");
    }
}
