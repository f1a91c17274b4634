//! The inbox of drafts: a command that lacks signatures waits here for its signers, outside the log.
//!
//! The registry checks the signatures that are there, shows the draft to those whom its payload names, and puts further
//! signatures to it. It never signs and never submits: whoever has the last signature does. Nothing here is the law's, so
//! nothing rests on it: a draft that is lost is made again. A draft ends with its command (decided), with its time (`exp`), or
//! when its depositor takes it back.

pub(crate) mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::command::Command;
use crate::domain::envelope::Draft;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::openings::reading::{Capacity, OpeningRead};
use crate::service::openings::start::is_accepted;
use crate::service::quota::{Allowance, Quota};
use crate::service::sessions::Session;
use crate::service::{Registry, ServiceFault, Shared};
use crate::store::{Store, StoreFault};
use crate::verify::submission::check_door;
use kept::Row;
pub use kept::{Asks, Declined, KeptDraft};

/// What of a draft is in memory: who may see it, and when it ends.
struct Slip {
    number: u64,
    org: PartyId,
    cmd: CommandId,
    signers: BTreeSet<PartyId>,
    depositor: PartyId,
    exp: Timestamp,
    hides: bool,
}

impl Slip {
    fn of(row: &Row) -> Self {
        let command = &row.draft.command;
        Self {
            number: row.number,
            org: command.org,
            cmd: command.cmd,
            signers: signers(command),
            depositor: row.depositor,
            exp: command.exp,
            hides: !command.body.hidden().is_empty(),
        }
    }

    fn is_seen_by(&self, org: PartyId) -> bool {
        self.depositor == org || self.signers.contains(&org)
    }
}

fn signers(command: &Command) -> BTreeSet<PartyId> {
    command.signers.iter().map(|signer| signer.org).collect()
}

type Slips = BTreeMap<Hash, Slip>;

/// The drafts of a registry. The lock is held over each change and its write, so that of two who sign at once neither is lost.
pub(crate) struct Inbox {
    slips: Mutex<Slips>,
    writes: Quota<PartyId>,
}

impl Inbox {
    pub(crate) fn open(store: &Store) -> Result<Self, ServiceFault> {
        let of_party = Allowance {
            burst: limits::DRAFT_WRITES_PER_PARTY,
            refill_seconds: limits::DRAFT_WRITE_SECONDS,
        };
        Ok(Self {
            slips: Mutex::new(read_slips(store)?),
            writes: Quota::new(of_party, limits::QUOTA_KEYS_MAX),
        })
    }

    pub(crate) fn writes(&self) -> &Quota<PartyId> {
        &self.writes
    }

    fn lock(&self) -> MutexGuard<'_, Slips> {
        self.slips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_slips(store: &Store) -> Result<Slips, ServiceFault> {
    let rows = store.drafts()?.into_iter();
    rows.map(|(hash, bytes)| Ok((hash, Slip::of(&Row::parse(&bytes)?))))
        .collect()
}

/// Why nothing was done in the inbox.
#[derive(Debug)]
pub enum DraftFault {
    /// The draft is at fault.
    Door(FieldFault),
    /// The member may not do this; why.
    NotYours(String),
    /// There is no such draft, or none that the member sees.
    Absent(Hash),
    /// An entry has decided a command of this party and id.
    Decided(EntryIndex),
    /// The inbox is full; of whose drafts.
    Full(String),
    /// Too much at once; after how many seconds more is taken.
    TooMany(u64),
    /// The service failed.
    Service(ServiceFault),
}

impl From<FieldFault> for DraftFault {
    fn from(fault: FieldFault) -> Self {
        Self::Door(fault)
    }
}

impl From<ServiceFault> for DraftFault {
    fn from(fault: ServiceFault) -> Self {
        Self::Service(fault)
    }
}

impl From<StoreFault> for DraftFault {
    fn from(fault: StoreFault) -> Self {
        Self::Service(fault.into())
    }
}

/// What became of a draft that was put into the inbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Put {
    /// It is new.
    New,
    /// It was there, and has the signatures of both copies now.
    Joined,
}

