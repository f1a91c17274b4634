//! The front page: one search box and the vital signs of the register; and the search itself.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::primitives::verification_code::VerificationCode;
use crate::service::Registry;
use crate::service::query::Found;
use crate::web::look::{self, Place};
use crate::web::proof;
use crate::web::shell::{Fault, Shell, Visit};

/// Parties that are named where a name has several.
const NAMED_SHOWN_MAX: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    shell: Shell,
    typed: String,
    problem: Option<&'static str>,
    /// Parties with the name that was typed: id and name, former names after it.
    named: Vec<(String, String)>,
    fix: &'static str,
    kinds: Vec<String>,
    /// How old the checkpoint is.
    age: String,
    /// How many of the witnesses have cosigned it.
    witnesses: String,
}

/// Makes the front page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<HomePage, Fault> {
    let words = visit.lang.words();
    let policies = registry.active_policies(registry.now())?;
    Ok(HomePage {
        shell: Shell::new(registry, visit, words.product),
        typed: visit.typed("q"),
        problem: None,
        named: Vec::new(),
        fix: "",
        age: proof::age(registry, visit.lang),
        witnesses: proof::witnesses(registry, visit.lang),
        kinds: policies
            .iter()
            .map(|policy| look::kind_title(policy, visit.lang).to_owned())
            .collect(),
    })
}

/// What a search gives: where it leads, or the front page with the reason.
pub(crate) enum Searched {
    /// A record.
    Place(Place),
    /// Nothing; the page says so.
    Page(Box<HomePage>),
}

/// A party by its names.
fn named(found: &Found) -> Option<(String, String)> {
    let Record::Party(party) = &found.value.record else {
        return None;
    };
    let former = party.more.former_names.iter().map(|(name, _)| name);
    let names: Vec<&str> = party
        .name
        .iter()
        .chain(former)
        .map(|name| &**name)
        .collect();
    Some((found.value.key.name(), names.join(" / ")))
}

/// Searches for what the visitor typed.
pub(crate) fn search(registry: &Registry, visit: &Visit) -> Result<Searched, Fault> {
    let words = visit.lang.words();
    let mut page = page(registry, visit)?;
    let Some(typed) = visit.param("q") else {
        page.problem = Some(words.search_empty);
        return Ok(Searched::Page(Box::new(page)));
    };
    if let Some(place) = look::find(registry, typed)? {
        return Ok(Searched::Place(place));
    }
    let (found, more) = registry.parties_named(typed, None, NAMED_SHOWN_MAX)?;
    if let ([only], None) = (&*found, more)
        && let StateKey::Party(id) = only.value.key
    {
        return Ok(Searched::Place(Place::Party(id)));
    }
    if found.is_empty() && VerificationCode::is_meant(typed) {
        page.problem = Some(words.search_no_code);
        page.fix = words.search_no_code_fix;
    } else if found.is_empty() {
        page.problem = Some(words.search_none);
        page.fix = words.search_none_fix;
    } else {
        let pick = |zh, en| visit.lang.pick(zh, en);
        page.problem = Some(pick("名称相符的主体:", "Parties with this name:"));
        let some = pick(
            "仅列出一部分; 请输入更长的名称。",
            "Only some are shown; type more of the name.",
        );
        page.fix = more.map_or("", |_| some);
    }
    page.named = found.iter().filter_map(named).collect();
    Ok(Searched::Page(Box::new(page)))
}
