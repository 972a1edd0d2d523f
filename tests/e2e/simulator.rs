//! Third parties trade on the simulated venue with their own unmodified clients.

use bursar::simulator::exchange::PASSPHRASE;
use serde_json::Value;

use crate::exchange::{Exchange, Opening};
use crate::python::Client;

/// Lets a client trade on a venue of its own, and gives what it says that it did.
fn trade(client: &Client) -> Option<Value> {
    trade_on("binance", client)
}

fn trade_on(dialect: &str, client: &Client) -> Option<Value> {
    let python = client.python()?;
    let venue = Exchange::open(&Opening {
        tick_interval: "1s".to_owned(),
        ..Opening::by_hand(dialect, vec!["trader-key:trader-secret:10000".to_owned()])
    });
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
fn ccxt_trades_on_okx_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_okx.py",
    };
    let Some(did) = trade_on("okx", &client) else { return };
    assert_eq!(did["contract"], serde_json::json!(["BTC-USDT-SWAP", 0.01, 0.1]));
    assert_eq!(did["leverages"], serde_json::json!([10, 5]));
    assert_eq!(did["user stream"], serde_json::json!(["closed", "buy", "long", true]));
    assert_eq!(did["post only"], serde_json::json!(["canceled", "31"]));
    assert_eq!((&did["trades"], &did["ledger"]), (&2.into(), &2.into()));
    assert_eq!(did["streams"].as_array().unwrap().len(), 7);
    for (refused, code) in [
        ("too much leverage", 59102),
        ("other margin mode", 59000),
        ("duplicate", 51016),
        ("cancelled already", 51400),
        ("unknown order", 51603),
        ("too small", 51020),
        ("too dear", 51008),
        ("reached already", 51280),
        ("reduce only", 51169),
        ("side missing", 51000),
        ("mode with positions", 59000),
        ("wrong secret", 50113),
        ("wrong key", 50111),
        ("wrong passphrase", 50105),
    ] {
        assert_eq!(did[refused], code, "{refused}");
    }
}

#[test]
fn ccxt_trades_on_bybit_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_bybit.py",
    };
    let Some(did) = trade_on("bybit", &client) else { return };
    assert_eq!(did["user stream"], serde_json::json!(["closed", "buy", "long", true]));
    assert_eq!((&did["trades"], &did["ledger"]), (&2.into(), &2.into()));
    assert_eq!(did["streams"].as_array().unwrap().len(), 5);
    assert_eq!(did["hedged"], serde_json::json!(["long", "short"]));
    assert_eq!(did["stops"], serde_json::json!(["StopLoss", "TakeProfit"]));
    for (refused, code) in [
        ("nothing to change", 110_025),
        ("same leverage", 110_043),
        ("leverage too high", 110_013),
        ("duplicate", 110_072),
        ("duplicate of what has ended", 110_072),
        ("unknown order", 110_001),
        ("too small", 110_094),
        ("too dear", 110_007),
        ("reached already", 110_092),
        ("reduce only", 110_017),
        ("mode with positions", 110_024),
        ("margin mode with positions", 3_400_045),
        ("wrong secret", 10_004),
        ("wrong key", 10_003),
    ] {
        assert_eq!(did[refused], code, "{refused}");
    }
}

#[test]
fn ccxt_trades_on_bitget_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_bitget.py",
    };
    let Some(did) = trade_on("bitget", &client) else { return };
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

#[test]
fn ccxt_trades_at_gate_over_rest_and_websocket() {
    let client = Client {
        name: "ccxt",
        program: "trade_ccxt_gate.py",
    };
    let Some(did) = trade_on("gate", &client) else { return };
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
