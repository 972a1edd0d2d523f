//! What operators move by hand between a vault, its reserve and the stock venue.

use serde::{Deserialize, Serialize};

use crate::access::Audit;
use crate::change::Change;
use crate::fixed::Amount;
use crate::id::SubscriptionId;
use crate::ledger::{AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting};

/// Which way money goes. What is moved is moved by hand, on the chain or at the bank; this is its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreasuryMove {
    /// From the vault to the cash at the stock venue.
    VaultToVenue,
    /// From the cash at the stock venue to the vault.
    VenueToVault,
    /// From the platform's own money into the vault, as its reserve.
    IntoReserve,
    /// Out of the vault's reserve, back to the platform.
    OutOfReserve,
}

/// Money that an operator moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreasuryOrder {
    /// The asker's own reference, part of the key: 1 to 100 visible ASCII characters.
    pub reference: String,
    /// Whose vault.
    pub subscription: SubscriptionId,
    /// The money in the ledger.
    pub money: Asset,
    /// Which way.
    pub way: TreasuryMove,
    /// How much, positive.
    pub amount: Amount,
    /// Why; 1 to 200 characters.
    pub reason: String,
    /// The line of the trail that is written with it.
    pub audit: Audit,
}

/// Why money is not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreasuryError {
    /// No key can be made of the reference.
    #[error("reference must be 1 to 100 visible ASCII characters")]
    Reference,
    /// Nothing, or less, is not moved.
    #[error("amount must be positive")]
    Amount,
    /// Nobody knows why.
    #[error("reason must be 1 to 200 characters")]
    Reason,
}

/// The posting of what an operator moved, with its line of the trail. The ledger refuses what is not in the reserve.
///
/// # Errors
/// Names the field and its rule.
pub fn moved(order: &TreasuryOrder) -> Result<EscrowPosting, TreasuryError> {
    let key = EntryKey::treasury(&order.reference).ok_or(TreasuryError::Reference)?;
    if !order.amount.is_positive() {
        return Err(TreasuryError::Amount);
    }
    if !(1..=200).contains(&order.reason.chars().count()) {
        return Err(TreasuryError::Reason);
    }
    let account = |kind, owner| AccountKey {
        kind,
        owner,
        asset: order.money.clone(),
    };
    let custody = account(AccountKind::ChainCustody, order.subscription.0);
    let reserve = account(AccountKind::RefundReserve, order.subscription.0);
    let venue = account(AccountKind::VenueClearing, 0);
    let (up, down) = match order.way {
        TreasuryMove::VaultToVenue => (custody, venue),
        TreasuryMove::VenueToVault => (venue, custody),
        TreasuryMove::IntoReserve => (reserve, custody),
        TreasuryMove::OutOfReserve => (custody, reserve),
    };
    let entry = EscrowEntry {
        key,
        kind: EntryKind::Treasury,
        reference: format!("subscription:{}", order.subscription),
        remark: order.reason.clone(),
        lines: vec![(up, order.amount), (down, order.amount.negated())],
    };
    let posting = EscrowPosting {
        entries: vec![entry],
        ..EscrowPosting::default()
    };
    Ok(posting.with(Change::AddAudit(order.audit.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AuditId;
    use crate::time::Timestamp;

    fn order(way: TreasuryMove, amount: &str) -> TreasuryOrder {
        TreasuryOrder {
            reference: "wire-1".to_owned(),
            subscription: SubscriptionId(2),
            money: Asset::new("USDT").unwrap(),
            way,
            amount: amount.parse().unwrap(),
            reason: "top up".to_owned(),
            audit: Audit {
                id: AuditId(1),
                at: Timestamp(1),
                by: "ann".to_owned(),
                action: "treasury.move".to_owned(),
                subject: "subscription:2".to_owned(),
                reason: "top up".to_owned(),
                origin: None,
            },
        }
    }

    #[test]
    fn s3_28_money_goes_between_vault_reserve_and_venue_and_nowhere_else() {
        let lines = |way| {
            let posting = moved(&order(way, "5")).unwrap();
            assert_eq!(
                (posting.rows.len(), posting.entries[0].key.as_str()),
                (1, "treasury:wire-1")
            );
            let lines = &posting.entries[0].lines;
            lines
                .iter()
                .map(|(account, amount)| format!("{account} {amount}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            lines(TreasuryMove::VaultToVenue),
            ["chain_custody:2:USDT 5", "venue_clearing:0:USDT -5"]
        );
        assert_eq!(
            lines(TreasuryMove::VenueToVault),
            ["venue_clearing:0:USDT 5", "chain_custody:2:USDT -5"]
        );
        assert_eq!(
            lines(TreasuryMove::IntoReserve),
            ["refund_reserve:2:USDT 5", "chain_custody:2:USDT -5"]
        );
        assert_eq!(
            lines(TreasuryMove::OutOfReserve),
            ["chain_custody:2:USDT 5", "refund_reserve:2:USDT -5"]
        );
    }

    #[test]
    fn s3_28_a_move_without_amount_reason_or_reference_is_refused() {
        let good = order(TreasuryMove::IntoReserve, "5");
        let refused = |order: TreasuryOrder| moved(&order).unwrap_err();
        assert_eq!(refused(order(TreasuryMove::IntoReserve, "0")), TreasuryError::Amount);
        assert_eq!(refused(order(TreasuryMove::IntoReserve, "-1")), TreasuryError::Amount);
        let without = TreasuryOrder {
            reason: String::new(),
            ..good.clone()
        };
        assert_eq!(refused(without), TreasuryError::Reason);
        let unnamed = TreasuryOrder {
            reference: "a b".to_owned(),
            ..good
        };
        assert_eq!(refused(unnamed), TreasuryError::Reference);
    }
}
