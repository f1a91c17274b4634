//! Rows of a book beside what is there already: an earlier row of the same file, or the command that registered the identity.
//!
//! Shared by the command line and the page 导入, so that both say the same about one file. Pure, and asks no register.

use std::collections::BTreeMap;

use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::facts::StateKey;
use crate::domain::geometry::Point;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Identity;
use crate::primitives::time::{Day, Span};

/// What the rows of one file have named so far.
#[derive(Default, Debug)]
pub struct Seen {
    identities: BTreeMap<StateKey, u64>,
    sources: BTreeMap<String, Vec<(u64, Span)>>,
}

impl Seen {
    /// Returns the earlier row that makes this one a second registration of the same thing: it has one of its identities, or
    /// draws on the same source on common days.
    pub fn earlier(&self, issue: &IssueRight, policy: &KindPolicy) -> Option<u64> {
        let mut identities = issue.identities.iter();
        let by_identity = identities.find_map(|it| self.identities.get(&StateKey::identity(it)));
        let others = source_of(issue, policy).and_then(|source| self.sources.get(&source));
        let shares =
            |other: &Span| other.from() < issue.span.to() && issue.span.from() < other.to();
        let by_source = others.and_then(|others| others.iter().find(|(_, days)| shares(days)));
        by_identity.copied().or(by_source.map(|(line, _)| *line))
    }

    /// Keeps what a row names that may be registered.
    pub fn keep(&mut self, line: u64, issue: &IssueRight, policy: &KindPolicy) {
        for identity in &issue.identities {
            self.identities
                .entry(StateKey::identity(identity))
                .or_insert(line);
        }
        if let Some(source) = source_of(issue, policy) {
            let days = (line, issue.span);
            self.sources.entry(source).or_default().push(days);
        }
    }
}

fn source_of(issue: &IssueRight, policy: &KindPolicy) -> Option<String> {
    policy.source_of(&issue.identities.first()?.value)
}

/// A column whose cell is not what is registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The header; what the file of polygons is called, where the ground differs.
    pub column: String,
    /// What is registered.
    pub registered: String,
    /// What the row has.
    pub own: String,
}

impl Difference {
    /// Says it in Chinese and English, the register first.
    pub fn told(&self) -> (String, String) {
        let shown = |text: &str, empty: &str| match text {
            "" => empty.to_owned(),
            text => text.to_owned(),
        };
        let (was, is) = (&self.registered, &self.own);
        (
            format!("登记为 {}, 本表为 {}", shown(was, "空"), shown(is, "空")),
            format!(
                "{} is registered, the table has {}",
                shown(was, "nothing"),
                shown(is, "nothing")
            ),
        )
    }
}

/// Returns the columns of a row that are not as its right was registered.
pub fn differences(
    policy: &KindPolicy,
    registered: &IssueRight,
    row: &IssueRight,
) -> Vec<Difference> {
    let Some(book) = &policy.book else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut compare = |column: &str, show: &dyn Fn(&IssueRight) -> String| {
        let (registered, own) = (show(registered), show(row));
        if registered != own {
            let column = column.to_owned();
            found.push(Difference {
                column,
                registered,
                own,
            });
        }
    };
    compare(&book.holder, &|issue| issue.holder.to_string());
    compare(&book.quantity, &amount);
    if let Some(unit) = &book.unit {
        compare(unit, &|issue| issue.unit.clone());
    }
    let year = |day: Day| day.date().0.to_string();
    if let (Some(from), Some(through)) = (&book.from, &book.through) {
        compare(from, &|issue| issue.span.from().to_string());
        compare(through, &|issue| issue.span.to().previous().to_string());
    } else if let (Some(first), Some(last)) = (&book.first_year, &book.last_year) {
        compare(first, &|issue| year(issue.span.from()));
        compare(last, &|issue| year(issue.span.to().previous()));
    }
    if let Some(class) = &book.class {
        compare(class, &|issue| issue.class.clone().unwrap_or_default());
    }
    for (name, column) in &book.attributes {
        let value = |issue: &IssueRight| issue.attributes.get(name).cloned().unwrap_or_default();
        compare(column, &value);
    }
    for (column, at) in parts_of(policy) {
        let value = |issue: &IssueRight| part_of(&issue.identities, &at);
        compare(&column, &value);
    }
    if registered.ground != row.ground {
        let column = book.units.as_deref().unwrap_or("GeoJSON").to_owned();
        let (registered, own) = (ground_of(registered), ground_of(row));
        found.push(Difference {
            column,
            registered,
            own,
        });
    }
    found
}

