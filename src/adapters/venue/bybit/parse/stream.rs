//! What Bybit pushes: markets, and the account that a login opened.

use domain::market::{Bar, Symbol, Tick};
use serde::Deserialize;

use super::super::super::dialect::{ParseError, Push, read};
use super::super::wire::push::{Frame, Kline, PublicTrade, TickerMove};
use super::super::wire::{Execution, Order, Position, Wallet};
use super::account::{coins, holding};
use super::orders::{Told, report, told};

/// One message. The venue does not ping: the client does, every 20 seconds.
///
/// # Errors
/// When it cannot be understood; what Bursar does not follow is [`Push::Other`].
pub fn pushes(message: &[u8]) -> Result<Vec<Push>, ParseError> {
    let frame: Frame<'_> = read("message", message)?;
    match (&frame.topic, frame.data) {
        (Some(topic), Some(data)) => event(topic, &frame, data.get().as_bytes()),
        _ => Ok(vec![answer(frame)]),
    }
}

fn answer(frame: Frame<'_>) -> Push {
    let op = frame.op.unwrap_or_default();
    let words = frame.ret_msg.unwrap_or_default();
    match (op.as_str(), frame.success) {
        ("pong", _) | ("ping", Some(true)) => Push::Pong,
        (_, Some(false)) => Push::Refused(format!("{op}: {words}")),
        ("auth", Some(true)) => Push::LoggedIn,
        ("subscribe", Some(true)) => Push::Subscribed(frame.req_id.unwrap_or_default()),
        _ => Push::Other(op),
    }
}

fn event(topic: &str, frame: &Frame<'_>, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let (name, rest) = topic.split_once('.').unwrap_or((topic, ""));
    match name {
        "publicTrade" => public_trades(data),
        "kline" => klines(rest, data),
        "tickers" => ticker(frame, data),
        "order" => linear(
            data,
            |order: &Order| order.category.as_deref(),
            |order| report(&order).map(Push::Order),
        ),
        // The fast one has no fees and no profit: it only says that there is something to ask for.
        "execution" if rest == "fast" => Ok(vec![Push::Poke(topic.to_owned())]),
        "execution" => linear(
            data,
            |execution: &Execution| execution.category.as_deref(),
            |execution| {
                told(execution).map(|told| match told {
                    Told::Trade(trade) => Push::Trade(*trade),
                    Told::Booking(booking) => Push::Booking(booking),
                })
            },
        ),
        "position" => linear(
            data,
            |position: &Position| position.category.as_deref(),
            |position| holding(&position).map(Push::Position),
        ),
        "wallet" => {
            let wallets: Vec<Wallet> = read("wallet", data)?;
            Ok(wallets.into_iter().flat_map(coins).map(Push::Balance).collect())
        }
        _ => Ok(vec![Push::Other(topic.to_owned())]),
    }
}

/// The rows of linear markets; others have fields that mean something else.
fn linear<'a, T: Deserialize<'a>>(
    data: &'a [u8],
    category: impl Fn(&T) -> Option<&str>,
    push: impl Fn(T) -> Result<Push, ParseError>,
) -> Result<Vec<Push>, ParseError> {
    let rows: Vec<T> = read("message", data)?;
    let pushes = rows.into_iter().map(|row| match category(&row) {
        None | Some("linear") => push(row),
        Some(other) => Ok(Push::Other(other.to_owned())),
    });
    pushes.collect()
}

fn public_trades(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let trades: Vec<PublicTrade> = read("public trades", data)?;
    let ticks = trades.iter().map(|trade| {
        let tick = Tick {
            at: trade.at.0,
            price: trade.p.0,
            quantity: trade.v.0,
        };
        Push::Tick(Symbol::new(&trade.s), tick)
    });
    Ok(ticks.collect())
}

/// `rest` is the interval and the market.
fn klines(rest: &str, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let symbol = rest.split_once('.').map(|(_, symbol)| Symbol::new(symbol));
    let symbol = symbol.ok_or_else(|| ParseError::new("kline", "topic", "names no market"))?;
    let klines: Vec<Kline> = read("kline", data)?;
    let bars = klines.iter().map(|kline| {
        let bar = Bar {
            opened_at: kline.start.0,
            open: kline.open.0,
            high: kline.high.0,
            low: kline.low.0,
            close: kline.close.0,
            volume: kline.volume.0,
        };
        Push::Bar(symbol.clone(), bar, kline.confirm)
    });
    Ok(bars.collect())
}

fn ticker(frame: &Frame<'_>, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let ticker: TickerMove = read("ticker", data)?;
    let at = frame
        .ts
        .told()
        .ok_or_else(|| ParseError::new("ticker", "ts", "is missing"))?;
    let mark = ticker.mark_price.told();
    let mark = mark.map(|price| Push::Mark(Symbol::new(&ticker.symbol), price, at));
    Ok(mark.into_iter().collect())
}
