//! From the settings of the paper venue to its options.

use domain::fixed::{Amount, Price, Quantity, Ratio};
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::paper::PaperMarket;

use super::options::{UnfitSetting, unfit};
use crate::adapters::venue::paper::{Chaos, Feed, GeneratorOptions, MarketOptions, PaperOptions};
use crate::config::{InstrumentSettings, PaperFaults, PaperFeed, PaperSettings};

/// How the paper venue is opened. A recording plays the first market; the others are generated.
///
/// # Errors
/// A number that does not fit.
pub fn options(settings: &PaperSettings) -> Result<PaperOptions, UnfitSetting> {
    let markets = settings.instruments.iter().enumerate();
    Ok(PaperOptions {
        markets: markets
            .map(|(place, market)| self::market(settings, market, place))
            .collect::<Result<_, _>>()?,
        starting_balance: unfit(
            "paper.starting_balance",
            Amount::from_decimal(settings.starting_balance),
        )?,
        speed: settings.speed,
    })
}

/// How often it misbehaves; `None` for a well-behaved one.
pub fn chaos(faults: PaperFaults, seed: u64) -> Option<Chaos> {
    faults.any().then_some(Chaos {
        seed,
        lose_before: faults.lose_before_accept,
        lose_after: faults.lose_after_accept,
        reject: faults.reject,
        rate_limited: faults.rate_limited,
        duplicate_fills: faults.duplicate_fills,
        stale_positions: faults.stale_positions,
        delayed: faults.delayed,
        longest_delay: faults.longest_delay,
    })
}

fn market(settings: &PaperSettings, market: &InstrumentSettings, place: usize) -> Result<MarketOptions, UnfitSetting> {
    let feed = match settings.feed {
        PaperFeed::File if place == 0 => Feed::File {
            path: settings.file.clone(),
            repeat: true,
        },
        PaperFeed::File | PaperFeed::Generator => Feed::Generator(GeneratorOptions {
            seed: settings.seed,
            interval: settings.tick_interval,
            start_price: unfit("paper.instruments.start_price", Price::from_decimal(market.start_price))?,
            volatility: unfit("paper.instruments.volatility_bps", Ratio::bps(market.volatility_bps))?,
        }),
    };
    Ok(MarketOptions {
        terms: terms(settings, market)?,
        feed,
    })
}

fn terms(settings: &PaperSettings, market: &InstrumentSettings) -> Result<PaperMarket, UnfitSetting> {
    Ok(PaperMarket {
        instrument: Instrument {
            symbol: Symbol::new(&market.symbol),
            tick: unfit("paper.instruments.tick", Price::from_decimal(market.tick))?,
            lot: unfit("paper.instruments.lot", Quantity::from_decimal(market.lot))?,
            min_quantity: unfit(
                "paper.instruments.min_quantity",
                Quantity::from_decimal(market.min_quantity),
            )?,
            min_notional: unfit(
                "paper.instruments.min_notional",
                Amount::from_decimal(market.min_notional),
            )?,
            max_leverage: market.max_leverage,
        },
        maker_fee: unfit("paper.instruments.maker_fee", Ratio::from_decimal(market.maker_fee))?,
        taker_fee: unfit("paper.instruments.taker_fee", Ratio::from_decimal(market.taker_fee))?,
        slippage: unfit("paper.instruments.slippage_bps", Ratio::bps(market.slippage_bps))?,
        maintenance: unfit(
            "paper.instruments.maintenance_rate",
            Ratio::from_decimal(market.maintenance_rate),
        )?,
        funding_interval: settings.funding_interval,
        funding_rate: unfit("paper.funding_rate", Ratio::from_decimal(settings.funding_rate))?,
        largest_fill: Quantity::ZERO,
    })
}
