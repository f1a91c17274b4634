//! An act of law 2 is what its signers asked for: its word, its giver, the records it may change, and what the payload says
//! they become. Which records those are is read in the authority matrix.

use crate::domain::authority::attest::Attestation;
use crate::domain::authority::matrix::{self, Reach};
use crate::domain::authority::refuses_giver;
use crate::domain::change::{Change, Members, Row};
use crate::domain::command::{
    Allocation, Body, Command, Correction, LineChange, PledgeAct, RightAct,
};
use crate::domain::entry::Outcome;
use crate::domain::event::Event;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::right::BurdenId;
use crate::domain::rules;
use crate::domain::wire::body_json;
use crate::primitives::canonical::Json;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::verify::binding::erasure::erased_pledge;
use crate::verify::binding::{Signed, extended, freezes};

/// The parts of an act's event.
pub(super) struct Act<'a> {
    command: &'a Command,
    pub(super) changes: &'a [Change],
    pub(super) rows: &'a [Row],
    facts: &'a Facts,
    pub(super) at: Stamp,
}

/// Says whether the event is what the command asks for.
pub(super) fn is_asked(signed: &Signed, event: &Event, genesis: &Genesis, facts: &Facts) -> bool {
    let Signed {
        at, law, command, ..
    } = signed;
    let at = *at;
    if let Body::OfParty(_) = command.body
        && erased_pledge(&command.body).is_none()
    {
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
    let act = Act {
        command,
        changes,
        rows,
        facts,
        at,
    };
    let hanging = overhangs.iter().map(|change| StateKey::Right(change.right));
    word == command.body.type_name()
        && (command.body.is_act() || adds(&command.body))
        && is_shown(command, facts)
        && refuses_giver(command, facts, at).is_none()
        && changes.iter().all(|change| act.may_change(change))
        && rows.iter().all(|row| act.may_put(row))
        && hanging.into_iter().all(|right| act.touches(&right))
        && act.attests()
        && act.leaves()
}

/// The commands of law 1 that law 2 writes as acts, where they add lines.
fn adds(body: &Body) -> bool {
    matches!(body, Body::AmendPledge { .. } | Body::ExtendPledge { .. })
}

/// Who may give the act stands in the records that it names; a file that leaves them out shows nothing.
fn is_shown(command: &Command, facts: &Facts) -> bool {
    command.body.act_names().iter().all(|key| match key {
        StateKey::Right(_)
        | StateKey::Pledge(_)
        | StateKey::Reservation(_)
        | StateKey::Party(_) => facts.fact(key).is_some(),
        StateKey::Identity(_) | StateKey::Source(_) | StateKey::Cell(_) | StateKey::Policy(_) => {
            true
        }
    })
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

impl Act<'_> {
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
                row.list == "burdens"
                    && self.reaches(Reach::Burdens)
                    && holder.is_some_and(|holder| self.is_own(&holder))
            }
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

    fn touches(&self, key: &StateKey) -> bool {
        self.is_own(key)
            || self.changes.iter().any(|change| change.of == *key)
            || self.rows.iter().any(|row| row.of == *key)
    }

    /// The notes of attested consents end with those that the command attests, and change by nothing else.
    fn attests(&self) -> bool {
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.list == "attested")
            .collect();
        let asked = &self.command.attested;
        if asked.is_empty() {
            let names = |change: &Change| {
                change.set.contains_key("attested") || change.clear.iter().any(|n| n == "attested")
            };
            return rows.is_empty() && !self.changes.iter().any(names);
        }
        let says = |(row, attestation): (&&Row, &Attestation)| {
            let is = |name: &str, value: String| text(&row.item, name) == Some(value.as_str());
            !row.drop
                && is("party", attestation.party.to_string())
                && is("class", attestation.class.name().to_owned())
                && is("document", attestation.document.to_string())
                && row.item.get("entry") == Some(&Json::count(self.at.index))
        };
        let last = rows.len().checked_sub(asked.len());
        let last = last.and_then(|from| rows.get(from..));
        last.is_some_and(|last| last.iter().zip(asked).all(says))
    }

    /// What the payload asks for is what the records become.
    fn leaves(&self) -> bool {
        let Json::Object(asked) = body_json(&self.command.body) else {
            return false;
        };
        match &self.command.body {
            Body::OfPledge(act) => self.leaves_pledges(act, asked),
            Body::OfRight(act) => self.leaves_rights(act, &asked),
            body @ Body::OfParty(_) => {
                erased_pledge(body).is_some_and(|(pledge, claims)| self.erases(pledge, claims))
            }
            Body::AmendPledge {
                pledge,
                changes,
                cap_cny,
            } => self.leaves_amended(*pledge, changes, *cap_cny),
            Body::ExtendPledge {
                pledge, changes, ..
            } => self.leaves_extended(*pledge, changes),
            _ => false,
        }
    }

    /// Each change is met by its own line at the new quantity, or by one further line of less; a cap by its last tranche.
    fn leaves_amended(
        &self,
        pledge: PledgeId,
        changes: &[LineChange],
        cap_cny: Option<Quantity>,
    ) -> bool {
        let asked = |row: &Row| {
            let number = line_of(row)?;
            changes
                .iter()
                .find(|change| u64::from(change.line) == number)
        };
        let lines: Vec<&Row> = self.lines_of(pledge).collect();
        let (own, further): (Vec<&Row>, Vec<&Row>) =
            lines.iter().partition(|row| asked(row).is_some());
        let amount = |change: &LineChange| change.amount.as_ref().map(|(q, _)| q.to_string());
        let is_set = own.iter().all(|row| {
            let wanted = asked(row).and_then(amount);
            wanted.as_deref() == text(&row.item, "quantity")
        });
        let cap = match self.last_of(&StateKey::Pledge(pledge), "caps") {
            Some(tranche) => cap_cny.is_some_and(|cap| {
                let amount =
                    text(tranche, "amount").and_then(|t| Quantity::parse(t, Scale::MAX).ok());
                amount.is_some_and(|amount| amount <= cap)
            }),
            None => true,
        };
        is_set && cap && further.len() + own.len() <= changes.len()
    }

    /// Each change is met by its own line with the new end, or by one further line that ends there.
    fn leaves_extended(&self, pledge: PledgeId, changes: &[LineChange]) -> bool {
        let ends: Vec<Option<String>> = changes
            .iter()
            .map(|change| change.to.map(|to| to.to_string()))
            .collect();
        let mut lines = self.lines_of(pledge);
        let ended = lines.all(|row| ends.contains(&text(&row.item, "to").map(str::to_owned)));
        ended && self.lines_of(pledge).count() == changes.len()
    }

    fn lines_of(&self, pledge: PledgeId) -> impl Iterator<Item = &Row> {
        let of = StateKey::Pledge(pledge);
        self.rows
            .iter()
            .filter(move |row| row.of == of && row.list == "lines" && !row.drop)
    }

    fn leaves_pledges(&self, act: &PledgeAct, mut asked: Members) -> bool {
        match act {
            PledgeAct::RecordExternalRegistration { pledge, .. } => {
                asked.remove("pledge");
                self.last_of(&StateKey::Pledge(*pledge), "external") == Some(&asked)
            }
            PledgeAct::ChangeRank { right, to, .. } => self.leaves_order(*right, to),
            PledgeAct::AssignPledge {
                pledge, part_cny, ..
            } => {
                let of = StateKey::Pledge(*pledge);
                let part = self.last_of(&of, "parts");
                let to = match part_cny {
                    Some(_) => part.and_then(|part| part.get("party")),
                    None => self.value_of(&of, "pledgee"),
                };
                let amount = part.and_then(|part| part.get("amount"));
                to == asked.get("to") && (part_cny.is_none() || amount == asked.get("part_cny"))
            }
            PledgeAct::DetermineClaim { pledge, .. } => {
                let entry = Json::count(self.at.index);
                self.value_of(&StateKey::Pledge(*pledge), "determined") == Some(&entry)
            }
            PledgeAct::SubstituteCollateral { pledge, drop, add } => {
                let further = |row: &&Row| {
                    let number = line_of(row);
                    !drop
                        .iter()
                        .any(|change| Some(u64::from(change.line)) == number)
                };
                let rights: Vec<Option<&str>> = self
                    .lines_of(*pledge)
                    .filter(further)
                    .map(|row| text(&row.item, "right"))
                    .collect();
                let asked: Vec<String> = add.iter().map(|line| line.right.to_string()).collect();
                rights
                    .into_iter()
                    .eq(asked.iter().map(|right| Some(right.as_str())))
            }
            PledgeAct::RegisterGuarantee { pledge, .. } => self.notes(
                *pledge,
                "guarantees",
                &asked,
                &["share_bp", "counter", "document"],
            ),
            PledgeAct::RegisterBuyoutCommitment { pledge, .. } => {
                self.notes(*pledge, "buyouts", &asked, &["trigger", "document"])
            }
            PledgeAct::Object { pledge, .. } => {
                self.notes(*pledge, "objections", &asked, &["document", "suit"])
            }
            PledgeAct::WithdrawObjection { pledge, .. } => {
                let of = StateKey::Pledge(*pledge);
                let lists = self.changes.iter().filter(|change| change.of == of);
                let names = lists.flat_map(|change| change.set.keys().chain(&change.clear));
                names.into_iter().all(|name| name == "objections")
            }
            PledgeAct::RecordDisposal { pledge, line, .. } => {
                let number = Some(u64::from(*line));
                self.notes(
                    *pledge,
                    "disposals",
                    &asked,
                    &["line", "quantity", "document"],
                ) && self.lines_of(*pledge).all(|row| line_of(row) == number)
            }
        }
    }

    /// The last note of a list says what the payload says.
    fn notes(&self, pledge: PledgeId, list: &str, asked: &Members, members: &[&str]) -> bool {
        let note = self.last_of(&StateKey::Pledge(pledge), list);
        note.is_some_and(|note| {
            members
                .iter()
                .all(|name| note.get(*name) == asked.get(*name))
        })
    }

    /// Only lines of the order change, and each stands behind lines that the order puts before it.
    fn leaves_order(&self, right: RightId, to: &[BurdenId]) -> bool {
        let in_order = |row: &Row| {
            let id = text(&row.item, "id").and_then(BurdenId::parse);
            let ahead = to.iter().take_while(|other| Some(**other) != id);
            let ahead: Vec<String> = ahead.map(ToString::to_string).collect();
            let behind = match row.item.get("behind") {
                Some(Json::List(behind)) => behind.as_slice(),
                _ => &[],
            };
            let is_ahead = |name: &Json| matches!(name, Json::Text(name) if ahead.contains(name));
            id.is_some_and(|id| to.contains(&id)) && behind.iter().all(is_ahead)
        };
        let of = StateKey::Right(right);
        let mut rows = self.rows.iter().filter(|row| row.of == of);
        self.changes.iter().all(|change| change.of != of) && rows.all(in_order)
    }

    fn leaves_rights(&self, act: &RightAct, asked: &Members) -> bool {
        match act {
            RightAct::ExtendRight { right, .. } => {
                extended::leaves(*right, asked, self.changes, self.rows)
            }
            RightAct::SurrenderRight { right, .. } => {
                let key = StateKey::Right(*right);
                self.sets_only(&key, &["balance", "measure"])
            }
            RightAct::CorrectRight {
                right, correction, ..
            } => self.corrects(&StateKey::Right(*right), correction, asked),
            RightAct::TransferRight { right, part, .. } => {
                let key = StateKey::Right(*right);
                match part {
                    None => {
                        self.sets_only(&key, &["holder"])
                            && self.value_of(&key, "holder") == asked.get("to")
                    }
                    Some(part) => {
                        self.makes("balance", asked.get("quantity"), asked.get("identities"))
                            && self.value_of(&self.made(), "holder") == asked.get("to")
                            && self.is_of_the_sort(*right)
                            && self.takes_along(&part.allocations)
                    }
                }
            }
            RightAct::ConvertRight { .. } => match asked.get("into") {
                Some(Json::Object(into)) => {
                    self.makes("balance", into.get("quantity"), into.get("identities"))
                        && ["kind", "span", "class"]
                            .iter()
                            .all(|member| self.value_of(&self.made(), member) == into.get(*member))
                }
                _ => false,
            },
            RightAct::RecordVerification { right, .. } => {
                let key = StateKey::Right(*right);
                let last = self.last_of(&key, "verifications");
                let says = |name: &str| last.and_then(|last| last.get(name)) == asked.get(name);
                self.sets_only(&key, &["verifications"]) && says("size") && says("root")
            }
            RightAct::OfFreeze(act) => freezes::leaves(act, self.changes, self.rows),
        }
    }

    /// A correction changes what it says and nothing else of the right.
    fn corrects(&self, key: &StateKey, correction: &Correction, asked: &Members) -> bool {
        let same = |member| self.value_of(key, member) == asked.get(member);
        match correction {
            Correction::Particulars { class, attributes } => {
                let class = class.is_none() || same("class");
                let has = |given: &Members| {
                    let is = |(name, value): (&String, &String)| {
                        given.get(name) == Some(&Json::text(&**value))
                    };
                    attributes.iter().all(is)
                };
                let attributes = attributes.is_empty()
                    || matches!(self.value_of(key, "attributes"), Some(Json::Object(now)) if has(now));
                class && attributes && self.sets_only(key, &["class", "attributes"])
            }
            Correction::Quantity(_) => {
                let level = ["balance", "measure"]
                    .into_iter()
                    .find(|member| self.value_of(key, member).is_some());
                let is_level =
                    level.is_some_and(|member| self.value_of(key, member) == asked.get("quantity"));
                (is_level || self.value_of(key, "steps").is_some() || self.puts(key, "steps"))
                    && self.sets_only(key, &["balance", "measure", "steps"])
            }
            Correction::Resolution => {
                self.value_of(key, "resolution") == asked.get("document")
                    && self.sets_only(key, &["resolution"])
            }
            Correction::Line { line, .. } => {
                self.sets_only(key, &[]) && self.corrects_line(*line, asked)
            }
        }
    }

    /// The pledge notes what its line should have said; the line says it, or one further line has what was missing.
    fn corrects_line(&self, line: BurdenId, asked: &Members) -> bool {
        let BurdenId::Line(pledge, number) = line else {
            return false;
        };
        let note = self.last_of(&StateKey::Pledge(pledge), "corrections");
        let noted = note.is_some_and(|note| {
            note.get("line") == Some(&Json::Int(i64::from(number)))
                && note.get("quantity") == asked.get("quantity")
                && note.get("document") == asked.get("document")
        });
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
        noted && self.lines_of(pledge).all(says) && self.lines_of(pledge).count() == 1
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

    fn puts(&self, key: &StateKey, list: &str) -> bool {
        self.rows
            .iter()
            .any(|row| row.of == *key && row.list == list)
    }

    /// The event sets no other members of the record than these.
    fn sets_only(&self, key: &StateKey, members: &[&str]) -> bool {
        let change = self.changes.iter().find(|change| change.of == *key);
        change.is_none_or(|change| {
            let mut set = change.set.keys();
            set.all(|member| members.contains(&member.as_str()))
        })
    }

    /// The right that the entry creates.
    fn made(&self) -> StateKey {
        StateKey::Right(RightId(self.at.index))
    }

    /// The entry creates a right of this quantity and these identities.
    fn makes(&self, level: &str, quantity: Option<&Json>, identities: Option<&Json>) -> bool {
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
        self.value_of(&made, level) == quantity && identities.iter().all(put)
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
