//! Looking at an account of a venue that tells executions and payments of all markets in one list each.
//!
//! History is read in stretches of time. A stretch that holds more than a page is cut at the last moment that is told whole;
//! what lies within the last seconds is read once more with the next look, because a venue's lists may be a little behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::{AccountReport, FillReport, IncomeReport, OrderReport, PositionReport};

use super::core::{Markets, Seat, Terms};
use super::read::AccountRead;
use super::speech::Speech;
use crate::adapters::venue::dialect::{Balance, Booking, Fee, Holding, Net, Owner, Page, Trade, net_before, realise};
use crate::ports::venue::{Look, VenueError};

/// How far back of what was read the next look begins.
pub(super) const OVERLAP: Duration = Duration::from_secs(5);
/// How far ahead of its own clock, as far as we know that, a venue may date what happens.
const AHEAD: Duration = Duration::from_secs(2);
/// How long a profit may be told after its execution.
const PROFIT_LAG: Duration = Duration::from_secs(3);
/// How often payments are read while nothing is traded: funding comes every hour at most.
const PAYMENTS_EVERY: Duration = Duration::from_secs(60);
/// Pages of one list that one look reads; a stretch that has more is made shorter.
const PAGES: usize = 20;
/// The shortest stretch that is read at once.
const SHORTEST: Duration = Duration::from_secs(1);
/// For how long what is held may differ from the sum of executions before it counts: lists lag behind.
const STRAYS: Duration = Duration::from_secs(30);
const MINUTE_MS: i64 = 60_000;

/// A stretch of time, both ends within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub from: Timestamp,
    /// Its last.
    pub to: Timestamp,
}

/// What a venue tells of an account, list by list.
#[async_trait]
pub trait Archive: Speech {
    /// The asset that accounts are settled in.
    const SETTLE: &'static str;
    /// The longest stretch in which the venue tells history at once.
    const LONGEST: Duration;

    /// The balances, with what is free of each.
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError>;

