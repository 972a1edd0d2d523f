//! What operators look at: pages and single rows, as the outside sees them.

use domain::fixed::{Amount, Ratio, Rounding};
use domain::id::{LedgerAccountId, OrderId, PositionId, RobotId, UserId};
use domain::settlement::rate_at;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError, Listing, PageAsk};
use crate::ports::store::{EntryFilter, HoldFilter, PositionFilter};
use crate::view::{
    AuditView, DebtView, EntryView, FillView, HeadView, HoldView, LedgerAccountView, OrderView, PositionView,
    RobotView, StatisticsView, UserView, VenueAccountView,
};

/// A position with its fills.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PositionDetail {
    /// The position.
    #[serde(flatten)]
    pub position: PositionView,
    /// Its fills, oldest first.
    pub fills: Vec<FillView>,
}

/// An order with its fills.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderDetail {
    /// The order.
    #[serde(flatten)]
    pub order: OrderView,
    /// Its fills, oldest first.
    pub fills: Vec<FillView>,
}

type Listed<T> = Result<Listing<T>, DeskError>;

impl Desk {
    /// Users.
    ///
    /// # Errors
    /// When the store does not answer; so it is for every read here.
    pub async fn users(&self, ask: PageAsk) -> Listed<UserView> {
        let rows = self.store.users(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, UserView::from))
    }

    /// Venue accounts.
    pub async fn venue_accounts(&self, ask: PageAsk) -> Listed<VenueAccountView> {
        let rows = self.store.venue_accounts(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, VenueAccountView::from))
    }

    /// Robots.
    pub async fn robots(&self, ask: PageAsk) -> Listed<RobotView> {
        let rows = self.store.robots(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, RobotView::from))
    }

    /// One robot.
    pub async fn robot(&self, id: RobotId) -> Result<RobotView, DeskError> {
        Ok(self.robot_row(id).await?.into())
    }

    /// Positions.
    pub async fn positions(&self, filter: PositionFilter, ask: PageAsk) -> Listed<PositionView> {
        let rows = self.store.positions(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, PositionView::from))
    }

    /// One position with its fills.
    pub async fn position(&self, id: PositionId) -> Result<PositionDetail, DeskError> {
        let position = self.store.position(id).await?;
        let position = position.ok_or_else(|| DeskError::absent("position", id))?;
        let fills = self.store.fills_of(id).await?;
        Ok(PositionDetail {
            position: position.into(),
            fills: fills.into_iter().map(FillView::from).collect(),
        })
    }

    /// One order of a robot, with its fills.
    pub async fn order(&self, id: OrderId) -> Result<OrderDetail, DeskError> {
        let order = self.store.order(id).await?;
        let order = order.ok_or_else(|| DeskError::absent("order", id))?;
        let fills = self.store.fills_of(order.position).await?;
        let own = fills.into_iter().filter(|fill| fill.order == Some(id));
        Ok(OrderDetail {
            fills: own.map(FillView::from).collect(),
            order: order.into(),
        })
    }

    /// Accounts of the ledger.
    pub async fn ledger_accounts(&self, ask: PageAsk) -> Listed<LedgerAccountView> {
        let rows = self.store.accounts(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, LedgerAccountView::from))
    }

    /// Entries of the ledger, all or those with a posting on one account.
    pub async fn entries(&self, account: Option<LedgerAccountId>, ask: PageAsk) -> Listed<EntryView> {
        let rows = self
            .store
            .entries(
                EntryFilter {
                    account,
                    ..EntryFilter::default()
                },
                ask.with_one_more(),
            )
            .await?;
        Ok(ask.listing(rows, |row| row.seq.0, EntryView::from))
    }

    /// The end of the ledger's chain.
    pub async fn ledger_head(&self) -> Result<HeadView, DeskError> {
        Ok(self.store.ledger_head().await?.into())
    }

    /// Debts, whatever their state.
    pub async fn debts(&self, user: Option<UserId>, ask: PageAsk) -> Listed<DebtView> {
        let rows = self.store.debts(user, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, DebtView::from))
    }

    /// Power that is or was reserved.
    pub async fn holds(&self, filter: HoldFilter, ask: PageAsk) -> Listed<HoldView> {
        let rows = self.store.holds(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.position.0, HoldView::from))
    }

    /// The audit trail.
    pub async fn audits(&self, ask: PageAsk) -> Listed<AuditView> {
        let rows = self.store.audits(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, AuditView::from))
    }

    /// What waits for settlement and what was settled; `default_rate` is the rate where none is set.
    pub async fn statistics(&self, default_rate: Ratio) -> Result<StatisticsView, DeskError> {
        let unsettled = self.store.unsettled().await?;
        let settled = self.store.settled().await?;
        let last = self.store.last_entry().await?;
        let estimate = self.estimate(unsettled.profit, default_rate).await?;
        Ok(StatisticsView {
            unsettled_count: unsettled.count,
            unsettled_profit: unsettled.profit.to_string(),
            unsettled_power_estimate: estimate.to_string(),
            oldest_unsettled: unsettled.oldest,
            charged_count: settled.charged_count,
            charged_power: settled.charged_power.to_string(),
            owed_count: settled.owed_count,
            owed_power: settled.owed_power.to_string(),
            waived_count: settled.waived_count,
            waived_power: settled.waived_power.to_string(),
            held_count: settled.held_count,
            held_power: settled.held_power.to_string(),
            entries: last.0,
        })
    }

    /// The power that this profit owes at everyone's rate now: users with a rate of their own make it an estimate.
    pub(super) async fn estimate(&self, profit: Amount, default_rate: Ratio) -> Result<Amount, DeskError> {
        let rates = self.store.power_rates(&[]).await?;
        let rate = rate_at(&rates, UserId(0), self.clock.now(), default_rate);
        let estimate = rate.of(profit, Rounding::HalfUp);
        estimate.map_err(|error| DeskError::Conflict {
            why: format!("unsettled power cannot be estimated: {error}"),
        })
    }

    pub(super) async fn robot_row(&self, id: RobotId) -> Result<domain::robot::Robot, DeskError> {
        let robot = self.store.robot(id).await?;
        robot.ok_or_else(|| DeskError::absent("robot", id))
    }
}
