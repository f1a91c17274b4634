//! The form that asks for a search certificate: a right by its id or any of its identities, or an identity that nobody has.
//!
//! What is wrong is said above the form and beside its field, and nothing that was typed is lost.

use askama::Template;
use axum::body::Body;

use crate::domain::right::Identity;
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::service::certificates::{Asker, Issued};
use crate::service::{Registry, ServiceFault};
use crate::verify::certificate::{Asked, Reader};
use crate::web::lang::Lang;
use crate::web::look::{self, Place};
use crate::web::mistyped::mistyped;
use crate::web::shell::{Fault, Shell, Visit};

/// Bytes of the form: three fields of as many characters as they may have, nine bytes each in an address, and as much again for
/// what is too long and must be told so.
const FORM_BYTES_MAX: usize = 16_384;
/// Rights that are named where a number is a part of the identities of several.
const NAMED_MAX: usize = 8;

/// The form that asks for a certificate.
#[derive(Template)]
#[template(path = "certificate_ask.html")]
pub(crate) struct AskPage {
    shell: Shell,
    right: String,
    name: String,
    purpose: String,
    /// What is wrong, each with its field.
    faults: Vec<(&'static str, String)>,
    /// What is issued where nobody has the identity, in words.
    absent: Option<String>,
    chars: usize,
}

/// What became of the form.
pub(crate) enum Answer {
    /// The certificate is issued; the path of its page.
    Issued(String),
    /// The form again, with what is wrong or what is still to be said.
    Again(Box<AskPage>),
}

/// Makes the form.
pub(crate) fn ask(registry: &Registry, visit: &Visit) -> AskPage {
    AskPage {
        shell: Shell::new(registry, visit, visit.lang.words().certificate_ask),
        right: visit.typed("right"),
        name: visit.typed("name"),
        purpose: visit.typed("purpose"),
        faults: Vec::new(),
        absent: None,
        chars: limits::NAME_CHARS_MAX,
    }
}

/// Issues what the form asks for.
pub(crate) fn issue(registry: &Registry, visit: &Visit, visitor: &Asker) -> Result<Answer, Fault> {
    let mut page = ask(registry, visit);
    let asked = match meant(registry, visit)? {
        Meant::Right(right) => Some(Asked::Right(right)),
        Meant::Nobodys(identities) if visit.param("absent").is_some() => {
            Some(Asked::Identities(identities))
        }
        Meant::Nobodys(identities) => {
            page.absent = Some(in_words(registry, &identities, visit.lang)?);
            None
        }
        Meant::Wrong(why) => {
            page.faults.push(("right", why));
            None
        }
    };
    let text = |name: &str| visit.param(name).map(str::to_owned);
    for name in ["name", "purpose"] {
        if Reader::new(text(name), None).is_err() {
            page.faults.push((name, not_a_line(visit, name)));
        }
    }
    let (Some(asked), true) = (asked, page.faults.is_empty()) else {
        return Ok(Answer::Again(Box::new(page)));
    };
    let reader = Reader::new(text("name"), text("purpose"));
    let reader = reader.map_err(|fault| Fault::Bad(fault.to_string()))?;
    let pick = |zh, en| visit.lang.pick(zh, en).to_owned();
    let why = match registry.issue_certificate(visitor, asked, reader, None) {
        Ok(Issued::Kept { certificate, .. }) => {
            return Ok(Answer::Issued(format!(
                "/certificates/{}",
                certificate.code
            )));
        }
        Ok(Issued::Wait(seconds)) => match visit.lang {
            Lang::Zh => format!("本单位或本地址短时间内出具的查询证明过多, 请 {seconds} 秒后再试"),
            Lang::En => format!(
                "Your party or address has had many certificates at once; ask again in {seconds} s"
            ),
        },
        Ok(Issued::TooMany) => pick(
            "本小时内出具的查询证明已达上限, 请在下一小时再试; 所填内容仍在下方",
            "This hour has seen as many certificates as it may; ask again in the next hour. What you typed is still below",
        ),
        Err(ServiceFault::Input(_)) => pick(
            "所附证据超过一个文件的上限, 不能出具",
            "It would bring more evidence than one file may have",
        ),
        Err(fault) => return Err(fault.into()),
    };
    page.faults.push(("right", why));
    Ok(Answer::Again(Box::new(page)))
}

/// What was typed as the right.
enum Meant {
    /// One right.
    Right(RightId),
    /// Well-formed identities that nobody has: one text under every scheme that it fits.
    Nobodys(Vec<Identity>),
    /// Neither, and why.
    Wrong(String),
}

fn meant(registry: &Registry, visit: &Visit) -> Result<Meant, Fault> {
    let Some(typed) = visit.param("right") else {
        let empty = visit.lang.pick("请填写权益", "fill in the right");
        return Ok(Meant::Wrong(empty.to_owned()));
    };
    let said = |why: &str| {
        Meant::Wrong(match visit.lang {
            Lang::Zh => format!("权益「{typed}」: {why}"),
            Lang::En => format!("right “{typed}”: {why}"),
        })
    };
    match look::find(registry, typed)? {
        Some(Place::Right(right)) => return Ok(Meant::Right(right)),
        Some(Place::Pledge(_) | Place::Reservation(_) | Place::Party(_)) => {
            return Ok(said(visit.lang.pick(
                "这不是权益; 查询证明只就权益出具",
                "is not a right, and certificates are about rights",
            )));
        }
        None => {}
    }
    let (rights, has_more) = look::with_part(registry, typed, NAMED_MAX)?;
    if let ([only], false) = (&*rights, has_more) {
        return Ok(Meant::Right(*only));
    }
    if !rights.is_empty() {
        let ids: Vec<String> = rights.iter().map(ToString::to_string).collect();
        let more = if has_more { "…" } else { "" };
        let which = visit.lang.pick(
            "以此为标识一部分的权益不止一项, 请填其中一项:",
            "is a part of the identity of several rights; fill in one of them:",
        );
        return Ok(said(&format!("{which} {}{more}", ids.join(", "))));
    }
    if let Some(wrong) = mistyped(typed, visit.lang) {
        return Ok(said(wrong));
    }
    let (identities, has_form) = look::well_formed(registry, typed)?;
    if identities.is_empty() || look::is_id(typed) {
        return Ok(said(visit.lang.words().search_none));
    }
    // What may be any text is as likely a registered number with a slip of the pen, and no certificate is issued of that.
    if !has_form {
        let (near, _) = registry.rights_alike(typed, NAMED_MAX)?;
        let near = near.iter().filter_map(|found| found.value.key.right());
        let near: Result<Vec<String>, Fault> = near
            .map(|right| {
                let id = right.to_string();
                Ok(format!(
                    "{id} {}",
                    look::words_of(registry, &id, visit.lang)?
                ))
            })
            .collect();
        let near = near?;
        if !near.is_empty() {
            let which = visit.lang.pick(
                "与已登记的号码仅差一字, 或只是其一部分; 请核对全号, 或填写该项权益:",
                "differs from a registered number by one character, or is a part of it; compare it, or fill in that right:",
            );
            return Ok(said(&format!("{which} {}", near.join("; "))));
        }
    }
    Ok(Meant::Nobodys(identities))
}

/// Identities with what they are.
fn in_words(registry: &Registry, identities: &[Identity], lang: Lang) -> Result<String, Fault> {
    let policies = registry.active_policies(registry.now())?;
    let words = identities.iter().map(|one| {
        let (zh, en) = crate::documents::identities::scheme(&policies, &one.scheme);
        format!("{} {}", lang.pick(&zh, &en), one.value.replace('|', " | "))
    });
    Ok(words.collect::<Vec<_>>().join("; "))
}

fn not_a_line(visit: &Visit, field: &str) -> String {
    let (max, count) = (limits::NAME_CHARS_MAX, visit.typed(field).chars().count());
    let name = match field {
        "name" => visit.lang.pick("查询人", "name of who asks"),
        _ => visit.lang.pick("用途", "purpose"),
    };
    match visit.lang {
        Lang::Zh => format!("{name}: 须为一行普通文字, 至多 {max} 个字 (现有 {count} 个)"),
        Lang::En => {
            format!(
                "{name}: must be one line of plain text, of {max} characters at most (now {count})"
            )
        }
    }
}

/// Reads the body of a form as the parameters of a visit.
pub(crate) async fn form(body: Body) -> Option<String> {
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.ok()?;
    String::from_utf8(bytes.to_vec()).ok()
}
