//! Protective orders on the paper venue.

use domain::id::VenueAccountId;
use domain::outcome::Outcome;
use domain::paper::{Refused, Request, Rules, Trigger};
use domain::venue::{OrderKind, Protection, VenueOrderId};

use super::PaperVenue;

impl PaperVenue {
    /// Lets one wait for a position that is held.
    pub(super) async fn guard(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId> {
        let (market, side) = (protection.symbol.clone(), protection.position_side);
        let held = self.look(move |book| {
            let account = book.engine.account(account)?;
            account.position(&market, side).cloned()
        });
        let held = match held.await {
            Ok(Some(held)) => held,
            Ok(None) => return Outcome::Refused(Refused::ReduceOnly.into()),
            Err(error) => return Outcome::Unknown(error.to_string()),
        };
        let request = Request {
            client_id: Some(protection.client_id.clone()),
            symbol: held.symbol,
            action: protection.action(),
            position_side: side,
            kind: OrderKind::Market,
            quantity: protection.quantity,
            reduce_only: true,
            leverage: held.leverage,
            margin_mode: held.margin_mode,
            rules: Rules {
                trigger: Some(Trigger {
                    price: protection.trigger,
                    rising: protection.rises(),
                }),
                ..Rules::default()
            },
        };
        self.accept(account, request).await.map(|report| report.venue_id)
    }

    /// Takes one back.
    pub(super) async fn unguard(&self, account: VenueAccountId, order: &VenueOrderId) -> Outcome<()> {
        self.take_back(account, order).await.map(drop)
    }
}
