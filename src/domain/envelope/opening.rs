//! Openings of hidden members: they travel beside a command, are checked against its digests, and never enter the log.
//!
//! Kept apart from the envelope because they are erased one day and the envelope never is.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::finding::Code;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::identifier::ResidentId;
use crate::primitives::quantity::{Quantity, Scale};

/// Bytes of the salt of an opening: at least 128 bits (RFC 9901 section 9.3).
const SALT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;
/// Bytes of the value of an opening: a name, a number, an amount.
const VALUE_BYTES_MAX: usize = 1_024;
/// The hidden member that holds the identity number of a natural person.
const RESIDENT_ID_CLAIM: &str = "resident_id";
/// The hidden members that the register counts with: the principal in yuan, and the lines of a contract in percent.
const NUMBER_CLAIMS: [&str; 3] = [
    "principal_cny",
    "warning_ltv_percent",
    "close_out_ltv_percent",
];

/// The opening of one hidden member: what the digest in the payload stands for. It is never part of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The name of the member.
    pub claim: String,
    /// Random bytes that keep the digest from being guessed.
    pub salt: Vec<u8>,
    /// The value.
    pub value: String,
}

impl fmt::Debug for Opening {
    /// Shows the name only: values of persons must not reach a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opening({})", self.claim)
    }
}

impl Opening {
    /// Returns the digest: SHA-256 of the base64url of the canonical `["<salt>","<claim>","<value>"]`, as for disclosures of
    /// SD-JWT (RFC 9901 section 4.2.3).
    pub fn digest(&self) -> Hash {
        let parts = [
            hex::encode(&self.salt),
            self.claim.clone(),
            self.value.clone(),
        ];
        let disclosure = Json::list(parts.map(Json::Text)).to_canonical();
        Hash::of(&[URL_SAFE_NO_PAD.encode(disclosure).as_bytes()])
    }

    /// Parses `{"claim","salt","value"}` that stands at `path`; the salt is 16 to 64 bytes in hexadecimal digits.
    pub fn parse(path: &str, value: Json) -> Result<Self, FieldFault> {
        let mut fields = Fields::open(path, value)?;
        let salt = fields.parsed(
            "salt",
            "16 to 64 bytes in lowercase hexadecimal digits",
            |text| {
                let bytes = hex::decode(text).ok()?;
                (SALT_BYTES.contains(&bytes.len()) && hex::encode(&bytes) == text).then_some(bytes)
            },
        )?;
        let opening = Self {
            claim: fields.text("claim")?,
            salt,
            value: fields.text("value")?,
        };
        if opening.value.is_empty() || opening.value.len() > VALUE_BYTES_MAX {
            return Err(fields.fault("value", format!("must have 1 to {VALUE_BYTES_MAX} bytes")));
        }
        fields.finish()?;
        Ok(opening)
    }

    /// Writes what [`Opening::parse`] reads.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("claim", Json::text(&*self.claim)),
            ("salt", Json::Text(hex::encode(&self.salt))),
            ("value", Json::text(&*self.value)),
        ])
    }
}

/// Checks that every hidden digest has exactly one opening, that it opens it, and that no opening is left over; and that a
/// number of a natural person, a sum and a percentage are what they are called, since a digest that was signed is never mended.
pub fn check_openings(hidden: &[(String, Hash)], openings: &[Opening]) -> Result<(), FieldFault> {
    for (n, opening) in openings.iter().enumerate() {
        let earlier = openings
            .iter()
            .take(n)
            .any(|other| other.claim == opening.claim);
        let digest = hidden.iter().find(|(name, _)| *name == opening.claim);
        let reason = match digest {
            Some(_) if earlier => "is opened twice".to_owned(),
            Some((_, digest)) if *digest == opening.digest() => {
                check_value(n, opening)?;
                continue;
            }
            Some((name, _)) => format!("does not open the digest of {name:?}"),
            None => format!("{:?} is not a hidden member of the command", opening.claim),
        };
        return Err(FieldFault::new(format!("openings[{n}]"), reason));
    }
    let is_open = |name: &String| openings.iter().any(|opening| opening.claim == *name);
    match hidden.iter().find(|(name, _)| !is_open(name)) {
        None => Ok(()),
        Some((name, _)) => Err(FieldFault::new(
            "openings",
            format!("lack the one of {name:?}"),
        )),
    }
}

