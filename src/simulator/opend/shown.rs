//! The market and the accounts in the messages of the protocol.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::time::Timestamp;

use super::wire::number::{float, seconds};
use super::wire::quote::{BasicMsg, MarketMsg, Security, SnapshotBasic, SnapshotMsg, StaticBasic, StaticMsg};
use super::wire::session::TrdAcc;
use super::wire::trade::{FillMsg, FundsMsg, OrderMsg, PositionMsg, TrdHeader};
use super::world::{Account, Exchange, Fill, Order, Status, Stock, StockName, World};

/// A share of a company.
const EQUITY: i32 = 3;
const LISTED: &str = "2000-01-03";

pub(super) const fn trd_market(exchange: Exchange) -> i32 {
    match exchange {
        Exchange::Hk => 1,
        Exchange::Us => 2,
    }
}

const fn qot_market(exchange: Exchange) -> i32 {
    match exchange {
        Exchange::Hk => 1,
        Exchange::Us => 11,
    }
}

/// The stock that is meant by a number of a market for prices.
pub(super) fn of_security(security: &Security) -> Option<StockName> {
    let exchange = Exchange::ALL
        .into_iter()
        .find(|one| qot_market(*one) == security.market)?;
    Some(StockName {
        exchange,
        code: security.code.clone(),
    })
}

/// The stock that is meant by a number of a market to trade in.
pub(super) fn of_trade(market: i32, code: &str) -> Option<StockName> {
    let exchange = Exchange::ALL.into_iter().find(|one| trd_market(*one) == market)?;
    Some(StockName {
        exchange,
        code: code.to_owned(),
    })
}

pub(super) fn security(name: &StockName) -> Security {
    Security {
        market: qot_market(name.exchange),
        code: name.code.clone(),
    }
}

/// A time as text. The venue tells the time of day of the market; here it is that of UTC.
pub(super) fn text(at: Timestamp) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// The state of an exchange.
pub(super) fn state(world: &World, exchange: Exchange) -> i32 {
    match exchange {
        _ if !world.is_open(exchange) => 6,
        Exchange::Us => 5,
        Exchange::Hk => 3,
    }
}

pub(super) fn header(account: &Account) -> TrdHeader {
    TrdHeader {
        trd_env: i32::from(account.is_real),
        acc_id: account.id,
        trd_market: trd_market(account.exchange),
    }
}

pub(super) fn account(account: &Account) -> TrdAcc {
    TrdAcc {
        trd_env: i32::from(account.is_real),
        acc_id: account.id,
        markets: vec![trd_market(account.exchange)],
        acc_type: Some(1),
        security_firm: account.is_real.then_some(1),
        sim_acc_type: (!account.is_real).then_some(1),
        status: Some(0),
        role: Some(1),
    }
}

fn number_of(order: &Order) -> i32 {
    let some = order.filled().is_positive();
    match order.status {
        Status::WaitingSubmit => 1,
        Status::Submitted => {
            if some {
                10
            } else {
                5
            }
        }
        Status::TimedOut => 4,
        Status::Filled => 11,
        Status::Cancelled => {
            if some {
                14
            } else {
                15
            }
        }
        Status::Failed => 21,
        Status::FillCancelled => 24,
    }
}

fn company(world: &World, name: &StockName) -> String {
    world
        .stocks
        .get(name)
        .map(|stock| stock.company.clone())
        .unwrap_or_default()
}

pub(super) fn order(world: &World, order: &Order) -> OrderMsg {
    let exchange = order.stock.exchange;
    OrderMsg {
        trd_side: if order.buys { 1 } else { 2 },
        order_type: 1,
        status: number_of(order),
        order_id: order.id,
        order_id_ex: order.name(),
        code: order.stock.code.clone(),
        name: company(world, &order.stock),
        qty: float(order.quantity.to_decimal()),
        price: Some(float(order.limit.to_decimal())),
        create_time: text(order.created),
        update_time: text(order.updated),
        fill_qty: Some(float(order.filled().to_decimal())),
        fill_avg_price: Some(float(order.average().unwrap_or(Price::ZERO).to_decimal())),
        last_err_msg: Some(order.error.clone().unwrap_or_default()),
        sec_market: Some(trd_market(exchange)),
        create_timestamp: Some(seconds(order.created.0)),
        update_timestamp: Some(seconds(order.updated.0)),
        remark: order.remark.clone(),
        time_in_force: Some(0),
        currency: Some(trd_market(exchange)),
        trd_market: Some(trd_market(exchange)),
    }
}

pub(super) fn fill(world: &World, order: &Order, fill: &Fill) -> FillMsg {
    let exchange = order.stock.exchange;
    FillMsg {
        trd_side: if order.buys { 1 } else { 2 },
        fill_id: fill.id,
        fill_id_ex: format!("SIMF{}", fill.id),
        order_id: Some(order.id),
        order_id_ex: Some(order.name()),
        code: order.stock.code.clone(),
        name: company(world, &order.stock),
        qty: float(fill.quantity.to_decimal()),
        price: float(fill.price.to_decimal()),
        create_time: text(fill.at),
        sec_market: Some(trd_market(exchange)),
        create_timestamp: Some(seconds(fill.at.0)),
        status: Some(i32::from(order.status == Status::FillCancelled)),
        trd_market: Some(trd_market(exchange)),
    }
}

