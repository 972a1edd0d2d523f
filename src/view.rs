//! What the outside sees: the rows as the HTTP interface and the command line write them.

mod account;
mod alert;
mod chain_order;
mod close_all;
mod csv_rows;
mod health;
mod hold;
mod job;
mod key;
mod ledger;
mod market;
mod net;
mod order;
mod payout;
mod pool;
mod pool_report;
mod position;
mod report;
mod robot;
mod statement;
mod subscription;

pub use account::{AuditView, PauseStatus, PauseView, RateView, TokenView, UserView, VenueAccountView};
pub use alert::{AcknowledgementView, AlertView, DeliveryView, TestView};
pub use chain_order::{ChainOrderDetail, ChainOrderView, MoveView, StockOrderView};
pub use close_all::{CloseAllView, LiveView, ProgressView};
pub use csv_rows::csv_rows;
pub use health::{ActorView, HealthView, RobotsHealth, StoreHealth, Vitality};
pub use hold::HoldView;
pub use job::{DuesView, JobRunView, JobView, MadeView, SHOWN_DUES, dues};
pub use key::{KeyView, RightsView};
pub use ledger::{
    AnswerView, DebtView, EntryView, HeadView, JobSaidView, LedgerAccountView, PostView, PostingView, StatisticsView,
};
pub use market::MarketView;
pub use net::NetLineView;
pub use order::{FillView, OrderView};
pub use payout::{AttemptView, PayoutDetail, PayoutView};
pub use pool::{HoldingView, PoolRateView, ProductView};
pub use pool_report::{AccrualView, BookView, PoolDayView, PoolProgressView};
pub use position::{ExitsView, PositionView, ProvenanceView};
pub use report::{ActivityView, UnsettledPositionView, UnsettledView};
pub use robot::{LimitsView, RobotView, StrategyView};
pub use statement::{LineView, STATEMENT_COLUMNS, StatementAccountView, StatementRows, StatementView};
pub use subscription::{EndpointView, MalformedLogView, SubscriptionView};
