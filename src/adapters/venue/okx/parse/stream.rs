//! What OKX pushes: markets, and the account that a login opened.

use domain::market::{Symbol, Tick};

use super::super::super::dialect::{Balance, Contracts, ParseError, Push, Row, bar, read};
use super::super::wire::market::MarkPrice;
use super::super::wire::push::{BalanceAndPosition, Channel, Frame, PublicTrade};
use super::super::wire::{Balances, Order, Position};
use super::account::{assets, holding};
use super::market::BAR;
use super::orders::{execution, report};

/// One message. The venue does not ping: the client sends the text `ping`, and gets the text `pong`.
///
/// # Errors
/// When it cannot be understood; what Bursar does not follow is [`Push::Other`].
pub fn pushes(message: &[u8], contracts: &Contracts) -> Result<Vec<Push>, ParseError> {
    if message == b"pong" {
        return Ok(vec![Push::Pong]);
    }
    let frame: Frame<'_> = read("message", message)?;
    match (&frame.arg, frame.data) {
        (Some(channel), Some(data)) if frame.event.is_none() => event(channel, data.get().as_bytes(), contracts),
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
        "notice" => Push::Closing(words),
        _ => Push::Other(event),
    }
}

fn event(channel: &Channel, data: &[u8], contracts: &Contracts) -> Result<Vec<Push>, ParseError> {
    match channel.channel.as_str() {
        "trades" => public_trades(data, contracts),
        "mark-price" => {
            let marks: Vec<MarkPrice> = read("mark price", data)?;
            let push = |mark: &MarkPrice| Push::Mark(Symbol::new(&mark.inst_id), mark.mark_px.0, mark.ts.0);
            Ok(marks.iter().map(push).collect())
        }
        "orders" => orders(data, contracts),
        "positions" => {
            let positions: Vec<Position> = read("positions", data)?;
            let pushes = positions
                .iter()
                .map(|position| holding(position, contracts).map(Push::Position));
            pushes.collect()
        }
        "account" => {
            let accounts: Vec<Balances> = read("account", data)?;
            let assets = accounts.into_iter().map(assets).collect::<Result<Vec<_>, _>>()?;
            Ok(assets.into_iter().flatten().map(Push::Balance).collect())
        }
        "balance_and_position" => balance_and_position(data, contracts),
        // Which position of an account, and how near, only a poll tells.
        "liquidation-warning" => Ok(vec![Push::Poke(channel.channel.clone())]),
        // Fills pushed by themselves lack fee and profit.
        "fills" => Ok(vec![Push::Poke(channel.channel.clone())]),
        name if name.starts_with("candle") => candles(channel, data),
        name => Ok(vec![Push::Other(name.to_owned())]),
    }
}

fn public_trades(data: &[u8], contracts: &Contracts) -> Result<Vec<Push>, ParseError> {
    let trades: Vec<PublicTrade> = read("trades", data)?;
    let ticks = trades.iter().map(|trade| {
        let symbol = Symbol::new(&trade.inst_id);
        let tick = Tick {
            at: trade.ts.0,
            price: trade.px.0,
            quantity: contracts.coins("trades", &symbol, "sz", trade.sz.0)?,
        };
        Ok(Push::Tick(symbol, tick))
    });
    ticks.collect()
}

fn orders(data: &[u8], contracts: &Contracts) -> Result<Vec<Push>, ParseError> {
    let orders: Vec<Order> = read("orders", data)?;
    let mut pushes = Vec::new();
    for order in orders {
        let told = report(&order, contracts)?;
        let trade = execution(order, &told, contracts)?;
        pushes.push(Push::Order(told));
        pushes.extend(trade.map(Push::Trade));
    }
    Ok(pushes)
}

fn balance_and_position(data: &[u8], contracts: &Contracts) -> Result<Vec<Push>, ParseError> {
    let moves: Vec<BalanceAndPosition> = read("balance and position", data)?;
    let mut pushes = Vec::new();
    for change in moves {
        pushes.extend(change.bal_data.into_iter().map(|balance| {
            Push::Balance(Balance {
                asset: balance.ccy,
                wallet: balance.cash_bal.0,
                available: None,
            })
        }));
        for position in &change.pos_data {
            pushes.push(Push::Position(holding(position, contracts)?));
        }
    }
    Ok(pushes)
}

fn candles(channel: &Channel, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let symbol = channel.inst_id.as_deref().map(Symbol::new);
    let symbol = symbol.ok_or_else(|| ParseError::new("candle", "arg.instId", "is missing"))?;
    let rows: Vec<Row> = read("candle", data)?;
    let bars = rows.iter().enumerate().map(|(index, row)| {
        let is_over = row.get(8).is_some_and(|confirm| confirm.0 == "1");
        Ok(Push::Bar(symbol.clone(), bar("candle", index, row, BAR)?, is_over))
    });
    bars.collect()
}
