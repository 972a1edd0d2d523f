//! The lives of positions, from the fill that opened each to the one that closed it, and the endpoint that tells them.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::time::Timestamp;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::history::Page;
use super::routes::{Call, Told};
use super::words::{paid, ratio, shown};
use crate::simulator::exchange::{Exchange, History};

/// What became of a position.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub symbol: Symbol,
    pub side: Side,
    /// Number of the last order that opened.
    pub order: i64,
    /// Number of the last fill.
    pub trade: i64,
    pub began: Timestamp,
    pub changed: Timestamp,
    /// Size, and the largest that it had.
    pub held: Quantity,
    pub most: Quantity,
    pub opened: Quantity,
    pub cost: Amount,
    pub closed: Quantity,
    pub proceeds: Amount,
    pub profit: Amount,
    pub fees: Amount,
    pub funding: Amount,
    /// What the insurance bore.
    pub insured: Amount,
    pub forced: bool,
}

impl Life {
    fn new(fill: &PaperFill) -> Self {
        Self {
            symbol: fill.symbol.clone(),
            side: fill.side,
            order: fill.order,
            trade: fill.number,
            began: fill.at,
            changed: fill.at,
            held: Quantity::ZERO,
            most: Quantity::ZERO,
            opened: Quantity::ZERO,
            cost: Amount::ZERO,
            closed: Quantity::ZERO,
            proceeds: Amount::ZERO,
            profit: Amount::ZERO,
            fees: Amount::ZERO,
            funding: Amount::ZERO,
            insured: Amount::ZERO,
            forced: false,
        }
    }

    fn fill(&mut self, fill: &PaperFill) {
        let notional = fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap_or_default();
        if fill.reducing {
            self.held = self.held.minus(fill.quantity).unwrap_or(self.held);
            self.closed = self.closed.plus(fill.quantity).unwrap_or(self.closed);
            self.proceeds = sum(self.proceeds, notional);
        } else {
            self.held = self.held.plus(fill.quantity).unwrap_or(self.held);
            self.opened = self.opened.plus(fill.quantity).unwrap_or(self.opened);
            self.cost = sum(self.cost, notional);
            self.order = fill.order;
        }
        self.most = self.most.max(self.held);
        self.profit = sum(self.profit, fill.realised);
        self.fees = sum(self.fees, fill.fee);
        self.forced |= fill.cause == FillCause::Liquidation;
        (self.trade, self.changed) = (fill.number, fill.at);
    }

    fn pay(&mut self, income: &PaperIncome) {
        match income.kind {
            PaperIncomeKind::Funding => self.funding = sum(self.funding, income.amount),
            PaperIncomeKind::Insurance => self.insured = sum(self.insured, income.amount),
        }
        self.changed = self.changed.max(income.at);
    }

    /// Profit less fees, with funding and what the insurance bore.
    pub fn net(&self) -> Amount {
        let paid = sum(self.funding, self.insured);
        sum(sum(self.profit, self.fees.negated()), paid)
    }

    /// The id of the position.
    pub fn id(&self) -> i64 {
        self.began.0 * 1_000_000 + self.order % 1_000_000
    }
}

fn sum(one: Amount, other: Amount) -> Amount {
    one.plus(other).unwrap_or(one)
}

/// Every life on record, oldest first; those that are not over are among them.
pub(super) fn all(history: &History) -> Vec<Life> {
    let mut over: Vec<Life> = Vec::new();
    let mut open: BTreeMap<(Symbol, Side), Life> = BTreeMap::new();
    let mut incomes = history.incomes().peekable();
    for fill in history.fills() {
        while let Some(income) = incomes.next_if(|income| income.at < fill.at) {
            pay(&mut open, &mut over, income);
        }
        let place = (fill.symbol.clone(), fill.side);
        // The first fills may be forgotten, and then there is nothing to reduce.
        if fill.reducing && !open.contains_key(&place) {
            continue;
        }
        let life = open.entry(place.clone()).or_insert_with(|| Life::new(fill));
        life.fill(fill);
        if !life.held.is_positive() {
            over.extend(open.remove(&place));
        }
    }
    for income in incomes {
        pay(&mut open, &mut over, income);
    }
    over.extend(open.into_values());
    over
}

/// A payment concerns the position that is open, or the one that it ended.
fn pay(open: &mut BTreeMap<(Symbol, Side), Life>, over: &mut [Life], income: &PaperIncome) {
    let place = (income.symbol.clone(), income.side);
    let mut ended = over.iter_mut().rev();
    let own = |life: &&mut Life| life.symbol == income.symbol && life.side == income.side;
    match open.get_mut(&place) {
        Some(life) => life.pay(income),
        None => ended.find(own).into_iter().for_each(|life| life.pay(income)),
    }
}

/// `GET /api/v5/account/positions-history`: what was closed whole in three months, newest first.
pub(super) async fn history(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let page = Page::read(params)?.of_days(90, call.exchange.market_now());
    let exchange = call.exchange;
    let mut lives = exchange.history(call.id()?, |history| {
        let lives = all(history).into_iter().filter(|life| !life.held.is_positive());
        let modes = lives.map(|life| {
            let order = history.order(life.order);
            let terms = order.map(|order| (order.margin_mode.as_str(), order.leverage));
            (life, terms.unwrap_or(("cross", 1)))
        });
        modes.collect::<Vec<_>>()
    });
    let is = |name: &str, own: &str| params.get(name).is_none_or(|asked| asked == own);
    lives.retain(|(life, (mode, _))| {
        params.is_of_swaps()
            && is("instId", &contract::name_of(exchange, &life.symbol))
            && is("mgnMode", mode)
            && is("type", kind(life))
            && is("posId", &life.id().to_string())
    });
    lives.sort_by_key(|(life, _)| life.changed);
    let told = page.of(
        lives.into_iter().rev(),
        |(life, _)| life.changed.0,
        |(life, _)| life.changed.0,
    );
    let told = told.iter().map(|(life, terms)| ended(exchange, life, *terms));
    Ok(told.collect::<Vec<_>>().into())
}

/// Closed whole, or by force.
const fn kind(life: &Life) -> &'static str {
    if life.forced { "3" } else { "2" }
}

fn ended(exchange: &Exchange, life: &Life, (mode, leverage): (&str, u32)) -> Value {
    let contracts = |coins: Quantity| contract::count_of(exchange, &life.symbol, coins);
    let average = |amount: Amount, coins: Quantity| Price::average(amount, coins, Rounding::HalfUp).ok();
    let name = contract::name_of(exchange, &life.symbol);
    json!({
        "cTime": life.began.0.to_string(),
        "ccy": ASSET,
        "closeAvgPx": shown(average(life.proceeds, life.closed)),
        "closeTotalPos": contracts(life.closed),
        "direction": life.side.as_str(),
        "fee": paid(life.fees),
        "fundingFee": life.funding.to_string(),
        "instId": name,
        "instType": "SWAP",
        "lever": leverage.to_string(),
        "liqPenalty": life.insured.to_string(),
        "mgnMode": mode,
        "nonSettleAvgPx": "",
        "openAvgPx": shown(average(life.cost, life.opened)),
        "openMaxPos": contracts(life.most),
        "pnl": life.profit.to_string(),
        "pnlRatio": ratio(life.net(), life.cost),
        "posId": life.id().to_string(),
        "posSide": life.side.as_str(),
        "realizedPnl": life.net().to_string(),
        "settledPnl": "",
        "triggerPx": "",
        "type": kind(life),
        "uTime": life.changed.0.to_string(),
        "uly": name.strip_suffix("-SWAP").unwrap_or(&name),
    })
}
