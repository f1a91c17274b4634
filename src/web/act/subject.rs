//! What a command is about, looked up: the pledge with its lines that stand, the reservation, the right, and who gives it.

use crate::domain::facts::{Record, StateKey};
use crate::domain::party::{Dispute, Erased, Party};
use crate::domain::pledge::{Objection, Pledge};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::domain::stack;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::web::act::catalogue::{Act, On};
use crate::web::look::{self, Place};
use crate::web::shell::{Fault, Visit};
use crate::web::show;
use crate::web::signing;

/// A right as a form speaks of it.
pub(crate) struct Subject {
    pub(crate) id: RightId,
    pub(crate) right: Right,
    pub(crate) policy: KindPolicy,
    /// Its kind and first identity.
    pub(crate) text: String,
}

/// A line of a pledge that stands.
pub(crate) struct Standing {
    pub(crate) number: u16,
    pub(crate) extent: Extent,
    pub(crate) on: Subject,
    /// What it is and how much, for people.
    pub(crate) text: String,
}

/// A freeze of the right.
pub(crate) struct Frozen {
    pub(crate) id: String,
    pub(crate) authority: Option<PartyId>,
    pub(crate) text: String,
}

/// A line of a pledge, or of a reservation, on the right.
pub(crate) struct OnRight {
    pub(crate) id: BurdenId,
    pub(crate) has_amount: bool,
    /// Whose it is and how much, for people.
    pub(crate) text: String,
}

/// What the command is about.
#[derive(Default)]
pub(crate) struct About {
    /// The member of the body that names the record, and its id.
    pub(crate) record: Option<(&'static str, String)>,
    /// The address of its page.
    pub(crate) link: String,
    /// What it is, for people.
    pub(crate) text: String,
    /// The pledgee or the issuer of record.
    pub(crate) keeper: Option<PartyId>,
    pub(crate) lines: Vec<Standing>,
    pub(crate) right: Option<Subject>,
    pub(crate) freezes: Vec<Frozen>,
    pub(crate) burdens: Vec<OnRight>,
    /// The lines of pledges that share their room with others, in their present order, stack by stack.
    pub(crate) stacks: Vec<Vec<BurdenId>>,
    pub(crate) objections: Vec<Objection>,
    pub(crate) party: Option<(PartyId, Party)>,
    /// The names of hidden values whose openings are there.
    pub(crate) hidden: Vec<String>,
}

impl About {
    /// Returns the names of the keys of the party: of those that sign now, or of those that ended.
    pub(crate) fn kids(&self, sign: bool) -> Vec<String> {
        let party = self.party.as_ref().map(|(_, party)| party);
        let keys = party.map_or(&[][..], |party| &party.keys);
        let chosen = keys.iter().filter(|key| key.revoked.is_none() == sign);
        chosen.map(|key| key.key.id().to_string()).collect()
    }

    /// Returns the disputes of the party that are not decided.
    pub(crate) fn disputes(&self) -> Vec<&Dispute> {
        let party = self.party.as_ref().map(|(_, party)| party);
        let all = party.map_or(&[][..], |party| &party.more.disputes);
        all.iter().filter(|one| one.resolved.is_none()).collect()
    }

    /// Returns how many signing rules a form shows: those that stand, and some more.
    pub(crate) fn rules_shown(&self) -> usize {
        let party = self.party.as_ref().map(|(_, party)| party);
        party.map_or(0, |party| party.more.signing.len()) + RULES_MORE
    }
}

/// Signing rules that a form takes beyond those that stand.
const RULES_MORE: usize = 3;

/// Looks up a right.
pub(crate) fn subject(
    registry: &Registry,
    visit: &Visit,
    id: RightId,
) -> Result<Option<Subject>, Fault> {
    let found = registry.record(&StateKey::Right(id))?;
    let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
        return Ok(None);
    };
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    let identity = right.identities.first().map(show::identity);
    let kind = look::kind_title(&policy, visit.lang);
    let text = format!("{kind} {}", identity.unwrap_or_default());
    Ok(Some(Subject {
        id,
        right,
        policy,
        text,
    }))
}

