//! Loan amounts on a page of a member: how many accesses that is, said first, and then, after a button that posts, the amounts.
//!
//! Every pledge whose amount is shown is an access that its parties can read, and counts against the quota of the institution. So
//! no address shows amounts: a page that is loaded again, or come back to, must not read a hundred values by the way.

use crate::service::ServiceFault;
use crate::service::openings::kept::KeptFault;
use crate::service::sessions::Session;
use crate::service::statistics::Disclosed;
use crate::web::lang::{Lang, Words};
use crate::web::shell::{Fault, Visit};

/// The field that asks.
const FIELD: &str = "openings";
/// Its value on a form that was posted: show them.
const SHOW: &str = "kept";

/// The way to the amounts, at the foot of a page.
pub(crate) struct Offer {
    /// The page on which they are shown, with what it is asked for.
    pub(crate) action: String,
    /// The same page with the number of accesses.
    pub(crate) ask: String,
    /// How many accesses it would be, in words, once that was asked.
    pub(crate) count: Option<String>,
    /// Whether there is anything to be shown.
    pub(crate) is_open: bool,
}

/// What became of the question.
#[derive(Default)]
pub(crate) struct Amounts {
    /// The amounts, where they were asked for and may be seen.
    pub(crate) kept: Option<Vec<Disclosed>>,
    /// Why they are not shown.
    pub(crate) notice: Option<&'static str>,
    /// How to ask for them.
    pub(crate) offer: Option<Offer>,
}

/// Answers the question of a page; `action` is its address without the question.
pub(crate) fn of(
    visit: &Visit,
    action: String,
    count: impl FnOnce(&Session) -> Result<usize, KeptFault>,
    read: impl FnOnce(&Session) -> Result<Vec<Disclosed>, KeptFault>,
) -> Result<Amounts, Fault> {
    let words = visit.lang.words();
    let asked = visit.param(FIELD).is_some();
    let Some(signed_in) = &visit.signed_in else {
        return Ok(Amounts {
            notice: asked.then_some(words.kept_sign_in),
            ..Amounts::default()
        });
    };
    if visit.posted(FIELD) == Some(SHOW) {
        return Ok(match read(&signed_in.session) {
            Ok(kept) => Amounts {
                kept: Some(kept),
                ..Amounts::default()
            },
            Err(fault) => refused(fault, words)?,
        });
    }
    let mark = if action.contains('?') { '&' } else { '?' };
    let mut offer = Offer {
        ask: format!("{action}{mark}{FIELD}=ask#amounts"),
        action,
        count: None,
        is_open: false,
    };
    if asked {
        match count(&signed_in.session) {
            Ok(count) => {
                offer.count = Some(told(count, visit.lang));
                offer.is_open = count > 0;
            }
            Err(fault) => return refused(fault, words),
        }
    }
    Ok(Amounts {
        offer: Some(offer),
        ..Amounts::default()
    })
}

fn refused(fault: KeptFault, words: &'static Words) -> Result<Amounts, Fault> {
    let notice = match fault {
        KeptFault::TooMany(_) => words.openings_too_many,
        KeptFault::Service(ServiceFault::Input(_)) => words.kept_too_many,
        KeptFault::Service(fault) => return Err(fault.into()),
    };
    Ok(Amounts {
        notice: Some(notice),
        ..Amounts::default()
    })
}

/// How many accesses it would be.
fn told(count: usize, lang: Lang) -> String {
    match (lang, count) {
        (Lang::Zh, 0) => "没有贵单位有权查看的贷款金额。".to_owned(),
        (Lang::En, 0) => "There is no loan amount that your institution may see.".to_owned(),
        (Lang::Zh, count) => {
            format!("将记录 {count} 次查看 (每笔担保一次), 其当事人可以查阅, 并计入贵单位的查看次数。")
        }
        (Lang::En, 1) => {
            "1 access will be written down; the parties of the pledge can read it, and it counts against your institution's quota.".to_owned()
        }
        (Lang::En, count) => format!(
            "{count} accesses will be written down, one for each pledge; its parties can read them, and they count against your institution's quota."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_accesses_is_said_and_none_is_said_apart() {
        assert!(told(132, Lang::Zh).contains("将记录 132 次查看"));
        assert!(told(132, Lang::En).starts_with("132 accesses will"));
        assert!(told(1, Lang::En).starts_with("1 access will"));
        assert!(told(0, Lang::Zh).starts_with("没有") && told(0, Lang::En).contains("no loan"));
    }
}
