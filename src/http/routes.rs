//! The route table: the one list from which registration, the role check, and the OpenAPI document are made.

use actix_web::http::Method;
use actix_web::{Route, web};
use domain::access::Role;
use utoipa::OpenApi;

use crate::http::{
    alerts, chain, close_all, health, jobs, keys, ledger, markets, metrics, money, openapi, orders, pause, payouts,
    people, pool_money, pool_reports, pools, positions, reports, robots, statements, tokens, treasury,
};

/// The methods that the interface knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Looks.
    Get,
    /// Creates, or asks for an act.
    Post,
    /// Changes.
    Patch,
}

impl Verb {
    /// Its name in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }

    pub(super) fn of(method: &Method) -> Option<Self> {
        [Self::Get, Self::Post, Self::Patch]
            .into_iter()
            .find(|verb| verb.as_str() == method.as_str())
    }

    fn route(self) -> Route {
        match self {
            Self::Get => web::get(),
            Self::Post => web::post(),
            Self::Patch => web::patch(),
        }
    }
}

/// Who may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone; tells nothing but yes or no.
    Public,
    /// Holders of a token with this role or a higher one.
    Role(Role),
}

/// One row of the table.
pub struct Row {
    /// Method.
    pub verb: Verb,
    /// Path with `{id}` where an id stands, and other names where words do.
    pub path: &'static str,
    /// Who may pass.
    pub access: Access,
    /// The handler by name.
    pub handler: &'static str,
    route: fn() -> Route,
}

impl Row {
    /// Whether it asks the ledger to write, so that even an attempt without the right to it is put on record.
    pub fn moves_money(&self) -> bool {
        match self.verb {
            Verb::Get => false,
            Verb::Post | Verb::Patch => self.path.starts_with("/ledger/") || is_pool_money(self.path),
        }
    }
}

/// Whether a route moves money into a product, out of one, or for its yield.
fn is_pool_money(path: &str) -> bool {
    let acts = ["/fund", "/subscribe", "/add", "/redeem"];
    path.starts_with("/pool/") && acts.iter().any(|act| path.ends_with(act))
}

const PUBLIC: Access = Access::Public;
const VIEWER: Access = Access::Role(Role::Viewer);
const OPERATOR: Access = Access::Role(Role::Operator);
const ADMIN: Access = Access::Role(Role::Admin);

macro_rules! table {
    ($($verb:ident $path:literal $access:ident => $room:ident::$handler:ident;)+) => {
        /// Every route. What is not listed here is not there.
        pub const ROUTES: &[Row] = &[$(Row {
            verb: Verb::$verb,
            path: $path,
            access: $access,
            handler: concat!(stringify!($room), "::", stringify!($handler)),
            route: || Verb::$verb.route().to($room::$handler),
        }),+];

        /// What the handlers say of themselves.
        #[derive(OpenApi)]
        #[openapi(paths($($room::$handler),+))]
        pub(super) struct Paths;
    };
}

