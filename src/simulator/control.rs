//! The simulator's own endpoints: fault scripts, prices by hand, streams that expire, and what it tells of itself.

use actix_web::web::{Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use domain::fixed::{Price, Quantity};
use domain::market::{Symbol, Tick};
use serde::Deserialize;
use serde_json::json;

use super::books;
use super::faults::Script;
use super::gate::Gate;

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

async fn set(gate: Data<Gate>, script: Json<Script>) -> HttpResponse {
    match gate.faults.set(script.into_inner()) {
        Ok(id) => HttpResponse::Created().json(json!({ "id": id })),
        Err(error) => refuse(400, &error.to_string()),
    }
}

async fn list(gate: Data<Gate>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": gate.faults.list() }))
}

async fn clear(gate: Data<Gate>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "cleared": gate.faults.clear(None) }))
}

async fn clear_one(gate: Data<Gate>, id: Path<u64>) -> HttpResponse {
    match gate.faults.clear(Some(*id)) {
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

async fn price(gate: Data<Gate>, trade: Json<Trade>) -> HttpResponse {
    let Some(market) = gate.exchange.market(&trade.symbol) else {
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
        at: gate.exchange.market_now(),
        price: trade.price,
        quantity: trade.quantity,
    };
    gate.exchange.venue().tick(&Symbol::new(&trade.symbol), tick).await;
    HttpResponse::Ok().json(json!({ "at": tick.at.0 }))
}

/// Whose streams expire.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    key: String,
}

async fn expire(gate: Data<Gate>, whose: Json<Whose>) -> HttpResponse {
    let Some(account) = gate.exchange.keys().account(&whose.key) else {
        return refuse(400, "key is not known");
    };
    gate.dialect.expire(&gate.exchange, account.id);
    HttpResponse::Ok().json(json!({}))
}

fn refuse(status: u16, why: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(json!({ "error": why }))
}
