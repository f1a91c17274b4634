//! What evidence files say, taken together, as values: the record found, its burdens, what surrounds them, and what happened.
//!
//! Nothing is verified here, and nothing is read but the files. The registry fills in a certificate with this, a verifier
//! compares, and pages and PDF put it into words.

use std::collections::BTreeMap;

use crate::domain::command::{ExternalReport, ExternalStatus};
use crate::domain::effect::Effect;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{Owner, PolicyVersion, Record, StateKey, active_version};
use crate::domain::flow::{Flow, Segment};
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::party::{Dispute, Party, Recovery};
use crate::domain::pledge::{Form, Pledge};
use crate::domain::policy::{ExtentRule, KindPolicy};
use crate::domain::right::{Burden, BurdenId, Capacity, Identity, Overhang, Right};
use crate::domain::rules::burdens::lost_now;
use crate::domain::switches::Bar;
use crate::domain::wire::{StateValue, parse_command};
use crate::domain::{land, stock};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::identifier::RegistrationNumber;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Span, Timestamp};
pub use crate::verify::certificate::acts::{Act, PledgeHistory};
use crate::verify::certificate::acts::{acts_of, pledges_on};
use crate::verify::certificate::pledge_notes::{PledgeNote, of_burdens};
use crate::verify::evidence::Evidence;

/// For how long a change of the rules is called recent: about a quarter.
const RECENT_SECONDS: u64 = 92 * 86_400;

/// The letters of a kind in a registration number.
const KIND_LETTERS_MAX: usize = 8;

/// What all the evidence says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The origin of the log.
    pub origin: String,
    /// The six digits of the region.
    pub region: String,
    /// The name of the registrar.
    pub registrar: String,
    /// The number of entries under the checkpoint.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Registry time of the state.
    pub time: Timestamp,
    /// The latest law that decided an entry of the files.
    pub law: u64,
    /// The names on the signature lines of the checkpoint.
    pub signed_by: Vec<String>,
    /// What was found, one for each file.
    pub found: Vec<Found>,
}

/// What one file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// No right and no party has the identity.
    Nothing(Identity),
    /// A right.
    Right(Box<FoundRight>),
}

/// A party as it is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Its id.
    pub id: PartyId,
    /// Its registered name; nothing where it is hidden.
    pub name: Option<String>,
}

/// A right, its burdens and its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundRight {
    /// Its id.
    pub id: RightId,
    /// Its printed registration number.
    pub number: String,
    /// The record.
    pub right: Right,
    /// The title of its kind in Chinese.
    pub title_zh: String,
    /// The title in English.
    pub title_en: String,
    /// The unit of its quantities.
    pub unit: String,
    /// Their scale.
    pub scale: Scale,
    /// The digest of the rules that are active for the kind.
    pub policy: Hash,
    /// Versions of the rules that became active lately or will.
    pub policy_changes: Vec<PolicyVersion>,
    /// Who holds it.
    pub holder: Named,
    /// Who issued it.
    pub issuer: Named,
    /// What is not burdened in this register.
    pub free: Free,
    /// Burdens that count, in the order of registration.
    pub burdens: Vec<FoundBurden>,
    /// What the pledges behind them say beyond their lines, each pledge once.
    pub pledge_notes: Vec<PledgeNote>,
    /// Who did what with the pledges that stand or stood on it.
    pub pledge_histories: Vec<PledgeHistory>,
    /// What its issuer says that other registers show against it, unmatched here.
    pub claims: Vec<Claim>,
    /// What the registration does in law, where the policy says so.
    pub effect: Option<Effect>,
    /// Every entry that changed the record, oldest first.
    pub acts: Vec<Act>,
    /// What a reader must know of the parties.
    pub notes: Vec<Note>,
}

/// What is not burdened in this register at the time of the state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Free {
    /// The right has ended, or another took its place.
    Ended,
    /// This much of a balance.
    Stock(Quantity),
    /// This much over each part of what remains of its days.
    Flow(Vec<Segment>),
    /// All of it, or nothing.
    Whole(bool),
    /// These years.
    Years(Vec<Span>),
}

