//! Collects an evidence file of one version of the state: the cosigned one where there is one. No lock is held meanwhile: rows
//! that have changed since are folded again from the log, and everything else is append-only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::authority::ranks::pledges_before;
use crate::domain::command::{Act, Body, RightAct};
use crate::domain::door;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::cells_of;
use crate::domain::facts::{Fact, Facts, Record, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::REGISTRAR;
use crate::domain::pledge::Pledge;
use crate::domain::question::Question;
use crate::domain::right::{BurdenId, Capacity, GroundOf, Right};
use crate::domain::wire::parse_command;
use crate::ledger::proof::{consistency_proof, inclusion_proof};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::service::codec::row_key;
use crate::service::query::Found;
use crate::service::version::record_at;
use crate::service::{Published, Registry, ServiceFault};
use crate::verify::answer;
use crate::verify::evidence::{Consistency, Evidence, ProvenEntry, ProvenRecord, Verification};

/// The version that evidence is made of.
#[derive(Clone, Debug)]
pub struct Basis {
    /// The version.
    pub version: Published,
    /// Why it is one that no quorum has cosigned; nothing where one has.
    pub provisional: Option<String>,
}

/// Which version is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// The cosigned one, if there is one that is not far behind.
    Cosigned,
    /// The newest that the log has signed.
    Signed,
}

impl Registry {
    /// Chooses the version for evidence that joins an older checkpoint of size `old`, if one is given.
    pub fn basis(&self, wanted: Wanted, old: Option<u64>) -> Basis {
        let signed = self.published();
        let provisional = |why: String| Basis {
            version: signed.clone(),
            provisional: Some(why),
        };
        if wanted == Wanted::Signed {
            return provisional("as asked for".to_owned());
        }
        if !self.has_witnesses() {
            return provisional("no witness is configured".to_owned());
        }
        let Some(cosigned) = self.cosigned() else {
            return provisional("nothing is cosigned yet".to_owned());
        };
        let (newest, oldest) = (signed.time.seconds(), cosigned.time.seconds());
        let behind = newest.saturating_sub(oldest);
        if behind > limits::COSIGNED_AGE_SECONDS_MAX {
            return provisional(format!("the cosigned checkpoint is {behind} s behind"));
        }
        if old.is_some_and(|old| old > cosigned.size) {
            return provisional("the older checkpoint is newer than the cosigned one".to_owned());
        }
        Basis {
            version: cosigned,
            provisional: None,
        }
    }

    /// Returns the text of an evidence file about a right, a pledge, or an identity that nobody has.
    ///
    /// `old` asks for a proof that the log of that size is a prefix of the present one; a size that the log never had is
    /// refused.
    pub fn evidence(&self, subject: &StateKey, old: Option<u64>) -> Result<String, ServiceFault> {
        let basis = self.basis(Wanted::Cosigned, old);
        self.evidence_on(&basis.version, subject, old)
    }

    /// Returns the text of an evidence file as [`Registry::evidence`] does, of a version that the caller chose.
    pub fn evidence_on(
        &self,
        version: &Published,
        subject: &StateKey,
        old: Option<u64>,
    ) -> Result<String, ServiceFault> {
        self.file(version, subject, None, old)
    }

    /// Returns the text of an evidence file about a right that also answers a question about it, as of the state.
    pub fn evidence_of_answer(
        &self,
        version: &Published,
        question: &Question,
        old: Option<u64>,
    ) -> Result<String, ServiceFault> {
        let subject = StateKey::Right(question.right());
        self.file(version, &subject, Some(question), old)
    }

