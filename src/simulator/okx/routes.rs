//! OKX's endpoints: where each is, who may ask, how often, and who answers.
//!
//! Limits: <https://www.okx.com/docs-v5/en/>, each endpoint's page.

use domain::id::VenueAccountId;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::{Okx, account, algo, bills, closed, history, info, market, setting, trade};
use crate::simulator::calls::{self, Access};
use crate::simulator::dialect::Asked;

/// A request on its way, with its query or the objects of its body.
pub(super) type Call<'a> = calls::Call<'a, Okx, Vec<Params>>;

/// What a handler answers.
pub(super) type Told = Result<Body, Problem>;

/// What is answered when the request itself was well.
pub(super) struct Body {
    code: &'static str,
    words: &'static str,
    data: Value,
}

type Handler = for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Told>;

/// How an endpoint is counted.
pub(super) struct Terms {
    /// Requests (or orders) within so many milliseconds.
    pub limit: (u32, i64),
    /// Whether it is counted order by order and by market.
    pub by_order: bool,
}

/// An endpoint.
pub(super) type Route = calls::Route<Terms, Handler>;

impl Call<'_> {
    /// Whose account it is about.
    pub fn id(&self) -> Result<VenueAccountId, Problem> {
        let account = self.account.ok_or_else(super::sign::not_permitted)?;
        Ok(account.id)
    }

    /// The parameters, where there is one set of them.
    pub fn one(&self) -> Result<&Params, Problem> {
        match self.params.as_slice() {
            [one] => Ok(one),
            _ => Err(Problem::with(400, "50002", "JSON syntax error")),
        }
    }
}

impl Body {
    /// Several things of which each may have failed by itself; the second says whether it did.
    pub fn of_items(items: Vec<(Value, bool)>) -> Self {
        let failed = items.iter().filter(|(_, failed)| *failed).count();
        let (code, words) = match failed {
            0 => ("0", ""),
            failed if failed == items.len() => ("1", "All operations failed"),
            _ => ("2", "Bulk operation partially succeeded."),
        };
        let data = items.into_iter().map(|(item, _)| item).collect();
        Self { code, words, data }
    }

    /// As it is sent. Trading endpoints tell when they began and ended, in microseconds.
    pub fn text(&self, asked: &Asked) -> String {
        let mut body = json!({ "code": self.code, "msg": self.words, "data": self.data });
        if asked.method == "POST" && asked.path.starts_with("/api/v5/trade/") {
            body["inTime"] = json!((asked.now.0 * 1_000).to_string());
            body["outTime"] = json!((asked.now.0 * 1_000 + 1_000).to_string());
        }
        body.to_string()
    }
}

impl From<Value> for Body {
    fn from(data: Value) -> Self {
        let (code, words) = ("0", "");
        Self { code, words, data }
    }
}

