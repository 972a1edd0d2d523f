//! Faults over HTTP, below `/simulator`: set, listed and cleared alike at every simulator.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, Scope, web};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::board::{Board, Scripted};

/// What faults happen to.
pub trait Faulty: Send + Sync + 'static {
    /// What is told of one.
    type Script: Scripted + Serialize + DeserializeOwned + 'static;

    /// Its faults.
    fn faults(&self) -> &Board<Self::Script>;
}

/// The scope of a simulator's own endpoints, with those of faults; `has` says in words what is below it.
pub fn scope<F: Faulty>(has: &'static str) -> Scope {
    web::scope("/simulator")
        .app_data(web::JsonConfig::default().error_handler(|error, _| {
            let text = json!({ "error": error.to_string() }).to_string();
            actix_web::error::InternalError::from_response(error, HttpResponse::BadRequest().body(text)).into()
        }))
        .route("/faults", web::post().to(set::<F>))
        .route("/faults", web::get().to(list::<F>))
        .route("/faults", web::delete().to(clear::<F>))
        .route("/faults/{id}", web::delete().to(clear_one::<F>))
        .default_service(web::to(move || async move { absent(has) }))
}

/// The answer to what cannot be done as it was asked for.
pub fn refuse(why: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": why }))
}

/// The answer where nothing is.
fn absent(why: &str) -> HttpResponse {
    HttpResponse::NotFound().json(json!({ "error": why }))
}

async fn set<F: Faulty>(shared: Data<F>, script: Json<F::Script>) -> HttpResponse {
    match shared.faults().set(script.into_inner()) {
        Ok(id) => HttpResponse::Created().json(json!({ "id": id })),
        Err(error) => refuse(&error.to_string()),
    }
}

async fn list<F: Faulty>(shared: Data<F>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": shared.faults().list() }))
}

async fn clear<F: Faulty>(shared: Data<F>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "cleared": shared.faults().clear(None) }))
}

async fn clear_one<F: Faulty>(shared: Data<F>, id: Path<u64>) -> HttpResponse {
    match shared.faults().clear(Some(*id)) {
        0 => absent("no such fault stands"),
        cleared => HttpResponse::Ok().json(json!({ "cleared": cleared })),
    }
}
