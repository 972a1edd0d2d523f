//! The port: what is asked of OpenD for each of its calls, and what the answers mean.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use domain::fixed::{Amount, Quantity};
use domain::market::{Action, Symbol};
use domain::outcome::{Outcome, Refusal};
use domain::stock::{Session, StockHoldings, StockIntent, StockLot, StockReport, StockState};
use domain::time::Timestamp;
use domain::venue::{VenueName, VenueOrderId};
use prost::Message;
use tokio::time::Instant;

use super::FutuVenue;
use super::codes::{self, HELD, LIMITED, NOT_SENT, Verdict};
use super::link::{Asked, Seat};
use super::options::Environment;
use super::parse;
use super::wire::number::{decimal, float};
use super::wire::quote::{AskSnapshot, AskStatic, Security, SnapshotBasic, Snapshots, Statics};
use super::wire::session::{AskState, GlobalState};
use super::wire::trade::{
    AskFees, AskFunds, AskOrders, AskPositions, Fees, Filter, FundsTold, ModifyOrder, Order, Orders, PlaceOrder,
    Placed, Positions,
};
use super::wire::{Reply, protocol, wrapped};
use crate::ports::market::Wake;
use crate::ports::stocks::{SoughtStock, StockVenue};
use crate::ports::venue::{Quote, VenueError};

/// A limit order.
const LIMIT: i32 = 1;
/// Good for the day.
const DAY: i32 = 0;
/// Cancels, among the acts on an order.
const CANCEL: i32 = 2;
/// History is told by the market's own time of day; two days on either side are more than any zone is off.
const AROUND: Duration = Duration::from_secs(2 * 86_400);
/// When the venue says that there were too many requests, its window is over after this.
const RETRY: Duration = Duration::from_secs(30);

impl FutuVenue {
    /// The list of today, asked for after this call began: whoever waits for it at once shares one answer, because the venue gives
    /// few.
    async fn today(&self) -> Result<Arc<Orders>, VenueError> {
        let began = Instant::now();
        let mut kept = self.today.lock().await;
        if let Some((sent, orders)) = &*kept
            && *sent >= began
        {
            return Ok(Arc::clone(orders));
        }
        let sent = Instant::now();
        let orders: Orders = self
            .answer(protocol::GET_ORDER_LIST, |seat| {
                wrapped(&AskOrders {
                    header: seat.header,
                    filter: None,
                    refresh: Some(true),
                })
            })
            .await?;
        let orders = Arc::new(orders);
        *kept = Some((sent, Arc::clone(&orders)));
        Ok(orders)
    }
}

#[async_trait]
impl StockVenue for FutuVenue {
    fn name(&self) -> VenueName {
        VenueName::Futu
    }

    fn is_live(&self) -> bool {
        self.link.options.environment == Environment::Live
    }

    fn lookup_grace(&self) -> Duration {
        self.link.options.lookup_grace
    }

    async fn session(&self, symbol: &Symbol) -> Result<Session, VenueError> {
        let began = Instant::now();
        let state: GlobalState = self
            .answer(protocol::GET_GLOBAL_STATE, |_| wrapped(&AskState { user: 0 }))
            .await?;
        if !state.quotes_logged_in {
            return Err(VenueError::Unreachable("OpenD is not logged in for prices".to_owned()));
        }
        let market = match self.link.options.market {
            super::StockMarket::Us => state.america,
            super::StockMarket::Hk => state.hong_kong,
        };
        let session = codes::session(market);
        if session != Session::Open {
            return Ok(session);
        }
        let now = self.snapshot(symbol, began).await?;
        let halted = now.suspended || codes::is_halted(now.status);
        Ok(if halted { Session::Halted } else { session })
    }

    async fn lot(&self, symbol: &Symbol) -> Result<Option<StockLot>, VenueError> {
        let (began, stock) = (Instant::now(), self.security(symbol)?);
        let ask = AskStatic {
            stocks: vec![stock.clone()],
        };
        let told: Statics = self.answer(protocol::GET_STATIC, |_| wrapped(&ask)).await?;
        let of_stock = told
            .list
            .into_iter()
            .map(|one| one.basic)
            .find(|basic| basic.stock == stock);
        let Some(fixed) = of_stock.filter(|basic| basic.delisted != Some(true)) else {
            return Ok(None);
        };
        let now = self.snapshot(symbol, began).await?;
        Ok(Some(parse::lot(&fixed, &now)?))
    }

    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError> {
        Ok(parse::quote(&*self.snapshot(symbol, Instant::now()).await?)?)
    }

