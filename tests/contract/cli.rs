//! The promises of the command line: exit codes, and what goes to stdout and to stderr.

use std::process::{Command, Output, Stdio};

fn bursar(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bursar"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn texts(output: &Output) -> (i32, String, String) {
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout.clone()).unwrap(),
        String::from_utf8(output.stderr.clone()).unwrap(),
    )
}

#[test]
fn check_prints_the_settings_in_effect_with_secrets_masked() {
    let url = ("BURSAR__STORE__URL", "mysql://bursar:canary@db/bursar");
    let (code, out, err) = texts(&bursar(&["check", "--environment", "production"], &[url]));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("daemon.environment = \"production\"\n"), "{out}");
    assert!(out.contains("store.url = \"mysql://bursar:***@db/bursar\"\n"), "{out}");
    assert!(out.contains("paper.instruments[1].symbol = \"ETHUSDT\"\n"), "{out}");
    assert!(!out.contains("canary"), "{out}");
}

#[test]
fn check_ends_with_2_and_names_each_wrong_key() {
    let wrong = [("BURSAR__HTTP__WORKERS", "0"), ("BURSAR__RISK__PRICE_MAX_AGE", "60")];
    let (code, out, err) = texts(&bursar(&["check"], &wrong));
    assert_eq!((code, out.as_str()), (2, ""));
    let told: Vec<&str> = err.lines().collect();
    assert_eq!(
        told,
        [
            "error: 2 wrong settings:",
            "  http.workers: value \"0\" must be between 1 and 64",
            "  risk.price_max_age: value \"60\" must be a duration with its unit, such as \"250ms\", \"5s\", \
             \"10m\", \"8h\" or \"1d\", from 1ms to 366d",
        ]
    );
}

#[test]
fn check_as_json_is_one_object_whether_right_or_wrong() {
    let (code, out, _) = texts(&bursar(&["check", "--json"], &[]));
    let right: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &right["ok"]), (0, &serde_json::json!(true)));
    assert_eq!(right["settings"]["settlement"]["power_rate"], "0.10");

    let (code, out, _) = texts(&bursar(&["check", "--json"], &[("BURSAR__HTTP__WORKERS", "0")]));
    let wrong: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 2);
    assert_eq!(
        wrong,
        serde_json::json!({ "ok": false, "wrong": [
            { "key": "http.workers", "value": "0", "rule": "must be between 1 and 64" }
        ]})
    );
}

#[test]
fn an_unknown_command_ends_with_2() {
    let (code, out, err) = texts(&bursar(&["chekc"], &[]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("chekc"), "{err}");
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = texts(&bursar(&["completions", shell], &[]));
        assert_eq!(code, 0);
        assert!(out.contains("check") && out.contains("completions"), "{shell}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bursar"))
        .arg("check")
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let (code, _, err) = texts(&child.wait_with_output().unwrap());
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn a_payers_key_is_made_once_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (password, out) = (at("password"), at("payer.json"));
    let make = || {
        texts(&bursar(
            &["keys", "payer", "--out", &out, "--password-file", &password],
            &[],
        ))
    };
    std::fs::write(&password, "correct horse\n").unwrap();
    let (code, _, err) = make();
    assert_eq!(code, 2);
    assert!(err.contains("chmod 600"), "{err}");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (code, address, _) = make();
    assert_eq!((code, address.trim().len()), (0, 42));
    let kept = std::fs::read_to_string(&out).unwrap();
    assert!(kept.contains(address.trim().trim_start_matches("0x")));
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(make().0, 2, "never over another one");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), kept);
}
