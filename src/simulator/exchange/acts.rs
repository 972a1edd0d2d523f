//! What can be done on an exchange.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::fixed::{Amount, Price, Quantity};
use domain::id::VenueAccountId;
use domain::market::{Action, Side, Symbol};
use domain::paper::{Effects, Engine, PaperAccount, PaperOrder, Refused, Request, Rules, Setting};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderKind, ReportedState};

use super::news::News;
use super::{Denied, Exchange};

/// An order that is asked for; leverage and margin mode are the account's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The sender's id.
    pub client_id: ClientOrderId,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Which side of a hedge account.
    pub position_side: Side,
    /// Matching.
    pub kind: OrderKind,
    /// How much; not looked at where the whole position is closed.
    pub quantity: Quantity,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// How long it stays, and what it waits for.
    pub rules: Rules,
}

/// When all orders of an account on a market are cancelled unless that is put off.
pub type Kill = (VenueAccountId, Symbol);

/// Cancellations that are to come, each with the number of its last putting-off.
#[derive(Debug, Default)]
pub(super) struct Kills(Mutex<BTreeMap<Kill, u64>>);

impl Exchange {
    /// Places an order.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn place(&self, account: VenueAccountId, ask: Ask) -> Result<PaperOrder, Denied> {
        let act = move |engine: &mut Engine, now| {
            let request = requested(engine, account, ask)?;
            let placed = engine.place(account, &request, now)?;
            Ok((placed.order, placed.effects))
        };
        self.act(act).await
    }

    /// Says whether an order would be accepted, and does nothing.
    ///
    /// # Errors
    /// When it would be refused, or nobody knows.
    pub async fn would_place(&self, account: VenueAccountId, ask: Ask) -> Result<(), Denied> {
        let act = move |engine: &mut Engine, now| {
            let request = requested(engine, account, ask)?;
            let placed = engine.place(account, &request, now)?;
            engine.undo(placed.effects);
            Ok(((), Effects::default()))
        };
        self.act(act).await
    }

    /// Cancels an order.
    ///
    /// # Errors
    /// When it is not open, or nobody knows.
    pub async fn cancel(&self, account: VenueAccountId, number: i64) -> Result<PaperOrder, Denied> {
        let act = move |engine: &mut Engine, now| {
            let placed = engine.cancel(account, number, now)?;
            Ok((placed.order, placed.effects))
        };
        self.act(act).await
    }

    /// Cancels all open orders of a market, conditional or not, and gives them.
    ///
    /// # Errors
    /// When nobody knows.
    pub async fn cancel_all(
        &self,
        account: VenueAccountId,
        symbol: Symbol,
        conditional: bool,
    ) -> Result<Vec<PaperOrder>, Denied> {
        let act = move |engine: &mut Engine, now| {
            let known = engine.account(account).ok_or(Refused::UnknownAccount)?;
            let open = known.orders.iter().filter(|order| order.symbol == symbol);
            let open = open.filter(|order| order.is_conditional() == conditional);
            let numbers: Vec<i64> = open.map(|order| order.number).collect();
            let (mut orders, mut effects) = (Vec::new(), Effects::default());
            for number in numbers {
                let placed = engine.cancel(account, number, now)?;
                orders.push(placed.order);
                effects.absorb(placed.effects);
            }
            Ok((orders, effects))
        };
        self.act(act).await
    }

    /// Gives a resting order another price and quantity.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn amend(
        &self,
        account: VenueAccountId,
        number: i64,
        quantity: Quantity,
        price: Price,
    ) -> Result<PaperOrder, Denied> {
        let act = move |engine: &mut Engine, now| {
            let placed = engine.amend(account, number, quantity, price, now)?;
            Ok((placed.order, placed.effects))
        };
        self.act(act).await
    }

    /// Sets the leverage of a market, and tells it.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn set_leverage(&self, account: VenueAccountId, symbol: Symbol, leverage: u32) -> Result<(), Denied> {
        let market = symbol.clone();
        let act = move |engine: &mut Engine, now| {
            let effects = engine.set_leverage(account, &symbol, leverage, now)?;
            Ok(((), effects))
        };
        self.act(act).await?;
        self.tell(News::Leverage {
            account,
            symbol: market,
            leverage,
        });
        Ok(())
    }

    /// Sets the margin mode of a market.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn set_margin_mode(
        &self,
        account: VenueAccountId,
        symbol: Symbol,
        mode: MarginMode,
    ) -> Result<(), Denied> {
        let act = move |engine: &mut Engine, now| {
            let effects = engine.set_margin_mode(account, &symbol, mode, now)?;
            Ok(((), effects))
        };
        self.act(act).await
    }

    /// Sets the margin mode of all markets, or of none.
    ///
    /// # Errors
    /// When it was refused for one of them, or nobody knows.
    pub async fn set_margin_modes(&self, account: VenueAccountId, mode: MarginMode) -> Result<(), Denied> {
        let markets = self.markets().iter();
        let symbols: Vec<Symbol> = markets.map(|market| market.instrument.symbol.clone()).collect();
        let act = move |engine: &mut Engine, now| {
            let mut effects = Effects::default();
            for symbol in &symbols {
                match engine.set_margin_mode(account, symbol, mode, now) {
                    Ok(more) => effects.absorb(more),
                    Err(refused) => {
                        engine.undo(effects);
                        return Err(refused);
                    }
                }
            }
            Ok(((), effects))
        };
        self.act(act).await
    }

    /// Adds margin to an isolated position, or takes some back when negative.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn move_margin(
        &self,
        account: VenueAccountId,
        symbol: Symbol,
        side: Side,
        added: Amount,
    ) -> Result<(), Denied> {
        let act = move |engine: &mut Engine, now| {
            let effects = engine.move_margin(account, &symbol, side, added, now)?;
            Ok(((), effects))
        };
        self.act(act).await
    }

    /// Sets one-way or hedge mode.
    ///
    /// # Errors
    /// When it was refused, or nobody knows.
    pub async fn set_mode(&self, account: VenueAccountId, mode: PositionMode) -> Result<(), Denied> {
        let act = move |engine: &mut Engine, _| {
            let effects = engine.prepare(account, mode, Amount::ZERO)?;
            Ok(((), effects))
        };
        self.act(act).await
    }

    /// Looks at an account as it stands.
    ///
    /// # Errors
    /// When the venue has closed.
    pub async fn account(&self, id: VenueAccountId) -> Result<PaperAccount, Denied> {
        let found = self.venue.inspect(move |engine| engine.account(id).cloned()).await;
        found.flatten().ok_or(Denied::Refused(Refused::UnknownAccount))
    }

    /// Cancels all orders of an account on a market after this time, unless it is put off before; zero calls it off.
    pub fn cancel_later(self: &Arc<Self>, account: VenueAccountId, symbol: &Symbol, after: Duration) {
        let kill = (account, symbol.clone());
        let number = self.kills.put_off(&kill);
        if after.is_zero() {
            return;
        }
        let exchange = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let Some(exchange) = exchange.upgrade() else { return };
            if exchange.kills.is_due(&kill, number)
                && let Err(error) = exchange.cancel_all(kill.0, kill.1, false).await
            {
                tracing::warn!(%error, "the orders of a countdown were not cancelled");
            }
        });
    }

    async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Engine, Timestamp) -> Result<(T, Effects), Refused> + Send + 'static,
    ) -> Result<T, Denied> {
        Ok(self.venue.change(act).await??)
    }
}

