//! Money that operators move between a vault, its reserve and the stock venue, put on record in the ledger.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use domain::fixed::Amount;
use domain::id::SubscriptionId;
use domain::ledger::Request;
use domain::payout::treasury::{self, TreasuryMove, TreasuryOrder};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::desk::{DeskError, WrongField};
use crate::http::asked::Sent;
use crate::http::caller::Writer;
use crate::http::chain::vaults;
use crate::http::mail::{post, posted, why_not};
use crate::http::money::{positive, reference};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::PostView;

/// Its name in the trail.
const ACTION: &str = "ledger.treasury";

/// Money that was moved by hand, on the chain or at the bank. The same reference is the same move, however often it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    reference: String,
    /// Whose vault.
    #[schema(value_type = i64)]
    subscription: SubscriptionId,
    /// `vault_to_venue`, `venue_to_vault`, `into_reserve` or `out_of_reserve`.
    #[schema(value_type = String, example = "into_reserve")]
    way: TreasuryMove,
    /// How much, above zero.
    #[schema(value_type = String, example = "10000")]
    amount: Amount,
}

/// Puts money on record that was moved by hand between a vault, its reserve and the stock venue. Idempotent by reference.
#[utoipa::path(
    post,
    path = "/ledger/treasury",
    tag = "money",
    request_body = Moved,
    responses(
        (status = 201, description = "It was posted now", body = PostView),
        (status = 200, description = "The same was posted before", body = PostView)
    )
)]
pub(super) async fn moved(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Moved>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.money_asker(sent.reason.as_deref())?;
    let body = sent.body;
    let mut wrong = reference(&body.reference);
    wrong.extend(positive(body.amount));
    let listing = vaults(&state)?.solvency.vaults.iter().map(|(_, listing, _)| listing);
    let listing = listing
        .into_iter()
        .find(|listing| listing.subscription == body.subscription);
    let Some(listing) = listing.filter(|_| wrong.is_empty()) else {
        if wrong.is_empty() {
            wrong.push(WrongField::new("subscription", "must be one that is followed here"));
        }
        return Err(DeskError::Invalid(wrong).into());
    };
    let subject = format!("treasury:{}", body.reference);
    let audit = state
        .desk
        .trail(&asker, ACTION, subject.clone(), state.desk.clock.now())
        .await?;
    let order = TreasuryOrder {
        reference: body.reference,
        subscription: body.subscription,
        money: listing.money.clone(),
        way: body.way,
        amount: body.amount,
        reason: asker.reason.clone(),
        audit,
    };
    let (problem, why) = match treasury::moved(&order) {
        Ok(posting) => {
            let receipt = post(&state, Request::Escrow(Arc::new(posting))).await?;
            match why_not(&receipt.answer) {
                None => return Ok(posted(receipt)),
                Some(why) => (Problem::unposted(receipt.answer.into(), why.clone()), why),
            }
        }
        Err(error) => {
            let why = error.to_string();
            (DeskError::Conflict { why: why.clone() }.into(), why)
        }
    };
    // The line of the trail is part of the posting: of one that is refused nothing would be left.
    state.desk.note_refusal(&asker, ACTION, subject, &why).await?;
    Err(problem)
}
