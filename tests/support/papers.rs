//! The papers that institutions submit: rights, lines, pledges, in one short call each.

use std::collections::BTreeMap;

use greenlien::domain::command::{
    Body, ExtentRequest, GroundRequest, IssueRight, LineChange, LineRequest, QuantityRequest,
    RegisterPledge,
};
use greenlien::domain::geometry::Point;
use greenlien::domain::pledge::Form;
use greenlien::domain::right::Identity;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::{PledgeId, RightId};
use greenlien::primitives::quantity::{Quantity, Scale};
use greenlien::primitives::time::{Day, Span, Timestamp};

use super::cast::Actor;

/// Reads a day such as `2026-12-01`.
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Reads a half-open span of days.
pub(crate) fn span(from: &str, to: &str) -> Span {
    Span::new(day(from), day(to)).unwrap()
}

/// Reads an instant such as `2026-12-01T02:00:00Z`.
pub(crate) fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Reads a quantity such as `80.5`.
pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text, Scale::MAX).unwrap()
}

/// The digest of some document behind an authority's act.
pub(crate) fn document() -> Hash {
    Hash::of(&[b"a document"])
}

// ---------------------------------------------------------------------------------------------------------------------
// Rights
// ---------------------------------------------------------------------------------------------------------------------

fn issue(kind: &str, holder: &Actor, identity: (&str, String), unit: &str) -> IssueRight {
    let (scheme, value) = identity;
    IssueRight {
        kind: kind.to_owned(),
        holder: holder.party,
        identities: vec![Identity {
            scheme: scheme.to_owned(),
            value,
        }],
        span: span("2026-01-01", "2031-01-01"),
        quantity: QuantityRequest::Level(Quantity::ZERO),
        unit: unit.to_owned(),
        class: None,
        attributes: BTreeMap::new(),
        ground: GroundRequest::Absent,
        succeeds: Vec::new(),
        additional: false,
        adjudication: None,
    }
}

/// A right to discharge one pollutant from the holder's first site: one quantity over its days.
pub(crate) fn emission(holder: &Actor, pollutant: &str, amount: &str, days: Span) -> IssueRight {
    let permit = format!("{}001W|{pollutant}", holder.credit_code);
    IssueRight {
        span: days,
        quantity: QuantityRequest::Level(quantity(amount)),
        ..issue("emission", holder, ("discharge-permit", permit), "t/a")
    }
}

/// Allowances of one year in this registry account (8 to 20 digits).
pub(crate) fn carbon(
    holder: &Actor,
    account: &str,
    vintage: i32,
    amount: &str,
    days: Span,
) -> IssueRight {
    let identity = ("allowance-account", format!("CEA|{account}|{vintage}"));
    IssueRight {
        span: days,
        quantity: QuantityRequest::Level(quantity(amount)),
        ..issue("carbon", holder, identity, "tCO2e")
    }
}

/// Forest land of a class (商品林, or 公益林, which cannot be pledged) on this ground.
pub(crate) fn forest(
    holder: &Actor,
    unit: &str,
    class: &str,
    ground: GroundRequest,
    days: Span,
) -> IssueRight {
    IssueRight {
        span: days,
        quantity: QuantityRequest::Level(quantity("312.4")),
        class: Some(class.to_owned()),
        ground,
        ..issue(
            "forest",
            holder,
            ("real-estate-unit", unit.to_owned()),
            "mu",
        )
    }
}

/// The expected income of a sink project over whole years, on these parcels.
pub(crate) fn sink(holder: &Actor, project: &str, units: &[&str], years: (i32, i32)) -> IssueRight {
    let units = units.iter().map(|unit| (*unit).to_owned()).collect();
    IssueRight {
        span: Span::of_years(years.0, years.1).unwrap(),
        quantity: QuantityRequest::Level(quantity("6317")),
        ground: GroundRequest::Units(units),
        ..issue(
            "carbon_sink",
            holder,
            ("sink-project", project.to_owned()),
            "tCO2e/a",
        )
    }
}

/// The real-estate unit number of the parcel with this number.
pub(crate) fn unit_number(number: u32) -> String {
    format!("500113001002JE{number:05}L00000001")
}

/// A rectangle whose south-western corner lies this many units of 1e-7 degree east and north of 106.5 E, 29.3 N.
pub(crate) fn rectangle(east: i32, north: i32, width: i32, height: i32) -> GroundRequest {
    let (west, south) = (1_065_000_000 + east, 293_000_000 + north);
    let corner = |lon, lat| Point { lon, lat };
    GroundRequest::Polygon(vec![vec![vec![
        corner(west, south),
        corner(west + width, south),
        corner(west + width, south + height),
        corner(west, south + height),
    ]]])
}

// ---------------------------------------------------------------------------------------------------------------------
// Lines and pledges
// ---------------------------------------------------------------------------------------------------------------------

/// A quantity of a stock.
pub(crate) fn stock(amount: &str, unit: &str) -> ExtentRequest {
    ExtentRequest {
        amount: Some((quantity(amount), unit.to_owned())),
        span: None,
        years: None,
    }
}

/// A quantity of a flow over a span.
pub(crate) fn flow(amount: &str, unit: &str, days: Span) -> ExtentRequest {
    ExtentRequest {
        span: Some(days),
        ..stock(amount, unit)
    }
}

/// The whole of a forest right.
pub(crate) fn whole() -> ExtentRequest {
    ExtentRequest::default()
}

/// Years of a sink, both included.
pub(crate) fn years(first: i32, last: i32) -> ExtentRequest {
    ExtentRequest {
        years: Some((first, last)),
        ..ExtentRequest::default()
    }
}

/// One line over a right.
pub(crate) fn line(right: RightId, extent: ExtentRequest) -> LineRequest {
    LineRequest {
        right,
        extent,
        behind: Vec::new(),
    }
}

/// A pledge of the holder's rights, without a term and without hidden members.
pub(crate) fn register(pledgor: &Actor, lines: Vec<LineRequest>) -> RegisterPledge {
    RegisterPledge {
        pledgor: pledgor.party,
        debtor: None,
        form: Form::Pledge,
        lines,
        term: None,
        reservation: None,
        cap_cny: None,
        maximum: None,
        syndicate: Vec::new(),
        green: None,
        hidden: Vec::new(),
    }
}

/// The same as the body of a command.
pub(crate) fn pledge(pledgor: &Actor, lines: Vec<LineRequest>) -> Body {
    Body::RegisterPledge(Box::new(register(pledgor, lines)))
}

/// A reservation for this many days.
pub(crate) fn reserve(pledgor: &Actor, lines: Vec<LineRequest>, days: i32) -> Body {
    Body::Reserve {
        pledgor: pledgor.party,
        lines,
        days,
    }
}

/// A new total of one line.
pub(crate) fn to_quantity(line: u16, amount: &str, unit: &str) -> LineChange {
    LineChange {
        line,
        amount: Some((quantity(amount), unit.to_owned())),
        to: None,
        behind: Vec::new(),
    }
}

/// A change of the quantities of lines.
pub(crate) fn amend(pledge: PledgeId, changes: Vec<LineChange>) -> Body {
    Body::AmendPledge {
        pledge,
        changes,
        cap_cny: None,
        green: None,
        consenting: Vec::new(),
    }
}

/// A release of these parts, or of the whole where none are named.
pub(crate) fn release(pledge: PledgeId, changes: Vec<LineChange>) -> Body {
    let order = None;
    Body::ReleasePledge {
        pledge,
        changes,
        order,
    }
}
