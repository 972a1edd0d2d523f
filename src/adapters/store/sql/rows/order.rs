//! Rows of orders.

use domain::fixed::{Price, Quantity};
use domain::id::{OrderId, PositionId, RobotId, UserId, VenueAccountId};
use domain::market::{Action, Side, Symbol};
use domain::order::{Order, OrderState, Purpose};
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, MarginMode, OrderKind, VenueName, VenueOrderId};
use entity::trade_order;

use super::Row;
use crate::ports::store::StoreError;

pub fn order_row(order: &Order) -> trade_order::Model {
    let (kind, limit_price) = match order.kind {
        OrderKind::Market => ("market", None),
        OrderKind::Limit { price } => ("limit", Some(price.units())),
    };
    let reason = match &order.state {
        OrderState::Refused { reason } => Some(reason.clone()),
        _ => None,
    };
    trade_order::Model {
        id: order.id.0,
        client_id: order.client_id.0.clone(),
        venue_id: order.venue_id.as_ref().map(|id| id.0.clone()),
        position_id: order.position.0,
        robot_id: order.robot.map(|robot| robot.0),
        user_id: order.user.0,
        account_id: order.account.0,
        venue: order.venue.as_str().to_owned(),
        symbol: order.symbol.to_string(),
        action: order.action.as_str().to_owned(),
        position_side: order.position_side.as_str().to_owned(),
        purpose: order.purpose.as_str().to_owned(),
        reduce_only: order.reduce_only.into(),
        kind: kind.to_owned(),
        limit_price,
        quantity: order.quantity.units(),
        filled: order.filled.units(),
        average_price: order.average_price.map(Price::units),
        leverage: order.leverage.into(),
        margin_mode: order.margin_mode.as_str().to_owned(),
        state: order.state.as_str().to_owned(),
        reason,
        live: (!order.state.is_final()).into(),
        created_at: order.created_at.0,
        updated_at: order.updated_at.0,
        version: order.version.into(),
    }
}

pub fn order(row: trade_order::Model) -> Result<Order, StoreError> {
    let name = Row::new("order", row.id);
    Ok(Order {
        kind: kind(&name, &row)?,
        state: state(&name, &row)?,
        id: OrderId(row.id),
        client_id: ClientOrderId(row.client_id),
        venue_id: row.venue_id.map(VenueOrderId),
        position: PositionId(row.position_id),
        robot: row.robot_id.map(RobotId),
        user: UserId(row.user_id),
        account: VenueAccountId(row.account_id),
        venue: name.word("venue", &row.venue, VenueName::parse)?,
        symbol: Symbol::new(&row.symbol),
        action: name.word("action", &row.action, Action::parse)?,
        position_side: name.word("position side", &row.position_side, Side::parse)?,
        purpose: name.word("purpose", &row.purpose, Purpose::parse)?,
        reduce_only: row.reduce_only != 0,
        quantity: name.fixed("quantity", row.quantity, Quantity::from_units)?,
        filled: name.fixed("filled", row.filled, Quantity::from_units)?,
        average_price: name.maybe_fixed("average price", row.average_price, Price::from_units)?,
        leverage: name.count("leverage", row.leverage)?,
        margin_mode: name.word("margin mode", &row.margin_mode, MarginMode::parse)?,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

fn kind(name: &Row, row: &trade_order::Model) -> Result<OrderKind, StoreError> {
    match row.kind.as_str() {
        "market" => Ok(OrderKind::Market),
        "limit" => Ok(OrderKind::Limit {
            price: name.fixed(
                "limit price",
                name.present("limit price", row.limit_price)?,
                Price::from_units,
            )?,
        }),
        other => Err(name.corrupt(format!("unknown kind `{other}`"))),
    }
}

fn state(name: &Row, row: &trade_order::Model) -> Result<OrderState, StoreError> {
    Ok(match row.state.as_str() {
        "submitting" => OrderState::Submitting,
        "in_doubt" => OrderState::InDoubt,
        "open" => OrderState::Open,
        "partly_filled" => OrderState::PartlyFilled,
        "filled" => OrderState::Filled,
        "cancelled" => OrderState::Cancelled,
        "refused" => OrderState::Refused {
            reason: name.present("reason", row.reason.clone())?,
        },
        "expired" => OrderState::Expired,
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}
