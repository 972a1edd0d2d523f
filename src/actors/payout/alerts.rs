//! Alerts on payouts: what there is reason for in a look, and what was told before.

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::AlertKind;
use domain::id::{PayoutId, SubscriptionId};
use domain::page::Page;
use domain::payout::{Payout, PayoutState};

use super::cashier::Cashier;
use super::deps::{PayoutDeps, PayoutError};
use super::round::Round;
use super::told;
use crate::actors::mail::{Raise, Resolve};
use crate::actors::spawn::poke;
use crate::ports::store::AlertFilter;

/// Rows per read.
const PAGE: u32 = 500;

/// Kinds that this actor raises and ends.
const OURS: [AlertKind; 6] = [
    AlertKind::PayoutHalted,
    AlertKind::PayoutStuck,
    AlertKind::PayoutNoGas,
    AlertKind::PayoutLimited,
    AlertKind::PayoutReserve,
    AlertKind::PayoutForeignNonce,
];

/// Alerts by kind and subject, with their message.
#[derive(Default)]
pub(super) struct Wanted(BTreeMap<(&'static str, String), (AlertKind, String)>);

/// Alerts that are open, as far as this actor knows; `None` until that was read.
pub(super) type Told = Option<BTreeSet<(&'static str, String)>>;

impl Wanted {
    fn want(&mut self, kind: AlertKind, subject: String, message: String) {
        // The first reason stands; the others are on the payouts.
        self.0.entry((kind.as_str(), subject)).or_insert((kind, message));
    }

    pub fn stuck(&mut self, payout: &Payout, why: &str) {
        let message = format!("payout {}: {why}", payout.id);
        self.want(AlertKind::PayoutStuck, of_payout(payout.id), message);
    }

    pub fn foreign_nonce(&mut self, payout: &Payout) {
        let message = format!(
            "the nonce of payout {} was used by a transaction that is not ours, and the vault has not paid: it is signed anew",
            payout.id
        );
        self.want(AlertKind::PayoutForeignNonce, of_payout(payout.id), message);
    }

    pub fn limited(&mut self, payout: &Payout, why: &str) {
        let message = format!("payout {} waits: {why}", payout.id);
        self.want(AlertKind::PayoutLimited, of_subscription(payout.subscription), message);
    }

    pub fn uncovered(&mut self, payout: &Payout, why: &str) {
        let message = format!("payout {} waits: {why}", payout.id);
        self.want(AlertKind::PayoutReserve, of_subscription(payout.subscription), message);
    }

    pub fn below_floor(&mut self, subscription: SubscriptionId, why: &str) {
        let message = format!("{why}; the subscription is paused");
        self.want(AlertKind::PayoutReserve, of_subscription(subscription), message);
    }

    pub fn no_gas(&mut self, deps: &PayoutDeps, why: &str) {
        self.want(AlertKind::PayoutNoGas, of_payer(deps), why.to_owned());
    }

    fn halted(&mut self, payout: &Payout) {
        if let PayoutState::Halted { reason, .. } = &payout.state {
            let message = format!("payout {}: {reason}", payout.id);
            self.want(AlertKind::PayoutHalted, of_payout(payout.id), message);
        }
    }
}

impl Cashier {
    /// Raises what there is reason for, and ends what there is none for any more.
    pub(super) async fn tell_alerts(&mut self, round: &Round) {
        let mut wanted = Wanted::default();
        for payout in &round.payouts {
            wanted.halted(payout);
        }
        let reasons = wanted.0.iter().chain(round.wanted.0.iter());
        for ((_, subject), (kind, message)) in reasons.clone() {
            let (kind, subject, message) = (*kind, subject.clone(), message.clone());
            poke(&self.deps.raises, Raise { kind, subject, message });
        }
        let mut reasons: BTreeSet<(&'static str, String)> = reasons.map(|(place, _)| place.clone()).collect();
        let known = match self.memory.told.take() {
            Some(known) => known,
            None => match self.open_alerts().await {
                Ok(open) => open,
                Err(error) => return told::alerts_blind(&error),
            },
        };
        for place in known.difference(&reasons.clone()) {
            // Somebody else's nonce stays an alert until its payout is at its end.
            if place.0 == AlertKind::PayoutForeignNonce.as_str() && is_live(round, &place.1) {
                reasons.insert(place.clone());
                continue;
            }
            if let Some(kind) = AlertKind::parse(place.0) {
                let subject = place.1.clone();
                poke(&self.deps.resolves, Resolve { kind, subject });
            }
        }
        self.memory.told = Some(reasons);
    }

    /// Open alerts of our kinds that are about this payer's payouts, vaults or account.
    async fn open_alerts(&self) -> Result<BTreeSet<(&'static str, String)>, PayoutError> {
        let (mut open, mut page) = (BTreeSet::new(), Page::first(PAGE));
        loop {
            let alerts = self.deps.store.alerts(AlertFilter::Open, page).await?;
            let oldest = alerts.last().map_or(0, |alert| alert.id.0);
            for alert in alerts.into_iter().filter(|alert| OURS.contains(&alert.kind)) {
                if self.is_ours(&alert.subject).await? {
                    open.insert((alert.kind.as_str(), alert.subject));
                }
            }
            if oldest <= 1 {
                return Ok(open);
            }
            page = Page::after(oldest, PAGE);
        }
    }

    async fn is_ours(&self, subject: &str) -> Result<bool, PayoutError> {
        let id = |text: &str| text.parse::<i64>().ok();
        if let Some(payout) = subject.strip_prefix("payout:").and_then(id) {
            let row = self.deps.store.payout(PayoutId(payout)).await?;
            return Ok(row.is_some_and(|row| row.chain == self.deps.chain.id()));
        }
        if let Some(subscription) = subject.strip_prefix("subscription:").and_then(id) {
            return Ok(self.deps.vault(SubscriptionId(subscription)).is_some());
        }
        Ok(subject == of_payer(&self.deps))
    }
}

fn is_live(round: &Round, subject: &str) -> bool {
    round.payouts.iter().any(|payout| of_payout(payout.id) == subject)
}

fn of_payout(payout: PayoutId) -> String {
    format!("payout:{payout}")
}

fn of_subscription(subscription: SubscriptionId) -> String {
    format!("subscription:{subscription}")
}

fn of_payer(deps: &PayoutDeps) -> String {
    format!("payer:{}:{}", deps.chain.id(), deps.payer())
}
