//! Endpoints of an account: balance, the whole account, positions and their risk.

use domain::fixed::{Amount, Price};
use domain::market::Side;
use domain::paper::PaperMarket;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::info::{ASSET, LARGEST};
use super::order::price_word;
use super::routes::{Call, Told};
use super::setting::{side_of, sides};
use crate::simulator::exchange::{AccountView, PositionView};

/// `GET /fapi/v2/balance` and its kin.
pub(super) async fn balance(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    Ok(json!([{
        "accountAlias": format!("sim{}", view.account.id),
        "asset": ASSET,
        "balance": view.account.balance.to_string(),
        "crossWalletBalance": view.cross_wallet.to_string(),
        "crossUnPnl": view.cross_unrealised.to_string(),
        "availableBalance": view.available.to_string(),
        "maxWithdrawAmount": view.available.to_string(),
        "marginAvailable": true,
        "updateTime": call.exchange.market_now().0,
    }]))
}

/// `GET /fapi/v2/account`: with every market's position, empty ones too, and the account's settings.
pub(super) async fn whole(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    let rights = call.account.ok_or_else(super::sign::not_permitted)?.rights;
    let mut positions = Vec::new();
    for market in call.exchange.markets() {
        for slot in slots(&view, market) {
            positions.push(slot.in_account(&view, market));
        }
    }
    let mut told = totals(call, &view);
    if let Some(fields) = told.as_object_mut() {
        for (name, value) in [
            ("feeTier", json!(0)),
            ("canTrade", json!(rights.trade)),
            ("canDeposit", json!(true)),
            ("canWithdraw", json!(rights.withdraw)),
            ("feeBurn", json!(false)),
            ("tradeGroupId", json!(-1)),
            ("multiAssetsMargin", json!(false)),
            ("updateTime", json!(0)),
            ("positions", Value::Array(positions)),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(told)
}

/// `GET /fapi/v3/account`: with open positions only.
pub(super) async fn live(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    let mode = view.account.mode;
    let positions = view.positions.iter().map(|view| {
        json!({
            "symbol": view.held.symbol.as_str(),
            "positionSide": side_of(view.held.side, mode),
            "positionAmt": signed(view.held.side, view.held.quantity.to_string()),
            "unrealizedProfit": view.unrealised.to_string(),
            "isolatedMargin": isolated_margin(view).to_string(),
            "notional": signed(view.held.side, view.notional.to_string()),
            "isolatedWallet": view.held.margin.to_string(),
            "initialMargin": view.initial.to_string(),
            "maintMargin": view.maintenance.to_string(),
            "updateTime": view.held.opened_at.0,
        })
    });
    let positions: Value = positions.collect();
    let mut told = totals(call, &view);
    if let Some(fields) = told.as_object_mut() {
        fields.insert("positions".to_owned(), positions);
    }
    Ok(told)
}

/// `GET /fapi/v2/positionRisk`: every market, or the one that is named.
pub(super) async fn risks(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    let mut told = Vec::new();
    for market in call.params.markets(call.exchange)? {
        let last = call
            .exchange
            .last(&market.instrument.symbol)
            .map(|trade| trade.tick.price);
        told.extend(slots(&view, market).iter().map(|slot| slot.risk(&view, market, last)));
    }
    Ok(Value::Array(told))
}

/// `GET /fapi/v3/positionRisk`: markets with a position or an open order.
pub(super) async fn live_risks(call: &Call<'_>) -> Told {
    let view = call.exchange.view(call.id()?).await?;
    let mut told = Vec::new();
    for market in call.params.markets(call.exchange)? {
        let symbol = &market.instrument.symbol;
        let ordered = view.account.orders.iter().any(|order| order.symbol == *symbol);
        let last = call.exchange.last(symbol).map(|trade| trade.tick.price);
        for slot in slots(&view, market) {
            if ordered || slot.view.is_some() {
                told.push(slot.risk_of_three(&view, market, last));
            }
        }
    }
    Ok(Value::Array(told))
}

/// A place where a position is or could be.
struct Slot<'a> {
    side: Side,
    view: Option<&'a PositionView>,
}

fn slots<'a>(view: &'a AccountView, market: &PaperMarket) -> Vec<Slot<'a>> {
    let symbol = &market.instrument.symbol;
    let mode = view.account.mode;
    let held = |side: Side| {
        let mut own = view.positions.iter().filter(|own| own.held.symbol == *symbol);
        own.find(|own| mode == PositionMode::OneWay || own.held.side == side)
    };
    let slot = |side: &Side| Slot {
        side: *side,
        view: held(*side),
    };
    sides(mode).iter().map(slot).collect()
}

