//! Certificates: new ones, and those that take the place of others.

use super::{Choice, place};
use crate::model::{Deed, Ground, Identity, Issue, Kind, NOBODY, Parcel, Role};
use crate::properties::dice::Word;
use crate::properties::district::{MILL, paper, rectangle, year};
use crate::support::papers;

const KINDS: [&str; 5] = ["carbon", "emission", "energy", "forest", "carbon_sink"];

impl Choice<'_> {
    pub(super) fn of_issues(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let issue = match word {
            Word::Issue => Some(self.issue()),
            Word::Succeed => self.succeed(),
            other => panic!("{other:?}"),
        };
        let giver = self.issuer();
        let deed = |issue| (giver, Deed::Issue(Box::new(issue)));
        Vec::from_iter(issue.map(deed))
    }

    /// A holder that lives, mostly.
    pub(super) fn some_holder(&mut self) -> usize {
        match self.dice.below(20) {
            19 => self.anybody(),
            _ => self.living(Role::Holder).unwrap_or(NOBODY),
        }
    }

    fn issue(&mut self) -> Issue {
        let kind = if self.dice.once_in(40) {
            "tidal"
        } else {
            KINDS[self.dice.below(5)]
        };
        let holder = self.some_holder();
        let identity = self.identity(kind);
        let mut issue = paper(kind, holder, identity, ("2027-01-01", "2029-01-01"));
        self.fill_in(&mut issue);
        issue.additional = self.dice.once_in(8);
        let is_land = matches!(kind, "forest" | "carbon_sink");
        issue.adjudicated = self.dice.once_in(if is_land { 3 } else { 10 });
        issue
    }

    /// A new certificate number, sometimes one that is known.
    pub(super) fn identity(&mut self, kind: &str) -> Identity {
        if self.dice.once_in(16) {
            let rights = self.model().rights.iter();
            let known: Vec<Identity> = rights
                .filter(|right| right.rules == kind)
                .map(|right| right.identities[0].clone())
                .collect();
            if let Some((scheme, value)) = self.dice.pick(&known) {
                // The case of letters does not make it another.
                return (scheme, value.replace("COD", "cod"));
            }
        }
        let number = 100 + self.model().identities.len();
        match kind {
            "carbon" => {
                let vintage = 2027 + self.dice.below(2);
                let value = format!("CEA|500113{number:08}|{vintage}");
                ("allowance-account", value)
            }
            "emission" => {
                let site = self.dice.below(4);
                let letter = ["P", "Q"][self.dice.below(2)];
                let pollutant = ["SO2", "NOx", "COD"][self.dice.below(3)];
                let permit = self.stage.permit(MILL, &format!("00{site}{letter}"));
                ("discharge-permit", format!("{permit}|{pollutant}"))
            }
            "forest" => {
                let unit = papers::unit_number(u32::try_from(number).unwrap());
                let is_foreign = self.dice.once_in(8);
                let unit = if is_foreign {
                    unit.replacen("500113", "500112", 1)
                } else {
                    unit
                };
                ("real-estate-unit", unit)
            }
            "carbon_sink" => ("sink-project", format!("K-{number}")),
            _ => ("energy-certificate", format!("渝用能(2027)E{number}号")),
        }
    }

    /// The members of a certificate that depend on its kind.
    fn fill_in(&mut self, issue: &mut Issue) {
        match issue.kind {
            "carbon" => {
                let tonnes = [1_000, 80, 8, 50_000][self.dice.below(4)];
                issue.levels = vec![(issue.from, tonnes * 1_000_000)];
                if self.dice.once_in(3) {
                    issue.to = place(5 + self.dice.below(6));
                }
            }
            "emission" => {
                self.fill_in_flow(issue, 8_000_000);
                let bars = [
                    ("fee", "未缴"),
                    ("holder_rating", "黑牌"),
                    ("take_back", "进行中"),
                ];
                if self.dice.once_in(6) {
                    issue.attributes.push(bars[self.dice.below(3)]);
                }
            }
            "forest" => {
                issue.levels = vec![(0, [100, 8][self.dice.below(2)] * 1_000_000)];
                issue.class = [Some("商品林"), None, Some("公益林")][self.dice.below(3)];
                issue.to = year(2029 + self.dice.below(3));
                issue.ground = self.ground();
            }
            "carbon_sink" => {
                let first = [2027, 2026, 2028, 2029][self.dice.below(4)];
                issue.from = year(first);
                issue.to = year(first + 1 + self.dice.below(3));
                issue.levels = vec![(0, 6_317_000_000)];
                issue.ground = self.named_ground();
            }
            _ => {
                self.fill_in_flow(issue, 10_000_000);
                if self.dice.once_in(4) {
                    issue.attributes.push(("certificate_kind", "预发"));
                }
            }
        }
    }

    fn fill_in_flow(&mut self, issue: &mut Issue, most: i64) {
        let from = self.dice.below(4);
        let to = 10 - self.dice.below(4);
        (issue.from, issue.to) = (place(from), place(to));
        issue.levels = vec![(issue.from, most)];
        if self.dice.once_in(3) {
            issue.levels.push((place(from + 1), most / 2));
        }
    }

    /// Ground that is nobody's, or lies on that of others: all of it, a half, a sliver, or the border.
    fn ground(&mut self) -> Ground {
        let number = i64::try_from(self.model().identities.len()).unwrap();
        let east = [0, 90_000, 270_000][self.dice.below(3)];
        let parcel: Parcel = match self.dice.below(14) {
            0..=4 => rectangle(400_000 + number * 10_000, 0, 9_000, 9_000),
            5..=6 => rectangle(east + 25_000, 0, 50_000, 40_000),
            7 => rectangle(east, 0, 50_000, 40_000),
            8 => rectangle(east + 49_900, 0, 30_000, 40_000),
            9 => rectangle(east + 49_800, 0, 30_000, 40_000),
            10 => rectangle(east + 50_000, 0, 30_000, 40_000),
            11 => rectangle(9_000_000, 0, 9_000, 9_000),
            12 => return Ground::Unknown,
            _ => return Ground::Crossed,
        };
        let mut parcels = vec![parcel];
        if self.dice.once_in(4) {
            // A second part of the parcel, apart from the first.
            parcels.push(rectangle(400_000 + number * 10_000, 100_000, 9_000, 9_000));
            parcels.sort_unstable_by_key(|parcel| (parcel.west, parcel.south));
        }
        Ground::Parcels(parcels)
    }

    /// Parcels of others; sometimes with the rectangle that the first of them is said to be.
    fn named_ground(&mut self) -> Ground {
        let units = self.units();
        let is_first = |right: &&crate::model::Right| {
            let mut identities = right.identities.iter();
            identities.any(|(_, value)| Some(value) == units.first())
        };
        let known = self.model().rights.iter().find(is_first);
        let parcel = known.and_then(|right| right.ground.first().copied());
        let Some(mut parcel) = parcel.filter(|_| self.dice.once_in(3)) else {
            return Ground::Units(units);
        };
        parcel.east += [0, 10, 500, 20_000][self.dice.below(4)];
        Ground::Both(units, vec![parcel])
    }

    /// Unit numbers of one or two parcels.
    fn units(&mut self) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        for right in &self.model().rights {
            if right.kind == Kind::Forest {
                known.push(right.identities[0].1.clone());
            }
        }
        known.reverse();
        let mut units = Vec::new();
        for _ in 0..=self.dice.below(2) {
            units.extend(self.dice.pick(&known));
        }
        if self.dice.once_in(16) {
            units.push(papers::unit_number(99_999));
        }
        units.sort_unstable();
        units.dedup();
        units
    }

    /// A certificate of the same site and pollutant under another letter.
    fn same_source(&mut self, (scheme, value): &Identity) -> Identity {
        let (permit, pollutant) = value.split_once('|').unwrap();
        let letter = ["P", "Q", "R", "S", "T", "U"][self.dice.below(6)];
        (*scheme, format!("{}{letter}|{pollutant}", &permit[..21]))
    }

    /// The unit numbers of a sink, and perhaps more.
    fn units_of(&mut self, old: &crate::model::Right) -> Vec<String> {
        let mut units = Vec::new();
        if self.dice.once_in(3) {
            units = self.units();
        }
        for land in &old.land {
            units.push(self.model().rights[*land].identities[0].1.clone());
        }
        units.sort_unstable();
        units.dedup();
        units
    }

    /// A right that takes the place of one or two others.
    fn succeed(&mut self) -> Option<Issue> {
        let live = self.model().rights.iter().enumerate();
        let live = live.filter(|(_, right)| right.succeeded_by.is_none());
        let live: Vec<usize> = live.map(|(nth, _)| nth).collect();
        let nth = if self.dice.once_in(12) {
            self.dice.below(self.model().rights.len())
        } else {
            self.dice.pick(&live)?
        };
        let old = self.model().rights[nth].clone();
        let mut identity = self.identity(old.rules);
        if old.rules == "emission" && !self.dice.once_in(3) {
            identity = self.same_source(&old.identities[0]);
        }
        if self.dice.once_in(4) {
            identity.clone_from(&old.identities[0]);
        }
        let holder = if self.dice.once_in(12) {
            self.some_holder()
        } else {
            self.model().acting(old.holder)
        };
        let mut issue = paper(old.rules, holder, identity, ("2027-01-01", "2029-01-01"));
        (issue.from, issue.to) = (old.from, old.to);
        issue.levels = if old.kind.is_land() {
            vec![(0, old.measure)]
        } else {
            old.levels.clone()
        };
        let begins = |(day, _): &(i64, i64)| *day == old.from;
        if old.kind == Kind::Flow && !issue.levels.first().is_some_and(begins) {
            issue.levels.insert(0, (old.from, old.most()));
        }
        for (_, quantity) in &mut issue.levels {
            let shrinks = self.dice.once_in(3) && !old.kind.is_land();
            let grain = self.stage.plot(nth).grain;
            if shrinks {
                *quantity = *quantity / 2 / grain * grain;
            }
        }
        issue.class = old.class;
        issue.attributes.clone_from(&old.attributes);
        issue.ground = match old.kind {
            Kind::Stock | Kind::Flow => Ground::Unknown,
            Kind::Forest if old.ground.is_empty() => Ground::Unknown,
            Kind::Forest => {
                let mut parcels = old.ground.clone();
                let moved = parcels[0].east + [0, 0, 20, -40, -20_000][self.dice.below(5)];
                parcels[0].east = moved.max(parcels[0].west + 1_000);
                Ground::Parcels(parcels)
            }
            Kind::Sink if self.dice.once_in(2) => Ground::Units(self.units_of(&old)),
            Kind::Sink => Ground::Units(self.units()),
        };
        issue.succeeds.push(nth);
        if self.dice.once_in(3) {
            issue.to += [10, 366, -10][self.dice.below(3)];
            if old.kind == Kind::Flow {
                issue.levels.retain(|(day, _)| *day < issue.to);
            }
        }
        if self.dice.once_in(3) {
            let like = |right: &crate::model::Right| {
                right.rules == old.rules && right.holder == old.holder
            };
            let rights = self.model().rights.iter().enumerate();
            let others = rights.filter(|(other, right)| *other != nth && like(right));
            let others: Vec<usize> = others.map(|(other, _)| other).collect();
            issue.succeeds.extend(self.dice.pick(&others));
        }
        if self.dice.once_in(16) {
            let any = self.any_right();
            issue.succeeds.push(any);
        }
        issue.succeeds.sort_unstable();
        issue.succeeds.dedup();
        (issue.from < issue.to && !issue.levels.is_empty()).then_some(issue)
    }
}