    fn file(
        &self,
        version: &Published,
        subject: &StateKey,
        question: Option<&Question>,
        old: Option<u64>,
    ) -> Result<String, ServiceFault> {
        if let StateKey::Identity(identity) = subject {
            let fault = |why| ServiceFault::Input(FieldFault::new("identity", why));
            door::check_identity(identity, &self.shared.policies()).map_err(fault)?;
        }
        let snapshot = self.snapshot(version, subject, question)?;
        self.check_subject(subject, &snapshot)?;
        let published = &snapshot.published;
        let size = published.size;
        let mut entries = BTreeSet::from([0]);
        let mut records = Vec::new();
        for (key, found) in &snapshot.rows {
            let history = match found {
                Some(found) if snapshot.complete.contains(key) => {
                    let history = self.indices(key, found)?;
                    entries.extend(&history);
                    Some(history)
                }
                Some(_) | None => None,
            };
            records.push(ProvenRecord {
                key: key.clone(),
                value: found.as_ref().map(|found| found.text.clone()),
                proof: published.tree.prove(&key.hash()),
                history,
            });
        }
        records.sort_by_key(|record| (record.key.space(), record.key.name()));
        let prove = |index: EntryIndex| self.prove(index, size);
        let consistency = match old {
            Some(old) if old == 0 || old > size => {
                // Who kept a checkpoint that this log never reached must not get a file that is silent about it.
                let reason = format!("must be from 1 to {size}, the published size");
                return Err(ServiceFault::Input(FieldFault::new("old", reason)));
            }
            Some(old) if old < size => Some(Consistency {
                size: old,
                proof: consistency_proof(old, size, &self.shared.store)?,
            }),
            Some(_) | None => None,
        };
        let evidence = Evidence {
            subject: subject.clone(),
            checkpoint: published.checkpoint.to_string(),
            state_entry: prove(size.saturating_sub(1))?,
            records,
            entries: entries.into_iter().map(prove).collect::<Result<_, _>>()?,
            consistency,
            verification: snapshot.verification,
        };
        Ok(evidence.to_text())
    }

    /// A record must be in the version, and an identity must be nobody's, also by what was registered a moment ago.
    fn check_subject(&self, subject: &StateKey, snapshot: &Snapshot) -> Result<(), ServiceFault> {
        let is_found = snapshot.rows.get(subject).is_some_and(Option::is_some);
        let is_known = is_found || self.record(subject)?.is_some();
        match subject {
            StateKey::Identity(identity) if is_known => {
                let reason =
                    format!("{identity} is registered; ask for the evidence of its record");
                Err(ServiceFault::Input(FieldFault::new("identity", reason)))
            }
            StateKey::Right(_) | StateKey::Pledge(_) if is_known && !is_found => {
                let (name, size) = (subject.name(), snapshot.published.size);
                Err(ServiceFault::Absent(format!(
                    "{name} in the checkpoint of size {size} (ask again in a moment, or with checkpoint=signed)"
                )))
            }
            StateKey::Right(_) | StateKey::Pledge(_) if !is_found => {
                Err(ServiceFault::Absent(subject.name()))
            }
            _ => Ok(()),
        }
    }

    fn prove(&self, index: EntryIndex, size: u64) -> Result<ProvenEntry, ServiceFault> {
        let text = String::from_utf8(self.entry(index)?)
            .map_err(|_| ServiceFault::Doubt(format!("entry {index} is not text")))?;
        let proof = inclusion_proof(index, size, &self.shared.store)?;
        Ok(ProvenEntry { index, text, proof })
    }

    /// Walks a record's history back from its last entry.
    pub(super) fn indices(
        &self,
        key: &StateKey,
        found: &Found,
    ) -> Result<Vec<EntryIndex>, ServiceFault> {
        let history = self.shared.store.history(
            &row_key(key),
            found.last_index,
            limits::EVIDENCE_ENTRIES_MAX,
        )?;
        if u64::try_from(history.len()).unwrap_or(u64::MAX) != found.value.history_size {
            let limit = limits::EVIDENCE_ENTRIES_MAX;
            let what = format!("the history of {key} cannot be shown whole (limit {limit})");
            return Err(ServiceFault::Doubt(what));
        }
        Ok(history)
    }

