//! A4 pages with text, tables and rules, laid out in whole twentieths of a point, then drawn.
//!
//! First everything is placed as plain values, so that the number of pages is known when footers are written and a test can
//! read what stands where; `finish` and `drawing` alone speak with the library that writes PDF. Han text needs no shaping: a letter is a
//! glyph and its advance. What is written is an element of what is read aloud (`reading`) too; rules and feet are not.

use krilla::Document;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Data, SerializeSettings};

use crate::documents::DocumentFault;
use crate::documents::drawing::{draw_tagged, points};
use crate::documents::lines::wrap;
use crate::documents::qr::Squares;
use crate::documents::reading::{ElementId, Reading, Role};

/// The size of a page: A4 in twentieths of a point.
pub(super) const PAGE: (i16, i16) = (11_906, 16_838);
/// One twentieth of a point.
pub(super) const TWENTIETH: f32 = 0.05;
/// A4 in points, as the library wants it.
const PAGE_POINTS: (f32, f32) = (595.3, 841.9);
/// What stays empty at the left and the right, and at the top and the bottom, where the footer stands.
pub(super) const MARGIN: i16 = 1_060;
const TOP: i16 = 1_000;
const BOTTOM: i16 = 1_500;

/// The height of a line, in hundredths of the size of its letters.
const LINE_HEIGHT: i32 = 150;

/// The inks: text, quieter text, the one green of the product, rules, and the ground of a table's head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    Text,
    Quiet,
    Green,
    Rule,
    Ground,
}

impl Ink {
    pub(super) fn color(self) -> rgb::Color {
        match self {
            Self::Text => rgb::Color::new(26, 32, 28),
            Self::Quiet => rgb::Color::new(92, 100, 95),
            Self::Green => rgb::Color::new(22, 101, 64),
            Self::Rule => rgb::Color::new(190, 197, 192),
            Self::Ground => rgb::Color::new(240, 244, 241),
        }
    }
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Style {
    /// The size of its letters.
    pub(super) size: i16,
    /// Its ink.
    pub(super) ink: Ink,
    /// Drawn with a line around its letters.
    pub(super) is_bold: bool,
}

impl Style {
    pub(super) const fn new(size: i16, ink: Ink) -> Self {
        let is_bold = false;
        Self { size, ink, is_bold }
    }

    pub(super) const fn bold(size: i16, ink: Ink) -> Self {
        let is_bold = true;
        Self { size, ink, is_bold }
    }

    fn line(self) -> i16 {
        narrow(i32::from(self.size) * LINE_HEIGHT / 100)
    }
}

/// One thing on a page; `y` is the base line of a text and the upper edge of all else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mark {
    Text(i16, i16, Style, String),
    Block(i16, i16, i16, i16, Ink),
    Squares(i16, i16, i16, Squares),
}

/// A file inside the PDF, and what the PDF says of itself.
pub(super) struct Papers<'a> {
    pub(super) title: String,
    pub(super) id: String,
    pub(super) time: (u16, [u8; 5]),
    pub(super) file_name: &'a str,
    pub(super) file_tells: &'a str,
    pub(super) file: &'a [u8],
}

/// Pages in the making.
pub(super) struct Sheet {
    pages: Vec<Vec<Placed>>,
    y: i16,
    reading: Reading,
}

/// A mark, and the element of what is read aloud that it belongs to.
pub(super) type Placed = (Option<ElementId>, Mark);

/// Cells of one row: the text and its style.
pub(super) type Row = Vec<Vec<(Style, String)>>;

impl Sheet {
    pub(super) fn new() -> Self {
        Self {
            pages: vec![Vec::new()],
            y: TOP,
            reading: Reading::default(),
        }
    }

