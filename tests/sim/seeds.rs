//! Many seeds: each its own world, each checked at rest.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::story::{Told, tell};

/// Worlds in a usual run; `BURSAR_SIM_SEEDS` changes it, `BURSAR_SIM_SEED` runs a single one.
const SEEDS: u64 = 500;

/// What must have happened somewhere in a hundred worlds, or the worlds prove little.
const HAPPENS: &[&str] = &[
    "alert close_all_late",
    "alert power_short",
    "alert robot_quarantined",
    "close-all called_off",
    "close-all flat",
    "close that may grow the other side: filled",
    "debt owed",
    "debt repaid",
    "external position closed: liquidation",
    "external position closed: manual",
    "external position closed: requested",
    "external position open",
    "order refused: absent",
    "robot panic",
    "robot position's profit: derived",
    "robot position's profit: venue",
    "robot position abandoned",
    "robot position closed: liquidation",
    "robot position closed: manual",
    "robot position closed: requested",
    "robot position closed: stop_loss",
    "robot position closed: take_profit",
    "settlement charged",
    "settlement exempt",
    "settlement nothing_due",
];

/// T12, T16 and the simulation's promise: whatever goes wrong, and wherever the process dies, all invariants hold.
#[test]
fn every_world_comes_to_rest_with_all_invariants() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let (first, last) = match number("BURSAR_SIM_SEED") {
        Some(seed) => (seed, seed),
        None => (1, number("BURSAR_SIM_SEEDS").unwrap_or(SEEDS)),
    };
    let next = Arc::new(AtomicU64::new(first));
    let totals = Arc::new(Mutex::new((Told::default(), Vec::new())));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = (0..workers).map(|_| {
        let (next, totals) = (Arc::clone(&next), Arc::clone(&totals));
        std::thread::spawn(move || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed > last {
                    return;
                }
                let (broken, told) = tell(seed);
                let mut totals = totals.lock().unwrap();
                totals.0.add(&told);
                if !broken.is_empty() {
                    let lines: Vec<String> = broken.iter().map(|broken| format!("  {broken}")).collect();
                    totals.1.push((seed, lines.join("\n")));
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.join().unwrap();
    }
    let (told, failed) = &*totals.lock().unwrap();
    for (what, count) in &told.0 {
        println!("{count:8} {what}");
    }
    let failed: Vec<String> = failed
        .iter()
        .map(|(seed, lines)| format!("seed {seed} (BURSAR_SIM_SEED={seed} cargo test --test sim):\n{lines}"))
        .collect();
    assert!(
        failed.is_empty(),
        "{} worlds broke:\n{}",
        failed.len(),
        failed.join("\n")
    );
    if last - first >= 99 {
        for what in HAPPENS {
            assert!(told.0.contains_key(*what), "in no world there was: {what}");
        }
    }
}
