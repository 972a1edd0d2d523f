//! Taking over another platform's accounts: what users begin with, and charges that were made there.

use crate::fixed::{Amount, Ratio};
use crate::id::{PositionId, UserId};
use crate::ledger::account::{AccountKey, AccountKind};
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::entry::{Entry, EntryKey, EntryKind, EntrySeq};
use crate::ledger::request::{Purse, revenue};
use crate::ledger::settle::{reference_of, reject};
use crate::ledger::transfer::{REMARK, fits, nobody};
use crate::ledger::write::PostAnswer;
use crate::position::Origin;
use crate::settlement::Settlement;

/// Something to take over from another platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// The platform's name; part of the key.
    pub source: String,
    /// The id there of the user, order or charge; part of the key, except where the position is.
    pub legacy_id: String,
    /// Whose, here.
    pub user: UserId,
    /// Who asked; at most 100 characters.
    pub by: String,
    /// What the platform says of it, in words.
    pub said: String,
    /// What it is.
    pub fact: ImportFact,
}

/// What is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportFact {
    /// What a user begins with, each purse once and above zero.
    Opening(Vec<(Purse, Amount)>),
    /// The charge of a position: it settles it, so that nobody charges it again.
    Charge {
        /// The imported position; exempt until now.
        position: PositionId,
        /// From which power it was taken.
        purse: Purse,
        /// How much, above zero.
        amount: Amount,
    },
    /// A charge that should not have been: it is posted, and taken back by the same commit.
    Surplus {
        /// The imported position that it was for.
        position: PositionId,
        /// From which power it was taken.
        purse: Purse,
        /// How much, above zero.
        amount: Amount,
    },
}

impl ImportRequest {
    /// The key that names its fact; `None` when source and id make none.
    pub fn key(&self) -> Option<EntryKey> {
        match &self.fact {
            ImportFact::Opening(_) => EntryKey::import(&self.source, "opening", &self.legacy_id),
            ImportFact::Charge { position, .. } => Some(EntryKey::settlement_of(*position)),
            ImportFact::Surplus { .. } => EntryKey::import(&self.source, "charge", &self.legacy_id),
        }
    }

    /// The accounts that its entries may touch.
    pub fn accounts(&self) -> Vec<AccountKey> {
        match &self.fact {
            ImportFact::Opening(balances) => {
                let both = |(purse, _): &(Purse, Amount)| [purse.account(self.user), equity(purse)];
                balances.iter().flat_map(both).collect()
            }
            ImportFact::Charge { purse, .. } | ImportFact::Surplus { purse, .. } => {
                vec![purse.account(self.user), revenue()]
            }
        }
    }

    /// The position that must be looked up for it.
    pub const fn position(&self) -> Option<PositionId> {
        match &self.fact {
            ImportFact::Opening(_) => None,
            ImportFact::Charge { position, .. } | ImportFact::Surplus { position, .. } => Some(*position),
        }
    }

    fn lines(&self) -> Vec<(AccountKey, Amount)> {
        match &self.fact {
            ImportFact::Opening(balances) => {
                let both = |(purse, amount): &(Purse, Amount)| {
                    [(purse.account(self.user), *amount), (equity(purse), amount.negated())]
                };
                balances.iter().flat_map(both).collect()
            }
            ImportFact::Charge { purse, amount, .. } | ImportFact::Surplus { purse, amount, .. } => {
                vec![(purse.account(self.user), amount.negated()), (revenue(), *amount)]
            }
        }
    }

    const fn kind(&self) -> EntryKind {
        match &self.fact {
            ImportFact::Opening(_) | ImportFact::Surplus { .. } => EntryKind::Import,
            ImportFact::Charge { .. } => EntryKind::PowerSettle,
        }
    }

    fn reference(&self) -> String {
        match self.position() {
            None => format!("user:{}", self.user),
            Some(position) => reference_of(position),
        }
    }

    fn remark(&self) -> String {
        let (source, id, said) = (&self.source, &self.legacy_id, &self.said);
        let remark = match &self.fact {
            ImportFact::Opening(_) => format!("{source} user {id} begins {said}"),
            ImportFact::Charge { .. } => format!("{source} order {id} charged there {said}"),
            ImportFact::Surplus { .. } => format!("{source} charge {id} made there once too often {said}"),
        };
        remark.trim_end().to_owned()
    }
}

