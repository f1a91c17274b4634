//! The sentence that a certificate begins with, and other values in words of both languages.

use crate::documents::certificate::free::free_flow;
use crate::documents::certificate::shown::Schemes;
use crate::documents::certificate::words;
use crate::documents::say::{amount, last_day, local_time, unit_zh, years, yuan};
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::ExternalStatus;
use crate::domain::party::RecoveryEnd;
use crate::domain::right::{BurdenId, Extent, Overhang};
use crate::primitives::time::Span;
use crate::verify::certificate::pledge_notes::{Noted, PledgeNote};
use crate::verify::certificate::statement::{
    Found, FoundBurden, FoundRight, Free, Named, Note, Statement,
};

/// A text in Chinese and in English.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Sentence {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { zh, en }
    }
}

/// Returns the answer: what is found, and what is not burdened in this register.
pub fn sentence(found: &Found, said: &Statement, schemes: &Schemes) -> Sentence {
    let (time, size) = (local_time(said.time), said.size);
    match found {
        Found::Nothing(identity) => {
            let Sentence { zh, en } = schemes.identity(identity);
            Sentence::new(
                format!("截至 {time} (账页位置 {size}), 本登记系统内未见标识为 {zh} 的权益登记。"),
                format!(
                    "As of {time} (position {size}), no record of a right with the identity {en} is found in this register."
                ),
            )
        }
        Found::Right(right) => {
            let named = schemes.right(right);
            let (burdens, free, hanging) = (burdens(right), free(right), hanging(right));
            Sentence::new(
                format!(
                    "{}: 截至 {time} (账页位置 {size}), 本登记系统内{}。{}{}",
                    named.zh, burdens.zh, free.zh, hanging.zh
                ),
                format!(
                    "The {}: as of {time} (position {size}), {} in this register.{}{}",
                    named.en, burdens.en, free.en, hanging.en
                ),
            )
        }
    }
}

/// How many burdens are on record.
fn burdens(found: &FoundRight) -> Sentence {
    let count = found.burdens.len();
    let freezes = found.burdens.iter();
    let freezes = freezes.filter(|one| one.burden.id.is_freeze()).count();
    let (zh, en) = match (freezes, count) {
        (0, _) => (String::new(), String::new()),
        (_, 1) => (", 为冻结".to_owned(), ", a freeze,".to_owned()),
        (1, _) => (
            ", 其中冻结 1 项".to_owned(),
            ", 1 of them a freeze,".to_owned(),
        ),
        (freezes, _) => (
            format!(", 其中冻结 {freezes} 项"),
            format!(", {freezes} of them freezes,"),
        ),
    };
    match count {
        0 => Sentence::new("未见其上的在登负担", "no burden on it is found"),
        1 => Sentence::new(
            format!("其上在登负担 1 项{zh}"),
            format!("1 burden on it{en} is on record"),
        ),
        _ => Sentence::new(
            format!("其上在登负担 {count} 项{zh}"),
            format!("{count} burdens on it{en} are on record"),
        ),
    }
}

/// Burdens with an overhang that are named one by one in the sentence; more are counted.
const HANGING_NAMED: usize = 3;

/// What burdens have no right beneath them, and what of them a later freeze reaches, which is there still; nothing where neither is.
fn hanging(found: &FoundRight) -> Sentence {
    let reached = found.burdens.iter().map(|one| (one, reached(one)));
    let (lost, frozen): (Vec<_>, Vec<_>) = reached
        .map(|(one, (lost, frozen))| ((one, lost), (one, frozen)))
        .unzip();
    let lost = listed(found, &lost);
    let frozen = listed(found, &frozen);
    let lost = lost.map(|lost| {
        Sentence::new(
            format!("悬空 (其下已无权益): {}。", lost.zh),
            format!(" Overhang, with no right beneath it: {}.", lost.en),
        )
    });
    let frozen = frozen.map(|frozen| {
        Sentence::new(
            format!("其后的冻结及于: {}。", frozen.zh),
            format!(" Reached by a later freeze: {}.", frozen.en),
        )
    });
    let said = lost.into_iter().chain(frozen);
    let (zh, en): (Vec<String>, Vec<String>) = said.map(|one| (one.zh, one.en)).unzip();
    Sentence::new(zh.concat(), en.concat())
}

