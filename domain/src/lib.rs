//! The pure core of Bursar: what is decided, without clock, I/O, randomness or floating point.

pub mod access;
pub mod alert;
pub mod change;
pub mod exit;
pub mod fixed;
pub mod id;
pub mod instrument;
pub mod invariant;
pub mod ledger;
pub mod market;
pub mod order;
pub mod outcome;
pub mod page;
pub mod paper;
pub mod pause;
pub mod position;
pub mod reconcile;
pub mod risk;
pub mod robot;
pub mod settlement;
pub mod strategy;
pub mod time;
pub mod user;
pub mod venue;
