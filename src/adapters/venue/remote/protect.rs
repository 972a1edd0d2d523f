//! Protective orders at a connected venue.

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::venue::{Protection, VenueOrderId};

use super::connected::Connected;
use super::speech::{Speech, seat};
use crate::ports::venue::VenueError;

impl<S: Speech> Connected<S> {
    /// Sends a protective order, once.
    ///
    /// # Errors
    /// When it was not sent.
    pub(super) async fn guard(
        &self,
        account: VenueAccountId,
        protection: &Protection,
    ) -> Result<Outcome<VenueOrderId>, VenueError> {
        let (speech, core) = (&self.wire.speech, self.core());
        let markets = self.wire.markets().await?;
        let wish = speech.protect(&seat(core, account), protection, &markets).await?;
        Ok(core.ask(account, &wish).await.outcome(|body| speech.protected(body)))
    }

    /// Takes one back.
    pub(super) async fn unguard(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<()> {
        let speech = &self.wire.speech;
        let said = self.core().ask(account, &speech.unprotect(symbol, order)).await;
        match said.outcome(|body| speech.unprotected(body)) {
            Outcome::Done(verdict) => verdict.outcome(|| Ok(())),
            Outcome::Refused(refusal) => Outcome::Refused(refusal),
            Outcome::Unknown(seen) => Outcome::Unknown(seen),
        }
    }
}
