//! What differs per kind of right, as versioned data: a TOML text whose digest the log commits to.
//!
//! A new kind is a new text; there is no branch on the name of a kind anywhere in this room. Every switch that loosens the
//! law cites its source in the text itself (`cites`).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::domain::authority::attest::{ConsentClass, ConsentText, consent_classes};
use crate::domain::effect::{Effect, EffectText, Elsewhere, ElsewhereText, StatisticsText};
use crate::domain::effect::{Lending, LtvText};
pub use crate::domain::identity_scheme::{IdentityScheme, SourcePart};
use crate::domain::identity_scheme::{IdentityText, SourceText, schemes, source};
use crate::domain::party::Role;
use crate::domain::pledge::Form;
use crate::domain::rank_rule::{FormRankText, rank_rules};
pub use crate::domain::rank_rule::{RankRule, SecondRank};
use crate::domain::switches::{
    BarText, ConvertText, LapseText, SurrenderText, Switches, TransferText,
};
use crate::primitives::crypto::Hash;
use crate::primitives::limits;
use crate::primitives::quantity::Scale;

/// Which mathematics says how much is free (ARCHITECTURE section 3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// A: one balance; `pledged + reserved + frozen <= balance`.
    Stock,
    /// B: a step function of time; the inequality holds at every instant.
    Flow,
    /// C: ground x days x layer; taken whole or by years.
    Land,
}

/// What a line of a pledge over this kind may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtentRule {
    /// A quantity (stock), or a quantity over a span (flow).
    Amount,
    /// The whole right, from registration until release.
    Whole,
    /// Whole calendar years of the right.
    Years,
}

/// How hard a rule is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strictness {
    /// The command is refused.
    Refuse,
    /// The command is accepted with a warning.
    Warn,
}

/// Where the ground of a land right comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ground {
    /// The command carries the polygon.
    Polygon {
        /// The scheme of the parcels that it may name beside the polygon, to be compared with it (law 2).
        scheme: Option<String>,
    },
    /// The command names registered parcels by an identity of this scheme.
    Units {
        /// The scheme of the named identities.
        scheme: String,
    },
}

/// Rules of a land kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LandRules {
    /// The benefit layer; only parcels of one layer conflict.
    pub layer: String,
    /// Where the ground comes from.
    pub ground: Ground,
    /// The share of the smaller parcel, in millionths, up to which an overlap is a sliver.
    pub tolerance_ppm: u32,
    /// The finding of an overlap above the tolerance: 7003 parcels, 7007 years of sinks.
    pub overlap_finding: u16,
    /// Layers whose presence on the same ground is noted as a warning.
    pub warn_layers: Vec<String>,
    /// Classes of the ground that are noted as a warning.
    pub warn_ground_classes: Vec<String>,
}

/// Where an office's book keeps the members of a right: column headers.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// The name of the file.
    pub file: String,
    /// The holder's credit code.
    pub holder: String,
    /// The quantity.
    pub quantity: String,
    /// The unit, where the book has a column for it.
    pub unit: Option<String>,
    /// The first day.
    pub from: Option<String>,
    /// The last day, inclusive.
    pub through: Option<String>,
    /// The first certificate year.
    pub first_year: Option<String>,
    /// The last certificate year, inclusive.
    pub last_year: Option<String>,
    /// The class.
    pub class: Option<String>,
    /// Named parcels, separated by `;`.
    pub units: Option<String>,
    /// Parts of the identities, by name.
    pub parts: BTreeMap<String, String>,
    /// Other attributes, by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// The rules of one kind of right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindPolicy {
    /// The name of the kind, such as `emission`.
    pub kind: String,
    /// Its number; a later text has a larger one.
    pub version: u64,
    /// The digest of the text these rules were read from.
    pub digest: Hash,
    /// The title in Chinese.
    pub title_zh: String,
    /// The title in English.
    pub title_en: String,
    /// The capacity model.
    pub model: Model,
    /// The default form of security, 质押 or 抵押.
    pub form: String,
    /// The unit, as written in commands.
    pub unit: String,
    /// Decimal digits of the unit.
    pub scale: Scale,
    /// Other spellings of the unit that importers accept.
    pub unit_aliases: Vec<String>,
    /// The duty a party must hold to issue this kind.
    pub issuer_duty: String,
    /// How office books write that duty.
    pub book_duty: String,
    /// Identity schemes; a right has one of the first, or of one that stands alone, before all others.
    pub identities: Vec<IdentityScheme>,
    /// What a right of this kind is drawn from; empty where only the identity counts.
    pub source: Vec<SourcePart>,
    /// What a line may take.
    pub extent: ExtentRule,
    /// Whether a second rank is open, with its legal text; a rule of one form goes before the rule of all.
    pub second_ranks: Vec<RankRule>,
    /// Roles that may take a pledge.
    pub pledgee_roles: Vec<Role>,
    /// Classes that cannot be pledged.
    pub barred_classes: Vec<String>,
    /// The classes of which a right must be to be pledged, where the text names them.
    pub allowed_classes: Option<Vec<String>>,
    /// What happens to a span or a loan term beyond the end of the right.
    pub beyond_right_end: Strictness,
    /// The most years that a claim may run, where the text says so.
    pub longest_years: Option<u32>,
    /// The attribute that names the year of the indicator, where there is one.
    pub year_attribute: Option<String>,
    /// Rules of the ground; present exactly for `Model::Land`.
    pub land: Option<LandRules>,
    /// Rules that came with law 2.
    pub switches: Switches,
    /// The text has members that came after the first release.
    pub is_later: bool,
    /// Which other registers a pledge of this kind is to stand in, where the text says so.
    pub elsewhere: Option<Elsewhere>,
    /// How much of its value should be lent, where the text says so.
    pub lending: Option<Lending>,
    /// What the registration does in law, where the text cites the law.
    pub effect: Option<Effect>,
    /// The part of the first identity that says what a quantity is of; quantities of different ones are never added.
    pub quantities_of: Option<usize>,
    /// How consents of parties without keys may be attested; not at all where the text does not say.
    pub attested: Vec<ConsentClass>,
    /// The book of the office.
    pub book: Option<Book>,
}

