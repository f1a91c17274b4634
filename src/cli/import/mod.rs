//! Reading a district's books: a folder of tables and polygons, as an office keeps them.
//!
//! The format is described by the policies (`[book]`), so a new kind of right brings its own columns. Nothing here talks to a
//! server but [`command`], and nothing here decides whether a right may be registered.

pub mod child;
pub mod command;
mod lending;
mod one_file;
pub mod parties;
mod report;
mod teller;
pub mod template;

use std::path::Path;

use crate::documents::books::RowFault;
use crate::documents::books::geojson::Grounds;
use crate::documents::books::head::{Rows, parse_table};
use crate::documents::books::rows::headers_of;
use crate::domain::policy::{Ground, KindPolicy};

/// The name of the file with the polygons of registered parcels.
pub const PARCELS_FILE: &str = "parcels.geojson";

/// The rows of one kind's book.
#[derive(Debug)]
pub struct KindBook<'a> {
    /// The rules of the kind.
    pub policy: &'a KindPolicy,
    /// The rows, or why the file cannot be read.
    pub rows: Result<Rows, RowFault>,
}

/// Reads the book of every kind that has one in the folder.
///
/// Kinds whose ground is that of other rights come last, so that those rights are registered before them.
pub fn read_books<'a>(folder: &Path, policies: &'a [KindPolicy]) -> Vec<KindBook<'a>> {
    let names_units = |policy: &&KindPolicy| {
        let ground = policy.land.as_ref().map(|land| &land.ground);
        matches!(ground, Some(Ground::Units { .. }))
    };
    let (last, first): (Vec<_>, Vec<_>) = policies.iter().partition(names_units);
    let mut books = Vec::new();
    for policy in first.into_iter().chain(last) {
        let Some(book) = &policy.book else { continue };
        let path = folder.join(&book.file);
        if !path.exists() {
            continue;
        }
        let headers = headers_of(policy, book);
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        books.push(KindBook {
            policy,
            rows: read_table(&path, &headers),
        });
    }
    books
}

/// Reads a table: UTF-8 with or without a byte-order mark, or GB18030, a first line of headers that has all of `headers`.
pub fn read_table(path: &Path, headers: &[&str]) -> Result<Rows, RowFault> {
    let file = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bytes = std::fs::read(path).map_err(|cause| {
        let fix = ("请检查路径与读取权限", "check the path and who may read it");
        RowFault::of_file(&file, ("文件无法读取", cause), fix)
    })?;
    parse_table(&file, &bytes, headers)
}

/// Reads a file of polygons; a file that is not there has none.
pub fn read_grounds(folder: &Path, file: &str) -> Result<Grounds, RowFault> {
    let path = folder.join(file);
    if !path.exists() {
        return Ok(Grounds::default());
    }
    let text = std::fs::read_to_string(&path).map_err(|cause| {
        let fix = (
            "请检查编码 (UTF-8) 与读取权限",
            "check that it is UTF-8 and readable",
        );
        RowFault::of_file(file, ("文件无法读取", cause), fix)
    })?;
    Grounds::parse(&text).map_err(|fault| {
        let fix = (
            "请重新导出为 GeoJSON (RFC 7946)",
            "export it again as GeoJSON (RFC 7946)",
        );
        RowFault::of_file(file, ("不是可用的界址文件", fault), fix)
    })
}
