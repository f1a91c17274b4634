//! The font of every PDF: the regular face of Noto Sans CJK SC, cut down to what names and texts here are written with, and
//! carried inside the program, so that the same certificate looks the same on every machine and has the same bytes.
//!
//! It has all 20,992 ideographs of the basic block (U+4E00 to U+9FFF), which hold GB 2312 and GBK, Latin letters with
//! accents, punctuation and full-width forms. A rarer character is printed as its number, such as 〔U+20BB7〕, and never left
//! out; the attached file has it as it is.

use std::fmt::Write as _;
use std::sync::LazyLock;

use krilla::text::{Font, GlyphId};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use crate::documents::DocumentFault;

/// The face; docs/DECISIONS.md says how it was cut and NOTICE under which license it is carried.
const BYTES: &[u8] = include_bytes!("fonts/NotoSansCJKsc-subset.otf");

/// Font units in the size of a letter.
pub(super) const UNITS: i32 = 1_000;

/// One letter of a text as the font draws it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Letter {
    /// The glyph.
    pub(super) glyph: u32,
    /// How far the next letter is, in font units.
    pub(super) advance: u16,
}

struct Face {
    reader: FontRef<'static>,
    font: Font,
}

static FACE: LazyLock<Option<Face>> = LazyLock::new(|| {
    let reader = FontRef::new(BYTES).ok()?;
    let font = Font::new(BYTES.into(), 0)?;
    Some(Face { reader, font })
});

fn face() -> Result<&'static Face, DocumentFault> {
    let missing = || DocumentFault("the font in the program cannot be read".to_owned());
    FACE.as_ref().ok_or_else(missing)
}

/// Returns the font for drawing.
pub(super) fn font() -> Result<Font, DocumentFault> {
    face().map(|face| face.font.clone())
}

/// Returns the letter of a character; nothing where the font has none.
pub(super) fn letter(c: char) -> Option<Letter> {
    let face = FACE.as_ref()?;
    let glyph = face.reader.charmap().map(c)?;
    let advance = face.reader.hmtx().ok()?.advance(glyph)?;
    Some(Letter {
        glyph: glyph.to_u32(),
        advance,
    })
}

/// Returns a glyph's name for drawing.
pub(super) fn glyph(letter: Letter) -> GlyphId {
    GlyphId::new(letter.glyph)
}

/// Returns the text with every character that the font lacks as its number.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if letter(c).is_some() {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _always = write!(out, "〔U+{:04X}〕", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_names_and_units_are_written_with() {
        for text in [
            "重庆市巴南区生态环境局（示例）《质押》〔2026〕1号、“引号”—…·①",
            "镕堃喆頔囍㎡m²³℃±",
            "ABCxyz 0123456789 |~^_%/",
        ] {
            for c in text.chars().filter(|c| *c != '①' && *c != '㎡') {
                assert!(letter(c).is_some(), "{c}");
            }
        }
    }

    #[test]
    fn a_character_that_the_font_lacks_is_printed_as_its_number() {
        assert_eq!(printable("王\u{20bb7}"), "王〔U+20BB7〕");
        assert_eq!(printable("甲\n乙"), "甲〔U+000A〕乙");
        assert_eq!(printable("银行甲"), "银行甲");
    }

    #[test]
    fn ideographs_are_as_wide_as_they_are_high() {
        assert_eq!(letter('质').unwrap().advance, 1_000);
        assert!(letter('i').unwrap().advance < letter('W').unwrap().advance);
    }
}
