//! A client of a registry, with types: what the command line of this program uses, and what a bank's program may.
//!
//! Separate from `http`, and without its crates: it needs a blocking HTTP client and JSON, and builds with the feature `client`
//! alone. Private keys are used here and never sent. Records, events and entries come as the law's own types, read as strictly
//! as they are hashed; what a registry says for itself may have members that a client does not know.
//!
//! How a bank asks, signs and keeps what it was told:
//!
//! ```no_run
//! use greenlien::client::{Client, Decision, Unsigned, question, random_command_id, sign_all};
//! use greenlien::client::{Paging, Rights};
//! use greenlien::domain::command::{Signer, SignerRole};
//! use greenlien::domain::right::Identity;
//! use greenlien::domain::wire::parse_question;
//! use greenlien::ledger::note::NoteKey;
//! use greenlien::primitives::canonical::Json;
//! use greenlien::primitives::crypto::SecretKey;
//! use greenlien::primitives::time::{Clock, SystemClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("http://127.0.0.1:8470")?;
//! let registry = client.identity()?.value;
//!
//! // The right, by the number on its certificate; its holder is the pledgor.
//! let permit = Identity {
//!     scheme: "discharge-permit".to_owned(),
//!     value: "91500113PP7QNGFH31001R|SO2".to_owned(),
//! };
//! let found = client.list_rights(&Rights::With(permit), &Paging::default())?.value;
//! let right = found.items.first().ok_or("no record is found in this register")?;
//! let holder = right.record.holder;
//!
//! // May we? The answer is that of the law, and names what would be admissible instead.
//! let text = format!(
//!     r#"{{"org":"M12","type":"register_pledge","body":{{"pledgor":"{holder}","form":"质押","lines":[
//!     {{"right":"{}","quantity":"20","unit":"t/a","from":"2027-01-01","to":"2027-07-01"}}]}}}}"#,
//!     right.id,
//! );
//! let (bank, body) = parse_question(Json::parse(text.as_bytes())?)?;
//! let answer = client.check_command(bank, &body)?.value;
//! for finding in &answer.findings {
//!     println!("{} {}: {}", finding.code, finding.title_zh, finding.fix);
//! }
//!
//! // Both sign; keys stay where they are.
//! # let (ours, theirs) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
//! let role = SignerRole::Maker;
//! let unsigned = Unsigned {
//!     aud: &registry.aud,
//!     org: bank,
//!     signers: vec![Signer { org: bank, role }, Signer { org: holder, role }],
//!     expect: Vec::new(),
//!     now: SystemClock::default().now(),
//!     life_seconds: 3_600,
//! };
//! let payload = unsigned.payload(random_command_id()?, body);
//! let submission = sign_all(payload, &[], [(&ours, role), (&theirs, role)])?;
//!
//! // The receipt proves the decision under the key of the log; keep it, and the checkpoint in it.
//! let receipt = client.submit_command(&submission)?.value;
//! receipt.check(&NoteKey::parse_vkey(&registry.genesis.log_vkey)?)?;
//! if let Decision::Accepted { created, .. } = &receipt.decision {
//!     println!("registered as {created:?} at entry {}", receipt.index);
//! }
//! # Ok(())
//! # }
//! ```

pub mod answers;
mod fault;
mod operations;
mod sign;
mod transport;

pub use answers::decisions::{CheckAnswer, Decision, Receipt};
pub use answers::{Answer, Page, Paging};
pub use fault::{ClientFault, Problem};
pub use operations::{CertificateSubject, Notices, Pledges, Proven, Rights, Subject};
pub use sign::{Signatory, Unsigned, hide, question, random_command_id, sign_all};
pub use transport::{Client, Reply, Watch, percent_encode};
