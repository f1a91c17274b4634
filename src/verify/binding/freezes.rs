//! An act on a freeze changes that freeze alone, to what the payload says; execution lowers the balance too.

use crate::domain::change::{Change, Members, Row};
use crate::domain::command::FreezeAct;
use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;
use crate::primitives::quantity::{Quantity, Scale};

/// Says whether the changes of the event are those that the act asks for.
pub(super) fn leaves(act: &FreezeAct, changes: &[Change], rows: &[Row]) -> bool {
    let of = StateKey::Right(act.right());
    let freeze = Json::text(act.freeze().to_string());
    let own = |row: &&Row| row.of == of && row.list == "burdens";
    let mut named = rows.iter().filter(own);
    let (Some(row), None) = (named.next(), named.next()) else {
        return false;
    };
    if rows.len() != 1 || row.item.get("id") != Some(&freeze) {
        return false;
    }
    match act {
        FreezeAct::ChangeFreeze {
            until,
            amount,
            limit_cny,
            ..
        } => {
            let says = |name: &str, value: Option<String>| {
                value.is_none_or(|value| row.item.get(name) == Some(&Json::text(value)))
            };
            !row.drop
                && changes.is_empty()
                && says("expires", until.map(|day| day.begins().to_string()))
                && says(
                    "quantity",
                    amount.as_ref().map(|(quantity, _)| quantity.to_string()),
                )
                && says("limit_cny", limit_cny.map(|limit| limit.to_string()))
        }
        FreezeAct::ExecuteFreeze {
            amount: (sold, _),
            proceeds_cny,
            ..
        } => {
            let only_balance = changes.iter().all(|change| {
                change.of == of
                    && !change.new
                    && change.clear.is_empty()
                    && change.set.keys().all(|name| name == "balance")
            });
            let sums = at_least(&row.item, "executed", *sold)
                && at_least(&row.item, "proceeds_cny", *proceeds_cny);
            only_balance && (row.drop || sums)
        }
    }
}

/// Sums hold this sale and the earlier ones.
fn at_least(item: &Members, name: &str, least: Quantity) -> bool {
    match item.get(name) {
        Some(Json::Text(text)) => {
            Quantity::parse(text, Scale::MAX).is_ok_and(|quantity| quantity >= least)
        }
        Some(Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::crypto::Hash;
    use crate::primitives::id::{FreezeId, RightId};
    use crate::primitives::time::Day;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text, Scale::MAX).unwrap()
    }

    fn row(members: &[(&str, &str)]) -> Row {
        Row {
            of: StateKey::Right(RightId(41)),
            list: "burdens".to_owned(),
            drop: false,
            item: members
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Json::text(*value)))
                .collect(),
        }
    }

    fn balance(of: u64) -> Change {
        Change {
            of: StateKey::Right(RightId(of)),
            new: false,
            set: Members::from([("balance".to_owned(), Json::text("44945"))]),
            clear: Vec::new(),
        }
    }

    fn change(until: Option<&str>, stays: Option<&str>) -> FreezeAct {
        FreezeAct::ChangeFreeze {
            right: RightId(41),
            freeze: FreezeId(60),
            until: until.and_then(Day::parse),
            amount: stays.map(|stays| (quantity(stays), "tCO2e".to_owned())),
            limit_cny: None,
            document: Hash::of(&[b"order"]),
        }
    }

    #[test]
    fn a_change_is_of_the_named_freeze_and_to_what_was_signed() {
        let act = change(Some("2029-12-01"), Some("80"));
        let made = [
            ("id", "F60"),
            ("quantity", "80"),
            ("expires", "2029-11-30T16:00:00.000000Z"),
        ];
        assert!(leaves(&act, &[], &[row(&made)]));
        for (name, forged) in [
            ("id", "F61"),
            ("quantity", "8"),
            ("expires", "2029-12-01T16:00:00.000000Z"),
        ] {
            let members = made.map(|(of, value)| (of, if of == name { forged } else { value }));
            assert!(!leaves(&act, &[], &[row(&members)]), "{name}");
        }
        assert!(!leaves(&act, &[balance(41)], &[row(&made)]), "the balance");
        assert!(!leaves(&act, &[], &[]), "nothing");
        let twice = [row(&made), row(&[("id", "F61")])];
        assert!(!leaves(&act, &[], &twice), "another freeze beside it");
        let dropped = Row {
            drop: true,
            ..row(&made)
        };
        assert!(!leaves(&act, &[], &[dropped]), "lifted");
    }

    #[test]
    fn an_execution_sells_what_was_signed_and_lowers_the_balance_alone() {
        let act = FreezeAct::ExecuteFreeze {
            right: RightId(41),
            freeze: FreezeId(60),
            amount: (quantity("5055"), "tCO2e".to_owned()),
            proceeds_cny: quantity("404400"),
            document: Hash::of(&[b"sale"]),
        };
        let made = |executed, proceeds| {
            row(&[
                ("id", "F60"),
                ("executed", executed),
                ("proceeds_cny", proceeds),
            ])
        };
        let asked = made("5055", "404400");
        assert!(leaves(&act, &[balance(41)], std::slice::from_ref(&asked)));
        assert!(!leaves(&act, &[balance(42)], &[asked]), "another right");
        assert!(!leaves(&act, &[balance(41)], &[made("5054", "404400")]));
        assert!(!leaves(&act, &[balance(41)], &[made("5055", "404399")]));
    }
}
