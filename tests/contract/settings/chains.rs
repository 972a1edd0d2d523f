//! Sections `chains` and `payouts`: what they take, what they refuse, and what they never show.

use bursar::adapters::chain::signer::{KeySource, SecretFile};
use bursar::assemble::chains::{chain_options, key_source};
use bursar::config::{FinalityChoice, Sources};
use domain::chain::ChainId;
use secrecy::ExposeSecret;

use super::{folder, from_folder, loaded, wrong_lines};

const CHAIN: &str = "[chains.local]\nid = 31337\nendpoints = [\"ws://user:hidden@127.0.0.1:8545/hiddenkey\", \"https://node.example\"]\n";

#[test]
fn a_chain_needs_its_id_and_an_endpoint_and_has_the_rest_by_default() {
    let folder = folder(&[("base.toml", CHAIN)]);
    let settings = loaded(&from_folder(&folder));
    let chain = &settings.chains["local"];
    assert_eq!(
        (chain.finality, chain.confirmations, chain.range_most),
        (FinalityChoice::Depth, 12, 10_000)
    );
    let options = chain_options("local", chain);
    assert_eq!(
        (options.id, options.endpoints.len(), options.lag),
        (ChainId(31_337), 2, 5)
    );
    assert!(!toml_of(&settings).contains("hidden"));
    assert!(!format!("{settings:?}{options:?}").contains("hidden"));
}

fn toml_of(settings: &bursar::config::Settings) -> String {
    serde_json::to_string(settings).unwrap()
}

#[test]
fn wrong_chains_are_told_with_their_rules_and_without_their_addresses() {
    let folder = folder(&[(
        "base.toml",
        r#"
[chains.local]
id = 5
endpoints = ["node.example/hiddenkey", "ws://:1", "https://ok.example"]
confirmations = 0
deadline = "10ms"
range_first = 20000
[chains.other]
id = 5
endpoints = []
finality = "sure"
lag = 0
[payouts.nowhere]
bump_percent = 9
per_user_day = "100001"
tip_gwei = "201"
"#,
    )]);
    assert_eq!(
        wrong_lines(&from_folder(&folder)),
        [
            "chains.local.confirmations: value \"0\" must be between 1 and 100000 for finality depth",
            "chains.local.deadline: value \"10ms\" must be between 100ms and 1m",
            "chains.local.endpoints[0]: must start with http://, https://, ws:// or wss:// and name a host (value not shown)",
            "chains.local.endpoints[1]: must start with http://, https://, ws:// or wss:// and name a host (value not shown)",
            "chains.local.range_first: value \"20000\" must be between 1 and chains.local.range_most",
            "chains.other.endpoints: must be 1 to 10 URLs (values not shown)",
            "chains.other.finality: value \"sure\" must be one of `depth`, `safe`, `finalized`",
            "chains.other.id: value \"5\" must not be the id of chains.local, too",
            "chains.other.lag: value \"0\" must be between 1 and 10000",
            "payouts.nowhere: value \"nowhere\" must be named as one of the chains",
            "payouts.nowhere.bump_percent: value \"9\" must be between 10 and 100",
            "payouts.nowhere.key.file: value \"\" must be set for a key in keystore",
            "payouts.nowhere.key.password_file: value \"\" must be set for a key in keystore",
            "payouts.nowhere.per_user_day: value \"100001\" must be at most payouts.nowhere.per_day",
            "payouts.nowhere.tip_gwei: value \"201\" must be at most payouts.nowhere.max_fee_gwei",
        ]
    );
}

#[test]
fn a_key_in_the_clear_is_for_demonstrations_alone_and_is_never_shown() {
    let text = format!("{CHAIN}[payouts.local.key]\nplace = \"raw\"\nsecret = \"0xhiddenhidden\"\n");
    let folder = folder(&[("base.toml", &text)]);
    let mut sources = from_folder(&folder);
    assert_eq!(
        wrong_lines(&sources),
        [
            "payouts.local.key.place: value \"raw\" must not be raw but in the environment demo: a key in the clear is read by whoever \
          reads the settings"
        ]
    );
    sources.environment = Some("demo".to_owned());
    let settings = loaded(&sources);
    assert!(!format!("{settings:?}{}", toml_of(&settings)).contains("hidden"));
    let KeySource::Clear(key) = key_source(&settings.payouts["local"].key) else {
        panic!("a clear key")
    };
    assert_eq!(key.expose_secret(), "0xhiddenhidden");
}

#[test]
fn each_place_of_a_key_needs_its_fields_and_no_others() {
    for (text, lines) in [
        (
            "place = \"vault\"\naddress = \"http://vault.example\"\ntoken_file = \"/run/token\"\nmount = \"secret\"\npath = \"payer\"",
            vec![
                "payouts.local.key.address: value \"http://vault.example\" must be a URL that starts with https://, or with http:// \
                 and a loopback address",
                "payouts.local.key.field: value \"\" must be set for a key in vault",
            ],
        ),
        (
            "place = \"pkcs11\"\nmodule = \"/lib/x.so\"\ntoken = \"t\"\nlabel = \"l\"\npin_file = \"pin\"\nfile = \"/x\"",
            vec![
                "payouts.local.key.file: value \"/x\" must be empty but for a key in keystore",
                "payouts.local.key.pin_file: value \"pin\" must be a whole path, or the name of a credential that systemd passes",
            ],
        ),
        (
            "place = \"keystore\"\nfile = \"/x\"\npassword_file = \"/y\"\nsecret = \"hidden\"",
            vec!["payouts.local.key.secret: must be set for a key in raw, and only there (value not shown)"],
        ),
    ] {
        let folder = folder(&[("base.toml", &format!("{CHAIN}[payouts.local.key]\n{text}\n"))]);
        assert_eq!(wrong_lines(&from_folder(&folder)), lines);
    }
}

#[test]
fn endpoints_and_passwords_come_as_credentials() {
    let text =
        "[chains.local]\nid = 1\n[payouts.local.key]\nplace = \"keystore\"\nfile = \"/k\"\npassword_file = \"pass\"\n";
    let settings = folder(&[("base.toml", text)]);
    let credentials = folder(&[("chains.local.endpoints", "wss://a.example/k\nhttps://b.example\n")]);
    let sources = Sources {
        directory: Some(settings.path().to_owned()),
        ..Sources::default()
    };
    let folder = credentials.path().to_str().unwrap();
    let settings = loaded(&sources.with_variable("CREDENTIALS_DIRECTORY", folder));
    let endpoints: Vec<&str> = settings.chains["local"]
        .endpoints
        .iter()
        .map(ExposeSecret::expose_secret)
        .collect();
    assert_eq!(endpoints, ["wss://a.example/k", "https://b.example"]);
    let KeySource::Keystore { password, .. } = key_source(&settings.payouts["local"].key) else {
        panic!("a keystore")
    };
    let path = credentials.path().join("pass");
    assert_eq!(
        password,
        SecretFile {
            path,
            is_credential: true
        }
    );
}
