//! Which failures an operation may answer with, for `/openapi.json` only.
//!
//! Separate from `schema`, which describes what is answered when nothing fails.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, Ref, RefOr};

use crate::http::problem::{Kind, PROBLEM_TYPE};

fn responses_of(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut titles: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for kind in kinds {
        titles
            .entry(kind.status().as_str().to_owned())
            .or_default()
            .push(kind.title());
    }
    let response = |titles: &[&str]| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        ResponseBuilder::new()
            .description(titles.join("; "))
            .content(PROBLEM_TYPE, content)
            .build()
            .into()
    };
    titles
        .into_iter()
        .map(|(status, titles)| (status, response(&titles)))
        .collect()
}

/// The failures of every read.
pub(crate) struct ReadProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses_of(&[
            Kind::InvalidField,
            Kind::SignInRequired,
            Kind::Forbidden,
            Kind::TooManyRequests,
            Kind::NotFound,
            Kind::Internal,
            Kind::Stopped,
            Kind::Timeout,
        ])
    }
}

/// The failures of everything with a body.
pub(crate) struct BodyProblems;

impl IntoResponses for BodyProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses_of(&[
            Kind::InvalidField,
            Kind::MalformedJson,
            Kind::SignInRequired,
            Kind::SignInDenied,
            Kind::Forbidden,
            Kind::TooManyRequests,
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::Internal,
            Kind::Busy,
            Kind::Stopped,
            Kind::Timeout,
        ])
    }
}

/// The failures of what has neither a body nor a name.
pub(crate) struct ServiceProblems;

impl IntoResponses for ServiceProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses_of(&[Kind::Internal, Kind::Timeout])
    }
}
