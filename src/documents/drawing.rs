//! Draws the marks of a page with the library that writes PDF: letters as glyphs, rules and squares as paths.
//!
//! Apart from the pages (`sheet`), which are laid out without it.

use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::KrillaGlyph;

use crate::documents::DocumentFault;
use crate::documents::font;
use crate::documents::sheet::{Ink, Mark, Placed, Style, TWENTIETH, narrow};

/// Draws a mark as a part of its element, or as something that is not read aloud.
pub(super) fn draw_tagged(
    surface: &mut Surface<'_>,
    (element, mark): &Placed,
    drawn: &mut [Vec<Identifier>],
) -> Result<(), DocumentFault> {
    let leaves = element.and_then(|id| drawn.get_mut(id));
    let tag = match (&leaves, mark) {
        (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        (Some(_), Mark::Squares(..)) => ContentTag::Other,
        (Some(_), Mark::Text(..) | Mark::Block(..)) => ContentTag::Span(SpanTag::empty()),
    };
    let leaf = surface.start_tagged(tag);
    draw(surface, mark)?;
    surface.end_tagged();
    if let Some(leaves) = leaves {
        leaves.push(leaf);
    }
    Ok(())
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) -> Result<(), DocumentFault> {
    match mark {
        Mark::Text(x, y, style, text) => text_at(surface, (*x, *y), *style, text),
        Mark::Block(x, y, width, height, ink) => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            let rect = rect(
                i32::from(*x),
                i32::from(*y),
                i32::from(*width),
                i32::from(*height),
            );
            blocks(surface, rect.into_iter())
        }
        Mark::Squares(x, y, width, squares) => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(Ink::Text)));
            let quiet = crate::documents::qr::QUIET;
            let side = i32::try_from(squares.side + 2 * quiet).unwrap_or(i32::MAX);
            let module = i32::from(*width) / side;
            let at = |n: usize| i32::try_from(n + quiet).unwrap_or_default() * module;
            let runs = squares.runs.iter().filter_map(|(row, column, count)| {
                let (left, top) = (i32::from(*x) + at(*column), i32::from(*y) + at(*row));
                let length = i32::try_from(*count).unwrap_or_default() * module;
                rect(left, top, length, module)
            });
            blocks(surface, runs)
        }
    }
}

fn fill(ink: Ink) -> Fill {
    Fill {
        paint: ink.color().into(),
        ..Fill::default()
    }
}

fn rect(x: i32, y: i32, width: i32, height: i32) -> Option<Rect> {
    Rect::from_xywh(
        f32::from(narrow(x)),
        f32::from(narrow(y)),
        f32::from(narrow(width)),
        f32::from(narrow(height)),
    )
}

fn blocks(
    surface: &mut Surface<'_>,
    rects: impl Iterator<Item = Rect>,
) -> Result<(), DocumentFault> {
    let mut path = PathBuilder::new();
    for rect in rects {
        path.push_rect(rect);
    }
    let path = path.finish();
    let path = path.ok_or_else(|| DocumentFault("an empty drawing".to_owned()))?;
    surface.draw_path(&path);
    Ok(())
}

fn text_at(
    surface: &mut Surface<'_>,
    (x, y): (i16, i16),
    style: Style,
    text: &str,
) -> Result<(), DocumentFault> {
    if text.is_empty() {
        return Ok(());
    }
    let mut glyphs = Vec::new();
    for (at, c) in text.char_indices() {
        let letter = font::letter(c).ok_or_else(|| DocumentFault(format!("no glyph for {c:?}")))?;
        glyphs.push(KrillaGlyph::new(
            font::glyph(letter),
            of_em(letter.advance),
            0.0,
            0.0,
            0.0,
            at..at + c.len_utf8(),
            None,
        ));
    }
    surface.set_fill(Some(fill(style.ink)));
    surface.set_stroke(style.is_bold.then(|| Stroke {
        paint: style.ink.color().into(),
        width: f32::from(style.size / 40),
        ..Stroke::default()
    }));
    let size = f32::from(style.size);
    let start = Point::from_xy(f32::from(x), f32::from(y));
    surface.draw_glyphs(start, &glyphs, font::font()?, text, size, false);
    Ok(())
}

/// Twentieths of a point as points.
#[expect(
    clippy::float_arithmetic,
    reason = "the library counts in points; no number of a record passes here"
)]
pub(super) fn points(twentieths: i16) -> f32 {
    f32::from(twentieths) * TWENTIETH
}

/// An advance as a part of the size of the letters.
#[expect(
    clippy::float_arithmetic,
    reason = "the library that draws takes fractions of the size; no number of a record passes here"
)]
fn of_em(advance: u16) -> f32 {
    f32::from(advance) / 1_000.0
}
