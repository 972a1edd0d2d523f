//! What Binance pushes: markets, and the account behind a listen key.

use domain::fixed::{Amount, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::venue::{OrderReport, VenueOrderId};

use super::super::super::dialect::{Balance, Fee, Holding, Number, ParseError, Push, Trade, read};
use super::super::wire::PositionSide;
use super::super::wire::push::{
    AccountUpdate, AggTrade, Frame, Kline, MarkPrice, OrderMove, OrderUpdate, PositionMove,
};
use super::super::{client_id, owner};
use super::account::{margin_mode, sided};
use super::orders::closed;

/// One message. Pings come as frames of the WebSocket protocol itself.
///
/// # Errors
/// When it cannot be understood; what Bursar does not follow is [`Push::Other`].
pub fn pushes(message: &[u8]) -> Result<Vec<Push>, ParseError> {
    let frame: Frame<'_> = read("message", message)?;
    match (&frame.error, frame.data, &frame.e, frame.id) {
        (Some(fault), ..) => Ok(vec![Push::Refused(format!("{} ({})", fault.msg, fault.code))]),
        (None, Some(data), ..) => {
            let data = data.get().as_bytes();
            // Some streams send many events at once, none of which is followed.
            if data.first() != Some(&b'{') {
                return Ok(vec![Push::Other(frame.stream.unwrap_or_default())]);
            }
            let kind = read::<Frame<'_>>("message", data)?.e.unwrap_or_default();
            event(&kind, data)
        }
        (None, None, Some(kind), _) => event(kind, message),
        (None, None, None, Some(id)) => Ok(vec![Push::Subscribed(id.0)]),
        (None, None, None, None) => Ok(vec![Push::Other("message without a name".to_owned())]),
    }
}

fn event(kind: &str, data: &[u8]) -> Result<Vec<Push>, ParseError> {
    match kind {
        "aggTrade" => agg_trade(data),
        "markPriceUpdate" => {
            let mark: MarkPrice = read("mark price", data)?;
            Ok(vec![Push::Mark(Symbol::new(&mark.s), mark.p.0, mark.at.0)])
        }
        "kline" => kline(data),
        "ORDER_TRADE_UPDATE" => order_update(data),
        "ACCOUNT_UPDATE" => account_update(data),
        "listenKeyExpired" => Ok(vec![Push::KeyExpired]),
        "MARGIN_CALL" | "ACCOUNT_CONFIG_UPDATE" => Ok(vec![Push::Poke(kind.to_owned())]),
        _ => Ok(vec![Push::Other(kind.to_owned())]),
    }
}

fn agg_trade(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let trade: AggTrade = read("aggregate trade", data)?;
    let tick = Tick {
        at: trade.at.0,
        price: trade.p.0,
        quantity: trade.q.0,
    };
    Ok(vec![Push::Tick(Symbol::new(&trade.s), tick)])
}

fn kline(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let kline: Kline = read("kline", data)?;
    let bar = Bar {
        opened_at: kline.k.t.0,
        open: kline.k.o.0,
        high: kline.k.h.0,
        low: kline.k.l.0,
        close: kline.k.c.0,
        volume: kline.k.v.0,
    };
    Ok(vec![Push::Bar(Symbol::new(&kline.s), bar, kline.k.x)])
}

fn order_update(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let update: OrderUpdate = read("order update", data)?;
    let order = update.o;
    let report = OrderReport {
        venue_id: VenueOrderId(order.i.0.clone()),
        client_id: client_id(&order.c),
        symbol: Symbol::new(&order.s),
        action: order.side.action(),
        state: order.status.state(),
        quantity: order.q.0,
        filled: order.z.0,
        updated_at: order.at.0,
    };
    let mut pushes = vec![Push::Order(report)];
    let is_trade = order.l.0.is_positive() && (order.x == "TRADE" || order.x == "CALCULATED");
    if is_trade {
        pushes.push(Push::Trade(execution(order)));
    }
    Ok(pushes)
}

fn execution(order: OrderMove) -> Trade {
    let action = order.side.action();
    Trade {
        id: order.t.0,
        order_id: VenueOrderId(order.i.0),
        owner: Some(owner(&order.c)),
        symbol: Symbol::new(&order.s),
        action,
        closed: closed(action, order.ps, order.l.0),
        quantity: order.l.0,
        price: order.last_price.0,
        fee: Fee {
            asset: order.fee_asset.unwrap_or_default(),
            amount: order.n.map_or(Amount::ZERO, |fee| fee.0),
        },
        realised: Some(order.rp.0),
        at: order.at.0,
    }
}

fn account_update(data: &[u8]) -> Result<Vec<Push>, ParseError> {
    let update: AccountUpdate = read("account update", data)?;
    let mut pushes = Vec::new();
    for balance in update.a.balances {
        pushes.push(Push::Balance(Balance {
            asset: balance.a,
            wallet: balance.wb.0,
            available: None,
        }));
    }
    for position in &update.a.positions {
        pushes.push(Push::Position(holding(position)?));
    }
    // Funding and transfers change more than the message tells.
    if update.a.m != "ORDER" {
        pushes.push(Push::Poke(update.a.m));
    }
    Ok(pushes)
}

fn holding(position: &PositionMove) -> Result<Holding, ParseError> {
    let broken = |rule: &str| ParseError::new("account update", format!("a.P.{}.pa", position.s), rule);
    let side = sided(position.ps, position.pa.0);
    let quantity: Quantity = Number::exact(position.pa.0.abs()).map_err(|error| broken(&error.to_string()))?;
    Ok(Holding {
        symbol: Symbol::new(&position.s),
        side: side.ok_or_else(|| broken("has the sign of the other side"))?,
        is_hedge: position.ps != PositionSide::Both,
        quantity,
        entry_price: position.ep.0,
        mark_price: None,
        leverage: None,
        margin_mode: position.mt.as_deref().and_then(margin_mode),
        liquidation_price: None,
    })
}
