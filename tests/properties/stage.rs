//! Where acts are played: a small district in the registry and in the model, side by side.
//!
//! Every command is chosen by dice (`choose`), written for the registry (`paper`) and decided by both; `compare` looks at
//! what came of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use greenlien::domain::command::Expected;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::{PartyId, PledgeId, RightId};

use super::choose::Choice;
use super::dice::Act;
use crate::model::{Deed, Expects, Model, NOBODY, Order, Reasons};
use crate::support::play::seal;
use crate::support::{Answer, Play as _, World, cast};

/// The number in the id of what nobody knows.
const NO_ID: u64 = 9_999_999;

/// A right of the district: where it stands in the registry, its unit and the smallest quantity of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot {
    pub(crate) id: RightId,
    pub(crate) unit: &'static str,
    pub(crate) grain: i64,
    /// What it had when it was issued.
    pub(crate) size: i64,
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
    pub(crate) plots: Vec<Plot>,
    /// The number of the next new key.
    pub(crate) next_key: u64,
}

/// A command that was played, and what came of it on both sides.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) order: Order,
    pub(crate) answer: Answer,
    pub(crate) reasons: Reasons,
}

impl Stage {
    /// Plays an act in both; returns nothing where the act has no object yet.
    pub(crate) fn play(&mut self, act: &Act) -> Vec<Played> {
        self.turn();
        let mut choice = Choice::new(self, act);
        let orders = choice.orders(act.word);
        let days = choice.days_to_wait;
        if days > 0 {
            self.world.wait_days(days);
        }
        let mut played = Vec::new();
        for order in orders {
            played.push(self.decide(order));
        }
        played
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
        let command = self.world.draft(giver, body, &signers, &expect);
        let keys: Vec<_> = keys.iter().map(|(role, key)| (*role, &**key)).collect();
        let answer = self.world.deliver(seal(&command, &keys), &[]);
        let reasons = self.model.decide(&order);
        Played {
            order,
            answer,
            reasons,
        }
    }

    fn expect(&self, order: &Order) -> Vec<(Expected, u64)> {
        let record = match &order.deed {
            Deed::ChangeRank { right, .. } => Expected::Right(self.right(*right)),
            deed => match deed.pledge() {
                Some(pledge) => Expected::Pledge(self.pledge(pledge)),
                None => return Vec::new(),
            },
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
        let plot = self.plots.get(nth).filter(|_| nth != NOBODY);
        plot.map_or(RightId(NO_ID), |plot| plot.id)
    }

    pub(crate) fn pledge(&self, nth: usize) -> PledgeId {
        let pledge = self.model.pledges.get(nth);
        PledgeId(pledge.map_or(NO_ID, |pledge| pledge.id))
    }

    /// Returns the ids of the rights.
    pub(crate) fn rights(&self) -> impl Iterator<Item = RightId> {
        self.plots.iter().map(|plot| plot.id)
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
