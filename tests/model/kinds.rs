//! What the policy texts of `fixtures/policy` say of the kinds and no sequence changes.

use super::right::Kind;
use super::{Amount, Identity};

/// A kind.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: &'static str,
    /// The smallest quantity.
    pub(crate) grain: Amount,
    /// How many parts of the first identity say what it is drawn from.
    source_parts: usize,
    /// How many characters of the first of them count.
    source_chars: usize,
    pub(crate) layer: Option<&'static str>,
    pub(crate) has_polygon: bool,
    /// What an overlap within the layer is called.
    pub(crate) overlap: u16,
    pub(crate) warn_layers: &'static [&'static str],
    /// Classes of ground that are noted.
    pub(crate) warn_classes: &'static [&'static str],
    pub(crate) barred_classes: &'static [&'static str],
    /// The only classes that are pledged; all where it is empty.
    pub(crate) allowed_classes: &'static [&'static str],
    /// Attributes with values that bar a pledge.
    pub(crate) bars: &'static [(&'static str, &'static str, u16)],
    /// Attributes that bar a pledge with any value but this one.
    pub(crate) unless: &'static [(&'static str, &'static str, u16)],
}

const PLAIN: Facts = Facts {
    name: "",
    kind: Kind::Stock,
    unit: "",
    grain: 1,
    source_parts: 0,
    source_chars: usize::MAX,
    layer: None,
    has_polygon: false,
    overlap: 0,
    warn_layers: &[],
    warn_classes: &[],
    barred_classes: &[],
    allowed_classes: &[],
    bars: &[],
    unless: &[],
};

/// The attribute that every kind notes beside a pledge, and the value with which it is over.
pub(crate) const CLAIM: (&str, &str, u16) = ("external_claim", "已核销", 8005);

const KINDS: [Facts; 5] = [
    Facts {
        name: "carbon",
        unit: "tCO2e",
        grain: 1_000_000,
        source_parts: 3,
        ..PLAIN
    },
    Facts {
        name: "carbon_sink",
        kind: Kind::Sink,
        unit: "tCO2e/a",
        grain: 1_000_000,
        layer: Some("sink"),
        overlap: 7007,
        warn_layers: &["forest", "mining"],
        warn_classes: &["公益林"],
        ..PLAIN
    },
    Facts {
        name: "emission",
        kind: Kind::Flow,
        unit: "t/a",
        source_parts: 2,
        source_chars: 21,
        unless: &[("fee", "已缴", 2006)],
        bars: &[
            ("holder_rating", "黑牌", 9003),
            ("take_back", "进行中", 9004),
        ],
        ..PLAIN
    },
    Facts {
        name: "energy",
        kind: Kind::Flow,
        unit: "tce/a",
        grain: 10_000,
        unless: &[("certificate_kind", "正式", 2005)],
        ..PLAIN
    },
    Facts {
        name: "forest",
        kind: Kind::Forest,
        unit: "mu",
        grain: 10_000,
        layer: Some("forest"),
        has_polygon: true,
        overlap: 7003,
        warn_layers: &["sink", "compensation", "mining"],
        barred_classes: &["公益林"],
        allowed_classes: &["商品林"],
        unless: &[("other_mortgage", "已注销", 8004)],
        ..PLAIN
    },
];

/// A kind that has a text; none for one that has never had any.
pub(crate) fn facts_of(name: &str) -> Option<&'static Facts> {
    KINDS.iter().find(|facts| facts.name == name)
}

impl Facts {
    /// What a right is drawn from, where the kind says so.
    pub(crate) fn source_of(&self, (_, value): &Identity) -> Option<String> {
        if self.source_parts == 0 {
            return None;
        }
        let mut source = self.name.to_owned();
        for part in value.split('|').take(self.source_parts) {
            source.push('|');
            let chars = part.chars().take(self.source_chars);
            source.extend(chars.map(|letter| letter.to_ascii_uppercase()));
        }
        Some(source)
    }
}

/// An identity as the register knows it for ever: the case of its letters does not count.
pub(crate) fn name_of((scheme, value): &Identity) -> String {
    format!("{scheme}:{}", value.to_ascii_uppercase())
}
