//! What is seen of every request: one log line, its metrics, its deadline, and the headers of every answer.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use metrics::{counter, histogram};
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use crate::event;
use crate::http::metrics::{REQUEST_DURATION, REQUESTS};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::routes::Verb;
use crate::http::state::AppState;

/// Watches one request from its head to its answer.
pub(super) async fn observe<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let seen = Seen::of(&request);
    let deadline = request
        .app_data::<web::Data<AppState>>()
        .map(|state| state.options.request_deadline)
        .unwrap_or_default();
    let answer = match timeout(deadline, next.call(request)).await {
        Ok(answer) => answer,
        Err(_) => {
            let detail = "it took longer than http.request_deadline; look whether it has happened before repeating it";
            Err(Problem::new(ProblemKind::Deadline, detail).into())
        }
    };
    let status = match &answer {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    };
    seen.tell(status, began);
    answer.map(|mut response| {
        protect(response.headers_mut());
        response
    })
}

/// The headers of every answer: nothing is guessed from its content, nothing is kept, nothing is framed.
fn protect(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = HeaderName::from_static("content-security-policy");
    headers.insert(
        policy,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
}

/// What is told of a request: never its query, its headers or its body, which may hold what is nobody's business.
struct Seen {
    method: &'static str,
    route: String,
    peer: Option<std::net::SocketAddr>,
}

impl Seen {
    fn of(request: &ServiceRequest) -> Self {
        Self {
            method: Verb::of(request.method()).map_or("other", Verb::as_str),
            route: request.match_pattern().unwrap_or_else(|| "unmatched".to_owned()),
            peer: request.peer_addr(),
        }
    }

    fn tell(self, status: u16, began: Instant) {
        let Self { method, route, peer } = self;
        let took = began.elapsed();
        let labels = [
            ("method", method.to_owned()),
            ("route", route.clone()),
            ("status", status.to_string()),
        ];
        counter!(REQUESTS, &labels).increment(1);
        histogram!(REQUEST_DURATION, &labels[..2]).record(took.as_secs_f64());
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let peer = peer.map(|peer| peer.ip().to_string()).unwrap_or_default();
        if status >= 500 {
            warn!(
                event = event::HTTP_REQUEST,
                http.method = method,
                http.route = route,
                http.status = status,
                duration_ms,
                peer,
                "{method} {route} answered {status} in {duration_ms} ms"
            );
        } else {
            info!(
                event = event::HTTP_REQUEST,
                http.method = method,
                http.route = route,
                http.status = status,
                duration_ms,
                peer,
                "{method} {route} answered {status} in {duration_ms} ms"
            );
        }
    }
}
