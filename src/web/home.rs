//! The front page: one search box and the vital signs of the register; and the search itself.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::primitives::identifier::normal_form_upper;
use crate::primitives::verification_code::VerificationCode;
use crate::service::Registry;
use crate::service::query::Found;
use crate::web::frozen;
use crate::web::look::{self, Place};
use crate::web::mistyped::mistyped;
use crate::web::proof;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// What the text of the QR code on a certificate begins with; the verification code stands behind.
const CODE_BEGINNING: &str = "GREENLIEN-CERTIFICATE/1 ";
/// What stands before the verification code in the text of a QR code that is an address.
const CODE_PATH: &str = "/certificates/";
/// Parties with a name, or rights with a part of an identity, that are named where there are several.
const NAMED_SHOWN_MAX: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    shell: Shell,
    typed: String,
    problem: Option<&'static str>,
    /// Parties with the name that was typed, or rights with the number.
    named: Vec<Named>,
    fix: &'static str,
    kinds: Vec<String>,
    /// How old the checkpoint is.
    age: String,
    /// How many of the witnesses have cosigned it.
    witnesses: String,
    /// How much is on record, where it need not be counted for long: a word, a number, and where it leads.
    counts: Vec<(&'static str, String, String)>,
}

/// Makes the front page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<HomePage, Fault> {
    let words = visit.lang.words();
    let policies = registry.active_policies(registry.now())?;
    let position = registry.position_near()?;
    let day = position.as_ref().and_then(|position| position.time);
    // Those that are counted, and no others.
    let today = day.map(|time| format!("/pledges?since={}", time.day()));
    let today = today.unwrap_or_else(|| "/pledges".to_owned());
    let counts = position.map(|position| position.counts());
    let counts = counts.map_or_else(Vec::new, |counts| {
        [
            (words.count_rights, counts.rights, "/rights".to_owned()),
            (
                words.count_open,
                counts.open,
                "/pledges?state=open".to_owned(),
            ),
            (words.count_today, counts.today, today),
        ]
        .map(|(word, count, path)| (word, show::thousands(&count.to_string()), path))
        .to_vec()
    });
    Ok(HomePage {
        counts,
        shell: Shell::new(registry, visit, words.tagline),
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
    /// The page of a freeze.
    Freeze(String),
    /// An entry of the log.
    Entry(u64),
    /// Nothing; the page says so.
    Page(Box<HomePage>),
}

/// A record that was meant: where it is, its id, and what it is.
pub(crate) struct Named {
    path: String,
    id: String,
    what: String,
}

/// A party by its names.
fn named(found: &Found) -> Option<Named> {
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
    let id = found.value.key.name();
    Some(Named {
        path: format!("/parties/{id}"),
        id,
        what: names.join(" / "),
    })
}

/// The verification code that a visitor typed, or that stands in the text of a QR code on a certificate.
pub(crate) fn code(typed: &str) -> Option<VerificationCode> {
    let typed = typed.trim();
    let scanned = typed.strip_prefix(CODE_BEGINNING);
    let code = scanned.and_then(|rest| rest.split_whitespace().next());
    let is_address = typed.starts_with("https://") || typed.starts_with("http://");
    let page = typed.split_once(CODE_PATH).filter(|_| is_address);
    // Whichever host it names, the code is looked up in this register.
    let opened = page.and_then(|(_, rest)| rest.split(['#', '?', '/']).next());
    VerificationCode::parse(code.or(opened).unwrap_or(typed))
}

/// Searches for what the visitor typed.
pub(crate) fn search(registry: &Registry, visit: &Visit) -> Result<Searched, Fault> {
    let words = visit.lang.words();
    let mut page = page(registry, visit)?;
    let Some(typed) = visit.param("q") else {
        page.problem = Some(if visit.is_too_long {
            words.search_long
        } else {
            words.search_empty
        });
        return Ok(Searched::Page(Box::new(page)));
    };
    if let Some(place) = look::find(registry, typed)? {
        return Ok(Searched::Place(place));
    }
    if let Some(freeze) = look::freeze(typed)
        && let Some(path) = frozen::path(registry, freeze)?
    {
        return Ok(Searched::Freeze(path));
    }
    let (found, more) = registry.parties_named(typed, None, NAMED_SHOWN_MAX)?;
    if let ([only], None) = (&*found, more)
        && let StateKey::Party(id) = only.value.key
    {
        return Ok(Searched::Place(Place::Party(id)));
    }
    if found.is_empty() {
        return with_part(registry, visit, typed, page);
    }
    let pick = |zh, en| visit.lang.pick(zh, en);
    page.problem = Some(pick("名称相符的主体:", "Parties with this name:"));
    let some = pick(
        "仅列出一部分; 请输入更长的名称。",
        "Only some are shown; type more of the name.",
    );
    page.fix = more.map_or("", |_| some);
    page.named = found.iter().filter_map(named).collect();
    Ok(Searched::Page(Box::new(page)))
}

/// Says whether a person typed the printed number of a certificate, such as 500113-C-000042. Whoever may count may guess it, so it
/// opens nothing.
fn is_certificate_number(typed: &str) -> bool {
    let normal = normal_form_upper(typed);
    let mut parts = normal.split('-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| part.len() >= 6 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_number(parts.next())
        && parts.next() == Some("C")
        && is_number(parts.next())
        && parts.next().is_none()
}

/// Searches for the rights of a permit, an account or another part of identities; else says what was mistyped.
fn with_part(
    registry: &Registry,
    visit: &Visit,
    typed: &str,
    mut page: HomePage,
) -> Result<Searched, Fault> {
    let words = visit.lang.words();
    let (found, has_more) = look::with_part(registry, typed, NAMED_SHOWN_MAX)?;
    if found.is_empty()
        && let Some(index) = look::entry(registry, typed)
    {
        return Ok(Searched::Entry(index));
    }
    if let ([only], false) = (&*found, has_more) {
        return Ok(Searched::Place(Place::Right(*only)));
    }
    if !found.is_empty() {
        let pick = |zh, en| visit.lang.pick(zh, en);
        page.problem = Some(pick(
            "以此为标识一部分的权益:",
            "Rights with this as a part of their identity:",
        ));
        let some = pick(
            "仅列出一部分; 可加上其余部分 (如 |污染物代码)。",
            "Only some are shown; add the other parts, such as |pollutant.",
        );
        page.fix = if has_more { some } else { "" };
        for right in found {
            let id = right.to_string();
            page.named.push(Named {
                path: format!("/rights/{id}"),
                what: look::words_of(registry, &id, visit.lang)?,
                id,
            });
        }
    } else if let Some(wrong) = mistyped(typed, visit.lang) {
        page.problem = Some(wrong);
        page.fix = visit
            .lang
            .pick("请逐字核对。", "Compare it character by character.");
    } else if is_certificate_number(typed) {
        page.problem = Some(words.search_certificate);
        page.fix = words.search_certificate_fix;
    } else if VerificationCode::is_meant(typed) {
        page.problem = Some(words.search_no_code);
        page.fix = words.search_no_code_fix;
    } else {
        page.problem = Some(words.search_none);
        page.fix = words.search_none_fix;
    }
    Ok(Searched::Page(Box::new(page)))
}
