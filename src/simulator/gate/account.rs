//! Endpoints of an account: its balance, and its positions.

use domain::fixed::{Amount, Price};
use domain::market::Side;
use domain::paper::PaperIncomeKind;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::book;
use super::contract::{ASSET, Contract};
use super::info::RISK_LIMIT;
use super::market::joined;
use super::order::price_word;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{AccountView, PositionView, Round, Rounds};

/// `GET /futures/usdt/accounts`.
pub(super) async fn whole(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    let account = &view.account;
    let insured = call.exchange.history(account.id, |history| {
        let paid = history
            .incomes()
            .filter(|income| income.kind == PaperIncomeKind::Insurance);
        Amount::sum(paid.map(|income| income.amount)).unwrap_or_default()
    });
    let funding = account.incomes.minus(insured).unwrap_or_default();
    let is_dual = account.mode == PositionMode::Hedge;
    let isolated = account.balance.minus(view.cross_wallet).unwrap_or_default();
    Ok(json!({
        "user": account.id.0,
        "currency": ASSET,
        "total": account.balance.to_string(),
        "unrealised_pnl": view.unrealised.to_string(),
        "position_margin": view.position_margin.to_string(),
        "order_margin": view.order_margin.to_string(),
        "available": view.available.to_string(),
        "point": "0",
        "bonus": "0",
        "in_dual_mode": is_dual,
        "position_mode": if is_dual { "dual" } else { "single" },
        "enable_evolved_classic": false,
        "enable_credit": true,
        "margin_mode": 0,
        "position_initial_margin": view.position_margin.to_string(),
        "maintenance_margin": view.maintenance.to_string(),
        "cross_order_margin": view.order_margin.to_string(),
        "cross_margin_balance": view.cross_wallet.to_string(),
        "cross_unrealised_pnl": view.cross_unrealised.to_string(),
        "cross_available": view.available.to_string(),
        "isolated_position_margin": isolated.to_string(),
        "history": {
            "dnw": account.credited.to_string(),
            "pnl": account.realised.to_string(),
            "fee": account.fees.negated().to_string(),
            "refr": "0",
            "fund": funding.to_string(),
            "point_dnw": "0",
            "point_fee": "0",
            "point_refr": "0",
            "bonus_dnw": "0",
            "bonus_offset": insured.to_string(),
        },
    }))
}

/// `GET /futures/usdt/positions`: of all contracts, held or not; with `holding` of those that are.
pub(super) async fn positions(call: &Call<'_>) -> Told {
    let seen = Seen::of(call).await?;
    let (offset, limit) = call.params.page(1_000)?;
    let is_held = call.params.flag("holding")?;
    let slots = Contract::all(call.exchange).flat_map(|contract| seen.slots(&contract));
    let own = slots.filter(|slot| !is_held || slot.view.is_some());
    Ok(own
        .skip(offset)
        .take(limit)
        .map(|slot| slot.told(call, &seen))
        .collect())
}

/// `GET /futures/usdt/positions/{contract}`, in one-way mode.
pub(super) async fn position(call: &Call<'_>) -> Told {
    let contract = call.contract()?;
    one(call, &contract).await
}

/// `GET /futures/usdt/dual_comp/positions/{contract}`.
pub(super) async fn both(call: &Call<'_>) -> Told {
    let contract = call.contract()?;
    all(call, &contract).await
}

/// The position of a contract in one-way mode.
pub(super) async fn one(call: &Call<'_>, contract: &Contract<'_>) -> Told {
    let seen = Seen::of(call).await?;
    match seen.slots(contract).as_slice() {
        [single] => Ok(single.told(call, &seen)),
        _ => Err(Problem::dual()),
    }
}

/// All positions of a contract: one, or in hedge mode two.
pub(super) async fn all(call: &Call<'_>, contract: &Contract<'_>) -> Told {
    let seen = Seen::of(call).await?;
    Ok(seen.slots(contract).iter().map(|slot| slot.told(call, &seen)).collect())
}

/// An account, and what its positions brought so far.
struct Seen {
    view: AccountView,
    rounds: Rounds,
}

/// A place where a position is or could be.
struct Slot<'a> {
    contract: Contract<'a>,
    side: Side,
    view: Option<PositionView>,
}

impl Seen {
    async fn of(call: &Call<'_>) -> Result<Self, Problem> {
        let view = call.exchange.view(call.id()?).await?;
        let account = &view.account;
        let rounds = call
            .exchange
            .history(account.id, |history| Rounds::of(&book::past(history, account)));
        Ok(Self { view, rounds })
    }

    fn slots<'a>(&self, contract: &Contract<'a>) -> Vec<Slot<'a>> {
        let own = |view: &&PositionView| view.held.symbol == *contract.symbol();
        let held = |side: Option<Side>| {
            let mut own = self.view.positions.iter().filter(own);
            own.find(|view| side.is_none_or(|side| view.held.side == side)).cloned()
        };
        let slot = |side: Side, view: Option<PositionView>| Slot {
            contract: *contract,
            side,
            view,
        };
        match self.view.account.mode {
            PositionMode::OneWay => {
                let view = held(None);
                let side = view.as_ref().map_or(Side::Long, |view| view.held.side);
                vec![slot(side, view)]
            }
            PositionMode::Hedge => [Side::Long, Side::Short]
                .map(|side| slot(side, held(Some(side))))
                .into(),
        }
    }
}