/// What another register says of a burden.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reported {
    /// The report.
    pub report: ExternalReport,
    /// The term there is over at the time of the state, though nobody has reported that it lapsed.
    pub over: bool,
}

/// What an attribute of a right says of another register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The attribute.
    pub attribute: String,
    /// What it counts as: 8004 or 8005.
    pub finding: u16,
    /// The issuer's words.
    pub text: String,
}

/// One burden, with what its own record adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundBurden {
    /// The burden as it stands on the right.
    pub burden: Burden,
    /// What of its overhang has no right beneath it; the rest is there, and a freeze that came later reaches it.
    pub lost: Option<Overhang>,
    /// Of a line of years, the days of it that its right no longer has, where it has others of them.
    pub gone: Vec<Span>,
    /// The pledgee, or the authority that ordered a freeze.
    pub party: Option<Named>,
    /// 质押 or 抵押; a reservation and a freeze have none.
    pub form: Option<Form>,
    /// The entry that registered it.
    pub entry: EntryIndex,
    /// Its registry time, where the history shows it.
    pub time: Option<Timestamp>,
    /// The most that is secured, where it is clear.
    pub cap: Option<Quantity>,
    /// What other registers say, with the day on which somebody looked.
    pub external: Vec<Reported>,
    /// Registers in which the policy wants the pledge and that no report names, with whether it holds the units.
    pub missing: Vec<(String, bool)>,
    /// Objections that stand.
    pub objections: u64,
}

/// A fact about a party that bears on its signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// New keys were asked for.
    Recovery(Named, Recovery),
    /// Entries are disowned.
    Dispute(Named, Dispute),
    /// The party ended, and another acts in its place.
    Ended(Named, EntryIndex, PartyId),
    /// It had another name.
    Renamed(Named, String, EntryIndex),
}

/// The right that a file is about, if it is about one.
pub fn subject_right(evidence: &Evidence) -> Option<Right> {
    let mut records = evidence.records.iter();
    let record = records.find(|record| record.key == evidence.subject)?;
    let value = StateValue::parse(record.value.as_deref()?).ok()?;
    match value.record {
        Record::Right(right) => Some(right),
        _ => None,
    }
}

/// Says whether a file shows that an identity leads to the right that it is about, and not to one that came after it.
pub fn leads_to_subject(evidence: &Evidence, identity: &StateKey) -> bool {
    let mut records = evidence.records.iter();
    let record = records.find(|record| record.key == *identity);
    let value = record.and_then(|record| StateValue::parse(record.value.as_deref()?).ok());
    let owner = value.map(|value| value.record);
    matches!(
        (owner, &evidence.subject),
        (Some(Record::Identity(Owner::Right(right))), StateKey::Right(id)) if right == *id
    )
}

impl Statement {
    /// Reads the statement out of the files.
    pub fn of(files: &[Evidence]) -> Result<Self, FieldFault> {
        let Some(first) = files.first() else {
            return Err(FieldFault::new("evidence", "must have a file"));
        };
        let fault = |why: String| FieldFault::new("evidence", why);
        let note = SignedNote::parse(&first.checkpoint).map_err(|f| fault(f.to_string()))?;
        let head = Checkpoint::parse(note.text()).map_err(|f| fault(f.to_string()))?;
        let state = match Entry::parse(first.state_entry.text.as_bytes())? {
            Entry::State(state) => state,
            Entry::Genesis { .. } | Entry::Command { .. } => {
                return Err(fault("the last entry is no state entry".to_owned()));
            }
        };
        let mut said = Self {
            origin: head.origin.clone(),
            region: String::new(),
            registrar: String::new(),
            size: head.size,
            root: head.root,
            time: state.time,
            law: 0,
            signed_by: note.names().into_iter().map(str::to_owned).collect(),
            found: Vec::new(),
        };
        for file in files {
            let source = Source::open(file, state.time)?;
            said.region.clone_from(&source.genesis.region);
            if let Some(name) = source.named(REGISTRAR).name {
                said.registrar = name;
            } else if let Some(name) = &source.genesis.registrar.name {
                said.registrar.clone_from(name);
            }
            said.law = said.law.max(source.law());
            said.found.push(source.found(file)?);
        }
        Ok(said)
    }
}

