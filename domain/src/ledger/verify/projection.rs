//! The auditor's last part: balances, debts and settlements as stored must be what the entries say.

use std::collections::{BTreeSet, HashMap};

use crate::fixed::{Amount, Ratio, Rounding};
use crate::id::{PositionId, UserId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::entry::EntrySeq;
use crate::ledger::facts::PositionFact;
use crate::ledger::verify::trace::Trace;
use crate::ledger::verify::{PENDING_NAMED, Verified, Verifier, violation};
use crate::position::Origin;
use crate::settlement::Settlement;

impl Verifier {
    /// Compares what is stored with what the entries say, and ends the audit.
    pub fn finish(mut self) -> Verified {
        if self.finding.is_none() {
            let checked = self.check_all();
            self.note(checked, false);
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.sort_unstable();
        let owed = self.debts.values().filter(|debt| debt.state == DebtState::Owed);
        let debtors: BTreeSet<UserId> = owed.map(|debt| debt.user).collect();
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        Verified {
            entries: self.entries,
            accounts: count(self.stored.len()),
            debts: count(self.debts.len()),
            holds: count(self.holds.len()),
            positions: self.positions,
            triggers: self.escrow.triggers,
            head: self.head(),
            finding: self.finding,
            pending: count(pending.len()),
            pending_first: pending.into_iter().take(PENDING_NAMED).collect(),
            debtors: debtors.into_iter().collect(),
        }
    }

    fn check_all(&mut self) -> Result<(), Violation> {
        // What is on accounts that were opened after they were read for the last time is left to the next audit.
        self.check_accounts()?;
        self.debts.values().try_for_each(|debt| self.check_debt(debt))?;
        self.check_debts_exist()?;
        self.check_holds()?;
        self.doubtful
            .iter()
            .try_for_each(|position| self.check_position(position))?;
        self.check_positions_exist()?;
        self.check_pools()?;
        self.escrow.finish()
    }

    fn check_accounts(&self) -> Result<(), Violation> {
        for (account, stored) in &self.stored {
            let now = self.balances.get(account).copied().unwrap_or_default();
            let passed = self.passed.get(account).is_some_and(|passed| passed.contains(stored));
            if *stored != now && !passed {
                let name = self.known.get(account).map(ToString::to_string).unwrap_or_default();
                let detail = format!("account {account} {name} holds {stored}, but its postings sum to {now}");
                return Err(violation(Invariant::BalanceIsSum, detail));
            }
        }
        Ok(())
    }

    fn check_debt(&self, debt: &Debt) -> Result<(), Violation> {
        let Some(trace) = self.traces.get(&debt.position) else {
            return Err(unrecorded(debt));
        };
        if self.is_in_window(trace.newest) {
            return Ok(());
        }
        let made_by = match debt.correction {
            0 => trace.settled,
            number => self.corrections.get(&(debt.position, number)).copied(),
        };
        let ended = self.ended.get(&debt.id);
        let amount = match debt.state {
            DebtState::Owed => ended.map_or(trace.owed, |(_, amount)| *amount),
            DebtState::Repaid { .. } | DebtState::Waived { .. } => ended.map_or(debt.owed, |(_, amount)| *amount),
            DebtState::Cancelled { .. } => debt.owed,
        };
        if made_by != Some(debt.entry) || amount != debt.owed {
            return Err(unrecorded(debt));
        }
        let agrees = match &debt.state {
            DebtState::Owed => ended.is_none() && trace.owed.is_positive(),
            DebtState::Repaid { entry, .. } | DebtState::Waived { entry, .. } => {
                ended.is_some_and(|(seq, _)| seq == entry)
            }
            DebtState::Cancelled { entry, .. } => {
                let corrected = self.corrections.iter();
                ended.is_none()
                    && corrected
                        .filter(|((id, _), _)| *id == debt.position)
                        .any(|(_, seq)| seq == entry)
            }
        };
        if agrees {
            return Ok(());
        }
        let detail = format!(
            "debt {} is {}, but the entries say otherwise",
            debt.id,
            debt.state.as_str()
        );
        Err(violation(Invariant::ChargedOnce, detail))
    }

    fn check_debts_exist(&self) -> Result<(), Violation> {
        let mut rows: HashMap<PositionId, u32> = HashMap::new();
        for debt in self.debts.values() {
            *rows.entry(debt.position).or_default() += 1;
        }
        let owing = self.traces.iter().filter(|(position, trace)| {
            trace.debts != rows.get(position).copied().unwrap_or_default() && !self.is_in_window(trace.newest)
        });
        match owing
            .map(|(position, trace)| (trace.owing.unwrap_or(trace.newest), *position))
            .min()
        {
            Some((seq, position)) => {
                let detail = format!("entry {seq} is about a debt for position {position}, which does not exist");
                Err(violation(Invariant::ChargedOnce, detail))
            }
            None => Ok(()),
        }
    }

    fn check_holds(&self) -> Result<(), Violation> {
        for (position, hold) in &self.holds {
            let trace = self.traces.get(position).copied().unwrap_or_default();
            let agrees = match hold.state.end() {
                None => hold.total() == Ok(trace.held),
                Some((entry, _)) => trace.held.is_zero() && trace.hold_ended == entry,
            };
            if !self.is_in_window(trace.newest) && (trace.hold != Some(hold.entry) || !agrees) {
                let state = hold.state.as_str();
                let detail = format!("hold for position {position} is {state}, but the entries say otherwise");
                return Err(violation(Invariant::HeldOnce, detail));
            }
        }
        let missing = self.traces.iter().filter(|(position, trace)| {
            trace.hold.is_some() && !self.holds.contains_key(position) && !self.is_in_window(trace.newest)
        });
        match missing
            .filter_map(|(position, trace)| Some((trace.hold?, *position)))
            .min()
        {
            Some((seq, position)) => {
                let detail = format!("entry {seq} reserves power for position {position}, whose hold does not exist");
                Err(violation(Invariant::HeldOnce, detail))
            }
            None => Ok(()),
        }
    }

    pub(super) fn check_position(&self, position: &PositionFact) -> Result<(), Violation> {
        let trace = self.traces.get(&position.id).copied().unwrap_or_default();
        if self.is_in_window(trace.newest) {
            return Ok(());
        }
        let settled = trace.settled.is_some();
        let paid = |power: Amount, rest: Amount| trace.charged.plus(rest) == Ok(power);
        let holds = position.corrections == trace.corrections
            && match position.settlement {
                Settlement::Charged { power, rate, entry } => {
                    settled
                        && paid(power, Amount::ZERO)
                        && trace.owed.is_zero()
                        && trace.waived.is_zero()
                        && trace.last == entry
                        && is_due(position, power, rate)
                }
                Settlement::Owed { power, rate, debt } => {
                    settled
                        && paid(power, trace.owed)
                        && trace.owed.is_positive()
                        && self.debts.get(&debt).is_none_or(|row| row.position == position.id)
                        && is_due(position, power, rate)
                }
                Settlement::Waived { power, rate } => {
                    settled
                        && paid(power, trace.waived)
                        && trace.waived.is_positive()
                        && trace.owed.is_zero()
                        && is_due(position, power, rate)
                }
                Settlement::NothingDue => trace.charged.is_zero() && trace.owed.is_zero() && is_undone(&trace),
                Settlement::NotYet | Settlement::Pending | Settlement::Exempt => !settled,
            };
        if holds {
            return Ok(());
        }
        let entry = trace
            .settled
            .map_or("no entry".to_owned(), |seq| format!("entry {seq}"));
        let detail = format!(
            "position {} is {}, which {entry} contradicts",
            position.id,
            position.settlement.as_str()
        );
        Err(violation(Invariant::ChargedOnce, detail))
    }

    fn check_positions_exist(&self) -> Result<(), Violation> {
        let missing = self.traces.iter().filter(|(_, trace)| !trace.has_position);
        let missing = missing.filter_map(|(position, trace)| Some((trace.settled?, *position)));
        let missing = missing.filter(|(seq, _)| !self.is_in_window(*seq));
        match missing.min() {
            Some((seq, position)) => {
                let detail = format!("entry {seq} settles position {position}, which does not exist");
                Err(violation(Invariant::ChargedOnce, detail))
            }
            None => Ok(()),
        }
    }

    /// Whether the entry was written after the rows began to be read, so that a row need not know of it.
    pub(super) fn is_in_window(&self, entry: EntrySeq) -> bool {
        self.window.is_some_and(|since| entry > since)
    }
}

fn unrecorded(debt: &Debt) -> Violation {
    let detail = format!(
        "debt {} of {} is not what entry {} records",
        debt.id, debt.owed, debt.entry
    );
    violation(Invariant::ChargedOnce, detail)
}

/// Nothing was ever settled, or corrections took all of it back.
fn is_undone(trace: &Trace) -> bool {
    trace.settled.is_none() || trace.corrections > 0
}

/// What is due on the profit that was settled on. An imported charge has no rate of ours: it is what was taken there,
/// and what the entry says is compared with it elsewhere.
fn is_due(position: &PositionFact, power: Amount, rate: Ratio) -> bool {
    if position.origin == Origin::Imported && rate.is_zero() {
        return power.is_positive();
    }
    let closed = position.closed.map(|(_, profit)| profit);
    let settled = position.settled_profit.or(closed);
    settled.is_some_and(|profit| rate.of(profit.max(Amount::ZERO), Rounding::HalfUp) == Ok(power))
}