/// What of a burden has no right beneath it, and what a later freeze reaches.
fn reached(found: &FoundBurden) -> (Option<Overhang>, Option<Overhang>) {
    match (found.burden.overhang, found.lost) {
        (None, _) => (None, None),
        (Some(whole), None) => (None, Some(whole)),
        (Some(Overhang::Amount(whole)), Some(Overhang::Amount(lost))) => {
            let frozen = whole.saturating_sub(lost);
            let frozen = (!frozen.is_zero()).then_some(Overhang::Amount(frozen));
            (Some(Overhang::Amount(lost)), frozen)
        }
        (Some(whole), Some(_)) => (Some(whole), None),
    }
}

/// All of a burden, or the years of it that are gone where others stay.
fn all_or_some(one: &FoundBurden) -> Sentence {
    let gone: Vec<Sentence> = one.gone.iter().map(|span| years_of(*span)).collect();
    if gone.is_empty() {
        return Sentence::new("全部", "all of it");
    }
    let (zh, en): (Vec<String>, Vec<String>) = gone.into_iter().map(|it| (it.zh, it.en)).unzip();
    Sentence::new(zh.join(", "), en.join(", "))
}

/// How much of which burdens, the first of them by name.
fn listed(found: &FoundRight, parts: &[(&FoundBurden, Option<Overhang>)]) -> Option<Sentence> {
    let much = |one: &FoundBurden, of: Overhang| match of {
        Overhang::Amount(quantity) => Sentence::new(
            amount(quantity, found.scale, unit_zh(&found.unit)),
            amount(quantity, found.scale, &found.unit),
        ),
        Overhang::Whole => all_or_some(one),
    };
    let parts = parts.iter();
    let hanging: Vec<(String, Sentence)> = parts
        .filter_map(|(one, part)| Some((one.burden.id.to_string(), much(one, (*part)?))))
        .collect();
    if hanging.is_empty() {
        return None;
    }
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (id, much) in hanging.iter().take(HANGING_NAMED) {
        zh.push(format!("{id} {}", much.zh));
        en.push(format!("{id} {}", much.en));
    }
    let rest = hanging.len().saturating_sub(HANGING_NAMED);
    if rest > 0 {
        zh.push(format!("另 {rest} 项见下表"));
        en.push(format!("{rest} more in the table"));
    }
    Some(Sentence::new(zh.join("; "), en.join("; ")))
}

/// What is not burdened in this register; of a whole, the number of burdens says it.
fn free(found: &FoundRight) -> Sentence {
    let amount = |quantity| amount(quantity, found.scale, &found.unit);
    match &found.free {
        Free::Ended => Sentence::new(
            "该权益的期限已过、已被撤销或已由后续权益承接。",
            " The days of the right are over, it was revoked, or another right took its place.",
        ),
        Free::Stock(quantity) => Sentence::new(
            format!("本登记系统内未登记负担的数量: {}。", amount(*quantity)),
            format!(" Not burdened in this register: {}.", amount(*quantity)),
        ),
        Free::Flow(parts) => free_flow(parts, &amount),
        Free::Whole(true) => Sentence::new("", ""),
        Free::Whole(false) => Sentence::new("已全部登记负担。", " All of it is burdened."),
        Free::Years(spans) if spans.is_empty() => {
            Sentence::new("各年度均已登记负担。", " Every year of it is burdened.")
        }
        Free::Years(spans) => {
            let zh: Vec<String> = spans.iter().map(|span| years_of(*span).zh).collect();
            let en: Vec<String> = spans.iter().map(|span| years_of(*span).en).collect();
            Sentence::new(
                format!("本登记系统内未登记负担的年度: {}。", zh.join(", ")),
                format!(" Years not burdened in this register: {}.", en.join(", ")),
            )
        }
    }
}

/// A span with its first and last day.
pub(super) fn days(span: Span) -> Sentence {
    let (from, last) = (span.from(), last_day(span));
    Sentence::new(
        format!("{from} 至 {last}"),
        format!("{from} through {last}"),
    )
}

