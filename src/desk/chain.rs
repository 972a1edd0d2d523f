//! What operators look at of chains: orders of both origins, triggers and payouts.

use std::collections::HashMap;

use domain::chain::Subscription;
use domain::id::{OrderId, PayoutId, TriggerId};
use domain::payout::Payout;
use domain::trigger::{StockOrder, Trigger};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::chain_subscription::ChainSights;
use crate::desk::{Desk, DeskError, Listing, OrderDetail, PageAsk};
use crate::ports::store::{OrderFilter, PayoutFilter, TriggerFilter};
use crate::view::{
    AttemptView, ChainOrderDetail, ChainOrderView, MalformedLogView, MoveView, OrderView, PayoutDetail, PayoutView,
    StockOrderView, SubscriptionView,
};

fn seen(row: Subscription, sights: Option<&ChainSights>) -> SubscriptionView {
    let sight = sights.and_then(|sights| sights.of(row.id));
    let view = SubscriptionView::from(row);
    match sight {
        Some(sight) => view.with_sight(&sight),
        None => view,
    }
}

/// An order of either origin.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum AnyOrder {
    /// A robot's, or an operator's on a robot's position.
    Robot(Box<OrderView>),
    /// Set off by a deposit or a redemption on a chain.
    Chain(Box<ChainOrderView>),
}

impl AnyOrder {
    fn id(&self) -> i64 {
        match self {
            Self::Robot(order) => order.id,
            Self::Chain(order) => order.id,
        }
    }
}

/// An order of either origin with everything that is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum AnyOrderDetail {
    /// A robot's, with its fills.
    Robot(Box<OrderDetail>),
    /// The chain's, with its history.
    Chain(Box<ChainOrderDetail>),
}

/// Which orders: of one origin, or of both where that is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyOrders {
    /// Orders of robots; `None` leaves them out.
    pub robots: Option<OrderFilter>,
    /// Orders of the chain; `None` leaves them out.
    pub chain: Option<TriggerFilter>,
}

impl Desk {
    /// Orders of both origins, by their ids.
    ///
    /// # Errors
    /// When the store does not answer; so it is for every read here.
    pub async fn any_orders(&self, which: AnyOrders, ask: PageAsk) -> Result<Listing<AnyOrder>, DeskError> {
        let mut rows = Vec::new();
        if let Some(filter) = which.robots {
            let orders = self.store.orders(filter, ask.with_one_more()).await?;
            rows.extend(orders.into_iter().map(|order| AnyOrder::Robot(Box::new(order.into()))));
        }
        if let Some(filter) = which.chain {
            let triggers = self.store.triggers(filter, ask.with_one_more()).await?;
            let shown = self.shown(&triggers).await?;
            rows.extend(shown.into_iter().map(|order| AnyOrder::Chain(Box::new(order))));
        }
        rows.sort_by_key(AnyOrder::id);
        Ok(ask.listing(rows, AnyOrder::id, |row| row))
    }

    /// One order of either origin, with everything that is known of it.
    pub async fn any_order(&self, id: i64) -> Result<AnyOrderDetail, DeskError> {
        match self.store.trigger(TriggerId(id)).await? {
            Some(trigger) => Ok(AnyOrderDetail::Chain(Box::new(self.chain_order(&trigger).await?))),
            None => Ok(AnyOrderDetail::Robot(Box::new(self.order(OrderId(id)).await?))),
        }
    }

    /// Orders of the chain.
    pub async fn triggers(&self, filter: TriggerFilter, ask: PageAsk) -> Result<Listing<ChainOrderView>, DeskError> {
        let rows = self.store.triggers(filter, ask.with_one_more()).await?;
        let page = ask.listing(rows, |row| row.id.0, |row| row);
        Ok(Listing {
            items: self.shown(&page.items).await?,
            next: page.next,
        })
    }

    /// Every subscription that was ever made, as it is on record, with what its follower last saw where there is one.
    pub async fn subscriptions(&self, sights: Option<&ChainSights>) -> Result<Listing<SubscriptionView>, DeskError> {
        let rows = self.store.subscriptions().await?;
        Ok(Listing {
            items: rows.into_iter().map(|row| seen(row, sights)).collect(),
            next: None,
        })
    }

    /// Logs that were not understood, newest first: each page goes on below the `next` of the one before.
    pub async fn malformed_logs(&self, ask: PageAsk) -> Result<Listing<MalformedLogView>, DeskError> {
        let rows = self.store.malformed_logs(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |(place, _)| *place, |(_, log)| MalformedLogView::from(log)))
    }

    /// Payouts.
    pub async fn payouts(&self, filter: PayoutFilter, ask: PageAsk) -> Result<Listing<PayoutView>, DeskError> {
        let rows = self.store.payouts(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, PayoutView::from))
    }

    /// One payout with its transactions.
    pub async fn payout(&self, id: PayoutId) -> Result<PayoutDetail, DeskError> {
        let payout = self.store.payout(id).await?;
        let payout = payout.ok_or_else(|| DeskError::absent("payout", id))?;
        let attempts = self.store.attempts_of(id).await?;
        Ok(PayoutDetail {
            payout: payout.into(),
            transactions: attempts.into_iter().map(AttemptView::from).collect(),
        })
    }

    async fn chain_order(&self, trigger: &Trigger) -> Result<ChainOrderDetail, DeskError> {
        let ids = [trigger.id];
        let (orders, payouts, moves) = tokio::try_join!(
            self.store.stock_orders_of(&ids),
            self.store.payouts_of(&ids),
            self.store.moves_of(trigger.id),
        )?;
        let of = |orders: &[StockOrder], payouts: &[Payout]| {
            ChainOrderView::new(
                trigger,
                &orders.iter().collect::<Vec<_>>(),
                &payouts.iter().collect::<Vec<_>>(),
            )
        };
        Ok(ChainOrderDetail {
            order: of(&orders, &payouts),
            venue_orders: orders.into_iter().map(StockOrderView::from).collect(),
            payouts: payouts.into_iter().map(PayoutView::from).collect(),
            history: moves.into_iter().map(MoveView::from).collect(),
        })
    }

    /// Triggers as they are shown, with what was ordered and paid for them; all of it looked up at once.
    async fn shown(&self, triggers: &[Trigger]) -> Result<Vec<ChainOrderView>, DeskError> {
        if triggers.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<TriggerId> = triggers.iter().map(|trigger| trigger.id).collect();
        let (orders, payouts) = tokio::try_join!(self.store.stock_orders_of(&ids), self.store.payouts_of(&ids))?;
        let mut orders_of: HashMap<TriggerId, Vec<&StockOrder>> = HashMap::new();
        for order in &orders {
            orders_of.entry(order.trigger).or_default().push(order);
        }
        let mut payouts_of: HashMap<TriggerId, Vec<&Payout>> = HashMap::new();
        for payout in &payouts {
            payouts_of.entry(payout.trigger).or_default().push(payout);
        }
        let of = |trigger: &Trigger| {
            let orders = orders_of.get(&trigger.id).map_or(&[][..], Vec::as_slice);
            let payouts = payouts_of.get(&trigger.id).map_or(&[][..], Vec::as_slice);
            ChainOrderView::new(trigger, orders, payouts)
        };
        Ok(triggers.iter().map(of).collect())
    }
}
