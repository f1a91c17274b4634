//! What went wrong, as `application/problem+json` (RFC 9457): the only status codes of failure in the program.
//!
//! A problem has a stable `type`: `/findings/<code>` where the law numbers the fault, else `/problems/<name>` of the table
//! below. Beside the members of RFC 9457 it carries machine members: `field` (the path of the member or parameter at fault,
//! `$` for the whole body), `code`, `findings`, `index`, `receipt`. Faults of the service never say more than that they
//! happened; their cause goes to the log, once, in the frame around every request. No cache may keep a problem: what is not
//! there now, such as the next tile, may be there in a second.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::domain::finding::{Code, Finding};
use crate::http::findings::{explain, finding_views};
use crate::primitives::canonical::{Json, JsonFault};
use crate::primitives::field::FieldFault;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::{ServiceFault, SubmitFault};

/// The media type of every failure.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

/// How a client signs in; no answer with status 401 lacks it (RFC 9110 section 15.5.2).
pub(crate) const SIGN_IN_SCHEME: HeaderValue =
    HeaderValue::from_static("Bearer realm=\"greenlien\"");

/// Seconds after which a client may try again: a full queue is worked off within one.
const RETRY_AFTER_SECONDS: &str = "1";

/// The `field` that stands for the body as a whole.
pub(crate) const WHOLE_BODY: &str = "$";

macro_rules! kinds {
    ($($(#[$doc:meta])* $id:ident = $status:ident $name:literal $title:literal;)*) => {
        /// The kinds of failure that are not refusals of the law.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Kind {
            $($(#[$doc])* $id,)*
        }

        impl Kind {
            /// Every kind.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$id),*];

            /// Returns the status code.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$id => StatusCode::$status,)* }
            }

            /// Returns the last part of the type.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$id => $name,)* }
            }

            /// Returns the title.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$id => $title,)* }
            }
        }
    };
}

kinds! {
    /// A member or a parameter is at fault; nothing was decided.
    InvalidField = BAD_REQUEST "invalid-field" "a member or parameter is not acceptable";
    /// The body is not JSON of the profile.
    MalformedJson = BAD_REQUEST "malformed-json" "the body is not JSON of the registry's profile";
    /// Only who is signed in is answered.
    SignInRequired = UNAUTHORIZED "sign-in-required" "sign in with a key first";
    /// The challenge or its signature is not accepted.
    SignInDenied = FORBIDDEN "sign-in-denied" "the sign-in is not accepted";
    /// The session does not allow this.
    Forbidden = FORBIDDEN "forbidden" "this is not open to you";
    /// A quota is used up.
    TooManyRequests = TOO_MANY_REQUESTS "too-many-requests" "too many; try again later";
    /// Nothing is there.
    NotFound = NOT_FOUND "not-found" "nothing is found under this name";
    /// The path knows other methods.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed" "the path does not take this method";
    /// The command's id belongs to another command.
    IdConsumed = CONFLICT "id-consumed" "the id belongs to another command";
    /// The command of a draft has been decided.
    Decided = CONFLICT "decided" "the command of this draft has been decided";
    /// The inbox takes no more drafts.
    InboxFull = CONFLICT "inbox-full" "the inbox of drafts is full";
    /// The body, or the entry it would make, is too large.
    TooLarge = PAYLOAD_TOO_LARGE "too-large" "the request is too large";
    /// The body is not announced as JSON.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "the body must be application/json";
    /// The hour has seen as many certificates as it may.
    TooMany = TOO_MANY_REQUESTS "too-many" "the registry has issued as many certificates as one hour may see; ask again in the next hour";
    /// The cause is ours and stands in the log.
    Internal = INTERNAL_SERVER_ERROR "internal" "the registry could not answer";
    /// The queue is full.
    Busy = SERVICE_UNAVAILABLE "busy" "too many commands wait; try again";
    /// Heartbeats wait and no auditor cosigns.
    ClockBehind = SERVICE_UNAVAILABLE "clock-behind" "the clock is more than five minutes behind registry time; an operator must set it";
    /// The registry has started, and does not yet know that its log is the newest.
    Waiting = SERVICE_UNAVAILABLE "waiting-for-witnesses" "too few witnesses have said what they have seen; no command is taken yet";
    /// The registry takes no more commands.
    Stopped = SERVICE_UNAVAILABLE "stopped" "the registry has stopped";
    /// The answer took too long; a command may still be decided, and sending it again tells how.
    Timeout = SERVICE_UNAVAILABLE "timeout" "the answer took too long; send the same request again";
}

