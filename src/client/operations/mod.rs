//! One method for each operation of `/openapi.json`, under its name; `tests/api` compares the two lists.

mod commands;
mod drafts;
mod feeds;
mod files;
mod log;
mod records;
mod sessions;
mod tables;

pub use feeds::Notices;
pub use files::{CertificateSubject, Proven, Subject};
pub use records::{Pledges, Rights};

use crate::client::answers::{Answer, read_with};
use crate::client::fault::{ClientFault, Problem};
use crate::client::transport::{Client, Reply};
use crate::primitives::field::{FieldFault, Fields};

impl Client {
    /// Reads what is at a path as `read` understands it.
    fn read<T>(
        &self,
        path: &str,
        read: impl FnOnce(&mut Fields) -> Result<T, FieldFault>,
    ) -> Result<Answer<T>, ClientFault> {
        let reply = succeeded(self.get(path)?)?;
        self.understood(path, reply, read)
    }

    /// Sends a body to a path and reads the answer as `read` understands it.
    fn send<T>(
        &self,
        path: &str,
        body: &str,
        read: impl FnOnce(&mut Fields) -> Result<T, FieldFault>,
    ) -> Result<Answer<T>, ClientFault> {
        let reply = succeeded(self.post(path, body)?)?;
        self.understood(path, reply, read)
    }

    fn understood<T>(
        &self,
        path: &str,
        reply: Reply,
        read: impl FnOnce(&mut Fields) -> Result<T, FieldFault>,
    ) -> Result<Answer<T>, ClientFault> {
        match read_with(&reply.text, read) {
            Ok(value) => Ok(Answer {
                text: reply.text,
                value,
            }),
            Err(fault) => Err(self.misunderstood(path, fault)),
        }
    }

    fn misunderstood(&self, path: &str, fault: FieldFault) -> ClientFault {
        let url = self.url(path);
        ClientFault::Misunderstood { url, fault }
    }

    /// Reads what is at a path as text.
    fn read_text(&self, path: &str) -> Result<String, ClientFault> {
        Ok(succeeded(self.get(path)?)?.text)
    }

    /// Reads what is at a path as bytes.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ClientFault> {
        self.get_bytes(path)?.map_err(|reply| refused(&reply))
    }
}

/// Hands a success on; everything else is what the registry says against it.
fn succeeded(reply: Reply) -> Result<Reply, ClientFault> {
    if reply.is_success() {
        Ok(reply)
    } else {
        Err(refused(&reply))
    }
}

fn refused(reply: &Reply) -> ClientFault {
    ClientFault::Refused(Box::new(Problem::of(reply)))
}
