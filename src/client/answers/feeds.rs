//! Notices of decided commands, and the webhooks that bring them to an address.

use crate::client::answers::alerts::Alert;
use crate::client::answers::{objects, optional_count, optional_parsed, texts};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::time::{Day, Timestamp};

/// How the type of a notice begins that is an alert; the kind follows.
const ALERT: &str = "greenlien.alert.";

/// What a stream tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// That a command was decided.
    Decided(Box<Notice>),
    /// That something should be looked at.
    Alert(Box<AlertNotice>),
}

impl Told {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        if fields.text("type")?.starts_with(ALERT) {
            AlertNotice::read(fields).map(|notice| Self::Alert(Box::new(notice)))
        } else {
            Notice::read(fields).map(|notice| Self::Decided(Box::new(notice)))
        }
    }
}

/// An alert of what is watched (FORMATS section 12.2). It has no place in the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlertNotice {
    /// Its name; the same alert has the same.
    pub id: String,
    /// The registry.
    pub source: String,
    /// The day of the look.
    pub day: Day,
    /// What should be looked at.
    pub alert: Alert,
}

impl AlertNotice {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let mut data = fields.object("data")?;
        Ok(Self {
            id: fields.text("id")?,
            source: fields.text("source")?,
            day: data.parsed("day", "a day", Day::parse)?,
            alert: Alert::read(&mut data)?,
        })
    }
}

/// That a command was decided (FORMATS section 12). It proves nothing; who needs proof fetches the entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// The index of the entry.
    pub index: EntryIndex,
    /// The leaf hash of the entry.
    pub leaf: Hash,
    /// The registry; with the index it is unique for ever.
    pub source: String,
    /// Registry time of the entry.
    pub time: Timestamp,
    /// The record that it is about.
    pub subject: String,
    /// Who gave the command.
    pub org: PartyId,
    /// The id of the command.
    pub cmd: CommandId,
    /// The type of the command, such as `register_pledge`.
    pub command: String,
    /// `accepted` or `refused`.
    pub decision: String,
    /// The id of the record or freeze that the entry created.
    pub created: Option<String>,
    /// The ids of what was touched, or of what a refused command names.
    pub records: Vec<String>,
    /// The codes of the findings of a refusal, or of the warnings.
    pub findings: Vec<u64>,
}

impl Notice {
    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let mut data = fields.object("data")?;
        let any = |text: &str| Some(text.to_owned());
        Ok(Self {
            index: data.count("index")?,
            leaf: data.hash("leaf")?,
            source: fields.text("source")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
            subject: fields.text("subject")?,
            org: data.parsed("org", "an id such as M9", PartyId::parse)?,
            cmd: CommandId(data.hex("cmd")?),
            command: data.text("command")?,
            decision: data.text("decision")?,
            created: data.optional_text("created")?,
            records: texts(&mut data, "records", "an id", any)?,
            findings: codes(&mut data)?,
        })
    }
}

fn codes(data: &mut Fields) -> Result<Vec<u64>, FieldFault> {
    let wrong = data.fault("findings", "must be codes");
    let code = |item: Json| match item {
        Json::Int(code) => u64::try_from(code).map_err(|_| wrong.clone()),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => Err(wrong.clone()),
    };
    data.list("findings")?.into_iter().map(code).collect()
}

/// Which notices are asked for. Several names are separated by commas.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NoticeQuery {
    /// The first entry that counts; what comes next if absent.
    pub from: Option<u64>,
    /// The stream ends before this entry; it goes on for ever if absent.
    pub until: Option<u64>,
    /// Only what touches these rights.
    pub right: Option<String>,
    /// Or these pledges and reservations.
    pub pledge: Option<String>,
    /// Or concerns these parties.
    pub party: Option<String>,
    /// Only these types of command.
    pub command: Option<String>,
    /// Only `accepted` or only `refused`.
    pub decision: Option<String>,
    /// Alerts of these rights, pledges and parties too; needs one of them.
    pub alerts: bool,
}

/// The key that signs deliveries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookKey {
    /// The `keyid` of signatures.
    pub keyid: KeyId,
    /// The public key, in hexadecimal digits.
    pub public_key: String,
}