/// The counterpart of what is taken over into a purse.
fn equity(purse: &Purse) -> AccountKey {
    AccountKey {
        kind: AccountKind::ImportEquity,
        owner: 0,
        asset: purse.asset(),
    }
}

/// Posts it, or says that it was posted before. Rejections are not remembered.
pub(super) fn take_over(book: &mut Book, request: &ImportRequest) -> PostAnswer {
    let Some(key) = request.key() else {
        return reject("source and id must be visible ASCII, together at most 100 characters".to_owned());
    };
    if let Some(entry) = book.entry(&key) {
        return match different_field(book, entry, request) {
            None => PostAnswer::Exists { entry: entry.seq },
            Some(field) => PostAnswer::ExistsDifferent { field },
        };
    }
    if let Some(reason) = invalid(book, request) {
        return reject(reason);
    }
    match post(book, key, request) {
        Ok(entry) => PostAnswer::Created { entry },
        Err(error) => reject(error.to_string()),
    }
}

fn post(book: &mut Book, key: EntryKey, request: &ImportRequest) -> Result<EntrySeq, BookError> {
    let lines = request.lines();
    let entry = book.post(Draft {
        key,
        kind: request.kind(),
        reference: request.reference(),
        remark: request.remark(),
        by: Some(request.by.clone()),
        lines: lines.clone(),
    })?;
    match &request.fact {
        ImportFact::Opening(_) => {}
        ImportFact::Charge { position, amount, .. } => {
            // No rate of ours was used: what was taken there counts, whatever it was of the profit.
            let (power, rate) = (*amount, Ratio::ZERO);
            book.settle(*position, Settlement::Charged { power, rate, entry });
        }
        ImportFact::Surplus { .. } => {
            // The opposite lines lead back to balances that were good a moment ago: this cannot fail alone.
            book.post(Draft {
                key: EntryKey::reversal_of(entry),
                kind: EntryKind::Refund,
                reference: format!("entry:{entry}"),
                remark: format!("{} charge {} refunded", request.source, request.legacy_id),
                by: Some(request.by.clone()),
                lines: lines
                    .into_iter()
                    .map(|(account, amount)| (account, amount.negated()))
                    .collect(),
            })?;
        }
    }
    Ok(entry)
}

fn different_field(book: &Book, entry: &Entry, request: &ImportRequest) -> Option<&'static str> {
    let lines = request.lines();
    let same_line = |(account, amount): &(AccountKey, Amount)| {
        let id = book.account_id(account);
        let mut own = entry.postings.iter().filter(|posting| Some(posting.account) == id);
        own.any(|posting| posting.amount == *amount)
    };
    if entry.kind != request.kind() {
        Some("kind")
    } else if entry.reference != request.reference() {
        Some("reference")
    } else if entry.postings.len() != lines.len() || !lines.iter().all(same_line) {
        Some("amount")
    } else {
        None
    }
}

/// The rule that the request breaks.
fn invalid(book: &Book, request: &ImportRequest) -> Option<String> {
    let amounts: Vec<Amount> = match &request.fact {
        ImportFact::Opening(balances) => {
            let twice = |at: usize| balances[..at].iter().any(|(purse, _)| *purse == balances[at].0);
            if (0..balances.len()).any(twice) {
                return Some("a purse is named twice".to_owned());
            }
            balances.iter().map(|(_, amount)| *amount).collect()
        }
        ImportFact::Charge { amount, .. } | ImportFact::Surplus { amount, .. } => vec![*amount],
    };
    if amounts.is_empty() || !amounts.iter().all(|amount| amount.is_positive()) {
        return Some("amounts must be above zero".to_owned());
    }
    if !fits(&request.remark(), REMARK) {
        return Some(format!("what is said must leave room in {REMARK} characters"));
    }
    if let Some(reason) = nobody(&request.by) {
        return Some(reason);
    }
    if !book.users.contains(&request.user) {
        return Some(format!("user {} does not exist", request.user));
    }
    let id = request.position()?;
    let Some(position) = book.positions.get(&id) else {
        return Some(format!("position {id} does not exist"));
    };
    let is_charge = matches!(request.fact, ImportFact::Charge { .. });
    if position.origin != Origin::Imported || position.user != request.user || position.closed.is_none() {
        Some(format!(
            "position {id} is not an imported close of user {}",
            request.user
        ))
    } else if is_charge && position.settlement != Settlement::Exempt {
        Some(format!("position {id} is {} already", position.settlement.as_str()))
    } else {
        None
    }
}
