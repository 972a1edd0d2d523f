//! Subscriptions to contracts over HTTP.

use std::time::Duration;

use actix_web::web;
use domain::id::SubscriptionId;
use domain::time::Timestamp;
use domain::trigger::solvency::SolvencyReport;
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::mail::ResumeSubscription;
use crate::actors::payout::compare;
use crate::desk::Listing;
use crate::http::asked::{Asked, Paging, PathId, Sent};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::robots::Nothing;
use crate::http::state::{AppState, Vaults};
use crate::view::{MalformedLogView, SubscriptionView};

/// Longest wait for what a resume finds: blocks may have to be read again.
const RESUME_DEADLINE: Duration = Duration::from_secs(60);

/// The subscriptions: how far each has read, and what its nodes say.
#[utoipa::path(get, path = "/chain/subscriptions", tag = "chain", responses((status = 200, description = "Every subscription", body = Listing<SubscriptionView>)))]
pub(super) async fn subscriptions(state: web::Data<AppState>) -> Result<web::Json<Listing<SubscriptionView>>, Problem> {
    let sights = state.mail.vaults.as_ref().map(|vaults| &vaults.sights);
    Ok(web::Json(state.desk.subscriptions(sights).await?))
}

/// What an operator's word came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Told {
    /// What follows.
    pub(super) told: String,
}

/// One comparison of the ledger with what is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ComparedView {
    /// Whose; absent for what all subscriptions share at the stock venue.
    subscription: Option<i64>,
    /// `vault_money`, `vault_cover`, `share_supply`, `venue_cash` or `venue_shares`.
    measure: &'static str,
    /// In which asset.
    asset: String,
    /// What the ledger says.
    ledger: String,
    /// What is there.
    outside: String,
    /// What is there beyond what the ledger says; negative: it is missing.
    difference: String,
}

/// The ledger beside vaults, share tokens and the stock venue, as they are now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SolvencyView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Vault by vault, then the stock venue. What is on its way differs for a while.
    items: Vec<ComparedView>,
    /// What could not be asked.
    unasked: Vec<String>,
}

impl From<SolvencyReport> for SolvencyView {
    fn from(report: SolvencyReport) -> Self {
        let each = report.compared.into_iter().map(|compared| ComparedView {
            subscription: compared.subscription.map(|id| id.0),
            measure: compared.measure.as_str(),
            asset: compared.asset.to_string(),
            ledger: compared.ledger.to_string(),
            outside: compared.outside.to_string(),
            difference: compared.difference.to_string(),
        });
        Self {
            at: report.at,
            items: each.collect(),
            unasked: report.unasked,
        }
    }
}

/// Compares the ledger with vaults, share tokens and the stock venue, now.
#[utoipa::path(get, path = "/chain/solvency", tag = "chain", responses((status = 200, description = "What the ledger says beside what is there", body = SolvencyView)))]
pub(super) async fn solvency(state: web::Data<AppState>) -> Result<web::Json<SolvencyView>, Problem> {
    let report = compare(&vaults(&state)?.solvency).await;
    let report = report.map_err(|error| Problem::new(ProblemKind::Unavailable, error.to_string()))?;
    Ok(web::Json(report.into()))
}

/// Lets a halted subscription go on: what a reorg moved acts no second time, and what it took off the chain is told.
#[utoipa::path(
    post,
    path = "/chain/subscriptions/{id}/resume",
    tag = "chain",
    params(("id" = i64, Path, description = "The subscription")),
    request_body = Nothing,
    responses((status = 200, description = "What was found, and that it goes on", body = Told))
)]
pub(super) async fn resume(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<Told>, Problem> {
    let Nothing {} = sent.body;
    let vaults = vaults(&state)?;
    let asker = writer.asker(sent.reason.as_deref())?;
    let subscription = SubscriptionId(id.0);
    let subject = format!("subscription:{subscription}");
    state.desk.note(&asker, "chain.resume", subject).await?;
    let mail = ResumeSubscription {
        subscription,
        by: asker.by,
        reason: asker.reason,
    };
    let told = ask(&vaults.resume, mail, RESUME_DEADLINE, "subscription").await??;
    Ok(web::Json(Told { told }))
}

/// Whoever follows vaults, where some are set.
pub(super) fn vaults(state: &AppState) -> Result<&Vaults, Problem> {
    let vaults = state.mail.vaults.as_ref();
    vaults.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "no subscriptions are set: nothing is followed here",
        )
    })
}

/// Logs of vaults that were not understood; they acted on nothing.
#[utoipa::path(get, path = "/chain/malformed", tag = "chain", params(Paging), responses((status = 200, description = "The newest of them", body = Listing<MalformedLogView>)))]
pub(super) async fn malformed(
    state: web::Data<AppState>,
    asked: Asked<Paging>,
) -> Result<web::Json<Listing<MalformedLogView>>, Problem> {
    let page = asked.0.page(&state)?;
    Ok(web::Json(state.desk.malformed_logs(page).await?))
}
