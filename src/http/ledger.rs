//! The ledger over HTTP: its accounts, entries, debts and figures; recharges and sweeps.

use actix_web::{HttpResponse, web};
use domain::fixed::Amount;
use domain::id::{LedgerAccountId, UserId};
use domain::ledger::{Asset, EntryKey, PostAnswer};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::actors::mail::{Purse, Recharge, RunJob};
use crate::desk::{Asker, Listing, WrongField};
use crate::http::asked::{Asked, Paging, Sent, text};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::jobs::sweep_unsettled;
use crate::view::{DebtView, EntryView, JobRunView, LedgerAccountView, RechargeView, StatisticsView};

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

/// A recharge. The same reference is the same recharge, however often it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRecharge {
    /// The payer's own reference: 1 to 100 visible ASCII characters.
    reference: String,
    /// For whom.
    #[schema(value_type = i64)]
    user: UserId,
    /// `power`, `gift_power`, or `wallet:ASSET`.
    #[schema(example = "power")]
    purse: String,
    /// How much, above zero.
    #[schema(value_type = String, example = "100")]
    amount: Amount,
    /// Words for people.
    #[serde(default)]
    remark: String,
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

/// Brings assets in for a user, and collects the user's debts from power, oldest first. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/ledger/recharge",
    tag = "ledger",
    request_body = NewRecharge,
    responses(
        (status = 201, description = "It was posted now", body = RechargeView),
        (status = 200, description = "The same recharge was posted before", body = RechargeView)
    )
)]
pub(super) async fn recharge(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewRecharge>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let mail = checked(&state, sent.body, &asker).await?;
    let subject = format!("recharge:{}", mail.reference);
    state.desk.note(&asker, "ledger.recharge", subject).await?;
    let receipt = ask(&state.mail.recharge, mail, state.options.request_deadline, "ledger").await??;
    match &receipt.answer {
        PostAnswer::Created { .. } => Ok(HttpResponse::Created().json(RechargeView::from(receipt))),
        PostAnswer::Exists { .. } => Ok(HttpResponse::Ok().json(RechargeView::from(receipt))),
        PostAnswer::ExistsDifferent { field } => {
            let detail = format!("this reference was posted before with another {field}");
            Err(Problem::new(ProblemKind::Conflict, detail))
        }
        PostAnswer::AlreadyFailed { reason } => {
            let detail = format!("this reference was refused before and stays refused: {reason}");
            Err(Problem::new(ProblemKind::Conflict, detail))
        }
        PostAnswer::NothingDue => Err(Problem::new(ProblemKind::Conflict, "there is nothing to post")),
        PostAnswer::Rejected { reason } => Err(Problem::new(ProblemKind::Conflict, reason)),
    }
}

/// Settles now all that waits for it, however old.
#[utoipa::path(post, path = "/ledger/sweep", tag = "ledger", request_body = Nothing, responses((status = 200, description = "What the sweep did", body = JobRunView)))]
pub(super) async fn sweep(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobRunView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    state.desk.note(&asker, "ledger.sweep", "ledger".to_owned()).await?;
    let mail = RunJob {
        name: sweep_unsettled::NAME.to_owned(),
    };
    let said = ask(
        &state.mail.run_job,
        mail,
        state.options.request_deadline,
        "job_scheduler",
    )
    .await??;
    let job = sweep_unsettled::NAME;
    Ok(web::Json(JobRunView { job, said }))
}

async fn checked(state: &AppState, new: NewRecharge, asker: &Asker) -> Result<Recharge, Problem> {
    let mut wrong = Vec::new();
    if EntryKey::recharge(&new.reference).is_none() {
        wrong.push(WrongField::new(
            "reference",
            "must be 1 to 100 visible ASCII characters",
        ));
    }
    if !new.amount.is_positive() {
        wrong.push(WrongField::new("amount", "must be above zero"));
    }
    if new.remark.chars().count() > 200 || new.remark.chars().any(char::is_control) {
        wrong.push(WrongField::new(
            "remark",
            "must be at most 200 characters without line breaks",
        ));
    }
    if state.desk.store.user(new.user).await?.is_none() {
        wrong.push(WrongField::new("user", "must be an existing user"));
    }
    let purse = purse(&new.purse);
    if purse.is_none() {
        wrong.push(WrongField::new(
            "purse",
            "must be `power`, `gift_power`, or `wallet:ASSET`",
        ));
    }
    match purse.filter(|_| wrong.is_empty()) {
        Some(purse) => Ok(Recharge {
            reference: new.reference,
            user: new.user,
            purse,
            amount: new.amount,
            by: asker.by.clone(),
            remark: new.remark,
        }),
        None => Err(Problem::invalid(wrong)),
    }
}

fn purse(text: &str) -> Option<Purse> {
    match text.split_once(':') {
        None if text == "power" => Some(Purse::Power),
        None if text == "gift_power" => Some(Purse::GiftPower),
        Some(("wallet", asset)) => Asset::new(asset).map(Purse::Wallet),
        _ => None,
    }
}
