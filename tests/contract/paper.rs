//! The paper venue behind the venue port: durable, pageable, faulty when told so, and fed by real markets.

mod durability;
mod faults;
mod feeds;
mod protection;
mod trading;
mod vault;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions, PaperVenue};
use bursar::clock::{Clock, ScaledClock};
use bursar::ports::store::PaperVault;
use bursar::ports::venue::{Look, Lookup, Sought, Venue, VenueError};
use domain::fixed::Quantity;
use domain::id::{UserId, VenueAccountId};
use domain::instrument::Instrument;
use domain::market::{Action, Side, Symbol, Tick};
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, MarginMode, OrderIntent, OrderKind, VenueName};

use vault::Vault;

const ME: VenueAccountId = VenueAccountId(1);

fn n<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn btc() -> Symbol {
    Symbol::new("BTCUSDT")
}

fn terms() -> PaperMarket {
    PaperMarket {
        instrument: Instrument {
            symbol: btc(),
            tick: n("0.1"),
            lot: n("0.001"),
            min_quantity: n("0.001"),
            min_notional: n("100"),
            max_leverage: 125,
        },
        maker_fee: n("0.0002"),
        taker_fee: n("0.0005"),
        slippage: n("0"),
        maintenance: n("0.005"),
        funding_interval: Duration::from_secs(8 * 3_600),
        funding_rate: n("0.0001"),
        largest_fill: Quantity::ZERO,
    }
}

fn options(feed: Feed, speed: u32) -> PaperOptions {
    PaperOptions {
        markets: vec![MarketOptions { terms: terms(), feed }],
        starting_balance: n("10000"),
        speed,
    }
}

fn clock(speed: u32) -> Arc<dyn Clock> {
    Arc::new(ScaledClock::new(Timestamp(1_700_000_040_000), speed))
}

/// A venue fed by hand.
async fn open(vault: &Arc<Vault>) -> Arc<PaperVenue> {
    let vault: Arc<dyn PaperVault> = Arc::clone(vault) as _;
    PaperVenue::open(options(Feed::ByHand, 1), vault, clock(1))
        .await
        .unwrap()
}

/// A venue with one prepared account and a price of 50000.
async fn ready(vault: &Arc<Vault>) -> Arc<PaperVenue> {
    let venue = open(vault).await;
    venue.prepare(&account(ME)).await.unwrap();
    price(&venue, "50000").await;
    venue
}

async fn price(venue: &PaperVenue, price: &str) {
    let tick = Tick {
        at: venue.now(),
        price: n(price),
        quantity: Quantity::ZERO,
    };
    venue.tick(&btc(), tick).await;
}

/// Looks at an account.
async fn look(
    venue: &PaperVenue,
    account: VenueAccountId,
    cursor: &Cursor,
    limit: u32,
) -> Result<AccountReport, VenueError> {
    let look = Look {
        cursor,
        markets: &[],
        limit,
        is_event: false,
    };
    venue.poll(account, &look).await
}

/// Looks an order up.
async fn seek(venue: &PaperVenue, account: VenueAccountId, client_id: &ClientOrderId) -> Result<Lookup, VenueError> {
    let sought = Sought {
        symbol: &btc(),
        client_id,
        since: Timestamp(0),
    };
    venue.lookup(account, &sought).await
}

fn account(id: VenueAccountId) -> VenueAccount {
    VenueAccount {
        id,
        user: UserId(1),
        venue: VenueName::Paper,
        label: format!("account {id}"),
        mode: PositionMode::OneWay,
        created_at: Timestamp(0),
    }
}

fn buy(client_id: &str, quantity: &str) -> OrderIntent {
    OrderIntent {
        client_id: ClientOrderId(client_id.to_owned()),
        symbol: btc(),
        action: Action::Buy,
        position_side: Side::Long,
        kind: OrderKind::Market,
        quantity: n(quantity),
        reduce_only: false,
        post_only: false,
        leverage: 10,
        margin_mode: MarginMode::Isolated,
    }
}

fn close(client_id: &str, quantity: &str) -> OrderIntent {
    OrderIntent {
        action: Action::Sell,
        reduce_only: true,
        ..buy(client_id, quantity)
    }
}