/// Why a text is not a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyFault(pub String);

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the digest of a policy text.
pub fn text_digest(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

/// Returns the digest of an active set: SHA-256 over the sorted lines `kind SP sha256(text) LF`.
pub fn set_digest(active: &BTreeMap<String, Hash>) -> Hash {
    let lines: Vec<String> = active
        .iter()
        .map(|(kind, digest)| format!("{kind} {digest}\n"))
        .collect();
    Hash::of(&[lines.concat().as_bytes()])
}

impl KindPolicy {
    /// Reads the rules from their text.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        if text.len() > limits::POLICY_BYTES_MAX {
            return Err(PolicyFault(format!(
                "is longer than {} bytes",
                limits::POLICY_BYTES_MAX
            )));
        }
        let wire: PolicyText =
            toml::from_str(text).map_err(|e| PolicyFault(e.message().to_owned()))?;
        wire.into_policy(text_digest(text))
    }

    /// Returns whether a second rank is open for a form; none where the policy cites no law that opens or closes it.
    pub fn second_rank(&self, form: Form) -> Option<SecondRank> {
        let of = |wanted| self.second_ranks.iter().find(|rule| rule.form == wanted);
        of(Some(form)).or_else(|| of(None)).map(|rule| rule.rule)
    }

    /// Says whether rights of a class cannot be pledged: one that is barred, or none of those that the text allows.
    pub fn bars_class(&self, class: Option<&str>) -> bool {
        let among = |classes: &[String]| class.is_some_and(|of| classes.iter().any(|it| it == of));
        among(&self.barred_classes) || self.allowed_classes.as_deref().is_some_and(|it| !among(it))
    }

    /// Returns the index of an identity scheme of this kind.
    pub fn identity_scheme(&self, scheme: &str) -> Option<&IdentityScheme> {
        self.identities
            .iter()
            .find(|identity| identity.scheme == scheme)
    }

    /// Returns the schemes of which one must be the first of a right: that of the kind, and those that stand alone.
    pub fn leading_schemes(&self) -> impl Iterator<Item = &str> {
        let schemes = self.identities.iter().enumerate();
        let leads = schemes.filter(|(nth, scheme)| *nth == 0 || scheme.stands_alone);
        leads.map(|(_, scheme)| scheme.scheme.as_str())
    }

    /// Returns what a right with this first identity is drawn from, where the kind names a source.
    pub fn source_of(&self, first_identity: &str) -> Option<String> {
        if self.source.is_empty() {
            return None;
        }
        let parts: Vec<&str> = first_identity.split('|').collect();
        let taken = self.source.iter().map(|source| {
            let part = parts.get(source.part).copied().unwrap_or_default();
            source
                .chars
                .map_or_else(|| part.to_owned(), |n| part.chars().take(n).collect())
        });
        let taken: Vec<String> = taken.collect();
        Some(format!(
            "{}|{}",
            self.kind,
            taken.join("|").to_ascii_uppercase()
        ))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    kind: String,
    version: u64,
    title_zh: String,
    title_en: String,
    cites: String,
    model: String,
    layer: Option<String>,
    form: String,
    unit: UnitText,
    issuer: IssuerText,
    identity: Vec<IdentityText>,
    source: Option<SourceText>,
    land: Option<LandText>,
    pledge: PledgeText,
    terms: TermsText,
    longest: Option<LongestText>,
    ltv: Option<LtvText>,
    lapse: Option<LapseText>,
    transfer: Option<TransferText>,
    surrender: Option<SurrenderText>,
    convert: Option<ConvertText>,
    #[serde(default)]
    bar: Vec<BarText>,
    #[serde(default)]
    note: Vec<BarText>,
    external: Option<ElsewhereText>,
    effect: Option<EffectText>,
    statistics: Option<StatisticsText>,
    consent: Option<ConsentText>,
    book: Option<Book>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitText {
    name: String,
    scale: u64,
    aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerText {
    duty: String,
    book_duty: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandText {
    ground: String,
    unit_scheme: Option<String>,
    tolerance_ppm: u32,
    overlap_finding: u16,
    warn_layers: Vec<String>,
    #[serde(default)]
    warn_ground_classes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PledgeText {
    extent: String,
    second_rank: String,
    second_rank_text: Option<String>,
    #[serde(default)]
    form_rank: Vec<FormRankText>,
    cites: String,
    pledgee_roles: Vec<String>,
    barred_classes: Vec<String>,
    allowed_classes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsText {
    beyond_right_end: String,
    year_attribute: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LongestText {
    years: u32,
    cites: String,
}

pub(super) fn unknown(member: &str, value: &str) -> PolicyFault {
    PolicyFault(format!("{member} has the unknown value {value:?}"))
}

pub(super) fn is_name(text: &str) -> bool {
    let is_name_byte =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    (1..=32).contains(&text.len()) && text.bytes().all(is_name_byte)
}

impl PolicyText {
    /// Says whether readers of the first release would not know some member.
    fn is_later(&self) -> bool {
        let ranks = self.pledge.second_rank_text.is_some() || !self.pledge.form_rank.is_empty();
        let tables = [
            self.transfer.is_some(),
            self.surrender.is_some(),
            self.convert.is_some(),
            !self.bar.is_empty() || !self.note.is_empty(),
            self.external.is_some() || self.effect.is_some() || self.statistics.is_some(),
            self.consent.is_some() || self.longest.is_some() || self.ltv.is_some(),
            self.lapse.is_some(),
        ];
        let land = self.land.as_ref();
        let compares =
            land.is_some_and(|land| land.ground == "polygon" && land.unit_scheme.is_some());
        let identity = self.identity.iter().any(IdentityText::is_later);
        let classes = self.pledge.allowed_classes.is_some();
        ranks || compares || identity || classes || tables.contains(&true)
    }

    fn switches(&self) -> Result<Switches, PolicyFault> {
        let (transfer, surrender) = (self.transfer.as_ref(), self.surrender.as_ref());
        let attributes = (self.bar.as_slice(), self.note.as_slice());
        let mut switches = Switches::of(transfer, surrender, self.convert.as_ref(), attributes)?;
        switches.lapses = self.lapse.as_ref().map_or(Ok(false), LapseText::ends)?;
        Ok(switches)
    }

    fn into_policy(self, digest: Hash) -> Result<KindPolicy, PolicyFault> {
        if !is_name(&self.kind) {
            return Err(unknown("kind", &self.kind));
        }
        if self.version == 0 || self.cites.is_empty() || self.pledge.cites.is_empty() {
            return Err(PolicyFault("version and cites must be given".to_owned()));
        }
        let model = match self.model.as_str() {
            "stock" => Model::Stock,
            "flow" => Model::Flow,
            "land" => Model::Land,
            other => return Err(unknown("model", other)),
        };
        let extent = match (self.pledge.extent.as_str(), model) {
            ("amount", Model::Stock | Model::Flow) => ExtentRule::Amount,
            ("whole", Model::Land) => ExtentRule::Whole,
            ("years", Model::Land) => ExtentRule::Years,
            (other, _) => return Err(unknown("pledge.extent", other)),
        };
        let second_ranks = rank_rules(
            &self.pledge.second_rank,
            self.pledge.second_rank_text.as_deref(),
            &self.pledge.form_rank,
        )?;
        let (switches, is_later) = (self.switches()?, self.is_later());
        let pledgee_role =
            |name: &String| Role::parse(name).ok_or_else(|| unknown("pledge.pledgee_roles", name));
        let is_drawn = self.source.is_some() || self.statistics.is_some();
        let identities = schemes(self.identity, is_drawn)?;
        let source = source(self.source, identities.first())?;
        let quantities_of = self.statistics.map(|text| text.part(&identities));
        let land = land(self.land, self.layer, model)?;
        Ok(KindPolicy {
            kind: self.kind,
            digest,
            title_zh: self.title_zh,
            title_en: self.title_en,
            model,
            form: self.form,
            unit: self.unit.name,
            scale: Scale::new(self.unit.scale)
                .ok_or_else(|| unknown("unit.scale", &self.unit.scale.to_string()))?,
            unit_aliases: self.unit.aliases,
            issuer_duty: self.issuer.duty,
            book_duty: self.issuer.book_duty,
            identities,
            source,
            extent,
            second_ranks,
            pledgee_roles: self
                .pledge
                .pledgee_roles
                .iter()
                .map(pledgee_role)
                .collect::<Result<_, _>>()?,
            barred_classes: self.pledge.barred_classes,
            allowed_classes: self.pledge.allowed_classes,
            beyond_right_end: strictness(&self.terms)?,
            longest_years: self.longest.as_ref().map(longest).transpose()?,
            year_attribute: self.terms.year_attribute,
            land,
            switches,
            is_later,
            version: self.version,
            elsewhere: self.external.map(Elsewhere::of).transpose()?,
            lending: self.ltv.map(Lending::of).transpose()?,
            effect: self.effect.map(Effect::of).transpose()?,
            quantities_of: quantities_of.transpose()?,
            attested: consent_classes(self.consent.as_ref())?,
            book: self.book,
        })
    }
}

fn longest(text: &LongestText) -> Result<u32, PolicyFault> {
    if !(1..=100).contains(&text.years) || text.cites.is_empty() {
        return Err(unknown("longest.years", &text.years.to_string()));
    }
    Ok(text.years)
}

fn strictness(terms: &TermsText) -> Result<Strictness, PolicyFault> {
    match terms.beyond_right_end.as_str() {
        "refuse" => Ok(Strictness::Refuse),
        "warn" => Ok(Strictness::Warn),
        other => Err(unknown("terms.beyond_right_end", other)),
    }
}

fn land(
    text: Option<LandText>,
    layer: Option<String>,
    model: Model,
) -> Result<Option<LandRules>, PolicyFault> {
    let (text, layer) = match (text, layer, model) {
        (None, None, Model::Stock | Model::Flow) => return Ok(None),
        (Some(text), Some(layer), Model::Land) if is_name(&layer) => (text, layer),
        (_, _, Model::Stock | Model::Flow | Model::Land) => {
            return Err(PolicyFault(
                "layer and [land] belong to the model \"land\"".to_owned(),
            ));
        }
    };
    let ground = match (text.ground.as_str(), text.unit_scheme) {
        ("polygon", scheme) => Ground::Polygon { scheme },
        ("units", Some(scheme)) => Ground::Units { scheme },
        (other, _) => return Err(unknown("land.ground", other)),
    };
    if text.tolerance_ppm > limits::TOLERANCE_PPM_MAX
        || !matches!(text.overlap_finding, 7003 | 7007)
    {
        return Err(PolicyFault(
            "land.tolerance_ppm or land.overlap_finding is out of range".to_owned(),
        ));
    }
    Ok(Some(LandRules {
        layer,
        ground,
        tolerance_ppm: text.tolerance_ppm,
        overlap_finding: text.overlap_finding,
        warn_layers: text.warn_layers,
        warn_ground_classes: text.warn_ground_classes,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMISSION: &str = include_str!("../../fixtures/policy/emission.toml");

    #[test]
    fn a_policy_is_read_and_its_source_follows_the_site() {
        let policy = KindPolicy::parse(EMISSION).unwrap();
        assert_eq!(policy.model, Model::Flow);
        let source = policy.source_of("91500113MA5UPAP147001P|COD").unwrap();
        assert_eq!(source, "emission|91500113MA5UPAP147001|COD");
    }

    #[test]
    fn an_unknown_member_or_value_is_refused() {
        let typo = EMISSION.replace("beyond_right_end", "beyond_rigth_end");
        assert!(KindPolicy::parse(&typo).is_err());
        let model = EMISSION.replace("\"flow\"", "\"gas\"");
        assert_eq!(
            KindPolicy::parse(&model).unwrap_err().0,
            "model has the unknown value \"gas\""
        );
    }

    #[test]
    fn every_policy_of_the_project_is_read() {
        for text in [
            EMISSION,
            include_str!("../../fixtures/policy/carbon.toml"),
            include_str!("../../fixtures/policy/energy.toml"),
            include_str!("../../fixtures/policy/forest.toml"),
            include_str!("../../fixtures/policy/carbon_sink.toml"),
        ] {
            KindPolicy::parse(text).unwrap();
        }
    }
}
