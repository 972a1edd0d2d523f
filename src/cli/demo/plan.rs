//! What the demo plays: its users with their power, and its robots.

use domain::fixed::{Amount, NumberError};
use domain::market::Symbol;
use domain::robot::RiskPreference;
use domain::user::PositionMode;

/// A user of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Player {
    /// Name.
    pub name: &'static str,
    /// Power at the start, in whole units.
    pub power: i64,
    /// Gift power at the start, in whole units.
    pub gift: i64,
    /// What is shown with this user.
    pub part: &'static str,
}

/// Everybody in the demo.
pub const PLAYERS: [Player; 4] = [
    Player {
        name: "alice",
        power: 5_000,
        gift: 0,
        part: "pays from power",
    },
    Player {
        name: "bob",
        power: 2_000,
        gift: 25,
        part: "pays from gift power first, then power",
    },
    Player {
        name: "carol",
        power: 1,
        gift: 0,
        part: "has too little power, recharges later",
    },
    Player {
        name: "dave",
        power: 0,
        gift: 0,
        part: "has no power and becomes a debtor",
    },
];

/// A robot of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Index into [`PLAYERS`].
    pub player: usize,
    /// Label of its venue account.
    pub account: String,
    /// Mode of its venue account.
    pub mode: PositionMode,
    /// Market.
    pub symbol: Symbol,
    /// Length of its breakout window in seconds.
    pub window_seconds: u32,
    /// Risk preference.
    pub risk: RiskPreference,
    /// Margin of a position.
    pub stake: Amount,
    /// Leverage.
    pub leverage: u32,
}

/// The first `robots` robots of the demo, spread over players, markets, windows and risk preferences.
pub fn parts(robots: u32, symbols: &[Symbol]) -> Result<Vec<Part>, NumberError> {
    const WINDOWS: [u32; 4] = [60, 120, 180, 300];
    const LEVERAGES: [u32; 3] = [10, 20, 5];
    let stake = Amount::whole(500)?;
    let pick = |list: usize, robot: usize| robot % list.max(1);
    Ok((0..robots as usize)
        .map(|robot| Part {
            player: pick(PLAYERS.len(), robot),
            account: format!("demo-{}", robot + 1),
            mode: if robot % 5 == 4 {
                PositionMode::Hedge
            } else {
                PositionMode::OneWay
            },
            symbol: symbols[pick(symbols.len(), robot / PLAYERS.len() + robot)].clone(),
            window_seconds: WINDOWS[pick(WINDOWS.len(), robot / 2)],
            risk: RiskPreference::ALL[pick(RiskPreference::ALL.len(), robot)],
            stake,
            leverage: LEVERAGES[pick(LEVERAGES.len(), robot)],
        })
        .collect())
}
