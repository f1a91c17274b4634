//! Prices of rights, imported with their source and date. They lie in a column of their own outside every hash, and no
//! decision reads them: they are for alerts only.
//!
//! A series is a kind of right and parts of its first identity, such as `carbon` with `type=CEA`. Who looks a price up asks
//! for the series with the most parts first, so that a price of one vintage stands before that of all.

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, SecretKey, Signature};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Day;
use crate::service::{Registry, ServiceFault};

/// Parts of an identity that series are made of; their subsets are looked up one by one.
const PARTS_MAX: usize = 4;
/// Characters of a source.
const SOURCE_CHARS_MAX: usize = 120;

/// One price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    /// The kind, and parts of the first identity as `name=value`, sorted, joined with `|`.
    pub series: String,
    /// The day it is of.
    pub day: Day,
    /// Yuan for one unit of the kind.
    pub cny: Quantity,
    /// Who says so.
    pub source: String,
}

impl Price {
    /// Reads `{"cny","day","kind","parts","source"}` that stands at `path`; `parts` is `name=value;...`, or empty.
    pub fn parse(path: &str, value: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open(path, value)?;
        let kind = fields.text("kind")?;
        let parts = fields.text("parts")?;
        let series = series_name(&kind, parts.split(';').filter(|part| !part.is_empty()));
        let day = fields.parsed("day", "a day such as 2026-12-01", Day::parse)?;
        let cny = fields.parsed("cny", "yuan with at most 6 decimal digits", |text| {
            let price = Quantity::parse(text, Scale::MAX).ok()?;
            (!price.is_zero()).then_some(price)
        })?;
        let source = fields.parsed("source", "1 to 120 characters", |text| {
            let count = text.chars().count();
            (1..=SOURCE_CHARS_MAX)
                .contains(&count)
                .then(|| text.to_owned())
        })?;
        fields.finish()?;
        Ok(Self {
            series,
            day,
            cny,
            source,
        })
    }

    /// Writes the price.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("cny", Json::Text(self.cny.to_string())),
            ("day", Json::Text(self.day.to_string())),
            ("series", Json::text(&*self.series)),
            ("source", Json::text(&*self.source)),
        ])
    }

    /// Reads what [`Price::to_json`] wrote.
    pub fn from_json(value: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open("price", value)?;
        Ok(Self {
            series: fields.text("series")?,
            day: fields.parsed("day", "a day", Day::parse)?,
            cny: fields.parsed("cny", "yuan", |text| Quantity::parse(text, Scale::MAX).ok())?,
            source: fields.text("source")?,
        })
    }
}

fn series_name<'a>(kind: &str, parts: impl Iterator<Item = &'a str>) -> String {
    let mut parts: Vec<&str> = parts.collect();
    parts.sort_unstable();
    std::iter::once(kind)
        .chain(parts)
        .collect::<Vec<_>>()
        .join("|")
}

/// Returns the series a right may have a price in, the most exact first.
pub fn series_of(right: &Right, policy: &KindPolicy) -> Vec<String> {
    let identity = right.identities.first();
    let scheme = identity.and_then(|identity| policy.identity_scheme(&identity.scheme));
    let (Some(identity), Some(scheme)) = (identity, scheme) else {
        return vec![right.kind.clone()];
    };
    let named: Vec<String> = scheme
        .parts
        .iter()
        .zip(identity.value.split('|'))
        .take(PARTS_MAX)
        .map(|((name, _), value)| format!("{name}={value}"))
        .collect();
    let mut subsets: Vec<Vec<&str>> = vec![Vec::new()];
    for part in &named {
        let with: Vec<Vec<&str>> = subsets
            .iter()
            .map(|subset| subset.iter().copied().chain([part.as_str()]).collect())
            .collect();
        subsets.extend(with);
    }
    subsets.sort_by_key(|subset| std::cmp::Reverse(subset.len()));
    subsets
        .into_iter()
        .map(|subset| series_name(&right.kind, subset.into_iter()))
        .collect()
}

/// A price list with the signature of a key of the registrar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedPrices {
    list: String,
    kid: KeyId,
    signature: Signature,
}

impl SignedPrices {
    /// Signs a list for the registry of an audience.
    pub fn sign(aud: &str, list: String, key: &SecretKey) -> Self {
        let signature = key.sign(&message(aud, &list));
        let kid = key.public().id();
        Self {
            list,
            kid,
            signature,
        }
    }

