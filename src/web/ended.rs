//! Why a pledge cannot be released: there is none of that id, or it has ended, and where that stands.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Pledge;
use crate::primitives::id::{EntryIndex, PledgeId};
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::misnamed;
use crate::web::shell::{Fault, Visit};
use crate::web::show;

/// Entries of a pledge that are looked through for the one that ended it.
const ENTRIES_MAX: usize = 64;

/// Acts after which nothing may be left of a pledge.
const ENDS: [&str; 3] = [
    "pledge_released",
    "record_disposal",
    "substitute_collateral",
];

/// What is said, and where it can be looked up: addresses with words.
pub(crate) type Told = (String, Vec<(String, String)>);

/// Says why nothing is to be released of what the address names.
pub(crate) fn not_released(registry: &Registry, visit: &Visit) -> Result<Told, Fault> {
    let (lang, typed) = (visit.lang, visit.typed("pledge"));
    if typed.is_empty() {
        let text = lang.pick("没有写明解除哪一项担保登记。", "No pledge was named.");
        return Ok((text.to_owned(), Vec::new()));
    }
    let id = PledgeId::parse(look::without_line(&typed));
    let found = id.map(|id| registry.record(&StateKey::Pledge(id)));
    let record = found.transpose()?.flatten().map(|found| found.value.record);
    let (Some(id), Some(Record::Pledge(pledge))) = (id, record) else {
        let wanted = ("担保登记的编号", "the id of a pledge");
        let other = misnamed::other(registry, &typed, wanted, lang)?;
        let none = || match lang {
            Lang::Zh => format!("本登记系统内没有编号为「{typed}」的担保登记。"),
            Lang::En => format!("There is no pledge “{typed}” in this register."),
        };
        return Ok((other.unwrap_or_else(none), Vec::new()));
    };
    let page = (format!("/pledges/{id}"), id.to_string());
    let ended = ended(registry, id)?;
    let (how, entry) = match ended {
        Some((entry, time)) => (
            match lang {
                Lang::Zh => format!("已于 {time} 注销 (账页 {entry})"),
                Lang::En => format!("ended on {time} (entry {entry})"),
            },
            Some((
                format!("/log/{entry}"),
                format!("{} {entry}", lang.words().entry),
            )),
        ),
        None => (lapsed(&pledge, lang), None),
    };
    let told = match lang {
        Lang::Zh => format!("担保登记 {id} {how}, 没有可再解除的。"),
        Lang::En => format!("The pledge {id} {how}; nothing of it is left to release."),
    };
    Ok((told, std::iter::once(page).chain(entry).collect()))
}

/// The newest entry that released something of a pledge, or took collateral out of it, and its time; none where it lapsed by itself.
fn ended(registry: &Registry, id: PledgeId) -> Result<Option<(EntryIndex, String)>, Fault> {
    for (index, bytes) in registry.history(&StateKey::Pledge(id), None, ENTRIES_MAX)? {
        let entry = Entry::parse(&bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
        let Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            time,
            ..
        } = entry
        else {
            continue;
        };
        if ENDS.contains(&event.type_name()) {
            return Ok(Some((index, show::local_time(time))));
        }
    }
    Ok(None)
}

fn lapsed(pledge: &Pledge, lang: Lang) -> String {
    let ends = pledge.lines.iter().filter_map(|line| line.expires).max();
    match (ends.map(Timestamp::day), lang) {
        (Some(day), Lang::Zh) => format!("已随债务期限届满自 {day} 起失效"),
        (Some(day), Lang::En) => format!("lapsed with the term of its claim on {day}"),
        (None, Lang::Zh) => "已经注销".to_owned(),
        (None, Lang::En) => "has ended".to_owned(),
    }
}
