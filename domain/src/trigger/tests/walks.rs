//! Random walks: whatever markets and venues do, each trigger ends once, with all of its money accounted for.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::outcome::{Outcome, Refusal};
use crate::pause::PauseScope;
use crate::payout::PayoutKind;
use crate::stock::Session;
use crate::trigger::decide::{self, Conclusion, Deal, Found, Known, Market, Next};
use crate::trigger::money::{Due, executed, returned};
use crate::trigger::price::{Prices, StockQuote};

const GRACE: Duration = Duration::from_secs(30);

/// What the world does in one step.
#[derive(Debug, Clone)]
struct World {
    paused: bool,
    halted: bool,
    session: u8,
    price: i64,
    age: u64,
    answer: u8,
    part: i64,
    passes: u64,
}

prop_compose! {
    fn worlds()(
        paused in prop::bool::weighted(0.1), halted in prop::bool::weighted(0.05), session in 0..8_u8,
        price in 15_000..25_000_i64, age in 0..90_u64, answer in 0..10_u8, part in 0..=100_i64, passes in 1..400_u64,
    ) -> World {
        World { paused, halted, session, price, age, answer, part, passes }
    }
}

struct Walk {
    case: Case,
    listing: Listing,
    now: Timestamp,
    next_id: i64,
    sent: Vec<OrderMark>,
    ended: Option<(TriggerState, Vec<Due>)>,
}

impl Walk {
    fn new(trigger: Trigger, listing: Listing) -> Self {
        let case = Case {
            trigger,
            order: None,
            lines: 1,
        };
        Self {
            case,
            listing,
            now: NOW,
            next_id: 1,
            sent: Vec::new(),
            ended: None,
        }
    }

    fn commit(&mut self, step: Step) {
        self.case = self.case.after(step, self.now);
    }

    fn moved(&mut self, event: &TriggerEvent) {
        let trigger = Some(self.case.trigger.on(event, self.now).unwrap());
        self.commit(Step {
            trigger,
            ..Step::default()
        });
    }

    fn step(&mut self, world: &World) {
        let state = self.case.order.as_ref().map(|order| order.state.clone());
        let next = decide::next(&Known {
            trigger: &self.case.trigger,
            order: state.as_ref(),
            listing: &self.listing,
            paused: world.paused.then_some(PauseScope::Global),
            is_halted: world.halted,
            now: self.now,
        });
        match next {
            Next::Nothing | Next::Wait(_) => {}
            Next::Hold => self.moved(&TriggerEvent::Paused),
            Next::Resume { expires_at } => self.moved(&TriggerEvent::Resumed { expires_at }),
            Next::GiveUp { why } => self.give_up(why),
            Next::Market => self.deal(world),
            Next::Follow { cancel } => self.follow(world, cancel),
        }
    }

    fn deal(&mut self, world: &World) {
        assert!(!world.paused && !world.halted, "nothing is ordered");
        let price = Price::from_units(world.price * 100_000_000).unwrap();
        let venue = Some(StockQuote {
            bid: price,
            ask: price,
            last: price,
            at: self.now.before(Duration::from_secs(world.age)),
        });
        let session = match world.session {
            0 => Session::Closed,
            1 => Session::Halted,
            _ => Session::Open,
        };
        let market = Market {
            session,
            lot: Some(LOT()),
            prices: Prices { venue, feed: None },
        };
        match decide::deal(&self.case.trigger, &self.listing, &market, self.now).unwrap() {
            Deal::Wait(wait) => {
                if self.case.trigger.error.as_ref() != Some(&wait.why) {
                    self.moved(&TriggerEvent::Waits { why: wait.why });
                }
            }
            Deal::GiveUp { why } => self.give_up(why),
            Deal::Order(intent) => {
                assert_eq!(session, Session::Open);
                let id = StockOrderId(self.next_id);
                self.next_id += 1;
                let step = decide::ordered(&self.case, &self.listing, &intent, id, "abc123", self.now).unwrap();
                let lock = step.trigger.as_ref().unwrap().price.unwrap();
                assert!(self.now.since(lock.at) <= Duration::from_secs(60), "never an old price");
                self.commit(step);
                self.place(world);
            }
        }
    }

    fn place(&mut self, world: &World) {
        let order = self.case.order.clone().unwrap();
        let mark = order.mark.clone();
        assert!(!self.sent.contains(&mark), "nothing is sent twice");
        self.sent.push(mark);
        let outcome = match world.answer {
            0 | 1 => Outcome::Unknown("lost".to_owned()),
            2 => Outcome::Refused(no("busy")),
            3 => Outcome::Refused(no("never")),
            _ => Outcome::Done(self.reported(world)),
        };
        self.heard(&StockOrderEvent::of_placement(outcome));
    }

    fn reported(&self, world: &World) -> StockReport {
        let order = self.case.order.as_ref().unwrap();
        let most = order.quantity.units() / Quantity::ONE_UNITS;
        let before = order.filled.units() / Quantity::ONE_UNITS;
        let filled = before.max(most * world.part / 100);
        let state = match world.answer {
            4 => StockState::InDoubt,
            5 | 6 => StockState::Ended { why: no("expired") },
            7 => StockState::Filled,
            _ => StockState::Working,
        };
        let filled = if state == StockState::Filled { most } else { filled };
        let price = order.average_price.unwrap_or(order.limit);
        report(order, state, &filled.to_string(), &price.to_string())
    }

