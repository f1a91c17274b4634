//! The hidden values of a pledge or of a natural person for who may see them, and who has seen them. Opening the page is an access: it is written down
//! before the page is made, so no other page shows a value by the way.

use askama::Template;

use crate::documents::say;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::service::openings::reading::{Capacity, Kept, Shown};
use crate::service::sessions::Session;
use crate::service::{Registry, ServiceFault};
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Shortened};

/// Accesses that the page lists.
const READS_MAX: usize = 50;

/// A hidden member.
struct Member {
    name: String,
    value: Option<String>,
    why: String,
    digest: Shortened,
}

/// An access.
struct Access {
    time: String,
    party: look::Named,
    person: String,
    claims: String,
}

#[derive(Template)]
#[template(path = "openings.html")]
pub(crate) struct OpeningsPage {
    shell: Shell,
    id: String,
    /// The page of the record.
    back: String,
    /// In which capacity the reader sees them; nothing for who may not.
    capacity: Option<&'static str>,
    notice: Option<&'static str>,
    members: Vec<Member>,
    /// Who has seen them, for who may know.
    accesses: Option<Vec<Access>>,
}

/// Makes the page.
pub(crate) fn page(
    registry: &Registry,
    visit: &Visit,
    id: PledgeId,
) -> Result<OpeningsPage, Fault> {
    let words = visit.lang.words();
    let pledge = registry.pledge(id)?.ok_or(Fault::NotFound)?;
    let mut page = OpeningsPage::empty(registry, visit, id.to_string(), format!("/pledges/{id}"));
    let Some(signed_in) = &visit.signed_in else {
        page.notice = Some(words.openings_sign_in);
        return Ok(page);
    };
    let session = &signed_in.session;
    let Some(capacity) = registry.capacity_of(&pledge, session.org)? else {
        page.notice = Some(words.openings_stranger);
        return Ok(page);
    };
    page.show(registry, visit, (id.0, session, capacity), || {
        registry.show_openings(id, &pledge, (session, capacity))
    })?;
    Ok(page)
}

/// Makes the page of a natural person's values.
pub(crate) fn person_page(
    registry: &Registry,
    visit: &Visit,
    id: PartyId,
) -> Result<OpeningsPage, Fault> {
    let words = visit.lang.words();
    let person = registry.person(id)?.ok_or(Fault::NotFound)?;
    let mut page = OpeningsPage::empty(registry, visit, id.to_string(), format!("/parties/{id}"));
    let Some(signed_in) = &visit.signed_in else {
        page.notice = Some(words.person_sign_in);
        return Ok(page);
    };
    let session = &signed_in.session;
    let Some(capacity) = registry.capacity_for_person(id, session.org)? else {
        page.notice = Some(words.person_stranger);
        return Ok(page);
    };
    page.show(registry, visit, (id.0, session, capacity), || {
        registry.show_person(id, &person, (session, capacity))
    })?;
    Ok(page)
}

impl OpeningsPage {
    fn empty(registry: &Registry, visit: &Visit, id: String, back: String) -> Self {
        Self {
            shell: Shell::new(registry, visit, visit.lang.words().openings_title),
            id,
            back,
            capacity: None,
            notice: None,
            members: Vec::new(),
            accesses: None,
        }
    }

    /// Fills the page for a reader in a capacity: the values that `open` shows, and who has seen them.
    fn show(
        &mut self,
        registry: &Registry,
        visit: &Visit,
        (entry, session, capacity): (EntryIndex, &Session, Capacity),
        open: impl FnOnce() -> Result<Vec<Shown>, ServiceFault>,
    ) -> Result<(), Fault> {
        let words = visit.lang.words();
        self.capacity = Some(capacity_word(capacity, words));
        if capacity.opens() {
            if registry.count_opening_read(session).is_err() {
                self.notice = Some(words.openings_too_many);
                return Ok(());
            }
            self.members = open()?.iter().map(|one| member(one, visit.lang)).collect();
        }
        if !capacity.lists_reads() {
            return Ok(());
        }
        let mut accesses = Vec::new();
        for read in registry.opening_reads(entry, None, READS_MAX)? {
            accesses.push(Access {
                time: show::local_time(read.time),
                party: look::party(registry, read.org, words)?,
                person: read.person,
                claims: claims(&read.claims, visit.lang),
            });
        }
        self.accesses = Some(accesses);
        Ok(())
    }
}

fn capacity_word(capacity: Capacity, words: &Words) -> &'static str {
    match capacity {
        Capacity::Pledgee => words.capacity_pledgee,
        Capacity::Pledgor => words.capacity_pledgor,
        Capacity::Guarantor => words.capacity_guarantor,
        Capacity::Supervisor => words.capacity_supervisor,
        Capacity::Itself => words.capacity_itself,
        Capacity::Signer => words.capacity_signer,
        Capacity::Registrar => words.capacity_registrar,
    }
}

fn member(shown: &Shown, lang: Lang) -> Member {
    let (value, why) = match &shown.state {
        Kept::Open(opening) => (Some(value(&shown.claim, &opening.value)), String::new()),
        Kept::Erased(entry) => (
            None,
            match lang {
                Lang::Zh => format!("已依令删除 (账页 {entry})"),
                Lang::En => format!("erased by order (entry {entry})"),
            },
        ),
        Kept::Lost => (
            None,
            lang.pick("本系统未存原文", "not kept by this register")
                .to_owned(),
        ),
    };
    Member {
        name: claim_name(&shown.claim, lang),
        value,
        why,
        digest: show::shortened(shown.digest),
    }
}

/// A hidden value as people read it: a sum in groups of three, with its fen.
fn value(claim: &str, value: &str) -> String {
    let sum = Quantity::parse(value, Scale::MAX).ok();
    match sum.filter(|_| claim.ends_with("_cny")) {
        Some(sum) => show::yuan(sum, "").trim().to_owned(),
        None => value.to_owned(),
    }
}

fn claims(claims: &[String], lang: Lang) -> String {
    let names: Vec<String> = claims.iter().map(|claim| claim_name(claim, lang)).collect();
    names.join(", ")
}

/// Names a hidden member.
pub(crate) fn claim_name(claim: &str, lang: Lang) -> String {
    let (zh, en) = say::claim(claim);
    lang.pick(zh, en).to_owned()
}
