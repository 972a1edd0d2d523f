//! Random orders and prices: the books balance to the last unit after every act.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fixed::Rounding;
use crate::paper::{PaperAccount, TimeInForce, Trigger};

#[derive(Debug, Clone)]
enum Step {
    Place {
        account: i64,
        request: Request,
    },
    Cancel {
        account: i64,
        which: usize,
    },
    Amend {
        account: i64,
        which: usize,
        lots: i64,
        tenths: i64,
    },
    Leverage {
        account: i64,
        symbol: Symbol,
        leverage: u32,
    },
    Price {
        symbol: Symbol,
        price: i64,
        quantity: i64,
        later: i64,
    },
}

const NAMES: [&str; 2] = ["BTCUSDT", "ETHUSDT"];

fn symbols() -> impl Strategy<Value = Symbol> {
    prop::sample::select(&NAMES[..]).prop_map(Symbol::new)
}

fn price_units(tenths: i64) -> Price {
    Price::from_units(tenths * 1_000_000_000).unwrap()
}

fn requests() -> impl Strategy<Value = Request> {
    let kinds = prop_oneof![
        2 => Just(OrderKind::Market),
        1 => (9_000_i64..11_000).prop_map(|tenths| OrderKind::Limit { price: price_units(tenths) }),
    ];
    let actions = prop::sample::select(&[Action::Buy, Action::Sell][..]);
    let sides = prop::sample::select(&[Side::Long, Side::Short][..]);
    let modes = prop::sample::select(&[MarginMode::Isolated, MarginMode::Cross][..]);
    let triggers = (9_000_i64..11_000, prop::bool::ANY).prop_map(|(tenths, rising)| {
        let price = price_units(tenths);
        Some(Trigger { price, rising })
    });
    let lasting = prop::sample::select(
        &[
            TimeInForce::UntilCancelled,
            TimeInForce::ImmediateOrCancel,
            TimeInForce::FillOrKill,
            TimeInForce::PostOnly,
        ][..],
    );
    let rules = (
        prop_oneof![3 => Just(None), 1 => triggers],
        lasting,
        prop::bool::weighted(0.2),
    );
    let rest = (1_i64..20_000, prop::bool::weighted(0.3), 1_u32..126, modes);
    (symbols(), actions, sides, kinds, rest, rules).prop_map(|(symbol, action, position_side, kind, rest, rules)| {
        let (lots, reduce_only, leverage, margin_mode) = rest;
        let (trigger, time_in_force, whole) = rules;
        Request {
            client_id: None,
            symbol,
            action,
            position_side,
            kind,
            quantity: Quantity::from_units(lots * 100_000).unwrap(),
            reduce_only,
            leverage,
            margin_mode,
            rules: Rules {
                time_in_force,
                trigger,
                whole: whole && trigger.is_some(),
            },
        }
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_i64..5, requests()).prop_map(|(account, request)| Step::Place { account, request }),
        1 => (1_i64..5, 0_usize..4).prop_map(|(account, which)| Step::Cancel { account, which }),
        1 => (1_i64..5, 0_usize..4, 1_i64..20_000, 9_000_i64..11_000)
            .prop_map(|(account, which, lots, tenths)| Step::Amend { account, which, lots, tenths }),
        1 => (1_i64..5, symbols(), 1_u32..126)
            .prop_map(|(account, symbol, leverage)| Step::Leverage { account, symbol, leverage }),
        4 => (symbols(), 8_500_i64..11_500, 0_i64..3, 1_i64..20_000_000)
            .prop_map(|(symbol, price, quantity, later)| Step::Price { symbol, price, quantity, later }),
    ];
    prop::collection::vec(step, 1..60)
}

/// What the records say that every account's balance is.
#[derive(Default)]
struct Audit {
    balances: BTreeMap<VenueAccountId, Amount>,
    filled: BTreeMap<(VenueAccountId, i64), Quantity>,
    /// Entry notional, exit notional and realised by account, market and side.
    lives: BTreeMap<(VenueAccountId, Symbol, Side), [Amount; 3]>,
}

impl Audit {
    fn add(&mut self, effects: &Effects) {
        for fill in &effects.fills {
            let balance = self.balances.get_mut(&fill.account).unwrap();
            *balance = balance.plus(fill.realised).unwrap().minus(fill.fee).unwrap();
            let filled = self.filled.entry((fill.account, fill.order)).or_default();
            *filled = filled.plus(fill.quantity).unwrap();
            let life = self
                .lives
                .entry((fill.account, fill.symbol.clone(), fill.side))
                .or_default();
            let notional = fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap();
            let slot = usize::from(fill.reducing);
            life[slot] = life[slot].plus(notional).unwrap();
            life[2] = life[2].plus(fill.realised).unwrap();
        }
        for income in &effects.incomes {
            let balance = self.balances.get_mut(&income.account).unwrap();
            *balance = balance.plus(income.amount).unwrap();
        }
        for order in &effects.orders {
            let filled = self
                .filled
                .get(&(order.account, order.number))
                .copied()
                .unwrap_or_default();
            assert!(order.filled <= order.quantity);
            assert!(order.filled <= filled, "an order is not filled without fills");
        }
    }

