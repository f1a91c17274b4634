//! The ground of a right: its parcels and their neighbors on a map, both areas beside it, and every neighbor by its name.
//!
//! Areas in mu are for readers; the law compares areas of parcels with each other, exactly, and never in mu.

use crate::domain::facts::{Record, StateKey};
use crate::domain::geometry::{Parcel, intersection_area2_ceil};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, GroundOf, Right};
use crate::primitives::id::RightId;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look::{self, Named};
use crate::web::map::{self, Drawn};
use crate::web::picture::Picture;
use crate::web::shell::Fault;
use crate::web::show;

/// Neighbors on one map.
const NEIGHBORS_MAX: usize = 64;

/// What a page shows of the ground.
pub(crate) struct Ground {
    /// The map.
    pub(crate) picture: Picture,
    /// The areas: what each is, and how large.
    pub(crate) areas: Vec<(String, String)>,
    /// The neighbors, those that share ground first.
    pub(crate) neighbors: Vec<Neighbor>,
    /// What to say first, where neighbors of the same kind share ground with it.
    pub(crate) overlap: Option<String>,
}

/// A right on a parcel beside or on this one.
pub(crate) struct Neighbor {
    /// Its id.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: String,
    /// What its certificate says.
    pub(crate) identity: String,
    /// Its holder.
    pub(crate) holder: Named,
    /// How much ground both have, in mu; empty where none.
    pub(crate) shared: String,
}

/// A parcel as it lies there.
struct Found {
    id: RightId,
    right: Right,
    parcel: Parcel,
    /// Twice the area that it shares with the own parcels; nothing where the boundaries cross too often to be reckoned.
    shared2: Option<i128>,
}

