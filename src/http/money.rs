//! Acts on money over HTTP: each is put on record, asked of the ledger, and answered in the ledger's own words.

use actix_web::{HttpResponse, web};
use domain::fixed::Amount;
use domain::id::{DebtId, UserId};
use domain::ledger::{Asset, EntryKey, EntrySeq, Purse, Request, Reversal, Transfer, UserTransfer, Waiver};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::desk::{Asker, DeskError, WrongField};
use crate::http::asked::{PathId, Sent};
use crate::http::caller::Writer;
use crate::http::mail::{post, posted, why_not};
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::view::PostView;

/// Assets to bring in or take out. The same reference is the same act, however often it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Movement {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
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
    /// Words for people, on the entry.
    #[serde(default)]
    remark: String,
}

/// A balance to correct. The reason, which must be given, is on the entry.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Adjustment {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    reference: String,
    /// Whose.
    #[schema(value_type = i64)]
    user: UserId,
    /// `power`, `gift_power`, or `wallet:ASSET`.
    #[schema(example = "power")]
    purse: String,
    /// By how much; negative takes away, zero is refused.
    #[schema(value_type = String, example = "-2.5")]
    amount: Amount,
}

/// Assets to pass from one user to another. The reason, which must be given, is on the entry.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Passing {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    reference: String,
    /// Who gives.
    #[schema(value_type = i64)]
    from: UserId,
    /// Who gets, in the same purse.
    #[schema(value_type = i64)]
    to: UserId,
    /// `power`, `gift_power`, or `wallet:ASSET`.
    #[schema(example = "power")]
    purse: String,
    /// How much, above zero.
    #[schema(value_type = String, example = "100")]
    amount: Amount,
}

/// Brings assets in for a user, and collects the user's debts from power, oldest first. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/ledger/recharge",
    tag = "money",
    request_body = Movement,
    responses(
        (status = 201, description = "It was posted now", body = PostView),
        (status = 200, description = "The same was posted before", body = PostView)
    )
)]
pub(super) async fn recharge(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Movement>,
) -> Result<HttpResponse, Problem> {
    // A payment is its own reason; its reference names it.
    let asker = writer.asker(sent.reason.as_deref());
    let (asker, transfer) = moved(&state, asker, sent.body).await?;
    act(&state, &asker, "ledger.recharge", Request::Recharge(transfer)).await
}

/// Takes assets out for a user. A reference that was refused for lack of funds stays refused.
#[utoipa::path(
    post,
    path = "/ledger/withdraw",
    tag = "money",
    request_body = Movement,
    responses(
        (status = 201, description = "It was posted now", body = PostView),
        (status = 200, description = "The same was posted before", body = PostView)
    )
)]
pub(super) async fn withdraw(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Movement>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.money_asker(sent.reason.as_deref());
    let (asker, transfer) = moved(&state, asker, sent.body).await?;
    act(&state, &asker, "ledger.withdraw", Request::Withdraw(transfer)).await
}

/// Corrects a balance by hand, and collects the user's debts from power that it adds. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/ledger/adjust",
    tag = "money",
    request_body = Adjustment,
    responses(
        (status = 201, description = "It was posted now", body = PostView),
        (status = 200, description = "The same was posted before", body = PostView)
    )
)]
pub(super) async fn adjust(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Adjustment>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.money_asker(sent.reason.as_deref());
    let new = sent.body;
    let mut wrong = reference(&new.reference);
    if new.amount.is_zero() {
        wrong.push(WrongField::new("amount", "must not be zero"));
    }
    wrong.extend(user(&state, "user", new.user).await?);
    let purse = purse(&new.purse, &mut wrong);
    let (asker, purse) = agreed(asker, purse, wrong)?;
    let transfer = Transfer {
        reference: new.reference,
        user: new.user,
        purse,
        amount: new.amount,
        by: asker.by.clone(),
        remark: asker.reason.clone(),
    };
    act(&state, &asker, "ledger.adjust", Request::Adjust(transfer)).await
}

/// Passes assets from one user to another, and collects the other's debts from power. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/ledger/transfer",
    tag = "money",
    request_body = Passing,
    responses(
        (status = 201, description = "It was posted now", body = PostView),
        (status = 200, description = "The same was posted before", body = PostView)
    )
)]
pub(super) async fn transfer(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Passing>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.money_asker(sent.reason.as_deref());
    let new = sent.body;
    let mut wrong = reference(&new.reference);
    wrong.extend(positive(new.amount));
    wrong.extend(user(&state, "from", new.from).await?);
    wrong.extend(user(&state, "to", new.to).await?);
    if new.from == new.to {
        wrong.push(WrongField::new("to", "must be another user than `from`"));
    }
    let purse = purse(&new.purse, &mut wrong);
    let (asker, purse) = agreed(asker, purse, wrong)?;
    let given = Transfer {
        reference: new.reference,
        user: new.from,
        purse,
        amount: new.amount,
        by: asker.by.clone(),
        remark: asker.reason.clone(),
    };
    let request = Request::Transfer(UserTransfer { given, to: new.to });
    act(&state, &asker, "ledger.transfer", request).await
}

