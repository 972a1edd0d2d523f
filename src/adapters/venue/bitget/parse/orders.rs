//! Orders and executions.

use domain::fixed::{Amount, Quantity};
use domain::market::{Action, Side as PositionSide, Symbol};
use domain::venue::{FillCause, OrderReport, ReportedState, VenueOrderId};

use super::super::super::dialect::{Fee, Owner, Page, ParseError, Placed, Trade};
use super::super::wire::push::OrderMove;
use super::super::wire::{FeeDetail, Fill, HoldSide, Order, PosMode, Side, Status, Taken};
use super::super::{CLIENT_ID, symbol};
use super::{data, page};
use crate::ports::venue::Lookup;

impl Status {
    const fn state(self) -> ReportedState {
        match self {
            Self::Live | Self::PartiallyFilled => ReportedState::Open,
            Self::Filled => ReportedState::Filled,
            Self::Canceled => ReportedState::Cancelled,
        }
    }
}

/// What a `tradeSide` says: whether it closes, where it says so, and who brought it about.
fn trade_side(text: &str) -> (Option<bool>, FillCause) {
    let cause = if ["burst", "reduce", "offset"]
        .iter()
        .any(|start| text.starts_with(start))
    {
        FillCause::Liquidation
    } else if text.starts_with("delivery") || text.starts_with("dte_sys_adl") {
        FillCause::Venue
    } else {
        FillCause::Order
    };
    let closes = match text {
        "open" => Some(false),
        "close" => Some(true),
        // What the venue forces, it forces to close.
        _ if cause != FillCause::Order => Some(true),
        _ => None,
    };
    (closes, cause)
}

impl Side {
    const fn action(self) -> Action {
        match self {
            Self::Buy => Action::Buy,
            Self::Sell => Action::Sell,
        }
    }
}

/// Buy or sell, of an order. In hedge mode the venue tells the side of the position, and whether it opens or closes.
fn action(mode: PosMode, side: Side, position: HoldSide, closes: Option<bool>) -> Result<Action, ParseError> {
    if mode == PosMode::OneWayMode {
        return Ok(side.action());
    }
    let position = match position {
        HoldSide::Long => PositionSide::Long,
        HoldSide::Short => PositionSide::Short,
        HoldSide::Net => {
            return Err(ParseError::new(
                "order",
                "posSide",
                "says neither long nor short in hedge mode",
            ));
        }
    };
    match closes {
        Some(true) => Ok(position.closing()),
        Some(false) => Ok(position.opening()),
        None => Err(ParseError::new(
            "order",
            "tradeSide",
            "says neither open nor close in hedge mode",
        )),
    }
}

/// Buy or sell, of an execution that was asked for. Whether its `side` is the trade's or the position's is not
/// documented: for what opens both are the same, what is forced says it in its name, and for what closes the order says it.
fn traded(fill: &Fill, order: Option<Action>) -> Result<Action, ParseError> {
    let name = fill.trade_side.as_str();
    match fill.pos_mode {
        PosMode::OneWayMode => Ok(fill.side.action()),
        PosMode::HedgeMode if name == "open" => Ok(fill.side.action()),
        PosMode::HedgeMode if name.ends_with("_long") => Ok(Action::Sell),
        PosMode::HedgeMode if name.ends_with("_short") => Ok(Action::Buy),
        PosMode::HedgeMode => {
            let rule = format!("is `{name}` in hedge mode, and its order is not known");
            order.ok_or_else(|| ParseError::new("fills", format!("{}.tradeSide", fill.trade_id.0), rule))
        }
    }
}

/// `POST /api/v2/mix/order/place-order` and `cancel-order`: the venue took it, and tells later what became of it.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<Placed, ParseError> {
    let taken: Taken = data("placed order", body)?;
    if taken.order_id.0.is_empty() {
        return Err(ParseError::new("placed order", "orderId", "is empty"));
    }
    Ok(Placed {
        venue_id: VenueOrderId(taken.order_id.0),
        at: None,
    })
}

fn report(order: &Order) -> Result<OrderReport, ParseError> {
    let (closes, _) = trade_side(&order.trade_side);
    let status = order.status.or(order.state);
    Ok(OrderReport {
        venue_id: VenueOrderId(order.order_id.0.clone()),
        client_id: order.client_oid.as_deref().and_then(|id| CLIENT_ID.read(id)),
        symbol: symbol(&order.symbol),
        action: action(order.pos_mode, order.side, order.pos_side, closes)?,
        state: status
            .ok_or_else(|| ParseError::new("order", "status", "is missing"))?
            .state(),
        quantity: order.size.0,
        filled: order.base_volume.0,
        updated_at: order.u_time.0,
    })
}

/// `GET /api/v2/mix/order/orders-pending` and `orders-history`: a page, newest first.
///
/// # Errors
/// When it cannot be understood.
pub fn orders(body: &[u8]) -> Result<Page<OrderReport>, ParseError> {
    let page: Page<Order> = page("orders", body)?;
    let rows = page.rows.iter().map(report).collect::<Result<_, _>>()?;
    Ok(Page { rows, next: page.next })
}

/// `GET /api/v2/mix/order/detail`. That there is none the venue says by a code.
///
/// # Errors
/// When it cannot be understood.
pub fn lookup(body: &[u8]) -> Result<Lookup, ParseError> {
    order(body).map(Lookup::Found)
}

/// `GET /api/v2/mix/order/detail`.
///
/// # Errors
/// When it cannot be understood.
pub fn order(body: &[u8]) -> Result<OrderReport, ParseError> {
    report(&data("order", body)?)
}

