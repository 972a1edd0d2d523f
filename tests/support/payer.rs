//! A client that recharges a user's power without pause, and keeps every reference whose recharge was acknowledged.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use crate::caller::{Answer, Caller};

/// Between two requests; after one that was not acknowledged the next has the same reference.
const PAUSE: Duration = Duration::from_millis(20);

/// Recharges from a thread of its own, over every restart, until it is told to end.
pub struct Payer {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

impl Payer {
    /// Starts to recharge this user by one unit at a time; references begin with the name.
    pub fn start(folder: PathBuf, user: i64, name: &'static str) -> Self {
        Self::paying(folder, user, name, "1")
    }

    /// The same with another amount at a time.
    pub fn paying(folder: PathBuf, user: i64, name: &'static str, amount: &'static str) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut paid = Vec::new();
            let mut caller = None;
            while !seen.load(Ordering::Relaxed) {
                // One that died left another address behind.
                caller = caller.or_else(|| Caller::of(&folder));
                let reference = format!("{name}-{}", paid.len() + 1);
                let answer = caller.as_ref().map(|caller| pay(caller, user, &reference, amount));
                match answer {
                    Some(Ok(answer)) if acknowledged(&answer) => paid.push(reference),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => caller = None,
                }
                std::thread::sleep(PAUSE);
            }
            paid
        });
        Self { ended, thread }
    }

    /// Ends it, and gives the entry keys of all that was acknowledged.
    pub fn end(self) -> Vec<String> {
        self.ended.store(true, Ordering::Relaxed);
        let paid = self.thread.join().unwrap();
        paid.into_iter()
            .map(|reference| format!("recharge:{reference}"))
            .collect()
    }
}

/// One unit of power for a user, under the payer's own reference.
pub fn recharge(caller: &Caller, user: i64, reference: &str) -> reqwest::Result<Answer> {
    pay(caller, user, reference, "1")
}

fn pay(caller: &Caller, user: i64, reference: &str, amount: &str) -> reqwest::Result<Answer> {
    let body = json!({ "user": user, "purse": "power", "amount": amount, "reference": reference });
    caller.post("/ledger/recharge", &body)
}

fn acknowledged(answer: &Answer) -> bool {
    let word = answer.body["answer"].as_str().unwrap_or_default();
    (200..300).contains(&answer.status) && ["created", "exists"].contains(&word)
}
