//! The text of a CSV file: UTF-8, with or without a byte-order mark, or GB18030, as Excel in China saves it.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::documents::workbook::{SAVE_TEXT, TableFault};

/// Returns the text of a file.
///
/// What is valid UTF-8 is UTF-8: Chinese text in GB18030 is practically never valid UTF-8 by chance. What is neither is
/// refused; nothing is replaced.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, TableFault> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| {
        let reason = (
            "文字既不是 UTF-8 也不是 GB18030",
            "is neither UTF-8 nor GB18030",
        );
        TableFault::new(reason, SAVE_TEXT)
    })
}

/// Counts lines up to a place; the CSV reader's own count is one behind where lines end with CR LF.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Begins at the first line.
    pub(crate) fn of(text: &'a str) -> Self {
        let text = text.as_bytes();
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Returns the line of the record that begins at a byte, or behind the line ends there: the reader says where blank lines
    /// before a record begin. Bytes must not descend.
    pub(crate) fn line_at(&mut self, byte: u64) -> u64 {
        let end = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at) {
            match next {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ if self.at < end => {}
                _ => break,
            }
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_give_the_same_text() {
        let text = "核定量,单位\n40,吨/年\n";
        let (encoded, _, _) = GB18030.encode(text);
        assert_ne!(&*encoded, text.as_bytes());
        assert_eq!(decode(&encoded).unwrap(), text);
        assert_eq!(decode(text.as_bytes()).unwrap(), text);
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert!(decode(b"\xff\xff").is_err());
        assert!(decode(b"a,b\n\x81").is_err());
    }
}
