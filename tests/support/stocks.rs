//! A stock venue for tests: it fills at its price, unless it is told to lose, refuse, doubt, or fill only a part.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bursar::clock::Clock;
use bursar::ports::market::Wake;
use bursar::ports::stocks::{SoughtStock, StockVenue};
use bursar::ports::venue::{Quote, VenueError};
use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Action, Symbol};
use domain::outcome::{Outcome, Refusal};
use domain::stock::{OrderMark, Session, StockHoldings, StockIntent, StockLot, StockReport, StockState};
use domain::time::Timestamp;
use domain::venue::{VenueName, VenueOrderId};

use super::crash::Crash;

/// What becomes of a coming order; one that nothing is said of is filled at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The request never arrives, and its sender hears nothing.
    LoseBefore,
    /// It rests, and its sender hears nothing.
    LoseAccepted,
    /// It is filled, and its sender hears nothing.
    LoseFilled,
    /// It is refused for the moment.
    Busy,
    /// It is refused.
    Refuse,
    /// The venue does not know what became of it.
    Doubt,
    /// It rests.
    Rest,
    /// So many shares are executed, and the day ends.
    PartOfDay(i64),
    /// It is executed, and the exchange takes that back.
    FillCancelled,
}

/// An order as the venue has it.
#[derive(Debug, Clone)]
pub struct Had {
    pub report: StockReport,
    pub at: Timestamp,
}

pub struct Market {
    pub session: Session,
    pub price: Price,
    /// How old the price is.
    pub age: Duration,
    pub is_away: bool,
    pub fates: VecDeque<Fate>,
    pub orders: Vec<Had>,
    /// Every request that was sent, whether or not it arrived.
    pub sent: Vec<(OrderMark, Timestamp)>,
    pub cancels: usize,
    /// Orders that are executed whole when their cancellation is asked for.
    pub fills_at_cancel: bool,
    clock: Option<Arc<dyn Clock>>,
    wake: Option<Wake>,
}

/// The venue, which outlives the process.
pub struct FakeStocks {
    market: Mutex<Market>,
    crash: Arc<Crash>,
}

/// How long an order may not be shown after it was taken.
pub const GRACE: Duration = Duration::from_secs(10);
/// How long it is not shown.
const HIDDEN: Duration = Duration::from_secs(3);
/// What the venue takes for an order.
pub const FEE: &str = "1";

impl FakeStocks {
    pub fn new(crash: Arc<Crash>) -> Self {
        let market = Market {
            session: Session::Open,
            price: "200".parse().unwrap(),
            age: Duration::ZERO,
            is_away: false,
            fates: VecDeque::new(),
            orders: Vec::new(),
            sent: Vec::new(),
            cancels: 0,
            fills_at_cancel: false,
            clock: None,
            wake: None,
        };
        Self {
            market: Mutex::new(market),
            crash,
        }
    }

    pub fn set_clock(&self, clock: Arc<dyn Clock>) {
        self.market().clock = Some(clock);
    }

    pub fn market(&self) -> MutexGuard<'_, Market> {
        self.market.lock().unwrap()
    }

    /// What becomes of the coming orders, in this order.
    pub fn expect(&self, fates: &[Fate]) {
        self.market().fates.extend(fates.iter().cloned());
    }

    /// Changes an order and tells of it.
    pub fn change(&self, index: usize, change: impl FnOnce(&mut StockReport)) {
        let wake = {
            let mut market = self.market();
            change(&mut market.orders[index].report);
            market.wake.clone()
        };
        if let Some(wake) = wake {
            wake();
        }
    }

    /// Shares that were bought less those that were sold.
    pub fn held(&self) -> Quantity {
        let market = self.market();
        let signed = market.orders.iter().map(|had| match had.report.action {
            Action::Buy => had.report.filled,
            Action::Sell => had.report.filled.negated(),
        });
        Quantity::sum(signed).unwrap()
    }

    /// How often each mark was sent.
    pub fn marks(&self) -> BTreeMap<OrderMark, usize> {
        let mut marks = BTreeMap::new();
        for (mark, _) in &self.market().sent {
            *marks.entry(mark.clone()).or_default() += 1;
        }
        marks
    }

    async fn answer<T>(&self, act: impl FnOnce(&mut Market) -> T) -> T {
        self.crash.here().await;
        tokio::task::yield_now().await;
        let answer = act(&mut self.market());
        tokio::task::yield_now().await;
        self.crash.here().await;
        answer
    }
}

impl Market {
    fn now(&self) -> Timestamp {
        self.clock.as_ref().unwrap().now()
    }

    fn take(&mut self, intent: &StockIntent, filled: Quantity, state: StockState) -> StockReport {
        let at = self.now();
        let is_filled = filled.is_positive();
        let report = StockReport {
            venue_id: VenueOrderId(format!("f-{}", self.orders.len() + 1)),
            mark: Some(intent.mark.clone()),
            symbol: intent.symbol.clone(),
            action: intent.action,
            quantity: intent.quantity,
            filled,
            average_price: is_filled.then_some(self.price),
            fee: if is_filled { FEE.parse().unwrap() } else { Amount::ZERO },
            state,
            updated_at: at,
        };
        self.orders.push(Had {
            report: report.clone(),
            at,
        });
        report
    }

