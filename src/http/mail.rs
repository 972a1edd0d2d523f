//! Mail from a request to an actor, always with a deadline.

use std::time::Duration;

use actix::{MailboxError, Message, Recipient};

use crate::actors::mail::{ActorHealth, MailError, PostReceipt};
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
