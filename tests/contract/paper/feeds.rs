//! Generated and recorded markets.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bursar::adapters::venue::paper::{GeneratorOptions, OpenError};
use bursar::ports::market::BARS_LENGTH;
use domain::fixed::Price;

use super::vault::Vault;
use super::*;
use crate::skipped::tell;

fn generator(seed: u64) -> Feed {
    Feed::Generator(GeneratorOptions {
        seed,
        interval: Duration::from_secs(1),
        start_price: n("65000"),
        volatility: n("0.0005"),
    })
}

async fn fed(feed: Feed, speed: u32, vault: &Arc<Vault>) -> Result<Arc<PaperVenue>, OpenError> {
    PaperVenue::open(options(feed, speed), Arc::clone(vault) as _, clock(speed)).await
}

async fn ticks_of(venue: &PaperVenue) -> Vec<Tick> {
    let mut ticks = Vec::new();
    venue.tape(&btc()).await.unwrap().since(0, |tick| ticks.push(*tick));
    ticks
}

async fn recorded(name: &str, text: &[u8], wait: Duration) -> Result<Vec<Tick>, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(text).unwrap();
    let venue = fed(Feed::File { path, repeat: false }, 1, &Arc::default()).await?;
    tokio::time::sleep(wait).await;
    Ok(ticks_of(&venue).await)
}

fn prices(ticks: &[Tick]) -> Vec<String> {
    ticks.iter().map(|tick| tick.price.to_string()).collect()
}

/// The shared recordings beside the project, where they are.
fn fixture(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let folder = std::env::var_os("BURSAR_FIXTURES").map_or_else(beside, PathBuf::from);
    let path = folder.join("market").join(name);
    if !path.exists() {
        tell(&format!(
            "tests on recorded markets; set BURSAR_FIXTURES to the folder that has market/{name} to turn them on"
        ));
        return None;
    }
    Some(path)
}

#[tokio::test(start_paused = true)]
async fn generated_market_plays_in_scaled_time_with_its_history() {
    let venue = fed(generator(1), 60, &Arc::default()).await.unwrap();
    let tape = venue.tape(&btc()).await.unwrap();
    assert_eq!(tape.with_bars(<[_]>::len), BARS_LENGTH);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let ticks = ticks_of(&venue).await;
    assert!((599..=601).contains(&ticks.len()), "{}", ticks.len());
    assert_eq!(ticks[0].at, Timestamp(1_700_000_040_000));
    assert_eq!(
        tape.with_bars(|bars| bars[BARS_LENGTH - 1].close),
        n("65000"),
        "the past ends at the first price"
    );
    assert_eq!(ticks[599].at, Timestamp(1_700_000_639_000));
    assert!(
        ticks
            .iter()
            .all(|tick| tick.price.is_multiple_of(n("0.1")) && tick.quantity.is_positive())
    );
    tape.with_bars(|bars| {
        for pair in bars.windows(2) {
            assert_eq!(pair[1].opened_at.since(pair[0].opened_at), Duration::from_mins(1));
        }
    });
}

