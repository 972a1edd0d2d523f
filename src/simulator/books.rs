//! What a simulator tells of itself: all that every account did, and how requests were answered.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

use super::exchange::{Account, Denied};
use super::passage::Passage;

/// Every account with its sums, what it holds, and its orders, fills and incomes, oldest first.
pub(super) async fn accounts(passage: Data<Passage>) -> HttpResponse {
    let mut told = Vec::new();
    for account in passage.exchange.keys().accounts() {
        match of(&passage, account).await {
            Ok(books) => told.push(books),
            Err(error) => return HttpResponse::ServiceUnavailable().json(json!({ "error": error.to_string() })),
        }
    }
    HttpResponse::Ok().json(json!({ "accounts": told }))
}

/// How often requests were answered with which status.
pub(super) async fn answers(passage: Data<Passage>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "answers": passage.answered.all() }))
}

async fn of(passage: &Passage, account: &Account) -> Result<Value, Denied> {
    let view = passage.exchange.view(account.id).await?;
    let held: Vec<_> = view.positions.iter().map(|position| &position.held).collect();
    Ok(passage.exchange.history(account.id, |history| {
        json!({
            "key": account.key,
            "balance": view.account.balance,
            "realised": view.account.realised,
            "fees": view.account.fees,
            "paid": view.account.incomes,
            "positions": held,
            "orders": history.orders().collect::<Vec<_>>(),
            "fills": history.fills().collect::<Vec<_>>(),
            "incomes": history.incomes().collect::<Vec<_>>(),
        })
    }))
}
