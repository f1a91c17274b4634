//! The table of a position: lines of pledges, grouped, counted and summed. Pure: it reads its arguments and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::{BurdenId, Extent, Right};
use crate::domain::rules::burdens::lost_now;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};
use crate::service::statistics::reached::years_of;
use crate::service::statistics::{Disclosed, PRINCIPAL_CLAIM, Position, Reached};

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
    /// The category of the loan in a catalogue of green finance; empty where none is named.
    Green,
}

impl Dimension {
    /// Every dimension, in the order of a cell's name.
    pub const ALL: [Self; 7] = [
        Self::Pledgee,
        Self::Kind,
        Self::Month,
        Self::Town,
        Self::Form,
        Self::Item,
        Self::Green,
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
            Self::Green => "green",
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
    /// It stands, with its right beneath it; a freeze that came later may reach it.
    Open,
    /// It stands, and an authority's act has left it, or a part of it, without a right beneath it.
    Impaired,
    /// It is over by time alone: its collateral span, or its right, has ended.
    Ended,
    /// It ended by itself with the term of its claim, as the policy of its kind says.
    Lapsed,
    /// It went on whole as a line on another right, which came of a split or a conversion.
    Moved,
    /// Its collateral was disposed of in execution.
    Disposed,
    /// Its creditor released it.
    Released,
}

impl LineState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Impaired,
        Self::Ended,
        Self::Lapsed,
        Self::Moved,
        Self::Disposed,
        Self::Released,
    ];
    /// The words of all.
    pub const WORDS: &str = "open, impaired, ended, lapsed, moved, disposed or released";

    /// Says whether a line still secures something.
    pub fn stands(self) -> bool {
        match self {
            Self::Open | Self::Impaired => true,
            Self::Ended | Self::Lapsed | Self::Moved | Self::Disposed | Self::Released => false,
        }
    }

    /// Returns the word in queries and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Impaired => "impaired",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
            Self::Moved => "moved",
            Self::Disposed => "disposed",
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
    /// Who is secured: the pledgee of record, or who acts in its place at the position.
    pub pledgee: PartyId,
    /// The pledgee of record, and those in whose hands it ended; any of them finds the line.
    pub pledgees: Vec<PartyId>,
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
    /// The category of the loan in a catalogue of green finance; empty where none is named.
    pub green: String,
    /// What became of it.
    pub state: LineState,
    /// The unit of its quantity.
    pub unit: String,
    /// Its quantity in 10^-6 of the unit: of a whole right the measure of the right, of years what they yield together. What a
    /// split left undivided counts once, with the earlier lines.
    pub quantity: u128,
    /// How much of it has no right beneath it, and how much only a later freeze reaches, in 10^-6 of the unit.
    pub reached: Reached,
    /// How much of it ended before it did, in 10^-6 of the unit.
    pub parts: BTreeMap<LineState, u128>,
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
            Dimension::Green => self.green.clone(),
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
        let has = |state| state == line.state || line.parts.contains_key(&state);
        let is = |(dimension, value): (&Dimension, &String)| match dimension {
            Dimension::Pledgee => line.pledgees.iter().any(|id| id.to_string() == *value),
            Dimension::Kind
            | Dimension::Month
            | Dimension::Town
            | Dimension::Form
            | Dimension::Item
            | Dimension::Green => line.value(*dimension) == *value,
        };
        self.state.is_none_or(has) && self.values.iter().all(is)
    }
}

/// What quantities are of: they add up only where all of it is the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Of {
    /// The kind of the right.
    pub kind: String,
    /// What the kind tells apart.
    pub item: String,
    /// The unit.
    pub unit: String,
}

/// Lines of one state in a cell; a line of which a part has ended is in the sum of either.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sum {
    /// How many lines.
    pub lines: u64,
    /// The sum of their quantities, in 10^-6 of the unit; meaningful where the cell has one unit.
    pub quantity: u128,
    /// What of that acts of authorities have reached.
    pub reached: Reached,
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
    pub items: BTreeSet<Of>,
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
        let mut own = lines_of(position, *id, pledge);
        // What is of the pledge as a whole counts once, with the first line that stands.
        if let Some(first) = own.iter_mut().find(|fact| fact.state.stands()) {
            first.principal = principal_of(*id, disclosed);
            first.cap = pledge.cap();
        }
        facts.append(&mut own);
    }
    facts
}

