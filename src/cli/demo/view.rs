//! The demo's live view: a frame of text made from one look at the store and the tapes.

use std::fmt::Write as _;

use domain::fixed::{Amount, Price};
use domain::id::RobotId;
use domain::ledger::Entry;
use domain::market::Symbol;
use domain::payout::Payout;
use domain::position::Position;
use domain::trigger::Trigger;

use crate::cli::demo::summary::{Purse, Summary};

/// How many positions and entries a frame shows.
pub const ROWS: usize = 12;

/// What a frame shows.
#[derive(Debug)]
pub struct Frame {
    /// What the market's clock shows.
    pub market_time: String,
    /// Last prices.
    pub prices: Vec<(Symbol, Option<Price>)>,
    /// Live positions with their unrealised profit.
    pub positions: Vec<(Position, Amount)>,
    /// Balances.
    pub purses: Vec<Purse>,
    /// The newest entries, newest first.
    pub entries: Vec<Entry>,
    /// The newest deposits and redemptions with what was paid for each, newest last.
    pub chain_orders: Vec<(Trigger, Vec<Payout>)>,
    /// Counts so far.
    pub summary: Summary,
}

/// A frame of text.
pub fn frame(look: &Frame) -> String {
    let mut text = String::new();
    let written = header(&mut text, look)
        .and_then(|()| positions(&mut text, look))
        .and_then(|()| purses(&mut text, look))
        .and_then(|()| chain_orders(&mut text, look))
        .and_then(|()| entries(&mut text, look));
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    text
}

/// The same in one line, where there is no terminal.
pub fn line(look: &Frame) -> String {
    let Summary {
        positions_opened,
        positions_closed,
        positions_profitable,
        charged,
        owed,
        entries,
        vault,
        pool,
        ..
    } = &look.summary;
    format!(
        "{} open {} opened {positions_opened} closed {positions_closed} profitable \
         {positions_profitable} charged {charged} owed {owed} entries {entries} vault {} of {} ended, {} shares minted, {} USDT refunded \
         pool {} days paid, {} USDT",
        look.market_time,
        look.positions.len(),
        vault.settled + vault.returned,
        vault.triggers,
        vault.minted,
        vault.refunded,
        pool.days,
        pool.paid,
    )
}

fn header(text: &mut String, look: &Frame) -> std::fmt::Result {
    let s = &look.summary;
    write!(text, "market time {}  ", look.market_time)?;
    for (symbol, price) in &look.prices {
        let price = price.map_or_else(|| "-".to_owned(), |price| price.to_string());
        write!(text, "  {symbol} {price}")?;
    }
    writeln!(text)?;
    writeln!(
        text,
        "opened {}   closed {} (by hand {})   profitable {}   charged {} ({} power)   owed {} ({} power)   pending {}",
        s.positions_opened,
        s.positions_closed,
        s.positions_closed_by_hand,
        s.positions_profitable,
        s.charged,
        s.charged_power,
        s.owed,
        s.owed_power,
        s.unsettled
    )?;
    let vault = s.vault;
    writeln!(
        text,
        "vault: {} deposits and redemptions, {} settled, {} returned   {} shares minted, {} USDT refunded",
        vault.triggers, vault.settled, vault.returned, vault.minted, vault.refunded
    )?;
    write!(text, "{}", s.pool.text())
}

fn positions(text: &mut String, look: &Frame) -> std::fmt::Result {
    writeln!(
        text,
        "\n{:<9}{:<7}{:<10}{:<6}{:>12}{:>14}{:>14}{:>14}  state",
        "position", "robot", "symbol", "side", "quantity", "entry", "profit", "peak"
    )?;
    for (position, unrealised) in look.positions.iter().take(ROWS) {
        let robot = position
            .robot
            .map_or_else(|| "-".to_owned(), |RobotId(id)| id.to_string());
        let entry = position
            .entry_price()
            .map_or_else(|| "-".to_owned(), |price| price.to_string());
        let peak = position.peak.map_or_else(|| "-".to_owned(), |peak| peak.to_string());
        writeln!(
            text,
            "{:<9}{robot:<7}{:<10}{:<6}{:>12}{entry:>14.10}{:>14}{peak:>14}  {}",
            position.id.to_string(),
            position.symbol.as_str(),
            position.side.as_str(),
            position.quantity.to_string(),
            unrealised.to_string(),
            position.state.as_str(),
        )?;
    }
    if look.positions.len() > ROWS {
        writeln!(text, "… and {} more", look.positions.len() - ROWS)?;
    }
    Ok(())
}

fn purses(text: &mut String, look: &Frame) -> std::fmt::Result {
    writeln!(text, "\n{:<9}{:>16}{:>18}{:>16}", "user", "gift power", "power", "owed")?;
    for purse in &look.purses {
        let Purse {
            name,
            gift,
            power,
            debt,
        } = purse;
        writeln!(
            text,
            "{name:<9}{:>16}{:>18}{:>16}",
            gift.to_string(),
            power.to_string(),
            debt.to_string()
        )?;
    }
    Ok(())
}

fn chain_orders(text: &mut String, look: &Frame) -> std::fmt::Result {
    if look.chain_orders.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "\n{:<9}{:<9}{:>10}{:>9}  {:<10}paid on the chain",
        "vault", "what", "given", "traded", "state"
    )?;
    for (trigger, payouts) in look.chain_orders.iter().rev() {
        let paid: Vec<String> = payouts
            .iter()
            .map(|payout| format!("{} {} {}", payout.kind.as_str(), payout.amount, payout.state.as_str()))
            .collect();
        writeln!(
            text,
            "{:<9}{:<9}{:>10}{:>9}  {:<10}{}",
            trigger.id.to_string(),
            trigger.kind.as_str(),
            trigger.amount.to_string(),
            trigger.filled.to_string(),
            trigger.state.as_str(),
            paid.join(", "),
        )?;
    }
    Ok(())
}

fn entries(text: &mut String, look: &Frame) -> std::fmt::Result {
    writeln!(text, "\nnewest entries")?;
    for entry in look.entries.iter().take(6) {
        let moved = Amount::sum(
            entry
                .postings
                .iter()
                .map(|posting| posting.amount)
                .filter(|a| a.is_positive()),
        );
        let moved = moved.unwrap_or(Amount::ZERO);
        writeln!(
            text,
            "{:<7}{:<14}{:>16}  {}",
            entry.seq.to_string(),
            entry.kind.as_str(),
            moved.to_string(),
            entry.key
        )?;
    }
    Ok(())
}
