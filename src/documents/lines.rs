//! Breaks a text into lines of a width: Latin words whole, Han anywhere but where a mark must not begin or end a line.
//!
//! Separate from the pages, because it is all that there is of typesetting here.

use crate::documents::font::{self, UNITS};

fn width_of(c: char, size: i16) -> i32 {
    let advance = font::letter(c).map_or(0, |letter| i32::from(letter.advance));
    advance * i32::from(size)
}

/// Characters that do not begin a line, and those that do not end one.
const NOT_FIRST: &str = "，。、；：？！）》〉」』】〕”’,.;:?!)]}%‰·…";
const NOT_LAST: &str = "（《〈「『【〔“‘([{";

/// Breaks a text into lines that fit the width: Latin words whole where they fit, Han anywhere but before a closing mark.
pub(super) fn wrap(text: &str, size: i16, width: i16) -> Vec<String> {
    let text = font::printable(text);
    let limit = i32::from(width).saturating_mul(UNITS);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0_i32);
    for piece in pieces(&text) {
        let mut needed: i32 = piece.chars().map(|c| width_of(c, size)).sum();
        if used > 0 && used + needed > limit {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        if needed > limit {
            // A word that is longer than a line, such as a hash, is broken where the line ends.
            for c in piece.chars() {
                let one = width_of(c, size);
                if used + one > limit {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(c);
                used += one;
            }
            continue;
        }
        let piece = if used == 0 { piece.trim_start() } else { piece };
        needed = piece.chars().map(|c| width_of(c, size)).sum();
        line.push_str(piece);
        used += needed;
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Cuts a text where a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(last) = before
            && may_break(last, c)
        {
            cuts.push(at);
        }
        before = Some(c);
    }
    cuts.push(text.len());
    cuts.windows(2)
        .filter_map(|pair| match pair {
            [from, to] => text.get(*from..*to),
            _ => None,
        })
        .filter(|piece| !piece.is_empty())
        .collect()
}

fn may_break(last: char, next: char) -> bool {
    if NOT_FIRST.contains(next) || NOT_LAST.contains(last) {
        return false;
    }
    let is_latin = |c: char| u32::from(c) < 0x2e80;
    last == ' ' || ((!is_latin(last) || !is_latin(next)) && next != ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: i16 = 200;

    #[test]
    fn lines_fit_their_width_and_lose_nothing() {
        let text = "截至 2026-12-01 10:02, 本登记系统内登记有两项担保（账页 41,237）。The record is as of this position.";
        for width in [600, 1_000, 2_500, 9_000] {
            let lines = wrap(text, SIZE, width);
            for line in &lines {
                let used: i32 = line.chars().map(|c| width_of(c, SIZE)).sum();
                assert!(used <= i32::from(width) * UNITS, "{line}");
            }
            let squeeze = |text: &str| text.replace(' ', "");
            assert_eq!(squeeze(&lines.concat()), squeeze(text));
        }
    }

    #[test]
    fn a_line_does_not_begin_with_a_closing_mark() {
        for width in (700..2_000).step_by(100) {
            for line in wrap("甲方（银行），乙方（企业）。丙、丁、戊。", SIZE, width)
            {
                assert!(!line.starts_with(['，', '。', '）', '、']), "{line}");
            }
        }
    }

    #[test]
    fn a_hash_is_broken_where_the_line_ends() {
        let lines = wrap(&"0123456789abcdef".repeat(4), SIZE, 3_000);
        assert!(lines.len() > 1);
        assert_eq!(lines.concat().len(), 64);
    }
}
