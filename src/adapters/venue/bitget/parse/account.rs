//! Accounts: balances, positions, bills, what closed positions earned, and settings.

use domain::credential::KeyRights;
use domain::fixed::Amount;
use domain::market::{Side, Symbol};
use domain::user::PositionMode;
use domain::venue::MarginMode;

use super::super::super::dialect::{
    Balance, Booking, BookingKind, ClosedProfit, Holding, Page, ParseError, ProfitBasis,
};
use super::super::symbol;
use super::super::wire::{
    Account, AccountMode, ApiKey, Bill, ClosedPosition, HoldSide, Leverage, MarketTerms, PosMode, Position,
};
use super::{data, page};

/// `GET /api/v2/mix/account/accounts`.
///
/// # Errors
/// When it cannot be understood.
pub fn balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let accounts: Vec<Account> = data("accounts", body)?;
    accounts.into_iter().map(told).collect()
}

/// `GET /api/v2/mix/account/account`.
///
/// # Errors
/// When it cannot be understood.
pub fn balance(body: &[u8]) -> Result<Balance, ParseError> {
    told(data("account", body)?)
}

/// The venue tells the equity: the wallet is what is left without what positions have not realised.
fn told(account: Account) -> Result<Balance, ParseError> {
    let unrealised = account.unrealised.told().unwrap_or(Amount::ZERO);
    let wallet = account.account_equity.0.minus(unrealised);
    Ok(Balance {
        wallet: wallet.map_err(|error| ParseError::new("accounts", "accountEquity", error))?,
        asset: account.margin_coin,
        available: account.crossed_max_available.told(),
    })
}

/// `GET /api/v2/mix/account/account`, and the answer to `set-position-mode`.
///
/// # Errors
/// When it cannot be understood.
pub fn position_mode(body: &[u8]) -> Result<PositionMode, ParseError> {
    let mode: AccountMode = data("position mode", body)?;
    Ok(match mode.pos_mode {
        PosMode::OneWayMode => PositionMode::OneWay,
        PosMode::HedgeMode => PositionMode::Hedge,
    })
}

/// `GET /api/v2/mix/account/account` of a market: leverage and margin mode. Sides that differ have a leverage of zero, which
/// nobody wants.
///
/// # Errors
/// When it cannot be understood.
pub fn terms(body: &[u8]) -> Result<(u32, MarginMode), ParseError> {
    let terms: MarketTerms = data("account", body)?;
    let mode = margin_mode(&terms.margin_mode);
    let mode = mode.ok_or_else(|| ParseError::new("account", "marginMode", "is neither isolated nor crossed"))?;
    let leverage = match mode {
        MarginMode::Cross => terms.crossed_margin_leverage.0,
        MarginMode::Isolated if terms.isolated_long_lever == terms.isolated_short_lever => terms.isolated_long_lever.0,
        MarginMode::Isolated => 0,
    };
    Ok((leverage, mode))
}

/// `GET /api/v2/spot/account/info`: what the key may do. A transfer between accounts of the same owner takes nothing out.
///
/// # Errors
/// When it cannot be understood.
pub fn rights(body: &[u8]) -> Result<KeyRights, ParseError> {
    let key: ApiKey = data("rights of the key", body)?;
    let has = |right: &str| key.authorities.iter().any(|own| own == right);
    Ok(KeyRights {
        may_trade: has("coow"),
        may_withdraw: has("wwow"),
        bound_to_addresses: Some(key.ips.is_some_and(|ips| !ips.trim().is_empty())),
    })
}

fn margin_mode(text: &str) -> Option<MarginMode> {
    match text {
        "isolated" => Some(MarginMode::Isolated),
        "crossed" | "cross" => Some(MarginMode::Cross),
        _ => None,
    }
}

/// `GET /api/v2/mix/position/all-position` and `single-position`: what is held; sides that hold nothing are left out.
///
/// # Errors
/// When it cannot be understood.
pub fn holdings(body: &[u8]) -> Result<Vec<Holding>, ParseError> {
    let positions: Vec<Position> = data("positions", body)?;
    let held = positions.iter().filter(|position| !position.total.0.is_zero());
    held.map(holding).collect()
}

fn side(what: &'static str, market: &str, side: HoldSide) -> Result<Side, ParseError> {
    match side {
        HoldSide::Long => Ok(Side::Long),
        HoldSide::Short => Ok(Side::Short),
        HoldSide::Net => {
            let field = format!("{market}.holdSide");
            Err(ParseError::new(what, field, "is neither long nor short"))
        }
    }
}

