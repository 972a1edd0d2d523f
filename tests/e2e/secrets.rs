//! Secrets stay where they belong: whatever goes wrong, no log, answer, figure, row or command line shows one.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde_json::json;

use crate::books::Window;
use crate::caller::Caller;
use crate::daemon::{Daemon, Home, PATIENCE};
use crate::fleet;
use crate::receiver::{Receiver, Reply};
use crate::shared::Shared;

const PASSWORD: &str = "canary-7f3a1b-of-the-database";
/// Of targets of alerts: the path and the key of a webhook, the token of a bot, the address of a chat.
const HOOK: &str = "canary-2c9d-of-the-webhook";
const KEY: &str = "canary-key-0f1e2d3c4b5a";
const BOT: &str = "987654321:canary-token-of-the-bot";
const CHAT: &str = "canary-6b7e-of-the-chat";
/// The master key in base64, and two keys of a venue account that are sealed under it, each of a name, a secret and a
/// passphrase.
const MASTER: &str = "Y2FuYXJ5LW1hc3Rlci1rZXktMDEyMzQ1Njc4OWFiY2Q=";
const FIRST: [&str; 3] = [
    "canary-name-of-the-first",
    "canary-secret-of-the-first",
    "canary-phrase-of-the-first",
];
const SECOND: [&str; 3] = [
    "canary-name-of-the-second",
    "canary-secret-of-the-second",
    "canary-phrase-of-the-second",
];

/// A database that asks for a password.
struct Guarded {
    shared: Shared,
    /// With the password.
    url: String,
    /// Lists every column of text, as table and column.
    columns: &'static str,
    /// How a column is quoted, and read as text.
    read: fn(&str, &str) -> (String, String),
    window: Window,
}

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb')";
const MARIADB_COLUMNS: &str = "SELECT table_name, column_name FROM information_schema.columns \
    WHERE table_schema = DATABASE() AND data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext')";

impl Guarded {
    fn postgres() -> Option<Self> {
        let shared = Shared::postgres()?;
        Some(Self {
            url: shared.url.replace("bursar@", &format!("bursar:{PASSWORD}@")),
            columns: POSTGRES_COLUMNS,
            read: |table, column| (format!("\"{table}\""), format!("CAST(\"{column}\" AS text)")),
            window: Window::open(&shared.url),
            shared,
        })
    }

    fn mariadb() -> Option<Self> {
        let shared = Shared::mariadb("secrets")?;
        let window = Window::open(&shared.url);
        let (_, place) = shared.url.rsplit_once('@').unwrap();
        let (user, database) = (guest(), place.rsplit_once('/').unwrap().1);
        let make = format!("CREATE OR REPLACE USER '{user}'@'%' IDENTIFIED BY '{PASSWORD}'");
        window.run(&make).unwrap();
        window
            .run(&format!("GRANT ALL ON {database}.* TO '{user}'@'%'"))
            .unwrap();
        Some(Self {
            url: format!("mysql://{user}:{PASSWORD}@{place}"),
            columns: MARIADB_COLUMNS,
            read: |table, column| (format!("`{table}`"), format!("`{column}`")),
            window,
            shared,
        })
    }

    /// How many rows of any text column show one of the words.
    fn shown(&self, words: &[&str]) -> i64 {
        let columns = self.window.rows(self.columns);
        assert!(columns.len() > 30, "only {} text columns are looked at", columns.len());
        let count = |row: &sea_orm::QueryResult| {
            let table: String = row.try_get_by_index(0).unwrap();
            let column: String = row.try_get_by_index(1).unwrap();
            let (table, column) = (self.read)(&table, &column);
            let likes: Vec<String> = words.iter().map(|word| format!("{column} LIKE '%{word}%'")).collect();
            self.window
                .count(&format!("SELECT COUNT(*) FROM {table} WHERE {}", likes.join(" OR ")))
        };
        columns.iter().map(count).sum()
    }
}

/// A user of the server who is gone with the test.
fn guest() -> String {
    format!("bursar_guest_{}", std::process::id())
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.url.starts_with("mysql:") {
            let away = format!("DROP USER IF EXISTS '{}'@'%'", guest());
            self.window.run(&away).unwrap_or_default();
        }
    }
}

