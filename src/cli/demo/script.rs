//! What is to be played: a district's ledger in a folder, with the outcome that every request must have.
//!
//! The format is that of `fixtures/banan`. Nothing is judged here; a file that cannot be read ends the demonstration before
//! it begins.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cli::exit::Failure;
use crate::cli::import::parties::{PartyRow, read_parties};
use crate::cli::import::{KindBook, PARCELS_FILE, read_books, read_grounds};
use crate::cli::towns;
use crate::documents::books::geojson::Grounds;
use crate::documents::books::rows::SEPARATOR;
use crate::documents::books::{RowFault, TableRow};
use crate::domain::policy::{Book, KindPolicy};
use crate::primitives::time::Timestamp;

/// The policies that the demonstration begins with.
pub const POLICIES: [&str; 5] = [
    include_str!("../../../fixtures/policy/carbon.toml"),
    include_str!("../../../fixtures/policy/carbon_sink.toml"),
    include_str!("../../../fixtures/policy/emission.toml"),
    include_str!("../../../fixtures/policy/energy.toml"),
    include_str!("../../../fixtures/policy/forest.toml"),
];

const TOWNS_FILE: &str = "towns.csv";
const SUMMARY_FILE: &str = "summary.json";
const REQUESTS_FILE: &str = "pledge_requests.json";
const REFUSED_FILE: &str = "refused_registrations.json";
const SLIVERS_FILE: &str = "sliver_registrations.json";
const OTHER_PARCELS_FILE: &str = "parcels_refused.geojson";

/// The kind of a registration that is a party and not a right.
pub(super) const PARTY_KIND: &str = "party";

/// What a request asks of a pledge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Register it.
    Register,
    /// Set a new total quantity.
    Amend,
    /// Release it, whole or in part.
    Release,
}

/// One request of a bank, in its place in the order.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Request {
    /// Its number.
    pub no: u64,
    /// What it asks.
    pub action: Action,
    /// The outcome it must have.
    pub expect: String,
    /// Kind and identity of the right, for a registration.
    pub right: Option<Vec<String>>,
    /// The quantity in the unit of the kind; absent for the whole.
    pub quantity: Option<String>,
    /// First day of the collateral span.
    pub from: Option<String>,
    /// The day after its last.
    pub to: Option<String>,
    /// First and last certificate year, inclusive.
    pub years: Option<(i32, i32)>,
    /// Credit code of who gives the collateral.
    pub pledgor: Option<String>,
    /// Credit code of who is secured.
    pub pledgee: Option<String>,
    /// The number of the request that registered the pledge.
    pub pledge: Option<u64>,
    /// Credit code of who amends or releases.
    pub by: Option<String>,
    /// The number of the contract, which stays hidden.
    pub contract_no: Option<String>,
    /// The principal, which stays hidden.
    pub principal_cny: Option<String>,
    /// What was free before an accepted registration.
    pub free_before: Option<String>,
    /// What would have been admissible instead.
    pub largest_admissible: Option<String>,
}

/// A registration outside the books, with the outcome it must have.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Registration {
    /// The outcome it must have.
    pub expect: String,
    /// The kind of right, or [`PARTY_KIND`].
    pub kind: String,
    /// Its members by name.
    pub row: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Summary {
    as_of: String,
}

/// A district's ledger.
#[derive(Debug)]
pub(super) struct Script {
    /// The moment at which the registry's clock starts.
    pub as_of: Timestamp,
    /// The rules of every kind, with their texts.
    pub policies: Vec<KindPolicy>,
    /// The parties, in the order of the book.
    pub parties: Vec<PartyRow>,
    /// What the pages call the towns, by their codes.
    pub towns: BTreeMap<String, String>,
    /// Polygons of the books' parcels.
    pub grounds: Grounds,
    /// Polygons of the registrations outside the books.
    pub other_grounds: Grounds,
    /// Registrations that must be refused.
    pub refused: Vec<Registration>,
    /// Registrations that are accepted with a warning of slivers.
    pub slivers: Vec<Registration>,
    /// The requests, in order.
    pub requests: Vec<Request>,
}

impl Script {
    /// Reads a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        if !folder.join(SUMMARY_FILE).is_file() {
            let message = format!("{} has no {SUMMARY_FILE}", folder.display());
            return Err(Failure::usage(message).hint(
                "run the demonstration in a checkout, or name a folder of that format with --data",
            ));
        }
        let parsed: Result<Vec<KindPolicy>, _> =
            POLICIES.iter().map(|t| KindPolicy::parse(t)).collect();
        let policies = parsed.map_err(|fault| Failure::internal(format!("policy: {fault}")))?;
        let summary: Summary = read_json(folder, SUMMARY_FILE)?;
        let as_of = Timestamp::parse(&format!("{}T02:00:00Z", summary.as_of)).ok_or_else(|| {
            Failure::refused(format!(
                "{SUMMARY_FILE}: as_of {:?} is not a day",
                summary.as_of
            ))
        })?;
        let parties = read_parties(folder, &policies).map_err(unreadable)?;
        let parties = parties
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(unreadable)?;
        let towns = folder.join(TOWNS_FILE);
        Ok(Self {
            as_of,
            policies,
            parties,
            towns: if towns.exists() {
                towns::read(&towns)?
            } else {
                BTreeMap::new()
            },
            grounds: read_grounds(folder, PARCELS_FILE).map_err(unreadable)?,
            other_grounds: read_grounds(folder, OTHER_PARCELS_FILE).map_err(unreadable)?,
            refused: read_list(folder, REFUSED_FILE)?,
            slivers: read_list(folder, SLIVERS_FILE)?,
            requests: read_list(folder, REQUESTS_FILE)?,
        })
    }

    /// Reads the books.
    pub(super) fn books(&self, folder: &Path) -> Vec<KindBook<'_>> {
        read_books(folder, &self.policies)
    }

    /// Returns the rules of a kind.
    pub(super) fn policy(&self, kind: &str) -> Option<&KindPolicy> {
        self.policies.iter().find(|policy| policy.kind == kind)
    }
}

