//! The registrar's view: parties with their keys and signing rules, the policies in force, and the witnesses of the log.
//!
//! Everything here is of the log or of what witnesses have signed; it is one page so that whoever keeps the register sees in one
//! place what needs a call by telephone.

use askama::Template;

use crate::domain::facts::{PolicyVersion, Record, StateKey, active_version};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Party, Recovery};
use crate::domain::policy::Model;
use crate::primitives::id::PartyId;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::cosign::WitnessState;
use crate::service::query::Listing;
use crate::service::quotas::Limited;
use crate::web::act::{self, Door};
use crate::web::history;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::party::role_word;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Shortened};

/// Parties on one page.
const ROWS: usize = 25;
/// Entries that a witness may be behind before the page says so: a few groups under load.
const LAG_ENTRIES: u64 = 1_000;

/// A party as a row.
struct PartyRow {
    id: String,
    name: String,
    roles: String,
    keys: Vec<Key>,
    rule: String,
    /// What is open about it: a recovery that waits, a dispute, that it has ended.
    open: Vec<String>,
}

/// A key that signs now.
struct Key {
    person: String,
    kid: Shortened,
    since: u64,
}

/// A policy in force as a row.
struct PolicyRow {
    kind: String,
    title: String,
    model: &'static str,
    digest: Shortened,
    entry: u64,
    since: String,
    versions: usize,
    /// A version that is adopted and not yet in force.
    next: Option<String>,
}

/// A witness as a row.
struct WitnessRow {
    name: String,
    size: String,
    behind: String,
    when: String,
    tag: &'static str,
    sign: &'static str,
    word: &'static str,
    fault: String,
}

#[derive(Template)]
#[template(path = "registrar.html")]
pub(crate) struct RegistrarPage {
    shell: Shell,
    parties: Vec<PartyRow>,
    next: Option<String>,
    first: bool,
    /// What narrows the spreadsheet as the parties are.
    export: String,
    policies: Vec<PolicyRow>,
    witnesses: Vec<WitnessRow>,
    cosigned: Option<String>,
    vkeys: Vec<String>,
    doors: Vec<Door>,
    /// What needs a call by telephone, in one sentence.
    answer: String,
    /// What the parties are narrowed by.
    typed: String,
    quotas: Vec<QuotaRow>,
}

