//! `statistics`: a table of the pledges as of a position of the log.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::client::Reply;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, percent_encode, succeeded};
use crate::cli::{files, output};
use crate::primitives::limits;

/// The dimensions of a table, in the order of its columns.
const DIMENSIONS: [&str; 4] = ["pledgee", "kind", "month", "town"];

/// Show a table of the pledges as of a position of the log
///
/// The same position gives the same table for ever. Loan amounts are summed only from openings that you present; they are
/// compared with the log and kept nowhere.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct StatisticsArgs {
    /// The position, in entries; the published size, if absent
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
    /// What to group by: pledgee, kind, month, town, separated by commas; all, if absent
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
    /// Present the openings of this file, {"openings":[{"pledge","claim","salt","value"}]}
    #[arg(long, value_name = "FILE")]
    openings: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads and prints.
pub fn run(args: &StatisticsArgs) -> Result<Exit, Failure> {
    let reply = ask(
        &args.server,
        &format!("/v1/statistics{}", query(args)),
        args.openings.as_ref(),
    )?;
    if args.json {
        output::line(reply.text.trim_end())?;
        return Ok(Exit::Done);
    }
    output::line(&table_text(&reply.json))?;
    Ok(Exit::Done)
}

/// Reads what is at a path, presenting openings where there are some.
pub fn ask(server: &ServerArgs, path: &str, openings: Option<&PathBuf>) -> Result<Reply, Failure> {
    match openings {
        None => server.get(path),
        Some(file) => {
            let body = files::read_text(file, limits::COMMAND_BYTES_MAX)?;
            succeeded(server.client()?.post(path, &body)?)
        }
    }
}

fn query(args: &StatisticsArgs) -> String {
    let at = args.at.map(|at| at.to_string());
    let values = [
        ("at", &at),
        ("by", &args.by),
        ("pledgee", &args.pledgee),
        ("kind", &args.kind),
        ("month", &args.month),
        ("town", &args.town),
    ];
    query_of(values.map(|(name, value)| (name, value.as_deref())))
}

/// Returns a query of the values that are given.
pub fn query_of<'a>(values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let given = values
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", percent_encode(value?))));
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        String::new()
    } else {
        format!("?{}", given.join("&"))
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// Writes the table with a row for each cell.
fn table_text(table: &Value) -> String {
    let empty = Vec::new();
    let cells = table
        .get("cells")
        .and_then(Value::as_array)
        .unwrap_or(&empty);
    let by: Vec<&str> = DIMENSIONS
        .into_iter()
        .filter(|name| cells.iter().any(|cell| cell.get(name).is_some()))
        .collect();
    let counts = ["open", "impaired", "released"];
    let mut header: Vec<String> = by.iter().map(|name| (*name).to_owned()).collect();
    header.push("pledges".to_owned());
    header.extend(counts.map(str::to_owned));
    header.push("principal CNY".to_owned());
    let mut rows = vec![header];
    for cell in cells {
        let at = |name: &str| cell.get(name).map(text).unwrap_or_default();
        let mut row: Vec<String> = by.iter().map(|name| at(name)).collect();
        row.push(at("pledges"));
        row.extend(counts.map(|state| sum_text(cell, state)));
        row.push(at("principal_cny"));
        rows.push(row);
    }
    let mut lines = aligned(&rows);
    let head = |name: &str| table.get(name).map(text).unwrap_or_default();
    lines.push(format!(
        "as of position {}, registry time {}",
        head("at"),
        head("time")
    ));
    lines.join("\n")
}

/// Writes lines and their quantity: `3 (120 t/a)`.
fn sum_text(cell: &Value, state: &str) -> String {
    let at = |name: &str| cell.get(state).and_then(|sum| sum.get(name)).map(text);
    let unit = cell.get("unit").map(text).unwrap_or_default();
    let lines = at("lines").unwrap_or_default();
    match at("quantity") {
        Some(quantity) => format!("{lines} ({quantity} {unit})"),
        None => lines,
    }
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

    #[test]
    fn a_table_has_the_columns_that_it_is_grouped_by() {
        let table = serde_json::json!({
            "at": 12, "by": ["kind"], "time": "T",
            "cells": [{
                "kind": "emission", "unit": "t/a", "pledges": 2,
                "open": {"lines": 2, "quantity": "120", "records": "x"},
                "impaired": {"lines": 0, "records": "x"},
                "released": {"lines": 1, "quantity": "5", "records": "x"},
            }],
        });
        assert_eq!(
            table_text(&table),
            "kind      pledges  open         impaired  released   principal CNY\n\
             emission  2        2 (120 t/a)  0         1 (5 t/a)\n\
             as of position 12, registry time T"
        );
    }

    #[test]
    fn a_query_has_what_is_given() {
        assert_eq!(query_of([("a", None)]), "");
        assert_eq!(
            query_of([("a", Some("1")), ("b", None), ("c", Some("x y"))]),
            "?a=1&c=x%20y"
        );
    }
}
