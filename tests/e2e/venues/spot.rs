//! The venues that are served, and what is each one's own.

use bursar::simulator::exchange::PASSPHRASE;
use domain::venue::VenueName;
use serde_json::{Value, json};

/// A venue as it is served.
#[derive(Debug)]
pub struct Spot {
    pub venue: VenueName,
    /// Its names of the simulator's markets.
    pub markets: [&'static str; 2],
    /// Paths of the stream of prices and of private streams.
    pub streams: [&'static str; 2],
    /// The endpoint that places orders.
    pub order: &'static str,
    pub wants_passphrase: bool,
}

/// The simulator's own names of its markets.
pub const MARKETS: [&str; 2] = ["BTCUSDT", "ETHUSDT"];

pub static BINANCE: Spot = Spot {
    venue: VenueName::Binance,
    markets: MARKETS,
    streams: ["/market", "/private"],
    order: "POST /fapi/v1/order",
    wants_passphrase: false,
};

pub static OKX: Spot = Spot {
    venue: VenueName::Okx,
    markets: ["BTC-USDT-SWAP", "ETH-USDT-SWAP"],
    streams: ["/ws/v5/public", "/ws/v5/private"],
    order: "POST /api/v5/trade/order",
    wants_passphrase: true,
};

pub static BYBIT: Spot = Spot {
    venue: VenueName::Bybit,
    markets: MARKETS,
    streams: ["/v5/public/linear", "/v5/private"],
    order: "POST /v5/order/create",
    wants_passphrase: false,
};

pub static BITGET: Spot = Spot {
    venue: VenueName::Bitget,
    markets: MARKETS,
    streams: ["/v2/ws/public", "/v2/ws/private"],
    order: "POST /api/v2/mix/order/place-order",
    wants_passphrase: true,
};

pub static GATE: Spot = Spot {
    venue: VenueName::Gate,
    markets: ["BTC_USDT", "ETH_USDT"],
    streams: ["/v4/ws/usdt", "/v4/ws/usdt"],
    order: "POST /api/v4/futures/usdt/orders",
    wants_passphrase: false,
};

/// All of them.
pub static ALL: [&Spot; 5] = [&BINANCE, &OKX, &BYBIT, &BITGET, &GATE];

impl Spot {
    pub fn name(&self) -> &'static str {
        self.venue.as_str()
    }

    /// What is told to a daemon as the key of its account number `number`.
    pub fn credential(&self, number: usize, secret: &str) -> Value {
        let mut told = json!({ "key": key(number), "secret": secret });
        if self.wants_passphrase {
            told["passphrase"] = json!(PASSPHRASE);
        }
        told
    }
}

/// The name of the key of account `number`, counted from one.
pub fn key(number: usize) -> String {
    format!("trader-{number}-key")
}

/// Its secret.
pub fn secret(number: usize) -> String {
    format!("trader-{number}-secret")
}

/// What the simulator is told of so many accounts.
pub fn keys(count: usize, balance: u32) -> Vec<String> {
    let told = |number| format!("{}:{}:{balance}", key(number), secret(number));
    (1..=count).map(told).collect()
}
