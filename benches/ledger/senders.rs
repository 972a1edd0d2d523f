//! Settlements through the ledger's actor, by a number of senders who each wait for their receipt.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use actix::{Actor, Addr, Arbiter};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::{Purse, Recharge, Settle, Stop};
use bursar::clock::{Clock, SystemClock};
use bursar::ports::store::Store;
use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::PostAnswer;
use domain::settlement::Settlement;
use futures::StreamExt;
use tokio::sync::watch;

use super::figures::Measured;
use super::fill::USERS;

/// Starts a ledger as the daemon does: on an arbiter of its own.
pub fn start(store: &Arc<dyn Store>, options: LedgerOptions) -> Addr<LedgerActor> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let alerts = AlertActor::new(AlertDeps {
        store: Arc::clone(store),
        clock: Arc::clone(&clock),
        retry_first: options.retry_first,
        retry_max: options.retry_max,
        outbox: None,
    });
    let alerts = alerts.start();
    let (fatal, _) = watch::channel(false);
    let deps = LedgerDeps {
        store: Arc::clone(store),
        clock,
        raises: alerts.clone().recipient(),
        resolves: alerts.recipient(),
        options,
        fatal,
    };
    LedgerActor::start_in_arbiter(&Arbiter::new().handle(), |_| LedgerActor::new(deps))
}

/// Stops a ledger when it has written what waits.
pub async fn stop(ledger: Addr<LedgerActor>) {
    ledger.send(Stop).await.unwrap();
}

/// Gives every user enough power for all that follows.
pub async fn recharge(ledger: &Addr<LedgerActor>) {
    let brings = (1..=USERS).map(|user| {
        ledger.send(Recharge {
            reference: format!("first-{user}"),
            user: UserId(user),
            purse: Purse::Power,
            amount: Amount::whole(1_000_000).unwrap(),
            by: "bench".to_owned(),
            remark: String::new(),
        })
    });
    let mut brought = futures::stream::iter(brings).buffer_unordered(1_024);
    while let Some(receipt) = brought.next().await {
        let receipt = receipt.unwrap().unwrap();
        assert!(matches!(receipt.answer, PostAnswer::Created { .. }), "{receipt:?}");
    }
}

/// Settles these positions, `senders` at a time.
pub async fn settle(ledger: &Addr<LedgerActor>, ids: Range<i64>, senders: usize) -> Measured {
    let count = ids.end.abs_diff(ids.start);
    let begun = Instant::now();
    let sent = ids.map(|id| async move {
        let begun = Instant::now();
        let position = PositionId(id);
        let receipt = ledger.send(Settle { position }).await.unwrap().unwrap();
        assert!(
            matches!(
                (&receipt.answer, receipt.settlement),
                (PostAnswer::Created { .. }, Settlement::Charged { .. })
            ),
            "{receipt:?}"
        );
        begun.elapsed()
    });
    let waits = futures::stream::iter(sent).buffer_unordered(senders).collect().await;
    Measured {
        count,
        spent: begun.elapsed(),
        waits,
    }
}
