//! The page of a pledge or a reservation: who is secured by what, line by line, and its history.

use askama::Template;

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Line, Pledge, Reservation, ReservationEnd};
use crate::domain::right::BurdenId;
use crate::domain::rules::burdens::overhang_now;
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
use crate::web::right::{Fact, overhang_note};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};

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
}

/// Makes the page of a pledge.
pub(crate) fn page(registry: &Registry, visit: &Visit, id: PledgeId) -> Result<PledgePage, Fault> {
    let words = visit.lang.words();
    let found = registry
        .record(&StateKey::Pledge(id))?
        .ok_or(Fault::NotFound)?;
    let Record::Pledge(pledge) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let now = registry.now().max(registry.published().time);
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
        facts: pledge_facts(registry, id, &pledge, visit.lang)?,
        lines: rows(
            registry,
            &pledge.lines,
            &|line| BurdenId::Line(id, line),
            visit.lang,
        )?,
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
        answer: answer(registry, &pledge, now, visit.lang)?,
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
        (Lang::Zh, true) => format!("{pledgor}为{pledgee}预留的顺位, 至 {until}。"),
        (Lang::Zh, false) => format!("{pledgor}为{pledgee}预留的顺位, 已不再保留。"),
        (Lang::En, true) => format!("{pledgor} keeps a place for {pledgee} until {until}."),
        (Lang::En, false) => {
            format!("{pledgor} kept a place for {pledgee}; it is kept no longer.")
        }
    })
}

/// What the pledge is, in a sentence that can be read aloud.
fn answer(
    registry: &Registry,
    pledge: &Pledge,
    now: Timestamp,
    lang: Lang,
) -> Result<String, Fault> {
    let words = lang.words();
    let pledgee = look::party(registry, pledge.pledgee, words)?.name;
    let pledgor = look::party(registry, pledge.pledgor, words)?.name;
    let open = pledge
        .lines
        .iter()
        .filter(|line| line.is_open_at(now))
        .count();
    let all = pledge.lines.len();
    let lapsed = pledge.has_lapsed_at(now);
    Ok(match lang {
        Lang::Zh if lapsed => {
            format!("{pledgor}为{pledgee}设立的担保, 已随债务期限届满失效, {all} 项均不再计入。")
        }
        Lang::En if lapsed => format!(
            "{pledgor} gave {pledgee} this pledge; it lapsed with the term of the claim, and none of its {all} lines counts."
        ),
        Lang::Zh if open == 0 => format!("{pledgor}为{pledgee}设立的担保, {all} 项均已解除。"),
        Lang::Zh => format!("{pledgor}为{pledgee}设立的担保, {all} 项中 {open} 项在登。"),
        Lang::En if open == 0 && all == 1 => {
            format!("{pledgor} gave {pledgee} this pledge; its one line is not open any more.")
        }
        Lang::En if open == 0 => {
            format!("{pledgor} gave {pledgee} this pledge; none of its {all} lines is open.")
        }
        Lang::En if all == 1 => {
            format!("{pledgor} gave {pledgee} this pledge; its one line is open.")
        }
        Lang::En => {
            let are = if open == 1 { "is" } else { "are" };
            format!("{pledgor} gave {pledgee} this pledge; {open} of its {all} lines {are} open.")
        }
    })
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
        let shown = format!("{name}: {}", show::short(&digest.to_string()));
        facts.push(Fact::id(words.hidden, shown));
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
            let over = overhang_now(&right, named(number), now);
            let over = over.map(|over| overhang_note(over, &policy, words));
            let mut burdens = right.burdens.iter();
            let frozen = burdens
                .any(|burden| matches!(burden.id, BurdenId::Freeze(_)) && burden.counts_at(now));
            let frozen = frozen.then(|| words.line_frozen.to_owned());
            let ends = line.expires.map(|at| lapses_note(at, lang));
            let notes = [Some(words.open.to_owned()), ends, over, frozen];
            (
                notes.into_iter().flatten().collect::<Vec<_>>().join("; "),
                "pledged",
            )
        };
        Ok(LineRow {
            number: number.to_string(),
            right: line.right.to_string(),
            what: format!(
                "{} {}",
                look::kind_title(&policy, lang),
                name.unwrap_or_default()
            ),
            extent: show::extent(line.extent, policy.scale, &policy.unit, words),
            state,
            tag,
        })
    };
    (0..).zip(lines).map(row).collect()
}
