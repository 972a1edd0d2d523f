//! A robot's rows as they are in the store.

use domain::id::{PositionId, RobotId, VenueAccountId};
use domain::order::Order;
use domain::page::Page;
use domain::position::Position;
use domain::robot::Robot;
use domain::venue::VenueName;
use futures::try_join;

use crate::ports::store::{OrderFilter, PositionFilter, Store, StoreError};

/// Rows per read.
const PAGE: u32 = 200;

/// A robot with what it holds.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) robot: Robot,
    /// The venue of its account, once that was read; it never changes.
    pub(super) venue: Option<VenueName>,
    /// Its position that is not final. It has at most one: opening needs that there is none.
    pub(super) position: Option<Box<Position>>,
    /// Its orders that are not final.
    pub(super) orders: Vec<Order>,
}

impl Rows {
    /// A robot that is not known to hold anything.
    pub(super) const fn of(robot: Robot) -> Self {
        Self {
            robot,
            venue: None,
            position: None,
            orders: Vec::new(),
        }
    }

    /// Reads them, and the venue where that is not known; `None` when the robot is gone.
    pub(super) async fn read(
        store: &dyn Store,
        robot: RobotId,
        account: VenueAccountId,
        venue: Option<VenueName>,
    ) -> Result<Option<Self>, StoreError> {
        let venue = async {
            match venue {
                Some(known) => Ok(Some(known)),
                None => Ok(store.venue_account(account).await?.map(|account| account.venue)),
            }
        };
        let positions = PositionFilter {
            robot: Some(robot),
            live: Some(true),
            ..PositionFilter::default()
        };
        let orders = OrderFilter {
            robot: Some(robot),
            live: Some(true),
            ..OrderFilter::default()
        };
        let (row, venue, positions, orders) = try_join!(
            store.robot(robot),
            venue,
            store.positions(positions, Page::first(1)),
            store.orders(orders, Page::first(PAGE)),
        )?;
        Ok(row.map(|robot| Self {
            robot,
            venue,
            position: positions.into_iter().next().map(Box::new),
            orders,
        }))
    }

    /// Which position it holds.
    pub(super) fn holds(&self) -> Option<PositionId> {
        self.position.as_ref().map(|position| position.id)
    }
}

/// Everything that is not final on an account.
pub(super) async fn live_on(
    store: &dyn Store,
    account: VenueAccountId,
) -> Result<(Vec<Position>, Vec<Order>), StoreError> {
    let positions = PositionFilter {
        account: Some(account),
        live: Some(true),
        ..PositionFilter::default()
    };
    let orders = OrderFilter {
        account: Some(account),
        live: Some(true),
        ..OrderFilter::default()
    };
    try_join!(all_positions(store, positions), all_orders(store, orders))
}

async fn all_positions(store: &dyn Store, filter: PositionFilter) -> Result<Vec<Position>, StoreError> {
    let mut all: Vec<Position> = Vec::new();
    loop {
        let after = all.last().map_or(0, |position| position.id.0);
        let page = store.positions(filter, Page::after(after, PAGE)).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// All orders that fit.
pub(super) async fn all_orders(store: &dyn Store, filter: OrderFilter) -> Result<Vec<Order>, StoreError> {
    let mut all: Vec<Order> = Vec::new();
    loop {
        let after = all.last().map_or(0, |order| order.id.0);
        let page = store.orders(filter, Page::after(after, PAGE)).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}
