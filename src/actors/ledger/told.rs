//! What the ledger tells after a commit: the log, the figures, the alerts.

use std::collections::BTreeMap;

use domain::alert::AlertKind;
use domain::fixed::Amount;
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{Answer, Decision, Happened, PostAnswer};
use tracing::{debug, error, info, warn};

use super::press::Press;
use crate::actors::mail::{Raise, Resolve};
use crate::event;

/// Up to so many charges of a group have a line each in the log; of more there is one line about all, and one each for who
/// asks for details. The entries tell all of it in any case.
const FEW: u64 = 16;

/// Names the ledger's figures, with their units.
pub(super) fn describe() {
    use metrics::{Unit, describe_counter, describe_histogram};
    describe_counter!("bursar_settlements_total", "Settlements decided, by result");
    describe_counter!(
        "bursar_power_charged_units_total",
        "Power charged and collected, in units of 10^-8 power"
    );
    describe_counter!(
        "bursar_power_owed_units_total",
        "Power recorded as owed, in units of 10^-8 power"
    );
    describe_counter!(
        "bursar_holds_total",
        "Power reserved for positions and given back without a settlement, by result"
    );
    describe_counter!("bursar_ledger_answers_total", "Requests answered, by answer");
    describe_counter!(
        "bursar_ledger_busy_total",
        "Requests turned away because too many waited"
    );
    describe_counter!(
        "bursar_ledger_failed_commits_total",
        "Attempts to write a group that did not succeed"
    );
    describe_histogram!("bursar_ledger_group_size", "Requests written in one commit");
    describe_histogram!("bursar_ledger_commit_seconds", Unit::Seconds, "Time of one commit");
    describe_histogram!(
        "bursar_ledger_receipt_seconds",
        Unit::Seconds,
        "Time from a request to its receipt"
    );
}

/// Tells all that became true.
pub(super) fn tell(press: &Press, decision: &Decision) {
    let size = u32::try_from(decision.answers.len()).unwrap_or(u32::MAX);
    metrics::histogram!("bursar_ledger_group_size").record(size);
    let charged = count_all(decision);
    for happened in &decision.happened {
        tell_one(press, happened, charged > FEW);
    }
}

/// Counts what a group has many of, together: finding a counter costs about as much as deciding a settlement.
/// Returns how many positions were charged.
fn count_all(decision: &Decision) -> u64 {
    let mut answers: BTreeMap<&'static str, u64> = BTreeMap::new();
    for answer in &decision.answers {
        *answers.entry(name_of(answer)).or_default() += 1;
    }
    for (answer, number) in answers {
        metrics::counter!("bursar_ledger_answers_total", "answer" => answer).increment(number);
    }
    let (mut number, mut units) = (0_u64, 0_i64);
    for happened in &decision.happened {
        if let Happened::Charged { power, .. } = happened {
            number += 1;
            units = units.saturating_add(power.units());
        }
    }
    if number > 0 {
        metrics::counter!("bursar_settlements_total", "result" => "charged").increment(number);
        add("bursar_power_charged_units_total", units);
    }
    if number > FEW {
        info!(
            event = event::SETTLEMENTS_CHARGED,
            positions = number,
            power_units = units,
            "{number} positions are charged"
        );
    }
    number
}

fn tell_one(press: &Press, happened: &Happened, is_of_many: bool) {
    match happened {
        Happened::Charged {
            position,
            user,
            power,
            rate,
        } => {
            if is_of_many {
                debug!(event = event::SETTLEMENT_CHARGED, position.id = %position, user.id = %user, power = %power,
                    rate = %rate, "position {position} is charged {power} power");
            } else {
                info!(event = event::SETTLEMENT_CHARGED, position.id = %position, user.id = %user, power = %power,
                    rate = %rate, "position {position} is charged {power} power");
            }
        }
        Happened::Short {
            position,
            user,
            owed,
            debt,
        } => tell_short(press, *position, *user, *owed, *debt),
        Happened::RoundedAway { position } => {
            count("nothing_due");
            info!(event = event::SETTLEMENT_NOTHING_DUE, position.id = %position,
                "the power due on position {position} rounds to zero");
        }
        Happened::Corrected { position, user, power } => {
            count("corrected");
            info!(event = event::SETTLEMENT_CORRECTED, position.id = %position, user.id = %user, power = %power,
                "the profit of position {position} was revised: {power} more power is due");
        }
        Happened::DebtFree { user } => resolve(press, AlertKind::PowerShort, subject(*user)),
        Happened::Contradiction(violation) => {
            error!(event = event::LEDGER_CONTRADICTION, invariant = %violation.invariant, "{violation}");
            raise(
                press,
                AlertKind::LedgerInvariant,
                "ledger".to_owned(),
                violation.to_string(),
            );
        }
        Happened::Collected { .. } | Happened::Waived { .. } => tell_end(happened),
        Happened::Held { .. } | Happened::Released { .. } => tell_hold(happened),
    }
}

