//! By what the world knows a right of a kind: the schemes of its identities, and what a right is drawn from.
//!
//! A right has an identity of the first scheme, unless the text says of another one that it stands alone: an old certificate
//! whose parcel has no unit number yet.

use serde::Deserialize;

use crate::domain::policy::{PolicyFault, is_name, unknown};
use crate::primitives::identifier::Shape;

/// One identity scheme of a kind: its parts in order, each with a shape.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityScheme {
    /// The name of the scheme, global to the registry.
    pub scheme: String,
    /// Names and shapes of the parts; the normal form joins them with `|`.
    pub parts: Vec<(String, Shape)>,
    /// A right may be known by it alone, without one of the kind's first scheme.
    pub stands_alone: bool,
}

/// One part of the source of a right: a part of its first identity, or its leading characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourcePart {
    /// The index of the part within the first identity scheme.
    pub part: usize,
    /// How many leading characters count; all where absent.
    pub chars: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityText {
    scheme: String,
    parts: Vec<PartText>,
    pub(super) alone: Option<bool>,
}

impl IdentityText {
    /// Says whether a part has a shape that came with law 2.
    pub(super) fn is_later(&self) -> bool {
        let is_later = |part: &PartText| {
            part.shape.starts_with("one_of:") || part.shape.starts_with("file_number:")
        };
        self.alone.is_some() || self.parts.iter().any(is_later)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartText {
    name: String,
    shape: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceText {
    parts: Vec<SourcePartText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcePartText {
    part: String,
    chars: Option<usize>,
}

/// Reads the schemes. What a right is drawn from, or counted by, stands in its first identity; so there none stands alone.
pub(super) fn schemes(
    texts: Vec<IdentityText>,
    is_drawn: bool,
) -> Result<Vec<IdentityScheme>, PolicyFault> {
    for (nth, text) in texts.iter().enumerate() {
        if text.alone == Some(false) || text.alone.is_some() && (nth == 0 || is_drawn) {
            return Err(unknown("identity.alone", &text.scheme));
        }
    }
    texts.into_iter().map(identity).collect()
}

fn identity(text: IdentityText) -> Result<IdentityScheme, PolicyFault> {
    if !is_name(&text.scheme) || text.parts.is_empty() {
        return Err(unknown("identity.scheme", &text.scheme));
    }
    let part = |part: PartText| {
        let shape = Shape::parse(&part.shape);
        shape
            .map(|shape| (part.name, shape))
            .ok_or_else(|| unknown("identity.shape", &part.shape))
    };
    let parts = text.parts.into_iter().map(part).collect::<Result<_, _>>()?;
    Ok(IdentityScheme {
        scheme: text.scheme,
        parts,
        stands_alone: text.alone.is_some(),
    })
}

pub(super) fn source(
    text: Option<SourceText>,
    first: Option<&IdentityScheme>,
) -> Result<Vec<SourcePart>, PolicyFault> {
    let first = first.ok_or_else(|| PolicyFault("identity is missing".to_owned()))?;
    let part = |wanted: SourcePartText| {
        let part = first
            .parts
            .iter()
            .position(|(name, _)| *name == wanted.part);
        part.map(|part| SourcePart {
            part,
            chars: wanted.chars,
        })
        .ok_or_else(|| unknown("source.part", &wanted.part))
    };
    text.map_or_else(
        || Ok(Vec::new()),
        |text| text.parts.into_iter().map(part).collect(),
    )
}

#[cfg(test)]
mod tests {
    use crate::domain::policy::KindPolicy;

    const FOREST: &str = include_str!("../../fixtures/policy/forest.toml");
    const EMISSION: &str = include_str!("../../fixtures/policy/emission.toml");

    #[test]
    fn a_later_scheme_may_stand_alone_where_nothing_rests_on_the_first() {
        let policy = KindPolicy::parse(FOREST).unwrap();
        let leading: Vec<&str> = policy.leading_schemes().collect();
        assert_eq!(leading, ["real-estate-unit", "real-estate-certificate"]);
        for (text, to) in [(FOREST, "alone = false"), (FOREST, "alone = \"yes\"")] {
            let text = text.replace("alone = true", to);
            assert!(KindPolicy::parse(&text).is_err(), "{to}");
        }
        let first = FOREST.replacen("parts = [", "alone = true\nparts = [", 1);
        assert!(KindPolicy::parse(&first).is_err());
        let drawn = "[[identity]]\nscheme = \"other\"\nalone = true\nparts = [{ name = \"a\", shape = \"text:9\" }]\n\n";
        let drawn = EMISSION.replace(
            "# One site discharges",
            &format!("{drawn}# One site discharges"),
        );
        assert_eq!(
            KindPolicy::parse(&drawn).unwrap_err().0,
            "identity.alone has the unknown value \"other\""
        );
    }
}
