//! The content of entry 0.

use crate::domain::genesis::Genesis;
use crate::domain::geometry::{BoundingBox, Point};
use crate::domain::party::Role;
use crate::domain::wire::list::{map_json, read_each_member};
use crate::domain::wire::record::{held_key_json, party_json, read_held_keys, read_party_members};
use crate::domain::wire::shape::{is_name, read_count, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};

/// Writes the content of entry 0.
pub fn genesis_json(genesis: &Genesis) -> Json {
    let corner = |value: i32| Json::Int(i64::from(value));
    let (min, max) = (genesis.county.min(), genesis.county.max());
    let county = Json::object([
        ("west", corner(min.lon)),
        ("south", corner(min.lat)),
        ("east", corner(max.lon)),
        ("north", corner(max.lat)),
    ]);
    let quorum = genesis
        .quorum
        .iter()
        .map(|(role, count)| (role.name().to_owned(), Json::count(*count)));
    let keys = genesis
        .keys
        .iter()
        .map(|(key, person)| held_key_json(key, person));
    Json::object([
        ("origin", word(&genesis.origin)),
        ("log_vkey", word(&genesis.log_vkey)),
        ("region", word(&genesis.region)),
        ("county", county),
        ("registrar", party_json(&genesis.registrar)),
        ("keys", Json::list(keys)),
        ("quorum", Json::Object(quorum.collect())),
        (
            "policy_delay_seconds",
            Json::count(genesis.policy_delay_seconds),
        ),
        (
            "policies",
            map_json(genesis.policies.iter().map(|(kind, text)| (kind, text))),
        ),
        ("public", Json::Bool(genesis.public)),
    ])
}

/// Reads the content of entry 0 that stands at `path`.
pub fn read_genesis(path: &str, value: Json) -> Result<Genesis, FieldFault> {
    let mut fields = Fields::open(path, value)?;
    let mut registrar = fields.object("registrar")?;
    let genesis = Genesis {
        origin: fields.text("origin")?,
        log_vkey: fields.text("log_vkey")?,
        region: fields.parsed("region", "six digits", |text| {
            let is_region = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_region.then(|| text.to_owned())
        })?,
        county: read_county(fields.object("county")?)?,
        registrar: read_party_members(&mut registrar)?,
        keys: read_held_keys(&mut fields)?,
        quorum: read_each_member(&mut fields, "quorum", |fields, name| {
            let role = Role::parse(name).ok_or_else(|| fields.fault(name, "is not a role"))?;
            Ok((role, read_count(fields, name)?))
        })?
        .into_iter()
        .collect(),
        policy_delay_seconds: fields.count("policy_delay_seconds")?,
        policies: read_each_member(&mut fields, "policies", |fields, kind| {
            if !is_name(kind) {
                return Err(fields.fault(kind, "is not the name of a kind"));
            }
            Ok((kind.to_owned(), fields.text(kind)?))
        })?,
        public: if fields.has("public") {
            fields.flag("public")?
        } else {
            return Err(fields.fault("public", "is missing"));
        },
    };
    registrar.finish()?;
    fields.finish()?;
    Ok(genesis)
}

fn read_county(mut fields: Fields) -> Result<BoundingBox, FieldFault> {
    let mut corner = |name: &str| match fields.required(name)? {
        Json::Int(value) => {
            i32::try_from(value).map_err(|_| fields.fault(name, "is not a coordinate"))
        }
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            Err(fields.fault(name, "must be an integer"))
        }
    };
    let min = Point {
        lon: corner("west")?,
        lat: corner("south")?,
    };
    let max = Point {
        lon: corner("east")?,
        lat: corner("north")?,
    };
    let county =
        BoundingBox::new(min, max).map_err(|fault| fields.fault("west", fault.to_string()))?;
    fields.finish()?;
    Ok(county)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;

    #[test]
    fn the_genesis_survives() {
        let genesis = samples::genesis();
        let text = genesis_json(&genesis).to_canonical();
        let json = Json::parse_canonical(text.as_bytes()).unwrap();
        assert_eq!(read_genesis("genesis", json), Ok(genesis));
    }

    #[test]
    fn an_unknown_role_or_member_is_refused_with_its_path() {
        let text = genesis_json(&samples::genesis()).to_canonical();
        let fault = |from: &str, to: &str| {
            let text = samples::replace(&text, from, to);
            read_genesis("genesis", Json::parse(text.as_bytes()).unwrap())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            fault("\"quorum\":{\"authority\"", "\"quorum\":{\"king\""),
            "genesis.quorum.king: is not a role"
        );
        assert_eq!(
            fault("\"county\":{", "\"county\":{\"up\":1,"),
            "genesis.county.up: is not a known member"
        );
        assert_eq!(fault("\"public\":true,", ""), "genesis.public: is missing");
        assert_eq!(
            fault("\"region\":\"500113\"", "\"region\":\"50011\""),
            "genesis.region: must be six digits, not \"50011\""
        );
    }
}
