//! Markets over HTTP.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use domain::market::Symbol;
use domain::venue::VenueName;

use crate::desk::WrongField;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::view::MarketView;

/// The market in a path.
pub(super) struct PathMarket(VenueName, Symbol);

impl FromRequest for PathMarket {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let path = request.match_info();
        ready(match VenueName::parse(path.query("venue")) {
            Some(venue) => Ok(Self(venue, Symbol::new(path.query("symbol")))),
            None => {
                let known = VenueName::ALL.map(VenueName::as_str).join(", ");
                Err(WrongField::new("venue", format!("must be one of {known}")).into())
            }
        })
    }
}

/// What a venue allows on a market, and its best prices.
#[utoipa::path(
    get,
    path = "/markets/{venue}/{symbol}",
    tag = "markets",
    params(
        ("venue" = String, Path, description = "The venue", example = "paper"),
        ("symbol" = String, Path, description = "The venue's name of the market", example = "BTCUSDT")
    ),
    responses((status = 200, description = "The market", body = MarketView))
)]
pub(super) async fn show(state: web::Data<AppState>, market: PathMarket) -> Result<web::Json<MarketView>, Problem> {
    let PathMarket(venue, symbol) = market;
    Ok(web::Json(state.desk.market(venue, &symbol).await?))
}
