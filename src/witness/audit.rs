//! The audit of one log: its entries fetched, confirmed and replayed, and its checkpoints judged.
//!
//! Separate from the auditor, which has the clock and the cosigner. A checkpoint that the log's key has signed is judged in one
//! of three ways: it stands, it cannot be judged yet, or it condemns the log for ever, with a file that proves why.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::domain::entry::{Entry, Outcome, genesis_events};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::ledger::proof::root_at;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::verify::entries::Entries as _;
use crate::verify::evidence::Evidence;
use crate::verify::fraud::Fraud;
use crate::verify::fraud::build::{self, Account};
use crate::verify::fraud::check::is_of_later_version;
use crate::verify::machine::Machine;
use crate::verify::replay::{BadEntry, Replay};
use crate::witness::accuse::accuse;
use crate::witness::book::{BookFault, replace};
use crate::witness::cosigner::{CosignFault, Cosigner};
use crate::witness::fetch::LogReader;
use crate::witness::kept;
use crate::witness::logs::origin_hash;
use crate::witness::request::{Refusal, Submitted};
use crate::witness::transcript::Transcript;

/// Says why a log is never cosigned again.
const CONDEMNED_ENDING: &str = "condemned";
/// Entries replayed at a time.
const CHUNK_ENTRIES: usize = 2_048;

/// Why an audit does not go on.
#[derive(Debug)]
pub(crate) enum Halted {
    Refused(Refusal),
    Book(BookFault),
}

impl From<Refusal> for Halted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<BookFault> for Halted {
    fn from(fault: BookFault) -> Self {
        Self::Book(fault)
    }
}

fn later<T>(why: impl fmt::Display) -> Result<T, Halted> {
    Err(Refusal::NotAudited(why.to_string()).into())
}

/// Nothing is wrong; there is more to do than one turn can.
fn still<T>(how_far: String) -> Result<T, Halted> {
    Err(Refusal::StillAuditing(how_far).into())
}

/// The audit of one log.
pub(crate) struct Audit {
    origin: String,
    keys: Vec<NoteKey>,
    server: LogReader,
    transcript: Transcript,
    replay: Replay,
    /// The size of what was read back when it was opened.
    resumed: u64,
    /// The size of what is kept on the disk.
    kept: u64,
    /// When that was kept or read back.
    kept_at: Instant,
    /// Where what was found is kept: not in the copy, which may be deleted and fetched again.
    findings: PathBuf,
    condemned: Option<String>,
}

impl Audit {
    /// Opens the copy in `folder`; what the audit finds lies in `findings`, which must not be deleted.
    pub(crate) fn open(
        folder: &std::path::Path,
        findings: &std::path::Path,
        origin: &str,
        keys: Vec<NoteKey>,
        server: LogReader,
        cosigner: &Cosigner,
    ) -> Result<Self, BookFault> {
        let path = condemned_path(findings, origin);
        let condemned = match said(&path)? {
            Some(what) => Some(what),
            // Earlier builds kept it in the copy; from there it would be lost with the copy.
            None => said(&folder.join(CONDEMNED_ENDING))?
                .map(|what| write_condemned(&path, &what).map(|()| what))
                .transpose()?,
        };
        let transcript = Transcript::open_or_begin_again(folder)?;
        let replay = kept::go_on(&transcript, origin, cosigner)?.unwrap_or_default();
        let resumed = replay.machine().map_or(0, Machine::size);
        Ok(Self {
            origin: origin.to_owned(),
            keys,
            server,
            transcript,
            replay,
            resumed,
            kept: resumed,
            kept_at: Instant::now(),
            findings: findings.to_owned(),
            condemned,
        })
    }

    /// Returns at which size the audit went on when it was opened.
    pub(crate) fn resumed(&self) -> u64 {
        self.resumed
    }

