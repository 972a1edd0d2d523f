//! How many settlements the ledger makes durable per second, on every database, beside the bare minimum on the same tables.
//!
//! `cargo bench --bench ledger` measures SQLite, and PostgreSQL and MariaDB where `BURSAR_TEST_POSTGRES_URL` and
//! `BURSAR_TEST_MARIADB_URL` name a server. `BURSAR_BENCH_STORES` picks some (`sqlite,postgres`), `BURSAR_BENCH_ENTRIES`
//! adds the curve up to so many entries, `BURSAR_BENCH_GROUP` sets `ledger.group_limit`.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "ledger/bare.rs"]
mod bare;
#[path = "ledger/disk.rs"]
mod disk;
#[path = "ledger/figures.rs"]
mod figures;
#[path = "ledger/fill.rs"]
mod fill;
#[path = "ledger/ground.rs"]
mod ground;
#[path = "support/peak.rs"]
mod peak;
#[path = "support/process.rs"]
mod process;
#[path = "ledger/senders.rs"]
mod senders;
#[path = "ledger/story.rs"]
mod story;

use std::env;

use ground::{Ground, Kind};

fn main() {
    let wanted = env::var("BURSAR_BENCH_STORES").unwrap_or_default();
    for kind in Kind::ALL {
        if wanted.is_empty() || wanted.split(',').any(|name| name == kind.name()) {
            actix_rt::System::new().block_on(measure(kind));
        }
    }
}

async fn measure(kind: Kind) {
    let Some(ground) = Ground::new(kind).await else {
        println!("{}: no server is named, nothing is measured", kind.name());
        return;
    };
    story::tell(&ground).await;
    ground.remove().await;
}
