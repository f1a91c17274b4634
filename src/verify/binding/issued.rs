//! A new right is what its issuer asked for, member by member.

use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::right::{Capacity, GroundOf, Right};
use crate::primitives::id::PartyId;

/// Says whether a new right is the one that was asked for.
pub(super) fn is_issued(asked: &IssueRight, record: &Right, org: PartyId) -> bool {
    record.kind == asked.kind
        && record.issuer == org
        && record.holder == asked.holder
        && record.acquired.is_none()
        && record.identities == asked.identities
        && record.span == asked.span
        && record.class == asked.class
        && record.attributes == asked.attributes
        && record.succeeds == asked.succeeds
        && record.additional == asked.additional
        && (record.adjudication.is_none() || record.adjudication == asked.adjudication)
        && (record.burdens.is_empty() || !record.succeeds.is_empty())
        && (record.converted.is_empty() || !record.succeeds.is_empty())
        && record.resolution.is_none()
        && record.succeeded_by.is_none()
        && record.revoked_from.is_none()
        && record.uses.is_empty()
        && record.verifications.is_empty()
        && is_capacity(asked, &record.capacity)
}

fn is_capacity(asked: &IssueRight, capacity: &Capacity) -> bool {
    match (capacity, &asked.quantity) {
        (Capacity::Stock(balance), QuantityRequest::Level(level)) => balance == level,
        (Capacity::Flow(steps), QuantityRequest::Level(level)) => {
            *steps == [(asked.span.from(), *level)]
        }
        (Capacity::Flow(steps), QuantityRequest::Steps(wanted)) => steps == wanted,
        (
            Capacity::Land {
                ground, measure, ..
            },
            QuantityRequest::Level(level),
        ) => measure == level && is_ground(&asked.ground, ground),
        (Capacity::Stock(_) | Capacity::Land { .. }, QuantityRequest::Steps(_)) => false,
    }
}

fn is_ground(asked: &GroundRequest, ground: &GroundOf) -> bool {
    match (asked, ground) {
        (GroundRequest::Absent, GroundOf::Unknown) => true,
        (
            GroundRequest::Polygon(parts) | GroundRequest::Both(_, parts),
            GroundOf::Polygon(parcel),
        ) => parts == parcel.parts(),
        (GroundRequest::Units(units) | GroundRequest::Both(units, _), GroundOf::Units(named)) => {
            named.iter().map(|parcel| &parcel.unit).eq(units)
        }
        (
            GroundRequest::Absent
            | GroundRequest::Polygon(_)
            | GroundRequest::Units(_)
            | GroundRequest::Both(..),
            _,
        ) => false,
    }
}
