//! The inbox of drafts on the desk of a member: what it is to sign and to check, what others ask its consent to, and what it
//! waits for.
//!
//! Separate from `own`, whose lists are records: here nothing is decided yet. Hidden values are not shown, so looking at the
//! desk is no access to them.

use std::collections::BTreeMap;

use crate::documents::acts;
use crate::domain::command::{Body, SignerRole};
use crate::domain::wire::body_json;
use crate::primitives::canonical::Json;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::{Day, Span};
use crate::service::Registry;
use crate::service::drafts::KeptDraft;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::{Fault, Visit};
use crate::web::show;

/// What stands before the hash of a draft in the name of its field, where several are opened together.
pub(crate) const MARK: &str = "draft_";

/// A draft as a row.
pub(crate) struct Row {
    pub(crate) path: String,
    /// The name by which several are opened together.
    pub(crate) mark: String,
    pub(crate) what: &'static str,
    /// The record that it is about, and what that is.
    pub(crate) about: (String, String),
    pub(crate) giver: look::Named,
    pub(crate) depositor: look::Named,
    pub(crate) person: String,
    pub(crate) until: String,
    pub(crate) missing: usize,
    /// Who will not sign, and why.
    pub(crate) declined: Vec<(String, String)>,
}

/// The drafts of a member by what is asked of it.
#[derive(Default)]
pub(crate) struct Inbox {
    pub(crate) sign: Vec<Row>,
    pub(crate) check: Vec<Row>,
    pub(crate) consent: Vec<Row>,
    pub(crate) waiting: Vec<Row>,
    /// There are more than one look shows.
    pub(crate) has_more: bool,
}

impl Inbox {
    /// Says whether there are no drafts at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.asked() == 0 && self.waiting.is_empty()
    }

    /// Returns how many drafts wait for the member.
    pub(crate) fn asked(&self) -> usize {
        self.sign.len() + self.check.len() + self.consent.len()
    }
}

/// Reads what is in the inbox for a party, where it is the one that is signed in.
pub(crate) fn own(
    registry: &Registry,
    visit: &Visit,
    org: PartyId,
) -> Result<Option<Inbox>, Fault> {
    match &visit.signed_in {
        Some(signed_in) if signed_in.session.org == org => {
            inbox(registry, org, visit.lang).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

fn inbox(registry: &Registry, org: PartyId, lang: Lang) -> Result<Inbox, Fault> {
    // One more than is shown, to say whether there are more.
    let mut drafts = registry.drafts_of(org, None, limits::PAGE_ROWS_MAX.saturating_add(1))?;
    let mut inbox = Inbox {
        has_more: drafts.len() > limits::PAGE_ROWS_MAX,
        ..Inbox::default()
    };
    drafts.truncate(limits::PAGE_ROWS_MAX);
    for kept in &drafts {
        let row = row(registry, kept, lang)?;
        let list = match place(kept, org) {
            Asked::Sign => &mut inbox.sign,
            Asked::Check => &mut inbox.check,
            Asked::Consent => &mut inbox.consent,
            Asked::Nothing => &mut inbox.waiting,
        };
        list.push(row);
    }
    Ok(inbox)
}

/// What a draft asks of a party.
#[derive(Clone, Copy)]
enum Asked {
    Sign,
    Check,
    Consent,
    Nothing,
}

fn place(kept: &KeptDraft, org: PartyId) -> Asked {
    let roles = kept.asked_of(org);
    let has_declined = kept.declined.iter().any(|declined| declined.org == org);
    if roles.is_empty() || has_declined {
        return Asked::Nothing;
    }
    if kept.draft.command.org != org {
        return Asked::Consent;
    }
    if roles.contains(&SignerRole::Maker) {
        Asked::Sign
    } else {
        Asked::Check
    }
}

fn row(registry: &Registry, kept: &KeptDraft, lang: Lang) -> Result<Row, Fault> {
    let words = lang.words();
    let command = &kept.draft.command;
    let (zh, en) = acts::words(command.body.type_name());
    let mut declined = Vec::new();
    for one in &kept.declined {
        let party = look::party(registry, one.org, words)?;
        declined.push((party.name, one.reason.clone()));
    }
    let id = about(&command.body);
    Ok(Row {
        about: {
            let named = look::words_of(registry, &id, lang)?;
            let parts = [named, terms(&command.body, words)].into_iter();
            let parts = parts.filter(|part| !part.is_empty());
            (id, parts.collect::<Vec<_>>().join(" · "))
        },
        path: format!("/sign?draft={}", kept.hash),
        mark: format!("{MARK}{}", kept.hash),
        what: lang.pick(zh, en),
        giver: look::party(registry, command.org, words)?,
        depositor: look::party(registry, kept.depositor, words)?,
        person: kept.person.clone(),
        until: show::local_time(command.exp),
        missing: kept.missing(),
        declined,
    })
}

/// Members of a body that name what the command is about, the nearest first.
const ABOUT: [&str; 6] = ["pledge", "reservation", "right", "party", "of", "holder"];

/// Lines of a command that a row tells.
const LINES_TOLD: usize = 2;

/// What a command is of: an identity, how much, and for which days, so that rows of one holder are told apart before one is opened.
fn terms(body: &Body, words: &Words) -> String {
    let Json::Object(members) = body_json(body) else {
        return String::new();
    };
    let mut told = Vec::new();
    if let Some(Json::List(identities)) = members.get("identities")
        && let Some(Json::Object(first)) = identities.first()
    {
        told.extend(text(first, "value").map(|value| show::grouped(&value)));
    }
    told.extend(extent(&members, words));
    if let Some(Json::Object(span)) = members.get("span") {
        told.extend(days(span, words));
    }
    if let Some(Json::List(lines)) = members.get("lines") {
        let objects = lines.iter().filter_map(|line| match line {
            Json::Object(line) => Some(line),
            _ => None,
        });
        told.extend(
            objects
                .take(LINES_TOLD)
                .filter_map(|line| extent(line, words)),
        );
        told.extend((lines.len() > LINES_TOLD).then(|| "…".to_owned()));
    }
    told.join("; ")
}

fn text(members: &BTreeMap<String, Json>, name: &str) -> Option<String> {
    match members.get(name) {
        Some(Json::Text(text)) => Some(text.clone()),
        Some(_) | None => None,
    }
}

/// A quantity with its unit, and days, as far as they are there.
fn extent(members: &BTreeMap<String, Json>, words: &Words) -> Option<String> {
    let unit = text(members, "unit").map_or_else(String::new, |unit| format!(" {unit}"));
    let much = text(members, "quantity").map(|much| format!("{}{unit}", show::thousands(&much)));
    let parts: Vec<String> = much.into_iter().chain(days(members, words)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn days(members: &BTreeMap<String, Json>, words: &Words) -> Option<String> {
    let day = |name| text(members, name).as_deref().and_then(Day::parse);
    Some(show::days(Span::new(day("from")?, day("to")?)?, words))
}

/// Returns the id of the record that a command is about; empty where it names none.
fn about(body: &Body) -> String {
    let Json::Object(members) = body_json(body) else {
        return String::new();
    };
    let first = || match members.get("lines") {
        Some(Json::List(lines)) => match lines.first() {
            Some(Json::Object(line)) => text(line, "right"),
            Some(_) | None => None,
        },
        Some(_) | None => None,
    };
    let named = ABOUT.iter().find_map(|name| text(&members, name));
    named.or_else(first).unwrap_or_default()
}
