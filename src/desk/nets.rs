//! Nets: what a venue holds of a market on an account, explained by the robots' positions and the external ones.

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::page::Page;
use domain::position::Position;
use domain::robot::net;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError};
use crate::ports::store::PositionFilter;
use crate::view::NetLineView;

/// Rows per read.
const ROWS: u32 = 200;

/// What a venue holds of a market on an account, and what that is made of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetExplained {
    /// The account.
    pub account: i64,
    /// The market.
    pub symbol: String,
    /// `one_way`: the venue nets both sides, and quantities of the venue and of differences are signed, above zero for long;
    /// `hedge`: each side is on its own.
    pub mode: &'static str,
    /// When the venue last answered, by its clock; absent where no daemon has asked it since its start.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub seen_at: Option<Timestamp>,
    /// What the venue holds, each position on record, and the difference.
    pub items: Vec<NetLineView>,
}

impl Desk {
    /// Explains what the venue holds of a market on an account.
    ///
    /// # Errors
    /// When there is no such account; or the store does not answer.
    pub async fn net(&self, account: VenueAccountId, symbol: &Symbol) -> Result<NetExplained, DeskError> {
        let row = self.store.venue_account(account).await?;
        let row = row.ok_or_else(|| DeskError::absent("venue account", account))?;
        // Before the rows: what the scheduler noted is on record.
        let sight = self.sights.of(account);
        let positions = self.live_on(account, symbol).await?;
        let seen = sight.as_ref().map(|sight| sight.positions.as_slice());
        let explained = net::explain(row.mode, &positions, seen, symbol).map_err(|error| DeskError::Conflict {
            why: format!("quantities on record cannot be summed: {error}"),
        })?;
        let venue = explained.iter().filter_map(NetLineView::held);
        let each = positions.iter().map(NetLineView::position);
        let difference = explained.iter().filter_map(NetLineView::difference);
        Ok(NetExplained {
            account: account.0,
            symbol: symbol.to_string(),
            mode: row.mode.as_str(),
            seen_at: sight.map(|sight| sight.at),
            items: venue.chain(each).chain(difference).collect(),
        })
    }

    async fn live_on(&self, account: VenueAccountId, symbol: &Symbol) -> Result<Vec<Position>, DeskError> {
        let filter = PositionFilter {
            account: Some(account),
            live: Some(true),
            ..PositionFilter::default()
        };
        let (mut found, mut page) = (Vec::new(), Page::first(ROWS));
        loop {
            let rows = self.store.positions(filter, page).await?;
            let Some(last) = rows.last() else {
                return Ok(found);
            };
            page = Page::after(last.id.0, ROWS);
            found.extend(rows.into_iter().filter(|position| position.symbol == *symbol));
        }
    }
}
