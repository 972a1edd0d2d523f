//! Users, accounts and robots for `bursar run`, made over HTTP as an operator would.

use serde_json::{Value, json};

use crate::caller::Caller;

const SYMBOLS: [&str; 2] = ["BTCUSDT", "ETHUSDT"];

/// Makes one user with so much power and so many robots, each with a venue account of its own, and starts them.
/// Gives the user's id.
pub fn start(caller: &Caller, robots: u32, power: u32) -> i64 {
    let user = id(&caller.make("/users", &json!({ "name": "erin" })));
    let recharge = json!({ "user": user, "purse": "power", "amount": power.to_string(), "reference": "first" });
    caller.make("/ledger/recharge", &recharge);
    for number in 1..=robots {
        start_robot(caller, user, number);
    }
    user
}

fn start_robot(caller: &Caller, user: i64, number: u32) {
    let account = json!({ "user": user, "venue": "paper", "label": format!("account-{number}"), "mode": "one_way" });
    let account = id(&caller.make("/venue-accounts", &account));
    let robot = json!({
        "user": user, "account": account, "symbol": SYMBOLS[number as usize % SYMBOLS.len()],
        "strategy": "window_breakout", "window_seconds": 60, "risk": "aggressive",
        "stake": "200", "leverage": 20,
    });
    let robot = id(&caller.make("/robots", &robot));
    caller.make(&format!("/robots/{robot}/start"), &json!({ "reason": "to trade" }));
}

fn id(made: &Value) -> i64 {
    made["id"].as_i64().unwrap_or_else(|| panic!("no id in {made}"))
}
