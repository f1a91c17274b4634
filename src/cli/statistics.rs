//! `statistics`: a table of the pledges as of a position of the log.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::ServerArgs;
use crate::cli::{files, output};
use crate::client::answers::statistics::{Cell, Statistics, StatisticsQuery, Sum};
use crate::primitives::limits;

/// Show a table of the pledges as of a position of the log
///
/// The same position gives the same table for ever. Loan amounts are summed only from openings that you present, which are
/// compared with the log and kept nowhere, or that the registry keeps for you (--kept).
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct StatisticsArgs {
    /// The position, in entries; the published size, if absent
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
    /// What to group by: pledgee, kind, month, town, form, item, green, separated by commas; the first four, if absent
    #[arg(long, value_name = "NAMES")]
    by: Option<String>,
    /// Only lines of this bank or guarantor
    #[arg(long, value_name = "PARTY")]
    pledgee: Option<String>,
    /// Only lines over this kind of right
    #[arg(long)]
    kind: Option<String>,
    /// Only lines registered in this month, such as 2026-12
    #[arg(long)]
    month: Option<String>,
    /// Only lines of this town
    #[arg(long)]
    town: Option<String>,
    /// Only lines of this form of security
    #[arg(long, value_parser = ["质押", "抵押"])]
    form: Option<String>,
    /// Only lines whose quantity is of this, such as a pollutant
    #[arg(long)]
    item: Option<String>,
    /// Only lines of loans of this green category, such as GIC2019:1.5.1
    #[arg(long)]
    green: Option<String>,
    /// Present the openings of this file, {"openings":[{"pledge","claim","salt","value"}]}
    #[arg(long, value_name = "FILE")]
    openings: Option<PathBuf>,
    /// Count the loan amounts that the registry keeps and that you may see, signed in by GREENLIEN_TOKEN (see `login`); each
    /// pledge is an access that is written down
    #[arg(long, conflicts_with = "openings")]
    kept: bool,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads and prints.
pub fn run(args: &StatisticsArgs) -> Result<Exit, Failure> {
    let query = StatisticsQuery {
        at: args.at,
        by: args.by.clone(),
        pledgee: args.pledgee.clone(),
        kind: args.kind.clone(),
        month: args.month.clone(),
        town: args.town.clone(),
        form: args.form.clone(),
        item: args.item.clone(),
        green: args.green.clone(),
        state: None,
        kept: args.kept,
    };
    let client = args.server.client()?;
    let answer = match &args.openings {
        None => client.get_statistics(&query)?,
        Some(file) => client.ask_statistics(&query, &presented(file)?)?,
    };
    if args.json {
        output::line(answer.text.trim_end())?;
    } else {
        output::line(&table_text(&answer.value))?;
    }
    Ok(Exit::Done)
}

/// Reads the openings that are presented.
pub fn presented(file: &Path) -> Result<String, Failure> {
    files::read_text(file, limits::COMMAND_BYTES_MAX)
}

/// The columns of what a table may be grouped by.
type Dimension = (&'static str, fn(&Cell) -> Option<String>);
const DIMENSIONS: [Dimension; 7] = [
    ("pledgee", |cell| {
        cell.pledgee.map(|party| party.to_string())
    }),
    ("kind", |cell| cell.kind.clone()),
    ("month", |cell| cell.month.clone()),
    ("town", |cell| cell.town.clone()),
    ("form", |cell| cell.form.clone()),
    ("item", |cell| cell.item.clone()),
    ("green", |cell| cell.green.clone()),
];

/// Writes the table with a row for each cell.
fn table_text(table: &Statistics) -> String {
    let is_there = |(_, of): &&Dimension| table.cells.iter().any(|cell| of(cell).is_some());
    let by: Vec<&Dimension> = DIMENSIONS.iter().filter(is_there).collect();
    let fixed = [
        "pledges",
        "open",
        "impaired",
        "ended",
        "lapsed",
        "moved",
        "disposed",
        "released",
        "caps CNY",
        "principal CNY",
    ];
    let names = by.iter().map(|(name, _)| *name).chain(fixed);
    let mut rows: Vec<Vec<String>> = vec![names.map(str::to_owned).collect()];
    for cell in &table.cells {
        let mut row: Vec<String> = by
            .iter()
            .map(|(_, of)| of(cell).unwrap_or_default())
            .collect();
        row.push(cell.pledges.to_string());
        let gone = [
            &cell.ended,
            &cell.lapsed,
            &cell.moved,
            &cell.disposed,
            &cell.released,
        ];
        let sums = [&cell.open, &cell.impaired].into_iter().chain(gone);
        row.extend(sums.map(|sum| sum_text(sum, cell.unit.as_deref())));
        row.push(cell.cap_cny.clone().unwrap_or_default());
        row.push(cell.principal_cny.clone().unwrap_or_default());
        rows.push(row);
    }
    let mut lines = aligned(&rows);
    lines.push(format!(
        "as of position {}, registry time {}",
        table.at, table.time
    ));
    lines.join("\n")
}

/// Writes lines, their quantity and what acts have reached of it: `3 (120 t/a, 70 overhang, 5 frozen)`.
fn sum_text(sum: &Sum, unit: Option<&str>) -> String {
    let Some(quantity) = &sum.quantity else {
        return sum.lines.to_string();
    };
    let parts = [("overhang", &sum.overhang), ("frozen", &sum.frozen)];
    let parts = parts
        .into_iter()
        .filter_map(|(name, part)| Some(format!(", {} {name}", part.as_ref()?)));
    let parts: String = parts.collect();
    let unit = unit.unwrap_or_default();
    format!("{} ({quantity} {unit}{parts})", sum.lines)
}

/// Puts cells below each other in columns; spaces at the end of a line are left out.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::time::Timestamp;

    #[test]
    fn a_table_has_the_columns_that_it_is_grouped_by() {
        let sum = |lines, quantity: Option<&str>| Sum {
            lines,
            quantity: quantity.map(str::to_owned),
            overhang: None,
            frozen: quantity.filter(|_| lines == 2).map(|_| "7".to_owned()),
            records: "/x".to_owned(),
        };
        let table = Statistics {
            at: 12,
            time: Timestamp::from_micros(0),
            by: vec!["kind".to_owned()],
            cells: vec![Cell {
                pledgee: None,
                kind: Some("emission".to_owned()),
                month: None,
                town: None,
                form: None,
                item: None,
                green: None,
                unit: Some("t/a".to_owned()),
                pledges: 2,
                records: "/x".to_owned(),
                cap_cny: Some("4000000".to_owned()),
                cap_pledges: Some(1),
                open: sum(2, Some("120")),
                impaired: sum(0, None),
                ended: sum(0, None),
                lapsed: sum(0, None),
                moved: sum(0, None),
                disposed: sum(3, None),
                released: sum(1, Some("5")),
                principal_cny: None,
                principal_pledges: None,
            }],
        };
        assert_eq!(
            table_text(&table),
            "kind      pledges  open                   impaired  ended  lapsed  moved  disposed  released   caps CNY  principal CNY\n\
             emission  2        2 (120 t/a, 7 frozen)  0         0      0       0      3         1 (5 t/a)  4000000\n\
             as of position 12, registry time 1970-01-01T00:00:00.000000Z"
        );
    }
}
