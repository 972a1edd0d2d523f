//! What the ledger is asked to post, with the key that names the fact.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Ratio};
use crate::id::{PositionId, UserId};
use crate::ledger::account::{AccountKey, AccountKind, Asset};
use crate::ledger::entry::EntryKey;
use crate::settlement::PayOrder;

/// Which of a user's balances assets go to or come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purse {
    /// Power.
    Power,
    /// Gift power.
    GiftPower,
    /// The wallet of a coin.
    Wallet(Asset),
}

impl Purse {
    /// The account of this purse of `user`.
    pub fn account(&self, user: UserId) -> AccountKey {
        let kind = match self {
            Self::Power => AccountKind::UserPower,
            Self::GiftPower => AccountKind::UserGiftPower,
            Self::Wallet(_) => AccountKind::UserWallet,
        };
        AccountKey {
            kind,
            owner: user.0,
            asset: self.asset(),
        }
    }

    /// The account that assets of this purse are issued from.
    pub fn issuance(&self) -> AccountKey {
        AccountKey {
            kind: AccountKind::Issuance,
            owner: 0,
            asset: self.asset(),
        }
    }

    /// Its asset.
    pub fn asset(&self) -> Asset {
        match self {
            Self::Power | Self::GiftPower => Asset::power(),
            Self::Wallet(asset) => asset.clone(),
        }
    }

    /// Whether it holds power, from which debts are collected.
    pub const fn is_power(&self) -> bool {
        match self {
            Self::Power | Self::GiftPower => true,
            Self::Wallet(_) => false,
        }
    }
}

/// Assets brought in or taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The asker's own reference, part of the key.
    pub reference: String,
    /// For whom.
    pub user: UserId,
    /// Which balance.
    pub purse: Purse,
    /// How much, positive.
    pub amount: Amount,
    /// Who asked; at most 100 characters.
    pub by: String,
    /// Words for people; at most 200 characters.
    pub remark: String,
}

/// A request to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Settle a closed position.
    Settle(PositionId),
    /// Bring assets in, and collect the user's debts when they are power.
    Recharge(Transfer),
    /// Take assets out.
    Withdraw(Transfer),
}

impl Request {
    /// The key that names its fact; `None` when its reference cannot be one.
    pub fn key(&self) -> Option<EntryKey> {
        match self {
            Self::Settle(position) => Some(EntryKey::settlement_of(*position)),
            Self::Recharge(transfer) => EntryKey::recharge(&transfer.reference),
            Self::Withdraw(transfer) => EntryKey::withdrawal(&transfer.reference),
        }
    }

    /// The assets it moves, when it brings in or takes out.
    pub fn transfer(&self) -> Option<&Transfer> {
        match self {
            Self::Settle(_) => None,
            Self::Recharge(transfer) | Self::Withdraw(transfer) => Some(transfer),
        }
    }

    /// The accounts that its own entry may touch; a settlement touches [`settling_accounts`] of its user instead.
    pub fn accounts(&self) -> Vec<AccountKey> {
        match self {
            Self::Settle(_) => Vec::new(),
            Self::Recharge(transfer) | Self::Withdraw(transfer) => {
                vec![transfer.purse.account(transfer.user), transfer.purse.issuance()]
            }
        }
    }

    /// The user whose open debts it may collect.
    pub fn collects_from(&self) -> Option<UserId> {
        match self {
            Self::Recharge(transfer) if transfer.purse.is_power() => Some(transfer.user),
            Self::Recharge(_) | Self::Settle(_) | Self::Withdraw(_) => None,
        }
    }
}

/// How the ledger decides, from the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which power pays, and in which order.
    pub pay_order: PayOrder,
    /// The rate where no row is effective, 0 to 1.
    pub default_rate: Ratio,
}

impl Rules {
    /// A user's power accounts in the order in which they pay.
    pub fn paying(&self, user: UserId) -> Vec<AccountKey> {
        let gift = Purse::GiftPower.account(user);
        let power = Purse::Power.account(user);
        match self.pay_order {
            PayOrder::GiftFirst => vec![gift, power],
            PayOrder::PowerFirst => vec![power, gift],
            PayOrder::GiftOnly => vec![gift],
            PayOrder::PowerOnly => vec![power],
        }
    }
}

/// Where what is charged goes.
pub fn revenue() -> AccountKey {
    platform(AccountKind::PlatformRevenue)
}

/// The counterpart of all debts.
pub fn clearing() -> AccountKey {
    platform(AccountKind::DebtClearing)
}

/// What a user owes.
pub fn debt_of(user: UserId) -> AccountKey {
    AccountKey {
        kind: AccountKind::UserDebt,
        owner: user.0,
        asset: Asset::power(),
    }
}

/// Every account that settling for a user, or collecting from one, may touch.
pub fn settling_accounts(user: UserId) -> [AccountKey; 5] {
    [
        Purse::GiftPower.account(user),
        Purse::Power.account(user),
        debt_of(user),
        revenue(),
        clearing(),
    ]
}

fn platform(kind: AccountKind) -> AccountKey {
    AccountKey {
        kind,
        owner: 0,
        asset: Asset::power(),
    }
}
