//! One change of a change set, guarded as in the SQL store.

use domain::access::Token;
use domain::alert::delivery::Delivery;
use domain::alert::{Alert, AlertState};
use domain::change::{Change, ChangeSet, Fill, Income};
use domain::id::{UserId, VenueAccountId};
use domain::import::Declared;
use domain::order::Order;
use domain::position::Position;
use domain::robot::Robot;
use domain::user::{PowerRate, User, VenueAccount};
use domain::venue::Cursor;

use super::super::subject::subject;
use super::journal::{Journal, Refusal};
use super::rules::{is_name, is_order, is_position, is_share};
use super::state::{State, open_key};

/// Writes all changes or none.
pub fn commit(state: &mut State, changes: &ChangeSet) -> Result<(), Refusal> {
    let mut journal = Journal::new(state);
    for change in &changes.changes {
        journal.what = subject(change);
        if let Err(refusal) = journal.apply_with_rows(change) {
            journal.undo();
            return Err(refusal);
        }
    }
    Ok(())
}

impl Journal<'_> {
    /// A group of the ledger's decisions with the rows that are written beside it.
    fn apply_with_rows(&mut self, change: &Change) -> Result<(), Refusal> {
        let Change::Ledger(write) = change else {
            return self.apply(change);
        };
        self.write_ledger(write)?;
        for row in write.escrow.iter().flat_map(|posting| &posting.rows) {
            self.what = subject(row);
            self.apply(row)?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one line for each change")]
    fn apply(&mut self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::AddUser(user) => self.add_user(user),
            Change::AddVenueAccount(account) => self.add_venue_account(account),
            Change::SetKey(key) => self.set_key(key),
            Change::ResealKey(resealed) => self.reseal_key(resealed),
            Change::RemoveKey(key) => self.remove_key(key),
            Change::AddPowerRate(rate) => self.add_power_rate(rate),
            Change::AddRobot(robot) => self.add_robot(robot),
            Change::UpdateRobot(robot) => self.update_robot(robot),
            Change::AddPosition(position) => self.add_position(position),
            Change::UpdatePosition(position) => self.update_position(position),
            Change::AddOrder(order) => self.add_order(order),
            Change::UpdateOrder(order) => self.update_order(order),
            Change::AddFill(fill) => self.add_fill(fill),
            Change::AddIncome(income) => self.add_income(income),
            Change::MoveCursor { account, from, to } => self.move_cursor(*account, from, to),
            Change::SetPause(pause) => self.set_pause(pause),
            Change::NotPaused(scopes) => self.not_paused(scopes),
            Change::AddCloseAll(close_all) => self.add_close_all(close_all),
            Change::UpdateCloseAll(close_all) => self.update_close_all(close_all),
            Change::RaiseAlert(alert) => self.raise_alert(alert),
            Change::AcknowledgeAlert(alert) => self.acknowledge_alert(alert),
            Change::ResolveAlert(alert) => self.resolve_alert(alert),
            Change::AddDelivery(delivery) => self.add_delivery(delivery),
            Change::UpdateDelivery(delivery) => self.update_delivery(delivery),
            Change::AddToken(token) => self.add_token(token),
            Change::RevokeToken(token) => self.revoke_token(token),
            Change::AddAudit(audit) => self.add(|state| &mut state.audits, audit.id.0, audit.clone()),
            Change::AddImported(rows) => rows.iter().try_for_each(|row| self.add_imported(row)),
            Change::AddSubscription(subscription) => self.add_subscription(subscription),
            Change::UpdateSubscription(subscription) => self.update_subscription(subscription),
            Change::AddAnchors {
                anchors,
                subscription,
                keep_from,
                keep_to,
            } => self.add_anchors(anchors, *subscription, *keep_from, *keep_to),
            Change::AddLogs(logs) => logs.iter().try_for_each(|log| self.add_log(log)),
            Change::MoveLogs(logs) => self.move_logs(logs),
            Change::AddTriggers(triggers) => triggers.iter().try_for_each(|trigger| self.add_trigger(trigger)),
            Change::UpdateTrigger(trigger) => self.update_trigger(trigger),
            Change::AddTriggerMoves(moves) => moves.iter().try_for_each(|one| self.add_trigger_move(one)),
            Change::AddStockOrder(order) => self.add_stock_order(order),
            Change::UpdateStockOrder(order) => self.update_stock_order(order),
            Change::AddPayouts(payouts) => payouts.iter().try_for_each(|payout| self.add_payout(payout)),
            Change::UpdatePayout(payout) => self.update_payout(payout),
            Change::AddAttempt(attempt) => self.add_attempt(attempt),
            Change::Pool(change) => self.apply_pool(change),
            Change::Job(change) => self.apply_job(change),
            Change::Ledger(_) => Err(Refusal(format!("{} beside the ledger", self.what))),
        }
    }

    fn add_user(&mut self, user: &User) -> Result<(), Refusal> {
        self.require(is_name(&user.name))?;
        self.add(|state| &mut state.user_names, user.name.clone(), user.id.0)?;
        self.add(|state| &mut state.users, user.id.0, user.clone())
    }

    fn add_power_rate(&mut self, rate: &PowerRate) -> Result<(), Refusal> {
        self.require(is_share(rate.rate))?;
        let key = (rate.user.map_or(0, |user| user.0), rate.effective_from.0);
        self.add(|state| &mut state.power_rates, key, *rate)
    }

    fn add_venue_account(&mut self, account: &VenueAccount) -> Result<(), Refusal> {
        self.require(is_name(&account.label))?;
        self.require(self.state.users.contains_key(&account.user.0))?;
        let label = (account.venue, account.label.clone());
        self.add(|state| &mut state.account_labels, label, account.id.0)?;
        self.add(|state| &mut state.venue_accounts, account.id.0, account.clone())
    }

    fn require_owners(&self, user: UserId, account: VenueAccountId) -> Result<(), Refusal> {
        self.require(self.state.users.contains_key(&user.0) && self.state.venue_accounts.contains_key(&account.0))
    }

    fn add_robot(&mut self, robot: &Robot) -> Result<(), Refusal> {
        self.require_owners(robot.user, robot.account)?;
        self.require(is_name(robot.symbol.as_str()))?;
        self.add(|state| &mut state.robots, robot.id.0, robot.clone())
    }

    fn update_robot(&mut self, robot: &Robot) -> Result<(), Refusal> {
        let stored = self.state.robots.get(&robot.id.0);
        self.require(stored.is_some_and(|stored| {
            stored.version == robot.version && stored.user == robot.user && stored.account == robot.account
        }))?;
        self.require(is_name(robot.symbol.as_str()))?;
        let next = Robot {
            version: robot.version + 1,
            ..robot.clone()
        };
        self.put(|state| &mut state.robots, robot.id.0, next);
        Ok(())
    }

    fn add_position(&mut self, position: &Position) -> Result<(), Refusal> {
        self.require_owners(position.user, position.account)?;
        self.require_robot(position)?;
        self.require(is_position(position) && !self.state.positions.contains_key(&position.id.0))?;
        self.put_position(position.clone());
        Ok(())
    }

    fn update_position(&mut self, position: &Position) -> Result<(), Refusal> {
        let stored = self.state.positions.get(&position.id.0);
        self.require(stored.is_some_and(|stored| {
            stored.version == position.version && stored.user == position.user && stored.account == position.account
        }))?;
        self.require_robot(position)?;
        self.require(is_position(position))?;
        self.put_position(Position {
            version: position.version + 1,
            ..position.clone()
        });
        Ok(())
    }

    fn require_robot(&self, position: &Position) -> Result<(), Refusal> {
        self.require(
            position
                .robot
                .is_none_or(|robot| self.state.robots.contains_key(&robot.0)),
        )
    }

    /// Writes a position and its place among the live ones.
    pub fn put_position(&mut self, position: Position) {
        let id = position.id.0;
        if position.state.is_final() {
            self.remove(|state| &mut state.live_positions, id);
        } else {
            self.put(|state| &mut state.live_positions, id, ());
        }
        self.put(|state| &mut state.positions, id, position);
    }

    fn add_order(&mut self, order: &Order) -> Result<(), Refusal> {
        self.require(self.state.positions.contains_key(&order.position.0))?;
        self.require(is_order(order) && !self.state.orders.contains_key(&order.id.0))?;
        self.add(|state| &mut state.client_ids, order.client_id.clone(), order.id.0)?;
        self.put_order(order.clone())
    }

    fn update_order(&mut self, order: &Order) -> Result<(), Refusal> {
        let stored = self.state.orders.get(&order.id.0);
        self.require(stored.is_some_and(|stored| {
            stored.version == order.version
                && stored.user == order.user
                && stored.account == order.account
                && stored.position == order.position
                && stored.client_id == order.client_id
        }))?;
        self.require(is_order(order))?;
        let before = stored.and_then(venue_key);
        if let Some(key) = before {
            self.remove(|state| &mut state.venue_order_ids, key);
        }
        self.put_order(Order {
            version: order.version + 1,
            ..order.clone()
        })
    }

    fn put_order(&mut self, order: Order) -> Result<(), Refusal> {
        let id = order.id.0;
        if let Some(key) = venue_key(&order) {
            self.add(|state| &mut state.venue_order_ids, key, id)?;
        }
        if order.state.is_final() {
            self.remove(|state| &mut state.live_orders, id);
        } else {
            self.put(|state| &mut state.live_orders, id, ());
        }
        self.put(|state| &mut state.orders, id, order);
        Ok(())
    }

    fn add_fill(&mut self, fill: &Fill) -> Result<(), Refusal> {
        self.require(self.state.venue_accounts.contains_key(&fill.account.0))?;
        self.require(is_name(&fill.report.venue_fill_id))?;
        let seq = self.state.fills.len();
        let key = (fill.account.0, fill.report.venue_fill_id.clone());
        self.add(|state| &mut state.fill_ids, key, seq)?;
        self.add(|state| &mut state.fills, seq, fill.clone())
    }

    fn add_income(&mut self, income: &Income) -> Result<(), Refusal> {
        self.require(self.state.venue_accounts.contains_key(&income.account.0))?;
        self.require(is_name(&income.report.venue_income_id))?;
        let seq = self.state.incomes.len();
        let key = (income.account.0, income.report.venue_income_id.clone());
        self.add(|state| &mut state.income_ids, key, seq)?;
        self.add(|state| &mut state.incomes, seq, income.clone())
    }

    fn move_cursor(&mut self, account: VenueAccountId, from: &Cursor, to: &Cursor) -> Result<(), Refusal> {
        self.require(self.state.venue_accounts.contains_key(&account.0))?;
        let stored = self.state.cursors.get(&account.0);
        self.require(stored.map_or(*from == Cursor::default(), |stored| stored == from))?;
        self.put(|state| &mut state.cursors, account.0, to.clone());
        Ok(())
    }

    fn add_imported(&mut self, row: &Declared) -> Result<(), Refusal> {
        self.require(is_name(&row.source) && is_name(&row.legacy_id))?;
        let key = (row.source.clone(), row.kind, row.legacy_id.clone());
        self.add(|state| &mut state.imported, key, row.clone())
    }

    fn raise_alert(&mut self, alert: &Alert) -> Result<(), Refusal> {
        self.require(is_name(&format!("{}|{}", alert.kind.as_str(), alert.subject)))?;
        if alert.resolved_at.is_none() {
            let key = open_key(alert.kind, &alert.subject);
            self.add(|state| &mut state.open_alerts, key, alert.id.0)?;
        }
        self.add(|state| &mut state.alerts, alert.id.0, alert.clone())
    }

    fn acknowledge_alert(&mut self, alert: &Alert) -> Result<(), Refusal> {
        let stored = self.state.alerts.get(&alert.id.0).cloned();
        let raised = stored.filter(|stored| stored.state() == AlertState::Raised && alert.acknowledged.is_some());
        let raised = raised.ok_or_else(|| Refusal(self.what.clone()))?;
        let taken = Alert {
            acknowledged: alert.acknowledged.clone(),
            ..raised
        };
        self.put(|state| &mut state.alerts, alert.id.0, taken);
        Ok(())
    }

    fn add_delivery(&mut self, delivery: &Delivery) -> Result<(), Refusal> {
        self.require(is_name(&delivery.target) && self.state.alerts.contains_key(&delivery.alert.0))?;
        let key = (delivery.alert.0, delivery.target.clone(), delivery.event.as_str());
        self.add(|state| &mut state.delivery_keys, key, delivery.id.0)?;
        self.add(|state| &mut state.deliveries, delivery.id.0, delivery.clone())
    }

    fn update_delivery(&mut self, delivery: &Delivery) -> Result<(), Refusal> {
        let stored = self.state.deliveries.get(&delivery.id.0);
        self.require(stored.is_some_and(|stored| {
            stored.version == delivery.version
                && stored.alert == delivery.alert
                && stored.target == delivery.target
                && stored.event == delivery.event
        }))?;
        let next = Delivery {
            version: delivery.version + 1,
            ..delivery.clone()
        };
        self.put(|state| &mut state.deliveries, delivery.id.0, next);
        Ok(())
    }

    fn resolve_alert(&mut self, alert: &Alert) -> Result<(), Refusal> {
        let stored = self.state.alerts.get(&alert.id.0).cloned();
        let open = stored.filter(|stored| stored.resolved_at.is_none() && alert.resolved_at.is_some());
        let open = open.ok_or_else(|| Refusal(self.what.clone()))?;
        self.remove(|state| &mut state.open_alerts, open_key(open.kind, &open.subject));
        let over = Alert {
            resolved_at: alert.resolved_at,
            ..open
        };
        self.put(|state| &mut state.alerts, alert.id.0, over);
        Ok(())
    }

    fn add_token(&mut self, token: &Token) -> Result<(), Refusal> {
        self.require(is_name(&token.name))?;
        if token.revoked_at.is_none() {
            self.add(|state| &mut state.valid_tokens, token.name.clone(), token.id.0)?;
        }
        self.add(|state| &mut state.token_digests, token.digest.clone(), token.id.0)?;
        self.add(|state| &mut state.tokens, token.id.0, token.clone())
    }

    fn revoke_token(&mut self, token: &Token) -> Result<(), Refusal> {
        let stored = self.state.tokens.get(&token.id.0).cloned();
        let valid = stored.filter(|stored| stored.revoked_at.is_none() && token.revoked_at.is_some());
        let valid = valid.ok_or_else(|| Refusal(self.what.clone()))?;
        self.remove(|state| &mut state.valid_tokens, valid.name.clone());
        let revoked = Token {
            revoked_at: token.revoked_at,
            ..valid
        };
        self.put(|state| &mut state.tokens, token.id.0, revoked);
        Ok(())
    }
}

fn venue_key(order: &Order) -> Option<(i64, domain::market::Symbol, domain::venue::VenueOrderId)> {
    let id = order.venue_id.clone()?;
    Some((order.account.0, order.symbol.clone(), id))
}