/// A quota as a row.
struct QuotaRow {
    what: &'static str,
    at_once: String,
    refill: String,
    /// Who has used some, and how much is left; only what the reader may see.
    used: Vec<(look::Named, String)>,
    /// Whether the reader sees what all have used.
    is_shown: bool,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<RegistrarPage, Fault> {
    let after = visit.param("after").and_then(|text| text.parse().ok());
    let (found, has_more) = if let Some(name) = visit.param("name") {
        registry.parties_named(name, after, ROWS)?
    } else {
        let mut found = registry.list(Listing::Parties, after, ROWS + 1)?;
        let is_more = found.len() > ROWS;
        found.truncate(ROWS);
        let last = found.last().and_then(|found| found.value.key.entry());
        (found, last.filter(|_| is_more))
    };
    let mut parties: Vec<(PartyId, &Party)> = Vec::new();
    for found in &found {
        if let (StateKey::Party(id), Record::Party(party)) = (&found.value.key, &found.value.record)
        {
            parties.push((*id, party));
        }
    }
    let typed = visit.typed("name");
    let filter = visit
        .param("name")
        .map(|name| format!("name={}&", show::escaped(name)))
        .unwrap_or_default();
    let next = has_more.map(|last| format!("/registrar?{filter}after={last}"));
    let rows = parties
        .iter()
        .map(|(id, party)| party_row(*id, party, visit.lang));
    let rows: Vec<PartyRow> = rows.collect();
    let cosigned = registry.cosigned().map(|head| {
        let time = show::local_time(head.time);
        format!("{} · {time}", head.size)
    });
    let size = registry.published().size;
    let witnesses: Vec<WitnessRow> = registry
        .witnesses()
        .iter()
        .map(|(name, state)| witness_row(name, state, size, visit.lang))
        .collect();
    let policies = policies(registry, visit.lang)?;
    Ok(RegistrarPage {
        answer: answer(&witnesses, &policies, &rows, visit.lang),
        typed,
        quotas: quotas(registry, visit)?,
        shell: Shell::new(registry, visit, visit.lang.words().registrar_title),
        parties: rows,
        next,
        first: after.is_none(),
        export: filter.trim_end_matches('&').to_owned(),
        policies,
        witnesses,
        cosigned,
        vkeys: registry.signing_vkeys(),
        doors: act::registrar_doors(visit.lang),
    })
}

/// What needs a call by telephone, in a sentence that can be read aloud.
fn answer(
    witnesses: &[WitnessRow],
    policies: &[PolicyRow],
    parties: &[PartyRow],
    lang: Lang,
) -> String {
    let well = witnesses.iter().filter(|one| one.tag == "yes").count();
    let coming = policies.iter().filter(|one| one.next.is_some()).count();
    let open = parties.iter().filter(|one| !one.open.is_empty()).count();
    let (all, kinds) = (witnesses.len(), policies.len());
    let watched = match (lang, all) {
        (_, 0) => lang
            .pick("未配置见证方", "No witness is configured")
            .to_owned(),
        (Lang::Zh, _) => format!("{all} 家见证方中 {well} 家正常"),
        (Lang::En, _) => format!("{well} of {all} witnesses are well"),
    };
    match lang {
        Lang::Zh => format!(
            "{watched}; {kinds} 类规则现行, {coming} 类将变更; 下列主体中 {open} 家有未决事项。"
        ),
        Lang::En => format!(
            "{watched}; rules of {kinds} kinds are in force, {coming} of them will change; {open} of the parties below have something open."
        ),
    }
}

/// The quotas; what others have used is the registrar's to see.
fn quotas(registry: &Registry, visit: &Visit) -> Result<Vec<QuotaRow>, Fault> {
    let lang = visit.lang;
    let own = visit.signed_in.as_ref().map(|one| one.session.org);
    let mut rows = Vec::new();
    for quota in registry.quotas() {
        let mut used = Vec::new();
        for (party, left) in &quota.left {
            if own == Some(REGISTRAR) || own == Some(*party) {
                let left = match lang {
                    Lang::Zh => format!("尚余 {left}"),
                    Lang::En => format!("{left} left"),
                };
                used.push((look::party(registry, *party, lang.words())?, left));
            }
        }
        let every = quota.allowance.refill_seconds;
        rows.push(QuotaRow {
            what: limited(quota.limited, lang),
            at_once: quota.allowance.burst.to_string(),
            refill: match lang {
                Lang::Zh => format!("每 {every} 秒 1 次"),
                Lang::En if every == 1 => "one each second".to_owned(),
                Lang::En => format!("one each {every} seconds"),
            },
            used,
            is_shown: own == Some(REGISTRAR),
        });
    }
    Ok(rows)
}

fn limited(limited: Limited, lang: Lang) -> &'static str {
    match limited {
        Limited::Refusals => lang.pick("被拒的指令", "commands that are refused"),
        Limited::SignIns => lang.pick("登录", "sign-ins"),
        Limited::Openings => lang.pick("查看保密事项", "accesses to hidden values"),
        Limited::Drafts => lang.pick("写入待签箱", "writes to the inbox"),
    }
}

fn party_row(id: PartyId, party: &Party, lang: Lang) -> PartyRow {
    let roles: Vec<&str> = party
        .roles
        .iter()
        .map(|role| role_word(*role, lang))
        .collect();
    let present = party.keys.iter().filter(|key| key.revoked.is_none());
    let key = |key: &crate::domain::party::PartyKey| Key {
        person: key.person.clone(),
        kid: show::shortened(key.key.id()),
        since: key.added,
    };
    PartyRow {
        id: id.to_string(),
        name: look::name_of(party, lang.words()),
        roles: roles.join(", "),
        keys: present.map(key).collect(),
        rule: rule(party, lang),
        open: open(party, lang),
    }
}

