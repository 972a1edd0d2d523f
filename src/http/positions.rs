//! Positions over HTTP.

use actix_web::web;
use domain::id::{PositionId, RobotId, UserId, VenueAccountId};
use domain::market::Symbol;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::{DeskError, Listing, NetExplained, PageAsk, PositionDetail, WrongField};
use crate::http::asked::{Asked, Paging, PathId, text};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::ports::store::PositionFilter;
use crate::view::PositionView;

/// Which positions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct PositionQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this user.
    #[serde(deserialize_with = "text")]
    user: Option<i64>,
    /// Only of this robot.
    #[serde(deserialize_with = "text")]
    robot: Option<i64>,
    /// Only of this venue account.
    #[serde(deserialize_with = "text")]
    account: Option<i64>,
    /// Only those that are not over (`true`), or only those that are (`false`).
    #[serde(deserialize_with = "text")]
    live: Option<bool>,
    /// Only closed profitable ones that wait for settlement.
    #[serde(deserialize_with = "text")]
    unsettled: Option<bool>,
}

/// Which net.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct NetQuery {
    /// The venue account; must be given.
    #[serde(deserialize_with = "text")]
    account: Option<i64>,
    /// The market, such as `BTCUSDT`; must be given.
    symbol: Option<String>,
}

/// What the venue holds of a market, explained by positions.
#[utoipa::path(get, path = "/nets", tag = "positions", params(NetQuery), responses((status = 200, description = "What the venue holds, each robot's position, the external one and the difference", body = NetExplained)))]
pub(super) async fn net(
    state: web::Data<AppState>,
    asked: Asked<NetQuery>,
) -> Result<web::Json<NetExplained>, Problem> {
    let asked = asked.0;
    let missing = |field: &str| DeskError::Invalid(vec![WrongField::new(field, "must be given")]);
    let account = asked.account.ok_or_else(|| missing("account"))?;
    let symbol = asked.symbol.ok_or_else(|| missing("symbol"))?;
    let net = state.desk.net(VenueAccountId(account), &Symbol::new(&symbol)).await?;
    Ok(web::Json(net))
}

fn page(after: Option<i64>, limit: Option<u32>, state: &AppState) -> Result<PageAsk, Problem> {
    Paging { after, limit }.page(state)
}

/// The positions.
#[utoipa::path(get, path = "/positions", tag = "positions", params(PositionQuery), responses((status = 200, description = "A page of positions", body = Listing<PositionView>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    asked: Asked<PositionQuery>,
) -> Result<web::Json<Listing<PositionView>>, Problem> {
    let asked = asked.0;
    let page = page(asked.after, asked.limit, &state)?;
    let filter = PositionFilter {
        user: asked.user.map(UserId),
        robot: asked.robot.map(RobotId),
        account: asked.account.map(VenueAccountId),
        live: asked.live,
        unsettled: asked.unsettled.unwrap_or(false),
        ..PositionFilter::default()
    };
    Ok(web::Json(state.desk.positions(filter, page).await?))
}

/// One position with its fills.
#[utoipa::path(
    get,
    path = "/positions/{id}",
    tag = "positions",
    params(("id" = i64, Path, description = "The position")),
    responses((status = 200, description = "The position with its fills", body = PositionDetail))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<PositionDetail>, Problem> {
    Ok(web::Json(state.desk.position(PositionId(id.0)).await?))
}