    fn check(&self, engine: &Engine) {
        engine.check().unwrap();
        for account in engine.accounts() {
            assert_eq!(account.balance, self.balances[&account.id]);
        }
        for ((account, symbol, side), [entry, exit, realised]) in &self.lives {
            if engine.account(*account).unwrap().position(symbol, *side).is_none() {
                let gain = match side {
                    Side::Long => exit.minus(*entry),
                    Side::Short => entry.minus(*exit),
                };
                assert_eq!(
                    gain.unwrap(),
                    *realised,
                    "over the life of a position nothing is lost to rounding"
                );
            }
        }
    }
}

/// The indexes are what they would be, were they built anew.
fn check_boards(engine: &Engine) {
    let mut anew = Engine::new(NAMES.map(market));
    for account in engine.accounts() {
        anew.admit(account.clone());
    }
    for symbol in engine.symbols() {
        let last = engine.last(symbol);
        let board = anew.boards.0.get_mut(symbol).unwrap();
        board.last = last;
        board.funded_at = engine.funded_at(symbol);
    }
    assert_eq!(format!("{:?}", anew.boards), format!("{:?}", engine.boards));
}

fn order_at(engine: &Engine, account: i64, which: usize) -> (VenueAccountId, i64) {
    let id = VenueAccountId(account);
    let orders = &engine.account(id).unwrap().orders;
    (id, orders.get(which).map_or(0, |order| order.number))
}

fn act(engine: &mut Engine, step: &Step, now: &mut Timestamp) -> Effects {
    match step {
        Step::Place { account, request } => {
            let placed = engine.place(VenueAccountId(*account), request, *now);
            placed.map(|placed| placed.effects).unwrap_or_default()
        }
        Step::Amend {
            account,
            which,
            lots,
            tenths,
        } => {
            let (id, number) = order_at(engine, *account, *which);
            let quantity = Quantity::from_units(lots * 100_000).unwrap();
            let amended = engine.amend(id, number, quantity, price_units(*tenths), *now);
            amended.map(|placed| placed.effects).unwrap_or_default()
        }
        Step::Leverage {
            account,
            symbol,
            leverage,
        } => {
            let id = VenueAccountId(*account);
            engine.set_leverage(id, symbol, *leverage, *now).unwrap_or_default()
        }
        Step::Cancel { account, which } => {
            let (id, number) = order_at(engine, *account, *which);
            let cancelled = engine.cancel(id, number, *now);
            cancelled.map(|placed| placed.effects).unwrap_or_default()
        }
        Step::Price {
            symbol,
            price,
            quantity,
            later,
        } => {
            now.0 += later;
            let tick = Tick {
                at: *now,
                price: price_units(*price),
                quantity: Quantity::from_units(quantity * 100_000).unwrap(),
            };
            match engine.mark(symbol, tick) {
                true => engine.cross(symbol, tick),
                false => Effects::default(),
            }
        }
    }
}

proptest! {
    #[test]
    fn books_balance_after_every_act_and_every_act_can_be_undone(steps in steps()) {
        let mut engine = Engine::new(NAMES.map(market));
        let mut audit = Audit::default();
        for id in 1..5 {
            let mode = if id % 2 == 0 { PositionMode::Hedge } else { PositionMode::OneWay };
            engine.prepare(VenueAccountId(id), mode, n("5000")).unwrap();
            audit.balances.insert(VenueAccountId(id), n("5000"));
        }
        let mut now = Timestamp(1_000_000);
        for name in NAMES {
            let (price, quantity) = (price_units(10_000), Quantity::ZERO);
            engine.mark(&Symbol::new(name), Tick { at: now, price, quantity });
        }
        for step in &steps {
            let before: Vec<PaperAccount> = engine.accounts().cloned().collect();
            let start = now;
            let effects = act(&mut engine, step, &mut now);
            prop_assert!(effects.failed.is_empty());
            engine.undo(effects);
            let undone: Vec<PaperAccount> = engine.accounts().cloned().collect();
            prop_assert_eq!(before, undone);
            check_boards(&engine);
            now = start;
            let effects = act(&mut engine, step, &mut now);
            audit.add(&effects);
            audit.check(&engine);
            check_boards(&engine);
        }
    }
}