    async fn place(&self, intent: &StockIntent) -> Outcome<StockReport> {
        let stock = match self.security(&intent.symbol) {
            Ok(stock) => stock,
            Err(error) => return refused("symbol", error.to_string()),
        };
        let amounts = (float(intent.quantity.to_decimal()), float(intent.limit.to_decimal()));
        let (Some(quantity), Some(price)) = amounts else {
            return refused("number", "quantity or limit is no number of the protocol".to_owned());
        };
        let market = self.link.options.market.number();
        let body = |seat: Seat| {
            wrapped(&PlaceOrder {
                packet: seat.packet,
                header: seat.header,
                side: match intent.action {
                    Action::Buy => 1,
                    Action::Sell => 2,
                },
                kind: LIMIT,
                code: stock.code,
                quantity,
                price: Some(price),
                stock_market: Some(market),
                remark: Some(intent.mark.as_str().to_owned()),
                in_force: Some(DAY),
                outside_hours: Some(false),
            })
        };
        let asked = self.link.ask(protocol::PLACE_ORDER, body).await;
        outcome(asked, |reply| self.placed(intent, reply))
    }

    fn room(&self) -> Duration {
        self.link.limits.room(protocol::PLACE_ORDER, Instant::now())
    }

    fn may_ask_again(&self, code: &str) -> bool {
        codes::may_ask_again(code)
    }

    async fn cancel(&self, order: &VenueOrderId) -> Outcome<()> {
        let number = order.0.parse::<u64>().ok();
        let body = |seat: Seat| {
            wrapped(&ModifyOrder {
                packet: seat.packet,
                header: seat.header,
                order: number.unwrap_or_default(),
                act: CANCEL,
                name: number.is_none().then(|| order.0.clone()),
            })
        };
        let asked = self.link.ask(protocol::MODIFY_ORDER, body).await;
        outcome(asked, |_| Outcome::Done(()))
    }

    async fn lookup(&self, sought: &SoughtStock<'_>) -> Result<Option<StockReport>, VenueError> {
        let today = self.today().await?;
        if let Some(order) = parse::sought(&today.list, sought)? {
            return self.told(order).await.map(Some);
        }
        let filter = Filter {
            begin: Some(day(sought.since.before(AROUND))),
            end: Some(day(self.link.clock().now().after(AROUND))),
        };
        let earlier: Orders = self
            .answer(protocol::GET_HISTORY_ORDER_LIST, |seat| {
                wrapped(&AskOrders {
                    header: seat.header,
                    filter: Some(filter),
                    refresh: None,
                })
            })
            .await?;
        match parse::sought(&earlier.list, sought)? {
            Some(order) => self.told(order).await.map(Some),
            None => Ok(None),
        }
    }

    async fn holdings(&self) -> Result<StockHoldings, VenueError> {
        let market = self.link.options.market;
        let funds: FundsTold = self
            .answer(protocol::GET_FUNDS, |seat| {
                wrapped(&AskFunds {
                    header: seat.header,
                    refresh: Some(true),
                    currency: Some(market.currency()),
                })
            })
            .await?;
        let positions: Positions = self
            .answer(protocol::GET_POSITION_LIST, |seat| {
                wrapped(&AskPositions {
                    header: seat.header,
                    refresh: Some(true),
                })
            })
            .await?;
        let Some(funds) = funds.funds else {
            return Err(VenueError::Malformed("OpenD told no cash of the account".to_owned()));
        };
        Ok(parse::holdings(&funds, &positions.list, market)?)
    }

    fn heed(&self, wake: Wake) {
        self.link.heed(wake);
    }
}

impl FutuVenue {
    fn security(&self, symbol: &Symbol) -> Result<Security, VenueError> {
        let market = self.link.options.market;
        market
            .security(symbol)
            .ok_or_else(|| VenueError::Refused(format!("{symbol} does not begin with {}. and a code", market.as_str())))
    }

