//! Stock venues in the settings: off, on paper, and what is refused.

use bursar::config::{Sources, StockEnvironment};
use secrecy::ExposeSecret;

use super::{folder, loaded, wrong_by_variable, wrong_lines};

#[test]
fn s3_30_futu_is_off_and_on_paper_until_the_settings_say_otherwise() {
    let futu = loaded(&Sources::default()).stocks.futu;
    assert!(!futu.enabled);
    assert_eq!(futu.environment, StockEnvironment::Paper);
    assert_eq!((futu.address.as_str(), futu.market.as_str()), ("127.0.0.1:11111", "US"));
    assert_eq!((futu.account(), futu.has_password()), (None, false));
}

#[test]
fn each_wrong_key_of_futu_is_named_with_its_rule() {
    let address = "must be a host and a port, such as 127.0.0.1:11111";
    for (name, value, rule) in [
        ("ADDRESS", "127.0.0.1", address),
        ("ADDRESS", ":11111", address),
        ("ADDRESS", "opend:0", address),
        ("ADDRESS", "http://opend:1", address),
        ("MARKET", "us", "must be US or HK"),
        ("ACCOUNT", "mine", "must be empty, or the account's number"),
        ("ACCOUNT", "0", "must be empty, or the account's number"),
        ("DEADLINE", "99ms", "must be between 100ms and 60s"),
        ("LOOKUP_GRACE", "11m", "must be between 1s and 10m"),
        ("ENVIRONMENT", "real", "must be `paper` or `live`"),
    ] {
        let key = name.to_lowercase();
        let told = format!("stocks.futu.{key}: value \"{value}\" {rule}");
        let variable = format!("BURSAR__STOCKS__FUTU__{name}");
        assert_eq!(wrong_by_variable(&variable, value), [told], "{name}={value}");
    }
}

#[test]
fn live_needs_a_password_from_one_place_and_never_shows_it() {
    let live = Sources::default()
        .with_variable("BURSAR__STOCKS__FUTU__ENABLED", "true")
        .with_variable("BURSAR__STOCKS__FUTU__ENVIRONMENT", "live");
    let told = wrong_lines(&live).join("\n");
    assert!(told.starts_with("stocks.futu.password: must be set"), "{told}");
    let credentials = folder(&[("stocks.futu.password", "canary\n")]);
    let live = live.with_variable("CREDENTIALS_DIRECTORY", &credentials.path().display().to_string());
    let settings = loaded(&live);
    assert_eq!(settings.stocks.futu.password.expose_secret(), "canary");
    assert!(!format!("{:?}", settings.stocks).contains("canary"));
    let far = live
        .clone()
        .with_variable("BURSAR__STOCKS__FUTU__ADDRESS", "opend.example:11111");
    let told = wrong_lines(&far).join("\n");
    assert!(
        told.starts_with("stocks.futu.rsa_key_file: value \"\" must be set where"),
        "{told}"
    );
    let twice = live.with_variable("BURSAR__STOCKS__FUTU__PASSWORD_FILE", "/etc/password");
    let told = wrong_lines(&twice).join("\n");
    assert!(
        told.contains("must be empty where stocks.futu.password is set") && !told.contains("canary"),
        "{told}"
    );
}
