//! Bursar: an actor-based trading daemon with one exact ledger.

pub mod actors;
pub mod adapters;
pub mod assemble;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod desk;
pub mod event;
pub mod http;
pub mod import;
pub mod jobs;
pub mod ports;
pub mod simulator;
pub mod telemetry;
pub mod view;
