//! The pages of search certificates: asking for one, and seeing the one that a code names.

use askama::Template;
use axum::body::Body;

use crate::documents::certificate::{Schemes, Sentence, provisional, sentence};
use crate::primitives::field::FieldFault;
use crate::primitives::id::RightId;
use crate::primitives::verification_code::VerificationCode;
use crate::service::Registry;
use crate::service::certificates::Issued;
use crate::verify::certificate::statement::{Found, Statement};
use crate::verify::certificate::{Asked, Certificate, Reader};
use crate::web::lang::Lang;
use crate::web::right::Fact;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// Bytes of the form.
const FORM_BYTES_MAX: usize = 4_096;

/// The form that asks for a certificate.
#[derive(Template)]
#[template(path = "certificate_ask.html")]
pub(crate) struct AskPage {
    shell: Shell,
    right: String,
    name: String,
    purpose: String,
}

/// A certificate.
#[derive(Template)]
#[template(path = "certificate.html")]
pub(crate) struct CertificatePage {
    shell: Shell,
    code: String,
    plain_code: String,
    number: String,
    answers: Vec<Answer>,
    facts: Vec<Fact>,
    provisional: Option<String>,
}

/// What was found, with the place where the record stands now.
struct Answer {
    text: String,
    link: Option<String>,
}

/// Makes the form.
pub(crate) fn ask(registry: &Registry, visit: &Visit) -> AskPage {
    AskPage {
        shell: Shell::new(registry, visit, visit.lang.words().certificate_ask),
        right: visit.typed("right"),
        name: visit.typed("name"),
        purpose: visit.typed("purpose"),
    }
}

/// Issues what the form asks for; returns the path of its page.
pub(crate) fn issue(registry: &Registry, visit: &Visit) -> Result<String, Fault> {
    let bad = |fault: FieldFault| Fault::Bad(fault.to_string());
    let typed = visit.param("right").unwrap_or_default();
    let right = RightId::parse(typed).ok_or_else(|| {
        Fault::Bad(format!(
            "right: {typed:?} is not the id of a right such as R41"
        ))
    })?;
    let text = |name: &str| visit.param(name).map(str::to_owned);
    let reader = Reader::new(text("name"), text("purpose")).map_err(bad)?;
    match registry.issue_certificate(Asked::Right(right), reader, None)? {
        Issued::Kept { certificate, .. } => Ok(format!("/certificates/{}", certificate.code)),
        Issued::TooMany => Err(Fault::Bad(
            "this hour has seen as many certificates as it may; ask again in the next hour"
                .to_owned(),
        )),
    }
}

/// Reads the body of a form as the parameters of a visit.
pub(crate) async fn form(body: Body) -> Option<String> {
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.ok()?;
    String::from_utf8(bytes.to_vec()).ok()
}

/// Makes the page of a certificate.
pub(crate) fn page(
    registry: &Registry,
    visit: &Visit,
    typed: &str,
) -> Result<CertificatePage, Fault> {
    let code = VerificationCode::parse(typed).ok_or(Fault::NotFound)?;
    let text = registry.certificate(&code)?.ok_or(Fault::NotFound)?;
    let internal = |fault: FieldFault| Fault::Internal(fault.to_string());
    let certificate = Certificate::parse(text.as_bytes()).map_err(internal)?;
    let said = certificate.statement().map_err(internal)?;
    let words = visit.lang.words();
    let schemes = Schemes::of(&certificate.evidence);
    let answer = |found: &Found| {
        let sentence = sentence(found, &said, &schemes);
        Answer {
            text: visit.lang.pick(&sentence.zh, &sentence.en).to_owned(),
            link: match found {
                Found::Nothing(_) => None,
                Found::Right(right) => Some(format!("/rights/{}", right.id)),
            },
        }
    };
    let number = certificate.printed_number(&said);
    Ok(CertificatePage {
        shell: Shell::new(registry, visit, format!("{} {number}", words.certificate)),
        code: code.grouped(),
        plain_code: code.to_string(),
        answers: said.found.iter().map(answer).collect(),
        facts: facts(&certificate, &said, &schemes, visit.lang),
        provisional: certificate.provisional.as_deref().map(|why| {
            let Sentence { zh, en } = provisional(why);
            visit.lang.pick(&zh, &en).to_owned()
        }),
        number,
    })
}

fn facts(certificate: &Certificate, said: &Statement, schemes: &Schemes, lang: Lang) -> Vec<Fact> {
    let words = lang.words();
    let asked = match &certificate.asked {
        Asked::Right(right) => right.to_string(),
        Asked::Identities(identities) => {
            let list = identities.iter().map(|one| {
                let Sentence { zh, en } = schemes.identity(one);
                lang.pick(&zh, &en).to_owned()
            });
            list.collect::<Vec<_>>().join("; ")
        }
    };
    let mut facts = vec![
        Fact::id(words.certificate_asked, asked),
        Fact::plain(
            words.certificate_issued,
            show::local_time(certificate.issued),
        ),
        Fact::plain(words.certificate_as_of, show::local_time(said.time)),
        Fact::id(words.vital_checkpoint, said.size.to_string()),
        Fact::id(words.vital_root, said.root.to_string()),
        Fact::id(words.certificate_signed_by, said.signed_by.join(", ")),
    ];
    let reader = &certificate.reader;
    facts.extend(
        reader
            .name
            .iter()
            .map(|name| Fact::plain(words.certificate_reader, name)),
    );
    let purpose = reader.purpose.iter();
    facts.extend(purpose.map(|text| Fact::plain(words.certificate_purpose, text)));
    facts
}
