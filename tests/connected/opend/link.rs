//! The connection: encryption, reconnection, silence, limits, and whose account it is.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bursar::adapters::stocks::futu::{FutuOptions, FutuVenue, OpenError};
use bursar::clock::SystemClock;
use bursar::ports::stocks::StockVenue;
use bursar::ports::venue::VenueError;
use bursar::simulator::opend::{Cipher, OpendOptions};
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::stock::{Session, StockState};
use serde_json::json;

use super::ground::{Ground, PAPER, REAL, STOCK, buy, encrypted, live, paper, until_woken, usual, with_key, woken};

fn stock() -> Symbol {
    Symbol::new(STOCK)
}

fn refused(outcome: Outcome<domain::stock::StockReport>) -> (String, String) {
    match outcome {
        Outcome::Refused(refusal) => (refusal.code, refusal.reason),
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn everything_is_encrypted_in_either_mode_and_works_the_same() {
    for cipher in [Cipher::Asked, Cipher::Ecb] {
        let ground = Ground::open(encrypted(cipher), |opend| with_key(paper(opend))).await;
        let count = woken(&ground.venue);
        ground.placed(&buy("b-one")).await;
        assert_eq!(ground.found("b-one").await.state, StockState::Filled, "{cipher:?}");
        until_woken(&count, 0).await;
        assert_eq!(ground.venue.session(&stock()).await.unwrap(), Session::Open);
    }
}

#[actix_web::test]
async fn without_the_key_nothing_is_said() {
    let ground = Ground::bare(encrypted(Cipher::Asked), paper).await;
    let told = ground.venue.quote(&stock()).await;
    assert!(matches!(told, Err(VenueError::Unreachable(_))), "{told:?}");
}

#[actix_web::test]
async fn a_connection_that_is_cut_comes_back_and_wakes_at_both() {
    let ground = Ground::usual().await;
    let count = woken(&ground.venue);
    for round in 1..=3 {
        let before = count.load(Ordering::Relaxed);
        ground.say("cut", json!({})).await;
        until_woken(&count, before + 1).await;
        ground.connected(round + 1).await;
        ground.placed(&buy(&format!("b-{round}"))).await;
    }
    assert_eq!(ground.marks().await, ["b-1", "b-2", "b-3"]);
}

#[actix_web::test]
async fn without_a_connection_an_order_is_refused_at_once_because_nothing_left() {
    let options = |opend: &bursar::simulator::opend::Bound| FutuOptions {
        address: "127.0.0.1:9".to_owned(),
        ..paper(opend)
    };
    let ground = Ground::bare(usual(), options).await;
    let (code, _) = refused(ground.venue.place(&buy("b-one")).await);
    assert_eq!(code, "not_sent");
    assert!(ground.venue.may_ask_again(&code));
    let told = ground.venue.holdings().await;
    assert!(matches!(told, Err(VenueError::Unreachable(_))), "{told:?}");
}

#[actix_web::test]
async fn an_opend_that_is_silent_is_given_up_and_dialled_again() {
    let options = OpendOptions {
        keep_alive: 1,
        ..usual()
    };
    let ground = Ground::open(options, paper).await;
    let count = woken(&ground.venue);
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    assert_eq!(count.load(Ordering::Relaxed), 0, "signs of life keep it");
    ground
        .say(
            "faults",
            json!({ "what": "drop_before_accept", "endpoint": "KeepAlive", "times": 4 }),
        )
        .await;
    until_woken(&count, 1).await;
    ground.placed(&buy("b-one")).await;
}

#[actix_web::test]
async fn pushes_that_are_lost_or_doubled_change_nothing_that_is_looked_up() {
    let ground = Ground::usual().await;
    for what in ["lose_push", "duplicate", "cut"] {
        ground
            .say("faults", json!({ "what": what, "endpoint": "Trd_UpdateOrder" }))
            .await;
        let mark = format!("b-{what}");
        let placed = ground.venue.place(&buy(&mark)).await;
        assert!(!matches!(placed, Outcome::Refused(_)), "{placed:?}");
        assert_eq!(ground.found(&mark).await.state, StockState::Filled);
    }
}

#[actix_web::test]
async fn fifteen_orders_leave_in_thirty_seconds_spaced_and_opend_never_refuses_one() {
    let ground = Ground::usual().await;
    let started = Instant::now();
    for number in 0..15 {
        ground.placed(&buy(&format!("b-{number}"))).await;
    }
    assert!(
        started.elapsed() >= Duration::from_millis(14 * 20),
        "{:?}",
        started.elapsed()
    );
    let (code, reason) = refused(ground.venue.place(&buy("b-15")).await);
    assert_eq!(code, "held", "{reason}");
    assert!(ground.venue.may_ask_again(&code));
    assert_eq!(ground.answers().await["Trd_PlaceOrder"], json!({ "0": 15 }));
    for _ in 0..10 {
        ground.found("b-3").await;
    }
    let limited = ground.find("b-3").await.unwrap_err();
    assert!(matches!(limited, VenueError::RateLimited { retry_after } if retry_after > Duration::from_secs(20)));
    assert_eq!(ground.answers().await["Trd_GetOrderList"], json!({ "0": 10 }));
}

#[actix_web::test]
async fn a_limit_that_opend_tells_is_of_the_moment() {
    let ground = Ground::usual().await;
    ground.fault("limited").await;
    let (code, _) = refused(ground.venue.place(&buy("b-one")).await);
    assert!(ground.venue.may_ask_again(&code), "{code}");
    assert_eq!(ground.marks().await, Vec::<String>::new());
    ground.fault_at("Qot_GetSecuritySnapshot", "limited").await;
    let told = ground.venue.quote(&stock()).await;
    assert!(matches!(told, Err(VenueError::RateLimited { .. })), "{told:?}");
}

#[actix_web::test]
async fn s3_30_an_account_of_the_other_environment_bars_the_venue_and_nothing_is_asked_of_it() {
    for (number, is_live) in [(REAL, false), (PAPER, true)] {
        let options = |opend: &bursar::simulator::opend::Bound| FutuOptions {
            account: Some(number),
            ..if is_live { live(opend) } else { paper(opend) }
        };
        let ground = Ground::bare(usual(), options).await;
        let told = ground.venue.holdings().await.unwrap_err();
        assert!(
            matches!(&told, VenueError::Refused(why) if why.contains("as the settings say")),
            "{told:?}"
        );
        let (code, _) = refused(ground.venue.place(&buy("b-one")).await);
        assert_eq!(code, "barred");
        assert!(!ground.venue.may_ask_again(&code));
        let asked = ground.answers().await;
        for request in ["Trd_PlaceOrder", "Trd_GetFunds", "Trd_UnlockTrade", "Trd_SubAccPush"] {
            assert!(asked.get(request).is_none(), "{asked}");
        }
    }
}

#[actix_web::test]
async fn s3_30_the_account_that_fits_the_environment_is_found() {
    let named = |opend: &bursar::simulator::opend::Bound| FutuOptions {
        account: Some(PAPER),
        ..paper(opend)
    };
    let ground = Ground::open(usual(), named).await;
    ground.placed(&buy("b-one")).await;
    let answers = ground.answers().await;
    assert!(answers.get("Trd_UnlockTrade").is_none(), "paper needs none: {answers}");
}

#[actix_web::test]
async fn a_password_that_was_refused_is_never_sent_again() {
    let wrong = |opend: &bursar::simulator::opend::Bound| FutuOptions {
        password: Some("canary".to_owned().into()),
        ..live(opend)
    };
    let ground = Ground::bare(usual(), wrong).await;
    let told = ground.venue.holdings().await.unwrap_err().to_string();
    assert!(told.contains("stays locked") && !told.contains("canary"), "{told}");
    let told = ground.venue.place(&buy("b-one")).await;
    assert_eq!(refused(told).0, "barred");
    assert_eq!(ground.answers().await["Trd_UnlockTrade"], json!({ "-1": 1 }));
}

#[actix_web::test]
async fn live_without_a_password_is_not_opened() {
    let ground = Ground::usual().await;
    let options = FutuOptions {
        password: None,
        ..live(&ground.opend)
    };
    let clock: std::sync::Arc<dyn bursar::clock::Clock> = std::sync::Arc::new(SystemClock);
    assert_eq!(FutuVenue::open(options, clock).err(), Some(OpenError::NoPassword));
}
