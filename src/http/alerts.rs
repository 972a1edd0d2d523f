//! Alerts and the audit trail over HTTP.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::Listing;
use crate::http::asked::{Asked, Paging, text};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::{AlertView, AuditView};

/// Which alerts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only those that are not over.
    #[serde(deserialize_with = "text")]
    open: Option<bool>,
}

/// The alerts, newest first.
#[utoipa::path(get, path = "/alerts", tag = "watch", params(AlertQuery), responses((status = 200, description = "A page of alerts", body = Listing<AlertView>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    asked: Asked<AlertQuery>,
) -> Result<web::Json<Listing<AlertView>>, Problem> {
    let AlertQuery { after, limit, open } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.alerts(open.unwrap_or(false), page).await?))
}

/// The audit trail: who did what, when and why.
#[utoipa::path(get, path = "/audit", tag = "watch", params(Paging), responses((status = 200, description = "A page of the trail", body = Listing<AuditView>)))]
pub(super) async fn audit(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<AuditView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.audits(page).await?))
}
