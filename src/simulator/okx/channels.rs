//! Channels: what a subscription names, on which address it is, and what each public one tells.

use domain::market::Symbol;
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{book, contract, market};
use crate::simulator::exchange::{Exchange, Interval, Ladder, Trade};

/// The addresses of sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    Public,
    Private,
    Business,
}

/// What a subscription names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Arg {
    pub channel: String,
    pub inst_id: Option<String>,
    pub inst_type: Option<String>,
    pub inst_family: Option<String>,
    pub ccy: Option<String>,
}

/// A channel of one market.
#[derive(Debug, Clone)]
pub(super) enum Market {
    Trades,
    Ticker,
    Mark,
    Funding,
    Candle(Interval),
    /// So many levels, told whole each time.
    Levels(usize),
    /// Changes of the book, from the one that was told before.
    Book(Option<Ladder>),
}

/// A channel of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Orders,
    Algos,
    Positions,
    Account,
    BalanceAndPosition,
}

/// What a subscription is to.
#[derive(Debug, Clone)]
pub(super) enum Channel {
    Public(Symbol, Market),
    Private(Own),
}

/// Why there is no such channel, as a code and words.
pub(super) type NoChannel = (&'static str, String);

impl Channel {
    /// What this names at this address.
    pub fn parse(exchange: &Exchange, address: Address, arg: &Arg) -> Result<Self, NoChannel> {
        let (own_address, channel) = match arg.channel.as_str() {
            "orders" => (Address::Private, Self::Private(Own::Orders)),
            "positions" => (Address::Private, Self::Private(Own::Positions)),
            "account" => (Address::Private, Self::Private(Own::Account)),
            "balance_and_position" => (Address::Private, Self::Private(Own::BalanceAndPosition)),
            "orders-algo" => (Address::Business, Self::Private(Own::Algos)),
            "fills" | "books-l2-tbt" | "books50-l2-tbt" => {
                let words = "Your trading fee tier doesn't meet the requirement to access this channel";
                return Err(("64003", words.to_owned()));
            }
            name => {
                let (own_address, told) = Market::parse(name).ok_or_else(|| nowhere(arg))?;
                let named = arg.inst_id.as_deref().and_then(|name| contract::find(exchange, name));
                let symbol = named.ok_or_else(|| nowhere(arg))?.instrument.symbol.clone();
                (own_address, Self::Public(symbol, told))
            }
        };
        if own_address == address {
            Ok(channel)
        } else {
            Err(nowhere(arg))
        }
    }
}

fn nowhere(arg: &Arg) -> NoChannel {
    let market = arg.inst_id.as_deref().unwrap_or_default();
    let words = format!(
        "Wrong URL or channel:{},instId:{market} doesn't exist. Please use the correct URL, channel and parameters referring to API document.",
        arg.channel
    );
    ("60018", words)
}

impl Market {
    fn parse(name: &str) -> Option<(Address, Self)> {
        Some(match name {
            "trades" => (Address::Public, Self::Trades),
            "trades-all" => (Address::Business, Self::Trades),
            "tickers" => (Address::Public, Self::Ticker),
            "mark-price" => (Address::Public, Self::Mark),
            "funding-rate" => (Address::Public, Self::Funding),
            "bbo-tbt" => (Address::Public, Self::Levels(1)),
            "books5" => (Address::Public, Self::Levels(5)),
            "books" => (Address::Public, Self::Book(None)),
            name => {
                let interval = market::interval(name.strip_prefix("candle")?)?;
                (Address::Business, Self::Candle(interval))
            }
        })
    }

    /// How often it tells by the clock, in seconds; zero for one that tells with each trade.
    pub const fn period(&self) -> i64 {
        match self {
            Self::Mark => 1,
            Self::Funding => 30,
            _ => 0,
        }
    }

    /// What is told at once: how things are. Of trades only new ones are told.
    pub fn begin(&mut self, exchange: &Exchange, own: &PaperMarket, now: Timestamp) -> Option<Told> {
        match self {
            Self::Trades => None,
            Self::Book(before) => {
                let ladder = exchange.ladder(own, 400)?;
                let told = Told::book("snapshot", book::whole(own, &ladder));
                *before = Some(ladder);
                Some(told)
            }
            _ => self.state(exchange, own, now),
        }
    }

    /// What is told of a trade.
    pub fn traded(&mut self, exchange: &Exchange, own: &PaperMarket, trade: &Trade, now: Timestamp) -> Option<Told> {
        match self {
            Self::Trades => {
                let mut told = market::public_trade(own, trade);
                told["count"] = serde_json::json!("1");
                Some(Told::plain(told))
            }
            Self::Book(Some(before)) if trade.number <= before.number => None,
            Self::Book(before) => {
                let after = Ladder::around(own, trade, 400)?;
                let told = match before.as_ref() {
                    Some(before) => Told::book("update", book::changed(own, before, &after)),
                    None => Told::book("snapshot", book::whole(own, &after)),
                };
                *before = Some(after);
                Some(told)
            }
            Self::Mark | Self::Funding => None,
            _ => self.state(exchange, own, now),
        }
    }

    /// How things are.
    pub fn state(&self, exchange: &Exchange, own: &PaperMarket, now: Timestamp) -> Option<Told> {
        let told = match self {
            Self::Ticker => market::day(exchange, own)?,
            Self::Mark => market::mark(exchange, own)?,
            Self::Funding => market::rate(exchange, own),
            Self::Candle(interval) => {
                let candle = exchange.candle_now(&own.instrument.symbol, *interval)?;
                market::row(own, &candle, exchange.market_now())
            }
            Self::Levels(count) => {
                let ladder = exchange.ladder(own, *count)?;
                serde_json::json!({
                    "asks": book::levels(own, &ladder.asks),
                    "bids": book::levels(own, &ladder.bids),
                    "instId": contract::name(own),
                    "ts": now.0.to_string(),
                    "seqId": ladder.number,
                })
            }
            Self::Trades | Self::Book(_) => return None,
        };
        Some(Told::plain(told))
    }
}

/// What a channel tells.
pub(super) struct Told {
    /// `snapshot` or `update`, of a book.
    pub action: Option<&'static str>,
    pub data: Value,
}

impl Told {
    const fn plain(data: Value) -> Self {
        Self { action: None, data }
    }

    const fn book(action: &'static str, data: Value) -> Self {
        Self {
            action: Some(action),
            data,
        }
    }
}
