//! A statement: what an account held when a period began, every line on it since, and what it held at the end.

use serde::Serialize;

use crate::fixed::Amount;
use crate::ledger::{Account, AccountKey, AccountKind, Entry, EntryKey, EntryKind, EntrySeq};
use crate::time::Timestamp;

/// One line of a statement: what one entry did to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The entry.
    pub seq: EntrySeq,
    /// When it was booked.
    pub at: Timestamp,
    /// What it is about.
    pub kind: EntryKind,
    /// The fact that it records.
    pub key: EntryKey,
    /// What it refers to.
    pub reference: String,
    /// Words for people.
    pub remark: String,
    /// Who asked for it, when a person did.
    pub by: Option<String>,
    /// What was added to the account; negative was taken away.
    pub amount: Amount,
    /// Balance after it.
    pub balance: Amount,
}

/// What one account comes to in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Balance when the period began.
    pub opening: Amount,
    /// Σ of what came in.
    pub credits: Amount,
    /// Σ of what went out, not negative.
    pub debits: Amount,
    /// Balance when it ended.
    pub closing: Amount,
    /// How many lines.
    pub lines: u64,
}

/// Why a statement cannot be given: the entries and the balances contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// A line does not begin where the line before ended.
    #[error("account {account} held {held} before entry {seq}, which says {said}")]
    Gap {
        /// The account.
        account: AccountKey,
        /// The entry.
        seq: EntrySeq,
        /// Opening and all lines before come to this.
        held: Amount,
        /// What the entry says.
        said: Amount,
    },
    /// Opening balance and lines do not come to the closing balance.
    #[error("account {account} opened with {opening}, {lines} lines bring it to {held}, but it closed with {closing}")]
    Sum {
        /// The account.
        account: AccountKey,
        /// Balance when the period began.
        opening: Amount,
        /// How many lines.
        lines: u64,
        /// What opening and lines come to.
        held: Amount,
        /// Balance when it ended.
        closing: Amount,
    },
    /// A sum left its range.
    #[error("the lines of account {account} leave the range of an amount")]
    Range {
        /// The account.
        account: AccountKey,
    },
}

/// A statement of one account that is being written, entry by entry.
#[derive(Debug, Clone)]
pub struct Sheet {
    account: Account,
    opening: Amount,
    held: Amount,
    credits: Amount,
    debits: Amount,
    lines: u64,
}

impl Sheet {
    /// Begins with what the account held when the period began.
    pub fn open(account: Account, opening: Amount) -> Self {
        Self {
            account,
            opening,
            held: opening,
            credits: Amount::ZERO,
            debits: Amount::ZERO,
            lines: 0,
        }
    }

    /// The account.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The lines of the next entry on this account, mostly one; entries come in the order of the ledger.
    ///
    /// # Errors
    /// When the entry does not go on where the one before ended, or a sum leaves its range.
    pub fn take(&mut self, entry: &Entry) -> Result<Vec<Line>, StatementError> {
        let own = self.account.id;
        let mut lines = Vec::new();
        for posting in entry.postings.iter().filter(|line| line.account == own) {
            if posting.before != self.held {
                return Err(StatementError::Gap {
                    account: self.account.key.clone(),
                    seq: entry.seq,
                    held: self.held,
                    said: posting.before,
                });
            }
            self.add(posting.amount)?;
            lines.push(Line {
                seq: entry.seq,
                at: entry.at,
                kind: entry.kind,
                key: entry.key.clone(),
                reference: entry.reference.clone(),
                remark: entry.remark.clone(),
                by: entry.by.clone(),
                amount: posting.amount,
                balance: self.held,
            });
        }
        Ok(lines)
    }

    fn add(&mut self, amount: Amount) -> Result<(), StatementError> {
        let (credit, debit) = match amount.is_negative() {
            true => (Amount::ZERO, amount.negated()),
            false => (amount, Amount::ZERO),
        };
        let sums = (
            self.held.plus(amount),
            self.credits.plus(credit),
            self.debits.plus(debit),
        );
        let (Ok(held), Ok(credits), Ok(debits)) = sums else {
            let account = self.account.key.clone();
            return Err(StatementError::Range { account });
        };
        (self.held, self.credits, self.debits) = (held, credits, debits);
        self.lines += 1;
        Ok(())
    }

