//! What a policy text of law 2 says of a registration beyond the decisions: what it does in law, in which other registers a
//! pledge of the kind is to stand too, how much should be lent on it, and what its quantities are of.
//!
//! No decision reads any of it: the effect is the statute's and not ours (ARCHITECTURE section 10), what another register
//! lacks is a matter for the reconciliation, and sums are one for statistics. It stands in the text so that it cites its
//! source, changes with the quorum alone, and is proven with every certificate.

use serde::Deserialize;

use crate::domain::policy::{IdentityScheme, PolicyFault};

/// What the registration does in law (DOMAIN section 2.9).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EffectClass {
    /// The security comes into being with it (登记生效).
    Creates,
    /// Without it the security does not hold against third parties (登记对抗).
    Opposes,
    /// It proves what was recorded and when; another register decides, or none does.
    Evidence,
}

impl EffectClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Creates, Self::Opposes, Self::Evidence];

    /// Returns the word in policies, statements and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creates => "creates",
            Self::Opposes => "opposes",
            Self::Evidence => "evidence",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// The effect of a registration of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    /// The class.
    pub class: EffectClass,
    /// The legal text that says so.
    pub cites: String,
    /// The register whose entry decides by law, where that is another one.
    pub decides: Option<String>,
}

/// How much of its value should be lent on a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lending {
    /// The share, in percent.
    pub max_percent: u32,
    /// The rule that says so.
    pub cites: String,
}

/// The other registers in which a pledge of a kind is to stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// Their words, as `record_external_registration` names them.
    pub registers: Vec<String>,
    /// The one among them that holds the units, and whose receipt says that it has frozen them.
    pub receipt: Option<String>,
    /// The rule that asks for it.
    pub cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EffectText {
    class: String,
    cites: String,
    decides: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElsewhereText {
    registers: Vec<String>,
    receipt: Option<String>,
    cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LtvText {
    max_percent: u32,
    cites: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatisticsText {
    of: String,
}

impl StatisticsText {
    /// Returns which part of the first identity says what a quantity is of, such as a pollutant.
    pub(crate) fn part(&self, identities: &[IdentityScheme]) -> Result<usize, PolicyFault> {
        let first = identities.first().map(|first| first.parts.iter());
        let place = first.and_then(|mut parts| parts.position(|(name, _)| *name == self.of));
        place.ok_or_else(|| {
            PolicyFault(format!("statistics.of has the unknown value {:?}", self.of))
        })
    }
}

impl Effect {
    pub(crate) fn of(text: EffectText) -> Result<Self, PolicyFault> {
        let class = EffectClass::parse(&text.class).ok_or_else(|| {
            PolicyFault(format!(
                "effect.class has the unknown value {:?}",
                text.class
            ))
        })?;
        let is_other = class == EffectClass::Evidence;
        if text.cites.is_empty()
            || text
                .decides
                .as_ref()
                .is_some_and(|of| of.is_empty() || !is_other)
        {
            return Err(PolicyFault(
                "effect must cite its law; decides belongs to the class \"evidence\"".to_owned(),
            ));
        }
        Ok(Self {
            class,
            cites: text.cites,
            decides: text.decides,
        })
    }
}

impl Lending {
    pub(crate) fn of(text: LtvText) -> Result<Self, PolicyFault> {
        if !(1..=100).contains(&text.max_percent) || text.cites.is_empty() {
            return Err(PolicyFault(
                "ltv must have a max_percent from 1 to 100 and cite a rule".to_owned(),
            ));
        }
        Ok(Self {
            max_percent: text.max_percent,
            cites: text.cites,
        })
    }
}

impl Elsewhere {
    pub(crate) fn of(text: ElsewhereText) -> Result<Self, PolicyFault> {
        let among = |receipt: &String| text.registers.contains(receipt);
        if text.cites.is_empty() || text.registers.is_empty() {
            return Err(PolicyFault(
                "external must name registers and cite a rule".to_owned(),
            ));
        }
        if !text.receipt.as_ref().is_none_or(among) {
            return Err(PolicyFault(
                "external.receipt must be one of its registers".to_owned(),
            ));
        }
        Ok(Self {
            registers: text.registers,
            receipt: text.receipt,
            cites: text.cites,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::KindPolicy;

    const BASE: &str = include_str!("../../fixtures/policy/water_use.toml");

    fn with(more: &str) -> Result<KindPolicy, PolicyFault> {
        let begins = ["[effect]", "[external]"].map(|table| BASE.find(table).unwrap_or(BASE.len()));
        let base = &BASE[..begins[0].min(begins[1])];
        KindPolicy::parse(&format!("{base}{more}"))
    }

    #[test]
    fn an_effect_cites_its_law() {
        let says = |class: &str, cites: &str, more: &str| {
            with(&format!(
                "[effect]\nclass = \"{class}\"\ncites = \"{cites}\"\n{more}"
            ))
        };
        for class in EffectClass::ALL {
            let policy = says(class.name(), "x", "").unwrap();
            assert_eq!(policy.effect.unwrap().class, class);
        }
        let policy = says("evidence", "x", "decides = \"y\"").unwrap();
        assert!(policy.is_later, "no policy of law 1");
        assert_eq!(policy.effect.unwrap().decides.as_deref(), Some("y"));
        for (class, cites, more) in [
            ("owns", "x", ""),
            ("creates", "", ""),
            ("creates", "x", "decides = \"y\""),
            ("evidence", "x", "decides = \"\""),
        ] {
            assert!(says(class, cites, more).is_err(), "{class} {cites} {more}");
        }
        assert_eq!(with("").unwrap().effect, None);
    }

    #[test]
    fn quantities_are_of_a_part_of_the_first_identity() {
        let says = |part: &str| with(&format!("[statistics]\nof = \"{part}\"\n"));
        assert_eq!(says("permit").unwrap().quantities_of, Some(0));
        assert!(says("permit").unwrap().is_later, "no policy of law 1");
        assert!(says("color").is_err());
    }

    #[test]
    fn a_share_of_the_value_is_a_percent_with_its_rule() {
        let says = |percent: &str, cites: &str| {
            with(&format!(
                "[ltv]\nmax_percent = {percent}\ncites = \"{cites}\"\n"
            ))
        };
        let policy = says("60", "x").unwrap();
        assert!(policy.is_later, "no policy of law 1");
        assert_eq!(policy.lending.unwrap().max_percent, 60);
        for (percent, cites) in [("0", "x"), ("101", "x"), ("60", ""), ("\"60\"", "x")] {
            assert!(says(percent, cites).is_err(), "{percent} {cites}");
        }
    }

    #[test]
    fn a_receipt_comes_from_a_register_that_is_named() {
        let says = |more: &str| with(&format!("[external]\ncites = \"x\"\n{more}"));
        let policy = says("registers = [\"zhongdeng\", \"exchange\"]\nreceipt = \"exchange\"");
        let elsewhere = policy.unwrap().elsewhere.unwrap();
        assert_eq!(elsewhere.receipt.as_deref(), Some("exchange"));
        assert!(says("registers = [\"zhongdeng\"]\nreceipt = \"exchange\"").is_err());
        assert!(says("registers = []").is_err());
    }
}
