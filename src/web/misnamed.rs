//! A record of another sort than a form asks for: what it is, and the rights that it stands on.
//!
//! Pages print the id of a line (`P500.0`) wherever a burden is named, and that is what people copy into a field for a right. It
//! is on record, so it is never told as unknown.

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Line;
use crate::primitives::id::{PartyId, RightId};
use crate::service::Registry;
use crate::web::asked::{self, Choice};
use crate::web::frozen;
use crate::web::lang::Lang;
use crate::web::look::{self, Place};
use crate::web::shell::{Fault, Visit};

/// What was typed, as what it is.
pub(crate) struct Misnamed {
    /// That it is something else than was asked for.
    pub(crate) told: String,
    /// The rights it stands on, each with the address of the same question about it.
    pub(crate) rights: Vec<Choice>,
}

/// Says what a text names that names no right; nothing where it is on record as none of these.
pub(crate) fn not_a_right(
    registry: &Registry,
    visit: &Visit,
    (path, field): (&str, &str),
    typed: &str,
) -> Result<Option<Misnamed>, Fault> {
    let lang = visit.lang;
    let what = match noun(registry, typed, lang)? {
        Some(what) => what,
        None if holder(registry, typed)?.is_some() => {
            lang.pick("一个主体的名称", "the name of a party")
        }
        None => return Ok(None),
    };
    let rights = stands_on(registry, typed)?;
    let list = rights.iter().map(ToString::to_string).collect::<Vec<_>>();
    let list = list.join(", ");
    let told = match (lang, rights.is_empty()) {
        (Lang::Zh, true) => format!("「{typed}」是{what}, 不是权益"),
        (Lang::Zh, false) => format!("「{typed}」是{what}, 不是权益; 它所在的权益: {list}"),
        (Lang::En, true) => format!("“{typed}” is {what}, not a right"),
        (Lang::En, false) => format!("“{typed}” is {what}, not a right; it stands on {list}"),
    };
    // A form that is posted has its fields in no address.
    let rights = if visit.posted(field).is_some() {
        let page = |right: &RightId| {
            let id = right.to_string();
            let what = look::words_of(registry, &id, lang)?;
            let address = format!("/rights/{id}");
            Ok(Choice { address, id, what })
        };
        rights.iter().map(page).collect::<Result<_, Fault>>()?
    } else {
        asked::choices(registry, visit, (path, field), &rights)?
    };
    Ok(Some(Misnamed { told, rights }))
}

/// The party that a text names by its name, where it is no number of a right or of anything else on record.
pub(crate) fn holder(registry: &Registry, typed: &str) -> Result<Option<PartyId>, Fault> {
    if look::is_id(typed) || !look::with_part(registry, typed, 1)?.0.is_empty() {
        return Ok(None);
    }
    look::find_party(registry, typed)
}

/// Says what a text names, where a form asks for something else.
pub(crate) fn other(
    registry: &Registry,
    typed: &str,
    wanted: (&str, &str),
    lang: Lang,
) -> Result<Option<String>, Fault> {
    let right = matches!(look::find(registry, typed)?, Some(Place::Right(_)));
    let what = if right {
        Some(lang.pick("一项权益", "a right"))
    } else {
        noun(registry, typed, lang)?
    };
    Ok(what.map(|what| match lang {
        Lang::Zh => format!("「{typed}」是{what}; 此处须填{}", wanted.0),
        Lang::En => format!("“{typed}” is {what}; {} is wanted here", wanted.1),
    }))
}

/// What a text is that names a record which is no right.
fn noun(registry: &Registry, typed: &str, lang: Lang) -> Result<Option<&'static str>, Fault> {
    let is_line = look::line_of(typed).is_some();
    let found = match look::find(registry, typed)? {
        Some(Place::Right(_)) => None,
        Some(Place::Pledge(_)) if is_line => Some(("一项担保登记的明细", "a line of a pledge")),
        Some(Place::Pledge(_)) => Some(("一项担保登记", "a pledge")),
        Some(Place::Reservation(_)) if is_line => {
            Some(("一项预登记的明细", "a line of a reservation"))
        }
        Some(Place::Reservation(_)) => Some(("一项预登记", "a reservation")),
        Some(Place::Party(_)) => Some(("一个主体", "a party")),
        None => match look::freeze(typed).map(|id| frozen::ordered(registry, id)) {
            Some(found) => found?.map(|_| ("一项冻结", "a freeze")),
            None => None,
        },
    };
    Ok(found.map(|(zh, en)| lang.pick(zh, en)))
}

/// The rights that a pledge, a reservation or one line of it stands on, or a freeze.
pub(crate) fn stands_on(registry: &Registry, typed: &str) -> Result<Vec<RightId>, Fault> {
    let key = match look::find(registry, typed)? {
        Some(Place::Pledge(id)) => StateKey::Pledge(id),
        Some(Place::Reservation(id)) => StateKey::Reservation(id),
        Some(Place::Right(_) | Place::Party(_)) => return Ok(Vec::new()),
        None => {
            let found = look::freeze(typed).map(|id| frozen::ordered(registry, id));
            let right = found.transpose()?.flatten().map(|(right, _)| right);
            return Ok(right.into_iter().collect());
        }
    };
    let record = registry.record(&key)?.map(|found| found.value.record);
    let lines: Vec<Line> = match record {
        Some(Record::Pledge(pledge)) => pledge.lines,
        Some(Record::Reservation(held)) => held.lines,
        Some(_) | None => Vec::new(),
    };
    let line = look::line_of(typed).and_then(|number| lines.get(number));
    let mut rights: Vec<RightId> = match line {
        Some(line) => vec![line.right],
        None => lines.iter().map(|line| line.right).collect(),
    };
    rights.sort_unstable();
    rights.dedup();
    Ok(rights)
}
