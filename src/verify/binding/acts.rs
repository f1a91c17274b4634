//! An act of law 2 is what its signers asked for: its word, its giver, the records it may change, and what the payload says
//! they become. Which records those are is read in the authority matrix.

use crate::domain::authority::matrix::{self, Reach};
use crate::domain::authority::parts::of_correction;
use crate::domain::authority::refuses_giver;
use crate::domain::change::{Change, Members, Row};
use crate::domain::command::{
    Act, Allocation, Body, Command, Correction, Hiding, PartyAct, Reliance, RightAct,
};
use crate::domain::entry::Outcome;
use crate::domain::event::Event;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::right::{BurdenId, Capacity};
use crate::domain::rules;
use crate::domain::wire::body_json;
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::verify::binding::attested::LIST;
use crate::verify::binding::{Signed, created, extended, sold};

/// The list in which a pledge notes lines that secure something together.
const JOINT: &str = "joint";

/// The parts of an act's event.
struct Parts<'a> {
    command: &'a Command,
    changes: &'a [Change],
    rows: &'a [Row],
    facts: &'a Facts,
    at: Stamp,
}

/// Says whether the event is what the command asks for.
pub(super) fn is_asked(signed: &Signed, event: &Event, genesis: &Genesis, facts: &Facts) -> bool {
    let Signed {
        at, law, command, ..
    } = signed;
    let at = *at;
    if is_on_parties(&command.body) {
        return is_shown(command, facts) && is_decided(*law, event, genesis, command, facts, at);
    }
    let Event::Changed {
        act: word,
        changes,
        rows,
        overhangs,
    } = event
    else {
        return false;
    };
    let act = Parts {
        command,
        changes,
        rows,
        facts,
        at,
    };
    let hanging = overhangs.iter().map(|change| StateKey::Right(change.right));
    word == command.body.type_name()
        && law.has_acts()
        && (command.body.is_act() || adds(&command.body))
        && is_shown(command, facts)
        && refuses_giver(command, facts, at).is_none()
        && changes.iter().all(|change| act.may_change(change))
        && rows.iter().all(|row| act.may_put(row))
        && hanging.into_iter().all(|right| act.touches(&right))
        && act.attests()
        && act.leaves()
}

/// Acts on parties, but for the erasure of what a pledge hides.
fn is_on_parties(body: &Body) -> bool {
    let Some(Act::Party(act)) = body.act() else {
        return false;
    };
    !matches!(
        act,
        PartyAct::Erase {
            of: Hiding::Pledge(_),
            ..
        }
    )
}

/// The commands of law 1 that law 2 writes as acts, where they add lines.
fn adds(body: &Body) -> bool {
    matches!(body, Body::AmendPledge { .. } | Body::ExtendPledge { .. })
}

/// Who may give the act stands in the records that it names; a file that leaves them out shows nothing.
fn is_shown(command: &Command, facts: &Facts) -> bool {
    let names = command.body.act_names();
    let mut numbered = names.iter().filter(|key| key.is_numbered());
    numbered.all(|key| facts.fact(key).is_some())
}

/// An act on parties rests on nothing but the parties that it names, so the law itself says what it does.
fn is_decided(
    law: Law,
    event: &Event,
    genesis: &Genesis,
    command: &Command,
    facts: &Facts,
    at: Stamp,
) -> bool {
    // Versions of other records are of their own time; that they held is for a replay.
    let command = Command {
        expect: Vec::new(),
        ..command.clone()
    };
    match rules::consider(law, genesis, facts, &command, at) {
        Outcome::Accepted { event: decided, .. } => decided == *event,
        Outcome::Refused(_) => false,
    }
}

