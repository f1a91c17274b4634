//! The page of a freeze: what is frozen, by whom, for how long, how much of it is in force, what was sold under it, and its entries.
//!
//! A freeze is no record of its own, so all of this is read from its right, or from the right that carries its burdens now, and
//! from the entries of both that name it. What proves it is the evidence of the right.

use askama::Template;

use crate::domain::facts::StateKey;
use crate::domain::order::{Force, InForce, Order, in_force};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Right};
use crate::primitives::id::{FreezeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::freezes::FreezeState;
use crate::web::act::{self, Door, Has};
use crate::web::frozen::{self, Acts, carriers, read_acts};
use crate::web::history::Step;
use crate::web::lang::Lang;
use crate::web::linked::{self, Piece};
use crate::web::look;
use crate::web::order::waiting_note;
use crate::web::proof::{self, Proof};
use crate::web::right::{Fact, order_of};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};
use crate::web::terms::Teller;

/// Acts of the form that are of a freeze, and take its id.
const ACTS: [&str; 3] = [
    "/acts/change_freeze?",
    "/acts/execute_freeze?",
    "/acts/unfreeze?",
];

/// A freeze of the same right, in the order in which they come.
pub(crate) struct Queued {
    id: String,
    who: String,
    extent: String,
    note: String,
    is_this: bool,
}

/// Days of the freeze, with what is in force of it and what waits.
pub(crate) struct Days {
    span: String,
    takes: String,
    waits: String,
}

#[derive(Template)]
#[template(path = "freeze.html")]
pub(crate) struct FreezePage {
    shell: Shell,
    id: String,
    right: String,
    status: Status,
    answer: Vec<Vec<Piece>>,
    facts: Vec<Fact>,
    days: Vec<Days>,
    queue: Vec<Queued>,
    steps: Vec<Step>,
    /// Whether the right has so many entries that not all of them were looked through.
    is_part: bool,
    proof: Proof,
    doors: Vec<Door>,
}

/// A freeze as it was ordered, and as it stands.
struct Known {
    id: FreezeId,
    ordered: Burden,
    /// The right that it is on, or was on last.
    on: RightId,
    right: Right,
    policy: KindPolicy,
    now: Timestamp,
    acts: Acts,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit, id: FreezeId) -> Result<FreezePage, Fault> {
    let lang = visit.lang;
    let (first, ordered) = frozen::ordered(registry, id)?.ok_or(Fault::NotFound)?;
    let rights = carriers(registry, first, id)?;
    let (on, right) = rights.last().cloned().ok_or(Fault::NotFound)?;
    let now = registry.now().max(registry.published().time);
    let mut acts = Acts::default();
    let teller = Teller::of(registry, lang)?;
    for (at, _) in rights.iter().rev() {
        read_acts(registry, &teller, *at, (id, &mut acts))?;
    }
    let known = Known {
        id,
        ordered,
        on,
        policy: look::policy(registry, &right.kind, now)?,
        right,
        now,
        acts,
    };
    let queue = in_force(&known.right, now);
    let own = queue.iter().find(|queued| queued.freeze == id);
    let doors = act::doors(
        &StateKey::Right(on),
        &Has::of_right(&known.right, false, now),
        lang,
    );
    let heading = lang.pick("冻结", "Freeze");
    Ok(FreezePage {
        shell: Shell::new(registry, visit, format!("{heading} {id}")),
        id: id.to_string(),
        right: on.to_string(),
        status: shown(
            own.map_or_else(|| ended_state(&known), FreezeState::of),
            lang,
        ),
        answer: linked::all(&answer(registry, &known, own, lang)?),
        facts: facts(registry, &known, lang)?,
        days: own.map_or_else(Vec::new, |own| days(own, &known.policy, lang)),
        queue: rows(registry, &known, &queue, lang)?,
        is_part: known.acts.is_part,
        proof: proof::of_record(registry, "rights", &on.to_string(), id.0, lang),
        doors: if known.standing().is_some() {
            of_freeze(doors, id)
        } else {
            Vec::new()
        },
        steps: known.acts.steps,
    })
}

impl Known {
    /// The freeze on its right, while it counts.
    fn standing(&self) -> Option<&Burden> {
        let burden = self.right.burden(BurdenId::Freeze(self.id));
        burden.filter(|burden| burden.counts_at(self.now))
    }

    /// When it ended by its own term.
    fn expired(&self) -> Option<Timestamp> {
        let burden = self.right.burden(BurdenId::Freeze(self.id));
        let over = burden.filter(|burden| !burden.counts_at(self.now));
        over.and_then(|burden| burden.expires)
    }

    fn amount(&self, quantity: Quantity) -> String {
        show::amount(quantity, self.policy.scale, &self.policy.unit)
    }
}

