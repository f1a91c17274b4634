//! What a cell of a lender's book names that its column does not take: a pledge where a right belongs, a right where a pledge does.
//!
//! Pages print both kinds of ids side by side, and people copy the wrong one. It is on record, so it is never told as unknown, and
//! never taken for what it is not: which of its rights or pledges was meant the register cannot know.

use crate::documents::books::lending::judge::{Look, Stop};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::pledge::Pledge;
use crate::domain::right::{BurdenId, Right};
use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::identifier::{RegistrationNumber, normal_form_upper};

/// Ids that a fault lists.
const LISTED_MAX: usize = 5;

/// What a column takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Right,
    Pledge,
    Party,
}

/// What a cell names instead.
enum Names {
    Right(Box<Right>),
    Pledge(Box<Pledge>),
    Line(PledgeId, u16, Box<Pledge>),
    Party,
    Reservation,
    Freeze,
    /// Spelled as the id of a right, a pledge or a party that there is not.
    NoRight,
    NoPledge,
    NoParty,
}

/// Returns the fault of a cell that names a record of another sort than its column takes; nothing where it names none.
pub(super) fn fault<L: Look>(
    row: &TableRow,
    header: &str,
    takes: Takes,
    look: &L,
) -> Result<Option<RowFault>, Stop<L::Fault>> {
    let Some(typed) = row.cell(header) else {
        return Ok(None);
    };
    let found = named(typed, takes, look).map_err(Stop::Look)?;
    Ok(found.map(|found| {
        let (what_zh, what_en) = what(&found);
        let (wanted_zh, wanted_en) = match takes {
            Takes::Right => ("权益", "a right"),
            Takes::Pledge => ("担保登记", "a pledge"),
            Takes::Party => ("主体", "a party"),
        };
        let reason = (
            format!("「{typed}」是{what_zh}, 本列须填{wanted_zh}"),
            format!("{typed:?} is {what_en}, and this column takes {wanted_en}"),
        );
        row.fault(header, reason, fix(&found, takes))
    }))
}

fn named<L: Look>(typed: &str, takes: Takes, look: &L) -> Result<Option<Names>, L::Fault> {
    let text: String = normal_form_upper(typed).split_whitespace().collect();
    let number = RegistrationNumber::parse(&text).ok();
    let (record, line) = match text.split_once('.') {
        Some((record, line)) => (record, line.parse::<u16>().ok()),
        None => (&*text, None),
    };
    let pledge = PledgeId::parse(record).or(number.as_ref().map(|it| PledgeId(it.index())));
    if let Some(id) = pledge
        && let Some(pledge) = look.pledge(id)?
    {
        let pledge = Box::new(pledge);
        match (line, takes) {
            (Some(line), _) => return Ok(Some(Names::Line(id, line, pledge))),
            (None, Takes::Right | Takes::Party) => return Ok(Some(Names::Pledge(pledge))),
            (None, Takes::Pledge) => {}
        }
    }
    if takes != Takes::Right
        && let Some((_, right)) = look.right(typed)?
    {
        return Ok(Some(Names::Right(Box::new(right))));
    }
    if takes != Takes::Party && look.party(typed)?.is_some() {
        return Ok(Some(Names::Party));
    }
    Ok(spelled(record, takes))
}

/// What a text is by its spelling alone, where no record was found under it.
fn spelled(text: &str, takes: Takes) -> Option<Names> {
    let is_other = |wanted: Takes| wanted != takes;
    if ReservationId::parse(text).is_some() {
        Some(Names::Reservation)
    } else if FreezeId::parse(text).is_some() {
        Some(Names::Freeze)
    } else if RightId::parse(text).is_some() && is_other(Takes::Right) {
        Some(Names::NoRight)
    } else if PledgeId::parse(text).is_some() && is_other(Takes::Pledge) {
        Some(Names::NoPledge)
    } else if PartyId::parse(text).is_some() && is_other(Takes::Party) {
        Some(Names::NoParty)
    } else {
        None
    }
}

