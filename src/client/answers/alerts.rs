//! Alerts of a day, and pledges at imported prices.

use crate::client::answers::{
    Page, objects, optional_count, optional_integer, optional_line, optional_objects,
    optional_parsed, texts,
};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Day;

/// A price of one unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    /// The series: the kind and parts of an identity.
    pub series: String,
    /// The day.
    pub day: Day,
    /// Yuan for one unit.
    pub cny: Quantity,
    /// Who says so.
    pub source: String,
}

impl Price {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let quantity = |text: &str| Quantity::parse(text, Scale::MAX).ok();
        Ok(Self {
            series: fields.text("series")?,
            day: fields.parsed("day", "a day", Day::parse)?,
            cny: fields.parsed("cny", "yuan", quantity)?,
            source: fields.text("source")?,
        })
    }
}

/// How the collateral of a pledge is valued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Valuation {
    /// Loan to value in millionths, rounded up; none where the value is 0.
    pub ltv_ppm: Option<u64>,
    /// The line that was crossed: `warning` or `close_out`.
    pub line: Option<String>,
    /// The principal in yuan; sums may be longer than a quantity.
    pub principal_cny: String,
    /// The value of the lines that are not released, in yuan.
    pub value_cny: String,
    /// The prices.
    pub prices: Vec<Price>,
}

impl Valuation {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            ltv_ppm: optional_count(fields, "ltv_ppm")?,
            line: fields.optional_text("line")?,
            principal_cny: fields.text("principal_cny")?,
            value_cny: fields.text("value_cny")?,
            prices: objects(fields, "prices", Price::read)?,
        })
    }
}

/// One alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    /// The kind, such as `lapse`.
    pub kind: String,
    /// Its number in the catalogue of checks, where it has one.
    pub code: Option<u64>,
    /// The pledge, the reservation, the right or the party that it is about.
    pub record: String,
    /// The line of the pledge.
    pub line: Option<u16>,
    /// The right.
    pub right: Option<RightId>,
    /// Whom it concerns.
    pub parties: Vec<PartyId>,
    /// What lapses.
    pub what: Option<String>,
    /// The day that it is about; the first one outside, where it is an end.
    pub on: Option<Day>,
    /// Days until then; negative once it has passed.
    pub days_left: Option<i64>,
    /// 60, 30 or 7, or 0 once it has passed.
    pub stage: Option<i64>,
    /// How much is missing or was disposed of, in the unit of the right.
    pub amount: Option<Quantity>,
    /// Further records that it rests on.
    pub records: Vec<String>,
    /// How the collateral was valued.
    pub price: Option<Valuation>,
}

impl Alert {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let any = |text: &str| Some(text.to_owned());
        let quantity = |text: &str| Quantity::parse(text, Scale::MAX).ok();
        Ok(Self {
            kind: fields.text("kind")?,
            code: optional_count(fields, "code")?,
            record: fields.text("record")?,
            line: optional_line(fields)?,
            right: optional_parsed(fields, "right", "an id such as R41", RightId::parse)?,
            parties: texts(fields, "parties", "an id such as M9", PartyId::parse)?,
            what: fields.optional_text("what")?,
            on: optional_parsed(fields, "on", "a day", Day::parse)?,
            days_left: optional_integer(fields, "days_left")?,
            stage: optional_integer(fields, "stage")?,
            amount: optional_parsed(fields, "amount", "a quantity", quantity)?,
            records: texts(fields, "records", "a record", any)?,
            price: match fields.optional_object("price")? {
                Some(mut price) => Some(Valuation::read(&mut price)?),
                None => None,
            },
        })
    }
}

/// A page of alerts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alerts {
    /// The day.
    pub day: Day,
    /// The size of the log that the page rests on.
    pub size: u64,
    /// The alerts, and the cursor of the next page.
    pub page: Page<Alert>,
    /// The pledges whose principal was presented and whose lines all have a price.
    pub valued: Vec<(PledgeId, Valuation)>,
}

impl Alerts {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let valued = |fields: &mut Fields| {
            let pledge = fields.parsed("pledge", "an id such as P57", PledgeId::parse)?;
            Ok((pledge, Valuation::read(fields)?))
        };
        Ok(Self {
            day: fields.parsed("day", "a day", Day::parse)?,
            size: fields.count("size")?,
            page: Page::read(fields, Alert::read)?,
            valued: optional_objects(fields, "valued", valued)?,
        })
    }
}

/// Which alerts are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AlertQuery {
    /// Only those that concern this party.
    pub party: Option<String>,
    /// Only those about this right.
    pub right: Option<String>,
    /// Only those about this pledge.
    pub pledge: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// The day; today if absent.
    pub day: Option<String>,
    /// For a member, with the amounts that the registry keeps and the member may see; each is an access that is written down.
    pub kept: bool,
}