/// `GET /api/v2/mix/order/fills` and `fill-history`: the market and the order of each execution that does not tell by itself
/// whether it buys or sells.
///
/// # Errors
/// When it cannot be understood.
pub fn closing(body: &[u8]) -> Result<Vec<(Symbol, VenueOrderId)>, ParseError> {
    let page: Page<Fill> = page("fills", body)?;
    let untold = page.rows.iter().filter(|fill| traded(fill, None).is_err());
    Ok(untold
        .map(|fill| (symbol(&fill.symbol), VenueOrderId(fill.order_id.0.clone())))
        .collect())
}

/// `GET /api/v2/mix/order/fills` and `fill-history`: a page, newest first. The profit is gross. `orders` tells what the
/// order of an execution does, which executions that close in hedge mode do not.
///
/// # Errors
/// When it cannot be understood, or the order of such an execution is not known.
pub fn trades(body: &[u8], orders: impl Fn(&VenueOrderId) -> Option<Action>) -> Result<Page<Trade>, ParseError> {
    let page: Page<Fill> = page("fills", body)?;
    let rows = page.rows.into_iter().map(|fill| {
        let order = orders(&VenueOrderId(fill.order_id.0.clone()));
        let action = traded(&fill, order)?;
        trade(fill, action)
    });
    Ok(Page {
        rows: rows.collect::<Result<_, _>>()?,
        next: page.next,
    })
}

/// A pushed execution: of this channel the `side` is documented to be the trade's, in both position modes.
pub(super) fn pushed(fill: Fill) -> Result<Trade, ParseError> {
    let action = fill.side.action();
    trade(fill, action)
}

fn trade(fill: Fill, action: Action) -> Result<Trade, ParseError> {
    let (closes, cause) = trade_side(&fill.trade_side);
    // In one-way mode `open` and `close` are not to be relied on: only what is forced says that it closes.
    let is_told = fill.pos_mode == PosMode::HedgeMode || cause != FillCause::Order;
    let quantity = fill.base_volume.0;
    let client_id = fill.client_oid.as_deref().and_then(|id| CLIENT_ID.read(id));
    // Without an id of ours in it, and not forced, the order says whose it is.
    let is_owned = client_id.is_some() || cause != FillCause::Order;
    Ok(Trade {
        id: fill.trade_id.0,
        order_id: VenueOrderId(fill.order_id.0),
        owner: is_owned.then_some(Owner { client_id, cause }),
        symbol: symbol(&fill.symbol),
        action,
        closed: closes.filter(|_| is_told).map(|closes| part(closes, quantity)),
        quantity,
        price: fill.price.0,
        fee: fee(&fill.fee_detail)?,
        realised: Some(fill.profit.0),
        at: fill.c_time.0,
    })
}

fn part(closes: bool, quantity: Quantity) -> Quantity {
    if closes { quantity } else { Quantity::ZERO }
}

/// All of one coin: what is in two cannot be one fee.
fn fee(details: &[FeeDetail]) -> Result<Fee, ParseError> {
    let broken = |rule: &str| ParseError::new("fills", "feeDetail", rule);
    let asset = details
        .first()
        .map(|detail| detail.fee_coin.clone())
        .unwrap_or_default();
    if details.iter().any(|detail| detail.fee_coin != asset) {
        return Err(broken("is in more than one coin"));
    }
    let sum = Amount::sum(details.iter().map(|detail| detail.total_fee.0));
    let sum = sum.map_err(|error| broken(&error.to_string()))?;
    Ok(Fee {
        asset,
        amount: sum.negated(),
    })
}

/// A pushed order, and the execution that moved it, when one did.
pub(super) fn moved(order: OrderMove) -> Result<(OrderReport, Option<Trade>), ParseError> {
    let (closes, cause) = trade_side(&order.trade_side);
    let report = OrderReport {
        venue_id: VenueOrderId(order.order_id.0),
        client_id: order.client_oid.as_deref().and_then(|id| CLIENT_ID.read(id)),
        symbol: symbol(&order.inst_id),
        action: action(order.pos_mode, order.side, order.pos_side, closes)?,
        state: order.status.state(),
        quantity: order.size.0,
        filled: order.acc_base_volume.told().unwrap_or(Quantity::ZERO),
        updated_at: order.u_time.0,
    };
    let quantity = order.base_volume.told().filter(|quantity| quantity.is_positive());
    let (Some(quantity), Some(price), Some(id)) = (quantity, order.fill_price.told(), order.trade_id.told()) else {
        return Ok((report, None));
    };
    let fee = order
        .fill_fee
        .told()
        .ok_or_else(|| ParseError::new("order", "fillFee", "is missing"))?;
    let is_told = order.pos_mode == PosMode::HedgeMode || cause != FillCause::Order;
    let trade = Trade {
        id,
        order_id: report.venue_id.clone(),
        owner: Some(Owner {
            client_id: report.client_id.clone(),
            cause,
        }),
        symbol: report.symbol.clone(),
        action: report.action,
        closed: closes.filter(|_| is_told).map(|closes| part(closes, quantity)),
        quantity,
        price,
        fee: Fee {
            asset: order.fill_fee_coin.unwrap_or_default(),
            amount: fee.negated(),
        },
        realised: order.pnl.told(),
        at: order.fill_time.told().unwrap_or(report.updated_at),
    };
    Ok((report, Some(trade)))
}
