//! What a policy text of law 2 says beyond that of law 1: transfer while pledged, use of pledged units, conversion, and the
//! attributes that bar a pledge. A kind that says nothing of it has the defaults, which are those of law 1.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::command::CarveOut;
use crate::domain::finding::{Code, Finding};
use crate::domain::policy::PolicyFault;
use crate::domain::right::Right;

/// Whether a right may change hands while a line stands on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Transfer {
    /// Yes; the lines follow.
    Free,
    /// With the signed consent of the pledgees.
    #[default]
    Consent,
    /// No.
    Blocked,
}

/// Whether a use may take pledged units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surrender {
    /// Never.
    Refuse,
    /// With the consent of the creditors who lose.
    Consent,
    /// With their consent, or by order of the authority.
    Order,
}

impl Surrender {
    /// Says whether the policy knows this way to take pledged units.
    pub fn allows(self, carve_out: CarveOut) -> bool {
        match (self, carve_out) {
            (Self::Refuse, CarveOut::Consent | CarveOut::Order)
            | (Self::Consent, CarveOut::Order) => false,
            (Self::Consent | Self::Order, CarveOut::Consent) | (Self::Order, CarveOut::Order) => {
                true
            }
        }
    }
}

/// An attribute that bars a pledge while it has one of these values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The attribute.
    pub attribute: String,
    /// The values.
    pub values: Vec<String>,
    /// What is found then: 2005, 2006, 9003 or 9004.
    pub code: Code,
}

/// The rules that came with law 2.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Switches {
    /// Transfer while pledged.
    pub transfer: Transfer,
    /// Use of units; none where the kind is not used up.
    pub surrender: Option<Surrender>,
    /// The kinds it may turn into.
    pub converts_into: Vec<String>,
    /// A conversion is the authority's alone, as where a rule takes a use away.
    pub converts_by_order: bool,
    /// Attributes that bar a pledge.
    pub bars: Vec<Bar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferText {
    pledged: String,
    cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurrenderText {
    carve_out: String,
    cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConvertText {
    into: Vec<String>,
    /// `holder` or `none`.
    consent: Option<String>,
    cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BarText {
    attribute: String,
    values: Vec<String>,
    finding: u16,
}

fn unknown(member: &str, value: &str) -> PolicyFault {
    PolicyFault(format!("{member} has the unknown value {value:?}"))
}

impl Switches {
    pub(crate) fn of(
        transfer: Option<&TransferText>,
        surrender: Option<&SurrenderText>,
        convert: Option<&ConvertText>,
        bars: &[BarText],
    ) -> Result<Self, PolicyFault> {
        let cites = [
            transfer.map(|text| &text.cites),
            surrender.map(|text| &text.cites),
            convert.map(|text| &text.cites),
        ];
        if cites.into_iter().flatten().any(String::is_empty) {
            return Err(PolicyFault("cites must be given".to_owned()));
        }
        let transfer = match transfer.map(|text| text.pledged.as_str()) {
            None | Some("consent") => Transfer::Consent,
            Some("free") => Transfer::Free,
            Some("blocked") => Transfer::Blocked,
            Some(other) => return Err(unknown("transfer.pledged", other)),
        };
        let surrender = match surrender.map(|text| text.carve_out.as_str()) {
            None => None,
            Some("refuse") => Some(Surrender::Refuse),
            Some("consent") => Some(Surrender::Consent),
            Some("order") => Some(Surrender::Order),
            Some(other) => return Err(unknown("surrender.carve_out", other)),
        };
        let asks = convert.and_then(|text| text.consent.as_deref());
        let converts_by_order = match asks {
            None | Some("holder") => false,
            Some("none") => true,
            Some(other) => return Err(unknown("convert.consent", other)),
        };
        let bar = |text: &BarText| {
            let code = Code::from_number(text.finding).filter(|code| is_bar(*code));
            let code = code.ok_or_else(|| unknown("bar.finding", &text.finding.to_string()))?;
            Ok(Bar {
                attribute: text.attribute.clone(),
                values: text.values.clone(),
                code,
            })
        };
        Ok(Self {
            transfer,
            surrender,
            converts_into: convert.map(|text| text.into.clone()).unwrap_or_default(),
            converts_by_order,
            bars: bars.iter().map(bar).collect::<Result<_, _>>()?,
        })
    }

    /// Returns what bars a pledge of the right.
    pub fn barred(&self, right: &Right) -> Vec<Finding> {
        barred(&self.bars, &right.attributes)
    }
}

fn barred(bars: &[Bar], attributes: &BTreeMap<String, String>) -> Vec<Finding> {
    let stands = |bar: &&Bar| {
        let value = attributes.get(&bar.attribute);
        value.is_some_and(|value| bar.values.contains(value))
    };
    bars.iter()
        .filter(stands)
        .map(|bar| Finding::of(bar.code))
        .collect()
}

fn is_bar(code: Code) -> bool {
    [
        Code::Provisional,
        Code::FeeUnpaid,
        Code::BarredHolder,
        Code::TakeBack,
    ]
    .contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::KindPolicy;

    const BASE: &str = include_str!("../../fixtures/policy/water_use.toml");

    #[test]
    fn a_text_without_switches_has_the_defaults() {
        let switches = KindPolicy::parse(BASE).unwrap().switches;
        assert_eq!(switches, Switches::default());
    }

    #[test]
    fn switches_are_read_and_unknown_ones_refused() {
        let more = "\n[transfer]\npledged = \"blocked\"\ncites = \"x\"\n[surrender]\ncarve_out = \"order\"\ncites = \"x\"\n\
                    [convert]\ninto = [\"carbon\"]\nconsent = \"none\"\ncites = \"x\"\n\
                    [[bar]]\nattribute = \"fee\"\nvalues = [\"due\"]\nfinding = 2006\n";
        let read = |text: &str| KindPolicy::parse(text);
        let whole = format!("{BASE}{more}");
        let switches = read(&whole).unwrap().switches;
        assert_eq!(switches.transfer, Transfer::Blocked);
        assert!(switches.converts_by_order);
        assert!(switches.surrender.unwrap().allows(CarveOut::Order));
        let due = BTreeMap::from([("fee".to_owned(), "due".to_owned())]);
        assert_eq!(barred(&switches.bars, &due).len(), 1);
        for (from, to) in [
            ("blocked", "maybe"),
            ("\"order\"", "\"never\""),
            ("\"none\"", "\"nobody\""),
            ("2006", "2001"),
            ("cites = \"x\"\n[surrender]", "cites = \"\"\n[surrender]"),
        ] {
            assert!(read(&whole.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_carve_out_is_as_wide_as_the_policy_says() {
        let allowed = [Surrender::Refuse, Surrender::Consent, Surrender::Order].map(|rule| {
            [CarveOut::Consent, CarveOut::Order].map(|carve_out| rule.allows(carve_out))
        });
        assert_eq!(allowed, [[false, false], [true, false], [true, true]]);
    }
}
