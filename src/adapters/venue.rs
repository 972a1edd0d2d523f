//! Venues, one folder each.
