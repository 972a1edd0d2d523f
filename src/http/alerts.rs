//! Alerts and the audit trail over HTTP.

use actix_web::web;
use domain::alert::AlertState;
use domain::id::AlertId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::desk::{AlertDetail, Listing, WrongField, reason};
use crate::http::asked::{Asked, Paging, PathId, Sent, text};
use crate::http::caller::Writer;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::ports::store::AlertFilter;
use crate::view::{AlertView, AuditView, TestView};

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
    /// Only those that are not over, acknowledged or not.
    #[serde(deserialize_with = "text")]
    open: Option<bool>,
    /// Only those in this state: `raised`, `acknowledged` or `resolved`. Not together with `open`.
    state: Option<String>,
}

/// Who looks after an alert.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    /// In the caller's own words, at most 300 characters.
    note: String,
}

/// Which target to try.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tried {
    /// Its name in the settings.
    target: String,
}

impl AlertQuery {
    fn filter(&self) -> Result<AlertFilter, WrongField> {
        let open = self.open.unwrap_or(false);
        match self.state.as_deref() {
            None if open => Ok(AlertFilter::Open),
            None => Ok(AlertFilter::All),
            Some(_) if self.open.is_some() => Err(WrongField::new("state", "must not be given together with open")),
            Some(state) => match AlertState::parse(state) {
                Some(state) => Ok(AlertFilter::In(state)),
                None => Err(WrongField::new("state", "must be raised, acknowledged or resolved")),
            },
        }
    }
}

/// The alerts, newest first.
#[utoipa::path(get, path = "/alerts", tag = "watch", params(AlertQuery), responses((status = 200, description = "A page of alerts", body = Listing<AlertView>)))]
pub(super) async fn list(
    state: web::Data<AppState>,
    asked: Asked<AlertQuery>,
) -> Result<web::Json<Listing<AlertView>>, Problem> {
    let filter = asked.0.filter()?;
    let AlertQuery { after, limit, .. } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.alerts(filter, page).await?))
}

/// One alert, with the messages that were or are to be sent about it.
#[utoipa::path(get, path = "/alerts/{id}", tag = "watch", params(("id" = i64, Path, description = "The alert")), responses((status = 200, description = "The alert", body = AlertDetail)))]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<AlertDetail>, Problem> {
    Ok(web::Json(state.desk.alert(AlertId(id.0)).await?))
}

/// Says that the caller looks after an alert. It stays open until it is over, and targets are not told of it again before.
#[utoipa::path(
    post,
    path = "/alerts/{id}/acknowledge",
    tag = "watch",
    params(("id" = i64, Path, description = "The alert")),
    request_body = Note,
    responses((status = 200, description = "It is acknowledged", body = AlertView))
)]
pub(super) async fn acknowledge(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Note>,
) -> Result<web::Json<AlertView>, Problem> {
    if sent.body.note.trim().is_empty() {
        return Err(WrongField::new("note", "must not be empty").into());
    }
    let note = reason(Some(&sent.body.note)).map_err(|wrong| WrongField::new("note", wrong.rule))?;
    let asker = writer.asker(Some(&note))?;
    Ok(web::Json(state.desk.acknowledge(AlertId(id.0), &asker).await?))
}

/// Sends a test message to a target, and says what happened.
#[utoipa::path(
    post,
    path = "/alerts/test",
    tag = "watch",
    request_body = Tried,
    responses((status = 200, description = "What happened", body = TestView))
)]
pub(super) async fn test(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Tried>,
) -> Result<web::Json<TestView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.test_target(&sent.body.target, &asker).await?))
}

/// The audit trail: who did what, when and why.
#[utoipa::path(get, path = "/audits", tag = "watch", params(Paging), responses((status = 200, description = "A page of the trail", body = Listing<AuditView>)))]
pub(super) async fn audit(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<AuditView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.audits(page).await?))
}