    /// The width between the margins.
    pub(super) fn width() -> i16 {
        PAGE.0 - 2 * MARGIN
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            let element = match mark {
                Mark::Text(..) | Mark::Squares(..) => self.reading.current(),
                Mark::Block(..) => None,
            };
            page.push((element, mark));
        }
    }

    fn room(&self) -> i16 {
        PAGE.1 - BOTTOM - self.y
    }

    /// Begins a page unless this one is empty.
    pub(super) fn new_page(&mut self) {
        if self.pages.last().is_some_and(|page| !page.is_empty()) {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Goes on below, on a new page if `height` does not fit here any more.
    pub(super) fn need(&mut self, height: i16) {
        if self.room() < height {
            self.new_page();
        }
    }

    pub(super) fn gap(&mut self, height: i16) {
        self.y = self.y.saturating_add(height);
    }

    /// Writes a text over the whole width.
    pub(super) fn text(&mut self, style: Style, text: &str) {
        self.column(style, text, MARGIN, Self::width());
    }

    /// Writes a title of a level over the whole width.
    pub(super) fn heading(&mut self, level: u16, style: Style, text: &str) {
        self.column_as(Role::Heading(level), (style, text), MARGIN, Self::width());
    }

    /// Writes a text into a column.
    pub(super) fn column(&mut self, style: Style, text: &str, x: i16, width: i16) {
        self.column_as(Role::Paragraph, (style, text), x, width);
    }

    /// Writes a title or a paragraph into a column.
    pub(super) fn column_as(
        &mut self,
        role: Role,
        (style, text): (Style, &str),
        x: i16,
        width: i16,
    ) {
        self.reading.begin(role, text);
        self.lines((style, text), x, width);
        self.reading.end();
    }

    fn lines(&mut self, (style, text): (Style, &str), x: i16, width: i16) {
        for line in wrap(text, style.size, width) {
            self.need(style.line());
            self.line_at(style, line, x);
        }
    }

    fn line_at(&mut self, style: Style, line: String, x: i16) {
        let base = self.y + narrow(i32::from(style.size) * 115 / 100);
        self.put(Mark::Text(x, base, style, line));
        self.y += style.line();
    }

    /// Draws a rule over the whole width.
    pub(super) fn rule(&mut self, ink: Ink, height: i16) {
        self.put(Mark::Block(MARGIN, self.y, Self::width(), height, ink));
        self.y += height;
    }

    /// Draws squares at the right edge, and goes on at the same height; `tells` is read in their place.
    pub(super) fn squares(&mut self, squares: Squares, width: i16, tells: &str) {
        let x = PAGE.0 - MARGIN - width;
        self.reading.begin(Role::Figure, tells);
        self.put(Mark::Squares(x, self.y, width, squares));
        self.reading.end();
    }

    /// Where the next line would stand.
    pub(super) fn y(&self) -> i16 {
        self.y
    }

    /// Goes down to at least this height.
    pub(super) fn below(&mut self, y: i16) {
        self.y = self.y.max(y);
    }

    /// Writes a table: widths of the columns in thousandths, a head that is repeated on every page, and rows that are never
    /// torn apart unless one is higher than a page.
    pub(super) fn table(&mut self, widths: &[i16], head: &Row, rows: &[Row]) {
        self.table_with_end(widths, head, rows, 1);
    }

    /// Writes a table whose last `end` rows belong together, and stand on one page where it has room for them.
    pub(super) fn table_with_end(&mut self, widths: &[i16], head: &Row, rows: &[Row], end: usize) {
        self.reading.begin(Role::Table, "");
        for (n, row) in rows.iter().enumerate() {
            let together = if n.saturating_add(end) == rows.len() {
                end
            } else {
                1
            };
            let heights = rows.iter().skip(n).take(together);
            let heights = heights.map(|row| height_of(row, widths));
            let height = heights.fold(0, i16::saturating_add);
            let head_height = if head.is_empty() {
                0
            } else {
                height_of(head, widths)
            };
            let with_head = if n == 0 { head_height } else { 0 };
            if n == 0 || self.room() < height {
                if self.room() < height.saturating_add(with_head) {
                    self.new_page();
                }
                if !head.is_empty() {
                    self.head(head, widths, (head_height, n == 0));
                }
            }
            if n == 0 {
                self.reading.begin(Role::TableBody, "");
            }
            // A table without a head has titles at the left.
            let first = if head.is_empty() {
                Role::RowTitle
            } else {
                Role::Cell
            };
            self.row(row, widths, [first, Role::Cell]);
            self.put(Mark::Block(MARGIN, self.y, Self::width(), 10, Ink::Rule));
        }
        if !rows.is_empty() {
            self.reading.end();
        }
        self.reading.end();
        self.gap(160);
    }

    /// Draws a head; only the first is read aloud.
    fn head(&mut self, head: &Row, widths: &[i16], (height, is_first): (i16, bool)) {
        let ground = Mark::Block(MARGIN, self.y, Self::width(), height, Ink::Ground);
        self.put(ground);
        if is_first {
            self.reading.begin(Role::TableHead, "");
        } else {
            self.reading.pass_over();
        }
        self.row(head, widths, [Role::ColumnTitle, Role::ColumnTitle]);
        self.reading.end();
        self.put(Mark::Block(MARGIN, self.y, Self::width(), 14, Ink::Green));
    }

    /// Writes a row, whose first and further cells are what is said.
    fn row(&mut self, row: &Row, widths: &[i16], [first, further]: [Role; 2]) {
        let (top, height) = (self.y, height_of(row, widths));
        let mut x = MARGIN;
        self.reading.begin(Role::Row, "");
        let roles = std::iter::once(first).chain(std::iter::repeat(further));
        for ((cell, width), role) in row.iter().zip(widths).zip(roles) {
            let width = share(*width);
            self.y = top + CELL;
            self.reading.begin(role, "");
            for (style, text) in cell.iter().filter(|(_, text)| !text.is_empty()) {
                // A row that is higher than a page goes on at the top of the next.
                self.column(*style, text, x + CELL, width - 2 * CELL);
            }
            self.reading.end();
            x += width;
        }
        self.reading.end();
        self.y = top.saturating_add(height);
    }

    /// Writes one line at the foot of every page, of its number and the number of all.
    pub(super) fn foot(&mut self, line: &dyn Fn(usize, usize) -> Vec<String>) {
        let all = self.pages.len();
        for (n, page) in self.pages.iter_mut().enumerate() {
            let mut y = PAGE.1 - BOTTOM + 420;
            let rule = Mark::Block(MARGIN, y - 260, Self::width(), 10, Ink::Rule);
            page.push((None, rule));
            for text in line(n + 1, all) {
                page.push((None, Mark::Text(MARGIN, y, FOOT, text)));
                y += FOOT.line();
            }
        }
    }

    /// Says whether a character was printed as its number, because the font lacks it.
    pub(super) fn lacks(&self) -> bool {
        let mut marks = self.pages.iter().flatten();
        marks.any(|(_, mark)| match mark {
            Mark::Text(.., text) => text.contains("〔U+"),
            Mark::Block(..) | Mark::Squares(..) => false,
        })
    }

    /// Every text in the order in which it stands.
    #[cfg(test)]
    pub(super) fn texts(&self) -> Vec<String> {
        let marks = self.pages.iter().flatten();
        let text = |(_, mark): &Placed| match mark {
            Mark::Text(.., text) => Some(text.clone()),
            Mark::Block(..) | Mark::Squares(..) => None,
        };
        marks.filter_map(text).collect()
    }

    /// Returns the bytes of the PDF (PDF/A-3u and PDF/UA-1).
    pub(super) fn finish(self, papers: Papers<'_>) -> Result<Vec<u8>, DocumentFault> {
        let fault = |what: String| DocumentFault(what);
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_U)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| fault(format!("{error:?}")))?;
        let mut document = Document::new_with(SerializeSettings {
            configuration,
            ..SerializeSettings::default()
        });
        let (width, height) = PAGE_POINTS;
        let mut drawn = vec![Vec::new(); self.reading.count()];
        for page in &self.pages {
            let settings = PageSettings::from_wh(width, height);
            let settings = settings.ok_or_else(|| fault("no page".to_owned()))?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            surface.push_transform(&Transform::from_scale(TWENTIETH, TWENTIETH));
            for placed in page {
                draw_tagged(&mut surface, placed, &mut drawn)?;
            }
            surface.pop();
            surface.finish();
            sheet.finish();
        }
        let places = self.places();
        document.set_tag_tree(self.reading.tree(&drawn, &places));
        let top = |id: ElementId| {
            let (page, rect) = places.get(id).copied().flatten()?;
            Some((page, Point::from_xy(rect.left(), rect.top())))
        };
        document.set_outline(self.reading.outline(top));
        let time = date_time(papers.time);
        let metadata = Metadata::new()
            .title(papers.title)
            .creator("greenlien".to_owned())
            .language("zh-CN".to_owned())
            .document_id(papers.id)
            .creation_date(time);
        document.set_metadata(metadata);
        let file = EmbeddedFile {
            path: papers.file_name.to_owned(),
            mime_type: MimeType::new("application/json"),
            description: Some(papers.file_tells.to_owned()),
            association_kind: AssociationKind::Source,
            data: Data::from(papers.file.to_vec()),
            modification_date: Some(time),
            compress: Some(false),
            location: None,
        };
        if document.embed_file(file).is_none() {
            return Err(fault("the file cannot be attached".to_owned()));
        }
        let done = document.finish();
        done.map_err(|error| fault(format!("the PDF is refused: {error:?}")))
    }
}

