//! What later acts have noted in a party or a pledge, as facts of its page: successions, former names and disputes; former
//! pledgees, caps, guarantees, parts and corrections.
//!
//! Separate from the pages because both say it in the same way: what it is, in which entry, and where that leads.

use crate::documents::certificate::{Sentence, status};
use crate::domain::command::ExternalReport;
use crate::domain::facts::{Record, StateKey};
use crate::domain::party::Party;
use crate::domain::pledge::{Disposal, Guarantee, Joint, LineCorrection, Objection, Pledge};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::right::Fact;
use crate::web::shell::Fault;
use crate::web::show;

/// What is noted is read for one page.
struct Notes<'a> {
    registry: &'a Registry,
    lang: Lang,
    facts: Vec<Fact>,
}

impl Notes<'_> {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn name(&self, id: PartyId) -> Result<String, Fault> {
        let named = look::party(self.registry, id, self.lang.words())?;
        Ok(format!("{} ({id})", named.name))
    }

    /// What a kind of right is called.
    fn kind(&self, kind: &str) -> String {
        let now = self.registry.now().max(self.registry.published().time);
        let policies = self.registry.active_policies(now).unwrap_or_default();
        let policy = policies.iter().find(|policy| policy.kind == kind);
        policy
            .map_or(kind, |policy| look::kind_title(policy, self.lang))
            .to_owned()
    }

    /// The entry that says so.
    fn entry(&self, index: EntryIndex) -> String {
        match self.lang {
            Lang::Zh => format!("账页 {index}"),
            Lang::En => format!("entry {index}"),
        }
    }

    /// A fact that leads to its entry.
    fn add(&mut self, name: &'static str, value: &str, entry: EntryIndex) {
        let value = format!("{value} ({})", self.entry(entry));
        self.facts.push(Fact {
            link: Some(format!("/log/{entry}")),
            ..Fact::plain(name, value)
        });
    }

    /// A fact about another party, which it leads to.
    fn add_party(
        &mut self,
        name: &'static str,
        party: PartyId,
        more: &str,
        entry: EntryIndex,
    ) -> Result<(), Fault> {
        let value = format!("{}{more} ({})", self.name(party)?, self.entry(entry));
        self.facts.push(Fact {
            link: Some(format!("/parties/{party}")),
            ..Fact::plain(name, value)
        });
        Ok(())
    }

    /// A quantity in the unit of a right.
    fn amount(&self, right: Option<RightId>, quantity: Quantity) -> Result<String, Fault> {
        let found = match right {
            Some(right) => self.registry.record(&StateKey::Right(right))?,
            None => None,
        };
        let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
            return Ok(quantity.to_string());
        };
        let now = self.registry.now().max(self.registry.published().time);
        let policy = look::policy(self.registry, &right.kind, now)?;
        Ok(show::amount(quantity, policy.scale, &policy.unit))
    }

    fn yuan(&self, quantity: Quantity) -> String {
        show::yuan(quantity, self.lang.words().yuan)
    }
}

fn digest(hash: &Hash) -> String {
    show::short(&hash.to_string())
}

/// Returns who acts in the place of a party that has ended, from one to the next.
fn acting(registry: &Registry, party: &Party) -> Result<Option<PartyId>, Fault> {
    let mut next = party.more.ended;
    let (mut acting, mut last) = (None, 0);
    // Each party of the chain ended later than the one before it.
    while let Some((entry, successor)) = next
        && entry > last
    {
        (acting, last) = (Some(successor), entry);
        let found = registry.record(&StateKey::Party(successor))?;
        next = match found.map(|found| found.value.record) {
            Some(Record::Party(party)) => party.more.ended,
            Some(_) | None => None,
        };
    }
    Ok(acting)
}

/// What the page of a party says first where the party is not, or not alone, what it was; nothing of one as it was admitted.
pub(super) fn answer_of_party(
    registry: &Registry,
    party: &Party,
    lang: Lang,
) -> Result<String, Fault> {
    let words = lang.words();
    let more = &party.more;
    let Some((entry, _)) = more.ended else {
        let count = more.successors.len();
        return Ok(match (count, lang) {
            (0, _) => String::new(),
            (_, Lang::Zh) => format!("本主体存续; 已从其中分立出 {count} 个主体。"),
            (_, Lang::En) => format!("The party goes on; {count} parties came out of it."),
        });
    };
    let who = match acting(registry, party)? {
        Some(id) => format!("{} ({id})", look::party(registry, id, words)?.name),
        None => String::new(),
    };
    Ok(match lang {
        Lang::Zh => format!("本主体已于账页 {entry} 终止, 现由{who}承继其权利义务。"),
        Lang::En => format!("The party ended at entry {entry}; {who} acts in its place."),
    })
}

