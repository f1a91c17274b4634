//! Webhooks: who is told of what, how far each has come, and what became of the last deliveries.
//!
//! Nothing is sent here; the room `webhooks` does that, and says here what became of it. What is kept is a position in the log,
//! so a webhook that was away for a month has lost nothing, and one that is told again begins where it says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::PublicKey;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::feed::Watch;
use crate::service::{Registry, ServiceFault};
use crate::store::Store;

/// How often a choice is tried beside other changes of its webhook.
const WATCH_TRIES_MAX: usize = 8;

/// One webhook as the operator has configured it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Webhook {
    /// Its name, under which its position is kept.
    pub name: String,
    /// The member for whom it is, who reads its deliveries and may have them repeated.
    pub member: PartyId,
    /// Where notices are sent.
    pub url: String,
    /// What is sent, unless its member has chosen otherwise.
    pub watch: Watch,
    /// Where it begins when it is new; the present end of the log, if absent.
    pub from: Option<EntryIndex>,
}

impl Webhook {
    /// Says whether a party sees and orders it: its member, and the registrar all of them.
    pub fn is_of(&self, party: PartyId) -> bool {
        party == self.member || party == REGISTRAR
    }
}

/// What a registry that has webhooks is given.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// The webhooks, by distinct names.
    pub webhooks: Vec<Webhook>,
    /// The key whose signatures their receivers verify.
    pub key: PublicKey,
}

/// Whether a webhook is sent to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WebhookState {
    /// It is, or will be as soon as it takes something.
    Active,
    /// Its receiver has said 410: never again.
    Gone,
    /// It has failed for too long, or its member is none any more.
    Suspended,
}

impl WebhookState {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Gone => "gone",
            Self::Suspended => "suspended",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Active, Self::Gone, Self::Suspended]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// How far a webhook has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The first entry whose notice was not delivered.
    pub next: EntryIndex,
    /// Whether it is sent to.
    pub state: WebhookState,
    /// Failures since the last success.
    pub failures: u64,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// Grows with every order to go back or to go on; what was begun before it does not count.
    pub epoch: u64,
    /// Whose it is: a name that is given to another member begins anew.
    pub member: PartyId,
    /// What its member has chosen to be sent.
    pub chosen: Option<Watch>,
}

impl Standing {
    /// Where a new webhook stands: where it says, or at the end of the log.
    fn begin(webhook: &Webhook, size: u64, epoch: u64) -> Result<Self, ServiceFault> {
        // A place that nobody has reached yet is a slip in the file, and no sign of an older log.
        if webhook.from.is_some_and(|from| from > size) {
            let name = &webhook.name;
            let why = format!("of {name} must be at most {size}, the size of the log");
            return Err(ServiceFault::Input(FieldFault::new("webhook.from", why)));
        }
        Ok(Self {
            next: webhook.from.unwrap_or(size),
            state: WebhookState::Active,
            failures: 0,
            failing_since: None,
            epoch,
            member: webhook.member,
            chosen: None,
        })
    }

    /// Returns what is sent: what its member has chosen, or else what the file says.
    pub fn watched<'a>(&'a self, webhook: &'a Webhook) -> &'a Watch {
        self.chosen.as_ref().unwrap_or(&webhook.watch)
    }

    fn to_json(&self) -> Json {
        let since = self.failing_since.map(|time| Json::Text(time.to_string()));
        Json::object([
            ("epoch", Json::count(self.epoch)),
            ("failures", Json::count(self.failures)),
            ("member", Json::Text(self.member.to_string())),
            ("next", Json::count(self.next)),
            ("state", Json::text(self.state.name())),
        ])
        .with("failing_since", since)
        .with("watch", self.chosen.as_ref().map(Watch::to_json))
    }

