//! Accounts: balances, positions, the transaction log and what closed positions earned.

use domain::credential::KeyRights;
use domain::fixed::{Amount, Price};
use domain::market::{Side as PositionSide, Symbol};
use domain::venue::MarginMode;

use super::super::super::dialect::{
    Balance, Booking, BookingKind, ClosedProfit, Holding, Page, ParseError, ProfitBasis,
};
use super::super::wire::{ApiKey, ClosedPnl, Coin, List, Position, Sharing, Side, Transaction, Wallet};
use super::{page, result};

/// `GET /v5/account/wallet-balance`: every coin. What is free is told for all coins together ([`available`]), or, with isolated
/// margin, by each coin.
///
/// # Errors
/// When it cannot be understood.
pub fn balances(body: &[u8]) -> Result<Vec<Balance>, ParseError> {
    let wallets: List<Wallet> = result("balances", body)?;
    Ok(wallets.list.into_iter().flat_map(coins).collect())
}

pub(super) fn coins(wallet: Wallet) -> Vec<Balance> {
    let is_shared = wallet.total_available_balance.told().is_some();
    let coins = wallet.coin.into_iter().map(|coin| Balance {
        available: free(&coin).filter(|_| !is_shared),
        asset: coin.coin,
        wallet: coin.wallet_balance.0,
    });
    coins.collect()
}

/// What neither positions nor orders hold of a coin, where it tells what they hold.
fn free(coin: &Coin) -> Option<Amount> {
    let held = coin.position_margin.told()?.plus(coin.order_margin.told()?).ok()?;
    let free = coin.wallet_balance.0.minus(held).ok()?;
    Some(free.max(Amount::ZERO))
}

/// `GET /v5/account/wallet-balance`: what is free for new positions, of all coins, in US dollars.
///
/// # Errors
/// When it cannot be understood.
pub fn available(body: &[u8]) -> Result<Option<Amount>, ParseError> {
    let wallets: List<Wallet> = result("balances", body)?;
    Ok(wallets
        .list
        .into_iter()
        .find_map(|wallet| wallet.total_available_balance.told()))
}

/// `GET /v5/position/list`: a page of what is held; sides that hold nothing are left out.
///
/// # Errors
/// When it cannot be understood.
pub fn holdings(body: &[u8]) -> Result<Page<Holding>, ParseError> {
    let page: Page<Position> = page("positions", body)?;
    let held = page.rows.iter().filter(|position| position.size.0.is_positive());
    let rows = held.map(holding).collect::<Result<_, _>>()?;
    Ok(Page { rows, next: page.next })
}

/// A position; one that holds nothing has its side from its index, and in one-way mode counts as a long.
pub(super) fn holding(position: &Position) -> Result<Holding, ParseError> {
    let side = match (position.side, position.position_idx.0) {
        (Side::Buy, 0 | 1) | (Side::Neither, 0 | 1) => PositionSide::Long,
        (Side::Sell, 0 | 2) | (Side::Neither, 2) => PositionSide::Short,
        (_, index) => {
            let rule = format!("{index} does not go with the side");
            return Err(ParseError::new(
                "positions",
                format!("{}.positionIdx", position.symbol),
                rule,
            ));
        }
    };
    let is_nothing = position.side == Side::Neither && position.size.0.is_positive();
    if is_nothing || position.size.0.is_negative() {
        let field = format!("{}.size", position.symbol);
        return Err(ParseError::new("positions", field, "does not go with the side"));
    }
    let entry = position.avg_price.told().or_else(|| position.entry_price.told());
    Ok(Holding {
        symbol: Symbol::new(&position.symbol),
        side,
        is_hedge: position.position_idx.0 != 0,
        quantity: position.size.0,
        entry_price: entry.unwrap_or(Price::ZERO),
        mark_price: position.mark_price.told(),
        leverage: position.leverage.told(),
        // It is the account's: `tradeMode` is 0 in every unified account.
        margin_mode: None,
        liquidation_price: position.liq_price.told().filter(|price| price.is_positive()),
    })
}

