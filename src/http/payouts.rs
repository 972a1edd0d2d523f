//! Payouts over HTTP.

use actix_web::web;
use domain::chain::ChainId;
use domain::id::{PayoutId, SubscriptionId};
use domain::payout::PAYOUT_STATES;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::{DeskError, Listing};
use crate::http::asked::{Asked, Paging, PathId, text};
use crate::http::orders::wrong;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::ports::store::PayoutFilter;
use crate::view::{PayoutDetail, PayoutView};

/// Which payouts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct PayoutQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this subscription.
    #[serde(deserialize_with = "text")]
    subscription: Option<i64>,
    /// Only on the chain with this id.
    #[serde(deserialize_with = "text")]
    chain: Option<u64>,
    /// Only in this state, such as `broadcast`.
    state: Option<String>,
    /// Only those that are not over (`true`), or only those that are (`false`).
    #[serde(deserialize_with = "text")]
    live: Option<bool>,
}

impl PayoutQuery {
    fn filter(&self) -> Result<PayoutFilter, DeskError> {
        let state = self.state.as_deref().map(|text| {
            let state = PAYOUT_STATES.into_iter().find(|name| *name == text);
            state.ok_or_else(|| wrong("state", &format!("must be one of {}", PAYOUT_STATES.join(", "))))
        });
        Ok(PayoutFilter {
            subscription: self.subscription.map(SubscriptionId),
            chain: self.chain.map(ChainId),
            live: self.live,
            state: state.transpose()?,
        })
    }
}

/// What was, is and will be paid on chains.
#[utoipa::path(get, path = "/payouts", tag = "payouts", params(PayoutQuery), responses((status = 200, description = "A page of payouts", body = Listing<PayoutView>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    asked: Asked<PayoutQuery>,
) -> Result<web::Json<Listing<PayoutView>>, Problem> {
    let asked = asked.0;
    let (after, limit) = (asked.after, asked.limit);
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.payouts(asked.filter()?, page).await?))
}

/// One payout with its transactions.
#[utoipa::path(
    get,
    path = "/payouts/{id}",
    tag = "payouts",
    params(("id" = i64, Path, description = "The payout")),
    responses((status = 200, description = "The payout with its transactions", body = PayoutDetail))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<PayoutDetail>, Problem> {
    Ok(web::Json(state.desk.payout(PayoutId(id.0)).await?))
}
