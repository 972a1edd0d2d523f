//! Gate's endpoints: where each is, who may ask, with which status it is answered, and who answers.

use domain::id::VenueAccountId;
use futures::future::BoxFuture;
use serde_json::Value;

use super::contract::Contract;
use super::params::Params;
use super::problem::Problem;
use super::{Gate, account, batch, book, history, info, market, setting, tickers, trade, trigger};
use crate::simulator::calls::{self, Access};
use crate::simulator::dialect::Asked;

/// A request on its way.
pub(super) type Call<'a> = calls::Call<'a, Gate, Params>;

/// What a handler answers.
pub(super) type Told = Result<Value, Problem>;

type Handler = for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Told>;

/// What a request is counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Others of its endpoint.
    Alone,
    /// All that place or change orders.
    Orders,
    /// All that cancel.
    Cancels,
}

/// What differs from endpoint to endpoint.
pub(super) struct Terms {
    /// With which status it is answered.
    pub status: u16,
    pub counted: Counted,
}

/// An endpoint. Its path is below `/api/v4`; one part of it may be `{}`, a gap.
pub(super) type Route = calls::Route<Terms, Handler>;

impl<'a> Call<'a> {
    /// Whose account it is about.
    pub fn id(&self) -> Result<VenueAccountId, Problem> {
        let account = self
            .account
            .ok_or_else(|| Problem::new(401, "INVALID_KEY", "Invalid key provided"))?;
        Ok(account.id)
    }

    /// Whether the client reads sizes as decimals in text.
    pub fn decimal(&self) -> bool {
        is_decimal(self.asked)
    }

    /// The contract that the path names.
    pub fn contract(&self) -> Result<Contract<'a>, Problem> {
        Contract::named(self.exchange, self.params.named()).ok_or_else(Problem::contract)
    }
}

/// Whether a client says that it reads sizes as decimals in text.
pub(super) fn is_decimal(asked: &Asked) -> bool {
    asked.header("x-gate-size-decimal") == Some("1")
}

const ROOT: &str = "/api/v4";

/// What fills the gap of a path, when it is of this form.
fn fit<'a>(form: &str, path: &'a str) -> Option<Option<&'a str>> {
    let path = path.strip_prefix(ROOT)?;
    let (forms, parts) = (form.split('/'), path.split('/'));
    if forms.clone().count() != parts.clone().count() {
        return None;
    }
    let mut gap = None;
    for (form, part) in forms.zip(parts) {
        match form {
            "{}" => gap = Some(part),
            form if form == part => {}
            _ => return None,
        }
    }
    Some(gap)
}

/// The endpoint of a request, and what fills its gap.
pub(super) fn find<'a>(method: &str, path: &'a str) -> Option<(&'static Route, Option<&'a str>)> {
    let mut own = ROUTES.iter().filter(|route| route.method == method);
    own.find_map(|route| Some((route, fit(route.path, path)?)))
}

/// Whether there is something at a path, with another method.
pub(super) fn exists(path: &str) -> bool {
    ROUTES.iter().any(|route| fit(route.path, path).is_some())
}

const fn at(method: &'static str, path: &'static str, access: Access, handler: Handler) -> Route {
    Route {
        method,
        path,
        access,
        terms: Terms {
            status: 200,
            counted: Counted::Alone,
        },
        handler,
    }
}

/// One that places or changes orders.
const fn order(method: &'static str, path: &'static str, status: u16, handler: Handler) -> Route {
    let mut route = at(method, path, Trade, handler);
    route.terms = Terms {
        status,
        counted: Counted::Orders,
    };
    route
}

/// One that cancels.
const fn cancel(method: &'static str, path: &'static str, handler: Handler) -> Route {
    let mut route = at(method, path, Trade, handler);
    route.terms.counted = Counted::Cancels;
    route
}

use Access::{Public, Signed, Trade};

