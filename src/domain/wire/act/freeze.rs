//! The order behind a freeze, in its payload and in its record, and the acts on a freeze.

use crate::domain::command::FreezeAct;
use crate::domain::order::{Order, Terms};
use crate::domain::wire::body::{read_optional_amount, read_yuan};
use crate::domain::wire::body_json::with_amount;
use crate::domain::wire::shape::{optional, read_day, read_hash, read_plain, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{FreezeId, PartyId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};

/// Reads what a payload says of the order.
pub(in crate::domain::wire) fn read_terms(fields: &mut Fields) -> Result<Terms, FieldFault> {
    Ok(Terms {
        number: optional(fields, "order", read_number)?,
        until: optional(fields, "until", read_day)?,
        limit_cny: optional(fields, "limit_cny", read_yuan)?,
        price_cny: optional(fields, "price_cny", read_price)?,
    })
}

/// Writes what a payload says of the order.
pub(in crate::domain::wire) fn with_terms(json: Json, terms: &Terms) -> Json {
    json.with("order", terms.number.as_ref().map(word))
        .with("until", terms.until.map(word))
        .with("limit_cny", terms.limit_cny.map(word))
        .with("price_cny", terms.price_cny.map(word))
}

/// The number of an order is short, because a right keeps one for each of its freezes.
fn read_number(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let number = read_plain(fields, name)?;
    if number.len() <= limits::ORDER_NUMBER_BYTES_MAX {
        return Ok(number);
    }
    let max = limits::ORDER_NUMBER_BYTES_MAX;
    Err(fields.fault(name, format!("has more than {max} bytes of UTF-8")))
}

/// A price may be finer than a fen.
fn read_price(fields: &mut Fields, name: &str) -> Result<Quantity, FieldFault> {
    let parse = |text: &str| {
        let price = Quantity::parse(text, Scale::MAX).ok()?;
        (!price.is_zero()).then_some(price)
    };
    fields.parsed(name, "a price of one unit in yuan such as 79.50", parse)
}

/// Reads what a record keeps of the order.
pub(in crate::domain::wire) fn read_order(
    fields: &mut Fields,
) -> Result<Option<Box<Order>>, FieldFault> {
    let order = Order {
        number: optional(fields, "order", read_number)?,
        limit_cny: optional(fields, "limit_cny", read_yuan)?,
        price_cny: optional(fields, "price_cny", read_price)?,
        executed: optional(fields, "executed", read_price)?,
        proceeds_cny: optional(fields, "proceeds_cny", read_yuan)?,
    };
    Ok(order.boxed())
}

/// Writes what a record keeps of the order.
pub(in crate::domain::wire) fn with_order(json: Json, order: Option<&Order>) -> Json {
    let Some(order) = order else { return json };
    json.with("order", order.number.as_ref().map(word))
        .with("limit_cny", order.limit_cny.map(word))
        .with("price_cny", order.price_cny.map(word))
        .with("executed", order.executed.map(word))
        .with("proceeds_cny", order.proceeds_cny.map(word))
}

type Read = Result<FreezeAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(super) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "change_freeze" => read_change(fields),
        "execute_freeze" => read_execution(fields),
        _ => return None,
    })
}

fn read_change(fields: &mut Fields) -> Read {
    let act = FreezeAct::ChangeFreeze {
        right: RightId::take(fields, "right")?,
        freeze: FreezeId::take(fields, "freeze")?,
        until: optional(fields, "until", read_day)?,
        amount: read_optional_amount(fields)?,
        limit_cny: optional(fields, "limit_cny", read_yuan)?,
        document: read_hash(fields, "document")?,
    };
    match &act {
        FreezeAct::ChangeFreeze {
            until: None,
            amount: None,
            ..
        } => Err(fields.fault(
            "until",
            "is missing, and so is `quantity`: nothing to change",
        )),
        FreezeAct::ChangeFreeze {
            amount: None,
            limit_cny: Some(_),
            ..
        } => Err(fields.fault("limit_cny", "needs the `quantity` that follows from it")),
        FreezeAct::ChangeFreeze { .. } | FreezeAct::ExecuteFreeze { .. } => Ok(act),
    }
}

fn read_execution(fields: &mut Fields) -> Read {
    let act = FreezeAct::ExecuteFreeze {
        right: RightId::take(fields, "right")?,
        freeze: FreezeId::take(fields, "freeze")?,
        amount: read_optional_amount(fields)?,
        proceeds_cny: read_yuan(fields, "proceeds_cny")?,
        buyer: optional(fields, "buyer", PartyId::take)?,
        document: read_hash(fields, "document")?,
    };
    match &act {
        FreezeAct::ExecuteFreeze {
            amount: None,
            buyer: None,
            ..
        } => Err(fields.fault(
            "quantity",
            "is missing, and so is the `buyer` that ground goes to",
        )),
        FreezeAct::ChangeFreeze { .. } | FreezeAct::ExecuteFreeze { .. } => Ok(act),
    }
}

/// Writes the body of an act.
pub(super) fn json(act: &FreezeAct) -> Json {
    let of = |document| {
        Json::object([
            ("right", word(act.right())),
            ("freeze", word(act.freeze())),
            ("document", word(document)),
        ])
    };
    match act {
        FreezeAct::ChangeFreeze {
            until,
            amount,
            limit_cny,
            document,
            right: _,
            freeze: _,
        } => with_amount(of(*document), amount.as_ref())
            .with("until", until.map(word))
            .with("limit_cny", limit_cny.map(word)),
        FreezeAct::ExecuteFreeze {
            amount,
            proceeds_cny,
            buyer,
            document,
            right: _,
            freeze: _,
        } => with_amount(of(*document), amount.as_ref())
            .with("proceeds_cny", Some(word(proceeds_cny)))
            .with("buyer", buyer.map(word)),
    }
}
