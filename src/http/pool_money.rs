//! Acts on money in pools over HTTP: each is put on record, decided, and posted by the ledger.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use domain::id::{HoldingId, ProductId};
use domain::ledger::{EscrowPosting, PostAnswer, Request};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Asker, DeskError, NewAddition, NewFunding, NewRedemption, NewSubscription, Prepared};
use crate::http::asked::{PathId, Sent};
use crate::http::caller::Writer;
use crate::http::mail::{post, why_not};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::HoldingView;

/// How often an act is decided anew when what it was decided on has changed.
const TRIES: u32 = 10;

/// What came of an act.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PoolActView {
    /// `created`, or `exists` when it was done before.
    answer: &'static str,
    /// The holding, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    holding: Option<HoldingView>,
}

/// Brings in what a product's yield is paid from; below zero takes it back. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/pool/products/{id}/fund",
    tag = "pools",
    params(("id" = i64, Path, description = "The product")),
    request_body = NewFunding,
    responses((status = 201, description = "It was posted now", body = PoolActView), (status = 200, description = "It was posted before", body = PoolActView))
)]
pub(super) async fn fund(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewFunding>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.money_asker(sent.reason.as_deref())?;
    let (id, new) = (ProductId(id.0), sent.body);
    let subject = format!("product:{id} {}", new.reference);
    let prepare = async || state.desk.funding(id, &new, &asker).await;
    act(&state, &asker, ("pool.fund", subject), prepare).await
}

/// Puts money from a user's wallet into a product. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/pool/products/{id}/subscribe",
    tag = "pools",
    params(("id" = i64, Path, description = "The product")),
    request_body = NewSubscription,
    responses((status = 201, description = "It was posted now", body = PoolActView), (status = 200, description = "It was posted before", body = PoolActView))
)]
pub(super) async fn subscribe(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewSubscription>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let (id, new) = (ProductId(id.0), sent.body);
    let subject = format!("product:{id} user:{} {}", new.user, new.reference);
    let prepare = async || state.desk.subscription(id, &new).await;
    act(&state, &asker, ("pool.subscribe", subject), prepare).await
}

/// Puts more money into a flexible holding. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/pool/holdings/{id}/add",
    tag = "pools",
    params(("id" = i64, Path, description = "The holding")),
    request_body = NewAddition,
    responses((status = 201, description = "It was posted now", body = PoolActView), (status = 200, description = "It was posted before", body = PoolActView))
)]
pub(super) async fn add(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewAddition>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let (id, new) = (HoldingId(id.0), sent.body);
    let subject = format!("holding:{id} {}", new.reference);
    let prepare = async || state.desk.addition(id, &new).await;
    act(&state, &asker, ("pool.add", subject), prepare).await
}

/// Takes money out of a holding, with what accrued and was not paid. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/pool/holdings/{id}/redeem",
    tag = "pools",
    params(("id" = i64, Path, description = "The holding")),
    request_body = NewRedemption,
    responses((status = 201, description = "It was posted now", body = PoolActView), (status = 200, description = "It was posted before", body = PoolActView))
)]
pub(super) async fn redeem(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewRedemption>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let (id, new) = (HoldingId(id.0), sent.body);
    let subject = format!("holding:{id} {}", new.reference);
    let prepare = async || state.desk.redemption(id, &new).await;
    act(&state, &asker, ("pool.redeem", subject), prepare).await
}

/// Writes down what is asked for, decides it, has it posted, and decides anew while others were faster.
async fn act(
    state: &AppState,
    asker: &Asker,
    (action, subject): (&str, String),
    prepare: impl AsyncFn() -> Result<Prepared, DeskError>,
) -> Result<HttpResponse, Problem> {
    state.desk.note(asker, action, subject.clone()).await?;
    let _one_at_a_time = state.desk.pools_alone().await;
    let mut tries = 0;
    let refused = loop {
        tries += 1;
        let (posting, holding) = match prepare().await {
            Ok(Prepared::Now(ready)) => *ready,
            Ok(Prepared::Before(holding)) => {
                return Ok(HttpResponse::Ok().json(PoolActView {
                    answer: "exists",
                    holding: holding.map(|holding| *holding),
                }));
            }
            Err(error) => {
                let why = error.to_string();
                state.desk.note_refusal(asker, action, subject, &why).await?;
                return Err(error.into());
            }
        };
        match post(state, Request::Escrow(Arc::new(posting))).await?.answer {
            PostAnswer::Created { .. } => {
                return Ok(HttpResponse::Created().json(PoolActView {
                    answer: "created",
                    holding,
                }));
            }
            // It was posted by an earlier try whose answer was lost: the next one finds it.
            PostAnswer::Exists { .. } if tries < TRIES => {}
            PostAnswer::Rejected { reason } if EscrowPosting::is_stale(&reason) && tries < TRIES => {}
            other => break other,
        }
    };
    let why = why_not(&refused).unwrap_or_else(|| "it was not posted; look again and repeat".to_owned());
    state.desk.note_refusal(asker, action, subject, &why).await?;
    Err(Problem::unposted(refused.into(), why))
}
