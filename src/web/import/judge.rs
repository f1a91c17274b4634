//! What would become of every row of a book, as the register stands: nothing is written, and the law alone says no.
//!
//! The same steps as the import of the command line: read the row, look for its first identity, compare with the signed command
//! that registered it, ask. So the same file twice has nothing to do, and an import that was interrupted goes on.

use std::collections::BTreeMap;

use crate::documents::books::columns::heading;
use crate::documents::books::compared::{Difference, Seen, differences};
use crate::documents::books::geojson::Grounds;
use crate::documents::books::head::Rows;
use crate::documents::books::lending::{Lending, column_words};
use crate::documents::books::noted::noted;
use crate::documents::books::rows::{Context, issue_of};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::command::{Body, IssueRight, QuantityRequest};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{CREDIT_CODE_SCHEME, Owner};
use crate::domain::finding::Finding;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Identity;
use crate::domain::wire::{body_json, parse_command};
use crate::primitives::id::{PartyId, RightId};
use crate::service::{Registry, ServiceFault};
use crate::web::act;
use crate::web::finding::{self, Conflict};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show::{self, Status};

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Outlook {
    /// It may be registered.
    May,
    /// It is registered with this content.
    Present,
    /// Its identity is registered with another content.
    Differs,
    /// An earlier row of the file has its identity.
    Twice,
    /// The register would refuse it.
    Refused,
    /// It cannot be read.
    Unreadable,
    /// It waits in the inbox for signatures, with this content.
    Waiting,
}

impl Outlook {
    /// Every outlook.
    pub(super) const ALL: [Self; 7] = [
        Self::May,
        Self::Waiting,
        Self::Present,
        Self::Differs,
        Self::Twice,
        Self::Refused,
        Self::Unreadable,
    ];

    /// Says whether the row has to be corrected, or left out.
    pub(super) fn is_wrong(self) -> bool {
        match self {
            Self::Differs | Self::Twice | Self::Refused | Self::Unreadable => true,
            Self::May | Self::Present | Self::Waiting => false,
        }
    }

    /// Returns its sign and word.
    pub(super) fn show(self, lang: Lang) -> Status {
        let (tag, sign, zh, en) = match self {
            Self::May => ("yes", "✓", "可以登记", "may be registered"),
            Self::Waiting => ("reserved", "●", "等待签署", "waits for signatures"),
            Self::Present => ("ended", "■", "已登记", "registered before"),
            Self::Differs => ("warn", "▲", "与登记内容不同", "differs from the register"),
            Self::Twice => ("warn", "▲", "与前行重复", "repeats an earlier row"),
            Self::Refused => ("refuse", "✕", "不可登记", "refused"),
            Self::Unreadable => ("refuse", "✕", "填写有误", "cannot be read"),
        };
        Status {
            tag,
            sign,
            word: match lang {
                Lang::Zh => zh,
                Lang::En => en,
            },
        }
    }
}

/// What is told about a row.
pub(super) struct Told {
    pub(super) column: String,
    pub(super) reason: String,
    pub(super) fix: String,
    /// Forms in which to do instead what the row would: address and title.
    pub(super) doors: Vec<(String, &'static str)>,
    /// The number of the finding, where it is one.
    pub(super) code: Option<u16>,
    /// Records in the way with their pages.
    pub(super) conflicts: Vec<Conflict>,
}

/// A record, or a draft in the inbox, with its page.
pub(super) struct At {
    pub(super) id: String,
    pub(super) page: String,
}

/// A row with what is told about it.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) what: String,
    pub(super) extent: String,
    pub(super) outlook: Outlook,
    pub(super) status: Status,
    /// Where it is already.
    pub(super) at: Option<At>,
    pub(super) told: Vec<Told>,
    /// The body of the command that would register it.
    pub(super) body: Option<String>,
    /// All that a command is made of which others sign too, in the place of the body.
    pub(super) asked: Option<String>,
    pub(super) cells: BTreeMap<String, String>,
}

impl Row {
    /// Returns what the file has in a column.
    pub(super) fn cell(&self, header: &str) -> &str {
        self.cells.get(header).map_or("", |cell| cell.trim())
    }
}

