//! The HTTP interface: what operators and their tools see of the daemon, and what they may ask of it.

mod alerts;
mod asked;
mod attempts;
mod caller;
mod chain;
mod close_all;
mod guard;
mod health;
mod jobs;
mod keyring;
mod keys;
mod ledger;
pub mod lobby;
mod mail;
mod markets;
pub mod metrics;
mod money;
mod observe;
mod openapi;
mod orders;
mod pause;
mod payouts;
mod people;
mod pool_money;
mod pool_reports;
mod pools;
mod positions;
mod problem;
mod reports;
mod robots;
mod routes;
mod schema;
mod state;
mod statements;
mod tokens;
mod treasury;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, HttpServer, web};

pub use openapi::document;
pub use problem::{Problem, ProblemKind};
pub use routes::{Access, ROUTES, Row, Verb};
pub use state::{AppState, Mailboxes, Options, PayoutMail, Ready, Vaults};

/// Most connections per worker; beyond it new ones wait in the backlog. An idle one goes after [`HEAD_DEADLINE`].
const CONNECTIONS_PER_WORKER: usize = 8_192;
/// Most connections that wait to be accepted.
const BACKLOG: u32 = 1_024;
/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a client may take to close after us.
const GOODBYE_DEADLINE: Duration = Duration::from_secs(2);

/// Why the interface is not there.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("could not listen on {address}; change http.listen, or stop what holds it")]
    Bind {
        /// The configured address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The interface, bound and waiting to be run.
pub struct Bound {
    /// The address that it listens on; the port is known even where the configured one was zero.
    pub address: SocketAddr,
    /// Stops it: `handle.stop(true)` lets requests in flight end, within the shutdown deadline.
    pub handle: ServerHandle,
    /// To be awaited; it ends when it was stopped.
    pub server: Server,
}

/// Binds the configured address and makes the server, which answers once it is awaited.
///
/// # Errors
/// When the address cannot be listened on.
pub fn serve(state: Arc<AppState>) -> Result<Bound, ServeError> {
    let Options {
        listen: address,
        workers,
        shutdown_deadline,
        ..
    } = state.options;
    let shared = Arc::clone(&state);
    let bind = |source| ServeError::Bind { address, source };
    let server = HttpServer::new(move || app(&shared))
        .workers(workers)
        .backlog(BACKLOG)
        .max_connections(CONNECTIONS_PER_WORKER)
        .client_request_timeout(HEAD_DEADLINE)
        .client_disconnect_timeout(GOODBYE_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(shutdown_deadline.as_secs().max(1))
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

/// The application: observed, guarded, and nothing but the route table inside.
pub fn app(
    state: &Arc<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(web::Data::from(Arc::clone(state)))
        .app_data(web::PayloadConfig::new(state.options.request_limit_bytes))
        .wrap(from_fn(guard::guard))
        .wrap(Compress::default())
        .wrap(from_fn(observe::observe))
        .configure(routes::configure)
}
