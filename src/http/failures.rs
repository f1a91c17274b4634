//! Which failures an operation may answer with, for `/openapi.json` only.
//!
//! Separate from `schema`, which describes what is answered when nothing fails. A response here names its kinds in the member
//! `x-problems`; `description` makes of them a response that all operations share.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::RefOr;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};

use crate::http::problem::Kind;

/// The member that names the kinds of a response.
pub(crate) const KINDS: &str = "x-problems";

/// The kind that stands for every numbered finding; no failure of the service has this name.
pub(crate) const FINDING: &str = "finding";

/// What the finding means in both languages.
pub(crate) const FINDING_WORDS: (&str, &str) = (
    "规则拒绝, 或成员有误且有校验结论编号",
    "the law refuses, or a member is at fault in a way that has a number",
);

fn response(names: &[&str]) -> RefOr<Response> {
    let kinds: Vec<Value> = names.iter().map(|name| json!(name)).collect();
    ResponseBuilder::new()
        .extensions(Some(ExtensionsBuilder::new().add(KINDS, kinds).build()))
        .build()
        .into()
}

fn responses_of(kinds: &[Kind], with_finding: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for status in with_finding {
        names.entry(status.to_string()).or_default().push(FINDING);
    }
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        names.entry(status).or_default().push(kind.name());
    }
    names
        .into_iter()
        .map(|(status, names)| (status, response(&names)))
        .collect()
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident [$($kind:ident)*] [$($finding:literal)*];)*) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    responses_of(&[$(Kind::$kind),*], &[$($finding),*])
                }
            }
        )*
    };
}

problems! {
    /// The failure of every request that shows a session which is none, or that none but members may send.
    GateProblems [SignInRequired] [];
    /// The failures of every read that takes parameters.
    ReadProblems [InvalidField SignInRequired Internal Stopped Timeout] [400];
    /// The failure of a name that nothing has.
    UnknownProblems [NotFound] [];
    /// The failures of everything with a body; 403 where a browser sends it from another site.
    BodyProblems [InvalidField MalformedJson SignInRequired Forbidden TooLarge UnsupportedMediaType Internal Busy Waiting Stopped Timeout] [400];
    /// The refusal of a command, and of one more by a party of which too many were refused.
    RefusalProblems [IdConsumed TooManyRequests] [409];
    /// The failures of a draft that the inbox does not take.
    DraftProblems [Decided InboxFull TooManyRequests] [];
    /// The failures of a certificate that is one too many, for the hour or for whoever asks.
    TooManyProblems [TooMany TooManyRequests] [];
    /// The failures of a sign-in.
    SignInProblems [SignInDenied Forbidden TooManyRequests] [];
    /// The failure of what has a quota.
    QuotaProblems [TooManyRequests] [];
    /// The failure of what is not open to this member.
    MemberProblems [Forbidden] [];
    /// The failures of what has neither a body nor a name.
    ServiceProblems [SignInRequired Internal Stopped Timeout] [];
    /// The failure of a registry that takes no commands, not yet or not any more.
    StoppedProblems [SignInRequired ClockBehind Waiting Stopped Timeout] [];
}

/// Returns what a kind means in Chinese; `Kind::title` says it in English.
pub(crate) fn title_zh(kind: Kind) -> &'static str {
    match kind {
        Kind::InvalidField => "成员或参数不合要求",
        Kind::MalformedJson => "请求体不是符合本登记簿要求的 JSON",
        Kind::SignInRequired => "请先以密钥登录",
        Kind::SignInDenied => "登录未被接受",
        Kind::Forbidden => "该内容不对您开放",
        Kind::TooManyRequests => "次数过多; 请稍后再试",
        Kind::NotFound => "没有以此为名的内容",
        Kind::MethodNotAllowed => "该路径不接受这一方法",
        Kind::IdConsumed => "该命令编号已属于另一命令",
        Kind::Decided => "该草稿的命令已决定",
        Kind::InboxFull => "待签箱已满",
        Kind::TooLarge => "请求过大",
        Kind::UnsupportedMediaType => "请求体须为 application/json",
        Kind::TooMany => "本小时出具的查询证明已达上限; 请在下一小时再试",
        Kind::Internal => "登记簿未能答复",
        Kind::Busy => "等待的命令过多; 请再试",
        Kind::ClockBehind => "时钟落后登记时间超过五分钟; 须由运营方校正",
        Kind::Waiting => "已答复的见证方不足; 暂不接受命令",
        Kind::Stopped => "登记簿已停止",
        Kind::Timeout => "答复超时; 请重发同一请求",
    }
}