/// A debt is over.
fn tell_end(happened: &Happened) {
    if let Happened::Collected {
        debt,
        position,
        user,
        power,
    } = happened
    {
        count("collected");
        add("bursar_power_charged_units_total", power.units());
        info!(event = event::DEBT_COLLECTED, debt.id = %debt, position.id = %position, user.id = %user,
            power = %power, "debt {debt} of user {user} is repaid with {power} power");
    }
    if let Happened::Waived {
        debt,
        position,
        user,
        power,
    } = happened
    {
        count("waived");
        warn!(event = event::DEBT_WAIVED, debt.id = %debt, position.id = %position, user.id = %user,
            power = %power, "debt {debt} of user {user} over {power} power is waived");
    }
}

/// Power is reserved, or given back without a settlement.
fn tell_hold(happened: &Happened) {
    if let Happened::Held { position, user, power } = happened {
        metrics::counter!("bursar_holds_total", "result" => "held").increment(1);
        debug!(event = event::HOLD_MADE, position.id = %position, user.id = %user, power = %power,
            "{power} power is reserved for position {position}");
    }
    if let Happened::Released {
        position,
        user,
        expired,
    } = happened
    {
        let result = if *expired { "expired" } else { "voided" };
        metrics::counter!("bursar_holds_total", "result" => result).increment(1);
        debug!(event = event::HOLD_RELEASED, position.id = %position, user.id = %user, expired,
            "what was reserved for position {position} is given back");
    }
}

fn tell_short(press: &Press, position: PositionId, user: UserId, owed: Amount, debt: DebtId) {
    count("owed");
    add("bursar_power_owed_units_total", owed.units());
    warn!(event = event::SETTLEMENT_SHORT, position.id = %position, user.id = %user, owed = %owed,
        debt.id = %debt, "position {position} is short of power");
    let message = format!("user {user} has too little power for position {position}, which owes {owed}");
    raise(press, AlertKind::PowerShort, subject(user), message);
}

fn subject(user: UserId) -> String {
    format!("user:{user}")
}

fn count(result: &'static str) {
    metrics::counter!("bursar_settlements_total", "result" => result).increment(1);
}

fn add(name: &'static str, units: i64) {
    metrics::counter!(name).increment(u64::try_from(units).unwrap_or_default());
}

fn raise(press: &Press, kind: AlertKind, subject: String, message: String) {
    let mail = Raise { kind, subject, message };
    if let Err(error) = press.raises.try_send(mail) {
        error!(event = event::ALERT_LOST, error = %error, "alert {} could not be raised", kind.as_str());
    }
}

fn resolve(press: &Press, kind: AlertKind, subject: String) {
    if let Err(error) = press.resolves.try_send(Resolve { kind, subject }) {
        error!(event = event::ALERT_LOST, error = %error, "alert {} could not be resolved", kind.as_str());
    }
}

fn name_of(answer: &Answer) -> &'static str {
    match answer.post {
        PostAnswer::Created { .. } => "created",
        PostAnswer::NothingDue => "nothing_due",
        PostAnswer::Exists { .. } => "exists",
        PostAnswer::ExistsDifferent { .. } => "exists_different",
        PostAnswer::AlreadyFailed { .. } => "already_failed",
        PostAnswer::Rejected { .. } => "rejected",
    }
}
