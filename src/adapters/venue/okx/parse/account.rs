//! Accounts: balances, positions, bills, what closed positions earned, and settings.

use domain::credential::KeyRights;
use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Side, Symbol};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use rust_decimal::Decimal;

use super::super::super::dialect::{
    Balance, Booking, BookingKind, ClosedProfit, Contracts, Holding, Page, ParseError, ProfitBasis,
};
use super::super::wire::{
    AccountMode, Balances, Bill, ClosedPosition, KeyConfig, Leverage, Position, PositionMode as Mode, PositionSide,
};
use super::{data, one};

/// `GET /api/v5/account/balance`.
///
/// # Errors
/// When it cannot be understood.
pub fn balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let accounts: Vec<Balances> = data("balances", body)?;
    Ok(accounts.into_iter().flat_map(assets).collect())
}

pub(super) fn assets(account: Balances) -> Vec<Balance> {
    let assets = account.details.into_iter().map(|detail| Balance {
        asset: detail.ccy,
        wallet: detail.cash_bal.0,
        available: detail.avail_eq.told(),
    });
    assets.collect()
}

/// `cross` or `isolated`; `None` for cash and others.
fn margin_mode(text: &str) -> Option<MarginMode> {
    MarginMode::parse(text)
}

/// `GET /api/v5/account/positions`: what is held; sides that hold nothing are left out.
///
/// # Errors
/// When it cannot be understood.
pub fn holdings(body: &[u8], contracts: &Contracts) -> Result<Vec<Holding>, ParseError> {
    let positions: Vec<Position> = data("positions", body)?;
    let is_held = |position: &&Position| position.pos.told().is_some_and(|size| !size.is_zero());
    let held = positions.iter().filter(is_held);
    held.map(|position| holding(position, contracts)).collect()
}

/// A position; below zero only as a net short.
pub(super) fn holding(position: &Position, contracts: &Contracts) -> Result<Holding, ParseError> {
    let symbol = Symbol::new(&position.inst_id);
    let size = position.pos.told().unwrap_or(Decimal::ZERO);
    let is_below = size.is_sign_negative() && !size.is_zero();
    let side = match position.pos_side {
        PositionSide::Net if is_below => Side::Short,
        PositionSide::Net => Side::Long,
        PositionSide::Long | PositionSide::Short if is_below => {
            let rule = "is below zero on a side of its own";
            return Err(ParseError::new("positions", format!("{symbol}.pos"), rule));
        }
        PositionSide::Long => Side::Long,
        PositionSide::Short => Side::Short,
    };
    let quantity = if size.is_zero() {
        Quantity::ZERO
    } else {
        contracts.coins("positions", &symbol, "pos", size.abs())?
    };
    Ok(Holding {
        symbol,
        side,
        is_hedge: position.pos_side != PositionSide::Net,
        quantity,
        entry_price: position.avg_px.told().unwrap_or(Price::ZERO),
        mark_price: position.mark_px.told(),
        leverage: position.lever.told(),
        margin_mode: margin_mode(&position.mgn_mode),
        liquidation_price: position.liq_px.told().filter(|price| price.is_positive()),
    })
}

/// `GET /api/v5/account/bills` and `bills-archive`, newest first. An execution is two lines for us, its profit and its
/// fee; the profit is gross.
///
/// # Errors
/// When it cannot be understood.
pub fn bookings(body: &[u8]) -> Result<Vec<Booking>, ParseError> {
    let bills: Vec<Bill> = data("bills", body)?;
    Ok(bills.into_iter().flat_map(lines).collect())
}

/// The same as a page, of so many rows when it is full, with what asks for the next.
///
/// # Errors
/// When it cannot be understood.
pub fn bills(body: &[u8], full: usize) -> Result<Page<Booking>, ParseError> {
    let bills: Vec<Bill> = data("bills", body)?;
    let next = bills.last().filter(|_| bills.len() >= full);
    let next = next.map(|bill| bill.bill_id.0.clone());
    Ok(Page {
        rows: bills.into_iter().flat_map(lines).collect(),
        next,
    })
}

