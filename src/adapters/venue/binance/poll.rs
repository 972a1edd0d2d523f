//! Everything that one look at an account tells: balance, positions, resting orders, executions and payments.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::{AccountReport, FillReport, IncomeReport, OrderReport, PositionReport};

use super::super::dialect::{Balance, Booking, Fee, Holding, Net, Owner, Trade, net_before};
use super::super::remote::{STRAYS, Seat, Terms};
use super::history::{HistoryRead, net_of};
use super::{parse, questions};
use crate::ports::venue::{Look, VenueError};

/// The asset that accounts are settled in.
const SETTLE: &str = "USDT";
/// Lines of the account's history that one question brings; Binance gives no more.
const BOOKINGS: u32 = 1_000;
/// Pages of a market's executions that are read when it is first seen.
const FIRST_PAGES: u32 = 100;
/// The longest stretch of time in which Binance tells executions at once.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
/// How often the account's history of payments is read: funding comes every hour at most.
pub const BOOKINGS_EVERY: Duration = Duration::from_secs(60);

const MINUTE_MS: i64 = 60_000;

/// A page of a market's executions.
struct MarketPage {
    symbol: Symbol,
    trades: Vec<Trade>,
    /// The net position before the first of them.
    before: Net,
    /// Whether more wait behind it.
    goes_on: bool,
}

/// A page of the account's history; `None` where it was not time to read it.
type BookingPage = Option<(Vec<Booking>, bool)>;

/// An account that is looked at.
pub(super) struct Looking<'a>(pub Seat<'a>);