/// The registers in which the policy wants a pledge and that no report names.
fn missing(pledge: &Pledge, policy: &KindPolicy) -> Vec<(String, bool)> {
    let Some(elsewhere) = &policy.elsewhere else {
        return Vec::new();
    };
    let reports = &pledge.more.external;
    let is_named = |register: &String| reports.iter().any(|report| report.register == *register);
    let missing = elsewhere.registers.iter().filter(|of| !is_named(of));
    missing
        .map(|of| (of.clone(), elsewhere.receipt.as_ref() == Some(of)))
        .collect()
}

/// One file with its parts read.
struct Source {
    time: Timestamp,
    genesis: Genesis,
    values: BTreeMap<StateKey, StateValue>,
    entries: BTreeMap<EntryIndex, Entry>,
}

impl Source {
    fn open(file: &Evidence, time: Timestamp) -> Result<Self, FieldFault> {
        let mut values = BTreeMap::new();
        for record in &file.records {
            if let Some(text) = &record.value {
                values.insert(record.key.clone(), StateValue::parse(text)?);
            }
        }
        let mut entries = BTreeMap::new();
        for proven in &file.entries {
            entries.insert(proven.index, Entry::parse(proven.text.as_bytes())?);
        }
        match entries.get(&0) {
            Some(Entry::Genesis { genesis, .. }) => Ok(Self {
                time,
                genesis: (**genesis).clone(),
                values,
                entries,
            }),
            Some(Entry::Command { .. } | Entry::State(_)) | None => {
                Err(FieldFault::new("evidence", "has no entry 0"))
            }
        }
    }

    fn law(&self) -> u64 {
        let laws = self.entries.values().map(|entry| match entry {
            Entry::Genesis { law, .. } | Entry::Command { law, .. } => law.number(),
            Entry::State(_) => 0,
        });
        laws.max().unwrap_or_default()
    }

