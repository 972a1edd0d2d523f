//! What was accepted is written down first, and survives.

use std::sync::Arc;
use std::time::Duration;

use bursar::ports::venue::{Lookup, Venue};
use domain::outcome::Outcome;
use domain::venue::{ClientOrderId, Cursor, OrderKind, OrderReport, ReportedState};

use super::vault::{Fate, Vault};
use super::*;

#[tokio::test(start_paused = true)]
async fn reopened_venue_goes_on_where_it_stood() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    venue.place(ME, &buy("open", "0.1")).await;
    let kind = OrderKind::Limit { price: n("52000") };
    venue
        .place(
            ME,
            &OrderIntent {
                kind,
                ..close("target", "0.1")
            },
        )
        .await;
    let before = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    drop(venue);

    let venue = open(&vault).await;
    let after = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(after, before);
    let again = venue.place(ME, &buy("open", "0.1")).await;
    assert!(matches!(again, Outcome::Refused(refusal) if refusal.code == "-4116"));
    venue.prepare(&account(ME)).await.unwrap();
    price(&venue, "52500").await;
    let report = look(&venue, ME, &before.cursor, 100).await.unwrap();
    assert_eq!((report.fills.len(), report.fills[0].price), (1, n("52000")));
    assert_eq!(report.fills[0].venue_fill_id, "2");
    // 9997.5 + 200 − 5200 × 0.0002
    assert_eq!((report.balance, report.open_orders.len()), (n("10196.46"), 0));
}

#[tokio::test(start_paused = true)]
async fn closed_venue_has_written_what_waited_and_answers_nothing_more() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    vault.be_slow(Duration::from_secs(1));
    let order = buy("open", "0.1");
    let later = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        venue.close().await;
    };
    let (placed, ()) = futures::join!(venue.place(ME, &order), later);
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    let saves = vault.saves();
    assert!(matches!(
        venue.place(ME, &buy("late", "0.1")).await,
        Outcome::Unknown(_)
    ));
    assert!(look(&venue, ME, &Cursor::default(), 100).await.is_err());
    price(&venue, "40000").await;
    venue.close().await;
    assert_eq!(vault.saves(), saves);
    let venue = open(&vault).await;
    assert_eq!(
        look(&venue, ME, &Cursor::default(), 100).await.unwrap().positions.len(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn reopened_venue_refuses_a_vault_that_does_not_add_up() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    drop(venue);
    let rows = vault.load().await.unwrap();
    let mut row = rows.into_iter().find(|row| row.table == "account").unwrap();
    row.content = row.content.replace(r#""balance":"10000""#, r#""balance":"10001""#);
    vault.save(vec![row]).await.unwrap();
    let opened = PaperVenue::open(options(Feed::ByHand, 1), vault, clock(1)).await;
    assert_eq!(
        opened.err().unwrap().to_string(),
        "the stored paper venue does not add up"
    );
}

#[tokio::test(start_paused = true)]
async fn act_that_cannot_be_written_is_taken_back_and_unknown() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    vault.next(Fate::Unavailable);
    let lost = venue.place(ME, &buy("open", "0.1")).await;
    assert!(matches!(lost, Outcome::Unknown(_)), "{lost:?}");
    let id = ClientOrderId("open".to_owned());
    assert_eq!(seek(&venue, ME, &id).await.unwrap(), Lookup::Absent);
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!((report.balance, report.fills.len()), (n("10000"), 0));
    assert!(matches!(venue.place(ME, &buy("open", "0.1")).await, Outcome::Done(_)));
    assert_eq!(vault.count("fill"), 1);
}

#[tokio::test(start_paused = true)]
async fn commit_in_doubt_is_looked_up_until_it_is_known() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    vault.next(Fate::InDoubtWritten);
    assert!(matches!(venue.place(ME, &buy("one", "0.1")).await, Outcome::Done(_)));
    vault.next(Fate::InDoubtNotWritten);
    assert!(matches!(venue.place(ME, &buy("two", "0.1")).await, Outcome::Unknown(_)));
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!((report.fills.len(), report.positions[0].quantity), (1, n("0.1")));
    assert_eq!((vault.count("order"), vault.count("fill")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn liquidation_that_cannot_be_written_happens_at_the_next_price() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    venue.place(ME, &buy("open", "0.1")).await;
    vault.next(Fate::Unavailable);
    price(&venue, "45000").await;
    assert_eq!(
        look(&venue, ME, &Cursor::default(), 100).await.unwrap().positions.len(),
        1
    );
    price(&venue, "45000").await;
    assert_eq!(
        look(&venue, ME, &Cursor::default(), 100).await.unwrap().positions.len(),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn acts_that_wait_share_a_commit() {
    let vault = Arc::<Vault>::default();
    let venue = open(&vault).await;
    price(&venue, "50000").await;
    let ids: Vec<VenueAccountId> = (1..=100).map(VenueAccountId).collect();
    for id in &ids {
        venue.prepare(&account(*id)).await.unwrap();
    }
    vault.be_slow(Duration::from_millis(5));
    let before = vault.saves();
    let placed = ids.iter().map(|id| {
        let venue = Arc::clone(&venue);
        let id = *id;
        async move { venue.place(id, &buy("open", "0.1")).await }
    });
    let outcomes = futures::future::join_all(placed).await;
    let filled = |outcome: &&Outcome<OrderReport>| matches!(outcome, Outcome::Done(report) if report.state == ReportedState::Filled);
    assert_eq!(outcomes.iter().filter(filled).count(), 100);
    assert!(vault.saves() - before <= 3, "{} saves", vault.saves() - before);
}

#[tokio::test(start_paused = true)]
async fn order_stands_also_when_its_sender_has_gone() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    vault.be_slow(Duration::from_secs(5));
    let impatient = tokio::time::timeout(Duration::from_secs(1), venue.place(ME, &buy("open", "0.1"))).await;
    assert!(impatient.is_err());
    let found = seek(&venue, ME, &ClientOrderId("open".to_owned())).await.unwrap();
    assert!(matches!(found, Lookup::Found(report) if report.state == ReportedState::Filled));
}

#[tokio::test(start_paused = true)]
async fn same_id_sent_twice_at_once_is_accepted_once() {
    let vault = Arc::<Vault>::default();
    let venue = ready(&vault).await;
    let (one, two) = (buy("open", "0.1"), buy("open", "0.1"));
    let (first, second) = futures::join!(venue.place(ME, &one), venue.place(ME, &two));
    assert!(matches!(first, Outcome::Done(_)));
    assert!(matches!(second, Outcome::Refused(refusal) if refusal.code == "-4116"));
}
