//! Questions to the database, by topic.

mod activity;
mod audit;
mod closes;
mod holds;
mod imported;
mod ledger;
mod operations;
mod orders;
mod positions;
mod robots;
mod settling;
mod statements;
mod statistics;
mod users;

/// Keys per question.
const KEYS: usize = 500;