/// Looks up what the address names; nothing where it names nothing that the command can be about.
pub(crate) fn about(registry: &Registry, visit: &Visit, act: &Act) -> Result<Option<About>, Fault> {
    if matches!(act.on, On::Rights | On::Nothing) {
        return Ok(Some(About::default()));
    }
    let Some(typed) = visit.param("record") else {
        return Ok(None);
    };
    let Some(place) = look::find(registry, typed)? else {
        return Ok(None);
    };
    let Some(key) = named(act.on, place) else {
        return Ok(None);
    };
    let found = registry.record(&key)?;
    let Some(found) = found else {
        return Ok(None);
    };
    let mut about = About {
        link: place.path(),
        ..About::default()
    };
    match found.value.record {
        Record::Pledge(pledge) => {
            let member = if act.on == On::Hiding { "of" } else { "pledge" };
            about.record = Some((member, found.value.key.name()));
            about.hidden = left(&pledge.hidden, &pledge.more.erased);
            about.keeper = Some(pledge.pledgee);
            about.text = between(registry, visit, pledge.pledgee, pledge.pledgor)?;
            about.objections.clone_from(&pledge.more.objections);
            about.lines = standing(registry, visit, &pledge)?;
        }
        Record::Reservation(held) => {
            about.record = Some(("reservation", found.value.key.name()));
            about.keeper = Some(held.pledgee);
            about.text = between(registry, visit, held.pledgee, held.pledgor)?;
        }
        Record::Right(right) => {
            let Place::Right(id) = place else {
                return Ok(None);
            };
            about.record = Some(("right", id.to_string()));
            about.keeper = Some(signing::keeping(registry, right.issuer, &right.kind)?);
            about.right = subject(registry, visit, id)?;
            about.freezes = freezes(registry, visit, &right)?;
            about.burdens = on_right(registry, visit, &right)?;
            about.stacks = stacks(&right, registry.now().max(registry.published().time));
            about.text = about
                .right
                .as_ref()
                .map_or(String::new(), |on| on.text.clone());
        }
        Record::Party(party) => {
            let Place::Party(id) = place else {
                return Ok(None);
            };
            let member = if let On::Party(member) = act.on {
                member
            } else {
                "of"
            };
            about.record = Some((member, id.to_string()));
            about.keeper = Some(id);
            about.text = look::name_of(&party, visit.lang.words());
            about.hidden = left(&party.hidden, &party.more.erased);
            about.party = Some((id, party));
        }
        Record::Identity(_) | Record::Source(_) | Record::Cell(_) | Record::Policy(_) => {
            return Ok(None);
        }
    }
    Ok(Some(about))
}

/// The record that a command on such things may be about.
fn named(on: On, place: Place) -> Option<StateKey> {
    match (on, place) {
        (On::Pledge | On::Hiding, Place::Pledge(id)) => Some(StateKey::Pledge(id)),
        (On::Reservation, Place::Reservation(id)) => Some(StateKey::Reservation(id)),
        (On::Right, Place::Right(id)) => Some(StateKey::Right(id)),
        (On::Party(_) | On::Hiding, Place::Party(id)) => Some(StateKey::Party(id)),
        (
            On::Rights
            | On::Nothing
            | On::Pledge
            | On::Reservation
            | On::Right
            | On::Party(_)
            | On::Hiding,
            _,
        ) => None,
    }
}

/// The names of hidden values that were not erased.
pub(crate) fn left(hidden: &[(String, Hash)], erased: &[Erased]) -> Vec<String> {
    let names = hidden.iter().map(|(name, _)| name);
    let left = names.filter(|name| !erased.iter().any(|one| one.claim == **name));
    left.cloned().collect()
}

