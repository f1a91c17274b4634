//! Who reads openings: the parties of a pledge and its supervisors, and every access is written down before it is given.

use crate::domain::envelope::Opening;
use crate::domain::facts::{Record, StateKey};
use crate::domain::party::{Erased, Role};
use crate::domain::pledge::Pledge;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::sessions::Session;
use crate::service::{Registry, ServiceFault};

/// In which capacity somebody reads the openings of a pledge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// Its pledgee of record.
    Pledgee,
    /// Its pledgor.
    Pledgor,
    /// A guarantor whose guarantee is registered on it.
    Guarantor,
    /// The natural person that the values are of.
    Itself,
    /// An authority with the duty of the kind of a pledged right, or of a right that the person holds.
    Supervisor,
    /// Whoever signs a draft or has put it into the inbox, before there is a record.
    Signer,
    /// The registrar, who reads the list of accesses and no opening.
    Registrar,
}

impl Capacity {
    const ALL: [Self; 7] = [
        Self::Pledgee,
        Self::Pledgor,
        Self::Guarantor,
        Self::Itself,
        Self::Supervisor,
        Self::Signer,
        Self::Registrar,
    ];

    /// Parses the word for it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Returns the word for it in Chinese.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Pledgee => "担保权人",
            Self::Pledgor => "出质人 (抵押人)",
            Self::Guarantor => "保证人",
            Self::Itself => "本人",
            Self::Supervisor => "主管机关",
            Self::Signer => "签署方",
            Self::Registrar => "登记机构",
        }
    }

    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pledgee => "pledgee",
            Self::Pledgor => "pledgor",
            Self::Guarantor => "guarantor",
            Self::Itself => "itself",
            Self::Supervisor => "supervisor",
            Self::Signer => "signer",
            Self::Registrar => "registrar",
        }
    }

    /// Says whether openings are shown in it.
    pub fn opens(self) -> bool {
        match self {
            Self::Pledgee
            | Self::Pledgor
            | Self::Guarantor
            | Self::Itself
            | Self::Supervisor
            | Self::Signer => true,
            Self::Registrar => false,
        }
    }

    /// Says whether the list of accesses is shown in it.
    pub fn lists_reads(self) -> bool {
        match self {
            Self::Pledgee
            | Self::Pledgor
            | Self::Guarantor
            | Self::Itself
            | Self::Signer
            | Self::Registrar => true,
            Self::Supervisor => false,
        }
    }
}

/// One hidden member of a pledge, for who may see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The name of the member.
    pub claim: String,
    /// The digest in the record.
    pub digest: Hash,
    /// What it stands for.
    pub state: Kept,
}

/// What is kept of a hidden member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// The opening.
    Open(Opening),
    /// The entry that ordered its destruction.
    Erased(EntryIndex),
    /// Nothing, though it was never erased: the folder or its key was damaged.
    Lost,
}

/// One access to the openings of a pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpeningRead {
    /// Its number among those of the pledge.
    pub number: u64,
    /// The party.
    pub org: PartyId,
    /// The person whose key has signed in.
    pub person: String,
    /// That key.
    pub kid: KeyId,
    /// In which capacity.
    pub capacity: String,
    /// What was shown.
    pub claims: Vec<String>,
    /// When, by the clock of the server.
    pub time: Timestamp,
}

impl OpeningRead {
    /// An access of a member to these values, now.
    pub(crate) fn by(
        session: &Session,
        capacity: Capacity,
        claims: Vec<String>,
        time: Timestamp,
    ) -> Self {
        Self {
            number: 0,
            org: session.org,
            person: session.person.clone(),
            kid: session.kid,
            capacity: capacity.name().to_owned(),
            claims,
            time,
        }
    }

