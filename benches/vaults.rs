//! How fast a chain is read and followed: a real node, a simulated OpenD, and the daemon between them.
//!
//! `cargo bench --bench vaults` measures SQLite, and PostgreSQL where `BURSAR_TEST_POSTGRES_URL` names a server. `BURSAR_BENCH_STORES` picks one
//! (`sqlite`), `BURSAR_BENCH_PARTS` some of `cold,killed,live`, `BURSAR_BENCH_RUNS` how often a cold start and a kill are repeated.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "../tests/support/anvil.rs"]
mod anvil;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "../tests/support/books.rs"]
mod books;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "../tests/support/caller.rs"]
mod caller;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "../tests/support/daemon.rs"]
mod daemon;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "ledger/ground.rs"]
mod ground;
#[path = "support/meter.rs"]
mod meter;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "../tests/support/opend.rs"]
mod opend;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "support/process.rs"]
mod process;
#[path = "../tests/support/skipped.rs"]
mod skipped;
#[path = "support/spread.rs"]
mod spread;
#[path = "../tests/support/vault_home.rs"]
mod vault_home;

#[path = "vaults/backlog.rs"]
mod backlog;
#[path = "vaults/cold.rs"]
mod cold;
#[path = "vaults/killed.rs"]
mod killed;
#[path = "vaults/live.rs"]
mod live;

use std::env;

use backlog::Backlog;
use ground::Kind;
use meter::Meter;

fn main() {
    let picked = |variable: &str, name: &str| {
        let wanted = env::var(variable).unwrap_or_default();
        wanted.is_empty() || wanted.split(',').any(|word| word == name)
    };
    let part = |name: &str| picked("BURSAR_BENCH_PARTS", name);
    let kinds = [Kind::Sqlite, Kind::Postgres].into_iter();
    let kinds: Vec<Kind> = kinds
        .filter(|kind| picked("BURSAR_BENCH_STORES", kind.name()))
        .collect();
    if part("cold") || part("killed") {
        let Some(backlog) = Backlog::mine() else {
            return;
        };
        for kind in &kinds {
            if part("cold") {
                cold::measure(&backlog, *kind);
            }
            if part("killed") {
                killed::measure(&backlog, *kind);
            }
        }
    }
    if part("live") {
        let (meter, handle) = Meter::install(&[live::TRIGGERS, live::ORDERS]);
        for kind in &kinds {
            for transport in ["ws", "http"] {
                live::measure(*kind, transport, &meter, &handle);
            }
        }
    }
}

/// How often something is repeated.
fn runs(usual: u32) -> u32 {
    daemon::count("BURSAR_BENCH_RUNS", usual)
}
