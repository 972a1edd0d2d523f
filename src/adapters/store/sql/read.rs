//! Questions to the database, by topic.

mod activity;
mod audit;
mod chains;
mod closes;
mod each;
mod holds;
mod imported;
mod jobs;
mod keys;
mod ledger;
mod operations;
mod orders;
mod payouts;
#[cfg(test)]
mod plans;
mod pool_sums;
mod pools;
mod positions;
mod robots;
mod settling;
mod statements;
mod statistics;
mod switches;
mod triggers;
mod users;

/// Keys per question.
const KEYS: usize = 500;
