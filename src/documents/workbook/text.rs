//! The text of a CSV file: UTF-8, with or without a byte-order mark, or GB18030, as Excel in China saves it.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::documents::workbook::TableFault;

/// Returns the text of a file.
///
/// What is valid UTF-8 is UTF-8: Chinese text in GB18030 is practically never valid UTF-8 by chance. What is neither is
/// refused; nothing is replaced.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, TableFault> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| TableFault::new("is neither UTF-8 nor GB18030", "save it as \"CSV UTF-8\""))
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