/// `GET /v5/account/info`: how the account shares margin.
///
/// # Errors
/// When it cannot be understood, or the account has portfolio margin.
pub fn margin_mode(body: &[u8]) -> Result<MarginMode, ParseError> {
    let account: Sharing = result("account", body)?;
    match account.margin_mode.as_str() {
        "ISOLATED_MARGIN" => Ok(MarginMode::Isolated),
        "REGULAR_MARGIN" => Ok(MarginMode::Cross),
        _ => Err(ParseError::new(
            "account",
            "marginMode",
            "is neither isolated nor regular",
        )),
    }
}

/// `GET /v5/position/list` of one market: its leverage, whether or not anything is held.
///
/// # Errors
/// When it cannot be understood, or tells none.
pub fn leverage(body: &[u8]) -> Result<u32, ParseError> {
    let page: Page<Position> = page("positions", body)?;
    let leverage = page.rows.iter().find_map(|position| position.leverage.told());
    leverage.ok_or_else(|| ParseError::new("positions", "leverage", "is not told"))
}

/// `GET /v5/user/query-api`: what the key may do. A transfer between accounts of the same owner takes nothing out.
///
/// # Errors
/// When it cannot be understood.
pub fn rights(body: &[u8]) -> Result<KeyRights, ParseError> {
    let told: ApiKey = result("rights of the key", body)?;
    let may_write = told.read_only.0 == 0;
    Ok(KeyRights {
        may_trade: may_write && told.permissions.contract_trade.iter().any(|right| right == "Order"),
        may_withdraw: told.permissions.wallet.iter().any(|right| right == "Withdraw"),
        bound_to_addresses: Some(!told.ips.is_empty() && told.ips.iter().all(|address| address != "*")),
    })
}

/// `GET /v5/account/transaction-log`: a page, newest first. A trade is two lines for us, its profit and its fee.
///
/// # Errors
/// When it cannot be understood.
pub fn bookings(body: &[u8]) -> Result<Page<Booking>, ParseError> {
    let page: Page<Transaction> = page("transaction log", body)?;
    Ok(Page {
        rows: page.rows.into_iter().flat_map(lines).collect(),
        next: page.next,
    })
}

fn lines(row: Transaction) -> Vec<Booking> {
    let line = |kind: BookingKind, part: &str, amount: Amount| Booking {
        // The venue's id repeats for the lines of one trade.
        id: format!("{}:{}:{part}", row.id.0, row.trade_id.0),
        kind,
        name: row.kind.clone(),
        symbol: (!row.symbol.is_empty()).then(|| Symbol::new(&row.symbol)),
        position_side: None,
        trade: row.trade_id.clone().told(),
        asset: row.currency.clone(),
        amount,
        at: row.transaction_time.0,
    };
    let told = |amount: Option<Amount>| amount.unwrap_or(Amount::ZERO);
    match row.kind.as_str() {
        "TRADE" | "LIQUIDATION" | "ADL" | "DELIVERY" => vec![
            line(BookingKind::Realised, "profit", told(row.cash_flow.told())),
            line(BookingKind::Fee, "fee", told(row.fee.told()).negated()),
        ],
        "SETTLEMENT" => vec![line(BookingKind::Funding, "funding", row.change.0)],
        "TRANSFER_IN" | "TRANSFER_OUT" => vec![line(BookingKind::Transfer, "transfer", row.change.0)],
        _ => vec![line(BookingKind::Other, "other", row.change.0)],
    }
}

/// `GET /v5/position/closed-pnl`: a page, newest first, with the fees of opening and closing taken off.
///
/// # Errors
/// When it cannot be understood.
pub fn closed_profits(body: &[u8]) -> Result<Page<ClosedProfit>, ParseError> {
    let page: Page<ClosedPnl> = page("closed profits", body)?;
    let rows = page.rows.iter().map(|row| {
        Ok(ClosedProfit {
            symbol: Symbol::new(&row.symbol),
            side: row.side.action("closed profits")?.closes(),
            size: row.closed_size.0,
            profit: row.closed_pnl.0,
            basis: ProfitBasis::AfterFees,
            fees: None,
            funding: None,
            at: row.updated_time.0,
        })
    });
    Ok(Page {
        rows: rows.collect::<Result<_, ParseError>>()?,
        next: page.next,
    })
}
