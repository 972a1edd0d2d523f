//! Positions that were closed: walked through the executions, with what each earned net of fees and funding.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncomeKind};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::history::page;
use super::order::{margin_word, mode_word};
use super::params::COIN;
use super::routes::{Call, Told};
use crate::simulator::exchange::History;

/// Days that may be asked for at once.
const DAYS: i64 = 90;

/// A position from its first execution to its last.
#[derive(Debug, Clone)]
pub(super) struct Closed {
    /// Number of the execution that closed it.
    pub number: i64,
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    margin_mode: MarginMode,
    held: Quantity,
    opened: (Quantity, Amount),
    closed: (Quantity, Amount),
    profit: Amount,
    funding: Amount,
    fees: (Amount, Amount),
    from: Timestamp,
    until: Timestamp,
}

/// `GET /api/v2/mix/position/history-position`.
pub(super) async fn positions(call: &Call<'_>) -> Told {
    let markets = call.params.markets_alone(call.exchange)?;
    let asked = call.params.page(DAYS, call.exchange.market_now().0)?;
    let mut all = call.exchange.history(call.id()?, closed);
    all.retain(|closed| markets.iter().any(|market| market.instrument.symbol == closed.symbol));
    all.retain(|closed| asked.holds(closed.number, closed.until.0));
    let shown: Vec<&Closed> = all.iter().rev().take(asked.limit).collect();
    let told = shown.iter().map(|closed| closed.told()).collect();
    Ok(page("list", told, shown.last().map(|closed| closed.number)))
}

/// All that were closed, oldest first.
pub(super) fn closed(history: &History) -> Vec<Closed> {
    let mut open: BTreeMap<(&Symbol, bool), Closed> = BTreeMap::new();
    let mut all = Vec::new();
    for fill in history.fills() {
        let place = (&fill.symbol, fill.side == Side::Long);
        if !fill.reducing {
            let margin_mode = history.order(fill.order).map(|order| order.margin_mode);
            let begun = open.entry(place).or_insert_with(|| Closed::begin(fill, margin_mode));
            begun.grow(fill);
        } else if let Some(mut position) = open.remove(&place) {
            position.shrink(fill);
            if position.held.is_positive() {
                open.insert(place, position);
            } else {
                all.push(position);
            }
        }
    }
    for position in &mut all {
        let paid = history.incomes().filter(|income| {
            let here = income.symbol == position.symbol && income.side == position.side;
            here && income.kind == PaperIncomeKind::Funding && (position.from..=position.until).contains(&income.at)
        });
        position.funding = Amount::sum(paid.map(|income| income.amount)).unwrap_or(Amount::ZERO);
    }
    all
}

impl Closed {
    fn begin(fill: &PaperFill, margin_mode: Option<MarginMode>) -> Self {
        Self {
            number: fill.number,
            symbol: fill.symbol.clone(),
            side: fill.side,
            margin_mode: margin_mode.unwrap_or(MarginMode::Cross),
            held: Quantity::ZERO,
            opened: (Quantity::ZERO, Amount::ZERO),
            closed: (Quantity::ZERO, Amount::ZERO),
            profit: Amount::ZERO,
            funding: Amount::ZERO,
            fees: (Amount::ZERO, Amount::ZERO),
            from: fill.at,
            until: fill.at,
        }
    }

    fn grow(&mut self, fill: &PaperFill) {
        self.held = self.held.plus(fill.quantity).unwrap_or(self.held);
        add(&mut self.opened, fill);
        self.fees.0 = self.fees.0.plus(fill.fee).unwrap_or(self.fees.0);
    }

    fn shrink(&mut self, fill: &PaperFill) {
        self.held = self.held.minus(fill.quantity).unwrap_or(Quantity::ZERO);
        add(&mut self.closed, fill);
        self.fees.1 = self.fees.1.plus(fill.fee).unwrap_or(self.fees.1);
        self.profit = self.profit.plus(fill.realised).unwrap_or(self.profit);
        (self.number, self.until) = (fill.number, fill.at);
    }

    fn net(&self) -> Amount {
        let fees = self.fees.0.plus(self.fees.1);
        let net = self.profit.plus(self.funding).and_then(|gain| gain.minus(fees?));
        net.unwrap_or(self.profit)
    }

    fn told(&self) -> Value {
        json!({
            "positionId": self.number.to_string(),
            "symbol": self.symbol.as_str(),
            "marginCoin": COIN,
            "holdSide": self.side.as_str(),
            "openAvgPrice": average(self.opened),
            "closeAvgPrice": average(self.closed),
            "marginMode": margin_word(self.margin_mode),
            "openTotalPos": self.opened.0.to_string(),
            "closeTotalPos": self.closed.0.to_string(),
            "pnl": self.profit.to_string(),
            "netProfit": self.net().to_string(),
            "totalFunding": self.funding.to_string(),
            "openFee": self.fees.0.negated().to_string(),
            "closeFee": self.fees.1.negated().to_string(),
            "ctime": self.from.0.to_string(),
            "utime": self.until.0.to_string(),
        })
    }

    /// As it is pushed, under other names.
    pub fn pushed(&self, mode: PositionMode) -> Value {
        json!({
            "posId": self.number.to_string(),
            "instId": self.symbol.as_str(),
            "marginCoin": COIN,
            "marginMode": margin_word(self.margin_mode),
            "holdSide": self.side.as_str(),
            "posMode": mode_word(mode),
            "openPriceAvg": average(self.opened),
            "closePriceAvg": average(self.closed),
            "openSize": self.opened.0.to_string(),
            "closeSize": self.closed.0.to_string(),
            "achievedProfits": self.profit.to_string(),
            "settleFee": self.funding.to_string(),
            "openFee": self.fees.0.negated().to_string(),
            "closeFee": self.fees.1.negated().to_string(),
            "cTime": self.from.0.to_string(),
            "uTime": self.until.0.to_string(),
        })
    }
}

fn add(sum: &mut (Quantity, Amount), fill: &PaperFill) {
    let notional = fill.price.notional(fill.quantity, Rounding::HalfUp);
    sum.0 = sum.0.plus(fill.quantity).unwrap_or(sum.0);
    sum.1 = notional.and_then(|notional| sum.1.plus(notional)).unwrap_or(sum.1);
}

fn average((quantity, notional): (Quantity, Amount)) -> String {
    let average: Price = Price::average(notional, quantity, Rounding::HalfUp).unwrap_or_default();
    average.to_string()
}
