//! The actors: postmen that take mail, gather facts, ask the domain, commit and tell others.

pub mod mail;
