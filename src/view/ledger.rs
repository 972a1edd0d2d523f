//! The ledger's accounts, entries, debts and figures, as the outside sees them.

use domain::ledger::{Account, Debt, DebtState, Entry, Head, PostAnswer, Posting};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An account of the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerAccountView {
    /// Identity.
    pub id: i64,
    /// What it is for, such as `user_power`.
    pub kind: &'static str,
    /// The owning user's id; zero for the platform's own.
    pub owner: i64,
    /// Asset.
    pub asset: String,
    /// Balance, which is the sum of its postings.
    pub balance: String,
}

impl From<Account> for LedgerAccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.0,
            kind: account.key.kind.as_str(),
            owner: account.key.owner,
            asset: account.key.asset.to_string(),
            balance: account.balance.to_string(),
        }
    }
}

/// The end of the ledger's chain: keep it outside, and `bursar ledger verify --anchor SEQ:DIGEST` proves later that the
/// chain still contains it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeadView {
    /// The last entry; zero where there is none.
    pub seq: i64,
    /// Its digest, which covers all entries before it.
    pub digest: String,
    /// When it was booked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<Head> for HeadView {
    fn from(head: Head) -> Self {
        Self {
            seq: head.seq.0,
            digest: head.digest.to_string(),
            at: head.at,
        }
    }
}

/// One line of an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostingView {
    /// Account.
    pub account: i64,
    /// What is added to it; negative takes away.
    pub amount: String,
    /// Balance before.
    pub before: String,
    /// Balance after.
    pub after: String,
}

impl From<&Posting> for PostingView {
    fn from(posting: &Posting) -> Self {
        Self {
            account: posting.account.0,
            amount: posting.amount.to_string(),
            before: posting.before.to_string(),
            after: posting.after.to_string(),
        }
    }
}

/// A balanced entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryView {
    /// Place in the ledger.
    pub seq: i64,
    /// The fact it records.
    pub key: String,
    /// What it is about.
    pub kind: &'static str,
    /// When it was booked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it refers to, such as `position:12`.
    pub reference: String,
    /// Words for people.
    pub remark: String,
    /// Who asked for it, when a person did.
    pub by: Option<String>,
    /// Its lines.
    pub postings: Vec<PostingView>,
    /// Digest of the entry before.
    pub previous: String,
    /// Digest of this entry.
    pub digest: String,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            seq: entry.seq.0,
            key: entry.key.to_string(),
            kind: entry.kind.as_str(),
            at: entry.at,
            reference: entry.reference,
            remark: entry.remark,
            by: entry.by,
            postings: entry.postings.iter().map(PostingView::from).collect(),
            previous: entry.previous.to_string(),
            digest: entry.digest.to_string(),
        }
    }
}

/// A debt of power.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DebtView {
    /// Identity; the order of ids is the order of collection.
    pub id: i64,
    /// Who owes.
    pub user: i64,
    /// For which position.
    pub position: i64,
    /// How much power.
    pub owed: String,
    /// The entry that recorded it.
    pub entry: i64,
    /// `owed`, `repaid`, `waived`, or `cancelled` by a correction of the settlement.
    pub state: &'static str,
    /// The entry that collected it.
    pub repaid_by: Option<i64>,
    /// When it was repaid, waived or cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Why it was waived.
    pub waived_because: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Debt> for DebtView {
    fn from(debt: Debt) -> Self {
        let state = debt.state.as_str();
        let (repaid_by, ended_at, waived_because) = match debt.state {
            DebtState::Owed => (None, None, None),
            DebtState::Cancelled { at, .. } => (None, Some(at), None),
            DebtState::Repaid { entry, at } => (Some(entry.0), Some(at), None),
            DebtState::Waived { at, reason, .. } => (None, Some(at), Some(reason)),
        };
        Self {
            id: debt.id.0,
            user: debt.user.0,
            position: debt.position.0,
            owed: debt.owed.to_string(),
            entry: debt.entry.0,
            state,
            repaid_by,
            ended_at,
            waived_because,
            created_at: debt.created_at,
        }
    }
}

/// What waits for settlement, and what was settled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatisticsView {
    /// Closed profitable positions that wait for settlement.
    pub unsettled_count: u64,
    /// Σ of their profit.
    pub unsettled_profit: String,
    /// Power that they would owe at everyone's rate now.
    pub unsettled_power_estimate: String,
    /// Close time of the oldest.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_unsettled: Option<Timestamp>,
    /// Positions charged.
    pub charged_count: u64,
    /// Σ of power charged.
    pub charged_power: String,
    /// Positions whose power is owed.
    pub owed_count: u64,
    /// Σ of power owed.
    pub owed_power: String,
    /// Positions whose power was forgiven.
    pub waived_count: u64,
    /// Σ of power forgiven.
    pub waived_power: String,
    /// Positions for which power is reserved now.
    pub held_count: u64,
    /// Σ of power reserved.
    pub held_power: String,
    /// Entries in the ledger.
    pub entries: i64,
}

/// What became of a request to post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerView {
    /// `created`, `exists`, `nothing_due`, `exists_different`, `already_failed` or `rejected`.
    pub answer: &'static str,
    /// The entry, when there is one.
    pub entry: Option<i64>,
    /// The first field that differs from what was posted before under the same key.
    pub field: Option<&'static str>,
    /// Why it was refused.
    pub reason: Option<String>,
}

impl From<PostAnswer> for AnswerView {
    fn from(answer: PostAnswer) -> Self {
        let (answer, entry, field, reason) = match answer {
            PostAnswer::Created { entry } => ("created", Some(entry.0), None, None),
            PostAnswer::Exists { entry } => ("exists", Some(entry.0), None, None),
            PostAnswer::NothingDue => ("nothing_due", None, None, None),
            PostAnswer::ExistsDifferent { field } => ("exists_different", None, Some(field), None),
            PostAnswer::AlreadyFailed { reason } => ("already_failed", None, None, Some(reason)),
            PostAnswer::Rejected { reason } => ("rejected", None, None, Some(reason)),
        };
        Self {
            answer,
            entry,
            field,
            reason,
        }
    }
}

/// What became of an act on money.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostView {
    /// The answer.
    #[serde(flatten)]
    pub answer: AnswerView,
    /// Positions whose debts were collected by it.
    pub collected: Vec<i64>,
}

/// What a job said at the end of its run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobSaidView {
    /// The job.
    pub job: &'static str,
    /// What it found and did.
    pub said: String,
}
