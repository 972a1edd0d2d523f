//! Rows of fills and funding payments.

use domain::change::{Fill, Income};
use domain::fixed::{Amount, Price, Quantity};
use domain::id::{OrderId, PositionId, VenueAccountId};
use domain::market::{Action, Side, Symbol};
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause, FillReport, IncomeReport, VenueOrderId};
use entity::{fill, income};
use sea_orm::ActiveValue::{NotSet, Set};

use super::Row;
use crate::ports::store::StoreError;

pub fn fill_row(fill: &Fill) -> fill::ActiveModel {
    let report = &fill.report;
    fill::ActiveModel {
        seq: NotSet,
        account_id: Set(fill.account.0),
        venue_fill_id: Set(report.venue_fill_id.clone()),
        order_id: Set(fill.order.map(|order| order.0)),
        position_id: Set(fill.position.map(|position| position.0)),
        venue_order_id: Set(report.venue_order_id.0.clone()),
        client_id: Set(report.client_id.as_ref().map(|id| id.0.clone())),
        symbol: Set(report.symbol.to_string()),
        action: Set(report.action.as_str().to_owned()),
        position_side: Set(report.position_side.as_str().to_owned()),
        reducing: Set(report.reducing.into()),
        quantity: Set(report.quantity.units()),
        price: Set(report.price.units()),
        fee: Set(report.fee.units()),
        realised: Set(report.realised.units()),
        cause: Set(report.cause.as_str().to_owned()),
        at: Set(report.at.0),
    }
}

pub fn fill(row: fill::Model) -> Result<Fill, StoreError> {
    let name = Row::new("fill", &row.venue_fill_id);
    Ok(Fill {
        account: VenueAccountId(row.account_id),
        order: row.order_id.map(OrderId),
        position: row.position_id.map(PositionId),
        report: FillReport {
            venue_order_id: VenueOrderId(row.venue_order_id),
            client_id: row.client_id.map(ClientOrderId),
            symbol: Symbol::new(&row.symbol),
            action: name.word("action", &row.action, Action::parse)?,
            position_side: name.word("position side", &row.position_side, Side::parse)?,
            reducing: row.reducing != 0,
            quantity: name.fixed("quantity", row.quantity, Quantity::from_units)?,
            price: name.fixed("price", row.price, Price::from_units)?,
            fee: name.fixed("fee", row.fee, Amount::from_units)?,
            realised: name.fixed("realised", row.realised, Amount::from_units)?,
            cause: name.word("cause", &row.cause, FillCause::parse)?,
            at: Timestamp(row.at),
            venue_fill_id: row.venue_fill_id,
        },
    })
}

pub fn income_row(income: &Income) -> income::ActiveModel {
    let report = &income.report;
    income::ActiveModel {
        seq: NotSet,
        account_id: Set(income.account.0),
        venue_income_id: Set(report.venue_income_id.clone()),
        position_id: Set(income.position.map(|position| position.0)),
        symbol: Set(report.symbol.to_string()),
        position_side: Set(report.position_side.map(|side| side.as_str().to_owned())),
        amount: Set(report.amount.units()),
        at: Set(report.at.0),
    }
}

pub fn income(row: income::Model) -> Result<Income, StoreError> {
    let name = Row::new("income", &row.venue_income_id);
    let side = row.position_side.as_deref();
    Ok(Income {
        account: VenueAccountId(row.account_id),
        position: row.position_id.map(PositionId),
        report: IncomeReport {
            symbol: Symbol::new(&row.symbol),
            position_side: side
                .map(|side| name.word("position side", side, Side::parse))
                .transpose()?,
            amount: name.fixed("amount", row.amount, Amount::from_units)?,
            at: Timestamp(row.at),
            venue_income_id: row.venue_income_id,
        },
    })
}
