//! Orders of both origins over HTTP: of robots, and of deposits and redemptions on chains.

use actix_web::web;
use domain::chain::Address;
use domain::id::{PositionId, RobotId, SubscriptionId, UserId, VenueAccountId};
use domain::trigger::{TRIGGER_STATES, TriggerKind};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::{AnyOrder, AnyOrderDetail, AnyOrders, DeskError, Listing, WrongField};
use crate::http::asked::{Asked, Paging, PathId, text};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::ports::store::{OrderFilter, TriggerFilter};
use crate::view::ChainOrderView;

/// Which orders.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this origin: `robot` or `chain`.
    origin: Option<String>,
    /// Only of this user; then only of robots.
    #[serde(deserialize_with = "text")]
    user: Option<i64>,
    /// Only of this robot; then only of robots.
    #[serde(deserialize_with = "text")]
    robot: Option<i64>,
    /// Only of this venue account; then only of robots.
    #[serde(deserialize_with = "text")]
    account: Option<i64>,
    /// Only of this position; then only of robots.
    #[serde(deserialize_with = "text")]
    position: Option<i64>,
    /// Only those that are not over (`true`), or only those that are (`false`).
    #[serde(deserialize_with = "text")]
    live: Option<bool>,
}

/// Which orders of chains.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct TriggerQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this subscription.
    #[serde(deserialize_with = "text")]
    subscription: Option<i64>,
    /// Only of this address.
    user: Option<String>,
    /// Only `deposit` or only `redeem`.
    kind: Option<String>,
    /// Only in this exact state, such as `ordering`.
    state: Option<String>,
    /// Only those that are not over (`true`), or only those that are (`false`).
    #[serde(deserialize_with = "text")]
    live: Option<bool>,
}

impl OrderQuery {
    fn which(&self) -> Result<AnyOrders, DeskError> {
        let robots = OrderFilter {
            user: self.user.map(UserId),
            robot: self.robot.map(RobotId),
            account: self.account.map(VenueAccountId),
            position: self.position.map(PositionId),
            live: self.live,
            ..OrderFilter::default()
        };
        let of_robots = [self.user, self.robot, self.account, self.position]
            .iter()
            .any(Option::is_some);
        let chain = TriggerFilter {
            live: self.live,
            ..TriggerFilter::default()
        };
        let (robots, chain) = match self.origin.as_deref() {
            None => (Some(robots), Some(chain).filter(|_| !of_robots)),
            Some("robot") => (Some(robots), None),
            Some("chain") if of_robots => return Err(wrong("origin", "must be `robot` beside what only robots have")),
            Some("chain") => (None, Some(chain)),
            Some(_) => return Err(wrong("origin", "must be `robot` or `chain`")),
        };
        Ok(AnyOrders { robots, chain })
    }
}

impl TriggerQuery {
    fn filter(&self) -> Result<TriggerFilter, DeskError> {
        let user = self.user.as_deref().map(|text| {
            let address = Address::parse(text);
            address.ok_or_else(|| wrong("user", "must be an address: 0x and 40 hex digits"))
        });
        let kind = self.kind.as_deref().map(|text| {
            let kind = TriggerKind::parse(text);
            kind.ok_or_else(|| wrong("kind", "must be `deposit` or `redeem`"))
        });
        let state = self.state.as_deref().map(|text| {
            let state = TRIGGER_STATES.into_iter().find(|name| *name == text);
            state.ok_or_else(|| wrong("state", &format!("must be one of {}", TRIGGER_STATES.join(", "))))
        });
        Ok(TriggerFilter {
            subscription: self.subscription.map(SubscriptionId),
            user: user.transpose()?,
            kind: kind.transpose()?,
            live: self.live,
            state: state.transpose()?,
        })
    }
}

/// A wrong field of a query.
pub(super) fn wrong(field: &str, rule: &str) -> DeskError {
    DeskError::Invalid(vec![WrongField::new(field, rule)])
}

/// The orders of robots and of chains.
#[utoipa::path(get, path = "/orders", tag = "orders", params(OrderQuery), responses((status = 200, description = "A page of orders of both origins", body = Listing<AnyOrder>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    asked: Asked<OrderQuery>,
) -> Result<web::Json<Listing<AnyOrder>>, Problem> {
    let asked = asked.0;
    let (after, limit) = (asked.after, asked.limit);
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.any_orders(asked.which()?, page).await?))
}

/// One order with its fills, or with its history.
#[utoipa::path(
    get,
    path = "/orders/{id}",
    tag = "orders",
    params(("id" = i64, Path, description = "The order")),
    responses((status = 200, description = "The order with its fills, or with orders at the venue, payouts and its history", body = AnyOrderDetail))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<AnyOrderDetail>, Problem> {
    Ok(web::Json(state.desk.any_order(id.0).await?))
}

/// The orders of chains.
#[utoipa::path(get, path = "/triggers", tag = "orders", params(TriggerQuery), responses((status = 200, description = "A page of orders that deposits and redemptions set off", body = Listing<ChainOrderView>)))]
pub(super) async fn triggers(
    state: web::Data<AppState>,
    asked: Asked<TriggerQuery>,
) -> Result<web::Json<Listing<ChainOrderView>>, Problem> {
    let asked = asked.0;
    let (after, limit) = (asked.after, asked.limit);
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.triggers(asked.filter()?, page).await?))
}
