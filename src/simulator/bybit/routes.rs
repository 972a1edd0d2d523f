//! Bybit's endpoints: where each is, who may ask, how often in a second, and who answers.
//!
//! Rates: <https://bybit-exchange.github.io/docs/v5/rate-limit>, of an account that is no VIP.

use domain::id::VenueAccountId;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::{
    Bybit, account, batch, closed, executions, info, ledger, lookup, market, positions, setting, sign, stops, trade,
};
use crate::simulator::calls::{self, Access};

/// A request on its way.
pub(super) type Call<'a> = calls::Call<'a, Bybit, Params>;

/// What a good answer holds.
pub(super) struct Good {
    pub result: Value,
    /// What stands beside the result: the outcomes within a batch.
    pub more: Value,
}

/// What a handler answers.
pub(super) type Told = Result<Good, Problem>;

type Handler = for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Told>;

/// An endpoint, with how many requests an account has in a second.
pub(super) type Route = calls::Route<u32, Handler>;

impl From<Value> for Good {
    fn from(result: Value) -> Self {
        let more = json!({});
        Self { result, more }
    }
}

impl Call<'_> {
    /// Whose account it is about.
    pub fn id(&self) -> Result<VenueAccountId, Problem> {
        let account = self.account.ok_or_else(sign::not_permitted)?;
        Ok(account.id)
    }
}

/// The endpoint of a request.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Route> {
    calls::find(ROUTES, method, path)
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
    at("GET", "/v5/market/time", Public, 0, |c| Box::pin(info::time(c))),
    at("GET", "/v5/system/status", Public, 0, |c| Box::pin(info::system(c))),
    at("GET", "/v5/market/instruments-info", Public, 0, |c| Box::pin(info::instruments(c))),
    at("GET", "/v5/market/risk-limit", Public, 0, |c| Box::pin(info::risk_limits(c))),
    at("GET", "/v5/market/tickers", Public, 0, |c| Box::pin(market::tickers(c))),
    at("GET", "/v5/market/kline", Public, 0, |c| Box::pin(market::klines(c))),
    at("GET", "/v5/market/mark-price-kline", Public, 0, |c| Box::pin(market::klines(c))),
    at("GET", "/v5/market/index-price-kline", Public, 0, |c| Box::pin(market::klines(c))),
    at("GET", "/v5/market/orderbook", Public, 0, |c| Box::pin(market::book(c))),
    at("GET", "/v5/market/recent-trade", Public, 0, |c| Box::pin(market::trades(c))),
    at("GET", "/v5/market/funding/history", Public, 0, |c| Box::pin(market::fundings(c))),
    at("GET", "/v5/market/open-interest", Public, 0, |c| Box::pin(market::interest(c))),
    at("GET", "/v5/user/query-api", Signed, 10, |c| Box::pin(info::rights(c))),
    at("GET", "/v5/asset/coin/query-info", Signed, 5, |c| Box::pin(info::coins(c))),
    at("GET", "/v5/account/info", Signed, 50, |c| Box::pin(setting::account(c))),
    at("GET", "/v5/account/query-dcp-info", Signed, 5, |c| Box::pin(setting::protection(c))),
    at("GET", "/v5/account/fee-rate", Signed, 10, |c| Box::pin(info::fees(c))),
    at("GET", "/v5/account/wallet-balance", Signed, 50, |c| Box::pin(account::balance(c))),
    at("GET", "/v5/account/transaction-log", Signed, 30, |c| Box::pin(ledger::transactions(c))),
    at("POST", "/v5/account/set-margin-mode", Trade, 5, |c| Box::pin(setting::margin_mode(c))),
    at("GET", "/v5/position/list", Signed, 50, |c| Box::pin(positions::list(c))),
    at("GET", "/v5/position/closed-pnl", Signed, 50, |c| Box::pin(closed::profits(c))),
    at("POST", "/v5/position/set-leverage", Trade, 10, |c| Box::pin(setting::leverage(c))),
    at("POST", "/v5/position/switch-isolated", Trade, 10, |c| Box::pin(setting::switch_isolated(c))),
    at("POST", "/v5/position/switch-mode", Trade, 10, |c| Box::pin(setting::switch_mode(c))),
    at("POST", "/v5/position/add-margin", Trade, 10, |c| Box::pin(setting::add_margin(c))),
    at("POST", "/v5/position/trading-stop", Trade, 10, |c| Box::pin(stops::set(c))),
    at("POST", "/v5/order/create", Trade, 10, |c| Box::pin(trade::place(c))),
    at("POST", "/v5/order/amend", Trade, 10, |c| Box::pin(trade::amend(c))),
    at("POST", "/v5/order/cancel", Trade, 10, |c| Box::pin(trade::cancel(c))),
    at("POST", "/v5/order/cancel-all", Trade, 10, |c| Box::pin(trade::cancel_all(c))),
    at("POST", "/v5/order/create-batch", Trade, 10, |c| Box::pin(batch::place(c))),
    at("POST", "/v5/order/amend-batch", Trade, 10, |c| Box::pin(batch::amend(c))),
    at("POST", "/v5/order/cancel-batch", Trade, 10, |c| Box::pin(batch::cancel(c))),
    at("GET", "/v5/order/realtime", Signed, 50, |c| Box::pin(lookup::realtime(c))),
    at("GET", "/v5/order/history", Signed, 50, |c| Box::pin(lookup::history(c))),
    at("GET", "/v5/execution/list", Signed, 50, |c| Box::pin(executions::list(c))),
    at("POST", "/v5/order/disconnected-cancel-all", Trade, 5, |c| Box::pin(setting::protect(c))),
];
