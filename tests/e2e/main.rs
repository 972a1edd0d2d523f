//! The real process, as an operator runs it: killed, starved, stopped and started again, and exact after all of it.
//!
//! How long a story goes on can be set: `BURSAR_E2E_KILLS` (30 on SQLite, 15 on each server), `BURSAR_E2E_IMPORTS` (12) and
//! `BURSAR_E2E_SEED` (1) for the random kills, `BURSAR_E2E_COMMITS` (a few) to be killed at each of so many first commits,
//! `BURSAR_E2E_CUTS` (60) for cut connections, `BURSAR_E2E_FROZEN_SECONDS` (4) for the database that is away.
//! `BURSAR_TEST_PYTHON` is where trading clients in Python are installed, or are to be. What a machine lacks is skipped with a
//! word, unless `BURSAR_REQUIRE_SERVICES` is set.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "only some of these tests sign by themselves")]
#[path = "../support/anvil.rs"]
mod anvil;
#[path = "../support/books.rs"]
mod books;
#[path = "../support/cable.rs"]
mod cable;
#[path = "../support/caller.rs"]
mod caller;
#[path = "../support/daemon.rs"]
mod daemon;
#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/exchange.rs"]
mod exchange;
#[path = "../support/fleet.rs"]
mod fleet;
#[path = "../support/liar.rs"]
mod liar;
#[path = "../support/mariadb.rs"]
mod mariadb;
#[path = "../support/opend.rs"]
mod opend;
#[path = "../support/payer.rs"]
mod payer;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/receiver.rs"]
mod receiver;
#[path = "../support/skipped.rs"]
mod skipped;
#[path = "../support/user.rs"]
mod user;
#[path = "../support/vault_home.rs"]
mod vault_home;

mod backup;
mod clock;
mod close_all;
mod command_line;
mod crowded;
mod database;
mod debtors;
mod demo;
mod disk;
mod disk_full;
mod http;
mod import;
mod jobs;
mod kill;
mod lease;
mod lost_response;
mod migrate;
mod notify;
mod opend_sdk;
mod panics;
mod pools;
mod role;
mod secrets;
mod shared;
mod simulator;
mod statement;
mod stop;
mod vaults;
mod venue;
mod venues;
mod venues_away;
mod venues_lost;
mod venues_soak;
mod webhook;
mod whole;
