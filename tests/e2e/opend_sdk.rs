//! The vendor's own SDK, unmodified, trades on the simulated OpenD, in plain and encrypted.

use std::path::Path;

use serde_json::{Value, json};

use crate::opend::Opend;
use crate::python::Client;

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/opend/rsa.pem");

/// Lets the SDK trade, and gives what it says that it did.
fn trade(more: &[&str], key: Option<&str>) -> Option<Value> {
    let client = Client {
        name: "futu",
        program: "trade_futu.py",
    };
    let python = client.python()?;
    let opend = Opend::open("127.0.0.1:0", &[&["--tick-interval", "200ms"], more].concat());
    let home = tempfile::tempdir().unwrap();
    let did = home.path().join("did.json");
    let mut variables = vec![
        ("OPEND_ADDRESS", opend.address.as_str()),
        ("DID", did.to_str().unwrap()),
        // It writes a log there.
        ("HOME", home.path().to_str().unwrap()),
    ];
    variables.extend(key.map(|key| ("OPEND_KEY", key)));
    let output = client.run(&python, &variables);
    let (out, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "futu failed: {told}\n{out}");
    Some(serde_json::from_slice(&std::fs::read(did).unwrap()).unwrap())
}

fn assert_traded(did: &Value) {
    assert_eq!(did["market"], json!(["AFTERNOON", true, true]));
    assert_eq!(did["state"], json!(["AFTERNOON"]));
    assert_eq!(did["lots"], json!([100, 1]));
    assert_eq!(did["snapshot"][3], false);
    assert_eq!(did["accounts"], json!([["REAL", 2_000_001], ["SIMULATE", 1_000_001]]));
    assert_eq!(did["placed"], json!(["US.AAPL", "sdk-first", 10.0]));
    assert_eq!(did["pushed"], json!(["sdk-first", 10.0, "BUY"]));
    assert_eq!(did["changed"], json!([6.0, 101.0, "SUBMITTED"]));
    assert_eq!(did["cancelled"], "sdk-rest");
    let today = json!([["sdk-first", "FILLED_ALL"], ["sdk-rest", "CANCELLED_ALL"]]);
    assert_eq!(did["today"], today);
    assert_eq!(did["history"], json!(["sdk-first", "sdk-rest"]));
    assert_eq!(did["held"], json!([["US.AAPL", 10.0]]));
    assert_eq!(
        (&did["executions"], &did["deal pushed"], &did["fee"]),
        (&json!([2.0]), &json!(2.0), &json!(1.0))
    );
    for (refused, words) in [
        ("unsubscribed", "Subscribe"),
        ("unknown stock", "Unknown stock"),
        ("cancelled again", "ended"),
        ("too dear", "buying power"),
        ("no executions", "does not support"),
        ("locked", "Unlock"),
        ("wrong password", "wrong"),
    ] {
        let told = did[refused].as_str().unwrap();
        assert!(told.to_lowercase().contains(&words.to_lowercase()), "{refused}: {told}");
    }
}

#[test]
fn futus_own_sdk_trades_and_hears_of_it_in_plain() {
    let Some(did) = trade(&[], None) else { return };
    assert_eq!(did["encrypted"], false);
    assert_traded(&did);
}

#[test]
fn futus_own_sdk_trades_and_hears_of_it_encrypted_in_either_mode() {
    assert!(Path::new(KEY).exists());
    for cipher in ["asked", "ecb"] {
        let Some(did) = trade(&["--key", KEY, "--cipher", cipher], Some(KEY)) else {
            return;
        };
        assert_eq!(did["encrypted"], true);
        assert_traded(&did);
    }
}
