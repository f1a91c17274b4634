//! What would become of every row of a lender's book: read, looked for in the register and in the inbox, and asked about.
//!
//! Shared by the command line and the page 导入, which look into the register each in its own way ([`Look`]). Nothing is written
//! here. A row sees the rows before it: what they would take of the same right is asked for together with its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::documents::books::lending::Lending;
use crate::documents::books::lending::columns::CONTRACT;
use crate::documents::books::lending::pledges::{self, CONTRACT_CLAIM, PledgeRow, differing};
use crate::documents::books::lending::releases::{self, Release, Todo};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::{Body, ExtentRequest, LineRequest, RegisterPledge};
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Identity, Right};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};

/// How a book is looked up in a register.
pub trait Look {
    /// Why it cannot be.
    type Fault;
    /// A finding of the register.
    type Finding;

    /// Finds a party by its credit code or its id, whatever their width, case and spaces.
    fn party(&self, typed: &str) -> Result<Option<PartyId>, Self::Fault>;
    /// Finds the parties that have a text in their names.
    fn named(&self, typed: &str) -> Result<Alike, Self::Fault>;
    /// Finds a right by its id, its registration number or its identity.
    fn right(&self, typed: &str) -> Result<Option<(RightId, Right)>, Self::Fault>;
    /// Reads a pledge.
    fn pledge(&self, id: PledgeId) -> Result<Option<Pledge>, Self::Fault>;
    /// Says whether a party, or who acts for it, holds keys.
    fn has_keys(&self, party: PartyId) -> Result<bool, Self::Fault>;
    /// Returns the pledges of this party's rights that the importer has registered, as its commands said.
    fn registered(&self, pledgor: PartyId) -> Result<Vec<(Place, RegisterPledge)>, Self::Fault>;
    /// Returns the importer's commands that wait in the inbox for signatures.
    fn waiting(&self) -> Result<Vec<(Hash, Body)>, Self::Fault>;
    /// Opens what is hidden at a place, as far as the importer may see it; the register writes the access down.
    fn opened(&self, place: Place) -> Result<BTreeMap<String, String>, Self::Fault>;
    /// Asks what would be decided. `lines` are rows of the file whose lines stand first in the body.
    fn consider(
        &self,
        body: &Body,
        lines: &[u64],
    ) -> Result<Considered<Self::Finding>, Self::Fault>;
}

/// Parties that have a text in their names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Alike {
    /// Some of them, with their names.
    pub parties: Vec<(PartyId, String)>,
    /// Whether there are more.
    pub has_more: bool,
}

/// Where a row is already.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// It is registered.
    Pledge(PledgeId),
    /// It waits for signatures.
    Draft(Hash),
}

/// What a register says of a command.
#[derive(Debug)]
pub enum Considered<F> {
    /// It would accept it, noting these.
    Yes(Vec<F>),
    /// It would refuse it.
    No(Vec<F>),
    /// It does not read it.
    Unread(String),
}

/// Why a row is not read: its own fault, or that of the look.
#[derive(Debug)]
pub enum Stop<F> {
    /// The row's, all of them.
    Row(Vec<RowFault>),
    /// The look's.
    Look(F),
}

impl<F> From<RowFault> for Stop<F> {
    fn from(fault: RowFault) -> Self {
        Self::Row(vec![fault])
    }
}

/// A command that a row asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What it says, without the digests of what it hides.
    pub body: Body,
    /// What it hides.
    pub hidden: BTreeMap<String, String>,
    /// The consent of a party without keys, which the importer attests.
    pub consent: Option<(ConsentClass, Hash)>,
    /// The rows before it that change the same pledge: so many versions later it will be.
    pub after: u64,
}

/// What becomes of a row.
#[derive(Debug)]
pub enum Fate<F> {
    /// It may be submitted; what would be noted.
    May(Box<Wanted>, Vec<F>),
    /// It is there already.
    Present(Place),
    /// It is there with another content: where, and what is said of it.
    Differs(Place, RowFault),
    /// An earlier row is about the same.
    Twice(RowFault),
    /// The register would refuse it: why, and the rows that take the same right before it where it is they.
    Refused(Vec<F>, Vec<u64>),
    /// It cannot be read: all that is wrong with it.
    Unreadable(Vec<RowFault>),
}

