//! Orders that only rest, and orders that wait to close a position.

use std::sync::Arc;

use bursar::ports::venue::Venue;
use domain::outcome::{Outcome, Refusal};
use domain::venue::{ClientOrderId, Cursor, OrderIntent, OrderKind, Protection, ProtectionKind, VenueOrderId};

use super::*;

fn stop(id: &str, trigger: &str) -> Protection {
    Protection {
        client_id: ClientOrderId(id.to_owned()),
        symbol: btc(),
        position_side: Side::Long,
        trigger: n(trigger),
        kind: ProtectionKind::StopLoss,
        quantity: n("0.1"),
    }
}

fn code<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Refused(Refusal { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_only_order_rests_or_is_refused() {
    let venue = ready(&Arc::default()).await;
    let only_resting = |id: &str, price: &str| OrderIntent {
        kind: OrderKind::Limit { price: n(price) },
        post_only: true,
        ..buy(id, "0.1")
    };
    assert!(matches!(
        venue.place(ME, &only_resting("a", "49000")).await,
        Outcome::Done(_)
    ));
    assert_eq!(code(venue.place(ME, &only_resting("b", "51000")).await), "-5022");
    let at_market = OrderIntent {
        post_only: true,
        ..buy("c", "0.1")
    };
    assert_eq!(code(venue.place(ME, &at_market).await), "-5022");
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!((report.open_orders.len(), report.fills.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_stop_loss_waits_through_a_restart_and_closes_the_position() {
    let vault: Arc<Vault> = Arc::default();
    let venue = ready(&vault).await;
    assert_eq!(code(venue.protect(ME, &stop("early", "49500")).await), "-2022");
    assert!(matches!(venue.place(ME, &buy("open", "0.1")).await, Outcome::Done(_)));
    assert_eq!(code(venue.protect(ME, &stop("wrong", "50500")).await), "-2021");
    let back = venue.protect(ME, &stop("back", "49600")).await;
    let Outcome::Done(back) = back else { panic!("{back:?}") };
    assert_eq!(venue.unprotect(ME, &btc(), &back).await, Outcome::Done(()));
    assert_eq!(
        venue.protect(ME, &stop("stop", "49500")).await,
        Outcome::Done(VenueOrderId("1-3".to_owned()))
    );
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!((report.open_orders.len(), report.fills.len()), (0, 1));
    drop(venue);
    let venue = open(&vault).await;
    venue.prepare(&account(ME)).await.unwrap();
    price(&venue, "49000").await;
    let report = look(&venue, ME, &report.cursor, 100).await.unwrap();
    let told: Vec<_> = report
        .fills
        .iter()
        .map(|fill| (fill.client_id.clone(), fill.reducing, fill.quantity, fill.realised))
        .collect();
    assert_eq!(
        told,
        [(Some(ClientOrderId("stop".to_owned())), true, n("0.1"), n("-100"))]
    );
    assert!(report.positions.is_empty());
    let late = venue.unprotect(ME, &btc(), &VenueOrderId("1-3".to_owned())).await;
    assert_eq!(code(late), "-2011");
}
