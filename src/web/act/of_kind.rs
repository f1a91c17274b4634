//! What a kind of right means by the fields of a form: which of them it has, the particulars that its office keeps a column for, and
//! the boundary of a parcel as the office's files have it.
//!
//! Everything comes from the rules of the kind; what they do not name may still be typed, below the others.

use crate::documents::books::geojson::Grounds;
use crate::documents::books::noted;
use crate::domain::policy::{Ground, KindPolicy};
use crate::domain::right::Right;
use crate::domain::wire::polygon_text;
use crate::primitives::canonical::Json;
use crate::web::act::catalogue::{Field, Listed, Takes};
use crate::web::act::form::Form;

/// Where the form has the number of the parcel.
const NUMBER: &str = "identities_0_0";

/// Says whether the rules of a kind give a field a meaning. What was typed into another is read all the same.
pub(super) fn is_meant(field: &Field, policy: &KindPolicy) -> bool {
    let ground = policy.land.as_ref().map(|land| &land.ground);
    match field.takes {
        Takes::Class => {
            let has_column = policy
                .book
                .as_ref()
                .is_some_and(|book| book.class.is_some());
            has_column || noted::classes(policy).next().is_some()
        }
        Takes::Ground => matches!(ground, Some(Ground::Polygon { .. })),
        Takes::Listed(Listed::Units) => match ground {
            Some(Ground::Units { .. }) => true,
            Some(Ground::Polygon { scheme }) => scheme.is_some(),
            None => false,
        },
        // Only land overlaps, and only where a source is named can two rights draw on one.
        Takes::Digest if field.name == "adjudication" => ground.is_some(),
        Takes::Mark if field.name == "additional" => !policy.source.is_empty(),
        _ => true,
    }
}

/// The attributes that a form asks for by name: those of the office's book, and those that the right has.
pub(super) fn attributes(policy: &KindPolicy, right: Option<&Right>) -> Vec<String> {
    let book = policy.book.iter().flat_map(|book| book.attributes.keys());
    let own = right.into_iter().flat_map(|right| right.attributes.keys());
    let mut names: Vec<String> = Vec::new();
    for name in own.chain(book) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The other attributes that the rules read, which are typed where there is something to say.
pub(super) fn ruled(policy: &KindPolicy, right: Option<&Right>) -> Vec<String> {
    let asked = attributes(policy, right);
    let rules = policy.switches.bars.iter().chain(&policy.switches.notes);
    let mut names: Vec<String> = rules.map(|rule| rule.attribute.clone()).collect();
    names.sort();
    names.dedup();
    names.retain(|name| !asked.contains(name));
    names
}

impl Form<'_> {
    /// Reads the boundary of a parcel: the text that a command has, or GeoJSON of the office, from which the parcel is taken that
    /// the form names, or the only one.
    pub(super) fn ground(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?;
        if !typed.starts_with('{') {
            return Some(Json::Text(typed));
        }
        match Grounds::one(&typed, &self.visit.typed(NUMBER)) {
            Ok(parts) => Some(Json::Text(polygon_text(&parts))),
            Err(fault) => {
                let text = self.say(
                    "GeoJSON 中没有可用的界址",
                    "the GeoJSON has no boundary to use",
                );
                self.fault(name, format!("{text}: {fault}"));
                None
            }
        }
    }
}