/// What a webhook watches; an empty list leaves its member open.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watched {
    /// What touches one of these rights.
    pub rights: Vec<String>,
    /// Or one of these pledges and reservations.
    pub pledges: Vec<String>,
    /// Or concerns one of these parties.
    pub parties: Vec<PartyId>,
    /// Only these types of command.
    pub types: Vec<String>,
    /// Only `accepted` or only `refused`.
    pub decision: Option<String>,
}

impl Watched {
    /// Writes it as the interface reads it.
    pub fn to_json(&self) -> Json {
        let listed = |texts: Vec<String>| {
            let texts: Vec<Json> = texts.into_iter().map(Json::Text).collect();
            (!texts.is_empty()).then(|| Json::list(texts))
        };
        let parties = self.parties.iter().map(PartyId::to_string);
        Json::object([])
            .with("decision", self.decision.as_deref().map(Json::text))
            .with("parties", listed(parties.collect()))
            .with("pledges", listed(self.pledges.clone()))
            .with("rights", listed(self.rights.clone()))
            .with("types", listed(self.types.clone()))
    }

    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let most = limits::WATCHED_MAX;
        let parse = |text: String| {
            let party = PartyId::parse(&text);
            party.ok_or_else(|| FieldFault::new("parties", format!("{text:?} is no party")))
        };
        let parties = fields.texts("parties", most)?.into_iter().map(parse);
        Ok(Self {
            parties: parties.collect::<Result<_, _>>()?,
            rights: fields.texts("rights", most)?,
            pledges: fields.texts("pledges", most)?,
            types: fields.texts("types", most)?,
            decision: fields.optional_text("decision")?,
        })
    }
}

/// A webhook and how far it has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookView {
    /// Its name.
    pub name: String,
    /// The member whose it is.
    pub member: PartyId,
    /// Where notices are sent.
    pub url: String,
    /// `active`, `gone` or `suspended`.
    pub state: String,
    /// The first entry whose notice was not delivered.
    pub next: EntryIndex,
    /// Entries between its position and the end of the log.
    pub behind: u64,
    /// Failures since the last success.
    pub failures: u64,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// What it watches.
    pub watch: Watched,
    /// Whether its member has chosen that; else the operator has entered it.
    pub watch_chosen: bool,
}

impl WebhookView {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            name: fields.text("name")?,
            member: fields.parsed("member", "an id such as M9", PartyId::parse)?,
            url: fields.text("url")?,
            state: fields.text("state")?,
            next: fields.count("next")?,
            behind: fields.count("behind")?,
            failures: fields.count("failures")?,
            watch: Watched::read(&mut fields.object("watch")?)?,
            watch_chosen: fields.flag("watch_chosen")?,
            failing_since: optional_parsed(
                fields,
                "failing_since",
                "an instant",
                Timestamp::parse,
            )?,
        })
    }
}

/// The webhooks of a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Webhooks {
    /// The webhooks, in the order of the operator's file.
    pub items: Vec<WebhookView>,
    /// The key of signatures; none where the registry has no webhooks.
    pub key: Option<WebhookKey>,
}

impl Webhooks {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            items: objects(fields, "items", WebhookView::read)?,
            key: match fields.optional_object("key")? {
                Some(mut key) => Some(WebhookKey {
                    keyid: KeyId(key.hash("keyid")?),
                    public_key: key.text("public_key")?,
                }),
                None => None,
            },
        })
    }
}

/// One attempt to deliver a notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Its number among the attempts of the webhook, from 0.
    pub number: u64,
    /// The entry of the notice.
    pub index: EntryIndex,
    /// When, by the clock of the server.
    pub time: Timestamp,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// The status of the answer.
    pub status: Option<u64>,
    /// Why it does not count.
    pub fault: Option<String>,
}

impl Delivery {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            number: fields.count("number")?,
            index: fields.count("index")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
            millis: fields.count("millis")?,
            status: optional_count(fields, "status")?,
            fault: fields.optional_text("fault")?,
        })
    }
}