fn years_of(span: Span) -> Sentence {
    match years(span) {
        Some((first, last)) if first == last => {
            Sentence::new(format!("{first} 年"), first.to_string())
        }
        Some((first, last)) => Sentence::new(
            format!("{first} 至 {last} 年"),
            format!("{first} through {last}"),
        ),
        None => days(span),
    }
}

/// How much a burden takes.
pub fn extent(extent: Extent, found: &FoundRight) -> Sentence {
    let amount = |quantity| amount(quantity, found.scale, &found.unit);
    match extent {
        Extent::Stock(quantity) => Sentence::new(amount(quantity), ""),
        Extent::Flow(quantity, span) => {
            Sentence::new(format!("{}, {}", amount(quantity), days(span).zh), "")
        }
        Extent::Whole => Sentence::new("全部", "whole"),
        Extent::Years(span) => years_of(span),
    }
}

/// What a burden is.
pub fn kind_of(burden: &FoundBurden, found: &FoundRight) -> Sentence {
    match burden.burden.id {
        BurdenId::Line(..) => Sentence::new(
            burden
                .form
                .map_or("担保", crate::domain::pledge::Form::name),
            "pledge",
        ),
        BurdenId::Hold(..) => Sentence::new("预登记", "reservation"),
        BurdenId::Freeze(_) if is_signed_by_authority(burden, found) => {
            Sentence::new("冻结 (由该机关签署)", "freeze, signed by that authority")
        }
        BurdenId::Freeze(_) => Sentence::new("冻结 (按纸质文书录入)", "freeze, entered from paper"),
    }
}

/// Says whether the authority of a freeze has signed it with keys of its own; a court's order is entered for it.
fn is_signed_by_authority(burden: &FoundBurden, found: &FoundRight) -> bool {
    let Some(authority) = &burden.party else {
        return false;
    };
    let mut acts = found.acts.iter();
    let act = acts.find(|act| act.entry == burden.entry);
    act.is_some_and(|act| {
        act.signers
            .iter()
            .any(|(signer, _)| signer.id == authority.id)
    })
}

/// What another register is called.
pub fn register(word: &str) -> Sentence {
    let (zh, en) = match word {
        "zhongdeng" => ("中登网", "Zhongdeng"),
        "real_estate" => ("不动产登记", "real-estate register"),
        "exchange" => ("交易中心", "exchange"),
        "natural_resources" => ("自然资源主管部门", "natural-resources authority"),
        _ => (word, word),
    };
    Sentence::new(zh, en)
}

/// What other registers say of a burden, register by register, and those in which it is wanted and nobody has looked.
pub fn elsewhere(burden: &FoundBurden) -> Vec<Sentence> {
    let mut told: Vec<Sentence> = Vec::new();
    for reported in &burden.external {
        let report = &reported.report;
        let (zh, en) = words::OVER;
        let said = if reported.over {
            Sentence::new(zh, en)
        } else {
            status(report.status)
        };
        let (of, number) = (register(&report.register), &report.number);
        told.push(Sentence::new(
            format!("{} {number}: {} ({} 查)", of.zh, said.zh, report.checked),
            format!(
                "{} {number}: {} (looked at {})",
                of.en, said.en, report.checked
            ),
        ));
    }
    told.extend(burden.missing.iter().map(|(register, receipt)| {
        let (zh, en) = if *receipt {
            words::RECEIPT_MISSING
        } else {
            words::MISSING
        };
        let of = self::register(register);
        Sentence::new(format!("{}: {zh}", of.zh), format!("{}: {en}", of.en))
    }));
    told
}

/// A party by name and id.
pub(super) fn party(named: &Named) -> String {
    match &named.name {
        Some(name) => format!("{name} ({})", named.id),
        None => format!("{} (名称不在证据内 name not in the evidence)", named.id),
    }
}

/// The place of a burden among those of its right; it is no rank before creditors whose lines share its days.
pub fn in_order(place: usize) -> Sentence {
    Sentence::new(
        format!("第 {place} 项登记"),
        format!("number {place} in order of registration"),
    )
}

