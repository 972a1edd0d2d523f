//! Questions to the database, by topic.

mod ledger;
mod operations;
mod orders;
mod positions;
mod robots;
mod statistics;
mod users;

/// Keys per question.
const KEYS: usize = 500;
