//! Vaults with all that follows them and deals with what they set off, built from the settings; nothing where none is set.

mod limits;
mod open;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr};
use domain::chain::ChainId;
use domain::id::SubscriptionId;
use domain::trigger::Listing;
use domain::venue::VenueName;
use tokio::sync::watch;

use crate::actors::alert::AlertActor;
use crate::actors::chain_keeper::{ChainKeeperActor, KeeperDeps};
use crate::actors::chain_subscription::{ChainSights, ChainSubscriptionActor, FollowDeps};
use crate::actors::job_scheduler::Job;
use crate::actors::ledger::LedgerActor;
use crate::actors::mail::{Look, Stop};
use crate::actors::payout::{PayoutActor, PayoutDeps, SolvencyDeps};
use crate::actors::relay::RelayActor;
use crate::actors::spawn;
use crate::actors::supervisor::CrashRules;
use crate::actors::trigger::{self, Shared, TriggerActor, TriggerDeps, TriggerOptions};
use crate::clock::Clock;
use crate::http::Vaults;
use crate::jobs::{Every, compare_solvency, poke_vaults};
use crate::ports::store::Store;
pub use open::VaultsError;
pub(super) use open::{Opened, open};

/// How often payouts are looked at without being poked.
const PAYOUT_TICK: Duration = Duration::from_millis(500);
/// Longest wait for what a resume after a reorg finds.
const RESUME_DEADLINE: Duration = Duration::from_secs(60);
/// Longest wait for the ledger's receipt of a page or a payout.
const POST_DEADLINE: Duration = Duration::from_secs(30);
/// How long the ledger and the world may differ: what is on its way takes its time.
const TOLERATED: Duration = Duration::from_secs(900);

/// Whom the actors of vaults work with.
pub(super) struct Neighbours<'a> {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub alert: &'a Addr<AlertActor>,
    pub ledger: &'a Addr<LedgerActor>,
    pub crashes: CrashRules,
    pub installation: String,
    pub fatal: watch::Sender<bool>,
}

/// The actors of all vaults.
#[derive(Clone)]
pub(super) struct VaultActors {
    keeper: Addr<ChainKeeperActor>,
    triggers: Addr<TriggerActor>,
    payouts: Vec<(ChainId, Addr<PayoutActor>)>,
    relay: Addr<RelayActor>,
    sights: ChainSights,
    wanted: Vec<SubscriptionId>,
    solvency: SolvencyDeps,
}

impl Opened {
    /// Builds and starts them, whoever is needed by others first.
    pub(super) fn start(self, by: &Neighbours<'_>) -> VaultActors {
        let sights = ChainSights::default();
        let solvency = self.solvency(by);
        let payouts: Vec<(ChainId, Addr<PayoutActor>)> = self.payers.iter().map(|payer| payer.start(by)).collect();
        let each = payouts.iter().map(|(_, payout)| payout.clone().recipient::<Look>());
        let relay = RelayActor::new(each.collect()).start();
        let triggers = TriggerActor::new(self.trigger_deps(by, &relay, sights.clone())).start();
        spawn::tick(triggers.clone().recipient(), trigger::TICK);
        let wanted: Vec<SubscriptionId> = self.listings.keys().copied().collect();
        let keeper = self.keeper(by, &triggers, &sights).start();
        VaultActors {
            keeper,
            triggers,
            payouts,
            relay,
            sights,
            wanted,
            solvency,
        }
    }

    fn trigger_deps(&self, by: &Neighbours<'_>, relay: &Addr<RelayActor>, sights: ChainSights) -> TriggerDeps {
        let chains = self
            .chains
            .values()
            .map(|chain| (chain.chain.id(), Arc::clone(&chain.chain)));
        TriggerDeps {
            store: Arc::clone(&by.store),
            clock: Arc::clone(&by.clock),
            listings: self.shared_listings(),
            venues: HashMap::from([(VenueName::Futu, Arc::clone(&self.stocks))]),
            chains: chains.collect(),
            abi: Arc::clone(&self.abi),
            // What has not been seen yet may have left its chain while nobody looked.
            halted: Arc::new(move |id| sights.of(id).is_none_or(|sight| sight.halted.is_some())),
            ledger: by.ledger.clone().recipient(),
            payouts: relay.clone().recipient(),
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
            installation: by.installation.clone(),
            options: TriggerOptions::default(),
            fatal: by.fatal.clone(),
            shared: Shared::default(),
        }
    }

    fn shared_listings(&self) -> BTreeMap<SubscriptionId, Arc<Listing>> {
        let each = self
            .listings
            .iter()
            .map(|(id, vault)| (*id, Arc::new(vault.listing.clone())));
        each.collect()
    }