/// How a freeze stands, for its page and for the list of all.
pub(crate) fn shown(state: FreezeState, lang: Lang) -> Status {
    let (tag, sign) = match state {
        FreezeState::InForce | FreezeState::InPart => ("warn", "❄\u{fe0e}"),
        FreezeState::Waits => ("warn", "◔"),
        FreezeState::Expired | FreezeState::Lifted | FreezeState::Executed | FreezeState::Gone => {
            ("ended", "■")
        }
    };
    let (zh, en) = state.words();
    Status {
        tag,
        sign,
        word: lang.pick(zh, en),
    }
}

fn ended_state(known: &Known) -> FreezeState {
    if known.expired().is_some() {
        return FreezeState::Expired;
    }
    match known.acts.last.as_ref().map(|(act, ..)| &**act) {
        Some("unfreeze") => FreezeState::Lifted,
        Some("execute_freeze") => FreezeState::Executed,
        Some(_) | None => FreezeState::Gone,
    }
}

fn ended_word(known: &Known, lang: Lang) -> &'static str {
    let (zh, en) = ended_state(known).words();
    lang.pick(zh, en)
}

/// What it is and how it stands, in sentences that can be read aloud.
fn answer(
    registry: &Registry,
    known: &Known,
    own: Option<&InForce>,
    lang: Lang,
) -> Result<Vec<String>, Fault> {
    let words = lang.words();
    let by = match known.ordered.authority {
        Some(authority) => look::party(registry, authority, words)?.name,
        None => String::new(),
    };
    let burden = known.standing().unwrap_or(&known.ordered);
    let much = show::extent(burden.extent, known.policy.scale, &known.policy.unit, words);
    let on = known.on.to_string();
    let right = look::words_of(registry, &on, lang)?;
    let first = match (lang, known.standing().is_some()) {
        (Lang::Zh, true) => format!("{by}冻结 {on} ({right}): {much}。"),
        (Lang::En, true) => format!("Frozen by {by} of {on} ({right}): {much}."),
        (Lang::Zh, false) => {
            format!("{by}冻结的 {on} ({right}) {much}: {}。", ended(known, lang))
        }
        (Lang::En, false) => {
            format!(
                "Frozen by {by} of {on} ({right}), {much}: {}.",
                ended(known, lang)
            )
        }
    };
    let mut told = vec![first];
    if let Some(own) = own {
        told.push(match waiting_note(own, &known.policy, words) {
            Some(waits) => waits,
            None if own.parts.is_empty() => {
                lang.pick("其期间已过。", "Its days are over.").to_owned()
            }
            None => lang.pick("全部生效。", "All of it is in force.").to_owned(),
        });
        told.extend(before(known, own, lang));
    }
    Ok(told)
}

/// When and how it ended.
fn ended(known: &Known, lang: Lang) -> String {
    let word = ended_word(known, lang);
    if let Some(at) = known.expired() {
        return format!("{word}, {}", show::local_time(at));
    }
    match &known.acts.last {
        Some((act, index, time)) if act == "unfreeze" || act == "execute_freeze" => {
            let (time, entry) = (show::local_time(*time), lang.words().entry);
            format!("{word}, {time}, {entry} {index}")
        }
        Some(_) | None => word.to_owned(),
    }
}

/// What comes before it: earlier freezes, and the pledges and reservations that were registered earlier.
fn before(known: &Known, own: &InForce, lang: Lang) -> Vec<String> {
    let names = |ids: Vec<String>| ids.join(", ");
    let mut told = Vec::new();
    let behind: Vec<String> = own.behind.iter().map(ToString::to_string).collect();
    if !behind.is_empty() {
        let head = lang.pick("在前的冻结", "Earlier freezes on the same days");
        told.push(format!("{head}: {}", names(behind)));
    }
    let burdens = known.right.burdens.iter();
    let earlier = burdens.take_while(|burden| burden.id != BurdenId::Freeze(known.id));
    let earlier = earlier.filter(|burden| !burden.id.is_freeze() && burden.counts_at(known.now));
    let earlier: Vec<String> = earlier.map(|burden| burden.id.to_string()).collect();
    if !earlier.is_empty() {
        let head = lang.pick(
            "登记在先的担保与预登记, 顺位在冻结之前",
            "Registered before it, and ahead of it",
        );
        told.push(format!("{head}: {}", names(earlier)));
    }
    told
}