impl Sheet {
    /// On which page each element begins, and where there.
    fn places(&self) -> Vec<Option<(usize, Rect)>> {
        let mut places = vec![None; self.reading.count()];
        for (n, page) in self.pages.iter().enumerate() {
            for (element, mark) in page {
                let place = element.and_then(|id| places.get_mut(id));
                let Some(place @ None) = place else { continue };
                let [x, y, width, height] = match mark {
                    Mark::Text(x, y, style, _) => [*x, y - style.size, Self::width(), style.size],
                    Mark::Squares(x, y, width, _) => [*x, *y, *width, *width],
                    Mark::Block(x, y, width, height, _) => [*x, *y, *width, *height],
                }
                .map(points);
                *place = Rect::from_xywh(x, y, width, height).map(|rect| (n, rect));
            }
        }
        places
    }
}

/// What stays empty around the text of a cell.
const CELL: i16 = 70;
const FOOT: Style = Style::new(140, Ink::Quiet);

fn date_time((year, [month, day, hour, minute, second]): (u16, [u8; 5])) -> DateTime {
    DateTime::new(year)
        .month(month)
        .day(day)
        .hour(hour)
        .minute(minute)
        .second(second)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn share(thousandths: i16) -> i16 {
    narrow(i32::from(Sheet::width()) * i32::from(thousandths) / 1_000)
}

fn height_of(row: &Row, widths: &[i16]) -> i16 {
    let cells = row.iter().zip(widths).map(|(cell, width)| {
        let lines = cell.iter().map(|(style, text)| {
            let count = wrap(text, style.size, share(*width) - 2 * CELL).len();
            i32::try_from(count)
                .unwrap_or(i32::MAX)
                .saturating_mul(i32::from(style.line()))
        });
        lines.fold(0_i32, i32::saturating_add)
    });
    narrow(
        cells
            .max()
            .unwrap_or_default()
            .saturating_add(2 * i32::from(CELL)),
    )
}

pub(super) fn narrow(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: i16 = 200;

    #[test]
    fn the_head_of_a_table_stands_on_every_page_and_rows_are_whole() {
        let mut sheet = Sheet::new();
        let cell = |text: &str| vec![(Style::new(SIZE, Ink::Text), text.to_owned())];
        let rows: Vec<Row> = (0..120).map(|n| vec![cell(&format!("row {n}"))]).collect();
        sheet.table(&[1_000], &vec![cell("head")], &rows);
        sheet.foot(&|page, all| vec![format!("{page}/{all}")]);
        let texts = sheet.texts();
        let pages = sheet.pages.len();
        assert!(pages > 2);
        assert_eq!(texts.iter().filter(|text| *text == "head").count(), pages);
        assert_eq!(
            texts.iter().filter(|text| text.starts_with("row ")).count(),
            120
        );
        assert!(texts.contains(&format!("{pages}/{pages}")));
    }

    #[test]
    fn rows_that_belong_together_stand_on_one_page() {
        let style = Style::new(180, Ink::Quiet);
        let row = |text: &str| vec![vec![(style, text.to_owned())]];
        let rows = [row("a"), row("b"), row("c")];
        let pages = |end: usize| {
            let mut sheet = Sheet::new();
            sheet.text(style, "before");
            // Room for two rows and a half.
            let two = height_of(&rows[0], &[1_000]) * 2;
            sheet.below(PAGE.1 - BOTTOM - two - two / 4);
            sheet.table_with_end(&[1_000], &Vec::new(), &rows, end);
            let text = |(_, mark): &Placed| match mark {
                Mark::Text(.., text) => Some(text.clone()),
                Mark::Block(..) | Mark::Squares(..) => None,
            };
            let page = |page: &Vec<Placed>| page.iter().filter_map(text).collect::<String>();
            sheet.pages.iter().map(page).collect::<Vec<String>>()
        };
        assert_eq!(pages(1), ["beforeab", "c"]);
        assert_eq!(pages(2), ["beforea", "bc"]);
    }
}
