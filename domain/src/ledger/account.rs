//! Accounts of the ledger, each for one purpose, one owner and one asset.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::id::LedgerAccountId;

/// An asset by its code, such as `POWER` or `USDT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Asset(std::sync::Arc<str>);

impl TryFrom<String> for Asset {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::new(&code).ok_or("an asset code is 1 to 12 upper-case letters or digits")
    }
}

impl Asset {
    /// The platform's computing power, with which profit is settled.
    pub const POWER: &'static str = "POWER";

    /// From its code: 1 to 12 upper-case letters or digits.
    pub fn new(code: &str) -> Option<Self> {
        let fits = (1..=12).contains(&code.len())
            && code
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        fits.then(|| Self(std::sync::Arc::from(code)))
    }

    /// Power.
    pub fn power() -> Self {
        static POWER: std::sync::LazyLock<Asset> =
            std::sync::LazyLock::new(|| Asset(std::sync::Arc::from(Asset::POWER)));
        POWER.clone()
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Power that a user bought.
    UserPower,
    /// Power that a user was given.
    UserGiftPower,
    /// A user's wallet of a coin.
    UserWallet,
    /// Power of a user that is reserved for open positions.
    UserHold,
    /// What a user owes; positive while owed.
    UserDebt,
    /// Where recharged assets come from; negative by what was brought in.
    Issuance,
    /// What the platform earned.
    PlatformRevenue,
    /// Counterpart of all debts; negative while owed.
    DebtClearing,
    /// Counterpart of what operators corrected by hand.
    Adjustment,
    /// Counterpart of what was taken over from another platform.
    ImportEquity,
    /// What a subscription's triggers have given and not yet got back or been paid; owned by the subscription.
    ChainEscrow,
    /// Counterpart of the money in a vault: negative by what it holds; owned by the subscription.
    ChainCustody,
    /// Shares that a share token has given out; owned by the subscription.
    ShareSupply,
    /// Counterpart of cash and shares at the stock venue: negative by what is held there, beside what it began with.
    VenueClearing,
    /// Money in a vault beside what triggers gave, for returns that come before the money of sales does; owned by the subscription.
    RefundReserve,
    /// What a user's holdings of the pools are worth: principal, with yield that was compounded.
    PoolPrincipal,
    /// What a product's yield is paid from, as far as it is funded; owned by the product.
    PoolFunding,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::UserPower,
        Self::UserGiftPower,
        Self::UserWallet,
        Self::UserHold,
        Self::UserDebt,
        Self::Issuance,
        Self::PlatformRevenue,
        Self::DebtClearing,
        Self::Adjustment,
        Self::ImportEquity,
        Self::ChainEscrow,
        Self::ChainCustody,
        Self::ShareSupply,
        Self::VenueClearing,
        Self::RefundReserve,
        Self::PoolPrincipal,
        Self::PoolFunding,
    ];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserPower => "user_power",
            Self::UserGiftPower => "user_gift_power",
            Self::UserWallet => "user_wallet",
            Self::UserHold => "user_hold",
            Self::UserDebt => "user_debt",
            Self::Issuance => "issuance",
            Self::PlatformRevenue => "platform_revenue",
            Self::DebtClearing => "debt_clearing",
            Self::Adjustment => "adjustment",
            Self::ImportEquity => "import_equity",
            Self::ChainEscrow => "chain_escrow",
            Self::ChainCustody => "chain_custody",
            Self::ShareSupply => "share_supply",
            Self::VenueClearing => "venue_clearing",
            Self::RefundReserve => "refund_reserve",
            Self::PoolPrincipal => "pool_principal",
            Self::PoolFunding => "pool_funding",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it is a user's, rather than the platform's or a subscription's.
    pub const fn is_users(self) -> bool {
        match self {
            Self::UserPower
            | Self::UserGiftPower
            | Self::UserWallet
            | Self::UserHold
            | Self::UserDebt
            | Self::PoolPrincipal => true,
            Self::Issuance
            | Self::PlatformRevenue
            | Self::DebtClearing
            | Self::Adjustment
            | Self::ImportEquity
            | Self::ChainEscrow
            | Self::ChainCustody
            | Self::ShareSupply
            | Self::VenueClearing
            | Self::RefundReserve
            | Self::PoolFunding => false,
        }
    }

    /// Whether its balance may not fall below zero (LED-2).
    pub const fn is_floored(self) -> bool {
        match self {
            Self::UserPower
            | Self::UserGiftPower
            | Self::UserWallet
            | Self::UserHold
            | Self::UserDebt
            | Self::ChainEscrow
            | Self::RefundReserve
            | Self::PoolPrincipal
            | Self::PoolFunding => true,
            Self::Issuance
            | Self::PlatformRevenue
            | Self::DebtClearing
            | Self::Adjustment
            | Self::ImportEquity
            | Self::ChainCustody
            | Self::ShareSupply
            | Self::VenueClearing => false,
        }
    }
}

/// What makes an account one: unique in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// Purpose.
    pub kind: AccountKind,
    /// The owning user's id, the subscription's for accounts of a chain, the product's for funding; zero for the platform's own.
    pub owner: i64,
    /// Asset.
    pub asset: Asset,
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.kind.as_str(), self.owner, self.asset)
    }
}

/// An account with its balance, which is always the sum of its postings (LED-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Identity.
    pub id: LedgerAccountId,
    /// Purpose, owner, asset.
    #[serde(flatten)]
    pub key: AccountKey,
    /// Balance.
    pub balance: Amount,
}
