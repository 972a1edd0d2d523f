//! Looking at an account of a venue that tells executions and payments of all markets in one list each.
//!
//! History is read in stretches of time. A stretch that holds more than a page is cut at the last moment that is told whole;
//! what lies within the last seconds is read once more with the next look, because a venue's lists may be a little behind it.

mod fills;
mod lists;

use std::time::Duration;

use async_trait::async_trait;
use domain::fixed::{Amount, Quantity};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::{AccountReport, IncomeReport, OrderReport};

use super::core::{Markets, Seat};
use super::read::AccountRead;
use super::speech::Speech;
use crate::adapters::venue::dialect::{Balance, Booking, Holding, Owner, Page, Trade, realise};
use crate::ports::venue::{Look, VenueError};

/// How far back of what was read the next look begins.
pub(super) const OVERLAP: Duration = Duration::from_secs(5);
/// How far ahead of its own clock, as far as we know that, a venue may date what happens.
const AHEAD: Duration = Duration::from_secs(2);
/// How long a profit may be told after its execution, and how long where its fee is told already.
const PROFIT_LAG: Duration = Duration::from_secs(3);
const FEE_LAG: Duration = Duration::from_secs(1);
/// How often payments are read while nothing is traded: funding comes every hour at most.
const PAYMENTS_EVERY: Duration = Duration::from_secs(60);
/// The shortest stretch that is read at once.
const SHORTEST: Duration = Duration::from_secs(1);

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
    const SETTLE: &'static str = "USDT";
    /// The longest stretch in which the venue tells history at once: a week, where nothing else is known of it.
    const LONGEST: Duration = Duration::from_secs(7 * 24 * 3_600);

    /// The balances, with what is free of each.
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError>;

    /// A page of the open positions; `next` is what the page before named.
    async fn holdings(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        next: Option<&str>,
    ) -> Result<Page<Holding>, VenueError>;

    /// A page of the resting orders.
    async fn resting(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        next: Option<&str>,
    ) -> Result<Page<OrderReport>, VenueError>;

    /// A page of the executions of a stretch, newest first.
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
    let (balances, held) = futures::try_join!(speech.balances(&seat), desk.holdings())?;
    let chapter = desk.chapter(&read, at, look.limit).await?;
    let fills = desk.fills(&mut read, &held, &chapter).await?;
    if let Some(payments) = &chapter.payments {
        read.note_payments(payments, chapter.horizon);
    }
    read.note_trades(&chapter.trades, chapter.horizon);
    let (positions, open_orders) = futures::try_join!(desk.positions(&held), desk.resting())?;
    let settled = balances.into_iter().find(|balance| balance.asset == S::SETTLE);
    let (balance, available) = settled.map_or((Amount::ZERO, Amount::ZERO), |row| {
        (row.wallet, row.available.unwrap_or(row.wallet))
    });
    Ok(AccountReport {
        at,
        balance,
        available,
        positions,
        open_orders,
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
        let bookings = self.all_bookings(whole).await?;
        let complete = now.before(PROFIT_LAG).min(chapter.horizon);
        let booked = now.before(FEE_LAG).min(chapter.horizon);
        realise(&mut chapter.trades, &bookings, Some(complete), Some(booked));
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