    fn found(&self, file: &Evidence) -> Result<Found, FieldFault> {
        match &file.subject {
            StateKey::Right(id) => self
                .right(*id, file)
                .map(|right| Found::Right(Box::new(right))),
            StateKey::Identity(identity) if !self.values.contains_key(&file.subject) => {
                Ok(Found::Nothing(identity.clone()))
            }
            StateKey::Identity(_)
            | StateKey::Pledge(_)
            | StateKey::Reservation(_)
            | StateKey::Party(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => Err(FieldFault::new(
                "evidence",
                "must be about a right, or an identity that nobody has",
            )),
        }
    }

    fn right(&self, id: RightId, file: &Evidence) -> Result<FoundRight, FieldFault> {
        let fault = |why: &str| FieldFault::new("evidence", format!("{id}: {why}"));
        let Some(Record::Right(right)) = self.record(&StateKey::Right(id)) else {
            return Err(fault("the record is missing"));
        };
        let (policy, changes) = self.policy(&right.kind, &fault)?;
        let letters = right.kind.chars().filter(char::is_ascii_alphabetic);
        let code: String = letters
            .take(KIND_LETTERS_MAX)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let number = RegistrationNumber::new(&self.genesis.region, &code, id.0);
        let history = file
            .records
            .iter()
            .find(|record| record.key == file.subject)
            .and_then(|record| record.history.clone())
            .unwrap_or_default();
        let acts = self.acts(&history)?;
        let counting = right.burdens.iter().filter(|b| b.counts_at(self.time));
        let burdens = counting.map(|burden| self.burden(right, burden, &acts, &policy));
        let burdens = burdens.collect();
        let claim = |(bar, text): (&Bar, &str)| Claim {
            attribute: bar.attribute.clone(),
            finding: bar.code.number(),
            text: text.to_owned(),
        };
        Ok(FoundRight {
            id,
            number: number.map_or_else(|_| id.to_string(), |number| number.to_string()),
            title_zh: policy.title_zh.clone(),
            title_en: policy.title_en.clone(),
            unit: policy.unit.clone(),
            scale: policy.scale,
            policy: policy.digest,
            policy_changes: changes,
            holder: self.named(right.holder),
            issuer: self.named(right.issuer),
            free: self.free(right, &policy),
            claims: policy.switches.claims(right).map(claim).collect(),
            effect: policy.effect.clone(),
            pledge_notes: of_burdens(right, self.time, &|id| self.pledge(id), &|party| {
                self.named(party)
            }),
            pledge_histories: self.pledge_histories((right, &history), file)?,
            burdens,
            acts,
            notes: self.notes(),
            right: right.clone(),
        })
    }

    fn record(&self, key: &StateKey) -> Option<&Record> {
        self.values.get(key).map(|value| &value.record)
    }

    fn pledge(&self, id: PledgeId) -> Option<&Pledge> {
        match self.record(&StateKey::Pledge(id)) {
            Some(Record::Pledge(pledge)) => Some(pledge),
            Some(_) | None => None,
        }
    }

    fn party(&self, id: PartyId) -> Option<&Party> {
        match self.record(&StateKey::Party(id)) {
            Some(Record::Party(party)) => Some(party),
            Some(_) | None => None,
        }
    }

    /// Names a party. A file shows those who signed; of others, such as a court, it shows the id.
    fn named(&self, id: PartyId) -> Named {
        let name = self.party(id).and_then(|party| party.name.clone());
        Named { id, name }
    }

    /// Returns the active rules of a kind, and the versions that are new.
    fn policy(
        &self,
        kind: &str,
        fault: &dyn Fn(&str) -> FieldFault,
    ) -> Result<(KindPolicy, Vec<PolicyVersion>), FieldFault> {
        let Some(Record::Policy(versions)) = self.record(&StateKey::Policy(kind.to_owned())) else {
            return Err(fault("the policy of its kind is missing"));
        };
        let active = active_version(versions, self.time);
        let active = active.ok_or_else(|| fault("no policy of its kind is active"))?;
        let policy = self.texts().into_iter().find_map(|text| {
            let policy = KindPolicy::parse(&text).ok()?;
            (policy.digest == active.digest).then_some(policy)
        });
        let policy = policy.ok_or_else(|| fault("the text of its policy is missing"))?;
        let recent = |version: &&PolicyVersion| {
            version.entry > 0 && version.active_from.plus_seconds(RECENT_SECONDS) >= self.time
        };
        Ok((policy, versions.iter().filter(recent).cloned().collect()))
    }

    fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self
            .genesis
            .policies
            .iter()
            .map(|(_, text)| text.clone())
            .collect();
        for entry in self.entries.values() {
            if let Entry::Command {
                envelope,
                outcome: Outcome::Accepted { .. },
                ..
            } = entry
                && let Ok(command) = parse_command(&envelope.payload)
                && let crate::domain::command::Body::AdoptPolicy { text, .. } = command.body
            {
                texts.push(text);
            }
        }
        texts
    }

    fn free(&self, right: &Right, policy: &KindPolicy) -> Free {
        let live = right
            .live_span()
            .and_then(|live| live.since(self.time.day()));
        let Some(live) = live.filter(|_| right.succeeded_by.is_none()) else {
            return Free::Ended;
        };
        let none = |_: BurdenId| false;
        match &right.capacity {
            Capacity::Stock(balance) => {
                Free::Stock(stock::free(*balance, &right.burdens, self.time, &none))
            }
            Capacity::Flow(steps) => {
                let flow = Flow {
                    steps,
                    live: right.live_span(),
                    burdens: &right.burdens,
                    now: self.time,
                };
                Free::Flow(flow.profile(live, &none))
            }
            Capacity::Land { .. } => match policy.extent {
                ExtentRule::Years => Free::Years(land::free_spans(right, live, self.time, &none)),
                ExtentRule::Whole | ExtentRule::Amount => {
                    let mut counting = right.burdens.iter();
                    Free::Whole(!counting.any(|burden| burden.counts_at(self.time)))
                }
            },
        }
    }

