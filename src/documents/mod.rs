//! Documents that people carry to other people: the search certificate as PDF, and spreadsheets in and out.
//!
//! The only room that knows the formats of offices and printers. It is given values and returns bytes: it opens no file and no
//! socket, asks no clock, and the same values give the same bytes. It adds nothing to what it is given but words.

pub mod acts;
pub mod books;
pub mod certificate;
mod drawing;
mod font;
pub mod identities;
pub(crate) mod items;
mod lines;
pub(crate) mod qr;
mod reading;
pub mod say;
mod sheet;
pub mod typed;
pub mod workbook;

use std::fmt;

/// Why a document could not be made; a defect of the program, not of what it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentFault(pub String);

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DocumentFault {}
