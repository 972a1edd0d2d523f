//! The ledger over HTTP: its accounts, entries, debts, holds and figures; sweeps.

use actix_web::web;
use domain::id::{LedgerAccountId, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::actors::mail::RunJob;
use crate::desk::Listing;
use crate::http::asked::{Asked, Paging, Sent, text};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::jobs::sweep_unsettled;
use crate::ports::store::HoldFilter;
use crate::view::{DebtView, EntryView, HeadView, HoldView, JobSaidView, LedgerAccountView, StatisticsView};

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct EntryQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only with a posting on this account of the ledger.
    #[serde(deserialize_with = "text")]
    account: Option<i64>,
}

/// Which debts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct DebtQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this user.
    #[serde(deserialize_with = "text")]
    user: Option<i64>,
}

/// Which holds.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldQuery {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    after: Option<i64>,
    /// At most so many rows.
    #[serde(deserialize_with = "text")]
    limit: Option<u32>,
    /// Only of this user.
    #[serde(deserialize_with = "text")]
    user: Option<i64>,
    /// Only those that are held now.
    #[serde(deserialize_with = "text")]
    held: Option<bool>,
}

/// The accounts of the ledger.
#[utoipa::path(get, path = "/ledger/accounts", tag = "ledger", params(Paging), responses((status = 200, description = "A page of accounts", body = Listing<LedgerAccountView>)))]
pub(super) async fn accounts(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<LedgerAccountView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.ledger_accounts(page).await?))
}

/// The entries of the ledger, in their order.
#[utoipa::path(get, path = "/ledger/entries", tag = "ledger", params(EntryQuery), responses((status = 200, description = "A page of entries", body = Listing<EntryView>)))]
pub(super) async fn entries(
    state: web::Data<AppState>,
    asked: Asked<EntryQuery>,
) -> Result<web::Json<Listing<EntryView>>, Problem> {
    let EntryQuery { after, limit, account } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.entries(account.map(LedgerAccountId), page).await?))
}

/// The end of the ledger's chain, to be kept outside.
#[utoipa::path(get, path = "/ledger/head", tag = "ledger", responses((status = 200, description = "Sequence number, digest and time of the last entry", body = HeadView)))]
pub(super) async fn head(state: web::Data<AppState>) -> Result<web::Json<HeadView>, Problem> {
    Ok(web::Json(state.desk.ledger_head().await?))
}

/// What waits for settlement, and what was settled.
#[utoipa::path(get, path = "/ledger/statistics", tag = "ledger", responses((status = 200, description = "The figures", body = StatisticsView)))]
pub(super) async fn statistics(state: web::Data<AppState>) -> Result<web::Json<StatisticsView>, Problem> {
    Ok(web::Json(state.desk.statistics(state.options.power_rate).await?))
}

/// The debts, whatever their state, in the order of their collection.
#[utoipa::path(get, path = "/ledger/debts", tag = "ledger", params(DebtQuery), responses((status = 200, description = "A page of debts", body = Listing<DebtView>)))]
pub(super) async fn debts(
    state: web::Data<AppState>,
    asked: Asked<DebtQuery>,
) -> Result<web::Json<Listing<DebtView>>, Problem> {
    let DebtQuery { after, limit, user } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.debts(user.map(UserId), page).await?))
}

/// Power that is or was reserved for positions, in order of the positions.
#[utoipa::path(get, path = "/ledger/holds", tag = "ledger", params(HoldQuery), responses((status = 200, description = "A page of holds", body = Listing<HoldView>)))]
pub(super) async fn holds(
    state: web::Data<AppState>,
    asked: Asked<HoldQuery>,
) -> Result<web::Json<Listing<HoldView>>, Problem> {
    let HoldQuery {
        after,
        limit,
        user,
        held,
    } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    let filter = HoldFilter {
        user: user.map(UserId),
        held: held.unwrap_or(false),
    };
    Ok(web::Json(state.desk.holds(filter, page).await?))
}

/// Settles now all that waits for it, however old.
#[utoipa::path(post, path = "/ledger/sweep", tag = "ledger", request_body = Nothing, responses((status = 200, description = "What the sweep did", body = JobSaidView)))]
pub(super) async fn sweep(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobSaidView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    state.desk.note(&asker, "ledger.sweep", "ledger".to_owned()).await?;
    let mail = RunJob::asked(sweep_unsettled::NAME, &asker.by);
    let said = ask(
        &state.mail.run_job,
        mail,
        state.options.request_deadline,
        "job_scheduler",
    )
    .await??;
    let job = sweep_unsettled::NAME;
    Ok(web::Json(JobSaidView { job, said }))
}