/// Own position and what else is to be said of a burden.
pub fn remarks(burden: &FoundBurden, found: &FoundRight, place: usize) -> Vec<Sentence> {
    let mut remarks = vec![in_order(place)];
    let one = &burden.burden;
    if !one.behind.is_empty() {
        let list: Vec<String> = one.behind.iter().map(ToString::to_string).collect();
        let list = list.join(", ");
        remarks.push(Sentence::new(
            format!("列于 {list} 之后"),
            format!("behind {list}"),
        ));
    }
    let (lost, frozen) = reached(burden);
    for (part, zh, en) in [
        (lost, "悬空", "overhang"),
        (frozen, "其后的冻结及于", "reached by a later freeze"),
    ] {
        remarks.extend(part.map(|part| match part {
            Overhang::Amount(quantity) => {
                let much = |unit| amount(quantity, found.scale, unit);
                Sentence::new(
                    format!("{zh} {}", much(unit_zh(&found.unit))),
                    format!("{en} {}", much(&found.unit)),
                )
            }
            Overhang::Whole => {
                let Sentence { zh: all, en: much } = all_or_some(burden);
                let space = if burden.gone.is_empty() { "" } else { " " };
                Sentence::new(format!("{zh}{space}{all}"), format!("{en}: {much}"))
            }
        }));
    }
    if let Some(expires) = one.expires {
        let time = local_time(expires);
        remarks.push(match one.id {
            BurdenId::Line(..) => Sentence::new(
                format!("债务期限届满, 至 {time} 失效"),
                format!("lapses with the term of the claim: ends {time}"),
            ),
            BurdenId::Hold(..) | BurdenId::Freeze(_) => {
                Sentence::new(format!("至 {time} 失效"), format!("ends {time}"))
            }
        });
    }
    if let Some(cap) = burden.cap {
        remarks.push(Sentence::new(
            format!("登记的最高额 {}", yuan(cap, "元")),
            format!("recorded cap {}", yuan(cap, "yuan")),
        ));
    }
    remarks.extend(noted(burden, found));
    if burden.objections > 0 {
        let count = burden.objections;
        remarks.push(Sentence::new(
            format!("异议登记 {count} 项"),
            match count {
                1 => "1 objection noted".to_owned(),
                _ => format!("{count} objections noted"),
            },
        ));
    }
    remarks
}

/// What the pledge of a burden says beyond its lines.
fn noted(burden: &FoundBurden, found: &FoundRight) -> Vec<Sentence> {
    let BurdenId::Line(pledge, line) = burden.burden.id else {
        return Vec::new();
    };
    let own = found
        .pledge_notes
        .iter()
        .filter(|note| note.pledge == pledge);
    let say = |note: &PledgeNote| match &note.noted {
        Noted::Maximum(period) => Some(Sentence::new(
            format!("最高额担保, 债权确定期间 {}", days(*period).zh),
            format!("maximum amount; claims may arise {}", days(*period).en),
        )),
        Noted::Determined(entry) => Some(Sentence::new(
            format!("债权已于账页 {entry} 确定"),
            format!("claims determined in entry {entry}"),
        )),
        Noted::Former(named, former) => {
            let (who, until) = (party(named), former.until);
            let (zh, en) = if former.subrogation {
                (", 保证人代位", ", subrogated by a guarantor that paid")
            } else {
                ("", "")
            };
            Some(Sentence::new(
                format!("至账页 {until} 的担保权人: {who}{zh}"),
                format!("pledgee until entry {until}: {who}{en}"),
            ))
        }
        Noted::Attested(named, attested) => {
            let (who, entry) = (party(named), attested.entry);
            let class = consent_class(attested.class);
            Some(Sentence::new(
                format!(
                    "{who} 的同意非其签署, 由担保权人声明 ({}, 账页 {entry})",
                    class.zh
                ),
                format!(
                    "consent of {who} not signed, attested by the pledgee ({}, entry {entry})",
                    class.en
                ),
            ))
        }
        Noted::Joint(joint) => {
            let other = match line {
                _ if line == joint.first => joint.second,
                _ if line == joint.second => joint.first,
                _ => return None,
            };
            let most = amount(joint.quantity, found.scale, &found.unit);
            Some(Sentence::new(
                format!("分割后未分担: 与 {pledge}.{other} 共同担保, 合计不超过 {most}"),
                format!("left undivided by a split: secures with {pledge}.{other} at most {most}"),
            ))
        }
    };
    own.filter_map(say).collect()
}

