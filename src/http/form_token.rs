//! The form token of a page's form: its first field, read before anything else of the body, which then goes on whole.
//!
//! A form has no headers, and what stands in an address stays in histories and in logs. Apart from the gate, since it waits for
//! a body, of which no more is kept than a first field takes.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use hyper::body::Frame;

/// Bytes of a body that are read for its first field: a boundary, a head and a token are far shorter.
const BEGIN_BYTES_MAX: usize = 1_024;
/// The name of the field.
const FIELD: &str = "form_token";

/// Returns the token that a form begins with, and the request as it came.
pub(crate) async fn taken(request: Request) -> (Option<String>, Request) {
    let (head, mut body) = request.into_parts();
    let mut begin = Vec::new();
    let mut end = None;
    while begin.len() < BEGIN_BYTES_MAX && end.is_none() {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    begin.extend_from_slice(&data);
                }
            }
            // What is wrong with a body is told to who reads it on.
            Some(Err(fault)) => end = Some(Some(fault)),
            None => end = Some(None),
        }
    }
    let media_type = head.headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let token = first_field(media_type.unwrap_or_default(), &begin);
    let whole = Begun {
        begin: Some(Bytes::from(begin)),
        rest: match end {
            Some(fault) => Rest::Ended(fault),
            None => Rest::More(body),
        },
    };
    (token, Request::from_parts(head, Body::new(whole)))
}

/// Returns the value of the first field where that is the token.
fn first_field(media_type: &str, begin: &[u8]) -> Option<String> {
    let begin = begin.get(..BEGIN_BYTES_MAX).unwrap_or(begin);
    // Files behind the first field need not be text.
    let text = begin.utf8_chunks().next()?.valid();
    let value = if media_type.starts_with("multipart/form-data;") {
        let (head, rest) = text.split_once("\r\n\r\n")?;
        let (boundary, head) = head.split_once("\r\n")?;
        let is_token =
            head.eq_ignore_ascii_case("content-disposition: form-data; name=\"form_token\"");
        let (value, behind) = rest.split_once("\r\n")?;
        (is_token && boundary.starts_with("--") && behind.starts_with(boundary)).then_some(value)?
    } else {
        let value = text.strip_prefix(FIELD)?.strip_prefix('=')?;
        value.split('&').next()?
    };
    Some(value.to_owned())
}

/// A body whose beginning was read.
struct Begun {
    begin: Option<Bytes>,
    rest: Rest,
}

/// What stands behind the beginning.
enum Rest {
    More(Body),
    /// Nothing, or what went wrong while it was read.
    Ended(Option<Error>),
}

impl HttpBody for Begun {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(begin) = self.begin.take() {
            return Poll::Ready(Some(Ok(Frame::data(begin))));
        }
        match &mut self.rest {
            Rest::More(body) => Pin::new(body).poll_frame(context),
            Rest::Ended(fault) => Poll::Ready(fault.take().map(Err)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &str = "multipart/form-data; boundary=--x";
    const PLAIN: &str = "application/x-www-form-urlencoded";

    #[test]
    fn the_token_is_the_first_field_of_a_form_and_nothing_else() {
        let file = b"----x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nab12\r\n----x\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\xff\xfe";
        assert_eq!(first_field(FILES, file).as_deref(), Some("ab12"));
        let long = [file.as_slice(), &[0xff; 2 * BEGIN_BYTES_MAX]].concat();
        assert_eq!(first_field(FILES, &long).as_deref(), Some("ab12"));
        assert_eq!(
            first_field(PLAIN, b"form_token=ab12&q=1").as_deref(),
            Some("ab12")
        );
        assert_eq!(
            first_field(PLAIN, b"form_token=ab12").as_deref(),
            Some("ab12")
        );
        let late = b"----x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nx\r\n----x\r\n\
            Content-Disposition: form-data; name=\"form_token\"\r\n\r\nab12\r\n----x--";
        let open = b"----x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nab12";
        for (media_type, body) in [
            (FILES, late.as_slice()),
            (FILES, open),
            (FILES, b"form_token=ab12"),
            (PLAIN, b"q=1&form_token=ab12"),
            (PLAIN, b"xform_token=ab12"),
            (PLAIN, b"\xffform_token=ab12"),
            (PLAIN, b""),
            ("", b"{}"),
        ] {
            assert_eq!(first_field(media_type, body), None, "{body:?}");
        }
    }
}
