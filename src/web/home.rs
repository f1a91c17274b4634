//! The front page: one search box and the vital signs of the register; and the search itself.

use askama::Template;

use crate::service::Registry;
use crate::web::look::{self, Place};
use crate::web::shell::{Fault, Shell, Visit};

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    shell: Shell,
    typed: String,
    problem: Option<&'static str>,
    fix: &'static str,
    kinds: Vec<String>,
}

/// Makes the front page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<HomePage, Fault> {
    let words = visit.lang.words();
    let policies = registry.active_policies(registry.now())?;
    Ok(HomePage {
        shell: Shell::new(registry, visit, words.product),
        typed: visit.typed("q"),
        problem: None,
        fix: "",
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
    page.problem = Some(words.search_none);
    page.fix = words.search_none_fix;
    Ok(Searched::Page(Box::new(page)))
}
