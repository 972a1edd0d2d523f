//! Bitget's endpoints: where each is, who may ask, how often a second, and who answers.
//!
//! Frequencies: <https://www.bitget.com/api-doc/contract/intro>, each endpoint's page.

use domain::id::VenueAccountId;
use futures::future::BoxFuture;
use serde_json::Value;

use super::params::Params;
use super::problem::Problem;
use super::{Bitget, account, batch, bills, closed, history, market, plan, setting, trade};
use crate::simulator::calls::{self, Access};
use crate::simulator::exchange::Account;

/// A request on its way.
pub(super) type Call<'a> = calls::Call<'a, Bitget, Params>;

/// What a handler answers: what stands in `data`.
pub(super) type Told = Result<Value, Problem>;

type Handler = for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Told>;

/// An endpoint, with how many requests an address or a key has in a second.
pub(super) type Route = calls::Route<u32, Handler>;

impl Call<'_> {
    /// Who asks.
    pub fn owner(&self) -> Result<&Account, Problem> {
        self.account
            .ok_or_else(|| Problem::new("40001", "ACCESS_KEY cannot be empty"))
    }

    /// Whose account it is about.
    pub fn id(&self) -> Result<VenueAccountId, Problem> {
        Ok(self.owner()?.id)
    }
}

/// The endpoint of a request.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Route> {
    calls::find(ROUTES, method, path)
}

/// Whether there is something at a path, with another method.
pub(super) fn exists(path: &str) -> bool {
    calls::exists(ROUTES, path)
}

const fn at(method: &'static str, path: &'static str, access: Access, terms: u32, handler: Handler) -> Route {
    Route {
        method,
        path,
        access,
        terms,
        handler,
    }
}

use Access::{Public, Signed, Trade};

/// Every endpoint.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    at("GET", "/api/v2/public/time", Public, 20, |c| Box::pin(market::time(c))),
    at("GET", "/api/v2/spot/public/coins", Public, 3, |c| Box::pin(market::coins(c))),
    at("GET", "/api/v2/spot/public/symbols", Public, 20, |c| Box::pin(market::nothing(c))),
    at("GET", "/api/v2/margin/currencies", Public, 10, |c| Box::pin(market::nothing(c))),
    at("GET", "/api/v2/mix/market/contracts", Public, 20, |c| Box::pin(market::contracts(c))),
    at("GET", "/api/v2/mix/market/query-position-lever", Public, 10, |c| Box::pin(market::tiers(c))),
    at("GET", "/api/v2/mix/market/ticker", Public, 20, |c| Box::pin(market::ticker(c))),
    at("GET", "/api/v2/mix/market/tickers", Public, 20, |c| Box::pin(market::tickers(c))),
    at("GET", "/api/v2/mix/market/symbol-price", Public, 20, |c| Box::pin(market::prices(c))),
    at("GET", "/api/v2/mix/market/candles", Public, 20, |c| Box::pin(market::candles(c, 1_000))),
    at("GET", "/api/v2/mix/market/history-candles", Public, 20, |c| Box::pin(market::candles(c, 200))),
    at("GET", "/api/v2/mix/market/history-mark-candles", Public, 20, |c| Box::pin(market::candles(c, 200))),
    at("GET", "/api/v2/mix/market/history-index-candles", Public, 20, |c| Box::pin(market::candles(c, 200))),
    at("GET", "/api/v2/mix/market/merge-depth", Public, 20, |c| Box::pin(market::depth(c))),
    at("GET", "/api/v2/mix/market/fills", Public, 20, |c| Box::pin(market::trades(c))),
    at("GET", "/api/v2/mix/market/fills-history", Public, 10, |c| Box::pin(market::past_trades(c))),
    at("GET", "/api/v2/mix/market/current-fund-rate", Public, 20, |c| Box::pin(market::funding(c))),
    at("GET", "/api/v2/mix/market/funding-time", Public, 20, |c| Box::pin(market::funding_time(c))),
    at("GET", "/api/v2/mix/market/history-fund-rate", Public, 20, |c| Box::pin(market::past_funding(c))),
    at("GET", "/api/v2/spot/account/info", Signed, 1, |c| Box::pin(account::rights(c))),
    at("GET", "/api/v2/common/trade-rate", Signed, 10, |c| Box::pin(account::fees(c))),
    at("GET", "/api/v2/mix/account/account", Signed, 10, |c| Box::pin(account::one(c))),
    at("GET", "/api/v2/mix/account/accounts", Signed, 10, |c| Box::pin(account::all(c))),
    at("GET", "/api/v2/mix/account/bill", Signed, 10, |c| Box::pin(bills::bills(c))),
    at("POST", "/api/v2/mix/account/set-leverage", Trade, 5, |c| Box::pin(setting::leverage(c))),
    at("POST", "/api/v2/mix/account/set-margin-mode", Trade, 5, |c| Box::pin(setting::margin_mode(c))),
    at("POST", "/api/v2/mix/account/set-position-mode", Trade, 5, |c| Box::pin(setting::position_mode(c))),
    at("POST", "/api/v2/mix/account/set-margin", Trade, 5, |c| Box::pin(setting::margin(c))),
    at("GET", "/api/v2/mix/position/all-position", Signed, 5, |c| Box::pin(account::positions(c))),
    at("GET", "/api/v2/mix/position/single-position", Signed, 10, |c| Box::pin(account::position(c))),
    at("GET", "/api/v2/mix/position/history-position", Signed, 20, |c| Box::pin(closed::positions(c))),
    at("POST", "/api/v2/mix/order/place-order", Trade, 10, |c| Box::pin(trade::place(c))),
    at("POST", "/api/v2/mix/order/batch-place-order", Trade, 5, |c| Box::pin(batch::place(c))),
    at("POST", "/api/v2/mix/order/modify-order", Trade, 10, |c| Box::pin(trade::modify(c))),
    at("POST", "/api/v2/mix/order/cancel-order", Trade, 10, |c| Box::pin(trade::cancel(c))),
    at("POST", "/api/v2/mix/order/batch-cancel-orders", Trade, 10, |c| Box::pin(batch::cancel(c))),
    at("POST", "/api/v2/mix/order/cancel-all-orders", Trade, 10, |c| Box::pin(batch::cancel_all(c))),
    at("POST", "/api/v2/mix/order/close-positions", Trade, 1, |c| Box::pin(batch::close(c))),
    at("GET", "/api/v2/mix/order/detail", Signed, 10, |c| Box::pin(trade::detail(c))),
    at("GET", "/api/v2/mix/order/orders-pending", Signed, 10, |c| Box::pin(history::pending(c))),
    at("GET", "/api/v2/mix/order/orders-history", Signed, 10, |c| Box::pin(history::orders(c))),
    at("GET", "/api/v2/mix/order/fills", Signed, 10, |c| Box::pin(history::fills(c))),
    at("GET", "/api/v2/mix/order/fill-history", Signed, 10, |c| Box::pin(history::fills(c))),
    at("POST", "/api/v2/mix/order/place-plan-order", Trade, 10, |c| Box::pin(plan::place(c))),
    at("POST", "/api/v2/mix/order/place-tpsl-order", Trade, 10, |c| Box::pin(plan::place_tpsl(c))),
    at("POST", "/api/v2/mix/order/cancel-plan-order", Trade, 10, |c| Box::pin(plan::cancel(c))),
    at("GET", "/api/v2/mix/order/orders-plan-pending", Signed, 10, |c| Box::pin(plan::pending(c))),
    at("GET", "/api/v2/mix/order/orders-plan-history", Signed, 10, |c| Box::pin(plan::history(c))),
];
