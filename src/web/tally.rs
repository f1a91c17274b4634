//! Bars of how many lines of each group stand, hang over and are gone, with their key: each part has a shape of its own beside
//! its color, so it is told apart in print and by whoever sees no colors.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use crate::documents::say::{thousands, width_of};
use crate::web::chart::{Canvas, escape, scaled};

/// How high a bar is.
const BAR: i64 = 22;
/// From one stripe to the next.
const STRIPE: i64 = 5;
/// The side of a sample in the key.
const SAMPLE: i64 = 14;

/// The classes of the parts of a bar, from the left: whole, striped, empty.
const PARTS: [&str; 3] = ["pledged", "frozen", "right"];

/// Draws the bars.
pub(crate) fn bars(groups: &[(String, [u64; 3])], title: &str) -> String {
    Canvas::both(|canvas| draw(canvas, groups, title))
}

/// Draws a sample of each part, to stand beside its word.
pub(crate) fn key() -> [String; 3] {
    PARTS.map(|part| {
        format!(
            r#"<svg class="sample chart" viewBox="0 0 {SAMPLE} {SAMPLE}" aria-hidden="true">{}</svg>"#,
            shape(part, (1, 1), (SAMPLE - 2, SAMPLE - 2), "")
        )
    })
}

/// One part of a bar.
fn shape(part: &str, (x, y): (i64, i64), (wide, high): (i64, i64), title: &str) -> String {
    let mut svg = format!(
        r#"<rect class="{part}" x="{x}" y="{y}" width="{wide}" height="{high}">{title}</rect>"#
    );
    if part == PARTS[1] {
        let mut stripes = String::new();
        let mut at = x + STRIPE / 2;
        while at < x + wide {
            stripes.push_str(&format!("M{at} {y}v{high}"));
            at += STRIPE;
        }
        svg.push_str(&format!(r#"<path class="stripes" d="{stripes}"/>"#));
    }
    svg
}

fn draw(canvas: Canvas, groups: &[(String, [u64; 3])], title: &str) -> String {
    let whole_number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let most = groups.iter().map(|(_, counts)| counts.iter().sum::<u64>());
    let most = whole_number(most.max().unwrap_or(1)).max(1);
    // Where a name has no room at the left, all have a line of their own.
    let has_room = |left: &i64| groups.iter().all(|(name, _)| width_of(name) + 8 <= *left);
    let names = canvas.names.filter(has_room);
    let left = names.unwrap_or(0);
    let above = if names.is_some() { 6 } else { 26 };
    let row_height = above + BAR + 6;
    let height = row_height * i64::try_from(groups.len()).unwrap_or(1) + 4;
    let mut svg = canvas.open(height, title);
    for (row, (name, counts)) in (0_i64..).zip(groups) {
        let y = row * row_height + above;
        let name = escape(name);
        svg.push_str(&match names {
            Some(left) => format!(
                r#"<text class="number" x="{}" y="{}">{name}</text>"#,
                left - 8,
                y + 16
            ),
            None => format!(r#"<text x="0" y="{}">{name}</text>"#, y - 6),
        });
        let mut x = left;
        for (part, count) in PARTS
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
        {
            let wide = scaled(whole_number(*count), most, canvas.width - left - 50).max(2);
            let title = format!("<title>{name}: {count}</title>");
            svg.push_str(&shape(part, (x, y), (wide, BAR), &title));
            x += wide;
        }
        let all: u64 = counts.iter().sum();
        svg.push_str(&format!(
            r#"<text x="{}" y="{}">{}</text>"#,
            x + 6,
            y + 16,
            thousands(&all.to_string())
        ));
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_shape_in_the_bars_and_in_the_key() {
        let svg = bars(&[("a<b".to_owned(), [30, 10, 5])], "t");
        let [standing, hanging, gone] = key();
        for (part, sample) in PARTS.into_iter().zip([&standing, &hanging, &gone]) {
            let class = format!("class=\"{part}\"");
            assert!(svg.contains(&class) && sample.contains(&class), "{sample}");
        }
        assert!(svg.contains("stripes") && hanging.contains("stripes"));
        assert!(!standing.contains("stripes") && !gone.contains("stripes"));
        assert!(svg.contains("a&lt;b: 10") && svg.contains(">45<"), "{svg}");
    }
}
