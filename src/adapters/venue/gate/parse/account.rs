//! Accounts: balances, positions, the account book, what closed positions earned, and settings.

use domain::credential::KeyRights;
use domain::fixed::{Price, Quantity};
use domain::market::{Side as PositionSide, Symbol};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use rust_decimal::Decimal;

use super::super::super::dialect::{
    Balance, Booking, BookingKind, ClosedProfit, Contracts, Holding, ParseError, ProfitBasis, Text, read,
};
use super::super::wire::{Account, BookLine, MainKey, Mode, Position, PositionClose, Side};

/// `GET /api/v4/futures/usdt/accounts`.
///
/// # Errors
/// When it cannot be understood.
pub fn balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let account: Account = read("account", body)?;
    Ok(vec![Balance {
        asset: account.currency,
        wallet: account.total.0,
        available: Some(account.available.0),
    }])
}

/// `GET /api/v4/futures/usdt/accounts`, and the answer to `dual_mode`.
///
/// # Errors
/// When it cannot be understood.
pub fn position_mode(body: &[u8]) -> Result<PositionMode, ParseError> {
    let account: Account = read("account", body)?;
    Ok(if account.in_dual_mode {
        PositionMode::Hedge
    } else {
        PositionMode::OneWay
    })
}

/// `GET /api/v4/futures/usdt/positions`: what is held; sides that hold nothing are left out.
///
/// # Errors
/// When it cannot be understood.
pub fn holdings(body: &[u8], contracts: &Contracts) -> Result<Vec<Holding>, ParseError> {
    let positions: Vec<Position> = read("positions", body)?;
    let held = positions.iter().filter(|position| !position.size.0.is_zero());
    held.map(|position| holding(position, contracts)).collect()
}

/// A position; a short is below zero in both modes.
pub(super) fn holding(position: &Position, contracts: &Contracts) -> Result<Holding, ParseError> {
    let symbol = Symbol::new(&position.contract);
    let size = position.size.0;
    let is_below = size.is_sign_negative() && !size.is_zero();
    let is_above = !is_below && !size.is_zero();
    let side = match position.mode {
        Mode::Single if is_below => PositionSide::Short,
        Mode::Single => PositionSide::Long,
        Mode::DualLong if !is_below => PositionSide::Long,
        Mode::DualShort if !is_above => PositionSide::Short,
        Mode::DualLong | Mode::DualShort => {
            let rule = "has the sign of the other side";
            return Err(ParseError::new("positions", format!("{symbol}.size"), rule));
        }
    };
    let quantity = if size.is_zero() {
        Quantity::ZERO
    } else {
        contracts.coins("positions", &symbol, "size", size.abs())?
    };
    let (leverage, margin_mode) = margin(position);
    Ok(Holding {
        symbol,
        side,
        is_hedge: position.mode != Mode::Single,
        quantity,
        entry_price: position.entry_price.told().unwrap_or(Price::ZERO),
        mark_price: position.mark_price.told(),
        leverage,
        margin_mode,
        liquidation_price: position.liq_price.told().filter(|price| price.is_positive()),
    })
}

/// Zero says cross margin, whose leverage stands in a field of its own.
fn margin(position: &Position) -> (Option<u32>, Option<MarginMode>) {
    match position.leverage.told() {
        None => (None, None),
        Some(0) => {
            let limit = position.cross_leverage_limit.told();
            (limit.filter(|limit| *limit > 0), Some(MarginMode::Cross))
        }
        Some(leverage) => (Some(leverage), Some(MarginMode::Isolated)),
    }
}

/// `GET /api/v4/futures/usdt/accounts`: whose it is, as private channels are subscribed to.
///
/// # Errors
/// When it cannot be understood, or does not tell.
pub fn owner(body: &[u8]) -> Result<String, ParseError> {
    let account: Account = read("account", body)?;
    let user = account.user.told();
    user.ok_or_else(|| ParseError::new("account", "user", "is missing"))
}