impl Registry {
    /// Puts a draft into the inbox, or its signatures to the one that is there.
    pub fn put_draft(&self, session: &Session, json: Json) -> Result<(KeptDraft, Put), DraftFault> {
        let draft = Draft::parse(json)?;
        self.check_draft(session, &draft)?;
        self.count_draft_write(session)?;
        let shared = &*self.shared;
        let mut slips = shared.inbox.lock();
        sweep_slips(shared, &mut slips)?;
        let command = &draft.command;
        if let Some(row) = shared.store.command(command.org, command.cmd)? {
            return Err(DraftFault::Decided(row.entry));
        }
        let hash = draft.payload_hash();
        if slips.contains_key(&hash) {
            let mut row = self.row(&hash)?;
            let before = row.declined.len();
            row.declined.retain(|declined| declined.org != session.org);
            let is_new = row
                .draft
                .take_signatures(&draft, |kid| shared.owner_of(kid));
            if is_new || row.declined.len() < before {
                shared.store.put_draft(&hash, &row.to_bytes())?;
            }
            return Ok((self.kept(row), Put::Joined));
        }
        check_room(&slips, session.org)?;
        let last = slips.values().map(|slip| slip.number).max();
        let row = Row::new(
            last.map_or(0, |last| last.saturating_add(1)),
            draft,
            (session.org, session.person.clone()),
            shared.registry_time(),
            shared.openings_key.as_deref(),
        )?;
        shared.store.put_draft(&hash, &row.to_bytes())?;
        slips.insert(hash, Slip::of(&row));
        Ok((self.kept(row), Put::New))
    }

    /// Checks a draft at the door: as a command, but for signatures that it may lack.
    fn check_draft(&self, session: &Session, draft: &Draft) -> Result<(), DraftFault> {
        check_door(&draft.command, self.aud(), self.registry_time())?;
        let command = &draft.command;
        if session.org != command.org && !signers(command).contains(&session.org) {
            let org = session.org;
            let why = format!("{org} neither gives this command nor signs it");
            return Err(DraftFault::NotYours(why));
        }
        draft.check(|kid| self.shared.owner_of(kid))?;
        for (n, made) in draft.signatures().iter().enumerate() {
            let kid = made.header.kid;
            let owner = self.shared.owner_of(kid).map(|(party, _)| party);
            let present = owner.map(|party| self.person_of(party, kid)).transpose()?;
            if present.flatten().is_none() {
                let why = format!("is by the key {kid}, which is revoked");
                return Err(FieldFault::new(format!("signatures[{n}]"), why).into());
            }
        }
        if !draft.openings.is_empty() && self.shared.openings_key.is_none() {
            let why = "cannot be kept here: the operator has given the server no --openings-key";
            return Err(FieldFault::new("openings", why).into());
        }
        Ok(())
    }

    fn count_draft_write(&self, session: &Session) -> Result<(), DraftFault> {
        let writes = &self.shared.inbox.writes;
        writes
            .take(&session.org, self.shared.clock.now())
            .map_err(DraftFault::TooMany)
    }