/// The cause of a failure that is ours, on its way to the log.
#[derive(Clone, Debug)]
pub(crate) struct Cause(pub(crate) String);

/// A failure, ready to be sent. Boxed, so that results stay small on the way of everything that succeeds.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: Option<Kind>,
    status: StatusCode,
    uri: String,
    title: &'static str,
    detail: Option<String>,
    /// What a person is told in Chinese beside the detail.
    detail_zh: Option<&'static str>,
    members: Vec<(&'static str, Json)>,
    receipt: Option<String>,
    cause: Option<String>,
    retry_after: Option<u64>,
}

impl Problem {
    /// Makes a failure of a kind.
    pub(crate) fn of(kind: Kind) -> Self {
        Self(Box::new(Parts {
            kind: Some(kind),
            status: kind.status(),
            uri: format!("/problems/{}", kind.name()),
            title: kind.title(),
            detail: None,
            detail_zh: None,
            members: Vec::new(),
            receipt: None,
            cause: None,
            retry_after: None,
        }))
    }

    /// Makes the answer to a draft whose command, or another of the same party and id, the entry at `index` has decided.
    pub(crate) fn decided(index: EntryIndex) -> Self {
        Self::of(Kind::Decided)
            .because(format!(
                "entry {index} decided a command of this party and id; see its receipt"
            ))
            .with("index", Json::count(index))
    }