    /// Parses what is kept; earlier versions did not keep the member, and then it is that of the file.
    fn parse(text: &str, member: PartyId) -> Result<Self, ServiceFault> {
        let damaged = |fault: String| ServiceFault::Doubt(format!("a webhook: {fault}"));
        let json = Json::parse(text.as_bytes()).map_err(|fault| damaged(fault.to_string()))?;
        let read = || -> Result<Self, FieldFault> {
            let mut fields = Fields::open("", json)?;
            let since = fields.has("failing_since");
            let since =
                since.then(|| fields.parsed("failing_since", "an instant", Timestamp::parse));
            let chosen = match fields.optional_object("watch")? {
                Some(mut fields) => Some(Watch::read(&mut fields)?),
                None => None,
            };
            let kept = fields.has("member");
            let kept = kept.then(|| fields.parsed("member", "a party", PartyId::parse));
            Ok(Self {
                chosen,
                member: kept.transpose()?.unwrap_or(member),
                next: fields.count("next")?,
                state: fields.parsed("state", "a state", WebhookState::parse)?,
                failures: fields.count("failures")?,
                failing_since: since.transpose()?,
                epoch: fields.count("epoch")?,
            })
        };
        read().map_err(|fault| damaged(fault.to_string()))
    }
}

/// What became of one attempt to deliver a notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The entry of the notice.
    pub index: EntryIndex,
    /// When it was sent, by the clock of the server.
    pub time: Timestamp,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it does not count, if it does not.
    pub fault: Option<String>,
}

impl Attempt {
    /// Writes it as it is stored and shown.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("index", Json::count(self.index)),
            ("millis", Json::count(self.millis)),
            ("time", Json::Text(self.time.to_string())),
        ])
        .with("fault", self.fault.as_deref().map(Json::text))
        .with(
            "status",
            self.status.map(|status| Json::count(status.into())),
        )
    }
}

/// What follows from an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Consequence {
    /// The next one's turn.
    Delivered,
    /// It is tried again.
    Failed,
    /// Nothing is sent any more: the receiver wants nothing.
    Gone,
    /// Nothing is sent any more until somebody says so.
    Suspended,
}

/// The webhooks of a registry.
pub(crate) struct Webhooks {
    key: PublicKey,
    held: Mutex<Held>,
}

/// The webhooks of the file as it was read last, and how far each has come.
#[derive(Default)]
struct Held {
    webhooks: Vec<Webhook>,
    standings: BTreeMap<String, Standing>,
}

impl Held {
    /// Says where each of other webhooks would stand, and which of them would begin.
    fn judge(
        &self,
        store: &Store,
        webhooks: &[Webhook],
        size: u64,
    ) -> Result<Vec<(Standing, Begins)>, ServiceFault> {
        let judge = |webhook: &Webhook| {
            let name = &webhook.name;
            let kept = match self.standings.get(name) {
                Some(standing) => Some(standing.clone()),
                None => match store.webhook(name)? {
                    Some(text) => Some(Standing::parse(&text, webhook.member)?),
                    None => None,
                },
            };
            let Some(kept) = kept else {
                return Ok((Standing::begin(webhook, size, 0)?, Begins(true)));
            };
            if kept.next > size {
                let next = kept.next;
                let what = format!("webhook {name} is at {next}, and the log has {size} entries");
                return Err(ServiceFault::History(what));
            }
            if kept.member == webhook.member {
                return Ok((kept, Begins(false)));
            }
            let epoch = kept.epoch.saturating_add(1);
            Ok((Standing::begin(webhook, size, epoch)?, Begins(true)))
        };
        webhooks.iter().map(judge).collect()
    }
}

/// Whether a webhook begins, so that nothing was delivered to it yet.
struct Begins(bool);

impl Webhooks {
    /// Reads how far each has come; a new one begins where it says, or at the end of the log.
    pub(crate) fn open(
        store: &Store,
        options: Option<WebhookOptions>,
        size: u64,
    ) -> Result<Option<Self>, ServiceFault> {
        let Some(WebhookOptions { webhooks, key }) = options else {
            return Ok(None);
        };
        let opened = Self {
            key,
            held: Mutex::default(),
        };
        opened.set(store, webhooks, size)?;
        Ok(Some(opened))
    }

