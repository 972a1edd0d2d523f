//! Pools: products that users put money into, what their holdings earn each day, and what is paid of it.

mod accrue;
pub mod audit;
mod batch;
mod change;
pub mod day;
mod draft;
mod enter;
pub mod figure;
pub mod holding;
mod leave;
mod post;
pub mod product;
pub mod rate;
pub mod refusal;
pub mod tally;

pub use accrue::Accrual;
pub use batch::{Batch, Recorded, arrears, correct, distribute, mature};
pub use change::PoolChange;
pub use day::{Calendar, PoolDay};
pub use draft::ProductDraft;
pub use enter::{Adding, Subscribing, add, subscribe};
pub use figure::{ProductBook, apr, apy};
pub use holding::{Holding, HoldingState};
pub use leave::{Left, Redeeming, redeem};
pub use post::{fund, funding_of, principal_of};
pub use product::{Early, Limits, Payday, Product, ProductState, Term};
pub use rate::{RateRow, Rates};
pub use refusal::PoolRefusal;
pub use tally::{DayFigures, DayState, DayTally, PoolDayRow};
