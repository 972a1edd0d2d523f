//! Random robots, hands and prices on one account of the paper venue: virtual positions always explain the venue's net and
//! its realised profit, to the last unit.

use std::time::Duration;

use proptest::prelude::*;

use super::account::*;
use crate::fixed::{Amount, Price, Quantity};
use crate::id::{OrderId, VenueAccountId};
use crate::instrument::Instrument;
use crate::market::{Side, Tick};
use crate::order::Purpose;
use crate::paper::{Engine, PaperFill, PaperIncome, PaperMarket, Request, Rules};
use crate::position::{CloseReason, Origin, PositionState};
use crate::robot::net::{Net, NetFacts, Reach, reach};
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{AccountReport, Cursor, MarginMode, OrderKind};

const ME: VenueAccountId = VenueAccountId(1);
const ROBOTS: i64 = 4;

#[derive(Debug, Clone)]
enum Step {
    /// A robot that holds nothing opens, and one that holds something closes.
    Turn {
        robot: i64,
        side: Side,
        lots: i64,
    },
    /// A hand opens or closes.
    Hand {
        side: Side,
        lots: i64,
        closes: bool,
    },
    Price(i64),
    /// The daemon asks the venue, with pages of so many.
    Sync(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sides = || prop::sample::select(&[Side::Long, Side::Short][..]);
    let step = prop_oneof![
        5 => (1..=ROBOTS, sides(), 1_i64..40).prop_map(|(robot, side, lots)| Step::Turn { robot, side, lots }),
        2 => (sides(), 1_i64..60, any::<bool>()).prop_map(|(side, lots, closes)| Step::Hand { side, lots, closes }),
        3 => (7_000_i64..14_000).prop_map(Step::Price),
        4 => (1_usize..5).prop_map(Step::Sync),
    ];
    prop::collection::vec(step, 1..60)
}

fn lots(count: i64) -> Quantity {
    Quantity::from_units(count * 100_000).unwrap()
}

/// The venue, the records, and what was sent and when.
struct Stage {
    engine: Engine,
    book: Book,
    fills: Vec<PaperFill>,
    incomes: Vec<PaperIncome>,
    read: (usize, usize),
    now: i64,
    next: i64,
}

impl Stage {
    fn new(mode: PositionMode) -> Self {
        let market = PaperMarket {
            instrument: Instrument {
                symbol: btc(),
                tick: "0.1".parse().unwrap(),
                lot: "0.001".parse().unwrap(),
                min_quantity: "0.001".parse().unwrap(),
                min_notional: Amount::ZERO,
                max_leverage: 100,
            },
            maker_fee: "0.0002".parse().unwrap(),
            taker_fee: "0.00037".parse().unwrap(),
            slippage: "0.0001".parse().unwrap(),
            maintenance: "0.005".parse().unwrap(),
            funding_interval: Duration::from_secs(10),
            funding_rate: "0.000123".parse().unwrap(),
            largest_fill: "0.007".parse().unwrap(),
        };
        let mut engine = Engine::new([market]);
        engine.prepare(ME, mode, "200".parse().unwrap()).unwrap();
        let mut book = Book::new();
        book.mode = mode;
        book.lots.insert(btc(), "0.001".parse().unwrap());
        let mut stage = Self {
            engine,
            book,
            fills: Vec::new(),
            incomes: Vec::new(),
            read: (0, 0),
            now: 100_000,
            next: 1,
        };
        stage.price(10_000);
        stage
    }

    fn keep(&mut self, effects: crate::paper::Effects) {
        self.fills.extend(effects.fills);
        self.incomes.extend(effects.incomes);
    }

    fn price(&mut self, tenths: i64) {
        self.now += 1_000;
        let tick = Tick {
            at: Timestamp(self.now),
            price: Price::from_units(tenths * 1_000_000_000).unwrap(),
            quantity: Quantity::ZERO,
        };
        if self.engine.mark(&btc(), tick) {
            let effects = self.engine.cross(&btc(), tick);
            self.keep(effects);
        }
    }

    fn place(&mut self, request: &Request) -> bool {
        self.now += 100;
        let placed = self.engine.place(ME, request, Timestamp(self.now));
        let is_placed = placed.is_ok();
        if let Ok(placed) = placed {
            self.keep(placed.effects);
        }
        is_placed
    }

    fn hand(&mut self, side: Side, quantity: Quantity, closes: bool) {
        let request = Request {
            client_id: None,
            symbol: btc(),
            action: if closes { side.closing() } else { side.opening() },
            position_side: side,
            kind: OrderKind::Market,
            quantity,
            reduce_only: closes,
            leverage: 10,
            margin_mode: MarginMode::Isolated,
            rules: Rules::default(),
        };
        self.place(&request);
    }

