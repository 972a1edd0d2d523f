//! Alerts on their way out of the real process: to a webhook, through kills, and without its secrets anywhere.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::daemon::{Daemon, Home, PATIENCE};
use crate::fleet;
use crate::receiver::{Receiver, Reply, Seen, status};

/// Secrets of the targets: they must be nowhere but in the settings.
const PATH: &str = "canary-url-5f1c";
const KEY: &str = "canary-key-0123456789";
const TOKEN: &str = "987654:canary-token_Zz";

/// A home whose daemon tells this receiver of everything, and a chat that nobody runs of nothing but a broken ledger.
fn home(receiver: &Receiver) -> Home {
    let home = Home::fresh();
    let url = &receiver.url;
    let text = format!(
        "[notify]\nsender = \"e2e\"\nlook_every = \"50ms\"\nretry_first = \"200ms\"\nretry_max = \"1s\"\ndeadline = \"500ms\"\n\
         [[notify.targets]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{url}/{PATH}\"\nkey = \"{KEY}\"\n\
         [[notify.targets]]\nname = \"chat\"\nkind = \"telegram\"\nurl = \"http://127.0.0.1:1\"\ntoken = \"{TOKEN}\"\n\
         chat = \"@ops\"\nkinds = [\"ledger_invariant\"]\n"
    );
    let settings = home.folder().join("settings");
    fs::create_dir(&settings).unwrap();
    fs::write(settings.join("base.toml"), text).unwrap();
    let settings = settings.to_str().unwrap().to_owned();
    home.set("BURSAR_SETTINGS", settings)
        .set("BURSAR__SYNC__OPEN_INTERVAL", "250ms")
        .set("BURSAR__SYNC__FLAT_INTERVAL", "250ms")
}

/// Event and subject of what came, each with the ids under which it came.
fn told(receiver: &Receiver) -> BTreeMap<(String, String), Vec<String>> {
    let mut told: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for seen in receiver.seen() {
        let body = seen.json();
        let key = (text(&body["event"]), text(&body["alert"]["subject"]));
        told.entry(key).or_default().push(seen.header("webhook-id").to_owned());
    }
    told
}

fn has(receiver: &Receiver, event: &str, subject: &str) -> bool {
    told(receiver).contains_key(&(event.to_owned(), subject.to_owned()))
}

fn open_alert(daemon: &Daemon) -> Option<i64> {
    let alerts = daemon.caller()?.get("/alerts?state=raised").ok()?;
    alerts.body["items"].as_array()?.first()?["id"].as_i64()
}

/// An account cannot be polled, which is an alert; then the venue answers again, and it is over. The process is killed when the
/// alert is written and nobody has been told, when the target has been told and that is not written, and in between.
#[test]
fn s0_12_a_webhook_is_told_what_was_raised_and_resolved_though_the_process_was_killed_between() {
    let receiver = Receiver::start();
    let home = home(&receiver);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    fleet::start(&daemon.caller().unwrap(), 1, 10);
    daemon.stop();
    let deaf = || {
        home.bursar(&["run"])
            .set("BURSAR__PAPER__FAULTS__LOSE_BEFORE_ACCEPT", "1000")
    };
    // Written, and nobody was told.
    let mut daemon = deaf().failing_at("alert.before_delivery=return").start();
    daemon.wait(PATIENCE);
    assert_eq!(receiver.seen(), []);
    // Told, and that was not written.
    let mut daemon = deaf().failing_at("alert.after_delivery=return").start();
    daemon.wait(PATIENCE);
    let first: Vec<Seen> = receiver.seen();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].json()["event"], "raised");
    assert_eq!(first[0].path, format!("/{PATH}"));
    // Told again under the same id, with the same words.
    let mut daemon = deaf().start();
    daemon.wait_until("told again", |_| (receiver.seen().len() >= 2).then_some(()));
    assert_eq!(receiver.seen()[1].body, first[0].body);
    assert_eq!(receiver.seen()[1].header("webhook-id"), first[0].header("webhook-id"));
    daemon.wait_ready();
    acknowledge(&mut daemon, &receiver);
    daemon.kill9();
    // It misbehaves in every way before it takes the last word.
    receiver.will([Reply::Close, Reply::Huge(500), Reply::Hang, status(503)]);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_until("over", |_| has(&receiver, "resolved", "account:1").then_some(()));
    daemon.wait_ready();
    daemon.stop();
    let ids: Vec<String> = told(&receiver).into_values().flatten().collect();
    assert!(ids.iter().all(|id| !id.is_empty()), "{ids:?}");
    assert_no_secret(&home);
}

/// The alert that is open now, or the one that took its place, is acknowledged on the command line; the target is told so.
fn acknowledge(daemon: &mut Daemon, receiver: &Receiver) {
    let id = daemon.wait_until("raised", open_alert);
    let caller = daemon.caller().unwrap();
    let path = format!("/alerts/{id}/acknowledge");
    let taken = caller.make(&path, &json!({ "note": "looking" }));
    assert_eq!(
        (&taken["state"], &taken["acknowledged"]["by"]),
        (&json!("acknowledged"), &json!("first"))
    );
    let subject = taken["subject"].as_str().unwrap().to_owned();
    daemon.wait_until("told of it", |_| has(receiver, "acknowledged", &subject).then_some(()));
}

/// T23: not in the database, the log, the health report, the metrics or the API.
fn assert_no_secret(home: &Home) {
    let mut places = 0;
    for entry in fs::read_dir(home.folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        places += 1;
        let bytes = fs::read(&path).unwrap();
        for secret in [PATH, KEY, TOKEN, "canary"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
        }
    }
    assert!(places > 3, "only {places} files");
}

#[test]
fn a_target_is_tried_on_the_command_line_and_what_happened_is_told() {
    let receiver = Receiver::start();
    let home = home(&receiver);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let test = |target: &str| {
        let mut process = home.bursar(&["alert", "test", target, "--json"]).start();
        let code = process.wait(PATIENCE).code();
        (code, process.stdout(), process.stderr())
    };
    let (code, said, _) = test("hook");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, said),
        (Some(0), json!({"target": "hook", "result": "delivered", "why": null}))
    );
    assert_eq!(receiver.seen()[0].json()["event"], "test");
    receiver.will([status(404)]);
    let (code, said, _) = test("hook");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, said),
        (
            Some(1),
            json!({"target": "hook", "result": "unknown", "why": "status 404"})
        )
    );
    let (code, said, _) = test("chat");
    assert_eq!(code, Some(1));
    assert!(said.contains("it cannot be reached"), "{said}");
    let (code, _, said) = test("nobody");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("known: [hook, chat]"), "{said}");
    // Without the daemon the settings alone are enough.
    daemon.stop();
    let (code, said, _) = test("hook");
    assert_eq!(code, Some(0), "{said}");
    assert_no_secret(&home);
}
