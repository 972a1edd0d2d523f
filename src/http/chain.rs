//! Subscriptions to contracts over HTTP.

use actix_web::web;

use crate::desk::Listing;
use crate::http::asked::{Asked, Paging};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::{MalformedLogView, SubscriptionView};

/// The subscriptions: how far each has read, and what its nodes say.
#[utoipa::path(get, path = "/chain/subscriptions", tag = "chain", responses((status = 200, description = "Every subscription", body = Listing<SubscriptionView>)))]
pub(super) async fn subscriptions(state: web::Data<AppState>) -> Result<web::Json<Listing<SubscriptionView>>, Problem> {
    Ok(web::Json(state.desk.subscriptions().await?))
}

/// Logs of vaults that were not understood; they acted on nothing.
#[utoipa::path(get, path = "/chain/malformed", tag = "chain", params(Paging), responses((status = 200, description = "The newest of them", body = Listing<MalformedLogView>)))]
pub(super) async fn malformed(
    state: web::Data<AppState>,
    asked: Asked<Paging>,
) -> Result<web::Json<Listing<MalformedLogView>>, Problem> {
    let page = asked.0.page(&state)?;
    Ok(web::Json(state.desk.malformed_logs(page).await?))
}
