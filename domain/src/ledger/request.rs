//! What the ledger is asked to post, with the key that names the fact.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Ratio};
use crate::id::{DebtId, PositionId, UserId};
use crate::ledger::account::{AccountKey, AccountKind, Asset};
use crate::ledger::entry::{EntryKey, EntrySeq};
use crate::ledger::escrow::EscrowPosting;
use crate::ledger::takeover::ImportRequest;
use crate::settlement::PayOrder;
use crate::time::Timestamp;

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

    /// The account that balances of this purse are adjusted against.
    pub fn adjustment(&self) -> AccountKey {
        AccountKey {
            kind: AccountKind::Adjustment,
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

/// Assets brought in, taken out or adjusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The asker's own reference, part of the key.
    pub reference: String,
    /// For whom.
    pub user: UserId,
    /// Which balance.
    pub purse: Purse,
    /// How much, positive; an adjustment may be negative.
    pub amount: Amount,
    /// Who asked; at most 100 characters.
    pub by: String,
    /// Words for people; at most 200 characters. An adjustment must have some.
    pub remark: String,
}

/// Assets that pass from one user to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserTransfer {
    /// What the first user gives; its reference is the transfer's.
    pub given: Transfer,
    /// Who gets it, in the same purse.
    pub to: UserId,
}

/// Power to reserve for a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// The position; it need not be on record yet.
    pub position: PositionId,
    /// Whose power.
    pub user: UserId,
    /// How much, not negative; nothing is reserved for zero.
    pub amount: Amount,
    /// After this it may be given back, unless the position still lives.
    pub expires_at: Timestamp,
}

/// A hold to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The position it was made for.
    pub position: PositionId,
    /// Whether its time was over, rather than its purpose.
    pub expired: bool,
}

/// A debt to forgive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Which.
    pub debt: DebtId,
    /// Who asked; at most 100 characters.
    pub by: String,
    /// Why; 1 to 200 characters.
    pub reason: String,
}

/// An entry to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// Which.
    pub entry: EntrySeq,
    /// Who asked; at most 100 characters.
    pub by: String,
    /// Why; 1 to 200 characters.
    pub reason: String,
}

/// A request to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Settle a closed position, or settle the difference after its profit was revised.
    Settle(PositionId),
    /// Reserve power for a position that is about to open.
    Hold(Reservation),
    /// Give back what was reserved for a position.
    Release(Release),
    /// Bring assets in, and collect the user's debts when they are power.
    Recharge(Transfer),
    /// Take assets out.
    Withdraw(Transfer),
    /// Correct a balance by hand, and collect the user's debts from power that it adds.
    Adjust(Transfer),
    /// Pass assets from one user to another, and collect the other's debts when they are power.
    Transfer(UserTransfer),
    /// Forgive a debt.
    Waive(Waiver),
    /// Take an entry back.
    Reverse(Reversal),
    /// Take over what another platform's tables say.
    Import(Box<ImportRequest>),
    /// Post what happened at a vault, with its rows.
    Escrow(Arc<EscrowPosting>),
}

impl Request {
    /// The key that names its fact, or the first of its facts; `None` when its reference cannot be one, or it has none.
    pub fn key(&self) -> Option<EntryKey> {
        match self {
            Self::Settle(position) => Some(EntryKey::settlement_of(*position)),
            Self::Hold(hold) => Some(EntryKey::hold_for(hold.position)),
            Self::Release(release) => Some(EntryKey::release_of(release.position)),
            Self::Recharge(transfer) => EntryKey::recharge(&transfer.reference),
            Self::Withdraw(transfer) => EntryKey::withdrawal(&transfer.reference),
            Self::Adjust(transfer) => EntryKey::adjustment(&transfer.reference),
            Self::Transfer(transfer) => EntryKey::transfer(&transfer.given.reference),
            Self::Waive(waiver) => Some(EntryKey::waiver_of(waiver.debt)),
            Self::Reverse(reversal) => Some(EntryKey::reversal_of(reversal.entry)),
            Self::Import(import) => import.key(),
            Self::Escrow(posting) => posting.entries.first().map(|entry| entry.key.clone()),
        }
    }

