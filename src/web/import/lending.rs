//! A lender's book on the page 导入: how the register is looked up for it, and what its rows show.
//!
//! Hidden values of the member's own pledges and drafts are opened to know a contract again; each opening is written down first,
//! as on the page that shows them.

use std::collections::BTreeMap;

use crate::documents::books::RowFault;
use crate::documents::books::head::Rows;
use crate::documents::books::lending::Lending;
use crate::documents::books::lending::judge::{
    Alike, Considered, Fate, Judge, Look, Much, Place, Wanted,
};
use crate::domain::command::{Body, RegisterPledge};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::envelope::Opening;
use crate::domain::facts::{Record, StateKey};
use crate::domain::finding::Finding;
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::domain::wire::parse_command;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Span;
use crate::service::drafts::DraftFault;
use crate::service::openings::reading::Kept;
use crate::service::query::Listing;
use crate::service::sessions::Session;
use crate::service::{Registry, ServiceFault};
use crate::web::act::Prepared;
use crate::web::finding::{self, Conflict};
use crate::web::import::judge::{At, Outlook, Row, Told, of_fault, plain};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Visit};
use crate::web::{show, signing};

/// How the page looks a book up for who is signed in.
pub(super) struct Eye<'a> {
    pub(super) registry: &'a Registry,
    pub(super) visit: &'a Visit,
    pub(super) session: &'a Session,
    pub(super) policies: &'a [KindPolicy],
}