    /// Makes the failure of one member or parameter.
    pub(crate) fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::from(FieldFault::new(field, reason))
    }

    /// Makes a failure that is ours; the cause is logged and never sent.
    pub(crate) fn internal(cause: &impl ToString) -> Self {
        let mut problem = Self::of(Kind::Internal);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// Makes the answer to a command that the law refuses; `receipt` is its text.
    pub(crate) fn refused(findings: &[Finding], index: EntryIndex, receipt: String) -> Self {
        let Some(first) = findings.first() else {
            return Self::internal(&format!("entry {index} refuses without a finding"));
        };
        let mut problem = Self::finding(StatusCode::CONFLICT, first)
            .with("findings", finding_views(findings))
            .with("index", Json::count(index));
        problem.0.receipt = Some(receipt);
        problem
    }

    /// Makes a failure that the law numbers.
    fn finding(status: StatusCode, finding: &Finding) -> Self {
        let check = finding.code.check();
        Self(Box::new(Parts {
            kind: None,
            status,
            uri: format!("/findings/{}", check.code),
            title: check.title_en,
            detail: Some(explain(finding)),
            detail_zh: None,
            members: vec![("code", Json::Int(i64::from(check.code)))],
            receipt: None,
            cause: None,
            retry_after: None,
        }))
    }

    /// Says after how many seconds the same may be asked again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self.because(format!("try again in {seconds} seconds"))
    }

    /// Says what happened here.
    #[must_use]
    pub(crate) fn because(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Says the same to a person in Chinese.
    #[must_use]
    pub(crate) fn because_zh(mut self, detail: &'static str) -> Self {
        self.0.detail_zh = Some(detail);
        self
    }

    /// Names the member, parameter or header at fault.
    #[must_use]
    pub(crate) fn at(self, field: impl Into<String>) -> Self {
        self.with("field", Json::Text(field.into()))
    }

    fn with(mut self, name: &'static str, value: Json) -> Self {
        self.0.members.push((name, value));
        self
    }

    /// Returns what is wrong in one line: the detail, or the title where there is none.
    pub(crate) fn words(&self) -> &str {
        self.0.detail.as_deref().unwrap_or(self.0.title)
    }

    /// Returns the detail in Chinese, where there is one.
    pub(crate) fn words_zh(&self) -> Option<&'static str> {
        self.0.detail_zh
    }

    /// Returns the kind; nothing where the law has a number for it.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.0.kind
    }

    /// Returns the title.
    pub(crate) fn title(&self) -> &'static str {
        self.0.title
    }

    /// Returns the status code.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the cause of a failure that is ours, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Returns the JSON text.
    pub(crate) fn to_text(&self) -> String {
        let parts = &self.0;
        let mut json = Json::object([
            ("status", Json::Int(i64::from(parts.status.as_u16()))),
            ("title", Json::text(parts.title)),
            ("type", Json::text(&*parts.uri)),
        ])
        .with("detail", parts.detail.as_deref().map(Json::text));
        for (name, value) in &parts.members {
            json = json.with(name, Some(value.clone()));
        }
        let mut text = json.to_canonical();
        if let Some(receipt) = &parts.receipt {
            // The receipt is a text already; it goes in before the closing brace.
            text.pop();
            text.push_str(",\"receipt\":");
            text.push_str(receipt);
            text.push('}');
        }
        text
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, text) = (self.status(), self.to_text());
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (status, headers, text).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let headers = response.headers_mut();
            headers.insert(WWW_AUTHENTICATE, SIGN_IN_SCHEME);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if let Some(seconds) = self.0.retry_after {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if let Some(cause) = self.0.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

impl From<FieldFault> for Problem {
    fn from(fault: FieldFault) -> Self {
        let field = if fault.field.is_empty() {
            WHOLE_BODY.to_owned()
        } else {
            fault.field
        };
        let detail = format!("{field} {}", fault.reason);
        let finding = fault.code.and_then(Code::from_number).map(Finding::of);
        let problem = match &finding {
            Some(finding) => Self::finding(StatusCode::BAD_REQUEST, finding)
                .with("findings", finding_views(std::slice::from_ref(finding))),
            None => Self::of(Kind::InvalidField),
        };
        problem.because(detail).at(field)
    }
}

impl From<JsonFault> for Problem {
    fn from(fault: JsonFault) -> Self {
        Self::of(Kind::MalformedJson)
            .because(fault.to_string())
            .at(WHOLE_BODY)
    }
}

impl From<SubmitFault> for Problem {
    fn from(fault: SubmitFault) -> Self {
        match fault {
            SubmitFault::Door(fault) => fault.into(),
            SubmitFault::IdConsumed(index) => Self::of(Kind::IdConsumed)
                .because(format!(
                    "entry {index} decided another command of this party and id"
                ))
                .at("cmd")
                .with("index", Json::count(index)),
            SubmitFault::TooLarge(bytes) => {
                let max = limits::ENTRY_BYTES_MAX;
                let detail = format!("the entry would have {bytes} bytes; the log takes {max}");
                Self::of(Kind::TooLarge).because(detail).at("command")
            }
            SubmitFault::Busy => Self::of(Kind::Busy),
            SubmitFault::TooManyRefusals(seconds) => Self::of(Kind::TooManyRequests)
                .retry_after(seconds)
                .because(format!(
                    "too many commands of this party were refused; this one was not decided, and the next may be sent in {seconds} seconds"
                )),
            SubmitFault::Waiting => Self::of(Kind::Waiting),
            SubmitFault::Stopped => Self::of(Kind::Stopped),
        }
    }
}

impl From<ServiceFault> for Problem {
    fn from(fault: ServiceFault) -> Self {
        match fault {
            ServiceFault::Input(fault) => fault.into(),
            ServiceFault::Absent(what) => {
                Self::of(Kind::NotFound).because(format!("{what} is not found"))
            }
            ServiceFault::Stopped => Self::of(Kind::Stopped),
            fault @ ServiceFault::Counting { .. } => {
                Self::of(Kind::Timeout).because(fault.to_string())
            }
            fault @ (ServiceFault::Store(_)
            | ServiceFault::Doubt(_)
            | ServiceFault::LogKey(_)
            | ServiceFault::Witnesses(_)
            | ServiceFault::History(_)
            | ServiceFault::Openings(_)
            | ServiceFault::Forgotten(_)
            | ServiceFault::Unasked(_)
            | ServiceFault::TimeStep(_)) => Self::internal(&fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(problem: &Problem) -> Json {
        Json::parse(problem.to_text().as_bytes()).unwrap()
    }

    fn member(problem: &Problem, name: &str) -> Option<Json> {
        match members(problem) {
            Json::Object(mut members) => members.remove(name),
            _ => None,
        }
    }

    #[test]
    fn every_kind_has_its_own_name_and_is_a_failure() {
        let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
    }

    #[test]
    fn a_fault_of_a_member_names_it() {
        let problem = Problem::field("body.lines[2].to", "is missing");
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        assert_eq!(
            member(&problem, "field"),
            Some(Json::text("body.lines[2].to"))
        );
        assert_eq!(
            member(&problem, "type"),
            Some(Json::text("/problems/invalid-field"))
        );
        assert_eq!(
            member(&problem, "detail"),
            Some(Json::text("body.lines[2].to is missing"))
        );
        assert_eq!(
            member(&Problem::field("", "must be an object"), "field"),
            Some(Json::text("$"))
        );
    }

    #[test]
    fn a_numbered_fault_of_the_door_has_the_type_of_its_finding() {
        let fault = FieldFault::new("body.credit_code", "has a wrong check digit").with_code(1002);
        let problem = Problem::from(fault);
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        assert_eq!(member(&problem, "type"), Some(Json::text("/findings/1002")));
        assert_eq!(member(&problem, "code"), Some(Json::Int(1002)));
        assert_eq!(
            member(&problem, "field"),
            Some(Json::text("body.credit_code"))
        );
    }

    #[test]
    fn a_refusal_has_the_type_of_its_first_finding_and_the_receipt_inside() {
        let findings = [
            Finding::of(Code::DoublePledgeFlow).on_line(1).with("P41.0"),
            Finding::of(Code::MissingConsent),
        ];
        let problem = Problem::refused(&findings, 57, "{\"index\":57}".to_owned());
        assert_eq!(problem.status(), StatusCode::CONFLICT);
        assert_eq!(member(&problem, "type"), Some(Json::text("/findings/3002")));
        assert_eq!(member(&problem, "index"), Some(Json::Int(57)));
        let receipt = member(&problem, "receipt");
        assert_eq!(receipt, Some(Json::object([("index", Json::Int(57))])));
        assert!(matches!(member(&problem, "findings"), Some(Json::List(list)) if list.len() == 2));
    }

    #[test]
    fn our_own_faults_say_nothing_of_their_cause() {
        let problem = Problem::from(ServiceFault::Doubt("the folder of the registry".to_owned()));
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!problem.to_text().contains("folder"));
        let response = problem.into_response();
        assert!(
            response
                .extensions()
                .get::<Cause>()
                .unwrap()
                .0
                .contains("folder")
        );
    }

    #[test]
    fn whoever_should_try_again_is_told_when() {
        for fault in [
            SubmitFault::Busy,
            SubmitFault::Waiting,
            SubmitFault::Stopped,
        ] {
            let response = Problem::from(fault).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "1");
        }
        let response = Problem::from(SubmitFault::TooManyRefusals(7)).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        let response = Problem::from(SubmitFault::IdConsumed(9)).into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.headers().get(RETRY_AFTER), None);
    }
}
