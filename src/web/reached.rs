//! What is frozen of a right, what a freeze reaches of the burdens before it, and what has no right beneath it any more: three
//! things that a reader must not take for one another.

use crate::domain::event::{Event, OverhangChange};
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::{Stamp, fold};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Overhang, Right};
use crate::domain::rules::burdens::{lost_now, reached_now};
use crate::primitives::time::{Span, Timestamp};
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::right::{overhang_note, some_years};
use crate::web::shell::Fault;
use crate::web::show;

/// Burdens that are named one by one in a sentence; more are counted.
const HANGING_NAMED: usize = 3;

/// Says what hangs, and what a later freeze reaches.
pub(super) fn sentences(
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
    lang: Lang,
) -> Vec<String> {
    let (of, words) = ((right, policy, now), lang.words());
    let hanging = told(of, words.hanging, lang, |id| lost_now(right, id, now));
    let reached = told(of, words.reached, lang, |id| reached_now(right, id, now));
    hanging.into_iter().chain(reached).collect()
}

/// What a picture calls that which is taken beyond what there is: nothing is beneath it, or a later freeze reaches it, or both.
pub(super) fn word_over(right: &Right, now: Timestamp, lang: Lang) -> &'static str {
    let counted = right.burdens.iter().filter(|burden| burden.counts_at(now));
    let (mut lost, mut reached) = (false, false);
    for burden in counted {
        lost |= lost_now(right, burden.id, now).is_some();
        reached |= reached_now(right, burden.id, now).is_some();
    }
    match (lost, reached) {
        (true, true) => lang.pick(
            "超出权益: 悬空, 或冻结及于在先担保",
            "beyond the right: overhang, or frozen later",
        ),
        (false, true) => lang.pick(
            "超出权益: 冻结及于在先担保",
            "beyond the right: a later freeze reaches what is pledged",
        ),
        (_, false) => lang.words().hanging,
    }
}

/// Says first that a right is frozen, how much of it and by whom; a loan officer must not miss it.
pub(super) fn frozen(
    registry: &Registry,
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
    lang: Lang,
) -> Result<Vec<String>, Fault> {
    let words = lang.words();
    let counted = right.burdens.iter().filter(|burden| burden.counts_at(now));
    let freezes = counted.filter(|burden| burden.id.is_freeze());
    let tell = |burden: &Burden| {
        let much = show::extent(burden.extent, policy.scale, &policy.unit, words);
        let by = match burden.authority {
            Some(authority) => format!(" ({})", look::party(registry, authority, words)?.name),
            None => String::new(),
        };
        Ok(format!("{}: {} {much}{by}", words.burden_freeze, burden.id))
    };
    freezes.map(tell).collect()
}

/// Burdens of which a part is not there, or not theirs to have, with how much of each.
fn told(
    (right, policy, now): (&Right, &KindPolicy, Timestamp),
    head: &str,
    lang: Lang,
    much_of: impl Fn(BurdenId) -> Option<Overhang>,
) -> Option<String> {
    let words = lang.words();
    let counted = right.burdens.iter().filter(|burden| burden.counts_at(now));
    let hanging = counted.filter_map(|burden| {
        let much = match much_of(burden.id)? {
            Overhang::Amount(much) => show::amount(much, policy.scale, &policy.unit),
            Overhang::Whole => {
                let gone = land::gone_in_part(right, burden.extent);
                if gone.is_empty() {
                    words.whole.to_owned()
                } else {
                    some_years(&gone, words)
                }
            }
        };
        Some(format!("{} {much}", burden.id))
    });
    let hanging: Vec<String> = hanging.collect();
    let rest = hanging.len().saturating_sub(HANGING_NAMED);
    let mut parts: Vec<String> = hanging.into_iter().take(HANGING_NAMED).collect();
    if rest > 0 {
        parts.push(match lang {
            Lang::Zh => format!("另 {rest} 项见下表"),
            Lang::En => format!("{rest} more in the table"),
        });
    }
    let told = format!("{head}: {}", parts.join("; "));
    (!parts.is_empty()).then_some(told)
}

/// What an event would leave without a right beneath it, or what the freeze that it is would reach, with what is said of them.
pub(super) fn changed(
    registry: &Registry,
    (event, at): (&Event, Stamp),
    policy: &KindPolicy,
    lang: Lang,
) -> Result<(Vec<String>, &'static str), Fault> {
    let words = lang.words();
    // What a freeze reaches is there still.
    let (head, all) = if matches!(event, Event::Frozen { .. }) {
        (words.reached, words.check_reached)
    } else {
        (words.overhang, words.check_hanging)
    };
    let mut told = Vec::new();
    for change in event.overhangs() {
        let Some(overhang) = change.overhang else {
            continue;
        };
        let gone = gone_after(registry, (event, at), change)?;
        let over = overhang_note(head, (overhang, &gone), policy, words);
        let burden = change.burden.to_string();
        let whose = look::words_of(registry, &burden, lang)?;
        told.push(format!("{burden} {whose}: {over}"));
    }
    Ok((told, all))
}

/// The days of a line of years that its right would no longer have after an event, where some stay.
fn gone_after(
    registry: &Registry,
    (event, at): (&Event, Stamp),
    change: &OverhangChange,
) -> Result<Vec<Span>, Fault> {
    let key = StateKey::Right(change.right);
    let before = registry.record(&key)?.map(|found| found.value.record);
    let Ok(Record::Right(after)) = fold(event, at, &key, before.as_ref()) else {
        return Ok(Vec::new());
    };
    let burden = after.burden(change.burden);
    let gone = burden.map(|burden| land::gone_in_part(&after, burden.extent));
    Ok(gone.unwrap_or_default())
}