/// `GET /api/v4/account/main_keys`: what the key of this name may do; `None` where it is not among them. Whoever may use the
/// wallet may take out what is in it.
///
/// # Errors
/// When it cannot be understood.
pub fn rights(body: &[u8], name: &str) -> Result<Option<KeyRights>, ParseError> {
    let keys: Vec<MainKey> = read("keys", body)?;
    let is_own = |key: &&MainKey| {
        let beginning = key.key.trim_end_matches('*');
        !beginning.is_empty() && name.starts_with(beginning)
    };
    let may = |key: &MainKey, part: &str| {
        let mut perms = key.perms.iter().filter(|perm| !perm.read_only);
        perms.any(|perm| perm.name.contains(part))
    };
    Ok(keys.iter().find(is_own).map(|key| KeyRights {
        may_trade: may(key, "futures"),
        may_withdraw: may(key, "wallet") || may(key, "withdraw"),
        bound_to_addresses: Some(key.ip_whitelist.as_ref().is_some_and(|list| !list.is_empty())),
    }))
}

/// The position of a market, or in hedge mode both: leverage and margin mode. Sides that differ have a leverage of zero,
/// which nobody wants.
///
/// # Errors
/// When it cannot be understood, or tells none.
pub fn terms(body: &[u8]) -> Result<(u32, MarginMode), ParseError> {
    let positions = one_or_both(body)?;
    let mut told = positions.iter().filter_map(|position| match margin(position) {
        (leverage, Some(mode)) => Some((leverage.unwrap_or(0), mode)),
        (_, None) => None,
    });
    let first = told.next();
    let first = first.ok_or_else(|| ParseError::new("position", "leverage", "is not told"))?;
    Ok(if told.all(|other| other == first) {
        first
    } else {
        (0, first.1)
    })
}

fn one_or_both(body: &[u8]) -> Result<Vec<Position>, ParseError> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        read("leverage", body)
    } else {
        Ok(vec![read("leverage", body)?])
    }
}

/// The answer to setting the leverage of a market: one position, or in hedge mode both.
///
/// # Errors
/// When it cannot be understood, or tells no leverage.
pub fn leverage(body: &[u8]) -> Result<(Symbol, u32), ParseError> {
    let positions = one_or_both(body)?;
    let set = positions.iter().find_map(|position| {
        let leverage = margin(position).0?;
        Some((Symbol::new(&position.contract), leverage))
    });
    set.ok_or_else(|| ParseError::new("leverage", "leverage", "is not told"))
}

/// `GET /api/v4/futures/usdt/account_book`, newest first. Profit is gross, and fees and funding are lines of their own.
/// `settle` is the asset of the endpoint.
///
/// # Errors
/// When it cannot be understood.
pub fn bookings(body: &[u8], settle: &str) -> Result<Vec<Booking>, ParseError> {
    let lines: Vec<BookLine> = read("account book", body)?;
    let bookings = lines.into_iter().map(|line| {
        let trade = line.trade_id.and_then(Text::told);
        let contract = line.contract.filter(|contract| !contract.is_empty());
        let market = contract.as_deref().unwrap_or_default();
        Booking {
            // Lines have no number: the balance after it tells lines of one moment apart.
            id: format!("{}:{}:{market}:{}", line.kind, line.time.0.0, line.balance.0),
            kind: kind(&line.kind),
            symbol: contract.as_deref().map(Symbol::new),
            position_side: None,
            trade,
            asset: settle.to_owned(),
            amount: line.change.0,
            at: line.time.0,
            name: line.kind,
        }
    });
    Ok(bookings.collect())
}

fn kind(name: &str) -> BookingKind {
    match name {
        "fund" => BookingKind::Funding,
        "fee" => BookingKind::Fee,
        "pnl" => BookingKind::Realised,
        "dnw" => BookingKind::Transfer,
        _ => BookingKind::Other,
    }
}

/// `GET /api/v4/futures/usdt/position_close`, newest first: net of fees and funding. The size is in contracts.
///
/// # Errors
/// When it cannot be understood.
pub fn closed_profits(body: &[u8]) -> Result<Vec<ClosedProfit>, ParseError> {
    let rows: Vec<PositionClose> = read("closed positions", body)?;
    let closed = rows.iter().map(|row| ClosedProfit {
        symbol: Symbol::new(&row.contract),
        side: match row.side {
            Side::Long => PositionSide::Long,
            Side::Short => PositionSide::Short,
        },
        size: row
            .accum_size
            .told()
            .or_else(|| row.max_size.told())
            .unwrap_or(Decimal::ZERO),
        profit: row.pnl.0,
        basis: ProfitBasis::Net,
        fees: row.pnl_fee.told().map(domain::fixed::Amount::negated),
        funding: row.pnl_fund.told(),
        at: row.time.0,
    });
    Ok(closed.collect())
}
