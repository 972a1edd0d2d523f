//! What the outside sees: the rows as the HTTP interface and the command line write them.

mod account;
mod alert;
mod health;
mod ledger;
mod order;
mod position;
mod robot;

pub use account::{AuditView, PauseStatus, PauseView, RateView, TokenView, UserView, VenueAccountView};
pub use alert::AlertView;
pub use health::{ActorView, HealthView, RobotsHealth, StoreHealth, Vitality};
pub use ledger::{
    AnswerView, DebtView, EntryView, JobRunView, LedgerAccountView, PostingView, RechargeView, StatisticsView,
};
pub use order::{FillView, OrderView};
pub use position::{ExitsView, PositionView};
pub use robot::{LimitsView, RobotView, StrategyView};
