//! How an account stands, told as news to those who have just begun to listen.

use std::sync::Arc;

use domain::id::VenueAccountId;

use super::Exchange;
use super::news::News;

impl Exchange {
    /// Tells how an account stands, as news in which nothing has happened. It comes after all news of what had happened before,
    /// and before that of what happens later, so that a listener may begin with it.
    pub fn show(&self, id: VenueAccountId) {
        let (venue, memory) = (Arc::clone(&self.venue), Arc::clone(&self.memory));
        tokio::spawn(async move {
            let shown = venue.inspect(move |engine| {
                let Some(account) = engine.account(id).cloned() else {
                    return;
                };
                memory.tell(News::standing(account));
            });
            if shown.await.is_none() {
                tracing::debug!(%id, "the account is not shown any more: the venue has closed");
            }
        });
    }
}
