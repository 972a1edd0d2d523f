//! Statements, the daily report, and what waits for settlement.

use bursar::desk::STATEMENT_LINES;
use bursar::ports::store::Store;
use domain::access::Role;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::LedgerAccountId;
use domain::ledger::{
    Account, AccountKey, AccountKind, Asset, BalanceMove, Digest, Entry, EntryKey, EntryKind, EntrySeq, LedgerWrite,
    Posting,
};
use domain::period::instant;
use serde_json::{Value, json};

use super::stage::Stage;

const ISSUANCE: i64 = 1;
const POWER: i64 = 2;
const WALLET: i64 = 3;

/// Books of a user of the stage, written past the ledger: what is told of them is under test here, not how they came.
struct Books<'a> {
    stage: &'a Stage,
    held: [i64; 4],
    seq: i64,
}

impl<'a> Books<'a> {
    async fn open(stage: &'a Stage, user: i64) -> Self {
        let account = |id, kind, owner, asset: &str| Account {
            id: LedgerAccountId(id),
            key: AccountKey {
                kind,
                owner,
                asset: Asset::new(asset).unwrap(),
            },
            balance: Amount::ZERO,
        };
        let opened = vec![
            account(ISSUANCE, AccountKind::Issuance, 0, "POWER"),
            account(POWER, AccountKind::UserPower, user, "POWER"),
            account(WALLET, AccountKind::UserWallet, user, "USDT"),
        ];
        let write = LedgerWrite {
            opened,
            ..LedgerWrite::default()
        };
        stage
            .store
            .commit(ChangeSet::of(Change::Ledger(Box::new(write))))
            .await
            .unwrap();
        Self {
            stage,
            held: [0; 4],
            seq: 0,
        }
    }

    /// One entry that brings units to an account of the user.
    async fn post(&mut self, at: &str, account: i64, units: i64, remark: &str) {
        let at = instant(at).unwrap();
        self.seq += 1;
        let exact = |units| Amount::from_units(units).unwrap();
        let mut write = LedgerWrite::default();
        let mut postings = Vec::new();
        for (account, units) in [(account, units), (ISSUANCE, -units)] {
            let held = &mut self.held[account as usize];
            let (before, after) = (exact(*held), exact(*held + units));
            *held += units;
            let account = LedgerAccountId(account);
            postings.push(Posting {
                account,
                amount: exact(units),
                before,
                after,
            });
            write.balances.push(BalanceMove { account, before, after });
        }
        let digest = |seq: i64| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&seq.to_be_bytes());
            Digest(bytes)
        };
        write.entries.push(Entry {
            seq: EntrySeq(self.seq),
            key: EntryKey::stored(format!("recharge:{}", self.seq)),
            kind: EntryKind::Recharge,
            at,
            reference: "user:1".to_owned(),
            remark: remark.to_owned(),
            by: Some("-night".to_owned()),
            postings,
            previous: digest(self.seq - 1),
            digest: digest(self.seq),
        });
        let change = Change::Ledger(Box::new(write));
        self.stage.store.commit(ChangeSet::of(change)).await.unwrap();
    }
}

async fn november(stage: &Stage) -> i64 {
    let (user, _) = stage.with_user().await;
    let mut books = Books::open(stage, user).await;
    books
        .post("2026-10-31T23:59:59.999Z", POWER, 500_000_001, "before")
        .await;
    books
        .post("2026-11-01", POWER, 25, "=HYPERLINK(\"http://x\",\"y\")")
        .await;
    books
        .post("2026-11-15T12:00:00Z", WALLET, 7, "two\"quotes\", a comma")
        .await;
    books.post("2026-11-30T23:59:59.999Z", POWER, -1, "last").await;
    books.post("2026-12-01", POWER, 99, "after").await;
    user
}

fn path(user: i64, rest: &str) -> String {
    format!("/ledger/statements/{user}?from=2026-11-01&to=2026-12-01{rest}")
}

