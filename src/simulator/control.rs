//! The simulator's own endpoints: fault scripts, prices by hand, streams that expire, and what it tells of itself.

use actix_web::web::{Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use domain::fixed::{Price, Quantity};
use domain::market::{Symbol, Tick};
use serde::Deserialize;
use serde_json::json;

use super::books;
use super::faults::Script;
use super::passage::Passage;

/// Registers the endpoints.
pub(super) fn register(routes: &mut ServiceConfig) {
    routes.service(
        web::scope("/simulator")
            .app_data(web::JsonConfig::default().error_handler(|error, _| {
                let text = json!({ "error": error.to_string() }).to_string();
                actix_web::error::InternalError::from_response(error, HttpResponse::BadRequest().body(text)).into()
            }))
            .route("/faults", web::post().to(set))
            .route("/faults", web::get().to(list))
            .route("/faults", web::delete().to(clear))
            .route("/faults/{id}", web::delete().to(clear_one))
            .route("/price", web::post().to(price))
            .route("/streams/expire", web::post().to(expire))
            .route("/accounts", web::get().to(books::accounts))
            .route("/answers", web::get().to(books::answers))
            .default_service(web::to(|| async {
                refuse(
                    404,
                    "the simulator has faults, price, streams/expire, accounts and answers below /simulator",
                )
            })),
    );
}

async fn set(passage: Data<Passage>, script: Json<Script>) -> HttpResponse {
    match passage.faults.set(script.into_inner()) {
        Ok(id) => HttpResponse::Created().json(json!({ "id": id })),
        Err(error) => refuse(400, &error.to_string()),
    }
}

async fn list(passage: Data<Passage>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": passage.faults.list() }))
}

async fn clear(passage: Data<Passage>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "cleared": passage.faults.clear(None) }))
}

async fn clear_one(passage: Data<Passage>, id: Path<u64>) -> HttpResponse {
    match passage.faults.clear(Some(*id)) {
        0 => refuse(404, "no such fault stands"),
        cleared => HttpResponse::Ok().json(json!({ "cleared": cleared })),
    }
}

/// A trade by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trade {
    symbol: String,
    price: Price,
    #[serde(default)]
    quantity: Quantity,
}

async fn price(passage: Data<Passage>, trade: Json<Trade>) -> HttpResponse {
    let Some(market) = passage.exchange.market(&trade.symbol) else {
        return refuse(400, &format!("symbol {} is not listed", trade.symbol));
    };
    if !trade.price.is_positive() || !trade.price.is_multiple_of(market.instrument.tick) {
        let tick = market.instrument.tick;
        return refuse(400, &format!("price must be a positive multiple of {tick}"));
    }
    if trade.quantity.is_negative() {
        return refuse(400, "quantity must not be negative");
    }
    let tick = Tick {
        at: passage.exchange.market_now(),
        price: trade.price,
        quantity: trade.quantity,
    };
    passage.exchange.venue().tick(&Symbol::new(&trade.symbol), tick).await;
    HttpResponse::Ok().json(json!({ "at": tick.at.0 }))
}

/// Whose streams expire.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    key: String,
}

async fn expire(passage: Data<Passage>, whose: Json<Whose>) -> HttpResponse {
    let Some(account) = passage.exchange.keys().account(&whose.key) else {
        return refuse(400, "key is not known");
    };
    passage.dialect.expire(&passage.exchange, account.id);
    HttpResponse::Ok().json(json!({}))
}

fn refuse(status: u16, why: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(json!({ "error": why }))
}
