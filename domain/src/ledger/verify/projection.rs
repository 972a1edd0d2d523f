//! The auditor's last part: balances, debts and settlements as stored must be what the entries say.

use std::collections::BTreeSet;

use crate::fixed::{Amount, Ratio, Rounding};
use crate::id::{DebtId, PositionId, UserId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::entry::EntrySeq;
use crate::ledger::verify::{PENDING_NAMED, Seen, Verified, Verifier, violation};
use crate::settlement::Settlement;

impl Verifier {
    /// Compares what is stored with what the entries say, and ends the audit.
    pub fn finish(mut self) -> Verified {
        if self.finding.is_none() {
            let checked = self.check_all();
            self.note(checked, false);
        }
        let pending = self
            .positions
            .iter()
            .filter(|position| position.settlement == Settlement::Pending);
        let mut pending: Vec<PositionId> = pending.map(|position| position.id).collect();
        pending.sort_unstable();
        let owed = self.debts.values().filter(|debt| debt.state == DebtState::Owed);
        let debtors: BTreeSet<UserId> = owed.map(|debt| debt.user).collect();
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        Verified {
            entries: self.entries,
            accounts: count(self.stored.len()),
            debts: count(self.debts.len()),
            positions: count(self.positions.len()),
            head: self.head(),
            finding: self.finding,
            pending: count(pending.len()),
            pending_first: pending.into_iter().take(PENDING_NAMED).collect(),
            debtors: debtors.into_iter().collect(),
        }
    }

    fn check_all(&mut self) -> Result<(), Violation> {
        // What was written after the accounts were read for the last time is left to the next audit.
        for entry in std::mem::take(&mut self.unknown) {
            if entry.seq <= self.complete {
                self.check_content(&entry)?;
            }
        }
        self.check_accounts()?;
        self.debts.values().try_for_each(|debt| self.check_debt(debt))?;
        self.check_debts_exist()?;
        self.positions
            .iter()
            .try_for_each(|position| self.check_position(position))?;
        self.check_positions_exist()
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
        let recorded = self.settled.get(&debt.position);
        let fits =
            recorded.is_some_and(|posted| posted.seq == debt.entry && posted.power == debt.owed && !posted.charged);
        if !fits {
            let detail = format!(
                "debt {} of {} is not what entry {} records",
                debt.id, debt.owed, debt.entry
            );
            return Err(violation(Invariant::ChargedOnce, detail));
        }
        let collected = self.collected.get(&debt.position);
        let agrees = match &debt.state {
            DebtState::Owed => collected.is_none_or(|(_, posted)| self.is_in_window(posted.seq)),
            DebtState::Repaid { entry, .. } => collected.is_some_and(|(id, posted)| {
                DebtId(*id) == debt.id && posted.seq == *entry && posted.power == debt.owed
            }),
            DebtState::Waived { .. } => collected.is_none(),
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
        let owed = self.settled.iter().filter(|(_, posted)| !posted.charged);
        let collected = self.collected.iter().map(|(position, (_, posted))| (position, posted));
        let missing = owed
            .chain(collected)
            .filter(|(position, posted)| !self.debts.contains_key(position) && !self.is_in_window(posted.seq))
            .map(|(position, posted)| (posted.seq, *position))
            .min();
        match missing {
            Some((seq, position)) => {
                let detail = format!("entry {seq} is about a debt for position {position}, which does not exist");
                Err(violation(Invariant::ChargedOnce, detail))
            }
            None => Ok(()),
        }
    }

    fn check_position(&self, position: &Seen) -> Result<(), Violation> {
        let recorded = self.settled.get(&position.id);
        let holds = match position.settlement {
            Settlement::Charged { power, rate, entry } => {
                recorded.is_some_and(|posted| posted.power == power)
                    && Some(entry) == self.charging_entry(position.id)
                    && is_due(position, power, rate)
            }
            Settlement::Owed { power, rate, debt } => {
                recorded.is_some_and(|posted| posted.power == power && !posted.charged)
                    && self.debts.get(&position.id).is_none_or(|row| row.id == debt)
                    && self
                        .collected
                        .get(&position.id)
                        .is_none_or(|(_, posted)| self.is_in_window(posted.seq))
                    && is_due(position, power, rate)
            }
            Settlement::Waived { power, rate } => {
                recorded.is_some_and(|posted| posted.power == power && !posted.charged) && is_due(position, power, rate)
            }
            Settlement::Pending => recorded.is_none_or(|posted| self.is_in_window(posted.seq)),
            Settlement::NotYet | Settlement::NothingDue | Settlement::Exempt => recorded.is_none(),
        };
        if holds {
            return Ok(());
        }
        let entry = recorded.map_or("no entry".to_owned(), |posted| format!("entry {}", posted.seq));
        let detail = format!(
            "position {} is {}, which {entry} contradicts",
            position.id,
            position.settlement.as_str()
        );
        Err(violation(Invariant::ChargedOnce, detail))
    }

    fn check_positions_exist(&self) -> Result<(), Violation> {
        let known: std::collections::HashSet<PositionId> = self.positions.iter().map(|row| row.id).collect();
        let missing = self
            .settled
            .iter()
            .filter(|(position, posted)| !known.contains(position) && !self.is_in_window(posted.seq))
            .map(|(position, posted)| (posted.seq, *position))
            .min();
        match missing {
            Some((seq, position)) => {
                let detail = format!("entry {seq} settles position {position}, which does not exist");
                Err(violation(Invariant::ChargedOnce, detail))
            }
            None => Ok(()),
        }
    }

    /// The entry that took the power of a position, if one did.
    fn charging_entry(&self, position: PositionId) -> Option<EntrySeq> {
        let settled = self.settled.get(&position)?;
        if settled.charged {
            return Some(settled.seq);
        }
        self.collected.get(&position).map(|(_, posted)| posted.seq)
    }

    /// Whether the entry was written after the rows began to be read, so that a row need not know of it.
    fn is_in_window(&self, entry: EntrySeq) -> bool {
        self.window.is_some_and(|since| entry > since)
    }
}

fn is_due(position: &Seen, power: Amount, rate: Ratio) -> bool {
    position
        .profit
        .is_some_and(|profit| rate.of(profit, Rounding::HalfUp) == Ok(power))
}
