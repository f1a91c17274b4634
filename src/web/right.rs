//! The page of a right: one sentence first, then its capacity as a picture, its burdens, its history and its proof.

use std::borrow::Cow;

use askama::Template;

use crate::documents::certificate::{Sentence, in_order, status};
use crate::domain::command::ExternalReport;
use crate::domain::effect::{Effect, EffectClass};
use crate::domain::facts::{Record, StateKey};
use crate::domain::land;
use crate::domain::order::in_force;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, GroundOf, Identity, Overhang, Right};
use crate::domain::rules::burdens::{lost_now, reached_now};
use crate::primitives::id::{EntryIndex, RightId};
use crate::primitives::identifier::UnitNumber;
use crate::primitives::time::{Span, Timestamp};
use crate::service::Registry;
use crate::web::act::{self, Door, Has};
use crate::web::barred;
use crate::web::capacity;
use crate::web::finding::{self, Conflict};
use crate::web::ground::{self, Ground};
use crate::web::history::{self, Step};
use crate::web::items;
use crate::web::lang::{Lang, Words};
use crate::web::linked::{self, Piece};
use crate::web::look::{self, Named};
use crate::web::order::{order_notes, waiting_note};
use crate::web::picture::Picture;
use crate::web::proof::{self, Proof};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status, StatusOf};
use crate::web::vintages;
use crate::web::vocabulary::{self, Vocabulary};

/// The attribute that names a town by its code.
const TOWN: &str = "town";
/// Creditors that are named in the sentence of a right of which nothing is left.
const TAKERS_NAMED: usize = 3;

/// A line of a record: what it is, and its value.
pub(crate) struct Fact {
    /// What it is.
    pub(crate) name: Cow<'static, str>,
    /// Its value.
    pub(crate) value: String,
    /// Where it leads, if anywhere.
    pub(crate) link: Option<String>,
    /// An id, shown in even letters.
    pub(crate) is_id: bool,
    /// What the issuer wrote, in its own language on every page.
    pub(crate) is_registered: bool,
}

impl Fact {
    pub(crate) fn plain(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            link: None,
            is_id: false,
            is_registered: false,
        }
    }

    /// What stands in the record word for word; it is not translated.
    pub(crate) fn registered(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            is_registered: true,
            ..Self::plain(name, value)
        }
    }

    /// Says whether the value is in another language than a page in English.
    pub(crate) fn is_chinese(&self) -> bool {
        self.is_registered && !self.value.is_ascii()
    }

    pub(crate) fn id(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            is_id: true,
            ..Self::plain(name, value)
        }
    }

    pub(crate) fn party(name: &'static str, party: &Named) -> Self {
        Self {
            link: Some(format!("/parties/{}", party.id)),
            ..Self::registered(name, format!("{} ({})", party.name, party.id))
        }
    }
}

/// One burden as a row.
pub(crate) struct BurdenRow {
    pub(crate) id: String,
    pub(crate) link: String,
    pub(crate) tag: &'static str,
    pub(crate) what: &'static str,
    pub(crate) who: Option<Named>,
    pub(crate) extent: String,
    /// Its place in the order of registration, and what it stands behind.
    pub(crate) rank: String,
    /// How the pledge stands in other registers, as far as somebody looked.
    pub(crate) elsewhere: String,
    pub(crate) note: String,
}

