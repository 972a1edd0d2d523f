//! A person who trades on the same accounts as the daemon, at the venue itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::venue::{Connection, connect};
use bursar::clock::{Clock, SystemClock};
use bursar::ports::keyring::{Credential, Keyring, KeyringError};
use bursar::ports::venue::{Look, Venue, VenueError};
use bursar::simulator::exchange::PASSPHRASE;
use domain::credential::{Resealed, SealedKey, Seals};
use domain::fixed::Quantity;
use domain::id::{UserId, VenueAccountId};
use domain::market::{Action, Side, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{
    ClientOrderId, Cursor, MarginMode, OrderIntent, OrderKind, OrderReport, PositionReport, VenueName,
};
use tokio::runtime::Runtime;

use super::spot::{Spot, key, secret};
use crate::exchange::Exchange;

/// Account `number` has key `number`, and a secret that is made from it.
struct Keys {
    secret: fn(usize) -> String,
}

#[async_trait]
impl Keyring for Keys {
    async fn credential(&self, account: VenueAccountId) -> Result<Option<Credential>, KeyringError> {
        let number = usize::try_from(account.0).unwrap();
        Ok(Some(Credential {
            key: key(number),
            secret: (self.secret)(number).into(),
            passphrase: Some(PASSPHRASE.to_owned().into()),
        }))
    }

    fn seal(&self, _: VenueAccountId, _: VenueName, _: &Credential) -> Result<Seals, KeyringError> {
        Err(KeyringError::NoMaster)
    }

    fn reseal(&self, _: VenueName, _: &SealedKey) -> Result<Option<Resealed>, KeyringError> {
        Err(KeyringError::NoMaster)
    }

    fn newest_master(&self) -> Option<String> {
        None
    }
}

/// Trades by hand.
pub struct Hand {
    spot: &'static Spot,
    runtime: Runtime,
    venue: Arc<dyn Venue>,
    orders: AtomicU64,
}

impl Hand {
    pub fn at(spot: &'static Spot, exchange: &Exchange) -> Self {
        Self::knowing(spot, exchange, secret)
    }

    /// With other secrets than the usual ones.
    pub fn knowing(spot: &'static Spot, exchange: &Exchange, secret: fn(usize) -> String) -> Self {
        let stream = |path: &str| format!("ws://{}{path}", exchange.address());
        let connection = Connection {
            rest: exchange.url.clone(),
            wallet: String::new(),
            public_stream: stream(spot.streams[0]),
            private_stream: stream(spot.streams[1]),
            egress: Vec::new(),
            deadline: Duration::from_secs(5),
            dead_man: None,
        };
        let keyring: Arc<dyn Keyring> = Arc::new(Keys { secret });
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let now = clock.now();
        Self {
            spot,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            venue: connect(spot.venue, &connection, &keyring, &clock).unwrap(),
            // No hand uses an id that another used.
            orders: AtomicU64::new(u64::try_from(now.0).unwrap()),
        }
    }

    /// Makes an account known, which is in this mode already.
    pub fn sit(&self, number: usize, mode: PositionMode) -> Result<(), VenueError> {
        let account = VenueAccount {
            id: account(number),
            user: UserId(1),
            venue: self.spot.venue,
            label: "mine".to_owned(),
            mode,
            created_at: Timestamp(1),
        };
        self.runtime.block_on(self.venue.prepare(&account))
    }

    /// What an account holds.
    pub fn holds(&self, number: usize) -> Result<Vec<PositionReport>, VenueError> {
        let markets = self.spot.markets.map(Symbol::new);
        let look = Look {
            cursor: &Cursor::default(),
            markets: &markets,
            limit: 1,
            is_event: true,
        };
        let report = self.runtime.block_on(self.venue.poll(account(number), &look))?;
        Ok(report.positions)
    }

    /// The position that an account holds, as soon as limits let it be read.
    pub fn holds_soon(&self, number: usize) -> PositionReport {
        for _ in 0..100 {
            match self.holds(number) {
                Ok(held) if !held.is_empty() => return held[0].clone(),
                Ok(_) | Err(VenueError::RateLimited { .. }) => std::thread::sleep(Duration::from_millis(100)),
                Err(error) => panic!("{error}"),
            }
        }
        panic!("account {number} holds nothing");
    }

    /// Closes one of its positions.
    pub fn close(&self, number: usize, held: &PositionReport) -> Outcome<OrderReport> {
        let action = match held.side {
            Side::Long => Action::Sell,
            Side::Short => Action::Buy,
        };
        self.trade(number, &held.symbol, action, held.side, held.quantity, true)
    }

    /// Opens a position beside the robots.
    pub fn buy(&self, number: usize, symbol: &str, quantity: Quantity) -> Outcome<OrderReport> {
        self.trade(number, &Symbol::new(symbol), Action::Buy, Side::Long, quantity, false)
    }

    fn trade(
        &self,
        number: usize,
        symbol: &Symbol,
        action: Action,
        side: Side,
        quantity: Quantity,
        reduce_only: bool,
    ) -> Outcome<OrderReport> {
        let intent = OrderIntent {
            client_id: ClientOrderId(format!("hand{}", self.orders.fetch_add(1, Ordering::Relaxed))),
            symbol: symbol.clone(),
            action,
            position_side: side,
            kind: OrderKind::Market,
            quantity,
            reduce_only,
            post_only: false,
            leverage: 20,
            margin_mode: MarginMode::Isolated,
        };
        // What our own limits hold back did not leave, and is tried again.
        loop {
            match self.runtime.block_on(self.venue.place(account(number), &intent)) {
                Outcome::Refused(refusal) if refusal.code == "held" => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                other => return other,
            }
        }
    }
}

fn account(number: usize) -> VenueAccountId {
    VenueAccountId(i64::try_from(number).unwrap())
}
