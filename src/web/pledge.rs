//! The page of a pledge or a reservation: who is secured by what, line by line, and its history.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Line, Pledge, Reservation, ReservationEnd};
use crate::domain::right::BurdenId;
use crate::primitives::id::{PledgeId, ReservationId};
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::web::act::{self, Door, Has};
use crate::web::history::{self, Step};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::notes;
use crate::web::openings;
use crate::web::proof::{self, Proof};
use crate::web::right::{Fact, in_law, overhang_notes};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};
use crate::web::work;

/// Lines that a sentence tells.
const LINES_TOLD: usize = 2;
/// The tag of a line that stands.
const OPEN: &str = "pledged";

/// One line as a row.
pub(crate) struct LineRow {
    number: String,
    right: String,
    what: String,
    extent: String,
    state: String,
    tag: &'static str,
}

#[derive(Template)]
#[template(path = "pledge.html")]
pub(crate) struct PledgePage {
    shell: Shell,
    id: String,
    heading: &'static str,
    status: Status,
    facts: Vec<Fact>,
    lines: Vec<LineRow>,
    steps: Vec<Step>,
    older: Option<String>,
    has_evidence: bool,
    /// What proves the record, of a pledge.
    proof: Option<Proof>,
    /// Whether there are hidden values, which a page of its own shows to who may see them.
    has_hidden: bool,
    /// The commands that can be prepared for it.
    doors: Vec<Door>,
    /// What it is, in one sentence.
    answer: String,
    /// What is lost of it already or ends soon, as the desk of its parties has it.
    alerts: Vec<work::Row>,
}

/// Makes the page of a pledge.
pub(crate) fn page(registry: &Registry, visit: &Visit, id: PledgeId) -> Result<PledgePage, Fault> {
    let words = visit.lang.words();
    let found = registry
        .record(&StateKey::Pledge(id))?
        .ok_or(Fault::NotFound)?;
    let now = registry.now().max(registry.published().time);
    let alerts = registry.alerts_on(&found, now.day())?;
    let alerts = alerts
        .iter()
        .filter(|alert| work::is_urgent(alert) || work::ends_soon(alert));
    let alerts: Result<Vec<work::Row>, Fault> = alerts
        .map(|alert| work::told(registry, visit, alert))
        .collect();
    let Record::Pledge(pledge) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let lines = rows(
        registry,
        &pledge.lines,
        &|line| BurdenId::Line(id, line),
        visit.lang,
    )?;
    let mut facts = pledge_facts(registry, id, &pledge, visit.lang)?;
    facts.extend(in_law_of(registry, &pledge, visit.lang)?);
    let status = if pledge.is_closed_at(now) {
        Status {
            tag: "ended",
            sign: "■",
            word: if pledge.has_lapsed_at(now) {
                words.statistics_lapsed
            } else {
                words.closed
            },
        }
    } else {
        Status {
            tag: "pledged",
            sign: "●",
            word: words.open,
        }
    };
    Ok(PledgePage {
        heading: words.burden_line,
        status,
        answer: answer(registry, &pledge, &lines, now, visit.lang)?,
        alerts: alerts?,
        facts,
        lines,
        has_evidence: true,
        proof: Some(proof::of_record(
            registry,
            "pledges",
            &id.to_string(),
            found.last_index,
            visit.lang,
        )),
        has_hidden: !pledge.hidden.is_empty(),
        doors: open_doors(
            !pledge.is_closed_at(now),
            &StateKey::Pledge(id),
            &Has::of_pledge(&pledge),
            visit.lang,
        ),
        ..frame(registry, visit, &StateKey::Pledge(id))?
    })
}

/// Makes the page of a reservation.
pub(crate) fn reservation_page(
    registry: &Registry,
    visit: &Visit,
    id: ReservationId,
) -> Result<PledgePage, Fault> {
    let words = visit.lang.words();
    let key = StateKey::Reservation(id);
    let found = registry.record(&key)?.ok_or(Fault::NotFound)?;
    let Record::Reservation(held) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let stands = held.stands_at(registry.now().max(registry.published().time));
    let (tag, sign, word) = if stands {
        ("reserved", "◔", words.open)
    } else {
        ("ended", "■", words.closed)
    };
    Ok(PledgePage {
        heading: words.burden_hold,
        status: Status { tag, sign, word },
        facts: reservation_facts(registry, &held, visit.lang)?,
        lines: rows(
            registry,
            &held.lines,
            &|line| BurdenId::Hold(id, line),
            visit.lang,
        )?,
        doors: open_doors(stands, &key, &Has::default(), visit.lang),
        answer: held_answer(registry, &held, stands, visit.lang)?,
        ..frame(registry, visit, &key)?
    })
}

