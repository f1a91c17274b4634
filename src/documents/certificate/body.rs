//! The parts of the pages in their order: particulars, answers, tables, limits, verification.

use crate::documents::certificate::history;
use crate::documents::certificate::sentences::{
    Sentence, days, extent, kind_of, note, party, provisional, register, remarks, sentence, status,
};
use crate::documents::certificate::shown::{self, Schemes};
use crate::documents::certificate::words::{self, Pair};
use crate::documents::certificate::{ANSWER, ENGLISH, HEADING, PLAIN};
use crate::documents::say::{self, amount, local_time, unit_zh};
use crate::documents::sheet::{Ink, Row, Sheet, Style};
use crate::domain::effect::{Effect, EffectClass};
use crate::domain::finding::Code;
use crate::domain::flow::Segment;
use crate::domain::right::Capacity;
use crate::verify::certificate::statement::{Found, FoundBurden, FoundRight, Free, Statement};
use crate::verify::certificate::{Asked, Certificate};

/// What the way to verify takes of a page, with its table: more than half of it.
const VERIFICATION: i16 = 9_500;
const CELL: Style = Style::new(165, Ink::Text);
pub(super) const CELL_QUIET: Style = Style::new(140, Ink::Quiet);
const LABEL: Style = Style::new(150, Ink::Quiet);
const CODE: Style = Style::new(165, Ink::Text);

/// Columns of a table of labels and values.
const FACTS: [i16; 2] = [270, 730];

/// Writes a heading. It never stands alone at the foot of a page: the head of a table and a row fit below it.
pub(super) fn heading(sheet: &mut Sheet, pair: Pair) {
    sheet.need(2_200);
    sheet.gap(80);
    sheet.heading(2, HEADING, &format!("{}  {}", pair.0, pair.1));
    sheet.gap(60);
}

pub(super) fn paragraph(sheet: &mut Sheet, zh: &str, en: &str) {
    sheet.need(560);
    sheet.text(PLAIN, zh);
    sheet.text(ENGLISH, en);
    sheet.gap(80);
}

pub(super) fn cell(text: impl Into<String>) -> Vec<(Style, String)> {
    vec![(CELL, text.into())]
}

pub(super) fn both(text: &Sentence) -> Vec<(Style, String)> {
    let mut cell = vec![(CELL, text.zh.clone())];
    if !text.en.is_empty() {
        cell.push((CELL_QUIET, text.en.clone()));
    }
    cell
}

pub(super) fn label(pair: Pair) -> Vec<(Style, String)> {
    vec![(CELL, pair.0.to_owned()), (CELL_QUIET, pair.1.to_owned())]
}

/// A table of labels and values, without a head.
fn facts(sheet: &mut Sheet, rows: Vec<(Pair, String)>) {
    facts_with_end(sheet, rows, 1);
}

/// Facts of which the last `end` belong together.
fn facts_with_end(sheet: &mut Sheet, rows: Vec<(Pair, String)>, end: usize) {
    let row = |(pair, value): (Pair, String)| {
        vec![vec![(LABEL, format!("{} {}", pair.0, pair.1))], cell(value)]
    };
    let rows: Vec<Row> = rows.into_iter().map(row).collect();
    sheet.table_with_end(&FACTS, &Vec::new(), &rows, end);
}

