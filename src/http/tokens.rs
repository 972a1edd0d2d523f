//! Tokens over HTTP: listed, made, revoked. A secret is in one answer, once.

use actix_web::{HttpResponse, web};
use domain::access::Role;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::{NewToken, WrongField};
use crate::http::asked::Sent;
use crate::http::caller::Writer;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::TokenView;

/// A token to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenAsk {
    /// Its holder; unique among valid tokens.
    name: String,
    /// `viewer`, `operator` or `admin`.
    #[schema(example = "viewer")]
    role: String,
}

/// A token to revoke.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Holder {
    /// Its holder.
    name: String,
}

/// The valid tokens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Tokens {
    /// All of them.
    items: Vec<TokenView>,
}

/// A new token. Its secret is shown here and nowhere else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Minted {
    #[serde(flatten)]
    token: TokenView,
    /// What its holder sends.
    secret: String,
}

/// The valid tokens, without anything that could be used as one.
#[utoipa::path(get, path = "/tokens", tag = "users", responses((status = 200, description = "The valid tokens", body = Tokens)))]
pub(super) async fn list(state: web::Data<AppState>) -> Result<web::Json<Tokens>, Problem> {
    let tokens = state.desk.tokens().await?;
    Ok(web::Json(Tokens {
        items: tokens.iter().map(TokenView::from).collect(),
    }))
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", tag = "users", request_body = TokenAsk, responses((status = 201, description = "The token, with its secret", body = Minted)))]
pub(super) async fn create(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<TokenAsk>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let role = Role::parse(&sent.body.role)
        .ok_or_else(|| Problem::invalid(vec![WrongField::new("role", "must be viewer, operator or admin")]))?;
    let new = NewToken {
        name: sent.body.name,
        role,
    };
    let minted = state.desk.mint_token(new, &asker).await?;
    Ok(HttpResponse::Created().json(Minted {
        token: TokenView::from(&minted.token),
        secret: minted.secret.expose_secret().to_owned(),
    }))
}

/// Revokes the valid token of a holder; it is refused within seconds.
#[utoipa::path(post, path = "/tokens/revoke", tag = "users", request_body = Holder, responses((status = 200, description = "The token that was revoked", body = TokenView)))]
pub(super) async fn revoke(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<Holder>,
) -> Result<web::Json<TokenView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let revoked = state.desk.revoke_token(&sent.body.name, &asker).await?;
    Ok(web::Json(TokenView::from(&revoked)))
}
