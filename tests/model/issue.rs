//! The issue of rights, and how one takes the place of others.

use super::asked::{Ground, Issue, Role};
use super::deed::Order;
use super::ground::{Parcel, Site, TOLERANCE, left_out};
use super::kinds::{Facts, facts_of, name_of};
use super::reason::{Reasons, because, reason, refuses};
use super::right::{Right, Taking};
use super::{DayNumber, Identity, Model, Name};
use crate::support::Actor;

/// The region of the registry, with which unit numbers begin.
const REGION: &str = "500113";

impl Model {
    pub(super) fn issue(&mut self, order: &Order, issue: &Issue, reasons: &mut Reasons) {
        let Some(facts) = self.kind_for(order.giver, issue.kind, reasons) else {
            return;
        };
        self.judge_named(issue.holder, reasons);
        let is_nothing = issue.levels.iter().all(|(_, quantity)| *quantity == 0);
        because(reasons, is_nothing, 3004);
        let mut others = issue.identities.clone();
        others.retain(|identity| {
            let owner = self.owner_of(identity);
            owner.is_none_or(|owner| !issue.succeeds.contains(&owner))
        });
        self.judge_identities(&others, reasons);
        for (scheme, value) in &issue.identities {
            let is_foreign = *scheme == "real-estate-unit" && !value.starts_with(REGION);
            because(reasons, is_foreign, 2008);
        }
        for nth in &issue.succeeds {
            self.judge_predecessor(order, issue, *nth, reasons);
        }
        let source = facts.source_of(&issue.identities[0]);
        let days = (issue.from, issue.to);
        if !issue.additional {
            self.judge_source(source.as_ref(), days, &issue.succeeds, reasons);
        }
        let ground = self.ground_of(facts, issue, reasons);
        let passed = |nth: usize, _: &Right| issue.succeeds.contains(&nth);
        let land = self.land_of(&issue.ground);
        let numbers = self.numbers(&land);
        let site = Site {
            ground: &ground,
            numbers: &numbers,
        };
        let mut gone = Vec::new();
        for nth in &issue.succeeds {
            gone.extend(self.rights.get(*nth).iter().flat_map(|old| &old.converted));
        }
        let mut met = self.met(facts.layer, site, (days, &gone), &passed);
        let parcels = self.parcels(&land, &ground);
        let is_grave = self.is_grave(&parcels, 0, &met);
        if is_grave && !issue.adjudicated {
            let mut refusal = self.over(facts.overlap, &parcels, &met);
            let (measure, grain) = (issue.levels[0].1, facts.grain);
            self.offer_rest((measure, grain), (days, &gone), &ground, &met, &mut refusal);
            reasons.push(refusal);
        } else if !is_grave && !met.is_empty() {
            reasons.push(self.over(7004, &parcels, &met));
        }
        if is_grave {
            met.clear();
        }
        self.note_other_layers(issue.kind, site, (None, days), &passed, reasons);
        for nth in &issue.succeeds {
            self.judge_collateral(order, issue, *nth, (source.as_ref(), &ground), reasons);
        }
        let mut right = self.blank(facts, order.giver, issue.holder, days);
        right.identities.clone_from(&issue.identities);
        right.source = source;
        right.class = issue.class;
        right.attributes.clone_from(&issue.attributes);
        right.ground = ground;
        right.land = land;
        right.numbers = numbers;
        let is_unknown = |land: &usize| self.rights[*land].ground.is_empty();
        right.has_unknown_parcel = right.land.iter().any(is_unknown);
        right.additional = issue.additional;
        right.adjudicated = is_grave && issue.adjudicated;
        right.succeeds.clone_from(&issue.succeeds);
        if facts.kind.is_land() {
            right.measure = issue.levels[0].1;
        } else {
            right.levels.clone_from(&issue.levels);
        }
        self.register_right(right);
        self.tolerate(self.rights.len() - 1, &met);
        self.move_burdens(&issue.succeeds, reasons);
    }

