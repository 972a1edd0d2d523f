//! Robots over HTTP.

use actix_web::http::StatusCode;
use actix_web::http::header::IF_MATCH;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::id::RobotId;
use domain::position::CloseReason;
use domain::robot::Wanted;
use domain::robot::draft::RobotDraft;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::actors::mail::{ClosePosition, Look};
use crate::desk::{Listing, WrongField, read};
use crate::event;
use crate::http::asked::{Asked, Paging, PathId, Sent, taken};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::Problem;
use crate::http::schema::{RobotChange, RobotCreation};
use crate::http::state::AppState;
use crate::view::RobotView;

/// A body without fields of its own. May carry a `reason`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// It was asked for and will be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Accepted {
    /// Always true.
    pub(super) accepted: bool,
}

/// The robots.
#[utoipa::path(get, path = "/robots", tag = "robots", params(Paging), responses((status = 200, description = "A page of robots", body = Listing<RobotView>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<RobotView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.robots(page).await?))
}

/// One robot.
#[utoipa::path(
    get,
    path = "/robots/{id}",
    tag = "robots",
    params(("id" = i64, Path, description = "The robot")),
    responses((status = 200, description = "The robot", body = RobotView))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<RobotView>, Problem> {
    Ok(web::Json(state.desk.robot(RobotId(id.0)).await?))
}

/// Creates a robot, stopped. All wrong fields are named at once.
#[utoipa::path(
    post,
    path = "/robots",
    tag = "robots",
    request_body = RobotCreation,
    responses((status = 201, description = "The robot", body = RobotView))
)]
pub(super) async fn create(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<RobotDraft>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let robot = state.desk.create_robot(sent.body, &asker).await?;
    poke(&state);
    Ok(HttpResponse::build(StatusCode::CREATED).json(robot))
}

/// Changes a robot. It needs the version that the change was decided on: in the body, or in `If-Match`.
#[utoipa::path(
    patch,
    path = "/robots/{id}",
    tag = "robots",
    params(
        ("id" = i64, Path, description = "The robot"),
        ("If-Match" = Option<String>, Header, description = "The robot's version, when the body does not hold it")
    ),
    request_body = RobotChange,
    responses((status = 200, description = "The robot", body = RobotView))
)]
pub(super) async fn change(
    state: web::Data<AppState>,
    request: HttpRequest,
    writer: Writer,
    id: PathId,
    sent: Sent<Map<String, Value>>,
) -> Result<web::Json<RobotView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let mut body = sent.body;
    let version = match taken(&mut body, "version")? {
        Some(version) => version,
        None => if_match(&request)?,
    };
    let patch = read(Value::Object(body))?;
    let robot = state.desk.change_robot(RobotId(id.0), version, patch, &asker).await?;
    poke(&state);
    Ok(web::Json(robot))
}

/// Starts a robot: a new run begins, and a quarantine is over.
#[utoipa::path(
    post,
    path = "/robots/{id}/start",
    tag = "robots",
    params(("id" = i64, Path, description = "The robot")),
    request_body = Nothing,
    responses((status = 200, description = "The robot", body = RobotView))
)]
pub(super) async fn start(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<RobotView>, Problem> {
    want(&state, writer, id, sent, Wanted::Running).await
}

/// Stops a robot: it opens nothing more; what is open is still synced, closed by its exits and settled.
#[utoipa::path(
    post,
    path = "/robots/{id}/stop",
    tag = "robots",
    params(("id" = i64, Path, description = "The robot")),
    request_body = Nothing,
    responses((status = 200, description = "The robot", body = RobotView))
)]
pub(super) async fn stop(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<RobotView>, Problem> {
    want(&state, writer, id, sent, Wanted::Stopped).await
}

/// Closes what a robot holds, as soon as the venue lets it.
#[utoipa::path(
    post,
    path = "/robots/{id}/close",
    tag = "robots",
    params(("id" = i64, Path, description = "The robot")),
    request_body = Nothing,
    responses((status = 202, description = "It will be closed", body = Accepted))
)]
pub(super) async fn close(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<HttpResponse, Problem> {
    let robot = RobotId(id.0);
    let asker = writer.asker(sent.reason.as_deref())?;
    state.desk.robot(robot).await?;
    state.desk.note(&asker, "robot.close", format!("robot:{robot}")).await?;
    let mail = ClosePosition {
        robot,
        reason: CloseReason::Requested,
    };
    ask(&state.mail.close, mail, state.options.request_deadline, "supervisor").await??;
    Ok(HttpResponse::Accepted().json(Accepted { accepted: true }))
}

async fn want(
    state: &AppState,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
    wanted: Wanted,
) -> Result<web::Json<RobotView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    let robot = state.desk.want_robot(RobotId(id.0), wanted, &asker).await?;
    poke(state);
    Ok(web::Json(robot))
}

/// Lets the supervisor look now; it looks by itself soon, should the poke get lost.
fn poke(state: &AppState) {
    if state.mail.look.try_send(Look).is_err() {
        tracing::debug!(
            event = event::POKE_LOST,
            "supervisor is busy and will look at its next tick"
        );
    }
}

fn if_match(request: &HttpRequest) -> Result<u32, Problem> {
    let rule = "must be the robot's version: in the body, or in `If-Match`";
    let header = request.headers().get(IF_MATCH).and_then(|value| value.to_str().ok());
    let version = header.and_then(|text| text.trim().trim_matches('"').parse().ok());
    version.ok_or_else(|| WrongField::new("version", rule).into())
}
