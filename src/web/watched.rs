//! The form in which a member says what its webhook watches.
//!
//! Ids of all sorts go into one field, since their letters tell them apart. What was typed and is wrong comes back with the page.

use crate::domain::facts::StateKey;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::feed::{Decision, Watch};
use crate::service::webhooks::{Standing, Webhook};
use crate::web::act;
use crate::web::lang::Lang;
use crate::web::shell::{Fault, Visit};
use crate::web::show;

/// The words of the form.
pub(crate) struct Labels {
    pub(crate) now: &'static str,
    pub(crate) change: &'static str,
    pub(crate) ids: &'static str,
    pub(crate) types: &'static str,
    pub(crate) tell: &'static str,
    pub(crate) save: &'static str,
}

impl Labels {
    fn of(lang: Lang) -> Self {
        Self {
            now: lang.pick("关注", "Watches"),
            change: lang.pick("更改关注", "Change what it watches"),
            ids: lang.pick(
                "权益、担保、预登记或主体的编号 (如 R41, P57, M12)",
                "Ids of rights, pledges, reservations or parties (such as R41, P57, M12)",
            ),
            types: lang.pick(
                "仅限指令类型 (如 freeze, release_pledge)",
                "Only types of command (such as freeze, release_pledge)",
            ),
            tell: lang.pick(
                "自下一条通知起生效; 全部留空即回到运行者所登记的。地址由运行者更改。",
                "Takes effect with the next notice; all left empty goes back to what the operator has entered. The address is changed by the operator.",
            ),
            save: lang.pick("保存", "Save"),
        }
    }
}

/// The form of one webhook, and what it says now.
pub(crate) struct Watched {
    pub(crate) labels: Labels,
    /// What it watches, in a line.
    pub(crate) now: String,
    /// Who has said so.
    pub(crate) by: &'static str,
    pub(crate) ids: String,
    pub(crate) types: String,
    /// Each choice: its value, its word, and whether it is chosen.
    pub(crate) decisions: Vec<(&'static str, &'static str, bool)>,
    /// What was wrong with what was typed.
    pub(crate) fault: Option<String>,
}

/// What was typed.
pub(crate) struct Typed {
    ids: String,
    types: String,
    decision: String,
}

impl Typed {
    pub(crate) fn of(visit: &Visit) -> Self {
        let text = |name: &str| visit.param(name).unwrap_or_default().to_owned();
        Self {
            ids: text("ids"),
            types: text("types"),
            decision: text("decision"),
        }
    }

