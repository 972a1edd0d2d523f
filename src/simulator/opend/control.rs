//! The simulator's own endpoints over HTTP: faults, prices, sessions, cuts, and what it tells of itself.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpResponse, HttpServer, web};
use domain::fixed::{Price, Quantity};
use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::Hub;
use super::world::{Exchange, No, Order, StockName, World};
use crate::simulator::faults::routes::{self, refuse};

type Shared = Data<Hub>;

/// Binds the control to its address.
pub(super) fn bind(address: SocketAddr, hub: Arc<Hub>) -> io::Result<(SocketAddr, Server)> {
    let shared = Data::from(hub);
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(register))
        .workers(1)
        .shutdown_timeout(1)
        .disable_signals()
        .bind(address)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    Ok((address, server.run()))
}

fn register(endpoints: &mut web::ServiceConfig) {
    let has = "the simulator has faults, price, liquidity, halt, market, day, cut, orders and answers below /simulator";
    endpoints.service(
        routes::scope::<Hub>(has)
            .route("/price", web::post().to(price))
            .route("/liquidity", web::post().to(liquidity))
            .route("/halt", web::post().to(halt))
            .route("/market", web::post().to(market))
            .route("/day", web::post().to(day))
            .route("/cut", web::post().to(cut))
            .route("/orders", web::get().to(orders))
            .route("/answers", web::get().to(answers)),
    );
}

/// Changes the world, and tells everybody.
fn change(hub: &Hub, act: impl FnOnce(&mut World, Timestamp) -> Result<(), No>) -> HttpResponse {
    let now = hub.clock.now();
    let mut floor = hub.floor();
    let done = act(&mut floor.world, now);
    hub.publish(&mut floor.world);
    match done {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(why) => refuse(&why),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPrice {
    symbol: String,
    price: Price,
}

async fn price(hub: Shared, told: Json<NewPrice>) -> HttpResponse {
    change(&hub, |world, now| {
        world.set_price(&told.symbol.parse::<StockName>()?, told.price, now)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLiquidity {
    symbol: String,
    shares: Option<Quantity>,
}

async fn liquidity(hub: Shared, told: Json<NewLiquidity>) -> HttpResponse {
    if told.shares.is_some_and(Quantity::is_negative) {
        return refuse("shares must be at least 0, or null for any number");
    }
    change(&hub, |world, now| {
        world.set_liquidity(&told.symbol.parse::<StockName>()?, told.shares, now)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewHalt {
    symbol: String,
    halted: bool,
}

async fn halt(hub: Shared, told: Json<NewHalt>) -> HttpResponse {
    change(&hub, |world, now| {
        world.set_halted(&told.symbol.parse::<StockName>()?, told.halted, now)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSession {
    market: String,
    open: bool,
}

async fn market(hub: Shared, told: Json<NewSession>) -> HttpResponse {
    change(&hub, |world, now| {
        world.set_open(told.market.parse::<Exchange>()?, told.open, now);
        Ok(())
    })
}

async fn day(hub: Shared) -> HttpResponse {
    change(&hub, |world, _| {
        world.next_day();
        Ok(())
    })
}

async fn cut(hub: Shared) -> HttpResponse {
    hub.cuts.send_modify(|cuts| *cuts += 1);
    HttpResponse::NoContent().finish()
}

async fn orders(hub: Shared) -> HttpResponse {
    let floor = hub.floor();
    let orders: Vec<Value> = floor.world.orders.iter().map(shown).collect();
    HttpResponse::Ok().json(json!({ "orders": orders }))
}

fn shown(order: &Order) -> Value {
    json!({
        "id": order.id,
        "account": order.account,
        "symbol": order.stock.to_string(),
        "buys": order.buys,
        "quantity": order.quantity,
        "limit": order.limit,
        "filled": order.filled(),
        "turnover": order.turnover(),
        "fee": order.fee,
        "status": format!("{:?}", order.status),
        "remark": order.remark,
        "created": order.created,
    })
}

async fn answers(hub: Shared) -> HttpResponse {
    HttpResponse::Ok().json(hub.answered())
}
