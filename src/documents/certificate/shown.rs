//! What a certificate takes from its evidence for people beside its statement: what identities are called, and what pledges have
//! noted of acts that touch no right.

use crate::documents::acts;
use crate::documents::certificate::Sentence;
use crate::documents::identities;
use crate::documents::items;
use crate::domain::command::Body;
use crate::domain::entry::Entry;
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Identity;
use crate::domain::wire::{StateValue, parse_command};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::verify::certificate::Certificate;
use crate::verify::certificate::statement::FoundRight;
use crate::verify::evidence::Evidence;

/// The rules of the kinds that the evidence shows, for what identities are called.
#[derive(Default)]
pub struct Schemes(Vec<KindPolicy>);

impl Schemes {
    /// Reads them from entry 0 and from the entries that adopted others; the latest texts first.
    pub fn of(files: &[Evidence]) -> Self {
        let mut policies = Vec::new();
        for proven in files.iter().flat_map(|file| &file.entries) {
            match Entry::parse(proven.text.as_bytes()) {
                Ok(Entry::Genesis { genesis, .. }) => {
                    let texts = genesis.policies.iter();
                    policies.extend(texts.filter_map(|(_, text)| KindPolicy::parse(text).ok()));
                }
                Ok(Entry::Command { envelope, .. }) => {
                    let body = parse_command(&envelope.payload).map(|command| command.body);
                    if let Ok(Body::AdoptPolicy { text, .. }) = body {
                        policies.extend(KindPolicy::parse(&text));
                    }
                }
                Ok(Entry::State(_)) | Err(_) => {}
            }
        }
        policies.reverse();
        Self(policies)
    }

    /// An identity with what it is, part by part, without the code of its scheme.
    pub fn identity(&self, identity: &Identity) -> Sentence {
        joined(&self.parts(identity))
    }

    /// A right as it is named aloud: its kind, what its quantity is of, who holds it, and what its certificate says.
    pub(super) fn right(&self, found: &FoundRight) -> Sentence {
        let right = &found.right;
        let mut parts = right
            .identities
            .first()
            .map_or_else(Vec::new, |first| self.parts(first));
        let policy = self.0.iter().find(|policy| policy.kind == right.kind);
        let of = policy.and_then(|policy| policy.quantities_of);
        let item = of.filter(|of| *of < parts.len()).map(|of| parts.remove(of));
        let mut named = vec![Sentence::new(&*found.title_zh, &*found.title_en)];
        named.extend(item.map(|item| {
            let code = item.value;
            match items::names(&code) {
                Some((zh, en)) => Sentence::new(format!("{zh} ({code})"), format!("{en} ({code})")),
                None => Sentence::new(code.clone(), code),
            }
        }));
        let id = found.holder.id;
        named.push(match &found.holder.name {
            Some(name) => Sentence::new(
                format!("登记的持有人 {name}"),
                format!("registered holder {name}"),
            ),
            None => Sentence::new(
                format!("登记的持有人 {id} (名称不在证据内)"),
                format!("registered holder {id} (whose name is not in the evidence)"),
            ),
        });
        if !parts.is_empty() {
            named.push(joined(&parts));
        }
        list(&named)
    }

    fn parts(&self, identity: &Identity) -> Vec<Part> {
        let (zh, en) = identities::scheme(&self.0, &identity.scheme);
        let values: Vec<&str> = identity.value.split('|').collect();
        let [zh, en]: [Vec<&str>; 2] = [&zh, &en].map(|names| names.split(" | ").collect());
        if zh.len() != values.len() || en.len() != values.len() {
            let name = Sentence::new(zh.join(" | "), en.join(" | "));
            let value = values.join(" | ");
            return vec![Part { name, value }];
        }
        let names = zh.into_iter().zip(en);
        let parts = names.zip(values).map(|((zh, en), value)| Part {
            name: Sentence::new(zh, en),
            value: value.to_owned(),
        });
        parts.collect()
    }
}

/// A part of an identity: what it is called, and its value.
struct Part {
    name: Sentence,
    value: String,
}

