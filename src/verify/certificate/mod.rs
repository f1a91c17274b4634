//! A search certificate (查询证明): what was asked of the register, the evidence files that answer, and a statement.
//!
//! The statement is a function of the evidence (`statement`), made by the registry and made again by the verifier, so a
//! certificate can say nothing that its evidence does not. Its number, its code, its reader, its address and the hour of its issue
//! are the registry's word alone; whoever wants them confirmed asks the registry for the code.

mod acts;
pub mod attachment;
pub mod pledge_notes;
mod say;
pub mod statement;

use std::collections::BTreeSet;

use crate::domain::facts::StateKey;
use crate::domain::right::Identity;
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::site::Site;
use crate::primitives::time::Timestamp;
use crate::primitives::verification_code::VerificationCode;
use crate::verify::certificate::statement::Statement;
use crate::verify::checks::{Trust, verify};
use crate::verify::evidence::Evidence;
use crate::verify::verdict::{Finish, Level, NamedCheck, Verdict};

/// The format that this version writes and reads.
pub const FORMAT: &str = "greenlien-certificate/v1";

/// How every certificate begins, so that a file can be told from an evidence file by its first bytes.
const BEGINNING: &[u8] = b"{\"asked\":";

/// Characters of a reader's name and of a purpose.
const READER_CHARS_MAX: usize = limits::NAME_CHARS_MAX;

/// What a certificate is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// One right, by its id.
    Right(RightId),
    /// Identities of which the asker knows no more.
    Identities(Vec<Identity>),
}

impl Asked {
    /// Reads `{"right"}` or `{"identities"}`.
    pub fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        if fields.has("right") {
            let right = fields.parsed("right", "an id such as R41", RightId::parse)?;
            return Ok(Self::Right(right));
        }
        fields.required_list("identities")?;
        let texts = fields.texts("identities", limits::CERTIFICATE_IDENTITIES_MAX)?;
        let mut identities = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            let path = format!("{}[{n}]", fields.at("identities"));
            let fault = || FieldFault::new(path.as_str(), "must be `<scheme>:<value>`");
            let (scheme, value) = text.split_once(':').ok_or_else(fault)?;
            if scheme.is_empty() || value.is_empty() {
                return Err(fault());
            }
            let identity = Identity {
                scheme: scheme.to_owned(),
                value: value.to_owned(),
            };
            if identities.contains(&identity) {
                return Err(FieldFault::new(path.as_str(), "is named twice"));
            }
            identities.push(identity);
        }
        if identities.is_empty() {
            return Err(fields.fault("identities", "must name an identity, or name a `right`"));
        }
        Ok(Self::Identities(identities))
    }

    /// Writes what [`Asked::read`] reads.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Right(right) => Json::object([("right", Json::text(right.to_string()))]),
            Self::Identities(identities) => {
                let texts = identities.iter().map(|one| Json::text(one.to_string()));
                Json::object([("identities", Json::list(texts))])
            }
        }
    }
}

/// Who asked and why, in the asker's own words; nobody has checked them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reader {
    /// The name.
    pub name: Option<String>,
    /// The purpose.
    pub purpose: Option<String>,
}

impl Reader {
    /// Takes a name and a purpose, each on one line and not too long.
    pub fn new(name: Option<String>, purpose: Option<String>) -> Result<Self, FieldFault> {
        for (field, text) in [("reader.name", &name), ("reader.purpose", &purpose)] {
            let Some(text) = text else { continue };
            let count = text.chars().count();
            let is_plain = text.chars().all(|c| !c.is_control());
            if !(1..=READER_CHARS_MAX).contains(&count) || !is_plain {
                let why = format!("must be 1 to {READER_CHARS_MAX} characters on one line");
                return Err(FieldFault::new(field, why));
            }
        }
        Ok(Self { name, purpose })
    }

    /// Reads `{"name","purpose"}`, both optional.
    pub fn read(mut fields: Fields) -> Result<Self, FieldFault> {
        let (name, purpose) = (
            fields.optional_text("name")?,
            fields.optional_text("purpose")?,
        );
        fields.finish()?;
        Self::new(name, purpose)
    }

    fn to_json(&self) -> Option<Json> {
        if *self == Self::default() {
            return None;
        }
        let json = Json::object([])
            .with("name", self.name.as_ref().map(Json::text))
            .with("purpose", self.purpose.as_ref().map(Json::text));
        Some(json)
    }
}

