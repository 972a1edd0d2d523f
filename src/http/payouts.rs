//! Payouts over HTTP.

use std::time::Duration;

use actix_web::web;
use domain::chain::ChainId;
use domain::id::{PayoutId, SubscriptionId};
use domain::payout::PAYOUT_STATES;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::actors::mail::{ByHand, HoldPayout, ReplacePayout, RetryPayout};
use crate::desk::{Asker, DeskError, Listing};
use crate::http::asked::{Asked, Paging, PathId, Sent, text};
use crate::http::caller::Writer;
use crate::http::chain::{Told, vaults};
use crate::http::mail::ask;
use crate::http::orders::wrong;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::robots::Nothing;
use crate::http::state::{AppState, PayoutMail};
use crate::ports::store::PayoutFilter;
use crate::view::{PayoutDetail, PayoutView};

/// Longest wait for an actor that asks a chain.
const DEADLINE: Duration = Duration::from_secs(60);

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

/// How a payout is tried again.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Again {
    /// Whether limits do not hold for it.
    over_limits: bool,
}

/// Tries a halted payout again, or lets a waiting one pass over the limits; nothing is paid twice by it.
#[utoipa::path(
    post,
    path = "/payouts/{id}/retry",
    tag = "payouts",
    params(("id" = i64, Path, description = "The payout")),
    request_body = Again,
    responses((status = 200, description = "What follows", body = Told))
)]
pub(super) async fn retry(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Again>,
) -> Result<web::Json<Told>, Problem> {
    let hand = by_hand(writer.asker(sent.reason.as_deref())?);
    let (id, over_limits) = (PayoutId(id.0), sent.body.over_limits);
    let mail = RetryPayout { id, over_limits, hand };
    told(ask(&payer(&state, id).await?.retry, mail, DEADLINE, "payout").await??)
}

/// Holds a payout back that nothing is signed for.
#[utoipa::path(
    post,
    path = "/payouts/{id}/cancel",
    tag = "payouts",
    params(("id" = i64, Path, description = "The payout")),
    request_body = Nothing,
    responses((status = 200, description = "What follows", body = Told))
)]
pub(super) async fn cancel(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<Told>, Problem> {
    let Nothing {} = sent.body;
    let hand = by_hand(writer.asker(sent.reason.as_deref())?);
    let id = PayoutId(id.0);
    told(
        ask(
            &payer(&state, id).await?.hold,
            HoldPayout { id, hand },
            DEADLINE,
            "payout",
        )
        .await??,
    )
}

/// Signs a payout that waits anew at its nonce, for higher fees within the caps.
#[utoipa::path(
    post,
    path = "/payouts/{id}/replace",
    tag = "payouts",
    params(("id" = i64, Path, description = "The payout")),
    request_body = Nothing,
    responses((status = 200, description = "What follows", body = Told))
)]
pub(super) async fn replace(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<Told>, Problem> {
    let Nothing {} = sent.body;
    let hand = by_hand(writer.asker(sent.reason.as_deref())?);
    let id = PayoutId(id.0);
    told(
        ask(
            &payer(&state, id).await?.replace,
            ReplacePayout { id, hand },
            DEADLINE,
            "payout",
        )
        .await??,
    )
}

/// Whoever pays on the payout's chain.
async fn payer(state: &AppState, id: PayoutId) -> Result<&PayoutMail, Problem> {
    let vaults = vaults(state)?;
    let payout = state.desk.store.payout(id).await.map_err(DeskError::from)?;
    let payout = payout.ok_or_else(|| DeskError::absent("payout", id))?;
    let mail = vaults.payouts.get(&payout.chain);
    mail.ok_or_else(|| Problem::new(ProblemKind::Conflict, "nobody pays on its chain here"))
}

fn by_hand(asker: Asker) -> ByHand {
    ByHand {
        by: asker.by,
        reason: asker.reason,
        from: Some(asker.from),
    }
}

fn told(told: String) -> Result<web::Json<Told>, Problem> {
    Ok(web::Json(Told { told }))
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
