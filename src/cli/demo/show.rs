//! Shows the running demo: a frame on a terminal each second, a line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use domain::fixed::{Amount, Price};
use domain::market::Symbol;
use domain::page::Page;
use domain::position::Position;

use super::Stage;
use super::pool::PoolSummary;
use super::summary::{self, Summary};
use super::vault;
use super::view::{self, Frame};
use crate::ports::store::{EntryFilter, PositionFilter, Store, StoreError};
use crate::ports::venue::Venue;

const FRAME_EVERY: Duration = Duration::from_secs(1);
const LINE_EVERY: Duration = Duration::from_secs(5);
const PAGE: u32 = 200;
/// How many of the newest entries a frame shows.
const ENTRIES: u32 = 6;

/// Shows the demo for as long as it is not dropped. What cannot be read now is shown a moment later.
pub async fn show(stage: &Stage) {
    let terminal = stderr().is_terminal();
    let mut timer = tokio::time::interval(if terminal { FRAME_EVERY } else { LINE_EVERY });
    loop {
        timer.tick().await;
        let text = match look(stage).await {
            Ok(frame) if terminal => format!("\x1b[2J\x1b[H{}{}", stage.welcome, view::frame(&frame)),
            Ok(frame) => format!("{}\n", view::line(&frame)),
            Err(error) => format!("the demo cannot be shown now: {error}\n"),
        };
        let mut out = stderr().lock();
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

async fn look(stage: &Stage) -> Result<Frame, StoreError> {
    let store: &dyn Store = stage.daemon.store.as_ref();
    let live = PositionFilter {
        live: Some(true),
        ..PositionFilter::default()
    };
    let mut prices = Vec::new();
    for symbol in &stage.symbols {
        let tape = stage.daemon.paper.tape(symbol).await.ok();
        prices.push((symbol.clone(), tape.and_then(|tape| tape.last()).map(|tick| tick.price)));
    }
    let positions = store.positions(live, Page::first(PAGE)).await?;
    let positions = positions
        .into_iter()
        .map(|position| with_profit(position, &prices))
        .collect();
    let before = store.last_entry().await?.0.saturating_sub(i64::from(ENTRIES));
    let mut entries = store
        .entries(EntryFilter::default(), Page::after(before.max(0), ENTRIES))
        .await?;
    entries.reverse();
    let vault = vault::outcome(store).await?;
    Ok(Frame {
        market_time: stage.daemon.clock.now().to_string(),
        prices,
        positions,
        purses: summary::purses(store).await?,
        entries,
        chain_orders: vault.newest,
        summary: Summary {
            vault: vault.summary,
            pool: match &stage.pool {
                Some(pool) => pool.outcome().await?,
                None => PoolSummary::default(),
            },
            ..Summary::so_far(store).await?
        },
    })
}

fn with_profit(position: Position, prices: &[(Symbol, Option<Price>)]) -> (Position, Amount) {
    let price = prices
        .iter()
        .find(|(symbol, _)| *symbol == position.symbol)
        .and_then(|(_, price)| *price);
    let profit = price
        .and_then(|price| position.unrealised(price).ok())
        .unwrap_or(Amount::ZERO);
    (position, profit)
}