    fn heard(&mut self, event: &StockOrderEvent) {
        let order = self.case.order.clone().unwrap().on(event, self.now).unwrap();
        self.became(order, decide::refusal_of(event).is_some_and(|why| why.code == "busy"));
    }

    fn became(&mut self, order: StockOrder, may_ask_again: bool) {
        let concluded = decide::conclude(&self.case.trigger, &order, may_ask_again, self.now);
        let trigger = match concluded {
            Conclusion::NotYet => None,
            Conclusion::Again { next_at, why } => Some(TriggerEvent::MayTryAgain { why, next_at }),
            Conclusion::GiveUp { why } => {
                self.ends(returned(&self.case.trigger), TriggerState::Returning);
                Some(TriggerEvent::GivenUp { why })
            }
            Conclusion::Executed { why } => {
                let made = executed(&self.case.trigger, &self.listing, &order).unwrap();
                let (filled, value, fee) = (made.filled, made.value, made.fee);
                self.ends(made.dues, TriggerState::Paying);
                Some(TriggerEvent::Executed {
                    filled,
                    value,
                    fee,
                    why,
                })
            }
        };
        let trigger = trigger.map(|event| self.case.trigger.on(&event, self.now).unwrap());
        self.commit(Step {
            trigger,
            order: Some(order),
            ..Step::default()
        });
    }

    fn give_up(&mut self, why: String) {
        self.ends(returned(&self.case.trigger), TriggerState::Returning);
        self.moved(&TriggerEvent::GivenUp { why });
    }

    fn ends(&mut self, dues: Vec<Due>, state: TriggerState) {
        assert!(self.ended.is_none(), "TRG-1: it ends once");
        self.ended = Some((state, dues));
    }

    fn follow(&mut self, world: &World, cancel: bool) {
        let order = self.case.order.clone().unwrap();
        if cancel && matches!(order.state, StockOrderState::Open) {
            let order = order.on(&StockOrderEvent::CancelIntended, self.now).unwrap();
            return self.became(order, false);
        }
        // An order whose answer was lost either arrived, or is never found.
        let lost = order.venue_id.is_none() && world.part < 50;
        let report = (!lost).then(|| self.reported(world));
        match decide::found(&order, report.as_ref(), self.now, GRACE, self.now).unwrap() {
            Found::Same | Found::Missing => {}
            Found::Moved(order) => self.became(order, false),
        }
    }
}

fn no(code: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        reason: "no".to_owned(),
    }
}

fn walked(trigger: Trigger, worlds: Vec<World>) -> Walk {
    let mut walk = Walk::new(trigger, listing());
    for world in worlds {
        walk.step(&world);
        walk.now = walk.now.after(Duration::from_secs(world.passes));
    }
    // In the end the world is kind: what is open ends, what waits runs out of patience.
    let kind = World {
        paused: false,
        halted: false,
        session: 0,
        price: 20_000,
        age: 0,
        answer: 5,
        part: 50,
        passes: 0,
    };
    for _ in 0..6 {
        walk.now = walk.now.after(Duration::from_secs(480 * 60));
        walk.step(&kind);
    }
    walk
}

fn check(walk: &Walk, given: u128) {
    let (state, dues) = walk.ended.as_ref().expect("it ends");
    assert_eq!(walk.case.trigger.state, *state);
    let paid = walk.case.trigger.on(&TriggerEvent::PaidOut, walk.now).unwrap();
    assert!(paid.state.is_final());
    assert!(paid.on(&TriggerEvent::PaidOut, walk.now).is_err());
    let is_deposit = paid.kind == TriggerKind::Deposit;
    let back = if is_deposit {
        PayoutKind::Refund
    } else {
        PayoutKind::Remint
    };
    let raw: u128 = dues
        .iter()
        .filter(|due| due.kind == back)
        .map(|due| due.raw.units().unwrap())
        .sum();
    let used = if is_deposit {
        u128::try_from(paid.value.plus(paid.fee).unwrap().units()).unwrap() / 100
    } else {
        u128::try_from(paid.filled.units()).unwrap() * 10_u128.pow(10)
    };
    assert_eq!(used + raw, given, "what was used and what goes back is what was given");
    assert_eq!(
        paid.filled.is_positive(),
        matches!(paid.state, TriggerState::Settled { .. })
    );
}

proptest! {
    #[test]
    fn s3_14_whatever_happens_a_deposit_ends_once_and_adds_up(
        raw in 1..5_000_000_000_u64, worlds in prop::collection::vec(worlds(), 0..40),
    ) {
        let walk = walked(deposit(&raw.to_string()), worlds);
        check(&walk, u128::from(raw));
    }

    #[test]
    fn s3_14_whatever_happens_a_redemption_ends_once_and_adds_up(
        raw in 1..10_u64.pow(19), worlds in prop::collection::vec(worlds(), 0..40),
    ) {
        let walk = walked(redemption(&raw.to_string()), worlds);
        check(&walk, u128::from(raw));
    }
}