/// Number, hours, position, and what was asked.
pub(super) fn particulars(
    sheet: &mut Sheet,
    certificate: &Certificate,
    said: &Statement,
    schemes: &Schemes,
) {
    let asked = match &certificate.asked {
        Asked::Right(right) => right.to_string(),
        Asked::Identities(identities) => {
            let list = identities.iter().map(|one| schemes.identity(one).zh);
            list.collect::<Vec<_>>().join("; ")
        }
    };
    let mut rows = vec![
        (words::NUMBER, certificate.printed_number(said)),
        (words::ASKED, asked),
        (words::ISSUED, local_time(certificate.issued)),
        (words::AS_OF, local_time(said.time)),
        (words::POSITION, said.size.to_string()),
        (words::CHECKPOINT, said.root.to_string()),
        (words::LOG, said.origin.clone()),
        (words::SIGNED_BY, said.signed_by.join(", ")),
    ];
    let signed: Vec<&str> = certificate
        .auditors
        .iter()
        .map(String::as_str)
        .filter(|name| said.signed_by.iter().any(|signer| signer == name))
        .collect();
    let none = "无 none: 请自行复算 replay the log yourself";
    let signed = if signed.is_empty() {
        none.to_owned()
    } else {
        signed.join(", ")
    };
    rows.push((words::AUDITORS, signed));
    let reader = &certificate.reader;
    rows.extend(reader.name.iter().map(|name| (words::READER, name.clone())));
    rows.extend(
        reader
            .purpose
            .iter()
            .map(|text| (words::PURPOSE, text.clone())),
    );
    facts(sheet, rows);
    if certificate.provisional.is_some() {
        let (zh, en) = words::PROVISIONAL;
        paragraph(sheet, zh, en);
    }
}

/// The sentence that a person could read aloud.
pub(super) fn answer(sheet: &mut Sheet, found: &Found, said: &Statement, schemes: &Schemes) {
    let answer = sentence(found, said, schemes);
    sheet.need(1_200);
    sheet.text(ANSWER, &answer.zh);
    sheet.gap(20);
    sheet.text(Style::new(175, Ink::Quiet), &answer.en);
    sheet.gap(200);
}

/// The record of a right.
pub(super) fn right(
    sheet: &mut Sheet,
    found: &FoundRight,
    certificate: &Certificate,
    schemes: &Schemes,
) {
    let right = &found.right;
    let identities = right.identities.iter().map(|one| schemes.identity(one).zh);
    let identities: Vec<String> = identities.collect();
    let mut rows = vec![
        (
            words::KIND,
            format!("{} {}", found.title_zh, found.title_en),
        ),
        (
            words::REGISTRATION,
            format!("{} ({})", found.number, found.id),
        ),
        (words::IDENTITIES, identities.join("; ")),
        (words::HOLDER, party(&found.holder)),
        (words::ISSUER, party(&found.issuer)),
        (words::VALIDITY, days(right.span).zh),
        (words::QUANTITY, quantity(found)),
    ];
    rows.extend(
        right
            .class
            .iter()
            .map(|class| (words::CLASS, class.clone())),
    );
    rows.extend(
        right
            .revoked_from
            .map(|day| (words::REVOKED, day.to_string())),
    );
    rows.extend(
        right
            .succeeded_by
            .map(|id| (words::SUCCESSOR, id.to_string())),
    );
    rows.extend(
        right
            .adjudication
            .map(|digest| (words::DISPUTED, digest.to_string())),
    );
    rows.push((words::POLICY, found.policy.to_string()));
    // What the registration does in law is not torn from the text that says so.
    let effect = effect(found.effect.as_ref());
    let end = effect.len();
    rows.extend(effect);
    sheet.need(1_600);
    sheet.rule(Ink::Green, 14);
    facts_with_end(sheet, rows, end);
    free(sheet, found);
    burdens(sheet, found);
    external(sheet, found);
    claims(sheet, found);
    history::right(sheet, &found.acts);
    history::pledges(sheet, &found.pledge_histories);
    history::noted(sheet, &shown::noted(certificate, found));
}

/// What the registration does in law, and the text that says so.
fn effect(effect: Option<&Effect>) -> Vec<(Pair, String)> {
    let says = match effect.map(|effect| effect.class) {
        Some(EffectClass::Creates) => words::EFFECT_CREATES,
        Some(EffectClass::Opposes) => words::EFFECT_OPPOSES,
        Some(EffectClass::Evidence) | None => words::EFFECT_SAYS,
    };
    let mut rows = vec![(words::EFFECT, format!("{}; {}", says.0, says.1))];
    let Some(effect) = effect else { return rows };
    let decides = effect.decides.iter();
    rows.extend(decides.map(|register| (words::DECIDES, register.clone())));
    rows.push((words::CITES, effect.cites.clone()));
    rows
}

