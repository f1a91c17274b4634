//! Submitting signed commands, one or many.
//!
//! A command is verified here, on the threads that serve connections, so that signatures are checked in parallel; then it
//! waits in the one queue until the sync that covers its decision. A client that loses the answer sends the same bytes again
//! and gets the original decision.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::oneshot;

use crate::domain::entry::Outcome;
use crate::http::answer::{json, read};
use crate::http::extract::{BatchBody, CommandBody, JsonBody, Named, Params};
use crate::http::prefer::{self, Preference};
use crate::http::problem::{Kind, Problem};
use crate::http::receipt::{Decided, receipt_text};
use crate::http::schema::{Batch, BatchAnswer, BodyProblems, ReadProblems, RefusalProblems};
use crate::http::schema::{Receipt as ReceiptView, Submission as SubmissionView, UnknownProblems};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::lower_hex;
use crate::primitives::field::Fields;
use crate::primitives::id::{CommandId, PartyId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::service::notices::Notice;
use crate::service::{Answer, Receipt, Registry, SubmitFault, Verified};

/// Submit a signed command
///
/// Answers when the decision is durable. With `Prefer: wait=cosigned` (RFC 7240) it waits up to ten seconds more for the quorum
/// of the witnesses, and says with `Preference-Applied` that the receipt is cosigned; else `cosigned` is false, and the receipt
/// can be had later. The same id with the same bytes gives the original decision with status 200,
/// whether it was accepted or refused.
#[utoipa::path(
    post, path = "/v1/commands", tag = "commands", request_body = SubmissionView,
    params(("Prefer" = Option<String>, Header, description = "`wait=cosigned` to wait for the quorum of the witnesses")),
    responses(
        (status = 201, description = "accepted", body = ReceiptView),
        (status = 200, description = "decided before; the original decision", body = ReceiptView),
        RefusalProblems,
        BodyProblems,
    )
)]
pub(crate) async fn submit_command(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    JsonBody(json): CommandBody,
) -> Result<Response, Problem> {
    let preference = Preference::of(&headers);
    let verified = verify(&registry, Fields::open("", json)?)?;
    let principal = verified.principal();
    let receipt = wait(submit(&registry, verified)).await?;
    if !preference.wait(&registry, receipt.index).await {
        return Ok(decided(&registry, receipt, principal)
            .await?
            .into_response());
    }
    let (index, repeated) = (receipt.index, receipt.repeated);
    let newer = read(Arc::clone(&registry), move |registry| {
        Ok(registry.receipt_of(index)?)
    });
    let receipt = newer.await?;
    let receipt = Receipt {
        repeated,
        ..receipt
    };
    let decided = decided(&registry, receipt, principal).await?;
    Ok(prefer::applied(decided.into_response()))
}

/// The answer to a decided command, with what the service notices; `principal` was opened beside it.
async fn decided(
    registry: &Arc<Registry>,
    receipt: Receipt,
    principal: Option<Quantity>,
) -> Result<Decided, Problem> {
    if !may_notice(registry, &receipt) {
        return Decided::of(&receipt, &[]);
    }
    let of = move |registry: &Registry| {
        let notices = noticed(registry, &receipt, principal)?;
        Decided::of(&receipt, &notices)
    };
    read(Arc::clone(registry), of).await
}

fn may_notice(registry: &Registry, receipt: &Receipt) -> bool {
    match &receipt.outcome {
        Outcome::Accepted { event, .. } => registry.may_notice(event),
        Outcome::Refused(_) => false,
    }
}

fn noticed(
    registry: &Registry,
    receipt: &Receipt,
    principal: Option<Quantity>,
) -> Result<Vec<Notice>, Problem> {
    match &receipt.outcome {
        Outcome::Accepted { event, .. } if registry.may_notice(event) => {
            Ok(registry.notices_at_receipt(event, principal)?)
        }
        Outcome::Accepted { .. } | Outcome::Refused(_) => Ok(Vec::new()),
    }
}

/// Submit several signed commands
///
/// They are decided in order, each for itself; a refusal does not stop those after it. Where the queue is full, the rest is
/// not submitted and answers 503. With `Prefer: wait=cosigned` the answer waits, once for all of them, as for a single command;
/// `Preference-Applied` says that every receipt in it is cosigned.
#[utoipa::path(
    post, path = "/v1/commands:batch", tag = "commands", request_body = Batch,
    params(("Prefer" = Option<String>, Header, description = "`wait=cosigned` to wait for the quorum of the witnesses")),
    responses(
        (status = 200, description = "one result for every command, in order", body = BatchAnswer),
        BodyProblems,
    )
)]
pub(crate) async fn submit_command_batch(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    JsonBody(json_body): BatchBody,
) -> Result<Response, Problem> {
    let preference = Preference::of(&headers);
    let mut fields = Fields::open("", json_body)?;
    if !fields.has("commands") {
        return Err(Problem::field("commands", "is missing"));
    }
    let commands = fields.objects("commands", limits::BATCH_COMMANDS_MAX)?;
    fields.finish()?;
    if commands.is_empty() {
        return Err(Problem::field("commands", "must not be empty"));
    }
    let submitted = read(Arc::clone(&registry), move |registry| {
        Ok(submit_all(registry, commands))
    });
    let (mut answers, mut principals) = (Vec::new(), Vec::new());
    for (item, principal) in submitted.await? {
        principals.push(principal);
        answers.push(match item {
            Ok(receiver) => wait(receiver).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        });
    }
    let last = answers.iter().flatten().map(|receipt| receipt.index).max();
    let is_cosigned = match last {
        Some(last) => preference.wait(&registry, last).await,
        None => false,
    };
    if is_cosigned {
        let of = move |registry: &Registry| Ok(newest(registry, answers));
        answers = read(Arc::clone(&registry), of).await?;
    }
    let mut text = String::from("{\"results\":[");
    for (n, (answer, principal)) in answers.into_iter().zip(principals).enumerate() {
        if n > 0 {
            text.push(',');
        }
        let decided = match answer {
            Ok(receipt) => decided(&registry, receipt, principal).await,
            Err(problem) => Err(problem),
        };
        push_result(decided, &mut text);
    }
    text.push_str("]}");
    let response = json(text);
    Ok(if is_cosigned {
        prefer::applied(response)
    } else {
        response
    })
}

