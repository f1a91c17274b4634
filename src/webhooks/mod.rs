//! Webhooks: brings the notices of the feed to receivers that the operator has named, in order, until they take them.
//!
//! Separate because this is the one place where the server calls somebody else's address on behalf of a member. What is sent
//! and how far each receiver has come is the service's; here are the file that names them (`file`), the addresses that may be
//! called (`address`), the signature (`signature`), one request (`sender`), what the thread of one webhook does (`courier`) and the
//! threads of all (`couriers`).

pub mod address;
pub mod courier;
pub mod couriers;
pub mod file;
pub mod sender;
pub mod signature;
