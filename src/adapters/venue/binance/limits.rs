//! What Binance allows, and what its endpoints weigh.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info> («LIMITS»), `rateLimits` of
//! `GET /fapi/v1/exchangeInfo`, and the page of each endpoint.

use super::super::remote::{Allowances, Cost, UsedHeaders};

/// Where the used weight and the counted orders are told.
pub const USED: UsedHeaders = UsedHeaders {
    address: &["x-mbx-used-weight-1m"],
    orders: &["x-mbx-order-count-10s", "x-mbx-order-count-1m"],
};

/// 2,400 weight a minute for an address; 300 orders in ten seconds and 1,200 a minute for an account.
pub fn allowed() -> Allowances {
    Allowances::of(&[(2_400, 60)], &[(300, 10), (1_200, 60)], &[])
}

/// `GET time`, `GET order`, `DELETE order`, `GET openOrders` of one market, `POST leverage`, `marginType`, `positionSide/dual`,
/// `klines` of less than a hundred bars, and the listen key.
pub const LIGHT: Cost = Cost::look(1);
/// `GET exchangeInfo`; also `leverageBracket`.
pub const MARKETS: Cost = Cost::look(1);
/// `GET balance`, `positionRisk`, `userTrades`, `allOrders`, `symbolConfig`.
pub const ACCOUNT: Cost = Cost::look(5);
/// `GET klines` of 500 to 1,000 bars.
pub const BARS: Cost = Cost::look(5);
/// `GET ticker/bookTicker` of one market.
pub const TOP: Cost = Cost::look(2);
/// `POST countdownCancelAll`.
pub const COUNTDOWN: Cost = Cost::look(10);
/// `GET income` and `positionSide/dual`.
pub const INCOME: Cost = Cost::look(30);
/// `POST order`: counted by the account's orders, and not by the address's weight.
pub const ORDER: Cost = Cost::order(0);
