//! How questions are put: to the endpoint in use, and within the same deadline to the others where that has no answer.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::{Instant, timeout, timeout_at};

use super::EvmChain;
use crate::adapters::chain::decode::Read;
use crate::adapters::chain::endpoint::Endpoint;
use crate::adapters::chain::fault::Asked;
use crate::adapters::chain::question::Replies;
use crate::adapters::chain::rpc::Call;
use crate::ports::chain::ChainError;

impl EvmChain {
    /// Asks until somebody answers, and reads the answer.
    pub(super) async fn ask<T>(
        &self,
        asked: Asked,
        calls: &[Call],
        read: impl Fn(&mut Replies<'_>) -> Read<T> + Sync,
    ) -> Read<T> {
        self.ask_these(&self.choice.order(), asked, calls, read).await
    }

    /// Asks these, in their order, until one answers.
    pub(super) async fn ask_these<T>(
        &self,
        endpoints: &[&Endpoint],
        asked: Asked,
        calls: &[Call],
        read: impl Fn(&mut Replies<'_>) -> Read<T> + Sync,
    ) -> Read<T> {
        let until = Instant::now() + self.options.deadline;
        let mut last = self.nobody();
        for endpoint in endpoints {
            match timeout_at(until, ask_one(endpoint, asked, calls, &read)).await {
                Ok(Err(error)) if self.goes_on(endpoint, &error) => last = error,
                Ok(answer) => return answer,
                Err(_) => {
                    // Whoever asks next is not to wait as long again.
                    endpoint.failed(self.options.failures);
                    return Err(self.late(endpoint));
                }
            }
        }
        Err(last)
    }

    /// Asks all that are fit at once; the answers of those who gave one, and the errors of the others.
    pub(super) async fn ask_several<T>(
        &self,
        calls: &[Call],
        read: impl Fn(&mut Replies<'_>) -> Read<T> + Sync,
    ) -> Vec<Read<T>> {
        let read = &read;
        let each = self.choice.several().into_iter().map(|endpoint| async move {
            match timeout(self.options.deadline, ask_one(endpoint, Asked::Other, calls, read)).await {
                Ok(Err(error)) => {
                    self.goes_on(endpoint, &error);
                    Err(error)
                }
                Ok(answer) => answer,
                Err(_) => {
                    endpoint.failed(self.options.failures);
                    Err(self.late(endpoint))
                }
            }
        });
        join_all(each).await
    }

    /// Notes what an error says of an endpoint; whether another one may know better.
    fn goes_on(&self, endpoint: &Endpoint, error: &ChainError) -> bool {
        match error {
            ChainError::Unreachable(_) | ChainError::Malformed(_) => {
                endpoint.failed(1);
                true
            }
            ChainError::RateLimited { retry_after } => {
                endpoint.rests(*retry_after);
                true
            }
            ChainError::Pruned(_) => true,
            ChainError::TooMuch { .. } | ChainError::Refused(_) => {
                endpoint.succeeded();
                false
            }
        }
    }

    fn late(&self, endpoint: &Endpoint) -> ChainError {
        let waited = self.options.deadline.as_millis();
        ChainError::Unreachable(format!("{}: no answer within {waited}ms", endpoint.name.shown()))
    }

    /// Why nobody can be asked at all.
    fn nobody(&self) -> ChainError {
        match self.choice.rest() {
            Some(retry_after) => ChainError::RateLimited { retry_after },
            None => ChainError::Unreachable("no endpoint is of this chain".to_owned()),
        }
    }

    /// How long an endpoint that is distrusted is asked last.
    pub(super) fn distrusted_for(&self) -> Duration {
        self.options.probe.saturating_mul(20)
    }
}

async fn ask_one<T>(
    endpoint: &Endpoint,
    asked: Asked,
    calls: &[Call],
    read: impl Fn(&mut Replies<'_>) -> Read<T>,
) -> Read<T> {
    let each = endpoint.ask(calls, asked).await?.into_iter();
    let mut replies = Replies { endpoint, asked, each };
    let answer = read(&mut replies)?;
    endpoint.succeeded();
    Ok(answer)
}
