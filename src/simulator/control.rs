//! The simulator's own endpoints: fault scripts, prices by hand, streams that expire, and what it tells of itself.

use actix_web::web::{Data, Json, ServiceConfig};
use actix_web::{HttpResponse, web};
use domain::fixed::{Price, Quantity};
use domain::market::{Symbol, Tick};
use serde::Deserialize;
use serde_json::json;

use super::books;
use super::faults::routes::{self, refuse};
use super::passage::Passage;

/// Registers the endpoints.
pub(super) fn register(endpoints: &mut ServiceConfig) {
    let has = "the simulator has faults, price, streams/expire, accounts and answers below /simulator";
    endpoints.service(
        routes::scope::<Passage>(has)
            .route("/price", web::post().to(price))
            .route("/streams/expire", web::post().to(expire))
            .route("/accounts", web::get().to(books::accounts))
            .route("/answers", web::get().to(books::answers)),
    );
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
        return refuse(&format!("symbol {} is not listed", trade.symbol));
    };
    if !trade.price.is_positive() || !trade.price.is_multiple_of(market.instrument.tick) {
        let tick = market.instrument.tick;
        return refuse(&format!("price must be a positive multiple of {tick}"));
    }
    if trade.quantity.is_negative() {
        return refuse("quantity must not be negative");
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
        return refuse("key is not known");
    };
    passage.dialect.expire(&passage.exchange, account.id);
    HttpResponse::Ok().json(json!({}))
}
