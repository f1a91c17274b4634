//! The table of a position: lines of pledges, grouped, counted and summed. Pure: it reads its arguments and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::{BurdenId, Extent, Right};
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::service::statistics::{Disclosed, PRINCIPAL_CLAIM, Position};

/// The attribute of a right that names its town.
const TOWN: &str = "town";

/// What a table may be grouped by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dimension {
    /// The bank or guarantor that is secured.
    Pledgee,
    /// The kind of the right.
    Kind,
    /// The month of registration at UTC+8, such as `2026-12`.
    Month,
    /// The town that the right names, else the region of its holder.
    Town,
    /// The form of the security, 质押 or 抵押.
    Form,
    /// What the quantity is of, such as a pollutant, where the policy of the kind names a part of the identity for it.
    Item,
}

impl Dimension {
    /// Every dimension, in the order of a cell's name.
    pub const ALL: [Self; 6] = [
        Self::Pledgee,
        Self::Kind,
        Self::Month,
        Self::Town,
        Self::Form,
        Self::Item,
    ];
    /// What a table is grouped by where nobody says.
    pub const USUAL: [Self; 4] = [Self::Pledgee, Self::Kind, Self::Month, Self::Town];

    /// Returns the word in queries and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pledgee => "pledgee",
            Self::Kind => "kind",
            Self::Month => "month",
            Self::Town => "town",
            Self::Form => "form",
            Self::Item => "item",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.name() == name)
    }
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LineState {
    /// It stands, with its right beneath it.
    Open,
    /// It stands, and an authority's act has left it, or a part of it, without a right beneath it.
    Impaired,
    /// It was released.
    Released,
}

impl LineState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Impaired, Self::Released];

    /// Returns the word in queries and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Impaired => "impaired",
            Self::Released => "released",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One line of a pledge as of a position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineFact {
    /// The pledge.
    pub pledge: PledgeId,
    /// The number of the line.
    pub number: u16,
    /// The right.
    pub right: RightId,
    /// Who is secured.
    pub pledgee: PartyId,
    /// The kind of the right.
    pub kind: String,
    /// The month of registration.
    pub month: String,
    /// The town.
    pub town: String,
    /// The form of the security.
    pub form: &'static str,
    /// What its quantity is of; empty where the kind does not tell it apart.
    pub item: String,
    /// What became of it.
    pub state: LineState,
    /// Its quantity; a line over a whole right or over years has none.
    pub quantity: Option<Quantity>,
    /// The principal of its pledge in yuan, on the first line that stands and where the reader presented its opening.
    pub principal: Option<Quantity>,
    /// The most that its pledge secures in yuan, on the first line that stands and where it is clear.
    pub cap: Option<Quantity>,
}

impl LineFact {
    /// Returns the value of a dimension.
    pub fn value(&self, dimension: Dimension) -> String {
        match dimension {
            Dimension::Pledgee => self.pledgee.to_string(),
            Dimension::Kind => self.kind.clone(),
            Dimension::Month => self.month.clone(),
            Dimension::Town => self.town.clone(),
            Dimension::Form => self.form.to_owned(),
            Dimension::Item => self.item.clone(),
        }
    }
}

/// Which lines count.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Selection {
    /// Values that dimensions must have.
    pub values: BTreeMap<Dimension, String>,
    /// The state that lines must be in.
    pub state: Option<LineState>,
}

impl Selection {
    /// Says whether a line counts.
    pub fn takes(&self, line: &LineFact) -> bool {
        self.state.is_none_or(|state| state == line.state)
            && self
                .values
                .iter()
                .all(|(dimension, value)| line.value(*dimension) == *value)
    }
}

/// Lines of one state in a cell.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sum {
    /// How many lines.
    pub lines: u64,
    /// The sum of their quantities, in 10^-6 of the unit; meaningful where the cell is of one kind.
    pub quantity: u128,
}