/// Every endpoint; those without a gap before those that would fit as well.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    at("GET", "/spot/time", Public, |c| Box::pin(info::time(c))),
    at("GET", "/spot/currencies", Public, |c| Box::pin(info::currencies(c))),
    at("GET", "/account/detail", Signed, |c| Box::pin(info::detail(c))),
    at("GET", "/account/main_keys", Signed, |c| Box::pin(info::keys(c))),
    at("GET", "/wallet/fee", Signed, |c| Box::pin(info::wallet_fee(c))),
    at("GET", "/futures/btc/contracts", Public, |c| Box::pin(info::nothing(c))),
    at("GET", "/futures/usdt/contracts", Public, |c| Box::pin(info::contracts(c))),
    at("GET", "/futures/usdt/contracts/{}", Public, |c| Box::pin(info::contract(c))),
    at("GET", "/futures/usdt/risk_limit_tiers", Public, |c| Box::pin(info::tiers(c))),
    at("GET", "/futures/usdt/fee", Signed, |c| Box::pin(info::fees(c))),
    at("GET", "/futures/usdt/order_book", Public, |c| Box::pin(market::order_book(c))),
    at("GET", "/futures/usdt/tickers", Public, |c| Box::pin(tickers::list(c))),
    at("GET", "/futures/usdt/candlesticks", Public, |c| Box::pin(market::candlesticks(c))),
    at("GET", "/futures/usdt/trades", Public, |c| Box::pin(market::trades(c))),
    at("GET", "/futures/usdt/funding_rate", Public, |c| Box::pin(market::funding_rate(c))),
    at("GET", "/futures/usdt/accounts", Signed, |c| Box::pin(account::whole(c))),
    at("GET", "/futures/usdt/account_book", Signed, |c| Box::pin(book::list(c))),
    at("GET", "/futures/usdt/positions", Signed, |c| Box::pin(account::positions(c))),
    at("GET", "/futures/usdt/positions/{}", Signed, |c| Box::pin(account::position(c))),
    at("GET", "/futures/usdt/dual_comp/positions/{}", Signed, |c| Box::pin(account::both(c))),
    at("POST", "/futures/usdt/positions/cross_mode", Trade, |c| Box::pin(setting::cross_mode(c))),
    at("POST", "/futures/usdt/dual_comp/positions/cross_mode", Trade, |c| Box::pin(setting::cross_mode_of_both(c))),
    at("POST", "/futures/usdt/positions/{}/leverage", Trade, |c| Box::pin(setting::leverage(c))),
    at("POST", "/futures/usdt/dual_comp/positions/{}/leverage", Trade, |c| Box::pin(setting::leverage_of_both(c))),
    at("POST", "/futures/usdt/positions/{}/margin", Trade, |c| Box::pin(setting::margin(c))),
    at("POST", "/futures/usdt/dual_comp/positions/{}/margin", Trade, |c| Box::pin(setting::margin_of_both(c))),
    at("POST", "/futures/usdt/dual_mode", Trade, |c| Box::pin(setting::dual_mode(c))),
    order("POST", "/futures/usdt/orders", 201, |c| Box::pin(trade::place(c))),
    at("GET", "/futures/usdt/orders", Signed, |c| Box::pin(history::orders(c))),
    cancel("DELETE", "/futures/usdt/orders", |c| Box::pin(trade::cancel_all(c))),
    at("GET", "/futures/usdt/orders/{}", Signed, |c| Box::pin(trade::show(c))),
    cancel("DELETE", "/futures/usdt/orders/{}", |c| Box::pin(trade::cancel(c))),
    order("PUT", "/futures/usdt/orders/{}", 200, |c| Box::pin(trade::amend(c))),
    at("GET", "/futures/usdt/orders_timerange", Signed, |c| Box::pin(history::orders_by_time(c))),
    order("POST", "/futures/usdt/batch_orders", 200, |c| Box::pin(batch::place(c))),
    order("POST", "/futures/usdt/batch_amend_orders", 200, |c| Box::pin(batch::amend(c))),
    cancel("POST", "/futures/usdt/batch_cancel_orders", |c| Box::pin(batch::cancel(c))),
    at("POST", "/futures/usdt/countdown_cancel_all", Trade, |c| Box::pin(trade::countdown(c))),
    at("GET", "/futures/usdt/my_trades", Signed, |c| Box::pin(history::trades(c))),
    at("GET", "/futures/usdt/my_trades_timerange", Signed, |c| Box::pin(history::trades_by_time(c))),
    at("GET", "/futures/usdt/position_close", Signed, |c| Box::pin(history::closed(c))),
    order("POST", "/futures/usdt/price_orders", 201, |c| Box::pin(trigger::place(c))),
    at("GET", "/futures/usdt/price_orders", Signed, |c| Box::pin(trigger::list(c))),
    cancel("DELETE", "/futures/usdt/price_orders", |c| Box::pin(trigger::cancel_all(c))),
    at("GET", "/futures/usdt/price_orders/{}", Signed, |c| Box::pin(trigger::show(c))),
    cancel("DELETE", "/futures/usdt/price_orders/{}", |c| Box::pin(trigger::cancel(c))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gap_takes_one_part_of_a_path() {
        let gap = |method, path| find(method, path).map(|(route, gap)| (route.path, gap));
        assert_eq!(
            gap("GET", "/api/v4/futures/usdt/orders/t-a.b"),
            Some(("/futures/usdt/orders/{}", Some("t-a.b")))
        );
        assert_eq!(
            gap("POST", "/api/v4/futures/usdt/positions/cross_mode"),
            Some(("/futures/usdt/positions/cross_mode", None))
        );
        assert_eq!(gap("PUT", "/api/v4/futures/usdt/orders"), None);
        assert!(exists("/api/v4/futures/usdt/orders") && !exists("/futures/usdt/orders"));
    }
}
