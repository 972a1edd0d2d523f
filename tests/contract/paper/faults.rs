//! The venue is as faulty as it is told to be.

use std::sync::Arc;
use std::time::Duration;

use bursar::adapters::venue::paper::{Chaos, Fault, Target};
use bursar::ports::venue::{Lookup, Venue, VenueError};
use domain::outcome::Outcome;
use domain::venue::{ClientOrderId, Cursor};
use tokio::time::Instant;

use super::*;

async fn found(venue: &PaperVenue, client_id: &str) -> bool {
    let id = ClientOrderId(client_id.to_owned());
    matches!(seek(venue, ME, &id).await.unwrap(), Lookup::Found(_))
}

#[tokio::test(start_paused = true)]
async fn lost_response_leaves_the_order_there_or_not() {
    let venue = ready(&Arc::default()).await;
    venue.faults().expect(Target::Account(ME), Fault::LoseBeforeAccept, 1);
    venue.faults().expect(Target::Account(ME), Fault::LoseAfterAccept, 1);
    assert!(matches!(
        venue.place(ME, &buy("before", "0.1")).await,
        Outcome::Unknown(_)
    ));
    assert!(matches!(
        venue.place(ME, &buy("after", "0.1")).await,
        Outcome::Unknown(_)
    ));
    assert!(!found(&venue, "before").await);
    assert!(found(&venue, "after").await);
    assert!(matches!(venue.place(ME, &buy("well", "0.1")).await, Outcome::Done(_)));
}

#[tokio::test(start_paused = true)]
async fn rejection_hits_as_many_places_as_told_and_only_the_account_named() {
    let venue = ready(&Arc::default()).await;
    venue
        .faults()
        .expect(Target::Account(VenueAccountId(2)), Fault::Reject, 9);
    venue.faults().expect(Target::Anyone, Fault::Reject, 2);
    for id in ["one", "two"] {
        let refused = venue.place(ME, &buy(id, "0.1")).await;
        assert!(matches!(refused, Outcome::Refused(refusal) if refusal.code == "-1000"));
    }
    assert!(matches!(venue.place(ME, &buy("three", "0.1")).await, Outcome::Done(_)));
}

#[tokio::test(start_paused = true)]
async fn answers_come_late_until_told_otherwise() {
    let venue = ready(&Arc::default()).await;
    venue.faults().delay(Target::Account(ME), Duration::from_secs(3));
    let start = Instant::now();
    venue.place(ME, &buy("open", "0.1")).await;
    assert_eq!(start.elapsed(), Duration::from_secs(3));
    venue.faults().delay(Target::Account(ME), Duration::ZERO);
    look(&venue, ME, &Cursor::default(), 10).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn polls_fail_as_told() {
    let venue = ready(&Arc::default()).await;
    let wait = Duration::from_secs(30);
    venue.faults().expect(Target::Anyone, Fault::PollUnreachable, 1);
    venue.faults().expect(Target::Anyone, Fault::PollRateLimited(wait), 1);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(look(&venue, ME, &Cursor::default(), 10).await.err());
    }
    let unreachable = VenueError::Unreachable("no answer".to_owned());
    let limited = VenueError::RateLimited { retry_after: wait };
    assert_eq!(answers, [Some(unreachable), Some(limited), None]);
}

#[tokio::test(start_paused = true)]
async fn poll_repeats_fills_and_its_cursor_still_goes_on() {
    let venue = ready(&Arc::default()).await;
    venue.place(ME, &buy("one", "0.01")).await;
    let first = look(&venue, ME, &Cursor::default(), 10).await.unwrap();
    venue.place(ME, &buy("two", "0.01")).await;
    venue.faults().expect(Target::Anyone, Fault::DuplicateFills, 1);
    let second = look(&venue, ME, &first.cursor, 10).await.unwrap();
    let ids =
        |fills: &[domain::venue::FillReport]| fills.iter().map(|fill| fill.venue_fill_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&second.fills), ["1", "2"]);
    let third = look(&venue, ME, &second.cursor, 10).await.unwrap();
    assert_eq!((ids(&third.fills), third.cursor), (vec![], second.cursor));
}

#[tokio::test(start_paused = true)]
async fn stale_poll_tells_the_positions_of_the_poll_before_with_the_fills_of_now() {
    let venue = ready(&Arc::default()).await;
    look(&venue, ME, &Cursor::default(), 10).await.unwrap();
    venue.place(ME, &buy("open", "0.1")).await;
    venue.faults().expect(Target::Account(ME), Fault::StalePositions, 1);
    let stale = look(&venue, ME, &Cursor::default(), 10).await.unwrap();
    assert_eq!(
        (stale.fills.len(), stale.positions.len(), stale.balance),
        (1, 0, n("10000"))
    );
    let fresh = look(&venue, ME, &Cursor::default(), 10).await.unwrap();
    assert_eq!(
        (fresh.fills.len(), fresh.positions.len(), fresh.balance),
        (1, 1, n("9997.5"))
    );
}

#[tokio::test(start_paused = true)]
async fn chaos_of_one_seed_is_the_same_twice() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let venue = ready(&Arc::default()).await;
        venue.faults().chaos(Some(Chaos {
            seed: 7,
            lose_before: 100,
            lose_after: 100,
            reject: 100,
            delayed: 500,
            longest_delay: Duration::from_millis(900),
            ..Chaos::default()
        }));
        let start = Instant::now();
        let mut run = Vec::new();
        for number in 0..60 {
            let outcome = venue.place(ME, &buy(&format!("o{number}"), "0.002")).await;
            run.push((start.elapsed(), format!("{outcome:?}")));
        }
        venue.faults().clear();
        assert!(matches!(venue.place(ME, &buy("last", "0.01")).await, Outcome::Done(_)));
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    for kind in ["Done", "Refused", "Unknown"] {
        assert!(
            runs[0].iter().any(|(_, outcome)| outcome.starts_with(kind)),
            "no {kind}"
        );
    }
}
