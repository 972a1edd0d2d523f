//! What a person does at the venue past the daemon: orders without a client id.

use domain::fixed::Quantity;
use domain::id::VenueAccountId;
use domain::market::{Side, Symbol};
use domain::outcome::Outcome;
use domain::paper::{Engine, PaperOrder, Refused, Request, Rules};
use domain::venue::{MarginMode, OrderKind, OrderReport};

use super::PaperVenue;
use super::writer::Act;

impl PaperVenue {
    /// Closes a whole position by hand, at the market.
    pub async fn close_by_hand(&self, account: VenueAccountId, symbol: &Symbol, side: Side) -> Outcome<OrderReport> {
        let market = symbol.clone();
        let held = self.look(move |book| {
            let account = book.engine.account(account)?;
            account.position(&market, side).cloned()
        });
        let held = match held.await {
            Ok(Some(held)) => held,
            Ok(None) => return Outcome::Refused(Refused::ReduceOnly.into()),
            Err(error) => return Outcome::Unknown(error.to_string()),
        };
        let request = Request {
            client_id: None,
            symbol: symbol.clone(),
            action: side.closing(),
            position_side: side,
            kind: OrderKind::Market,
            quantity: held.quantity,
            reduce_only: true,
            leverage: held.leverage,
            margin_mode: held.margin_mode,
            rules: Rules::default(),
        };
        self.act(account, request, 0).await
    }

    /// Opens or grows a position by hand, at the market and on isolated margin.
    pub async fn open_by_hand(
        &self,
        account: VenueAccountId,
        symbol: &Symbol,
        side: Side,
        quantity: Quantity,
        leverage: u32,
    ) -> Outcome<OrderReport> {
        let request = Request {
            client_id: None,
            symbol: symbol.clone(),
            action: side.opening(),
            position_side: side,
            kind: OrderKind::Market,
            quantity,
            reduce_only: false,
            leverage,
            margin_mode: MarginMode::Isolated,
            rules: Rules::default(),
        };
        self.act(account, request, 0).await
    }

    /// Looks at the engine: accounts, positions and totals as they are durable now; for tests and reports.
    pub async fn inspect<T: Send + 'static>(&self, look: impl FnOnce(&Engine) -> T + Send + 'static) -> Option<T> {
        self.look(move |book| look(&book.engine)).await.ok()
    }

    /// Hands an order to the writer and waits until it is durable.
    pub(super) async fn act(&self, account: VenueAccountId, request: Request, seen: u64) -> Outcome<OrderReport> {
        let (answer, placed) = tokio::sync::oneshot::channel();
        let request = Box::new(request);
        let act = Act::Place {
            account,
            request,
            seen,
            answer,
        };
        if self.acts.send(act).await.is_err() {
            return Outcome::Unknown("the venue has closed".to_owned());
        }
        outcome(placed.await)
    }
}

/// The writer's answer, or that there was none.
pub(super) fn outcome(
    answer: Result<Result<PaperOrder, Refused>, tokio::sync::oneshot::error::RecvError>,
) -> Outcome<OrderReport> {
    match answer {
        Ok(Ok(order)) => Outcome::Done(order.report()),
        Ok(Err(refused)) => Outcome::Refused(refused.into()),
        Err(_) => Outcome::Unknown("the venue could not write the order down".to_owned()),
    }
}
