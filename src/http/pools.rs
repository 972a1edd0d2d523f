//! Pools over HTTP: products, their states and rates, and holdings.

use actix_web::{HttpResponse, web};
use domain::id::{HoldingId, ProductId, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::actors::mail::RunJob;
use crate::desk::{Listing, NewEnd, NewPoolRate, NewProduct};
use crate::http::asked::{Asked, Paging, PathId, Sent, text};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::jobs::pools;
use crate::ports::store::HoldingFilter;
use crate::view::{HoldingView, JobSaidView, PoolRateView, ProductView};

/// The products.
#[utoipa::path(get, path = "/pool/products", tag = "pools", responses((status = 200, description = "All products", body = Listing<ProductView>)))]
pub(super) async fn products(state: web::Data<AppState>) -> Result<web::Json<Listing<ProductView>>, Problem> {
    Ok(web::Json(state.desk.products().await?))
}

/// Creates a product as a draft.
#[utoipa::path(post, path = "/pool/products", tag = "pools", request_body = NewProduct, responses((status = 201, description = "The product", body = ProductView)))]
pub(super) async fn create(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewProduct>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(HttpResponse::Created().json(state.desk.create_product(sent.body, &asker).await?))
}

/// One product.
#[utoipa::path(get, path = "/pool/products/{id}", tag = "pools", params(("id" = i64, Path, description = "The product")), responses((status = 200, description = "The product", body = ProductView)))]
pub(super) async fn product(state: web::Data<AppState>, id: PathId) -> Result<web::Json<ProductView>, Problem> {
    Ok(web::Json(state.desk.product(ProductId(id.0)).await?))
}

/// The rates of a product.
#[utoipa::path(get, path = "/pool/products/{id}/rates", tag = "pools", params(("id" = i64, Path, description = "The product")), responses((status = 200, description = "All rates", body = Listing<PoolRateView>)))]
pub(super) async fn rates(state: web::Data<AppState>, id: PathId) -> Result<web::Json<Listing<PoolRateView>>, Problem> {
    Ok(web::Json(state.desk.pool_rates(ProductId(id.0)).await?))
}

/// Sets a daily rate from a day on. Days that have accrued are corrected, and the difference is posted.
#[utoipa::path(post, path = "/pool/products/{id}/rates", tag = "pools", params(("id" = i64, Path, description = "The product")), request_body = NewPoolRate, responses((status = 200, description = "The product", body = ProductView)))]
pub(super) async fn set_rate(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewPoolRate>,
) -> Result<web::Json<ProductView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let product = state.desk.set_pool_rate(ProductId(id.0), sent.body, &asker).await?;
    Ok(web::Json(product))
}

/// Lets a product take money.
#[utoipa::path(post, path = "/pool/products/{id}/open", tag = "pools", params(("id" = i64, Path, description = "The product")), request_body = Nothing, responses((status = 200, description = "The product", body = ProductView)))]
pub(super) async fn open(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<ProductView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.open_product(ProductId(id.0), &asker).await?))
}

/// Lets a product take no more money; what it holds earns on.
#[utoipa::path(post, path = "/pool/products/{id}/close", tag = "pools", params(("id" = i64, Path, description = "The product")), request_body = Nothing, responses((status = 200, description = "The product", body = ProductView)))]
pub(super) async fn close(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<ProductView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.close_product(ProductId(id.0), &asker).await?))
}

/// Ends a product after a day: nothing earns afterwards, and everything is given back.
#[utoipa::path(post, path = "/pool/products/{id}/end", tag = "pools", params(("id" = i64, Path, description = "The product")), request_body = NewEnd, responses((status = 200, description = "The product", body = ProductView)))]
pub(super) async fn end(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewEnd>,
) -> Result<web::Json<ProductView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let product = state.desk.end_product(ProductId(id.0), sent.body, &asker).await?;
    Ok(web::Json(product))
}

/// Which holdings.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldingQuery {
    /// Only of this product.
    #[serde(deserialize_with = "text")]
    product: Option<i64>,
    /// Only of this user.
    #[serde(deserialize_with = "text")]
    user: Option<i64>,
    /// Only those with principal (`true`), or only those that have ended (`false`).
    #[serde(deserialize_with = "text")]
    held: Option<bool>,
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 0)]
    after: Option<i64>,
    /// At most so many rows; the largest page when absent.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 1)]
    limit: Option<u32>,
}

/// Holdings.
#[utoipa::path(get, path = "/pool/holdings", tag = "pools", params(HoldingQuery), responses((status = 200, description = "A page of holdings", body = Listing<HoldingView>)))]
pub(super) async fn holdings(
    state: web::Data<AppState>,
    asked: Asked<HoldingQuery>,
) -> Result<web::Json<Listing<HoldingView>>, Problem> {
    let HoldingQuery {
        product,
        user,
        held,
        after,
        limit,
    } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    let filter = HoldingFilter {
        product: product.map(ProductId),
        user: user.map(UserId),
        held,
        ..HoldingFilter::default()
    };
    Ok(web::Json(state.desk.holdings(filter, page).await?))
}

/// One holding.
#[utoipa::path(get, path = "/pool/holdings/{id}", tag = "pools", params(("id" = i64, Path, description = "The holding")), responses((status = 200, description = "The holding", body = HoldingView)))]
pub(super) async fn holding(state: web::Data<AppState>, id: PathId) -> Result<web::Json<HoldingView>, Problem> {
    Ok(web::Json(state.desk.pool_holding(HoldingId(id.0)).await?))
}

/// Pays now every day that has ended and is not paid, of all products; as often as it is asked for, each day is paid once.
#[utoipa::path(post, path = "/pool/distribute", tag = "pools", request_body = Nothing, responses((status = 200, description = "What the run did", body = JobSaidView)))]
pub(super) async fn distribute(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobSaidView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    state.desk.note(&asker, "pool.distribute", "pools".to_owned()).await?;
    let mail = RunJob::asked(pools::NAME, &asker.by);
    let deadline = state.options.request_deadline;
    let said = ask(&state.mail.run_job, mail, deadline, "job_scheduler").await??;
    let job = pools::NAME;
    Ok(web::Json(JobSaidView { job, said }))
}