    /// All open positions.
    async fn holdings(&self, seat: &Seat<'_>, markets: &Markets) -> Result<Vec<Holding>, VenueError>;

    /// All resting orders.
    async fn resting(&self, seat: &Seat<'_>, markets: &Markets) -> Result<Vec<OrderReport>, VenueError>;

    /// A page of the executions of a stretch, newest first; `next` is what the page before named.
    async fn trades(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Trade>, VenueError>;

    /// A page of the account's bookings of a stretch, newest first.
    async fn bookings(
        &self,
        seat: &Seat<'_>,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Booking>, VenueError>;

    /// Whose order an execution belongs to, where executions do not tell.
    async fn owner(&self, _: &Seat<'_>, _: &Markets, trade: &Trade) -> Result<Owner, VenueError> {
        Err(VenueError::Malformed(format!(
            "execution {} does not tell whose it is",
            trade.id
        )))
    }

    /// The market of an asset against the one that accounts are settled in.
    fn market_of(&self, asset: &str) -> Symbol {
        Symbol::new(&format!("{asset}{}", Self::SETTLE))
    }
}

/// What was read of a stretch.
struct Chapter {
    /// New executions, oldest first.
    trades: Vec<Trade>,
    /// New payments, oldest first; `None` where it was not time to read them.
    payments: Option<Vec<IncomeReport>>,
    /// Up to here everything is told.
    horizon: Timestamp,
    /// Whether more is there.
    goes_on: bool,
}

/// Looks at an account.
///
/// # Errors
/// When a question has no answer. Nothing that was read counts then: the cursor stands where it stood.
pub async fn look<S: Archive>(
    speech: &S,
    seat: Seat<'_>,
    markets: &Markets,
    look: &Look<'_>,
) -> Result<AccountReport, VenueError> {
    let desk = Desk { speech, seat, markets };
    let at = seat.core.now();
    let mut read = AccountRead::parse(speech.name(), look.cursor, at)?;
    let balances = speech.balances(&seat).await?;
    let held = speech.holdings(&seat, markets).await?;
    let chapter = desk.chapter(&read, at, look.limit).await?;
    let fills = desk.fills(&mut read, &held, &chapter).await?;
    if let Some(payments) = &chapter.payments {
        read.note_payments(payments, chapter.horizon);
    }
    read.note_trades(&chapter.trades, chapter.horizon);
    let settled = balances.into_iter().find(|balance| balance.asset == S::SETTLE);
    let (balance, available) = settled.map_or((Amount::ZERO, Amount::ZERO), |row| {
        (row.wallet, row.available.unwrap_or(row.wallet))
    });
    Ok(AccountReport {
        at,
        balance,
        available,
        positions: desk.positions(&held).await?,
        open_orders: speech.resting(&seat, markets).await?,
        fills,
        incomes: chapter.payments.unwrap_or_default(),
        cursor: read.cursor(speech.name())?,
        more: chapter.goes_on,
    })
}

struct Desk<'a, S> {
    speech: &'a S,
    seat: Seat<'a>,
    markets: &'a Markets,
}

impl<S: Archive> Desk<'_, S> {
    /// Reads what comes next: executions, and the payments of the same time.
    async fn chapter(&self, read: &AccountRead, now: Timestamp, limit: u32) -> Result<Chapter, VenueError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut span = self.span();
        loop {
            // The venue may be a little ahead of what we take for its time.
            let to = now.after(AHEAD).min(read.to.after(span));
            let stretch = Stretch {
                from: read.to.before(OVERLAP).max(read.since),
                to,
            };
            let Some(mut trades) = self.all_trades(stretch).await? else {
                let too_many = || VenueError::Malformed("more executions in a second than can be read".to_owned());
                span = self.narrow(span).ok_or_else(too_many)?;
                continue;
            };
            trades.retain(|trade| !read.has_trade(trade));
            let (mut horizon, mut goes_on) = (to, to < now);
            let many = trades.len();
            if many > limit {
                trades.truncate(limit);
                horizon = trades.last().map_or(to, |last| last.at);
                goes_on = true;
            }
            // What is read and not used now is read again: a stretch is to hold about a page.
            span = if many > 2 * limit {
                self.narrow(span).unwrap_or(span)
            } else {
                span
            };
            if goes_on && many < limit / 2 {
                self.seat.core.span_is(self.seat.account, (span * 2).min(S::LONGEST));
            }
            let mut chapter = Chapter {
                trades,
                payments: None,
                horizon,
                goes_on,
            };
            self.add_payments(read, stretch, now, &mut chapter).await?;
            return Ok(chapter);
        }
    }

    /// Reads payments where executions were read, and where it is time. Executions whose profit they have to tell and do
    /// not tell yet wait, with all that is later.
    async fn add_payments(
        &self,
        read: &AccountRead,
        stretch: Stretch,
        now: Timestamp,
        chapter: &mut Chapter,
    ) -> Result<(), VenueError> {
        let core = self.seat.core;
        let is_due = core.is_time_for_payments(self.seat.account, PAYMENTS_EVERY);
        if chapter.trades.is_empty() && !chapter.goes_on && !is_due {
            return Ok(());
        }
        let from = read.paid_to.before(OVERLAP).max(read.since).min(stretch.from);
        let whole = Stretch {
            from,
            to: chapter.horizon,
        };
        let Some(bookings) = self.all_bookings(whole).await? else {
            return Err(VenueError::Malformed(
                "more payments at once than can be read".to_owned(),
            ));
        };
        let complete = now.before(PROFIT_LAG).min(chapter.horizon);
        realise(&mut chapter.trades, &bookings, Some(complete));
        let waits = chapter.trades.iter().position(|trade| {
            let may_close = trade.closed.is_none_or(Quantity::is_positive);
            trade.realised.is_none() && may_close
        });
        if let Some(first) = waits {
            let at = chapter.trades[first].at;
            chapter.trades.retain(|trade| trade.at < at);
            chapter.horizon = at.before(Duration::from_millis(1));
        }
        let payments = bookings.iter().filter(|line| line.at <= chapter.horizon);
        let payments = payments.filter_map(|line| line.income(S::SETTLE));
        let mut payments: Vec<IncomeReport> = payments.filter(|payment| !read.has_payment(payment)).collect();
        payments.sort_by_key(|payment| payment.at);
        chapter.payments = Some(payments);
        if !chapter.goes_on {
            core.payments_were_read(self.seat.account);
        }
        Ok(())
    }

    /// The fills that executions are, oldest first.
    async fn fills(
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
    async fn nets(
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
            let now = self.speech.holdings(&self.seat, self.markets).await?;
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
        let held = self.speech.holdings(&self.seat, self.markets).await?;
        let all: Vec<Trade> = own.iter().cloned().chain(later).collect();
        Ok(net_before(net_of(symbol, &held), &all))
    }

    /// All executions of a stretch, oldest first; `None` when they are too many.
    async fn all_trades(&self, stretch: Stretch) -> Result<Option<Vec<Trade>>, VenueError> {
        let (mut all, mut next) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let page = self
                .speech
                .trades(&self.seat, self.markets, stretch, next.as_deref())
                .await?;
            let is_within = |trade: &Trade| trade.at >= stretch.from && trade.at <= stretch.to;
            all.extend(page.rows.into_iter().filter(is_within));
            next = page.next;
            if next.is_none() {
                all.reverse();
                // A page that grew while the next was read tells a row twice.
                let mut seen = BTreeSet::new();
                all.retain(|trade| seen.insert(trade.fill_id()));
                all.sort_by_key(|trade| trade.at);
                return Ok(Some(all));
            }
        }
        Ok(None)
    }

    async fn all_bookings(&self, stretch: Stretch) -> Result<Option<Vec<Booking>>, VenueError> {
        let (mut all, mut from) = (Vec::new(), stretch.from);
        while from <= stretch.to {
            let part = Stretch {
                from,
                to: stretch.to.min(from.after(S::LONGEST)),
            };
            let mut next = None::<String>;
            let mut pages = 0;
            loop {
                let page = self.speech.bookings(&self.seat, part, next.as_deref()).await?;
                all.extend(page.rows);
                next = page.next;
                pages += 1;
                if next.is_none() {
                    break;
                }
                if pages == PAGES {
                    return Ok(None);
                }
            }
            from = part.to.after(Duration::from_millis(1));
        }
        let mut seen = BTreeSet::new();
        all.retain(|line| seen.insert(line.id.clone()));
        Ok(Some(all))
    }

    async fn positions(&self, held: &[Holding]) -> Result<Vec<PositionReport>, VenueError> {
        let mut positions = Vec::with_capacity(held.len());
        for holding in held {
            let leverage = match holding.leverage {
                Some(leverage) => leverage,
                None => self.leverage(holding).await?,
            };
            positions.extend(holding.report(holding.entry_price, leverage));
        }
        Ok(positions)
    }

    async fn leverage(&self, holding: &Holding) -> Result<u32, VenueError> {
        let Seat { core, account, .. } = self.seat;
        if let Some(terms) = core.terms(account, &holding.symbol) {
            return Ok(terms.leverage);
        }
        let wanted = Terms {
            leverage: 1,
            margin_mode: holding.margin_mode.unwrap_or(domain::venue::MarginMode::Cross),
        };
        let terms = self.speech.terms(core, account, &holding.symbol, wanted).await?;
        core.terms_are(account, &holding.symbol, Some(terms));
        Ok(terms.leverage)
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

    fn span(&self) -> Duration {
        self.seat.core.span(self.seat.account).unwrap_or(S::LONGEST)
    }

    /// A shorter stretch from now on; `None` where it is as short as can be.
    fn narrow(&self, span: Duration) -> Option<Duration> {
        let narrower = (span / 4).max(SHORTEST);
        self.seat.core.span_is(self.seat.account, narrower);
        (narrower < span).then_some(narrower)
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
