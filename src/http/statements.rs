//! Statements over HTTP: whole as JSON, or streamed as CSV.

use std::error::Error;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use domain::id::UserId;
use domain::period::{Period, PeriodError, instant};
use domain::time::Timestamp;
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::desk::{DeskError, Statement, WrongField};
use crate::event;
use crate::http::asked::{Asked, PathId};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::StatementView;

/// Which statement.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementQuery {
    /// From this UTC day or instant on, such as `2026-11-01` or `2026-11-01T09:30:00Z`.
    #[param(example = "2026-11-01")]
    from: String,
    /// And before this UTC day or instant.
    #[param(example = "2026-12-01")]
    to: String,
    /// `json` (when absent) or `csv`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The form of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// One JSON object.
    #[default]
    Json,
    /// CSV (RFC 4180), streamed.
    Csv,
}

/// A user's statement: per purse and asset the opening balance, every line, and the closing balance. JSON holds at most
/// 10 000 lines; CSV has no limit.
#[utoipa::path(
    get,
    path = "/ledger/statements/{id}",
    tag = "ledger",
    params(("id" = i64, Path, description = "The user"), StatementQuery),
    responses((status = 200, description = "The statement", content(
        (StatementView = "application/json"),
        (String = "text/csv")
    )))
)]
pub(super) async fn statement(
    state: web::Data<AppState>,
    id: PathId,
    asked: Asked<StatementQuery>,
) -> Result<HttpResponse, Problem> {
    let StatementQuery { from, to, format } = asked.0;
    let (user, period) = (UserId(id.0), period(&from, &to)?);
    match format {
        Format::Json => {
            let statement = state.desk.whole_statement(user, period).await?;
            Ok(HttpResponse::Ok().json(statement))
        }
        Format::Csv => {
            // What can be wrong from the start is a problem; later on only the connection can tell.
            let statement = state.desk.statement(user, period).await?;
            let name = format!("attachment; filename=\"statement-{user}.csv\"");
            Ok(HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
                .insert_header((CONTENT_DISPOSITION, name))
                .streaming(stream::try_unfold(statement, more)))
        }
    }
}

/// The next piece. An error breaks the connection off, so that nobody takes a part for the whole.
async fn more(mut statement: Statement) -> Result<Option<(web::Bytes, Statement)>, DeskError> {
    match statement.csv().await {
        Ok(rows) => Ok(rows.map(|rows| (web::Bytes::from(rows), statement))),
        Err(error) => {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let user = statement.user;
            tracing::error!(event = event::STATEMENT_BROKEN, user.id = %user, cause, "a statement broke off: {error}");
            Err(error)
        }
    }
}

/// Reads a half-open period from its two ends, both named when both are wrong.
fn period(from: &str, to: &str) -> Result<Period, Problem> {
    let mut wrong = Vec::new();
    let mut end = |field: &str, text: &str| match instant(text) {
        Ok(at) => at,
        Err(error) => {
            wrong.push(WrongField::new(field, error.to_string()));
            Timestamp::default()
        }
    };
    let (from, to) = (end("from", from), end("to", to));
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    Period::new(from, to).map_err(|error: PeriodError| WrongField::new("to", error.to_string()).into())
}
