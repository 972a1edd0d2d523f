//! The proof at the end: what every user holds is what the plan says, to the last digit.

use std::collections::HashMap;

use domain::fixed::Amount;
use domain::id::UserId;
use domain::import::{Balances, Comparison, DeclaredKind, Plan, Report, TotalLine, UserLine};
use domain::ledger::AccountKey;

use crate::import::run::{Ids, Import, ImportError, Moved, USERS, Written};

impl Import<'_> {
    /// Compares what is held with what the plan says; a user who was there before this run may have gone on.
    pub(super) async fn check(
        &self,
        plan: &Plan,
        comparison: &Comparison,
        ids: &Ids,
        report: &mut Report,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        for (user, line) in plan.users.iter().zip(&mut report.per_user) {
            line.user = ids.users.get(&user.id).map(|(id, _)| id.0);
        }
        for lines in report.per_user.chunks(USERS) {
            let keys: Vec<AccountKey> = lines
                .iter()
                .flat_map(|line| line.purses.iter().map(|one| account(line, one)))
                .collect();
            let accounts = self.desk.store.accounts_by_key(&keys).await?;
            let held: HashMap<AccountKey, Amount> = accounts
                .into_iter()
                .map(|account| (account.key, account.balance))
                .collect();
            let all = lines
                .iter()
                .flat_map(|line| line.purses.iter().map(move |one| (line, one)));
            for (line, one) in all {
                let now = held.get(&account(line, one)).copied().unwrap_or_default();
                if now != one.after {
                    let is_new = comparison.ours(DeclaredKind::User, &line.legacy_id).is_none();
                    written.moved_since.push(difference(line, one, now, is_new)?);
                }
            }
        }
        Ok(())
    }
}

fn account(line: &UserLine, one: &TotalLine) -> AccountKey {
    one.purse.account(UserId(line.user.unwrap_or_default()))
}

/// Nobody can have paid with what was taken over just now.
fn difference(line: &UserLine, one: &TotalLine, now: Amount, is_new: bool) -> Result<Moved, ImportError> {
    let purse = Balances::name(&one.purse);
    if is_new {
        return Err(ImportError::Differs {
            user: line.legacy_id.clone(),
            purse,
            held: now.to_string(),
            planned: one.after.to_string(),
        });
    }
    Ok(Moved {
        legacy_id: line.legacy_id.clone(),
        purse,
        imported: one.after.to_string(),
        now: now.to_string(),
    })
}