    fn place(&mut self, intent: &StockIntent) -> Outcome<StockReport> {
        let now = self.now();
        self.sent.push((intent.mark.clone(), now));
        let lost = || Outcome::Unknown("the answer was lost".to_owned());
        let (all, none) = (intent.quantity, Quantity::ZERO);
        match self.fates.pop_front() {
            None => Outcome::Done(self.take(intent, all, StockState::Filled)),
            Some(Fate::LoseBefore) => lost(),
            Some(Fate::LoseAccepted) => {
                self.take(intent, none, StockState::Working);
                lost()
            }
            Some(Fate::LoseFilled) => {
                self.take(intent, all, StockState::Filled);
                lost()
            }
            Some(Fate::Busy) => Outcome::Refused(no("busy")),
            Some(Fate::Refuse) => Outcome::Refused(no("funds")),
            Some(Fate::Doubt) => Outcome::Done(self.take(intent, none, StockState::InDoubt)),
            Some(Fate::Rest) => Outcome::Done(self.take(intent, none, StockState::Working)),
            Some(Fate::PartOfDay(shares)) => {
                let working = self.take(intent, none, StockState::Working);
                let report = &mut self.orders.last_mut().unwrap().report;
                report.filled = Quantity::whole(shares).unwrap();
                report.average_price = (shares > 0).then_some(self.price);
                report.state = StockState::Ended { why: no("expired") };
                Outcome::Done(working)
            }
            Some(Fate::FillCancelled) => {
                let working = self.take(intent, none, StockState::Working);
                let report = &mut self.orders.last_mut().unwrap().report;
                report.state = StockState::FillCancelled;
                Outcome::Done(working)
            }
        }
    }

    fn lookup(&self, mark: &OrderMark, id: Option<&VenueOrderId>) -> Option<StockReport> {
        let now = self.now();
        let shown = |had: &&Had| id.is_some() || now.since(had.at) >= HIDDEN;
        let found = self.orders.iter().filter(shown).find(|had| match id {
            Some(id) => had.report.venue_id == *id,
            None => had.report.mark.as_ref() == Some(mark),
        });
        found.map(|had| had.report.clone())
    }

    fn cancel(&mut self, order: &VenueOrderId) -> Outcome<()> {
        self.cancels += 1;
        let (price, fills) = (self.price, self.fills_at_cancel);
        let found = self.orders.iter_mut().find(|had| had.report.venue_id == *order);
        let Some(had) = found.filter(|had| had.report.state == StockState::Working) else {
            return Outcome::Refused(no("ended"));
        };
        had.report.state = StockState::Ended { why: no("cancelled") };
        if fills {
            had.report.filled = had.report.quantity;
            had.report.average_price = Some(price);
            had.report.state = StockState::Filled;
            return Outcome::Refused(no("ended"));
        }
        Outcome::Done(())
    }
}

fn no(code: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        reason: "the venue says no".to_owned(),
    }
}

#[async_trait]
impl StockVenue for FakeStocks {
    fn name(&self) -> VenueName {
        VenueName::Futu
    }

    fn is_live(&self) -> bool {
        false
    }

    fn lookup_grace(&self) -> Duration {
        GRACE
    }

    async fn session(&self, _: &Symbol) -> Result<Session, VenueError> {
        self.answer(|market| {
            if market.is_away {
                return Err(VenueError::Unreachable("away".to_owned()));
            }
            Ok(market.session)
        })
        .await
    }

    async fn lot(&self, _: &Symbol) -> Result<Option<StockLot>, VenueError> {
        Ok(Some(StockLot {
            lot: Quantity::ONE,
            tick: "0.01".parse().unwrap(),
        }))
    }

    async fn quote(&self, _: &Symbol) -> Result<Quote, VenueError> {
        let market = self.market();
        let (bid, ask, last) = (market.price, market.price, market.price);
        let at = market.now().before(market.age);
        Ok(Quote { bid, ask, last, at })
    }

    async fn place(&self, intent: &StockIntent) -> Outcome<StockReport> {
        self.answer(|market| market.place(intent)).await
    }

    fn may_ask_again(&self, code: &str) -> bool {
        code == "busy"
    }

    fn room(&self) -> Duration {
        Duration::ZERO
    }

    async fn cancel(&self, order: &VenueOrderId) -> Outcome<()> {
        self.answer(|market| market.cancel(order)).await
    }

    async fn lookup(&self, sought: &SoughtStock<'_>) -> Result<Option<StockReport>, VenueError> {
        self.answer(|market| {
            if market.is_away {
                return Err(VenueError::Unreachable("away".to_owned()));
            }
            Ok(market.lookup(sought.mark, sought.venue_id))
        })
        .await
    }

    async fn holdings(&self) -> Result<StockHoldings, VenueError> {
        Ok(StockHoldings::default())
    }

    fn heed(&self, wake: Wake) {
        self.market().wake = Some(wake);
    }
}
