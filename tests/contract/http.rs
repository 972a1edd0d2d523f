//! The HTTP interface promises: its table is all there is, each role passes where it may, and every no is a problem
//! that names what is wrong.

mod access;
mod alerts;
mod asking;
mod close_alls;
mod jobs;
mod keys;
mod markets;
mod money;
mod pools;
mod reports;
mod robots;
mod stage;
mod watching;
