//! What vaults hold: whether it covers what is to be paid, and whether deposits may be accepted.

use domain::access::Audit;
use domain::change::{Change, ChangeSet};
use domain::id::{AuditId, IdKind, PayoutId, SubscriptionId};
use domain::pause::{Pause, PauseScope};
use domain::payout::{limits, money};

use super::cashier::Cashier;
use super::deps::{PayoutError, Vault};
use super::round::Round;
use super::told;

/// Who pauses.
const BY: &str = "bursar";

impl Cashier {
    /// Asks what the payer holds to pay for gas, and every vault's money token what the vault holds.
    pub(super) async fn read_balances(&mut self, round: &mut Round) {
        let funds = self.deps.ask(self.deps.chain.balance(self.deps.payer())).await;
        // What is not below 2^128 wei is enough for anything.
        round.funds = funds.ok().map(|wei| wei.units().unwrap_or(u128::MAX));
        let floor = self.deps.rules.gas_floor;
        if let Some(funds) = round.funds.filter(|funds| *funds < floor) {
            let why = format!("the payer holds {funds} wei, and is to hold {floor} at least");
            round.wanted.no_gas(&self.deps, &why);
        }
        for vault in &self.deps.vaults {
            let listing = &vault.listing;
            let call = self.deps.abi.balance_call(listing.vault);
            let answer = self.deps.ask(self.deps.chain.call(listing.money_token, &call)).await;
            match answer.and_then(|answer| self.deps.abi.number(&answer)) {
                Ok(balance) => {
                    let units = balance.units().unwrap_or(u128::MAX);
                    round.balances.insert(listing.subscription, units);
                }
                Err(error) => tracing::debug!(%error, "what vault {} holds is not known", listing.vault),
            }
        }
    }

    /// Pauses the subscription of every vault that holds too little beside what is to be paid from it.
    pub(super) async fn keep_reserves(&mut self, round: &mut Round) {
        let deps = self.deps.clone();
        for vault in &deps.vaults {
            if let Err(error) = self.keep_reserve(round, vault).await {
                told::reserve_blind(vault.listing.subscription, &error);
            }
        }
    }

    async fn keep_reserve(&mut self, round: &mut Round, vault: &Vault) -> Result<(), PayoutError> {
        let subscription = vault.listing.subscription;
        let Some(balance) = round.balances.get(&subscription) else {
            return Ok(());
        };
        // What is in a block has left the vault already.
        let open = round.payouts.iter().filter(|payout| {
            payout.subscription == subscription && !round.mined.contains(&payout.id) && !self.is_paid(payout.id)
        });
        let Some(why) = limits::below_floor(*balance, money::open_money(open), vault.floor_units()?) else {
            return Ok(());
        };
        round.wanted.below_floor(subscription, &why);
        if self.deps.rules.dry_run {
            return Ok(());
        }
        self.pause(subscription, why).await
    }

    /// Whether the vault said last that it has done a payout.
    fn is_paid(&self, payout: PayoutId) -> bool {
        self.memory.paid.get(&payout).is_some_and(|(is_paid, _)| *is_paid)
    }

    async fn pause(&self, subscription: SubscriptionId, reason: String) -> Result<(), PayoutError> {
        let scope = PauseScope::Subscription(subscription);
        let stands = self.deps.store.pauses_on(&[scope]).await?;
        if stands.iter().any(|pause| pause.paused) {
            return Ok(());
        }
        let at = self.deps.clock.now();
        let id = AuditId(self.deps.store.reserve_ids(IdKind::Audit, 1).await?);
        let by = BY.to_owned();
        let audit = Audit {
            id,
            at,
            by: by.clone(),
            action: "control.pause".to_owned(),
            subject: scope.to_string(),
            reason: reason.clone(),
            origin: None,
        };
        told::reserve_low(subscription, &reason);
        let pause = Pause {
            scope,
            paused: true,
            by,
            reason,
            at,
        };
        let changes = vec![Change::SetPause(pause), Change::AddAudit(audit)];
        Ok(self.deps.store.commit(ChangeSet { changes }).await?)
    }
}