fn lines(bill: Bill) -> Vec<Booking> {
    let line = |kind: BookingKind, part: &str, amount: Amount| Booking {
        id: format!("{}{part}", bill.bill_id.0),
        kind,
        name: format!("{}/{}", bill.kind.0, bill.sub_type.0),
        symbol: (!bill.inst_id.is_empty()).then(|| Symbol::new(&bill.inst_id)),
        position_side: None,
        trade: bill.trade_id.clone().told(),
        asset: bill.ccy.clone(),
        amount,
        at: bill.ts.0,
    };
    let told = |amount: Option<Amount>| amount.unwrap_or(Amount::ZERO);
    match bill.kind.0.as_str() {
        // Trade, delivery, liquidation, auto-deleveraging, block trade.
        "2" | "3" | "5" | "9" | "14" => vec![
            line(BookingKind::Realised, "/profit", told(bill.pnl.told())),
            line(BookingKind::Fee, "/fee", told(bill.fee.told())),
        ],
        // An isolated position pays from its own margin, and then the balance does not change.
        "8" => vec![line(
            BookingKind::Funding,
            "",
            bill.pnl.told().unwrap_or(bill.bal_chg.0),
        )],
        "10" => vec![line(BookingKind::Liquidation, "", bill.bal_chg.0)],
        "1" | "6" | "12" => vec![line(BookingKind::Transfer, "", bill.bal_chg.0)],
        _ => vec![line(BookingKind::Other, "", bill.bal_chg.0)],
    }
}

/// `GET /api/v5/account/positions-history`, newest first: net of fees and funding. The size is in contracts.
///
/// # Errors
/// When it cannot be understood.
pub fn closed_profits(body: &[u8]) -> Result<Vec<ClosedProfit>, ParseError> {
    let positions: Vec<ClosedPosition> = data("closed positions", body)?;
    let closed = positions.iter().enumerate().map(|(index, position)| {
        let side = match position.direction {
            PositionSide::Long => Side::Long,
            PositionSide::Short => Side::Short,
            PositionSide::Net => {
                let field = format!("[{index}].direction");
                return Err(ParseError::new("closed positions", field, "is neither long nor short"));
            }
        };
        Ok(ClosedProfit {
            symbol: Symbol::new(&position.inst_id),
            side,
            size: position.close_total_pos.0,
            profit: position.realized_pnl.0,
            basis: ProfitBasis::Net,
            fees: Some(position.fee.0.negated()),
            funding: Some(position.funding_fee.0),
            at: position.u_time.0,
        })
    });
    closed.collect()
}

/// `GET /api/v5/account/leverage-info`, and the answer to `set-leverage`.
///
/// # Errors
/// When it cannot be understood.
pub fn leverages(body: &[u8]) -> Result<Vec<(Symbol, u32, MarginMode)>, ParseError> {
    let settings: Vec<Leverage> = data("leverage", body)?;
    let settings = settings.iter().enumerate().map(|(index, set)| {
        let field = || format!("[{index}].mgnMode");
        let mode = margin_mode(&set.mgn_mode);
        let mode = mode.ok_or_else(|| ParseError::new("leverage", field(), "is neither cross nor isolated"))?;
        Ok((Symbol::new(&set.inst_id), set.lever.0, mode))
    });
    settings.collect()
}

/// `GET /api/v5/account/config`: what the key may do.
///
/// # Errors
/// When it cannot be understood.
pub fn rights(body: &[u8]) -> Result<KeyRights, ParseError> {
    let key: KeyConfig = one("account", body)?;
    let has = |right: &str| key.perm.split(',').any(|own| own.trim() == right);
    Ok(KeyRights {
        may_trade: has("trade"),
        may_withdraw: has("withdraw"),
        bound_to_addresses: Some(!key.ip.trim().is_empty()),
    })
}

/// `GET /api/v5/account/config`, and the answer to `set-position-mode`.
///
/// # Errors
/// When it cannot be understood.
pub fn position_mode(body: &[u8]) -> Result<PositionMode, ParseError> {
    let mode: AccountMode = one("account", body)?;
    Ok(match mode.pos_mode {
        Mode::NetMode => PositionMode::OneWay,
        Mode::LongShortMode => PositionMode::Hedge,
    })
}
