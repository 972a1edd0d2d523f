//! The promises of the settings: layers, refusals, and one list of everything that is wrong.

mod chains;
mod jobs;
mod stocks;
mod venues;

use std::fs;

use bursar::config::{self, PayFrom, Settings, SettingsError, Sources};
use secrecy::ExposeSecret;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn from_folder(folder: &TempDir) -> Sources {
    Sources {
        directory: Some(folder.path().to_owned()),
        ..Sources::default()
    }
}

fn wrong_lines(sources: &Sources) -> Vec<String> {
    match config::load(sources) {
        Err(SettingsError::Wrong(wrong)) => wrong.iter().map(ToString::to_string).collect(),
        other => panic!("expected wrong keys, got {other:?}"),
    }
}

fn wrong_by_variable(name: &str, value: &str) -> Vec<String> {
    wrong_lines(&Sources::default().with_variable(name, value))
}

fn loaded(sources: &Sources) -> Settings {
    config::load(sources).unwrap()
}

#[test]
fn later_layers_win_key_by_key() {
    let folder = folder(&[
        (
            "base.toml",
            "[http]\npage_limit = 100\nworkers = 3\n[risk]\nmax_notional = \"5000\"\n",
        ),
        ("production.toml", "[http]\nworkers = 4\npage_limit = 150\n"),
    ]);
    let mut sources = from_folder(&folder).with_variable("BURSAR__HTTP__WORKERS", "5");
    sources.environment = Some("production".to_owned());
    let settings = loaded(&sources);
    assert_eq!(settings.risk.max_notional.to_string(), "5000");
    assert_eq!(settings.http.page_limit, 150);
    assert_eq!(settings.http.workers, 5);
    assert_eq!(settings.http.request_limit_bytes, 1_048_576);
    assert_eq!(settings.daemon.environment, "production");
}

#[test]
fn every_wrong_key_is_told_at_once_with_its_rule() {
    let folder = folder(&[(
        "base.toml",
        r#"
[http]
listen = "0.0.0.0:8420"
lisen = "127.0.0.1:1"
workers = 0
[settlement]
power_rate = 0.10
profit_basis = "nett"
pay_order = ["gift", "gift"]
[sync]
open_interval = 5
flat_interval = "1s"
[sync.weight_per_minute]
paper = -1
binance = 1200
[templates.trend.balanced]
give_back_percent = "100"
[wallets]
one = 1
"#,
    )]);
    let sources = from_folder(&folder).with_variable("BURSAR__LOG__FILTER", "bursar=loud");
    assert_eq!(
        wrong_lines(&sources),
        [
            "http.lisen: unknown key; known here: `listen`, `request_limit_bytes`, `workers`, \
             `request_deadline`, `page_limit`, `allow_public`",
            "http.listen: value \"0.0.0.0:8420\" must be a loopback address, or http.allow_public must be true",
            "http.workers: value \"0\" must be between 1 and 64",
            "log.filter: value \"bursar=loud\" must be a level (error, warn, info, debug, trace, off) \
             or directives such as info,bursar=debug",
            "settlement.pay_order: value \"[gift, gift]\" must name gift, power or both, each once",
            "settlement.power_rate: value \"0.1\" must be decimal text in quotes, such as \"0.10\"",
            "settlement.profit_basis: value \"nett\" must be `net` or `gross`",
            "sync.flat_interval: value \"1s\" must be at least sync.open_interval",
            "sync.open_interval: value \"5\" must be a duration with its unit, such as \"250ms\", \"5s\", \
             \"10m\", \"8h\" or \"1d\", from 1ms to 366d",
            "sync.weight_per_minute.binance: value \"1200\" must belong to a venue whose requests are counted here: paper",
            "sync.weight_per_minute.paper: value \"-1\" must be a whole number that is not negative \
             and not too large",
            "templates.trend.balanced.give_back_percent: value \"100\" must be less than 100",
            "wallets.one: unknown key; known here: `daemon`, `http`, `store`, `keys`, `log`, `supervisor`, `sync`, \
             `robot`, `risk`, `close_all`, `settlement`, `pools`, `jobs`, `ledger`, `alerts`, `notify`, `paper`, \
             `venues`, `chains`, `payouts`, `subscriptions`, `stocks`, `templates`",
        ]
    );
}

