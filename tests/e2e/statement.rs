//! A user's statement from the real binary: somebody who traded, was short, recharged, was waived and was adjusted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::books::Window;
use crate::daemon::{Home, Load, PATIENCE};

const LOAD: Load = Load {
    robots: 16,
    speed: 600,
    seed: 5,
};
/// How often the demo is gone on with at most: on a busy machine one round closes too little.
const ROUNDS: u32 = 5;

/// One row of the statement as another reader of CSV sees it, amounts in the ledger's smallest unit.
#[derive(Debug)]
struct Row {
    row: String,
    account: i64,
    kind: String,
    amount: i128,
    balance: i128,
}

fn units(text: &str) -> i128 {
    if text.is_empty() {
        return 0;
    }
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{rest:0<8}");
    sign * digits.parse::<i128>().unwrap()
}

fn rows(csv: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = |record: csv::StringRecord| Row {
        row: record[0].to_owned(),
        account: record[1].parse().unwrap(),
        kind: record[6].to_owned(),
        amount: units(&record[11]),
        balance: units(&record[12]),
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Plays the demo until a debtor has at least two open debts; who that is, and those debts.
fn debtor(home: &Home) -> (i64, Vec<i64>) {
    for _ in 0..ROUNDS {
        home.demo(LOAD, 6).start().summary();
        let window = Window::open(&home.database());
        let debtors = window.rows(
            "SELECT user_id FROM debt WHERE state = 'owed' GROUP BY user_id HAVING COUNT(*) > 1 ORDER BY user_id LIMIT 1",
        );
        let Some(debtor) = debtors.first() else { continue };
        let user: i64 = debtor.try_get_by_index(0).unwrap();
        let debts = window.rows(&format!(
            "SELECT id FROM debt WHERE state = 'owed' AND user_id = {user} ORDER BY id"
        ));
        return (user, debts.iter().map(|row| row.try_get_by_index(0).unwrap()).collect());
    }
    panic!("nobody has two debts after {ROUNDS} rounds of the demo");
}

/// What an operator does: every act that touches a balance by hand, and one that the ledger refuses.
fn operate(home: &Home, user: i64, debt: i64) {
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let other = if user == 1 { 2 } else { 1 };
    let of = |reference: &str, amount: &str| json!({"reference": reference, "user": user, "purse": "power", "amount": amount, "reason": "=e2e, by hand"});
    caller.make(&format!("/ledger/debts/{debt}/waive"), &json!({"reason": "goodwill"}));
    caller.make("/ledger/recharge", &of("e2e-1", "100000.00000001"));
    let adjusted = caller.make("/ledger/adjust", &of("e2e-2", "-0.00000003"));
    caller.make("/ledger/withdraw", &of("e2e-3", "7.5"));
    let pass =
        json!({"reference": "e2e-4", "from": user, "to": other, "purse": "power", "amount": "1.25", "reason": "asked"});
    caller.make("/ledger/transfer", &pass);
    let reverse = format!("/ledger/entries/{}/reverse", adjusted["entry"]);
    caller.make(&reverse, &json!({"reason": "was right before"}));
    let refused = caller.post("/ledger/withdraw", &of("e2e-5", "89000000000")).unwrap();
    assert_eq!(refused.status, 409, "{refused:?}");
    daemon.stop();
}

fn said(home: &Home, arguments: &[&str]) -> String {
    let mut command = home.bursar(arguments).start();
    let status = command.wait(PATIENCE);
    assert!(status.success(), "{arguments:?}: {}", command.stderr());
    command.stdout()
}

#[test]
fn statement_of_a_user_with_every_kind_of_entry_sums_to_the_stored_balances() {
    let home = Home::fresh().set("BURSAR__SETTLEMENT__DEBT_LIMIT", "1000000000");
    let (user, debts) = debtor(&home);
    operate(&home, user, debts[0]);
    home.verify();

    let id = user.to_string();
    let ask = ["ledger", "statement", &id, "--from", "2020-01-01", "--to", "2100-01-01"];
    let rows = rows(&said(&home, &ask));
    let mut held: BTreeMap<i64, i128> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for row in &rows {
        let balance = held.entry(row.account).or_default();
        *balance += row.amount;
        assert_eq!(*balance, row.balance, "{row:?}");
        if row.row == "line" {
            kinds.insert(row.kind.as_str());
        }
    }
    for kind in [
        "power_settle",
        "debt_waive",
        "recharge",
        "debt_collect",
        "adjust",
        "withdraw",
        "transfer",
        "refund",
    ] {
        assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
    let window = Window::open(&home.database());
    let stored = window.rows(&format!("SELECT id, balance FROM ledger_account WHERE owner = {user}"));
    let stored: BTreeMap<i64, i128> = stored
        .iter()
        .map(|row| {
            let balance: i64 = row.try_get_by_index(1).unwrap();
            (row.try_get_by_index(0).unwrap(), i128::from(balance))
        })
        .collect();
    assert_eq!(held, stored);
    assert_whole_days(&home, user, &rows);
    assert_recorded(&home, debts[0]);
}

/// The daily reports of all days come to what the statement says.
fn assert_whole_days(home: &Home, user: i64, rows: &[Row]) {
    let today: Value = serde_json::from_str(&said(home, &["ledger", "entries", "--limit", "1", "--json"])).unwrap();
    let day = today["items"][0]["at"].as_str().unwrap()[..10].to_owned();
    let report = ["report", "daily", "--day", &day, "--by", "user", "--json"];
    let report: Value = serde_json::from_str(&said(home, &report)).unwrap();
    let own = report["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["user"] == user)
        .unwrap()
        .clone();
    let figure = |name: &str| units(own[name].as_str().unwrap());
    let debt = |kind: &str, sign: i128| -> i128 {
        // Of the lines of the kind only those on the debt's account rise with it.
        let owed = rows
            .iter()
            .filter(|row| row.kind == kind && row.account == debt_account(rows));
        sign * owed.map(|row| row.amount).sum::<i128>()
    };
    assert_eq!(figure("owed"), debt("power_settle", 1), "{own}");
    assert_eq!(figure("waived"), debt("debt_waive", -1), "{own}");
    assert_eq!(figure("repaid"), debt("debt_collect", -1), "{own}");
}

/// The account that a waiver touches is the one of the debts.
fn debt_account(rows: &[Row]) -> i64 {
    rows.iter().find(|row| row.kind == "debt_waive").unwrap().account
}

/// Each act has its line before it was done, a refused one a second line; the waiver says who and why on the entry, too.
fn assert_recorded(home: &Home, debt: i64) {
    let trail: Value = serde_json::from_str(&said(home, &["audit", "list", "--limit", "1000", "--json"])).unwrap();
    let lines = trail["items"].as_array().unwrap();
    let count = |action: &str, subject: &str| {
        let same = |line: &&Value| line["action"] == action && line["subject"] == subject;
        lines.iter().filter(same).count()
    };
    for (action, subject) in [
        ("ledger.waive", format!("waive:{debt}")),
        ("ledger.adjust", "adjust:e2e-2".to_owned()),
        ("ledger.withdraw", "withdraw:e2e-5".to_owned()),
        ("ledger.withdraw.refused", "withdraw:e2e-5".to_owned()),
    ] {
        assert_eq!(count(action, &subject), 1, "{action} {subject}");
    }
    let key = format!("waive:{debt}");
    let window = Window::open(&home.database());
    let entry = window.rows(&format!("SELECT asked_by, remark FROM entry WHERE entry_key = '{key}'"));
    let who: String = entry[0].try_get_by_index(0).unwrap();
    let why: String = entry[0].try_get_by_index(1).unwrap();
    assert_eq!((who.as_str(), why.as_str()), ("first", "goodwill"));
}
