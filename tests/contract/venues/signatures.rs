//! The example signatures that venues and others published, each through the venue's signer.

use bursar::adapters::venue::{binance, bybit, gate, okx};
use serde::Deserialize;

use super::folder;

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    venue: String,
    name: String,
    secret: String,
    prehash: String,
    expected: String,
}

impl Vector {
    /// What the venue's signer makes of it.
    fn signature(&self) -> Option<String> {
        let secret = self.secret.clone().into();
        match self.venue.as_str() {
            "binance" | "binance-usdm" => Some(binance::sign::signature(&secret, &self.prehash, "")),
            "bybit" => Some(bybit::sign::signature(&secret, &self.prehash)),
            "okx" => Some(okx::sign::signature(&secret, &self.prehash)),
            "gate" => Some(gate::sign::signature(&secret, &self.prehash)),
            _ => None,
        }
    }
}

#[test]
fn every_published_signature_comes_out() {
    let Some(folder) = folder("signing") else { return };
    let text = std::fs::read_to_string(folder.join("vectors.json")).unwrap();
    let vectors: Vectors = serde_json::from_str(&text).unwrap();
    let mut signed = 0;
    for vector in &vectors.vectors {
        if let Some(signature) = vector.signature() {
            assert_eq!(signature, vector.expected, "{}: {}", vector.venue, vector.name);
            signed += 1;
        }
    }
    assert_eq!(signed, 8);
}
