//! Jobs that people made: each due time is taken by one run, whatever ends, fails or is set back meanwhile.

mod crashes;
mod hands;
mod own;
mod stories;
mod world;
