//! Reports about pools over HTTP, as JSON or CSV: books, days, holders' statements, and how far the distribution is.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use domain::id::{HoldingId, ProductId};
use domain::pool::PoolDay;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::desk::{Listing, WrongField};
use crate::http::asked::{Asked, Paging, PathId, text};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::state::AppState;
use crate::http::statements::Format;
use crate::view::{AccrualView, BookView, PoolDayView, PoolProgressView, csv_rows};

/// In which form.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct FormQuery {
    /// `json` (when absent) or `csv`.
    #[param(inline)]
    format: Format,
}

/// Which days, and in which form.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 0)]
    after: Option<i64>,
    /// At most so many rows; the largest page when absent.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 1)]
    limit: Option<u32>,
    /// `json` (when absent) or `csv`.
    #[param(inline)]
    format: Format,
}

/// Which days of a holding, and in which form.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementQuery {
    /// The first day; when absent with `to`: the last 400 days that accrued.
    #[param(example = "2026-11-01")]
    from: Option<String>,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: Option<String>,
    /// `json` (when absent) or `csv`.
    #[param(inline)]
    format: Format,
}

/// The books of all products: principal, earned, paid, owed, funding, and what is not funded.
#[utoipa::path(get, path = "/pool/reports/book", tag = "pools", params(FormQuery), responses((status = 200, description = "The books", content((Listing<BookView> = "application/json"), (String = "text/csv")))))]
pub(super) async fn book(state: web::Data<AppState>, asked: Asked<FormQuery>) -> Result<HttpResponse, Problem> {
    written(state.desk.pool_books().await?, asked.0.format, BookView::COLUMNS)
}

/// What the days of a product came to, and whether they agreed; newest first.
#[utoipa::path(get, path = "/pool/reports/days/{id}", tag = "pools", params(("id" = i64, Path, description = "The product"), DaysQuery), responses((status = 200, description = "A page of days", content((Listing<PoolDayView> = "application/json"), (String = "text/csv")))))]
pub(super) async fn days(
    state: web::Data<AppState>,
    id: PathId,
    asked: Asked<DaysQuery>,
) -> Result<HttpResponse, Problem> {
    let DaysQuery { after, limit, format } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    written(
        state.desk.pool_days(ProductId(id.0), page).await?,
        format,
        PoolDayView::COLUMNS,
    )
}

/// What a holding earned, day by day.
#[utoipa::path(get, path = "/pool/reports/statements/{id}", tag = "pools", params(("id" = i64, Path, description = "The holding"), StatementQuery), responses((status = 200, description = "Its days", content((Listing<AccrualView> = "application/json"), (String = "text/csv")))))]
pub(super) async fn statement(
    state: web::Data<AppState>,
    id: PathId,
    asked: Asked<StatementQuery>,
) -> Result<HttpResponse, Problem> {
    let StatementQuery { from, to, format } = asked.0;
    let days = match (from, to) {
        (None, None) => None,
        (from, to) => Some((day("from", from)?, day("to", to)?)),
    };
    let lines = state.desk.accruals(HoldingId(id.0), days).await?;
    written(lines, format, AccrualView::COLUMNS)
}

/// How far the distribution of yield is.
#[utoipa::path(get, path = "/pool/progress", tag = "pools", responses((status = 200, description = "The products that were paid since the start", body = Listing<PoolProgressView>)))]
pub(super) async fn progress(state: web::Data<AppState>) -> web::Json<Listing<PoolProgressView>> {
    web::Json(state.desk.pool_courses())
}

fn day(field: &str, text: Option<String>) -> Result<PoolDay, Problem> {
    let day = text.as_deref().and_then(PoolDay::parse);
    day.ok_or_else(|| WrongField::new(field, "must be a date such as 2026-11-29, together with the other").into())
}

fn written<T: Serialize>(rows: Listing<T>, format: Format, columns: &[&str]) -> Result<HttpResponse, Problem> {
    match format {
        Format::Json => Ok(HttpResponse::Ok().json(rows)),
        Format::Csv => {
            let text = csv_rows(&rows.items, columns);
            let text = text.map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?;
            Ok(HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
                .body(text))
        }
    }
}
