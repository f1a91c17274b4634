//! Where land lies: rectangles along the meridians, so that an overlap is a product of two differences.

use super::kinds::facts_of;
use super::reason::{Detail, Reason, Reasons};
use super::{Amount, DayNumber, Model, Right};

/// A rectangle, in units of 1e-7 degree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Parcel {
    pub(crate) west: i64,
    pub(crate) south: i64,
    pub(crate) east: i64,
    pub(crate) north: i64,
}

/// Of a ground: twice an area, in squared units.
pub(crate) type Area2 = i64;

/// The box of the county.
const COUNTY: Parcel = Parcel {
    west: 1_063_500_000,
    south: 289_500_000,
    east: 1_071_000_000,
    north: 298_000_000,
};

/// The share of the smaller ground from which an overlap is no sliver, in millionths.
pub(super) const TOLERANCE: i64 = 5_000;

impl Parcel {
    fn overlap(&self, other: &Self) -> Area2 {
        let width = self.east.min(other.east) - self.west.max(other.west);
        let height = self.north.min(other.north) - self.south.max(other.south);
        2 * width.max(0) * height.max(0)
    }

    pub(super) fn is_in_the_county(&self) -> bool {
        COUNTY.west <= self.west
            && COUNTY.south <= self.south
            && self.east <= COUNTY.east
            && self.north <= COUNTY.north
    }
}

/// What two grounds share.
pub(crate) fn overlap(a: &[Parcel], b: &[Parcel]) -> Area2 {
    let mut sum = 0;
    for parcel in a {
        for other in b {
            sum += parcel.overlap(other);
        }
    }
    sum
}

fn area2(ground: &[Parcel]) -> Area2 {
    ground.iter().map(|parcel| parcel.overlap(parcel)).sum()
}

/// A share in millionths, rounded up.
fn share(part: Area2, whole: Area2) -> i64 {
    let (part, whole) = (i128::from(part), i128::from(whole.max(1)));
    i64::try_from((part * 1_000_000 + whole - 1) / whole).unwrap()
}

/// The largest share of the smaller of two parcels, each of several rectangles, that they have in common.
fn share_of_a_parcel(a: &[Vec<Parcel>], b: &[Vec<Parcel>]) -> i64 {
    let mut worst = 0;
    for parcel in a {
        for other in b {
            let smaller = area2(parcel).min(area2(other));
            worst = worst.max(share(overlap(parcel, other), smaller));
        }
    }
    worst
}

/// How much of a ground is not part of another; all of it where nobody knows where it lies.
pub(super) fn left_out(old: &[Parcel], new: &[Parcel]) -> i64 {
    if old.is_empty() {
        return 1_000_000;
    }
    share(area2(old) - overlap(old, new), area2(old))
}

/// Where a right lies: rectangles, and parcels without one that it stands on by their numbers.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) ground: &'a [Parcel],
    pub(super) numbers: &'a [usize],
}

impl Site<'_> {
    /// What it shares with a right, if anything: nobody knows how large a parcel without rectangles is.
    pub(super) fn shares(&self, other: &Right) -> Option<(Area2, bool)> {
        let part = overlap(self.ground, &other.ground);
        let by_number = self.numbers.iter().any(|it| other.numbers.contains(it));
        (part > 0 || by_number).then_some((part, by_number))
    }
}

/// A right that lies on the same ground, with what they share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Shared {
    pub(super) right: usize,
    part: Area2,
    /// A parcel without rectangles, whole.
    by_number: bool,
}

/// Days that a right is to have, and the years of it that became units before, or were sold.
pub(super) type Days<'a> = ((DayNumber, DayNumber), &'a [(DayNumber, DayNumber)]);

/// What the ground of a right meets within its layer: rights by number.
pub(super) type Met = Vec<Shared>;

impl Model {
    /// What a ground of a layer meets on some of these days, but for years that are gone, beside rights that are passed over.
    pub(super) fn met(
        &self,
        layer: Option<&str>,
        site: Site<'_>,
        (days, gone): Days<'_>,
        passed: &dyn Fn(usize, &Right) -> bool,
    ) -> Met {
        let mut met = Vec::new();
        for (nth, other) in self.rights.iter().enumerate() {
            let stands = other.stands_from(days, gone).is_some();
            let Some((part, by_number)) = site.shares(other) else {
                continue;
            };
            if other.layer == layer && stands && !passed(nth, other) {
                met.push(Shared {
                    right: nth,
                    part,
                    by_number,
                });
            }
        }
        met
    }

    /// The parcels of a ground: those of the rights that it names, or its own.
    pub(super) fn parcels(&self, land: &[usize], ground: &[Parcel]) -> Vec<Vec<Parcel>> {
        if land.is_empty() {
            return vec![ground.to_vec()];
        }
        let named = land.iter().map(|nth| self.rights[*nth].ground.clone());
        named.filter(|ground| !ground.is_empty()).collect()
    }

    pub(super) fn parcels_of(&self, right: &Right) -> Vec<Vec<Parcel>> {
        self.parcels(&right.land, &right.ground)
    }

    /// Whether overlaps are more than slivers: each alone, all together with what the ground has tolerated, and each with what
    /// the other has tolerated.
    pub(super) fn is_grave(&self, parcels: &[Vec<Parcel>], tolerated: Area2, met: &Met) -> bool {
        let own = area2(&parcels.concat());
        let all: Area2 = met.iter().map(|shared| shared.part).sum();
        let mut worst = share(all + tolerated, own);
        for shared in met {
            let other = &self.rights[shared.right];
            let of_other = area2(&other.ground);
            worst = worst.max(self.share_of(parcels, shared));
            worst = worst.max(share(shared.part + other.tolerated, of_other));
        }
        !met.is_empty() && worst > TOLERANCE
    }

