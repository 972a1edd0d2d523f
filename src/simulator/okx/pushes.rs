//! What private channels tell: orders step by step, and how an account and its positions are.

use domain::fixed::Amount;
use domain::paper::PaperPosition;
use domain::user::PositionMode;
use serde_json::{Value, json};

use super::channels::{Arg, Own};
use super::contract::{self, ASSET};
use super::order::{self, Sums};
use super::words::{joined, paid, shown};
use super::{account, algo, market, position};
use crate::simulator::exchange::{AccountNews, AccountView, Exchange, History, Rounds, Step, StepKind};

/// What one commit did to plain orders, or to conditional ones.
pub(super) fn of_orders(exchange: &Exchange, news: &AccountNews, conditional: bool) -> Vec<(String, Value)> {
    let steps = news
        .steps
        .iter()
        .filter(|step| step.order.is_conditional() == conditional);
    let told = steps.map(|step| {
        let name = contract::name_of(exchange, &step.order.symbol);
        let mode = news.account.mode;
        let told = if conditional {
            algo::told(exchange, &step.order, mode)
        } else {
            of_order(exchange, step, mode)
        };
        (name, told)
    });
    told.collect()
}

/// An order right after a step, with the execution when it was one.
fn of_order(exchange: &Exchange, step: &Step, mode: PositionMode) -> Value {
    let order = &step.order;
    let fill = match &step.kind {
        StepKind::Filled(fill) => Some(fill),
        _ => None,
    };
    let until = fill.map_or(i64::MAX, |fill| fill.number);
    let sums = match step.kind {
        StepKind::New => Sums::default(),
        _ => exchange.history(order.account, |history| Sums::of(history, order.number, until)),
    };
    let contracts = |coins| contract::count_of(exchange, &order.symbol, coins);
    let notional = |price: domain::fixed::Price, coins| price.notional(coins, domain::fixed::Rounding::HalfUp).ok();
    let last = market::last_price(exchange, &order.symbol);
    joined([
        order::told(exchange, order, mode, &sums),
        json!({
            "amendResult": if step.kind == StepKind::Amended { "0" } else { "" },
            "amendSource": if step.kind == StepKind::Amended { "1" } else { "" },
            "code": "0",
            "execType": fill.map_or("", |fill| if fill.maker { "M" } else { "T" }),
            "fillFee": fill.map_or_else(|| "0".to_owned(), |fill| paid(fill.fee)),
            "fillFeeCcy": fill.map_or("", |_| ASSET),
            "fillFwdPx": "",
            "fillMarkPx": shown(fill.map(|fill| fill.price)),
            "fillMarkVol": "",
            "fillNotionalUsd": shown(fill.and_then(|fill| notional(fill.price, fill.quantity))),
            "fillPnl": fill.map_or(Amount::ZERO, |fill| fill.realised).to_string(),
            "fillPx": shown(fill.map(|fill| fill.price)),
            "fillPxUsd": "",
            "fillPxVol": "",
            "fillSz": fill.map_or_else(|| "0".to_owned(), |fill| contracts(fill.quantity)),
            "fillTime": shown(fill.map(|fill| fill.at.0)),
            "lastPx": shown(last),
            "msg": "",
            "notionalUsd": shown(order.limit.or(last).and_then(|price| notional(price, order.quantity))),
            "reqId": "",
            "tradeId": shown(fill.map(|fill| fill.number)),
        }),
    ])
}

/// An account as somebody looks at it.
pub(super) struct Look {
    pub view: AccountView,
    rounds: Rounds,
    /// What changed; `None` where all of it is told.
    changed: Option<Vec<PaperPosition>>,
}

impl Look {
    pub fn new(exchange: &Exchange, view: AccountView, changed: Option<Vec<PaperPosition>>) -> Self {
        let rounds = exchange.history(view.account.id, History::rounds);
        Self { view, rounds, changed }
    }

    /// What a channel tells of it; `None` where it has nothing to tell.
    pub fn told(&self, exchange: &Exchange, own: Own, arg: &Arg) -> Option<Value> {
        match own {
            Own::Account => Some(json!([account::whole(exchange, &self.view)])),
            Own::Positions => self.positions(exchange, arg),
            Own::BalanceAndPosition => Some(json!([self.balance_and_position(exchange)])),
            Own::Orders | Own::Algos => None,
        }
    }

    fn positions(&self, exchange: &Exchange, arg: &Arg) -> Option<Value> {
        let named = |name: &str| arg.inst_id.as_deref().is_none_or(|asked| asked == name);
        let own = self.held(exchange).into_iter();
        let told: Vec<Value> = own.filter(|(name, _)| named(name)).map(|(_, told)| told).collect();
        // Everything is told even where it is nothing; that nothing changed is not.
        (self.changed.is_none() || !told.is_empty()).then_some(Value::Array(told))
    }

    /// Positions that changed, or all.
    fn held(&self, exchange: &Exchange) -> Vec<(String, Value)> {
        let alike = |one: &PaperPosition, other: &PaperPosition| one.symbol == other.symbol && one.side == other.side;
        let open = self.view.positions.iter().filter(|own| match &self.changed {
            Some(changed) => changed.iter().any(|changed| alike(changed, &own.held)),
            None => true,
        });
        let open = open.map(|own| {
            let told = position::told(exchange, &self.view, own, &self.rounds);
            (contract::name_of(exchange, &own.held.symbol), told)
        });
        let gone = self
            .changed
            .iter()
            .flatten()
            .filter(|changed| !self.view.positions.iter().any(|own| alike(changed, &own.held)));
        let gone = gone.map(|held| {
            let told = position::closed(exchange, &self.view.account, held, &self.rounds);
            (contract::name_of(exchange, &held.symbol), told)
        });
        gone.chain(open).collect()
    }

    fn balance_and_position(&self, exchange: &Exchange) -> Value {
        let now = exchange.market_now().0.to_string();
        let fields = [
            "avgPx", "ccy", "instId", "instType", "mgnMode", "pos", "posCcy", "posId", "posSide", "tradeId", "uTime",
        ];
        let positions = self.held(exchange).into_iter().map(|(_, told)| {
            let own = fields.iter().map(|name| ((*name).to_owned(), told[*name].clone()));
            Value::Object(own.collect())
        });
        let positions: Vec<Value> = positions.collect();
        let trades = positions
            .iter()
            .map(|told| json!({ "instId": told["instId"], "tradeId": told["tradeId"] }));
        json!({
            "balData": [{ "cashBal": self.view.cross_wallet.to_string(), "ccy": ASSET, "uTime": now }],
            "eventType": if self.changed.is_some() { "filled" } else { "snapshot" },
            "pTime": now,
            "trades": trades.collect::<Vec<_>>(),
            "posData": positions,
        })
    }
}
