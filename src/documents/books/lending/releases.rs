//! A row of the book of releases: which pledge, whole or in part, and what is left of it afterwards.
//!
//! A part is said twice, as what goes and as what stays: so a row that was carried out is known again by what stays, and the
//! same file twice releases nothing twice. The reason stays in the book; a release carries none.

use crate::documents::books::lending::cells::{check_unit, quantity_of};
use crate::documents::books::lending::instead::{self, Takes};
use crate::documents::books::lending::judge::{Look, Much, Stop};
use crate::documents::books::lending::{Head, UNIT, is_choice};
use crate::documents::books::{Faults, RowFault, TableRow};
use crate::documents::typed;
use crate::domain::command::LineChange;
use crate::domain::pledge::{Line, Pledge};
use crate::domain::policy::KindPolicy;
use crate::domain::right::Extent;
use crate::primitives::id::PledgeId;
use crate::primitives::identifier::{RegistrationNumber, normal_form_upper};
use crate::primitives::quantity::Quantity;

const PLEDGE: &str = "担保登记编号 pledge";
const EXTENT: &str = "全部或部分 whole or part";
const LINE: &str = "行号 line";
const RELEASED: &str = "解除数量 released";
const LEFT: &str = "解除后数量 left";
const REASON: &str = "事由 reason";

const WHOLE: &str = "全部 whole";
const PART: &str = "部分 part";

/// The columns.
pub(super) const HEADS: &[Head] = &[
    Head {
        header: PLEDGE,
        note: "担保登记编号, 如 P57 或打印的登记号 the pledge, such as P57 or its printed registration number",
        is_required: true,
        choices: &[],
    },
    Head {
        header: EXTENT,
        note: "从列表选择; 全部解除时其后各列留空 choose from the list; for the whole pledge leave the columns after it empty",
        is_required: true,
        choices: &[WHOLE, PART],
    },
    Head {
        header: LINE,
        note: "部分解除时所解除的行: P57.1 填 1; 只有一行的可空 the line of a part: 1 for P57.1; may be empty where there is one line",
        is_required: false,
        choices: &[],
    },
    Head {
        header: RELEASED,
        note: "部分解除的数量; 与下一列都空则解除整行 the quantity that is released; with the next column empty too, the whole line",
        is_required: false,
        choices: &[],
    },
    Head {
        header: LEFT,
        note: "解除后该行尚余的数量, 用以核对并识别已办的行 what is left on the line afterwards: it is checked, and a row that is done is known by it",
        is_required: false,
        choices: &[],
    },
    Head {
        header: UNIT,
        note: "可空; 填写时须为该种类的单位 may be empty; else the unit of the kind",
        is_required: false,
        choices: &[],
    },
    Head {
        header: REASON,
        note: "留存于本表, 不登记 stays in the book and is not registered",
        is_required: false,
        choices: &[],
    },
];

/// What a row of the book comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Release {
    /// The pledge.
    pub pledge: PledgeId,
    /// The line; none for the whole pledge.
    pub line: Option<u16>,
    /// What is to be submitted, or why nothing is.
    pub todo: Todo,
    /// How much.
    pub much: Much,
}

/// Whether there is anything to release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Todo {
    /// These parts are to be released; the whole pledge, if there are none.
    Submit(Vec<LineChange>),
    /// It is released already.
    Done,
    /// The line has another quantity than the book supposes: what it has, and what it should have.
    Differs(Quantity, Quantity),
}

/// Reads a row.
pub(super) fn read<L: Look>(
    row: &TableRow,
    policies: &[KindPolicy],
    look: &L,
) -> Result<Release, Stop<L::Fault>> {
    let named = normal_form_upper(row.required(PLEDGE)?);
    let id = PledgeId::parse(&named).or_else(|| {
        let number = RegistrationNumber::parse(&named).ok()?;
        Some(PledgeId(number.index()))
    });
    let found = match id {
        Some(id) => look.pledge(id).map_err(Stop::Look)?.map(|it| (id, it)),
        None => None,
    };
    let Some((id, pledge)) = found else {
        if let Some(fault) = instead::fault(row, PLEDGE, Takes::Pledge, look)? {
            return Err(fault.into());
        }
        let reason = (
            format!("本登记系统内未见担保「{named}」"),
            format!("no pledge {named:?} is registered"),
        );
        let fix = (
            "填写担保登记编号, 如 P57; 在「待办」与担保列表可查",
            "write the number of the pledge, such as P57, as the list of pledges shows it",
        );
        return Err(row.fault(PLEDGE, reason, fix).into());
    };
    let extent = row.required(EXTENT)?;
    if is_choice(WHOLE, extent) {
        return whole(row, id, &pledge).map_err(Stop::Row);
    }
    if !is_choice(PART, extent) {
        let reason = (
            format!("「{extent}」不是 {WHOLE} 或 {PART}"),
            format!("{extent:?} is neither {WHOLE} nor {PART}"),
        );
        let fix = ("从列表选择", "choose from the list");
        return Err(row.fault(EXTENT, reason, fix).into());
    }
    let (number, line) = line_of(row, id, &pledge)?;
    let right = look
        .right(&line.right.to_string())
        .map_err(Stop::Look)?
        .map(|(_, right)| right);
    let policy = right.and_then(|right| policies.iter().find(|it| it.kind == right.kind));
    part(row, id, (number, line), policy).map_err(Stop::Row)
}

