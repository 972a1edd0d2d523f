//! One change of a change set as guarded statements.

use std::pin::Pin;

use domain::access::Token;
use domain::alert::Alert;
use domain::alert::delivery::Delivery;
use domain::change::Change;
use domain::id::VenueAccountId;
use domain::order::Order;
use domain::position::Position;
use domain::robot::Robot;
use domain::venue::Cursor;
use entity::{access_token, alert, alert_delivery, position, robot, sync_cursor, trade_order};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};

use super::super::failure::Failure;
use super::super::subject::subject;
use super::rows::{
    access, alert as alert_rows, chain, close_all as close_all_rows, fill, imported, order, position as position_rows,
    robot as robot_rows, stock, user,
};
use super::tx::Tx;
use super::{chain_write, job_write, key_write, ledger_write, payout_write, pool_write, switch_write, trigger_write};

/// Writes one change, or says which guard did not hold.
pub async fn apply(tx: &Tx<'_>, change: &Change) -> Result<(), Failure> {
    let Change::Ledger(write) = change else {
        return boxed_row(tx, change).await;
    };
    ledger_write::write(tx, write, &subject(change)).await?;
    for row in write.escrow.iter().flat_map(|posting| &posting.rows) {
        boxed_row(tx, row).await?;
    }
    Ok(())
}

/// On the heap: with all that a change may be, its future is too large for the stack of a debug build's thread.
fn boxed_row<'a>(tx: &'a Tx<'_>, change: &'a Change) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>> {
    Box::pin(apply_row(tx, change))
}

async fn apply_row(tx: &Tx<'_>, change: &Change) -> Result<(), Failure> {
    let what = subject(change);
    match change {
        Change::AddUser(user) => add(tx, user::user_row(user), &what).await,
        Change::AddVenueAccount(account) => add(tx, user::venue_account_row(account), &what).await,
        Change::SetKey(key) => key_write::set(tx, key, &what).await,
        Change::ResealKey(resealed) => key_write::reseal(tx, resealed, &what).await,
        Change::RemoveKey(key) => key_write::remove(tx, key, &what).await,
        Change::AddPowerRate(rate) => add(tx, user::power_rate_row(rate), &what).await,
        Change::AddRobot(robot) => add(tx, robot_rows::robot_row(robot)?, &what).await,
        Change::UpdateRobot(robot) => update_robot(tx, robot, &what).await,
        Change::AddPosition(position) => add(tx, position_rows::position_row(position), &what).await,
        Change::UpdatePosition(position) => update_position(tx, position, &what).await,
        Change::AddOrder(order) => add(tx, order::order_row(order), &what).await,
        Change::UpdateOrder(order) => update_order(tx, order, &what).await,
        Change::AddFill(fill) => tx.insert(vec![fill::fill_row(fill)], &what).await,
        Change::AddIncome(income) => tx.insert(vec![fill::income_row(income)], &what).await,
        Change::MoveCursor { account, from, to } => move_cursor(tx, *account, from, to, &what).await,
        Change::SetPause(pause) => switch_write::set_pause(tx, pause, &what).await,
        Change::NotPaused(scopes) => switch_write::not_paused(tx, scopes, &what).await,
        Change::AddCloseAll(close_all) => add(tx, close_all_rows::close_all_row(close_all), &what).await,
        Change::UpdateCloseAll(close_all) => switch_write::update_close_all(tx, close_all, &what).await,
        Change::RaiseAlert(alert) => add(tx, alert_rows::alert_row(alert), &what).await,
        Change::AcknowledgeAlert(alert) => acknowledge_alert(tx, alert, &what).await,
        Change::ResolveAlert(alert) => resolve_alert(tx, alert, &what).await,
        Change::AddDelivery(delivery) => add(tx, alert_rows::delivery_row(delivery), &what).await,
        Change::UpdateDelivery(delivery) => update_delivery(tx, delivery, &what).await,
        Change::AddToken(token) => add(tx, access::token_row(token), &what).await,
        Change::RevokeToken(token) => revoke_token(tx, token, &what).await,
        Change::AddAudit(audit) => add(tx, access::audit_row(audit), &what).await,
        Change::AddImported(rows) => tx.insert(imported::imported_rows(rows), &what).await,
        Change::AddSubscription(subscription) => add(tx, chain::subscription_row(subscription)?, &what).await,
        Change::UpdateSubscription(subscription) => chain_write::update_subscription(tx, subscription, &what).await,
        Change::AddAnchors { .. } => chain_write::add_anchors(tx, change, &what).await,
        Change::AddLogs(logs) => chain_write::add_logs(tx, logs, &what).await,
        Change::MoveLogs(logs) => chain_write::move_logs(tx, logs, &what).await,
        Change::AddTriggers(triggers) => Box::pin(trigger_write::add_triggers(tx, triggers, &what)).await,
        Change::UpdateTrigger(trigger) => trigger_write::update_trigger(tx, trigger, &what).await,
        Change::AddTriggerMoves(moves) => trigger_write::add_moves(tx, moves, &what).await,
        Change::AddStockOrder(order) => add(tx, stock::stock_order_row(order), &what).await,
        Change::UpdateStockOrder(order) => trigger_write::update_stock_order(tx, order, &what).await,
        Change::AddPayouts(payouts) => Box::pin(payout_write::add_payouts(tx, payouts, &what)).await,
        Change::UpdatePayout(payout) => payout_write::update_payout(tx, payout, &what).await,
        Change::AddAttempt(attempt) => payout_write::add_attempt(tx, attempt, &what).await,
        Change::Pool(change) => Box::pin(pool_write::apply(tx, change, &what)).await,
        Change::Job(change) => Box::pin(job_write::apply(tx, change, &what)).await,
        Change::Ledger(_) => Err(Failure::Refused(format!("{what} beside the ledger"))),
    }
}

