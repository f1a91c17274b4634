//! The verifier's checklist, in order; each predicate is one function with its own words.
//!
//! What is trusted comes in as [`Trust`]: the policy file, the reader's clock and an older checkpoint. Everything else comes
//! from the file and is believed only as far as the checks before have carried it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::entry::{Entry, Outcome, StateEntry, genesis_events, touches_of};
use crate::domain::event::Event;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::law::Law;
use crate::domain::party::{LogKey, Party};
use crate::domain::wire::{StateValue, value_hash};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::policy_file::TrustPolicy;
use crate::ledger::proof::verify_inclusion;
use crate::ledger::tree::leaf_hash;
use crate::primitives::crypto::{Hash, KeyId};
use crate::primitives::id::PartyId;
use crate::primitives::time::Timestamp;
use crate::verify::answer;
use crate::verify::binding::{self, Signed, kept};
use crate::verify::capacity;
use crate::verify::consents;
use crate::verify::evidence::{Evidence, ProvenEntry, ProvenRecord};
use crate::verify::histories;
use crate::verify::machine::audience;
use crate::verify::order;
use crate::verify::parties;
use crate::verify::past::{self, Past};
use crate::verify::proven;
use crate::verify::strict;
use crate::verify::submission::Submission;
use crate::verify::unknown;
use crate::verify::verdict::{Verdict, counted};

/// What the reader trusts and knows.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The policy file: the log's key, witnesses and quorum.
    pub policy: TrustPolicy,
    /// An older checkpoint of the same log, as a signed note.
    pub old: Option<String>,
    /// The reader's time.
    pub now: Option<Timestamp>,
    /// The oldest state that the reader accepts, in seconds.
    pub age_seconds_max: Option<u64>,
}

/// Verifies a file; the verdict ends at the first check that fails.
pub fn verify(bytes: &[u8], trust: &Trust) -> Verdict {
    let mut verdict = Verdict::default();
    let evidence = match Evidence::parse(bytes) {
        Ok(evidence) => evidence,
        Err(fault) => {
            verdict.fail("format", fault.to_string());
            return verdict;
        }
    };
    verdict.pass(
        "format",
        format!(
            "{}, about {}",
            crate::verify::evidence::FORMAT,
            evidence.subject
        ),
    );
    let checked = Checked {
        evidence: &evidence,
        trust,
        verdict: &mut verdict,
    };
    match checked.run() {
        Ok(Known::All) => verdict.settle(),
        // What the entries mean is open, so the file is good for nothing here, and yet not false.
        Ok(Known::NotTheLaw) => {}
        Err((name, why)) => {
            verdict.fail(name, why);
            verdict.statements.clear();
        }
    }
    verdict
}

/// Whether everything in the file could be judged.
enum Known {
    All,
    NotTheLaw,
}

pub(super) type Step<T> = Result<T, (&'static str, String)>;

pub(super) fn refuse<T>(name: &'static str, why: impl Into<String>) -> Step<T> {
    Err((name, why.into()))
}

/// A command entry of the file: accepted or refused, with its verified signatures.
pub(super) struct Acted {
    pub(super) event: Option<Event>,
    pub(super) stamp: Stamp,
    pub(super) leaf: Hash,
}

/// The checks that rest on what entries mean.
const OF_MEANING: [&str; 9] = [
    "genesis",
    "complete histories",
    "touched records",
    "history gives state",
    "signatures",
    "authority",
    "subject",
    "no over-commitment",
    "law",
];

pub(super) struct Checked<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) trust: &'a Trust,
    pub(super) verdict: &'a mut Verdict,
}

