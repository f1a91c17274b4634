//! A lender's books: pledges to be registered and pledges to be released, a row each.
//!
//! Apart from the offices' books, whose columns the policies describe: what a lender's book has is the same for every kind, and
//! which of its cells count the kind of the right says. Who signs a row, and what is there already, `judge` asks the register.

mod cells;
mod columns;
mod instead;
pub mod judge;
pub mod pledges;
pub mod releases;

use std::collections::BTreeMap;

use crate::documents::DocumentFault;
use crate::documents::books::head::Rows;
use crate::documents::books::sheet::table_of;
use crate::documents::books::{RowFault, TableRow};
use crate::documents::workbook::grid::{Cell, Line};
use crate::documents::workbook::sheet_out::{Column, Others, template};
use crate::domain::policy::KindPolicy;
use crate::primitives::identifier::{leaves_no_mark, normal_form};

/// Headers that a table must share with a book to be taken for one that lacks others.
const SHARED_MIN: usize = 3;

/// Which of a lender's books a table is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lending {
    /// Pledges to be registered.
    Pledges,
    /// Pledges to be released, whole or in part.
    Releases,
}

/// A column of a book.
pub(super) struct Head {
    /// Its header, in Chinese and English as the template has it.
    pub(super) header: &'static str,
    pub(super) note: &'static str,
    /// A table without it is not the book.
    pub(super) is_required: bool,
    pub(super) choices: &'static [&'static str],
}

impl Head {
    /// Says whether a header is this one: whole, or in one of its languages.
    fn is(&self, typed: &str) -> bool {
        let (zh, en) = self.header.split_once(' ').unwrap_or((self.header, ""));
        let typed = typed.trim_matches(leaves_no_mark);
        let is = |it: &str| normal_form(it) == normal_form(typed);
        [self.header, zh, en].into_iter().any(is)
    }
}

impl Lending {
    /// Both books.
    pub const ALL: [Self; 2] = [Self::Pledges, Self::Releases];

    /// Returns the word by which commands and forms name it; no kind of right has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pledges => "pledges",
            Self::Releases => "releases",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.name() == name)
    }

    /// Returns its title in Chinese and English.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Pledges => ("担保登记台账", "Book of pledges"),
            Self::Releases => ("解除担保台账", "Book of releases"),
        }
    }

    fn heads(self) -> &'static [Head] {
        match self {
            Self::Pledges => columns::HEADS,
            Self::Releases => releases::HEADS,
        }
    }

    /// Makes the workbook to be filled in, with the units of the kinds as choices.
    pub fn template(self, policies: &[KindPolicy]) -> Result<Vec<u8>, DocumentFault> {
        let mut units: Vec<String> = Vec::new();
        for policy in policies {
            if !units.contains(&policy.unit) {
                units.push(policy.unit.clone());
            }
        }
        let column = |head: &Head| Column {
            header: head.header.to_owned(),
            note: head.note.to_owned(),
            choices: if head.header == UNIT {
                units.clone()
            } else {
                head.choices.iter().map(|it| (*it).to_owned()).collect()
            },
            called: BTreeMap::new(),
            // The other spellings that a policy allows are as good.
            others: if head.header == UNIT {
                Others::Taken
            } else {
                Others::Refused
            },
            is_required: head.is_required,
        };
        let columns: Vec<Column> = self.heads().iter().map(column).collect();
        let (zh, en) = self.title();
        template(&format!("{zh} {en}"), &columns)
    }

    /// Makes rows of the lines of a table, under the headers of the template whatever language they were typed in.
    pub fn rows(self, file: &str, lines: &[Line]) -> Result<Rows, RowFault> {
        let mut lines = lines.to_vec();
        // A space that nobody sees is no content.
        for cell in lines.iter_mut().flat_map(|line| &mut line.cells) {
            if let Cell::Text(text) = cell {
                *text = text.trim().to_owned();
            }
        }
        if let Some(first) = lines.first_mut() {
            for cell in &mut first.cells {
                if let Cell::Text(text) = cell
                    && let Some(head) = self.heads().iter().find(|head| head.is(text))
                {
                    head.header.clone_into(text);
                }
            }
        }
        let required = self.heads().iter().filter(|head| head.is_required);
        let required: Vec<&str> = required.map(|head| head.header).collect();
        let known = self.heads().iter().map(|head| head.header);
        // A column that stands twice would be read once, whichever it is.
        let twice = known.filter(|header| {
            let cells = lines.first().map(|line| line.cells.as_slice());
            let same = |cell: &&Cell| matches!(cell, Cell::Text(text) if text == header);
            cells.unwrap_or_default().iter().filter(same).count() > 1
        });
        let asked: Vec<&str> = required.iter().copied().chain(twice).collect();
        table_of(file, &lines, &asked)
    }

    /// Says what a row is that cannot be read: the first of its cells that has something in it, in the order of the template.
    fn named(self, row: &TableRow) -> String {
        let mut heads = self.heads().iter();
        let first = heads.find_map(|head| row.cell(head.header));
        first.unwrap_or_default().to_owned()
    }

    /// Returns the headers that a book must have and a table has not, and how many of its headers the table has.
    fn compare(self, lines: &[Line]) -> (usize, Vec<&'static str>) {
        let cells = lines.first().map(|line| line.cells.as_slice());
        let has = |head: &&Head| {
            let mut cells = cells.unwrap_or_default().iter();
            cells.any(|cell| matches!(cell, Cell::Text(text) if head.is(text)))
        };
        let heads = self.heads().iter();
        let missing = heads
            .clone()
            .filter(|head| head.is_required && !has(head))
            .map(|head| head.header);
        (heads.filter(has).count(), missing.collect())
    }

    /// Finds the book that a table is by its columns, or would be with those that it lacks.
    pub fn of(lines: &[Line]) -> Option<(Self, Vec<&'static str>)> {
        let compared = Self::ALL.map(|book| (book, book.compare(lines)));
        let near = compared
            .into_iter()
            .filter(|(_, (shared, missing))| *shared >= SHARED_MIN || missing.is_empty());
        near.max_by_key(|(_, (shared, missing))| (missing.is_empty(), *shared))
            .map(|(book, (_, missing))| (book, missing))
    }
}

