//! What Futu's adapter promises, asked of it over the simulated OpenD's real socket.

mod doubt;
mod ground;
mod link;
mod orders;
