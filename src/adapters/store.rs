//! Stores: SQL by URL, and an in-memory one for simulation.