/// What the issuer says that other registers show, in its words.
fn claims(sheet: &mut Sheet, found: &FoundRight) {
    if found.claims.is_empty() {
        return;
    }
    heading(sheet, words::CLAIMS);
    for claim in &found.claims {
        let (zh, en) = if claim.finding == Code::OtherMortgage.number() {
            words::OTHER_MORTGAGE
        } else {
            words::CLAIM
        };
        let number = claim.finding;
        paragraph(
            sheet,
            &format!("{zh} ({number}): {}", claim.text),
            &format!("{en} ({number}): {}", claim.text),
        );
    }
}

fn quantity(found: &FoundRight) -> String {
    let amount = |quantity| amount(quantity, found.scale, &found.unit);
    match &found.right.capacity {
        Capacity::Stock(balance) => amount(*balance),
        Capacity::Flow(steps) => {
            let step = |(day, quantity): &(_, _)| format!("{day} 起 from: {}", amount(*quantity));
            let steps: Vec<String> = steps.iter().map(step).collect();
            steps.join("; ")
        }
        Capacity::Land { measure, .. } => match unit_zh(&found.unit) {
            zh if zh == found.unit => amount(*measure),
            zh => format!("{} {}", say::amount(*measure, found.scale, zh), found.unit),
        },
    }
}

/// What is left of a flow, period by period.
fn free(sheet: &mut Sheet, found: &FoundRight) {
    let Free::Flow(parts) = &found.free else {
        return;
    };
    heading(sheet, words::FREE);
    let head: Row = [words::PERIOD, words::LEFT]
        .into_iter()
        .map(label)
        .collect();
    let row = |part: &Segment| {
        vec![
            both(&days(part.span)),
            cell(amount(part.free, found.scale, &found.unit)),
        ]
    };
    let rows: Vec<Row> = parts.iter().map(row).collect();
    sheet.table(&[500, 500], &head, &rows);
}

fn burdens(sheet: &mut Sheet, found: &FoundRight) {
    heading(sheet, words::BURDENS);
    if found.burdens.is_empty() {
        let (zh, en) = words::NO_BURDEN;
        return paragraph(sheet, zh, en);
    }
    let head: Row = [
        words::BURDEN,
        words::WHO,
        words::EXTENT,
        words::SINCE,
        words::REMARKS,
    ]
    .into_iter()
    .map(label)
    .collect();
    let row = |(n, burden): (usize, &FoundBurden)| burden_row(burden, found, n + 1);
    let rows: Vec<Row> = found.burdens.iter().enumerate().map(row).collect();
    sheet.table(&[140, 225, 225, 190, 220], &head, &rows);
}

fn burden_row(burden: &FoundBurden, found: &FoundRight, place: usize) -> Row {
    let what = kind_of(burden, found);
    let mut id = cell(burden.burden.id.to_string());
    id.extend(both(&what));
    let since = burden.time.map_or_else(String::new, local_time);
    let mut since = cell(since);
    since.push((CELL_QUIET, format!("账页 entry {}", burden.entry)));
    let remarks = remarks(burden, found, place);
    vec![
        id,
        cell(burden.party.as_ref().map_or_else(String::new, party)),
        both(&extent(burden.burden.extent, found)),
        since,
        remarks.iter().flat_map(both).collect(),
    ]
}

fn external(sheet: &mut Sheet, found: &FoundRight) {
    heading(sheet, words::EXTERNAL);
    let head: Row = [
        words::BURDEN,
        words::REGISTER,
        words::THEIR_NUMBER,
        words::STATUS,
        words::TERM,
        words::CHECKED,
    ]
    .into_iter()
    .map(label)
    .collect();
    let mut rows: Vec<Row> = Vec::new();
    for burden in &found.burdens {
        for reported in &burden.external {
            let report = &reported.report;
            let over = Sentence::new(words::OVER.0, words::OVER.1);
            rows.push(vec![
                cell(burden.burden.id.to_string()),
                both(&register(&report.register)),
                cell(&*report.number),
                both(&if reported.over {
                    over
                } else {
                    status(report.status)
                }),
                cell(report.term.map_or_else(String::new, |term| days(term).zh)),
                cell(report.checked.to_string()),
            ]);
        }
        rows.extend(burden.missing.iter().map(|(name, receipt)| {
            let (zh, en) = if *receipt {
                words::RECEIPT_MISSING
            } else {
                words::MISSING
            };
            vec![
                cell(burden.burden.id.to_string()),
                both(&register(name)),
                cell(""),
                both(&Sentence::new(zh, en)),
                cell(""),
                cell(""),
            ]
        }));
    }
    if rows.is_empty() {
        let (zh, en) = words::NO_EXTERNAL;
        return paragraph(sheet, zh, en);
    }
    sheet.table(&[110, 180, 240, 130, 210, 130], &head, &rows);
}

