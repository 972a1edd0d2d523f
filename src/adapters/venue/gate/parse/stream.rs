//! What Gate pushes: markets, and the account behind signed subscriptions.

use domain::market::Symbol;
use serde::Deserialize;

use super::super::super::dialect::{Balance, Contracts, ParseError, Push, read};
use super::super::wire::push::{BalanceMove, Frame, TickerMove};
use super::super::wire::{Candle, Order, Position, PublicTrade, UserTrade};
use super::account::holding;
use super::market::{bar, tick};
use super::orders::{report, trade};

/// One message. The venue answers `futures.ping` with `futures.pong`; `settle` is the asset of the socket.
///
/// # Errors
/// When it cannot be understood; what Bursar does not follow is [`Push::Other`].
pub fn pushes(message: &[u8], contracts: &Contracts, settle: &str) -> Result<Vec<Push>, ParseError> {
    let frame: Frame<'_> = read("message", message)?;
    let event = frame.event.as_deref().unwrap_or_default();
    let channel = frame.channel.as_str();
    if let Some(refused) = &frame.error {
        let words = format!("{channel}: {} ({})", refused.message, refused.code.0);
        return Ok(vec![Push::Refused(words)]);
    }
    match (channel, event, frame.result) {
        ("futures.pong", ..) => Ok(vec![Push::Pong]),
        (_, "subscribe", _) => Ok(vec![Push::Subscribed(channel.to_owned())]),
        (_, "update" | "all", Some(result)) => update(&frame, result.get().as_bytes(), contracts, settle),
        _ => Ok(vec![Push::Other(channel.to_owned())]),
    }
}

fn update(frame: &Frame<'_>, data: &[u8], contracts: &Contracts, settle: &str) -> Result<Vec<Push>, ParseError> {
    match frame.channel.as_str() {
        "futures.trades" => each(data, |row: PublicTrade| {
            tick(&row, contracts).map(|(symbol, tick)| Push::Tick(symbol, tick))
        }),
        "futures.tickers" => {
            let at = frame.time_ms.told();
            let at = at.ok_or_else(|| ParseError::new("ticker", "time_ms", "is missing"))?;
            each(data, |row: TickerMove| {
                Ok(Push::Mark(Symbol::new(&row.contract), row.mark_price.0, at))
            })
        }
        "futures.candlesticks" => each(data, |row: Candle| {
            let symbol = row.n.split_once('_').map(|(_, symbol)| Symbol::new(symbol));
            let symbol = symbol.ok_or_else(|| ParseError::new("candlestick", "n", "names no market"))?;
            Ok(Push::Bar(symbol.clone(), bar(&row, &symbol, contracts)?, row.w))
        }),
        "futures.orders" => each(data, |row: Order| report(&row, contracts).map(Push::Order)),
        "futures.usertrades" => each(data, |row: UserTrade| trade(row, contracts, settle).map(Push::Trade)),
        "futures.positions" => each(data, |row: Position| holding(&row, contracts).map(Push::Position)),
        "futures.balances" => each(data, |row: BalanceMove| {
            Ok(Push::Balance(Balance {
                asset: row.currency.to_ascii_uppercase(),
                wallet: row.balance.0,
                available: None,
            }))
        }),
        // What happened to a position the account book and the executions tell whole.
        "futures.liquidates"
        | "futures.auto_deleverages"
        | "futures.position_closes"
        | "futures.reduce_risk_limits" => Ok(vec![Push::Poke(frame.channel.clone())]),
        other => Ok(vec![Push::Other(other.to_owned())]),
    }
}

fn each<'a, T: Deserialize<'a>>(
    data: &'a [u8],
    push: impl Fn(T) -> Result<Push, ParseError>,
) -> Result<Vec<Push>, ParseError> {
    let rows: Vec<T> = read("message", data)?;
    rows.into_iter().map(push).collect()
}