#[test]
fn unknown_variable_is_refused_by_name() {
    assert_eq!(
        wrong_by_variable("BURSAR__LOG__FILTRE", "info"),
        ["log.filtre: unknown key; known here: `format`, `filter`"]
    );
}

#[test]
fn an_order_on_its_way_must_not_count_as_never_placed() {
    assert_eq!(
        wrong_by_variable("BURSAR__ROBOT__PLACE_DEADLINE", "4751ms"),
        ["robot.place_deadline: value \"4751ms\" must be at least 250ms below sync.lookup_grace"]
    );
}

#[test]
fn every_kind_of_database_is_taken_by_its_own_name_and_no_other() {
    for url in [
        "sqlite:///var/lib/bursar/b.sqlite",
        "postgres://bursar@db/bursar",
        "postgresql://bursar@db/bursar",
        "mysql://bursar@db/bursar",
        "mariadb://bursar@db/bursar",
    ] {
        let settings = loaded(&Sources::default().with_variable("BURSAR__STORE__URL", url));
        assert_eq!(settings.database_url().expose_secret(), url);
    }
    let wrong = wrong_by_variable("BURSAR__STORE__URL", "oracle://bursar:secret@db/bursar");
    assert!(
        wrong[0].starts_with("store.url: ") && !wrong[0].contains("secret"),
        "{wrong:?}"
    );
}

#[test]
fn room_on_disks_is_asked_for_within_reason_and_zero_asks_for_none() {
    let settings = loaded(&Sources::default().with_variable("BURSAR__ALERTS__DISK_LOW_MIB", "0"));
    assert_eq!(settings.alerts.disk_low_mib, 0);
    assert_eq!(loaded(&Sources::default()).alerts.disk_low_mib, 1_024);
    assert_eq!(
        wrong_by_variable("BURSAR__ALERTS__DISK_LOW_MIB", "1073741825"),
        ["alerts.disk_low_mib: value \"1073741825\" must be between 0 and 1073741824"]
    );
}

#[test]
fn wrong_types_are_refused_not_converted() {
    for (name, value, told) in [
        (
            "BURSAR__HTTP__WORKERS",
            "2.5",
            "http.workers: value \"2.5\" must be a whole number that is not negative and not too large",
        ),
        (
            "BURSAR__HTTP__ALLOW_PUBLIC",
            "1",
            "http.allow_public: value \"1\" must be true or false",
        ),
        (
            "BURSAR__RISK__MAX_NOTIONAL",
            "1e6",
            "risk.max_notional: value \"1e6\" must be decimal text in quotes, such as \"0.10\"",
        ),
        (
            "BURSAR__RISK__MAX_NOTIONAL",
            "0.000000001",
            "risk.max_notional: value \"0.000000001\" must have at most 8 decimal places",
        ),
        ("BURSAR__HTTP", "5", "http: value \"5\" must be a table of keys"),
        (
            "BURSAR__HTTP__LISTEN",
            "localhost",
            "http.listen: value \"localhost\" must be an IP address and port, \
             such as 127.0.0.1:8420 or [::1]:8420",
        ),
    ] {
        assert_eq!(wrong_by_variable(name, value), [told], "{name}={value}");
    }
}

#[test]
fn a_wrong_instrument_is_named_by_its_place() {
    let folder = folder(&[("base.toml", "[[paper.instruments]]\nsymbol = \"SOLUSDT\"\ntick = 0.1\n")]);
    assert_eq!(
        wrong_lines(&from_folder(&folder)),
        ["paper.instruments[0].tick: must be decimal text in quotes, such as \"0.10\""]
    );
}

#[test]
fn variables_carry_lists_with_commas() {
    let sources = Sources::default().with_variable("BURSAR__SETTLEMENT__PAY_ORDER", "power, gift");
    assert_eq!(loaded(&sources).settlement.pay_order, [PayFrom::Power, PayFrom::Gift]);
}

#[test]
fn an_environment_that_nobody_knows_is_refused() {
    let sources = Sources {
        environment: Some("prodution".to_owned()),
        ..Sources::default()
    };
    assert_eq!(
        wrong_lines(&sources),
        [
            "daemon.environment: value \"prodution\" must be development, production, demo, \
          or have a file of its name in the settings folder"
        ]
    );
}