    /// The robot's position on record that is not over.
    fn held(&self, robot: i64) -> Option<i64> {
        let live = self
            .book
            .positions
            .values()
            .filter(|position| !position.state.is_final());
        let own = live.filter(|position| position.id.0 % ROBOTS + 1 == robot && position.origin == Origin::Robot);
        own.map(|position| position.id.0).next()
    }

    /// The position ids of a robot leave the same rest, so that records alone tell whose they are.
    fn new_id(&mut self, robot: i64) -> i64 {
        self.next += ROBOTS;
        self.next / ROBOTS * ROBOTS + robot - 1
    }

    fn turn(&mut self, robot: i64, side: Side, quantity: Quantity) {
        match self.held(robot) {
            Some(id) => self.close(id),
            None => {
                let id = 1_000_000 + self.new_id(robot);
                self.book = std::mem::replace(&mut self.book, Book::new()).opening(id, side, &quantity.to_string());
                self.send(id);
            }
        }
    }

    /// What a refused order leaves is as if it never was.
    fn send(&mut self, order: i64) -> bool {
        let sent = self.book.orders[&OrderId(order)].clone();
        let is_placed = self.place(&Request::from(&sent.intent()));
        if !is_placed {
            self.book.orders.remove(&OrderId(order));
            let position = self.book.positions.get_mut(&sent.position).unwrap();
            match sent.purpose {
                Purpose::Open => position.state = PositionState::Abandoned { at: Timestamp(0) },
                Purpose::Close => position.state = PositionState::Open,
            }
        }
        is_placed
    }

    fn close(&mut self, id: i64) {
        let position = self.book.position(id).clone();
        if position.state != PositionState::Open {
            return;
        }
        let positions: Vec<_> = self.book.positions.values().cloned().collect();
        let orders: Vec<_> = self.book.orders.values().cloned().collect();
        let account = self.engine.account(ME).unwrap();
        let seen = self.engine.position_reports(account).unwrap();
        let facts = NetFacts {
            mode: self.book.mode,
            positions: &positions,
            orders: &orders,
            seen: Some(&seen),
        };
        let how = reach(&position, &facts);
        let order = 2_000_000_000 + self.new_id(1);
        self.book = std::mem::replace(&mut self.book, Book::new()).closing(id, order, CloseReason::Requested);
        self.book.orders.get_mut(&OrderId(order)).unwrap().reduce_only = how == Reach::ReduceOnly;
        self.send(order);
    }

    fn sync(&mut self, page: usize) {
        loop {
            self.now += 10;
            let (fill, income) = self.read;
            let fills: Vec<_> = self.fills[fill..].iter().take(page).collect();
            let horizon = fills.last().filter(|_| fills.len() == page).map(|fill| fill.at);
            let is_told = |income: &&PaperIncome| horizon.is_none_or(|horizon| income.at <= horizon);
            let incomes: Vec<_> = self.incomes[income..].iter().take_while(is_told).collect();
            self.read = (fill + fills.len(), income + incomes.len());
            let account = self.engine.account(ME).unwrap();
            let more = self.read != (self.fills.len(), self.incomes.len());
            let report = AccountReport {
                at: Timestamp(self.now),
                balance: account.balance,
                available: Amount::ZERO,
                positions: self.engine.position_reports(account).unwrap(),
                open_orders: Vec::new(),
                fills: fills.into_iter().map(PaperFill::report).collect(),
                incomes: incomes.into_iter().map(PaperIncome::report).collect(),
                cursor: Cursor(format!("{:?}", self.read)),
                more,
            };
            let decided = self.book.take(&report);
            let told: Vec<String> = decided.mismatches.iter().map(ToString::to_string).collect();
            let is_known = |what: &String| what.contains("closed more than its position held");
            assert!(told.iter().all(is_known), "{told:?}");
            if !more {
                return;
            }
        }
    }

