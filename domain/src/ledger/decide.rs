//! Deciding a group: each request in order, against balances that include the earlier ones of the group.

use crate::fixed::{Amount, Ratio};
use crate::id::{DebtId, PositionId, UserId};
use crate::invariant::Violation;
use crate::ledger::account::Account;
use crate::ledger::book::Book;
use crate::ledger::entry::Head;
use crate::ledger::escrow::escrow;
use crate::ledger::facts::Facts;
use crate::ledger::operate::{reverse, waive};
use crate::ledger::request::{Request, Rules};
use crate::ledger::reserve::{release, reserve};
use crate::ledger::settle::settle;
use crate::ledger::takeover::take_over;
use crate::ledger::transfer::{adjust, pass_on, recharge, withdraw};
use crate::ledger::write::{LedgerWrite, PostAnswer};
use crate::settlement::Settlement;

/// What one request is told, once the group is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What became of the request.
    pub post: PostAnswer,
    /// The settlement of the position now; `None` when the request does not settle a known position.
    pub settlement: Option<Settlement>,
    /// Positions whose debts were collected by it, oldest first.
    pub collected: Vec<PositionId>,
}

impl From<PostAnswer> for Answer {
    fn from(post: PostAnswer) -> Self {
        Self {
            post,
            settlement: None,
            collected: Vec::new(),
        }
    }
}

/// What became true by a group, for the log, the figures and the alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A profitable close was paid.
    Charged {
        /// Position.
        position: PositionId,
        /// Who paid.
        user: UserId,
        /// How much.
        power: Amount,
        /// At which rate.
        rate: Ratio,
    },
    /// A profitable close found too little power.
    Short {
        /// Position.
        position: PositionId,
        /// Who owes.
        user: UserId,
        /// How much.
        owed: Amount,
        /// The debt.
        debt: DebtId,
    },
    /// The power due on a close rounds to zero.
    RoundedAway {
        /// Position.
        position: PositionId,
    },
    /// A debt was collected.
    Collected {
        /// The debt.
        debt: DebtId,
        /// Its position.
        position: PositionId,
        /// Who paid.
        user: UserId,
        /// How much.
        power: Amount,
    },
    /// The difference of a revised profit was settled.
    Corrected {
        /// Position.
        position: PositionId,
        /// Whose.
        user: UserId,
        /// What is due more, or less when negative.
        power: Amount,
    },
    /// A debt was forgiven.
    Waived {
        /// The debt.
        debt: DebtId,
        /// Its position.
        position: PositionId,
        /// Who owed.
        user: UserId,
        /// How much.
        power: Amount,
    },
    /// Power was reserved.
    Held {
        /// For which position.
        position: PositionId,
        /// Whose.
        user: UserId,
        /// How much.
        power: Amount,
    },
    /// A hold was given back without a settlement.
    Released {
        /// Its position.
        position: PositionId,
        /// Whose.
        user: UserId,
        /// Whether its time was over.
        expired: bool,
    },
    /// A user owes nothing any more.
    DebtFree {
        /// Who.
        user: UserId,
    },
    /// Stored facts contradict each other; nothing was posted on them.
    Contradiction(Violation),
}

/// What a group of requests comes to. Nothing of it is true before `write` is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What to commit; empty when there is nothing.
    pub write: LedgerWrite,
    /// One answer per request, in order.
    pub answers: Vec<Answer>,
    /// What becomes true by the commit, in order.
    pub happened: Vec<Happened>,
    /// The touched accounts with their balances after the commit.
    pub touched: Vec<Account>,
    /// The end of the chain after the commit.
    pub head: Head,
}

/// Decides `requests` in order.
pub fn decide(facts: Facts, rules: &Rules, requests: &[Request]) -> Decision {
    let mut book = Book::open(facts);
    let mut happened = Vec::new();
    let answers = requests
        .iter()
        .map(|request| match request {
            Request::Settle(position) => settle(&mut book, rules, *position, &mut happened),
            Request::Hold(ask) => reserve(&mut book, rules, ask, &mut happened).into(),
            Request::Release(ask) => release(&mut book, *ask, &mut happened).into(),
            Request::Recharge(transfer) => recharge(&mut book, rules, transfer, &mut happened),
            Request::Withdraw(transfer) => withdraw(&mut book, transfer),
            Request::Adjust(transfer) => adjust(&mut book, rules, transfer, &mut happened),
            Request::Transfer(ask) => pass_on(&mut book, rules, ask, &mut happened),
            Request::Waive(waiver) => waive(&mut book, waiver, &mut happened).into(),
            Request::Reverse(reversal) => reverse(&mut book, reversal).into(),
            Request::Import(import) => take_over(&mut book, import).into(),
            Request::Escrow(posting) => escrow(&mut book, posting).into(),
        })
        .collect();
    let (write, touched, head) = book.close();
    Decision {
        write,
        answers,
        happened,
        touched,
        head,
    }
}