    /// A kind with rules that hold, for which the giver is competent.
    pub(super) fn kind_for(
        &self,
        giver: usize,
        kind: &str,
        reasons: &mut Reasons,
    ) -> Option<&'static Facts> {
        if self.rules_of(kind).is_none() {
            reasons.push(reason(2012));
            return None;
        }
        let is_duty = self.has_role(giver, Role::Authority)
            && self.parties[giver].duties.contains(&kind)
            && self.keeping(giver, kind) == giver;
        because(reasons, !is_duty, 2009);
        facts_of(kind)
    }

    /// The latest right with an identity.
    fn owner_of(&self, identity: &Identity) -> Option<usize> {
        let name = name_of(identity);
        let has_it = |right: &Right| right.identities.iter().any(|it| name_of(it) == name);
        self.rights.iter().rposition(has_it)
    }

    /// Identities belong to one right, and go on only to one that takes its place.
    pub(super) fn judge_identities(&self, identities: &[Identity], reasons: &mut Reasons) {
        for identity in identities {
            let is_taken = self.identities.contains(&name_of(identity));
            because(reasons, is_taken, 2011);
        }
    }

    /// Nothing is drawn twice from one source on one day.
    pub(super) fn judge_source(
        &self,
        source: Option<&String>,
        (from, to): (DayNumber, DayNumber),
        but: &[usize],
        reasons: &mut Reasons,
    ) {
        for (nth, other) in self.rights.iter().enumerate() {
            let is_same = source.is_some() && other.source.as_ref() == source;
            let is_old = but.contains(&nth) || other.succeeded_by.is_some();
            because(
                reasons,
                is_same && !is_old && other.lives_in(from, to),
                2013,
            );
        }
    }

    /// A right that another has made or is to make, with nothing on it.
    pub(super) fn blank(
        &self,
        facts: &Facts,
        issuer: usize,
        holder: usize,
        (from, to): (DayNumber, DayNumber),
    ) -> Right {
        Right {
            id: self.index,
            kind: facts.kind,
            rules: facts.name,
            holder,
            acquired: None,
            issuer,
            from,
            to,
            levels: vec![(0, 1)],
            issued: 0,
            measure: 0,
            identities: Vec::new(),
            source: None,
            class: None,
            attributes: Vec::new(),
            layer: facts.layer,
            ground: Vec::new(),
            land: Vec::new(),
            numbers: Vec::new(),
            has_unknown_parcel: false,
            tolerated: 0,
            additional: false,
            adjudicated: false,
            resolved: false,
            succeeds: Vec::new(),
            succeeded_by: None,
            converted: Vec::new(),
            uses: Vec::new(),
            revoked: None,
            verified: Vec::new(),
            takings: Vec::new(),
        }
    }

    pub(super) fn register_right(&mut self, mut right: Right) {
        right.issued = right.most();
        for identity in &right.identities {
            self.identities.push(name_of(identity));
        }
        self.rights.push(right);
    }

    /// The ground that a certificate names, its own or that of other rights.
    fn ground_of(&self, facts: &Facts, issue: &Issue, reasons: &mut Reasons) -> Vec<Parcel> {
        match &issue.ground {
            Ground::Unknown => {
                because(reasons, facts.has_polygon, 7009);
                Vec::new()
            }
            Ground::Parcels(parcels) => {
                let is_outside = !parcels.iter().all(Parcel::is_in_the_county);
                because(reasons, is_outside, 7002);
                if is_outside {
                    return Vec::new();
                }
                parcels.clone()
            }
            Ground::Crossed => {
                reasons.push(reason(7001));
                Vec::new()
            }
            Ground::Units(units) => self.ground_of_units(facts, (units, issue.to), reasons),
            Ground::Both(units, parcels) => {
                let ground = self.ground_of_units(facts, (units, issue.to), reasons);
                let named = self.land_of(&issue.ground);
                reasons.extend(self.compared(&ground, parcels, &named));
                ground
            }
        }
    }

    fn ground_of_units(
        &self,
        facts: &Facts,
        (units, to): (&[String], DayNumber),
        reasons: &mut Reasons,
    ) -> Vec<Parcel> {
        let mut ground = Vec::new();
        for unit in units {
            let known = self.unit(unit);
            because(reasons, known.is_none(), 2001);
            let Some(known) = known else { continue };
            let of = &self.rights[known];
            let is_noted = of.class.is_some_and(|it| facts.warn_classes.contains(&it));
            because(reasons, is_noted, 2015);
            because(reasons, of.end() < to, 4006);
            because(reasons, of.ground.is_empty(), 7009);
            ground.extend(of.ground.iter().copied());
        }
        ground
    }

    /// The rights on whose ground another draws.
    fn land_of(&self, ground: &Ground) -> Vec<usize> {
        match ground {
            Ground::Units(units) | Ground::Both(units, _) => {
                units.iter().filter_map(|unit| self.unit(unit)).collect()
            }
            Ground::Unknown | Ground::Parcels(_) | Ground::Crossed => Vec::new(),
        }
    }

    /// The right with this unit number.
    fn unit(&self, unit: &str) -> Option<usize> {
        self.owner_of(&("real-estate-unit", unit.to_owned()))
    }

    /// Only a right of the same kind, holder and issuer has its place taken, and only once.
    fn judge_predecessor(&self, order: &Order, issue: &Issue, nth: usize, reasons: &mut Reasons) {
        let Some(old) = self.rights.get(nth) else {
            reasons.push(reason(2001));
            return;
        };
        because(reasons, old.succeeded_by.is_some(), 2016);
        because(reasons, !self.has_heir(order, issue, old), 2018);
    }

    fn has_heir(&self, order: &Order, issue: &Issue, old: &Right) -> bool {
        old.rules == issue.kind
            && self.acting(old.holder) == issue.holder
            && self.keeping(old.issuer, old.rules) == order.giver
            && old.revoked.is_none()
    }

    /// What stands on an old right keeps its source, its ground and its days.
    fn judge_collateral(
        &self,
        order: &Order,
        issue: &Issue,
        nth: usize,
        (source, ground): (Option<&String>, &[Parcel]),
        reasons: &mut Reasons,
    ) {
        let Some(old) = self.rights.get(nth) else {
            return;
        };
        if old.takings.is_empty() || !self.has_heir(order, issue, old) {
            return;
        }
        let firm = |nth: usize| Actor::new(&self.parties[nth].code, &[]).credit_code;
        let is_kept = |was: &String| {
            let is_heirs = source == Some(&was.replace(&firm(old.holder), &firm(issue.holder)));
            source == Some(was) || is_heirs
        };
        let source_is_lost = old.source.as_ref().is_some_and(|was| !is_kept(was));
        because(reasons, source_is_lost, 2021);
        if !old.kind.is_land() && !old.kind.has_days() {
            return;
        }
        let no_day = |taking: &Taking| {
            let from = taking.from.max(old.from).max(self.today());
            let mut days = from..taking.to.min(old.to);
            days.any(|day| day < issue.from || issue.to <= day)
        };
        let a_day_is_lost = old.takings.iter().any(no_day);
        if !old.kind.is_land() {
            because(reasons, a_day_is_lost, 7012);
            return;
        }
        let outside = match &issue.ground {
            Ground::Crossed => 0,
            Ground::Parcels(parcels) if !parcels.iter().all(Parcel::is_in_the_county) => 0,
            _ if old.ground.is_empty() && old.land.is_empty() => {
                i64::from(!issue.identities.contains(&old.identities[0])) * 1_000_000
            }
            _ if old.land.is_empty() => left_out(&old.ground, ground),
            _ => {
                let new = self.land_of(&issue.ground);
                let lost = old.land.iter().filter(|land| !new.contains(land));
                let lost = lost.map(|land| left_out(&self.rights[*land].ground, ground));
                lost.max().unwrap_or(0)
            }
        };
        because(reasons, a_day_is_lost || outside > TOLERANCE, 7012);
    }

    /// Moves what stands on the old rights to the newest, in order of registration; years that have turned into units stay so.
    fn move_burdens(&mut self, old: &[usize], reasons: &mut Reasons) {
        let new = self.rights.len() - 1;
        let mut queues: Vec<Vec<Taking>> = Vec::new();
        for nth in old {
            let Some(right) = self.rights.get_mut(*nth) else {
                continue;
            };
            right.succeeded_by = Some(new);
            queues.push(std::mem::take(&mut right.takings));
            let converted = right.converted.clone();
            self.rights[new].converted.extend(converted);
        }
        let moved = merged(queues);
        for taking in &moved {
            match taking.name {
                Name::Line(_, number) => {
                    let pledge = self.pledge_of(taking.name).unwrap();
                    self.pledges[pledge].lines[usize::from(number)].ask.right = new;
                }
                Name::Hold(id, number) => {
                    let mut holds = self.holds.iter_mut();
                    let hold = holds.find(|hold| hold.id == id).unwrap();
                    hold.lines[usize::from(number)].right = new;
                }
                Name::Freeze(id) => {
                    let mut freezes = self.freezes.iter_mut();
                    freezes.find(|freeze| freeze.id == id).unwrap().right = new;
                }
            }
        }
        because(reasons, !self.rights[new].could_carry(&moved), 2018);
        let freezes = moved.iter().filter(|taking| taking.is_freeze()).count();
        let has_places = self.rights[new].has_places_for(&moved, self.today());
        because(
            reasons,
            old.len() > 1 && (freezes > 64 || !has_places),
            3011,
        );
        self.rights[new].takings = moved;
        // What stood on rights of other kinds has no place on it, and nothing is to be counted there.
        if !refuses(reasons) {
            self.hang(&[new]);
        }
    }
}