/// Brings receipts to the newest cosigned checkpoint.
fn newest(
    registry: &Registry,
    answers: Vec<Result<Receipt, Problem>>,
) -> Vec<Result<Receipt, Problem>> {
    let newest = |receipt: Receipt| {
        let repeated = receipt.repeated;
        let receipt = registry.receipt_of(receipt.index)?;
        Ok(Receipt {
            repeated,
            ..receipt
        })
    };
    answers
        .into_iter()
        .map(|answer| answer.and_then(newest))
        .collect()
}

/// The receipt of a decided command
#[utoipa::path(
    get, path = "/v1/receipts/{cmd}", tag = "commands",
    params(
        ("cmd" = String, Path, description = "the id its client gave it: 32 lowercase hexadecimal digits"),
        ("org" = String, Query, description = "the party that gave the command; ids are its own", example = "M9"),
    ),
    responses(
        (status = 200, description = "the original decision, with a proof to the checkpoint in it: the newest cosigned one if that has the entry",
            body = ReceiptView),
        UnknownProblems,
        ReadProblems,
    )
)]
pub(crate) async fn get_receipt(
    State(registry): State<Arc<Registry>>,
    Named(cmd): Named<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let org = params
        .text("org")?
        .ok_or_else(|| Problem::field("org", "is missing"))?;
    params.finish()?;
    let org =
        PartyId::parse(&org).ok_or_else(|| Problem::field("org", "must be an id such as M9"))?;
    let cmd = lower_hex(&cmd)
        .map(CommandId)
        .ok_or_else(|| Problem::field("cmd", "must be 32 lowercase hexadecimal digits"))?;
    let text = read(registry, move |registry| {
        let receipt = registry.receipt(org, cmd)?;
        receipt_text(&receipt, &noticed(registry, &receipt, None)?)
    })
    .await?;
    Ok(json(text))
}

/// Takes a submission apart and checks it at the door.
fn verify(registry: &Registry, mut fields: Fields) -> Result<Verified, Problem> {
    let command = fields.required("command")?;
    let openings: Vec<Json> = fields.optional_list("openings")?;
    fields.finish()?;
    Ok(registry.verify(command, openings)?)
}

/// Hands a command over; the answer comes through the channel.
fn submit(registry: &Registry, verified: Verified) -> oneshot::Receiver<Answer> {
    let (sender, receiver) = oneshot::channel();
    // A client that has gone away does not wait; its command is decided all the same.
    registry.submit(verified, Box::new(move |answer| drop(sender.send(answer))));
    receiver
}

/// Waits for the answer; a registry that ends without one has stopped.
async fn wait(receiver: oneshot::Receiver<Answer>) -> Answer {
    receiver.await.unwrap_or(Err(SubmitFault::Stopped))
}

/// A command that was handed over, or why it was not.
type Handed = Result<oneshot::Receiver<Answer>, Problem>;

/// Verifies and hands over a whole batch; once the queue is full, nothing of the rest overtakes what was turned away.
fn submit_all(registry: &Registry, commands: Vec<Fields>) -> Vec<(Handed, Option<Quantity>)> {
    let verified: Vec<_> = commands
        .into_iter()
        .map(|fields| verify(registry, fields))
        .collect();
    let mut is_full = false;
    let mut hand_over = |verified: Result<Verified, Problem>| {
        let verified = verified?;
        if is_full {
            return Err(Problem::of(Kind::Busy));
        }
        let mut receiver = submit(registry, verified);
        // A full queue answers before `submit` returns; any other answer that is there already is final too.
        match receiver.try_recv() {
            Ok(Err(SubmitFault::Busy)) => {
                is_full = true;
                Err(Problem::of(Kind::Busy))
            }
            Ok(answer) => {
                let (sender, receiver) = oneshot::channel();
                drop(sender.send(answer));
                Ok(receiver)
            }
            Err(_) => Ok(receiver),
        }
    };
    let with_principal = |verified: Result<Verified, Problem>| {
        let principal = verified.as_ref().ok().and_then(Verified::principal);
        (hand_over(verified), principal)
    };
    verified.into_iter().map(with_principal).collect()
}

/// Appends `{"status","receipt"}` or `{"status","problem"}`.
fn push_result(outcome: Result<Decided, Problem>, out: &mut String) {
    let (status, name, text) = match outcome {
        Ok(Decided::Receipt { status, text }) => (status, "receipt", text),
        Ok(Decided::Refused(problem)) | Err(problem) => {
            log_cause(&problem);
            (problem.status(), "problem", problem.to_text())
        }
    };
    out.push_str("{\"");
    out.push_str(name);
    out.push_str("\":");
    out.push_str(&text);
    out.push_str(",\"status\":");
    out.push_str(status.as_str());
    out.push('}');
}

/// A problem inside a batch does not pass the frame that logs causes, so its cause is logged here.
fn log_cause(problem: &Problem) {
    if problem.status() == StatusCode::INTERNAL_SERVER_ERROR
        && let Some(cause) = problem.cause()
    {
        tracing::error!(
            http.path = "/v1/commands:batch",
            "a command was not answered: {cause}"
        );
    }
}