    /// Reads every row that the file needs as it stood in the version, however the log goes on meanwhile.
    fn snapshot(
        &self,
        version: &Published,
        subject: &StateKey,
        question: Option<&Question>,
    ) -> Result<Snapshot, ServiceFault> {
        let mut snapshot = Snapshot {
            published: version.clone(),
            rows: BTreeMap::new(),
            subject: subject.clone(),
            focal: self.with_near(subject, version.size)?,
            complete: BTreeSet::new(),
            verification: None,
        };
        let mut waiting = vec![subject.clone(), StateKey::Party(REGISTRAR)];
        if let StateKey::Identity(identity) = subject {
            // The rules of the scheme come along, also those that were adopted after the genesis.
            let policies = self.shared.policies();
            let with_scheme = policies
                .values()
                .filter(|policy| policy.identity_scheme(&identity.scheme).is_some());
            waiting.extend(with_scheme.map(|policy| StateKey::Policy(policy.kind.clone())));
        }
        snapshot.complete.extend(waiting.iter().cloned());
        waiting.extend(snapshot.focal.iter().cloned());
        snapshot.complete.extend(snapshot.focal.iter().cloned());
        self.gather(waiting, &mut snapshot)?;
        // Only now: a record that is read first and found to be complete later would bring too little with it.
        self.gather(named_parties(subject, &snapshot), &mut snapshot)?;
        if let Some(question) = question {
            self.answer(question, &mut snapshot)?;
        }
        Ok(snapshot)
    }

    /// Adds what the answer rests on, and the answer.
    fn answer(&self, question: &Question, snapshot: &mut Snapshot) -> Result<(), ServiceFault> {
        let stamp = Stamp {
            index: snapshot.published.size,
            time: snapshot.published.time,
        };
        loop {
            let mut facts = Facts::new(self.shared.policies());
            for (key, found) in &snapshot.rows {
                let fact = found.as_ref().map(|found| {
                    Arc::new(Fact {
                        record: found.value.record.clone(),
                        version: found.value.history_size,
                    })
                });
                facts.insert(key.clone(), fact);
            }
            let wanted = answer::records(question, &facts, stamp);
            if wanted.is_empty() {
                answer::check_question(question, &facts, stamp).map_err(ServiceFault::Input)?;
                snapshot.verification = Some(Verification {
                    question: question.to_text(),
                    answer: answer::answer(question, &self.shared.genesis, &facts, stamp),
                });
                return Ok(());
            }
            self.gather(wanted, snapshot)?;
        }
    }

    /// Reads the waiting records and what they bring with them.
    fn gather(
        &self,
        mut waiting: Vec<StateKey>,
        snapshot: &mut Snapshot,
    ) -> Result<(), ServiceFault> {
        let size = snapshot.published.size;
        while let Some(key) = waiting.pop() {
            if snapshot.rows.contains_key(&key) {
                continue;
            }
            let found = record_at(&self.shared.store, &key, size)?;
            if let Some(found) = &found {
                self.follow((&key, found), snapshot, &mut waiting)?;
            }
            snapshot.rows.insert(key, found);
        }
        Ok(())
    }