/// Shows the ground of a right; nothing of one that has none, or none that is known.
pub(crate) fn of(
    registry: &Registry,
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Option<Ground>, Fault> {
    let Capacity::Land {
        ground, measure, ..
    } = &right.capacity
    else {
        return Ok(None);
    };
    let words = lang.words();
    let own: Vec<(String, Parcel)> = match ground {
        GroundOf::Unknown => Vec::new(),
        GroundOf::Polygon(parcel) => vec![(words.map_own.to_owned(), parcel.clone())],
        GroundOf::Units(named) => {
            let mut parcels = Vec::new();
            for parcel in named {
                let ground = parcel_of(registry, parcel.right)?;
                parcels.extend(ground.map(|ground| (show::grouped(&parcel.unit), ground)));
            }
            parcels
        }
    };
    if own.is_empty() {
        return Ok(None);
    }
    let mut found = neighbors(registry, id, right, &own)?;
    // What shares ground comes first, the largest share before the others; then by number.
    found.sort_by_key(|one| (std::cmp::Reverse(one.shared2.unwrap_or(1)), one.id));
    let mut areas = Vec::new();
    if let GroundOf::Polygon(_) = ground {
        let stated = show::amount(*measure, policy.scale, show::unit(&policy.unit, lang));
        areas.push((
            lang.pick("证载面积", "area by the certificate").to_owned(),
            stated,
        ));
    }
    let by_polygon = lang.pick("图形面积", "area by the polygon");
    for ((label, parcel), number) in own.iter().zip(1..) {
        let name = match ground {
            // The number is that of its ring on the map, where it is but a dot there.
            GroundOf::Units(_) if own.len() > 1 => format!("{by_polygon} · {number}: {label}"),
            GroundOf::Units(_) => format!("{by_polygon} · {label}"),
            GroundOf::Unknown | GroundOf::Polygon(_) => by_polygon.to_owned(),
        };
        areas.push((name, mu_of(parcel.area2(), lang)));
    }
    let overlap = overlap_told(right, &found, lang);
    Ok(Some(Ground {
        picture: picture(&own, &found, lang),
        areas,
        neighbors: named(registry, found, lang)?,
        overlap,
    }))
}

fn picture(own: &[(String, Parcel)], found: &[Found], lang: Lang) -> Picture {
    let words = lang.words();
    let whole2: i128 = own.iter().map(|(_, parcel)| parcel.area2()).sum();
    let own = own.iter().map(|(label, parcel)| Drawn {
        parcel,
        label: label.clone(),
        is_own: true,
        overlaps: false,
        is_sliver: false,
    });
    let others = found.iter().map(|one| Drawn {
        parcel: &one.parcel,
        label: one.id.to_string(),
        is_own: false,
        overlaps: one.shared2 != Some(0),
        is_sliver: one
            .shared2
            .is_some_and(|shared| shared > 0 && shared < whole2 / 200),
    });
    let shapes: Vec<Drawn<'_>> = others.chain(own).collect();
    let neighbor = (!found.is_empty()).then_some(("neighbor", words.map_neighbor));
    let overlap = shapes.iter().any(|shape| shape.overlaps);
    let overlap = overlap.then_some(("overlap", lang.pick("重叠", "overlap")));
    let legend = [("own", words.map_own)].into_iter();
    Picture {
        caption: words.map.to_owned(),
        svg: map::draw(&shapes, words.map),
        legend: legend.chain(neighbor).chain(overlap).collect(),
        note: words.map_tell,
        ..Picture::default()
    }
}

/// The sentence about ground that neighbors of the same kind have too.
fn overlap_told(right: &Right, found: &[Found], lang: Lang) -> Option<String> {
    let same = found
        .iter()
        .filter(|one| one.right.kind == right.kind && one.shared2 != Some(0));
    let told: Vec<String> = same
        .map(|one| format!("{} {}", one.id, shared_told(one.shared2, lang)))
        .collect();
    let told = told.join("; ");
    (!told.is_empty()).then(|| match lang {
        Lang::Zh => format!("图形与相邻宗地重叠: {told}"),
        Lang::En => format!("Its polygon overlaps neighbors: {told}"),
    })
}

/// How much two parcels share: never none where there is something.
fn shared_told(area2: Option<i128>, lang: Lang) -> String {
    match area2 {
        Some(0) => String::new(),
        Some(area2) if hundredths_of(area2) == 0 => match lang {
            Lang::Zh => "不足 0.01 亩".to_owned(),
            Lang::En => "less than 0.01 mu".to_owned(),
        },
        Some(area2) => mu_of(area2, lang),
        None => lang
            .pick(
                "边界交错过多, 未计算",
                "not reckoned: the boundaries cross too often",
            )
            .to_owned(),
    }
}

fn named(registry: &Registry, found: Vec<Found>, lang: Lang) -> Result<Vec<Neighbor>, Fault> {
    let now = registry.now().max(registry.published().time);
    let one = |one: Found| -> Result<Neighbor, Fault> {
        let policy = look::policy(registry, &one.right.kind, now)?;
        let identity = one.right.identities.first().map(show::identity);
        Ok(Neighbor {
            id: one.id.to_string(),
            kind: look::kind_title(&policy, lang).to_owned(),
            identity: identity.unwrap_or_default(),
            holder: look::party(registry, one.right.holder, lang.words())?,
            shared: shared_told(one.shared2, lang),
        })
    };
    found.into_iter().map(one).collect()
}

fn parcel_of(registry: &Registry, id: RightId) -> Result<Option<Parcel>, Fault> {
    let found = registry.record(&StateKey::Right(id))?;
    Ok(found.and_then(|found| match found.value.record {
        Record::Right(right) => land::own_parcel(&right).cloned(),
        _ => None,
    }))
}

/// The rights with a parcel in the cells of this one.
fn neighbors(
    registry: &Registry,
    id: RightId,
    right: &Right,
    own: &[(String, Parcel)],
) -> Result<Vec<Found>, Fault> {
    let Capacity::Land { cells, ground, .. } = &right.capacity else {
        return Ok(Vec::new());
    };
    let mut known: Vec<RightId> = match ground {
        GroundOf::Units(named) => named.iter().map(|parcel| parcel.right).collect(),
        GroundOf::Unknown | GroundOf::Polygon(_) => Vec::new(),
    };
    known.push(id);
    let mut ids = Vec::new();
    for cell in cells {
        if let Some(found) = registry.record(&StateKey::Cell(*cell))?
            && let Record::Cell(rights) = found.value.record
        {
            ids.extend(rights.into_iter().map(|(id, _)| id));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let mut parcels = Vec::new();
    for id in ids.into_iter().filter(|id| !known.contains(id)) {
        if parcels.len() >= NEIGHBORS_MAX {
            break;
        }
        if let Some(found) = registry.record(&StateKey::Right(id))?
            && let Record::Right(other) = found.value.record
            && let Some(parcel) = land::own_parcel(&other).cloned()
        {
            let shared = own
                .iter()
                .map(|(_, own)| intersection_area2_ceil(own, &parcel).ok());
            parcels.push(Found {
                id,
                right: other,
                shared2: shared.sum(),
                parcel,
            });
        }
    }
    Ok(parcels)
}

fn hundredths_of(area2: i128) -> i128 {
    area2 * 10_753 * 3 * 100 / (2 * 100_000_000 * 2_000)
}

/// Returns an area in mu, about: twice the area in squared units of 1e-7 degree at 29.4 degrees north.
///
/// One unit of latitude is 0.0110852 m there and one of longitude 0.0097 m (CGCS2000), so one squared unit is 1.0753e-4 m²;
/// one mu is 2000/3 m². For readers only; the law compares areas of parcels with each other and never in mu.
pub(crate) fn mu_of(area2: i128, lang: Lang) -> String {
    let hundredths = hundredths_of(area2);
    let mu = show::unit("mu", lang);
    format!("{}.{:02} {mu}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_of_a_hundred_metres_is_fifteen_mu() {
        // 100 m are 9021 units of latitude and 10309 of longitude.
        let mu = mu_of(2 * 9_021 * 10_309, Lang::Zh);
        assert!(mu.starts_with("15.0") || mu.starts_with("14.9"), "{mu}");
    }

    #[test]
    fn what_two_parcels_share_is_never_told_as_none() {
        assert_eq!(shared_told(Some(0), Lang::Zh), "");
        assert_eq!(shared_told(Some(1), Lang::Zh), "不足 0.01 亩");
        assert_eq!(shared_told(Some(1), Lang::En), "less than 0.01 mu");
        let square = shared_told(Some(2 * 9_021 * 10_309), Lang::En);
        assert!(
            square.starts_with('1') && square.ends_with(" mu"),
            "{square}"
        );
        assert!(shared_told(None, Lang::En).starts_with("not reckoned"));
    }
}