/// Who gives the commands, for which kind, with which polygons, in which language.
pub(super) struct Desk<'a> {
    pub(super) registry: &'a Registry,
    pub(super) org: PartyId,
    pub(super) policy: &'a KindPolicy,
    pub(super) grounds: &'a Grounds,
    pub(super) lang: Lang,
}

impl Desk<'_> {
    /// Judges every row.
    pub(super) fn judge(&self, rows: &Rows) -> Result<Vec<Row>, Fault> {
        let mut seen = Seen::default();
        rows.iter()
            .map(|row| match row {
                Ok(row) => self.row(row, &mut seen),
                Err(fault) => {
                    Ok(self.unreadable(fault.line, std::slice::from_ref(fault), BTreeMap::new()))
                }
            })
            .collect()
    }

    fn row(&self, row: &TableRow, seen: &mut Seen) -> Result<Row, Fault> {
        let party = |code: &str| self.party(code);
        let context = Context {
            policy: self.policy,
            grounds: self.grounds,
            party: &party,
        };
        let issue = match issue_of(row, &context) {
            Ok(issue) => issue,
            Err(faults) => return Ok(self.unreadable(row.line, &faults, row.cells.clone())),
        };
        let mut shown = self.blank(row, &issue);
        let Some(identity) = issue.identities.first().cloned() else {
            return Ok(shown);
        };
        if let Some(Owner::Right(id)) = self.registry.owner(&identity)? {
            self.registered(&mut shown, id, &issue)?;
            return Ok(shown);
        }
        if let Some(line) = seen.earlier(&issue, self.policy) {
            let reason = match self.lang {
                Lang::Zh => format!("第 {line} 行已有同一标识, 或同一来源的同一期间"),
                Lang::En => {
                    format!("line {line} has the same identity, or common days at the same source")
                }
            };
            let fix = self.lang.pick("删去其中一行", "delete one of the two");
            shown.told.push(plain(reason, fix));
            self.set(&mut shown, Outlook::Twice);
            return Ok(shown);
        }
        self.ask(&mut shown, issue.clone())?;
        if shown.outlook == Outlook::May {
            seen.keep(row.line, &issue, self.policy);
        }
        Ok(shown)
    }

    /// Finds a registered party by its credit code; a fault of the store is met again by the question that follows.
    fn party(&self, code: &str) -> Option<PartyId> {
        let identity = Identity {
            scheme: CREDIT_CODE_SCHEME.to_owned(),
            value: code.to_owned(),
        };
        match self.registry.owner(&identity).ok()?? {
            Owner::Party(id) => Some(id),
            Owner::Right(_) => None,
        }
    }

    fn blank(&self, row: &TableRow, issue: &IssueRight) -> Row {
        let amount = match &issue.quantity {
            QuantityRequest::Level(quantity) => {
                let unit = show::unit(&issue.unit, self.lang);
                show::amount(*quantity, self.policy.scale, unit)
            }
            QuantityRequest::Steps(_) => String::new(),
        };
        let words = self.lang.words();
        Row {
            line: row.line,
            what: issue
                .identities
                .first()
                .map(show::identity)
                .unwrap_or_default(),
            extent: format!(
                "{amount}, {} {}",
                show::days(issue.span, words),
                words.days_inclusive
            ),
            outlook: Outlook::Refused,
            status: Outlook::Refused.show(self.lang),
            at: None,
            told: Vec::new(),
            body: None,
            asked: None,
            cells: row.cells.clone(),
        }
    }

    fn set(&self, row: &mut Row, outlook: Outlook) {
        row.outlook = outlook;
        row.status = outlook.show(self.lang);
    }

    fn unreadable(&self, line: u64, faults: &[RowFault], cells: BTreeMap<String, String>) -> Row {
        Row {
            line,
            what: self.named(&cells),
            extent: String::new(),
            outlook: Outlook::Unreadable,
            status: Outlook::Unreadable.show(self.lang),
            at: None,
            told: faults.iter().map(|fault| self.fault(fault)).collect(),
            body: None,
            asked: None,
            cells,
        }
    }

    fn fault(&self, fault: &RowFault) -> Told {
        let told = of_fault(fault, self.lang);
        let column = self.heading(fault.column.as_deref().unwrap_or_default());
        Told { column, ..told }
    }

    /// The column of the class, by what it is called and by its header, where the book has one.
    pub(super) fn class(&self) -> Option<(String, String)> {
        let header = self.policy.book.as_ref()?.class.clone()?;
        Some((self.heading(&header), header))
    }

    /// What a column is called on the page.
    fn heading(&self, header: &str) -> String {
        let (zh, en) = heading(self.policy, header);
        self.lang.pick(&zh, &en).to_owned()
    }

    /// What a row that cannot be read says it is: the cells of its first identity, as they are.
    fn named(&self, cells: &BTreeMap<String, String>) -> String {
        let (Some(book), Some(scheme)) = (&self.policy.book, self.policy.identities.first()) else {
            return String::new();
        };
        let parts = scheme.parts.iter();
        let parts = parts.filter_map(|(part, _)| cells.get(book.parts.get(part)?));
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        parts.join("|")
    }

    /// Compares a row with the signed command that registered its identity.
    fn registered(&self, row: &mut Row, id: RightId, issue: &IssueRight) -> Result<(), Fault> {
        row.at = Some(At {
            id: id.to_string(),
            page: format!("/rights/{id}"),
        });
        let issued = self.issued_as(id)?;
        if issued.as_ref() == Some(issue) {
            self.set(row, Outlook::Present);
            return Ok(());
        }
        let reason = self.lang.pick(
            "该标识已登记, 内容不同",
            "the identity is registered with another content",
        );
        let fix = self.lang.pick(
            "与登记内容核对; 变更应按变更登记, 不能再次登记",
            "compare with the record, and register changes as changes",
        );
        let differing = issued.as_ref();
        let differing = differing.map(|issued| differences(self.policy, issued, issue));
        let differing = differing.unwrap_or_default();
        for one in &differing {
            let (zh, en) = one.told();
            let told = self.lang.pick(&zh, &en).to_owned();
            row.told.push(Told {
                column: self.heading(&one.column),
                ..plain(told, "")
            });
        }
        let lasts_longer = issued.is_some_and(|issued| issued.span.to() < issue.span.to());
        row.told.push(Told {
            doors: self.doors(id, &differing, lasts_longer),
            ..plain(reason.to_owned(), fix)
        });
        self.set(row, Outlook::Differs);
        Ok(())
    }

    /// The forms of the acts by which what differs is changed.
    fn doors(
        &self,
        id: RightId,
        differing: &[Difference],
        lasts_longer: bool,
    ) -> Vec<(String, &'static str)> {
        let Some(book) = &self.policy.book else {
            return Vec::new();
        };
        let act = |one: &Difference| {
            let is = |column: &Option<String>| column.as_ref() == Some(&one.column);
            if one.column == book.quantity {
                return Some("adjust_right");
            }
            if one.column == book.holder {
                return Some("transfer_right");
            }
            if is(&book.through) || is(&book.last_year) {
                return lasts_longer.then_some("extend_right");
            }
            let is_particular =
                is(&book.class) || book.attributes.values().any(|it| *it == one.column);
            is_particular.then_some("correct_right-particulars")
        };
        let mut acts: Vec<&str> = differing.iter().filter_map(act).collect();
        acts.dedup();
        let door = |act: &str| {
            let title = act::title(act, self.lang)?;
            Some((format!("/acts/{act}?record={id}"), title))
        };
        acts.into_iter().filter_map(door).collect()
    }

    /// Returns what the command said that registered a right: its id is the index of that entry.
    fn issued_as(&self, id: RightId) -> Result<Option<IssueRight>, Fault> {
        let bytes = self.registry.entry(id.0)?;
        let Ok(Entry::Command { envelope, .. }) = Entry::parse(&bytes) else {
            return Ok(None);
        };
        let body = parse_command(&envelope.payload).map(|command| command.body);
        Ok(match body {
            Ok(Body::IssueRight(issue)) => Some(*issue),
            Ok(_) | Err(_) => None,
        })
    }

    /// Asks the register what it would decide.
    fn ask(&self, row: &mut Row, issue: IssueRight) -> Result<(), Fault> {
        let noted = noted(&issue, self.policy, self.registry.now().day());
        let body = Body::IssueRight(Box::new(issue));
        let text = body_json(&body).to_canonical();
        match self.registry.consider(self.org, body) {
            Ok(considered) => match considered.outcome {
                Outcome::Accepted { warnings, .. } => {
                    row.told = self.all_told(&warnings)?;
                    let told = |(zh, en): (String, String)| self.lang.pick(&zh, &en).to_owned();
                    let noted = noted.into_iter().map(|note| plain(told(note), ""));
                    row.told.extend(noted);
                    row.body = Some(text);
                    self.set(row, Outlook::May);
                }
                Outcome::Refused(findings) => {
                    row.told = self.all_told(&findings)?;
                }
            },
            Err(ServiceFault::Input(fault)) => {
                let fix = self.lang.pick("请改正该行", "correct the row");
                row.told.push(plain(fault.to_string(), fix));
            }
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    fn all_told(&self, findings: &[Finding]) -> Result<Vec<Told>, Fault> {
        findings.iter().map(|one| self.told(one)).collect()
    }

    fn told(&self, finding: &Finding) -> Result<Told, Fault> {
        let shown = finding::shown(self.registry, finding, self.policy, self.lang)?;
        Ok(Told {
            column: String::new(),
            reason: shown.title.clone(),
            fix: shown.fix.clone(),
            doors: Vec::new(),
            code: Some(shown.code),
            conflicts: shown.conflicts,
        })
    }
}

/// What is told of a fault, in the language of the page. A column of a lender's book, whose header is in both languages, is named
/// in Chinese, and in English by both, so that it is found in either file.
pub(super) fn of_fault(fault: &RowFault, lang: Lang) -> Told {
    let (zh, en) = column_words(fault.column.as_deref().unwrap_or_default());
    let en = if zh == en { en } else { format!("{zh} ({en})") };
    let (reason, fix) = match lang {
        Lang::Zh => (*fault.zh).clone(),
        Lang::En => (fault.reason.clone(), fault.fix.clone()),
    };
    Told {
        column: lang.pick(&zh, &en).to_owned(),
        ..plain(reason, &fix)
    }
}

pub(super) fn plain(reason: String, fix: &str) -> Told {
    Told {
        column: String::new(),
        reason,
        fix: fix.to_owned(),
        doors: Vec::new(),
        code: None,
        conflicts: Vec::new(),
    }
}

/// Says how many rows have each outlook.
pub(super) fn counts(rows: &[Row], lang: Lang) -> String {
    let count = |outlook: Outlook| rows.iter().filter(|row| row.outlook == outlook).count();
    let parts = Outlook::ALL.into_iter().filter_map(|outlook| {
        let count = count(outlook);
        (count > 0).then(|| format!("{} {count}", outlook.show(lang).word))
    });
    let parts: Vec<String> = parts.collect();
    match lang {
        Lang::Zh => format!("共 {} 行: {}", rows.len(), parts.join(", ")),
        Lang::En if rows.len() == 1 => format!("1 row: {}", parts.join(", ")),
        Lang::En => format!("{} rows: {}", rows.len(), parts.join(", ")),
    }
}

/// What may be uploaded, by title, for the form: the kinds that have a book, and a lender's books.
pub(super) fn kinds(registry: &Registry, lang: Lang) -> Result<Vec<(String, String)>, Fault> {
    let policies = registry.active_policies(registry.now())?;
    let with_book = policies.iter().filter(|policy| policy.book.is_some());
    let named = |policy: &KindPolicy| {
        let title = look::kind_title(policy, lang).to_owned();
        (policy.kind.clone(), title)
    };
    let lending = Lending::ALL.into_iter().map(|book| {
        let (zh, en) = book.title();
        (book.name().to_owned(), lang.pick(zh, en).to_owned())
    });
    Ok(with_book.map(named).chain(lending).collect())
}
