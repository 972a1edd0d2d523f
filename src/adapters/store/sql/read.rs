//! Questions to the database, by topic.

mod activity;
mod audit;
mod closes;
mod each;
mod holds;
mod imported;
mod keys;
mod ledger;
mod operations;
mod orders;
#[cfg(test)]
mod plans;
mod positions;
mod robots;
mod settling;
mod statements;
mod statistics;
mod switches;
mod users;

/// Keys per question.
const KEYS: usize = 500;
