//! What the actor of payouts needs, and how its calls are bounded.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::chain::{Address, RawAmount};
use domain::fixed::{Amount, NumberError};
use domain::id::SubscriptionId;
use domain::payout::IllegalMove;
use domain::payout::decide::PayoutRules;
use domain::payout::limits::Limits;
use domain::payout::money::{ConfirmError, VaultAssets};
use domain::trigger::Listing;

use crate::actors::mail::{Post, Raise, Resolve};
use crate::clock::Clock;
use crate::ports::chain::{Abi, Chain, ChainError, PayoutSigner, SignError};
use crate::ports::store::{Store, StoreError};

/// A vault that is paid from, with what may leave it.
#[derive(Debug, Clone)]
pub struct Vault {
    /// Its contracts and assets.
    pub listing: Listing,
    /// How much money may leave.
    pub money: Limits,
    /// How many shares may leave.
    pub shares: Limits,
    /// Money that is to be left in the vault beside all that is to be paid from it; below, no deposits are accepted.
    pub floor: Amount,
}

impl Vault {
    /// What it deals in.
    pub fn assets(&self) -> VaultAssets {
        VaultAssets {
            money: self.listing.money.clone(),
            share: self.listing.share.clone(),
        }
    }

    /// Its floor in units of the money token.
    ///
    /// # Errors
    /// A floor that the token's scale cannot hold.
    pub fn floor_units(&self) -> Result<u128, NumberError> {
        let raw = RawAmount::from_ledger(self.floor, &RawAmount::zero(), self.listing.money_decimals)?;
        raw.units().ok_or(NumberError::OutOfRange)
    }

    /// Its limits on money, or on shares.
    pub const fn limits(&self, is_money: bool) -> &Limits {
        if is_money { &self.money } else { &self.shares }
    }
}

/// How calls are bounded.
#[derive(Debug, Clone, Copy)]
pub struct PayoutOptions {
    /// Longest wait for an answer of the chain, or for a signature.
    pub call_deadline: Duration,
    /// Longest wait for the ledger's answer.
    pub ledger_deadline: Duration,
    /// Questions and broadcasts at once, at least one.
    pub parallel: usize,
    /// Mail that may wait.
    pub mailbox: usize,
}

/// What the actor of payouts needs. There is one actor per chain and payer.
pub struct PayoutDeps {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// The chain.
    pub chain: Arc<dyn Chain>,
    /// The vaults' words.
    pub abi: Arc<dyn Abi>,
    /// The key that pays.
    pub signer: Arc<dyn PayoutSigner>,
    /// Who books what was paid.
    pub ledger: Recipient<Post>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// The vaults on this chain, one per subscription.
    pub vaults: Vec<Vault>,
    /// How payouts are decided about.
    pub rules: PayoutRules,
    /// How calls are bounded.
    pub options: PayoutOptions,
}

impl PayoutDeps {
    /// The vault of a subscription, when it is in the settings.
    pub fn vault(&self, subscription: SubscriptionId) -> Option<&Vault> {
        let mut vaults = self.vaults.iter();
        vaults.find(|vault| vault.listing.subscription == subscription)
    }

    /// The account that pays.
    pub fn payer(&self) -> Address {
        self.signer.address()
    }

    /// An answer of the chain, within the deadline.
    pub(super) async fn ask<T>(&self, call: impl Future<Output = Result<T, ChainError>>) -> Result<T, ChainError> {
        match tokio::time::timeout(self.options.call_deadline, call).await {
            Ok(answer) => answer,
            Err(_) => {
                let limit = self.options.call_deadline.as_millis();
                Err(ChainError::Unreachable(format!("no answer in {limit}ms")))
            }
        }
    }
}

/// Why payouts, or one of them, could not be looked after now.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The ledger did not book it.
    #[error("the ledger did not book it: {0}")]
    Ledger(String),
    /// A payout cannot move that way.
    #[error(transparent)]
    Move(#[from] IllegalMove),
    /// A confirmation cannot be written.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// A sum left its range.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A row, a vault or a nonce that is needed is not there.
    #[error("{0} is missing")]
    Missing(String),
}
