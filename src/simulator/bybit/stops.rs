//! The stops of a position: set with it, and gone with it.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/position/trading-stop>. A stop that closes the whole position replaces
//! the one before it; those for a part stand beside each other.

use std::sync::{Arc, Weak};

use domain::fixed::{Price, Quantity};
use domain::id::VenueAccountId;
use domain::market::{Side, Symbol};
use domain::paper::{PaperAccount, PaperOrder, PaperPosition, Rules, TimeInForce, Trigger};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::OURS;
use crate::simulator::exchange::{Ask, Exchange, News};

/// A stop that is to be set.
struct Stop {
    /// `TakeProfit` or `StopLoss`, with `Partial` before it for a part.
    name: String,
    /// Nothing to take the one before it away.
    price: Option<Price>,
    gains: bool,
    /// What it closes; all where this is nothing.
    part: Option<Quantity>,
    limit: Option<Price>,
}

/// `POST /v5/position/trading-stop`.
pub(super) async fn set(call: &Call<'_>) -> Told {
    call.params.category()?;
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    if call.params.get("trailingStop").is_some_and(|distance| distance != "0") {
        return Err(Problem::new(10001, "trailing stops are not simulated"));
    }
    let account = call.exchange.account(call.id()?).await?;
    let held = held(call, &account, &symbol)?;
    let stops = [stop(call, "takeProfit", "tp")?, stop(call, "stopLoss", "sl")?];
    if stops.iter().all(Option::is_none) {
        return Err(Problem::new(34_040, "not modified"));
    }
    for stop in stops.iter().flatten() {
        check(call, &held, stop)?;
    }
    for stop in stops.into_iter().flatten() {
        if stop.part.is_none() {
            for order in account.orders.iter().filter(|order| is_own(order, &held, &stop.name)) {
                call.exchange.cancel(account.id, order.number).await?;
            }
        }
        if let Some(price) = stop.price {
            let number = call.dialect.claims.fresh(call.asked.now);
            call.exchange
                .place(account.id, ask(&held, &stop, price, number))
                .await?;
        }
    }
    Ok(json!({}).into())
}

/// The position that is meant.
fn held(call: &Call<'_>, account: &PaperAccount, symbol: &Symbol) -> Result<PaperPosition, Problem> {
    let side = match (account.mode, call.params.get("positionIdx").unwrap_or("0")) {
        (PositionMode::OneWay, "0") => None,
        (PositionMode::Hedge, "1") => Some(Side::Long),
        (PositionMode::Hedge, "2") => Some(Side::Short),
        _ => return Err(Problem::new(10001, "position idx not match position mode")),
    };
    let mut own = account.positions.iter().filter(|held| held.symbol == *symbol);
    let held = own.find(|held| side.is_none_or(|side| side == held.side));
    held.cloned()
        .ok_or_else(|| Problem::new(10001, "can not set tp/sl/ts for zero position"))
}

fn stop(call: &Call<'_>, field: &str, short: &str) -> Result<Option<Stop>, Problem> {
    let Some(text) = call.params.get(field) else {
        return Ok(None);
    };
    let price: Price = text.parse().map_err(|_| Problem::invalid(field))?;
    let gains = short == "tp";
    let name = if gains { "TakeProfit" } else { "StopLoss" };
    let part = match call.params.get("tpslMode").unwrap_or("Full") {
        "Full" => None,
        "Partial" => call.params.quantity(&format!("{short}Size"))?,
        _ => return Err(Problem::invalid("tpslMode")),
    };
    let limited = call.params.get(&format!("{short}OrderType")) == Some("Limit");
    let limit = call.params.price(&format!("{short}LimitPrice"))?;
    Ok(Some(Stop {
        name: if part.is_some() {
            format!("Partial{name}")
        } else {
            name.to_owned()
        },
        price: Some(price).filter(|price| price.is_positive()),
        gains,
        part,
        limit: limit.filter(|_| limited && part.is_some()),
    }))
}

/// Whether the price must rise to a stop.
const fn rises(held: &PaperPosition, stop: &Stop) -> bool {
    matches!(held.side, Side::Long) == stop.gains
}

/// A stop that the price has passed already is refused.
fn check(call: &Call<'_>, held: &PaperPosition, stop: &Stop) -> Result<(), Problem> {
    let last = call.exchange.last(&held.symbol).map(|trade| trade.tick.price);
    let (Some(price), Some(last)) = (stop.price, last) else {
        return Ok(());
    };
    let rising = rises(held, stop);
    if !(Trigger { price, rising }).is_reached(last) {
        return Ok(());
    }
    let side = super::words::side(held.side.opening());
    let word = if rising { "higher" } else { "lower" };
    let words = format!(
        "{}:{price} set for {side} position should be {word} than base_price:{last}??LastPrice",
        stop.name
    );
    Err(Problem::new(10001, words))
}

fn ask(held: &PaperPosition, stop: &Stop, price: Price, number: i64) -> Ask {
    Ask {
        client_id: ClientOrderId(format!("{OURS}{}{OURS}{number}", stop.name)),
        symbol: held.symbol.clone(),
        action: held.side.closing(),
        position_side: held.side,
        kind: stop.limit.map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
        quantity: stop.part.unwrap_or_default(),
        reduce_only: true,
        rules: Rules {
            time_in_force: TimeInForce::UntilCancelled,
            trigger: Some(Trigger {
                price,
                rising: rises(held, stop),
            }),
            whole: stop.part.is_none(),
        },
    }
}

/// Whether an order is a stop of a position; of any name where that is empty.
fn is_own(order: &PaperOrder, held: &PaperPosition, name: &str) -> bool {
    let id = order.client_id.as_ref().map_or("", |id| id.0.as_str());
    let named = id.strip_prefix(OURS).and_then(|rest| rest.split_once(OURS));
    let named = named.is_some_and(|(own, _)| name.is_empty() || own == name);
    named && order.is_conditional() && order.symbol == held.symbol && order.position_side == held.side
}

/// Cancels the stops of positions that are gone, for as long as the exchange is there.
pub(super) async fn tend(mut news: Receiver<Arc<News>>, exchange: Weak<Exchange>) {
    loop {
        let piece = match news.recv().await {
            Ok(piece) => piece,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let News::Account(news) = &*piece else { continue };
        let Some(exchange) = exchange.upgrade() else { return };
        for held in news.positions.iter().filter(|held| held.quantity.is_zero()) {
            let stops = news.account.orders.iter().filter(|order| is_own(order, held, ""));
            let numbers: Vec<i64> = stops.map(|order| order.number).collect();
            clear(&exchange, news.account.id, numbers).await;
        }
    }
}

async fn clear(exchange: &Exchange, account: VenueAccountId, numbers: Vec<i64>) {
    for number in numbers {
        // One that fired in the meantime is none that could be left.
        if let Err(error) = exchange.cancel(account, number).await {
            tracing::trace!(%error, order = number, "a stop was gone before it was cancelled");
        }
    }
}