    /// Reads `{"kid","list","signature"}`.
    pub fn parse(body: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open("", body)?;
        let signed = Self {
            list: fields.text("list")?,
            kid: KeyId(fields.hash("kid")?),
            signature: Signature(fields.hex("signature")?),
        };
        fields.finish()?;
        Ok(signed)
    }

    /// Writes what [`SignedPrices::parse`] reads.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("kid", Json::Text(self.kid.to_string())),
            ("list", Json::text(&*self.list)),
            ("signature", Json::Text(hex_of(&self.signature))),
        ])
    }
}

/// The bytes that the registrar signs.
fn message(aud: &str, list: &str) -> Vec<u8> {
    let digest = Hash::of(&[list.as_bytes()]);
    format!("greenlien/prices/v1|{aud}|{digest}").into_bytes()
}

fn hex_of(signature: &Signature) -> String {
    let digits = signature.0.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Reads the text of a list.
fn read_list(text: &str) -> Result<Vec<Price>, FieldFault> {
    let json = Json::parse_canonical(text.as_bytes())
        .map_err(|fault| FieldFault::new("list", fault.to_string()))?;
    let mut fields = Fields::open("list", json)?;
    let values = fields.list("prices")?;
    fields.finish()?;
    let numbered = values.into_iter().enumerate();
    numbered
        .map(|(n, value)| Price::parse(&format!("list.prices[{n}]"), value))
        .collect()
}

impl Registry {
    /// Checks that a present key of the registrar signed the list, and reads it.
    pub fn verify_prices(&self, signed: &SignedPrices) -> Result<Vec<Price>, ServiceFault> {
        let fault = |field: &str, why: &str| ServiceFault::Input(FieldFault::new(field, why));
        let found = self.record(&StateKey::Party(REGISTRAR))?;
        let Some(Record::Party(registrar)) = found.map(|found| found.value.record) else {
            return Err(ServiceFault::Doubt("the registrar is missing".to_owned()));
        };
        let key = registrar
            .key(signed.kid)
            .filter(|key| key.revoked.is_none());
        let key = key.ok_or_else(|| fault("kid", "is not a present key of the registrar"))?;
        let message = message(self.aud(), &signed.list);
        if !key.key.verifies(&message, &signed.signature) {
            return Err(fault("signature", "is not that of the key over the list"));
        }
        read_list(&signed.list).map_err(ServiceFault::Input)
    }

    /// Adds prices; a later price of the same series and day stands in the place of the earlier.
    pub fn add_prices(&self, prices: &[Price]) -> Result<(), ServiceFault> {
        if prices.len() > limits::PRICE_ROWS_MAX {
            let reason = format!("at most {} in one list", limits::PRICE_ROWS_MAX);
            return Err(ServiceFault::Input(FieldFault::new("prices", reason)));
        }
        let row = |price: &Price| {
            let text = price.to_json().to_canonical();
            (price.series.clone(), price.day.number(), text)
        };
        let rows: Vec<_> = prices.iter().map(row).collect();
        Ok(self.shared.store.put_prices(&rows)?)
    }

    /// Returns the latest price of the first of these series that has one, up to a day.
    pub fn price(&self, series: &[String], day: Day) -> Result<Option<Price>, ServiceFault> {
        for name in series {
            if let Some(text) = self.shared.store.price_at(name, day.number())? {
                let damaged = || ServiceFault::Doubt(format!("a price of {name} cannot be read"));
                let json = Json::parse(text.as_bytes()).map_err(|_| damaged())?;
                return Price::from_json(json).map(Some).map_err(|_| damaged());
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(parts: &str, cny: &str) -> Result<Price, FieldFault> {
        let member = |name: &str, value: &str| (name.to_owned(), Json::text(value));
        let members = [
            member("kind", "a"),
            member("parts", parts),
            member("day", "2026-12-01"),
            member("cny", cny),
            member("source", "上海环境能源交易所"),
        ];
        Price::parse("prices[0]", Json::Object(members.into_iter().collect()))
    }

    #[test]
    fn a_price_names_its_series_day_and_source() {
        let read = price("vintage=2025;type=CEA", "80.5").unwrap();
        assert_eq!(read.series, "a|type=CEA|vintage=2025");
        assert_eq!(Price::from_json(read.to_json()).unwrap(), read);
        assert!(price("", "0").is_err());
        assert!(price("", "-1").is_err());
    }
}
