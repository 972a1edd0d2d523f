//! `bursar simulate opend` in a process of its own: a stock market whose prices and faults are the test's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

const DEADLINE: Duration = Duration::from_secs(15);

/// A simulated OpenD, for as long as the test runs.
pub struct Opend {
    process: Child,
    /// Host and port for clients.
    pub address: String,
    control: String,
    runtime: Runtime,
    client: reqwest::Client,
}

impl Opend {
    /// One on a free port, or on the one that another had.
    pub fn open(listen: &str, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        command.args(["simulate", "opend", "--listen", listen, "--control", "127.0.0.1:0"]);
        let mut process = command.args(more).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (mut address, mut control) = (None, None);
        for line in lines.map_while(Result::ok) {
            if let Some(told) = line.strip_prefix("simulated OpenD") {
                address = Some(told.trim().to_owned());
            }
            if let Some(told) = line.strip_prefix("faults") {
                control = told.trim().strip_suffix("/faults").map(ToOwned::to_owned);
                break;
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let client = reqwest::Client::builder().timeout(DEADLINE).pool_max_idle_per_host(0);
        Self {
            process,
            address: address.expect("it says where it listens"),
            control: control.expect("it says where faults are set"),
            runtime: runtime.unwrap(),
            client: client.build().unwrap(),
        }
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// What goes wrong from now on.
    pub fn fault(&self, script: &Value) {
        self.post("faults", script);
    }

    pub fn price(&self, symbol: &str, price: &str) {
        self.post("price", &json!({"symbol": symbol, "price": price}));
    }

    /// So many shares are to be had, until it is said anew.
    pub fn liquidity(&self, symbol: &str, shares: Option<&str>) {
        self.post("liquidity", &json!({"symbol": symbol, "shares": shares}));
    }

    pub fn market(&self, open: bool) {
        self.post("market", &json!({"market": "US", "open": open}));
    }

    /// Every order, in its own words.
    pub fn orders(&self) -> Vec<Value> {
        let url = format!("{}/orders", self.control);
        let told: Value = self.runtime.block_on(async {
            let answer = self.client.get(url).send().await.unwrap();
            answer.json().await.unwrap()
        });
        match told {
            Value::Array(orders) => orders,
            other => other["orders"].as_array().cloned().unwrap(),
        }
    }

    fn post(&self, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.control);
        let answer = self
            .runtime
            .block_on(async { self.client.post(url).json(body).send().await.unwrap() });
        assert!(answer.status().is_success(), "POST {path} {body}: {}", answer.status());
    }
}

impl Drop for Opend {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        self.process.wait().map(drop).unwrap_or_default();
    }
}
