//! Migrations, one change one file.

mod columns;
mod journal;
mod m0001_create_users;
mod m0002_create_robots;
mod m0003_create_positions;
mod m0004_create_orders;
mod m0005_create_fills;
mod m0006_create_ledger;
mod m0007_create_debts;
mod m0008_create_operations;
mod m0009_create_counters;
mod m0010_create_paper;
mod m0011_deepen_ledger;
mod m0012_add_provenance;
mod m0013_deliver_alerts;
mod m0014_create_writer_lease;
mod m0015_add_reports;
mod m0016_create_imported;
mod m0017_ease_postings;
mod m0018_create_keys;
mod m0019_share_nets;
mod m0020_create_close_alls;
mod m0021_create_subscriptions;
mod m0022_create_triggers;
mod m0023_create_payouts;
mod m0024_hold_in_escrow;
mod m0030_create_pools;
mod m0031_hold_in_pools;
mod m0032_create_jobs;
mod plan;
mod rebuild;
mod run;
mod session;
mod table;
mod widen;

pub use journal::JOURNAL;
pub use run::{Change, MigrationError, RECORDS, Runner, Way};
pub use session::{Sent, Watch};

/// All migrations in order.
pub fn changes() -> Vec<Box<dyn Change>> {
    vec![
        Box::new(m0001_create_users::Migration),
        Box::new(m0002_create_robots::Migration),
        Box::new(m0003_create_positions::Migration),
        Box::new(m0004_create_orders::Migration),
        Box::new(m0005_create_fills::Migration),
        Box::new(m0006_create_ledger::Migration),
        Box::new(m0007_create_debts::Migration),
        Box::new(m0008_create_operations::Migration),
        Box::new(m0009_create_counters::Migration),
        Box::new(m0010_create_paper::Migration),
        Box::new(m0011_deepen_ledger::Migration),
        Box::new(m0012_add_provenance::Migration),
        Box::new(m0013_deliver_alerts::Migration),
        Box::new(m0014_create_writer_lease::Migration),
        Box::new(m0015_add_reports::Migration),
        Box::new(m0016_create_imported::Migration),
        Box::new(m0017_ease_postings::Migration),
        Box::new(m0018_create_keys::Migration),
        Box::new(m0019_share_nets::Migration),
        Box::new(m0020_create_close_alls::Migration),
        Box::new(m0021_create_subscriptions::Migration),
        Box::new(m0022_create_triggers::Migration),
        Box::new(m0023_create_payouts::Migration),
        Box::new(m0024_hold_in_escrow::Migration),
        Box::new(m0030_create_pools::Migration),
        Box::new(m0031_hold_in_pools::Migration),
        Box::new(m0032_create_jobs::Migration),
    ]
}

/// Their names in order.
pub fn names() -> Vec<String> {
    changes().iter().map(|change| change.name().to_owned()).collect()
}
