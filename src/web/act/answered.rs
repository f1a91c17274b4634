//! What the answer yes begins with: the act and what would be registered, in words. Whoever asks sees before signing that the
//! register has understood the form as it was meant.

use crate::domain::command::Body;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::shell::Fault;
use crate::web::terms::Teller;

/// Lines of a command that an answer names.
const LINES_TOLD: usize = 8;

/// What would be registered, as the answer yes begins; nothing of a pledge, whose answer says it from what the law would record.
pub(super) fn told(
    registry: &Registry,
    title: &str,
    body: &Body,
    lang: Lang,
) -> Result<Option<String>, Fault> {
    if matches!(body, Body::RegisterPledge(_)) {
        return Ok(None);
    }
    let told = Teller::of(registry, lang)?.told(body, LINES_TOLD)?;
    let yes = lang.words().check_yes;
    let colon = if told.is_empty() { "" } else { ": " };
    Ok(Some(match lang {
        Lang::Zh => format!("{yes}{title}{colon}{told}"),
        Lang::En => format!("{yes}, {}{colon}{told}", lower(title)),
    }))
}

/// A title within a sentence.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
