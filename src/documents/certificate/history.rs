//! What happened, entry by entry: to the right, and to each pledge that stands or stood on it.

use crate::documents::acts;
use crate::documents::certificate::body::{CELL_QUIET, both, cell, heading, label, paragraph};
use crate::documents::certificate::sentences::{Sentence, consent_class, party};
use crate::documents::certificate::shown::Noted;
use crate::documents::certificate::words;
use crate::documents::say::local_time;
use crate::documents::sheet::{Row, Sheet, Style};
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::SignerRole;
use crate::primitives::limits;
use crate::verify::certificate::statement::{Act, Named, PledgeHistory};

/// Pledges that are named where the list is cut.
const NAMED_MAX: usize = 12;

/// The history of the right.
pub(super) fn right(sheet: &mut Sheet, acts: &[Act]) {
    heading(sheet, words::HISTORY);
    let columns = [words::ENTRY, words::TIME, words::ACT, words::GIVEN_BY];
    let head: Row = columns.into_iter().map(label).collect();
    let rows: Vec<Row> = acts.iter().map(|act| act_row(act).into()).collect();
    sheet.table(&[90, 265, 225, 420], &head, &rows);
}

/// The histories of the pledges, as far as the evidence shows them, and how many entries of how many it leaves out.
pub(super) fn pledges(sheet: &mut Sheet, histories: &[PledgeHistory]) {
    if histories.is_empty() {
        return;
    }
    heading(sheet, words::PLEDGE_HISTORIES);
    let columns = [
        words::PLEDGE,
        words::ENTRY,
        words::TIME,
        words::ACT,
        words::GIVEN_BY,
    ];
    let head: Row = columns.into_iter().map(label).collect();
    let row = |history: &PledgeHistory, act: &Act| {
        let mut row = vec![cell(history.pledge.to_string())];
        row.extend(act_row(act));
        row
    };
    let shown = histories
        .iter()
        .flat_map(|history| history.acts.iter().flatten().map(move |act| (history, act)));
    let rows: Vec<Row> = shown.map(|(history, act)| row(history, act)).collect();
    if !rows.is_empty() {
        sheet.table(&[95, 85, 255, 205, 360], &head, &rows);
        let (zh, en) = words::PLEDGE_HISTORIES_TELL;
        paragraph(sheet, zh, en);
    }
    if let Some(cut) = left_out(histories) {
        paragraph(sheet, &cut.zh, &cut.en);
    }
}

/// Says which pledges are not followed entry by entry, with the count; nothing where all are.
pub fn left_out(histories: &[PledgeHistory]) -> Option<Sentence> {
    let cut: Vec<&PledgeHistory> = histories.iter().filter(|one| one.acts.is_none()).collect();
    if cut.is_empty() {
        return None;
    }
    let entries: u64 = cut.iter().map(|one| one.entries).sum();
    let named: Vec<String> = cut
        .iter()
        .take(NAMED_MAX)
        .map(|one| one.pledge.to_string())
        .collect();
    let more = if cut.len() > named.len() { " …" } else { "" };
    let (pledges, named, limit) = (
        cut.len(),
        named.join(", "),
        limits::EVIDENCE_PLEDGE_ENTRIES_MAX,
    );
    Some(Sentence::new(
        format!(
            "经过未列全: 一份证据包最多列出 {limit} 页担保登记的账页, 另有 {pledges} 项担保登记共 {entries} 页未列 ({named}{more}); 请按登记号另取其证据包。"
        ),
        format!(
            "The list is cut: one evidence file carries at most {limit} entries of pledges, and {entries} entries of {pledges} pledges are left out ({named}{more}); ask for the evidence of each by its id."
        ),
    ))
}

fn act_row(act: &Act) -> [Vec<(Style, String)>; 4] {
    let (zh, en) = acts::words(&act.act);
    let signer = |(org, role): &(Named, SignerRole)| {
        let role = match role {
            SignerRole::Maker => "经办 maker",
            SignerRole::Checker => "复核 checker",
        };
        format!("{} {role}", party(org))
    };
    let consent = |(org, class): &(Named, ConsentClass)| {
        let Sentence { zh, en } = consent_class(*class);
        format!("{} 同意由他人声明 consent attested ({zh} {en})", party(org))
    };
    let attested = act.attested.iter().map(consent);
    let signers: Vec<String> = act.signers.iter().map(signer).chain(attested).collect();
    let mut by = cell(party(&act.org));
    by.push((CELL_QUIET, signers.join(", ")));
    [
        cell(act.entry.to_string()),
        cell(local_time(act.time)),
        both(&Sentence::new(zh, en)),
        by,
    ]
}

/// What the pledges have noted of acts that touch no right, such as an assignment or an objection.
pub(super) fn noted(sheet: &mut Sheet, noted: &[Noted]) {
    if noted.is_empty() {
        return;
    }
    heading(sheet, words::NOTED);
    let head: Row = [words::ENTRY, words::BURDEN, words::ACT, words::WHO]
        .into_iter()
        .map(label)
        .collect();
    let row = |one: &Noted| {
        vec![
            cell(one.entry.to_string()),
            cell(one.pledge.to_string()),
            both(&one.act),
            cell(one.party.clone()),
        ]
    };
    let rows: Vec<Row> = noted.iter().map(row).collect();
    sheet.table(&[90, 140, 350, 420], &head, &rows);
    let (zh, en) = words::NOTED_TELL;
    paragraph(sheet, zh, en);
}
