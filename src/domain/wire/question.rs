//! Questions and answers (docs/FORMATS.md 7.4), and what `record_verification` says of them.

use crate::domain::command::{RightAct, Verification};
use crate::domain::question::{Answer, Question};
use crate::domain::wire::command::{parse_question, question_json};
use crate::domain::wire::finding::{finding_json, read_finding};
use crate::domain::wire::shape::{read_count, read_hash, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::RightId;
use crate::primitives::limits;

/// Writes an answer.
pub fn answer_json(answer: &Answer) -> Json {
    Json::object([
        ("admissible", Json::Bool(answer.admissible)),
        (
            "findings",
            Json::list(answer.findings.iter().map(finding_json)),
        ),
        ("law", Json::count(answer.law)),
    ])
}

/// Reads the canonical text of an answer.
pub fn parse_answer(text: &str) -> Result<Answer, FieldFault> {
    let fault = |why: String| FieldFault::new("answer", why);
    let json = Json::parse_canonical(text.as_bytes()).map_err(|why| fault(why.to_string()))?;
    let mut fields = Fields::open("answer", json)?;
    let admissible = fields.flag("admissible")?;
    let law = fields.count("law")?;
    let findings = fields.list("findings")?.into_iter().enumerate();
    let findings = findings
        .map(|(n, finding)| read_finding(&format!("answer.findings[{n}]"), finding))
        .collect::<Result<Vec<_>, _>>()?;
    fields.finish()?;
    let answer = Answer {
        admissible,
        findings,
        law,
    };
    if answer.to_text() != text {
        return Err(fault("is not written as an answer is".to_owned()));
    }
    Ok(answer)
}

/// Reads the body of `record_verification`; the caller finishes the object.
pub(in crate::domain::wire) fn read(fields: &mut Fields) -> Result<RightAct, FieldFault> {
    let right = RightId::take(fields, "right")?;
    let asked = fields.required("question")?;
    let (org, body) =
        parse_question(asked.clone()).map_err(|fault| at(fields, "question", &fault))?;
    let question = Question::new(org, body).map_err(|fault| at(fields, "question", &fault))?;
    if question_json(org, &question.body()) != asked {
        return Err(fields.fault("question", "must be in written form"));
    }
    if question.right() != right {
        return Err(fields.fault("question", format!("must be about {right}")));
    }
    let text = fields.text("answer")?;
    if text.len() > limits::ANSWER_BYTES_MAX {
        let most = limits::ANSWER_BYTES_MAX;
        return Err(fields.fault("answer", format!("must have at most {most} bytes")));
    }
    let answer = parse_answer(&text).map_err(|fault| at(fields, "", &fault))?;
    Ok(RightAct::RecordVerification {
        right,
        verification: Box::new(Verification {
            question,
            answer,
            size: read_count(fields, "size")?,
            root: read_hash(fields, "root")?,
        }),
        document: read_hash(fields, "document")?,
    })
}

/// Writes the members of a verification beside those that every act on a right has.
pub(in crate::domain::wire) fn with_verification(json: Json, verification: &Verification) -> Json {
    let Verification {
        question,
        answer,
        size,
        root,
    } = verification;
    json.with(
        "question",
        Some(question_json(question.org(), &question.body())),
    )
    .with("answer", Some(Json::Text(answer.to_text())))
    .with("size", Some(Json::count(*size)))
    .with("root", Some(word(root)))
}

/// Moves a fault to where the value stands in the command.
fn at(fields: &Fields, name: &str, fault: &FieldFault) -> FieldFault {
    let inner = if fault.field.is_empty() || name.is_empty() {
        format!("{name}{}", fault.field)
    } else {
        format!("{name}.{}", fault.field)
    };
    let moved = fields.fault(&inner, fault.reason.clone());
    match fault.code {
        Some(code) => moved.with_code(code),
        None => moved,
    }
}