#[tokio::test(start_paused = true)]
async fn generated_market_depends_on_its_seed_alone_and_goes_both_ways() {
    let mut played = Vec::new();
    for seed in [1, 1, 2] {
        let venue = fed(generator(seed), 100, &Arc::default()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(40)).await;
        let bars = venue.tape(&btc()).await.unwrap().with_bars(<[_]>::to_vec);
        played.push((ticks_of(&venue).await, bars));
    }
    assert_eq!(played[0], played[1]);
    assert_ne!(played[0], played[2]);
    for (_, bars) in &played {
        let moves = |from: &[domain::market::Bar]| {
            let (first, last) = (from[0].open.units(), from[from.len() - 1].close.units());
            (last - first) * 1_000 / first
        };
        let hours: Vec<i64> = bars.chunks(60).map(moves).collect();
        assert!(
            hours.iter().any(|per_mille| *per_mille > 10),
            "no hour rose by 1 %: {hours:?}"
        );
        assert!(
            hours.iter().any(|per_mille| *per_mille < -10),
            "no hour fell by 1 %: {hours:?}"
        );
        assert!(
            hours.iter().any(|per_mille| per_mille.abs() < 5),
            "no quiet hour: {hours:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn reopened_market_goes_on_and_does_not_jump_back() {
    let vault = Arc::<Vault>::default();
    let venue = fed(generator(1), 1, &vault).await.unwrap();
    tokio::time::sleep(Duration::from_millis(60_500)).await;
    let before = ticks_of(&venue).await;
    venue.keep_time().await;
    drop(venue);
    let venue = fed(generator(1), 1, &vault).await.unwrap();
    tokio::time::sleep(Duration::from_millis(10_500)).await;
    let after = ticks_of(&venue).await;
    let whole = fed(generator(1), 1, &Arc::default()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(75_500)).await;
    let whole = ticks_of(&whole).await;
    let joined = [prices(&before), prices(&after)].concat();
    assert_eq!(joined, prices(&whole[..joined.len()]));
}

#[tokio::test(start_paused = true)]
async fn trade_moves_the_market_clock_along_in_the_same_commit() {
    let vault = Arc::<Vault>::default();
    let venue = fed(generator(1), 1, &vault).await.unwrap();
    venue.prepare(&account(ME)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    venue.place(ME, &buy("open", "0.1")).await;
    let before = ticks_of(&venue).await;
    drop(venue);
    let venue = fed(generator(1), 1, &vault).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = ticks_of(&venue).await;
    let whole = fed(generator(1), 1, &Arc::default()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(6_500)).await;
    let joined = [prices(&before), prices(&after)].concat();
    assert_eq!(joined, prices(&ticks_of(&whole).await));
}

#[tokio::test(start_paused = true)]
async fn recorded_trades_play_from_now_at_their_own_pace() {
    let text = b"T,t,p,q,m,X\n1000,1,61800.30,0.006,False,MARKET\n3500,2,61800.20,0.199,True,MARKET\n";
    let ticks = recorded("trades.csv", text, Duration::from_secs(60)).await.unwrap();
    assert_eq!(prices(&ticks), ["61800.3", "61800.2"]);
    assert_eq!(ticks[0].at, Timestamp(1_700_000_040_000));
    assert_eq!(ticks[1].at, Timestamp(1_700_000_042_500));
    assert_eq!(ticks[1].quantity, n("0.199"));
}

#[tokio::test(start_paused = true)]
async fn recorded_bar_becomes_four_prices_nearer_end_first() {
    let text = b"timestamp,open,high,low,close,volume\n\
        2021-12-31 23:01:00.000000,100.0,110.0,95.0,105.0,8\n\
        2021-12-31 23:02:00.000000,105.0,106.0,90.0,91.0,4\n";
    let ticks = recorded("bars.csv", text, Duration::from_mins(10)).await.unwrap();
    assert_eq!(prices(&ticks), ["100", "95", "110", "105", "105", "106", "90", "91"]);
    let seconds: Vec<u64> = ticks.iter().map(|tick| tick.at.since(ticks[0].at).as_secs()).collect();
    assert_eq!(seconds, [0, 15, 30, 45, 60, 75, 90, 105]);
    assert_eq!(ticks[0].quantity, n("2"));
}

#[tokio::test(start_paused = true)]
async fn recording_repeats_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trades.csv");
    std::fs::write(&path, "T,t,p,q\n0,1,10,1\n500,2,11,1\n").unwrap();
    let venue = fed(Feed::File { path, repeat: true }, 1, &Arc::default())
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(3_600)).await;
    let ticks = ticks_of(&venue).await;
    assert_eq!(prices(&ticks), ["10", "11", "10", "11", "10", "11"]);
    assert_eq!(ticks[2].at, Timestamp(1_700_000_041_500));
}

#[tokio::test(start_paused = true)]
async fn wrong_recordings_are_named_with_line_and_rule() {
    let line = |error: OpenError| std::error::Error::source(&error).unwrap().to_string();
    let wait = Duration::ZERO;
    let header = recorded("x.csv", b"a,b\n1,2\n", wait).await.unwrap_err();
    assert_eq!(header.to_string(), "could not open the feed of BTCUSDT");
    assert!(line(header).contains("line 1 of recording"));
    let price = recorded("x.csv", b"T,t,p,q\n1,1,ten,1\n", wait).await.unwrap_err();
    assert!(line(price).ends_with("is wrong: price ten: not a decimal number"));
    let zero = recorded("x.csv", b"T,t,p,q\n1,1,10,1\n2,2,0,1\n", wait)
        .await
        .unwrap_err();
    assert!(line(zero).contains("line 3"));
    let empty = recorded("x.csv", b"T,t,p,q\n", wait).await.unwrap_err();
    assert!(line(empty).ends_with("has no trades and no bars"));
    let path = PathBuf::from("/nowhere/at/all.csv");
    let missing = fed(Feed::File { path, repeat: false }, 1, &Arc::default())
        .await
        .err()
        .unwrap();
    assert_eq!(line(missing), "could not read recording /nowhere/at/all.csv");
}

#[tokio::test(start_paused = true)]
async fn real_capture_and_its_trades_play_the_same_market() {
    let (Some(capture), Some(trades)) = (fixture("btcusdt_20240808.gz"), fixture("btcusdt_20240808_trades.csv")) else {
        return;
    };
    let mut played = Vec::new();
    for path in [capture, trades] {
        let venue = fed(Feed::File { path, repeat: false }, 1, &Arc::default())
            .await
            .unwrap();
        let mut seen = (0, Vec::new());
        let tape = venue.tape(&btc()).await.unwrap();
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_secs(10)).await;
            seen.0 = tape.since(seen.0, |tick| seen.1.push(*tick));
        }
        played.push(seen.1);
    }
    assert_eq!(played[0].len(), 21_313);
    assert_eq!(played[0], played[1]);
    assert_eq!(played[0][0].price, n("61800.3"));
    assert_eq!(played[0][0].at, Timestamp(1_700_000_040_000));
}

#[tokio::test(start_paused = true)]
async fn real_bars_play_after_their_history() {
    let Some(path) = fixture("btc-perp-20211231-20220201_1m.csv") else {
        return;
    };
    let venue = fed(Feed::File { path, repeat: false }, 600, &Arc::default())
        .await
        .unwrap();
    let tape = venue.tape(&btc()).await.unwrap();
    assert_eq!(tape.with_bars(<[_]>::len), BARS_LENGTH);
    let first: Price = tape.with_bars(|bars| bars[0].open);
    assert_eq!(first, n("46319"), "the first bar of the file");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let ticks = ticks_of(&venue).await;
    assert!((2_400..=2_401).contains(&ticks.len()), "{}", ticks.len());
}
