//! The hidden values of a pledge for who may see them, and who has seen them. Opening the page is an access: it is written down
//! before the page is made, so no other page shows a value by the way.

use askama::Template;

use crate::primitives::id::PledgeId;
use crate::service::Registry;
use crate::service::openings::reading::{Kept, Shown};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// Accesses that the page lists.
const READS_MAX: usize = 50;

/// A hidden member.
struct Member {
    name: String,
    value: Option<String>,
    why: String,
    digest: String,
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
    let mut page = OpeningsPage {
        shell: Shell::new(registry, visit, words.openings_title),
        id: id.to_string(),
        capacity: None,
        notice: None,
        members: Vec::new(),
        accesses: None,
    };
    let Some(signed_in) = &visit.signed_in else {
        page.notice = Some(words.openings_sign_in);
        return Ok(page);
    };
    let session = &signed_in.session;
    let Some(capacity) = registry.capacity_of(&pledge, session.org)? else {
        page.notice = Some(words.openings_stranger);
        return Ok(page);
    };
    page.capacity = Some(capacity.name());
    if capacity.opens() {
        if registry.count_opening_read(session).is_err() {
            page.notice = Some(words.openings_too_many);
            return Ok(page);
        }
        let shown = registry.show_openings(id, &pledge, (session, capacity))?;
        page.members = shown.iter().map(|one| member(one, visit.lang)).collect();
    }
    if capacity.lists_reads() {
        let reads = registry.opening_reads(id, None, READS_MAX)?;
        let accesses: Result<Vec<Access>, Fault> = reads
            .into_iter()
            .map(|read| {
                Ok(Access {
                    time: show::local_time(read.time),
                    party: look::party(registry, read.org, words)?,
                    person: read.person,
                    claims: claims(&read.claims, visit.lang),
                })
            })
            .collect();
        page.accesses = Some(accesses?);
    }
    Ok(page)
}

fn member(shown: &Shown, lang: Lang) -> Member {
    let (value, why) = match &shown.state {
        Kept::Open(opening) => (Some(opening.value.clone()), String::new()),
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
        name: name(&shown.claim, lang),
        value,
        why,
        digest: show::short(&shown.digest.to_string()),
    }
}

fn claims(claims: &[String], lang: Lang) -> String {
    let names: Vec<String> = claims.iter().map(|claim| name(claim, lang)).collect();
    names.join(", ")
}

/// Names the hidden members that our own pages ask for; any other is shown as it is called.
fn name(claim: &str, lang: Lang) -> String {
    let word = match claim {
        "contract_no" => lang.pick("合同编号", "contract number"),
        "principal_cny" => lang.pick("主债权 (元)", "principal (CNY)"),
        other => other,
    };
    word.to_owned()
}