    /// Takes other webhooks in place of those that are there, all or none.
    fn set(&self, store: &Store, webhooks: Vec<Webhook>, size: u64) -> Result<(), ServiceFault> {
        let mut held = self.lock();
        let judged = held.judge(store, &webhooks, size)?;
        let mut standings = BTreeMap::new();
        for (webhook, (standing, begins)) in webhooks.iter().zip(judged) {
            match begins {
                Begins(true) => {
                    store.begin_webhook(&webhook.name, &standing.to_json().to_canonical())?;
                }
                Begins(false) => keep(store, &webhook.name, &standing, None)?,
            }
            standings.insert(webhook.name.clone(), standing);
        }
        *held = Held {
            webhooks,
            standings,
        };
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(
    store: &Store,
    name: &str,
    standing: &Standing,
    attempt: Option<&Attempt>,
) -> Result<(), ServiceFault> {
    let standing = standing.to_json().to_canonical();
    let attempt = attempt.map(|attempt| attempt.to_json().to_canonical());
    let kept = limits::WEBHOOK_DELIVERIES_KEPT;
    Ok(store.put_webhook(name, &standing, attempt.as_deref(), kept)?)
}

impl Registry {
    /// Returns every webhook with its standing.
    pub fn webhooks(&self) -> Vec<(Webhook, Standing)> {
        let Some(webhooks) = &self.shared.webhooks else {
            return Vec::new();
        };
        let held = webhooks.lock();
        let with = |webhook: &Webhook| {
            let standing = held.standings.get(&webhook.name)?;
            Some((webhook.clone(), standing.clone()))
        };
        held.webhooks.iter().filter_map(with).collect()
    }

    /// Says what is wrong with other webhooks; nothing, if they can be taken.
    pub fn check_webhooks(&self, webhooks: &[Webhook]) -> Result<(), ServiceFault> {
        let size = self.signed_size();
        if let Some(held) = &self.shared.webhooks {
            held.lock().judge(&self.shared.store, webhooks, size)?;
        }
        Ok(())
    }

    /// Takes other webhooks in place of those that are there, all or none: each stands where its name stood, and a new one begins.
    pub fn set_webhooks(&self, webhooks: Vec<Webhook>) -> Result<(), ServiceFault> {
        let size = self.signed_size();
        match &self.shared.webhooks {
            Some(held) => held.set(&self.shared.store, webhooks, size),
            None => Ok(()),
        }
    }

    /// Returns what a webhook names and the register does not have: its member, records and parties.
    pub fn unknown_to_webhook(&self, webhook: &Webhook) -> Result<Vec<String>, ServiceFault> {
        let unknown = self.unknown_to(&webhook.watch, Some(webhook.member))?;
        Ok(unknown.iter().map(StateKey::name).collect())
    }

    /// Returns which of what is to be watched the register does not have.
    pub fn unknown_to(
        &self,
        watch: &Watch,
        member: Option<PartyId>,
    ) -> Result<Vec<StateKey>, ServiceFault> {
        let parties = watch.parties.iter().copied().chain(member);
        let parties: BTreeSet<StateKey> = parties.map(StateKey::Party).collect();
        let mut unknown = Vec::new();
        for key in watch.records.iter().chain(&parties) {
            if self.record(key)?.is_none() {
                unknown.push(key.clone());
            }
        }
        Ok(unknown)
    }

    /// Returns the key that signs deliveries, if there are webhooks.
    pub fn webhook_key(&self) -> Option<PublicKey> {
        let webhooks = self.shared.webhooks.as_ref();
        webhooks.map(|webhooks| webhooks.key.clone())
    }

    /// Returns the standing of a webhook.
    pub fn webhook_standing(&self, name: &str) -> Option<Standing> {
        let held = self.shared.webhooks.as_ref()?.lock();
        held.standings.get(name).cloned()
    }

    /// Notes that a webhook is told of nothing before `next`; without effect if it was sent elsewhere since `epoch`.
    pub fn webhook_passed(
        &self,
        name: &str,
        epoch: u64,
        next: EntryIndex,
    ) -> Result<(), ServiceFault> {
        self.change_webhook(name, epoch, None, |standing| standing.next = next)
    }

    /// Notes what became of an attempt; without effect on the position if the webhook was sent elsewhere since `epoch`.
    pub fn webhook_attempted(
        &self,
        name: &str,
        epoch: u64,
        attempt: &Attempt,
        consequence: Consequence,
    ) -> Result<(), ServiceFault> {
        self.change_webhook(name, epoch, Some(attempt), |standing| match consequence {
            Consequence::Delivered => {
                standing.next = attempt.index.saturating_add(1);
                standing.failures = 0;
                standing.failing_since = None;
            }
            Consequence::Failed => fail(standing, attempt),
            Consequence::Gone => {
                fail(standing, attempt);
                standing.state = WebhookState::Gone;
            }
            Consequence::Suspended => {
                fail(standing, attempt);
                standing.state = WebhookState::Suspended;
            }
        })
    }

    /// Has a webhook go on at `from`, whatever its state is.
    pub fn replay_webhook(&self, name: &str, from: EntryIndex) -> Result<Standing, ServiceFault> {
        let Some(standing) = self.webhook_standing(name) else {
            return Err(ServiceFault::Absent(format!("webhook {name}")));
        };
        let size = self.signed_size();
        if from > size {
            let why = format!("must be at most {size}, the size of the log");
            return Err(ServiceFault::Input(FieldFault::new("from", why)));
        }
        self.change_webhook(name, standing.epoch, None, |standing| {
            standing.next = from;
            standing.state = WebhookState::Active;
            standing.failures = 0;
            standing.failing_since = None;
            standing.epoch = standing.epoch.saturating_add(1);
        })?;
        self.shared.tell_observers();
        let standing = self.webhook_standing(name);
        standing.ok_or_else(|| ServiceFault::Absent(format!("webhook {name}")))
    }

    /// Has a webhook told of something else from where it stands on; of what the file says, if nothing is named.
    pub fn watch_webhook(&self, name: &str, watch: Watch) -> Result<Standing, ServiceFault> {
        let absent = || ServiceFault::Absent(format!("webhook {name}"));
        if let Some(key) = self.unknown_to(&watch, None)?.first() {
            let why = format!("{} is not in the register", key.name());
            return Err(ServiceFault::Input(FieldFault::new(
                Watch::member_of(key),
                why,
            )));
        }
        let chosen = (watch != Watch::default()).then_some(watch);
        // A replay, or the operator, may come between reading and writing: then once more.
        for _ in 0..WATCH_TRIES_MAX {
            let epoch = self.webhook_standing(name).ok_or_else(absent)?.epoch;
            let chosen = chosen.clone();
            // What is under way was judged by the old choice, and does not move the place from which the new one counts.
            self.change_webhook(name, epoch, None, |standing| {
                standing.chosen = chosen;
                standing.epoch = epoch.saturating_add(1);
            })?;
            let standing = self.webhook_standing(name).ok_or_else(absent)?;
            if standing.epoch > epoch {
                self.shared.tell_observers();
                return Ok(standing);
            }
        }
        Err(ServiceFault::Doubt(format!(
            "webhook {name} changes all the time"
        )))
    }

    fn change_webhook(
        &self,
        name: &str,
        epoch: u64,
        attempt: Option<&Attempt>,
        change: impl FnOnce(&mut Standing),
    ) -> Result<(), ServiceFault> {
        let Some(webhooks) = &self.shared.webhooks else {
            return Ok(());
        };
        let mut held = webhooks.lock();
        let Some(standing) = held.standings.get_mut(name) else {
            return Ok(());
        };
        let mut changed = standing.clone();
        if changed.epoch == epoch {
            change(&mut changed);
        }
        keep(&self.shared.store, name, &changed, attempt)?;
        *standing = changed;
        Ok(())
    }

    /// Returns a page of the deliveries of a webhook, newest first, each with its number, as text.
    pub fn webhook_deliveries(
        &self,
        name: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Json)>, ServiceFault> {
        let limit = limit.min(limits::PAGE_ROWS_MAX);
        let page = self.shared.store.deliveries(name, before, limit)?;
        let read = |(number, text): (u64, String)| {
            let json = Json::parse(text.as_bytes());
            let json = json.map_err(|fault| ServiceFault::Doubt(format!("a delivery: {fault}")))?;
            Ok((number, json))
        };
        page.into_iter().map(read).collect()
    }

    /// Says whether a party is in the register and has not ended.
    pub fn is_member(&self, party: PartyId) -> Result<bool, ServiceFault> {
        let found = self.record(&StateKey::Party(party))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Party(party)) => party.more.ended.is_none(),
            Some(_) | None => false,
        })
    }
}

fn fail(standing: &mut Standing, attempt: &Attempt) {
    standing.failures = standing.failures.saturating_add(1);
    standing.failing_since = standing.failing_since.or(Some(attempt.time));
}
