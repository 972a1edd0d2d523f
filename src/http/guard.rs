//! The door: whatever is not in the route table is not there, and whoever lacks the role stays outside.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::desk::Asker;
use crate::event;
use crate::http::caller::Caller;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::routes::{self, Access, Found, Row};
use crate::http::state::AppState;

/// Lets a request pass to its handler, or answers it with a problem.
pub(super) async fn guard<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    match admit(&request).await {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => {
            let response = request.error_response(problem);
            Ok(response.map_into_right_body())
        }
    }
}

async fn admit(request: &ServiceRequest) -> Result<Option<Caller>, Problem> {
    let pattern = request.match_pattern();
    let row = match routes::find(request.method(), pattern.as_deref()) {
        Found::Row(row) => row,
        Found::OtherMethods(allow) => return Err(Problem::method(allow)),
        Found::Nothing => return Err(Problem::new(ProblemKind::NotFound, "there is nothing at this path")),
    };
    let needed = match row.access {
        Access::Public => return Ok(None),
        Access::Role(role) => role,
    };
    let caller = authenticate(request).await?;
    if caller.role < needed {
        let detail = format!(
            "role {} is needed, the token has {}",
            needed.as_str(),
            caller.role.as_str()
        );
        if row.moves_money() {
            record(request, caller, row, detail.clone()).await;
        }
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    Ok(Some(caller))
}

/// Puts an attempt on money without the right to it on record. It stays outside whether or not that succeeds.
async fn record(request: &ServiceRequest, caller: Caller, row: &Row, detail: String) {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return;
    };
    let asker = Asker {
        by: caller.name,
        reason: detail,
        from: caller.from.to_string(),
    };
    let act = row.handler.rsplit("::").next().unwrap_or(row.handler);
    let action = format!("ledger.{act}.forbidden");
    if let Err(error) = state.desk.note(&asker, &action, row.path.to_owned()).await {
        tracing::warn!(
            event = event::HTTP_STORE_FAILED,
            "a forbidden attempt could not be recorded: {error}"
        );
    }
}

async fn authenticate(request: &ServiceRequest) -> Result<Caller, Problem> {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return Err(Problem::new(ProblemKind::Internal, "the interface has no state"));
    };
    let Some(peer) = request.peer_addr() else {
        return Err(Problem::new(ProblemKind::Malformed, "the peer has no address"));
    };
    let holder = match bearer(request) {
        Some(secret) => {
            let looks = request.method() == Method::GET;
            state.keyring.holder(secret, looks).await?
        }
        None => None,
    };
    match holder {
        Some(holder) => Ok(Caller {
            name: holder.name,
            role: holder.role,
            from: peer.ip(),
        }),
        None => match state.attempts.failed(peer.ip()) {
            Ok(()) => {
                let detail = "send the header `Authorization: Bearer TOKEN` with a valid token";
                Err(Problem::new(ProblemKind::Unauthenticated, detail))
            }
            Err(wait) => Err(Problem::too_many(wait.as_secs() + 1)),
        },
    }
}

fn bearer(request: &ServiceRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