/// What the reservation is, in a sentence that can be read aloud.
fn held_answer(
    registry: &Registry,
    held: &Reservation,
    stands: bool,
    lang: Lang,
) -> Result<String, Fault> {
    let words = lang.words();
    let pledgee = look::party(registry, held.pledgee, words)?.name;
    let pledgor = look::party(registry, held.pledgor, words)?.name;
    let until = show::local_time(held.expires);
    Ok(match (lang, stands) {
        (Lang::Zh, true) => format!("预登记: {pledgor}为{pledgee}预留顺位, 至 {until}。"),
        (Lang::Zh, false) => format!("预登记: {pledgor}为{pledgee}预留的顺位, 已不再保留。"),
        (Lang::En, true) => format!("{pledgor} keeps a place for {pledgee} until {until}."),
        (Lang::En, false) => {
            format!("{pledgor} kept a place for {pledgee}; it is kept no longer.")
        }
    })
}

/// What is on record of the pledge, in a sentence that can be read aloud: who, and what of it stands, and no word on what it
/// does in law.
fn answer(
    registry: &Registry,
    pledge: &Pledge,
    lines: &[LineRow],
    now: Timestamp,
    lang: Lang,
) -> Result<String, Fault> {
    let words = lang.words();
    let pledgee = look::party(registry, pledge.pledgee, words)?.name;
    let pledgor = look::party(registry, pledge.pledgor, words)?.name;
    let all = lines.len();
    let mut open: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| line.tag == OPEN) {
        open.push(format!("{} {} {}", line.right, line.what, line.extent));
    }
    let count = open.len();
    let more = if count > LINES_TOLD { "; …" } else { "" };
    open.truncate(LINES_TOLD);
    let open = open.join("; ");
    let stands = match lang {
        Lang::Zh if pledge.has_lapsed_at(now) => {
            format!("已随债务期限届满失效, {all} 项均不再计入")
        }
        Lang::En if pledge.has_lapsed_at(now) => {
            format!("it lapsed with the term of the claim, and none of {all} lines counts")
        }
        Lang::Zh if count == 0 => format!("{all} 项均不再在登"),
        Lang::En if count == 0 && all == 1 => "its one line is not open any more".to_owned(),
        Lang::En if count == 0 => format!("none of its {all} lines is open any more"),
        Lang::Zh => format!("在登 {count} 项 (共 {all} 项): {open}{more}"),
        Lang::En if all == 1 => format!("its one line is open: {open}"),
        Lang::En => format!("{count} of its {all} lines open: {open}{more}"),
    };
    Ok(match lang {
        Lang::Zh => format!("登记: 出质人 {pledgor}, 担保权人 {pledgee}; {stands}"),
        Lang::En => format!("On record: pledgor {pledgor}, pledgee {pledgee}; {stands}"),
    })
}

/// What a registration does in law, by each kind that the pledge is over.
fn in_law_of(registry: &Registry, pledge: &Pledge, lang: Lang) -> Result<Vec<Fact>, Fault> {
    let now = registry.now().max(registry.published().time);
    let mut told: Vec<(String, Fact)> = Vec::new();
    for line in &pledge.lines {
        let found = registry.record(&StateKey::Right(line.right))?;
        let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
            continue;
        };
        if told.iter().any(|(kind, _)| *kind == right.kind) {
            continue;
        }
        let policy = look::policy(registry, &right.kind, now)?;
        if let Some(effect) = &policy.effect {
            told.push((right.kind, in_law(effect, lang)));
        }
    }
    Ok(told.into_iter().map(|(_, fact)| fact).collect())
}

/// The commands for a record that is open.
fn open_doors(is_open: bool, key: &StateKey, has: &Has, lang: Lang) -> Vec<Door> {
    if is_open {
        act::doors(key, has, lang)
    } else {
        Vec::new()
    }
}

fn frame(registry: &Registry, visit: &Visit, key: &StateKey) -> Result<PledgePage, Fault> {
    let words = visit.lang.words();
    let before = visit.param("before").and_then(|text| text.parse().ok());
    let history = history::steps(registry, key, before, visit.lang)?;
    let id = key.name();
    Ok(PledgePage {
        shell: Shell::new(registry, visit, id.clone()),
        heading: words.burden_line,
        status: Status {
            tag: "ended",
            sign: "",
            word: "",
        },
        facts: Vec::new(),
        lines: Vec::new(),
        steps: history.steps,
        older: history
            .older
            .map(|index| format!("/pledges/{id}?before={index}#history")),
        has_evidence: false,
        proof: None,
        has_hidden: false,
        doors: Vec::new(),
        answer: String::new(),
        alerts: Vec::new(),
        id,
    })
}

