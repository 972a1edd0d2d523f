//! What Bitget pushes: markets, and the account that a login opened.

use domain::market::{Symbol, Tick};

use super::super::super::dialect::{ParseError, Push, Row, bar, read};
use super::super::symbol;
use super::super::wire::push::{Channel, Frame, OrderMove, PublicTrade, Ticker};
use super::super::wire::{Fill, Position};
use super::account::holding;
use super::market::BAR;
use super::orders::{moved, pushed};

/// One message. The venue does not ping: the client sends the text `ping`, and gets the text `pong`.
///
/// # Errors
/// When it cannot be understood; what Bursar does not follow is [`Push::Other`].
pub fn pushes(message: &[u8]) -> Result<Vec<Push>, ParseError> {
    if message == b"pong" {
        return Ok(vec![Push::Pong]);
    }
    let frame: Frame<'_> = read("message", message)?;
    match (&frame.arg, frame.data) {
        (Some(channel), Some(data)) if frame.event.is_none() => event(channel, data.get().as_bytes()),
        _ => Ok(vec![answer(frame)]),
    }
}

fn answer(frame: Frame<'_>) -> Push {
    let event = frame.event.unwrap_or_default();
    let code = frame.code.map(|code| code.0).unwrap_or_default();
    let words = format!("{} ({code})", frame.msg.unwrap_or_default());
    match event.as_str() {
        "login" if code == "0" => Push::LoggedIn,
        "login" | "error" => Push::Refused(words),
        "subscribe" => Push::Subscribed(frame.arg.map(|arg| arg.channel).unwrap_or_default()),
        _ => Push::Other(event),
    }
}

fn event(channel: &Channel, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    match channel.channel.as_str() {
        "trade" => public_trades(channel, data),
        "ticker" => {
            let tickers: Vec<Ticker> = read("ticker", data)?;
            let push = |ticker: &Ticker| Push::Mark(symbol(&ticker.inst_id), ticker.mark_price.0, ticker.ts.0);
            Ok(tickers.iter().map(push).collect())
        }
        "orders" => orders(data),
        "fill" => {
            let fills: Vec<Fill> = read("fills", data)?;
            fills.into_iter().map(|fill| pushed(fill).map(Push::Trade)).collect()
        }
        "positions" => {
            let positions: Vec<Position> = read("positions", data)?;
            let pushes = positions.iter().map(|position| holding(position).map(Push::Position));
            pushes.collect()
        }
        // The pushed equity has in it what positions have not realised: the wallet is to be asked for.
        "account" | "equity" | "positions-history" => Ok(vec![Push::Poke(channel.channel.clone())]),
        name if name.starts_with("candle") => candles(channel, data),
        name => Ok(vec![Push::Other(name.to_owned())]),
    }
}

/// The market that a channel is about, where its rows do not tell.
fn market(channel: &Channel) -> Result<Symbol, ParseError> {
    let market = channel.inst_id.as_deref().map(symbol);
    market.ok_or_else(|| ParseError::new("message", "arg.instId", "is missing"))
}

fn public_trades(channel: &Channel, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let market = market(channel)?;
    let trades: Vec<PublicTrade> = read("trades", data)?;
    let ticks = trades.iter().map(|trade| {
        let tick = Tick {
            at: trade.ts.0,
            price: trade.price.0,
            quantity: trade.size.0,
        };
        Push::Tick(market.clone(), tick)
    });
    Ok(ticks.collect())
}

fn orders(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let orders: Vec<OrderMove> = read("orders", data)?;
    let mut pushes = Vec::new();
    for order in orders {
        let (report, trade) = moved(order)?;
        pushes.push(Push::Order(report));
        pushes.extend(trade.map(Push::Trade));
    }
    Ok(pushes)
}

/// The venue does not tell whether a bar is over: it is when a later one comes.
fn candles(channel: &Channel, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let market = market(channel)?;
    let rows: Vec<Row> = read("candle", data)?;
    let last = rows.len().saturating_sub(1);
    let bars = rows.iter().enumerate().map(|(index, row)| {
        let bar = bar("candle", index, row, BAR)?;
        Ok(Push::Bar(market.clone(), bar, index < last))
    });
    bars.collect()
}
