//! What every part of Bursar promises to those who use it, one file per promise.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/cable.rs"]
mod cable;
mod cli;
#[path = "../support/databases.rs"]
mod databases;
#[path = "../support/deaths.rs"]
mod deaths;
#[path = "../support/dice.rs"]
mod dice;
mod http;
mod jobs;
mod ledger;
mod notify;
mod panics;
mod paper;
#[path = "../support/payer_chain.rs"]
mod payer_chain;
mod payouts;
#[path = "../support/receiver.rs"]
mod receiver;
mod robot;
mod settings;
mod simulator;
#[path = "../support/skipped.rs"]
mod skipped;
mod store;
mod systemd;
mod targets;
mod venues;
mod work;