async fn add<M>(tx: &Tx<'_>, row: M, what: &str) -> Result<(), Failure>
where
    M: sea_orm::ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    tx.insert(vec![row.into_active_model()], what).await
}

// Owner and account never change: a row that is somebody else's is refused like a changed one.

async fn update_robot(tx: &Tx<'_>, robot: &Robot, what: &str) -> Result<(), Failure> {
    let mut row = robot_rows::robot_row(robot)?.into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(robot.version) + 1);
    let guard = Condition::all()
        .add(robot::Column::Id.eq(robot.id.0))
        .add(robot::Column::Version.eq(i64::from(robot.version)))
        .add(robot::Column::UserId.eq(robot.user.0))
        .add(robot::Column::AccountId.eq(robot.account.0));
    tx.replace(row, guard, what).await
}

async fn update_position(tx: &Tx<'_>, position: &Position, what: &str) -> Result<(), Failure> {
    let mut row = position_rows::position_row(position).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(position.version) + 1);
    let guard = Condition::all()
        .add(position::Column::Id.eq(position.id.0))
        .add(position::Column::Version.eq(i64::from(position.version)))
        .add(position::Column::UserId.eq(position.user.0))
        .add(position::Column::AccountId.eq(position.account.0));
    tx.replace(row, guard, what).await
}

async fn update_order(tx: &Tx<'_>, order: &Order, what: &str) -> Result<(), Failure> {
    let mut row = order::order_row(order).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(order.version) + 1);
    let guard = Condition::all()
        .add(trade_order::Column::Id.eq(order.id.0))
        .add(trade_order::Column::Version.eq(i64::from(order.version)))
        .add(trade_order::Column::UserId.eq(order.user.0))
        .add(trade_order::Column::AccountId.eq(order.account.0))
        .add(trade_order::Column::PositionId.eq(order.position.0))
        .add(trade_order::Column::ClientId.eq(order.client_id.0.as_str()));
    tx.replace(row, guard, what).await
}

async fn move_cursor(
    tx: &Tx<'_>,
    account: VenueAccountId,
    from: &Cursor,
    to: &Cursor,
    what: &str,
) -> Result<(), Failure> {
    let moved = sync_cursor::Entity::update_many()
        .col_expr(sync_cursor::Column::HistoryCursor, Expr::val(to.0.as_str()))
        .filter(sync_cursor::Column::AccountId.eq(account.0))
        .filter(sync_cursor::Column::HistoryCursor.eq(from.0.as_str()));
    match tx.update(moved, 1, what).await {
        // Before the first time there is no row, and the cursor is the default one.
        Err(Failure::Refused(_)) if *from == Cursor::default() => {
            let first = sync_cursor::Model {
                account_id: account.0,
                history_cursor: to.0.clone(),
            };
            add(tx, first, what).await
        }
        answer => answer,
    }
}

async fn acknowledge_alert(tx: &Tx<'_>, alert: &Alert, what: &str) -> Result<(), Failure> {
    let Some(taken) = &alert.acknowledged else {
        return Err(Failure::Refused(format!("{what} without a name")));
    };
    let acknowledged = alert::Entity::update_many()
        .col_expr(alert::Column::AcknowledgedAt, Expr::val(taken.at.0))
        .col_expr(alert::Column::AcknowledgedBy, Expr::val(taken.by.as_str()))
        .col_expr(alert::Column::AcknowledgedNote, Expr::val(taken.note.as_str()))
        .filter(alert::Column::Id.eq(alert.id.0))
        .filter(alert::Column::AcknowledgedAt.is_null())
        .filter(alert::Column::ResolvedAt.is_null());
    tx.update(acknowledged, 1, what).await
}

async fn update_delivery(tx: &Tx<'_>, delivery: &Delivery, what: &str) -> Result<(), Failure> {
    let mut row = alert_rows::delivery_row(delivery).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(delivery.version) + 1);
    let guard = Condition::all()
        .add(alert_delivery::Column::Id.eq(delivery.id.0))
        .add(alert_delivery::Column::Version.eq(i64::from(delivery.version)))
        .add(alert_delivery::Column::AlertId.eq(delivery.alert.0))
        .add(alert_delivery::Column::Target.eq(delivery.target.as_str()))
        .add(alert_delivery::Column::Event.eq(delivery.event.as_str()));
    tx.replace(row, guard, what).await
}

async fn resolve_alert(tx: &Tx<'_>, alert: &Alert, what: &str) -> Result<(), Failure> {
    let Some(at) = alert.resolved_at else {
        return Err(Failure::Refused(format!("{what} without its end")));
    };
    let over = alert::Entity::update_many()
        .col_expr(alert::Column::ResolvedAt, Expr::val(at.0))
        .col_expr(alert::Column::OpenKey, Expr::val(None::<String>))
        .filter(alert::Column::Id.eq(alert.id.0))
        .filter(alert::Column::ResolvedAt.is_null());
    tx.update(over, 1, what).await
}

async fn revoke_token(tx: &Tx<'_>, token: &Token, what: &str) -> Result<(), Failure> {
    let Some(at) = token.revoked_at else {
        return Err(Failure::Refused(format!("{what} without its end")));
    };
    let revoked = access_token::Entity::update_many()
        .col_expr(access_token::Column::RevokedAt, Expr::val(at.0))
        .col_expr(access_token::Column::ValidName, Expr::val(None::<String>))
        .filter(access_token::Column::Id.eq(token.id.0))
        .filter(access_token::Column::RevokedAt.is_null());
    tx.update(revoked, 1, what).await
}