    /// Says whether so much was replayed since it was last kept that a restart should not have to do it again.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        let Some(machine) = self.replay.machine() else {
            return false;
        };
        let rows = u64::try_from(machine.held_count()).unwrap_or(u64::MAX);
        let new = machine.size().saturating_sub(self.kept);
        machine.is_closed() && is_due(new, rows, self.kept_at.elapsed())
    }

    /// Keeps what was replayed, if that is more than what is kept already.
    pub(crate) fn keep(&mut self, cosigner: &Cosigner) -> Result<(), BookFault> {
        let machine = self.replay.machine().filter(|machine| machine.is_closed());
        let size = machine.map_or(0, Machine::size);
        if size <= self.kept || self.condemned.is_some() {
            return Ok(());
        }
        kept::keep(
            self.transcript.folder(),
            &self.origin,
            &self.replay,
            cosigner,
        )?;
        self.kept = size;
        self.kept_at = Instant::now();
        Ok(())
    }

    /// Audits what the server shows as its newest checkpoint.
    pub(crate) fn look(&mut self, deadline: Instant, cosigner: &Cosigner) -> Result<(), Halted> {
        self.check_condemned()?;
        let note = self.server.checkpoint().or_else(later)?;
        let checkpoint = Checkpoint::open(&note, &self.keys, &self.origin).or_else(later)?;
        let submitted = Submitted {
            old: 0,
            proof: Vec::new(),
            checkpoint,
            shown: note.clone(),
            note,
        };
        cosigner.look_at(&submitted).or_else(|fault| match fault {
            CosignFault::Refused(refusal) => Err(Halted::Refused(refusal)),
            CosignFault::Disk(what) => later(what),
        })?;
        self.judge(&submitted, deadline, cosigner).map(|_| ())
    }

    /// Fetches and replays the log up to a checkpoint that its key has signed; returns the time of the state entry in which the
    /// checkpoint ends, if the log stands there as it says.
    pub(crate) fn judge(
        &mut self,
        submitted: &Submitted,
        deadline: Instant,
        cosigner: &Cosigner,
    ) -> Result<Timestamp, Halted> {
        self.check_condemned()?;
        if submitted.checkpoint.size > self.transcript.size() {
            self.fetch(submitted, deadline, cosigner)?;
        } else {
            self.compare(submitted, cosigner)?;
        }
        self.replay(submitted.checkpoint.size, deadline, cosigner)?;
        self.ends_in_state(submitted)
    }

    fn check_condemned(&self) -> Result<(), Halted> {
        match &self.condemned {
            Some(what) => Err(Refusal::Condemned(what.clone()).into()),
            None => Ok(()),
        }
    }

    /// Brings the entries up to the checkpoint into the transcript, and confirms them.
    fn fetch(
        &mut self,
        submitted: &Submitted,
        deadline: Instant,
        cosigner: &Cosigner,
    ) -> Result<(), Halted> {
        let head = &submitted.checkpoint;
        if self.transcript.written() > head.size {
            return still("entries of a larger size are being fetched".to_owned());
        }
        while self.transcript.written() < head.size {
            if Instant::now() >= deadline {
                let written = self.transcript.written();
                return still(format!("{written} of {} entries are fetched", head.size));
            }
            let next = self.transcript.written();
            let entries = self.server.entries(next, head.size).or_else(later)?;
            if entries.is_empty() {
                return later(format!("the server has no entry {next}"));
            }
            self.transcript.append(&entries)?;
        }
        if self.transcript.confirm(head, &submitted.note)? {
            return Ok(());
        }
        self.look_for_fork(submitted)?;
        cosigner.keep_unjoined(submitted);
        later("the entries that the server shows are not those of the checkpoint")
    }

    /// Compares a checkpoint that is not larger than the confirmed entries with them.
    fn compare(&mut self, submitted: &Submitted, cosigner: &Cosigner) -> Result<(), Halted> {
        let head = &submitted.checkpoint;
        let root = root_at(head.size, &self.transcript).or_else(later)?;
        if root == head.root {
            return Ok(());
        }
        let note = self.note();
        let fraud = Account::over(&note, &self.transcript).fork((&submitted.note, head.size));
        self.condemn_if_proven(fraud.as_slice())?;
        cosigner.keep_unjoined(submitted);
        later("the checkpoint is of other entries than those of its size here")
    }

    /// Compares the tiles of a checkpoint with the confirmed entries, which may be of another history.
    fn look_for_fork(&mut self, submitted: &Submitted) -> Result<(), Halted> {
        let head = &submitted.checkpoint;
        let Some(own) = self.transcript.note().map(str::to_owned) else {
            return Ok(());
        };
        let tree = self.server.tree(head.size);
        let (larger, smaller) = (
            (submitted.note.as_str(), head.size),
            (own.as_str(), self.transcript.size()),
        );
        let fraud = build::fork(larger, smaller, &tree);
        self.condemn_if_proven(fraud.as_slice())
    }

    /// Replays the confirmed entries up to a size, and to the end of the group in which time runs out.
    fn replay(&mut self, size: u64, deadline: Instant, cosigner: &Cosigner) -> Result<(), Halted> {
        loop {
            let next = self.replay.machine().map_or(0, Machine::size);
            if next >= size.min(self.transcript.size()) {
                return Ok(());
            }
            if self.is_to_rest(deadline) {
                return still(format!("{next} of {size} entries are replayed"));
            }
            let entries = match self.transcript.entries_from(next, CHUNK_ENTRIES) {
                Err(BookFault::Disk(_, cause))
                    if cause.kind() == std::io::ErrorKind::UnexpectedEof =>
                {
                    return self.begin_again();
                }
                read => read?,
            };
            let chunk = (next..).zip(entries).collect();
            for ready in self.replay.ready_all(chunk) {
                if is_of_later_version(ready.bytes()) {
                    return later(format!(
                        "entry {} is of a later law or format than this program knows; update it",
                        ready.index()
                    ));
                }
                if let Err(bad) = self.replay.step(ready) {
                    // A log is condemned for ever; first it must be sure that the fault is not of the copy.
                    if !self.transcript.is_whole() {
                        return self.begin_again();
                    }
                    return self.condemn(&bad, cosigner);
                }
                if self.is_to_rest(deadline) {
                    break;
                }
            }
        }
    }

    /// Throws the copy away, because it was damaged on the disk.
    fn begin_again(&mut self) -> Result<(), Halted> {
        let folder = self.transcript.folder().to_owned();
        let what = "the auditor's copy was damaged on the disk; it is thrown away, and the log is fetched again";
        tracing::warn!(ledger.origin = self.origin, "{what}");
        self.transcript = Transcript::begin_again(&folder)?;
        self.replay = Replay::default();
        self.kept = 0;
        later(what)
    }

    /// Says whether time has run out and the last group is whole, as what is kept must be.
    fn is_to_rest(&self, deadline: Instant) -> bool {
        let machine = self.replay.machine();
        machine.is_none_or(Machine::is_closed) && Instant::now() >= deadline
    }

    /// Returns the time of the state entry in which a checkpoint ends. One that ends elsewhere condemns the log: its key has
    /// signed a size at which there is no state that anybody could be shown.
    fn ends_in_state(&mut self, submitted: &Submitted) -> Result<Timestamp, Halted> {
        let size = submitted.checkpoint.size;
        let Some(last) = size.checked_sub(1) else {
            return later("the checkpoint is of an empty log");
        };
        let parsed = self
            .transcript
            .entry(last)
            .map(|bytes| Entry::parse(&bytes));
        match parsed {
            Some(Ok(Entry::State(state))) => Ok(state.time),
            Some(Ok(Entry::Genesis { .. } | Entry::Command { .. })) => {
                let note = self.note();
                let account = Account::over(&note, &self.transcript);
                let fraud = account.open_group(&submitted.note, size);
                self.condemn_if_proven(fraud.as_slice())?;
                later("the checkpoint does not end in a state entry")
            }
            Some(Err(_)) | None => later(format!("entry {last} cannot be read back")),
        }
    }

    fn note(&self) -> String {
        self.transcript.note().unwrap_or_default().to_owned()
    }

    /// Stops cosigning this log for ever, with every proof that holds.
    fn condemn(&mut self, bad: &BadEntry, cosigner: &Cosigner) -> Result<(), Halted> {
        let note = self.note();
        let begin = |size: u64| {
            let kept = kept::go_on(&self.transcript, &self.origin, cosigner);
            let kept = kept.ok().flatten();
            kept.filter(|kept| kept.machine().is_some_and(|machine| machine.size() <= size))
        };
        let account = Account::over(&note, &self.transcript).beginning(&begin);
        let frauds = account.wrong(bad.index);
        let hidden = self.hidden(bad.index);
        let mut said = Vec::new();
        for frauds in [frauds, hidden] {
            said.extend(self.first_proven(&frauds)?);
        }
        // The log's own key signed an entry that the law does not make: also without a file it is not cosigned again.
        if said.is_empty() {
            said.push(bad.to_string());
        }
        self.pronounce(&said.join(" "))
    }

    /// Makes the files that show that a state entry's history of a record leaves out an entry of its group, from what the
    /// server itself shows of the records that the group has touched.
    fn hidden(&self, index: EntryIndex) -> Vec<Fraud> {
        if !matches!(self.parsed(index), Some(Entry::State(_))) {
            return Vec::new();
        }
        let note = self.note();
        let account = Account::over(&note, &self.transcript);
        let end = Instant::now() + Duration::from_secs(limits::AUDIT_EVIDENCE_SECONDS);
        let mut frauds = Vec::new();
        for (key, touched) in self.touched_before(index) {
            if Instant::now() >= end {
                break;
            }
            let shown = evidence_path(&key).and_then(|path| self.server.evidence(&path).ok());
            let Some(evidence) = shown.and_then(|bytes| Evidence::parse(&bytes).ok()) else {
                continue;
            };
            let head = Checkpoint::open(&evidence.checkpoint, &self.keys, &self.origin);
            let Ok(head) = head else { continue };
            let size = head.size.min(self.transcript.size());
            let under = (head.size > size).then_some(note.as_str());
            let entry = account.prove_at(touched, size);
            frauds.extend(entry.map(|entry| build::hidden(&evidence, &entry, under)));
        }
        frauds.into_iter().flatten().collect()
    }

    /// Returns the records that the group which ends with state entry `index` has touched, each with the entry that did.
    fn touched_before(&self, index: EntryIndex) -> Vec<(StateKey, EntryIndex)> {
        let mut known = BTreeSet::new();
        let mut touched = Vec::new();
        for at in (0..index).rev() {
            let events = match self.parsed(at) {
                Some(Entry::Genesis { genesis, time, .. }) => genesis_events(&genesis, time),
                Some(Entry::Command { outcome, .. }) => match outcome {
                    Outcome::Accepted { event, .. } => vec![event],
                    Outcome::Refused(_) => Vec::new(),
                },
                Some(Entry::State(_)) | None => break,
            };
            for key in events.iter().flat_map(Event::touches) {
                if known.insert(key.clone()) {
                    touched.push((key, at));
                }
            }
        }
        touched.retain(|(key, _)| evidence_path(key).is_some());
        touched.truncate(limits::AUDIT_EVIDENCE_MAX);
        touched
    }

    fn parsed(&self, index: EntryIndex) -> Option<Entry> {
        Entry::parse(&self.transcript.entry(index)?).ok()
    }

    /// Writes the first of the files that proves a fraud; returns what it says and where it is.
    fn first_proven(&self, frauds: &[Fraud]) -> Result<Option<String>, BookFault> {
        for fraud in frauds {
            if let Some(proof) = accuse(&self.findings, fraud, &self.keys)? {
                return Ok(Some(format!(
                    "{} Proof: {}",
                    proof.what,
                    proof.path.display()
                )));
            }
        }
        Ok(None)
    }

    /// Stops cosigning this log for ever if one of the files proves a fraud; the first that does is written.
    fn condemn_if_proven(&mut self, frauds: &[Fraud]) -> Result<(), Halted> {
        match self.first_proven(frauds)? {
            Some(said) => self.pronounce(&said),
            None => Ok(()),
        }
    }

    fn pronounce(&mut self, what: &str) -> Result<(), Halted> {
        write_condemned(&condemned_path(&self.findings, &self.origin), what)?;
        tracing::error!("a log is false and is not cosigned any more: {what}");
        self.condemned = Some(what.to_owned());
        Err(Refusal::Condemned(what.to_owned()).into())
    }
}

