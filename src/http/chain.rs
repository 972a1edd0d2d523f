//! Subscriptions to contracts over HTTP.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::Listing;
use crate::http::asked::{Asked, Paging, text};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::{MalformedLogView, SubscriptionView};

/// How many logs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct MalformedQuery {
    /// At most so many, the newest ones.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
}

/// The subscriptions: how far each has read, and what its nodes say.
#[utoipa::path(get, path = "/chain/subscriptions", tag = "chain", responses((status = 200, description = "Every subscription", body = Listing<SubscriptionView>)))]
pub(super) async fn subscriptions(state: web::Data<AppState>) -> Result<web::Json<Listing<SubscriptionView>>, Problem> {
    Ok(web::Json(state.desk.subscriptions().await?))
}

/// Logs of vaults that were not understood; they acted on nothing.
#[utoipa::path(get, path = "/chain/malformed", tag = "chain", params(MalformedQuery), responses((status = 200, description = "The newest of them", body = Listing<MalformedLogView>)))]
pub(super) async fn malformed(
    state: web::Data<AppState>,
    asked: Asked<MalformedQuery>,
) -> Result<web::Json<Listing<MalformedLogView>>, Problem> {
    let limit = asked.0.limit;
    let page = Paging { after: None, limit }.page(&state)?;
    let limit = u32::try_from(page.limit()).unwrap_or(u32::MAX);
    Ok(web::Json(state.desk.malformed_logs(limit).await?))
}
