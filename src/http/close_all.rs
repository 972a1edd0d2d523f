//! Orders to close all over HTTP.

use actix_web::{HttpResponse, web};
use domain::id::CloseAllId;

use crate::actors::mail::RunJob;
use crate::desk::{Listing, NewCloseAll};
use crate::event;
use crate::http::asked::{Asked, Paging, PathId, Sent};
use crate::http::caller::Writer;
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::jobs::press_close_alls;
use crate::view::{CloseAllView, ProgressView};

/// From now on nothing is opened in the scope, and what is live there is closed, again and again until it is flat.
#[utoipa::path(
    post,
    path = "/control/close-all",
    tag = "control",
    request_body = NewCloseAll,
    responses((status = 201, description = "The order to close all", body = CloseAllView))
)]
pub(super) async fn ask(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewCloseAll>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let close_all = state.desk.close_all(sent.body, &asker).await?;
    let mail = RunJob::asked(press_close_alls::NAME, &asker.by);
    if state.mail.run_job.try_send(mail).is_err() {
        tracing::debug!(
            event = event::POKE_LOST,
            "the job scheduler is busy; it looks by itself soon"
        );
    }
    Ok(HttpResponse::Created().json(close_all))
}

/// The orders to close all.
#[utoipa::path(
    get,
    path = "/control/close-all",
    tag = "control",
    params(Paging),
    responses((status = 200, description = "A page of orders to close all", body = Listing<CloseAllView>))
)]
pub(super) async fn list(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<CloseAllView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.close_alls(page).await?))
}

/// How far an order to close all is: what is flat, what is in doubt, and what was refused and why.
#[utoipa::path(
    get,
    path = "/control/close-all/{id}",
    tag = "control",
    params(("id" = i64, Path, description = "The order to close all")),
    responses((status = 200, description = "How far it is", body = ProgressView))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<ProgressView>, Problem> {
    Ok(web::Json(state.desk.close_all_progress(CloseAllId(id.0)).await?))
}

/// Calls off an order to close all. Its scope stays paused until it is resumed.
#[utoipa::path(
    post,
    path = "/control/close-all/{id}/call-off",
    tag = "control",
    params(("id" = i64, Path, description = "The order to close all")),
    request_body = Nothing,
    responses((status = 200, description = "The order to close all", body = CloseAllView))
)]
pub(super) async fn call_off(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<CloseAllView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.call_off(CloseAllId(id.0), &asker).await?))
}
