//! Rows of orders for triggers.

use domain::fixed::{Amount, Price, Quantity};
use domain::id::{StockOrderId, TriggerId};
use domain::market::{Action, Symbol};
use domain::stock::OrderMark;
use domain::time::Timestamp;
use domain::trigger::{StockOrder, StockOrderState};
use domain::venue::{VenueName, VenueOrderId};
use entity::stock_order;

use super::Row;
use crate::ports::store::StoreError;

pub fn stock_order_row(order: &StockOrder) -> stock_order::Model {
    let (why, since, open) = match &order.state {
        StockOrderState::Submitting
        | StockOrderState::Open
        | StockOrderState::Cancelling
        | StockOrderState::FillCancelled => (None, None, true),
        StockOrderState::InDoubt { why, since } => (Some(why.clone()), Some(since.0), true),
        StockOrderState::Ended { why } => (Some(why.clone()), None, false),
    };
    stock_order::Model {
        id: order.id.0,
        trigger_id: order.trigger.0,
        venue: order.venue.as_str().to_owned(),
        mark: order.mark.to_string(),
        venue_id: order.venue_id.as_ref().map(|id| id.0.clone()),
        symbol: order.symbol.to_string(),
        action: order.action.as_str().to_owned(),
        quantity: order.quantity.units(),
        limit_price: order.limit.units(),
        filled: order.filled.units(),
        average_price: order.average_price.map(Price::units),
        fee: order.fee.units(),
        state: order.state.as_str().to_owned(),
        why,
        since,
        open_trigger: open.then_some(order.trigger.0),
        created_at: order.created_at.0,
        updated_at: order.updated_at.0,
        version: order.version.into(),
    }
}

pub fn stock_order(row: stock_order::Model) -> Result<StockOrder, StoreError> {
    let name = Row::new("stock order", row.id);
    Ok(StockOrder {
        state: state(&name, &row)?,
        id: StockOrderId(row.id),
        trigger: TriggerId(row.trigger_id),
        venue: name.word("venue", &row.venue, VenueName::parse)?,
        mark: name.word("mark", &row.mark, OrderMark::new)?,
        venue_id: row.venue_id.map(VenueOrderId),
        symbol: Symbol::new(&row.symbol),
        action: name.word("action", &row.action, Action::parse)?,
        quantity: name.fixed("quantity", row.quantity, Quantity::from_units)?,
        limit: name.fixed("limit price", row.limit_price, Price::from_units)?,
        filled: name.fixed("filled", row.filled, Quantity::from_units)?,
        average_price: name.maybe_fixed("average price", row.average_price, Price::from_units)?,
        fee: name.fixed("fee", row.fee, Amount::from_units)?,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

fn state(name: &Row, row: &stock_order::Model) -> Result<StockOrderState, StoreError> {
    let why = || name.present("why", row.why.clone());
    Ok(match row.state.as_str() {
        "submitting" => StockOrderState::Submitting,
        "in_doubt" => StockOrderState::InDoubt {
            why: why()?,
            since: Timestamp(name.present("since", row.since)?),
        },
        "open" => StockOrderState::Open,
        "cancelling" => StockOrderState::Cancelling,
        "ended" => StockOrderState::Ended { why: why()? },
        "fill_cancelled" => StockOrderState::FillCancelled,
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}
