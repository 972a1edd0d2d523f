//! The wallet of a unified account, asked for and pushed.

use domain::fixed::{Amount, NumberError, Ratio, Rounding};
use domain::paper::{PaperAccount, PaperMarket, PaperOrder};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::info::ASSET;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{AccountView, Exchange};

/// An account in sums.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    unrealised: Amount,
    position_margin: Amount,
    order_margin: Amount,
    maintenance: Amount,
    available: Amount,
}

/// The margin mode of an account: a unified account has one for all markets.
pub(super) fn margin_mode(exchange: &Exchange, account: &PaperAccount) -> MarginMode {
    let first = exchange.markets().first();
    first.map_or(MarginMode::Cross, |market| {
        let instrument = &market.instrument;
        account.setting(&instrument.symbol, instrument.max_leverage).margin_mode
    })
}

/// `GET /v5/account/wallet-balance`.
pub(super) async fn balance(call: &Call<'_>) -> Told {
    if call.params.need("accountType")? != "UNIFIED" {
        return Err(Problem::new(10001, "accountType only support UNIFIED."));
    }
    let view = call.exchange.view(call.id()?).await?;
    let AccountView {
        unrealised,
        position_margin,
        order_margin,
        maintenance,
        available,
        ..
    } = view;
    let sums = Sums {
        unrealised,
        position_margin,
        order_margin,
        maintenance,
        available,
    };
    let told = wallet(call.exchange, &view.account, &sums);
    Ok(json!({ "list": [told] }).into())
}

/// The wallet as it is pushed.
pub(super) fn pushed(exchange: &Exchange, account: &PaperAccount) -> Value {
    let sums = sums(exchange, account).unwrap_or_default();
    wallet(exchange, account, &sums)
}

/// The sums of an account at the last prices.
fn sums(exchange: &Exchange, account: &PaperAccount) -> Result<Sums, NumberError> {
    let mut sums = Sums::default();
    let (mut isolated, mut cross_margin, mut cross_gain) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    for held in &account.positions {
        let (Some(market), Some(last)) = (exchange.market(held.symbol.as_str()), exchange.last(&held.symbol)) else {
            continue;
        };
        let price = last.tick.price;
        let (gain, margin) = (held.unrealised(price)?, held.initial_margin()?);
        let notional = price.notional(held.quantity, Rounding::HalfUp)?;
        sums.unrealised = sums.unrealised.plus(gain)?;
        sums.position_margin = sums.position_margin.plus(margin)?;
        sums.maintenance = sums.maintenance.plus(market.maintenance.of(notional, Rounding::Up)?)?;
        match held.margin_mode {
            MarginMode::Isolated => isolated = isolated.plus(held.margin)?,
            MarginMode::Cross => {
                cross_margin = cross_margin.plus(margin)?;
                cross_gain = cross_gain.plus(gain)?;
            }
        }
    }
    for order in &account.orders {
        if let Some(market) = exchange.market(order.symbol.as_str()) {
            sums.order_margin = sums.order_margin.plus(reserved(account, order, market)?)?;
        }
    }
    let free = account.balance.minus(isolated)?.plus(cross_gain)?;
    let free = free.minus(cross_margin)?.minus(sums.order_margin)?;
    sums.available = free.max(Amount::ZERO);
    Ok(sums)
}

/// Margin and fee that a resting order keeps.
fn reserved(account: &PaperAccount, order: &PaperOrder, market: &PaperMarket) -> Result<Amount, NumberError> {
    let closes =
        order.reduce_only || (account.mode == PositionMode::Hedge && order.action == order.position_side.closing());
    let Some(limit) = order.limit.filter(|_| !closes && !order.is_conditional()) else {
        return Ok(Amount::ZERO);
    };
    let notional = limit.notional(order.rest()?, Rounding::Up)?;
    PaperMarket::initial_margin(notional, order.leverage)?.plus(market.fee(notional, true)?)
}

fn wallet(exchange: &Exchange, account: &PaperAccount, sums: &Sums) -> Value {
    let isolated = margin_mode(exchange, account) == MarginMode::Isolated;
    // Sums over the account say nothing where each position has its own margin; they are empty then.
    let whole = |text: String| if isolated { String::new() } else { text };
    let wallet = account.balance;
    let equity = wallet.plus(sums.unrealised).unwrap_or(wallet);
    let margin = sums.position_margin.plus(sums.order_margin);
    let margin = margin.unwrap_or(sums.position_margin);
    let share = |part: Amount| {
        let share = Ratio::between(part, equity, Rounding::HalfUp);
        whole(share.unwrap_or_default().to_string())
    };
    let net = account.realised.minus(account.fees);
    let net = net.and_then(|net| net.plus(account.incomes)).unwrap_or_default();
    json!({
        "accountType": "UNIFIED",
        "accountLTV": "0",
        "accountIMRate": share(margin),
        "accountMMRate": share(sums.maintenance),
        "totalEquity": equity.to_string(),
        "totalWalletBalance": wallet.to_string(),
        "totalMarginBalance": whole(equity.to_string()),
        "totalAvailableBalance": whole(sums.available.to_string()),
        "totalPerpUPL": sums.unrealised.to_string(),
        "totalInitialMargin": whole(margin.to_string()),
        "totalMaintenanceMargin": whole(sums.maintenance.to_string()),
        "coin": [{
            "coin": ASSET,
            "equity": equity.to_string(),
            "usdValue": equity.to_string(),
            "walletBalance": wallet.to_string(),
            "locked": "0",
            "spotHedgingQty": "0",
            "borrowAmount": "0",
            "availableToBorrow": "",
            "availableToWithdraw": "",
            "accruedInterest": "0",
            "totalOrderIM": sums.order_margin.to_string(),
            "totalPositionIM": sums.position_margin.to_string(),
            "totalPositionMM": sums.maintenance.to_string(),
            "unrealisedPnl": sums.unrealised.to_string(),
            "cumRealisedPnl": net.to_string(),
            "bonus": "0",
            "collateralSwitch": true,
            "marginCollateral": true,
        }],
    })
}
