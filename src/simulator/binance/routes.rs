//! Binance's endpoints: where each is, who may ask, what it weighs, and who answers.
//!
//! Weights: <https://developers.binance.com/docs/derivatives/usds-margined-futures>, each endpoint's page.

use domain::id::VenueAccountId;
use futures::future::BoxFuture;
use serde_json::Value;

use super::params::Params;
use super::problem::Problem;
use super::{Binance, account, algo, batch, history, info, listen, market, setting, trade};
use crate::simulator::calls::{self, Access};

/// A request on its way.
pub(super) type Call<'a> = calls::Call<'a, Binance, Params>;

/// What a handler answers.
pub(super) type Told = Result<Value, Problem>;

type Handler = for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Told>;

/// How an endpoint is counted.
pub(super) struct Terms {
    pub weight: fn(&Params) -> u32,
    /// Whether it counts as so many orders as it holds.
    pub orders: bool,
}

/// An endpoint.
pub(super) type Route = calls::Route<Terms, Handler>;

impl Call<'_> {
    /// Whose account it is about.
    pub fn id(&self) -> Result<VenueAccountId, Problem> {
        let account = self.account.ok_or_else(super::sign::not_permitted)?;
        Ok(account.id)
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

const fn at(
    method: &'static str,
    path: &'static str,
    access: Access,
    weight: fn(&Params) -> u32,
    handler: Handler,
) -> Route {
    let orders = false;
    Route {
        method,
        path,
        access,
        terms: Terms { weight, orders },
        handler,
    }
}

/// One that places or changes orders.
const fn order(method: &'static str, path: &'static str, weight: fn(&Params) -> u32, handler: Handler) -> Route {
    let mut route = at(method, path, Trade, weight, handler);
    route.terms.orders = true;
    route
}

/// A weight of so much where a symbol is named, and so much where none is.
fn by_symbol(params: &Params, one: u32, all: u32) -> u32 {
    if params.has("symbol") { one } else { all }
}

/// The weight of candles or of a book by how many are asked for.
fn by_limit(params: &Params, steps: [(usize, u32); 3], most: u32) -> u32 {
    let limit = params.limit(500, usize::MAX).unwrap_or(500);
    let step = steps.into_iter().find(|(up_to, _)| limit <= *up_to);
    step.map_or(most, |(_, weight)| weight)
}

fn candles(params: &Params) -> u32 {
    by_limit(params, [(99, 1), (499, 2), (1_000, 5)], 10)
}

fn book(params: &Params) -> u32 {
    by_limit(params, [(50, 2), (100, 5), (500, 10)], 20)
}

use Access::{Key, Public, Signed, Trade};

/// Every endpoint.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    at("GET", "/fapi/v1/ping", Public, |_| 1, |c| Box::pin(info::ping(c))),
    at("GET", "/fapi/v1/time", Public, |_| 1, |c| Box::pin(info::time(c))),
    at("GET", "/fapi/v1/exchangeInfo", Public, |_| 1, |c| Box::pin(info::exchange(c))),
    at("GET", "/fapi/v1/leverageBracket", Signed, |_| 1, |c| Box::pin(info::brackets(c))),
    at("GET", "/fapi/v1/commissionRate", Signed, |_| 20, |c| Box::pin(info::commission(c))),
    at("GET", "/fapi/v1/fundingInfo", Public, |_| 0, |c| Box::pin(info::funding(c))),
    at("GET", "/fapi/v1/apiTradingStatus", Signed, |p| by_symbol(p, 1, 10), |c| Box::pin(info::trading_status(c))),
    at("GET", "/fapi/v1/rateLimit/order", Signed, |_| 1, |c| Box::pin(info::order_limits(c))),
    at("GET", "/sapi/v1/account/apiRestrictions", Signed, |_| 1, |c| Box::pin(info::restrictions(c))),
    at("GET", "/sapi/v1/capital/config/getall", Signed, |_| 10, |c| Box::pin(info::coins(c))),
    at("GET", "/sapi/v1/margin/allPairs", Key, |_| 1, |c| Box::pin(info::coins(c))),
    at("GET", "/fapi/v1/depth", Public, book, |c| Box::pin(market::depth(c))),
    at("GET", "/fapi/v1/ticker/price", Public, |p| by_symbol(p, 1, 2), |c| Box::pin(market::price(c))),
    at("GET", "/fapi/v2/ticker/price", Public, |p| by_symbol(p, 1, 2), |c| Box::pin(market::price(c))),
    at("GET", "/fapi/v1/ticker/bookTicker", Public, |p| by_symbol(p, 2, 5), |c| Box::pin(market::book_ticker(c))),
    at("GET", "/fapi/v1/ticker/24hr", Public, |p| by_symbol(p, 1, 40), |c| Box::pin(market::day(c))),
    at("GET", "/fapi/v1/klines", Public, candles, |c| Box::pin(market::klines(c))),
    at("GET", "/fapi/v1/markPriceKlines", Public, candles, |c| Box::pin(market::klines(c))),
    at("GET", "/fapi/v1/indexPriceKlines", Public, candles, |c| Box::pin(market::klines(c))),
    at("GET", "/fapi/v1/premiumIndex", Public, |p| by_symbol(p, 1, 10), |c| Box::pin(market::premium(c))),
    at("GET", "/fapi/v1/fundingRate", Public, |_| 1, |c| Box::pin(market::funding_rates(c))),
    at("GET", "/fapi/v1/trades", Public, |_| 5, |c| Box::pin(market::trades(c))),
    at("GET", "/fapi/v1/aggTrades", Public, |_| 20, |c| Box::pin(market::agg_trades(c))),
    order("POST", "/fapi/v1/order", |_| 0, |c| Box::pin(trade::place(c))),
    at("POST", "/fapi/v1/order/test", Trade, |_| 1, |c| Box::pin(trade::test(c))),
    at("GET", "/fapi/v1/order", Signed, |_| 1, |c| Box::pin(trade::show(c))),
    at("DELETE", "/fapi/v1/order", Trade, |_| 1, |c| Box::pin(trade::cancel(c))),
    order("PUT", "/fapi/v1/order", |_| 0, |c| Box::pin(trade::amend(c))),
    at("GET", "/fapi/v1/openOrder", Signed, |_| 1, |c| Box::pin(trade::show_open(c))),
    at("GET", "/fapi/v1/openOrders", Signed, |p| by_symbol(p, 1, 40), |c| Box::pin(trade::open(c))),
    at("DELETE", "/fapi/v1/allOpenOrders", Trade, |_| 1, |c| Box::pin(trade::cancel_all(c))),
    at("POST", "/fapi/v1/countdownCancelAll", Trade, |_| 10, |c| Box::pin(trade::countdown(c))),
    order("POST", "/fapi/v1/batchOrders", |_| 5, |c| Box::pin(batch::place(c))),
    order("PUT", "/fapi/v1/batchOrders", |_| 5, |c| Box::pin(batch::amend(c))),
    at("DELETE", "/fapi/v1/batchOrders", Trade, |_| 1, |c| Box::pin(batch::cancel(c))),
    order("POST", "/fapi/v1/algoOrder", |_| 0, |c| Box::pin(algo::place(c))),
    at("GET", "/fapi/v1/algoOrder", Signed, |_| 1, |c| Box::pin(algo::show(c))),
    at("DELETE", "/fapi/v1/algoOrder", Trade, |_| 1, |c| Box::pin(algo::cancel(c))),
    at("GET", "/fapi/v1/openAlgoOrders", Signed, |p| by_symbol(p, 1, 40), |c| Box::pin(algo::open(c))),
    at("GET", "/fapi/v1/allAlgoOrders", Signed, |_| 5, |c| Box::pin(algo::all(c))),
    at("DELETE", "/fapi/v1/algoOpenOrders", Trade, |_| 1, |c| Box::pin(algo::cancel_all(c))),
    at("GET", "/fapi/v1/allOrders", Signed, |_| 5, |c| Box::pin(history::orders(c))),
    at("GET", "/fapi/v1/userTrades", Signed, |_| 5, |c| Box::pin(history::fills(c))),
    at("GET", "/fapi/v1/income", Signed, |_| 30, |c| Box::pin(history::incomes(c))),
    at("GET", "/fapi/v1/balance", Signed, |_| 5, |c| Box::pin(account::balance(c))),
    at("GET", "/fapi/v2/balance", Signed, |_| 5, |c| Box::pin(account::balance(c))),
    at("GET", "/fapi/v3/balance", Signed, |_| 5, |c| Box::pin(account::balance(c))),
    at("GET", "/fapi/v1/account", Signed, |_| 5, |c| Box::pin(account::whole(c))),
    at("GET", "/fapi/v2/account", Signed, |_| 5, |c| Box::pin(account::whole(c))),
    at("GET", "/fapi/v3/account", Signed, |_| 5, |c| Box::pin(account::live(c))),
    at("GET", "/fapi/v1/positionRisk", Signed, |_| 5, |c| Box::pin(account::risks(c))),
    at("GET", "/fapi/v2/positionRisk", Signed, |_| 5, |c| Box::pin(account::risks(c))),
    at("GET", "/fapi/v3/positionRisk", Signed, |_| 5, |c| Box::pin(account::live_risks(c))),
    at("GET", "/fapi/v1/accountConfig", Signed, |_| 5, |c| Box::pin(setting::account(c))),
    at("GET", "/fapi/v1/symbolConfig", Signed, |_| 5, |c| Box::pin(setting::symbols(c))),
    at("POST", "/fapi/v1/leverage", Trade, |_| 1, |c| Box::pin(setting::leverage(c))),
    at("POST", "/fapi/v1/marginType", Trade, |_| 1, |c| Box::pin(setting::margin_type(c))),
    at("POST", "/fapi/v1/positionMargin", Trade, |_| 1, |c| Box::pin(setting::position_margin(c))),
    at("POST", "/fapi/v1/positionSide/dual", Trade, |_| 1, |c| Box::pin(setting::set_dual(c))),
    at("GET", "/fapi/v1/positionSide/dual", Signed, |_| 30, |c| Box::pin(setting::dual(c))),
    at("POST", "/fapi/v1/multiAssetsMargin", Trade, |_| 1, |c| Box::pin(setting::set_multi_assets(c))),
    at("GET", "/fapi/v1/multiAssetsMargin", Signed, |_| 30, |c| Box::pin(setting::multi_assets(c))),
    at("POST", "/fapi/v1/listenKey", Key, |_| 1, |c| Box::pin(listen::start(c))),
    at("PUT", "/fapi/v1/listenKey", Key, |_| 1, |c| Box::pin(listen::keep(c))),
    at("DELETE", "/fapi/v1/listenKey", Key, |_| 1, |c| Box::pin(listen::stop(c))),
];
