//! Reads: records, histories, tiles, receipts, and the question "may I?". Every answer is of committed state.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use crate::domain::authority::consents;
use crate::domain::command::{Body, Command, Signer, SignerRole};
use crate::domain::entry::Outcome;
use crate::domain::facts::{Facts, Owner, Record, StateKey, active_version};
use crate::domain::fold::Stamp;
use crate::domain::law::Law;
use crate::domain::needs::needs;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Identity;
use crate::domain::wire::StateValue;
use crate::domain::{door, rules};
use crate::ledger::proof::{consistency_proof, inclusion_proof};
use crate::ledger::proof_file::ProofFile;
use crate::ledger::tile::{TILE_WIDTH, TileId, TileLevel, append_bundle, available_width};
use crate::ledger::tree::HashReader as _;
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::identifier::normal_form_upper;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::codec::{self, row_key};
use crate::service::committer::stored_receipt;
use crate::service::{Receipt, Registry, ServiceFault};
use crate::store::StoreFault;
use crate::verify::machine::RowSource as _;

/// A record as it stands, with the entry that touched it last.
#[derive(Clone, Debug)]
pub struct Found {
    /// The state value: key, record, version and history root.
    pub value: StateValue,
    /// Its canonical text, whose hash the state tree holds.
    pub text: String,
    /// The index of the last entry that touched it.
    pub last_index: EntryIndex,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Considered {
    /// What the registry would decide now.
    pub outcome: Outcome,
    /// The size of the log that the answer rests on.
    pub size: u64,
    /// The registry time of the answer.
    pub time: Timestamp,
}

/// Which listing of rights or pledges is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Listing {
    /// Rights that a party holds.
    RightsOf(PartyId),
    /// Pledges that a party has taken.
    PledgesOf(PartyId),
    /// Pledges that a party has given.
    PledgedBy(PartyId),
    /// Pledges and reservations that concern a party in whatever role, or did once.
    Concerning(PartyId),
    /// Reservations that a party made or consented to, or that came to it.
    ReservationsOf(PartyId),
    /// Every right.
    Rights,
    /// Every pledge.
    Pledges,
    /// Every reservation.
    Reservations,
    /// Every party.
    Parties,
}

/// Returns whether a record is of a party with `name` in its registered name, present or former.
pub fn is_named(name: &str) -> impl Fn(&Record) -> bool {
    let wanted = spoken(name);
    move |record| match record {
        Record::Party(party) => {
            let former = party.more.former_names.iter().map(|(name, _)| name);
            let mut names = former.chain(&party.name);
            !wanted.is_empty() && names.any(|name| spoken(name).contains(&wanted))
        }
        _ => false,
    }
}

impl Registry {
    /// Reads a record.
    pub fn record(&self, key: &StateKey) -> Result<Option<Found>, ServiceFault> {
        let bytes = self.shared.store.record(&row_key(key))?;
        bytes.map(|bytes| found(&bytes)).transpose()
    }

    /// Finds the owner of an identity.
    pub fn owner(&self, identity: &Identity) -> Result<Option<Owner>, ServiceFault> {
        let Some(row) = self.shared.store.row(&StateKey::identity(identity))? else {
            return Ok(None);
        };
        match &row.fact.record {
            Record::Identity(owner) => Ok(Some(*owner)),
            _ => Err(ServiceFault::Doubt(
                "an identity holds another record".to_owned(),
            )),
        }
    }

