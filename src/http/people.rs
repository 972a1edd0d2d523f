//! Users and their venue accounts over HTTP.

use actix_web::{HttpResponse, web};
use domain::id::{UserId, VenueAccountId};

use crate::actors::mail::SyncNow;
use crate::desk::{DeskError, Listing, NewRate, NewUser, NewVenueAccount};
use crate::http::asked::{Asked, Paging, PathId, Sent};
use crate::http::caller::Writer;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::robots::{Accepted, Nothing};
use crate::http::state::AppState;
use crate::view::{RateView, UserView, VenueAccountView};

/// The users.
#[utoipa::path(get, path = "/users", tag = "users", params(Paging), responses((status = 200, description = "A page of users", body = Listing<UserView>)))]
pub(super) async fn users(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<UserView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.users(page).await?))
}

/// Adds a user.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser, responses((status = 201, description = "The user", body = UserView)))]
pub(super) async fn create_user(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewUser>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let user = state.desk.create_user(sent.body, &asker).await?;
    Ok(HttpResponse::Created().json(user))
}

/// Sets a user's power rate from a point in time on.
#[utoipa::path(
    post,
    path = "/users/{id}/rate",
    tag = "users",
    params(("id" = i64, Path, description = "The user")),
    request_body = NewRate,
    responses((status = 201, description = "The rate", body = RateView))
)]
pub(super) async fn set_rate(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewRate>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let rate = state.desk.set_rate(Some(UserId(id.0)), sent.body, &asker).await?;
    Ok(HttpResponse::Created().json(rate))
}

/// The venue accounts.
#[utoipa::path(get, path = "/venue-accounts", tag = "users", params(Paging), responses((status = 200, description = "A page of venue accounts", body = Listing<VenueAccountView>)))]
pub(super) async fn accounts(
    state: web::Data<AppState>,
    paging: Asked<Paging>,
) -> Result<web::Json<Listing<VenueAccountView>>, Problem> {
    let page = paging.0.page(&state)?;
    Ok(web::Json(state.desk.venue_accounts(page).await?))
}

/// Adds a venue account.
#[utoipa::path(post, path = "/venue-accounts", tag = "users", request_body = NewVenueAccount, responses((status = 201, description = "The venue account", body = VenueAccountView)))]
pub(super) async fn create_account(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewVenueAccount>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let account = state.desk.create_account(sent.body, &asker).await?;
    Ok(HttpResponse::Created().json(account))
}

/// Syncs a venue account now instead of at its next turn.
#[utoipa::path(
    post,
    path = "/venue-accounts/{id}/sync",
    tag = "users",
    params(("id" = i64, Path, description = "The venue account")),
    request_body = Nothing,
    responses((status = 202, description = "It will be synced", body = Accepted))
)]
pub(super) async fn sync(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Nothing {} = sent.body;
    let account = VenueAccountId(id.0);
    let asker = writer.asker(sent.reason.as_deref())?;
    if state.desk.store.venue_account(account).await?.is_none() {
        let what = format!("venue account {account}");
        return Err(DeskError::Absent { what }.into());
    }
    state
        .desk
        .note(&asker, "account.sync", format!("account:{account}"))
        .await?;
    match state.mail.sync.try_send(SyncNow { account }) {
        Ok(()) => Ok(HttpResponse::Accepted().json(Accepted { accepted: true })),
        Err(_) => Err(Problem::new(
            ProblemKind::Unavailable,
            "the scheduler has too much waiting",
        )),
    }
}
