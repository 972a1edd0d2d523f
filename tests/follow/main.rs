//! Following a chain in paused time: a chain that misbehaves, the actors that read it, and what is on record at rest.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/chain.rs"]
mod chain;
mod crashes;
mod delivery;
mod ranges;
mod reorgs;
mod world;
