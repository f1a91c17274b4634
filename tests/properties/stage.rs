//! Where acts are played: a small district in the registry and in the model, side by side.
//!
//! Every command is chosen by dice (`choose`), written for the registry (`paper`) and decided by both; `compare` looks at
//! what came of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use greenlien::domain::authority::attest::{Attestation, ConsentClass};
use greenlien::domain::command::Expected;
use greenlien::domain::question::Answer as Answered;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::{PartyId, PledgeId, RightId};

use super::choose::Choice;
use super::dice::Act;
use crate::model::{Expects, Inquiry, Kind, Model, Order, Reasons, facts_of};
use crate::support::play::seal;
use crate::support::{Answer, Play as _, World, cast, papers};

/// The number in the id of what nobody knows.
const NO_ID: u64 = 9_999_999;

/// How a right is counted: its smallest quantity, and what it had when it was issued, at least eight times that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot {
    pub(crate) grain: i64,
    size: i64,
}

impl Plot {
    /// So many eighths of what it had, in whole grains.
    pub(super) fn eighths(&self, eighths: i64) -> i64 {
        self.size * eighths / 8 / self.grain * self.grain
    }
}

/// The registry and the model, in one state.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) model: Model,
    /// The number of the next new key.
    pub(crate) next_key: u64,
    /// What guarantors asked, with what the model said, and what the registry said.
    pub(crate) inquiries: Vec<Inquiry>,
    pub(crate) answers: Vec<Answered>,
}

/// A command that was played, and what came of it on both sides.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) order: Order,
    pub(crate) answer: Answer,
    pub(crate) reasons: Reasons,
}

impl Stage {
    /// The commands of an act, none where it has no object yet; the time that it waits has passed.
    pub(crate) fn orders(&mut self, act: &Act) -> Vec<Order> {
        self.turn();
        let mut choice = Choice::new(self, act);
        let orders = choice.orders(act.word);
        let days = choice.days_to_wait;
        if days > 0 {
            self.world.wait_days(days);
        }
        orders
    }

    /// How many lines have lapsed since the last command.
    pub(crate) fn lines_that_lapsed(&self) -> usize {
        let now = self.world.now().micros();
        let takings = self.model.rights.iter().flat_map(|right| &right.takings);
        let over =
            takings.filter(|it| it.name.is_line() && it.expires.is_some_and(|end| end <= now));
        over.count()
    }

    /// Whether one of these is a sink that has no ground but parcels without a polygon.
    pub(crate) fn names_a_sink_nowhere(&self, names: &[String]) -> bool {
        let is_nowhere = |right: &crate::model::Right| {
            right.kind == Kind::Sink
                && right.ground.is_empty()
                && names.contains(&format!("R{}", right.id))
        };
        self.model.rights.iter().any(is_nowhere)
    }

    /// Lets the model know what time it is, and which number the next entry has.
    pub(crate) fn turn(&mut self) {
        let index = self.world.next_index();
        self.model.at(self.world.now().micros(), index);
    }

    /// Decides a command in both.
    pub(crate) fn decide(&mut self, order: Order) -> Played {
        self.turn();
        let body = self.body(&order.deed);
        let mut signers = Vec::new();
        let mut keys = Vec::new();
        for signature in &order.signatures {
            let role = super::paper::role(signature.part);
            signers.push((self.party(signature.party), role));
            keys.push((role, secret(signature.key)));
        }
        let giver = self.party(order.giver);
        let expect = self.expect(&order);
        let mut command = self.world.draft(giver, body, &signers, &expect);
        for (party, on_video) in &order.attested {
            let class = if *on_video {
                ConsentClass::Video
            } else {
                ConsentClass::Paper
            };
            command.attested.push(Attestation {
                party: self.party(*party),
                class,
                document: papers::document(),
            });
        }
        command.attested.sort_unstable();
        let keys: Vec<_> = keys.iter().map(|(role, key)| (*role, &**key)).collect();
        let openings = super::paper::openings_of(&order.deed);
        let answer = self.world.deliver(seal(&command, &keys), &openings);
        let reasons = self.model.decide(&order);
        Played {
            order,
            answer,
            reasons,
        }
    }

    fn expect(&self, order: &Order) -> Vec<(Expected, u64)> {
        let record = match (order.deed.pledge(), order.deed.right()) {
            (Some(pledge), _) => Expected::Pledge(self.pledge(pledge)),
            (None, Some(right)) => Expected::Right(self.right(right)),
            (None, None) => return Vec::new(),
        };
        let (record, version) = self.world.present(record);
        match order.expects {
            Expects::Present => vec![(record, version)],
            Expects::Stale => vec![(record, version + 1)],
            Expects::Nothing => Vec::new(),
        }
    }

    pub(crate) fn party(&self, nth: usize) -> PartyId {
        let party = self.model.parties.get(nth);
        PartyId(party.map_or(NO_ID, |party| party.id))
    }

    pub(crate) fn right(&self, nth: usize) -> RightId {
        let right = self.model.rights.get(nth);
        RightId(right.map_or(NO_ID, |right| right.id))
    }

    /// How a right is counted.
    pub(crate) fn plot(&self, nth: usize) -> Plot {
        let right = &self.model.rights[nth];
        let grain = facts_of(right.rules).unwrap().grain;
        // The measure of a land right, in mu or tonnes a year, says nothing of what is free.
        Plot {
            grain,
            size: right.issued.max(8 * grain),
        }
    }

    pub(crate) fn pledge(&self, nth: usize) -> PledgeId {
        let pledge = self.model.pledges.get(nth);
        PledgeId(pledge.map_or(NO_ID, |pledge| pledge.id))
    }

    /// Returns the ids of the rights.
    pub(crate) fn rights(&self) -> impl Iterator<Item = RightId> {
        self.model.rights.iter().map(|right| RightId(right.id))
    }
}

thread_local! {
    /// Keys that were made; to make one costs as much as to sign.
    static KEYS: RefCell<BTreeMap<u64, Arc<SecretKey>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The keys with numbers: 0 and 1 are the registrar's, 2 is the first key of the log.
pub(crate) fn secret(number: u64) -> Arc<SecretKey> {
    let made = |number: u64| {
        let seed = Hash::of(&[b"a key of the district|", number.to_string().as_bytes()]);
        match number {
            0 => cast::registrar().maker,
            1 => cast::registrar().checker,
            2 => Arc::new(cast::log_key()),
            _ => Arc::new(SecretKey::from_seed(seed.as_bytes())),
        }
    };
    KEYS.with_borrow_mut(|keys| Arc::clone(keys.entry(number).or_insert_with(|| made(number))))
}

/// The pseudonym of the person with this number.
pub(crate) fn person(number: u64) -> String {
    match number {
        0 => "registrar-maker".to_owned(),
        1 => "registrar-checker".to_owned(),
        _ => format!("person-{number}"),
    }
}
