//! Simulation: whole worlds in paused time, with everything that goes wrong, checked at rest.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/world.rs"]
mod world;

mod away;
mod calls;
mod checker;
mod close_alls;
mod holds;
mod late;
mod scenarios;
mod seeds;
mod story;
mod streams;
mod triggers;