/// Everything that a home's processes wrote to their logs and outputs.
fn said(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let logs = files.filter(|path| path.extension().is_some_and(|ending| ending == "log"));
    logs.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// A home whose daemon tells everything to a webhook, a bot, and a chat that cannot be reached.
fn home_at(url: &str, receiver: &Receiver) -> Home {
    let there = &receiver.url;
    let text = format!(
        "[notify]\nlook_every = \"50ms\"\nretry_first = \"200ms\"\nretry_max = \"1s\"\ndeadline = \"500ms\"\nattempts = 4\n\
         [[notify.targets]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \"{there}/{HOOK}\"\nkey = \"{KEY}\"\n\
         [[notify.targets]]\nname = \"bot\"\nkind = \"telegram\"\nurl = \"{there}\"\ntoken = \"{BOT}\"\nchat = \"@ops\"\n\
         [[notify.targets]]\nname = \"chat\"\nkind = \"slack\"\nurl = \"http://127.0.0.1:1/{CHAT}\"\n"
    );
    let home = Home::fresh();
    let settings = home.folder().join("settings");
    fs::create_dir(&settings).unwrap();
    fs::write(settings.join("base.toml"), text).unwrap();
    let settings = settings.to_str().unwrap().to_owned();
    let master = home.folder().join("master");
    private(&master, MASTER);
    home.set("BURSAR__KEYS__MASTER_FILE", master.to_str().unwrap().to_owned())
        .set("BURSAR__STORE__URL", url)
        .set("BURSAR_SETTINGS", settings)
        .set("BURSAR__LOG__FILTER", "debug")
        .set("BURSAR__HTTP__REQUEST_DEADLINE", "3s")
        // No disk has so much room: there is something to tell from the start.
        .set("BURSAR__ALERTS__DISK_LOW_MIB", "1073741824")
}

/// A file for its owner alone.
fn private(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The key of an account is set, and set wrong, over HTTP and on the command line, and resealed; what was answered.
fn use_keys(home: &Home, caller: &Caller) -> String {
    let [key, secret, passphrase] = FIRST;
    let path = "/venue-accounts/1/key";
    let right = json!({ "key": key, "secret": secret, "passphrase": passphrase });
    let mut heard = caller.make(path, &right).to_string();
    for wrong in [
        json!({ "key": key, "secret": [secret] }),
        json!({ "key": key, "secret": format!("{secret} {passphrase}") }),
        json!({ "key": key, "secret": secret, "passphrase": { "a": passphrase } }),
    ] {
        let refused = caller.post(path, &wrong).unwrap();
        assert_eq!(refused.status, 422, "{refused:?}");
        heard.push_str(&refused.body.to_string());
    }
    let file = home.folder().join("second.key");
    private(&file, &SECOND.join("\n"));
    let file = file.to_str().unwrap();
    for words in [
        &["account", "key", "set", "1", "--file", file][..],
        &["account", "key", "show", "1"],
        &["keys", "rotate", "--json"],
    ] {
        let mut asked = home.bursar(words).start();
        assert!(asked.wait(PATIENCE).success(), "{words:?}: {}", asked.stderr());
    }
    home.bursar(&["account", "key", "set", "1", "--file", "/proc/self/cmdline"])
        .start()
        .wait(PATIENCE);
    let shown = caller.get(path).unwrap().body;
    assert_eq!(shown["ending"], "cond");
    heard + &shown.to_string()
}

/// All that is in a backup.
fn backed_up(home: &Home) -> String {
    let file = home.folder().join("all.backup");
    let mut backup = home.bursar(&["backup", file.to_str().unwrap()]).start();
    assert!(backup.wait(PATIENCE).success(), "{}", backup.stderr());
    let mut text = String::new();
    let packed = fs::File::open(file).unwrap();
    MultiGzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

/// The webhook and the bot misbehave, and quote what they were sent.
fn scold(receiver: &Receiver) {
    let quoting = |status| Reply::With(status, "", format!("no: {HOOK} {KEY} {BOT}"));
    receiver.will([401, 404, 500, 400, 429].map(quoting));
    receiver.will([Reply::Close, Reply::Huge(500), Reply::Hang]);
}

/// Starts that must fail, each in its own way, with the password in their settings.
fn fail_to_start(home: &Home, url: &str) {
    let (scheme, _) = url.split_once("://").unwrap();
    let (address, _) = url.rsplit_once('/').unwrap();
    let nowhere = format!("{address}/nowhere");
    let unknown = url.replace(scheme, "oracle");
    let deaf = format!("{scheme}://bursar:{PASSWORD}@127.0.0.1:1/bursar");
    for (url, words) in [
        (nowhere.as_str(), vec!["run"]),
        (unknown.as_str(), vec!["run"]),
        (deaf.as_str(), vec!["run"]),
        (deaf.as_str(), vec!["ledger", "verify"]),
        (unknown.as_str(), vec!["check"]),
    ] {
        let mut failing = home
            .bursar(&words)
            .set("BURSAR__STORE__URL", url)
            .set("BURSAR__STORE__ACQUIRE_DEADLINE", "1s")
            .start();
        let status = failing.wait(PATIENCE);
        assert!(!status.success(), "{words:?} at {url}: {status}");
    }
}

/// Commands that show or use what is secret; what they say is among the home's outputs.
fn ask_on_the_command_line(home: &Home) {
    for words in [
        &["check"][..],
        &["alert", "test", "hook"],
        &["alert", "test", "bot"],
        &["alert", "test", "chat"],
        &["alert", "list", "--json"],
        &["alert", "show", "1"],
        &["audit", "list"],
        &["token", "list"],
    ] {
        home.bursar(words).start().wait(PATIENCE);
    }
}

/// What it answers to good and bad requests while its connections are cut.
fn answers(caller: &Caller, user: i64, shared: &Shared) -> String {
    let mut heard = String::new();
    let mut hear = |text: &str| heard.push_str(text);
    for round in 0..4 {
        sleep(Duration::from_millis(300));
        (shared.cut.as_ref().unwrap())();
        let recharge = json!({ "user": user, "purse": "power", "amount": "1", "reference": format!("cut-{round}") });
        let wrong = json!({ "user": user, "purse": "power", "amount": "-1", "reference": "", "token": 1 });
        for (path, body) in [
            ("/ledger/recharge", &recharge),
            ("/ledger/recharge", &wrong),
            ("/nothing", &wrong),
        ] {
            hear(&caller.post(path, body).unwrap().body.to_string());
        }
        for path in [
            "/health",
            "/health/ready",
            "/metrics",
            "/tokens",
            "/audits",
            "/alerts",
            "/alerts/1",
            "/robots/999",
            "/openapi.json",
        ] {
            hear(&caller.get(path).unwrap().body.to_string());
        }
    }
    heard
}

/// The targets were told of an alert, with what is secret in its place: in the address and the signature.
fn wait_told(daemon: &mut Daemon, receiver: &Receiver) {
    daemon.wait_until("told", |_| {
        let seen = receiver.seen();
        let hook = seen.iter().find(|seen| seen.path == format!("/{HOOK}"))?;
        let bot = seen.iter().any(|seen| seen.path.contains(BOT));
        (bot && hook.header("webhook-signature").starts_with("v1,")).then_some(())
    });
}

/// Each secret as it is, and as it would look if it were only encoded.
fn guises(secrets: &[&str]) -> Vec<String> {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let encoded = |text: &&str| [(*text).to_owned(), STANDARD.encode(text), hex(text)];
    secrets.iter().flat_map(encoded).collect()
}

/// The secrets are the database's password, the admin's token, one that was made later, those of targets, the master key,
/// and the keys of a venue account.
fn no_secret_shows(place: &Guarded) {
    let receiver = Receiver::start();
    scold(&receiver);
    let home = home_at(&place.url, &receiver);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let user = fleet::start(&caller, 3, 1_000);
    let made = caller.make("/tokens", &json!({ "name": "second", "role": "viewer" }));
    let second = made["secret"].as_str().unwrap().to_owned();
    let admin = fs::read_to_string(home.folder().join("admin.token")).unwrap();
    let mut secrets = vec![PASSWORD, admin.trim(), &second, HOOK, KEY, BOT, CHAT, MASTER];
    secrets.extend(FIRST.into_iter().chain(SECOND));
    let keys = use_keys(&home, &caller);
    wait_told(&mut daemon, &receiver);
    let mut heard = answers(&caller, user, &place.shared);
    let mut hear = |text: &str| heard.push_str(text);
    hear(&keys);
    hear(&backed_up(&home));
    hear(&fs::read_to_string(format!("/proc/{}/cmdline", daemon.pid())).unwrap());
    ask_on_the_command_line(&home);
    scold(&receiver);
    ask_on_the_command_line(&home);
    daemon.stop();
    fail_to_start(&home, &place.url);
    hear(&said(home.folder()));
    for sign in [
        "daemon.ready",
        "bursar_ledger",
        "alert.delivery_failed",
        "it cannot be reached",
        "venue_key",
        "account.key.set",
    ] {
        assert!(heard.contains(sign), "{sign} was not heard");
    }
    assert!(place.shown(&["erin"]) > 0, "the search finds nothing at all");
    assert!(place.shown(&["hook"]) > 0, "the targets' names are on record");
    assert!(place.shown(&["account.key.set"]) > 1, "that keys were set is on record");
    let guises = guises(&secrets);
    let guises: Vec<&str> = guises.iter().map(String::as_str).collect();
    for secret in &guises {
        assert!(secret.len() > 16, "too short to be looked for");
        let at = heard.find(secret);
        let around = at.map(|at| heard[at.saturating_sub(200)..at].to_owned());
        assert_eq!(around, None, "a secret was shown after this");
    }
    assert_eq!(place.shown(&guises), 0, "a secret is in the database");
}

#[test]
fn t23_on_postgres_no_secret_shows_in_logs_answers_figures_rows_or_command_lines() {
    if let Some(place) = Guarded::postgres() {
        no_secret_shows(&place);
    }
}

#[test]
fn t23_on_mariadb_no_secret_shows_in_logs_answers_figures_rows_or_command_lines() {
    if let Some(place) = Guarded::mariadb() {
        no_secret_shows(&place);
    }
}