#[derive(Template)]
#[template(path = "right.html")]
pub(crate) struct RightPage {
    shell: Shell,
    id: String,
    kind: String,
    /// What it is of and who holds it.
    heading: String,
    identity: String,
    status: Status,
    answer: Vec<Vec<Piece>>,
    facts: Vec<Fact>,
    picture: Picture,
    /// Other rights on its ground.
    same_ground: Vec<Conflict>,
    /// The ground, of land.
    ground: Option<Ground>,
    /// What the holder has by vintage, of a stock.
    vintages: Option<Picture>,
    burdens: Vec<BurdenRow>,
    steps: Vec<Step>,
    older: Option<String>,
    may_ask: bool,
    /// Whether its days and its rules let it be pledged at all.
    may_pledge: bool,
    /// What proves the record.
    proof: Proof,
    /// The commands that can be prepared for it.
    doors: Vec<Door>,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit, id: RightId) -> Result<RightPage, Fault> {
    let words = visit.lang.words();
    let found = registry
        .record(&StateKey::Right(id))?
        .ok_or(Fault::NotFound)?;
    let Record::Right(right) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    let before = visit.param("before").and_then(|text| text.parse().ok());
    let history = history::steps(registry, &StateKey::Right(id), before, visit.lang)?;
    let kind = look::kind_title(&policy, visit.lang).to_owned();
    let identity = right.identities.first();
    let holder = look::party(registry, right.holder, words)?.name;
    let told = item(&right, &policy, visit.lang).or_else(|| identity.map(plot));
    let heading: Vec<String> = told.into_iter().chain([holder]).collect();
    let heading = heading.join(" · ");
    let identity = identity.map_or_else(String::new, show::identity);
    let mut view = capacity::view(registry, &right, &policy, now, visit.lang)?;
    let is_live = right.succeeded_by.is_none() && view.status != StatusOf::Ended;
    let barred = barred::why(&right, &policy, visit.lang).filter(|_| is_live);
    let may_pledge = is_live && barred.is_none();
    view.answer.splice(0..0, barred);
    let ground = ground::of(registry, id, &right, &policy, visit.lang)?;
    view.answer
        .extend(ground.as_ref().and_then(|ground| ground.overlap.clone()));
    if view.status == StatusOf::Fully {
        view.answer
            .extend(taken_by(registry, &right, now, visit.lang)?);
    }
    Ok(RightPage {
        shell: Shell::new(registry, visit, format!("{kind} {heading} {identity}")),
        id: id.to_string(),
        status: view.status.show(visit.lang),
        answer: linked::all(&view.answer),
        picture: view.picture,
        ground,
        same_ground: same_ground(registry, (id, &right), visit.lang)?,
        vintages: vintages::picture(registry, &right, &policy, now, visit.lang)?,
        facts: facts(registry, id, &right, &policy, visit.lang)?,
        burdens: burdens(registry, &right, &policy, now, visit.lang)?,
        steps: history.steps,
        older: history
            .older
            .map(|index: EntryIndex| format!("/rights/{id}?before={index}#history")),
        proof: proof::of_record(
            registry,
            "rights",
            &id.to_string(),
            found.last_index,
            visit.lang,
        ),
        may_ask: right.succeeded_by.is_none(),
        may_pledge,
        doors: act::doors(
            &StateKey::Right(id),
            &Has::of_right(&right, !policy.switches.converts_into.is_empty(), now),
            visit.lang,
        ),
        kind,
        heading,
        identity,
    })
}

/// The other rights on the ground of a right that stands, each with its holder; those of its own kind are told with the map.
fn same_ground(
    registry: &Registry,
    (id, right): (RightId, &Right),
    lang: Lang,
) -> Result<Vec<Conflict>, Fault> {
    let mut named = Vec::new();
    for id in registry.on_same_ground(id)? {
        let key = StateKey::parse("right", &id);
        let found = key.map(|key| registry.record(&key)).transpose()?;
        let Some(Record::Right(other)) = found.flatten().map(|found| found.value.record) else {
            continue;
        };
        if other.kind != right.kind {
            let mut one = finding::conflict(registry, &id, lang)?;
            let holder = look::party(registry, other.holder, lang.words())?.name;
            one.words = format!("{} · {holder}", one.words);
            named.push(one);
        }
    }
    Ok(named)
}