/// The lines of a pledge that stand.
fn standing(registry: &Registry, visit: &Visit, pledge: &Pledge) -> Result<Vec<Standing>, Fault> {
    let words = visit.lang.words();
    let mut standing = Vec::new();
    let now = registry.now().max(registry.published().time);
    let lines = (0_u16..).zip(&pledge.lines);
    for (number, line) in lines.filter(|(_, line)| line.is_open_at(now)) {
        let Some(on) = subject(registry, visit, line.right)? else {
            continue;
        };
        let policy = &on.policy;
        let extent = show::extent(line.extent, policy.scale, &policy.unit, words);
        standing.push(Standing {
            number,
            extent: line.extent,
            text: format!("{}: {extent}", on.text),
            on,
        });
    }
    Ok(standing)
}

fn between(
    registry: &Registry,
    visit: &Visit,
    pledgee: PartyId,
    pledgor: PartyId,
) -> Result<String, Fault> {
    let words = visit.lang.words();
    let (pledgee, pledgor) = (
        look::party(registry, pledgee, words)?,
        look::party(registry, pledgor, words)?,
    );
    Ok(format!(
        "{}: {}; {}: {}",
        words.pledgee, pledgee.name, words.pledgor, pledgor.name
    ))
}

/// The lines on a right that count now.
fn on_right(registry: &Registry, visit: &Visit, right: &Right) -> Result<Vec<OnRight>, Fault> {
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    let words = visit.lang.words();
    let mut lines = Vec::new();
    for burden in right.burdens.iter().filter(|burden| burden.counts_at(now)) {
        let key = match burden.id {
            BurdenId::Line(pledge, _) => StateKey::Pledge(pledge),
            BurdenId::Hold(hold, _) => StateKey::Reservation(hold),
            BurdenId::Freeze(_) => continue,
        };
        let found = registry.record(&key)?.map(|found| found.value.record);
        let pledgee = match found {
            Some(Record::Pledge(pledge)) => pledge.pledgee,
            Some(Record::Reservation(held)) => held.pledgee,
            Some(_) | None => continue,
        };
        let who = look::party(registry, pledgee, words)?.name;
        let extent = show::extent(burden.extent, policy.scale, &policy.unit, words);
        lines.push(OnRight {
            id: burden.id,
            has_amount: match burden.extent {
                Extent::Stock(_) | Extent::Flow(..) => true,
                Extent::Whole | Extent::Years(_) => false,
            },
            text: format!("{} · {who} · {extent}", burden.id),
        });
    }
    Ok(lines)
}

/// The lines of pledges that share their room with another, whoever stands behind after those that it stands behind.
pub(crate) fn stacks(right: &Right, now: Timestamp) -> Vec<Vec<BurdenId>> {
    let counts = |burden: &&Burden| burden.counts_at(now) && burden.id.pledge().is_some();
    let standing: Vec<Burden> = right.burdens.iter().filter(counts).cloned().collect();
    let mut stacks: Vec<Vec<BurdenId>> = Vec::new();
    for burden in &standing {
        if stacks.iter().flatten().any(|id| *id == burden.id) {
            continue;
        }
        let mut stack = stack::around(&standing, burden.id);
        stack.sort_by_key(|line| {
            let before = |other: &&Burden| line.behind.contains(&other.id);
            standing.iter().filter(before).count()
        });
        if stack.len() > 1 {
            stacks.push(stack.iter().map(|line| line.id).collect());
        }
    }
    stacks
}

fn freezes(registry: &Registry, visit: &Visit, right: &Right) -> Result<Vec<Frozen>, Fault> {
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    let words = visit.lang.words();
    let mut freezes = Vec::new();
    for burden in right.burdens.iter().filter(|burden| burden.counts_at(now)) {
        let BurdenId::Freeze(id) = burden.id else {
            continue;
        };
        let (who, keeper) = match burden.authority {
            Some(party) => (
                look::party(registry, party, words)?.name,
                Some(signing::keeping(registry, party, &right.kind)?),
            ),
            None => (String::new(), None),
        };
        let extent = show::extent(burden.extent, policy.scale, &policy.unit, words);
        freezes.push(Frozen {
            id: id.to_string(),
            authority: keeper,
            text: format!("{id} · {who} · {extent}"),
        });
    }
    Ok(freezes)
}
