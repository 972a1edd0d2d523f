//! Lines that explain what a venue holds, as the outside sees them.

use domain::market::Side;
use domain::position::Position;
use domain::robot::net::Explained;
use serde::Serialize;
use utoipa::ToSchema;

/// One line of what a venue holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetLineView {
    /// `venue`: what it last reported; `robot`, `external` or `imported`: a position on record; `difference`: what the venue holds
    /// beyond the positions on record.
    pub what: &'static str,
    /// `long` or `short`; absent for the net of a one-way account.
    pub side: Option<&'static str>,
    /// How much. Of a net, above zero is long.
    pub quantity: String,
    /// The robot whose position it is.
    pub robot: Option<i64>,
    /// The position.
    pub position: Option<i64>,
    /// Its state.
    pub state: Option<&'static str>,
    /// Its average entry price.
    pub entry_price: Option<String>,
    /// Its realised profit before fees.
    pub realised: Option<String>,
    /// What the venue realised beyond what the positions did, kept until the net is flat.
    pub carry: Option<String>,
}

impl NetLineView {
    /// What the venue holds, where it was asked.
    pub fn held(explained: &Explained) -> Option<Self> {
        explained
            .held
            .map(|held| Self::of_venue("venue", explained.side, held.to_string()))
    }

    /// What it holds beyond the records, where it was asked.
    pub fn difference(explained: &Explained) -> Option<Self> {
        let difference = explained.difference?;
        Some(Self::of_venue("difference", explained.side, difference.to_string()))
    }

    /// A position on record.
    pub fn position(position: &Position) -> Self {
        Self {
            what: position.origin.as_str(),
            side: Some(position.side.as_str()),
            quantity: position.quantity.to_string(),
            robot: position.robot.map(|robot| robot.0),
            position: Some(position.id.0),
            state: Some(position.state.as_str()),
            entry_price: position.entry_price().map(|price| price.to_string()),
            realised: Some(position.realised.to_string()),
            carry: position.carry.map(|carry| carry.to_string()),
        }
    }

    fn of_venue(what: &'static str, side: Option<Side>, quantity: String) -> Self {
        Self {
            what,
            side: side.map(Side::as_str),
            quantity,
            robot: None,
            position: None,
            state: None,
            entry_price: None,
            realised: None,
            carry: None,
        }
    }
}
