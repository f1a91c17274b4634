//! What stands against a pledge that a form is about, said before anybody takes it over or relies on it: objections, what hangs
//! over, and freezes on its rights.

use crate::domain::right::BurdenId;
use crate::primitives::id::PledgeId;
use crate::service::Registry;
use crate::web::act::subject::About;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::right::overhang_notes;
use crate::web::shell::Fault;
use crate::web::show;

/// Returns the sentences; none where the form is about no pledge, or nothing stands against it.
pub(super) fn against(
    registry: &Registry,
    about: &About,
    lang: Lang,
) -> Result<Vec<String>, Fault> {
    let words = lang.words();
    let now = registry.now().max(registry.published().time);
    let mut said = Vec::new();
    let standing = about.objections.iter().filter(|one| one.stands_at(now));
    for objection in standing {
        let who = look::party(registry, objection.party, words)?.name;
        let until = show::local_time(objection.until);
        said.push(match (objection.suit.is_some(), lang) {
            (true, Lang::Zh) => format!("{who}提出异议, 已起诉 (账页 {})", objection.entry),
            (true, Lang::En) => format!("{who} objects and has sued (entry {})", objection.entry),
            (false, Lang::Zh) => format!("{who}提出异议, 至 {until} 未起诉则失效"),
            (false, Lang::En) => format!("{who} objects; without a suit this lapses at {until}"),
        });
    }
    let id = about.record.as_ref().map(|(_, id)| id.as_str());
    let Some(pledge) = id.and_then(PledgeId::parse) else {
        return Ok(said);
    };
    for line in &about.lines {
        let (right, policy) = (&line.on.right, &line.on.policy);
        let burden = BurdenId::Line(pledge, line.number);
        for note in overhang_notes(right, burden, policy, now, words) {
            said.push(format!("{} · {note}", line.on.text));
        }
        let mut burdens = right.burdens.iter();
        let is_frozen =
            burdens.any(|one| matches!(one.id, BurdenId::Freeze(_)) && one.counts_at(now));
        if is_frozen {
            said.push(format!("{} · {}", line.on.text, words.line_frozen));
        }
    }
    Ok(said)
}
