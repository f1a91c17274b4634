//! The file of `serve --towns`: what towns are called, a code and a name in each line, for pages alone.
//!
//! A table of two columns as a spreadsheet saves it (CSV UTF-8), with or without a head. Apart from the law: a name is no part of any
//! record, so that a town that is renamed changes none.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::files;

/// Bytes of the file: 10,000 towns, more than a province has.
const BYTES_MAX: usize = 1_048_576;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 40;

/// Reads the file.
pub(crate) fn read(file: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = files::read_text(file, BYTES_MAX)?;
    parse(&text).map_err(|fault| Failure::refused(fault).of(file.display()))
}

/// Reads the lines of the file.
fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut towns = BTreeMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (n, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let wrong = |what: &str| format!("line {n}: {what}");
        let parts = line.split_once(',');
        let (code, name) =
            parts.ok_or_else(|| wrong("must be a code and a name, with a comma between"))?;
        let (code, name) = (code.trim(), name.trim());
        let is_code =
            (6..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        if !is_code {
            if n == 1 {
                continue;
            }
            return Err(wrong(
                "the code must have 6 to 12 digits, such as 500113103",
            ));
        }
        if name.is_empty()
            || name.chars().count() > NAME_CHARS_MAX
            || name.contains(char::is_control)
        {
            return Err(wrong("the name must have 1 to 40 characters"));
        }
        if towns.insert(code.to_owned(), name.to_owned()).is_some() {
            return Err(wrong("the code stands there twice"));
        }
    }
    Ok(towns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_or_without_a_head_is_read_and_a_wrong_line_is_named() {
        let towns = parse("\u{feff}代码,名称\n500113103,示例镇\n\n500113104, 另一镇 \n").unwrap();
        assert_eq!(towns.len(), 2);
        assert_eq!(towns["500113104"], "另一镇");
        for (text, line) in [
            ("500113103,示例镇\n代码,名称\n", "line 2"),
            ("500113103\n", "line 1"),
            ("500113103,\n", "line 1"),
            ("500113103,甲\n500113103,乙\n", "line 2"),
        ] {
            assert!(parse(text).unwrap_err().contains(line), "{text:?}");
        }
    }
}