fn facts(registry: &Registry, known: &Known, lang: Lang) -> Result<Vec<Fact>, Fault> {
    let words = lang.words();
    let (policy, ordered) = (&known.policy, &known.ordered);
    let extent = |burden: &Burden| show::extent(burden.extent, policy.scale, &policy.unit, words);
    let on = known.on.to_string();
    let mut facts = vec![Fact {
        link: Some(format!("/rights/{on}")),
        ..Fact::plain(
            words.nav_rights,
            format!("{on} {}", look::words_of(registry, &on, lang)?),
        )
    }];
    if let Some(authority) = ordered.authority {
        let party = look::party(registry, authority, words)?;
        facts.push(Fact::party(words.authority, &party));
    }
    facts.push(Fact::plain(
        lang.pick("裁定的数量与期间", "Ordered, of the right"),
        extent(ordered),
    ));
    let standing = known.standing();
    if let Some(now) = standing.filter(|now| now.extent != ordered.extent) {
        facts.push(Fact::plain(
            lang.pick("现仍冻结", "Frozen now"),
            extent(now),
        ));
    }
    let ends = standing.unwrap_or(ordered).expires;
    facts.push(Fact::plain(
        lang.pick("冻结期限", "Its term"),
        match ends {
            Some(at) => format!("{} {}", words.through, at.day().previous()),
            None => lang
                .pick(
                    "未记载期限, 至解除或执行完毕为止",
                    "none is on record: until it is lifted or executed",
                )
                .to_owned(),
        },
    ));
    if let Some(order) = standing.unwrap_or(ordered).order.as_deref() {
        facts.extend(of_order(order, policy, lang));
    }
    facts.push(Fact::plain(
        lang.pick("已执行", "Executed so far"),
        executed(known, lang),
    ));
    if let Some(burden) = standing {
        let counting = known.right.burdens.iter();
        let counting = counting.filter(|burden| burden.counts_at(known.now));
        let place = counting.zip(1..).find(|(one, _)| one.id == burden.id);
        let place = place.map(|(burden, place)| order_of(burden, place, lang));
        facts.extend(place.map(|place| Fact::plain(words.rank, place)));
    }
    let document = lang.pick("裁定文书的摘要", "Digest of the order");
    facts.extend(
        known
            .acts
            .document
            .iter()
            .map(|digest| Fact::id(document, digest)),
    );
    Ok(facts)
}

/// What the order says beside what it freezes.
fn of_order(order: &Order, policy: &KindPolicy, lang: Lang) -> Vec<Fact> {
    let yuan = |sum: Quantity| show::yuan(sum, lang.words().yuan);
    let number = order.number.iter();
    let number = number.map(|text| Fact::registered(lang.pick("文号", "Order no."), text));
    let limit = order.limit_cny.map(|sum| {
        let name = lang.pick("金额限额", "Limited to a sum of");
        Fact::plain(name, yuan(sum))
    });
    let price = order.price_cny.map(|sum| {
        let name = lang.pick("折算单价", "Price of one unit");
        let unit = show::unit(&policy.unit, lang);
        Fact::plain(name, format!("{} / {unit}", yuan(sum)))
    });
    number.chain(limit).chain(price).collect()
}

/// What was sold under it, and what that brought.
fn executed(known: &Known, lang: Lang) -> String {
    if known.acts.sales == 0 {
        return lang.pick("尚无", "nothing").to_owned();
    }
    let proceeds = show::yuan(known.acts.proceeds, lang.words().yuan);
    let sold = if known.acts.sold.is_zero() {
        lang.words().whole.to_owned()
    } else {
        known.amount(known.acts.sold)
    };
    match lang {
        Lang::Zh => format!("{sold}, 所得 {proceeds}"),
        Lang::En => format!("{sold}, for {proceeds}"),
    }
}

/// How much is in force and how much waits, by days where it has days.
fn days(own: &InForce, policy: &KindPolicy, lang: Lang) -> Vec<Days> {
    let words = lang.words();
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let none = || "–".to_owned();
    let row = |part: &crate::domain::order::Part| {
        let (takes, waits) = match part.force {
            Force::Amount { takes, waits } => (amount(takes), amount(waits)),
            Force::Whole => (words.whole.to_owned(), none()),
            Force::Waits => (none(), words.whole.to_owned()),
        };
        Days {
            span: part.days.map_or_else(none, |days| show::days(days, words)),
            takes,
            waits,
        }
    };
    own.parts.iter().map(row).collect()
}

/// The freezes of the right in their order, where there are others than this one.
fn rows(
    registry: &Registry,
    known: &Known,
    queue: &[InForce],
    lang: Lang,
) -> Result<Vec<Queued>, Fault> {
    let words = lang.words();
    if queue.iter().all(|queued| queued.freeze == known.id) {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for queued in queue {
        let Some(burden) = known.right.burden(BurdenId::Freeze(queued.freeze)) else {
            continue;
        };
        let who = match burden.authority {
            Some(authority) => look::party(registry, authority, words)?.name,
            None => String::new(),
        };
        let all = lang.pick("全部生效", "all of it in force");
        rows.push(Queued {
            id: queued.freeze.to_string(),
            who,
            extent: show::extent(burden.extent, known.policy.scale, &known.policy.unit, words),
            note: waiting_note(queued, &known.policy, words).unwrap_or_else(|| all.to_owned()),
            is_this: queued.freeze == known.id,
        });
    }
    Ok(rows)
}

/// The forms that are about a freeze, with its id in them.
fn of_freeze(doors: Vec<Door>, id: FreezeId) -> Vec<Door> {
    let is_of = |door: &Door| ACTS.iter().any(|act| door.address.starts_with(act));
    let named = doors.into_iter().filter(is_of).map(|mut door| {
        door.address = format!("{}&freeze={id}", door.address);
        door
    });
    named.collect()
}
