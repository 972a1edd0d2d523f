//! Third parties trade on the simulated venue with their own unmodified clients.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::python::Client;

/// `bursar simulate venue`, for as long as the test runs.
struct Venue {
    process: Child,
    url: String,
}

impl Venue {
    fn start(dialect: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_bursar"))
            .args(["simulate", "venue", "--listen", "127.0.0.1:0", "--dialect", dialect])
            .args(["--key", "trader-key:trader-secret:10000"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            let line = line.unwrap();
            let address = line.strip_prefix("faults")?.trim().to_owned();
            Some(address.strip_suffix("/simulator/faults")?.to_owned())
        });
        Self {
            process,
            url: url.unwrap(),
        }
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Lets a client trade on a venue of its own that speaks so, and gives what it says that it did.
fn trade(client: &Client, dialect: &str) -> Option<Value> {
    let python = client.python()?;
    let venue = Venue::start(dialect);
    let output = client.run(
        &python,
        &[
            ("SIMULATOR_URL", &venue.url),
            ("SIMULATOR_KEY", "trader-key"),
            ("SIMULATOR_SECRET", "trader-secret"),
        ],
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed: {told}", client.name);
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn ccxt_trades_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt.py",
    };
    let Some(did) = trade(&client, "binance") else { return };
    assert_eq!(did["user stream"], serde_json::json!(["closed", "buy", "long", true]));
    assert_eq!(did["trades"], 2);
    assert_eq!(did["streams"].as_array().unwrap().len(), 6);
    for (refused, code) in [
        ("duplicate", -4116),
        ("unknown order", -2013),
        ("post only", -5022),
        ("too small", -4164),
        ("too dear", -2019),
        ("reduce only", -2022),
        ("nothing to change", -4059),
        ("wrong secret", -1022),
    ] {
        assert_eq!(did[refused], code, "{refused}");
    }
}

#[test]
fn ccxt_trades_at_gate_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_gate.py",
    };
    let Some(did) = trade(&client, "gate") else { return };
    assert_eq!(did["user stream"], serde_json::json!(["closed", "buy", "long", true]));
    assert_eq!(did["same text again"], "open");
    assert_eq!(did["batch"], serde_json::json!(["rejected", "open"]));
    assert_eq!(did["conditional"], serde_json::json!(["market", "canceled"]));
    assert_eq!(
        (&did["trades"], &did["kinds"]),
        (&3.into(), &serde_json::json!(["fee", "pnl"]))
    );
    assert_eq!(did["streams"].as_array().unwrap().len(), 5);
    assert_eq!(did["wrong secret in a stream"], true);
    for (refused, label) in [
        ("nothing to change", "NO_CHANGE"),
        ("too high", "LEVERAGE_TOO_HIGH"),
        ("again", "ORDER_FINISHED"),
        ("unknown order", "ORDER_NOT_FOUND"),
        ("post only", "ORDER_POC_IMMEDIATE"),
        ("too small", "SIZE_TOO_SMALL"),
        ("too far", "PRICE_TOO_DEVIATED"),
        ("too dear", "INSUFFICIENT_AVAILABLE"),
        ("not at once", "ORDER_FOK"),
        ("reached", "AUTO_TRIGGER_PRICE_GREATE_LAST"),
        ("reduce only", "INCREASE_POSITION"),
        ("nothing to close", "POSITION_EMPTY"),
        ("one position", "POSITION_DUAL_MODE"),
        ("more than held", "REDUCE_EXCEEDED"),
        ("with positions", "POSITION_HOLDING"),
        ("wrong secret", "INVALID_SIGNATURE"),
    ] {
        assert_eq!(did[refused], label, "{refused}");
    }
}

#[test]
fn python_binance_trades_in_hedge_mode_and_hears_of_it() {
    let client = Client {
        name: "python_binance",
        program: "trade_python_binance.py",
    };
    let Some(did) = trade(&client, "binance") else { return };
    assert_eq!(did["user stream"], serde_json::json!(["FILLED", "ORDER"]));
    assert_eq!(did["batch"], serde_json::json!(["NEW", -4061]));
    assert_eq!(did["not without a position"], -2022);
    assert_eq!(did["trades"], 4);
}

#[test]
fn binances_own_connector_trades_and_listens_in_two_forms() {
    let client = Client {
        name: "connector",
        program: "trade_connector.py",
    };
    let Some(did) = trade(&client, "binance") else { return };
    assert_eq!(
        did["user stream"],
        serde_json::json!(["ORDER_TRADE_UPDATE", "TRADE_LITE"])
    );
    assert_eq!(did["again"], -2011);
    assert_eq!(did["unknown symbol"], -1121);
    assert_eq!(did["incomes"], serde_json::json!(["COMMISSION", "REALIZED_PNL"]));
}