fn pledge_facts(
    registry: &Registry,
    id: PledgeId,
    pledge: &Pledge,
    lang: Lang,
) -> Result<Vec<Fact>, Fault> {
    let words = lang.words();
    let party = |id| look::party(registry, id, words);
    let mut facts = vec![
        Fact::id(words.registration_no, look::pledge_number(registry, id)),
        Fact::party(words.pledgee, &party(pledge.pledgee)?),
        Fact::party(words.pledgor, &party(pledge.pledgor)?),
    ];
    if let Some(debtor) = pledge.debtor {
        facts.push(Fact::party(words.debtor, &party(debtor)?));
    }
    facts.push(Fact::plain(
        words.form,
        show::form(pledge.form.name(), lang),
    ));
    if let Some(term) = pledge.term {
        facts.push(Fact::plain(words.term, show::days(term, words)));
    }
    if let Some(reservation) = pledge.reservation {
        facts.push(Fact {
            link: Some(format!("/pledges/{reservation}")),
            ..Fact::id(words.reservation_taken, reservation.to_string())
        });
    }
    for part in &pledge.more.parts {
        let name = party(part.party)?.name;
        let amount = format!("{name}: {}", show::yuan(part.amount, words.yuan));
        facts.push(Fact {
            link: Some(format!("/parties/{}", part.party)),
            ..Fact::plain(words.part_held, amount)
        });
    }
    facts.extend(notes::of_pledge(registry, pledge, lang)?);
    for attested in &pledge.more.attested {
        let name = party(attested.party)?.name;
        let class = history::consent_class(attested.class, words);
        let document = show::short(&attested.document.to_string());
        facts.push(Fact {
            link: Some(format!("/log/{}", attested.entry)),
            ..Fact::plain(
                words.consent_attested,
                format!("{name}: {class}, {document}"),
            )
        });
    }
    for (name, digest) in &pledge.hidden {
        let name = openings::claim_name(name, lang);
        // The whole digest, so that what is copied is one.
        facts.push(Fact::id(
            format!("{} · {name}", words.hidden),
            digest.to_string(),
        ));
    }
    Ok(facts)
}

fn reservation_facts(
    registry: &Registry,
    held: &Reservation,
    lang: Lang,
) -> Result<Vec<Fact>, Fault> {
    let words = lang.words();
    let party = |id| look::party(registry, id, words);
    let mut facts = vec![
        Fact::party(words.pledgee, &party(held.pledgee)?),
        Fact::party(words.pledgor, &party(held.pledgor)?),
        Fact::plain(words.expires, show::local_time(held.expires)),
    ];
    match held.ended {
        Some(ReservationEnd::Taken(pledge)) => facts.push(Fact {
            link: Some(format!("/pledges/{pledge}")),
            ..Fact::id(words.burden_line, pledge.to_string())
        }),
        Some(ReservationEnd::Cancelled) => {
            facts.push(Fact::plain(words.status, words.closed));
        }
        None => {}
    }
    Ok(facts)
}

/// When a line ends by itself, in words.
pub(super) fn lapses_note(at: Timestamp, lang: Lang) -> String {
    let day = at.day();
    match lang {
        Lang::Zh => format!("债务期限届满后自 {day} 起失效"),
        Lang::En => format!("lapses with the term of the claim, on {day}"),
    }
}

fn rows(
    registry: &Registry,
    lines: &[Line],
    named: &dyn Fn(u16) -> BurdenId,
    lang: Lang,
) -> Result<Vec<LineRow>, Fault> {
    let words = lang.words();
    let now = registry.now().max(registry.published().time);
    let row = |(number, line): (u16, &Line)| -> Result<LineRow, Fault> {
        let found = registry.record(&StateKey::Right(line.right))?;
        let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
            return Err(Fault::NotFound);
        };
        let policy = look::policy(registry, &right.kind, now)?;
        let name = right.identities.first().map(show::identity);
        let (state, tag) = if line.released {
            (words.released.to_owned(), "ended")
        } else if line.has_lapsed_at(now) {
            (words.statistics_lapsed.to_owned(), "ended")
        } else {
            let over = overhang_notes(&right, named(number), &policy, now, words);
            let mut burdens = right.burdens.iter();
            let frozen = burdens
                .any(|burden| matches!(burden.id, BurdenId::Freeze(_)) && burden.counts_at(now));
            let frozen = frozen.then(|| words.line_frozen.to_owned());
            let ends = line.expires.map(|at| lapses_note(at, lang));
            let mut notes = vec![words.open.to_owned()];
            notes.extend(ends.into_iter().chain(over).chain(frozen));
            (notes.join("; "), OPEN)
        };
        Ok(LineRow {
            number: number.to_string(),
            right: line.right.to_string(),
            what: format!(
                "{} {}",
                look::kind_title(&policy, lang),
                name.unwrap_or_default()
            ),
            extent: show::extent_of(line.extent, right.most(), &policy, lang),
            state,
            tag,
        })
    };
    (0..).zip(lines).map(row).collect()
}
