//! Subscriptions as operators write them.

use super::*;
use crate::config::{SettingsError, Sources, load};

fn sources(changed: &[(&str, &str)]) -> Sources {
    let zero = |digit: &str| format!("0x{}", digit.repeat(40));
    let mut values = BTreeMap::from([
        ("CHAIN".to_owned(), "ethereum".to_owned()),
        ("VAULT".to_owned(), zero("1")),
        ("MONEY__TOKEN".to_owned(), zero("2")),
        ("MONEY__DECIMALS".to_owned(), "6".to_owned()),
        ("MONEY__ASSET".to_owned(), "USDT".to_owned()),
        ("SHARE__TOKEN".to_owned(), zero("3")),
        ("SHARE__DECIMALS".to_owned(), "18".to_owned()),
        ("SHARE__ASSET".to_owned(), "AAPL".to_owned()),
        ("SYMBOL".to_owned(), "US.AAPL".to_owned()),
    ]);
    values.extend(
        changed
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
    );
    let mut sources = Sources::default();
    for (key, value) in values {
        sources = sources.with_variable(&format!("BURSAR__SUBSCRIPTIONS__AAPL__{key}"), &value);
    }
    sources
}

fn wrong(changed: &[(&str, &str)]) -> Vec<(String, String)> {
    match load(&sources(changed)) {
        Ok(_) => Vec::new(),
        Err(SettingsError::Wrong(keys)) => {
            let own = keys.into_iter().filter(|wrong| wrong.key.starts_with("subscriptions."));
            own.map(|wrong| (wrong.key.replace("subscriptions.aapl.", ""), wrong.rule))
                .collect()
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_subscription_needs_its_contracts_and_has_defaults_for_its_terms() {
    assert_eq!(wrong(&[]), []);
    let missing = [
        ("CHAIN", ""),
        ("VAULT", ""),
        ("MONEY__TOKEN", ""),
        ("MONEY__ASSET", ""),
        ("SHARE__TOKEN", "0x"),
        ("SHARE__ASSET", "aapl"),
        ("SYMBOL", ""),
    ];
    let keys: Vec<String> = wrong(&missing).into_iter().map(|(key, _)| key).collect();
    let expected = [
        "chain",
        "money.asset",
        "money.token",
        "share.asset",
        "share.token",
        "symbol",
        "vault",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn each_wrong_term_is_told_with_its_rule() {
    let told = |key: &str, value: &str| {
        let found = wrong(&[(key, value)]);
        assert_eq!(found.len(), 1, "{key} = {value}: {found:?}");
        found[0].clone()
    };
    for (key, value, field, rule) in [
        ("SLIPPAGE", "0.6", "slippage", "must be at most 0.5"),
        ("LOT", "0", "lot", "must be more than 0"),
        ("BUY_FEE", "-0.1", "buy_fee", "must be between 0 and 1"),
        ("MAX_PRICE_AGE", "19s", "max_price_age", "must be between 20s and 7d"),
        ("PATIENCE", "31d", "patience", "must be between 5s and 30d"),
        (
            "MAX_DEVIATION",
            "0.01",
            "max_deviation",
            "must be 0 where there is no feed to compare with",
        ),
        (
            "PRICE_SOURCE",
            "feed",
            "feed",
            "must be the aggregator's address where price_source is feed",
        ),
        (
            "FEED",
            "0x12",
            "feed",
            "must be an address: 0x and 40 hex digits, not all zero",
        ),
        ("VENUE", "binance", "venue", "must be futu, the one stock venue"),
        (
            "SHARE__ASSET",
            "USDT",
            "share.asset",
            "must be another asset than the money's",
        ),
        ("MONEY__DECIMALS", "28", "money.decimals", "must be between 0 and 27"),
    ] {
        assert_eq!(told(key, value), (field.to_owned(), rule.to_owned()));
    }
    assert_eq!(told("LATE", "never").0, "late");
    assert_eq!(told("PRICE_SOURCE", "moon").0, "price_source");
}

#[test]
fn a_lot_that_the_share_token_cannot_hold_is_refused() {
    let found = wrong(&[("SHARE__DECIMALS", "0"), ("LOT", "0.5")]);
    let rule = "must be exact in units of the share token".to_owned();
    assert_eq!(found, [("lot".to_owned(), rule)]);
}
