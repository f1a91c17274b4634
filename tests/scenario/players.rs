//! Who and what a scenario has named so far: parties with all their keys, rights, pledges, reservations, freezes.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenlien::domain::command::Body;
use greenlien::domain::facts::StateKey;
use greenlien::domain::law::Law;
use greenlien::domain::question::{Answer, Question};
use greenlien::domain::right::BurdenId;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};

use crate::support::{Actor, Answer as Decided, cast};

/// The name that stands for something the register does not know.
pub(crate) const NOBODY: &str = "?";
/// The index in the id of what the register does not know.
const NO_INDEX: u64 = 9_999_999;

/// A party with its keys.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    /// The party, with its first keys and its threshold.
    pub(crate) actor: Actor,
    /// What it may issue.
    pub(crate) duties: Vec<String>,
    /// Its keys by the names that the scenario uses.
    pub(crate) keys: BTreeMap<String, Arc<SecretKey>>,
}

impl Player {
    /// Makes a player of an actor.
    pub(crate) fn new(actor: Actor, duties: Vec<String>) -> Self {
        let keys = BTreeMap::from([
            ("maker".to_owned(), Arc::clone(&actor.maker)),
            ("checker".to_owned(), Arc::clone(&actor.checker)),
        ]);
        Self {
            actor,
            duties,
            keys,
        }
    }
}

/// What a step has created.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Named {
    /// A right, its kind and its holder.
    Right(RightId, String, String),
    /// A pledge, its pledgee and its pledgor.
    Pledge(PledgeId, String, String),
    /// A reservation and its pledgee.
    Reservation(ReservationId, String),
    /// A freeze, and the right it is on.
    Freeze(FreezeId, String),
    /// An entry that made none of these.
    Entry(u64),
}

/// Everything that has a name.
#[derive(Debug)]
pub(crate) struct Names {
    players: BTreeMap<String, Player>,
    records: BTreeMap<String, Named>,
    asked: BTreeMap<String, (Question, Answer, u64)>,
}

impl Names {
    /// Begins with the registrar, whom genesis admits.
    pub(crate) fn new() -> Self {
        let registrar = Player::new(cast::registrar(), Vec::new());
        Self {
            players: BTreeMap::from([("registrar".to_owned(), registrar)]),
            records: BTreeMap::new(),
            asked: BTreeMap::new(),
        }
    }

    /// Keeps what was asked and answered; what is no question about one right is not kept.
    pub(crate) fn keep(&mut self, name: &str, org: PartyId, body: &Body, answer: &Decided) {
        if let Ok(question) = Question::new(org, body.clone()) {
            let Decided::Decided { index, outcome } = answer else {
                return;
            };
            let answer = Answer::of(Law::LATEST, outcome);
            self.asked
                .insert(name.to_owned(), (question, answer, *index));
        }
    }

    /// Returns what was asked under a name, the answer, and the size of the log at that moment.
    pub(crate) fn asked(&self, name: &str) -> &(Question, Answer, u64) {
        let asked = self.asked.get(name);
        asked.unwrap_or_else(|| panic!("{name} was not asked"))
    }

    /// Gives a name to a party.
    pub(crate) fn add_player(&mut self, name: &str, player: Player) {
        let before = self.players.insert(name.to_owned(), player);
        assert!(before.is_none(), "{name} is a party already");
    }

    /// Gives a name to what a step has created.
    pub(crate) fn add(&mut self, name: String, named: Named) {
        assert!(
            !self.records.contains_key(&name),
            "{name} is a name already"
        );
        self.records.insert(name, named);
    }

