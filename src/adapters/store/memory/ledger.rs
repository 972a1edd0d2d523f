//! A group of the ledger's decisions, guarded as in the SQL store.

use domain::fixed::Amount;
use domain::ledger::{
    Account, BalanceMove, ChangedDebt, Debt, DebtState, Entry, Hold, HoldState, LedgerWrite, SettledPosition,
};
use domain::position::{Position, PositionState};
use domain::settlement::Settlement;

use super::journal::{Journal, Refusal};

impl Journal<'_> {
    /// Writes the whole group.
    pub fn write_ledger(&mut self, write: &LedgerWrite) -> Result<(), Refusal> {
        for account in &write.opened {
            self.open_account(account)?;
        }
        for entry in &write.entries {
            self.add_entry(entry)?;
        }
        for one in &write.balances {
            self.move_balance(one)?;
        }
        for debt in &write.debts {
            self.add_debt(debt)?;
        }
        for changed in &write.changed_debts {
            self.change_debt(changed)?;
        }
        for hold in &write.holds {
            self.add_hold(hold)?;
        }
        for hold in &write.ended_holds {
            self.end_hold(hold)?;
        }
        for one in &write.settled {
            self.settle(one)?;
        }
        for refused in &write.refused {
            self.add(|state| &mut state.refusals, refused.key.clone(), refused.clone())?;
        }
        Ok(())
    }

    fn open_account(&mut self, account: &Account) -> Result<(), Refusal> {
        self.require(is_allowed(account))?;
        self.add(|state| &mut state.account_keys, account.key.clone(), account.id.0)?;
        self.add(|state| &mut state.accounts, account.id.0, account.clone())
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), Refusal> {
        for posting in &entry.postings {
            self.require(self.state.accounts.contains_key(&posting.account.0))?;
            self.require(posting.before.plus(posting.amount) == Ok(posting.after))?;
        }
        self.require(entry.seq.0 > 0)?;
        self.add(|state| &mut state.entry_keys, entry.key.clone(), entry.seq.0)?;
        self.add(|state| &mut state.entries, entry.seq.0, entry.clone())
    }

    fn move_balance(&mut self, one: &BalanceMove) -> Result<(), Refusal> {
        let stored = self.state.accounts.get(&one.account.0).cloned();
        let account = stored.filter(|account| account.balance == one.before);
        let account = account.ok_or_else(|| Refusal(format!("{}: a balance", self.what)))?;
        let moved = Account {
            balance: one.after,
            ..account
        };
        self.require(is_allowed(&moved))?;
        self.put(|state| &mut state.accounts, one.account.0, moved);
        Ok(())
    }

    fn add_debt(&mut self, debt: &Debt) -> Result<(), Refusal> {
        self.require(debt.owed.is_positive())?;
        self.require(self.state.users.contains_key(&debt.user.0))?;
        self.require(self.state.positions.contains_key(&debt.position.0))?;
        self.require(self.state.entries.contains_key(&debt.entry.0))?;
        let place = (debt.position.0, debt.correction);
        self.add(|state| &mut state.debt_positions, place, debt.id.0)?;
        self.add(|state| &mut state.debts, debt.id.0, debt.clone())
    }

    fn change_debt(&mut self, changed: &ChangedDebt) -> Result<(), Refusal> {
        let debt = &changed.debt;
        self.require(debt.owed.is_positive())?;
        let stored = self.state.debts.get(&debt.id.0).cloned();
        let owed = stored.filter(|stored| {
            stored.state == DebtState::Owed
                && stored.owed == changed.owed_before
                && stored.position == debt.position
                && stored.user == debt.user
        });
        let stored = owed.ok_or_else(|| Refusal(format!("{}: a changed debt", self.what)))?;
        let after = Debt {
            owed: debt.owed,
            state: debt.state.clone(),
            ..stored
        };
        self.put(|state| &mut state.debts, debt.id.0, after);
        Ok(())
    }

    fn add_hold(&mut self, hold: &Hold) -> Result<(), Refusal> {
        let (gift, power) = (hold.gift, hold.power);
        self.require(!gift.is_negative() && !power.is_negative() && (gift.is_positive() || power.is_positive()))?;
        self.require(self.state.users.contains_key(&hold.user.0))?;
        self.require(self.state.entries.contains_key(&hold.entry.0))?;
        self.add(|state| &mut state.holds, hold.position.0, hold.clone())
    }

    fn end_hold(&mut self, hold: &Hold) -> Result<(), Refusal> {
        let stored = self.state.holds.get(&hold.position.0).cloned();
        let held = stored.filter(|stored| stored.state == HoldState::Held && hold.state != HoldState::Held);
        let held = held.ok_or_else(|| Refusal(format!("{}: an ended hold", self.what)))?;
        let ended = Hold {
            state: hold.state,
            ..held
        };
        self.put(|state| &mut state.holds, hold.position.0, ended);
        Ok(())
    }

    fn settle(&mut self, one: &SettledPosition) -> Result<(), Refusal> {
        let stored = self.state.positions.get(&one.position.0).cloned();
        let stands =
            |position: &Position| position.settlement == one.from && position.closed_profit() == Some(one.profit);
        let position = stored.filter(stands);
        let position = position.ok_or_else(|| Refusal(format!("{}: a settlement", self.what)))?;
        let closed = matches!(position.state, PositionState::Closed { .. });
        self.require(closed == (one.to != Settlement::NotYet))?;
        // The version rises, or a decision made on the position before would overwrite the settlement.
        self.put_position(Position {
            settlement: one.to,
            settled_profit: Some(one.settled_profit),
            corrections: one.corrections,
            version: position.version + 1,
            ..position
        });
        Ok(())
    }
}

/// LED-2: a user's balance is not below zero.
fn is_allowed(account: &Account) -> bool {
    !account.key.kind.is_floored() || account.balance >= Amount::ZERO
}
