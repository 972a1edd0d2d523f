//! A home whose daemon follows a vault: what its settings say, and the key that it pays with.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use domain::chain::Address;

use crate::anvil::Stage;
use crate::daemon::Home;

/// The stock.
pub const SYMBOL: &str = "US.AAPL";
/// Blocks that a log and a payout must be deep.
pub const DEPTH: u32 = 2;
/// Money that the treasury leaves in the vault, in coins.
pub const FLOAT: u64 = 1_000_000;
/// Longest wait for a keystore.
const LONGEST: Duration = Duration::from_secs(240);

/// A keystore of the payer in the home, made as an operator makes one.
pub fn with_payer(home: Home) -> (Home, Address) {
    let (keystore, password) = (home.folder().join("payer.json"), home.folder().join("payer.password"));
    std::fs::write(&password, "a password of a test\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (keystore, password) = (
        keystore.to_str().unwrap().to_owned(),
        password.to_str().unwrap().to_owned(),
    );
    let mut maker = home
        .bursar(&["keys", "payer", "--out", &keystore, "--password-file", &password])
        .start();
    let status = maker.wait(LONGEST);
    assert!(status.success(), "{}", maker.stderr());
    let payer = Address::parse(maker.stdout().trim()).unwrap();
    let home = home
        .set("BURSAR__PAYOUTS__LOCAL__KEY__PLACE", "keystore")
        .set("BURSAR__PAYOUTS__LOCAL__KEY__FILE", keystore)
        .set("BURSAR__PAYOUTS__LOCAL__KEY__PASSWORD_FILE", password);
    (home, payer)
}

/// Follows the stage's vault through this endpoint, pays on its chain, and trades at this OpenD.
pub fn configured(home: Home, endpoint: &str, stage: &Stage, opend: &str) -> Home {
    let depth = DEPTH.to_string();
    let settings = [
        ("CHAINS__LOCAL__ID", "31337".to_owned()),
        ("CHAINS__LOCAL__ENDPOINTS", endpoint.to_owned()),
        ("CHAINS__LOCAL__CONFIRMATIONS", depth.clone()),
        ("CHAINS__LOCAL__LOOK_EVERY", "200ms".to_owned()),
        ("PAYOUTS__LOCAL__CONFIRMATIONS", depth),
        ("PAYOUTS__LOCAL__PER_USER_DAY", "10000000".to_owned()),
        ("PAYOUTS__LOCAL__PER_DAY", "100000000".to_owned()),
        ("STOCKS__FUTU__ENABLED", "true".to_owned()),
        ("STOCKS__FUTU__ADDRESS", opend.to_owned()),
        ("STOCKS__FUTU__LOOKUP_GRACE", "1s".to_owned()),
        ("STOCKS__FUTU__DEADLINE", "2s".to_owned()),
        ("STOCKS__FUTU__CASH_BEFORE", "1000000".to_owned()),
        ("SUBSCRIPTIONS__AAPL__CHAIN", "local".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VAULT", stage.vault.to_string()),
        ("SUBSCRIPTIONS__AAPL__SYMBOL", SYMBOL.to_owned()),
        // A price that is set by hand stays as old as it is.
        ("SUBSCRIPTIONS__AAPL__MAX_PRICE_AGE", "1h".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VENUE_RESERVE", "0".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VAULT_MONEY_BEFORE", FLOAT.to_string()),
        ("SUBSCRIPTIONS__AAPL__MONEY__TOKEN", stage.money.to_string()),
        ("SUBSCRIPTIONS__AAPL__MONEY__DECIMALS", "6".to_owned()),
        ("SUBSCRIPTIONS__AAPL__MONEY__ASSET", "USDT".to_owned()),
        ("SUBSCRIPTIONS__AAPL__SHARE__TOKEN", stage.share.to_string()),
        ("SUBSCRIPTIONS__AAPL__SHARE__DECIMALS", "18".to_owned()),
        ("SUBSCRIPTIONS__AAPL__SHARE__ASSET", "AAPL".to_owned()),
        ("LOG__FILTER", "info".to_owned()),
    ];
    settings
        .into_iter()
        .fold(home, |home, (name, value)| home.set(&format!("BURSAR__{name}"), value))
}
