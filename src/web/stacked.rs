//! Tables for phones: every cell is given the name of its column, so that the style can show a row as a list of names and values
//! instead of a table that is wider than the screen.
//!
//! Done to the whole page when it is made, so no template can forget it. Nothing that is read changes.

use std::fmt::Write as _;

use crate::web::unbroken::name_of;

/// Returns the page with the names of columns at the cells of its tables.
pub(crate) fn stacked(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 4);
    let mut rest = html;
    while let Some((before, table, behind)) = table_of(rest) {
        out.push_str(before);
        put_table(table, &mut out);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Splits a page into what stands before its first table, the table without its last tag, and what comes behind.
fn table_of(html: &str) -> Option<(&str, &str, &str)> {
    let start = html.find("<table")?;
    let (before, from) = html.split_at(start);
    let end = from.find("</table>")?;
    let (table, behind) = from.split_at(end);
    Some((before, table, behind))
}

fn put_table(table: &str, out: &mut String) {
    let split = table.split_once("</thead>");
    let heads = split.map(|(head, _)| heads_of(head)).unwrap_or_default();
    // Where cells reach over columns, which column one stands in is not told by counting.
    let (Some((head, body)), false) = (split, table.contains("colspan") || heads.is_empty()) else {
        out.push_str(table);
        return;
    };
    out.push_str(&head.replacen("<table", "<table data-stacks", 1));
    out.push_str("</thead>");
    let (mut rest, mut column) = (body, 0);
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        out.push_str(text);
        let name = name_of(from_tag);
        let (open, behind) = from_tag.split_at(name.len() + 1);
        out.push_str(open);
        rest = behind;
        match name {
            "tr" => column = 0,
            // What names its row needs no name.
            "th" => column += 1,
            "td" => {
                let label = heads.get(column).filter(|label| !label.is_empty());
                if let Some(label) = label {
                    // Writing to a text cannot fail.
                    let _written = write!(out, " data-label=\"{label}\"");
                }
                column += 1;
            }
            _ => {}
        }
    }
    out.push_str(rest);
}

/// The texts of the cells of a head. In a page of ours every quote of a text is escaped, so they are texts of attributes too.
fn heads_of(head: &str) -> Vec<String> {
    let cells = head.split("</th>").filter_map(|cell| {
        let start = cell.find("<th scope")?;
        cell.get(start..)
    });
    cells.map(text_of).collect()
}

/// The text of a part of a page without its tags.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_after_their_columns_and_row_heads_are_not() {
        let page = "<p>a</p><table class=\"x\">\n<thead><tr><th scope=\"col\">编号</th><th scope=\"col\" class=\"n\">数 <b>&amp;</b></th></tr></thead>\n\
            <tbody><tr><th scope=\"row\">1</th><td class=\"number\">2<br>3</td></tr><tr><td>4</td><td></td><td>5</td></tr></tbody></table><p>b</p>";
        let named = "<p>a</p><table data-stacks class=\"x\">\n<thead><tr><th scope=\"col\">编号</th><th scope=\"col\" class=\"n\">数 <b>&amp;</b></th></tr></thead>\n\
            <tbody><tr><th scope=\"row\">1</th><td data-label=\"数 &amp;\" class=\"number\">2<br>3</td></tr><tr><td data-label=\"编号\">4</td><td data-label=\"数 &amp;\"></td><td>5</td></tr></tbody></table><p>b</p>";
        assert_eq!(stacked(page), named);
        assert_eq!(stacked(&format!("{page}{page}")), format!("{named}{named}"));
    }

    #[test]
    fn a_table_without_heads_or_with_wide_cells_and_a_page_that_ends_early_are_left_as_they_are() {
        for same in [
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
            "<table><thead><tr><th scope=\"col\" colspan=\"2\">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
            "<table><thead><tr><th scope=\"col\">a</th>",
            "<p>1</p>",
            "",
        ] {
            assert_eq!(stacked(same), same);
        }
    }
}