/// Says how many persons must sign, and for what more.
fn rule(party: &Party, lang: Lang) -> String {
    if party.keys.is_empty() {
        return lang.words().no_keys.to_owned();
    }
    let persons = |count: u64| match lang {
        Lang::Zh => format!("{count} 人"),
        Lang::En if count == 1 => "1 person".to_owned(),
        Lang::En => format!("{count} persons"),
    };
    let more = party.more.signing.iter().map(|rule| {
        let act = history::done(&rule.command, lang);
        format!("{act}: {}", persons(rule.threshold))
    });
    let rules: Vec<String> = std::iter::once(persons(party.threshold))
        .chain(more)
        .collect();
    rules.join("; ")
}

fn open(party: &Party, lang: Lang) -> Vec<String> {
    let mut open = Vec::new();
    let waits = |recovery: &&Recovery| recovery.ended.is_none();
    if let Some(recovery) = party.more.recoveries.iter().find(waits) {
        let ready = show::local_time(recovery.ready);
        open.push(match lang {
            Lang::Zh => format!("更换密钥等待期, 至 {ready}"),
            Lang::En => format!("new keys wait until {ready}"),
        });
    }
    let unresolved = party.more.disputes.iter();
    let count = unresolved
        .filter(|dispute| dispute.resolved.is_none())
        .count();
    if count > 0 {
        open.push(match lang {
            Lang::Zh => format!("{count} 项账页争议未决"),
            Lang::En => format!("{count} open disputes of entries"),
        });
    }
    if let Some((_, successor)) = party.more.ended {
        open.push(match lang {
            Lang::Zh => format!("已终止, 由 {successor} 承继"),
            Lang::En => format!("ended; {successor} acts in its place"),
        });
    }
    open
}

fn policies(registry: &Registry, lang: Lang) -> Result<Vec<PolicyRow>, Fault> {
    let now = registry.now().max(registry.published().time);
    let mut rows = Vec::new();
    for policy in registry.active_policies(now)? {
        let found = registry.record(&StateKey::Policy(policy.kind.clone()))?;
        let Some(Record::Policy(versions)) = found.map(|found| found.value.record) else {
            continue;
        };
        let Some(active) = active_version(&versions, now) else {
            continue;
        };
        rows.push(PolicyRow {
            title: look::kind_title(&policy, lang).to_owned(),
            kind: policy.kind,
            model: model(policy.model, lang),
            digest: show::shortened(active.digest),
            entry: active.entry,
            since: show::local_time(active.active_from),
            versions: versions.len(),
            next: coming(&versions, now),
        });
    }
    Ok(rows)
}

fn coming(versions: &[PolicyVersion], now: Timestamp) -> Option<String> {
    let next = versions.iter().find(|version| version.active_from > now)?;
    Some(show::local_time(next.active_from))
}

fn model(model: Model, lang: Lang) -> &'static str {
    match model {
        Model::Stock => lang.pick("存量", "stock"),
        Model::Flow => lang.pick("流量", "flow"),
        Model::Land => lang.pick("宗地", "land"),
    }
}

fn witness_row(name: &str, state: &WitnessState, size: u64, lang: Lang) -> WitnessRow {
    let behind = state.cosigned.map(|(seen, _)| size.saturating_sub(seen));
    let is_late = behind.is_none_or(|behind| behind > LAG_ENTRIES);
    let (tag, sign, word) = match (&state.fault, is_late) {
        (Some(_), _) => ("refuse", "▲", lang.pick("有故障", "at fault")),
        (None, true) if behind.is_none() => ("warn", "◔", lang.pick("尚未见证", "nothing yet")),
        (None, true) => ("warn", "◔", lang.pick("落后", "behind")),
        (None, false) => ("yes", "✓", lang.pick("正常", "well")),
    };
    let instant = |seconds| Timestamp::from_micros(0).plus_seconds(seconds);
    let fault = state.fault.as_ref();
    WitnessRow {
        name: name.to_owned(),
        size: state
            .cosigned
            .map(|(seen, _)| seen.to_string())
            .unwrap_or_default(),
        behind: behind.map(|behind| behind.to_string()).unwrap_or_default(),
        when: state
            .cosigned
            .map(|(_, seconds)| show::local_time(instant(seconds)))
            .unwrap_or_default(),
        tag,
        sign,
        word,
        fault: fault
            .map(|(why, when)| format!("{why} ({})", show::local_time(*when)))
            .unwrap_or_default(),
    }
}