    /// Writes the access as it is stored.
    pub(crate) fn to_text(&self) -> String {
        Json::object([
            ("as", Json::text(&*self.capacity)),
            ("claims", Json::list(self.claims.iter().map(Json::text))),
            ("kid", Json::Text(self.kid.to_string())),
            ("org", Json::Text(self.org.to_string())),
            ("person", Json::text(&*self.person)),
            ("time", Json::Text(self.time.to_string())),
        ])
        .to_canonical()
    }

    pub(crate) fn parse(number: u64, text: &str) -> Result<Self, ServiceFault> {
        let damaged =
            |fault: String| ServiceFault::Doubt(format!("an access to openings: {fault}"));
        let json = Json::parse(text.as_bytes()).map_err(|fault| damaged(fault.to_string()))?;
        let read = || -> Result<Self, FieldFault> {
            let mut fields = Fields::open("", json)?;
            let claims = fields.list("claims")?.into_iter();
            Ok(Self {
                number,
                org: fields.parsed("org", "a party", PartyId::parse)?,
                person: fields.text("person")?,
                kid: KeyId(fields.hash("kid")?),
                capacity: fields.text("as")?,
                claims: claims
                    .filter_map(|claim| match claim {
                        Json::Text(claim) => Some(claim),
                        Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => None,
                    })
                    .collect(),
                time: fields.parsed("time", "an instant", Timestamp::parse)?,
            })
        };
        read().map_err(|fault| damaged(fault.to_string()))
    }
}

impl Registry {
    /// Says in which capacity a party sees a pledge; nothing for a stranger.
    pub fn capacity_of(
        &self,
        pledge: &Pledge,
        org: PartyId,
    ) -> Result<Option<Capacity>, ServiceFault> {
        let acts_for = |party| -> Result<bool, ServiceFault> { Ok(self.acting(party)? == org) };
        if acts_for(pledge.pledgee)? {
            return Ok(Some(Capacity::Pledgee));
        }
        if acts_for(pledge.pledgor)? {
            return Ok(Some(Capacity::Pledgor));
        }
        // Who has a part of the claim is secured like its pledgee.
        for party in pledge.sharers() {
            if acts_for(party)? {
                return Ok(Some(Capacity::Pledgee));
            }
        }
        for guarantee in &pledge.more.guarantees {
            if acts_for(guarantee.guarantor)? {
                return Ok(Some(Capacity::Guarantor));
            }
        }
        if self.supervises(pledge, org)? {
            return Ok(Some(Capacity::Supervisor));
        }
        let is_registrar = org == crate::domain::genesis::REGISTRAR;
        Ok(is_registrar.then_some(Capacity::Registrar))
    }

    /// Who acts in the place of a party now.
    pub(super) fn acting(&self, party: PartyId) -> Result<PartyId, ServiceFault> {
        let mut acting = party;
        // Each step leads to a party that ended later, so the chain ends; the limit is for damaged records.
        for _ in 0..limits::SUCCESSIONS_MAX {
            let found = self.record(&StateKey::Party(acting))?;
            let Some(Record::Party(record)) = found.map(|found| found.value.record) else {
                return Ok(acting);
            };
            match record.more.ended {
                Some((_, successor)) => acting = successor,
                None => return Ok(acting),
            }
        }
        Ok(acting)
    }

