//! Reports over HTTP: the daily one, and what waits for settlement.

use actix_web::web;
use domain::period::Day;
use domain::report::By;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::{DailyReport, WrongField};
use crate::http::asked::{Asked, Paging, text};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::UnsettledView;

/// Which report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DailyQuery {
    /// The UTC day.
    #[param(example = "2026-11-21")]
    day: String,
    /// `day` (when absent) for one row, `user` or `robot` for one row each.
    #[serde(default)]
    #[param(example = "user")]
    by: Option<String>,
    /// The `next` of the page before.
    #[serde(default, deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(default, deserialize_with = "text")]
    limit: Option<u32>,
}

/// What was done on a UTC day: orders, closes, and what was charged, owed, repaid, waived and refunded, by booking time.
#[utoipa::path(get, path = "/reports/daily", tag = "reports", params(DailyQuery), responses((status = 200, description = "A page of the report", body = DailyReport)))]
pub(super) async fn daily(
    state: web::Data<AppState>,
    asked: Asked<DailyQuery>,
) -> Result<web::Json<DailyReport>, Problem> {
    let DailyQuery { day, by, after, limit } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    let day = Day::parse(&day).map_err(|error| WrongField::new("day", error.to_string()))?;
    let by = match by.as_deref() {
        None => By::Day,
        Some(name) => By::parse(name).ok_or_else(|| WrongField::new("by", "must be `day`, `user` or `robot`"))?,
    };
    Ok(web::Json(state.desk.daily_report(day, by, page).await?))
}

/// What waits for settlement: how much, since when, and a page of the positions.
#[utoipa::path(get, path = "/ledger/unsettled", tag = "ledger", params(Paging), responses((status = 200, description = "The figures and a page", body = UnsettledView)))]
pub(super) async fn unsettled(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<UnsettledView>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.unsettled(state.options.power_rate, page).await?))
}
