//! The end of the ledger's chain in the log: at the daemon's start and stop, and daily.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use crate::event;
use crate::ports::store::Store;

/// How often the head is logged while nothing else happens.
const DAILY: Duration = Duration::from_secs(24 * 3_600);

/// Logs the head again and again, for as long as it is not dropped.
pub(super) async fn tell_daily(store: Arc<impl Store>) {
    loop {
        tokio::time::sleep(DAILY).await;
        tell(store.as_ref(), "daily").await;
    }
}

/// Logs the head; `when` says on what occasion.
pub(super) async fn tell(store: &dyn Store, when: &'static str) {
    match store.ledger_head().await {
        Ok(head) => info!(
            event = event::LEDGER_HEAD,
            ledger.seq = head.seq.0,
            ledger.digest = %head.digest,
            ledger.at = %head.at,
            when,
            "the ledger ends with entry {} {}", head.seq, head.digest
        ),
        Err(error) => warn!(event = event::LEDGER_HEAD, %error, when, "the ledger's head could not be read"),
    }
}
