//! Pledges beside their registrations elsewhere, as of a day.

use crate::client::answers::{Page, optional_count, optional_integer, optional_parsed};
use crate::domain::command::ExternalStatus;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::time::Day;

/// What is recorded of a registration elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// The number of the registration there.
    pub number: String,
    /// How it stands there.
    pub status: ExternalStatus,
    /// The day on which somebody looked.
    pub checked: Day,
    /// The first day on which its term there is over.
    pub ends: Option<Day>,
    /// Days until then; negative afterwards.
    pub days_left: Option<i64>,
}

/// A pledge beside one registration elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReconciledPledge {
    /// The pledge.
    pub pledge: PledgeId,
    /// Its pledgee.
    pub pledgee: PartyId,
    /// How the two stand to each other, such as `agrees` or `lapsed`.
    pub standing: String,
    /// The same for people, in Chinese.
    pub standing_zh: String,
    /// The number of what is to be set right in the catalogue of checks.
    pub code: Option<u64>,
    /// The other register; none where nothing is recorded and the policy names none.
    pub register: Option<String>,
    /// The registration; none where nothing is recorded.
    pub elsewhere: Option<Elsewhere>,
}

impl ReconciledPledge {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            pledge: fields.parsed("pledge", "an id such as P57", PledgeId::parse)?,
            pledgee: fields.parsed("pledgee", "an id such as M9", PartyId::parse)?,
            standing: fields.text("standing")?,
            standing_zh: fields.text("standing_zh")?,
            code: optional_count(fields, "code")?,
            register: fields.optional_text("register")?,
            elsewhere: if fields.has("number") {
                Some(Elsewhere::read(fields)?)
            } else {
                None
            },
        })
    }
}

impl Elsewhere {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            number: fields.text("number")?,
            status: fields.parsed("status", "a status there", ExternalStatus::parse)?,
            checked: fields.parsed("checked", "a day", Day::parse)?,
            ends: optional_parsed(fields, "ends", "a day", Day::parse)?,
            days_left: optional_integer(fields, "days_left")?,
        })
    }
}

/// A page of the reconciliation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reconciliation {
    /// The day.
    pub day: Day,
    /// The size of the log that the page rests on.
    pub size: u64,
    /// The rows, and the cursor of the next page.
    pub page: Page<ReconciledPledge>,
}

impl Reconciliation {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            day: fields.parsed("day", "a day", Day::parse)?,
            size: fields.count("size")?,
            page: Page::read(fields, ReconciledPledge::read)?,
        })
    }
}

/// Which rows are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReconciliationQuery {
    /// Only pledges that this party has taken.
    pub pledgee: Option<PartyId>,
    /// Only rows that stand so.
    pub standing: Option<String>,
    /// The day; today if absent.
    pub day: Option<Day>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::answers::read_with;

    #[test]
    fn a_row_has_a_registration_elsewhere_or_none() {
        let text = r#"{"day":"2028-03-02","items":[
            {"pledge":"P57","pledgee":"M9","register":"zhongdeng","code":8001,"standing":"unrecorded","standing_zh":"未记载外部登记"},
            {"checked":"2028-02-01","days_left":-2,"ends":"2028-02-29","number":"0123","pledge":"P60","pledgee":"M9",
             "register":"zhongdeng","standing":"lapsed","standing_zh":"对方登记期限届满","status":"registered"}
        ],"next":"P60","size":77}"#;
        let read = read_with(text, Reconciliation::read).unwrap();
        assert_eq!(read.page.items[0].elsewhere, None);
        assert_eq!(read.page.items[0].code, Some(8001));
        let there = read.page.items[1].elsewhere.as_ref().unwrap();
        assert_eq!(there.status, ExternalStatus::Registered);
        assert_eq!(there.days_left, Some(-2));
        assert_eq!(read.page.next.as_deref(), Some("P60"));
        let wrong = text.replace("\"status\":\"registered\"", "\"status\":\"gone\"");
        let fault = read_with(&wrong, Reconciliation::read).unwrap_err();
        assert!(fault.to_string().contains("status"), "{fault}");
    }
}
