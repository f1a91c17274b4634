//! How much room the lines on a right take: what an act on all of them writes must fit one entry of the log.
//!
//! Freezes do not count: the orders of authorities have room of their own, which a debtor cannot fill up. Large ground leaves less of
//! both, because a renewal writes it beside them.

use crate::domain::right::{Burden, BurdenId, Capacity, GroundOf, Right};
use crate::domain::rules::Case;
use crate::domain::wire::polygon_text;
use crate::primitives::limits;

/// Says whether a right has no room for one more line that stands behind so many others, in the place of what it replaces.
pub(super) fn is_full(
    case: &Case<'_>,
    right: &Right,
    behind: usize,
    replaces: &dyn Fn(BurdenId) -> bool,
) -> bool {
    let now = case.stamp.time;
    if !case.law.counts_places() {
        return right.lasting(now).count() >= limits::RIGHT_LINES_MAX;
    }
    let with_it = |places: Places| Places {
        lines: places.lines + 1,
        names: places.names + behind,
    };
    let stays = |burden: &&Burden| !replaces(burden.id);
    let in_all = with_it(Places::of(right.standing(now).filter(stays)));
    with_it(Places::of(right.lasting(now).filter(stays))).taken() > places_of_lines(right)
        || in_all.taken() > limits::RIGHT_LINES_MAX
        || behind >= limits::STACK_DEPTH_MAX
}

/// Says whether a right that succeeds others would carry more than one right may, under law 2.
pub(super) fn is_crowded(case: &Case<'_>, right: &Right) -> bool {
    let now = case.stamp.time;
    let is_order = |burden: &&Burden| burden.id.is_freeze() && burden.counts_at(now);
    let orders = right.burdens.iter().filter(is_order).count();
    case.law.counts_places()
        && (Places::of(right.lasting(now)).taken() > places_of_lines(right)
            || Places::of(right.standing(now)).taken() > limits::RIGHT_LINES_MAX
            || orders > freezes_on(case, right))
}

/// Returns how many freezes a right has room for.
pub(super) fn freezes_on(case: &Case<'_>, right: &Right) -> usize {
    let ground = if case.law.counts_places() {
        of_ground(right)
    } else {
        0
    };
    limits::RIGHT_FREEZES_MAX.saturating_sub(ground / 2)
}

fn places_of_lines(right: &Right) -> usize {
    limits::RIGHT_PLACES_MAX.saturating_sub(of_ground(right))
}

/// Returns the places that the ground of a right takes: a renewal writes it twice, in its command and in its event.
pub(super) fn of_ground(right: &Right) -> usize {
    let (polygon, cells) = match &right.capacity {
        Capacity::Land { ground, cells, .. } => match ground {
            GroundOf::Polygon(parcel) => (polygon_text(parcel.parts()).len(), cells.len()),
            GroundOf::Unknown | GroundOf::Units(_) => (0, cells.len()),
        },
        Capacity::Stock(_) | Capacity::Flow(_) => (0, 0),
    };
    let bytes = polygon + cells * limits::BYTES_OF_ONE_CELL;
    bytes.saturating_sub(limits::GROUND_BYTES_FREE) / limits::GROUND_BYTES_OF_ONE_PLACE
}

/// Lines and reservations, and the names that they stand behind.
struct Places {
    lines: usize,
    names: usize,
}