impl Ask {
    /// The order that this would have been, had it not ended at once.
    pub fn stillborn(&self, account: &PaperAccount, setting: Setting, number: i64, now: Timestamp) -> PaperOrder {
        PaperOrder {
            account: account.id,
            number,
            client_id: Some(self.client_id.clone()),
            symbol: self.symbol.clone(),
            action: self.action,
            position_side: self.position_side,
            limit: match self.kind {
                OrderKind::Limit { price } => Some(price),
                OrderKind::Market => None,
            },
            quantity: self.quantity,
            filled: Quantity::ZERO,
            reduce_only: self.reduce_only,
            leverage: setting.leverage,
            margin_mode: setting.margin_mode,
            state: ReportedState::Cancelled,
            updated_at: now,
            rules: self.rules,
            placed_at: now,
            spent: Amount::ZERO,
            fired: None,
            parent: None,
        }
    }
}

impl Kills {
    fn put_off(&self, kill: &Kill) -> u64 {
        let mut kills = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = kills.entry(kill.clone()).or_default();
        *number += 1;
        *number
    }

    fn is_due(&self, kill: &Kill, number: u64) -> bool {
        let kills = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kills.get(kill) == Some(&number)
    }
}

fn requested(engine: &Engine, account: VenueAccountId, ask: Ask) -> Result<Request, Refused> {
    let market = engine.market(&ask.symbol).ok_or(Refused::UnknownSymbol)?;
    let account = engine.account(account).ok_or(Refused::UnknownAccount)?;
    let setting = account.setting(&ask.symbol, market.instrument.max_leverage);
    Ok(Request {
        client_id: Some(ask.client_id),
        symbol: ask.symbol,
        action: ask.action,
        position_side: ask.position_side,
        kind: ask.kind,
        quantity: ask.quantity,
        reduce_only: ask.reduce_only,
        leverage: setting.leverage,
        margin_mode: setting.margin_mode,
        rules: ask.rules,
    })
}
