//! Dates and numbers with hyphens are kept on one line: browsers break a line behind a hyphen, in the middle of a day.
//!
//! Done to the whole page when it is made, so no template can forget it: a word of letters, digits and hyphens with a digit
//! behind a hyphen, in the text of an element, is put into a `span` that does not wrap. Nothing else of the page changes.

use std::fmt::Write as _;

/// Longer words would be wider than a phone.
const WORD_CHARS_MAX: usize = 32;
/// Elements whose text is no flowing text, or in which no other element may stand.
const WITHOUT: [&str; 8] = [
    "pre", "textarea", "title", "option", "svg", "script", "style", "select",
];

/// Returns the page with such words kept together.
pub(crate) fn unbroken(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        put_text(text, &mut out);
        // In a page of ours `>` is escaped wherever it ends no tag.
        let end = from_tag.find('>').map_or(from_tag.len(), |end| end + 1);
        let (tag, behind) = from_tag.split_at(end);
        out.push_str(tag);
        rest = behind;
        let name = name_of(tag);
        if WITHOUT.contains(&name) {
            let close = format!("</{name}");
            let end = rest.find(&close).unwrap_or(rest.len());
            let (inside, behind) = rest.split_at(end);
            out.push_str(inside);
            rest = behind;
        }
    }
    put_text(rest, &mut out);
    out
}

/// The name of the element that a tag opens; empty for one that closes.
pub(super) fn name_of(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<');
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric());
    inner.get(..end.unwrap_or(inner.len())).unwrap_or_default()
}

fn put_text(text: &str, out: &mut String) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, behind) = from.split_at(end);
        if is_kept(word) {
            // Writing to a text cannot fail.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_numbers_are_kept_together_and_nothing_else_changes() {
        let day = "<p>有效期 2026-12-01 至 2028-02-28</p>";
        let kept = "<p>有效期 <span class=\"nb\">2026-12-01</span> 至 <span class=\"nb\">2028-02-28</span></p>";
        assert_eq!(unbroken(day), kept);
        let number = "<dd class=\"a-1\">GL-500113-CARBON-000000041-07</dd>";
        assert!(unbroken(number).starts_with("<dd class=\"a-1\"><span class=\"nb\">GL-500113"));
        for same in [
            "<p>may-not break, -5 and A- 1</p>",
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