/// The columns of the parts of identities, each with its scheme and place.
fn parts_of(policy: &KindPolicy) -> BTreeMap<String, (String, usize)> {
    let book = policy.book.iter();
    book.flat_map(|book| {
        policy.identities.iter().flat_map(move |scheme| {
            let parts = scheme.parts.iter().enumerate();
            parts.filter_map(move |(at, (part, _))| {
                let column = book.parts.get(part)?.clone();
                Some((column, (scheme.scheme.clone(), at)))
            })
        })
    })
    .collect()
}

fn part_of(identities: &[Identity], (scheme, at): &(String, usize)) -> String {
    let identity = identities.iter().find(|it| it.scheme == *scheme);
    let part = identity.and_then(|it| it.value.split('|').nth(*at));
    part.unwrap_or_default().to_owned()
}

fn amount(issue: &IssueRight) -> String {
    match &issue.quantity {
        QuantityRequest::Level(quantity) => quantity.to_string(),
        QuantityRequest::Steps(steps) => format!("{} steps", steps.len()),
    }
}

/// Named parcels as they are; of a polygon a line can say no more than how many corners it has.
fn ground_of(issue: &IssueRight) -> String {
    let corners = |parts: &[Vec<Vec<Point>>]| {
        let count: usize = parts.iter().flatten().map(Vec::len).sum();
        format!("{count} 个界址点 (corners)")
    };
    match &issue.ground {
        GroundRequest::Absent => String::new(),
        GroundRequest::Units(units) => units.join(";"),
        GroundRequest::Polygon(parts) => corners(parts),
        GroundRequest::Both(units, parts) => format!("{}; {}", units.join(";"), corners(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::id::PartyId;
    use crate::primitives::quantity::{Quantity, Scale};

    const EMISSION: &str = include_str!("../../../fixtures/policy/emission.toml");

    fn issue(identity: &str, amount: &str, from: &str, to: &str) -> IssueRight {
        IssueRight {
            kind: "emission".to_owned(),
            holder: PartyId(9),
            identities: vec![Identity {
                scheme: "discharge-permit".to_owned(),
                value: identity.to_owned(),
            }],
            span: Span::new(Day::parse(from).unwrap(), Day::parse(to).unwrap()).unwrap(),
            quantity: QuantityRequest::Level(Quantity::parse(amount, Scale::MAX).unwrap()),
            unit: "t/a".to_owned(),
            class: None,
            attributes: BTreeMap::new(),
            ground: GroundRequest::Absent,
            succeeds: Vec::new(),
            additional: false,
            adjudication: None,
        }
    }

    #[test]
    fn a_row_with_the_identity_or_the_days_at_the_source_of_an_earlier_one_is_told_its_line() {
        let policy = KindPolicy::parse(EMISSION).unwrap();
        let mut seen = Seen::default();
        let first = issue(
            "91500113QNUTHCM504001W|COD",
            "40",
            "2026-01-01",
            "2027-01-01",
        );
        assert_eq!(seen.earlier(&first, &policy), None);
        seen.keep(2, &first, &policy);
        let same = issue(
            "91500113QNUTHCM504001w|COD",
            "41",
            "2028-01-01",
            "2029-01-01",
        );
        assert_eq!(
            seen.earlier(&same, &policy),
            Some(2),
            "whatever its case and days"
        );
        let other = issue(
            "91500113QNUTHCM504001W|TP",
            "40",
            "2026-01-01",
            "2027-01-01",
        );
        assert_eq!(seen.earlier(&other, &policy), None, "another pollutant");
        // A later permit of the same discharge: another identity, the same source.
        let next = issue(
            "91500113QNUTHCM504002W|COD",
            "40",
            "2026-12-31",
            "2028-01-01",
        );
        let apart = issue(
            "91500113QNUTHCM504002W|COD",
            "40",
            "2027-01-01",
            "2028-01-01",
        );
        let shares = policy.source_of(&next.identities[0].value)
            == policy.source_of(&first.identities[0].value);
        assert_eq!(seen.earlier(&next, &policy), shares.then_some(2));
        assert_eq!(seen.earlier(&apart, &policy), None);
    }

    #[test]
    fn what_differs_is_told_by_column() {
        let policy = KindPolicy::parse(EMISSION).unwrap();
        let was = issue(
            "91500113QNUTHCM504001W|COD",
            "40",
            "2026-01-01",
            "2027-01-01",
        );
        assert_eq!(differences(&policy, &was, &was), []);
        let mut is = issue(
            "91500113QNUTHCM504001W|COD",
            "41",
            "2026-01-01",
            "2027-02-01",
        );
        is.class = Some("other".to_owned());
        let found = differences(&policy, &was, &is);
        let found: Vec<String> = found
            .iter()
            .map(|one| format!("{}: {}", one.column, one.told().1))
            .collect();
        assert_eq!(
            found[..2],
            [
                "核定量: 40 is registered, the table has 41",
                "有效期止: 2026-12-31 is registered, the table has 2027-01-31",
            ]
        );
    }
}
