//! Solvency: differences between the ledger and the world are named, told when they last, and never mended.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bursar::actors::payout::{Beginning, SolvencyDeps, watch_solvency};
use bursar::ports::chain::Chain;
use domain::fixed::Amount;
use domain::payout::PayoutKind;
use domain::trigger::solvency::{Differences, Measure};

use super::world::{World, simulate, user};
use crate::payer_chain::PlainAbi;

fn deps(world: &World, vault_money: &str, shares: &str) -> SolvencyDeps {
    let began = Beginning {
        vault_money: vault_money.parse().unwrap(),
        shares: shares.parse().unwrap(),
        venue_shares: Amount::ZERO,
    };
    let chain: Arc<dyn Chain> = world.chain.clone();
    SolvencyDeps {
        store: Arc::new(world.store.clone()),
        clock: world.clock.clone(),
        abi: Arc::new(PlainAbi),
        vaults: vec![(chain, world.vault.listing.clone(), began)],
        stocks: None,
        call_deadline: Duration::from_secs(5),
        tolerated: Duration::from_secs(60),
        raises: world.alerts.clone().recipient(),
        resolves: world.alerts.clone().recipient(),
        seen: Arc::new(Mutex::new((Differences::default(), BTreeSet::new()))),
    }
}

#[test]
fn s3_28_money_that_leaves_a_vault_by_another_way_is_told_when_it_is_still_missing() {
    simulate(async {
        let mut world = World::new().await;
        // Of 1005 in the vault 1000 were there before, and 5 were given.
        world.chain.set_vault_money(1_005_000_000);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let deps = deps(&world, "1000", "0");
        let difference = async |measure: Measure| {
            let report = watch_solvency(&deps).await.unwrap();
            let compared = report.compared.into_iter().find(|compared| compared.measure == measure);
            compared.unwrap().difference.to_string()
        };
        assert_eq!(difference(Measure::VaultMoney).await, "0");
        // Paid and not deep yet: a difference that comes and goes.
        world.steps(2).await;
        assert_eq!(difference(Measure::VaultMoney).await, "-5");
        world.come_to_rest(10).await;
        assert_eq!(difference(Measure::VaultMoney).await, "0");
        world.chain.set_vault_money(1_004_000_000);
        assert_eq!(difference(Measure::VaultMoney).await, "-1");
        assert_eq!(world.open_alerts().await, [""; 0]);
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert_eq!(difference(Measure::VaultMoney).await, "-1");
        let alert = "solvency_difference subscription:2:vault_money:USDT";
        assert_eq!(world.open_alerts().await, [alert]);
        // While nobody answers it is not over.
        world.chain.set_away(true);
        let report = watch_solvency(&deps).await.unwrap();
        assert_eq!((report.compared.len(), report.unasked.len()), (0, 1));
        assert_eq!(world.open_alerts().await, [alert]);
        world.chain.set_away(false);
        world.chain.set_vault_money(1_005_000_000);
        assert_eq!(difference(Measure::VaultMoney).await, "0");
        assert_eq!(world.open_alerts().await, [""; 0]);
    });
}

#[test]
fn s3_28_shares_that_somebody_else_minted_are_a_difference() {
    simulate(async {
        let mut world = World::new().await;
        world.owe(1, user(1), &[(PayoutKind::Remint, 3)]).await;
        world.come_to_rest(10).await;
        // Redeemed and given back: the ledger says as many as before. The chain has them from us alone.
        let report = watch_solvency(&deps(&world, "1000000", "3")).await.unwrap();
        let supply = report
            .compared
            .iter()
            .find(|compared| compared.measure == Measure::ShareSupply);
        assert_eq!(supply.unwrap().difference.to_string(), "0");
        let report = watch_solvency(&deps(&world, "1000000", "2")).await.unwrap();
        let supply = report
            .compared
            .iter()
            .find(|compared| compared.measure == Measure::ShareSupply);
        assert_eq!(supply.unwrap().difference.to_string(), "1");
    });
}
