//! Orders and fills, as the outside sees them.

use domain::change::Fill;
use domain::order::{Order, OrderState};
use domain::time::Timestamp;
use domain::venue::{FillCause, OrderKind};
use serde::Serialize;
use utoipa::ToSchema;

/// One instruction to a venue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderView {
    /// Identity.
    pub id: i64,
    /// Our id at the venue.
    pub client_id: String,
    /// The venue's id, once known.
    pub venue_id: Option<String>,
    /// The position that it opens or closes.
    pub position: i64,
    /// The robot that decided it.
    pub robot: Option<i64>,
    /// Owner.
    pub user: i64,
    /// Where it went.
    pub account: i64,
    /// Venue of the account.
    pub venue: &'static str,
    /// Market.
    pub symbol: String,
    /// `buy` or `sell`.
    pub action: &'static str,
    /// Side of the position: `long` or `short`.
    pub position_side: &'static str,
    /// `open` or `close`.
    pub purpose: &'static str,
    /// Whether the venue was told that it may only shrink a position.
    pub reduce_only: bool,
    /// `market` or `limit`.
    pub kind: &'static str,
    /// The worst acceptable price, of a limit order.
    pub limit_price: Option<String>,
    /// Asked quantity.
    pub quantity: String,
    /// Filled so far.
    pub filled: String,
    /// Average price of the fills.
    pub average_price: Option<String>,
    /// Leverage.
    pub leverage: u32,
    /// `isolated` or `cross`.
    pub margin_mode: &'static str,
    /// Where it stands, such as `in_doubt` or `filled`.
    pub state: &'static str,
    /// Why the venue refused it.
    pub refused_because: Option<String>,
    /// When the intent was committed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last moved.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Raised by each change.
    pub version: u32,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        let (kind, limit_price) = match order.kind {
            OrderKind::Market => ("market", None),
            OrderKind::Limit { price } => ("limit", Some(price.to_string())),
        };
        let state = order.state.as_str();
        let refused_because = match order.state {
            OrderState::Refused { reason } => Some(reason),
            OrderState::Submitting
            | OrderState::InDoubt
            | OrderState::Open
            | OrderState::PartlyFilled
            | OrderState::Filled
            | OrderState::Cancelled
            | OrderState::Expired => None,
        };
        Self {
            id: order.id.0,
            client_id: order.client_id.0,
            venue_id: order.venue_id.map(|id| id.0),
            position: order.position.0,
            robot: order.robot.map(|robot| robot.0),
            user: order.user.0,
            account: order.account.0,
            venue: order.venue.as_str(),
            symbol: order.symbol.to_string(),
            action: order.action.as_str(),
            position_side: order.position_side.as_str(),
            purpose: order.purpose.as_str(),
            reduce_only: order.reduce_only,
            kind,
            limit_price,
            quantity: order.quantity.to_string(),
            filled: order.filled.to_string(),
            average_price: order.average_price.map(|price| price.to_string()),
            leverage: order.leverage,
            margin_mode: order.margin_mode.as_str(),
            state,
            refused_because,
            created_at: order.created_at,
            updated_at: order.updated_at,
            version: order.version,
        }
    }
}

/// One execution.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FillView {
    /// The venue's id of it.
    pub venue_id: String,
    /// Our order, when it is ours.
    pub order: Option<i64>,
    /// The venue's id of the order.
    pub venue_order_id: String,
    /// The position that it changed.
    pub position: Option<i64>,
    /// `buy` or `sell`.
    pub action: &'static str,
    /// Whether it shrank the position.
    pub reducing: bool,
    /// How much.
    pub quantity: String,
    /// At which price.
    pub price: String,
    /// Fee paid; negative is a rebate.
    pub fee: String,
    /// Profit realised before fees.
    pub realised: String,
    /// Who brought it about: `order`, `liquidation` or `venue`.
    pub cause: &'static str,
    /// When, by the venue's clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<Fill> for FillView {
    fn from(fill: Fill) -> Self {
        let report = fill.report;
        Self {
            venue_id: report.venue_fill_id,
            order: fill.order.map(|order| order.0),
            venue_order_id: report.venue_order_id.0,
            position: fill.position.map(|position| position.0),
            action: report.action.as_str(),
            reducing: report.reducing,
            quantity: report.quantity.to_string(),
            price: report.price.to_string(),
            fee: report.fee.to_string(),
            realised: report.realised.to_string(),
            cause: match report.cause {
                FillCause::Order => "order",
                FillCause::Liquidation => "liquidation",
                FillCause::Venue => "venue",
            },
            at: report.at,
        }
    }
}
