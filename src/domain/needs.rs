//! Which facts a command needs. Asked again until nothing new is named, because some facts name others: an identity its
//! right, a cell its rights, a sink its parcels.

use std::collections::BTreeSet;

use crate::domain::authority::VerifiedSignature;
use crate::domain::authority::ranks::placed;
use crate::domain::cell::Cell;
use crate::domain::command::{
    Body, Command, Correction, Expected, FreezeAct, GroundRequest, IssueRight, PartyAct, PledgeAct,
    RegisterPledge, RightAct,
};
use crate::domain::event::cells_of;
use crate::domain::facts::{Facts, Owner, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::geometry::grid::cells_of as cells_of_parcel;
use crate::domain::geometry::{BoundingBox, Parcel, Point};
use crate::domain::land;
use crate::domain::policy::{Ground, KindPolicy, LandRules};
use crate::domain::right::{BurdenId, Capacity, GroundOf, Identity, Right};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;
use crate::primitives::time::{Day, Span, Timestamp};

/// Returns the keys that are needed and not yet known.
pub fn needs(
    command: &Command,
    signatures: &[VerifiedSignature],
    facts: &Facts,
    now: Timestamp,
) -> Vec<StateKey> {
    let mut wanted = Wanted {
        facts,
        now,
        keys: BTreeSet::new(),
    };
    wanted.party(command.org);
    for signature in signatures {
        wanted.key(StateKey::public_key(signature.kid));
        if let Some(party) = crate::domain::authority::party_of_key(signature.kid, facts) {
            wanted.party(party);
        }
    }
    for signer in &command.signers {
        wanted.party(signer.org);
    }
    for (expected, _) in &command.expect {
        match expected {
            Expected::Right(right) => wanted.key(StateKey::Right(*right)),
            Expected::Pledge(pledge) => wanted.key(StateKey::Pledge(*pledge)),
        }
    }
    wanted.body(&command.body);
    // Whose consent a rank needs stands in the pledges before it.
    for (_, behind) in placed(command, facts) {
        for id in behind.into_iter().filter_map(BurdenId::pledge) {
            wanted.key(StateKey::Pledge(id));
            if let Some(pledge) = facts.pledge(id) {
                wanted.actor(pledge.pledgee);
            }
        }
    }
    wanted
        .keys
        .into_iter()
        .filter(|key| !facts.knows(key))
        .collect()
}

struct Wanted<'a> {
    facts: &'a Facts,
    now: Timestamp,
    keys: BTreeSet<StateKey>,
}