/// One cell of the table.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The values of the dimensions it was grouped by.
    pub values: BTreeMap<Dimension, String>,
    /// Pledges with a line in it.
    pub pledges: u64,
    /// Lines by state.
    pub states: BTreeMap<LineState, Sum>,
    /// What the quantities are of; where it is more than one thing, they are no sum.
    pub items: BTreeSet<(String, String)>,
    /// The sum of the principals that the reader may see, in 10^-6 yuan, of open and impaired pledges.
    pub principal: u128,
    /// How many pledges that sum is of.
    pub principal_pledges: u64,
    /// The sum of the caps that are clear, in 10^-6 yuan, of open and impaired pledges.
    pub cap: u128,
    /// How many pledges that sum is of.
    pub cap_pledges: u64,
}

/// Returns the lines of every pledge as of a position, by pledge and number.
pub fn lines(position: &Position, disclosed: &[Disclosed]) -> Vec<LineFact> {
    let mut facts = Vec::new();
    for (key, record) in &position.records {
        let (StateKey::Pledge(id), Record::Pledge(pledge)) = (key, record) else {
            continue;
        };
        let sums = (principal_of(*id, disclosed), pledge.cap());
        // What is of the pledge as a whole counts once, with the first line that stands.
        let standing = pledge.lines.iter().position(|line| !line.released);
        let standing = standing.unwrap_or_default();
        let numbered = (0_u16..).zip(&pledge.lines);
        facts.extend(numbered.filter_map(|(number, line)| {
            let is_first = usize::from(number) == standing;
            let sums = if is_first { sums } else { (None, None) };
            line_fact(position, (*id, pledge), (number, line), sums)
        }));
    }
    facts
}

fn line_fact(
    position: &Position,
    (id, pledge): (PledgeId, &Pledge),
    (number, line): (u16, &Line),
    (principal, cap): (Option<Quantity>, Option<Quantity>),
) -> Option<LineFact> {
    let Some(Record::Right(right)) = position.records.get(&StateKey::Right(line.right)) else {
        return None;
    };
    let month = position.registered.get(&id.0).map(|time| {
        let (year, month, _) = time.day().date();
        format!("{year:04}-{month:02}")
    });
    Some(LineFact {
        pledge: id,
        number,
        right: line.right,
        pledgee: pledge.pledgee,
        kind: right.kind.clone(),
        month: month.unwrap_or_default(),
        town: town_of(right, position),
        form: pledge.form.name(),
        item: item_of(right, position),
        state: state_of(line, right, BurdenId::Line(id, number)),
        quantity: match line.extent {
            Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
            Extent::Whole | Extent::Years(_) => None,
        },
        principal,
        cap,
    })
}

fn state_of(line: &Line, right: &Right, id: BurdenId) -> LineState {
    let hangs = right
        .burden(id)
        .is_some_and(|burden| burden.overhang.is_some());
    if line.released {
        LineState::Released
    } else if hangs {
        LineState::Impaired
    } else {
        LineState::Open
    }
}

fn town_of(right: &Right, position: &Position) -> String {
    let holder = position.records.get(&StateKey::Party(right.holder));
    let region = match holder {
        Some(Record::Party(party)) => party.region.clone(),
        Some(_) | None => None,
    };
    right
        .attributes
        .get(TOWN)
        .cloned()
        .or(region)
        .unwrap_or_default()
}

/// What the quantities of a right are of, by the policy that was active at the position.
fn item_of(right: &Right, position: &Position) -> String {
    let part = position.quantities_of(&right.kind);
    let value = part.and_then(|part| right.identities.first()?.value.split('|').nth(part));
    value.map(str::to_owned).unwrap_or_default()
}

fn principal_of(pledge: PledgeId, disclosed: &[Disclosed]) -> Option<Quantity> {
    let item = disclosed
        .iter()
        .find(|item| item.pledge == pledge && item.opening.claim == PRINCIPAL_CLAIM)?;
    Quantity::parse(&item.opening.value, Scale::MAX).ok()
}

