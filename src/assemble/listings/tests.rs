//! Listings and the rows of their subscriptions.

use super::*;
use crate::adapters::store::MemoryStore;
use crate::config::TokenSettings;
use crate::ports::store::ChainStore;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn settings() -> SubscriptionSettings {
    let token = |digit: &str, decimals, asset: &str| TokenSettings {
        token: format!("0x{}", digit.repeat(40)),
        decimals,
        asset: asset.to_owned(),
    };
    SubscriptionSettings {
        chain: "ethereum".to_owned(),
        vault: format!("0x{}", "1".repeat(40)),
        start_block: 100,
        money: token("2", 6, "USDT"),
        share: token("3", 18, "AAPL"),
        symbol: "US.AAPL".to_owned(),
        ..SubscriptionSettings::default()
    }
}

async fn listed(store: &MemoryStore, own: SubscriptionSettings) -> Result<Vec<Listing>, String> {
    let settings = BTreeMap::from([("aapl".to_owned(), own)]);
    let chains = BTreeMap::from([("ethereum".to_owned(), ChainId(1)), ("base".to_owned(), ChainId(8_453))]);
    let made = listings(&settings, &chains, store, NOW).await;
    made.map(|made| made.into_values().collect())
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_new_name_gets_a_row_and_an_old_one_keeps_it() {
    let store = MemoryStore::new();
    let first = listed(&store, settings()).await.unwrap();
    let again = listed(&store, settings()).await.unwrap();
    assert_eq!(first, again);
    let rows = store.subscriptions().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].id, rows[0].cursor), (first[0].subscription, BlockNumber(100)));
    assert_eq!(first[0].max_price_age_ms, 60_000);
}

#[tokio::test]
async fn terms_may_change_and_what_makes_a_subscription_one_may_not() {
    let store = MemoryStore::new();
    listed(&store, settings()).await.unwrap();
    let cheaper = SubscriptionSettings {
        buy_fee: Decimal::new(1, 3),
        ..settings()
    };
    assert_eq!(listed(&store, cheaper).await.unwrap()[0].fees.buy.to_string(), "0.001");
    let moved = SubscriptionSettings {
        vault: format!("0x{}", "9".repeat(40)),
        ..settings()
    };
    let told = listed(&store, moved).await.unwrap_err();
    assert!(
        told.starts_with("setting subscriptions.aapl.vault: value \"0x999"),
        "{told}"
    );
    let elsewhere = SubscriptionSettings {
        chain: "base".to_owned(),
        ..settings()
    };
    let told = listed(&store, elsewhere).await.unwrap_err();
    let expected = "setting subscriptions.aapl.chain: value \"base\" must stay the chain with id 1: another one needs a name of its own";
    assert_eq!(told, expected);
    let earlier = SubscriptionSettings {
        start_block: 50,
        ..settings()
    };
    assert!(listed(&store, earlier).await.unwrap_err().contains("aapl.start_block"));
}

#[tokio::test]
async fn a_chain_that_is_not_set_is_named() {
    let unknown = SubscriptionSettings {
        chain: "moon".to_owned(),
        ..settings()
    };
    let told = listed(&MemoryStore::new(), unknown).await.unwrap_err();
    let expected = "setting subscriptions.aapl.chain: value \"moon\" must be the name of a section under chains";
    assert_eq!(told, expected);
}