impl Eye<'_> {
    /// Judges every row of a book.
    pub(super) fn judge(&self, book: Lending, rows: &Rows) -> Result<Vec<Row>, Fault> {
        let mut judge = Judge::new(self, self.policies)?;
        let mut judged = Vec::new();
        for row in rows {
            judged.push(match row {
                Err(fault) => self.faulty(fault),
                Ok(row) => {
                    let one = judge.row(book, row)?;
                    Row {
                        line: row.line,
                        what: match &one.identity {
                            Some(identity) => format!("{} {}", one.what, show::identity(identity)),
                            None => one.what,
                        },
                        extent: self.much(&one.much),
                        cells: row.cells.clone(),
                        ..self.shown(one.fate)?
                    }
                }
            });
        }
        Ok(judged)
    }

    fn row(&self, outlook: Outlook, told: Vec<Told>) -> Row {
        Row {
            line: 0,
            what: String::new(),
            extent: String::new(),
            outlook,
            status: outlook.show(self.visit.lang),
            at: None,
            told,
            body: None,
            asked: None,
            cells: BTreeMap::new(),
        }
    }

    fn faulty(&self, fault: &RowFault) -> Row {
        Row {
            line: fault.line,
            ..self.row(Outlook::Unreadable, vec![self.told(fault)])
        }
    }

    fn told(&self, fault: &RowFault) -> Told {
        of_fault(fault, self.visit.lang)
    }

    /// How much a row is about, in the words of the other pages.
    fn much(&self, much: &Much) -> String {
        let (lang, words) = (self.visit.lang, self.visit.lang.words());
        match much {
            Much::Unknown => String::new(),
            Much::Whole => words.whole.to_owned(),
            Much::Line(line, None) => line.clone(),
            Much::Line(line, Some((quantity, scale, unit))) => {
                let amount = show::amount(*quantity, *scale, show::unit(unit, lang));
                format!("{line}: {amount}")
            }
            Much::Of(extent, scale) => {
                let amount = extent.amount.iter();
                let amounts =
                    amount.map(|(it, unit)| show::amount(*it, *scale, show::unit(unit, lang)));
                let days = extent.span.iter();
                let days = days
                    .map(|span| format!("{} {}", show::days(*span, words), words.days_inclusive));
                let years = extent.years.iter();
                let years = years.map(|(first, last)| match Span::of_years(*first, *last) {
                    Some(span) => show::years(span, words),
                    None => format!("{first}–{last}"),
                });
                let parts: Vec<String> = amounts.chain(days).chain(years).collect();
                if parts.is_empty() {
                    return words.whole.to_owned();
                }
                parts.join(", ")
            }
        }
    }

    fn shown(&self, fate: Fate<Told>) -> Result<Row, Fault> {
        Ok(match fate {
            Fate::May(wanted, mut warnings) => {
                warnings.extend(self.signers(&wanted)?);
                let asked = self.asked(*wanted)?;
                Row {
                    asked: Some(asked),
                    ..self.row(Outlook::May, warnings)
                }
            }
            Fate::Present(place) => {
                let outlook = match place {
                    Place::Pledge(_) => Outlook::Present,
                    Place::Draft(_) => Outlook::Waiting,
                };
                Row {
                    at: Some(self.at(place)),
                    ..self.row(outlook, Vec::new())
                }
            }
            Fate::Differs(place, fault) => Row {
                at: Some(self.at(place)),
                ..self.row(Outlook::Differs, vec![self.told(&fault)])
            },
            Fate::Twice(fault) => self.row(Outlook::Twice, vec![self.told(&fault)]),
            Fate::Unreadable(faults) => {
                let told = faults.iter().map(|fault| self.told(fault));
                self.row(Outlook::Unreadable, told.collect())
            }
            Fate::Refused(mut findings, earlier) => {
                if !earlier.is_empty() {
                    findings.insert(0, self.together(&earlier));
                }
                self.row(Outlook::Refused, findings)
            }
        })
    }

    fn at(&self, place: Place) -> At {
        match place {
            Place::Pledge(id) => At {
                id: id.to_string(),
                page: format!("/pledges/{id}"),
            },
            Place::Draft(hash) => At {
                id: self.visit.lang.pick("待签箱", "inbox").to_owned(),
                page: format!("/sign?draft={hash}"),
            },
        }
    }

    /// What is told where the rows before leave too little of the right.
    fn together(&self, earlier: &[u64]) -> Told {
        let lines: Vec<String> = earlier.iter().map(u64::to_string).collect();
        let lang = self.visit.lang;
        let reason = match lang {
            Lang::Zh => format!("与本表第 {} 行合计", lines.join("、")),
            Lang::En => format!("together with the lines {}", lines.join(", ")),
        };
        let fix = lang.pick(
            "单独可以登记, 合计不可; 减少其中一行",
            "alone it may be registered, together not; lower one of them",
        );
        plain(reason, fix)
    }

    /// Who signs beside the member, or whose consent it attests.
    fn signers(&self, wanted: &Wanted) -> Result<Vec<Told>, Fault> {
        let lang = self.visit.lang;
        let body = wanted.body.clone();
        let parties = self.registry.consents(self.session.org, body)?;
        let told = |party: PartyId| -> Result<Told, Fault> {
            let name = look::party(self.registry, party, lang.words())?.name;
            Ok(match (&wanted.consent, lang) {
                (None, Lang::Zh) => plain(
                    format!("须由 {name} ({party}) 签署"),
                    "本单位签后放入待签箱, 由对方在「待办」签署并提交",
                ),
                (None, Lang::En) => plain(
                    format!("{name} ({party}) must sign too"),
                    "sign, and put it into the inbox: the other finds it on its desk, signs and submits",
                ),
                (Some(_), Lang::Zh) => plain(
                    format!("{name} ({party}) 未持密钥, 以所附同意为据, 由本单位声明"),
                    "",
                ),
                (Some(_), Lang::En) => plain(
                    format!("{name} ({party}) holds no keys: your institution states its consent"),
                    "",
                ),
            })
        };
        parties.into_iter().map(told).collect()
    }

    /// What the script makes the command of.
    fn asked(&self, wanted: Wanted) -> Result<String, Fault> {
        let org = self.session.org;
        let Wanted {
            body,
            hidden,
            consent,
            after,
        } = wanted;
        let prepared = Prepared::alone(org, body);
        let mut asked = signing::asked(self.registry, self.visit, &prepared, &[])?;
        if after > 0
            && let Some(expected) = prepared.body.must_expect()
        {
            let found = self.registry.record(&expected.key())?;
            let version = found.map_or(0, |found| found.value.history_size);
            let versions = Json::object([(
                &*expected.key().name(),
                Json::count(version.saturating_add(after)),
            )]);
            asked = asked.with("expect", Some(versions));
        }
        let hidden = hidden.into_iter().map(|(name, it)| (name, Json::Text(it)));
        let consent = consent.map(|(class, document)| {
            Json::object([
                ("class", Json::text(class.name())),
                ("document", Json::Text(document.to_string())),
            ])
        });
        let asked = asked.with("hidden", Some(Json::Object(hidden.collect())));
        Ok(asked.with("consent", consent).to_canonical())
    }

    /// The rules that the quantities of findings about a command are told by.
    fn policy_of(&self, body: &Body) -> Result<Option<&KindPolicy>, Fault> {
        let first = |pledge: &Pledge| pledge.lines.first().map(|line| line.right);
        let right = if let Body::RegisterPledge(register) = body {
            register.lines.first().map(|line| line.right)
        } else if let Body::ReleasePledge { pledge, .. } = body {
            self.registry.pledge(*pledge)?.as_ref().and_then(first)
        } else {
            None
        };
        let Some(right) = right else { return Ok(None) };
        let found = self.registry.record(&StateKey::Right(right))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Right(right)) => self.policies.iter().find(|it| it.kind == right.kind),
            Some(_) | None => None,
        })
    }

    fn found(
        &self,
        body: &Body,
        findings: &[Finding],
        earlier: (&[u64], u64),
    ) -> Result<Vec<Told>, Fault> {
        let lang = self.visit.lang;
        let Some(policy) = self.policy_of(body)? else {
            return Ok(Vec::new());
        };
        let (rows, size) = earlier;
        let one = |finding: &Finding| -> Result<Told, Fault> {
            let mut finding = finding.clone();
            // The command that stands for the rows before has no page: its lines are named by their rows.
            let own = format!("P{size}.");
            let mut lines = Vec::new();
            finding.conflicts.retain(|conflict| {
                let number = conflict.strip_prefix(&own);
                let row = number.and_then(|it| rows.get(it.parse::<usize>().ok()?));
                lines.extend(row.copied());
                row.is_none()
            });
            let mut shown = finding::shown(self.registry, &finding, policy, lang)?;
            shown
                .conflicts
                .extend(lines.into_iter().map(|row| Conflict {
                    id: match lang {
                        Lang::Zh => format!("第 {row} 行"),
                        Lang::En => format!("line {row}"),
                    },
                    page: String::new(),
                    words: String::new(),
                }));
            let most = shown.at_most.first().map(|most| {
                let word = lang.words().check_at_most;
                format!("; {word}: {most}")
            });
            Ok(Told {
                column: String::new(),
                reason: format!("{}{}", shown.title, most.unwrap_or_default()),
                fix: shown.fix.clone(),
                doors: Vec::new(),
                code: Some(shown.code),
                conflicts: shown.conflicts,
            })
        };
        findings.iter().map(one).collect()
    }

    fn opened_of(openings: impl IntoIterator<Item = Opening>) -> BTreeMap<String, String> {
        let openings = openings.into_iter();
        openings.map(|one| (one.claim, one.value)).collect()
    }
}