/// Whom the pledges on a right secure, and until when; of many the first.
fn taken_by(
    registry: &Registry,
    right: &Right,
    now: Timestamp,
    lang: Lang,
) -> Result<Option<String>, Fault> {
    let mut told = Vec::new();
    let counting = right.burdens.iter().filter(|burden| burden.counts_at(now));
    for burden in counting.take(TAKERS_NAMED) {
        let BurdenId::Line(id, _) = burden.id else {
            continue;
        };
        let found = registry.record(&StateKey::Pledge(id))?;
        if let Some(Record::Pledge(pledge)) = found.map(|found| found.value.record) {
            let whom = look::party(registry, pledge.pledgee, lang.words())?.name;
            let until = pledge.term.map(show::last_day);
            let until = until.map_or_else(String::new, |day| match lang {
                Lang::Zh => format!(", 债务履行期限至 {day}"),
                Lang::En => format!(", the claim ends {day}"),
            });
            told.push(format!("{whom} ({id}{until})"));
        }
    }
    let head = lang.pick("担保权人", "Pledged to");
    Ok((!told.is_empty()).then(|| format!("{head}: {}", told.join("; "))))
}

/// What the quantity of a right is of, such as a pollutant, where its kind tells that apart.
fn item(right: &Right, policy: &KindPolicy, lang: Lang) -> Option<String> {
    let mut parts = right.identities.first()?.value.split('|');
    Some(items::name(parts.nth(policy.quantities_of?)?, lang))
}

/// What tells a right from the others of its holder where its kind knows no items: the number of its certificate, of a
/// real-estate unit without the county, which all of them share.
fn plot(identity: &Identity) -> String {
    let grouped = show::identity(identity);
    match UnitNumber::parse(&identity.value) {
        Ok(_) => grouped
            .split_once(' ')
            .map_or(grouped.clone(), |(_, rest)| rest.to_owned()),
        Err(_) => grouped,
    }
}

