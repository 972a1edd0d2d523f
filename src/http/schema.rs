//! The bodies of requests about robots, as the OpenAPI document shows them; the domain reads them.

use utoipa::ToSchema;

/// Limits of a robot; an absent one does not limit.
#[derive(ToSchema)]
#[schema(as = RobotLimits)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RobotLimits {
    /// Opens nothing more on the UTC day at this loss.
    max_daily_loss: Option<String>,
    /// Opens nothing more in the run at this loss.
    max_run_loss: Option<String>,
    /// Opens nothing more in the run at this profit.
    max_run_profit: Option<String>,
    /// Opens nothing more in the run after so many stop-losses in a row.
    max_consecutive_stop_losses: Option<u32>,
    /// Largest notional of one position.
    max_notional: Option<String>,
    /// Most orders in any 60 seconds.
    max_orders_per_minute: Option<u32>,
}

/// A robot to create.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RobotCreation {
    /// Owner.
    user: i64,
    /// Where it is to trade; an account of the owner.
    account: i64,
    /// Market.
    #[schema(example = "BTCUSDT")]
    symbol: String,
    /// `window_breakout`.
    #[schema(example = "window_breakout")]
    strategy: String,
    /// Length of the window in seconds, 1 to 86 400.
    #[schema(minimum = 1, maximum = 86_400)]
    window_seconds: Option<u32>,
    /// `conservative`, `balanced` (when absent) or `aggressive`.
    risk: Option<String>,
    /// Margin of one position.
    #[schema(example = "100")]
    stake: String,
    /// Leverage, 1 to the market's largest.
    leverage: u32,
    /// `isolated` (when absent) or `cross`.
    margin_mode: Option<String>,
    /// Whether it opens by itself; true when absent.
    auto_open: Option<bool>,
    /// Whether its exits close by themselves; true when absent.
    auto_close: Option<bool>,
    /// Limits.
    limits: Option<RobotLimits>,
    /// Why it is created.
    reason: Option<String>,
}

/// What to change on a robot; what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RobotChange {
    /// The version that the change was decided on; may stand in `If-Match` instead.
    version: Option<u32>,
    /// `window_breakout`.
    strategy: Option<String>,
    /// Length of the window in seconds.
    window_seconds: Option<u32>,
    /// `conservative`, `balanced` or `aggressive`.
    risk: Option<String>,
    /// Margin of one position; an open position keeps its own.
    stake: Option<String>,
    /// Leverage; an open position keeps its own.
    leverage: Option<u32>,
    /// `isolated` or `cross`; an open position keeps its own.
    margin_mode: Option<String>,
    /// Whether it opens by itself.
    auto_open: Option<bool>,
    /// Whether its exits close by themselves.
    auto_close: Option<bool>,
    /// All limits anew.
    limits: Option<RobotLimits>,
    /// Why it is changed.
    reason: Option<String>,
}