/// How much a row is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Much {
    /// The row cannot be read.
    Unknown,
    /// So much of a right, at the scale of its kind.
    Of(ExtentRequest, Scale),
    /// A whole pledge.
    Whole,
    /// A line of a pledge, or so much of it.
    Line(String, Option<(Quantity, Scale, String)>),
}

/// A row that was judged.
#[derive(Debug)]
pub struct Judged<F> {
    /// What it is about: a contract and a right, or a pledge.
    pub what: String,
    /// The first identity of the right of a contract.
    pub identity: Option<Identity>,
    /// How much.
    pub much: Much,
    /// What becomes of it.
    pub fate: Fate<F>,
}

/// Judges the rows of one book, one after the other.
pub struct Judge<'a, L: Look> {
    look: &'a L,
    policies: &'a [KindPolicy],
    waiting: Vec<(Hash, Body)>,
    registered: BTreeMap<PartyId, Vec<(Place, RegisterPledge)>>,
    /// What is hidden where, of what was opened: each access is written down, so there is one.
    opened: BTreeMap<Place, BTreeMap<String, String>>,
    contracts: BTreeMap<(String, RightId), u64>,
    taken: BTreeMap<RightId, Vec<(u64, LineRequest)>>,
    released: BTreeMap<PledgeId, BTreeMap<Option<u16>, u64>>,
}

impl<'a, L: Look> Judge<'a, L> {
    /// Begins a book.
    pub fn new(look: &'a L, policies: &'a [KindPolicy]) -> Result<Self, L::Fault> {
        Ok(Self {
            look,
            policies,
            waiting: look.waiting()?,
            registered: BTreeMap::new(),
            opened: BTreeMap::new(),
            contracts: BTreeMap::new(),
            taken: BTreeMap::new(),
            released: BTreeMap::new(),
        })
    }