/// The fault says where the number is wrong and never repeats it.
fn check_value(n: usize, opening: &Opening) -> Result<(), FieldFault> {
    if opening.claim == RESIDENT_ID_CLAIM {
        ResidentId::parse(&opening.value).map_err(|fault| {
            FieldFault::new(
                format!("openings[{n}].value"),
                format!("is refused: {fault}"),
            )
            .with_code(Code::BadResidentId.number())
        })?;
    }
    if NUMBER_CLAIMS.contains(&&*opening.claim) {
        Quantity::parse(&opening.value, Scale::MAX)
            .map_err(|fault| FieldFault::new(format!("openings[{n}].value"), fault.to_string()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_has_the_digest_of_its_written_formula() {
        let opening = |claim: &str, value: &str| Opening {
            claim: claim.to_owned(),
            salt: vec![0x5a; 16],
            value: value.to_owned(),
        };
        let principal = opening("principal_cny", "5000000");
        let text = format!("[\"{}\",\"principal_cny\",\"5000000\"]", "5a".repeat(16));
        let digest = Hash::of(&[URL_SAFE_NO_PAD.encode(text).as_bytes()]);
        assert_eq!(principal.digest(), digest);
        assert_eq!(
            Opening::parse("openings[0]", principal.to_json()),
            Ok(principal.clone())
        );
        assert_eq!(format!("{principal:?}"), "Opening(principal_cny)");

        let contract = opening("contract_no", "巴南借字第1号");
        let hidden =
            [&contract, &principal].map(|opening| (opening.claim.clone(), opening.digest()));
        let check = |openings: &[Opening]| {
            check_openings(&hidden, openings).map_err(|fault| fault.to_string())
        };
        assert_eq!(check(&[principal.clone(), contract.clone()]), Ok(()));
        assert_eq!(
            check(std::slice::from_ref(&principal)),
            Err("openings: lack the one of \"contract_no\"".to_owned())
        );
        let twice = check(&[principal.clone(), contract.clone(), principal.clone()]);
        assert_eq!(twice, Err("openings[2]: is opened twice".to_owned()));
        let wrong = check(&[contract, opening("principal_cny", "5000001")]);
        assert_eq!(
            wrong,
            Err("openings[1]: does not open the digest of \"principal_cny\"".to_owned())
        );
        let extra = check(&[opening("phone", "1")]);
        assert_eq!(
            extra,
            Err("openings[0]: \"phone\" is not a hidden member of the command".to_owned())
        );
    }

    #[test]
    fn a_number_of_a_person_is_checked_and_not_repeated() {
        let check = |value: &str| {
            let opening = Opening {
                claim: RESIDENT_ID_CLAIM.to_owned(),
                salt: vec![0x5a; 16],
                value: value.to_owned(),
            };
            let hidden = [(opening.claim.clone(), opening.digest())];
            check_openings(&hidden, &[opening])
        };
        assert_eq!(check("500113198001010019"), Ok(()));
        for wrong in ["500113198001010018", "50011319801301001X", "5001131980"] {
            let fault = check(wrong).unwrap_err();
            assert_eq!(fault.code, Some(1_004), "{wrong}");
            assert_eq!(fault.field, "openings[0].value");
            assert!(!fault.to_string().contains(wrong), "{fault}");
        }
    }

    #[test]
    fn a_number_that_the_register_counts_with_is_one() {
        let check = |claim: &str, value: &str| {
            let opening = Opening {
                claim: claim.to_owned(),
                salt: vec![0x5a; 16],
                value: value.to_owned(),
            };
            let hidden = [(opening.claim.clone(), opening.digest())];
            check_openings(&hidden, &[opening])
        };
        assert_eq!(check("principal_cny", "5000000.50"), Ok(()));
        assert_eq!(check("warning_ltv_percent", "72.5"), Ok(()));
        assert_eq!(check("purpose", "5,000,000"), Ok(()));
        for wrong in ["abc", "5,000,000", "-1", "500万元", "1000000000000"] {
            for claim in NUMBER_CLAIMS {
                let fault = check(claim, wrong).unwrap_err();
                assert_eq!(fault.field, "openings[0].value", "{wrong}");
                assert!(!fault.to_string().contains(wrong), "{fault}");
            }
        }
    }

    #[test]
    fn a_short_salt_is_refused() {
        for salt in [
            "5a".repeat(15),
            "5a".repeat(65),
            "5A".repeat(16),
            "5a".repeat(16) + "5",
        ] {
            let value = Json::object([
                ("claim", Json::text("name")),
                ("salt", Json::text(salt)),
                ("value", Json::text("张三")),
            ]);
            assert_eq!(
                Opening::parse("openings[0]", value).unwrap_err().field,
                "openings[0].salt"
            );
        }
    }
}