impl Places {
    fn of<'a>(burdens: impl Iterator<Item = &'a Burden>) -> Self {
        let nothing = Self { lines: 0, names: 0 };
        burdens.fold(nothing, |places, burden| Self {
            lines: places.lines + 1,
            names: places.names + burden.behind.len(),
        })
    }

    fn taken(&self) -> usize {
        self.lines + self.names / limits::NAMES_OF_ONE_PLACE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Event, MovedLine};
    use crate::domain::geometry::{BoundingBox, Parcel, Point};
    use crate::domain::order::Order;
    use crate::domain::right::{Extent, Overhang};
    use crate::domain::wire::{event_json, samples};
    use crate::primitives::id::{EntryIndex, FreezeId, PartyId, PledgeId, RightId};
    use crate::primitives::quantity::{Quantity, Scale};
    use crate::primitives::time::{Span, Timestamp};

    /// Two signatures of the issuer, its header, and the members of an entry around command and event.
    const ENVELOPE_BYTES: usize = 2_200;
    /// Attributes, identities and all else that a certificate says, in Chinese.
    const OTHERS_BYTES: usize = 1_200;
    const KEY_BYTES: usize = 67;

    /// A strip whose northern side has teeth: of its longest vertices, so that a payload takes no more of them.
    fn strip(teeth: i32) -> Parcel {
        let at = |lon, lat| Point {
            lon: 1_065_000_000 + lon,
            lat: 293_000_000 + lat,
        };
        let tooth = |n: i32| at((teeth - n) * 1_000, 90_000 - n % 2 * 45_000);
        let ends = [at(0, 0), at(teeth * 1_000, 0)];
        let ring = ends.into_iter().chain((0..=teeth).map(tooth)).collect();
        let parts = Parcel::canonicalize(vec![vec![ring]]).unwrap();
        let around = BoundingBox::around(parts.iter().flatten().flatten().copied()).unwrap();
        Parcel::new(parts, &around).unwrap()
    }

    fn line(entry: EntryIndex, extent: Extent) -> Burden {
        Burden {
            id: BurdenId::Line(PledgeId(entry), 63),
            extent,
            expires: Timestamp::parse("2029-12-31T16:00:00.123456Z"),
            authority: None,
            behind: Vec::new(),
            overhang: Some(Overhang::Whole),
            order: None,
        }
    }

    fn freeze(entry: EntryIndex, extent: Extent) -> Burden {
        let sum = Quantity::parse("123456789012.345678", Scale::MAX).ok();
        let order = Order {
            number: Some("1".repeat(limits::ORDER_NUMBER_BYTES_MAX)),
            limit_cny: sum,
            price_cny: sum,
            executed: sum,
            proceeds_cny: sum,
        };
        Burden {
            id: BurdenId::Freeze(FreezeId(entry)),
            authority: Some(PartyId(entry)),
            order: order.boxed(),
            ..line(entry, extent)
        }
    }

    /// How long the renewal of a right is that carries all that it may.
    fn renewal_bytes(right: &Right, stack: bool) -> usize {
        const LONG: EntryIndex = 12_345_678;
        let years = Extent::Years(Span::of_years(2026, 2065).unwrap());
        let mut right = right.clone();
        let (places, orders) = (
            places_of_lines(&right),
            limits::RIGHT_FREEZES_MAX.saturating_sub(of_ground(&right) / 2),
        );
        right.burdens.clear();
        for n in 0..96 {
            let mut next = line(LONG + n, years);
            if stack && n < 32 {
                next.behind = right.burdens.iter().map(|senior| senior.id).collect();
            }
            right.burdens.push(next);
            if Places::of(right.burdens.iter()).taken() > places {
                right.burdens.pop();
                break;
            }
        }
        let lines = right.burdens.len();
        let more = (0..u64::try_from(orders).unwrap()).map(|n| freeze(LONG + n, years));
        right.burdens.extend(more);
        let Capacity::Land { cells, ground, .. } = &right.capacity else {
            unreachable!()
        };
        let GroundOf::Polygon(parcel) = ground else {
            unreachable!()
        };
        let keys = cells.len() + lines;
        let polygon = polygon_text(parcel.parts()).len();
        let moved = right.burdens.iter().map(|burden| MovedLine {
            from: RightId(LONG),
            burden: burden.id,
        });
        let event = Event::RightIssued {
            right: RightId(LONG),
            tolerated: Vec::new(),
            moved: moved.collect(),
            record: Box::new(right.clone()),
        };
        let event = event_json(&event).to_canonical().len();
        let payload = polygon + OTHERS_BYTES;
        assert!(payload <= limits::PAYLOAD_BYTES_MAX, "{payload}");
        payload.div_ceil(3) * 4 + event + OTHERS_BYTES + keys * KEY_BYTES + ENVELOPE_BYTES
    }

    #[test]
    fn the_fullest_right_of_any_ground_is_renewed_in_one_entry() {
        let mut longest = 0;
        for teeth in (1..=73).map(|n| n * 20) {
            let parcel = strip(teeth);
            let cells = crate::domain::geometry::cells_of(&parcel);
            let mut right = samples::forest();
            right.capacity = Capacity::Land {
                ground: GroundOf::Polygon(parcel),
                measure: Quantity::ZERO,
                cells: cells
                    .into_iter()
                    .map(crate::domain::cell::Cell::Grid)
                    .collect(),
                tolerated_area2: 0,
            };
            for stack in [false, true] {
                let bytes = renewal_bytes(&right, stack);
                assert!(bytes <= limits::ENTRY_BYTES_MAX, "{teeth}: {bytes}");
                longest = longest.max(bytes);
            }
        }
        // And not by far: nobody is refused for nothing.
        assert!(longest > limits::ENTRY_BYTES_MAX - 10_000, "{longest}");
    }
}