/// A search certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// Its number among the certificates of the registry, from 1.
    pub number: u64,
    /// The code under which the registry shows it.
    pub code: VerificationCode,
    /// Registry time of its issue.
    pub issued: Timestamp,
    /// What was asked.
    pub asked: Asked,
    /// Who asked.
    pub reader: Reader,
    /// Why its checkpoint is one that no quorum has cosigned; nothing where one has.
    pub provisional: Option<String>,
    /// The names that the registry's own policy calls auditors; whom the reader believes is the reader's policy.
    pub auditors: Vec<String>,
    /// Where the registry says that its pages are; printed, and not proven by anything.
    pub site: Option<Site>,
    /// The evidence files, in the order of what was asked.
    pub evidence: Vec<Evidence>,
}

impl Certificate {
    /// Returns the printed number, such as `500113-C-000042`.
    pub fn printed_number(&self, statement: &Statement) -> String {
        format!("{}-C-{:06}", statement.region, self.number)
    }

    /// Returns the statement that the evidence makes.
    pub fn statement(&self) -> Result<Statement, FieldFault> {
        Statement::of(&self.evidence)
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> Result<String, FieldFault> {
        let statement = self.statement()?;
        let mut text = self.to_json(&statement)?.to_canonical();
        text.push('\n');
        Ok(text)
    }

    fn to_json(&self, statement: &Statement) -> Result<Json, FieldFault> {
        let mut evidence = Vec::new();
        for file in &self.evidence {
            let text = file.to_text();
            let json = Json::parse_canonical(text.trim_end_matches('\n').as_bytes());
            evidence.push(json.map_err(|fault| FieldFault::new("evidence", fault.to_string()))?);
        }
        let auditors = self.auditors.iter().map(Json::text);
        Ok(Json::object([
            ("asked", self.asked.to_json()),
            ("auditors", Json::list(auditors)),
            ("code", Json::text(self.code.as_str())),
            ("evidence", Json::list(evidence)),
            ("format", Json::text(FORMAT)),
            ("issued", Json::text(self.issued.to_string())),
            ("number", Json::count(self.number)),
            ("statement", say::statement_json(statement)),
        ])
        .with("provisional", self.provisional.as_ref().map(Json::text))
        .with("reader", self.reader.to_json())
        .with(
            "site",
            self.site.as_ref().map(|site| Json::text(site.as_str())),
        ))
    }

    /// Parses the text of a file, and refuses a statement that the evidence does not make.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldFault> {
        if bytes.len() > limits::EVIDENCE_BYTES_MAX {
            return Err(FieldFault::new(
                "file",
                "is larger than a certificate may be",
            ));
        }
        let Some(text) = bytes.strip_suffix(b"\n") else {
            return Err(FieldFault::new("file", "must end with a line feed"));
        };
        let json = Json::parse_canonical(text)
            .map_err(|fault| FieldFault::new("file", fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        let format = fields.text("format")?;
        if format != FORMAT {
            return Err(fields.fault("format", format!("must be {FORMAT:?}, not {format:?}")));
        }
        let mut asked = fields.object("asked")?;
        let asked_for = Asked::read(&mut asked)?;
        asked.finish()?;
        let reader = match fields.optional_object("reader")? {
            None => Reader::default(),
            Some(reader) => Reader::read(reader)?,
        };
        fields.required_list("evidence")?;
        let mut evidence = Vec::new();
        for (n, file) in fields.list("evidence")?.into_iter().enumerate() {
            let mut text = file.to_canonical();
            text.push('\n');
            let parsed = Evidence::parse(text.as_bytes()).map_err(|fault| {
                FieldFault::new(format!("evidence[{n}].{}", fault.field), fault.reason)
            })?;
            evidence.push(parsed);
        }
        fields.required_list("auditors")?;
        let certificate = Self {
            number: fields.count("number")?,
            code: fields.parsed("code", "a verification code", VerificationCode::parse_plain)?,
            issued: fields.parsed("issued", "a time in UTC", Timestamp::parse)?,
            asked: asked_for,
            reader,
            provisional: fields.optional_text("provisional")?,
            auditors: fields.texts("auditors", limits::CERTIFICATE_AUDITORS_MAX)?,
            site: site_of(&mut fields)?,
            evidence,
        };
        let said = fields.required("statement")?;
        fields.finish()?;
        if say::statement_json(&certificate.statement()?) != said {
            let why = "is not what the evidence in the file says";
            return Err(FieldFault::new("statement", why));
        }
        Ok(certificate)
    }
}

fn site_of(fields: &mut Fields) -> Result<Option<Site>, FieldFault> {
    let Some(text) = fields.optional_text("site")? else {
        return Ok(None);
    };
    match Site::parse(&text) {
        Some(site) => Ok(Some(site)),
        None => Err(fields.fault(
            "site",
            "must be an address such as https://registry.example",
        )),
    }
}

/// Says whether the bytes are a certificate and not an evidence file.
pub fn is_certificate(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINNING)
}

/// Verifies a certificate: its own text, and every evidence file in it; the verdict ends at the first check that fails.
pub fn verify_certificate(bytes: &[u8], trust: &Trust) -> Verdict {
    let mut verdict = Verdict::default();
    let certificate = match Certificate::parse(bytes) {
        Ok(certificate) => certificate,
        Err(fault) => {
            verdict.fail("certificate", fault.to_string());
            return verdict;
        }
    };
    let (number, code) = (certificate.number, certificate.code.grouped());
    let what = format!("{FORMAT}, number {number}; its statement is that of its evidence");
    verdict.pass("certificate", what);
    match answers(&certificate) {
        Ok(what) => verdict.pass("asked", what),
        Err(why) => {
            verdict.fail("asked", why);
            return verdict;
        }
    }
    let mut level = Some(Level::CurrentAndComplete);
    for file in &certificate.evidence {
        let part = verify(file.to_text().as_bytes(), trust);
        level = lower(level, part.level);
        let about = file.subject.to_string();
        let named = |check: NamedCheck| NamedCheck {
            name: check.name,
            finish: of_part(&about, check.finish),
        };
        verdict.checks.extend(part.checks.into_iter().map(named));
        verdict.statements.extend(part.statements);
        if !verdict.holds() {
            verdict.statements.clear();
            return verdict;
        }
    }
    verdict.not_covered(
        "number and code",
        format!("that the registry gave this number, hour, reader and address: ask it for {code}"),
    );
    verdict.level = level;
    verdict
}

fn of_part(about: &str, finish: Finish) -> Finish {
    let with = |text: String| format!("{about}: {text}");
    match finish {
        Finish::Pass(text) => Finish::Pass(with(text)),
        Finish::Fail(text) => Finish::Fail(with(text)),
        Finish::NotCovered(text) => Finish::NotCovered(with(text)),
    }
}

fn lower(one: Option<Level>, other: Option<Level>) -> Option<Level> {
    match (one?, other?) {
        (Level::CurrentAndComplete, Level::CurrentAndComplete) => Some(Level::CurrentAndComplete),
        (Level::Recorded, _) | (_, Level::Recorded) => Some(Level::Recorded),
    }
}

/// Everything that was asked is answered, once, under one checkpoint, and nothing else is.
fn answers(certificate: &Certificate) -> Result<String, String> {
    let mut shown = BTreeSet::new();
    for file in &certificate.evidence {
        if Some(&file.checkpoint) != certificate.evidence.first().map(|first| &first.checkpoint) {
            return Err(format!("{} is under another checkpoint", file.subject));
        }
        if !shown.insert(file.subject.clone()) {
            return Err(format!("{} stands twice", file.subject));
        }
    }
    let mut needed = BTreeSet::new();
    match &certificate.asked {
        Asked::Right(right) => {
            needed.insert(StateKey::Right(*right));
        }
        Asked::Identities(identities) => {
            for identity in identities {
                needed.insert(answer_to(identity, &certificate.evidence)?);
            }
        }
    }
    if needed != shown {
        return Err("the evidence is about something else than what was asked".to_owned());
    }
    Ok(format!("{} answered under one checkpoint", needed.len()))
}

/// The subject that answers for an identity: the right that has it, or the identity itself, which nobody has.
fn answer_to(identity: &Identity, evidence: &[Evidence]) -> Result<StateKey, String> {
    let key = StateKey::identity(identity);
    if evidence.iter().any(|file| file.subject == key) {
        return Ok(key);
    }
    let has_it = |file: &&Evidence| {
        let right = statement::subject_right(file);
        let has_it = right.is_some_and(|right| right.identities.contains(identity));
        has_it && statement::leads_to_subject(file, &key)
    };
    let found = evidence.iter().find(has_it);
    let missing = || format!("{identity} was asked for and is not answered");
    found.map(|file| file.subject.clone()).ok_or_else(missing)
}
