//! Days and years as the page "May I pledge?" reads them from its fields; every fault names its field and what was typed.

use crate::primitives::time::{Day, Span};
use crate::web::lang::Lang;
use crate::web::shell::Visit;
use crate::web::typed;

/// Fields with what is wrong with each.
pub(crate) type Faults = Vec<(&'static str, String)>;

/// The names of the fields of days, in Chinese and English.
fn day_field(field: &str, lang: Lang) -> &'static str {
    match field {
        "from" => lang.pick("起始日", "first day"),
        "through" => lang.pick("截止日", "last day"),
        "term_from" => lang.pick("债务履行期限的起始日", "first day of the term of the claim"),
        _ => lang.pick("债务履行期限的截止日", "last day of the term of the claim"),
    }
}

fn not_a_day(visit: &Visit, field: &str) -> String {
    let name = day_field(field, visit.lang);
    match (visit.param(field), visit.lang) {
        (None, Lang::Zh) => format!("请填写{name}"),
        (None, Lang::En) => format!("fill in the {name}"),
        (Some(typed), lang @ Lang::Zh) => {
            format!("{name}「{typed}」: {}", typed::not_a_day(typed, lang))
        }
        (Some(typed), lang @ Lang::En) => {
            format!("{name} “{typed}”: {}", typed::not_a_day(typed, lang))
        }
    }
}

fn is_reversed(visit: &Visit, field: &str, first: Day) -> String {
    let (name, typed) = (day_field(field, visit.lang), visit.typed(field));
    match visit.lang {
        Lang::Zh => format!("{name}「{typed}」: 不得早于起始日 {first}"),
        Lang::En => format!("{name} “{typed}”: must not be before the first day {first}"),
    }
}

/// Reads two fields of days as a span, the last day inclusively.
pub(crate) fn days(
    visit: &Visit,
    from: &'static str,
    through: &'static str,
    faults: &mut Faults,
) -> Option<Span> {
    let day = |name| visit.param(name).and_then(typed::day);
    let (first, last) = (day(from), day(through));
    for (field, day) in [(from, first), (through, last)] {
        if day.is_none() {
            faults.push((field, not_a_day(visit, field)));
        }
    }
    let (first, last) = first.zip(last)?;
    let span = Span::new(first, last.next());
    if span.is_none() {
        faults.push((through, is_reversed(visit, through, first)));
    }
    span
}

/// Reads the fields of the first and the last year.
pub(crate) fn years(visit: &Visit, faults: &mut Faults) -> Option<(i32, i32)> {
    let is_year = |year: &i32| Span::of_years(*year, *year).is_some();
    let year = |name| {
        let typed = visit.param(name).and_then(|text| text.parse::<i32>().ok());
        typed.filter(is_year)
    };
    let (first, last) = (year("first"), year("last"));
    for (field, year) in [("first", first), ("last", last)] {
        if year.is_none() {
            faults.push((field, not_a_year(visit, field)));
        }
    }
    let (first, last) = first.zip(last)?;
    if Span::of_years(first, last).is_none() {
        let text = match visit.lang {
            Lang::Zh => format!("末年「{last}」: 不得早于首年 {first}"),
            Lang::En => format!("last year “{last}”: must not be before the first year {first}"),
        };
        faults.push(("last", text));
        return None;
    }
    Some((first, last))
}

fn not_a_year(visit: &Visit, field: &str) -> String {
    let name = match field {
        "first" => visit.lang.pick("首年", "first year"),
        _ => visit.lang.pick("末年", "last year"),
    };
    match (visit.param(field), visit.lang) {
        (None, Lang::Zh) => format!("请填写{name}"),
        (None, Lang::En) => format!("fill in the {name}"),
        (Some(typed), Lang::Zh) => format!("{name}「{typed}」: 须为 2028 这样的四位年份"),
        (Some(typed), Lang::En) => format!("{name} “{typed}”: must be a year such as 2028"),
    }
}