/// Returns what acts have noted in a party.
pub(super) fn of_party(registry: &Registry, party: &Party, lang: Lang) -> Result<Vec<Fact>, Fault> {
    let mut notes = Notes {
        registry,
        lang,
        facts: Vec::new(),
    };
    let more = &party.more;
    if let Some((entry, successor)) = more.ended {
        let name = notes.say("已终止, 承继者", "Ended; in its place");
        notes.add_party(name, successor, "", entry)?;
    }
    let ended = more.ended.map(|(_, successor)| successor);
    for (successor, entry) in &more.successors {
        if ended != Some(*successor) {
            let name = notes.say("分立出", "Came out of it");
            notes.add_party(name, *successor, "", *entry)?;
        }
    }
    for of in &more.handed {
        let name = notes.say("移交的权益种类", "Kind of right handed over");
        let kind = format!(" · {}", notes.kind(&of.kind));
        notes.add_party(name, of.party, &kind, of.entry)?;
    }
    for (predecessor, entry) in &more.predecessors {
        let name = notes.say("承继自", "Stands in the place of, or came out of");
        notes.add_party(name, *predecessor, "", *entry)?;
    }
    for (former, until) in &more.former_names {
        let name = notes.say("曾用名", "Former name");
        let value = match lang {
            Lang::Zh => format!("{former}, 用至"),
            Lang::En => format!("{former}, until"),
        };
        notes.add(name, &value, *until);
    }
    for dispute in &more.disputes {
        let kid = show::short(&dispute.kid.to_string());
        let from = dispute.from;
        let value = match (dispute.resolved, lang) {
            (None, Lang::Zh) => format!("自账页 {from} 起由密钥 {kid} 签署者; 尚未处理"),
            (None, Lang::En) => format!("what the key {kid} signed from entry {from} on; open"),
            (Some((entry, _)), Lang::Zh) => {
                format!("自账页 {from} 起由密钥 {kid} 签署者; 已于账页 {entry} 处理")
            }
            (Some((entry, _)), Lang::En) => {
                format!("what the key {kid} signed from entry {from} on; decided at entry {entry}")
            }
        };
        let name = notes.say("对签署的异议", "Disputed signatures");
        notes.add(name, &value, dispute.entry);
    }
    if let Some(recovery) = party.open_recovery() {
        let ready = show::local_time(recovery.ready);
        let value = match lang {
            Lang::Zh => format!("进行中, 最早于 {ready} 完成"),
            Lang::En => format!("under way; may be completed from {ready} on"),
        };
        let name = notes.say("密钥恢复", "Recovery of keys");
        notes.add(name, &value, recovery.entry);
    }
    Ok(notes.facts)
}

/// Returns what acts have noted in a pledge.
pub(super) fn of_pledge(
    registry: &Registry,
    pledge: &Pledge,
    lang: Lang,
) -> Result<Vec<Fact>, Fault> {
    let mut notes = Notes {
        registry,
        lang,
        facts: Vec::new(),
    };
    let more = &pledge.more;
    for former in &more.former {
        let name = notes.say("原担保权人", "Former pledgee");
        let paid = notes.say(", 保证人代位受让", ", subrogated by a guarantor that paid");
        let more = if former.subrogation { paid } else { "" };
        notes.add_party(name, former.party, more, former.until)?;
    }
    of_claim(&mut notes, pledge)?;
    for joint in &more.joint {
        of_joint(&mut notes, pledge, joint)?;
    }
    for correction in &more.corrections {
        of_correction(&mut notes, pledge, correction)?;
    }
    for disposal in &more.disposals {
        of_disposal(&mut notes, pledge, disposal)?;
    }
    for objection in &more.objections {
        of_objection(&mut notes, objection)?;
    }
    for report in &more.external {
        of_external(&mut notes, report);
    }
    Ok(notes.facts)
}

/// How the pledge stands in another register, as far as somebody looked.
fn of_external(notes: &mut Notes<'_>, report: &ExternalReport) {
    let words = notes.lang.words();
    let Sentence { zh, en } = status(report.status);
    let stands = notes.lang.pick(&zh, &en).to_owned();
    let mut parts = vec![format!("{} {}", report.register, report.number), stands];
    parts.extend(report.term.map(|term| show::days(term, words)));
    parts.push(match notes.lang {
        Lang::Zh => format!("查询于 {}", report.checked),
        Lang::En => format!("looked up on {}", report.checked),
    });
    let name = notes.say("其他登记", "Other register");
    notes.facts.push(Fact::plain(name, parts.join(", ")));
}

