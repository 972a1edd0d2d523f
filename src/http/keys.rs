//! Keys of venue accounts over HTTP. What is secret only comes in; nothing of it ever goes out.

use actix_web::web;
use domain::id::VenueAccountId;

use crate::desk::{NewKey, Rotation};
use crate::http::asked::{PathId, Sent};
use crate::http::caller::Writer;
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::view::KeyView;

/// What may be known of the key of a venue account.
#[utoipa::path(
    get,
    path = "/venue-accounts/{id}/key",
    tag = "users",
    params(("id" = i64, Path, description = "The venue account")),
    responses((status = 200, description = "What may be known of its key", body = KeyView))
)]
pub(super) async fn show(state: web::Data<AppState>, id: PathId) -> Result<web::Json<KeyView>, Problem> {
    Ok(web::Json(state.desk.key(VenueAccountId(id.0)).await?))
}

/// Sets or replaces the key of a venue account. A key that may withdraw is refused, and so is one whose rights the venue
/// cannot tell now.
#[utoipa::path(
    post,
    path = "/venue-accounts/{id}/key",
    tag = "users",
    params(("id" = i64, Path, description = "The venue account")),
    request_body = NewKey,
    responses((status = 200, description = "What may be known of its key", body = KeyView))
)]
pub(super) async fn set(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<NewKey>,
) -> Result<web::Json<KeyView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(
        state.desk.set_key(VenueAccountId(id.0), sent.body, &asker).await?,
    ))
}

/// Removes the key of a venue account: nothing more is asked of its venue with it.
#[utoipa::path(
    post,
    path = "/venue-accounts/{id}/key/remove",
    tag = "users",
    params(("id" = i64, Path, description = "The venue account")),
    request_body = Nothing,
    responses((status = 200, description = "What was known of its key", body = KeyView))
)]
pub(super) async fn remove(
    state: web::Data<AppState>,
    writer: Writer,
    id: PathId,
    sent: Sent<Nothing>,
) -> Result<web::Json<KeyView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.remove_key(VenueAccountId(id.0), &asker).await?))
}

/// Seals the data keys of all keys under the newest master key. It may be repeated.
#[utoipa::path(
    post,
    path = "/keys/rotate",
    tag = "users",
    request_body = Nothing,
    responses((status = 200, description = "What was done", body = Rotation))
)]
pub(super) async fn rotate(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Nothing>,
) -> Result<web::Json<Rotation>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    Ok(web::Json(state.desk.rotate_keys(&asker).await?))
}
