//! What an import says: a line for every row, a workbook with the reasons, sums, and where an interrupted one goes on.
//!
//! Shared by the books of offices and those of lenders; it knows reports and no rows.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use crate::cli::progress::{Progress, Unit};
use crate::documents::books::TableRow;
use crate::primitives::canonical::Json;

use super::command::ImportArgs;
use super::one_file::Kept;
use super::report::{Outcome, Report};

/// What was said so far.
pub(super) struct Teller {
    /// Whether rows are only judged.
    pub(super) is_preview: bool,
    as_json: bool,
    kept: Option<Kept>,
    sums: BTreeMap<Outcome, u64>,
    progress: Progress,
    resumed: Resumed,
}

/// Where a book goes on that was imported in part before.
#[derive(Debug, Default)]
struct Resumed {
    /// Rows that are registered already, from the first one on.
    present: u64,
    is_past: bool,
}

impl Resumed {
    /// Takes the next row; says where the book goes on, once, at the first row that is new after some that are not.
    fn take(&mut self, report: &Report) -> Option<String> {
        if self.is_past {
            return None;
        }
        if report.outcome == Outcome::Present {
            self.present += 1;
            return None;
        }
        self.is_past = true;
        let (file, line, present) = (&report.file, report.line, self.present);
        (present > 0).then(|| {
            let rows = if present == 1 { "row is" } else { "rows are" };
            format!("{file}: {present} {rows} registered already; it goes on at line {line}")
        })
    }
}

impl Teller {
    /// Begins to tell about so many rows.
    pub(super) fn begin(args: &ImportArgs, is_preview: bool, rows: u64) -> Self {
        let label = if is_preview { "judging" } else { "import" };
        Self {
            is_preview,
            as_json: args.json,
            kept: args.report.is_some().then(Kept::default),
            sums: BTreeMap::new(),
            progress: Progress::begin(label, Unit::Rows, Some(rows), args.progress),
            resumed: Resumed::default(),
        }
    }

    /// Begins another book.
    pub(super) fn begin_book(&mut self) {
        self.resumed = Resumed::default();
    }

    /// Tells about a row.
    pub(super) fn report(
        &mut self,
        report: &Report,
        row: Option<&TableRow>,
    ) -> Result<(), Failure> {
        if let Some(kept) = &mut self.kept {
            kept.add(report, row);
        }
        *self.sums.entry(report.outcome).or_default() += 1;
        if let Some(where_on) = self.resumed.take(report) {
            self.note(&where_on);
        }
        let text = if self.as_json {
            report.to_json().to_string()
        } else {
            report.to_text()
        };
        self.progress.aside(|| output::line(&text))?;
        self.progress.add(1);
        Ok(())
    }

    /// Prints a note beside the bar.
    pub(super) fn note(&self, text: &str) {
        self.progress.aside(|| output::note(text));
    }

    /// Asks at the terminal whether to register what was shown; where nobody sits there, nobody agrees.
    pub(super) fn is_agreed(&mut self, args: &ImportArgs) -> Result<bool, Failure> {
        self.progress.end();
        let may_ask = !args.preview && !args.confirm && !args.json;
        let count = self.sums.get(&Outcome::Admissible).copied();
        let Some(count) = count.filter(|_| may_ask && std::io::stdin().is_terminal()) else {
            return Ok(false);
        };
        self.tell_sums()?;
        let rows = if count == 1 { "row" } else { "rows" };
        output::note(&format!(
            "register the {count} {rows} that may be, and no other? type yes to go on"
        ));
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        read.map_err(|fault| Failure::internal(fault.to_string()))?;
        Ok(answer.trim().eq_ignore_ascii_case("yes"))
    }

    fn tell_sums(&self) -> Result<(), Failure> {
        if self.sums.is_empty() {
            output::line(
                "there are no rows under the headers: nothing was judged, and nothing written",
            )?;
            return Ok(());
        }
        let sums = self.sums.iter();
        let parts: Vec<String> = sums.map(|(o, sum)| format!("{sum} {}", o.name())).collect();
        output::line(&format!("in all: {}", parts.join(", ")))?;
        Ok(())
    }

    /// Tells the sums, writes the workbook, and says how it went.
    pub(super) fn conclude(&mut self, args: &ImportArgs) -> Result<Exit, Failure> {
        self.progress.end();
        if let (Some(path), Some(kept)) = (&args.report, &self.kept) {
            kept.write(path)?;
            output::note(&format!("wrote {}", path.display()));
        }
        let sums = self.sums.iter();
        if self.as_json {
            let members = sums.map(|(outcome, sum)| (outcome.name().to_owned(), Json::count(*sum)));
            let json = Json::object([("sums", Json::Object(members.collect()))]);
            output::line(&json.to_canonical())?;
        } else {
            self.tell_sums()?;
        }
        if !self.sums.is_empty() && self.sums.keys().all(|one| *one == Outcome::Present) {
            output::note("nothing to do: every row is registered already");
        } else if self.is_preview && !self.sums.is_empty() {
            output::note(
                "nothing was written; to register what may be, say the same with --confirm",
            );
        }
        let is_fine = self.sums.keys().all(|outcome| outcome.is_fine());
        Ok(if is_fine { Exit::Done } else { Exit::Refused })
    }
}
