//! Where days are written below an axis: in as few rows as they need so that none touches another, each at a line from its tick.
//!
//! Pure arithmetic, apart from what is drawn. A day whose text finds no row keeps its tick.

use crate::documents::say::width_of;

/// Rows of days below an axis.
const ROWS_MAX: i64 = 6;
/// Room between two texts, and between a line and a text.
const GAP: i64 = 8;

/// A text at a place of an axis.
pub(super) struct Flag {
    /// The place of its tick.
    pub(super) at: i64,
    /// The text.
    pub(super) text: String,
}

/// A text with its row.
#[derive(Debug)]
pub(super) struct Flagged {
    /// The place of its tick.
    pub(super) at: i64,
    /// Its row, from above.
    pub(super) row: i64,
    /// The text; none where there is no room for it.
    pub(super) text: Option<String>,
    /// Whether it stands left of its tick.
    pub(super) is_left: bool,
}

/// What a placed text takes: from, to, row, and its line from the axis down to that row.
#[derive(Clone, Copy)]
struct Taken {
    from: i64,
    to: i64,
    row: i64,
    line: i64,
}

impl Taken {
    /// Says whether two texts touch, or the line of one goes through the other.
    fn hinders(self, other: Self) -> bool {
        let touches =
            self.row == other.row && self.from < other.to + GAP && other.from < self.to + GAP;
        touches || self.is_crossed_by(other) || other.is_crossed_by(self)
    }

    fn is_crossed_by(self, other: Self) -> bool {
        self.row < other.row && (self.from - GAP / 2..=self.to).contains(&other.line)
    }
}

/// Places flags, which are in ascending order of their ticks, and the one of the end of the axis, which always has a row.
///
/// Texts stand right of their ticks from the left up to some flag, and left of them from there on: lines of the ones then go
/// through none of the others. Of all such flags that is taken at which the fewest texts are left out, in the fewest rows.
pub(super) fn placed(flags: &[Flag], end: &Flag) -> Vec<Flagged> {
    let ways = (0..=flags.len()).rev().map(|at| {
        let (rights, lefts) = flags.split_at(at);
        placed_so(rights, lefts, end)
    });
    let cost = |placed: &Vec<Flagged>| {
        let out = placed.iter().filter(|one| one.text.is_none()).count();
        (out, placed.iter().map(|one| one.row).max())
    };
    ways.min_by_key(cost).unwrap_or_default()
}

fn placed_so(rights: &[Flag], lefts: &[Flag], end: &Flag) -> Vec<Flagged> {
    let mut taken: Vec<Taken> = Vec::new();
    let mut placed = Vec::new();
    let lefts = lefts.iter().map(|flag| (flag, true));
    let rights = rights.iter().rev().map(|flag| (flag, false));
    for (flag, is_left) in lefts.chain(rights) {
        let row = free_row(flag, is_left, &taken).filter(|row| *row < ROWS_MAX);
        let is_within = |room: &Taken| room.from >= 0 && room.to < end.at;
        let found = row.map(|row| room(flag, is_left, row)).filter(is_within);
        taken.extend(found);
        placed.push(Flagged {
            at: flag.at,
            row: found.map_or(0, |room| room.row),
            text: found.map(|_| flag.text.clone()),
            is_left,
        });
    }
    placed.push(Flagged {
        at: end.at,
        row: free_row(end, true, &taken).unwrap_or(ROWS_MAX),
        text: Some(end.text.clone()),
        is_left: true,
    });
    placed
}

/// Letters are a little wider in some fonts than a text is reckoned.
fn wide(text: &str) -> i64 {
    width_of(text) * 8 / 7 + 4
}

fn room(flag: &Flag, is_left: bool, row: i64) -> Taken {
    let (at, wide) = (flag.at, wide(&flag.text));
    let (from, to) = if is_left {
        (at - wide, at)
    } else {
        (at, at + wide)
    };
    Taken {
        from,
        to,
        row,
        line: at,
    }
}

/// The first row in which a text hinders no other.
fn free_row(flag: &Flag, is_left: bool, taken: &[Taken]) -> Option<i64> {
    (0..=ROWS_MAX).find(|row| {
        let own = room(flag, is_left, *row);
        !taken.iter().any(|other| own.hinders(*other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(at: i64) -> Flag {
        Flag {
            at,
            text: "2026-12-01".to_owned(),
        }
    }

    /// The rows of flags at these places and of the end, by place.
    fn rows(places: &[i64], right: i64) -> Vec<(i64, Option<i64>)> {
        let flags: Vec<Flag> = places.iter().copied().map(flag).collect();
        let found = placed(&flags, &flag(right));
        let mut rows: Vec<(i64, Option<i64>)> = found
            .iter()
            .map(|one| (one.at, one.text.as_ref().map(|_| one.row)))
            .collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn days_far_from_each_other_share_a_row_and_near_ones_make_stairs() {
        assert_eq!(
            rows(&[84, 200], 400),
            [(84, Some(0)), (200, Some(0)), (400, Some(0))]
        );
        assert_eq!(
            rows(&[84, 120, 160], 400),
            [
                (84, Some(2)),
                (120, Some(1)),
                (160, Some(0)),
                (400, Some(0))
            ]
        );
    }

    #[test]
    fn near_the_end_days_stand_left_of_their_ticks_and_the_end_below_them() {
        assert_eq!(
            rows(&[330, 350], 354),
            [(330, Some(0)), (350, Some(1)), (354, Some(2))]
        );
    }

    #[test]
    fn a_few_days_find_their_rows_on_a_phone() {
        for places in [
            &[114, 148, 200, 241][..],
            &[114, 120, 126, 132],
            &[300, 310, 320, 330],
            &[114, 160, 206, 252, 298],
        ] {
            let found = rows(places, 354);
            assert!(found.iter().all(|(_, row)| row.is_some()), "{found:?}");
        }
    }

    #[test]
    fn nothing_touches_and_no_line_goes_through_a_text_however_many_there_are() {
        for many in 1..40 {
            let flags: Vec<Flag> = (0..many).map(|n| flag(84 + n * 270 / many)).collect();
            let found = placed(&flags, &flag(354));
            let rooms: Vec<Taken> = found
                .iter()
                .filter(|one| one.text.is_some())
                .map(|one| room(&flag(one.at), one.is_left, one.row))
                .collect();
            for (n, one) in rooms.iter().enumerate() {
                let others = rooms.iter().skip(n + 1);
                assert!(others.clone().all(|other| !one.hinders(*other)), "{many}");
            }
            assert!(found.iter().any(|one| one.at == 354 && one.text.is_some()));
        }
    }
}
