//! Several addresses to leave from.

use domain::user::PositionMode;
use domain::venue::Cursor;

use super::{Ground, ME, Stage, THIEF, account};
use bursar::ports::venue::{Look, VenueError};

pub async fn accounts_are_spread_over_addresses_and_each_address_has_limits_of_its_own(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let addresses = ["127.0.0.2", "127.0.0.3"].map(|address| address.parse().unwrap());
    let venue = ground.leaving_from(&addresses);
    for id in [ME, THIEF] {
        venue
            .prepare(&account(stage.venue, id, PositionMode::OneWay))
            .await
            .unwrap();
    }
    let (cursor, markets) = (Cursor::default(), [ground.btc()]);
    let look = Look {
        cursor: &cursor,
        markets: &markets,
        limit: 9,
        is_event: false,
    };
    if stage.venue == domain::venue::VenueName::Binance {
        // An account that has used up its address keeps nobody at the other one waiting.
        let stopped = loop {
            if let Err(error) = venue.poll(ME, &look).await {
                break error;
            }
        };
        assert!(matches!(stopped, VenueError::RateLimited { .. }), "{stopped}");
    }
    venue.poll(THIEF, &look).await.unwrap();
    venue.heed(THIEF, std::sync::Arc::new(|| {}));
    let heard = async {
        while !venue.is_heard(THIEF) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let heard = tokio::time::timeout(std::time::Duration::from_secs(8), heard).await;
    assert!(heard.is_ok(), "sockets leave from there, too");
    ground.close().await;
}
