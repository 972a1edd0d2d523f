//! Targets of alerts in the settings: what is taken, what is refused by field and rule, and what is never shown.

use std::fs;

use bursar::assemble::targets;
use bursar::config::{self, Settings, SettingsError, Sources, TargetKind};
use domain::alert::delivery::Told;
use domain::alert::{AlertKind, Severity};
use secrecy::ExposeSecret;
use tempfile::TempDir;

fn folder(text: &str) -> (TempDir, Sources) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("base.toml"), text).unwrap();
    let sources = Sources {
        directory: Some(folder.path().to_owned()),
        ..Sources::default()
    };
    (folder, sources)
}

fn loaded(text: &str) -> Settings {
    let (_folder, sources) = folder(text);
    config::load(&sources).unwrap()
}

fn wrong(text: &str) -> Vec<String> {
    let (_folder, sources) = folder(text);
    match config::load(&sources) {
        Err(SettingsError::Wrong(wrong)) => wrong.iter().map(ToString::to_string).collect(),
        other => panic!("expected wrong keys, got {other:?}"),
    }
}

const GOOD: &str = r#"
[[notify.targets]]
name = "pager"
kind = "webhook"
url = "https://pager.example/canary"
key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
severity = "critical"
[[notify.targets]]
name = "duty"
kind = "telegram"
token = "123456:canary"
chat = "-1001"
kinds = ["power_short", "debt_ratio"]
"#;

#[test]
fn targets_are_read_with_what_they_are_told_of() {
    let targets = loaded(GOOD).notify.targets;
    assert_eq!(
        (targets[0].kind, targets[0].severity),
        (TargetKind::Webhook, Severity::Critical)
    );
    assert_eq!(targets[0].url.expose_secret(), "https://pager.example/canary");
    assert_eq!(targets[0].signing_key().unwrap().len(), 24);
    assert_eq!(targets[1].severity, Severity::Info);
    assert_eq!(targets[1].kinds, [AlertKind::PowerShort, AlertKind::DebtRatio]);
}

#[test]
fn secrets_of_targets_are_never_shown() {
    let settings = loaded(GOOD);
    for shown in [format!("{settings:?}"), serde_json::to_string(&settings).unwrap()] {
        assert!(!shown.contains("canary") && !shown.contains("MfKQ9r8"), "{shown}");
        assert!(shown.contains("***") && shown.contains("pager"), "{shown}");
    }
}

#[test]
fn every_wrong_field_of_a_target_is_told_with_its_rule_and_without_secrets() {
    let told = wrong(
        r#"
[notify]
sender = ""
attempts = 0
retry_first = "1h"
[[notify.targets]]
name = "Ops"
kind = "webhook"
url = "http://canary.example/x"
key = "canary"
token = "canary"
[[notify.targets]]
name = "duty"
kind = "telegram"
token = "canary canary"
chat = "ops"
key = "canary-0123456789"
[[notify.targets]]
name = "duty"
kind = "slack"
"#,
    );
    let url = "must be a URL that starts with https://, or with http:// and a loopback address (value not shown)";
    let expected = [
        "notify.attempts: value \"0\" must be between 1 and 1000".to_owned(),
        "notify.retry_max: value \"10m\" must be at least notify.retry_first".to_owned(),
        "notify.sender: value \"\" must be 1 to 40 characters without line breaks".to_owned(),
        "notify.targets[0].key: must be empty, or 16 to 256 bytes, as text or as whsec_ with base64 behind it \
         (value not shown)"
            .to_owned(),
        "notify.targets[0].name: value \"Ops\" must be 1 to 40 of a-z, 0-9, - and _".to_owned(),
        "notify.targets[0].token: must be empty but for telegram (value not shown)".to_owned(),
        format!("notify.targets[0].url: {url}"),
        "notify.targets[1].chat: value \"ops\" must be a chat's number, or @ and its name".to_owned(),
        "notify.targets[1].key: must be empty for telegram, which has no signatures (value not shown)".to_owned(),
        "notify.targets[1].token: must be a bot's token (value not shown)".to_owned(),
        "notify.targets[2].name: value \"duty\" must be given once".to_owned(),
    ];
    assert_eq!(told, expected);
}

#[test]
fn unknown_kinds_severities_and_keys_of_a_target_are_refused() {
    let target = |line: &str| wrong(&format!("[[notify.targets]]\nname = \"a\"\nkind = \"slack\"\n{line}\n"));
    for (line, place) in [
        ("kinds = [\"power_shor\"]", "power_short"),
        ("severity = \"loud\"", "`info`, `warning`, `critical`"),
        ("adress = \"x\"", "unknown key"),
        ("url = { canary = 1 }", "string"),
    ] {
        let told = target(line).join("\n");
        assert!(
            told.starts_with("notify.targets") && told.contains(place),
            "{line}: {told}"
        );
        assert!(!told.contains("canary"), "{told}");
    }
}

#[test]
fn credentials_of_systemd_are_the_secrets_of_the_targets_of_their_names() {
    let credentials = TempDir::new().unwrap();
    for (name, text) in [
        ("notify.pager.url", "https://pager.example/from-credential\n"),
        ("notify.pager.key", "0123456789abcdef\n"),
        ("notify.duty.token", "999:from-credential\n"),
        ("notify.other.url", "https://nobody.example/\n"),
    ] {
        fs::write(credentials.path().join(name), text).unwrap();
    }
    let text = "[[notify.targets]]\nname = \"duty\"\nkind = \"telegram\"\nchat = \"@ops\"\n\
                [[notify.targets]]\nname = \"pager\"\nkind = \"webhook\"\n";
    let (_folder, sources) = folder(text);
    let sources = sources.with_variable("CREDENTIALS_DIRECTORY", credentials.path().to_str().unwrap());
    let targets = config::load(&sources).unwrap().notify.targets;
    assert_eq!(targets[0].token.expose_secret(), "999:from-credential");
    assert_eq!(targets[1].url.expose_secret(), "https://pager.example/from-credential");
    assert_eq!(targets[1].signing_key().unwrap(), b"0123456789abcdef");
    assert_eq!(targets[1].kind, TargetKind::Webhook);
}

/// On a shell credentials are not handed over: the settings are as good there, but a daemon needs them.
#[tokio::test]
async fn a_target_without_its_secret_stops_the_daemon_and_no_command() {
    let settings = loaded("[[notify.targets]]\nname = \"team\"\nkind = \"slack\"\n").notify;
    let error = targets::open(&settings).err().unwrap().to_string();
    let expected = "target of alerts `team` has no url: set it, or hand it over as the credential notify.team.url";
    assert_eq!(error, expected);
    let known = targets::known(&settings).unwrap();
    let why = "its url is not known to this process; ask the running daemon".to_owned();
    let told = known.named("team").unwrap().notify.tell(&crate::notify::notice()).await;
    assert_eq!(told, Told::Unknown { why, after: None });
}
