//! A group of the ledger's decisions, guarded as in the SQL store.

use domain::fixed::Amount;
use domain::ledger::{Account, BalanceMove, Debt, DebtState, Entry, LedgerWrite, SettledPosition};
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
        for debt in &write.ended_debts {
            self.end_debt(debt)?;
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
        self.add(|state| &mut state.entry_chain, entry.previous.0, entry.seq.0)?;
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
        self.add(|state| &mut state.debt_positions, debt.position.0, debt.id.0)?;
        self.add(|state| &mut state.debts, debt.id.0, debt.clone())
    }

    fn end_debt(&mut self, debt: &Debt) -> Result<(), Refusal> {
        let stored = self.state.debts.get(&debt.id.0).cloned();
        let owed = stored.filter(|stored| {
            stored.state == DebtState::Owed
                && debt.state != DebtState::Owed
                && stored.position == debt.position
                && stored.user == debt.user
        });
        let owed = owed.ok_or_else(|| Refusal(format!("{}: an ended debt", self.what)))?;
        let ended = Debt {
            state: debt.state.clone(),
            ..owed
        };
        self.put(|state| &mut state.debts, debt.id.0, ended);
        Ok(())
    }

    fn settle(&mut self, one: &SettledPosition) -> Result<(), Refusal> {
        let stored = self.state.positions.get(&one.position.0).cloned();
        let position = stored.filter(|position| position.settlement == one.from);
        let position = position.ok_or_else(|| Refusal(format!("{}: a settlement", self.what)))?;
        let closed = matches!(position.state, PositionState::Closed { .. });
        self.require(closed == (one.to != Settlement::NotYet))?;
        // The version rises, or a decision made on the position before would overwrite the settlement.
        self.put_position(Position {
            settlement: one.to,
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