/// The lines of one pledge.
fn lines_of(position: &Position, id: PledgeId, pledge: &Pledge) -> Vec<LineFact> {
    let numbered = (0_u16..).zip(&pledge.lines);
    let facts = numbered.filter_map(|numbered| line_fact(position, (id, pledge), numbered));
    let mut facts: Vec<LineFact> = facts.collect();
    // Lines that stand share among themselves; so do those that ended by time.
    for stands in [true, false] {
        let shares = |fact: &LineFact| match fact.state {
            LineState::Open | LineState::Impaired => stands,
            LineState::Ended | LineState::Lapsed => !stands,
            LineState::Moved | LineState::Disposed | LineState::Released => false,
        };
        let mut quantities = vec![0; pledge.lines.len()];
        for fact in facts.iter().filter(|fact| shares(fact)) {
            if let Some(quantity) = quantities.get_mut(usize::from(fact.number)) {
                *quantity = fact.quantity;
            }
        }
        pledge.share(&mut quantities);
        for fact in facts.iter_mut().filter(|fact| shares(fact)) {
            if let Some(quantity) = quantities.get(usize::from(fact.number)) {
                fact.quantity = *quantity;
                fact.reached = fact.reached.within(*quantity);
            }
        }
    }
    facts
}

fn line_fact(
    position: &Position,
    (id, pledge): (PledgeId, &Pledge),
    (number, line): (u16, &Line),
) -> Option<LineFact> {
    let Some(Record::Right(right)) = position.records.get(&StateKey::Right(line.right)) else {
        return None;
    };
    let month = position.registered.get(&id.0).map(|time| {
        let (year, month, _) = time.day().date();
        format!("{year:04}-{month:02}")
    });
    let pledgees = position.acting(pledge.pledgee);
    let now = position.time.unwrap_or(Timestamp::from_micros(0));
    let name = BurdenId::Line(id, number);
    let state = state_of(position, line, (right, now), (id, number));
    let reached = Reached::of(line.extent, right, name, now);
    Some(LineFact {
        pledge: id,
        number,
        right: line.right,
        pledgee: pledgees.last().copied().unwrap_or(pledge.pledgee),
        pledgees,
        kind: right.kind.clone(),
        month: month.unwrap_or_default(),
        town: town_of(right, position),
        form: pledge.form.name(),
        item: item_of(right, position),
        green: pledge.more.green.clone().unwrap_or_default(),
        state,
        unit: unit_of(position, line, right),
        quantity: amount_of(line.extent, right, name),
        reached: if state.stands() {
            reached
        } else {
            Reached::default()
        },
        parts: position.fates.parts_of(id, number),
        principal: None,
        cap: None,
    })
}

/// Returns how much a line takes of its right, in 10^-6 of the unit; the years of a land right count one by one. What was lost of
/// ground after the line had been registered is a part of it, which hangs.
pub fn amount_of(extent: Extent, right: &Right, name: BurdenId) -> u128 {
    match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => raw(Some(quantity)),
        Extent::Whole => of_ground(right, name),
        Extent::Years(_) => of_ground(right, name) * years_of(extent),
    }
}

/// The measure of ground when a line was registered, but for what its creditor has let go since.
fn of_ground(right: &Right, name: BurdenId) -> u128 {
    raw(Some(right.most())) + raw(Some(right.lost_since(name)))
}

/// The unit of the kind; what years yield together is no longer by the year.
fn unit_of(position: &Position, line: &Line, right: &Right) -> String {
    let measure = position.measure(&right.kind);
    let unit = measure.map(|measure| &*measure.unit).unwrap_or_default();
    match line.extent {
        Extent::Years(_) => unit.strip_suffix("/a").unwrap_or(unit).to_owned(),
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => unit.to_owned(),
    }
}