fn worth(world: &World, account: &Account, code: &str, held: Quantity) -> (Price, Amount) {
    let name = StockName {
        exchange: account.exchange,
        code: code.to_owned(),
    };
    let price = world.stocks.get(&name).map_or(Price::ZERO, |stock| stock.last);
    (price, price.notional(held, Rounding::HalfUp).unwrap_or(Amount::ZERO))
}

pub(super) fn funds(world: &World, account: &Account) -> FundsMsg {
    let held = account
        .shares
        .iter()
        .map(|(code, held)| worth(world, account, code, *held).1);
    let market = Amount::sum(held).unwrap_or(Amount::ZERO);
    let free = world.free_cash(account);
    let money = |amount: Result<Amount, _>| float(amount.unwrap_or(Amount::ZERO).to_decimal());
    FundsMsg {
        power: float(free.to_decimal()),
        total_assets: money(account.cash.plus(market)),
        cash: float(account.cash.to_decimal()),
        market_val: float(market.to_decimal()),
        frozen_cash: money(account.cash.minus(free)),
        debt_cash: float(Amount::ZERO.to_decimal()),
        avl_withdrawal_cash: float(free.to_decimal()),
        currency: Some(trd_market(account.exchange)),
    }
}

pub(super) fn positions(world: &World, account: &Account) -> Vec<PositionMsg> {
    let held = account.shares.iter().filter(|(_, held)| !held.is_zero());
    let market = trd_market(account.exchange);
    let shown = held.zip(1..).map(|((code, held), number)| {
        let (price, value) = worth(world, account, code, *held);
        let name = StockName {
            exchange: account.exchange,
            code: code.clone(),
        };
        PositionMsg {
            position_id: number,
            position_side: 0,
            code: code.clone(),
            name: company(world, &name),
            qty: float(held.to_decimal()),
            can_sell_qty: float(world.free_shares(account, code).to_decimal()),
            price: float(price.to_decimal()),
            val: float(value.to_decimal()),
            pl_val: float(Amount::ZERO.to_decimal()),
            sec_market: Some(market),
            currency: Some(market),
            trd_market: Some(market),
        }
    });
    shown.collect()
}

fn lot(stock: &Stock) -> i32 {
    stock.lot.to_string().parse().unwrap_or(1)
}

fn shares(quantity: Quantity) -> i64 {
    quantity.to_decimal().trunc().to_string().parse().unwrap_or_default()
}

pub(super) fn fixed(name: &StockName, stock: &Stock) -> StaticMsg {
    let id = name
        .to_string()
        .bytes()
        .fold(7, |id: i64, byte| id.wrapping_mul(31).wrapping_add(i64::from(byte)));
    StaticMsg {
        basic: StaticBasic {
            security: security(name),
            id: id.saturating_abs(),
            lot_size: lot(stock),
            sec_type: EQUITY,
            name: stock.company.clone(),
            list_time: LISTED.to_owned(),
            delisting: Some(false),
        },
    }
}

pub(super) fn snapshot(name: &StockName, stock: &Stock) -> SnapshotMsg {
    let price = |price: Price| float(price.to_decimal());
    SnapshotMsg {
        basic: SnapshotBasic {
            security: security(name),
            sec_type: EQUITY,
            is_suspend: stock.halted,
            list_time: LISTED.to_owned(),
            lot_size: lot(stock),
            price_spread: price(stock.tick),
            update_time: text(stock.updated),
            high: price(stock.high),
            open: price(stock.open),
            low: price(stock.low),
            last_close: price(stock.close_before),
            last: price(stock.last),
            volume: shares(stock.volume),
            turnover: float(stock.turnover.to_decimal()),
            turnover_rate: float(Amount::ZERO.to_decimal()),
            update_timestamp: Some(seconds(stock.updated.0)),
            ask: Some(price(stock.ask())),
            bid: Some(price(stock.bid())),
            name: Some(stock.company.clone()),
            sec_status: Some(if stock.halted { 9 } else { 1 }),
        },
    }
}

pub(super) fn basic(name: &StockName, stock: &Stock) -> BasicMsg {
    let price = |price: Price| float(price.to_decimal());
    BasicMsg {
        security: security(name),
        is_suspended: stock.halted,
        list_time: LISTED.to_owned(),
        price_spread: price(stock.tick),
        update_time: text(stock.updated),
        high: price(stock.high),
        open: price(stock.open),
        low: price(stock.low),
        last: price(stock.last),
        last_close: price(stock.close_before),
        volume: shares(stock.volume),
        turnover: float(stock.turnover.to_decimal()),
        turnover_rate: float(Amount::ZERO.to_decimal()),
        amplitude: float(Amount::ZERO.to_decimal()),
        update_timestamp: Some(seconds(stock.updated.0)),
        name: Some(stock.company.clone()),
    }
}

pub(super) fn market(world: &World, name: &StockName, stock: &Stock) -> MarketMsg {
    MarketMsg {
        security: security(name),
        name: stock.company.clone(),
        state: state(world, name.exchange),
    }
}
