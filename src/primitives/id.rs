//! Ids of records: a letter and the index of the entry that created the record.
//!
//! Nobody chooses an id, so two records never fight over one, and the id says where in the log the record begins.

use std::fmt;

use crate::primitives::canonical::INTEGER_MAX;
use crate::primitives::field::{FieldFault, Fields};

/// The position of an entry in the log, from 0.
pub type EntryIndex = u64;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub struct $name(pub EntryIndex);

        impl $name {
            /// Parses the letter and a decimal index without leading zeros.
            pub fn parse(text: &str) -> Option<Self> {
                parse_index(text.strip_prefix($letter)?).map(Self)
            }

            /// Takes an id from an object's member.
            pub fn take(fields: &mut Fields, name: &str) -> Result<Self, FieldFault> {
                fields.parsed(name, concat!("an id such as ", $letter, "41"), Self::parse)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    };
}

id_type!(
    /// A party (member) of the registry: an institution or a person.
    PartyId,
    "M"
);
id_type!(
    /// A right.
    RightId,
    "R"
);
id_type!(
    /// A pledge.
    PledgeId,
    "P"
);
id_type!(
    /// A reservation (priority notice).
    ReservationId,
    "V"
);
id_type!(
    /// A freeze ordered by a court or an authority.
    FreezeId,
    "F"
);

/// What an index must be, after "must be ".
pub const INDEX_FORM: &str =
    "a decimal number without leading zeros, at most 9007199254740991 (2^53 - 1)";

/// Parses a decimal without leading zeros, sign or space, at most 2^53 - 1.
pub fn parse_index(text: &str) -> Option<EntryIndex> {
    if text.is_empty() || text.len() > 16 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if text.len() > 1 && text.starts_with('0') {
        return None;
    }
    text.parse()
        .ok()
        .filter(|index| i64::try_from(*index).is_ok_and(|index| index <= INTEGER_MAX))
}

/// The 128-bit id that the client gives its command; (org, cmd) is consumed once for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CommandId(pub [u8; 16]);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_refused_with_its_form() {
        let most = INTEGER_MAX.to_string();
        assert!(INDEX_FORM.contains(&most));
        assert_eq!(parse_index(&most), Some((1 << 53) - 1));
        for other in ["9007199254740992", "18446744073709551615", "01", "", "-1"] {
            assert_eq!(parse_index(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_has_one_text() {
        assert_eq!(RightId::parse("R41"), Some(RightId(41)));
        assert_eq!(RightId(41).to_string(), "R41");
        for other in [
            "R041",
            "r41",
            "41",
            "R",
            "R+1",
            "P41",
            "R 1",
            "R99999999999999999",
        ] {
            assert_eq!(RightId::parse(other), None, "{other}");
        }
    }
}
