//! What a form suggests for a field in which anything may be typed: the classes that a policy names, the towns that the operator
//! has named, and what rights of the kind have already.
//!
//! Suggestions and no list to choose from: a class, a town or a method that nobody has named yet is recorded as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::documents::books::columns::Known;
use crate::documents::books::noted;
use crate::domain::facts::Record;
use crate::domain::policy::KindPolicy;
use crate::service::Registry;
use crate::service::query::Listing;

/// Values that a field suggests: as many as a county has towns, and few enough for a page.
pub(crate) const SUGGESTED_MAX: usize = 60;
/// Rights of a kind that are looked at.
const RIGHTS_MAX: usize = 400;
/// The attribute whose values the operator may have named.
const TOWN: &str = "town";

/// A value, and what it is called where that says more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Suggestion {
    pub(crate) value: String,
    pub(crate) name: String,
}

impl Suggestion {
    fn plain(value: String) -> Self {
        Self {
            value,
            name: String::new(),
        }
    }
}

/// Returns the classes that a policy names.
pub(crate) fn classes(policy: &KindPolicy) -> Vec<Suggestion> {
    noted::classes(policy)
        .cloned()
        .map(Suggestion::plain)
        .collect()
}

/// Returns values of an attribute of rights of a kind; a register that cannot be read suggests nothing.
pub(crate) fn attribute(registry: &Registry, policy: &KindPolicy, name: &str) -> Vec<Suggestion> {
    if name == TOWN {
        let towns = towns(registry);
        if !towns.is_empty() {
            return towns;
        }
    }
    let of_kind = |record: &Record| match record {
        Record::Right(right) => right.kind == policy.kind && right.attributes.contains_key(name),
        _ => false,
    };
    let found = registry.list_where(Listing::Rights, of_kind, None, RIGHTS_MAX);
    let (rights, _) = found.unwrap_or_default();
    let values: BTreeSet<String> = rights
        .into_iter()
        .filter_map(|found| match found.value.record {
            Record::Right(mut right) => right.attributes.remove(name),
            _ => None,
        })
        .collect();
    // What every right has another value of is no vocabulary.
    if values.len() > SUGGESTED_MAX {
        return Vec::new();
    }
    values.into_iter().map(Suggestion::plain).collect()
}

/// Returns what the register knows of the attributes that the book of a kind has, for its template.
pub(crate) fn known(registry: &Registry, policy: &KindPolicy) -> BTreeMap<String, Known> {
    let book = policy.book.iter();
    let names = book.flat_map(|book| book.attributes.keys());
    let of = |name: &String| {
        let mut known = Known::default();
        for Suggestion { value, name } in attribute(registry, policy, name) {
            if !name.is_empty() {
                known.called.insert(value.clone(), name);
            }
            known.values.push(value);
        }
        (name.clone(), known)
    };
    names.map(of).collect()
}

/// The towns of the region of the register; of a larger file those of other regions are left out.
fn towns(registry: &Registry) -> Vec<Suggestion> {
    let region = &registry.genesis().region;
    let all = registry.towns().into_iter();
    let of_region = all.filter(|(code, _)| code.starts_with(region));
    let towns = of_region.map(|(value, name)| Suggestion { value, name });
    towns.take(SUGGESTED_MAX).collect()
}