    /// The keys of all its facts.
    pub fn keys(&self) -> Vec<EntryKey> {
        match self {
            Self::Escrow(posting) => posting.entries.iter().map(|entry| entry.key.clone()).collect(),
            _ => self.key().into_iter().collect(),
        }
    }

    /// Users whom it names: they must exist.
    pub fn users(&self) -> Vec<UserId> {
        match self {
            Self::Settle(_) | Self::Release(_) | Self::Waive(_) | Self::Reverse(_) | Self::Escrow(_) => Vec::new(),
            Self::Hold(hold) => vec![hold.user],
            Self::Recharge(transfer) | Self::Withdraw(transfer) | Self::Adjust(transfer) => vec![transfer.user],
            Self::Transfer(transfer) => vec![transfer.given.user, transfer.to],
            Self::Import(import) => vec![import.user],
        }
    }

    /// The accounts that its own entry may touch; what it does to power touches [`settling_accounts`] besides, of
    /// the users in [`Request::power_of`] and of the positions', holds' and debts' users.
    pub fn accounts(&self) -> Vec<AccountKey> {
        match self {
            Self::Settle(_) | Self::Hold(_) | Self::Release(_) | Self::Waive(_) | Self::Reverse(_) => Vec::new(),
            Self::Recharge(transfer) | Self::Withdraw(transfer) => {
                vec![transfer.purse.account(transfer.user), transfer.purse.issuance()]
            }
            Self::Adjust(transfer) => vec![transfer.purse.account(transfer.user), transfer.purse.adjustment()],
            Self::Transfer(transfer) => {
                let purse = &transfer.given.purse;
                vec![purse.account(transfer.given.user), purse.account(transfer.to)]
            }
            Self::Import(import) => import.accounts(),
            Self::Escrow(posting) => posting.accounts(),
        }
    }

    /// Who gets power by it, from which debts are collected.
    pub fn credited(&self) -> Option<UserId> {
        match self {
            Self::Recharge(transfer) | Self::Adjust(transfer) => transfer.purse.is_power().then_some(transfer.user),
            Self::Transfer(transfer) => transfer.given.purse.is_power().then_some(transfer.to),
            Self::Settle(_)
            | Self::Hold(_)
            | Self::Release(_)
            | Self::Withdraw(_)
            | Self::Waive(_)
            | Self::Reverse(_)
            | Self::Import(_)
            | Self::Escrow(_) => None,
        }
    }

    /// Users whose power it adds to or takes from by hand.
    pub fn power_of(&self) -> Vec<UserId> {
        let moved = match self {
            Self::Hold(hold) => return vec![hold.user],
            Self::Recharge(transfer) | Self::Withdraw(transfer) | Self::Adjust(transfer) => transfer,
            Self::Transfer(transfer) => &transfer.given,
            Self::Settle(_)
            | Self::Release(_)
            | Self::Waive(_)
            | Self::Reverse(_)
            | Self::Import(_)
            | Self::Escrow(_) => {
                return Vec::new();
            }
        };
        if moved.purse.is_power() {
            self.users()
        } else {
            Vec::new()
        }
    }

    /// Whether the same key stays refused once it was refused for lack of funds.
    pub const fn refusal_is_kept(&self) -> bool {
        match self {
            Self::Hold(_) | Self::Withdraw(_) | Self::Adjust(_) | Self::Transfer(_) => true,
            Self::Settle(_)
            | Self::Release(_)
            | Self::Recharge(_)
            | Self::Waive(_)
            | Self::Reverse(_)
            | Self::Import(_)
            | Self::Escrow(_) => false,
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

/// What is reserved of a user's power.
pub fn hold_of(user: UserId) -> AccountKey {
    AccountKey {
        kind: AccountKind::UserHold,
        owner: user.0,
        asset: Asset::power(),
    }
}

/// Every account that settling for a user, reserving, or collecting from one, may touch.
pub fn settling_accounts(user: UserId) -> [AccountKey; 6] {
    [
        Purse::GiftPower.account(user),
        Purse::Power.account(user),
        hold_of(user),
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