table! {
    Get "/health" VIEWER => health::health;
    Get "/health/live" PUBLIC => health::live;
    Get "/health/ready" PUBLIC => health::ready;
    Get "/metrics" VIEWER => metrics::metrics;
    Get "/openapi.json" VIEWER => openapi::openapi;
    Get "/status/pause" VIEWER => pause::status;
    Post "/control/pause" OPERATOR => pause::pause;
    Post "/control/resume" OPERATOR => pause::resume;
    Post "/control/close-all" OPERATOR => close_all::ask;
    Get "/control/close-all" VIEWER => close_all::list;
    Get "/control/close-all/{id}" VIEWER => close_all::show;
    Post "/control/close-all/{id}/call-off" OPERATOR => close_all::call_off;
    Get "/robots" VIEWER => robots::list;
    Post "/robots" ADMIN => robots::create;
    Get "/robots/{id}" VIEWER => robots::show;
    Patch "/robots/{id}" ADMIN => robots::change;
    Post "/robots/{id}/start" OPERATOR => robots::start;
    Post "/robots/{id}/stop" OPERATOR => robots::stop;
    Post "/robots/{id}/close" OPERATOR => robots::close;
    Get "/positions" VIEWER => positions::list;
    Get "/positions/{id}" VIEWER => positions::show;
    Get "/nets" VIEWER => positions::net;
    Get "/orders" VIEWER => orders::list;
    Get "/orders/{id}" VIEWER => orders::show;
    Get "/triggers" VIEWER => orders::triggers;
    Get "/payouts" VIEWER => payouts::list;
    Get "/payouts/{id}" VIEWER => payouts::show;
    Post "/payouts/{id}/retry" ADMIN => payouts::retry;
    Post "/payouts/{id}/cancel" OPERATOR => payouts::cancel;
    Post "/payouts/{id}/replace" OPERATOR => payouts::replace;
    Get "/chain/subscriptions" VIEWER => chain::subscriptions;
    Post "/chain/subscriptions/{id}/resume" ADMIN => chain::resume;
    Get "/chain/solvency" VIEWER => chain::solvency;
    Get "/chain/malformed" VIEWER => chain::malformed;
    Get "/markets/{venue}/{symbol}" VIEWER => markets::show;
    Get "/users" VIEWER => people::users;
    Post "/users" ADMIN => people::create_user;
    Post "/users/{id}/rate" ADMIN => people::set_rate;
    Get "/venue-accounts" VIEWER => people::accounts;
    Post "/venue-accounts" ADMIN => people::create_account;
    Post "/venue-accounts/{id}/sync" OPERATOR => people::sync;
    Get "/venue-accounts/{id}/key" VIEWER => keys::show;
    Post "/venue-accounts/{id}/key" ADMIN => keys::set;
    Post "/venue-accounts/{id}/key/remove" ADMIN => keys::remove;
    Post "/keys/rotate" ADMIN => keys::rotate;
    Get "/ledger/accounts" VIEWER => ledger::accounts;
    Get "/ledger/entries" VIEWER => ledger::entries;
    Get "/ledger/head" VIEWER => ledger::head;
    Get "/ledger/statistics" VIEWER => ledger::statistics;
    Get "/ledger/debts" VIEWER => ledger::debts;
    Get "/ledger/unsettled" VIEWER => reports::unsettled;
    Get "/ledger/statements/{id}" VIEWER => statements::statement;
    Get "/reports/daily" VIEWER => reports::daily;
    Get "/ledger/holds" VIEWER => ledger::holds;
    Post "/ledger/recharge" ADMIN => money::recharge;
    Post "/ledger/withdraw" ADMIN => money::withdraw;
    Post "/ledger/adjust" ADMIN => money::adjust;
    Post "/ledger/transfer" ADMIN => money::transfer;
    Post "/ledger/treasury" ADMIN => treasury::moved;
    Post "/ledger/debts/{id}/waive" ADMIN => money::waive;
    Post "/ledger/entries/{id}/reverse" ADMIN => money::reverse;
    Post "/ledger/sweep" OPERATOR => ledger::sweep;
    Get "/pool/products" VIEWER => pools::products;
    Post "/pool/products" ADMIN => pools::create;
    Get "/pool/products/{id}" VIEWER => pools::product;
    Get "/pool/products/{id}/rates" VIEWER => pools::rates;
    Post "/pool/products/{id}/rates" ADMIN => pools::set_rate;
    Post "/pool/products/{id}/open" ADMIN => pools::open;
    Post "/pool/products/{id}/close" ADMIN => pools::close;
    Post "/pool/products/{id}/end" ADMIN => pools::end;
    Post "/pool/products/{id}/fund" ADMIN => pool_money::fund;
    Post "/pool/products/{id}/subscribe" ADMIN => pool_money::subscribe;
    Get "/pool/holdings" VIEWER => pools::holdings;
    Get "/pool/holdings/{id}" VIEWER => pools::holding;
    Post "/pool/holdings/{id}/add" ADMIN => pool_money::add;
    Post "/pool/holdings/{id}/redeem" ADMIN => pool_money::redeem;
    Get "/pool/reports/book" VIEWER => pool_reports::book;
    Get "/pool/reports/days/{id}" VIEWER => pool_reports::days;
    Get "/pool/reports/statements/{id}" VIEWER => pool_reports::statement;
    Get "/pool/progress" VIEWER => pool_reports::progress;
    Post "/pool/distribute" OPERATOR => pools::distribute;
    Get "/jobs" VIEWER => jobs::list;
    Post "/jobs" ADMIN => jobs::create;
    Get "/jobs/runs" VIEWER => jobs::runs;
    Get "/jobs/runs/{id}" VIEWER => jobs::one_run;
    Get "/jobs/next" VIEWER => jobs::next;
    Get "/jobs/{name}" VIEWER => jobs::show;
    Patch "/jobs/{name}" ADMIN => jobs::change;
    Post "/jobs/{name}/enable" OPERATOR => jobs::enable;
    Post "/jobs/{name}/disable" OPERATOR => jobs::disable;
    Post "/jobs/{name}/run" OPERATOR => jobs::run;
    Post "/jobs/{name}/remove" ADMIN => jobs::remove;
    Get "/tokens" ADMIN => tokens::list;
    Post "/tokens" ADMIN => tokens::create;
    Post "/tokens/revoke" ADMIN => tokens::revoke;
    Get "/alerts" VIEWER => alerts::list;
    Post "/alerts/test" OPERATOR => alerts::test;
    Get "/alerts/{id}" VIEWER => alerts::show;
    Post "/alerts/{id}/acknowledge" OPERATOR => alerts::acknowledge;
    Get "/audits" ADMIN => alerts::audit;
}

/// What the table has for a request.
pub(super) enum Found {
    /// This row.
    Row(&'static Row),
    /// The path with other methods, which are these.
    OtherMethods(String),
    /// Nothing.
    Nothing,
}

/// Looks a request up by its method and the pattern of its path.
pub(super) fn find(method: &Method, pattern: Option<&str>) -> Found {
    let rows: Vec<&'static Row> = ROUTES.iter().filter(|row| Some(row.path) == pattern).collect();
    let verb = Verb::of(method);
    match rows.iter().find(|row| Some(row.verb) == verb) {
        Some(row) => Found::Row(row),
        None if rows.is_empty() => Found::Nothing,
        None => {
            let methods: Vec<&str> = rows.iter().map(|row| row.verb.as_str()).collect();
            Found::OtherMethods(methods.join(", "))
        }
    }
}

/// Registers every row, and nothing else.
pub(super) fn configure(app: &mut web::ServiceConfig) {
    let mut paths: Vec<&str> = ROUTES.iter().map(|row| row.path).collect();
    paths.dedup();
    for path in paths {
        let rows = ROUTES.iter().filter(|row| row.path == path);
        app.service(rows.fold(web::resource(path), |resource, row| resource.route((row.route)())));
    }
}