/// Groups the lines that a selection takes.
pub fn tabulate(lines: &[LineFact], by: &[Dimension], selection: &Selection) -> Vec<Cell> {
    let mut cells: BTreeMap<BTreeMap<Dimension, String>, (Cell, BTreeSet<PledgeId>)> =
        BTreeMap::new();
    for line in lines.iter().filter(|line| selection.takes(line)) {
        let values: BTreeMap<Dimension, String> = by
            .iter()
            .map(|dimension| (*dimension, line.value(*dimension)))
            .collect();
        let (cell, pledges) = cells.entry(values).or_default();
        pledges.insert(line.pledge);
        cell.items.insert((line.kind.clone(), line.item.clone()));
        let sum = cell.states.entry(line.state).or_default();
        sum.lines += 1;
        sum.quantity += raw(line.quantity);
        match line.state {
            LineState::Open | LineState::Impaired => {
                cell.principal += raw(line.principal);
                cell.principal_pledges += u64::from(line.principal.is_some());
                cell.cap += raw(line.cap);
                cell.cap_pledges += u64::from(line.cap.is_some());
            }
            LineState::Released => {}
        }
    }
    let whole = |(values, (cell, pledges)): (_, (Cell, BTreeSet<PledgeId>))| Cell {
        values,
        pledges: u64::try_from(pledges.len()).unwrap_or(u64::MAX),
        ..cell
    };
    cells.into_iter().map(whole).collect()
}

fn raw(quantity: Option<Quantity>) -> u128 {
    quantity.map_or(0, |quantity| {
        u128::try_from(quantity.raw()).unwrap_or_default()
    })
}

/// Writes a sum of 10^-6 units as a decimal without needless zeros.
pub fn decimal(raw: u128) -> String {
    let (whole, micros) = (raw / 1_000_000, raw % 1_000_000);
    let fraction = format!("{micros:06}");
    match fraction.trim_end_matches('0') {
        "" => whole.to_string(),
        digits => format!("{whole}.{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pledge: u64, number: u16, state: LineState, principal: Option<&str>) -> LineFact {
        LineFact {
            pledge: PledgeId(pledge),
            number,
            right: RightId(7),
            pledgee: PartyId(3),
            kind: "a".to_owned(),
            month: "2026-12".to_owned(),
            town: "t".to_owned(),
            form: "质押",
            item: String::new(),
            state,
            quantity: Some(Quantity::parse("10.5", Scale::MAX).unwrap()),
            principal: principal.map(|text| Quantity::parse(text, Scale::MAX).unwrap()),
            cap: principal.map(|_| Quantity::parse("7", Scale::MAX).unwrap()),
        }
    }

    #[test]
    fn lines_are_counted_by_state_and_principals_once() {
        let lines = [
            line(9, 0, LineState::Open, Some("2000000")),
            line(9, 1, LineState::Impaired, None),
            line(12, 0, LineState::Released, Some("5")),
        ];
        let cells = tabulate(&lines, &[Dimension::Kind], &Selection::default());
        assert_eq!(cells.len(), 1, "{cells:?}");
        let cell = &cells[0];
        assert_eq!((cell.pledges, cell.principal_pledges), (2, 1));
        assert_eq!(decimal(cell.principal), "2000000");
        assert_eq!((decimal(cell.cap).as_str(), cell.cap_pledges), ("7", 1));
        let lines_of = |state| cell.states[&state].lines;
        assert_eq!(LineState::ALL.map(lines_of), [1, 1, 1]);
        assert_eq!(decimal(cell.states[&LineState::Impaired].quantity), "10.5");
    }

    #[test]
    fn a_cell_and_the_lines_behind_it_are_the_same_lines() {
        let lines = [
            line(9, 0, LineState::Open, None),
            line(12, 0, LineState::Released, None),
        ];
        let mut selection = Selection {
            state: Some(LineState::Released),
            ..Selection::default()
        };
        let taken = |selection: &Selection| {
            let takes = |line: &&LineFact| selection.takes(line);
            lines.iter().filter(takes).count()
        };
        assert_eq!(taken(&selection), 1);
        selection
            .values
            .insert(Dimension::Town, "elsewhere".to_owned());
        assert_eq!(taken(&selection), 0);
        assert!(tabulate(&lines, &Dimension::ALL, &selection).is_empty());
    }

    #[test]
    fn sums_are_written_as_decimals() {
        assert_eq!(decimal(0), "0");
        assert_eq!(decimal(1_500_000), "1.5");
        assert_eq!(decimal(1), "0.000001");
    }
}