/// Forgives an open debt, whole and for good.
#[utoipa::path(
    post,
    path = "/ledger/debts/{id}/waive",
    tag = "money",
    params(("id" = i64, Path, description = "The debt")),
    request_body = Nothing,
    responses(
        (status = 201, description = "It was forgiven now", body = PostView),
        (status = 200, description = "It was forgiven before, for the same reason", body = PostView)
    )
)]
pub(super) async fn waive(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.money_asker(sent.reason.as_deref())?;
    let debt = DebtId(id.0);
    if state.desk.store.debts_by_id(&[debt]).await?.is_empty() {
        let what = format!("debt {debt}");
        return Err(DeskError::Absent { what }.into());
    }
    let (by, reason) = (asker.by.clone(), asker.reason.clone());
    act(
        &state,
        &asker,
        "ledger.waive",
        Request::Waive(Waiver { debt, by, reason }),
    )
    .await
}

/// Takes an entry back by one with the opposite lines, at most once.
#[utoipa::path(
    post,
    path = "/ledger/entries/{id}/reverse",
    tag = "money",
    params(("id" = i64, Path, description = "The entry's place in the ledger")),
    request_body = Nothing,
    responses(
        (status = 201, description = "It was taken back now", body = PostView),
        (status = 200, description = "It was taken back before, for the same reason", body = PostView)
    )
)]
pub(super) async fn reverse(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.money_asker(sent.reason.as_deref())?;
    let entry = EntrySeq(id.0);
    if entry > state.desk.store.last_entry().await? {
        let what = format!("entry {entry}");
        return Err(DeskError::Absent { what }.into());
    }
    let (by, reason) = (asker.by.clone(), asker.reason.clone());
    let request = Request::Reverse(Reversal { entry, by, reason });
    act(&state, &asker, "ledger.reverse", request).await
}

/// Writes down what is about to be asked, asks the ledger, and writes down a refusal.
async fn act(state: &AppState, asker: &Asker, action: &str, request: Request) -> Result<HttpResponse, Problem> {
    // Every request that comes here was checked to have a key.
    let subject = request.key().map_or_else(|| "ledger".to_owned(), |key| key.to_string());
    state.desk.note(asker, action, subject.clone()).await?;
    let receipt = post(state, request).await?;
    let Some(why) = why_not(&receipt.answer) else {
        return Ok(posted(receipt));
    };
    state.desk.note_refusal(asker, action, subject, &why).await?;
    Err(Problem::unposted(receipt.answer.into(), why))
}

async fn moved(state: &AppState, asker: Result<Asker, Problem>, new: Movement) -> Result<(Asker, Transfer), Problem> {
    let mut wrong = reference(&new.reference);
    wrong.extend(positive(new.amount));
    if new.remark.chars().count() > 200 || new.remark.chars().any(char::is_control) {
        wrong.push(WrongField::new(
            "remark",
            "must be at most 200 characters without line breaks",
        ));
    }
    wrong.extend(user(state, "user", new.user).await?);
    let purse = purse(&new.purse, &mut wrong);
    let (asker, purse) = agreed(asker, purse, wrong)?;
    let transfer = Transfer {
        reference: new.reference,
        user: new.user,
        purse,
        amount: new.amount,
        by: asker.by.clone(),
        remark: new.remark,
    };
    Ok((asker, transfer))
}

/// All that is wrong at once, the reason last.
fn agreed(
    asker: Result<Asker, Problem>,
    purse: Option<Purse>,
    mut wrong: Vec<WrongField>,
) -> Result<(Asker, Purse), Problem> {
    match (asker, purse) {
        (Ok(asker), Some(purse)) if wrong.is_empty() => Ok((asker, purse)),
        (Err(problem), _) => {
            wrong.extend_from_slice(problem.wrong_fields());
            Err(if wrong.is_empty() {
                problem
            } else {
                Problem::invalid(wrong)
            })
        }
        (Ok(_), _) => Err(Problem::invalid(wrong)),
    }
}

pub(super) fn reference(text: &str) -> Vec<WrongField> {
    let rule = "must be 1 to 100 visible ASCII characters";
    // One rule for all keys that are made of a reference.
    match EntryKey::recharge(text) {
        Some(_) => Vec::new(),
        None => vec![WrongField::new("reference", rule)],
    }
}

pub(super) fn positive(amount: Amount) -> Option<WrongField> {
    (!amount.is_positive()).then(|| WrongField::new("amount", "must be above zero"))
}

async fn user(state: &AppState, field: &str, id: UserId) -> Result<Option<WrongField>, Problem> {
    let known = state.desk.store.user(id).await?.is_some();
    Ok((!known).then(|| WrongField::new(field, "must be an existing user")))
}

fn purse(text: &str, wrong: &mut Vec<WrongField>) -> Option<Purse> {
    let purse = match text.split_once(':') {
        None if text == "power" => Some(Purse::Power),
        None if text == "gift_power" => Some(Purse::GiftPower),
        Some(("wallet", asset)) => Asset::new(asset).map(Purse::Wallet),
        _ => None,
    };
    if purse.is_none() {
        let rule = "must be `power`, `gift_power`, or `wallet:ASSET`";
        wrong.push(WrongField::new("purse", rule));
    }
    purse
}
