//! Accounts: balances, positions, incomes and settings.

use domain::credential::KeyRights;
use domain::fixed::Price;
use domain::market::{Side, Symbol};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};

use super::super::super::dialect::{Balance, Booking, BookingKind, Holding, Number, ParseError, read};
use super::super::wire::{
    Account, AccountMode, AssetBalance, Income, Leverage, ListenKey, PositionRisk, PositionSide, Restrictions,
    SymbolConfig,
};

/// `GET /fapi/v3/balance`.
///
/// # Errors
/// When it cannot be understood.
pub fn balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let assets: Vec<AssetBalance> = read("balances", body)?;
    let balances = assets.into_iter().map(|asset| Balance {
        asset: asset.asset,
        wallet: asset.balance.0,
        available: Some(asset.available_balance.0),
    });
    Ok(balances.collect())
}

/// `GET /fapi/v3/account`.
///
/// # Errors
/// When it cannot be understood.
pub fn account_balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let account: Account = read("account", body)?;
    let balances = account.assets.into_iter().map(|asset| Balance {
        asset: asset.asset,
        wallet: asset.wallet_balance.0,
        available: Some(asset.available_balance.0),
    });
    Ok(balances.collect())
}

/// The side and the size of an amount that is below zero for a short; `None` where a hedge side has the other's sign.
pub(super) fn sided(position: PositionSide, amount: Decimal) -> Option<Side> {
    match position {
        PositionSide::Both if amount.is_sign_negative() => Some(Side::Short),
        PositionSide::Both => Some(Side::Long),
        PositionSide::Long => (!amount.is_sign_negative() || amount.is_zero()).then_some(Side::Long),
        PositionSide::Short => (amount.is_sign_negative() || amount.is_zero()).then_some(Side::Short),
    }
}

/// `isolated`, and `cross` or `crossed`, in any case.
pub(super) fn margin_mode(text: &str) -> Option<MarginMode> {
    match text.to_ascii_lowercase().as_str() {
        "isolated" => Some(MarginMode::Isolated),
        "cross" | "crossed" => Some(MarginMode::Cross),
        _ => None,
    }
}

/// `GET /fapi/v3/positionRisk`: what is held; sides that hold nothing are left out.
///
/// # Errors
/// When it cannot be understood.
pub fn holdings(body: &[u8]) -> Result<Vec<Holding>, ParseError> {
    let positions: Vec<PositionRisk> = read("positions", body)?;
    let held = positions.iter().filter(|position| !position.position_amt.0.is_zero());
    held.map(holding).collect()
}

fn holding(position: &PositionRisk) -> Result<Holding, ParseError> {
    let broken = |rule: &str| ParseError::new("positions", format!("{}.positionAmt", position.symbol), rule);
    let amount = position.position_amt.0;
    let side = sided(position.position_side, amount);
    Ok(Holding {
        symbol: Symbol::new(&position.symbol),
        side: side.ok_or_else(|| broken("has the sign of the other side"))?,
        is_hedge: position.position_side != PositionSide::Both,
        quantity: Number::exact(amount.abs()).map_err(|error| broken(&error.to_string()))?,
        entry_price: position.entry_price.0,
        mark_price: Some(position.mark_price.0),
        leverage: position.leverage.told(),
        margin_mode: position.margin_type.as_deref().and_then(margin_mode),
        liquidation_price: position.liquidation_price.told().filter(|price| *price > Price::ZERO),
    })
}

/// `GET /fapi/v1/income`. Realised profit is gross, and fees and funding are lines of their own.
///
/// # Errors
/// When it cannot be understood.
pub fn bookings(body: &[u8]) -> Result<Vec<Booking>, ParseError> {
    let incomes: Vec<Income> = read("incomes", body)?;
    let bookings = incomes.into_iter().map(|income| Booking {
        // The venue's number is unique for one kind of income alone.
        id: format!("{}:{}:{}", income.income_type, income.tran_id.0, income.symbol),
        kind: kind(&income.income_type),
        name: income.income_type,
        symbol: (!income.symbol.is_empty()).then(|| Symbol::new(&income.symbol)),
        position_side: None,
        trade: income.trade_id.told(),
        asset: income.asset,
        amount: income.income.0,
        at: income.time.0,
    });
    Ok(bookings.collect())
}

fn kind(name: &str) -> BookingKind {
    match name {
        "FUNDING_FEE" => BookingKind::Funding,
        "COMMISSION" => BookingKind::Fee,
        "REALIZED_PNL" => BookingKind::Realised,
        "INSURANCE_CLEAR" => BookingKind::Liquidation,
        "TRANSFER" | "INTERNAL_TRANSFER" | "CROSS_COLLATERAL_TRANSFER" | "COIN_SWAP_DEPOSIT" | "COIN_SWAP_WITHDRAW" => {
            BookingKind::Transfer
        }
        _ => BookingKind::Other,
    }
}

/// `GET /fapi/v1/symbolConfig`: leverage and margin mode of each market.
///
/// # Errors
/// When it cannot be understood.
pub fn leverages(body: &[u8]) -> Result<Vec<(Symbol, u32, MarginMode)>, ParseError> {
    let markets: Vec<SymbolConfig> = read("symbol config", body)?;
    let settings = markets.iter().map(|market| {
        let mode = margin_mode(&market.margin_type);
        let field = || format!("{}.marginType", market.symbol);
        let mode = mode.ok_or_else(|| ParseError::new("symbol config", field(), "is neither isolated nor crossed"))?;
        Ok((Symbol::new(&market.symbol), market.leverage.0, mode))
    });
    settings.collect()
}

/// `POST /fapi/v1/leverage`: what stands now.
///
/// # Errors
/// When it cannot be understood.
pub fn leverage(body: &[u8]) -> Result<(Symbol, u32), ParseError> {
    let set: Leverage = read("leverage", body)?;
    Ok((Symbol::new(&set.symbol), set.leverage.0))
}

/// `GET /fapi/v1/positionSide/dual` and `accountConfig`.
///
/// # Errors
/// When it cannot be understood.
pub fn position_mode(body: &[u8]) -> Result<PositionMode, ParseError> {
    let mode: AccountMode = read("position mode", body)?;
    Ok(if mode.dual_side_position {
        PositionMode::Hedge
    } else {
        PositionMode::OneWay
    })
}

/// `POST /fapi/v1/listenKey`: the key of the private stream. It lives an hour, and longer with each `PUT`.
///
/// # Errors
/// When it cannot be understood.
pub fn listen_key(body: &[u8]) -> Result<SecretString, ParseError> {
    // What does not fit may be the key itself, so the error does not repeat it.
    let key = read::<ListenKey>("listen key", body);
    let key = key.map_err(|error| ParseError::new("listen key", error.field, "is not of the form of an answer"))?;
    if key.listen_key.expose_secret().is_empty() {
        return Err(ParseError::new("listen key", "listenKey", "is empty"));
    }
    Ok(key.listen_key)
}

/// `GET /sapi/v1/account/apiRestrictions`. A transfer between accounts of the same owner takes nothing out.
///
/// # Errors
/// When it cannot be understood.
pub fn rights(body: &[u8]) -> Result<KeyRights, ParseError> {
    let told: Restrictions = read("rights of the key", body)?;
    Ok(KeyRights {
        may_trade: told.enable_futures,
        may_withdraw: told.enable_withdrawals,
        bound_to_addresses: Some(told.ip_restrict),
    })
}
