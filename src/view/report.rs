//! Reports as the outside sees them.

use domain::report::{Activity, By};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Listing;
use crate::view::PositionView;

/// What was done in a day, by everyone, by one user or by one robot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityView {
    /// The user, in a report by user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<i64>,
    /// The robot, in a report by robot; absent in the row of what no robot did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robot: Option<i64>,
    /// Orders written down.
    pub orders: u64,
    /// Positions closed, by the venue's time.
    pub closes: u64,
    /// Σ of their profit, losses included.
    pub profit: String,
    /// Power charged; this and the four that follow by booking time.
    pub charged: String,
    /// Power recorded as owed.
    pub owed: String,
    /// Debts repaid.
    pub repaid: String,
    /// Debts forgiven.
    pub waived: String,
    /// Power given back.
    pub refunded: String,
    /// Debts that were open when the day ended.
    pub open_debts: u64,
    /// Σ of those, as they were then: what a correction changed later is not in it.
    pub open_debt: String,
}

impl ActivityView {
    /// The row of a group.
    pub fn new(by: By, activity: &Activity) -> Self {
        let group = |of| activity.group.filter(|_| by == of);
        Self {
            user: group(By::User),
            robot: group(By::Robot),
            orders: activity.orders,
            closes: activity.closes,
            profit: activity.profit.to_string(),
            charged: activity.charged.to_string(),
            owed: activity.owed.to_string(),
            repaid: activity.repaid.to_string(),
            waived: activity.waived.to_string(),
            refunded: activity.refunded.to_string(),
            open_debts: activity.open_debts,
            open_debt: activity.open_debt.to_string(),
        }
    }
}

/// What waits for settlement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnsettledView {
    /// Closed positions that wait, also for a correction.
    pub count: u64,
    /// Σ of their profit.
    pub profit: String,
    /// Power that they would owe at everyone's rate now.
    pub power_estimate: String,
    /// Close time of the oldest.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Timestamp>,
    /// A page of them.
    #[serde(flatten)]
    pub positions: Listing<UnsettledPositionView>,
}

/// A position that waits for settlement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnsettledPositionView {
    /// Power that it would owe, or be given back, at the rate of its close.
    pub power_estimate: Option<String>,
    /// The position.
    #[serde(flatten)]
    pub position: PositionView,
}
