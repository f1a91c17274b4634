//! A QR code as squares. Drawn as lines of a drawing, not as a picture, so that it is sharp on every printer.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::documents::DocumentFault;

/// Squares on each side that stay empty, as the standard asks.
pub(super) const QUIET: usize = 4;

/// The squares of a code, row by row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Squares {
    /// Squares of one side.
    pub(super) side: usize,
    /// Runs of dark squares: row, first column, and how many.
    pub(super) runs: Vec<(usize, usize, usize)>,
}

/// Makes the code of a text; a quarter of it may be damaged by a stamp or a fold.
pub(super) fn squares(text: &str) -> Result<Squares, DocumentFault> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q);
    let code = code.map_err(|fault| DocumentFault(format!("no QR code: {fault}")))?;
    let side = code.width();
    let colors = code.to_colors();
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (row, line) in colors.chunks(side).enumerate() {
        for (column, color) in line.iter().enumerate() {
            if *color != Color::Dark {
                continue;
            }
            match runs.last_mut() {
                Some((at, from, count)) if *at == row && *from + *count == column => *count += 1,
                Some(_) | None => runs.push((row, column, 1)),
            }
        }
    }
    Ok(Squares { side, runs })
}

/// Draws the code of a text for a screen, in black on white whatever the colors of the page are.
pub(crate) fn drawing(text: &str) -> Result<String, DocumentFault> {
    let Squares { side, runs } = squares(text)?;
    let width = side + 2 * QUIET;
    let mut path = String::new();
    for (row, column, count) in runs {
        let (x, y) = (column + QUIET, row + QUIET);
        // Writing to a text cannot fail.
        let _written = write!(path, "M{x} {y}h{count}v1h-{count}z");
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {width}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{width}v{width}h-{width}z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_has_a_white_margin_and_one_stroke_for_each_run() {
        let text = "{\"person\":\"b-07\"}";
        let (drawn, squares) = (drawing(text).unwrap(), squares(text).unwrap());
        let width = squares.side + 2 * QUIET;
        assert!(drawn.contains(&format!("viewBox=\"0 0 {width} {width}\"")));
        assert_eq!(drawn.matches('M').count(), squares.runs.len() + 1);
        // The mark in the corner begins behind the margin and is seven squares wide.
        assert!(drawn.contains("\"M4 4h7v1h-7z"), "{drawn}");
    }

    /// Draws the squares as pixels and lets another program read them.
    #[test]
    fn another_program_reads_the_squares() {
        const PIXELS: usize = 4;
        let text = "https://registry.example/certificates/ABCDEFGH12345678#0f";
        let squares = squares(text).unwrap();
        let width = (squares.side + 2 * QUIET) * PIXELS;
        let is_dark = |x: usize, y: usize| {
            let (column, row) = (
                (x / PIXELS).checked_sub(QUIET),
                (y / PIXELS).checked_sub(QUIET),
            );
            let (Some(column), Some(row)) = (column, row) else {
                return false;
            };
            let mut runs = squares.runs.iter();
            runs.any(|(at, from, count)| *at == row && (*from..*from + *count).contains(&column))
        };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| {
            if is_dark(x, y) { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        assert_eq!(grids[0].decode().unwrap().1, text);
    }
}
