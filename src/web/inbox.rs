//! The inbox of drafts on the desk of a member: what it is to sign and to check, what others ask its consent to, and what it
//! waits for.
//!
//! Separate from `own`, whose lists are records: here nothing is decided yet. Hidden values are not shown, so looking at the
//! desk is no access to them.

use crate::documents::acts;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::drafts::{Asks, KeptDraft};
use crate::web::act;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Visit};
use crate::web::show;
use crate::web::terms::{Teller, about};

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
    /// What the member put there or gives, and somebody asked will not sign: it goes no further as it is.
    pub(crate) declined: Vec<Row>,
    /// There are more than one look shows.
    pub(crate) has_more: bool,
}

impl Inbox {
    /// Says whether there are no drafts at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.asked() == 0 && self.waiting.is_empty() && self.declined.is_empty()
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
    let teller = Teller::of(registry, lang)?;
    for kept in &drafts {
        let row = row(registry, &teller, kept, lang)?;
        let list = match kept.asks(org) {
            Asks::Sign => &mut inbox.sign,
            Asks::Check => &mut inbox.check,
            Asks::Consent => &mut inbox.consent,
            Asks::ToChange => &mut inbox.declined,
            Asks::Nothing => &mut inbox.waiting,
        };
        list.push(row);
    }
    Ok(inbox)
}

/// Lines of a command that a row tells.
const LINES_TOLD: usize = 2;

fn row(
    registry: &Registry,
    teller: &Teller<'_>,
    kept: &KeptDraft,
    lang: Lang,
) -> Result<Row, Fault> {
    let words = lang.words();
    let command = &kept.draft.command;
    // Nothing is done yet: a draft is called by what it asks for.
    let name = command.body.type_name();
    let (zh, en) = acts::words(name);
    let mut declined = Vec::new();
    for one in &kept.declined {
        let party = look::party(registry, one.org, words)?;
        declined.push((party.name, one.reason.clone()));
    }
    let id = about(&command.body);
    Ok(Row {
        about: {
            let named = look::words_of(registry, &id, lang)?;
            let parts = [named, teller.terms(&command.body, LINES_TOLD)?].into_iter();
            let parts = parts.filter(|part| !part.is_empty());
            (id, parts.collect::<Vec<_>>().join(" · "))
        },
        path: format!("/sign?draft={}", kept.hash),
        mark: format!("{MARK}{}", kept.hash),
        what: act::title(name, lang).unwrap_or(lang.pick(zh, en)),
        giver: look::party(registry, command.org, words)?,
        depositor: look::party(registry, kept.depositor, words)?,
        person: kept.person.clone(),
        until: show::local_time(command.exp),
        missing: kept.missing(),
        declined,
    })
}