impl Registration {
    /// Returns a member that is a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.row.get(name).and_then(cell)
    }

    /// Returns the registration as the row of a book, so that one reader serves both.
    pub(super) fn to_row(&self, book: &Book, line: u64) -> TableRow {
        let cells = self.row.iter().filter_map(|(name, value)| {
            let header = header_of(book, name)?;
            Some((header.to_owned(), cell(value)?))
        });
        TableRow {
            file: format!("{} ({})", self.kind, self.expect),
            line,
            cells: cells.collect(),
            unread: Vec::new(),
        }
    }
}

/// Returns the column of a book that a member of a registration stands for.
fn header_of<'a>(book: &'a Book, name: &str) -> Option<&'a str> {
    let column = match name {
        "holder" => Some(&book.holder),
        "quantity" | "area_mu" | "tco2e_per_year" => Some(&book.quantity),
        "unit" => book.unit.as_ref(),
        "valid_from" => book.from.as_ref(),
        "valid_to" => book.through.as_ref(),
        "first_year" => book.first_year.as_ref(),
        "last_year" => book.last_year.as_ref(),
        "forest_class" => book.class.as_ref(),
        "parcels" => book.units.as_ref(),
        _ => {
            // `permit_no` is the part `permit` of an identity.
            let part = name.strip_suffix("_no").unwrap_or(name);
            book.parts.get(part).or_else(|| book.attributes.get(part))
        }
    };
    column.map(String::as_str)
}

/// Returns a value as the text of a cell.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<String>> = values.iter().map(cell).collect();
            texts.map(|texts| texts.join(&SEPARATOR.to_string()))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// Reads a list; a file that is not there is an empty one.
fn read_list<T: DeserializeOwned>(folder: &Path, file: &str) -> Result<Vec<T>, Failure> {
    if folder.join(file).exists() {
        read_json(folder, file)
    } else {
        Ok(Vec::new())
    }
}

fn read_json<T: DeserializeOwned>(folder: &Path, file: &str) -> Result<T, Failure> {
    let path = folder.join(file);
    let bytes = std::fs::read(&path)
        .map_err(|cause| Failure::refused(cause.to_string()).of(path.display()))?;
    serde_json::from_slice(&bytes)
        .map_err(|cause| Failure::refused(cause.to_string()).of(path.display()))
}

fn unreadable(fault: RowFault) -> Failure {
    let message = RowFault {
        fix: String::new(),
        ..fault.clone()
    }
    .to_string();
    Failure::refused(message.trim_end_matches("; ")).hint(fault.fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_town_of_the_district_is_named_as_made_up() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/banan");
        let script = Script::read(&folder).ok().unwrap();
        let name = |code: &str| script.towns.get(code).map(String::as_str);
        let regions = script.parties.iter().filter_map(|row| row.region.clone());
        let books = script.books(&folder);
        let rows = books
            .iter()
            .flat_map(|book| book.rows.iter().flatten().flatten());
        let rows = rows.filter_map(|row| row.cell("乡镇街道代码").map(str::to_owned));
        let mut count = 0;
        for code in regions.chain(rows) {
            assert!(
                name(&code).is_some_and(|name| name.starts_with("示例")),
                "{code}"
            );
            count += 1;
        }
        assert!(count > 100, "{count}");
        let names: std::collections::BTreeSet<_> = script.towns.values().collect();
        assert_eq!(names.len(), script.towns.len());
    }

    #[test]
    fn a_registration_becomes_the_row_of_its_book() {
        let policy = KindPolicy::parse(POLICIES[1]).unwrap();
        let text = "{\"expect\":\"vintage_overlap\",\"kind\":\"carbon_sink\",\"row\":{\"project_no\":\"X-1\",\
                    \"holder\":\"H\",\"parcels\":[\"A\",\"B\"],\"first_year\":2032,\"last_year\":2046,\
                    \"tco2e_per_year\":\"268\",\"methodology\":\"M\"}}";
        let registration: Registration = serde_json::from_str(text).unwrap();
        let row = registration.to_row(policy.book.as_ref().unwrap(), 7);
        assert_eq!(row.cell("关联不动产单元号"), Some("A;B"));
        assert_eq!(row.cell("计入期首年"), Some("2032"));
        assert_eq!(row.cell("项目编号"), Some("X-1"));
        assert_eq!(row.cell("方法学"), Some("M"));
    }
}
