//! `bursar simulate venue` in a process of its own: a venue to trade on, whose prices and faults are the test's.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const DEADLINE: Duration = Duration::from_secs(15);

/// How a simulated venue is started.
#[derive(Debug, Clone)]
pub struct Opening {
    pub dialect: String,
    /// `KEY:SECRET:BALANCE`.
    pub keys: Vec<String>,
    /// Where it is kept, so that it can be opened again.
    pub folder: Option<PathBuf>,
    /// Where it listens; port 0 takes a free one.
    pub listen: String,
    /// Time between two prices of its generator.
    pub tick_interval: String,
    pub seed: u32,
}

impl Opening {
    /// One whose prices come by hand: after the first the generator is silent for an hour.
    pub fn by_hand(dialect: &str, keys: Vec<String>) -> Self {
        Self {
            dialect: dialect.to_owned(),
            keys,
            folder: None,
            listen: "127.0.0.1:0".to_owned(),
            tick_interval: "1h".to_owned(),
            seed: 8,
        }
    }
}

/// A simulated venue, for as long as the test runs.
pub struct Exchange {
    process: Child,
    /// Its base, without a slash at the end.
    pub url: String,
    runtime: Runtime,
    client: Client,
}

impl Exchange {
    pub fn open(opening: &Opening) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        command.args(["simulate", "venue", "--listen", &opening.listen]);
        command.args(["--dialect", &opening.dialect, "--seed", &opening.seed.to_string()]);
        for key in &opening.keys {
            command.args(["--key", key]);
        }
        if let Some(folder) = &opening.folder {
            command.arg("--dir").arg(folder);
        }
        command.env("BURSAR__PAPER__TICK_INTERVAL", &opening.tick_interval);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            let line = line.unwrap();
            let address = line.strip_prefix("faults")?.trim().to_owned();
            Some(address.strip_suffix("/simulator/faults")?.to_owned())
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self {
            process,
            url: url.unwrap(),
            runtime: runtime.unwrap(),
            // Between two questions nobody would notice that the venue ends a connection.
            client: Client::builder()
                .timeout(DEADLINE)
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
        }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What goes wrong from now on.
    pub fn fault(&self, script: &Value) {
        self.ask(Method::POST, "faults", Some(script));
    }

    /// What still goes wrong.
    pub fn faults(&self) -> Vec<Value> {
        let told = self.ask(Method::GET, "faults", None);
        told["faults"].as_array().unwrap().clone()
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.ask(Method::DELETE, "faults", None);
    }

    /// A trade at this price on a market, by the simulator's own name of it.
    pub fn price(&self, symbol: &str, price: i64) {
        let trade = json!({ "symbol": symbol, "price": price.to_string(), "quantity": "0.5" });
        self.ask(Method::POST, "price", Some(&trade));
    }

    /// All that every account did, by key.
    pub fn accounts(&self) -> BTreeMap<String, Value> {
        let told = self.ask(Method::GET, "accounts", None);
        let accounts = told["accounts"].as_array().unwrap();
        let named = accounts
            .iter()
            .map(|account| (account["key"].as_str().unwrap().to_owned(), account.clone()));
        named.collect()
    }

    /// How many requests were answered with which status.
    pub fn answers(&self) -> BTreeMap<String, u64> {
        let told = self.ask(Method::GET, "answers", None);
        serde_json::from_value(told["answers"].clone()).unwrap()
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.client.request(method, format!("{}/simulator/{path}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status();
            let text = response.text().await.unwrap();
            assert!(status.is_success(), "{path}: {status} {text}");
            serde_json::from_str(&text).unwrap()
        })
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        self.process.wait().map(drop).unwrap_or_default();
    }
}