/// How a party without keys consented.
pub(super) fn consent_class(class: ConsentClass) -> Sentence {
    match class {
        ConsentClass::Paper => Sentence::new("纸质文件", "paper"),
        ConsentClass::Video => Sentence::new("视频", "video"),
    }
}

/// Why the checkpoint of a file is not cosigned, in the registry's words and in Chinese.
pub fn provisional(why: &str) -> Sentence {
    let behind = why
        .strip_prefix("the cosigned checkpoint is ")
        .and_then(|rest| rest.strip_suffix(" s behind"));
    let zh = match (why, behind) {
        ("no witness is configured", _) => "本登记簿未配置见证方".to_owned(),
        ("nothing is cosigned yet", _) => "尚无经见证签署的检查点".to_owned(),
        ("as asked for", _) => "申请人要求使用最新的检查点".to_owned(),
        ("the older checkpoint is newer than the cosigned one", _) => {
            "所附旧检查点比已获见证签署的更新".to_owned()
        }
        (_, Some(seconds)) => format!("已获见证签署的检查点落后 {seconds} 秒"),
        (other, None) => other.to_owned(),
    };
    Sentence::new(zh, why)
}

/// How a registration stands elsewhere.
pub fn status(status: ExternalStatus) -> Sentence {
    match status {
        ExternalStatus::Registered => Sentence::new("在登", "registered"),
        ExternalStatus::Lapsed => Sentence::new("已到期", "lapsed"),
        ExternalStatus::Cancelled => Sentence::new("已注销", "cancelled"),
        ExternalStatus::Absent => Sentence::new("未查到", "not found there"),
    }
}

/// A fact about a party.
pub(super) fn note(note: &Note) -> Sentence {
    match note {
        Note::Recovery(named, recovery) => {
            let (who, entry) = (party(named), recovery.entry);
            let (zh, en) = match recovery.ended {
                None => (
                    format!("进行中, 最早于 {} 完成", local_time(recovery.ready)),
                    format!(
                        "open; it may be completed from {} on",
                        local_time(recovery.ready)
                    ),
                ),
                Some((RecoveryEnd::Vetoed, at)) => {
                    (format!("账页 {at} 被否决"), format!("vetoed in entry {at}"))
                }
                Some((RecoveryEnd::Completed, at)) => (
                    format!("账页 {at} 完成"),
                    format!("completed in entry {at}"),
                ),
            };
            Sentence::new(
                format!("密钥恢复: {who}, 账页 {entry} 起, {zh}。"),
                format!("Recovery of keys: {who}, from entry {entry}, {en}."),
            )
        }
        Note::Dispute(named, dispute) => {
            let (who, entry, from) = (party(named), dispute.entry, dispute.from);
            let (zh, en) = match dispute.resolved {
                None => ("尚未裁定".to_owned(), "not decided".to_owned()),
                Some((at, _)) => (format!("裁定见账页 {at}"), format!("decided in entry {at}")),
            };
            Sentence::new(
                format!(
                    "签名异议: {who} 在账页 {entry} 声明不认可账页 {from} 起某密钥的签署, {zh}。"
                ),
                format!(
                    "Disowned signatures: {who} says in entry {entry} that it did not mean what one key signed from entry {from} on; {en}."
                ),
            )
        }
        Note::Ended(named, entry, next) => Sentence::new(
            format!("{} 于账页 {entry} 终止, 由 {next} 承接。", party(named)),
            format!(
                "{} ended with entry {entry}; {next} acts in its place.",
                party(named)
            ),
        ),
        Note::Renamed(named, name, entry) => Sentence::new(
            format!("{} 在账页 {entry} 之前名为 {name}。", party(named)),
            format!("{} was called {name} until entry {entry}.", party(named)),
        ),
    }
}