impl Checked<'_> {
    fn run(mut self) -> Step<Known> {
        let head = self.checkpoint()?;
        let cosigned = self.witnesses()?;
        self.older(&head)?;
        let state = self.state_entry(&head)?;
        self.age(&state, &cosigned)?;
        self.auditors(&state, &cosigned);
        if let Some((index, law)) = unknown::entry_of_unknown_law(self.evidence) {
            return self.unknown_law(&head, &state, index, law);
        }
        let values = self.records(&state)?;
        let parsed = self.entries(&head, &state)?;
        let genesis = self.genesis(&parsed, &values, &head)?;
        self.histories(&values)?;
        let acted = self.acts(&parsed, &genesis)?;
        self.folds(&values, &acted)?;
        let signed = self.signatures(&parsed, &genesis, &values)?;
        let facts = proven::facts(self.evidence, &values, &parsed, &genesis.0)?;
        let past = self.authority(&signed, &acted, &genesis.0, (&facts, state.time))?;
        capacity::check(self.evidence, &facts, &past, &state, self.verdict)?;
        answer::check(self.evidence, &genesis.0, &facts, &state, self.verdict)?;
        parties::say(&values, &signed, self.verdict);
        consents::say(&signed, self.verdict);
        self.law();
        Ok(Known::All)
    }

    /// No file shows by itself that every decision followed the law; where auditors cosigned, it holds on their word.
    fn law(&mut self) {
        let name = "law";
        if self.verdict.has_passed("auditors") {
            let what =
                "the auditors replayed every decision in the log; no file shows it by itself";
            self.verdict.pass(name, what);
        } else {
            let what = "that every decision in the log followed the law: replay the log (`greenlien audit`) or trust an auditor";
            self.verdict.not_covered(name, what);
        }
    }

    /// Checks what needs no knowledge of the law: that everything shown is in this log and this state.
    fn unknown_law(
        &mut self,
        head: &Checkpoint,
        state: &StateEntry,
        index: u64,
        law: u64,
    ) -> Step<Known> {
        let name = "state proofs";
        for record in &self.evidence.records {
            Self::record(name, state, record)?;
        }
        self.verdict
            .pass(name, format!("{} records", self.evidence.records.len()));
        let name = "inclusion";
        for proven in &self.evidence.entries {
            Self::leaf(name, head, proven)?;
            if unknown::index_of(&proven.text) != Some(proven.index) {
                let why = format!("entry {} says that it stands elsewhere", proven.index);
                return refuse(name, why);
            }
        }
        self.verdict.pass(
            name,
            counted(self.evidence.entries.len(), "entry", "entries"),
        );
        for name in OF_MEANING {
            let what = format!(
                "entry {index} was decided under law {law}, and this verifier knows laws up to {}",
                Law::LATEST.number()
            );
            self.verdict.not_covered(name, what);
        }
        Ok(Known::NotTheLaw)
    }

    fn record(name: &'static str, state: &StateEntry, record: &ProvenRecord) -> Step<()> {
        let key = &record.key;
        let expected = record.value.as_ref().map(|text| value_hash(text));
        let proof = &record.proof;
        proof
            .verify(&state.state_root, &key.hash(), expected.as_ref())
            .map_err(|fault| (name, format!("{key}: {fault}")))
    }

    fn leaf(name: &'static str, head: &Checkpoint, proven: &ProvenEntry) -> Step<Hash> {
        let ProvenEntry { index, text, proof } = proven;
        let leaf = leaf_hash(text.as_bytes());
        verify_inclusion(leaf, *index, head.size, proof, head.root)
            .map_err(|fault| (name, format!("entry {index}: {fault}")))?;
        Ok(leaf)
    }

    /// Every record, or its absence, against the state root.
    fn records(&mut self, state: &StateEntry) -> Step<BTreeMap<StateKey, StateValue>> {
        let name = "state proofs";
        let mut values = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for record in &self.evidence.records {
            let key = &record.key;
            Self::record(name, state, record)?;
            if !seen.insert(key.clone()) {
                return refuse(name, format!("{key} stands twice"));
            }
            let Some(text) = &record.value else { continue };
            match StateValue::parse(text) {
                Ok(value) if value.history_size == 0 => {
                    return refuse(name, format!("{} has no entry", value.key));
                }
                Ok(value) if value.key == *key => {
                    strict::check(&value.record).map_err(|why| (name, format!("{key}: {why}")))?;
                    values.insert(key.clone(), value)
                }
                Ok(_) => return refuse(name, format!("{key}: the value names another record")),
                Err(fault) => return refuse(name, format!("{key}: {fault}")),
            };
        }
        let absent = seen.len() - values.len();
        self.verdict
            .pass(name, format!("{} records, {absent} absences", values.len()));
        Ok(values)
    }

    fn entries(
        &mut self,
        head: &Checkpoint,
        state: &StateEntry,
    ) -> Step<BTreeMap<u64, (Entry, Hash)>> {
        let name = "inclusion";
        let mut parsed = BTreeMap::new();
        for proven in &self.evidence.entries {
            let ProvenEntry { index, text, .. } = proven;
            let leaf = Self::leaf(name, head, proven)?;
            match Entry::parse(text.as_bytes()) {
                Ok(entry) if entry.index() == *index => {
                    if parsed.insert(*index, (entry, leaf)).is_some() {
                        return refuse(name, format!("entry {index} stands twice"));
                    }
                }
                Ok(entry) => {
                    return refuse(name, format!("entry {index} says it is {}", entry.index()));
                }
                Err(fault) => return refuse(name, format!("entry {index}: {fault}")),
            }
        }
        order::check(&parsed, state).map_err(|why| (name, why))?;
        self.verdict
            .pass(name, counted(parsed.len(), "entry", "entries"));
        Ok(parsed)
    }

    fn genesis(
        &mut self,
        parsed: &BTreeMap<u64, (Entry, Hash)>,
        values: &BTreeMap<StateKey, StateValue>,
        head: &Checkpoint,
    ) -> Step<(Genesis, Hash, Timestamp)> {
        let name = "genesis";
        match parsed.get(&0) {
            Some((Entry::Genesis { genesis, time, .. }, leaf))
                if genesis.origin == head.origin
                    && (self.is_log_key(&genesis.log_vkey) || self.names_log_key(values)) =>
            {
                self.verdict
                    .pass(name, format!("entry 0 of {}, hash {leaf}", genesis.origin));
                Ok(((**genesis).clone(), *leaf, *time))
            }
            Some((Entry::Genesis { .. } | Entry::Command { .. } | Entry::State(_), _)) => {
                refuse(name, "entry 0 is not the genesis of this log")
            }
            None => refuse(name, "entry 0 is missing"),
        }
    }

    /// Entry 0 must name a key that the reader trusts for the log.
    fn is_log_key(&self, vkey: &str) -> bool {
        self.trust
            .policy
            .log_keys()
            .iter()
            .any(|key| key.vkey() == vkey)
    }

    /// The key of entry 0 may have had successors, which the registrar's record names; who trusts one of them need not trust
    /// the first any more.
    fn names_log_key(&self, values: &BTreeMap<StateKey, StateValue>) -> bool {
        let registrar = values.get(&StateKey::Party(REGISTRAR));
        let Some(Record::Party(registrar)) = registrar.map(|value| &value.record) else {
            return false;
        };
        let trusted = self.trust.policy.log_keys();
        let named = |key: &LogKey| trusted.iter().any(|known| *known.key() == key.key);
        registrar.more.log_keys.iter().any(named)
    }

    /// The shown lists of indices are complete, and every policy that a shown right falls under is among the records that have one.
    fn histories(&mut self, values: &BTreeMap<StateKey, StateValue>) -> Step<()> {
        let name = "complete histories";
        let count =
            histories::complete(&self.evidence.records, values).map_err(|why| (name, why))?;
        let records = counted(count, "record", "records");
        self.verdict.pass(name, format!("of {records}"));
        Ok(())
    }

    /// What each entry did; its `touches` must be those of its event.
    fn acts(
        &mut self,
        parsed: &BTreeMap<u64, (Entry, Hash)>,
        genesis: &(Genesis, Hash, Timestamp),
    ) -> Step<BTreeMap<u64, Vec<Acted>>> {
        let name = "touched records";
        let mut acts: BTreeMap<u64, Vec<Acted>> = BTreeMap::new();
        for (index, (entry, leaf)) in parsed {
            let (events, time, touches) = match entry {
                // The parser has compared the touches of entry 0 already.
                Entry::Genesis { time, .. } => (genesis_events(&genesis.0, *time), *time, None),
                Entry::Command {
                    time,
                    touches,
                    outcome,
                    ..
                } => match outcome {
                    Outcome::Accepted { event, .. } => (vec![event.clone()], *time, Some(touches)),
                    Outcome::Refused(_) => (Vec::new(), *time, Some(touches)),
                },
                Entry::State(_) => continue,
            };
            if touches.is_some_and(|touches| touches_of(&events) != *touches) {
                return refuse(
                    name,
                    format!("entry {index}: `touches` are not those of its event"),
                );
            }
            let stamp = Stamp {
                index: *index,
                time,
            };
            let act = |event| Acted {
                event: Some(event),
                stamp,
                leaf: *leaf,
            };
            acts.insert(*index, events.into_iter().map(act).collect());
        }
        self.verdict.pass(
            name,
            format!("of {}", counted(acts.len(), "entry", "entries")),
        );
        Ok(acts)
    }

    /// Folding the shown entries gives exactly the shown records.
    fn folds(
        &mut self,
        values: &BTreeMap<StateKey, StateValue>,
        acts: &BTreeMap<u64, Vec<Acted>>,
    ) -> Step<()> {
        let name = "history gives state";
        let folded =
            histories::fold_all(&self.evidence.records, values, acts).map_err(|why| (name, why))?;
        self.verdict.pass(name, format!("for {folded} records"));
        Ok(())
    }

    /// Every command signature, under a key that the party's complete history shows active at that index.
    fn signatures(
        &mut self,
        parsed: &BTreeMap<u64, (Entry, Hash)>,
        genesis: &(Genesis, Hash, Timestamp),
        values: &BTreeMap<StateKey, StateValue>,
    ) -> Step<Vec<Signed>> {
        let name = "signatures";
        let parties = self.parties(values);
        let aud = audience(&genesis.0.origin, &genesis.1);
        let owner = |kid: KeyId| {
            parties
                .iter()
                .find_map(|(id, party)| party.key(kid).map(|key| (*id, key.key.clone())))
        };
        let (mut count, mut signed, mut names) = (0_usize, Vec::new(), BTreeSet::new());
        for (index, (entry, _)) in parsed {
            let Entry::Command {
                law,
                envelope,
                outcome,
                time,
                ..
            } = entry
            else {
                continue;
            };
            let fail = |why: String| (name, format!("entry {index}: {why}"));
            let submission = Submission::open(envelope.clone(), owner)
                .map_err(|fault| fail(fault.to_string()))?;
            submission
                .check_door(&aud, *time)
                .map_err(|fault| fail(fault.to_string()))?;
            count += submission.signatures().len();
            let command = submission.command().clone();
            if command.needs_acts() && !law.has_acts() {
                let kind = command.body.type_name();
                return Err(fail(format!("the law of its entry has no such {kind}")));
            }
            if !names.insert((command.org, command.cmd)) {
                return Err(fail("its command was decided before".to_owned()));
            }
            if let Outcome::Accepted { .. } = outcome {
                let signatures = proven::check_keys(&parties, submission.signatures(), *index);
                let signatures = signatures.map_err(fail)?;
                let at = Stamp {
                    index: *index,
                    time: *time,
                };
                signed.push(Signed {
                    at,
                    law: *law,
                    command,
                    signatures,
                    verified: submission.signatures().to_vec(),
                });
            }
        }
        self.verdict.pass(
            name,
            format!(
                "{} of {}",
                counted(count, "signature", "signatures"),
                counted(parties.len(), "party", "parties")
            ),
        );
        Ok(signed)
    }

    /// Every event is what its signers asked for, with every consent and enough signatures.
    fn authority(
        &mut self,
        signed: &[Signed],
        acts: &BTreeMap<u64, Vec<Acted>>,
        genesis: &Genesis,
        (facts, now): (&Facts, Timestamp),
    ) -> Step<Past> {
        let name = "authority";
        let mut past = Past::new(
            facts.clone(),
            past::versions(self.evidence, acts).map_err(|why| (name, why))?,
        );
        for signed in signed {
            let event = acts
                .get(&signed.at.index)
                .and_then(|acts| acts.first()?.event.as_ref());
            let Some(event) = event else { continue };
            binding::check(signed, event, genesis, &mut past)
                .map_err(|why| (name, format!("entry {}: {why}", signed.at.index)))?;
            past.keep(signed.at, event);
        }
        let keys = self.evidence.records.iter().map(|record| &record.key);
        kept::check(keys, &past, now).map_err(|why| (name, why))?;
        self.verdict.pass(
            name,
            format!("{} events are what their signers asked for", signed.len()),
        );
        Ok(past)
    }

    /// The parties whose complete histories the file shows.
    fn parties<'v>(
        &self,
        values: &'v BTreeMap<StateKey, StateValue>,
    ) -> BTreeMap<PartyId, &'v Party> {
        let mut parties = BTreeMap::new();
        for record in self
            .evidence
            .records
            .iter()
            .filter(|record| record.history.is_some())
        {
            if let (StateKey::Party(id), Some(value)) = (&record.key, values.get(&record.key))
                && let Record::Party(party) = &value.record
            {
                parties.insert(*id, party);
            }
        }
        parties
    }
}
