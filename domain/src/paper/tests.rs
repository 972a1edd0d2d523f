//! Worked examples of the engine, with numbers that can be followed by hand.

mod conditional;
mod funding;
mod liquidation;
mod profit;
mod property;
mod refusals;
mod resting;
mod rules;
mod setting;

use std::str::FromStr;
use std::time::Duration;

use crate::fixed::{Amount, Price, Quantity, Ratio};
use crate::id::VenueAccountId;
use crate::instrument::Instrument;
use crate::market::{Action, Side, Symbol, Tick};
use crate::paper::{Effects, Engine, PaperMarket, Placed, Refused, Request, Rules};
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{ClientOrderId, MarginMode, OrderKind};

const ME: VenueAccountId = VenueAccountId(7);

fn n<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn btc() -> Symbol {
    Symbol::new("BTCUSDT")
}

/// Tick 0.1, lot 0.001, least notional 100, fees 0.02 % and 0.05 %, no slippage, maintenance 0.5 %, funding 0.01 %.
fn market(name: &str) -> PaperMarket {
    PaperMarket {
        instrument: Instrument {
            symbol: Symbol::new(name),
            tick: n("0.1"),
            lot: n("0.001"),
            min_quantity: n("0.001"),
            min_notional: n("100"),
            max_leverage: 125,
        },
        maker_fee: n("0.0002"),
        taker_fee: n("0.0005"),
        slippage: Ratio::ZERO,
        maintenance: n("0.005"),
        funding_interval: Duration::from_secs(8 * 3_600),
        funding_rate: n("0.0001"),
        largest_fill: Quantity::ZERO,
    }
}

/// One account on one market, and a clock that goes on by a second with every act.
struct Table {
    engine: Engine,
    now: Timestamp,
    orders: u32,
}

impl Table {
    fn new(mode: PositionMode, balance: &str) -> Self {
        Self::with(market("BTCUSDT"), mode, balance)
    }

    fn with(market: PaperMarket, mode: PositionMode, balance: &str) -> Self {
        let mut engine = Engine::new([market]);
        engine.prepare(ME, mode, n(balance)).unwrap();
        let now = Timestamp(1_000_000);
        Self { engine, now, orders: 0 }
    }

    fn price(&mut self, price: &str) -> Effects {
        self.trade(price, "0")
    }

    fn trade(&mut self, price: &str, quantity: &str) -> Effects {
        self.now.0 += 1_000;
        let tick = Tick {
            at: self.now,
            price: n(price),
            quantity: n(quantity),
        };
        let effects = match self.engine.mark(&btc(), tick) {
            true => self.engine.cross(&btc(), tick),
            false => Effects::default(),
        };
        self.engine.check().unwrap();
        effects
    }

    fn place(&mut self, request: &Request) -> Result<Placed, Refused> {
        self.now.0 += 1_000;
        let placed = self.engine.place(ME, request, self.now);
        self.engine.check().unwrap();
        placed
    }

    fn market_order(&mut self, action: Action, quantity: &str) -> Result<Placed, Refused> {
        let request = self.request(action, quantity);
        self.place(&request)
    }

    /// A market order with leverage 10 on isolated margin, for the side that the action opens.
    fn request(&mut self, action: Action, quantity: &str) -> Request {
        self.orders += 1;
        Request {
            client_id: Some(ClientOrderId(format!("o{}", self.orders))),
            symbol: btc(),
            action,
            position_side: action.opens(),
            kind: OrderKind::Market,
            quantity: n(quantity),
            reduce_only: false,
            leverage: 10,
            margin_mode: MarginMode::Isolated,
            rules: Rules::default(),
        }
    }

    fn closing(&mut self, side: Side, quantity: &str) -> Request {
        Request {
            position_side: side,
            reduce_only: true,
            ..self.request(side.closing(), quantity)
        }
    }

    fn limit(&mut self, action: Action, quantity: &str, price: &str) -> Request {
        Request {
            kind: OrderKind::Limit { price: n(price) },
            ..self.request(action, quantity)
        }
    }

    fn balance(&self) -> String {
        self.engine.account(ME).unwrap().balance.to_string()
    }

    fn available(&self) -> String {
        self.engine.available(ME).unwrap().unwrap().to_string()
    }

    fn held(&self, side: Side) -> Option<String> {
        let held = self.engine.account(ME).unwrap().position(&btc(), side)?;
        let entry: Price = held.entry_price().unwrap();
        Some(format!("{} @ {entry}", held.quantity))
    }
}

/// Quantity, price, realised and fee of each fill.
fn fills(effects: &Effects) -> Vec<String> {
    let line = |fill: &crate::paper::PaperFill| {
        let sign = if fill.reducing { "-" } else { "+" };
        let (quantity, price, realised, fee) = (fill.quantity, fill.price, fill.realised, fill.fee);
        format!("{sign}{quantity} {price} realised {realised} fee {fee}")
    };
    effects.fills.iter().map(line).collect()
}

fn incomes(effects: &Effects) -> Vec<Amount> {
    effects.incomes.iter().map(|income| income.amount).collect()
}