impl Look for Eye<'_> {
    type Fault = Fault;
    type Finding = Told;

    fn party(&self, typed: &str) -> Result<Option<PartyId>, Fault> {
        Ok(match look::find(self.registry, typed)? {
            Some(look::Place::Party(id)) => Some(id),
            Some(_) | None => None,
        })
    }

    fn named(&self, typed: &str) -> Result<Alike, Fault> {
        if let Some(id) = look::find_party(self.registry, typed)? {
            let name = look::party(self.registry, id, self.visit.lang.words())?.name;
            return Ok(Alike {
                parties: vec![(id, name)],
                has_more: false,
            });
        }
        let (named, more) = look::namesakes(self.registry, typed)?;
        let alike = named
            .into_iter()
            .filter_map(|one| Some((PartyId::parse(&one.id)?, one.name)));
        Ok(Alike {
            parties: alike.collect(),
            has_more: more,
        })
    }

    fn right(&self, typed: &str) -> Result<Option<(RightId, Right)>, Fault> {
        let Some(look::Place::Right(id)) = look::find(self.registry, typed)? else {
            return Ok(None);
        };
        let found = self.registry.record(&StateKey::Right(id))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Right(right)) => Some((id, right)),
            Some(_) | None => None,
        })
    }

    fn pledge(&self, id: PledgeId) -> Result<Option<Pledge>, Fault> {
        Ok(self.registry.pledge(id)?)
    }

    fn has_keys(&self, party: PartyId) -> Result<bool, Fault> {
        let (_, acting) = signing::acting(self.registry, party)?;
        Ok(!acting.keys.is_empty())
    }

    fn registered(&self, pledgor: PartyId) -> Result<Vec<(Place, RegisterPledge)>, Fault> {
        let (mut registered, mut after) = (Vec::new(), None);
        loop {
            let listing = Listing::PledgedBy(pledgor);
            let page = self.registry.list(listing, after, limits::PAGE_ROWS_MAX)?;
            let ids = page.iter().filter_map(|found| {
                let StateKey::Pledge(id) = found.value.key else {
                    return None;
                };
                Some(id)
            });
            let ids: Vec<PledgeId> = ids.collect();
            for id in &ids {
                let bytes = self.registry.entry(id.0)?;
                let Ok(Entry::Command { envelope, .. }) = Entry::parse(&bytes) else {
                    continue;
                };
                // Its id is the index of the entry that registered it.
                if let Ok(command) = parse_command(&envelope.payload)
                    && command.org == self.session.org
                    && let Body::RegisterPledge(register) = command.body
                {
                    registered.push((Place::Pledge(*id), *register));
                }
            }
            after = ids.last().map(|id| id.0);
            if page.len() < limits::PAGE_ROWS_MAX || after.is_none() {
                return Ok(registered);
            }
        }
    }

    fn waiting(&self) -> Result<Vec<(Hash, Body)>, Fault> {
        let (org, mut waiting, mut after) = (self.session.org, Vec::new(), None);
        loop {
            let page = self.registry.drafts_of(org, after, limits::PAGE_ROWS_MAX)?;
            after = page.last().map(|kept| kept.number);
            let is_last = page.len() < limits::PAGE_ROWS_MAX;
            let own = page
                .into_iter()
                .filter(|kept| kept.draft.command.org == org);
            waiting.extend(own.map(|kept| (kept.hash, kept.draft.command.body)));
            if is_last {
                return Ok(waiting);
            }
        }
    }

    fn opened(&self, place: Place) -> Result<BTreeMap<String, String>, Fault> {
        match place {
            Place::Pledge(id) => {
                let Some(pledge) = self.registry.pledge(id)? else {
                    return Ok(BTreeMap::new());
                };
                let capacity = self.registry.capacity_of(&pledge, self.session.org)?;
                let Some(capacity) = capacity.filter(|it| it.opens()) else {
                    return Ok(BTreeMap::new());
                };
                let lang = self.visit.lang;
                self.registry
                    .count_opening_read(self.session)
                    .map_err(|seconds| Fault::Bad(busy(seconds, lang)))?;
                let reader = (self.session, capacity);
                let shown = self.registry.show_openings(id, &pledge, reader)?;
                let open = shown.into_iter().filter_map(|one| match one.state {
                    Kept::Open(opening) => Some(opening),
                    Kept::Erased(_) | Kept::Lost => None,
                });
                Ok(Self::opened_of(open))
            }
            Place::Draft(hash) => match self.registry.show_draft(self.session, hash) {
                Ok(kept) => Ok(Self::opened_of(kept.draft.openings)),
                // Signed and submitted meanwhile, or read too often: what is clear has to do.
                Err(DraftFault::Absent(_) | DraftFault::NotYours(_)) => Ok(BTreeMap::new()),
                Err(DraftFault::Service(fault)) => Err(fault.into()),
                Err(DraftFault::TooMany(seconds)) => {
                    Err(Fault::Bad(busy(seconds, self.visit.lang)))
                }
                Err(
                    fault @ (DraftFault::Door(_) | DraftFault::Decided(_) | DraftFault::Full(_)),
                ) => Err(Fault::Internal(format!("{fault:?}"))),
            },
        }
    }

    fn consider(&self, body: &Body, lines: &[u64]) -> Result<Considered<Told>, Fault> {
        let considered = match self.registry.consider(self.session.org, body.clone()) {
            Ok(considered) => considered,
            Err(ServiceFault::Input(fault)) => return Ok(Considered::Unread(fault.to_string())),
            Err(fault) => return Err(fault.into()),
        };
        let earlier = (lines, considered.size);
        Ok(match considered.outcome {
            Outcome::Accepted { warnings, .. } => {
                Considered::Yes(self.found(body, &warnings, earlier)?)
            }
            Outcome::Refused(findings) => Considered::No(self.found(body, &findings, earlier)?),
        })
    }
}

fn busy(seconds: u64, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("查看保密值过于频繁, 请过 {seconds} 秒再上传"),
        Lang::En => {
            format!("hidden values were read too often; upload it again in {seconds} seconds")
        }
    }
}
