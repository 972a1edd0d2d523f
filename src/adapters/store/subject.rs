//! How a change is named when it is refused.

use std::fmt::Display;

use domain::change::Change;
use domain::job::{JobChange, JobRun};
use domain::payout::Attempt;
use domain::pool::PoolChange;

/// The row or key that a change writes.
pub fn subject(change: &Change) -> String {
    match change {
        Change::AddUser(user) => format!("user {} ({})", user.id, user.name),
        Change::AddVenueAccount(account) => format!("venue account {} ({})", account.id, account.label),
        Change::SetKey(key) | Change::RemoveKey(key) => format!("key of account {}", key.account),
        Change::ResealKey(resealed) => format!("key of account {}", resealed.account),
        Change::AddPowerRate(rate) => {
            let of = rate.user.map_or("everyone".to_owned(), |user| format!("user {user}"));
            format!("power rate of {of} from {}", rate.effective_from)
        }
        Change::AddRobot(robot) | Change::UpdateRobot(robot) => format!("robot {}", robot.id),
        Change::AddPosition(position) | Change::UpdatePosition(position) => format!("position {}", position.id),
        Change::AddOrder(order) | Change::UpdateOrder(order) => format!("order {}", order.id),
        Change::AddFill(fill) => format!("fill {} of account {}", fill.report.venue_fill_id, fill.account),
        Change::AddIncome(income) => {
            format!("income {} of account {}", income.report.venue_income_id, income.account)
        }
        Change::MoveCursor { account, .. } => format!("cursor of account {account}"),
        Change::SetPause(pause) => format!("pause of {}", pause.scope),
        Change::NotPaused(scopes) => format!("whether one of {} is paused", listed(scopes)),
        Change::AddCloseAll(close_all) | Change::UpdateCloseAll(close_all) => {
            format!("close-all {} of {}", close_all.id, close_all.scope)
        }
        Change::RaiseAlert(alert) => format!("alert {} of {}", alert.kind.as_str(), alert.subject),
        Change::AcknowledgeAlert(alert) | Change::ResolveAlert(alert) => format!("alert {}", alert.id),
        Change::AddDelivery(delivery) | Change::UpdateDelivery(delivery) => format!("delivery {}", delivery.id),
        Change::AddToken(token) | Change::RevokeToken(token) => format!("token {} ({})", token.id, token.name),
        Change::AddAudit(audit) => format!("audit line {}", audit.id),
        Change::AddImported(rows) => rows.first().map_or("imported".to_owned(), |row| {
            format!("imported {} {} of {}", row.kind.as_str(), row.legacy_id, row.source)
        }),
        Change::AddSubscription(subscription) | Change::UpdateSubscription(subscription) => {
            format!("subscription {} ({})", subscription.id, subscription.name)
        }
        Change::AddAnchors { subscription, .. } => format!("blocks of subscription {subscription}"),
        Change::AddLogs(logs) => several("log", logs.iter().map(|log| log.seen.log.key)),
        Change::MoveLogs(logs) => several("moved log", logs.iter().map(|log| log.from)),
        Change::AddTriggers(triggers) => several("trigger", triggers.iter().map(|trigger| trigger.id)),
        Change::UpdateTrigger(trigger) => format!("trigger {}", trigger.id),
        Change::AddTriggerMoves(moves) => several("move of trigger", moves.iter().map(|one| one.trigger)),
        Change::AddStockOrder(order) | Change::UpdateStockOrder(order) => format!("stock order {}", order.id),
        Change::AddPayouts(payouts) => several("payout", payouts.iter().map(|payout| payout.id)),
        Change::UpdatePayout(payout) => format!("payout {}", payout.id),
        Change::AddAttempt(attempt) => transaction(attempt),
        Change::Pool(change) => of_pools(change),
        Change::Job(change) => of_jobs(change),
        Change::Ledger(write) => write
            .entries
            .first()
            .map_or("ledger".to_owned(), |entry| format!("ledger from entry {}", entry.seq)),
    }
}

fn of_pools(change: &PoolChange) -> String {
    match change {
        PoolChange::AddProduct(product) | PoolChange::UpdateProduct(product) => {
            format!("product {} ({})", product.id, product.name)
        }
        PoolChange::AddRate(rate) => format!("rate {} of product {}", rate.number, rate.product),
        PoolChange::AddHolding(holding) => format!("holding {}", holding.id),
        PoolChange::UpdateHoldings(holdings) => several("holding", holdings.iter().map(|holding| holding.id)),
        PoolChange::AddAccruals(lines) => several("accrual of holding", lines.iter().map(|line| line.holding)),
        PoolChange::TallyDays(tallies) => several("totals of", tallies.iter().map(|tally| tally.day)),
        PoolChange::CloseDay(day) => format!("day {} of product {}", day.day, day.product),
    }
}

fn of_jobs(change: &JobChange) -> String {
    match change {
        JobChange::Add(job) | JobChange::Update(job) | JobChange::Remove(job) => format!("job {}", job.name),
        JobChange::AddRun(run) | JobChange::EndRun(run) => of_run(run),
        JobChange::Prune { job, keep_from } => format!("runs of job {job} before {keep_from}"),
    }
}

fn of_run(run: &JobRun) -> String {
    let JobRun { id, job, .. } = run;
    match run.due {
        Some(due) => format!("run {id} of job {job} due at {due}"),
        None => format!("run {id} of job {job}"),
    }
}

/// The first of them, and how many more there are.
fn several(kind: &str, names: impl ExactSizeIterator<Item = impl Display>) -> String {
    let more = names.len().saturating_sub(1);
    let mut names = names;
    match (names.next(), more) {
        (Some(first), 0) => format!("{kind} {first}"),
        (Some(first), more) => format!("{kind} {first} and {more} more"),
        (None, _) => kind.to_owned(),
    }
}

fn listed(names: &[impl Display]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn transaction(attempt: &Attempt) -> String {
    let Attempt {
        number, nonce, payer, ..
    } = attempt;
    format!("transaction {number} with nonce {nonce} of {payer}")
}
