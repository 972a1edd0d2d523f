//! Orders to close all: asked for, shown with their progress, and called off, each on record.

use domain::change::{Change, ChangeSet};
use domain::close_all::{CloseAll, CloseAllState};
use domain::id::{CloseAllId, IdKind};
use domain::order::{Order, OrderState, Purpose};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::position::{Position, PositionState};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, Listing, PageAsk, WrongField};
use crate::ports::store::{OrderFilter, PositionFilter, StoreError};
use crate::view::{CloseAllView, LiveView, ProgressView};

/// Rows per read.
const PAGE: u32 = 500;
/// Live positions that are listed one by one.
const LISTED: usize = 100;

/// What is to be closed.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCloseAll {
    /// `global`, `venue:NAME`, `user:ID` or `robot:ID`.
    #[schema(value_type = String, example = "venue:paper")]
    pub scope: PauseScope,
    /// Whether positions that no robot opened are closed, too; as `close_all.close_external` says when absent.
    #[serde(default)]
    pub external: Option<bool>,
}

impl Desk {
    /// From now on nothing is opened in the scope, and what is live there is closed, also after a restart.
    ///
    /// # Errors
    /// When the scope is of nobody, one of that scope stands, or the store does not take it.
    pub async fn close_all(&self, new: NewCloseAll, asker: &Asker) -> Result<CloseAllView, DeskError> {
        let _one_at_a_time = self.switches.lock().await;
        let NewCloseAll { scope, external } = new;
        self.check_scope(scope).await?;
        if let Some(standing) = self.standing_on(scope).await? {
            let why = format!(
                "close-all {} of {scope} stands since {}",
                standing.id, standing.asked_at
            );
            return Err(DeskError::Conflict { why });
        }
        let now = self.clock.now();
        let close_all = CloseAll {
            id: CloseAllId(self.next_id(IdKind::CloseAll).await?),
            scope,
            external: external.unwrap_or(self.close_external),
            state: CloseAllState::Closing,
            by: asker.by.clone(),
            reason: asker.reason.clone(),
            asked_at: now,
            ended: None,
            version: 0,
        };
        let pause = Pause {
            scope,
            paused: true,
            by: asker.by.clone(),
            reason: asker.reason.clone(),
            at: now,
        };
        let audit = self.audit(asker, "control.close_all", scope.to_string(), now).await?;
        let changes = vec![Change::SetPause(pause), Change::AddCloseAll(close_all.clone()), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(close_all.into())
    }

    /// Orders to close all.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn close_alls(&self, ask: PageAsk) -> Result<Listing<CloseAllView>, DeskError> {
        let rows = self.store.close_alls(ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, CloseAllView::from))
    }

    /// How far an order to close all is.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn close_all_progress(&self, id: CloseAllId) -> Result<ProgressView, DeskError> {
        let close_all = self.close_all_row(id).await?;
        let end = close_all.ended.as_ref().map_or(self.clock.now(), |ended| ended.at);
        let closed = PositionFilter {
            open_during: Some((close_all.asked_at, end.max(close_all.asked_at))),
            ..PositionFilter::within(close_all.scope)
        };
        let flat = self.about(closed, |position| close_all.covers(position)).await?.len() as u64;
        let live = PositionFilter {
            live: Some(true),
            ..PositionFilter::within(close_all.scope)
        };
        // What opened after its end is not its business.
        let since = |position: &Position| close_all.stands() || position.created_at <= end;
        let live = self.about(live, since).await?;
        let count = live.iter().filter(|position| close_all.covers(position)).count() as u64;
        let mut listed = Vec::new();
        for position in live.iter().take(LISTED) {
            listed.push(self.live_view(&close_all, position).await?);
        }
        let having = |state: &str| listed.iter().filter(|row| row.state == state).count() as u64;
        let positions = flat + count;
        Ok(ProgressView {
            close_all: close_all.into(),
            positions,
            flat,
            progress: format!("{flat} of {positions} positions flat"),
            in_doubt: having("in_doubt"),
            refused: listed.iter().filter(|row| row.refused.is_some()).count() as u64,
            external_left: having("external"),
            live: listed,
        })
    }

    /// Calls off an order to close all: it closes nothing more. Its scope stays paused until it is resumed.
    ///
    /// # Errors
    /// When there is none, or it was ended before.
    pub async fn call_off(&self, id: CloseAllId, asker: &Asker) -> Result<CloseAllView, DeskError> {
        let _one_at_a_time = self.switches.lock().await;
        let now = self.clock.now();
        let ended = self.close_all_row(id).await?.call_off(&asker.by, now)?;
        let subject = format!("close_all:{id}");
        let audit = self.audit(asker, "control.call_off", subject, now).await?;
        let changes = vec![Change::UpdateCloseAll(ended.clone()), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(ended.into())
    }

    /// The change that a resumed scope needs: its order to close all is over, which needs that all is flat.
    pub(super) async fn lifted(
        &self,
        scope: PauseScope,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Option<Change>, DeskError> {
        let Some(standing) = self.standing_on(scope).await? else {
            return Ok(None);
        };
        Ok(Some(Change::UpdateCloseAll(standing.lift(&asker.by, now)?)))
    }

    /// A scope is of something that is there.
    pub(super) async fn check_scope(&self, scope: PauseScope) -> Result<(), DeskError> {
        let is_there = match scope {
            PauseScope::Global | PauseScope::Venue(_) => true,
            PauseScope::User(user) => self.store.user(user).await?.is_some(),
            PauseScope::Robot(robot) => self.store.robot(robot).await?.is_some(),
            PauseScope::Subscription(subscription) => {
                let known = self.store.subscriptions().await?;
                known.iter().any(|known| known.id == subscription)
            }
        };
        match is_there {
            true => Ok(()),
            false => Err(WrongField::new("scope", "must be of an existing user, robot or subscription").into()),
        }
    }

    async fn standing_on(&self, scope: PauseScope) -> Result<Option<CloseAll>, StoreError> {
        let standing = self.store.standing_close_alls().await?;
        Ok(standing.into_iter().find(|close_all| close_all.scope == scope))
    }

    async fn close_all_row(&self, id: CloseAllId) -> Result<CloseAll, DeskError> {
        let row = self.store.close_all(id).await?;
        row.ok_or_else(|| DeskError::absent("close-all", id))
    }

    async fn about(
        &self,
        filter: PositionFilter,
        fits: impl Fn(&Position) -> bool,
    ) -> Result<Vec<Position>, StoreError> {
        let (mut about, mut page) = (Vec::new(), Page::first(PAGE));
        loop {
            let positions = self.store.positions(filter, page).await?;
            let Some(last) = positions.last() else {
                return Ok(about);
            };
            page = Page::after(last.id.0, PAGE);
            about.extend(positions.into_iter().filter(|position| fits(position)));
        }
    }

    async fn live_view(&self, close_all: &CloseAll, position: &Position) -> Result<LiveView, StoreError> {
        let filter = OrderFilter {
            position: Some(position.id),
            ..OrderFilter::default()
        };
        let orders = self.store.orders(filter, Page::first(PAGE)).await?;
        let last = orders.last();
        let in_doubt = |order: &&Order| order.state.is_unconfirmed();
        let state = match position.state {
            _ if !close_all.covers(position) => "external",
            PositionState::Opening | PositionState::Closing { .. } if last.filter(in_doubt).is_some() => "in_doubt",
            state => state.as_str(),
        };
        let refused = last.and_then(|order| match (&order.state, order.purpose) {
            (OrderState::Refused { reason }, Purpose::Close) => Some(reason.clone()),
            _ => None,
        });
        Ok(LiveView {
            position: position.id.0,
            robot: position.robot.map(|robot| robot.0),
            account: position.account.0,
            symbol: position.symbol.as_str().to_owned(),
            side: position.side.as_str(),
            quantity: position.quantity.to_string(),
            state,
            order: last.map(|order| order.id.0),
            refused,
        })
    }
}

impl From<domain::close_all::EndError> for DeskError {
    fn from(error: domain::close_all::EndError) -> Self {
        Self::Conflict { why: error.to_string() }
    }
}
