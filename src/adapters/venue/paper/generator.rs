//! Prices made from a seed: trends, ranges and volatile phases, in whole numbers.

use domain::fixed::{Price, Quantity};
use domain::instrument::Instrument;
use domain::market::Tick;
use domain::time::Timestamp;

use super::options::GeneratorOptions;
use super::random::Random;

/// Ticks that a phase lasts at least, and by how many more it may last.
const PHASE_LENGTH: (u64, u64) = (120, 1_080);

/// Sets the seed of the past apart.
const PAST_SEED: u64 = 0x7061_7374;
/// Milliseconds between two ticks of the past that is made for the bars before the start.
const PAST_STEP: i64 = 15_000;

/// One seeded path of prices.
#[derive(Debug, Clone)]
pub(super) struct Generator {
    random: Random,
    instrument: Instrument,
    start: i128,
    /// Typical move per tick, in parts of 10¹⁰ of the price.
    volatility: i128,
    interval: i64,
    price: i128,
    phase: Phase,
    left: u64,
    made: u64,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Drifts by a share of the typical move, in eighths.
    Trend { eighths: i128 },
    /// Is drawn back to a price.
    Range { around: i128 },
    /// Moves three times as much as typical.
    Volatile,
}

impl Generator {
    pub fn new(instrument: &Instrument, options: &GeneratorOptions) -> Self {
        let start = i128::from(options.start_price.units());
        Self {
            random: Random::named(options.seed, instrument.symbol.as_str()),
            instrument: instrument.clone(),
            start,
            volatility: options.volatility.units().into(),
            interval: i64::try_from(options.interval.as_millis()).unwrap_or(i64::MAX).max(1),
            price: start,
            phase: Phase::Range { around: start },
            left: PHASE_LENGTH.0,
            made: 0,
        }
    }

    /// A past of this many milliseconds that ends at the first price, in larger steps and with a seed of its own.
    pub fn past(instrument: &Instrument, options: &GeneratorOptions, length: i64) -> Vec<Tick> {
        let mut past = Self::new(instrument, options);
        past.random = Random::named(options.seed ^ PAST_SEED, instrument.symbol.as_str());
        let step = past.interval.max(PAST_STEP);
        past.volatility *= i128::from((step / past.interval).unsigned_abs().isqrt());
        past.interval = step;
        let mut ticks: Vec<Tick> = (0..length / step).map(|_| past.next()).collect();
        let end = ticks.last().map_or(past.start, |tick| tick.price.units().into());
        for tick in &mut ticks {
            tick.at.0 -= length;
            let scaled = i128::from(tick.price.units()) * past.start / end;
            tick.price = past.rounded(scaled);
        }
        ticks
    }

    /// The next tick; its time counts from zero.
    pub fn next(&mut self) -> Tick {
        if self.left == 0 {
            self.turn();
        }
        self.left -= 1;
        let typical = self.price * self.volatility / i128::from(domain::fixed::Ratio::ONE_UNITS);
        let noise = typical * self.random.bell() / 65_536;
        let step = match self.phase {
            Phase::Trend { eighths } => noise + typical * eighths / 8,
            Phase::Range { around } => noise / 2 + (around - self.price) / 64,
            Phase::Volatile => noise * 3,
        };
        let bounds = (self.start / 8, self.start * 8);
        self.price = (self.price + step).max(bounds.0).min(bounds.1);
        let at = Timestamp(
            i64::try_from(self.made)
                .unwrap_or(i64::MAX)
                .saturating_mul(self.interval),
        );
        self.made += 1;
        let (price, quantity) = (self.rounded(self.price), self.quantity());
        Tick { at, price, quantity }
    }

    /// Chooses the next phase; more than an eighth away from its start the price trends back.
    fn turn(&mut self) {
        self.left = PHASE_LENGTH.0 + self.random.below(PHASE_LENGTH.1);
        let strength = 1 + i128::from(self.random.below(3));
        self.phase = match self.random.below(8) {
            0..=1 => Phase::Range { around: self.price },
            2 => Phase::Volatile,
            _ if self.price > self.start + self.start / 8 => Phase::Trend { eighths: -strength },
            _ if self.price < self.start - self.start / 8 => Phase::Trend { eighths: strength },
            3..=5 => Phase::Trend { eighths: strength },
            _ => Phase::Trend { eighths: -strength },
        };
    }

    fn rounded(&self, units: i128) -> Price {
        let tick = self.instrument.tick;
        let price = Price::from_wide(units).and_then(|price| price.floor_to(tick));
        price.unwrap_or(tick).max(tick)
    }

    fn quantity(&mut self) -> Quantity {
        let lots = 1 + i128::from(self.random.below(2_000));
        let units = i128::from(self.instrument.lot.units()) * lots;
        Quantity::from_wide(units).unwrap_or(self.instrument.lot)
    }
}