fn whole(row: &TableRow, id: PledgeId, pledge: &Pledge) -> Result<Release, Vec<RowFault>> {
    let mut faults = Faults::of(row);
    for header in [LINE, RELEASED, LEFT] {
        if row.cell(header).is_some() {
            let reason = (
                "全部解除时不填此列",
                "does not belong to the release of a whole pledge",
            );
            let fix = (
                "清空, 或改为部分解除",
                "empty it, or choose a release in part",
            );
            faults.add(row.fault(header, reason, fix));
        }
    }
    faults.conclude(Some(Release {
        pledge: id,
        line: None,
        todo: if pledge.lines.iter().all(|line| line.released) {
            Todo::Done
        } else {
            Todo::Submit(Vec::new())
        },
        much: Much::Whole,
    }))
}

/// Finds the line that a row names, or the only one.
fn line_of<'a>(
    row: &TableRow,
    id: PledgeId,
    pledge: &'a Pledge,
) -> Result<(u16, &'a Line), RowFault> {
    let number = match (row.cell(LINE), pledge.lines.len()) {
        (Some(text), _) => typed::number(text).parse::<u16>().ok(),
        (None, 1) => Some(0),
        (None, _) => None,
    };
    let line = number.and_then(|number| Some((number, pledge.lines.get(usize::from(number))?)));
    line.ok_or_else(|| {
        let last = pledge.lines.len().saturating_sub(1);
        let reason = (
            format!("{id} 的行号是 0 至 {last}"),
            format!("{id} has the lines 0 to {last}"),
        );
        let fix = (
            format!("{id}.0 填 0, 与担保页核对"),
            format!("write 0 for {id}.0, as the page of the pledge shows it"),
        );
        row.fault(LINE, reason, fix)
    })
}

fn part(
    row: &TableRow,
    id: PledgeId,
    (number, line): (u16, &Line),
    policy: Option<&KindPolicy>,
) -> Result<Release, Vec<RowFault>> {
    let mut faults = Faults::of(row);
    let release = |todo, amount| Release {
        pledge: id,
        line: Some(number),
        todo,
        much: Much::Line(format!("{id}.{number}"), amount),
    };
    let submit = |amount| {
        Todo::Submit(vec![LineChange {
            line: number,
            amount,
            to: None,
            behind: Vec::new(),
        }])
    };
    let burden = format!("{id}.{number}");
    if row.cell(RELEASED).is_none() && row.cell(LEFT).is_none() {
        let todo = if line.released {
            Todo::Done
        } else {
            submit(None)
        };
        return faults.conclude(Some(release(todo, None)));
    }
    let (Extent::Stock(now) | Extent::Flow(now, _), Some(policy)) = (line.extent, policy) else {
        let reason = (
            format!("{burden} 不按数量担保"),
            format!("{burden} takes no quantity"),
        );
        let fix = (
            "清空数量两列, 解除整行",
            "empty both quantities to release the whole line",
        );
        faults.add(row.fault(RELEASED, reason, fix));
        return faults.conclude(None);
    };
    faults.take(check_unit(row, policy));
    let released = faults.take(quantity_of(row, RELEASED, policy));
    let left = faults.take(quantity_of(row, LEFT, policy));
    if released.is_some_and(Quantity::is_zero) {
        let reason = ("解除数量为 0", "nothing would be released");
        let fix = ("填写大于 0 的数量", "write a quantity greater than 0");
        faults.add(row.fault(RELEASED, reason, fix));
    }
    let (Some(released), Some(left)) = (released, left) else {
        return faults.conclude(None);
    };
    let todo = if line.released || now <= left {
        Todo::Done
    } else if now.checked_sub(released) != Some(left) {
        Todo::Differs(now, left.saturating_add(released))
    } else if left.is_zero() {
        submit(None)
    } else {
        submit(Some((released, policy.unit.clone())))
    };
    let amount = (released, policy.scale, policy.unit.clone());
    faults.conclude(Some(release(todo, Some(amount))))
}

/// The column that a difference is told of.
pub(super) const DIFFERS: &str = LEFT;
