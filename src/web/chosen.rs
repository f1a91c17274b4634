//! The columns of a list that its reader wants: boxes of the form that narrows it, so that no script is needed, one word of the
//! address for all links behind, and the same columns in the spreadsheet.

use crate::web::lang::Words;
use crate::web::listing::Of;
use crate::web::shell::Visit;

/// Says that the boxes of a form were sent, of which only those with a tick come along.
const SENT: &str = "choose";
/// What the name of a box begins with, and the word of an address that has all chosen ones.
const BOX: &str = "show_";
const COLUMNS: &str = "columns";

/// A column behind the number of a row, which always stays.
pub(crate) struct Column {
    name: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// The columns of the spreadsheet that say the same, with their neighbors.
    export: &'static [&'static str],
    /// Whether it is shown.
    pub(crate) is_shown: bool,
    /// Its place among all of them.
    pub(crate) at: usize,
}

impl Column {
    /// The name of its box.
    pub(crate) fn id(&self) -> String {
        format!("{BOX}{}", self.name)
    }
}

/// The columns of a list in their order, the last for the status.
fn all(of: Of, words: &'static Words) -> Vec<Column> {
    let column = |name, label, export| Column {
        name,
        label,
        export,
        is_shown: true,
        at: 0,
    };
    match of {
        Of::Rights => vec![
            column("kind", words.kind, &["kind"]),
            column(
                "identities",
                words.identities,
                &["identities", "identity_codes"],
            ),
            column("holder", words.holder, &["holder", "holder_id"]),
            column("validity", words.validity, &["from", "through"]),
            column("quantity", words.quantity, &["quantity", "unit"]),
            column(
                "free",
                words.free,
                &["unencumbered", "unencumbered_through"],
            ),
            column(
                "status",
                words.status,
                &[
                    "status",
                    "burdens_on_record",
                    "revoked_from",
                    "succeeded_by",
                ],
            ),
        ],
        Of::Pledges => vec![
            column("pledgee", words.pledgee, &["pledgee", "pledgee_id"]),
            column("pledgor", words.pledgor, &["pledgor", "pledgor_id"]),
            column("kind", words.kind, &["kind"]),
            column(
                "lines",
                words.lines,
                &[
                    "line",
                    "right",
                    "identities",
                    "quantity",
                    "unit",
                    "from",
                    "through",
                ],
            ),
            column("term", words.term, &["term_from", "term_through"]),
            column("status", words.status, &["form", "state"]),
        ],
        Of::Parties => vec![
            column("name", words.name, &["name"]),
            column("credit_code", words.credit_code, &["credit_code"]),
            column("roles", words.roles, &["roles", "duties"]),
        ],
    }
}

/// The columns of a list as they were chosen; without a choice, or with an empty one, all of them.
pub(crate) fn columns(visit: &Visit, of: Of, words: &'static Words) -> Vec<Column> {
    let mut columns = all(of, words);
    for (at, column) in columns.iter_mut().enumerate() {
        column.at = at;
    }
    let named = visit
        .param(COLUMNS)
        .map(|names| names.split(',').map(str::to_owned).collect());
    let named: Option<Vec<String>> = named.or_else(|| {
        let boxes = columns
            .iter()
            .filter(|column| visit.param(&column.id()).is_some());
        visit
            .param(SENT)
            .map(|_| boxes.map(|column| column.name.to_owned()).collect())
    });
    let is_in = |column: &Column, named: &[String]| named.iter().any(|name| name == column.name);
    if let Some(named) = named.filter(|named| columns.iter().any(|column| is_in(column, named))) {
        for column in &mut columns {
            column.is_shown = is_in(column, &named);
        }
    }
    columns
}

/// Returns the choice as the part of an address, with `&` behind; nothing where all are shown.
pub(crate) fn query(columns: &[Column]) -> String {
    part_of(columns, |column| vec![column.name])
}

/// Returns the choice for the spreadsheet of the list: `id` always stays.
pub(crate) fn export_query(columns: &[Column]) -> String {
    part_of(columns, |column| column.export.to_vec()).replacen('=', "=id,", 1)
}

fn part_of(columns: &[Column], names: impl Fn(&Column) -> Vec<&'static str>) -> String {
    if columns.iter().all(|column| column.is_shown) {
        return String::new();
    }
    let shown = columns.iter().filter(|column| column.is_shown);
    let names: Vec<&str> = shown.flat_map(names).collect();
    format!("{COLUMNS}={}&", names.join(","))
}