/// The name of a register as people know it, with the word on record.
/// Recoveries, disowned signatures, successions, and changes of the rules.
pub(super) fn around(sheet: &mut Sheet, certificate: &Certificate, said: &Statement) {
    heading(sheet, words::AROUND);
    let mut notes: Vec<Sentence> = Vec::new();
    for found in &said.found {
        let Found::Right(right) = found else { continue };
        let corrected = right.acts.iter().filter(|act| act.act == "correct_right");
        notes.extend(corrected.map(|act| {
            Sentence::new(
                format!("{} 的记录在账页 {} 更正。", right.id, act.entry),
                format!(
                    "The record of {} was corrected in entry {}.",
                    right.id, act.entry
                ),
            )
        }));
        let mut more: Vec<Sentence> = right.notes.iter().map(note).collect();
        more.extend(right.policy_changes.iter().map(|version| {
            let (from, entry) = (local_time(version.active_from), version.entry);
            Sentence::new(
                format!(
                    "{} 的规则变更: 账页 {entry}, {from} 起适用。",
                    right.title_zh
                ),
                format!(
                    "The rules of the {} changed: entry {entry}, active from {from}.",
                    right.title_en
                ),
            )
        }));
        for sentence in more {
            if !notes.contains(&sentence) {
                notes.push(sentence);
            }
        }
    }
    if let Some(why) = &certificate.provisional {
        let Sentence { zh, en } = provisional(why);
        notes.push(Sentence::new(
            format!("检查点未获见证签署: {zh}"),
            format!("The checkpoint is not cosigned: {en}"),
        ));
    }
    if notes.is_empty() {
        let (zh, en) = words::NOTHING_AROUND;
        return paragraph(sheet, zh, en);
    }
    for one in &notes {
        paragraph(sheet, &one.zh, &one.en);
    }
}

/// What the certificate covers.
pub(super) fn limits(sheet: &mut Sheet) {
    heading(sheet, words::LIMITS);
    for (zh, en) in words::LIMITS_SAY {
        paragraph(sheet, zh, en);
    }
}

/// How to verify, in one piece on the last page: below the end of the limits where there is room for all of it.
pub(super) fn verification(sheet: &mut Sheet, certificate: &Certificate, said: &Statement) {
    sheet.need(VERIFICATION);
    heading(sheet, words::VERIFY);
    if let Some(site) = &certificate.site {
        let ((zh, zh_page), (en, en_page)) = words::SITE_SAYS;
        paragraph(
            sheet,
            &format!("{zh}{site}{zh_page}{site}/verify"),
            &format!("{en}{site}{en_page}{site}/verify"),
        );
        let (zh, en) = words::SITE_WORTH;
        paragraph(sheet, zh, en);
    }
    for (zh, en) in words::VERIFY_SAYS {
        paragraph(sheet, zh, en);
    }
    sheet.gap(60);
    sheet.text(
        CODE,
        "greenlien verify certificate.pdf --policy TRUST --now now",
    );
    sheet.gap(160);
    facts(
        sheet,
        vec![
            ((words::CODE, ""), certificate.code.grouped()),
            (words::LOG, said.origin.clone()),
            (words::POSITION, said.size.to_string()),
            (words::CHECKPOINT, said.root.to_string()),
            (words::SIGNED_BY, said.signed_by.join(", ")),
            (words::LAW, said.law.to_string()),
        ],
    );
}
