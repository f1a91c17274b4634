//! What is asked of a spreadsheet: which list, what narrows it, and which part of it.
//!
//! Separate from the tables because every list takes what its page takes, so that a file holds what the page shows.

use crate::domain::facts::StateKey;
use crate::http::export_kept::{Hiding, OfMember};
use crate::http::extract::Params;
use crate::http::gate::sign_in_first;
use crate::http::problem::Problem;
use crate::http::statistics::{BY, dimensions, selection};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId, parse_index};
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::alerts::{AlertFilter, AlertKind};
use crate::service::feed::{Decision, Watch};
use crate::service::freezes::{FreezeFilter, FreezeState};
use crate::service::narrowing::{Narrowing, PledgeState};
use crate::service::query::Listing;
use crate::service::sessions::Session;
use crate::service::standing::StatusOf;
use crate::service::statistics::{Dimension, LineState, Month, Selection};

/// What a person is told whose list has more than [`limits::EXPORT_ROWS_MAX`] records.
pub(super) const TOO_LONG_ZH: &str =
    "超过 20,000 条, 不能一次导出。请先按主体、种类、月份等缩小范围, 或在页面上逐页查看。";
/// The same of a list that can be had in parts.
const PARTS_ZH: &str = "超过 20,000 条, 不能一次导出。请先缩小范围, 或分部分导出: 在地址后加 limit=20000 得第一部分, 其后各部分再加 after= 前一部分末行的编号。";

/// The lists that can be had.
#[derive(Clone, Copy)]
pub(super) enum List {
    Rights,
    Pledges,
    Reservations,
    Freezes,
    Parties,
    Log,
    Alerts,
    Reconciliation,
    Statistics,
    Lines,
    Monthly,
    Burdens,
    Keys,
    Policies,
    OfMember(MemberList),
}

/// Those that only members have.
#[derive(Clone, Copy)]
pub(super) enum MemberList {
    Reads,
    Drafts,
    Webhooks,
    Deliveries,
}

impl List {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "rights" => Some(Self::Rights),
            "pledges" => Some(Self::Pledges),
            "reservations" => Some(Self::Reservations),
            "freezes" => Some(Self::Freezes),
            "parties" => Some(Self::Parties),
            "log" => Some(Self::Log),
            "alerts" => Some(Self::Alerts),
            "reconciliation" => Some(Self::Reconciliation),
            "statistics" => Some(Self::Statistics),
            "lines" => Some(Self::Lines),
            "monthly" => Some(Self::Monthly),
            "burdens" => Some(Self::Burdens),
            "keys" => Some(Self::Keys),
            "policies" => Some(Self::Policies),
            "reads" => Some(Self::OfMember(MemberList::Reads)),
            "drafts" => Some(Self::OfMember(MemberList::Drafts)),
            "webhooks" => Some(Self::OfMember(MemberList::Webhooks)),
            "deliveries" => Some(Self::OfMember(MemberList::Deliveries)),
            _ => None,
        }
    }
}

/// How much of a list goes into one file: all of it, or a part that was asked for.
#[derive(Default)]
pub(super) struct Part {
    /// Begins behind the record of this entry.
    pub(super) after: Option<EntryIndex>,
    /// The same by the id of the record.
    pub(super) after_record: Option<StateKey>,
    /// How many records it has; without a number it has all of them.
    limit: Option<usize>,
}

impl Part {
    fn read(params: &mut Params) -> Result<Self, Problem> {
        let limit = params.count("limit")?;
        let limit = match limit {
            None => None,
            Some(limit) => {
                let limit = usize::try_from(limit).ok();
                let limit = limit.filter(|limit| (1..=limits::EXPORT_ROWS_MAX).contains(limit));
                let what = format!("must be from 1 to {}", limits::EXPORT_ROWS_MAX);
                Some(limit.ok_or_else(|| Problem::field("limit", what))?)
            }
        };
        let what = "the id of the last record of the part before";
        let after = params.parsed("after", what, |text| {
            let index = parse_index(text).map(|index| (Some(index), None));
            index.or_else(|| record(text).map(|key| (key.entry(), Some(key))))
        })?;
        let (after, after_record) = after.unwrap_or_default();
        Ok(Self {
            limit: limit.or_else(|| after.map(|_| limits::EXPORT_ROWS_MAX)),
            after,
            after_record,
        })
    }

