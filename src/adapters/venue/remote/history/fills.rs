//! From executions to the fills that they are: whose, at which net position, with which fee.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::FillReport;

use super::super::core::{STRAYS, Seat};
use super::super::read::AccountRead;
use super::{AHEAD, Archive, Chapter, Desk, Stretch};
use crate::adapters::venue::dialect::{Fee, Holding, Net, Owner, Trade, net_before};
use crate::ports::venue::VenueError;

const MINUTE_MS: i64 = 60_000;

impl<S: Archive> Desk<'_, S> {
    /// The fills that executions are, oldest first.
    pub(super) async fn fills(
        &self,
        read: &mut AccountRead,
        held: &[Holding],
        chapter: &Chapter,
    ) -> Result<Vec<FillReport>, VenueError> {
        let mut nets = self.nets(read, held, chapter).await?;
        let prices = self.prices(&chapter.trades).await?;
        let mut fills = Vec::with_capacity(chapter.trades.len());
        for trade in &chapter.trades {
            let owner = match &trade.owner {
                Some(owner) => owner.clone(),
                None => self.owner(trade).await?,
            };
            let net = nets.entry(trade.symbol.clone()).or_default();
            fills.extend(trade.fills(*net, Some(&owner), |fee| worth::<S>(fee, trade.at, &prices))?);
            *net = net.after(trade.action, trade.quantity);
        }
        for (symbol, net) in nets {
            let is_quiet = !chapter.goes_on && !chapter.trades.iter().any(|trade| trade.symbol == symbol);
            let strays = is_quiet && net != net_of(&symbol, held);
            // A mistake in the sum, if there ever was one, does not outlive its market's next quiet moment.
            let is_settled = self.seat.core.strays_for(self.seat.account, &symbol, strays) >= STRAYS;
            read.net_is(&symbol, if is_settled { net_of(&symbol, held) } else { net })?;
        }
        Ok(fills)
    }

    /// The net position of every market that was ever traded, before the first of these executions.
    pub(super) async fn nets(
        &self,
        read: &AccountRead,
        held: &[Holding],
        chapter: &Chapter,
    ) -> Result<BTreeMap<Symbol, Net>, VenueError> {
        let mut nets = read.nets();
        let mut held = held.to_vec();
        let traded: BTreeSet<Symbol> = chapter.trades.iter().map(|trade| trade.symbol.clone()).collect();
        for symbol in traded {
            let own: Vec<Trade> = chapter
                .trades
                .iter()
                .filter(|trade| trade.symbol == symbol)
                .cloned()
                .collect();
            // Where every execution tells what it closed, nobody asks for the net position.
            if nets.contains_key(&symbol) || own.iter().all(|trade| trade.closed.is_some()) {
                continue;
            }
            if chapter.goes_on {
                nets.insert(symbol.clone(), self.net_at(&symbol, chapter.horizon, &own).await?);
                continue;
            }
            let now = self.holdings().await?;
            if net_of(&symbol, &now) != net_of(&symbol, &held) {
                return Err(VenueError::Unreachable(format!(
                    "{symbol} traded while its history was read"
                )));
            }
            held = now;
            nets.insert(symbol.clone(), net_before(net_of(&symbol, &held), &own));
        }
        Ok(nets)
    }

    /// The net position before these executions, when later ones are still to be told: all that came since is taken back.
    async fn net_at(&self, symbol: &Symbol, horizon: Timestamp, own: &[Trade]) -> Result<Net, VenueError> {
        let told: BTreeSet<String> = own.iter().map(Trade::fill_id).collect();
        let (mut later, mut from, now) = (Vec::new(), horizon, self.seat.core.now().after(AHEAD));
        while from <= now {
            let to = now.min(from.after(S::LONGEST));
            let trades = self.all_trades(Stretch { from, to }).await?;
            let too_many = || VenueError::Malformed(format!("{symbol} has more history than can be read at once"));
            let trades = trades.ok_or_else(too_many)?.into_iter();
            later.extend(trades.filter(|trade| trade.symbol == *symbol && !told.contains(&trade.fill_id())));
            from = to.after(Duration::from_millis(1));
        }
        let held = self.holdings().await?;
        let all: Vec<Trade> = own.iter().cloned().chain(later).collect();
        Ok(net_before(net_of(symbol, &held), &all))
    }

    async fn owner(&self, trade: &Trade) -> Result<Owner, VenueError> {
        let Seat { core, account, .. } = self.seat;
        if let Some(owner) = core.owner(account, &trade.order_id) {
            return Ok(owner);
        }
        let owner = self.speech.owner(&self.seat, self.markets, trade).await?;
        core.owner_is(account, &trade.order_id, owner.clone());
        Ok(owner)
    }

    /// The prices of the assets that fees were taken in, in the minutes in which they were.
    async fn prices(&self, trades: &[Trade]) -> Result<BTreeMap<(String, Timestamp), Price>, VenueError> {
        let mut prices = BTreeMap::new();
        for trade in trades.iter().filter(|trade| is_foreign::<S>(&trade.fee)) {
            let (asset, at) = (trade.fee.asset.clone(), minute(trade.at));
            if prices.contains_key(&(asset.clone(), at)) {
                continue;
            }
            let symbol = self.speech.market_of(&asset);
            let end = Some(at.after(Duration::from_millis(60_000)));
            let bars = self.speech.bars(self.seat.core, self.markets, &symbol, end).await?;
            let bar = bars.into_iter().find(|bar| bar.opened_at == at);
            let missing = || VenueError::Malformed(format!("no price of {asset} at {at}"));
            let open = bar.ok_or_else(missing)?.open;
            prices.insert((asset, at), open);
        }
        Ok(prices)
    }
}

/// What is held of a market, long and short together.
fn net_of(symbol: &Symbol, held: &[Holding]) -> Net {
    let of_market = held.iter().filter(|holding| holding.symbol == *symbol);
    Net(of_market.map(|holding| Net::of(holding.side, holding.quantity).0).sum())
}

fn minute(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(MINUTE_MS))
}

fn is_foreign<S: Archive>(fee: &Fee) -> bool {
    fee.asset != S::SETTLE && !fee.amount.is_zero()
}

/// A fee in the settlement asset, rounded half-up: by the price with which its minute began, so that it is worth the same
/// whenever it is asked.
fn worth<S: Archive>(fee: &Fee, at: Timestamp, prices: &BTreeMap<(String, Timestamp), Price>) -> Option<Amount> {
    if !is_foreign::<S>(fee) {
        return Some(fee.amount);
    }
    let price = prices.get(&(fee.asset.clone(), minute(at)))?;
    let coins = Quantity::from_decimal(fee.amount.to_decimal()).ok()?;
    price.notional(coins, Rounding::HalfUp).ok()
}