impl Looking<'_> {
    /// Looks at the account.
    ///
    /// # Errors
    /// When a question has no answer. Nothing that was read counts then: the cursor stands where it stood.
    pub(super) async fn look(&self, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        let at = self.0.core.now();
        let mut history = HistoryRead::parse(look.cursor, at)?;
        let (balances, held) = futures::join!(self.0.ask(questions::balances()), self.0.ask(questions::holdings()));
        let (balances, held) = (balances.answer(parse::balances)?, held.answer(parse::holdings)?);
        let bookings = self.payments(history.bookings).await?;
        let named = bookings
            .iter()
            .flat_map(|(lines, _)| lines)
            .filter_map(|line| line.symbol.clone());
        let markets: BTreeSet<Symbol> = look
            .markets
            .iter()
            .cloned()
            .chain(named)
            .chain(symbols(&held))
            .collect();
        let mut pages = Vec::with_capacity(markets.len());
        for symbol in markets {
            pages.push(self.executions(symbol, &held, look.limit, &history).await?);
        }
        let horizon = horizon(&pages, &bookings);
        let incomes = self.book(bookings, horizon, &mut history);
        let mut fills = Vec::new();
        for page in pages {
            let now = net_of(&page.symbol, &held);
            fills.extend(self.fills(page, horizon, now, &mut history).await?);
        }
        fills.sort_by_key(|fill| fill.at);
        let (balance, available) = settled(balances);
        Ok(AccountReport {
            at,
            balance,
            available,
            positions: self.positions(&held).await?,
            open_orders: self.resting(look.markets).await?,
            fills,
            incomes,
            cursor: history.cursor()?,
            more: horizon.is_some(),
        })
    }

    async fn resting(&self, markets: &[Symbol]) -> Result<Vec<OrderReport>, VenueError> {
        let mut resting = Vec::new();
        for symbol in markets {
            let said = self.0.ask(questions::open_orders(symbol)).await;
            resting.extend(said.answer(parse::orders)?);
        }
        Ok(resting)
    }

    async fn positions(&self, held: &[Holding]) -> Result<Vec<PositionReport>, VenueError> {
        let mut positions = Vec::with_capacity(held.len());
        for holding in held {
            let leverage = match holding.leverage {
                Some(leverage) => leverage,
                None => terms(&self.0, &holding.symbol).await?.leverage,
            };
            positions.extend(holding.report(holding.entry_price, leverage));
        }
        Ok(positions)
    }

    /// Payments since they were last read, when it is time.
    async fn payments(&self, from: Timestamp) -> Result<BookingPage, VenueError> {
        if !self.0.core.is_time_for_payments(self.0.account, BOOKINGS_EVERY) {
            return Ok(None);
        }
        let said = self.0.ask(questions::bookings(from, BOOKINGS)).await;
        let lines = said.answer(parse::bookings)?;
        let goes_on = lines.len() >= usize::try_from(BOOKINGS).unwrap_or(usize::MAX);
        Ok(Some((lines, goes_on)))
    }

    /// Payments up to the horizon.
    fn book(&self, page: BookingPage, horizon: Option<Timestamp>, history: &mut HistoryRead) -> Vec<IncomeReport> {
        let Some((lines, goes_on)) = page else {
            return Vec::new();
        };
        let (told, from) = (lines.len(), history.bookings);
        let kept: Vec<Booking> = lines.into_iter().filter(|line| is_within(line.at, horizon)).collect();
        history.bookings = match kept.iter().map(|line| line.at).max() {
            // More lines in one millisecond than a page holds cannot be told apart by time.
            Some(last) if goes_on && last <= from => last.after(Duration::from_millis(1)),
            // The last millisecond is read again: it may not have been over.
            Some(last) => last,
            None => from,
        };
        if !goes_on && kept.len() == told {
            self.0.core.payments_were_read(self.0.account);
        }
        kept.iter().filter_map(|line| line.income(SETTLE)).collect()
    }

    /// The executions of a market that come next.
    async fn executions(
        &self,
        symbol: Symbol,
        held: &[Holding],
        limit: u32,
        history: &HistoryRead,
    ) -> Result<MarketPage, VenueError> {
        let (mut trades, before) = match history.markets.get(&symbol) {
            Some(read) => {
                let said = self.0.ask(questions::trades_from(&symbol, read.next, limit)).await;
                (said.answer(parse::trades)?, Net(i128::from(read.net)))
            }
            None => {
                let now = net_of(&symbol, held);
                self.first_executions(&symbol, now, history.since).await?
            }
        };
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = trades.len() >= page;
        trades.truncate(page);
        Ok(MarketPage {
            symbol,
            trades,
            before,
            goes_on,
        })
    }

    /// The fills of a market's executions up to the horizon.
    async fn fills(
        &self,
        page: MarketPage,
        horizon: Option<Timestamp>,
        now: Net,
        history: &mut HistoryRead,
    ) -> Result<Vec<FillReport>, VenueError> {
        if page.trades.is_empty() {
            // What is held may be ahead of the list of executions: only what lasts is believed.
            let strays = history.net(&page.symbol).is_some_and(|net| net != now);
            if self.0.core.strays_for(self.0.account, &page.symbol, strays) >= STRAYS {
                history.settle(&page.symbol, now)?;
            }
            return Ok(Vec::new());
        }
        let trades: Vec<Trade> = page
            .trades
            .into_iter()
            .filter(|trade| is_within(trade.at, horizon))
            .collect();
        history.note(&page.symbol, &trades, page.before)?;
        let (mut net, mut fills) = (page.before, Vec::new());
        let prices = self.prices(&trades).await?;
        for trade in &trades {
            let owner = self.owner(trade).await?;
            let worth = |fee: &Fee| worth(fee, trade.at, &prices);
            fills.extend(trade.fills(net, Some(&owner), worth)?);
            net = net.after(trade.action, trade.quantity);
        }
        Ok(fills)
    }

    /// All executions of a market that was not read before, and the net position before the first.
    async fn first_executions(
        &self,
        symbol: &Symbol,
        now: Net,
        since: Timestamp,
    ) -> Result<(Vec<Trade>, Net), VenueError> {
        const PAGE: u32 = 1_000;
        let (mut trades, mut from, end) = (Vec::<Trade>::new(), since, self.0.core.now());
        for _ in 0..FIRST_PAGES {
            let to = from.after(WEEK);
            let said = self.0.ask(questions::trades_between(symbol, from, to, PAGE)).await;
            let page = said.answer(parse::trades)?;
            let is_full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
            let last = page.last().map(|trade| trade.at);
            let known: BTreeSet<String> = trades.iter().map(|trade| trade.id.clone()).collect();
            trades.extend(page.into_iter().filter(|trade| !known.contains(&trade.id)));
            from = match last.filter(|_| is_full) {
                Some(last) => last,
                None if to >= end => return self.unmoved(symbol, now, trades).await,
                None => to,
            };
        }
        Err(VenueError::Malformed(format!(
            "{symbol} has more history than can be read at once"
        )))
    }

    /// The executions with the net position before the first, if the position is still what it was before they were read.
    async fn unmoved(&self, symbol: &Symbol, now: Net, trades: Vec<Trade>) -> Result<(Vec<Trade>, Net), VenueError> {
        if trades.is_empty() {
            return Ok((trades, now));
        }
        let held = self.0.ask(questions::holdings()).await.answer(parse::holdings)?;
        if net_of(symbol, &held) != now {
            return Err(VenueError::Unreachable(format!(
                "{symbol} traded while its history was read"
            )));
        }
        let before = net_before(now, &trades);
        Ok((trades, before))
    }

    /// Whose order an execution belongs to.
    async fn owner(&self, trade: &Trade) -> Result<Owner, VenueError> {
        if let Some(owner) = self.0.core.owner(self.0.account, &trade.order_id) {
            return Ok(owner);
        }
        let question = questions::order(&trade.symbol, &trade.order_id);
        let (_, owner) = self.0.ask(question).await.answer(parse::owned_order)?;
        self.0.core.owner_is(self.0.account, &trade.order_id, owner.clone());
        Ok(owner)
    }

    /// The prices of the assets that fees were taken in, in the minutes in which they were.
    async fn prices(&self, trades: &[Trade]) -> Result<BTreeMap<(String, Timestamp), Price>, VenueError> {
        let mut prices = BTreeMap::new();
        for trade in trades
            .iter()
            .filter(|trade| trade.fee.asset != SETTLE && !trade.fee.amount.is_zero())
        {
            let place = (trade.fee.asset.clone(), minute(trade.at));
            if !prices.contains_key(&place) {
                let question = questions::minute(&format!("{}{SETTLE}", place.0), place.1);
                let bars = self.0.core.caller.ask(&question).await.answer(parse::bars)?;
                let bar = bars.into_iter().find(|bar| bar.opened_at == place.1);
                let missing = || VenueError::Malformed(format!("no price of {} at {}", place.0, place.1));
                prices.insert(place.clone(), bar.ok_or_else(missing)?.open);
            }
        }
        Ok(prices)
    }
}