    /// Returns everything that has a name of its own: of the many that one repeated step makes, the first.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = &Named> {
        let own = |(name, _): &(&String, &Named)| !name.contains('_');
        self.records.iter().filter(own).map(|(_, named)| named)
    }

    /// Returns a player.
    pub(crate) fn player(&self, name: &str) -> &Player {
        self.players
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not a party yet"))
    }

    /// Returns a player to change its keys or its threshold.
    pub(crate) fn player_mut(&mut self, name: &str) -> &mut Player {
        self.players
            .get_mut(name)
            .unwrap_or_else(|| panic!("{name} is not a party yet"))
    }

    /// Returns the id of a party.
    pub(crate) fn party(&self, name: &str) -> PartyId {
        if name == NOBODY {
            return PartyId(NO_INDEX);
        }
        self.player(name).actor.party
    }

    /// Returns the name of a party; `?` where it has none.
    pub(crate) fn name_of(&self, id: PartyId) -> String {
        let mut players = self.players.iter();
        let found = players.find(|(_, player)| player.actor.party == id);
        found.map_or(NOBODY.to_owned(), |(name, _)| name.clone())
    }

    /// Returns the index of the entry that made something.
    pub(crate) fn entry_of(&self, name: &str) -> u64 {
        if name == NOBODY {
            return NO_INDEX;
        }
        match self.named(name) {
            Named::Right(id, ..) => id.0,
            Named::Pledge(id, ..) => id.0,
            Named::Reservation(id, _) => id.0,
            Named::Freeze(id, _) => id.0,
            Named::Entry(index) => *index,
        }
    }

    /// Returns the first party that issues rights of a kind.
    pub(crate) fn issuer_of(&self, kind: &str) -> String {
        let issues = |(_, player): &(&String, &Player)| player.duties.iter().any(|d| d == kind);
        let found = self.players.iter().find(issues);
        found.map_or_else(|| panic!("nobody issues {kind}"), |(name, _)| name.clone())
    }

    /// Returns the name that the story gives to a pledge or a right of this id; the id itself where it has none.
    pub(crate) fn record_called(&self, id: &str) -> String {
        let is_it = |named: &Named| match named {
            Named::Right(own, ..) => own.to_string() == id,
            Named::Pledge(own, ..) => own.to_string() == id,
            Named::Reservation(own, _) => own.to_string() == id,
            Named::Freeze(..) | Named::Entry(_) => false,
        };
        let found = self.records.iter().find(|(_, named)| is_it(named));
        found.map_or(id.to_owned(), |(name, _)| name.clone())
    }

    fn named(&self, name: &str) -> &Named {
        self.records
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not a name yet"))
    }

    /// Returns a right with its kind and its holder; for `?` the id of none.
    pub(crate) fn right(&self, name: &str) -> (RightId, String, String) {
        if name == NOBODY {
            return (RightId(NO_INDEX), String::new(), NOBODY.to_owned());
        }
        match self.named(name) {
            Named::Right(id, kind, holder) => (*id, kind.clone(), holder.clone()),
            other => panic!("{name} is no right but {other:?}"),
        }
    }

    /// Returns a pledge with its pledgee and its pledgor; for `?` the id of none.
    pub(crate) fn pledge(&self, name: &str) -> (PledgeId, String, String) {
        if name == NOBODY {
            return (PledgeId(NO_INDEX), NOBODY.to_owned(), NOBODY.to_owned());
        }
        match self.named(name) {
            Named::Pledge(id, by, of) => (*id, by.clone(), of.clone()),
            other => panic!("{name} is no pledge but {other:?}"),
        }
    }

    /// Returns a reservation with its pledgee; for `?` the id of none.
    pub(crate) fn reservation(&self, name: &str) -> (ReservationId, String) {
        if name == NOBODY {
            return (ReservationId(NO_INDEX), NOBODY.to_owned());
        }
        match self.named(name) {
            Named::Reservation(id, by) => (*id, by.clone()),
            other => panic!("{name} is no reservation but {other:?}"),
        }
    }

    /// Returns a freeze and the name of the right it is on; for `?` the id of none.
    pub(crate) fn freeze(&self, name: &str) -> (FreezeId, Option<String>) {
        if name == NOBODY {
            return (FreezeId(NO_INDEX), None);
        }
        match self.named(name) {
            Named::Freeze(id, right) => (*id, Some(right.clone())),
            other => panic!("{name} is no freeze but {other:?}"),
        }
    }

    /// Returns a burden: `P1` is the first line of P1, `P1.2` its third.
    pub(crate) fn burden(&self, text: &str) -> BurdenId {
        let (name, line) = text.split_once('.').unwrap_or((text, "0"));
        let line = line.parse().unwrap();
        match self.named(name) {
            Named::Pledge(id, ..) => BurdenId::Line(*id, line),
            Named::Reservation(id, _) => BurdenId::Hold(*id, line),
            Named::Freeze(id, _) => BurdenId::Freeze(*id),
            Named::Right(..) | Named::Entry(_) => panic!("{text} is not a burden"),
        }
    }

    /// Says whether a record in the way that a finding names is the one that the scenario names.
    pub(crate) fn is_called(&self, conflict: &str, name: &str) -> bool {
        if let Some(player) = self.players.get(name) {
            return conflict == player.actor.party.to_string();
        }
        let plain = name.split_once('.').map_or(name, |(name, _)| name);
        match self.records.get(plain) {
            Some(Named::Right(id, ..)) => conflict == id.to_string(),
            Some(Named::Pledge(id, ..)) => {
                conflict == id.to_string() || conflict == self.burden(name).to_string()
            }
            Some(Named::Reservation(id, _)) => {
                conflict == id.to_string() || conflict == self.burden(name).to_string()
            }
            Some(Named::Freeze(..)) => conflict == self.burden(name).to_string(),
            Some(Named::Entry(index)) => conflict == index.to_string(),
            None => conflict == name,
        }
    }

    /// Returns the state key of a party, a right, a pledge or a reservation.
    pub(crate) fn key(&self, name: &str) -> StateKey {
        if let Some(player) = self.players.get(name) {
            return StateKey::Party(player.actor.party);
        }
        match self.named(name) {
            Named::Right(id, ..) => StateKey::Right(*id),
            Named::Pledge(id, ..) => StateKey::Pledge(*id),
            Named::Reservation(id, _) => StateKey::Reservation(*id),
            Named::Freeze(_, right) => self.key(right),
            Named::Entry(_) => panic!("{name} is no record"),
        }
    }
}

/// Makes the secret key of this name, the same in every run.
pub(crate) fn secret(name: &str) -> SecretKey {
    let seed = Hash::of(&[b"greenlien scenario key|", name.as_bytes()]);
    SecretKey::from_seed(seed.as_bytes())
}

/// Returns the digest of a document that a scenario names.
pub(crate) fn document(name: &str) -> Hash {
    Hash::of(&[name.as_bytes()])
}
