//! The simulator's server: control, requests and sockets on one address.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use actix_web::web::{Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use domain::time::Timestamp;
use futures::StreamExt;

use super::control;
use super::dialect::{Answer, Asked, Dialect};
use super::exchange::Exchange;
use super::faults::{Answers, Faults};
use super::passage::{Passage, Reply};
use super::sockets;
use super::tally::Tally;

/// Largest body of a request.
const BODY: usize = 1_048_576;
/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// Threads that answer.
const WORKERS: usize = 2;

/// A simulator, bound and waiting to be run.
pub struct Bound {
    /// Where it listens; the port is known even where zero was asked for.
    pub address: SocketAddr,
    /// Stops it.
    pub handle: ServerHandle,
    /// To be awaited.
    pub server: Server,
    /// What it shares, for tests.
    pub passage: Data<Passage>,
}

/// Listens on an address.
///
/// # Errors
/// When it cannot be listened on.
pub fn bind(address: SocketAddr, exchange: Arc<Exchange>, dialect: Box<dyn Dialect>) -> io::Result<Bound> {
    let passage = Data::new(Passage {
        exchange,
        dialect,
        faults: Faults::default(),
        latest: Answers::default(),
        answered: Tally::default(),
    });
    let shared = passage.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .configure(control::register)
            .default_service(web::to(any))
    })
    .workers(WORKERS)
    .client_request_timeout(HEAD_DEADLINE)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(1)
    .disable_signals()
    .bind(address)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    let server = server.run();
    Ok(Bound {
        address,
        handle: server.handle(),
        server,
        passage,
    })
}

async fn any(request: HttpRequest, payload: Payload, passage: Data<Passage>) -> actix_web::Result<HttpResponse> {
    let mut asked = asked(&request, &passage);
    if request.headers().contains_key(UPGRADE) {
        return match passage.dialect.talk(&passage.exchange, &asked) {
            Ok(talk) => sockets::open(&request, payload, passage.into_inner(), talk),
            Err(no) => {
                passage.answered.count(no.0.status);
                Ok(respond(no.0))
            }
        };
    }
    let Some(body) = read(payload).await? else {
        return Ok(HttpResponse::PayloadTooLarge().finish());
    };
    asked.body = body;
    Ok(match passage.pass(&asked).await {
        Reply::With(answer) => respond(answer),
        Reply::Cut => cut(),
    })
}

fn asked(request: &HttpRequest, passage: &Passage) -> Asked {
    let headers = request.headers().iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    Asked {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        query: request.query_string().to_owned(),
        body: String::new(),
        headers: headers.collect(),
        from: request
            .peer_addr()
            .map_or_else(String::new, |peer| peer.ip().to_string()),
        now: now(passage),
    }
}

/// The venue's clock, as far off as it is told to be.
pub(super) fn now(passage: &Passage) -> Timestamp {
    Timestamp(passage.exchange.now().0.saturating_add(passage.faults.skew()))
}

/// The body as text; `None` when it is too large.
async fn read(mut payload: Payload) -> actix_web::Result<Option<String>> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > BODY {
            return Ok(None);
        }
    }
    let text = String::from_utf8(body).map_err(actix_web::error::ErrorBadRequest)?;
    Ok(Some(text))
}

fn respond(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, "application/json"));
    for (name, value) in answer.headers {
        response.insert_header((name, value));
    }
    response.body(answer.body)
}

/// An answer whose body fails before its first byte, so that the connection ends without one.
fn cut() -> HttpResponse {
    let failing = futures::stream::once(async { Err::<web::Bytes, io::Error>(io::ErrorKind::ConnectionReset.into()) });
    HttpResponse::Ok()
        .insert_header((CONNECTION, "close"))
        .body(BodyStream::new(failing))
}