/// The column of units, which stands in both books.
pub(super) const UNIT: &str = "单位 unit";

/// Returns the headers of a book that a fault names, in Chinese and English; another header is what it is.
pub fn column_words(column: &str) -> (String, String) {
    let heads = || Lending::ALL.into_iter().flat_map(Lending::heads);
    let words = |header: &str| {
        let is_own = heads().any(|head| head.header == header);
        let split = header.split_once(' ').filter(|_| is_own);
        let (zh, en) = split.unwrap_or((header, header));
        (zh.to_owned(), en.to_owned())
    };
    let (zh, en): (Vec<String>, Vec<String>) = column.split("; ").map(words).unzip();
    (zh.join("; "), en.join("; "))
}

/// What a choice is, typed in Chinese, in English, or as the template has it.
pub(super) fn is_choice(choice: &str, typed: &str) -> bool {
    let (zh, en) = choice.split_once(' ').unwrap_or((choice, ""));
    let typed = typed.trim_matches(leaves_no_mark);
    choice == typed || zh == typed || en.eq_ignore_ascii_case(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::workbook::table::read;

    #[test]
    fn a_template_is_its_own_book_and_no_header_has_two_meanings() {
        let text = include_str!("../../../../fixtures/policy/emission.toml");
        let policies = [KindPolicy::parse(text).unwrap()];
        for book in Lending::ALL {
            let lines = read(&book.template(&policies).unwrap()).unwrap();
            assert_eq!(Lending::of(&lines), Some((book, Vec::new())));
            assert!(book.rows("t", &lines).unwrap().is_empty());
            for head in book.heads() {
                let same = book.heads().iter().filter(|it| it.is(head.header)).count();
                assert_eq!(same, 1, "{}", head.header);
                assert!(!head.note.is_empty(), "{}", head.header);
                for typed in head.header.splitn(2, ' ') {
                    let other = book.heads().iter().filter(|it| it.is(typed)).count();
                    assert_eq!(other, 1, "{typed}");
                }
            }
        }
        assert_eq!(Lending::parse("releases"), Some(Lending::Releases));
    }

    #[test]
    fn headers_are_read_in_either_language_and_what_lacks_is_told() {
        let lines = read("担保登记编号,whole or part,释放\nP1,全部,x\n".as_bytes()).unwrap();
        assert_eq!(Lending::of(&lines), Some((Lending::Releases, Vec::new())));
        let rows = Lending::Releases.rows("t", &lines).unwrap();
        let row = rows[0].as_ref().unwrap();
        assert_eq!(row.cell("担保登记编号 pledge"), Some("P1"));
        assert_eq!(row.cell("释放"), Some("x"), "other columns stay");
        let lines = read("合同编号,出质人,担保数量\n".as_bytes()).unwrap();
        let (book, missing) = Lending::of(&lines).unwrap();
        assert_eq!((book, missing), (Lending::Pledges, vec!["权益 right"]));
        assert_eq!(Lending::of(&read(b"a,b\n").unwrap()), None);
        let twice = read("担保登记编号,全部或部分,pledge\n".as_bytes()).unwrap();
        let fault = Lending::Releases.rows("t", &twice).unwrap_err();
        assert!(fault.reason.contains("stands twice"), "{fault}");
    }
}