    /// An authority supervises the pledges over the kinds whose duty it has.
    fn supervises(&self, pledge: &Pledge, org: PartyId) -> Result<bool, ServiceFault> {
        let Some(duties) = self.duties_of(org)? else {
            return Ok(false);
        };
        for line in &pledge.lines {
            let right = self.record(&StateKey::Right(line.right))?;
            let Some(Record::Right(right)) = right.map(|found| found.value.record) else {
                continue;
            };
            if self.is_in_duty(&duties, &right.kind)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The duties of an authority; nothing for any other party.
    pub(super) fn duties_of(&self, org: PartyId) -> Result<Option<Vec<String>>, ServiceFault> {
        let found = self.record(&StateKey::Party(org))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Party(party)) if party.has_role(Role::Authority) => Some(party.duties),
            Some(_) | None => None,
        })
    }

    /// Says whether a kind is among the duties of an authority.
    pub(super) fn is_in_duty(&self, duties: &[String], kind: &str) -> Result<bool, ServiceFault> {
        let policy = self.active_policy(kind, self.published().time)?;
        Ok(policy.is_some_and(|policy| duties.contains(&policy.issuer_duty)))
    }

    /// Reads a pledge.
    pub fn pledge(&self, id: PledgeId) -> Result<Option<Pledge>, ServiceFault> {
        let found = self.record(&StateKey::Pledge(id))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Pledge(pledge)) => Some(pledge),
            Some(_) | None => None,
        })
    }

    /// Shows the hidden members of a pledge to a member who may see them, after the access was written down.
    pub fn show_openings(
        &self,
        id: PledgeId,
        pledge: &Pledge,
        (session, capacity): (&Session, Capacity),
    ) -> Result<Vec<Shown>, ServiceFault> {
        let shown = self.kept_openings(id.0, &pledge.hidden, &pledge.more.erased)?;
        let opened = shown
            .iter()
            .filter(|one| matches!(one.state, Kept::Open(_)));
        let claims: Vec<String> = opened.map(|one| one.claim.clone()).collect();
        if !claims.is_empty() {
            self.write_reads(&[(id.0, claims, capacity)], session)?;
        }
        Ok(shown)
    }

    /// Writes accesses down; they are on the disk when this returns.
    pub(crate) fn write_reads(
        &self,
        reads: &[(EntryIndex, Vec<String>, Capacity)],
        session: &Session,
    ) -> Result<(), ServiceFault> {
        let row = |(entry, claims, capacity): &(EntryIndex, Vec<String>, Capacity)| {
            let now = self.shared.clock.now();
            let read = OpeningRead::by(session, *capacity, claims.clone(), now);
            (*entry, read.to_text())
        };
        let rows: Vec<(EntryIndex, String)> = reads.iter().map(row).collect();
        Ok(self.shared.store.add_opening_reads(&rows)?)
    }

    /// Opens what is kept of the hidden members of a record.
    pub(super) fn kept_openings(
        &self,
        entry: EntryIndex,
        hidden: &[(String, Hash)],
        erased: &[Erased],
    ) -> Result<Vec<Shown>, ServiceFault> {
        let store = &self.shared.store;
        let wrapped = store.wrapped_key(entry)?;
        let key = self.shared.openings_key.as_deref();
        let data = key
            .zip(wrapped)
            .and_then(|(key, wrapped)| key.unwrap(entry, &wrapped));
        let mut shown = Vec::new();
        for (claim, digest) in hidden {
            let gone = erased.iter().find(|erased| erased.claim == *claim);
            let row = store.opening(entry, claim)?;
            let text = row
                .zip(data.as_ref())
                .and_then(|(row, data)| data.open(entry, claim, &row.sealed));
            let opening = text.and_then(|text| {
                let json = Json::parse(text.as_bytes()).ok()?;
                let opening = Opening::parse("opening", json).ok()?;
                // Whatever the folder holds, nothing is shown that is not what the parties signed.
                (opening.digest() == *digest).then_some(opening)
            });
            let state = match (gone, opening) {
                (Some(erased), _) => Kept::Erased(erased.entry),
                (None, Some(opening)) => Kept::Open(opening),
                (None, None) => Kept::Lost,
            };
            shown.push(Shown {
                claim: claim.clone(),
                digest: *digest,
                state,
            });
        }
        Ok(shown)
    }

    /// Returns accesses to the openings of the pledge or person that an entry created, newest first: those before the number,
    /// if one is given.
    pub fn opening_reads(
        &self,
        entry: EntryIndex,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OpeningRead>, ServiceFault> {
        let rows = self.shared.store.opening_reads(entry, before, limit)?;
        let read = |(number, text): &(u64, String)| OpeningRead::parse(*number, text);
        rows.iter().map(read).collect()
    }
}