    /// The cells in which a right lies, and the rights whose places its parcels took; none for other records.
    fn ground_under(&self, key: &StateKey, size: u64) -> Result<Vec<StateKey>, ServiceFault> {
        let StateKey::Right(_) = key else {
            return Ok(Vec::new());
        };
        let found = record_at(&self.shared.store, key, size)?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Right(right)) => {
                let mut keys = named_parcels(&right);
                self.add_predecessors(&mut keys, size)?;
                keys.extend(cells_of(&right).iter().copied().map(StateKey::Cell));
                keys
            }
            Some(_) | None => Vec::new(),
        })
    }

    /// Adds the rights whose places some rights took, one after another.
    fn add_predecessors(&self, keys: &mut Vec<StateKey>, size: u64) -> Result<(), ServiceFault> {
        let mut waiting = keys.clone();
        while let Some(key) = waiting.pop().filter(|_| keys.len() <= limits::LINEAGE_MAX) {
            let found = record_at(&self.shared.store, &key, size)?;
            if let Some(Record::Right(right)) = found.map(|found| found.value.record) {
                let before = right.succeeds.iter().copied().map(StateKey::Right);
                let new = before.filter(|key| !keys.contains(key));
                let new: Vec<StateKey> = new.collect();
                keys.extend(new.iter().cloned());
                waiting.extend(new);
            }
        }
        Ok(())
    }

    /// Names what a record brings with it.
    fn follow(
        &self,
        (key, found): (&StateKey, &Found),
        snapshot: &mut Snapshot,
        waiting: &mut Vec<StateKey>,
    ) -> Result<(), ServiceFault> {
        let size = snapshot.published.size;
        let (is_subject, is_focal) = (*key == snapshot.subject, snapshot.focal.contains(key));
        let complete = &mut snapshot.complete;
        if complete.contains(key) {
            let (parties, named) = self.actors(key, found)?;
            for party in parties {
                complete.insert(StateKey::Party(party));
                waiting.push(StateKey::Party(party));
            }
            // Who may release or amend a pledge stands in its record.
            if is_focal {
                for key in &named {
                    waiting.extend(self.ground_under(key, size)?);
                    if let StateKey::Policy(_) = key {
                        complete.insert(key.clone());
                    }
                }
                waiting.extend(named);
            }
        }
        match &found.value.record {
            Record::Right(right) => {
                let policy = StateKey::Policy(right.kind.clone());
                complete.insert(policy.clone());
                waiting.push(policy);
                waiting.extend(named_parcels(right));
                if is_subject {
                    waiting.extend(right.identities.iter().map(StateKey::identity));
                }
                if is_subject || complete.contains(key) {
                    waiting.extend(self.ground_under(key, size)?);
                }
            }
            Record::Pledge(pledge) if is_subject => {
                self.consenting(pledge, complete, waiting)?;
                for line in &pledge.lines {
                    // With the neighbors that a land right needs.
                    let right = StateKey::Right(line.right);
                    waiting.extend(self.ground_under(&right, size)?);
                    waiting.push(right);
                }
            }
            Record::Pledge(pledge) => self.consenting(pledge, complete, waiting)?,
            Record::Cell(rights) => {
                waiting.extend(rights.iter().map(|(id, _)| StateKey::Right(*id)));
            }
            Record::Reservation(_)
            | Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Policy(_) => {}
        }
        Ok(())
    }

    /// Names the holders of parts of a claim and the pledgor of what was sold or corrected, and who acts in their place: they sign what leaves
    /// them with less, or have no keys, and their histories say which.
    fn consenting(
        &self,
        pledge: &Pledge,
        complete: &mut BTreeSet<StateKey>,
        waiting: &mut Vec<StateKey>,
    ) -> Result<(), ServiceFault> {
        let is_theirs = !pledge.more.disposals.is_empty() || !pledge.more.corrections.is_empty();
        let sellers = is_theirs.then_some(pledge.pledgor);
        for party in pledge.sharers().chain(sellers) {
            let mut next = Some(party);
            while let Some(party) = next {
                let key = StateKey::Party(party);
                let found = self.record(&key)?.map(|found| found.value.record);
                next = match found {
                    Some(Record::Party(party)) => party.more.ended.map(|(_, successor)| successor),
                    Some(_) | None => None,
                };
                complete.insert(key.clone());
                waiting.push(key);
            }
        }
        Ok(())
    }

    /// Returns the parties whose signatures stand in the entries of a record's history, and the pledges and reservations
    /// that those entries change.
    fn actors(
        &self,
        key: &StateKey,
        found: &Found,
    ) -> Result<(BTreeSet<PartyId>, BTreeSet<StateKey>), ServiceFault> {
        let (mut parties, mut named) = (BTreeSet::new(), BTreeSet::new());
        for index in self.indices(key, found)? {
            let Ok(Entry::Command {
                envelope, outcome, ..
            }) = Entry::parse(&self.entry(index)?)
            else {
                continue;
            };
            for signature in &envelope.signatures {
                parties.extend(
                    self.shared
                        .owner_of(signature.header.kid)
                        .map(|(party, _)| party),
                );
            }
            let Outcome::Accepted { event, .. } = outcome else {
                continue;
            };
            // Whose consent a rank or an act needs stands in the records that the payload names.
            if let Ok(command) = parse_command(&envelope.payload) {
                // Whose consent is attested has never held a key; its history says so.
                parties.extend(command.attested.iter().map(|attested| attested.party));
                let before = pledges_before(&command.body).into_iter();
                named.extend(before.map(StateKey::Pledge));
                named.extend(command.body.act_names());
                // Into what lines turn is counted as the policy of that kind says.
                named.extend(made_kind(&command.body).map(StateKey::Policy));
            }
            // Who a merger or a split is about signs it too, or has no keys; their histories say which.
            parties.extend(event.touches().iter().filter_map(StateKey::party));
            named.extend(event.touches().into_iter().filter(|key| match key {
                StateKey::Pledge(_) | StateKey::Reservation(_) => true,
                StateKey::Right(_)
                | StateKey::Party(_)
                | StateKey::Identity(_)
                | StateKey::Source(_)
                | StateKey::Cell(_)
                | StateKey::Policy(_) => false,
            }));
        }
        Ok((parties, named))
    }
}

