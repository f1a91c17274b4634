//! Commands, questions and receipts.

use crate::client::answers::Answer;
use crate::client::answers::decisions::{CheckAnswer, Receipt};
use crate::client::fault::{ClientFault, Problem};
use crate::client::operations::{refused, succeeded};
use crate::client::sign::question;
use crate::client::transport::{Client, Reply};
use crate::domain::command::Body;
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, PartyId};

const COMMANDS: &str = "/v1/commands";

/// Reads the receipt of a decision: the answer itself, or a member of the problem of a refusal.
fn receipt_in(text: &str) -> Result<Option<Receipt>, FieldFault> {
    let json = Json::parse(text.as_bytes())
        .map_err(|fault| FieldFault::new("answer", fault.to_string()))?;
    let mut fields = Fields::open("", json)?;
    if fields.has("receipt") {
        return Receipt::read(fields.object("receipt")?).map(Some);
    }
    if fields.has("decision") {
        Receipt::read(fields).map(Some)
    } else {
        Ok(None)
    }
}

impl Client {
    /// Submits a signed command, as [`crate::client::sign_all`] writes it. A refusal of the law is a decision too and comes as a
    /// receipt; everything else that is not decided is a fault.
    pub fn submit_command(&self, submission: &str) -> Result<Answer<Receipt>, ClientFault> {
        let reply = self.post(COMMANDS, submission)?;
        self.decided(reply)
    }

    fn decided(&self, reply: Reply) -> Result<Answer<Receipt>, ClientFault> {
        let receipt = match receipt_in(&reply.text) {
            Ok(Some(receipt)) => receipt,
            Ok(None) => return Err(refused(&reply)),
            Err(_) if !reply.is_success() => return Err(refused(&reply)),
            Err(fault) => return Err(self.misunderstood(COMMANDS, fault)),
        };
        Ok(Answer {
            text: reply.text,
            value: receipt,
        })
    }

    /// Submits signed commands in order; each has its decision, or the problem because of which there is none.
    pub fn submit_command_batch(
        &self,
        submissions: &[String],
    ) -> Result<Vec<Result<Receipt, Problem>>, ClientFault> {
        let replies = self.submit_batch(submissions)?;
        let one = |reply: Reply| match self.decided(reply) {
            Ok(answer) => Ok(Ok(answer.value)),
            Err(ClientFault::Refused(problem)) => Ok(Err(*problem)),
            Err(fault) => Err(fault),
        };
        replies.into_iter().map(one).collect()
    }

    /// Reads the receipt of a decided command again.
    pub fn get_receipt(
        &self,
        org: PartyId,
        cmd: CommandId,
    ) -> Result<Answer<Receipt>, ClientFault> {
        let path = format!("/v1/receipts/{cmd}?org={org}");
        let reply = succeeded(self.get(&path)?)?;
        self.decided(reply)
    }

    /// Asks what would be decided, if every signature were there; nothing is written.
    pub fn check_command(
        &self,
        org: PartyId,
        body: &Body,
    ) -> Result<Answer<CheckAnswer>, ClientFault> {
        self.send("/v1/check", &question(org, body), CheckAnswer::read)
    }
}
