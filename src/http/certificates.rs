//! Search certificates (查询证明): issued on request, shown by their code as JSON and as PDF.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::documents::certificate::pdf;
use crate::http::answer::{header, json, json_with, read};
use crate::http::extract::{CommandBody, JsonBody, Named, Params};
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    BodyProblems, Certificate as CertificateView, CertificateRequest, QuotaProblems, ReadProblems,
    TooManyProblems, UnknownProblems,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::Fields;
use crate::primitives::identifier::require_normal;
use crate::primitives::verification_code::VerificationCode;
use crate::service::Registry;
use crate::service::certificates::{Asker, Issued};
use crate::verify::certificate::{Asked, Certificate, Reader};

/// The media type of the printed form, and the ending of its path.
const PDF: &str = "application/pdf";
const PDF_ENDING: &str = ".pdf";

/// Issue a search certificate
///
/// About one right, or about identities of which each is answered by its right or by the proof that nobody has it; as of the
/// version that evidence is made of. `reader` is printed as it is given. A registry issues so many within an hour, and so many to one party or address.
#[utoipa::path(
    post, path = "/v1/certificates", tag = "certificates", request_body = CertificateRequest,
    params(("old" = Option<u64>, Query, description = "the size of an older checkpoint; adds the proof that nothing before it was rewritten")),
    responses(
        (status = 201, description = "the certificate (docs/FORMATS.md); `Location` is its path", body = CertificateView),
        UnknownProblems,
        TooManyProblems,
        BodyProblems
    )
)]
pub(crate) async fn issue_certificate(
    State(registry): State<Arc<Registry>>,
    Extension(visitor): Extension<Asker>,
    mut params: Params,
    JsonBody(body): CommandBody,
) -> Result<Response, Problem> {
    let old = params.count("old")?;
    params.finish()?;
    let (asked, reader) = take(body)?;
    let issued = read(registry, move |registry| {
        Ok(registry.issue_certificate(&visitor, asked, reader, old)?)
    })
    .await?;
    match issued {
        Issued::Kept { certificate, text } => {
            let path = format!("/v1/certificates/{}", certificate.code);
            Ok(header(
                json_with(StatusCode::CREATED, text),
                LOCATION,
                &path,
            ))
        }
        Issued::TooMany => Err(Problem::of(Kind::TooMany)),
        Issued::Wait(seconds) => Err(Problem::of(Kind::TooManyRequests).retry_after(seconds)),
    }
}

/// Reads what is asked and who asks.
pub(crate) fn take(body: Json) -> Result<(Asked, Reader), Problem> {
    let mut fields = Fields::open("", body)?;
    let asked = Asked::read(&mut fields)?;
    if let Asked::Identities(identities) = &asked {
        for (n, identity) in identities.iter().enumerate() {
            require_normal(&identity.value).map_err(|fault| {
                Problem::field(format!("identities[{n}]"), format!("is refused: {fault}"))
            })?;
        }
    }
    let reader = match fields.optional_object("reader")? {
        None => Reader::default(),
        Some(reader) => Reader::read(reader)?,
    };
    fields.finish()?;
    Ok((asked, reader))
}

/// A search certificate by its code
///
/// Who has the code has the certificate, its reader's name included. As JSON, or as PDF when `Accept` asks for
/// `application/pdf` or the code ends with `.pdf`. Also in a registry that is for members, where an address has so many looks
/// at once. Hyphens, spaces and small letters in the code are taken as they are meant.
#[utoipa::path(
    get, path = "/v1/certificates/{code}", tag = "certificates",
    params(
        ("code" = String, Path, description = "the verification code, with `.pdf` behind it for the printed form"),
        ("Accept" = Option<String>, Header, description = "`application/pdf` for the printed form"),
    ),
    responses(
        (status = 200, description = "the certificate", content((CertificateView = "application/json"), (Vec<u8> = "application/pdf"))),
        UnknownProblems,
        QuotaProblems,
        ReadProblems
    )
)]
pub(crate) async fn get_certificate(
    State(registry): State<Arc<Registry>>,
    Named(name): Named<String>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let (code, is_pdf) = match name.strip_suffix(PDF_ENDING) {
        Some(code) => (code.to_owned(), true),
        None => (name, wants_pdf(&headers)),
    };
    let fault = || {
        let what = "must be the 16 characters of a verification code; one of them is wrong";
        Problem::field("code", what)
    };
    let code = VerificationCode::parse(&code).ok_or_else(fault)?;
    let shown = code.grouped();
    let body = read(registry, move |registry| {
        let text = registry.certificate(&code)?.ok_or_else(|| {
            let detail = format!("no certificate has the code {}", code.grouped());
            Problem::of(Kind::NotFound).because(detail).at("code")
        })?;
        if !is_pdf {
            return Ok(Body::Json(text));
        }
        let certificate = Certificate::parse(text.as_bytes()).map_err(|f| Problem::internal(&f))?;
        let bytes = pdf(&certificate).map_err(|fault| Problem::internal(&fault))?;
        Ok(Body::Pdf(bytes))
    })
    .await?;
    let (mut response, ending) = match body {
        Body::Json(text) => (json(text), "json"),
        Body::Pdf(bytes) => {
            let kind = [(CONTENT_TYPE, HeaderValue::from_static(PDF))];
            ((StatusCode::OK, kind, bytes).into_response(), "pdf")
        }
    };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept"));
    // It names who asked; no shared cache may keep it.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let name = format!("inline; filename=\"certificate-{shown}.{ending}\"");
    Ok(header(response, CONTENT_DISPOSITION, &name))
}

enum Body {
    Json(String),
    Pdf(Vec<u8>),
}

/// Says whether a client asks for PDF; the first of the two that it names counts.
fn wants_pdf(headers: &HeaderMap) -> bool {
    let text = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let kinds = text.unwrap_or_default().split(',');
    let mut known = kinds
        .filter_map(|kind| kind.split(';').next())
        .map(str::trim)
        .filter(|kind| matches!(*kind, PDF | "application/json" | "*/*"));
    known.next() == Some(PDF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdf_is_sent_to_who_asks_for_it_first() {
        for (accept, is_pdf) in [
            ("application/pdf", true),
            ("text/html, application/pdf;q=0.9, */*", true),
            ("application/json, application/pdf", false),
            ("*/*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wants_pdf(&headers), is_pdf, "{accept}");
        }
        assert!(!wants_pdf(&HeaderMap::new()));
    }
}