#[actix_web::test]
async fn s1_20_statement_leads_from_opening_to_closing_with_every_place() {
    let stage = Stage::new().await;
    let user = november(&stage).await;
    let statement = stage.get(Role::Viewer, &path(user, "")).await.json();
    assert_eq!(
        (&statement["user"], &statement["from"]),
        (&json!(user), &json!("2026-11-01T00:00:00.000Z"))
    );
    let accounts = statement["accounts"].as_array().unwrap();
    let figures = |account: &Value| -> Vec<String> {
        let figure = |name: &str| account[name].as_str().unwrap().to_owned();
        ["purse", "asset", "opening", "credits", "debits", "closing"]
            .map(figure)
            .to_vec()
    };
    assert_eq!(
        figures(&accounts[0]),
        [
            "user_power",
            "POWER",
            "5.00000001",
            "0.00000025",
            "0.00000001",
            "5.00000025"
        ]
    );
    assert_eq!(
        figures(&accounts[1]),
        ["user_wallet", "USDT", "0", "0.00000007", "0", "0.00000007"]
    );
    let lines = accounts[0]["lines"].as_array().unwrap();
    let seqs: Vec<i64> = lines.iter().map(|line| line["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [2, 4]);
    assert_eq!(
        (&lines[1]["amount"], &lines[1]["balance"]),
        (&json!("-0.00000001"), &json!("5.00000025"))
    );
}

#[actix_web::test]
async fn statement_as_csv_is_read_by_another_reader_and_runs_nothing() {
    let stage = Stage::new().await;
    let user = november(&stage).await;
    let reply = stage.get(Role::Viewer, &path(user, "&format=csv")).await;
    assert_eq!(
        (reply.status, reply.header("content-type").unwrap().split(';').next()),
        (200, Some("text/csv"))
    );
    let mut reader = csv::Reader::from_reader(reply.text.as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let picked: Vec<[&str; 5]> = rows
        .iter()
        .map(|row| [&*row[0], &*row[2], &*row[4], &*row[11], &*row[12]])
        .collect();
    assert_eq!(
        picked,
        [
            ["opening", "user_power", "", "", "5.00000001"],
            ["line", "user_power", "2", "0.00000025", "5.00000026"],
            ["line", "user_power", "4", "-0.00000001", "5.00000025"],
            ["closing", "user_power", "", "", "5.00000025"],
            ["opening", "user_wallet", "", "", "0"],
            ["line", "user_wallet", "3", "0.00000007", "0.00000007"],
            ["closing", "user_wallet", "", "", "0.00000007"],
        ]
    );
    assert_eq!(rows[1][9], "'=HYPERLINK(\"http://x\",\"y\")");
    assert_eq!(
        (rows[5][9].as_str(), rows[5][10].as_str()),
        ("two\"quotes\", a comma", "'-night")
    );
    assert_eq!(
        (rows[0][5].as_str(), rows[3][5].as_str()),
        ("2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z")
    );
}

#[actix_web::test]
async fn long_statement_is_streamed_as_csv_and_refused_as_json() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let mut books = Books::open(&stage, user).await;
    let count = STATEMENT_LINES + 1;
    for _ in 0..count {
        books.post("2026-11-05", POWER, 1, "").await;
    }
    let reply = stage.get(Role::Viewer, &path(user, "")).await;
    assert_eq!(reply.wrong(), (422, vec!["format".to_owned()]));
    let reply = stage.get(Role::Viewer, &path(user, "&format=csv")).await;
    assert_eq!(reply.text.matches("\r\nline,").count(), count);
    let closing = "\r\nclosing,2,user_power,POWER,,2026-12-01T00:00:00.000Z,,,,,,,0.00010001\r\n";
    assert!(reply.text.contains(closing));
    // No part of it holds more than a page.
    let period = domain::period::Period::new(instant("2026-11-01").unwrap(), instant("2026-12-01").unwrap()).unwrap();
    let mut statement = stage
        .state
        .desk
        .statement(domain::id::UserId(user), period)
        .await
        .unwrap();
    while let Some(rows) = statement.csv().await.unwrap() {
        assert!(rows.matches("\r\n").count() <= 500, "{}", rows.len());
    }
}

#[actix_web::test]
async fn statement_of_books_that_contradict_themselves_is_refused_with_the_account() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let mut books = Books::open(&stage, user).await;
    books.post("2026-11-02", POWER, 5, "").await;
    // An entry that goes on from a balance which the account never had, as a forger writes it.
    let exact = |units| Amount::from_units(units).unwrap();
    let line = |account, before, units| Posting {
        account: LedgerAccountId(account),
        amount: exact(units),
        before: exact(before),
        after: exact(before + units),
    };
    let entry = Entry {
        seq: EntrySeq(2),
        key: EntryKey::stored("recharge:2".to_owned()),
        kind: EntryKind::Recharge,
        at: instant("2026-11-03").unwrap(),
        reference: "user:1".to_owned(),
        remark: String::new(),
        by: None,
        postings: vec![line(POWER, 9, 1), line(ISSUANCE, -5, -1)],
        previous: Digest([7; 32]),
        digest: Digest([8; 32]),
    };
    let write = LedgerWrite {
        entries: vec![entry],
        ..LedgerWrite::default()
    };
    stage
        .store
        .commit(ChangeSet::of(Change::Ledger(Box::new(write))))
        .await
        .unwrap();
    let reply = stage.get(Role::Viewer, &path(user, "")).await;
    assert_eq!(reply.wrong().0, 500);
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    let told = format!("account user_power:{user}:POWER held 0.00000005 before entry 2, which says 0.00000009");
    assert!(detail.ends_with(&told), "{detail}");
}

#[actix_web::test]
async fn wrong_question_names_its_field() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let wrong = async |path: String| stage.get(Role::Viewer, &path).await.wrong();
    let statement = |query: &str| format!("/ledger/statements/{user}?{query}");
    let fields = |names: &[&str]| (422, names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(wrong(statement("from=2026-11-01")).await, fields(&["to"]));
    assert_eq!(wrong(statement("from=x&to=y")).await, fields(&["from", "to"]));
    assert_eq!(wrong(statement("from=2026-11-02&to=2026-11-02")).await, fields(&["to"]));
    assert_eq!(
        wrong(statement("from=2026-11-01&to=2026-11-02&format=pdf")).await,
        fields(&["format"])
    );
    assert_eq!(
        wrong("/ledger/statements/99?from=2026-11-01&to=2026-11-02".to_owned())
            .await
            .0,
        404
    );
    assert_eq!(wrong("/reports/daily".to_owned()).await, fields(&["day"]));
    assert_eq!(
        wrong("/reports/daily?day=2026-02-30".to_owned()).await,
        fields(&["day"])
    );
    assert_eq!(
        wrong("/reports/daily?day=2026-11-21&by=week".to_owned()).await,
        fields(&["by"])
    );
    assert_eq!(
        wrong("/reports/daily?day=2026-11-21&limit=201".to_owned()).await,
        fields(&["limit"])
    );
    assert_eq!(wrong("/ledger/unsettled?limit=0".to_owned()).await, fields(&["limit"]));
}

#[actix_web::test]
async fn daily_report_of_a_quiet_day_is_one_row_of_zeros() {
    let stage = Stage::new().await;
    let report = stage.get(Role::Viewer, "/reports/daily?day=2026-11-21").await.json();
    let row = json!({
        "orders": 0, "closes": 0, "profit": "0", "charged": "0", "owed": "0", "repaid": "0", "waived": "0",
        "refunded": "0", "open_debts": 0, "open_debt": "0"
    });
    assert_eq!(report, json!({"day": "2026-11-21", "by": "day", "items": [row]}));
    let users = stage
        .get(Role::Viewer, "/reports/daily?day=2026-11-21&by=user")
        .await
        .json();
    assert_eq!(users, json!({"day": "2026-11-21", "by": "user", "items": []}));
    let unsettled = stage.get(Role::Viewer, "/ledger/unsettled").await.json();
    let nothing = json!({"count": 0, "profit": "0", "power_estimate": "0", "oldest": null, "items": []});
    assert_eq!(unsettled, nothing);
}
