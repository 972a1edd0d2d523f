//! The real process, as an operator runs it: killed, starved, stopped and started again, and exact after all of it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/books.rs"]
mod books;
#[path = "../support/caller.rs"]
mod caller;
#[path = "../support/daemon.rs"]
mod daemon;
#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/fleet.rs"]
mod fleet;
#[path = "../support/payer.rs"]
mod payer;
#[path = "../support/postgres.rs"]
mod postgres;

mod clock;
mod command_line;
mod database;
mod disk;
mod http;
mod kill;
mod lost_response;
mod notify;
mod panics;
mod stop;
mod whole;