impl Parts<'_> {
    /// Records that the payload names or the entry creates.
    fn is_own(&self, key: &StateKey) -> bool {
        let index = self.at.index;
        let made_here = match key {
            StateKey::Right(id) => id.0 == index,
            StateKey::Pledge(id) => id.0 == index,
            StateKey::Reservation(id) => id.0 == index,
            StateKey::Party(id) => id.0 == index,
            StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => false,
        };
        let named = match &self.command.body {
            Body::AmendPledge { pledge, .. } | Body::ExtendPledge { pledge, .. } => {
                *key == StateKey::Pledge(*pledge)
            }
            body => body.act_names().contains(key),
        };
        made_here || named
    }

    fn reaches(&self, reach: Reach) -> bool {
        let row = matrix::row(self.command.body.type_name());
        row.is_some_and(|row| row.reach.contains(&reach))
    }

    fn may_change(&self, change: &Change) -> bool {
        if self.is_own(&change.of) {
            return true;
        }
        match &change.of {
            StateKey::Identity(_) => change.new && self.reaches(Reach::Identities),
            StateKey::Source(_) | StateKey::Cell(_) => self.reaches(Reach::Places),
            StateKey::Right(_) if self.reaches(Reach::Overlaps) => {
                let mut set = change.set.keys();
                !change.new && change.clear.is_empty() && set.all(|name| name == "tolerated_area2")
            }
            StateKey::Right(_) if self.reaches(Reach::Sold) => {
                let mut set = change.set.keys();
                !change.new
                    && change.clear.is_empty()
                    && set.all(|name| sold::MEMBERS.contains(&&**name))
            }
            // What a split left undivided stays together where its right turns into another.
            StateKey::Pledge(_) if self.keeps_together() => {
                let mut set = change.set.keys();
                !change.new && change.clear.is_empty() && set.all(|name| name == JOINT)
            }
            // Touched, and nothing of its own changed.
            StateKey::Right(_) | StateKey::Pledge(_) | StateKey::Reservation(_) => {
                let says_nothing = change.set.is_empty() && change.clear.is_empty();
                !change.new && says_nothing
            }
            StateKey::Party(_) | StateKey::Policy(_) => false,
        }
    }

    fn may_put(&self, row: &Row) -> bool {
        if self.is_own(&row.of) {
            return true;
        }
        match &row.of {
            StateKey::Right(_) => {
                let id = text(&row.item, "id").and_then(BurdenId::parse);
                let holder = id.and_then(|id| match id {
                    BurdenId::Line(pledge, _) => Some(StateKey::Pledge(pledge)),
                    BurdenId::Hold(reservation, _) => Some(StateKey::Reservation(reservation)),
                    BurdenId::Freeze(_) => None,
                });
                let is_level = row.list == "steps" && self.reaches(Reach::Sold);
                is_level
                    || (row.list == "burdens"
                        && self.reaches(Reach::Burdens)
                        && holder.is_some_and(|holder| self.is_own(&holder)))
            }
            StateKey::Pledge(_) if row.list == JOINT => self.keeps_together() && !row.drop,
            StateKey::Pledge(_) | StateKey::Reservation(_) => {
                let right = text(&row.item, "right").and_then(|id| StateKey::parse("right", id));
                row.list == "lines"
                    && self.reaches(Reach::Lines)
                    && right.is_some_and(|right| self.is_own(&right))
            }
            StateKey::Source(_) | StateKey::Cell(_) => self.reaches(Reach::Places),
            StateKey::Party(_) | StateKey::Identity(_) | StateKey::Policy(_) => false,
        }
    }

    /// A conversion notes of the lines that it takes along which of them secure something together.
    fn keeps_together(&self) -> bool {
        matches!(
            self.command.body.act(),
            Some(Act::Right(RightAct::ConvertRight { .. }))
        )
    }

    fn touches(&self, key: &StateKey) -> bool {
        self.is_own(key)
            || self.changes.iter().any(|change| change.of == *key)
            || self.rows.iter().any(|row| row.of == *key)
    }

    /// Only acts on lines note attested consents, and they are held against the command there.
    fn attests(&self) -> bool {
        let names = |change: &Change| {
            change.set.contains_key(LIST) || change.clear.iter().any(|name| name == LIST)
        };
        let is_noted =
            self.rows.iter().any(|row| row.list == LIST) || self.changes.iter().any(names);
        !(is_noted && self.command.attested.is_empty())
    }

    /// What the payload asks for is what the records become, as far as it is not made again from the records before.
    fn leaves(&self) -> bool {
        let Some(Act::Right(act)) = self.command.body.act() else {
            return true;
        };
        let Json::Object(asked) = body_json(&self.command.body) else {
            return false;
        };
        match act {
            RightAct::TransferRight {
                right,
                part: Some(part),
                ..
            } => {
                let level = self.divided(*right);
                self.has_identities(asked.get("identities"))
                    && self.is_part(*right, asked.get("quantity"))
                    && self.value_of(&self.made(), "holder") == asked.get("to")
                    && self.is_of_the_sort(*right)
                    && self.takes_along(&part.allocations)
                    && created::is_entered(self.at, &part.identities, (self.changes, self.rows))
                    && level.is_some_and(|level| created::lessens(*right, level, self.changes))
            }
            RightAct::ConvertRight {
                right, into: new, ..
            } => match asked.get("into") {
                Some(Json::Object(into)) => {
                    let years = asked.contains_key("years");
                    let member = if years { "converted" } else { "balance" };
                    created::is_entered(self.at, &new.identities, (self.changes, self.rows))
                        && created::lessens(*right, member, self.changes)
                        && self.value_of(&self.made(), "balance") == into.get("quantity")
                        && self.has_identities(into.get("identities"))
                        && ["kind", "span", "class"]
                            .iter()
                            .all(|member| self.value_of(&self.made(), member) == into.get(*member))
                }
                _ => false,
            },
            RightAct::CorrectRight {
                right,
                correction: Correction::Line { line, relied, .. },
                ..
            } => {
                self.sets_nothing(&StateKey::Right(*right))
                    && self.corrects_line(*line, relied, &asked)
            }
            RightAct::ExtendRight { right, .. } => {
                extended::leaves(*right, &asked, self.changes, self.rows)
            }
            RightAct::SurrenderRight { .. }
            | RightAct::CorrectRight { .. }
            | RightAct::TransferRight { .. }
            | RightAct::RecordVerification { .. }
            | RightAct::OfFreeze(_) => true,
        }
    }

    fn lines_of(&self, pledge: PledgeId) -> impl Iterator<Item = &Row> {
        let of = StateKey::Pledge(pledge);
        self.rows
            .iter()
            .filter(move |row| row.of == of && row.list == "lines" && !row.drop)
    }

    /// The pledge notes what its line should have said; the line says it, or one further line has what was missing.
    fn corrects_line(&self, line: BurdenId, relied: &[Reliance], asked: &Members) -> bool {
        let BurdenId::Line(pledge, number) = line else {
            return false;
        };
        let same = ["document", "quantity"]
            .into_iter()
            .filter_map(|member| Some((member.to_owned(), asked.get(member)?.clone())));
        let mut wanted: Members = same.collect();
        wanted.insert("entry".to_owned(), int(self.at.index));
        wanted.insert("line".to_owned(), Json::Int(i64::from(number)));
        let put = self.lines_of(pledge).find_map(line_of);
        if let Some(further) = put.filter(|put| *put != u64::from(number)) {
            wanted.insert("further".to_owned(), int(further));
        }
        if !relied.is_empty() {
            let positions = relied.iter().map(|reliance| int(reliance.position));
            wanted.insert("relied".to_owned(), Json::List(positions.collect()));
        }
        let note = self.last_of(&StateKey::Pledge(pledge), "corrections");
        let noted = note == Some(&wanted);
        let parse = |text: &str| Quantity::parse(text, Scale::MAX).ok();
        let wanted = text(asked, "quantity").and_then(parse);
        let says = |row: &Row| {
            let quantity = text(&row.item, "quantity").and_then(parse);
            let own = line_of(row) == Some(u64::from(number));
            if own {
                quantity == wanted
            } else {
                quantity < wanted
            }
        };
        let grows = put.is_some_and(|put| put != u64::from(number));
        let is_one = self.lines_of(pledge).all(says) && self.lines_of(pledge).count() == 1;
        noted && is_one && self.have_agreed(pledge, grows)
    }

    /// Nobody's collateral gets more or less by the word of the registrar alone.
    fn have_agreed(&self, pledge: PledgeId, grows: bool) -> bool {
        let Some(record) = self.facts.pledge(pledge) else {
            return true;
        };
        let needed = of_correction(record, (grows, None), self.facts, self.at);
        let consenting = self.command.body.act().map_or(&[][..], |act| match act {
            Act::Right(act) => act.consenting(),
            Act::Pledge(_) | Act::Party(_) => &[],
        });
        let acting = |party: &PartyId| self.facts.acting(*party, self.at.index);
        let named: Vec<PartyId> = consenting.iter().map(acting).collect();
        needed.iter().all(|party| named.contains(party))
    }

    /// A part of a right is of the same kind and from the same issuer, which never change.
    fn is_of_the_sort(&self, right: RightId) -> bool {
        let made = self.made();
        self.facts.right(right).is_some_and(|right| {
            self.value_of(&made, "kind") == Some(&Json::text(&*right.kind))
                && self.value_of(&made, "issuer") == Some(&Json::text(&*right.issuer.to_string()))
        })
    }

    /// What goes along with a part of a right is what the payload allocates to it.
    fn takes_along(&self, allocations: &[Allocation]) -> bool {
        let made = self.made().name();
        let went = self
            .rows
            .iter()
            .filter(|row| row.list == "lines" && text(&row.item, "right") == Some(&*made));
        let went: Vec<(&StateKey, Option<&str>)> = went
            .map(|row| (&row.of, text(&row.item, "quantity")))
            .collect();
        let goes = |of: &Allocation| {
            let pledge = of.line.pledge().map(StateKey::Pledge);
            went.iter().any(|(key, quantity)| {
                let fits = of
                    .quantity
                    .is_none_or(|asked| *quantity == Some(&*asked.to_string()));
                pledge.as_ref() == Some(*key) && fits
            })
        };
        allocations.len() == went.len() && allocations.iter().all(goes)
    }

    /// The event sets no member of the record.
    fn sets_nothing(&self, key: &StateKey) -> bool {
        let mut changes = self.changes.iter();
        changes.all(|change| change.of != *key || change.set.is_empty())
    }

    /// The right that the entry creates.
    fn made(&self) -> StateKey {
        StateKey::Right(RightId(self.at.index))
    }

    /// The member of a right that says how much of it is left beside a part; none of one that is not divided.
    fn divided(&self, right: RightId) -> Option<&'static str> {
        match self.facts.right(right)?.capacity {
            Capacity::Stock(_) => Some("balance"),
            Capacity::Flow(_) => Some("steps"),
            Capacity::Land { .. } => None,
        }
    }

    /// The entry creates a right that has so much of another: of a flow, on every day to come.
    fn is_part(&self, right: RightId, quantity: Option<&Json>) -> bool {
        let made = self.made();
        let Some(right) = self.facts.right(right) else {
            return false;
        };
        match &right.capacity {
            Capacity::Stock(_) => self.value_of(&made, "balance") == quantity,
            Capacity::Flow(_) => {
                let first = right.span.from().max(self.at.time.day());
                let first = Json::text(first.to_string());
                let of_made = |row: &&Row| row.of == made && row.list == "steps";
                let steps: Vec<&Members> = self
                    .rows
                    .iter()
                    .filter(of_made)
                    .map(|row| &row.item)
                    .collect();
                let begins = match self.value_of(&made, "span") {
                    Some(Json::Object(span)) => span.get("from") == Some(&first),
                    Some(_) | None => false,
                };
                let wanted = quantity.map(|quantity| {
                    Members::from([
                        ("from".to_owned(), first),
                        ("quantity".to_owned(), quantity.clone()),
                    ])
                });
                begins && wanted.is_some_and(|wanted| steps == [&wanted])
            }
            Capacity::Land { .. } => false,
        }
    }

    /// The entry creates a right of these identities.
    fn has_identities(&self, identities: Option<&Json>) -> bool {
        let made = self.made();
        let Some(Json::List(identities)) = identities else {
            return false;
        };
        let put = |identity: &Json| {
            let mut rows = self.rows.iter();
            rows.any(|row| {
                row.of == made
                    && row.list == "identities"
                    && Json::Object(row.item.clone()) == *identity
            })
        };
        identities.iter().all(put)
    }

    /// The value that the event gives to a member.
    fn value_of(&self, key: &StateKey, member: &str) -> Option<&Json> {
        let change = self.changes.iter().find(|change| change.of == *key)?;
        change.set.get(member)
    }

    /// The last item that the event puts into a list.
    fn last_of(&self, key: &StateKey, list: &str) -> Option<&Members> {
        let put = |row: &&Row| row.of == *key && row.list == list && !row.drop;
        self.rows.iter().rfind(put).map(|row| &row.item)
    }
}

/// A number of the log; those that JSON could not carry are in no record.
fn int(number: u64) -> Json {
    Json::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn line_of(row: &Row) -> Option<u64> {
    match row.item.get("line")? {
        Json::Int(line) => u64::try_from(*line).ok(),
        _ => None,
    }
}

pub(super) fn text<'m>(members: &'m Members, name: &str) -> Option<&'m str> {
    match members.get(name)? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}
