//! The promises of payouts: each has one effect on the chain, whatever crashes and whatever nodes answer, and ends booked or halted.

mod crashes;
mod hands;
mod limits;
mod nonces;
mod solvency;
mod stories;
mod world;