/// The leverage that is told: zero says cross margin, whose leverage stands apart.
pub(super) fn leverage_words(mode: MarginMode, leverage: u32) -> (String, String) {
    match mode {
        MarginMode::Cross => ("0".to_owned(), leverage.to_string()),
        MarginMode::Isolated => (leverage.to_string(), "0".to_owned()),
    }
}

/// Which position of a contract it is.
pub(super) const fn mode_word(mode: PositionMode, side: Side) -> &'static str {
    match (mode, side) {
        (PositionMode::OneWay, _) => "single",
        (PositionMode::Hedge, Side::Long) => "dual_long",
        (PositionMode::Hedge, Side::Short) => "dual_short",
    }
}

impl Slot<'_> {
    fn amount(&self, pick: impl Fn(&PositionView) -> Amount) -> String {
        self.view.as_ref().map_or(Amount::ZERO, pick).to_string()
    }

    fn price(&self, pick: impl Fn(&PositionView) -> Option<Price>) -> String {
        price_word(self.view.as_ref().and_then(pick))
    }

    fn told(&self, call: &Call<'_>, seen: &Seen) -> Value {
        let (market, account) = (self.contract.market, &seen.view.account);
        let symbol = self.contract.symbol();
        let setting = account.setting(symbol, market.instrument.max_leverage);
        let own = self.view.as_ref().map(|view| &view.held);
        let mode = own.map_or(setting.margin_mode, |held| held.margin_mode);
        let leverage = own.map_or(setting.leverage, |held| held.leverage);
        let (leverage, limit) = leverage_words(mode, leverage);
        let quantity = own.map(|held| held.quantity).unwrap_or_default();
        let mark = call.exchange.last(symbol).map(|trade| trade.tick.price);
        let held = json!({
            "user": account.id.0,
            "contract": self.contract.name(),
            "size": self.contract.signed(quantity, self.side.opening(), call.decimal()),
            "leverage": leverage,
            "lever": leverage_words(MarginMode::Isolated, setting.leverage).0,
            "risk_limit": RISK_LIMIT.to_string(),
            "leverage_max": market.instrument.max_leverage.to_string(),
            "maintenance_rate": market.maintenance.to_string(),
            "average_maintenance_rate": market.maintenance.to_string(),
            "value": self.amount(|view| view.notional),
            "margin": self.amount(margin),
            "entry_price": self.price(|view| Some(view.entry)),
            "liq_price": self.price(|view| view.liquidation),
            "mark_price": price_word(mark),
            "initial_margin": self.amount(|view| view.initial),
            "maintenance_margin": self.amount(|view| view.maintenance),
            "unrealised_pnl": self.amount(|view| view.unrealised),
            "adl_ranking": if own.is_some() { 5 } else { 6 },
            "pending_orders": self.pending(seen),
            "close_order": null,
            "mode": mode_word(account.mode, self.side),
            "pos_margin_mode": mode.as_str(),
            "cross_leverage_limit": limit,
            "update_time": call.exchange.market_now().0 / 1_000,
            "update_id": account.last_fill,
            "open_time": own.map_or(0, |held| held.opened_at.0 / 1_000),
        });
        joined(held, self.brought(seen))
    }

    /// How many orders rest for it.
    fn pending(&self, seen: &Seen) -> usize {
        let account = &seen.view.account;
        let own = account.orders.iter().filter(|order| {
            let of_side = account.mode == PositionMode::OneWay || order.position_side == self.side;
            order.symbol == *self.contract.symbol() && !order.is_conditional() && of_side
        });
        own.count()
    }

    /// What the position brought so far, and those before it.
    fn brought(&self, seen: &Seen) -> Value {
        let symbol = self.contract.symbol();
        let round = seen.rounds.open(symbol, self.side).filter(|_| self.view.is_some());
        let sum = |pick: fn(&Round) -> Amount| round.map_or(Amount::ZERO, pick).to_string();
        let past = seen.rounds.over.iter();
        let past = past.filter(|round| round.symbol == *symbol && round.side == self.side);
        let past: Vec<Amount> = past.map(Round::net).collect();
        json!({
            "realised_pnl": sum(Round::net),
            "pnl_pnl": sum(|round| round.profit),
            "pnl_fund": sum(|round| round.funding),
            "pnl_fee": sum(|round| round.paid().negated()),
            "history_pnl": Amount::sum(past.iter().copied()).unwrap_or_default().to_string(),
            "last_close_pnl": past.last().copied().unwrap_or_default().to_string(),
            "realised_point": "0",
            "history_point": "0",
        })
    }
}

/// What a position is held with.
fn margin(view: &PositionView) -> Amount {
    match view.held.margin_mode {
        MarginMode::Isolated => view.held.margin,
        MarginMode::Cross => view.initial,
    }
}