    /// Judges the next row.
    pub fn row(&mut self, book: Lending, row: &TableRow) -> Result<Judged<L::Finding>, L::Fault> {
        let judged = match book {
            Lending::Pledges => self.pledge(row),
            Lending::Releases => self.release(row),
        };
        match judged {
            Ok(judged) => Ok(judged),
            Err(Stop::Row(faults)) => Ok(Judged {
                what: book.named(row),
                identity: None,
                much: Much::Unknown,
                fate: Fate::Unreadable(faults),
            }),
            Err(Stop::Look(fault)) => Err(fault),
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Pledges
    // -----------------------------------------------------------------------------------------------------------------

    fn pledge(&mut self, row: &TableRow) -> Result<Judged<L::Finding>, Stop<L::Fault>> {
        let read = pledges::read(row, self.policies, self.look)?;
        let fate = self.fate_of_pledge(row, &read).map_err(Stop::Look)?;
        if let Fate::May(..) = fate {
            let key = (read.contract.clone(), read.right);
            self.contracts.entry(key).or_insert(row.line);
            let lines = read.register.lines.iter().cloned();
            let taken = self.taken.entry(read.right).or_default();
            taken.extend(lines.map(|line| (row.line, line)));
        }
        let mut lines = read.register.lines.into_iter();
        let extent = lines.next().map(|line| line.extent);
        Ok(Judged {
            what: format!("{} · {}", read.contract, read.right),
            identity: read.identity,
            much: Much::Of(extent.unwrap_or_default(), read.scale),
            fate,
        })
    }

    fn fate_of_pledge(
        &mut self,
        row: &TableRow,
        read: &PledgeRow,
    ) -> Result<Fate<L::Finding>, L::Fault> {
        if let Some(fate) = self.there(row, read)? {
            return Ok(fate);
        }
        let key = (read.contract.clone(), read.right);
        if let Some(earlier) = self.contracts.get(&key) {
            let reason = (
                format!("第 {earlier} 行已有同一合同对同一权益的担保"),
                format!("line {earlier} has the same contract on the same right"),
            );
            let fault = row.fault(CONTRACT, reason, DELETE_ONE);
            return Ok(Fate::Twice(fault));
        }
        let body = Body::RegisterPledge(Box::new(read.register.clone()));
        let warnings = match self.look.consider(&body, &[])? {
            Considered::Yes(warnings) => warnings,
            Considered::No(findings) => return Ok(Fate::Refused(findings, Vec::new())),
            Considered::Unread(reason) => return Ok(Fate::Unreadable(vec![unread(row, reason)])),
        };
        if let Some(fate) = self.with_earlier(row, read)? {
            return Ok(fate);
        }
        let wanted = Wanted {
            body,
            hidden: read.hidden.clone(),
            consent: read.consent,
            after: 0,
        };
        Ok(Fate::May(Box::new(wanted), warnings))
    }

    /// Asks for what the rows before take of the right and for this row's own together, as the register would judge one command.
    fn with_earlier(
        &self,
        row: &TableRow,
        read: &PledgeRow,
    ) -> Result<Option<Fate<L::Finding>>, L::Fault> {
        let Some(taken) = self.taken.get(&read.right) else {
            return Ok(None);
        };
        let room = limits::PLEDGE_LINES_MAX.saturating_sub(1);
        let taken: Vec<&(u64, LineRequest)> = taken
            .iter()
            .skip(taken.len().saturating_sub(room))
            .collect();
        let rows: Vec<u64> = taken.iter().map(|(line, _)| *line).collect();
        let earlier = taken.iter().map(|(_, line)| line.clone());
        let together = RegisterPledge {
            lines: earlier.chain(read.register.lines.iter().cloned()).collect(),
            ..read.register.clone()
        };
        let body = Body::RegisterPledge(Box::new(together));
        Ok(match self.look.consider(&body, &rows)? {
            Considered::Yes(_) => None,
            Considered::No(findings) => Some(Fate::Refused(findings, rows)),
            Considered::Unread(reason) => Some(Fate::Unreadable(vec![unread(row, reason)])),
        })
    }

    /// Looks whether a pledge under this contract of this right is registered, or waits for signatures.
    fn there(
        &mut self,
        row: &TableRow,
        read: &PledgeRow,
    ) -> Result<Option<Fate<L::Finding>>, L::Fault> {
        let pledgor = read.register.pledgor;
        if !self.registered.contains_key(&pledgor) {
            let registered = self.look.registered(pledgor)?;
            self.registered.insert(pledgor, registered);
        }
        let waiting = self.waiting.iter().filter_map(|(hash, body)| {
            let Body::RegisterPledge(register) = body else {
                return None;
            };
            Some((Place::Draft(*hash), &**register))
        });
        let registered = self.registered.get(&pledgor).into_iter().flatten();
        let registered = registered.map(|(place, register)| (*place, register));
        // One that hides no number of a contract was registered without one, and is another.
        let may_be = |(_, of): &(Place, &RegisterPledge)| {
            let names_contract = |(claim, _): &(String, Hash)| claim == CONTRACT_CLAIM;
            let names_right = |line: &LineRequest| line.right == read.right;
            of.lines.iter().any(names_right) && of.hidden.iter().any(names_contract)
        };
        let there = registered.chain(waiting).filter(may_be);
        let there: Vec<(Place, RegisterPledge)> =
            there.map(|(place, of)| (place, of.clone())).collect();
        for (place, register) in there {
            let mut opened = self.opened(place)?;
            let contract = opened.remove(CONTRACT_CLAIM);
            let mut own = read.clone();
            own.hidden.remove(CONTRACT_CLAIM);
            let differing = match &contract {
                Some(contract) if *contract != read.contract => continue,
                Some(_) => differing((&register, &opened), &own),
                // What is hidden cannot be seen any more: what is clear has to do.
                None => differing((&register, &own.hidden), &own),
            };
            if differing.is_empty() {
                return Ok(Some(Fate::Present(place)));
            }
            if contract.is_some() {
                return Ok(Some(Fate::Differs(place, differs(row, place, &differing))));
            }
        }
        Ok(None)
    }

    fn opened(&mut self, place: Place) -> Result<BTreeMap<String, String>, L::Fault> {
        if let Some(opened) = self.opened.get(&place) {
            return Ok(opened.clone());
        }
        let opened = self.look.opened(place)?;
        self.opened.insert(place, opened.clone());
        Ok(opened)
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Releases
    // -----------------------------------------------------------------------------------------------------------------

    fn release(&mut self, row: &TableRow) -> Result<Judged<L::Finding>, Stop<L::Fault>> {
        let read = releases::read(row, self.policies, self.look)?;
        let (what, much) = (read.pledge.to_string(), read.much.clone());
        let fate = self.fate_of_release(row, read).map_err(Stop::Look)?;
        Ok(Judged {
            what,
            identity: None,
            much,
            fate,
        })
    }

    fn fate_of_release(
        &mut self,
        row: &TableRow,
        read: Release,
    ) -> Result<Fate<L::Finding>, L::Fault> {
        let place = Place::Pledge(read.pledge);
        let earlier = self.released.entry(read.pledge).or_default();
        let same = match read.line {
            None => earlier.values().next(),
            Some(_) => earlier.get(&None).or_else(|| earlier.get(&read.line)),
        };
        if let Some(line) = same {
            let reason = (
                format!("第 {line} 行已解除同一担保的同一部分"),
                format!("line {line} releases the same"),
            );
            let fault = RowFault {
                line: row.line,
                ..RowFault::of_file(&row.file, reason, DELETE_ONE)
            };
            return Ok(Fate::Twice(fault));
        }
        let after = u64::try_from(earlier.len()).unwrap_or(u64::MAX);
        let body = match read.todo {
            Todo::Submit(changes) => Body::ReleasePledge {
                pledge: read.pledge,
                changes,
                order: None,
            },
            Todo::Done => return Ok(Fate::Present(place)),
            Todo::Differs(now, supposed) => {
                let reason = (
                    format!("该行现有 {now}, 按本表解除前应有 {supposed}"),
                    format!("the line has {now}; by the book it had {supposed} before"),
                );
                let fix = (
                    "与担保页核对, 改正解除数量与解除后数量",
                    "compare with the page of the pledge, and correct both quantities",
                );
                let fault = row.fault(releases::DIFFERS, reason, fix);
                return Ok(Fate::Differs(place, fault));
            }
        };
        if let Some((hash, _)) = self.waiting.iter().find(|(_, it)| *it == body) {
            return Ok(Fate::Present(Place::Draft(*hash)));
        }
        Ok(match self.look.consider(&body, &[])? {
            Considered::Yes(warnings) => {
                self.released
                    .entry(read.pledge)
                    .or_default()
                    .insert(read.line, row.line);
                let wanted = Wanted {
                    body,
                    hidden: BTreeMap::new(),
                    consent: None,
                    after,
                };
                Fate::May(Box::new(wanted), warnings)
            }
            Considered::No(findings) => Fate::Refused(findings, Vec::new()),
            Considered::Unread(reason) => Fate::Unreadable(vec![unread(row, reason)]),
        })
    }
}

const DELETE_ONE: (&str, &str) = ("删去其中一行", "delete one of the two");

fn unread(row: &TableRow, reason: String) -> RowFault {
    let reason = ("登记系统不接受该行".to_owned(), reason);
    RowFault {
        line: row.line,
        ..RowFault::of_file(&row.file, reason, ("请改正该行", "correct the row"))
    }
}

fn differs(row: &TableRow, place: Place, columns: &[&str]) -> RowFault {
    let once: BTreeSet<&str> = columns.iter().copied().collect();
    let (zh, en) = match place {
        Place::Pledge(id) => (format!("已登记为 {id}"), format!("registered as {id}")),
        Place::Draft(_) => (
            "已在待签箱等待签署".to_owned(),
            "waiting in the inbox for signatures".to_owned(),
        ),
    };
    let reason = (
        format!("该合同对该权益的担保{zh}, 内容不同"),
        format!("this contract's pledge of the right is {en} with another content"),
    );
    let fix = (
        "与登记内容核对; 变更应按变更登记, 不能再次登记",
        "compare with the record, and register changes as changes",
    );
    let columns: Vec<&str> = once.into_iter().collect();
    row.fault(&columns.join("; "), reason, fix)
}