    /// Returns drafts that a party sees, in the order in which they came, after a number; without openings.
    pub fn drafts_of(
        &self,
        org: PartyId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<KeptDraft>, ServiceFault> {
        let mut slips = self.shared.inbox.lock();
        sweep_slips(&self.shared, &mut slips)?;
        let seen = slips.iter().filter(|(_, slip)| slip.is_seen_by(org));
        let mut seen: Vec<(u64, Hash)> = seen
            .map(|(hash, slip)| (slip.number, *hash))
            .filter(|(number, _)| after.is_none_or(|after| *number > after))
            .collect();
        seen.sort_unstable();
        seen.truncate(limit);
        let kept = |(_, hash): &(u64, Hash)| Ok(self.kept(self.row(hash)?));
        seen.iter().map(kept).collect()
    }

    /// Shows a draft whole to a member who may see it. Where it hides values, the access was written down before.
    pub fn show_draft(&self, session: &Session, hash: Hash) -> Result<KeptDraft, DraftFault> {
        let shared = &*self.shared;
        let mut slips = shared.inbox.lock();
        sweep_slips(shared, &mut slips)?;
        let slip = seen_by(&slips, &hash, session)?;
        let mut row = self.row(&hash)?;
        if slip.hides {
            self.count_opening_read(session)
                .map_err(DraftFault::TooMany)?;
            if shared.store.draft_read_count(&hash)? >= limits::DRAFT_READS_MAX {
                let why = "its hidden values were read too often; its depositor has the draft";
                return Err(DraftFault::NotYours(why.to_owned()));
            }
            let hidden = row.draft.command.body.hidden();
            let claims = hidden.iter().map(|(claim, _)| claim.clone()).collect();
            let now = shared.clock.now();
            let read = OpeningRead::by(session, Capacity::Signer, claims, now);
            shared.store.add_draft_read(&hash, &read.to_text())?;
            row.open(shared.openings_key.as_deref())?;
        }
        Ok(self.kept(row))
    }

    /// Returns accesses to the hidden values of a draft, oldest first, after a number.
    pub fn draft_reads(
        &self,
        session: &Session,
        hash: Hash,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OpeningRead>, DraftFault> {
        let mut slips = self.shared.inbox.lock();
        sweep_slips(&self.shared, &mut slips)?;
        seen_by(&slips, &hash, session)?;
        let rows = self.shared.store.draft_reads(&hash, after, limit)?;
        let read = |(number, text): &(u64, String)| OpeningRead::parse(*number, text);
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Notes that a party that is asked to sign a draft will not.
    pub fn decline_draft(
        &self,
        session: &Session,
        hash: Hash,
        reason: &str,
    ) -> Result<KeptDraft, DraftFault> {
        self.count_draft_write(session)?;
        let shared = &*self.shared;
        let mut slips = shared.inbox.lock();
        sweep_slips(shared, &mut slips)?;
        let slip = seen_by(&slips, &hash, session)?;
        if !slip.signers.contains(&session.org) {
            let why = format!("{} is not asked to sign this draft", session.org);
            return Err(DraftFault::NotYours(why));
        }
        let mut row = self.row(&hash)?;
        row.declined.retain(|declined| declined.org != session.org);
        row.declined.push(Declined {
            org: session.org,
            person: session.person.clone(),
            reason: reason.to_owned(),
            time: shared.registry_time(),
        });
        shared.store.put_draft(&hash, &row.to_bytes())?;
        Ok(self.kept(row))
    }

    /// Takes a draft out of the inbox, for the party that put it there.
    pub fn withdraw_draft(&self, session: &Session, hash: Hash) -> Result<(), DraftFault> {
        self.count_draft_write(session)?;
        let mut slips = self.shared.inbox.lock();
        sweep_slips(&self.shared, &mut slips)?;
        let slip = seen_by(&slips, &hash, session)?;
        if slip.depositor != session.org {
            let why = format!(
                "{} put this draft here, and may take it back",
                slip.depositor
            );
            return Err(DraftFault::NotYours(why));
        }
        self.shared.store.end_draft(&hash, None)?;
        slips.remove(&hash);
        Ok(())
    }

    fn row(&self, hash: &Hash) -> Result<Row, ServiceFault> {
        let bytes = self.shared.store.draft(hash)?;
        let missing = || ServiceFault::Doubt(format!("the draft {hash} is missing"));
        Row::parse(&bytes.ok_or_else(missing)?)
    }

    fn kept(&self, row: Row) -> KeptDraft {
        let places = row.draft.places(|kid| self.shared.owner_of(kid));
        row.into_kept(places)
    }
}

fn seen_by<'a>(slips: &'a Slips, hash: &Hash, session: &Session) -> Result<&'a Slip, DraftFault> {
    let slip = slips.get(hash);
    slip.filter(|slip| slip.is_seen_by(session.org))
        .ok_or(DraftFault::Absent(*hash))
}

fn check_room(slips: &Slips, org: PartyId) -> Result<(), DraftFault> {
    let own = slips.values().filter(|slip| slip.depositor == org).count();
    if own >= limits::DRAFTS_PER_PARTY_MAX {
        return Err(DraftFault::Full(format!("{own} drafts of {org}")));
    }
    if slips.len() >= limits::DRAFTS_MAX {
        return Err(DraftFault::Full(format!(
            "{} drafts of all parties",
            slips.len()
        )));
    }
    Ok(())
}

/// Removes what is decided and what has ended.
pub(crate) fn sweep(shared: &Shared) -> Result<(), ServiceFault> {
    sweep_slips(shared, &mut shared.inbox.lock())
}

fn sweep_slips(shared: &Shared, slips: &mut Slips) -> Result<(), ServiceFault> {
    end_all(&shared.store, slips, Some(shared.registry_time()))
}

/// Removes what is decided from a folder that is about to be opened, before what was erased is taken off its files.
pub(crate) fn end_decided(store: &Store) -> Result<(), ServiceFault> {
    end_all(store, &mut read_slips(store)?, None)
}

fn end_all(store: &Store, slips: &mut Slips, now: Option<Timestamp>) -> Result<(), ServiceFault> {
    let mut over: Vec<(Hash, Option<EntryIndex>)> = Vec::new();
    for (hash, slip) in slips.iter() {
        match store.command(slip.org, slip.cmd)? {
            Some(row) => {
                // Who has seen what the record hides now stays known to the record.
                let is_own = slip.hides && row.payload == *hash;
                let goes_on = is_own && is_accepted(store, row.entry)?;
                over.push((*hash, goes_on.then_some(row.entry)));
            }
            None if now.is_some_and(|now| slip.exp <= now) => over.push((*hash, None)),
            None => {}
        }
    }
    for (hash, entry) in over {
        store.end_draft(&hash, entry)?;
        slips.remove(&hash);
    }
    Ok(())
}
