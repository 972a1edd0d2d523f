//! The connection to OpenD: one at a time, brought about again whenever it breaks, and asked over by everybody.

mod greeting;
mod wired;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::venue::VenueName;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::limits::Limits;
use super::options::FutuOptions;
use super::wire::Reply;
use crate::clock::Clock;
use crate::event;
use crate::ports::market::Wake;
pub use wired::{Seat, Wired};

/// Wait after a connection that had come up.
const FIRST: Duration = Duration::from_millis(250);
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(30);
/// Wait after OpenD was reached and must not be used: an operator has to act.
const BARRED: Duration = Duration::from_secs(60);

/// How a connection ended, or why it did not come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It broke, or OpenD is not there: it may be there in a moment.
    Broke(String),
    /// It must not be used: another environment, no account, trading stays locked.
    Barred(String),
}

/// How things stand with the connection.
#[derive(Debug, Clone)]
pub enum Standing {
    /// There is one, with the account that was checked.
    Up(Arc<Wired>),
    /// There is none.
    Ended(End),
}

/// What became of a question.
#[derive(Debug)]
pub enum Asked {
    /// It was answered.
    Told(Reply),
    /// There is no connection: nothing left.
    NotSent(String),
    /// The connection must not be used: nothing left.
    Barred(String),
    /// Our own limits hold it back for so long: nothing left.
    Held(Duration),
    /// It may have left, and there is no answer.
    Lost(String),
}

/// The connection to OpenD.
pub struct Link {
    /// How it is reached, and as whom.
    pub options: FutuOptions,
    /// What has left.
    pub limits: Limits,
    clock: Arc<dyn Clock>,
    standing: watch::Sender<Standing>,
    wake: Mutex<Option<Wake>>,
    /// Why OpenD refused to unlock trading: the password is not tried again, because the venue locks accounts.
    locked: Mutex<Option<String>>,
}

impl Link {
    /// Not connected yet.
    pub fn new(options: FutuOptions, clock: Arc<dyn Clock>) -> Self {
        let start = Standing::Ended(End::Broke("not connected yet".to_owned()));
        Self {
            options,
            limits: Limits::default(),
            clock,
            standing: watch::Sender::new(start),
            wake: Mutex::default(),
            locked: Mutex::default(),
        }
    }

    /// Who is to be woken from now on.
    pub fn heed(&self, wake: Wake) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// The time of day.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    fn wake(&self) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }

    /// Asks now; without a connection nothing leaves.
    pub async fn ask(&self, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>) -> Asked {
        let standing = self.standing.borrow().clone();
        self.ask_by(&standing, protocol, body).await
    }

    /// Asks as soon as there is a connection, within the deadline.
    pub async fn ask_when_up(&self, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>) -> Asked {
        let mut standing = self.standing.subscribe();
        let fits = |standing: &Standing| !matches!(standing, Standing::Ended(End::Broke(_)));
        let standing = match timeout(self.options.deadline, standing.wait_for(fits)).await {
            Ok(Ok(standing)) => standing.clone(),
            Ok(Err(_)) | Err(_) => self.standing.borrow().clone(),
        };
        self.ask_by(&standing, protocol, body).await
    }

    async fn ask_by(&self, standing: &Standing, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>) -> Asked {
        match standing {
            Standing::Up(wired) => self.ask_over(wired, protocol, body).await,
            Standing::Ended(End::Broke(why)) => Asked::NotSent(why.clone()),
            Standing::Ended(End::Barred(why)) => Asked::Barred(why.clone()),
        }
    }

    /// Asks over this connection, as our limits allow.
    async fn ask_over(&self, wired: &Wired, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>) -> Asked {
        match self.limits.take(protocol, Instant::now()) {
            Ok(Duration::ZERO) => {}
            Ok(pause) => tokio::time::sleep(pause).await,
            Err(wait) => return Asked::Held(wait),
        }
        wired.ask(protocol, body, self.options.deadline).await
    }

    /// Brings the connection about again and again, for as long as anybody cares.
    pub async fn mind(self: Arc<Self>) {
        let mut failures: u32 = 0;
        loop {
            let (end, was_up) = self.connect().await;
            self.tell(&end, was_up);
            failures = if was_up { 0 } else { failures.saturating_add(1) };
            let wait = match end {
                End::Broke(_) => FIRST.saturating_mul(1 << failures.min(10)).min(LONGEST),
                End::Barred(_) => BARRED,
            };
            if was_up {
                self.wake();
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The connection has ended; whether there was one.
    fn down(&self, end: &End) -> bool {
        matches!(
            self.standing.send_replace(Standing::Ended(end.clone())),
            Standing::Up(_)
        )
    }

    fn up(&self, wired: Arc<Wired>) {
        let (venue, account) = (VenueName::Futu, wired.account());
        let environment = self.options.environment;
        tracing::info!(event = event::STREAM_UP, %venue, %environment, account.number = account,
            "OpenD is connected, {environment} account {account}");
        self.standing.send_replace(Standing::Up(wired));
        self.wake();
    }

    fn tell(&self, end: &End, was_up: bool) {
        let venue = VenueName::Futu;
        match end {
            End::Broke(why) if was_up => {
                tracing::warn!(event = event::STREAM_BROKE, %venue, why, "the connection to OpenD ended: {why}");
            }
            End::Broke(why) => {
                tracing::warn!(event = event::STREAM_NOT_UP, %venue, why, "OpenD is not connected: {why}");
            }
            End::Barred(why) => {
                tracing::error!(event = event::VENUE_BARRED, %venue, why, "OpenD must not be used: {why}");
            }
        }
    }
}