    /// Ends with what the account held when the period ended, which was read apart from the lines.
    ///
    /// # Errors
    /// When opening balance and lines do not come to it.
    pub fn close(self, closing: Amount) -> Result<Total, StatementError> {
        if self.held != closing {
            return Err(StatementError::Sum {
                account: self.account.key,
                opening: self.opening,
                lines: self.lines,
                held: self.held,
                closing,
            });
        }
        Ok(Total {
            opening: self.opening,
            credits: self.credits,
            debits: self.debits,
            closing,
            lines: self.lines,
        })
    }
}

/// A user's accounts in the order in which a statement has them: by purpose, then by asset.
pub fn in_order(mut accounts: Vec<Account>) -> Vec<Account> {
    accounts.sort_by(|one, other| (one.key.kind, &one.key.asset).cmp(&(other.key.kind, &other.key.asset)));
    accounts
}

/// The kinds of account that can be a user's.
pub fn of_users() -> impl Iterator<Item = AccountKind> {
    AccountKind::ALL.into_iter().filter(|kind| kind.is_users())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::LedgerAccountId;
    use crate::ledger::{Asset, Digest, Posting};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn account(id: i64, kind: AccountKind) -> Account {
        let key = AccountKey {
            kind,
            owner: 7,
            asset: Asset::power(),
        };
        Account {
            id: LedgerAccountId(id),
            key,
            balance: Amount::ZERO,
        }
    }

    fn entry(seq: i64, lines: &[(i64, &str, &str)]) -> Entry {
        let posting = |(account, before, moved): &(i64, &str, &str)| Posting {
            account: LedgerAccountId(*account),
            amount: amount(moved),
            before: amount(before),
            after: amount(before).plus(amount(moved)).unwrap(),
        };
        Entry {
            seq: EntrySeq(seq),
            key: EntryKey::stored(format!("recharge:{seq}")),
            kind: EntryKind::Recharge,
            at: Timestamp(1_000 + seq),
            reference: "user:7".to_owned(),
            remark: String::new(),
            by: None,
            postings: lines.iter().map(posting).collect(),
            previous: Digest::default(),
            digest: Digest::default(),
        }
    }

    fn sheet(opening: &str) -> Sheet {
        Sheet::open(account(2, AccountKind::UserPower), amount(opening))
    }

    #[test]
    fn lines_lead_from_opening_to_closing_to_the_last_place() {
        let mut sheet = sheet("5");
        let lines = sheet
            .take(&entry(1, &[(2, "5", "0.00000001"), (9, "0", "-0.00000001")]))
            .unwrap();
        assert_eq!((lines.len(), lines[0].balance), (1, amount("5.00000001")));
        // Two lines of one entry on one account, and an entry that does not touch it.
        let lines = sheet
            .take(&entry(4, &[(2, "5.00000001", "-2"), (2, "3.00000001", "-3")]))
            .unwrap();
        let balances: Vec<String> = lines.iter().map(|line| line.balance.to_string()).collect();
        assert_eq!(balances, ["3.00000001", "0.00000001"]);
        assert_eq!(sheet.take(&entry(5, &[(9, "0", "1")])).unwrap(), []);
        let total = sheet.close(amount("0.00000001")).unwrap();
        let expected = Total {
            opening: amount("5"),
            credits: amount("0.00000001"),
            debits: amount("5"),
            closing: amount("0.00000001"),
            lines: 3,
        };
        assert_eq!(total, expected);
    }

    #[test]
    fn missing_line_is_told_with_account_and_entry() {
        let mut sheet = sheet("5");
        let error = sheet.take(&entry(8, &[(2, "6", "1")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "account user_power:7:POWER held 5 before entry 8, which says 6"
        );
    }

    #[test]
    fn closing_that_the_lines_do_not_lead_to_is_told_with_the_account() {
        let mut sheet = sheet("5");
        sheet.take(&entry(8, &[(2, "5", "1")])).unwrap();
        let error = sheet.close(amount("6.5")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "account user_power:7:POWER opened with 5, 1 lines bring it to 6, but it closed with 6.5"
        );
    }

    #[test]
    fn accounts_stand_in_the_order_of_their_purpose() {
        let accounts = in_order(vec![
            account(1, AccountKind::UserDebt),
            account(2, AccountKind::UserPower),
        ]);
        let ids: Vec<i64> = accounts.iter().map(|account| account.id.0).collect();
        assert_eq!(ids, [2, 1]);
        let not_named_so: Vec<AccountKind> = of_users().filter(|kind| !kind.as_str().starts_with("user_")).collect();
        assert_eq!(not_named_so, [AccountKind::PoolPrincipal]);
        let others = AccountKind::ALL.into_iter().filter(|kind| !kind.is_users());
        assert_eq!(others.filter(|kind| kind.as_str().starts_with("user_")).count(), 0);
    }
}