impl Wanted<'_> {
    fn key(&mut self, key: StateKey) {
        self.keys.insert(key);
    }

    fn party(&mut self, id: PartyId) {
        self.key(StateKey::Party(id));
    }

    /// A party of a record, and whoever acts in its place.
    fn actor(&mut self, id: PartyId) {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![id]);
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.party(id);
            if let Some(party) = self.facts.party(id) {
                waiting.extend(party.more.ended.map(|(_, successor)| successor));
                waiting.extend(party.more.handed.iter().map(|of| of.party));
            }
        }
    }

    fn right(&mut self, id: RightId) {
        self.key(StateKey::Right(id));
        if let Some(right) = self.facts.right(id) {
            self.actor(right.holder);
            self.actor(right.issuer);
            self.key(StateKey::Policy(right.kind.clone()));
        }
    }

    fn pledge(&mut self, id: PledgeId) {
        self.key(StateKey::Pledge(id));
        if let Some(pledge) = self.facts.pledge(id) {
            for line in &pledge.lines {
                self.right(line.right);
                // Where its parcels lie is looked at when a line grows.
                if let Some(right) = self.facts.right(line.right) {
                    self.ground_of(right);
                }
            }
            self.actor(pledge.pledgor);
            self.actor(pledge.pledgee);
            // Who has backed the claim, or objected, may have ended; another acts in its place.
            for guarantee in &pledge.more.guarantees {
                self.actor(guarantee.guarantor);
            }
            for objection in &pledge.more.objections {
                self.actor(objection.party);
            }
            // Who holds a part of the claim consents to what leaves it with less.
            for party in pledge.sharers() {
                self.actor(party);
            }
        }
    }

    /// Guarantors and objectors of a pledge, for whom somebody else may act by now.
    fn noted(&mut self, id: PledgeId) {
        let Some(pledge) = self.facts.pledge(id) else {
            return;
        };
        let guarantors = pledge.more.guarantees.iter();
        let guarantors = guarantors.map(|guarantee| guarantee.guarantor);
        let objectors = pledge
            .more
            .objections
            .iter()
            .map(|objection| objection.party);
        for party in guarantors.chain(objectors) {
            self.actor(party);
        }
    }

    fn reservation(&mut self, id: ReservationId) {
        self.key(StateKey::Reservation(id));
        if let Some(reservation) = self.facts.reservation(id) {
            self.actor(reservation.pledgor);
            self.actor(reservation.pledgee);
            for line in &reservation.lines {
                self.right(line.right);
            }
        }
    }

    fn registered(&mut self, register: &RegisterPledge) {
        self.actor(register.pledgor);
        if let Some(debtor) = register.debtor {
            self.actor(debtor);
        }
        for share in &register.syndicate {
            self.actor(share.party);
        }
        for line in &register.lines {
            self.pledged_right(line.right);
        }
        if let Some(reservation) = register.reservation {
            self.reservation(reservation);
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::AdmitParty(admit) => {
                if let Some(code) = &admit.credit_code {
                    self.key(StateKey::credit_code(code));
                }
                for offered in &admit.keys {
                    self.key(StateKey::public_key(offered.key.id()));
                }
            }
            Body::AddKey(offered) => self.key(StateKey::public_key(offered.key.id())),
            Body::RevokeKey(_) | Body::SetSigningPolicy(_) => {}
            Body::AdoptPolicy { kind, .. } => self.key(StateKey::Policy(kind.clone())),
            Body::IssueRight(issue) => self.issue(issue),
            Body::AdjustRight { right, .. } | Body::RevokeRight { right, .. } => {
                self.right(*right);
            }
            Body::Unfreeze { right, .. } => self.ordered(*right),
            Body::Freeze {
                right, authority, ..
            } => {
                self.right(*right);
                self.party(*authority);
            }
            Body::Reserve { pledgor, lines, .. } => {
                self.actor(*pledgor);
                for line in lines {
                    self.pledged_right(line.right);
                }
            }
            Body::CancelReservation(reservation) => self.reservation(*reservation),
            Body::RegisterPledge(register) => self.registered(register),
            Body::AmendPledge { pledge, .. } | Body::ExtendPledge { pledge, .. } => {
                self.pledge(*pledge);
                if matches!(
                    body,
                    Body::ExtendPledge {
                        maximum: Some(_),
                        ..
                    }
                ) {
                    self.juniors(*pledge);
                }
                for party in body.consenting() {
                    self.actor(*party);
                }
            }
            Body::ReleasePledge { pledge, order, .. } => {
                self.pledge(*pledge);
                if let Some(order) = order {
                    self.actor(order.authority);
                }
            }
            Body::OfPledge(_) | Body::OfParty(_) | Body::OfRight(_) => {
                for key in body.act_names() {
                    self.named(key);
                }
                self.of_act(body);
            }
        }
    }

    /// Who is secured behind a pledge: a longer determination period needs its consent.
    fn juniors(&mut self, id: PledgeId) {
        let lines = self.facts.pledge(id).map(|pledge| &*pledge.lines);
        let rights = lines.unwrap_or_default().iter();
        let rights = rights.filter_map(|line| self.facts.right(line.right));
        let behind = rights.flat_map(|right| right.behind(id, self.now));
        for burden in behind.map(|burden| burden.id).collect::<Vec<_>>() {
            if let BurdenId::Hold(hold, _) = burden {
                self.key(StateKey::Reservation(hold));
            }
            if let Some(pledge) = burden.pledge() {
                self.key(StateKey::Pledge(pledge));
            }
            self.creditor(burden);
        }
    }

    /// What an act of law 2 needs beyond the records that it names.
    fn of_act(&mut self, body: &Body) {
        if let Body::OfParty(act) = body {
            self.offered(act);
        }
        if let Body::OfRight(act) = body {
            if let RightAct::OfFreeze(act) = &**act {
                self.ordered(act.right());
                if let FreezeAct::ExecuteFreeze {
                    buyer: Some(buyer), ..
                } = act
                {
                    self.actor(*buyer);
                }
            }
            self.of_right(act);
        }
        if let Body::OfPledge(act) = body {
            for key in act.looks_at() {
                self.named(key);
            }
            if let PledgeAct::SubstituteCollateral { add, .. } = &**act {
                for line in add {
                    self.pledged_right(line.right);
                }
            }
            if let Some(pledge) = act.pledge() {
                self.noted(pledge);
            }
        }
    }

    /// The creditors on the right of an act, who may lose by it, and what a right that comes of it would be.
    fn of_right(&mut self, act: &RightAct) {
        self.predecessor(act.right());
        let burdens = self.facts.right(act.right()).map(|right| &*right.burdens);
        for burden in burdens.unwrap_or_default() {
            self.creditor(burden.id);
        }
        for party in act.consenting() {
            self.actor(*party);
        }
        if let RightAct::TransferRight { to, .. } = act {
            self.actor(*to);
        }
        if let RightAct::CorrectRight {
            right,
            correction: Correction::Resolution,
            ..
        } = act
        {
            self.surroundings(*right);
        }
        if let RightAct::ExtendRight { right, to, .. } = act {
            self.extension(*right, *to);
        }
        if let RightAct::RecordVerification { verification, .. } = act {
            let asked = verification.question.command(Stamp {
                index: EntryIndex::MAX,
                time: self.now,
            });
            self.keys.extend(needs(&asked, &[], self.facts, self.now));
        }
        let Some((kind, identities)) = act.made() else {
            return;
        };
        let Some(kind) = kind.map(str::to_owned).or_else(|| {
            let right = self.facts.right(act.right())?;
            Some(right.kind.clone())
        }) else {
            return;
        };
        self.key(StateKey::Policy(kind.clone()));
        for identity in identities {
            self.key(StateKey::identity(identity));
        }
        let policy = self.facts.policy(&kind, self.now);
        let source = policy.zip(identities.first());
        let source = source.and_then(|(policy, first)| policy.source_of(&first.value));
        let days = if let RightAct::ConvertRight { into, .. } = act {
            Some(into.span)
        } else {
            self.facts.right(act.right()).map(|right| right.span)
        };
        if let Some((source, days)) = source.zip(days) {
            self.drawn(source, days);
        }
    }

    /// What stands in the added days on the source and on the ground of a right.
    fn extension(&mut self, id: RightId, to: Day) {
        let Some(right) = self.facts.right(id) else {
            return;
        };
        if let (Some(source), Some(added)) = (&right.source, right.gains(to)) {
            self.drawn(source.clone(), added);
        }
        self.surroundings(id);
    }

    /// Everything that stands on the ground of a right.
    fn surroundings(&mut self, id: RightId) {
        if let Some(right) = self.facts.right(id) {
            self.ground_of(right);
            self.neighbors(cells_of(right));
        }
    }

    /// A source, and the rights that were drawn from it for some of these days: they may have ended by now.
    fn drawn(&mut self, source: String, days: Span) {
        let rows = self.facts.source(&source).iter().rev();
        let rows = rows.filter(|(_, span)| span.intersection(days).is_some());
        let rights = rows.take(limits::SOURCE_RIGHTS_MAX);
        self.keys.extend(rights.map(|(id, _)| StateKey::Right(*id)));
        self.key(StateKey::Source(source));
    }

    /// Who is secured by a burden, and whoever acts in its place.
    fn creditor(&mut self, burden: BurdenId) {
        let creditor = match burden {
            BurdenId::Line(pledge, _) => self.facts.pledge(pledge).map(|pledge| pledge.pledgee),
            BurdenId::Hold(hold, _) => self.facts.reservation(hold).map(|hold| hold.pledgee),
            BurdenId::Freeze(_) => None,
        };
        if let Some(creditor) = creditor {
            self.actor(creditor);
        }
    }

    /// A right and who ordered its freezes: they may have them lifted and changed.
    fn ordered(&mut self, right: RightId) {
        self.right(right);
        let burdens = self
            .facts
            .right(right)
            .map(|right| right.burdens.as_slice());
        let ordered = burdens
            .unwrap_or_default()
            .iter()
            .filter_map(|b| b.authority);
        for authority in ordered {
            self.actor(authority);
        }
    }

    /// A record that an act names, with what its decision looks at beside it.
    fn named(&mut self, key: StateKey) {
        match key {
            StateKey::Right(right) => self.right(right),
            StateKey::Pledge(pledge) => self.pledge(pledge),
            StateKey::Reservation(reservation) => self.reservation(reservation),
            StateKey::Party(party) => self.actor(party),
            StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => self.key(key),
        }
    }

    /// Keys that an act offers, or that a recovery has offered: each has one owner for ever.
    fn offered(&mut self, act: &PartyAct) {
        for offered in act.offered() {
            self.key(StateKey::public_key(offered.key.id()));
        }
        if let PartyAct::RotateLogKey { key, .. } = act {
            self.key(StateKey::public_key(key.id()));
        }
        if let PartyAct::CompleteRecovery { party } = act
            && let Some(party) = self.facts.party(*party)
        {
            for (key, _) in &party.more.recovery_keys {
                self.key(StateKey::public_key(key.id()));
            }
        }
    }

    /// A pledged land right is looked at with the other layers on its ground.
    fn pledged_right(&mut self, id: RightId) {
        self.right(id);
        let Some(right) = self.facts.right(id) else {
            return;
        };
        let Some(policy) = self.facts.policy(&right.kind, self.now) else {
            return;
        };
        if policy
            .land
            .as_ref()
            .is_some_and(|land| !land.warn_layers.is_empty())
        {
            self.ground_of(right);
            self.neighbors(cells_of(right));
        }
    }

    fn issue(&mut self, issue: &IssueRight) {
        self.key(StateKey::Policy(issue.kind.clone()));
        self.actor(issue.holder);
        for identity in &issue.identities {
            self.key(StateKey::identity(identity));
        }
        for predecessor in &issue.succeeds {
            self.predecessor(*predecessor);
        }
        let Some(policy) = self.facts.policy(&issue.kind, self.now) else {
            return;
        };
        let first = issue.identities.first();
        if let Some(source) = first.and_then(|first| policy.source_of(&first.value)) {
            self.drawn(source, issue.span);
        }
        let mut cells = requested_cells(issue, policy, self.facts);
        let mut named = Vec::new();
        for identity in named_identities(issue, policy) {
            let key = StateKey::identity(&identity);
            if let Some(Owner::Right(right)) = self.facts.owner(&key) {
                self.right(right);
                named.push(right);
            }
            self.key(key);
        }
        let lineage = land::lineage(named, self.facts);
        self.keys
            .extend(lineage.iter().copied().map(StateKey::Right));
        cells.extend(land::numbers_of(&lineage, self.facts));
        self.neighbors(&cells);
    }

    /// Burdens move from a predecessor, so the pledges that hold them change too.
    fn predecessor(&mut self, id: RightId) {
        self.right(id);
        let Some(right) = self.facts.right(id) else {
            return;
        };
        self.ground_of(right);
        for burden in &right.burdens {
            match burden.id {
                BurdenId::Line(pledge, _) => self.key(StateKey::Pledge(pledge)),
                BurdenId::Hold(reservation, _) => self.key(StateKey::Reservation(reservation)),
                BurdenId::Freeze(_) => {}
            }
        }
    }

    fn neighbors(&mut self, cells: &[Cell]) {
        let mut seen = BTreeSet::new();
        for cell in cells {
            self.key(StateKey::Cell(*cell));
            seen.extend(self.facts.cell(*cell).iter().map(|(right, _)| *right));
        }
        for id in seen.into_iter().take(limits::CELL_RIGHTS_MAX) {
            self.key(StateKey::Right(id));
            if let Some(right) = self.facts.right(id) {
                self.ground_of(right);
            }
        }
    }

    fn ground_of(&mut self, right: &Right) {
        match &right.capacity {
            Capacity::Land {
                ground: GroundOf::Units(named),
                ..
            } => {
                self.keys
                    .extend(named.iter().map(|named| StateKey::Right(named.right)));
            }
            Capacity::Land {
                ground: GroundOf::Unknown | GroundOf::Polygon(_),
                ..
            }
            | Capacity::Stock(_)
            | Capacity::Flow(_) => {}
        }
    }
}

