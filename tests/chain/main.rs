//! The adapter of EVM chains: against a node that misbehaves on request, and against a real one (anvil).
//!
//! `BURSAR_TEST_ANVIL` is an anvil to use, `BURSAR_TEST_NODE` where npm's packages are installed, or are to be. What a machine lacks is
//! skipped with a word, unless `BURSAR_REQUIRE_SERVICES` is set.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod abi;
#[expect(dead_code, reason = "these tests need a part of it")]
#[path = "../support/anvil.rs"]
mod anvil;
#[path = "../support/cable.rs"]
mod cable;
mod errors;
mod failover;
mod follower;
mod node;
mod payouts;
mod signers;
#[path = "../support/skipped.rs"]
mod skipped;
mod sockets;
#[cfg(feature = "pkcs11")]
mod token;
mod vault;