    /// Whether two rights share more than a sliver of their parcels, whatever else they have tolerated.
    pub(super) fn shares_much(&self, nth: usize, other: usize) -> bool {
        let right = &self.rights[nth];
        let shares = right.site().shares(&self.rights[other]);
        let shared = shares.map(|(part, by_number)| Shared {
            right: other,
            part,
            by_number,
        });
        let parcels = self.parcels_of(right);
        shared.is_some_and(|shared| self.share_of(&parcels, &shared) > TOLERANCE)
    }

    /// What two rights share of the smaller of two of their parcels.
    fn share_of(&self, parcels: &[Vec<Parcel>], shared: &Shared) -> i64 {
        if shared.by_number {
            return 1_000_000;
        }
        let theirs = self.parcels_of(&self.rights[shared.right]);
        share_of_a_parcel(parcels, &theirs)
    }

    /// The parcels without rectangles among those that a right names and those whose places these took, one after another.
    pub(super) fn numbers(&self, land: &[usize]) -> Vec<usize> {
        let mut line = land.to_vec();
        let mut at = 0;
        while at < line.len() {
            for before in &self.rights[line[at]].succeeds {
                if !line.contains(before) {
                    line.push(*before);
                }
            }
            at += 1;
        }
        line.retain(|nth| self.rights[*nth].ground.is_empty());
        line
    }

    /// A reason that says which rights a ground meets, and how much of the smaller it is at most.
    pub(super) fn over(&self, code: u16, parcels: &[Vec<Parcel>], met: &Met) -> Reason {
        let shares = met.iter().map(|shared| self.share_of(parcels, shared));
        let detail = Some(Detail {
            share: shares.max(),
            in_the_way: self.names_of(met),
            ..Detail::default()
        });
        Reason { code, detail }
    }

    /// What of a refused ground could have a right: all of it on the days without the others, and on all days what nobody shares.
    pub(super) fn offer_rest(
        &self,
        (measure, grain): (Amount, Amount),
        ((from, to), gone): Days<'_>,
        ground: &[Parcel],
        met: &Met,
        refusal: &mut Reason,
    ) {
        let shared: Area2 = met.iter().map(|shared| shared.part).sum();
        let is_measured = !met.iter().any(|shared| shared.by_number);
        let (all, left) = (area2(ground), area2(ground) - shared);
        let product = i128::from(measure) * i128::from(left.max(0));
        let part = i64::try_from(product / i128::from(all.max(1))).unwrap();
        let detail = refusal.detail.as_mut().unwrap();
        detail.most = Some(part / grain * grain).filter(|most| is_measured && *most > 0);
        let others = met.iter().map(|shared| &self.rights[shared.right]);
        let is_taken = |day: DayNumber| {
            let mut others = others.clone();
            others.any(|other| other.stands_from((day, day + 1), gone).is_some())
        };
        for day in (from..to).filter(|day| !is_taken(*day)) {
            match detail.free.last_mut() {
                Some((_, end)) if *end == day => *end = day + 1,
                Some(_) | None => detail.free.push((day, day + 1)),
            }
        }
    }

    /// A warning where the parcels of other rights and the rectangles given beside them are not the same ground.
    pub(super) fn compared(
        &self,
        ground: &[Parcel],
        given: &[Parcel],
        named: &[usize],
    ) -> Option<Reason> {
        let larger = area2(ground).max(area2(given));
        let outside = share(larger - overlap(ground, given), larger);
        let names = named.iter().take(16);
        let detail = Detail {
            share: Some(outside),
            in_the_way: names
                .map(|nth| format!("R{}", self.rights[*nth].id))
                .collect(),
            ..Detail::default()
        };
        (outside > TOLERANCE).then_some(Reason {
            code: 7008,
            detail: Some(detail),
        })
    }

    fn names_of(&self, met: &Met) -> Vec<String> {
        let names = met
            .iter()
            .map(|shared| format!("R{}", self.rights[shared.right].id));
        names.take(16).collect()
    }

    /// Notes slivers on both sides.
    pub(super) fn tolerate(&mut self, own: usize, met: &Met) {
        for shared in met {
            self.rights[shared.right].tolerated += shared.part;
            self.rights[own].tolerated += shared.part;
        }
    }

    /// Notes rights of other layers that lie on a ground on some of these days.
    pub(super) fn note_other_layers(
        &self,
        kind: &str,
        site: Site<'_>,
        (line, days): (Option<u16>, (DayNumber, DayNumber)),
        passed: &dyn Fn(usize, &Right) -> bool,
        reasons: &mut Reasons,
    ) {
        let Some(facts) = facts_of(kind) else { return };
        let mut met = Met::new();
        let lives =
            |nth: usize, other: &Right| passed(nth, other) || !other.lives_in(days.0, days.1);
        for layer in facts.warn_layers {
            met.extend(self.met(Some(*layer), site, (days, &[]), &lives));
        }
        met.sort_unstable();
        if !met.is_empty() {
            let detail = Some(Detail {
                line,
                in_the_way: self.names_of(&met),
                ..Detail::default()
            });
            reasons.push(Reason { code: 7005, detail });
        }
    }
}