/// The kind of the right that a conversion makes.
fn made_kind(body: &Body) -> Option<String> {
    let Some(Act::Right(RightAct::ConvertRight { into, .. })) = body.act() else {
        return None;
    };
    Some(into.kind.clone())
}

struct Snapshot {
    published: Published,
    rows: BTreeMap<StateKey, Option<Found>>,
    /// What the file is about.
    subject: StateKey,
    /// Records of whose acts everything is shown.
    focal: BTreeSet<StateKey>,
    /// Records whose whole history the file shows.
    complete: BTreeSet<StateKey>,
    verification: Option<Verification>,
}

/// The parties that the subject names, so that a reader has their names and not only their ids.
fn named_parties(subject: &StateKey, snapshot: &Snapshot) -> Vec<StateKey> {
    let Some(Some(found)) = snapshot.rows.get(subject) else {
        return Vec::new();
    };
    let Record::Right(right) = &found.value.record else {
        return Vec::new();
    };
    let mut parties = vec![right.holder, right.issuer];
    for burden in &right.burdens {
        parties.extend(burden.authority);
        let key = match burden.id {
            BurdenId::Line(pledge, _) => StateKey::Pledge(pledge),
            BurdenId::Hold(hold, _) => StateKey::Reservation(hold),
            BurdenId::Freeze(_) => continue,
        };
        let Some(Some(found)) = snapshot.rows.get(&key) else {
            continue;
        };
        match &found.value.record {
            Record::Pledge(pledge) => {
                parties.push(pledge.pledgee);
                parties.extend(pledge.more.objections.iter().map(|one| one.party));
            }
            Record::Reservation(hold) => parties.push(hold.pledgee),
            Record::Right(_)
            | Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => {}
        }
    }
    parties.into_iter().map(StateKey::Party).collect()
}

fn named_parcels(right: &Right) -> Vec<StateKey> {
    match &right.capacity {
        Capacity::Land {
            ground: GroundOf::Units(named),
            ..
        } => named
            .iter()
            .map(|parcel| StateKey::Right(parcel.right))
            .collect(),
        Capacity::Land {
            ground: GroundOf::Unknown | GroundOf::Polygon(_),
            ..
        }
        | Capacity::Stock(_)
        | Capacity::Flow(_) => Vec::new(),
    }
}
