//! Dates, ids and numbers with hyphens are kept on one line: browsers break a line behind a hyphen, in the middle of a day.
//!
//! Done to the whole page when it is made, so no template can forget it: a word of letters, digits and hyphens with a digit
//! behind a hyphen, in the text of an element, is put into a `span` that does not wrap; one that is an id, such as a credit code
//! or the number of a permit, also gets the even letters of ids. Nothing else of the page changes.

use std::fmt::Write as _;

/// Longer words would be wider than a phone.
const WORD_CHARS_MAX: usize = 32;
/// Shorter words are no ids, nor are those with fewer digits.
const ID_CHARS_MIN: usize = 15;
const ID_DIGITS_MIN: usize = 6;
/// Elements whose text is no flowing text, or in which no other element may stand.
const WITHOUT: [&str; 8] = [
    "pre", "textarea", "title", "option", "svg", "script", "style", "select",
];

/// Returns the page with such words kept together.
pub(crate) fn unbroken(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    let mut is_of_id = false;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        put_text(text, is_of_id, &mut out);
        // In a page of ours `>` is escaped wherever it ends no tag.
        let end = from_tag.find('>').map_or(from_tag.len(), |end| end + 1);
        let (tag, behind) = from_tag.split_at(end);
        out.push_str(tag);
        rest = behind;
        let name = name_of(tag);
        is_of_id = is_id_element(tag);
        if WITHOUT.contains(&name) {
            let close = format!("</{name}");
            let end = rest.find(&close).unwrap_or(rest.len());
            let (inside, behind) = rest.split_at(end);
            out.push_str(inside);
            rest = behind;
        }
    }
    put_text(rest, is_of_id, &mut out);
    out
}

/// Says whether what a tag opens is shown as an id already.
fn is_id_element(tag: &str) -> bool {
    let class = tag.split_once("class=\"").map(|(_, rest)| rest);
    let class = class.and_then(|rest| rest.split('"').next());
    class.is_some_and(|names| names.split(' ').any(|name| name == "id"))
}

/// The name of the element that a tag opens; empty for one that closes.
pub(super) fn name_of(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<');
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric());
    inner.get(..end.unwrap_or(inner.len())).unwrap_or_default()
}

fn put_text(text: &str, is_of_id: bool, out: &mut String) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, behind) = from.split_at(end);
        if is_id(word) && !is_of_id {
            // Writing to a text cannot fail.
            let _written = write!(out, "<span class=\"nb id\">{word}</span>");
        } else if is_kept(word) {
            let _written = write!(out, "<span class=\"nb\">{word}</span>");
        } else {
            out.push_str(word);
        }
        rest = behind;
    }
    out.push_str(rest);
}

/// Says whether a word has a digit right behind a hyphen, and something before it.
fn is_kept(word: &str) -> bool {
    let bytes = word.as_bytes();
    let breaks = bytes
        .windows(3)
        .any(|three| matches!(three, [before, b'-', behind] if *before != b'-' && behind.is_ascii_digit()));
    breaks && word.len() <= WORD_CHARS_MAX
}

/// Says whether a word is an id: capital letters, digits and hyphens, many of them, as in `91500113PP7QNGFH31001R`.
fn is_id(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_long = (ID_CHARS_MIN..=WORD_CHARS_MAX).contains(&word.len());
    is_long && digits >= ID_DIGITS_MIN && word.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_numbers_are_kept_together_and_nothing_else_changes() {
        let day = "<p>有效期 2026-12-01 至 2028-02-28</p>";
        let kept = "<p>有效期 <span class=\"nb\">2026-12-01</span> 至 <span class=\"nb\">2028-02-28</span></p>";
        assert_eq!(unbroken(day), kept);
        let number = "<dd class=\"a-1\">GL-500113-CARBON-000000041-07</dd>";
        let kept =
            "<dd class=\"a-1\"><span class=\"nb id\">GL-500113-CARBON-000000041-07</span></dd>";
        assert_eq!(unbroken(number), kept);
        let code = "<td>(91500113PP7QNGFH31)</td><td class=\"x id\">91500113PP7QNGFH31</td>";
        let kept = "<td>(<span class=\"nb id\">91500113PP7QNGFH31</span>)</td><td class=\"x id\">91500113PP7QNGFH31</td>";
        assert_eq!(unbroken(code), kept);
        for same in [
            "<p>may-not break, -5 and A- 1</p>",
            "<p>ABCDEFGHIJKLMNOPQ 1234567 8bd2c1f5e6a7b8c9d0</p>",
            "<pre>2026-12-01</pre><textarea>2026-12-01</textarea>",
            "<svg><text>2026-12-01</text></svg>",
            "<option value=\"2026-12-01\">2026-12-01</option>",
            "",
        ] {
            assert_eq!(unbroken(same), same);
        }
    }

    #[test]
    fn a_page_that_ends_early_is_left_as_it_is() {
        for cut in ["<p", "<pre>2026-1", "text <"] {
            assert_eq!(unbroken(cut), cut);
        }
    }
}