    /// Says how many more records a file may have that has some; none ends a part, and a whole list is refused.
    pub(super) fn room(&self, rows: usize) -> Result<usize, Problem> {
        match self.limit {
            Some(limit) => Ok(limit.saturating_sub(rows)),
            None if rows >= limits::EXPORT_ROWS_MAX => Err(Self::too_long()),
            None => Ok(limits::EXPORT_ROWS_MAX - rows),
        }
    }

    /// Behind which record it begins, by the id or number that was asked for.
    pub(super) fn named_after(&self) -> Option<String> {
        let id = self.after_record.as_ref().map(StateKey::name);
        id.or_else(|| self.after.map(|after| after.to_string()))
    }

    /// All of a list, however long: for what is looked up beside the rows.
    pub(super) fn everything() -> Self {
        Self {
            limit: Some(usize::MAX),
            ..Self::default()
        }
    }

    /// Whether less than the whole list was asked for.
    pub(super) fn is_part(&self) -> bool {
        self.limit.is_some()
    }

    /// Why a whole list is not to be had.
    pub(super) fn too_long() -> Problem {
        let most = limits::EXPORT_ROWS_MAX;
        let why = format!(
            "the list has more than {most} records; narrow it, or take it in parts: limit={most}, and then the Link of each answer"
        );
        Problem::field("file", why).because_zh(PARTS_ZH)
    }
}

/// The record that an id names, where lists go by it.
fn record(text: &str) -> Option<StateKey> {
    let spaces = ["pledge", "right", "party"];
    spaces.iter().find_map(|space| StateKey::parse(space, text))
}

/// What narrows a list, by what it takes.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) listing: Option<Listing>,
    pub(super) narrowing: Narrowing,
    pub(super) name: Option<String>,
    pub(super) status: Option<StatusOf>,
    pub(super) since: Option<Day>,
    pub(super) day: Option<Day>,
    pub(super) at: Option<u64>,
    pub(super) month: Option<Month>,
    pub(super) by: Option<Vec<Dimension>>,
    pub(super) selection: Selection,
    pub(super) alerts: AlertFilter,
    pub(super) freezes: FreezeFilter,
    pub(super) pledgee: Option<PartyId>,
    pub(super) watch: Watch,
    pub(super) part: Part,
    /// The right whose burdens they are.
    pub(super) right: Option<RightId>,
    /// The party whose keys they are.
    pub(super) party: Option<PartyId>,
    /// A list that only members have, and who asks for it.
    pub(super) of_member: Option<(Session, OfMember)>,
}

const PARTY: &str = "an id such as M9";
const DAY: &str = "a day such as 2026-12-01";

impl Asked {
    /// Reads what narrows a list. What only members have is asked for by one, before anything else is said about it.
    pub(super) fn read(
        list: List,
        params: &mut Params,
        session: Option<Session>,
    ) -> Result<Self, Problem> {
        let mut asked = Self::default();
        match list {
            List::Rights => {
                let holder = params.parsed("holder", PARTY, PartyId::parse)?;
                asked.listing = Some(holder.map_or(Listing::Rights, Listing::RightsOf));
                asked.narrowing.kind = params.text("kind")?;
                asked.status = params.parsed("status", StatusOf::WORDS, StatusOf::parse)?;
            }
            List::Pledges => asked.read_pledges(params)?,
            List::Reservations => {
                let party = params.parsed("party", PARTY, PartyId::parse)?;
                asked.listing = Some(party.map_or(Listing::Reservations, Listing::ReservationsOf));
                asked.narrowing.state =
                    params.parsed("state", PledgeState::WORDS, PledgeState::parse)?;
            }
            List::Freezes => asked.read_freezes(params)?,
            List::Parties => {
                asked.listing = Some(Listing::Parties);
                asked.name = params.text("name")?;
            }
            List::Log => asked.read_log(params)?,
            List::Alerts => {
                asked.day = params.parsed("day", DAY, Day::parse)?;
                asked.alerts.party = params.parsed("party", PARTY, PartyId::parse)?;
                asked.alerts.kind =
                    params.parsed("kind", "a kind of alert such as lapse", AlertKind::parse)?;
            }
            List::Reconciliation => {
                asked.day = params.parsed("day", DAY, Day::parse)?;
                asked.pledgee = params.parsed("pledgee", PARTY, PartyId::parse)?;
            }
            List::Statistics => {
                asked.at = params.count("at")?;
                asked.by = params.parsed("by", BY, dimensions)?;
            }
            List::Lines => {
                asked.at = params.count("at")?;
                asked.selection = selection(params)?;
                asked.selection.state =
                    params.parsed("state", LineState::WORDS, LineState::parse)?;
            }
            List::Monthly => {
                asked.month = params.parsed("month", "a month such as 2026-12", Month::parse)?;
                asked.at = params.count("at")?;
            }
            List::Burdens => {
                let right = required(
                    params,
                    "record",
                    "the id of a right such as R41",
                    RightId::parse,
                )?;
                asked.right = Some(right);
            }
            List::Keys => {
                asked.party = params.parsed("party", PARTY, PartyId::parse)?;
                asked.listing = Some(Listing::Parties);
                asked.name = params.text("name")?;
            }
            List::Policies => asked.narrowing.kind = params.text("kind")?,
            List::OfMember(list) => {
                let session = session.ok_or_else(sign_in_first)?;
                asked.of_member = Some((session, of_member(list, params)?));
            }
        }
        asked.read_part(list, params)?;
        Ok(asked)
    }