    fn before(watch: &Watch) -> Self {
        let records = watch.records.iter().map(StateKey::name);
        let parties = watch.parties.iter().map(PartyId::to_string);
        let ids: Vec<String> = records.chain(parties).collect();
        let types: Vec<&str> = watch.commands.iter().map(String::as_str).collect();
        Self {
            ids: ids.join(", "),
            types: types.join(", "),
            decision: watch
                .decision
                .map(Decision::name)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Reads it; what cannot be read is returned.
    pub(crate) fn read(&self) -> Result<Watch, String> {
        let mut watch = Watch::default();
        let (mut rights, mut pledges) = (0_usize, 0_usize);
        for text in words(&self.ids) {
            let text = text.to_uppercase();
            if let Some(right) = Watch::right(&text) {
                rights += usize::from(watch.records.insert(right));
            } else if let Some(pledge) = Watch::pledge(&text) {
                pledges += usize::from(watch.records.insert(pledge));
            } else if let Some(party) = PartyId::parse(&text) {
                watch.parties.insert(party);
            } else {
                return Err(text);
            }
            let most = rights.max(pledges).max(watch.parties.len());
            if most > limits::WATCHED_MAX {
                return Err(text);
            }
        }
        for text in words(&self.types) {
            let command = Watch::command(text).ok_or_else(|| text.to_owned())?;
            watch.commands.insert(command);
        }
        if !self.decision.is_empty() {
            let decision = Decision::parse(&self.decision);
            watch.decision = Some(decision.ok_or_else(|| self.decision.clone())?);
        }
        Ok(watch)
    }

    /// The address of the page with this form as it was typed, and what was wrong.
    pub(crate) fn again(&self, name: &str) -> String {
        let of = show::escaped;
        let (ids, types, decision) = (of(&self.ids), of(&self.types), of(&self.decision));
        format!("/feeds?fault=watch&hook={name}&ids={ids}&types={types}&decision={decision}#hooks")
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_between =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | '、' | ';' | '；');
    text.split(is_between).filter(|word| !word.is_empty())
}

/// What the page shows of a webhook: as it is, or as it was typed wrongly.
pub(crate) fn shown(
    registry: &Registry,
    visit: &Visit,
    webhook: &Webhook,
    standing: &Standing,
) -> Result<Watched, Fault> {
    let lang = visit.lang;
    let watch = standing.watched(webhook);
    let is_wrong = visit.param("fault").is_some() && visit.param("hook") == Some(&*webhook.name);
    let (typed, fault) = if is_wrong {
        let typed = Typed::of(visit);
        let fault = fault_of(registry, visit, &typed)?;
        (typed, fault)
    } else {
        (Typed::before(watch), None)
    };
    let decisions = [
        ("", lang.pick("全部", "All")),
        (Decision::Accepted.name(), word(Decision::Accepted, lang)),
        (Decision::Refused.name(), word(Decision::Refused, lang)),
    ];
    let decisions = decisions.map(|(value, word)| (value, word, value == typed.decision));
    Ok(Watched {
        labels: Labels::of(lang),
        now: in_a_line(visit, watch),
        by: match &standing.chosen {
            Some(_) => lang.pick("成员自选", "chosen by its member"),
            None => lang.pick("依运行者所登记", "as the operator has entered it"),
        },
        ids: typed.ids,
        types: typed.types,
        decisions: decisions.into(),
        fault,
    })
}

/// Says what is wrong with what was typed.
fn fault_of(registry: &Registry, visit: &Visit, typed: &Typed) -> Result<Option<String>, Fault> {
    let most = limits::WATCHED_MAX;
    let wrong = match typed.read() {
        Ok(watch) => {
            let unknown = registry.unknown_to(&watch, None)?;
            let unknown: Vec<String> = unknown.iter().map(StateKey::name).collect();
            if unknown.is_empty() {
                return Ok(None);
            }
            let unknown = unknown.join(", ");
            match visit.lang {
                Lang::Zh => format!("本登记系统没有 {unknown}。"),
                Lang::En => format!("The register has no {unknown}."),
            }
        }
        Err(text) => match visit.lang {
            Lang::Zh => format!(
                "「{text}」不可用: 须为权益 (R…)、担保或预登记 (P…, V…)、主体 (M…) 的编号, 每类至多 {most} 个; 指令类型如 freeze。"
            ),
            Lang::En => format!(
                "{text:?} will not do: name rights (R…), pledges or reservations (P…, V…) and parties (M…), at most {most} of each; types are words such as freeze."
            ),
        },
    };
    Ok(Some(wrong))
}

fn in_a_line(visit: &Visit, watch: &Watch) -> String {
    let lang = visit.lang;
    let title = |command: &String| act::title(command, lang).unwrap_or(command).to_owned();
    let types: Vec<String> = watch.commands.iter().map(title).collect();
    let decision = match watch.decision {
        Some(decision) => word(decision, lang),
        None => "",
    };
    let parts = [
        Typed::before(watch).ids,
        types.join(", "),
        decision.to_owned(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return lang.pick("全部指令", "every command").to_owned();
    }
    parts.join(" · ")
}

fn word(decision: Decision, lang: Lang) -> &'static str {
    match decision {
        Decision::Accepted => lang.words().log_accepted,
        Decision::Refused => lang.pick("已拒绝", "refused"),
    }
}
