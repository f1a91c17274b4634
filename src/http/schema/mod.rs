//! The shapes of bodies and answers, for `/openapi.json` only.
//!
//! Answers are written by hand where they are made, because the hot path has no use for a serializer and because canonical
//! texts must go out as they are. Here their shapes stand as tables, with words in both languages and with the limits of
//! `primitives`; tests compare every answer of the program with its shape, so that the two cannot drift. Handlers name a shape
//! by a type of its name, which holds nothing.

mod access;
mod answers;
mod drafts;
mod entries;
mod feeds;
mod files;
mod parties;
mod pledges;
mod rights;
mod shape;
mod values;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

pub(crate) use crate::http::failures::{
    BodyProblems, DraftProblems, GateProblems, MemberProblems, QuotaProblems, ReadProblems,
    RefusalProblems, ServiceProblems, SignInProblems, StoppedProblems, TooManyProblems,
    UnknownProblems,
};
pub(crate) use crate::http::schema::shape::worded;

macro_rules! names {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("Names the shape `", stringify!($name), "`.")]
            pub(crate) struct $name;

            impl PartialSchema for $name {
                // A place for the shape of this name, which `schemas` has.
                fn schema() -> RefOr<Schema> {
                    RefOr::T(Schema::Object(ObjectBuilder::new().build()))
                }
            }

            impl ToSchema for $name {}
        )*
        /// The names that handlers use.
        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

names! {
    Alerts Batch BatchAnswer Certificate CertificateRequest Challenge ChallengeRequest CheckAnswer Consistency DeclineRequest DeliveryPage Description Draft DraftPage DraftView DraftWhole Entry Evidence Health
    HistoryPage LogState OpeningReadPage OpeningsView PartyPage PartyView PersonOpeningsView PledgePage Presented PriceList PricesAdded Question Receipt Reconciliation RegisterPledgeQuestion ReplayRequest RightPage
    RightView SecuredView SessionView SignInRequest Statistics StatisticsLines Submission Watched WebhookList
    WebhookView
}

/// Returns every shape, by name.
pub(crate) fn schemas() -> Map<String, Value> {
    shapes().collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn shapes() -> impl Iterator<Item = (String, Value)> {
    let tables = [
        values::TEXTS,
        values::OBJECTS,
        parties::RECORDS,
        parties::BODIES,
        rights::RECORDS,
        rights::BODIES,
        pledges::RECORDS,
        pledges::ENDS,
        pledges::BODIES,
        files::OBJECTS,
        files::CHOICES,
        access::OBJECTS,
        drafts::OBJECTS,
        feeds::OBJECTS,
        answers::OBJECTS,
        answers::CHOICES,
    ];
    let shapes = tables.into_iter().flatten();
    let fixed = shapes.map(|shape| (shape.name.to_owned(), shape.schema()));
    let lengths = values::LENGTHS.iter().map(|(name, max, zh, en)| {
        let text = json!({"type": "string", "minLength": 1, "maxLength": max});
        ((*name).to_owned(), worded(text, zh, en))
    });
    fixed.chain(lengths).chain(entries::schemas())
}

/// Returns the schema of a parameter or a header: a shape by its name.
pub(crate) fn reference(name: &str) -> Value {
    shape::reference(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::authority::matrix::MATRIX;

    #[test]
    fn every_name_that_a_handler_uses_has_a_shape_and_no_shape_has_the_name_of_another() {
        let schemas = schemas();
        assert_eq!(schemas.len(), shapes().count());
        for name in NAMES {
            assert!(schemas.contains_key(*name), "{name}");
        }
    }

    #[test]
    fn every_reference_leads_to_a_shape_and_every_shape_is_used() {
        let schemas = schemas();
        let text = Value::Object(schemas.clone()).to_string();
        let mut used: Vec<&str> = NAMES.to_vec();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
            used.push(name);
        }
        // These are the schemas of parameters, of failures and of notices.
        used.extend(["Problem", "Index", "CloudEvent"]);
        for name in schemas.keys() {
            assert!(used.contains(&name.as_str()), "nothing uses {name}");
        }
    }

    #[test]
    fn every_command_has_a_body_that_is_read_strictly() {
        let schemas = schemas();
        for row in MATRIX {
            let body = &schemas[&entries::body_of(row.command)];
            assert_eq!(body["additionalProperties"], false, "{}", row.command);
        }
    }

    #[test]
    fn every_shape_has_words_in_both_languages() {
        for (name, schema) in schemas() {
            for member in ["description", "x-zh"] {
                assert!(schema[member].is_string(), "{name}: {member}");
            }
        }
    }
}
