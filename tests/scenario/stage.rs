//! What a scenario needs of a registry beside the door for commands: its clock, its records, and the question "may I?".
//!
//! The pure world and the house behind HTTP both offer it, so a scenario is one story told twice.

use std::sync::Arc;

use greenlien::domain::command::{Body, Command, Expected, Signer, SignerRole};
use greenlien::domain::door;
use greenlien::domain::facts::{Facts, Record, StateKey};
use greenlien::domain::fold::Stamp;
use greenlien::domain::law::Law;
use greenlien::domain::needs::needs;
use greenlien::domain::rules;
use greenlien::primitives::id::{CommandId, PartyId};
use greenlien::primitives::time::Timestamp;

use crate::support::house::House;
use crate::support::{Answer, Play, World};

/// A registry on which a scenario is played.
pub(crate) trait Stage: Play {
    /// The registry remembers commands by their ids, and answers one that comes again.
    const REMEMBERS: bool;

    /// Moves on to a time.
    fn turn_to(&mut self, time: Timestamp);

    /// Sets the clock of the server alone; the pure law has none.
    fn set_server_clock(&mut self, time: Timestamp);

    /// Asks what would be decided; writes nothing.
    fn ask(&self, org: PartyId, body: Body) -> Answer;

    /// Hears what was asked, beside the answer.
    fn asked(&mut self, _org: PartyId, _body: &Body) {}

    /// Returns a right, a pledge, a reservation or a party with its version.
    fn record(&self, key: &StateKey) -> Option<(Record, u64)>;

    /// Returns the registry behind HTTP, which alone has prices; the pure law has none.
    fn served(&self) -> Option<&House>;

    /// Checks the ledger as somebody outside can.
    fn check_ledger(&mut self);

    /// Returns the version of a record, 0 where there is none.
    fn version(&self, record: Expected) -> u64 {
        let key = match record {
            Expected::Right(right) => StateKey::Right(right),
            Expected::Pledge(pledge) => StateKey::Pledge(pledge),
        };
        self.record(&key).map_or(0, |(_, version)| version)
    }
}

impl Stage for World {
    const REMEMBERS: bool = false;

    fn turn_to(&mut self, time: Timestamp) {
        self.at(time);
    }

    fn set_server_clock(&mut self, _time: Timestamp) {}

    fn ask(&self, org: PartyId, body: Body) -> Answer {
        let time = self.now();
        let maker = Signer {
            org,
            role: SignerRole::Maker,
        };
        let mut command = Command {
            aud: self.audience(),
            org,
            cmd: CommandId([0; 16]),
            signers: vec![maker],
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat: time,
            exp: time.plus_seconds(1),
            body,
        };
        let mut facts = Facts::new(self.machine().policies());
        loop {
            let wanted = needs(&command, &[], &facts, time);
            if wanted.is_empty() {
                break;
            }
            for key in wanted {
                let fact = self.machine().held(&key).map(|row| Arc::clone(&row.fact));
                facts.insert(key, fact);
            }
        }
        let index = self.next_index();
        let stamp = Stamp { index, time };
        if let Err(fault) =
            door::check(&command, &facts, stamp).and_then(|()| door::check_read(&command.body))
        {
            return Answer::Faulty(fault);
        }
        if let Some(record) = command.body.must_expect() {
            let present = self.present(record);
            command.expect = vec![present];
            command.expect.retain(|(_, version)| *version > 0);
        }
        let outcome = rules::consider(
            Law::LATEST,
            self.machine().genesis(),
            &facts,
            &command,
            stamp,
        );
        Answer::Decided { index, outcome }
    }

    fn record(&self, key: &StateKey) -> Option<(Record, u64)> {
        let fact = self.fact(key)?;
        Some((fact.record.clone(), fact.version))
    }

    fn served(&self) -> Option<&House> {
        None
    }

    fn check_ledger(&mut self) {}
}

impl Stage for House {
    const REMEMBERS: bool = true;

    fn turn_to(&mut self, time: Timestamp) {
        self.at(time);
    }

    fn set_server_clock(&mut self, time: Timestamp) {
        House::set_server_clock(self, time);
    }

    fn ask(&self, org: PartyId, body: Body) -> Answer {
        House::ask(self, org, &body)
    }

    fn record(&self, key: &StateKey) -> Option<(Record, u64)> {
        House::record(self, key)
    }

    fn served(&self) -> Option<&House> {
        Some(self)
    }

    fn check_ledger(&mut self) {
        House::check_ledger(self);
    }
}
