//! Openings that a reader presents with a question: proof that the reader may see what they open, and kept nowhere.

use crate::domain::envelope::Opening;
use crate::http::extract::Params;
use crate::http::gate::{Visitor, sign_in_first};
use crate::http::problem::{Kind, Problem};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PledgeId;
use crate::primitives::limits;
use crate::service::openings::kept::KeptFault;
use crate::service::sessions::Session;
use crate::service::statistics::Disclosed;

/// Reads the body `{"openings":[{"pledge","claim","salt","value"}]}`.
pub(crate) fn read_disclosed(body: Json) -> Result<Vec<Disclosed>, Problem> {
    let mut fields = Fields::open("", body)?;
    let values = fields.list("openings")?;
    if values.len() > limits::DISCLOSED_MAX {
        let reason = format!("at most {} are allowed", limits::DISCLOSED_MAX);
        return Err(Problem::field("openings", reason));
    }
    fields.finish()?;
    let numbered = values.into_iter().enumerate();
    let read = numbered.map(|(n, value)| read_one(&format!("openings[{n}]"), value));
    Ok(read.collect::<Result<_, FieldFault>>()?)
}

/// Reads `openings=kept`: the member for whom the openings that the registry keeps are used, and written down as accesses.
pub(crate) fn kept_asked(
    params: &mut Params,
    visitor: &Visitor,
) -> Result<Option<Session>, Problem> {
    let kept = |text: &str| (text == "kept").then_some(());
    if params
        .parsed("openings", "kept, or absent", kept)?
        .is_none()
    {
        return Ok(None);
    }
    let session = visitor.session.as_ref();
    let session = session.map(|(session, _)| session.clone());
    session.map(Some).ok_or_else(sign_in_first)
}

impl From<KeptFault> for Problem {
    fn from(fault: KeptFault) -> Self {
        match fault {
            KeptFault::TooMany(seconds) => Self::of(Kind::TooManyRequests).retry_after(seconds),
            KeptFault::Service(fault) => fault.into(),
        }
    }
}

fn read_one(path: &str, value: Json) -> Result<Disclosed, FieldFault> {
    let Json::Object(mut members) = value else {
        return Err(FieldFault::new(path, "must be an object"));
    };
    let at = format!("{path}.pledge");
    let pledge = match members.remove("pledge") {
        Some(Json::Text(text)) => PledgeId::parse(&text),
        Some(Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_)) => None,
        None => return Err(FieldFault::new(at, "is missing")),
    };
    Ok(Disclosed {
        pledge: pledge.ok_or_else(|| FieldFault::new(at, "must be an id such as P57"))?,
        opening: Opening::parse(path, Json::Object(members))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Disclosed>, Problem> {
        read_disclosed(Json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn an_opening_names_its_pledge() {
        let salt = "ab".repeat(16);
        let whole = format!(
            r#"{{"openings":[{{"pledge":"P7","claim":"a","salt":"{salt}","value":"1"}}]}}"#
        );
        assert_eq!(read(&whole).unwrap().len(), 1);
        for text in [
            whole.replace("P7", "R7"),
            whole.replace("\"pledge\":\"P7\",", ""),
            whole.replace("}]}", "}],\"more\":1}"),
            r#"{"openings":[1]}"#.to_owned(),
            "{}".to_owned(),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
    }
}
