//! The door of a daemon that waits to become the writer: it is alive, not ready, and says for whom it waits.

use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::sync::watch;

use crate::http::problem::{Problem, ProblemKind};
use crate::http::state::Options;
use crate::http::{Bound, ServeError, health};

/// Binds the configured address and makes the server of the waiting daemon, which answers once it is awaited: to
/// `/health/live` yes, and to everything else with the reason why it waits.
///
/// # Errors
/// When the address cannot be listened on.
pub fn wait(options: &Options, why: watch::Receiver<String>) -> Result<Bound, ServeError> {
    let address = options.listen;
    let bind = |source| ServeError::Bind { address, source };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(why.clone()))
            .route("/health/live", web::get().to(health::live))
            .default_service(web::to(not_yet))
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .map_err(bind)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    let server = server.run();
    Ok(Bound {
        address,
        handle: server.handle(),
        server,
    })
}

async fn not_yet(why: web::Data<watch::Receiver<String>>) -> Result<HttpResponse, Problem> {
    let why = why.borrow().clone();
    Err(Problem::new(ProblemKind::Unavailable, why))
}
