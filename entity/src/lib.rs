//! Entities of the database, one table one file, no logic.
//!
//! Money, prices, quantities and ratios are whole units of the domain's fixed-point types, times are milliseconds
//! since 1970-01-01 UTC, flags are zero or one, and states are their names. Hashes and addresses of chains are bytes, and amounts in a
//! token's own units are decimal digits.
#![expect(
    missing_docs,
    reason = "columns are described where the domain names the same things"
)]

pub mod access_token;
pub mod alert;
pub mod alert_delivery;
pub mod app_user;
pub mod audit;
pub mod chain_anchor;
pub mod chain_log;
pub mod chain_subscription;
pub mod chain_trigger;
pub mod close_all;
pub mod debt;
pub mod entry;
pub mod entry_refusal;
pub mod fill;
pub mod hold;
pub mod id_block;
pub mod imported;
pub mod income;
pub mod installation;
pub mod job;
pub mod job_run;
pub mod ledger_account;
pub mod paper_row;
pub mod pause;
pub mod payout;
pub mod payout_attempt;
pub mod pool_accrual;
pub mod pool_day;
pub mod pool_holding;
pub mod pool_product;
pub mod pool_rate;
pub mod position;
pub mod posting;
pub mod power_rate;
pub mod robot;
pub mod stock_order;
pub mod sync_cursor;
pub mod trade_order;
pub mod trigger_move;
pub mod venue_account;
pub mod venue_key;
pub mod writer_lease;