    fn keeper(&self, by: &Neighbours<'_>, triggers: &Addr<TriggerActor>, sights: &ChainSights) -> ChainKeeperActor {
        let deps = self.listings.iter().filter_map(|(id, vault)| {
            let chain = self.chains.get(&vault.chain)?;
            let deps = FollowDeps {
                store: Arc::clone(&by.store),
                clock: Arc::clone(&by.clock),
                chain: Arc::clone(&chain.chain),
                abi: Arc::clone(&self.abi),
                ledger: by.ledger.clone().recipient(),
                triggers: triggers.clone().recipient(),
                raises: by.alert.clone().recipient(),
                resolves: by.alert.clone().recipient(),
                sights: sights.clone(),
                listing: Arc::new(vault.listing.clone()),
                options: chain.follow,
            };
            Some((*id, deps))
        });
        let deps: BTreeMap<SubscriptionId, FollowDeps> = deps.collect();
        ChainKeeperActor::new(KeeperDeps {
            clock: Arc::clone(&by.clock),
            subscriptions: deps.keys().copied().collect(),
            factory: Box::new(move |birth| {
                let own = &deps[&birth.subscription];
                ChainSubscriptionActor::spawn(own.clone(), birth)
            }),
            crashes: by.crashes,
            resume_deadline: RESUME_DEADLINE,
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
        })
    }

    fn solvency(&self, by: &Neighbours<'_>) -> SolvencyDeps {
        let vaults = self.listings.values().filter_map(|vault| {
            let chain = self.chains.get(&vault.chain)?;
            Some((Arc::clone(&chain.chain), vault.listing.clone(), vault.before))
        });
        let (cash, before) = self.cash.clone();
        SolvencyDeps {
            store: Arc::clone(&by.store),
            clock: Arc::clone(&by.clock),
            abi: Arc::clone(&self.abi),
            vaults: vaults.collect(),
            stocks: Some((Arc::clone(&self.stocks), cash, before)),
            call_deadline: limits::CALL_DEADLINE,
            tolerated: TOLERATED,
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
            seen: Arc::default(),
        }
    }
}

impl open::Payer {
    fn start(&self, by: &Neighbours<'_>) -> (ChainId, Addr<PayoutActor>) {
        let payout = PayoutActor::new(PayoutDeps {
            store: Arc::clone(&by.store),
            clock: Arc::clone(&by.clock),
            chain: Arc::clone(&self.chain),
            abi: Arc::clone(&self.abi),
            signer: Arc::clone(&self.signer),
            ledger: by.ledger.clone().recipient(),
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
            vaults: self.vaults.clone(),
            rules: self.rules,
            options: limits::payouts(),
        });
        let payout = payout.start();
        spawn::tick(payout.clone().recipient(), PAYOUT_TICK);
        (self.chain.id(), payout)
    }
}

impl VaultActors {
    /// What the HTTP interface needs of them.
    pub(super) fn room(&self) -> Vaults {
        let payouts = self.payouts.iter().map(|(chain, payout)| {
            let mail = crate::http::PayoutMail {
                retry: payout.clone().recipient(),
                hold: payout.clone().recipient(),
                replace: payout.clone().recipient(),
                health: payout.clone().recipient(),
            };
            (*chain, mail)
        });
        Vaults {
            sights: self.sights.clone(),
            wanted: self.wanted.clone(),
            resume: self.keeper.clone().recipient(),
            keeper: self.keeper.clone().recipient(),
            children: self.keeper.clone().recipient(),
            look: self.triggers.clone().recipient(),
            triggers: self.triggers.clone().recipient(),
            payouts: payouts.collect(),
            solvency: self.solvency.clone(),
        }
    }

    /// What the comparison with the world needs.
    pub(super) fn solvency(&self) -> SolvencyDeps {
        self.solvency.clone()
    }

    /// The jobs that are about them.
    pub(super) fn jobs(&self, every: Every<'_>) -> [Job; 3] {
        let (sights, wanted) = (self.sights.clone(), self.wanted.clone());
        let (look, keeper) = (self.triggers.clone().recipient(), self.keeper.clone().recipient());
        [
            compare_solvency::job(self.solvency(), every(compare_solvency::NAME)),
            poke_vaults::triggers(look, every(poke_vaults::TRIGGERS)),
            poke_vaults::gaps(keeper, sights, wanted, every(poke_vaults::GAPS)),
        ]
    }

    /// Stops them: who reads first, who pays last; names whoever was gone.
    pub(super) async fn stop(&self) -> Vec<&'static str> {
        let mut gone = Vec::new();
        if self.keeper.send(Stop).await.is_err() {
            gone.push("the keeper of subscriptions");
        }
        if self.triggers.send(Stop).await.is_err() {
            gone.push("the actor of triggers");
        }
        for (_, payout) in &self.payouts {
            if payout.send(Stop).await.is_err() {
                gone.push("an actor of payouts");
            }
        }
        if self.relay.send(Stop).await.is_err() {
            gone.push("the relay");
        }
        gone
    }
}
