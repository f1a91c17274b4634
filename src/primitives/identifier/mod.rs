//! Identifiers as the outside world writes them: their normal form, shape and check characters.
//!
//! A value that exists is right by construction: `CreditCode::parse` is the only way to a
//! `CreditCode`. This room knows standards (GB, HJ, ISO), not law: which fault is which numbered
//! finding, and whether anyone may override it, is decided in the domain. No I/O, no clock.

mod credit_code;
mod fault;
mod normal;
mod registration;
mod resident_id;
mod shape;
mod unit_number;

pub use credit_code::{CreditCode, PermitNumber};
pub use fault::{IdentifierFault, Scheme, ShapeReason};
pub use normal::{
    NotNormal, is_nfc, leaves_no_mark, normal_form, normal_form_upper, require_normal,
    require_normal_upper,
};
pub use registration::{RegistrationNumber, registration_number, verify_registration_number};
pub use resident_id::ResidentId;
pub use shape::Shape;
pub use unit_number::UnitNumber;
