//! Stories of whole tables: what is planned, what is refused, and what is left out with it.

mod property;
mod refusals;
mod stories;

use std::collections::BTreeMap;

use crate::import::{BadRow, File, Plan, Reading, Report, Sheet, Source, Tables, plan};
use crate::time::Timestamp;

/// 2026-01-01T00:00:00Z.
const NOW: Timestamp = Timestamp(1_767_225_600_000);

const ORDERS: &str = "order_id,user_id,symbol,side,status,closed_at,realized_profit,power_consumed,power_amount";
const CHARGES: &str = "id,user_id,order_id,amount,created_at,purse";
const WALLETS: &str = "user_id,power,gift_power,wallet_usdt";

/// Reads tables whose rows are lines of cells with commas between them.
fn read(orders: &[&str], charges: &[&str], wallets: &[&str]) -> Tables {
    let mut tables = Tables::default();
    let files = [
        (File::Orders, ORDERS, orders),
        (File::PowerConsume, CHARGES, charges),
        (File::Wallets, WALLETS, wallets),
    ];
    for (file, heading, rows) in files {
        let heading: Vec<&str> = heading.split(',').collect();
        let sheet = Sheet::of(file, &heading, &BTreeMap::new()).unwrap();
        for (line, row) in (2..).zip(rows) {
            let cells: Vec<&str> = row.split(',').collect();
            tables.take(&sheet, line, &cells, heading.len(), &Reading::default());
        }
    }
    tables
}

fn planned(orders: &[&str], charges: &[&str], wallets: &[&str]) -> Plan {
    plan(read(orders, charges, wallets), NOW).unwrap()
}

fn report(plan: &Plan) -> Report {
    Report::of(&Source::new("old").unwrap(), plan).unwrap()
}

/// Bad rows as `file line field: reason`.
fn told(bad: &[BadRow]) -> Vec<String> {
    let line = |bad: &BadRow| format!("{} {} {}: {}", bad.file.as_str(), bad.line, bad.field, bad.reason);
    bad.iter().map(line).collect()
}