fn joined(parts: &[Part]) -> Sentence {
    let said = |Part { name, value }: &Part| {
        Sentence::new(
            format!("{} {value}", name.zh),
            format!("{} {value}", name.en),
        )
    };
    let said: Vec<Sentence> = parts.iter().map(said).collect();
    list(&said)
}

fn list(said: &[Sentence]) -> Sentence {
    let zh: Vec<&str> = said.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = said.iter().map(|one| one.en.as_str()).collect();
    Sentence::new(zh.join(", "), en.join(", "))
}

/// What a pledge has noted of an act.
pub(super) struct Noted {
    pub(super) entry: EntryIndex,
    pub(super) pledge: PledgeId,
    pub(super) act: Sentence,
    pub(super) party: String,
}

/// Returns what the pledges on a right whose histories are left out have noted of acts that are not among those of the right, by entry.
pub(super) fn noted(certificate: &Certificate, found: &FoundRight) -> Vec<Noted> {
    let mut pledges: Vec<PledgeId> = found
        .burdens
        .iter()
        .filter_map(|burden| burden.burden.id.pledge())
        .filter(|id| !is_followed(found, *id))
        .collect();
    pledges.sort_unstable();
    pledges.dedup();
    let mut all = Vec::new();
    for id in pledges {
        let Some(Record::Pledge(pledge)) = record(certificate, &StateKey::Pledge(id)) else {
            continue;
        };
        for (entry, act, party) in acts_of(&pledge) {
            let is_shown = found.acts.iter().any(|shown| shown.entry == entry);
            if !is_shown {
                let (zh, en) = acts::words(act);
                all.push(Noted {
                    entry,
                    pledge: id,
                    act: Sentence::new(zh, en),
                    party: party.map(|id| named(certificate, id)).unwrap_or_default(),
                });
            }
        }
    }
    all.sort_by_key(|one| one.entry);
    all
}

/// Says whether the certificate has every entry of a pledge.
fn is_followed(found: &FoundRight, pledge: PledgeId) -> bool {
    let mut histories = found.pledge_histories.iter();
    histories.any(|history| history.pledge == pledge && history.acts.is_some())
}

/// The acts that a pledge has noted: the entry, the type of the command, and whom it is about.
fn acts_of(pledge: &Pledge) -> Vec<(EntryIndex, &'static str, Option<PartyId>)> {
    let more = &pledge.more;
    let mut acts = Vec::new();
    let former = more.former.iter();
    acts.extend(former.map(|one| (one.until, "assign_pledge", Some(one.party))));
    acts.extend(
        more.caps
            .iter()
            .map(|one| (one.entry, "amend_pledge", None)),
    );
    acts.extend(
        more.determined
            .map(|entry| (entry, "determine_claim", None)),
    );
    let parts = more.parts.iter();
    acts.extend(parts.map(|one| (one.entry, "assign_pledge", Some(one.party))));
    let guarantees = more.guarantees.iter();
    acts.extend(guarantees.map(|one| (one.entry, "register_guarantee", Some(one.guarantor))));
    let buyouts = more.buyouts.iter();
    acts.extend(buyouts.map(|one| (one.entry, "register_buyout_commitment", Some(one.party))));
    let objections = more.objections.iter();
    acts.extend(objections.map(|one| (one.entry, "object", Some(one.party))));
    let disposals = more.disposals.iter();
    acts.extend(disposals.map(|one| (one.entry, "record_disposal", one.buyer)));
    let corrections = more.corrections.iter();
    acts.extend(corrections.map(|one| (one.entry, "correct_right", None)));
    acts
}

/// A record as the evidence shows it.
fn record(certificate: &Certificate, key: &StateKey) -> Option<Record> {
    let records = certificate.evidence.iter().flat_map(|file| &file.records);
    let mut shown = records.filter(|record| record.key == *key);
    let value = shown.find_map(|record| StateValue::parse(record.value.as_deref()?).ok());
    value.map(|value| value.record)
}

/// A party by its name, where the evidence shows it.
fn named(certificate: &Certificate, id: PartyId) -> String {
    let name = match record(certificate, &StateKey::Party(id)) {
        Some(Record::Party(party)) => party.name,
        Some(_) | None => None,
    };
    name.map_or_else(|| id.to_string(), |name| format!("{name} ({id})"))
}