/// One queue of several, each in its own order: whoever was registered first comes first. What was added to a pledge later
/// stands behind those before it, whatever the number of the pledge.
fn merged(mut queues: Vec<Vec<Taking>>) -> Vec<Taking> {
    let entry = |taking: &Taking| match taking.name {
        Name::Line(id, _) | Name::Hold(id, _) | Name::Freeze(id) => id,
    };
    let mut merged: Vec<Taking> = Vec::new();
    let mut keyed: Vec<(u64, Taking)> = Vec::new();
    for queue in &mut queues {
        let mut latest = 0;
        for taking in queue.drain(..) {
            latest = latest.max(entry(&taking));
            keyed.push((latest, taking));
        }
    }
    while !keyed.is_empty() {
        let mut first = 0;
        for (nth, (key, _)) in keyed.iter().enumerate() {
            if *key < keyed[first].0 {
                first = nth;
            }
        }
        merged.push(keyed.remove(first).1);
    }
    merged
}

impl Right {
    /// Whether what stood on several rights before it fits on it: ground is not taken twice.
    fn could_carry(&self, moved: &[Taking]) -> bool {
        for (nth, taking) in moved.iter().enumerate() {
            for other in &moved[nth + 1..] {
                let meets = taking.from < other.to && other.from < taking.to;
                let is_freeze = taking.is_freeze() || other.is_freeze();
                if self.kind.is_land() && meets && !is_freeze && !taking.is_ranked_with(other) {
                    return false;
                }
            }
        }
        true
    }
}