fn state_of(
    position: &Position,
    line: &Line,
    (right, now): (&Right, Timestamp),
    (id, number): (PledgeId, u16),
) -> LineState {
    let lapses = line.expires.map(Timestamp::day);
    if line.released {
        position.fates.of_line(id, number)
    } else if line.has_lapsed_at(now) && lapses.is_some_and(|lapses| lapses <= end_of(line, right))
    {
        LineState::Lapsed
    } else if end_of(line, right) <= now.day() {
        LineState::Ended
    } else if lost_now(right, BurdenId::Line(id, number), now).is_some() {
        LineState::Impaired
    } else {
        LineState::Open
    }
}

/// The first day on which a line secures nothing any more.
fn end_of(line: &Line, right: &Right) -> Day {
    match line.extent {
        Extent::Flow(_, span) | Extent::Years(span) => span.to().min(right.span.to()),
        Extent::Stock(_) | Extent::Whole => right.span.to(),
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
    let part = position.measure(&right.kind).and_then(|measure| measure.of);
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
        cell.items.insert(Of {
            kind: line.kind.clone(),
            item: line.item.clone(),
            unit: line.unit.clone(),
        });
        let mut states = line.parts.clone();
        *states.entry(line.state).or_default() += line.quantity;
        states.retain(|state, _| selection.state.is_none_or(|only| only == *state));
        for (state, quantity) in states {
            let sum = cell.states.entry(state).or_default();
            sum.lines += 1;
            sum.quantity += quantity;
            if state == line.state {
                sum.reached.lost += line.reached.lost;
                sum.reached.frozen += line.reached.frozen;
            }
        }
        if line.state.stands() {
            cell.principal += raw(line.principal);
            cell.principal_pledges += u64::from(line.principal.is_some());
            cell.cap += raw(line.cap);
            cell.cap_pledges += u64::from(line.cap.is_some());
        }
    }
    let whole = |(values, (cell, pledges)): (_, (Cell, BTreeSet<PledgeId>))| Cell {
        values,
        pledges: u64::try_from(pledges.len()).unwrap_or(u64::MAX),
        ..cell
    };
    cells.into_iter().map(whole).collect()
}

pub(super) fn raw(quantity: Option<Quantity>) -> u128 {
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
            pledgees: vec![PartyId(2), PartyId(3)],
            kind: "a".to_owned(),
            month: "2026-12".to_owned(),
            town: "t".to_owned(),
            form: "质押",
            item: String::new(),
            green: String::new(),
            state,
            unit: "t".to_owned(),
            quantity: 10_500_000,
            reached: Reached::default(),
            parts: BTreeMap::new(),
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
        assert_eq!(
            [LineState::Open, LineState::Impaired, LineState::Released].map(lines_of),
            [1, 1, 1]
        );
        assert_eq!(decimal(cell.states[&LineState::Impaired].quantity), "10.5");
    }

    #[test]
    fn a_line_of_which_a_part_was_released_is_in_both_sums() {
        let part = |pledge, state| LineFact {
            parts: BTreeMap::from([(LineState::Released, 300_000_000)]),
            ..line(pledge, 0, state, None)
        };
        let lines = [part(9, LineState::Open), part(12, LineState::Released)];
        let cells = tabulate(&lines, &[Dimension::Kind], &Selection::default());
        let sum = |state| {
            let sum: Sum = cells[0].states[&state];
            (sum.lines, decimal(sum.quantity))
        };
        assert_eq!(sum(LineState::Open), (1, "10.5".to_owned()));
        assert_eq!(sum(LineState::Released), (2, "610.5".to_owned()));
        let mut selection = Selection {
            state: Some(LineState::Released),
            ..Selection::default()
        };
        assert!(lines.iter().all(|line| selection.takes(line)));
        // The pledgee of record finds them as well as who acts in its place.
        for (party, is_found) in [("M2", true), ("M3", true), ("M4", false)] {
            selection.values = BTreeMap::from([(Dimension::Pledgee, party.to_owned())]);
            assert_eq!(selection.takes(&lines[0]), is_found, "{party}");
        }
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