/// What belongs to the claim: caps and their determination, guarantees, buy-outs.
fn of_claim(notes: &mut Notes<'_>, pledge: &Pledge) -> Result<(), Fault> {
    let more = &pledge.more;
    if let Some(maximum) = more.maximum {
        let name = notes.say(
            "最高额担保, 债权确定期间",
            "Maximum amount; claims may arise in",
        );
        let days = show::days(maximum.period, notes.lang.words());
        notes.facts.push(Fact::plain(name, days));
    }
    for cap in &more.caps {
        let name = notes.say("担保限额", "Secures at most");
        let amount = notes.yuan(cap.amount);
        notes.add(name, &amount, cap.entry);
    }
    if let Some(entry) = more.determined {
        let name = notes.say("债权已确定", "Claims determined");
        let value = notes.say(
            "此后发生的债权不在担保之列",
            "what arises later is not secured",
        );
        notes.add(name, value, entry);
    }
    for share in &more.syndicate {
        let share_of = percent(share.share_bp);
        let value = match notes.lang {
            Lang::Zh => format!(", 占债权 {share_of}%"),
            Lang::En => format!(", {share_of}% of the claim"),
        };
        let name = notes.say("银团成员", "Member of the syndicate");
        notes.facts.push(Fact {
            link: Some(format!("/parties/{}", share.party)),
            ..Fact::plain(name, format!("{}{value}", notes.name(share.party)?))
        });
    }
    if let Some(green) = &more.green {
        notes
            .facts
            .push(Fact::id(notes.lang.words().green, green.clone()));
    }
    for guarantee in &more.guarantees {
        of_guarantee(notes, guarantee)?;
    }
    for buyout in &more.buyouts {
        let name = notes.say("收储承诺", "Commitment to buy out");
        let more = format!(", {}: {}", notes.yuan(buyout.price), buyout.trigger);
        notes.add_party(name, buyout.party, &more, buyout.entry)?;
    }
    Ok(())
}

/// Hundredths of a percent as percent.
fn percent(share_bp: u64) -> Quantity {
    let raw = i64::try_from(share_bp)
        .unwrap_or_default()
        .saturating_mul(10_000);
    Quantity::from_raw(raw).unwrap_or_default()
}

fn of_guarantee(notes: &mut Notes<'_>, guarantee: &Guarantee) -> Result<(), Fault> {
    let share = percent(guarantee.share_bp);
    let mut more = match notes.lang {
        Lang::Zh => format!(", 承担损失的 {share}%"),
        Lang::En => format!(", bears {share}% of a loss"),
    };
    if let Some(counter) = guarantee.counter {
        more.push_str(match notes.lang {
            Lang::Zh => ", 反担保 ",
            Lang::En => ", secured by ",
        });
        more.push_str(&counter.to_string());
    }
    let name = notes.say("保证人", "Guarantor");
    notes.add_party(name, guarantee.guarantor, &more, guarantee.entry)
}

fn of_joint(notes: &mut Notes<'_>, pledge: &Pledge, joint: &Joint) -> Result<(), Fault> {
    let right = pledge.lines.get(usize::from(joint.first));
    let amount = notes.amount(right.map(|line| line.right), joint.quantity)?;
    let (first, second) = (joint.first, joint.second);
    let value = match notes.lang {
        Lang::Zh => format!("第 {first} 行与第 {second} 行共同担保, 合计不超过 {amount}"),
        Lang::En => format!("lines {first} and {second} together secure at most {amount}"),
    };
    let name = notes.say("分割后未分担", "Left undivided by a split");
    notes.add(name, &value, joint.entry);
    Ok(())
}

fn of_correction(
    notes: &mut Notes<'_>,
    pledge: &Pledge,
    correction: &LineCorrection,
) -> Result<(), Fault> {
    let right = pledge.lines.get(usize::from(correction.line));
    let amount = notes.amount(right.map(|line| line.right), correction.quantity)?;
    let line = correction.line;
    let mut value = match notes.lang {
        Lang::Zh => format!("第 {line} 行应为 {amount}"),
        Lang::En => format!("line {line} should have said {amount}"),
    };
    if let Some(further) = correction.further {
        let more = match notes.lang {
            Lang::Zh => format!("; 不足部分由第 {further} 行补足, 顺位在后"),
            Lang::En => format!("; line {further} stands for what was missing, with a later rank"),
        };
        value.push_str(&more);
    }
    let name = notes.say("登记更正", "Correction");
    notes.add(name, &value, correction.entry);
    Ok(())
}

fn of_disposal(notes: &mut Notes<'_>, pledge: &Pledge, disposal: &Disposal) -> Result<(), Fault> {
    let right = pledge.lines.get(usize::from(disposal.line));
    let amount = match disposal.quantity {
        Some(quantity) => notes.amount(right.map(|line| line.right), quantity)?,
        None => notes.say("全部", "all of it").to_owned(),
    };
    let (line, proceeds) = (disposal.line, notes.yuan(disposal.proceeds));
    let value = match notes.lang {
        Lang::Zh => format!("第 {line} 行 {amount}, 所得 {proceeds}"),
        Lang::En => format!("line {line}, {amount}, for {proceeds}"),
    };
    let name = notes.say("处置", "Disposed of");
    notes.add(name, &value, disposal.entry);
    Ok(())
}

fn of_objection(notes: &mut Notes<'_>, objection: &Objection) -> Result<(), Fault> {
    let until = show::local_time(objection.until);
    let more = match (&objection.suit, notes.lang) {
        (Some(suit), Lang::Zh) => format!(", 已起诉 ({})", digest(suit)),
        (Some(suit), Lang::En) => format!(", a suit was filed ({})", digest(suit)),
        (None, Lang::Zh) => format!(", 未起诉则于 {until} 失效"),
        (None, Lang::En) => format!(", lapses at {until} without a suit"),
    };
    let name = notes.say("异议登记", "Objection");
    notes.add_party(name, objection.party, &more, objection.entry)
}