#[test]
fn a_settings_folder_that_is_not_there_is_refused() {
    let folder = TempDir::new().unwrap();
    let sources = Sources {
        directory: Some(folder.path().join("missing")),
        ..Sources::default()
    };
    let error = config::load(&sources).unwrap_err();
    assert!(matches!(error, SettingsError::Unreadable { .. }), "{error}");
}

#[test]
fn the_state_directory_of_systemd_wins_only_over_the_default() {
    let under_systemd = Sources::default().with_variable("STATE_DIRECTORY", "/var/lib/bursar:/x");
    assert_eq!(
        loaded(&under_systemd).daemon.state_directory.to_str(),
        Some("/var/lib/bursar")
    );
    let chosen = under_systemd.with_variable("BURSAR__DAEMON__STATE_DIRECTORY", "/srv/bursar");
    assert_eq!(loaded(&chosen).daemon.state_directory.to_str(), Some("/srv/bursar"));
}

#[test]
fn the_credential_of_systemd_is_the_last_word_on_the_url() {
    let credentials = folder(&[("store.url", "postgres://bursar:canary@db/bursar\n")]);
    let sources = Sources::default()
        .with_variable("BURSAR__STORE__URL", "sqlite::memory:")
        .with_variable("CREDENTIALS_DIRECTORY", credentials.path().to_str().unwrap());
    let settings = loaded(&sources);
    assert_eq!(
        settings.database_url().expose_secret(),
        "postgres://bursar:canary@db/bursar"
    );
}

#[test]
fn master_keys_come_as_a_credential_and_are_never_shown() {
    let key = "c0ffee15".repeat(8);
    let credentials = folder(&[("keys.master", &format!("{key}\n{}\n", "ab".repeat(32)))]);
    let sources = Sources::default().with_variable("CREDENTIALS_DIRECTORY", credentials.path().to_str().unwrap());
    let settings = loaded(&sources);
    let keys = config::parse_master_keys(settings.keys.master.expose_secret()).unwrap();
    assert_eq!(keys.len(), 2);
    let printed = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
    assert!(
        printed.contains("\"master\":\"***\"") && !printed.contains("c0ffee15"),
        "{printed}"
    );
    for wrong in [format!("{key} {key}"), key[1..].to_owned(), format!("{key}\nno-key")] {
        let error = config::load(&Sources::default().with_variable("BURSAR__KEYS__MASTER", &wrong)).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("keys.master: must be empty, or 1 to 8 different keys"),
            "{told}"
        );
        assert!(!told.contains("c0ffee15") && !told.contains("no-key"), "{told}");
    }
    let both = sources.with_variable("BURSAR__KEYS__MASTER_FILE", "/etc/bursar/master");
    let told = config::load(&both).unwrap_err().to_string();
    assert!(
        told.contains("keys.master_file: value \"/etc/bursar/master\" must be empty"),
        "{told}"
    );
}

/// T23: a canary secret must not appear in anything that is printed.
#[test]
fn no_output_shows_the_password_of_the_database() {
    let right = Sources::default().with_variable("BURSAR__STORE__URL", "postgres://u:canary@h/d?x=canary");
    let settings = loaded(&right);
    let printed = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
    assert!(printed.contains("postgres://u:***@h/d?x=***"));
    assert!(!printed.contains("canary"));

    for (name, value) in [
        ("BURSAR__STORE__URL", "psotgres://u:canary@h/d"),
        ("BURSAR__STORE__URI", "postgres://u:canary@h/d"),
    ] {
        let error = config::load(&Sources::default().with_variable(name, value)).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("store.ur"), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }

    let torn = folder(&[("base.toml", "[store]\nurl = \"postgres://u:canary@h/d\n")]);
    let error = config::load(&from_folder(&torn)).unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("base.toml") && told.contains("line 2"), "{told}");
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn accounts_that_are_heard_are_not_polled_more_often_than_others() {
    assert_eq!(
        wrong_by_variable("BURSAR__SYNC__HEARD_OPEN_INTERVAL", "4s"),
        ["sync.heard_open_interval: value \"4s\" must be at least sync.open_interval"]
    );
    assert_eq!(
        wrong_by_variable("BURSAR__SYNC__HEARD_FLAT_INTERVAL", "29s"),
        ["sync.heard_flat_interval: value \"29s\" must be at least sync.flat_interval"]
    );
}