fn facts(
    registry: &Registry,
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Vec<Fact>, Fault> {
    let words = lang.words();
    let mut facts = vec![Fact::id(
        words.registration_no,
        look::right_number(registry, id, right),
    )];
    let vocabulary = Vocabulary::of(registry, lang)?;
    for identity in &right.identities {
        let parts = vocabulary.scheme(&identity.scheme);
        let name = format!("{} · {parts}", words.identities);
        facts.push(Fact::id(name, show::identity(identity)));
    }
    facts.push(Fact::party(
        words.holder,
        &look::party(registry, right.holder, words)?,
    ));
    facts.push(Fact::party(
        words.issuer,
        &look::party(registry, right.issuer, words)?,
    ));
    facts.push(Fact::plain(words.validity, show::days(right.span, words)));
    facts.extend(quantities(right, policy, lang));
    if let Some(class) = &right.class {
        facts.push(Fact::registered(words.class, class));
    }
    for (name, value) in &right.attributes {
        let value = match name.as_str() {
            TOWN => look::town(registry, value),
            _ => value.clone(),
        };
        let name = vocabulary::attribute(policy, name, lang);
        facts.push(Fact::registered(name, value));
    }
    if let Some(source) = &right.source {
        facts.push(Fact::id(words.source, show::source(source, &policy.kind)));
    }
    for (name, rights) in [
        (words.succeeds, right.succeeds.as_slice()),
        (words.succeeded_by, right.succeeded_by.as_slice()),
    ] {
        for other in rights {
            let id = other.to_string();
            let text = look::words_of(registry, &id, lang)?;
            facts.push(Fact {
                link: Some(format!("/rights/{id}")),
                ..Fact::plain(name, format!("{id} {text}"))
            });
        }
    }
    if right.additional {
        facts.push(Fact::plain(words.attributes, words.additional));
    }
    if let Some(digest) = &right.adjudication {
        facts.push(Fact::id(words.adjudication, digest.to_string()));
    }
    if let Some(day) = right.revoked_from {
        facts.push(Fact::plain(words.revoked_from, day.to_string()));
    }
    facts.extend(beyond(right, policy, lang));
    Ok(facts)
}

/// What reaches beyond this register: claims that others show, and what a registration here does in law.
fn beyond(right: &Right, policy: &KindPolicy, lang: Lang) -> Vec<Fact> {
    let claim = lang.pick(
        "其他登记系统所载, 在此未对应",
        "shown elsewhere, not matched here",
    );
    let claims = policy.switches.claims(right);
    let mut facts: Vec<Fact> = claims.map(|(_, text)| Fact::plain(claim, text)).collect();
    facts.extend(policy.effect.as_ref().map(|effect| in_law(effect, lang)));
    facts
}

/// What a registration of the kind does in law.
pub(crate) fn in_law(effect: &Effect, lang: Lang) -> Fact {
    let class = match effect.class {
        EffectClass::Creates => lang.pick("登记设立", "it creates the security"),
        EffectClass::Opposes => lang.pick("登记对抗", "it holds against third parties"),
        EffectClass::Evidence => lang.pick("证据 (登记事实)", "evidence of what was recorded"),
    };
    let so = lang.pick("以其登记为准者", "the register that decides by law");
    let decides = effect.decides.iter().map(|of| format!("{so}: {of}"));
    let mut value = vec![class.to_owned()];
    value.extend(decides.chain([effect.cites.clone()]));
    let name = lang.pick("登记的法律效力", "What a registration here does in law");
    Fact::plain(name, value.join("; "))
}

fn quantities(right: &Right, policy: &KindPolicy, lang: Lang) -> Vec<Fact> {
    let words = lang.words();
    let unit = show::unit(&policy.unit, lang);
    let amount = |quantity| show::amount(quantity, policy.scale, unit);
    match &right.capacity {
        Capacity::Stock(balance) => vec![Fact::plain(words.balance, amount(*balance))],
        Capacity::Flow(steps) => {
            let step = |(day, quantity): &(crate::primitives::time::Day, _)| {
                Fact::plain(words.quantity, format!("{day}: {}", amount(*quantity)))
            };
            match steps.as_slice() {
                [(_, quantity)] => vec![Fact::plain(words.quantity, amount(*quantity))],
                steps => steps.iter().map(step).collect(),
            }
        }
        Capacity::Land {
            ground, measure, ..
        } => {
            let mut facts = vec![Fact::plain(words.quantity, amount(*measure))];
            match ground {
                GroundOf::Unknown => facts.push(Fact::plain(words.map, words.ground_unknown)),
                GroundOf::Polygon(parcel) => facts.push(Fact::plain(
                    words.area_polygon,
                    ground::mu_of(parcel.area2(), lang),
                )),
                GroundOf::Units(named) => facts.extend(named.iter().map(|parcel| Fact {
                    link: Some(format!("/rights/{}", parcel.right)),
                    ..Fact::id(words.ground_units, show::grouped(&parcel.unit))
                })),
            }
            facts
        }
    }
}

fn burdens(
    registry: &Registry,
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
    lang: Lang,
) -> Result<Vec<BurdenRow>, Fault> {
    let words = lang.words();
    let queue = in_force(right, now);
    let waiting = |burden: &Burden| {
        let queued = queue
            .iter()
            .find(|queued| BurdenId::Freeze(queued.freeze) == burden.id);
        queued.and_then(|queued| waiting_note(queued, policy, words))
    };
    let counting = right.burdens.iter().filter(|burden| burden.counts_at(now));
    counting
        .zip(1..)
        .map(|(burden, place)| {
            let mut over = waiting(burden).into_iter().collect::<Vec<_>>();
            over.extend(overhang_notes(right, burden.id, policy, now, words));
            let mut row = burden_row(registry, burden, over, policy, lang)?;
            row.rank = order_of(burden, place, lang);
            row.extent = show::extent_of(burden.extent, right.most(), policy, lang);
            Ok(row)
        })
        .collect()
}

/// The place of a burden in the order of registration, in the words of a certificate, and what it stands behind.
pub(super) fn order_of(burden: &Burden, place: usize, lang: Lang) -> String {
    let Sentence { zh, en } = in_order(place);
    let order = lang.pick(&zh, &en);
    let seniors: Vec<String> = burden.behind.iter().map(ToString::to_string).collect();
    if seniors.is_empty() {
        return order.to_owned();
    }
    let behind = lang.words().rank_behind;
    format!("{order}; {behind} {}", seniors.join(", "))
}

/// Years of a line, or days where they are no whole years.
pub(super) fn some_years(spans: &[Span], words: &'static Words) -> String {
    let shown: Vec<String> = spans.iter().map(|span| show::years(*span, words)).collect();
    shown.join(", ")
}

/// How much of a burden something takes, in words; of a line of years of which some are gone, these.
pub(super) fn overhang_note(
    head: &str,
    (over, gone): (Overhang, &[Span]),
    policy: &KindPolicy,
    words: &'static Words,
) -> String {
    let much = match over {
        Overhang::Whole if !gone.is_empty() => some_years(gone, words),
        Overhang::Whole => words.whole.to_owned(),
        Overhang::Amount(quantity) => show::amount(quantity, policy.scale, &policy.unit),
    };
    format!("{head}: {much}")
}

/// What of a burden has no right beneath it, and what only a later freeze reaches, in words.
pub(super) fn overhang_notes(
    right: &Right,
    id: BurdenId,
    policy: &KindPolicy,
    now: Timestamp,
    words: &'static Words,
) -> Vec<String> {
    let burden = right.burden(id);
    let gone = burden.map(|burden| land::gone_in_part(right, burden.extent));
    let gone = gone.unwrap_or_default();
    let told = |head: &str, over| overhang_note(head, (over, &gone), policy, words);
    let lost = lost_now(right, id, now).map(|over| told(words.overhang, over));
    let reached = reached_now(right, id, now).map(|over| told(words.reached, over));
    lost.into_iter().chain(reached).collect()
}

/// How a pledge stands in other registers, register by register.
fn elsewhere(reports: &[ExternalReport], lang: Lang) -> String {
    let said = reports.iter().map(|report| {
        let Sentence { zh, en } = status(report.status);
        format!("{} {}", report.register, lang.pick(&zh, &en))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        return lang.words().elsewhere_none.to_owned();
    }
    said.join("; ")
}

fn burden_row(
    registry: &Registry,
    burden: &Burden,
    over: Vec<String>,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<BurdenRow, Fault> {
    let words = lang.words();
    let (what, tag, key) = match burden.id {
        BurdenId::Line(pledge, _) => (words.burden_line, "pledged", Some(StateKey::Pledge(pledge))),
        BurdenId::Hold(hold, _) => (
            words.burden_hold,
            "reserved",
            Some(StateKey::Reservation(hold)),
        ),
        BurdenId::Freeze(_) => (words.burden_freeze, "frozen", None),
    };
    let record = match &key {
        Some(key) => registry.record(key)?.map(|found| found.value.record),
        None => None,
    };
    let elsewhere = match &record {
        Some(Record::Pledge(pledge)) => elsewhere(&pledge.more.external, lang),
        Some(_) | None => String::new(),
    };
    let party = match record {
        Some(Record::Pledge(pledge)) => Some(pledge.pledgee),
        Some(Record::Reservation(hold)) => Some(hold.pledgee),
        Some(_) | None => burden.authority,
    };
    let who = party
        .map(|party| look::party(registry, party, words))
        .transpose()?;
    let mut notes = vec![lang.pick("在登", "in force").to_owned()];
    if let Some(expires) = burden.expires {
        notes.push(format!("{} {}", words.expires, show::local_time(expires)));
    }
    if let Some(order) = &burden.order {
        notes.extend(order_notes(order, policy, words));
    }
    notes.extend(over);
    Ok(BurdenRow {
        id: burden.id.to_string(),
        link: match burden.id {
            BurdenId::Freeze(id) => format!("/freezes/{id}"),
            BurdenId::Line(..) | BurdenId::Hold(..) => {
                key.map_or_else(String::new, |key| format!("/pledges/{}", key.name()))
            }
        },
        tag,
        what,
        who,
        extent: show::extent(burden.extent, policy.scale, &policy.unit, words),
        rank: String::new(),
        elsewhere,
        note: notes.join("; "),
    })
}
