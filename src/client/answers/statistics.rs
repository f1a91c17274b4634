//! Tables by position of the log, and the lines behind them.

use crate::client::answers::{objects, optional_count, optional_parsed, texts};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::time::Timestamp;

/// The lines of one state in a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sum {
    /// How many lines.
    pub lines: u64,
    /// The sum of their quantities in the unit of the cell; may be longer than a quantity.
    pub quantity: Option<String>,
    /// How much of that has no right beneath it.
    pub overhang: Option<String>,
    /// How much of that only a freeze reaches that came after the line.
    pub frozen: Option<String>,
    /// The path of these lines.
    pub records: String,
}

impl Sum {
    fn read(mut fields: Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            lines: fields.count("lines")?,
            quantity: fields.optional_text("quantity")?,
            overhang: fields.optional_text("overhang")?,
            frozen: fields.optional_text("frozen")?,
            records: fields.text("records")?,
        })
    }
}

/// One cell of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Who is secured, where grouped by it.
    pub pledgee: Option<PartyId>,
    /// The kind of the rights.
    pub kind: Option<String>,
    /// The month of registration.
    pub month: Option<String>,
    /// The town.
    pub town: Option<String>,
    /// The form of the security, 质押 or 抵押.
    pub form: Option<String>,
    /// What the quantities are of, such as a pollutant.
    pub item: Option<String>,
    /// The category of the loans in a catalogue of green finance.
    pub green: Option<String>,
    /// The unit of the quantities.
    pub unit: Option<String>,
    /// Pledges with a line in the cell.
    pub pledges: u64,
    /// The path of all its lines.
    pub records: String,
    /// The caps that are clear, in yuan.
    pub cap_cny: Option<String>,
    /// How many pledges that sum is of.
    pub cap_pledges: Option<u64>,
    /// Lines that stand, with their rights beneath them.
    pub open: Sum,
    /// Lines of which a part hangs over.
    pub impaired: Sum,
    /// Lines that are over by time alone.
    pub ended: Sum,
    /// Lines that lapsed with the term of their claim.
    pub lapsed: Sum,
    /// Lines that went on as lines on other rights.
    pub moved: Sum,
    /// Lines whose collateral was disposed of.
    pub disposed: Sum,
    /// Lines that were released, or a part of them.
    pub released: Sum,
    /// The principals that the presented openings show, in yuan.
    pub principal_cny: Option<String>,
    /// How many pledges that sum is of.
    pub principal_pledges: Option<u64>,
}

impl Cell {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            pledgee: optional_parsed(fields, "pledgee", "an id such as M9", PartyId::parse)?,
            kind: fields.optional_text("kind")?,
            month: fields.optional_text("month")?,
            town: fields.optional_text("town")?,
            form: fields.optional_text("form")?,
            item: fields.optional_text("item")?,
            green: fields.optional_text("green")?,
            unit: fields.optional_text("unit")?,
            pledges: fields.count("pledges")?,
            records: fields.text("records")?,
            cap_cny: fields.optional_text("cap_cny")?,
            cap_pledges: optional_count(fields, "cap_pledges")?,
            open: Sum::read(fields.object("open")?)?,
            impaired: Sum::read(fields.object("impaired")?)?,
            ended: Sum::read(fields.object("ended")?)?,
            lapsed: Sum::read(fields.object("lapsed")?)?,
            moved: Sum::read(fields.object("moved")?)?,
            disposed: Sum::read(fields.object("disposed")?)?,
            released: Sum::read(fields.object("released")?)?,
            principal_cny: fields.optional_text("principal_cny")?,
            principal_pledges: optional_count(fields, "principal_pledges")?,
        })
    }
}

/// The table of a position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistics {
    /// Entries before the position.
    pub at: u64,
    /// Registry time of the last of them.
    pub time: Timestamp,
    /// What it is grouped by.
    pub by: Vec<String>,
    /// The cells.
    pub cells: Vec<Cell>,
}

impl Statistics {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let any = |text: &str| Some(text.to_owned());
        Ok(Self {
            at: fields.count("at")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
            by: texts(fields, "by", "a dimension", any)?,
            cells: objects(fields, "cells", Cell::read)?,
        })
    }
}

/// One line behind a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatisticsLine {
    /// The line, such as `P57.0`.
    pub line: String,
    /// The right.
    pub right: RightId,
    /// Who is secured.
    pub pledgee: PartyId,
    /// The kind of the right.
    pub kind: String,
    /// The month of registration.
    pub month: String,
    /// The town.
    pub town: String,
    /// The form of the security, 质押 or 抵押.
    pub form: String,
    /// What its quantity is of, where the kind tells it apart.
    pub item: Option<String>,
    /// The category of the loan in a catalogue of green finance.
    pub green: Option<String>,
    /// `open`, `impaired`, `ended`, `lapsed`, `moved`, `disposed` or `released`.
    pub state: String,
    /// Its quantity in its unit; may be longer than a quantity.
    pub quantity: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// How much of it has no right beneath it.
    pub overhang: Option<String>,
    /// How much of it only a freeze reaches that came after it.
    pub frozen: Option<String>,
    /// How much of it was disposed of while it stood.
    pub disposed: Option<String>,
    /// How much of it was released while it stood.
    pub released: Option<String>,
    /// The pledgee of record, where another acts in its place.
    pub of_record: Option<PartyId>,
    /// The most that its pledge secures, in yuan, on the first line of the pledge that stands.
    pub cap_cny: Option<String>,
    /// The principal of its pledge in yuan, where the reader may see it, on the same line.
    pub principal_cny: Option<String>,
}

impl StatisticsLine {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            line: fields.text("line")?,
            right: fields.parsed("right", "an id such as R41", RightId::parse)?,
            pledgee: fields.parsed("pledgee", "an id such as M9", PartyId::parse)?,
            kind: fields.text("kind")?,
            month: fields.text("month")?,
            town: fields.text("town")?,
            form: fields.text("form")?,
            item: fields.optional_text("item")?,
            green: fields.optional_text("green")?,
            state: fields.text("state")?,
            quantity: fields.optional_text("quantity")?,
            unit: fields.optional_text("unit")?,
            overhang: fields.optional_text("overhang")?,
            frozen: fields.optional_text("frozen")?,
            disposed: fields.optional_text("disposed")?,
            released: fields.optional_text("released")?,
            of_record: optional_parsed(fields, "of_record", "an id such as M9", PartyId::parse)?,
            cap_cny: fields.optional_text("cap_cny")?,
            principal_cny: fields.optional_text("principal_cny")?,
        })
    }
}

/// Which lines a table is of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatisticsQuery {
    /// The position, in entries; the published size if absent.
    pub at: Option<u64>,
    /// What to group by, separated by commas; pledgee, kind, month and town if absent. Not for lines.
    pub by: Option<String>,
    /// Only lines of this bank or guarantor.
    pub pledgee: Option<String>,
    /// Only lines over this kind.
    pub kind: Option<String>,
    /// Only lines registered in this month.
    pub month: Option<String>,
    /// Only lines of this town.
    pub town: Option<String>,
    /// Only lines of this form of security.
    pub form: Option<String>,
    /// Only lines whose quantity is of this.
    pub item: Option<String>,
    /// Only lines of loans of this green category.
    pub green: Option<String>,
    /// Only lines in this state. Not for tables.
    pub state: Option<String>,
    /// For a member, with the principals that the registry keeps and the member may see; each is an access that is written
    /// down. Not for lines.
    pub kept: bool,
}
