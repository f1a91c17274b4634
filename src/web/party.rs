//! The page of a party: who it is, its keys over time, and what it holds, takes and gives.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::domain::party::{Party, PartyKey};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::query::Listing;
use crate::web::act::{self, Door, Has};
use crate::web::history::{self, Step};
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::notes;
use crate::web::openings;
use crate::web::right::Fact;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Shortened};
use crate::web::vocabulary::Vocabulary;

/// One key as a row.
pub(crate) struct KeyRow {
    kid: Shortened,
    person: String,
    added: String,
    revoked: String,
}

#[derive(Template)]
#[template(path = "party.html")]
pub(crate) struct PartyPage {
    shell: Shell,
    id: String,
    heading: String,
    /// What it has become, in one sentence.
    answer: String,
    /// What it has in this register.
    has: Counts,
    facts: Vec<Fact>,
    keys: Vec<KeyRow>,
    steps: Vec<Step>,
    older: Option<String>,
    /// Whether there are hidden values, which a page of its own shows to who may see them.
    has_hidden: bool,
    doors: Vec<Door>,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit, id: PartyId) -> Result<PartyPage, Fault> {
    let words = visit.lang.words();
    let key = StateKey::Party(id);
    let found = registry.record(&key)?.ok_or(Fault::NotFound)?;
    let Record::Party(party) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let before = visit.param("before").and_then(|text| text.parse().ok());
    let history = history::steps(registry, &key, before, visit.lang)?;
    let heading = look::name_of(&party, words);
    Ok(PartyPage {
        shell: Shell::new(registry, visit, heading.clone()),
        id: id.to_string(),
        answer: notes::answer_of_party(registry, &party, visit.lang)?,
        has: counts(registry, id, visit.lang)?,
        facts: facts(registry, &party, visit.lang)?,
        keys: party.keys.iter().map(key_row).collect(),
        steps: history.steps,
        older: history
            .older
            .map(|index| format!("/parties/{id}?before={index}#history")),
        has_hidden: !party.hidden.is_empty(),
        doors: if party.more.ended.is_none() {
            act::doors(&key, &Has::of_party(&party), visit.lang)
        } else {
            Vec::new()
        },
        heading,
    })
}

/// How much of a party is in this register, as far as a page counts.
struct Counts {
    /// In a sentence that can be read aloud.
    sentence: String,
    has_rights: bool,
    has_taken: bool,
    has_given: bool,
}

fn counts(registry: &Registry, id: PartyId, lang: Lang) -> Result<Counts, Fault> {
    let now = registry.now().max(registry.published().time);
    let count = |listing| -> Result<(usize, usize, &'static str), Fault> {
        let found = registry.list(listing, None, limits::PAGE_ROWS_MAX)?;
        let open = found.iter().filter(|found| match &found.value.record {
            Record::Pledge(pledge) => !pledge.is_closed_at(now),
            _ => true,
        });
        let more = if found.len() == limits::PAGE_ROWS_MAX {
            "+"
        } else {
            ""
        };
        Ok((found.len(), open.count(), more))
    };
    let (rights, given, taken) = (
        count(Listing::RightsOf(id))?,
        count(Listing::PledgedBy(id))?,
        count(Listing::PledgesOf(id))?,
    );
    let told = [
        (rights, "名下权益", "rights held"),
        (given, "作为出质人在登担保", "open pledges given"),
        (taken, "作为担保权人在登担保", "open pledges taken"),
    ];
    let told = told.iter().filter(|((all, ..), ..)| *all > 0);
    let told: Vec<String> = told
        .map(|((_, open, more), zh, en)| match lang {
            Lang::Zh => format!("{zh} {open}{more} 项"),
            Lang::En => format!("{en}: {open}{more}"),
        })
        .collect();
    let none = lang.pick(
        "本登记系统内未见其名下权益, 也未见其担保登记",
        "no right of it and no pledge is found in this register",
    );
    Ok(Counts {
        sentence: if told.is_empty() {
            none.to_owned()
        } else {
            told.join("; ")
        },
        has_rights: rights.0 > 0,
        has_taken: taken.0 > 0,
        has_given: given.0 > 0,
    })
}

fn facts(registry: &Registry, party: &Party, lang: Lang) -> Result<Vec<Fact>, Fault> {
    let words = lang.words();
    let mut facts = Vec::new();
    if let Some(code) = &party.credit_code {
        facts.push(Fact::id(words.credit_code, code));
    }
    if let Some(region) = &party.region {
        facts.push(match registry.town(region) {
            Some(_) => Fact::plain(words.region, look::town(registry, region)),
            None => Fact::id(words.region, region),
        });
    }
    let roles: Vec<String> = party
        .roles
        .iter()
        .map(|role| role_word(*role, lang).to_owned())
        .collect();
    facts.push(Fact::plain(words.roles, roles.join(", ")));
    if !party.duties.is_empty() {
        let vocabulary = Vocabulary::of(registry, lang)?;
        let duties = party.duties.iter().map(|duty| vocabulary.duty(duty));
        let duties: Vec<String> = duties.collect();
        facts.push(Fact::plain(words.duties, duties.join(", ")));
    }
    facts.push(signing(party, words));
    facts.extend(notes::of_party(registry, party, lang)?);
    for (name, digest) in &party.hidden {
        let name = openings::claim_name(name, lang);
        facts.push(Fact::id(
            format!("{} · {name}", words.hidden),
            digest.to_string(),
        ));
    }
    Ok(facts)
}

fn signing(party: &Party, words: &'static Words) -> Fact {
    if party.keys.is_empty() {
        Fact::plain(words.keys, words.no_keys)
    } else {
        Fact::plain(words.threshold, party.threshold.to_string())
    }
}

fn key_row(key: &PartyKey) -> KeyRow {
    KeyRow {
        kid: show::shortened(key.key.id()),
        person: key.person.clone(),
        added: key.added.to_string(),
        revoked: key
            .revoked
            .map_or_else(|| "–".to_owned(), |index| index.to_string()),
    }
}

/// Returns the word of a role in the language of the page.
pub(crate) fn role_word(role: crate::domain::party::Role, lang: Lang) -> &'static str {
    use crate::domain::party::Role;
    match role {
        Role::Registrar => lang.pick("登记机构", "registrar"),
        Role::Authority => lang.pick("主管机关", "authority"),
        Role::Bank => lang.pick("银行", "bank"),
        Role::Guarantor => lang.pick("担保机构", "guarantor"),
        Role::Court => lang.pick("法院", "court"),
        Role::Holder => lang.pick("权利人", "holder"),
    }
}
