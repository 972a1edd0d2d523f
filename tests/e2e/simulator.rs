//! Third parties trade on the simulated venue with their own unmodified clients.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use bursar::simulator::exchange::PASSPHRASE;
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
            .args(["simulate", "venue", "--dialect", dialect, "--listen", "127.0.0.1:0"])
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

/// Lets a client trade on a venue of its own, and gives what it says that it did.
fn trade(client: &Client) -> Option<Value> {
    trade_in("binance", client)
}

/// The same in another dialect.
fn trade_in(dialect: &str, client: &Client) -> Option<Value> {
    let python = client.python()?;
    let venue = Venue::start(dialect);
    let output = client.run(
        &python,
        &[
            ("SIMULATOR_URL", &venue.url),
            ("SIMULATOR_KEY", "trader-key"),
            ("SIMULATOR_SECRET", "trader-secret"),
            ("SIMULATOR_PASSPHRASE", PASSPHRASE),
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
    let Some(did) = trade(&client) else { return };
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
fn python_binance_trades_in_hedge_mode_and_hears_of_it() {
    let client = Client {
        name: "python_binance",
        program: "trade_python_binance.py",
    };
    let Some(did) = trade(&client) else { return };
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
    let Some(did) = trade(&client) else { return };
    assert_eq!(
        did["user stream"],
        serde_json::json!(["ORDER_TRADE_UPDATE", "TRADE_LITE"])
    );
    assert_eq!(did["again"], -2011);
    assert_eq!(did["unknown symbol"], -1121);
    assert_eq!(did["incomes"], serde_json::json!(["COMMISSION", "REALIZED_PNL"]));
}

#[test]
fn ccxt_trades_on_bitget_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_bitget.py",
    };
    let Some(did) = trade_in("bitget", &client) else { return };
    assert_eq!(did["own channels"], serde_json::json!(["closed", "buy", "long", true]));
    assert_eq!(did["closes a long"], serde_json::json!(["sell", "buy", "close"]));
    assert_eq!(did["conditional"], serde_json::json!(["pos_loss", "normal_plan"]));
    assert_eq!(did["batch"], serde_json::json!([1, "43118"]));
    assert_eq!((&did["trades"], &did["ledger"]), (&2.into(), &2.into()));
    assert_eq!(did["streams"].as_array().unwrap().len(), 6);
    for (refused, code) in [
        ("leverage too high", "40797"),
        ("duplicate", "40786"),
        ("again after its end", "40786"),
        ("unknown order", "40109"),
        ("cancel unknown", "40768"),
        ("post only", "43011"),
        ("too small", "45110"),
        ("too dear", "40762"),
        ("other margin mode", "45117"),
        ("reached already", "40917"),
        ("reduce only", "22002"),
        ("one way order", "40774"),
        ("position mode with positions", "40920"),
        ("wrong secret", "40009"),
        ("wrong passphrase", "40012"),
        ("wrong key", "40037"),
        ("wrong login", "30015"),
    ] {
        assert_eq!(did[refused], code, "{refused}");
    }
}
