//! What a workbook says of itself: from which register it is, as of when, and what it holds. It stands on a second sheet, so that
//! a file that is sent on says it, and at the head and foot of each page that is printed.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::documents::say::local_time;
use crate::documents::workbook::sheet_out::{Value, write_cell};
use crate::primitives::time::Timestamp;

/// The sheet.
pub const ABOUT_SHEET: &str = "说明 about";
/// What no list says of itself.
const NO_PROOF: &str = "本表只列出本登记系统所载, 不作证明; 证明见查询证明或证据包。 This table says what this register has and proves nothing; a search certificate or an evidence file does.";
/// A4.
const PAPER: u8 = 9;
/// UTF-16 units that a printed head or foot may have.
const PRINTED_UNITS_MAX: usize = 255;

/// What a workbook is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// The origin of the log.
    pub origin: String,
    /// The district.
    pub region: String,
    /// Registry time that the table is as of.
    pub time: Timestamp,
    /// Entries of the log up to then.
    pub position: u64,
    /// What else there is to say: heads in both languages, and values.
    pub more: Vec<(String, Value)>,
}

impl About {
    /// As of when, in a few words.
    fn as_of(&self) -> String {
        let (time, position) = (local_time(self.time), self.position);
        format!("截至 as of {time} · 账页位置 position {position}")
    }

    /// Sets up how a sheet is printed: across one page, its head on each, with what it is of.
    pub(super) fn on_paper(&self, sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
        sheet.set_paper_size(PAPER);
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_header(printed(&format!(
            "&L{}&R{}",
            plain(name),
            plain(&self.origin)
        )));
        sheet.set_footer(printed(&format!("&L{}&R&P / &N", plain(&self.as_of()))));
        Ok(())
    }

    /// Writes the sheet.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        (head, days): (&Format, &Format),
        (name, rows): (&str, usize),
    ) -> Result<(), XlsxError> {
        sheet.set_name(ABOUT_SHEET)?;
        let text = |value: &str| Value::Text(value.to_owned());
        let own = [
            ("表 table", text(name)),
            ("登记簿 register", text(&self.origin)),
            ("行政区划代码 district", text(&self.region)),
            ("截至 as of", text(&local_time(self.time))),
            (
                "账页位置 position",
                Value::Number(self.position.to_string()),
            ),
            ("行数 rows", Value::Number(rows.to_string())),
        ];
        let own = own.map(|(head, value)| (head.to_owned(), value));
        let last = ("注意 note".to_owned(), text(NO_PROOF));
        let wrapped = Format::new().set_text_wrap();
        for (at, word) in (0_u16..).zip(["项目 item", "内容 value"]) {
            sheet.write_string_with_format(0, at, word, head)?;
        }
        let all = own.iter().chain(&self.more).chain([&last]);
        for (row, (head, value)) in (1_u32..).zip(all) {
            sheet.write_string(row, 0, head)?;
            match value {
                Value::Text(text) => {
                    sheet.write_string_with_format(row, 1, text, &wrapped)?;
                }
                Value::Number(_) | Value::Day(_) | Value::Empty => {
                    write_cell(sheet, row, 1, value, days)?;
                }
            }
        }
        sheet.set_column_width_pixels(0, 260)?;
        sheet.set_column_width_pixels(1, 620)?;
        self.on_paper(sheet, ABOUT_SHEET)
    }
}

/// A text in which a spreadsheet finds no code of its own.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

/// As much of a head or foot as a spreadsheet takes.
fn printed(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= PRINTED_UNITS_MAX
    };
    text.chars().take_while(fits).collect()
}