    fn burden(
        &self,
        right: &Right,
        burden: &Burden,
        acts: &[Act],
        policy: &KindPolicy,
    ) -> FoundBurden {
        let (entry, pledge, party) = match burden.id {
            BurdenId::Line(id, _) => {
                let pledge = self.pledge(id);
                (id.0, pledge, pledge.map(|pledge| pledge.pledgee))
            }
            BurdenId::Hold(id, _) => match self.record(&StateKey::Reservation(id)) {
                Some(Record::Reservation(hold)) => (id.0, None, Some(hold.pledgee)),
                Some(_) | None => (id.0, None, None),
            },
            BurdenId::Freeze(id) => (id.0, None, burden.authority),
        };
        let standing = |pledge: &Pledge| {
            let objections = pledge.more.objections.iter();
            objections.filter(|one| one.stands_at(self.time)).count()
        };
        FoundBurden {
            burden: burden.clone(),
            lost: lost_now(right, burden.id, self.time),
            gone: land::gone_in_part(right, burden.extent),
            party: party.map(|party| self.named(party)),
            form: pledge.map(|pledge| pledge.form),
            entry,
            time: acts
                .iter()
                .find(|act| act.entry == entry)
                .map(|act| act.time),
            cap: pledge.and_then(Pledge::cap),
            external: pledge.map_or_else(Vec::new, |pledge| self.reported(pledge)),
            missing: pledge.map_or_else(Vec::new, |pledge| missing(pledge, policy)),
            objections: pledge.map_or(0, |pledge| {
                u64::try_from(standing(pledge)).unwrap_or(u64::MAX)
            }),
        }
    }

    fn reported(&self, pledge: &Pledge) -> Vec<Reported> {
        let today = self.time.day();
        let ended = |report: &ExternalReport| report.term.is_some_and(|term| term.to() <= today);
        let reports = pledge.more.external.iter().cloned();
        let reported = reports.map(|report| Reported {
            over: report.status == ExternalStatus::Registered && ended(&report),
            report,
        });
        reported.collect()
    }

    /// Who did what with the pledges that stand or stood on a right.
    fn pledge_histories(
        &self,
        (right, history): (&Right, &[EntryIndex]),
        file: &Evidence,
    ) -> Result<Vec<PledgeHistory>, FieldFault> {
        let mut all = Vec::new();
        for pledge in pledges_on(right, history, &self.entries) {
            let key = StateKey::Pledge(pledge);
            let shown = file.records.iter().find(|record| record.key == key);
            if let (Some(record), Some(value)) = (shown, self.values.get(&key)) {
                let acts = record.history.as_deref().map(|history| self.acts(history));
                all.push(PledgeHistory {
                    pledge,
                    entries: value.history_size,
                    acts: acts.transpose()?,
                });
            }
        }
        Ok(all)
    }

    fn acts(&self, history: &[EntryIndex]) -> Result<Vec<Act>, FieldFault> {
        acts_of(history, &self.entries, &|party| self.named(party))
    }

    /// What a reader must know of every party that the file shows.
    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        for (key, value) in &self.values {
            let (StateKey::Party(id), Record::Party(party)) = (key, &value.record) else {
                continue;
            };
            let (named, more) = (self.named(*id), &party.more);
            let recoveries = more.recoveries.iter();
            notes.extend(recoveries.map(|one| Note::Recovery(named.clone(), one.clone())));
            let disputes = more.disputes.iter();
            notes.extend(disputes.map(|one| Note::Dispute(named.clone(), one.clone())));
            let ended = more.ended.iter();
            notes.extend(ended.map(|(entry, next)| Note::Ended(named.clone(), *entry, *next)));
            let former = more.former_names.iter();
            notes.extend(
                former.map(|(name, until)| Note::Renamed(named.clone(), name.clone(), *until)),
            );
        }
        notes
    }
}
