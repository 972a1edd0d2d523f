//! The socket to a node: opened, lived with and opened again, with the questions that go over it and the pokes that come.

mod open;
mod session;

use std::hash::{DefaultHasher, Hash as _, Hasher};
use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use self::session::Session;
use super::contracts::Contracts;
use super::endpoint::Endpoint;
use super::line::{SocketEnd, SocketState};
use crate::event;

/// A socket that lasted for so long was a good one: the next one is opened without a longer wait.
const LASTING: Duration = Duration::from_millis(250);

/// How a socket's time is measured.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Longest wait for a connection, and for a write.
    pub deadline: Duration,
    /// A socket on which nothing was heard for so long is dead.
    pub silence: Duration,
    /// Wait after the first failure.
    pub retry_first: Duration,
    /// Longest wait.
    pub retry_most: Duration,
}

/// One endpoint's socket.
pub struct Socket {
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
    /// Who is woken.
    pub contracts: Arc<Contracts>,
    /// What is asked over it.
    pub end: SocketEnd,
    /// Its times.
    pub timing: Timing,
}

impl Socket {
    /// Keeps the socket up until the endpoint turns out to be of another chain.
    pub async fn run(mut self) {
        let mut tries = 0;
        loop {
            let opened = Instant::now();
            let (was_up, why) = self.live().await;
            self.down();
            if self.endpoint.is_foreign() {
                return;
            }
            self.tell(was_up, &why);
            tries = if was_up && opened.elapsed() >= LASTING {
                0
            } else {
                tries + 1
            };
            sleep(pause(self.timing, tries, self.endpoint.name.shown())).await;
        }
    }

    /// One socket, from its opening to its end.
    async fn live(&mut self) -> (bool, String) {
        let stream = match open::open(&self.endpoint.name, self.timing.deadline).await {
            Ok(stream) => stream,
            Err(why) => return (false, why),
        };
        let mut session = Session::new(stream, self);
        let why = session.run().await;
        (session.was_up(), why)
    }

    /// Nobody waits for what cannot come, and everybody looks: what would have been told is told no more.
    fn down(&mut self) {
        let was_up = *self.end.state.borrow() == SocketState::Up;
        self.end.state.send_replace(SocketState::Down);
        self.endpoint.heard(false);
        self.endpoint.unverified();
        while let Ok(ask) = self.end.asks.try_recv() {
            // Who no longer waits does not mind.
            ask.to.send(Err("its socket broke".to_owned())).ok();
        }
        if was_up {
            self.contracts.wake_all();
        }
    }

    fn tell(&self, was_up: bool, why: &str) {
        let (chain, name) = (self.endpoint.chain, self.endpoint.name.shown());
        let labels = [("chain", chain.to_string()), ("endpoint", name.to_owned())];
        counter!("bursar_chain_socket_ends_total", &labels).increment(1);
        if was_up {
            warn!(event = event::CHAIN_SOCKET_BROKE, chain = %chain, endpoint = %name, "the socket to {name} broke: {why}");
        } else {
            self.endpoint.failed(1);
            info!(event = event::CHAIN_SOCKET_NOT_UP, chain = %chain, endpoint = %name, "no socket to {name}: {why}");
        }
    }
}

/// The wait before the next try: doubles, and differs between endpoints and processes, so that not all come back at once.
fn pause(timing: Timing, tries: u32, name: &str) -> Duration {
    let doubled = timing.retry_first.saturating_mul(1 << tries.min(16));
    let most = doubled.min(timing.retry_most);
    let mut hasher = DefaultHasher::new();
    (name, tries, std::process::id()).hash(&mut hasher);
    let part = u32::try_from(hasher.finish() % 512).unwrap_or_default();
    most / 2 + most / 1_024 * part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t6_a_socket_is_tried_ever_more_slowly_and_never_at_once() {
        let timing = Timing {
            deadline: Duration::from_secs(1),
            silence: Duration::from_secs(1),
            retry_first: Duration::from_millis(100),
            retry_most: Duration::from_secs(10),
        };
        for (tries, from, to) in [(0, 50, 100), (3, 400, 800), (30, 5_000, 10_000)] {
            let pause = pause(timing, tries, "ws://node:1").as_millis();
            assert!((from..=to).contains(&pause), "{tries}: {pause}");
        }
    }
}
