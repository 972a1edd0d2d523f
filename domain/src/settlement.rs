//! What becomes of the power that a closed position owes.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Ratio};
use crate::id::{DebtId, UserId};
use crate::ledger::EntrySeq;
use crate::position::Origin;
use crate::time::Timestamp;
use crate::user::PowerRate;

/// Which of a user's power pays, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayOrder {
    /// Gift power, then power.
    #[default]
    GiftFirst,
    /// Power, then gift power.
    PowerFirst,
    /// Gift power alone.
    GiftOnly,
    /// Power alone.
    PowerOnly,
}

/// The rate for a position of `user` that closed at `closed`: the user's own newest effective rate, else
/// everyone's newest effective rate, else `default`.
pub fn rate_at(rates: &[PowerRate], user: UserId, closed: Timestamp, default: Ratio) -> Ratio {
    let newest = |owner: Option<UserId>| {
        rates
            .iter()
            .filter(|row| row.user == owner && row.effective_from <= closed)
            .max_by_key(|row| row.effective_from)
            .map(|row| row.rate)
    };
    newest(Some(user)).or_else(|| newest(None)).unwrap_or(default)
}

/// The settlement of a position. A projection of the ledger, written in the same commit as its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "settlement")]
pub enum Settlement {
    /// The position is not closed.
    NotYet,
    /// Closed with a profit; the ledger has not decided yet. The sweep finds these, however old.
    Pending,
    /// Closed without a profit.
    NothingDue,
    /// An external position: recorded, never charged.
    Exempt,
    /// Paid.
    Charged {
        /// Power that was due and is paid, corrections included.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
        /// The entry that charged the last of it: the settlement, a correction, or a debt's collection.
        entry: EntrySeq,
    },
    /// Recorded as a debt, not yet repaid.
    Owed {
        /// Power that is due; a correction may have charged part of it before.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
        /// The debt for what is not paid of it.
        debt: DebtId,
    },
    /// Forgiven, with a reason on the debt.
    Waived {
        /// Power that was due.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
    },
}

impl Settlement {
    /// What a position that has just closed awaits.
    pub fn at_close(origin: Origin, profit: Amount) -> Self {
        match origin {
            Origin::External => Self::Exempt,
            Origin::Robot | Origin::Imported if profit.is_positive() => Self::Pending,
            Origin::Robot | Origin::Imported => Self::NothingDue,
        }
    }

    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Pending => "pending",
            Self::NothingDue => "nothing_due",
            Self::Exempt => "exempt",
            Self::Charged { .. } => "charged",
            Self::Owed { .. } => "owed",
            Self::Waived { .. } => "waived",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: Option<i64>, rate: &str, from: i64) -> PowerRate {
        PowerRate {
            user: user.map(UserId),
            rate: rate.parse().unwrap(),
            effective_from: Timestamp(from),
        }
    }

    #[test]
    fn s0_07_rate_is_the_one_effective_when_the_position_closed() {
        let rates = [row(None, "0.1", 0), row(None, "0.2", 100), row(Some(7), "0.05", 50)];
        let default: Ratio = "0.3".parse().unwrap();
        let rate = |user, at| rate_at(&rates, UserId(user), Timestamp(at), default).to_string();
        assert_eq!(rate(1, 99), "0.1");
        assert_eq!(rate(1, 100), "0.2");
        assert_eq!(rate(7, 49), "0.1");
        assert_eq!(rate(7, 500), "0.05");
        assert_eq!(rate_at(&[], UserId(1), Timestamp(5), default), default);
        assert_eq!(rate_at(&rates, UserId(1), Timestamp(-1), default), default);
    }
}