/// Returns the identities by which an issue command names parcels.
pub fn named_identities(issue: &IssueRight, policy: &KindPolicy) -> Vec<Identity> {
    let Some(land) = &policy.land else {
        return Vec::new();
    };
    let scheme = match &land.ground {
        Ground::Units { scheme } => Some(scheme),
        Ground::Polygon { scheme } => scheme.as_ref(),
    };
    let named = |scheme: &String| {
        let units = issue.ground.units().iter();
        let identity = |unit: &String| Identity {
            scheme: scheme.clone(),
            value: unit.clone(),
        };
        units.map(identity).collect()
    };
    scheme.map(named).unwrap_or_default()
}

/// Returns the cells of the ground that an issue command asks for, as far as the facts know it.
pub fn requested_cells(issue: &IssueRight, policy: &KindPolicy, facts: &Facts) -> Vec<Cell> {
    let mut cells = BTreeSet::new();
    let of_units = matches!(
        policy.land,
        Some(LandRules {
            ground: Ground::Units { .. },
            ..
        })
    );
    match &issue.ground {
        GroundRequest::Absent => {}
        GroundRequest::Both(..) if of_units => cells.extend(named_cells(issue, policy, facts)),
        GroundRequest::Polygon(parts) | GroundRequest::Both(_, parts) => {
            let points: Vec<Point> = parts.iter().flatten().flatten().copied().collect();
            // A shape that is refused for itself needs no neighbors; any box lets the others be found.
            if let Some(around) = BoundingBox::around(points)
                && let Ok(parcel) = Parcel::new(parts.clone(), &around)
            {
                cells.extend(cells_of_parcel(&parcel).into_iter().map(Cell::Grid));
            }
        }
        GroundRequest::Units(_) => cells.extend(named_cells(issue, policy, facts)),
    }
    cells.into_iter().collect()
}

fn named_cells(issue: &IssueRight, policy: &KindPolicy, facts: &Facts) -> Vec<Cell> {
    let right = |identity: Identity| match facts.owner(&StateKey::identity(&identity))? {
        Owner::Right(id) => facts.right(id),
        Owner::Party(_) => None,
    };
    let named = named_identities(issue, policy).into_iter();
    let rights = named.filter_map(right);
    let cells = rights.flat_map(cells_of).copied();
    cells.filter(|cell| cell.parcel().is_none()).collect()
}
