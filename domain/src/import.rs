//! Taking over another platform's tables: rows in, a plan and its report out, so that nobody is charged again.
//!
//! Nothing is decided row by row while it is written: the whole plan is made first, and its totals reconcile to the last
//! digit before anything is posted. What one bad row leaves uncertain is the whole account of its user, so a user is
//! taken over whole or not at all.

mod bad;
mod cell;
mod check;
mod declared;
mod place;
mod plan;
mod report;
mod row;
mod sheet;
#[cfg(test)]
mod tests;

pub use bad::{BadRow, File, LeftOut, Note, NoteKind};
pub use cell::{LegacyId, Reading, Source};
pub use check::Tables;
pub use declared::{Comparison, Conflict, Declared, DeclaredKind};
pub use place::{Placing, user_name};
pub use plan::{Fate, OrderPlan, Plan, PlanError, UserPlan, plan};
pub use report::{Balances, OrderCounts, PendingLine, RefundLine, Report, RowCounts, TotalLine, UserLine};
pub use row::{ChargeRow, OrderRow, Standing, WalletRow};
pub use sheet::{Sheet, SheetError, fields};
