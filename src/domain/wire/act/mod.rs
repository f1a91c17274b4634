//! Bodies of the commands that came with law 2, one file for each family, reading and writing side by side.

pub(super) mod freeze;
pub(super) mod party;
pub(super) mod pledge;
pub(super) mod right;

use crate::domain::command::Body;
use crate::primitives::field::{FieldFault, Fields};

/// Reads the body of an act of this type; the caller finishes the object.
pub(super) fn read(kind: &str, fields: &mut Fields) -> Option<Result<Body, FieldFault>> {
    if let Some(act) = pledge::read(kind, fields) {
        return Some(act.map(|act| Body::OfPledge(Box::new(act))));
    }
    if let Some(act) = party::read(kind, fields) {
        return Some(act.map(|act| Body::OfParty(Box::new(act))));
    }
    let act = right::read(kind, fields)?;
    Some(act.map(|act| Body::OfRight(Box::new(act))))
}