fn what(found: &Names) -> (&'static str, &'static str) {
    match found {
        Names::Right(_) => ("一项权益", "a right"),
        Names::Pledge(_) => ("一项担保登记", "a pledge"),
        Names::Line(..) => ("一项担保登记的明细", "a line of a pledge"),
        Names::Party => ("一个主体", "a party"),
        Names::Reservation => ("预登记的编号", "the id of a reservation"),
        Names::Freeze => ("冻结的编号", "the id of a freeze"),
        Names::NoRight => (
            "权益编号的写法 (本登记系统内也没有该编号的权益)",
            "spelled as the id of a right (of which there is none either)",
        ),
        Names::NoPledge => (
            "担保登记编号的写法 (本登记系统内也没有该编号的担保)",
            "spelled as the number of a pledge (of which there is none either)",
        ),
        Names::NoParty => (
            "主体编号的写法 (本登记系统内也没有该编号的主体)",
            "spelled as the id of a party (of which there is none either)",
        ),
    }
}

/// What to write instead, as far as what was named says it.
fn fix(found: &Names, takes: Takes) -> (String, String) {
    match (found, takes) {
        (Names::Pledge(pledge), Takes::Right) => {
            rights(pledge.lines.iter().map(|line| line.right).collect())
        }
        (Names::Line(_, line, pledge), Takes::Right) => {
            let line = pledge.lines.get(usize::from(*line));
            rights(line.map(|line| line.right).into_iter().collect())
        }
        (Names::Line(id, line, _), Takes::Pledge) => (
            format!("本列填写 {id}; 只解除这一行的, 行号列填写 {line}"),
            format!("write {id} here; to release this line alone, write {line} as the line"),
        ),
        (Names::Right(right), Takes::Pledge) => pledges(right),
        (Names::Right(right), Takes::Party) => (
            format!(
                "填写全名、统一社会信用代码或主体编号; 该权益的持有人是 {}",
                right.holder
            ),
            format!(
                "write the whole name, the credit code or the id; the holder of the right is {}",
                right.holder
            ),
        ),
        (Names::Pledge(pledge) | Names::Line(_, _, pledge), Takes::Party) => (
            format!(
                "填写全名、统一社会信用代码或主体编号; 该担保的出质人是 {}",
                pledge.pledgor
            ),
            format!(
                "write the whole name, the credit code or the id; the pledgor of the pledge is {}",
                pledge.pledgor
            ),
        ),
        (_, Takes::Right) => (
            "填写权益编号 (R41) 或权证标识, 见权益页的抬头".to_owned(),
            "write the id of the right (R41) or its identity, as its page has it at the top"
                .to_owned(),
        ),
        (_, Takes::Pledge) => (
            "填写担保登记编号 (P57), 在「待办」与担保列表可查".to_owned(),
            "write the number of the pledge (P57), as the list of pledges shows it".to_owned(),
        ),
        (_, Takes::Party) => (
            "填写全名、统一社会信用代码或主体编号 (M12)".to_owned(),
            "write the whole name, the credit code or the id (M12)".to_owned(),
        ),
    }
}

/// The rights that a pledge stands on.
fn rights(mut rights: Vec<RightId>) -> (String, String) {
    rights.sort_unstable();
    rights.dedup();
    let listed = listed(&rights);
    (
        format!("填写权益; 该担保所在的权益: {listed}"),
        format!("write the right; the pledge stands on {listed}"),
    )
}

/// The pledges that stand on a right.
fn pledges(right: &Right) -> (String, String) {
    let lines = right.burdens.iter();
    let mut pledges: Vec<PledgeId> = lines.filter_map(|burden| line_of(burden.id)).collect();
    pledges.sort_unstable();
    pledges.dedup();
    if pledges.is_empty() {
        return (
            "填写担保登记编号 (P57); 该权益上没有在登的担保".to_owned(),
            "write the number of the pledge (P57); no pledge stands on this right".to_owned(),
        );
    }
    let listed = listed(&pledges);
    (
        format!("填写担保登记编号; 该权益上的担保: {listed}"),
        format!("write the number of the pledge; on this right there stand {listed}"),
    )
}

fn line_of(burden: BurdenId) -> Option<PledgeId> {
    match burden {
        BurdenId::Line(pledge, _) => Some(pledge),
        BurdenId::Hold(..) | BurdenId::Freeze(_) => None,
    }
}

fn listed(ids: &[impl ToString]) -> String {
    let shown = ids.iter().take(LISTED_MAX).map(ToString::to_string);
    let shown: Vec<String> = shown.collect();
    let more = if ids.len() > LISTED_MAX { " …" } else { "" };
    shown.join(", ") + more
}
