//! Robots, as the outside sees them.

use domain::robot::{Limits, Robot, Strategy};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// How a robot finds its entries.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "strategy")]
pub enum StrategyView {
    /// Opens when the price has left the low or high of a window by the template's threshold.
    WindowBreakout {
        /// Length of the window in seconds, 1 to 86 400.
        window_seconds: u32,
    },
}

impl From<Strategy> for StrategyView {
    fn from(strategy: Strategy) -> Self {
        match strategy {
            Strategy::WindowBreakout { window_seconds } => Self::WindowBreakout { window_seconds },
        }
    }
}

/// Limits of a robot; an absent one does not limit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LimitsView {
    /// Opens nothing more on the UTC day at this loss.
    pub max_daily_loss: Option<String>,
    /// Opens nothing more in the run at this loss.
    pub max_run_loss: Option<String>,
    /// Opens nothing more in the run at this profit.
    pub max_run_profit: Option<String>,
    /// Opens nothing more in the run after so many stop-losses in a row.
    pub max_consecutive_stop_losses: Option<u32>,
    /// Largest notional of one position.
    pub max_notional: Option<String>,
    /// Most orders in any 60 seconds.
    pub max_orders_per_minute: Option<u32>,
}

impl From<Limits> for LimitsView {
    fn from(limits: Limits) -> Self {
        Self {
            max_daily_loss: limits.max_daily_loss.map(|amount| amount.to_string()),
            max_run_loss: limits.max_run_loss.map(|amount| amount.to_string()),
            max_run_profit: limits.max_run_profit.map(|amount| amount.to_string()),
            max_consecutive_stop_losses: limits.max_consecutive_stop_losses,
            max_notional: limits.max_notional.map(|amount| amount.to_string()),
            max_orders_per_minute: limits.max_orders_per_minute,
        }
    }
}

/// A robot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RobotView {
    /// Identity.
    pub id: i64,
    /// Owner.
    pub user: i64,
    /// Where it trades.
    pub account: i64,
    /// Market.
    pub symbol: String,
    /// How it finds entries.
    #[serde(flatten)]
    pub strategy: StrategyView,
    /// `conservative`, `balanced` or `aggressive`.
    pub risk: &'static str,
    /// Margin of one position, in the venue's settlement asset.
    pub stake: String,
    /// Leverage.
    pub leverage: u32,
    /// `isolated` or `cross`.
    pub margin_mode: &'static str,
    /// Whether it opens by itself.
    pub auto_open: bool,
    /// Whether its exits close by themselves.
    pub auto_close: bool,
    /// Limits.
    pub limits: LimitsView,
    /// `running` or `stopped`: what the operator wants.
    pub wanted: &'static str,
    /// When the current or last run began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub run_started_at: Option<Timestamp>,
    /// Since when it is quarantined after repeated crashes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub quarantined_at: Option<Timestamp>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// To be sent with a change: it is refused when the robot has another version by then.
    pub version: u32,
}

impl From<Robot> for RobotView {
    fn from(robot: Robot) -> Self {
        Self {
            id: robot.id.0,
            user: robot.user.0,
            account: robot.account.0,
            symbol: robot.symbol.to_string(),
            strategy: robot.strategy.into(),
            risk: robot.risk.as_str(),
            stake: robot.stake.to_string(),
            leverage: robot.leverage,
            margin_mode: robot.margin_mode.as_str(),
            auto_open: robot.auto_open,
            auto_close: robot.auto_close,
            limits: robot.limits.into(),
            wanted: robot.wanted.as_str(),
            run_started_at: robot.run_started_at,
            quarantined_at: robot.quarantined_at,
            created_at: robot.created_at,
            updated_at: robot.updated_at,
            version: robot.version,
        }
    }
}
