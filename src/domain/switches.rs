//! What a policy text of law 2 says beyond that of law 1: transfer while pledged, use of pledged units, conversion, and the
//! attributes that bar a pledge or are noted beside it. A kind that says nothing of it has the defaults, which are those of law 1.

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

/// With which values an attribute counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Counts {
    /// With one of these.
    With(Vec<String>),
    /// With any but these; a right without the attribute has nothing that counts.
    Unless(Vec<String>),
    /// With any but these, and where it is missing.
    Without(Vec<String>),
}

/// An attribute that bars a pledge, or is noted beside it, while it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The attribute.
    pub attribute: String,
    /// When it counts.
    pub counts: Counts,
    /// What is found then: 2005, 2006, 8004, 9003 or 9004 of what bars, 8005 of what is noted.
    pub code: Code,
}

impl Bar {
    /// Returns the value of the attribute, where it counts; an empty one where it counts because it is missing.
    pub fn of<'a>(&self, attributes: &'a BTreeMap<String, String>) -> Option<&'a str> {
        let value = attributes.get(&self.attribute);
        let counts = match &self.counts {
            Counts::With(values) => value.is_some_and(|value| values.contains(value)),
            Counts::Unless(values) => value.is_some_and(|value| !values.contains(value)),
            Counts::Without(values) => value.is_none_or(|value| !values.contains(value)),
        };
        counts.then(|| value.map_or("", String::as_str))
    }
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
    /// A line ends by itself with the term of its claim.
    pub lapses: bool,
    /// Attributes that bar a pledge.
    pub bars: Vec<Bar>,
    /// Attributes that are noted beside a pledge.
    pub notes: Vec<Bar>,
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
pub(crate) struct LapseText {
    /// `warn` or `ends`.
    at_end: String,
    cites: String,
}

