//! Plays the markets' feeds: sleeps until a tick is due, and tells the venue.

use std::sync::Weak;
use std::time::Duration;

use domain::market::Symbol;
use domain::time::Timestamp;
use tokio::time::Instant;

use super::PaperVenue;
use super::track::Track;

/// How often it is written down where the markets stand.
const KEEP_TIME: Duration = Duration::from_secs(10);
/// Ticks that are told before others may run.
const BURST: usize = 64;

/// Runs until the venue is closed or dropped, or every feed has ended.
pub(super) async fn run(venue: Weak<PaperVenue>, mut tracks: Vec<(Symbol, Track)>, speed: u32) {
    let mut kept = Instant::now();
    while let Some(next) = tracks.iter().filter_map(|(_, track)| track.due()).min() {
        let open = venue.upgrade().filter(|venue| !venue.is_closed());
        let Some(now) = open.map(|venue| venue.now()) else {
            return;
        };
        if next > now {
            tokio::time::sleep(wait(next, now, speed)).await;
            continue;
        }
        let Some(venue) = venue.upgrade() else { return };
        play(&venue, &mut tracks, now).await;
        if kept.elapsed() >= KEEP_TIME {
            kept = Instant::now();
            venue.keep_time().await;
        }
    }
}

/// Tells a burst of ticks that are due, in order of time.
async fn play(venue: &PaperVenue, tracks: &mut [(Symbol, Track)], now: Timestamp) {
    for _ in 0..BURST {
        let due = tracks
            .iter_mut()
            .filter(|(_, track)| track.due().is_some_and(|due| due <= now));
        let Some((symbol, track)) = due.min_by_key(|(_, track)| track.due()) else {
            return;
        };
        if let Some(tick) = track.take() {
            venue.drive(symbol, tick, track.index()).await;
        }
    }
    tokio::task::yield_now().await;
}

/// Never zero, so that a clock in whole milliseconds gets on.
fn wait(next: Timestamp, now: Timestamp, speed: u32) -> Duration {
    (next.since(now) / speed.max(1)).max(Duration::from_micros(100))
}