    fn read_part(&mut self, list: List, params: &mut Params) -> Result<(), Problem> {
        match list {
            List::Rights
            | List::Pledges
            | List::Reservations
            | List::Parties
            | List::Log
            | List::Alerts
            | List::Reconciliation
            | List::Keys
            | List::OfMember(MemberList::Reads | MemberList::Drafts | MemberList::Deliveries) => {
                self.part = Part::read(params)?;
            }
            // What is counted as of a position is had whole, and narrowed where it is long; what one record has, and what the
            // operator has configured, is short. Freezes are found together.
            List::Freezes
            | List::Statistics
            | List::Lines
            | List::Monthly
            | List::Burdens
            | List::Policies
            | List::OfMember(MemberList::Webhooks) => {}
        }
        let part = &self.part;
        if matches!(list, List::Alerts) && part.after.is_some() && part.after_record.is_none() {
            let why =
                "must be the id of a record, such as P57: alerts go by pledges, rights and parties";
            return Err(Problem::field("after", why));
        }
        Ok(())
    }

    fn read_pledges(&mut self, params: &mut Params) -> Result<(), Problem> {
        let taken = params.parsed("pledgee", PARTY, PartyId::parse)?;
        let given = match taken {
            Some(_) => None,
            None => params.parsed("pledgor", PARTY, PartyId::parse)?,
        };
        let given = given.map_or(Listing::Pledges, Listing::PledgedBy);
        self.listing = Some(taken.map_or(given, Listing::PledgesOf));
        self.narrowing.state = params.parsed("state", PledgeState::WORDS, PledgeState::parse)?;
        self.narrowing.ends_by = params.parsed("ends_by", DAY, Day::parse)?;
        self.since = params.parsed("since", DAY, Day::parse)?;
        Ok(())
    }

    fn read_freezes(&mut self, params: &mut Params) -> Result<(), Problem> {
        self.freezes.authority = params.parsed("party", PARTY, PartyId::parse)?;
        self.freezes.state = params.parsed("state", FreezeState::WORDS, FreezeState::parse)?;
        Ok(())
    }

    fn read_log(&mut self, params: &mut Params) -> Result<(), Problem> {
        self.watch.decision = params.parsed("decision", "accepted or refused", Decision::parse)?;
        let party = params.parsed("party", PARTY, PartyId::parse)?;
        self.watch.parties.extend(party);
        let what = "an id such as R41, P57 or M12";
        let record = params.parsed("record", what, record)?;
        self.watch.records.extend(record);
        let what = "a type of command such as register_pledge";
        self.watch
            .commands
            .extend(params.parsed("type", what, Watch::command)?);
        Ok(())
    }

    /// The pledge behind which a part of the reconciliation begins.
    pub(super) fn after_pledge(&self) -> Option<PledgeId> {
        self.part.after.map(PledgeId)
    }
}

/// Takes a parameter without which there is no such list.
fn required<T>(
    params: &mut Params,
    name: &str,
    what: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Problem> {
    let given = params.parsed(name, what, parse)?;
    given.ok_or_else(|| Problem::field(name, format!("must be {what}")))
}

/// What of a list that only members have is asked for.
fn of_member(list: MemberList, params: &mut Params) -> Result<OfMember, Problem> {
    Ok(match list {
        MemberList::Reads => {
            let what =
                "the id of a pledge or of a person, or the SHA-256 of the payload of a draft";
            OfMember::Reads(required(params, "record", what, Hiding::parse)?)
        }
        MemberList::Drafts => OfMember::Drafts,
        MemberList::Webhooks => OfMember::Webhooks,
        MemberList::Deliveries => {
            let name = |name: &str| Some(name.to_owned());
            OfMember::Deliveries(required(params, "name", "the name of a webhook", name)?)
        }
    })
}
