//! What a venue's socket pushes, in one vocabulary for all of them.

use domain::fixed::Price;
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use domain::venue::OrderReport;

use super::account::{Balance, Booking, Holding};
use super::trade::Trade;

/// One thing that a message tells; a message may tell several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// An order moved.
    Order(OrderReport),
    /// An execution.
    Trade(Trade),
    /// A position changed; its quantity is zero when it closed.
    Position(Holding),
    /// A balance changed.
    Balance(Balance),
    /// A line was booked on the account.
    Booking(Booking),
    /// Something about the account changed that only a poll tells whole.
    Poke(String),
    /// A trade on the market.
    Tick(Symbol, Tick),
    /// What the venue values positions of a market at.
    Mark(Symbol, Price, Timestamp),
    /// A bar, and whether it is over.
    Bar(Symbol, Bar, bool),
    /// The key of the private stream ends or has ended: a new one is needed.
    KeyExpired,
    /// The venue closes this connection soon, or has no room for us: connect anew.
    Closing(String),
    /// A login was accepted.
    LoggedIn,
    /// A subscription stands.
    Subscribed(String),
    /// A login or a subscription was refused, with code and words.
    Refused(String),
    /// The venue asks whether we live: answer with this text.
    Ping(String),
    /// The venue lives.
    Pong,
    /// Something that Bursar does not follow.
    Other(String),
}