    /// Whatever the daemon knows at rest is what the venue has.
    fn check(&self) {
        let account = self.engine.account(ME).unwrap();
        let positions = || self.book.positions.values();
        let seen = self.engine.position_reports(account).unwrap();
        assert_eq!(Net::recorded(positions(), &btc()), Net::held(&seen, &btc()));
        if self.book.mode == PositionMode::Hedge {
            for side in [Side::Long, Side::Short] {
                let ours = positions().filter(|position| position.side == side);
                let ours = Quantity::sum(ours.map(|position| position.quantity)).unwrap();
                let theirs = account
                    .position(&btc(), side)
                    .map_or(Quantity::ZERO, |held| held.quantity);
                assert_eq!(ours, theirs);
            }
        }
        let realised = Amount::sum(positions().map(|position| position.realised)).unwrap();
        let carried = Amount::sum(positions().filter_map(|position| position.carry)).unwrap();
        assert_eq!(realised.plus(carried).unwrap(), account.realised);
        let fees = Amount::sum(positions().map(|position| position.fees)).unwrap();
        assert_eq!(fees, account.fees);
        let rows = self.book.fills.values();
        assert_eq!(
            Amount::sum(rows.map(|fill| fill.report.realised)).unwrap(),
            account.realised
        );
        self.check_each();
        if positions().all(|position| position.quantity.is_zero()) {
            assert_eq!((realised, carried), (account.realised, Amount::ZERO));
        }
    }

    /// Each position is the sum of its rows, and each fill the sum of its parts.
    fn check_each(&self) {
        for position in self.book.positions.values() {
            let rows = self
                .book
                .fills
                .values()
                .filter(|fill| fill.position == Some(position.id));
            let (mut realised, mut quantity) = (Amount::ZERO, 0_i64);
            for row in rows {
                realised = realised.plus(row.report.realised).unwrap();
                let units = row.report.quantity.units();
                quantity += if row.report.reducing { -units } else { units };
            }
            assert_eq!((realised, quantity), (position.realised, position.quantity.units()));
        }
        for told in &self.fills[..self.read.0] {
            let id = told.number.to_string();
            let of = self
                .book
                .fills
                .iter()
                .filter(|(row, _)| **row == id || row.starts_with(&format!("{id}#")));
            let parts: Vec<_> = of.map(|(_, row)| &row.report).collect();
            assert_eq!(Quantity::sum(parts.iter().map(|part| part.quantity)), Ok(told.quantity));
            assert_eq!(Amount::sum(parts.iter().map(|part| part.realised)), Ok(told.realised));
            assert_eq!(Amount::sum(parts.iter().map(|part| part.fee)), Ok(told.fee));
        }
        let paid = self.incomes[..self.read.1].iter().map(|income| income.amount);
        let rows = self.book.incomes.values().map(|income| income.report.amount);
        assert_eq!(Amount::sum(rows), Amount::sum(paid));
    }
}

fn tell(mode: PositionMode, steps: Vec<Step>) {
    let mut stage = Stage::new(mode);
    for step in steps {
        match step {
            Step::Turn {
                robot,
                side,
                lots: count,
            } => stage.turn(robot, side, lots(count)),
            Step::Hand {
                side,
                lots: count,
                closes,
            } => stage.hand(side, lots(count), closes),
            Step::Price(tenths) => stage.price(tenths),
            Step::Sync(page) => {
                stage.sync(page);
                stage.check();
            }
        }
    }
    stage.sync(3);
    stage.check();
    close_all(&mut stage);
}

/// Everybody closes, each in its turn, and what hands opened is closed by hand.
fn close_all(stage: &mut Stage) {
    stage.price(10_000);
    for _ in 0..3 {
        for id in live(stage) {
            stage.close(id);
            stage.sync(2);
            stage.check();
        }
        for side in [Side::Long, Side::Short] {
            let held = stage
                .engine
                .account(ME)
                .unwrap()
                .position(&btc(), side)
                .map(|held| held.quantity);
            let external = stage
                .book
                .positions
                .values()
                .filter(|position| position.origin == Origin::External);
            let own = external
                .filter(|position| position.side == side)
                .map(|position| position.quantity);
            let own = Quantity::sum(own).unwrap();
            if let Some(held) = held.filter(|_| own.is_positive()) {
                stage.hand(side, own.min(held), true);
                stage.sync(2);
                stage.check();
            }
        }
    }
}

fn live(stage: &Stage) -> Vec<i64> {
    let open = stage
        .book
        .positions
        .values()
        .filter(|position| position.state == PositionState::Open);
    let own = open.filter(|position| position.origin == Origin::Robot);
    own.map(|position| position.id.0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// POS-1, POS-2, POS-3: with robots on both sides of a hedge account.
    #[test]
    fn virtual_positions_explain_a_hedge_account(steps in steps()) {
        tell(PositionMode::Hedge, steps);
    }

    /// POS-1, POS-2, POS-3: with robots that the venue nets.
    #[test]
    fn virtual_positions_explain_a_one_way_account(steps in steps()) {
        tell(PositionMode::OneWay, steps);
    }
}
