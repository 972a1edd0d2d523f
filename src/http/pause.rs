//! Pausing and resuming. Paused opens nothing, still syncs, still closes, still settles.

use actix_web::web;
use domain::pause::PauseScope;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::actors::mail::Look;
use crate::actors::spawn;
use crate::http::asked::Sent;
use crate::http::caller::Writer;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::{PauseStatus, PauseView};

/// What to pause or resume. May carry a `reason`, too.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Scoped {
    /// `global`, which is meant when absent, `venue:NAME`, `user:ID`, `robot:ID` or `subscription:ID`.
    #[schema(value_type = Option<String>, example = "global")]
    #[serde(default = "everything")]
    scope: PauseScope,
}

fn everything() -> PauseScope {
    PauseScope::Global
}

/// What is paused.
#[utoipa::path(get, path = "/status/pause", tag = "control", responses((status = 200, description = "What is paused", body = PauseStatus)))]
pub(super) async fn status(state: web::Data<AppState>) -> Result<web::Json<PauseStatus>, Problem> {
    Ok(web::Json(state.desk.pause_status().await?))
}

/// Pauses: nothing is opened in the scope from now on, also after a restart.
#[utoipa::path(
    post,
    path = "/control/pause",
    tag = "control",
    request_body = Scoped,
    responses((status = 200, description = "It is paused", body = PauseView))
)]
pub(super) async fn pause(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Scoped>,
) -> Result<web::Json<PauseView>, Problem> {
    set(&state, writer, sent, true).await
}

/// Resumes: robots in the scope may open again, where nothing else pauses them. An order to close all of this scope is over
/// then, which needs that all is flat.
#[utoipa::path(
    post,
    path = "/control/resume",
    tag = "control",
    request_body = Scoped,
    responses((status = 200, description = "It is resumed", body = PauseView))
)]
pub(super) async fn resume(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Scoped>,
) -> Result<web::Json<PauseView>, Problem> {
    set(&state, writer, sent, false).await
}

async fn set(
    state: &AppState,
    writer: Writer,
    sent: Sent<Scoped>,
    paused: bool,
) -> Result<web::Json<PauseView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let pause = state.desk.set_pause(sent.body.scope, paused, &asker).await?;
    if let Some(vaults) = &state.mail.vaults {
        spawn::poke(&vaults.look, Look);
    }
    Ok(web::Json(pause))
}
