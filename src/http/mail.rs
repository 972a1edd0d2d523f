//! Mail from a request to an actor, always with a deadline.

use std::time::Duration;

use actix::{MailboxError, Message, Recipient};
use actix_web::HttpResponse;
use domain::ledger::{PostAnswer, Request};

use crate::actors::mail::{ActorHealth, MailError, Post, PostReceipt};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::{ActorView, PostView};

/// Sends mail and waits for its answer.
///
/// # Errors
/// When the actor is gone or does not answer in time.
pub(super) async fn ask<M>(
    to: &Recipient<M>,
    mail: M,
    deadline: Duration,
    name: &'static str,
) -> Result<M::Result, MailError>
where
    M: Message + Send + 'static,
    M::Result: Send,
{
    match tokio::time::timeout(deadline, to.send(mail)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(MailboxError::Closed | MailboxError::Timeout)) | Err(_) => Err(MailError::Silent(name)),
    }
}

/// Asks the ledger to post.
///
/// # Errors
/// When the ledger is gone or does not answer in time.
pub(super) async fn post(state: &AppState, request: Request) -> Result<PostReceipt, Problem> {
    let mail = Post { request };
    Ok(ask(&state.mail.post, mail, state.options.request_deadline, "ledger").await??)
}

/// Why the ledger did not post; `None` when it did, now or before.
pub(super) fn why_not(answer: &PostAnswer) -> Option<String> {
    match answer {
        PostAnswer::Created { .. } | PostAnswer::Exists { .. } => None,
        PostAnswer::ExistsDifferent { field } => Some(format!("this was posted before with another {field}")),
        PostAnswer::AlreadyFailed { reason } => Some(format!("this was refused before and stays refused: {reason}")),
        PostAnswer::NothingDue => Some("there is nothing to post".to_owned()),
        PostAnswer::Rejected { reason } => Some(reason.clone()),
    }
}

/// The response to what was posted, now or before.
pub(super) fn posted(receipt: PostReceipt) -> HttpResponse {
    let mut response = match &receipt.answer {
        PostAnswer::Created { .. } => HttpResponse::Created(),
        _ => HttpResponse::Ok(),
    };
    response.json(PostView::from(receipt))
}

impl From<ActorHealth> for ActorView {
    fn from(health: ActorHealth) -> Self {
        Self {
            name: health.name,
            state: health.state,
            last_mail: health.last_mail,
            restarts: health.restarts,
            lag_ms: health.lag_ms,
        }
    }
}

impl From<PostReceipt> for PostView {
    fn from(receipt: PostReceipt) -> Self {
        Self {
            answer: receipt.answer.into(),
            collected: receipt.collected.into_iter().map(|position| position.0).collect(),
        }
    }
}