    /// Prices and state of a stock, asked for since this call of ours began: what a look at a market needs it for is one request.
    async fn snapshot(&self, symbol: &Symbol, began: Instant) -> Result<Arc<SnapshotBasic>, VenueError> {
        let stock = self.security(symbol)?;
        let last = {
            let mut all = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(symbol.clone()).or_default())
        };
        let mut last = last.lock().await;
        if let Some((sent, told)) = &*last
            && *sent >= began
        {
            return Ok(Arc::clone(told));
        }
        let sent = Instant::now();
        let ask = AskSnapshot {
            stocks: vec![stock.clone()],
        };
        let told: Snapshots = self.answer(protocol::GET_SNAPSHOT, |_| wrapped(&ask)).await?;
        let of_stock = told
            .list
            .into_iter()
            .map(|one| one.basic)
            .find(|basic| basic.stock == stock);
        let told = of_stock.ok_or_else(|| VenueError::Refused(format!("OpenD has no prices of {symbol}")))?;
        let told = Arc::new(told);
        *last = Some((sent, Arc::clone(&told)));
        Ok(told)
    }

    /// The answer to a question.
    async fn answer<T: Message + Default>(
        &self,
        protocol: u32,
        body: impl FnOnce(Seat) -> Vec<u8>,
    ) -> Result<T, VenueError> {
        let reply = match self.link.ask_when_up(protocol, body).await {
            Asked::Told(reply) => reply,
            Asked::NotSent(why) | Asked::Lost(why) => return Err(VenueError::Unreachable(why)),
            Asked::Barred(why) => return Err(VenueError::Refused(why)),
            Asked::Held(retry_after) => return Err(VenueError::RateLimited { retry_after }),
        };
        match codes::verdict(&reply) {
            Verdict::Done => {}
            Verdict::Refused(why) if why.code == LIMITED => {
                return Err(VenueError::RateLimited { retry_after: RETRY });
            }
            Verdict::Refused(why) => return Err(VenueError::Refused(why.to_string())),
            Verdict::Unknown(seen) => return Err(VenueError::Unreachable(seen)),
        }
        T::decode(reply.answer.as_deref().unwrap_or_default()).map_err(|error| VenueError::Malformed(error.to_string()))
    }

    /// An order that was taken. How it stands is looked up.
    fn placed(&self, intent: &StockIntent, reply: &Reply) -> Outcome<StockReport> {
        let placed = Placed::decode(reply.answer.as_deref().unwrap_or_default());
        let id = placed
            .ok()
            .and_then(|placed| parse::order_id(placed.id, placed.name.as_deref()));
        let Some(venue_id) = id else {
            return Outcome::Unknown("OpenD took the order and did not tell its id".to_owned());
        };
        Outcome::Done(StockReport {
            venue_id,
            mark: Some(intent.mark.clone()),
            symbol: intent.symbol.clone(),
            action: intent.action,
            quantity: intent.quantity,
            filled: Quantity::ZERO,
            average_price: None,
            fee: Amount::ZERO,
            state: StockState::Working,
            updated_at: self.link.clock().now(),
        })
    }

    /// An order that was found, with its fee where the environment tells one and no more is to come.
    async fn told(&self, order: &Order) -> Result<StockReport, VenueError> {
        let mut report = parse::report(order, self.link.options.market)?;
        let is_over = matches!(report.state, StockState::Filled | StockState::Ended { .. });
        if self.is_live() && is_over && report.filled.is_positive() {
            report.fee = self.fee(order).await?;
        }
        Ok(report)
    }

    async fn fee(&self, order: &Order) -> Result<Amount, VenueError> {
        let told: Fees = self
            .answer(protocol::GET_ORDER_FEE, |seat| {
                wrapped(&AskFees {
                    header: seat.header,
                    names: vec![order.name.clone()],
                })
            })
            .await?;
        let of_order = told.list.iter().find(|fee| fee.name == order.name);
        let amount = of_order.and_then(|fee| fee.amount).and_then(decimal);
        Ok(parse::fee(&order.name, amount)?)
    }
}

/// The time as history wants it.
fn day(at: Timestamp) -> String {
    let time = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn refused<T>(code: &str, reason: String) -> Outcome<T> {
    Outcome::Refused(Refusal {
        code: code.to_owned(),
        reason,
    })
}

/// What became of an act. Only what never left, or what the venue says no to, is refused.
fn outcome<T>(asked: Asked, done: impl FnOnce(&Reply) -> Outcome<T>) -> Outcome<T> {
    match asked {
        Asked::Told(reply) => match codes::verdict(&reply) {
            Verdict::Done => done(&reply),
            Verdict::Refused(why) => Outcome::Refused(why),
            Verdict::Unknown(seen) => Outcome::Unknown(seen),
        },
        Asked::NotSent(why) => refused(NOT_SENT, why),
        Asked::Barred(why) => refused("barred", why),
        Asked::Held(wait) => refused(HELD, format!("our own limits allow no more for {} s", wait.as_secs())),
        Asked::Lost(seen) => Outcome::Unknown(seen),
    }
}