    /// Returns parties whose registered name, present or former, has `name` in it, ascending by id, after `after`; and from which
    /// id to go on, where more may follow.
    ///
    /// Natural persons are never found so: their names are hidden values. Width, spaces and case make no difference.
    pub fn parties_named(
        &self,
        name: &str,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<(Vec<Found>, Option<EntryIndex>), ServiceFault> {
        if spoken(name).is_empty() {
            return Ok((Vec::new(), None));
        }
        self.list_where(Listing::Parties, is_named(name), after, limit)
    }

    /// Returns rights that have `part` as one part of an identity of any scheme, ascending by id, and whether there may be more:
    /// a permit has a right for each pollutant, an account one for each year. Width, spaces and case make no difference.
    pub fn rights_with_part(
        &self,
        part: &str,
        limit: usize,
    ) -> Result<(Vec<Found>, bool), ServiceFault> {
        let wanted = spoken(part);
        self.rights_where(limit, &|part| part == wanted)
    }

    /// Finds rights with a part of an identity that differs from this by one character, or has all of it within: whoever typed
    /// it may have meant them. Looks as far as [`Self::rights_with_part`].
    pub fn rights_alike(
        &self,
        part: &str,
        limit: usize,
    ) -> Result<(Vec<Found>, bool), ServiceFault> {
        let wanted = spoken(part);
        self.rights_where(limit, &|part| is_near(part, &wanted))
    }

    /// Rights of which a part of an identity is wanted, in order of registration.
    fn rights_where(
        &self,
        limit: usize,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<(Vec<Found>, bool), ServiceFault> {
        let (mut last, mut looked_at, mut with_part) = (None, 0, Vec::new());
        loop {
            let rows = self.page(b"r", last, limits::PAGE_ROWS_MAX)?;
            let is_last = rows.len() < limits::PAGE_ROWS_MAX;
            for found in rows {
                if with_part.len() >= limit || looked_at >= limits::PART_RECORDS_MAX {
                    return Ok((with_part, true));
                }
                looked_at += 1;
                last = found.value.key.entry();
                if let Record::Right(right) = &found.value.record {
                    let mut parts = right.identities.iter().flat_map(|one| one.value.split('|'));
                    if parts.any(|part| is_wanted(&spoken(part))) {
                        with_part.push(found);
                    }
                }
            }
            if is_last {
                return Ok((with_part, false));
            }
        }
    }

    pub(crate) fn page(
        &self,
        space: &[u8],
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Vec<Found>, ServiceFault> {
        let after = after.map(|index| [space, &index.to_be_bytes()].concat());
        let rows = self.shared.store.records(space, after.as_deref(), limit)?;
        rows.iter().map(|(_, bytes)| found(bytes)).collect()
    }

    /// Returns up to `limit` entries of a record's history before `before`, newest first.
    pub fn history(
        &self,
        key: &StateKey,
        before: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Vec<(EntryIndex, Vec<u8>)>, ServiceFault> {
        let Some(record) = self.record(key)? else {
            return Err(ServiceFault::Absent(key.name()));
        };
        let name = row_key(key);
        let mut next = Some(record.last_index);
        let mut entries = Vec::new();
        while let Some(index) = next {
            if entries.len() >= limit.min(limits::PAGE_ROWS_MAX) {
                break;
            }
            let links = self.shared.store.links(index)?;
            if before.is_none_or(|before| index < before) {
                entries.push((index, self.entry(index)?));
            }
            next = links
                .into_iter()
                .find(|link| link.key == name)
                .and_then(|link| link.previous);
        }
        Ok(entries)
    }

    /// Returns the bytes of an entry.
    pub fn entry(&self, index: EntryIndex) -> Result<Vec<u8>, ServiceFault> {
        let entry = self.shared.store.entry(index)?;
        entry.ok_or_else(|| ServiceFault::Absent(format!("entry {index}")))
    }

    /// Returns the receipt of a command that was decided.
    pub fn receipt(&self, org: PartyId, cmd: CommandId) -> Result<Receipt, ServiceFault> {
        let Some(row) = self.shared.store.command(org, cmd)? else {
            return Err(ServiceFault::Absent(format!("command {cmd} of {org}")));
        };
        self.receipt_of(row.entry)
    }

    /// Returns the receipt of the command at an index: under the cosigned checkpoint if that has it, else under the one that
    /// the log has signed.
    pub fn receipt_of(&self, index: EntryIndex) -> Result<Receipt, ServiceFault> {
        let cosigned = self.cosigned().filter(|head| index < head.size);
        let is_cosigned = cosigned.is_some();
        let head = cosigned.unwrap_or_else(|| self.shared.published());
        let receipt = stored_receipt(&self.shared, &head, index)?;
        Ok(Receipt {
            cosigned: is_cosigned,
            ..receipt
        })
    }

    /// Returns the file that proves an entry (C2SP tlog-proof): under the cosigned checkpoint if that has it, else under the
    /// one that the log has signed.
    pub fn proof_file(&self, index: EntryIndex) -> Result<String, ServiceFault> {
        let cosigned = self.cosigned().filter(|head| index < head.size);
        let published = cosigned.unwrap_or_else(|| self.shared.published());
        if index >= published.size {
            return Err(ServiceFault::Absent(format!("entry {index}")));
        }
        let hashes = inclusion_proof(index, published.size, &self.shared.store)?;
        let file = ProofFile::new(index, hashes, &*published.checkpoint);
        // What the registry signs is well formed; another note here was not written by it.
        let file = file.map_err(|fault| ServiceFault::Doubt(fault.to_string()))?;
        Ok(file.to_text())
    }

    /// Returns the consistency proof between two sizes that are published.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ServiceFault> {
        if old == 0 || old > new || new > self.shared.published().size {
            let reason = format!("must be from 1 to {new}, within the published log");
            return Err(ServiceFault::Input(FieldFault::new("old", reason)));
        }
        Ok(consistency_proof(old, new, &self.shared.store)?)
    }

    /// Returns the bytes of a C2SP tile or entry bundle that the published log has.
    pub fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, ServiceFault> {
        let size = self.shared.published().size;
        let available = available_width(tile.level, tile.index, size);
        if tile.width == 0 || tile.width > available {
            return Ok(None);
        }
        match tile.level {
            TileLevel::Hashes(_) => {
                let hashes = self.shared.store.read(&tile.nodes())?;
                Ok(Some(
                    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect(),
                ))
            }
            TileLevel::Entries => {
                let from = tile.index * u64::from(TILE_WIDTH);
                let mut bundle = Vec::new();
                for index in from..from + u64::from(tile.width) {
                    let entry = self.entry(index)?;
                    append_bundle(&mut bundle, &entry).ok_or_else(|| StoreFault::Corrupt {
                        what: "entry".into(),
                        index,
                    })?;
                }
                Ok(Some(bundle))
            }
        }
    }

    /// Answers what the registry would decide if `org` gave this command now with every signature; writes nothing.
    pub fn consider(&self, org: PartyId, body: Body) -> Result<Considered, ServiceFault> {
        let (command, facts, stamp) = self.supposed(org, body)?;
        let outcome = rules::consider(Law::LATEST, &self.shared.genesis, &facts, &command, stamp);
        Ok(Considered {
            outcome,
            size: stamp.index,
            time: stamp.time,
        })
    }

    /// Returns the parties beside `org` whose consent this command would need now.
    pub fn consents(&self, org: PartyId, body: Body) -> Result<Vec<PartyId>, ServiceFault> {
        let (command, facts, stamp) = self.supposed(org, body)?;
        Ok(consents(Law::LATEST, &command, &facts, stamp))
    }

    /// Makes the command that `org` would give now, with the facts that its decision looks at.
    fn supposed(&self, org: PartyId, body: Body) -> Result<(Command, Facts, Stamp), ServiceFault> {
        // Held while the facts are read, so that they are of one checkpoint.
        let published = self
            .shared
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let time = self.shared.clock.now().max(published.time);
        let mut command = Command {
            aud: self.shared.aud.clone(),
            org,
            cmd: CommandId([0; 16]),
            signers: vec![Signer {
                org,
                role: SignerRole::Maker,
            }],
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat: time,
            exp: time.plus_seconds(1),
            body,
        };
        let mut facts = Facts::new(self.shared.policies());
        loop {
            let wanted = needs(&command, &[], &facts, time);
            if wanted.is_empty() {
                break;
            }
            for key in wanted {
                let row = self.shared.store.row(&key)?;
                facts.insert(key, row.map(|row| Arc::clone(&row.fact)));
            }
        }
        let stamp = Stamp {
            index: published.size,
            time,
        };
        door::check(&command, &facts, stamp).map_err(ServiceFault::Input)?;
        door::check_read(&command.body).map_err(ServiceFault::Input)?;
        expect_present(&mut command, &facts);
        Ok((command, facts, stamp))
    }

    /// Returns the unit of every kind that has a policy; it never changes.
    pub fn units(&self) -> BTreeMap<String, String> {
        let policies = self.shared.policies();
        let unit = |policy: &KindPolicy| (policy.kind.clone(), policy.unit.clone());
        policies.values().map(unit).collect()
    }

    /// Returns the rules of a kind that are active at `now`.
    pub fn active_policy(
        &self,
        kind: &str,
        now: Timestamp,
    ) -> Result<Option<KindPolicy>, ServiceFault> {
        let Some(found) = self.record(&StateKey::Policy(kind.to_owned()))? else {
            return Ok(None);
        };
        Ok(self.rules_of(&found.value.record, now))
    }

    /// Returns the rules of every kind that are active at `now`, by kind.
    pub fn active_policies(&self, now: Timestamp) -> Result<Vec<KindPolicy>, ServiceFault> {
        let kinds = self.page(b"k", None, limits::PAGE_ROWS_MAX)?;
        let rules = kinds
            .iter()
            .filter_map(|found| self.rules_of(&found.value.record, now));
        Ok(rules.collect())
    }

    /// Returns the entries with the policies that are in force at `now` and were adopted after entry 0, ascending.
    pub fn adopted_policies(&self, now: Timestamp) -> Result<Vec<EntryIndex>, ServiceFault> {
        let kinds = self.page(b"k", None, limits::PAGE_ROWS_MAX)?;
        let entry = |found: &Found| match &found.value.record {
            Record::Policy(versions) => Some(active_version(versions, now)?.entry),
            _ => None,
        };
        let mut entries: Vec<EntryIndex> = kinds.iter().filter_map(entry).collect();
        entries.retain(|entry| *entry > 0);
        entries.sort_unstable();
        Ok(entries)
    }

    fn rules_of(&self, record: &Record, now: Timestamp) -> Option<KindPolicy> {
        let Record::Policy(versions) = record else {
            return None;
        };
        let version = active_version(versions, now)?;
        self.shared.policies().get(&version.digest).cloned()
    }

    /// Returns the registry time now.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
}

/// A question is about the present version of what it names.
fn expect_present(command: &mut Command, facts: &Facts) {
    let Some(record) = command.body.must_expect() else {
        return;
    };
    if let Some(fact) = facts.fact(&record.key()) {
        command.expect.push((record, fact.version));
    }
}

/// A name or a number as people mean it.
fn spoken(name: &str) -> String {
    let normal = normal_form_upper(name);
    normal.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Says whether one text is within the other, or differs from it by one character.
fn is_near(one: &str, other: &str) -> bool {
    const WITHIN_CHARS_MIN: usize = 8;
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let is_within =
        short.len() >= WITHIN_CHARS_MIN && long.windows(short.len()).any(|window| window == short);
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    let (rest, other) = (short.get(same..), long.get(same..));
    let behind = |rest: Option<&[char]>, skipped: usize| {
        rest.and_then(|rest| rest.get(skipped..).map(<[char]>::to_vec))
    };
    let skipped = usize::from(short.len() == long.len());
    let is_slip = long.len() - short.len() <= 1
        && short.len() >= WITHIN_CHARS_MIN
        && behind(rest, skipped).is_some_and(|rest| Some(rest) == behind(other, 1));
    is_within || is_slip
}

pub(crate) fn found(bytes: &[u8]) -> Result<Found, ServiceFault> {
    let damaged = || ServiceFault::Doubt("a record cannot be read".to_owned());
    let stored = codec::open(bytes).ok_or_else(damaged)?;
    let value = StateValue::parse(stored.text).map_err(|_| damaged())?;
    Ok(Found {
        value,
        text: stored.text.to_owned(),
        last_index: stored.last_index,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_one_character_and_a_part_are_near_and_other_numbers_are_not() {
        let unit = "500113006013JE00001L00000001";
        for near in [
            unit,
            "500113006013JE00001L0000000",
            "500113006013JE00001L00000002",
            "500113006013JE0001L00000001",
            "500113006013JE00001L000000011",
            "006013JE00001L",
        ] {
            assert!(is_near(near, unit) && is_near(unit, near), "{near}");
        }
        for other in ["500113006014JE00001L00000002", "JE00001", "", "甲乙丙丁"] {
            assert!(!is_near(other, unit) && !is_near(unit, other), "{other}");
        }
        assert!(is_near(
            "渝(2015)巴南区不动产权第000161096",
            "渝(2015)巴南区不动产权第000161096号"
        ));
    }
}