/// Leverage and margin mode of a market, as they stand.
pub(super) async fn terms(seat: &Seat<'_>, symbol: &Symbol) -> Result<Terms, VenueError> {
    if let Some(known) = seat.core.terms(seat.account, symbol) {
        return Ok(known);
    }
    let said = seat.ask(questions::leverage_of(symbol)).await;
    let mut told = said.answer(parse::leverages)?.into_iter();
    let missing = || VenueError::Malformed(format!("no leverage is told of {symbol}"));
    let (_, leverage, margin_mode) = told.find(|(of, _, _)| of == symbol).ok_or_else(missing)?;
    let terms = Terms { leverage, margin_mode };
    seat.core.terms_are(seat.account, symbol, Some(terms));
    Ok(terms)
}

/// All, and what is free, of the asset that accounts are settled in; nothing where there is none of it.
fn settled(balances: Vec<Balance>) -> (Amount, Amount) {
    let settled = balances.into_iter().find(|balance| balance.asset == SETTLE);
    settled.map_or((Amount::ZERO, Amount::ZERO), |row| {
        (row.wallet, row.available.unwrap_or(row.wallet))
    })
}

/// The last moment up to which everything is told: of lists that go on the earliest end. What is later in others waits, so
/// that executions and payments come in the order in which they happened.
fn horizon(pages: &[MarketPage], bookings: &BookingPage) -> Option<Timestamp> {
    let markets = pages.iter().filter(|page| page.goes_on);
    let ends = markets.filter_map(|page| page.trades.last()).map(|trade| trade.at);
    let lines = bookings
        .iter()
        .filter(|(_, goes_on)| *goes_on)
        .flat_map(|(lines, _)| lines.last());
    ends.chain(lines.map(|line| line.at)).min()
}

fn is_within(at: Timestamp, horizon: Option<Timestamp>) -> bool {
    horizon.is_none_or(|horizon| at <= horizon)
}

fn symbols(held: &[Holding]) -> impl Iterator<Item = Symbol> {
    held.iter().map(|holding| holding.symbol.clone())
}

fn minute(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(MINUTE_MS))
}

/// A fee in the settlement asset, rounded half-up: by the price with which its minute began, so that it is worth the same
/// whenever it is asked.
fn worth(fee: &Fee, at: Timestamp, prices: &BTreeMap<(String, Timestamp), Price>) -> Option<Amount> {
    if fee.asset == SETTLE {
        return Some(fee.amount);
    }
    let price = prices.get(&(fee.asset.clone(), minute(at)))?;
    let coins = Quantity::from_decimal(fee.amount.to_decimal()).ok()?;
    price.notional(coins, Rounding::HalfUp).ok()
}