/// Says whether so many new entries over so many records, kept that long ago, are to be kept.
///
/// Writing a record costs less than a tenth of replaying an entry, so keeping never takes more than a fraction; by time alone at
/// most once in five minutes.
fn is_due(new: u64, rows: u64, since: Duration) -> bool {
    let many = limits::AUDIT_KEPT_ENTRIES.max(rows / 2);
    new >= many || (new > 0 && since >= Duration::from_secs(limits::AUDIT_KEPT_SECONDS))
}

/// Reads why a log is false, where a file says so.
fn said(path: &std::path::Path) -> Result<Option<String>, BookFault> {
    match std::fs::read_to_string(path) {
        Ok(what) => Ok(Some(what.trim_end().to_owned())),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(BookFault::Disk(path.to_owned(), cause)),
    }
}

fn write_condemned(path: &std::path::Path, what: &str) -> Result<(), BookFault> {
    replace(path, format!("{what}\n").as_bytes())
        .map_err(|cause| BookFault::Disk(path.to_owned(), cause))
}

/// The file that says that a log is false.
fn condemned_path(findings: &std::path::Path, origin: &str) -> PathBuf {
    findings.join(format!("{}.{CONDEMNED_ENDING}", origin_hash(origin)))
}

/// Returns where a registry shows evidence about a record, of the newest version that it has signed.
fn evidence_path(key: &StateKey) -> Option<String> {
    let about = match key {
        StateKey::Right(id) => format!("rights/{id}?"),
        StateKey::Pledge(id) => format!("pledges/{id}?"),
        StateKey::Identity(identity) => {
            let name = format!("{}:{}", identity.scheme, identity.value);
            format!("absence?identity={}&", escaped(&name))
        }
        StateKey::Reservation(_)
        | StateKey::Party(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => return None,
    };
    Some(format!("v1/evidence/{about}checkpoint=signed"))
}

/// Escapes a value for the query of an address (RFC 3986 section 2.1).
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    value.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_kept_after_many_entries_or_after_a_while_if_there_are_any() {
        let seconds = Duration::from_secs;
        for (new, rows, since, due) in [
            (0, 0, 1_000_000, false),
            (1, 0, 299, false),
            (1, 0, 300, true),
            (65_535, 0, 299, false),
            (65_536, 0, 0, true),
            (65_536, 1_000_000, 299, false),
            (500_000, 1_000_000, 0, true),
            (1, 1_000_000, 300, true),
        ] {
            assert_eq!(
                is_due(new, rows, seconds(since)),
                due,
                "{new} {rows} {since}"
            );
        }
    }
}