impl LapseText {
    /// Says whether the end of a claim's term ends the line.
    pub(crate) fn ends(&self) -> Result<bool, PolicyFault> {
        if self.cites.is_empty() {
            return Err(PolicyFault("cites must be given".to_owned()));
        }
        match self.at_end.as_str() {
            "warn" => Ok(false),
            "ends" => Ok(true),
            other => Err(unknown("lapse.at_end", other)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BarText {
    attribute: String,
    values: Option<Vec<String>>,
    unless: Option<Vec<String>>,
    requires: Option<Vec<String>>,
    finding: u16,
}

impl BarText {
    /// Reads the rule; `allowed` are the numbers that its table may name.
    fn read(&self, table: &str, allowed: &[Code]) -> Result<Bar, PolicyFault> {
        let code = Code::from_number(self.finding).filter(|code| allowed.contains(code));
        let finding = format!("{table}.finding");
        let code = code.ok_or_else(|| unknown(&finding, &self.finding.to_string()))?;
        // What another register says stands in the attribute, so such a rule cannot ask for one that is missing.
        let is_told = [Code::OtherMortgage, Code::ExternalClaim].contains(&code);
        let counts = match (&self.values, &self.unless, &self.requires) {
            (Some(values), None, None) => Counts::With(values.clone()),
            (None, Some(values), None) => Counts::Unless(values.clone()),
            (None, None, Some(values)) if !is_told => Counts::Without(values.clone()),
            _ => {
                return Err(PolicyFault(format!(
                    "{table} has one of values, unless and requires"
                )));
            }
        };
        Ok(Bar {
            attribute: self.attribute.clone(),
            counts,
            code,
        })
    }
}

fn unknown(member: &str, value: &str) -> PolicyFault {
    PolicyFault(format!("{member} has the unknown value {value:?}"))
}

impl Switches {
    pub(crate) fn of(
        transfer: Option<&TransferText>,
        surrender: Option<&SurrenderText>,
        convert: Option<&ConvertText>,
        (bars, notes): (&[BarText], &[BarText]),
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
        Ok(Self {
            transfer,
            surrender,
            converts_into: convert.map(|text| text.into.clone()).unwrap_or_default(),
            converts_by_order,
            lapses: false,
            bars: bars
                .iter()
                .map(|text| text.read("bar", BARS))
                .collect::<Result<_, _>>()?,
            notes: notes
                .iter()
                .map(|text| text.read("note", NOTES))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Returns what bars a pledge of the right, and what is noted beside it.
    pub fn barred(&self, right: &Right) -> Vec<Finding> {
        let found = self.counting(&right.attributes);
        found.map(|(bar, _)| Finding::of(bar.code)).collect()
    }

    /// Returns what other registers are said to hold against the right, in words that nobody here can follow up: of what bars a
    /// pledge or is noted beside it, what comes from outside (8004, 8005).
    pub fn claims<'a>(&'a self, right: &'a Right) -> impl Iterator<Item = (&'a Bar, &'a str)> {
        let counting = self.counting(&right.attributes);
        counting.filter(|(bar, _)| [Code::OtherMortgage, Code::ExternalClaim].contains(&bar.code))
    }

    fn counting<'a>(
        &'a self,
        attributes: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (&'a Bar, &'a str)> {
        let all = self.bars.iter().chain(&self.notes);
        all.filter_map(|bar| bar.of(attributes).map(|value| (bar, value)))
    }
}

/// What an attribute may bar a pledge for.
const BARS: &[Code] = &[
    Code::Provisional,
    Code::FeeUnpaid,
    Code::OtherMortgage,
    Code::BarredHolder,
    Code::TakeBack,
];
/// What an attribute may be noted for.
const NOTES: &[Code] = &[Code::ExternalClaim];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::KindPolicy;

    const BASE: &str = include_str!("../../fixtures/policy/water_use.toml");

    #[test]
    fn a_text_without_switches_has_the_defaults() {
        let note =
            "[[note]]\nattribute = \"external_claim\"\nunless = [\"已核销\"]\nfinding = 8005\n";
        let (before, after) = BASE.split_once(note).unwrap();
        let switches = KindPolicy::parse(&format!("{before}{after}"));
        assert_eq!(switches.unwrap().switches, Switches::default());
    }

    #[test]
    fn switches_are_read_and_unknown_ones_refused() {
        let more = "\n[transfer]\npledged = \"blocked\"\ncites = \"x\"\n[surrender]\ncarve_out = \"order\"\ncites = \"x\"\n\
                    [convert]\ninto = [\"carbon\"]\nconsent = \"none\"\ncites = \"x\"\n\
                    [lapse]\nat_end = \"ends\"\ncites = \"y\"\n\
                    [[bar]]\nattribute = \"fee\"\nvalues = [\"due\"]\nfinding = 2006\n\
                    [[note]]\nattribute = \"claim\"\nunless = [\"settled\"]\nfinding = 8005\n";
        let read = |text: &str| KindPolicy::parse(text);
        let whole = format!("{BASE}{more}");
        let switches = read(&whole).unwrap().switches;
        assert_eq!(switches.transfer, Transfer::Blocked);
        assert!(switches.converts_by_order && switches.lapses);
        assert!(
            !read(&whole.replace("\"ends\"", "\"warn\""))
                .unwrap()
                .switches
                .lapses
        );
        assert!(switches.surrender.unwrap().allows(CarveOut::Order));
        let found = |name: &str, value: &str| {
            let attributes = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let counting = switches.counting(&attributes);
            counting.map(|(bar, _)| bar.code).collect::<Vec<_>>()
        };
        assert_eq!(found("fee", "due"), [Code::FeeUnpaid]);
        assert_eq!(found("fee", "paid"), []);
        assert_eq!(found("claim", "01234: all rights"), [Code::ExternalClaim]);
        assert_eq!(found("claim", "settled"), []);
        for (from, to) in [
            ("blocked", "maybe"),
            ("\"order\"", "\"never\""),
            ("\"none\"", "\"nobody\""),
            ("\"ends\"", "\"later\""),
            ("cites = \"y\"", "cites = \"\""),
            ("2006", "2001"),
            ("8005", "2006"),
            ("values = [\"due\"]", "values = []\nunless = []"),
            ("values = [\"due\"]", ""),
            ("values = [\"due\"]", "values = []\nrequires = []"),
            ("unless = [\"settled\"]", "requires = [\"settled\"]"),
            ("cites = \"x\"\n[surrender]", "cites = \"\"\n[surrender]"),
        ] {
            assert!(read(&whole.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn what_must_be_there_counts_where_it_is_missing() {
        let more = "\n[[bar]]\nattribute = \"fee\"\nrequires = [\"paid\"]\nfinding = 2006\n";
        let switches = KindPolicy::parse(&format!("{BASE}{more}"))
            .unwrap()
            .switches;
        let found = |value: Option<&str>| {
            let attributes = value.map(|value| ("fee".to_owned(), value.to_owned()));
            let attributes = attributes.into_iter().collect();
            let counting = switches.counting(&attributes);
            counting
                .map(|(_, text)| text.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(found(Some("paid")), Vec::<String>::new());
        assert_eq!(found(Some("due")), ["due"]);
        assert_eq!(found(None), [""]);
    }

    #[test]
    fn a_carve_out_is_as_wide_as_the_policy_says() {
        let allowed = [Surrender::Refuse, Surrender::Consent, Surrender::Order].map(|rule| {
            [CarveOut::Consent, CarveOut::Order].map(|carve_out| rule.allows(carve_out))
        });
        assert_eq!(allowed, [[false, false], [true, false], [true, true]]);
    }
}
