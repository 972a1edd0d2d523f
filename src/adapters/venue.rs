//! Venues, one folder each.

pub mod paper;