pub(super) fn holding(position: &Position) -> Result<Holding, ParseError> {
    if position.total.0.is_negative() {
        let field = format!("{}.total", position.symbol);
        return Err(ParseError::new("positions", field, "is below zero"));
    }
    Ok(Holding {
        symbol: symbol(&position.symbol),
        side: side("positions", &position.symbol, position.hold_side)?,
        is_hedge: position.pos_mode == PosMode::HedgeMode,
        quantity: position.total.0,
        entry_price: position.open_price_avg.0,
        mark_price: position.mark_price.told(),
        leverage: position.leverage.told(),
        margin_mode: margin_mode(&position.margin_mode),
        liquidation_price: position.liquidation_price.told().filter(|price| price.is_positive()),
    })
}

/// `GET /api/v2/mix/account/bill`: a page, newest first. An execution is two lines for us, its profit and its fee; the
/// profit is gross, and which execution it was is not told.
///
/// # Errors
/// When it cannot be understood.
pub fn bookings(body: &[u8]) -> Result<Page<Booking>, ParseError> {
    let page: Page<Bill> = page("bills", body)?;
    Ok(Page {
        rows: page.rows.into_iter().flat_map(lines).collect(),
        next: page.next,
    })
}

fn lines(bill: Bill) -> Vec<Booking> {
    let market = bill.symbol.filter(|name| !name.is_empty());
    let line = |kind: BookingKind, part: &str, amount: Amount| Booking {
        id: format!("{}{part}", bill.bill_id.0),
        kind,
        name: bill.business_type.clone(),
        symbol: market.as_deref().map(symbol),
        position_side: None,
        trade: None,
        asset: bill.coin.clone(),
        amount,
        at: bill.c_time.0,
    };
    let name = bill.business_type.as_str();
    let is_trade = ["open_", "close_", "force_", "buy", "sell"]
        .iter()
        .any(|start| name.starts_with(start));
    if name == "contract_settle_fee" {
        vec![line(BookingKind::Funding, "", bill.amount.0)]
    } else if is_trade {
        let fee = bill.fee.told().unwrap_or(Amount::ZERO);
        vec![
            line(BookingKind::Realised, "/profit", bill.amount.0),
            line(BookingKind::Fee, "/fee", fee),
        ]
    } else if name.starts_with("trans_") {
        vec![line(BookingKind::Transfer, "", bill.amount.0)]
    } else {
        vec![line(BookingKind::Other, "", bill.amount.0)]
    }
}

/// `GET /api/v2/mix/position/history-position`: a page, newest first, net of fees and funding.
///
/// # Errors
/// When it cannot be understood.
pub fn closed_profits(body: &[u8]) -> Result<Page<ClosedProfit>, ParseError> {
    let page: Page<ClosedPosition> = page("closed positions", body)?;
    let rows = page.rows.iter().map(closed).collect::<Result<_, _>>()?;
    Ok(Page { rows, next: page.next })
}

fn closed(position: &ClosedPosition) -> Result<ClosedProfit, ParseError> {
    let fees = position.open_fee.0.plus(position.close_fee.0);
    let fees = fees.map_err(|error| ParseError::new("closed positions", "closeFee", error))?;
    Ok(ClosedProfit {
        symbol: symbol(&position.symbol),
        side: side("closed positions", &position.symbol, position.hold_side)?,
        size: position.close_total_pos.0,
        profit: position.net_profit.0,
        basis: ProfitBasis::Net,
        fees: Some(fees.negated()),
        funding: Some(position.total_funding.0),
        at: position.utime.0,
    })
}

/// The answer to `set-leverage`: what stands now for each side.
///
/// # Errors
/// When it cannot be understood, or tells no leverage.
pub fn leverage(body: &[u8]) -> Result<Vec<(Symbol, Side, u32)>, ParseError> {
    let set: Leverage = data("leverage", body)?;
    let both = set
        .cross_margin_leverage
        .told()
        .filter(|_| set.margin_mode != "isolated");
    let sides = [
        (Side::Long, both.or(set.long_leverage.told())),
        (Side::Short, both.or(set.short_leverage.told())),
    ];
    let told = sides
        .into_iter()
        .filter_map(|(side, leverage)| Some((symbol(&set.symbol), side, leverage?)));
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        return Err(ParseError::new("leverage", "longLeverage", "is missing"));
    }
    Ok(told)
}