impl From<Vec<Value>> for Body {
    fn from(data: Vec<Value>) -> Self {
        Self::from(Value::Array(data))
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

/// An endpoint that is counted within two seconds.
const fn at(method: &'static str, path: &'static str, access: Access, most: u32, handler: Handler) -> Route {
    Route {
        method,
        path,
        access,
        terms: Terms {
            limit: (most, 2_000),
            by_order: false,
        },
        handler,
    }
}

/// One of orders, which are counted one by one and by market.
const fn order(path: &'static str, most: u32, handler: Handler) -> Route {
    let mut route = at("POST", path, Trade, most, handler);
    route.terms.by_order = true;
    route
}

/// One that may be asked once a second.
const fn seldom(path: &'static str, handler: Handler) -> Route {
    let mut route = at("POST", path, Trade, 1, handler);
    route.terms.limit = (1, 1_000);
    route
}

use Access::{Public, Signed, Trade};

/// Every endpoint.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    at("GET", "/api/v5/public/time", Public, 10, |c| Box::pin(info::time(c))),
    at("GET", "/api/v5/public/instruments", Public, 20, |c| Box::pin(info::instruments(c))),
    at("GET", "/api/v5/account/instruments", Signed, 20, |c| Box::pin(info::instruments(c))),
    at("GET", "/api/v5/public/position-tiers", Public, 10, |c| Box::pin(info::tiers(c))),
    at("GET", "/api/v5/public/mark-price", Public, 10, |c| Box::pin(market::mark_prices(c))),
    at("GET", "/api/v5/public/funding-rate", Public, 10, |c| Box::pin(market::funding(c))),
    at("GET", "/api/v5/public/funding-rate-history", Public, 10, |c| Box::pin(market::funding_history(c))),
    at("GET", "/api/v5/market/ticker", Public, 20, |c| Box::pin(market::ticker(c))),
    at("GET", "/api/v5/market/tickers", Public, 20, |c| Box::pin(market::tickers(c))),
    at("GET", "/api/v5/market/books", Public, 40, |c| Box::pin(market::books(c))),
    at("GET", "/api/v5/market/candles", Public, 40, |c| Box::pin(market::candles(c))),
    at("GET", "/api/v5/market/history-candles", Public, 20, |c| Box::pin(market::candles(c))),
    at("GET", "/api/v5/market/mark-price-candles", Public, 20, |c| Box::pin(market::mark_candles(c))),
    at("GET", "/api/v5/market/trades", Public, 100, |c| Box::pin(market::trades(c))),
    at("GET", "/api/v5/market/history-trades", Public, 20, |c| Box::pin(market::trades(c))),
    at("GET", "/api/v5/asset/currencies", Signed, 12, |c| Box::pin(info::currencies(c))),
    at("GET", "/api/v5/account/config", Signed, 5, |c| Box::pin(account::config(c))),
    at("GET", "/api/v5/account/balance", Signed, 10, |c| Box::pin(account::balance(c))),
    at("GET", "/api/v5/account/positions", Signed, 10, |c| Box::pin(account::positions(c))),
    at("GET", "/api/v5/account/positions-history", Signed, 10, |c| Box::pin(closed::history(c))),
    at("GET", "/api/v5/account/bills", Signed, 10, |c| Box::pin(bills::recent(c))),
    at("GET", "/api/v5/account/bills-archive", Signed, 10, |c| Box::pin(bills::archive(c))),
    at("GET", "/api/v5/account/leverage-info", Signed, 20, |c| Box::pin(setting::leverage_info(c))),
    at("POST", "/api/v5/account/set-leverage", Trade, 40, |c| Box::pin(setting::set_leverage(c))),
    at("POST", "/api/v5/account/set-position-mode", Trade, 5, |c| Box::pin(setting::set_position_mode(c))),
    at("GET", "/api/v5/account/trade-fee", Signed, 5, |c| Box::pin(info::fees(c))),
    order("/api/v5/trade/order", 60, |c| Box::pin(trade::place(c))),
    at("GET", "/api/v5/trade/order", Signed, 60, |c| Box::pin(trade::show(c))),
    order("/api/v5/trade/batch-orders", 300, |c| Box::pin(trade::place(c))),
    order("/api/v5/trade/cancel-order", 60, |c| Box::pin(trade::cancel(c))),
    order("/api/v5/trade/cancel-batch-orders", 300, |c| Box::pin(trade::cancel(c))),
    order("/api/v5/trade/amend-order", 60, |c| Box::pin(trade::amend(c))),
    order("/api/v5/trade/amend-batch-orders", 300, |c| Box::pin(trade::amend(c))),
    at("POST", "/api/v5/trade/close-position", Trade, 20, |c| Box::pin(trade::close_position(c))),
    at("GET", "/api/v5/trade/orders-pending", Signed, 60, |c| Box::pin(history::pending(c))),
    at("GET", "/api/v5/trade/orders-history", Signed, 40, |c| Box::pin(history::recent(c))),
    at("GET", "/api/v5/trade/orders-history-archive", Signed, 20, |c| Box::pin(history::archive(c))),
    at("GET", "/api/v5/trade/fills", Signed, 60, |c| Box::pin(history::fills(c))),
    at("GET", "/api/v5/trade/fills-history", Signed, 10, |c| Box::pin(history::old_fills(c))),
    at("POST", "/api/v5/trade/order-algo", Trade, 20, |c| Box::pin(algo::place(c))),
    at("GET", "/api/v5/trade/order-algo", Signed, 20, |c| Box::pin(algo::show(c))),
    at("POST", "/api/v5/trade/cancel-algos", Trade, 20, |c| Box::pin(algo::cancel(c))),
    at("GET", "/api/v5/trade/orders-algo-pending", Signed, 20, |c| Box::pin(algo::pending(c))),
    at("GET", "/api/v5/trade/orders-algo-history", Signed, 20, |c| Box::pin(algo::history(c))),
    seldom("/api/v5/trade/cancel-all-after", |c| Box::pin(trade::cancel_all_after(c))),
];
