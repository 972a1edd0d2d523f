//! Whose turn it is.

use super::*;

const A: SubscriptionId = SubscriptionId(1);
const B: SubscriptionId = SubscriptionId(2);
const HOUR: Duration = Duration::from_secs(3_600);

fn sighted(id: i64, subscription: SubscriptionId, now: Instant) -> Sighted {
    Sighted {
        id: TriggerId(id),
        subscription,
        due: now,
        expires: now + HOUR,
        is_ordering: false,
    }
}

fn taken(board: &mut Board, now: Instant) -> Vec<i64> {
    std::iter::from_fn(|| board.take(now)).map(|taken| taken.id.0).collect()
}

#[test]
fn s3_09_the_oldest_of_each_listing_is_first_and_nobody_is_taken_twice() {
    let now = Instant::now();
    let mut board = Board::new(2);
    for id in [5, 3, 9, 1] {
        board.see(sighted(id, A, now), now);
    }
    for id in [8, 2] {
        board.see(sighted(id, B, now), now);
    }
    assert_eq!(taken(&mut board, now), [1, 2, 3, 8]);
    board.see(sighted(1, A, now), now);
    board.done(TriggerId(3), Rest::Gone, now);
    assert_eq!(taken(&mut board, now), [5]);
}

#[test]
fn s3_20_a_listing_that_waits_for_its_market_blocks_no_other_and_costs_no_look_per_trigger() {
    let now = Instant::now();
    let mut board = Board::new(1);
    for id in 1..=20_000 {
        board.see(sighted(id, A, now), now);
    }
    let mut looked = 0;
    // Each is looked at once when it is new, so that it says what it waits for.
    while let Some(taken) = board.take(now) {
        looked += 1;
        board.done(taken.id, Rest::Gate(Duration::from_secs(60)), now);
    }
    assert_eq!(looked, 20_000);
    board.see(sighted(30_000, B, now), now);
    assert_eq!(taken(&mut board, now), [30_000]);
    let minute = now + Duration::from_secs(60);
    board.pass(minute);
    assert_eq!(taken(&mut board, minute), [1]);
    board.done(TriggerId(1), Rest::Gate(Duration::from_secs(60)), minute);
    assert_eq!(taken(&mut board, minute), Vec::<i64>::new());
}

#[test]
fn what_runs_out_of_patience_is_looked_at_though_its_gate_is_shut() {
    let now = Instant::now();
    let mut board = Board::new(1);
    let early = Sighted {
        expires: now + Duration::from_secs(10),
        ..sighted(2, A, now)
    };
    board.see(sighted(1, A, now), now);
    board.see(early, now);
    while let Some(taken) = board.take(now) {
        board.done(taken.id, Rest::Gate(HOUR), now);
    }
    let later = now + Duration::from_secs(10);
    board.pass(later);
    assert_eq!(taken(&mut board, later), [2]);
}

#[test]
fn a_poke_opens_a_gate_that_has_been_shut_for_a_second() {
    let now = Instant::now();
    let mut board = Board::new(1);
    board.see(sighted(1, A, now), now);
    board.take(now).unwrap();
    board.done(TriggerId(1), Rest::Gate(HOUR), now);
    board.open_gates(now);
    assert_eq!(board.take(now), None);
    assert!(board.take(now + Duration::from_secs(1)).is_some());
}

#[test]
fn s3_22_a_push_makes_all_orders_due_and_one_that_is_looked_at_is_looked_at_again() {
    let now = Instant::now();
    let mut board = Board::new(8);
    let rest = Rest::After {
        wait: HOUR,
        is_ordering: true,
    };
    for id in [1, 2] {
        board.see(sighted(id, A, now), now);
    }
    assert_eq!(taken(&mut board, now), [1, 2]);
    board.done(TriggerId(1), rest, now);
    board.wake_orders(&[A]);
    assert_eq!(taken(&mut board, now), [1]);
    board.wake_orders(&[A]);
    board.done(TriggerId(1), rest, now);
    assert_eq!(taken(&mut board, now), [1]);
}