impl Slot<'_> {
    fn amount(&self) -> String {
        self.view.map_or_else(
            || "0".to_owned(),
            |view| signed(view.held.side, view.held.quantity.to_string()),
        )
    }

    fn notional(&self) -> String {
        self.view.map_or_else(
            || "0".to_owned(),
            |view| signed(view.held.side, view.notional.to_string()),
        )
    }

    fn amount_of(&self, pick: impl Fn(&PositionView) -> Amount) -> String {
        self.view.map_or(Amount::ZERO, pick).to_string()
    }

    fn in_account(&self, view: &AccountView, market: &PaperMarket) -> Value {
        let symbol = &market.instrument.symbol;
        let setting = view.account.setting(symbol, market.instrument.max_leverage);
        let mode = self.view.map_or(setting.margin_mode, |own| own.held.margin_mode);
        json!({
            "symbol": symbol.as_str(),
            "initialMargin": self.amount_of(|own| own.initial),
            "maintMargin": self.amount_of(|own| own.maintenance),
            "unrealizedProfit": self.amount_of(|own| own.unrealised),
            "positionInitialMargin": self.amount_of(|own| own.initial),
            "openOrderInitialMargin": "0",
            "leverage": self.view.map_or(setting.leverage, |own| own.held.leverage).to_string(),
            "isolated": mode == MarginMode::Isolated,
            "entryPrice": price_word(self.view.map(|own| own.entry)),
            "breakEvenPrice": price_word(self.view.map(|own| own.entry)),
            "maxNotional": LARGEST.to_string(),
            "bidNotional": "0",
            "askNotional": "0",
            "positionSide": side_of(self.side, view.account.mode),
            "positionAmt": self.amount(),
            "notional": self.notional(),
            "isolatedWallet": self.amount_of(|own| own.held.margin),
            "updateTime": self.view.map_or(0, |own| own.held.opened_at.0),
        })
    }

    fn risk(&self, view: &AccountView, market: &PaperMarket, last: Option<Price>) -> Value {
        let symbol = &market.instrument.symbol;
        let setting = view.account.setting(symbol, market.instrument.max_leverage);
        let mode = self.view.map_or(setting.margin_mode, |own| own.held.margin_mode);
        json!({
            "symbol": symbol.as_str(),
            "positionAmt": self.amount(),
            "entryPrice": price_word(self.view.map(|own| own.entry)),
            "breakEvenPrice": price_word(self.view.map(|own| own.entry)),
            "markPrice": price_word(last),
            "unRealizedProfit": self.amount_of(|own| own.unrealised),
            "liquidationPrice": price_word(self.view.and_then(|own| own.liquidation)),
            "leverage": self.view.map_or(setting.leverage, |own| own.held.leverage).to_string(),
            "maxNotionalValue": LARGEST.to_string(),
            "marginType": mode.as_str(),
            "isolatedMargin": self.amount_of(isolated_margin),
            "isAutoAddMargin": "false",
            "positionSide": side_of(self.side, view.account.mode),
            "notional": self.notional(),
            "isolatedWallet": self.amount_of(|own| own.held.margin),
            "updateTime": self.view.map_or(0, |own| own.held.opened_at.0),
        })
    }

    /// The third version tells margins, and no settings.
    fn risk_of_three(&self, view: &AccountView, market: &PaperMarket, last: Option<Price>) -> Value {
        let mut told = self.risk(view, market, last);
        if let Some(fields) = told.as_object_mut() {
            for gone in ["leverage", "maxNotionalValue", "marginType", "isAutoAddMargin"] {
                fields.remove(gone);
            }
            let initial = self.amount_of(|own| own.initial);
            for (name, value) in [
                ("marginAsset", json!(ASSET)),
                ("initialMargin", json!(initial)),
                ("positionInitialMargin", json!(initial)),
                ("maintMargin", json!(self.amount_of(|own| own.maintenance))),
                ("openOrderInitialMargin", json!("0")),
                ("adl", json!(0)),
                ("bidNotional", json!("0")),
                ("askNotional", json!("0")),
            ] {
                fields.insert(name.to_owned(), value);
            }
        }
        told
    }
}

/// What is told as a position's isolated margin: what it was given, and what it gained.
fn isolated_margin(view: &PositionView) -> Amount {
    match view.held.margin_mode {
        MarginMode::Cross => Amount::ZERO,
        MarginMode::Isolated => view.held.margin.plus(view.unrealised).unwrap_or(view.held.margin),
    }
}

fn signed(side: Side, number: String) -> String {
    match side {
        Side::Long => number,
        Side::Short => format!("-{number}"),
    }
}

/// The names of the totals over all assets, and of what each is within the one asset.
const TOTALS: [(&str, &str); 11] = [
    ("totalInitialMargin", "initialMargin"),
    ("totalMaintMargin", "maintMargin"),
    ("totalWalletBalance", "walletBalance"),
    ("totalUnrealizedProfit", "unrealizedProfit"),
    ("totalMarginBalance", "marginBalance"),
    ("totalPositionInitialMargin", "positionInitialMargin"),
    ("totalOpenOrderInitialMargin", "openOrderInitialMargin"),
    ("totalCrossWalletBalance", "crossWalletBalance"),
    ("totalCrossUnPnl", "crossUnPnl"),
    ("availableBalance", "availableBalance"),
    ("maxWithdrawAmount", "maxWithdrawAmount"),
];

fn totals(call: &Call<'_>, view: &AccountView) -> Value {
    let asset = asset(call, view);
    let totals = TOTALS.map(|(total, name)| (total.to_owned(), asset[name].clone()));
    let mut told = serde_json::Map::from_iter(totals);
    told.insert("assets".to_owned(), json!([asset]));
    Value::Object(told)
}

fn asset(call: &Call<'_>, view: &AccountView) -> Value {
    let wallet = view.account.balance;
    let margin_balance = wallet.plus(view.unrealised).unwrap_or(wallet);
    let initial = view.position_margin.plus(view.order_margin);
    let initial = initial.unwrap_or(view.position_margin);
    json!({
        "asset": ASSET,
        "walletBalance": wallet.to_string(),
        "unrealizedProfit": view.unrealised.to_string(),
        "marginBalance": margin_balance.to_string(),
        "maintMargin": view.maintenance.to_string(),
        "initialMargin": initial.to_string(),
        "positionInitialMargin": view.position_margin.to_string(),
        "openOrderInitialMargin": view.order_margin.to_string(),
        "crossWalletBalance": view.cross_wallet.to_string(),
        "crossUnPnl": view.cross_unrealised.to_string(),
        "availableBalance": view.available.to_string(),
        "maxWithdrawAmount": view.available.to_string(),
        "marginAvailable": true,
        "updateTime": call.exchange.market_now().0,
    })
}
